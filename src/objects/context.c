/* Context variables (PEP 567): Context, ContextVar and Token.
 *
 * A Context is a dict from variables to values.  copy_context() copies the dict; the thread's own context is made when a
 * variable is first set. */
#include "Python.h"
#include "structmember.h"
#include "objects/hidden.h"

struct _pycontextobject {
    PyObject_HEAD
    PyObject *vars; /* dict */
    PyContext *previous; /* the one that was current when this one was entered; owned */
    PyObject *weakreflist;
    int entered;
};

struct _pycontextvarobject {
    PyObject_HEAD
    PyObject *name, *fallback; /* fallback: NULL for none */
    Py_hash_t hash;
};

struct _pycontexttokenobject {
    PyObject_HEAD
    PyContext *context;
    PyContextVar *var;
    PyObject *old; /* NULL: was not set */
    int used;
};

static PyTypeObject Missing_Type;
static PyObject missing = {(Py_ssize_t)1 << 60, &Missing_Type}; /* Token.MISSING */

/* -- Context -- */

static PyContext *context_with(PyObject *vars)
{
    if (!vars)
        return NULL;
    PyContext *c = PyObject_GC_New(PyContext, &PyContext_Type);
    if (!c) {
        Py_DECREF(vars);
        return NULL;
    }
    c->vars = vars;
    c->previous = NULL;
    c->weakreflist = NULL;
    c->entered = 0;
    PyObject_GC_Track(c);
    return c;
}

PyObject *PyContext_New(void) { return (PyObject *)context_with(PyDict_New()); }

static int wrong_type(PyObject *o, PyTypeObject *type, const char *what)
{
    if (Py_IS_TYPE(o, type))
        return 0;
    PyErr_Format(PyExc_TypeError, "an instance of %s was expected", what);
    return 1;
}

PyObject *PyContext_Copy(PyObject *o)
{
    if (wrong_type(o, &PyContext_Type, "Context"))
        return NULL;
    return (PyObject *)context_with(PyDict_Copy(((PyContext *)o)->vars));
}

/* The thread's context; borrowed. */
static PyContext *current(void)
{
    PyThreadState *t = PyThreadState_Get();
    if (t->context)
        return (PyContext *)t->context;
    PyObject *c = PyContext_New();
    if (!c)
        return NULL;
    if (!t->context)   /* else a collection came between, and a finaliser that needed one */
        t->context = c;
    else
        Py_DECREF(c);
    return (PyContext *)t->context;
}

PyObject *PyContext_CopyCurrent(void)
{
    PyContext *c = current();
    return c ? PyContext_Copy((PyObject *)c) : NULL;
}

int PyContext_Enter(PyObject *o)
{
    if (wrong_type(o, &PyContext_Type, "Context"))
        return -1;
    PyContext *c = (PyContext *)o;
    PyThreadState *t = PyThreadState_Get();
    if (c->entered) {
        PyErr_Format(PyExc_RuntimeError, "cannot enter context: %R is already entered", o);
        return -1;
    }
    c->previous = (PyContext *)t->context;
    c->entered = 1;
    t->context = Py_NewRef(o);
    t->context_ver++;
    return 0;
}

int PyContext_Exit(PyObject *o)
{
    if (wrong_type(o, &PyContext_Type, "Context"))
        return -1;
    PyContext *c = (PyContext *)o;
    PyThreadState *t = PyThreadState_Get();
    if (!c->entered) {
        PyErr_Format(PyExc_RuntimeError, "cannot exit context: %R has not been entered", o);
        return -1;
    }
    if (t->context != o) {
        PyErr_SetString(PyExc_RuntimeError, "cannot exit context: thread state references a different context object");
        return -1;
    }
    t->context = (PyObject *)c->previous;
    t->context_ver++;
    c->previous = NULL;
    c->entered = 0;
    Py_DECREF(o);
    return 0;
}

static int context_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((PyContext *)self)->vars);
    Py_VISIT(((PyContext *)self)->previous);
    return 0;
}

static int context_clear(PyObject *self)
{
    Py_CLEAR(((PyContext *)self)->previous);
    Py_CLEAR(((PyContext *)self)->vars);
    return 0;
}

static void context_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    if (((PyContext *)self)->weakreflist)
        PyObject_ClearWeakRefs(self);
    context_clear(self);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *context_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (PyTuple_GET_SIZE(args) || (kwargs && PyDict_GET_SIZE(kwargs))) {
        PyErr_SetString(PyExc_TypeError, "Context() does not accept any arguments");
        return NULL;
    }
    return PyContext_New();
}

