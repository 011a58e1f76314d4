/* The allocator: blocks, pools, large blocks, failures and quotas, from C. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "memory/limit.h"
#include "memory/memory.h"

#define N 20000

static void *blocks[N];
static size_t sizes[N];

static uint32_t seed = 12345;
static uint32_t draw(uint32_t limit)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % limit;
}

static int filled(const unsigned char *p, size_t n, unsigned char value)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != value)
            return 0;
    return 1;
}

static void random_traffic_keeps_contents_and_invariants(void **state)
{
    for (int round = 0; round < 10; round++) {
        for (int k = 0; k < N; k++) {
            uint32_t i = draw(N);
            unsigned char mark = (unsigned char)i;
            if (blocks[i] == NULL) {
                sizes[i] = draw(700);
                blocks[i] = PyMem_Malloc(sizes[i]);
                assert_non_null(blocks[i]);
                assert_int_equal((uintptr_t)blocks[i] % BLOCK_ALIGN, 0);
                assert_true(block_size(blocks[i]) >= sizes[i]);
                memset(blocks[i], mark, sizes[i]);
            } else if (draw(3) == 0) {
                size_t n = draw(900), kept = n < sizes[i] ? n : sizes[i];
                blocks[i] = PyMem_Realloc(blocks[i], n);
                assert_true(filled(blocks[i], kept, mark));
                sizes[i] = n;
                memset(blocks[i], mark, n);
            } else {
                assert_true(filled(blocks[i], sizes[i], mark));
                PyMem_Free(blocks[i]);
                blocks[i] = NULL;
            }
        }
        assert_int_equal(heap_check(), 0);
    }
    Py_ssize_t before = _Py_GetAllocatedBlocks();
    assert_true(before > 0);
    for (int i = 0; i < N; i++) {
        PyMem_Free(blocks[i]);
        blocks[i] = NULL;
    }
    assert_int_equal(_Py_GetAllocatedBlocks(), 0);
    assert_int_equal(heap_check(), 0);
}

static void emptied_arenas_go_back(void **state)
{
    size_t arenas = heap.sides[SIDE_PROGRAM].arena_count;
    for (int i = 0; i < N; i++)
        blocks[i] = PyMem_Malloc(512);
    assert_true(heap.sides[SIDE_PROGRAM].arena_count > arenas + 10);
    for (int i = 0; i < N; i++)
        PyMem_Free(blocks[i]);
    assert_true(heap.sides[SIDE_PROGRAM].arena_count <= arenas + 2);
    assert_int_equal(heap_check(), 0);
}

static void kinds_are_kept_apart(void **state)
{
    void *raw = PyMem_Malloc(64), *object = object_alloc(64), *container = container_alloc(64), *big = container_alloc(4096);
    assert_int_equal(block_kind(raw), KIND_RAW);
    assert_int_equal(block_kind(object), KIND_OBJECT);
    assert_true(is_container(container));
    assert_true(is_container(big));
    assert_ptr_not_equal(pool_of(raw), pool_of(object));
    assert_int_equal(block_size(object), 64);
    assert_int_equal(block_size(big), 4096);
    PyMem_Free(raw);
    object_free(object);
    container_free(container);
    container_free(big);
}

static void eight_byte_classes_for_own_objects(void **state)
{
    void *p = object_alloc(24);
    assert_int_equal(block_size(p), 24);
    object_free_small(p);
}

static int count_marked(const HeapBlock *block, void *arg)
{
    *(int *)arg += block->kind == KIND_RAW && block->size >= 48 && memcmp(block->address, "limpid walk", 11) == 0;
    return 0;
}

static void the_walk_meets_exactly_the_live_blocks(void **state)
{
    void *kept[30];
    int seen = 0;
    for (int i = 0; i < 30; i++) {
        kept[i] = PyMem_Malloc(i % 3 == 0 ? 2000 : 48);
        memcpy(kept[i], "limpid walk", 11);
    }
    heap_walk(count_marked, &seen);
    assert_int_equal(seen, 30);
    for (int i = 0; i < 30; i += 2) {
        memset(kept[i], 0, 11);
        PyMem_Free(kept[i]);
    }
    seen = 0;
    heap_walk(count_marked, &seen);
    assert_int_equal(seen, 15);
    for (int i = 1; i < 30; i += 2)
        PyMem_Free(kept[i]);
}

static void the_nth_allocation_fails(void **state)
{
    fault_set(3, 0);
    void *a = PyMem_Malloc(10), *b = object_alloc(24), *c = PyMem_Malloc(1000), *d = PyMem_Malloc(10);
    fault_set(0, 0);
    assert_non_null(a);
    assert_non_null(b);
    assert_null(c);
    assert_non_null(d);
    fault_set(1, 1);
    assert_null(PyMem_Malloc(10));
    assert_null(PyMem_RawMalloc(10));
    assert_null(object_alloc(16));
    fault_set(0, 0);
    PyMem_Free(a);
    object_free(b);
    PyMem_Free(d);
    assert_int_equal(heap_check(), 0);
}

static void a_quota_refuses_large_blocks(void **state)
{
    heap_set_quota(heap_counted() + (1 << 20));
    assert_null(PyMem_Malloc(2 << 20));
    void *p = PyMem_Malloc(100000);
    assert_non_null(p);
    heap_set_quota(0);
    PyMem_Free(p);
}

static void a_free_that_shrinks_copies_rarely(void **state)
{
    char *p = PyMem_Malloc(100), *q = PyMem_Realloc(p, 90);
    assert_ptr_equal(p, q);
    q = PyMem_Realloc(q, 20);
    assert_true(block_size(q) < 100);
    PyMem_Free(q);
    assert_null(PyMem_Malloc((size_t)PY_SSIZE_T_MAX + 1));
    assert_null(PyMem_Calloc((size_t)PY_SSIZE_T_MAX, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_traffic_keeps_contents_and_invariants),
        cmocka_unit_test(emptied_arenas_go_back),
        cmocka_unit_test(kinds_are_kept_apart),
        cmocka_unit_test(eight_byte_classes_for_own_objects),
        cmocka_unit_test(the_walk_meets_exactly_the_live_blocks),
        cmocka_unit_test(the_nth_allocation_fails),
        cmocka_unit_test(a_quota_refuses_large_blocks),
        cmocka_unit_test(a_free_that_shrinks_copies_rarely),
    };
    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
