/* _pickle.Unpickler: the object, its attributes, and how it finds classes.  load.c runs the pickle. */
#include "modules/pickle/pickle.h"
#include "objects/hidden.h"

#define U(o) ((Unpickler *)(o))

/* ---- names ----------------------------------------------------------------------------------------------------------
 */

int pickle_is_local(PyObject *dotted)
{
    static const char local[] = "<locals>";
    const char *s = PyUnicode_AsUTF8(dotted), *start = s;
    if (!s) {
        PyErr_Clear(); /* surrogates: certainly no such part, and no such module */
        return 0;
    }
    for (; (s = strstr(s, local)); s++) {
        char after = s[sizeof local - 1];
        if ((s == start || s[-1] == '.') && (after == 0 || after == '.'))
            return 1;
    }
    return 0;
}

PyObject *pickle_get_dotted(PyObject *obj, PyObject *dotted, PyObject **parent)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(dotted), at = 0;
    PyObject *top = obj, *holder = NULL;
    if (pickle_is_local(dotted)) {
        PyErr_Format(PyExc_AttributeError, "Can't pickle local attribute %R on %R", dotted, obj);
        return NULL;
    }
    Py_INCREF(obj);
    while (obj && at <= n) {
        Py_ssize_t dot = PyUnicode_FindChar(dotted, '.', at, n, 1);
        if (dot < 0)
            dot = n;
        PyObject *part = at == 0 && dot == n ? Py_NewRef(dotted) : PyUnicode_Substring(dotted, at, dot), *next = NULL;
        int bad = part ? _PyObject_LookupAttr(obj, part, &next) < 0 : 1;
        Py_XDECREF(part);
        Py_XSETREF(holder, obj);
        obj = next;
        if (!obj && !bad)
            PyErr_Format(PyExc_AttributeError, "Can't get attribute %R on %R", dotted, top);
        at = dot + 1;
    }
    if (parent && obj)
        *parent = holder;
    else
        Py_XDECREF(holder);
    return obj;
}

