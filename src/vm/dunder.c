/* Operators whose methods are written in Python, one call at a time: which function comes next, and what follows from
 * NotImplemented.  Cases in which a slot in C has to go first or between are left to the protocols of objects/abstract.
 */
#include "vm/dunder.h"
#include "objects/names.h"
#include "objects/object.h"
#include "objects/opcodes.h"
#include "objects/type/type.h"

#include <stddef.h>

/* property keeps its functions right behind the header. */
typedef struct {
    PyObject_HEAD
    PyObject *get, *set;
} PropertyFunctions;

/* The getter or setter of an exact property if the loop can run it (borrowed), else NULL. */
static PyFunctionObject *property_function(PyObject *descr, int setter)
{
    PropertyFunctions *p = (PropertyFunctions *)descr;
    PyObject *found = setter ? p->set : p->get;
    return found && Py_IS_TYPE(found, &PyFunction_Type) &&
                   ((PyFunctionObject *)found)->vectorcall == _PyFunction_Vectorcall
               ? (PyFunctionObject *)found
               : NULL;
}

static Step outcome(PyObject *value) { return (Step){NULL, value, 0, 0, 0}; }
static Step call(PyFunctionObject *function, int swapped, int then)
{
    return (Step){function, NULL, (uint8_t)swapped, (uint8_t)then, 2};
}

/* ---- binary operators ---- */

typedef struct {
    uint16_t offset, inplace_offset; /* of the slots in PyNumberMethods */
    void *slot, *inplace_slot;       /* the functions that stand there for methods in Python */
    PyObject **name, **reflected, **inplace;
    const char *sign, *inplace_sign;
} Operator;

