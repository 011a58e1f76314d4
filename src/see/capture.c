/* See capture.h.
 *
 * One walk of the heap: each block becomes a row of OBJS, each reference out of it one of EDGE.  Tables and types come
 * before the rows that name them.  Objects of the program itself (classes, small integers) are met as targets; they
 * follow at the end with what they refer to. */
#include "see/capture.h"
#include "see/buffers.h"
#include "see/capture_base.h"
#include "see/capture_text.h"
#include "see/fields.h"
#include "see/process.h"
#include "memory/look.h"
#include "memory/memory.h"
#include "memory/roots.h"
#include "memory/state.h"
#include "memory/trace.h"
#include "modules/tracemalloc/sites.h"
#include "vm/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ROWS_OF_CHUNK 16384
#define REFERENCES_OF_CHUNK 65536
#define COPY_MAX 512        /* bytes of one block that are copied */
#define COPIES_OF_TYPE 1000 /* objects of one class whose blocks are */

/* ---- the state of one writing ---- */

typedef struct {
    ChunkWriter *out;
    CaptureOptions options;
    ChunkTable table[CHUNK_KINDS];
    Numbers types, strings;
    Numbers others; /* objects in no arena: met (1), or written (2) */
    PyTypeObject *last_type;
    uint32_t last_type_number, type_count, string_count;
    uint64_t objects, references;
    SeeIndex raws;      /* raw blocks with their owners; empty without memory for it */
    uint8_t *site_seen; /* by number of the site */
    size_t site_room;
    /* the row of EDGE that is being made */
    PyObject *owner;
    uint32_t count;
    Py_ssize_t last_index;
    PyObject *last_key;
    /* the fields of an object, by which layouts have numbers */
    Numbers layouts;
    uint32_t layout_count;
    Scratch fields;      /* SeeField */
    Numbers copies_of; /* by class: how many have been copied */
    size_t copied;
    char name[CAPTURE_TEXT]; /* of the block that is told of */
    /* with a base: the references of an object, and the run of rows that are the same */
    Scratch edges; /* SeeEdge */
    uint32_t same_first, same_rows;
    unsigned same_state;
    uint64_t *sums; /* with options.sums: objects, bytes of each type's number */
    size_t sum_room;
} Capture;

static void out_of_memory(Capture *c)
{
    if (!c->out->failed)
        c->out->failed = ENOMEM;
}

/* A row is complete: the chunk may be. */
static void row_done(Capture *c, enum chunk_kind kind)
{
    ChunkTable *t = &c->table[kind];
    t->rows++;
    if (t->rows >= ROWS_OF_CHUNK)
        table_flush(t);
}

static void text(ChunkTable *t, int column, const char *s) { put_text(t, column, s, strlen(s)); }

static uint32_t string_of(Capture *c, const void *key, const char *s, size_t length)
{
    uint32_t *number = number_of(&c->strings, key);
    if (number == NULL)
        return out_of_memory(c), 0;
    if (*number == 0) {
        ChunkTable *t = &c->table[CHUNK_STRS];
        *number = ++c->string_count;
        put_uint(t, 0, *number);
        put_text(t, 1, s, length);
        row_done(c, CHUNK_STRS);
    }
    return *number;
}

/* The number of a text that lives as long as the program. */
static uint32_t string_number(Capture *c, const char *s) { return string_of(c, s, s, strlen(s)); }

static uint32_t str_number(Capture *c, PyObject *s)
{
    char buffer[CAPTURE_TEXT];
    uint32_t *number = number_of(&c->strings, s);
    return number && *number ? *number : string_of(c, s, buffer, capture_str(s, buffer));
}

static void put_meta(Capture *c, const char *key, const char *value)
{
    ChunkTable *t = &c->table[CHUNK_META];
    text(t, 0, key);
    text(t, 1, value);
    row_done(c, CHUNK_META);
}

static void put_meta_number(Capture *c, const char *key, unsigned long long value)
{
    char number[32];
    snprintf(number, sizeof number, "%llu", value);
    put_meta(c, key, number);
}

/* ---- fields, and copies of blocks ---- */

/* While an object is freed, its references may lead to what is gone. */
static int is_dying(PyObject *o) { return Py_REFCNT(o) <= 0; }

static void collect_field(const SeeField *field, void *arg)
{
    Capture *c = arg;
    SeeField *kept = scratch_add(&c->fields, sizeof *kept);
    if (kept == NULL)
        out_of_memory(c);
    else
        *kept = *field;
}

