/* itertools: the module. */
#include "modules/itertools/itertools.h"

static PyMethodDef functions[] = {
    {"tee", (PyCFunction)itertools_tee, METH_FASTCALL, "tee($module, iterable, n=2, /)\n--\n\nReturns a tuple of n independent iterators."},
    {NULL},
};

static int module_exec(PyObject *module)
{
    PyTypeObject *types[] = {
        &accumulate_type, &combinations_type, &combinations_with_replacement_type, &cycle_type, &dropwhile_type, &takewhile_type, &islice_type,
        &starmap_type, &chain_type, &compress_type, &filterfalse_type, &count_type, &zip_longest_type, &pairwise_type, &permutations_type,
        &product_type, &repeat_type, &groupby_type, &grouper_type, &tee_type, &tee_data_type,
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (PyModule_AddType(module, types[i]))
            return -1;
    return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, module_exec}, {0, NULL}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "itertools", "Functional tools for creating and using iterators.", 0, functions, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit_itertools(void) { return PyModuleDef_Init(&definition); }
