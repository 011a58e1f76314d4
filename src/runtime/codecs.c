/* The registry of codecs and of error handlers, and encoding and decoding through it.
 *
 * A codec is what a search function found for a normalised name: a 4-tuple (encoder, decoder, reader, writer), usually a
 * codecs.CodecInfo.  All of it hangs from the interpreter: codec_search_path, codec_search_cache, codec_error_registry. */
#include "memory/state.h"
#include "objects/names.h"
#include "runtime/codec_handlers.h"
#include <string.h>

/* --- registry --- */

/* Makes the registry, with the standard library's search function, when it is first needed. */
static int ensure_registry(PyInterpreterState *interp)
{
    if (interp->codec_search_path != NULL)
        return 0;
    interp->codec_search_path = PyList_New(0);
    interp->codec_search_cache = PyDict_New();
    if (interp->codec_search_path == NULL || interp->codec_search_cache == NULL)
        return -1;
    PyObject *module = PyImport_ImportModule("encodings");
    if (module == NULL)
        return -1;
    Py_DECREF(module);
    return 0;
}

int PyCodec_Register(PyObject *search)
{
    PyInterpreterState *interp = interp_current();
    if (ensure_registry(interp) < 0)
        return -1;
    if (search == NULL) {
        PyErr_BadArgument();
        return -1;
    }
    if (!PyCallable_Check(search)) {
        PyErr_SetString(PyExc_TypeError, "argument must be callable");
        return -1;
    }
    return PyList_Append(interp->codec_search_path, search);
}

int PyCodec_Unregister(PyObject *search)
{
    PyInterpreterState *interp = interp_current();
    PyObject *path = interp->codec_search_path;
    for (Py_ssize_t i = 0; path && i < PyList_GET_SIZE(path); i++)
        if (PyList_GET_ITEM(path, i) == search) {
            PyDict_Clear(interp->codec_search_cache);
            return PyList_SetSlice(path, i, i + 1, NULL);
        }
    return 0;
}

/* The name in lower case, every run of other characters than letters, digits and '.' as one '_': new. */
static PyObject *normalise(const char *encoding)
{
    char *name = PyMem_Malloc(strlen(encoding) + 1), *out = name;
    if (name == NULL)
        return PyErr_NoMemory();
    int separate = 0;
    for (; *encoding; encoding++) {
        unsigned char c = (unsigned char)*encoding;
        if (!Py_ISALNUM(c) && c != '.') {
            separate = 1;
            continue;
        }
        if (separate && out != name)
            *out++ = '_';
        separate = 0;
        *out++ = (char)Py_TOLOWER(c);
    }
    PyObject *text = PyUnicode_FromStringAndSize(name, out - name);
    PyMem_Free(name);
    return text;
}

/* Asks the search functions; new, Py_None when nobody knows the name. */
static PyObject *search(PyInterpreterState *interp, PyObject *name)
{
    PyObject *path = interp->codec_search_path;
    if (PyList_GET_SIZE(path) == 0) {
        PyErr_SetString(PyExc_LookupError, "no codec search functions registered: can't find encoding");
        return NULL;
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(path); i++) {
        PyObject *function = PyList_GET_ITEM(path, i);
        Py_INCREF(function);
        PyObject *codec = PyObject_CallOneArg(function, name);
        Py_DECREF(function);
        if (codec == NULL)
            return NULL;
        if (codec == Py_None) {
            Py_DECREF(codec);
            continue;
        }
        if (!PyTuple_Check(codec) || PyTuple_GET_SIZE(codec) != 4) {
            PyErr_SetString(PyExc_TypeError, "codec search functions must return 4-tuples");
            Py_DECREF(codec);
            return NULL;
        }
        return codec;
    }
    Py_RETURN_NONE;
}

/* New; LookupError when there is none. */
PyObject *_PyCodec_Lookup(const char *encoding)
{
    if (encoding == NULL) {
        PyErr_BadArgument();
        return NULL;
    }
    PyInterpreterState *interp = interp_current();
    if (ensure_registry(interp) < 0)
        return NULL;
    PyObject *name = normalise(encoding), *codec = NULL;
    if (name == NULL)
        return NULL;
    PyUnicode_InternInPlace(&name);
    codec = PyDict_GetItemWithError(interp->codec_search_cache, name);
    if (codec) {
        Py_INCREF(codec);
        Py_DECREF(name);
        return codec;
    }
    if (!PyErr_Occurred())
        codec = search(interp, name);
    if (codec == Py_None) {
        Py_CLEAR(codec);
        PyErr_Format(PyExc_LookupError, "unknown encoding: %s", encoding);
    }
    else if (codec && PyDict_SetItem(interp->codec_search_cache, name, codec) < 0)
        Py_CLEAR(codec);
    Py_DECREF(name);
    return codec;
}