/* Replaces the names, which are owned, with those of Python 3. */
static int to_python3(PyObject **module_name, PyObject **name)
{
    PyObject *key = PyTuple_Pack(2, *module_name, *name);
    PyObject *found = key ? pickle_find(pickle_state.name_2to3, key) : NULL;
    Py_XDECREF(key);
    if (found) {
        if (!PyTuple_Check(found) || PyTuple_GET_SIZE(found) != 2 || !PyUnicode_Check(PyTuple_GET_ITEM(found, 0)) ||
            !PyUnicode_Check(PyTuple_GET_ITEM(found, 1))) {
            PyErr_Format(PyExc_RuntimeError, "_compat_pickle.NAME_MAPPING values should be 2-tuples, not %.200s",
                         Py_TYPE(found)->tp_name);
            return -1;
        }
        Py_SETREF(*module_name, Py_NewRef(PyTuple_GET_ITEM(found, 0)));
        Py_SETREF(*name, Py_NewRef(PyTuple_GET_ITEM(found, 1)));
        return 0;
    }
    if (!PyErr_Occurred() && (found = pickle_find(pickle_state.import_2to3, *module_name))) {
        if (!PyUnicode_Check(found)) {
            PyErr_Format(PyExc_RuntimeError, "_compat_pickle.IMPORT_MAPPING values should be strings, not %.200s",
                         Py_TYPE(found)->tp_name);
            return -1;
        }
        Py_SETREF(*module_name, Py_NewRef(found));
    }
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *import_module(PyObject *name)
{
    if (!PyUnicode_Check(name)) {
        PyErr_SetString(PyExc_TypeError, "module name must be a string");
        return NULL;
    }
    PyObject *top = PyImport_ImportModuleLevelObject(name, NULL, NULL, NULL, 0);
    PyObject *module = top ? PyImport_GetModule(name) : NULL;
    Py_XDECREF(top);
    if (!module && !PyErr_Occurred())
        PyErr_SetObject(PyExc_KeyError, name);
    return module;
}

/* A name without dots. */
static PyObject *get_plain(PyObject *module, PyObject *name)
{
    PyObject *r;
    if (!PyUnicode_Check(name))
        return PyObject_GetAttr(module, name); /* which complains */
    if (_PyObject_LookupAttr(module, name, &r) == 0)
        PyErr_Format(PyExc_AttributeError, "Can't get attribute %R on %R", name, module);
    return r;
}

PyObject *unpickler_find_class(Unpickler *self, PyObject *module_name, PyObject *name)
{
    if (PySys_Audit("pickle.find_class", "OO", module_name, name) < 0)
        return NULL;
    Py_INCREF(module_name);
    Py_INCREF(name);
    PyObject *module = NULL, *r = NULL;
    if (!(self->proto < 3 && self->fix_imports && to_python3(&module_name, &name)))
        module = import_module(module_name);
    if (module)
        r = self->proto >= 4 && PyUnicode_Check(name) ? pickle_get_dotted(module, name, NULL) : get_plain(module, name);
    Py_XDECREF(module);
    Py_DECREF(module_name);
    Py_DECREF(name);
    return r;
}

/* ---- the memo
 * ----------------------------------------------------------------------------------------------------------- */

int unpickler_memo_put(Unpickler *self, size_t index, PyObject *value)
{
    if (index >= (size_t)self->memo_room) {
        size_t room = index < 16 ? 32 : index * 2;
        PyObject **memo = room <= PY_SSIZE_T_MAX / sizeof *memo ? PyMem_Realloc(self->memo, room * sizeof *memo) : NULL;
        if (!memo) {
            PyErr_NoMemory();
            return -1;
        }
        memset(memo + self->memo_room, 0, (room - (size_t)self->memo_room) * sizeof *memo);
        self->memo = memo;
        self->memo_room = (Py_ssize_t)room;
    }
    PyObject *old = self->memo[index];
    self->memo[index] = Py_NewRef(value);
    if (!old)
        self->memo_used++;
    Py_XDECREF(old);
    return 0;
}

static void drop_items(PyObject ***items, Py_ssize_t *n)
{
    PyObject **old = *items;
    Py_ssize_t count = *n;
    *items = NULL;
    *n = 0;
    for (Py_ssize_t i = 0; i < count; i++)
        Py_XDECREF(old[i]);
    PyMem_Free(old);
}

static void memo_drop(Unpickler *self)
{
    self->memo_used = 0;
    drop_items(&self->memo, &self->memo_room);
}

/* ---- making and destroying
 * ---------------------------------------------------------------------------------------------- */

static char *copy_text(const char *text)
{
    char *copy = PyMem_Malloc(strlen(text) + 1);
    if (!copy)
        return (char *)PyErr_NoMemory();
    return strcpy(copy, text);
}

int unpickler_configure(Unpickler *self, const char *encoding, const char *errors, PyObject *buffers, int fix_imports)
{
    PyMem_Free(self->encoding);
    PyMem_Free(self->errors);
    self->encoding = self->errors = NULL;
    Py_CLEAR(self->buffers);
    if (!(self->encoding = copy_text(encoding ? encoding : "ASCII")) ||
        !(self->errors = copy_text(errors ? errors : "strict")))
        return -1;
    if (buffers && buffers != Py_None && !(self->buffers = PyObject_GetIter(buffers)))
        return -1;
    self->fix_imports = fix_imports;
    self->proto = 0;
    return 0;
}

static int unpickler_init(PyObject *o, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"file", "fix_imports", "encoding", "errors", "buffers", NULL};
    Unpickler *self = U(o);
    PyObject *file, *buffers = NULL;
    const char *encoding = NULL, *errors = NULL;
    int fix_imports = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "O|$pssO:Unpickler", names, &file, &fix_imports, &encoding, &errors,
                                     &buffers))
        return -1;
    input_close(&self->in);
    if (input_set_file(&self->in, file) || unpickler_configure(self, encoding, errors, buffers, fix_imports) ||
        pickle_hook_init(&self->persistent_load, o, N(persistent_load)))
        return -1;
    memo_drop(self);
    return 0;
}

PyObject *unpickler_new(void) { return Unpickler_Type.tp_alloc(&Unpickler_Type, 0); }

