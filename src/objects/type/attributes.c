/* Attributes and methods of classes: `type` itself, type.__getattribute__, and what __name__, __bases__ and the others do. */
#include "objects/type/type.h"
#include "objects/object.h"
#include "objects/names.h"
#include "memory/memory.h"
#include "structmember.h"
#include <stddef.h>

const char *_PyType_Name(PyTypeObject *type)
{
    const char *dot = strrchr(type->tp_name, '.');
    return dot == NULL ? type->tp_name : dot + 1;
}

PyObject *PyType_GetName(PyTypeObject *type)
{
    return type_is_heap(type) ? Py_NewRef(HEAP(type)->ht_name) : PyUnicode_FromString(_PyType_Name(type));
}

PyObject *PyType_GetQualName(PyTypeObject *type)
{
    return type_is_heap(type) ? Py_NewRef(HEAP(type)->ht_qualname) : PyUnicode_FromString(_PyType_Name(type));
}

unsigned long PyType_GetFlags(PyTypeObject *type) { return type->tp_flags; }

static PyObject *get_name(PyObject *self, void *context) { return PyType_GetName((PyTypeObject *)self); }
static PyObject *get_qualname(PyObject *self, void *context) { return PyType_GetQualName((PyTypeObject *)self); }

/* May `name` be set (value) or deleted (NULL)?  0 with TypeError if not. */
static int may_set(PyTypeObject *type, PyObject *value, const char *name)
{
    if (type->tp_flags & Py_TPFLAGS_IMMUTABLETYPE) {
        PyErr_Format(PyExc_TypeError, "cannot set '%s' attribute of immutable type '%s'", name, type->tp_name);
        return 0;
    }
    if (value == NULL) {
        PyErr_Format(PyExc_TypeError, "cannot delete '%s' attribute of immutable type '%s'", name, type->tp_name);
        return 0;
    }
    return PySys_Audit("object.__setattr__", "OsO", type, name, value) == 0;
}

static int set_name(PyObject *self, PyObject *value, void *context)
{
    PyTypeObject *type = (PyTypeObject *)self;
    if (!may_set(type, value, "__name__"))
        return -1;
    if (!PyUnicode_Check(value)) {
        PyErr_Format(PyExc_TypeError, "can only assign string to %s.__name__, not '%s'", type->tp_name,
                     Py_TYPE(value)->tp_name);
        return -1;
    }
    Py_ssize_t size;
    const char *text = PyUnicode_AsUTF8AndSize(value, &size);
    if (text == NULL)
        return -1;
    if (strlen(text) != (size_t)size) {
        PyErr_SetString(PyExc_ValueError, "type name must not contain null characters");
        return -1;
    }
    type->tp_name = text;
    Py_INCREF(value);
    Py_SETREF(HEAP(type)->ht_name, value);
    return 0;
}

static int set_qualname(PyObject *self, PyObject *value, void *context)
{
    PyTypeObject *type = (PyTypeObject *)self;
    if (!may_set(type, value, "__qualname__"))
        return -1;
    if (!PyUnicode_Check(value)) {
        PyErr_Format(PyExc_TypeError, "can only assign string to %s.__qualname__, not '%s'", type->tp_name,
                     Py_TYPE(value)->tp_name);
        return -1;
    }
    Py_INCREF(value);
    Py_SETREF(HEAP(type)->ht_qualname, value);
    return 0;
}

static PyObject *get_module(PyObject *self, void *context)
{
    PyTypeObject *type = (PyTypeObject *)self;
    if (type_is_heap(type)) {
        PyObject *module = PyDict_GetItemWithError(type->tp_dict, N(__module__));
        if (module == NULL && !PyErr_Occurred())
            PyErr_SetString(PyExc_AttributeError, "__module__");
        return Py_XNewRef(module);
    }
    const char *dot = strrchr(type->tp_name, '.');
    if (dot == NULL)
        return Py_NewRef(N(builtins));
    PyObject *module = PyUnicode_FromStringAndSize(type->tp_name, dot - type->tp_name);
    if (module != NULL)
        PyUnicode_InternInPlace(&module);
    return module;
}

