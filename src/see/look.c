/* A look: while it lasts the collector rests, so that looking changes nothing that is looked at. */
#include "memory/memory.h"
#include "see/look.h"
#include "see/tables.h"

static int depth, enabled, count;

void look_enter(void)
{
    if (depth++ == 0) {
        enabled = heap.gc.enabled;
        count = heap.gc.count[0];
        gc_set_enabled(0);
    }
}

void look_leave(void)
{
    if (--depth == 0) {
        gc_set_enabled(enabled);
        heap.gc.count[0] = count;
    }
}

static PyObject *see_enter(PyObject *m, PyObject *ignored)
{
    look_enter();
    Py_RETURN_NONE;
}

static PyObject *see_leave(PyObject *m, PyObject *ignored)
{
    if (depth == 0) {
        PyErr_SetString(PyExc_RuntimeError, "no look to leave");
        return NULL;
    }
    look_leave();
    Py_RETURN_NONE;
}

PyMethodDef see_look_methods[] = {
    {"enter", see_enter, METH_NOARGS, "enter($module, /)\n--\n\nBegin a look: the collector rests until leave()."},
    {"leave", see_leave, METH_NOARGS, "leave($module, /)\n--\n\nEnd a look."},
    {NULL}
};
