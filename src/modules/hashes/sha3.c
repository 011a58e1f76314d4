/* Module _sha3: SHA-3 and SHAKE (FIPS 202), sponges over the permutation Keccak-f[1600]. */
#define PY_SSIZE_T_CLEAN
#include "Python.h"
#include "modules/hashes/data.h"

PyObject *_Py_strhex(const char *bytes, const Py_ssize_t length);

/* ---- the permutation ---- */

static const uint64_t round_constants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

#define ROL(x, n) ((x) << (n) | (x) >> (64 - (n)))
/* Row y of the new state from five lanes of the old one, mixed with the parity of their columns (d) and rotated. */
#define LANE(i, n) ROL(a[i] ^ d[(i) % 5], n)
#define ROW(y, b0, b1, b2, b3, b4)                                                                                     \
    {                                                                                                                  \
        uint64_t c0 = b0, c1 = b1, c2 = b2, c3 = b3, c4 = b4;                                                          \
        e[y] = c0 ^ (~c1 & c2);                                                                                        \
        e[y + 1] = c1 ^ (~c2 & c3);                                                                                    \
        e[y + 2] = c2 ^ (~c3 & c4);                                                                                    \
        e[y + 3] = c3 ^ (~c4 & c0);                                                                                    \
        e[y + 4] = c4 ^ (~c0 & c1);                                                                                    \
    }

/* One round from the lanes a to the lanes e. */
static inline __attribute__((always_inline)) void keccak_round(const uint64_t *a, uint64_t *e, uint64_t constant)
{
    uint64_t c[5], d[5];
    for (int x = 0; x < 5; x++)
        c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    d[0] = c[4] ^ ROL(c[1], 1);
    d[1] = c[0] ^ ROL(c[2], 1);
    d[2] = c[1] ^ ROL(c[3], 1);
    d[3] = c[2] ^ ROL(c[4], 1);
    d[4] = c[3] ^ ROL(c[0], 1);
    ROW(0, a[0] ^ d[0], LANE(6, 44), LANE(12, 43), LANE(18, 21), LANE(24, 14))
    e[0] ^= constant;
    ROW(5, LANE(3, 28), LANE(9, 20), LANE(10, 3), LANE(16, 45), LANE(22, 61))
    ROW(10, LANE(1, 1), LANE(7, 6), LANE(13, 25), LANE(19, 8), LANE(20, 18))
    ROW(15, LANE(4, 27), LANE(5, 36), LANE(11, 10), LANE(17, 15), LANE(23, 56))
    ROW(20, LANE(2, 62), LANE(8, 55), LANE(14, 39), LANE(15, 41), LANE(21, 2))
}

static void keccak(uint64_t a[25])
{
    uint64_t e[25];
    for (int i = 0; i < 24; i += 2) {
        keccak_round(a, e, round_constants[i]);
        keccak_round(e, a, round_constants[i + 1]);
    }
}

/* ---- the sponge ---- */

typedef struct {
    const char *name, *full_name;
    int digest_size;      /* 0: as long as one likes */
    int rate;             /* bytes taken at once */
    unsigned char suffix; /* what ends the data */
    const char *doc;
} Sponge;

#define SHA3(bits, size)                                                                                               \
    {                                                                                                                  \
        "sha3_" #bits, "_sha3.sha3_" #bits, size, 200 - 2 * size, 0x06,                                                \
            "sha3_" #bits "([data], *, usedforsecurity=True) -> SHA3 object\n\n"                                       \
            "Return a new SHA3 hash object with a hashbit length of " #size " bytes."                                  \
    }
#define SHAKE(bits, rate)                                                                                              \
    {                                                                                                                  \
        "shake_" #bits, "_sha3.shake_" #bits, 0, rate, 0x1f,                                                           \
            "shake_" #bits "([data], *, usedforsecurity=True) -> SHAKE object\n\nReturn a new SHAKE hash object."      \
    }
enum { SPONGES = 6 };
static const Sponge sponges[SPONGES] = {SHA3(224, 28), SHA3(256, 32),   SHA3(384, 48),
                                        SHA3(512, 64), SHAKE(128, 168), SHAKE(256, 136)};

