/* The quick path of a recording by value in which every line is a step: the usual events, with what they usually do in
 * line.  What is told is what steps.h would tell. */
#ifndef LIMPID_SEE_LEAN_H
#define LIMPID_SEE_LEAN_H

#include "see/recorder_inside.h"

/* A listener (memory/recorder.h) for them, which hands all others to steps_event. */
void lean_event(struct recorder *hooks, ThreadState *t, Frame *f, enum record_event what, PyObject *value);

#endif
