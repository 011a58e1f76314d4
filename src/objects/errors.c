/* The pending exception of the thread: PyErr_*.
 *
 * ERR-1  curexc_type, curexc_value, curexc_traceback hold the pending exception; type NULL means none.  The value may still be
 *        NULL, a message or an argument tuple ("not normalised"): most exceptions are dropped before anybody looks at them.
 * ERR-2  exc_info is the innermost exception being handled; a new exception gets it as __context__, never making a cycle.
 * ERR-3  setting MemoryError allocates nothing. */
#include "objects/errors.h"
#include "objects/exceptions/exceptions.h"
#include "memory/limit.h"

#include <errno.h>
#include <string.h>

#define NORMALISE_LIMIT 32   /* exceptions raised while making exceptions */

/* ---- reading and moving ---- */
void PyErr_Restore(PyObject *type, PyObject *value, PyObject *tb)
{
    PyThreadState *t = tstate_current();
    if (tb && !PyTraceBack_Check(tb)) {   /* a None from careless callers */
        Py_DECREF(tb);
        tb = NULL;
    }
    PyObject *old_type = t->curexc_type, *old_value = t->curexc_value, *old_tb = t->curexc_traceback;
    t->curexc_type = type;
    t->curexc_value = value;
    t->curexc_traceback = tb;
    Py_XDECREF(old_type);
    Py_XDECREF(old_value);
    Py_XDECREF(old_tb);
}

void PyErr_Fetch(PyObject **type, PyObject **value, PyObject **tb)
{
    PyThreadState *t = tstate_current();
    *type = t->curexc_type;
    *value = t->curexc_value;
    *tb = t->curexc_traceback;
    t->curexc_type = t->curexc_value = t->curexc_traceback = NULL;
}

PyObject *PyErr_Occurred(void)
{
    PyThreadState *t = tstate_current();
    return t ? t->curexc_type : NULL;
}

void PyErr_Clear(void) { PyErr_Restore(NULL, NULL, NULL); }

/* ---- matching ---- */
int PyErr_GivenExceptionMatches(PyObject *err, PyObject *exc)
{
    if (err == NULL || exc == NULL)
        return 0;
    if (PyTuple_Check(exc)) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(exc); i++)
            if (PyErr_GivenExceptionMatches(err, PyTuple_GET_ITEM(exc, i)))
                return 1;
        return 0;
    }
    if (PyExceptionInstance_Check(err))
        err = PyExceptionInstance_Class(err);
    if (PyExceptionClass_Check(err) && PyExceptionClass_Check(exc))
        return PyType_IsSubtype((PyTypeObject *)err, (PyTypeObject *)exc);
    return err == exc;
}

int PyErr_ExceptionMatches(PyObject *exc) { return PyErr_GivenExceptionMatches(PyErr_Occurred(), exc); }

/* ---- the exception being handled ---- */
_PyErr_StackItem *_PyErr_GetTopmostException(PyThreadState *t)
{
    _PyErr_StackItem *item = t->exc_info;
    while ((item->exc_value == NULL || item->exc_value == Py_None) && item->previous_item)
        item = item->previous_item;
    return item;
}

PyObject *_PyErr_GetHandledException(PyThreadState *t)
{
    PyObject *exc = _PyErr_GetTopmostException(t)->exc_value;
    return exc == NULL || exc == Py_None ? NULL : Py_NewRef(exc);
}

void _PyErr_SetHandledException(PyThreadState *t, PyObject *exc)
{
    Py_XSETREF(t->exc_info->exc_value, Py_XNewRef(exc));
}

PyObject *PyErr_GetHandledException(void) { return _PyErr_GetHandledException(tstate_current()); }
void PyErr_SetHandledException(PyObject *exc) { _PyErr_SetHandledException(tstate_current(), exc); }

