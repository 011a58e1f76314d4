/* Why memory does not go down: the arenas that cannot go back to the system, and what holds them.
 *
 *     arena ── its live blocks, few or many ── who holds each: the way from a root of the runtime
 *
 * An arena goes back when its last block is freed; what it then returns is its resident pages.  A block that malloc
 * handed out pins malloc's heap in the same way: the heap by brk can only shrink at its upper end. */
#include "memory/memory.h"
#include "see/answers.h"
#include "see/blocks.h"
#include "see/buffers.h"
#include "see/process.h"
#include "see/tables.h"

#include <stdlib.h>

#define WAY_STEPS 24 /* of a way, the last ones are told */

typedef struct pin_arena {
    const Arena *arena;
    uintptr_t base;
    size_t pools, blocks, bytes;
    size_t resident, free_pools; /* bytes; of the latter, resident ones of pools without blocks */
    size_t first_note, notes;    /* blocks that are told */
} PinArena;

typedef struct pin_block {
    void *address;
    size_t size;
    PyTypeObject *type; /* of the object, or of the owner of a raw block; NULL: nobody's */
    const char *role;   /* of a raw block; NULL: an object */
    uint32_t node;      /* of the object or owner in the graph, or GRAPH_NONE */
} PinBlock;

/* An edge on a way to a block, with its label: those of a holder are labelled in one go. */
typedef struct pin_edge {
    uint32_t holder;
    size_t number;
    SeeEdge label;
} PinEdge;

typedef struct {
    Process process;
    Scratch arenas, blocks; /* PinArena, PinBlock */
    Scratch edges;          /* PinEdge, by holder and number */
    SeeIndex raw;
    Graph graph;
    Ways ways;
    int failed;
} Pins;

/* ---- gathering -------------------------------------------------------------------------------------------------- */

static void note_arena(Pins *p, const Arena *a)
{
    PinArena *pin = scratch_add(&p->arenas, sizeof *pin);
    if (pin == NULL) {
        p->failed = 1;
        return;
    }
    *pin = (PinArena){.arena = a, .base = (uintptr_t)a->base};
    pin->resident = resident_bytes(&p->process.pages, pin->base, pin->base + ARENA_SIZE);
    for (unsigned i = 0; i < POOLS_PER_ARENA; i++) {
        const Pool *pool = (Pool *)(a->base + i * POOL_SIZE);
        if (a->free_pools >> i & 1) {
            pin->free_pools += resident_bytes(&p->process.pages, (uintptr_t)pool, (uintptr_t)pool + POOL_SIZE);
            continue;
        }
        pin->pools++;
        pin->blocks += pool_used(pool);
        pin->bytes += (size_t)pool_used(pool) * pool->size;
    }
}

/* The object, or who owns the raw block. */
static void name_block(Pins *p, PinBlock *block, BlockKind kind)
{
    PyObject *o = block->address;
    if (kind == KIND_RAW) {
        SeeRaw *raw = see_index_find(&p->raw, block->address);
        o = raw ? raw->owner : NULL;
        block->role = raw && raw->role ? raw->role : "";
    }
    block->type = o ? Py_TYPE(o) : NULL;
    block->node = o ? graph_find(&p->graph, o) : GRAPH_NONE;
    if (block->node != GRAPH_NONE && p->ways.from[block->node] == GRAPH_NONE)
        block->node = GRAPH_NONE;
}

static void note_block(Pins *p, void *address, size_t size, BlockKind kind)
{
    PinBlock *block = scratch_add(&p->blocks, sizeof *block);
    if (block == NULL) {
        p->failed = 1;
        return;
    }
    *block = (PinBlock){.address = address, .size = size, .node = GRAPH_NONE};
    name_block(p, block, kind);
}

/* The first `most` blocks of an arena, from the emptiest pools on: those are what it would take to free them. */
static void note_blocks(Pins *p, PinArena *pin, size_t most)
{
    const Arena *a = pin->arena;
    pin->first_note = SCRATCH_COUNT(&p->blocks, PinBlock);
    for (unsigned used = 1; used <= POOL_SIZE / BLOCK_MIN && pin->notes < most && !p->failed; used++)
        for (unsigned i = 0; i < POOLS_PER_ARENA && pin->notes < most && !p->failed; i++) {
            Pool *pool = (Pool *)(a->base + i * POOL_SIZE);
            uint8_t dead[POOL_SIZE / BLOCK_MIN] = {0};
            if (a->free_pools >> i & 1 || pool_used(pool) != used)
                continue;
            pool_mark_free(pool, dead);
            for (unsigned b = 0; b < pool->capacity && pin->notes < most && !p->failed; b++)
                if (!dead[b]) {
                    note_block(p, pool_block(pool, b), pool->size, pool->kind);
                    pin->notes++;
                }
        }
}

static int by_live_bytes(const void *a, const void *b)
{
    const PinArena *x = a, *y = b;
    return x->bytes != y->bytes ? (x->bytes > y->bytes) - (x->bytes < y->bytes)
                                : (x->base > y->base) - (x->base < y->base);
}

