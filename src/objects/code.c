/* Code objects: construction, the `code` type, comparison and the C API of code.h. */
#include "objects/code.h"
#include "objects/opcodes.h"
#include <stddef.h>
#include "structmember.h"

#define CODE_EXTRA_MAX 16

typedef struct {
    Py_ssize_t size;
    void *values[CODE_EXTRA_MAX];
} CodeExtra;

static struct {
    Py_ssize_t count;
    freefunc destroy[CODE_EXTRA_MAX];
    void (*private_destructor)(PyCodeObject *);
} code_hooks;

void code_set_private_destructor(void (*destroy)(PyCodeObject *)) { code_hooks.private_destructor = destroy; }

/* ---- construction ---- */

static int intern_names(PyObject *tuple)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple); i++) {
        PyObject *name = PyTuple_GET_ITEM(tuple, i);
        if (!PyUnicode_CheckExact(name)) {
            PyErr_Format(PyExc_TypeError, "name tuples must contain only strings, not '%.500s'", Py_TYPE(name)->tp_name);
            return -1;
        }
        PyUnicode_InternInPlace(&PyTuple_GET_ITEM(tuple, i));
    }
    return 0;
}

/* Whether every character of s is an ASCII letter, digit or underscore. */
static int looks_like_name(PyObject *s)
{
    if (PyUnicode_READY(s) < 0 || !PyUnicode_IS_ASCII(s))
        return 0;
    const unsigned char *p = PyUnicode_1BYTE_DATA(s);
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(s); i++)
        if (!Py_ISALNUM(p[i]) && p[i] != '_')
            return 0;
    return 1;
}

static int intern_constants(PyObject *tuple, int *changed);

/* Interns what is inside a frozenset: 1 and *set replaced when something changed, 0, or -1. */
static int intern_in_frozenset(PyObject **set)
{
    int changed = 0, result = -1;
    PyObject *items = PySequence_Tuple(*set), *fresh;
    if (!items)
        return -1;
    if (intern_constants(items, &changed) == 0) {
        result = changed;
        if (changed) {
            if ((fresh = PyFrozenSet_New(items)))
                Py_SETREF(*set, fresh);
            else
                result = -1;
        }
    }
    Py_DECREF(items);
    return result;
}

static int intern_constants(PyObject *tuple, int *changed)
{
    if (Py_EnterRecursiveCall(" in code constants"))
        return -1;
    int result = 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple) && result == 0; i++) {
        PyObject *item = PyTuple_GET_ITEM(tuple, i);
        if (PyUnicode_CheckExact(item)) {
            if (looks_like_name(item)) {
                PyUnicode_InternInPlace(&PyTuple_GET_ITEM(tuple, i));
                if (changed && PyTuple_GET_ITEM(tuple, i) != item)
                    *changed = 1;
            }
        }
        else if (PyTuple_CheckExact(item))
            result = intern_constants(item, NULL);
        else if (PyFrozenSet_CheckExact(item)) {
            int replaced = intern_in_frozenset(&PyTuple_GET_ITEM(tuple, i));
            result = replaced < 0 ? -1 : 0;
            if (replaced > 0 && changed)
                *changed = 1;
        }
    }
    Py_LeaveRecursiveCall();
    return result;
}

static int parts_valid(const CodeParts *p)
{
    int ok = p->argcount >= p->posonlyargcount && p->posonlyargcount >= 0 && p->kwonlyargcount >= 0
        && p->stacksize >= 0 && p->flags >= 0 && p->code && PyBytes_Check(p->code)
        && p->consts && PyTuple_Check(p->consts) && p->names && PyTuple_Check(p->names)
        && p->localsplusnames && PyTuple_Check(p->localsplusnames)
        && p->localspluskinds && PyBytes_Check(p->localspluskinds)
        && PyTuple_GET_SIZE(p->localsplusnames) == PyBytes_GET_SIZE(p->localspluskinds)
        && p->name && PyUnicode_Check(p->name) && p->qualname && PyUnicode_Check(p->qualname)
        && p->filename && PyUnicode_Check(p->filename) && p->linetable && PyBytes_Check(p->linetable)
        && p->exceptiontable && PyBytes_Check(p->exceptiontable);
    if (!ok) {
        PyErr_BadInternalCall();
        return 0;
    }
    if (PyBytes_GET_SIZE(p->code) % (Py_ssize_t)sizeof(_Py_CODEUNIT)
        || PyBytes_GET_SIZE(p->code) > INT_MAX / 2) {
        PyErr_SetString(PyExc_ValueError, "code: co_code is malformed");
        return 0;
    }
    return 1;
}

