/* "Did you mean": the name nearest to one that does not exist. */
#include "runtime/traceback.h"
#include "objects/names.h"
#include "frameobject.h"

#include <ctype.h>
#include <string.h>

#define MOVE_COST 2
#define CASE_COST 1
#define MAX_LENGTH 40
#define MAX_CANDIDATES 750

static int substitution_cost(char a, char b)
{
    if (a == b)
        return 0;
    return tolower((unsigned char)a) == tolower((unsigned char)b) ? CASE_COST : MOVE_COST;
}

/* The edit distance with these costs, or more than `limit` as soon as it is sure. */
static int distance(const char *a, size_t na, const char *b, size_t nb, int limit)
{
    int row[MAX_LENGTH + 1];
    while (na && nb && *a == *b)
        a++, b++, na--, nb--;
    while (na && nb && a[na - 1] == b[nb - 1])
        na--, nb--;
    if (!na || !nb)
        return (int)(na + nb) * MOVE_COST;
    if (na > MAX_LENGTH || nb > MAX_LENGTH)
        return limit + 1;
    for (size_t i = 0; i <= na; i++)
        row[i] = (int)i * MOVE_COST;
    for (size_t j = 1; j <= nb; j++) {
        int diagonal = row[0], least;
        row[0] = least = (int)j * MOVE_COST;
        for (size_t i = 1; i <= na; i++) {
            int change = diagonal + substitution_cost(a[i - 1], b[j - 1]);
            int move = (row[i] < row[i - 1] ? row[i] : row[i - 1]) + MOVE_COST;
            diagonal = row[i];
            row[i] = change < move ? change : move;
            if (row[i] < least)
                least = row[i];
        }
        if (least > limit)
            return limit + 1;
    }
    return row[na];
}

/* The candidate nearest to name, borrowed from the list, or NULL. */
static PyObject *nearest(PyObject *candidates, PyObject *name)
{
    Py_ssize_t size, count = PyList_GET_SIZE(candidates);
    const char *text = PyUnicode_AsUTF8AndSize(name, &size);
    if (!text || count >= MAX_CANDIDATES)
        return NULL;
    PyObject *best = NULL;
    int best_distance = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PyList_GET_ITEM(candidates, i);
        Py_ssize_t item_size;
        const char *item_text = PyUnicode_Check(item) ? PyUnicode_AsUTF8AndSize(item, &item_size) : NULL;
        if (!item_text)
            return NULL;
        if (PyUnicode_Compare(name, item) == 0)
            continue;
        int limit = (int)(size + item_size + 3) * MOVE_COST / 6;
        if (best && best_distance - 1 < limit)
            limit = best_distance - 1;
        int d = distance(text, (size_t)size, item_text, (size_t)item_size, limit);
        if (d > limit)
            continue;
        if (!best || d < best_distance) {
            best = item;
            best_distance = d;
        }
    }
    return best;
}

static PyObject *suggest_attribute(PyAttributeErrorObject *error)
{
    if (!error->name || !error->obj || !PyUnicode_Check(error->name))
        return NULL;
    PyObject *names = PyObject_Dir(error->obj);
    PyObject *found = names ? Py_XNewRef(nearest(names, error->name)) : NULL;
    Py_XDECREF(names);
    return found;
}

/* The nearest key of a dict (borrowed, may be NULL); new. */
static PyObject *nearest_key(PyObject *dict, PyObject *name)
{
    PyObject *keys = dict ? PySequence_List(dict) : NULL;
    PyObject *found = keys ? Py_XNewRef(nearest(keys, name)) : NULL;
    Py_XDECREF(keys);
    return found;
}

/* Looks where the name would have been looked for: locals, globals, builtins of the last frame. */
static PyObject *suggest_name(PyBaseExceptionObject *error)
{
    PyObject *name = ((PyNameErrorObject *)error)->name;
    PyTracebackObject *tb = (PyTracebackObject *)error->traceback;
    if (!name || !PyUnicode_Check(name) || !tb)
        return NULL;
    while (tb->tb_next)
        tb = tb->tb_next;
    PyObject *spaces[] = {PyFrame_GetLocals(tb->tb_frame), PyFrame_GetGlobals(tb->tb_frame), PyFrame_GetBuiltins(tb->tb_frame)};
    PyObject *found = NULL;
    for (int i = 0; i < 3 && !found && !PyErr_Occurred(); i++)
        found = nearest_key(spaces[i], name);
    for (int i = 0; i < 3; i++)
        Py_XDECREF(spaces[i]);
    return found;
}

PyObject *exception_suggestion(PyObject *exception)
{
    PyObject *found = NULL;
    if (Py_IS_TYPE(exception, (PyTypeObject *)PyExc_AttributeError))
        found = suggest_attribute((PyAttributeErrorObject *)exception);
    else if (Py_IS_TYPE(exception, (PyTypeObject *)PyExc_NameError))
        found = suggest_name((PyBaseExceptionObject *)exception);
    PyObject *text = found ? PyUnicode_FromFormat(". Did you mean: %R?", found) : NULL;
    Py_XDECREF(found);
    return text;
}
