/* Module _tracemalloc, and the C API for memory that comes from elsewhere. */
#include "Python.h"
#include "memory/memory.h"
#include "memory/state.h"
#include "memory/trace.h"
#include "modules/tracemalloc/sites.h"

#include <stdlib.h>

static int tracing;

/* ---- memory from elsewhere: a table of (domain, address) ---- */

typedef struct {
    uintptr_t address; /* with site 0: free, or (address 1) taken out */
    size_t size;
    unsigned domain;
    uint32_t site;
} Foreign;

static struct {
    Foreign *items;          /* open addressing */
    size_t mask, used, live; /* used counts those taken out */
    size_t bytes;            /* sum of the sizes */
} foreign;

static Foreign *foreign_find(unsigned domain, uintptr_t address)
{
    if (foreign.items == NULL)
        return NULL;
    size_t i = ((address >> 4) * 0x9e3779b97f4a7c15u >> 20 ^ domain) & foreign.mask;
    for (;; i = (i + 1) & foreign.mask) {
        Foreign *f = &foreign.items[i];
        if (f->site == 0 && f->address == 0)
            return NULL;
        if (f->site && f->address == address && f->domain == domain)
            return f;
    }
}

static void foreign_put(const Foreign *new)
{
    size_t i = ((new->address >> 4) * 0x9e3779b97f4a7c15u >> 20 ^ new->domain) & foreign.mask;
    while (foreign.items[i].site)
        i = (i + 1) & foreign.mask;
    foreign.used += foreign.items[i].address == 0;
    foreign.items[i] = *new;
    foreign.live++;
}

/* Room for one more; 0 or -1. */
static int foreign_grow(void)
{
    if (foreign.items && 3 * (foreign.used + 1) <= 2 * foreign.mask)
        return 0;
    size_t size = 64;
    while (size < 4 * foreign.live)
        size *= 2;
    Foreign *items = calloc(size, sizeof *items), *old = foreign.items;
    if (items == NULL)
        return -1;
    size_t count = old ? foreign.mask + 1 : 0;
    foreign.items = items;
    foreign.mask = size - 1;
    foreign.used = foreign.live = 0;
    for (size_t i = 0; i < count; i++)
        if (old[i].site)
            foreign_put(&old[i]);
    free(old);
    return 0;
}

static void foreign_drop(Foreign *f)
{
    foreign.bytes -= f->size;
    foreign.live--;
    f->site = 0;
    f->address = 1;
}

static void foreign_clear(void)
{
    free(foreign.items);
    memset(&foreign, 0, sizeof foreign);
}

/* 0; -1 without memory; -2 while tracing is off.  Needs no lock. */
int PyTraceMalloc_Track(unsigned int domain, uintptr_t address, size_t size)
{
    if (!tracing)
        return -2;
    PyGILState_STATE lock = PyGILState_Ensure();
    int result = 0;
    if (tracing) {
        Foreign *f = foreign_find(domain, address), new = {address, size, domain, site_here()};
        if (f)
            foreign_drop(f);
        result = new.site &&foreign_grow() == 0 ? 0 : -1;
        if (result == 0) {
            foreign_put(&new);
            foreign.bytes += size;
        }
    }
    PyGILState_Release(lock);
    return result;
}

int PyTraceMalloc_Untrack(unsigned int domain, uintptr_t address)
{
    if (!tracing)
        return -2;
    PyGILState_STATE lock = PyGILState_Ensure();
    Foreign *f = foreign_find(domain, address);
    if (f)
        foreign_drop(f);
    PyGILState_Release(lock);
    return 0;
}

/* New tuple of frames, or None. */
PyObject *_PyTraceMalloc_GetTraceback(unsigned int domain, uintptr_t address)
{
    Foreign *f = foreign_find(domain, address);
    uint32_t site = f ? f->site : domain == 0 && tracing ? trace_site_of((void *)address) : 0;
    if (site == 0)
        Py_RETURN_NONE;
    sites_pause();
    PyObject *frames = Py_XNewRef(site_tuple(site));
    sites_resume();
    return frames;
}

/* ---- on and off ---- */

/* 0, or -1 with ValueError. */
static int start(long frames)
{
    if (frames < 1 || frames > MAX_FRAMES) {
        PyErr_Format(PyExc_ValueError, "the number of frames must be in range [1; %d]", MAX_FRAMES);
        return -1;
    }
    if (!tracing) {
        tracing = 1;
        sites_set_limit((int)frames);
        trace_start(site_here, sites_code_gone);
    }
    return 0;
}

static PyObject *tracemalloc_start(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    if (!_PyArg_CheckPositional("start", count, 0, 1))
        return NULL;
    int frames = count ? _PyLong_AsInt(args[0]) : 1;
    if ((frames == -1 && PyErr_Occurred()) || start(frames) < 0)
        return NULL;
    Py_RETURN_NONE;
}

int tracemalloc_init(void) { return 0; }

/* Ends tracing, here and at the end of the runtime. */
void tracemalloc_fini(void)
{
    if (tracing) {
        tracing = 0;
        trace_stop();
        foreign_clear();
        sites_clear();
    }
}

static PyObject *tracemalloc_stop(PyObject *module, PyObject *unused)
{
    tracemalloc_fini();
    Py_RETURN_NONE;
}

