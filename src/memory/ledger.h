/* The ledger: how many blocks and bytes each account has got and given back since its books were last balanced.
 *
 * An account stands for a place that allocates and a type; a floor above opens accounts and reads the rows
 * (see/ledger.h). As tracing (trace.h) it works by making the usual paths slow; off, it costs nothing.  Every block of
 * the program's side has its account in the Births of its pool, or in the header of a large block.
 *
 * The type of a block is known only some time after it was allocated: until it is settled, a young block has its place
 * instead, with LEDGER_YOUNG.  One that is released before has passed.
 *
 * LEDGER-1  for every account, born - died over all times is the number (and bytes) of blocks that have it.
 * LEDGER-2  every young block stands in the list of young ones; what else stands there need not be alive. */
#ifndef LIMPID_MEMORY_LEDGER_H
#define LIMPID_MEMORY_LEDGER_H

#include "memory/memory.h"
#include "memory/trace.h"

#define LEDGER_YOUNG 0x80000000u
#define LEDGER_YOUNG_MAX 4096
#define LEDGER_LARGE_MAX 64

typedef struct {
    uint64_t born_bytes, died_bytes, passed_bytes;
    uint32_t born, died, passed;
    uint8_t touched; /* stands in ledger.touched */
    uint8_t types;   /* its blocks are classes */
} LedgerRow;

typedef struct {
    LedgerRow *rows;   /* by account; 0 is none */
    uint32_t *touched; /* accounts whose rows are not zero; room for all */
    size_t touched_count;
    void **next, **end; /* room in the list of young blocks; before the first of them stands a NULL */
    /* the number of the place that allocates now; below LEDGER_YOUNG */
    uint32_t (*site)(void);
    /* the account of a live block; 0: it is left out */
    uint32_t (*account)(uint32_t place, void *block, BlockKind kind);
    /* the account of a block that has passed; its type (NULL: raw) may be anything if it was never set */
    uint32_t (*account_of_passed)(uint32_t place, const void *type, BlockKind kind);
    void (*type_gone)(const void *type);
    /* the list of young blocks is full: settles them */
    void (*full)(void);
} Ledger;
extern Ledger ledger;

/* The functions, rows and touched have been set: enters all blocks that there are, as of this place. */
void ledger_start(uint32_t place);
void ledger_stop(void);
/* Gives young blocks their accounts. */
void ledger_settle(void);
/* Books what was released by those who do not hold the interpreter lock. */
void ledger_settle_shared(void);

/* ---- for the allocator ---- */

/* Whether the allocation that is being made belongs in the ledger. */
static inline int ledger_wants(void) { return (heap.watching & (WATCH_LEDGER | WATCH_LOOKS)) == WATCH_LEDGER; }

static inline LedgerRow *ledger_row(uint32_t account)
{
    LedgerRow *row = &ledger.rows[account];
    if (!row->touched) {
        row->touched = 1;
        ledger.touched[ledger.touched_count++] = account;
    }
    return row;
}

void ledger_passed(uint32_t place, const void *type, BlockKind kind, size_t size);
/* A block is released whose account, not 0, has been taken from it; type is the word that stands where an object has
 * its type. */
static inline void ledger_death(uint32_t account, const void *block, const void *type, BlockKind kind, size_t size)
{
    if (account & LEDGER_YOUNG) {
        ledger.next -= ledger.next[-1] == block; /* the latest one: most often so */
        ledger_passed(account & ~LEDGER_YOUNG, type, kind, size);
        return;
    }
    LedgerRow *row = ledger_row(account);
    row->died++;
    row->died_bytes += size;
    if (LIMPID_UNLIKELY(row->types))
        ledger.type_gone(block);
}

/* Gives the pool room for accounts first; without memory its blocks are left out. */
void ledger_pool_birth_unopened(Pool *pool, void *block);
/* A new block of one of the program's pools. */
static inline void ledger_pool_birth(Pool *pool, void *block)
{
    Births *births = pool->traced ? pool_births(pool) : NULL;
    if (LIMPID_UNLIKELY(births == NULL || births->accounts == NULL)) {
        ledger_pool_birth_unopened(pool, block);
        return;
    }
    if (LIMPID_UNLIKELY(ledger.next == ledger.end))
        ledger.full();
    *ledger.next++ = block;
    births->accounts[pool_index(pool, block)] = ledger.site() | LEDGER_YOUNG;
}
/* A block of a traced pool is released. */
READS_FREE_BLOCKS static inline void ledger_pool_death(const Pool *pool, Births *births, void *block)
{
    unsigned index = pool_index(pool, block);
    if (births->accounts != NULL && births->accounts[index] != 0) {
        uint32_t account = births->accounts[index];
        births->accounts[index] = 0;
        ledger_death(account, block, ((void **)block)[1], pool->kind, pool->size);
    }
    trace_tell_of(births, index);
}
void ledger_large_birth(Large *l);
void ledger_large_death(Large *l);
/* Of the shared domain; the lock of its list is held. */
void ledger_shared_death(Large *l);

#endif
