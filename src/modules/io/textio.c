/* TextIOWrapper: construction, reading and writing; see textio.h.  UTF-8, ASCII and Latin-1 are encoded directly. */
#include "modules/io/textio.h"
#include "modules/io/utf8_codec.h"
#include "modules/io/buffered.h"
#include "memory/recorder.h"
#include "objects/str/codec.h"
#include "runtime/config.h"
#include <langinfo.h>
#include <stddef.h>
#include <string.h>

/* --- checks --- */

static const char DETACHED[] = "underlying buffer has been detached";

static int check_attached(TextIO *self)
{
    if (self->ok)
        return 0;
    PyErr_SetString(PyExc_ValueError, self->detached ? DETACHED : "I/O operation on uninitialized object");
    return -1;
}

/* part.name() or part.name(arg) of the buffer, decoder or encoder: code that a call has run may have taken it away, and
 * code that this one runs may drop it. */
PyObject *text_call(TextIO *self, PyObject *part, PyObject *name, PyObject *arg)
{
    if (part == NULL) {
        PyErr_SetString(PyExc_ValueError, self->detached ? DETACHED : "I/O operation on uninitialized object");
        return NULL;
    }
    Py_INCREF(part);
    PyObject *result = arg ? PyObject_CallMethodOneArg(part, name, arg) : PyObject_CallMethodNoArgs(part, name);
    Py_DECREF(part);
    return result;
}

/* What does not need the buffer works after detach() as well. */
static int check_made(TextIO *self) { return self->detached ? 0 : check_attached(self); }

int text_check(TextIO *self)
{
    if (check_attached(self) < 0)
        return -1;
    if (Py_IS_TYPE(self, &TextIOWrapper_Type)) {
        PyObject *buffer = Py_NewRef(self->buffer);
        int closed = io_is_closed(buffer);
        Py_DECREF(buffer);
        if (closed == 0 && check_attached(self) < 0)
            return -1;
        if (closed > 0)
            PyErr_SetString(PyExc_ValueError, "I/O operation on closed file.");
        return closed ? -1 : 0;
    }
    return io_check_closed((PyObject *)self);
}

void text_drop(TextIO *self)
{
    Py_CLEAR(self->text);
    self->used = 0;
}

/* --- codecs --- */

static const char *locale_encoding(void)
{
    if (Py_UTF8Mode)
        return "utf-8";
    const char *name = nl_langinfo(CODESET);
    return name && *name && strcmp(name, "ANSI_X3.4-1968") != 0 ? name : "utf-8";
}

/* Whether method() of the buffer is true; -1 with an exception. */
static int ability(TextIO *self, PyObject *name)
{
    PyObject *able = text_call(self, self->buffer, name, NULL);
    int is = able ? PyObject_IsTrue(able) : -1;
    Py_XDECREF(able);
    return is;
}

/* The codec of an encoding, new: None for UTF-8, which needs none. */
static PyObject *find_codec(const char *encoding)
{
    return utf8_codec_is(encoding) ? Py_NewRef(Py_None) : _PyCodec_LookupTextEncoding(encoding, "codecs.open()");
}

static int make_decoder(TextIO *self, PyObject *codec)
{
    int readable = ability(self, N(readable));
    if (readable <= 0)
        return readable;
    PyObject *decoder = codec == Py_None ? utf8_codec_new(self->errors_text)
                                         : _PyCodecInfo_GetIncrementalDecoder(codec, self->errors_text);
    if (decoder && self->universal)
        Py_SETREF(decoder, PyObject_CallFunctionObjArgs((PyObject *)&IncrementalNewlineDecoder_Type, decoder,
                                                        self->translate_read ? Py_True : Py_False, NULL));
    Py_XSETREF(self->decoder, decoder);
    return decoder ? 0 : -1;
}

static int make_encoder(TextIO *self, PyObject *codec)
{
    int writable = ability(self, N(writable));
    if (writable <= 0)
        return writable;
    Py_XSETREF(self->encoder, codec == Py_None ? utf8_codec_new(self->errors_text)
                                               : _PyCodecInfo_GetIncrementalEncoder(codec, self->errors_text));
    if (self->encoder == NULL)
        return -1;
    if (codec == Py_None) {
        self->direct = ENCODE_UTF8;
        return 0;
    }
    PyObject *name;
    self->direct = ENCODE_ANY;
    if (_PyObject_LookupAttr(codec, N(name), &name) < 0)
        return -1;
    if (name && PyUnicode_Check(name)) {
        if (_PyUnicode_EqualToASCIIString(name, "utf-8"))
            self->direct = ENCODE_UTF8;
        else if (_PyUnicode_EqualToASCIIString(name, "ascii"))
            self->direct = ENCODE_ASCII;
        else if (_PyUnicode_EqualToASCIIString(name, "iso8859-1"))
            self->direct = ENCODE_LATIN1;
    }
    Py_XDECREF(name);
    return 0;
}