static void put_layout(Capture *c, uint32_t layout)
{
    ChunkTable *t = &c->table[CHUNK_FIEL];
    const SeeField *fields = SCRATCH_ITEMS(&c->fields, SeeField);
    for (size_t i = 0; i < SCRATCH_COUNT(&c->fields, SeeField); i++) {
        const SeeField *f = &fields[i];
        put_uint(t, 0, layout);
        put_uint(t, 1, string_number(c, f->name));
        put_uint(t, 2, string_number(c, f->ctype));
        put_uint(t, 3, (uint64_t)f->offset);
        put_uint(t, 4, (uint64_t)f->size);
        put_byte(t, 5, (uint8_t)f->kind);
        put_uint(t, 6, string_number(c, f->meaning));
        t->rows++;
    }
}

/* The number of how the fields of an object lie. */
static uint32_t layout_of(Capture *c, PyObject *o)
{
    c->fields.used = 0;
    see_fields(o, collect_field, c);
    uint64_t print = 0;
    const SeeField *fields = SCRATCH_ITEMS(&c->fields, SeeField);
    for (size_t i = 0; i < SCRATCH_COUNT(&c->fields, SeeField); i++) {
        print = print_pointer(print_pointer(print, fields[i].name), fields[i].ctype);
        print = print_mix(print_mix(print, (uint64_t)fields[i].offset), (uint64_t)fields[i].size);
    }
    uint32_t *number = number_of(&c->layouts, (void *)(uintptr_t)(print | 1));
    if (number == NULL)
        return out_of_memory(c), 0;
    if (*number == 0) {
        *number = ++c->layout_count;
        put_layout(c, *number);
    }
    return *number;
}

/* The bytes of a block, if they are wanted; `for_object`: what it belongs to. */
static void put_copy(Capture *c, const void *address, size_t size, PyObject *for_object)
{
    size_t n = size < COPY_MAX ? size : COPY_MAX;
    if (for_object == NULL || is_dying(for_object) || c->copied + n > c->options.copies ||
        (c->options.wants_copy && !c->options.wants_copy(c->options.context, for_object)))
        return;
    uint32_t *others = number_of(&c->copies_of, Py_TYPE(for_object));
    if (others == NULL || ++*others > COPIES_OF_TYPE)
        return;
    ChunkTable *t = &c->table[CHUNK_COPY];
    put_place(t, 0, (uintptr_t)address);
    put_uint(t, 1, address == for_object ? layout_of(c, for_object) : 0);
    put_text(t, 2, address, n);
    t->rows++;
    c->copied += n;
}

/* ---- types ---- */

/* The number of an object's class. */
static uint32_t type_number(Capture *c, PyObject *o)
{
    PyTypeObject *type = Py_TYPE(o);
    if (type == c->last_type)
        return c->last_type_number;
    uint32_t *number = number_of(&c->types, type);
    if (number == NULL)
        return out_of_memory(c), 0;
    if (*number == 0) {
        char name[CAPTURE_TEXT];
        ChunkTable *t = &c->table[CHUNK_TYPE];
        *number = ++c->type_count;
        put_uint(t, 0, *number);
        put_place(t, 1, (uintptr_t)type);
        put_text(t, 2, name, capture_type_name(type, name));
        put_uint(t, 3, (uint64_t)type->tp_basicsize);
        put_uint(t, 4, type->tp_itemsize > 0 ? (uint64_t)type->tp_itemsize : 0);
        put_uint(t, 5, type->tp_flags);
        put_uint(t, 6, layout_of(c, o));
        t->rows++; /* written before the objects: object_done */
    }
    c->last_type = type;
    return c->last_type_number = *number;
}

/* ---- references ---- */

static void row_of_edges_done(Capture *c)
{
    ChunkTable *t = &c->table[CHUNK_EDGE];
    if (c->count == 0)
        return;
    put_place(t, 0, (uintptr_t)c->owner);
    put_uint(t, 1, c->count);
    t->inner += c->count;
    t->rows++;
    c->references += c->count;
    c->count = 0;
    c->last_index = -1;
    if (t->inner >= REFERENCES_OF_CHUNK || t->rows >= ROWS_OF_CHUNK) {
        table_flush(&c->table[CHUNK_STRS]);
        table_flush(t);
    }
}

static uint64_t label(enum capture_label kind, uint64_t number) { return number << LABEL_BITS | kind; }