/* Value of a variable: borrowed; NULL, perhaps with TypeError. */
static PyObject *lookup(PyObject *self, PyObject *key)
{
    if (!Py_IS_TYPE(key, &PyContextVar_Type)) {
        PyErr_Format(PyExc_TypeError, "a ContextVar key was expected, got %R", key);
        return NULL;
    }
    return PyDict_GetItemWithError(((PyContext *)self)->vars, key);
}

static PyObject *context_subscript(PyObject *self, PyObject *key)
{
    PyObject *value = lookup(self, key);
    if (!value && !PyErr_Occurred())
        PyErr_SetObject(PyExc_KeyError, key);
    return Py_XNewRef(value);
}

static int context_contains(PyObject *self, PyObject *key)
{
    PyObject *value = lookup(self, key);
    return value ? 1 : PyErr_Occurred() ? -1 : 0;
}

static Py_ssize_t context_length(PyObject *self) { return PyDict_GET_SIZE(((PyContext *)self)->vars); }
static PyObject *context_iter(PyObject *self) { return PyObject_GetIter(((PyContext *)self)->vars); }

static PyObject *context_compare(PyObject *a, PyObject *b, int op)
{
    if (!Py_IS_TYPE(a, &PyContext_Type) || !Py_IS_TYPE(b, &PyContext_Type) || (op != Py_EQ && op != Py_NE))
        Py_RETURN_NOTIMPLEMENTED;
    return PyObject_RichCompare(((PyContext *)a)->vars, ((PyContext *)b)->vars, op);
}

static PyObject *context_get(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (!_PyArg_CheckPositional("get", n, 1, 2))
        return NULL;
    PyObject *value = lookup(self, args[0]);
    if (!value && PyErr_Occurred())
        return NULL;
    return Py_NewRef(value ? value : n > 1 ? args[1] : Py_None);
}

static PyObject *view(PyObject *self, const char *method)
{
    return PyObject_CallMethod(((PyContext *)self)->vars, method, NULL);
}
static PyObject *context_items(PyObject *self, PyObject *ignored) { return view(self, "items"); }
static PyObject *context_keys(PyObject *self, PyObject *ignored) { return view(self, "keys"); }
static PyObject *context_values(PyObject *self, PyObject *ignored) { return view(self, "values"); }
static PyObject *context_copy(PyObject *self, PyObject *ignored) { return PyContext_Copy(self); }

static PyObject *context_run(PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *kwnames)
{
    if (n < 1) {
        PyErr_SetString(PyExc_TypeError, "run() missing 1 required positional argument");
        return NULL;
    }
    if (PyContext_Enter(self) < 0)
        return NULL;
    PyObject *result = PyObject_Vectorcall(args[0], args + 1, n - 1, kwnames);
    if (PyContext_Exit(self) < 0)
        Py_CLEAR(result);
    return result;
}

static PyMethodDef context_methods[] = {
    {"get", (PyCFunction)(void (*)(void))context_get, METH_FASTCALL,
     "get($self, key, default=None, /)\n--\n\nThe value of a variable, or default."},
    {"items", context_items, METH_NOARGS, "items($self, /)\n--\n\nThe variables with their values."},
    {"keys", context_keys, METH_NOARGS, "keys($self, /)\n--\n\nThe variables."},
    {"values", context_values, METH_NOARGS, "values($self, /)\n--\n\nThe values."},
    {"copy", context_copy, METH_NOARGS, "copy($self, /)\n--\n\nA copy."},
    {"run", (PyCFunction)(void (*)(void))context_run, METH_FASTCALL | METH_KEYWORDS,
     "run(callable, *args, **kwargs)\n\nCalls with this context as the current one."},
    {NULL}};
static PyMappingMethods context_mapping = {context_length, context_subscript, NULL};
static PySequenceMethods context_sequence = {.sq_contains = context_contains};

PyTypeObject PyContext_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "_contextvars.Context",
    .tp_basicsize = sizeof(PyContext),
    .tp_dealloc = context_dealloc,
    .tp_as_sequence = &context_sequence,
    .tp_as_mapping = &context_mapping,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = context_traverse,
    .tp_clear = context_clear,
    .tp_richcompare = context_compare,
    .tp_weaklistoffset = offsetof(PyContext, weakreflist),
    .tp_iter = context_iter,
    .tp_methods = context_methods,
    .tp_new = context_new,
    .tp_free = PyObject_GC_Del,
};

/* -- ContextVar -- */

