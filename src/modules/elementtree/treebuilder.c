/* xml.etree.ElementTree.TreeBuilder: a tree from the events of a parser. */
#include "modules/elementtree/elementtree.h"
#include "objects/names.h"

/* ---- life ---- */

static PyObject *treebuilder_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    TreeBuilder *self = (TreeBuilder *)type->tp_alloc(type, 0);
    if (self && (self->stack = PyList_New(0)) == NULL)
        Py_CLEAR(self);
    return (PyObject *)self;
}

PyObject *treebuilder_make(void) { return treebuilder_new(&TreeBuilder_Type, NULL, NULL); }

/* A factory that was given, or else the default. */
static void set_factory(PyObject **slot, PyObject *given, PyObject *fallback)
{
    PyObject *factory = given && given != Py_None ? given : fallback;
    Py_XSETREF(*slot, factory == Py_None ? NULL : Py_XNewRef(factory));
}

static int treebuilder_init(PyObject *o, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"element_factory", "comment_factory", "pi_factory",
                               "insert_comments", "insert_pis",      NULL};
    TreeBuilder *self = (TreeBuilder *)o;
    PyObject *element = NULL, *comment = NULL, *pi = NULL;
    int insert_comments = 0, insert_pis = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O$OOpp:TreeBuilder", keywords, &element, &comment, &pi,
                                     &insert_comments, &insert_pis))
        return -1;
    set_factory(&self->element_factory, element, NULL);
    set_factory(&self->comment_factory, comment, element_state.comment_factory);
    set_factory(&self->pi_factory, pi, element_state.pi_factory);
    self->insert_comments = (char)insert_comments;
    self->insert_pis = (char)insert_pis;
    return 0;
}

#define EACH(self, DO)                                                                                                 \
    DO((self)->root)                                                                                                   \
    DO((self)->open) DO((self)->last) DO((self)->tail_of) DO((self)->data) DO((self)->stack)                           \
        DO((self)->element_factory) DO((self)->comment_factory) DO((self)->pi_factory) DO((self)->report)

static int treebuilder_traverse(PyObject *o, visitproc visit, void *arg)
{
    TreeBuilder *self = (TreeBuilder *)o;
#define VISIT(x) Py_VISIT(x);
    EACH(self, VISIT)
    for (int i = 0; i < 6; i++)
        Py_VISIT(self->events[i]);
    return 0;
}

static int treebuilder_clear(PyObject *o)
{
    TreeBuilder *self = (TreeBuilder *)o;
#define CLEAR(x) Py_CLEAR(x);
    EACH(self, CLEAR)
    for (int i = 0; i < 6; i++)
        Py_CLEAR(self->events[i]);
    return 0;
}

static void treebuilder_dealloc(PyObject *o)
{
    PyObject_GC_UnTrack(o);
    treebuilder_clear(o);
    Py_TYPE(o)->tp_free(o);
}

/* ---- text ---- */

/* Adds text to an element's text or tail, whatever it has there already; 0 or -1. */
static int extend_text(PyObject *element, int tail, PyObject *text)
{
    if (Py_TYPE(element) == &Element_Type) {
        PyObject **field = tail ? &((Element *)element)->tail : &((Element *)element)->text;
        PyObject *all = *field == Py_None ? Py_NewRef(text) : PyUnicode_Concat(*field, text);
        if (all == NULL)
            return -1;
        Py_SETREF(*field, all);
        return 0;
    }
    const char *name = tail ? "tail" : "text";
    PyObject *before = PyObject_GetAttrString(element, name);
    if (before == NULL)
        return -1;
    PyObject *all = before == Py_None ? Py_NewRef(text) : PyNumber_Add(before, text);
    int result = all ? PyObject_SetAttrString(element, name, all) : -1;
    Py_DECREF(before);
    Py_XDECREF(all);
    return result;
}

/* Gives the text so far to the element that it belongs to; 0 or -1. */
static int flush(TreeBuilder *self)
{
    PyObject *data = self->data, *text = NULL;
    if (data == NULL)
        return 0;
    self->data = NULL;
    if (PyList_CheckExact(data)) {
        PyObject *empty = PyUnicode_New(0, 0);
        text = empty ? PyUnicode_Join(empty, data) : NULL;
        Py_XDECREF(empty);
        Py_DECREF(data);
    } else
        text = data;
    if (text == NULL)
        return -1;
    PyObject *element = self->tail_of ? self->tail_of : self->last;
    int result = 0;
    if (element) {
        Py_INCREF(element);
        result = extend_text(element, self->tail_of != NULL, text);
        Py_DECREF(element);
    }
    Py_DECREF(text);
    return result;
}

