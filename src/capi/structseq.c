/* Types of tuples with named fields (struct sequences).
 *
 *   ob_size items        the sequence: what len(), indexing and comparison see
 *   the items after it   fields that are attributes only
 *
 * The numbers of visible, all and unnamed fields stand in the type's dict under the names below. */
#include "capi/structseq.h"
#include "structmember.h"
#include "objects/names.h"

#include <stdlib.h>

const char *const PyStructSequence_UnnamedField = "unnamed field";

/* A number of the type's dict; -1 with an exception. */
static Py_ssize_t type_number(PyTypeObject *type, PyObject *key)
{
    PyObject *value = PyDict_GetItemWithError(type->tp_dict, key);
    if (!value) {
        if (!PyErr_Occurred())
            PyErr_Format(PyExc_TypeError, "Missed attribute '%U' of type %s", key, type->tp_name);
        return -1;
    }
    return PyLong_AsSsize_t(value);
}
#define VISIBLE(type) type_number(type, N(n_sequence_fields))
#define FIELDS(type) type_number(type, N(n_fields))
#define UNNAMED(type) type_number(type, N(n_unnamed_fields))

/* -- Instances -- */

PyObject *PyStructSequence_New(PyTypeObject *type)
{
    Py_ssize_t size = FIELDS(type), visible = size < 0 ? -1 : VISIBLE(type);
    if (visible < 0)
        return NULL;
    PyStructSequence *s = PyObject_GC_NewVar(PyStructSequence, type, size);
    if (!s)
        return NULL;
    Py_SET_SIZE((PyVarObject *)s, visible); /* the fields after it are hidden */
    memset(s->ob_item, 0, sizeof(PyObject *) * size);
    return (PyObject *)s;
}

void PyStructSequence_SetItem(PyObject *op, Py_ssize_t i, PyObject *value) { ((PyTupleObject *)op)->ob_item[i] = value; }
PyObject *PyStructSequence_GetItem(PyObject *op, Py_ssize_t i) { return ((PyTupleObject *)op)->ob_item[i]; }

/* All fields: the room was given for them.  Counted without the dict, which may be gone at the end. */
static Py_ssize_t all_fields(PyObject *op)
{
    PyTypeObject *type = Py_TYPE(op);
    Py_ssize_t n = type->tp_dict ? FIELDS(type) : -1;
    if (n < 0) {
        PyErr_Clear();
        n = Py_SIZE(op);
    }
    return n;
}

static void structseq_dealloc(PyObject *op)
{
    PyObject_GC_UnTrack(op);
    PyTypeObject *type = Py_TYPE(op);
    Py_ssize_t n = all_fields(op);
    for (Py_ssize_t i = 0; i < n; i++)
        Py_XDECREF(((PyTupleObject *)op)->ob_item[i]);
    type->tp_free(op);
    if (type->tp_flags & Py_TPFLAGS_HEAPTYPE)
        Py_DECREF(type);
}

static int structseq_traverse(PyObject *op, visitproc visit, void *arg)
{
    if (Py_TYPE(op)->tp_flags & Py_TPFLAGS_HEAPTYPE)
        Py_VISIT(Py_TYPE(op));
    Py_ssize_t n = all_fields(op);
    for (Py_ssize_t i = 0; i < n; i++)
        Py_VISIT(((PyTupleObject *)op)->ob_item[i]);
    return 0;
}

/* type(sequence, dict={}): as many items as there are fields, or at least the visible ones; the dict fills in hidden
 * fields by name. */
static PyObject *structseq_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"sequence", "dict", NULL};
    PyObject *source, *dict = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:structseq", keywords, &source, &dict))
        return NULL;
    Py_ssize_t min = VISIBLE(type), max = min < 0 ? -1 : FIELDS(type), unnamed = max < 0 ? -1 : UNNAMED(type);
    if (unnamed < 0)
        return NULL;
    source = PySequence_Fast(source, "constructor requires a sequence");
    if (!source)
        return NULL;
    if (dict && !PyDict_Check(dict)) {
        PyErr_Format(PyExc_TypeError, "%.500s() takes a dict as second arg, if any", type->tp_name);
        Py_DECREF(source);
        return NULL;
    }
    Py_ssize_t n = PySequence_Fast_GET_SIZE(source);
    if (n < min || n > max) {
        if (min != max)
            PyErr_Format(PyExc_TypeError, "%.500s() takes an at %s %zd-sequence (%zd-sequence given)", type->tp_name,
                         n < min ? "least" : "most", n < min ? min : max, n);
        else
            PyErr_Format(PyExc_TypeError, "%.500s() takes a %zd-sequence (%zd-sequence given)", type->tp_name, min, n);
        Py_DECREF(source);
        return NULL;
    }
    PyObject *result = PyStructSequence_New(type);
    if (!result) {
        Py_DECREF(source);
        return NULL;
    }
    PyObject **items = ((PyTupleObject *)result)->ob_item;
    for (Py_ssize_t i = 0; i < n; i++)
        items[i] = Py_NewRef(PySequence_Fast_GET_ITEM(source, i));
    Py_DECREF(source);
    for (Py_ssize_t i = n; i < max; i++) {
        PyObject *value = dict ? PyDict_GetItemString(dict, type->tp_members[i - unnamed].name) : NULL;
        items[i] = Py_NewRef(value ? value : Py_None);
    }
    PyObject_GC_Track(result);
    return result;
}

