/* OSError: (errno, strerror[, filename[, winerror[, filename2]]]), and the subclass that each errno stands for. */
#include "objects/exceptions/exceptions.h"

#include <errno.h>

static const struct { int code; PyObject **type; } errno_types[] = {
    {EAGAIN, &PyExc_BlockingIOError},      {EALREADY, &PyExc_BlockingIOError},
    {EINPROGRESS, &PyExc_BlockingIOError}, {EWOULDBLOCK, &PyExc_BlockingIOError},
    {EPIPE, &PyExc_BrokenPipeError},       {ESHUTDOWN, &PyExc_BrokenPipeError},
    {ECHILD, &PyExc_ChildProcessError},    {ECONNABORTED, &PyExc_ConnectionAbortedError},
    {ECONNREFUSED, &PyExc_ConnectionRefusedError}, {ECONNRESET, &PyExc_ConnectionResetError},
    {EEXIST, &PyExc_FileExistsError},      {ENOENT, &PyExc_FileNotFoundError},
    {EISDIR, &PyExc_IsADirectoryError},    {ENOTDIR, &PyExc_NotADirectoryError},
    {EINTR, &PyExc_InterruptedError},      {EACCES, &PyExc_PermissionError},
    {EPERM, &PyExc_PermissionError},       {ESRCH, &PyExc_ProcessLookupError},
    {ETIMEDOUT, &PyExc_TimeoutError},
};

/* The subclass of OSError for an errno value (borrowed), or NULL. */
static PyTypeObject *type_for_errno(PyObject *number)
{
    int overflow;
    if (number == NULL || !PyLong_Check(number))
        return NULL;
    long code = PyLong_AsLongAndOverflow(number, &overflow);
    for (size_t i = 0; i < Py_ARRAY_LENGTH(errno_types); i++)
        if (errno_types[i].code == code)
            return (PyTypeObject *)*errno_types[i].type;
    return NULL;
}

static int clear(PyObject *op)
{
    PyOSErrorObject *self = (PyOSErrorObject *)op;
    Py_CLEAR(self->myerrno);
    Py_CLEAR(self->strerror);
    Py_CLEAR(self->filename);
    Py_CLEAR(self->filename2);
    return base_exception_clear(op);
}

static int traverse(PyObject *op, visitproc visit, void *arg)
{
    PyOSErrorObject *self = (PyOSErrorObject *)op;
    Py_VISIT(self->myerrno);
    Py_VISIT(self->strerror);
    Py_VISIT(self->filename);
    Py_VISIT(self->filename2);
    return base_exception_traverse(op, visit, arg);
}

static void dealloc(PyObject *op) { base_exception_dealloc_with(op, clear, dealloc); }

struct fields { PyObject *number, *message, *filename, *filename2; };

/* Splits the constructor's arguments (borrowed); fields stay NULL unless there are 2 to 5 arguments. */
static int parse(PyObject *args, struct fields *f)
{
    PyObject *winerror = NULL;
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n < 2 || n > 5)
        return 0;
    return PyArg_UnpackTuple(args, "OSError", 2, 5, &f->number, &f->message, &f->filename, &winerror, &f->filename2) ? 0 : -1;
}

static int fill(PyOSErrorObject *self, PyObject *args, struct fields *f)
{
    PyObject *kept = Py_NewRef(args);
    if (f->filename && f->filename != Py_None) {
        if (Py_IS_TYPE(self, (PyTypeObject *)PyExc_BlockingIOError) && PyNumber_Check(f->filename)) {
            self->written = PyNumber_AsSsize_t(f->filename, PyExc_ValueError);
            if (self->written == -1 && PyErr_Occurred()) {
                Py_DECREF(kept);
                return -1;
            }
        }
        else {
            self->filename = Py_NewRef(f->filename);
            if (f->filename2 && f->filename2 != Py_None)
                self->filename2 = Py_NewRef(f->filename2);
            /* args keeps only (errno, strerror): the file names show in str() by themselves */
            Py_SETREF(kept, PyTuple_GetSlice(args, 0, 2));
            if (kept == NULL)
                return -1;
        }
    }
    self->myerrno = Py_XNewRef(f->number);
    self->strerror = Py_XNewRef(f->message);
    Py_XSETREF(self->args, kept);
    return 0;
}

static int init(PyObject *op, PyObject *args, PyObject *kwds);
static PyObject *new(PyTypeObject *type, PyObject *args, PyObject *kwds);

/* A subclass with its own __init__ and the inherited __new__ calls OSError.__init__ itself, maybe with other arguments:
 * then __init__ does the work.  Otherwise __new__ does, because the arguments choose the type. */
static int init_does_the_work(PyTypeObject *type) { return type->tp_init != init && type->tp_new == new; }