/* Whether the kinds of variables stand in their order (CODE-2). */
static int kinds_valid(PyObject *bytes)
{
    const unsigned char *kinds = (unsigned char *)PyBytes_AS_STRING(bytes);
    int last = CODE_LOCAL;
    for (Py_ssize_t i = 0; i < PyBytes_GET_SIZE(bytes); i++) {
        int group = kinds[i] == (CODE_LOCAL | CODE_CELL) ? CODE_LOCAL : kinds[i];
        if (group < last || (group != CODE_LOCAL && group != CODE_CELL && group != CODE_FREE)) {
            PyErr_SetString(PyExc_ValueError, "code: kinds of variables are malformed");
            return 0;
        }
        last = group;
    }
    return 1;
}

/* Counts the kinds of variables into the redundant fields. */
static void count_locals(PyCodeObject *co)
{
    const unsigned char *kinds = (unsigned char *)PyBytes_AS_STRING(co->co_localspluskinds);
    co->co_nlocalsplus = (int)PyBytes_GET_SIZE(co->co_localspluskinds);
    co->co_nlocals = co->co_nplaincellvars = co->co_ncellvars = co->co_nfreevars = 0;
    for (int i = 0; i < co->co_nlocalsplus; i++) {
        if (kinds[i] & CODE_LOCAL)
            co->co_nlocals++;
        if (kinds[i] & CODE_CELL) {
            co->co_ncellvars++;
            if (!(kinds[i] & CODE_LOCAL))
                co->co_nplaincellvars++;
        }
        else if (kinds[i] & CODE_FREE)
            co->co_nfreevars++;
    }
}

PyCodeObject *code_new(const CodeParts *p)
{
    if (!parts_valid(p) || !kinds_valid(p->localspluskinds) || intern_names(p->names) < 0 || intern_names(p->localsplusnames) < 0
        || intern_constants(p->consts, NULL) < 0)
        return NULL;
    Py_ssize_t units = PyBytes_GET_SIZE(p->code) / (Py_ssize_t)sizeof(_Py_CODEUNIT);
    PyCodeObject *co = PyObject_NewVar(PyCodeObject, &PyCode_Type, units);
    if (!co)
        return NULL;
    co->co_consts = Py_NewRef(p->consts);
    co->co_names = Py_NewRef(p->names);
    co->co_exceptiontable = Py_NewRef(p->exceptiontable);
    co->co_flags = p->flags;
    co->co_warmup = 0;
    co->_co_linearray_entry_size = 0;
    co->co_argcount = p->argcount;
    co->co_posonlyargcount = p->posonlyargcount;
    co->co_kwonlyargcount = p->kwonlyargcount;
    co->co_stacksize = p->stacksize;
    co->co_firstlineno = p->firstlineno;
    co->co_localsplusnames = Py_NewRef(p->localsplusnames);
    co->co_localspluskinds = Py_NewRef(p->localspluskinds);
    co->co_filename = Py_NewRef(p->filename);
    co->co_name = Py_NewRef(p->name);
    co->co_qualname = Py_NewRef(p->qualname);
    co->co_linetable = Py_NewRef(p->linetable);
    co->co_weakreflist = NULL;
    co->_co_code = NULL;
    co->_co_linearray = NULL;
    co->co_extra = NULL;
    PyUnicode_InternInPlace(&co->co_name);
    PyUnicode_InternInPlace(&co->co_qualname);
    count_locals(co);
    memcpy(co->co_code_adaptive, PyBytes_AS_STRING(p->code), PyBytes_GET_SIZE(p->code));
    co->_co_firsttraceable = 0;
    while (co->_co_firsttraceable < units && _Py_OPCODE(_PyCode_CODE(co)[co->_co_firsttraceable]) != OPC_RESUME)
        co->_co_firsttraceable++;
    int64_t count = (int64_t)co->co_argcount + co->co_kwonlyargcount + !!(co->co_flags & CO_VARARGS)
        + !!(co->co_flags & CO_VARKEYWORDS);
    if (count > co->co_nlocals) {
        PyErr_SetString(PyExc_ValueError, "code: co_varnames is too small");
        Py_CLEAR(co);
    }
    if (co != NULL && code_lines_only && code_drop_columns(co) < 0)
        Py_CLEAR(co);
    return co;
}

/* The index of name in the first n items, or -1; the items are str. */
static Py_ssize_t name_index(PyObject *tuple, Py_ssize_t n, PyObject *name)
{
    for (Py_ssize_t i = 0; i < n; i++)
        if (PyTuple_GET_ITEM(tuple, i) == name || PyUnicode_Compare(PyTuple_GET_ITEM(tuple, i), name) == 0)
            return i;
    return -1;
}