static int set_module(PyObject *self, PyObject *value, void *context)
{
    PyTypeObject *type = (PyTypeObject *)self;
    if (!may_set(type, value, "__module__"))
        return -1;
    PyType_Modified(type);
    return PyDict_SetItem(type->tp_dict, N(__module__), value);
}

static PyObject *get_abstractmethods(PyObject *self, void *context)
{
    PyTypeObject *type = (PyTypeObject *)self;
    /* type itself has the descriptor, but is not abstract */
    PyObject *names = type == &PyType_Type ? NULL : PyDict_GetItemWithError(type->tp_dict, N(__abstractmethods__));
    if (names == NULL && !PyErr_Occurred())
        PyErr_SetObject(PyExc_AttributeError, N(__abstractmethods__));
    return Py_XNewRef(names);
}

static int set_abstractmethods(PyObject *self, PyObject *value, void *context)
{
    PyTypeObject *type = (PyTypeObject *)self;
    int abstract = 0, err;
    if (value != NULL) {
        abstract = PyObject_IsTrue(value);
        if (abstract < 0)
            return -1;
        err = PyDict_SetItem(type->tp_dict, N(__abstractmethods__), value);
    } else {
        err = PyDict_DelItem(type->tp_dict, N(__abstractmethods__));
        if (err < 0 && PyErr_ExceptionMatches(PyExc_KeyError))
            PyErr_SetObject(PyExc_AttributeError, N(__abstractmethods__));
    }
    if (err < 0)
        return -1;
    PyType_Modified(type);
    if (abstract)
        type->tp_flags |= Py_TPFLAGS_IS_ABSTRACT;
    else
        type->tp_flags &= ~Py_TPFLAGS_IS_ABSTRACT;
    return 0;
}

static PyObject *get_dict(PyObject *self, void *context)
{
    PyObject *dict = ((PyTypeObject *)self)->tp_dict;
    return dict == NULL ? Py_NewRef(Py_None) : PyDictProxy_New(dict);
}

static PyObject *get_doc(PyObject *self, void *context)
{
    PyTypeObject *type = (PyTypeObject *)self;
    if (!type_is_heap(type) && type->tp_doc != NULL)
        return _PyType_GetDocFromInternalDoc(type->tp_name, type->tp_doc);
    PyObject *doc = PyDict_GetItemWithError(type->tp_dict, N(__doc__));
    if (doc == NULL)
        return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
    descrgetfunc get = Py_TYPE(doc)->tp_descr_get;
    return get != NULL ? get(doc, NULL, self) : Py_NewRef(doc);
}

static int set_doc(PyObject *self, PyObject *value, void *context)
{
    PyTypeObject *type = (PyTypeObject *)self;
    if (!may_set(type, value, "__doc__"))
        return -1;
    PyType_Modified(type);
    return PyDict_SetItem(type->tp_dict, N(__doc__), value);
}

static PyObject *get_text_signature(PyObject *self, void *context)
{
    PyTypeObject *type = (PyTypeObject *)self;
    return _PyType_GetTextSignatureFromInternalDoc(type->tp_name, type->tp_doc);
}

static PyObject *get_annotations(PyObject *self, void *context)
{
    PyTypeObject *type = (PyTypeObject *)self;
    if (!type_is_heap(type))
        return PyErr_Format(PyExc_AttributeError, "type object '%s' has no attribute '__annotations__'", type->tp_name);
    PyObject *annotations = PyDict_GetItemWithError(type->tp_dict, N(__annotations__));
    if (annotations != NULL) {
        descrgetfunc get = Py_TYPE(annotations)->tp_descr_get;
        return get != NULL ? get(annotations, NULL, self) : Py_NewRef(annotations);
    }
    if (PyErr_Occurred() || (annotations = PyDict_New()) == NULL)
        return NULL;
    if (PyDict_SetItem(type->tp_dict, N(__annotations__), annotations) < 0)
        Py_CLEAR(annotations);
    PyType_Modified(type);
    return annotations;
}

