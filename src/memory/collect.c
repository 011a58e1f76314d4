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
#include "memory/recorder.h"
#include "memory/state.h"
#include <malloc.h>
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
    uint8_t *counts;    /* of the blocks of all these pools */
    struct many {
        PyObject *object;
        Py_ssize_t count;
    } *many; /* hash table of the candidates whose count is MANY */
    size_t many_used, many_mask;
    Vector unreachable; /* PyObject *, not owned */
    Vector stack;       /* marked, still to be traversed */
    int pending;        /* some objects are GC_PENDING */
    unsigned needs;     /* what the unreachable need before they are cleared */
    PyTypeObject *type; /* of the last one, and what all of its type need */
    unsigned type_needs;
} Collection;
enum { NEEDS_LEGACY = 1, NEEDS_WEAKREFS = 2, NEEDS_FINALISERS = 4 };
#define SCRATCH_KEPT ((size_t)256 << 10) /* of more than that malloc gives the pages back */
#define MANY 255         /* a count that stands in the table, or that nothing is known of: such an object stays alive */
#define STACK_ROOM 8192  /* what the stack has no room for is found by another walk over the candidates */

typedef void (*candidate_function)(PyObject *, uint8_t *state, uint8_t *count, Collection *);

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
            for (Pool *pool = heap.gc.pools[g]; pool != NULL; pool = pool->gen_next)
                if (vector_push(&c->pools, pool) < 0)
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

static int make_counts(Collection *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->pools.used; i++)
        n += ((Pool *)c->pools.items[i])->capacity;
    if (n == 0)
        return 0;
    uint8_t *next = c->counts = malloc(n);
    if (next == NULL)
        return -1;
    for (size_t i = 0; i < c->pools.used; i++) {
        Pool *pool = c->pools.items[i];
        pool->counts = next;
        next += pool->capacity;
    }
    return 0;
}

/* ---- counts ----
 *
 * One byte is enough for most; objects with more references are in a table. */

/* The place of o in the table, which has room. */
static struct many *many_find(Collection *c, PyObject *o)
{
    size_t i = ((uintptr_t)o >> 4) * 0x9e3779b97f4a7c15u >> 20 & c->many_mask;
    while (c->many[i].object != NULL && c->many[i].object != o)
        i = (i + 1) & c->many_mask;
    return &c->many[i];
}

static void many_set(Collection *c, PyObject *o)
{
    if (c->many == NULL || 2 * c->many_used >= c->many_mask) {
        Collection old = *c;
        c->many_mask = c->many == NULL ? 255 : 2 * c->many_mask + 1;
        c->many = calloc(c->many_mask + 1, sizeof *c->many);
        if (c->many == NULL) {
            *c = old;
            return;
        }
        for (size_t i = 0; old.many != NULL && i <= old.many_mask; i++)
            if (old.many[i].object != NULL)
                *many_find(c, old.many[i].object) = old.many[i];
        free(old.many);
    }
    struct many *place = many_find(c, o);
    c->many_used += place->object == NULL;
    *place = (struct many){o, Py_REFCNT(o)};
}

static void count_set(Collection *c, PyObject *o, uint8_t *count)
{
    assert(Py_REFCNT(o) > 0);
    if (LIMPID_LIKELY(Py_REFCNT(o) < MANY)) {
        *count = (uint8_t)Py_REFCNT(o);
        return;
    }
    *count = MANY;
    many_set(c, o);
}

static void many_subtract(Collection *c, PyObject *o, uint8_t *count)
{
    struct many *place = c->many == NULL ? NULL : many_find(c, o);
    if (place != NULL && place->object == o && --place->count == 0)
        *count = 0;
}

static void mark_candidates(Collection *c)
{
    for (size_t k = 0; k < c->pools.used; k++) {
        Pool *pool = c->pools.items[k];
        for (unsigned i = 0; i < pool->capacity; i++) {
            uint8_t s = pool->state[i];
            if ((s & GC_TRACKED) && generation_of(s) <= c->generation) {
                PyObject *o = pool_block(pool, i);
                pool->state[i] = s | GC_CANDIDATE;
                count_set(c, o, &pool->counts[i]);
            }
        }
    }
    for (int g = 0; g <= c->generation; g++) {
        Large *head = &heap.large[LARGE_GEN0 + g];
        for (Large *l = head->next; l != head; l = l->next) {
            l->state |= GC_CANDIDATE;
            count_set(c, large_block(l), &l->count);
        }
    }
}