static int check_newline(const char *s)
{
    if (s == NULL || !*s || strcmp(s, "\n") == 0 || strcmp(s, "\r") == 0 || strcmp(s, "\r\n") == 0)
        return 0;
    PyErr_Format(PyExc_ValueError, "illegal newline value: %s", s);
    return -1;
}

static int set_newline(TextIO *self, const char *newline)
{
    PyObject *text = newline ? PyUnicode_FromString(newline) : NULL;
    if (newline && text == NULL)
        return -1;
    Py_XSETREF(self->newline, text);
    self->universal = newline == NULL || !*newline;
    self->translate_read = newline == NULL;
    self->translate_write = newline == NULL || *newline;
    self->write_newline = !newline || !*newline || strcmp(newline, "\n") == 0 ? NULL : strcmp(newline, "\r") == 0 ? "\r" : "\r\n";
    return 0;
}

/* A writer that does not stand at the start writes no byte order mark. */
static int skip_mark(TextIO *self)
{
    if (!self->seekable || self->encoder == NULL)
        return 0;
    PyObject *at = text_call(self, self->buffer, N(tell), NULL);
    if (at == NULL)
        return -1;
    int nonzero = PyObject_IsTrue(at);
    Py_DECREF(at);
    return nonzero <= 0 ? nonzero : text_reset_encoder(self, 0);
}

static int text_init(PyObject *o, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"buffer", "encoding", "errors", "newline", "line_buffering", "write_through", NULL};
    TextIO *self = (TextIO *)o;
    PyObject *buffer, *errors = Py_None, *codec = NULL, *probe;
    const char *encoding = NULL, *newline = NULL;
    int line_buffering = 0, write_through = 0, result = -1;
    self->ok = self->detached = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|zOzpp:TextIOWrapper", keywords, &buffer, &encoding, &errors, &newline,
                                     &line_buffering, &write_through))
        return -1;
    if (check_newline(newline) < 0)
        return -1;
    if (!encoding && config_current()->warn_default_encoding &&
        PyErr_WarnEx(PyExc_EncodingWarning, "'encoding' argument not specified", 1) < 0)
        return -1;
    Py_CLEAR(self->encoder);
    Py_CLEAR(self->decoder);
    Py_CLEAR(self->snapshot);
    text_drop(self);
    self->npending = 0;
    if (errors == Py_None)
        errors = N(strict);
    else if (!PyUnicode_Check(errors)) {
        PyErr_Format(PyExc_TypeError, "TextIOWrapper() argument 'errors' must be str or None, not %.50s", Py_TYPE(errors)->tp_name);
        return -1;
    }
    if ((self->errors_text = PyUnicode_AsUTF8(errors)) == NULL)
        return -1;
    Py_INCREF(errors);
    Py_XSETREF(self->errors, errors);
    if (encoding == NULL || strcmp(encoding, "locale") == 0)
        encoding = locale_encoding();
    if (str_check_codec(NULL, self->errors_text) < 0)
        return -1;
    Py_XSETREF(self->encoding, PyUnicode_FromString(encoding));
    if (self->encoding == NULL || (codec = find_codec(encoding)) == NULL
        || set_newline(self, newline) < 0)
        goto done;
    Py_INCREF(buffer);
    Py_XSETREF(self->buffer, buffer);
    PyMem_Free(self->pending);
    self->pending = NULL; /* has room for a chunk of the old size */
    self->npending = 0;
    self->chunk_size = IO_BUFFER_SIZE;
    self->line_buffering = line_buffering != 0;
    self->write_through = write_through != 0;
    if (make_decoder(self, codec) < 0 || make_encoder(self, codec) < 0)
        goto done;
    int seekable = ability(self, N(seekable));
    if (seekable < 0)
        goto done;
    self->seekable = self->telling = seekable > 0;
    int has = _PyObject_LookupAttr(buffer, N(read1), &probe);
    if (has < 0)
        goto done;
    self->has_read1 = has;
    Py_XDECREF(probe);
    if (skip_mark(self) < 0)
        goto done;
    self->ok = 1;
    result = 0;
done:
    Py_XDECREF(codec);
    return result;
}