PyObject *treebuilder_data(TreeBuilder *self, PyObject *data)
{
    if (self->data == NULL) {
        if (self->last == NULL) /* before the first element */
            Py_RETURN_NONE;
        self->data = Py_NewRef(data);
    } else if (PyList_CheckExact(self->data)) {
        if (PyList_Append(self->data, data) < 0)
            return NULL;
    } else {
        PyObject *list = PyList_New(2);
        if (list == NULL)
            return NULL;
        PyList_SET_ITEM(list, 0, self->data);
        PyList_SET_ITEM(list, 1, Py_NewRef(data));
        self->data = list;
    }
    Py_RETURN_NONE;
}

/* ---- elements ---- */

int treebuilder_report(TreeBuilder *self, int event, PyObject *value)
{
    if (self->report == NULL || self->events[event] == NULL)
        return 0;
    PyObject *pair = PyTuple_Pack(2, self->events[event], value), *report = Py_NewRef(self->report);
    PyObject *result = pair ? PyObject_CallOneArg(report, pair) : NULL;
    Py_DECREF(report);
    Py_XDECREF(pair);
    Py_XDECREF(result);
    return result ? 0 : -1;
}

/* Appends to an element of any kind; 0 or -1. */
static int append_to(PyObject *parent, PyObject *child)
{
    if (Py_TYPE(parent) == &Element_Type)
        return element_append((Element *)parent, child);
    PyObject *result = PyObject_CallMethodOneArg(parent, N(append), child);
    Py_XDECREF(result);
    return result ? 0 : -1;
}

/* Makes an element with the factory. */
static PyObject *make_element(TreeBuilder *self, PyObject *tag, PyObject *attrib)
{
    if (self->element_factory == NULL)
        return element_create(tag, attrib);
    PyObject *attributes = attrib ? Py_NewRef(attrib) : PyDict_New();
    PyObject *made = attributes ? PyObject_CallFunctionObjArgs(self->element_factory, tag, attributes, NULL) : NULL;
    Py_XDECREF(attributes);
    return made;
}

/* Puts a new element into the tree and opens it; 0 or -1. */
static int open_element(TreeBuilder *self, PyObject *element)
{
    if (self->open) {
        PyObject *parent = Py_NewRef(self->open);
        int result = append_to(parent, element);
        Py_DECREF(parent);
        if (result < 0 || PyList_Append(self->stack, self->open ? self->open : Py_None) < 0)
            return -1;
    } else if (self->root) {
        PyErr_SetString(element_state.parse_error, "multiple elements on top level");
        return -1;
    } else
        self->root = Py_NewRef(element);
    Py_XSETREF(self->open, Py_NewRef(element));
    Py_XSETREF(self->last, Py_NewRef(element));
    Py_CLEAR(self->tail_of);
    return 0;
}

PyObject *treebuilder_start(TreeBuilder *self, PyObject *tag, PyObject *attrib)
{
    if (flush(self) < 0)
        return NULL;
    PyObject *element = make_element(self, tag, attrib);
    if (element && (open_element(self, element) < 0 || treebuilder_report(self, EVENT_START, element) < 0))
        Py_CLEAR(element);
    return element;
}

PyObject *treebuilder_end(TreeBuilder *self)
{
    if (flush(self) < 0)
        return NULL;
    if (self->open == NULL) {
        PyErr_SetString(PyExc_IndexError, "pop from empty stack");
        return NULL;
    }
    PyObject *ended = self->open; /* taken over by last */
    Py_ssize_t depth = PyList_GET_SIZE(self->stack);
    self->open = NULL;
    if (depth) {
        self->open = Py_NewRef(PyList_GET_ITEM(self->stack, depth - 1));
        if (PyList_SetSlice(self->stack, depth - 1, depth, NULL) < 0) {
            Py_DECREF(ended);
            return NULL;
        }
    }
    Py_INCREF(ended);
    Py_XSETREF(self->tail_of, Py_NewRef(ended));
    Py_XSETREF(self->last, Py_NewRef(ended));
    int result = treebuilder_report(self, EVENT_END, ended);
    Py_DECREF(ended);
    if (result < 0) {
        Py_DECREF(ended);
        return NULL;
    }
    return ended;
}

