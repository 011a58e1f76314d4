/* What keeps what alive in a capture that has been read: dominators and retained sizes. */
#ifndef LIMPID_SEE_CAPTURE_KEEP_H
#define LIMPID_SEE_CAPTURE_KEEP_H

#include "see/capture_object.h"

/* dominators(depth, width, least): (number or -1, text of what is no object, label, own bytes, retained bytes, objects,
 * children), children alike. */
PyObject *capture_dominators(CaptureObject *c, PyObject *args);
/* retained(number): (own bytes, retained bytes, objects, number of the dominator or -1, its text or None). */
PyObject *capture_retained(CaptureObject *c, PyObject *arg);
void capture_keep_free(struct capture_keep *keep);

#endif
