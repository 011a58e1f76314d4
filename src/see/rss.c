/* Where the resident memory is.
 *
 *     regions ─┬─ arenas ─── pools ─── blocks: live, padding, free │ headers │ free pools
 *              ├─ malloc's heaps ─── large blocks, frame chunks │ tables │ others │ free
 *              ├─ large blocks mapped for themselves
 *              └─ program, libraries, files, stacks: whole ranges
 *
 * RSS-1  The parts add up to the resident bytes of the regions.
 *
 * A page counts when it is resident, and what shares it goes by bytes.  Only two figures are not counted page by page:
 * what libraries hold in malloc's heaps is what malloc says it has handed out less the runtime's own blocks, and its
 * free memory is what remains of the heaps' resident pages. */
#include "memory/memory.h"
#include "memory/state.h"
#include "objects/instance.h"
#include "see/process.h"
#include "see/tables.h"

typedef enum part {
#define PART(name, title, what) PART_##name,
#include "see/rss.def"
#undef PART
    PARTS
} RssPart;

static const char *const part_titles[] = {
#define PART(name, title, what) title,
#include "see/rss.def"
#undef PART
};
static const char *const part_whats[] = {
#define PART(name, title, what) what,
#include "see/rss.def"
#undef PART
};

typedef struct {
    Process *process;
    size_t bytes[PARTS];
    size_t own_handed_out; /* by malloc, not in mappings of their own */
    size_t own_resident;   /* of those */
    size_t own_single;     /* bytes in mappings of their own */
} Sum;

static size_t resident(Sum *s, const void *low, size_t bytes)
{
    return resident_bytes(&s->process->pages, (uintptr_t)low, (uintptr_t)low + bytes);
}

/* ---- pools ------------------------------------------------------------------------------------------------------ */

/* Bytes of a small object's block beyond what the object was made with, or 0 where that is not known: it lies within
 * the distance of two size classes, or the object was asked for in another way. */
static size_t padding_of(PyObject *o, size_t block)
{
    PyTypeObject *type = Py_TYPE(o);
    size_t asked;
    if (PyUnicode_Check(o)) {
        if (!PyUnicode_IS_COMPACT(o))
            return 0;
        size_t header = PyUnicode_IS_COMPACT_ASCII(o) ? sizeof(PyASCIIObject) : sizeof(PyCompactUnicodeObject);
        asked = header + (size_t)(PyUnicode_GET_LENGTH(o) + 1) * PyUnicode_KIND(o);
    } else {
        Py_ssize_t n = type->tp_itemsize ? Py_SIZE(o) : 0;
        asked = (size_t)instance_size(type, n < 0 ? -n : n);
    }
    return asked < block && block - asked < 32 ? block - asked : 0;
}

static void sum_pool(Sum *s, Pool *pool)
{
    uint8_t dead[POOL_SIZE / BLOCK_MIN] = {0};
    size_t in_pool = resident(s, pool, POOL_SIZE), blocks = 0;
    if (in_pool == 0)
        return;
    pool_mark_free(pool, dead);
    for (unsigned i = 0; i < pool->capacity; i++) {
        char *block = pool_block(pool, i);
        size_t size = in_pool == POOL_SIZE ? pool->size : resident(s, block, pool->size);
        blocks += size;
        if (dead[i]) {
            s->bytes[PART_FREE_BLOCKS] += size;
        } else if (pool->kind == KIND_RAW) {
            s->bytes[PART_BUFFERS] += size;
        } else {
            size_t padding = size == pool->size ? padding_of((PyObject *)block, size) : 0;
            s->bytes[PART_PADDING] += padding;
            s->bytes[PART_OBJECTS] += size - padding;
        }
    }
    s->bytes[PART_HEADERS] += in_pool - blocks;
}

static void sum_arenas(Sum *s)
{
    for (Arena *a = heap.arenas; a != NULL; a = a->all_next)
        for (unsigned i = 0; i < POOLS_PER_ARENA && !a->observer; i++) {
            char *pool = a->base + i * POOL_SIZE;
            if (a->free_pools >> i & 1)
                s->bytes[PART_FREE_POOLS] += resident(s, pool, POOL_SIZE);
            else
                sum_pool(s, (Pool *)pool);
        }
}

/* ---- malloc ----------------------------------------------------------------------------------------------------- */

#define CHUNK_HEADER 8 /* malloc's, before each block */

static void sum_large(Sum *s, Large *l)
{
    uintptr_t low, high;
    int single = process_own_mapping(l, &low, &high);
    if (!single) {
        low = (uintptr_t)l - CHUNK_HEADER;
        high = (uintptr_t)l + platform_malloc_usable(l);
    }
    size_t whole = resident_bytes(&s->process->pages, low, high), block = resident(s, large_block(l), l->size);
    if (single) {
        s->own_single += high - low;
    } else {
        s->own_handed_out += high - low;
        s->own_resident += whole;
    }
    if (l->observer) {
        s->bytes[PART_OBSERVER] += single ? 0 : whole; /* a mapping is summed as a region */
        return;
    }
    s->bytes[PART_LARGE] += block;
    s->bytes[PART_BOOKKEEPING] += whole - block;
}

