/* Exceptions with one to three attributes of their own: SystemExit, StopIteration, ImportError, NameError, AttributeError, KeyError. */
#include "objects/exceptions/exceptions.h"

/* Declares dealloc, traverse and clear of a struct with up to three object fields, given as CLEAR/VISIT lists. */
#define CONTAINER(prefix, Type, FIELDS) \
    static int prefix##_clear(PyObject *op) \
    { \
        Type *self = (Type *)op; \
        FIELDS(Py_CLEAR) \
        return base_exception_clear(op); \
    } \
    static int prefix##_traverse(PyObject *op, visitproc visit, void *arg) \
    { \
        Type *self = (Type *)op; \
        FIELDS(Py_VISIT) \
        return base_exception_traverse(op, visit, arg); \
    } \
    static void prefix##_dealloc(PyObject *op) { base_exception_dealloc_with(op, prefix##_clear, prefix##_dealloc); }
#define KIND(prefix, Type) \
    .size = sizeof(Type), .dealloc = prefix##_dealloc, .traverse = prefix##_traverse, .clear = prefix##_clear, \
    .init = prefix##_init

/* ---- SystemExit ---- */
#define FIELDS(DO) DO(self->code);
CONTAINER(system_exit, PySystemExitObject, FIELDS)
#undef FIELDS

static int system_exit_init(PyObject *op, PyObject *args, PyObject *kwds)
{
    if (base_exception_init(op, args, kwds) < 0)
        return -1;
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n > 0)
        Py_XSETREF(((PySystemExitObject *)op)->code, Py_NewRef(n == 1 ? PyTuple_GET_ITEM(args, 0) : args));
    return 0;
}

static PyMemberDef system_exit_members[] = {
    {"code", T_OBJECT, offsetof(PySystemExitObject, code), 0, "exception code"}, {NULL}};
const ExceptionKind system_exit_kind = {KIND(system_exit, PySystemExitObject), .members = system_exit_members};

/* ---- StopIteration ---- */
#define FIELDS(DO) DO(self->value);
CONTAINER(stop_iteration, PyStopIterationObject, FIELDS)
#undef FIELDS

static int stop_iteration_init(PyObject *op, PyObject *args, PyObject *kwds)
{
    if (base_exception_init(op, args, kwds) < 0)
        return -1;
    PyObject *value = PyTuple_GET_SIZE(args) > 0 ? PyTuple_GET_ITEM(args, 0) : Py_None;
    Py_XSETREF(((PyStopIterationObject *)op)->value, Py_NewRef(value));
    return 0;
}

static PyMemberDef stop_iteration_members[] = {
    {"value", T_OBJECT, offsetof(PyStopIterationObject, value), 0, "generator return value"}, {NULL}};
const ExceptionKind stop_iteration_kind = {KIND(stop_iteration, PyStopIterationObject), .members = stop_iteration_members};

/* Parses the keyword-only arguments of ImportError, NameError, AttributeError with `format`; borrowed results. */
static int parse_keywords(PyObject *kwds, const char *format, char **names, PyObject **a, PyObject **b)
{
    PyObject *empty = PyTuple_New(0);
    if (empty == NULL)
        return -1;
    int ok = PyArg_ParseTupleAndKeywords(empty, kwds, format, names, a, b);
    Py_DECREF(empty);
    return ok ? 0 : -1;
}

/* ---- ImportError ---- */
#define FIELDS(DO) DO(self->msg); DO(self->name); DO(self->path);
CONTAINER(import_error, PyImportErrorObject, FIELDS)
#undef FIELDS

static int import_error_init(PyObject *op, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"name", "path", NULL};
    PyImportErrorObject *self = (PyImportErrorObject *)op;
    PyObject *name = NULL, *path = NULL;
    if (base_exception_init(op, args, NULL) < 0 || parse_keywords(kwds, "|$OO:ImportError", names, &name, &path) < 0)
        return -1;
    Py_XSETREF(self->name, Py_XNewRef(name));
    Py_XSETREF(self->path, Py_XNewRef(path));
    PyObject *msg = PyTuple_GET_SIZE(args) == 1 ? PyTuple_GET_ITEM(args, 0) : NULL;
    Py_XSETREF(self->msg, Py_XNewRef(msg));
    return 0;
}

static PyObject *import_error_str(PyObject *op)
{
    PyObject *msg = ((PyImportErrorObject *)op)->msg;
    return msg && PyUnicode_CheckExact(msg) ? Py_NewRef(msg) : base_exception_str(op);
}

