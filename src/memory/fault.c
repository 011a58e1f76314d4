/* Failing allocations on purpose, and the environment variables that switch them on.
 *
 *   LIMPID_FAIL_ALLOC=n    the nth allocation fails         LIMPID_FAIL_ALLOC=n+   and all after it
 *   LIMPID_QUOTA=bytes     what the heap holds may not exceed this many bytes (limit.h)
 *   LIMPID_CHECK=1         the heap is checked at exit; in the debug build it is, unless LIMPID_CHECK=0 */
#include "memory/memory.h"

static long allocations; /* counted while watching */

int fault_hit(void)
{
    allocations++;
#if LIMPID_TORTURE
    if (torture_fails())
        return 1;
#endif
    if (heap.fail_countdown <= 0)
        return 0;
    if (--heap.fail_countdown > 0)
        return 0;
    if (heap.fail_forever)
        heap.fail_countdown = 1;
    return 1;
}

void fault_set(long nth, int forever)
{
    allocations = 0;
    heap.fail_countdown = nth;
    heap.fail_forever = forever;
    pool_watch_for((heap.watching & ~WATCH_FAULTS) | (nth > 0 ? WATCH_FAULTS : 0));
}

long fault_count(void) { return allocations; }

int memory_init(void)
{
    const char *fail = getenv("LIMPID_FAIL_ALLOC"), *quota = getenv("LIMPID_QUOTA");
    shared_init();
    if (quota != NULL && *quota)
        heap_set_quota(strtoull(quota, NULL, 0));
    if (fail != NULL && *fail) {
        char *end;
        long n = strtol(fail, &end, 10);
        fault_set(n, *end == '+');
    }
    return torture_init();
}

void memory_fini(void)
{
    const char *check = getenv("LIMPID_CHECK");
#ifdef NDEBUG
    int wanted = check != NULL && *check && *check != '0';
#else
    int wanted = check == NULL || *check != '0';
#endif
    if (wanted && heap_check() > 0)
        abort();
}
