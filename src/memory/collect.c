/* One collection.
 *
 *   1. every candidate's reference count is copied into scratch memory beside its pool
 *   2. references between candidates are subtracted from the copies: what is left comes from outside
 *   3. everything reachable from candidates with a count left is marked
 *   4. the rest is unreachable: weak references to it are cleared and their callbacks called, finalisers run (once),
 *      and what they did not bring back is cleared by tp_clear
 *
 * Until 4 no Python code runs.  From then on pools and large blocks that become empty are held (heap.hold), so that the
 * list of unreachable objects can be checked: an entry whose candidate bit is gone has died, even if its block has a
 * new tenant.
 *
 * Implements PEP 442 and the three generations of the gc module's documentation. */
#include "memory/look.h"
#include "memory/memory.h"
#include "memory/state.h"
#include <sys/mman.h>
#include <time.h>

typedef struct vector {
    void **items;
    size_t used, room;
} Vector;

typedef struct collection {
    int generation;
    Vector pools; /* pools with candidates */
    Large *large; /* heads of the lists of large candidates: &heap.large[LARGE_GEN0], generation + 1 of them */
    uint32_t *scratch;
    size_t scratch_bytes;
    Vector unreachable; /* PyObject *, not owned */
    Vector stack;       /* marked, still to be traversed */
    int stack_overflow;
} Collection;

typedef void (*candidate_function)(PyObject *, uint8_t *state, uint32_t *scratch, Collection *);

static int vector_push(Vector *v, void *item)
{
    if (v->used == v->room) {
        size_t room = v->room ? v->room * 2 : 256;
        void **items = realloc(v->items, room * sizeof *items);
        if (items == NULL)
            return -1;
        v->items = items;
        v->room = room;
    }
    v->items[v->used++] = item;
    return 0;
}

/* ---- the set of candidates ---- */

static int generation_of(uint8_t state) { return (state & GC_GENERATION_MASK) >> GC_GENERATION_SHIFT; }

static int gather_pools(Collection *c)
{
    if (c->generation < GENERATIONS - 1) {
        for (int g = 0; g <= c->generation; g++)
            for (Pool *pool = heap.gc.pools[g]; pool != NULL; pool = pool->gen_next[g])
                if ((g == 0 || !pool->on_generation[0]) && vector_push(&c->pools, pool) < 0)
                    return -1;
        return 0;
    }
    for (Arena *a = heap.arenas; a != NULL; a = a->all_next)
        for (unsigned i = 0; i < POOLS_PER_ARENA; i++) {
            Pool *pool = (Pool *)(a->base + i * POOL_SIZE);
            if (!(a->free_pools >> i & 1) && pool->kind == KIND_CONTAINER && vector_push(&c->pools, pool) < 0)
                return -1;
        }
    return 0;
}

static int make_scratch(Collection *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->pools.used; i++)
        n += ((Pool *)c->pools.items[i])->capacity;
    if (n == 0)
        return 0;
    c->scratch_bytes = n * sizeof *c->scratch;
    c->scratch = malloc(c->scratch_bytes);
    if (c->scratch == NULL)
        return -1;
    uint32_t *next = c->scratch;
    for (size_t i = 0; i < c->pools.used; i++) {
        Pool *pool = c->pools.items[i];
        pool->scratch = next;
        next += pool->capacity;
    }
    return 0;
}

static uint32_t saturated(Py_ssize_t count) { return count > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)count; }

static void mark_candidates(Collection *c)
{
    for (size_t k = 0; k < c->pools.used; k++) {
        Pool *pool = c->pools.items[k];
        for (unsigned i = 0; i < pool->capacity; i++) {
            uint8_t s = pool->state[i];
            if ((s & GC_TRACKED) && generation_of(s) <= c->generation) {
                PyObject *o = pool_block(pool, i);
                assert(Py_REFCNT(o) > 0);
                pool->state[i] = s | GC_CANDIDATE;
                pool->scratch[i] = saturated(Py_REFCNT(o));
            }
        }
    }
    for (int g = 0; g <= c->generation; g++) {
        Large *head = &heap.large[LARGE_GEN0 + g];
        for (Large *l = head->next; l != head; l = l->next) {
            l->state |= GC_CANDIDATE;
            l->scratch = saturated(Py_REFCNT((PyObject *)large_block(l)));
        }
    }
}

