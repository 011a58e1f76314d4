/* Built-in functions that consume an iterable: all, any, max, min, sorted, sum. */
#include "modules/builtins/builtins.h"
#include "objects/names.h"

#include <math.h>

PyObject *builtin_all(PyObject *module, PyObject *iterable)
{
    PyObject *it = PyObject_GetIter(iterable), *item;
    if (!it)
        return NULL;
    int truth = 1;
    while (truth > 0 && (item = PyIter_Next(it))) {
        truth = PyObject_IsTrue(item);
        Py_DECREF(item);
    }
    Py_DECREF(it);
    if (truth < 0 || PyErr_Occurred())
        return NULL;
    return PyBool_FromLong(truth);
}

PyObject *builtin_any(PyObject *module, PyObject *iterable)
{
    PyObject *it = PyObject_GetIter(iterable), *item;
    if (!it)
        return NULL;
    int truth = 0;
    while (truth == 0 && (item = PyIter_Next(it))) {
        truth = PyObject_IsTrue(item);
        Py_DECREF(item);
    }
    Py_DECREF(it);
    if (truth < 0 || PyErr_Occurred())
        return NULL;
    return PyBool_FromLong(truth);
}

/* ---- min and max ---------------------------------------------------------------------------------------------- */

/* Reads key= and default= ; 0, or -1 with TypeError set.  The values are borrowed, NULL when absent. */
static int extreme_keywords(const char *name, PyObject *const *values, PyObject *kwnames, PyObject **key,
                            PyObject **fallback)
{
    Py_ssize_t n = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
    if (n > 2) {
        PyErr_Format(PyExc_TypeError, "%s() takes at most 2 keyword arguments (%zd given)", name, n);
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *keyword = PyTuple_GET_ITEM(kwnames, i);
        if (_PyUnicode_EqualToASCIIString(keyword, "key"))
            *key = values[i];
        else if (_PyUnicode_EqualToASCIIString(keyword, "default"))
            *fallback = values[i];
        else {
            PyErr_Format(PyExc_TypeError, "'%U' is an invalid keyword argument for %s()", keyword, name);
            return -1;
        }
    }
    if (*key == Py_None)
        *key = NULL;
    return 0;
}

/* Takes the better of the best so far and (item, value), both stolen; 0, or -1 with an exception set. */
static int extreme_step(PyObject **best, PyObject **best_value, PyObject *item, PyObject *value, int op)
{
    if (*best) {
        int better = PyObject_RichCompareBool(value, *best_value, op);
        if (better <= 0) {
            Py_DECREF(item);
            Py_DECREF(value);
            return better;
        }
        PyObject *old = *best, *old_value = *best_value;
        *best = item;
        *best_value = value;
        Py_DECREF(old);
        Py_DECREF(old_value);
        return 0;
    }
    *best = item;
    *best_value = value;
    return 0;
}

static PyObject *key_of(PyObject *key, PyObject *item)
{
    return key ? PyObject_CallOneArg(key, item) : Py_NewRef(item);
}

static PyObject *extreme(const char *name, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames, int op)
{
    PyObject *key = NULL, *fallback = NULL, *best = NULL, *best_value = NULL, *it = NULL;
    if (nargs == 0) {
        PyErr_Format(PyExc_TypeError, "%s expected at least 1 argument, got 0", name);
        return NULL;
    }
    if (extreme_keywords(name, args + nargs, kwnames, &key, &fallback) < 0)
        return NULL;
    if (nargs > 1 && fallback) {
        PyErr_Format(PyExc_TypeError, "Cannot specify a default for %s() with multiple positional arguments", name);
        return NULL;
    }
    if (nargs == 1 && !(it = PyObject_GetIter(args[0])))
        return NULL;
    for (Py_ssize_t i = 0; it || i < nargs; i++) {
        PyObject *item = it ? PyIter_Next(it) : Py_NewRef(args[i]);
        if (!item)
            break;
        PyObject *value = key_of(key, item);
        if (!value) {
            Py_DECREF(item);
            break;
        }
        if (extreme_step(&best, &best_value, item, value, op) < 0)
            break;
    }
    Py_XDECREF(it);
    Py_XDECREF(best_value);
    if (PyErr_Occurred()) {
        Py_XDECREF(best);
        return NULL;
    }
    if (best)
        return best;
    if (fallback)
        return Py_NewRef(fallback);
    PyErr_Format(PyExc_ValueError, "%s() arg is an empty sequence", name);
    return NULL;
}

PyObject *builtin_max(PyObject *module, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    return extreme("max", args, nargs, kwnames, Py_GT);
}

PyObject *builtin_min(PyObject *module, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    return extreme("min", args, nargs, kwnames, Py_LT);
}

/* ---- sorted --------------------------------------------------------------------------------------------------- */

