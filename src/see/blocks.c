/* The blocks of the heap as data: a list of them, tables by type, by owner and by size class, and what is wasted.
 *
 * Each list is made in one look and lies in pages of its own; what it says is of that moment.  An item tells addresses
 * and names only, so that it keeps nothing alive. */
#include "see/blocks.h"
#include "memory/gc.h"
#include "memory/look.h"
#include "memory/memory.h"
#include "memory/trace.h"
#include "objects/names.h"
#include "objects/dict/dict.h"
#include "objects/type/type.h"
#include "see/buffers.h"
#include "see/fields.h"
#include "see/tables.h"

/* ---- names of types ---- */

typedef struct type_row {
    PyTypeObject *type; /* NULL: a free place of the table; raw blocks have &raw_type */
    PyObject *name;     /* owned */
    size_t count, bytes, asked, buffers, buffer_bytes;
} TypeRow;

typedef struct type_table {
    Scratch rows; /* open-addressed */
    size_t room, used;
} TypeTable;

static PyTypeObject raw_type;

static size_t type_place(TypeRow *rows, size_t room, PyTypeObject *type)
{
    size_t i = (((uintptr_t)type >> 4) * 0x9e3779b97f4a7c15u >> 20) & (room - 1);
    while (rows[i].type != NULL && rows[i].type != type)
        i = (i + 1) & (room - 1);
    return i;
}

/* The row of a type, new or old; NULL when there is no memory. */
static TypeRow *type_row(TypeTable *t, PyTypeObject *type)
{
    if (type == NULL)
        type = &raw_type;
    if (2 * t->used >= t->room) {
        TypeTable bigger = {.room = t->room ? 2 * t->room : 1024, .used = t->used};
        TypeRow *rows = scratch_add(&bigger.rows, bigger.room * sizeof *rows), *old = SCRATCH_ITEMS(&t->rows, TypeRow);
        if (rows == NULL)
            return NULL;
        for (size_t i = 0; i < t->room; i++)
            if (old[i].type != NULL)
                rows[type_place(rows, bigger.room, old[i].type)] = old[i];
        scratch_free(&t->rows);
        *t = bigger;
    }
    TypeRow *rows = SCRATCH_ITEMS(&t->rows, TypeRow), *row = &rows[type_place(rows, t->room, type)];
    if (row->type == NULL) {
        t->used++;
        row->type = type;
    }
    return row;
}

static void type_table_free(TypeTable *t)
{
    TypeRow *rows = SCRATCH_ITEMS(&t->rows, TypeRow);
    for (size_t i = 0; i < t->room; i++)
        Py_XDECREF(rows[i].name);
    scratch_free(&t->rows);
}

PyObject *see_type_name(PyTypeObject *type)
{
    if (type == NULL || type == &raw_type)
        return PyUnicode_FromString("(buffer)");
    if (!type_is_heap(type))
        return PyUnicode_FromString(type->tp_name);
    PyObject *module = NULL, *name = HEAP(type)->ht_qualname;
    Py_ssize_t ix = type->tp_dict != NULL ? dict_index_of((PyDictObject *)type->tp_dict, N(__module__)) : -1;
    if (ix >= 0)
        module = dict_value_at((PyDictObject *)type->tp_dict, ix);
    if (name == NULL || !PyUnicode_Check(name))
        return PyUnicode_FromString(type->tp_name);
    if (module == NULL || !PyUnicode_CheckExact(module) || _PyUnicode_EqualToASCIIString(module, "builtins"))
        return PyUnicode_FromObject(name);
    return PyUnicode_FromFormat("%U.%U", module, name);
}

/* The name of a type that is in the table, borrowed; NULL with an exception set. */
static PyObject *name_of(TypeTable *t, PyTypeObject *type)
{
    TypeRow *row = type_row(t, type);
    if (row == NULL)
        return PyErr_NoMemory();
    if (row->name == NULL)
        row->name = see_type_name(row->type);
    return row->name;
}

/* ---- a list of blocks ---- */

typedef struct block_item {
    void *address;
    size_t size, used;
    PyTypeObject *type;       /* only its address counts: a key of the table of names */
    void *owner;              /* of a raw block; NULL: nobody or the runtime */
    PyTypeObject *owner_type; /* as type */
    const char *role;
    uint8_t kind, large, state; /* kind KIND_COUNT: a free block */
    uint32_t site;
} BlockItem;

typedef struct blocks {
    PyObject_HEAD Scratch items; /* BlockItem */
    TypeTable types;
} Blocks;

