/* Storage and life of frames: chunks of the data stack, clearing, moving into frame objects. */
#include "vm/frame.h"
#include "memory/torture.h"
#include "vm/vm.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#define CHUNK_BYTES (16 * 1024)

/* A new chunk on top of the thread's data stack; -1 with MemoryError set. */
static int chunk_push(ThreadState *t, size_t words)
{
    size_t bytes = CHUNK_BYTES;
    size_t need = sizeof(_PyStackChunk) + (words + 8) * sizeof(PyObject *);
    if (TORTURED(move))
        bytes = need;   /* every frame has storage of its own, given back with it */
    while (bytes < need)
        bytes *= 2;
    _PyStackChunk *chunk = PyMem_RawMalloc(bytes);
    if (!chunk) {
        PyErr_NoMemory();
        return -1;
    }
    _PyStackChunk *old = t->base.datastack_chunk;
    if (old)
        old->top = (size_t)(t->base.datastack_top - &old->data[0]);
    chunk->previous = old;
    chunk->size = bytes;
    chunk->top = 0;
    t->base.datastack_chunk = chunk;
    t->base.datastack_top = &chunk->data[0];
    t->base.datastack_limit = (PyObject **)((char *)chunk + bytes);
    return 0;
}

Frame *frame_alloc_slow(ThreadState *t, int words)
{
    if (chunk_push(t, (size_t)words) < 0)
        return NULL;
    Frame *f = (Frame *)t->base.datastack_top;
    t->base.datastack_top += words;
    return f;
}

void frame_free_chunk(ThreadState *t, Frame *f)
{
    _PyStackChunk *chunk = t->base.datastack_chunk;
    assert((PyObject **)f == &chunk->data[0]);
    _PyStackChunk *old = chunk->previous;
    PyMem_RawFree(chunk);
    t->base.datastack_chunk = old;
    t->base.datastack_top = &old->data[0] + old->top;
    t->base.datastack_limit = (PyObject **)((char *)old + old->size);
}

Frame *frame_new(ThreadState *t, PyFunctionObject *func, PyCodeObject *code, VmCode *vm, PyObject *locals)
{
    Frame *f = frame_alloc(t, vm->size);
    if (!f) {
        Py_DECREF(func);
        return NULL;
    }
    f->previous = t->frame;
    f->ip = vm->insts;
    f->vm = vm;
    f->globals = func->func_globals;
    f->func = func;
    Py_INCREF(code);
    f->code = code;
    f->locals = Py_XNewRef(locals);
    f->object = NULL;
    f->owner = FRAME_ON_STACK;
    f->ret = RETURN_TO_C;
    f->trace_entered = 0;
    f->complete = 0;
    f->last_unit = -1;
    f->sp = f->slots + vm->nlocalsplus;
    memset(f->slots, 0, (size_t)vm->nlocalsplus * sizeof(PyObject *));
    return f;
}

void frame_copy(Frame *to, Frame *from)
{
    ptrdiff_t depth = from->sp - from->slots;
    memcpy(to, from, sizeof(Frame) + (size_t)depth * sizeof(PyObject *));
    to->sp = to->slots + depth;
}

/* The call has ended but its frame object is held: the frame moves into it.  A call keeps its caller's frame; a generator has been
 * resumed from many. */
static void frame_move_to_object(ThreadState *t, Frame *f)
{
    PyFrameObject *o = f->object;
    Frame *caller = f->owner == FRAME_IN_GENERATOR ? NULL : frame_visible(f->previous);
    frame_copy((Frame *)o->f_data, f);
    Frame *own = (Frame *)o->f_data;
    own->owner = FRAME_IN_OBJECT;
    own->previous = NULL;
    own->object = NULL;
    o->f_frame = own;
    if (caller && !o->f_back) {
        PyObject *type, *value, *tb;
        PyErr_Fetch(&type, &value, &tb);
        PyFrameObject *back = frame_object(caller);
        if (back)
            o->f_back = (PyFrameObject *)Py_NewRef(back);
        else
            PyErr_Clear();
        PyErr_Restore(type, value, tb);
    }
    f->object = NULL;
    Py_DECREF(o);
}

void frame_clear(ThreadState *t, Frame *f)
{
    PyFrameObject *o = f->object;
    if (o) {
        if (Py_REFCNT(o) > 1) {
            frame_move_to_object(t, f);
            return;
        }
        f->object = NULL;
        o->f_frame = NULL;
        Py_DECREF(o);
    }
    PyObject **end = f->sp;
    for (PyObject **p = f->slots; p < end; p++) {
        PyObject *v = *p;
        *p = NULL;
        Py_XDECREF(v);
    }
    Py_CLEAR(f->locals);
    Py_DECREF(f->code);
    Py_DECREF(f->func);
}

int frame_traverse(Frame *f, visitproc visit, void *arg)
{
    Py_VISIT(f->object);
    Py_VISIT(f->locals);
    Py_VISIT(f->func);
    Py_VISIT(f->code);
    for (PyObject **p = f->slots; p < f->sp; p++)
        Py_VISIT(*p);
    return 0;
}

/* Lines are looked up once an instruction: the same places raise again and again. */
int frame_line(Frame *f)
{
    VmCode *vm = f->vm;
    ptrdiff_t at = f->ip - vm->insts;
    if (!vm->lines)
        vm->lines = PyMem_Calloc((size_t)vm->count + 1, sizeof *vm->lines);
    if (vm->lines && vm->lines[at])
        return vm->lines[at];
    int line = PyCode_Addr2Line(f->code, frame_lasti(f) * (int)sizeof(_Py_CODEUNIT));
    if (vm->lines)
        vm->lines[at] = line;
    return line;
}
