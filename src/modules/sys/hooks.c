/* sys: the hooks that show values and errors, the audit events, exit. */
#include "modules/sys/sys.h"
#include "memory/limit.h"
#include "memory/state.h"
#include "objects/names.h"
#include "runtime/config.h"
#include "runtime/unraisable.h"

/* ---- displayhook --------------------------------------------------------------------------------------------------- */

/* Writes text that the stream's encoding may not hold, with what it cannot hold escaped. */
static int write_escaped(PyObject *out, PyObject *text)
{
    PyObject *encoding = PyObject_GetAttr(out, N(encoding));
    const char *name = encoding ? PyUnicode_AsUTF8(encoding) : NULL;
    PyObject *bytes = name ? PyUnicode_AsEncodedString(text, name, "backslashreplace") : NULL, *buffer = NULL, *done = NULL;
    if (bytes && _PyObject_LookupAttr(out, N(buffer), &buffer) >= 0) {
        if (buffer) {
            done = PyObject_CallMethodOneArg(buffer, N(write), bytes);
        } else {
            PyObject *safe = PyUnicode_Decode(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes), name, "strict");
            done = safe ? PyObject_CallMethodOneArg(out, N(write), safe) : NULL;
            Py_XDECREF(safe);
        }
    }
    Py_XDECREF(encoding);
    Py_XDECREF(bytes);
    Py_XDECREF(buffer);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

static PyObject *sys_displayhook(PyObject *m, PyObject *value)
{
    PyObject *builtins = Py_XNewRef(PyDict_GetItemString(interp_current()->modules, "builtins"));
    if (!builtins) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_RuntimeError, "lost builtins module");
        return NULL;
    }
    PyObject *text = NULL, *result = NULL;
    if (value == Py_None) {
        Py_DECREF(builtins);
        Py_RETURN_NONE;
    }
    if (PyObject_SetAttr(builtins, N(_), Py_None) < 0)
        goto done;
    PyObject *out = PySys_GetObject("stdout");
    if (!out || out == Py_None) {
        PyErr_SetString(PyExc_RuntimeError, "lost sys.stdout");
        goto done;
    }
    text = PyObject_Repr(value);
    if (!text)
        goto done;
    if (PyFile_WriteObject(text, out, Py_PRINT_RAW) < 0) {
        if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
            goto done;
        PyErr_Clear();
        if (write_escaped(out, text) < 0)
            goto done;
    }
    if (PyFile_WriteString("\n", out) < 0 || PyObject_SetAttr(builtins, N(_), value) < 0)
        goto done;
    result = Py_NewRef(Py_None);
done:
    Py_XDECREF(text);
    Py_DECREF(builtins);
    return result;
}

/* ---- exceptions ------------------------------------------------------------------------------------------------------ */

static PyObject *sys_excepthook(PyObject *m, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("excepthook", nargs, 3, 3))
        return NULL;
    PyErr_Display(args[0], args[1], args[2]);
    Py_RETURN_NONE;
}

static PyObject *sys_unraisablehook(PyObject *m, PyObject *unraisable) { return unraisable_default_hook(unraisable); }

static PyObject *sys_exception(PyObject *m, PyObject *u)
{
    PyObject *value = PyErr_GetHandledException();
    return value ? value : Py_NewRef(Py_None);
}

static PyObject *sys_exc_info(PyObject *m, PyObject *u)
{
    PyObject *type, *value, *traceback;
    PyErr_GetExcInfo(&type, &value, &traceback);
    PyObject *triple = PyTuple_Pack(3, type ? type : Py_None, value ? value : Py_None, traceback ? traceback : Py_None);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return triple;
}

static PyObject *sys_exit(PyObject *m, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("exit", nargs, 0, 1))
        return NULL;
    PyErr_SetObject(PyExc_SystemExit, nargs ? args[0] : NULL);
    return NULL;
}

/* ---- breakpoint ------------------------------------------------------------------------------------------------------- */

static int warn_unimportable(const char *name)
{
    return PyErr_WarnFormat(PyExc_RuntimeWarning, 0, "Ignoring unimportable $PYTHONBREAKPOINT: \"%s\"", name);
}

