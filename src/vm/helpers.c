/* What instructions do beyond the fast path: names, imports, unpacking, formatting, matching, awaiting. */
#include "vm/vm.h"
#include "objects/opcodes.h"
#include "objects/names.h"

#include <string.h>

/* ---- names ---- */

/* Sets `name` on the pending exception of the given type, for suggestions. */
static void attach_name(PyObject *exc_type, PyObject *name)
{
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    PyErr_NormalizeException(&type, &value, &tb);
    if (value && PyErr_GivenExceptionMatches(value, exc_type) && PyObject_SetAttr(value, N(name), name) < 0)
        PyErr_Clear();
    PyErr_Restore(type, value, tb);
}

void op_name_error(PyObject *name)
{
    PyErr_Format(PyExc_NameError, "name '%.200U' is not defined", name);
    attach_name(PyExc_NameError, name);
}

/* namespace[name] (new), or NULL: without an exception when it is not there. */
static PyObject *namespace_get(PyObject *namespace, PyObject *name)
{
    if (PyDict_CheckExact(namespace))
        return Py_XNewRef(PyDict_GetItemWithError(namespace, name));
    PyObject *v = PyObject_GetItem(namespace, name);
    if (!v && PyErr_ExceptionMatches(PyExc_KeyError))
        PyErr_Clear();
    return v;
}

PyObject *op_load_global(Frame *f, PyObject *name)
{
    PyObject *v = PyDict_CheckExact(f->globals) ? Py_XNewRef(PyDict_GetItemWithError(f->globals, name))
                                                : namespace_get(f->globals, name);
    if (!v && !PyErr_Occurred())
        v = namespace_get(f->func->func_builtins, name);
    if (!v && !PyErr_Occurred())
        op_name_error(name);
    return v;
}

PyObject *op_load_name(ThreadState *t, Frame *f, PyObject *name)
{
    if (!f->locals)
        return PyErr_Format(PyExc_SystemError, "no locals when loading %R", name);
    PyObject *v = namespace_get(f->locals, name);
    return v || PyErr_Occurred() ? v : op_load_global(f, name);
}

int op_delete_name(Frame *f, PyObject *name)
{
    if (!f->locals) {
        PyErr_Format(PyExc_SystemError, "no locals when deleting %R", name);
        return -1;
    }
    int err = PyObject_DelItem(f->locals, name);
    if (err < 0 && PyErr_ExceptionMatches(PyExc_KeyError)) {
        PyErr_Clear();
        op_name_error(name);
    }
    return err;
}

void op_unbound_local(Frame *f, int index)
{
    PyErr_Format(PyExc_UnboundLocalError, "cannot access local variable '%.200U' where it is not associated with a value",
                 PyTuple_GET_ITEM(f->code->co_localsplusnames, index));
}

int vm_code_first_unit(const PyCodeObject *code, const VmCode *vm, int at)
{
    if (!at)
        return 0;
    const _Py_CODEUNIT *units = _PyCode_CODE(code);
    int unit = (int)vm->offsets[at - 1];
    if (vm->insts[at - 1].handler == vm_labels[I_RECORD] && _Py_OPCODE(units[unit]) != OPC_RESUME)
        return unit;
    if (_Py_OPCODE(units[unit]) == OPC_BINARY_OP && vm->insts[at - 1].c & 256) /* with its STORE_FAST */
        while (_Py_OPCODE(units[unit]) != OPC_STORE_FAST)
            unit = code_unit_after(units, unit);
    return code_unit_after(units, unit);
}

int vm_first_unit(const Frame *f, int at) { return vm_code_first_unit(f->code, f->vm, at); }

void op_unbound_operand(ThreadState *t, Frame *f)
{
    const _Py_CODEUNIT *units = _PyCode_CODE(f->code);
    int at = (int)(f->ip - f->vm->insts), end = (int)f->vm->offsets[at];
    uint32_t arg = 0;
    for (int unit = vm_first_unit(f, at); unit <= end; unit = code_unit_after(units, unit)) {
        int op = _Py_OPCODE(units[unit]);
        arg = arg << 8 | _Py_OPARG(units[unit]);
        if (op == OPC_EXTENDED_ARG)
            continue;
        if (op == OPC_LOAD_FAST && !f->slots[arg]) {
            op_unbound_local(f, (int)arg);
            unwind_traceback_at(t, f, unit);
            return;
        }
        arg = 0;
    }
    PyErr_SetString(PyExc_SystemError, "operand without a value");
}

