/* Walks through a tree: elements in document order, or their texts. */
#include "modules/elementtree/elementtree.h"

typedef struct {
    Element *element; /* owned */
    Py_ssize_t next;  /* child to go to */
} Level;

/* Trees change while they are walked: a level knows only an index, and looks each time whether that child exists. */
typedef struct {
    PyObject_HEAD Element *root; /* to begin with; NULL once begun */
    PyObject *tag;               /* NULL: any */
    int text;
    Level *levels;
    Py_ssize_t depth, room;
} ElementIter;

PyObject *element_iterate(Element *root, PyObject *tag, int text)
{
    ElementIter *it = PyObject_GC_New(ElementIter, &ElementIter_Type);
    if (it == NULL)
        return NULL;
    it->root = (Element *)Py_NewRef(root);
    it->tag = Py_XNewRef(tag);
    it->text = text;
    it->levels = NULL;
    it->depth = it->room = 0;
    PyObject_GC_Track(it);
    return (PyObject *)it;
}

static int iter_traverse(PyObject *o, visitproc visit, void *arg)
{
    ElementIter *it = (ElementIter *)o;
    for (Py_ssize_t i = 0; i < it->depth; i++)
        Py_VISIT(it->levels[i].element);
    Py_VISIT(it->root);
    Py_VISIT(it->tag);
    return 0;
}

static int iter_clear(PyObject *o)
{
    ElementIter *it = (ElementIter *)o;
    while (it->depth > 0)
        Py_DECREF(it->levels[--it->depth].element);
    PyMem_Free(it->levels);
    it->levels = NULL;
    it->room = 0;
    Py_CLEAR(it->root);
    Py_CLEAR(it->tag);
    return 0;
}

static void iter_dealloc(PyObject *o)
{
    PyObject_GC_UnTrack(o);
    iter_clear(o);
    PyObject_GC_Del(o);
}

/* Goes down into an element (taken over); 0 or -1 with MemoryError. */
static int push(ElementIter *it, Element *element)
{
    if (it->depth == it->room) {
        Py_ssize_t room = it->room ? 2 * it->room : 8;
        Level *levels = PyMem_Realloc(it->levels, (size_t)room * sizeof *levels);
        if (levels == NULL) {
            Py_DECREF(element);
            PyErr_NoMemory();
            return -1;
        }
        it->levels = levels;
        it->room = room;
    }
    it->levels[it->depth++] = (Level){element, 0};
    return 0;
}

/* What to give for an element or a text (borrowed from owner, which is taken over): itself if it fits; NULL to go on,
 * or with an exception. */
static PyObject *give_text(Element *owner, PyObject *text)
{
    int there = text == Py_None ? 0 : PyObject_IsTrue(text);
    PyObject *given = there > 0 ? Py_NewRef(text) : NULL;
    Py_DECREF(owner);
    return given;
}

static PyObject *give_element(ElementIter *it, Element *element)
{
    int fits = 1;
    if (it->tag && it->tag != element->tag) {
        PyObject *tag = Py_NewRef(element->tag);
        fits = PyObject_RichCompareBool(tag, it->tag, Py_EQ);
        Py_DECREF(tag);
    }
    if (fits > 0)
        return (PyObject *)element;
    Py_DECREF(element);
    return NULL;
}

static PyObject *iter_next(PyObject *o)
{
    ElementIter *it = (ElementIter *)o;
    for (;;) {
        Element *element;
        PyObject *given;
        if (it->root) {
            element = it->root;
            it->root = NULL;
        } else if (it->depth == 0)
            return NULL;
        else {
            Level *level = &it->levels[it->depth - 1];
            if (level->next < element_length(level->element))
                element = (Element *)Py_NewRef(level->element->extra->children[level->next++]);
            else {
                it->depth--;
                element = level->element;
                if (it->text && it->depth > 0) {
                    PyObject *tail = Py_NewRef(element->tail);
                    given = give_text(element, tail);
                    Py_DECREF(tail);
                    if (given || PyErr_Occurred())
                        return given;
                } else
                    Py_DECREF(element);
                continue;
            }
        }
        if (push(it, (Element *)Py_NewRef(element)) < 0) {
            Py_DECREF(element);
            return NULL;
        }
        if (it->text) {
            PyObject *text = Py_NewRef(element->text);
            given = give_text(element, text);
            Py_DECREF(text);
        } else
            given = give_element(it, element);
        if (given || PyErr_Occurred())
            return given;
    }
}

PyTypeObject ElementIter_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "_elementtree._element_iterator",
    .tp_basicsize = sizeof(ElementIter),
    .tp_dealloc = iter_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_traverse = iter_traverse,
    .tp_clear = iter_clear,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = iter_next,
};
