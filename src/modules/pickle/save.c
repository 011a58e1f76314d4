/* Writing objects: atoms, containers, and the choice of how an object is written. */
#include "modules/pickle/pickle.h"
#include "objects/int/int_inline.h"

/* ---- the memo ------------------------------------------------------------------------------------------------------
 */

int save_get(Pickler *self, PyObject *obj, Py_ssize_t index)
{
    char buf[32];
    if (!self->bin)
        return output_write(&self->out, buf, snprintf(buf, sizeof buf, "%c%zd\n", GET, index));
    if (index < 256) {
        buf[0] = BINGET;
        buf[1] = (char)index;
        return output_write(&self->out, buf, 2);
    }
    uint32_t i = (uint32_t)index;
    buf[0] = LONG_BINGET;
    memcpy(buf + 1, &i, 4);
    return output_write(&self->out, buf, 5);
}

int save_put(Pickler *self, PyObject *obj)
{
    char buf[32];
    if (self->fast)
        return 0;
    Py_ssize_t index = (Py_ssize_t)self->memo.used;
    if (objmemo_put(&self->memo, obj, index))
        return -1;
    if (self->proto >= 4)
        return write_op(self, MEMOIZE);
    if (!self->bin)
        return output_write(&self->out, buf, snprintf(buf, sizeof buf, "%c%zd\n", PUT, index));
    if (index < 256) {
        buf[0] = BINPUT;
        buf[1] = (char)index;
        return output_write(&self->out, buf, 2);
    }
    uint32_t i = (uint32_t)index;
    buf[0] = LONG_BINPUT;
    memcpy(buf + 1, &i, 4);
    return output_write(&self->out, buf, 5);
}

/* ---- numbers
 * ----------------------------------------------------------------------------------------------------------- */

static int save_bool(Pickler *self, PyObject *obj)
{
    int value = obj == Py_True;
    if (self->proto >= 2)
        return write_op(self, value ? NEWTRUE : NEWFALSE);
    return output_write(&self->out, value ? "I01\n" : "I00\n", 4);
}

static int save_small_int(Pickler *self, long v)
{
    char buf[32];
    if (!self->bin)
        return output_write(&self->out, buf, snprintf(buf, sizeof buf, "%c%ld\n", INT, v));
    int n = v >= 0 && v < 256 ? 1 : v >= 0 && v < 65536 ? 2 : 4;
    char *at = output_reserve(&self->out, n + 1);
    if (!at)
        return -1;
    at[0] = n == 1 ? BININT1 : n == 2 ? BININT2 : BININT;
    for (int i = 0; i < n; i++)
        at[i + 1] = (char)((unsigned long)v >> 8 * i);
    return 0;
}

/* The fewest bytes of two's complement, least first. */
static int save_binary_int(Pickler *self, PyObject *obj)
{
    int sign = _PyLong_Sign(obj);
    size_t bits = _PyLong_NumBits(obj), n = sign ? bits / 8 + 1 : 0;
    if (bits == (size_t)-1 && PyErr_Occurred())
        return -1;
    if (n > INT32_MAX) {
        PyErr_SetString(PyExc_OverflowError, "int too large to pickle");
        return -1;
    }
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)n);
    if (!bytes)
        return -1;
    unsigned char *p = (unsigned char *)PyBytes_AS_STRING(bytes);
    int bad = n && _PyLong_AsByteArray((PyLongObject *)obj, p, n, 1, 1);
    if (sign < 0 && n > 1 && p[n - 1] == 0xff && p[n - 2] & 0x80)
        n--;
    char header[5];
    int32_t n32 = (int32_t)n;
    header[0] = (char)(n < 256 ? LONG1 : LONG4);
    memcpy(header + 1, &n32, 4);
    bad = bad || pickler_write_bytes(self, header, n < 256 ? 2 : 5, (char *)p, (Py_ssize_t)n, NULL);
    Py_DECREF(bytes);
    return bad ? -1 : 0;
}