static int set_annotations(PyObject *self, PyObject *value, void *context)
{
    PyTypeObject *type = (PyTypeObject *)self;
    if (type->tp_flags & Py_TPFLAGS_IMMUTABLETYPE) {
        PyErr_Format(PyExc_TypeError, "cannot set '__annotations__' attribute of immutable type '%s'", type->tp_name);
        return -1;
    }
    int err;
    if (value != NULL) {
        err = PyDict_SetItem(type->tp_dict, N(__annotations__), value);
    } else {
        int has = PyDict_Contains(type->tp_dict, N(__annotations__));
        if (has == 0)
            PyErr_Format(PyExc_AttributeError, "__annotations__");
        err = has <= 0 ? -1 : PyDict_DelItem(type->tp_dict, N(__annotations__));
    }
    if (err == 0)
        PyType_Modified(type);
    return err;
}

/* ---- __bases__ ---- */

static PyObject *get_bases(PyObject *self, void *context)
{
    PyObject *bases = ((PyTypeObject *)self)->tp_bases;
    return Py_NewRef(bases == NULL ? Py_None : bases);
}

/* New MROs for the type and all below it; former ones go to `log` as (type, mro) pairs. */
static int update_mros(PyTypeObject *type, PyObject *log)
{
    PyObject *old = NULL;
    int set = type_set_mro(type, &old);
    if (set < 0)
        return -1;
    if (set == 0) {
        /* no former one: the class is still being made */
        PyObject *entry = old == NULL ? Py_NewRef(Py_None) : PyTuple_Pack(2, type, old);
        int err = entry == NULL ? -1 : entry == Py_None ? 0 : PyList_Append(log, entry);
        Py_XDECREF(entry);
        Py_XDECREF(old);
        if (err < 0)
            return -1;
    }
    PyType_Modified(type);
    SubclassList *list = (SubclassList *)type->tp_subclasses;
    for (Py_ssize_t i = 0; list != NULL && i < list->used; i++) {
        if (update_mros(list->items[i], log) < 0)
            return -1;
        list = (SubclassList *)type->tp_subclasses;
    }
    return 0;
}

static void restore_mros(PyObject *log)
{
    for (Py_ssize_t i = PyList_GET_SIZE(log); i-- > 0;) {
        PyObject *entry = PyList_GET_ITEM(log, i);
        PyTypeObject *type = (PyTypeObject *)PyTuple_GET_ITEM(entry, 0);
        Py_INCREF(PyTuple_GET_ITEM(entry, 1));
        Py_XSETREF(type->tp_mro, PyTuple_GET_ITEM(entry, 1));
        PyType_Modified(type);
    }
}

static void update_slots_below(PyTypeObject *type)
{
    slots_update_all(type);
    SubclassList *list = (SubclassList *)type->tp_subclasses;
    for (Py_ssize_t i = 0; list != NULL && i < list->used; i++)
        update_slots_below(list->items[i]);
}

static int check_new_bases(PyTypeObject *type, PyObject *value)
{
    if (!may_set(type, value, "__bases__"))
        return -1;
    if (!PyTuple_Check(value)) {
        PyErr_Format(PyExc_TypeError, "can only assign tuple to %s.__bases__, not %s", type->tp_name,
                     Py_TYPE(value)->tp_name);
        return -1;
    }
    if (PyTuple_GET_SIZE(value) == 0) {
        PyErr_Format(PyExc_TypeError, "can only assign non-empty tuple to %s.__bases__, not ()", type->tp_name);
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(value); i++) {
        PyObject *item = PyTuple_GET_ITEM(value, i);
        if (!PyType_Check(item)) {
            PyErr_Format(PyExc_TypeError, "%s.__bases__ must be tuple of classes, not '%s'", type->tp_name,
                         Py_TYPE(item)->tp_name);
            return -1;
        }
        int cycle = PyType_IsSubtype((PyTypeObject *)item, type);
        for (PyTypeObject *t = (PyTypeObject *)item; t != NULL && !cycle; t = t->tp_base)
            cycle = t == type;   /* an order of its own making may not tell */
        if (cycle) {
            PyErr_SetString(PyExc_TypeError, "a __bases__ item causes an inheritance cycle");
            return -1;
        }
    }
    return 0;
}

