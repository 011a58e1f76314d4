/* The graph of the whole heap: building it, finding in it. */
#include "see/graph.h"
#include "memory/look.h"
#include "memory/memory.h"
#include "memory/roots.h"
#include "memory/state.h"
#include "objects/dict/dict.h"
#include "objects/names.h"
#include "objects/opcodes.h"
#include "see/buffers.h"
#include "vm/vm.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

/* ---- finding ---- */

/* Addresses of pools, or of objects outside of them, and the first node of each. */
typedef struct {
    const void *address;
    uint32_t node;
} Place;

typedef struct {
    Place *places;
    size_t used, room;
} Places;

typedef struct graph_finder {
    Places pools, others;
} Finder;

static Place *places_slot(const Places *p, const void *address)
{
    size_t i = (((uintptr_t)address >> 4) * 0x9e3779b97f4a7c15u >> 20) & (p->room - 1);
    while (p->places[i].address != NULL && p->places[i].address != address)
        i = (i + 1) & (p->room - 1);
    return &p->places[i];
}

static int places_add(Places *p, const void *address, uint32_t node)
{
    if (2 * p->used >= p->room) {
        Places bigger = {NULL, p->used, p->room ? 2 * p->room : 256};
        bigger.places = calloc(bigger.room, sizeof *bigger.places);
        if (bigger.places == NULL)
            return -1;
        for (size_t i = 0; i < p->room; i++)
            if (p->places[i].address != NULL)
                *places_slot(&bigger, p->places[i].address) = p->places[i];
        free(p->places);
        *p = bigger;
    }
    *places_slot(p, address) = (Place){address, node};
    p->used++;
    return 0;
}

static uint32_t places_find(const Places *p, const void *address)
{
    if (p->room == 0)
        return GRAPH_NONE;
    Place *place = places_slot(p, address);
    return place->address != NULL ? place->node : GRAPH_NONE;
}

uint32_t graph_find(const Graph *g, const void *address)
{
    if (!arena_contains(address))
        return places_find(&g->finder->others, address);
    Pool *pool = pool_of(address);
    uint32_t node = places_find(&g->finder->pools, pool);
    if (node == GRAPH_NONE)
        return GRAPH_NONE;
    unsigned index = pool_index(pool, address);
    if (index >= pool->capacity)
        return GRAPH_NONE;
    node += index;
    return g->address[node] == address ? node : GRAPH_NONE;
}

/* ---- building: nodes ---- */

typedef struct {
    Graph *g;
    size_t node_room, start_room, edge_count, edge_room, holder_room;
    Pool *pool;
    uint32_t pool_node;
    int failed;
} Builder;

/* Room for n more nodes; 0 or -1. */
static int nodes_reserve(Builder *b, size_t n)
{
    Graph *g = b->g;
    if (g->count + n < b->node_room)
        return 0;
    size_t room = b->node_room ? 2 * b->node_room : 16384;
    while (room <= g->count + n)
        room *= 2;
    void **address = room < GRAPH_WEAK ? realloc(g->address, room * sizeof *address) : NULL;
    if (address != NULL)
        g->address = address;
    size_t *size = address != NULL ? realloc(g->size, room * sizeof *size) : NULL;
    if (size == NULL) {
        b->failed = 1;
        return -1;
    }
    g->size = size;
    b->node_room = room;
    return 0;
}

static uint32_t node_add(Builder *b, void *address, size_t size)
{
    Graph *g = b->g;
    if (nodes_reserve(b, 1) < 0)
        return GRAPH_NONE;
    g->address[g->count] = address;
    g->size[g->count] = size;
    g->objects += size != 0;
    return g->count++;
}

static uint32_t holder_add(Builder *b, GraphHolderKind kind, const char *label, Frame *frame, Py_ssize_t thread)
{
    Graph *g = b->g;
    if (g->count == b->holder_room) {
        size_t room = b->holder_room ? 2 * b->holder_room : 64;
        GraphHolder *holder = realloc(g->holder, room * sizeof *holder);
        if (holder == NULL) {
            b->failed = 1;
            return GRAPH_NONE;
        }
        g->holder = holder;
        b->holder_room = room;
    }
    g->holder[g->count] = (GraphHolder){kind, label, frame, NULL, thread};
    return node_add(b, NULL, 0);
}

