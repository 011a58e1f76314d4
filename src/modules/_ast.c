/* Module _ast: the node classes of `ast`. */
#include "compile/ast_types.h"

static struct PyModuleDef ast_module = {PyModuleDef_HEAD_INIT, "_ast", NULL, -1, NULL};

PyMODINIT_FUNC PyInit__ast(void)
{
    PyObject *module = PyModule_Create(&ast_module);
    if (module && (ast_add_classes(module) < 0
                   || PyModule_AddIntMacro(module, PyCF_ALLOW_TOP_LEVEL_AWAIT) < 0
                   || PyModule_AddIntMacro(module, PyCF_ONLY_AST) < 0
                   || PyModule_AddIntMacro(module, PyCF_TYPE_COMMENTS) < 0))
        Py_CLEAR(module);
    return module;
}