void op_unbound_deref(Frame *f, int index)
{
    PyObject *name = PyTuple_GET_ITEM(f->code->co_localsplusnames, index);
    if (index < f->code->co_nlocalsplus - f->code->co_nfreevars) {
        op_unbound_local(f, index);
        return;
    }
    PyErr_Format(PyExc_NameError,
                 "cannot access free variable '%.200U' where it is not associated with a value in enclosing scope", name);
    attach_name(PyExc_NameError, name);
}

PyObject *op_load_classderef(Frame *f, int index)
{
    PyObject *name = PyTuple_GET_ITEM(f->code->co_localsplusnames, index);
    if (!f->locals)
        return PyErr_Format(PyExc_SystemError, "no locals when loading %R", name);
    PyObject *v = namespace_get(f->locals, name);
    if (v || PyErr_Occurred())
        return v;
    v = PyCell_GET(f->slots[index]);
    if (!v)
        op_unbound_deref(f, index);
    return Py_XNewRef(v);
}

PyObject *op_builtins_item(Frame *f, PyObject *name)
{
    PyObject *v = namespace_get(f->func->func_builtins, name);
    if (!v && !PyErr_Occurred())
        PyErr_Format(PyExc_NameError, "%U not found", name);
    return v;
}

int op_setup_annotations(Frame *f)
{
    if (!f->locals) {
        PyErr_SetString(PyExc_SystemError, "no locals found when setting up annotations");
        return -1;
    }
    PyObject *v = namespace_get(f->locals, N(__annotations__));
    if (v || PyErr_Occurred()) {
        Py_XDECREF(v);
        return v ? 0 : -1;
    }
    v = PyDict_New();
    int err = v ? PyObject_SetItem(f->locals, N(__annotations__), v) : -1;
    Py_XDECREF(v);
    return err;
}

/* ---- operators ---- */

typedef PyObject *(*binary)(PyObject *, PyObject *);
static PyObject *power(PyObject *a, PyObject *b) { return PyNumber_Power(a, b, Py_None); }
static PyObject *power_in_place(PyObject *a, PyObject *b) { return PyNumber_InPlacePower(a, b, Py_None); }

static const binary binary_operations[NB_COUNT] = {
    [OPC_NB_ADD] = PyNumber_Add, [OPC_NB_AND] = PyNumber_And, [OPC_NB_FLOOR_DIVIDE] = PyNumber_FloorDivide,
    [OPC_NB_LSHIFT] = PyNumber_Lshift, [OPC_NB_MATRIX_MULTIPLY] = PyNumber_MatrixMultiply,
    [OPC_NB_MULTIPLY] = PyNumber_Multiply, [OPC_NB_REMAINDER] = PyNumber_Remainder, [OPC_NB_OR] = PyNumber_Or,
    [OPC_NB_POWER] = power, [OPC_NB_RSHIFT] = PyNumber_Rshift, [OPC_NB_SUBTRACT] = PyNumber_Subtract,
    [OPC_NB_TRUE_DIVIDE] = PyNumber_TrueDivide, [OPC_NB_XOR] = PyNumber_Xor,
    [OPC_NB_INPLACE_ADD] = PyNumber_InPlaceAdd, [OPC_NB_INPLACE_AND] = PyNumber_InPlaceAnd,
    [OPC_NB_INPLACE_FLOOR_DIVIDE] = PyNumber_InPlaceFloorDivide, [OPC_NB_INPLACE_LSHIFT] = PyNumber_InPlaceLshift,
    [OPC_NB_INPLACE_MATRIX_MULTIPLY] = PyNumber_InPlaceMatrixMultiply,
    [OPC_NB_INPLACE_MULTIPLY] = PyNumber_InPlaceMultiply, [OPC_NB_INPLACE_REMAINDER] = PyNumber_InPlaceRemainder,
    [OPC_NB_INPLACE_OR] = PyNumber_InPlaceOr, [OPC_NB_INPLACE_POWER] = power_in_place,
    [OPC_NB_INPLACE_RSHIFT] = PyNumber_InPlaceRshift, [OPC_NB_INPLACE_SUBTRACT] = PyNumber_InPlaceSubtract,
    [OPC_NB_INPLACE_TRUE_DIVIDE] = PyNumber_InPlaceTrueDivide, [OPC_NB_INPLACE_XOR] = PyNumber_InPlaceXor,
};

