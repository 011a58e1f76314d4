/* Module _opcode: what `dis` asks about instructions. */
#include "objects/opcodes.h"

static PyObject *stack_effect(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"", "", "jump", NULL};
    PyObject *arg = Py_None, *jump = Py_None;
    int op, number = 0, taken = -1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "i|O$O:stack_effect", keywords, &op, &arg, &jump))
        return NULL;
    if (OP_HAS_ARG(op)) {
        if (arg == Py_None) {
            PyErr_SetString(PyExc_ValueError, "stack_effect: opcode requires oparg but oparg was not specified");
            return NULL;
        }
        number = (int)PyLong_AsLong(arg);
        if (number == -1 && PyErr_Occurred())
            return NULL;
    }
    else if (arg != Py_None) {
        PyErr_SetString(PyExc_ValueError, "stack_effect: opcode does not permit oparg but oparg was specified");
        return NULL;
    }
    if (jump == Py_True)
        taken = 1;
    else if (jump == Py_False)
        taken = 0;
    else if (jump != Py_None) {
        PyErr_SetString(PyExc_ValueError, "stack_effect: jump must be False, True or None");
        return NULL;
    }
    int effect = opcode_stack_effect(op, number, taken);
    if (effect == OPCODE_NO_EFFECT) {
        PyErr_SetString(PyExc_ValueError, "invalid opcode or oparg");
        return NULL;
    }
    return PyLong_FromLong(effect);
}

static PyObject *get_specialization_stats(PyObject *module, PyObject *unused) { Py_RETURN_NONE; }

static PyMethodDef methods[] = {
    {"stack_effect", (PyCFunction)(void (*)(void))stack_effect, METH_VARARGS | METH_KEYWORDS,
     "stack_effect($module, opcode, oparg=None, /, *, jump=None)\n--\n\nThe stack effect of an instruction."},
    {"get_specialization_stats", get_specialization_stats, METH_NOARGS,
     "get_specialization_stats($module, /)\n--\n\nNone: no statistics are kept."},
    {NULL}
};

static struct PyModuleDef opcode_module = {PyModuleDef_HEAD_INIT, "_opcode", "Opcode support module.", 0, methods};

PyMODINIT_FUNC PyInit__opcode(void) { return PyModuleDef_Init(&opcode_module); }