static int unpickler_traverse(PyObject *o, visitproc visit, void *arg)
{
    Unpickler *self = U(o);
    Py_VISIT(self->in.read);
    Py_VISIT(self->in.readline);
    Py_VISIT(self->in.readinto);
    Py_VISIT(self->in.peek);
    Py_VISIT(self->persistent_load.function);
    Py_VISIT(self->buffers);
    for (Py_ssize_t i = 0; i < self->size; i++)
        Py_VISIT(self->stack[i]);
    for (Py_ssize_t i = 0; i < self->memo_room; i++)
        Py_VISIT(self->memo[i]);
    return 0;
}
static int unpickler_clear(PyObject *o)
{
    Unpickler *self = U(o);
    input_close(&self->in);
    Py_CLEAR(self->persistent_load.function);
    Py_CLEAR(self->buffers);
    self->room = 0;
    drop_items(&self->stack, &self->size);
    memo_drop(self);
    return 0;
}
static void unpickler_dealloc(PyObject *o)
{
    PyObject_GC_UnTrack(o);
    unpickler_clear(o);
    PyMem_Free(U(o)->marks);
    PyMem_Free(U(o)->encoding);
    PyMem_Free(U(o)->errors);
    Py_TYPE(o)->tp_free(o);
}

static void visit_input(PyObject *self, HiddenVisit visit, void *arg)
{
    if (U(self)->in.has_view && U(self)->in.view.obj != NULL)
        visit(U(self)->in.view.obj, "input", arg);
}
HIDDEN_VISIT(unpickler, unpickler_dealloc, visit_input);

/* ---- methods
 * --------------------------------------------------------------------------------------------------------------- */

static PyObject *unpickler_load_method(PyObject *self, PyObject *unused)
{
    if (U(self)->in.read)
        return unpickler_load(U(self));
    PyErr_Format(pickle_state.unpickling_error, "Unpickler.__init__() was not called by %s.__init__()",
                 Py_TYPE(self)->tp_name);
    return NULL;
}

static PyObject *unpickler_find_class_method(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (!_PyArg_CheckPositional("find_class", n, 2, 2))
        return NULL;
    return unpickler_find_class(U(self), args[0], args[1]);
}

static PyObject *unpickler_sizeof(PyObject *o, PyObject *unused)
{
    Unpickler *self = U(o);
    Py_ssize_t n =
        Py_TYPE(o)->tp_basicsize + (self->room + self->memo_room + self->marks_room) * (Py_ssize_t)sizeof(void *);
    if (self->encoding)
        n += (Py_ssize_t)strlen(self->encoding) + 1;
    if (self->errors)
        n += (Py_ssize_t)strlen(self->errors) + 1;
    return PyLong_FromSsize_t(n);
}

static PyMethodDef methods[] = {
    {"load", unpickler_load_method, METH_NOARGS,
     PyDoc_STR("load($self, /)\n--\n\nLoad a pickle.\n\nRead a pickled object representation from the open file object "
               "given\nin the "
               "constructor, and return the reconstituted object hierarchy\nspecified therein.")},
    {"find_class", (PyCFunction)unpickler_find_class_method, METH_FASTCALL,
     PyDoc_STR("find_class($self, module_name, global_name, /)\n--\n\nReturn an object from a specified module.\n\nIf "
               "necessary, the "
               "module will be imported. Subclasses may override\nthis method (e.g. to restrict unpickling of "
               "arbitrary classes "
               "and\nfunctions).\n\nThis method is called whenever a class or a function object is\nneeded.  Both "
               "arguments passed "
               "are str objects.")},
    {"__sizeof__", unpickler_sizeof, METH_NOARGS,
     PyDoc_STR("__sizeof__($self, /)\n--\n\nReturns size in memory, in bytes.")},
    {NULL},
};

