/* The module builtins: its table of functions, and those that are only a protocol call. */
#include "modules/builtins/builtins.h"
#include "memory/state.h"
#include "objects/names.h"
#include "runtime/config.h"
#include "vm/eval.h"

#include <limits.h>

/* ---- numbers and characters ------------------------------------------------------------------------------------ */

static PyObject *builtin_abs(PyObject *module, PyObject *x) { return PyNumber_Absolute(x); }
static PyObject *builtin_bin(PyObject *module, PyObject *x) { return PyNumber_ToBase(x, 2); }
static PyObject *builtin_oct(PyObject *module, PyObject *x) { return PyNumber_ToBase(x, 8); }
static PyObject *builtin_hex(PyObject *module, PyObject *x) { return PyNumber_ToBase(x, 16); }

static PyObject *builtin_divmod(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    return _PyArg_CheckPositional("divmod", nargs, 2, 2) ? PyNumber_Divmod(args[0], args[1]) : NULL;
}

/* Puts keyword values into slots[] by name.  0, or -1 with TypeError in the words of a built-in function. */
static int keywords(const char *function, const char *const *names, PyObject **slots, Py_ssize_t max,
                    PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    Py_ssize_t nkw = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
    if (nargs + nkw > max) {
        PyErr_Format(PyExc_TypeError, "%s() takes at most %zd argument%s (%zd given)", function, max, max == 1 ? "" : "s",
                     nargs + nkw);
        return -1;
    }
    for (Py_ssize_t i = 0; i < nargs; i++)
        slots[i] = args[i];
    for (Py_ssize_t k = 0; k < nkw; k++) {
        PyObject *keyword = PyTuple_GET_ITEM(kwnames, k);
        Py_ssize_t i = 0;
        while (i < max && !_PyUnicode_EqualToASCIIString(keyword, names[i]))
            i++;
        if (i == max) {
            PyErr_Format(PyExc_TypeError, "'%U' is an invalid keyword argument for %s()", keyword, function);
            return -1;
        }
        if (slots[i]) {
            PyErr_Format(PyExc_TypeError, "argument for %s() given by name ('%s') and position (%zd)", function, names[i], i + 1);
            return -1;
        }
        slots[i] = args[nargs + k];
    }
    return 0;
}

static int required(const char *function, const char *const *names, PyObject **slots, Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < n; i++)
        if (!slots[i]) {
            PyErr_Format(PyExc_TypeError, "%s() missing required argument '%s' (pos %zd)", function, names[i], i + 1);
            return -1;
        }
    return 0;
}

static PyObject *builtin_pow(PyObject *module, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    static const char *const names[] = {"base", "exp", "mod"};
    PyObject *slots[3] = {0};
    if (keywords("pow", names, slots, 3, args, nargs, kwnames) < 0 || required("pow", names, slots, 2) < 0)
        return NULL;
    return PyNumber_Power(slots[0], slots[1], slots[2] ? slots[2] : Py_None);
}

static PyObject *builtin_round(PyObject *module, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    static const char *const names[] = {"number", "ndigits"};
    PyObject *slots[2] = {0};
    if (keywords("round", names, slots, 2, args, nargs, kwnames) < 0 || required("round", names, slots, 1) < 0)
        return NULL;
    PyObject *method = _PyType_Lookup(Py_TYPE(slots[0]), N(__round__)), *result;
    if (!method) {
        PyErr_Format(PyExc_TypeError, "type %.100s doesn't define __round__ method", Py_TYPE(slots[0])->tp_name);
        return NULL;
    }
    Py_INCREF(method);
    descrgetfunc get = Py_TYPE(method)->tp_descr_get;
    PyObject *round = get ? get(method, slots[0], (PyObject *)Py_TYPE(slots[0])) : Py_NewRef(method);
    Py_DECREF(method);
    if (!round)
        return NULL;
    result = !slots[1] || slots[1] == Py_None ? PyObject_CallNoArgs(round) : PyObject_CallOneArg(round, slots[1]);
    Py_DECREF(round);
    return result;
}

static PyObject *builtin_chr(PyObject *module, PyObject *x)
{
    int overflow;
    PyObject *index = PyNumber_Index(x);
    if (!index)
        return NULL;
    long code = PyLong_AsLongAndOverflow(index, &overflow);
    Py_DECREF(index);
    if (code == -1 && PyErr_Occurred())
        return NULL;
    if (overflow || code < INT_MIN || code > INT_MAX) {
        PyErr_SetString(PyExc_OverflowError, "Python int too large to convert to C int");
        return NULL;
    }
    if (code < 0 || code > 0x10ffff) {
        PyErr_SetString(PyExc_ValueError, "chr() arg not in range(0x110000)");
        return NULL;
    }
    return PyUnicode_FromOrdinal((int)code);
}

