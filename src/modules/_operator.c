/* The _operator module: operators as functions, and itemgetter, attrgetter, methodcaller. */
#include "Python.h"
#include "structmember.h"
#include "objects/names.h"
#include "objects/hidden.h"
#include <stddef.h>

static PyObject *none_or_error(int err)
{
    if (err < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* ---- operators ---- */

/* X(name, expression on a, doc) and X(name, expression on a and b, signature, doc) */
#define UNARIES(X)                                                                                                         \
    X(neg, PyNumber_Negative(a), "Same as -a.") X(pos, PyNumber_Positive(a), "Same as +a.")                                \
    X(abs, PyNumber_Absolute(a), "Same as abs(a).") X(inv, PyNumber_Invert(a), "Same as ~a.")                              \
    X(invert, PyNumber_Invert(a), "Same as ~a.") X(index, PyNumber_Index(a), "Same as a.__index__()")
#define BINARIES(X)                                                                                                        \
    X(add, PyNumber_Add(a, b), "Same as a + b.") X(sub, PyNumber_Subtract(a, b), "Same as a - b.")                         \
    X(mul, PyNumber_Multiply(a, b), "Same as a * b.") X(matmul, PyNumber_MatrixMultiply(a, b), "Same as a @ b.")           \
    X(floordiv, PyNumber_FloorDivide(a, b), "Same as a // b.") X(truediv, PyNumber_TrueDivide(a, b), "Same as a / b.")     \
    X(mod, PyNumber_Remainder(a, b), "Same as a % b.") X(lshift, PyNumber_Lshift(a, b), "Same as a << b.")                 \
    X(rshift, PyNumber_Rshift(a, b), "Same as a >> b.") X(and_, PyNumber_And(a, b), "Same as a & b.")                      \
    X(xor, PyNumber_Xor(a, b), "Same as a ^ b.") X(or_, PyNumber_Or(a, b), "Same as a | b.")                               \
    X(pow, PyNumber_Power(a, b, Py_None), "Same as a ** b.") X(concat, PySequence_Concat(a, b), "Same as a + b, for a and b sequences.") \
    X(iadd, PyNumber_InPlaceAdd(a, b), "Same as a += b.") X(isub, PyNumber_InPlaceSubtract(a, b), "Same as a -= b.")       \
    X(imul, PyNumber_InPlaceMultiply(a, b), "Same as a *= b.")                                                             \
    X(imatmul, PyNumber_InPlaceMatrixMultiply(a, b), "Same as a @= b.")                                                    \
    X(ifloordiv, PyNumber_InPlaceFloorDivide(a, b), "Same as a //= b.")                                                    \
    X(itruediv, PyNumber_InPlaceTrueDivide(a, b), "Same as a /= b.")                                                       \
    X(imod, PyNumber_InPlaceRemainder(a, b), "Same as a %= b.") X(ilshift, PyNumber_InPlaceLshift(a, b), "Same as a <<= b.") \
    X(irshift, PyNumber_InPlaceRshift(a, b), "Same as a >>= b.") X(iand, PyNumber_InPlaceAnd(a, b), "Same as a &= b.")     \
    X(ixor, PyNumber_InPlaceXor(a, b), "Same as a ^= b.") X(ior, PyNumber_InPlaceOr(a, b), "Same as a |= b.")              \
    X(ipow, PyNumber_InPlacePower(a, b, Py_None), "Same as a **= b.")                                                      \
    X(iconcat, PySequence_InPlaceConcat(a, b), "Same as a += b, for a and b sequences.")                                   \
    X(getitem, PyObject_GetItem(a, b), "Same as a[b].") X(lt, PyObject_RichCompare(a, b, Py_LT), "Same as a < b.")         \
    X(le, PyObject_RichCompare(a, b, Py_LE), "Same as a <= b.") X(eq, PyObject_RichCompare(a, b, Py_EQ), "Same as a == b.") \
    X(ne, PyObject_RichCompare(a, b, Py_NE), "Same as a != b.") X(gt, PyObject_RichCompare(a, b, Py_GT), "Same as a > b.") \
    X(ge, PyObject_RichCompare(a, b, Py_GE), "Same as a >= b.") X(is_, PyBool_FromLong(a == b), "Same as a is b.")         \
    X(is_not, PyBool_FromLong(a != b), "Same as a is not b.")                                                              \
    X(delitem, none_or_error(PyObject_DelItem(a, b)), "Same as del a[b].")                                                 \
    X(contains, bool_or_error(PySequence_Contains(a, b)), "Same as b in a (note reversed operands).")                      \
    X(countOf, size_or_error(PySequence_Count(a, b)), "Return the number of items in a which are, or which equal, b.")     \
    X(indexOf, size_or_error(PySequence_Index(a, b)), "Return the first index of b in a.")

static PyObject *bool_or_error(int truth) { return truth < 0 ? NULL : PyBool_FromLong(truth); }
static PyObject *size_or_error(Py_ssize_t n) { return n == -1 && PyErr_Occurred() ? NULL : PyLong_FromSsize_t(n); }

#define DEFINE(name, expression, doc)                                                                                      \
    static PyObject *op_##name(PyObject *module, PyObject *a) { return expression; }
UNARIES(DEFINE)
#undef DEFINE
#define DEFINE(name, expression, doc)                                                                                      \
    static PyObject *op_##name(PyObject *module, PyObject *const *args, Py_ssize_t n)                                      \
    {                                                                                                                      \
        if (!_PyArg_CheckPositional(#name, n, 2, 2))                                                                       \
            return NULL;                                                                                                   \
        PyObject *a = args[0], *b = args[1];                                                                               \
        return expression;                                                                                                 \
    }
BINARIES(DEFINE)
#undef DEFINE

static PyObject *op_truth(PyObject *module, PyObject *a) { return bool_or_error(PyObject_IsTrue(a)); }
static PyObject *op_not_(PyObject *module, PyObject *a) { return bool_or_error(PyObject_Not(a)); }

static PyObject *op_setitem(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    if (!_PyArg_CheckPositional("setitem", n, 3, 3))
        return NULL;
    return none_or_error(PyObject_SetItem(args[0], args[1], args[2]));
}

static PyObject *op_length_hint(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    Py_ssize_t fallback = 0;
    if (!_PyArg_CheckPositional("length_hint", n, 1, 2))
        return NULL;
    if (n == 2) {
        PyObject *index = PyNumber_Index(args[1]);
        if (index == NULL)
            return NULL;
        fallback = PyLong_AsSsize_t(index);
        Py_DECREF(index);
        if (fallback == -1 && PyErr_Occurred())
            return NULL;
    }
    return size_or_error(PyObject_LengthHint(args[0], fallback));
}

static PyObject *op_call(PyObject *module, PyObject *const *args, Py_ssize_t n, PyObject *kwnames)
{
    if (!_PyArg_CheckPositional("call", n, 1, PY_SSIZE_T_MAX))
        return NULL;
    return PyObject_Vectorcall(args[0], args + 1, n - 1, kwnames);
}

/* Compares without telling by its duration where the texts differ. */
static int same_bytes(const unsigned char *a, Py_ssize_t na, const unsigned char *b, Py_ssize_t nb)
{
    volatile unsigned char difference = na != nb;
    const unsigned char *left = na == nb ? a : b;
    for (Py_ssize_t i = 0; i < nb; i++)
        difference |= left[i] ^ b[i];
    return difference == 0;
}

static PyObject *compare_digest(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    if (!_PyArg_CheckPositional("_compare_digest", n, 2, 2))
        return NULL;
    PyObject *a = args[0], *b = args[1];
    if (PyUnicode_Check(a) && PyUnicode_Check(b)) {
        if (!PyUnicode_IS_ASCII(a) || !PyUnicode_IS_ASCII(b)) {
            PyErr_SetString(PyExc_TypeError, "comparing strings with non-ASCII characters is not supported");
            return NULL;
        }
        return PyBool_FromLong(same_bytes(PyUnicode_DATA(a), PyUnicode_GET_LENGTH(a), PyUnicode_DATA(b), PyUnicode_GET_LENGTH(b)));
    }
    if (!PyObject_CheckBuffer(a) || !PyObject_CheckBuffer(b))
        return PyErr_Format(PyExc_TypeError, "unsupported operand types(s) or combination of types: '%.100s' and '%.100s'",
                            Py_TYPE(a)->tp_name, Py_TYPE(b)->tp_name);
    Py_buffer x, y;
    if (PyObject_GetBuffer(a, &x, PyBUF_SIMPLE) < 0)
        return NULL;
    if (PyObject_GetBuffer(b, &y, PyBUF_SIMPLE) < 0) {
        PyBuffer_Release(&x);
        return NULL;
    }
    int same = same_bytes(x.buf, x.len, y.buf, y.len);
    PyBuffer_Release(&x);
    PyBuffer_Release(&y);
    return PyBool_FromLong(same);
}

/* ---- itemgetter, attrgetter: one layout ---- */

typedef struct {
    PyObject_HEAD
    PyObject *keys;      /* tuple: items, or attribute paths as tuples of names */
    vectorcallfunc vectorcall;
} Getter;
#define KEYS(self) (((Getter *)(self))->keys)

typedef struct {
    PyTypeObject *itemgetter, *attrgetter, *methodcaller;
} State;

static void getter_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_XDECREF(KEYS(self));
    type->tp_free(self);
    Py_DECREF(type);
}
static int getter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(KEYS(self));
    return 0;
}
static int getter_clear(PyObject *self)
{
    Py_CLEAR(KEYS(self));
    return 0;
}

static PyObject *new_getter(PyTypeObject *type, PyObject *keys, vectorcallfunc call)
{
    Getter *self = (Getter *)type->tp_alloc(type, 0);
    if (self != NULL) {
        self->keys = Py_NewRef(keys);
        self->vectorcall = call;
    }
    return (PyObject *)self;
}

/* Applies `get` for each key to the one argument: the result, or a tuple of results. */
static PyObject *apply(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames, const char *name,
                       PyObject *(*get)(PyObject *, PyObject *))
{
    if (!_PyArg_NoKwnames(name, kwnames) || !_PyArg_CheckPositional(name, PyVectorcall_NARGS(nargsf), 1, 1))
        return NULL;
    PyObject *keys = KEYS(self);
    Py_ssize_t n = PyTuple_GET_SIZE(keys);
    if (n == 1)
        return get(args[0], PyTuple_GET_ITEM(keys, 0));
    PyObject *result = PyTuple_New(n);
    for (Py_ssize_t i = 0; result != NULL && i < n; i++) {
        PyObject *value = get(args[0], PyTuple_GET_ITEM(keys, i));
        if (value == NULL)
            Py_CLEAR(result);
        else
            PyTuple_SET_ITEM(result, i, value);
    }
    return result;
}

static PyObject *itemgetter_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    return apply(self, args, nargsf, kwnames, "itemgetter", PyObject_GetItem);
}

static PyObject *itemgetter_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    if (!_PyArg_NoKeywords("itemgetter", kwds)
        || !_PyArg_CheckPositional("itemgetter", PyTuple_GET_SIZE(args), 1, PY_SSIZE_T_MAX))
        return NULL;
    return new_getter(type, args, itemgetter_vectorcall);
}