static void each_candidate(Collection *c, candidate_function f)
{
    for (size_t k = 0; k < c->pools.used; k++) {
        Pool *pool = c->pools.items[k];
        for (unsigned i = 0; i < pool->capacity; i++)
            if (pool->state[i] & GC_CANDIDATE)
                f(pool_block(pool, i), &pool->state[i], &pool->scratch[i], c);
    }
    for (int g = 0; g <= c->generation; g++) {
        Large *head = &heap.large[LARGE_GEN0 + g];
        for (Large *l = head->next, *next; l != head; l = next) {
            next = l->next;
            if (l->state & GC_CANDIDATE)
                f(large_block(l), &l->state, &l->scratch, c);
        }
    }
}

/* State and count of a candidate, or NULL for anything else. */
static inline uint8_t *candidate_state(PyObject *o, uint32_t **scratch)
{
    if (LIMPID_LIKELY(arena_contains(o))) {
        Pool *pool = pool_of(o);
        if (pool->kind != KIND_CONTAINER)
            return NULL;
        unsigned i = pool_index(pool, o);
        if (!(pool->state[i] & GC_CANDIDATE))
            return NULL;
        *scratch = &pool->scratch[i];
        return &pool->state[i];
    }
    if (object_is_immortal(o) || !PyObject_IS_GC(o))
        return NULL;
    Large *l = large_of(o);
    *scratch = &l->scratch;
    return l->state & GC_CANDIDATE ? &l->state : NULL;
}

/* ---- reachability ---- */

static int visit_subtract(PyObject *o, void *arg)
{
    uint32_t *scratch;
    if (candidate_state(o, &scratch) != NULL && *scratch > 0)
        --*scratch;
    return 0;
}

static void subtract_from(PyObject *o, uint8_t *state, uint32_t *scratch, Collection *c)
{
    Py_TYPE(o)->tp_traverse(o, visit_subtract, NULL);
}

static int visit_reach(PyObject *o, void *arg)
{
    Collection *c = arg;
    uint32_t *scratch;
    uint8_t *state = candidate_state(o, &scratch);
    if (state != NULL && !(*state & GC_REACHED)) {
        *state |= GC_REACHED;
        if (vector_push(&c->stack, o) < 0)
            c->stack_overflow = 1;
    }
    return 0;
}

static void drain_stack(Collection *c)
{
    while (c->stack.used > 0) {
        PyObject *o = c->stack.items[--c->stack.used];
        Py_TYPE(o)->tp_traverse(o, visit_reach, c);
    }
}

static void reach_from_root(PyObject *o, uint8_t *state, uint32_t *scratch, Collection *c)
{
    if (*scratch == 0 || (*state & GC_REACHED))
        return;
    *state |= GC_REACHED;
    Py_TYPE(o)->tp_traverse(o, visit_reach, c);
    drain_stack(c);
}

/* Traverses every reached object again: for when the stack of pending ones could not grow. */
static void reach_again(PyObject *o, uint8_t *state, uint32_t *scratch, Collection *c)
{
    if (*state & GC_REACHED) {
        Py_TYPE(o)->tp_traverse(o, visit_reach, c);
        drain_stack(c);
    }
}

extern void _PyTuple_MaybeUntrack(PyObject *);
extern void _PyDict_MaybeUntrack(PyObject *);

/* ---- after marking: survivors move on, the rest is listed ---- */

static Py_ssize_t survivors;