static PyObject *text_reconfigure(PyObject *o, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"encoding", "errors", "newline", "line_buffering", "write_through", NULL};
    TextIO *self = (TextIO *)o;
    PyObject *encoding = Py_None, *errors = Py_None, *newline = NULL, *line = Py_None, *through = Py_None;
    const char *newline_text = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$OOOOO:reconfigure", keywords, &encoding, &errors, &newline, &line, &through))
        return NULL;
    if (self->text && (encoding != Py_None || errors != Py_None || newline))
        return io_unsupported("It is not possible to set the encoding or newline of stream after the first read");
    if (newline && newline != Py_None) {
        if (!PyUnicode_Check(newline)) {
            PyErr_Format(PyExc_TypeError, "reconfigure() argument 'newline' must be str or None, not %.50s", Py_TYPE(newline)->tp_name);
            return NULL;
        }
        newline_text = PyUnicode_AsUTF8(newline);
        if (newline_text == NULL || check_newline(newline_text) < 0)
            return NULL;
    }
    int line_buffering = line == Py_None ? self->line_buffering : PyObject_IsTrue(line);
    int write_through = through == Py_None ? self->write_through : PyObject_IsTrue(through);
    if (line_buffering < 0 || write_through < 0 || check_attached(self) < 0)
        return NULL;
    PyObject *done = PyObject_CallMethodNoArgs(o, N(flush));
    if (done == NULL)
        return NULL;
    Py_DECREF(done);
    if (encoding != Py_None || errors != Py_None || newline) {
        for (int i = 0; i < 2; i++) {
            PyObject *value = i ? errors : encoding;
            if (value != Py_None && !PyUnicode_Check(value)) {
                PyErr_Format(PyExc_TypeError, "reconfigure() argument '%s' must be str or None, not %.50s", keywords[i],
                             Py_TYPE(value)->tp_name);
                return NULL;
            }
        }
        if (errors == Py_None)
            errors = encoding != Py_None ? N(strict) : self->errors;
        if (encoding == Py_None)
            encoding = self->encoding;
        Py_INCREF(errors);
        Py_INCREF(encoding);
        const char *name = PyUnicode_AsUTF8(encoding), *errors_text = PyUnicode_AsUTF8(errors);
        if (name && strcmp(name, "locale") == 0) {
            name = locale_encoding();
            Py_SETREF(encoding, PyUnicode_FromString(name));
        }
        PyObject *codec = name && errors_text && encoding ? find_codec(name) : NULL;
        if (codec == NULL || (newline && set_newline(self, newline_text) < 0)) {
            Py_XDECREF(codec);
            Py_DECREF(errors);
            Py_XDECREF(encoding);
            return NULL;
        }
        Py_SETREF(self->encoding, encoding);
        Py_SETREF(self->errors, errors);
        self->errors_text = errors_text;
        int failed = make_decoder(self, codec) < 0 || make_encoder(self, codec) < 0 || skip_mark(self) < 0;
        Py_DECREF(codec);
        if (failed)
            return NULL;
    }
    self->line_buffering = (char)line_buffering;
    self->write_through = (char)write_through;
    Py_RETURN_NONE;
}

/* --- life --- */

static int text_traverse(PyObject *o, visitproc visit, void *arg)
{
    TextIO *self = (TextIO *)o;
    Py_VISIT(self->buffer);
    Py_VISIT(self->encoding);
    Py_VISIT(self->encoder);
    Py_VISIT(self->decoder);
    Py_VISIT(self->errors);
    Py_VISIT(self->newline);
    Py_VISIT(self->text);
    Py_VISIT(self->snapshot);
    Py_VISIT(self->dict);
    return 0;
}

static int text_clear(PyObject *o)
{
    TextIO *self = (TextIO *)o;
    self->ok = 0;
    Py_CLEAR(self->buffer);
    Py_CLEAR(self->encoding);
    Py_CLEAR(self->encoder);
    Py_CLEAR(self->decoder);
    Py_CLEAR(self->errors);
    Py_CLEAR(self->newline);
    Py_CLEAR(self->text);
    Py_CLEAR(self->snapshot);
    Py_CLEAR(self->dict);
    PyMem_Free(self->pending);
    self->pending = NULL;
    self->npending = 0;
    return 0;
}

static void text_dealloc(PyObject *o)
{
    TextIO *self = (TextIO *)o;
    self->finalizing = 1;
    if (io_finalize(o) < 0)
        return;
    PyObject_GC_UnTrack(o);
    if (self->weakrefs)
        PyObject_ClearWeakRefs(o);
    text_clear(o);
    Py_TYPE(o)->tp_free(o);
}

/* --- writing --- */

