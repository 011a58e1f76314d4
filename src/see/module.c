/* The module _see: what the package limpid (lib/limpid) asks of the runtime. */
#include "see/look.h"
#include "see/tables.h"

static PyMethodDef *const tables[] = {
#define TABLE(name) see_##name##_methods,
#include "see/tables.def"
#undef TABLE
};

static int see_exec(PyObject *module)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (PyModule_AddFunctions(module, tables[i]) < 0)
            return -1;
    PyObject *look = PyType_FromModuleAndSpec(module, &see_look_spec, NULL);
    int failed = look == NULL ? -1 : PyModule_AddType(module, (PyTypeObject *)look);
    Py_XDECREF(look);
    return failed;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, see_exec}, {0, NULL}};
static struct PyModuleDef see_module = {
    PyModuleDef_HEAD_INIT, "_see", "Pictures of code and memory; the ground of the package limpid.", 0, NULL, slots};

PyMODINIT_FUNC PyInit__see(void) { return PyModuleDef_Init(&see_module); }
