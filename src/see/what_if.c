/* What would happen if a reference went: the objects that would die at once, and those that would be left to the
 * collector. Nothing is executed: the reference counts are counted down in the graph.  Functions of the module _see. */
#include "memory/memory.h"
#include "memory/state.h"
#include "see/answers.h"
#include "see/graph.h"
#include "see/keeping.h"
#include "memory/look.h"
#include "see/tables.h"
#include "vm/vm.h"

#include <stdlib.h>
#include <string.h>

/* ---- finding the reference ---- */

typedef struct {
    PyObject *key;
    size_t at, edges[2]; /* a dict's entry is two references */
    Py_ssize_t entry;
    int found;
    const char *wanted; /* name of a field, when key is NULL */
    PyObject *target;
} Match;

/* Equality of exact str and int only: no program's code runs. */
static int same_key(PyObject *a, PyObject *b)
{
    if (a == b)
        return 1;
    if (PyUnicode_CheckExact(a) && PyUnicode_CheckExact(b))
        return PyUnicode_Compare(a, b) == 0;
    return PyLong_CheckExact(a) && PyLong_CheckExact(b) && PyObject_RichCompareBool(a, b, Py_EQ) == 1;
}

static int same_text(PyObject *key, const char *text)
{
    return PyUnicode_CheckExact(key) && PyUnicode_CompareWithASCIIString(key, text) == 0;
}

static int edge_matches(const Match *m, const SeeEdge *e)
{
    switch (e->kind) {
    case SEE_ATTRIBUTE:
    case SEE_LOCAL:
        return e->text != NULL ? same_text(m->key, e->text) : e->name != NULL && same_key(m->key, e->name);
    case SEE_FIELD:
        return e->index < 0 && same_text(m->key, e->text);
    case SEE_VALUE:
        return same_key(m->key, e->name);
    case SEE_ITEM:
        return PyLong_CheckExact(m->key) && PyLong_AsSsize_t(m->key) == e->index;
    case SEE_MEMBER:
        return same_key(m->key, e->target);
    default:
        return 0;
    }
}

static void try_match(const SeeEdge *e, void *arg)
{
    Match *m = arg;
    if (!m->found && !e->weak && edge_matches(m, e)) {
        m->found = 1;
        m->edges[0] = m->at;
        if (e->kind == SEE_VALUE) {
            m->edges[1] = m->at - 1; /* of_dict: the key comes before its value */
            m->found = 2;
        }
    }
    m->at++;
}

static void find_field(const SeeEdge *e, void *arg)
{
    Match *m = arg;
    if (e->kind == SEE_FIELD && strcmp(e->text, m->wanted) == 0)
        m->target = e->target;
}

/* The edges of `holder` that the key names, cut; how many, 0 for none. */
static int cut_reference(Graph *g, uint32_t holder, PyObject *key)
{
    Match m = {.key = key};
    graph_labels(g, holder, try_match, &m);
    for (int i = 0; i < m.found; i++)
        graph_cut(g, g->start[holder] + m.edges[i]);
    if (m.found)
        return m.found;
    Match dict = {.wanted = "__dict__"};
    graph_labels(g, holder, find_field, &dict);
    if (dict.target == NULL || !PyDict_CheckExact(dict.target) || graph_find(g, dict.target) == holder)
        return 0;
    return cut_reference(g, graph_find(g, dict.target), key);
}

/* The node of an object, or of the running frame that a frame object shows. */
static uint32_t holder_of(const Graph *g, PyObject *o)
{
    if (PyFrame_Check(o))
        for (uint32_t n = 1; n < g->holders; n++)
            if (g->holder[n].frame != NULL && (PyObject *)g->holder[n].frame->object == o)
                return n;
    return graph_find(g, o);
}

/* ---- counting down ---- */

typedef struct {
    Graph *g;
    Py_ssize_t *count;
    uint8_t *dead;
    uint32_t *stack;
    size_t depth;
} Fall;

static void let_go(Fall *f, uint32_t node)
{
    if (graph_is_holder(f->g, node) || object_is_immortal(f->g->address[node]) || f->dead[node])
        return;
    if (--f->count[node] == 0) {
        f->dead[node] = 1;
        f->stack[f->depth++] = node;
    }
}

static void fall(Fall *f)
{
    while (f->depth > 0) {
        uint32_t n = f->stack[--f->depth];
        for (size_t e = f->g->start[n]; e < f->g->start[n + 1]; e++)
            if (!(f->g->edges[e] & GRAPH_WEAK))
                let_go(f, f->g->edges[e]);
    }
}

/* ---- the answer ---- */

typedef struct {
    PyTypeObject *type;
    size_t objects, bytes;
} TypeSum;

typedef struct {
    TypeSum *rows;
    size_t used, room;
} TypeSums;

static int sum_type(TypeSums *s, PyTypeObject *type, size_t bytes)
{
    for (size_t i = 0; i < s->used; i++)
        if (s->rows[i].type == type) {
            s->rows[i].objects++;
            s->rows[i].bytes += bytes;
            return 0;
        }
    if (s->used == s->room) {
        TypeSum *rows = realloc(s->rows, (s->room = s->room ? 2 * s->room : 64) * sizeof *rows);
        if (rows == NULL)
            return -1;
        s->rows = rows;
    }
    s->rows[s->used++] = (TypeSum){type, 1, bytes};
    return 0;
}

