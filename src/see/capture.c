/* See capture.h.
 *
 * One walk of the heap: each block becomes a row of OBJS, each reference out of it one of EDGE.  Tables and types come
 * before the rows that name them.  Objects of the program itself (classes, small integers) are met as targets; they
 * follow at the end with what they refer to. */
#include "see/capture.h"
#include "see/buffers.h"
#include "see/capture_text.h"
#include "see/edges.h"
#include "memory/look.h"
#include "memory/memory.h"
#include "memory/roots.h"
#include "memory/state.h"
#include "memory/trace.h"
#include "modules/tracemalloc/sites.h"
#include "vm/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define ROWS_OF_CHUNK 16384
#define REFERENCES_OF_CHUNK 65536

/* ---- numbers of pointers, from malloc ---- */

typedef struct {
    struct {
        const void *key;
        uint32_t number;
    } * items; /* open addressing; key NULL: free */
    size_t used, mask;
} Numbers;

static size_t slot_of(const Numbers *n, const void *key)
{
    size_t i = ((uintptr_t)key >> 3) * 0x9e3779b97f4a7c15u >> 24 & n->mask;
    while (n->items[i].key != NULL && n->items[i].key != key)
        i = (i + 1) & n->mask;
    return i;
}

/* The place of a key's number, 0 for a new one; NULL without memory. */
static uint32_t *number_of(Numbers *n, const void *key)
{
    if (2 * (n->used + 1) > n->mask) {
        Numbers bigger = {.mask = n->mask ? 2 * n->mask + 1 : 1023, .used = n->used};
        bigger.items = calloc(bigger.mask + 1, sizeof *bigger.items);
        if (bigger.items == NULL)
            return NULL;
        for (size_t i = 0; n->items && i <= n->mask; i++)
            if (n->items[i].key != NULL)
                bigger.items[slot_of(&bigger, n->items[i].key)] = n->items[i];
        free(n->items);
        *n = bigger;
    }
    size_t i = slot_of(n, key);
    if (n->items[i].key == NULL) {
        n->used++;
        n->items[i].key = key;
    }
    return &n->items[i].number;
}

/* ---- the state of one writing ---- */

typedef struct {
    ChunkWriter out;
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
} Capture;

