/* The pickle machine: runs the instructions of a pickle over a stack of objects.
 *
 * LOAD-1  stack[fence..size) is what instructions may take; the fence is the last mark, or 0. */
#include "modules/pickle/pickle.h"
#include "objects/instance.h"
#include "objects/list/list.h"

#define FAIL(...) return PyErr_Format(pickle_state.unpickling_error, __VA_ARGS__), -1
#define NEED(in, p, n)                                                                                                 \
    const char *p = input_read(in, n);                                                                                 \
    if (!p)                                                                                                            \
    return -1

/* ---- the stack ------------------------------------------------------------------------------------------------------
 */

static int grow_stack(Unpickler *u)
{
    Py_ssize_t room = u->room ? u->room * 2 : 64;
    PyObject **stack = room < (Py_ssize_t)(PY_SSIZE_T_MAX / sizeof *stack)
                           ? PyMem_Realloc(u->stack, (size_t)room * sizeof *stack)
                           : NULL;
    if (!stack) {
        PyErr_NoMemory();
        return -1;
    }
    u->stack = stack;
    u->room = room;
    return 0;
}

/* Steals obj, which may be NULL with an exception set. */
static int push(Unpickler *u, PyObject *obj)
{
    if (!obj)
        return -1;
    if (u->size == u->room && grow_stack(u)) {
        Py_DECREF(obj);
        return -1;
    }
    u->stack[u->size++] = obj;
    return 0;
}

static int underflow(Unpickler *u)
{
    PyErr_SetString(pickle_state.unpickling_error, u->nmarks ? "unexpected MARK found" : "unpickling stack underflow");
    return -1;
}

#define HAVE(u, n)                                                                                                     \
    do {                                                                                                               \
        if ((u)->size - (u)->fence < (n))                                                                              \
            return underflow(u);                                                                                       \
    } while (0)
#define TOP(u) ((u)->stack[(u)->size - 1])
static inline PyObject *take(Unpickler *u) { return u->stack[--u->size]; }

static void cut(Unpickler *u, Py_ssize_t size)
{
    while (u->size > size)
        Py_DECREF(take(u));
}

static int load_mark(Unpickler *u)
{
    if (u->nmarks == u->marks_room) {
        Py_ssize_t room = u->marks_room * 2 + 20;
        Py_ssize_t *marks = PyMem_Realloc(u->marks, (size_t)room * sizeof *marks);
        if (!marks) {
            PyErr_NoMemory();
            return -1;
        }
        u->marks = marks;
        u->marks_room = room;
    }
    u->fence = u->marks[u->nmarks++] = u->size;
    return 0;
}

/* Takes the last mark off: where it stood, or -1. */
static Py_ssize_t take_mark(Unpickler *u)
{
    if (!u->nmarks)
        FAIL("could not find MARK");
    Py_ssize_t mark = u->marks[--u->nmarks];
    u->fence = u->nmarks ? u->marks[u->nmarks - 1] : 0;
    return mark;
}

/* What stands from `start` up, as a new tuple or list, off the stack. */
static PyObject *take_tuple(Unpickler *u, Py_ssize_t start)
{
    Py_ssize_t n = u->size - start;
    PyObject *tuple = PyTuple_New(n);
    if (!tuple)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++)
        PyTuple_SET_ITEM(tuple, i, u->stack[start + i]);
    u->size = start;
    return tuple;
}
static PyObject *take_list(Unpickler *u, Py_ssize_t start)
{
    Py_ssize_t n = u->size - start;
    PyObject *list = PyList_New(n);
    if (!list)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++)
        PyList_SET_ITEM(list, i, u->stack[start + i]);
    u->size = start;
    return list;
}

/* ---- operands
 * --------------------------------------------------------------------------------------------------------- */

static inline uint64_t unsigned_at(const char *p, int n)
{
    uint64_t v = 0;
    for (int i = 0; i < n; i++)
        v |= (uint64_t)(unsigned char)p[i] << 8 * i;
    return v;
}

/* A length of n bytes. */
static int read_size(Unpickler *u, int n, const char *what, Py_ssize_t *size)
{
    NEED(&u->in, p, n);
    uint64_t v = unsigned_at(p, n);
    if (v > PY_SSIZE_T_MAX) {
        PyErr_Format(PyExc_OverflowError, "%s exceeds system's maximum size of %zd bytes", what, PY_SSIZE_T_MAX);
        return -1;
    }
    *size = (Py_ssize_t)v;
    return 0;
}

