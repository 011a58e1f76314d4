/* The graph of the whole heap at one moment: every live object, what holds what, and from where.
 *
 *     node 0             the root of all
 *     nodes 1 ...        holders: what holds references and is no object (a label of roots, a running frame)
 *     nodes `holders`... objects: those of pools (a free block leaves an empty node), large ones, static ones that
 *                        somebody refers to
 *     node `code`        the last: a holder of the references that nothing accounts for
 *
 * Edges are arrays by holder (CSR): the targets of node n are edges[start[n]] ... edges[start[n + 1] - 1], in the order
 * in which see_edges tells them.  All memory is from the C library; building changes nothing in the heap and runs no
 * Python code, but the graph is only valid until the next allocation from the heap.
 *
 * GRAPH-1  the number of counted edges into an object, its surplus included, is its reference count, less what the look
 * itself holds; but for immortal objects. GRAPH-2  an object that cannot be reached from node 0 is garbage that only
 * the collector can free. */
#ifndef LIMPID_SEE_GRAPH_H
#define LIMPID_SEE_GRAPH_H

#include "Python.h"
#include "see/edges.h"

#define GRAPH_NONE UINT32_MAX /* no node: an edge to what is no object that is known */
#define GRAPH_WEAK ((uint32_t)1 << 31)
#define GRAPH_IS_LOOK 1 /* a frame of the look, or what it made and alone holds */
#define GRAPH_NODE(edge) ((edge) & ~GRAPH_WEAK)

typedef enum graph_holder_kind {
    HOLDER_ROOT,  /* node 0 */
    HOLDER_FRAME, /* a running frame */
    HOLDER_LABEL, /* roots of one label */
    HOLDER_LOOK,  /* a frame of the look itself; node 0 does not hold it */
} GraphHolderKind;

typedef struct graph_holder {
    GraphHolderKind kind;
    const char *label;
    struct vm_frame *frame;
    PyObject **operands; /* where the values begin with which a frame called the look; or NULL */
    Py_ssize_t thread;   /* of a frame: 0 for the main thread, else the thread state's id */
} GraphHolder;

typedef struct graph {
    uint32_t count, holders;
    void **address; /* NULL: an empty node */
    size_t *size;  /* bytes of the object's block, with graph_add_buffers also of its buffers; 0 for static objects, and
                    * for those  that looks made: they are not in the picture, but may hold what is */
    size_t *start; /* count + 1 */
    uint32_t *edges; /* node, perhaps with GRAPH_WEAK; or GRAPH_NONE */
    GraphHolder *holder;
    uint32_t *inside; /* counted edges into each node, without those of the look and of `code` */
    uint8_t *flags;   /* GRAPH_ bits of each node */
    uint32_t code;
    size_t objects;   /* of the program's side of the heap */
    uint32_t *looked; /* references of the look to each node */
    struct graph_finder *finder;
} Graph;

/* Nonzero for nodes that are no objects. */
static inline int graph_is_holder(const Graph *g, uint32_t node) { return node < g->holders || node == g->code; }

/* 0, or -1 without memory (no exception set); graph_free either way. */
int graph_build(Graph *g);
void graph_free(Graph *g);
/* Adds to the sizes the buffers that belong to each object (buffers.h); 0, or -1 without memory. */
int graph_add_buffers(Graph *g);
/* The node of an object, or GRAPH_NONE. */
uint32_t graph_find(const Graph *g, const void *address);

/* Whether a frame runs code of the package limpid itself: those on top of the running thread are not in the picture. */
int graph_frame_is_look(const struct vm_frame *f);
/* What the reference count of a node's object would be without the look. */
Py_ssize_t graph_refcount(const Graph *g, uint32_t node);

/* Tells the edges of any node with their labels, in the order of the graph's arrays; holders too. */
void graph_labels(const Graph *g, uint32_t node, SeeVisit visit, void *arg);
/* The edge with that number, labelled. */
SeeEdge graph_edge(const Graph *g, uint32_t holder, size_t edge);
/* What a holder that is no object is called: "main() at app.py:12", "interned for ever"... */
void graph_holder_text(const Graph *g, uint32_t node, char *text, size_t size);

/* The edges turned round: the holders of node n are from[start[n]] ...; weak and look edges are left out unless `all`.
 */
typedef struct graph_back {
    size_t *start;
    uint32_t *from;
} GraphBack;
int graph_back(const Graph *g, int all, GraphBack *back);
void graph_back_free(GraphBack *back);

/* Dominators of what can be reached from node 0 along counted edges. */
typedef struct graph_tree {
    uint32_t count;   /* nodes reached */
    uint32_t *order;  /* them, parents before children; order[0] is 0 */
    uint32_t *number; /* of each node of the graph: place in order, or GRAPH_NONE */
    uint32_t *idom;   /* by place: place of the immediate dominator; idom[0] is 0 */
    size_t *retained; /* by place: bytes that would go with it */
    uint32_t *kept;   /* by place: objects that would go with it, itself included */
} GraphTree;
int graph_dominators(const Graph *g, GraphTree *tree);
void graph_tree_free(GraphTree *tree);

/* One byte for each node: nonzero if it can be reached from node 0 along counted edges; NULL without memory; to be
 * freed. */
uint8_t *graph_reach(const Graph *g);
/* Takes an edge out of the graph: its target's `inside` is less by one. */
void graph_cut(Graph *g, size_t edge);

#endif
