/* Ints from C: text and bytes lead back to the number, in every size around the borders of the methods. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>
#include "Python.h"
#include "memory/memory.h"

/* A number of about `bits` bits, from a seed; new. */
static PyObject *number(int bits, uint32_t seed, int negative)
{
    size_t n = (size_t)bits / 8 + 1;
    unsigned char *bytes = PyMem_Malloc(n);
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        bytes[i] = seed % 5 == 0 ? 0xff : seed % 7 == 0 ? 0 : (unsigned char)(seed >> 24);
    }
    PyObject *v = _PyLong_FromByteArray(bytes, n, 1, 0), *r = negative ? PyNumber_Negative(v) : Py_NewRef(v);
    Py_DECREF(v);
    PyMem_Free(bytes);
    return r;
}

static const int sizes[] = {1, 29, 30, 31, 59, 60, 61, 63, 64, 65, 120, 300, 359, 360, 361, 1000, 4000, 20000};
#define EACH(i) for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)

static void text_in_every_base_leads_back(void **state)
{
    static const int bases[] = {2, 8, 10, 16};
    EACH(i)
        for (int k = 0; k < 8; k++) {
            PyObject *v = number(sizes[i], (uint32_t)(k + 1) * 77u, k & 1);
            for (int b = 0; b < 4; b++) {
                if (bases[b] == 10 && sizes[i] > 10000)
                    continue; /* the limit of digits */
                PyObject *text = _PyLong_Format(v, bases[b]), *back = text ? PyLong_FromUnicodeObject(text, bases[b]) : NULL;
                assert_non_null(back);
                assert_int_equal(PyObject_RichCompareBool(v, back, Py_EQ), 1);
                Py_DECREF(text);
                Py_DECREF(back);
            }
            Py_DECREF(v);
        }
}

static void bytes_in_both_orders_lead_back(void **state)
{
    EACH(i)
        for (int k = 0; k < 8; k++) {
            PyObject *v = number(sizes[i], (uint32_t)(k + 1) * 99u, k & 1);
            size_t n = _PyLong_NumBits(v) / 8 + 1;
            unsigned char *bytes = PyMem_Malloc(n);   /* exact, so that writing past the end is seen */
            for (int little = 0; little < 2; little++) {
                assert_int_equal(_PyLong_AsByteArray((PyLongObject *)v, bytes, n, little, 1), 0);
                PyObject *back = _PyLong_FromByteArray(bytes, n, little, 1);
                assert_int_equal(PyObject_RichCompareBool(v, back, Py_EQ), 1);
                Py_DECREF(back);
            }
            PyMem_Free(bytes);
            Py_DECREF(v);
        }
}

static void powers_and_remainders_agree(void **state)
{
    PyObject *one = PyLong_FromLong(1);
    EACH(i)
        for (int k = 0; k < 4; k++) {
            PyObject *a = number(sizes[i], (uint32_t)k + 5u, k & 1), *b = number(sizes[i] / 2 + 1, (uint32_t)k + 9u, k & 2);
            if (PyObject_IsTrue(b)) {
                PyObject *q = PyNumber_FloorDivide(a, b), *r = PyNumber_Remainder(a, b), *p = PyNumber_Multiply(q, b);
                PyObject *sum = PyNumber_Add(p, r), *m = PyNumber_Power(a, one, b);
                assert_int_equal(PyObject_RichCompareBool(sum, a, Py_EQ), 1);
                assert_int_equal(PyObject_RichCompareBool(m, r, Py_EQ), 1);
                Py_DECREF(q);
                Py_DECREF(r);
                Py_DECREF(p);
                Py_DECREF(sum);
                Py_DECREF(m);
            }
            Py_DECREF(a);
            Py_DECREF(b);
        }
    Py_DECREF(one);
}

/* Every operation, with each of its allocations failing in turn: a result or MemoryError. */
static void failed_allocations_are_errors(void **state)
{
    PyRun_SimpleString("import sys; sys.set_int_max_str_digits(0)");
    PyObject *a = number(900000, 3, 1), *b = number(400000, 4, 0), *c = number(3000, 5, 0), *text = _PyLong_Format(b, 10);
    PyObject *math = PyImport_ImportModule("math");
    for (int what = 0; what < 10; what++) {
        int done = 0;
        for (int nth = 1; !done; nth++) {
            fault_set(nth, 0);
            PyObject *r = what == 0   ? PyNumber_Multiply(a, b)
                          : what == 1 ? PyNumber_FloorDivide(a, b)
                          : what == 2 ? PyNumber_Power(b, c, c)
                          : what == 3 ? _PyLong_Format(b, 10)
                          : what == 4 ? PyLong_FromUnicodeObject(text, 10)
                          : what == 5 ? _PyLong_GCD(a, b)
                          : what == 6 ? PyNumber_Xor(a, b)
                          : what == 7 ? PyNumber_Divmod(a, b)
                          : what == 8 ? PyObject_CallMethod(math, "isqrt", "O", b)
                                      : _PyLong_Format(a, 16);
            done = fault_count() < nth;
            fault_set(0, 0);
            assert_true((r == NULL) == (PyErr_Occurred() != NULL));
            if (r == NULL)
                assert_true(PyErr_ExceptionMatches(PyExc_MemoryError));
            PyErr_Clear();
            Py_XDECREF(r);
        }
    }
    Py_DECREF(a);
    Py_DECREF(b);
    Py_DECREF(c);
    Py_DECREF(math);
    Py_DECREF(text);
}

static int start(void **state)
{
    Py_InitializeEx(0);
    return 0;
}
static int end(void **state) { return heap_check(); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_in_every_base_leads_back),
        cmocka_unit_test(bytes_in_both_orders_lead_back),
        cmocka_unit_test(powers_and_remainders_agree),
        cmocka_unit_test(failed_allocations_are_errors),
    };
    return cmocka_run_group_tests_name("int_text", tests, start, end);
}