static PyObject *new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    struct fields f = {0};
    int deferred = init_does_the_work(type);
    if (!deferred) {
        if (kwds && PyDict_GET_SIZE(kwds) != 0) {
            PyErr_Format(PyExc_TypeError, "%.200s() takes no keyword arguments", type->tp_name);
            return NULL;
        }
        if (parse(args, &f) < 0)
            return NULL;
        if ((PyObject *)type == PyExc_OSError) {
            PyTypeObject *better = type_for_errno(f.number);
            if (better)
                type = better;
        }
    }
    PyOSErrorObject *self = (PyOSErrorObject *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->written = -1;
    if (deferred) {
        self->args = PyTuple_New(0);
        if (self->args)
            return (PyObject *)self;
    }
    else if (fill(self, args, &f) == 0)
        return (PyObject *)self;
    Py_DECREF(self);
    return NULL;
}

static int init(PyObject *op, PyObject *args, PyObject *kwds)
{
    struct fields f = {0};
    if (!init_does_the_work(Py_TYPE(op)))
        return 0;
    if (kwds && PyDict_GET_SIZE(kwds) != 0) {
        PyErr_Format(PyExc_TypeError, "%.200s() takes no keyword arguments", Py_TYPE(op)->tp_name);
        return -1;
    }
    if (parse(args, &f) < 0)
        return -1;
    PyOSErrorObject *self = (PyOSErrorObject *)op;
    Py_CLEAR(self->filename);
    Py_CLEAR(self->filename2);
    Py_CLEAR(self->myerrno);
    Py_CLEAR(self->strerror);
    return fill(self, args, &f);
}

#define OR_NONE(x) ((x) ? (x) : Py_None)

static PyObject *str(PyObject *op)
{
    PyOSErrorObject *self = (PyOSErrorObject *)op;
    if (self->filename) {
        if (self->filename2)
            return PyUnicode_FromFormat("[Errno %S] %S: %R -> %R", OR_NONE(self->myerrno), OR_NONE(self->strerror),
                                        self->filename, self->filename2);
        return PyUnicode_FromFormat("[Errno %S] %S: %R", OR_NONE(self->myerrno), OR_NONE(self->strerror), self->filename);
    }
    if (self->myerrno && self->strerror)
        return PyUnicode_FromFormat("[Errno %S] %S", self->myerrno, self->strerror);
    return base_exception_str(op);
}

static PyObject *reduce(PyObject *op, PyObject *unused)
{
    PyOSErrorObject *self = (PyOSErrorObject *)op;
    PyObject *args;
    if (PyTuple_GET_SIZE(self->args) == 2 && self->filename) {
        PyObject *a = PyTuple_GET_ITEM(self->args, 0), *b = PyTuple_GET_ITEM(self->args, 1);
        args = self->filename2 ? PyTuple_Pack(5, a, b, self->filename, Py_None, self->filename2)
                               : PyTuple_Pack(3, a, b, self->filename);
        if (args == NULL)
            return NULL;
    }
    else
        args = Py_NewRef(self->args);
    PyObject *result = self->dict ? PyTuple_Pack(3, Py_TYPE(op), args, self->dict) : PyTuple_Pack(2, Py_TYPE(op), args);
    Py_DECREF(args);
    return result;
}

static PyObject *get_written(PyObject *op, void *unused)
{
    PyOSErrorObject *self = (PyOSErrorObject *)op;
    if (self->written == -1) {
        PyErr_SetString(PyExc_AttributeError, "characters_written");
        return NULL;
    }
    return PyLong_FromSsize_t(self->written);
}

static int set_written(PyObject *op, PyObject *value, void *unused)
{
    PyOSErrorObject *self = (PyOSErrorObject *)op;
    if (value == NULL) {
        if (self->written == -1) {
            PyErr_SetString(PyExc_AttributeError, "characters_written");
            return -1;
        }
        self->written = -1;
        return 0;
    }
    Py_ssize_t n = PyNumber_AsSsize_t(value, PyExc_ValueError);
    if (n == -1 && PyErr_Occurred())
        return -1;
    self->written = n;
    return 0;
}

static PyMemberDef members[] = {
    {"errno", T_OBJECT, offsetof(PyOSErrorObject, myerrno), 0, "POSIX exception code"},
    {"strerror", T_OBJECT, offsetof(PyOSErrorObject, strerror), 0, "exception strerror"},
    {"filename", T_OBJECT, offsetof(PyOSErrorObject, filename), 0, "exception filename"},
    {"filename2", T_OBJECT, offsetof(PyOSErrorObject, filename2), 0, "second exception filename"},
    {NULL}};
static PyMethodDef methods[] = {{"__reduce__", reduce, METH_NOARGS, NULL}, {NULL}};
static PyGetSetDef getset[] = {{"characters_written", get_written, set_written, NULL, NULL}, {NULL}};

const ExceptionKind os_error_kind = {.size = sizeof(PyOSErrorObject), .dealloc = dealloc, .traverse = traverse,
                                     .clear = clear, .init = init, .new = new, .str = str, .methods = methods,
                                     .members = members, .getset = getset};
