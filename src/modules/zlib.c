/* zlib: compression by the library of that name. */
#define PY_SSIZE_T_CLEAN
#include "Python.h"
#include "memory/state.h"
#include "structmember.h"
#include "objects/hidden.h"
#include <zlib.h>

#ifndef DEF_MEM_LEVEL
#define DEF_MEM_LEVEL 8
#endif

#define FIRST_ROOM 16384

/* Error of the library, with what was being done; NULL. */
static PyObject *raise(z_stream *z, int code, const char *doing)
{
    const char *why = code == Z_VERSION_ERROR ? "library version mismatch" : z->msg;
    if (!why)
        why = code == Z_BUF_ERROR      ? "incomplete or truncated stream"
              : code == Z_STREAM_ERROR ? "inconsistent stream state"
              : code == Z_DATA_ERROR   ? "invalid input data"
                                       : NULL;
    return why ? PyErr_Format(KEPT(zlib_error), "Error %d %s: %.200s", code, doing, why)
               : PyErr_Format(KEPT(zlib_error), "Error %d %s", code, doing);
}

static void *z_alloc(void *ctx, unsigned n, unsigned size) { return PyMem_RawCalloc(n, size); }
static void z_free(void *ctx, void *p) { PyMem_RawFree(p); }
static void stream_init(z_stream *z)
{
    memset(z, 0, sizeof *z);
    z->zalloc = z_alloc;
    z->zfree = z_free;
}

/* -- Output that grows -- */

typedef struct output {
    PyObject *bytes;
    Py_ssize_t used, most; /* most: -1 for no limit */
} Output;

static int output_start(Output *o, Py_ssize_t room, Py_ssize_t most)
{
    if (most >= 0)
        room = Py_MIN(room, Py_MAX(most, 1));
    o->used = 0;
    o->most = most;
    o->bytes = PyBytes_FromStringAndSize(NULL, Py_MAX(room, 1));
    return o->bytes ? 0 : -1;
}

/* Offers room to the stream; 1, 0 when the limit is reached, -1 with MemoryError. */
static int output_offer(Output *o, z_stream *z)
{
    Py_ssize_t room = PyBytes_GET_SIZE(o->bytes);
    if (o->used == room) {
        if (o->most >= 0 && room >= o->most)
            return 0;
        Py_ssize_t more = room > PY_SSIZE_T_MAX / 2 ? PY_SSIZE_T_MAX : room * 2;
        if (o->most >= 0)
            more = Py_MIN(more, o->most);
        if (_PyBytes_Resize(&o->bytes, more) < 0)
            return -1;
        room = more;
    }
    if (o->most == 0)
        return 0;
    z->next_out = (Bytef *)PyBytes_AS_STRING(o->bytes) + o->used;
    z->avail_out = (uInt)Py_MIN(room - o->used, UINT_MAX);
    return 1;
}

static void output_took(Output *o, z_stream *z) { o->used = (char *)z->next_out - PyBytes_AS_STRING(o->bytes); }

static PyObject *output_finish(Output *o)
{
    if (o->used != PyBytes_GET_SIZE(o->bytes))
        _PyBytes_Resize(&o->bytes, o->used);
    return o->bytes;
}

/* Feeds data (or what is left of it, *left) to step until it is all taken or the stream ends; last is the flush mode for
 * the end of data.  The last code of zlib, or -100 with an exception. */
static int feed(z_stream *z, Output *o, const Bytef **data, Py_ssize_t *left, int last, int (*step)(z_stream *, int))
{
    int code = Z_OK, full = 0;
    do {
        z->avail_in = (uInt)Py_MIN(*left, UINT_MAX);
        z->next_in = (Bytef *)*data;
        uInt given = z->avail_in;
        int flush = (Py_ssize_t)given == *left ? last : Z_NO_FLUSH;
        do {
            int offered = output_offer(o, z);
            if (offered < 0)
                return -100;
            if (offered == 0) {
                full = 1;
                break;
            }
            PyThreadState *save = PyEval_SaveThread();
            code = step(z, flush);
            PyEval_RestoreThread(save);
            output_took(o, z);
            if (code != Z_OK && code != Z_BUF_ERROR && code != Z_STREAM_END)
                break;
        } while (z->avail_out == 0 && code != Z_STREAM_END);
        *data += given - z->avail_in;
        *left -= given - z->avail_in;
    } while (!full && *left > 0 && (code == Z_OK || code == Z_BUF_ERROR) && !(code == Z_BUF_ERROR && z->avail_in));
    return code;
}