/* "name(k1, k2)" of the texts given. */
static PyObject *call_text(PyObject *self, PyObject *items)
{
    PyObject *text = PyUnicode_FromFormat("%s(", Py_TYPE(self)->tp_name);
    for (Py_ssize_t i = 0; text != NULL && i < PyTuple_GET_SIZE(items); i++)
        Py_SETREF(text, PyUnicode_FromFormat(i ? "%U, %R" : "%U%R", text, PyTuple_GET_ITEM(items, i)));
    if (text != NULL)
        Py_SETREF(text, PyUnicode_FromFormat("%U)", text));
    return text;
}

static PyObject *recursive_repr(PyObject *self, PyObject *(*repr)(PyObject *))
{
    int busy = Py_ReprEnter(self);
    if (busy != 0)
        return busy < 0 ? NULL : PyUnicode_FromFormat("%s(...)", Py_TYPE(self)->tp_name);
    PyObject *result = repr(self);
    Py_ReprLeave(self);
    return result;
}

static PyObject *itemgetter_text(PyObject *self) { return call_text(self, KEYS(self)); }
static PyObject *itemgetter_repr(PyObject *self) { return recursive_repr(self, itemgetter_text); }
static PyObject *itemgetter_reduce(PyObject *self, PyObject *unused) { return PyTuple_Pack(2, Py_TYPE(self), KEYS(self)); }

