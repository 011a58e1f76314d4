/* A capture summed up: by who holds what, and by where it was made. */
#ifndef LIMPID_SEE_CAPTURE_TREE_H
#define LIMPID_SEE_CAPTURE_TREE_H

#include "see/capture_object.h"

/* [(number of the parent, name, objects, bytes)]: a node's number is its place + 1, 0 is the root; parents come first.
 */
PyObject *capture_tree(CaptureObject *c, PyObject *unused);
/* [(site, objects, bytes)] of the objects on the heap; site 0: not known. */
PyObject *capture_by_site(CaptureObject *c, PyObject *unused);

#endif