static int set_bases(PyObject *self, PyObject *value, void *context)
{
    PyTypeObject *type = (PyTypeObject *)self;
    if (check_new_bases(type, value) < 0)
        return -1;
    PyTypeObject *base = type_best_base(value);
    if (base == NULL || !type_compatible_for_assignment(type->tp_base, base, "__bases__"))
        return -1;
    PyObject *log = PyList_New(0);
    if (log == NULL)
        return -1;
    PyObject *old_bases = type->tp_bases;
    PyTypeObject *old_base = type->tp_base;
    type->tp_bases = Py_NewRef(value);
    type->tp_base = (PyTypeObject *)Py_NewRef(base);
    int err = update_mros(type, log), stands = type->tp_bases == value;   /* mro() may have set other bases itself */
    if (err < 0)
        restore_mros(log);
    Py_DECREF(log);
    if (err < 0 && stands) {
        Py_SETREF(type->tp_bases, old_bases);
        Py_SETREF(type->tp_base, old_base);
        return -1;
    }
    if (err == 0 && stands) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(old_bases); i++)
            subclass_remove((PyTypeObject *)PyTuple_GET_ITEM(old_bases, i), type);
        for (Py_ssize_t i = 0; err == 0 && i < PyTuple_GET_SIZE(value); i++)
            err = subclass_add((PyTypeObject *)PyTuple_GET_ITEM(value, i), type);
        update_slots_below(type);
    }
    Py_DECREF(old_bases);
    Py_DECREF(old_base);
    return err;
}

PyGetSetDef type_getset[] = {
    {"__name__", get_name, set_name, NULL, NULL},
    {"__qualname__", get_qualname, set_qualname, NULL, NULL},
    {"__bases__", get_bases, set_bases, NULL, NULL},
    {"__module__", get_module, set_module, NULL, NULL},
    {"__abstractmethods__", get_abstractmethods, set_abstractmethods, NULL, NULL},
    {"__dict__", get_dict, NULL, NULL, NULL},
    {"__doc__", get_doc, set_doc, NULL, NULL},
    {"__text_signature__", get_text_signature, NULL, NULL, NULL},
    {"__annotations__", get_annotations, set_annotations, NULL, NULL},
    {NULL},
};

PyMemberDef type_members[] = {
    {"__basicsize__", T_PYSSIZET, offsetof(PyTypeObject, tp_basicsize), READONLY, NULL},
    {"__itemsize__", T_PYSSIZET, offsetof(PyTypeObject, tp_itemsize), READONLY, NULL},
    {"__flags__", T_ULONG, offsetof(PyTypeObject, tp_flags), READONLY, NULL},
    {"__weakrefoffset__", T_PYSSIZET, offsetof(PyTypeObject, tp_weaklistoffset), READONLY, NULL},
    {"__base__", T_OBJECT, offsetof(PyTypeObject, tp_base), READONLY, NULL},
    {"__dictoffset__", T_PYSSIZET, offsetof(PyTypeObject, tp_dictoffset), READONLY, NULL},
    {"__mro__", T_OBJECT, offsetof(PyTypeObject, tp_mro), READONLY, NULL},
    {NULL},
};

/* ---- methods ---- */

static PyObject *type_mro(PyObject *self, PyObject *unused)
{
    PyObject *mro = type_compute_mro((PyTypeObject *)self);
    if (mro == NULL)
        return NULL;
    PyObject *list = PySequence_List(mro);
    Py_DECREF(mro);
    return list;
}

static PyObject *type_subclasses(PyObject *self, PyObject *unused)
{
    PyObject *result = PyList_New(0);
    SubclassList *list = (SubclassList *)((PyTypeObject *)self)->tp_subclasses;
    for (Py_ssize_t i = 0; result != NULL && list != NULL && i < list->used; i++)
        if (Py_REFCNT(list->items[i]) > 0 && !gc_is_dying((PyObject *)list->items[i])
            && PyList_Append(result, (PyObject *)list->items[i]) < 0)
            Py_CLEAR(result);
    return result;
}

static PyObject *type_prepare(PyObject *self, PyObject *args, PyObject *kwds) { return PyDict_New(); }

