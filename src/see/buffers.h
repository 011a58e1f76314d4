/* The memory behind an object: raw blocks that belong to it, and what is behind the runtime itself.
 *
 *     list ──▶ items        dict ──▶ table        str ──▶ characters, UTF-8        code ──▶ private code ──▶
 * instructions ...
 *
 * What the types of the object floor own is known field by field.  Of any other object, built in or of an extension
 * module, every word is looked at: a word that is the address of a live raw block is taken for its owner's.  The words
 * of such a block are looked at in turn.  A pointer that only borrows can thus look like an owner's; so a block that a
 * field is known to own is never given to anybody else.
 *
 * Nothing here runs Python code, allocates from the heap or changes a count.
 *
 * BUFFERS-1  every raw block has at most one owner. */
#ifndef LIMPID_SEE_BUFFERS_H
#define LIMPID_SEE_BUFFERS_H

#include "see/scratch.h"

#include "Python.h"

typedef enum see_buffer_kind {
    SEE_BYTES,   /* plain data */
    SEE_OBJECTS, /* references to objects */
    SEE_DICT,    /* a table of a dict (objects/dict/dict.h) */
    SEE_SET,     /* setentry */
    SEE_WORDS,   /* a struct of the runtime or of a module: words, some of them pointers */
} SeeBufferKind;

typedef struct see_buffer {
    void *address;
    size_t size;      /* of the block */
    size_t used;      /* bytes of it that hold something */
    const char *role; /* static */
    SeeBufferKind kind;
} SeeBuffer;

typedef void (*SeeBufferVisit)(const SeeBuffer *buffer, void *arg);

/* A raw block, and whose it is. */
typedef struct see_raw {
    void *address; /* NULL: a free place of the table */
    size_t size, used;
    PyObject *owner; /* NULL: the runtime's (role says of what), or nobody's (no role) */
    const char *role;
    uint8_t kind, large, sure; /* sure: by a field that is known to own it */
} SeeRaw;

/* Raw blocks by address: all of them or, for questions about single objects, the large ones. */
typedef struct see_index {
    Scratch table; /* SeeRaw, open-addressed */
    size_t room, count;
    int whole; /* small blocks are in it */
} SeeIndex;

/* Notes the raw blocks, of the program's side unless `observer`; 0, or -1 without an exception when there is no memory.
 */
int see_index_make(SeeIndex *x, int whole, int observer);
void see_index_free(SeeIndex *x);
/* The entry of a block, or NULL. */
SeeRaw *see_index_find(const SeeIndex *x, const void *address);
/* Gives every block of a whole index its owner, as far as one can be found. */
int see_index_own(SeeIndex *x);
/* Calls visit for each block in the order of the table. */
#define SEE_EACH_RAW(x, raw)                                                                                           \
    for (SeeRaw *raw = SCRATCH_ITEMS(&(x)->table, SeeRaw), *end_ = raw + (x)->room; raw < end_; raw++)                 \
        if (raw->address != NULL)

/* Calls visit for each block that belongs to o, those behind others after them. */
void see_buffers(const SeeIndex *x, PyObject *o, SeeBufferVisit visit, void *arg);

#endif
