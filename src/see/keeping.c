/* What keeps what alive: ways to an object, retained sizes, the tree of dominators, garbage in cycles.  Functions of
 * the module _see. */
#include "memory/memory.h"
#include "see/answers.h"
#include "see/keeping.h"
#include "memory/look.h"
#include "see/tables.h"

#include <stdlib.h>
#include <string.h>

/* Runs f on a graph of the heap as it is now; sizes: with the objects' buffers. */
static PyObject *with_graph(PyObject *(*f)(Graph *, void *), void *arg, int sizes)
{
    Graph g;
    look_enter();
    int err = graph_build(&g);
    if (err == 0 && sizes)
        err = graph_add_buffers(&g);
    PyObject *result = err < 0 ? PyErr_NoMemory() : f(&g, arg);
    graph_free(&g);
    look_leave();
    return result;
}

static uint32_t find_or_raise(const Graph *g, PyObject *o)
{
    uint32_t node = graph_find(g, o);
    if (node == GRAPH_NONE)
        PyErr_Format(PyExc_ValueError, "the object at %p is not part of the heap that is looked at", (void *)o);
    return node;
}

/* ---- ways to an object ---- */

typedef struct {
    uint32_t holder;
    size_t edge;
    uint32_t rank;
} Arrival;

static int by_rank(const void *a, const void *b)
{
    const Arrival *x = a, *y = b;
    return x->rank != y->rank ? (x->rank > y->rank) - (x->rank < y->rank) : (x->edge > y->edge) - (x->edge < y->edge);
}

/* The counted edges into a node from what can be reached; to be freed; NULL without memory. */
static Arrival *arrivals_at(const Graph *g, const Ways *ways, uint32_t node, size_t *count)
{
    size_t used = 0, room = 64;
    Arrival *list = malloc(room * sizeof *list);
    for (uint32_t n = 1; n < g->count && list != NULL; n++) {
        if (ways->from[n] == GRAPH_NONE)
            continue;
        for (size_t e = g->start[n]; e < g->start[n + 1] && list != NULL; e++) {
            if (g->edges[e] != node)
                continue;
            if (used == room) {
                Arrival *more = realloc(list, (room *= 2) * sizeof *list);
                if (more == NULL)
                    free(list);
                list = more;
            }
            if (list != NULL)
                list[used++] = (Arrival){n, e, ways->rank[n]};
        }
    }
    if (list != NULL)
        qsort(list, used, sizeof *list, by_rank);
    *count = used;
    return list;
}

PyObject *keeping_ways(const Graph *g, uint32_t node, Py_ssize_t limit)
{
    Ways ways;
    size_t count = 0;
    Arrival *arrivals = ways_find(g, node, &ways) == 0 ? arrivals_at(g, &ways, node, &count) : NULL;
    PyObject *list = arrivals != NULL ? PyList_New(0) : PyErr_NoMemory();
    for (size_t i = 0; list != NULL && i < count && PyList_GET_SIZE(list) < limit; i++) {
        PyObject *way = answer_way(g, &ways, arrivals[i].holder, arrivals[i].edge, node);
        if (way == NULL || PyList_Append(list, way) < 0)
            Py_CLEAR(list);
        Py_XDECREF(way);
    }
    free(arrivals);
    ways_free(&ways);
    return list;
}

typedef struct {
    PyObject *object;
    Py_ssize_t limit;
} PathsOf;

static PyObject *paths_in(Graph *g, void *arg)
{
    PathsOf *p = arg;
    uint32_t node = find_or_raise(g, p->object);
    return node == GRAPH_NONE ? NULL : keeping_ways(g, node, p->limit);
}

/* Arguments come without a tuple, which would hold the object. */
static PyObject *see_paths(PyObject *m, PyObject *const *args, Py_ssize_t n)
{
    PathsOf p = {n == 2 ? args[0] : NULL, n == 2 ? PyLong_AsSsize_t(args[1]) : -1};
    if (p.object == NULL)
        PyErr_SetString(PyExc_TypeError, "paths() takes an object and a limit");
    return PyErr_Occurred() ? NULL : with_graph(paths_in, &p, 0);
}