int text_flush_pending(TextIO *self)
{
    if (self->npending == 0)
        return 0;
    if (check_attached(self) < 0)
        return -1;
    if (Py_IS_TYPE(self->buffer, &BufferedWriter_Type)) { /* meanwhile others write: into a memory of their own */
        PyObject *buffer = Py_NewRef(self->buffer);
        char *data = self->pending;
        Py_ssize_t n = self->npending, chunk_size = self->chunk_size;
        self->pending = NULL;
        self->npending = 0;
        int failed = buffered_write(buffer, data, n);
        if (self->pending == NULL && self->chunk_size == chunk_size)
            self->pending = data;
        else
            PyMem_Free(data);
        Py_DECREF(buffer);
        return failed;
    }
    PyObject *bytes = PyBytes_FromStringAndSize(self->pending, self->npending), *done = NULL;
    if (bytes == NULL)
        return -1;
    self->npending = 0;
    do
        done = text_call(self, self->buffer, N(write), bytes);
    while (done == NULL && io_trap_eintr());
    Py_DECREF(bytes);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

/* Adds encoded bytes to what is pending; at most about a chunk is put together. */
static int add_pending(TextIO *self, const char *data, Py_ssize_t n)
{
    if (self->npending && self->npending + n > self->chunk_size && text_flush_pending(self) < 0)
        return -1;
    if (n > self->chunk_size || self->pending == NULL || self->npending + n > self->chunk_size) {
        Py_ssize_t size = Py_MAX(self->chunk_size, self->npending + n);
        char *p = PyMem_Realloc(self->pending, (size_t)size);
        if (p == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        self->pending = p;
    }
    memcpy(self->pending + self->npending, data, n);
    self->npending += n;
    return 0;
}

/* The text in bytes: new. */
static PyObject *encode(TextIO *self, PyObject *text)
{
    switch (self->direct) {
    case ENCODE_UTF8: return _PyUnicode_AsUTF8String(text, self->errors_text);
    case ENCODE_ASCII: return _PyUnicode_AsASCIIString(text, self->errors_text);
    case ENCODE_LATIN1: return _PyUnicode_AsLatin1String(text, self->errors_text);
    default: break;
    }
    PyObject *bytes = text_call(self, self->encoder, N(encode), text);
    if (bytes && !PyBytes_Check(bytes)) {
        PyErr_Format(PyExc_TypeError, "encoder should return a bytes object, not '%.200s'", Py_TYPE(bytes)->tp_name);
        Py_CLEAR(bytes);
    }
    return bytes;
}

/* What was read ahead is worth nothing after a write. */
static int forget_input(TextIO *self)
{
    if (self->text)
        text_drop(self);
    Py_CLEAR(self->snapshot);
    if (self->decoder) {
        PyObject *done = text_call(self, self->decoder, N(reset), NULL);
        Py_XDECREF(done);
        return done ? 0 : -1;
    }
    return 0;
}

/* The recording hears of what is written to the program's own streams. */
static void tell_recorder(struct recorder *r, PyObject *o, PyObject *text)
{
    int fd = o == PySys_GetObject("stdout") ? 1 : o == PySys_GetObject("stderr") ? 2 : 0;
    if (fd)
        r->output(r, fd, text);
}

static PyObject *text_write(PyObject *o, PyObject *text)
{
    TextIO *self = (TextIO *)o;
    if (check_attached(self) < 0)
        return NULL;
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "write() argument must be str, not %.50s", text == Py_None ? "None" : Py_TYPE(text)->tp_name);
        return NULL;
    }
    if (text_check(self) < 0)
        return NULL;
    if (self->encoder == NULL)
        return io_unsupported("not writable");
    struct recorder *r = interp_current()->recorder;
    if (__builtin_expect(r != NULL, 0))
        tell_recorder(r, o, text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    int has_newline = (self->line_buffering || (self->translate_write && self->write_newline))
        && view_find_char(str_view(text), '\n', 1) >= 0;
    int flush = self->line_buffering && (has_newline || view_find_char(str_view(text), '\r', 1) >= 0);
    Py_INCREF(text);
    if (has_newline && self->translate_write && self->write_newline)
        Py_SETREF(text, PyObject_CallMethod(text, "replace", "ss", "\n", self->write_newline));
    if (text == NULL)
        return NULL;
    int failed;
    if (self->direct != ENCODE_ANY && str_is_ascii(text))
        failed = add_pending(self, str_data(text), str_len(text));
    else {
        PyObject *bytes = encode(self, text);
        failed = bytes ? add_pending(self, PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes)) : -1;
        Py_XDECREF(bytes);
    }
    Py_DECREF(text);
    if (failed < 0)
        return NULL;
    if ((self->npending >= self->chunk_size || flush || self->write_through) && text_flush_pending(self) < 0)
        return NULL;
    if (flush) {
        PyObject *done = text_call(self, self->buffer, N(flush), NULL);
        if (done == NULL)
            return NULL;
        Py_DECREF(done);
    }
    if ((self->text || self->snapshot || self->decoder) && forget_input(self) < 0)
        return NULL;
    return PyLong_FromSsize_t(length);
}

/* --- reading --- */

PyObject *text_decode(TextIO *self, PyObject *bytes, int final)
{
    if (self->decoder == NULL) {
        io_unsupported("not readable");
        return NULL;
    }
    PyObject *decoder = Py_NewRef(self->decoder), *text;
    if (Py_IS_TYPE(decoder, &IncrementalNewlineDecoder_Type)) {
        text = newline_decode(decoder, bytes, final);
        Py_DECREF(decoder);
        return text;
    }
    text = PyObject_CallMethodObjArgs(decoder, N(decode), bytes, final ? Py_True : Py_False, NULL);
    Py_DECREF(decoder);
    if (text && !PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "decoder should return a string result, not '%.200s'", Py_TYPE(text)->tp_name);
        Py_CLEAR(text);
    }
    return text;
}