typedef struct {
    union {
        uint64_t lanes[25];
        unsigned char bytes[200];
    } a;
    int used; /* bytes of the rate */
} SpongeState;

static void absorb(SpongeState *s, int rate, const unsigned char *data, size_t size)
{
    while (size) {
        if (s->used == 0 && size >= (size_t)rate) {
            for (int i = 0; i < rate / 8; i++) {
                uint64_t lane;
                memcpy(&lane, data + 8 * i, 8);
                s->a.lanes[i] ^= lane;
            }
            data += rate;
            size -= (size_t)rate;
            keccak(s->a.lanes);
            continue;
        }
        s->a.bytes[s->used++] ^= *data++;
        size--;
        if (s->used == rate) {
            keccak(s->a.lanes);
            s->used = 0;
        }
    }
}

static void squeeze(SpongeState *s, const Sponge *kind, unsigned char *out, size_t size)
{
    s->a.bytes[s->used] ^= kind->suffix;
    s->a.bytes[kind->rate - 1] ^= 0x80;
    while (size) {
        size_t part = Py_MIN(size, (size_t)kind->rate);
        keccak(s->a.lanes);
        memcpy(out, s->a.bytes, part);
        out += part;
        size -= part;
    }
}

/* ---- objects ---- */

typedef struct {
    PyObject_HEAD const Sponge *kind;
    SpongeState state;
} Sha3Object;

