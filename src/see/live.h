/* A recording that is watched while it is made (--watch): the recorder is in the program's process, who watches in
 * another one.
 *
 *     program   journal, as chunks, and LIVE chunks between them  ──▶   viewer (lib/limpid/watch)
 *               page of control, shared                           ◀──   where to stop
 *               a byte: go on                                     ◀──
 *
 * At a line at which the program is to stop the recorder sends what it has and waits for the byte; everything stands
 * still, since it keeps the interpreter.  Between stops it asks one word of the page for each line. */
#ifndef LIMPID_SEE_LIVE_H
#define LIMPID_SEE_LIVE_H

#include "see/journal.h"

#define LIVE_CONTROL_SIZE ((size_t)64 << 10)
#define LIVE_FILTER 1024

enum live_mode {
    LIVE_STEP,  /* stop at the next line */
    LIVE_FRAME, /* at the next line of a frame; when it ends, of the one below */
    LIVE_RUN,   /* at breakpoints only, which the other modes heed too */
};

enum live_event {
    LIVE_SENT,  /* a chunk came before it */
    LIVE_LINE,  /* the program waits at a line */
    LIVE_INPUT, /* it is about to read its standard input */
    LIVE_DONE,  /* all steps that were asked for have been told: the program goes on to its end */
};

/* Written by the viewer while the program waits, but for the mode, which may become LIVE_STEP at any time.  Breakpoints
 * follow each other: a line in 4 bytes, a length in 2, a text.  A line other than 0 is one of the files whose name is
 * the text, or ends with it behind a slash; line 0 is the first line of the functions of that name. */
typedef struct live_control {
    volatile uint32_t mode, frame;
    uint32_t lines, functions;       /* breakpoints of either sort */
    uint8_t filter[LIVE_FILTER / 8]; /* bits of the lines with breakpoints, modulo LIVE_FILTER */
    uint32_t used;                   /* bytes of breakpoints */
    uint8_t breakpoints[];
} LiveControl;

typedef struct live {
    LiveControl *control;
    int journal, go; /* descriptors */
    ChunkTable news;
    int alone; /* nobody watches any more */
} Live;

/* A page for both processes, or NULL with errno. */
LiveControl *live_control_new(void);
/* The page of this process, for limpid.watch; NULL: it watches nothing. */
extern LiveControl *live_watched;

void live_open(Live *l, Journal *j);
void live_close(Live *l);

int live_has_breakpoint(const Live *l, PyCodeObject *code, int line);
/* Whether to stop before a line of a frame. */
static inline int live_stops(const Live *l, uint32_t frame, PyCodeObject *code, int line)
{
    const LiveControl *c = l->control;
    if (c->mode == LIVE_STEP || (c->mode == LIVE_FRAME && c->frame == frame))
        return 1;
    return c->lines && c->filter[(unsigned)line / 8 % (LIVE_FILTER / 8)] >> (line & 7) & 1 &&
           live_has_breakpoint(l, code, line);
}
/* A frame begins. */
void live_enters(Live *l, PyCodeObject *code);
/* A frame is left for the one below, 0 if there is none. */
static inline void live_leaves(Live *l, uint32_t frame, uint32_t below)
{
    LiveControl *c = l->control;
    if (c->mode != LIVE_FRAME || c->frame != frame)
        return;
    c->frame = below;
    if (below == 0)
        c->mode = LIVE_STEP;
}
/* Tells where the program is, with all that the journal has; LIVE_LINE waits until it may go on. */
void live_tell(Live *l, Journal *j, enum live_event event, uint64_t step);

#endif
