/* Who would notice the end: what still lives and, when it dies, does something that can be seen from outside.
 *
 * Taking modules and cycles apart at exit serves finalisers, callbacks of weak references and what is still in the
 * buffers of files.  When nothing of the kind is alive, a process can end without it: its memory goes back by itself.
 */
#include "runtime/observers.h"
#include "memory/memory.h"
#include "memory/state.h"
#include "objects/names.h"
#include "runtime/config.h"

#include <string.h>

#define KNOWN 64

typedef struct search {
    PyObject *streams[9]; /* the standard streams and what is below them, not owned */
    int stream_count;
    PyTypeObject *known[KNOWN]; /* types whose instances need no look, by address */
} Search;

static unsigned place_of(PyTypeObject *type) { return ((uintptr_t)type >> 5 ^ (uintptr_t)type >> 11) % KNOWN; }

/* ---- callbacks ---- */

typedef struct bookkeeping {
    const char *module, *name;
    int keyed;
} Bookkeeping;

static const Bookkeeping bookkeeping[] = {
#define EXTENSION(name)
#define CALLBACK(module, name) {#module, name, 0},
#define KEYED_CALLBACK(module, name) {#module, name, 1},
#include "runtime/quiet.def"
#undef EXTENSION
#undef CALLBACK
#undef KEYED_CALLBACK
};

/* Whether the key of a WeakValueDictionary's reference is hashed and compared without a program's code. */
static int has_plain_key(PyObject *reference)
{
    PyObject *slot = _PyType_Lookup(Py_TYPE(reference), N(key));
    if (slot == NULL || !Py_IS_TYPE(slot, &PyMemberDescr_Type))
        return 0;
    PyObject *key = Py_TYPE(slot)->tp_descr_get(slot, reference, (PyObject *)Py_TYPE(reference));
    if (key == NULL) {
        PyErr_Clear();
        return 0;
    }
    int plain = PyUnicode_CheckExact(key) || PyLong_CheckExact(key) || PyBytes_CheckExact(key) ||
                Py_IS_TYPE(key, &PyType_Type);
    Py_DECREF(key); /* the reference holds it */
    return plain;
}

/* Whether callback is a function by which the library keeps its own tables of weak references. */
static int keeps_books(PyObject *callback, PyObject *reference)
{
    if (!PyFunction_Check(callback))
        return 0;
    PyObject *name = ((PyCodeObject *)PyFunction_GET_CODE(callback))->co_qualname;
    for (size_t i = 0; i < sizeof bookkeeping / sizeof *bookkeeping; i++) {
        const Bookkeeping *b = &bookkeeping[i];
        if (!_PyUnicode_EqualToASCIIString(name, b->name))
            continue;
        PyObject *module = PyDict_GetItemString(interp_current()->modules, b->module);
        return module != NULL && PyModule_Check(module) &&
               PyModule_GetDict(module) == PyFunction_GET_GLOBALS(callback) && (!b->keyed || has_plain_key(reference));
    }
    return 0;
}

/* A weak reference whose callback does more than to tidy up a table of the abc module or of the library. */
static int calls_back(PyObject *o)
{
    PyObject *callback = ((PyWeakReference *)o)->wr_callback;
    if (callback == NULL)
        return 0;
    if (PyCFunction_CheckExact(callback))
        return PyCFunction_GET_SELF(callback) == NULL || !PyWeakref_CheckRefExact(PyCFunction_GET_SELF(callback));
    return !keeps_books(callback, o);
}

/* ---- extension modules ---- */

void observers_note_extension(const char *name, const char *path)
{
    static const char *const quiet[] = {
#define EXTENSION(name) #name,
#define CALLBACK(module, name)
#define KEYED_CALLBACK(module, name)
#include "runtime/quiet.def"
#undef EXTENSION
#undef CALLBACK
#undef KEYED_CALLBACK
    };
    PyInterpreterState *interp = interp_current();
    const char *library = interp->config->stdlib_dir, *place = "/lib-dynload/";
    size_t length = library ? strlen(library) : 0;
    interp->has_foreign_code |= FOREIGN_LOADED;
    if (length > 0 && strncmp(path, library, length) == 0 && strncmp(path + length, place, strlen(place)) == 0)
        for (size_t i = 0; i < sizeof quiet / sizeof *quiet; i++)
            if (strcmp(quiet[i], name) == 0)
                return;
    interp->has_foreign_code |= FOREIGN_UNKNOWN;
}

/* ---- the search ---- */

static int is_stream(Search *s, PyObject *o)
{
    for (int i = 0; i < s->stream_count; i++)
        if (s->streams[i] == o)
            return 1;
    return 0;
}

static int finalises(PyTypeObject *type) { return type->tp_finalize != NULL || type->tp_del != NULL; }

static int visit(PyObject *o, void *arg)
{
    Search *s = arg;
    PyTypeObject *type = Py_TYPE(o), **known = &s->known[place_of(type)];
    if (*known == type)
        return 0;
    if (finalises(type))
        return !is_stream(s, o);
    if (PyWeakref_Check(o))
        return calls_back(o);
    if (PyType_Check(o)) /* instances that are no containers are not visited: their class stands for them */
        return !PyType_IS_GC((PyTypeObject *)o) && finalises((PyTypeObject *)o);
    *known = type;
    return 0;
}

/* Notes the stream and what it writes to; its buffers have been flushed. */
static void add_stream(Search *s, const char *name, const char *original)
{
    PyObject *stream = PySys_GetObject(original);
    if (stream == NULL || stream != PySys_GetObject(name))
        return;
    static const char *const below[] = {"buffer", "raw"};
    Py_INCREF(stream);
    for (int level = 0; stream != NULL; level++) {
        if (strncmp(Py_TYPE(stream)->tp_name, "_io.", 4) != 0 ||
            PyType_HasFeature(Py_TYPE(stream), Py_TPFLAGS_HEAPTYPE)) {
            Py_DECREF(stream);
            return;
        }
        s->streams[s->stream_count++] = stream;
        PyObject *next = level < 2 ? PyObject_GetAttrString(stream, below[level]) : NULL;
        Py_DECREF(stream); /* held by the one above */
        stream = next;
    }
    PyErr_Clear();
}

int end_is_observed(void)
{
    PyInterpreterState *interp = interp_current();
    if (interp->has_foreign_code & FOREIGN_UNKNOWN || interp->audit_hooks != NULL || heap.gc.debug ||
        PyList_GET_SIZE(heap.gc.callbacks) > 0 || PyList_GET_SIZE(heap.gc.garbage) > 0)
        return 1;
    Search s = {.stream_count = 0};
    add_stream(&s, "stdin", "__stdin__");
    add_stream(&s, "stdout", "__stdout__");
    add_stream(&s, "stderr", "__stderr__");
    return gc_walk(~0u, visit, &s);
}