static void put_edge(Capture *c, const void *target, uint64_t label)
{
    ChunkTable *t = &c->table[CHUNK_EDGE];
    put_uint(t, 2, label);
    put_ref(t, 3, (uintptr_t)c->owner, (uintptr_t)target);
    if (++c->count + t->inner >= REFERENCES_OF_CHUNK)
        row_of_edges_done(c);
}

/* Notes a target that is in no arena. */
static void meet(Capture *c, PyObject *target)
{
    uint32_t *number = number_of(&c->others, target);
    if (number == NULL)
        out_of_memory(c);
    else if (*number == 0)
        *number = 1;
}

/* The label of a reference; notes what later ones are told by. */
static uint64_t label_of(Capture *c, const SeeEdge *edge)
{
    if (edge->weak)
        return label(LABEL_WEAK, edge->text ? string_number(c, edge->text) : 0);
    switch (edge->kind) {
    case SEE_TYPE:
        return label(LABEL_TYPE, 0);
    case SEE_ATTRIBUTE:
        return label(LABEL_ATTRIBUTE, edge->name   ? str_number(c, edge->name)
                                      : edge->text ? string_number(c, edge->text) /* a member that __slots__ made */
                                                   : 0);
    case SEE_FIELD:
        return label(LABEL_FIELD, edge->text ? string_number(c, edge->text) : 0);
    case SEE_ITEM: {
        Py_ssize_t last = c->last_index;
        c->last_index = edge->index;
        return last >= 0 && edge->index == last + 1 ? label(LABEL_NEXT_ITEM, 0)
                                                    : label(LABEL_ITEM, (uint64_t)edge->index);
    }
    case SEE_KEY:
        c->last_key = edge->target;
        return label(LABEL_KEY, (uint64_t)edge->index);
    case SEE_VALUE:
        if (edge->name && PyUnicode_CheckExact(edge->name) && PyUnicode_CHECK_INTERNED(edge->name))
            return label(LABEL_VALUE, str_number(c, edge->name));
        return label(c->last_key == edge->name ? LABEL_KEYED : LABEL_PLAIN, 0);
    case SEE_MEMBER:
        return label(LABEL_MEMBER, 0);
    case SEE_LOCAL:
        return label(LABEL_LOCAL, str_number(c, edge->name));
    case SEE_STACK:
        return label(LABEL_STACK, (uint64_t)edge->index);
    default:
        return label(LABEL_PLAIN, edge->index >= 0 ? (uint64_t)edge->index + 1 : 0);
    }
}

static void see_edge(const SeeEdge *edge, void *arg)
{
    Capture *c = arg;
    uint64_t how = label_of(c, edge);
    if ((how & 15) != LABEL_ITEM && (how & 15) != LABEL_NEXT_ITEM)
        c->last_index = -1;
    put_edge(c, edge->target, how);
    if (edge->kind != SEE_KEY)
        c->last_key = NULL;
    if (!arena_contains(edge->target) && edge->kind != SEE_STACK) /* what is stale there may be no object */
        meet(c, edge->target);
}

static void collect_edge(const SeeEdge *edge, void *arg)
{
    Capture *c = arg;
    SeeEdge *kept = scratch_add(&c->edges, sizeof *kept);
    if (kept == NULL)
        out_of_memory(c);
    else
        *kept = *edge;
}

/* With a base they have been collected: is_as_before. */
static void write_edges(Capture *c, PyObject *o)
{
    c->owner = o;
    c->last_index = -1;
    c->last_key = NULL;
    if (c->options.base == NULL)
        see_edges(o, 1, see_edge, c);
    else
        for (size_t i = 0; i < SCRATCH_COUNT(&c->edges, SeeEdge); i++)
            see_edge(&SCRATCH_ITEMS(&c->edges, SeeEdge)[i], c);
    row_of_edges_done(c);
}

/* ---- objects ---- */

/* What rows name stands before them. */
static void flush_names(Capture *c)
{
    table_flush(&c->table[CHUNK_STRS]);
    table_flush(&c->table[CHUNK_FIEL]);
    table_flush(&c->table[CHUNK_TYPE]);
}

static void object_done(Capture *c)
{
    ChunkTable *t = &c->table[CHUNK_OBJS];
    c->objects++;
    if (++t->rows >= ROWS_OF_CHUNK) {
        flush_names(c);
        table_flush(t);
    }
}