/* Joins locals, cells and free variables into localsplus: 0, or -1.  *names and *kinds are new references. */
static int join_locals(PyObject *varnames, PyObject *cellvars, PyObject *freevars, PyObject **names, PyObject **kinds)
{
    Py_ssize_t nlocals = PyTuple_GET_SIZE(varnames), ncells = PyTuple_GET_SIZE(cellvars), n = nlocals;
    Py_ssize_t room = nlocals + ncells + PyTuple_GET_SIZE(freevars);
    PyObject *all = PyTuple_New(room);
    unsigned char *kind = PyMem_Malloc(room + 1);
    if (!all || !kind) {
        Py_XDECREF(all);
        PyMem_Free(kind);
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < nlocals; i++) {
        kind[i] = CODE_LOCAL;
        PyTuple_SET_ITEM(all, i, Py_NewRef(PyTuple_GET_ITEM(varnames, i)));
    }
    for (Py_ssize_t i = 0; i < ncells; i++) {
        PyObject *name = PyTuple_GET_ITEM(cellvars, i);
        Py_ssize_t at = name_index(all, nlocals, name);
        if (at >= 0)
            kind[at] |= CODE_CELL;
        else {
            kind[n] = CODE_CELL;
            PyTuple_SET_ITEM(all, n++, Py_NewRef(name));
        }
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(freevars); i++) {
        kind[n] = CODE_FREE;
        PyTuple_SET_ITEM(all, n++, Py_NewRef(PyTuple_GET_ITEM(freevars, i)));
    }
    *kinds = PyBytes_FromStringAndSize((char *)kind, n);
    *names = n < room ? PyTuple_GetSlice(all, 0, n) : Py_NewRef(all);
    Py_DECREF(all);
    PyMem_Free(kind);
    if (*kinds && *names)
        return 0;
    Py_CLEAR(*kinds);
    Py_CLEAR(*names);
    return -1;
}