/* module.type(name=value, ...) of the visible fields */
static PyObject *structseq_repr(PyObject *op)
{
    PyTypeObject *type = Py_TYPE(op);
    _PyUnicodeWriter w;
    _PyUnicodeWriter_Init(&w);
    w.overallocate = 1;
    if (_PyUnicodeWriter_WriteASCIIString(&w, type->tp_name, strlen(type->tp_name)) < 0 ||
        _PyUnicodeWriter_WriteChar(&w, '(') < 0)
        goto error;
    for (Py_ssize_t i = 0; i < Py_SIZE(op); i++) {
        const char *name = type->tp_members[i].name;
        if (!name) {
            PyErr_Format(PyExc_SystemError, "In structseq_repr(), member %zd name is NULL for type %.500s", i,
                         type->tp_name);
            goto error;
        }
        PyObject *text = PyObject_Repr(((PyTupleObject *)op)->ob_item[i]);
        if (!text)
            goto error;
        int status = (i && _PyUnicodeWriter_WriteASCIIString(&w, ", ", 2) < 0) ||
                     _PyUnicodeWriter_WriteASCIIString(&w, name, strlen(name)) < 0 ||
                     _PyUnicodeWriter_WriteChar(&w, '=') < 0 || _PyUnicodeWriter_WriteStr(&w, text) < 0;
        Py_DECREF(text);
        if (status)
            goto error;
    }
    if (_PyUnicodeWriter_WriteChar(&w, ')') < 0)
        goto error;
    return _PyUnicodeWriter_Finish(&w);
error:
    _PyUnicodeWriter_Dealloc(&w);
    return NULL;
}

/* (type, (visible items, {hidden name: value})) */
static PyObject *structseq_reduce(PyObject *op, PyObject *Py_UNUSED(ignored))
{
    PyTypeObject *type = Py_TYPE(op);
    Py_ssize_t fields = FIELDS(type), unnamed = fields < 0 ? -1 : UNNAMED(type);
    if (unnamed < 0)
        return NULL;
    PyObject *dict = PyDict_New(), *visible = PyTuple_New(Py_SIZE(op)), *result = NULL;
    if (!dict || !visible)
        goto done;
    for (Py_ssize_t i = 0; i < Py_SIZE(op); i++)
        PyTuple_SET_ITEM(visible, i, Py_NewRef(((PyTupleObject *)op)->ob_item[i]));
    for (Py_ssize_t i = Py_SIZE(op); i < fields; i++)
        if (PyDict_SetItemString(dict, type->tp_members[i - unnamed].name, ((PyTupleObject *)op)->ob_item[i]) < 0)
            goto done;
    result = Py_BuildValue("(O(OO))", type, visible, dict);
done:
    Py_XDECREF(dict);
    Py_XDECREF(visible);
    return result;
}

static PyMethodDef structseq_methods[] = {{"__reduce__", structseq_reduce, METH_NOARGS, NULL}, {NULL}};

/* -- Types -- */

static Py_ssize_t count_fields(PyStructSequence_Desc *desc, Py_ssize_t *unnamed)
{
    Py_ssize_t n = 0;
    *unnamed = 0;
    for (; desc->fields[n].name; n++)
        *unnamed += desc->fields[n].name == PyStructSequence_UnnamedField;
    return n;
}

/* The member table, with room for its end, from malloc: that of a static type lives as long as the type, which is longer
 * than the heap.  NULL with MemoryError. */
static PyMemberDef *make_members(PyStructSequence_Desc *desc, Py_ssize_t n, Py_ssize_t unnamed)
{
    PyMemberDef *members = calloc((size_t)(n - unnamed + 1), sizeof(PyMemberDef));
    if (!members) {
        PyErr_NoMemory();
        return NULL;
    }
    Py_ssize_t k = 0;
    for (Py_ssize_t i = 0; i < n; i++)
        if (desc->fields[i].name != PyStructSequence_UnnamedField)
            members[k++] = (PyMemberDef){desc->fields[i].name, T_OBJECT,
                                         offsetof(PyStructSequence, ob_item) + i * sizeof(PyObject *), READONLY,
                                         desc->fields[i].doc};
    return members;
}

