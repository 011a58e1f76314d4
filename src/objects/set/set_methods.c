/* The operations of sets and frozensets. */
#include "objects/set/set.h"
#include "objects/dict/dict.h"
#include "objects/names.h"

/* What an operation on a set makes: a set or frozenset, never a subclass. */
static PyTypeObject *base_type(PyObject *s) { return PyFrozenSet_Check(s) ? &PyFrozenSet_Type : &PySet_Type; }

/* ---- copies and unions ---- */

static PyObject *set_copy(PyObject *self, PyObject *unused) { return set_make(base_type(self), self); }

static PyObject *frozenset_copy(PyObject *self, PyObject *unused)
{
    if (!PyFrozenSet_CheckExact(self))
        return set_copy(self, NULL);
    Py_INCREF(self);
    return self;
}

static PyObject *set_union(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    PyObject *result = set_copy(self, NULL);
    for (Py_ssize_t i = 0; result != NULL && i < n; i++)
        if (args[i] != self && set_update_from(SET(result), args[i]) < 0)
            Py_CLEAR(result);
    return result;
}

static PyObject *set_update(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < n; i++)
        if (set_update_from(SET(self), args[i]) < 0)
            return NULL;
    Py_RETURN_NONE;
}

/* ---- intersection ---- */

static PyObject *intersect(PyObject *self, PyObject *other)
{
    if (self == other)
        return set_copy(self, NULL);
    PyObject *result = set_make(base_type(self), NULL);
    if (result == NULL)
        return NULL;
    if (PyAnySet_Check(other)) {
        PyObject *small = other, *big = self;
        if (SET(other)->used > SET(self)->used) {
            small = self;
            big = other;
        }
        Py_ssize_t pos = 0;
        setentry *e;
        while (set_next(SET(small), &pos, &e)) {
            PyObject *key = e->key;
            Py_hash_t hash = e->hash;
            Py_INCREF(key);
            int has = set_contains_entry(SET(big), key, hash);
            if (has > 0)
                has = set_add_entry(SET(result), key, hash);
            Py_DECREF(key);
            if (has < 0) {
                Py_DECREF(result);
                return NULL;
            }
        }
        return result;
    }
    PyObject *it = PyObject_GetIter(other), *key;
    if (it == NULL) {
        Py_DECREF(result);
        return NULL;
    }
    while ((key = PyIter_Next(it)) != NULL) {
        Py_hash_t hash = dict_hash(key);
        int has = hash == -1 ? -1 : set_contains_entry(SET(self), key, hash);
        if (has > 0)
            has = set_add_entry(SET(result), key, hash);
        Py_DECREF(key);
        if (has < 0)
            break;
    }
    Py_DECREF(it);
    if (PyErr_Occurred())
        Py_CLEAR(result);
    return result;
}

static PyObject *set_intersection(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (n == 0)
        return set_copy(self, NULL);
    PyObject *result = self;
    Py_INCREF(self);
    for (Py_ssize_t i = 0; result != NULL && i < n; i++) {
        PyObject *next = intersect(result, args[i]);
        Py_DECREF(result);
        result = next;
    }
    return result;
}

static PyObject *set_intersection_update(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    PyObject *result = set_intersection(self, args, n);
    if (result == NULL)
        return NULL;
    set_swap(SET(self), SET(result));
    Py_DECREF(result);
    Py_RETURN_NONE;
}

static PyObject *set_isdisjoint(PyObject *self, PyObject *other)
{
    if (self == other)
        return PyBool_FromLong(SET(self)->used == 0);
    if (PyAnySet_CheckExact(other)) {
        if (SET(other)->used > SET(self)->used) {
            PyObject *swap = self;
            self = other;
            other = swap;
        }
        Py_ssize_t pos = 0;
        setentry *e;
        while (set_next(SET(other), &pos, &e)) {
            PyObject *key = e->key;
            Py_INCREF(key);
            int has = set_contains_entry(SET(self), key, e->hash);
            Py_DECREF(key);
            if (has)
                return has < 0 ? NULL : PyBool_FromLong(0);
        }
        return PyBool_FromLong(1);
    }
    PyObject *it = PyObject_GetIter(other), *key;
    if (it == NULL)
        return NULL;
    int has = 0;
    while (has == 0 && (key = PyIter_Next(it)) != NULL) {
        has = set_contains_key(SET(self), key);
        Py_DECREF(key);
    }
    Py_DECREF(it);
    return has < 0 || PyErr_Occurred() ? NULL : PyBool_FromLong(!has);
}