typedef struct gathering {
    Scratch *items;
    TypeTable *types;
    SeeIndex *index;
    PyTypeObject *only; /* NULL: all */
} Gathering;

static int gather(const HeapBlock *block, void *arg)
{
    Gathering *g = arg;
    BlockItem *item = scratch_add(g->items, sizeof *item);
    if (item == NULL || type_row(g->types, block->type) == NULL)
        return -1;
    *item = (BlockItem){.address = block->address, .size = block->size, .used = block->size, .type = block->type};
    item->kind = (uint8_t)block->kind;
    item->large = (uint8_t)block->large;
    item->site = block->site;
    if (block->type != NULL) {
        Py_ssize_t asked = see_asked(block->address);
        item->used = asked > 0 && (size_t)asked < block->size ? (size_t)asked : block->size;
        uint8_t *state = block->kind == KIND_CONTAINER ? gc_state_of(block->address) : NULL;
        item->state = state != NULL ? *state : 0;
        return 0;
    }
    SeeRaw *raw = see_index_find(g->index, block->address);
    if (raw == NULL || raw->role == NULL)
        return 0;
    item->owner = raw->owner;
    item->role = raw->role;
    item->used = raw->used;
    if (raw->owner != NULL) {
        item->owner_type = Py_TYPE(raw->owner);
        if (type_row(g->types, item->owner_type) == NULL)
            return -1;
    }
    return 0;
}

static int gather_free(Scratch *items)
{
    for (Arena *a = heap.arenas; a != NULL; a = a->all_next)
        for (unsigned i = 0; i < POOLS_PER_ARENA && !a->observer; i++) {
            Pool *pool = (Pool *)(a->base + i * POOL_SIZE);
            if (a->free_pools >> i & 1)
                continue;
            uint8_t dead[POOL_SIZE / BLOCK_MIN] = {0};
            pool_mark_free(pool, dead);
            for (unsigned k = 0; k < pool->capacity; k++) {
                BlockItem *item = dead[k] ? scratch_add(items, sizeof *item) : NULL;
                if (item == NULL && dead[k])
                    return -1;
                if (item != NULL)
                    *item = (BlockItem){.address = pool_block(pool, k), .size = pool->size, .kind = KIND_COUNT};
            }
        }
    return 0;
}

static int by_address(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t)((const BlockItem *)a)->address, y = (uintptr_t)((const BlockItem *)b)->address;
    return (x > y) - (x < y);
}

static int by_size(const void *a, const void *b)
{
    size_t x = ((const BlockItem *)a)->size, y = ((const BlockItem *)b)->size;
    return x != y ? (x < y) - (x > y) : by_address(a, b);
}

/* All live blocks with their owners; -1 without an exception when there is no memory. */
static int gather_all(Scratch *items, TypeTable *types)
{
    SeeIndex index;
    if (see_index_make(&index, 1, 0) < 0)
        return -1;
    see_index_own(&index);
    Gathering g = {items, types, &index, NULL};
    int failed = heap_walk(gather, &g);
    see_index_free(&index);
    return failed;
}

static PyObject *blocks_new(PyObject *module, int sorted_by_size, int with_free)
{
    PyTypeObject *type = (PyTypeObject *)PyObject_GetAttrString(module, "blocks");
    Blocks *self = type != NULL ? (Blocks *)type->tp_alloc(type, 0) : NULL;
    Py_XDECREF(type);
    if (self == NULL)
        return NULL;
    if (gather_all(&self->items, &self->types) < 0 || (with_free && gather_free(&self->items) < 0)) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    TypeRow *rows = SCRATCH_ITEMS(&self->types.rows, TypeRow);
    for (size_t i = 0; i < self->types.room; i++) /* now: a type may be gone when its name is asked for */
        if (rows[i].type != NULL && name_of(&self->types, rows[i].type) == NULL) {
            Py_DECREF(self);
            return NULL;
        }
    qsort(self->items.base, SCRATCH_COUNT(&self->items, BlockItem), sizeof(BlockItem),
          sorted_by_size ? by_size : by_address);
    return (PyObject *)self;
}

static void blocks_dealloc(PyObject *o)
{
    Blocks *self = (Blocks *)o;
    PyTypeObject *type = Py_TYPE(o);
    scratch_free(&self->items);
    type_table_free(&self->types);
    type->tp_free(o);
    Py_DECREF(type);
}

static Py_ssize_t blocks_length(PyObject *o) { return (Py_ssize_t)SCRATCH_COUNT(&((Blocks *)o)->items, BlockItem); }