/* The highest large block of malloc's heap by brk: what is above it is all that can go back. */
static void note_top(Pins *p)
{
    uintptr_t low = 0, high = 0;
    Large *top = NULL;
    for (size_t i = 0; i < PROCESS_REGION_COUNT(&p->process); i++)
        if (PROCESS_REGIONS(&p->process)[i].kind == REGION_HEAP) {
            low = PROCESS_REGIONS(&p->process)[i].low;
            high = PROCESS_REGIONS(&p->process)[i].high;
        }
    for (int list = 0; list < LARGE_LISTS; list++)
        for (Large *l = heap.large[list].next; l != &heap.large[list]; l = l->next)
            if ((uintptr_t)l >= low && (uintptr_t)l < high && l > top && !l->observer)
                top = l;
    if (top != NULL)
        note_block(p, large_block(top), top->size, top->kind);
}

/* The last edges of the way to a node. */
static void note_edges(Pins *p, uint32_t node)
{
    for (int i = 0; i < WAY_STEPS && p->ways.from[node] != node && !p->failed; i++) {
        PinEdge *edge = scratch_add(&p->edges, sizeof *edge);
        if (edge == NULL)
            p->failed = 1;
        else
            *edge = (PinEdge){p->ways.from[node], p->ways.edge[node], {.kind = SEE_PLAIN, .index = -1}};
        node = p->ways.from[node];
    }
}

static int by_holder(const void *a, const void *b)
{
    const PinEdge *x = a, *y = b;
    return x->holder != y->holder ? (x->holder > y->holder) - (x->holder < y->holder)
                                  : (x->number > y->number) - (x->number < y->number);
}

typedef struct {
    PinEdge *next, *end; /* what is still to be labelled */
    size_t at;
} Labelling;

static void label_edge(const SeeEdge *label, void *arg)
{
    Labelling *l = arg;
    for (; l->next < l->end && l->next->number == l->at; l->next++)
        l->next->label = *label;
    l->at++;
}

/* Labels what note_edges has gathered: a holder may have millions of edges, and is looked through once. */
static void label_edges(Pins *p)
{
    PinEdge *edges = SCRATCH_ITEMS(&p->edges, PinEdge);
    size_t count = SCRATCH_COUNT(&p->edges, PinEdge);
    if (count > 0)
        qsort(edges, count, sizeof *edges, by_holder);
    for (size_t i = 0, next; i < count; i = next) {
        uint32_t holder = edges[i].holder;
        for (next = i; next < count && edges[next].holder == holder;)
            next++;
        Labelling l = {edges + i, edges + next, p->graph.start[holder]};
        if (holder != 0 && holder != p->graph.code)
            graph_labels(&p->graph, holder, label_edge, &l);
    }
}

static int gather(Pins *p, size_t arenas, size_t blocks)
{
    if (process_look(&p->process) < 0)
        return -1;
    if (see_index_make(&p->raw, 1, 0) < 0 || see_index_own(&p->raw) < 0 || graph_build(&p->graph) < 0 ||
        ways_find(&p->graph, GRAPH_NONE, &p->ways) < 0)
        return -1;
    for (Arena *a = heap.arenas; a != NULL && !p->failed; a = a->all_next)
        if (!a->observer)
            note_arena(p, a);
    PinArena *pins = SCRATCH_ITEMS(&p->arenas, PinArena);
    size_t count = SCRATCH_COUNT(&p->arenas, PinArena);
    if (count > 0)
        qsort(pins, count, sizeof *pins, by_live_bytes);
    note_top(p);
    for (size_t i = 0, told = 0; i < count && told < arenas && !p->failed; i++)
        if (pins[i].blocks > 0) {
            note_blocks(p, &pins[i], blocks);
            told++;
        }
    for (size_t i = 0; i < SCRATCH_COUNT(&p->blocks, PinBlock) && !p->failed; i++)
        if (SCRATCH_ITEMS(&p->blocks, PinBlock)[i].node != GRAPH_NONE)
            note_edges(p, SCRATCH_ITEMS(&p->blocks, PinBlock)[i].node);
    if (!p->failed)
        label_edges(p);
    return p->failed ? -1 : 0;
}

static void forget(Pins *p)
{
    process_forget(&p->process);
    scratch_free(&p->arenas);
    scratch_free(&p->blocks);
    scratch_free(&p->edges);
    see_index_free(&p->raw);
    ways_free(&p->ways);
    graph_free(&p->graph);
}

/* ---- for Python ------------------------------------------------------------------------------------------------- */

/* (kind, label, object) of an edge that was labelled, to `node`. */
static PyObject *step_row(const Pins *p, uint32_t holder, size_t number, uint32_t node)
{
    PinEdge key = {.holder = holder, .number = number};
    const PinEdge *edge = bsearch(&key, p->edges.base, SCRATCH_COUNT(&p->edges, PinEdge), sizeof key, by_holder);
    char label[300];
    see_edge_text(&edge->label, label, sizeof label);
    PyObject *object = answer_node(&p->graph, node);
    return object ? Py_BuildValue("(isN)", (int)edge->label.kind, label, object) : NULL;
}