/* -- At once -- */

static PyObject *zlib_compress(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"", "level", "wbits", NULL};
    Py_buffer data;
    int level = Z_DEFAULT_COMPRESSION, wbits = MAX_WBITS;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*|ii:compress", keywords, &data, &level, &wbits))
        return NULL;
    z_stream z;
    Output o;
    stream_init(&z);
    PyObject *result = NULL;
    int code = deflateInit2(&z, level, Z_DEFLATED, wbits, DEF_MEM_LEVEL, Z_DEFAULT_STRATEGY);
    if (code == Z_MEM_ERROR)
        PyErr_SetString(PyExc_MemoryError, "Out of memory while compressing data");
    else if (code == Z_STREAM_ERROR)
        PyErr_SetString(KEPT(zlib_error), "Bad compression level");
    else if (code != Z_OK)
        raise(&z, code, "while compressing data");
    else if (output_start(&o, FIRST_ROOM, -1) == 0) {
        const Bytef *p = data.buf;
        Py_ssize_t left = data.len;
        code = feed(&z, &o, &p, &left, Z_FINISH, deflate);
        deflateEnd(&z);
        if (code == Z_STREAM_END)
            result = output_finish(&o);
        else {
            Py_XDECREF(o.bytes);
            if (code != -100)
                raise(&z, code, "while finishing compression");
        }
    }
    else
        deflateEnd(&z);
    PyBuffer_Release(&data);
    return result;
}

static PyObject *zlib_decompress(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"", "wbits", "bufsize", NULL};
    Py_buffer data;
    int wbits = MAX_WBITS;
    Py_ssize_t room = FIRST_ROOM;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*|in:decompress", keywords, &data, &wbits, &room))
        return NULL;
    z_stream z;
    Output o;
    stream_init(&z);
    PyObject *result = NULL;
    int code = Z_OK;
    if (room < 0)
        PyErr_SetString(PyExc_ValueError, "bufsize must be non-negative");
    else if ((code = inflateInit2(&z, wbits)) != Z_OK) {
        if (code == Z_MEM_ERROR)
            PyErr_SetString(PyExc_MemoryError, "Out of memory while decompressing data");
        else
            raise(&z, code, "while preparing to decompress data");
    }
    else if (output_start(&o, room, -1) < 0)
        inflateEnd(&z);
    else {
        const Bytef *p = data.buf;
        Py_ssize_t left = data.len;
        code = feed(&z, &o, &p, &left, Z_SYNC_FLUSH, inflate);
        if (code == Z_STREAM_END)
            result = output_finish(&o);
        else {
            Py_XDECREF(o.bytes);
            if (code == Z_MEM_ERROR)
                PyErr_SetString(PyExc_MemoryError, "Out of memory while decompressing data");
            else if (code != -100)
                raise(&z, code == Z_OK ? Z_BUF_ERROR : code, "while decompressing data");
        }
        inflateEnd(&z);
    }
    PyBuffer_Release(&data);
    return result;
}

/* -- Objects -- */

typedef struct {
    PyObject_HEAD
    z_stream z;
    PyObject *unused_data, *unconsumed_tail, *zdict;
    char eof;
    int open;
} Stream;

static PyTypeObject Compress_Type, Decompress_Type;

static Stream *stream_new(PyTypeObject *type)
{
    Stream *s = PyObject_New(Stream, type);
    if (!s)
        return NULL;
    stream_init(&s->z);
    s->eof = 0;
    s->open = 0;
    s->zdict = NULL;
    s->unused_data = PyBytes_FromStringAndSize("", 0);
    s->unconsumed_tail = PyBytes_FromStringAndSize("", 0);
    if (!s->unused_data || !s->unconsumed_tail)
        Py_CLEAR(s);
    return s;
}

