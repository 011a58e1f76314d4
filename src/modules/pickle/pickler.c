/* _pickle.Pickler: the object, its attributes and its file.  save.c and save_reduce.c write. */
#include "modules/pickle/pickle.h"
#include "structmember.h"

#define P(o) ((Pickler *)(o))

/* ---- hooks ------------------------------------------------------------------------------------------------------- */

int pickle_hook_init(Hook *hook, PyObject *self, PyObject *name)
{
    PyObject *method;
    Py_CLEAR(hook->function);
    hook->bound = 0;
    if (_PyObject_LookupAttr(self, name, &method) < 0)
        return -1;
    if (method && PyMethod_Check(method) && PyMethod_GET_SELF(method) == self) {
        hook->function = Py_NewRef(PyMethod_GET_FUNCTION(method)); /* no cycle through self */
        hook->bound = 1;
        Py_DECREF(method);
    } else
        hook->function = method;
    return 0;
}

PyObject *pickle_hook_get(Hook *hook, PyObject *self, const char *name)
{
    if (!hook->function) {
        PyErr_SetString(PyExc_AttributeError, name);
        return NULL;
    }
    return hook->bound ? PyMethod_New(hook->function, self) : Py_NewRef(hook->function);
}

int pickle_hook_set(Hook *hook, PyObject *value, const char *complaint)
{
    if (!value)
        PyErr_SetString(PyExc_TypeError, "attribute deletion is not supported");
    else if (!PyCallable_Check(value))
        PyErr_SetString(PyExc_TypeError, complaint);
    else {
        Py_XSETREF(hook->function, Py_NewRef(value));
        hook->bound = 0;
        return 0;
    }
    return -1;
}

PyObject *pickle_hook_call(Hook *hook, PyObject *self, PyObject *arg)
{
    PyObject *function = Py_NewRef(hook->function), *args[] = {self, arg};
    PyObject *r = hook->bound ? PyObject_Vectorcall(function, args, 2, NULL) : PyObject_CallOneArg(function, arg);
    Py_DECREF(function);
    return r;
}

/* ---- the file ------------------------------------------------------------------------------------------------------
 */

int pickler_set_file(Pickler *self, PyObject *file)
{
    PyObject *write;
    if (_PyObject_LookupAttr(file, N(write), &write) < 0)
        return -1;
    if (!write) {
        PyErr_SetString(PyExc_TypeError, "file must have a 'write' attribute");
        return -1;
    }
    Py_XSETREF(self->write, write);
    return 0;
}

static int send(Pickler *self, PyObject *bytes)
{
    PyObject *r = bytes ? PyObject_CallOneArg(self->write, bytes) : NULL;
    Py_XDECREF(r);
    return r ? 0 : -1;
}

int pickler_flush(Pickler *self)
{
    output_end_frame(&self->out);
    PyObject *bytes = PyBytes_FromStringAndSize(self->out.data, self->out.size);
    self->out.size = 0;
    int bad = send(self, bytes);
    Py_XDECREF(bytes);
    return bad;
}

int pickler_end_frame(Pickler *self)
{
    output_end_frame(&self->out);
    return self->write ? pickler_flush(self) : 0;
}

int pickler_write_bytes(Pickler *self, const char *header, Py_ssize_t nheader, const char *data, Py_ssize_t n,
                        PyObject *payload)
{
    Output *out = &self->out;
    if (n < FRAME_TARGET)
        return output_write(out, header, nheader) || output_write(out, data, n) ? -1 : 0;
    int framing = out->framing, bad;
    output_end_frame(out);
    out->framing = 0;
    bad = output_write(out, header, nheader);
    if (!bad && self->write) {
        bad = pickler_flush(self);
        PyObject *bytes = bad ? NULL : payload ? Py_NewRef(payload) : PyBytes_FromStringAndSize(data, n);
        bad = bad || send(self, bytes);
        Py_XDECREF(bytes);
    } else if (!bad)
        bad = output_write(out, data, n);
    out->framing = framing;
    return bad ? -1 : 0;
}

/* ---- dump()
 * ---------------------------------------------------------------------------------------------------------- */