/* ---- difference ---- */

static int remove_members(PySetObject *self, PyObject *other)
{
    if (PyAnySet_Check(other)) {
        Py_ssize_t pos = 0;
        setentry *e;
        while (set_next(SET(other), &pos, &e)) {
            PyObject *key = e->key;
            Py_INCREF(key);
            int result = set_discard_entry(self, key, e->hash);
            Py_DECREF(key);
            if (result < 0)
                return -1;
        }
        return 0;
    }
    PyObject *it = PyObject_GetIter(other), *key;
    if (it == NULL)
        return -1;
    while ((key = PyIter_Next(it)) != NULL) {
        int result = set_discard_key(self, key);
        Py_DECREF(key);
        if (result < 0)
            break;
    }
    Py_DECREF(it);
    return PyErr_Occurred() ? -1 : 0;
}

/* Removes all members of other; a table with many deleted slots is made anew. */
static int remove_all(PySetObject *self, PyObject *other)
{
    if ((PyObject *)self == other) {
        set_clear_entries(self);
        return 0;
    }
    return remove_members(self, other) < 0 ? -1 : set_tidy(self);
}

static PyObject *copy_and_remove(PyObject *self, PyObject *other)
{
    PyObject *result = set_copy(self, NULL);
    if (result != NULL && remove_all(SET(result), other) < 0)
        Py_CLEAR(result);
    return result;
}

static PyObject *difference(PyObject *self, PyObject *other)
{
    int is_set = PyAnySet_Check(other);
    if (!is_set && !PyDict_CheckExact(other))
        return copy_and_remove(self, other);
    Py_ssize_t theirs = is_set ? SET(other)->used : PyDict_GET_SIZE(other);
    if (SET(self)->used >> 2 > theirs)
        return copy_and_remove(self, other);
    PyObject *result = set_make(base_type(self), NULL);
    Py_ssize_t pos = 0;
    setentry *e;
    while (result != NULL && set_next(SET(self), &pos, &e)) {
        PyObject *key = e->key;
        Py_hash_t hash = e->hash;
        Py_INCREF(key);
        int has = is_set ? set_contains_entry(SET(other), key, hash) : _PyDict_Contains_KnownHash(other, key, hash);
        if (has == 0)
            has = set_add_entry(SET(result), key, hash);
        Py_DECREF(key);
        if (has < 0)
            Py_CLEAR(result);
    }
    return result;
}

static PyObject *set_difference(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (n == 0)
        return set_copy(self, NULL);
    PyObject *result = difference(self, args[0]);
    for (Py_ssize_t i = 1; result != NULL && i < n; i++)
        if (remove_all(SET(result), args[i]) < 0)
            Py_CLEAR(result);
    return result;
}

static PyObject *set_difference_update(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < n; i++)
        if (remove_all(SET(self), args[i]) < 0)
            return NULL;
    Py_RETURN_NONE;
}

