/* Ways from the roots to an object, and nodes and edges as Python objects. */
#include "see/answers.h"
#include "memory/state.h"
#include "objects/dict/dict.h"
#include "see/tables.h"

#include <stdlib.h>
#include <string.h>

PyObject *answer_node(const Graph *g, uint32_t node)
{
    if (!graph_is_holder(g, node))
        return Py_NewRef(g->address[node]);
    char text[500];
    graph_holder_text(g, node, text, sizeof text);
    return PyUnicode_FromString(text);
}

/* ---- ways ---- */

typedef struct {
    const Graph *g;
    Ways *ways;
    uint32_t around, *queue;
    size_t head, tail;
    int own; /* whether it is the turn of the package's own modules */
} Search;

static void begin_at(Search *s, uint32_t node)
{
    if (node == GRAPH_NONE || node == s->around || s->ways->from[node] != GRAPH_NONE)
        return;
    s->ways->from[node] = node;
    s->ways->rank[node] = (uint32_t)s->tail;
    s->queue[s->tail++] = node;
}

/* Calls `use` for the dict of every module in sys.modules; stops at a nonzero result. */
static int each_module(int (*use)(PyObject *name, PyObject *dict, void *arg), void *arg)
{
    PyObject *modules = interp_current()->modules, *name, *module;
    Py_ssize_t at = 0;
    while (modules != NULL && PyDict_CheckExact(modules) && PyDict_Next(modules, &at, &name, &module))
        if (PyModule_Check(module) && PyModule_GetDict(module) != NULL && use(name, PyModule_GetDict(module), arg))
            return 1;
    return 0;
}

/* The package itself comes last: it is not in the picture. */
static int is_own(PyObject *name)
{
    const char *text = PyUnicode_Check(name) && PyUnicode_IS_COMPACT_ASCII(name) ? (char *)PyUnicode_DATA(name) : "";
    return strcmp(text, "_see") == 0 || (strncmp(text, "limpid", 6) == 0 && (text[6] == 0 || text[6] == '.'));
}

static int begin_at_module(PyObject *name, PyObject *dict, void *arg)
{
    Search *s = arg;
    if (s->own || !is_own(name))
        begin_at(s, graph_find(s->g, dict));
    return 0;
}

static int begin_at_main(PyObject *name, PyObject *dict, void *arg)
{
    if (PyUnicode_Check(name) && PyUnicode_CompareWithASCIIString(name, "__main__") == 0)
        return begin_at_module(name, dict, arg), 1;
    return 0;
}

static void begin(Search *s)
{
    const Graph *g = s->g;
    each_module(begin_at_main, s);
    for (uint32_t n = 1; n < g->holders; n++)
        if (g->holder[n].kind == HOLDER_FRAME)
            begin_at(s, n);
    each_module(begin_at_module, s);
    for (uint32_t n = 1; n < g->holders; n++)
        if (g->holder[n].kind == HOLDER_LABEL)
            begin_at(s, n);
    s->own = 1;
    each_module(begin_at_module, s);
    begin_at(s, g->code);
}

int ways_find(const Graph *g, uint32_t around, Ways *ways)
{
    size_t n = (size_t)g->count + 1;
    *ways = (Ways){malloc(n * sizeof *ways->from), malloc(n * sizeof *ways->edge), malloc(n * sizeof *ways->rank)};
    Search s = {.g = g, .ways = ways, .around = around, .queue = malloc(n * sizeof *s.queue)};
    int err = -1;
    if (ways->from && ways->edge && ways->rank && s.queue) {
        memset(ways->from, 0xff, n * sizeof *ways->from);
        begin(&s);
        while (s.head < s.tail) {
            uint32_t node = s.queue[s.head++];
            for (size_t e = g->start[node]; e < g->start[node + 1]; e++) {
                uint32_t to = g->edges[e];
                if (to & GRAPH_WEAK || to == around || ways->from[to] != GRAPH_NONE)
                    continue;
                ways->from[to] = node;
                ways->edge[to] = e;
                ways->rank[to] = (uint32_t)s.tail;
                s.queue[s.tail++] = to;
            }
        }
        err = 0;
    }
    free(s.queue);
    return err;
}

void ways_free(Ways *ways)
{
    free(ways->from);
    free(ways->edge);
    free(ways->rank);
    *ways = (Ways){0};
}

/* ---- as Python objects ---- */

typedef struct {
    PyObject *dict, *text;
} ModuleOf;

static int name_module(PyObject *name, PyObject *dict, void *arg)
{
    ModuleOf *m = arg;
    if (dict != m->dict || !PyUnicode_Check(name))
        return 0;
    m->text = Py_NewRef(name);
    return 1;
}

/* The name of the module in sys.modules whose dict this is: new str, or NULL without exception. */
static PyObject *module_name_of(PyObject *dict)
{
    ModuleOf m = {dict, NULL};
    each_module(name_module, &m);
    return m.text;
}

PyObject *answer_beginning(const Graph *g, uint32_t node)
{
    if (graph_is_holder(g, node))
        return answer_node(g, node);
    PyObject *name = module_name_of(g->address[node]);
    PyObject *text = PyUnicode_FromFormat("module %V", name, "?");
    Py_XDECREF(name);
    return text;
}

/* (kind, label, object) at the front of the list; 0 or -1. */
static int put_step(const Graph *g, PyObject *steps, uint32_t holder, size_t e, uint32_t target)
{
    SeeEdge edge = graph_edge(g, holder, e);
    char label[300];
    see_edge_text(&edge, label, sizeof label);
    PyObject *object = answer_node(g, target),
             *step = object ? Py_BuildValue("(isN)", (int)edge.kind, label, object) : NULL;
    int err = step != NULL ? PyList_Append(steps, step) : -1;
    Py_XDECREF(step);
    return err;
}

PyObject *answer_way(const Graph *g, const Ways *ways, uint32_t node, size_t last, uint32_t target)
{
    PyObject *steps = PyList_New(0);
    int err = steps == NULL ? -1 : target != GRAPH_NONE ? put_step(g, steps, node, last, target) : 0;
    while (err == 0 && ways->from[node] != node) {
        err = put_step(g, steps, ways->from[node], ways->edge[node], node);
        node = ways->from[node];
    }
    if (err == 0)
        err = PyList_Reverse(steps);
    PyObject *text = err == 0 ? answer_beginning(g, node) : NULL;
    PyObject *way = text != NULL ? Py_BuildValue("(NO)", text, steps) : NULL;
    Py_XDECREF(steps);
    return way;
}

static PyObject *see_module_of_dict(PyObject *m, PyObject *dict)
{
    PyObject *name = module_name_of(dict);
    return name != NULL ? name : Py_NewRef(Py_None);
}

PyMethodDef see_answers_methods[] = {{"module_of_dict", see_module_of_dict, METH_O,
                                      "module_of_dict($module, object, /)\n--\n\nThe name of the module in sys.modules "
                                      "whose __dict__ the object is, or None."},
                                     {NULL}};