/* ---- retained ---- */

/* An object of garbage: what hangs on it and is reached from nowhere else. */
static PyObject *retained_of_garbage(Graph *g, uint32_t node)
{
    uint8_t *kept = graph_reach(g);
    size_t bytes = 0, count = 0, edge = g->start[0];
    if (kept == NULL)
        return PyErr_NoMemory();
    uint32_t code = g->edges[edge];
    g->edges[edge] = node; /* as if it hung on the root alone */
    uint8_t *with = graph_reach(g);
    g->edges[edge] = code;
    for (uint32_t n = g->holders; with != NULL && n < g->count; n++)
        if (with[n] && !kept[n]) {
            bytes += g->size[n];
            count += g->size[n] != 0;
        }
    free(kept);
    if (with == NULL)
        return PyErr_NoMemory();
    free(with);
    return Py_BuildValue("(nnnO)", (Py_ssize_t)g->size[node], (Py_ssize_t)bytes, (Py_ssize_t)count, Py_None);
}

static PyObject *retained_in(Graph *g, void *object)
{
    uint32_t node = find_or_raise(g, object);
    if (node == GRAPH_NONE)
        return NULL;
    GraphTree tree;
    if (graph_dominators(g, &tree) < 0) {
        graph_tree_free(&tree);
        return PyErr_NoMemory();
    }
    uint32_t place = tree.number[node];
    PyObject *result;
    if (place == GRAPH_NONE) {
        result = retained_of_garbage(g, node);
    } else {
        uint32_t above = tree.order[tree.idom[place]];
        PyObject *holder = above == 0 ? Py_NewRef(Py_None) : answer_node(g, above);
        result = holder == NULL ? NULL
                                : Py_BuildValue("(nnnN)", (Py_ssize_t)g->size[node], (Py_ssize_t)tree.retained[place],
                                                (Py_ssize_t)tree.kept[place], holder);
    }
    graph_tree_free(&tree);
    return result;
}

static PyObject *see_retained(PyObject *m, PyObject *o) { return with_graph(retained_in, o, 1); }

/* ---- the tree of dominators ---- */

typedef struct {
    const Graph *g;
    const GraphTree *tree;
    uint32_t *first, *next; /* children of a place: a list that ends with 0, for place 0 is nobody's child */
    int depth, width;
    size_t least;
} TreeOf;

static int add_children(TreeOf *t)
{
    size_t n = (size_t)t->tree->count + 1;
    t->first = calloc(n, sizeof *t->first);
    t->next = calloc(n, sizeof *t->next);
    if (t->first == NULL || t->next == NULL)
        return -1;
    for (uint32_t v = t->tree->count; v-- > 1;) {
        t->next[v] = t->first[t->tree->idom[v]];
        t->first[t->tree->idom[v]] = v;
    }
    return 0;
}

/* The `width` children that retain most, largest first; how many there are. */
static int largest_children(const TreeOf *t, uint32_t place, uint32_t *best)
{
    int used = 0;
    const size_t *retained = t->tree->retained;
    for (uint32_t v = t->first[place]; v != 0; v = t->next[v]) {
        if (retained[v] < t->least || (used == t->width && retained[v] <= retained[best[used - 1]]))
            continue;
        int i = used < t->width ? used++ : used - 1;
        for (; i > 0 && retained[best[i - 1]] < retained[v]; i--)
            best[i] = best[i - 1];
        best[i] = v;
    }
    return used;
}

/* The first edge from a dominator to what it dominates, if it holds it itself; as text, or "". */
static void holding_text(const TreeOf *t, uint32_t holder, uint32_t node, char *text, size_t size)
{
    const Graph *g = t->g;
    text[0] = 0;
    for (size_t e = g->start[holder]; holder != 0 && e < g->start[holder + 1]; e++)
        if (g->edges[e] == node) {
            SeeEdge edge = graph_edge(g, holder, e);
            see_edge_text(&edge, text, size);
            return;
        }
}