static void out_of_memory(Capture *c)
{
    if (!c->out.failed)
        c->out.failed = ENOMEM;
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

/* ---- types ---- */

static uint32_t type_number(Capture *c, PyTypeObject *type)
{
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
        return label(LABEL_ATTRIBUTE, str_number(c, edge->name));
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

static void write_edges(Capture *c, PyObject *o)
{
    c->owner = o;
    c->last_index = -1;
    c->last_key = NULL;
    see_edges(o, 1, see_edge, c);
    row_of_edges_done(c);
}

/* ---- objects ---- */

static void object_done(Capture *c)
{
    ChunkTable *t = &c->table[CHUNK_OBJS];
    c->objects++;
    if (++t->rows >= ROWS_OF_CHUNK) {
        table_flush(&c->table[CHUNK_TYPE]);
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

static void put_object(Capture *c, void *address, PyTypeObject *type, size_t size, unsigned state, uint32_t site)
{
    ChunkTable *t = &c->table[CHUNK_OBJS];
    PyObject *o = type ? address : NULL;
    put_place(t, 0, (uintptr_t)address);
    put_uint(t, 1, type ? type_number(c, type) : 0);
    put_uint(t, 2, size);
    put_uint(t, 3, o == NULL ? 0 : object_is_immortal(o) ? 1 : (uint64_t)Py_REFCNT(o) + 1);
    put_byte(t, 4, (uint8_t)state);
    put_uint(t, 5, o ? (uint64_t)(capture_length(o) + 1) : 0);
    put_uint(t, 6, site);
    object_done(c);
    if (site != 0)
        need_site(c, site);
    char name[CAPTURE_TEXT];
    int length = o ? capture_name(o, c->options.values, name) : -1;
    if (length >= 0) {
        ChunkTable *names = &c->table[CHUNK_NAME];
        put_place(names, 0, (uintptr_t)address);
        put_text(names, 1, name, (size_t)length);
        row_done(c, CHUNK_NAME);
    }
    if (o)
        write_edges(c, o);
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

/* Whose a raw block is: a reference from its owner, or a root. */
static void write_owner(Capture *c, void *block)
{
    SeeRaw *raw = c->raws.count ? see_index_find(&c->raws, block) : NULL;
    if (raw == NULL || (raw->owner == NULL && raw->role == NULL))
        return;
    uint64_t role = raw->role ? string_number(c, raw->role) : 0;
    if (raw->owner == NULL) {
        put_root(c, "runtime", 0, label(LABEL_BUFFER, role), block);
        return;
    }
    int on_heap = arena_contains(raw->owner);
    if (!on_heap) {
        meet(c, raw->owner);
        uint32_t *number = number_of(&c->others, raw->owner);
        on_heap = number != NULL && *number == 2; /* a large block */
    }
    if (on_heap && look_side_of(raw->owner) != SIDE_PROGRAM)
        return; /* made by a look */
    c->owner = raw->owner;
    put_edge(c, block, label(LABEL_BUFFER, role));
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
    unsigned state = (unsigned)b->kind << CAPTURE_KIND_SHIFT;
    if (b->large)
        state |= CAPTURE_LARGE;
    if (b->kind == KIND_CONTAINER)
        state |= state_of(b->large ? large_of(b->address)->state : *pool_state(b->address));
    put_object(c, b->address, b->type, b->size, state, b->site);
    if (b->kind == KIND_RAW)
        write_owner(c, b->address);
    return c->out.failed;
}

/* Those that were met outside the heap, until no new ones are. */
static void write_others(Capture *c)
{
    for (int found = 1; found && !c->out.failed;) {
        found = 0;
        for (size_t i = 0; i <= c->others.mask && c->others.items && !c->out.failed; i++) {
            PyObject *o = (PyObject *)c->others.items[i].key;
            if (o == NULL || c->others.items[i].number != 1)
                continue;
            c->others.items[i].number = 2;
            found = 1;
            Py_ssize_t items = Py_TYPE(o)->tp_itemsize > 0 ? Py_ABS(Py_SIZE(o)) : 0;
            size_t size = (size_t)(Py_TYPE(o)->tp_basicsize + items * Py_TYPE(o)->tp_itemsize);
            put_object(c, o, Py_TYPE(o), size, CAPTURE_STATIC | (unsigned)KIND_OBJECT << CAPTURE_KIND_SHIFT, 0);
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
            put_uint(t, 4, used ? pool->used : 0);
            put_uint(t, 5, used ? POOL_SIZE - (uint64_t)pool->capacity * pool->size : 0);
            row_done(c, CHUNK_POOL);
        }
}

/* ---- the rest of the process ---- */

static void write_segment(Capture *c, unsigned long low, unsigned long high, unsigned long resident,
                          const char *permissions, const char *name)
{
    ChunkTable *t = &c->table[CHUNK_SEGM];
    put_place(t, 0, low);
    put_uint(t, 1, high - low);
    put_uint(t, 2, resident);
    text(t, 3, permissions);
    text(t, 4, name);
    row_done(c, CHUNK_SEGM);
}

static void write_segments(Capture *c)
{
    FILE *maps = fopen("/proc/self/smaps", "r");
    char line[4096], permissions[8] = "", name[4096];
    unsigned long low = 0, high = 0, resident;
    if (maps == NULL)
        return;
    while (fgets(line, sizeof line, maps) != NULL) {
        char found[8];
        unsigned long from, to;
        if (sscanf(line, "%lx-%lx %7s", &from, &to, found) == 3) {
            low = from;
            high = to;
            memcpy(permissions, found, sizeof found);
            name[0] = 0;
            sscanf(line, "%*s %*s %*s %*s %*s %4095[^\n]", name);
        } else if (permissions[0] && sscanf(line, "Rss: %lu", &resident) == 1) {
            write_segment(c, low, high, resident * 1024, permissions, name);
        }
    }
    fclose(maps);
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

static void write_done(Capture *c, uint64_t nanoseconds)
{
    ChunkTable *t = &c->table[CHUNK_DONE];
    put_uint(t, 0, c->objects);
    put_uint(t, 1, c->references);
    put_uint(t, 2, c->out.bytes);
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

static void write_all(Capture *c)
{
    uint64_t start = clock_now();
    chunks_begin(&c->out);
    write_meta(c);
    table_flush(&c->table[CHUNK_META]);
    write_segments(c);
    write_pools(c);
    know_large_blocks(c);
    if (see_index_make(&c->raws, 1, 0) == 0)
        see_index_own(&c->raws);
    heap_walk(write_block, c);
    see_index_free(&c->raws);
    write_frames(c);
    roots_visit(write_root, c);
    write_others(c);
    for (size_t site = 0; site < c->site_room; site++)
        if (c->site_seen[site])
            write_site(c, (uint32_t)site);
    table_flush(&c->table[CHUNK_STRS]); /* names in what follows */
    for (int kind = 0; kind < CHUNK_DONE; kind++)
        table_flush(&c->table[kind]);
    write_done(c, clock_now() - start);
}

int see_capture_to(ChunkSink sink, void *context, const CaptureOptions *options, CaptureTotals *totals)
{
    uint64_t start = clock_now();
    Capture *c = calloc(1, sizeof *c);
    if (c == NULL) {
        errno = ENOMEM;
        return -1;
    }
    c->out.sink = sink;
    c->out.context = context;
    c->options = options ? *options : (CaptureOptions){0};
    c->out.compress = c->options.compress;
    for (int kind = 0; kind < CHUNK_KINDS; kind++)
        table_open(&c->table[kind], &c->out, (enum chunk_kind)kind);
    look_enter();
    write_all(c);
    look_leave();
    for (int kind = 0; kind < CHUNK_KINDS; kind++)
        table_close(&c->table[kind]);
    chunks_end(&c->out);
    free(c->types.items);
    free(c->strings.items);
    free(c->others.items);
    free(c->site_seen);
    if (totals)
        *totals = (CaptureTotals){c->objects, c->references, c->out.bytes, (double)(clock_now() - start) * 1e-9};
    int error = c->out.failed;
    free(c);
    errno = error;
    return error ? -1 : 0;
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

int see_capture_write_with(const char *path, const CaptureOptions *options, CaptureTotals *totals)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0)
        return -1;
    int result = see_capture_to(write_to_file, &file, options, totals);
    int error = errno;
    if (close(file) < 0 && result == 0)
        return -1;
    errno = error;
    return result;
}

int see_capture_write(const char *path) { return see_capture_write_with(path, NULL, NULL); }
