/* sys._debugmallocstats(): what the allocator holds, in numbers.  The first two parts read as CPython's do, with
 * Limpid's geometry. */
#include "memory/memory.h"

#include <stdio.h>

typedef struct {
    size_t pools, used, available;
} ClassRow;

static void count_classes(ClassRow rows[CLASS_COUNT])
{
    for (Arena *a = heap.arenas; a != NULL; a = a->all_next)
        for (unsigned i = 0; i < POOLS_PER_ARENA && !a->observer; i++) {
            Pool *pool = (Pool *)(a->base + i * POOL_SIZE);
            if (a->free_pools >> i & 1)
                continue;
            ClassRow *row = &rows[pool->size / BLOCK_STEP];
            row->pools++;
            row->used += pool_used(pool);
            row->available += (size_t)(pool->capacity - pool_used(pool));
        }
}

static void print_classes(FILE *out)
{
    ClassRow rows[CLASS_COUNT] = {{0}};
    unsigned first = BLOCK_MIN / BLOCK_STEP;
    count_classes(rows);
    fprintf(out, "Small block threshold = %d, in %u size classes.\n\n", BLOCK_MAX, CLASS_COUNT - first);
    fprintf(out, "class   size   num pools   blocks in use  avail blocks\n-----   ----   ---------   -------------  "
                 "------------\n");
    for (unsigned c = first; c < CLASS_COUNT; c++)
        if (rows[c].pools > 0)
            fprintf(out, "%5u %6u %11zu %15zu %13zu\n", c - first, c * BLOCK_STEP, rows[c].pools, rows[c].used,
                    rows[c].available);
}

/* "label    =      1,234,567" */
static void print_amount(FILE *out, const char *label, size_t amount)
{
    char digits[32], grouped[48];
    int n = snprintf(digits, sizeof digits, "%zu", amount), to = 0;
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            grouped[to++] = ',';
        grouped[to++] = digits[i];
    }
    grouped[to] = 0;
    fprintf(out, "%-35s= %20s\n", label, grouped);
}

static void print_arenas(FILE *out, const HeapTotals *t)
{
    char label[64];
    size_t live = 0;
    for (int kind = 0; kind < KIND_COUNT; kind++)
        live += t->bytes[kind];
    print_amount(out, "# arenas allocated current", t->arenas);
    snprintf(label, sizeof label, "%zu arenas * %zu bytes/arena", t->arenas, ARENA_SIZE);
    print_amount(out, label, t->arenas * ARENA_SIZE);
    fputc('\n', out);
    print_amount(out, "# bytes in allocated blocks", live);
    print_amount(out, "# bytes in available blocks", t->free_bytes);
    snprintf(label, sizeof label, "%zu unused pools * %zu bytes", t->pools_free, POOL_SIZE);
    print_amount(out, label, t->pools_free * POOL_SIZE);
    print_amount(out, "# bytes lost to pool headers", t->header_bytes);
    print_amount(out, "# bytes lost to quantization", t->tail_bytes);
    print_amount(out, "Total", live + t->free_bytes + t->pools_free * POOL_SIZE + t->header_bytes + t->tail_bytes);
}

int _PyObject_DebugMallocStats(FILE *out)
{
    static const char *const names[KIND_COUNT] = {"raw", "object", "container"};
    HeapTotals t;
    heap_totals(&t);
    print_classes(out);
    fputc('\n', out);
    print_arenas(out, &t);
    fprintf(out, "\n%-10s %12s %14s %12s %14s\n", "kind", "blocks", "bytes", "large blocks", "bytes");
    for (int kind = 0; kind < KIND_COUNT; kind++)
        fprintf(out, "%-10s %12zu %14zu %12zu %14zu\n", names[kind], t.blocks[kind], t.bytes[kind],
                t.large_blocks[kind], t.large_bytes[kind]);
    return 1;
}