/* (object, whether it is one, label, own bytes, retained bytes, objects, children) */
static PyObject *tree_row(const TreeOf *t, uint32_t place, int depth)
{
    const GraphTree *tree = t->tree;
    uint32_t node = tree->order[place], best[64];
    char label[300];
    holding_text(t, tree->order[tree->idom[place]], node, label, sizeof label);
    PyObject *children = PyList_New(0);
    int n = depth > 0 ? largest_children(t, place, best) : 0;
    for (int i = 0; children != NULL && i < n; i++) {
        PyObject *row = tree_row(t, best[i], depth - 1);
        if (row == NULL || PyList_Append(children, row) < 0)
            Py_CLEAR(children);
        Py_XDECREF(row);
    }
    PyObject *object = children != NULL ? answer_node(t->g, node) : NULL;
    if (object == NULL) {
        Py_XDECREF(children);
        return NULL;
    }
    return Py_BuildValue("(NNsnnnN)", object, PyBool_FromLong(!graph_is_holder(t->g, node)), label,
                         (Py_ssize_t)t->g->size[node], (Py_ssize_t)tree->retained[place], (Py_ssize_t)tree->kept[place],
                         children);
}

static PyObject *tree_in(Graph *g, void *arg)
{
    TreeOf *t = arg;
    GraphTree tree;
    PyObject *result = NULL;
    t->g = g;
    t->tree = &tree;
    if (graph_dominators(g, &tree) < 0 || add_children(t) < 0)
        PyErr_NoMemory();
    else
        result = tree_row(t, 0, t->depth);
    free(t->first);
    free(t->next);
    graph_tree_free(&tree);
    return result;
}

static PyObject *see_dominators(PyObject *m, PyObject *args)
{
    TreeOf t = {0};
    Py_ssize_t least;
    if (!PyArg_ParseTuple(args, "iin", &t.depth, &t.width, &least))
        return NULL;
    if (t.depth < 0 || t.depth > 100 || t.width < 1 || t.width > 64 || least < 0) {
        PyErr_SetString(PyExc_ValueError, "depth must be 0 to 100, width 1 to 64, least not negative");
        return NULL;
    }
    t.least = (size_t)least;
    return with_graph(tree_in, &t, 1);
}

/* ---- garbage ---- */

/* Strongly connected components of what cannot be reached (Tarjan, with a stack of its own). */
typedef struct {
    const Graph *g;
    const uint8_t *reached;
    uint32_t *index, *low, *stack, *path;
    size_t *next;
    uint8_t *on_stack;
    uint32_t counter;
    size_t depth, used;
    uint32_t *component; /* of each node that is in a cycle: its number from 1; else 0 */
    uint32_t components;
} Cycles;

static int is_garbage(const Cycles *c, uint32_t n) { return !c->reached[n] && c->g->size[n] != 0; }

static int refers_to_itself(const Graph *g, uint32_t n)
{
    for (size_t e = g->start[n]; e < g->start[n + 1]; e++)
        if (g->edges[e] == n)
            return 1;
    return 0;
}

static void enter_node(Cycles *c, uint32_t n)
{
    c->index[n] = c->low[n] = ++c->counter;
    c->stack[c->used++] = n;
    c->on_stack[n] = 1;
    c->next[c->depth] = c->g->start[n];
    c->path[c->depth++] = n;
}

/* All nodes of a component are on the stack down to its root. */
static void take_component(Cycles *c, uint32_t root)
{
    int cycle = c->stack[c->used - 1] != root || refers_to_itself(c->g, root);
    c->components += cycle;
    for (uint32_t n = GRAPH_NONE; n != root;) {
        n = c->stack[--c->used];
        c->on_stack[n] = 0;
        c->component[n] = cycle ? c->components : 0;
    }
}

static void search_from(Cycles *c, uint32_t first)
{
    const Graph *g = c->g;
    enter_node(c, first);
    while (c->depth > 0) {
        uint32_t n = c->path[c->depth - 1];
        if (c->next[c->depth - 1] == g->start[n + 1]) {
            c->depth--;
            if (c->depth > 0 && c->low[n] < c->low[c->path[c->depth - 1]])
                c->low[c->path[c->depth - 1]] = c->low[n];
            if (c->low[n] == c->index[n])
                take_component(c, n);
            continue;
        }
        uint32_t to = g->edges[c->next[c->depth - 1]++];
        if (to & GRAPH_WEAK || !is_garbage(c, to))
            continue;
        if (c->index[to] == 0)
            enter_node(c, to);
        else if (c->on_stack[to] && c->index[to] < c->low[n])
            c->low[n] = c->index[to];
    }
}

