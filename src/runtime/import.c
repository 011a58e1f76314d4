/* Import: the C side.
 *
 *   import x ──▶ PyImport_ImportModuleLevelObject ──▶ sys.modules?  ──▶ importlib._bootstrap._find_and_load
 *                                                                          │
 *                    built-in: import_create_builtin ◀── BuiltinImporter ──┤
 *                    frozen:   import_frozen_code    ◀── FrozenImporter  ──┤
 *                    .so:      import_create_dynamic ◀── PathFinder ───────┘ */
#include "runtime/import.h"
#include "memory/look.h"
#include "memory/pages.h"
#include "memory/roots.h"
#include "memory/state.h"
#include "objects/names.h"
#include "runtime/config.h"
#include "runtime/import_times.h"
#include "runtime/marshal.h"
#include "runtime/observers.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

__attribute__((weak)) const FrozenModule frozen_modules[] = {{NULL, NULL, NULL, 0, 0}};

/* ---- the table of built-in modules -------------------------------------------------------------------------------- */

PyMODINIT_FUNC PyInit_builtins(void);
PyMODINIT_FUNC PyInit_sys(void);
#define MODULE(name) PyMODINIT_FUNC PyInit_##name(void);
#include "runtime/modules.def"
#undef MODULE

static struct _inittab initial_table[] = {
#define MODULE(name) {#name, PyInit_##name},
#include "runtime/modules.def"
#undef MODULE
    {"builtins", NULL}, {"sys", NULL}, {NULL, NULL}};

struct _inittab *PyImport_Inittab = initial_table;

int PyImport_ExtendInittab(struct _inittab *more)
{
    size_t have = 0, extra = 0;
    while (PyImport_Inittab[have].name)
        have++;
    while (more[extra].name)
        extra++;
    struct _inittab *table = malloc((have + extra + 1) * sizeof *table);
    if (!table)
        return -1;
    memcpy(table, PyImport_Inittab, have * sizeof *table);
    memcpy(table + have, more, (extra + 1) * sizeof *table);
    PyImport_Inittab = table; /* an earlier copy stays: its readers may still run */
    return 0;
}

int PyImport_AppendInittab(const char *name, PyObject *(*init)(void))
{
    struct _inittab more[2] = {{name, init}, {NULL, NULL}};
    return PyImport_ExtendInittab(more);
}