static PyObject *read_bytes(TextIO *self, Py_ssize_t n)
{
    if (check_attached(self) < 0)
        return NULL;
    PyObject *buffer = Py_NewRef(self->buffer), *data;
    if (Py_IS_TYPE(buffer, &BufferedReader_Type)) {
        data = buffered_read1(buffer, n);
        Py_DECREF(buffer);
        return data;
    }
    data = PyObject_CallMethod(buffer, self->has_read1 ? "read1" : "read", "n", n);
    Py_DECREF(buffer);
    if (data && !PyBytes_Check(data)) {
        Py_buffer view;
        if (PyObject_GetBuffer(data, &view, PyBUF_SIMPLE) < 0) {
            PyErr_Format(PyExc_TypeError, "underlying %s() should have returned a bytes-like object, not '%.200s'",
                         self->has_read1 ? "read1" : "read", Py_TYPE(data)->tp_name);
            Py_CLEAR(data);
        }
        else {
            Py_SETREF(data, PyBytes_FromStringAndSize(view.buf, view.len));
            PyBuffer_Release(&view);
        }
    }
    return data;
}

/* Reads and decodes a piece into self->text: 1, 0 at the end, -1 with an exception. */
static int read_chunk(TextIO *self, Py_ssize_t hint)
{
    PyObject *flags = NULL, *held = NULL, *data = NULL, *text = NULL;
    int result = -1;
    if (self->decoder == NULL) {
        io_unsupported("not readable");
        return -1;
    }
    if (self->telling) {
        PyObject *state = text_call(self, self->decoder, N(getstate), NULL);
        if (state == NULL)
            return -1;
        if (!PyTuple_Check(state) || PyTuple_GET_SIZE(state) != 2 || !PyBytes_Check(PyTuple_GET_ITEM(state, 0))) {
            PyErr_SetString(PyExc_TypeError, "illegal decoder state");
            Py_DECREF(state);
            return -1;
        }
        held = PyTuple_GET_ITEM(state, 0);
        flags = PyTuple_GET_ITEM(state, 1);
        Py_INCREF(held);
        Py_INCREF(flags);
        Py_DECREF(state);
    }
    if (hint > 0)
        hint = (Py_ssize_t)(Py_MAX(self->bytes_per_char, 1.0) * (double)hint);
    data = read_bytes(self, Py_MAX(self->chunk_size, hint));
    if (data == NULL)
        goto done;
    Py_ssize_t n = PyBytes_GET_SIZE(data);
    text = text_decode(self, data, n == 0);
    if (text == NULL)
        goto done;
    Py_ssize_t chars = PyUnicode_GET_LENGTH(text);
    self->bytes_per_char = chars > 0 ? (double)n / (double)chars : 0.0;
    Py_INCREF(text);
    Py_XSETREF(self->text, text);
    self->used = 0;
    if (held) {
        PyObject *input = held;
        Py_INCREF(input);
        if (PyBytes_GET_SIZE(held))
            PyBytes_Concat(&input, data);
        else {
            Py_INCREF(data);
            Py_SETREF(input, data);
        }
        PyObject *snapshot = input ? PyTuple_Pack(2, flags, input) : NULL;
        Py_XDECREF(input);
        if (snapshot == NULL)
            goto done;
        Py_XSETREF(self->snapshot, snapshot);
    }
    result = n > 0 || chars > 0;
done:
    Py_XDECREF(flags);
    Py_XDECREF(held);
    Py_XDECREF(data);
    Py_XDECREF(text);
    return result;
}

/* Up to n decoded characters (-1: all that are there): new. */
static PyObject *take(TextIO *self, Py_ssize_t n)
{
    if (self->text == NULL)
        return str_empty();
    Py_ssize_t have = PyUnicode_GET_LENGTH(self->text) - self->used;
    if (n < 0 || n > have)
        n = have;
    PyObject *part = str_slice(self->text, self->used, self->used + n);
    if (part)
        self->used += n;
    return part;
}

static PyObject *read_rest(TextIO *self)
{
    PyObject *bytes = text_call(self, self->buffer, N(read), NULL), *text, *result;
    if (bytes == NULL)
        return NULL;
    text = bytes == Py_None ? str_empty() : text_decode(self, bytes, 1);
    Py_DECREF(bytes);
    if (text == NULL)
        return NULL;
    result = take(self, -1);
    if (result)
        PyUnicode_AppendAndDel(&result, text);
    else
        Py_DECREF(text);
    text_drop(self);
    Py_CLEAR(self->snapshot);
    return result;
}

static PyObject *text_read(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    TextIO *self = (TextIO *)o;
    Py_ssize_t n;
    if (io_size_arg(args, nargs, "read", &n) < 0 || text_check(self) < 0)
        return NULL;
    if (self->decoder == NULL)
        return io_unsupported("not readable");
    if (text_flush_pending(self) < 0)
        return NULL;
    if (n < 0)
        return read_rest(self);
    PyObject *result = take(self, n);
    while (result && PyUnicode_GET_LENGTH(result) < n) {
        Py_ssize_t want = n - PyUnicode_GET_LENGTH(result);
        int more = read_chunk(self, want);
        if (more < 0 && io_trap_eintr())
            continue;
        if (more < 0)
            Py_CLEAR(result);
        if (more <= 0)
            break;
        PyUnicode_AppendAndDel(&result, take(self, want));
    }
    return result;
}

