/* An element as a sequence of its children: indices and slices. */
#include "modules/elementtree/elementtree.h"

static Py_ssize_t length(PyObject *o) { return element_length((Element *)o); }

static PyObject *item(PyObject *o, Py_ssize_t i)
{
    Element *self = (Element *)o;
    if (i < 0 || i >= element_length(self)) {
        PyErr_SetString(PyExc_IndexError, "child index out of range");
        return NULL;
    }
    return Py_NewRef(self->extra->children[i]);
}

static int set_item(PyObject *o, Py_ssize_t i, PyObject *child)
{
    Element *self = (Element *)o;
    if (i < 0 || i >= element_length(self)) {
        PyErr_SetString(PyExc_IndexError, "child assignment index out of range");
        return -1;
    }
    if (child && element_check_child(child) < 0)
        return -1;
    PyObject **children = self->extra->children, *old = children[i];
    if (child)
        children[i] = Py_NewRef(child);
    else {
        self->extra->length--;
        memmove(children + i, children + i + 1, (size_t)(self->extra->length - i) * sizeof *children);
    }
    Py_DECREF(old);
    return 0;
}

/* The index an object stands for, counted from the start; -1 with an exception. */
static Py_ssize_t index_of(PyObject *o, PyObject *key)
{
    Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError);
    if (i == -1 && PyErr_Occurred())
        return -1;
    if (i < 0)
        i += length(o);
    return i < 0 ? PY_SSIZE_T_MAX : i;
}

static int refuse_key(void)
{
    PyErr_SetString(PyExc_TypeError, "element indices must be integers");
    return -1;
}

static PyObject *subscript(PyObject *o, PyObject *key)
{
    Py_ssize_t start, stop, step;
    if (PyIndex_Check(key)) {
        Py_ssize_t i = index_of(o, key);
        return i < 0 ? NULL : item(o, i);
    }
    if (!PySlice_Check(key)) {
        refuse_key();
        return NULL;
    }
    if (PySlice_Unpack(key, &start, &stop, &step) < 0)
        return NULL;
    Py_ssize_t count = PySlice_AdjustIndices(length(o), &start, &stop, step);
    PyObject *list = PyList_New(count);
    for (Py_ssize_t i = 0; list && i < count; i++)
        PyList_SET_ITEM(list, i, Py_NewRef(((Element *)o)->extra->children[start + i * step]));
    return list;
}

/* Replaces the `count` children of a slice by as many (step != 1) or any number of new ones; 0 or -1.  What was there
 * is released only when the element is whole again. */
static int replace(Element *self, Py_ssize_t start, Py_ssize_t step, Py_ssize_t count, PyObject **new,
                   Py_ssize_t new_count)
{
    PyObject *old = PyList_New(count);
    if (old == NULL || (new_count > count && element_reserve(self, new_count - count) < 0)) {
        Py_XDECREF(old);
        return -1;
    }
    PyObject **children = self->extra ? self->extra->children : NULL;
    for (Py_ssize_t i = 0; i < count; i++)
        PyList_SET_ITEM(old, i, children[start + i * step]);
    if (step == 1 || new_count == count) {
        if (new_count != count) {
            memmove(children + start + new_count, children + start + count,
                    (size_t)(self->extra->length - start - count) * sizeof *children);
            self->extra->length += new_count - count;
        }
        for (Py_ssize_t i = 0; i < new_count; i++)
            children[start + i * step] = Py_NewRef(new[i]);
    } else { /* deletion of every step-th */
        Py_ssize_t to = 0, gone = 0;
        for (Py_ssize_t i = 0; i < self->extra->length; i++)
            if (gone < count && i == start + gone * step)
                gone++;
            else
                children[to++] = children[i];
        self->extra->length = to;
    }
    Py_DECREF(old);
    return 0;
}

static int set_slice(Element *self, PyObject *key, PyObject *value)
{
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(key, &start, &stop, &step) < 0)
        return -1;
    PyObject *sequence = NULL;
    if (value) {
        sequence = PySequence_Fast(value, "");
        if (sequence == NULL) {
            PyErr_Format(PyExc_TypeError, "expected sequence, not \"%.200s\"", Py_TYPE(value)->tp_name);
            return -1;
        }
    }
    Py_ssize_t count = PySlice_AdjustIndices(element_length(self), &start, &stop, step);
    Py_ssize_t new_count = sequence ? PySequence_Fast_GET_SIZE(sequence) : 0;
    PyObject **new = sequence ? PySequence_Fast_ITEMS(sequence) : NULL;
    int result = 0;
    if (value && step != 1 && new_count != count) {
        PyErr_Format(PyExc_ValueError, "attempt to assign sequence of size %zd to extended slice of size %zd",
                     new_count, count);
        result = -1;
    }
    for (Py_ssize_t i = 0; i < new_count && result == 0; i++)
        result = element_check_child(new[i]);
    if (result == 0 && step < 0 && value == NULL && count) { /* the same children, in rising order */
        start += (count - 1) * step;
        step = -step;
    }
    if (result == 0 && (count || new_count))
        result = replace(self, start, step, count, new, new_count);
    Py_XDECREF(sequence);
    return result;
}

static int set_subscript(PyObject *o, PyObject *key, PyObject *value)
{
    if (PyIndex_Check(key)) {
        Py_ssize_t i = index_of(o, key);
        return i < 0 ? -1 : set_item(o, i, value);
    }
    return PySlice_Check(key) ? set_slice((Element *)o, key, value) : refuse_key();
}

PySequenceMethods element_sequence = {.sq_length = length, .sq_item = item, .sq_ass_item = set_item};
PyMappingMethods element_mapping = {.mp_length = length, .mp_subscript = subscript, .mp_ass_subscript = set_subscript};