static PyObject *builtin_ord(PyObject *module, PyObject *c)
{
    Py_ssize_t size;
    if (PyUnicode_Check(c)) {
        size = PyUnicode_GET_LENGTH(c);
        if (size == 1)
            return PyLong_FromLong((long)PyUnicode_READ_CHAR(c, 0));
    } else if (PyBytes_Check(c)) {
        size = PyBytes_GET_SIZE(c);
        if (size == 1)
            return PyLong_FromLong((unsigned char)*PyBytes_AS_STRING(c));
    } else if (PyByteArray_Check(c)) {
        size = PyByteArray_GET_SIZE(c);
        if (size == 1)
            return PyLong_FromLong((unsigned char)*PyByteArray_AS_STRING(c));
    } else {
        PyErr_Format(PyExc_TypeError, "ord() expected string of length 1, but %.200s found", Py_TYPE(c)->tp_name);
        return NULL;
    }
    PyErr_Format(PyExc_TypeError, "ord() expected a character, but string of length %zd found", size);
    return NULL;
}

/* ---- objects ---------------------------------------------------------------------------------------------------- */

static PyObject *builtin_ascii(PyObject *module, PyObject *x) { return PyObject_ASCII(x); }
static PyObject *builtin_repr(PyObject *module, PyObject *x) { return PyObject_Repr(x); }
static PyObject *builtin_callable(PyObject *module, PyObject *x) { return PyBool_FromLong(PyCallable_Check(x)); }

static PyObject *builtin_id(PyObject *module, PyObject *x)
{
    PyObject *id = PyLong_FromVoidPtr(x);
    if (id && PySys_Audit("builtins.id", "O", id) < 0)
        Py_CLEAR(id);
    return id;
}

static PyObject *builtin_hash(PyObject *module, PyObject *x)
{
    Py_hash_t hash = PyObject_Hash(x);
    return hash == -1 ? NULL : PyLong_FromSsize_t(hash);
}

static PyObject *builtin_len(PyObject *module, PyObject *x)
{
    Py_ssize_t size = PyObject_Size(x);
    return size < 0 ? NULL : PyLong_FromSsize_t(size);
}

static PyObject *builtin_format(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("format", nargs, 1, 2))
        return NULL;
    if (nargs > 1 && !PyUnicode_Check(args[1])) {
        PyErr_Format(PyExc_TypeError, "format() argument 2 must be str, not %.50s",
                     args[1] == Py_None ? "None" : Py_TYPE(args[1])->tp_name);
        return NULL;
    }
    return PyObject_Format(args[0], nargs > 1 ? args[1] : NULL);
}

static PyObject *builtin_isinstance(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("isinstance", nargs, 2, 2))
        return NULL;
    int is = PyObject_IsInstance(args[0], args[1]);
    return is < 0 ? NULL : PyBool_FromLong(is);
}

static PyObject *builtin_issubclass(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("issubclass", nargs, 2, 2))
        return NULL;
    int is = PyObject_IsSubclass(args[0], args[1]);
    return is < 0 ? NULL : PyBool_FromLong(is);
}

/* ---- attributes ------------------------------------------------------------------------------------------------- */

static PyObject *builtin_getattr(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("getattr", nargs, 2, 3))
        return NULL;
    if (nargs < 3 || !PyUnicode_Check(args[1]))
        return PyObject_GetAttr(args[0], args[1]);
    PyObject *value;
    if (_PyObject_LookupAttr(args[0], args[1], &value) == 0)
        return Py_NewRef(args[2]);
    return value;
}

static PyObject *builtin_hasattr(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("hasattr", nargs, 2, 2))
        return NULL;
    PyObject *value;
    int has = _PyObject_LookupAttr(args[0], args[1], &value);
    if (has < 0)
        return NULL;
    Py_XDECREF(value);
    return PyBool_FromLong(has);
}

