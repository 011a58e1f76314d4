/* Both stacks of every thread: the Python frames and the C frames beneath.
 *
 *     C stack (grows down)              frames, in chunks of the thread's data stack
 *     ... ─ vm_run ──────────────────▶  f, its callers ... down to the frame that vm_run was entered for
 *           its callers in C
 *           vm_run ──────────────────▶  the next ones
 *           main
 *
 * The thread that looks is unwound from here; the others wait for the interpreter lock or have given it up, and are
 * unwound from where they did (CContext), below which the system knows the innermost place. */
#include "memory/memory.h"
#include "objects/code.h"
#include "see/graph.h"
#include "see/process.h"
#include "see/tables.h"
#include "see/unwind.h"
#include "vm/frame.h"

#include <dlfcn.h>
#include <string.h>

/* Appends what is stolen; -1 with an exception. */
static int append(PyObject *list, PyObject *item)
{
    int result = item ? PyList_Append(list, item) : -1;
    Py_XDECREF(item);
    return result;
}

/* ---- values ----------------------------------------------------------------------------------------------------- */

/* Whether there is an object at the address: a waiting frame may have stale values on its stack. */
static int is_object(const void *p)
{
    if (p == NULL || (uintptr_t)p & 7)
        return 0;
    if (arena_contains(p)) {
        Pool *pool = pool_of(p);
        uint8_t dead[POOL_SIZE / BLOCK_MIN] = {0};
        for (Arena *a = heap.arenas; a != NULL; a = a->all_next)
            if ((char *)p >= a->base && (char *)p < a->base + ARENA_SIZE &&
                a->free_pools >> (((char *)pool - a->base) >> POOL_BITS) & 1)
                return 0;
        if (pool->kind == KIND_RAW || (char *)p < (char *)pool_block(pool, pool->capacity - 1u))
            return 0;
        pool_mark_free(pool, dead);
        unsigned i = pool_index(pool, p);
        return i < pool->capacity && pool_block(pool, i) == p && !dead[i];
    }
    for (int list = LARGE_OBJECT; list < LARGE_LISTS; list++)
        for (Large *l = heap.large[list].next; l != &heap.large[list]; l = l->next)
            if (large_block(l) == p)
                return 1;
    Dl_info info;
    return dladdr(p, &info) != 0;
}

/* (name, kind, address, object or None if there is none) */
static PyObject *local_row(PyCodeObject *code, int i, PyObject *value)
{
    int bits = PyBytes_AS_STRING(code->co_localspluskinds)[i];
    int arguments = code->co_argcount + code->co_kwonlyargcount + !!(code->co_flags & CO_VARARGS) +
                    !!(code->co_flags & CO_VARKEYWORDS);
    const char *kind = bits & CODE_FREE ? "free" : bits & CODE_CELL ? "cell" : i < arguments ? "argument" : "local";
    return Py_BuildValue("(OsKO)", PyTuple_GET_ITEM(code->co_localsplusnames, i), kind,
                         (unsigned long long)(uintptr_t)value, value ? value : Py_None);
}

static PyObject *local_rows(const Frame *f)
{
    PyObject *rows = PyList_New(0);
    for (int i = 0; rows && i < f->vm->nlocalsplus; i++)
        if (append(rows, local_row(f->code, i, f->slots[i])) < 0)
            Py_CLEAR(rows);
    return rows;
}

/* [(address, is an object, object or None), …], the bottom first. */
static PyObject *stack_rows(const Frame *f)
{
    PyObject *rows = PyList_New(0);
    PyObject *const *bottom = f->slots + f->vm->nlocalsplus, *const *end = f->slots + f->vm->size;
    for (PyObject *const *p = bottom; rows && f->sp <= end && p < f->sp; p++) {
        int known = is_object(*p) && Py_REFCNT(*p) > 0; /* not one that is being freed */
        if (append(rows, Py_BuildValue("(KiO)", (unsigned long long)(uintptr_t)*p, known, known ? *p : Py_None)) < 0)
            Py_CLEAR(rows);
    }
    return rows;
}

/* ---- Python frames ---------------------------------------------------------------------------------------------- */

/* (address, bytes, entered from C, owner, name, file, line, offset, address of the frame object, is the look's, locals,
 * stack) */
static PyObject *frame_row(Frame *f)
{
    static const char *const owners[] = {"data stack", "generator", "frame object"};
    PyObject *locals = local_rows(f), *stack = locals ? stack_rows(f) : NULL;
    if (stack == NULL) {
        Py_XDECREF(locals);
        return NULL;
    }
    int offset = frame_lasti(f) * (int)sizeof(_Py_CODEUNIT);
    return Py_BuildValue("(KnisOOiiKiNN)", (unsigned long long)(uintptr_t)f,
                         (Py_ssize_t)((size_t)(FRAME_WORDS + f->vm->size) * sizeof(PyObject *)), f->ret == RETURN_TO_C,
                         owners[f->owner], f->code->co_qualname, f->code->co_filename,
                         PyCode_Addr2Line(f->code, offset), offset, (unsigned long long)(uintptr_t)f->object,
                         graph_frame_is_look(f), locals, stack);
}