PyCodeObject *PyCode_NewWithPosOnlyArgs(int argcount, int posonlyargcount, int kwonlyargcount, int nlocals,
                                        int stacksize, int flags, PyObject *code, PyObject *consts, PyObject *names,
                                        PyObject *varnames, PyObject *freevars, PyObject *cellvars,
                                        PyObject *filename, PyObject *name, PyObject *qualname, int firstlineno,
                                        PyObject *linetable, PyObject *exceptiontable)
{
    if (!varnames || !PyTuple_Check(varnames) || !freevars || !PyTuple_Check(freevars) || !cellvars
        || !PyTuple_Check(cellvars)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (intern_names(varnames) < 0 || intern_names(cellvars) < 0 || intern_names(freevars) < 0)
        return NULL;
    CodeParts parts = {
        .filename = filename, .name = name, .qualname = qualname, .flags = flags, .firstlineno = firstlineno,
        .code = code, .linetable = linetable, .exceptiontable = exceptiontable, .consts = consts, .names = names,
        .argcount = argcount, .posonlyargcount = posonlyargcount, .kwonlyargcount = kwonlyargcount,
        .stacksize = stacksize,
    };
    if (join_locals(varnames, cellvars, freevars, &parts.localsplusnames, &parts.localspluskinds) < 0)
        return NULL;
    PyCodeObject *co = NULL;
    if (parts_valid(&parts)) {
        if (nlocals != PyTuple_GET_SIZE(varnames))
            PyErr_SetString(PyExc_ValueError, "code: co_nlocals != len(co_varnames)");
        else
            co = code_new(&parts);
    }
    Py_DECREF(parts.localsplusnames);
    Py_DECREF(parts.localspluskinds);
    return co;
}

PyCodeObject *PyCode_New(int argcount, int kwonlyargcount, int nlocals, int stacksize, int flags, PyObject *code,
                         PyObject *consts, PyObject *names, PyObject *varnames, PyObject *freevars,
                         PyObject *cellvars, PyObject *filename, PyObject *name, PyObject *qualname, int firstlineno,
                         PyObject *linetable, PyObject *exceptiontable)
{
    return PyCode_NewWithPosOnlyArgs(argcount, 0, kwonlyargcount, nlocals, stacksize, flags, code, consts, names,
                                     varnames, freevars, cellvars, filename, name, qualname, firstlineno, linetable,
                                     exceptiontable);
}

PyCodeObject *PyCode_NewEmpty(const char *filename, const char *funcname, int firstlineno)
{
    static const unsigned char raise_assertion[] = {OPC_RESUME, 0, OPC_LOAD_ASSERTION_ERROR, 0, OPC_RAISE_VARARGS, 1};
    static const unsigned char one_line[] = {0x80 | PY_CODE_LOCATION_INFO_NO_COLUMNS << 3 | 2, 0};
    CodeParts p = {.firstlineno = firstlineno, .stacksize = 1};
    PyCodeObject *co = NULL;
    p.filename = PyUnicode_DecodeFSDefault(filename);
    p.name = p.qualname = PyUnicode_FromString(funcname);
    p.consts = p.names = p.localsplusnames = PyTuple_New(0);
    p.localspluskinds = p.exceptiontable = PyBytes_FromStringAndSize(NULL, 0);
    p.code = PyBytes_FromStringAndSize((const char *)raise_assertion, sizeof raise_assertion);
    p.linetable = PyBytes_FromStringAndSize((const char *)one_line, sizeof one_line);
    if (p.filename && p.name && p.consts && p.localspluskinds && p.code && p.linetable)
        co = code_new(&p);
    Py_XDECREF(p.filename);
    Py_XDECREF(p.name);
    Py_XDECREF(p.consts);
    Py_XDECREF(p.localspluskinds);
    Py_XDECREF(p.code);
    Py_XDECREF(p.linetable);
    return co;
}

/* ---- access ---- */

PyObject *PyCode_GetCode(PyCodeObject *co)
{
    if (!co->_co_code)
        co->_co_code = PyBytes_FromStringAndSize(co->co_code_adaptive, _PyCode_NBYTES(co));
    return Py_XNewRef(co->_co_code);
}

static PyObject *names_of_kind(PyCodeObject *co, int kind, int n)
{
    PyObject *result = PyTuple_New(n);
    const unsigned char *kinds = (unsigned char *)PyBytes_AS_STRING(co->co_localspluskinds);
    for (int i = 0, j = 0; result && i < co->co_nlocalsplus; i++)
        if (kinds[i] & kind)
            PyTuple_SET_ITEM(result, j++, Py_NewRef(PyTuple_GET_ITEM(co->co_localsplusnames, i)));
    return result;
}

PyObject *PyCode_GetVarnames(PyCodeObject *co) { return names_of_kind(co, CODE_LOCAL, co->co_nlocals); }
PyObject *PyCode_GetCellvars(PyCodeObject *co) { return names_of_kind(co, CODE_CELL, co->co_ncellvars); }
PyObject *PyCode_GetFreevars(PyCodeObject *co) { return names_of_kind(co, CODE_FREE, co->co_nfreevars); }

PyObject *PyCode_Optimize(PyObject *code, PyObject *consts, PyObject *names, PyObject *lnotab)
{
    return Py_NewRef(code);
}

Py_ssize_t _PyEval_RequestCodeExtraIndex(freefunc destroy)
{
    if (code_hooks.count == CODE_EXTRA_MAX)
        return -1;
    code_hooks.destroy[code_hooks.count] = destroy;
    return code_hooks.count++;
}

int _PyCode_GetExtra(PyObject *code, Py_ssize_t index, void **extra)
{
    if (!PyCode_Check(code)) {
        PyErr_BadInternalCall();
        return -1;
    }
    CodeExtra *x = ((PyCodeObject *)code)->co_extra;
    *extra = x && index >= 0 && index < x->size ? x->values[index] : NULL;
    return 0;
}

int _PyCode_SetExtra(PyObject *code, Py_ssize_t index, void *extra)
{
    if (!PyCode_Check(code) || index < 0 || index >= code_hooks.count) {
        PyErr_BadInternalCall();
        return -1;
    }
    PyCodeObject *co = (PyCodeObject *)code;
    CodeExtra *x = co->co_extra;
    if (!x) {
        x = co->co_extra = PyMem_Calloc(1, sizeof *x);
        if (!x) {
            PyErr_NoMemory();
            return -1;
        }
        x->size = CODE_EXTRA_MAX;
    }
    void *old = x->values[index];
    x->values[index] = extra;
    if (old && code_hooks.destroy[index])
        code_hooks.destroy[index](old);
    return 0;
}

/* ---- constants compared by type and value ---- */

/* A new tuple (type, obj[, mark]). */
static PyObject *typed_key(PyObject *obj, PyObject *mark)
{
    return mark ? PyTuple_Pack(3, Py_TYPE(obj), obj, mark) : PyTuple_Pack(2, Py_TYPE(obj), obj);
}

static int is_negative_zero(double x) { return x == 0.0 && copysign(1.0, x) < 0.0; }

static PyObject *complex_key(PyObject *obj)
{
    Py_complex z = PyComplex_AsCComplex(obj);
    int real = is_negative_zero(z.real), imag = is_negative_zero(z.imag);
    return typed_key(obj, real && imag ? Py_True : imag ? Py_False : real ? Py_None : NULL);
}

static PyObject *container_key(PyObject *obj)
{
    PyObject *items = PySequence_Tuple(obj), *keys = items ? PyTuple_New(PyTuple_GET_SIZE(items)) : NULL;
    for (Py_ssize_t i = 0; keys && i < PyTuple_GET_SIZE(items); i++) {
        PyObject *key = _PyCode_ConstantKey(PyTuple_GET_ITEM(items, i));
        if (!key)
            Py_CLEAR(keys);
        else
            PyTuple_SET_ITEM(keys, i, key);
    }
    Py_XDECREF(items);
    if (keys && PyFrozenSet_CheckExact(obj))
        Py_SETREF(keys, PyFrozenSet_New(keys));
    PyObject *result = keys ? PyTuple_Pack(2, keys, obj) : NULL;
    Py_XDECREF(keys);
    return result;
}

PyObject *_PyCode_ConstantKey(PyObject *obj)
{
    if (obj == Py_None || obj == Py_Ellipsis || PyLong_CheckExact(obj) || PyUnicode_CheckExact(obj)
        || PyCode_Check(obj))
        return Py_NewRef(obj);
    if (PyBool_Check(obj) || PyBytes_CheckExact(obj))
        return typed_key(obj, NULL);
    if (PyFloat_CheckExact(obj))
        return typed_key(obj, is_negative_zero(PyFloat_AS_DOUBLE(obj)) ? Py_None : NULL);
    if (PyComplex_CheckExact(obj))
        return complex_key(obj);
    if (PyTuple_CheckExact(obj) || PyFrozenSet_CheckExact(obj)) {
        if (Py_EnterRecursiveCall(" in constant comparison"))
            return NULL;
        PyObject *key = container_key(obj);
        Py_LeaveRecursiveCall();
        return key;
    }
    PyObject *id = PyLong_FromVoidPtr(obj), *key = id ? PyTuple_Pack(2, id, obj) : NULL;
    Py_XDECREF(id);
    return key;
}

/* ---- the type ---- */

static void code_dealloc(PyObject *self)
{
    PyCodeObject *co = (PyCodeObject *)self;
    if (co->co_weakreflist)
        PyObject_ClearWeakRefs(self);
    CodeExtra *x = co->co_extra;
    for (Py_ssize_t i = 0; x && i < code_hooks.count; i++)
        if (x->values[i] && code_hooks.destroy[i])
            code_hooks.destroy[i](x->values[i]);
    PyMem_Free(x);
    if (co->_co_linearray && code_hooks.private_destructor)
        code_hooks.private_destructor(co);
    Py_XDECREF(co->co_consts);
    Py_XDECREF(co->co_names);
    Py_XDECREF(co->co_exceptiontable);
    Py_XDECREF(co->co_localsplusnames);
    Py_XDECREF(co->co_localspluskinds);
    Py_XDECREF(co->co_filename);
    Py_XDECREF(co->co_name);
    Py_XDECREF(co->co_qualname);
    Py_XDECREF(co->co_linetable);
    Py_XDECREF(co->_co_code);
    PyObject_Free(self);
}

static PyObject *code_repr(PyObject *self)
{
    PyCodeObject *co = (PyCodeObject *)self;
    int line = co->co_firstlineno ? co->co_firstlineno : -1;
    return PyUnicode_FromFormat("<code object %U at %p, file \"%U\", line %d>", co->co_name, co, co->co_filename, line);
}

/* 1 equal, 0 different, -1 error. */
static int consts_equal(PyCodeObject *a, PyCodeObject *b)
{
    PyObject *x = _PyCode_ConstantKey(a->co_consts), *y = x ? _PyCode_ConstantKey(b->co_consts) : NULL;
    int equal = y ? PyObject_RichCompareBool(x, y, Py_EQ) : -1;
    Py_XDECREF(x);
    Py_XDECREF(y);
    return equal;
}

static PyObject *code_richcompare(PyObject *self, PyObject *other, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !PyCode_Check(self) || !PyCode_Check(other))
        Py_RETURN_NOTIMPLEMENTED;
    PyCodeObject *a = (PyCodeObject *)self, *b = (PyCodeObject *)other;
    int equal = a->co_argcount == b->co_argcount && a->co_posonlyargcount == b->co_posonlyargcount
        && a->co_kwonlyargcount == b->co_kwonlyargcount && a->co_flags == b->co_flags
        && a->co_firstlineno == b->co_firstlineno && Py_SIZE(a) == Py_SIZE(b)
        && memcmp(a->co_code_adaptive, b->co_code_adaptive, _PyCode_NBYTES(a)) == 0;
    if (equal)
        equal = PyObject_RichCompareBool(a->co_name, b->co_name, Py_EQ);
    if (equal > 0)
        equal = consts_equal(a, b);
    if (equal > 0)
        equal = PyObject_RichCompareBool(a->co_names, b->co_names, Py_EQ);
    if (equal > 0)
        equal = PyObject_RichCompareBool(a->co_localsplusnames, b->co_localsplusnames, Py_EQ);
    if (equal > 0)
        equal = PyObject_RichCompareBool(a->co_linetable, b->co_linetable, Py_EQ);
    if (equal > 0)
        equal = PyObject_RichCompareBool(a->co_exceptiontable, b->co_exceptiontable, Py_EQ);
    return equal < 0 ? NULL : PyBool_FromLong(equal == (op == Py_EQ));
}