static void sort_out(PyObject *o, uint8_t *state, uint32_t *scratch, Collection *c)
{
    int next = c->generation + 1 < GENERATIONS ? c->generation + 1 : GENERATIONS - 1;
    uint8_t s = (uint8_t)((*state & ~(GC_GENERATION_MASK | GC_REACHED)) | next << GC_GENERATION_SHIFT);
    if (!(*state & GC_REACHED) && vector_push(&c->unreachable, o) == 0) {
        *state = s;
        return;
    }
    *state = s & ~GC_CANDIDATE;
    if (PyTuple_CheckExact(o))
        _PyTuple_MaybeUntrack(o);
    else if (c->generation == GENERATIONS - 1 && PyDict_CheckExact(o))
        _PyDict_MaybeUntrack(o);
    survivors += *state & GC_TRACKED;
}

/* Pools that held young candidates now hold the next generation. */
static void move_generations(Collection *c)
{
    for (int g = 0; g <= c->generation && g < 2; g++) {
        while (heap.gc.pools[g] != NULL) {
            Pool *pool = heap.gc.pools[g];
            gc_pool_unlink(pool, g);
            if (c->generation == 0 && !pool->on_generation[1])
                gc_pool_link(pool, 1);
        }
    }
    int next = c->generation + 1 < GENERATIONS ? c->generation + 1 : GENERATIONS - 1;
    for (int g = 0; g < next; g++) {
        Large *head = &heap.large[LARGE_GEN0 + g];
        while (head->next != head)
            large_move(head->next, LARGE_GEN0 + next);
    }
}

static int find_unreachable(Collection *c)
{
    struct gc_state *gc = &heap.gc;
    if (gather_pools(c) < 0 || make_scratch(c) < 0)
        return -1;
    mark_candidates(c);
    each_candidate(c, subtract_from);
    each_candidate(c, reach_from_root);
    while (c->stack_overflow) {
        c->stack_overflow = 0;
        each_candidate(c, reach_again);
    }
    survivors = 0;
    each_candidate(c, sort_out);
    move_generations(c);
    if (c->generation == GENERATIONS - 2) {
        gc->long_lived_pending += survivors;
    } else if (c->generation == GENERATIONS - 1) {
        gc->long_lived_pending = 0;
        gc->long_lived_total = survivors;
    }
    return 0;
}

/* ---- the unreachable ---- */

/* Entry i if it is still an unreachable live object, else NULL. */
static PyObject *entry(Collection *c, size_t i)
{
    PyObject *o = c->unreachable.items[i];
    if (o == NULL)
        return NULL;
    if (arena_contains(o))
        return (*pool_state(o) & GC_CANDIDATE) ? o : NULL;
    Large *l = large_of(o);
    return !l->dead && (l->state & GC_CANDIDATE) ? o : NULL;
}

static uint8_t *entry_state(PyObject *o) { return arena_contains(o) ? pool_state(o) : &large_of(o)->state; }

static int visit_legacy(PyObject *o, void *arg)
{
    uint32_t *scratch;
    uint8_t *state = candidate_state(o, &scratch);
    if (state != NULL && !(*state & GC_HAS_FINALISER_PATH)) {
        *state |= GC_HAS_FINALISER_PATH;
        vector_push(&((Collection *)arg)->stack, o);
    }
    return 0;
}

/* Takes objects with tp_del, and what they reach, out of the unreachable; the former go to gc.garbage. */
static Py_ssize_t set_legacy_aside(Collection *c, Vector *legacy)
{
    for (size_t i = 0; i < c->unreachable.used; i++) {
        PyObject *o = c->unreachable.items[i];
        if (Py_TYPE(o)->tp_del != NULL && vector_push(legacy, o) == 0)
            visit_legacy(o, c);
    }
    if (legacy->used == 0)
        return 0;
    while (c->stack.used > 0) {
        PyObject *o = c->stack.items[--c->stack.used];
        Py_TYPE(o)->tp_traverse(o, visit_legacy, c);
    }
    Py_ssize_t n = 0;
    for (size_t i = 0; i < c->unreachable.used; i++) {
        PyObject *o = c->unreachable.items[i];
        uint8_t *state = entry_state(o);
        if (*state & GC_HAS_FINALISER_PATH) {
            *state &= ~(GC_HAS_FINALISER_PATH | GC_CANDIDATE);
            c->unreachable.items[i] = NULL;
            n++;
        }
    }
    for (size_t i = 0; i < legacy->used; i++)
        Py_INCREF((PyObject *)legacy->items[i]);
    return n;
}