PyObject *builtin_sorted(PyObject *module, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    if (nargs != 1) {
        PyErr_Format(PyExc_TypeError, "sorted expected 1 argument, got %zd", nargs);
        return NULL;
    }
    PyObject *list = PySequence_List(args[0]);
    if (!list)
        return NULL;
    PyObject *sort = PyObject_GetAttr(list, N(sort));
    PyObject *done = sort ? PyObject_Vectorcall(sort, args + 1, 0, kwnames) : NULL;
    Py_XDECREF(sort);
    if (!done) {
        Py_DECREF(list);
        return NULL;
    }
    Py_DECREF(done);
    return list;
}

/* ---- sum ------------------------------------------------------------------------------------------------------ */

/* Adds machine integers as long as they fit.  Returns 1 when the iterator is used up, 0 when *total holds the sum so
 * far and *item the next one that is no small int, -1 with an exception set. */
static int sum_ints(PyObject *it, PyObject **total, PyObject **item)
{
    int overflow;
    long sum = PyLong_AsLongAndOverflow(*total, &overflow);
    if (overflow)
        return 0;
    while ((*item = PyIter_Next(it))) {
        long value = 0, next;
        if (PyLong_CheckExact(*item))
            value = PyLong_AsLongAndOverflow(*item, &overflow);
        if (!PyLong_CheckExact(*item) || overflow || __builtin_add_overflow(sum, value, &next))
            break;
        sum = next;
        Py_DECREF(*item);
    }
    PyObject *exact = PyErr_Occurred() ? NULL : PyLong_FromLong(sum);
    if (!exact) {
        Py_CLEAR(*item);
        return -1;
    }
    Py_SETREF(*total, exact);
    return *item == NULL;
}

/* As sum_ints, for floats mixed with ints. */
static int sum_floats(PyObject *it, PyObject **total, PyObject **item)
{
    double sum = PyFloat_AS_DOUBLE(*total);
    if (*item)
        goto have;
    while ((*item = PyIter_Next(it))) {
    have:
        if (PyFloat_CheckExact(*item)) {
            sum += PyFloat_AS_DOUBLE(*item);
        } else {
            int overflow = 1;
            long value = PyLong_Check(*item) ? PyLong_AsLongAndOverflow(*item, &overflow) : 0;
            if (overflow)
                break;
            sum += (double)value;
        }
        Py_DECREF(*item);
    }
    PyObject *exact = PyErr_Occurred() ? NULL : PyFloat_FromDouble(sum);
    if (!exact) {
        Py_CLEAR(*item);
        return -1;
    }
    Py_SETREF(*total, exact);
    return *item == NULL;
}

static int sum_objects(PyObject *it, PyObject **total, PyObject *item)
{
    while (item || (item = PyIter_Next(it))) {
        PyObject *next = PyNumber_Add(*total, item);
        Py_DECREF(item);
        item = NULL;
        if (!next)
            return -1;
        Py_SETREF(*total, next);
    }
    return PyErr_Occurred() ? -1 : 1;
}

static int sum_start_allowed(PyObject *start)
{
    const char *what = PyUnicode_Check(start) ? "strings [use ''.join(seq) instead]"
                       : PyBytes_Check(start) ? "bytes [use b''.join(seq) instead]"
                       : PyByteArray_Check(start) ? "bytearray [use b''.join(seq) instead]" : NULL;
    if (!what)
        return 1;
    PyErr_Format(PyExc_TypeError, "sum() can't sum %s", what);
    return 0;
}

PyObject *builtin_sum(PyObject *module, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    PyObject *start = nargs > 1 ? args[1] : NULL;
    Py_ssize_t nkw = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
    if (nargs == 0) {
        PyErr_SetString(PyExc_TypeError, "sum() takes at least 1 positional argument (0 given)");
        return NULL;
    }
    if (nargs + nkw > 2) {
        PyErr_Format(PyExc_TypeError, "sum() takes at most 2 arguments (%zd given)", nargs + nkw);
        return NULL;
    }
    if (nkw) {
        if (!_PyUnicode_EqualToASCIIString(PyTuple_GET_ITEM(kwnames, 0), "start")) {
            PyErr_Format(PyExc_TypeError, "'%U' is an invalid keyword argument for sum()", PyTuple_GET_ITEM(kwnames, 0));
            return NULL;
        }
        start = args[nargs];
    }
    PyObject *it = PyObject_GetIter(args[0]);
    if (!it)
        return NULL;
    if (start && !sum_start_allowed(start)) {
        Py_DECREF(it);
        return NULL;
    }
    PyObject *total = start ? Py_NewRef(start) : PyLong_FromLong(0), *item = NULL;
    int done = total ? 0 : -1;
    if (done == 0 && PyLong_CheckExact(total))
        done = sum_ints(it, &total, &item);
    if (done == 0 && item && PyFloat_CheckExact(item) && PyLong_CheckExact(total)) {
        PyObject *next = PyNumber_Add(total, item);
        Py_CLEAR(item);
        if (next)
            Py_SETREF(total, next);
        else
            done = -1;
    }
    if (done == 0 && PyFloat_CheckExact(total))
        done = sum_floats(it, &total, &item);
    if (done == 0)
        done = sum_objects(it, &total, item);
    Py_DECREF(it);
    if (done < 0)
        Py_CLEAR(total);
    return total;
}
