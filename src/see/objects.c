/* One object: where it lies, its fields and buffers, and why two names may share it. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "memory/gc.h"
#include "memory/look.h"
#include "memory/memory.h"
#include "objects/code.h"
#include "see/blocks.h"
#include "see/buffers.h"
#include "see/fields.h"
#include "see/tables.h"

#include <dlfcn.h>

/* ---- where ---- */

static int set(PyObject *d, const char *key, PyObject *value)
{
    int failed = value == NULL ? -1 : PyDict_SetItemString(d, key, value);
    Py_XDECREF(value);
    return failed;
}

static int set_number(PyObject *d, const char *key, Py_ssize_t n) { return set(d, key, PyLong_FromSsize_t(n)); }
static int set_address(PyObject *d, const char *key, const void *p)
{
    return set(d, key, PyLong_FromUnsignedLongLong((unsigned long long)(uintptr_t)p));
}

static int place_in_arena(PyObject *d, PyObject *o)
{
    Pool *pool = pool_of(o);
    return set(d, "segment", PyUnicode_FromString("arena")) < 0 ||
                   set_address(d, "arena", (void *)((uintptr_t)o & ~(ARENA_SIZE - 1))) < 0 ||
                   set_address(d, "pool", pool) < 0 || set_number(d, "block", (Py_ssize_t)pool_index(pool, o)) < 0 ||
                   set_number(d, "given", pool->size) < 0 || set_number(d, "pool_used", pool_used(pool)) < 0 ||
                   set_number(d, "pool_capacity", pool->capacity) < 0
               ? -1
               : 0;
}

static int place_outside(PyObject *d, PyObject *o)
{
    Dl_info info;
    const char *file = dladdr(o, &info) && info.dli_fname != NULL ? info.dli_fname : NULL;
    return set(d, "segment", PyUnicode_FromString(file != NULL ? "static data" : "outside")) < 0 ||
                   (file != NULL && set(d, "file", PyUnicode_DecodeFSDefault(file)) < 0)
               ? -1
               : 0;
}

static PyObject *see_where(PyObject *m, PyObject *o)
{
    static const char *const kinds[KIND_COUNT] = {"raw", "object", "container"};
    PyObject *d = PyDict_New();
    int large = d != NULL && !arena_contains(o) && large_contains(o), in_heap = large || arena_contains(o);
    if (d == NULL || set_address(d, "address", o) < 0 || set(d, "type", see_type_name(Py_TYPE(o))) < 0 ||
        set_number(d, "asked", see_asked(o)) < 0 || set_number(d, "refcount", Py_REFCNT(o) - 1) < 0 ||
        set(d, "immortal", PyBool_FromLong(object_is_immortal(o))) < 0)
        goto error;
    if (arena_contains(o) ? place_in_arena(d, o) < 0 : !large && place_outside(d, o) < 0)
        goto error;
    if (large && (set(d, "segment", PyUnicode_FromString("large block")) < 0 ||
                  set_number(d, "given", (Py_ssize_t)large_of(o)->size) < 0))
        goto error;
    if (in_heap && (set(d, "kind", PyUnicode_FromString(kinds[block_kind(o)])) < 0 ||
                    set(d, "observer", PyBool_FromLong(look_side_of(o) == SIDE_OBSERVER)) < 0))
        goto error;
    uint8_t *state = in_heap && block_kind(o) == KIND_CONTAINER ? gc_state_of(o) : NULL;
    if (set(d, "tracked", PyBool_FromLong(state != NULL && *state & GC_TRACKED)) < 0 ||
        (state != NULL && *state & GC_TRACKED &&
         set_number(d, "generation", (*state & GC_GENERATION_MASK) >> GC_GENERATION_SHIFT) < 0))
        goto error;
    return d;
error:
    Py_XDECREF(d);
    return NULL;
}

static PyObject *see_place(PyObject *m, PyObject *o)
{
    static const char *const kinds[KIND_COUNT] = {"raw", "object", "container"};
    if (!arena_contains(o))
        Py_RETURN_NONE;
    Pool *pool = pool_of(o);
    int generation = -1;
    if (pool->kind == KIND_CONTAINER && *pool_state(o) & GC_TRACKED)
        generation = (*pool_state(o) & GC_GENERATION_MASK) >> GC_GENERATION_SHIFT;
    return Py_BuildValue("{sKsKsisisssisisi}", "arena", (unsigned long long)((uintptr_t)o & ~(ARENA_SIZE - 1)), "pool",
                         (unsigned long long)(uintptr_t)pool, "block", (int)pool_index(pool, o), "size",
                         (int)pool->size, "kind", kinds[pool->kind], "used", (int)pool_used(pool), "capacity",
                         (int)pool->capacity, "generation", generation);
}

/* ---- fields and buffers ---- */

