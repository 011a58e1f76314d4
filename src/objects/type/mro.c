/* Order of bases: the C3 linearisation (https://docs.python.org/3/howto/mro.html), the subtype test, and the choice of
 * the base whose layout a new class extends. */
#include "objects/type/type.h"
#include "objects/names.h"

int PyType_IsSubtype(PyTypeObject *a, PyTypeObject *b)
{
    PyObject *mro = a->tp_mro;
    if (mro != NULL) {
        for (Py_ssize_t i = 0, n = PyTuple_GET_SIZE(mro); i < n; i++)
            if (PyTuple_GET_ITEM(mro, i) == (PyObject *)b)
                return 1;
        return 0;
    }
    /* not ready yet: follow the first bases */
    do {
        if (a == b)
            return 1;
        a = a->tp_base;
    } while (a != NULL);
    return b == &PyBaseObject_Type;
}

/* ---- C3 ---- */

/* Nonzero if c stands after position `from` in the sequence. */
static int stands_in_tail(PyObject *sequence, Py_ssize_t from, PyObject *c)
{
    for (Py_ssize_t j = from + 1; j < PyTuple_GET_SIZE(sequence); j++)
        if (PyTuple_GET_ITEM(sequence, j) == c)
            return 1;
    return 0;
}

static int mro_conflict(PyObject **sequences, Py_ssize_t *heads, Py_ssize_t count)
{
    PyObject *names = PyUnicode_FromString(""), *seen = PyList_New(0);
    for (Py_ssize_t i = 0; names != NULL && seen != NULL && i < count; i++) {
        if (heads[i] >= PyTuple_GET_SIZE(sequences[i]))
            continue;
        PyObject *c = PyTuple_GET_ITEM(sequences[i], heads[i]);
        int known = 0;
        for (Py_ssize_t j = 0; j < PyList_GET_SIZE(seen); j++)
            known |= PyList_GET_ITEM(seen, j) == c;
        if (known)
            continue;
        if (PyList_Append(seen, c) < 0)
            break;
        PyObject *name = PyObject_GetAttr(c, N(__name__));
        if (name == NULL)
            break;
        PyObject *more = PyUnicode_FromFormat(PyList_GET_SIZE(seen) == 1 ? "%U %U" : "%U, %U", names, name);
        Py_DECREF(name);
        Py_SETREF(names, more);
    }
    if (names != NULL && !PyErr_Occurred())
        PyErr_Format(PyExc_TypeError, "Cannot create a consistent method resolution\norder (MRO) for bases%U", names);
    Py_XDECREF(names);
    Py_XDECREF(seen);
    return -1;
}

/* Appends to `result` the merge of the sequences. */
static int merge(PyObject *result, PyObject **sequences, Py_ssize_t *heads, Py_ssize_t count)
{
    for (;;) {
        Py_ssize_t left = 0, i;
        PyObject *next = NULL;
        for (i = 0; i < count && next == NULL; i++) {
            if (heads[i] >= PyTuple_GET_SIZE(sequences[i]))
                continue;
            left++;
            PyObject *c = PyTuple_GET_ITEM(sequences[i], heads[i]);
            int blocked = 0;
            for (Py_ssize_t j = 0; j < count && !blocked; j++)
                blocked = stands_in_tail(sequences[j], heads[j], c);
            if (!blocked)
                next = c;
        }
        if (next == NULL)
            return left == 0 ? 0 : mro_conflict(sequences, heads, count);
        if (PyList_Append(result, next) < 0)
            return -1;
        for (Py_ssize_t j = 0; j < count; j++)
            if (heads[j] < PyTuple_GET_SIZE(sequences[j]) && PyTuple_GET_ITEM(sequences[j], heads[j]) == next)
                heads[j]++;
    }
}

