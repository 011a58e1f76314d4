/* Arguments: from a call's positional and keyword values to the locals of the callee's frame, with 3.11's messages. */
#include "vm/vm.h"
#include "memory/stack.h"
#include "objects/dict/dict.h"

#include <string.h>

/* ---- messages ---- */

/* "'a'", "'a' and 'b'", "'a', 'b', and 'c'" */
static PyObject *join_names(PyObject *names)
{
    Py_ssize_t n = PyList_GET_SIZE(names);
    if (n == 1)
        return Py_NewRef(PyList_GET_ITEM(names, 0));
    PyObject *last = PyUnicode_FromFormat(n == 2 ? "%U and %U" : "%U, and %U", PyList_GET_ITEM(names, n - 2),
                                          PyList_GET_ITEM(names, n - 1));
    if (!last || n == 2)
        return last;
    PyObject *comma = PyUnicode_FromString(", "), *joined = NULL;
    PyObject *front = PyList_GetSlice(names, 0, n - 2);
    if (comma && front && PyList_Append(front, last) == 0)
        joined = PyUnicode_Join(comma, front);
    Py_XDECREF(front);
    Py_XDECREF(comma);
    Py_DECREF(last);
    return joined;
}

/* TypeError for the parameters [from, to) that have no value. */
static void missing_arguments(PyFunctionObject *func, PyCodeObject *code, PyObject **locals, Py_ssize_t from,
                              Py_ssize_t to, const char *kind)
{
    PyObject *names = PyList_New(0);
    for (Py_ssize_t i = from; names && i < to; i++) {
        if (locals[i])
            continue;
        PyObject *quoted = PyObject_Repr(PyTuple_GET_ITEM(code->co_localsplusnames, i));
        if (!quoted || PyList_Append(names, quoted) < 0)
            Py_CLEAR(names);
        Py_XDECREF(quoted);
    }
    PyObject *joined = names ? join_names(names) : NULL;
    if (joined) {
        Py_ssize_t n = PyList_GET_SIZE(names);
        PyErr_Format(PyExc_TypeError, "%U() missing %zd required %s argument%s: %U", func->func_qualname, n, kind,
                     n == 1 ? "" : "s", joined);
    }
    Py_XDECREF(joined);
    Py_XDECREF(names);
}

static void too_many_positional(PyFunctionObject *func, PyCodeObject *code, PyObject **locals, Py_ssize_t given)
{
    Py_ssize_t declared = code->co_argcount, keyword_only = 0;
    Py_ssize_t defaults = func->func_defaults ? PyTuple_GET_SIZE(func->func_defaults) : 0;
    for (Py_ssize_t i = declared; i < declared + code->co_kwonlyargcount; i++)
        keyword_only += locals[i] != NULL;
    int plural = defaults || declared != 1;
    PyObject *signature = defaults ? PyUnicode_FromFormat("from %zd to %zd", declared - defaults, declared)
                                   : PyUnicode_FromFormat("%zd", declared);
    PyObject *extra = keyword_only
                          ? PyUnicode_FromFormat(" positional argument%s (and %zd keyword-only argument%s)",
                                                 given != 1 ? "s" : "", keyword_only, keyword_only != 1 ? "s" : "")
                          : PyUnicode_FromString("");
    if (signature && extra)
        PyErr_Format(PyExc_TypeError, "%U() takes %U positional argument%s but %zd%U %s given", func->func_qualname,
                     signature, plural ? "s" : "", given, extra, given == 1 && !keyword_only ? "was" : "were");
    Py_XDECREF(signature);
    Py_XDECREF(extra);
}

