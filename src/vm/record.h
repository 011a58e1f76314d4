/* Recording: a listener that hears of every line, call and return of the code it wants, from instructions that the
 * quickener puts between the others.  Without a listener there are no such instructions and nothing is asked.
 *
 * REC-1  a listener never runs Python code, never allocates on the heap and never changes a reference count.
 * REC-2  code is translated for recording when it first runs under a listener that wants it. */
#ifndef LIMPID_VM_RECORD_H
#define LIMPID_VM_RECORD_H

#include "vm/frame.h"

enum record_event {
    RECORD_LINE,    /* perhaps a new line: the place was jumped to, or its line is not that of the instruction before */
    RECORD_CALL,    /* the frame begins */
    RECORD_RESUME,  /* a suspended frame goes on */
    RECORD_RETURN,  /* with the value */
    RECORD_YIELD,   /* with the value; also when it waits */
    RECORD_RAISE,   /* the exception (value) leaves the instruction f->ip */
    RECORD_UNWIND,  /* the frame ends by the exception */
};

/* Hangs in the interpreter's state.  `value` is borrowed; f->ip and f->sp are valid. */
struct recorder {
    int (*wants)(struct recorder *, PyCodeObject *);
    void (*event)(struct recorder *, ThreadState *, Frame *, enum record_event, PyObject *value);
    void (*output)(struct recorder *, int fd, const char *text, Py_ssize_t size);
    void (*collected)(struct recorder *, int generation, Py_ssize_t found);
};

static inline int record_wants(PyCodeObject *code)
{
    struct recorder *r = interp_current()->recorder;
    return __builtin_expect(r != NULL, 0) && r->wants(r, code);
}
static inline void record_event(ThreadState *t, Frame *f, enum record_event what, PyObject *value)
{
    struct recorder *r = t->base.interp->recorder;
    if (r)
        r->event(r, t, f, what, value);
}

#endif
