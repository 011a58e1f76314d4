/* Warnings: from the place that warns, through the filters, to stderr or an exception (library reference, "warnings").
 */
#include "runtime/warnings.h"
#include "memory/state.h"
#include "objects/names.h"
#include "runtime/config.h"
#include "runtime/traceback.h"
#include "frameobject.h"

#include <stdlib.h>

/* ---- state
 * --------------------------------------------------------------------------------------------------------------------
 */

static PyObject *make_filter(PyObject *category, const char *action, const char *module)
{
    PyObject *name = module ? PyUnicode_InternFromString(module) : Py_NewRef(Py_None);
    PyObject *filter = name ? Py_BuildValue("sOOOi", action, Py_None, category, name, 0) : NULL;
    Py_XDECREF(name);
    return filter;
}

static PyObject *default_filters(void)
{
    const struct {
        PyObject *category;
        const char *action, *module;
    } defaults[] = {{PyExc_DeprecationWarning, "default", "__main__"},
                    {PyExc_DeprecationWarning, "ignore", NULL},
                    {PyExc_PendingDeprecationWarning, "ignore", NULL},
                    {PyExc_ImportWarning, "ignore", NULL},
                    {PyExc_ResourceWarning, "ignore", NULL}};
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list && i < sizeof defaults / sizeof *defaults; i++) {
        PyObject *filter = make_filter(defaults[i].category, defaults[i].action, defaults[i].module);
        if (!filter || PyList_Append(list, filter) < 0)
            Py_CLEAR(list);
        Py_XDECREF(filter);
    }
    return list;
}

WarningsState *warnings_state(void)
{
    PyInterpreterState *interp = interp_current();
    if (interp->warnings)
        return interp->warnings;
    WarningsState *w = calloc(1, sizeof *w);
    if (!w) {
        PyErr_NoMemory();
        return NULL;
    }
    w->filters = default_filters();
    w->once_registry = PyDict_New();
    w->default_action = PyUnicode_InternFromString("default");
    if (!w->filters || !w->once_registry || !w->default_action) {
        Py_XDECREF(w->filters);
        Py_XDECREF(w->once_registry);
        Py_XDECREF(w->default_action);
        free(w);
        return NULL;
    }
    interp->warnings = w;
    return w;
}

int warnings_init(void) { return 0; }

void warnings_fini(void)
{
    PyInterpreterState *interp = interp_current();
    WarningsState *w = interp->warnings;
    interp->warnings = NULL;
    if (!w)
        return;
    Py_XDECREF(w->filters);
    Py_XDECREF(w->once_registry);
    Py_XDECREF(w->default_action);
    free(w);
}

/* The attribute of the imported module warnings, new; NULL, mostly without an exception, when it is not there. */
static PyObject *library_attribute(PyObject *name, int try_import)
{
    PyObject *module, *value = NULL;
    if (try_import && !interp_current()->finalizing) {
        module = PyImport_ImportModule("warnings");
        if (!module && PyErr_ExceptionMatches(PyExc_ImportError))
            PyErr_Clear();
    } else {
        PyObject *modules = interp_current()->modules;
        module = modules ? Py_XNewRef(PyDict_GetItemWithError(modules, N(warnings))) : NULL;
    }
    if (module && module != Py_None && _PyObject_LookupAttr(module, name, &value) < 0)
        value = NULL;
    Py_XDECREF(module);
    return value;
}

/* ---- filters
 * -------------------------------------------------------------------------------------------------------------------
 */

/* Whether a filter's pattern fits: None fits all, an exact str compares, anything else has match().  1, 0, -1. */
static int fits(PyObject *pattern, PyObject *text)
{
    if (pattern == Py_None)
        return 1;
    if (PyUnicode_CheckExact(pattern)) {
        int different = PyUnicode_Compare(pattern, text);
        return PyErr_Occurred() ? -1 : !different;
    }
    PyObject *result = PyObject_CallMethodOneArg(pattern, N(match), text);
    int is = result ? PyObject_IsTrue(result) : -1;
    Py_XDECREF(result);
    return is;
}

/* Whether what the library's module calls name is a str; TypeError otherwise. */
static int is_action(PyObject *value, const char *name)
{
    if (PyUnicode_Check(value))
        return 1;
    PyErr_Format(PyExc_TypeError, "%s must be a string, not '%.200s'", name, Py_TYPE(value)->tp_name);
    return 0;
}

/* The action of the first of the filters that fits, new, and in *item the filter (new); NULL without an exception for
 * none. */
