/* See chunks.h. */
#include "see/chunks.h"
#include "see/chunk_thread.h"
#include "see/pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { STORED_PLAIN, STORED_DEFLATED };

static const char *const schemas[][2] = {
#define CHUNK(kind, columns) {#kind, columns},
#include "see/capture.def"
#undef CHUNK
};

static void parse_schema(ChunkLayout *layout, const char *kind, const char *schema)
{
    static const char *const names[] = {"uint", "place", "byte", "text", "ref", "bytes"};
    memcpy(layout->kind, kind, 5);
    layout->first = -1;
    for (const char *p = schema; *p; p += strspn(p, " ")) {
        if (*p == '|') {
            layout->first = layout->columns;
            p++;
            continue;
        }
        p = strchr(p, ':') + 1;
        size_t length = strcspn(p, " ");
        for (int e = 0; e < 6; e++)
            if (strlen(names[e]) == length && memcmp(names[e], p, length) == 0)
                layout->encodings[layout->columns] = (Encoding)e;
        layout->columns++;
        p += length;
    }
    if (layout->first < 0)
        layout->first = layout->columns;
    layout->schema = schema;
}

const ChunkLayout *chunk_layout(enum chunk_kind kind)
{
    static ChunkLayout layouts[CHUNK_KINDS];
    if (layouts[kind].schema == NULL)
        parse_schema(&layouts[kind], schemas[kind][0], schemas[kind][1]);
    return &layouts[kind];
}

static void store32(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> 8 * i);
}

