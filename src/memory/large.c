/* Blocks above 512 bytes: from the system allocator, behind a header of 48 bytes that links them by kind. */
#include "memory/ledger.h"
#include "memory/limit.h"
#include "memory/log.h"
#include "memory/look.h"
#include "memory/pool.h"
#include "memory/trace.h"
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t shared_lock = PTHREAD_MUTEX_INITIALIZER;
_Static_assert(sizeof(Large) <= LARGE_HEADER && LARGE_HEADER % BLOCK_ALIGN == 0, "large header");

static void link_to(Large *l, int list)
{
    Large *head = &heap.large[list];
    l->list = (uint8_t)list;
    l->prev = head->prev;
    l->next = head;
    head->prev->next = l;
    head->prev = l;
}

static void unlink_from(Large *l)
{
    l->prev->next = l->next;
    l->next->prev = l->prev;
}

void large_move(Large *l, int list)
{
    unlink_from(l);
    link_to(l, list);
}

#define TRIM_MIN ((size_t)1 << 20)

/* Before `bytes` are freed: when half of what large blocks held at their peak is gone, malloc gives its free pages back to
 * the system.  It does so by itself only for the end of its heap. */
static int leaves_much(size_t bytes)
{
    size_t now = heap.sides[SIDE_PROGRAM].large_bytes;
    if (now > heap.large_high)
        heap.large_high = now;
    size_t left = now - bytes;
    if (left > heap.large_high / 2 || heap.large_high - left < TRIM_MIN)
        return 0;
    heap.large_high = left;
    return 1;
}

void *large_alloc(BlockKind kind, size_t size)
{
    static const uint8_t list_of[] = {LARGE_RAW, LARGE_OBJECT, LARGE_UNTRACKED};
    if (heap.watching && fault_hit())
        return NULL;
    if (size > PY_SSIZE_T_MAX - LARGE_HEADER || limit_refuses(LARGE_HEADER + size))
        return NULL;
    Large *l = malloc(LARGE_HEADER + size);
    if (l == NULL && limit_yields(size))
        l = malloc(LARGE_HEADER + size);
    if (l == NULL)
        return NULL;
    memset(l, 0, sizeof *l);
    l->size = size;
    l->kind = kind;
    l->check = large_check(l);
    l->observer = side_now() == SIDE_OBSERVER;
    heap.sides[l->observer].large_bytes += LARGE_HEADER + size;
    heap.look.large_containers |= l->observer && kind == KIND_CONTAINER;
    link_to(l, list_of[kind]);
    if (trace_wants())
        l->site = trace_birth(size);
    if (log_wants())
        log_birth(large_block(l), size);
    if (ledger_wants())
        ledger_large_birth(l);
    return large_block(l);
}

void *large_realloc(void *block, size_t size)
{
    if (heap.watching && fault_hit())
        return NULL;
    Large *l = large_of(block);
    if (size > PY_SSIZE_T_MAX - LARGE_HEADER || (size > l->size && limit_refuses(size - l->size)))
        return NULL;
    Large *moved = realloc(l, LARGE_HEADER + size);
    if (moved == NULL)
        return NULL;
    moved->prev->next = moved;
    moved->next->prev = moved;
    moved->check = large_check(moved);
    heap.sides[moved->observer].large_bytes += size - moved->size;
    if (moved->noted != 0 && moved != l) { /* what stood there is no more */
        trace_tell(moved->noted);
        moved->noted = 0;
    }
    trace_resize(&moved->site, moved->size, size);
    if (moved->account != 0)
        ledger_large_death(moved);
    moved->size = size;
    if (!moved->observer && heap.watching & WATCH_LOGS) {
        log_death(block);
        log_birth(large_block(moved), size);
    }
    if (!moved->observer && heap.watching & WATCH_LEDGER)
        ledger_large_birth(moved);
    return large_block(moved);
}

void large_free(void *block)
{
    Large *l = large_of(block);
    if (l->list == LARGE_SHARED) {
        shared_free(block);
        return;
    }
    int trim = !l->observer && leaves_much(LARGE_HEADER + l->size);
    l->check = 0;
    unlink_from(l);
    trace_death(&l->site, l->size);
    if (l->account != 0)
        ledger_large_death(l);
    if (!l->observer)
        log_death(block);
    if (l->noted != 0)
        trace_tell(l->noted);
    heap.sides[l->observer].large_bytes -= LARGE_HEADER + l->size;
    if (l->observer && !look_lasts() && l->kind == KIND_CONTAINER)
        heap.gc.count[0] += heap.gc.count[0] > 0; /* takes back what container_free did */
    if (heap.hold && l->kind == KIND_CONTAINER) {
        l->state = 0;
        l->dead = 1;
        l->next = heap.held;
        heap.held = l;
        return;
    }
    free(l);
    if (LIMPID_UNLIKELY(trim))
        malloc_trim(0);
    limit_relax();
}