static int by_bytes(const void *a, const void *b)
{
    const TypeSum *x = a, *y = b;
    return (x->bytes < y->bytes) - (x->bytes > y->bytes);
}

static PyObject *type_sums(TypeSums *s)
{
    if (s->rows != NULL)
        qsort(s->rows, s->used, sizeof *s->rows, by_bytes);
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < s->used; i++) {
        PyObject *row =
            Py_BuildValue("(Onn)", s->rows[i].type, (Py_ssize_t)s->rows[i].objects, (Py_ssize_t)s->rows[i].bytes);
        if (row == NULL || PyList_Append(list, row) < 0)
            Py_CLEAR(list);
        Py_XDECREF(row);
    }
    return list;
}

static int has_weak_callback(PyObject *o)
{
    if (!PyType_SUPPORTS_WEAKREFS(Py_TYPE(o)))
        return 0;
    PyWeakReference *r = *(PyWeakReference **)PyObject_GET_WEAKREFS_LISTPTR(o);
    for (; r != NULL; r = r->wr_next)
        if (r->wr_callback != NULL)
            return 1;
    return 0;
}

static PyObject *put_address(PyObject *list, const void *address)
{
    PyObject *number = PyLong_FromVoidPtr((void *)address);
    if (number == NULL || PyList_Append(list, number) < 0)
        Py_CLEAR(list);
    Py_XDECREF(number);
    return list;
}

/* (objects, bytes, [(type, objects, bytes), ...], finalizers, callbacks, left, left bytes, [address, ...]) */
static PyObject *what_falls(Fall *f, const uint8_t *before, const uint8_t *after, Py_ssize_t limit)
{
    Graph *g = f->g;
    TypeSums sums = {0};
    Py_ssize_t objects = 0, bytes = 0, finalizers = 0, callbacks = 0, left = 0, left_bytes = 0;
    PyObject *addresses = PyList_New(0);
    for (uint32_t n = g->holders; n < g->count && addresses != NULL; n++) {
        PyObject *o = g->address[n];
        if (f->dead[n]) {
            objects++;
            bytes += (Py_ssize_t)g->size[n];
            finalizers += Py_TYPE(o)->tp_finalize != NULL && Py_TYPE(o)->tp_flags & Py_TPFLAGS_HEAPTYPE;
            callbacks += has_weak_callback(o);
            if (sum_type(&sums, Py_TYPE(o), g->size[n]) < 0)
                Py_CLEAR(addresses);
            else if (PyList_GET_SIZE(addresses) < limit)
                addresses = put_address(addresses, o);
        } else if (before[n] && !after[n] && o != NULL && !object_is_immortal(o)) {
            left++;
            left_bytes += (Py_ssize_t)g->size[n];
        }
    }
    PyObject *types = addresses != NULL ? type_sums(&sums) : NULL;
    free(sums.rows);
    if (types == NULL) {
        Py_XDECREF(addresses);
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    }
    return Py_BuildValue("(nnNnnnnN)", objects, bytes, types, finalizers, callbacks, left, left_bytes, addresses);
}

static PyObject *cut_and_fall(Graph *g, PyObject *holder, PyObject *key, Py_ssize_t limit)
{
    uint32_t node = holder_of(g, holder);
    if (node == GRAPH_NONE)
        return PyErr_Format(PyExc_ValueError, "the holder at %p is not part of the heap that is looked at",
                            (void *)holder);
    size_t n = (size_t)g->count + 1;
    Fall f = {g, calloc(n, sizeof *f.count), calloc(n, 1), malloc(n * sizeof *f.stack), 0};
    uint8_t *before = graph_reach(g), *after = NULL;
    uint32_t *inside = malloc(n * sizeof *inside);
    PyObject *result = NULL;
    if (f.count == NULL || f.dead == NULL || f.stack == NULL || before == NULL || inside == NULL) {
        PyErr_NoMemory();
    } else {
        memcpy(inside, g->inside, g->count * sizeof *inside);
        int found = cut_reference(g, node, key);
        after = found ? graph_reach(g) : NULL;
        for (uint32_t i = g->holders; i < g->count && after != NULL; i++)
            if (g->address[i] != NULL)
                f.count[i] = graph_refcount(g, i);
        if (!found)
            PyErr_SetString(PyExc_LookupError, "the holder has no such reference");
        else if (after == NULL)
            PyErr_NoMemory();
        for (uint32_t i = g->holders; i < g->count && after != NULL; i++)
            for (uint32_t k = g->inside[i]; k < inside[i]; k++) {
                let_go(&f, i);
                fall(&f);
            }
        if (after != NULL)
            result = what_falls(&f, before, after, limit);
    }
    free(f.count);
    free(f.dead);
    free(f.stack);
    free(before);
    free(after);
    free(inside);
    return result;
}

