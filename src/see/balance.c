/* Who holds an object: its references one by one, weighed against its count.  Functions of the module _see. */
#include "memory/memory.h"
#include "see/answers.h"
#include "see/graph.h"
#include "memory/look.h"
#include "see/tables.h"

#include <stdlib.h>

/* ---- one object ---- */

typedef struct {
    const Graph *g;
    PyObject *target, *list;
    uint32_t holder;
    int failed;
    Py_ssize_t limit, count[SEE_EDGE_KINDS], weak;
} Referrers;

static void note_reference(const SeeEdge *edge, void *arg)
{
    Referrers *r = arg;
    if (edge->target != r->target || r->failed)
        return;
    if (edge->weak)
        r->weak++;
    else
        r->count[edge->kind]++;
    if (PyList_GET_SIZE(r->list) >= r->limit)
        return;
    char label[300];
    see_edge_text(edge, label, sizeof label);
    PyObject *holder = answer_node(r->g, r->holder);
    PyObject *row = holder != NULL ? Py_BuildValue("(Nisi)", holder, (int)edge->kind, label, edge->weak) : NULL;
    if (row == NULL || PyList_Append(r->list, row) < 0)
        r->failed = 1;
    Py_XDECREF(row);
}

/* The nodes that hold `node`, by number, with those that hold it several times once; to be freed; NULL without memory.
 */
static uint32_t *holders_of(const Graph *g, uint32_t node, size_t *count)
{
    size_t used = 0, room = 64;
    uint32_t *list = malloc(room * sizeof *list);
    for (uint32_t n = 1; n < g->count && list != NULL; n++) {
        if (g->flags[n] & GRAPH_IS_LOOK || n == g->code)
            continue;
        for (size_t e = g->start[n]; e < g->start[n + 1]; e++) {
            if (g->edges[e] == GRAPH_NONE || GRAPH_NODE(g->edges[e]) != node)
                continue;
            if (used == room) {
                uint32_t *more = realloc(list, (room *= 2) * sizeof *list);
                if (more == NULL)
                    free(list);
                list = more;
            }
            if (list != NULL)
                list[used++] = n;
            break;
        }
    }
    *count = used;
    return list;
}

static PyObject *referrers_in(const Graph *g, PyObject *o, Py_ssize_t limit)
{
    uint32_t node = graph_find(g, o);
    size_t count = 0;
    if (node == GRAPH_NONE)
        return PyErr_Format(PyExc_ValueError, "the object at %p is not part of the heap that is looked at", (void *)o);
    uint32_t *holders = holders_of(g, node, &count);
    if (holders == NULL)
        return PyErr_NoMemory();
    Py_ssize_t references = graph_refcount(g, node);
    int immortal = object_is_immortal(o);
    Referrers r = {.g = g, .target = o, .limit = limit, .list = PyList_New(0)};
    for (size_t i = 0; i < count && r.list != NULL && !r.failed; i++) {
        r.holder = holders[i];
        graph_labels(g, holders[i], note_reference, &r);
    }
    free(holders);
    PyObject *result = NULL;
    if (r.list != NULL && !r.failed)
        result = Py_BuildValue("(niOn)", immortal ? references - IMMORTAL_REFCNT : references, immortal, r.list,
                               (Py_ssize_t)g->inside[node]);
    Py_XDECREF(r.list);
    return result;
}

/* Arguments come without a tuple, which would hold the object. */
static PyObject *see_referrers(PyObject *m, PyObject *const *args, Py_ssize_t n)
{
    PyObject *o = n == 2 ? args[0] : NULL;
    Py_ssize_t limit = n == 2 ? PyLong_AsSsize_t(args[1]) : -1;
    if (o == NULL)
        PyErr_SetString(PyExc_TypeError, "referrers() takes an object and a limit");
    if (PyErr_Occurred())
        return NULL;
    Graph g;
    look_enter();
    PyObject *result = graph_build(&g) < 0 ? PyErr_NoMemory() : referrers_in(&g, o, limit);
    graph_free(&g);
    look_leave();
    return result;
}

/* ---- all objects ---- */

static PyObject *see_unbalanced(PyObject *m, PyObject *limit_arg)
{
    Graph g;
    Py_ssize_t limit = PyLong_AsSsize_t(limit_arg), wrong = 0;
    if (limit == -1 && PyErr_Occurred())
        return NULL;
    look_enter();
    PyObject *list = graph_build(&g) < 0 ? PyErr_NoMemory() : PyList_New(0);
    for (uint32_t n = g.holders; list != NULL && n < g.count; n++) {
        PyObject *o = g.address[n];
        if (o == NULL || g.size[n] == 0 || object_is_immortal(o))
            continue;
        Py_ssize_t references = graph_refcount(&g, n);
        if (references == (Py_ssize_t)g.inside[n] || wrong++ >= limit)
            continue;
        PyObject *row = Py_BuildValue("(Onn)", o, references, (Py_ssize_t)g.inside[n]);
        if (row == NULL || PyList_Append(list, row) < 0)
            Py_CLEAR(list);
        Py_XDECREF(row);
    }
    PyObject *result = list != NULL ? Py_BuildValue("(Nnn)", list, wrong, (Py_ssize_t)g.objects) : NULL;
    graph_free(&g);
    look_leave();
    return result;
}

PyMethodDef see_balance_methods[] = {
    {"referrers", (PyCFunction)(void (*)(void))see_referrers, METH_FASTCALL,
     "referrers($module, object, limit, /)\n--\n\n(references, immortal, [(holder, kind, label, weak), ...], "
     "accounted): who holds the object,\n"
     "at most `limit` of them.  A holder that is no object is a str.  Counts are without the look's own references, "
     "and for\n"
     "an immortal object without what makes it so."},
    {"unbalanced", see_unbalanced, METH_O,
     "unbalanced($module, limit, /)\n--\n\n([(object, references, accounted), ...], count, objects): the objects of "
     "the heap whose count\n"
     "is not what the references to them add up to, at most `limit` of them; how many there are; and of how many."},
    {NULL}};
