/* look(function): a callable that runs a function as a look, and the switches themselves.
 *
 * The look begins before anything is allocated for the call and ends after its frame is gone, so that the callable is
 * a type of its own and no Python function. */
#include "see/look.h"
#include "memory/memory.h"
#include "see/tables.h"

#include <stddef.h>
#include <structmember.h>

typedef struct {
    PyObject_HEAD vectorcallfunc call;
    PyObject *function;
} Look;

static PyObject *look_call(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *names)
{
    PyObject *function = Py_NewRef(((Look *)self)->function);
    look_enter();
    PyObject *result = PyObject_Vectorcall(function, args, nargsf, names);
    look_leave();
    Py_DECREF(function);
    return result;
}

static PyObject *look_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *function;
    if (kwargs != NULL && PyDict_GET_SIZE(kwargs) > 0) {
        PyErr_SetString(PyExc_TypeError, "look() takes no keyword arguments");
        return NULL;
    }
    if (!PyArg_ParseTuple(args, "O:look", &function))
        return NULL;
    if (!PyCallable_Check(function))
        return PyErr_Format(PyExc_TypeError, "look() needs a callable, not %.100s", Py_TYPE(function)->tp_name);
    Look *self = (Look *)type->tp_alloc(type, 0);
    if (self != NULL) {
        self->call = look_call;
        self->function = Py_NewRef(function);
    }
    return (PyObject *)self;
}

static int look_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((Look *)self)->function);
    return 0;
}

static int look_clear(PyObject *self)
{
    Py_CLEAR(((Look *)self)->function);
    return 0;
}

static void look_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    look_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

/* What the callable does not have itself, its function answers: __name__, __doc__, __code__, __signature__... */
static PyObject *look_getattro(PyObject *self, PyObject *name)
{
    PyObject *function = ((Look *)self)->function;
    PyObject *own = NULL;
    if (_PyUnicode_EqualToASCIIString(name, "__doc__") == 0 && _PyUnicode_EqualToASCIIString(name, "__module__") == 0) {
        own = PyObject_GenericGetAttr(self, name);
        if (own != NULL || function == NULL || !PyErr_ExceptionMatches(PyExc_AttributeError))
            return own;
        PyErr_Clear();
    }
    return PyObject_GetAttr(function, name);
}

static PyObject *look_bind(PyObject *self, PyObject *object, PyObject *type)
{
    return object == NULL || object == Py_None ? Py_NewRef(self) : PyMethod_New(self, object);
}

static PyObject *look_repr(PyObject *self)
{
    PyObject *function = ((Look *)self)->function;
    return PyUnicode_FromFormat("<look %.200S at %p>",
                                PyFunction_Check(function) ? ((PyFunctionObject *)function)->func_qualname
                                                           : (PyObject *)Py_TYPE(function),
                                self);
}

static PyMemberDef members[] = {{"__wrapped__", T_OBJECT, offsetof(Look, function), READONLY},
                                {"__vectorcalloffset__", T_PYSSIZET, offsetof(Look, call), READONLY},
                                {NULL}};
static PyType_Slot slots[] = {
    {Py_tp_new, look_new},
    {Py_tp_dealloc, look_dealloc},
    {Py_tp_traverse, look_traverse},
    {Py_tp_clear, look_clear},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_getattro, look_getattro},
    {Py_tp_descr_get, look_bind},
    {Py_tp_repr, look_repr},
    {Py_tp_members, members},
    {Py_tp_doc,
     "look(function, /)\n--\n\nA callable that runs function as a look: what it allocates and does is not part "
     "of the picture."},
    {0, NULL}};
PyType_Spec see_look_spec = {
    .name = "_see.look",
    .basicsize = sizeof(Look),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR |
             Py_TPFLAGS_IMMUTABLETYPE,
    .slots = slots,
};

static PyObject *see_enter(PyObject *m, PyObject *ignored)
{
    look_enter();
    Py_RETURN_NONE;
}

static PyObject *see_leave(PyObject *m, PyObject *ignored)
{
    if (!look_lasts()) {
        PyErr_SetString(PyExc_RuntimeError, "no look to leave");
        return NULL;
    }
    look_leave();
    Py_RETURN_NONE;
}

PyMethodDef see_look_methods[] = {{"enter", see_enter, METH_NOARGS,
                                   "enter($module, /)\n--\n\nBegin a look: until leave() the collector rests, no other "
                                   "thread runs, and what is allocated "
                                   "is not in the picture."},
                                  {"leave", see_leave, METH_NOARGS, "leave($module, /)\n--\n\nEnd a look."},
                                  {NULL}};
