/* See buffers.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "see/buffers.h"
#include "memory/memory.h"
#include "memory/state.h"
#include "memory/trace.h"
#include "objects/dict/dict.h"
#include "objects/instance.h"
#include "objects/set/set.h"
#include "objects/str/str.h"
#include "objects/type/type.h"
#include "vm/frame.h"
#include "vm/specialise.h"

#include <link.h>
#include <pthread.h>

/* ---- the index ---- */

static size_t place(const SeeIndex *x, const void *address)
{
    SeeRaw *table = SCRATCH_ITEMS(&x->table, SeeRaw);
    size_t i = (((uintptr_t)address >> 4) * 0x9e3779b97f4a7c15u >> 20) & (x->room - 1);
    while (table[i].address != NULL && table[i].address != address)
        i = (i + 1) & (x->room - 1);
    return i;
}

SeeRaw *see_index_find(const SeeIndex *x, const void *address)
{
    SeeRaw *raw = &SCRATCH_ITEMS(&x->table, SeeRaw)[place(x, address)];
    return raw->address != NULL ? raw : NULL;
}

static int note_raw(const HeapBlock *block, void *arg)
{
    SeeIndex *x = arg;
    if (block->kind != KIND_RAW || (!x->whole && !block->large))
        return 0;
    if (4 * (x->count + 1) > 3 * x->room)
        return -1;
    SeeRaw *raw = &SCRATCH_ITEMS(&x->table, SeeRaw)[place(x, block->address)];
    *raw = (SeeRaw){.address = block->address, .size = block->size, .large = (uint8_t)block->large};
    x->count++;
    return 0;
}

int see_index_make(SeeIndex *x, int whole, int observer)
{
    HeapTotals t;
    size_t n = 0;
    for (int side = 0; side <= (observer ? SIDE_OBSERVER : SIDE_PROGRAM); side++) {
        heap_totals_of(side, &t);
        n += t.large_blocks[KIND_RAW] + (whole ? t.blocks[KIND_RAW] : 0);
    }
    memset(x, 0, sizeof *x);
    x->whole = whole;
    for (x->room = 64; x->room < 2 * n + 64;) /* another thread may make some blocks of the shared domain meanwhile */
        x->room *= 2;
    if (scratch_add(&x->table, x->room * sizeof(SeeRaw)) == NULL)
        return -1;
    memset(x->table.base, 0, x->room * sizeof(SeeRaw));
    if ((observer ? heap_walk_all : heap_walk)(note_raw, x) < 0) {
        see_index_free(x);
        return -1;
    }
    return 0;
}

void see_index_free(SeeIndex *x) { scratch_free(&x->table); }

/* ---- the blocks of an object ---- */

#define DEEP 64  /* blocks behind blocks behind ... */
#define TOLD 128 /* blocks of one object that are remembered, so as not to be told twice */

typedef struct finder {
    const SeeIndex *index;
    PyObject *owner;
    SeeBufferVisit visit;
    void *arg;
    const void *told[TOLD];
    int told_count;
} Finder;

/* Size of a small live raw block that starts there, or 0. */
READS_FREE_BLOCKS static size_t small_block(const void *p)
{
    Pool *pool = pool_of(p);
    if (arena_of(p)->free_pools >> ((uintptr_t)p / POOL_SIZE % POOLS_PER_ARENA) & 1 || pool->kind != KIND_RAW)
        return 0;
    size_t before_end = POOL_SIZE - (uintptr_t)p % POOL_SIZE;
    if (before_end % pool->size != 0 || before_end / pool->size > pool->capacity)
        return 0;
    for (void *b = pool->free; b != NULL; b = *(void **)b)
        if (b == p)
            return 0;
    return pool->size;
}

/* Size of the live raw block that starts there, or 0. */
static size_t raw_block(const SeeIndex *x, const void *p)
{
    if (p == NULL || (uintptr_t)p % 8 != 0)
        return 0;
    if (!x->whole && arena_contains(p))
        return small_block(p);
    SeeRaw *raw = see_index_find(x, p);
    return raw != NULL ? raw->size : 0;
}

static int tell(Finder *f, const void *p, size_t used, const char *role, SeeBufferKind kind)
{
    size_t size = raw_block(f->index, p);
    if (size == 0)
        return 0;
    for (int i = 0; i < f->told_count; i++)
        if (f->told[i] == p)
            return 0;
    if (f->told_count < TOLD)
        f->told[f->told_count++] = p;
    SeeBuffer buffer = {(void *)p, size, used < size ? used : size, role, kind};
    f->visit(&buffer, f->arg);
    return 1;
}