/* Follows a path of names. */
static PyObject *get_path(PyObject *o, PyObject *path)
{
    Py_INCREF(o);
    for (Py_ssize_t i = 0; o != NULL && i < PyTuple_GET_SIZE(path); i++)
        Py_SETREF(o, PyObject_GetAttr(o, PyTuple_GET_ITEM(path, i)));
    return o;
}

static PyObject *attrgetter_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    return apply(self, args, nargsf, kwnames, "attrgetter", get_path);
}

/* "a.b" -> ("a", "b"), interned. */
static PyObject *split_path(PyObject *name)
{
    if (!PyUnicode_Check(name)) {
        PyErr_SetString(PyExc_TypeError, "attribute name must be a string");
        return NULL;
    }
    PyObject *dot = PyUnicode_FromString("."), *parts = dot == NULL ? NULL : PyUnicode_Split(name, dot, -1);
    Py_XDECREF(dot);
    if (parts == NULL)
        return NULL;
    PyObject *path = PyList_AsTuple(parts);
    Py_DECREF(parts);
    for (Py_ssize_t i = 0; path != NULL && i < PyTuple_GET_SIZE(path); i++)
        PyUnicode_InternInPlace(&((PyTupleObject *)path)->ob_item[i]);
    return path;
}

static PyObject *attrgetter_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (!_PyArg_NoKeywords("attrgetter", kwds) || !_PyArg_CheckPositional("attrgetter", n, 1, PY_SSIZE_T_MAX))
        return NULL;
    PyObject *paths = PyTuple_New(n);
    for (Py_ssize_t i = 0; paths != NULL && i < n; i++) {
        PyObject *path = split_path(PyTuple_GET_ITEM(args, i));
        if (path == NULL)
            Py_CLEAR(paths);
        else
            PyTuple_SET_ITEM(paths, i, path);
    }
    if (paths == NULL)
        return NULL;
    PyObject *self = new_getter(type, paths, attrgetter_vectorcall);
    Py_DECREF(paths);
    return self;
}

