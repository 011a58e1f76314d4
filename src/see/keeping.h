/* What keeps what alive, asked of a graph that is there. */
#ifndef LIMPID_SEE_KEEPING_H
#define LIMPID_SEE_KEEPING_H

#include "see/graph.h"

/* The shortest ways to a node, one for each reference to it, at most `limit`: a new list (answers.h), or NULL with an
 * exception. */
PyObject *keeping_ways(const Graph *g, uint32_t node, Py_ssize_t limit);
/* The garbage of the graph, as cycles() of the module _see gives it. */
PyObject *keeping_cycles(Graph *g, Py_ssize_t limit);

#endif
