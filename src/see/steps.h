/* The steps of a recording: what happens to the frames of each thread, line by line. */
#ifndef LIMPID_SEE_STEPS_H
#define LIMPID_SEE_STEPS_H

#include "see/accounts.h"
#include "see/recorder_inside.h"
#include "see/states.h"
#include "memory/memory.h"

/* Any event (memory/recorder.h), of a recording that goes on. */
void steps_event(Recorder *r, ThreadState *t, Frame *f, enum record_event what, PyObject *value);
/* A frame is on top of the current thread's stack, and begins, or has run already: its shadow, or NULL. */
Shadow *steps_push(Recorder *r, Frame *f, int begins);
/* The shadow of a generator's frame that waits, or NULL. */
Shadow *steps_waiting(const Recorder *r, Frame *f);
/* A generator died: a frame that waited is gone. */
void steps_forget_generator(void *recorder, uint32_t place);
/* Nothing more is told. */
void steps_end(Recorder *r);
/* Those that were asked for are told. */
void steps_all(Recorder *r);
/* The heap has taken or given back pools. */
void steps_tell_heap(Recorder *r);

/* Where the traits of a code object are, if they are known. */
static inline CodeTraits *steps_traits_place(Recorder *r, const PyCodeObject *code)
{
    return &r->traits[(uintptr_t)code / 64 % CODE_TRAITS];
}

/* What the shadow of a frame that begins is like. */
static inline void steps_set_shadow(const Recorder *r, Shadow *s, const CodeTraits *traits)
{
    s->seen = traits->code->co_firstlineno;
    s->arrives = 1;
    s->deaths = r->known.deaths;
    s->has_cells = traits->has_cells;
    s->first_cell = traits->first_cell;
    s->has_names = traits->has_names;
    s->pending = traits->arguments;
    s->shown = r->known.by_value ? s->room : 0;
}

/* What comes with each step, before its line is told. */
static inline void steps_prepare(Recorder *r)
{
    if (heap.sides[0].pools_in_use != r->pools || heap.sides[0].large_bytes != r->large)
        steps_tell_heap(r);
    if (--r->until_look <= 0)
        states_look_at_chunk(r);
}

/* The line. */
static inline void steps_tell_line(Recorder *r, Shadow *s, int line)
{
    journal_step(&r->journal, line - s->line);
    s->line = s->seen = line;
    r->stops++;
    accounts_step(++r->steps);
}

#endif