static void stream_dealloc(PyObject *self)
{
    Stream *s = (Stream *)self;
    if (s->open)
        Py_IS_TYPE(self, &Compress_Type) ? deflateEnd(&s->z) : inflateEnd(&s->z);
    Py_XDECREF(s->unused_data);
    Py_XDECREF(s->unconsumed_tail);
    Py_XDECREF(s->zdict);
    PyObject_Free(self);
}

HIDDEN_FIELDS(zlib_stream, stream_dealloc, FIELD(Stream, unused_data), FIELD(Stream, unconsumed_tail), FIELD(Stream, zdict));

static PyObject *zlib_compressobj(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"level", "method", "wbits", "memLevel", "strategy", "zdict", NULL};
    int level = Z_DEFAULT_COMPRESSION, method = Z_DEFLATED, wbits = MAX_WBITS, memory = DEF_MEM_LEVEL, strategy = Z_DEFAULT_STRATEGY;
    Py_buffer zdict = {0};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|iiiiiy*:compressobj", keywords, &level, &method, &wbits, &memory,
                                     &strategy, &zdict))
        return NULL;
    Stream *s = stream_new(&Compress_Type);
    if (s) {
        int code = deflateInit2(&s->z, level, method, wbits, memory, strategy);
        s->open = code == Z_OK;
        if (code == Z_OK && zdict.buf) {
            code = deflateSetDictionary(&s->z, zdict.buf, (uInt)zdict.len);
            if (code == Z_STREAM_ERROR)
                PyErr_SetString(PyExc_ValueError, "Invalid dictionary");
            else if (code != Z_OK)
                PyErr_SetString(PyExc_ValueError, "deflateSetDictionary()");
        }
        else if (code == Z_MEM_ERROR)
            PyErr_SetString(PyExc_MemoryError, "Can't allocate memory for compression object");
        else if (code == Z_STREAM_ERROR)
            PyErr_SetString(PyExc_ValueError, "Invalid initialization option");
        else if (code != Z_OK)
            raise(&s->z, code, "while creating compression object");
        if (code != Z_OK)
            Py_CLEAR(s);
    }
    if (zdict.obj)
        PyBuffer_Release(&zdict);
    return (PyObject *)s;
}

static PyObject *compress_run(Stream *s, const void *data, Py_ssize_t size, int flush)
{
    Output o;
    if (output_start(&o, FIRST_ROOM, -1) < 0)
        return NULL;
    const Bytef *p = data;
    int code = feed(&s->z, &o, &p, &size, flush, deflate);
    if (code == Z_OK || code == Z_BUF_ERROR || code == Z_STREAM_END) {
        if (code == Z_STREAM_END && flush == Z_FINISH) {
            s->open = 0;
            deflateEnd(&s->z);
        }
        return output_finish(&o);
    }
    Py_XDECREF(o.bytes);
    return code == -100 ? NULL : raise(&s->z, code, flush == Z_NO_FLUSH ? "while compressing data" : "while flushing");
}

static PyObject *compress_compress(PyObject *self, PyObject *arg)
{
    Py_buffer data;
    if (PyObject_GetBuffer(arg, &data, PyBUF_SIMPLE) < 0)
        return NULL;
    PyObject *result = compress_run((Stream *)self, data.buf, data.len, Z_NO_FLUSH);
    PyBuffer_Release(&data);
    return result;
}

static PyObject *compress_flush(PyObject *self, PyObject *args)
{
    int mode = Z_FINISH;
    if (!PyArg_ParseTuple(args, "|i:flush", &mode))
        return NULL;
    return mode == Z_NO_FLUSH ? PyBytes_FromStringAndSize(NULL, 0) : compress_run((Stream *)self, "", 0, mode);
}

