/* Cells: the boxes in which closures share variables. */
#include "Python.h"
#include "memory/memory.h"

PyObject *PyCell_New(PyObject *value)
{
    PyCellObject *cell = PyObject_GC_New(PyCellObject, &PyCell_Type);
    if (!cell)
        return NULL;
    cell->ob_ref = Py_XNewRef(value);
    PyObject_GC_Track(cell);
    return (PyObject *)cell;
}

PyObject *PyCell_Get(PyObject *cell)
{
    if (!PyCell_Check(cell)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return Py_XNewRef(PyCell_GET(cell));
}

int PyCell_Set(PyObject *cell, PyObject *value)
{
    if (!PyCell_Check(cell)) {
        PyErr_BadInternalCall();
        return -1;
    }
    PyObject *old = PyCell_GET(cell);
    PyCell_SET(cell, Py_XNewRef(value));
    Py_XDECREF(old);
    return 0;
}

static PyObject *cell_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *value = NULL;
    if (kwargs && PyDict_GET_SIZE(kwargs))
        return PyErr_Format(PyExc_TypeError, "cell() takes no keyword arguments");
    if (!PyArg_UnpackTuple(args, "cell", 0, 1, &value))
        return NULL;
    return PyCell_New(value);
}

static void cell_dealloc(PyCellObject *cell)
{
    PyObject_GC_UnTrack(cell);
    Py_XDECREF(cell->ob_ref);
    PyObject_GC_Del(cell);
}

static int cell_traverse(PyCellObject *cell, visitproc visit, void *arg)
{
    Py_VISIT(cell->ob_ref);
    return 0;
}

static int cell_clear(PyCellObject *cell)
{
    Py_CLEAR(cell->ob_ref);
    return 0;
}

/* Empty cells order before all others. */
static PyObject *cell_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PyCell_Check(a) || !PyCell_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    PyObject *x = PyCell_GET(a), *y = PyCell_GET(b);
    if (x && y)
        return PyObject_RichCompare(x, y, op);
    Py_RETURN_RICHCOMPARE(y == NULL, x == NULL, op);
}

static PyObject *cell_repr(PyCellObject *cell)
{
    if (!cell->ob_ref)
        return PyUnicode_FromFormat("<cell at %p: empty>", cell);
    return PyUnicode_FromFormat("<cell at %p: %.80s object at %p>", cell, Py_TYPE(cell->ob_ref)->tp_name, cell->ob_ref);
}

static PyObject *cell_get_contents(PyCellObject *cell, void *unused)
{
    if (!cell->ob_ref) {
        PyErr_SetString(PyExc_ValueError, "Cell is empty");
        return NULL;
    }
    return Py_NewRef(cell->ob_ref);
}

static int cell_set_contents(PyCellObject *cell, PyObject *value, void *unused)
{
    return PyCell_Set((PyObject *)cell, value);
}

static PyGetSetDef cell_getset[] = {
    {"cell_contents", (getter)cell_get_contents, (setter)cell_set_contents, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

PyTypeObject PyCell_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "cell",
    .tp_basicsize = sizeof(PyCellObject),
    .tp_dealloc = (destructor)cell_dealloc,
    .tp_repr = (reprfunc)cell_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "cell([contents])\n--\n\nA box for a variable that closures share.\n\ncontents is the value, absent for an "
              "empty cell.",
    .tp_traverse = (traverseproc)cell_traverse,
    .tp_clear = (inquiry)cell_clear,
    .tp_richcompare = cell_richcompare,
    .tp_getset = cell_getset,
    .tp_new = cell_new,
};
