/* Calling: vectorcall and tp_call, and every way of writing down arguments (https://docs.python.org/3.11/c-api/call.html). */
#include "objects/object.h"
#include "objects/names.h"
#include "memory/state.h"
#include "memory/stack.h"
#include <stdarg.h>

#define WHERE_CALLING " while calling a Python object"
#define SMALL 8

static inline vectorcallfunc vectorcall_of(PyObject *callable)
{
    PyTypeObject *type = Py_TYPE(callable);
    if (!(type->tp_flags & Py_TPFLAGS_HAVE_VECTORCALL))
        return NULL;
    return *(vectorcallfunc *)((char *)callable + type->tp_vectorcall_offset);
}

vectorcallfunc PyVectorcall_Function(PyObject *callable) { return vectorcall_of(callable); }

/* ---- the result ---- */

/* A result comes without exception, NULL with one; anything else is a bug in the callee and becomes SystemError. */
static PyObject *bad_result(PyThreadState *tstate, PyObject *callable, PyObject *result, const char *where)
{
    if (result == NULL) {
        if (callable != NULL)
            PyErr_Format(PyExc_SystemError, "%R returned NULL without setting an exception", callable);
        else
            PyErr_Format(PyExc_SystemError, "%s returned NULL without setting an exception", where);
        return NULL;
    }
    Py_DECREF(result);
    if (callable != NULL)
        _PyErr_FormatFromCause(PyExc_SystemError, "%R returned a result with an exception set", callable);
    else
        _PyErr_FormatFromCause(PyExc_SystemError, "%s returned a result with an exception set", where);
    return NULL;
}

PyObject *_Py_CheckFunctionResult(PyThreadState *tstate, PyObject *callable, PyObject *result, const char *where)
{
    if (LIKELY((result == NULL) == (tstate->curexc_type != NULL)))
        return result;
    return bad_result(tstate, callable, result, where);
}

/* ---- keywords: dict <-> names ---- */

PyObject *_PyStack_AsDict(PyObject *const *values, PyObject *kwnames)
{
    PyObject *dict = PyDict_New();
    if (dict == NULL)
        return NULL;
    for (Py_ssize_t i = 0, n = PyTuple_GET_SIZE(kwnames); i < n; i++)
        if (PyDict_SetItem(dict, PyTuple_GET_ITEM(kwnames, i), values[i]) < 0) {
            Py_DECREF(dict);
            return NULL;
        }
    return dict;
}

PyObject *const *stack_unpack_dict(PyObject *const *args, Py_ssize_t nargs, PyObject *kwargs, PyObject **kwnames)
{
    Py_ssize_t nkw = PyDict_GET_SIZE(kwargs), at = 0, i = 0;
    PyObject **stack = PyMem_Malloc((1 + nargs + nkw) * sizeof *stack), *key, *value;
    *kwnames = stack == NULL ? NULL : PyTuple_New(nkw);
    if (*kwnames == NULL) {
        if (stack == NULL)
            PyErr_NoMemory();
        PyMem_Free(stack);
        return NULL;
    }
    stack++;   /* for PY_VECTORCALL_ARGUMENTS_OFFSET */
    for (Py_ssize_t j = 0; j < nargs; j++)
        stack[j] = Py_NewRef(args[j]);
    int strings = 1;
    while (i < nkw && PyDict_Next(kwargs, &at, &key, &value)) {
        strings &= PyUnicode_Check(key) != 0;
        PyTuple_SET_ITEM(*kwnames, i, Py_NewRef(key));
        stack[nargs + i++] = Py_NewRef(value);
    }
    if (!strings) {
        PyErr_SetString(PyExc_TypeError, "keywords must be strings");
        stack_free(stack, nargs, *kwnames);
        return NULL;
    }
    return stack;
}

void stack_free(PyObject *const *stack, Py_ssize_t nargs, PyObject *kwnames)
{
    for (Py_ssize_t i = 0, n = nargs + PyTuple_GET_SIZE(kwnames); i < n; i++)
        Py_DECREF(stack[i]);
    PyMem_Free((PyObject **)stack - 1);
    Py_DECREF(kwnames);
}

/* ---- the two protocols ---- */

static PyObject *not_callable(PyObject *callable)
{
    return PyErr_Format(PyExc_TypeError, "'%.200s' object is not callable", Py_TYPE(callable)->tp_name);
}

static PyObject *tuple_from(PyObject *const *args, Py_ssize_t n)
{
    PyObject *tuple = PyTuple_New(n);
    for (Py_ssize_t i = 0; tuple != NULL && i < n; i++)
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(args[i]));
    return tuple;
}

