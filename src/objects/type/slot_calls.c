/* The C functions that stand in the slots of classes whose methods are written in Python: each looks its dunder method up
 * on the type and calls it. */
#include "objects/type/slot_calls.h"
#include "objects/type/type.h"
#include "objects/names.h"

/* Calls method `name` of args[0] with all n args; args[-1] may be overwritten for the time of the call.
 * *missing is set, and NULL returned without exception, when the type has no such method. */
static PyObject *call_method(PyObject *name, PyObject *const *args, Py_ssize_t n, int *missing)
{
    int unbound;
    PyObject *method = type_lookup_method(args[0], name, &unbound);
    if (method == NULL) {
        *missing = !PyErr_Occurred();
        return NULL;
    }
    *missing = 0;
    PyObject *result = unbound ? PyObject_Vectorcall(method, args, n, NULL)
                               : PyObject_Vectorcall(method, args + 1, (n - 1) | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    Py_DECREF(method);
    return result;
}

/* As call_method; AttributeError when missing. */
static PyObject *call_required(PyObject *name, PyObject *const *args, Py_ssize_t n)
{
    int missing;
    PyObject *result = call_method(name, args, n, &missing);
    if (result == NULL && missing)
        PyErr_SetObject(PyExc_AttributeError, name);
    return result;
}

/* As call_method; NotImplemented when missing. */
static PyObject *call_maybe(PyObject *name, PyObject *const *args, Py_ssize_t n)
{
    int missing;
    PyObject *result = call_method(name, args, n, &missing);
    if (result == NULL && missing)
        Py_RETURN_NOTIMPLEMENTED;
    return result;
}

/* ---- operators ---- */

/* Nonzero if other's class has a reflected method of its own, not the one that it inherits from self's class. */
static int overrides(PyObject *self, PyObject *other, PyObject *rname)
{
    PyObject *theirs = _PyType_Lookup(Py_TYPE(other), rname);
    return theirs != NULL && theirs != _PyType_Lookup(Py_TYPE(self), rname);
}

/* The rules for reflected operators: the right operand goes first if its class is a subclass that overrides the reflected
 * method; `mine` and `theirs` say whose slot is this function. */
static PyObject *binary(PyObject *self, PyObject *other, int mine, int theirs, PyObject *name, PyObject *rname)
{
    PyObject *forward[2] = {self, other}, *backward[2] = {other, self};
    theirs = theirs && Py_TYPE(self) != Py_TYPE(other);
    if (mine) {
        if (theirs && PyType_IsSubtype(Py_TYPE(other), Py_TYPE(self))) {
            if (overrides(self, other, rname)) {
                PyObject *result = call_maybe(rname, backward, 2);
                if (result != Py_NotImplemented)
                    return result;
                Py_DECREF(result);
                theirs = 0;
            }
        }
        PyObject *result = call_maybe(name, forward, 2);
        if (result != Py_NotImplemented || Py_TYPE(self) == Py_TYPE(other))
            return result;
        Py_DECREF(result);
    }
    if (theirs)
        return call_maybe(rname, backward, 2);
    Py_RETURN_NOTIMPLEMENTED;
}

PyObject *slot_call_reflected(PyObject *self, PyObject *other, PyObject *rname)
{
    PyObject *args[2] = {self, other};
    return call_maybe(rname, args, 2);
}

#define HAS_SLOT(o, slot) (Py_TYPE(o)->tp_as_number != NULL && Py_TYPE(o)->tp_as_number->slot == slot_##slot)

#define DEFINE(slot, name, rname)                                                                                          \
    PyObject *slot_##slot(PyObject *self, PyObject *other)                                                                 \
    {                                                                                                                      \
        return binary(self, other, HAS_SLOT(self, slot), HAS_SLOT(other, slot), N(name), N(rname));                        \
    }
SLOT_BINARIES(DEFINE)
#undef DEFINE

#define DEFINE(slot, name)                                                                                                 \
    PyObject *slot_##slot(PyObject *self, PyObject *other)                                                                 \
    {                                                                                                                      \
        PyObject *args[2] = {self, other};                                                                                 \
        return call_required(N(name), args, 2);                                                                            \
    }
SLOT_INPLACES(DEFINE)
#undef DEFINE

#define DEFINE(slot, name)                                                                                                 \
    PyObject *slot_##slot(PyObject *self) { return call_required(N(name), &self, 1); }
SLOT_UNARIES(DEFINE)
#undef DEFINE

PyObject *slot_nb_index(PyObject *self) { return call_required(N(__index__), &self, 1); }

PyObject *slot_nb_power(PyObject *self, PyObject *other, PyObject *modulus)
{
    if (modulus == Py_None)
        return binary(self, other, HAS_SLOT(self, nb_power), HAS_SLOT(other, nb_power), N(__pow__), N(__rpow__));
    /* three arguments: there is no reflected call, so only self's class is asked */
    if (HAS_SLOT(self, nb_power)) {
        PyObject *args[3] = {self, other, modulus};
        return call_required(N(__pow__), args, 3);
    }
    Py_RETURN_NOTIMPLEMENTED;
}

PyObject *slot_nb_inplace_power(PyObject *self, PyObject *other, PyObject *modulus)
{
    PyObject *args[2] = {self, other};
    return call_required(N(__ipow__), args, 2);
}

int slot_nb_bool(PyObject *self)
{
    int missing, by_length = 0;
    PyObject *result = call_method(N(__bool__), &self, 1, &missing);
    if (result == NULL && missing) {
        by_length = 1;
        result = call_method(N(__len__), &self, 1, &missing);
        if (result == NULL && missing)
            return 1;
    }
    if (result == NULL)
        return -1;
    int truth = -1;
    if (by_length)
        truth = PyObject_IsTrue(result);
    else if (PyBool_Check(result))
        truth = result == Py_True;
    else
        PyErr_Format(PyExc_TypeError, "__bool__ should return bool, returned %s", Py_TYPE(result)->tp_name);
    Py_DECREF(result);
    return truth;
}

/* ---- containers ---- */

Py_ssize_t slot_mp_length(PyObject *self)
{
    PyObject *result = call_required(N(__len__), &self, 1);
    return result == NULL ? -1 : slot_length_of(result);
}

Py_ssize_t slot_length_of(PyObject *result)
{
    Py_SETREF(result, PyNumber_Index(result));
    if (result == NULL)
        return -1;
    Py_ssize_t length = -1;
    if (_PyLong_Sign(result) < 0) {
        PyErr_SetString(PyExc_ValueError, "__len__() should return >= 0");
    } else {
        length = PyNumber_AsSsize_t(result, PyExc_OverflowError);
    }
    Py_DECREF(result);
    return length;
}

PyObject *slot_mp_subscript(PyObject *self, PyObject *key)
{
    PyObject *args[2] = {self, key};
    return call_required(N(__getitem__), args, 2);
}

int slot_mp_ass_subscript(PyObject *self, PyObject *key, PyObject *value)
{
    PyObject *args[3] = {self, key, value};
    PyObject *result = value == NULL ? call_required(N(__delitem__), args, 2) : call_required(N(__setitem__), args, 3);
    if (result == NULL)
        return -1;
    Py_DECREF(result);
    return 0;
}

PyObject *slot_sq_item(PyObject *self, Py_ssize_t i)
{
    PyObject *index = PyLong_FromSsize_t(i);
    if (index == NULL)
        return NULL;
    PyObject *result = slot_mp_subscript(self, index);
    Py_DECREF(index);
    return result;
}

int slot_sq_ass_item(PyObject *self, Py_ssize_t i, PyObject *value)
{
    PyObject *index = PyLong_FromSsize_t(i);
    if (index == NULL)
        return -1;
    int err = slot_mp_ass_subscript(self, index, value);
    Py_DECREF(index);
    return err;
}

int slot_sq_contains(PyObject *self, PyObject *value)
{
    PyObject *args[2] = {self, value};
    if (_PyType_Lookup(Py_TYPE(self), N(__contains__)) == Py_None) {
        PyErr_Format(PyExc_TypeError, "'%.200s' object is not a container", Py_TYPE(self)->tp_name);
        return -1;
    }
    int missing;
    PyObject *result = call_method(N(__contains__), args, 2, &missing);
    if (result == NULL)
        return missing ? (int)_PySequence_IterSearch(self, value, PY_ITERSEARCH_CONTAINS) : -1;
    int truth = PyObject_IsTrue(result);
    Py_DECREF(result);
    return truth;
}

/* ---- text, hash, call ---- */

PyObject *slot_tp_repr(PyObject *self)
{
    int missing;
    PyObject *result = call_method(N(__repr__), &self, 1, &missing);
    if (result == NULL && missing)
        return PyUnicode_FromFormat("<%s object at %p>", Py_TYPE(self)->tp_name, self);
    return result;
}

PyObject *slot_tp_str(PyObject *self) { return call_required(N(__str__), &self, 1); }

Py_hash_t slot_tp_hash(PyObject *self)
{
    if (_PyType_Lookup(Py_TYPE(self), N(__hash__)) == Py_None)
        return PyObject_HashNotImplemented(self);
    int missing;
    PyObject *result = call_method(N(__hash__), &self, 1, &missing);
    if (result == NULL)
        return missing ? PyObject_HashNotImplemented(self) : -1;
    if (!PyLong_Check(result)) {
        PyErr_SetString(PyExc_TypeError, "__hash__ method should return an integer");
        Py_DECREF(result);
        return -1;
    }
    Py_hash_t hash = PyLong_AsSsize_t(result);
    if (hash == -1 && PyErr_Occurred()) {   /* too large for a hash: the hash of the integer serves */
        PyErr_Clear();
        hash = PyLong_Type.tp_hash(result);
    }
    Py_DECREF(result);
    return hash == -1 ? -2 : hash;
}

PyObject *slot_tp_call(PyObject *self, PyObject *args, PyObject *kwds)
{
    int unbound;
    PyObject *method = type_lookup_method(self, N(__call__), &unbound);
    if (method == NULL) {
        if (!PyErr_Occurred())
            PyErr_SetObject(PyExc_AttributeError, N(__call__));
        return NULL;
    }
    PyObject *result = unbound ? _PyObject_Call_Prepend(PyThreadState_Get(), method, self, args, kwds)
                               : PyObject_Call(method, args, kwds);
    Py_DECREF(method);
    return result;
}

PyObject *slot_tp_richcompare(PyObject *self, PyObject *other, int op)
{
    PyObject *const names[] = {N(__lt__), N(__le__), N(__eq__), N(__ne__), N(__gt__), N(__ge__)};
    PyObject *args[2] = {self, other};
    int unbound;
    PyObject *method = type_lookup_method(self, names[op], &unbound);
    if (method == NULL) {   /* also when a descriptor fails to give one */
        PyErr_Clear();
        Py_RETURN_NOTIMPLEMENTED;
    }
    PyObject *result = unbound ? PyObject_Vectorcall(method, args, 2, NULL) : PyObject_CallOneArg(method, other);
    Py_DECREF(method);
    return result;
}

/* ---- iteration ---- */

PyObject *slot_tp_iter(PyObject *self)
{
    PyObject *found = _PyType_Lookup(Py_TYPE(self), N(__iter__));
    if (found == Py_None || (found == NULL && _PyType_Lookup(Py_TYPE(self), N(__getitem__)) == NULL))
        return PyErr_Format(PyExc_TypeError, "'%.200s' object is not iterable", Py_TYPE(self)->tp_name);
    if (found == NULL)
        return PySeqIter_New(self);
    return call_required(N(__iter__), &self, 1);
}

PyObject *slot_tp_iternext(PyObject *self) { return call_required(N(__next__), &self, 1); }

static PyObject *call_async(PyObject *self, PyObject *name)
{
    int missing;
    PyObject *result = call_method(name, &self, 1, &missing);
    if (result == NULL && missing)
        PyErr_Format(PyExc_AttributeError, "object %.50s does not have %U method", Py_TYPE(self)->tp_name, name);
    return result;
}
PyObject *slot_am_await(PyObject *self) { return call_async(self, N(__await__)); }
PyObject *slot_am_aiter(PyObject *self) { return call_async(self, N(__aiter__)); }
PyObject *slot_am_anext(PyObject *self) { return call_async(self, N(__anext__)); }

/* ---- attributes ---- */

/* Calls the __getattribute__ or __getattr__ that was found on self's type. */
static PyObject *call_attribute(PyObject *self, PyObject *found, PyObject *name)
{
    Py_INCREF(found);
    PyObject *result, *args[2] = {self, name};
    if (PyType_HasFeature(Py_TYPE(found), Py_TPFLAGS_METHOD_DESCRIPTOR)) {
        result = PyObject_Vectorcall(found, args, 2, NULL);
    } else {
        descrgetfunc get = Py_TYPE(found)->tp_descr_get;
        PyObject *bound = get == NULL ? Py_NewRef(found) : get(found, self, (PyObject *)Py_TYPE(self));
        result = bound == NULL ? NULL : PyObject_CallOneArg(bound, name);
        Py_XDECREF(bound);
    }
    Py_DECREF(found);
    return result;
}

PyObject *slot_tp_getattro(PyObject *self, PyObject *name)
{
    PyObject *args[2] = {self, name};
    return call_required(N(__getattribute__), args, 2);
}

PyObject *slot_tp_getattr_hook(PyObject *self, PyObject *name)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject *fallback = _PyType_Lookup(type, N(__getattr__));
    if (fallback == NULL)
        return slot_tp_getattro(self, name);
    Py_INCREF(fallback);
    PyObject *found = _PyType_Lookup(type, N(__getattribute__)), *result;
    if (found == NULL
        || (Py_IS_TYPE(found, &PyWrapperDescr_Type)
            && ((PyWrapperDescrObject *)found)->d_wrapped == (void *)PyObject_GenericGetAttr)) {
        result = _PyObject_GenericGetAttrWithDict(self, name, NULL, 1);   /* no exception to throw away */
        if (result == NULL && !PyErr_Occurred())
            result = call_attribute(self, fallback, name);
        else if (result == NULL && PyErr_ExceptionMatches(PyExc_AttributeError)) {
            PyErr_Clear();
            result = call_attribute(self, fallback, name);
        }
    } else {
        result = call_attribute(self, found, name);
        if (result == NULL && PyErr_ExceptionMatches(PyExc_AttributeError)) {
            PyErr_Clear();
            result = call_attribute(self, fallback, name);
        }
    }
    Py_DECREF(fallback);
    return result;
}