static int start(Pickler *self)
{
    char proto[2] = {(char)PROTO, (char)self->proto};
    self->out.size = 0;
    self->out.frame = -1;
    self->out.framing = 0;
    if (self->proto >= 2 && output_write(&self->out, proto, 2))
        return -1;
    self->out.framing = self->proto >= 4;
    return 0;
}

int pickler_dump(Pickler *self, PyObject *obj)
{
    int bad = start(self);
    PyObject *override = NULL;
    if (!bad && Py_TYPE(self) != &Pickler_Type)
        bad = _PyObject_LookupAttr((PyObject *)self, N(reducer_override), &override) < 0;
    if (!bad) {
        Py_XSETREF(self->reducer_override, override);
        bad = save(self, obj, 1) || write_op(self, STOP);
    }
    output_end_frame(&self->out);
    self->out.framing = 0;
    Py_CLEAR(self->reducer_override);
    return bad ? -1 : 0;
}

static PyObject *pickler_dump_method(PyObject *self, PyObject *obj)
{
    if (!P(self)->write) {
        PyErr_Format(pickle_state.pickling_error, "Pickler.__init__() was not called by %s.__init__()",
                     Py_TYPE(self)->tp_name);
        return NULL;
    }
    if (pickler_dump(P(self), obj) || pickler_flush(P(self)))
        return NULL;
    PyMem_Free(P(self)->out.data);
    P(self)->out = (Output){NULL, 0, 0, -1, 0};
    Py_RETURN_NONE;
}

static PyObject *pickler_clear_memo(PyObject *self, PyObject *unused)
{
    objmemo_clear(&P(self)->memo);
    Py_RETURN_NONE;
}

static PyObject *pickler_sizeof(PyObject *self, PyObject *unused)
{
    Py_ssize_t n = Py_TYPE(self)->tp_basicsize + P(self)->out.room;
    if (P(self)->memo.entries)
        n += (Py_ssize_t)((P(self)->memo.mask + 1) * sizeof(MemoEntry));
    return PyLong_FromSsize_t(n);
}

/* ---- making and destroying
 * ---------------------------------------------------------------------------------------------- */

int pickler_configure(Pickler *self, PyObject *protocol, int fix_imports, PyObject *buffer_callback)
{
    long proto = DEFAULT_PROTOCOL;
    if (protocol && protocol != Py_None) {
        proto = PyLong_AsLong(protocol);
        if (proto == -1 && PyErr_Occurred())
            return -1;
        if (proto < 0)
            proto = HIGHEST_PROTOCOL;
    }
    if (proto > HIGHEST_PROTOCOL) {
        PyErr_Format(PyExc_ValueError, "pickle protocol must be <= %d", HIGHEST_PROTOCOL);
        return -1;
    }
    if (buffer_callback == Py_None)
        buffer_callback = NULL;
    if (buffer_callback && proto < 5) {
        PyErr_SetString(PyExc_ValueError, "buffer_callback needs protocol >= 5");
        return -1;
    }
    self->proto = (int)proto;
    self->bin = proto > 0;
    self->fix_imports = fix_imports && proto < 3;
    Py_XSETREF(self->buffer_callback, Py_XNewRef(buffer_callback));
    return 0;
}

static int pickler_init(PyObject *self, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"file", "protocol", "fix_imports", "buffer_callback", NULL};
    PyObject *file, *protocol = NULL, *callback = NULL;
    int fix_imports = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "O|OpO:Pickler", names, &file, &protocol, &fix_imports, &callback))
        return -1;
    Pickler *p = P(self);
    Py_CLEAR(p->write);
    if (pickler_configure(p, protocol, fix_imports, callback) || pickler_set_file(p, file))
        return -1;
    objmemo_clear(&p->memo);
    p->fast = p->fast_nesting = 0;
    Py_CLEAR(p->fast_memo);
    PyObject *table; /* the class's or, when it is there already, the instance's own */
    if (pickle_hook_init(&p->persistent_id, self, N(persistent_id)) ||
        _PyObject_LookupAttr(self, N(dispatch_table), &table) < 0)
        return -1;
    Py_XSETREF(p->dispatch_table, table);
    return 0;
}

static PyObject *pickler_tp_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    PyObject *self = type->tp_alloc(type, 0);
    if (self)
        P(self)->out.frame = -1;
    return self;
}
PyObject *pickler_new(void) { return pickler_tp_new(&Pickler_Type, NULL, NULL); }