static PyObject *builtin_setattr(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("setattr", nargs, 3, 3) || PyObject_SetAttr(args[0], args[1], args[2]) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *builtin_delattr(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("delattr", nargs, 2, 2) || PyObject_SetAttr(args[0], args[1], NULL) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* ---- iterators ---------------------------------------------------------------------------------------------------- */

static PyObject *builtin_iter(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("iter", nargs, 1, 2))
        return NULL;
    if (nargs == 1)
        return PyObject_GetIter(args[0]);
    if (!PyCallable_Check(args[0])) {
        PyErr_SetString(PyExc_TypeError, "iter(v, w): v must be callable");
        return NULL;
    }
    return PyCallIter_New(args[0], args[1]);
}

static PyObject *builtin_next(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("next", nargs, 1, 2))
        return NULL;
    PyObject *it = args[0];
    if (!PyIter_Check(it)) {
        PyErr_Format(PyExc_TypeError, "'%.200s' object is not an iterator", Py_TYPE(it)->tp_name);
        return NULL;
    }
    PyObject *value = Py_TYPE(it)->tp_iternext(it);
    if (value)
        return value;
    if (nargs > 1) {
        if (PyErr_Occurred()) {
            if (!PyErr_ExceptionMatches(PyExc_StopIteration))
                return NULL;
            PyErr_Clear();
        }
        return Py_NewRef(args[1]);
    }
    if (!PyErr_Occurred())
        PyErr_SetNone(PyExc_StopIteration);
    return NULL;
}

static PyObject *builtin_aiter(PyObject *module, PyObject *x) { return PyObject_GetAIter(x); }

static PyObject *builtin_anext(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("anext", nargs, 1, 2))
        return NULL;
    PyAsyncMethods *async = Py_TYPE(args[0])->tp_as_async;
    if (!async || !async->am_anext) {
        PyErr_Format(PyExc_TypeError, "'%.200s' object is not an async iterator", Py_TYPE(args[0])->tp_name);
        return NULL;
    }
    PyObject *awaitable = async->am_anext(args[0]);
    if (nargs == 1 || !awaitable)
        return awaitable;
    PyObject *with_default = PyAnextAwaitable_New(awaitable, args[1]);
    Py_DECREF(awaitable);
    return with_default;
}

/* ---- the module --------------------------------------------------------------------------------------------------- */

#define FAST(name, doc) {#name, (PyCFunction)(void (*)(void))builtin_##name, METH_FASTCALL, doc}
#define KEYS(name, doc) {#name, (PyCFunction)(void (*)(void))builtin_##name, METH_FASTCALL | METH_KEYWORDS, doc}
#define ONE(name, doc) {#name, builtin_##name, METH_O, doc}
#define NONE(name, doc) {#name, builtin_##name, METH_NOARGS, doc}
#define SIG(text) text "\n--\n\n"