static int save_int(Pickler *self, PyObject *obj)
{
    int64_t v;
    if (int_as_i60(obj, &v) && v == (int32_t)v)
        return save_small_int(self, (long)v);
    if (self->proto >= 2)
        return save_binary_int(self, obj);
    PyObject *text = PyObject_Repr(obj);
    Py_ssize_t n;
    const char *s = text ? PyUnicode_AsUTF8AndSize(text, &n) : NULL;
    int bad = !s || write_op(self, LONG) || output_write(&self->out, s, n) || output_write(&self->out, "L\n", 2);
    Py_XDECREF(text);
    return bad ? -1 : 0;
}

static int save_float(Pickler *self, PyObject *obj)
{
    double x = PyFloat_AS_DOUBLE(obj);
    if (self->bin) {
        char *at = output_reserve(&self->out, 9);
        if (!at)
            return -1;
        at[0] = BINFLOAT;
        return PyFloat_Pack8(x, at + 1, 0);
    }
    char *text = PyOS_double_to_string(x, 'r', 0, Py_DTSF_ADD_DOT_0, NULL);
    int bad = !text || write_op(self, FLOAT) || output_write(&self->out, text, (Py_ssize_t)strlen(text)) ||
              write_op(self, '\n');
    PyMem_Free(text);
    return bad ? -1 : 0;
}

/* ---- bytes and text
 * ---------------------------------------------------------------------------------------------------------- */

/* The instruction with the length in 1, 4 or 8 bytes, then the data. */
static int save_counted(Pickler *self, enum opcode op, int width, const char *data, Py_ssize_t n, PyObject *payload)
{
    char header[9];
    uint64_t length = (uint64_t)n;
    header[0] = (char)op;
    memcpy(header + 1, &length, 8);
    if (n >= FRAME_TARGET)
        return pickler_write_bytes(self, header, width + 1, data, n, payload);
    char *at = output_reserve(&self->out, width + 1 + n);
    if (!at)
        return -1;
    memcpy(at, header, (size_t)width + 1);
    memcpy(at + width + 1, data, (size_t)n);
    return 0;
}

int save_bytes_data(Pickler *self, PyObject *obj, const char *data, Py_ssize_t n)
{
    int bad;
    PyObject *payload = PyBytes_CheckExact(obj) ? obj : NULL;
    if (n < 256)
        bad = save_counted(self, SHORT_BINBYTES, 1, data, n, payload);
    else if ((size_t)n <= UINT32_MAX)
        bad = save_counted(self, BINBYTES, 4, data, n, payload);
    else if (self->proto >= 4)
        bad = save_counted(self, BINBYTES8, 8, data, n, payload);
    else {
        PyErr_SetString(PyExc_OverflowError,
                        "serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher");
        return -1;
    }
    return bad || save_put(self, obj) ? -1 : 0;
}

static int save_bytes(Pickler *self, PyObject *obj)
{
    if (self->proto >= 3)
        return save_bytes_data(self, obj, PyBytes_AS_STRING(obj), PyBytes_GET_SIZE(obj));
    if (PyBytes_GET_SIZE(obj) == 0)
        return save_call(self, (PyObject *)&PyBytes_Type, PyTuple_New(0), obj);
    PyObject *text = PyUnicode_DecodeLatin1(PyBytes_AS_STRING(obj), PyBytes_GET_SIZE(obj), "strict");
    return save_call(self, pickle_state.encode, text ? Py_BuildValue("Ns", text, "latin1") : NULL, obj);
}

int save_bytearray_data(Pickler *self, PyObject *obj, const char *data, Py_ssize_t n)
{
    PyObject *payload = PyByteArray_CheckExact(obj) ? obj : NULL;
    return save_counted(self, BYTEARRAY8, 8, data, n, payload) || save_put(self, obj) ? -1 : 0;
}

static int save_bytearray(Pickler *self, PyObject *obj)
{
    if (self->proto >= 5)
        return save_bytearray_data(self, obj, PyByteArray_AS_STRING(obj), PyByteArray_GET_SIZE(obj));
    if (PyByteArray_GET_SIZE(obj) == 0)
        return save_call(self, (PyObject *)&PyByteArray_Type, PyTuple_New(0), obj);
    PyObject *bytes = PyBytes_FromObject(obj);
    return save_call(self, (PyObject *)&PyByteArray_Type, bytes ? Py_BuildValue("(N)", bytes) : NULL, obj);
}

