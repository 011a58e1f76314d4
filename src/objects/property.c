/* property. */
#include "objects/object.h"
#include "objects/names.h"
#include "structmember.h"
#include <stddef.h>

typedef struct {
    PyObject_HEAD
    PyObject *get, *set, *del, *doc, *name;
    int doc_of_getter;
} Property;
#define P(self) ((Property *)(self))

static void property_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(P(self)->get);
    Py_XDECREF(P(self)->set);
    Py_XDECREF(P(self)->del);
    Py_XDECREF(P(self)->doc);
    Py_XDECREF(P(self)->name);
    Py_TYPE(self)->tp_free(self);
}

static int property_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(P(self)->get);
    Py_VISIT(P(self)->set);
    Py_VISIT(P(self)->del);
    Py_VISIT(P(self)->doc);
    Py_VISIT(P(self)->name);
    return 0;
}

static int property_clear(PyObject *self)
{
    Py_CLEAR(P(self)->doc);
    return 0;
}

/* AttributeError "property 'x' of 'C' object has no getter"; what: "getter", "setter" or "deleter". */
static void missing(PyObject *self, PyObject *obj, const char *what)
{
    PyObject *qualname = PyType_GetQualName(Py_TYPE(obj));
    if (qualname == NULL)
        return;
    if (P(self)->name != NULL)
        PyErr_Format(PyExc_AttributeError, "property %R of %R object has no %s", P(self)->name, qualname, what);
    else
        PyErr_Format(PyExc_AttributeError, "property of %R object has no %s", qualname, what);
    Py_DECREF(qualname);
}

static PyObject *property_get(PyObject *self, PyObject *obj, PyObject *type)
{
    if (obj == NULL || obj == Py_None)
        return Py_NewRef(self);
    if (P(self)->get == NULL) {
        missing(self, obj, "getter");
        return NULL;
    }
    PyObject *get = Py_NewRef(P(self)->get);   /* it may initialise the property anew */
    PyObject *value = PyObject_CallOneArg(get, obj);
    Py_DECREF(get);
    return value;
}

static int property_set(PyObject *self, PyObject *obj, PyObject *value)
{
    PyObject *function = value == NULL ? P(self)->del : P(self)->set;
    if (function == NULL) {
        missing(self, obj, value == NULL ? "deleter" : "setter");
        return -1;
    }
    PyObject *args[2] = {obj, value};
    Py_INCREF(function);
    PyObject *result = PyObject_Vectorcall(function, args, value == NULL ? 1 : 2, NULL);
    Py_DECREF(function);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

/* Takes the doc string of the getter; that of an instance of a subclass goes to its __dict__. */
static int copy_doc(PyObject *self)
{
    PyObject *doc, *get = Py_NewRef(P(self)->get);
    int found = _PyObject_LookupAttr(get, N(__doc__), &doc);
    Py_DECREF(get);
    if (found <= 0)
        return found;
    int err = 0;
    if (Py_IS_TYPE(self, &PyProperty_Type)) {
        Py_XSETREF(P(self)->doc, doc);
    } else {
        err = PyObject_SetAttr(self, N(__doc__), doc);
        Py_DECREF(doc);
    }
    P(self)->doc_of_getter = 1;
    return err;
}

static int property_init(PyObject *self, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"fget", "fset", "fdel", "doc", NULL};
    PyObject *get = NULL, *set = NULL, *del = NULL, *doc = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "|OOOO:property", names, &get, &set, &del, &doc))
        return -1;
    Py_XSETREF(P(self)->get, Py_XNewRef(get == Py_None ? NULL : get));
    Py_XSETREF(P(self)->set, Py_XNewRef(set == Py_None ? NULL : set));
    Py_XSETREF(P(self)->del, Py_XNewRef(del == Py_None ? NULL : del));
    Py_XSETREF(P(self)->doc, Py_XNewRef(doc));
    Py_CLEAR(P(self)->name);
    P(self)->doc_of_getter = 0;
    if ((doc == NULL || doc == Py_None) && P(self)->get != NULL)
        return copy_doc(self);
    return 0;
}