void _PyErr_GetExcInfo(PyThreadState *t, PyObject **type, PyObject **value, PyObject **tb)
{
    PyObject *exc = _PyErr_GetHandledException(t);
    *value = exc;
    *type = exc ? Py_NewRef(PyExceptionInstance_Class(exc)) : NULL;
    *tb = exc ? PyException_GetTraceback(exc) : NULL;
}

void PyErr_GetExcInfo(PyObject **type, PyObject **value, PyObject **tb)
{
    _PyErr_GetExcInfo(tstate_current(), type, value, tb);
}

void PyErr_SetExcInfo(PyObject *type, PyObject *value, PyObject *tb)
{
    PyErr_SetHandledException(value);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(tb);
}

PyObject *_PyErr_StackItemToExcInfoTuple(_PyErr_StackItem *item)
{
    PyObject *exc = item->exc_value;
    if (exc == NULL || exc == Py_None)
        return PyTuple_Pack(3, Py_None, Py_None, Py_None);
    PyObject *tb = PyException_GetTraceback(exc);
    PyObject *result = PyTuple_Pack(3, Py_TYPE(exc), exc, tb ? tb : Py_None);
    Py_XDECREF(tb);
    return result;
}

/* ---- setting ---- */
/* A new instance from what was given as value; NULL with an exception set. */
static PyObject *create_exception(PyObject *type, PyObject *value)
{
    PyObject *exc;
    ThreadState *t = thread_current();
    t->c_recursion_headroom++; /* where the C stack is low a RecursionError must come to be */
    if (value == NULL || value == Py_None)
        exc = PyObject_CallNoArgs(type);
    else if (PyTuple_Check(value))
        exc = PyObject_Call(type, value, NULL);
    else
        exc = PyObject_CallOneArg(type, value);
    t->c_recursion_headroom--;
    if (exc && !PyExceptionInstance_Check(exc)) {
        PyErr_Format(PyExc_TypeError, "calling %R should have returned an instance of BaseException, not %s", type,
                     Py_TYPE(exc)->tp_name);
        Py_CLEAR(exc);
    }
    return exc;
}

/* Makes `handled` the context of `exc`, after cutting `exc` out of the chain of contexts behind `handled`. */
static void set_context_without_cycle(PyObject *exc, PyObject *handled)
{
    if (exc == handled)
        return;
    /* a chain may already hold a cycle that user code made: `slow` follows at half the speed and meets `o` there */
    PyObject *o = handled, *slow = handled, *context;
    int odd = 0;
    while ((context = ((PyBaseExceptionObject *)o)->context)) {
        if (context == exc) {
            PyException_SetContext(o, NULL);
            break;
        }
        o = context;
        if (o == slow)
            break;
        if (odd)
            slow = ((PyBaseExceptionObject *)slow)->context;
        odd = !odd;
    }
    PyException_SetContext(exc, Py_NewRef(handled));
}

void PyErr_SetObject(PyObject *type, PyObject *value)
{
    if (type && !PyExceptionClass_Check(type)) {
        PyErr_Format(PyExc_SystemError, "_PyErr_SetObject: exception %R is not a BaseException subclass", type);
        return;
    }
    Py_XINCREF(value);
    PyObject *handled = _PyErr_GetHandledException(tstate_current());
    if (handled) {
        if (value == NULL || !PyExceptionInstance_Check(value)) {
            PyErr_Clear();   /* constructors must not run with an exception pending */
            PyObject *exc = create_exception(type, value);
            Py_XDECREF(value);
            if (exc == NULL) {
                Py_DECREF(handled);
                return;
            }
            value = exc;
        }
        set_context_without_cycle(value, handled);
        Py_DECREF(handled);
    }
    PyObject *tb = value && PyExceptionInstance_Check(value) ? PyException_GetTraceback(value) : NULL;
    PyErr_Restore(Py_XNewRef(type), value, tb);
}

void PyErr_SetNone(PyObject *type) { PyErr_SetObject(type, NULL); }

void PyErr_SetString(PyObject *type, const char *message)
{
    PyObject *text = PyUnicode_FromString(message);
    if (text == NULL)
        return;
    PyErr_SetObject(type, text);
    Py_DECREF(text);
}