int _PyCodec_Forget(const char *encoding)
{
    PyObject *cache = interp_current()->codec_search_cache, *name = cache ? normalise(encoding) : NULL;
    if (name == NULL)
        return -1;
    int failed = PyDict_DelItem(cache, name);
    Py_DECREF(name);
    return failed;
}

int PyCodec_KnownEncoding(const char *encoding)
{
    PyObject *codec = _PyCodec_Lookup(encoding);
    if (codec == NULL)
        PyErr_Clear();
    Py_XDECREF(codec);
    return codec != NULL;
}

/* --- what a codec offers --- */

static PyObject *codec_item(const char *encoding, int index)
{
    PyObject *codec = _PyCodec_Lookup(encoding);
    if (codec == NULL)
        return NULL;
    PyObject *item = PyTuple_GET_ITEM(codec, index);
    Py_INCREF(item);
    Py_DECREF(codec);
    return item;
}

PyObject *PyCodec_Encoder(const char *encoding) { return codec_item(encoding, 0); }
PyObject *PyCodec_Decoder(const char *encoding) { return codec_item(encoding, 1); }

static PyObject *stream(const char *encoding, PyObject *file, const char *errors, int index)
{
    PyObject *factory = codec_item(encoding, index);
    if (factory == NULL)
        return NULL;
    PyObject *r = errors ? PyObject_CallFunction(factory, "Os", file, errors) : PyObject_CallOneArg(factory, file);
    Py_DECREF(factory);
    return r;
}

PyObject *PyCodec_StreamReader(const char *encoding, PyObject *file, const char *errors) { return stream(encoding, file, errors, 2); }
PyObject *PyCodec_StreamWriter(const char *encoding, PyObject *file, const char *errors) { return stream(encoding, file, errors, 3); }

static PyObject *incremental(PyObject *codec, const char *errors, const char *attribute)
{
    PyObject *factory = PyObject_GetAttrString(codec, attribute);
    if (factory == NULL)
        return NULL;
    PyObject *r = errors ? PyObject_CallFunction(factory, "s", errors) : PyObject_CallNoArgs(factory);
    Py_DECREF(factory);
    return r;
}

PyObject *_PyCodecInfo_GetIncrementalDecoder(PyObject *codec, const char *errors)
{
    return incremental(codec, errors, "incrementaldecoder");
}
PyObject *_PyCodecInfo_GetIncrementalEncoder(PyObject *codec, const char *errors)
{
    return incremental(codec, errors, "incrementalencoder");
}

static PyObject *incremental_by_name(const char *encoding, const char *errors, const char *attribute)
{
    PyObject *codec = _PyCodec_Lookup(encoding);
    if (codec == NULL)
        return NULL;
    PyObject *r = incremental(codec, errors, attribute);
    Py_DECREF(codec);
    return r;
}

PyObject *PyCodec_IncrementalEncoder(const char *encoding, const char *errors)
{
    return incremental_by_name(encoding, errors, "incrementalencoder");
}
PyObject *PyCodec_IncrementalDecoder(const char *encoding, const char *errors)
{
    return incremental_by_name(encoding, errors, "incrementaldecoder");
}

/* --- encoding and decoding --- */

/* Replaces the pending exception by one of the same type that says what failed, with the old one as its cause.  Only for plain
 * exceptions, made of a message or nothing: others could not be made anew. */
static void explain_failure(const char *encoding, int encoding_it)
{
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    PyTypeObject *t = (PyTypeObject *)type, *base = (PyTypeObject *)PyExc_BaseException;
    PyObject *args = value && PyExceptionInstance_Check(value) ? ((PyBaseExceptionObject *)value)->args : NULL;
    PyObject *dict = args ? ((PyBaseExceptionObject *)value)->dict : NULL;
    if (args == NULL || t->tp_init != base->tp_init || t->tp_new != base->tp_new || (dict && PyDict_GET_SIZE(dict))
        || PyTuple_GET_SIZE(args) > 1 || (PyTuple_GET_SIZE(args) == 1 && !PyUnicode_CheckExact(PyTuple_GET_ITEM(args, 0)))) {
        PyErr_Restore(type, value, trace);
        return;
    }
    if (trace)
        PyException_SetTraceback(value, trace);
    Py_XDECREF(trace);
    PyErr_Format(type, "%s with '%s' codec failed (%s: %S)", encoding_it ? "encoding" : "decoding", encoding, t->tp_name, value);
    Py_DECREF(type);
    PyObject *new_type, *new_value, *new_trace;
    PyErr_Fetch(&new_type, &new_value, &new_trace);
    PyErr_NormalizeException(&new_type, &new_value, &new_trace);
    Py_INCREF(value);
    PyException_SetCause(new_value, value);
    PyException_SetContext(new_value, value);
    PyErr_Restore(new_type, new_value, new_trace);
}

