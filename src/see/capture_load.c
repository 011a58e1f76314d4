/* See capture_load.h.  Files come from anywhere: every number in them is checked where it is used. */
#include "see/capture_load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define STRINGS_MAX (1u << 28) /* numbers of strings, types and sites below this */

static int grow_rows(Rows *r, size_t each, size_t count)
{
    if (count <= r->room)
        return 0;
    size_t room = r->room ? r->room * 2 : 64;
    if (room < count)
        room = count;
    void *items = realloc(r->items, room * each);
    if (items == NULL)
        return -1;
    memset((char *)items + r->room * each, 0, (room - r->room) * each);
    r->items = items;
    r->room = room;
    return 0;
}

/* A new row, zeroed; NULL without memory. */
static void *add_row(Rows *r, size_t each)
{
    if (grow_rows(r, each, r->count + 1) < 0)
        return NULL;
    return (char *)r->items + r->count++ * each;
}

/* The row of a number that the file gives; NULL without memory, or when there is no sense in it. */
static void *numbered_row(Rows *r, size_t each, uint64_t number)
{
    if (number >= STRINGS_MAX || number > 4 * (r->count + 1024) || grow_rows(r, each, (size_t)number + 1) < 0)
        return NULL;
    if (number >= r->count)
        r->count = (size_t)number + 1;
    return (char *)r->items + number * each;
}

typedef struct {
    Loaded *l;
    Chunk *chunk;
    int error;
    /* references before objects are known by number */
    Rows owners; /* Owner */
    Rows edges;  /* Edge */
} Loading;

typedef struct {
    uint64_t address;
    uint64_t count;
} Owner;

typedef struct {
    uint64_t label, target;
} Edge;

static LoadedText take_text(Loading *in, int column)
{
    size_t length;
    const char *text = get_text(in->chunk, column, &length);
    Rows *r = &in->l->text;
    LoadedText t = {(uint32_t)r->count, (uint32_t)length};
    if (length == 0)
        return (LoadedText){0, 0};
    if (r->count + length >= UINT32_MAX || grow_rows(r, 1, r->count + length) < 0) {
        in->error = ENOMEM;
        return (LoadedText){0, 0};
    }
    memcpy((char *)r->items + r->count, text, length);
    r->count += length;
    return t;
}

static uint32_t take_number(Loading *in, int column)
{
    uint64_t value = get_uint(in->chunk, column);
    return value < STRINGS_MAX ? (uint32_t)value : 0;
}

#define MORE(rows, Type)                                                                                               \
    Type *row = add_row(&in->l->rows, sizeof(Type));                                                                   \
    if (row == NULL) {                                                                                                 \
        in->error = ENOMEM;                                                                                            \
        return;                                                                                                        \
    }

#define NUMBERED(rows, Type)                                                                                           \
    Type *row = numbered_row(&in->l->rows, sizeof(Type), number);                                                      \
    if (row == NULL) {                                                                                                 \
        in->chunk->broken = "a number has no sense";                                                                   \
        return;                                                                                                        \
    }

static void take_META(Loading *in)
{
    MORE(meta, LoadedMeta)
    row->key = take_text(in, 0);
    row->value = take_text(in, 1);
}

static void take_TYPE(Loading *in)
{
    uint64_t number = get_uint(in->chunk, 0);
    NUMBERED(types, LoadedType)
    *row = (LoadedType){.address = get_place(in->chunk, 1), .name = take_text(in, 2)};
    row->basic = get_uint(in->chunk, 3);
    row->item = get_uint(in->chunk, 4);
    row->flags = get_uint(in->chunk, 5);
}

static void take_STRS(Loading *in)
{
    uint64_t number = get_uint(in->chunk, 0);
    NUMBERED(strings, LoadedText)
    *row = take_text(in, 1);
}