static void keep_legacy(Vector *legacy)
{
    for (size_t i = 0; i < legacy->used; i++) {
        PyObject *o = legacy->items[i];
        if (heap.gc.garbage != NULL && PyList_Append(heap.gc.garbage, o) < 0)
            PyErr_Clear();
        Py_DECREF(o);
    }
    free(legacy->items);
}

/* Clears every weak reference to an unreachable object, so that nobody can get at them any more, then calls the
 * callbacks of those weak references that are not garbage themselves. */
static void handle_weakrefs(Collection *c)
{
    Vector calls = {0};
    for (size_t i = 0; i < c->unreachable.used; i++) {
        PyObject *o = entry(c, i);
        if (o == NULL)
            continue;
        if (PyWeakref_Check(o)) {
            /* A weak reference that is garbage must not call back, even if its referent dies first; those to others still
             * serve the finalisers. */
            PyWeakReference *self = (PyWeakReference *)o;
            uint32_t *scratch;
            if (self->wr_object != Py_None && candidate_state(self->wr_object, &scratch) != NULL)
                _PyWeakref_ClearRef(self);
        }
        if (Py_TYPE(o)->tp_weaklistoffset <= 0)
            continue;
        PyWeakReference **list = (PyWeakReference **)PyObject_GET_WEAKREFS_LISTPTR(o);
        while (*list != NULL) {
            PyWeakReference *ref = *list;
            uint32_t *scratch;
            _PyWeakref_ClearRef(ref);
            /* a dying one, a subclass's that is losing its attributes just now, is not to be touched */
            if (ref->wr_callback == NULL || Py_REFCNT((PyObject *)ref) <= 0
                || candidate_state((PyObject *)ref, &scratch) != NULL)
                continue;
            Py_INCREF(ref);
            if (vector_push(&calls, ref) < 0)
                Py_DECREF(ref);
        }
    }
    for (size_t i = 0; i < calls.used; i++) {
        PyWeakReference *ref = calls.items[i];
        PyObject *callback = ref->wr_callback;
        if (callback != NULL) {
            Py_INCREF(callback);
            PyObject *result = PyObject_CallOneArg(callback, (PyObject *)ref);
            if (result == NULL)
                PyErr_WriteUnraisable(callback);
            Py_XDECREF(result);
            Py_DECREF(callback);
        }
        Py_DECREF(ref);
    }
    free(calls.items);
}

/* A suspended generator's finaliser runs its `finally` blocks, which may close what the generator uses: they come
 * before the finalisers of those things. */
static int is_suspended_code(PyTypeObject *type)
{
    return type == &PyGen_Type || type == &PyCoro_Type || type == &PyAsyncGen_Type;
}

static void finalise_some(Collection *c, int suspended_code)
{
    for (size_t i = 0; i < c->unreachable.used; i++) {
        PyObject *o = entry(c, i);
        if (o == NULL || is_suspended_code(Py_TYPE(o)) != suspended_code)
            continue;
        uint8_t *state = entry_state(o);
        destructor finaliser = Py_TYPE(o)->tp_finalize;
        if (finaliser == NULL || (*state & GC_FINALISED))
            continue;
        *state |= GC_FINALISED;
        Py_INCREF(o);
        finaliser(o);
        assert(!PyErr_Occurred());
        Py_DECREF(o);
    }
}

static void finalise(Collection *c)
{
    finalise_some(c, 1);
    finalise_some(c, 0);
}