#define ROW(operator_name, nb, forward, backward, in_place, text)                                                      \
    [OPC_NB_##operator_name] = {offsetof(PyNumberMethods, nb_##nb),                                                    \
                                offsetof(PyNumberMethods, nb_inplace_##nb),                                            \
                                slot_nb_##nb,                                                                          \
                                slot_nb_inplace_##nb,                                                                  \
                                &N(forward),                                                                           \
                                &N(backward),                                                                          \
                                &N(in_place),                                                                          \
                                text,                                                                                  \
                                text "="}
static const Operator operators[] = {
    ROW(ADD, add, __add__, __radd__, __iadd__, "+"),
    ROW(AND, and, __and__, __rand__, __iand__, "&"),
    ROW(FLOOR_DIVIDE, floor_divide, __floordiv__, __rfloordiv__, __ifloordiv__, "//"),
    ROW(LSHIFT, lshift, __lshift__, __rlshift__, __ilshift__, "<<"),
    ROW(MATRIX_MULTIPLY, matrix_multiply, __matmul__, __rmatmul__, __imatmul__, "@"),
    ROW(MULTIPLY, multiply, __mul__, __rmul__, __imul__, "*"),
    ROW(REMAINDER, remainder, __mod__, __rmod__, __imod__, "%"),
    ROW(OR, or, __or__, __ror__, __ior__, "|"),
    ROW(POWER, power, __pow__, __rpow__, __ipow__, "**"),
    ROW(RSHIFT, rshift, __rshift__, __rrshift__, __irshift__, ">>"),
    ROW(SUBTRACT, subtract, __sub__, __rsub__, __isub__, "-"),
    ROW(TRUE_DIVIDE, true_divide, __truediv__, __rtruediv__, __itruediv__, "/"),
    ROW(XOR, xor, __xor__, __rxor__, __ixor__, "^"),
};
_Static_assert(OPC_NB_INPLACE_ADD == sizeof operators / sizeof *operators, "each op has a form in place");

static void *slot_of(PyObject *o, size_t offset)
{
    PyNumberMethods *suite = Py_TYPE(o)->tp_as_number;
    return suite ? *(void **)((char *)suite + offset) : NULL;
}

/* The value of a slot written in C. */
static PyObject *call_slot(int op, void *slot, PyObject *left, PyObject *right)
{
    if (op == OPC_NB_POWER)
        return ((ternaryfunc)slot)(left, right, Py_None);
    return ((binaryfunc)slot)(left, right);
}

/* Behind the method in place, or where there is none. */
static Step forward(int op, PyObject *left, PyObject *right, int in_place_asked)
{
    int plain = op >= OPC_NB_INPLACE_ADD ? op - OPC_NB_INPLACE_ADD : op;
    const Operator *row = &operators[plain];
    void *mine = slot_of(left, row->offset), *theirs = slot_of(right, row->offset);
    int differ = !Py_IS_TYPE(left, Py_TYPE(right)),
        right_first = differ && theirs && PyType_IsSubtype(Py_TYPE(right), Py_TYPE(left));
    PyFunctionObject *function;
    if (!right_first && mine == row->slot && (function = dunder_find(Py_TYPE(left), *row->name)))
        return call(function, 0, RETURN_FORWARD);
    if (!right_first && mine != row->slot && theirs == row->slot && dunder_find(Py_TYPE(right), *row->reflected)) {
        PyObject *value = mine ? call_slot(plain, mine, left, right) : Py_NewRef(Py_NotImplemented);
        if (value != Py_NotImplemented)
            return outcome(value);
        Py_DECREF(value);
        return dunder_binary_after(RETURN_FORWARD, op, left, right);
    }
    if (!in_place_asked)
        return outcome(op_binary(op, left, right));
    if (plain == OPC_NB_POWER)
        return outcome(number_power(left, right, Py_None, row->inplace_sign));
    PyObject *value = number_by_slots(left, right, row->offset);
    if (value != Py_NotImplemented)
        return outcome(value);
    Py_DECREF(value);
    return outcome(number_without_slots(left, right, row->inplace_sign));
}

Step dunder_binary(int op, PyObject *left, PyObject *right)
{
    if (op >= OPC_NB_INPLACE_ADD) {
        const Operator *row = &operators[op - OPC_NB_INPLACE_ADD];
        void *slot = slot_of(left, row->inplace_offset);
        PyFunctionObject *function;
        if (slot == row->inplace_slot && (function = dunder_find(Py_TYPE(left), *row->inplace)))
            return call(function, 0, RETURN_INPLACE);
        if (slot)
            return outcome(op_binary(op, left, right));
    }
    return forward(op, left, right, 0);
}

Step dunder_binary_after(int stage, int op, PyObject *left, PyObject *right)
{
    if (stage == RETURN_INPLACE)
        return forward(op, left, right, 1);
    int in_place = op >= OPC_NB_INPLACE_ADD, plain = in_place ? op - OPC_NB_INPLACE_ADD : op;
    const Operator *row = &operators[plain];
    if (stage == RETURN_FORWARD && !Py_IS_TYPE(left, Py_TYPE(right))) {
        void *theirs = slot_of(right, row->offset);
        PyObject *value = NULL;
        if (theirs == row->slot) {
            PyFunctionObject *function = dunder_find(Py_TYPE(right), *row->reflected);
            if (function)
                return call(function, 1, RETURN_REFLECTED);
            value = slot_call_reflected(right, left, *row->reflected);
        } else if (theirs && theirs != slot_of(left, row->offset)) {
            value = call_slot(plain, theirs, left, right);
        } else {
            value = Py_NewRef(Py_NotImplemented);
        }
        if (value != Py_NotImplemented)
            return outcome(value);
        Py_DECREF(value);
    }
    const char *sign = in_place ? row->inplace_sign : plain == OPC_NB_POWER ? "** or pow()" : row->sign;
    return outcome(number_without_slots(left, right, sign));
}

/* ---- comparison ---- */

/* The comparison method of o's type; *negated is set when __eq__ answers for __ne__. */
static PyFunctionObject *comparison(PyObject *o, int op, int *negated)
{
    PyObject *const names[] = {N(__lt__), N(__le__), N(__eq__), N(__ne__), N(__gt__), N(__ge__)};
    PyTypeObject *type = Py_TYPE(o);
    *negated = 0;
    if (type->tp_richcompare != slot_tp_richcompare)
        return NULL;
    if (op == Py_NE) {
        PyObject *found = _PyType_Lookup(type, N(__ne__));
        if (found && Py_IS_TYPE(found, &PyWrapperDescr_Type) && PyDescr_TYPE(found) == &PyBaseObject_Type) {
            *negated = 1;
            return dunder_find(type, N(__eq__));
        }
    }
    return dunder_find(type, names[op]);
}

static PyObject *compare_default(int op, PyObject *left, PyObject *right)
{
    if (op == Py_EQ || op == Py_NE)
        return PyBool_FromLong((left == right) == (op == Py_EQ));
    return compare_error(left, right, op);
}

Step dunder_compare(int op, PyObject *left, PyObject *right)
{
    int negated;
    PyFunctionObject *function;
    if ((Py_IS_TYPE(left, Py_TYPE(right)) || !PyType_IsSubtype(Py_TYPE(right), Py_TYPE(left))) &&
        (function = comparison(left, op, &negated)))
        return call(function, 0, negated ? RETURN_COMPARE_NE : RETURN_COMPARE);
    return outcome(PyObject_RichCompare(left, right, op));
}

Step dunder_compare_after(int stage, int op, PyObject *left, PyObject *right)
{
    if (stage == RETURN_COMPARE || stage == RETURN_COMPARE_NE) {
        int negated, swapped = _Py_SwappedOp[op];
        PyFunctionObject *function = comparison(right, swapped, &negated);
        if (function)
            return call(function, 1, negated ? RETURN_COMPARE_REFLECTED_NE : RETURN_COMPARE_REFLECTED);
        richcmpfunc compare = Py_TYPE(right)->tp_richcompare;
        PyObject *value = compare ? compare(right, left, swapped) : Py_NewRef(Py_NotImplemented);
        if (value != Py_NotImplemented)
            return outcome(value);
        Py_DECREF(value);
    }
    return outcome(compare_default(op, left, right));
}

/* ---- attributes ---- */

/* A call of the function with n operands, all borrowed. */
static Step call_with(PyFunctionObject *function, PyObject **operands, int n, PyObject *a, PyObject *b, PyObject *c)
{
    PyObject *given[] = {a, b, c};
    for (int i = 0; i < n; i++)
        operands[i] = Py_NewRef(given[i]);
    return (Step){function, NULL, 0, RETURN_PUSH, (uint8_t)n};
}

int dunder_looks_up_by(PyTypeObject *type, getattrofunc lookup)
{
    if (type->tp_getattro != slot_tp_getattr_hook)
        return type->tp_getattro == lookup;
    PyObject *found = _PyType_Lookup(type, N(__getattribute__));
    return found && Py_IS_TYPE(found, &PyWrapperDescr_Type) &&
           ((PyWrapperDescrObject *)found)->d_wrapped == (void *)lookup;
}

/* object's lookup, then __getattr__. */
static Step load_or_ask(PyObject *o, PyObject *name, PyObject **operands)
{
    PyObject *value = _PyObject_GenericGetAttrWithDict(o, name, NULL, 1); /* no exception to throw away */
    if (value || (PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_AttributeError)))
        return outcome(value);
    PyFunctionObject *function = dunder_find(Py_TYPE(o), N(__getattr__));
    PyErr_Clear();
    return function ? call_with(function, operands, 2, o, name, NULL) : outcome(PyObject_GetAttr(o, name));
}

