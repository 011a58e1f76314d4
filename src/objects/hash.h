/* Hashes of bytes: SipHash-1-3 under a secret that differs from run to run. */
#ifndef LIMPID_OBJECTS_HASH_H
#define LIMPID_OBJECTS_HASH_H

#include "Python.h"

/* Fills _Py_HashSecret: from `seed` (0: all zero) when use_seed, otherwise from the system's random source. */
void hash_secret_init(int use_seed, unsigned long seed);
/* SipHash-1-3 of the bytes under the key (key, 0). */
uint64_t _Py_KeyedHash(uint64_t key, const void *source, Py_ssize_t size);

#endif