/* Calls an encoder or decoder (consumed): the first of the pair that it returns, new. */
static PyObject *call_codec(PyObject *function, PyObject *object, const char *encoding, const char *errors, int encoding_it)
{
    if (function == NULL)
        return NULL;
    PyObject *pair = errors ? PyObject_CallFunction(function, "Os", object, errors) : PyObject_CallOneArg(function, object);
    Py_DECREF(function);
    if (pair == NULL) {
        explain_failure(encoding, encoding_it);
        return NULL;
    }
    if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2) {
        PyErr_SetString(PyExc_TypeError, encoding_it ? "encoder must return a tuple (object, integer)"
                                                     : "decoder must return a tuple (object,integer)");
        Py_DECREF(pair);
        return NULL;
    }
    PyObject *r = PyTuple_GET_ITEM(pair, 0);
    Py_INCREF(r);
    Py_DECREF(pair);
    return r;
}

PyObject *PyCodec_Encode(PyObject *object, const char *encoding, const char *errors)
{
    return call_codec(PyCodec_Encoder(encoding), object, encoding, errors, 1);
}

PyObject *PyCodec_Decode(PyObject *object, const char *encoding, const char *errors)
{
    return call_codec(PyCodec_Decoder(encoding), object, encoding, errors, 0);
}

/* As _PyCodec_Lookup, for codecs between str and bytes; `instead` names the function that takes any codec. */
PyObject *_PyCodec_LookupTextEncoding(const char *encoding, const char *instead)
{
    PyObject *codec = _PyCodec_Lookup(encoding), *flag;
    if (codec == NULL || PyTuple_CheckExact(codec))
        return codec;
    if (_PyObject_LookupAttr(codec, N(_is_text_encoding), &flag) < 0) {
        Py_DECREF(codec);
        return NULL;
    }
    int is_text = flag ? PyObject_IsTrue(flag) : 1;
    Py_XDECREF(flag);
    if (is_text > 0)
        return codec;
    Py_DECREF(codec);
    if (is_text == 0)
        PyErr_Format(PyExc_LookupError, "'%.400s' is not a text encoding; use %s to handle arbitrary codecs", encoding, instead);
    return NULL;
}

static PyObject *text_function(const char *encoding, const char *instead, int index)
{
    PyObject *codec = _PyCodec_LookupTextEncoding(encoding, instead);
    if (codec == NULL)
        return NULL;
    PyObject *item = PyTuple_GET_ITEM(codec, index);
    Py_INCREF(item);
    Py_DECREF(codec);
    return item;
}

PyObject *_PyCodec_EncodeText(PyObject *object, const char *encoding, const char *errors)
{
    return call_codec(text_function(encoding, "codecs.encode()", 0), object, encoding, errors, 1);
}

PyObject *_PyCodec_DecodeText(PyObject *object, const char *encoding, const char *errors)
{
    return call_codec(text_function(encoding, "codecs.decode()", 1), object, encoding, errors, 0);
}

/* --- error handlers --- */

/* The table of handlers, with the built-in ones from the start; borrowed. */
static PyObject *handlers(void)
{
    PyInterpreterState *interp = interp_current();
    if (interp->codec_error_registry == NULL) {
        PyObject *table = PyDict_New();
        for (const struct codec_handler *h = codec_handlers; table && h->name; h++) {
            PyObject *function = PyCFunction_New((PyMethodDef *)&h->def, NULL);
            if (function == NULL || PyDict_SetItemString(table, h->name, function) < 0)
                Py_CLEAR(table);
            Py_XDECREF(function);
        }
        interp->codec_error_registry = table;
    }
    return interp->codec_error_registry;
}

int PyCodec_RegisterError(const char *name, PyObject *handler)
{
    PyObject *table = handlers();
    if (table == NULL)
        return -1;
    if (!PyCallable_Check(handler)) {
        PyErr_SetString(PyExc_TypeError, "handler must be callable");
        return -1;
    }
    return PyDict_SetItemString(table, name, handler);
}

/* New. */
PyObject *PyCodec_LookupError(const char *name)
{
    PyObject *table = handlers();
    if (table == NULL)
        return NULL;
    if (name == NULL)
        name = "strict";
    PyObject *key = PyUnicode_FromString(name);
    PyObject *handler = key ? PyDict_GetItemWithError(table, key) : NULL;
    Py_XDECREF(key);
    if (handler)
        Py_INCREF(handler);
    else if (!PyErr_Occurred())
        PyErr_Format(PyExc_LookupError, "unknown error handler name '%.400s'", name);
    return handler;
}
