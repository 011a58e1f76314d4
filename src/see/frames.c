/* Python frames as they stand, and what one object holds: plain data for pictures.
 *
 * Counts are read before anything here refers to the objects, so that they are the program's. */
#include "memory/gc.h"
#include "memory/memory.h"
#include "objects/code.h"
#include "see/edges.h"
#include "see/tables.h"
#include "vm/frame.h"
#include "vm/vm.h"

#define ADDRESS(p) ((unsigned long long)(uintptr_t)(p))

/* Whether an entry of a value stack still is an object: a live block, and not one that is being freed, whose weak
 * references' callbacks look: a new reference to it, released, would free it a second time. */
static int is_alive(PyObject *o)
{
    if (!arena_contains(o))
        return 0;
    uint8_t dead[POOL_SIZE / BLOCK_MIN] = {0};
    Pool *pool = pool_of(o);
    if (pool->capacity == 0 || pool->kind == KIND_RAW)
        return 0;
    pool_mark_free(pool, dead);
    unsigned index = pool_index(pool, o);
    return index < pool->capacity && pool_block(pool, index) == (void *)o && !dead[index] && Py_REFCNT(o) > 0;
}

static int append(PyObject *list, PyObject *item)
{
    int failed = item == NULL || PyList_Append(list, item) < 0;
    Py_XDECREF(item);
    return failed ? -1 : 0;
}

static const char *kind_of(int flags, int index, PyCodeObject *code)
{
    if (flags & CODE_FREE)
        return "free";
    if (flags & CODE_CELL)
        return "cell";
    return index < code->co_argcount + code->co_kwonlyargcount ? "argument" : "local";
}

/* [(name, kind, address or 0, reference count, object or None), ...] */
static PyObject *slot_list(Frame *f)
{
    PyCodeObject *code = f->code;
    PyObject *list = PyList_New(0);
    for (int i = 0; list != NULL && i < f->vm->nlocalsplus; i++) {
        PyObject *o = f->slots[i];
        Py_ssize_t count = o ? Py_REFCNT(o) : 0;
        int flags = (unsigned char)PyBytes_AS_STRING(code->co_localspluskinds)[i];
        if (append(list, Py_BuildValue("(OsKnO)", PyTuple_GET_ITEM(code->co_localsplusnames, i),
                                       kind_of(flags, i, code), ADDRESS(o), count, o ? o : Py_None)) < 0)
            Py_CLEAR(list);
    }
    return list;
}

/* [(address, object or None where it cannot be known to be one), ...] from the bottom */
static PyObject *stack_list(Frame *f)
{
    PyObject *list = PyList_New(0);
    for (PyObject **p = f->slots + f->vm->nlocalsplus; list != NULL && f->sp != NULL && p < f->sp; p++)
        if (append(list, Py_BuildValue("(KO)", ADDRESS(*p), *p && is_alive(*p) ? *p : Py_None)) < 0)
            Py_CLEAR(list);
    return list;
}

static PyObject *frame_facts(Frame *f)
{
    PyObject *slots = slot_list(f), *stack = slots ? stack_list(f) : NULL;
    if (stack == NULL) {
        Py_XDECREF(slots);
        return NULL;
    }
    PyObject *builtins = f->func ? f->func->func_builtins : NULL;
    return Py_BuildValue("{sK sO sO si si sn sN sN sK sK sK sK sK ss si}", "address", ADDRESS(f), "code", f->code,
                         "globals", f->globals ? f->globals : Py_None, "offset", frame_lasti(f) * 2, "line",
                         frame_line(f), "size", (Py_ssize_t)((size_t)(FRAME_WORDS + f->vm->size) * sizeof(PyObject *)),
                         "slots", slots, "stack", stack, "previous", ADDRESS(f->previous), "function", ADDRESS(f->func),
                         "builtins", ADDRESS(builtins), "locals", ADDRESS(f->locals), "object", ADDRESS(f->object),
                         "owner",
                         f->owner == FRAME_ON_STACK       ? "stack"
                         : f->owner == FRAME_IN_GENERATOR ? "generator"
                                                          : "object",
                         "entry", f->ret == RETURN_TO_C);
}

static PyObject *see_frames(PyObject *m, PyObject *ignored)
{
    PyObject *list = PyList_New(0);
    for (Frame *f = thread_current()->frame; list != NULL && f != NULL; f = f->previous)
        if (f->complete && append(list, frame_facts(f)) < 0)
            Py_CLEAR(list);
    return list;
}

typedef struct {
    PyObject *list;
    int failed;
} Outgoing;

static void add_edge(const SeeEdge *edge, void *arg)
{
    Outgoing *out = arg;
    char text[200];
    if (out->failed || edge->target == NULL)
        return;
    Py_ssize_t count = Py_REFCNT(edge->target);
    see_edge_text(edge, text, sizeof text);
    out->failed = append(out->list, Py_BuildValue("(sOni)", text, edge->target, count, edge->weak)) < 0;
}

static PyObject *see_outgoing(PyObject *m, PyObject *o)
{
    Outgoing out = {PyList_New(0), 0};
    if (out.list != NULL)
        see_edges(o, 1, add_edge, &out);
    if (out.failed)
        Py_CLEAR(out.list);
    return out.list;
}

PyMethodDef see_frames_methods[] = {{"frames", see_frames, METH_NOARGS,
                                     "frames($module, /)\n--\n\nThe running frames of this thread, innermost first, "
                                     "each a dict: address, size in bytes, code, globals, offset and\n"
                                     "line of the present instruction, slots [(name, kind, address, reference count, "
                                     "object)], stack [(address, object)], addresses of the\n"
                                     "previous frame, function, builtins, locals and frame object (or 0), owner, and "
                                     "whether C entered the loop for it."},
                                    {"outgoing", see_outgoing, METH_O,
                                     "outgoing($module, object, /)\n--\n\nWhat an object refers to: [(label, target, "
                                     "reference count of the target, 1 if not counted), ...]."},
                                    {NULL}};
