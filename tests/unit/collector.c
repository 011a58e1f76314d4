/* The cycle collector from C: generations, large containers, freezing, failure of its own memory. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "memory/memory.h"

static PyObject *cycle(Py_ssize_t padding)
{
    PyObject *list = PyList_New(0), *tuple = PyTuple_New(padding + 1);
    for (Py_ssize_t i = 0; i < padding; i++) {
        Py_INCREF(Py_None);
        PyTuple_SET_ITEM(tuple, i + 1, Py_None);
    }
    Py_INCREF(list);
    PyTuple_SET_ITEM(tuple, 0, list);
    PyList_Append(list, tuple);
    Py_DECREF(tuple);
    return list;
}

static void cycles_are_freed_small_and_large(void **state)
{
    gc_collect(2);
    for (int i = 0; i < 50; i++) {
        PyObject *a = cycle(0), *b = cycle(500);
        Py_DECREF(a);
        Py_DECREF(b);
    }
    assert_int_equal(gc_collect(0), 200);
    assert_int_equal(gc_collect(2), 0);
    assert_int_equal(heap_check(), 0);
}

static int generation_of(PyObject *o) { return (*gc_state_of(o) & GC_GENERATION_MASK) >> GC_GENERATION_SHIFT; }

static void survivors_age(void **state)
{
    PyObject *small = PyList_New(0), *large = PyTuple_New(1000);
    for (int i = 0; i < 1000; i++) {
        Py_INCREF(small);
        PyTuple_SET_ITEM(large, i, small);
    }
    PyObject *both[] = {small, large};
    for (int k = 0; k < 2; k++)
        assert_int_equal(generation_of(both[k]), 0);
    gc_collect(0);
    for (int k = 0; k < 2; k++)
        assert_int_equal(generation_of(both[k]), 1);
    gc_collect(0);
    for (int k = 0; k < 2; k++)
        assert_int_equal(generation_of(both[k]), 1);
    gc_collect(1);
    for (int k = 0; k < 2; k++)
        assert_int_equal(generation_of(both[k]), 2);
    gc_freeze();
    for (int k = 0; k < 2; k++)
        assert_int_equal(generation_of(both[k]), GC_PERMANENT);
    gc_unfreeze();
    for (int k = 0; k < 2; k++)
        assert_int_equal(generation_of(both[k]), 2);
    assert_int_equal(heap_check(), 0);
    Py_DECREF(large);
    Py_DECREF(small);
}

static void an_old_cycle_waits_for_a_full_collection(void **state)
{
    PyObject *c = cycle(0);
    gc_collect(0);
    gc_collect(1);
    Py_DECREF(c);
    assert_int_equal(gc_collect(0), 0);
    assert_int_equal(gc_collect(1), 0);
    assert_int_equal(gc_collect(2), 2);
}

static void tuples_of_atoms_are_forgotten(void **state)
{
    PyObject *t = PyTuple_Pack(2, Py_None, Py_True);
    assert_true(PyObject_GC_IsTracked(t));
    gc_collect(0);
    assert_false(PyObject_GC_IsTracked(t));
    Py_DECREF(t);
}

static void a_long_chain_is_freed_without_deep_recursion(void **state)
{
    PyObject *chain = PyList_New(0);
    for (int i = 0; i < 500000; i++) {
        PyObject *next = PyList_New(1);
        PyList_SET_ITEM(next, 0, chain);
        chain = next;
    }
    Py_DECREF(chain);
    assert_int_equal(heap_check(), 0);
}

static int start(void **state)
{
    Py_InitializeEx(0);
    gc_set_enabled(0);
    return 0;
}
static int end(void **state) { return heap_check(); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cycles_are_freed_small_and_large),
        cmocka_unit_test(survivors_age),
        cmocka_unit_test(an_old_cycle_waits_for_a_full_collection),
        cmocka_unit_test(tuples_of_atoms_are_forgotten),
        cmocka_unit_test(a_long_chain_is_freed_without_deep_recursion),
    };
    return cmocka_run_group_tests_name("collector", tests, start, end);
}