static void take_SITE(Loading *in)
{
    uint64_t number = get_uint(in->chunk, 0), frames = get_uint(in->chunk, 1);
    NUMBERED(sites, LoadedSite)
    *row = (LoadedSite){(uint32_t)in->l->places.count, 0};
    if (frames > 0 && !in->chunk->column[2].at && !in->chunk->column[3].at && !in->chunk->column[4].at)
        in->chunk->broken = "a number has no sense"; /* or a short file would make as many places as it likes */
    for (uint64_t i = 0; i < frames && !in->chunk->broken; i++) {
        MORE(places, LoadedPlace)
        row->file = take_number(in, 2);
        row->function = take_number(in, 3);
        row->line = get_uint(in->chunk, 4);
    }
    ((LoadedSite *)in->l->sites.items)[number].count = (uint32_t)(in->l->places.count - row->first);
}

static void take_POOL(Loading *in)
{
    MORE(pools, LoadedPool)
    row->address = get_place(in->chunk, 0);
    row->kind = get_byte(in->chunk, 1);
    row->size = get_uint(in->chunk, 2);
    row->capacity = get_uint(in->chunk, 3);
    row->used = get_uint(in->chunk, 4);
    row->first = get_uint(in->chunk, 5);
}

#define GROW(field)                                                                                                    \
    if ((p = realloc(l->field, room * sizeof *l->field)) == NULL)                                                      \
        return -1;                                                                                                     \
    l->field = p

static int grow_objects(Loaded *l)
{
    size_t room = l->room ? l->room * 2 : 16384;
    void *p;
    if (room >= UINT32_MAX)
        return -1;
    GROW(address);
    GROW(size);
    GROW(references);
    GROW(length);
    GROW(type);
    GROW(site);
    GROW(state);
    l->room = room;
    return 0;
}

static void take_OBJS(Loading *in)
{
    Loaded *l = in->l;
    if (l->count == l->room && grow_objects(l) < 0) {
        in->error = ENOMEM;
        return;
    }
    uint32_t i = l->count++;
    l->address[i] = get_place(in->chunk, 0);
    l->type[i] = take_number(in, 1);
    l->size[i] = get_uint(in->chunk, 2);
    l->references[i] = get_uint(in->chunk, 3);
    l->state[i] = get_byte(in->chunk, 4);
    l->length[i] = get_uint(in->chunk, 5);
    l->site[i] = take_number(in, 6);
}

static void take_EDGE(Loading *in)
{
    Owner *owner = add_row(&in->owners, sizeof *owner);
    if (owner == NULL) {
        in->error = ENOMEM;
        return;
    }
    *owner = (Owner){get_place(in->chunk, 0), 0};
    uint64_t address = owner->address, count = get_uint(in->chunk, 1);
    for (; owner->count < count && !in->chunk->broken; owner->count++) {
        Edge *edge = add_row(&in->edges, sizeof *edge);
        if (edge == NULL) {
            in->error = ENOMEM;
            return;
        }
        edge->label = get_uint(in->chunk, 2);
        edge->target = get_ref(in->chunk, 3, address);
    }
}

static void take_NAME(Loading *in)
{
    MORE(names, LoadedName)
    row->address = get_place(in->chunk, 0);
    row->text = take_text(in, 1);
}

static void take_FRAM(Loading *in)
{
    MORE(frames, LoadedFrame)
    row->number = get_uint(in->chunk, 0);
    row->thread = get_uint(in->chunk, 1);
    row->depth = get_uint(in->chunk, 2);
    row->function = take_text(in, 3);
    row->file = take_text(in, 4);
    row->line = get_uint(in->chunk, 5);
    row->code = get_place(in->chunk, 6);
}

static void take_ROOT(Loading *in)
{
    MORE(roots, LoadedRoot)
    row->group = take_number(in, 0);
    row->frame = get_uint(in->chunk, 1);
    row->label = get_uint(in->chunk, 2);
    row->target = get_place(in->chunk, 3);
}

static void take_SEGM(Loading *in)
{
    MORE(segments, LoadedSegment)
    row->start = get_place(in->chunk, 0);
    row->size = get_uint(in->chunk, 1);
    row->resident = get_uint(in->chunk, 2);
    row->permissions = take_text(in, 3);
    row->name = take_text(in, 4);
}