static void need_site(Capture *c, uint32_t site)
{
    if (site >= c->site_room) {
        size_t room = 2 * (size_t)site + 1024;
        uint8_t *bigger = realloc(c->site_seen, room);
        if (bigger == NULL) {
            out_of_memory(c);
            return;
        }
        memset(bigger + c->site_room, 0, room - c->site_room);
        c->site_seen = bigger;
        c->site_room = room;
    }
    c->site_seen[site] = 1;
}

static void flush_same(Capture *c)
{
    ChunkTable *t = &c->table[CHUNK_SAME];
    if (c->same_rows == 0)
        return;
    put_uint(t, 0, c->same_first);
    put_uint(t, 1, c->same_rows);
    put_byte(t, 2, (uint8_t)c->same_state);
    row_done(c, CHUNK_SAME);
    c->same_rows = 0;
}

/* A row of the base that holds still; its state may be another. */
static void same_row(Capture *c, uint32_t row, unsigned state)
{
    c->objects++;
    if (c->same_rows && row == c->same_first + c->same_rows && state == c->same_state) {
        c->same_rows++;
        return;
    }
    flush_same(c);
    c->same_first = row;
    c->same_rows = 1;
    c->same_state = state;
}

/* What is told of a block. */
typedef struct {
    void *address;
    PyObject *object; /* NULL: a raw buffer */
    size_t size;
    unsigned state;
    uint32_t site;
    const SeeRaw *raw; /* whose a buffer is, or NULL */
    int name_length;   /* of Capture.name; -1: none */
} Row;

static uint64_t print_of(const Capture *c, const Row *row)
{
    const SeeEdge *edges = SCRATCH_ITEMS(&c->edges, SeeEdge);
    PyObject *o = row->object;
    uint64_t print = print_mix(print_mix(0, row->size), row->site);
    if (row->raw)
        print = print_pointer(print_pointer(print, row->raw->owner), row->raw->role);
    if (o == NULL)
        return print;
    print = print_mix(print_pointer(print, Py_TYPE(o)), (uint64_t)Py_REFCNT(o));
    print = print_mix(print, (uint64_t)capture_length(o));
    if (row->name_length >= 0)
        print = print_bytes(print, c->name, (size_t)row->name_length);
    for (size_t i = 0; i < SCRATCH_COUNT(&c->edges, SeeEdge); i++)
        print = print_edge(print, &edges[i]);
    return print;
}

/* Whether the base has told the same; else, if there is one, it is noted for the base. */
static int is_as_before(Capture *c, const Row *row)
{
    CaptureBase *base = c->options.base;
    if (base == NULL)
        return 0;
    c->edges.used = 0;
    if (row->object && !is_dying(row->object))
        see_edges(row->object, 1, collect_edge, c);
    uint64_t print = print_of(c, row);
    if (!base->full) {
        capture_base_add(base, row->address, print, row->state);
        return 0;
    }
    const BaseRow *before = capture_base_find(base, row->address, print);
    if (before)
        same_row(c, (uint32_t)(before - base->items), before->state == row->state ? 0 : row->state);
    return before != NULL;
}

/* Tells of a block; 0 when it is as it was. */
static int put_object(Capture *c, Row *row)
{
    PyObject *o = row->object;
    row->name_length = o && !is_dying(o) ? capture_name(o, c->options.values, c->name) : -1;
    if (!(row->state & CAPTURE_STATIC))
        put_copy(c, row->address, row->size, o ? o : row->raw ? row->raw->owner : NULL);
    else if (PyType_Check(o)) /* of others the C compiler alone knows how long they are */
        put_copy(c, o, sizeof(PyTypeObject), o);
    if (is_as_before(c, row))
        return 0;
    ChunkTable *t = &c->table[CHUNK_OBJS];
    put_place(t, 0, (uintptr_t)row->address);
    put_uint(t, 1, o ? type_number(c, o) : 0);
    put_uint(t, 2, row->size);
    put_uint(t, 3, o == NULL ? 0 : object_is_immortal(o) ? 1 : (uint64_t)Py_REFCNT(o) + 1);
    put_byte(t, 4, (uint8_t)row->state);
    put_uint(t, 5, o ? (uint64_t)(capture_length(o) + 1) : 0);
    put_uint(t, 6, row->site);
    object_done(c);
    if (row->site != 0)
        need_site(c, row->site);
    if (row->name_length >= 0) {
        ChunkTable *names = &c->table[CHUNK_NAME];
        put_place(names, 0, (uintptr_t)row->address);
        put_text(names, 1, c->name, (size_t)row->name_length);
        row_done(c, CHUNK_NAME);
    }
    if (o && !is_dying(o))
        write_edges(c, o);
    return 1;
}

