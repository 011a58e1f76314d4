/* Incremental UTF-8: encode() keeps nothing, decode() keeps the bytes of a character that has not ended. */
#include "modules/io/utf8_codec.h"
#include "objects/hidden.h"

#include <string.h>
#include <strings.h>

typedef struct {
    PyObject_HEAD
    PyObject *errors;   /* str */
    PyObject *pending;  /* bytes of an incomplete character, or NULL */
} Utf8Codec;

int utf8_codec_is(const char *encoding)
{
    return strcasecmp(encoding, "utf-8") == 0 || strcasecmp(encoding, "utf8") == 0 || strcasecmp(encoding, "utf_8") == 0;
}

PyObject *utf8_codec_new(const char *errors)
{
    if (PyType_Ready(&Utf8Codec_Type) < 0)
        return NULL;
    Utf8Codec *self = PyObject_New(Utf8Codec, &Utf8Codec_Type);
    if (!self)
        return NULL;
    self->pending = NULL;
    self->errors = PyUnicode_FromString(errors ? errors : "strict");
    if (!self->errors)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static void codec_dealloc(PyObject *o)
{
    Utf8Codec *self = (Utf8Codec *)o;
    Py_XDECREF(self->errors);
    Py_XDECREF(self->pending);
    PyObject_Free(o);
}

HIDDEN_FIELDS(utf8_codec, codec_dealloc, FIELD(Utf8Codec, errors), FIELD(Utf8Codec, pending));

static PyObject *codec_encode(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("encode", nargs, 1, 2))
        return NULL;
    return _PyUnicode_AsUTF8String(args[0], PyUnicode_AsUTF8(((Utf8Codec *)o)->errors));
}

static PyObject *codec_decode(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    Utf8Codec *self = (Utf8Codec *)o;
    int final = 0;
    Py_buffer view;
    if (!_PyArg_CheckPositional("decode", nargs, 1, 2) || (nargs > 1 && (final = PyObject_IsTrue(args[1])) < 0) ||
        PyObject_GetBuffer(args[0], &view, PyBUF_SIMPLE) < 0)
        return NULL;
    PyObject *joined = NULL, *text = NULL;
    const char *data = view.buf;
    Py_ssize_t size = view.len, consumed;
    if (self->pending) {
        Py_ssize_t front = PyBytes_GET_SIZE(self->pending);
        joined = PyBytes_FromStringAndSize(NULL, front + size);
        if (!joined)
            goto done;
        memcpy(PyBytes_AS_STRING(joined), PyBytes_AS_STRING(self->pending), (size_t)front);
        memcpy(PyBytes_AS_STRING(joined) + front, data, (size_t)size);
        data = PyBytes_AS_STRING(joined);
        size += front;
    }
    consumed = size;
    text = PyUnicode_DecodeUTF8Stateful(data, size, PyUnicode_AsUTF8(self->errors), final ? NULL : &consumed);
    if (text) {
        PyObject *rest = consumed < size ? PyBytes_FromStringAndSize(data + consumed, size - consumed) : NULL;
        if (consumed < size && !rest)
            Py_CLEAR(text);
        else
            Py_XSETREF(self->pending, rest);
    }
done:
    Py_XDECREF(joined);
    PyBuffer_Release(&view);
    return text;
}

static PyObject *codec_reset(PyObject *o, PyObject *unused)
{
    Py_CLEAR(((Utf8Codec *)o)->pending);
    Py_RETURN_NONE;
}

static PyObject *codec_getstate(PyObject *o, PyObject *unused)
{
    PyObject *pending = ((Utf8Codec *)o)->pending;
    return pending ? Py_BuildValue("Oi", pending, 0) : Py_BuildValue("yi", "", 0);
}

/* The encoder's state is an int, the decoder's a pair of bytes and int. */
static PyObject *codec_setstate(PyObject *o, PyObject *state)
{
    PyObject *pending = NULL;
    if (PyTuple_Check(state)) {
        int flags;
        if (!PyArg_ParseTuple(state, "Si:setstate", &pending, &flags))
            return NULL;
        if (PyBytes_GET_SIZE(pending) == 0)
            pending = NULL;
    }
    Py_XSETREF(((Utf8Codec *)o)->pending, Py_XNewRef(pending));
    Py_RETURN_NONE;
}

#define FAST(f) (PyCFunction)(void (*)(void))f, METH_FASTCALL

static PyMethodDef methods[] = {{"encode", FAST(codec_encode), "encode($self, input, final=False, /)\n--\n\nThe text as UTF-8 bytes."},
                                {"decode", FAST(codec_decode), "decode($self, input, final=False, /)\n--\n\nThe bytes as text, as far as characters have ended."},
                                {"reset", codec_reset, METH_NOARGS, "reset($self, /)\n--\n\nForgets an incomplete character."},
                                {"getstate", codec_getstate, METH_NOARGS, "getstate($self, /)\n--\n\n(bytes not yet decoded, 0)"},
                                {"setstate", codec_setstate, METH_O, "setstate($self, state, /)\n--\n\nGoes back to a state."},
                                {NULL, NULL, 0, NULL}};

PyTypeObject Utf8Codec_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_io._Utf8Codec",
    .tp_basicsize = sizeof(Utf8Codec),
    .tp_dealloc = codec_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "Incremental UTF-8 for text streams.",
    .tp_methods = methods,
};
