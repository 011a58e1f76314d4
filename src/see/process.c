/* The process map: the system's mappings, cut where the runtime knows who uses what. */
#include "see/process.h"
#include "memory/memory.h"
#include "memory/pool.h"
#include "memory/state.h"
#include "see/tables.h"

#include <stdlib.h>
#include <string.h>

#define PAGE ((uintptr_t)4096)
#define PAGE_DOWN(a) ((a) & ~(PAGE - 1))
#define PAGE_UP(a) (((a) + PAGE - 1) & ~(PAGE - 1))
#define MALLOC_HEAP ((uintptr_t)64 * 1024 * 1024) /* glibc's heaps for threads are aligned to it */

#define NOTES REGION_KINDS /* of a part: what the look has written down */

/* A range whose use is known, wherever mappings begin and end. */
typedef struct part {
    uintptr_t low, high;
    RegionKind kind;
    int thread;
} Part;

typedef struct {
    Process *process;
    Scratch parts;
    int failed;
} Look;

static void add_part(Look *k, uintptr_t low, uintptr_t high, RegionKind kind, int thread)
{
    Part *part = low < high && !k->failed ? scratch_add(&k->parts, sizeof *part) : NULL;
    if (part)
        *part = (Part){low, high, kind, thread};
    else
        k->failed |= low < high;
}

/* ---- what the runtime knows ------------------------------------------------------------------------------------- */

static int add_segment(const Segment *s, void *arg)
{
    Look *k = arg;
    uintptr_t low = PAGE_DOWN(s->low), high = PAGE_UP(s->high);
    if (!s->writable) {
        RegionKind program = s->executable ? REGION_TEXT : REGION_RODATA;
        add_part(k, low, high, s->program ? program : s->executable ? REGION_LIBRARY_TEXT : REGION_LIBRARY_RODATA, 0);
        return k->failed;
    }
    uintptr_t data = low, bss = s->file_end < s->high ? s->file_end : high;
    if (s->program && s->relro_high) {
        data = PAGE_DOWN(s->relro_high);
        add_part(k, low, data, REGION_RELRO, 0);
    }
    add_part(k, data, bss, s->program ? REGION_DATA : REGION_LIBRARY_DATA, 0);
    add_part(k, bss, high, s->program ? REGION_BSS : REGION_LIBRARY_BSS, 0);
    return k->failed;
}

int process_own_mapping(void *block, uintptr_t *low, uintptr_t *high)
{
    uintptr_t start = (uintptr_t)block, end = start + platform_malloc_usable(block);
    *low = PAGE_DOWN(start);
    *high = end;
    return start - *low == 16 && PAGE_DOWN(end) == end && end - *low >= 2 * PAGE;
}

/* The second level of the table of arenas, only where there are arenas: reading all of the first would make it
 * resident. */
static void note_tables(Look *k)
{
    uint8_t seen[((size_t)1 << ARENA_ROOT_BITS) / 8] = {0};
    for (Arena *a = heap.arenas; a != NULL; a = a->all_next) {
        size_t at = (uintptr_t)a->base >> (ARENA_BITS + ARENA_LEAF_BITS);
        uintptr_t leaf = (uintptr_t)arena_table[at];
        if (!(seen[at / 8] >> at % 8 & 1))
            add_part(k, leaf, leaf + (sizeof **arena_table << ARENA_LEAF_BITS), REGION_TABLE, 0);
        seen[at / 8] |= (uint8_t)(1 << at % 8);
    }
}

static void note_arena(Look *k, const Arena *a)
{
    if (a->observer) {
        add_part(k, (uintptr_t)a->base, (uintptr_t)a->base + ARENA_SIZE, REGION_OBSERVER, 0);
        return;
    }
    ProcessArena *noted = scratch_add(&k->process->arenas, sizeof *noted);
    if (!noted) {
        k->failed = 1;
        return;
    }
    *noted = (ProcessArena){.base = (uintptr_t)a->base};
    for (unsigned i = 0; i < POOLS_PER_ARENA; i++) {
        const Pool *pool = (Pool *)(a->base + i * POOL_SIZE);
        if (a->free_pools >> i & 1)
            continue;
        noted->pools++;
        noted->blocks += pool_used(pool);
        noted->bytes += (size_t)pool_used(pool) * pool->size;
    }
    add_part(k, noted->base, noted->base + ARENA_SIZE, REGION_ARENA, 0);
}