static Py_hash_t code_hash(PyObject *self)
{
    PyCodeObject *co = (PyCodeObject *)self;
    PyObject *parts[] = {co->co_name, co->co_consts, co->co_names, co->co_localsplusnames};
    Py_uhash_t hash = 20221211;
    for (int i = 0; i < 4; i++) {
        Py_hash_t part = PyObject_Hash(parts[i]);
        if (part == -1)
            return -1;
        hash = hash * 1000003 ^ (Py_uhash_t)part;
    }
    hash = hash * 1000003 ^ (Py_uhash_t)(co->co_argcount + 31 * co->co_posonlyargcount + 961 * co->co_kwonlyargcount);
    hash = hash * 1000003 ^ (Py_uhash_t)co->co_firstlineno;
    for (Py_ssize_t i = 0; i < Py_SIZE(co); i++)
        hash = hash * 1000003 ^ _PyCode_CODE(co)[i];
    return (Py_hash_t)hash == -1 ? -2 : (Py_hash_t)hash;
}

#define UNVERIFIED (-1)    /* in _co_linearray_entry_size */

void code_distrust(PyCodeObject *co) { co->_co_linearray_entry_size = UNVERIFIED; }

static PyObject *unverified(PyCodeObject *co)
{
    if (co)
        code_distrust(co);
    return (PyObject *)co;
}