PyObject *op_binary(int operator, PyObject *a, PyObject *b) { return binary_operations[operator](a, b); }

/* ---- attributes ---- */

int op_load_method(PyObject *self, PyObject *name, PyObject **method)
{
    return _PyObject_GetMethod(self, name, method);
}

/* The special method of self's type, bound (new); NULL without an exception when there is none. */
PyObject *op_special(PyObject *self, PyObject *name)
{
    PyObject *descr = _PyType_Lookup(Py_TYPE(self), name);
    if (!descr)
        return NULL;
    descrgetfunc get = Py_TYPE(descr)->tp_descr_get;
    if (!get)
        return Py_NewRef(descr);
    Py_INCREF(descr);
    PyObject *bound = get(descr, self, (PyObject *)Py_TYPE(self));
    Py_DECREF(descr);
    return bound;
}

/* ---- imports ---- */

PyObject *op_import_name(ThreadState *t, Frame *f, PyObject *name, PyObject *fromlist, PyObject *level)
{
    PyObject *import = PyDict_GetItemWithError(f->func->func_builtins, N(__import__));
    if (!import) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ImportError, "__import__ not found");
        return NULL;
    }
    PyObject *locals = f->locals ? f->locals : Py_None;
    if (import == t->base.interp->import_func) {
        int depth = _PyLong_AsInt(level);
        if (depth == -1 && PyErr_Occurred())
            return NULL;
        return PyImport_ImportModuleLevelObject(name, f->globals, locals, fromlist, depth);
    }
    PyObject *args[] = {NULL, name, f->globals, locals, fromlist, level};
    Py_INCREF(import);
    PyObject *module = PyObject_Vectorcall(import, args + 1, 5 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    Py_DECREF(import);
    return module;
}

/* ImportError of `from module import name`. */
static void import_from_error(PyObject *module, PyObject *package, PyObject *name)
{
    PyObject *shown = package && PyUnicode_Check(package) ? package : NULL, *unknown = NULL;
    if (!shown)
        shown = unknown = PyUnicode_FromString("<unknown module name>");
    PyErr_Clear();
    PyObject *path = shown ? PyModule_GetFilenameObject(module) : NULL, *message = NULL;
    if (!path) {
        PyErr_Clear();
        message = PyUnicode_FromFormat("cannot import name %R from %R (unknown location)", name, shown);
    } else {
        PyObject *spec = NULL, *initializing = NULL;
        int circular = _PyObject_LookupAttr(module, N(__spec__), &spec) > 0 &&
                       _PyObject_LookupAttr(spec, N(_initializing), &initializing) > 0 &&
                       PyObject_IsTrue(initializing) > 0;
        PyErr_Clear();
        Py_XDECREF(spec);
        Py_XDECREF(initializing);
        message = PyUnicode_FromFormat(
            circular ? "cannot import name %R from partially initialized module %R (most likely due to a circular import) (%S)"
                     : "cannot import name %R from %R (%S)",
            name, shown, path);
    }
    if (message)
        PyErr_SetImportErrorSubclass(PyExc_ImportError, message, unknown ? NULL : shown, path);
    Py_XDECREF(message);
    Py_XDECREF(path);
    Py_XDECREF(unknown);
}

PyObject *op_import_from(PyObject *module, PyObject *name)
{
    PyObject *v = NULL, *package = NULL;
    if (_PyObject_LookupAttr(module, name, &v) != 0)
        return v;
    /* A submodule that is still being imported stands in sys.modules only. */
    if (_PyObject_LookupAttr(module, N(__name__), &package) < 0)
        return NULL;
    if (package && PyUnicode_Check(package)) {
        PyObject *full = PyUnicode_FromFormat("%U.%U", package, name);
        v = full ? PyImport_GetModule(full) : NULL;
        Py_XDECREF(full);
        if (v || PyErr_Occurred()) {
            Py_DECREF(package);
            return v;
        }
    }
    import_from_error(module, package, name);
    Py_XDECREF(package);
    return NULL;
}

