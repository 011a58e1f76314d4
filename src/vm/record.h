/* Recording: the listener (memory/recorder.h) hears of every line, call and return of the code it wants, from
 * instructions that the quickener puts between the others.  Without a listener there are no such instructions and
 * nothing is asked. */
#ifndef LIMPID_VM_RECORD_H
#define LIMPID_VM_RECORD_H

#include "memory/recorder.h"
#include "vm/frame.h"

/* Operands of a RECORD: in b, which slots of variables may be stored to between it and the RECORD that is run next in
 * the frame, unless an exception is raised; the highest bit of those stands for all others, too.  And whether the event
 * comes with the value on top of the stack.  In c the line. */
#define RECORD_VALUE 0x8000
#define RECORD_SLOTS 15
#define RECORD_SLOT(slot) ((uint16_t)(1u << ((slot) < RECORD_SLOTS - 1 ? (slot) : RECORD_SLOTS - 1)))
#define RECORD_ANY_SLOT 0x7fff

/* A trace or profile function was set while somebody listened: frames under it tell nothing. */
extern int record_was_traced;

/* How the code is to be recorded (VmCode.recorded). */
static inline int record_wants(PyCodeObject *code)
{
    struct recorder *r = interp_current()->recorder;
    return __builtin_expect(r != NULL, 0) ? r->wants(r, code) : 0;
}
static inline void record_event(ThreadState *t, Frame *f, enum record_event what, PyObject *value)
{
    struct recorder *r = t->base.interp->recorder;
    if (r)
        r->event(r, t, f, what, value);
}

#endif