static int save_picklebuffer(Pickler *self, PyObject *obj)
{
    if (self->proto < 5) {
        PyErr_SetString(pickle_state.pickling_error, "PickleBuffer can only pickled with protocol >= 5");
        return -1;
    }
    const Py_buffer *view = PyPickleBuffer_GetBuffer(obj);
    if (!view)
        return -1;
    if (view->suboffsets || !PyBuffer_IsContiguous(view, 'A')) {
        PyErr_SetString(pickle_state.pickling_error,
                        "PickleBuffer can not be pickled when pointing to a non-contiguous buffer");
        return -1;
    }
    int in_band = 1, readonly = view->readonly;
    if (self->buffer_callback) {
        PyObject *r = PyObject_CallOneArg(self->buffer_callback, obj);
        in_band = r ? PyObject_IsTrue(r) : -1;
        Py_XDECREF(r);
    }
    if (in_band < 0)
        return -1;
    if (!in_band)
        return write_op(self, NEXT_BUFFER) || (readonly && write_op(self, READONLY_BUFFER)) ? -1 : 0;
    view = PyPickleBuffer_GetBuffer(obj); /* the callback may have released it */
    if (!view)
        return -1;
    return readonly ? save_bytes_data(self, obj, view->buf, view->len)
                    : save_bytearray_data(self, obj, view->buf, view->len);
}

/* Protocol 0: Latin-1, with what is not, and what ends lines, as \u or \U. */
static int write_escaped(Pickler *self, PyObject *obj)
{
    int kind = PyUnicode_KIND(obj);
    const void *data = PyUnicode_DATA(obj);
    if (write_op(self, UNICODE))
        return -1;
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(obj); i++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, i);
        char buf[16];
        int n = 1;
        buf[0] = (char)c;
        if (c > 0xffff)
            n = snprintf(buf, sizeof buf, "\\U%08x", c);
        else if (c > 0xff || c == '\\' || c == 0 || c == '\n' || c == '\r' || c == 0x1a)
            n = snprintf(buf, sizeof buf, "\\u%04x", c);
        if (output_write(&self->out, buf, n))
            return -1;
    }
    return write_op(self, '\n');
}

static int write_utf8(Pickler *self, PyObject *obj)
{
    Py_ssize_t n;
    PyObject *encoded = NULL;
    const char *data;
    if (PyUnicode_IS_COMPACT_ASCII(obj)) {
        data = (const char *)PyUnicode_1BYTE_DATA(obj);
        n = PyUnicode_GET_LENGTH(obj);
    } else if (!(data = PyUnicode_AsUTF8AndSize(obj, &n))) {
        PyErr_Clear();
        encoded = PyUnicode_AsEncodedString(obj, "utf-8", "surrogatepass");
        if (!encoded)
            return -1;
        data = PyBytes_AS_STRING(encoded);
        n = PyBytes_GET_SIZE(encoded);
    }
    int bad;
    if (n < 256 && self->proto >= 4)
        bad = save_counted(self, SHORT_BINUNICODE, 1, data, n, encoded);
    else if ((size_t)n <= UINT32_MAX)
        bad = save_counted(self, BINUNICODE, 4, data, n, encoded);
    else if (self->proto >= 4)
        bad = save_counted(self, BINUNICODE8, 8, data, n, encoded);
    else {
        PyErr_SetString(PyExc_OverflowError,
                        "serializing a string larger than 4 GiB requires pickle protocol 4 or higher");
        bad = -1;
    }
    Py_XDECREF(encoded);
    return bad;
}

static int save_str(Pickler *self, PyObject *obj)
{
    return (self->bin ? write_utf8(self, obj) : write_escaped(self, obj)) || save_put(self, obj) ? -1 : 0;
}

/* ---- fast mode: no memo, so that cycles must be found when it gets deep
 * ------------------------------------------------------------ */

enum { FAST_DEPTH = 50 };

