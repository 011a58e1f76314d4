/* _elementtree: elements, their builder and their parser. */
#ifndef LIMPID_MODULES_ELEMENTTREE_H
#define LIMPID_MODULES_ELEMENTTREE_H

#include "Python.h"
#include "memory/state.h"

#define OWN_CHILDREN 4 /* children with room in the ElementExtra itself */

/* What an element without attributes and children does not need. */
typedef struct {
    PyObject *attrib; /* dict, or NULL while empty */
    Py_ssize_t length, room;
    PyObject **children; /* own or allocated; ELEMENT-1: all are elements */
    PyObject *own[OWN_CHILDREN];
} ElementExtra;

typedef struct {
    PyObject_HEAD PyObject *tag, *text, *tail; /* never NULL */
    ElementExtra *extra;                       /* or NULL */
    PyObject *weakreflist;
} Element;

extern PyTypeObject Element_Type, ElementIter_Type, TreeBuilder_Type, XMLParser_Type;
#define Element_Check(o) PyObject_TypeCheck((PyObject *)(o), &Element_Type)

static inline Py_ssize_t element_length(const Element *e) { return e->extra ? e->extra->length : 0; }

#define element_state KEPT(elements)

/* A new element; attrib (borrowed) may be NULL and is shared, not copied. */
PyObject *element_create(PyObject *tag, PyObject *attrib);
/* Appends; 0 or -1 with MemoryError or, if child is no element, TypeError. */
int element_append(Element *self, PyObject *child);
/* The attributes (borrowed), made if there are none; NULL with MemoryError. */
PyObject *element_attrib(Element *self);
ElementExtra *element_extra(Element *self);
/* Room for `more` children beyond the present ones; 0 or -1 with MemoryError. */
int element_reserve(Element *self, Py_ssize_t more);
/* Drops attributes and children. */
void element_clear_extra(Element *self);
/* TypeError unless child is an element; 0 or -1. */
int element_check_child(PyObject *child);
extern PyMethodDef element_methods[];      /* element_methods.c */
extern PySequenceMethods element_sequence; /* element_items.c */
extern PyMappingMethods element_mapping;
PyObject *element_iterate(Element *root, PyObject *tag, int text); /* iterator.c; tag NULL: all */

/* treebuilder.c: each returns a new reference, or NULL (or -1) with an exception; attrib may be NULL. */
typedef struct {
    PyObject_HEAD PyObject *root; /* NULL before the first element */
    PyObject *open;               /* the innermost open element, or NULL */
    PyObject *last;               /* the element started or ended last, or NULL */
    PyObject *tail_of;            /* text that comes now is its tail; NULL: it is the text of last */
    PyObject *data;               /* text so far: a str, a list of them, or NULL */
    PyObject *stack;              /* list of the elements around `open` */
    PyObject *element_factory, *comment_factory, *pi_factory; /* or NULL */
    PyObject *report;                                         /* callable that is told of events, or NULL */
    PyObject *events[6];                                      /* the names by which events are told; NULL: not told */
    char insert_comments, insert_pis;
} TreeBuilder;
enum { EVENT_START, EVENT_END, EVENT_START_NS, EVENT_END_NS, EVENT_COMMENT, EVENT_PI };

PyObject *treebuilder_make(void);
PyObject *treebuilder_start(TreeBuilder *self, PyObject *tag, PyObject *attrib);
PyObject *treebuilder_data(TreeBuilder *self, PyObject *data);
PyObject *treebuilder_end(TreeBuilder *self);
PyObject *treebuilder_comment(TreeBuilder *self, PyObject *text);
PyObject *treebuilder_pi(TreeBuilder *self, PyObject *target, PyObject *text);
PyObject *treebuilder_root(TreeBuilder *self);
/* Tells of an event if it was asked for; value is borrowed. */
int treebuilder_report(TreeBuilder *self, int event, PyObject *value);

#endif