static void each_candidate(Collection *c, candidate_function f)
{
    for (size_t k = 0; k < c->pools.used; k++) {
        Pool *pool = c->pools.items[k];
        for (unsigned i = 0; i < pool->capacity; i++)
            if (pool->state[i] & GC_CANDIDATE)
                f(pool_block(pool, i), &pool->state[i], &pool->counts[i], c);
    }
    for (int g = 0; g <= c->generation; g++) {
        Large *head = &heap.large[LARGE_GEN0 + g];
        for (Large *l = head->next, *next; l != head; l = next) {
            next = l->next;
            if (l->state & GC_CANDIDATE)
                f(large_block(l), &l->state, &l->count, c);
        }
    }
}

/* State and count of a candidate, or NULL for anything else. */
static inline uint8_t *candidate_state(PyObject *o, uint8_t **count)
{
    if (LIMPID_LIKELY(arena_contains(o))) {
        Pool *pool = pool_of(o);
        if (pool->kind != KIND_CONTAINER)
            return NULL;
        unsigned i = pool_index(pool, o);
        if (!(pool->state[i] & GC_CANDIDATE))
            return NULL;
        *count = &pool->counts[i];
        return &pool->state[i];
    }
    if (object_is_immortal(o) || !PyObject_IS_GC(o))
        return NULL;
    Large *l = large_of(o);
    *count = &l->count;
    return l->state & GC_CANDIDATE ? &l->state : NULL;
}

/* ---- reachability ---- */

static int visit_subtract(PyObject *o, void *arg)
{
    uint8_t *count;
    if (candidate_state(o, &count) != NULL) {
        if (LIMPID_UNLIKELY(*count == MANY))
            many_subtract(arg, o, count);
        else if (*count > 0)
            --*count;
    }
    return 0;
}

static void subtract_from(PyObject *o, uint8_t *state, uint8_t *count, Collection *c)
{
    Py_TYPE(o)->tp_traverse(o, visit_subtract, c);
}