static int fast_enter(Pickler *self, PyObject *obj)
{
    if (++self->fast_nesting < FAST_DEPTH)
        return 0;
    if (!self->fast_memo && !(self->fast_memo = PyDict_New()))
        return -1;
    PyObject *id = PyLong_FromVoidPtr(obj);
    int seen = id ? PyDict_Contains(self->fast_memo, id) : -1;
    if (seen > 0)
        PyErr_Format(PyExc_ValueError, "fast mode: can't pickle cyclic objects including object type %.200s at %p",
                     Py_TYPE(obj)->tp_name, obj);
    int bad = seen || PyDict_SetItem(self->fast_memo, id, Py_None);
    Py_XDECREF(id);
    return bad ? -1 : 0;
}

static int fast_leave(Pickler *self, PyObject *obj)
{
    if (self->fast_nesting-- < FAST_DEPTH)
        return 0;
    PyObject *id = PyLong_FromVoidPtr(obj);
    int bad = id ? PyDict_DelItem(self->fast_memo, id) : -1;
    Py_XDECREF(id);
    return bad;
}

/* ---- containers
 * ----------------------------------------------------------------------------------------------------------------------
 */

/* What was written of a container that turned out to hold itself is taken off again: it is in the memo by now. */
static int save_instead(Pickler *self, PyObject *obj, Py_ssize_t index, Py_ssize_t pops)
{
    for (Py_ssize_t i = 0; i < pops; i++)
        if (write_op(self, POP))
            return -1;
    return save_get(self, obj, index);
}

static int save_tuple_items(Pickler *self, PyObject *obj)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(obj); i++)
        if (save(self, PyTuple_GET_ITEM(obj, i), 1))
            return -1;
    return 0;
}

static int save_tuple(Pickler *self, PyObject *obj)
{
    static const enum opcode short_ops[] = {EMPTY_TUPLE, TUPLE1, TUPLE2, TUPLE3};
    Py_ssize_t n = PyTuple_GET_SIZE(obj), index;
    if (n == 0)
        return self->bin ? write_op(self, EMPTY_TUPLE) : output_write(&self->out, "(t", 2);
    int is_short = n <= 3 && self->proto >= 2;
    if ((!is_short && write_op(self, MARK)) || save_tuple_items(self, obj))
        return -1;
    if ((index = objmemo_get(&self->memo, obj)) >= 0) {
        if (!is_short && self->bin)
            return write_op(self, POP_MARK) ? -1 : save_get(self, obj, index);
        return save_instead(self, obj, index, is_short ? n : n + 1);
    }
    return write_op(self, is_short ? short_ops[n] : TUPLE) || save_put(self, obj) ? -1 : 0;
}

/* The items of a list; it may change meanwhile. */
static int save_exact_list_items(Pickler *self, PyObject *obj)
{
    Py_ssize_t i = 0;
    if (PyList_GET_SIZE(obj) == 0)
        return 0;
    if (PyList_GET_SIZE(obj) == 1) {
        PyObject *item = Py_NewRef(PyList_GET_ITEM(obj, 0));
        int bad = save(self, item, 1);
        Py_DECREF(item);
        return bad || write_op(self, APPEND) ? -1 : 0;
    }
    do {
        int batch = 0;
        if (write_op(self, MARK))
            return -1;
        while (i < PyList_GET_SIZE(obj) && batch++ < BATCH_SIZE) {
            PyObject *item = Py_NewRef(PyList_GET_ITEM(obj, i++));
            int bad = save(self, item, 1);
            Py_DECREF(item);
            if (bad)
                return -1;
        }
        if (write_op(self, APPENDS))
            return -1;
    } while (i < PyList_GET_SIZE(obj));
    return 0;
}

/* Saves and releases an item. */
static int save_stolen(Pickler *self, PyObject *item)
{
    int bad = save(self, item, 1);
    Py_DECREF(item);
    return bad;
}

/* Whether an iterator that returned NULL has failed. */
static int failed(void) { return PyErr_Occurred() ? -1 : 0; }

