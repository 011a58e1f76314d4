/* BaseException: arguments, notes, traceback, cause and context; PyException_*. */
#include "objects/exceptions/exceptions.h"
#include "objects/names.h"

#define SELF ((PyBaseExceptionObject *)self)

PyObject *base_exception_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    PyObject *self = type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    if (args)
        SELF->args = Py_NewRef(args);
    else {
        SELF->args = PyTuple_New(0);
        if (SELF->args == NULL) {
            Py_DECREF(self);
            return NULL;
        }
    }
    return self;
}

int base_exception_init(PyObject *self, PyObject *args, PyObject *kwds)
{
    if (kwds && PyDict_GET_SIZE(kwds) != 0) {
        PyErr_Format(PyExc_TypeError, "%.200s() takes no keyword arguments", Py_TYPE(self)->tp_name);
        return -1;
    }
    Py_XSETREF(SELF->args, Py_NewRef(args));
    return 0;
}

int base_exception_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(SELF->dict);
    Py_VISIT(SELF->args);
    Py_VISIT(SELF->notes);
    Py_VISIT(SELF->traceback);
    Py_VISIT(SELF->cause);
    Py_VISIT(SELF->context);
    return 0;
}

int base_exception_clear(PyObject *self)
{
    Py_CLEAR(SELF->dict);
    Py_CLEAR(SELF->args);
    Py_CLEAR(SELF->notes);
    Py_CLEAR(SELF->traceback);
    Py_CLEAR(SELF->cause);
    Py_CLEAR(SELF->context);
    return 0;
}

/* Makes a dying MemoryError, already cleared, the thread's ready-made one if it has none; whether it did. */
static int keep_memory_error(PyObject *self)
{
    ThreadState *t = thread_current();
    if ((PyObject *)Py_TYPE(self) != PyExc_MemoryError || t == NULL || !t->keeps_memory_error || t->memory_error != NULL)
        return 0;
    Py_SET_REFCNT(self, 1);
    SELF->args = PyTuple_New(0);
    SELF->suppress_context = 0;
    PyObject_GC_Track(self);
    t->memory_error = self;
    PyObject *shared = t->base.interp->kept.memory_error;
    if (shared && Py_REFCNT(shared) == 1) { /* its use has ended, too */
        Py_CLEAR(((PyBaseExceptionObject *)shared)->traceback);
        Py_CLEAR(((PyBaseExceptionObject *)shared)->context);
    }
    return 1;
}

void base_exception_dealloc_with(PyObject *self, inquiry clear, destructor again)
{
    PyObject_GC_UnTrack(self);
    /* a chain of causes or contexts can be as long as memory allows */
    Py_TRASHCAN_BEGIN(self, again)
    clear(self);
    if (!keep_memory_error(self))
        Py_TYPE(self)->tp_free(self);
    Py_TRASHCAN_END
}

static void dealloc(PyObject *self) { base_exception_dealloc_with(self, base_exception_clear, dealloc); }

PyObject *base_exception_str(PyObject *self)
{
    PyObject *args = Py_NewRef(SELF->args), *text;   /* __str__ of an argument may set others */
    switch (PyTuple_GET_SIZE(args)) {
    case 0:
        text = PyUnicode_FromString("");
        break;
    case 1:
        text = PyObject_Str(PyTuple_GET_ITEM(args, 0));
        break;
    default:
        text = PyObject_Str(args);
    }
    Py_DECREF(args);
    return text;
}

static PyObject *repr(PyObject *self)
{
    const char *name = _PyType_Name(Py_TYPE(self));
    PyObject *args = Py_NewRef(SELF->args);
    PyObject *text = PyTuple_GET_SIZE(args) == 1 ? PyUnicode_FromFormat("%s(%R)", name, PyTuple_GET_ITEM(args, 0))
                                                 : PyUnicode_FromFormat("%s%R", name, args);
    Py_DECREF(args);
    return text;
}

/* ---- methods ---- */
static PyObject *reduce(PyObject *self, PyObject *unused)
{
    if (SELF->args && SELF->dict)
        return PyTuple_Pack(3, Py_TYPE(self), SELF->args, SELF->dict);
    return PyTuple_Pack(2, Py_TYPE(self), SELF->args);
}

PyObject *base_exception_state(PyObject *self)
{
    return SELF->dict ? Py_NewRef(SELF->dict) : NULL;
}

