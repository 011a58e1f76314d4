/* The Python functions behind slots: what the loop runs in a frame of its own where C code would call the slot, so that
 * operators, subscripts, truth and the rest do not recurse in C when a class writes them in Python. */
#ifndef LIMPID_VM_DUNDER_H
#define LIMPID_VM_DUNDER_H

#include "vm/vm.h"
#include "objects/names.h"
#include "objects/type/slot_calls.h"
#include "objects/type/type.h"

/* What an operator does next: calls `function` (borrowed), its arguments swapped for a reflected method, and goes on
 * with the value as `then` says; or, when function is NULL, has the outcome `value` (new; NULL with an exception set).
 */
typedef struct {
    PyFunctionObject *function;
    PyObject *value;
    uint8_t swapped, then, count; /* count: operands of a step that fills them in */
} Step;

/* The method `name` of the type if it is a Python function that the loop can run (borrowed), else NULL. */
static inline PyFunctionObject *dunder_find(PyTypeObject *type, PyObject *name)
{
    PyObject *found = _PyType_Lookup(type, name);
    return found && Py_IS_TYPE(found, &PyFunction_Type) &&
                   ((PyFunctionObject *)found)->vectorcall == _PyFunction_Vectorcall
               ? (PyFunctionObject *)found
               : NULL;
}

/* left <op> right, op as in BINARY_OP: the first step, and the one after `stage` gave NotImplemented. */
Step dunder_binary(int op, PyObject *left, PyObject *right);
Step dunder_binary_after(int stage, int op, PyObject *left, PyObject *right);
/* The same for comparisons.  A stage ending in _NE has asked __eq__, as object's __ne__ does. */
Step dunder_compare(int op, PyObject *left, PyObject *right);
Step dunder_compare_after(int stage, int op, PyObject *left, PyObject *right);

/* The function behind a slot of o, or NULL when the slot must be called (all borrowed). */
#define DUNDER(function, test, name)                                                                                   \
    static inline PyFunctionObject *dunder_##function(PyObject *o)                                                     \
    {                                                                                                                  \
        PyTypeObject *type = Py_TYPE(o);                                                                               \
        return type->tp_flags & Py_TPFLAGS_HEAPTYPE && (test) ? dunder_find(type, N(name)) : NULL;                     \
    }
#define SUITE(suite, slot) (type->suite && type->suite->slot == slot_##slot)
DUNDER(getitem, SUITE(tp_as_mapping, mp_subscript), __getitem__)
DUNDER(setitem, SUITE(tp_as_mapping, mp_ass_subscript), __setitem__)
DUNDER(delitem, SUITE(tp_as_mapping, mp_ass_subscript), __delitem__)
DUNDER(contains, SUITE(tp_as_sequence, sq_contains), __contains__)
DUNDER(bool, SUITE(tp_as_number, nb_bool), __bool__)
DUNDER(len, SUITE(tp_as_mapping, mp_length), __len__)
DUNDER(negative, SUITE(tp_as_number, nb_negative), __neg__)
DUNDER(positive, SUITE(tp_as_number, nb_positive), __pos__)
DUNDER(invert, SUITE(tp_as_number, nb_invert), __invert__)
DUNDER(iter, type->tp_iter == slot_tp_iter, __iter__)
DUNDER(next, type->tp_iternext == slot_tp_iternext, __next__)
DUNDER(call, type->tp_call == slot_tp_call, __call__)
DUNDER(setattr, type->tp_setattro == slot_tp_setattro, __setattr__)
DUNDER(delattr, type->tp_setattro == slot_tp_setattro, __delattr__)
#undef SUITE
#undef DUNDER

/* o.name and o.name = value, where a method or descriptor written in Python has the last word: a function to call, with
 * `count` operands (new).  The first does the lookup itself when there is none; the second has neither function nor value
 * then, and the slot is to be called. */
Step dunder_load_attr(PyObject *o, PyObject *name, PyObject **operands);
Step dunder_store_attr(PyObject *o, PyObject *name, PyObject *value, PyObject **operands);
/* Nonzero when attributes of the type's instances are looked up by `lookup` (object's or type's), whether or not
 * __getattr__ is asked then. */
int dunder_looks_up_by(PyTypeObject *type, getattrofunc lookup);

/* __bool__ or __len__, whichever tells o's truth; *then as in Step. */
PyFunctionObject *dunder_truth(PyObject *o, uint8_t *then);
/* What __len__ returned (stolen) as an int object: new, or NULL with an exception set. */
PyObject *dunder_length(PyObject *value);

#endif