static void note_large(Look *k, Large *l)
{
    uintptr_t low, high;
    int single = process_own_mapping(l, &low, &high);
    if (single)
        add_part(k, low, high, l->observer ? REGION_OBSERVER : REGION_LARGE, 0);
    ProcessLarge *noted = l->observer || k->failed ? NULL : scratch_add(&k->process->large, sizeof *noted);
    if (noted)
        *noted = (ProcessLarge){(uintptr_t)large_block(l), l->size, l->kind, single};
    k->failed |= !l->observer && !noted;
}

/* Written down at once: what becomes of it in Python is on the heap. */
static void note_heap(Look *k)
{
    note_tables(k);
    for (Arena *a = heap.arenas; a != NULL && !k->failed; a = a->all_next)
        note_arena(k, a);
    for (int list = 0; list < LARGE_LISTS; list++)
        for (Large *l = heap.large[list].next; l != &heap.large[list] && !k->failed; l = l->next)
            note_large(k, l);
}

/* ---- what the program has mapped -------------------------------------------------------------------------------- */

typedef struct {
    PyTypeObject *type;
    Scratch *found; /* PyObject * */
} MappedSearch;

static int note_mapped(const HeapBlock *b, void *arg)
{
    MappedSearch *s = arg;
    if (!b->type || !PyType_IsSubtype(b->type, s->type) || Py_REFCNT(b->address) <= 0)
        return 0;
    PyObject **place = scratch_add(s->found, sizeof *place);
    if (place)
        *place = b->address;
    return place == NULL;
}

/* Private memory without a file that objects of the module mmap hold.  `objects` is given back empty. */
static void add_mapped(Look *k, Scratch *objects)
{
    for (size_t i = 0; i < SCRATCH_COUNT(objects, PyObject *); i++) {
        Py_buffer view;
        if (PyObject_GetBuffer(SCRATCH_ITEMS(objects, PyObject *)[i], &view, PyBUF_SIMPLE) < 0) {
            PyErr_Clear(); /* it is closed */
            continue;
        }
        uintptr_t low = (uintptr_t)view.buf, high = PAGE_UP(low + (size_t)view.len);
        const Mapping *m = mapping_at(&k->process->mappings, low);
        if (m && m->permissions[3] == 'p' && !*mapping_name(&k->process->mappings, m))
            add_part(k, low, high < m->high ? high : m->high, REGION_MAPPED, 0);
        PyBuffer_Release(&view);
    }
    scratch_free(objects);
}

/* The objects of the module mmap, if it has been imported; 0 or -1 without memory. */
static int find_mapped(Scratch *objects)
{
    PyObject *module = PyDict_GetItemString(interp_current()->modules, "mmap");
    PyObject *type = module && PyModule_Check(module) ? PyDict_GetItemString(PyModule_GetDict(module), "mmap") : NULL;
    MappedSearch search = {(PyTypeObject *)type, objects};
    if (!type || !PyType_Check(type) || !((PyTypeObject *)type)->tp_as_buffer)
        return 0;
    return heap_walk(note_mapped, &search) ? -1 : 0;
}

static int add_native_thread(const NativeThread *native, void *arg)
{
    Look *k = arg;
    ProcessThread *t = scratch_add(&k->process->threads, sizeof *t);
    if (!t)
        return k->failed = 1;
    *t = (ProcessThread){.native = *native};
    return 0;
}

/* Whether a state, rather than another one of the same thread, is the one that runs: a thread has one for each
 * interpreter that it has made or entered, the latest first in the list. */
static int runs_rather(PyThreadState *t, PyThreadState *other)
{
    if (!other || t == tstate_current())
        return 1;
    return other != tstate_current() && !((ThreadState *)other)->frame && ((ThreadState *)t)->frame;
}

/* Joins the native threads with the states of those that run Python; the own one is where this function is. */
static void join_states(Process *p)
{
    ProcessThread *threads = PROCESS_THREADS(p);
    for (PyInterpreterState *interp = _PyRuntime.interpreters; interp; interp = interp->next)
        for (PyThreadState *t = interp->threads; t; t = t->next)
            for (size_t i = 0; i < PROCESS_THREAD_COUNT(p); i++)
                if ((unsigned long)threads[i].native.id == t->native_thread_id && runs_rather(t, threads[i].state)) {
                    threads[i].ident = t->thread_id;
                    threads[i].state = t;
                    if (t == tstate_current()) {
                        threads[i].native.stack_pointer = (uintptr_t)__builtin_frame_address(0);
                        threads[i].native.running = 1;
                    }
                }
}