static PyObject *set_state(PyObject *self, PyObject *state)
{
    if (state == Py_None)
        Py_RETURN_NONE;
    if (!PyDict_Check(state)) {
        PyErr_SetString(PyExc_TypeError, "state is not a dictionary");
        return NULL;
    }
    PyObject *key, *value;
    Py_ssize_t i = 0;
    while (PyDict_Next(state, &i, &key, &value)) {
        Py_INCREF(key);
        Py_INCREF(value);
        int failed = PyObject_SetAttr(self, key, value) < 0;
        Py_DECREF(key);
        Py_DECREF(value);
        if (failed)
            return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *with_traceback(PyObject *self, PyObject *tb)
{
    if (PyException_SetTraceback(self, tb) < 0)
        return NULL;
    return Py_NewRef(self);
}

static PyObject *add_note(PyObject *self, PyObject *note)
{
    if (!PyUnicode_Check(note)) {
        PyErr_Format(PyExc_TypeError, "note must be a str, not '%s'", Py_TYPE(note)->tp_name);
        return NULL;
    }
    PyObject *notes;
    if (_PyObject_LookupAttr(self, N(__notes__), &notes) < 0)
        return NULL;
    if (notes == NULL) {
        notes = PyList_New(0);
        if (notes == NULL || PyObject_SetAttr(self, N(__notes__), notes) < 0) {
            Py_XDECREF(notes);
            return NULL;
        }
    }
    else if (!PyList_Check(notes)) {
        Py_DECREF(notes);
        PyErr_SetString(PyExc_TypeError, "Cannot add note: __notes__ is not a list");
        return NULL;
    }
    int failed = PyList_Append(notes, note) < 0;
    Py_DECREF(notes);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"__reduce__", reduce, METH_NOARGS, NULL},
    {"__setstate__", set_state, METH_O, NULL},
    {"with_traceback", with_traceback, METH_O, "Exception.with_traceback(tb) --\n    set self.__traceback__ to tb and return self."},
    {"add_note", add_note, METH_O, "Exception.add_note(note) --\n    add a note to the exception"},
    {NULL}};

/* ---- attributes ---- */
static PyObject *get_args(PyObject *self, void *unused)
{
    return Py_NewRef(SELF->args ? SELF->args : Py_None);
}

static int set_args(PyObject *self, PyObject *value, void *unused)
{
    if (value == NULL) {
        PyErr_SetString(PyExc_TypeError, "args may not be deleted");
        return -1;
    }
    PyObject *tuple = PySequence_Tuple(value);
    if (tuple == NULL)
        return -1;
    Py_XSETREF(SELF->args, tuple);
    return 0;
}

static PyObject *get_traceback(PyObject *self, void *unused)
{
    return Py_NewRef(SELF->traceback ? SELF->traceback : Py_None);
}

static int set_traceback(PyObject *self, PyObject *tb, void *unused)
{
    if (tb == NULL) {
        PyErr_SetString(PyExc_TypeError, "__traceback__ may not be deleted");
        return -1;
    }
    if (tb != Py_None && !PyTraceBack_Check(tb)) {
        PyErr_SetString(PyExc_TypeError, "__traceback__ must be a traceback or None");
        return -1;
    }
    Py_XSETREF(SELF->traceback, tb == Py_None ? NULL : Py_NewRef(tb));
    return 0;
}

static PyObject *get_context(PyObject *self, void *unused)
{
    return Py_NewRef(SELF->context ? SELF->context : Py_None);
}

static PyObject *get_cause(PyObject *self, void *unused)
{
    return Py_NewRef(SELF->cause ? SELF->cause : Py_None);
}

/* Checks what is assigned to __cause__ or __context__; *out is a new reference or NULL for None. */
static int linked_exception(PyObject *value, const char *what, PyObject **out)
{
    *out = NULL;
    if (value == NULL) {
        PyErr_Format(PyExc_TypeError, "__%s__ may not be deleted", what);
        return -1;
    }
    if (value == Py_None)
        return 0;
    if (!PyExceptionInstance_Check(value)) {
        PyErr_Format(PyExc_TypeError, "exception %s must be None or derive from BaseException", what);
        return -1;
    }
    *out = Py_NewRef(value);
    return 0;
}

static int set_context(PyObject *self, PyObject *value, void *unused)
{
    PyObject *link;
    if (linked_exception(value, "context", &link) < 0)
        return -1;
    PyException_SetContext(self, link);
    return 0;
}

static int set_cause(PyObject *self, PyObject *value, void *unused)
{
    PyObject *link;
    if (linked_exception(value, "cause", &link) < 0)
        return -1;
    PyException_SetCause(self, link);
    return 0;
}

static PyGetSetDef getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {"args", get_args, set_args, NULL, NULL},
    {"__traceback__", get_traceback, set_traceback, NULL, NULL},
    {"__context__", get_context, set_context, "exception context", NULL},
    {"__cause__", get_cause, set_cause, "exception cause", NULL},
    {NULL}};

static PyMemberDef members[] = {
    {"__suppress_context__", T_BOOL, offsetof(PyBaseExceptionObject, suppress_context), 0, NULL}, {NULL}};

PyTypeObject _PyExc_BaseException = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "BaseException",
    .tp_basicsize = sizeof(PyBaseExceptionObject),
    .tp_dealloc = dealloc,
    .tp_repr = repr,
    .tp_str = base_exception_str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASE_EXC_SUBCLASS,
    .tp_doc = "Common base class for all exceptions",
    .tp_traverse = base_exception_traverse,
    .tp_clear = base_exception_clear,
    .tp_methods = methods,
    .tp_members = members,
    .tp_getset = getset,
    .tp_dictoffset = offsetof(PyBaseExceptionObject, dict),
    .tp_init = base_exception_init,
    .tp_new = base_exception_new,
};

/* ---- PyException_* ---- */
PyObject *PyException_GetTraceback(PyObject *self) { return Py_XNewRef(SELF->traceback); }
int PyException_SetTraceback(PyObject *self, PyObject *tb) { return set_traceback(self, tb, NULL); }
PyObject *PyException_GetCause(PyObject *self) { return Py_XNewRef(SELF->cause); }
PyObject *PyException_GetContext(PyObject *self) { return Py_XNewRef(SELF->context); }

void PyException_SetCause(PyObject *self, PyObject *cause)
{
    SELF->suppress_context = 1;
    Py_XSETREF(SELF->cause, cause);
}

void PyException_SetContext(PyObject *self, PyObject *context)
{
    Py_XSETREF(SELF->context, context);
}

const char *PyExceptionClass_Name(PyObject *type)
{
    return ((PyTypeObject *)type)->tp_name;
}