static int add_data(Sha3Object *self, PyObject *data)
{
    Py_buffer view;
    if (hash_view(data, &view) < 0)
        return -1;
    absorb(&self->state, self->kind->rate, view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    return 0;
}

/* Which of the algorithms a type (none has subclasses) is. */
static const Sponge *sponge_of(PyTypeObject *type)
{
    for (int i = 0; i < SPONGES; i++)
        if (strcmp(type->tp_name, sponges[i].full_name) == 0)
            return &sponges[i];
    Py_UNREACHABLE();
}

static PyObject *sha3_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"", "usedforsecurity", NULL};
    const Sponge *kind = sponge_of(type);
    PyObject *data = NULL;
    int secure = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O$p:sha3_224", keywords, &data, &secure))
        return NULL;
    Sha3Object *self = (Sha3Object *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->kind = kind;
    if (data && add_data(self, data) < 0)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static PyObject *sha3_copy(PyObject *o, PyObject *unused)
{
    Sha3Object *copy = (Sha3Object *)Py_TYPE(o)->tp_alloc(Py_TYPE(o), 0);
    if (copy) {
        copy->kind = ((Sha3Object *)o)->kind;
        copy->state = ((Sha3Object *)o)->state;
    }
    return (PyObject *)copy;
}

static PyObject *sha3_update(PyObject *self, PyObject *data)
{
    if (add_data((Sha3Object *)self, data) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* The first `size` bytes of the result. */
static PyObject *result_bytes(PyObject *o, size_t size)
{
    SpongeState s = ((Sha3Object *)o)->state;
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size);
    if (bytes)
        squeeze(&s, ((Sha3Object *)o)->kind, (unsigned char *)PyBytes_AS_STRING(bytes), size);
    return bytes;
}

static PyObject *hex(PyObject *bytes)
{
    PyObject *text = bytes ? _Py_strhex(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes)) : NULL;
    Py_XDECREF(bytes);
    return text;
}

static PyObject *sha3_digest(PyObject *o, PyObject *unused)
{
    return result_bytes(o, (size_t)((Sha3Object *)o)->kind->digest_size);
}
static PyObject *sha3_hexdigest(PyObject *o, PyObject *unused) { return hex(sha3_digest(o, NULL)); }

/* The result of SHAKE with the length asked for. */
static PyObject *shake_digest(PyObject *o, PyObject *length)
{
    if (PyLong_Check(length) && _PyLong_Sign(length) < 0) {
        PyErr_SetString(PyExc_ValueError, "value must be positive");
        return NULL;
    }
    if (!PyLong_Check(length)) {
        PyErr_SetString(PyExc_TypeError, "an integer is required");
        return NULL;
    }
    unsigned long size = PyLong_AsUnsignedLong(length);
    if (size == (unsigned long)-1 && PyErr_Occurred())
        return NULL;
    if (size >= 1ul << 29) {
        PyErr_SetString(PyExc_ValueError, "length is too large");
        return NULL;
    }
    return result_bytes(o, size);
}
static PyObject *shake_hexdigest(PyObject *o, PyObject *length) { return hex(shake_digest(o, length)); }

static void sha3_dealloc(PyObject *o)
{
    PyTypeObject *type = Py_TYPE(o);
    type->tp_free(o);
    Py_DECREF(type);
}

#define KIND(o) (((Sha3Object *)(o))->kind)
static PyObject *get_block_size(PyObject *o, void *u) { return PyLong_FromLong(KIND(o)->rate); }
static PyObject *get_digest_size(PyObject *o, void *u) { return PyLong_FromLong(KIND(o)->digest_size); }
static PyObject *get_name(PyObject *o, void *u) { return PyUnicode_FromString(KIND(o)->name); }
static PyObject *get_capacity(PyObject *o, void *u) { return PyLong_FromLong(1600 - 8 * KIND(o)->rate); }
static PyObject *get_rate(PyObject *o, void *u) { return PyLong_FromLong(8 * KIND(o)->rate); }
static PyObject *get_suffix(PyObject *o, void *u) { return PyBytes_FromStringAndSize((char *)&KIND(o)->suffix, 1); }

static PyGetSetDef getset[] = {{"block_size", get_block_size},
                               {"name", get_name},
                               {"digest_size", get_digest_size},
                               {"_capacity_bits", get_capacity},
                               {"_rate_bits", get_rate},
                               {"_suffix", get_suffix},
                               {NULL}};
#define COPY                                                                                                           \
    {                                                                                                                  \
        "copy", sha3_copy, METH_NOARGS, "copy($self, /)\n--\n\nA hash object with the same data so far."               \
    }
#define UPDATE                                                                                                         \
    {                                                                                                                  \
        "update", sha3_update, METH_O, "update($self, data, /)\n--\n\nAdd data."                                       \
    }
static PyMethodDef sha3_methods[] = {
    COPY,
    UPDATE,
    {"digest", sha3_digest, METH_NOARGS, "digest($self, /)\n--\n\nThe hash value as bytes."},
    {"hexdigest", sha3_hexdigest, METH_NOARGS, "hexdigest($self, /)\n--\n\nThe hash value as hexadecimal digits."},
    {NULL}};
static PyMethodDef shake_methods[] = {
    COPY,
    UPDATE,
    {"digest", shake_digest, METH_O, "digest($self, length, /)\n--\n\nThe hash value as bytes."},
    {"hexdigest", shake_hexdigest, METH_O, "hexdigest($self, length, /)\n--\n\nThe hash value as hexadecimal digits."},
    {NULL}};

/* ---- the module ---- */

static int sha3_exec(PyObject *module)
{
    for (int i = 0; i < SPONGES; i++) {
        const Sponge *kind = &sponges[i];
        PyType_Slot slots[] = {{Py_tp_new, sha3_new},
                               {Py_tp_dealloc, sha3_dealloc},
                               {Py_tp_methods, kind->digest_size ? sha3_methods : shake_methods},
                               {Py_tp_getset, getset},
                               {Py_tp_doc, (void *)kind->doc},
                               {0, NULL}};
        PyType_Spec spec = {kind->full_name, sizeof(Sha3Object), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
                            slots};
        PyObject *type = PyType_FromModuleAndSpec(module, &spec, NULL);
        int result = type ? PyModule_AddObjectRef(module, kind->name, type) : -1;
        Py_XDECREF(type);
        if (result < 0)
            return -1;
    }
    if (PyModule_AddIntConstant(module, "keccakopt", 64) < 0)
        return -1;
    return PyModule_AddStringConstant(module, "implementation", "limpid");
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, sha3_exec}, {0, NULL}};
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_sha3", NULL, 0, NULL, slots};

PyMODINIT_FUNC PyInit__sha3(void) { return PyModuleDef_Init(&definition); }
