/* The sequence protocol (https://docs.python.org/3.11/c-api/sequence.html). */
#include "objects/object.h"
#include "objects/names.h"

static int null_error(void)
{
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_SystemError, "null argument to internal routine");
    return -1;
}

static int type_error(const char *format, PyObject *o)
{
    PyErr_Format(PyExc_TypeError, format, Py_TYPE(o)->tp_name);
    return -1;
}

int PySequence_Check(PyObject *s)
{
    return !PyDict_Check(s) && Py_TYPE(s)->tp_as_sequence != NULL && Py_TYPE(s)->tp_as_sequence->sq_item != NULL;
}

Py_ssize_t PySequence_Size(PyObject *s)
{
    if (s == NULL)
        return null_error();
    PyTypeObject *type = Py_TYPE(s);
    if (type->tp_as_sequence != NULL && type->tp_as_sequence->sq_length != NULL)
        return type->tp_as_sequence->sq_length(s);
    if (type->tp_as_mapping != NULL && type->tp_as_mapping->mp_length != NULL)
        return type_error("%.200s is not a sequence", s);
    return type_error("object of type '%.200s' has no len()", s);
}
#undef PySequence_Length
Py_ssize_t PySequence_Length(PyObject *s) { return PySequence_Size(s); }

/* ---- + and * ---- */

static PyObject *by_number(PyObject *a, PyObject *b, size_t offset)
{
    for (int i = 0; i < 2; i++) {
        PyNumberMethods *suite = Py_TYPE(i == 0 ? a : b)->tp_as_number;
        binaryfunc slot = suite == NULL ? NULL : *(binaryfunc *)((char *)suite + offset);
        if (slot == NULL)
            continue;
        PyObject *result = slot(a, b);
        if (result != Py_NotImplemented)
            return result;
        Py_DECREF(result);
    }
    return Py_NewRef(Py_NotImplemented);
}

static PyObject *concat(PyObject *s, PyObject *o, int inplace)
{
    if (s == NULL || o == NULL) {
        null_error();
        return NULL;
    }
    PySequenceMethods *suite = Py_TYPE(s)->tp_as_sequence;
    if (inplace && suite != NULL && suite->sq_inplace_concat != NULL)
        return suite->sq_inplace_concat(s, o);
    if (suite != NULL && suite->sq_concat != NULL)
        return suite->sq_concat(s, o);
    if (PySequence_Check(s) && PySequence_Check(o)) {   /* classes written in Python fill only the number slot */
        PyObject *result = inplace && Py_TYPE(s)->tp_as_number != NULL && Py_TYPE(s)->tp_as_number->nb_inplace_add != NULL
                               ? Py_TYPE(s)->tp_as_number->nb_inplace_add(s, o)
                               : by_number(s, o, offsetof(PyNumberMethods, nb_add));
        if (result != Py_NotImplemented)
            return result;
        Py_DECREF(result);
    }
    type_error("'%.200s' object can't be concatenated", s);
    return NULL;
}

PyObject *PySequence_Concat(PyObject *s, PyObject *o) { return concat(s, o, 0); }
PyObject *PySequence_InPlaceConcat(PyObject *s, PyObject *o) { return concat(s, o, 1); }

static PyObject *repeat(PyObject *o, Py_ssize_t count, int inplace)
{
    if (o == NULL) {
        null_error();
        return NULL;
    }
    PySequenceMethods *suite = Py_TYPE(o)->tp_as_sequence;
    if (inplace && suite != NULL && suite->sq_inplace_repeat != NULL)
        return suite->sq_inplace_repeat(o, count);
    if (suite != NULL && suite->sq_repeat != NULL)
        return suite->sq_repeat(o, count);
    if (PySequence_Check(o)) {
        PyObject *n = PyLong_FromSsize_t(count);
        if (n == NULL)
            return NULL;
        PyObject *result = by_number(o, n, offsetof(PyNumberMethods, nb_multiply));
        Py_DECREF(n);
        if (result != Py_NotImplemented)
            return result;
        Py_DECREF(result);
    }
    type_error("'%.200s' object can't be repeated", o);
    return NULL;
}

PyObject *PySequence_Repeat(PyObject *o, Py_ssize_t count) { return repeat(o, count, 0); }
PyObject *PySequence_InPlaceRepeat(PyObject *o, Py_ssize_t count) { return repeat(o, count, 1); }

/* ---- items and slices ---- */

/* Counts a negative index from the end; 0, or -1 with an exception set. */
static int from_end(PyObject *s, PySequenceMethods *suite, Py_ssize_t *i)
{
    if (*i >= 0 || suite->sq_length == NULL)
        return 0;
    Py_ssize_t n = suite->sq_length(s);
    if (n < 0)
        return -1;
    *i += n;
    return 0;
}

