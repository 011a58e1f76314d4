/* Modules _md5, _sha1, _sha256 and _sha512: hash objects over sums.c. */
#define PY_SSIZE_T_CLEAN
#include "Python.h"
#include "modules/hashes/data.h"
#include "modules/hashes/sums.h"
#include "structmember.h"

PyObject *_Py_strhex(const char *bytes, const Py_ssize_t length);

typedef struct {
    PyObject_HEAD const Sum *sum;
    SumState state;
} HashObject;

static int add_data(HashObject *self, PyObject *data)
{
    Py_buffer view;
    if (hash_view(data, &view) < 0)
        return -1;
    sum_update(self->sum, &self->state, view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    return 0;
}

static PyObject *hash_new(PyTypeObject *type, const Sum *sum)
{
    HashObject *self = PyObject_New(HashObject, type);
    if (self) {
        self->sum = sum;
        sum->start(&self->state);
    }
    return (PyObject *)self;
}

static PyObject *hash_update(PyObject *self, PyObject *data)
{
    if (add_data((HashObject *)self, data) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *hash_digest(PyObject *self, PyObject *unused)
{
    HashObject *h = (HashObject *)self;
    unsigned char out[64];
    sum_digest(h->sum, &h->state, out);
    return PyBytes_FromStringAndSize((char *)out, h->sum->digest_size);
}

static PyObject *hash_hexdigest(PyObject *self, PyObject *unused)
{
    HashObject *h = (HashObject *)self;
    unsigned char out[64];
    sum_digest(h->sum, &h->state, out);
    return _Py_strhex((char *)out, h->sum->digest_size);
}

static PyObject *hash_copy(PyObject *self, PyObject *unused)
{
    PyObject *copy = hash_new(Py_TYPE(self), ((HashObject *)self)->sum);
    if (copy)
        ((HashObject *)copy)->state = ((HashObject *)self)->state;
    return copy;
}

static void hash_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_Free(self);
    Py_DECREF(type);
}

static PyObject *get_digest_size(PyObject *self, void *x)
{
    return PyLong_FromLong(((HashObject *)self)->sum->digest_size);
}
static PyObject *get_block_size(PyObject *self, void *x)
{
    return PyLong_FromLong(((HashObject *)self)->sum->block_size);
}
static PyObject *get_name(PyObject *self, void *x) { return PyUnicode_FromString(((HashObject *)self)->sum->name); }

static PyMethodDef hash_methods[] = {
    {"update", hash_update, METH_O, "update($self, obj, /)\n--\n\nAdd data."},
    {"digest", hash_digest, METH_NOARGS, "digest($self, /)\n--\n\nThe hash value as bytes."},
    {"hexdigest", hash_hexdigest, METH_NOARGS, "hexdigest($self, /)\n--\n\nThe hash value as hexadecimal digits."},
    {"copy", hash_copy, METH_NOARGS, "copy($self, /)\n--\n\nA hash object with the same data so far."},
    {NULL}};
static PyGetSetDef hash_getset[] = {{"digest_size", get_digest_size},
                                    {"digestsize", get_digest_size},
                                    {"block_size", get_block_size},
                                    {"name", get_name},
                                    {NULL}};
static PyType_Slot hash_slots[] = {
    {Py_tp_dealloc, hash_dealloc}, {Py_tp_methods, hash_methods}, {Py_tp_getset, hash_getset}, {0, NULL}};

/* ---- the modules: up to two algorithms each; the module's state is their types ---- */

static PyObject *construct(PyObject *module, PyObject *args, PyObject *kwargs, const Sum *sum, int index)
{
    static char *keywords[] = {"string", "usedforsecurity", NULL};
    PyObject *data = NULL;
    int secure = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O$p", keywords, &data, &secure))
        return NULL;
    PyObject *self = hash_new(((PyTypeObject **)PyModule_GetState(module))[index], sum);
    if (self && data && add_data((HashObject *)self, data) < 0)
        Py_CLEAR(self);
    return self;
}

static int add_type(PyObject *module, int index, const char *name, const char *attribute)
{
    PyType_Spec spec = {name, sizeof(HashObject), 0,
                        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE, hash_slots};
    PyObject *type = PyType_FromModuleAndSpec(module, &spec, NULL);
    ((PyObject **)PyModule_GetState(module))[index] = type;
    return type ? PyModule_AddObjectRef(module, attribute, type) : -1;
}

static int state_traverse(PyObject *module, visitproc visit, void *arg)
{
    PyObject **types = PyModule_GetState(module);
    Py_VISIT(types[0]);
    Py_VISIT(types[1]);
    return 0;
}

static int state_clear(PyObject *module)
{
    PyObject **types = PyModule_GetState(module);
    Py_CLEAR(types[0]);
    Py_CLEAR(types[1]);
    return 0;
}

static void state_free(void *module) { state_clear(module); }

#define CONSTRUCTOR(name, index)                                                                                       \
    static PyObject *new_##name(PyObject *module, PyObject *args, PyObject *kwargs)                                    \
    {                                                                                                                  \
        return construct(module, args, kwargs, &sum_##name, index);                                                    \
    }
#define METHOD(name)                                                                                                   \
    {                                                                                                                  \
#name, (PyCFunction)(void (*)(void))new_##name, METH_VARARGS | METH_KEYWORDS,                                  \
            #name "($module, /, string=b'', *, usedforsecurity=True)\n--\n\nA new hash object."                        \
    }
#define HASH_MODULE(module, ADD, ...)                                                                                  \
    static PyMethodDef module##_methods[] = {__VA_ARGS__, {NULL}};                                                     \
    static int module##_exec(PyObject *m) { return ADD; }                                                              \
    static PyModuleDef_Slot module##_slots[] = {{Py_mod_exec, module##_exec}, {0, NULL}};                              \
    static struct PyModuleDef module##_def = {PyModuleDef_HEAD_INIT,  #module,          NULL,                          \
                                              2 * sizeof(PyObject *), module##_methods, module##_slots,                \
                                              state_traverse,         state_clear,      state_free};                   \
    PyMODINIT_FUNC PyInit_##module(void) { return PyModuleDef_Init(&module##_def); }

CONSTRUCTOR(md5, 0)
CONSTRUCTOR(sha1, 0)
CONSTRUCTOR(sha224, 0)
CONSTRUCTOR(sha256, 1)
CONSTRUCTOR(sha384, 0)
CONSTRUCTOR(sha512, 1)
HASH_MODULE(_md5, add_type(m, 0, "_md5.md5", "MD5Type"), METHOD(md5))
HASH_MODULE(_sha1, add_type(m, 0, "_sha1.sha1", "SHA1Type"), METHOD(sha1))
HASH_MODULE(_sha256,
            add_type(m, 0, "_sha256.sha224", "SHA224Type") < 0 ? -1 : add_type(m, 1, "_sha256.sha256", "SHA256Type"),
            METHOD(sha224), METHOD(sha256))
HASH_MODULE(_sha512,
            add_type(m, 0, "_sha512.sha384", "SHA384Type") < 0 ? -1 : add_type(m, 1, "_sha512.sha512", "SHA512Type"),
            METHOD(sha384), METHOD(sha512))