/* The callable that $PYTHONBREAKPOINT names, new; NULL without an exception when it cannot be had (a warning was given). */
static PyObject *breakpoint_function(const char *name)
{
    const char *dot = strrchr(name, '.');
    PyObject *module_name = dot ? PyUnicode_FromStringAndSize(name, dot - name) : PyUnicode_FromString("builtins");
    const char *attribute = dot ? dot + 1 : name;
    if (!module_name)
        return NULL;
    PyObject *module = dot == name ? NULL : PyImport_Import(module_name), *function = NULL;
    Py_DECREF(module_name);
    if (!module && dot != name && !PyErr_ExceptionMatches(PyExc_ImportError))
        return NULL;
    if (module)
        function = PyObject_GetAttrString(module, attribute);
    Py_XDECREF(module);
    if (!function) {
        if (PyErr_Occurred() && module && !PyErr_ExceptionMatches(PyExc_AttributeError))
            return NULL;
        PyErr_Clear();
        warn_unimportable(name);
    }
    return function;
}

static PyObject *sys_breakpointhook(PyObject *m, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    const char *name = config_getenv(config_current(), "PYTHONBREAKPOINT");
    if (name && strcmp(name, "0") == 0)
        Py_RETURN_NONE;
    PyObject *function = breakpoint_function(name ? name : "pdb.set_trace");
    if (!function) {
        if (PyErr_Occurred())
            return NULL;
        Py_RETURN_NONE;
    }
    PyObject *result = PyObject_Vectorcall(function, args, (size_t)nargs, kwnames);
    Py_DECREF(function);
    return result;
}

/* ---- audit -------------------------------------------------------------------------------------------------------------- */

struct audit_hook {
    struct audit_hook *next;
    Py_AuditHookFunction function;
    void *data;
};
static struct audit_hook *c_hooks; /* hooks set by C code, also before the runtime starts */

int PySys_AddAuditHook(Py_AuditHookFunction function, void *data)
{
    struct audit_hook *hook = PyMem_RawMalloc(sizeof *hook), **end = &c_hooks;
    if (!hook) {
        if (tstate_current())
            PyErr_NoMemory();
        return -1;
    }
    *hook = (struct audit_hook){NULL, function, data};
    while (*end)
        end = &(*end)->next;
    *end = hook;
    return 0;
}

/* Calls the Python hooks with tracing off, unless a hook has __cantrace__. */
static int call_python_hooks(const char *event, PyObject *args)
{
    PyObject *hooks = interp_current()->audit_hooks;
    if (!hooks)
        return 0;
    PyObject *name = PyUnicode_FromString(event);
    PyThreadState *t = tstate_current();
    int failed = name == NULL;
    for (Py_ssize_t i = 0; !failed && i < PyList_GET_SIZE(hooks); i++) {
        PyObject *hook = Py_NewRef(PyList_GET_ITEM(hooks, i)), *can = NULL;
        int traced = 0;
        PyThreadState_EnterTracing(t);
        if (_PyObject_LookupAttr(hook, N(__cantrace__), &can) > 0)
            traced = PyObject_IsTrue(can);
        Py_XDECREF(can);
        if (traced > 0)
            PyThreadState_LeaveTracing(t);
        PyObject *pair[] = {name, args};
        PyObject *result = PyObject_Vectorcall(hook, pair, 2, NULL);
        if (traced <= 0)
            PyThreadState_LeaveTracing(t);
        failed = result == NULL;
        Py_XDECREF(result);
        Py_DECREF(hook);
    }
    Py_XDECREF(name);
    return failed ? -1 : 0;
}

int audit_tuple(const char *event, PyObject *args)
{
    for (struct audit_hook *h = c_hooks; h; h = h->next)
        if (h->function(event, args, h->data) < 0)
            return -1;
    return call_python_hooks(event, args);
}

/* Raises an audit event; 0, or -1 with the exception that a hook raised.  The arguments are as Py_BuildValue takes
 * them; lengths are Py_ssize_t. */
int PySys_Audit(const char *event, const char *format, ...)
{
    PyThreadState *t = tstate_current();
    if (heap.quota && strcmp(event, "mmap.__new__") == 0) { /* arguments: file, length, ... */
        va_list va;
        va_start(va, format);
        int file = va_arg(va, int);
        Py_ssize_t length = va_arg(va, Py_ssize_t);
        va_end(va);
        if (file == -1 && limit_refuses_mapping((size_t)length)) {
            PyErr_NoMemory();
            return -1;
        }
    }
    if (!c_hooks && (!t || !t->interp->audit_hooks))
        return 0;
    PyObject *args;
    if (format && *format) {
        va_list va;
        va_start(va, format);
        args = _Py_VaBuildValue_SizeT(format, va);
        va_end(va);
        if (args && !PyTuple_Check(args))
            args = Py_BuildValue("(N)", args);
    } else {
        args = PyTuple_New(0);
    }
    if (!args)
        return -1;
    int result = audit_tuple(event, args);
    Py_DECREF(args);
    return result;
}

