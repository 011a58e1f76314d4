/* The module _imp: what importlib needs from the runtime. */
#include "Python.h"
#include "memory/state.h"
#include "objects/names.h"
#include "runtime/config.h"
#include "marshal.h"
#include "objects/hash.h"
#include "runtime/import.h"
#include "pythread.h"

/* ---- the import lock: recursive ---------------------------------------------------------------------------------------- */

static PyObject *imp_acquire_lock(PyObject *m, PyObject *u)
{
    PyInterpreterState *interp = interp_current();
    unsigned long me = PyThread_get_thread_ident();
    if (interp->import_lock.depth > 0 && interp->import_lock.owner == me) {
        interp->import_lock.depth++;
        Py_RETURN_NONE;
    }
    if (!interp->import_lock.lock && !(interp->import_lock.lock = PyThread_allocate_lock()))
        return PyErr_NoMemory();
    if (!PyThread_acquire_lock(interp->import_lock.lock, NOWAIT_LOCK)) {
        PyThreadState *t = PyEval_SaveThread();
        PyThread_acquire_lock(interp->import_lock.lock, WAIT_LOCK);
        PyEval_RestoreThread(t);
    }
    interp->import_lock.owner = me;
    interp->import_lock.depth = 1;
    Py_RETURN_NONE;
}

static PyObject *imp_release_lock(PyObject *m, PyObject *u)
{
    PyInterpreterState *interp = interp_current();
    if (interp->import_lock.depth == 0 || interp->import_lock.owner != PyThread_get_thread_ident()) {
        PyErr_SetString(PyExc_RuntimeError, "not holding the import lock");
        return NULL;
    }
    if (--interp->import_lock.depth == 0)
        PyThread_release_lock(interp->import_lock.lock);
    Py_RETURN_NONE;
}

/* The same for C code; nothing to be done about a failure. */
void _PyImport_AcquireLock(void)
{
    Py_XDECREF(imp_acquire_lock(NULL, NULL));
    PyErr_Clear();
}

int _PyImport_ReleaseLock(void)
{
    PyObject *done = imp_release_lock(NULL, NULL);
    PyErr_Clear();
    Py_XDECREF(done);
    return done ? 1 : -1;
}

static PyObject *imp_lock_held(PyObject *m, PyObject *u) { return PyBool_FromLong(interp_current()->import_lock.depth > 0); }

/* ---- built-in modules and shared objects ------------------------------------------------------------------------------ */

static PyObject *imp_create_builtin(PyObject *m, PyObject *spec) { return import_create_builtin(spec); }

static PyObject *imp_create_dynamic(PyObject *m, PyObject *const *args, Py_ssize_t nargs)
{
    return _PyArg_CheckPositional("create_dynamic", nargs, 1, 2) ? import_create_dynamic(args[0]) : NULL;
}

static PyObject *imp_exec_module(PyObject *m, PyObject *module)
{
    int result = import_exec_module(module);
    return result < 0 ? NULL : PyLong_FromLong(result);
}

/* The argument as a str, borrowed; NULL with TypeError. */
static PyObject *name_argument(const char *function, PyObject *name)
{
    if (PyUnicode_Check(name))
        return name;
    PyErr_Format(PyExc_TypeError, "%s() argument must be str, not %.50s", function,
                 name == Py_None ? "None" : Py_TYPE(name)->tp_name);
    return NULL;
}

static PyObject *imp_is_builtin(PyObject *m, PyObject *name)
{
    return name_argument("is_builtin", name) ? PyLong_FromLong(import_is_builtin(name)) : NULL;
}

static PyObject *imp_extension_suffixes(PyObject *m, PyObject *u)
{
    return Py_BuildValue("[sss]", ".cpython-311-x86_64-linux-gnu.so", ".abi3.so", ".so");
}

/* ---- frozen modules ---------------------------------------------------------------------------------------------------- */