/* A line as a string of its own, with its newline: free with PyMem_Free. */
static char *read_line(Unpickler *u, Py_ssize_t *n)
{
    const char *line = input_line(&u->in, n);
    if (!line)
        return NULL;
    char *copy = PyMem_Malloc((size_t)*n + 1);
    if (!copy)
        return (char *)PyErr_NoMemory();
    memcpy(copy, line, (size_t)*n);
    copy[*n] = 0;
    return copy;
}

/* ---- numbers
 * ------------------------------------------------------------------------------------------------------------ */

static int load_int(Unpickler *u)
{
    Py_ssize_t n;
    char *line = read_line(u, &n), *end;
    if (!line)
        return -1;
    errno = 0;
    long v = strtol(line, &end, 0);
    PyObject *r;
    if (n == 3 && (v == 0 || v == 1) && line[0] == '0') /* I00, I01 */
        r = PyBool_FromLong(v);
    else if (!errno && end != line && (*end == '\n' || *end == 0))
        r = PyLong_FromLong(v);
    else if (!(r = PyLong_FromString(line, NULL, 0)))
        PyErr_SetString(PyExc_ValueError, "could not convert string to int");
    PyMem_Free(line);
    return push(u, r);
}

static int load_long(Unpickler *u)
{
    Py_ssize_t n;
    char *line = read_line(u, &n);
    if (!line)
        return -1;
    if (n >= 2 && line[n - 2] == 'L')
        line[n - 2] = 0;
    PyObject *r = PyLong_FromString(line, NULL, 0);
    PyMem_Free(line);
    return push(u, r);
}

static int load_binint(Unpickler *u, int n)
{
    NEED(&u->in, p, n);
    uint32_t v = (uint32_t)unsigned_at(p, n);
    return push(u, PyLong_FromLong(n == 4 ? (int32_t)v : (long)v));
}

static int load_counted_long(Unpickler *u, int width)
{
    NEED(&u->in, p, width);
    int32_t n = (int32_t)(uint32_t)unsigned_at(p, width);
    if (n < 0)
        FAIL("LONG pickle has negative byte count");
    const char *digits = input_read(&u->in, n);
    return digits ? push(u, _PyLong_FromByteArray((const unsigned char *)digits, (size_t)n, 1, 1)) : -1;
}

static int load_float(Unpickler *u)
{
    Py_ssize_t n;
    char *line = read_line(u, &n), *end;
    if (!line)
        return -1;
    errno = 0;
    double v = PyOS_string_to_double(line, &end, PyExc_OverflowError);
    int bad = v == -1.0 && PyErr_Occurred();
    if (!bad && *end != '\n' && *end != 0) {
        PyErr_SetString(PyExc_ValueError, "could not convert string to float");
        bad = 1;
    }
    PyMem_Free(line);
    return bad ? -1 : push(u, PyFloat_FromDouble(v));
}

static int load_binfloat(Unpickler *u)
{
    NEED(&u->in, p, 8);
    double v = PyFloat_Unpack8(p, 0);
    return v == -1.0 && PyErr_Occurred() ? -1 : push(u, PyFloat_FromDouble(v));
}

/* ---- text and bytes
 * --------------------------------------------------------------------------------------------------------- */

/* A string of Python 2, decoded unless the encoding is "bytes". */
static int push_string(Unpickler *u, const char *p, Py_ssize_t n)
{
    if (strcmp(u->encoding, "bytes") == 0)
        return push(u, PyBytes_FromStringAndSize(p, n));
    if (strcmp(u->encoding, "ASCII") == 0)
        return push(u, PyUnicode_DecodeASCII(p, n, u->errors));
    return push(u, PyUnicode_Decode(p, n, u->encoding, u->errors));
}

static int load_string(Unpickler *u)
{
    Py_ssize_t n;
    char *line = read_line(u, &n);
    if (!line)
        return -1;
    n--; /* the newline */
    if (n < 2 || line[0] != line[n - 1] || (line[0] != '\'' && line[0] != '"')) {
        PyMem_Free(line);
        FAIL("the STRING opcode argument must be quoted");
    }
    PyObject *bytes = PyBytes_DecodeEscape(line + 1, n - 2, NULL, 0, NULL);
    PyMem_Free(line);
    int bad = bytes ? push_string(u, PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes)) : -1;
    Py_XDECREF(bytes);
    return bad;
}

