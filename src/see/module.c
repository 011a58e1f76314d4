/* The module _see: what runs behind a code object, and where an object lies. */
#include "memory/gc.h"
#include "memory/memory.h"
#include "objects/code.h"
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

static PyObject *see_place(PyObject *m, PyObject *o)
{
    static const char *const kinds[KIND_COUNT] = {"raw", "object", "container"};
    if (!arena_contains(o))
        Py_RETURN_NONE;
    Pool *pool = pool_of(o);
    int generation = -1;
    if (pool->kind == KIND_CONTAINER && *pool_state(o) & GC_TRACKED)
        generation = (*pool_state(o) & GC_GENERATION_MASK) >> GC_GENERATION_SHIFT;
    return Py_BuildValue("{sKsKsisisssisisi}", "arena", (unsigned long long)((uintptr_t)o & ~(ARENA_SIZE - 1)), "pool",
                         (unsigned long long)(uintptr_t)pool, "block", (int)pool_index(pool, o), "size", (int)pool->size, "kind",
                         kinds[pool->kind], "used", (int)pool->used, "capacity", (int)pool->capacity, "generation", generation);
}

static PyMethodDef methods[] = {
    {"instructions", see_instructions, METH_O,
     "instructions($module, code, /)\n--\n\nThe private instructions of a function or code object as they are now: [(offset of the\n"
     "canonical instruction, name), ...]."},
    {"place", see_place, METH_O,
     "place($module, object, /)\n--\n\nWhere an object lies: addresses of its arena and pool, index and size of its block, the\n"
     "pool's kind, used and all blocks, and the collector's generation or -1.  None if it is in no pool."},
    {NULL}
};

static struct PyModuleDef see_module = {PyModuleDef_HEAD_INIT, "_see", "Pictures of code and memory.", 0, methods};

PyMODINIT_FUNC PyInit__see(void) { return PyModuleDef_Init(&see_module); }