static int add_frames(PyObject *rows, const PyThreadState *t)
{
    for (Frame *f = frame_visible(((ThreadState *)t)->frame); f; f = frame_visible(f->previous))
        if (append(rows, frame_row(f)) < 0)
            return -1;
    return 0;
}

/* Those of the interpreter that runs, and below them those of the others that the thread has entered before. */
static PyObject *frame_rows(const PyThreadState *t)
{
    PyObject *rows = PyList_New(0);
    if (t && rows && add_frames(rows, t) < 0)
        Py_CLEAR(rows);
    for (PyInterpreterState *i = _PyRuntime.interpreters; t && rows && i; i = i->next)
        for (PyThreadState *other = i->threads; rows && other; other = other->next)
            if (other != t && other->native_thread_id == t->native_thread_id && add_frames(rows, other) < 0)
                Py_CLEAR(rows);
    return rows;
}

/* ---- C frames --------------------------------------------------------------------------------------------------- */

/* (pc, sp, bytes, function or "", file) */
static PyObject *c_row(uintptr_t pc, uintptr_t sp, size_t bytes, int after_call)
{
    char name[256];
    const char *file;
    symbol_name(pc - (uintptr_t)after_call, name, sizeof name, &file);
    return Py_BuildValue("(KKnss)", (unsigned long long)pc, (unsigned long long)sp, (Py_ssize_t)bytes, name,
                         file ? file : "");
}

static int add_c_frame(const CFrame *frame, void *list)
{
    return append(list, c_row(frame->pc, frame->sp, frame->cfa > frame->sp ? frame->cfa - frame->sp : 0, 1)) < 0;
}

/* The frames of a thread.  Another one cannot leave the place that it noted before it gets the interpreter lock, and
 * what it runs meanwhile is deeper. */
static PyObject *c_rows(const ProcessThread *t, const CContext *own)
{
    PyObject *rows = PyList_New(0);
    const CContext *from = t->state == tstate_current() ? own : t->state ? &((ThreadState *)t->state)->c_context : NULL;
    if (rows == NULL)
        return NULL;
    int here = from && from->pc && from->sp >= t->low && from->sp < t->high &&
               (from == own || t->native.running || t->native.stack_pointer <= from->sp);
    if (from != own && !t->native.running && t->native.stack_pointer &&
        append(rows, c_row(t->native.pc, t->native.stack_pointer, here ? from->sp - t->native.stack_pointer : 0, 0)) <
            0)
        Py_CLEAR(rows);
    if (here && rows)
        unwind_frames(from, t->low, t->high, NULL, add_c_frame, rows);
    if (PyErr_Occurred())
        Py_CLEAR(rows);
    return rows;
}

/* ---- threads ---------------------------------------------------------------------------------------------------- */

static PyObject *chunk_rows(const PyThreadState *t)
{
    PyObject *rows = PyList_New(0);
    for (_PyStackChunk *c = t ? t->datastack_chunk : NULL; rows && c; c = c->previous) {
        char *top = c == t->datastack_chunk ? (char *)t->datastack_top : (char *)&c->data[c->top];
        if (append(rows, Py_BuildValue("(Knn)", (unsigned long long)(uintptr_t)c, (Py_ssize_t)c->size,
                                       (Py_ssize_t)(top - (char *)c))) < 0)
            Py_CLEAR(rows);
    }
    return rows;
}

static PyObject *thread_row(const ProcessThread *t, const CContext *own)
{
    PyObject *frames = frame_rows(t->state), *chunks = frames ? chunk_rows(t->state) : NULL;
    PyObject *c = chunks ? c_rows(t, own) : NULL;
    if (c == NULL) {
        Py_XDECREF(frames);
        Py_XDECREF(chunks);
        return NULL;
    }
    return Py_BuildValue("(ikNKKKniNNN)", t->native.id, t->ident, PyUnicode_DecodeFSDefault(t->native.name),
                         (unsigned long long)t->low, (unsigned long long)t->high,
                         (unsigned long long)t->native.stack_pointer, (Py_ssize_t)t->limit,
                         t->state == tstate_current(), chunks, frames, c);
}

static PyObject *see_stack(PyObject *m, PyObject *ignored)
{
    CContext own = {0};
    Process p;
    c_context_save(&own);
    if (process_look(&p) < 0)
        return PyErr_NoMemory();
    PyObject *rows = PyList_New(0);
    for (size_t i = 0; rows && i < PROCESS_THREAD_COUNT(&p); i++)
        if (append(rows, thread_row(&PROCESS_THREADS(&p)[i], &own)) < 0)
            Py_CLEAR(rows);
    symbol_forget();
    process_forget(&p);
    return rows;
}

PyMethodDef see_stack_methods[] = {{"stack", see_stack, METH_NOARGS,
                                    "stack($module, /)\n--\n\nThe threads with their chunks, Python frames and C "
                                    "frames, innermost first; limpid.stack() names "
                                    "the parts."},
                                   {NULL}};