/* TypeError if keywords name positional-only parameters: 1 when raised (or failed), else 0. */
static int positional_only_as_keyword(PyFunctionObject *func, PyCodeObject *code, PyObject *kwnames)
{
    PyObject *list = PyList_New(0);
    if (!list)
        return 1;
    for (int i = 0; i < code->co_posonlyargcount; i++) {
        PyObject *name = PyTuple_GET_ITEM(code->co_localsplusnames, i);
        for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(kwnames); k++) {
            PyObject *keyword = PyTuple_GET_ITEM(kwnames, k);
            int same = keyword == name ? 1 : PyObject_RichCompareBool(keyword, name, Py_EQ);
            if (same < 0 || (same && PyList_Append(list, name) < 0)) {
                Py_DECREF(list);
                return 1;
            }
        }
    }
    int raised = PyList_GET_SIZE(list) > 0;
    if (raised) {
        PyObject *comma = PyUnicode_FromString(", "), *joined = comma ? PyUnicode_Join(comma, list) : NULL;
        if (joined)
            PyErr_Format(PyExc_TypeError,
                         "%U() got some positional-only arguments passed as keyword arguments: '%U'",
                         func->func_qualname, joined);
        Py_XDECREF(comma);
        Py_XDECREF(joined);
    }
    Py_DECREF(list);
    return raised;
}

/* ---- binding ---- */

/* Index of the parameter a keyword names, -1 if none, -2 with an exception set. */
static Py_ssize_t find_parameter(PyCodeObject *code, PyObject *keyword)
{
    PyObject **names = &PyTuple_GET_ITEM(code->co_localsplusnames, 0);
    Py_ssize_t end = code->co_argcount + code->co_kwonlyargcount;
    for (Py_ssize_t i = code->co_posonlyargcount; i < end; i++)
        if (names[i] == keyword)
            return i;
    for (Py_ssize_t i = code->co_posonlyargcount; i < end; i++) {
        int same = PyObject_RichCompareBool(keyword, names[i], Py_EQ);
        if (same)
            return same < 0 ? -2 : i;
    }
    return -1;
}

/* Puts the value of a keyword (stolen) in its place. */
static int bind_keyword(PyFunctionObject *func, PyCodeObject *code, PyObject **locals, PyObject *keyword,
                        PyObject *value, PyObject *kwdict, PyObject *kwnames)
{
    if (!PyUnicode_Check(keyword)) {
        PyErr_Format(PyExc_TypeError, "%U() keywords must be strings", func->func_qualname);
        Py_DECREF(value);
        return -1;
    }
    Py_ssize_t i = find_parameter(code, keyword);
    if (i >= 0 && !locals[i]) {
        locals[i] = value;
        return 0;
    }
    int err = -1;
    if (i >= 0)
        PyErr_Format(PyExc_TypeError, "%U() got multiple values for argument '%S'", func->func_qualname, keyword);
    else if (i == -1 && kwdict)
        err = PyDict_SetItem(kwdict, keyword, value);
    else if (i == -1 && !(code->co_posonlyargcount && positional_only_as_keyword(func, code, kwnames)))
        PyErr_Format(PyExc_TypeError, "%U() got an unexpected keyword argument '%S'", func->func_qualname, keyword);
    Py_DECREF(value);
    return err;
}

static int fill_defaults(PyFunctionObject *func, PyCodeObject *code, PyObject **locals, Py_ssize_t nargs)
{
    Py_ssize_t declared = code->co_argcount;
    Py_ssize_t defaults = func->func_defaults ? PyTuple_GET_SIZE(func->func_defaults) : 0;
    Py_ssize_t required = declared - defaults;
    for (Py_ssize_t i = nargs; i < required; i++) {
        if (!locals[i]) {
            missing_arguments(func, code, locals, 0, required, "positional");
            return -1;
        }
    }
    for (Py_ssize_t i = required > 0 ? required : 0; i < declared; i++)
        if (!locals[i])
            locals[i] = Py_NewRef(PyTuple_GET_ITEM(func->func_defaults, i - required));
    return 0;
}

static int fill_keyword_defaults(PyFunctionObject *func, PyCodeObject *code, PyObject **locals)
{
    Py_ssize_t from = code->co_argcount, to = from + code->co_kwonlyargcount;
    int missing = 0;
    for (Py_ssize_t i = from; i < to; i++) {
        if (locals[i])
            continue;
        PyObject *value = NULL;
        if (func->func_kwdefaults) {
            value = PyDict_GetItemWithError(func->func_kwdefaults, PyTuple_GET_ITEM(code->co_localsplusnames, i));
            if (!value && PyErr_Occurred())
                return -1;
        }
        locals[i] = Py_XNewRef(value);
        missing += value == NULL;
    }
    if (missing)
        missing_arguments(func, code, locals, from, to, "keyword-only");
    return missing ? -1 : 0;
}