static PyObject *copy(PyObject *self, int (*duplicate)(z_stream *, z_stream *))
{
    Stream *s = (Stream *)self, *c = stream_new(Py_TYPE(self));
    if (!c)
        return NULL;
    int code = duplicate(&c->z, &s->z);
    if (code != Z_OK) {
        if (code == Z_STREAM_ERROR)
            PyErr_SetString(PyExc_ValueError, "Inconsistent stream state");
        else if (code == Z_MEM_ERROR)
            PyErr_SetString(PyExc_MemoryError, "Can't allocate memory for compression object");
        else
            raise(&s->z, code, "while copying compression object");
        Py_DECREF(c);
        return NULL;
    }
    c->open = 1;
    c->eof = s->eof;
    Py_XSETREF(c->unused_data, Py_NewRef(s->unused_data));
    Py_XSETREF(c->unconsumed_tail, Py_NewRef(s->unconsumed_tail));
    c->zdict = Py_XNewRef(s->zdict);
    return (PyObject *)c;
}
static int copy_deflate(z_stream *to, z_stream *from) { return deflateCopy(to, from); }
static int copy_inflate(z_stream *to, z_stream *from) { return inflateCopy(to, from); }
static PyObject *compress_copy(PyObject *self, PyObject *ignored) { return copy(self, copy_deflate); }
static PyObject *decompress_copy(PyObject *self, PyObject *ignored) { return copy(self, copy_inflate); }

static int set_dictionary(Stream *s)
{
    Py_buffer zdict;
    if (PyObject_GetBuffer(s->zdict, &zdict, PyBUF_SIMPLE) < 0)
        return -1;
    int code = inflateSetDictionary(&s->z, zdict.buf, (uInt)zdict.len);
    PyBuffer_Release(&zdict);
    if (code != Z_OK)
        raise(&s->z, code, "while setting zdict");
    return code == Z_OK ? 0 : -1;
}

static PyObject *zlib_decompressobj(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"wbits", "zdict", NULL};
    int wbits = MAX_WBITS;
    PyObject *zdict = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|iO:decompressobj", keywords, &wbits, &zdict))
        return NULL;
    if (zdict && !PyObject_CheckBuffer(zdict)) {
        PyErr_SetString(PyExc_TypeError, "zdict argument must support the buffer protocol");
        return NULL;
    }
    Stream *s = stream_new(&Decompress_Type);
    if (!s)
        return NULL;
    s->zdict = Py_XNewRef(zdict);
    int code = inflateInit2(&s->z, wbits);
    s->open = code == Z_OK;
    if (code == Z_STREAM_ERROR)
        PyErr_SetString(PyExc_ValueError, "Invalid initialization option");
    else if (code == Z_MEM_ERROR)
        PyErr_SetString(PyExc_MemoryError, "Can't allocate memory for decompression object");
    else if (code != Z_OK)
        raise(&s->z, code, "while creating decompression object");
    if (code != Z_OK || (s->zdict && wbits < 0 && set_dictionary(s) < 0))
        Py_CLEAR(s);
    return (PyObject *)s;
}

/* Keeps what was not looked at: behind the end it is unused data, else the tail that the limit left. */
static int keep_rest(Stream *s, const Bytef *data, Py_ssize_t left)
{
    if (s->eof) {
        if (left > 0) {
            Py_ssize_t old = PyBytes_GET_SIZE(s->unused_data);
            PyObject *all = PyBytes_FromStringAndSize(NULL, old + left);
            if (!all)
                return -1;
            memcpy(PyBytes_AS_STRING(all), PyBytes_AS_STRING(s->unused_data), old);
            memcpy(PyBytes_AS_STRING(all) + old, data, left);
            Py_SETREF(s->unused_data, all);
        }
        left = 0;
    }
    if (left > 0 || PyBytes_GET_SIZE(s->unconsumed_tail) > 0) {
        PyObject *tail = PyBytes_FromStringAndSize((const char *)data, left);
        if (!tail)
            return -1;
        Py_SETREF(s->unconsumed_tail, tail);
    }
    return 0;
}