static int is_mapping(PyObject *s)
{
    return Py_TYPE(s)->tp_as_mapping != NULL && Py_TYPE(s)->tp_as_mapping->mp_subscript != NULL;
}

PyObject *PySequence_GetItem(PyObject *s, Py_ssize_t i)
{
    if (s == NULL) {
        null_error();
        return NULL;
    }
    PySequenceMethods *suite = Py_TYPE(s)->tp_as_sequence;
    if (suite != NULL && suite->sq_item != NULL)
        return from_end(s, suite, &i) < 0 ? NULL : suite->sq_item(s, i);
    type_error(is_mapping(s) ? "%.200s is not a sequence" : "'%.200s' object does not support indexing", s);
    return NULL;
}

static int assign_item(PyObject *s, Py_ssize_t i, PyObject *value, const char *problem)
{
    if (s == NULL)
        return null_error();
    PySequenceMethods *suite = Py_TYPE(s)->tp_as_sequence;
    if (suite != NULL && suite->sq_ass_item != NULL)
        return from_end(s, suite, &i) < 0 ? -1 : suite->sq_ass_item(s, i, value);
    return type_error(Py_TYPE(s)->tp_as_mapping != NULL && Py_TYPE(s)->tp_as_mapping->mp_ass_subscript != NULL
                          ? "%.200s is not a sequence"
                          : problem,
                      s);
}

int PySequence_SetItem(PyObject *s, Py_ssize_t i, PyObject *value)
{
    return assign_item(s, i, value, "'%.200s' object does not support item assignment");
}
int PySequence_DelItem(PyObject *s, Py_ssize_t i)
{
    return assign_item(s, i, NULL, "'%.200s' object doesn't support item deletion");
}

static PyObject *make_slice(Py_ssize_t low, Py_ssize_t high)
{
    PyObject *start = PyLong_FromSsize_t(low), *stop = PyLong_FromSsize_t(high), *slice = NULL;
    if (start != NULL && stop != NULL)
        slice = PySlice_New(start, stop, NULL);
    Py_XDECREF(start);
    Py_XDECREF(stop);
    return slice;
}

PyObject *PySequence_GetSlice(PyObject *s, Py_ssize_t low, Py_ssize_t high)
{
    if (s == NULL) {
        null_error();
        return NULL;
    }
    if (!is_mapping(s)) {
        type_error("'%.200s' object is unsliceable", s);
        return NULL;
    }
    PyObject *slice = make_slice(low, high);
    if (slice == NULL)
        return NULL;
    PyObject *result = Py_TYPE(s)->tp_as_mapping->mp_subscript(s, slice);
    Py_DECREF(slice);
    return result;
}

static int assign_slice(PyObject *s, Py_ssize_t low, Py_ssize_t high, PyObject *value, const char *problem)
{
    if (s == NULL)
        return null_error();
    PyMappingMethods *suite = Py_TYPE(s)->tp_as_mapping;
    if (suite == NULL || suite->mp_ass_subscript == NULL)
        return type_error(problem, s);
    PyObject *slice = make_slice(low, high);
    if (slice == NULL)
        return -1;
    int err = suite->mp_ass_subscript(s, slice, value);
    Py_DECREF(slice);
    return err;
}

int PySequence_SetSlice(PyObject *s, Py_ssize_t low, Py_ssize_t high, PyObject *value)
{
    return assign_slice(s, low, high, value, "'%.200s' object doesn't support slice assignment");
}
int PySequence_DelSlice(PyObject *s, Py_ssize_t low, Py_ssize_t high)
{
    return assign_slice(s, low, high, NULL, "'%.200s' object doesn't support slice deletion");
}

/* ---- conversion ---- */

PyObject *PySequence_Tuple(PyObject *v)
{
    if (v == NULL) {
        null_error();
        return NULL;
    }
    if (PyTuple_CheckExact(v))
        return Py_NewRef(v);
    if (PyList_CheckExact(v))
        return PyList_AsTuple(v);
    PyObject *iterator = PyObject_GetIter(v);
    if (iterator == NULL)
        return NULL;
    Py_ssize_t room = PyObject_LengthHint(v, 10), n = 0;
    PyObject *tuple = room < 0 ? NULL : PyTuple_New(room), *item;
    while (tuple != NULL && (item = PyIter_Next(iterator)) != NULL) {
        if (n == room) {
            if (room > PY_SSIZE_T_MAX - 10 - (room >> 2)) {
                Py_DECREF(item);
                PyErr_NoMemory();
                Py_CLEAR(tuple);
                break;
            }
            room += 10 + (room >> 2);
            if (_PyTuple_Resize(&tuple, room) < 0) {
                Py_DECREF(item);
                break;
            }
        }
        PyTuple_SET_ITEM(tuple, n++, item);
    }
    Py_DECREF(iterator);
    if (tuple != NULL && PyErr_Occurred())
        Py_CLEAR(tuple);
    if (tuple != NULL && n < room)
        _PyTuple_Resize(&tuple, n);
    return tuple;
}

