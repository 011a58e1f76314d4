/* What the debug build does to blocks, and the torture switches; see torture.h. */
#include "memory/memory.h"
#include "memory/torture.h"

#if LIMPID_TORTURE
#include <sanitizer/asan_interface.h>

#define OLDER_EVERY 8 /* collections per one of the middle generation, and of those per full one */
#define WAITING 16384 /* freed blocks that wait at a time */
#define FRESH 0xcd    /* fills new blocks */

Torture torture;

static void *waiting[WAITING];
static size_t first_waiting;
static int failing;

/* Findings end the process with a status of their own; memory that cannot be had is NULL, as without sanitizers. */
const char *__asan_default_options(void)
{
    return "detect_leaks=0:exitcode=99:allocator_may_return_null=1:max_allocation_size_mb=16384:detect_stack_use_after_"
           "return=0";
}
const char *__ubsan_default_options(void) { return "halt_on_error=1:exitcode=99:print_stacktrace=1"; }

/* The block must be the right size already: poison has a grain of 8 bytes, which every size class is a multiple of. */
void block_poison(void *p, size_t size) { __asan_poison_memory_region(p, size); }
void block_unpoison(void *p, size_t size) { __asan_unpoison_memory_region(p, size); }

/* ---- the pools' own functions, with poison ---- */

READS_FREE_BLOCKS void *pool_alloc(BlockKind kind, unsigned cls)
{
    Pool *pool = heap.current[kind][cls];
    void *block = pool->free;
    if (block == NULL) {
        block = heap.alloc_slow(&heap.current[kind][cls]);
        if (block == NULL)
            return NULL;
        pool = pool_of(block);
    } else {
        pool->free = *(void **)block;
        pool->used++;
    }
    block_unpoison(block, pool->size);
    memset(block, FRESH, pool->size);
    return block;
}

READS_FREE_BLOCKS static void free_now(void *block)
{
    Pool *pool = pool_of(block);
    void *head = pool->free;
    *(void **)block = head;
    pool->free = block;
    pool->used--;
    if (head == NULL || pool->used == 0)
        heap.free_slow(pool);
}

void pool_free(void *block)
{
    assert(arena_contains(block) && !__asan_address_is_poisoned(block));
    block_poison(block, pool_of(block)->size);
    if (!torture.move || pool_of(block)->traced) { /* who takes notice of a block is told when it dies */
        free_now(block);
        return;
    }
    void *oldest = waiting[first_waiting];
    waiting[first_waiting] = block;
    first_waiting = (first_waiting + 1) % WAITING;
    if (oldest != NULL)
        free_now(oldest);
}

void torture_flush(void)
{
    for (size_t i = 0; i < WAITING; i++)
        if (waiting[i] != NULL) {
            void *block = waiting[i];
            waiting[i] = NULL;
            free_now(block);
        }
}

/* ---- the switches ---- */

int torture_step(void)
{
    unsigned long n = ++torture.containers;
    if (torture.move && torture.forget && n % torture.move == 0)
        torture.forget();
    if (!torture.collect)
        return 0;
    unsigned long turn = n / torture.collect;
    if (n % torture.collect == 0)
        gc_collect(turn % OLDER_EVERY ? 0 : turn % (OLDER_EVERY * OLDER_EVERY) ? 1 : GENERATIONS - 1);
    return 1;
}

void torture_begin(void)
{
    failing = torture.fail > 0;
    if (failing)
        pool_watch_for(heap.watching | WATCH_FAULTS);
}

int torture_fails(void)
{
    if (!failing)
        return 0;
    torture.seed = torture.seed * 6364136223846793005u + 1442695040888963407u;
    return (torture.seed >> 33) % torture.fail == 0;
}

int torture_init(void)
{
    static const struct {
        const char *name;
        unsigned *value;
    } switches[] = {{"collect:", &torture.collect}, {"fail:", &torture.fail}, {"move:", &torture.move}};
    const char *text = getenv("LIMPID_TORTURE");
    if (text == NULL || *text == 0 || strcmp(text, "0") == 0)
        return 0;
    if (strcmp(text, "1") == 0)
        text = "collect:100,move:100";
    while (*text) {
        char *end = (char *)text;
        if (strncmp(text, "seed:", 5) == 0)
            torture.seed = strtoull(text + 5, &end, 10);
        for (size_t i = 0; i < sizeof switches / sizeof *switches; i++) {
            size_t length = strlen(switches[i].name);
            if (strncmp(text, switches[i].name, length) == 0)
                *switches[i].value = (unsigned)strtoul(text + length, &end, 10);
        }
        if (end == text || (*end && *end != ',')) {
            fprintf(stderr, "LIMPID_TORTURE: cannot read %s\n", text);
            return -1;
        }
        text = end + (*end == ',');
    }
    gc_set_enabled(heap.gc.enabled);
    return 0;
}
#endif