static void add_stacks(Look *k)
{
    Process *p = k->process;
    for (size_t i = 0; i < PROCESS_THREAD_COUNT(p); i++) {
        ProcessThread *t = &PROCESS_THREADS(p)[i];
        const Mapping *m = t->native.stack_pointer ? mapping_at(&p->mappings, t->native.stack_pointer) : NULL;
        if (m && strcmp(mapping_name(&p->mappings, m), "[stack]") == 0) {
            t->low = m->low;
            t->high = m->high;
            t->limit = platform_stack_limit();
        } else if (t->ident && platform_thread_stack(t->ident, &t->low, &t->high) == 0) {
            t->limit = t->high - t->low;
        } else if (m) {
            t->low = m->low;
            t->high = m->high;
            t->limit = t->high - t->low;
        }
        add_part(k, t->low, t->high, REGION_STACK, t->native.id);
    }
}

/* glibc's heaps for threads: pieces of 64 MiB, aligned, the lower part of each readable, the rest reserved.  Under the
 * address sanitizer there are none, and what looks like one may be its shadow, which nobody may read. */
#ifdef __SANITIZE_ADDRESS__
static void add_malloc_heaps(Look *k) {}
#else
static void add_malloc_heaps(Look *k)
{
    const Mapping *items = MAPPING_ITEMS(&k->process->mappings);
    for (size_t i = 0; i + 1 < MAPPING_COUNT(&k->process->mappings); i++) {
        const Mapping *m = &items[i], *next = &items[i + 1];
        uintptr_t base = (m->high - 1) & ~(MALLOC_HEAP - 1);
        if (strcmp(m->permissions, "rw-p") || *mapping_name(&k->process->mappings, m) || base < m->low ||
            strcmp(next->permissions, "---p") || next->low != m->high || next->high < base + MALLOC_HEAP)
            continue;
        const uintptr_t *head = (const uintptr_t *)base; /* malloc's arena, previous heap, size, … */
        if (head[0] == 0 || head[2] != m->high - base)
            continue;
        add_part(k, base, m->high, REGION_MALLOC, 0);
        add_part(k, m->high, base + MALLOC_HEAP, REGION_MALLOC_RESERVE, 0);
    }
}
#endif

/* ---- cutting ---------------------------------------------------------------------------------------------------- */

static RegionKind kind_of_mapping(const Mappings *all, const Mapping *m)
{
    const char *name = mapping_name(all, m);
    uintptr_t self = (uintptr_t)PyThread_get_thread_ident();
    if (strcmp(name, "[heap]") == 0)
        return REGION_HEAP;
    if (strncmp(name, "[stack", 6) == 0)
        return REGION_STACK;
    if (strncmp(name, "[v", 2) == 0)
        return REGION_VDSO;
    if (m->permissions[3] == 's')
        return *name == '/' && strncmp(name, "/dev/", 5) ? REGION_FILE : REGION_SHARED;
    if (*name == '/')
        return REGION_FILE;
    if (strncmp(m->permissions, "---", 3) == 0)
        return REGION_GUARD;
    return m->low <= self && self < m->high ? REGION_TLS : REGION_OTHER;
}

static void add_region(Look *k, const Mapping *m, uintptr_t low, uintptr_t high, RegionKind kind, int thread)
{
    Process *p = k->process;
    size_t count = PROCESS_REGION_COUNT(p);
    if (kind == NOTES)
        return;
    Region *before = count ? &PROCESS_REGIONS(p)[count - 1] : NULL;
    int behind_file =
        kind == REGION_BSS || kind == REGION_LIBRARY_BSS; /* in the last page of it, and anonymous memory behind */
    if (behind_file && before && before->kind == kind && before->high == low) {
        before->high = high;
        before->resident += resident_bytes(&p->pages, low, high);
        return;
    }
    Region *r = k->failed ? NULL : scratch_add(&p->regions, sizeof *r);
    if (!r) {
        k->failed = 1;
        return;
    }
    *r = (Region){.low = low, .high = high, .kind = kind, .thread = thread, .name = m->name};
    memcpy(r->permissions, m->permissions, sizeof r->permissions);
    r->resident = low == m->low && high == m->high ? m->resident : resident_bytes(&p->pages, low, high);
}

