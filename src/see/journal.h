/* The journal of a recording: a file of chunks (chunks.h) whose JRNL chunks hold operations in the order of the run
 * (docs/recording.md).  Each JRNL chunk begins with a whole state, so that it can be read without those before it;
 * types and code objects have chunks of their own, which stand before the first JRNL chunk that names them. */
#ifndef LIMPID_SEE_JOURNAL_H
#define LIMPID_SEE_JOURNAL_H

#include "Python.h"
#include "see/chunks.h"

enum journal_op {
#define JOURNAL(op, operands) JOURNAL_##op,
#include "see/journal.def"
#undef JOURNAL
    JOURNAL_OPS
};

typedef struct journal {
    ChunkWriter out;
    int fd;
    ChunkTable ops, types, codes, strings;
    uint64_t state_bytes; /* of the last state told */
    size_t sent;          /* bytes since then that were sent (journal_send) */
    uint32_t string_count;
    char **text; /* of which journal_string has numbers */
    uint32_t text_room;
} Journal;

/* To a new file, or to a descriptor, which it owns; 0, or -1 with errno. */
int journal_open(Journal *j, const char *path);
int journal_open_fd(Journal *j, int fd);
/* Writes what is left and closes the file; 0, or -1 with errno. */
int journal_close(Journal *j);
/* Ends the chunk; what comes next is a state. */
void journal_flush(Journal *j);
/* Ends the chunk, but what comes next goes on from it: for who reads along. */
void journal_send(Journal *j);
static inline size_t journal_bytes(const Journal *j)
{
    return j->sent + j->ops.columns[0].used + j->ops.columns[1].used + j->ops.columns[2].used;
}

static inline void journal_op(Journal *j, enum journal_op op)
{
    put_byte(&j->ops, 0, (uint8_t)op);
    j->ops.rows++;
}
static inline void journal_uint(Journal *j, uint64_t value) { put_uint(&j->ops, 1, value); }
static inline void journal_int(Journal *j, int64_t value)
{
    put_uint(&j->ops, 1, (uint64_t)value << 1 ^ (uint64_t)(value >> 63));
}
static inline void journal_text(Journal *j, const char *text, size_t length) { put_text(&j->ops, 2, text, length); }
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

/* The number of a text: names of fields and slots. */
uint32_t journal_string(Journal *j, const char *text);
void journal_type(Journal *j, uint32_t number, PyTypeObject *type);
void journal_code(Journal *j, uint32_t number, PyCodeObject *code);
/* The source text of a file, if it can be read. */
void journal_source(Journal *j, const char *file);

#endif