/* The dotted names that the getter was made from. */
static PyObject *dotted_names(PyObject *self)
{
    Py_ssize_t n = PyTuple_GET_SIZE(KEYS(self));
    PyObject *dot = PyUnicode_FromString("."), *names = dot == NULL ? NULL : PyTuple_New(n);
    for (Py_ssize_t i = 0; names != NULL && i < n; i++) {
        PyObject *name = PyUnicode_Join(dot, PyTuple_GET_ITEM(KEYS(self), i));
        if (name == NULL)
            Py_CLEAR(names);
        else
            PyTuple_SET_ITEM(names, i, name);
    }
    Py_XDECREF(dot);
    return names;
}

static PyObject *attrgetter_text(PyObject *self)
{
    PyObject *names = dotted_names(self);
    if (names == NULL)
        return NULL;
    PyObject *text = call_text(self, names);
    Py_DECREF(names);
    return text;
}
static PyObject *attrgetter_repr(PyObject *self) { return recursive_repr(self, attrgetter_text); }
static PyObject *attrgetter_reduce(PyObject *self, PyObject *unused)
{
    PyObject *names = dotted_names(self);
    return names == NULL ? NULL : Py_BuildValue("ON", Py_TYPE(self), names);
}

static PyMemberDef getter_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Getter, vectorcall), READONLY, NULL},
    {NULL},
};
static PyMethodDef itemgetter_methods[] = {{"__reduce__", itemgetter_reduce, METH_NOARGS, NULL}, {NULL}};
static PyMethodDef attrgetter_methods[] = {{"__reduce__", attrgetter_reduce, METH_NOARGS, NULL}, {NULL}};

