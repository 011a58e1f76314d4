/* _random: the Mersenne Twister MT19937 (Matsumoto and Nishimura), as random.Random uses it. */
#include "Python.h"

#define N 624
#define M 397

typedef struct {
    PyObject_HEAD
    int index;
    uint32_t state[N];
} Random;

static uint32_t next32(Random *self)
{
    uint32_t *mt = self->state;
    if (self->index >= N) {
        static const uint32_t magic[2] = {0, 0x9908b0dfU};
        int k;
        uint32_t y;
        for (k = 0; k < N - M; k++) {
            y = (mt[k] & 0x80000000U) | (mt[k + 1] & 0x7fffffffU);
            mt[k] = mt[k + M] ^ (y >> 1) ^ magic[y & 1];
        }
        for (; k < N - 1; k++) {
            y = (mt[k] & 0x80000000U) | (mt[k + 1] & 0x7fffffffU);
            mt[k] = mt[k + (M - N)] ^ (y >> 1) ^ magic[y & 1];
        }
        y = (mt[N - 1] & 0x80000000U) | (mt[0] & 0x7fffffffU);
        mt[N - 1] = mt[M - 1] ^ (y >> 1) ^ magic[y & 1];
        self->index = 0;
    }
    uint32_t y = mt[self->index++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680U;
    y ^= (y << 15) & 0xefc60000U;
    return y ^ (y >> 18);
}

static void seed_by_number(Random *self, uint32_t s)
{
    uint32_t *mt = self->state;
    mt[0] = s;
    for (uint32_t i = 1; i < N; i++)
        mt[i] = 1812433253U * (mt[i - 1] ^ (mt[i - 1] >> 30)) + i;
    self->index = N;
}

static void seed_by_array(Random *self, const uint32_t *key, size_t length)
{
    uint32_t *mt = self->state;
    seed_by_number(self, 19650218U);
    size_t i = 1, j = 0;
    for (size_t k = N > length ? N : length; k; k--) {
        mt[i] = (mt[i] ^ ((mt[i - 1] ^ (mt[i - 1] >> 30)) * 1664525U)) + key[j] + (uint32_t)j;
        if (++i >= N) {
            mt[0] = mt[N - 1];
            i = 1;
        }
        if (++j >= length)
            j = 0;
    }
    for (size_t k = N - 1; k; k--) {
        mt[i] = (mt[i] ^ ((mt[i - 1] ^ (mt[i - 1] >> 30)) * 1566083941U)) - (uint32_t)i;
        if (++i >= N) {
            mt[0] = mt[N - 1];
            i = 1;
        }
    }
    mt[0] = 0x80000000U;
}

/* Seeds from the operating system, or from an object's absolute value or hash. */
static int seed(Random *self, PyObject *arg)
{
    if (!arg || arg == Py_None) {
        uint32_t key[N];
        if (_PyOS_URandomNonblock(key, sizeof key))
            return -1;
        seed_by_array(self, key, N);
        return 0;
    }
    PyObject *n;
    if (PyLong_CheckExact(arg) || PyLong_Check(arg))
        n = PyNumber_Absolute(arg);
    else {
        Py_hash_t h = PyObject_Hash(arg);
        if (h == -1)
            return -1;
        n = PyLong_FromSize_t((size_t)h);
    }
    if (!n)
        return -1;
    size_t bits = _PyLong_NumBits(n), words = bits ? (bits - 1) / 32 + 1 : 1;
    uint32_t *key = PyMem_Malloc(words * sizeof *key);
    int bad = -1;
    if (!key)
        PyErr_NoMemory();
    else if (!(bad = _PyLong_AsByteArray((PyLongObject *)n, (unsigned char *)key, words * sizeof *key, 1, 0)))
        seed_by_array(self, key, words);
    PyMem_Free(key);
    Py_DECREF(n);
    return bad;
}

static PyObject *random_seed(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (n > 1) {
        PyErr_Format(PyExc_TypeError, "seed expected at most 1 argument, got %zd", n);
        return NULL;
    }
    if (seed((Random *)self, n ? args[0] : NULL))
        return NULL;
    Py_RETURN_NONE;
}

static int random_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *arg = NULL;
    if (kwargs && PyDict_GET_SIZE(kwargs) && (Py_TYPE(self)->tp_init == random_init)) {
        PyErr_SetString(PyExc_TypeError, "Random() takes no keyword arguments");
        return -1;
    }
    if (PyTuple_GET_SIZE(args) > 1) {
        PyErr_SetString(PyExc_TypeError, "Random() requires 0 or 1 argument");
        return -1;
    }
    if (PyTuple_GET_SIZE(args))
        arg = PyTuple_GET_ITEM(args, 0);
    return seed((Random *)self, arg);
}

