/* xml.etree.ElementTree.Element: making, attributes, the list of children. */
#include "modules/elementtree/elementtree.h"
#include "memory/memory.h"

/* ---- children and attributes ---- */

ElementExtra *element_extra(Element *self)
{
    if (self->extra == NULL) {
        ElementExtra *x = PyObject_Malloc(sizeof *x);
        if (x == NULL) {
            PyErr_NoMemory();
            return NULL;
        }
        x->attrib = NULL;
        x->length = 0;
        x->room = OWN_CHILDREN;
        x->children = x->own;
        self->extra = x;
    }
    return self->extra;
}

void element_clear_extra(Element *self)
{
    ElementExtra *x = self->extra;
    if (x == NULL)
        return;
    self->extra = NULL;
    Py_XDECREF(x->attrib);
    for (Py_ssize_t i = 0; i < x->length; i++)
        Py_DECREF(x->children[i]);
    if (x->children != x->own)
        PyObject_Free(x->children);
    PyObject_Free(x);
}

PyObject *element_attrib(Element *self)
{
    ElementExtra *x = element_extra(self);
    if (x && x->attrib == NULL)
        x->attrib = PyDict_New();
    return x ? x->attrib : NULL;
}

int element_reserve(Element *self, Py_ssize_t more)
{
    ElementExtra *x = element_extra(self);
    if (x == NULL)
        return -1;
    Py_ssize_t size = x->length + more;
    if (size <= x->room)
        return 0;
    size = (size >> 3) + (size < 9 ? 3 : 6) + size; /* as lists grow */
    PyObject **children = x->children == x->own ? PyObject_Malloc((size_t)size * sizeof *children)
                                                : PyObject_Realloc(x->children, (size_t)size * sizeof *children);
    if (children == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    if (x->children == x->own)
        memcpy(children, x->own, (size_t)x->length * sizeof *children);
    x->children = children;
    x->room = size;
    return 0;
}

int element_check_child(PyObject *child)
{
    if (Element_Check(child))
        return 0;
    PyErr_Format(PyExc_TypeError, "expected an Element, not \"%.200s\"", Py_TYPE(child)->tp_name);
    return -1;
}

int element_append(Element *self, PyObject *child)
{
    if (element_check_child(child) < 0 || element_reserve(self, 1) < 0)
        return -1;
    self->extra->children[self->extra->length++] = Py_NewRef(child);
    return 0;
}

/* ---- life ---- */

static PyObject *element_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Element *self = (Element *)type->tp_alloc(type, 0);
    if (self) {
        self->tag = Py_NewRef(Py_None);
        self->text = Py_NewRef(Py_None);
        self->tail = Py_NewRef(Py_None);
    }
    return (PyObject *)self;
}

PyObject *element_create(PyObject *tag, PyObject *attrib)
{
    Element *self = PyObject_GC_New(Element, &Element_Type);
    if (self == NULL)
        return NULL;
    self->tag = Py_NewRef(tag);
    self->text = Py_NewRef(Py_None);
    self->tail = Py_NewRef(Py_None);
    self->extra = NULL;
    self->weakreflist = NULL;
    if (attrib && PyDict_GET_SIZE(attrib)) {
        if (element_extra(self) == NULL) {
            Py_DECREF(self);
            return NULL;
        }
        self->extra->attrib = Py_NewRef(attrib);
    }
    PyObject_GC_Track(self);
    return (PyObject *)self;
}

/* The attributes of a constructor: attrib (or the keyword of that name) and the keywords, in a new dict. */
static PyObject *gather_attrib(PyObject *attrib, PyObject *kwargs)
{
    PyObject *named = kwargs ? PyDict_GetItemString(kwargs, "attrib") : NULL;
    if (attrib == NULL && named && !PyDict_Check(named))
        return PyErr_Format(PyExc_TypeError, "attrib must be dict, not %.100s", Py_TYPE(named)->tp_name);
    PyObject *all = PyDict_New();
    PyObject *first = attrib ? attrib : named;
    if (all && first && PyDict_Update(all, first) < 0)
        Py_CLEAR(all);
    PyObject *key, *value;
    Py_ssize_t pos = 0;
    while (all && kwargs && PyDict_Next(kwargs, &pos, &key, &value))
        if ((value != named || !_PyUnicode_EqualToASCIIString(key, "attrib")) && PyDict_SetItem(all, key, value) < 0)
            Py_CLEAR(all);
    return all;
}

static int element_init(PyObject *o, PyObject *args, PyObject *kwargs)
{
    Element *self = (Element *)o;
    PyObject *tag, *attrib = NULL;
    if (!PyArg_ParseTuple(args, "O|O!:Element", &tag, &PyDict_Type, &attrib))
        return -1;
    PyObject *all = gather_attrib(attrib, kwargs);
    if (all == NULL)
        return -1;
    if (self->extra && self->extra->attrib)
        Py_CLEAR(self->extra->attrib);
    if (PyDict_GET_SIZE(all)) {
        if (element_extra(self) == NULL) {
            Py_DECREF(all);
            return -1;
        }
        Py_XSETREF(self->extra->attrib, all);
    } else
        Py_DECREF(all);
    Py_SETREF(self->tag, Py_NewRef(tag));
    Py_SETREF(self->text, Py_NewRef(Py_None));
    Py_SETREF(self->tail, Py_NewRef(Py_None));
    return 0;
}

