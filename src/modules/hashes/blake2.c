/* Module _blake2: BLAKE2b and BLAKE2s (RFC 7693), keyed, salted and for trees of hashes. */
#define PY_SSIZE_T_CLEAN
#include "Python.h"
#include "modules/hashes/data.h"

PyObject *_Py_strhex(const char *bytes, const Py_ssize_t length);

typedef struct {
    union {
        uint64_t b_words[8];
        uint32_t s_words[8];
        unsigned char bytes[64];
    } h;
    uint64_t length; /* bytes compressed */
    size_t used;     /* of block */
    unsigned char block[128];
    char last_node;
} BlakeState;

/* Which word of the block each step of a round adds. */
static const unsigned char blake2_order[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

#define WORD uint64_t
#define BITS 64
#define ROUNDS 12
#define R1 32
#define R2 24
#define R3 16
#define R4 63
#define NAME(x) b_##x
#define INITIAL                                                                                                        \
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1, 0x510e527fade682d1,                \
        0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179
#include "modules/hashes/blake2.inc"

#define WORD uint32_t
#define BITS 32
#define ROUNDS 10
#define R1 16
#define R2 12
#define R3 8
#define R4 7
#define NAME(x) s_##x
#define INITIAL 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
#include "modules/hashes/blake2.inc"

/* The two algorithms. */
typedef struct {
    const char *name;
    int word, digest, salt; /* sizes in bytes, the digest's and the salt's greatest */
    void (*start)(BlakeState *s, const unsigned char *parameters);
    void (*update)(BlakeState *s, const unsigned char *data, size_t size);
    void (*finish)(BlakeState *s);
} Blake;
static const Blake blake2b = {"blake2b", 8, 64, 16, b_start, b_update, b_finish};
static const Blake blake2s = {"blake2s", 4, 32, 8, s_start, s_update, s_finish};

typedef struct {
    PyObject_HEAD const Blake *kind;
    int digest_size;
    BlakeState state;
} BlakeObject;

/* ---- making one ---- */

/* The arguments of the constructor, as they were given. */
typedef struct {
    PyObject *data, *leaf_size, *node_offset;
    int digest_size, fanout, depth, node_depth, inner_size, last_node, secure;
    Py_buffer key, salt, person;
} Arguments;

/* Checks lo <= value <= hi; 0, or -1 with ValueError. */
static int check_range(const char *name, int value, int lo, int hi)
{
    if (value >= lo && value <= hi)
        return 0;
    PyErr_Format(PyExc_ValueError, "%s must be between %d and %d", name, lo, hi);
    return -1;
}

/* A non-negative integer below 2 to the `bits`; 0 if o is NULL; -1 with an exception. */
static int convert_unsigned(PyObject *o, const char *name, int bits, uint64_t *value)
{
    *value = 0;
    if (o == NULL)
        return 0;
    if (PyLong_Check(o) && _PyLong_Sign(o) < 0) {
        PyErr_SetString(PyExc_ValueError, "value must be positive");
        return -1;
    }
    *value = PyLong_AsUnsignedLongLong(o);
    if (*value == (uint64_t)-1 && PyErr_Occurred())
        return -1;
    if (bits < 64 && *value >> bits) {
        PyErr_Format(PyExc_OverflowError, "%s is too large", name);
        return -1;
    }
    return 0;
}

/* Fills the parameter block (RFC 7693, section 2.8); 0, or -1 with an exception. */
static int fill_parameters(const Blake *kind, const Arguments *a, unsigned char *p)
{
    uint64_t leaf, offset;
    int wide = kind->word == 8;
    if (a->digest_size <= 0 || a->digest_size > kind->digest) {
        PyErr_Format(PyExc_ValueError, "digest_size must be between 1 and %d bytes", kind->digest);
        return -1;
    }
    if (a->salt.len > kind->salt || a->person.len > kind->salt) {
        PyErr_Format(PyExc_ValueError, "maximum %s length is %d bytes", a->salt.len > kind->salt ? "salt" : "person",
                     kind->salt);
        return -1;
    }
    if (check_range("fanout", a->fanout, 0, 255) < 0 || check_range("depth", a->depth, 1, 255) < 0 ||
        convert_unsigned(a->leaf_size, "leaf_size", 32, &leaf) < 0 ||
        convert_unsigned(a->node_offset, "node_offset", wide ? 64 : 48, &offset) < 0 ||
        check_range("node_depth", a->node_depth, 0, 255) < 0)
        return -1;
    if (a->inner_size < 0 || a->inner_size > kind->digest) {
        PyErr_Format(PyExc_ValueError, "inner_size must be between 0 and is %d", kind->digest);
        return -1;
    }
    if (a->key.len > kind->digest) {
        PyErr_Format(PyExc_ValueError, "maximum key length is %d bytes", kind->digest);
        return -1;
    }
    memset(p, 0, 64);
    p[0] = (unsigned char)a->digest_size;
    p[1] = (unsigned char)a->key.len;
    p[2] = (unsigned char)a->fanout;
    p[3] = (unsigned char)a->depth;
    memcpy(p + 4, &leaf, 4);
    memcpy(p + 8, &offset, wide ? 8 : 6);
    p[wide ? 16 : 14] = (unsigned char)a->node_depth;
    p[wide ? 17 : 15] = (unsigned char)a->inner_size;
    if (a->salt.len)
        memcpy(p + (wide ? 32 : 16), a->salt.buf, (size_t)a->salt.len);
    if (a->person.len)
        memcpy(p + (wide ? 48 : 24), a->person.buf, (size_t)a->person.len);
    return 0;
}

static int add_data(BlakeObject *self, PyObject *data)
{
    Py_buffer view;
    if (hash_view(data, &view) < 0)
        return -1;
    self->kind->update(&self->state, view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    return 0;
}

static PyObject *make(PyTypeObject *type, const Blake *kind, const Arguments *a)
{
    unsigned char parameters[64], block[128] = {0};
    if (fill_parameters(kind, a, parameters) < 0)
        return NULL;
    BlakeObject *self = (BlakeObject *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->kind = kind;
    self->digest_size = a->digest_size;
    self->state.last_node = (char)a->last_node;
    kind->start(&self->state, parameters);
    if (a->key.len) {
        memcpy(block, a->key.buf, (size_t)a->key.len);
        kind->update(&self->state, block, (size_t)kind->word * 16);
    }
    if (a->data && add_data(self, a->data) < 0)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static int convert_int(PyObject *o, void *value)
{
    *(int *)value = _PyLong_AsInt(o);
    return *(int *)value != -1 || !PyErr_Occurred();
}

static PyObject *construct(PyTypeObject *type, PyObject *args, PyObject *kwargs, const Blake *kind)
{
    static char *keywords[] = {
        "",          "digest_size", "key",        "salt",       "person",    "fanout",          "depth",
        "leaf_size", "node_offset", "node_depth", "inner_size", "last_node", "usedforsecurity", NULL};
    const char *format = kind->word == 8 ? "|O$O&y*y*y*O&O&OOO&O&pp:blake2b" : "|O$O&y*y*y*O&O&OOO&O&pp:blake2s";
    Arguments a = {.digest_size = kind->digest, .fanout = 1, .depth = 1, .secure = 1};
    PyObject *self = NULL;
    if (PyArg_ParseTupleAndKeywords(args, kwargs, format, keywords, &a.data, convert_int, &a.digest_size, &a.key,
                                    &a.salt, &a.person, convert_int, &a.fanout, convert_int, &a.depth, &a.leaf_size,
                                    &a.node_offset, convert_int, &a.node_depth, convert_int, &a.inner_size,
                                    &a.last_node, &a.secure)) {
        self = make(type, kind, &a);
        PyBuffer_Release(&a.key);
        PyBuffer_Release(&a.salt);
        PyBuffer_Release(&a.person);
    }
    return self;
}

static PyObject *blake2b_new(PyTypeObject *t, PyObject *a, PyObject *k) { return construct(t, a, k, &blake2b); }
static PyObject *blake2s_new(PyTypeObject *t, PyObject *a, PyObject *k) { return construct(t, a, k, &blake2s); }

/* ---- methods ---- */

static PyObject *blake_copy(PyObject *o, PyObject *unused)
{
    BlakeObject *self = (BlakeObject *)o, *copy = (BlakeObject *)Py_TYPE(o)->tp_alloc(Py_TYPE(o), 0);
    if (copy) {
        copy->kind = self->kind;
        copy->digest_size = self->digest_size;
        copy->state = self->state;
    }
    return (PyObject *)copy;
}

static PyObject *blake_update(PyObject *self, PyObject *data)
{
    if (add_data((BlakeObject *)self, data) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *blake_digest(PyObject *o, PyObject *unused)
{
    BlakeObject *self = (BlakeObject *)o;
    BlakeState s = self->state;
    self->kind->finish(&s);
    return PyBytes_FromStringAndSize((char *)s.h.bytes, self->digest_size);
}

static PyObject *blake_hexdigest(PyObject *o, PyObject *unused)
{
    BlakeObject *self = (BlakeObject *)o;
    BlakeState s = self->state;
    self->kind->finish(&s);
    return _Py_strhex((char *)s.h.bytes, self->digest_size);
}

static void blake_dealloc(PyObject *o)
{
    PyTypeObject *type = Py_TYPE(o);
    memset(&((BlakeObject *)o)->state, 0, sizeof(BlakeState)); /* it may tell the key */
    type->tp_free(o);
    Py_DECREF(type);
}

static PyObject *get_name(PyObject *o, void *u) { return PyUnicode_FromString(((BlakeObject *)o)->kind->name); }
static PyObject *get_block_size(PyObject *o, void *u) { return PyLong_FromLong(((BlakeObject *)o)->kind->word * 16); }
static PyObject *get_digest_size(PyObject *o, void *u) { return PyLong_FromLong(((BlakeObject *)o)->digest_size); }

static PyMethodDef blake_methods[] = {
    {"copy", blake_copy, METH_NOARGS, "copy($self, /)\n--\n\nA hash object with the same data so far."},
    {"digest", blake_digest, METH_NOARGS, "digest($self, /)\n--\n\nThe hash value as bytes."},
    {"hexdigest", blake_hexdigest, METH_NOARGS, "hexdigest($self, /)\n--\n\nThe hash value as hexadecimal digits."},
    {"update", blake_update, METH_O, "update($self, data, /)\n--\n\nAdd data."},
    {NULL}};
static PyGetSetDef blake_getset[] = {
    {"name", get_name}, {"block_size", get_block_size}, {"digest_size", get_digest_size}, {NULL}};

/* ---- the module ---- */

#define DOCUMENT(name, letter)                                                                                         \
    name "(data=b'', /, *, digest_size=_blake2." name ".MAX_DIGEST_SIZE,\n"                                            \
         "        key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0,\n"                                    \
         "        node_offset=0, node_depth=0, inner_size=0, last_node=False,\n"                                       \
         "        usedforsecurity=True)\n--\n\nReturn a new BLAKE2" letter " hash object."
#define SLOTS(name, letter)                                                                                            \
    {                                                                                                                  \
        {Py_tp_new, name##_new}, {Py_tp_dealloc, blake_dealloc}, {Py_tp_methods, blake_methods},                       \
            {Py_tp_getset, blake_getset}, {Py_tp_doc, DOCUMENT(#name, letter)},                                        \
        {                                                                                                              \
            0, NULL                                                                                                    \
        }                                                                                                              \
    }
static PyType_Slot b_slots[] = SLOTS(blake2b, "b");
static PyType_Slot s_slots[] = SLOTS(blake2s, "s");

/* The type, with its limits in it and in the module; 0 or -1. */
static int add_type(PyObject *module, const Blake *kind, PyType_Slot *slots, const char *full_name)
{
    PyType_Spec spec = {full_name, sizeof(BlakeObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE, slots};
    const struct {
        const char *name;
        int value;
    } limits[] = {{"SALT_SIZE", kind->salt},
                  {"PERSON_SIZE", kind->salt},
                  {"MAX_KEY_SIZE", kind->digest},
                  {"MAX_DIGEST_SIZE", kind->digest}};
    PyObject *type = PyType_FromModuleAndSpec(module, &spec, NULL);
    int result = type ? PyModule_AddObjectRef(module, kind->name, type) : -1;
    for (int i = 0; i < 4 && result == 0; i++) {
        char name[32];
        PyOS_snprintf(name, sizeof name, "BLAKE2%c_%s", kind->word == 8 ? 'B' : 'S', limits[i].name);
        PyObject *value = PyLong_FromLong(limits[i].value);
        result = value ? PyDict_SetItemString(((PyTypeObject *)type)->tp_dict, limits[i].name, value) : -1;
        Py_XDECREF(value);
        if (result == 0)
            result = PyModule_AddIntConstant(module, name, limits[i].value);
    }
    Py_XDECREF(type);
    return result;
}

static int blake2_exec(PyObject *module)
{
    return add_type(module, &blake2b, b_slots, "_blake2.blake2b") < 0
               ? -1
               : add_type(module, &blake2s, s_slots, "_blake2.blake2s");
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, blake2_exec}, {0, NULL}};
static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_blake2", "_blake2b provides BLAKE2b for hashlib\n", 0, NULL, slots};

PyMODINIT_FUNC PyInit__blake2(void) { return PyModuleDef_Init(&definition); }