static int object_is_dead(PyObject *o) { return Py_REFCNT(o) <= 0 || Py_TYPE(o) == NULL; }

static int add_block(const HeapBlock *block, void *arg)
{
    Builder *b = arg;
    Graph *g = b->g;
    if (block->kind == KIND_RAW || object_is_dead(block->address))
        return 0;
    size_t size = look_side_of(block->address) == SIDE_PROGRAM ? block->size : 0;
    if (block->large)
        return places_add(&g->finder->others, block->address, node_add(b, block->address, size)) < 0 || b->failed;
    Pool *pool = pool_of(block->address);
    if (pool != b->pool) {
        if (nodes_reserve(b, pool->capacity) < 0 || places_add(&g->finder->pools, pool, g->count) < 0)
            return b->failed = 1;
        b->pool = pool;
        b->pool_node = g->count;
        memset(g->address + g->count, 0, pool->capacity * sizeof *g->address);
        memset(g->size + g->count, 0, pool->capacity * sizeof *g->size);
        g->count += pool->capacity;
    }
    uint32_t node = b->pool_node + pool_index(pool, block->address);
    g->address[node] = block->address;
    g->size[node] = size;
    g->objects += size != 0;
    return 0;
}

/* ---- building: holders ---- */

/* Roots are told in the order of the table, one label after the other, but a label may come again. */
static void add_label(PyObject *target, const char *label, Py_ssize_t index, PyObject *name, void *arg)
{
    Builder *b = arg;
    for (uint32_t i = b->g->count; i-- > 0 && !b->failed;)
        if (b->g->holder[i].kind == HOLDER_LABEL && b->g->holder[i].label == label)
            return;
    if (!b->failed)
        holder_add(b, HOLDER_LABEL, label, NULL, 0);
}

int graph_frame_is_look(const Frame *f)
{
    PyObject *globals = f->globals;
    if (!PyDict_CheckExact(globals))
        return 0;
    Py_ssize_t at = dict_index_of((PyDictObject *)globals, N(__name__));
    PyObject *name = at >= 0 ? dict_value_at((PyDictObject *)globals, at) : NULL;
    if (name == NULL || !PyUnicode_CheckExact(name) || !PyUnicode_IS_COMPACT_ASCII(name))
        return 0;
    const char *text = (const char *)PyUnicode_DATA(name);
    return strncmp(text, "limpid", 6) == 0 && (text[6] == 0 || text[6] == '.');
}

/* Where the operands begin with which a waiting frame made its call; NULL if it is not in an ordinary call. */
static PyObject **operands_of_call(Frame *f)
{
    _Py_CODEUNIT unit = _PyCode_CODE(f->code)[frame_lasti(f)];
    PyObject **begin = f->sp - _Py_OPARG(unit) - 2;
    return _Py_OPCODE(unit) == OPC_CALL && _Py_OPARG(unit) < 255 && begin >= f->slots + f->vm->nlocalsplus ? begin
                                                                                                           : NULL;
}

static void add_frames(Builder *b)
{
    for (PyInterpreterState *interp = _PyRuntime.interpreters; interp != NULL; interp = interp->next)
        for (PyThreadState *t = interp->threads; t != NULL; t = t->next) {
            int on_top = t == tstate_current();
            Py_ssize_t thread = t->thread_id == _PyRuntime.main_thread ? 0 : (Py_ssize_t)t->id;
            for (Frame *f = ((ThreadState *)t)->frame; f != NULL && !b->failed; f = f->previous) {
                int called = on_top && f != ((ThreadState *)t)->frame;
                on_top = on_top && graph_frame_is_look(f);
                uint32_t n = holder_add(b, on_top ? HOLDER_LOOK : HOLDER_FRAME, NULL, f, thread);
                if (called && !on_top && n != GRAPH_NONE)
                    b->g->holder[n].operands = operands_of_call(f);
            }
        }
}

static void add_holders(Builder *b)
{
    holder_add(b, HOLDER_ROOT, "root", NULL, 0);
    if (!b->failed)
        add_frames(b);
    if (!b->failed)
        roots_visit(add_label, b);
    b->g->holders = b->g->count;
}