#define GETTER_SLOTS(kind, doc)                                                                                            \
    static PyType_Slot kind##_slots[] = {                                                                                  \
        {Py_tp_doc, (void *)doc}, {Py_tp_dealloc, getter_dealloc}, {Py_tp_call, PyVectorcall_Call},                        \
        {Py_tp_traverse, getter_traverse}, {Py_tp_clear, getter_clear}, {Py_tp_methods, kind##_methods},                   \
        {Py_tp_members, getter_members}, {Py_tp_new, kind##_new}, {Py_tp_repr, kind##_repr}, {0, NULL},                    \
    };                                                                                                                     \
    static PyType_Spec kind##_spec = {.name = "operator." #kind, .basicsize = sizeof(Getter),                              \
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_HAVE_VECTORCALL,          \
        .slots = kind##_slots}
GETTER_SLOTS(itemgetter, "itemgetter(item, ...) --> itemgetter object\n\n"
                         "Return a callable object that fetches the given item(s) from its operand.\n"
                         "After f = itemgetter(2), the call f(r) returns r[2].\n"
                         "After g = itemgetter(2, 5, 3), the call g(r) returns (r[2], r[5], r[3])");
GETTER_SLOTS(attrgetter, "attrgetter(attr, ...) --> attrgetter object\n\n"
                         "Return a callable object that fetches the given attribute(s) from its operand.\n"
                         "After f = attrgetter('name'), the call f(r) returns r.name.\n"
                         "After g = attrgetter('name', 'date'), the call g(r) returns (r.name, r.date).\n"
                         "After h = attrgetter('name.first', 'name.last'), the call h(r) returns\n(r.name.first, r.name.last).");

/* ---- methodcaller ---- */

typedef struct {
    PyObject_HEAD
    PyObject *name, *args, *kwds;
} Caller;
#define C(self) ((Caller *)(self))

static PyObject *methodcaller_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    if (PyTuple_GET_SIZE(args) < 1) {
        PyErr_SetString(PyExc_TypeError, "methodcaller needs at least one argument, the method name");
        return NULL;
    }
    PyObject *name = PyTuple_GET_ITEM(args, 0);
    if (!PyUnicode_Check(name)) {
        PyErr_SetString(PyExc_TypeError, "method name must be a string");
        return NULL;
    }
    Caller *self = (Caller *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->name = Py_NewRef(name);
    PyUnicode_InternInPlace(&self->name);
    self->kwds = kwds != NULL && PyDict_GET_SIZE(kwds) > 0 ? PyDict_Copy(kwds) : NULL;
    self->args = PyTuple_GetSlice(args, 1, PyTuple_GET_SIZE(args));
    if (self->args == NULL || PyErr_Occurred())
        Py_CLEAR(self);
    return (PyObject *)self;
}

static void methodcaller_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_XDECREF(C(self)->name);
    Py_XDECREF(C(self)->args);
    Py_XDECREF(C(self)->kwds);
    type->tp_free(self);
    Py_DECREF(type);
}