static void put_root(Capture *c, const char *group, uint64_t frame, uint64_t how, const void *target)
{
    ChunkTable *t = &c->table[CHUNK_ROOT];
    put_uint(t, 0, string_number(c, group));
    put_uint(t, 1, frame);
    put_uint(t, 2, how);
    put_place(t, 3, (uintptr_t)target);
    row_done(c, CHUNK_ROOT);
}

/* A buffer of the runtime's own, or nobody's. */
static void put_runtime_buffer(Capture *c, const Row *row)
{
    if (row->raw && row->raw->owner == NULL && row->raw->role != NULL)
        put_root(c, "runtime", 0, label(LABEL_BUFFER, string_number(c, row->raw->role)), row->address);
}

/* Whether the owner of a buffer is in the picture: not made by a look. */
static int is_program_owner(Capture *c, PyObject *owner)
{
    int on_heap = arena_contains(owner);
    if (!on_heap) {
        meet(c, owner);
        uint32_t *number = number_of(&c->others, owner);
        on_heap = number != NULL && *number == 2; /* a large block */
    }
    return !on_heap || look_side_of(owner) == SIDE_PROGRAM;
}

/* A reference from the owner. */
static void write_owner(Capture *c, const Row *row)
{
    if (row->raw == NULL || row->raw->owner == NULL || !is_program_owner(c, row->raw->owner))
        return;
    c->owner = row->raw->owner;
    put_edge(c, row->address, label(LABEL_BUFFER, row->raw->role ? string_number(c, row->raw->role) : 0));
    row_of_edges_done(c);
}

static unsigned state_of(unsigned gc_state)
{
    unsigned state = gc_state & GC_TRACKED ? CAPTURE_TRACKED : 0;
    if (gc_state & GC_TRACKED)
        state |= (gc_state & GC_GENERATION_MASK) >> GC_GENERATION_SHIFT << CAPTURE_GENERATION_SHIFT;
    return state | (gc_state & GC_FINALISED ? CAPTURE_FINALISED : 0);
}

static int write_block(const HeapBlock *b, void *arg)
{
    Capture *c = arg;
    Row row = {b->address, b->type ? b->address : NULL, b->size, (unsigned)b->kind << CAPTURE_KIND_SHIFT, b->site};
    if (b->large)
        row.state |= CAPTURE_LARGE;
    if (b->kind == KIND_CONTAINER)
        row.state |= state_of(b->large ? large_of(b->address)->state : *pool_state(b->address));
    if (b->kind == KIND_RAW) {
        row.raw = c->raws.count ? see_index_find(&c->raws, b->address) : NULL;
        put_runtime_buffer(c, &row);
    }
    if (put_object(c, &row) && b->kind == KIND_RAW)
        write_owner(c, &row);
    return c->out->failed;
}

/* Those that were met outside the heap, until no new ones are; what refers to those of the base may have been left
 * out. */
static void write_others(Capture *c)
{
    const CaptureBase *base = c->options.base;
    for (uint32_t i = 0; base && base->full && i < base->count; i++)
        if (base->items[i].state & CAPTURE_STATIC)
            meet(c, (PyObject *)base->items[i].address);
    for (int found = 1; found && !c->out->failed;) {
        found = 0;
        for (size_t i = 0; i <= c->others.mask && c->others.items && !c->out->failed; i++) {
            PyObject *o = (PyObject *)c->others.items[i].key;
            if (o == NULL || c->others.items[i].number != 1)
                continue;
            c->others.items[i].number = 2;
            found = 1;
            Py_ssize_t items = Py_TYPE(o)->tp_itemsize > 0 ? Py_ABS(Py_SIZE(o)) : 0;
            size_t size = (size_t)(Py_TYPE(o)->tp_basicsize + items * Py_TYPE(o)->tp_itemsize);
            put_object(c, &(Row){o, o, size, CAPTURE_STATIC | (unsigned)KIND_OBJECT << CAPTURE_KIND_SHIFT});
        }
    }
}

