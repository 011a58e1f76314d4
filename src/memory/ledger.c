/* See ledger.h. */
#include "memory/ledger.h"

#include <stdlib.h>

#define LATE_MAX 4096 /* releases that may wait */

Ledger ledger;

static struct {
    void *list[LEDGER_YOUNG_MAX + 1]; /* the first is NULL */
    struct {
        Large *block; /* NULL: it has passed */
        uint32_t place;
    } large[LEDGER_LARGE_MAX];
    uint32_t large_count;
} young;

/* Released by whoever; read with the lock of the shared list held. */
static struct {
    struct late {
        uint32_t account;
        size_t size;
    } * list;
    size_t count, room;
} late;

static uint32_t *account_slot(const Pool *pool, const void *block)
{
    Births *births = pool->traced ? pool_births(pool) : NULL;
    unsigned i = pool_index(pool, block);
    if (births == NULL || births->accounts == NULL || i >= pool->capacity)
        return NULL;
    return pool_block((Pool *)pool, i) == block ? &births->accounts[i] : NULL;
}

static void enter(uint32_t *slot, uint32_t place, void *block, BlockKind kind, size_t size)
{
    *slot = ledger.account(place, block, kind);
    if (*slot == 0)
        return;
    LedgerRow *row = ledger_row(*slot);
    row->born++;
    row->born_bytes += size;
}

void ledger_passed(uint32_t place, const void *type, BlockKind kind, size_t size)
{
    uint32_t account = ledger.account_of_passed(place, type, kind);
    if (account == 0)
        return;
    LedgerRow *row = ledger_row(account);
    row->passed++;
    row->passed_bytes += size;
}

/* The block may be gone, and so may its pool. */
static void settle_small(void *block)
{
    const Arena *arena = arena_of(block);
    Pool *pool = pool_of(block);
    if (arena == NULL || arena->free_pools >> ((uintptr_t)pool / POOL_SIZE % POOLS_PER_ARENA) & 1)
        return;
    uint32_t *slot = account_slot(pool, block);
    if (slot != NULL && *slot & LEDGER_YOUNG)
        enter(slot, *slot & ~LEDGER_YOUNG, block, pool->kind, pool->size);
}

void ledger_settle(void)
{
    for (uint32_t i = 0; i < young.large_count; i++) { /* first: classes are among them */
        Large *l = young.large[i].block;
        if (l != NULL)
            enter(&l->account, young.large[i].place, large_block(l), l->kind, l->size);
    }
    young.large_count = 0;
    for (void **block = young.list + 1; block < ledger.next; block++)
        settle_small(*block);
    ledger.next = young.list + 1;
}

/* ---- large blocks ---- */

static void book_late(void)
{
    for (size_t i = 0; i < late.count; i++) {
        LedgerRow *row = ledger_row(late.list[i].account);
        row->died++;
        row->died_bytes += late.list[i].size;
    }
    late.count = 0;
}

void ledger_settle_shared(void) { shared_locked(book_late); }

/* Raw ones have no type to wait for. */
void ledger_large_birth(Large *l)
{
    if (LIMPID_UNLIKELY(__atomic_load_n(&late.count, __ATOMIC_RELAXED) > LATE_MAX))
        ledger_settle_shared();
    uint32_t place = ledger.site();
    if (l->kind == KIND_RAW) {
        enter(&l->account, place, large_block(l), KIND_RAW, l->size);
        return;
    }
    if (young.large_count == LEDGER_LARGE_MAX)
        ledger.full();
    young.large[young.large_count].block = l;
    young.large[young.large_count].place = place;
    l->account = young.large_count++ | LEDGER_YOUNG;
}

void ledger_large_death(Large *l)
{
    uint32_t account = l->account;
    l->account = 0;
    if (account & LEDGER_YOUNG) {
        young.large[account & ~LEDGER_YOUNG].block = NULL;
        account = young.large[account & ~LEDGER_YOUNG].place | LEDGER_YOUNG;
    }
    if (account != 0)
        ledger_death(account, large_block(l), Py_TYPE((PyObject *)large_block(l)), l->kind, l->size);
}

void ledger_shared_death(Large *l)
{
    if (late.count == late.room) {
        size_t room = late.room ? 2 * late.room : 256;
        struct late *list = realloc(late.list, room * sizeof *list);
        if (list == NULL)
            return;
        late.list = list;
        late.room = room;
    }
    late.list[late.count++] = (struct late){l->account, l->size};
    l->account = 0;
}

/* ---- on and off ---- */

static void open_pool(Pool *pool)
{
    Births *births = trace_open(pool);
    if (births != NULL && births->accounts == NULL)
        births->accounts = calloc(pool->capacity, sizeof *births->accounts);
}

void ledger_pool_birth_unopened(Pool *pool, void *block)
{
    open_pool(pool);
    if (pool->traced && pool_births(pool)->accounts != NULL)
        ledger_pool_birth(pool, block);
}

static void close_pool(Pool *pool)
{
    if (pool->traced) {
        free(pool_births(pool)->accounts);
        pool_births(pool)->accounts = NULL;
    }
}

static int enter_block(const HeapBlock *block, void *place)
{
    uint32_t *slot =
        block->large ? &large_of(block->address)->account : account_slot(pool_of(block->address), block->address);
    if (slot != NULL)
        enter(slot, *(uint32_t *)place, block->address, block->kind, block->size);
    return 0;
}

void ledger_start(uint32_t place)
{
    ledger.next = young.list + 1;
    ledger.end = young.list + LEDGER_YOUNG_MAX + 1;
    young.large_count = 0;
    torture_flush();
    pool_each(SIDE_PROGRAM, open_pool);
    pool_watch_for(heap.watching | WATCH_LEDGER);
    heap_walk(enter_block, &place);
}

static void forget_large(void)
{
    for (int list = 0; list < LARGE_LISTS; list++)
        for (Large *l = heap.large[list].next; l != &heap.large[list]; l = l->next)
            l->account = 0;
}

void ledger_stop(void)
{
    pool_watch_for(heap.watching & ~WATCH_LEDGER);
    shared_locked(forget_large);
    pool_each(SIDE_PROGRAM, close_pool);
    trace_drop_unneeded();
    free(late.list);
    late.list = NULL;
    late.count = late.room = 0;
}
