/* Hashes of bytes (SipHash-1-3, keyed by a secret that is drawn at start-up), pointers and floats. */
#include "Python.h"
#include "capi/hash.h"
#include <sys/random.h>

_Py_HashSecret_t _Py_HashSecret;

/* -- SipHash (Aumasson and Bernstein): 1 round a word, 3 at the end -- */

static inline uint64_t rotate(uint64_t x, int b) { return x << b | x >> (64 - b); }

#define ROUND \
    do { \
        v0 += v1; v2 += v3; v1 = rotate(v1, 13) ^ v0; v3 = rotate(v3, 16) ^ v2; v0 = rotate(v0, 32); \
        v2 += v1; v0 += v3; v1 = rotate(v1, 17) ^ v2; v3 = rotate(v3, 21) ^ v0; v2 = rotate(v2, 32); \
    } while (0)

static uint64_t siphash13(uint64_t k0, uint64_t k1, const void *data, Py_ssize_t size)
{
    const unsigned char *p = data;
    uint64_t v0 = k0 ^ 0x736f6d6570736575ULL, v1 = k1 ^ 0x646f72616e646f6dULL;
    uint64_t v2 = k0 ^ 0x6c7967656e657261ULL, v3 = k1 ^ 0x7465646279746573ULL;
    uint64_t last = (uint64_t)size << 56, word;
    for (; size >= 8; size -= 8, p += 8) {
        memcpy(&word, p, 8);
        v3 ^= word;
        ROUND;
        v0 ^= word;
    }
    word = 0;
    memcpy(&word, p, size);
    last |= word;
    v3 ^= last;
    ROUND;
    v0 ^= last;
    v2 ^= 0xff;
    ROUND;
    ROUND;
    ROUND;
    return (v0 ^ v1) ^ (v2 ^ v3);
}

static Py_hash_t hash_with_secret(const void *data, Py_ssize_t size)
{
    return (Py_hash_t)siphash13(_Py_HashSecret.siphash.k0, _Py_HashSecret.siphash.k1, data, size);
}

/* Never -1; 0 for no bytes. */
Py_hash_t _Py_HashBytes(const void *data, Py_ssize_t size)
{
    if (size == 0)
        return 0;
    Py_hash_t h = hash_with_secret(data, size);
    return h == -1 ? -2 : h;
}

uint64_t hash_keyed(uint64_t key, const void *data, Py_ssize_t size) { return siphash13(key, 0, data, size); }

static PyHash_FuncDef function = {hash_with_secret, "siphash13", 64, 128};
PyHash_FuncDef *PyHash_GetFuncDef(void) { return &function; }

/* -- The secret -- */

/* The bytes that a seed stands for: the same on every run. */
static void fill_from_seed(unsigned int x, unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        x = x * 214013 + 2531011;
        bytes[i] = (x >> 16) & 0xff;
    }
}

int hash_secret_init(int use_seed, unsigned long seed)
{
    if (use_seed) {
        memset(&_Py_HashSecret, 0, sizeof _Py_HashSecret);
        if (seed)
            fill_from_seed((unsigned int)seed, _Py_HashSecret.uc, sizeof _Py_HashSecret.uc);
        return 0;
    }
    ssize_t n = getrandom(&_Py_HashSecret, sizeof _Py_HashSecret, GRND_NONBLOCK);
    if (n == sizeof _Py_HashSecret)
        return 0;
    return _PyOS_URandomNonblock(&_Py_HashSecret, sizeof _Py_HashSecret);
}

/* -- Pointers and floats -- */

Py_hash_t _Py_HashPointerRaw(const void *p)
{
    size_t x = (size_t)p; /* objects are aligned: the low bits say little */
    return (Py_hash_t)(x >> 4 | x << 60);
}

Py_hash_t _Py_HashPointer(const void *p)
{
    Py_hash_t h = _Py_HashPointerRaw(p);
    return h == -1 ? -2 : h;
}

/* The float's value modulo 2**61 - 1, so that equal numbers of any type hash alike ("Hashing of numeric types" in the
 * library reference); a NaN hashes as its object does. */
Py_hash_t _Py_HashDouble(PyObject *object, double v)
{
    if (!isfinite(v))
        return isinf(v) ? (v > 0 ? _PyHASH_INF : -_PyHASH_INF) : _Py_HashPointer(object);
    int exponent, negative = v < 0;
    double m = frexp(fabs(v), &exponent);
    uint64_t x = 0;
    while (m) { /* 28 bits at a time: shift x left modulo the prime, add them */
        x = (x << 28 & _PyHASH_MODULUS) | x >> (_PyHASH_BITS - 28);
        m *= 268435456.0;
        exponent -= 28;
        uint64_t y = (uint64_t)m;
        m -= (double)y;
        x += y;
        if (x >= _PyHASH_MODULUS)
            x -= _PyHASH_MODULUS;
    }
    exponent = exponent >= 0 ? exponent % _PyHASH_BITS : _PyHASH_BITS - 1 - (-1 - exponent) % _PyHASH_BITS;
    x = (x << exponent & _PyHASH_MODULUS) | x >> (_PyHASH_BITS - exponent);
    Py_hash_t h = negative ? -(Py_hash_t)x : (Py_hash_t)x;
    return h == -1 ? -2 : h;
}