static int load_binstring(Unpickler *u, int width)
{
    Py_ssize_t n;
    if (read_size(u, width, "BINSTRING", &n))
        return -1;
    NEED(&u->in, p, n);
    return push_string(u, p, n);
}

static int load_unicode(Unpickler *u)
{
    Py_ssize_t n;
    const char *line = input_line(&u->in, &n);
    return line ? push(u, PyUnicode_DecodeRawUnicodeEscape(line, n - 1, NULL)) : -1;
}

static int load_binunicode(Unpickler *u, int width)
{
    Py_ssize_t n;
    if (read_size(u, width, "BINUNICODE", &n))
        return -1;
    NEED(&u->in, p, n);
    return push(u, PyUnicode_DecodeUTF8(p, n, "surrogatepass"));
}

static int load_binbytes(Unpickler *u, int width)
{
    Py_ssize_t n;
    if (read_size(u, width, "BINBYTES", &n))
        return -1;
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, n);
    if (bytes && input_into(&u->in, PyBytes_AS_STRING(bytes), n))
        Py_CLEAR(bytes);
    return push(u, bytes);
}

static int load_bytearray(Unpickler *u)
{
    Py_ssize_t n;
    if (read_size(u, 8, "BYTEARRAY8", &n))
        return -1;
    PyObject *array = PyByteArray_FromStringAndSize(NULL, n);
    if (array && input_into(&u->in, PyByteArray_AS_STRING(array), n))
        Py_CLEAR(array);
    return push(u, array);
}

static int load_next_buffer(Unpickler *u)
{
    if (!u->buffers)
        FAIL("pickle stream refers to out-of-band data but no *buffers* argument was given");
    PyObject *buffer = PyIter_Next(u->buffers);
    if (!buffer && !PyErr_Occurred())
        PyErr_SetString(pickle_state.unpickling_error, "not enough out-of-band buffers");
    return push(u, buffer);
}

static int load_readonly_buffer(Unpickler *u)
{
    HAVE(u, 1);
    PyObject *view = PyMemoryView_FromObject(TOP(u));
    if (!view)
        return -1;
    if (PyMemoryView_GET_BUFFER(view)->readonly) {
        Py_DECREF(view);
        return 0;
    }
    PyMemoryView_GET_BUFFER(view)->readonly = 1; /* a view of our own */
    Py_SETREF(TOP(u), view);
    return 0;
}

/* ---- containers
 * ---------------------------------------------------------------------------------------------------------------- */

static int load_marked(Unpickler *u, PyObject *(*take_all)(Unpickler *, Py_ssize_t))
{
    Py_ssize_t start = take_mark(u);
    return start < 0 ? -1 : push(u, take_all(u, start));
}

static int load_small_tuple(Unpickler *u, int n)
{
    HAVE(u, n);
    return push(u, take_tuple(u, u->size - n));
}

static int load_dict(Unpickler *u)
{
    Py_ssize_t start = take_mark(u), n;
    if (start < 0)
        return -1;
    n = u->size - start;
    if (n % 2)
        FAIL("odd number of items for DICT");
    PyObject *dict = PyDict_New();
    for (Py_ssize_t i = start; dict && i < start + n; i += 2)
        if (PyDict_SetItem(dict, u->stack[i], u->stack[i + 1]))
            Py_CLEAR(dict);
    cut(u, start);
    return push(u, dict);
}

static int load_frozenset(Unpickler *u)
{
    Py_ssize_t start = take_mark(u);
    PyObject *items = start < 0 ? NULL : take_tuple(u, start);
    PyObject *set = items ? PyFrozenSet_New(items) : NULL;
    Py_XDECREF(items);
    return push(u, set);
}

/* Calls target.method with each item from `start` up. */
static int call_with_each(Unpickler *u, PyObject *method, Py_ssize_t start)
{
    for (Py_ssize_t i = start; i < u->size; i++) {
        PyObject *r = PyObject_CallOneArg(method, u->stack[i]);
        Py_XDECREF(r);
        if (!r)
            return -1;
    }
    return 0;
}

static int append_to_other(Unpickler *u, PyObject *target, Py_ssize_t start)
{
    PyObject *method;
    int bad;
    if (_PyObject_LookupAttr(target, N(extend), &method) < 0)
        return -1;
    if (method) {
        PyObject *items = take_list(u, start), *r = items ? PyObject_CallOneArg(method, items) : NULL;
        bad = r ? 0 : -1;
        Py_XDECREF(items);
        Py_XDECREF(r);
    } else {
        method = PyObject_GetAttr(target, N(append));
        bad = method ? call_with_each(u, method, start) : -1;
    }
    Py_XDECREF(method);
    return bad;
}