static void drop_all(PyObject **args, Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < n; i++)
        Py_XDECREF(args[i]);
}

int bind_arguments(PyFunctionObject *func, PyCodeObject *code, PyObject **locals, PyObject **args, Py_ssize_t nargs,
                   PyObject *kwnames)
{
    Py_ssize_t declared = code->co_argcount, parameters = declared + code->co_kwonlyargcount;
    Py_ssize_t keywords = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
    Py_ssize_t direct = nargs < declared ? nargs : declared, done = direct;
    PyObject *kwdict = NULL;
    if (code->co_flags & CO_VARKEYWORDS) {
        kwdict = PyDict_New();
        if (!kwdict) {
            drop_all(args, nargs + keywords);
            return -1;
        }
        locals[parameters + !!(code->co_flags & CO_VARARGS)] = kwdict;
    }
    for (Py_ssize_t i = 0; i < direct; i++)
        locals[i] = args[i];
    if (code->co_flags & CO_VARARGS) {
        PyObject *rest = PyTuple_New(nargs - direct);
        if (!rest)
            goto fail;
        for (; done < nargs; done++)
            PyTuple_SET_ITEM(rest, done - direct, args[done]);
        locals[parameters] = rest;
    }
    for (Py_ssize_t k = 0; k < keywords; k++) {
        PyObject *value = args[nargs + k];
        args[nargs + k] = NULL;
        if (bind_keyword(func, code, locals, PyTuple_GET_ITEM(kwnames, k), value, kwdict, kwnames) < 0)
            goto fail;
    }
    if (nargs > declared && !(code->co_flags & CO_VARARGS)) {
        too_many_positional(func, code, locals, nargs);
        goto fail;
    }
    if (nargs < declared && fill_defaults(func, code, locals, nargs) < 0)
        return -1;
    if (code->co_kwonlyargcount && fill_keyword_defaults(func, code, locals) < 0)
        return -1;
    return 0;
fail:
    drop_all(args + done, nargs - done + keywords);
    return -1;
}

/* ---- frames ---- */

void frame_discard(ThreadState *t, Frame *f)
{
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    frame_clear(t, f);
    PyErr_Restore(type, value, tb);
    frame_release(t, f);
}

Frame *frame_for_call(ThreadState *t, PyFunctionObject *func, PyObject **args, Py_ssize_t nargs, PyObject *kwnames,
                      PyObject *locals)
{
    PyCodeObject *code = (PyCodeObject *)func->func_code;
    VmCode *vm = vm_code_of(code);
    Frame *f = vm ? frame_new(t, func, code, vm, locals) : NULL;
    if (!f) {
        if (!vm)
            Py_DECREF(func);
        drop_all(args, nargs + (kwnames ? PyTuple_GET_SIZE(kwnames) : 0));
        return NULL;
    }
    if (vm->simple_args == nargs && !kwnames) {
        for (Py_ssize_t i = 0; i < nargs; i++)
            f->slots[i] = args[i];
        return f;
    }
    if (!locals && !(code->co_flags & CO_OPTIMIZED)) /* no function body: a module's code as a function */
        f->locals = Py_NewRef(func->func_globals);
    if (bind_arguments(func, code, f->slots, args, nargs, kwnames) < 0) {
        frame_discard(t, f);
        return NULL;
    }
    return f;
}

static int keys_are_strings(PyObject *dict)
{
    Py_ssize_t position = 0;
    PyObject *key, *value;
    if (((PyDictObject *)dict)->ma_keys->stride == 2) /* of exact strings only */
        return 1;
    while (PyDict_Next(dict, &position, &key, &value))
        if (!PyUnicode_Check(key))
            return 0;
    return 1;
}