static PyObject *search_filters(PyObject *filters, PyObject *category, PyObject *text, int line, PyObject *module,
                                PyObject **item)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(filters); i++) {
        PyObject *filter = PyList_GET_ITEM(filters, i);
        if (!PyTuple_Check(filter) || PyTuple_GET_SIZE(filter) != 5) {
            PyErr_Format(PyExc_ValueError, "_warnings.filters item %zd isn't a 5-tuple", i);
            return NULL;
        }
        Py_INCREF(filter);
        PyObject *action = PyTuple_GET_ITEM(filter, 0);
        int message = is_action(action, "action") ? fits(PyTuple_GET_ITEM(filter, 1), text) : -1;
        int of_category = message < 0 ? -1 : PyObject_IsSubclass(category, PyTuple_GET_ITEM(filter, 2));
        int in_module = of_category < 0 ? -1 : fits(PyTuple_GET_ITEM(filter, 3), module);
        Py_ssize_t at = in_module < 0 ? -1 : PyLong_AsSsize_t(PyTuple_GET_ITEM(filter, 4));
        if (at == -1 && PyErr_Occurred()) {
            Py_DECREF(filter);
            return NULL;
        }
        if (message && of_category && in_module && (at == 0 || at == line)) {
            *item = filter;
            return Py_NewRef(action);
        }
        Py_DECREF(filter);
    }
    return NULL;
}

/* The action of the first filter that fits, new; *item gets the filter (new) or None. */
static PyObject *find_action(WarningsState *w, PyObject *category, PyObject *text, int line, PyObject *module,
                             PyObject **item)
{
    PyObject *current = library_attribute(N(filters), 0);
    if (current)
        Py_SETREF(w->filters, current);
    else if (PyErr_Occurred())
        return NULL;
    if (!PyList_Check(w->filters)) {
        PyErr_SetString(PyExc_ValueError, "_warnings.filters must be a list");
        return NULL;
    }
    PyObject *filters = Py_NewRef(w->filters); /* patterns are called, and may put another list there */
    PyObject *action = search_filters(filters, category, text, line, module, item);
    Py_DECREF(filters);
    if (action || PyErr_Occurred())
        return action;
    action = library_attribute(N(defaultaction), 0);
    if (!action && PyErr_Occurred())
        return NULL;
    if (action && !is_action(action, "_warnings.defaultaction")) {
        Py_DECREF(action);
        return NULL;
    }
    if (action)
        Py_SETREF(w->default_action, Py_NewRef(action));
    else
        action = Py_NewRef(w->default_action);
    *item = Py_NewRef(Py_None);
    return action;
}

/* Whether the registry has the key, clearing it first when the filters have changed since.  1, 0, -1. */
static int already_warned(WarningsState *w, PyObject *registry, PyObject *key, int set)
{
    PyObject *version = PyDict_GetItemWithError(registry, N(version));
    if (!version && PyErr_Occurred())
        return -1;
    if (!version || !PyLong_CheckExact(version) || PyLong_AsLong(version) != w->filters_version) {
        PyDict_Clear(registry);
        version = PyLong_FromLong(w->filters_version);
        int failed = !version || PyDict_SetItem(registry, N(version), version) < 0;
        Py_XDECREF(version);
        if (failed)
            return -1;
    } else {
        PyObject *warned = PyDict_GetItemWithError(registry, key);
        if (warned) {
            int is = PyObject_IsTrue(warned);
            if (is)
                return is;
        } else if (PyErr_Occurred()) {
            return -1;
        }
    }
    return set ? PyDict_SetItem(registry, key, Py_True) : 0;
}

/* ---- showing
 * ----------------------------------------------------------------------------------------------------------------------
 */

static void show_plainly(PyObject *filename, int line, PyObject *text, PyObject *category, PyObject *source)
{
    PyObject *file = PySys_GetObject("stderr");
    PyObject *name = PyObject_GetAttr(category, N(__name__));
    if (!file || file == Py_None || !name)
        goto done;
    PyObject *message = PyUnicode_FromFormat("%U:%d: %U: %S\n", filename, line, name, text);
    if (message && PyFile_WriteObject(message, file, Py_PRINT_RAW) == 0) {
        PyObject *shown = source ? Py_NewRef(source) : source_line(filename, line);
        if (shown && PyUnicode_Check(shown)) {
            PyObject *stripped = PyObject_CallMethod(shown, "strip", NULL);
            PyObject *out = stripped ? PyUnicode_FromFormat("  %U\n", stripped) : NULL;
            if (out)
                PyFile_WriteObject(out, file, Py_PRINT_RAW);
            Py_XDECREF(stripped);
            Py_XDECREF(out);
        }
        Py_XDECREF(shown);
    }
    Py_XDECREF(message);
done:
    Py_XDECREF(name);
    PyErr_Clear();
}