static PyObject *decompress_run(Stream *s, const Bytef *data, Py_ssize_t left, Py_ssize_t room, Py_ssize_t most, int flush)
{
    Output o;
    if (output_start(&o, room, most) < 0)
        return NULL;
    int code = s->eof ? Z_STREAM_END : feed(&s->z, &o, &data, &left, flush, inflate);
    while (code == Z_NEED_DICT && s->zdict) {
        if (set_dictionary(s) < 0) {
            Py_XDECREF(o.bytes);
            return NULL;
        }
        code = feed(&s->z, &o, &data, &left, flush, inflate);
    }
    if (code == Z_STREAM_END)
        s->eof = 1;
    if (code == -100 || keep_rest(s, data, left) < 0) {
        Py_XDECREF(o.bytes);
        return NULL;
    }
    if (code != Z_OK && code != Z_BUF_ERROR && code != Z_STREAM_END) {
        Py_XDECREF(o.bytes);
        return raise(&s->z, code, "while decompressing data");
    }
    return output_finish(&o);
}

static PyObject *decompress_decompress(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"", "max_length", NULL};
    Py_buffer data;
    Py_ssize_t most = 0;
    PyObject *result = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*|n:decompress", keywords, &data, &most))
        return NULL;
    if (most < 0)
        PyErr_SetString(PyExc_ValueError, "max_length must be non-negative");
    else
        result = decompress_run((Stream *)self, data.buf, data.len, FIRST_ROOM, most ? most : -1, Z_SYNC_FLUSH);
    PyBuffer_Release(&data);
    return result;
}

static PyObject *decompress_flush(PyObject *self, PyObject *args)
{
    Stream *s = (Stream *)self;
    Py_ssize_t room = FIRST_ROOM;
    if (!PyArg_ParseTuple(args, "|n:flush", &room))
        return NULL;
    if (room <= 0) {
        PyErr_SetString(PyExc_ValueError, "length must be greater than zero");
        return NULL;
    }
    PyObject *tail = Py_NewRef(s->unconsumed_tail);
    PyObject *result = decompress_run(s, (const Bytef *)PyBytes_AS_STRING(tail), PyBytes_GET_SIZE(tail), room, -1, Z_FINISH);
    Py_DECREF(tail);
    if (result && s->eof && s->open) {
        s->open = 0;
        inflateEnd(&s->z);
    }
    return result;
}

static PyObject *stream_self_copy(PyObject *self, PyObject *memo)
{
    return PyObject_CallMethod(self, "copy", NULL);
}

#define KWF(f) (PyCFunction)(void (*)(void))f, METH_VARARGS | METH_KEYWORDS
static PyMethodDef compress_methods[] = {
    {"compress", compress_compress, METH_O, "compress($self, data, /)\n--\n\nTakes data; what can be given of the result already."},
    {"flush", compress_flush, METH_VARARGS, "flush($self, mode=zlib.Z_FINISH, /)\n--\n\nThe rest of the result."},
    {"copy", compress_copy, METH_NOARGS, "copy($self, /)\n--\n\nA copy."},
    {"__copy__", compress_copy, METH_NOARGS, "__copy__($self, /)\n--\n\n"},
    {"__deepcopy__", stream_self_copy, METH_O, "__deepcopy__($self, memo, /)\n--\n\n"},
    {NULL}};
static PyMethodDef decompress_methods[] = {
    {"decompress", KWF(decompress_decompress),
     "decompress($self, data, /, max_length=0)\n--\n\nTakes data; the result, of at most max_length bytes unless that is 0."},
    {"flush", decompress_flush, METH_VARARGS, "flush($self, length=zlib.DEF_BUF_SIZE, /)\n--\n\nThe rest of the result."},
    {"copy", decompress_copy, METH_NOARGS, "copy($self, /)\n--\n\nA copy."},
    {"__copy__", decompress_copy, METH_NOARGS, "__copy__($self, /)\n--\n\n"},
    {"__deepcopy__", stream_self_copy, METH_O, "__deepcopy__($self, memo, /)\n--\n\n"},
    {NULL}};
static PyMemberDef decompress_members[] = {{"unused_data", T_OBJECT, offsetof(Stream, unused_data), READONLY, NULL},
                                           {"unconsumed_tail", T_OBJECT, offsetof(Stream, unconsumed_tail), READONLY, NULL},
                                           {"eof", T_BOOL, offsetof(Stream, eof), READONLY, NULL},
                                           {NULL}};