Frame *frame_for_call_ex(ThreadState *t, PyFunctionObject *func, PyObject *self, PyObject *tuple, PyObject *dict,
                         PyObject *locals)
{
    Py_ssize_t first = self != NULL, nargs = first + PyTuple_GET_SIZE(tuple), keywords = dict ? PyDict_GET_SIZE(dict) : 0;
    if (keywords && !keys_are_strings(dict)) {
        PyErr_SetString(PyExc_TypeError, "keywords must be strings");
        Py_DECREF(func);
        Py_XDECREF(self);
        return NULL;
    }
    PyObject *small[8], **args = small, *kwnames = NULL;
    if (nargs + keywords > 8 && !(args = PyMem_Malloc((size_t)(nargs + keywords) * sizeof *args))) {
        Py_DECREF(func);
        Py_XDECREF(self);
        PyErr_NoMemory();
        return NULL;
    }
    if (keywords && !(kwnames = PyTuple_New(keywords))) {
        if (args != small)
            PyMem_Free(args);
        Py_DECREF(func);
        Py_XDECREF(self);
        return NULL;
    }
    if (self)
        args[0] = self;
    for (Py_ssize_t i = first; i < nargs; i++)
        args[i] = Py_NewRef(PyTuple_GET_ITEM(tuple, i - first));
    if (keywords) {
        PyDictKeysObject *table = ((PyDictObject *)dict)->ma_keys;
        for (Py_ssize_t k = 0, i = 0; k < keywords; i++) {
            PyObject *key = keys_entry(table, i)[0];
            if (!key)
                continue;
            PyTuple_SET_ITEM(kwnames, k, Py_NewRef(key));
            args[nargs + k++] = Py_NewRef(dict_value_at((PyDictObject *)dict, i));
        }
    }
    Frame *f = frame_for_call(t, func, args, nargs, kwnames, locals);
    Py_XDECREF(kwnames);
    if (args != small)
        PyMem_Free(args);
    return f;
}

PyObject *_PyFunction_Vectorcall(PyObject *func, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    ThreadState *t = thread_current();
    Py_ssize_t nargs = PyVectorcall_NARGS(nargsf), total = nargs + (kwnames ? PyTuple_GET_SIZE(kwnames) : 0);
    PyObject *small[10], **owned = small;
    if (total > 10 && !(owned = PyMem_Malloc((size_t)total * sizeof *owned)))
        return PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < total; i++)
        owned[i] = Py_NewRef(args[i]);
    if (kwnames && !PyTuple_GET_SIZE(kwnames))
        kwnames = NULL;
    Py_INCREF(func);
    Frame *f = frame_for_call(t, (PyFunctionObject *)func, owned, nargs, kwnames, NULL);
    if (owned != small)
        PyMem_Free(owned);
    return f ? vm_run(t, f, 0) : NULL;
}

/* ---- f(*args, **kwargs) ---- */

PyObject *call_star_tuple(PyObject *func, PyObject *iterable)
{
    if (!Py_TYPE(iterable)->tp_iter && !PySequence_Check(iterable)) {
        PyObject *name = _PyObject_FunctionStr(func);
        if (name)
            PyErr_Format(PyExc_TypeError, "%U argument after * must be an iterable, not %.200s", name,
                         Py_TYPE(iterable)->tp_name);
        Py_XDECREF(name);
        return NULL;
    }
    return PySequence_Tuple(iterable);
}

int call_star_star_merge(PyObject *func, PyObject *dict, PyObject *mapping)
{
    if (_PyDict_MergeEx(dict, mapping, 2) == 0)
        return 0;
    if (PyErr_ExceptionMatches(PyExc_AttributeError)) {
        PyErr_Clear();
        PyObject *name = _PyObject_FunctionStr(func);
        if (name)
            PyErr_Format(PyExc_TypeError, "%U argument after ** must be a mapping, not %.200s", name,
                         Py_TYPE(mapping)->tp_name);
        Py_XDECREF(name);
    } else if (PyErr_ExceptionMatches(PyExc_KeyError)) {
        PyObject *type, *value, *tb;
        PyErr_Fetch(&type, &value, &tb);
        /* The merge's own error is not an instance yet; one that the mapping raised is. */
        if (value && PyTuple_Check(value) && PyTuple_GET_SIZE(value) == 1) {
            PyObject *name = _PyObject_FunctionStr(func), *key = PyTuple_GET_ITEM(value, 0);
            if (name)
                PyErr_Format(PyExc_TypeError, "%U got multiple values for keyword argument '%S'", name, key);
            Py_XDECREF(name);
            Py_XDECREF(type);
            Py_XDECREF(value);
            Py_XDECREF(tb);
        } else {
            PyErr_Restore(type, value, tb);
        }
    }
    return -1;
}
