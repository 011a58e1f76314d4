/* Attributes kept in the instance itself (instance.h), and the places where the other kinds of instances keep their dict. */
#include "objects/instance.h"
#include "memory/memory.h"
#include "objects/object.h"
#include "objects/names.h"
#include "objects/type/type.h"
#include <stddef.h>

int shape_find(InstanceShape *shape, PyObject *name)
{
    for (int i = 0, n = shape->used; i < n; i++)
        if (shape->names[i] == name)
            return i;
    return -1;
}

int shape_find_or_add(InstanceShape *shape, PyObject *name)
{
    int i = shape_find(shape, name);
    if (i >= 0 || shape->used >= shape->capacity)
        return i;
    shape->names[shape->used] = Py_NewRef(name);
    return shape->used++;
}

void shape_free(InstanceShape *shape)
{
    for (int i = 0; i < shape->used; i++)
        Py_DECREF(shape->names[i]);
    PyMem_Free(shape);
}

/* ---- choosing names and capacity ----
 *
 * The names that a class's methods store on their first argument are known before the first instance is made, and the
 * order in which __init__ and the __init__s that it calls store them is, as a rule, the order of every instance. */

enum { OP_STORE_ATTR = 95, OP_LOAD_ATTR = 106, OP_LOAD_FAST = 124, OP_LOAD_DEREF = 137, OP_EXTENDED_ARG = 144, OP_LOAD_METHOD = 160 };

struct scan {
    PyTypeObject *type;
    InstanceShape *shape;
};

static void note_name(struct scan *scan, PyObject *name)
{
    InstanceShape *shape = scan->shape;
    if (shape->used == SHAPE_MAX || !PyUnicode_CHECK_INTERNED(name) || shape_find(shape, name) >= 0)
        return;
    PyObject *found = _PyType_Lookup(scan->type, name);
    if (found != NULL && Py_TYPE(found)->tp_descr_set != NULL)
        return;   /* a property or slot takes the store */
    shape->names[shape->used++] = Py_NewRef(name);
}

static void scan_init(struct scan *scan, Py_ssize_t from);

/* Notes the names that the function stores on its first argument; follows calls of __init__ when `from` > 0 to the
 * classes of the MRO from there on. */
static void scan_function(struct scan *scan, PyObject *function, Py_ssize_t from)
{
    if (!PyFunction_Check(function))
        return;
    PyCodeObject *code = (PyCodeObject *)PyFunction_GET_CODE(function);
    if (code->co_argcount < 1)
        return;
    Py_INCREF(code);   /* looking a name up may run the __eq__ of another key of the class */
    _Py_CODEUNIT *units = _PyCode_CODE(code);
    uint32_t argument = 0;
    int previous = 0;
    for (Py_ssize_t i = 0, n = Py_SIZE(code); i < n; i++) {
        int op = units[i] & 255, byte = units[i] >> 8;
        argument = argument << 8 | (uint32_t)byte;
        if (op == OP_EXTENDED_ARG)
            continue;
        if (op == OP_STORE_ATTR && previous == OP_LOAD_FAST && argument < PyTuple_GET_SIZE(code->co_names))
            note_name(scan, PyTuple_GET_ITEM(code->co_names, argument));
        else if (from > 0 && (op == OP_LOAD_METHOD || op == OP_LOAD_ATTR) && argument < PyTuple_GET_SIZE(code->co_names)
                 && PyTuple_GET_ITEM(code->co_names, argument) == N(__init__))
            scan_init(scan, from);
        if (op == OP_LOAD_FAST || op == OP_LOAD_DEREF)
            previous = argument == 0 ? OP_LOAD_FAST : 0;
        else if (op != 0)
            previous = op;
        argument = 0;
    }
    Py_DECREF(code);
}

/* The first __init__ at or after MRO position `from`. */
static void scan_init(struct scan *scan, Py_ssize_t from)
{
    PyObject *mro = scan->type->tp_mro;
    for (Py_ssize_t i = from; i < PyTuple_GET_SIZE(mro); i++) {
        PyTypeObject *type = (PyTypeObject *)PyTuple_GET_ITEM(mro, i);
        PyObject *init = type_is_heap(type) ? PyDict_GetItemWithError(type->tp_dict, N(__init__)) : NULL;
        if (init != NULL) {
            scan_function(scan, init, i + 1);
            return;
        }
    }
}

