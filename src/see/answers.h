/* From nodes and edges of a graph to what Python gets. */
#ifndef LIMPID_SEE_ANSWERS_H
#define LIMPID_SEE_ANSWERS_H

#include "see/graph.h"

/* The node's object, or a str that names the holder; new, or NULL with MemoryError. */
PyObject *answer_node(const Graph *g, uint32_t node);

/* The shortest ways from the runtime's roots to all nodes: breadth first, from the modules and the running frames
 * before others, never through node `around`. */
typedef struct ways {
    uint32_t *from; /* the holder on the way; the node itself where a way begins; GRAPH_NONE: not reached */
    size_t *edge;   /* the edge on the way */
    uint32_t *rank; /* place in the order of the search: what is nearer comes first */
} Ways;
int ways_find(const Graph *g, uint32_t around, Ways *ways);
void ways_free(Ways *ways);
/* The way to a node that was reached: (beginning, [(kind, label, object), ...]); a beginning is a str.  Ends with the
 * edge `last` of the node to `target` unless that is GRAPH_NONE.  New, or NULL with an exception. */
PyObject *answer_way(const Graph *g, const Ways *ways, uint32_t node, size_t last, uint32_t target);
/* What a way begins with, as a str; new, or NULL with an exception. */
PyObject *answer_beginning(const Graph *g, uint32_t node);

#endif