Step dunder_load_attr(PyObject *o, PyObject *name, PyObject **operands)
{
    PyTypeObject *type = Py_TYPE(o);
    PyFunctionObject *function;
    if (type->tp_getattro == PyObject_GenericGetAttr) {
        PyObject *descr = _PyType_Lookup(type, name);
        if (descr && Py_TYPE(descr)->tp_descr_set) {
            if (Py_IS_TYPE(descr, &PyProperty_Type) && (function = property_function(descr, 0)))
                return call_with(function, operands, 1, o, NULL, NULL);
            if (Py_TYPE(descr)->tp_descr_get == slot_tp_descr_get && (function = dunder_find(Py_TYPE(descr), N(__get__))))
                return call_with(function, operands, 3, descr, o, (PyObject *)type);
        }
    } else if (type->tp_getattro == slot_tp_getattr_hook) {
        PyObject *fallback = _PyType_Lookup(type, N(__getattr__));
        if (fallback && dunder_looks_up_by(type, PyObject_GenericGetAttr) && Py_IS_TYPE(fallback, &PyFunction_Type))
            return load_or_ask(o, name, operands);
        if (!fallback && (function = dunder_find(type, N(__getattribute__))))
            return call_with(function, operands, 2, o, name, NULL);
    }
    return outcome(PyObject_GetAttr(o, name));
}

Step dunder_store_attr(PyObject *o, PyObject *name, PyObject *value, PyObject **operands)
{
    PyTypeObject *type = Py_TYPE(o);
    PyFunctionObject *function;
    if (type->tp_setattro == slot_tp_setattro) {
        if ((function = dunder_find(type, N(__setattr__))))
            return call_with(function, operands, 3, o, name, value);
    } else if (type->tp_setattro == PyObject_GenericSetAttr) {
        PyObject *descr = _PyType_Lookup(type, name);
        if (descr && Py_IS_TYPE(descr, &PyProperty_Type) && (function = property_function(descr, 1)))
            return call_with(function, operands, 2, o, value, NULL);
        if (descr && Py_TYPE(descr)->tp_descr_set == slot_tp_descr_set &&
            (function = dunder_find(Py_TYPE(descr), N(__set__))))
            return call_with(function, operands, 3, descr, o, value);
    }
    return outcome(NULL);
}

/* ---- truth, length ---- */

PyFunctionObject *dunder_truth(PyObject *o, uint8_t *then)
{
    PyTypeObject *type = Py_TYPE(o);
    if (!(type->tp_flags & Py_TPFLAGS_HEAPTYPE))
        return NULL;
    *then = RETURN_TRUTH;
    if (type->tp_as_number && type->tp_as_number->nb_bool)
        return type->tp_as_number->nb_bool == slot_nb_bool ? dunder_find(type, N(__bool__)) : NULL;
    *then = RETURN_TRUTH_LENGTH;
    return dunder_len(o);
}

PyObject *dunder_length(PyObject *value)
{
    Py_ssize_t length = slot_length_of(value);
    return length < 0 ? NULL : PyLong_FromSsize_t(length);
}