/* A property like self, with the functions given; NULL keeps self's. */
static PyObject *copy_with(PyObject *self, PyObject *get, PyObject *set, PyObject *del)
{
    PyObject *args[4];
    args[0] = get != NULL && get != Py_None ? get : P(self)->get ? P(self)->get : Py_None;
    args[1] = set != NULL && set != Py_None ? set : P(self)->set ? P(self)->set : Py_None;
    args[2] = del != NULL && del != Py_None ? del : P(self)->del ? P(self)->del : Py_None;
    args[3] = P(self)->doc_of_getter && args[0] != Py_None ? Py_None : P(self)->doc ? P(self)->doc : Py_None;
    PyObject *result = PyObject_Vectorcall((PyObject *)Py_TYPE(self), args, 4, NULL);
    if (result != NULL && PyObject_TypeCheck(result, &PyProperty_Type))
        Py_XSETREF(P(result)->name, Py_XNewRef(P(self)->name));
    return result;
}
static PyObject *property_getter(PyObject *self, PyObject *function) { return copy_with(self, function, NULL, NULL); }
static PyObject *property_setter(PyObject *self, PyObject *function) { return copy_with(self, NULL, function, NULL); }
static PyObject *property_deleter(PyObject *self, PyObject *function) { return copy_with(self, NULL, NULL, function); }

static PyObject *property_set_name(PyObject *self, PyObject *args)
{
    if (PyTuple_GET_SIZE(args) != 2)
        return PyErr_Format(PyExc_TypeError, "__set_name__() takes 2 positional arguments but %zd were given",
                            PyTuple_GET_SIZE(args));
    Py_INCREF(PyTuple_GET_ITEM(args, 1));
    Py_XSETREF(P(self)->name, PyTuple_GET_ITEM(args, 1));
    Py_RETURN_NONE;
}

static PyObject *get_isabstract(PyObject *self, void *context)
{
    PyObject *functions[] = {P(self)->get, P(self)->set, P(self)->del};
    for (int i = 0; i < 3; i++) {
        int abstract = _PyObject_IsAbstract(functions[i]);
        if (abstract != 0)
            return abstract < 0 ? NULL : Py_NewRef(Py_True);
    }
    Py_RETURN_FALSE;
}

static PyMethodDef property_methods[] = {
    {"getter", property_getter, METH_O, "Descriptor to obtain a copy of the property with a different getter."},
    {"setter", property_setter, METH_O, "Descriptor to obtain a copy of the property with a different setter."},
    {"deleter", property_deleter, METH_O, "Descriptor to obtain a copy of the property with a different deleter."},
    {"__set_name__", property_set_name, METH_VARARGS, "Method to set name of a property."},
    {NULL},
};
static PyMemberDef property_members[] = {
    {"fget", T_OBJECT, offsetof(Property, get), READONLY, NULL},
    {"fset", T_OBJECT, offsetof(Property, set), READONLY, NULL},
    {"fdel", T_OBJECT, offsetof(Property, del), READONLY, NULL},
    {"__doc__", T_OBJECT, offsetof(Property, doc), 0, NULL},
    {NULL},
};
static PyGetSetDef property_getset[] = {{"__isabstractmethod__", get_isabstract, NULL, NULL, NULL}, {NULL}};

PyTypeObject PyProperty_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "property",
    .tp_basicsize = sizeof(Property),
    .tp_dealloc = property_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = "property(fget=None, fset=None, fdel=None, doc=None)\n--\n\nProperty attribute.\n\n"
              "  fget\n    function to be used for getting an attribute value\n"
              "  fset\n    function to be used for setting an attribute value\n"
              "  fdel\n    function to be used for del'ing an attribute\n"
              "  doc\n    docstring\n\n"
              "Typical use is to define a managed attribute x:\n\n"
              "class C(object):\n    def getx(self): return self._x\n    def setx(self, value): self._x = value\n"
              "    def delx(self): del self._x\n    x = property(getx, setx, delx, \"I'm the 'x' property.\")\n\n"
              "Decorators make defining new properties or modifying existing ones easy:\n\n"
              "class C(object):\n    @property\n    def x(self):\n        \"I am the 'x' property.\"\n        return self._x\n"
              "    @x.setter\n    def x(self, value):\n        self._x = value\n    @x.deleter\n    def x(self):\n"
              "        del self._x",
    .tp_traverse = property_traverse,
    .tp_clear = property_clear,
    .tp_methods = property_methods,
    .tp_members = property_members,
    .tp_getset = property_getset,
    .tp_descr_get = property_get,
    .tp_descr_set = property_set,
    .tp_init = property_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = PyType_GenericNew,
    .tp_free = PyObject_GC_Del,
};