static InstanceShape *make_shape(PyTypeObject *type)
{
    InstanceShape *shape = PyMem_Calloc(1, sizeof *shape);
    if (shape == NULL)
        return NULL;
    struct scan scan = {type, shape};
    PyObject *mro = type->tp_mro;
    scan_init(&scan, 0);
    for (Py_ssize_t i = PyTuple_GET_SIZE(mro); i-- > 0;) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(mro, i);
        PyObject *name, *value;
        Py_ssize_t at = 0;
        while (type_is_heap(base) && base->tp_dict != NULL && PyDict_Next(base->tp_dict, &at, &name, &value))
            scan_function(&scan, value, 0);
    }
    int capacity = shape->used == 0 ? 3 : shape->used == 1 ? 2 : shape->used;
    size_t block = object_class((size_t)type->tp_basicsize + (size_t)capacity * sizeof(PyObject *)) * BLOCK_STEP;
    int room = (int)((block - (size_t)type->tp_basicsize) / sizeof(PyObject *));   /* the allocator's own rounding, 3 at most */
    shape->capacity = shape->reachable = room > capacity && room <= SHAPE_MAX ? room : capacity;
    if (instance_shape(type) != NULL) {   /* a key of the class made an instance when it was compared: SHAPE-3 */
        shape_free(shape);
        return instance_shape(type);
    }
    HEAP(type)->ht_cached_keys = (struct _dictkeysobject *)shape;
    return shape;
}

Py_ssize_t instance_size(PyTypeObject *type, Py_ssize_t nitems)
{
    if (instance_is_managed(type)) {
        InstanceShape *shape = instance_shape(type);
        if (shape == NULL && (shape = make_shape(type)) == NULL)
            return -1;
        return type->tp_basicsize + shape->capacity * (Py_ssize_t)sizeof(PyObject *);
    }
    if (type->tp_itemsize == 0)
        return type->tp_basicsize;
    if (nitems > (PY_SSIZE_T_MAX - type->tp_basicsize - 8) / type->tp_itemsize)
        return -1;
    return _PyObject_VAR_SIZE(type, nitems);
}

/* ---- the dict ---- */

void instance_expect_dicts(PyTypeObject *type)
{
    InstanceShape *shape = instance_shape(type);
    if (shape == NULL || shape->moved)
        return;
    shape->moved = 1;
    PyType_Modified(type);
}

PyObject *instance_materialise(PyObject *self)
{
    PyObject **values = instance_values(self), **slot = instance_dict_slot(self);
    if (instance_dict(self) != NULL)
        return *slot;
    PyObject *dict = PyDict_New();
    if (dict == NULL)
        return NULL;
    if (instance_moved(self)) {   /* a collection came between, and a finaliser that asked too */
        if (*slot == NULL)
            *slot = dict;         /* or somebody took the dict away */
        else
            Py_DECREF(dict);
        return *slot;
    }
    InstanceShape *shape = instance_shape(Py_TYPE(self));
    for (int i = 0; i < shape->used; i++)
        if (values[i] != NULL && PyDict_SetItem(dict, shape->names[i], values[i]) < 0) {
            Py_DECREF(dict);
            return NULL;
        }
    instance_expect_dicts(Py_TYPE(self));
    for (int i = 0; i < shape->capacity; i++)
        Py_CLEAR(values[i]);      /* the dict keeps it */
    values[0] = INSTANCE_MOVED;
    *slot = dict;
    return dict;
}

/* Where a dict that the layout itself has stands (classic tp_dictoffset), or NULL. */
static inline PyObject **classic_dict_slot(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    Py_ssize_t offset = type->tp_dictoffset;
    if (offset == 0)
        return NULL;
    if (offset < 0) {
        Py_ssize_t n = Py_SIZE(self);
        offset += _PyObject_VAR_SIZE(type, n < 0 ? -n : n);
    }
    return (PyObject **)((char *)self + offset);
}

/* The dict in a classic slot, made if there is none yet (borrowed); NULL with MemoryError set. */
static PyObject *classic_dict(PyObject **slot)
{
    if (*slot != NULL)
        return *slot;
    PyObject *dict = PyDict_New();
    if (dict == NULL)
        return NULL;
    if (*slot == NULL)   /* else a collection came between, and a finaliser that asked too */
        return *slot = dict;
    Py_DECREF(dict);
    return *slot;
}

PyObject **_PyObject_GetDictPtr(PyObject *self)
{
    if (!instance_is_managed(Py_TYPE(self)))
        return classic_dict_slot(self);
    if (instance_materialise(self) == NULL) {
        PyErr_Clear();
        return NULL;
    }
    return instance_dict_slot(self);
}

PyObject *PyObject_GenericGetDict(PyObject *self, void *context)
{
    if (instance_is_managed(Py_TYPE(self))) {
        PyObject *dict = instance_materialise(self);
        return Py_XNewRef(dict);
    }
    PyObject **slot = classic_dict_slot(self);
    if (slot == NULL) {
        PyErr_SetString(PyExc_AttributeError, "This object has no __dict__");
        return NULL;
    }
    return Py_XNewRef(classic_dict(slot));
}