PyObject *PyErr_FormatV(PyObject *type, const char *format, va_list args)
{
    PyErr_Clear();   /* formatting may call __str__ and __repr__ */
    PyObject *text = PyUnicode_FromFormatV(format, args);
    if (text) {
        PyErr_SetObject(type, text);
        Py_DECREF(text);
    } else if (!PyErr_ExceptionMatches(PyExc_MemoryError)) { /* what __repr__ raised is not told */
        PyErr_Clear();
        PyErr_SetNone(type);
    }
    return NULL;
}

PyObject *PyErr_Format(PyObject *type, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    PyErr_FormatV(type, format, args);
    va_end(args);
    return NULL;
}

void _PyErr_SetKeyError(PyObject *key)
{
    PyObject *args = PyTuple_Pack(1, key);   /* a tuple key must stay one argument */
    if (args == NULL)
        return;
    PyErr_SetObject(PyExc_KeyError, args);
    Py_DECREF(args);
}

/* ---- normalising ---- */
/* Replaces a failed attempt to make an exception: the pending one moves into the triple. */
static void take_replacement(PyObject **type, PyObject **value, PyObject **tb)
{
    PyObject *old_tb = *tb;
    Py_XDECREF(*type);
    Py_XDECREF(*value);
    PyErr_Fetch(type, value, tb);
    if (old_tb) {
        if (*tb)
            Py_DECREF(old_tb);
        else
            *tb = old_tb;
    }
}

/* One step of normalising: 0 when the triple is normal, -1 when another exception took its place. */
static int normalise_once(PyObject **type, PyObject **value, PyObject **tb)
{
    if (!PyExceptionClass_Check(*type))
        return 0;
    PyObject *actual = *value && PyExceptionInstance_Check(*value) ? PyExceptionInstance_Class(*value) : NULL;
    if (actual && PyType_IsSubtype((PyTypeObject *)actual, (PyTypeObject *)*type)) {
        if (actual != *type)
            Py_SETREF(*type, Py_NewRef(actual));
        return 0;
    }
    PyObject *exc = create_exception(*type, *value);
    if (exc == NULL)
        return -1;
    Py_XSETREF(*value, exc);
    if ((PyObject *)Py_TYPE(exc) != *type)   /* OSError chooses its subclass */
        Py_SETREF(*type, Py_NewRef((PyObject *)Py_TYPE(exc)));
    return 0;
}

/* Pending is an exception that takes no memory: the thread's, or, while that is in use, one that all share. */
static void set_last_memory_error(void)
{
    ThreadState *t = thread_current();
    PyObject *exc = t->memory_error ? t->memory_error : t->base.interp->kept.memory_error;
    if (exc == NULL)
        Py_FatalError("out of memory");
    PyException_SetTraceback(exc, Py_None);
    PyException_SetContext(exc, NULL);
    PyErr_Restore(Py_NewRef(PyExc_MemoryError), Py_NewRef(exc), NULL);
}

void PyErr_NormalizeException(PyObject **type, PyObject **value, PyObject **tb)
{
    if (*type == NULL)
        return;
    for (int depth = 0; normalise_once(type, value, tb) < 0; depth++) {
        if (depth == NORMALISE_LIMIT)
            PyErr_SetString(PyExc_RecursionError, "maximum recursion depth exceeded while normalizing an exception");
        else if (depth > NORMALISE_LIMIT + 2) /* not even RecursionError can be made */
            set_last_memory_error();
        take_replacement(type, value, tb);
    }
}