/* ---- fields that are known ---- */

static void of_dict(Finder *f, PyDictObject *d)
{
    PyDictKeysObject *k = d->ma_keys;
    if (k == NULL || k->fixed == KEYS_FIXED)
        return;
    size_t used = (size_t)((char *)(keys_entries(k) + k->used * k->stride) - (char *)k);
    if (k->fixed == KEYS_OWN) {
        tell(f, k, used, "table", SEE_DICT);
        return;
    }
    tell(f, k, used + sizeof(Py_ssize_t), "shared table", SEE_DICT);
    tell(f, d->ma_values, (size_t)k->used * sizeof(PyObject *), "values", SEE_OBJECTS);
}

static void of_str(Finder *f, PyObject *o)
{
    PyASCIIObject *h = str_head(o);
    void *data = h->state.ready ? str_data(o) : NULL;
    if (!h->state.compact)
        tell(f, data, (size_t)(h->length + 1) * h->state.kind, "characters", SEE_BYTES);
    if (!(h->state.compact && h->state.ascii)) {
        PyCompactUnicodeObject *c = (PyCompactUnicodeObject *)o;
        if (c->utf8 != data)
            tell(f, c->utf8, (size_t)c->utf8_length + 1, "UTF-8", SEE_BYTES);
    }
    if (h->wstr != data)
        tell(f, h->wstr, (size_t)-1, "wchar_t", SEE_BYTES);
}

static void of_vm_code(Finder *f, VmCode *vm, int traced)
{
    tell(f, vm, sizeof *vm, traced ? "traced code" : "private code", SEE_WORDS);
    tell(f, vm->insts, ((size_t)vm->count + 1) * sizeof(Inst), traced ? "traced instructions" : "instructions",
         SEE_WORDS);
    tell(f, vm->offsets, ((size_t)vm->count + 1) * sizeof *vm->offsets, "offsets of instructions", SEE_BYTES);
    tell(f, vm->caches, (size_t)vm->cache_count * sizeof(Cache), "caches of lookups", SEE_WORDS);
    tell(f, vm->handlers, (size_t)vm->handler_count * sizeof *vm->handlers, "exception handlers", SEE_BYTES);
    tell(f, vm->lines, ((size_t)vm->count + 1) * sizeof *vm->lines, "lines of instructions", SEE_BYTES);
    tell(f, vm->ops, ((size_t)vm->count + 1) * sizeof *vm->ops, "traced opcodes", SEE_BYTES);
#ifndef NDEBUG
    tell(f, vm->depths, ((size_t)vm->count + 1) * sizeof *vm->depths, "stack depths", SEE_BYTES);
#endif
    tell(f, vm->patches, (size_t)vm->patch_count * sizeof *vm->patches, "instructions of another translation",
         SEE_WORDS);
    if (vm->tracing != NULL)
        of_vm_code(f, vm->tracing, 1);
    if (vm->other != NULL)
        of_vm_code(f, vm->other, 0);
}

static void of_code(Finder *f, PyCodeObject *code)
{
    if (code->_co_linearray != NULL)
        of_vm_code(f, (VmCode *)code->_co_linearray, 0);
    tell(f, code->co_extra, (size_t)-1, "co_extra", SEE_WORDS);
}

static void of_type(Finder *f, PyTypeObject *type)
{
    SubclassList *list = (SubclassList *)type->tp_subclasses;
    if (list != NULL)
        tell(f, list, sizeof *list + (size_t)list->used * sizeof list->items[0], "subclasses", SEE_OBJECTS);
    if (!type_is_heap(type))
        return;
    PyHeapTypeObject *heap_type = HEAP(type);
    tell(f, heap_type->ht_cached_keys, sizeof(InstanceShape), "names of attributes", SEE_WORDS);
    tell(f, heap_type->_ht_tpname, (size_t)-1, "name", SEE_BYTES);
    tell(f, type->tp_doc, (size_t)-1, "documentation", SEE_BYTES);
}

