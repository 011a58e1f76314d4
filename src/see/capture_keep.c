/* See capture_keep.h.
 *
 * The references of a capture become a graph as of the running heap (graph.h): node 0, a holder for each frame and each
 * group of roots, the objects, and a last holder of what has more references than the capture tells of.  Buffers count
 * as bytes of the object that they belong to. */
#include "see/capture_keep.h"
#include "see/graph.h"

#include <stdlib.h>

#define WIDTH_MAX 64
#define DEPTH_MAX 100

/* A holder: a frame, or else a group of roots. */
typedef struct {
    uint64_t frame; /* its number, or 0 */
    uint32_t group; /* string */
} Holder;

struct capture_keep {
    Graph g;
    GraphTree tree;
    Holder *holders;        /* by node, from 1 */
    uint32_t *first, *next; /* children in the tree of a place: a list that ends with 0 */
};

void capture_keep_free(struct capture_keep *k)
{
    if (k == NULL)
        return;
    graph_tree_free(&k->tree);
    free(k->g.size);
    free(k->g.start);
    free(k->g.edges);
    free(k->holders);
    free(k->first);
    free(k->next);
    free(k);
}

/* ---- the graph ---- */

static int is_weak(const Loaded *l, uint64_t e) { return (l->label[e] & ((1 << LABEL_BITS) - 1)) == LABEL_WEAK; }

static const LoadedRoot *root_at(const Loaded *l, size_t i) { return (const LoadedRoot *)l->roots.items + i; }

/* The node of a root's holder: of groups found by their string, of frames the one before, as the roots of a frame come
 * one after the other; 0 without memory. */
static uint32_t holder_of(struct capture_keep *k, const LoadedRoot *r, uint32_t *of_group, size_t strings)
{
    uint32_t last = k->g.holders - 1, group = r->group < strings ? r->group : 0;
    if (!r->frame && of_group[group] != 0)
        return of_group[group];
    if (r->frame && last > 0 && k->holders[last].frame == r->frame)
        return last;
    if ((k->g.holders & (k->g.holders - 1)) == 0) { /* room for as many again */
        Holder *more = realloc(k->holders, (size_t)k->g.holders * 2 * sizeof *more);
        if (more == NULL)
            return 0;
        k->holders = more;
    }
    k->holders[k->g.holders] = (Holder){r->frame, group};
    if (!r->frame)
        of_group[group] = k->g.holders;
    return k->g.holders++;
}

/* The holder of each root; NULL without memory; to be freed. */
static uint32_t *root_holders(struct capture_keep *k, const Loaded *l)
{
    uint32_t *of_root = malloc((l->roots.count + 1) * sizeof *of_root);
    uint32_t *of_group = calloc(l->strings.count + 1, sizeof *of_group);
    k->g.holders = 1;
    for (size_t i = 0; of_root && of_group && i < l->roots.count; i++)
        if ((of_root[i] = holder_of(k, root_at(l, i), of_group, l->strings.count)) == 0) {
            free(of_root);
            of_root = NULL;
        }
    if (of_group == NULL) {
        free(of_root);
        of_root = NULL;
    }
    free(of_group);
    return of_root;
}

/* Objects with more references than are told of: nonzero bytes; NULL without memory; to be freed. */
static uint8_t *held_by_others(const Loaded *l)
{
    uint64_t *told = calloc((size_t)l->count + 1, sizeof *told);
    uint8_t *held = calloc((size_t)l->count + 1, 1);
    for (size_t i = 0; told && i < l->roots.count; i++) {
        uint32_t object = loaded_find(l, root_at(l, i)->target);
        told[object == NO_OBJECT ? l->count : object]++;
    }
    for (uint64_t e = 0; told && e < l->edges; e++)
        if (l->target[e] != NO_OBJECT && !is_weak(l, e))
            told[l->target[e]]++;
    for (uint32_t i = 0; told && held && i < l->count; i++)
        held[i] = l->references[i] > 1 && l->references[i] - 1 > told[i];
    if (told == NULL) {
        free(held);
        held = NULL;
    }
    free(told);
    return held;
}