PyObject *_PyObject_MakeTpCall(PyThreadState *tstate, PyObject *callable, PyObject *const *args, Py_ssize_t nargs,
                               PyObject *keywords)
{
    ternaryfunc call = Py_TYPE(callable)->tp_call;
    if (call == NULL)
        return not_callable(callable);
    PyObject *tuple = tuple_from(args, nargs), *kwds = NULL, *result = NULL;
    if (tuple == NULL)
        return NULL;
    int own = 0;
    if (keywords != NULL && PyDict_Check(keywords)) {
        kwds = keywords;
    } else if (keywords != NULL && PyTuple_GET_SIZE(keywords) > 0) {
        own = 1;
        kwds = _PyStack_AsDict(args + nargs, keywords);
    }
    if (!own || kwds != NULL) {
        if (!c_stack_low() || c_stack_check(WHERE_CALLING) == 0)
            result = _Py_CheckFunctionResult(tstate, callable, call(callable, tuple, kwds), NULL);
    }
    Py_DECREF(tuple);
    if (own)
        Py_XDECREF(kwds);
    return result;
}

static inline PyObject *vectorcall(PyThreadState *tstate, PyObject *callable, PyObject *const *args, size_t nargsf,
                                   PyObject *kwnames)
{
    vectorcallfunc function = vectorcall_of(callable);
    if (function == NULL)
        return _PyObject_MakeTpCall(tstate, callable, args, PyVectorcall_NARGS(nargsf), kwnames);
    return _Py_CheckFunctionResult(tstate, callable, function(callable, args, nargsf, kwnames), NULL);
}

PyObject *PyObject_Vectorcall(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    return vectorcall(tstate_current(), callable, args, nargsf, kwnames);
}

PyObject *_PyObject_FastCallDictTstate(PyThreadState *tstate, PyObject *callable, PyObject *const *args, size_t nargsf,
                                       PyObject *kwargs)
{
    Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    vectorcallfunc function = vectorcall_of(callable);
    if (function == NULL)
        return _PyObject_MakeTpCall(tstate, callable, args, nargs, kwargs);
    if (kwargs == NULL || PyDict_GET_SIZE(kwargs) == 0)
        return _Py_CheckFunctionResult(tstate, callable, function(callable, args, nargsf, NULL), NULL);
    PyObject *kwnames, *const *stack = stack_unpack_dict(args, nargs, kwargs, &kwnames);
    if (stack == NULL)
        return NULL;
    PyObject *result = function(callable, stack, nargs | PY_VECTORCALL_ARGUMENTS_OFFSET, kwnames);
    stack_free(stack, nargs, kwnames);
    return _Py_CheckFunctionResult(tstate, callable, result, NULL);
}

PyObject *PyObject_VectorcallDict(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwargs)
{
    return _PyObject_FastCallDictTstate(tstate_current(), callable, args, nargsf, kwargs);
}

static PyObject *vectorcall_with_tuple(PyThreadState *tstate, vectorcallfunc function, PyObject *callable, PyObject *args,
                                       PyObject *kwargs)
{
    Py_ssize_t nargs = PyTuple_GET_SIZE(args);
    PyObject *const *items = ((PyTupleObject *)args)->ob_item;
    if (kwargs == NULL || PyDict_GET_SIZE(kwargs) == 0)
        return _Py_CheckFunctionResult(tstate, callable, function(callable, items, nargs, NULL), NULL);
    PyObject *kwnames, *const *stack = stack_unpack_dict(items, nargs, kwargs, &kwnames);
    if (stack == NULL)
        return NULL;
    PyObject *result = function(callable, stack, nargs | PY_VECTORCALL_ARGUMENTS_OFFSET, kwnames);
    stack_free(stack, nargs, kwnames);
    return _Py_CheckFunctionResult(tstate, callable, result, NULL);
}

PyObject *PyVectorcall_Call(PyObject *callable, PyObject *tuple, PyObject *dict)
{
    Py_ssize_t offset = Py_TYPE(callable)->tp_vectorcall_offset;
    if (offset <= 0)
        return PyErr_Format(PyExc_TypeError, "'%.200s' object does not support vectorcall", Py_TYPE(callable)->tp_name);
    vectorcallfunc function = *(vectorcallfunc *)((char *)callable + offset);
    if (function == NULL)
        return PyErr_Format(PyExc_TypeError, "'%.200s' object does not support vectorcall", Py_TYPE(callable)->tp_name);
    return vectorcall_with_tuple(tstate_current(), function, callable, tuple, dict);
}