static PyObject *generation_of(const BlockItem *item)
{
    if (!(item->state & GC_TRACKED))
        return Py_NewRef(Py_None);
    return PyLong_FromLong((item->state & GC_GENERATION_MASK) >> GC_GENERATION_SHIFT);
}

static PyObject *blocks_item(PyObject *o, Py_ssize_t i)
{
    static const char *const kinds[] = {"raw", "object", "container", "free"};
    Blocks *self = (Blocks *)o;
    if (i < 0 || i >= blocks_length(o)) {
        PyErr_SetString(PyExc_IndexError, "blocks index out of range");
        return NULL;
    }
    BlockItem *item = &SCRATCH_ITEMS(&self->items, BlockItem)[i];
    PyObject *type = item->kind == KIND_COUNT ? Py_None : name_of(&self->types, item->type);
    PyObject *owner = item->owner_type != NULL ? name_of(&self->types, item->owner_type) : Py_None;
    if (type == NULL || owner == NULL)
        return NULL;
    return Py_BuildValue("(KnnsOOKOzN)", (unsigned long long)(uintptr_t)item->address, (Py_ssize_t)item->size,
                         (Py_ssize_t)item->used, kinds[item->kind], item->large ? Py_True : Py_False, type,
                         (unsigned long long)(uintptr_t)item->owner, owner, item->role, generation_of(item));
}

static PyType_Slot blocks_slots[] = {
    {Py_tp_dealloc, blocks_dealloc},
    {Py_sq_length, blocks_length},
    {Py_sq_item, blocks_item},
    {Py_tp_doc,
     "The blocks of the heap at one moment: (address, size, used, kind, large, type, owner's address, owner's type, "
     "role, generation)."},
    {0, NULL}};
PyType_Spec see_blocks_spec = {
    .name = "_see.blocks",
    .basicsize = sizeof(Blocks),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = blocks_slots,
};

static PyObject *see_heap(PyObject *m, PyObject *args)
{
    int sorted_by_size = 0, with_free = 0;
    if (!PyArg_ParseTuple(args, "pp:heap", &sorted_by_size, &with_free))
        return NULL;
    return blocks_new(m, sorted_by_size, with_free);
}

/* ---- tables ---- */

static int add_row(PyObject *list, PyObject *row)
{
    int failed = row == NULL ? -1 : PyList_Append(list, row);
    Py_XDECREF(row);
    return failed;
}

/* [(type, objects, bytes, asked, buffers, bytes of buffers)] */
static PyObject *see_by_type(PyObject *m, PyObject *ignored)
{
    Scratch items = {0};
    TypeTable types = {0};
    PyObject *list = PyList_New(0);
    if (list == NULL || gather_all(&items, &types) < 0) {
        Py_CLEAR(list);
        PyErr_NoMemory();
    }
    BlockItem *item = SCRATCH_ITEMS(&items, BlockItem);
    for (size_t i = 0; list != NULL && i < SCRATCH_COUNT(&items, BlockItem); i++, item++) {
        TypeRow *row = type_row(&types, item->type != NULL ? item->type : item->owner_type);
        if (item->type == NULL && item->owner_type != NULL) {
            row->buffers++;
            row->buffer_bytes += item->size;
        } else {
            row->count++;
            row->bytes += item->size;
            row->asked += item->used;
        }
    }
    TypeRow *rows = SCRATCH_ITEMS(&types.rows, TypeRow);
    for (size_t i = 0; list != NULL && i < types.room; i++) {
        TypeRow *row = &rows[i];
        if (row->type == NULL || (row->count == 0 && row->buffers == 0))
            continue;
        PyObject *name = name_of(&types, row->type);
        if (name == NULL || add_row(list, Py_BuildValue("(Onnnnn)", name, row->count, row->bytes, row->asked,
                                                        row->buffers, row->buffer_bytes)) < 0)
            Py_CLEAR(list);
    }
    scratch_free(&items);
    type_table_free(&types);
    return list;
}

