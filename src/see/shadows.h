/* What was last told of the frames that run recorded code: a stack of shadows for each thread, and those of the frames
 * that wait in suspended generators.
 *
 * SHADOW-1  the shadows of a thread but those of generators lie in its chunks in the order of its stack. */
#ifndef LIMPID_SEE_SHADOWS_H
#define LIMPID_SEE_SHADOWS_H

#include "see/known.h"
#include "vm/frame.h"

#include <stddef.h>

typedef struct shadow {
    struct shadow *below;
    Frame *frame;
    uint32_t number, code;
    int line;             /* as it was told */
    int seen, at;         /* the line where it stands; the private instruction heard of last, or -1 */
    uint32_t deaths;      /* KnownObjects.deaths when its slots were last compared */
    uint32_t shown, room; /* slots told of */
    uint32_t first_cell;  /* if it has_cells: the first slot of one */
    uint32_t generator;   /* item of the generator whose frame it is, or 0 */
    uint32_t place;       /* among the frames of generators, or 0 */
    uint32_t c_stack;     /* the one that was told of it last, or 0 */
    uint16_t pending;     /* variables that may have been stored to since they were compared (vm/record.h) */
    uint8_t suspended, has_cells, has_names;
    uint8_t told;    /* a reader knows the frame; where no step is left out all are told */
    uint8_t arrives; /* it has not had a line since it began or went on */
    Seen names;      /* the dict of names */
    Seen slots[];
} Shadow;

typedef struct shadow_chunk {
    struct shadow_chunk *below;
    size_t used, size;
    max_align_t data[];
} ShadowChunk;

typedef struct shadow_thread {
    struct shadow_thread *next;
    uint64_t thread; /* its identifier */
    Shadow *top;
    Shadow *fresh;     /* it and those below are as they were told, but for the top of the stack */
    const Frame *root; /* the call of `from` that is under way, or NULL */
    int whole;         /* began while another thread was in such a call */
    ShadowChunk *chunk, *spare;
    uint32_t number;
} ShadowThread;

typedef struct shadows {
    ShadowThread *threads, *current, *told; /* told: the one that a reader takes for the current one */
    struct shadow_place {
        Shadow *shadow; /* NULL: free */
        uint32_t next;  /* free place */
    } * places;         /* the frames of generators; 0 is unused */
    uint32_t places_end, places_room, places_free;
    uint32_t frame_count, thread_count;
} Shadows;

/* Makes a thread the current one; 1 if it is known, 0 if it is new, -1 without memory. */
int shadows_turn(Shadows *all, uint64_t thread);
/* A new shadow on top of the current thread's stack, for `room` slots; NULL without memory. */
Shadow *shadows_push(Shadows *all, Frame *f, uint32_t room);
/* Takes the top one off and frees it. */
void shadows_drop(Shadows *all);
/* Takes the top one, of a generator, off; it waits from now on. */
void shadows_suspend(Shadows *all);
/* Puts the one of a place on top of the current thread's stack, if it waits: it, or NULL. */
Shadow *shadows_resume(Shadows *all, uint32_t place);
/* Frees one that waits; its number. */
uint32_t shadows_forget(Shadows *all, uint32_t place);
void shadows_free(Shadows *all);

/* ---- the usual cases, in line ---- */

static inline size_t shadow_size(uint32_t room)
{
    size_t size = sizeof(Shadow) + room * sizeof(Seen), unit = sizeof(max_align_t);
    return (size + unit - 1) / unit * unit;
}
static inline void shadow_init(Shadows *all, Shadow *s, Frame *f, uint32_t room, uint32_t place)
{
    ShadowThread *t = all->current;
    *s = (Shadow){.below = t->top, .frame = f, .number = ++all->frame_count, .room = room, .at = -1, .place = place};
    for (uint32_t i = 0; i < room; i++)
        s->slots[i] = (Seen){0};
    t->top = s;
}
/* As shadows_push, of a frame of no generator. */
static inline Shadow *shadows_push_quickly(Shadows *all, Frame *f, uint32_t room)
{
    ShadowChunk *chunk = all->current->chunk;
    size_t size = shadow_size(room);
    if (__builtin_expect(chunk == NULL || chunk->size - chunk->used < size, 0))
        return shadows_push(all, f, room);
    Shadow *s = (Shadow *)((char *)chunk->data + chunk->used);
    chunk->used += size;
    shadow_init(all, s, f, room, 0);
    return s;
}
/* As shadows_drop, of a frame of no generator. */
static inline void shadows_drop_quickly(Shadows *all)
{
    ShadowThread *t = all->current;
    const Shadow *s = t->top;
    ShadowChunk *chunk = t->chunk;
    if (__builtin_expect((const char *)s == (const char *)chunk->data, 0)) { /* the chunk's last */
        shadows_drop(all);
        return;
    }
    t->top = s->below;
    chunk->used = (size_t)((const char *)s - (const char *)chunk->data);
}

#endif