/* Through warnings._showwarnmsg when the library's module is loaded; 0 or -1. */
static int show(PyObject *category, PyObject *text, PyObject *message, PyObject *filename, int line,
                PyObject *source_text, PyObject *source)
{
    PyObject *function = library_attribute(N(_showwarnmsg), source != NULL);
    if (!function) {
        if (PyErr_Occurred())
            return -1;
        show_plainly(filename, line, text, category, source_text);
        return 0;
    }
    int result = -1;
    PyObject *record_type = library_attribute(N(WarningMessage), 0);
    if (!PyCallable_Check(function)) {
        PyErr_SetString(PyExc_TypeError, "warnings._showwarnmsg() must be set to a callable");
    } else if (!record_type) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_RuntimeError, "unable to get warnings.WarningMessage");
    } else {
        PyObject *record = PyObject_CallFunction(record_type, "OOOiOOO", message, category, filename, line, Py_None,
                                                 Py_None, source ? source : Py_None);
        PyObject *done = record ? PyObject_CallOneArg(function, record) : NULL;
        result = done ? 0 : -1;
        Py_XDECREF(record);
        Py_XDECREF(done);
    }
    Py_XDECREF(record_type);
    Py_DECREF(function);
    return result;
}

/* ---- warn_explicit
 * ------------------------------------------------------------------------------------------------------------------ */

/* The module's name from its file, new: without .py. */
static PyObject *module_from_file(PyObject *filename)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(filename);
    if (n == 0)
        return PyUnicode_FromString("<unknown>");
    PyObject *ending = PyUnicode_FromString(".py");
    Py_ssize_t is = ending ? PyUnicode_Tailmatch(filename, ending, 0, n, 1) : -1;
    Py_XDECREF(ending);
    return is < 0 ? NULL : is ? PyUnicode_Substring(filename, 0, n - 3) : Py_NewRef(filename);
}

/* Remembers the warning as the action asks: 1 when it has been shown before, 0 to show it, -1 on error. */
static int remember(WarningsState *w, PyObject *action, PyObject *registry, PyObject *key, PyObject *text,
                    PyObject *category, PyObject *filter)
{
    if (_PyUnicode_EqualToASCIIString(action, "always") || (registry && PyDict_SetItem(registry, key, Py_True) < 0))
        return PyErr_Occurred() ? -1 : 0;
    if (_PyUnicode_EqualToASCIIString(action, "once") || _PyUnicode_EqualToASCIIString(action, "module")) {
        int once = _PyUnicode_EqualToASCIIString(action, "once");
        PyObject *where = registry;
        if (once && !where) {
            PyObject *current = library_attribute(N(onceregistry), 0);
            if (current && !PyDict_Check(current)) {
                PyErr_Format(PyExc_TypeError, "_warnings.onceregistry must be a dict, not '%.200s'",
                             Py_TYPE(current)->tp_name);
                Py_DECREF(current);
                return -1;
            }
            if (current)
                Py_SETREF(w->once_registry, current);
            else if (PyErr_Occurred())
                return -1;
            where = w->once_registry;
        }
        if (!where)
            return 0;
        PyObject *short_key = once ? PyTuple_Pack(2, text, category) : Py_BuildValue("OOi", text, category, 0);
        int seen = short_key ? already_warned(w, where, short_key, 1) : -1;
        Py_XDECREF(short_key);
        return seen;
    }
    if (_PyUnicode_EqualToASCIIString(action, "default"))
        return 0;
    PyErr_Format(PyExc_RuntimeError, "Unrecognized action (%R) in warnings.filters:\n %R", action, filter);
    return -1;
}