static PyObject *set_symmetric_difference_update(PyObject *self, PyObject *other)
{
    if (self == other) {
        set_clear_entries(SET(self));
        Py_RETURN_NONE;
    }
    PyObject *others = PyAnySet_Check(other) ? (Py_INCREF(other), other) : set_make(base_type(self), other);
    if (others == NULL)
        return NULL;
    Py_ssize_t pos = 0;
    setentry *e;
    int result = 0;
    while (result >= 0 && set_next(SET(others), &pos, &e)) {
        PyObject *key = e->key;
        Py_hash_t hash = e->hash;
        Py_INCREF(key);
        result = set_discard_entry(SET(self), key, hash);
        if (result == 0)
            result = set_add_entry(SET(self), key, hash);
        Py_DECREF(key);
    }
    Py_DECREF(others);
    if (result < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *set_symmetric_difference(PyObject *self, PyObject *other)
{
    PyObject *result = set_make(base_type(self), other);
    PyObject *done = result ? set_symmetric_difference_update(result, self) : NULL;
    if (done == NULL)
        Py_CLEAR(result);
    Py_XDECREF(done);
    return result;
}

/* ---- order ---- */

/* Are all members of a in b (both sets)? */
static int subset(PyObject *a, PyObject *b)
{
    if (SET(a)->used > SET(b)->used)
        return 0;
    Py_ssize_t pos = 0;
    setentry *e;
    while (set_next(SET(a), &pos, &e)) {
        PyObject *key = e->key;
        Py_INCREF(key);
        int has = set_contains_entry(SET(b), key, e->hash);
        Py_DECREF(key);
        if (has <= 0)
            return has;
    }
    return 1;
}

static PyObject *truth(int value) { return value < 0 ? NULL : PyBool_FromLong(value); }

static PyObject *set_issubset(PyObject *self, PyObject *other)
{
    if (PyAnySet_Check(other))
        return truth(subset(self, other));
    PyObject *others = set_make(&PySet_Type, other);
    if (others == NULL)
        return NULL;
    PyObject *result = truth(subset(self, others));
    Py_DECREF(others);
    return result;
}

static PyObject *set_issuperset(PyObject *self, PyObject *other)
{
    if (PyAnySet_Check(other))
        return truth(subset(other, self));
    PyObject *it = PyObject_GetIter(other), *key;
    if (it == NULL)
        return NULL;
    int has = 1;
    while (has == 1 && (key = PyIter_Next(it)) != NULL) {
        has = set_contains_key(SET(self), key);
        Py_DECREF(key);
    }
    Py_DECREF(it);
    return has < 0 || PyErr_Occurred() ? NULL : PyBool_FromLong(has);
}

static int set_equal(PyObject *a, PyObject *b)
{
    if (SET(a)->used != SET(b)->used || (SET(a)->hash != -1 && SET(b)->hash != -1 && SET(a)->hash != SET(b)->hash))
        return 0;
    return subset(a, b);
}

PyObject *set_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PyAnySet_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    int r;
    switch (op) {
    case Py_EQ:
        return truth(set_equal(a, b));
    case Py_NE:
        r = set_equal(a, b);
        return truth(r < 0 ? r : !r);
    case Py_LE:
        return truth(subset(a, b));
    case Py_GE:
        return truth(subset(b, a));
    case Py_LT:
        return SET(a)->used >= SET(b)->used ? PyBool_FromLong(0) : truth(subset(a, b));
    default:
        return SET(a)->used <= SET(b)->used ? PyBool_FromLong(0) : truth(subset(b, a));
    }
}

/* ---- operators ---- */

#define OPERATOR(name, expression)                          \
    static PyObject *name(PyObject *a, PyObject *b)         \
    {                                                       \
        if (!PyAnySet_Check(a) || !PyAnySet_Check(b))       \
            Py_RETURN_NOTIMPLEMENTED;                       \
        return expression;                                  \
    }
OPERATOR(op_and, intersect(a, b))
OPERATOR(op_or, set_union(a, &b, 1))
OPERATOR(op_sub, difference(a, b))
OPERATOR(op_xor, set_symmetric_difference(a, b))

/* The result of an in-place method as the operand itself. */
static PyObject *itself(PyObject *self, PyObject *done)
{
    if (done == NULL)
        return NULL;
    Py_DECREF(done);
    Py_INCREF(self);
    return self;
}
#define INPLACE(name, expression)                           \
    static PyObject *name(PyObject *a, PyObject *b)         \
    {                                                       \
        if (!PyAnySet_Check(b))                             \
            Py_RETURN_NOTIMPLEMENTED;                       \
        return itself(a, expression);                       \
    }
INPLACE(op_iand, set_intersection_update(a, &b, 1))
INPLACE(op_ior, set_update(a, &b, 1))
INPLACE(op_isub, set_difference_update(a, &b, 1))
INPLACE(op_ixor, set_symmetric_difference_update(a, b))

PyNumberMethods frozenset_as_number = {.nb_subtract = op_sub, .nb_and = op_and, .nb_xor = op_xor, .nb_or = op_or};
PyNumberMethods set_as_number = {
    .nb_subtract = op_sub,
    .nb_and = op_and,
    .nb_xor = op_xor,
    .nb_or = op_or,
    .nb_inplace_subtract = op_isub,
    .nb_inplace_and = op_iand,
    .nb_inplace_xor = op_ixor,
    .nb_inplace_or = op_ior,
};

/* ---- single members ---- */

static PyObject *set_add(PyObject *self, PyObject *key)
{
    if (set_add_key(SET(self), key) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* Discards key, a set under its value as a frozenset; 1, 0 or -1. */
static int discard_value(PyObject *self, PyObject *key)
{
    int found = set_discard_key(SET(self), key);
    if (found >= 0 || !PySet_Check(key) || !PyErr_ExceptionMatches(PyExc_TypeError))
        return found;
    PyErr_Clear();
    PyObject *frozen = PyFrozenSet_New(key);
    if (frozen == NULL)
        return -1;
    found = set_discard_key(SET(self), frozen);
    Py_DECREF(frozen);
    return found;
}

static PyObject *set_remove(PyObject *self, PyObject *key)
{
    int found = discard_value(self, key);
    if (found < 0)
        return NULL;
    if (found == 0) {
        _PyErr_SetKeyError(key);
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *set_discard(PyObject *self, PyObject *key)
{
    if (discard_value(self, key) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *set_direct_contains(PyObject *self, PyObject *key)
{
    return truth(Py_TYPE(self)->tp_as_sequence->sq_contains == NULL ? -1 : PySet_Type.tp_as_sequence->sq_contains(self, key));
}

static PyObject *set_pop(PyObject *self, PyObject *unused) { return PySet_Pop(self); }
static PyObject *set_clear(PyObject *self, PyObject *unused)
{
    set_clear_entries(SET(self));
    Py_RETURN_NONE;
}

static PyObject *set_sizeof(PyObject *self, PyObject *unused)
{
    Py_ssize_t size = Py_TYPE(self)->tp_basicsize;
    if (SET(self)->table != SET(self)->smalltable)
        size += (SET(self)->mask + 1) * (Py_ssize_t)sizeof(setentry);
    return PyLong_FromSsize_t(size);
}

static PyObject *set_reduce(PyObject *self, PyObject *unused)
{
    PyObject *members = PySequence_List(self), *state = members ? _PyObject_GetState(self) : NULL;
    if (state == NULL) {
        Py_XDECREF(members);
        return NULL;
    }
    return Py_BuildValue("O(N)N", Py_TYPE(self), members, state);
}

#define FAST(f) (PyCFunction)(void (*)(void))(f), METH_FASTCALL
#define SHARED(copy)                                                                                                    \
    {"__contains__", set_direct_contains, METH_O | METH_COEXIST, PyDoc_STR("x.__contains__(y) <==> y in x.")},          \
    {"copy", copy, METH_NOARGS, PyDoc_STR("Return a shallow copy of a set.")},                                          \
    {"difference", FAST(set_difference),                                                                                \
     PyDoc_STR("Return the difference of two or more sets as a new set.")},                                             \
    {"intersection", FAST(set_intersection), PyDoc_STR("Return the intersection of two sets as a new set.")},           \
    {"isdisjoint", set_isdisjoint, METH_O, PyDoc_STR("Return True if two sets have a null intersection.")},             \
    {"issubset", set_issubset, METH_O, PyDoc_STR("Report whether another set contains this set.")},                     \
    {"issuperset", set_issuperset, METH_O, PyDoc_STR("Report whether this set contains another set.")},                 \
    {"symmetric_difference", set_symmetric_difference, METH_O,                                                          \
     PyDoc_STR("Return the symmetric difference of two sets as a new set.")},                                           \
    {"union", FAST(set_union), PyDoc_STR("Return the union of sets as a new set.")},                                    \
    {"__reduce__", set_reduce, METH_NOARGS, PyDoc_STR("Return state information for pickling.")},                       \
    {"__sizeof__", set_sizeof, METH_NOARGS, PyDoc_STR("S.__sizeof__() -> size of S in memory, in bytes")},              \
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, PyDoc_STR("See PEP 585")}

PyMethodDef frozenset_methods[] = {SHARED(frozenset_copy), {NULL}};

PyMethodDef set_methods[] = {
    SHARED(set_copy),
    {"add", set_add, METH_O, PyDoc_STR("Add an element to a set.\n\nThis has no effect if the element is already present.")},
    {"clear", set_clear, METH_NOARGS, PyDoc_STR("Remove all elements from this set.")},
    {"discard", set_discard, METH_O, PyDoc_STR("Remove an element from a set if it is a member.")},
    {"remove", set_remove, METH_O,
     PyDoc_STR("Remove an element from a set; it must be a member.\n\nIf the element is not a member, raise a KeyError.")},
    {"pop", set_pop, METH_NOARGS,
     PyDoc_STR("Remove and return an arbitrary set element.\nRaises KeyError if the set is empty.")},
    {"update", FAST(set_update), PyDoc_STR("Update a set with the union of itself and others.")},
    {"intersection_update", FAST(set_intersection_update),
     PyDoc_STR("Update a set with the intersection of itself and another.")},
    {"difference_update", FAST(set_difference_update),
     PyDoc_STR("Remove all elements of another set from this set.")},
    {"symmetric_difference_update", set_symmetric_difference_update, METH_O,
     PyDoc_STR("Update a set with the symmetric difference of itself and another.")},
    {NULL}};