static int pickler_traverse(PyObject *self, visitproc visit, void *arg)
{
    Pickler *p = P(self);
    Py_VISIT(p->write);
    Py_VISIT(p->persistent_id.function);
    Py_VISIT(p->dispatch_table);
    Py_VISIT(p->buffer_callback);
    Py_VISIT(p->reducer_override);
    Py_VISIT(p->fast_memo);
    for (size_t i = 0; p->memo.entries && i <= p->memo.mask; i++)
        Py_VISIT(p->memo.entries[i].key);
    return 0;
}
static int pickler_clear(PyObject *self)
{
    Pickler *p = P(self);
    Py_CLEAR(p->write);
    Py_CLEAR(p->persistent_id.function);
    Py_CLEAR(p->dispatch_table);
    Py_CLEAR(p->buffer_callback);
    Py_CLEAR(p->reducer_override);
    Py_CLEAR(p->fast_memo);
    objmemo_clear(&p->memo);
    return 0;
}
static void pickler_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    pickler_clear(self);
    PyMem_Free(P(self)->out.data);
    Py_TYPE(self)->tp_free(self);
}

/* ---- the memo, seen from outside
 * ------------------------------------------------------------------------------------------ */

typedef struct {
    PyObject_HEAD PyObject *owner;
} MemoProxy;
#define OWNER(o) ((Pickler *)((MemoProxy *)(o))->owner)

static PyObject *proxy_clear(PyObject *self, PyObject *unused)
{
    return pickler_clear_memo((PyObject *)OWNER(self), NULL);
}

/* {id: (index, object)} */
static PyObject *proxy_copy(PyObject *self, PyObject *unused)
{
    PyObject *dict = PyDict_New();
    const Memo *memo = &OWNER(self)->memo;
    for (size_t i = 0; dict && memo->entries && i <= memo->mask; i++) {
        MemoEntry e = memo->entries[i];
        if (!e.key)
            continue;
        PyObject *id = PyLong_FromVoidPtr(e.key), *pair = id ? Py_BuildValue("nO", e.index, e.key) : NULL;
        if (!pair || PyDict_SetItem(dict, id, pair))
            Py_CLEAR(dict);
        Py_XDECREF(id);
        Py_XDECREF(pair);
    }
    return dict;
}
static PyObject *proxy_reduce(PyObject *self, PyObject *unused)
{
    PyObject *copy = proxy_copy(self, NULL);
    return copy ? Py_BuildValue("O(N)", &PyDict_Type, copy) : NULL;
}
static PyMethodDef proxy_methods[] = {
    {"clear", proxy_clear, METH_NOARGS, PyDoc_STR("clear($self, /)\n--\n\nRemove all items from memo.")},
    {"copy", proxy_copy, METH_NOARGS, PyDoc_STR("copy($self, /)\n--\n\nCopy the memo to a new object.")},
    {"__reduce__", proxy_reduce, METH_NOARGS, PyDoc_STR("__reduce__($self, /)\n--\n\nImplement pickle support.")},
    {NULL},
};
static int proxy_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((MemoProxy *)self)->owner);
    return 0;
}
static int proxy_tp_clear(PyObject *self)
{
    Py_CLEAR(((MemoProxy *)self)->owner);
    return 0;
}
static void proxy_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    proxy_tp_clear(self);
    PyObject_GC_Del(self);
}
PyTypeObject PicklerMemoProxy_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "_pickle.PicklerMemoProxy",
    .tp_basicsize = sizeof(MemoProxy),
    .tp_dealloc = proxy_dealloc,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = proxy_traverse,
    .tp_clear = proxy_tp_clear,
    .tp_methods = proxy_methods,
};

static PyObject *get_memo(PyObject *self, void *unused)
{
    MemoProxy *proxy = PyObject_GC_New(MemoProxy, &PicklerMemoProxy_Type);
    if (!proxy)
        return NULL;
    proxy->owner = Py_NewRef(self);
    PyObject_GC_Track(proxy);
    return (PyObject *)proxy;
}