static PyObject *type_instancecheck(PyObject *self, PyObject *instance)
{
    int is = _PyObject_RealIsInstance(instance, self);
    return is < 0 ? NULL : PyBool_FromLong(is);
}

static PyObject *type_subclasscheck(PyObject *self, PyObject *sub)
{
    int is = _PyObject_RealIsSubclass(sub, self);
    return is < 0 ? NULL : PyBool_FromLong(is);
}

/* Adds the names of a class's dict and of its bases' to `names`. */
int type_merge_class_dict(PyObject *names, PyObject *cls)
{
    PyObject *dict, *bases;
    if (_PyObject_LookupAttr(cls, N(__dict__), &dict) < 0)
        return -1;
    if (dict != NULL) {
        int err = PyDict_Update(names, dict);
        Py_DECREF(dict);
        if (err < 0)
            return -1;
    }
    if (_PyObject_LookupAttr(cls, N(__bases__), &bases) < 0)
        return -1;
    if (bases == NULL)
        return 0;
    Py_ssize_t n = PySequence_Size(bases);
    int err = n < 0 ? -1 : 0;
    for (Py_ssize_t i = 0; err == 0 && i < n; i++) {
        PyObject *base = PySequence_GetItem(bases, i);
        err = base == NULL ? -1 : type_merge_class_dict(names, base);
        Py_XDECREF(base);
    }
    Py_DECREF(bases);
    return err;
}

static PyObject *type_dir(PyObject *self, PyObject *unused)
{
    PyObject *names = PyDict_New(), *list = NULL;
    if (names != NULL && type_merge_class_dict(names, self) == 0)
        list = PyDict_Keys(names);
    Py_XDECREF(names);
    return list;
}

static PyObject *type_sizeof(PyObject *self, PyObject *unused)
{
    PyTypeObject *type = (PyTypeObject *)self;
    size_t size = type_is_heap(type) ? sizeof(PyHeapTypeObject) : sizeof(PyTypeObject);
    return PyLong_FromSize_t(size);
}

static PyObject *type_or(PyObject *left, PyObject *right) { return union_or(left, right); }

PyMethodDef type_methods[] = {
    {"mro", type_mro, METH_NOARGS, "mro($self, /)\n--\n\nReturn a type's method resolution order."},
    {"__subclasses__", type_subclasses, METH_NOARGS, "__subclasses__($self, /)\n--\n\nReturn a list of immediate subclasses."},
    {"__prepare__", _PyCFunction_CAST(type_prepare), METH_VARARGS | METH_KEYWORDS | METH_CLASS,
     "__prepare__() -> dict\nused for the class statement's namespace"},
    {"__instancecheck__", type_instancecheck, METH_O,
     "__instancecheck__($self, instance, /)\n--\n\nCheck if an object is an instance."},
    {"__subclasscheck__", type_subclasscheck, METH_O,
     "__subclasscheck__($self, subclass, /)\n--\n\nCheck if a class is a subclass."},
    {"__dir__", type_dir, METH_NOARGS, "__dir__($self, /)\n--\n\nSpecialized __dir__ implementation for types."},
    {"__sizeof__", type_sizeof, METH_NOARGS,
     "__sizeof__($self, /)\n--\n\nReturn memory consumption of the type object."},
    {NULL},
};

/* ---- attribute access on classes ---- */

PyObject *type_getattro(PyObject *self, PyObject *name)
{
    PyTypeObject *type = (PyTypeObject *)self, *meta = Py_TYPE(self);
    if (!PyUnicode_Check(name))
        return PyErr_Format(PyExc_TypeError, "attribute name must be string, not '%.200s'", Py_TYPE(name)->tp_name);
    PyObject *of_meta = _PyType_Lookup(meta, name), *result;
    descrgetfunc get_meta = NULL;
    if (of_meta != NULL) {
        Py_INCREF(of_meta);
        get_meta = Py_TYPE(of_meta)->tp_descr_get;
        if (get_meta != NULL && PyDescr_IsData(of_meta)) {
            result = get_meta(of_meta, self, (PyObject *)meta);
            Py_DECREF(of_meta);
            return result;
        }
    }
    PyObject *own = _PyType_Lookup(type, name);
    if (own != NULL) {
        Py_INCREF(own);
        Py_XDECREF(of_meta);
        descrgetfunc get = Py_TYPE(own)->tp_descr_get;
        if (get == NULL)
            return own;
        result = get(own, NULL, self);
        Py_DECREF(own);
        return result;
    }
    if (get_meta != NULL) {
        result = get_meta(of_meta, self, (PyObject *)meta);
        Py_DECREF(of_meta);
        return result;
    }
    if (of_meta != NULL)
        return of_meta;
    PyErr_Format(PyExc_AttributeError, "type object '%.100s' has no attribute '%U'", type->tp_name, name);
    object_set_error_context(self, name);
    return NULL;
}