static int check_duplicate_bases(PyObject *bases)
{
    Py_ssize_t n = PyTuple_GET_SIZE(bases);
    for (Py_ssize_t i = 0; i < n; i++)
        for (Py_ssize_t j = i + 1; j < n; j++)
            if (PyTuple_GET_ITEM(bases, i) == PyTuple_GET_ITEM(bases, j)) {
                PyObject *name = PyObject_GetAttr(PyTuple_GET_ITEM(bases, i), N(__name__));
                if (name != NULL)
                    PyErr_Format(PyExc_TypeError, "duplicate base class %U", name);
                else
                    PyErr_SetString(PyExc_TypeError, "duplicate base class");
                Py_XDECREF(name);
                return -1;
            }
    return 0;
}

/* With one base, the order is the class before its base's order. */
static PyObject *single_mro(PyTypeObject *type, PyTypeObject *base)
{
    PyObject *mro = Py_NewRef(base->tp_mro);   /* a collection may give the base another */
    Py_ssize_t n = PyTuple_GET_SIZE(mro);
    PyObject *result = PyTuple_New(n + 1);
    if (result != NULL) {
        PyTuple_SET_ITEM(result, 0, Py_NewRef(type));
        for (Py_ssize_t i = 0; i < n; i++)
            PyTuple_SET_ITEM(result, i + 1, Py_NewRef(PyTuple_GET_ITEM(mro, i)));
    }
    Py_DECREF(mro);
    return result;
}

PyObject *type_compute_mro(PyTypeObject *type)
{
    PyObject *bases = type->tp_bases;
    Py_ssize_t n = bases == NULL ? 0 : PyTuple_GET_SIZE(bases);
    for (Py_ssize_t i = 0; i < n; i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(bases, i);
        if (base->tp_mro == NULL)
            return PyErr_Format(PyExc_TypeError, "Cannot extend an incomplete type '%.100s'", base->tp_name);
    }
    if (n == 0)
        return PyTuple_Pack(1, type);
    if (n == 1)
        return single_mro(type, (PyTypeObject *)PyTuple_GET_ITEM(bases, 0));
    if (check_duplicate_bases(bases) < 0)
        return NULL;
    PyObject *result = PyList_New(0), *mro = NULL;
    PyObject **sequences = PyMem_Malloc((n + 1) * sizeof *sequences);
    Py_ssize_t *heads = PyMem_Calloc(n + 1, sizeof *heads);
    if (result == NULL || sequences == NULL || heads == NULL) {
        PyErr_NoMemory();
    } else if (PyList_Append(result, (PyObject *)type) == 0) {
        /* Owned: the names that a conflict is told with may be computed by a metaclass. */
        for (Py_ssize_t i = 0; i < n; i++)
            sequences[i] = Py_NewRef(((PyTypeObject *)PyTuple_GET_ITEM(bases, i))->tp_mro);
        sequences[n] = Py_NewRef(bases);
        if (merge(result, sequences, heads, n + 1) == 0)
            mro = PyList_AsTuple(result);
        for (Py_ssize_t i = 0; i <= n; i++)
            Py_DECREF(sequences[i]);
    }
    PyMem_Free(sequences);
    PyMem_Free(heads);
    Py_XDECREF(result);
    return mro;
}

/* Checks what a metaclass's mro() gave. */
static int check_custom_mro(PyTypeObject *type, PyObject *mro)
{
    PyTypeObject *solid = type_solid_base(type);
    if (PyTuple_GET_SIZE(mro) == 0) {
        PyErr_SetString(PyExc_TypeError, "type MRO must not be empty");
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(mro); i++) {
        PyObject *c = PyTuple_GET_ITEM(mro, i);
        if (!PyType_Check(c)) {
            PyErr_Format(PyExc_TypeError, "mro() returned a non-class ('%.500s')", Py_TYPE(c)->tp_name);
            return -1;
        }
        if (!PyType_IsSubtype(solid, type_solid_base((PyTypeObject *)c))) {
            PyErr_Format(PyExc_TypeError, "mro() returned base with unsuitable layout ('%.500s')",
                         ((PyTypeObject *)c)->tp_name);
            return -1;
        }
    }
    return 0;
}