/* ---- building: edges ---- */

static void add_edge(Builder *b, uint32_t edge)
{
    Graph *g = b->g;
    if (b->edge_count == b->edge_room) {
        size_t room = b->edge_room ? b->edge_room + b->edge_room / 2 : (size_t)g->count * 4 + 4096;
        uint32_t *edges = realloc(g->edges, room * sizeof *edges);
        if (edges == NULL) {
            b->failed = 1;
            return;
        }
        g->edges = edges;
        b->edge_room = room;
    }
    g->edges[b->edge_count++] = edge;
}

/* Whether an address lies in a program or a library: there may be a static object. */
static int in_image(const void *p)
{
    Dl_info info;
    return dladdr(p, &info) != 0;
}

static void add_target(const SeeEdge *edge, void *arg)
{
    Builder *b = arg;
    Graph *g = b->g;
    if (b->failed)
        return;
    uint32_t node = graph_find(g, edge->target);
    if (node == GRAPH_NONE && !arena_contains(edge->target) && (edge->kind != SEE_STACK || in_image(edge->target)) &&
        ((uintptr_t)edge->target & 7) == 0) {
        node = node_add(b, edge->target, 0);
        if (node != GRAPH_NONE && places_add(&g->finder->others, edge->target, node) < 0)
            b->failed = 1;
    }
    add_edge(b, node == GRAPH_NONE ? GRAPH_NONE : edge->weak ? node | GRAPH_WEAK : node);
}

typedef struct {
    const char *label;
    SeeVisit visit;
    void *arg;
} LabelVisit;

static void visit_label(PyObject *target, const char *label, Py_ssize_t index, PyObject *name, void *arg)
{
    LabelVisit *v = arg;
    if (label != v->label)
        return;
    SeeEdge edge = {.target = target, .kind = SEE_ROOT, .index = index, .name = name, .text = label};
    v->visit(&edge, v->arg);
}

/* Its operands for the look are not in the picture. */
static PyObject **end_of_frame(const GraphHolder *h) { return h->operands != NULL ? h->operands : h->frame->sp; }

void graph_labels(const Graph *g, uint32_t node, SeeVisit visit, void *arg)
{
    if (node >= g->holders) {
        if (g->address[node] != NULL)
            see_edges(g->address[node], 1, visit, arg);
        return;
    }
    const GraphHolder *h = &g->holder[node];
    if (h->frame != NULL) {
        see_frame_edges_below(h->frame, end_of_frame(h), visit, arg);
    } else if (h->kind == HOLDER_LABEL) {
        LabelVisit v = {h->label, visit, arg};
        roots_visit(visit_label, &v);
    }
}

/* Roots are told once for all labels: their edges are gathered and then put under their holders. */
typedef struct {
    Builder *b;
    struct {
        uint32_t holder, edge;
    } * list;
    size_t used, room;
    const char *last;
    uint32_t last_holder;
} RootEdges;

static void gather_root(PyObject *target, const char *label, Py_ssize_t index, PyObject *name, void *arg)
{
    RootEdges *r = arg;
    Builder *b = r->b;
    if (b->failed)
        return;
    if (r->used == r->room) {
        size_t room = r->room ? 2 * r->room : 4096;
        void *list = realloc(r->list, room * sizeof *r->list);
        if (list == NULL) {
            b->failed = 1;
            return;
        }
        r->list = list;
        r->room = room;
    }
    for (uint32_t i = 0; r->last != label && i < b->g->holders; i++)
        if (b->g->holder[i].kind == HOLDER_LABEL && b->g->holder[i].label == label) {
            r->last = label;
            r->last_holder = i;
        }
    size_t before = b->edge_count;
    add_target(&(SeeEdge){.target = target, .kind = SEE_ROOT}, b);
    if (b->failed)
        return;
    b->edge_count = before;
    r->list[r->used].holder = r->last_holder;
    r->list[r->used++].edge = b->g->edges[before];
}