/* ---- out of memory ---- */
PyObject *PyErr_NoMemory(void)
{
    ThreadState *t = thread_current();
    limit_fails();
    PyObject *exc = t->memory_error;
    t->memory_error = NULL;   /* until it dies; nobody keeps what it refers to */
    if (exc == NULL) {
        /* in use, or not there yet: the type alone is enough until somebody looks */
        PyErr_Restore(Py_NewRef(PyExc_MemoryError), NULL, NULL);
        return NULL;
    }
    PyObject *handled = _PyErr_GetHandledException(&t->base);
    if (handled) {
        set_context_without_cycle(exc, handled);
        Py_DECREF(handled);
    }
    PyErr_Restore(Py_NewRef(PyExc_MemoryError), exc, NULL);
    return NULL;
}

/* ---- chaining ---- */
void _PyErr_ChainExceptions(PyObject *type, PyObject *value, PyObject *tb)
{
    if (type == NULL)
        return;
    if (!PyErr_Occurred()) {
        PyErr_Restore(type, value, tb);
        return;
    }
    PyObject *type2, *value2, *tb2;
    PyErr_Fetch(&type2, &value2, &tb2);
    PyErr_NormalizeException(&type, &value, &tb);
    if (tb) {
        PyException_SetTraceback(value, tb);
        Py_DECREF(tb);
    }
    Py_DECREF(type);
    PyErr_NormalizeException(&type2, &value2, &tb2);
    PyException_SetContext(value2, value);
    PyErr_Restore(type2, value2, tb2);
}

void _PyErr_ChainStackItem(_PyErr_StackItem *item)
{
    PyThreadState *t = tstate_current();
    int switched = item != NULL && item != t->exc_info;
    if (switched) {
        item->previous_item = t->exc_info;
        t->exc_info = item;
    }
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    PyErr_SetObject(type, value);
    Py_DECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(tb);
    if (switched) {
        t->exc_info = item->previous_item;
        item->previous_item = NULL;
    }
}

PyObject *_PyErr_FormatFromCause(PyObject *exception, const char *format, ...)
{
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    PyErr_NormalizeException(&type, &value, &tb);
    if (tb) {
        PyException_SetTraceback(value, tb);
        Py_DECREF(tb);
    }
    Py_DECREF(type);
    va_list args;
    va_start(args, format);
    PyErr_FormatV(exception, format, args);
    va_end(args);
    PyObject *type2, *value2, *tb2;
    PyErr_Fetch(&type2, &value2, &tb2);
    PyErr_NormalizeException(&type2, &value2, &tb2);
    PyException_SetCause(value2, Py_NewRef(value));
    PyException_SetContext(value2, value);
    PyErr_Restore(type2, value2, tb2);
    return NULL;
}

/* ---- misuse ---- */
int PyErr_BadArgument(void)
{
    PyErr_SetString(PyExc_TypeError, "bad argument type for built-in operation");
    return 0;
}

void _PyErr_BadInternalCall(const char *filename, int lineno)
{
    PyErr_Format(PyExc_SystemError, "%s:%d: bad argument to internal function", filename, lineno);
}

#undef PyErr_BadInternalCall
void PyErr_BadInternalCall(void) { PyErr_Format(PyExc_SystemError, "bad argument to internal function"); }

/* ---- errno ---- */
PyObject *PyErr_SetFromErrnoWithFilenameObjects(PyObject *type, PyObject *filename, PyObject *filename2)
{
    int code = errno;
    if (code == EINTR && PyErr_CheckSignals())
        return NULL;
    PyObject *message = code ? PyUnicode_DecodeLocale(strerror(code), "surrogateescape") : PyUnicode_FromString("Error");
    if (message == NULL)
        return NULL;
    PyObject *args;
    if (filename == NULL)
        args = Py_BuildValue("(iO)", code, message);
    else if (filename2 == NULL)
        args = Py_BuildValue("(iOO)", code, message, filename);
    else
        args = Py_BuildValue("(iOOiO)", code, message, filename, 0, filename2);
    Py_DECREF(message);
    if (args == NULL)
        return NULL;
    PyObject *exc = PyObject_Call(type, args, NULL);
    Py_DECREF(args);
    if (exc) {
        PyErr_SetObject((PyObject *)Py_TYPE(exc), exc);
        Py_DECREF(exc);
    }
    return NULL;
}