/* [(owner's type or None, role or None, blocks, bytes, used)] of raw blocks */
static PyObject *see_by_owner(PyObject *m, PyObject *ignored)
{
    Scratch items = {0};
    TypeTable types = {0};
    PyObject *sums = PyDict_New();
    if (sums == NULL || gather_all(&items, &types) < 0) {
        Py_CLEAR(sums);
        PyErr_NoMemory();
    }
    BlockItem *item = SCRATCH_ITEMS(&items, BlockItem);
    for (size_t i = 0; sums != NULL && i < SCRATCH_COUNT(&items, BlockItem); i++, item++) {
        if (item->type != NULL)
            continue;
        PyObject *owner = item->owner_type != NULL ? name_of(&types, item->owner_type) : Py_None;
        PyObject *key = owner != NULL ? Py_BuildValue("(Oz)", owner, item->role) : NULL;
        PyObject *old = key != NULL ? PyDict_GetItemWithError(sums, key) : NULL, *sum = NULL;
        Py_ssize_t n[3] = {0, 0, 0};
        if (old == NULL || PyArg_ParseTuple(old, "nnn", &n[0], &n[1], &n[2]))
            sum = Py_BuildValue("(nnn)", n[0] + 1, n[1] + (Py_ssize_t)item->size, n[2] + (Py_ssize_t)item->used);
        if (key == NULL || sum == NULL || PyDict_SetItem(sums, key, sum) < 0)
            Py_CLEAR(sums);
        Py_XDECREF(key);
        Py_XDECREF(sum);
    }
    scratch_free(&items);
    type_table_free(&types);
    return sums;
}

/* {"classes": [(kind, size, pools, blocks, used, header and slack bytes)], totals...}, of the program's side or the
 * observer's */
static PyObject *see_totals(PyObject *m, PyObject *args)
{
    static const char *const kinds[] = {"raw", "object", "container"};
    int observer = 0;
    if (!PyArg_ParseTuple(args, "|p:totals", &observer))
        return NULL;
    size_t pools[KIND_COUNT][CLASS_COUNT] = {{0}}, room[KIND_COUNT][CLASS_COUNT] = {{0}},
           used[KIND_COUNT][CLASS_COUNT] = {{0}};
    for (Arena *a = heap.arenas; a != NULL; a = a->all_next)
        for (unsigned i = 0; i < POOLS_PER_ARENA && a->observer == observer; i++) {
            Pool *pool = (Pool *)(a->base + i * POOL_SIZE);
            if (a->free_pools >> i & 1)
                continue;
            pools[pool->kind][pool->size / BLOCK_STEP]++;
            room[pool->kind][pool->size / BLOCK_STEP] += pool->capacity;
            used[pool->kind][pool->size / BLOCK_STEP] += pool_used(pool);
        }
    HeapTotals t;
    heap_totals_of(observer, &t);
    PyObject *classes = PyList_New(0), *sums = PyList_New(0);
    for (int k = 0; k < KIND_COUNT; k++) {
        for (int c = 0; classes != NULL && c < CLASS_COUNT; c++)
            if (pools[k][c] && add_row(classes, Py_BuildValue("(sinnn)", kinds[k], c * BLOCK_STEP, pools[k][c],
                                                              room[k][c], used[k][c])) < 0)
                Py_CLEAR(classes);
        if (sums != NULL && add_row(sums, Py_BuildValue("(snnnn)", kinds[k], t.blocks[k], t.bytes[k], t.large_blocks[k],
                                                        t.large_bytes[k])) < 0)
            Py_CLEAR(sums);
    }
    if (classes == NULL || sums == NULL) {
        Py_XDECREF(classes);
        Py_XDECREF(sums);
        return NULL;
    }
    return Py_BuildValue("{sNsNsnsnsnsnsnsisisi}", "classes", classes, "kinds", sums, "arenas", t.arenas, "pools",
                         t.pools_used, "free_pools", t.pools_free, "free_bytes", t.free_bytes, "header_bytes",
                         t.header_bytes + t.tail_bytes, "arena_size", (int)ARENA_SIZE, "pool_size", (int)POOL_SIZE,
                         "block_max", BLOCK_MAX);
}

PyMethodDef see_blocks_methods[] = {
    {"heap", see_heap, METH_VARARGS,
     "heap($module, by_size, free, /)\n--\n\nThe live blocks, in the order of their addresses or the largest first; "
     "and the free "
     "ones of pools."},
    {"by_type", see_by_type, METH_NOARGS,
     "by_type($module, /)\n--\n\n[(type, objects, bytes, asked, buffers, bytes of buffers)]."},
    {"by_owner", see_by_owner, METH_NOARGS,
     "by_owner($module, /)\n--\n\n{(owner's type or None, role or None): (blocks, bytes, used)} of raw blocks."},
    {"totals", see_totals, METH_VARARGS,
     "totals($module, observer=False, /)\n--\n\nThe allocator's counters, and pools by kind and size class: (kind, "
     "size, pools, "
     "blocks, blocks in use)."},
    {NULL}};