static PyObject *sys_audit(PyObject *m, PyObject *const *args, Py_ssize_t nargs)
{
    if (nargs == 0) {
        PyErr_SetString(PyExc_TypeError, "audit() missing 1 required positional argument: 'event'");
        return NULL;
    }
    if (!PyUnicode_Check(args[0])) {
        PyErr_Format(PyExc_TypeError, "expected str for argument 'event', not %.200s", Py_TYPE(args[0])->tp_name);
        return NULL;
    }
    if (!c_hooks && !interp_current()->audit_hooks)
        Py_RETURN_NONE;
    const char *event = PyUnicode_AsUTF8(args[0]);
    PyObject *rest = event ? PyTuple_New(nargs - 1) : NULL;
    if (!rest)
        return NULL;
    for (Py_ssize_t i = 1; i < nargs; i++)
        PyTuple_SET_ITEM(rest, i - 1, Py_NewRef(args[i]));
    int failed = audit_tuple(event, rest);
    Py_DECREF(rest);
    if (failed < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *sys_addaudithook(PyObject *m, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"hook", NULL};
    PyObject *hook;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O:addaudithook", names, &hook))
        return NULL;
    if (PySys_Audit("sys.addaudithook", NULL) < 0) {
        if (!PyErr_ExceptionMatches(PyExc_RuntimeError))
            return NULL;
        PyErr_Clear(); /* a hook may refuse others silently */
        Py_RETURN_NONE;
    }
    PyInterpreterState *interp = interp_current();
    if (!interp->audit_hooks) {
        if (!(interp->audit_hooks = PyList_New(0)))
            return NULL;
        PyObject_GC_UnTrack(interp->audit_hooks); /* gc.get_objects() is no way to a hook */
    }
    if (PyList_Append(interp->audit_hooks, hook) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* ---- encodings, state --------------------------------------------------------------------------------------------------- */

static PyObject *sys_getdefaultencoding(PyObject *m, PyObject *u) { return PyUnicode_InternFromString("utf-8"); }
static PyObject *sys_getfilesystemencoding(PyObject *m, PyObject *u) { return PyUnicode_InternFromString("utf-8"); }
static PyObject *sys_getfilesystemencodeerrors(PyObject *m, PyObject *u) { return PyUnicode_InternFromString("surrogateescape"); }
static PyObject *sys_is_finalizing(PyObject *m, PyObject *u) { return PyBool_FromLong(_Py_IsFinalizing()); }

#define NONE(name, doc) {#name, sys_##name, METH_NOARGS, #name "($module, /)\n--\n\n" doc}
#define FAST(name, doc) {#name, (PyCFunction)(void (*)(void))sys_##name, METH_FASTCALL, doc}

PyMethodDef sys_hook_functions[] = {
    {"displayhook", sys_displayhook, METH_O, "displayhook($module, object, /)\n--\n\nPrints an object and keeps it as builtins._"},
    FAST(excepthook, "excepthook($module, exctype, value, traceback, /)\n--\n\nPrints an exception and its traceback to sys.stderr."),
    {"unraisablehook", sys_unraisablehook, METH_O, "unraisablehook($module, unraisable, /)\n--\n\nPrints an exception that nobody could catch."},
    NONE(exception, "The exception that is being handled, or None."),
    NONE(exc_info, "The tuple (type, value, traceback) of the exception that is being handled."),
    FAST(exit, "exit($module, status=None, /)\n--\n\nLeaves the interpreter by raising SystemExit(status)."),
    {"breakpointhook", (PyCFunction)(void (*)(void))sys_breakpointhook, METH_FASTCALL | METH_KEYWORDS,
     "breakpointhook(*args, **kws)\n\nStarts the debugger that $PYTHONBREAKPOINT names, for breakpoint()."},
    FAST(audit, "audit(event, *args)\n\nPasses an event to all audit hooks."),
    {"addaudithook", (PyCFunction)(void (*)(void))sys_addaudithook, METH_VARARGS | METH_KEYWORDS,
     "addaudithook($module, /, hook)\n--\n\nAdds a function that is called at each audit event."},
    NONE(getdefaultencoding, "The encoding of str.encode() and bytes.decode() without an argument."),
    NONE(getfilesystemencoding, "The encoding of file names."),
    NONE(getfilesystemencodeerrors, "The error handler of file names."),
    NONE(is_finalizing, "Whether the interpreter is shutting down."),
    {NULL, NULL, 0, NULL}};