static PyMethodDef functions[] = {
    {"__build_class__", (PyCFunction)(void (*)(void))builtin_build_class, METH_FASTCALL | METH_KEYWORDS,
     "__build_class__(func, name, /, *bases, [metaclass], **kwds) -> class\n\nMakes a class from its body, for the class statement."},
    {"__import__", (PyCFunction)(void (*)(void))builtin___import__, METH_VARARGS | METH_KEYWORDS,
     "__import__(name, globals=None, locals=None, fromlist=(), level=0) -> module\n\nImports a module, for the import statement."},
    ONE(abs, SIG("abs($module, x, /)") "The absolute value of a number."),
    ONE(all, SIG("all($module, iterable, /)") "Whether every item is true; True for an empty iterable."),
    ONE(any, SIG("any($module, iterable, /)") "Whether some item is true; False for an empty iterable."),
    ONE(ascii, SIG("ascii($module, obj, /)") "The repr of an object with everything outside ASCII escaped."),
    ONE(bin, SIG("bin($module, number, /)") "An integer in base two: '0b1010'."),
    KEYS(breakpoint, "breakpoint(*args, **kws)\n\nCalls sys.breakpointhook with the same arguments; it starts the debugger."),
    ONE(callable, SIG("callable($module, obj, /)") "Whether the object can be called."),
    ONE(chr, SIG("chr($module, i, /)") "The string of one character with code point i, 0 <= i <= 0x10ffff."),
    {"compile", (PyCFunction)(void (*)(void))builtin_compile, METH_VARARGS | METH_KEYWORDS,
     SIG("compile($module, /, source, filename, mode, flags=0,\n        dont_inherit=False, optimize=-1, *, _feature_version=-1)")
     "Compiles source into a code object that exec() or eval() runs."},
    FAST(delattr, SIG("delattr($module, obj, name, /)") "Deletes the named attribute: del obj.name."),
    FAST(dir, "dir([object]) -> list of strings\n\nThe names in the current scope, or the attributes of the object."),
    FAST(divmod, SIG("divmod($module, x, y, /)") "The tuple (x//y, x%y)."),
    FAST(eval, SIG("eval($module, source, globals=None, locals=None, /)") "Evaluates an expression, text or code object."),
    KEYS(exec, SIG("exec($module, source, globals=None, locals=None, /, *, closure=None)") "Runs statements, text or code object."),
    FAST(format, SIG("format($module, value, format_spec=\'\', /)") "The value in the form that the specification asks for."),
    FAST(getattr, "getattr(object, name[, default]) -> value\n\nThe named attribute: object.name, or the default."),
    NONE(globals, SIG("globals($module, /)") "The dictionary of the current module's global variables."),
    FAST(hasattr, SIG("hasattr($module, obj, name, /)") "Whether the object has the named attribute."),
    ONE(hash, SIG("hash($module, obj, /)") "The hash value; equal objects have equal ones."),
    ONE(hex, SIG("hex($module, number, /)") "An integer in base sixteen: '0xff'."),
    ONE(id, SIG("id($module, obj, /)") "The identity of an object: its address in memory."),
    FAST(input, SIG("input($module, prompt='', /)") "Reads a line from standard input, without its end, after a prompt."),
    FAST(isinstance, SIG("isinstance($module, obj, class_or_tuple, /)") "Whether an object is an instance of a class, or of one of several."),
    FAST(issubclass, SIG("issubclass($module, cls, class_or_tuple, /)") "Whether a class derives from another, or from one of several."),
    FAST(iter, "iter(iterable) -> iterator\niter(callable, sentinel) -> iterator\n\nAn iterator over an object, or over the results of calls until one equals the sentinel."),
    ONE(aiter, SIG("aiter($module, async_iterable, /)") "An asynchronous iterator over an asynchronous iterable."),
    ONE(len, SIG("len($module, obj, /)") "The number of items in a container."),
    NONE(locals, SIG("locals($module, /)") "A dictionary of the current scope's local variables."),
    KEYS(max, "max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value\n\nThe largest item of an iterable, or of the arguments."),
    KEYS(min, "min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value\n\nThe smallest item of an iterable, or of the arguments."),
    FAST(next, "next(iterator[, default])\n\nThe iterator's next item, or the default when there is none left."),
    FAST(anext, "anext(async_iterator[, default])\n\nThe asynchronous iterator's next item, or the default when there is none left."),
    ONE(oct, SIG("oct($module, number, /)") "An integer in base eight: '0o17'."),
    ONE(ord, SIG("ord($module, c, /)") "The code point of a string of one character."),
    KEYS(pow, SIG("pow($module, /, base, exp, mod=None)") "base**exp, modulo mod if given."),
    KEYS(print, SIG("print($module, /, *args, sep=' ', end='\\n', file=None, flush=False)") "Writes the values to a stream, sys.stdout by default."),
    ONE(repr, SIG("repr($module, obj, /)") "The text that represents an object, its literal where there is one."),
    KEYS(round, SIG("round($module, /, number, ndigits=None)") "The number rounded to ndigits decimal digits; an int without ndigits."),
    FAST(setattr, SIG("setattr($module, obj, name, value, /)") "Sets the named attribute: obj.name = value."),
    KEYS(sorted, SIG("sorted($module, iterable, /, *, key=None, reverse=False)") "A new list of the items in ascending order."),
    KEYS(sum, SIG("sum($module, iterable, /, start=0)") "The start value plus all items."),
    FAST(vars, "vars([object]) -> dictionary\n\nlocals() without an argument, object.__dict__ with one."),
    {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "builtins",
    .m_doc = "Functions, types and exceptions that are always there (library reference, \"Built-in Functions\").",
    .m_size = -1,
    .m_methods = functions,
};

static int add_values(PyObject *dict)
{
    const struct { const char *name; PyObject *value; } values[] = {
        {"None", Py_None}, {"Ellipsis", Py_Ellipsis}, {"NotImplemented", Py_NotImplemented},
        {"False", Py_False}, {"True", Py_True},
#define BUILTIN(name, type) {#name, (PyObject *)&type},
#include "modules/builtins/types.def"
#undef BUILTIN
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (PyDict_SetItemString(dict, values[i].name, values[i].value) < 0)
            return -1;
    return PyDict_SetItemString(dict, "__debug__", config_current()->optimize ? Py_False : Py_True);
}

PyMODINIT_FUNC PyInit_builtins(void)
{
    PyObject *module = PyModule_Create(&definition);
    if (!module)
        return NULL;
    PyObject *dict = PyModule_GetDict(module);
    if (add_values(dict) < 0) {
        Py_DECREF(module);
        return NULL;
    }
    Py_XSETREF(interp_current()->builtins, Py_NewRef(dict));
    return module;
}