/* A shortest way from a node back to itself within its component: fills steps with edges; how many, or 0 without
 * memory. */
static size_t shortest_cycle(const Cycles *c, uint32_t first, size_t **steps)
{
    const Graph *g = c->g;
    uint32_t *from = malloc(((size_t)g->count + 1) * sizeof *from),
             *queue = malloc(((size_t)g->count + 1) * sizeof *queue);
    size_t *edge = malloc(((size_t)g->count + 1) * sizeof *edge), head = 0, tail = 0, count = 0;
    if (from != NULL && queue != NULL && edge != NULL) {
        memset(from, 0xff, ((size_t)g->count + 1) * sizeof *from);
        queue[tail++] = first;
    }
    while (head < tail && from[first] == GRAPH_NONE) {
        uint32_t n = queue[head++];
        for (size_t e = g->start[n]; e < g->start[n + 1]; e++) {
            uint32_t to = g->edges[e];
            if (to & GRAPH_WEAK || c->component[to] != c->component[first] || from[to] != GRAPH_NONE)
                continue;
            from[to] = n;
            edge[to] = e;
            queue[tail++] = to;
        }
    }
    if (head > 0 && from[first] != GRAPH_NONE) {
        uint32_t n = first;
        do {
            n = from[n];
            count++;
        } while (n != first);
        *steps = malloc(2 * count * sizeof **steps);
        size_t at = count;
        for (n = first; *steps != NULL && at > 0; n = from[n]) {
            at--;
            (*steps)[2 * at] = edge[n];
            (*steps)[2 * at + 1] = from[n];
        }
        if (*steps == NULL)
            count = 0;
    }
    free(from);
    free(queue);
    free(edge);
    return count;
}

/* [(object, label of its edge to the next), ...] once round; new. */
PyObject *keeping_round(const Cycles *c, uint32_t first)
{
    size_t *steps = NULL, count = shortest_cycle(c, first, &steps);
    PyObject *list = count == 0 ? PyErr_NoMemory() : PyList_New(0);
    for (size_t i = 0; list != NULL && i < count; i++) {
        uint32_t holder = (uint32_t)steps[2 * i + 1];
        SeeEdge edge = graph_edge(c->g, holder, steps[2 * i]);
        char label[300];
        see_edge_text(&edge, label, sizeof label);
        PyObject *row = Py_BuildValue("(Osi)", c->g->address[holder], label, (int)edge.kind);
        if (row == NULL || PyList_Append(list, row) < 0)
            Py_CLEAR(list);
        Py_XDECREF(row);
    }
    free(steps);
    return list;
}

typedef struct {
    uint32_t first, count; /* least interesting member is not shown first: an instance before a dict */
    size_t bytes;
    int rank;
} Component;

/* What a cycle is called after: objects of the program's classes before others, containers of the language last. */
static int rank_of(PyObject *o)
{
    PyTypeObject *type = Py_TYPE(o);
    if (PyType_Check(o))
        return 4;
    if (type->tp_flags & Py_TPFLAGS_HEAPTYPE)
        return 5;
    if (PyFunction_Check(o) || PyMethod_Check(o))
        return 2;
    return PyList_Check(o) || PyDict_Check(o) ? 3 : PyTuple_Check(o) || PyCell_Check(o) ? 1 : 2;
}

static int by_weight(const void *a, const void *b)
{
    const Component *x = a, *y = b;
    return x->bytes != y->bytes ? (x->bytes < y->bytes) - (x->bytes > y->bytes)
                                : (x->first > y->first) - (x->first < y->first);
}

