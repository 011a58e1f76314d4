/* The secret of string hashing, and keyed hashes for other uses. */
#ifndef LIMPID_CAPI_HASH_H
#define LIMPID_CAPI_HASH_H

#include "Python.h"

/* Draws the secret: from the seed (0: hashes are the same in every run and unkeyed), or from the system.
 * 0, or -1 when the system has no randomness (no exception is set). */
int hash_secret_init(int use_seed, unsigned long seed);
/* SipHash-1-3 of bytes with a key of one's own. */
uint64_t hash_keyed(uint64_t key, const void *data, Py_ssize_t size);

#endif