/* Index behind the first line end in v from `at`; -1 when there is none. */
static Py_ssize_t line_end(TextIO *self, StrView v)
{
    if (self->translate_read || (self->newline && _PyUnicode_EqualToASCIIString(self->newline, "\n"))) {
        Py_ssize_t lf = view_find_char(v, '\n', 1);
        return lf < 0 ? -1 : lf + 1;
    }
    if (self->universal) {
        Py_ssize_t lf = view_find_char(v, '\n', 1), cr;
        StrView head = v;
        if (lf >= 0)
            head.len = lf;
        cr = view_find_char(head, '\r', 1);
        if (cr < 0)
            return lf < 0 ? -1 : lf + 1;
        return cr + 1 < v.len && unit_at(v.kind, v.data, cr + 1) == '\n' ? cr + 2 : cr + 1;
    }
    Py_ssize_t at = view_find(v, str_view(self->newline), 1);
    return at < 0 ? -1 : at + PyUnicode_GET_LENGTH(self->newline);
}

static PyObject *read_line(TextIO *self, Py_ssize_t limit)
{
    PyObject *line = NULL;
    if (text_check(self) < 0 || text_flush_pending(self) < 0)
        return NULL;
    for (;;) {
        if (self->text == NULL || self->used >= PyUnicode_GET_LENGTH(self->text)) {
            int more;
            do
                more = read_chunk(self, 0);
            while (more < 0 ? io_trap_eintr() : more && PyUnicode_GET_LENGTH(self->text) == 0);
            if (more < 0) {
                Py_XDECREF(line);
                return NULL;
            }
            if (more == 0) {
                text_drop(self);
                Py_CLEAR(self->snapshot);
                return line ? line : str_empty();
            }
        }
        StrView v = str_view(self->text);
        v.data = (const char *)v.data + self->used * v.kind;
        v.len -= self->used;
        Py_ssize_t end, have = line ? PyUnicode_GET_LENGTH(line) : 0;
        if (have && !self->universal && PyUnicode_GET_LENGTH(self->newline) == 2 && str_at(line, have - 1) == '\r'
            && unit_at(v.kind, v.data, 0) == '\n')  /* "\r\n" across two pieces */
            end = 1;
        else
            end = line_end(self, v);
        int complete = end >= 0;
        if (!complete)
            end = v.len;
        if (limit >= 0 && have + end >= limit) {
            end = limit - have;
            complete = 1;
        }
        PyObject *part = str_slice(self->text, self->used, self->used + end);
        if (part == NULL) {
            Py_XDECREF(line);
            return NULL;
        }
        self->used += end;
        if (line == NULL)
            line = part;
        else {
            PyUnicode_AppendAndDel(&line, part);
            if (line == NULL)
                return NULL;
        }
        if (complete)
            return line;
    }
}

static PyObject *text_readline(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    Py_ssize_t limit = -1;
    if (!_PyArg_CheckPositional("readline", nargs, 0, 1) || check_attached((TextIO *)o) < 0)
        return NULL;
    if (nargs && (limit = PyNumber_AsSsize_t(args[0], PyExc_OverflowError)) == -1 && PyErr_Occurred())
        return NULL;
    return read_line((TextIO *)o, limit);
}

static PyObject *text_next(PyObject *o)
{
    TextIO *self = (TextIO *)o;
    PyObject *line;
    if (check_attached(self) < 0)
        return NULL;
    self->telling = 0;
    if (Py_IS_TYPE(o, &TextIOWrapper_Type))
        line = read_line(self, -1);
    else {
        line = PyObject_CallMethodNoArgs(o, N(readline));
        if (line && !PyUnicode_Check(line)) {
            PyErr_Format(PyExc_OSError, "readline() should have returned a str object, not '%.200s'", Py_TYPE(line)->tp_name);
            Py_CLEAR(line);
        }
    }
    if (line && PyUnicode_GET_LENGTH(line) == 0) {
        Py_CLEAR(line);
        Py_CLEAR(self->snapshot);
        self->telling = self->seekable;
    }
    return line;
}

/* --- the rest --- */

static PyObject *text_flush(PyObject *o, PyObject *unused)
{
    TextIO *self = (TextIO *)o;
    if (text_check(self) < 0)
        return NULL;
    self->telling = self->seekable;
    return text_flush_pending(self) < 0 ? NULL : text_call(self, self->buffer, N(flush), NULL);
}

static PyObject *text_close(PyObject *o, PyObject *unused)
{
    TextIO *self = (TextIO *)o;
    if (check_attached(self) < 0)
        return NULL;
    int closed = io_is_closed(o);
    if (closed < 0)
        return NULL;
    if (closed)
        Py_RETURN_NONE;
    if (self->finalizing) {
        PyObject *warned = text_call(self, self->buffer, N(_dealloc_warn), o);
        if (warned == NULL)
            PyErr_Clear();
        Py_XDECREF(warned);
    }
    PyObject *type, *value, *trace, *done = PyObject_CallMethodNoArgs(o, N(flush));
    Py_XDECREF(done);
    PyErr_Fetch(&type, &value, &trace);
    done = text_call(self, self->buffer, N(close), NULL);
    if (type)
        Py_CLEAR(done);
    io_chain(type, value, trace);
    return done;
}

