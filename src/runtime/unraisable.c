/* PyErr_WriteUnraisable: hands the pending exception to sys.unraisablehook. */
#include "runtime/unraisable.h"
#include "memory/state.h"
#include "objects/names.h"
#include "structseq.h"

static PyStructSequence_Field fields[] = {
    {"exc_type", "Exception type"}, {"exc_value", "Exception value"}, {"exc_traceback", "Exception traceback"},
    {"err_msg", "Error message"}, {"object", "Object causing the exception"}, {NULL, NULL}};
static PyStructSequence_Desc description = {"UnraisableHookArgs", "UnraisableHookArgs\n\nWhat sys.unraisablehook is called with.",
                                            fields, 5};
static PyTypeObject HookArgsType;

/* The file to complain to, borrowed, or NULL. */
static PyObject *error_stream(void)
{
    PyObject *file = PySys_GetObject("stderr");
    return file == Py_None ? NULL : file;
}

/* "Exception ignored in: <object>" and the traceback; stops silently at the first failure to write. */
static int write_all(PyObject *file, PyObject *type, PyObject *value, PyObject *traceback, PyObject *message, PyObject *object)
{
    if (object != Py_None) {
        if (message != Py_None) {
            if (PyFile_WriteObject(message, file, Py_PRINT_RAW) < 0 || PyFile_WriteString(": ", file) < 0)
                return -1;
        } else if (PyFile_WriteString("Exception ignored in: ", file) < 0) {
            return -1;
        }
        if (PyFile_WriteObject(object, file, 0) < 0) {
            PyErr_Clear();
            if (PyFile_WriteString("<object repr() failed>", file) < 0)
                return -1;
        }
        if (PyFile_WriteString("\n", file) < 0)
            return -1;
    } else if (message != Py_None) {
        if (PyFile_WriteObject(message, file, Py_PRINT_RAW) < 0 || PyFile_WriteString(":\n", file) < 0)
            return -1;
    }
    if (traceback != Py_None && PyTraceBack_Print(traceback, file) < 0)
        PyErr_Clear();
    if (type == Py_None)
        return 0;
    PyObject *module = PyObject_GetAttr(type, N(__module__)), *name = PyObject_GetAttr(type, N(__qualname__));
    int failed = 0;
    if (!module || !name || !PyUnicode_Check(module)) {
        PyErr_Clear();
        failed = PyFile_WriteString("<unknown>", file) < 0;
    } else if (!_PyUnicode_EqualToASCIIString(module, "builtins") && !_PyUnicode_EqualToASCIIString(module, "__main__")) {
        failed = PyFile_WriteObject(module, file, Py_PRINT_RAW) < 0 || PyFile_WriteString(".", file) < 0;
    }
    if (!failed && name)
        failed = PyFile_WriteObject(name, file, Py_PRINT_RAW) < 0;
    Py_XDECREF(module);
    Py_XDECREF(name);
    if (failed)
        return -1;
    if (value != Py_None) {
        if (PyFile_WriteString(": ", file) < 0)
            return -1;
        if (PyFile_WriteObject(value, file, Py_PRINT_RAW) < 0) {
            PyErr_Clear();
            if (PyFile_WriteString("<exception str() failed>", file) < 0)
                return -1;
        }
    }
    if (PyFile_WriteString("\n", file) < 0)
        return -1;
    PyObject *flushed = PyObject_CallMethodNoArgs(file, N(flush));
    Py_XDECREF(flushed);
    return flushed ? 0 : -1;
}

PyObject *unraisable_default_hook(PyObject *args)
{
    if (Py_TYPE(args) != &HookArgsType) {
        PyErr_SetString(PyExc_TypeError, "sys.unraisablehook argument type must be UnraisableHookArgs");
        return NULL;
    }
    PyObject *file = error_stream();
    if (file) {
        Py_INCREF(file);
        if (write_all(file, PyStructSequence_GET_ITEM(args, 0), PyStructSequence_GET_ITEM(args, 1),
                      PyStructSequence_GET_ITEM(args, 2), PyStructSequence_GET_ITEM(args, 3),
                      PyStructSequence_GET_ITEM(args, 4)) < 0)
            PyErr_Clear();
        Py_DECREF(file);
    }
    Py_RETURN_NONE;
}

static PyObject *make_args(PyObject *type, PyObject *value, PyObject *traceback, PyObject *message, PyObject *object)
{
    if (PyStructSequence_InitType2(&HookArgsType, &description) < 0)
        return NULL;
    PyObject *args = PyStructSequence_New(&HookArgsType);
    if (args) {
        PyObject *values[] = {type, value, traceback, message, object};
        for (int i = 0; i < 5; i++)
            PyStructSequence_SET_ITEM(args, i, Py_NewRef(values[i] ? values[i] : Py_None));
    }
    return args;
}

/* Shows the pending exception, with which the program's hook failed, in the default way.  New None, or NULL. */
static PyObject *hook_failed(PyObject *hook)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    PyObject *message = PyUnicode_FromString("Exception ignored in sys.unraisablehook");
    PyObject *args = message ? make_args(type, value, traceback, message, hook) : NULL;
    PyObject *done = args ? unraisable_default_hook(args) : NULL;
    Py_XDECREF(args);
    Py_XDECREF(message);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return done;
}

/* Reports the pending exception; `message` (or NULL) replaces "Exception ignored in".  Nothing is pending afterwards. */
void _PyErr_WriteUnraisableMsg(const char *text, PyObject *object)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyThreadState *t = tstate_current();
    if (type && !traceback && t->interp->sysdict) {
        PyFrameObject *frame = PyThreadState_GetFrame(t);
        if (frame) {
            PyErr_Restore(type, value, traceback);
            PyTraceBack_Here(frame);
            PyErr_Fetch(&type, &value, &traceback);
            Py_DECREF(frame);
        }
    }
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback && value && PyException_SetTraceback(value, traceback) < 0)
        PyErr_Clear();
    PyObject *message = text ? PyUnicode_FromFormat("Exception ignored %s", text) : NULL;
    if (text && !message)
        PyErr_Clear();
    PyObject *args = make_args(type, value, traceback, message, object);
    PyObject *hook = args ? Py_XNewRef(PySys_GetObject("unraisablehook")) : NULL, *done = NULL;
    if (hook && hook != Py_None) {
        if (PySys_Audit("sys.unraisablehook", "OO", hook, args) == 0)
            done = PyObject_CallOneArg(hook, args);
    } else if (args) {
        done = unraisable_default_hook(args);
    }
    if (!done && args && PyErr_Occurred() && hook)
        done = hook_failed(hook);
    PyErr_Clear();
    Py_XDECREF(done);
    Py_XDECREF(hook);
    Py_XDECREF(args);
    Py_XDECREF(message);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
}

void PyErr_WriteUnraisable(PyObject *object) { _PyErr_WriteUnraisableMsg(NULL, object); }