static PyContextVar *variable_new(PyObject *name, PyObject *fallback)
{
    if (!PyUnicode_Check(name)) {
        PyErr_SetString(PyExc_TypeError, "context variable name must be a str");
        return NULL;
    }
    Py_hash_t name_hash = PyObject_Hash(name);
    PyContextVar *v = name_hash == -1 ? NULL : PyObject_GC_New(PyContextVar, &PyContextVar_Type);
    if (!v)
        return NULL;
    v->name = Py_NewRef(name);
    v->fallback = Py_XNewRef(fallback);
    v->hash = _Py_HashPointer(v) ^ name_hash;
    if (v->hash == -1)
        v->hash = -2;
    PyObject_GC_Track(v);
    return v;
}

PyObject *PyContextVar_New(const char *name, PyObject *fallback)
{
    PyObject *text = PyUnicode_FromString(name);
    PyContextVar *v = text ? variable_new(text, fallback) : NULL;
    Py_XDECREF(text);
    return (PyObject *)v;
}

/* *value: new reference, or NULL if there is none; 0, or -1 with an exception. */
int PyContextVar_Get(PyObject *o, PyObject *otherwise, PyObject **value)
{
    *value = NULL;
    if (wrong_type(o, &PyContextVar_Type, "ContextVar"))
        return -1;
    PyThreadState *t = PyThreadState_Get();
    PyObject *found = t->context ? PyDict_GetItemWithError(((PyContext *)t->context)->vars, o) : NULL;
    if (!found && PyErr_Occurred())
        return -1;
    if (!found)
        found = otherwise ? otherwise : ((PyContextVar *)o)->fallback;
    *value = Py_XNewRef(found);
    return 0;
}

/* New Token, or NULL with an exception. */
PyObject *PyContextVar_Set(PyObject *o, PyObject *value)
{
    PyContext *c;
    if (wrong_type(o, &PyContextVar_Type, "ContextVar") || !(c = current()))
        return NULL;
    PyObject *old = PyDict_GetItemWithError(c->vars, o);
    if (!old && PyErr_Occurred())
        return NULL;
    PyContextToken *token = PyObject_GC_New(PyContextToken, &PyContextToken_Type);
    if (!token)
        return NULL;
    token->context = (PyContext *)Py_NewRef(c);
    token->var = (PyContextVar *)Py_NewRef(o);
    token->old = Py_XNewRef(old);
    token->used = 0;
    PyObject_GC_Track(token);
    if (PyDict_SetItem(c->vars, o, value) < 0)
        Py_CLEAR(token);
    return (PyObject *)token;
}

int PyContextVar_Reset(PyObject *o, PyObject *t)
{
    PyContextToken *token = (PyContextToken *)t;
    if (token->used) {
        PyErr_Format(PyExc_RuntimeError, "%R has already been used once", t);
        return -1;
    }
    if ((PyObject *)token->var != o) {
        PyErr_Format(PyExc_ValueError, "%R was created by a different ContextVar", t);
        return -1;
    }
    PyContext *c = current();
    if (!c)
        return -1;
    if (c != token->context) {
        PyErr_Format(PyExc_ValueError, "%R was created in a different Context", t);
        return -1;
    }
    token->used = 1;
    return token->old ? PyDict_SetItem(c->vars, o, token->old) : PyDict_DelItem(c->vars, o);
}

static PyObject *variable_make(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"", "default", NULL};
    PyObject *name, *fallback = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|$O:ContextVar", keywords, &name, &fallback))
        return NULL;
    return (PyObject *)variable_new(name, fallback);
}

static int variable_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((PyContextVar *)self)->fallback);
    return 0;
}

static int variable_clear(PyObject *self)
{
    Py_CLEAR(((PyContextVar *)self)->fallback);
    return 0;
}

static void variable_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_CLEAR(((PyContextVar *)self)->name);
    variable_clear(self);
    Py_TYPE(self)->tp_free(self);
}

HIDDEN_FIELDS(context_variable, variable_dealloc, FIELD(struct _pycontextvarobject, name));

static Py_hash_t variable_hash(PyObject *self) { return ((PyContextVar *)self)->hash; }

static PyObject *variable_repr(PyObject *self)
{
    PyContextVar *v = (PyContextVar *)self;
    if (v->fallback)
        return PyUnicode_FromFormat("<ContextVar name=%R default=%R at %p>", v->name, v->fallback, self);
    return PyUnicode_FromFormat("<ContextVar name=%R at %p>", v->name, self);
}

