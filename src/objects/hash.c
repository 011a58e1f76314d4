/* SipHash-1-3 (Aumasson and Bernstein), as sys.hash_info names it, and the secret that keys it. */
#include "objects/hash.h"

#include <string.h>
#include <sys/random.h>
#include <unistd.h>

_Py_HashSecret_t _Py_HashSecret;

#define ROTATE(x, b) (((x) << (b)) | ((x) >> (64 - (b))))

/* One SipRound over the four words of state. */
static inline void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = ROTATE(v[1], 13) ^ v[0];
    v[3] = ROTATE(v[3], 16) ^ v[2];
    v[0] = ROTATE(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = ROTATE(v[1], 17) ^ v[2];
    v[3] = ROTATE(v[3], 21) ^ v[0];
    v[2] = ROTATE(v[2], 32);
}

static uint64_t siphash13(uint64_t k0, uint64_t k1, const unsigned char *p, size_t size)
{
    uint64_t v[4] = {k0 ^ 0x736f6d6570736575ULL, k1 ^ 0x646f72616e646f6dULL, k0 ^ 0x6c7967656e657261ULL,
                     k1 ^ 0x7465646279746573ULL};
    uint64_t last = (uint64_t)size << 56, word;
    for (; size >= 8; size -= 8, p += 8) {
        memcpy(&word, p, 8);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    word = 0;
    memcpy(&word, p, size);
    last |= word;
    v[3] ^= last;
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xff;
    sip_round(v);
    sip_round(v);
    sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t _Py_KeyedHash(uint64_t key, const void *source, Py_ssize_t size)
{
    return siphash13(key, 0, source, (size_t)size);
}

/* The hash of str and bytes data; 0 for none, never -1. */
Py_hash_t _Py_HashBytes(const void *source, Py_ssize_t size)
{
    if (size == 0)
        return 0;
    Py_hash_t hash = (Py_hash_t)siphash13(_Py_HashSecret.siphash.k0, _Py_HashSecret.siphash.k1, source, (size_t)size);
    return hash == -1 ? -2 : hash;
}

/* Objects lie 16 bytes apart, so the low bits say nothing: they go to the top. */
Py_hash_t _Py_HashPointerRaw(const void *p)
{
    size_t y = (size_t)p;
    return (Py_hash_t)ROTATE((uint64_t)y, 60);
}

Py_hash_t _Py_HashPointer(const void *p)
{
    Py_hash_t hash = _Py_HashPointerRaw(p);
    return hash == -1 ? -2 : hash;
}

static PyHash_FuncDef definition = {_Py_HashBytes, "siphash13", 64, 128};
PyHash_FuncDef *PyHash_GetFuncDef(void) { return &definition; }

void hash_secret_init(int use_seed, unsigned long seed)
{
    unsigned char *secret = (unsigned char *)&_Py_HashSecret;
    if (use_seed) {
        /* a linear congruential generator, so that a seed means the same everywhere; 0 means no secret at all */
        uint32_t x = (uint32_t)seed;
        for (size_t i = 0; i < sizeof _Py_HashSecret; i++) {
            x = x * 214013 + 2531011;
            secret[i] = seed ? (unsigned char)(x >> 16) : 0;
        }
    } else if (getrandom(secret, sizeof _Py_HashSecret, GRND_NONBLOCK) != sizeof _Py_HashSecret &&
               getentropy(secret, sizeof _Py_HashSecret) < 0) {
        memset(secret, 0, sizeof _Py_HashSecret);
    }
}