static void known(Finder *f, PyObject *o)
{
    if (PyUnicode_Check(o)) {
        of_str(f, o);
    } else if (PyDict_Check(o)) {
        of_dict(f, (PyDictObject *)o);
    } else if (PyList_Check(o)) {
        tell(f, ((PyListObject *)o)->ob_item, (size_t)Py_SIZE(o) * sizeof(PyObject *), "items", SEE_OBJECTS);
    } else if (PyAnySet_Check(o)) {
        PySetObject *s = SET(o);
        if (s->table != s->smalltable)
            tell(f, s->table, ((size_t)s->mask + 1) * sizeof(setentry), "table", SEE_SET);
    } else if (PyByteArray_Check(o)) {
        tell(f, ((PyByteArrayObject *)o)->ob_bytes, (size_t)Py_SIZE(o) + 1, "bytes", SEE_BYTES);
    } else if (PyType_Check(o)) {
        of_type(f, (PyTypeObject *)o);
    } else if (PyCode_Check(o)) {
        of_code(f, (PyCodeObject *)o);
    }
}

/* ---- fields that are not: every word ---- */

/* Some allocators put a header of 8 or 16 bytes before what they hand out. */
#define FOREIGN_HEADER 16

/* The live raw block that a word stands for, or NULL. */
static void *block_of_word(const SeeIndex *x, const void *word)
{
    if (raw_block(x, word) != 0)
        return (void *)word;
    const char *before = word;
    for (int header = 8; header <= FOREIGN_HEADER && (uintptr_t)word > FOREIGN_HEADER; header += 8)
        if (raw_block(x, before - header) != 0)
            return (void *)(before - header);
    return NULL;
}

static void scan(Finder *f, void *const *words, size_t count, const char *role, int depth)
{
    for (size_t i = 0; i < count; i++) {
        void *block = block_of_word(f->index, words[i]);
        size_t size = block != NULL ? raw_block(f->index, block) : 0;
        if (size != 0 && tell(f, block, size, role, SEE_WORDS) && depth < DEEP)
            scan(f, block, size / sizeof(void *), role, depth + 1);
    }
}

/* Types whose objects have nothing behind them, or borrow what they point to. */
static int is_plain(PyTypeObject *type)
{
    static PyTypeObject *const plain[] = {
        &PyLong_Type,       &PyFloat_Type,      &PyBool_Type,           &PyComplex_Type, &PyBytes_Type,
        &PyUnicode_Type,    &PyTuple_Type,      &PyDict_Type,           &PyList_Type,    &PySet_Type,
        &PyFrozenSet_Type,  &PyByteArray_Type,  &PyFunction_Type,       &PyCell_Type,    &PyMethod_Type,
        &PyCFunction_Type,  &PyCode_Type,       &PyFrame_Type,          &PyGen_Type,     &PyCoro_Type,
        &PyAsyncGen_Type,   &PyMemoryView_Type, &_PyManagedBuffer_Type, &PyType_Type,    &PySlice_Type,
        &_PyWeakref_RefType};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (type == plain[i])
            return 1;
    return PyType_FastSubclass(type, Py_TPFLAGS_TYPE_SUBCLASS) || PyType_FastSubclass(type, Py_TPFLAGS_LONG_SUBCLASS);
}

/* Words of the C struct behind the header. */
static size_t words_of(PyObject *o)
{
    PyTypeObject *type = Py_TYPE(o);
    size_t size = (size_t)type->tp_basicsize;
    if (type->tp_itemsize > 0)
        size += (size_t)(Py_ABS(Py_SIZE(o)) * type->tp_itemsize);
    return size > sizeof(PyObject) ? (size - sizeof(PyObject)) / sizeof(void *) : 0;
}

void see_buffers(const SeeIndex *x, PyObject *o, SeeBufferVisit visit, void *arg)
{
    Finder f = {.index = x, .owner = o, .visit = visit, .arg = arg};
    known(&f, o);
    if (!is_plain(Py_TYPE(o)))
        scan(&f, (void *const *)(o + 1), words_of(o), "buffer", 0);
}

/* ---- all of them ---- */

typedef struct claim {
    SeeIndex *index;
    PyObject *owner;
    int sure;
    const char *role; /* instead of the buffer's, or NULL */
} Claim;

static void claim(const SeeBuffer *buffer, void *arg)
{
    Claim *c = arg;
    SeeRaw *raw = see_index_find(c->index, buffer->address);
    if (raw->role != NULL)
        return;
    raw->owner = c->owner;
    raw->role = c->role != NULL ? c->role : buffer->role;
    raw->kind = (uint8_t)buffer->kind;
    raw->used = buffer->used;
    raw->sure = (uint8_t)c->sure;
}

