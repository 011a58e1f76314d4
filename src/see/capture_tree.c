/* A capture summed up as a tree: by who holds what, classes below classes.
 *
 * Each object hangs below the holder that is nearest to a root (breadth first); objects of one class below one node of
 * the tree become one node.  What no root of the capture leads to hangs below "(others)". */
#include "see/capture_object.h"
#include "see/capture_tree.h"

#include <stdlib.h>

#define DEPTH_MAX 48

typedef struct {
    uint32_t parent, key; /* key: number of a class, or GROUP + that of a string */
    uint32_t depth;
    uint64_t count, bytes;
} Node;
#define GROUP 0x80000000u
#define OTHERS 0xffffffffu

typedef struct {
    const Loaded *l;
    Node *nodes; /* 0 is the root */
    size_t count, room;
    uint32_t *table; /* open addressing; 0 is free */
    size_t mask;
    uint32_t *node_of, *queue; /* of objects; 0: not reached */
    size_t first, last;
    int failed;
} Tree;

static size_t slot(const Tree *t, uint32_t parent, uint32_t key)
{
    size_t i = (((uint64_t)parent << 32 | key) * 0x9e3779b97f4a7c15u) >> 20 & t->mask;
    while (t->table[i] && (t->nodes[t->table[i]].parent != parent || t->nodes[t->table[i]].key != key))
        i = (i + 1) & t->mask;
    return i;
}

static int grow(Tree *t)
{
    size_t room = t->room ? 2 * t->room : 1024;
    Node *nodes = realloc(t->nodes, room * sizeof *nodes);
    uint32_t *table = calloc(2 * room, sizeof *table);
    if (nodes)
        t->nodes = nodes;
    if (!nodes || !table) {
        free(table);
        return -1;
    }
    free(t->table);
    t->table = table;
    t->mask = 2 * room - 1;
    t->room = room;
    for (size_t i = 1; i < t->count; i++)
        t->table[slot(t, nodes[i].parent, nodes[i].key)] = (uint32_t)i;
    return 0;
}

static uint32_t child(Tree *t, uint32_t parent, uint32_t key)
{
    if (t->nodes[parent].depth >= DEPTH_MAX)
        return parent;
    if (t->count == t->room && grow(t) < 0) {
        t->failed = 1;
        return parent;
    }
    size_t at = slot(t, parent, key);
    if (t->table[at] == 0) {
        t->nodes[t->count] = (Node){parent, key, t->nodes[parent].depth + 1, 0, 0};
        t->table[at] = (uint32_t)t->count++;
    }
    return t->table[at];
}

static void reach(Tree *t, uint32_t object, uint32_t below)
{
    const Loaded *l = t->l;
    if (t->node_of[object] != 0)
        return;
    uint32_t node = child(t, below, l->type[object] & ~GROUP);
    t->node_of[object] = node;
    if (!(l->state[object] & CAPTURE_STATIC)) {
        t->nodes[node].count++;
        t->nodes[node].bytes += l->size[object];
    }
    t->queue[t->last++] = object;
}

static void spread(Tree *t)
{
    const Loaded *l = t->l;
    while (t->first < t->last && !t->failed) {
        uint32_t object = t->queue[t->first++];
        for (uint64_t e = l->start[object]; e < l->start[object + 1]; e++)
            if (l->target[e] != NO_OBJECT && (l->label[e] & 15) != LABEL_WEAK)
                reach(t, l->target[e], t->node_of[object]);
    }
}

static void make(Tree *t)
{
    const Loaded *l = t->l;
    for (size_t i = 0; i < l->roots.count; i++) {
        const LoadedRoot *root = (LoadedRoot *)l->roots.items + i;
        uint32_t object = loaded_find(l, root->target);
        if (object != NO_OBJECT)
            reach(t, object, child(t, 0, GROUP | root->group));
    }
    spread(t);
    for (uint32_t i = 0; i < l->count && !t->failed; i++)
        if (t->node_of[i] == 0) {
            reach(t, i, child(t, 0, OTHERS));
            spread(t);
        }
}

static PyObject *node_name(const Loaded *l, uint32_t key)
{
    if (key == OTHERS)
        return PyUnicode_FromString("(others)");
    if (key & GROUP) {
        PyObject *text = capture_str_of(l, loaded_string(l, key & ~GROUP));
        if (text)
            Py_SETREF(text, PyUnicode_FromFormat("(%U)", text));
        return text;
    }
    if (key == 0 || key >= l->types.count)
        return PyUnicode_FromString("(buffer)");
    return capture_str_of(l, ((LoadedType *)l->types.items)[key].name);
}

/* [(number of the parent, name, objects, bytes)]: a node's number is its place + 1, 0 is the root; parents come first
 */
PyObject *capture_tree(CaptureObject *c, PyObject *unused)
{
    const Loaded *l = &c->data;
    Tree t = {.l = l};
    t.node_of = calloc((size_t)l->count + 1, sizeof *t.node_of);
    t.queue = malloc(((size_t)l->count + 1) * sizeof *t.queue);
    t.failed = !t.node_of || !t.queue || grow(&t) < 0;
    if (!t.failed) {
        t.nodes[0] = (Node){0};
        t.count = 1;
        make(&t);
    }
    PyObject *list = t.failed ? PyErr_NoMemory() : PyList_New(0);
    for (size_t i = 1; list != NULL && i < t.count; i++) {
        PyObject *row = Py_BuildValue("(kNKK)", (unsigned long)t.nodes[i].parent, node_name(l, t.nodes[i].key),
                                      (unsigned long long)t.nodes[i].count, (unsigned long long)t.nodes[i].bytes);
        if (row == NULL || PyList_Append(list, row) < 0)
            Py_CLEAR(list);
        Py_XDECREF(row);
    }
    free(t.nodes);
    free(t.table);
    free(t.node_of);
    free(t.queue);
    return list;
}

/* [(site, objects, bytes)] of the objects on the heap; site 0: not known */
PyObject *capture_by_site(CaptureObject *c, PyObject *unused)
{
    const Loaded *l = &c->data;
    size_t n = l->sites.count + 1;
    uint64_t(*sums)[2] = calloc(n, sizeof *sums);
    if (sums == NULL)
        return PyErr_NoMemory();
    for (uint32_t i = 0; i < l->count; i++)
        if (!(l->state[i] & CAPTURE_STATIC)) {
            uint64_t *sum = sums[l->site[i] < n ? l->site[i] : 0];
            sum[0]++;
            sum[1] += l->size[i];
        }
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < n; i++) {
        PyObject *row = sums[i][0] ? Py_BuildValue("(nKK)", (Py_ssize_t)i, (unsigned long long)sums[i][0],
                                                   (unsigned long long)sums[i][1])
                                   : NULL;
        if (sums[i][0] && (row == NULL || PyList_Append(list, row) < 0))
            Py_CLEAR(list);
        Py_XDECREF(row);
    }
    free(sums);
    return list;
}
