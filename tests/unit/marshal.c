/* Marshal from C: what is written reads back; what is cut, changed or starved of memory ends in an exception. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>
#include "Python.h"
#include "marshal.h"
#include "memory/memory.h"

/* Every kind of value that marshal knows, shared parts, and a function's code. */
static const char *const SAMPLE =
    "[None, True, False, ..., StopIteration, 0, -1, 255, 2**31 - 1, -2**31, 2**31, -2**63, 3**700, 0.0, -1.5, 1e300, float('inf'), "
    "2j, b'', b'abc' * 100, '', 'ascii', 'a' * 300, 'h\\xe9', '\\u20ac\\ud800', '\\U0001f600', (), (1, (2,)), [[]], {}, "
    "{'k': {1: None}}, set(), {1, 'two'}, frozenset([(), 3]), compile('def f(a, *, b=1):\\n  try: return [a for a in b]\\n"
    "  except E as e: yield e\\n', 'name', 'exec'), *[('shared', 'shared')] * 2]";

static PyObject *sample(void)
{
    PyObject *globals = PyDict_New();
    PyDict_SetItemString(globals, "__builtins__", PyEval_GetBuiltins());
    PyObject *value = PyRun_String(SAMPLE, Py_eval_input, globals, globals);
    Py_DECREF(globals);
    assert_non_null(value);
    return value;
}

static void agree(PyObject *a, PyObject *b)
{
    PyObject *ra = PyObject_Repr(a), *rb = PyObject_Repr(b);
    assert_non_null(ra);
    assert_non_null(rb);
    if (!PyCode_Check(a)) /* the address of code is in its text */
        assert_true(PyObject_RichCompareBool(ra, rb, Py_EQ) == 1 && Py_TYPE(a) == Py_TYPE(b));
    assert_int_equal(PyObject_RichCompareBool(a, b, Py_EQ), 1);
    Py_DECREF(ra);
    Py_DECREF(rb);
}

static void values_read_back_in_every_version(void **state)
{
    PyObject *values = sample();
    for (int version = 0; version <= Py_MARSHAL_VERSION; version++)
        for (Py_ssize_t i = 0; i < PyList_GET_SIZE(values); i++) {
            PyObject *value = PyList_GET_ITEM(values, i), *bytes = PyMarshal_WriteObjectToString(value, version);
            assert_non_null(bytes);
            PyObject *back = PyMarshal_ReadObjectFromString(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes));
            assert_non_null(back);
            agree(value, back);
            Py_DECREF(back);
            Py_DECREF(bytes);
        }
    Py_DECREF(values);
}

/* Reads `size` bytes: a value, or an exception, never both nor neither. */
static int reads(const char *bytes, Py_ssize_t size)
{
    PyObject *value = PyMarshal_ReadObjectFromString(bytes, size);
    assert_true((value == NULL) == (PyErr_Occurred() != NULL));
    PyErr_Clear();
    Py_XDECREF(value);
    return value != NULL;
}

static void a_cut_stream_is_an_error(void **state)
{
    PyObject *values = sample(), *bytes = PyMarshal_WriteObjectToString(values, Py_MARSHAL_VERSION);
    Py_ssize_t size = PyBytes_GET_SIZE(bytes);
    for (Py_ssize_t n = 0; n < size; n++) {
        char *exact = PyMem_Malloc((size_t)n + 1);   /* so that reading past the end is seen */
        memcpy(exact, PyBytes_AS_STRING(bytes), (size_t)n);
        assert_false(reads(exact, n));
        PyMem_Free(exact);
    }
    assert_true(reads(PyBytes_AS_STRING(bytes), size));
    Py_DECREF(bytes);
    Py_DECREF(values);
}

static void a_changed_byte_is_a_value_or_an_error(void **state)
{
    PyObject *values = sample(), *bytes = PyMarshal_WriteObjectToString(values, Py_MARSHAL_VERSION);
    char *s = PyBytes_AS_STRING(bytes);
    for (Py_ssize_t i = 0; i < PyBytes_GET_SIZE(bytes); i++) {
        char before = s[i];
        static const unsigned char changes[] = {0x00, 0x7f, 0x80, 0xff, 'r', '[', '(', 'c', 'l', 'z'};
        for (size_t k = 0; k < sizeof changes; k++) {
            s[i] = (char)changes[k];
            reads(s, PyBytes_GET_SIZE(bytes));
        }
        s[i] = before;
    }
    Py_DECREF(bytes);
    Py_DECREF(values);
}

static void failed_allocations_are_errors(void **state)
{
    PyObject *values = sample(), *bytes = PyMarshal_WriteObjectToString(values, Py_MARSHAL_VERSION);
    int done = 0;
    for (int nth = 1; !done; nth++) {
        fault_set(nth, 0);
        PyObject *written = PyMarshal_WriteObjectToString(values, Py_MARSHAL_VERSION);
        done = fault_count() < nth;
        fault_set(0, 0);
        assert_true((written == NULL) == (PyErr_Occurred() != NULL));
        PyErr_Clear();
        Py_XDECREF(written);
    }
    done = 0;
    for (int nth = 1; !done; nth++) {
        fault_set(nth, 0);
        PyObject *back = PyMarshal_ReadObjectFromString(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes));
        done = fault_count() < nth;
        fault_set(0, 0);
        assert_true((back == NULL) == (PyErr_Occurred() != NULL));
        PyErr_Clear();
        Py_XDECREF(back);
    }
    Py_DECREF(bytes);
    Py_DECREF(values);
}

static void nesting_is_bounded(void **state)
{
    enum { DEPTH = 100000 };
    char *bytes = PyMem_Malloc(DEPTH * 2);
    for (int i = 0; i < DEPTH; i++) { /* tuples of one */
        bytes[2 * i] = ')';
        bytes[2 * i + 1] = 1;
    }
    assert_false(reads(bytes, DEPTH * 2));
    PyMem_Free(bytes);
    PyObject *deep = PyTuple_New(0);
    for (int i = 0; i < DEPTH; i++) {
        PyObject *outer = PyTuple_Pack(1, deep);
        Py_DECREF(deep);
        deep = outer;
    }
    assert_null(PyMarshal_WriteObjectToString(deep, Py_MARSHAL_VERSION));
    assert_true(PyErr_Occurred() != NULL);
    PyErr_Clear();
    Py_DECREF(deep);
}

static void what_marshal_does_not_know_is_refused(void **state)
{
    PyObject *odd[] = {(PyObject *)&PyLong_Type, PyUnicode_Type.tp_dict, PyEval_GetBuiltins()};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        assert_null(PyMarshal_WriteObjectToString(odd[i], Py_MARSHAL_VERSION));
        assert_true(PyErr_ExceptionMatches(PyExc_ValueError));
        PyErr_Clear();
    }
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
        cmocka_unit_test(values_read_back_in_every_version),
        cmocka_unit_test(a_cut_stream_is_an_error),
        cmocka_unit_test(a_changed_byte_is_a_value_or_an_error),
        cmocka_unit_test(failed_allocations_are_errors),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(what_marshal_does_not_know_is_refused),
    };
    return cmocka_run_group_tests_name("marshal", tests, start, end);
}