static int by_address(const void *a, const void *b)
{
    const Part *x = a, *y = b;
    return (x->low > y->low) - (x->low < y->low);
}

/* Parts may begin before a mapping and end behind it; where no part is, the mapping's own kind holds. */
static void cut(Look *k)
{
    Mappings *all = &k->process->mappings;
    const Part *part = SCRATCH_ITEMS(&k->parts, Part), *end = part + SCRATCH_COUNT(&k->parts, Part);
    for (size_t i = 0; i < MAPPING_COUNT(all); i++) {
        const Mapping *m = &MAPPING_ITEMS(all)[i];
        uintptr_t at = m->low;
        while (part < end && part->high <= at)
            part++;
        for (const Part *p = part; at < m->high; p++) {
            while (p < end && p->high <= at)
                p++;
            uintptr_t from = p < end && p->low < m->high ? p->low : m->high;
            if (at < from)
                add_region(k, m, at, from, kind_of_mapping(all, m), 0);
            if (from == m->high)
                break;
            uintptr_t low = from > at ? from : at, high = p->high < m->high ? p->high : m->high;
            add_region(k, m, low, high, p->kind, p->thread);
            at = high;
        }
    }
}

/* What this look has mapped before it read the mappings is left out. */
static void add_own(Look *k, const Scratch *s)
{
    add_part(k, (uintptr_t)s->base, (uintptr_t)s->base + s->room, NOTES, 0);
}

/* ---- looking ---------------------------------------------------------------------------------------------------- */

int process_look(Process *p)
{
    *p = (Process){.pages.fd = -1};
    Look k = {p};
    Scratch mapped = {0};
    k.failed = find_mapped(&mapped) < 0;
    platform_size(&p->size);
    platform_malloc(&p->malloc);
    note_heap(&k);
    platform_threads(add_native_thread, &k);
    join_states(p);
    if (k.failed || resident_open(&p->pages, &p->mappings) < 0 || platform_mappings(&p->mappings) < 0) {
        scratch_free(&k.parts);
        scratch_free(&mapped);
        process_forget(p);
        return -1;
    }
    Scratch parts = k.parts; /* where it is now */
    add_own(&k, &parts);
    add_own(&k, &p->arenas);
    add_own(&k, &p->large);
    add_own(&k, &p->threads);
    add_own(&k, &p->pages.windows);
    platform_segments(add_segment, &k);
    add_stacks(&k);
    add_malloc_heaps(&k);
    add_own(&k, &mapped);
    add_mapped(&k, &mapped);
    add_part(&k, p->mappings.own_low, p->mappings.own_high, NOTES, 0);
    if (k.parts.used)
        qsort(k.parts.base, SCRATCH_COUNT(&k.parts, Part), sizeof(Part), by_address);
    cut(&k);
    scratch_free(&k.parts);
    if (k.failed) {
        process_forget(p);
        return -1;
    }
    return 0;
}

void process_forget(Process *p)
{
    platform_mappings_free(&p->mappings);
    scratch_free(&p->regions);
    scratch_free(&p->arenas);
    scratch_free(&p->large);
    scratch_free(&p->threads);
    resident_close(&p->pages);
}

/* ---- for Python ------------------------------------------------------------------------------------------------- */

static const char *const kind_names[] = {
#define REGION(name, text, holds) text,
#include "see/regions.def"
#undef REGION
};
static const char *const kind_holds[] = {
#define REGION(name, text, holds) holds,
#include "see/regions.def"
#undef REGION
};

/* Appends what is stolen; -1 with an exception. */
static int append(PyObject *list, PyObject *item)
{
    int result = item ? PyList_Append(list, item) : -1;
    Py_XDECREF(item);
    return result;
}

const char *process_kind_text(RegionKind kind) { return kind_names[kind]; }