static PyObject *tracemalloc_clear_traces(PyObject *module, PyObject *unused)
{
    if (tracing) {
        trace_clear();
        foreign_clear();
        sites_clear();
    }
    Py_RETURN_NONE;
}

static PyObject *tracemalloc_is_tracing(PyObject *module, PyObject *unused) { return PyBool_FromLong(tracing); }
static PyObject *tracemalloc_get_traceback_limit(PyObject *module, PyObject *unused)
{
    return PyLong_FromLong(sites_limit());
}

static PyObject *tracemalloc_get_tracemalloc_memory(PyObject *module, PyObject *unused)
{
    return PyLong_FromSize_t(sites_overhead() + trace_overhead() +
                             (foreign.items ? (foreign.mask + 1) * sizeof(Foreign) : 0));
}

static PyObject *tracemalloc_get_traced_memory(PyObject *module, PyObject *unused)
{
    size_t bytes = trace_bytes() + foreign.bytes, peak = trace_peak();
    return tracing ? Py_BuildValue("(nn)", (Py_ssize_t)bytes, (Py_ssize_t)Py_MAX(peak, bytes))
                   : Py_BuildValue("(ii)", 0, 0);
}

static PyObject *tracemalloc_reset_peak(PyObject *module, PyObject *unused)
{
    trace_reset_peak();
    Py_RETURN_NONE;
}

/* ---- what was traced ---- */

/* Blocks that have a site, gathered before anything is allocated. */
typedef struct {
    struct {
        size_t size;
        uint32_t site;
    } * items;
    size_t count, room;
    int failed;
} Found;

static int find_block(const HeapBlock *block, void *arg)
{
    Found *found = arg;
    if (block->site == 0)
        return 0;
    if (found->count == found->room) {
        size_t room = found->room ? 2 * found->room : 4096;
        void *items = realloc(found->items, room * sizeof *found->items);
        if (items == NULL)
            return found->failed = 1;
        found->items = items;
        found->room = room;
    }
    found->items[found->count].size = block->size;
    found->items[found->count++].site = block->site;
    return 0;
}

/* Appends (domain, size, frames, total); 0 or -1. */
static int append_trace(PyObject *list, unsigned domain, size_t size, uint32_t site)
{
    PyObject *frames = site_tuple(site);
    PyObject *trace =
        frames ? Py_BuildValue("(InOi)", domain, (Py_ssize_t)size, frames, (int)site_get(site)->total) : NULL;
    int result = trace ? PyList_Append(list, trace) : -1;
    Py_XDECREF(trace);
    return result;
}

static PyObject *tracemalloc_get_traces(PyObject *module, PyObject *unused)
{
    PyObject *list = PyList_New(0);
    if (!tracing || list == NULL)
        return list;
    Found found = {0};
    sites_pause();
    heap_walk(find_block, &found);
    int result = found.failed ? -1 : 0;
    if (found.failed)
        PyErr_NoMemory();
    for (size_t i = 0; i < found.count && result == 0; i++)
        result = append_trace(list, 0, found.items[i].size, found.items[i].site);
    for (size_t i = 0; foreign.items && i <= foreign.mask && result == 0; i++)
        if (foreign.items[i].site)
            result = append_trace(list, foreign.items[i].domain, foreign.items[i].size, foreign.items[i].site);
    sites_resume();
    free(found.items);
    if (result < 0)
        Py_CLEAR(list);
    return list;
}

static PyObject *tracemalloc_get_object_traceback(PyObject *module, PyObject *object)
{
    return _PyTraceMalloc_GetTraceback(0, (uintptr_t)object);
}

/* ---- the module ---- */

#define NOTHING(name, doc)                                                                                             \
    {                                                                                                                  \
#name, tracemalloc_##name, METH_NOARGS, #name "($module, /)\n--\n\n" doc                                       \
    }
static PyMethodDef methods[] = {
    NOTHING(is_tracing, "Return True if the tracemalloc module is tracing Python memory allocations."),
    NOTHING(clear_traces, "Clear traces of memory blocks allocated by Python."),
    {"_get_traces", tracemalloc_get_traces, METH_NOARGS,
     "_get_traces($module, /)\n--\n\nAll traces: a list of (domain, size, frames, number of frames)."},
    {"_get_object_traceback", tracemalloc_get_object_traceback, METH_O,
     "_get_object_traceback($module, obj, /)\n--\n\nThe frames in which an object was allocated, or None."},
    {"start", (PyCFunction)(void (*)(void))tracemalloc_start, METH_FASTCALL,
     "start($module, nframe=1, /)\n--\n\nStart tracing, with up to nframe frames for each block."},
    NOTHING(stop, "Stop tracing and forget what was traced."),
    NOTHING(get_traceback_limit, "The most frames that a trace holds."),
    NOTHING(get_tracemalloc_memory, "The bytes that tracing itself uses."),
    NOTHING(get_traced_memory, "The bytes in traced blocks, and their peak."),
    NOTHING(reset_peak, "Set the peak to the bytes in traced blocks now."),
    {NULL}};

static PyModuleDef_Slot slots[] = {{0, NULL}};
static PyModuleDef definition = {PyModuleDef_HEAD_INIT,
                                 "_tracemalloc",
                                 "Debug module to trace memory blocks allocated by Python.",
                                 0,
                                 methods,
                                 slots};

PyMODINIT_FUNC PyInit__tracemalloc(void) { return PyModuleDef_Init(&definition); }