PyObject *warnings_warn_explicit(PyObject *category, PyObject *message, PyObject *filename, int line, PyObject *module,
                                 PyObject *registry, PyObject *source_text, PyObject *source)
{
    WarningsState *w = warnings_state();
    PyObject *text = NULL, *key = NULL, *filter = NULL, *action = NULL, *result = NULL;
    if (!w || module == Py_None)
        return w ? Py_NewRef(Py_None) : NULL;
    if (registry && !PyDict_Check(registry) && registry != Py_None) {
        PyErr_SetString(PyExc_TypeError, "'registry' must be a dict or None");
        return NULL;
    }
    if (registry == Py_None)
        registry = NULL;
    module = module ? Py_NewRef(module) : module_from_file(filename);
    if (!module)
        return NULL;
    int is_warning = PyObject_IsInstance(message, PyExc_Warning);
    if (is_warning > 0) {
        text = PyObject_Str(message);
        category = (PyObject *)Py_TYPE(message);
        Py_INCREF(message);
    } else if (is_warning == 0) {
        text = Py_NewRef(message);
        message = PyObject_CallOneArg(category, message);
    } else {
        message = NULL;
    }
    key = text && message ? Py_BuildValue("OOi", text, category, line) : NULL;
    if (!key)
        goto done;
    int seen = registry ? already_warned(w, registry, key, 0) : 0;
    if (seen) {
        result = seen > 0 ? Py_NewRef(Py_None) : NULL;
        goto done;
    }
    action = find_action(w, category, text, line, module, &filter);
    if (!action)
        goto done;
    if (_PyUnicode_EqualToASCIIString(action, "error")) {
        PyErr_SetObject(category, message);
        goto done;
    }
    if (_PyUnicode_EqualToASCIIString(action, "ignore")) {
        result = Py_NewRef(Py_None);
        goto done;
    }
    seen = remember(w, action, registry, key, text, category, filter);
    if (seen > 0 || (seen == 0 && show(category, text, message, filename, line, source_text, source) == 0))
        result = Py_NewRef(Py_None);
done:
    Py_XDECREF(filter);
    Py_XDECREF(action);
    Py_XDECREF(key);
    Py_XDECREF(text);
    Py_XDECREF(message);
    Py_DECREF(module);
    return result;
}

/* ---- warn: where the caller is
 * --------------------------------------------------------------------------------------------------------- */

static int is_internal(PyFrameObject *frame)
{
    PyCodeObject *code = PyFrame_GetCode(frame);
    const char *name = PyUnicode_AsUTF8(code->co_filename);
    int is = name && strstr(name, "importlib") && strstr(name, "_bootstrap");
    PyErr_Clear();
    Py_DECREF(code);
    return is;
}

/* The next frame outwards; steals frame. */
static PyFrameObject *outer(PyFrameObject *frame, int skip_internal)
{
    do {
        PyFrameObject *back = PyFrame_GetBack(frame);
        Py_DECREF(frame);
        frame = back;
    } while (frame && skip_internal && is_internal(frame));
    return frame;
}

