/* Chunks of columns: what a capture file is made of (docs/capture.md), written and read.
 *
 *     file    magic, chunk, chunk, ...
 *     chunk   header of 24 bytes | number of columns, bytes of each | column | column | ...
 *
 * Each chunk stands alone: it can be checked and decoded without any other one.  Nothing here touches the observed
 * heap. */
#ifndef LIMPID_SEE_CHUNKS_H
#define LIMPID_SEE_CHUNKS_H

#include <stddef.h>
#include <stdint.h>

#define CAPTURE_MAGIC "\x89LMP\r\n\x1a\n"
#define CAPTURE_VERSION 1
#define CAPTURE_HEADER 16 /* magic, version, 4 zero bytes */
#define CHUNK_HEADER 24
#define CHUNK_BYTES_MAX (64u << 20) /* of a chunk, stored or plain: what a reader must be ready for */
#define COLUMNS_MAX 12

enum chunk_kind {
#define CHUNK(kind, columns) CHUNK_##kind,
#include "see/capture.def"
#undef CHUNK
    CHUNK_KINDS
};

typedef enum { ENCODING_UINT, ENCODING_PLACE, ENCODING_BYTE, ENCODING_TEXT, ENCODING_REF, ENCODING_BYTES } Encoding;

typedef struct {
    char kind[5];
    const char *schema;
    int columns, first; /* how many there are, how many of them before the bar */
    Encoding encodings[COLUMNS_MAX];
} ChunkLayout;
/* The layout of a kind, made of its schema at the first call. */
const ChunkLayout *chunk_layout(enum chunk_kind kind);

/* Recently met far targets of references: writer and reader keep the same. */
#define RECENT_TARGETS 256
static inline unsigned recent_slot(uint64_t address) { return (unsigned)((address >> 3) * 0x9e3779b97f4a7c15u >> 56); }
enum { REF_FROM_OWNER, REF_FROM_LAST, REF_ABSOLUTE, REF_RECENT };

/* ---- writing ---- */

typedef struct {
    uint8_t *data;
    size_t used, room;
    uint64_t last; /* of a column of places */
    uint64_t any;  /* or of all values: a column of zeros is left out */
} Column;

/* Where the bytes go: 0, or -1 with errno. */
typedef int (*ChunkSink)(void *context, const void *data, size_t size);

typedef struct chunk_writer {
    ChunkSink sink;
    void *context;
    int compress;   /* deflate the chunks */
    int failed;     /* errno of the first failure: nothing is written after it */
    uint64_t bytes; /* written */
    uint8_t *spare; /* where chunks are put together */
    size_t spare_room;
    struct packer *packer;       /* pack.h; made when it is first needed */
    struct chunk_thread *thread; /* chunk_thread.h; or NULL */
} ChunkWriter;

typedef struct {
    ChunkWriter *writer;
    const ChunkLayout *layout;
    uint32_t rows, inner; /* of the two groups */
    Column columns[COLUMNS_MAX];
    uint64_t last_target;
    uint64_t recent[RECENT_TARGETS];
} ChunkTable;

/* Begins a file: magic, version, schema. */
int chunks_begin(ChunkWriter *w);
void chunks_end(ChunkWriter *w);

void table_open(ChunkTable *t, ChunkWriter *w, enum chunk_kind kind);
/* Writes the rows that there are as one chunk; 0 or -1. */
int table_flush(ChunkTable *t);
/* The same without allocating or deflating, for a signal's handler; the rows stay. */
void table_rescue(const ChunkTable *t);
void table_close(ChunkTable *t);
/* Room for n more bytes in a column; 0, or -1 and the writer has failed. */
/* Deflates and writes a chunk that was put together behind room for its header. */
int chunk_write(ChunkWriter *w, uint8_t *chunk, const ChunkLayout *layout, uint32_t rows, size_t plain);
int column_grow(ChunkTable *t, int column, size_t n);
void put_text(ChunkTable *t, int column, const char *text, size_t length);

static inline int column_ready(ChunkTable *t, int column, size_t n)
{
    Column *c = &t->columns[column];
    return c->room - c->used >= n ? 0 : column_grow(t, column, n);
}
/* Writes a number where there is room for it; the place behind it. */
static inline uint8_t *uint_bytes(uint8_t *p, uint64_t value)
{
    while (value >= 128) {
        *p++ = (uint8_t)(value | 128);
        value >>= 7;
    }
    *p++ = (uint8_t)value;
    return p;
}
static inline void put_uint(ChunkTable *t, int column, uint64_t value)
{
    Column *c = &t->columns[column];
    if (column_ready(t, column, 10) < 0)
        return;
    c->any |= value;
    c->used = (size_t)(uint_bytes(c->data + c->used, value) - c->data);
}
static inline void put_byte(ChunkTable *t, int column, uint8_t value)
{
    Column *c = &t->columns[column];
    if (column_ready(t, column, 1) < 0)
        return;
    c->any |= value;
    c->data[c->used++] = value;
}
/* Differences of addresses in words of 8 bytes, the sign in the lowest bit. */
static inline uint64_t place_delta(uint64_t from, uint64_t to)
{
    int64_t delta = (int64_t)(to - from) >> 3;
    return (uint64_t)delta << 1 ^ (uint64_t)(delta >> 63);
}
static inline void put_place(ChunkTable *t, int column, uint64_t address)
{
    uint64_t delta = place_delta(t->columns[column].last, address);
    t->columns[column].last = address;
    put_uint(t, column, delta);
}
void put_ref(ChunkTable *t, int column, uint64_t owner, uint64_t target);

/* ---- reading ---- */

typedef struct {
    const uint8_t *at, *end; /* NULL: all zeros */
    uint64_t last;
} Reading;

typedef struct {
    char kind[5];
    int known; /* enum chunk_kind, or -1 */
    uint32_t rows;
    int columns;
    Reading column[COLUMNS_MAX];
    uint64_t last_target;
    uint64_t recent[RECENT_TARGETS];
    const char *broken; /* what is wrong with its contents, or NULL */
} Chunk;

/* Reads up to size bytes; how many, less only at the end of the file; -1 with errno. */
typedef int64_t (*ChunkSource)(void *context, void *data, size_t size);

typedef struct {
    ChunkSource source;
    void *context;
    uint64_t offset;
    uint32_t version;
    uint8_t *stored, *plain;
    size_t stored_room, plain_room;
    const char *problem; /* why reading ended before the end of the file, or NULL */
    int error;           /* errno of a source that failed or of memory that is missing, or 0 */
} ChunkReader;

/* The head of the file: 1; 0 when it is no capture, with a problem; -1 with error. */
int chunks_open(ChunkReader *r);
/* The next whole chunk: 1; 0 at the end, with a problem if it is no proper end; -1 with error. */
int chunks_next(ChunkReader *r, Chunk *chunk);
void chunks_close(ChunkReader *r);

/* The next value of a column; 0 and chunk->broken when there is none. */
uint64_t get_uint(Chunk *chunk, int column);
uint8_t get_byte(Chunk *chunk, int column);
uint64_t get_place(Chunk *chunk, int column);
const char *get_text(Chunk *chunk, int column, size_t *length);
uint64_t get_ref(Chunk *chunk, int column, uint64_t owner);

#endif
