/* See shadows.h. */
#include "see/shadows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)64 << 10)

int shadows_turn(Shadows *all, uint64_t thread)
{
    ShadowThread *t = all->threads;
    while (t && t->thread != thread)
        t = t->next;
    int known = t != NULL;
    if (!known) {
        if ((t = calloc(1, sizeof *t)) == NULL)
            return -1;
        t->thread = thread;
        t->number = ++all->thread_count;
        t->next = all->threads;
        all->threads = t;
    }
    all->current = t;
    return known;
}

/* A chunk with room for so many bytes on top of the others; 0 or -1. */
static int add_chunk(ShadowThread *t, size_t bytes)
{
    ShadowChunk *chunk = t->spare;
    if (chunk && chunk->size >= bytes) {
        t->spare = NULL;
    } else {
        size_t size = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
        if ((chunk = malloc(sizeof *chunk + size)) == NULL)
            return -1;
        chunk->size = size;
    }
    chunk->used = 0;
    chunk->below = t->chunk;
    t->chunk = chunk;
    return 0;
}

static void *push_on_chunk(ShadowThread *t, size_t size)
{
    if ((t->chunk == NULL || t->chunk->size - t->chunk->used < size) && add_chunk(t, size) < 0)
        return NULL;
    void *room = (char *)t->chunk->data + t->chunk->used;
    t->chunk->used += size;
    return room;
}

/* A free place for a generator's frame; 0 without memory. */
static uint32_t new_place(Shadows *all)
{
    uint32_t place = all->places_free;
    if (place) {
        all->places_free = all->places[place].next;
        return place;
    }
    place = all->places_end ? all->places_end : 1;
    if (place >= all->places_room) {
        uint32_t room = all->places_room ? 2 * all->places_room : 16;
        struct shadow_place *bigger = realloc(all->places, room * sizeof *bigger);
        if (bigger == NULL)
            return 0;
        all->places = bigger;
        all->places_room = room;
    }
    all->places_end = place + 1;
    return place;
}

Shadow *shadows_push(Shadows *all, Frame *f, uint32_t room)
{
    ShadowThread *t = all->current;
    size_t size = shadow_size(room);
    uint32_t place = 0;
    if (f->owner == FRAME_IN_GENERATOR && (place = new_place(all)) == 0)
        return NULL;
    Shadow *s = place ? malloc(size) : push_on_chunk(t, size);
    if (place) {
        all->places[place].shadow = s;
        if (s == NULL)
            all->places[place].next = all->places_free, all->places_free = place;
    }
    if (s == NULL)
        return NULL;
    shadow_init(all, s, f, room, place);
    return s;
}

/* The chunk of the topmost shadow that lies in one loses it. */
static void release(ShadowThread *t, const Shadow *s)
{
    ShadowChunk *chunk = t->chunk;
    chunk->used -= shadow_size(s->room);
    assert((const char *)chunk->data + chunk->used == (const char *)s); /* SHADOW-1 */
    if (chunk->used == 0 && chunk->below) {
        t->chunk = chunk->below;
        free(t->spare);
        t->spare = chunk;
    }
}

static void free_place(Shadows *all, uint32_t place)
{
    free(all->places[place].shadow);
    all->places[place] = (struct shadow_place){NULL, all->places_free};
    all->places_free = place;
}

void shadows_drop(Shadows *all)
{
    ShadowThread *t = all->current;
    Shadow *s = t->top;
    t->top = s->below;
    if (s->place)
        free_place(all, s->place);
    else
        release(t, s);
}

void shadows_suspend(Shadows *all)
{
    Shadow *s = all->current->top;
    assert(s->place);
    all->current->top = s->below;
    s->below = NULL;
    s->suspended = 1;
}

Shadow *shadows_resume(Shadows *all, uint32_t place)
{
    Shadow *s = place ? all->places[place].shadow : NULL;
    if (s == NULL || !s->suspended)
        return NULL;
    s->suspended = 0;
    s->below = all->current->top;
    return all->current->top = s;
}

uint32_t shadows_forget(Shadows *all, uint32_t place)
{
    Shadow *s = all->places[place].shadow;
    uint32_t number = s && s->suspended ? s->number : 0;
    if (number)
        free_place(all, place);
    return number;
}

static void free_thread(ShadowThread *t)
{
    while (t->chunk) {
        ShadowChunk *below = t->chunk->below;
        free(t->chunk);
        t->chunk = below;
    }
    free(t->spare);
    free(t);
}

void shadows_free(Shadows *all)
{
    for (uint32_t i = 1; i < all->places_end; i++)
        free(all->places[i].shadow);
    free(all->places);
    for (ShadowThread *t = all->threads, *next; t; t = next) {
        next = t->next;
        free_thread(t);
    }
}