/* Fills start and edges of the holders: the root's lead to all of them, theirs to what they hold.  The number of edges.
 */
static size_t add_holders(struct capture_keep *k, const Loaded *l, const uint32_t *of_root)
{
    Graph *g = &k->g;
    size_t at = 0;
    g->start[0] = 0;
    for (uint32_t n = 1; n < g->holders; n++)
        g->edges[at++] = n;
    g->edges[at++] = g->code;
    for (uint32_t n = 1; n <= g->holders; n++)
        g->start[n] = 0;
    for (size_t i = 0; i < l->roots.count; i++)
        g->start[of_root[i]]++;
    for (uint32_t n = 1; n < g->holders; n++) {
        size_t count = g->start[n];
        g->start[n] = at;
        at += count;
    }
    for (size_t i = 0; i < l->roots.count; i++) { /* each start moves to its end, which is the next one's beginning */
        uint32_t object = loaded_find(l, root_at(l, i)->target);
        g->edges[g->start[of_root[i]]++] = object == NO_OBJECT ? GRAPH_NONE : g->holders + object;
    }
    for (uint32_t n = g->holders; n-- > 2;)
        g->start[n] = g->start[n - 1];
    if (g->holders > 1)
        g->start[1] = g->holders;
    return at;
}

static void add_objects(Graph *g, const Loaded *l, const uint8_t *held, size_t at)
{
    for (uint32_t i = 0; i < l->count; i++) {
        g->start[g->holders + i] = at;
        for (uint64_t e = l->start[i]; e < l->start[i + 1]; e++)
            g->edges[at++] = l->target[e] == NO_OBJECT || is_weak(l, e) ? GRAPH_NONE : g->holders + l->target[e];
    }
    g->start[g->code] = at;
    for (uint32_t i = 0; i < l->count; i++)
        if (held[i])
            g->edges[at++] = g->holders + i;
    g->start[g->count] = at;
}

/* Bytes of each object with its buffers; static ones have none. */
static void add_sizes(Graph *g, const Loaded *l)
{
    for (uint32_t i = 0; i < l->count; i++)
        g->size[g->holders + i] = l->state[i] & CAPTURE_STATIC ? 0 : l->size[i];
    for (uint32_t i = 0; i < l->count; i++)
        for (uint64_t e = l->start[i]; e < l->start[i + 1]; e++) {
            uint32_t to = l->target[e];
            if ((l->label[e] & ((1 << LABEL_BITS) - 1)) == LABEL_BUFFER && to != NO_OBJECT && to != i &&
                l->references[to] == 0) {
                g->size[g->holders + i] += g->size[g->holders + to];
                g->size[g->holders + to] = 0;
            }
        }
}

static int keep_graph(struct capture_keep *k, const Loaded *l)
{
    Graph *g = &k->g;
    uint32_t *of_root = root_holders(k, l);
    uint8_t *held = held_by_others(l);
    int err = of_root && held && (uint64_t)g->holders + l->count + 1 < GRAPH_WEAK ? 0 : -1;
    if (err == 0) {
        g->code = g->holders + l->count;
        g->count = g->code + 1;
        g->size = calloc((size_t)g->count + 1, sizeof *g->size);
        g->start = malloc(((size_t)g->count + 1) * sizeof *g->start);
        g->edges = malloc((g->holders + l->roots.count + l->edges + l->count + 1) * sizeof *g->edges);
        err = g->size && g->start && g->edges ? 0 : -1;
    }
    if (err == 0) {
        add_objects(g, l, held, add_holders(k, l, of_root));
        add_sizes(g, l);
    }
    free(of_root);
    free(held);
    return err;
}