/* A thread without the interpreter's lock may be at the list while another one forks: the child has a list that is whole,
 * and a lock that is free. */
static void lock_shared(void) { pthread_mutex_lock(&shared_lock); }
static void unlock_shared(void) { pthread_mutex_unlock(&shared_lock); }

void shared_init(void)
{
    static int done;
    if (!done)
        done = pthread_atfork(lock_shared, unlock_shared, unlock_shared) == 0;
}

void *shared_alloc(size_t size, int zero)
{
    if (size > PY_SSIZE_T_MAX - LARGE_HEADER)
        return NULL;
    if ((heap.watching && fault_hit()) || limit_refuses(LARGE_HEADER + size))
        return NULL;
    Large *l = zero ? calloc(1, LARGE_HEADER + size) : malloc(LARGE_HEADER + size);
    if (l == NULL && limit_yields(size))
        l = calloc(1, LARGE_HEADER + size);
    if (l == NULL)
        return NULL;
    memset(l, 0, sizeof *l);
    l->size = size;
    l->kind = KIND_RAW;
    if ((heap.watching & WATCH_TRACES || side_now()) && trace_holds_lock()) {
        l->observer = side_now() == SIDE_OBSERVER;
        l->site = trace_wants() ? trace_birth(size) : 0;
    }
    __atomic_add_fetch(&heap.shared_bytes, LARGE_HEADER + size, __ATOMIC_RELAXED);
    pthread_mutex_lock(&shared_lock);
    link_to(l, LARGE_SHARED);
    pthread_mutex_unlock(&shared_lock);
    if (log_wants() && trace_holds_lock())
        log_birth(large_block(l), size);
    if (ledger_wants() && trace_holds_lock())
        ledger_large_birth(l);
    return large_block(l);
}

void *shared_realloc(void *block, size_t size)
{
    if (block == NULL)
        return shared_alloc(size, 0);
    if (size > PY_SSIZE_T_MAX - LARGE_HEADER || (heap.watching && fault_hit()))
        return NULL;
    size_t before = large_of(block)->size;
    if (size > before && limit_refuses(size - before))
        return NULL;
    pthread_mutex_lock(&shared_lock);
    Large *moved = realloc(large_of(block), LARGE_HEADER + size);
    if (moved != NULL) {
        __atomic_add_fetch(&heap.shared_bytes, size - before, __ATOMIC_RELAXED);
        moved->prev->next = moved;
        moved->next->prev = moved;
        if (trace_holds_lock())
            trace_resize(&moved->site, moved->size, size);
        else
            trace_death(&moved->site, moved->size);
        if (moved->account != 0)
            ledger_shared_death(moved);
        moved->size = size;
    }
    pthread_mutex_unlock(&shared_lock);
    if (moved != NULL && log_wants() && !moved->observer && trace_holds_lock()) {
        log_death(block);
        log_birth(large_block(moved), size);
    }
    if (moved != NULL && ledger_wants() && !moved->observer && trace_holds_lock())
        ledger_large_birth(moved);
    return moved ? large_block(moved) : NULL;
}

void shared_free(void *block)
{
    if (block == NULL)
        return;
    pthread_mutex_lock(&shared_lock);
    unlink_from(large_of(block));
    if (large_of(block)->account != 0)
        ledger_shared_death(large_of(block));
    pthread_mutex_unlock(&shared_lock);
    trace_death(&large_of(block)->site, large_of(block)->size);
    if (heap.watching & WATCH_LOGS && !large_of(block)->observer && trace_holds_lock())
        log_death(block);
    __atomic_sub_fetch(&heap.shared_bytes, LARGE_HEADER + large_of(block)->size, __ATOMIC_RELAXED);
    free(large_of(block));
}

void shared_locked(void (*function)(void))
{
    pthread_mutex_lock(&shared_lock);
    function();
    pthread_mutex_unlock(&shared_lock);
}
