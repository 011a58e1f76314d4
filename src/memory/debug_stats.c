/* sys._debugmallocstats(): what the allocator holds, in numbers. */
#include "memory/memory.h"

#include <stdio.h>

/* Prints the totals to the stream; always 1. */
int _PyObject_DebugMallocStats(FILE *out)
{
    static const char *const names[KIND_COUNT] = {"raw", "object", "container"};
    HeapTotals t;
    heap_totals(&t);
    fprintf(out, "%zu arenas of %d bytes, %zu pools in use, %zu free\n\n", t.arenas, (int)ARENA_SIZE, t.pools_used, t.pools_free);
    fprintf(out, "%-10s %12s %14s %12s %14s\n", "kind", "blocks", "bytes", "large blocks", "bytes");
    for (int kind = 0; kind < KIND_COUNT; kind++)
        fprintf(out, "%-10s %12zu %14zu %12zu %14zu\n", names[kind], t.blocks[kind], t.bytes[kind], t.large_blocks[kind],
                t.large_bytes[kind]);
    fprintf(out, "\n%zu bytes in free blocks of used pools, %zu in pool headers\n", t.free_bytes, t.header_bytes);
    return 1;
}
