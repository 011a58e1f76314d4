/* The module _see: what the package limpid (lib/limpid) asks of the runtime. */
#include "see/blocks.h"
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
    PyType_Spec *const types[] = {&see_look_spec, &see_blocks_spec};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        PyObject *type = PyType_FromModuleAndSpec(module, types[i], NULL);
        int failed = type == NULL ? -1 : PyModule_AddType(module, (PyTypeObject *)type);
        Py_XDECREF(type);
        if (failed < 0)
            return -1;
    }
    return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, see_exec}, {0, NULL}};
static struct PyModuleDef see_module = {
    PyModuleDef_HEAD_INIT, "_see", "Pictures of code and memory; the ground of the package limpid.", 0, NULL, slots};

PyMODINIT_FUNC PyInit__see(void) { return PyModuleDef_Init(&see_module); }