static void add_holder_edges(Builder *b)
{
    Graph *g = b->g;
    RootEdges roots = {.b = b};
    roots_visit(gather_root, &roots);
    for (uint32_t n = 0; n < g->holders && !b->failed; n++) {
        g->start[n] = b->edge_count;
        if (g->holder[n].kind == HOLDER_ROOT) {
            add_edge(b, GRAPH_NONE); /* becomes `code` */
            for (uint32_t i = 1; i < g->holders; i++)
                if (g->holder[i].kind != HOLDER_LOOK)
                    add_edge(b, i);
        } else if (g->holder[n].frame != NULL) {
            see_frame_edges_below(g->holder[n].frame, end_of_frame(&g->holder[n]), add_target, b);
        } else if (g->holder[n].kind == HOLDER_LABEL) {
            for (size_t i = 0; i < roots.used; i++)
                if (roots.list[i].holder == n)
                    add_edge(b, roots.list[i].edge);
        }
    }
    free(roots.list);
}

/* Room in `start` for all nodes that there are now, and two more; 0 or -1. */
static int start_reserve(Builder *b)
{
    size_t need = (size_t)b->g->count + 3;
    if (need <= b->start_room)
        return 0;
    size_t room = b->start_room ? need + need / 2 : need + 1024;
    size_t *start = realloc(b->g->start, room * sizeof *start);
    if (start == NULL) {
        b->failed = 1;
        return -1;
    }
    b->g->start = start;
    b->start_room = room;
    return 0;
}

/* Nodes may be added while their edges are walked: static objects. */
static void add_object_edges(Builder *b)
{
    Graph *g = b->g;
    for (uint32_t n = g->holders; n < g->count && !b->failed; n++) {
        if (start_reserve(b) < 0)
            return;
        g->start[n] = b->edge_count;
        if (g->address[n] != NULL)
            see_edges(g->address[n], 0, add_target, b);
    }
    if (!b->failed && start_reserve(b) == 0)
        g->start[g->count] = b->edge_count;
}

/* ---- building: counts ---- */

static void look_refers(Graph *g, uint32_t edge)
{
    if (!(edge & GRAPH_WEAK))
        g->looked[edge]++;
}

/* References of the look: of its frames, of the call that began it, and of what it has made and nobody else holds. */
static int mark_look(Graph *g)
{
    uint8_t *reached = graph_reach(g);
    if (reached == NULL)
        return -1;
    for (uint32_t n = 1; n < g->holders; n++) {
        GraphHolder *h = &g->holder[n];
        if (h->kind == HOLDER_LOOK)
            g->flags[n] |= GRAPH_IS_LOOK;
        for (PyObject **p = h->operands; p != NULL && p < h->frame->sp; p++)
            if (*p != NULL && graph_find(g, *p) != GRAPH_NONE)
                look_refers(g, graph_find(g, *p));
    }
    for (uint32_t n = g->holders; n < g->count; n++)
        if (g->size[n] == 0 && !reached[n] && g->address[n] != NULL && look_side_of(g->address[n]) == SIDE_OBSERVER)
            g->flags[n] |= GRAPH_IS_LOOK;
    free(reached);
    for (uint32_t n = 1; n < g->count; n++)
        for (size_t e = g->start[n]; g->flags[n] & GRAPH_IS_LOOK && e < g->start[n + 1]; e++)
            look_refers(g, g->edges[e]);
    return 0;
}

Py_ssize_t graph_refcount(const Graph *g, uint32_t node)
{
    return Py_REFCNT((PyObject *)g->address[node]) - (Py_ssize_t)g->looked[node];
}

static void count_inside(Graph *g)
{
    for (uint32_t n = 0; n < g->count; n++)
        for (size_t e = g->start[n]; !(g->flags[n] & GRAPH_IS_LOOK) && e < g->start[n + 1]; e++)
            if (!(g->edges[e] & GRAPH_WEAK)) /* GRAPH_NONE has the bit too */
                g->inside[g->edges[e]]++;
}

/* The last node: holds what has more references than there are edges. */
static void add_code(Builder *b)
{
    Graph *g = b->g;
    uint32_t code = node_add(b, NULL, 0);
    if (code == GRAPH_NONE)
        return;
    for (uint32_t n = g->holders; n < code && !b->failed; n++)
        if (g->address[n] != NULL && !object_is_immortal(g->address[n]) &&
            graph_refcount(g, n) > (Py_ssize_t)g->inside[n])
            add_edge(b, n);
    g->code = code;
    g->start[g->count] = b->edge_count;
    g->edges[g->start[0]] = code;
}

