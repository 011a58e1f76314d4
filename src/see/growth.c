/* What a program has more of than before: the objects that can be reached are remembered, and compared later. Functions
 * of the module _see. */
#include "memory/look.h"
#include "memory/memory.h"
#include "see/answers.h"
#include "see/graph.h"
#include "see/keeping.h"
#include "see/tables.h"

#include <stdlib.h>

/* ---- remembering ---- */

typedef struct {
    const void *address;
    PyTypeObject *type; /* not looked into: it may be dead by then */
    Py_ssize_t length;
} Known;

typedef struct {
    Known *rows; /* open-addressed by address */
    size_t used, room;
} Memory;

static const char memory_name[] = "limpid.growth";

static Known *memory_slot(const Memory *m, const void *address)
{
    size_t i = (((uintptr_t)address >> 3) * 0x9e3779b97f4a7c15u >> 16) & (m->room - 1);
    while (m->rows[i].address != NULL && m->rows[i].address != address)
        i = (i + 1) & (m->room - 1);
    return &m->rows[i];
}

/* Items of a container that can grow; -1 for others. */
static Py_ssize_t length_of(PyObject *o)
{
    if (PyList_Check(o) || PyByteArray_Check(o) || strcmp(Py_TYPE(o)->tp_name, "collections.deque") == 0)
        return Py_SIZE(o);
    if (PyDict_Check(o))
        return ((PyDictObject *)o)->ma_used;
    return PyAnySet_Check(o) ? ((PySetObject *)o)->used : -1;
}

static void memory_free(PyObject *capsule)
{
    Memory *m = PyCapsule_GetPointer(capsule, memory_name);
    if (m != NULL)
        free(m->rows);
    free(m);
}

/* Notes what is reached; NULL without memory. */
static Memory *remember(const Graph *g, const uint8_t *reached)
{
    Memory *m = calloc(1, sizeof *m);
    if (m == NULL)
        return NULL;
    for (m->room = 1024; m->room < 2 * g->objects;)
        m->room *= 2;
    m->rows = calloc(m->room, sizeof *m->rows);
    for (uint32_t n = g->holders; m->rows != NULL && n < g->count; n++)
        if (reached[n] && g->size[n] != 0) {
            PyObject *o = g->address[n];
            *memory_slot(m, o) = (Known){o, Py_TYPE(o), length_of(o)};
        }
    if (m->rows == NULL) {
        free(m);
        m = NULL;
    }
    return m;
}

static PyObject *see_remember(PyObject *module, PyObject *ignored)
{
    Graph g;
    Memory *m = NULL;
    look_enter();
    uint8_t *reached = graph_build(&g) == 0 ? graph_reach(&g) : NULL;
    if (reached != NULL)
        m = remember(&g, reached);
    free(reached);
    graph_free(&g);
    PyObject *capsule = m != NULL ? PyCapsule_New(m, memory_name, memory_free) : PyErr_NoMemory();
    if (capsule == NULL && m != NULL) {
        free(m->rows);
        free(m);
    }
    look_leave();
    return capsule;
}

/* ---- comparing ---- */

typedef struct {
    PyTypeObject *type;
    Py_ssize_t more; /* objects now less objects then */
    size_t bytes;    /* of new ones */
    uint32_t example, retained_at;
    size_t retained; /* by the example: the new object that keeps most */
} Grown;

typedef struct {
    Grown *rows;
    size_t used, room;
    int failed;
} GrownTypes;

static Grown *grown_row(GrownTypes *t, PyTypeObject *type)
{
    for (size_t i = 0; i < t->used; i++)
        if (t->rows[i].type == type)
            return &t->rows[i];
    if (t->used == t->room) {
        Grown *rows = realloc(t->rows, (t->room = t->room ? 2 * t->room : 128) * sizeof *rows);
        if (rows == NULL) {
            t->failed = 1;
            return NULL;
        }
        t->rows = rows;
    }
    t->rows[t->used] = (Grown){.type = type, .example = GRAPH_NONE};
    return &t->rows[t->used++];
}

static int by_retained(const void *a, const void *b)
{
    const Grown *x = a, *y = b;
    return (x->retained < y->retained) - (x->retained > y->retained);
}

static const Known *known(const Memory *m, PyObject *o)
{
    const Known *k = memory_slot(m, o);
    return k->address != NULL && k->type == Py_TYPE(o) ? k : NULL;
}