/* SubElement(parent, tag, attrib={}, **extra) */
PyObject *element_subelement(PyObject *module, PyObject *args, PyObject *kwargs)
{
    PyObject *parent, *tag, *attrib = NULL;
    if (!PyArg_ParseTuple(args, "O!O|O!:SubElement", &Element_Type, &parent, &tag, &PyDict_Type, &attrib))
        return NULL;
    PyObject *all = gather_attrib(attrib, kwargs);
    PyObject *made = all ? element_create(tag, all) : NULL;
    Py_XDECREF(all);
    if (made && element_append((Element *)parent, made) < 0)
        Py_CLEAR(made);
    return made;
}

static int element_traverse(PyObject *o, visitproc visit, void *arg)
{
    Element *self = (Element *)o;
    Py_VISIT(self->tag);
    Py_VISIT(self->text);
    Py_VISIT(self->tail);
    if (self->extra) {
        Py_VISIT(self->extra->attrib);
        for (Py_ssize_t i = 0; i < self->extra->length; i++)
            Py_VISIT(self->extra->children[i]);
    }
    return 0;
}

static int element_clear(PyObject *o)
{
    Element *self = (Element *)o;
    Py_SETREF(self->tag, Py_NewRef(Py_None));
    Py_SETREF(self->text, Py_NewRef(Py_None));
    Py_SETREF(self->tail, Py_NewRef(Py_None));
    element_clear_extra(self);
    return 0;
}

static void element_dealloc(PyObject *o)
{
    Element *self = (Element *)o;
    PyObject_GC_UnTrack(o);
    Py_TRASHCAN_BEGIN(o, element_dealloc) if (self->weakreflist) PyObject_ClearWeakRefs(o);
    Py_DECREF(self->tag);
    Py_DECREF(self->text);
    Py_DECREF(self->tail);
    element_clear_extra(self);
    Py_TYPE(o)->tp_free(o);
    Py_TRASHCAN_END
}

static PyObject *element_repr(PyObject *o)
{
    Element *self = (Element *)o;
    int status = Py_ReprEnter(o);
    if (status == 0) {
        PyObject *text = PyUnicode_FromFormat("<Element %R at %p>", self->tag, o);
        Py_ReprLeave(o);
        return text;
    }
    if (status > 0)
        PyErr_Format(PyExc_RuntimeError, "reentrant call inside %s.__repr__", Py_TYPE(o)->tp_name);
    return NULL;
}

/* ---- attributes ---- */

static PyObject *get_field(PyObject *o, void *offset)
{
    return Py_NewRef(*(PyObject **)((char *)o + (intptr_t)offset));
}
static PyObject *get_attrib(PyObject *o, void *unused) { return Py_XNewRef(element_attrib((Element *)o)); }

static int refuse_delete(PyObject *value)
{
    if (value)
        return 0;
    PyErr_SetString(PyExc_AttributeError, "can't delete element attribute");
    return -1;
}

static int set_field(PyObject *o, PyObject *value, void *offset)
{
    PyObject **field = (PyObject **)((char *)o + (intptr_t)offset);
    if (refuse_delete(value) < 0)
        return -1;
    Py_SETREF(*field, Py_NewRef(value));
    return 0;
}

static int set_attrib(PyObject *o, PyObject *value, void *unused)
{
    if (refuse_delete(value) < 0)
        return -1;
    if (!PyDict_Check(value)) {
        PyErr_Format(PyExc_TypeError, "attrib must be dict, not %.200s", Py_TYPE(value)->tp_name);
        return -1;
    }
    ElementExtra *x = element_extra((Element *)o);
    if (x == NULL)
        return -1;
    Py_XSETREF(x->attrib, Py_NewRef(value));
    return 0;
}

#define FIELD(name, doc)                                                                                               \
    {                                                                                                                  \
#name, get_field, set_field, doc, (void *)offsetof(Element, name)                                              \
    }
static PyGetSetDef getset[] = {FIELD(tag, "A string identifying what kind of data this element represents"),
                               FIELD(text, "A string of text directly after the start tag, or None"),
                               FIELD(tail, "A string of text directly after the end tag, or None"),
                               {"attrib", get_attrib, set_attrib, "A dictionary containing the element's attributes"},
                               {NULL}};

PyTypeObject Element_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "xml.etree.ElementTree.Element",
    .tp_basicsize = sizeof(Element),
    .tp_dealloc = element_dealloc,
    .tp_repr = element_repr,
    .tp_as_sequence = &element_sequence,
    .tp_as_mapping = &element_mapping,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = element_traverse,
    .tp_clear = element_clear,
    .tp_weaklistoffset = offsetof(Element, weakreflist),
    .tp_methods = element_methods,
    .tp_getset = getset,
    .tp_init = element_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = element_new,
    .tp_free = PyObject_GC_Del,
};