/* The way to a node: (beginning, [(kind, label, object), ...], steps left out before them). */
static PyObject *way_row(const Pins *p, uint32_t node)
{
    PyObject *steps = PyList_New(0);
    unsigned left_out = 0;
    int err = steps == NULL ? -1 : 0;
    for (int i = 0; err == 0 && p->ways.from[node] != node; i++) {
        PyObject *step = i < WAY_STEPS ? step_row(p, p->ways.from[node], p->ways.edge[node], node) : NULL;
        if (i < WAY_STEPS)
            err = step ? PyList_Append(steps, step) : -1;
        else
            left_out++;
        Py_XDECREF(step);
        node = p->ways.from[node];
    }
    if (err == 0)
        err = PyList_Reverse(steps);
    PyObject *text = err == 0 ? answer_beginning(&p->graph, node) : NULL;
    PyObject *way = text != NULL ? Py_BuildValue("(NOI)", text, steps, left_out) : NULL;
    Py_XDECREF(steps);
    return way;
}

/* (address, size, type's name or None, role or None, way or None) */
static PyObject *block_row(const Pins *p, const PinBlock *b)
{
    PyObject *type = b->type ? see_type_name(b->type) : Py_NewRef(Py_None);
    PyObject *way = type == NULL ? NULL : b->node == GRAPH_NONE ? Py_NewRef(Py_None) : way_row(p, b->node);
    if (way == NULL) {
        Py_XDECREF(type);
        return NULL;
    }
    return Py_BuildValue("(KnNzN)", (unsigned long long)(uintptr_t)b->address, (Py_ssize_t)b->size, type, b->role, way);
}

static PyObject *block_rows(const Pins *p, size_t first, size_t count)
{
    PyObject *rows = PyList_New(0);
    for (size_t i = 0; rows && i < count; i++) {
        PyObject *row = block_row(p, &SCRATCH_ITEMS(&p->blocks, PinBlock)[first + i]);
        if (row == NULL || PyList_Append(rows, row) < 0)
            Py_CLEAR(rows);
        Py_XDECREF(row);
    }
    return rows;
}

/* [(base, pools, blocks, bytes, resident, resident free pools, [block, …]), …] */
static PyObject *arena_rows(const Pins *p)
{
    PyObject *rows = PyList_New(0);
    for (size_t i = 0; rows && i < SCRATCH_COUNT(&p->arenas, PinArena); i++) {
        const PinArena *a = &SCRATCH_ITEMS(&p->arenas, PinArena)[i];
        PyObject *blocks = block_rows(p, a->first_note, a->notes);
        PyObject *row = blocks ? Py_BuildValue("(KnnnnnN)", (unsigned long long)a->base, (Py_ssize_t)a->pools,
                                               (Py_ssize_t)a->blocks, (Py_ssize_t)a->bytes, (Py_ssize_t)a->resident,
                                               (Py_ssize_t)a->free_pools, blocks)
                               : NULL;
        if (row == NULL || PyList_Append(rows, row) < 0)
            Py_CLEAR(rows);
        Py_XDECREF(row);
    }
    return rows;
}

static PyObject *see_pins(PyObject *m, PyObject *args)
{
    Py_ssize_t arenas, blocks;
    if (!PyArg_ParseTuple(args, "nn:pins", &arenas, &blocks))
        return NULL;
    Pins p = {.process.pages.fd = -1};
    if (gather(&p, arenas < 0 ? 0 : (size_t)arenas, blocks < 0 ? 0 : (size_t)blocks) < 0) {
        forget(&p);
        return PyErr_NoMemory();
    }
    size_t noted = SCRATCH_COUNT(&p.blocks, PinBlock), told = 0;
    for (size_t i = 0; i < SCRATCH_COUNT(&p.arenas, PinArena); i++)
        told += SCRATCH_ITEMS(&p.arenas, PinArena)[i].notes;
    PyObject *rows = arena_rows(&p), *top = rows ? block_rows(&p, 0, noted - told) : NULL;
    const MallocSize *size = &p.process.malloc;
    PyObject *result =
        top ? Py_BuildValue("{sNsNs(nnnn)}", "arenas", rows, "top", top, "malloc", (Py_ssize_t)size->system,
                            (Py_ssize_t)size->live, (Py_ssize_t)size->free, (Py_ssize_t)size->top)
            : NULL;
    if (top == NULL)
        Py_XDECREF(rows);
    forget(&p);
    return result;
}

PyMethodDef see_pins_methods[] = {{"pins", see_pins, METH_VARARGS,
                                   "pins($module, arenas, blocks, /)\n--\n\nThe arenas by live bytes, with the blocks "
                                   "that hold the first `arenas` of them; and "
                                   "malloc's side."},
                                  {NULL}};