/* Computes reachability anew among the unreachable: finalisers may have made some of them reachable again. */
static void spare_resurrected(Collection *c)
{
    Vector *all = &c->unreachable;
    uint32_t *scratch;
    for (size_t i = 0; i < all->used; i++)
        all->items[i] = entry(c, i);
    for (size_t i = 0; i < all->used; i++)
        if (all->items[i] != NULL && candidate_state(all->items[i], &scratch) != NULL)
            *scratch = saturated(Py_REFCNT((PyObject *)all->items[i]));
    for (size_t i = 0; i < all->used; i++) {
        PyObject *o = all->items[i];
        if (o != NULL)
            Py_TYPE(o)->tp_traverse(o, visit_subtract, NULL);
    }
    do {
        c->stack_overflow = 0;
        for (size_t i = 0; i < all->used; i++) {
            PyObject *o = all->items[i];
            if (o != NULL) {
                uint8_t *state = candidate_state(o, &scratch);
                if (*scratch == 0 && !(*state & GC_REACHED))
                    continue;
                *state |= GC_REACHED;
                Py_TYPE(o)->tp_traverse(o, visit_reach, c);
                drain_stack(c);
            }
        }
    } while (c->stack_overflow);
    for (size_t i = 0; i < all->used; i++) {
        PyObject *o = all->items[i];
        if (o == NULL)
            continue;
        uint8_t *state = entry_state(o);
        if (*state & GC_REACHED) {
            *state &= ~(GC_REACHED | GC_CANDIDATE);
            all->items[i] = NULL;
        }
    }
}

/* Weak references that are garbage are not to call back when clearing the rest ends lives that the collector did not see. */
static void silence_weakrefs(Collection *c)
{
    for (size_t i = 0; i < c->unreachable.used; i++) {
        PyObject *o = entry(c, i);
        if (o != NULL && PyWeakref_Check(o))
            _PyWeakref_ClearRef((PyWeakReference *)o);
    }
}

static void clear_garbage(Collection *c)
{
    if (!(heap.gc.debug & GC_DEBUG_SAVEALL))
        silence_weakrefs(c);
    for (size_t i = 0; i < c->unreachable.used; i++) {
        PyObject *o = entry(c, i);
        if (o == NULL)
            continue;
        if (heap.gc.debug & GC_DEBUG_SAVEALL) {
            if (heap.gc.garbage != NULL && PyList_Append(heap.gc.garbage, o) < 0)
                PyErr_Clear();
            continue;
        }
        inquiry clear = Py_TYPE(o)->tp_clear;
        if (clear != NULL) {
            Py_INCREF(o);
            clear(o);
            if (PyErr_Occurred())
                PyErr_WriteUnraisable((PyObject *)Py_TYPE(o));
            Py_DECREF(o);
        }
    }
    for (size_t i = 0; i < c->unreachable.used; i++) {
        PyObject *o = entry(c, i);
        if (o != NULL)
            *entry_state(o) &= ~GC_CANDIDATE;
    }
}

static void tell(Collection *c, Vector *legacy)
{
    if (heap.gc.debug & GC_DEBUG_COLLECTABLE)
        for (size_t i = 0; i < c->unreachable.used; i++) {
            PyObject *o = c->unreachable.items[i];
            if (o != NULL)
                PySys_FormatStderr("gc: collectable <%s %p>\n", Py_TYPE(o)->tp_name, o);
        }
    if (heap.gc.debug & GC_DEBUG_UNCOLLECTABLE)
        for (size_t i = 0; i < legacy->used; i++)
            PySys_FormatStderr("gc: uncollectable <%s %p>\n", Py_TYPE((PyObject *)legacy->items[i])->tp_name,
                               legacy->items[i]);
}

static int count_object(PyObject *o, void *arg)
{
    ++*(size_t *)arg;
    return 0;
}