PyObject *PyErr_SetFromErrnoWithFilenameObject(PyObject *type, PyObject *filename)
{
    return PyErr_SetFromErrnoWithFilenameObjects(type, filename, NULL);
}

PyObject *PyErr_SetFromErrnoWithFilename(PyObject *type, const char *filename)
{
    int code = errno;
    PyObject *name = filename ? PyUnicode_DecodeFSDefault(filename) : NULL;
    if (filename && name == NULL)
        return NULL;
    errno = code;
    PyErr_SetFromErrnoWithFilenameObjects(type, name, NULL);
    Py_XDECREF(name);
    return NULL;
}

PyObject *PyErr_SetFromErrno(PyObject *type) { return PyErr_SetFromErrnoWithFilenameObjects(type, NULL, NULL); }

/* ---- ImportError ---- */
PyObject *PyErr_SetImportErrorSubclass(PyObject *type, PyObject *message, PyObject *name, PyObject *path)
{
    int is_sub = PyObject_IsSubclass(type, PyExc_ImportError);
    if (is_sub < 0)
        return NULL;
    if (!is_sub) {
        PyErr_SetString(PyExc_TypeError, "expected a subclass of ImportError");
        return NULL;
    }
    if (message == NULL) {
        PyErr_SetString(PyExc_TypeError, "expected a message argument");
        return NULL;
    }
    PyObject *args = PyTuple_Pack(1, message);
    PyObject *kwds = Py_BuildValue("{sOsO}", "name", name ? name : Py_None, "path", path ? path : Py_None);
    PyObject *exc = args && kwds ? PyObject_Call(type, args, kwds) : NULL;
    if (exc) {
        PyErr_SetObject((PyObject *)Py_TYPE(exc), exc);
        Py_DECREF(exc);
    }
    Py_XDECREF(args);
    Py_XDECREF(kwds);
    return NULL;
}

PyObject *PyErr_SetImportError(PyObject *message, PyObject *name, PyObject *path)
{
    return PyErr_SetImportErrorSubclass(PyExc_ImportError, message, name, path);
}

/* ---- new exception types ---- */
PyObject *PyErr_NewException(const char *name, PyObject *base, PyObject *dict)
{
    const char *dot = strrchr(name, '.');
    if (dot == NULL) {
        PyErr_SetString(PyExc_SystemError, "PyErr_NewException: name must be module.class");
        return NULL;
    }
    if (base == NULL)
        base = PyExc_Exception;
    PyObject *own = dict ? Py_NewRef(dict) : PyDict_New(), *bases = NULL, *result = NULL;
    if (own == NULL)
        return NULL;
    if (PyDict_GetItemString(own, "__module__") == NULL) {
        PyObject *module = PyUnicode_FromStringAndSize(name, dot - name);
        int failed = module == NULL || PyDict_SetItemString(own, "__module__", module) < 0;
        Py_XDECREF(module);
        if (failed)
            goto done;
    }
    bases = PyTuple_Check(base) ? Py_NewRef(base) : PyTuple_Pack(1, base);
    if (bases)
        result = PyObject_CallFunction((PyObject *)&PyType_Type, "sOO", dot + 1, bases, own);
done:
    Py_XDECREF(bases);
    Py_DECREF(own);
    return result;
}

PyObject *PyErr_NewExceptionWithDoc(const char *name, const char *doc, PyObject *base, PyObject *dict)
{
    PyObject *own = dict ? Py_NewRef(dict) : PyDict_New(), *result = NULL;
    if (own == NULL)
        return NULL;
    int failed = 0;
    if (doc) {
        PyObject *text = PyUnicode_FromString(doc);
        failed = text == NULL || PyDict_SetItemString(own, "__doc__", text) < 0;
        Py_XDECREF(text);
    }
    if (!failed)
        result = PyErr_NewException(name, base, own);
    Py_DECREF(own);
    return result;
}