/* Copies one name; a private one is skipped when there is no __all__. */
static int import_star_name(PyObject *module, PyObject *locals, PyObject *name, int from_all)
{
    if (!PyUnicode_Check(name)) {
        PyObject *module_name = PyObject_GetAttr(module, N(__name__));
        if (module_name && PyUnicode_Check(module_name))
            PyErr_Format(PyExc_TypeError, from_all ? "Item in %U.__all__ must be str, not %.100s"
                                                   : "Key in %U.__dict__ must be str, not %.100s",
                         module_name, Py_TYPE(name)->tp_name);
        Py_XDECREF(module_name);
        return -1;
    }
    if (!from_all && PyUnicode_GET_LENGTH(name) && PyUnicode_READ_CHAR(name, 0) == '_')
        return 0;
    PyObject *value = PyObject_GetAttr(module, name);
    int err = value ? PyObject_SetItem(locals, name, value) : -1;
    Py_XDECREF(value);
    return err;
}

int op_import_star(PyObject *module, PyObject *locals)
{
    PyObject *names = NULL, *dict = NULL;
    if (!locals) {
        PyErr_SetString(PyExc_SystemError, "no locals found during 'import *'");
        return -1;
    }
    if (_PyObject_LookupAttr(module, N(__all__), &names) < 0)
        return -1;
    int from_all = names != NULL;
    if (!from_all) {
        if (_PyObject_LookupAttr(module, N(__dict__), &dict) < 0)
            return -1;
        if (!dict) {
            PyErr_SetString(PyExc_ImportError, "from-import-* object has no __dict__ and no __all__");
            return -1;
        }
        names = PyMapping_Keys(dict);
        Py_DECREF(dict);
        if (!names)
            return -1;
    }
    int err = 0;
    for (Py_ssize_t i = 0; err == 0; i++) {
        PyObject *name = PySequence_GetItem(names, i);
        if (!name) {
            if (PyErr_ExceptionMatches(PyExc_IndexError))
                PyErr_Clear();
            else
                err = -1;
            break;
        }
        err = import_star_name(module, locals, name, from_all);
        Py_DECREF(name);
    }
    Py_DECREF(names);
    return err;
}

/* ---- containers ---- */

int op_list_extend(PyObject *list, PyObject *iterable)
{
    PyObject *none = _PyList_Extend((PyListObject *)list, iterable);
    Py_XDECREF(none);
    if (none)
        return 0;
    if (PyErr_ExceptionMatches(PyExc_TypeError) && !Py_TYPE(iterable)->tp_iter && !PySequence_Check(iterable))
        PyErr_Format(PyExc_TypeError, "Value after * must be an iterable, not %.200s", Py_TYPE(iterable)->tp_name);
    return -1;
}

PyObject *op_join_strings(PyObject **items, int n)
{
    size_t total = 0;
    int at = 0;
    /* the macros of a build with asserts evaluate their argument more than once */
    for (; at < n && PyUnicode_IS_COMPACT_ASCII(items[at]) && total < PY_SSIZE_T_MAX / 2; at++)
        total += (size_t)PyUnicode_GET_LENGTH(items[at]);
    if (at == n && n > 1) {
        PyObject *result = PyUnicode_New((Py_ssize_t)total, 127);
        char *to = result && total ? (char *)PyUnicode_1BYTE_DATA(result) : NULL;
        for (at = 0; to && at < n; at++) {
            size_t length = (size_t)PyUnicode_GET_LENGTH(items[at]);
            memcpy(to, PyUnicode_1BYTE_DATA(items[at]), length);
            to += length;
        }
        return result;
    }
    PyObject *empty = PyUnicode_FromStringAndSize(NULL, 0);
    PyObject *joined = empty ? _PyUnicode_JoinArray(empty, items, n) : NULL;
    Py_XDECREF(empty);
    return joined;
}

/* Unpacks into the stack below `top`: `before` items, and with after >= 0 a list and `after` more; first item on top.
 * On failure nothing is left. */