static void tell_start(int generation)
{
    PySys_WriteStderr("gc: collecting generation %d...\n", generation);
    size_t n[GENERATIONS] = {0};
    for (int g = 0; g < GENERATIONS; g++)
        gc_walk(1u << g, count_object, &n[g]);
    PySys_FormatStderr("gc: objects in each generation: %zu %zu %zu\ngc: objects in permanent generation: %zd\n", n[0],
                       n[1], n[2], gc_permanent_count());
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Collects without callbacks; counts of collected and of uncollectable objects. */
static void collect(int generation, Py_ssize_t *collected, Py_ssize_t *uncollectable)
{
    struct gc_state *gc = &heap.gc;
    Collection c = {.generation = generation};
    Vector legacy = {0};
    double start = 0;
    *collected = *uncollectable = 0;
    if (gc->debug & GC_DEBUG_STATS) {
        tell_start(generation);
        start = seconds();
    }
    if (generation + 1 < GENERATIONS)
        gc->count[generation + 1]++;
    for (int g = 0; g <= generation; g++)
        gc->count[g] = 0;
    heap.hold++;
    if (find_unreachable(&c) == 0 && c.unreachable.used > 0) {
        *uncollectable = set_legacy_aside(&c, &legacy);
        tell(&c, &legacy);
        handle_weakrefs(&c);
        finalise(&c);
        spare_resurrected(&c);
        for (size_t i = 0; i < c.unreachable.used; i++)
            *collected += c.unreachable.items[i] != NULL;
        clear_garbage(&c);
        keep_legacy(&legacy);
    }
    if (--heap.hold == 0)
        pool_release_held();
    free(c.scratch);
    free(c.pools.items);
    free(c.unreachable.items);
    free(c.stack.items);
    if (gc->debug & GC_DEBUG_STATS) {
        char elapsed[32];
        snprintf(elapsed, sizeof elapsed, "%.4f", seconds() - start);
        PySys_WriteStderr("gc: done, %zd unreachable, %zd uncollectable, %ss elapsed\n", *collected + *uncollectable,
                          *uncollectable, elapsed);
    }
    gc->stats[generation].collections++;
    gc->stats[generation].collected += *collected;
    gc->stats[generation].uncollectable += *uncollectable;
}

/* Calls gc.callbacks with (phase, info); errors are reported, not raised. */
static void call_back(const char *phase, int generation, Py_ssize_t collected, Py_ssize_t uncollectable)
{
    PyObject *callbacks = heap.gc.callbacks;
    if (callbacks == NULL || PyList_GET_SIZE(callbacks) == 0)
        return;
    PyObject *info =
        Py_BuildValue("{sisnsn}", "generation", generation, "collected", collected, "uncollectable", uncollectable);
    if (info == NULL) {
        PyErr_WriteUnraisable(NULL);
        return;
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(callbacks); i++) {
        PyObject *f = PyList_GET_ITEM(callbacks, i);
        Py_INCREF(f);
        PyObject *result = PyObject_CallFunction(f, "sO", phase, info);
        if (result == NULL)
            PyErr_WriteUnraisable(f);
        Py_XDECREF(result);
        Py_DECREF(f);
    }
    Py_DECREF(info);
}

Py_ssize_t gc_collect(int generation)
{
    Py_ssize_t collected, uncollectable;
    if (heap.gc.collecting || look_lasts())
        return 0;
    heap.gc.collecting = 1;
    call_back("start", generation, 0, 0);
    collect(generation, &collected, &uncollectable);
    if (PyErr_Occurred())
        PyErr_WriteUnraisable(NULL);
    call_back("stop", generation, collected, uncollectable);
    heap.gc.collecting = 0;
    return collected + uncollectable;
}

Py_ssize_t gc_collect_no_fail(void)
{
    Py_ssize_t collected, uncollectable;
    if (heap.gc.collecting)
        return 0;
    heap.gc.collecting = 1;
    collect(GENERATIONS - 1, &collected, &uncollectable);
    PyErr_Clear();
    heap.gc.collecting = 0;
    return collected + uncollectable;
}