static int memo_from_dict(Memo *memo, PyObject *dict)
{
    Py_ssize_t at = 0;
    PyObject *key, *value;
    while (PyDict_Next(dict, &at, &key, &value)) {
        if (!PyTuple_Check(value) || PyTuple_GET_SIZE(value) != 2) {
            PyErr_SetString(PyExc_TypeError, "'memo' values must be 2-item tuples");
            return -1;
        }
        Py_ssize_t index = PyLong_AsSsize_t(PyTuple_GET_ITEM(value, 0));
        if ((index == -1 && PyErr_Occurred()) || objmemo_put(memo, PyTuple_GET_ITEM(value, 1), index))
            return -1;
    }
    return 0;
}

static int set_memo(PyObject *self, PyObject *value, void *unused)
{
    Memo memo = {NULL, 0, 0};
    int bad = 0;
    if (!value) {
        PyErr_SetString(PyExc_TypeError, "attribute deletion is not supported");
        return -1;
    }
    if (Py_IS_TYPE(value, &PicklerMemoProxy_Type)) {
        const Memo *from = &OWNER(value)->memo;
        for (size_t i = 0; !bad && from->entries && i <= from->mask; i++)
            if (from->entries[i].key)
                bad = objmemo_put(&memo, from->entries[i].key, from->entries[i].index);
    } else if (PyDict_Check(value))
        bad = memo_from_dict(&memo, value);
    else {
        PyErr_Format(PyExc_TypeError, "'memo' attribute must be a PicklerMemoProxy object or dict, not %.200s",
                     Py_TYPE(value)->tp_name);
        return -1;
    }
    Memo old = bad ? memo : P(self)->memo;
    if (!bad)
        P(self)->memo = memo;
    objmemo_clear(&old);
    return bad;
}

static PyObject *get_persistent_id(PyObject *self, void *unused)
{
    return pickle_hook_get(&P(self)->persistent_id, self, "persistent_id");
}
static int set_persistent_id(PyObject *self, PyObject *value, void *unused)
{
    return pickle_hook_set(&P(self)->persistent_id, value, "persistent_id must be a callable taking one argument");
}

static PyGetSetDef getset[] = {
    {"memo", get_memo, set_memo}, {"persistent_id", get_persistent_id, set_persistent_id}, {NULL}};
static PyMemberDef members[] = {{"bin", T_INT, offsetof(Pickler, bin)},
                                {"fast", T_INT, offsetof(Pickler, fast)},
                                {"dispatch_table", T_OBJECT_EX, offsetof(Pickler, dispatch_table)},
                                {NULL}};
static PyMethodDef methods[] = {
    {"dump", pickler_dump_method, METH_O,
     PyDoc_STR("dump($self, obj, /)\n--\n\nWrite a pickled representation of the given object to the open file.")},
    {"clear_memo", pickler_clear_memo, METH_NOARGS,
     PyDoc_STR("clear_memo($self, /)\n--\n\nClears the pickler\'s \"memo\".\n\nThe memo is the data structure that "
               "remembers which "
               "objects the\npickler has already seen, so that shared or recursive objects are\npickled by reference "
               "and not by "
               "value.  This method is useful when\nre-using picklers.")},
    {"__sizeof__", pickler_sizeof, METH_NOARGS,
     PyDoc_STR("__sizeof__($self, /)\n--\n\nReturns size in memory, in bytes.")},
    {NULL},
};

PyTypeObject Pickler_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "_pickle.Pickler",
    .tp_basicsize = sizeof(Pickler),
    .tp_dealloc = pickler_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = PyDoc_STR(
        "Pickler(file, protocol=None, fix_imports=True, buffer_callback=None)\n--\n\nThis takes a binary file for "
        "writing a pickle data stream.\n\nThe protocol is the default one, 4, if None, and the highest, 5, if "
        "negative.\nThe file's write() method is called with bytes.  With fix_imports and a\nprotocol below 3, names "
        "are mapped to those of Python 2.  A buffer_callback,\nfor protocol 5, is called with each buffer: if its "
        "answer is false, the\nbuffer is left out of the stream."),
    .tp_traverse = pickler_traverse,
    .tp_clear = pickler_clear,
    .tp_methods = methods,
    .tp_members = members,
    .tp_getset = getset,
    .tp_init = pickler_init,
    .tp_new = pickler_tp_new,
};