static const char *const field_kinds[FIELD_KINDS] = {
    [FIELD_OBJECT] = "object",     [FIELD_BORROWED] = "borrowed", [FIELD_NUMBER] = "number",
    [FIELD_UNSIGNED] = "unsigned", [FIELD_REAL] = "real",         [FIELD_HASH] = "hash",
    [FIELD_FLAGS] = "flags",       [FIELD_POINTER] = "pointer",   [FIELD_BUFFER] = "buffer",
    [FIELD_TEXT] = "text",         [FIELD_FUNCTION] = "function", [FIELD_COUNT] = "count",
    [FIELD_TYPE] = "type",         [FIELD_DATA] = "data",
};

typedef struct lister {
    PyObject *list; /* NULL after a failure */
} Lister;

static void list_add(Lister *l, PyObject *item)
{
    if (l->list != NULL && (item == NULL || PyList_Append(l->list, item) < 0))
        Py_CLEAR(l->list);
    Py_XDECREF(item);
}

static void list_field(const SeeField *f, void *arg)
{
    if (((Lister *)arg)->list != NULL)
        list_add(arg,
                 Py_BuildValue("(nnssss)", f->offset, f->size, f->name, f->ctype, field_kinds[f->kind], f->meaning));
}

static PyObject *see_fields_of(PyObject *m, PyObject *o)
{
    Lister l = {PyList_New(0)};
    see_fields(o, list_field, &l);
    return l.list;
}

static PyObject *see_table_fields_of(PyObject *m, PyObject *ignored)
{
    Lister l = {PyList_New(0)};
    see_table_fields(list_field, &l);
    return l.list;
}

static void list_buffer(const SeeBuffer *b, void *arg)
{
    static const char *const kinds[] = {"bytes", "objects", "dict", "set", "words"};
    if (((Lister *)arg)->list != NULL)
        list_add(arg, Py_BuildValue("(Knnss)", (unsigned long long)(uintptr_t)b->address, (Py_ssize_t)b->size,
                                    (Py_ssize_t)b->used, b->role, kinds[b->kind]));
}

static PyObject *see_buffers_of(PyObject *m, PyObject *o)
{
    SeeIndex index;
    if (see_index_make(&index, 0, 1) < 0)
        return PyErr_NoMemory();
    Lister l = {PyList_New(0)};
    see_buffers(&index, o, list_buffer, &l);
    see_index_free(&index);
    return l.list;
}

READS_FREE_BLOCKS static PyObject *see_peek(PyObject *m, PyObject *args)
{
    unsigned long long address;
    Py_ssize_t n;
    if (!PyArg_ParseTuple(args, "Kn:peek", &address, &n))
        return NULL;
    PyObject *copy = PyBytes_FromStringAndSize(NULL, n);
    volatile char *to = copy != NULL ? PyBytes_AS_STRING(copy) : NULL;
    for (Py_ssize_t i = 0; to != NULL && i < n; i++)
        to[i] = ((const char *)(uintptr_t)address)[i];
    return copy;
}

/* ---- names of things ---- */

#define TEXT_SIZE 160

/* The live object at an address that was read from memory in this look. */
static PyObject *see_at(PyObject *m, PyObject *arg)
{
    PyObject *o = PyLong_AsVoidPtr(arg);
    if (o != NULL)
        return Py_NewRef(o);
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "no object at 0");
    return NULL;
}

static PyObject *see_c_string(PyObject *m, PyObject *arg)
{
    const char *p = PyLong_AsVoidPtr(arg);
    return p == NULL ? NULL : PyUnicode_DecodeUTF8(p, (Py_ssize_t)strnlen(p, TEXT_SIZE), "replace");
}

/* "file:symbol" of an address in a loaded file, or None. */
static PyObject *see_symbol(PyObject *m, PyObject *arg)
{
    Dl_info info;
    void *p = PyLong_AsVoidPtr(arg);
    if (p == NULL && PyErr_Occurred())
        return NULL;
    if (!dladdr(p, &info) || info.dli_fname == NULL)
        Py_RETURN_NONE;
    const char *file = strrchr(info.dli_fname, '/');
    return Py_BuildValue("(sz)", file != NULL ? file + 1 : info.dli_fname, info.dli_sname);
}

/* ---- why a name may share it ---- */

typedef struct search {
    PyObject *wanted;
    Lister found;
} Search;

static int in_constants(PyObject *constants, PyObject *wanted, int depth)
{
    for (Py_ssize_t i = 0; PyTuple_CheckExact(constants) && i < PyTuple_GET_SIZE(constants); i++) {
        PyObject *o = PyTuple_GET_ITEM(constants, i);
        if (o == wanted || (depth < 8 && o != NULL && PyTuple_CheckExact(o) && in_constants(o, wanted, depth + 1)))
            return (int)i + 1;
    }
    return 0;
}

static void search_code(Search *s, PyCodeObject *code)
{
    const struct {
        const char *name;
        PyObject *tuple;
    } parts[] = {
        {"co_consts", code->co_consts}, {"co_names", code->co_names}, {"co_varnames", code->co_localsplusnames}};
    for (int k = 0; k < 3; k++) {
        int i = parts[k].tuple != NULL ? in_constants(parts[k].tuple, s->wanted, k == 0 ? 0 : 8) : 0;
        if (i > 0)
            list_add(&s->found, Py_BuildValue("(OsiO)", code->co_qualname, parts[k].name, i - 1, code->co_filename));
    }
}