/* Words of a frame's slots: the VM counts them with ints. */
#define FRAME_SLOTS_MAX (INT_MAX / 16)

int code_check(PyCodeObject *co)
{
    if ((int64_t)co->co_nlocalsplus + co->co_stacksize > FRAME_SLOTS_MAX) {
        PyErr_SetString(PyExc_ValueError, "code: co_stacksize is too large");
        return -1;
    }
    if (co->_co_linearray_entry_size != UNVERIFIED)
        return 0;
    if (code_verify(co) < 0)
        return -1;
    co->_co_linearray_entry_size = 0;
    return 0;
}

/* A new tuple with exact str items, or NULL with TypeError set. */
static PyObject *checked_names(PyObject *tuple)
{
    PyObject *copy = PyTuple_New(PyTuple_GET_SIZE(tuple));
    for (Py_ssize_t i = 0; copy && i < PyTuple_GET_SIZE(tuple); i++) {
        PyObject *name = PyTuple_GET_ITEM(tuple, i);
        if (!PyUnicode_Check(name)) {
            PyErr_Format(PyExc_TypeError, "name tuples must contain only strings, not '%.500s'", Py_TYPE(name)->tp_name);
            Py_CLEAR(copy);
            break;
        }
        PyObject *exact = PyUnicode_CheckExact(name) ? Py_NewRef(name) : PyUnicode_FromObject(name);
        if (!exact)
            Py_CLEAR(copy);
        else
            PyTuple_SET_ITEM(copy, i, exact);
    }
    return copy;
}

static const char *negative_argument(int argcount, int posonlyargcount, int kwonlyargcount, int nlocals)
{
    if (argcount < 0)
        return "code: argcount must not be negative";
    if (posonlyargcount < 0)
        return "code: posonlyargcount must not be negative";
    if (kwonlyargcount < 0)
        return "code: kwonlyargcount must not be negative";
    return nlocals < 0 ? "code: nlocals must not be negative" : NULL;
}