/* Arguments come without a tuple, which would hold the object. */
static PyObject *see_what_if(PyObject *m, PyObject *const *args, Py_ssize_t n)
{
    Py_ssize_t limit = n == 3 ? PyLong_AsSsize_t(args[2]) : -1;
    if (n != 3)
        PyErr_SetString(PyExc_TypeError, "what_if() takes a holder, a key and a limit");
    if (PyErr_Occurred())
        return NULL;
    Graph g;
    look_enter();
    PyObject *result =
        graph_build(&g) < 0 || graph_add_buffers(&g) < 0 ? PyErr_NoMemory() : cut_and_fall(&g, args[0], args[1], limit);
    graph_free(&g);
    look_leave();
    return result;
}

/* ---- what else holds an object than the function that asks ---- */

typedef struct {
    PyObject *target;
    size_t at, used;
    size_t edges[64];
} Own;

static void note_own(const SeeEdge *e, void *arg)
{
    Own *own = arg;
    if (e->target == own->target && !e->weak && own->used < 64)
        own->edges[own->used++] = own->at;
    own->at++;
}

/* Takes out the references of one holder to the object. */
static void cut_own(Graph *g, uint32_t holder, PyObject *o)
{
    Own own = {.target = o};
    graph_labels(g, holder, note_own, &own);
    for (size_t i = 0; i < own.used; i++)
        graph_cut(g, g->start[holder] + own.edges[i]);
}

/* The running frame below those of the look. */
static uint32_t asking_frame(const Graph *g)
{
    Frame *f = ((ThreadState *)tstate_current())->frame;
    for (uint32_t n = 1; n < g->holders; n++)
        if (g->holder[n].frame == f && f != NULL) {
            if (g->holder[n].kind == HOLDER_FRAME)
                return n;
            f = f->previous; /* frames stand in the order of the stack */
        }
    return GRAPH_NONE;
}

/* None: nothing; a way to it (answers.h); or (None, cycles) when only the collector can free it. */
static PyObject *held_by_others(Graph *g, PyObject *o)
{
    uint32_t node = graph_find(g, o), asking = asking_frame(g);
    if (node == GRAPH_NONE || object_is_immortal(o))
        return PyErr_Format(PyExc_ValueError, "the object at %p lives for ever", (void *)o);
    if (asking != GRAPH_NONE) {
        cut_own(g, asking, o);
        PyObject *globals = g->holder[asking].frame->globals;
        if (globals == g->holder[asking].frame->locals && graph_find(g, globals) != GRAPH_NONE)
            cut_own(g, graph_find(g, globals), o); /* at module level the names are the variables */
    }
    uint8_t *reached = graph_reach(g);
    if (reached == NULL)
        return PyErr_NoMemory();
    PyObject *result = NULL;
    if (!reached[node]) {
        if (g->inside[node] == 0)
            result = Py_NewRef(Py_None);
        else {
            PyObject *cycles = keeping_cycles(g, 1000);
            result = cycles != NULL ? Py_BuildValue("(ON)", Py_None, cycles) : NULL;
        }
    } else {
        PyObject *ways = keeping_ways(g, node, 1);
        if (ways != NULL && PyList_GET_SIZE(ways) > 0)
            result = Py_NewRef(PyList_GET_ITEM(ways, 0));
        else if (ways != NULL)
            result = Py_NewRef(Py_None);
        Py_XDECREF(ways);
    }
    free(reached);
    return result;
}

static PyObject *see_held(PyObject *m, PyObject *o)
{
    Graph g;
    look_enter();
    PyObject *result = graph_build(&g) < 0 ? PyErr_NoMemory() : held_by_others(&g, o);
    graph_free(&g);
    look_leave();
    return result;
}

/* ---- how the asking function goes on ---- */

static PyObject *see_begins_block(PyObject *m, PyObject *ignored)
{
    Frame *f = ((ThreadState *)tstate_current())->frame;
    while (f != NULL && graph_frame_is_look(f))
        f = f->previous;
    if (f == NULL)
        Py_RETURN_FALSE;
    _Py_CODEUNIT *units = _PyCode_CODE(f->code);
    return PyBool_FromLong(_Py_OPCODE(units[code_unit_after(units, frame_lasti(f))]) == OPC_BEFORE_WITH);
}

PyMethodDef see_what_if_methods[] = {
    {"what_if", (PyCFunction)(void (*)(void))see_what_if, METH_FASTCALL,
     "what_if($module, holder, key, limit, /)\n--\n\n(objects, bytes, [(type, objects, bytes), ...], finalizers, "
     "callbacks, left objects, left bytes, addresses):\n"
     "what would die at once if the holder's reference went, and what would be left to the collector; at most `limit`\n"
     "addresses of the dying."},
    {"held", see_held, METH_O,
     "held($module, object, /)\n--\n\nNone if only the function that asks holds the object; a way to it as in paths(); "
     "or (None, cycles) when only\n"
     "the collector could free it."},
    {"begins_block", see_begins_block, METH_NOARGS,
     "begins_block($module, /)\n--\n\nWhether the program goes on by making the value of its call the manager of a "
     "with block."},
    {NULL}};