HIDDEN_FIELDS(methodcaller, methodcaller_dealloc, FIELD(Caller, name));
static int methodcaller_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(C(self)->args);
    Py_VISIT(C(self)->kwds);
    return 0;
}
static int methodcaller_clear(PyObject *self)
{
    Py_CLEAR(C(self)->args);
    Py_CLEAR(C(self)->kwds);
    return 0;
}

static PyObject *methodcaller_call(PyObject *self, PyObject *args, PyObject *kwds)
{
    if (!_PyArg_NoKeywords("methodcaller", kwds) || !_PyArg_CheckPositional("methodcaller", PyTuple_GET_SIZE(args), 1, 1))
        return NULL;
    PyObject *method = PyObject_GetAttr(PyTuple_GET_ITEM(args, 0), C(self)->name);
    if (method == NULL)
        return NULL;
    PyObject *result = PyObject_Call(method, C(self)->args, C(self)->kwds);
    Py_DECREF(method);
    return result;
}

static PyObject *methodcaller_text(PyObject *self)
{
    PyObject *text = PyUnicode_FromFormat("%s(%R", Py_TYPE(self)->tp_name, C(self)->name), *key, *value;
    for (Py_ssize_t i = 0; text != NULL && i < PyTuple_GET_SIZE(C(self)->args); i++)
        Py_SETREF(text, PyUnicode_FromFormat("%U, %R", text, PyTuple_GET_ITEM(C(self)->args, i)));
    Py_ssize_t at = 0;
    while (text != NULL && C(self)->kwds != NULL && PyDict_Next(C(self)->kwds, &at, &key, &value))
        Py_SETREF(text, PyUnicode_FromFormat("%U, %U=%R", text, key, value));
    if (text != NULL)
        Py_SETREF(text, PyUnicode_FromFormat("%U)", text));
    return text;
}
static PyObject *methodcaller_repr(PyObject *self) { return recursive_repr(self, methodcaller_text); }

static PyObject *methodcaller_reduce(PyObject *self, PyObject *unused)
{
    PyObject *name = PyTuple_Pack(1, C(self)->name), *args = NULL, *result = NULL;
    if (name == NULL)
        return NULL;
    if (C(self)->kwds == NULL) {
        args = PySequence_Concat(name, C(self)->args);
        result = args == NULL ? NULL : PyTuple_Pack(2, Py_TYPE(self), args);
        Py_XDECREF(args);
    } else {
        PyObject *functools = PyImport_ImportModule("functools");
        PyObject *partial = functools == NULL ? NULL : PyObject_GetAttrString(functools, "partial");
        PyObject *first = partial == NULL ? NULL : PyTuple_Pack(2, Py_TYPE(self), C(self)->name);
        PyObject *constructor = first == NULL ? NULL : PyObject_Call(partial, first, C(self)->kwds);
        if (constructor != NULL)
            result = PyTuple_Pack(2, constructor, C(self)->args);
        Py_XDECREF(functools);
        Py_XDECREF(partial);
        Py_XDECREF(first);
        Py_XDECREF(constructor);
    }
    Py_DECREF(name);
    return result;
}

static PyMethodDef methodcaller_methods[] = {{"__reduce__", methodcaller_reduce, METH_NOARGS, NULL}, {NULL}};
static PyType_Slot methodcaller_slots[] = {
    {Py_tp_doc, (void *)"methodcaller(name, ...) --> methodcaller object\n\n"
                        "Return a callable object that calls the given method on its operand.\n"
                        "After f = methodcaller('name'), the call f(r) returns r.name().\n"
                        "After g = methodcaller('name', 'date', foo=1), the call g(r) returns\nr.name('date', foo=1)."},
    {Py_tp_dealloc, methodcaller_dealloc}, {Py_tp_call, methodcaller_call}, {Py_tp_traverse, methodcaller_traverse},
    {Py_tp_clear, methodcaller_clear}, {Py_tp_methods, methodcaller_methods}, {Py_tp_new, methodcaller_new},
    {Py_tp_repr, methodcaller_repr}, {0, NULL},
};
static PyType_Spec methodcaller_spec = {
    .name = "operator.methodcaller", .basicsize = sizeof(Caller),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE, .slots = methodcaller_slots};