static uint32_t load32(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* At least `size` bytes at *data; 0, or -1 and the old ones stay. */
static int make_room(uint8_t **data, size_t *room, size_t size)
{
    if (*room >= size)
        return 0;
    size_t more = size + size / 2;
    uint8_t *bigger = realloc(*data, more);
    if (bigger == NULL)
        return -1;
    *data = bigger;
    *room = more;
    return 0;
}

/* ---- writing ---- */

static int fail(ChunkWriter *w, int error)
{
    if (!w->failed)
        __atomic_store_n(&w->failed, error, __ATOMIC_RELAXED);
    return -1;
}

static int emit(ChunkWriter *w, const void *data, size_t size)
{
    if (w->failed)
        return -1;
    errno = 0;
    if (w->sink(w->context, data, size) < 0)
        return fail(w, errno ? errno : EIO);
    w->bytes += size;
    return 0;
}

int chunks_begin(ChunkWriter *w)
{
    uint8_t head[CAPTURE_HEADER] = CAPTURE_MAGIC;
    store32(head + 8, CAPTURE_VERSION);
    emit(w, head, sizeof head);
    ChunkTable schema;
    table_open(&schema, w, CHUNK_SCHM);
    for (int kind = 0; kind < CHUNK_KINDS; kind++) {
        char line[256];
        size_t n = strlen(schemas[kind][1]);
        memcpy(line, schemas[kind][0], 4);
        line[4] = ' ';
        memcpy(line + 5, schemas[kind][1], n);
        put_text(&schema, 0, line, n + 5);
        schema.rows++;
    }
    table_flush(&schema);
    table_close(&schema);
    return w->failed ? -1 : 0;
}

void chunks_end(ChunkWriter *w)
{
    chunk_thread_end(w);
    packer_free(w->packer);
    w->packer = NULL;
    free(w->spare);
    w->spare = NULL;
    w->spare_room = 0;
}

void table_open(ChunkTable *t, ChunkWriter *w, enum chunk_kind kind)
{
    memset(t, 0, sizeof *t);
    t->writer = w;
    t->layout = chunk_layout(kind);
}

void table_close(ChunkTable *t)
{
    for (int i = 0; i < COLUMNS_MAX; i++)
        free(t->columns[i].data);
}

int column_grow(ChunkTable *t, int column, size_t n)
{
    Column *c = &t->columns[column];
    return make_room(&c->data, &c->room, c->used + n + 4096) < 0 ? fail(t->writer, ENOMEM) : 0;
}

void put_text(ChunkTable *t, int column, const char *text, size_t length)
{
    put_uint(t, column, length);
    t->columns[column].any = 1;
    if (length == 0 || column_ready(t, column, length) < 0)
        return;
    memcpy(t->columns[column].data + t->columns[column].used, text, length);
    t->columns[column].used += length;
}

void put_ref(ChunkTable *t, int column, uint64_t owner, uint64_t target)
{
    uint64_t from_owner = place_delta(owner, target), from_last = place_delta(t->last_target, target);
    uint64_t value = from_owner <= from_last ? from_owner << 2 | REF_FROM_OWNER : from_last << 2 | REF_FROM_LAST;
    t->last_target = target;
    if (value >> 14 != 0) { /* longer than two bytes */
        uint64_t *recent = &t->recent[recent_slot(target)];
        if (*recent == target)
            value = (uint64_t)recent_slot(target) << 2 | REF_RECENT;
        else if (target >> 1 < value)
            value = target >> 1 | REF_ABSOLUTE;
        *recent = target;
    }
    put_uint(t, column, value);
    t->columns[column].any = 1;
}

static uint32_t checksum(const uint8_t *header, const uint8_t *stored, size_t size)
{
    return (uint32_t)crc32(crc32(0, header, 20), stored, (uInt)size);
}

int chunk_write(ChunkWriter *w, uint8_t *chunk, const ChunkLayout *layout, uint32_t rows, size_t plain)
{
    uint8_t *deflated = NULL;
    size_t stored = plain;
    if (w->compress && plain > 64 && (w->packer || (w->packer = packer_new()) != NULL)) {
        size_t parts[COLUMNS_MAX + 1] = {1 + 4 * (size_t)layout->columns};
        for (int i = 0; i < layout->columns; i++)
            parts[i + 1] = load32(chunk + CHUNK_HEADER + 1 + 4 * i);
        deflated = packer_pack(w->packer, chunk + CHUNK_HEADER, parts, layout->columns + 1, CHUNK_HEADER, &stored);
        if (deflated && stored < plain)
            chunk = deflated;
        else
            stored = plain;
    }
    memset(chunk, 0, CHUNK_HEADER);
    memcpy(chunk, layout->kind, 4);
    chunk[4] = chunk == deflated ? STORED_DEFLATED : STORED_PLAIN;
    store32(chunk + 8, rows);
    store32(chunk + 12, (uint32_t)stored);
    store32(chunk + 16, (uint32_t)plain);
    store32(chunk + 20, checksum(chunk, chunk + CHUNK_HEADER, stored));
    return emit(w, chunk, CHUNK_HEADER + stored);
}

/* The same of the one at w->spare, perhaps later. */
static int emit_chunk(ChunkWriter *w, const ChunkTable *t, size_t plain)
{
    if (w->thread && chunk_thread_take(w, t->layout, t->rows, plain) == 0)
        return w->failed ? -1 : 0;
    return chunk_write(w, w->spare, t->layout, t->rows, plain);
}

int table_flush(ChunkTable *t)
{
    ChunkWriter *w = t->writer;
    int columns = t->layout->columns;
    if (t->rows == 0)
        return 0;
    size_t size = 1 + 4 * (size_t)columns;
    for (int i = 0; i < columns; i++)
        size += t->columns[i].used;
    int result = -1;
    if (size > CHUNK_BYTES_MAX) {
        fail(w, EFBIG);
    } else if (make_room(&w->spare, &w->spare_room, CHUNK_HEADER + size) < 0) {
        fail(w, ENOMEM);
    } else {
        uint8_t *p = w->spare + CHUNK_HEADER, *data = p + 1 + 4 * columns;
        *p++ = (uint8_t)columns;
        for (int i = 0; i < columns; i++, p += 4) {
            Column *c = &t->columns[i];
            size_t used = c->any ? c->used : 0;
            store32(p, (uint32_t)used);
            if (used)
                memcpy(data, c->data, used);
            data += used;
        }
        result = emit_chunk(w, t, (size_t)(data - (w->spare + CHUNK_HEADER)));
    }
    for (int i = 0; i < columns; i++)
        t->columns[i].used = t->columns[i].any = t->columns[i].last = 0;
    memset(t->recent, 0, sizeof t->recent);
    t->rows = t->inner = 0;
    t->last_target = 0;
    return result;
}

void table_rescue(const ChunkTable *t)
{
    ChunkWriter *w = t->writer;
    uint8_t head[CHUNK_HEADER + 1 + 4 * COLUMNS_MAX] = {0};
    size_t columns = (size_t)t->layout->columns, size = 1 + 4 * columns;
    if (t->rows == 0 || w->failed)
        return;
    head[CHUNK_HEADER] = (uint8_t)columns;
    for (size_t i = 0; i < columns; i++) {
        size_t used = t->columns[i].any ? t->columns[i].used : 0;
        store32(head + CHUNK_HEADER + 1 + 4 * i, (uint32_t)used);
        size += used;
    }
    memcpy(head, t->layout->kind, 4);
    head[4] = STORED_PLAIN;
    store32(head + 8, t->rows);
    store32(head + 12, (uint32_t)size);
    store32(head + 16, (uint32_t)size);
    uLong sum = crc32(crc32(0, head, 20), head + CHUNK_HEADER, (uInt)(1 + 4 * columns));
    for (size_t i = 0; i < columns; i++)
        if (t->columns[i].any)
            sum = crc32(sum, t->columns[i].data, (uInt)t->columns[i].used);
    store32(head + 20, (uint32_t)sum);
    w->sink(w->context, head, CHUNK_HEADER + 1 + 4 * columns);
    for (size_t i = 0; i < columns; i++)
        if (t->columns[i].any)
            w->sink(w->context, t->columns[i].data, t->columns[i].used);
}

/* ---- reading ---- */

static int stop(ChunkReader *r, const char *problem)
{
    r->problem = problem;
    return 0;
}

static int stop_error(ChunkReader *r, int error)
{
    r->error = error;
    return -1;
}

int chunks_open(ChunkReader *r)
{
    uint8_t head[CAPTURE_HEADER];
    int64_t n = r->source(r->context, head, sizeof head);
    if (n < 0)
        return stop_error(r, errno);
    r->offset = (uint64_t)n;
    if (n < 8 || memcmp(head, CAPTURE_MAGIC, 8) != 0)
        return stop(r, "not a capture of Limpid");
    if (n < CAPTURE_HEADER)
        return stop(r, "the head is cut");
    r->version = load32(head + 8);
    if (r->version == 0 || r->version > CAPTURE_VERSION)
        return stop(r, "a version of the format that is not known here");
    return 1;
}

void chunks_close(ChunkReader *r)
{
    free(r->stored);
    free(r->plain);
    r->stored = r->plain = NULL;
}

/* The bytes of a chunk whose header is known to be sound: 1, 0 or -1 as chunks_next. */
static int read_stored(ChunkReader *r, const uint8_t *header, const uint8_t **plain, size_t *plain_size)
{
    size_t stored = load32(header + 12), size = load32(header + 16);
    if (stored > CHUNK_BYTES_MAX || size > CHUNK_BYTES_MAX)
        return stop(r, "a chunk says that it is too long");
    if (make_room(&r->stored, &r->stored_room, stored + 1) < 0)
        return stop_error(r, ENOMEM);
    int64_t n = r->source(r->context, r->stored, stored);
    if (n < 0)
        return stop_error(r, errno);
    if ((size_t)n < stored)
        return stop(r, "the last chunk is cut");
    if (checksum(header, r->stored, stored) != load32(header + 20))
        return stop(r, "a chunk is damaged");
    r->offset += stored;
    *plain = r->stored;
    *plain_size = stored;
    if (header[4] == STORED_PLAIN)
        return size == stored ? 1 : stop(r, "a chunk is damaged");
    if (header[4] != STORED_DEFLATED)
        return stop(r, "a chunk is stored in a way that is not known here");
    if (make_room(&r->plain, &r->plain_room, size + 1) < 0)
        return stop_error(r, ENOMEM);
    uLongf got = (uLongf)size;
    if (uncompress(r->plain, &got, r->stored, (uLong)stored) != Z_OK || got != size)
        return stop(r, "a chunk is damaged");
    *plain = r->plain;
    *plain_size = size;
    return 1;
}

/* Finds the columns of a chunk; those beyond the known ones are passed over, missing ones are zeros. */
static int find_columns(ChunkReader *r, Chunk *chunk, const uint8_t *p, size_t size)
{
    size_t count = size ? *p : 0, at = 1 + 4 * count;
    if (size < at)
        return stop(r, "a chunk has no room for its columns");
    for (size_t i = 0; i < count; i++) {
        size_t length = load32(p + 1 + 4 * i);
        if (length > size - at)
            return stop(r, "a chunk has no room for its columns");
        if (i < COLUMNS_MAX && length)
            chunk->column[i] = (Reading){p + at, p + at + length, 0};
        at += length;
    }
    chunk->columns = (int)count;
    return 1;
}

int chunks_next(ChunkReader *r, Chunk *chunk)
{
    uint8_t header[CHUNK_HEADER];
    const uint8_t *plain;
    size_t size;
    int64_t n = r->source(r->context, header, sizeof header);
    if (n < 0)
        return stop_error(r, errno);
    if (n == 0)
        return 0;
    if (n < CHUNK_HEADER)
        return stop(r, "the last chunk is cut");
    r->offset += CHUNK_HEADER;
    memset(chunk, 0, sizeof *chunk);
    memcpy(chunk->kind, header, 4);
    chunk->rows = load32(header + 8);
    chunk->known = -1;
    for (int kind = 0; kind < CHUNK_KINDS; kind++)
        if (memcmp(chunk->kind, schemas[kind][0], 4) == 0)
            chunk->known = kind;
    int result = read_stored(r, header, &plain, &size);
    return result > 0 ? find_columns(r, chunk, plain, size) : result;
}

static uint64_t read_varint(Chunk *chunk, Reading *c)
{
    uint64_t value = 0;
    if (c->at == NULL)
        return 0;
    for (unsigned shift = 0; c->at < c->end && shift < 64; shift += 7) {
        uint8_t byte = *c->at++;
        value |= (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            return value;
    }
    chunk->broken = "a column ends too soon";
    return 0;
}

uint64_t get_uint(Chunk *chunk, int column) { return read_varint(chunk, &chunk->column[column]); }

uint8_t get_byte(Chunk *chunk, int column)
{
    Reading *c = &chunk->column[column];
    if (c->at == NULL)
        return 0;
    if (c->at < c->end)
        return *c->at++;
    chunk->broken = "a column ends too soon";
    return 0;
}

static uint64_t move_place(uint64_t from, uint64_t delta) { return from + ((delta >> 1 ^ -(delta & 1)) << 3); }

uint64_t get_place(Chunk *chunk, int column)
{
    Reading *c = &chunk->column[column];
    return c->last = move_place(c->last, read_varint(chunk, c));
}

const char *get_text(Chunk *chunk, int column, size_t *length)
{
    Reading *c = &chunk->column[column];
    uint64_t n = read_varint(chunk, c);
    *length = 0;
    if (n == 0)
        return "";
    if (c->at == NULL || n > (uint64_t)(c->end - c->at)) {
        chunk->broken = "a text is longer than its column";
        return "";
    }
    const char *text = (const char *)c->at;
    c->at += n;
    *length = (size_t)n;
    return text;
}

uint64_t get_ref(Chunk *chunk, int column, uint64_t owner)
{
    uint64_t value = read_varint(chunk, &chunk->column[column]), rest = value >> 2, target = 0;
    switch (value & 3) {
    case REF_FROM_OWNER:
        target = move_place(owner, rest);
        break;
    case REF_FROM_LAST:
        target = move_place(chunk->last_target, rest);
        break;
    case REF_ABSOLUTE:
        target = rest << 3;
        break;
    case REF_RECENT:
        target = chunk->recent[rest % RECENT_TARGETS];
        break;
    }
    if (value >> 14 != 0 || (value & 3) >= REF_ABSOLUTE)
        chunk->recent[recent_slot(target)] = target;
    return chunk->last_target = target;
}