int op_unpack(PyObject *seq, int before, int after, PyObject **top)
{
    PyObject **p = top;
    PyObject *iter = PyObject_GetIter(seq), *item;
    if (!iter) {
        if (PyErr_ExceptionMatches(PyExc_TypeError) && !Py_TYPE(seq)->tp_iter && !PySequence_Check(seq))
            PyErr_Format(PyExc_TypeError, "cannot unpack non-iterable %.200s object", Py_TYPE(seq)->tp_name);
        return -1;
    }
    int i;
    for (i = 0; i < before; i++) {
        item = PyIter_Next(iter);
        if (!item) {
            if (!PyErr_Occurred() && after < 0)
                PyErr_Format(PyExc_ValueError, "not enough values to unpack (expected %d, got %d)", before, i);
            else if (!PyErr_Occurred())
                PyErr_Format(PyExc_ValueError, "not enough values to unpack (expected at least %d, got %d)",
                             before + after, i);
            goto fail;
        }
        *--p = item;
    }
    if (after < 0) {
        item = PyIter_Next(iter);
        if (!item && !PyErr_Occurred()) {
            Py_DECREF(iter);
            return 0;
        }
        if (item)
            PyErr_Format(PyExc_ValueError, "too many values to unpack (expected %d)", before);
        Py_XDECREF(item);
        goto fail;
    }
    PyObject *list = PySequence_List(iter);
    if (!list)
        goto fail;
    Py_ssize_t have = PyList_GET_SIZE(list);
    if (have < after) {
        PyErr_Format(PyExc_ValueError, "not enough values to unpack (expected at least %d, got %zd)", before + after,
                     before + have);
        Py_DECREF(list);
        goto fail;
    }
    *--p = list;
    for (Py_ssize_t k = have - after; k < have; k++)
        *--p = Py_NewRef(PyList_GET_ITEM(list, k));
    if (after && PyList_SetSlice(list, have - after, have, NULL) < 0)
        goto fail;
    Py_DECREF(iter);
    return 0;
fail:
    while (p < top) {
        Py_DECREF(*p);
        p++;
    }
    Py_DECREF(iter);
    return -1;
}

/* ---- formatting ---- */

PyObject *op_format_value(PyObject *value, PyObject *spec, int which)
{
    PyObject *converted = which == FVC_STR     ? PyObject_Str(value)
                          : which == FVC_REPR  ? PyObject_Repr(value)
                          : which == FVC_ASCII ? PyObject_ASCII(value)
                                               : Py_NewRef(value);
    if (!converted || (PyUnicode_CheckExact(converted) && !spec))
        return converted;
    PyObject *text = PyObject_Format(converted, spec);
    Py_DECREF(converted);
    return text;
}

int op_print_expr(PyObject *v)
{
    PyObject *hook = PySys_GetObject("displayhook");
    if (!hook) {
        PyErr_SetString(PyExc_RuntimeError, "lost sys.displayhook");
        return -1;
    }
    PyObject *result = PyObject_CallOneArg(hook, v);
    Py_XDECREF(result);
    return result ? 0 : -1;
}

/* ---- pattern matching ---- */

PyObject *op_match_keys(PyObject *subject, PyObject *keys)
{
    Py_ssize_t n = PyTuple_GET_SIZE(keys);
    PyObject *seen = PySet_New(NULL), *values = PyTuple_New(n), *missing = NULL, *get = NULL;
    if (!seen || !values)
        goto fail;
    if (n) {
        get = PyObject_GetAttrString(subject, "get");
        missing = get ? PyObject_CallNoArgs((PyObject *)&PyBaseObject_Type) : NULL;
        if (!missing)
            goto fail;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *key = PyTuple_GET_ITEM(keys, i);
        int known = PySet_Contains(seen, key);
        if (known > 0)
            PyErr_Format(PyExc_ValueError, "mapping pattern checks duplicate key (%R)", key);
        if (known || PySet_Add(seen, key) < 0)
            goto fail;
        PyObject *value = PyObject_CallFunctionObjArgs(get, key, missing, NULL);
        if (!value)
            goto fail;
        if (value == missing) {
            Py_DECREF(value);
            Py_SETREF(values, Py_NewRef(Py_None));
            break;
        }
        PyTuple_SET_ITEM(values, i, value);
    }
    Py_DECREF(seen);
    Py_XDECREF(missing);
    Py_XDECREF(get);
    return values;
fail:
    Py_XDECREF(seen);
    Py_XDECREF(values);
    Py_XDECREF(missing);
    Py_XDECREF(get);
    return NULL;
}