/* ---- the memo, seen from outside
 * ---------------------------------------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD PyObject *owner;
} MemoProxy;
#define OWNER(o) U(((MemoProxy *)(o))->owner)

static PyObject *proxy_clear(PyObject *self, PyObject *unused)
{
    memo_drop(OWNER(self));
    Py_RETURN_NONE;
}
static PyObject *proxy_copy(PyObject *self, PyObject *unused)
{
    PyObject *dict = PyDict_New();
    Unpickler *owner = OWNER(self);
    for (Py_ssize_t i = 0; dict && i < owner->memo_room; i++) {
        if (!owner->memo[i])
            continue;
        PyObject *key = PyLong_FromSsize_t(i);
        if (!key || PyDict_SetItem(dict, key, owner->memo[i]))
            Py_CLEAR(dict);
        Py_XDECREF(key);
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
    {"__reduce__", proxy_reduce, METH_NOARGS, PyDoc_STR("__reduce__($self, /)\n--\n\nImplement pickling support.")},
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
PyTypeObject UnpicklerMemoProxy_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "_pickle.UnpicklerMemoProxy",
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
    MemoProxy *proxy = PyObject_GC_New(MemoProxy, &UnpicklerMemoProxy_Type);
    if (!proxy)
        return NULL;
    proxy->owner = Py_NewRef(self);
    PyObject_GC_Track(proxy);
    return (PyObject *)proxy;
}

static int put_entries(Unpickler *self, PyObject *dict)
{
    Py_ssize_t at = 0;
    PyObject *key, *value;
    while (PyDict_Next(dict, &at, &key, &value)) {
        if (!PyLong_Check(key)) {
            PyErr_SetString(PyExc_TypeError, "memo key must be integers");
            return -1;
        }
        Py_ssize_t index = PyLong_AsSsize_t(key);
        if (index == -1 && PyErr_Occurred())
            return -1;
        if (index < 0) {
            PyErr_SetString(PyExc_ValueError, "memo key must be positive integers.");
            return -1;
        }
        if (unpickler_memo_put(self, (size_t)index, value))
            return -1;
    }
    return 0;
}

static int set_memo(PyObject *o, PyObject *value, void *unused)
{
    Unpickler *self = U(o);
    PyObject *dict;
    if (!value) {
        PyErr_SetString(PyExc_TypeError, "attribute deletion is not supported");
        return -1;
    }
    if (Py_IS_TYPE(value, &UnpicklerMemoProxy_Type))
        dict = proxy_copy(value, NULL);
    else if (PyDict_Check(value))
        dict = Py_NewRef(value);
    else {
        PyErr_Format(PyExc_TypeError, "'memo' attribute must be an UnpicklerMemoProxy object or dict, not %.200s",
                     Py_TYPE(value)->tp_name);
        return -1;
    }
    if (!dict)
        return -1;
    PyObject **memo = self->memo;
    Py_ssize_t room = self->memo_room, used = self->memo_used;
    self->memo = NULL;
    self->memo_room = self->memo_used = 0;
    int bad = put_entries(self, dict);
    if (bad) {
        memo_drop(self);
        self->memo = memo;
        self->memo_room = room;
        self->memo_used = used;
    } else
        drop_items(&memo, &room);
    Py_DECREF(dict);
    return bad;
}

static PyObject *get_persistent_load(PyObject *self, void *unused)
{
    return pickle_hook_get(&U(self)->persistent_load, self, "persistent_load");
}
static int set_persistent_load(PyObject *self, PyObject *value, void *unused)
{
    return pickle_hook_set(&U(self)->persistent_load, value, "persistent_load must be a callable taking one argument");
}
static PyGetSetDef getset[] = {
    {"memo", get_memo, set_memo}, {"persistent_load", get_persistent_load, set_persistent_load}, {NULL}};

PyTypeObject Unpickler_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "_pickle.Unpickler",
    .tp_basicsize = sizeof(Unpickler),
    .tp_dealloc = unpickler_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = PyDoc_STR(
        "Unpickler(file, *, fix_imports=True, encoding='ASCII', errors='strict',\n          buffers=())\n--\n\nThis "
        "takes a binary file for reading a pickle data stream.\n\nThe file needs read() and readline().  With "
        "fix_imports, names of Python 2 are\nmapped to those of Python 3; its 8-bit strings are decoded with "
        "encoding and\nerrors, or stay bytes if the encoding is 'bytes'.  Buffers that the stream\nleft out are "
        "taken from the iterable buffers."),
    .tp_traverse = unpickler_traverse,
    .tp_clear = unpickler_clear,
    .tp_methods = methods,
    .tp_getset = getset,
    .tp_init = unpickler_init,
    .tp_new = PyType_GenericNew,
};