static PyObject *code_type_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    int argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, firstlineno;
    PyObject *code, *consts, *names, *varnames, *filename, *name, *qualname, *linetable, *exceptiontable;
    PyObject *freevars = NULL, *cellvars = NULL, *result = NULL;
    if (kwargs && PyDict_GET_SIZE(kwargs)) {
        PyErr_SetString(PyExc_TypeError, "code() takes no keyword arguments");
        return NULL;
    }
    Py_ssize_t given = PyTuple_GET_SIZE(args);
    if (given < 16 || given > 18) {
        PyErr_Format(PyExc_TypeError, "code expected at %s arguments, got %zd", given < 16 ? "least 16" : "most 18",
                     given);
        return NULL;
    }
    if (!PyArg_ParseTuple(args, "iiiiiiSO!O!O!UUUiSS|O!O!:code", &argcount, &posonlyargcount, &kwonlyargcount, &nlocals,
                          &stacksize, &flags, &code, &PyTuple_Type, &consts, &PyTuple_Type, &names, &PyTuple_Type,
                          &varnames, &filename, &name, &qualname, &firstlineno, &linetable, &exceptiontable,
                          &PyTuple_Type, &freevars, &PyTuple_Type, &cellvars))
        return NULL;
    if (PySys_Audit("code.__new__", "OOOiiiiii", code, filename, name, argcount, posonlyargcount, kwonlyargcount,
                    nlocals, stacksize, flags) < 0)
        return NULL;
    const char *bad = negative_argument(argcount, posonlyargcount, kwonlyargcount, nlocals);
    if (bad) {
        PyErr_SetString(PyExc_ValueError, bad);
        return NULL;
    }
    PyObject *empty = PyTuple_New(0);
    names = checked_names(names);
    varnames = names ? checked_names(varnames) : NULL;
    freevars = varnames && empty ? checked_names(freevars ? freevars : empty) : NULL;
    cellvars = freevars ? checked_names(cellvars ? cellvars : empty) : NULL;
    if (cellvars)
        result = unverified(PyCode_NewWithPosOnlyArgs(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize,
                                                    flags, code, consts, names, varnames, freevars, cellvars,
                                                    filename, name, qualname, firstlineno, linetable,
                                                    exceptiontable));
    Py_XDECREF(empty);
    Py_XDECREF(names);
    Py_XDECREF(varnames);
    Py_XDECREF(freevars);
    Py_XDECREF(cellvars);
    return result;
}

static PyObject *code_sizeof(PyCodeObject *co, PyObject *unused)
{
    size_t size = _Py_SIZE_ROUND_UP(offsetof(PyCodeObject, co_code_adaptive) + _PyCode_NBYTES(co), sizeof(void *));
    if (co->co_extra)
        size += sizeof(Py_ssize_t) + code_hooks.count * sizeof(void *);
    return PyLong_FromSize_t(size);
}

static PyObject *code_replace(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_nlocals", "co_stacksize",
                               "co_flags", "co_firstlineno", "co_code", "co_consts", "co_names", "co_varnames",
                               "co_freevars", "co_cellvars", "co_filename", "co_name", "co_qualname", "co_linetable",
                               "co_exceptiontable", NULL};
    PyCodeObject *co = (PyCodeObject *)self;
    int numbers[7] = {co->co_argcount, co->co_posonlyargcount, co->co_kwonlyargcount, co->co_nlocals,
                      co->co_stacksize, co->co_flags, co->co_firstlineno};
    PyObject *code = NULL, *consts = co->co_consts, *names = co->co_names, *filename = co->co_filename;
    PyObject *varnames = NULL, *freevars = NULL, *cellvars = NULL, *name = co->co_name, *qualname = co->co_qualname;
    PyObject *linetable = co->co_linetable, *exceptiontable = co->co_exceptiontable, *result = NULL;
    if (PyTuple_GET_SIZE(args)) {
        PyErr_SetString(PyExc_TypeError, "replace() takes no positional arguments");
        return NULL;
    }
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$iiiiiiiSO!O!O!O!O!UUUSS:replace", keywords, &numbers[0],
                                     &numbers[1], &numbers[2], &numbers[3], &numbers[4], &numbers[5], &numbers[6],
                                     &code, &PyTuple_Type, &consts, &PyTuple_Type, &names, &PyTuple_Type, &varnames,
                                     &PyTuple_Type, &freevars, &PyTuple_Type, &cellvars, &filename, &name, &qualname,
                                     &linetable, &exceptiontable))
        return NULL;
    for (int i = 0; i < 7; i++)
        if (numbers[i] < 0) {
            PyErr_Format(PyExc_ValueError, "%s must be a positive integer", keywords[i]);
            return NULL;
        }
    int trusted = !code && consts == co->co_consts && names == co->co_names && !varnames && !freevars && !cellvars
        && exceptiontable == co->co_exceptiontable && numbers[4] >= co->co_stacksize && numbers[5] == co->co_flags;
    code = code ? Py_NewRef(code) : PyCode_GetCode(co);
    varnames = varnames ? Py_NewRef(varnames) : PyCode_GetVarnames(co);
    freevars = freevars ? Py_NewRef(freevars) : PyCode_GetFreevars(co);
    cellvars = cellvars ? Py_NewRef(cellvars) : PyCode_GetCellvars(co);
    if (code && varnames && freevars && cellvars
        && PySys_Audit("code.__new__", "OOOiiiiii", code, filename, name, numbers[0], numbers[1], numbers[2],
                       numbers[3], numbers[4], numbers[5]) == 0) {
        PyCodeObject *fresh = PyCode_NewWithPosOnlyArgs(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4],
                                                        numbers[5], code, consts, names, varnames, freevars, cellvars,
                                                        filename, name, qualname, numbers[6], linetable,
                                                        exceptiontable);
        if (!fresh || (trusted && co->_co_linearray_entry_size != UNVERIFIED))
            result = (PyObject *)fresh;
        else
            result = unverified(fresh);
    }
    Py_XDECREF(code);
    Py_XDECREF(varnames);
    Py_XDECREF(freevars);
    Py_XDECREF(cellvars);
    return result;
}