/* A function that takes a tuple and a dict gets the caller's own, also an empty dict: some tell it from none. */
static int takes_tuple(PyObject *callable)
{
    return Py_IS_TYPE(callable, &PyCFunction_Type) && (PyCFunction_GET_FLAGS(callable) & METH_VARARGS) != 0;
}

PyObject *_PyObject_Call(PyThreadState *tstate, PyObject *callable, PyObject *args, PyObject *kwargs)
{
    vectorcallfunc function = vectorcall_of(callable);
    if (function != NULL && !takes_tuple(callable))
        return vectorcall_with_tuple(tstate, function, callable, args, kwargs);
    ternaryfunc call = Py_TYPE(callable)->tp_call;
    if (call == NULL)
        return not_callable(callable);
    if (c_stack_low() && c_stack_check(WHERE_CALLING) < 0)
        return NULL;
    return _Py_CheckFunctionResult(tstate, callable, call(callable, args, kwargs), NULL);
}

PyObject *PyObject_Call(PyObject *callable, PyObject *args, PyObject *kwargs)
{
    return _PyObject_Call(tstate_current(), callable, args, kwargs);
}

PyObject *PyCFunction_Call(PyObject *callable, PyObject *args, PyObject *kwargs)
{
    return _PyObject_Call(tstate_current(), callable, args, kwargs);
}

PyObject *_PyObject_FastCall(PyObject *callable, PyObject *const *args, Py_ssize_t nargs)
{
    return vectorcall(tstate_current(), callable, args, nargs, NULL);
}

PyObject *PyObject_CallNoArgs(PyObject *callable)
{
    return vectorcall(tstate_current(), callable, NULL, 0, NULL);
}

PyObject *PyObject_CallOneArg(PyObject *callable, PyObject *arg)
{
    PyObject *args[2] = {NULL, arg};
    return vectorcall(tstate_current(), callable, args + 1, 1 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
}

PyObject *PyObject_CallObject(PyObject *callable, PyObject *args)
{
    PyThreadState *tstate = tstate_current();
    if (args == NULL)
        return vectorcall(tstate, callable, NULL, 0, NULL);
    if (!PyTuple_Check(args)) {
        PyErr_SetString(PyExc_TypeError, "argument list must be a tuple");
        return NULL;
    }
    return _PyObject_Call(tstate, callable, args, NULL);
}

PyObject *_PyObject_Call_Prepend(PyThreadState *tstate, PyObject *callable, PyObject *first, PyObject *args, PyObject *kwargs)
{
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    PyObject *small[SMALL], **stack = small;
    if (n + 1 > SMALL && (stack = PyMem_Malloc((n + 1) * sizeof *stack)) == NULL)
        return PyErr_NoMemory();
    stack[0] = first;
    for (Py_ssize_t i = 0; i < n; i++)
        stack[i + 1] = PyTuple_GET_ITEM(args, i);
    PyObject *result = _PyObject_FastCallDictTstate(tstate, callable, stack, n + 1, kwargs);
    if (stack != small)
        PyMem_Free(stack);
    return result;
}

/* ---- methods ---- */

PyObject *PyObject_VectorcallMethod(PyObject *name, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyObject *method;
    int unbound = _PyObject_GetMethod(args[0], name, &method);
    if (method == NULL)
        return NULL;
    if (unbound) {
        /* self stays the first argument; what lies before it may not be touched */
        nargsf &= ~PY_VECTORCALL_ARGUMENTS_OFFSET;
    } else {
        args++;
        nargsf = (PyVectorcall_NARGS(nargsf) - 1) | PY_VECTORCALL_ARGUMENTS_OFFSET;
    }
    PyObject *result = vectorcall(tstate_current(), method, args, nargsf, kwnames);
    Py_DECREF(method);
    return result;
}

/* ---- arguments as C values ---- */

/* Calls with the values of a Py_BuildValue format: one value that is a tuple is the argument list. */
static PyObject *call_va(PyObject *callable, const char *format, va_list va, int size_t_lengths)
{
    PyThreadState *tstate = tstate_current();
    if (callable == NULL) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_SystemError, "null argument to internal routine");
        return NULL;
    }
    if (format == NULL || *format == '\0')
        return vectorcall(tstate, callable, NULL, 0, NULL);
    PyObject *value = size_t_lengths ? _Py_VaBuildValue_SizeT(format, va) : Py_VaBuildValue(format, va);
    if (value == NULL)
        return NULL;
    PyObject *result = PyTuple_Check(value) ? _PyObject_Call(tstate, callable, value, NULL)
                                            : PyObject_CallOneArg(callable, value);
    Py_DECREF(value);
    return result;
}

