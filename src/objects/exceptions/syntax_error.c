/* SyntaxError: where and what, as (filename, lineno, offset, text[, end_lineno, end_offset]). */
#include "objects/exceptions/exceptions.h"

#define EACH(DO) \
    DO(self->msg); DO(self->filename); DO(self->lineno); DO(self->offset); DO(self->end_lineno); DO(self->end_offset); \
    DO(self->text); DO(self->print_file_and_line);

static int clear(PyObject *op)
{
    PySyntaxErrorObject *self = (PySyntaxErrorObject *)op;
    EACH(Py_CLEAR)
    return base_exception_clear(op);
}

static int traverse(PyObject *op, visitproc visit, void *arg)
{
    PySyntaxErrorObject *self = (PySyntaxErrorObject *)op;
    EACH(Py_VISIT)
    return base_exception_traverse(op, visit, arg);
}

static void dealloc(PyObject *op) { base_exception_dealloc_with(op, clear, dealloc); }

static int init_location(PySyntaxErrorObject *self, PyObject *location)
{
    PyObject *info = PySequence_Tuple(location);
    if (info == NULL)
        return -1;
    PyObject *filename, *lineno, *offset, *text, *end_lineno = NULL, *end_offset = NULL;
    if (!PyArg_ParseTuple(info, "OOOO|OO", &filename, &lineno, &offset, &text, &end_lineno, &end_offset)) {
        Py_DECREF(info);
        return -1;
    }
    Py_XSETREF(self->filename, Py_NewRef(filename));
    Py_XSETREF(self->lineno, Py_NewRef(lineno));
    Py_XSETREF(self->offset, Py_NewRef(offset));
    Py_XSETREF(self->text, Py_NewRef(text));
    Py_XSETREF(self->end_lineno, Py_XNewRef(end_lineno));
    Py_XSETREF(self->end_offset, Py_XNewRef(end_offset));
    Py_DECREF(info);
    if (self->end_lineno != NULL && self->end_offset == NULL) {
        PyErr_SetString(PyExc_TypeError, "end_offset must be provided when end_lineno is provided");
        return -1;
    }
    return 0;
}

static int init(PyObject *op, PyObject *args, PyObject *kwds)
{
    PySyntaxErrorObject *self = (PySyntaxErrorObject *)op;
    if (base_exception_init(op, args, kwds) < 0)
        return -1;
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n >= 1)
        Py_XSETREF(self->msg, Py_NewRef(PyTuple_GET_ITEM(args, 0)));
    return n == 2 ? init_location(self, PyTuple_GET_ITEM(args, 1)) : 0;
}

/* The part of a path after its last '/'; new reference. */
static PyObject *base_name(PyObject *path)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(path);
    Py_ssize_t slash = PyUnicode_FindChar(path, '/', 0, size, -1);
    if (slash == -2)
        return NULL;
    return slash < 0 ? Py_NewRef(path) : PyUnicode_Substring(path, slash + 1, size);
}

static PyObject *str(PyObject *op)
{
    PySyntaxErrorObject *self = (PySyntaxErrorObject *)op;
    PyObject *message = self->msg ? self->msg : Py_None;
    int has_line = self->lineno && PyLong_CheckExact(self->lineno);
    int has_file = self->filename && PyUnicode_Check(self->filename);
    if (!has_file && !has_line)
        return PyObject_Str(message);
    int overflow = 0;
    long line = has_line ? PyLong_AsLongAndOverflow(self->lineno, &overflow) : 0;
    if (!has_file)
        return PyUnicode_FromFormat("%S (line %ld)", message, line);
    PyObject *file = base_name(self->filename);
    if (file == NULL)
        return NULL;
    PyObject *result = has_line ? PyUnicode_FromFormat("%S (%U, line %ld)", message, file, line)
                                : PyUnicode_FromFormat("%S (%U)", message, file);
    Py_DECREF(file);
    return result;
}

#define MEMBER(name, doc) {#name, T_OBJECT, offsetof(PySyntaxErrorObject, name), 0, doc}
static PyMemberDef members[] = {
    MEMBER(msg, "exception msg"), MEMBER(filename, "exception filename"), MEMBER(lineno, "exception lineno"),
    MEMBER(offset, "exception offset"), MEMBER(text, "exception text"), MEMBER(end_lineno, "exception end lineno"),
    MEMBER(end_offset, "exception end offset"),
    MEMBER(print_file_and_line, "exception print_file_and_line"), {NULL}};

const ExceptionKind syntax_error_kind = {.size = sizeof(PySyntaxErrorObject), .dealloc = dealloc, .traverse = traverse,
                                         .clear = clear, .init = init, .str = str, .members = members};