static Component *components_of(const Cycles *c)
{
    Component *list = calloc((size_t)c->components + 1, sizeof *list);
    for (uint32_t n = c->g->holders; list != NULL && n < c->g->count; n++) {
        if (c->component[n] == 0)
            continue;
        Component *k = &list[c->component[n] - 1];
        int rank = rank_of(c->g->address[n]);
        if (k->count++ == 0 || rank > k->rank) {
            k->first = n;
            k->rank = rank;
        }
        k->bytes += c->g->size[n];
    }
    if (list != NULL)
        qsort(list, c->components, sizeof *list, by_weight);
    return list;
}

/* ([(round, objects, bytes), ...], cycles, objects, bytes): the last two of all garbage. */
static PyObject *cycles_found(Cycles *c, Py_ssize_t limit)
{
    Py_ssize_t objects = 0, bytes = 0;
    for (uint32_t n = c->g->holders; n < c->g->count; n++)
        if (is_garbage(c, n)) {
            objects++;
            bytes += (Py_ssize_t)c->g->size[n];
            if (c->index[n] == 0)
                search_from(c, n);
        }
    Component *list = components_of(c);
    PyObject *found = list != NULL ? PyList_New(0) : PyErr_NoMemory();
    for (uint32_t i = 0; found != NULL && i < c->components && PyList_GET_SIZE(found) < limit; i++) {
        PyObject *round = keeping_round(c, list[i].first);
        PyObject *row =
            round != NULL ? Py_BuildValue("(Nnn)", round, (Py_ssize_t)list[i].count, (Py_ssize_t)list[i].bytes) : NULL;
        if (row == NULL || PyList_Append(found, row) < 0)
            Py_CLEAR(found);
        Py_XDECREF(row);
    }
    free(list);
    return found != NULL ? Py_BuildValue("(Nnnn)", found, (Py_ssize_t)c->components, objects, bytes) : NULL;
}

PyObject *keeping_cycles(Graph *g, Py_ssize_t limit)
{
    size_t n = (size_t)g->count + 1;
    uint8_t *reached = graph_reach(g);
    uint32_t *rows = calloc(5 * n, sizeof *rows);
    Cycles c = {.g = g, .reached = reached, .on_stack = calloc(n, 1), .next = malloc(n * sizeof *c.next)};
    PyObject *result = NULL;
    if (reached == NULL || rows == NULL || c.on_stack == NULL || c.next == NULL) {
        PyErr_NoMemory();
    } else {
        c.index = rows;
        c.low = rows + n;
        c.stack = rows + 2 * n;
        c.path = rows + 3 * n;
        c.component = rows + 4 * n;
        result = cycles_found(&c, limit);
    }
    free(reached);
    free(rows);
    free(c.on_stack);
    free(c.next);
    return result;
}

static PyObject *cycles_in(Graph *g, void *limit) { return keeping_cycles(g, *(Py_ssize_t *)limit); }

static PyObject *see_cycles(PyObject *m, PyObject *arg)
{
    Py_ssize_t limit = PyLong_AsSsize_t(arg);
    return limit == -1 && PyErr_Occurred() ? NULL : with_graph(cycles_in, &limit, 1);
}

PyMethodDef see_keeping_methods[] = {
    {"paths", (PyCFunction)(void (*)(void))see_paths, METH_FASTCALL,
     "paths($module, object, limit, /)\n--\n\n[(beginning, [(kind, label, object), "
     "...]), ...]: the shortest ways to the object from the roots, one for each\n"
     "reference to it, shortest first."},
    {"retained", see_retained, METH_O,
     "retained($module, object, /)\n--\n\n(own bytes, retained bytes, objects, "
     "dominator): what would go with the object; the dominator is None for the\n"
     "root of all and for garbage, a str where it is no object."},
    {"dominators", see_dominators, METH_VARARGS,
     "dominators($module, depth, width, least, /)\n--\n\n(object, whether it is one, label, own bytes, "
     "retained bytes, objects, children), children alike, largest first: at most\n"
     "`width` of those that retain `least` bytes, `depth` levels deep."},
    {"cycles", see_cycles, METH_O,
     "cycles($module, limit, /)\n--\n\n([(round, objects, bytes), ...], cycles, "
     "objects, bytes): what only the collector can free; a round is\n"
     "[(object, label of its reference to the next, kind), ...]."},
    {NULL}};