/* What an iterator gives, `save_one` each, in batches under MARK that `many` ends; a single one with `one`. */
static int save_batches(Pickler *self, PyObject *iterator, int (*save_one)(Pickler *, PyObject *), enum opcode one,
                        enum opcode many)
{
    PyObject *first, *item;
    int n;
    do {
        n = 0;
        if (!(first = PyIter_Next(iterator)))
            return failed();
        if (!self->bin) {
            if (save_one(self, first) || write_op(self, one))
                return -1;
            n = BATCH_SIZE;
            continue;
        }
        item = PyIter_Next(iterator);
        if (!item) {
            if (PyErr_Occurred()) {
                Py_DECREF(first);
                return -1;
            }
            return save_one(self, first) || write_op(self, one) ? -1 : 0;
        }
        if (write_op(self, MARK) || save_one(self, first)) {
            Py_DECREF(item);
            return -1;
        }
        for (n = 1; item; item = n < BATCH_SIZE ? PyIter_Next(iterator) : NULL) {
            if (save_one(self, item))
                return -1;
            n++;
        }
        if (failed() || write_op(self, many))
            return -1;
    } while (n == BATCH_SIZE);
    return 0;
}

int save_list_items(Pickler *self, PyObject *iterator)
{
    return save_batches(self, iterator, save_stolen, APPEND, APPENDS);
}

static int save_pair(Pickler *self, PyObject *pair)
{
    int bad = -1;
    if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2)
        PyErr_SetString(PyExc_TypeError, "dict items iterator must return 2-tuples");
    else
        bad = save(self, PyTuple_GET_ITEM(pair, 0), 1) || save(self, PyTuple_GET_ITEM(pair, 1), 1) ? -1 : 0;
    Py_DECREF(pair);
    return bad;
}

int save_dict_items(Pickler *self, PyObject *iterator)
{
    return save_batches(self, iterator, save_pair, SETITEM, SETITEMS);
}

static int save_list(Pickler *self, PyObject *obj)
{
    if (self->bin ? write_op(self, EMPTY_LIST) : output_write(&self->out, "(l", 2))
        return -1;
    if (save_put(self, obj))
        return -1;
    if (self->bin)
        return save_exact_list_items(self, obj);
    PyObject *iterator = PyObject_GetIter(obj);
    int bad = iterator ? save_list_items(self, iterator) : -1;
    Py_XDECREF(iterator);
    return bad;
}

static int save_entry(Pickler *self, PyObject *key, PyObject *value)
{
    Py_INCREF(key);
    Py_INCREF(value);
    int bad = save(self, key, 1) || save(self, value, 1);
    Py_DECREF(key);
    Py_DECREF(value);
    return bad ? -1 : 0;
}

static int save_exact_dict_items(Pickler *self, PyObject *obj)
{
    PyObject *key, *value;
    Py_ssize_t size = PyDict_GET_SIZE(obj), at = 0, done = 0;
    if (size == 1) {
        PyDict_Next(obj, &at, &key, &value);
        return save_entry(self, key, value) || write_op(self, SETITEM) ? -1 : 0;
    }
    while (done < size) {
        int batch = 0;
        if (write_op(self, MARK))
            return -1;
        while (batch < BATCH_SIZE && PyDict_Next(obj, &at, &key, &value)) {
            if (save_entry(self, key, value))
                return -1;
            batch++;
            if (PyDict_GET_SIZE(obj) != size) {
                PyErr_SetString(PyExc_RuntimeError, "dictionary changed size during iteration");
                return -1;
            }
        }
        if (write_op(self, SETITEMS))
            return -1;
        done += batch;
        if (batch < BATCH_SIZE)
            break;
    }
    return 0;
}

static int save_dict(Pickler *self, PyObject *obj)
{
    if (self->bin ? write_op(self, EMPTY_DICT) : output_write(&self->out, "(d", 2))
        return -1;
    if (save_put(self, obj))
        return -1;
    if (self->bin)
        return save_exact_dict_items(self, obj);
    PyObject *items = PyObject_CallMethodNoArgs(obj, N(items));
    PyObject *iterator = items ? PyObject_GetIter(items) : NULL;
    Py_XDECREF(items);
    int bad = iterator ? save_dict_items(self, iterator) : -1;
    Py_XDECREF(iterator);
    return bad;
}

/* set or frozenset of a list, as protocols below 4 need it. */
static int save_set_by_call(Pickler *self, PyObject *obj)
{
    PyObject *items = PySequence_List(obj);
    return save_call(self, (PyObject *)Py_TYPE(obj), items ? Py_BuildValue("(N)", items) : NULL, obj);
}

