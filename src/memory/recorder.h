/* Who hears of a run while it is recorded: hangs in the interpreter's state (state.h), NULL at most times.  The VM
 * tells of lines and calls (vm/record.h), the collector of its runs, streams of what is written to standard output and
 * error.
 *
 * REC-1  a listener never runs Python code, never allocates on the heap and never changes a reference count. */
#ifndef LIMPID_MEMORY_RECORDER_H
#define LIMPID_MEMORY_RECORDER_H

#include "memory/state.h"

struct vm_frame;

enum record_event {
    RECORD_LINE,   /* perhaps a new line: the place was jumped to, or its line is not that of the instruction before */
    RECORD_CALL,   /* the frame begins */
    RECORD_RESUME, /* a suspended frame goes on */
    RECORD_RETURN, /* with the value */
    RECORD_YIELD,  /* with the value; also when it waits */
    RECORD_RAISE,  /* the exception (value) leaves the instruction the frame stands on */
    RECORD_UNWIND, /* the frame ends by the exception */
};

/* Values are borrowed; the frame's ip and sp are valid. */
struct recorder {
    int (*wants)(struct recorder *, PyCodeObject *); /* 0: not; 1: its lines; 2: each of its instructions */
    void (*event)(struct recorder *, ThreadState *, struct vm_frame *, enum record_event, PyObject *value);
    void (*output)(struct recorder *, int fd, PyObject *text); /* str */
    void (*collected)(struct recorder *, int generation, Py_ssize_t found);
    void (*input)(struct recorder *); /* standard input is about to be read, perhaps for long */
};

/* Before a descriptor is read. */
static inline void recorder_reads(int fd)
{
    struct recorder *r = fd == 0 ? interp_current()->recorder : NULL;
    if (r)
        r->input(r);
}

#endif