/* The instance dict with name and path added, or NULL (without exception when there is nothing to keep). */
static PyObject *import_error_state(PyImportErrorObject *self)
{
    PyObject *dict = self->dict;
    if (self->name == NULL && self->path == NULL)
        return Py_XNewRef(dict);
    PyObject *state = dict ? PyDict_Copy(dict) : PyDict_New();
    if (state == NULL)
        return NULL;
    if ((self->name && PyDict_SetItemString(state, "name", self->name) < 0) ||
        (self->path && PyDict_SetItemString(state, "path", self->path) < 0)) {
        Py_DECREF(state);
        return NULL;
    }
    return state;
}

static PyObject *import_error_reduce(PyObject *op, PyObject *unused)
{
    PyImportErrorObject *self = (PyImportErrorObject *)op;
    PyObject *state = import_error_state(self);
    if (state == NULL)
        return PyErr_Occurred() ? NULL : PyTuple_Pack(2, Py_TYPE(op), self->args);
    PyObject *result = PyTuple_Pack(3, Py_TYPE(op), self->args, state);
    Py_DECREF(state);
    return result;
}

static PyMethodDef import_error_methods[] = {{"__reduce__", import_error_reduce, METH_NOARGS, NULL}, {NULL}};
static PyMemberDef import_error_members[] = {
    {"msg", T_OBJECT, offsetof(PyImportErrorObject, msg), 0, "exception message"},
    {"name", T_OBJECT, offsetof(PyImportErrorObject, name), 0, "module name"},
    {"path", T_OBJECT, offsetof(PyImportErrorObject, path), 0, "module path"},
    {NULL}};
const ExceptionKind import_error_kind = {KIND(import_error, PyImportErrorObject), .str = import_error_str,
                                         .methods = import_error_methods, .members = import_error_members};

/* ---- NameError ---- */
#define FIELDS(DO) DO(self->name);
CONTAINER(name_error, PyNameErrorObject, FIELDS)
#undef FIELDS

static int name_error_init(PyObject *op, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"name", NULL};
    PyObject *name = NULL;
    if (base_exception_init(op, args, NULL) < 0 || parse_keywords(kwds, "|$O:NameError", names, &name, NULL) < 0)
        return -1;
    Py_XSETREF(((PyNameErrorObject *)op)->name, Py_XNewRef(name));
    return 0;
}

static PyMemberDef name_error_members[] = {{"name", T_OBJECT, offsetof(PyNameErrorObject, name), 0, "name"}, {NULL}};
const ExceptionKind name_error_kind = {KIND(name_error, PyNameErrorObject), .str = base_exception_str,
                                       .members = name_error_members};

/* ---- AttributeError ---- */
#define FIELDS(DO) DO(self->obj); DO(self->name);
CONTAINER(attribute_error, PyAttributeErrorObject, FIELDS)
#undef FIELDS

static int attribute_error_init(PyObject *op, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"name", "obj", NULL};
    PyAttributeErrorObject *self = (PyAttributeErrorObject *)op;
    PyObject *name = NULL, *obj = NULL;
    if (base_exception_init(op, args, NULL) < 0 || parse_keywords(kwds, "|$OO:AttributeError", names, &name, &obj) < 0)
        return -1;
    Py_XSETREF(self->name, Py_XNewRef(name));
    Py_XSETREF(self->obj, Py_XNewRef(obj));
    return 0;
}

static PyMemberDef attribute_error_members[] = {
    {"name", T_OBJECT, offsetof(PyAttributeErrorObject, name), 0, "attribute name"},
    {"obj", T_OBJECT, offsetof(PyAttributeErrorObject, obj), 0, "object"},
    {NULL}};
const ExceptionKind attribute_error_kind = {KIND(attribute_error, PyAttributeErrorObject), .str = base_exception_str,
                                            .members = attribute_error_members};

/* ---- KeyError: its one argument is shown by repr, so that KeyError('') says something ---- */
static PyObject *key_error_str(PyObject *op)
{
    PyObject *args = Py_NewRef(((PyBaseExceptionObject *)op)->args);
    PyObject *text = PyTuple_GET_SIZE(args) == 1 ? PyObject_Repr(PyTuple_GET_ITEM(args, 0)) : base_exception_str(op);
    Py_DECREF(args);
    return text;
}

static void key_error_dealloc(PyObject *op) { base_exception_dealloc_with(op, base_exception_clear, key_error_dealloc); }
const ExceptionKind key_error_kind = {.size = sizeof(PyBaseExceptionObject), .dealloc = key_error_dealloc,
                                      .traverse = base_exception_traverse, .clear = base_exception_clear,
                                      .init = base_exception_init, .str = key_error_str};
