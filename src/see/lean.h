/* The quick path of a recording by value in which every line is a step: the usual events, with what they usually do in
 * line.  What is told is what steps.h would tell. */
#ifndef LIMPID_SEE_LEAN_H
#define LIMPID_SEE_LEAN_H

#include "see/recorder_inside.h"

/* Whether it was such an event, and is told; else it is one for steps_event.  For recordings that are `fast`. */
int lean_event(Recorder *r, const ThreadState *t, Frame *f, enum record_event what, PyObject *value);

#endif