/* [(low, high, permissions, resident, kind, what lives there, file, thread), …] */
static PyObject *region_list(const Process *p)
{
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list && i < PROCESS_REGION_COUNT(p); i++) {
        const Region *r = &PROCESS_REGIONS(p)[i];
        PyObject *name = PyUnicode_DecodeFSDefault(p->mappings.names.base + r->name);
        if (!name || append(list, Py_BuildValue("(KKsnssNi)", (unsigned long long)r->low, (unsigned long long)r->high,
                                                r->permissions, (Py_ssize_t)r->resident, kind_names[r->kind],
                                                kind_holds[r->kind], name, r->thread)) < 0)
            Py_CLEAR(list);
    }
    return list;
}

/* [(address, bytes, bytes in use), …] of a thread's frame chunks, the newest first. */
static PyObject *chunk_list(const PyThreadState *t)
{
    PyObject *list = PyList_New(0);
    for (_PyStackChunk *c = t ? t->datastack_chunk : NULL; list && c; c = c->previous) {
        char *top = c == t->datastack_chunk ? (char *)t->datastack_top : (char *)&c->data[c->top];
        if (append(list, Py_BuildValue("(Knn)", (unsigned long long)(uintptr_t)c, (Py_ssize_t)c->size,
                                       (Py_ssize_t)(top - (char *)c))) < 0)
            Py_CLEAR(list);
    }
    return list;
}

/* [(native id, ident, name, low, high, stack pointer or 0, limit, current, chunks), …] */
static PyObject *thread_list(const Process *p)
{
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list && i < PROCESS_THREAD_COUNT(p); i++) {
        const ProcessThread *t = &PROCESS_THREADS(p)[i];
        PyObject *chunks = chunk_list(t->state);
        if (!chunks ||
            append(list, Py_BuildValue("(ikNKKKnON)", t->native.id, t->ident, PyUnicode_DecodeFSDefault(t->native.name),
                                       (unsigned long long)t->low, (unsigned long long)t->high,
                                       (unsigned long long)t->native.stack_pointer, (Py_ssize_t)t->limit,
                                       t->state == tstate_current() ? Py_True : Py_False, chunks)) < 0)
            Py_CLEAR(list);
    }
    return list;
}

/* [(base, pools used, live blocks, live bytes), …] */
static PyObject *arena_list(const Process *p)
{
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list && i < PROCESS_ARENA_COUNT(p); i++) {
        const ProcessArena *a = &PROCESS_ARENAS(p)[i];
        if (append(list, Py_BuildValue("(Knnn)", (unsigned long long)a->base, (Py_ssize_t)a->pools,
                                       (Py_ssize_t)a->blocks, (Py_ssize_t)a->bytes)) < 0)
            Py_CLEAR(list);
    }
    return list;
}

/* [(address, bytes, kind, 1 if malloc mapped it for itself), …] */
static PyObject *large_list(const Process *p)
{
    static const char *const kinds[KIND_COUNT] = {"raw", "object", "container"};
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list && i < PROCESS_LARGE_COUNT(p); i++) {
        const ProcessLarge *l = &PROCESS_LARGE(p)[i];
        if (append(list, Py_BuildValue("(Knsi)", (unsigned long long)l->block, (Py_ssize_t)l->size, kinds[l->kind],
                                       l->single)) < 0)
            Py_CLEAR(list);
    }
    return list;
}

static PyObject *see_process(PyObject *m, PyObject *ignored)
{
    Process p;
    if (process_look(&p) < 0)
        return PyErr_NoMemory();
    PyObject *result = Py_BuildValue(
        "{sNsNsNsNsnsnsns(nnnnnn)sK}", "regions", region_list(&p), "threads", thread_list(&p), "arenas", arena_list(&p),
        "large", large_list(&p), "mapped", (Py_ssize_t)p.size.mapped, "resident", (Py_ssize_t)p.size.resident, "peak",
        (Py_ssize_t)p.size.peak, "malloc", (Py_ssize_t)p.malloc.system, (Py_ssize_t)p.malloc.single,
        (Py_ssize_t)p.malloc.single_count, (Py_ssize_t)p.malloc.live, (Py_ssize_t)p.malloc.free,
        (Py_ssize_t)p.malloc.top, "kernel", KERNEL_LOW);
    process_forget(&p);
    return result;
}

PyMethodDef see_process_methods[] = {{"process", see_process, METH_NOARGS,
                                      "process($module, /)\n--\n\nThe address space of the process: regions, threads, "
                                      "arenas, large blocks and totals, as plain\n"
                                      "tuples; limpid.map() gives them names."},
                                     {NULL}};
