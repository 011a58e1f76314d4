/* See capture_base.h. */
#include "see/capture_base.h"

#include <string.h>

CaptureBase *capture_base_new(void) { return calloc(1, sizeof(CaptureBase)); }

void capture_base_free(CaptureBase *b)
{
    if (b == NULL)
        return;
    free(b->rows.items);
    free(b->items);
    free(b);
}

void capture_base_add(CaptureBase *b, const void *address, uint64_t print, unsigned state)
{
    if (b->failed)
        return;
    if (b->count == b->room) {
        uint32_t room = b->room ? 2 * b->room : 1 << 14;
        BaseRow *bigger = realloc(b->items, room * sizeof *bigger);
        if (bigger == NULL) {
            b->failed = 1;
            return;
        }
        b->items = bigger;
        b->room = room;
    }
    uint32_t *number = number_of(&b->rows, address);
    if (number == NULL) {
        b->failed = 1;
        return;
    }
    b->items[b->count++] = (BaseRow){print, address, (uint8_t)state};
    *number = b->count;
}

const BaseRow *capture_base_find(CaptureBase *b, const void *address, uint64_t print)
{
    if (b->failed || b->rows.items == NULL)
        return NULL;
    size_t slot = numbers_slot(&b->rows, address);
    if (b->rows.items[slot].key == NULL)
        return NULL;
    const BaseRow *row = &b->items[b->rows.items[slot].number - 1];
    return row->print == print ? row : NULL;
}

uint64_t print_bytes(uint64_t print, const void *data, size_t size)
{
    const uint8_t *p = data;
    uint64_t word = 0;
    print = print_mix(print, size);
    for (; size >= sizeof word; size -= sizeof word, p += sizeof word) {
        memcpy(&word, p, sizeof word);
        print = print_mix(print, word);
    }
    word = 0;
    memcpy(&word, p, size);
    return print_mix(print, word);
}

/* A name may be another string at the same address: its hash counts, too. */
uint64_t print_edge(uint64_t print, const SeeEdge *e)
{
    print = print_pointer(print, e->target);
    print = print_mix(print, (uint64_t)e->kind << 1 | (uint64_t)e->weak | (uint64_t)e->index << 8);
    print = print_pointer(print, e->text);
    print = print_pointer(print, e->name);
    if (e->name && PyUnicode_CheckExact(e->name) && PyUnicode_IS_COMPACT_ASCII(e->name))
        print = print_mix(print, (uint64_t)((PyASCIIObject *)e->name)->hash);
    return print;
}
