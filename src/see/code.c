/* What runs behind a code object. */
#include "objects/code.h"
#include "see/tables.h"
#include "vm/vm.h"

static const char *name_of(const void *handler)
{
    for (int i = 0; i < INST_COUNT; i++)
        if (vm_labels[i] == handler)
            return inst_names[i];
    return "?";
}

static PyObject *see_instructions(PyObject *m, PyObject *arg)
{
    PyObject *code = PyFunction_Check(arg) ? PyFunction_GET_CODE(arg) : arg;
    if (!PyCode_Check(code))
        return PyErr_Format(PyExc_TypeError, "instructions() argument must be a function or code, not %.100s", Py_TYPE(arg)->tp_name);
    VmCode *vm = vm_code_of((PyCodeObject *)code);
    PyObject *list = vm != NULL ? PyList_New(0) : NULL;
    for (int i = 0; list != NULL && i < vm->count; i++) {
        PyObject *pair = Py_BuildValue("(is)", (int)vm->offsets[i] * 2, name_of(vm->insts[i].handler));
        if (pair == NULL || PyList_Append(list, pair) < 0)
            Py_CLEAR(list);
        Py_XDECREF(pair);
    }
    return list;
}

PyMethodDef see_code_methods[] = {
    {"instructions", see_instructions, METH_O,
     "instructions($module, code, /)\n--\n\nThe private instructions of a function or code object as they are now: [(offset of the\n"
     "canonical instruction, name), ...]."},
    {NULL}
};