int warnings_warn(PyObject *category, PyObject *message, Py_ssize_t level, PyObject *source)
{
    PyThreadState *t = tstate_current();
    PyFrameObject *frame = PyThreadState_GetFrame(t);
    int skip = !(level <= 0 || (frame && is_internal(frame)));
    while (frame && --level > 0)
        frame = outer(frame, skip);
    if (!frame && !t->interp->sysdict)
        return 0; /* the interpreter is all but gone: nobody is there to be told */
    PyObject *globals, *filename = NULL, *module = NULL, *registry = NULL, *done = NULL;
    int line = 1;
    if (frame) {
        PyCodeObject *code = PyFrame_GetCode(frame);
        globals = PyFrame_GetGlobals(frame);
        filename = Py_NewRef(code->co_filename);
        line = PyFrame_GetLineNumber(frame);
        Py_DECREF(code);
        Py_DECREF(frame);
    } else {
        globals = Py_NewRef(t->interp->sysdict);
        filename = PyUnicode_FromString("sys");
    }
    registry = PyDict_GetItemWithError(globals, N(__warningregistry__));
    if (registry || PyErr_Occurred()) {
        Py_XINCREF(registry);
    } else {
        registry = PyDict_New();
        if (registry && PyDict_SetItem(globals, N(__warningregistry__), registry) < 0)
            Py_CLEAR(registry);
    }
    module = registry ? PyDict_GetItemWithError(globals, N(__name__)) : NULL;
    if (registry && !PyErr_Occurred())
        module = module && (module == Py_None || PyUnicode_Check(module)) ? Py_NewRef(module)
                                                                          : PyUnicode_FromString("<string>");
    else
        module = NULL;
    if (module && filename)
        done = warnings_warn_explicit(category, message, filename, line, module, registry, NULL, source);
    Py_DECREF(globals);
    Py_XDECREF(filename);
    Py_XDECREF(module);
    Py_XDECREF(registry);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

PyObject *warnings_category(PyObject *message, PyObject *category)
{
    int is = PyObject_IsInstance(message, PyExc_Warning);
    if (is < 0)
        return NULL;
    if (is)
        return (PyObject *)Py_TYPE(message);
    if (!category || category == Py_None)
        return PyExc_UserWarning;
    if (!PyType_Check(category) || !PyType_IsSubtype((PyTypeObject *)category, (PyTypeObject *)PyExc_Warning)) {
        PyErr_Format(PyExc_TypeError, "category must be a Warning subclass, not '%s'", Py_TYPE(category)->tp_name);
        return NULL;
    }
    return category;
}

/* ---- the C API
 * ---------------------------------------------------------------------------------------------------------------------------
 */

static int warn_text(PyObject *category, Py_ssize_t level, PyObject *source, PyObject *text)
{
    int result = text ? warnings_warn(category ? category : PyExc_RuntimeWarning, text, level, source) : -1;
    Py_XDECREF(text);
    return result;
}

int PyErr_WarnEx(PyObject *category, const char *text, Py_ssize_t level)
{
    return warn_text(category, level, NULL, PyUnicode_FromString(text));
}

#undef PyErr_Warn
int PyErr_Warn(PyObject *category, const char *text) { return PyErr_WarnEx(category, text, 1); }

int PyErr_WarnFormat(PyObject *category, Py_ssize_t level, const char *format, ...)
{
    va_list va;
    va_start(va, format);
    PyObject *text = PyUnicode_FromFormatV(format, va);
    va_end(va);
    return warn_text(category, level, NULL, text);
}

int PyErr_ResourceWarning(PyObject *source, Py_ssize_t level, const char *format, ...)
{
    va_list va;
    va_start(va, format);
    PyObject *text = PyUnicode_FromFormatV(format, va);
    va_end(va);
    return warn_text(PyExc_ResourceWarning, level, source, text);
}

int PyErr_WarnExplicitObject(PyObject *category, PyObject *message, PyObject *filename, int line, PyObject *module,
                             PyObject *registry)
{
    PyObject *done = warnings_warn_explicit(category ? category : PyExc_RuntimeWarning, message, filename, line, module,
                                            registry, NULL, NULL);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

int PyErr_WarnExplicit(PyObject *category, const char *text, const char *filename, int line, const char *module,
                       PyObject *registry)
{
    PyObject *message = PyUnicode_FromString(text), *file = PyUnicode_DecodeFSDefault(filename);
    PyObject *name = module ? PyUnicode_FromString(module) : NULL;
    int result = message && file && (name || !module)
                     ? PyErr_WarnExplicitObject(category, message, file, line, name, registry)
                     : -1;
    Py_XDECREF(message);
    Py_XDECREF(file);
    Py_XDECREF(name);
    return result;
}

int PyErr_WarnExplicitFormat(PyObject *category, const char *filename, int line, const char *module, PyObject *registry,
                             const char *format, ...)
{
    va_list va;
    va_start(va, format);
    PyObject *message = PyUnicode_FromFormatV(format, va);
    va_end(va);
    PyObject *file = PyUnicode_DecodeFSDefault(filename), *name = module ? PyUnicode_FromString(module) : NULL;
    int result = message && file && (name || !module)
                     ? PyErr_WarnExplicitObject(category, message, file, line, name, registry)
                     : -1;
    Py_XDECREF(message);
    Py_XDECREF(file);
    Py_XDECREF(name);
    return result;
}

/* A coroutine died without having been awaited.  The library's function tells more; if it cannot, the plain warning
 * stands. */
void _PyErr_WarnUnawaitedCoroutine(PyObject *coroutine)
{
    PyObject *function = library_attribute(N(_warn_unawaited_coroutine), 1);
    PyObject *done = function ? PyObject_CallOneArg(function, coroutine) : NULL;
    Py_XDECREF(function);
    if (done) {
        Py_DECREF(done);
        return;
    }
    int raised = PyErr_Occurred() != NULL, warned = raised && PyErr_ExceptionMatches(PyExc_RuntimeWarning);
    if (raised)
        PyErr_WriteUnraisable(coroutine);
    if (!warned && warn_text(PyExc_RuntimeWarning, 1, coroutine,
                             PyUnicode_FromFormat("coroutine '%S' was never awaited",
                                                  ((PyCoroObject *)coroutine)->cr_qualname)) < 0)
        PyErr_WriteUnraisable(coroutine);
}