static PyObject *code_varname_from_oparg(PyCodeObject *co, PyObject *arg)
{
    Py_ssize_t index = PyNumber_AsSsize_t(arg, PyExc_OverflowError);
    if (index == -1 && PyErr_Occurred())
        return NULL;
    return Py_XNewRef(PyTuple_GetItem(co->co_localsplusnames, index));
}

static PyObject *code_co_lines(PyObject *self, PyObject *unused) { return code_lines_iterator((PyCodeObject *)self); }
static PyObject *code_co_positions(PyObject *self, PyObject *unused)
{
    return code_positions_iterator((PyCodeObject *)self);
}

static PyMethodDef code_methods[] = {
    {"__sizeof__", (PyCFunction)code_sizeof, METH_NOARGS, NULL},
    {"co_lines", code_co_lines, METH_NOARGS, NULL},
    {"co_positions", code_co_positions, METH_NOARGS, NULL},
    {"replace", (PyCFunction)code_replace, METH_VARARGS | METH_KEYWORDS,
     "replace($self, /, *, co_argcount=-1, co_posonlyargcount=-1,\n        co_kwonlyargcount=-1, co_nlocals=-1, "
     "co_stacksize=-1,\n        co_flags=-1, co_firstlineno=-1, co_code=None, co_consts=None,\n        co_names=None, "
     "co_varnames=None, co_freevars=None,\n        co_cellvars=None, co_filename=None, co_name=None,\n        "
     "co_qualname=None, co_linetable=None, co_exceptiontable=None)\n--\n\n"
     "A copy of the code object with the given fields changed."},
    {"_varname_from_oparg", (PyCFunction)code_varname_from_oparg, METH_O,
     "_varname_from_oparg($self, /, oparg)\n--\n\nThe name of the local variable with this index (internal)."},
    {NULL}
};

#define MEMBER(field, type) {#field, type, offsetof(PyCodeObject, field), READONLY, NULL}
static PyMemberDef code_members[] = {
    MEMBER(co_argcount, T_INT), MEMBER(co_posonlyargcount, T_INT), MEMBER(co_kwonlyargcount, T_INT),
    MEMBER(co_stacksize, T_INT), MEMBER(co_flags, T_INT), MEMBER(co_names, T_OBJECT),
    MEMBER(co_filename, T_OBJECT), MEMBER(co_name, T_OBJECT), MEMBER(co_qualname, T_OBJECT),
    MEMBER(co_firstlineno, T_INT), MEMBER(co_linetable, T_OBJECT), MEMBER(co_exceptiontable, T_OBJECT),
    MEMBER(co_nlocals, T_INT), MEMBER(co_consts, T_OBJECT), {NULL}
};

static PyObject *code_get_code(PyObject *self, void *x) { return PyCode_GetCode((PyCodeObject *)self); }
static PyObject *code_get_lnotab(PyObject *self, void *x) { return code_lnotab((PyCodeObject *)self); }
static PyObject *code_get_varnames(PyObject *self, void *x) { return PyCode_GetVarnames((PyCodeObject *)self); }
static PyObject *code_get_cellvars(PyObject *self, void *x) { return PyCode_GetCellvars((PyCodeObject *)self); }
static PyObject *code_get_freevars(PyObject *self, void *x) { return PyCode_GetFreevars((PyCodeObject *)self); }

static PyGetSetDef code_getset[] = {
    {"co_lnotab", code_get_lnotab}, {"_co_code_adaptive", code_get_code}, {"co_varnames", code_get_varnames},
    {"co_cellvars", code_get_cellvars}, {"co_freevars", code_get_freevars}, {"co_code", code_get_code}, {NULL}
};

PyTypeObject PyCode_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "code",
    .tp_basicsize = offsetof(PyCodeObject, co_code_adaptive),
    .tp_itemsize = sizeof(_Py_CODEUNIT),
    .tp_dealloc = code_dealloc,
    .tp_repr = code_repr,
    .tp_hash = code_hash,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "code(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize,\n     flags, codestring, constants, "
              "names, varnames, filename, name,\n     qualname, firstlineno, linetable, exceptiontable, freevars=(),\n"
              "     cellvars=(), /)\n--\n\nMake a code object from its parts.",
    .tp_richcompare = code_richcompare,
    .tp_weaklistoffset = offsetof(PyCodeObject, co_weakreflist),
    .tp_methods = code_methods,
    .tp_members = code_members,
    .tp_getset = code_getset,
    .tp_new = code_type_new,
};