static int set_number(PyObject *dict, PyObject *key, Py_ssize_t value)
{
    PyObject *number = PyLong_FromSsize_t(value);
    int status = number ? PyDict_SetItem(dict, key, number) : -1;
    Py_XDECREF(number);
    return status;
}

/* The numbers and __match_args__; 0, or -1 with an exception. */
static int fill_dict(PyTypeObject *type, PyStructSequence_Desc *desc, Py_ssize_t n, Py_ssize_t unnamed)
{
    PyObject *dict = type->tp_dict;
    if (set_number(dict, N(n_sequence_fields), desc->n_in_sequence) < 0 || set_number(dict, N(n_fields), n) < 0 ||
        set_number(dict, N(n_unnamed_fields), unnamed) < 0)
        return -1;
    Py_ssize_t named = 0;
    for (Py_ssize_t i = 0; i < desc->n_in_sequence; i++)
        named += desc->fields[i].name != PyStructSequence_UnnamedField;
    PyObject *names = PyTuple_New(named);
    if (!names)
        return -1;
    Py_ssize_t k = 0;
    for (Py_ssize_t i = 0; i < desc->n_in_sequence; i++) {
        if (desc->fields[i].name == PyStructSequence_UnnamedField)
            continue;
        PyObject *name = PyUnicode_InternFromString(desc->fields[i].name);
        if (!name) {
            Py_DECREF(names);
            return -1;
        }
        PyTuple_SET_ITEM(names, k++, name);
    }
    int status = PyDict_SetItemString(dict, "__match_args__", names);
    Py_DECREF(names);
    return status;
}

/* Makes a static type that the caller provides (zeroed); 0, or -1 with an exception. */
int _PyStructSequence_InitType(PyTypeObject *type, PyStructSequence_Desc *desc, unsigned long tp_flags)
{
    if (type->tp_flags & Py_TPFLAGS_READY)
        return 0;
    Py_ssize_t unnamed, n = count_fields(desc, &unnamed);
    if (!type->tp_members && !(type->tp_members = make_members(desc, n, unnamed)))
        return -1;
    if (Py_REFCNT(type) == 0)
        Py_SET_REFCNT((PyObject *)type, 1);
    type->tp_name = desc->name;
    type->tp_doc = desc->doc;
    type->tp_basicsize = sizeof(PyStructSequence) - sizeof(PyObject *);
    type->tp_itemsize = sizeof(PyObject *);
    type->tp_dealloc = structseq_dealloc;
    type->tp_traverse = structseq_traverse;
    type->tp_repr = structseq_repr;
    type->tp_methods = structseq_methods;
    type->tp_new = structseq_new;
    type->tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | tp_flags;
    type->tp_base = &PyTuple_Type;
    if (PyType_Ready(type) < 0)
        return -1;
    Py_INCREF(type);
    return fill_dict(type, desc, n, unnamed);
}

int PyStructSequence_InitType2(PyTypeObject *type, PyStructSequence_Desc *desc)
{
    return _PyStructSequence_InitType(type, desc, 0);
}

void PyStructSequence_InitType(PyTypeObject *type, PyStructSequence_Desc *desc)
{
    (void)_PyStructSequence_InitType(type, desc, 0);
}

/* A heap type; new reference, or NULL with an exception. */
PyTypeObject *_PyStructSequence_NewType(PyStructSequence_Desc *desc, unsigned long tp_flags)
{
    Py_ssize_t unnamed, n = count_fields(desc, &unnamed);
    PyMemberDef *members = make_members(desc, n, unnamed);
    if (!members)
        return NULL;
    PyType_Slot slots[] = {{Py_tp_dealloc, structseq_dealloc},
                           {Py_tp_traverse, structseq_traverse},
                           {Py_tp_repr, structseq_repr},
                           {Py_tp_doc, (void *)desc->doc},
                           {Py_tp_methods, structseq_methods},
                           {Py_tp_new, structseq_new},
                           {Py_tp_members, members},
                           {0, NULL}};
    PyType_Spec spec = {desc->name, sizeof(PyStructSequence) - sizeof(PyObject *), sizeof(PyObject *),
                        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | (unsigned int)tp_flags, slots};
    if (!desc->doc) {
        slots[3] = slots[6];
        slots[6] = slots[7];
    }
    PyTypeObject *type = (PyTypeObject *)PyType_FromSpecWithBases(&spec, (PyObject *)&PyTuple_Type);
    free(members);   /* the type has a copy */
    if (type && fill_dict(type, desc, n, unnamed) < 0)
        Py_CLEAR(type);
    return type;
}

PyTypeObject *PyStructSequence_NewType(PyStructSequence_Desc *desc) { return _PyStructSequence_NewType(desc, 0); }
