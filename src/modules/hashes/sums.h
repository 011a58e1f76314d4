/* MD5, SHA-1 and SHA-2: one state for all, described by a row of a table. */
#ifndef LIMPID_MODULES_HASHES_SUMS_H
#define LIMPID_MODULES_HASHES_SUMS_H

#include "Python.h"

typedef struct sum_state {
    union { uint32_t w32[8]; uint64_t w64[8]; } h;
    uint64_t length;            /* bytes so far */
    unsigned char block[128];   /* the last, unfinished block */
} SumState;

typedef struct {
    const char *name;
    int digest_size, block_size;
    void (*start)(SumState *s);
    void (*compress)(SumState *s, const unsigned char *block);
    int word_size, little_endian;
} Sum;

extern const Sum sum_md5, sum_sha1, sum_sha224, sum_sha256, sum_sha384, sum_sha512;

void sum_update(const Sum *sum, SumState *s, const unsigned char *data, size_t size);
/* The digest of what was added; s itself stays. */
void sum_digest(const Sum *sum, const SumState *s, unsigned char *out);

#endif