int slot_tp_setattro(PyObject *self, PyObject *name, PyObject *value)
{
    PyObject *args[3] = {self, name, value};
    PyObject *result = value == NULL ? call_required(N(__delattr__), args, 2) : call_required(N(__setattr__), args, 3);
    if (result == NULL)
        return -1;
    Py_DECREF(result);
    return 0;
}

PyObject *slot_tp_descr_get(PyObject *self, PyObject *instance, PyObject *owner)
{
    PyObject *get = _PyType_Lookup(Py_TYPE(self), N(__get__));
    if (get == NULL)
        return Py_NewRef(self);
    PyObject *args[3] = {self, instance == NULL ? Py_None : instance, owner == NULL ? Py_None : owner};
    Py_INCREF(get);
    PyObject *result = PyObject_Vectorcall(get, args, 3, NULL);
    Py_DECREF(get);
    return result;
}

int slot_tp_descr_set(PyObject *self, PyObject *instance, PyObject *value)
{
    PyObject *args[3] = {self, instance, value};
    PyObject *result = value == NULL ? call_required(N(__delete__), args, 2) : call_required(N(__set__), args, 3);
    if (result == NULL)
        return -1;
    Py_DECREF(result);
    return 0;
}

/* ---- life ---- */

int slot_tp_init(PyObject *self, PyObject *args, PyObject *kwds)
{
    int unbound;
    PyObject *method = type_lookup_method(self, N(__init__), &unbound);
    if (method == NULL) {
        if (!PyErr_Occurred())
            PyErr_SetObject(PyExc_AttributeError, N(__init__));
        return -1;
    }
    PyObject *result = unbound ? _PyObject_Call_Prepend(PyThreadState_Get(), method, self, args, kwds)
                               : PyObject_Call(method, args, kwds);
    Py_DECREF(method);
    if (result == NULL)
        return -1;
    if (result != Py_None) {
        PyErr_Format(PyExc_TypeError, "__init__() should return None, not '%.200s'", Py_TYPE(result)->tp_name);
        Py_DECREF(result);
        return -1;
    }
    Py_DECREF(result);
    return 0;
}

PyObject *slot_tp_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    PyObject *function = PyObject_GetAttr((PyObject *)type, N(__new__));
    if (function == NULL)
        return NULL;
    PyObject *result = _PyObject_Call_Prepend(PyThreadState_Get(), function, (PyObject *)type, args, kwds);
    Py_DECREF(function);
    return result;
}

void slot_tp_finalize(PyObject *self)
{
    PyObject *kind, *value, *trace;
    PyErr_Fetch(&kind, &value, &trace);
    int unbound;
    PyObject *method = type_lookup_method(self, N(__del__), &unbound);
    if (method != NULL) {
        PyObject *result = unbound ? PyObject_CallOneArg(method, self) : PyObject_CallNoArgs(method);
        if (result == NULL)
            PyErr_WriteUnraisable(method);
        else
            Py_DECREF(result);
        Py_DECREF(method);
    } else if (PyErr_Occurred()) {
        PyErr_WriteUnraisable(self);
    }
    PyErr_Restore(kind, value, trace);
}
