/* See limit.h. */
#include "memory/limit.h"
#include "memory/memory.h"

#include <stdio.h>
#include <sys/resource.h>

/* What the kernel allows beyond the limit: malloc's headers and holes, scratch memory of the collector, buffers of libraries. */
#define MARGIN ((size_t)4 << 20)

#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1 /* ends the process when the kernel refuses memory */
#else
#define SANITIZED 0
#endif

/* The largest block that may use the reserve. */
#define RESERVE_BLOCK ((size_t)64 << 10)

static rlim_t soft_before; /* the kernel's limit before the first of ours */
static int kernel_limited;
static enum { RESERVE_NONE, RESERVE_KEPT, RESERVE_OPEN } kernel_reserve; /* of the kernel's bound */

size_t heap_counted(void)
{
    const HeapSide *s = &heap.sides[SIDE_PROGRAM];
    return s->arena_count * ARENA_SIZE + s->large_bytes + __atomic_load_n(&heap.shared_bytes, __ATOMIC_RELAXED);
}

int limit_refuses_slow(size_t bytes)
{
    if (side_now() == SIDE_OBSERVER)
        return 0;
    size_t counted = heap_counted();
    if (counted <= heap.quota && bytes <= heap.quota - counted)
        return 0;
    if (heap.pinched && !heap.thrifty && bytes <= RESERVE_BLOCK && counted + bytes <= heap.quota + LIMIT_RESERVE)
        return 0;
    heap.pinched = 1;
    return 1;
}

int limit_refuses_arena(void)
{
    if (heap.quota == 0 || side_now() == SIDE_OBSERVER)
        return 0;
    size_t counted = heap_counted();
    if (counted + ARENA_SIZE <= heap.quota)
        return 0;
    if (heap.pinched && !heap.thrifty && counted + ARENA_SIZE <= heap.quota + LIMIT_RESERVE)
        return 0;
    heap.pinched = 1;
    return 1;
}

void limit_fails(void)
{
    int kept = RESERVE_KEPT;
    __atomic_compare_exchange_n((int *)&kernel_reserve, &kept, RESERVE_OPEN, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

int limit_yields(size_t bytes)
{
    struct rlimit limit;
    int open = RESERVE_OPEN;
    if (bytes > ARENA_SIZE || heap.thrifty ||
        !__atomic_compare_exchange_n((int *)&kernel_reserve, &open, RESERVE_NONE, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED) ||
        getrlimit(RLIMIT_DATA, &limit) < 0)
        return 0;
    limit.rlim_cur += 2 * LIMIT_RESERVE; /* malloc takes more at a time than it is asked for */
    return limit.rlim_cur <= limit.rlim_max && setrlimit(RLIMIT_DATA, &limit) == 0;
}

/* Bytes of writable shared anonymous mappings. */
static size_t shared_mappings(void)
{
    char line[512], permissions[8], name[16];
    size_t sum = 0;
    unsigned long low, high;
    FILE *maps = fopen("/proc/self/maps", "r");
    if (maps == NULL)
        return 0;
    while (fgets(line, sizeof line, maps) != NULL)
        if (sscanf(line, "%lx-%lx %7s %*s %*s %*s %15s", &low, &high, permissions, name) == 4 && permissions[3] == 's' &&
            permissions[1] == 'w' && strcmp(name, "/dev/zero") == 0)
            sum += high - low;
    fclose(maps);
    return sum;
}

int limit_refuses_mapping(size_t bytes)
{
    return heap.quota != 0 && bytes <= PY_SSIZE_T_MAX && limit_refuses_slow(shared_mappings() + bytes);
}

void limit_relax_slow(void)
{
    if (heap_counted() + LIMIT_RESERVE <= heap.quota)
        heap.pinched = 0;
}

void heap_set_quota(size_t bytes)
{
    heap.quota = bytes;
    heap.pinched = 0;
}

/* Bytes of writable private memory, as RLIMIT_DATA counts them; 0 when the kernel does not tell. */
static size_t data_bytes(void)
{
    char line[128];
    size_t kilobytes = 0;
    FILE *status = fopen("/proc/self/status", "r");
    if (status == NULL)
        return 0;
    while (fgets(line, sizeof line, status) != NULL)
        if (sscanf(line, "VmData: %zu kB", &kilobytes) == 1)
            break;
    fclose(status);
    return kilobytes * 1024;
}

void heap_set_limit(size_t bytes)
{
    struct rlimit limit;
    heap_set_quota(bytes);
    if (SANITIZED || getrlimit(RLIMIT_DATA, &limit) < 0)
        return;
    if (!kernel_limited) {
        if (bytes == 0)
            return;
        soft_before = limit.rlim_cur;
        kernel_limited = 1;
    }
    limit.rlim_cur = soft_before;
    size_t data = data_bytes(), counted = heap_counted(), more = bytes > counted ? bytes - counted : 0;
    rlim_t bound = (rlim_t)data + more + bytes / 16 + MARGIN + LIMIT_RESERVE;
    if (bytes != 0 && data != 0 && bound >= bytes && (soft_before == RLIM_INFINITY || bound < soft_before))
        limit.rlim_cur = bound;
    kernel_reserve = setrlimit(RLIMIT_DATA, &limit) == 0 && limit.rlim_cur == bound ? RESERVE_KEPT : RESERVE_NONE;
}
