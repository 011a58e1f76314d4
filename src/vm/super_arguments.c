/* What super() without arguments reads from the calling frame: the cell __class__ and the first argument. */
#include "objects/super.h"
#include "vm/frame.h"
#include "objects/names.h"

static int fail(const char *message)
{
    PyErr_SetString(PyExc_RuntimeError, message);
    return -1;
}

int super_arguments(PyTypeObject **type, PyObject **first)
{
    Frame *f = frame_visible(thread_current()->frame);
    if (f == NULL)
        return fail("super(): no current frame");
    PyCodeObject *code = f->code;
    if (code->co_argcount == 0)
        return fail("super(): no arguments");
    PyObject *argument = f->slots[0];
    if (argument != NULL && (PyBytes_AS_STRING(code->co_localspluskinds)[0] & 0x40))   /* the argument lives in a cell */
        argument = PyCell_Check(argument) ? PyCell_GET(argument) : argument;
    if (argument == NULL)
        return fail("super(): arg[0] deleted");
    PyObject *names = code->co_localsplusnames;
    for (int i = code->co_nlocalsplus - code->co_nfreevars; i < code->co_nlocalsplus; i++) {
        if (PyTuple_GET_ITEM(names, i) != N(__class__) && !_PyUnicode_EQ(PyTuple_GET_ITEM(names, i), N(__class__)))
            continue;
        PyObject *cell = f->slots[i];
        if (cell == NULL || !PyCell_Check(cell))
            return fail("super(): bad __class__ cell");
        PyObject *cls = PyCell_GET(cell);
        if (cls == NULL)
            return fail("super(): empty __class__ cell");
        if (!PyType_Check(cls)) {
            PyErr_Format(PyExc_RuntimeError, "super(): __class__ is not a type (%s)", Py_TYPE(cls)->tp_name);
            return -1;
        }
        *type = (PyTypeObject *)Py_NewRef(cls);
        *first = Py_NewRef(argument);
        return 0;
    }
    return fail("super(): __class__ cell not found");
}