int type_setattro(PyObject *self, PyObject *name, PyObject *value)
{
    PyTypeObject *type = (PyTypeObject *)self;
    if (type->tp_flags & Py_TPFLAGS_IMMUTABLETYPE) {
        PyErr_Format(PyExc_TypeError, "cannot set %R attribute of immutable type '%s'", name, type->tp_name);
        return -1;
    }
    if (!PyUnicode_Check(name)) {
        PyErr_Format(PyExc_TypeError, "attribute name must be string, not '%.200s'", Py_TYPE(name)->tp_name);
        return -1;
    }
    Py_INCREF(name);
    if (PyUnicode_CheckExact(name))
        PyUnicode_InternInPlace(&name);
    int err = _PyObject_GenericSetAttrWithDict(self, name, value, NULL);
    PyType_Modified(type);
    if (err == 0 && slots_has_name(name)) {
        slots_update_name(type, name);
        /* What was a plain value in some class is a descriptor now, or the reverse. */
        if (_PyUnicode_EQ(name, N(__get__)) || _PyUnicode_EQ(name, N(__set__)) || _PyUnicode_EQ(name, N(__delete__)))
            type_forget_versions();
    }
    Py_DECREF(name);
    return err;
}

PyObject *type_full_name(PyTypeObject *type)
{
    PyObject *module = get_module((PyObject *)type, NULL);
    if (module == NULL)
        PyErr_Clear();
    PyObject *name = PyType_GetQualName(type), *result = NULL;
    if (name != NULL) {
        if (module != NULL && PyUnicode_Check(module) && !_PyUnicode_EQ(module, N(builtins)))
            result = PyUnicode_FromFormat("%U.%U", module, name);
        else
            result = Py_NewRef(name);
    }
    Py_XDECREF(module);
    Py_XDECREF(name);
    return result;
}

PyObject *type_repr(PyObject *self)
{
    PyTypeObject *type = (PyTypeObject *)self;
    PyObject *name = type_full_name(type);
    if (name == NULL)
        return NULL;
    PyObject *result = PyUnicode_FromFormat("<class '%U'>", name);
    Py_DECREF(name);
    return result;
}

static int type_is_gc(PyObject *self) { return type_is_heap((PyTypeObject *)self); }

static PyNumberMethods type_as_number = {.nb_or = type_or};

PyTypeObject PyType_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "type",
    .tp_basicsize = sizeof(PyHeapTypeObject),
    .tp_itemsize = sizeof(PyMemberDef),
    .tp_dealloc = type_dealloc,
    .tp_vectorcall_offset = offsetof(PyTypeObject, tp_vectorcall),
    .tp_repr = type_repr,
    .tp_as_number = &type_as_number,
    .tp_call = type_call,
    .tp_getattro = type_getattro,
    .tp_setattro = type_setattro,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_TYPE_SUBCLASS
                | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_doc = "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
    .tp_traverse = type_traverse,
    .tp_clear = type_clear,
    .tp_weaklistoffset = offsetof(PyTypeObject, tp_weaklist),
    .tp_methods = type_methods,
    .tp_members = type_members,
    .tp_getset = type_getset,
    .tp_dictoffset = offsetof(PyTypeObject, tp_dict),
    .tp_init = type_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = type_new,
    .tp_free = PyObject_GC_Del,
    .tp_is_gc = type_is_gc,
    .tp_vectorcall = type_vectorcall,
};
