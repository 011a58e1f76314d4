/* Failing allocations from within: a module `faults` for the script tests/faults/looks.py, which this program runs (or
 * another script, by its arguments).  A call is made with the nth allocation of the heap, or the nth of malloc in the
 * runtime, failing; so a walk over all of them takes no process for each. */
#include "Python.h"
#include "memory/memory.h"

#include <errno.h>
#include <malloc.h>
#include <string.h>

/* The linker sends the runtime's own calls here. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
char *__wrap_strdup(const char *s);

static long left; /* the one that fails; 0: none */
static int forever;

static int fails(void)
{
    if (__atomic_load_n(&left, __ATOMIC_RELAXED) <= 0)
        return 0;
    if (__atomic_sub_fetch(&left, 1, __ATOMIC_RELAXED) > 0)
        return 0;
    if (forever)
        left = 1;
    errno = ENOMEM;
    return 1;
}

void *__wrap_malloc(size_t size) { return fails() ? NULL : __real_malloc(size); }
void *__wrap_calloc(size_t n, size_t size) { return fails() ? NULL : __real_calloc(n, size); }
void *__wrap_realloc(void *p, size_t size) { return fails() ? NULL : __real_realloc(p, size); }
char *__wrap_strdup(const char *s)
{
    size_t size = strlen(s) + 1;
    char *copy = fails() ? NULL : __real_malloc(size);
    return copy ? memcpy(copy, s, size) : NULL;
}

/* call(kind, n, forever, function): (result or exception, whether an allocation failed) */
static PyObject *call(PyObject *module, PyObject *args)
{
    const char *kind;
    long n;
    int all, hit;
    PyObject *function, *type, *value = NULL, *tb;
    if (!PyArg_ParseTuple(args, "slpO", &kind, &n, &all, &function))
        return NULL;
    int heap_fails = strcmp(kind, "heap") == 0;
    if (heap_fails) {
        fault_set(n, all);
    } else {
        forever = all;
        __atomic_store_n(&left, n, __ATOMIC_RELAXED);
    }
    PyObject *result = PyObject_CallNoArgs(function);
    hit = heap_fails ? fault_count() >= n : left <= 0 || (all && left == 1);
    fault_set(0, 0);
    left = 0;
    if (result == NULL && PyErr_Occurred()) {
        PyErr_Fetch(&type, &value, &tb);
        PyErr_NormalizeException(&type, &value, &tb);
        if (tb != NULL)
            PyException_SetTraceback(value, tb);
        Py_XDECREF(type);
        Py_XDECREF(tb);
        result = value;
    } else if (PyErr_Occurred()) {
        return NULL;
    }
    if (result == NULL) {
        PyErr_SetString(PyExc_SystemError, "no result and no exception");
        return NULL;
    }
    return Py_BuildValue("(Ni)", result, hit);
}

/* What malloc has handed out; 0 under the sanitizers. */
static PyObject *held(PyObject *module, PyObject *unused) { return PyLong_FromSize_t(mallinfo2().uordblks); }

static PyMethodDef methods[] = {{"call", call, METH_VARARGS, NULL}, {"held", held, METH_NOARGS, NULL}, {NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "faults", NULL, 0, methods};
PyMODINIT_FUNC PyInit_faults(void) { return PyModule_Create(&definition); }

int main(int argc, char **argv)
{
    char *script[] = {argv[0], "faults/looks.py", NULL};
    PyImport_AppendInittab("faults", PyInit_faults);
    return argc > 1 ? Py_BytesMain(argc, argv) : Py_BytesMain(2, script);
}