static PyObject *random_random(PyObject *self, PyObject *unused)
{
    uint32_t a = next32((Random *)self) >> 5, b = next32((Random *)self) >> 6;
    return PyFloat_FromDouble((a * 67108864.0 + b) * (1.0 / 9007199254740992.0));
}

static PyObject *random_getrandbits(PyObject *self, PyObject *arg)
{
    int k = _PyLong_AsInt(arg);
    if (k == -1 && PyErr_Occurred())
        return NULL;
    if (k < 0) {
        PyErr_SetString(PyExc_ValueError, "number of bits must be non-negative");
        return NULL;
    }
    if (k == 0)
        return PyLong_FromLong(0);
    if (k <= 32)
        return PyLong_FromUnsignedLong(next32((Random *)self) >> (32 - k));
    size_t words = (size_t)(k - 1) / 32 + 1;
    uint32_t *w = PyMem_Malloc(words * sizeof *w);
    if (!w)
        return PyErr_NoMemory();
    for (size_t i = 0; i < words; i++, k -= 32) {
        w[i] = next32((Random *)self);
        if (k < 32)
            w[i] >>= 32 - k;
    }
    PyObject *r = _PyLong_FromByteArray((unsigned char *)w, words * sizeof *w, 1, 0);
    PyMem_Free(w);
    return r;
}

static PyObject *random_getstate(PyObject *o, PyObject *unused)
{
    Random *self = (Random *)o;
    PyObject *t = PyTuple_New(N + 1);
    for (int i = 0; t && i <= N; i++) {
        PyObject *v = i < N ? PyLong_FromUnsignedLong(self->state[i]) : PyLong_FromLong(self->index);
        if (!v)
            Py_CLEAR(t);
        else
            PyTuple_SET_ITEM(t, i, v);
    }
    return t;
}

static PyObject *random_setstate(PyObject *o, PyObject *state)
{
    Random *self = (Random *)o;
    uint32_t words[N];
    if (!PyTuple_Check(state)) {
        PyErr_SetString(PyExc_TypeError, "state vector must be a tuple");
        return NULL;
    }
    if (PyTuple_GET_SIZE(state) != N + 1) {
        PyErr_SetString(PyExc_ValueError, "state vector is the wrong size");
        return NULL;
    }
    for (int i = 0; i < N; i++) {
        unsigned long v = PyLong_AsUnsignedLong(PyTuple_GET_ITEM(state, i));
        if (v == (unsigned long)-1 && PyErr_Occurred())
            return NULL;
        words[i] = (uint32_t)v;
    }
    long index = PyLong_AsLong(PyTuple_GET_ITEM(state, N));
    if (index == -1 && PyErr_Occurred())
        return NULL;
    if (index < 0 || index > N) {
        PyErr_SetString(PyExc_ValueError, "invalid state");
        return NULL;
    }
    self->index = (int)index;
    memcpy(self->state, words, sizeof words);
    Py_RETURN_NONE;
}

static PyMethodDef random_methods[] = {
    {"random", random_random, METH_NOARGS, "random($self, /)\n--\n\nrandom() -> x in the interval [0, 1)."},
    {"seed", (PyCFunction)random_seed, METH_FASTCALL, "seed($self, n=None, /)\n--\n\nseed([n]) -> None."},
    {"getstate", random_getstate, METH_NOARGS, "getstate($self, /)\n--\n\ngetstate() -> tuple containing the current state."},
    {"setstate", random_setstate, METH_O, "setstate($self, state, /)\n--\n\nsetstate(state) -> None.  Restores generator state."},
    {"getrandbits", random_getrandbits, METH_O, "getrandbits($self, k, /)\n--\n\ngetrandbits(k) -> x.  Generates an int with k random bits."},
    {NULL},
};

static PyTypeObject Random_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "_random.Random",
    .tp_basicsize = sizeof(Random),
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "Random() -> create a random number generator with its own internal state.",
    .tp_methods = random_methods,
    .tp_init = random_init,
    .tp_new = PyType_GenericNew,
    .tp_free = PyObject_Free,
};

static int module_exec(PyObject *module) { return PyModule_AddType(module, &Random_Type); }
static PyModuleDef_Slot slots[] = {{Py_mod_exec, module_exec}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_random", "Module implements the Mersenne Twister random number generator.", 0, NULL, slots, NULL, NULL, NULL};
PyMODINIT_FUNC PyInit__random(void) { return PyModuleDef_Init(&definition); }