/* The frozen module that importers may use, or NULL.  Those of importlib itself always count. */
static const FrozenModule *usable_frozen(PyObject *name)
{
    const char *text = PyUnicode_AsUTF8(name);
    const FrozenModule *m = text ? frozen_find(text) : NULL;
    PyErr_Clear();
    const char *option = config_xoption(config_current(), "frozen_modules");
    int off = interp_current()->frozen_override < 0 || (interp_current()->frozen_override == 0 && option && strcmp(option, "off") == 0);
    if (m && off && strncmp(m->name, "_frozen_importlib", 17) != 0 && strcmp(m->name, "zipimport") != 0)
        return NULL;
    return m;
}

static PyObject *imp_is_frozen(PyObject *m, PyObject *name)
{
    return name_argument("is_frozen", name) ? PyBool_FromLong(usable_frozen(name) != NULL) : NULL;
}

static PyObject *imp_is_frozen_package(PyObject *m, PyObject *name)
{
    if (!name_argument("is_frozen_package", name))
        return NULL;
    const FrozenModule *f = usable_frozen(name);
    if (!f) {
        PyObject *message = PyUnicode_FromFormat("No such frozen object named %R", name);
        if (message)
            PyErr_SetImportError(message, name, NULL);
        Py_XDECREF(message);
        return NULL;
    }
    return PyBool_FromLong(f->is_package);
}

static PyObject *imp_find_frozen(PyObject *m, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"", "withdata", NULL};
    PyObject *name;
    int with_data = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "U|$p:find_frozen", names, &name, &with_data))
        return NULL;
    const FrozenModule *f = usable_frozen(name);
    if (!f)
        Py_RETURN_NONE;
    PyObject *data = with_data ? PyMemoryView_FromMemory((char *)f->data, f->size, PyBUF_READ) : Py_NewRef(Py_None);
    if (!data)
        return NULL;
    return Py_BuildValue("NOs", data, f->is_package ? Py_True : Py_False, f->origin);
}

static PyObject *imp_get_frozen_object(PyObject *m, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("get_frozen_object", nargs, 1, 2))
        return NULL;
    if (nargs < 2 || args[1] == Py_None)
        return import_frozen_code(args[0]);
    Py_buffer data;
    if (PyObject_GetBuffer(args[1], &data, PyBUF_SIMPLE) < 0)
        return NULL;
    PyObject *code = PyMarshal_ReadObjectFromString(data.buf, data.len);
    PyBuffer_Release(&data);
    if (code && !PyCode_Check(code)) {
        PyErr_Format(PyExc_TypeError, "Frozen object named %R is invalid", args[0]);
        Py_CLEAR(code);
    }
    return code;
}

static PyObject *imp_init_frozen(PyObject *m, PyObject *name)
{
    int found = PyImport_ImportFrozenModuleObject(name);
    if (found < 0)
        return NULL;
    if (found == 0)
        Py_RETURN_NONE;
    return Py_XNewRef(PyImport_AddModuleObject(name));
}

static PyObject *imp__frozen_module_names(PyObject *m, PyObject *u)
{
    PyObject *list = PyList_New(0);
    for (const FrozenModule *f = frozen_modules; list && f->name; f++) {
        PyObject *name = PyUnicode_FromString(f->name);
        if (!name || PyList_Append(list, name) < 0)
            Py_CLEAR(list);
        Py_XDECREF(name);
    }
    return list;
}

static PyObject *imp__override_frozen(PyObject *m, PyObject *x)
{
    int value = _PyLong_AsInt(x);
    if (value == -1 && PyErr_Occurred())
        return NULL;
    interp_current()->frozen_override = value;
    Py_RETURN_NONE;
}

/* ---- code files --------------------------------------------------------------------------------------------------------- */

/* Gives the code object, and those in its constants that came from the same file, another file name. */
static int fix_filename(PyCodeObject *code, PyObject *old, PyObject *path)
{
    int same = PyUnicode_Compare(code->co_filename, old);
    if (same != 0)
        return PyErr_Occurred() ? -1 : 0;
    Py_SETREF(code->co_filename, Py_NewRef(path));
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(code->co_consts); i++) {
        PyObject *constant = PyTuple_GET_ITEM(code->co_consts, i);
        if (PyCode_Check(constant) && fix_filename((PyCodeObject *)constant, old, path) < 0)
            return -1;
    }
    return 0;
}

