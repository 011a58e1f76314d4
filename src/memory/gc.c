/* Tracking, generations and the walk over tracked objects; the collection itself is in collect.c. */
#include "memory/look.h"
#include "memory/memory.h"
#include "memory/roots.h"
#include "memory/state.h"
#include <limits.h>

static Large *large_container(PyObject *o) { return large_of(o); }

uint8_t *gc_state_of(PyObject *o)
{
    if (LIMPID_LIKELY(arena_contains(o))) {
        Pool *pool = pool_of(o);
        return pool->kind == KIND_CONTAINER ? &pool->state[pool_index(pool, o)] : NULL;
    }
    if (object_is_immortal(o) || !PyObject_IS_GC(o))
        return NULL;
    return &large_container(o)->state;
}

/* Young collections leave out what looks made: it is old as soon as the look ends. */
static Pool **young_list(const Pool *pool) { return pool->observer ? heap.look.young : heap.gc.pools; }

void gc_pool_to(Pool *pool, int generation)
{
    if (pool->generation != POOL_OLD) {
        if (pool->gen_prev != NULL)
            pool->gen_prev->gen_next = pool->gen_next;
        else
            young_list(pool)[pool->generation] = pool->gen_next;
        if (pool->gen_next != NULL)
            pool->gen_next->gen_prev = pool->gen_prev;
    }
    pool->generation = (uint8_t)generation;
    if (generation == POOL_OLD)
        return;
    Pool **head = &young_list(pool)[generation];
    pool->gen_prev = NULL;
    pool->gen_next = *head;
    if (*head != NULL)
        (*head)->gen_prev = pool;
    *head = pool;
}

void PyObject_GC_Track(void *p)
{
    if (arena_contains(p)) {
        assert(pool_of(p)->kind == KIND_CONTAINER && !container_tracked_small(p));
        container_track_small(p);
        return;
    }
    if (object_is_immortal(p))
        return;
    Large *l = large_container(p);
    assert(l->kind == KIND_CONTAINER);
    l->state = (uint8_t)((l->state & GC_FINALISED) | GC_TRACKED);
    large_move(l, LARGE_GEN0);
}

void PyObject_GC_UnTrack(void *p)
{
    if (arena_contains(p)) {
        if (pool_of(p)->kind == KIND_CONTAINER)
            container_untrack_small(p);
        return;
    }
    if (object_is_immortal(p))
        return;
    Large *l = large_container(p);
    if (l->state & GC_TRACKED) {
        l->state &= GC_FINALISED;
        large_move(l, LARGE_UNTRACKED);
    }
}

int PyObject_GC_IsTracked(PyObject *o)
{
    if (!PyObject_IS_GC(o))
        return 0;
    uint8_t *state = gc_state_of(o);
    return state != NULL && (*state & GC_TRACKED);
}

int PyObject_GC_IsFinalized(PyObject *o)
{
    if (!PyObject_IS_GC(o))
        return 0;
    uint8_t *state = gc_state_of(o);
    return state != NULL && (*state & GC_FINALISED);
}

int gc_is_dying(PyObject *o)
{
    uint8_t *state = heap.gc.collecting ? gc_state_of(o) : NULL;
    return state != NULL && (*state & GC_CANDIDATE);
}

int PyObject_IS_GC(PyObject *o)
{
    PyTypeObject *type = Py_TYPE(o);
    return PyType_IS_GC(type) && (type->tp_is_gc == NULL || type->tp_is_gc(o));
}

void PyObject_GC_Del(void *p) { container_free(p); }

void gc_pressure(void)
{
    struct gc_state *gc = &heap.gc;
    PyThreadState *tstate = _PyRuntime.tstate_current;
    if (look_lasts() || !gc->enabled || gc->threshold[0] == 0 || gc->collecting || tstate == NULL || tstate->curexc_type != NULL ||
        gc->garbage == NULL)
        return;
#if LIMPID_TORTURE
    if (torture_step())
        return;
    if (gc->count[0] <= gc->threshold[0])
        return;
#endif
    for (int g = GENERATIONS - 1; g >= 0; g--) {
        if (gc->count[g] <= gc->threshold[g])
            continue;
        /* A full collection waits until a quarter of the old objects are new, so that its cost stays linear. */
        if (g == GENERATIONS - 1 && gc->long_lived_pending < gc->long_lived_total / 4)
            continue;
        gc_collect(g);
        return;
    }
}

void gc_set_limit(void)
{
    struct gc_state *gc = &heap.gc;
    if (look_lasts()) {
        gc->limit = INT_MAX;
        return;
    }
    if (TORTURED(collect) || TORTURED(move)) {
        gc->limit = -1;   /* every allocation of a container comes to gc_pressure */
        return;
    }
    gc->limit = gc->enabled && gc->threshold[0] > 0 ? gc->threshold[0] : INT_MAX;
}

void gc_set_enabled(int on)
{
    heap.gc.enabled = on;
    gc_set_limit();
}

void gc_set_threshold(int generation, int value)
{
    heap.gc.threshold[generation] = value;
    gc_set_limit();
}

int PyGC_Enable(void)
{
    int before = heap.gc.enabled;
    gc_set_enabled(1);
    return before;
}

int PyGC_Disable(void)
{
    int before = heap.gc.enabled;
    gc_set_enabled(0);
    return before;
}

int PyGC_IsEnabled(void) { return heap.gc.enabled; }

Py_ssize_t PyGC_Collect(void)
{
    if (!heap.gc.enabled || heap.gc.collecting)
        return 0;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    Py_ssize_t n = gc_collect(GENERATIONS - 1);
    PyErr_Restore(type, value, traceback);
    return n;
}