static PyObject *text_detach(PyObject *o, PyObject *unused)
{
    TextIO *self = (TextIO *)o;
    PyObject *done = check_attached(self) < 0 ? NULL : PyObject_CallMethodNoArgs(o, N(flush));
    if (done == NULL)
        return NULL;
    Py_DECREF(done);
    if (check_attached(self) < 0)
        return NULL;
    PyObject *buffer = self->buffer;
    self->buffer = NULL;
    self->detached = 1;
    self->ok = 0;
    return buffer;
}

static PyObject *text_truncate(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    TextIO *self = (TextIO *)o;
    if (!_PyArg_CheckPositional("truncate", nargs, 0, 1) || check_attached(self) < 0)
        return NULL;
    PyObject *done = PyObject_CallMethodNoArgs(o, N(flush));
    if (done == NULL)
        return NULL;
    Py_DECREF(done);
    return text_call(self, self->buffer, N(truncate), nargs ? args[0] : Py_None);
}

#define FORWARD(name, method) \
    static PyObject *name(PyObject *o, PyObject *unused) \
    { \
        return check_attached((TextIO *)o) < 0 ? NULL : text_call((TextIO *)o, ((TextIO *)o)->buffer, N(method), NULL); \
    }
FORWARD(text_fileno, fileno)
FORWARD(text_seekable, seekable)
FORWARD(text_readable, readable)
FORWARD(text_writable, writable)
FORWARD(text_isatty, isatty)

static PyObject *text_repr(PyObject *o)
{
    TextIO *self = (TextIO *)o;
    PyObject *name = NULL, *mode = NULL, *text = NULL;
    if (check_made(self) < 0)
        return NULL;
    int entered = Py_ReprEnter(o);
    if (entered) {
        if (entered > 0)
            PyErr_Format(PyExc_RuntimeError, "reentrant call inside %s.__repr__", Py_TYPE(o)->tp_name);
        return NULL;
    }
    if (_PyObject_LookupAttr(o, N(name), &name) < 0) {
        if (!PyErr_ExceptionMatches(PyExc_ValueError))
            goto done;
        PyErr_Clear();
    }
    if (_PyObject_LookupAttr(o, N(mode), &mode) < 0)
        goto done;
    PyObject *empty = str_empty();
    PyObject *name_part = name ? PyUnicode_FromFormat(" name=%R", name) : Py_NewRef(empty);
    PyObject *mode_part = mode ? PyUnicode_FromFormat(" mode=%R", mode) : Py_NewRef(empty);
    if (name_part && mode_part)
        text = PyUnicode_FromFormat("<_io.TextIOWrapper%U%U encoding=%R>", name_part, mode_part, self->encoding);
    Py_XDECREF(name_part);
    Py_XDECREF(mode_part);
    Py_DECREF(empty);
done:
    Py_XDECREF(name);
    Py_XDECREF(mode);
    Py_ReprLeave(o);
    return text;
}

/* Of the buffer. */
static PyObject *text_attribute(TextIO *self, PyObject *name)
{
    PyObject *buffer = Py_NewRef(self->buffer), *value = PyObject_GetAttr(buffer, name);
    Py_DECREF(buffer);
    return value;
}

static PyObject *text_get_name(PyObject *o, void *u) { return check_attached((TextIO *)o) < 0 ? NULL : text_attribute((TextIO *)o, N(name)); }
static PyObject *text_get_closed(PyObject *o, void *u) { return check_attached((TextIO *)o) < 0 ? NULL : text_attribute((TextIO *)o, N(closed)); }

static PyObject *text_get_newlines(PyObject *o, void *unused)
{
    TextIO *self = (TextIO *)o;
    PyObject *newlines;
    if (check_attached(self) < 0)
        return NULL;
    if (self->decoder == NULL || _PyObject_LookupAttr(self->decoder, N(newlines), &newlines) == 0)
        Py_RETURN_NONE;
    return newlines;
}

static PyObject *or_none(PyObject *o)
{
    if (o == NULL)
        o = Py_None;
    Py_INCREF(o);
    return o;
}