static PyObject *imp__fix_co_filename(PyObject *m, PyObject *args)
{
    PyObject *code, *path;
    if (!PyArg_ParseTuple(args, "O!U:_fix_co_filename", &PyCode_Type, &code, &path))
        return NULL;
    PyObject *old = Py_NewRef(((PyCodeObject *)code)->co_filename);
    int different = PyUnicode_Compare(old, path), failed = 0;
    if (different)
        failed = fix_filename((PyCodeObject *)code, old, path);
    Py_DECREF(old);
    if (failed < 0 || PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

/* SipHash-1-3 of the source with the given key, as the .pyc format of PEP 552 has it. */
static PyObject *imp_source_hash(PyObject *m, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"key", "source", NULL};
    long key;
    Py_buffer source;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "ly*:source_hash", names, &key, &source))
        return NULL;
    uint64_t hash = _Py_KeyedHash((uint64_t)key, source.buf, source.len);
    PyBuffer_Release(&source);
    return PyBytes_FromStringAndSize((const char *)&hash, 8);
}

#define NONE(name, doc) {#name, imp_##name, METH_NOARGS, #name "($module, /)\n--\n\n" doc}
#define ONE(name, arg, doc) {#name, imp_##name, METH_O, #name "($module, " arg ", /)\n--\n\n" doc}
#define KEYS(name, sig, doc) {#name, (PyCFunction)(void (*)(void))imp_##name, METH_VARARGS | METH_KEYWORDS, #name "($module, " sig ")\n--\n\n" doc}
#define FAST(name, sig, doc) {#name, (PyCFunction)(void (*)(void))imp_##name, METH_FASTCALL, #name "($module, " sig ", /)\n--\n\n" doc}

static PyMethodDef functions[] = {
    NONE(extension_suffixes, "The endings of files that hold extension modules."),
    NONE(lock_held, "Whether the import lock is held."),
    NONE(acquire_lock, "Takes the import lock, for as often as it is released."),
    NONE(release_lock, "Releases the import lock."),
    KEYS(find_frozen, "name, /, *, withdata=False", "(data, is_package, origname) of a frozen module, or None."),
    FAST(get_frozen_object, "name, data=None", "The code object of a frozen module."),
    ONE(is_frozen_package, "name", "Whether a frozen module is a package."),
    ONE(create_builtin, "spec", "Makes a built-in module, or None."),
    ONE(init_frozen, "name", "Runs a frozen module."),
    ONE(is_builtin, "name", "1 for a built-in module, -1 for one that cannot be made again, 0 for others."),
    ONE(is_frozen, "name", "Whether the module is frozen."),
    NONE(_frozen_module_names, "The names of all frozen modules."),
    {"_override_frozen_modules_for_tests", imp__override_frozen, METH_O, "_override_frozen_modules_for_tests($module, override, /)\n--\n\n1: use frozen modules, -1: do not, 0: as configured."},
    FAST(create_dynamic, "spec, file=None", "Makes an extension module from its shared object."),
    {"exec_dynamic", imp_exec_module, METH_O, "exec_dynamic($module, mod, /)\n--\n\nRuns the execution slots of an extension module."},
    {"exec_builtin", imp_exec_module, METH_O, "exec_builtin($module, mod, /)\n--\n\nRuns the execution slots of a built-in module."},
    {"_fix_co_filename", imp__fix_co_filename, METH_VARARGS, "_fix_co_filename($module, code, path, /)\n--\n\nChanges the file name of a code object and those in it."},
    KEYS(source_hash, "key, source", "The hash of a source file for a hash-based .pyc."),
    {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "_imp", .m_size = -1, .m_methods = functions,
                                        .m_doc = "What importlib needs from the runtime."};

PyMODINIT_FUNC PyInit__imp(void)
{
    PyObject *m = PyModule_Create(&definition);
    const char *check = config_current()->check_hash_based_pycs;
    if (m && PyModule_AddStringConstant(m, "check_hash_based_pycs", check ? check : "default") < 0)
        Py_CLEAR(m);
    return m;
}