static void take_DONE(Loading *in)
{
    in->l->done_objects = get_uint(in->chunk, 0);
    in->l->done_nanoseconds = get_uint(in->chunk, 3);
    in->l->complete = 1;
}

/* Chunks of a log of allocations: alloc_read.c reads those. */
static void take_NODE(Loading *in) { in->l->is_log = 1; }
static void take_TICK(Loading *in) { in->l->is_log = 1; }
static void take_ALOG(Loading *in) { in->l->is_log = 1; }

static void take_SCHM(Loading *in)
{
    size_t length;
    get_text(in->chunk, 0, &length);
}

/* For other readers: recordings, the page. */
static void pass_over(Loading *in) { in->chunk->rows = 0; }
#define take_JTYP pass_over
#define take_CODE pass_over
#define take_CFUN pass_over
#define take_CSTK pass_over
#define take_JRNL pass_over
#define take_SRCE pass_over
#define take_CAPT pass_over
#define take_FIEL pass_over
#define take_COPY pass_over
#define take_SUMS pass_over
#define take_SAME pass_over
#define take_LIVE pass_over
#define take_GSTR pass_over
#define take_GNOD pass_over
#define take_GACC pass_over
#define take_GROW pass_over

static void (*const takers[])(Loading *) = {
#define CHUNK(kind, columns) take_##kind,
#include "see/capture.def"
#undef CHUNK
};

/* One chunk; 0, or -1 with a problem or an error. */
static int take_chunk(Loading *in)
{
    Chunk *chunk = in->chunk;
    if (chunk->known < 0 || takers[chunk->known] == pass_over)
        return 0;
    if (chunk->rows && chunk->column[0].at == NULL)
        chunk->broken = "a chunk without its first column";
    if (chunk->known == CHUNK_EDGE && chunk->column[3].at == NULL)
        chunk->broken = "references without targets";
    for (uint32_t i = 0; i < chunk->rows && !chunk->broken && !in->error; i++)
        takers[chunk->known](in);
    in->l->problem = chunk->broken;
    return chunk->broken || in->error ? -1 : 0;
}

/* ---- when all is read ---- */

static size_t index_slot(const Loaded *l, uint64_t address)
{
    size_t i = (address >> 3) * 0x9e3779b97f4a7c15u >> 20 & l->index_mask;
    while (l->index[i] != NO_OBJECT && l->address[l->index[i]] != address)
        i = (i + 1) & l->index_mask;
    return i;
}

uint32_t loaded_find(const Loaded *l, uint64_t address)
{
    return l->index == NULL ? NO_OBJECT : l->index[index_slot(l, address)];
}

/* Two objects at one address: the first one counts. */
static int make_index(Loaded *l)
{
    size_t room = 1024;
    while (room < 2 * (size_t)l->count + 2)
        room *= 2;
    l->index = malloc(room * sizeof *l->index);
    if (l->index == NULL)
        return -1;
    memset(l->index, 0xff, room * sizeof *l->index);
    l->index_mask = room - 1;
    for (uint32_t i = 0; i < l->count; i++) {
        size_t slot = index_slot(l, l->address[i]);
        if (l->index[slot] == NO_OBJECT)
            l->index[slot] = i;
    }
    return 0;
}