static PyObject *text_get_encoding(PyObject *o, void *unused) { return or_none(((TextIO *)o)->encoding); }
static PyObject *text_get_buffer(PyObject *o, void *unused) { return or_none(((TextIO *)o)->buffer); }
static PyObject *text_get_errors(PyObject *o, void *unused) { return check_made((TextIO *)o) < 0 ? NULL : or_none(((TextIO *)o)->errors); }
static PyObject *text_get_line(PyObject *o, void *unused) { return PyBool_FromLong(((TextIO *)o)->line_buffering); }
static PyObject *text_get_through(PyObject *o, void *unused) { return PyBool_FromLong(((TextIO *)o)->write_through); }
static PyObject *text_get_finalizing(PyObject *o, void *unused) { return PyBool_FromLong(((TextIO *)o)->finalizing); }
static int text_set_finalizing(PyObject *o, PyObject *value, void *unused)
{
    int is = value ? PyObject_IsTrue(value) : 0;
    ((TextIO *)o)->finalizing = is > 0;
    return is < 0 ? -1 : 0;
}
static PyObject *text_get_chunk(PyObject *o, void *unused)
{
    return check_attached((TextIO *)o) < 0 ? NULL : PyLong_FromSsize_t(((TextIO *)o)->chunk_size);
}
static int text_set_chunk(PyObject *o, PyObject *value, void *unused)
{
    TextIO *self = (TextIO *)o;
    if (check_attached(self) < 0)
        return -1;
    if (value == NULL) {
        PyErr_SetString(PyExc_AttributeError, "cannot delete attribute");
        return -1;
    }
    Py_ssize_t n = PyNumber_AsSsize_t(value, PyExc_ValueError);
    if (n == -1 && PyErr_Occurred())
        return -1;
    if (n <= 0) {
        PyErr_SetString(PyExc_ValueError, "a strictly positive integer is required");
        return -1;
    }
    if (text_flush_pending(self) < 0)
        return -1;
    PyMem_Free(self->pending);
    self->pending = NULL;
    self->chunk_size = n;
    return 0;
}

static PyMethodDef text_methods[] = {
    {"detach", text_detach, METH_NOARGS, "detach($self, /)\n--\n\nGive the buffer back."},
    {"reconfigure", IO_METHODK(text_reconfigure), METH_VARARGS | METH_KEYWORDS,
     "reconfigure($self, /, *, encoding=None, errors=None, newline=None,\n            line_buffering=None, write_through=None)\n--\n\nChange how text is written."},
    {"write", text_write, METH_O, "write($self, text, /)\n--\n\nWrite the text; how many characters."},
    {"read", IO_METHODK(text_read), METH_FASTCALL, "read($self, size=-1, /)\n--\n\nUp to size characters."},
    {"readline", IO_METHODK(text_readline), METH_FASTCALL, "readline($self, size=-1, /)\n--\n\nOne line."},
    {"flush", text_flush, METH_NOARGS, "flush($self, /)\n--\n\nPass on what is pending."},
    {"close", text_close, METH_NOARGS, "close($self, /)\n--\n\nFlush and close."},
    {"fileno", text_fileno, METH_NOARGS, NULL},
    {"seekable", text_seekable, METH_NOARGS, NULL},
    {"readable", text_readable, METH_NOARGS, NULL},
    {"writable", text_writable, METH_NOARGS, NULL},
    {"isatty", text_isatty, METH_NOARGS, NULL},
    {"seek", IO_METHODK(text_seek), METH_FASTCALL, "seek($self, cookie, whence=0, /)\n--\n\nMove to what tell() said."},
    {"tell", text_tell, METH_NOARGS, "tell($self, /)\n--\n\nThe position, for seek()."},
    {"truncate", IO_METHODK(text_truncate), METH_FASTCALL, "truncate($self, pos=None, /)\n--\n\nCut to a size."},
    {NULL}
};

static PyGetSetDef text_getset[] = {
    {"encoding", text_get_encoding, NULL, NULL, NULL},
    {"buffer", text_get_buffer, NULL, NULL, NULL},
    {"name", text_get_name, NULL, NULL, NULL},
    {"closed", text_get_closed, NULL, NULL, NULL},
    {"newlines", text_get_newlines, NULL, NULL, NULL},
    {"errors", text_get_errors, NULL, NULL, NULL},
    {"line_buffering", text_get_line, NULL, NULL, NULL},
    {"write_through", text_get_through, NULL, NULL, NULL},
    {"_finalizing", text_get_finalizing, text_set_finalizing, NULL, NULL},
    {"_CHUNK_SIZE", text_get_chunk, text_set_chunk, NULL, NULL},
    {NULL}
};

PyTypeObject TextIOWrapper_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_io.TextIOWrapper",
    .tp_basicsize = sizeof(TextIO),
    .tp_dealloc = text_dealloc,
    .tp_repr = text_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "TextIOWrapper(buffer, encoding=None, errors=None, newline=None,\n              line_buffering=False, write_through=False)\n--\n\n"
              "Text over a stream of bytes.",
    .tp_traverse = text_traverse,
    .tp_clear = text_clear,
    .tp_weaklistoffset = offsetof(TextIO, weakrefs),
    .tp_iternext = text_next,
    .tp_methods = text_methods,
    .tp_getset = text_getset,
    .tp_base = &TextIOBase_Type,
    .tp_dictoffset = offsetof(TextIO, dict),
    .tp_init = text_init,
    .tp_new = PyType_GenericNew,
};