static PyObject *call_attribute_va(PyObject *callable, const char *format, va_list va, int size_t_lengths)
{
    if (callable == NULL)
        return NULL;
    PyObject *result = NULL;
    if (!PyCallable_Check(callable))
        PyErr_Format(PyExc_TypeError, "attribute of type '%.200s' is not callable", Py_TYPE(callable)->tp_name);
    else
        result = call_va(callable, format, va, size_t_lengths);
    Py_DECREF(callable);
    return result;
}

#undef PyObject_CallFunction
#undef PyObject_CallMethod
#undef _PyObject_CallMethodId

#define WITH_VA(result, last, expression)                                                                                  \
    va_list va;                                                                                                            \
    va_start(va, last);                                                                                                    \
    PyObject *result = expression;                                                                                         \
    va_end(va);                                                                                                            \
    return result

static PyObject *null_error(void)
{
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_SystemError, "null argument to internal routine");
    return NULL;
}

PyObject *PyObject_CallFunction(PyObject *callable, const char *format, ...)
{
    WITH_VA(result, format, call_va(callable, format, va, 0));
}
PyObject *_PyObject_CallFunction_SizeT(PyObject *callable, const char *format, ...)
{
    WITH_VA(result, format, call_va(callable, format, va, 1));
}

PyObject *PyObject_CallMethod(PyObject *self, const char *name, const char *format, ...)
{
    if (self == NULL || name == NULL)
        return null_error();
    PyObject *method = PyObject_GetAttrString(self, name);
    WITH_VA(result, format, call_attribute_va(method, format, va, 0));
}
PyObject *_PyObject_CallMethod_SizeT(PyObject *self, const char *name, const char *format, ...)
{
    if (self == NULL || name == NULL)
        return null_error();
    PyObject *method = PyObject_GetAttrString(self, name);
    WITH_VA(result, format, call_attribute_va(method, format, va, 1));
}
PyObject *_PyObject_CallMethod(PyObject *self, PyObject *name, const char *format, ...)
{
    PyObject *method = PyObject_GetAttr(self, name);
    WITH_VA(result, format, call_attribute_va(method, format, va, 1));
}
PyObject *_PyObject_CallMethodId(PyObject *self, _Py_Identifier *name, const char *format, ...)
{
    PyObject *method = _PyObject_GetAttrId(self, name);
    WITH_VA(result, format, call_attribute_va(method, format, va, 0));
}
PyObject *_PyObject_CallMethodId_SizeT(PyObject *self, _Py_Identifier *name, const char *format, ...)
{
    PyObject *method = _PyObject_GetAttrId(self, name);
    WITH_VA(result, format, call_attribute_va(method, format, va, 1));
}

/* Calls with `first` (unless NULL) and the objects up to the NULL that ends va. */
static PyObject *call_objects_va(PyObject *callable, PyObject *first, va_list va)
{
    if (callable == NULL)
        return null_error();
    Py_ssize_t n = first != NULL;
    va_list count;
    va_copy(count, va);
    while (va_arg(count, PyObject *) != NULL)
        n++;
    va_end(count);
    PyObject *small[SMALL], **stack = small;
    if (n > SMALL && (stack = PyMem_Malloc(n * sizeof *stack)) == NULL)
        return PyErr_NoMemory();
    Py_ssize_t i = 0;
    if (first != NULL)
        stack[i++] = first;
    while (i < n)
        stack[i++] = va_arg(va, PyObject *);
    PyObject *result = vectorcall(tstate_current(), callable, stack, n, NULL);
    if (stack != small)
        PyMem_Free(stack);
    return result;
}

PyObject *PyObject_CallFunctionObjArgs(PyObject *callable, ...)
{
    WITH_VA(result, callable, call_objects_va(callable, NULL, va));
}

static PyObject *call_method_objects(PyObject *self, PyObject *name, va_list va)
{
    if (self == NULL || name == NULL)
        return null_error();
    PyObject *method;
    int unbound = _PyObject_GetMethod(self, name, &method);
    if (method == NULL)
        return NULL;
    PyObject *result = call_objects_va(method, unbound ? self : NULL, va);
    Py_DECREF(method);
    return result;
}

PyObject *PyObject_CallMethodObjArgs(PyObject *self, PyObject *name, ...)
{
    WITH_VA(result, name, call_method_objects(self, name, va));
}

PyObject *_PyObject_CallMethodIdObjArgs(PyObject *self, _Py_Identifier *id, ...)
{
    PyObject *name = _PyUnicode_FromId(id);
    if (name == NULL)
        return NULL;
    WITH_VA(result, id, call_method_objects(self, name, va));
}