/* The graph and its dominators, made when they are first asked for; NULL with MemoryError. */
static struct capture_keep *keep_of(CaptureObject *c)
{
    if (c->keep != NULL)
        return c->keep;
    struct capture_keep *k = calloc(1, sizeof *k);
    int err = k == NULL ? -1 : keep_graph(k, &c->data);
    if (err == 0)
        err = graph_dominators(&k->g, &k->tree);
    if (err == 0) {
        k->first = calloc((size_t)k->tree.count + 1, sizeof *k->first);
        k->next = calloc((size_t)k->tree.count + 1, sizeof *k->next);
        err = k->first && k->next ? 0 : -1;
    }
    if (err < 0) {
        capture_keep_free(k);
        PyErr_NoMemory();
        return NULL;
    }
    for (uint32_t v = k->tree.count; v-- > 1;) {
        k->next[v] = k->first[k->tree.idom[v]];
        k->first[k->tree.idom[v]] = v;
    }
    return c->keep = k;
}

/* ---- words ---- */

/* What a node that is no object is called: new str. */
static PyObject *holder_text(const struct capture_keep *k, const Loaded *l, uint32_t node)
{
    if (node == 0)
        return PyUnicode_FromString("whole heap");
    if (node == k->g.code)
        return PyUnicode_FromString("C code (unaccounted)");
    const Holder *h = &k->holders[node];
    for (size_t i = 0; h->frame && i < l->frames.count; i++) {
        const LoadedFrame *f = (const LoadedFrame *)l->frames.items + i;
        if (f->number != h->frame)
            continue;
        PyObject *function = capture_str_of(l, f->function), *file = capture_str_of(l, f->file);
        PyObject *text = function && file
                             ? PyUnicode_FromFormat("%U() at %U:%llu", function, file, (unsigned long long)f->line)
                             : NULL;
        Py_XDECREF(function);
        Py_XDECREF(file);
        return text;
    }
    return capture_str_of(l, loaded_string(l, h->group));
}

/* How a dominator holds what it dominates, if it does so itself; else "": new str. */
static PyObject *held_as(CaptureObject *c, const struct capture_keep *k, uint32_t above, uint32_t node)
{
    const Loaded *l = &c->data;
    if (above >= k->g.holders && above != k->g.code && node >= k->g.holders)
        for (uint64_t e = l->start[above - k->g.holders]; e < l->start[above - k->g.holders + 1]; e++)
            if (l->target[e] == node - k->g.holders && !is_weak(l, e))
                return capture_label_text(c, e);
    for (size_t i = 0; above > 0 && above < k->g.holders && i < l->roots.count; i++) {
        const LoadedRoot *r = root_at(l, i);
        const Holder *h = &k->holders[above];
        if (h->frame == r->frame && (h->frame || h->group == r->group) &&
            loaded_find(l, r->target) == node - k->g.holders)
            return capture_root_label(c, r->label);
    }
    return PyUnicode_FromString("");
}

/* ---- answers ---- */

typedef struct {
    CaptureObject *c;
    const struct capture_keep *k;
    int depth, width;
    size_t least;
} TreeOf;

/* The children that retain most, largest first; how many there are. */
static int largest_children(const TreeOf *t, uint32_t place, uint32_t *best)
{
    int used = 0;
    const size_t *retained = t->k->tree.retained;
    for (uint32_t v = t->k->first[place]; v != 0; v = t->k->next[v]) {
        if (retained[v] < t->least || (used == t->width && retained[v] <= retained[best[used - 1]]))
            continue;
        int i = used < t->width ? used++ : used - 1;
        for (; i > 0 && retained[best[i - 1]] < retained[v]; i--)
            best[i] = best[i - 1];
        best[i] = v;
    }
    return used;
}