/* Large blocks, also those of looks, are no strangers. */
static void know_large_blocks(Capture *c)
{
    for (int list = 0; list < LARGE_LISTS; list++)
        for (Large *l = heap.large[list].next; l != &heap.large[list]; l = l->next) {
            uint32_t *number = number_of(&c->others, large_block(l));
            if (number == NULL) {
                out_of_memory(c);
                return;
            }
            *number = 2;
        }
}

static void write_pools(Capture *c)
{
    ChunkTable *t = &c->table[CHUNK_POOL];
    for (Arena *a = heap.arenas; a != NULL; a = a->all_next)
        for (unsigned i = 0; i < POOLS_PER_ARENA && !a->observer; i++) {
            Pool *pool = (Pool *)(a->base + i * POOL_SIZE);
            int used = !(a->free_pools >> i & 1);
            put_place(t, 0, (uintptr_t)pool);
            put_byte(t, 1, used ? pool->kind : 255);
            put_uint(t, 2, used ? pool->size : 0);
            put_uint(t, 3, used ? pool->capacity : 0);
            put_uint(t, 4, used ? pool_used(pool) : 0);
            put_uint(t, 5, used ? POOL_SIZE - (uint64_t)pool->capacity * pool->size : 0);
            row_done(c, CHUNK_POOL);
        }
}

/* ---- the rest of the process ---- */

static void write_segment(Capture *c, const Region *r, const char *name)
{
    ChunkTable *t = &c->table[CHUNK_SEGM];
    uintptr_t low = r->low & ~(uintptr_t)7, high = r->high & ~(uintptr_t)7; /* places are of words */
    put_place(t, 0, low);
    put_uint(t, 1, high - low);
    put_uint(t, 2, r->resident < high - low ? r->resident : high - low);
    text(t, 3, r->permissions);
    text(t, 4, name);
    text(t, 5, process_kind_text(r->kind));
    put_uint(t, 6, (uint64_t)r->thread);
    row_done(c, CHUNK_SEGM);
}

/* Without them, when there is no memory for a look at them, a capture is good all the same. */
static void write_segments(Capture *c)
{
    Process p;
    if (process_look(&p) < 0)
        return;
    for (size_t i = 0; i < PROCESS_REGION_COUNT(&p); i++) {
        const Region *r = &PROCESS_REGIONS(&p)[i];
        write_segment(c, r, p.mappings.names.base + r->name);
    }
    process_forget(&p);
}

static void see_held(const SeeEdge *edge, void *arg)
{
    Capture *c = arg;
    put_root(c, "frames", c->count, label_of(c, edge), edge->target);
    if (!arena_contains(edge->target) && edge->kind != SEE_STACK)
        meet(c, edge->target);
}

static void write_root(PyObject *target, const char *group, Py_ssize_t index, PyObject *name, void *arg)
{
    Capture *c = arg;
    uint64_t how = name         ? label(LABEL_ROOT, str_number(c, name))
                   : index >= 0 ? label(LABEL_ITEM, (uint64_t)index)
                                : label(LABEL_PLAIN, 0);
    put_root(c, group, 0, how, target);
    if (!arena_contains(target))
        meet(c, target);
}

static void write_frame(Capture *c, Frame *f, uint64_t thread, uint32_t number, uint32_t depth)
{
    char name[CAPTURE_TEXT];
    ChunkTable *t = &c->table[CHUNK_FRAM];
    put_uint(t, 0, number);
    put_uint(t, 1, thread);
    put_uint(t, 2, depth);
    put_text(t, 3, name, capture_str(f->code->co_qualname, name));
    put_text(t, 4, name, capture_str(f->code->co_filename, name));
    int line = PyCode_Addr2Line(f->code, frame_lasti(f) * (int)sizeof(_Py_CODEUNIT));
    put_uint(t, 5, line > 0 ? (uint64_t)line : 0);
    put_place(t, 6, (uintptr_t)f->code);
    row_done(c, CHUNK_FRAM);
    c->count = number;
    see_frame_edges(f, see_held, c);
    c->count = 0;
}

/* The frames of all threads, innermost first, without those of the look itself. */
static void write_frames(Capture *c)
{
    uint32_t number = 0;
    for (PyThreadState *t = interp_current()->threads; t != NULL; t = t->next) {
        uint32_t depth = 0;
        Frame *f = frame_visible(((ThreadState *)t)->frame);
        while (t == tstate_current() && f != NULL && capture_is_own(f->code))
            f = frame_visible(f->previous);
        for (; f != NULL; f = frame_visible(f->previous))
            write_frame(c, f, t->thread_id, ++number, ++depth);
    }
}