static void claim_known(SeeIndex *x, PyObject *o)
{
    Claim c = {x, o, 1, NULL};
    Finder f = {.index = x, .owner = o, .visit = claim, .arg = &c};
    known(&f, o);
}

static int known_of_block(const HeapBlock *block, void *arg)
{
    if (block->type != NULL)
        claim_known(arg, block->address);
    return 0;
}

/* As scan, for the last resorts: only what nobody has claimed is followed. */
READS_FREE_BLOCKS static void claim_words(SeeIndex *x, PyObject *owner, void *const *words, size_t count,
                                          const char *role, int depth)
{
    for (size_t i = 0; i < count; i++) {
        void *block = block_of_word(x, words[i]);
        SeeRaw *raw = block != NULL ? see_index_find(x, block) : NULL;
        if (raw == NULL || raw->role != NULL)
            continue;
        raw->owner = owner;
        raw->role = role;
        raw->kind = SEE_WORDS;
        raw->used = raw->size;
        if (depth < DEEP)
            claim_words(x, owner, raw->address, raw->size / sizeof(void *), role, depth + 1);
    }
}

static int unknown_of_block(const HeapBlock *block, void *arg)
{
    PyObject *o = block->address;
    if (block->type == NULL || is_plain(block->type))
        return 0;
    claim_words(arg, o, (void *const *)(o + 1), words_of(o), "buffer", 0);
    return 0;
}

static void own_static_types(SeeIndex *x)
{
#define TYPE(symbol)                                                                                                   \
    {                                                                                                                  \
        extern PyTypeObject symbol;                                                                                    \
        claim_known(x, (PyObject *)&symbol);                                                                           \
    }
#include "objects/types.def"
#undef TYPE
}

/* The memory that the runtime itself holds on to. */
static void own_roots(SeeIndex *x)
{
    claim_words(x, NULL, (void *const *)&_PyRuntime, offsetof(_PyRuntimeState, pad) / sizeof(void *), "runtime", 0);
    for (PyInterpreterState *i = _PyRuntime.interpreters; i != NULL; i = i->next) {
        for (PyThreadState *t = i->threads; t != NULL; t = t->next) {
            for (_PyStackChunk *chunk = t->datastack_chunk; chunk != NULL; chunk = chunk->previous)
                claim_words(x, NULL, (void *const *)&chunk, 1, "frames of a thread", DEEP);
            claim_words(x, NULL, (void *const *)t, sizeof(ThreadState) / sizeof(void *), "thread state", 0);
        }
        claim_words(x, NULL, (void *const *)i, sizeof *i / sizeof(void *), "interpreter state", 0);
    }
}

static int own_data_of(struct dl_phdr_info *info, size_t size, void *arg)
{
    int program = info->dlpi_name == NULL || *info->dlpi_name == 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        if (p->p_type != PT_LOAD || !(p->p_flags & PF_W))
            continue;
        uintptr_t low = (info->dlpi_addr + p->p_vaddr + 7) & ~(uintptr_t)7,
                  high = info->dlpi_addr + p->p_vaddr + p->p_memsz;
        claim_words(arg, NULL, (void *const *)low, (high - low) / sizeof(void *),
                    program ? "static data of the runtime" : "static data of a library", 0);
    }
    return 0;
}

/* What a C function that waits for this look has at hand: buffers of a sort, of a call's arguments... */
static void own_stack(SeeIndex *x)
{
    char here;
    uintptr_t low = ((uintptr_t)&here + 7) & ~(uintptr_t)7, high = low;
    pthread_attr_t attributes;
    void *base;
    size_t size;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        if (pthread_attr_getstack(&attributes, &base, &size) == 0)
            high = (uintptr_t)base + size;
        pthread_attr_destroy(&attributes);
    }
    if (high > low)
        claim_words(x, NULL, (void *const *)low, (high - low) / sizeof(void *), "running C function", 1);
}

int see_index_own(SeeIndex *x)
{
    assert(x->whole);
    heap_walk_all(known_of_block, x); /* code of a look's may have run outside of it, on the program's side */
    own_static_types(x);
    SEE_EACH_RAW(x, raw) /* what private code remembers of the places where it looked */
    if (raw->kind == SEE_WORDS && raw->owner != NULL)
        claim_words(x, raw->owner, raw->address, raw->used / sizeof(void *), "behind a cache", 0);
    heap_walk_all(unknown_of_block, x);
    own_roots(x);
    dl_iterate_phdr(own_data_of, x);
    own_stack(x);
    return 0;
}