/* The items from `start` up go to the list below them. */
static int append_items(Unpickler *u, Py_ssize_t start)
{
    if (start > u->size || start <= u->fence)
        return underflow(u);
    if (start == u->size)
        return 0;
    PyObject *target = u->stack[start - 1];
    int bad = 0;
    if (PyList_CheckExact(target)) {
        Py_ssize_t n = PyList_GET_SIZE(target), more = u->size - start;
        if (list_resize((PyListObject *)target, n + more) < 0)
            return -1;
        memcpy(((PyListObject *)target)->ob_item + n, u->stack + start, (size_t)more * sizeof *u->stack);
        u->size = start;
    } else
        bad = append_to_other(u, target, start);
    cut(u, start);
    return bad;
}

static int load_appends(Unpickler *u)
{
    Py_ssize_t start = take_mark(u);
    return start < 0 ? -1 : append_items(u, start);
}

static int set_items(Unpickler *u, Py_ssize_t start)
{
    if (start > u->size || start <= u->fence)
        return underflow(u);
    if (start == u->size)
        return 0;
    if ((u->size - start) % 2)
        FAIL("odd number of items for SETITEMS");
    PyObject *target = u->stack[start - 1];
    int bad = 0, exact = PyDict_CheckExact(target);
    for (Py_ssize_t i = start; !bad && i + 1 < u->size; i += 2)
        bad = exact ? PyDict_SetItem(target, u->stack[i], u->stack[i + 1])
                    : PyObject_SetItem(target, u->stack[i], u->stack[i + 1]);
    cut(u, start);
    return bad;
}

static int load_setitems(Unpickler *u)
{
    Py_ssize_t start = take_mark(u);
    return start < 0 ? -1 : set_items(u, start);
}

static int load_additems(Unpickler *u)
{
    Py_ssize_t start = take_mark(u);
    if (start < 0)
        return -1;
    if (start > u->size || start <= u->fence)
        return underflow(u);
    if (start == u->size)
        return 0;
    PyObject *target = u->stack[start - 1];
    int bad = 0;
    if (PySet_Check(target))
        for (Py_ssize_t i = start; !bad && i < u->size; i++)
            bad = PySet_Add(target, u->stack[i]);
    else {
        PyObject *add = PyObject_GetAttr(target, N(add));
        bad = add ? call_with_each(u, add, start) : -1;
        Py_XDECREF(add);
    }
    cut(u, start);
    return bad;
}

/* ---- globals
 * --------------------------------------------------------------------------------------------------------------------------
 */