Py_ssize_t _PyGC_CollectNoFail(PyThreadState *tstate) { return gc_collect_no_fail(); }

/* ---- walking ---- */

static int walk_pool(Pool *pool, unsigned generations, int (*visit)(PyObject *, void *), void *arg)
{
    for (unsigned i = 0; i < pool->capacity; i++) {
        uint8_t s = pool->state[i];
        if ((s & GC_TRACKED) && (generations >> ((s & GC_GENERATION_MASK) >> GC_GENERATION_SHIFT) & 1)) {
            int stop = visit(pool_block(pool, i), arg);
            if (stop)
                return stop;
        }
    }
    return 0;
}

int gc_walk(unsigned generations, int (*visit)(PyObject *, void *), void *arg)
{
    int stop = 0;
    heap.hold++;
    for (Arena *a = heap.arenas; a != NULL && !stop; a = a->all_next)
        for (unsigned i = 0; i < POOLS_PER_ARENA && !stop && (!a->observer || generations & GC_OBSERVER); i++) {
            Pool *pool = (Pool *)(a->base + i * POOL_SIZE);
            if (!(a->free_pools >> i & 1) && pool->kind == KIND_CONTAINER)
                stop = walk_pool(pool, generations, visit, arg);
        }
    for (int g = 0; g <= GC_PERMANENT && !stop; g++) {
        if (!(generations >> g & 1))
            continue;
        Large *head = &heap.large[LARGE_GEN0 + g];
        for (Large *l = head->next, *next; l != head && !stop; l = next) {
            next = l->next;
            if (!l->observer || generations & GC_OBSERVER)
                stop = visit(large_block(l), arg);
        }
    }
    if (--heap.hold == 0)
        pool_release_held();
    return stop;
}

static int set_generation(PyObject *o, void *arg)
{
    uint8_t *state = gc_state_of(o);
    int g = *(int *)arg;
    *state = (uint8_t)((*state & ~GC_GENERATION_MASK) | g << GC_GENERATION_SHIFT);
    if (!arena_contains(o))
        large_move(large_container(o), LARGE_GEN0 + g);
    return 0;
}

void gc_freeze(void)
{
    int g = GC_PERMANENT;
    gc_walk(7 | GC_OBSERVER, set_generation, &g);
    for (g = 0; g < GENERATIONS; g++)
        heap.gc.count[g] = 0;
}

void gc_settle(void)
{
    struct gc_state *gc = &heap.gc;
    const uint8_t old = (GENERATIONS - 1) << GC_GENERATION_SHIFT;
    Py_ssize_t n = 0;
    for (int g = 0; g < GENERATIONS - 1; g++) {
        for (Pool *pool; (pool = gc->pools[g]) != NULL; gc_pool_to(pool, POOL_OLD))
            for (unsigned i = 0; i < pool->capacity; i++)
                if (pool->state[i] & GC_TRACKED) {
                    pool->state[i] = (uint8_t)((pool->state[i] & ~GC_GENERATION_MASK) | old);
                    n++;
                }
        while (heap.large[LARGE_GEN0 + g].next != &heap.large[LARGE_GEN0 + g])
            large_move(heap.large[LARGE_GEN0 + g].next, LARGE_GEN0 + GENERATIONS - 1), n++;
        gc->count[g] = 0;
    }
    gc->long_lived_total += n;
}

void gc_unfreeze(void)
{
    int g = GENERATIONS - 1;
    gc_walk(1u << GC_PERMANENT | GC_OBSERVER, set_generation, &g);
}

static int count_one(PyObject *o, void *arg)
{
    ++*(Py_ssize_t *)arg;
    return 0;
}

Py_ssize_t gc_permanent_count(void)
{
    Py_ssize_t n = 0;
    gc_walk(1u << GC_PERMANENT, count_one, &n);
    return n;
}

int gc_init(void)
{
    struct gc_state *gc = &heap.gc;
    interp_current()->gc = gc;
    if (gc->callbacks == NULL && (gc->callbacks = PyList_New(0)) == NULL)
        return -1;
    if (gc->garbage == NULL && (gc->garbage = PyList_New(0)) == NULL)
        return -1;
    return 0;
}

void gc_tell_uncollectable(void)
{
    const struct gc_state *gc = &heap.gc;
    Py_ssize_t n = gc->garbage ? PyList_GET_SIZE(gc->garbage) : 0;
    if (n == 0 || gc->debug & GC_DEBUG_SAVEALL)
        return;
    int listed = gc->debug & GC_DEBUG_UNCOLLECTABLE;
    if (PyErr_WarnExplicitFormat(PyExc_ResourceWarning, "gc", 0, "gc", NULL, "gc: %zd uncollectable objects at shutdown%s", n,
                                 listed ? "" : "; use gc.set_debug(gc.DEBUG_UNCOLLECTABLE) to list them") < 0)
        PyErr_WriteUnraisable(NULL);
    if (!listed)
        return;
    PyObject *text = PyObject_Repr(gc->garbage);
    if (text)
        PySys_FormatStderr("      %U\n", text);
    else
        PyErr_WriteUnraisable(gc->garbage);
    Py_XDECREF(text);
}

void gc_fini(void)
{
    Py_CLEAR(heap.gc.callbacks);
    gc_collect_no_fail();
    Py_CLEAR(heap.gc.garbage);
}

void gc_roots(RootVisit visit, void *arg)
{
    root_tell(visit, arg, heap.gc.garbage, "gc.garbage", -1);
    root_tell(visit, arg, heap.gc.callbacks, "gc.callbacks", -1);
}