static void sum_chunks(Sum *s)
{
    for (PyInterpreterState *interp = _PyRuntime.interpreters; interp; interp = interp->next)
        for (PyThreadState *t = interp->threads; t; t = t->next)
            for (_PyStackChunk *c = t->datastack_chunk; c; c = c->previous) {
                size_t bytes = resident(s, c, c->size);
                s->bytes[PART_FRAMES] += bytes;
                s->bytes[PART_LARGE] -= bytes; /* each is a block of the thread-safe domain */
            }
}

/* Divides the resident pages of malloc's heaps (`pages` bytes) and of mappings that nobody has named. */
static void sum_malloc(Sum *s, size_t pages)
{
    const MallocSize *m = &s->process->malloc;
    size_t others = m->live > s->own_handed_out ? m->live - s->own_handed_out : 0, tables = 0;
    for (Arena *a = heap.arenas; a != NULL; a = a->all_next)
        tables += sizeof *a + CHUNK_HEADER;
    size_t left = pages > s->own_resident ? pages - s->own_resident : 0;
    if (others > left)
        others = left; /* handed out, but never touched */
    if (tables > others)
        tables = others;
    s->bytes[PART_BOOKKEEPING] += tables;
    s->bytes[PART_LIBRARIES_LIVE] += others - tables;
    s->bytes[PART_MALLOC_FREE] += left - others;
    size_t single = m->single > s->own_single ? m->single - s->own_single : 0;
    if (single > s->bytes[PART_OTHER])
        single = s->bytes[PART_OTHER];
    s->bytes[PART_LIBRARIES_LIVE] += single;
    s->bytes[PART_OTHER] -= single;
}

/* ---- regions ---------------------------------------------------------------------------------------------------- */

static void sum_stack(Sum *s, const Region *r)
{
    uintptr_t used = r->high;
    for (size_t i = 0; i < PROCESS_THREAD_COUNT(s->process); i++) {
        const ProcessThread *t = &PROCESS_THREADS(s->process)[i];
        if (t->native.id == r->thread && r->low <= t->native.stack_pointer && t->native.stack_pointer < r->high)
            used = t->native.stack_pointer;
    }
    size_t in_use = resident_bytes(&s->process->pages, used, r->high);
    if (in_use > r->resident)
        in_use = r->resident;
    s->bytes[PART_STACKS] += in_use;
    s->bytes[PART_STACKS_PAST] += r->resident - in_use;
}

/* Sums what is a whole region; the resident bytes of malloc's heaps. */
static size_t sum_regions(Sum *s)
{
    size_t pages = 0;
    for (size_t i = 0; i < PROCESS_REGION_COUNT(s->process); i++) {
        const Region *r = &PROCESS_REGIONS(s->process)[i];
        RssPart part = PART_OTHER;
        switch (r->kind) {
        case REGION_ARENA:
        case REGION_LARGE:
            continue; /* by what is in them */
        case REGION_HEAP:
        case REGION_MALLOC:
            pages += r->resident;
            continue;
        case REGION_STACK:
            sum_stack(s, r);
            continue;
        case REGION_TEXT:
        case REGION_RODATA:
        case REGION_RELRO:
            part = PART_CODE;
            break;
        case REGION_DATA:
        case REGION_BSS:
            part = PART_DATA;
            break;
        case REGION_LIBRARY_TEXT:
        case REGION_LIBRARY_RODATA:
        case REGION_LIBRARY_DATA:
        case REGION_LIBRARY_BSS:
        case REGION_TLS:
            part = PART_LIBRARIES;
            break;
        case REGION_FILE:
        case REGION_SHARED:
        case REGION_VDSO:
            part = PART_FILES;
            break;
        case REGION_TABLE:
            part = PART_BOOKKEEPING;
            break;
        case REGION_MAPPED:
            part = PART_MAPPED;
            break;
        case REGION_OBSERVER:
            part = PART_OBSERVER;
            break;
        default:
            break;
        }
        s->bytes[part] += r->resident;
    }
    return pages;
}

/* {"parts": [(title, what it is, bytes), …], "regions": sum of the regions, "resident": what the system says} */
static PyObject *see_rss(PyObject *m, PyObject *ignored)
{
    Process p;
    if (process_look(&p) < 0)
        return PyErr_NoMemory();
    Sum s = {&p};
    sum_arenas(&s);
    for (int list = 0; list < LARGE_LISTS; list++)
        for (Large *l = heap.large[list].next; l != &heap.large[list]; l = l->next)
            sum_large(&s, l);
    sum_chunks(&s);
    sum_malloc(&s, sum_regions(&s));
    size_t regions = 0;
    for (size_t i = 0; i < PROCESS_REGION_COUNT(&p); i++)
        regions += PROCESS_REGIONS(&p)[i].resident;
    size_t told = p.size.resident;
    process_forget(&p);
    PyObject *parts = PyList_New(PARTS);
    for (int i = 0; parts && i < PARTS; i++) {
        PyObject *row = Py_BuildValue("(ssn)", part_titles[i], part_whats[i], (Py_ssize_t)s.bytes[i]);
        if (row)
            PyList_SET_ITEM(parts, i, row);
        else
            Py_CLEAR(parts);
    }
    return parts
               ? Py_BuildValue("{sNsnsn}", "parts", parts, "regions", (Py_ssize_t)regions, "resident", (Py_ssize_t)told)
               : NULL;
}

PyMethodDef see_rss_methods[] = {
    {"rss", see_rss, METH_NOARGS,
     "rss($module, /)\n--\n\nWhere the resident memory is: parts, their sum by regions, and what the system says."},
    {NULL}};