int type_set_mro(PyTypeObject *type, PyObject **old)
{
    PyObject *mro;
    PyObject *before = type->tp_mro;
    int custom = Py_TYPE(type) != &PyType_Type && Py_TYPE(type) != NULL;
    if (custom) {
        int unbound;
        PyObject *method = type_lookup_method((PyObject *)type, N(mro), &unbound);
        if (method == NULL)
            return -1;
        PyObject *result = unbound ? PyObject_CallOneArg(method, (PyObject *)type) : PyObject_CallNoArgs(method);
        Py_DECREF(method);
        if (result == NULL)
            return -1;
        mro = PySequence_Tuple(result);
        Py_DECREF(result);
        if (mro != NULL && check_custom_mro(type, mro) < 0)
            Py_CLEAR(mro);
    } else {
        mro = type_compute_mro(type);
    }
    if (mro == NULL)
        return -1;
    if (type->tp_mro != before) {   /* mro() set the bases itself; the inner result stands */
        Py_DECREF(mro);
        if (old != NULL)
            *old = NULL;
        return 1;
    }
    type->tp_mro = mro;
    PyType_Modified(type);
    if (old != NULL)
        *old = before;
    else
        Py_XDECREF(before);
    return 0;
}

/* ---- layout ---- */

/* Nonzero if `type` adds fields of its own to what `base` has: anything but a dict or a list of weak references. */
static int adds_fields(PyTypeObject *type, PyTypeObject *base)
{
    Py_ssize_t size = type->tp_basicsize, base_size = base->tp_basicsize;
    if (type->tp_itemsize || base->tp_itemsize) {
        if (type->tp_itemsize != base->tp_itemsize)
            return 1;
        if (size == base_size)
            return 0;
        if (type->tp_dictoffset < 0 && base->tp_dictoffset == 0 && type_is_heap(type))
            size -= sizeof(PyObject *);
        return size != base_size;
    }
    if (type->tp_weaklistoffset && base->tp_weaklistoffset == 0 && type_is_heap(type)
        && type->tp_weaklistoffset + (Py_ssize_t)sizeof(PyObject *) == size)
        size -= sizeof(PyObject *);
    if (type->tp_dictoffset > 0 && base->tp_dictoffset == 0 && type_is_heap(type)
        && type->tp_dictoffset + (Py_ssize_t)sizeof(PyObject *) == size)
        size -= sizeof(PyObject *);
    return size != base_size;
}

PyTypeObject *type_solid_base(PyTypeObject *type)
{
    PyTypeObject *base = type->tp_base != NULL ? type_solid_base(type->tp_base) : &PyBaseObject_Type;
    return adds_fields(type, base) ? type : base;
}

PyTypeObject *type_best_base(PyObject *bases)
{
    PyTypeObject *winner = NULL, *best = NULL;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases); i++) {
        PyObject *item = PyTuple_GET_ITEM(bases, i);
        if (!PyType_Check(item)) {
            PyErr_SetString(PyExc_TypeError, "bases must be types");
            return NULL;
        }
        PyTypeObject *base = (PyTypeObject *)item;
        if (!(base->tp_flags & Py_TPFLAGS_READY) && PyType_Ready(base) < 0)
            return NULL;
        if (!(base->tp_flags & Py_TPFLAGS_BASETYPE)) {
            PyErr_Format(PyExc_TypeError, "type '%.100s' is not an acceptable base type", base->tp_name);
            return NULL;
        }
        PyTypeObject *solid = type_solid_base(base);
        if (winner == NULL || (winner != solid && !PyType_IsSubtype(winner, solid) && PyType_IsSubtype(solid, winner))) {
            winner = solid;
            best = base;
        } else if (!PyType_IsSubtype(winner, solid)) {
            PyErr_SetString(PyExc_TypeError, "multiple bases have instance lay-out conflict");
            return NULL;
        }
    }
    return best;
}