static PyTypeObject Compress_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "zlib.Compress",
    .tp_basicsize = sizeof(Stream),
    .tp_dealloc = stream_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_methods = compress_methods,
};
static PyTypeObject Decompress_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "zlib.Decompress",
    .tp_basicsize = sizeof(Stream),
    .tp_dealloc = stream_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_methods = decompress_methods,
    .tp_members = decompress_members,
};

/* -- Checksums -- */

static PyObject *checksum(PyObject *args, const char *format, unsigned start, uLong (*function)(uLong, const Bytef *, z_size_t))
{
    Py_buffer data;
    unsigned value = start;
    if (!PyArg_ParseTuple(args, format, &data, &value))
        return NULL;
    value = (unsigned)function(value, data.buf, (z_size_t)data.len);
    PyBuffer_Release(&data);
    return PyLong_FromUnsignedLong(value);
}
static PyObject *zlib_crc32(PyObject *module, PyObject *args) { return checksum(args, "y*|I:crc32", 0, crc32_z); }
static PyObject *zlib_adler32(PyObject *module, PyObject *args) { return checksum(args, "y*|I:adler32", 1, adler32_z); }

static PyMethodDef methods[] = {
    {"compress", KWF(zlib_compress),
     "compress($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)\n--\n\nCompressed bytes."},
    {"decompress", KWF(zlib_decompress),
     "decompress($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)\n--\n\nUncompressed bytes."},
    {"compressobj", KWF(zlib_compressobj),
     "compressobj($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED,\n            wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL,\n"
     "            strategy=Z_DEFAULT_STRATEGY, zdict=None)\n--\n\nAn object that compresses piece by piece."},
    {"decompressobj", KWF(zlib_decompressobj),
     "decompressobj($module, /, wbits=MAX_WBITS, zdict=b\'\')\n--\n\nAn object that decompresses piece by piece."},
    {"crc32", zlib_crc32, METH_VARARGS, "crc32($module, data, value=0, /)\n--\n\nThe CRC-32 of data, going on from value."},
    {"adler32", zlib_adler32, METH_VARARGS, "adler32($module, data, value=1, /)\n--\n\nThe Adler-32 of data, going on from value."},
    {NULL}};

#define C(name) {#name, name},
static const struct {
    const char *name;
    long value;
} constants[] = {C(MAX_WBITS) {"DEFLATED", Z_DEFLATED}, C(DEF_MEM_LEVEL) {"DEF_BUF_SIZE", FIRST_ROOM}, C(Z_NO_COMPRESSION)
                 C(Z_BEST_SPEED) C(Z_BEST_COMPRESSION) C(Z_DEFAULT_COMPRESSION) C(Z_FILTERED) C(Z_HUFFMAN_ONLY) C(Z_RLE)
                 C(Z_FIXED) C(Z_DEFAULT_STRATEGY) C(Z_NO_FLUSH) C(Z_PARTIAL_FLUSH) C(Z_SYNC_FLUSH) C(Z_FULL_FLUSH)
                 C(Z_FINISH) C(Z_BLOCK) C(Z_TREES)};

static int zlib_exec(PyObject *module)
{
    if (PyType_Ready(&Compress_Type) < 0 || PyType_Ready(&Decompress_Type) < 0)
        return -1;
    for (size_t i = 0; i < Py_ARRAY_LENGTH(constants); i++)
        if (PyModule_AddIntConstant(module, constants[i].name, constants[i].value) < 0)
            return -1;
    if (!KEPT(zlib_error) && !(KEPT(zlib_error) = PyErr_NewException("zlib.error", NULL, NULL)))
        return -1;
    return PyModule_AddObjectRef(module, "error", KEPT(zlib_error)) < 0 ||
                   PyModule_AddStringConstant(module, "ZLIB_VERSION", ZLIB_VERSION) < 0 ||
                   PyModule_AddStringConstant(module, "ZLIB_RUNTIME_VERSION", zlibVersion()) < 0 ||
                   PyModule_AddStringConstant(module, "__version__", "1.0") < 0
               ? -1
               : 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, zlib_exec}, {0, NULL}};
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "zlib", "Compression by the zlib library.", 0, methods, slots};

PyMODINIT_FUNC PyInit_zlib(void) { return PyModuleDef_Init(&definition); }