int graph_build(Graph *g)
{
    memset(g, 0, sizeof *g);
    Builder b = {.g = g};
    g->code = GRAPH_NONE;
    g->finder = calloc(1, sizeof *g->finder);
    if (g->finder == NULL)
        return -1;
    add_holders(&b);
    if (!b.failed)
        b.failed = heap_walk_all(add_block, &b) != 0;
    if (b.failed || start_reserve(&b) < 0)
        return -1;
    add_holder_edges(&b);
    if (!b.failed)
        add_object_edges(&b);
    g->inside = b.failed ? NULL : calloc((size_t)g->count + 1, sizeof *g->inside);
    g->flags = b.failed ? NULL : calloc((size_t)g->count + 1, 1);
    g->looked = b.failed ? NULL : calloc((size_t)g->count + 1, sizeof *g->looked);
    if (g->inside == NULL || g->flags == NULL || g->looked == NULL || mark_look(g) < 0)
        return -1;
    count_inside(g);
    add_code(&b);
    return b.failed ? -1 : 0;
}

int graph_add_buffers(Graph *g)
{
    SeeIndex x;
    int err = see_index_make(&x, 1, 0) < 0 || see_index_own(&x) < 0 ? -1 : 0;
    if (err == 0)
        SEE_EACH_RAW(&x, raw)
        {
            uint32_t node = raw->owner != NULL ? graph_find(g, raw->owner) : GRAPH_NONE;
            if (node != GRAPH_NONE && g->size[node] != 0)
                g->size[node] += raw->size;
        }
    see_index_free(&x);
    return err;
}

void graph_cut(Graph *g, size_t edge)
{
    if (!(g->edges[edge] & GRAPH_WEAK))
        g->inside[g->edges[edge]]--;
    g->edges[edge] = GRAPH_NONE;
}

void graph_free(Graph *g)
{
    if (g->finder != NULL) {
        free(g->finder->pools.places);
        free(g->finder->others.places);
    }
    free(g->finder);
    free(g->address);
    free(g->size);
    free(g->start);
    free(g->edges);
    free(g->holder);
    free(g->inside);
    free(g->flags);
    free(g->looked);
    memset(g, 0, sizeof *g);
}

/* ---- labels ---- */

typedef struct {
    size_t at, wanted;
    SeeEdge found;
} Nth;

static void take_nth(const SeeEdge *edge, void *arg)
{
    Nth *nth = arg;
    if (nth->at++ == nth->wanted)
        nth->found = *edge;
}

SeeEdge graph_edge(const Graph *g, uint32_t holder, size_t edge)
{
    Nth nth = {0, edge - g->start[holder], {.kind = SEE_PLAIN, .index = -1}};
    if (holder != 0 && holder != g->code)
        graph_labels(g, holder, take_nth, &nth);
    return nth.found;
}

void graph_holder_text(const Graph *g, uint32_t node, char *text, size_t size)
{
    if (node == g->code) {
        snprintf(text, size, "C code (unaccounted)");
        return;
    }
    const GraphHolder *h = &g->holder[node];
    if (h->frame == NULL) {
        size_t n = strlen(h->label);
        while (n > 0 && h->label[n - 1] == ' ')
            n--;
        snprintf(text, size, "%.*s", (int)n, h->label);
        return;
    }
    char name[200], file[200];
    PyCodeObject *code = h->frame->code;
    see_key_text(code->co_qualname, name, sizeof name);
    see_key_text(code->co_filename, file, sizeof file);
    char *base = strrchr(file, '/');
    base = base != NULL ? base + 1 : file + 1;
    int at = snprintf(text, size, "%.*s() at %.*s:%d", (int)strlen(name) - 2, name + 1, (int)strcspn(base, "'"), base,
                      PyCode_Addr2Line(code, frame_lasti(h->frame) * (int)sizeof(_Py_CODEUNIT)));
    if (h->thread && (size_t)at < size)
        snprintf(text + at, size - (size_t)at, " (thread %zd)", h->thread);
}