int PyObject_GenericSetDict(PyObject *self, PyObject *value, void *context)
{
    if (!instance_is_managed(Py_TYPE(self)) && classic_dict_slot(self) == NULL) {
        PyErr_SetString(PyExc_AttributeError, "This object has no __dict__");
        return -1;
    }
    if (value == NULL) {
        PyErr_SetString(PyExc_TypeError, "cannot delete __dict__");
        return -1;
    }
    return instance_set_dict(self, value);
}

int instance_set_dict(PyObject *self, PyObject *value)
{
    if (value != NULL && !PyDict_Check(value)) {
        PyErr_Format(PyExc_TypeError, "__dict__ must be set to a dictionary, not a '%.200s'", Py_TYPE(value)->tp_name);
        return -1;
    }
    if (!instance_is_managed(Py_TYPE(self))) {
        PyObject **slot = classic_dict_slot(self);
        Py_XINCREF(value);
        Py_XSETREF(*slot, value);
        return 0;
    }
    if (instance_materialise(self) == NULL)
        return -1;
    /* once in a dict, always in a dict: the inline values belong to the class that the instance was made for */
    value = value == NULL ? PyDict_New() : Py_NewRef(value);
    if (value == NULL)
        return -1;
    Py_SETREF(*instance_dict_slot(self), value);
    return 0;
}

/* ---- attributes ---- */

PyObject *instance_lookup(PyObject *self, PyObject *name)
{
    PyObject *dict, *value;
    if (instance_is_managed(Py_TYPE(self))) {
        dict = instance_dict(self);
        if (dict == NULL) {
            InstanceShape *shape = instance_shape(Py_TYPE(self));
            int i;
            if (shape == NULL || shape->used == 0 || instance_moved(self))
                return NULL;
            if (LIKELY(PyUnicode_CHECK_INTERNED(name))) {
                i = shape_find(shape, name);
            } else {
                for (i = shape->used; i-- > 0;)
                    if (_PyUnicode_EQ(shape->names[i], name))
                        break;
            }
            return i < 0 ? NULL : Py_XNewRef(instance_values(self)[i]);
        }
    } else {
        PyObject **slot = classic_dict_slot(self);
        dict = slot == NULL ? NULL : *slot;
        if (dict == NULL)
            return NULL;
    }
    Py_INCREF(dict);
    value = PyDict_GetItemWithError(dict, name);
    Py_XINCREF(value);
    Py_DECREF(dict);
    return value;
}

/* Stores into the inline values; 1 when done, 0 when the instance must move to a dict, -1 when there was nothing to delete. */
static int store_inline(PyObject *self, InstanceShape *shape, PyObject *name, PyObject *value)
{
    PyObject **values = instance_values(self);
    int known = shape->used;
    int i = value != NULL ? shape_find_or_add(shape, name) : shape_find(shape, name);
    if (shape->used != known && _PyType_Lookup(Py_TYPE(self), name) != NULL)
        PyType_Modified(Py_TYPE(self));   /* caches trust that instances do not hide this attribute of the class */
    if (value == NULL) {
        if (i < 0 || values[i] == NULL)
            return -1;
        Py_CLEAR(values[i]);
        return 1;
    }
    if (i < 0)
        return 0;
    PyObject *old = values[i];
    for (int j = shape->used; old == NULL && --j > i;)
        if (values[j] != NULL)
            return 0;   /* SHAPE-2 */
    values[i] = Py_NewRef(value);
    Py_XDECREF(old);
    return 1;
}

int instance_store(PyObject *self, PyObject *name, PyObject *value)
{
    PyObject *dict;
    if (instance_is_managed(Py_TYPE(self))) {
        InstanceShape *shape = instance_shape(Py_TYPE(self));
        if (!instance_moved(self) && shape != NULL) {
            Py_INCREF(name);
            if (!PyUnicode_CHECK_INTERNED(name) && PyUnicode_CheckExact(name))
                PyUnicode_InternInPlace(&name);
            int done = PyUnicode_CHECK_INTERNED(name) ? store_inline(self, shape, name, value) : 0;
            Py_DECREF(name);
            if (done != 0)
                return done < 0 ? 1 : 0;
        }
        dict = instance_materialise(self);
    } else {
        PyObject **slot = classic_dict_slot(self);
        if (slot == NULL)
            return 2;
        if (*slot == NULL && value == NULL)
            return 1;
        dict = classic_dict(slot);
    }
    if (dict == NULL)
        return -1;
    Py_INCREF(dict);
    int err = value == NULL ? PyDict_DelItem(dict, name) : PyDict_SetItem(dict, name, value);
    Py_DECREF(dict);
    if (err < 0 && value == NULL && PyErr_ExceptionMatches(PyExc_KeyError)) {
        PyErr_Clear();
        return 1;
    }
    return err;
}