static void write_meta(Capture *c)
{
    struct timespec now;
    char process[96];
    clock_gettime(CLOCK_REALTIME, &now);
    static unsigned long long born;
    if (born == 0)
        born = (unsigned long long)now.tv_sec * 1000000000u + (unsigned long long)now.tv_nsec;
    put_meta(c, "runtime", "limpid");
    put_meta(c, "python", PY_VERSION);
    put_meta_number(c, "pid", (unsigned long long)getpid());
    snprintf(process, sizeof process, "%ld.%llx", (long)getpid(), born); /* the same in all captures of one process */
    put_meta(c, "process", process);
    put_meta_number(c, "time", (unsigned long long)now.tv_sec);
    put_meta_number(c, "arena", ARENA_SIZE);
    put_meta_number(c, "pool", POOL_SIZE);
    put_meta_number(c, "word", sizeof(void *));
    put_meta_number(c, "kernel", KERNEL_LOW);
    put_meta(c, "values", c->options.values ? "yes" : "no");
}

/* The places where blocks were asked for, of those that some object names. */
static void write_site(Capture *c, uint32_t number)
{
    char name[CAPTURE_TEXT];
    const Site *site = site_get(number);
    ChunkTable *t = &c->table[CHUNK_SITE];
    put_uint(t, 0, number);
    put_uint(t, 1, site->count);
    for (unsigned i = 0; i < site->count; i++) {
        PyObject *file = site->frames[i].filename;
        put_uint(t, 2, string_of(c, file, name, capture_str(file, name)));
        put_uint(t, 3, 0);
        put_uint(t, 4, site->frames[i].line);
    }
    row_done(c, CHUNK_SITE);
}

static int sum_block(const HeapBlock *b, void *arg)
{
    Capture *c = arg;
    uint32_t type = b->type ? type_number(c, b->address) : 0;
    if (2 * (size_t)type + 2 > c->sum_room) {
        size_t room = 4 * (size_t)type + 1024;
        uint64_t *bigger = realloc(c->sums, room * sizeof *bigger);
        if (bigger == NULL)
            return out_of_memory(c), 1;
        memset(bigger + c->sum_room, 0, (room - c->sum_room) * sizeof *bigger);
        c->sums = bigger;
        c->sum_room = room;
    }
    c->sums[2 * type]++;
    c->sums[2 * type + 1] += b->size;
    c->objects++;
    return 0;
}

/* How many there are of each class, in place of the objects themselves. */
static void write_sums(Capture *c)
{
    ChunkTable *t = &c->table[CHUNK_SUMS];
    heap_walk(sum_block, c);
    for (size_t type = 0; 2 * type < c->sum_room; type++) {
        if (c->sums[2 * type] == 0)
            continue;
        put_uint(t, 0, type);
        put_uint(t, 1, c->sums[2 * type]);
        put_uint(t, 2, c->sums[2 * type + 1]);
        row_done(c, CHUNK_SUMS);
    }
}

static void write_objects(Capture *c)
{
    know_large_blocks(c);
    if (see_index_make(&c->raws, 1, 0) == 0)
        see_index_own(&c->raws);
    heap_walk(write_block, c);
    write_frames(c);
    roots_visit(write_root, c);
    write_others(c);
    flush_same(c);
    see_index_free(&c->raws);
    for (size_t site = 0; site < c->site_room; site++)
        if (c->site_seen[site])
            write_site(c, (uint32_t)site);
}

static void write_done(Capture *c, uint64_t nanoseconds, uint64_t bytes_before)
{
    ChunkTable *t = &c->table[CHUNK_DONE];
    put_uint(t, 0, c->objects);
    put_uint(t, 1, c->references);
    put_uint(t, 2, c->out->bytes - bytes_before);
    put_uint(t, 3, nanoseconds);
    t->rows = 1;
    table_flush(t);
}

static uint64_t clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Within a recording: what follows, up to DONE, is a capture. */
static void write_head(Capture *c)
{
    const CaptureOptions *o = &c->options;
    ChunkTable *t = &c->table[CHUNK_CAPT];
    put_uint(t, 0, o->step);
    text(t, 1, o->reason);
    put_uint(t, 2, o->stop);
    put_uint(t, 3, o->base && o->base->full);
    put_byte(t, 4, !o->sums);
    t->rows = 1;
    table_flush(t);
}

