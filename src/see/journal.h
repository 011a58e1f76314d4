/* The journal of a recording: a file of chunks (chunks.h) whose JRNL chunks hold operations in the order of the run
 * (docs/recording.md).  Each JRNL chunk begins with a whole state, so that it can be read without those before it;
 * types and code objects have chunks of their own, which stand before the first JRNL chunk that names them.
 *
 * A byte of the column of operations is one of
 *
 *     0 ...                     an operation of journal.def
 *     64 + 16 * kind + place    INT, REF, FLOAT or CONST at a place below 16
 *     192 + line                STEP by -64 ... 63 lines */
#ifndef LIMPID_SEE_JOURNAL_H
#define LIMPID_SEE_JOURNAL_H

#include "Python.h"
#include "see/chunks.h"

#include <string.h>
#include <sys/types.h>

enum journal_op {
#define JOURNAL(op, operands) JOURNAL_##op,
#include "see/journal.def"
#undef JOURNAL
    JOURNAL_OPS
};
#define JOURNAL_SHORT 64
#define JOURNAL_PLACES 16
#define JOURNAL_NEAR 192

enum journal_column {
    COLUMN_OPERATIONS,
    COLUMN_OPERANDS,
    COLUMN_TEXTS,
    COLUMN_NUMBERS,
    COLUMN_OBJECTS,
    COLUMN_FLOATS,
    COLUMN_TYPES,
    COLUMN_ADDRESSES,
    COLUMN_BIRTHS,
    COLUMN_DEATHS,
    COLUMN_CODES,
    JOURNAL_COLUMNS
};

typedef struct journal {
    ChunkWriter out;
    int fd;
    char *path; /* or NULL */
    dev_t device;
    ino_t inode;
    ChunkTable ops, types, codes, strings, functions, stacks; /* the last two: of C (c_stacks.h) */
    uint64_t state_bytes; /* of the last state told */
    size_t sent;          /* bytes since then that were sent (journal_send) */
    uint32_t string_count;
    volatile int busy; /* something is being told: the last operation may not be whole */
    char **text;       /* of which journal_string has numbers */
    uint32_t text_room;
} Journal;

/* To a new file, or to a descriptor, which it owns; 0, or -1 with errno. */
int journal_open(Journal *j, const char *path);
int journal_open_fd(Journal *j, int fd);
/* Goes on in the file of another descriptor, which the caller closes; 0, or -1 with errno. */
int journal_continue(Journal *j, int fd);
/* Writes what is left and closes the file; 0, or -1 with errno. */
int journal_close(Journal *j);
/* Ends the chunk; what comes next is a state. */
void journal_flush(Journal *j);
/* For a signal's handler, while the journal is not busy: writes what there is, so that it is in the file if the process
 * ends now. */
void journal_rescue(Journal *j);
/* Ends the chunk, but what comes next goes on from it: for who reads along. */
void journal_send(Journal *j);
static inline size_t journal_bytes(const Journal *j)
{
    size_t bytes = j->sent;
    for (int i = 0; i < JOURNAL_COLUMNS; i++)
        bytes += j->ops.columns[i].used;
    return bytes;
}

static inline uint64_t journal_signed(int64_t value) { return (uint64_t)value << 1 ^ (uint64_t)(value >> 63); }
static inline void journal_byte(Journal *j, unsigned byte)
{
    put_byte(&j->ops, COLUMN_OPERATIONS, (uint8_t)byte); /* as many rows as bytes */
}
static inline void journal_op(Journal *j, enum journal_op op) { journal_byte(j, op); }
static inline void journal_uint(Journal *j, uint64_t value) { put_uint(&j->ops, COLUMN_OPERANDS, value); }
static inline void journal_int(Journal *j, int64_t value) { journal_uint(j, journal_signed(value)); }
static inline void journal_text(Journal *j, const char *text, size_t length)
{
    put_text(&j->ops, COLUMN_TEXTS, text, length);
}
static inline void journal_1(Journal *j, enum journal_op op, uint64_t a)
{
    journal_op(j, op);
    journal_uint(j, a);
}
static inline void journal_2(Journal *j, enum journal_op op, uint64_t a, uint64_t b)
{
    journal_1(j, op, a);
    journal_uint(j, b);
}
static inline void journal_step(Journal *j, int line)
{
    if (line >= JOURNAL_SHORT + JOURNAL_PLACES * 4 - JOURNAL_NEAR && line < 256 - JOURNAL_NEAR) {
        journal_byte(j, (unsigned)(JOURNAL_NEAR + line));
    } else {
        journal_op(j, JOURNAL_STEP);
        journal_int(j, line);
    }
}
/* One of the operations from INT on, without its value. */
static inline void journal_value(Journal *j, enum journal_op op, uint32_t place)
{
    if (op <= JOURNAL_CONST && place < JOURNAL_PLACES)
        journal_byte(j, JOURNAL_SHORT + JOURNAL_PLACES * (unsigned)(op - JOURNAL_INT) + place);
    else
        journal_1(j, op, place);
}
static inline void journal_eight(Journal *j, int64_t bits)
{
    Column *c = &j->ops.columns[COLUMN_FLOATS];
    if (column_ready(&j->ops, COLUMN_FLOATS, 8) < 0)
        return;
    uint64_t word = (uint64_t)bits;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    memcpy(c->data + c->used, &word, 8);
    c->any = 1;
    c->used += 8;
}

/* The number of a text: names of fields and slots. */
uint32_t journal_string(Journal *j, const char *text);
void journal_type(Journal *j, uint32_t number, PyTypeObject *type);
void journal_code(Journal *j, uint32_t number, PyCodeObject *code);
/* The source text of a file, if it can be read. */
void journal_source(Journal *j, const char *file);
void journal_source_text(Journal *j, const char *file, const char *text, size_t size);

#endif