static PyObject *find_class(Unpickler *u, PyObject *module, PyObject *name)
{
    if (Py_IS_TYPE(u, &Unpickler_Type))
        return unpickler_find_class(u, module, name);
    PyObject *args[] = {(PyObject *)u, module, name};
    return PyObject_VectorcallMethod(N(find_class), args, 3 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
}

/* A line as text, without the newline; `complain`: it must not be empty. */
static PyObject *line_text(Unpickler *u, PyObject *(*decode)(const char *, Py_ssize_t, const char *))
{
    Py_ssize_t n;
    const char *line = input_line(&u->in, &n);
    if (line && n < 2) {
        PyErr_SetString(pickle_state.unpickling_error, "pickle data was truncated");
        return NULL;
    }
    return line ? decode(line, n - 1, "strict") : NULL;
}

static PyObject *read_global(Unpickler *u, PyObject *(*decode)(const char *, Py_ssize_t, const char *))
{
    PyObject *module = line_text(u, decode), *name = module ? line_text(u, decode) : NULL;
    PyObject *r = name ? find_class(u, module, name) : NULL;
    Py_XDECREF(module);
    Py_XDECREF(name);
    return r;
}

static int load_stack_global(Unpickler *u)
{
    HAVE(u, 2);
    PyObject *name = take(u), *module = take(u), *r = NULL;
    if (PyUnicode_CheckExact(name) && PyUnicode_CheckExact(module))
        r = find_class(u, module, name);
    else
        PyErr_SetString(pickle_state.unpickling_error, "STACK_GLOBAL requires str");
    Py_DECREF(name);
    Py_DECREF(module);
    return push(u, r);
}

/* A global by its code in copyreg's registry. */
static int load_extension(Unpickler *u, int width)
{
    NEED(&u->in, p, width);
    int32_t code = (int32_t)(uint32_t)unsigned_at(p, width);
    if (code <= 0)
        FAIL("EXT specifies code <= 0");
    PyObject *key = PyLong_FromLong(code);
    if (!key)
        return -1;
    PyObject *pair = NULL, *obj = Py_XNewRef(pickle_find(pickle_state.extension_cache, key));
    if (!obj && !PyErr_Occurred()) {
        pair = pickle_find(pickle_state.inverted_registry, key);
        if (!pair && !PyErr_Occurred())
            PyErr_Format(PyExc_ValueError, "unregistered extension code %ld", (long)code);
        else if (pair && !(PyTuple_Check(pair) && PyTuple_GET_SIZE(pair) == 2 &&
                           PyUnicode_Check(PyTuple_GET_ITEM(pair, 0)) && PyUnicode_Check(PyTuple_GET_ITEM(pair, 1))))
            PyErr_Format(PyExc_ValueError, "_inverted_registry[%ld] isn't a 2-tuple of strings", (long)code);
        else if (pair && (obj = find_class(u, PyTuple_GET_ITEM(pair, 0), PyTuple_GET_ITEM(pair, 1))) &&
                 PyDict_SetItem(pickle_state.extension_cache, key, obj))
            Py_CLEAR(obj);
    }
    Py_DECREF(key);
    return push(u, obj);
}

/* ---- making objects
 * ----------------------------------------------------------------------------------------------------------------------
 */

/* As Python 2's old classes were made; steals both. */
static PyObject *instantiate(PyObject *cls, PyObject *args)
{
    PyObject *r = NULL, *getinitargs = NULL;
    if (cls && args) {
        if (PyTuple_GET_SIZE(args) || !PyType_Check(cls) ||
            _PyObject_LookupAttr(cls, N(__getinitargs__), &getinitargs) || getinitargs)
            r = PyErr_Occurred() ? NULL : PyObject_CallObject(cls, args);
        else {
            PyObject *v[] = {cls, cls};
            r = PyObject_VectorcallMethod(N(__new__), v, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
        }
        Py_XDECREF(getinitargs);
    }
    Py_XDECREF(cls);
    Py_XDECREF(args);
    return r;
}

static int load_obj(Unpickler *u)
{
    Py_ssize_t start = take_mark(u);
    if (start < 0)
        return -1;
    if (u->size - start < 1)
        return underflow(u);
    PyObject *args = take_tuple(u, start + 1);
    return args ? push(u, instantiate(take(u), args)) : -1;
}

static int load_inst(Unpickler *u)
{
    Py_ssize_t start = take_mark(u);
    if (start < 0)
        return -1;
    PyObject *cls = read_global(u, PyUnicode_DecodeASCII);
    return cls ? push(u, instantiate(cls, take_tuple(u, start))) : -1;
}

static PyObject *new_object(const char *op, PyObject *cls, PyObject *args, PyObject *kwargs)
{
    if (!PyType_Check(cls))
        PyErr_Format(pickle_state.unpickling_error, "%s class argument must be a type, not %.200s", op,
                     Py_TYPE(cls)->tp_name);
    else if (!((PyTypeObject *)cls)->tp_new)
        PyErr_Format(pickle_state.unpickling_error, "%s class argument '%.200s' doesn't have __new__", op,
                     ((PyTypeObject *)cls)->tp_name);
    else if (!PyTuple_Check(args))
        PyErr_Format(pickle_state.unpickling_error, "%s args argument must be a tuple, not %.200s", op,
                     Py_TYPE(args)->tp_name);
    else if (kwargs && !PyDict_Check(kwargs))
        PyErr_Format(pickle_state.unpickling_error, "%s kwargs argument must be a dict, not %.200s", op,
                     Py_TYPE(kwargs)->tp_name);
    else
        return ((PyTypeObject *)cls)->tp_new((PyTypeObject *)cls, args, kwargs);
    return NULL;
}

static int load_newobj(Unpickler *u, int with_kwargs)
{
    HAVE(u, 2 + with_kwargs);
    PyObject *kwargs = with_kwargs ? take(u) : NULL, *args = take(u), *cls = take(u);
    PyObject *r = new_object(with_kwargs ? "NEWOBJ_EX" : "NEWOBJ", cls, args, kwargs);
    Py_XDECREF(kwargs);
    Py_DECREF(args);
    Py_DECREF(cls);
    return push(u, r);
}

static int load_reduce(Unpickler *u)
{
    HAVE(u, 2);
    PyObject *args = take(u), *function = take(u), *r = NULL;
    if (PyTuple_Check(args))
        r = PyObject_Call(function, args, NULL);
    else
        PyErr_SetString(PyExc_TypeError, "argument list must be a tuple");
    Py_DECREF(args);
    Py_DECREF(function);
    return push(u, r);
}

/* ---- BUILD
 * -----------------------------------------------------------------------------------------------------------------------------------
 */

/* Does instance.__dict__ mean what it says, so that names can be put into the instance without asking for the dict? */
static int has_plain_attributes(PyObject *instance)
{
    PyTypeObject *type = Py_TYPE(instance);
    if (!instance_is_managed(type) || type->tp_getattro != PyObject_GenericGetAttr)
        return 0;
    PyObject *descr = _PyType_Lookup(type, N(__dict__));
    return descr && Py_IS_TYPE(descr, &PyGetSetDescr_Type);
}

/* instance.__dict__.update(state), with interned names. */
static int set_state(PyObject *instance, PyObject *state)
{
    PyObject *key, *value, *dict = NULL;
    Py_ssize_t at = 0;
    int bad = 0, plain = has_plain_attributes(instance);
    if (!PyDict_Check(state))
        FAIL("state is not a dictionary");
    if (!plain && !(dict = PyObject_GetAttr(instance, N(__dict__))))
        return -1;
    while (!bad && PyDict_Next(state, &at, &key, &value)) {
        Py_INCREF(key);
        Py_INCREF(value);
        if (PyUnicode_CheckExact(key))
            PyUnicode_InternInPlace(&key);
        if (plain && PyUnicode_CheckExact(key))
            bad = instance_store(instance, key, value) ? -1 : 0;
        else if (!dict && !(dict = PyObject_GetAttr(instance, N(__dict__))))
            bad = -1;
        else
            bad = PyObject_SetItem(dict, key, value);
        Py_DECREF(key);
        Py_DECREF(value);
    }
    Py_XDECREF(dict);
    return bad;
}

static int set_slots(PyObject *instance, PyObject *state)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    int bad = 0;
    if (!PyDict_Check(state))
        FAIL("slot state is not a dictionary");
    while (!bad && PyDict_Next(state, &at, &key, &value)) {
        Py_INCREF(key);
        Py_INCREF(value);
        bad = PyObject_SetAttr(instance, key, value);
        Py_DECREF(key);
        Py_DECREF(value);
    }
    return bad;
}

static int build(PyObject *instance, PyObject *state)
{
    PyObject *setstate;
    if (_PyObject_LookupAttr(instance, N(__setstate__), &setstate) < 0)
        return -1;
    if (setstate) {
        PyObject *r = PyObject_CallOneArg(setstate, state);
        Py_DECREF(setstate);
        Py_XDECREF(r);
        return r ? 0 : -1;
    }
    PyObject *slots = NULL;
    if (PyTuple_Check(state) && PyTuple_GET_SIZE(state) == 2) {
        slots = PyTuple_GET_ITEM(state, 1);
        state = PyTuple_GET_ITEM(state, 0);
    }
    if (state != Py_None && set_state(instance, state))
        return -1;
    return slots && slots != Py_None ? set_slots(instance, slots) : 0;
}

static int load_build(Unpickler *u)
{
    HAVE(u, 2);
    PyObject *state = take(u), *instance = Py_NewRef(TOP(u));
    int bad = build(instance, state);
    Py_DECREF(state);
    Py_DECREF(instance);
    return bad;
}

/* ---- persistent ids, the memo, the rest
 * --------------------------------------------------------------------------------------------------------- */

/* Steals id. */
static int push_persistent(Unpickler *u, PyObject *id)
{
    PyObject *r = id ? pickle_hook_call(&u->persistent_load, (PyObject *)u, id) : NULL;
    Py_XDECREF(id);
    return push(u, r);
}

static int check_persistent(Unpickler *u)
{
    if (!u->persistent_load.function)
        FAIL("A load persistent id instruction was encountered,\nbut no persistent_load function was specified.");
    return 0;
}

static int load_persid(Unpickler *u)
{
    Py_ssize_t n;
    const char *line = check_persistent(u) ? NULL : input_line(&u->in, &n);
    if (!line)
        return -1;
    PyObject *id = PyUnicode_DecodeASCII(line, n - 1, "strict");
    if (!id && PyErr_ExceptionMatches(PyExc_UnicodeDecodeError))
        FAIL("persistent IDs in protocol 0 must be ASCII strings");
    return push_persistent(u, id);
}

static int load_binpersid(Unpickler *u)
{
    if (check_persistent(u))
        return -1;
    HAVE(u, 1);
    return push_persistent(u, take(u));
}

/* The decimal number of a line. */
static int read_index(Unpickler *u, Py_ssize_t *index)
{
    Py_ssize_t n;
    char *line = read_line(u, &n);
    PyObject *number = line ? PyLong_FromString(line, NULL, 10) : NULL;
    PyMem_Free(line);
    *index = number ? PyLong_AsSsize_t(number) : -1;
    Py_XDECREF(number);
    return *index == -1 && PyErr_Occurred() ? -1 : 0;
}

static int get(Unpickler *u, Py_ssize_t index)
{
    if (index < 0 || index >= u->memo_room || !u->memo[index])
        FAIL("Memo value not found at index %ld", (long)index);
    return push(u, Py_NewRef(u->memo[index]));
}
static int load_get(Unpickler *u)
{
    Py_ssize_t index;
    return read_index(u, &index) ? -1 : get(u, index);
}
static int load_binget(Unpickler *u, int width)
{
    NEED(&u->in, p, width);
    return get(u, (Py_ssize_t)unsigned_at(p, width));
}

static int load_put(Unpickler *u)
{
    Py_ssize_t index;
    if (read_index(u, &index))
        return -1;
    HAVE(u, 1);
    if (index < 0) {
        PyErr_SetString(PyExc_ValueError, "negative PUT argument");
        return -1;
    }
    return unpickler_memo_put(u, (size_t)index, TOP(u));
}
static int load_binput(Unpickler *u, int width)
{
    NEED(&u->in, p, width);
    HAVE(u, 1);
    return unpickler_memo_put(u, unsigned_at(p, width), TOP(u));
}
static int load_memoize(Unpickler *u)
{
    HAVE(u, 1);
    return unpickler_memo_put(u, (size_t)u->memo_used, TOP(u));
}

static int load_pop(Unpickler *u)
{
    if (u->nmarks && u->marks[u->nmarks - 1] == u->size)
        return take_mark(u) < 0 ? -1 : 0;
    HAVE(u, 1);
    Py_DECREF(take(u));
    return 0;
}
static int load_pop_mark(Unpickler *u)
{
    Py_ssize_t start = take_mark(u);
    if (start >= 0)
        cut(u, start);
    return start < 0 ? -1 : 0;
}
static int load_dup(Unpickler *u)
{
    HAVE(u, 1);
    return push(u, Py_NewRef(TOP(u)));
}

static int load_proto(Unpickler *u)
{
    NEED(&u->in, p, 1);
    int proto = (unsigned char)*p;
    if (proto > HIGHEST_PROTOCOL) {
        PyErr_Format(PyExc_ValueError, "unsupported pickle protocol: %d", proto);
        return -1;
    }
    u->proto = proto;
    return 0;
}

/* Has the whole frame read, without taking it. */
static int load_frame(Unpickler *u)
{
    NEED(&u->in, p, 8);
    uint64_t n = unsigned_at(p, 8);
    if (n > PY_SSIZE_T_MAX) {
        PyErr_Format(PyExc_OverflowError, "FRAME length exceeds system's maximum of %zu bytes", (size_t)PY_SSIZE_T_MAX);
        return -1;
    }
    if (!input_read(&u->in, (Py_ssize_t)n))
        return -1;
    u->in.at -= n;
    return 0;
}

static int invalid(unsigned char op)
{
    if (op >= 0x20 && op <= 0x7e && op != '\'' && op != '\\')
        FAIL("invalid load key, '%c'.", op);
    FAIL("invalid load key, '\\x%02x'.", op);
}

/* ---- the loop
 * ----------------------------------------------------------------------------------------------------------------------------------------
 */

static int run_one(Unpickler *u, unsigned char op)
{
    switch ((int)op) {
    case MARK:
        return load_mark(u);
    case POP:
        return load_pop(u);
    case POP_MARK:
        return load_pop_mark(u);
    case DUP:
        return load_dup(u);
    case NONE:
        return push(u, Py_NewRef(Py_None));
    case NEWTRUE:
        return push(u, Py_NewRef(Py_True));
    case NEWFALSE:
        return push(u, Py_NewRef(Py_False));
    case INT:
        return load_int(u);
    case BININT:
        return load_binint(u, 4);
    case BININT1:
        return load_binint(u, 1);
    case BININT2:
        return load_binint(u, 2);
    case LONG:
        return load_long(u);
    case LONG1:
        return load_counted_long(u, 1);
    case LONG4:
        return load_counted_long(u, 4);
    case FLOAT:
        return load_float(u);
    case BINFLOAT:
        return load_binfloat(u);
    case STRING:
        return load_string(u);
    case BINSTRING:
        return load_binstring(u, 4);
    case SHORT_BINSTRING:
        return load_binstring(u, 1);
    case UNICODE:
        return load_unicode(u);
    case SHORT_BINUNICODE:
        return load_binunicode(u, 1);
    case BINUNICODE:
        return load_binunicode(u, 4);
    case BINUNICODE8:
        return load_binunicode(u, 8);
    case SHORT_BINBYTES:
        return load_binbytes(u, 1);
    case BINBYTES:
        return load_binbytes(u, 4);
    case BINBYTES8:
        return load_binbytes(u, 8);
    case BYTEARRAY8:
        return load_bytearray(u);
    case NEXT_BUFFER:
        return load_next_buffer(u);
    case READONLY_BUFFER:
        return load_readonly_buffer(u);
    case EMPTY_TUPLE:
        return push(u, PyTuple_New(0));
    case TUPLE1:
        return load_small_tuple(u, 1);
    case TUPLE2:
        return load_small_tuple(u, 2);
    case TUPLE3:
        return load_small_tuple(u, 3);
    case TUPLE:
        return load_marked(u, take_tuple);
    case EMPTY_LIST:
        return push(u, PyList_New(0));
    case LIST:
        return load_marked(u, take_list);
    case EMPTY_DICT:
        return push(u, PyDict_New());
    case DICT:
        return load_dict(u);
    case EMPTY_SET:
        return push(u, PySet_New(NULL));
    case FROZENSET:
        return load_frozenset(u);
    case APPEND:
        return append_items(u, u->size - 1);
    case APPENDS:
        return load_appends(u);
    case SETITEM:
        return set_items(u, u->size - 2);
    case SETITEMS:
        return load_setitems(u);
    case ADDITEMS:
        return load_additems(u);
    case GLOBAL:
        return push(u, read_global(u, PyUnicode_DecodeUTF8));
    case STACK_GLOBAL:
        return load_stack_global(u);
    case EXT1:
        return load_extension(u, 1);
    case EXT2:
        return load_extension(u, 2);
    case EXT4:
        return load_extension(u, 4);
    case INST:
        return load_inst(u);
    case OBJ:
        return load_obj(u);
    case NEWOBJ:
        return load_newobj(u, 0);
    case NEWOBJ_EX:
        return load_newobj(u, 1);
    case REDUCE:
        return load_reduce(u);
    case BUILD:
        return load_build(u);
    case PERSID:
        return load_persid(u);
    case BINPERSID:
        return load_binpersid(u);
    case GET:
        return load_get(u);
    case BINGET:
        return load_binget(u, 1);
    case LONG_BINGET:
        return load_binget(u, 4);
    case PUT:
        return load_put(u);
    case BINPUT:
        return load_binput(u, 1);
    case LONG_BINPUT:
        return load_binput(u, 4);
    case MEMOIZE:
        return load_memoize(u);
    case PROTO:
        return load_proto(u);
    case FRAME:
        return load_frame(u);
    default:
        return invalid(op);
    }
}

static int run(Unpickler *u)
{
    for (;;) {
        const char *op = input_read(&u->in, 1);
        if (!op) {
            if (PyErr_ExceptionMatches(pickle_state.unpickling_error))
                PyErr_SetString(PyExc_EOFError, "Ran out of input");
            return -1;
        }
        if (*op == STOP)
            return 0;
        if (run_one(u, (unsigned char)*op))
            return -1;
    }
}

PyObject *unpickler_load(Unpickler *u)
{
    cut(u, 0);
    u->nmarks = u->fence = 0;
    u->proto = 0;
    if (run(u) || input_skip(&u->in))
        return NULL;
    if (u->size > u->fence)
        return take(u);
    underflow(u);
    return NULL;
}
