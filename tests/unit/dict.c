/* Dictionaries from C: tables against a model, versions, failures of allocation. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "memory/memory.h"
#include "objects/dict/dict.h"

int _PyDict_CheckConsistency(PyObject *dict, int check_content);

static void agrees_with_a_model(void **state)
{
    enum { KEYS = 700 };
    long model[KEYS];
    PyObject *keys[KEYS], *d = PyDict_New();
    uint32_t seed = 7;
    size_t live = 0;
    for (int i = 0; i < KEYS; i++) {
        model[i] = -1;
        keys[i] = i % 3 == 0 ? PyUnicode_FromFormat("key%d", i) : PyLong_FromLong(i * 1000003L);
    }
    for (int step = 0; step < 40000; step++) {
        seed = seed * 1664525u + 1013904223u;
        int i = (int)((seed >> 8) % KEYS);
        if ((seed >> 28) % 3 == 0 && model[i] >= 0) {
            assert_int_equal(PyDict_DelItem(d, keys[i]), 0);
            model[i] = -1;
            live--;
        } else {
            PyObject *v = PyLong_FromLong(step);
            live += model[i] < 0;
            model[i] = step;
            assert_int_equal(PyDict_SetItem(d, keys[i], v), 0);
            Py_DECREF(v);
        }
        if (step % 1000 == 0)
            assert_true(_PyDict_CheckConsistency(d, 1));
    }
    assert_int_equal(PyDict_Size(d), live);
    for (int i = 0; i < KEYS; i++) {
        PyObject *v = PyDict_GetItemWithError(d, keys[i]);
        assert_int_equal(v ? PyLong_AsLong(v) : -1, model[i]);
    }
    PyDict_Clear(d);
    assert_int_equal(PyDict_Size(d), 0);
    Py_DECREF(d);
    for (int i = 0; i < KEYS; i++)
        Py_DECREF(keys[i]);
}

static void pop_last_never_starves_the_index(void **state)
{
    PyObject *d = PyDict_New();
    for (long i = 0; i < 20; i++) {
        PyObject *k = PyLong_FromLong(i);
        PyDict_SetItem(d, k, k);
        Py_DECREF(k);
    }
    for (long i = 100; i < 5000; i++) {
        PyObject *k = PyLong_FromLong(i * 7919), *pair;
        PyDict_SetItem(d, k, k);
        pair = PyObject_CallMethod(d, "popitem", NULL);
        assert_true(PyTuple_GET_ITEM(pair, 0) == k);
        Py_DECREF(pair);
        assert_int_equal(PyDict_Contains(d, k), 0);
        Py_DECREF(k);
    }
    assert_int_equal(PyDict_Size(d), 20);
    Py_DECREF(d);
}

static void the_keys_version_follows_keys_not_values(void **state)
{
    PyObject *d = PyDict_New(), *a = PyUnicode_InternFromString("a"), *b = PyUnicode_InternFromString("b");
    PyDict_SetItem(d, a, a);
    PyDictObject *dict = (PyDictObject *)d;
    uint32_t version = dict_keys_version(dict);
    assert_int_not_equal(version, 0);
    PyDict_SetItem(d, a, b);
    assert_int_equal(dict_keys_version(dict), version);
    assert_int_equal(dict_index_of(dict, a), 0);
    assert_true(dict_value_at(dict, 0) == b);
    assert_int_equal(dict_index_of(dict, b), -1);
    PyDict_SetItem(d, b, b);
    assert_int_not_equal(dict_keys_version(dict), version);
    version = dict_keys_version(dict);
    PyDict_DelItem(d, a);
    assert_int_not_equal(dict_keys_version(dict), version);
    uint64_t tag = dict->ma_version_tag;
    PyDict_SetItem(d, b, a);
    assert_true(dict->ma_version_tag != tag);
    Py_DECREF(d);
    Py_DECREF(a);
    Py_DECREF(b);
}

static void a_failed_allocation_leaves_the_dict_whole(void **state)
{
    PyObject *keys[64];
    for (int i = 0; i < 64; i++)
        keys[i] = PyLong_FromLong(i * 17);
    for (int nth = 1; nth < 6; nth++) {
        PyObject *d = PyDict_New();
        int inserted = 0;
        fault_set(nth, 0);
        for (int i = 0; i < 64; i++)
            if (PyDict_SetItem(d, keys[i], keys[i]) == 0)
                inserted++;
            else
                PyErr_Clear();
        fault_set(0, 0);
        assert_int_equal(PyDict_Size(d), inserted);
        assert_true(inserted >= 63);
        assert_true(_PyDict_CheckConsistency(d, 1));
        Py_DECREF(d);
    }
    for (int i = 0; i < 64; i++)
        Py_DECREF(keys[i]);
}

static void atoms_keep_a_dict_untracked(void **state)
{
    PyObject *d = PyDict_New(), *k = PyLong_FromLong(5), *list = PyList_New(0);
    assert_false(PyObject_GC_IsTracked(d));
    PyDict_SetItem(d, k, k);
    assert_false(PyObject_GC_IsTracked(d));
    PyDict_SetItem(d, k, list);
    assert_true(PyObject_GC_IsTracked(d));
    Py_DECREF(list);
    Py_DECREF(d);
    Py_DECREF(k);
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
        cmocka_unit_test(agrees_with_a_model),
        cmocka_unit_test(pop_last_never_starves_the_index),
        cmocka_unit_test(the_keys_version_follows_keys_not_values),
        cmocka_unit_test(a_failed_allocation_leaves_the_dict_whole),
        cmocka_unit_test(atoms_keep_a_dict_untracked),
    };
    return cmocka_run_group_tests_name("dict", tests, start, end);
}