/* ---- the module ---- */

static PyMethodDef methods[] = {
#define ROW(name, expression, doc) {#name, op_##name, METH_O, #name "($module, a, /)\n--\n\n" doc},
    UNARIES(ROW)
#undef ROW
#define ROW(name, expression, doc) {#name, _PyCFunction_CAST(op_##name), METH_FASTCALL, #name "($module, a, b, /)\n--\n\n" doc},
    BINARIES(ROW)
#undef ROW
    {"truth", op_truth, METH_O, "truth($module, a, /)\n--\n\nReturn True if a is true, False otherwise."},
    {"not_", op_not_, METH_O, "not_($module, a, /)\n--\n\nSame as not a."},
    {"setitem", _PyCFunction_CAST(op_setitem), METH_FASTCALL, "setitem($module, a, b, c, /)\n--\n\nSame as a[b] = c."},
    {"length_hint", _PyCFunction_CAST(op_length_hint), METH_FASTCALL,
     "length_hint($module, obj, default=0, /)\n--\n\nReturn an estimate of the number of items in obj.\n\n"
     "This is useful for presizing containers when building from an iterable.\n\n"
     "If the object supports len(), the result will be exact.\n"
     "Otherwise, it may over- or under-estimate by an arbitrary amount."},
    {"call", _PyCFunction_CAST(op_call), METH_FASTCALL | METH_KEYWORDS,
     "call($module, obj, /, *args, **kwargs)\n--\n\nSame as obj(*args, **kwargs)."},
    {"_compare_digest", _PyCFunction_CAST(compare_digest), METH_FASTCALL,
     "_compare_digest($module, a, b, /)\n--\n\nReturn 'a == b', in a time that does not tell where they differ."},
    {NULL},
};

static int add_type(PyObject *module, PyTypeObject **place, PyType_Spec *spec)
{
    *place = (PyTypeObject *)PyType_FromModuleAndSpec(module, spec, NULL);
    return *place == NULL ? -1 : PyModule_AddType(module, *place);
}

static int exec(PyObject *module)
{
    State *state = PyModule_GetState(module);
    return add_type(module, &state->itemgetter, &itemgetter_spec) < 0 || add_type(module, &state->attrgetter, &attrgetter_spec) < 0
                   || add_type(module, &state->methodcaller, &methodcaller_spec) < 0
               ? -1
               : 0;
}
static int module_traverse(PyObject *module, visitproc visit, void *arg)
{
    State *state = PyModule_GetState(module);
    Py_VISIT(state->itemgetter);
    Py_VISIT(state->attrgetter);
    Py_VISIT(state->methodcaller);
    return 0;
}
static int module_clear(PyObject *module)
{
    State *state = PyModule_GetState(module);
    Py_CLEAR(state->itemgetter);
    Py_CLEAR(state->attrgetter);
    Py_CLEAR(state->methodcaller);
    return 0;
}
static void module_free(void *module) { module_clear((PyObject *)module); }

static PyModuleDef_Slot slots[] = {{Py_mod_exec, exec}, {0, NULL}};
static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "_operator",
    .m_doc = "Operator interface.\n\nThis module exports a set of functions implemented in C corresponding\n"
             "to the intrinsic operators of Python.  For example, operator.add(x, y)\nis equivalent to the expression x+y.",
    .m_size = sizeof(State), .m_methods = methods, .m_slots = slots, .m_traverse = module_traverse, .m_clear = module_clear,
    .m_free = module_free};

PyMODINIT_FUNC PyInit__operator(void) { return PyModuleDef_Init(&definition); }
