/* A log of allocations that is being read.  Everything is from malloc; numbers of the file are checked. */
#ifndef LIMPID_SEE_ALLOC_READ_H
#define LIMPID_SEE_ALLOC_READ_H

#include "Python.h"

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint32_t parent, function, file, line;
    uint32_t told; /* by who writes the log in another form */
} AllocNode;

/* Pairs of blocks and bytes. */
typedef struct {
    unsigned long long total[2], live[2], peak[2], most[2];
    unsigned long long lifetime, temporary; /* nanoseconds of those that died; died as the next event after birth */
} AllocSum;

typedef struct {
    uint64_t address; /* 0: free */
    uint64_t born;    /* nanoseconds */
    uint32_t words, node;
} LiveBlock;

typedef struct {
    char *text;
    size_t length;
} AllocText;

typedef struct alloc_reader {
    int pass;               /* 2: the sums at sought_event are kept as peak */
    uint64_t sought_event;
    /* called with each event, after it and before, each chunk of events, each node; negative: stop with an error */
    int (*each)(struct alloc_reader *, uint64_t address, uint64_t words, uint64_t node);
    int (*before)(struct alloc_reader *);
    int (*after)(struct alloc_reader *);
    int (*new_node)(struct alloc_reader *, uint32_t node);
    void (*gone)(struct alloc_reader *, const LiveBlock *); /* called with each block that is released */
    void *context;
    AllocNode *nodes;
    AllocSum *sums; /* as many as nodes */
    size_t node_count, node_room;
    AllocText *texts;
    size_t text_count, text_room;
    LiveBlock *live; /* open addressing */
    size_t live_count, live_mask;
    unsigned long long bytes, blocks, event, now, tick, next_tick; /* nanoseconds */
    unsigned long long peak_bytes, peak_event, peak_time;
    uint64_t last_birth, last_birth_event;
    uint32_t told;
    int complete, failed;
    const char *problem;
} AllocReader;

/* Reads a whole log; 0; -1 with errno; -2 when it is no capture (problem). */
int alloc_read(AllocReader *r, const char *path);
void alloc_reader_free(AllocReader *r);
/* Raises what alloc_read met. */
void alloc_read_raise(int result, const AllocReader *r, PyObject *path);

#endif