static int save_set(Pickler *self, PyObject *obj)
{
    PyObject *item;
    Py_hash_t hash;
    Py_ssize_t size = PySet_GET_SIZE(obj), at = 0;
    int batch;
    if (self->proto < 4)
        return save_set_by_call(self, obj);
    if (write_op(self, EMPTY_SET) || save_put(self, obj))
        return -1;
    if (size == 0)
        return 0;
    do {
        if (write_op(self, MARK))
            return -1;
        for (batch = 0; batch < BATCH_SIZE && _PySet_NextEntry(obj, &at, &item, &hash); batch++)
            if (save_stolen(self, Py_NewRef(item)))
                return -1;
        if (write_op(self, ADDITEMS))
            return -1;
        if (PySet_GET_SIZE(obj) != size) {
            PyErr_SetString(PyExc_RuntimeError, "set changed size during iteration");
            return -1;
        }
    } while (batch == BATCH_SIZE);
    return 0;
}

static int save_frozenset(Pickler *self, PyObject *obj)
{
    PyObject *item;
    Py_hash_t hash;
    Py_ssize_t at = 0, index;
    if (self->proto < 4)
        return save_set_by_call(self, obj);
    if (write_op(self, MARK))
        return -1;
    while (_PySet_NextEntry(obj, &at, &item, &hash))
        if (save_stolen(self, Py_NewRef(item)))
            return -1;
    if ((index = objmemo_get(&self->memo, obj)) >= 0)
        return write_op(self, POP_MARK) ? -1 : save_get(self, obj, index);
    return write_op(self, FROZENSET) || save_put(self, obj) ? -1 : 0;
}

/* A container that can hold itself, in or out of fast mode. */
static int save_container(Pickler *self, PyObject *obj, int (*saver)(Pickler *, PyObject *))
{
    if (!self->fast)
        return saver(self, obj);
    if (fast_enter(self, obj))
        return -1;
    int bad = saver(self, obj);
    return fast_leave(self, obj) || bad ? -1 : 0;
}

/* ---- the choice
 * ------------------------------------------------------------------------------------------------------------------------
 */

/* 1: it had a persistent id, which was written. */
static int save_persistent(Pickler *self, PyObject *obj)
{
    PyObject *id = pickle_hook_call(&self->persistent_id, (PyObject *)self, obj);
    int r = -1;
    if (id == Py_None)
        r = 0;
    else if (id && self->bin)
        r = save(self, id, 0) || write_op(self, BINPERSID) ? -1 : 1;
    else if (id) {
        PyObject *text = PyObject_Str(id);
        if (text && !PyUnicode_IS_ASCII(text))
            PyErr_SetString(pickle_state.pickling_error, "persistent IDs in protocol 0 must be ASCII strings");
        else if (text)
            r = write_op(self, PERSID) ||
                        output_write(&self->out, (const char *)PyUnicode_1BYTE_DATA(text),
                                     PyUnicode_GET_LENGTH(text)) ||
                        write_op(self, '\n')
                    ? -1
                    : 1;
        Py_XDECREF(text);
    }
    Py_XDECREF(id);
    return r;
}

static int save_type(Pickler *self, PyObject *obj)
{
    PyObject *single = obj == (PyObject *)Py_TYPE(Py_None)             ? Py_None
                       : obj == (PyObject *)&PyEllipsis_Type           ? Py_Ellipsis
                       : obj == (PyObject *)Py_TYPE(Py_NotImplemented) ? Py_NotImplemented
                                                                       : NULL;
    return single ? save_call(self, (PyObject *)&PyType_Type, PyTuple_Pack(1, single), obj)
                  : save_global(self, obj, NULL);
}

/* The function of the dispatch table, new or NULL. */
static int find_reducer(Pickler *self, PyTypeObject *type, PyObject **reducer)
{
    if (!self->dispatch_table)
        *reducer = Py_XNewRef(pickle_find(pickle_state.dispatch_table, (PyObject *)type));
    else if (!(*reducer = PyObject_GetItem(self->dispatch_table, (PyObject *)type)) &&
             PyErr_ExceptionMatches(PyExc_KeyError))
        PyErr_Clear();
    return *reducer || !PyErr_Occurred() ? 0 : -1;
}