static int gather_code(const HeapBlock *block, void *arg)
{
    if (block->type == &PyCode_Type)
        *(PyObject **)scratch_add(arg, sizeof(PyObject *)) = block->address;
    return 0;
}

/* The code objects that have it among their constants or names: [(name, part, index, file)]. */
static PyObject *see_in_code(PyObject *m, PyObject *o)
{
    Scratch codes = {0};
    Search s = {o, {PyList_New(0)}};
    heap_walk(gather_code, &codes);
    for (size_t i = 0; i < SCRATCH_COUNT(&codes, PyObject *) && s.found.list != NULL; i++)
        search_code(&s, (PyCodeObject *)SCRATCH_ITEMS(&codes, PyObject *)[i]);
    scratch_free(&codes);
    return s.found.list;
}

/* Whether the runtime shares it for its value: a text, or None. */
static PyObject *see_shared(PyObject *m, PyObject *o)
{
    const char *why = NULL;
    int here = !arena_contains(o) && object_is_immortal(o);
    if (o == Py_None || o == Py_Ellipsis || o == Py_NotImplemented || PyBool_Check(o))
        why = "singleton";
    else if (PyLong_CheckExact(o) && here)
        why = "small-integer cache";
    else if (PyUnicode_CheckExact(o) && here && PyUnicode_GET_LENGTH(o) <= 1)
        why = PyUnicode_GET_LENGTH(o) == 0 ? "the empty string" : "cache of one-character strings";
    else if (PyBytes_CheckExact(o) && here && PyBytes_GET_SIZE(o) <= 1)
        why = PyBytes_GET_SIZE(o) == 0 ? "the empty bytes object" : "cache of one-byte objects";
    else if (PyTuple_CheckExact(o) && PyTuple_GET_SIZE(o) == 0)
        why = "the empty tuple";
    else if (PyUnicode_CheckExact(o) && PyUnicode_CHECK_INTERNED(o))
        why = "interned string";
    else if (!arena_contains(o) && !large_contains(o))
        why = PyType_Check(o) ? "static type" : "static object";
    return why != NULL ? PyUnicode_FromString(why) : Py_NewRef(Py_None);
}

/* Whether two objects of the same built-in type have equal contents, without running code of the program; None: not
 * known. */
static PyObject *see_equal(PyObject *m, PyObject *args)
{
    PyObject *a, *b;
    if (!PyArg_ParseTuple(args, "OO:equal", &a, &b))
        return NULL;
    static PyTypeObject *const simple[] = {&PyLong_Type,  &PyFloat_Type,     &PyComplex_Type, &PyUnicode_Type,
                                           &PyBytes_Type, &PyByteArray_Type, &PyBool_Type,    &_PyNone_Type};
    if (Py_TYPE(a) != Py_TYPE(b))
        Py_RETURN_FALSE;
    for (size_t i = 0; i < sizeof simple / sizeof *simple; i++)
        if (Py_TYPE(a) == simple[i])
            return PyObject_RichCompare(a, b, Py_EQ);
    Py_RETURN_NONE;
}

PyMethodDef see_objects_methods[] = {
    {"where", see_where, METH_O, "where($module, object, /)\n--\n\nWhere an object lies: a dict of what applies."},
    {"place", see_place, METH_O,
     "place($module, object, /)\n--\n\nWhere an object lies: addresses of its arena and pool, index and size of its "
     "block, the\n"
     "pool's kind, used and all blocks, and the collector's generation or -1.  None if it is in no pool."},
    {"fields", see_fields_of, METH_O,
     "fields($module, object, /)\n--\n\n[(offset, size, name, C type, kind, meaning)] of the block, in C order."},
    {"table_fields", see_table_fields_of, METH_NOARGS,
     "table_fields($module, /)\n--\n\nThe same of the table of a dict."},
    {"buffers", see_buffers_of, METH_O,
     "buffers($module, object, /)\n--\n\n[(address, size, used, role, kind)] of the raw blocks that belong to it."},
    {"peek", see_peek, METH_VARARGS, "peek($module, address, size, /)\n--\n\nA copy of memory."},
    {"at", see_at, METH_O,
     "at($module, address, /)\n--\n\nThe live object at an address that a field of this moment holds."},
    {"c_string", see_c_string, METH_O, "c_string($module, address, /)\n--\n\nThe start of a C string."},
    {"symbol", see_symbol, METH_O,
     "symbol($module, address, /)\n--\n\n(file, symbol or None) of an address in a file, or None."},
    {"in_code", see_in_code, METH_O,
     "in_code($module, object, /)\n--\n\n[(function, part, index, file)]: code that has it among its constants or "
     "names."},
    {"shared", see_shared, METH_O, "shared($module, object, /)\n--\n\nWhy the runtime shares it, or None."},
    {"equal", see_equal, METH_VARARGS,
     "equal($module, a, b, /)\n--\n\nWhether two objects of a plain built-in type are equal; or None."},
    {NULL}};
