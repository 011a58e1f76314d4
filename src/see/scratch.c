/* Arrays that grow in pages of their own. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "see/scratch.h"

#include <sys/mman.h>

#define FIRST_ROOM ((size_t)64 * 1024)

void *scratch_add(Scratch *s, size_t bytes)
{
    size_t room = s->room ? s->room : FIRST_ROOM;
    while (room - s->used < bytes)
        room *= 2;
    if (room != s->room) {
        void *base = s->room ? mremap(s->base, s->room, room, MREMAP_MAYMOVE)
                             : mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (base == MAP_FAILED)
            return NULL;
        s->base = base;
        s->room = room;
    }
    void *added = s->base + s->used;
    s->used += bytes;
    return added;
}

void scratch_free(Scratch *s)
{
    if (s->room)
        munmap(s->base, s->room);
    *s = (Scratch){0};
}