/* What the object's own methods answer. */
static PyObject *reduce_by_method(Pickler *self, PyObject *obj)
{
    PyObject *method, *r = NULL;
    int unbound = _PyObject_GetMethod(obj, N(__reduce_ex__), &method);
    if (!method && !PyErr_ExceptionMatches(PyExc_AttributeError))
        return NULL;
    if (!method)
        PyErr_Clear();
    if (method) {
        PyObject *proto = PyLong_FromLong(self->proto), *args[] = {obj, proto};
        r = proto ? PyObject_Vectorcall(method, args + !unbound, (size_t)1 + unbound, NULL) : NULL;
        Py_XDECREF(proto);
    } else if (_PyObject_LookupAttr(obj, N(__reduce__), &method) == 0)
        PyErr_Format(pickle_state.pickling_error, "can't pickle '%.200s' object: %R", Py_TYPE(obj)->tp_name, obj);
    else if (method)
        r = PyObject_CallNoArgs(method);
    Py_XDECREF(method);
    return r;
}

static int save_reduced(Pickler *self, PyObject *reduced, PyObject *obj)
{
    if (!reduced)
        return -1;
    int bad = -1;
    if (PyUnicode_Check(reduced))
        bad = save_global(self, obj, reduced);
    else if (PyTuple_Check(reduced))
        bad = save_reduce(self, reduced, obj);
    else
        PyErr_SetString(pickle_state.pickling_error, "__reduce__ must return a string or tuple");
    Py_DECREF(reduced);
    return bad;
}

/* An object that no built-in way fits. */
static int save_other(Pickler *self, PyObject *obj)
{
    PyTypeObject *type = Py_TYPE(obj);
    PyObject *reducer, *reduced;
    if (self->reducer_override) {
        reduced = PyObject_CallOneArg(self->reducer_override, obj);
        if (reduced != Py_NotImplemented)
            return save_reduced(self, reduced, obj);
        Py_DECREF(reduced);
    }
    if (type == &PyType_Type)
        return save_type(self, obj);
    if (type == &PyFunction_Type)
        return save_global(self, obj, NULL);
    if (find_reducer(self, type, &reducer))
        return -1;
    if (reducer) {
        reduced = PyObject_CallOneArg(reducer, obj);
        Py_DECREF(reducer);
        return save_reduced(self, reduced, obj);
    }
    if (PyType_IsSubtype(type, &PyType_Type))
        return save_global(self, obj, NULL);
    return save_reduced(self, reduce_by_method(self, obj), obj);
}

static int save_compound(Pickler *self, PyObject *obj)
{
    PyTypeObject *type = Py_TYPE(obj);
    if (type == &PyDict_Type)
        return save_container(self, obj, save_dict);
    if (type == &PyList_Type)
        return save_container(self, obj, save_list);
    if (type == &PyTuple_Type)
        return save_tuple(self, obj);
    if (type == &PySet_Type)
        return save_set(self, obj);
    if (type == &PyFrozenSet_Type)
        return save_frozenset(self, obj);
    if (type == &PyByteArray_Type)
        return save_bytearray(self, obj);
    if (type == &PyPickleBuffer_Type)
        return save_picklebuffer(self, obj);
    return save_other(self, obj);
}

int save(Pickler *self, PyObject *obj, int with_persistent_id)
{
    if (pickler_boundary(self))
        return -1;
    if (with_persistent_id && self->persistent_id.function) {
        int done = save_persistent(self, obj);
        if (done)
            return done < 0 ? -1 : 0;
    }
    PyTypeObject *type = Py_TYPE(obj);
    if (type == &PyLong_Type)
        return save_int(self, obj);
    if (obj == Py_None)
        return write_op(self, NONE);
    if (type == &PyBool_Type)
        return save_bool(self, obj);
    if (type == &PyFloat_Type)
        return save_float(self, obj);
    Py_ssize_t index = objmemo_get(&self->memo, obj);
    if (index >= 0)
        return save_get(self, obj, index);
    if (type == &PyUnicode_Type)
        return save_str(self, obj);
    if (type == &PyBytes_Type)
        return save_bytes(self, obj);
    if (Py_EnterRecursiveCall(" while pickling an object"))
        return -1;
    int bad = save_compound(self, obj);
    Py_LeaveRecursiveCall();
    return bad;
}
