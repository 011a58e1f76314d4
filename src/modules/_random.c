/* The module _random: the Mersenne Twister MT19937 (Matsumoto and Nishimura, 1998). */
#include "Python.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define WORDS 624
#define PERIOD 397

typedef struct {
    PyObject_HEAD
    int index; /* of the next word; WORDS: all are used */
    uint32_t state[WORDS];
} Random;

static uint32_t twist(uint32_t high, uint32_t low)
{
    uint32_t y = (high & 0x80000000U) | (low & 0x7fffffffU);
    return y >> 1 ^ (y & 1 ? 0x9908b0dfU : 0);
}

static void refill(Random *r)
{
    uint32_t *s = r->state;
    for (int k = 0; k < WORDS; k++)
        s[k] = s[(k + PERIOD) % WORDS] ^ twist(s[k], s[(k + 1) % WORDS]);
    r->index = 0;
}

/* 32 random bits. */
static uint32_t next_word(Random *r)
{
    if (r->index >= WORDS)
        refill(r);
    uint32_t y = r->state[r->index++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680U;
    y ^= y << 15 & 0xefc60000U;
    return y ^ y >> 18;
}

static void seed_word(Random *r, uint32_t seed)
{
    r->state[0] = seed;
    for (uint32_t i = 1; i < WORDS; i++)
        r->state[i] = 1812433253U * (r->state[i - 1] ^ r->state[i - 1] >> 30) + i;
    r->index = WORDS;
}

static void seed_words(Random *r, const uint32_t *key, size_t length)
{
    seed_word(r, 19650218U);
    uint32_t *s = r->state;
    size_t i = 1, j = 0;
    for (size_t k = length > WORDS ? length : WORDS; k; k--) {
        s[i] = (s[i] ^ (s[i - 1] ^ s[i - 1] >> 30) * 1664525U) + key[j] + (uint32_t)j;
        if (++i >= WORDS) {
            s[0] = s[WORDS - 1];
            i = 1;
        }
        if (++j >= length)
            j = 0;
    }
    for (size_t k = WORDS - 1; k; k--) {
        s[i] = (s[i] ^ (s[i - 1] ^ s[i - 1] >> 30) * 1566083941U) - (uint32_t)i;
        if (++i >= WORDS) {
            s[0] = s[WORDS - 1];
            i = 1;
        }
    }
    s[0] = 0x80000000U;
}

static void seed_from_system(Random *r)
{
    uint32_t key[WORDS];
    if (getrandom(key, sizeof key, GRND_NONBLOCK) != sizeof key) {
        struct timespec t;
        clock_gettime(CLOCK_REALTIME, &t);
        memset(key, 0, sizeof key);
        key[0] = (uint32_t)t.tv_nsec;
        key[1] = (uint32_t)t.tv_sec;
        key[2] = (uint32_t)getpid();
    }
    seed_words(r, key, WORDS);
}

/* Seeds from None (the system), the magnitude of an int, or the hash of anything else; 0 or -1. */
static int seed(Random *r, PyObject *x)
{
    if (!x || x == Py_None) {
        seed_from_system(r);
        return 0;
    }
    PyObject *n;
    if (PyLong_Check(x)) {
        n = PyNumber_Absolute(x);
    } else {
        Py_hash_t hash = PyObject_Hash(x);
        n = hash == -1 ? NULL : PyLong_FromSize_t((size_t)hash);
    }
    if (!n)
        return -1;
    size_t bits = _PyLong_NumBits(n), words = bits ? (bits - 1) / 32 + 1 : 1;
    uint32_t *key = PyMem_Calloc(words, 4);
    int failed = !key || _PyLong_AsByteArray((PyLongObject *)n, (unsigned char *)key, words * 4, 1, 0) < 0;
    if (!key)
        PyErr_NoMemory();
    if (!failed)
        seed_words(r, key, words);
    PyMem_Free(key);
    Py_DECREF(n);
    return failed ? -1 : 0;
}

static PyObject *m_random(Random *r, PyObject *u)
{
    uint32_t a = next_word(r) >> 5, b = next_word(r) >> 6;
    return PyFloat_FromDouble((a * 67108864.0 + b) * (1.0 / 9007199254740992.0));
}

static PyObject *m_seed(Random *r, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("seed", nargs, 0, 1) || seed(r, nargs ? args[0] : NULL) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *m_getstate(Random *r, PyObject *u)
{
    PyObject *state = PyTuple_New(WORDS + 1);
    for (int i = 0; state && i <= WORDS; i++) {
        PyObject *word = PyLong_FromUnsignedLong(i < WORDS ? r->state[i] : (unsigned long)r->index);
        if (!word)
            Py_CLEAR(state);
        else
            PyTuple_SET_ITEM(state, i, word);
    }
    return state;
}

static PyObject *m_setstate(Random *r, PyObject *state)
{
    if (!PyTuple_Check(state)) {
        PyErr_SetString(PyExc_TypeError, "state vector must be a tuple");
        return NULL;
    }
    if (PyTuple_GET_SIZE(state) != WORDS + 1) {
        PyErr_SetString(PyExc_ValueError, "state vector is the wrong size");
        return NULL;
    }
    uint32_t words[WORDS];
    for (int i = 0; i < WORDS; i++) {
        unsigned long word = PyLong_AsUnsignedLong(PyTuple_GET_ITEM(state, i));
        if (word == (unsigned long)-1 && PyErr_Occurred())
            return NULL;
        words[i] = (uint32_t)word;
    }
    long index = PyLong_AsLong(PyTuple_GET_ITEM(state, WORDS));
    if (index == -1 && PyErr_Occurred())
        return NULL;
    if (index < 0 || index > WORDS) {
        PyErr_SetString(PyExc_ValueError, "invalid state");
        return NULL;
    }
    r->index = (int)index;
    memcpy(r->state, words, sizeof words);
    Py_RETURN_NONE;
}

static PyObject *m_getrandbits(Random *r, PyObject *x)
{
    int bits = _PyLong_AsInt(x);
    if (bits == -1 && PyErr_Occurred())
        return NULL;
    if (bits < 0) {
        PyErr_SetString(PyExc_ValueError, "number of bits must be non-negative");
        return NULL;
    }
    if (bits == 0)
        return PyLong_FromLong(0);
    if (bits <= 32)
        return PyLong_FromUnsignedLong(next_word(r) >> (32 - bits));
    size_t words = (size_t)(bits - 1) / 32 + 1;
    uint32_t *data = PyMem_Malloc(words * 4);
    if (!data)
        return PyErr_NoMemory();
    for (size_t i = 0; i < words; i++, bits -= 32)
        data[i] = bits < 32 ? next_word(r) >> (32 - bits) : next_word(r);
    PyObject *result = _PyLong_FromByteArray((unsigned char *)data, words * 4, 1, 0);
    PyMem_Free(data);
    return result;
}

static PyTypeObject RandomType;

static PyObject *random_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (type == &RandomType && kwargs && PyDict_GET_SIZE(kwargs)) {
        PyErr_SetString(PyExc_TypeError, "Random() takes no keyword arguments");
        return NULL;
    }
    if (PyTuple_GET_SIZE(args) > 1) {
        PyErr_Format(PyExc_TypeError, "Random() requires 0 or 1 argument");
        return NULL;
    }
    Random *self = (Random *)type->tp_alloc(type, 0);
    if (self && seed(self, PyTuple_GET_SIZE(args) ? PyTuple_GET_ITEM(args, 0) : NULL) < 0)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static PyMethodDef methods[] = {
    {"random", (PyCFunction)(void (*)(void))m_random, METH_NOARGS, "random($self, /)\n--\n\nA float in [0, 1)."},
    {"seed", (PyCFunction)(void (*)(void))m_seed, METH_FASTCALL, "seed($self, n=None, /)\n--\n\nStarts the sequence that belongs to n; None: one from the system."},
    {"getstate", (PyCFunction)(void (*)(void))m_getstate, METH_NOARGS, "getstate($self, /)\n--\n\nThe generator's state as a tuple."},
    {"setstate", (PyCFunction)(void (*)(void))m_setstate, METH_O, "setstate($self, state, /)\n--\n\nGoes back to a state."},
    {"getrandbits", (PyCFunction)(void (*)(void))m_getrandbits, METH_O, "getrandbits($self, k, /)\n--\n\nAn int of k random bits."},
    {NULL, NULL, 0, NULL}};

static PyTypeObject RandomType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_random.Random",
    .tp_basicsize = sizeof(Random),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "Random() -> create a random number generator with its own internal state.",
    .tp_methods = methods,
    .tp_new = random_new,
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "_random", .m_size = -1,
                                        .m_doc = "The Mersenne Twister (library reference, \"random\")."};

PyMODINIT_FUNC PyInit__random(void)
{
    PyObject *m = PyModule_Create(&definition);
    if (m && PyModule_AddType(m, &RandomType) < 0)
        Py_CLEAR(m);
    return m;
}