/* Appends a comment or processing instruction to the open element if that is asked for; 0 or -1. */
static int insert(TreeBuilder *self, int asked, PyObject *node)
{
    if (!asked || self->open == NULL)
        return 0;
    PyObject *parent = Py_NewRef(self->open);
    int result = append_to(parent, node);
    Py_DECREF(parent);
    if (result == 0)
        Py_XSETREF(self->tail_of, Py_NewRef(node));
    return result;
}

PyObject *treebuilder_comment(TreeBuilder *self, PyObject *text)
{
    if (flush(self) < 0)
        return NULL;
    if (self->comment_factory == NULL)
        return treebuilder_report(self, EVENT_COMMENT, text) < 0 ? NULL : Py_NewRef(text);
    PyObject *node = PyObject_CallOneArg(self->comment_factory, text);
    if (node && (insert(self, self->insert_comments, node) < 0 || treebuilder_report(self, EVENT_COMMENT, node) < 0))
        Py_CLEAR(node);
    return node;
}

PyObject *treebuilder_pi(TreeBuilder *self, PyObject *target, PyObject *text)
{
    if (flush(self) < 0)
        return NULL;
    PyObject *node = self->pi_factory ? PyObject_CallFunctionObjArgs(self->pi_factory, target, text, NULL)
                                      : PyTuple_Pack(2, target, text);
    if (node && ((self->pi_factory && insert(self, self->insert_pis, node) < 0) ||
                 treebuilder_report(self, EVENT_PI, node) < 0))
        Py_CLEAR(node);
    return node;
}

PyObject *treebuilder_root(TreeBuilder *self) { return Py_NewRef(self->root ? self->root : Py_None); }

/* ---- methods ---- */

static PyObject *method_start(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    if (!_PyArg_CheckPositional("start", count, 2, 2))
        return NULL;
    if (!PyDict_Check(args[1])) {
        _PyArg_BadArgument("start", "argument 2", "dict", args[1]);
        return NULL;
    }
    return treebuilder_start((TreeBuilder *)self, args[0], args[1]);
}

static PyObject *method_pi(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    if (!_PyArg_CheckPositional("pi", count, 1, 2))
        return NULL;
    return treebuilder_pi((TreeBuilder *)self, args[0], count > 1 ? args[1] : Py_None);
}

static PyObject *method_data(PyObject *self, PyObject *data) { return treebuilder_data((TreeBuilder *)self, data); }
static PyObject *method_end(PyObject *self, PyObject *tag) { return treebuilder_end((TreeBuilder *)self); }
static PyObject *method_comment(PyObject *self, PyObject *text)
{
    return treebuilder_comment((TreeBuilder *)self, text);
}
static PyObject *method_close(PyObject *self, PyObject *unused) { return treebuilder_root((TreeBuilder *)self); }

static PyMethodDef methods[] = {
    {"data", method_data, METH_O, "data($self, data, /)\n--\n\n"},
    {"start", (PyCFunction)(void (*)(void))method_start, METH_FASTCALL, "start($self, tag, attrs, /)\n--\n\n"},
    {"end", method_end, METH_O, "end($self, tag, /)\n--\n\n"},
    {"comment", method_comment, METH_O, "comment($self, text, /)\n--\n\n"},
    {"pi", (PyCFunction)(void (*)(void))method_pi, METH_FASTCALL, "pi($self, target, text=None, /)\n--\n\n"},
    {"close", method_close, METH_NOARGS, "close($self, /)\n--\n\n"},
    {NULL}};

PyTypeObject TreeBuilder_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "xml.etree.ElementTree.TreeBuilder",
    .tp_basicsize = sizeof(TreeBuilder),
    .tp_dealloc = treebuilder_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = treebuilder_traverse,
    .tp_clear = treebuilder_clear,
    .tp_methods = methods,
    .tp_init = treebuilder_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = treebuilder_new,
    .tp_free = PyObject_GC_Del,
};