static int visit_reach(PyObject *o, void *arg)
{
    Collection *c = arg;
    uint8_t *count;
    uint8_t *state = candidate_state(o, &count);
    if (state != NULL && !(*state & GC_REACHED)) {
        *state |= GC_REACHED;
        if (c->stack.used == STACK_ROOM || vector_push(&c->stack, o) < 0) {
            *state |= GC_PENDING;
            c->pending = 1;
        }
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

/* Traverses a candidate that is referred to from outside, or was reached and not traversed, and all that it reaches. */
static void reach_from(PyObject *o, uint8_t *state, uint8_t *count, Collection *c)
{
    if (*state & GC_REACHED ? !(*state & GC_PENDING) : *count == 0)
        return;
    *state = (uint8_t)((*state | GC_REACHED) & ~GC_PENDING);
    Py_TYPE(o)->tp_traverse(o, visit_reach, c);
    drain_stack(c);
}

extern void _PyTuple_MaybeUntrack(PyObject *);
extern void _PyDict_MaybeUntrack(PyObject *);

/* ---- after marking: survivors move on, the rest is listed ---- */

static Py_ssize_t survivors;

/* Most garbage has neither finalisers nor weak references: then no code runs before it is cleared, and nothing can bring
 * it back. */
static void note_needs(Collection *c, PyObject *o, uint8_t state)
{
    PyTypeObject *type = Py_TYPE(o);
    if (type != c->type) {
        c->type = type;
        c->type_needs = (type->tp_del ? NEEDS_LEGACY : 0) | (PyWeakref_Check(o) ? NEEDS_WEAKREFS : 0);
    }
    c->needs |= c->type_needs;
    if (type->tp_finalize && !(state & GC_FINALISED))
        c->needs |= NEEDS_FINALISERS;
    if (type->tp_weaklistoffset > 0 && *PyObject_GET_WEAKREFS_LISTPTR(o) != NULL)
        c->needs |= NEEDS_WEAKREFS;
}

static void sort_out(PyObject *o, uint8_t *state, uint8_t *count, Collection *c)
{
    int next = c->generation + 1 < GENERATIONS ? c->generation + 1 : GENERATIONS - 1;
    uint8_t s = (uint8_t)((*state & ~(GC_GENERATION_MASK | GC_REACHED)) | next << GC_GENERATION_SHIFT);
    if (!(*state & GC_REACHED) && vector_push(&c->unreachable, o) == 0) {
        *state = s;
        note_needs(c, o, s);
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
    for (int g = 0; g <= c->generation && g < 2; g++)
        while (heap.gc.pools[g] != NULL)
            gc_pool_to(heap.gc.pools[g], c->generation == 0 ? 1 : POOL_OLD);
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
    if (gather_pools(c) < 0 || make_counts(c) < 0)
        return -1;
    mark_candidates(c);
    each_candidate(c, subtract_from);
    do {
        c->pending = 0;
        each_candidate(c, reach_from);
    } while (c->pending);
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
    uint8_t *count;
    uint8_t *state = candidate_state(o, &count);
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
            uint8_t *count;
            if (self->wr_object != Py_None && candidate_state(self->wr_object, &count) != NULL)
                _PyWeakref_ClearRef(self);
        }
        if (Py_TYPE(o)->tp_weaklistoffset <= 0)
            continue;
        PyWeakReference **list = (PyWeakReference **)PyObject_GET_WEAKREFS_LISTPTR(o);
        while (*list != NULL) {
            PyWeakReference *ref = *list;
            uint8_t *count;
            _PyWeakref_ClearRef(ref);
            /* a dying one, a subclass's that is losing its attributes just now, is not to be touched */
            if (ref->wr_callback == NULL || Py_REFCNT((PyObject *)ref) <= 0
                || candidate_state((PyObject *)ref, &count) != NULL)
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
    uint8_t *count;
    for (size_t i = 0; i < all->used; i++)
        all->items[i] = entry(c, i);
    for (size_t i = 0; i < all->used; i++)
        if (all->items[i] != NULL && candidate_state(all->items[i], &count) != NULL)
            count_set(c, all->items[i], count);
    for (size_t i = 0; i < all->used; i++) {
        PyObject *o = all->items[i];
        if (o != NULL)
            Py_TYPE(o)->tp_traverse(o, visit_subtract, c);
    }
    do {
        c->pending = 0;
        for (size_t i = 0; i < all->used; i++) {
            PyObject *o = all->items[i];
            uint8_t *state = o != NULL ? candidate_state(o, &count) : NULL;
            if (state != NULL)
                reach_from(o, state, count, c);
        }
    } while (c->pending);
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
    if (c->needs & NEEDS_WEAKREFS && !(heap.gc.debug & GC_DEBUG_SAVEALL))
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
        if (c.needs & NEEDS_LEGACY)
            *uncollectable = set_legacy_aside(&c, &legacy);
        if (gc->debug) {
            c.needs |= NEEDS_WEAKREFS | NEEDS_FINALISERS; /* writing runs code */
            tell(&c, &legacy);
        }
        if (c.needs & NEEDS_WEAKREFS) {
            handle_weakrefs(&c);
            c.needs |= NEEDS_FINALISERS; /* callbacks may give a class one */
        }
        if (c.needs & NEEDS_FINALISERS)
            finalise(&c);
        if (c.needs)
            spare_resurrected(&c);
        for (size_t i = 0; i < c.unreachable.used; i++)
            *collected += c.unreachable.items[i] != NULL;
        clear_garbage(&c);
        keep_legacy(&legacy);
    }
    if (--heap.hold == 0)
        pool_release_held();
    int trim = (c.unreachable.room + c.pools.room) * sizeof(void *) > SCRATCH_KEPT;
    free(c.counts);
    free(c.many);
    free(c.pools.items);
    free(c.unreachable.items);
    free(c.stack.items);
    if (trim)
        malloc_trim(0);
    if (gc->debug & GC_DEBUG_STATS) {
        char elapsed[32];
        snprintf(elapsed, sizeof elapsed, "%.4f", seconds() - start);
        PySys_WriteStderr("gc: done, %zd unreachable, %zd uncollectable, %ss elapsed\n", *collected + *uncollectable,
                          *uncollectable, elapsed);
    }
    gc->stats[generation].collections++;
    gc->stats[generation].collected += *collected;
    gc->stats[generation].uncollectable += *uncollectable;
    struct recorder *r = interp_current()->recorder;
    if (r)
        r->collected(r, generation, *collected);
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