static PyObject *tree_row(const TreeOf *t, uint32_t place, int depth)
{
    const GraphTree *tree = &t->k->tree;
    const Graph *g = &t->k->g;
    uint32_t node = tree->order[place], best[WIDTH_MAX];
    PyObject *children = PyList_New(0);
    int n = depth > 0 ? largest_children(t, place, best) : 0;
    for (int i = 0; children != NULL && i < n; i++) {
        PyObject *row = tree_row(t, best[i], depth - 1);
        if (row == NULL || PyList_Append(children, row) < 0)
            Py_CLEAR(children);
        Py_XDECREF(row);
    }
    PyObject *label = children ? held_as(t->c, t->k, tree->order[tree->idom[place]], node) : NULL;
    PyObject *text = !label                     ? NULL
                     : graph_is_holder(g, node) ? holder_text(t->k, &t->c->data, node)
                                                : Py_NewRef(Py_None);
    if (text == NULL) {
        Py_XDECREF(children);
        Py_XDECREF(label);
        return NULL;
    }
    return Py_BuildValue("(lNNnnnN)", graph_is_holder(g, node) ? -1L : (long)(node - g->holders), text, label,
                         (Py_ssize_t)g->size[node], (Py_ssize_t)tree->retained[place], (Py_ssize_t)tree->kept[place],
                         children);
}

PyObject *capture_dominators(CaptureObject *c, PyObject *args)
{
    TreeOf t = {.c = c};
    Py_ssize_t least;
    if (!PyArg_ParseTuple(args, "iin", &t.depth, &t.width, &least))
        return NULL;
    if (t.depth < 0 || t.depth > DEPTH_MAX || t.width < 1 || t.width > WIDTH_MAX || least < 0) {
        PyErr_SetString(PyExc_ValueError, "depth must be 0 to 100, width 1 to 64, least not negative");
        return NULL;
    }
    t.least = (size_t)least;
    t.k = keep_of(c);
    return t.k ? tree_row(&t, 0, t.depth) : NULL;
}

/* Garbage: what hangs on it and cannot be reached otherwise. */
static PyObject *retained_of_garbage(const struct capture_keep *k, uint32_t node)
{
    const Graph *g = &k->g;
    uint8_t *seen = calloc((size_t)g->count + 1, 1);
    uint32_t *stack = malloc(((size_t)g->count + 1) * sizeof *stack);
    size_t depth = 0, bytes = 0, count = 0;
    if (seen && stack) {
        stack[depth++] = node;
        seen[node] = 1;
    }
    while (depth > 0) {
        uint32_t n = stack[--depth];
        bytes += g->size[n];
        count += g->size[n] != 0;
        for (size_t e = g->start[n]; e < g->start[n + 1]; e++) {
            uint32_t to = g->edges[e];
            if (to & GRAPH_WEAK || seen[to] || k->tree.number[to] != GRAPH_NONE)
                continue;
            seen[to] = 1;
            stack[depth++] = to;
        }
    }
    PyObject *result = seen && stack ? Py_BuildValue("(nnniO)", (Py_ssize_t)g->size[node], (Py_ssize_t)bytes,
                                                     (Py_ssize_t)count, -1, Py_None)
                                     : PyErr_NoMemory();
    free(seen);
    free(stack);
    return result;
}

PyObject *capture_retained(CaptureObject *c, PyObject *arg)
{
    uint32_t object;
    const struct capture_keep *k = capture_object_argument(c, arg, &object) < 0 ? NULL : keep_of(c);
    if (k == NULL)
        return NULL;
    uint32_t node = k->g.holders + object, place = k->tree.number[node];
    if (place == GRAPH_NONE)
        return retained_of_garbage(k, node);
    uint32_t above = k->tree.order[k->tree.idom[place]];
    int is_object = !graph_is_holder(&k->g, above);
    PyObject *text = is_object || above == 0 ? Py_NewRef(Py_None) : holder_text(k, &c->data, above);
    return text ? Py_BuildValue("(nnnlN)", (Py_ssize_t)k->g.size[node], (Py_ssize_t)k->tree.retained[place],
                                (Py_ssize_t)k->tree.kept[place], is_object ? (long)(above - k->g.holders) : -1L, text)
                : NULL;
}