/* Puts the references of each object side by side. */
static int make_references(Loading *in)
{
    Loaded *l = in->l;
    Owner *owners = in->owners.items;
    Edge *edges = in->edges.items;
    size_t n = in->edges.count;
    l->start = calloc((size_t)l->count + 2, sizeof *l->start);
    l->target = malloc((n + 1) * sizeof *l->target);
    l->target_address = malloc((n + 1) * sizeof *l->target_address);
    l->label = malloc((n + 1) * sizeof *l->label);
    uint32_t *whose = malloc((in->owners.count + 1) * sizeof *whose);
    if (!l->start || !l->target || !l->target_address || !l->label || !whose) {
        free(whose);
        return -1;
    }
    for (size_t i = 0; i < in->owners.count; i++) {
        whose[i] = loaded_find(l, owners[i].address);
        if (whose[i] != NO_OBJECT)
            l->start[whose[i] + 2] += owners[i].count;
    }
    for (uint32_t i = 0; i < l->count; i++)
        l->start[i + 2] += l->start[i + 1];
    size_t at = 0;
    for (size_t i = 0; i < in->owners.count; at += owners[i++].count) {
        if (whose[i] == NO_OBJECT)
            continue;
        uint64_t *to = &l->start[whose[i] + 1];
        for (size_t e = at; e < at + owners[i].count; e++, ++*to) {
            l->target_address[*to] = edges[e].target;
            l->target[*to] = loaded_find(l, edges[e].target);
            l->label[*to] = edges[e].label;
        }
    }
    l->edges = l->start[l->count];
    free(whose);
    return 0;
}

static int by_address(const void *a, const void *b)
{
    uint64_t x = ((const LoadedName *)a)->address, y = ((const LoadedName *)b)->address;
    return (x > y) - (x < y);
}

static int finish(Loading *in)
{
    Loaded *l = in->l;
    if (l->count == 0 && grow_objects(l) < 0)
        return -1;
    if (grow_rows(&l->text, 1, l->text.count + 1) < 0 || make_index(l) < 0 || make_references(in) < 0)
        return -1;
    if (l->names.count)
        qsort(l->names.items, l->names.count, sizeof(LoadedName), by_address);
    return 0;
}

int loaded_read(Loaded *l, ChunkSource source, void *context)
{
    ChunkReader reader = {.source = source, .context = context};
    Chunk *chunk = malloc(sizeof *chunk);
    Loading in = {l, chunk, 0, {0}, {0}};
    memset(l, 0, sizeof *l);
    int state = chunk ? chunks_open(&reader) : -1;
    if (chunk == NULL)
        reader.error = ENOMEM;
    l->version = reader.version;
    if (state == 0) {
        l->problem = reader.problem;
        state = -2;
    }
    while (state > 0 && !l->complete) { /* of a recording, the first capture */
        state = chunks_next(&reader, chunk);
        if (state > 0 && take_chunk(&in) < 0)
            break;
        if (state == 0)
            l->problem = reader.problem;
    }
    l->bytes = reader.offset;
    int error = in.error ? in.error : state == -1 ? reader.error : 0;
    if (state >= 0 && !error && finish(&in) < 0)
        error = ENOMEM;
    if (state >= 0 && !l->problem && !l->complete)
        l->problem = "the file ends before its last chunk";
    free(chunk);
    free(in.owners.items);
    free(in.edges.items);
    chunks_close(&reader);
    errno = error;
    return error ? -1 : state == -2 ? -2 : 0;
}

void loaded_free(Loaded *l)
{
    void *all[] = {l->address,     l->size,        l->references,    l->length,      l->type,
                   l->site,        l->state,       l->start,         l->target,      l->target_address,
                   l->label,       l->types.items, l->strings.items, l->sites.items, l->places.items,
                   l->meta.items,  l->pools.items, l->frames.items,  l->roots.items, l->segments.items,
                   l->names.items, l->text.items,  l->index};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    memset(l, 0, sizeof *l);
}

/* ---- asking ---- */

const LoadedType *loaded_type(const Loaded *l, uint32_t object)
{
    static const LoadedType none;
    uint32_t number = l->type[object];
    return number && number < l->types.count ? (const LoadedType *)l->types.items + number : &none;
}

LoadedText loaded_string(const Loaded *l, uint64_t number)
{
    return number < l->strings.count ? ((const LoadedText *)l->strings.items)[number] : (LoadedText){0, 0};
}

LoadedText loaded_name(const Loaded *l, uint32_t object)
{
    LoadedName key = {.address = l->address[object]};
    LoadedName *name = l->names.count ? bsearch(&key, l->names.items, l->names.count, sizeof key, by_address) : NULL;
    return name ? name->text : (LoadedText){0, 0};
}
