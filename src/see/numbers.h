/* Numbers of pointers: an open-addressed table in memory from malloc. */
#ifndef LIMPID_SEE_NUMBERS_H
#define LIMPID_SEE_NUMBERS_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct {
    struct {
        const void *key;
        uint32_t number;
    } * items; /* key NULL: free */
    size_t used, mask;
} Numbers;

static inline size_t numbers_slot(const Numbers *n, const void *key)
{
    size_t i = ((uintptr_t)key >> 3) * 0x9e3779b97f4a7c15u >> 24 & n->mask;
    while (n->items[i].key != NULL && n->items[i].key != key)
        i = (i + 1) & n->mask;
    return i;
}

/* The place of a key's number, 0 for a new one; NULL without memory. */
static inline uint32_t *number_of(Numbers *n, const void *key)
{
    if (2 * (n->used + 1) > n->mask) {
        Numbers bigger = {.mask = n->mask ? 2 * n->mask + 1 : 1023, .used = n->used};
        bigger.items = calloc(bigger.mask + 1, sizeof *bigger.items);
        if (bigger.items == NULL)
            return NULL;
        for (size_t i = 0; n->items && i <= n->mask; i++)
            if (n->items[i].key != NULL)
                bigger.items[numbers_slot(&bigger, n->items[i].key)] = n->items[i];
        free(n->items);
        *n = bigger;
    }
    size_t i = numbers_slot(n, key);
    if (n->items[i].key == NULL) {
        n->used++;
        n->items[i].key = key;
    }
    return &n->items[i].number;
}

#endif