/* The attribute of the subject for a class pattern; NULL without an exception when it is not there. */
static PyObject *match_attribute(PyObject *subject, PyObject *type, PyObject *name, PyObject *seen)
{
    int known = PySet_Contains(seen, name);
    if (known > 0)
        PyErr_Format(PyExc_TypeError, "%s() got multiple sub-patterns for attribute %R", ((PyTypeObject *)type)->tp_name,
                     name);
    if (known || PySet_Add(seen, name) < 0)
        return NULL;
    PyObject *value = PyObject_GetAttr(subject, name);
    if (!value && PyErr_ExceptionMatches(PyExc_AttributeError))
        PyErr_Clear();
    return value;
}

/* Collects the positional attributes; 1, 0 when the subject does not match, -1 with an exception set. */
static int match_positional(PyObject *subject, PyObject *type, Py_ssize_t n, PyObject *list, PyObject *seen)
{
    PyObject *names = NULL;
    if (!n)
        return 1;
    int self_match = 0;
    if (_PyObject_LookupAttr(type, N(__match_args__), &names) < 0)
        return -1;
    if (!names) {
        self_match = PyType_HasFeature((PyTypeObject *)type, _Py_TPFLAGS_MATCH_SELF);
        names = PyTuple_New(0);
    } else if (!PyTuple_CheckExact(names)) {
        PyErr_Format(PyExc_TypeError, "%s.__match_args__ must be a tuple (got %s)", ((PyTypeObject *)type)->tp_name,
                     Py_TYPE(names)->tp_name);
        Py_CLEAR(names);
    }
    if (!names)
        return -1;
    Py_ssize_t allowed = self_match ? 1 : PyTuple_GET_SIZE(names);
    int status = 1;
    if (allowed < n) {
        PyErr_Format(PyExc_TypeError, "%s() accepts %zd positional sub-pattern%s (%zd given)",
                     ((PyTypeObject *)type)->tp_name, allowed, allowed == 1 ? "" : "s", n);
        status = -1;
    } else if (self_match) {
        status = PyList_Append(list, subject) < 0 ? -1 : 1;
    }
    for (Py_ssize_t i = 0; status > 0 && !self_match && i < n; i++) {
        PyObject *name = PyTuple_GET_ITEM(names, i);
        if (!PyUnicode_CheckExact(name)) {
            PyErr_Format(PyExc_TypeError, "__match_args__ elements must be strings (got %s)", Py_TYPE(name)->tp_name);
            status = -1;
            break;
        }
        PyObject *value = match_attribute(subject, type, name, seen);
        if (!value)
            status = PyErr_Occurred() ? -1 : 0;
        else if (PyList_Append(list, value) < 0)
            status = -1;
        Py_XDECREF(value);
    }
    Py_DECREF(names);
    return status;
}

PyObject *op_match_class(PyObject *subject, PyObject *type, Py_ssize_t npositional, PyObject *names)
{
    if (!PyType_Check(type))
        return PyErr_Format(PyExc_TypeError, "called match pattern must be a type");
    if (PyObject_IsInstance(subject, type) <= 0)
        return NULL;
    PyObject *seen = PySet_New(NULL), *list = PyList_New(0), *values = NULL;
    if (!seen || !list)
        goto done;
    if (match_positional(subject, type, npositional, list, seen) <= 0)
        goto done;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); i++) {
        PyObject *value = match_attribute(subject, type, PyTuple_GET_ITEM(names, i), seen);
        int err = value ? PyList_Append(list, value) : -1;
        Py_XDECREF(value);
        if (err < 0)
            goto done;
    }
    values = PyList_AsTuple(list);
done:
    Py_XDECREF(seen);
    Py_XDECREF(list);
    return values;
}

/* ---- awaiting ---- */

static int is_coroutine_generator(PyObject *o)
{
    return PyGen_CheckExact(o) && (((PyGenObject *)o)->gi_code->co_flags & CO_ITERABLE_COROUTINE);
}

