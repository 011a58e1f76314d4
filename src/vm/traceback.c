/* Traceback objects: the chain of frames an exception has passed. */
#include "vm/vm.h"
#include "memory/memory.h"
#include "frameobject.h"

static void tb_dealloc(PyTracebackObject *tb)
{
    PyObject_GC_UnTrack(tb);
    Py_TRASHCAN_BEGIN(tb, tb_dealloc)
    Py_XDECREF(tb->tb_next);
    Py_XDECREF(tb->tb_frame);
    PyObject_GC_Del(tb);
    Py_TRASHCAN_END
}

static int tb_traverse(PyTracebackObject *tb, visitproc visit, void *arg)
{
    Py_VISIT(tb->tb_next);
    Py_VISIT(tb->tb_frame);
    return 0;
}

static int tb_clear(PyTracebackObject *tb)
{
    Py_CLEAR(tb->tb_next);
    Py_CLEAR(tb->tb_frame);
    return 0;
}

PyObject *traceback_new(PyObject *next, PyFrameObject *frame, int lasti, int line)
{
    PyTracebackObject *tb = PyObject_GC_New(PyTracebackObject, &PyTraceBack_Type);
    if (!tb)
        return NULL;
    tb->tb_next = (PyTracebackObject *)Py_XNewRef(next);
    tb->tb_frame = (PyFrameObject *)Py_NewRef((PyObject *)frame);
    tb->tb_lasti = lasti;
    tb->tb_lineno = line;
    PyObject_GC_Track(tb);
    return (PyObject *)tb;
}

static PyObject *tb_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"tb_next", "tb_frame", "tb_lasti", "tb_lineno", NULL};
    PyObject *next, *frame;
    int lasti, line;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "OO!ii:traceback", names, &next, &PyFrame_Type, &frame, &lasti, &line))
        return NULL;
    if (next == Py_None)
        next = NULL;
    else if (!PyTraceBack_Check(next))
        return PyErr_Format(PyExc_TypeError, "expected traceback object or None, got '%s'", Py_TYPE(next)->tp_name);
    return traceback_new(next, (PyFrameObject *)frame, lasti, line);
}

static PyObject *tb_get_next(PyTracebackObject *tb, void *unused)
{
    return Py_NewRef(tb->tb_next ? (PyObject *)tb->tb_next : Py_None);
}

static int tb_set_next(PyTracebackObject *tb, PyObject *next, void *unused)
{
    if (!next) {
        PyErr_SetString(PyExc_TypeError, "can't delete tb_next attribute");
        return -1;
    }
    if (next == Py_None)
        next = NULL;
    else if (!PyTraceBack_Check(next)) {
        PyErr_Format(PyExc_TypeError, "expected traceback object, got '%s'", Py_TYPE(next)->tp_name);
        return -1;
    }
    for (PyTracebackObject *p = (PyTracebackObject *)next; p; p = p->tb_next) {
        if (p == tb) {
            PyErr_SetString(PyExc_ValueError, "traceback loop detected");
            return -1;
        }
    }
    PyObject *old = (PyObject *)tb->tb_next;
    tb->tb_next = (PyTracebackObject *)Py_XNewRef(next);
    Py_XDECREF(old);
    return 0;
}

static PyObject *tb_get_frame(PyTracebackObject *tb, void *unused) { return Py_NewRef((PyObject *)tb->tb_frame); }
static PyObject *tb_get_lasti(PyTracebackObject *tb, void *unused) { return PyLong_FromLong(tb->tb_lasti); }
static PyObject *tb_get_lineno(PyTracebackObject *tb, void *unused)
{
    return PyLong_FromLong(tb->tb_lineno);
}

static PyObject *tb_dir(PyObject *self, PyObject *unused)
{
    return Py_BuildValue("[ssss]", "tb_frame", "tb_next", "tb_lasti", "tb_lineno");
}

static PyGetSetDef tb_getset[] = {
    {"tb_next", (getter)tb_get_next, (setter)tb_set_next, NULL, NULL},
    {"tb_frame", (getter)tb_get_frame, NULL, NULL, NULL},
    {"tb_lasti", (getter)tb_get_lasti, NULL, NULL, NULL},
    {"tb_lineno", (getter)tb_get_lineno, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyMethodDef tb_methods[] = {{"__dir__", tb_dir, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};

PyTypeObject PyTraceBack_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "traceback",
    .tp_basicsize = sizeof(PyTracebackObject),
    .tp_dealloc = (destructor)tb_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "Create a new traceback object.",
    .tp_traverse = (traverseproc)tb_traverse,
    .tp_clear = (inquiry)tb_clear,
    .tp_methods = tb_methods,
    .tp_getset = tb_getset,
    .tp_new = tb_new,
};

/* Adds the frame to the traceback of the pending exception; 0, or -1 with an exception set. */
int PyTraceBack_Here(PyFrameObject *frame)
{
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    PyObject *entry = traceback_new(tb, frame, PyFrame_GetLasti(frame), PyFrame_GetLineNumber(frame));
    if (!entry) {
        Py_XDECREF(type);
        Py_XDECREF(value);
        Py_XDECREF(tb);
        return -1;
    }
    Py_XDECREF(tb);
    PyErr_Restore(type, value, entry);
    return 0;
}

/* Adds an entry that stands for C code: function `name` in `file` at `line`. */
void _PyTraceback_Add(const char *name, const char *file, int line)
{
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    PyObject *globals = PyDict_New();
    PyCodeObject *code = globals ? PyCode_NewEmpty(file, name, line) : NULL;
    PyFrameObject *frame = code ? PyFrame_New(PyThreadState_Get(), code, globals, NULL) : NULL;
    Py_XDECREF(globals);
    Py_XDECREF(code);
    if (!frame) {
        PyErr_Clear();
        PyErr_Restore(type, value, tb);
        return;
    }
    frame->f_lineno = line;
    PyErr_Restore(type, value, tb);
    PyTraceBack_Here(frame);
    Py_DECREF(frame);
}
