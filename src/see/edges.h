/* The labelled references out of an object.
 *
 * Every counted reference that an object holds is told once, with the place where it is held, so that the references
 * into an object can be weighed against its reference count; and those that are not counted (what a weak reference
 * stands for, a class's subclasses) are told as weak.  Objects which the collector does not know (strings in a code
 * object, the pattern of a match) are included.
 *
 * Nothing here runs Python code, allocates from the heap or changes a count. */
#ifndef LIMPID_SEE_EDGES_H
#define LIMPID_SEE_EDGES_H

#include "Python.h"

/* How an object holds another; index, name and text of SeeEdge as said. */
typedef enum see_edge_kind {
    SEE_TYPE,      /* its class (a heap type) */
    SEE_ATTRIBUTE, /* .name: attribute kept in the instance, or __slots__ member (name) */
    SEE_FIELD,     /* a field of the C struct (text), of which there may be several of one name (index, else -1) */
    SEE_ITEM,      /* [index] of a sequence */
    SEE_KEY,       /* the target is a key (index: number of the entry) */
    SEE_VALUE,     /* [name]: value of a key, which may be any object (index: number of the entry) */
    SEE_MEMBER,    /* member of a set */
    SEE_LOCAL,     /* local or cell variable of a frame (name, index) */
    SEE_STACK,     /* value stack [index] of a frame */
    SEE_PLAIN, /* told by tp_traverse alone (index: byte offset of the field, or -1 where there is none of its own) */
    SEE_ROOT,  /* held by the runtime (text, index or -1, name or NULL); only of roots */
    SEE_EDGE_KINDS
} SeeEdgeKind;

typedef struct see_edge {
    PyObject *target;
    SeeEdgeKind kind;
    int weak; /* not counted */
    Py_ssize_t index;
    PyObject *name;   /* borrowed */
    const char *text; /* static, or of a type's tables: lives as long as the type */
} SeeEdge;

/* Whether all that instances of a class hold are the class and what is kept in them by name (objects/instance.h). */
int see_is_plain_class(PyTypeObject *type);

typedef void (*SeeVisit)(const SeeEdge *edge, void *arg);

/* Calls visit for each reference out of o, always in the same order while o does not change.  With named = 0 SEE_PLAIN
 * edges come without offset and some SEE_FIELD ones as SEE_PLAIN, for a walk that does not look at them: faster.
 * Targets may be told that are no object any more where a frame waits in C code with a stale value stack: a visitor
 * must not look into a target of SEE_STACK that it does not know. */
void see_edges(PyObject *o, int named, SeeVisit visit, void *arg);

struct vm_frame;
/* The same of a frame: a running one, or one that is kept in a generator or a frame object. */
void see_frame_edges(struct vm_frame *f, SeeVisit visit, void *arg);
/* The same up to the place `end` of its value stack. */
void see_frame_edges_below(struct vm_frame *f, PyObject **end, SeeVisit visit, void *arg);

/* The edge as a program would write it after its holder: ".hist", "[4]", "['k9']", "key 3", "local x"...; at most
 * `size` bytes, terminated.  Strings are shortened and escaped to ASCII; no Python code runs. */
void see_edge_text(const SeeEdge *edge, char *text, size_t size);
/* What a key looks like: 'text', 17, b'..', or <type at address>; as above. */
void see_key_text(PyObject *key, char *text, size_t size);

#endif