static void write_all(Capture *c)
{
    uint64_t start = clock_now(), bytes = c->out->bytes;
    CaptureBase *base = c->options.base;
    if (c->options.reason)
        write_head(c);
    if (base && base->full) { /* numbers go on */
        c->type_count = base->types;
        c->string_count = base->strings;
    }
    write_meta(c);
    table_flush(&c->table[CHUNK_META]);
    write_segments(c);
    write_pools(c);
    if (c->options.sums)
        write_sums(c);
    else
        write_objects(c);
    flush_names(c); /* names in what follows */
    for (int kind = 0; kind < CHUNK_DONE; kind++)
        table_flush(&c->table[kind]);
    write_done(c, clock_now() - start, bytes);
    if (base && !base->full && !c->options.sums) {
        base->types = c->type_count;
        base->strings = c->string_count;
        base->full = !c->out->failed && !base->failed;
    }
}

int see_capture_into(ChunkWriter *out, const CaptureOptions *options, CaptureTotals *totals)
{
    uint64_t start = clock_now(), bytes = out->bytes;
    Capture *c = calloc(1, sizeof *c);
    if (c == NULL) {
        errno = ENOMEM;
        return -1;
    }
    c->out = out;
    c->options = options ? *options : (CaptureOptions){0};
    for (int kind = 0; kind < CHUNK_KINDS; kind++)
        table_open(&c->table[kind], out, (enum chunk_kind)kind);
    look_enter();
    write_all(c);
    look_leave();
    for (int kind = 0; kind < CHUNK_KINDS; kind++)
        table_close(&c->table[kind]);
    free(c->types.items);
    free(c->strings.items);
    free(c->others.items);
    free(c->layouts.items);
    free(c->copies_of.items);
    free(c->site_seen);
    free(c->sums);
    scratch_free(&c->fields);
    scratch_free(&c->edges);
    if (totals)
        *totals = (CaptureTotals){c->objects, c->references, out->bytes - bytes, (double)(clock_now() - start) * 1e-9};
    free(c);
    errno = out->failed;
    return out->failed ? -1 : 0;
}

int see_capture_to(ChunkSink sink, void *context, const CaptureOptions *options, CaptureTotals *totals)
{
    ChunkWriter out = {.sink = sink, .context = context, .compress = options && options->compress};
    chunks_begin(&out);
    int result = see_capture_into(&out, options, totals);
    if (totals)
        totals->bytes = out.bytes;
    chunks_end(&out);
    return result;
}

static int write_to_file(void *context, const void *data, size_t size)
{
    while (size > 0) {
        ssize_t n = write(*(int *)context, data, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        data = (const char *)data + n;
        size -= (size_t)n;
    }
    return 0;
}

#define PART ".part"

/* Where a file is written that takes the place of `path` when it is whole: beside what that is or links to; "" if it is
 * to be written itself, being no regular file.  `whole` and `part` have room for PATH_MAX and PART. */
static void part_of(const char *path, char *whole, char *part)
{
    struct stat info;
    int is_there = lstat(path, &info) == 0;
    *part = 0;
    if (is_there && (realpath(path, whole) == NULL || stat(whole, &info) < 0 || !S_ISREG(info.st_mode)))
        return; /* also a link to nothing */
    if (!is_there)
        snprintf(whole, PATH_MAX, "%s", path);
    snprintf(part, PATH_MAX + sizeof PART, "%s" PART, whole);
}

/* The file is whole: it takes the other's place and permissions. */
static int put_in_place(const char *part, const char *whole)
{
    struct stat info;
    if (stat(whole, &info) == 0 && chmod(part, info.st_mode & 07777) < 0)
        return -1;
    return rename(part, whole);
}

int see_capture_write_with(const char *path, const CaptureOptions *options, CaptureTotals *totals)
{
    char whole[PATH_MAX], part[PATH_MAX + sizeof PART];
    part_of(path, whole, part);
    int file = open(*part ? part : path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0)
        return -1;
    int result = see_capture_to(write_to_file, &file, options, totals), error = errno;
    if (close(file) < 0 && result == 0) {
        result = -1;
        error = errno;
    }
    if (result == 0 && *part && put_in_place(part, whole) < 0) {
        result = -1;
        error = errno;
    }
    if (result < 0 && *part)
        unlink(part);
    errno = error;
    return result;
}

int see_capture_write(const char *path) { return see_capture_write_with(path, NULL, NULL); }