static int compare_names(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

PyObject *import_builtin_names(void)
{
    const char *names[256];
    size_t n = 0;
    for (struct _inittab *m = PyImport_Inittab; m->name && n < 256; m++)
        names[n++] = m->name;
    qsort(names, n, sizeof *names, compare_names);
    PyObject *tuple = PyTuple_New((Py_ssize_t)n);
    for (size_t i = 0; tuple && i < n; i++) {
        PyObject *name = PyUnicode_InternFromString(names[i]);
        if (!name)
            Py_CLEAR(tuple);
        else
            PyTuple_SET_ITEM(tuple, (Py_ssize_t)i, name);
    }
    return tuple;
}

int import_is_builtin(PyObject *name)
{
    for (struct _inittab *m = PyImport_Inittab; m->name; m++)
        if (_PyUnicode_EqualToASCIIString(name, m->name))
            return m->initfunc ? 1 : -1;
    return 0;
}

/* ---- single-phase modules that were made before ---------------------------------------------------------------------- */

static PyObject *extension_key(PyObject *path, PyObject *name) { return PyTuple_Pack(2, path ? path : Py_None, name); }

/* Keeps what making the module again needs: a copy of its names, or its init function.  0 or -1. */
static int extension_remember(PyObject *module, PyObject *name, PyObject *path, PyObject *(*init)(void))
{
    PyInterpreterState *interp = interp_current();
    PyModuleDef *definition = PyModule_GetDef(module);
    if (!definition)
        return 0;
    if (definition->m_size == -1) {
        Py_XSETREF(definition->m_base.m_copy, PyDict_Copy(PyModule_GetDict(module)));
        if (!definition->m_base.m_copy)
            return -1;
    }
    definition->m_base.m_init = init;
    if (!interp->extensions && !(interp->extensions = PyDict_New()))
        return -1;
    PyObject *key = extension_key(path, name), *address = key ? PyLong_FromVoidPtr(definition) : NULL;
    int failed = address ? PyDict_SetItem(interp->extensions, key, address) : -1;
    Py_XDECREF(key);
    Py_XDECREF(address);
    return failed;
}

/* A module that was made before, made again: with the same objects if it holds global state, by its init function
 * if not.  New; NULL without exception when it was not made before, or with one. */
static PyObject *extension_again(PyObject *name, PyObject *path)
{
    PyObject *extensions = interp_current()->extensions, *key = extensions ? extension_key(path, name) : NULL;
    PyObject *address = key ? PyDict_GetItemWithError(extensions, key) : NULL;
    PyModuleDef *definition = address ? PyLong_AsVoidPtr(address) : NULL;
    Py_XDECREF(key);
    if (!definition)
        return NULL;
    PyObject *module;
    if (definition->m_size == -1) {
        module = definition->m_base.m_copy ? Py_XNewRef(PyImport_AddModuleObject(name)) : NULL;
        if (module && PyDict_Update(PyModule_GetDict(module), definition->m_base.m_copy) < 0)
            Py_CLEAR(module);
    } else {
        module = definition->m_base.m_init ? definition->m_base.m_init() : NULL;
        if (module && PyObject_SetItem(interp_current()->modules, name, module) < 0)
            Py_CLEAR(module);
    }
    if (module && PyState_AddModule(module, definition) < 0)
        Py_CLEAR(module);
    return module;
}

void import_forget_extensions(PyInterpreterState *interp)
{
    PyObject *key, *address;
    Py_ssize_t at = 0;
    while (interp->extensions && PyDict_Next(interp->extensions, &at, &key, &address)) {
        PyModuleDef *definition = PyLong_AsVoidPtr(address);
        Py_CLEAR(definition->m_base.m_copy);
    }
}

/* What an init function returned becomes a module: a definition goes through its slots with the spec.  Steals
 * `result`; new, or NULL with an exception. */
static PyObject *module_from_init(PyObject *(*init)(void), PyObject *result, PyObject *spec, const char *name, PyObject *path)
{
    if (!result) {
        if (!PyErr_Occurred())
            PyErr_Format(PyExc_SystemError, "initialization of %s failed without raising an exception", name);
        return NULL;
    }
    if (PyErr_Occurred()) {
        Py_DECREF(result);
        _PyErr_FormatFromCause(PyExc_SystemError, "initialization of %s raised unreported exception", name);
        return NULL;
    }
    if (!Py_TYPE(result)) {
        PyErr_Format(PyExc_SystemError, "init function of %s returned uninitialized object", name);
        return NULL;
    }
    if (PyObject_TypeCheck(result, &PyModuleDef_Type))
        return PyModule_FromDefAndSpec((PyModuleDef *)result, spec);
    if (!PyModule_Check(result)) {
        Py_DECREF(result);
        PyErr_Format(PyExc_SystemError, "initialization of %s did not return a module", name);
        return NULL;
    }
    if (path && PyModule_AddObjectRef(result, "__file__", path) < 0)
        PyErr_Clear();
    PyModuleDef *definition = PyModule_GetDef(result);
    PyObject *key = definition ? PyUnicode_FromString(name) : NULL;
    if (definition && (!key || PyState_AddModule(result, definition) < 0 || extension_remember(result, key, path, init) < 0))
        Py_CLEAR(result);
    Py_XDECREF(key);
    return result;
}

PyObject *import_create_builtin(PyObject *spec)
{
    PyObject *name = PyObject_GetAttrString(spec, "name");
    if (!name)
        return NULL;
    PyObject *module = PyImport_GetModule(name);
    if (module && !import_is_builtin(name))
        Py_CLEAR(module);
    if (!module && !PyErr_Occurred())
        module = extension_again(name, NULL);
    for (struct _inittab *m = PyImport_Inittab; !module && !PyErr_Occurred() && m->name; m++) {
        if (!_PyUnicode_EqualToASCIIString(name, m->name))
            continue;
        if (m->initfunc)
            module = module_from_init(m->initfunc, m->initfunc(), spec, m->name, NULL);
        else
            module = PyImport_AddModuleObject(name), Py_XINCREF(module);
        break;
    }
    Py_DECREF(name);
    if (!module && !PyErr_Occurred())
        Py_RETURN_NONE;
    return module;
}

int import_exec_module(PyObject *module)
{
    if (!PyModule_Check(module))
        return 0;
    PyModuleDef *definition = PyModule_GetDef(module);
    if (!definition || !definition->m_slots || PyModule_GetState(module))
        return 0;
    return PyModule_ExecDef(module, definition);
}

/* ---- shared objects -------------------------------------------------------------------------------------------------- */

/* The name of the init function of a module: PyInit_ and the last part; other alphabets through punycode. */
static PyObject *init_symbol(PyObject *name)
{
    Py_ssize_t dot = PyUnicode_FindChar(name, '.', 0, PyUnicode_GET_LENGTH(name), -1);
    PyObject *last = PyUnicode_Substring(name, dot + 1, PyUnicode_GET_LENGTH(name));
    if (!last)
        return NULL;
    PyObject *encoded, *symbol = NULL;
    const char *prefix = "PyInit_";
    if (PyUnicode_IS_ASCII(last)) {
        encoded = PyUnicode_AsASCIIString(last);
    } else {
        encoded = PyUnicode_AsEncodedString(last, "punycode", NULL);
        prefix = "PyInitU_";
    }
    Py_DECREF(last);
    if (encoded) {
        symbol = PyBytes_FromFormat("%s%s", prefix, PyBytes_AS_STRING(encoded));
        char *c = symbol ? PyBytes_AS_STRING(symbol) : NULL;
        for (; c && *c; c++)
            if (*c == '-')
                *c = '_';
    }
    Py_XDECREF(encoded);
    return symbol;
}

static PyObject *load_shared_object(PyObject *spec, PyObject *name, PyObject *path)
{
    PyObject *file = NULL, *symbol = init_symbol(name), *module = NULL;
    if (!symbol || !PyUnicode_FSConverter(path, &file))
        goto done;
    const char *name_text = PyUnicode_AsUTF8(name);
    if (!name_text || PySys_Audit("import", "OOOOO", name, path, Py_None, Py_None, Py_None) < 0)
        goto done;
    if (!strchr(PyBytes_AS_STRING(file), '/')) /* no library of the system */
        Py_SETREF(file, PyBytes_FromFormat("./%s", PyBytes_AS_STRING(file)));
    if (!file)
        goto done;
    void *handle = dlopen(PyBytes_AS_STRING(file), interp_current()->dlopenflags);
    if (!handle) {
        const char *why = dlerror();
        PyObject *text = PyUnicode_DecodeLocale(why ? why : "unknown dlopen() error", "surrogateescape");
        if (text)
            PyErr_SetImportError(text, name, path);
        Py_XDECREF(text);
        goto done;
    }
    observers_note_extension(name_text, PyBytes_AS_STRING(file));
    PyObject *(*init)(void) = (PyObject * (*)(void)) dlsym(handle, PyBytes_AS_STRING(symbol));
    if (!init) {
        PyObject *text = PyUnicode_FromFormat("dynamic module does not define module export function (%s)",
                                              PyBytes_AS_STRING(symbol));
        if (text)
            PyErr_SetImportError(text, name, path);
        Py_XDECREF(text);
        goto done;
    }
    const char *before = _Py_PackageContext;
    _Py_PackageContext = name_text;
    PyObject *result = init();
    _Py_PackageContext = before;
    module = module_from_init(init, result, spec, name_text, path);
done:
    Py_XDECREF(file);
    Py_XDECREF(symbol);
    return module;
}

PyObject *import_create_dynamic(PyObject *spec)
{
    PyObject *name = PyObject_GetAttrString(spec, "name");
    PyObject *path = name ? PyObject_GetAttrString(spec, "origin") : NULL;
    int named = path && PyUnicode_Check(name), is_text = named && PyUnicode_Check(path);
    if (path && !named)
        PyErr_SetString(PyExc_TypeError, "spec.name must be a string");
    else if (path && !is_text)
        PyErr_BadArgument();
    PyObject *module = is_text ? extension_again(name, path) : NULL;
    if (is_text && !module && !PyErr_Occurred())
        module = load_shared_object(spec, name, path);
    Py_XDECREF(name);
    Py_XDECREF(path);
    return module;
}

const char *_Py_PackageContext = NULL;

/* ---- frozen modules -------------------------------------------------------------------------------------------------- */

const FrozenModule *frozen_find(const char *name)
{
    for (const FrozenModule *m = frozen_modules; m->name; m++)
        if (strcmp(m->name, name) == 0)
            return m;
    return NULL;
}

#define LARGE_MODULE 16384 /* read once, worth a call of the system */

PyObject *import_frozen_code(PyObject *name)
{
    const char *text = PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;
    const FrozenModule *m = text ? frozen_find(text) : NULL;
    if (!m) {
        if (!PyErr_Occurred()) {
            PyObject *message = PyUnicode_FromFormat("No such frozen object named %R", name);
            if (message)
                PyErr_SetImportError(message, name, NULL);
            Py_XDECREF(message);
        }
        return NULL;
    }
    PyObject *code = marshal_read_trusted(m->data, m->size);
    if (m->size >= LARGE_MODULE)
        pages_forget(m->data, (size_t)m->size);
    return code;
}

/* 1 when the module was there and ran, 0 when there is none, -1 with an exception. */
int PyImport_ImportFrozenModuleObject(PyObject *name)
{
    const char *text = PyUnicode_AsUTF8(name);
    const FrozenModule *m = text ? frozen_find(text) : NULL;
    if (!m)
        return text ? 0 : -1;
    PyObject *code = import_frozen_code(name);
    PyObject *module = code ? PyImport_AddModuleObject(name) : NULL;
    PyObject *dict = module ? PyModule_GetDict(module) : NULL;
    int result = -1;
    if (dict && m->is_package) {
        PyObject *list = PyList_New(0);
        if (!list || PyDict_SetItem(dict, N(__path__), list) < 0)
            dict = NULL;
        Py_XDECREF(list);
    }
    PyObject *origin = !dict ? NULL : m->origin ? PyUnicode_FromString(m->origin) : Py_NewRef(Py_None);
    if (origin && PyDict_SetItem(dict, N(__origname__), origin) < 0)
        dict = NULL;
    Py_XDECREF(origin);
    if (dict && PyDict_SetItem(dict, N(__builtins__), interp_current()->builtins) == 0) {
        PyObject *value = PyEval_EvalCode(code, dict, dict);
        result = value ? 1 : -1;
        Py_XDECREF(value);
    }
    Py_XDECREF(code);
    return result;
}

int PyImport_ImportFrozenModule(const char *name)
{
    PyObject *object = PyUnicode_InternFromString(name);
    int result = object ? PyImport_ImportFrozenModuleObject(object) : -1;
    Py_XDECREF(object);
    return result;
}

int import_bootstrap(void)
{
    int found = PyImport_ImportFrozenModule("_frozen_importlib");
    if (found <= 0) {
        if (found == 0)
            PyErr_SetString(PyExc_ImportError, "the program holds no frozen importlib");
        return -1;
    }
    PyInterpreterState *interp = interp_current();
    interp->importlib = Py_XNewRef(PyImport_AddModule("_frozen_importlib"));
    PyObject *imp = PyInit__imp();
    if (imp && PyObject_TypeCheck(imp, &PyModuleDef_Type)) {
        PyErr_SetString(PyExc_SystemError, "_imp must be a module of one phase");
        return -1;
    }
    PyObject *sys = PyImport_AddModule("sys");
    if (!interp->importlib || !imp || !sys || PyDict_SetItemString(interp->modules, "_imp", imp) < 0) {
        Py_XDECREF(imp);
        return -1;
    }
    PyObject *done = PyObject_CallMethod(interp->importlib, "_install", "OO", sys, imp);
    Py_DECREF(imp);
    if (!done)
        return -1;
    Py_DECREF(done);
    interp->import_func = PyDict_GetItemWithError(interp->builtins, N(__import__));
    Py_XINCREF(interp->import_func);
    return interp->import_func ? 0 : -1;
}

/* Archives are asked for before folders; a library without zipimport does without them. */
static int install_zip_hook(void)
{
    PyObject *zipimport = PyImport_ImportModule("zipimport");
    PyObject *importer = zipimport ? PyObject_GetAttrString(zipimport, "zipimporter") : NULL;
    Py_XDECREF(zipimport);
    if (!importer) {
        PyErr_Clear();
        return 0;
    }
    PyObject *hooks = PySys_GetObject("path_hooks");
    int failed = hooks ? PyList_Insert(hooks, 0, importer) : 0;
    Py_DECREF(importer);
    return failed;
}

int import_bootstrap_external(void)
{
    PyObject *done = PyObject_CallMethod(interp_current()->importlib, "_install_external_importers", NULL);
    if (!done)
        return -1;
    Py_DECREF(done);
    return install_zip_hook();
}

/* ---- sys.modules ------------------------------------------------------------------------------------------------------ */

PyObject *PyImport_GetModuleDict(void) { return interp_current()->modules; }

static PyObject *lost_modules(void)
{
    PyErr_SetString(PyExc_RuntimeError, "unable to get sys.modules");
    return NULL;
}

/* The loaded module, new; NULL without an exception when it is not loaded. */
PyObject *PyImport_GetModule(PyObject *name)
{
    PyObject *modules = interp_current()->modules;
    if (!modules)
        return lost_modules();
    if (PyDict_CheckExact(modules))
        return Py_XNewRef(PyDict_GetItemWithError(modules, name));
    PyObject *module = PyObject_GetItem(modules, name);
    if (!module && PyErr_ExceptionMatches(PyExc_KeyError))
        PyErr_Clear();
    return module;
}

/* The module in sys.modules, made empty if absent; borrowed, or NULL. */
PyObject *PyImport_AddModuleObject(PyObject *name)
{
    PyObject *module = PyImport_GetModule(name);
    if (!module && PyErr_Occurred())
        return NULL;
    if (module && PyModule_Check(module)) {
        Py_DECREF(module); /* sys.modules keeps it */
        return module;
    }
    Py_XDECREF(module);
    module = PyModule_NewObject(name);
    if (!module || PyObject_SetItem(interp_current()->modules, name, module) < 0) {
        Py_XDECREF(module);
        return NULL;
    }
    Py_DECREF(module);
    return module;
}

PyObject *PyImport_AddModule(const char *name)
{
    PyObject *object = PyUnicode_InternFromString(name);
    PyObject *module = object ? PyImport_AddModuleObject(object) : NULL;
    Py_XDECREF(object);
    return module;
}

/* ---- modules by index (single-phase extension modules) --------------------------------------------------------------- */

PyObject *PyState_FindModule(struct PyModuleDef *definition)
{
    PyObject *list = interp_current()->modules_by_index;
    Py_ssize_t index = definition->m_base.m_index;
    if (definition->m_slots || index == 0 || !list || index >= PyList_GET_SIZE(list))
        return NULL;
    PyObject *module = PyList_GET_ITEM(list, index);
    return module == Py_None ? NULL : module;
}

int PyState_AddModule(PyObject *module, struct PyModuleDef *definition)
{
    PyInterpreterState *interp = interp_current();
    if (!definition)
        Py_FatalError("module definition is NULL");
    if (definition->m_slots) {
        PyErr_SetString(PyExc_SystemError, "PyState_AddModule called on module with slots");
        return -1;
    }
    if (!interp->modules_by_index && !(interp->modules_by_index = PyList_New(0)))
        return -1;
    PyObject *list = interp->modules_by_index;
    while (PyList_GET_SIZE(list) <= definition->m_base.m_index)
        if (PyList_Append(list, Py_None) < 0)
            return -1;
    return PyList_SetItem(list, definition->m_base.m_index, Py_NewRef(module));
}

int PyState_RemoveModule(struct PyModuleDef *definition)
{
    PyObject *list = interp_current()->modules_by_index;
    if (!PyState_FindModule(definition)) {
        PyErr_SetString(PyExc_SystemError, "PyState_RemoveModule called on a module that was not added");
        return -1;
    }
    return PyList_SetItem(list, definition->m_base.m_index, Py_NewRef(Py_None));
}

/* ---- the import statement ----------------------------------------------------------------------------------------------- */

static PyObject *get_or_none(PyObject *globals, PyObject *name)
{
    PyObject *value = PyDict_GetItemWithError(globals, name);
    return value == Py_None ? NULL : value;
}

/* The package that relative imports start from, new; NULL with an exception. */
static PyObject *calc_package(PyObject *globals)
{
    PyObject *package = get_or_none(globals, N(__package__)), *spec = get_or_none(globals, N(__spec__));
    if (PyErr_Occurred())
        return NULL;
    if (package) {
        if (!PyUnicode_Check(package)) {
            PyErr_SetString(PyExc_TypeError, "package must be a string");
            return NULL;
        }
        Py_INCREF(package);
        if (spec) {
            PyObject *parent = PyObject_GetAttrString(spec, "parent");
            int equal = parent ? PyObject_RichCompareBool(package, parent, Py_EQ) : -1;
            Py_XDECREF(parent);
            if (equal < 0 || (equal == 0 && PyErr_WarnEx(PyExc_ImportWarning, "__package__ != __spec__.parent", 1) < 0))
                Py_CLEAR(package);
        }
        return package;
    }
    if (spec) {
        PyObject *parent = PyObject_GetAttrString(spec, "parent");
        if (parent && !PyUnicode_Check(parent)) {
            PyErr_SetString(PyExc_TypeError, "__spec__.parent must be a string");
            Py_CLEAR(parent);
        }
        return parent;
    }
    if (PyErr_WarnEx(PyExc_ImportWarning, "can't resolve package from __spec__ or __package__, falling back on __name__ "
                     "and __path__", 1) < 0)
        return NULL;
    PyObject *name = PyDict_GetItemWithError(globals, N(__name__));
    if (!name || !PyUnicode_Check(name)) {
        if (!PyErr_Occurred())
            PyErr_SetString(name ? PyExc_TypeError : PyExc_KeyError, name ? "__name__ must be a string" : "'__name__' not in globals");
        return NULL;
    }
    int is_package = PyDict_Contains(globals, N(__path__));
    if (is_package < 0)
        return NULL;
    if (is_package)
        return Py_NewRef(name);
    Py_ssize_t dot = PyUnicode_FindChar(name, '.', 0, PyUnicode_GET_LENGTH(name), -1);
    return dot < 0 ? PyUnicode_FromString("") : PyUnicode_Substring(name, 0, dot);
}

/* The absolute name of a relative import, new. */
static PyObject *resolve_name(PyObject *name, PyObject *globals, int level)
{
    if (!globals) {
        PyErr_SetString(PyExc_KeyError, "'__name__' not in globals");
        return NULL;
    }
    if (!PyDict_Check(globals)) {
        PyErr_SetString(PyExc_TypeError, "globals must be a dict");
        return NULL;
    }
    PyObject *package = calc_package(globals), *full = NULL;
    if (!package)
        return NULL;
    if (PyUnicode_GET_LENGTH(package) == 0) {
        PyErr_SetString(PyExc_ImportError, "attempted relative import with no known parent package");
        goto done;
    }
    Py_ssize_t end = PyUnicode_GET_LENGTH(package);
    for (int up = 1; up < level; up++) {
        end = PyUnicode_FindChar(package, '.', 0, end, -1);
        if (end < 0) {
            if (end == -1)
                PyErr_SetString(PyExc_ImportError, "attempted relative import beyond top-level package");
            goto done;
        }
    }
    PyObject *base = PyUnicode_Substring(package, 0, end);
    if (base && PyUnicode_GET_LENGTH(name) > 0)
        full = PyUnicode_FromFormat("%U.%U", base, name);
    else
        full = Py_XNewRef(base);
    Py_XDECREF(base);
done:
    Py_DECREF(package);
    return full;
}

/* Waits for another thread that is still running the module; 0 or -1. */
static int ensure_initialized(PyObject *module, PyObject *name)
{
    PyObject *spec, *initializing = NULL;
    if (_PyObject_LookupAttr(module, N(__spec__), &spec) < 0)
        return -1;
    if (!spec)
        return 0;
    int busy = _PyObject_LookupAttr(spec, N(_initializing), &initializing);
    Py_DECREF(spec);
    if (busy > 0)
        busy = PyObject_IsTrue(initializing);
    Py_XDECREF(initializing);
    if (busy <= 0) {
        PyErr_Clear();
        return 0;
    }
    PyObject *done = PyObject_CallMethodOneArg(interp_current()->importlib, N(_lock_unlock_module), name);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

/* Whether an argument was "nothing": NULL, None or empty. */
static int is_given(PyObject *fromlist)
{
    return !fromlist || fromlist == Py_None ? 0 : PyObject_IsTrue(fromlist);
}

/* What `import a.b.c` binds: a; for a relative one, the package as many levels up as the name has parts. */
static PyObject *top_of(PyObject *module, PyObject *name, PyObject *full, int level)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(name);
    if (level > 0 && length == 0)
        return Py_NewRef(module);
    Py_ssize_t dot = PyUnicode_FindChar(name, '.', 0, length, 1);
    if (dot == -1)
        return Py_NewRef(module);
    if (dot < 0)
        return NULL;
    if (level == 0) {
        PyObject *front = PyUnicode_Substring(name, 0, dot);
        PyObject *top = front ? PyImport_ImportModuleLevelObject(front, NULL, NULL, NULL, 0) : NULL;
        Py_XDECREF(front);
        return top;
    }
    PyObject *front = PyUnicode_Substring(full, 0, PyUnicode_GET_LENGTH(full) - (length - dot));
    PyObject *top = front ? PyImport_GetModule(front) : NULL;
    if (front && !top && !PyErr_Occurred())
        PyErr_Format(PyExc_KeyError, "%R not in sys.modules as expected", front);
    Py_XDECREF(front);
    return top;
}

/* The modules that look at memory come into it as a look, so that they are not in the picture. */
static int is_observer(PyObject *name)
{
    const char *text = PyUnicode_IS_COMPACT_ASCII(name) ? PyUnicode_DATA(name) : "";
    return strcmp(text, "_see") == 0 || strcmp(text, "limpid") == 0 || strncmp(text, "limpid.", 7) == 0;
}

static PyObject *find_and_load(PyObject *full)
{
    PyInterpreterState *interp = interp_current();
    if (PySys_Audit("import", "OOOOO", full, Py_None, PySys_GetObject("path"), PySys_GetObject("meta_path"),
                    PySys_GetObject("path_hooks")) < 0)
        return NULL;
    PyObject *importlib = interp->importlib;
    if (!importlib) {
        PyErr_SetString(PyExc_ImportError, "importlib is not there yet");
        return NULL;
    }
    PyObject *args[] = {importlib, full, interp->import_func};
    int looks = is_observer(full), timed = interp->config->import_time;
    ImportTime own;
    if (looks)
        look_enter();
    if (timed)
        import_times_begin(&own);
    PyObject *module = PyObject_VectorcallMethod(N(_find_and_load), args, 3, NULL);
    if (timed)
        import_times_end(&own, full);
    if (looks)
        look_leave();
    return module;
}

PyObject *PyImport_ImportModuleLevelObject(PyObject *name, PyObject *globals, PyObject *locals, PyObject *fromlist, int level)
{
    if (!name) {
        PyErr_SetString(PyExc_ValueError, "Empty module name");
        return NULL;
    }
    if (!PyUnicode_Check(name)) {
        PyErr_SetString(PyExc_TypeError, "module name must be a string");
        return NULL;
    }
    if (level < 0 || (level == 0 && PyUnicode_GET_LENGTH(name) == 0)) {
        PyErr_SetString(PyExc_ValueError, level < 0 ? "level must be >= 0" : "Empty module name");
        return NULL;
    }
    PyObject *full = level > 0 ? resolve_name(name, globals, level) : Py_NewRef(name), *result = NULL;
    if (!full)
        return NULL;
    PyObject *module = PyImport_GetModule(full);
    if (module && module != Py_None) {
        if (ensure_initialized(module, full) < 0)
            Py_CLEAR(module);
    } else if (!PyErr_Occurred()) {
        Py_XDECREF(module);
        module = find_and_load(full);
    }
    int from = module ? is_given(fromlist) : -1;
    if (from == 0) {
        result = top_of(module, name, full, level);
    } else if (from > 0) {
        PyObject *path;
        int package = _PyObject_LookupAttr(module, N(__path__), &path);
        Py_XDECREF(path);
        PyInterpreterState *interp = interp_current();
        if (package > 0)
            result = PyObject_CallMethodObjArgs(interp->importlib, N(_handle_fromlist), module, fromlist,
                                                interp->import_func, NULL);
        else if (package == 0)
            result = Py_NewRef(module);
    }
    Py_XDECREF(module);
    Py_DECREF(full);
    if (!result && interp_current()->importlib)
        import_trim_traceback();
    return result;
}

/* Whether an earlier interpreter of the list has imported the same extension module: its definition is one. */
static int is_known_before(PyInterpreterState *interp, PyObject *key)
{
    for (PyInterpreterState *other = _PyRuntime.interpreters; other != interp; other = other->next)
        if (other->extensions && PyDict_Contains(other->extensions, key) > 0)
            return 1;
    return 0;
}

void import_roots(RootVisit visit, void *arg)
{
    PyObject *key, *address;
    for (PyInterpreterState *interp = _PyRuntime.interpreters; interp != NULL; interp = interp->next) {
        Py_ssize_t at = 0;
        while (interp->extensions && PyDict_Next(interp->extensions, &at, &key, &address)) {
            PyModuleDef *definition = PyLong_AsVoidPtr(address);
            PyObject *name = PyTuple_GET_ITEM(key, 1);
            if (definition->m_base.m_copy != NULL && !is_known_before(interp, key))
                visit(definition->m_base.m_copy, "copy of the dict of module ", -1, name, arg);
        }
    }
}