PyObject *PySequence_List(PyObject *v)
{
    if (v == NULL) {
        null_error();
        return NULL;
    }
    PyObject *list = PyList_New(0);
    if (list == NULL)
        return NULL;
    PyObject *none = _PyList_Extend((PyListObject *)list, v);
    if (none == NULL) {
        Py_DECREF(list);
        return NULL;
    }
    Py_DECREF(none);
    return list;
}

PyObject *PySequence_Fast(PyObject *v, const char *message)
{
    if (v == NULL) {
        null_error();
        return NULL;
    }
    if (PyList_CheckExact(v) || PyTuple_CheckExact(v))
        return Py_NewRef(v);
    PyObject *iterator = PyObject_GetIter(v);
    if (iterator == NULL) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_SetString(PyExc_TypeError, message);
        return NULL;
    }
    PyObject *list = PySequence_List(iterator);
    Py_DECREF(iterator);
    return list;
}

/* ---- search ---- */

Py_ssize_t _PySequence_IterSearch(PyObject *s, PyObject *o, int operation)
{
    if (s == NULL || o == NULL)
        return null_error();
    PyObject *iterator = PyObject_GetIter(s), *item;
    if (iterator == NULL) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            type_error("argument of type '%.200s' is not iterable", s);
        return -1;
    }
    Py_ssize_t n = 0, result = -1;
    int wrapped = 0;
    for (;;) {
        item = PyIter_Next(iterator);
        if (item == NULL) {
            if (PyErr_Occurred())
                break;
            if (operation == PY_ITERSEARCH_INDEX)
                PyErr_SetString(PyExc_ValueError, "sequence.index(x): x not in sequence");
            else
                result = operation == PY_ITERSEARCH_COUNT ? n : 0;
            break;
        }
        int same = PyObject_RichCompareBool(item, o, Py_EQ);
        Py_DECREF(item);
        if (same < 0)
            break;
        if (same && operation == PY_ITERSEARCH_CONTAINS) {
            result = 1;
            break;
        }
        if (same && operation == PY_ITERSEARCH_INDEX) {
            if (wrapped)
                PyErr_SetString(PyExc_OverflowError, "index exceeds C integer size");
            else
                result = n;
            break;
        }
        if (same || operation == PY_ITERSEARCH_INDEX) {
            if (n == PY_SSIZE_T_MAX) {
                if (operation == PY_ITERSEARCH_COUNT) {
                    PyErr_SetString(PyExc_OverflowError, "count exceeds C integer size");
                    break;
                }
                wrapped = 1;
            } else {
                n++;
            }
        }
    }
    Py_DECREF(iterator);
    return result;
}

int PySequence_Contains(PyObject *s, PyObject *o)
{
    PySequenceMethods *suite = Py_TYPE(s)->tp_as_sequence;
    if (suite != NULL && suite->sq_contains != NULL)
        return suite->sq_contains(s, o);
    return (int)_PySequence_IterSearch(s, o, PY_ITERSEARCH_CONTAINS);
}
#undef PySequence_In
int PySequence_In(PyObject *s, PyObject *o) { return PySequence_Contains(s, o); }

Py_ssize_t PySequence_Count(PyObject *s, PyObject *o) { return _PySequence_IterSearch(s, o, PY_ITERSEARCH_COUNT); }
Py_ssize_t PySequence_Index(PyObject *s, PyObject *o) { return _PySequence_IterSearch(s, o, PY_ITERSEARCH_INDEX); }

/* A NULL-terminated array of copies of the bytes objects in s, for exec; free with _Py_FreeCharPArray. */
char *const *_PySequence_BytesToCharpArray(PyObject *s)
{
    Py_ssize_t n = PySequence_Size(s);
    if (n < 0)
        return NULL;
    char **array = PyMem_Calloc(n + 1, sizeof *array);
    if (array == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *item = PySequence_GetItem(s, i);
        char *text;
        Py_ssize_t size;
        if (item == NULL || PyBytes_AsStringAndSize(item, &text, &size) < 0
            || (array[i] = PyMem_Malloc(size + 1)) == NULL) {
            if (!PyErr_Occurred())
                PyErr_NoMemory();
            Py_XDECREF(item);
            _Py_FreeCharPArray(array);
            return NULL;
        }
        memcpy(array[i], text, size + 1);
        Py_DECREF(item);
    }
    return array;
}

void _Py_FreeCharPArray(char *const array[])
{
    for (Py_ssize_t i = 0; array[i] != NULL; i++)
        PyMem_Free(array[i]);
    PyMem_Free((void *)array);
}