static void compare(const Graph *g, const GraphTree *tree, const Memory *m, GrownTypes *types)
{
    for (uint32_t n = g->holders; n < g->count && !types->failed; n++) {
        if (g->size[n] == 0 || tree->number[n] == GRAPH_NONE)
            continue;
        PyObject *o = g->address[n];
        Grown *row = grown_row(types, Py_TYPE(o));
        if (row == NULL)
            return;
        row->more++;
        if (known(m, o))
            continue;
        size_t retained = tree->retained[tree->number[n]];
        row->bytes += g->size[n];
        if (row->example == GRAPH_NONE || retained > row->retained) {
            row->example = n;
            row->retained = retained;
        }
    }
    for (size_t i = 0; i < m->room; i++)
        for (size_t k = 0; m->rows[i].address != NULL && k < types->used; k++)
            if (types->rows[k].type == m->rows[i].type)
                types->rows[k].more--;
}

/* (type, more, bytes, example, ways) of the types that have `least` objects more. */
static int put_types(const Graph *g, GrownTypes *types, Py_ssize_t least, PyObject *list)
{
    if (types->rows != NULL)
        qsort(types->rows, types->used, sizeof *types->rows, by_retained);
    for (size_t i = 0; i < types->used && PyList_GET_SIZE(list) < 8; i++) {
        const Grown *row = &types->rows[i];
        if (row->more < least || row->example == GRAPH_NONE)
            continue;
        PyObject *ways = keeping_ways(g, row->example, 1), *item = NULL;
        if (ways != NULL)
            item =
                Py_BuildValue("(OnnON)", row->type, row->more, (Py_ssize_t)row->bytes, g->address[row->example], ways);
        if (item == NULL || PyList_Append(list, item) < 0) {
            Py_XDECREF(item);
            return -1;
        }
        Py_DECREF(item);
    }
    return 0;
}

/* (container, items then, items now, ways) of the containers that have `least` items more. */
static int put_containers(const Graph *g, const GraphTree *tree, const Memory *m, Py_ssize_t least, PyObject *list)
{
    for (uint32_t n = g->holders; n < g->count && PyList_GET_SIZE(list) < 8; n++) {
        if (g->size[n] == 0 || tree->number[n] == GRAPH_NONE)
            continue;
        PyObject *o = g->address[n];
        const Known *k = known(m, o);
        if (k == NULL || k->length < 0 || length_of(o) < k->length + least)
            continue;
        PyObject *ways = keeping_ways(g, n, 1), *item = NULL;
        if (ways != NULL)
            item = Py_BuildValue("(OnnN)", o, k->length, length_of(o), ways);
        if (item == NULL || PyList_Append(list, item) < 0) {
            Py_XDECREF(item);
            return -1;
        }
        Py_DECREF(item);
    }
    return 0;
}

static PyObject *grown_in(const Graph *g, const Memory *m, Py_ssize_t least)
{
    GraphTree tree;
    GrownTypes types = {0};
    PyObject *by_type = NULL, *longer = NULL, *result = NULL;
    if (graph_dominators(g, &tree) == 0)
        compare(g, &tree, m, &types);
    else
        types.failed = 1;
    if (types.failed)
        PyErr_NoMemory();
    else if ((by_type = PyList_New(0)) != NULL && (longer = PyList_New(0)) != NULL &&
             put_types(g, &types, least, by_type) == 0 && put_containers(g, &tree, m, least, longer) == 0)
        result = Py_BuildValue("(OO)", by_type, longer);
    Py_XDECREF(by_type);
    Py_XDECREF(longer);
    free(types.rows);
    graph_tree_free(&tree);
    return result;
}

static PyObject *see_grown(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    const Memory *m = n == 2 ? PyCapsule_GetPointer(args[0], memory_name) : NULL;
    Py_ssize_t least = n == 2 ? PyLong_AsSsize_t(args[1]) : -1;
    if (n != 2)
        PyErr_SetString(PyExc_TypeError, "grown() takes what remember() gave and a number");
    if (PyErr_Occurred())
        return NULL;
    Graph g;
    look_enter();
    PyObject *result = graph_build(&g) < 0 ? PyErr_NoMemory() : grown_in(&g, m, least);
    graph_free(&g);
    look_leave();
    return result;
}

PyMethodDef see_growth_methods[] = {
    {"remember", see_remember, METH_NOARGS,
     "remember($module, /)\n--\n\nWhat can be reached now: addresses, types and lengths, for grown()."},
    {"grown", (PyCFunction)(void (*)(void))see_grown, METH_FASTCALL,
     "grown($module, memory, least, /)\n--\n\n([(type, more, bytes, example, ways), ...], [(container, items then, "
     "items now, ways), ...]): types that have\n"
     "`least` objects more that can be reached than when remember() was called, and containers that have as many "
     "items\n"
     "more; those that keep most first."},
    {NULL}};
