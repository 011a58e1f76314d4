/* A capture that has been read: objects and references as columns in memory from malloc.
 *
 * Objects are numbered in the order of the file, references are in CSR form; LOAD-1: start[i] <= start[i + 1], every
 * target is below `count` or NO_OBJECT. */
#ifndef LIMPID_SEE_CAPTURE_LOAD_H
#define LIMPID_SEE_CAPTURE_LOAD_H

#include "see/capture.h"

#define NO_OBJECT UINT32_MAX

/* A text in the capture's own memory. */
typedef struct {
    uint32_t offset, length;
} LoadedText;

typedef struct {
    uint64_t address;
    LoadedText name;
    uint64_t basic, item, flags;
} LoadedType;

typedef struct {
    LoadedText key, value;
} LoadedMeta;

typedef struct {
    uint64_t address, size, capacity, used, first;
    int kind; /* 255: free */
} LoadedPool;

typedef struct {
    uint64_t number, thread, depth, line, code;
    LoadedText function, file;
} LoadedFrame;

typedef struct {
    uint64_t frame, label, target; /* an address */
    uint32_t group;                /* string */
} LoadedRoot;

typedef struct {
    uint64_t start, size, resident;
    LoadedText permissions, name;
} LoadedSegment;

typedef struct {
    uint64_t address;
    LoadedText text;
} LoadedName; /* by address */

typedef struct {
    uint32_t file, function; /* strings */
    uint64_t line;
} LoadedPlace;

typedef struct {
    uint32_t first, count; /* of places */
} LoadedSite;

/* A growing array: `items` are `each` bytes long. */
typedef struct {
    void *items;
    size_t count, room;
} Rows;

typedef struct loaded {
    /* objects */
    uint32_t count;
    size_t room;
    uint64_t *address, *size;
    uint64_t *references; /* counts: 0 for buffers, 1 for those that live forever, else the count + 1 */
    uint64_t *length;     /* items + 1, or 0 */
    uint32_t *type, *site;
    uint8_t *state;
    /* references of object i: start[i] to start[i + 1] */
    uint64_t *start;
    uint32_t *target;
    uint64_t *target_address;
    uint64_t *label;
    uint64_t edges;
    /* numbered from 0; 0 stands for none where numbers are given by the file */
    Rows types, strings, sites; /* LoadedType, LoadedText, LoadedSite */
    Rows places;                /* LoadedPlace */
    Rows meta, pools, frames, roots, segments, names;
    Rows text; /* char */
    uint64_t done_objects, done_nanoseconds;
    int is_log;          /* the file has a log of allocations */
    int complete;        /* the file has its end */
    const char *problem; /* what was wrong with the rest of the file, or NULL */
    uint64_t bytes;      /* read */
    /* by address */
    uint32_t *index;
    size_t index_mask;
    uint32_t version;
} Loaded;

/* Reads a capture; 0; -1 with errno of a failing source or ENOMEM; -2 when it is no capture (problem). */
int loaded_read(Loaded *l, ChunkSource source, void *context);
void loaded_free(Loaded *l);
/* The object at an address, or NO_OBJECT. */
uint32_t loaded_find(const Loaded *l, uint64_t address);
const LoadedType *loaded_type(const Loaded *l, uint32_t object);
/* The text of a string's number, empty for none. */
LoadedText loaded_string(const Loaded *l, uint64_t number);
static inline const char *loaded_text(const Loaded *l, LoadedText t) { return (const char *)l->text.items + t.offset; }
/* The name of an object, or an empty text. */
LoadedText loaded_name(const Loaded *l, uint32_t object);

#endif