/* The iterator behind `await o` (new). */
PyObject *_PyCoro_GetAwaitableIter(PyObject *o)
{
    if (PyCoro_CheckExact(o) || is_coroutine_generator(o))
        return Py_NewRef(o);
    PyTypeObject *type = Py_TYPE(o);
    unaryfunc get = type->tp_as_async ? type->tp_as_async->am_await : NULL;
    if (!get)
        return PyErr_Format(PyExc_TypeError, "object %.100s can't be used in 'await' expression", type->tp_name);
    PyObject *iter = get(o);
    if (!iter)
        return NULL;
    if (PyCoro_CheckExact(iter) || is_coroutine_generator(iter)) {
        PyErr_SetString(PyExc_TypeError, "__await__() returned a coroutine");
        Py_CLEAR(iter);
    } else if (!PyIter_Check(iter)) {
        PyErr_Format(PyExc_TypeError, "__await__() returned non-iterator of type '%.100s'", Py_TYPE(iter)->tp_name);
        Py_CLEAR(iter);
    }
    return iter;
}

/* What a suspended generator delegates to (borrowed), or NULL. */
static PyObject *delegate_of(PyGenObject *gen)
{
    Frame *g = generator_frame(gen);
    if (gen->gi_frame_state != GEN_SUSPENDED)
        return NULL;
    return g->ip[1].c >= 2 ? g->sp[-1] : NULL;
}

PyObject *op_get_awaitable(PyObject *o, int oparg)
{
    PyObject *iter = _PyCoro_GetAwaitableIter(o);
    if (!iter) {
        PyTypeObject *type = Py_TYPE(o);
        if (oparg && !(type->tp_as_async && type->tp_as_async->am_await))
            PyErr_Format(PyExc_TypeError,
                         oparg == 1 ? "'async with' received an object from __aenter__ that does not implement "
                                      "__await__: %.100s"
                                    : "'async with' received an object from __aexit__ that does not implement "
                                      "__await__: %.100s",
                         type->tp_name);
        return NULL;
    }
    if (PyCoro_CheckExact(iter) && delegate_of((PyGenObject *)iter)) {
        Py_DECREF(iter);
        PyErr_SetString(PyExc_RuntimeError, "coroutine is being awaited already");
        return NULL;
    }
    return iter;
}

PyObject *op_get_aiter(PyObject *o)
{
    PyTypeObject *type = Py_TYPE(o);
    unaryfunc get = type->tp_as_async ? type->tp_as_async->am_aiter : NULL;
    if (!get)
        return PyErr_Format(PyExc_TypeError, "'async for' requires an object with __aiter__ method, got %.100s",
                            type->tp_name);
    PyObject *iter = get(o);
    if (iter && !(Py_TYPE(iter)->tp_as_async && Py_TYPE(iter)->tp_as_async->am_anext)) {
        PyErr_Format(PyExc_TypeError, "'async for' received an object from __aiter__ that does not implement __anext__: %.100s",
                     Py_TYPE(iter)->tp_name);
        Py_CLEAR(iter);
    }
    return iter;
}

PyObject *op_get_anext(PyObject *aiter)
{
    PyTypeObject *type = Py_TYPE(aiter);
    unaryfunc get = type->tp_as_async ? type->tp_as_async->am_anext : NULL;
    if (PyAsyncGen_CheckExact(aiter))
        return get(aiter);
    if (!get)
        return PyErr_Format(PyExc_TypeError, "'async for' requires an iterator with __anext__ method, got %.100s",
                            type->tp_name);
    PyObject *next = get(aiter);
    if (!next)
        return NULL;
    PyObject *awaitable = _PyCoro_GetAwaitableIter(next);
    if (!awaitable)
        _PyErr_FormatFromCause(PyExc_TypeError, "'async for' received an invalid object from __anext__: %.100s",
                               Py_TYPE(next)->tp_name);
    Py_DECREF(next);
    return awaitable;
}

PyObject *op_yield_from_iter(PyObject *o, PyCodeObject *code)
{
    if (PyCoro_CheckExact(o)) {
        if (code->co_flags & (CO_COROUTINE | CO_ITERABLE_COROUTINE))
            return Py_NewRef(o);
        return PyErr_Format(PyExc_TypeError, "cannot 'yield from' a coroutine object in a non-coroutine generator");
    }
    return PyGen_CheckExact(o) ? Py_NewRef(o) : PyObject_GetIter(o);
}