static PyObject *variable_get(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    PyObject *value;
    if (!_PyArg_CheckPositional("get", n, 0, 1) || PyContextVar_Get(self, n ? args[0] : NULL, &value) < 0)
        return NULL;
    if (!value)
        PyErr_SetObject(PyExc_LookupError, self);
    return value;
}

static PyObject *variable_reset(PyObject *self, PyObject *token)
{
    if (!Py_IS_TYPE(token, &PyContextToken_Type)) {
        PyErr_Format(PyExc_TypeError, "expected an instance of Token, got %R", token);
        return NULL;
    }
    if (PyContextVar_Reset(self, token) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef variable_methods[] = {
    {"get", (PyCFunction)(void (*)(void))variable_get, METH_FASTCALL,
     "get([default])\n\nThe value in the current context, or default, or that of the variable; else LookupError."},
    {"set", PyContextVar_Set, METH_O, "set($self, value, /)\n--\n\nSets the value in the current context: a Token for reset()."},
    {"reset", variable_reset, METH_O, "reset($self, token, /)\n--\n\nTakes the set() that made the token back."},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, "See PEP 585."},
    {NULL}};
static PyMemberDef variable_members[] = {{"name", T_OBJECT, offsetof(PyContextVar, name), READONLY, NULL}, {NULL}};

PyTypeObject PyContextVar_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "_contextvars.ContextVar",
    .tp_basicsize = sizeof(PyContextVar),
    .tp_dealloc = variable_dealloc,
    .tp_repr = variable_repr,
    .tp_hash = variable_hash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = variable_traverse,
    .tp_clear = variable_clear,
    .tp_methods = variable_methods,
    .tp_members = variable_members,
    .tp_new = variable_make,
    .tp_free = PyObject_GC_Del,
};

/* -- Token -- */

static int token_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((PyContextToken *)self)->context);
    Py_VISIT(((PyContextToken *)self)->var);
    Py_VISIT(((PyContextToken *)self)->old);
    return 0;
}

static int token_clear(PyObject *self)
{
    Py_CLEAR(((PyContextToken *)self)->context);
    Py_CLEAR(((PyContextToken *)self)->var);
    Py_CLEAR(((PyContextToken *)self)->old);
    return 0;
}

static void token_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    token_clear(self);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *token_repr(PyObject *self)
{
    PyContextToken *t = (PyContextToken *)self;
    return PyUnicode_FromFormat("<Token%s var=%R at %p>", t->used ? " used" : "", t->var, self);
}

static PyObject *token_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyErr_SetString(PyExc_RuntimeError, "Tokens can only be created by ContextVars");
    return NULL;
}

static PyObject *token_get_var(PyObject *self, void *closure) { return Py_NewRef(((PyContextToken *)self)->var); }
static PyObject *token_get_old(PyObject *self, void *closure)
{
    PyObject *old = ((PyContextToken *)self)->old;
    return Py_NewRef(old ? old : &missing);
}

static PyObject *missing_repr(PyObject *self) { return PyUnicode_FromString("<Token.MISSING>"); }

static PyTypeObject Missing_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "Token.MISSING",
    .tp_basicsize = sizeof(PyObject),
    .tp_repr = missing_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};

static PyGetSetDef token_getset[] = {{"var", token_get_var, NULL, NULL}, {"old_value", token_get_old, NULL, NULL}, {NULL}};
static PyMethodDef token_methods[] = {{"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, "See PEP 585."}, {NULL}};

PyTypeObject PyContextToken_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "_contextvars.Token",
    .tp_basicsize = sizeof(PyContextToken),
    .tp_dealloc = token_dealloc,
    .tp_repr = token_repr,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = token_traverse,
    .tp_clear = token_clear,
    .tp_methods = token_methods,
    .tp_getset = token_getset,
    .tp_new = token_new,
    .tp_free = PyObject_GC_Del,
};

/* Readies the types and adds Token.MISSING; 0, or -1 with an exception. */
int context_init(void)
{
    if (PyType_Ready(&Missing_Type) < 0 || PyType_Ready(&PyContext_Type) < 0 || PyType_Ready(&PyContextVar_Type) < 0 ||
        PyType_Ready(&PyContextToken_Type) < 0)
        return -1;
    return PyDict_SetItemString(PyContextToken_Type.tp_dict, "MISSING", &missing);
}

void context_fini(void) {}

/* Contexts are not made of such a trie; what tests it has nothing to look at. */
PyObject *_PyContext_NewHamtForTests(void)
{
    PyErr_SetString(PyExc_NotImplementedError, "contexts are not made of a HAMT");
    return NULL;
}
