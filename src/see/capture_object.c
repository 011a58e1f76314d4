/* See capture_object.h. */
#include "see/capture_object.h"
#include "see/capture_keep.h"
#include "see/capture_tree.h"
#include "see/look.h"
#include "see/tables.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

PyObject *capture_str_of(const Loaded *l, LoadedText t)
{
    return PyUnicode_DecodeUTF8(loaded_text(l, t), (Py_ssize_t)t.length, "replace");
}

/* ---- making one ---- */

static int64_t read_file(void *context, void *data, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t n = read(*(int *)context, (char *)data + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        done += (size_t)n;
    }
    return (int64_t)done;
}

typedef struct {
    uint8_t *data;
    size_t used, room, at;
} Memory;

static int write_memory(void *context, const void *data, size_t size)
{
    Memory *m = context;
    if (m->room - m->used < size) {
        size_t room = 2 * m->room + size + (1 << 16);
        uint8_t *bigger = realloc(m->data, room);
        if (bigger == NULL) {
            errno = ENOMEM;
            return -1;
        }
        m->data = bigger;
        m->room = room;
    }
    memcpy(m->data + m->used, data, size);
    m->used += size;
    return 0;
}

static int64_t read_memory(void *context, void *data, size_t size)
{
    Memory *m = context;
    size = Py_MIN(size, m->used - m->at);
    memcpy(data, m->data + m->at, size);
    m->at += size;
    return (int64_t)size;
}

static PyTypeObject *capture_type(PyObject *module);

static PyObject *capture_from(PyObject *module, ChunkSource source, void *context, PyObject *path)
{
    PyTypeObject *type = capture_type(module);
    CaptureObject *c = type ? PyObject_New(CaptureObject, type) : NULL;
    Py_XDECREF(type);
    if (c == NULL)
        return NULL;
    memset(&c->data, 0, sizeof c->data);
    c->back_start = NULL;
    c->back_owner = NULL;
    c->keep = NULL;
    int result = loaded_read(&c->data, source, context);
    if (result == 0)
        return (PyObject *)c;
    if (result == -2)
        PyErr_SetString(PyExc_ValueError, c->data.problem);
    else if (errno == ENOMEM)
        PyErr_NoMemory();
    else
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path);
    Py_DECREF(c);
    return NULL;
}

static void capture_dealloc(CaptureObject *c)
{
    PyTypeObject *type = Py_TYPE(c);
    loaded_free(&c->data);
    free(c->back_start);
    free(c->back_owner);
    capture_keep_free(c->keep);
    PyObject_Free(c);
    Py_DECREF(type);
}

static PyObject *see_capture_read(PyObject *m, PyObject *path)
{
    PyObject *name;
    if (!PyUnicode_FSConverter(path, &name))
        return NULL;
    int file = open(PyBytes_AS_STRING(name), O_RDONLY | O_CLOEXEC);
    PyObject *result = NULL;
    if (file < 0) {
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path);
    } else {
        result = capture_from(m, read_file, &file, path);
        close(file);
    }
    Py_DECREF(name);
    return result;
}

static PyObject *see_capture_parse(PyObject *m, PyObject *data)
{
    Py_buffer view;
    if (PyObject_GetBuffer(data, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    Memory memory = {.data = view.buf, .used = (size_t)view.len};
    PyObject *result = capture_from(m, read_memory, &memory, NULL);
    PyBuffer_Release(&view);
    return result;
}

/* capture_write(path or None, compress, values, copies): the totals, or a Capture. */
static PyObject *see_capture_write_py(PyObject *m, PyObject *args)
{
    PyObject *path, *name = NULL, *result = NULL;
    CaptureOptions options = {0};
    CaptureTotals totals;
    Py_ssize_t copies = 0;
    if (!PyArg_ParseTuple(args, "Opp|n:capture_write", &path, &options.compress, &options.values, &copies))
        return NULL;
    options.copies = copies > 0 ? (size_t)copies : 0;
    if (path == Py_None) {
        Memory memory = {0};
        if (see_capture_to(write_memory, &memory, &options, NULL) < 0)
            errno == ENOMEM ? PyErr_NoMemory() : PyErr_SetFromErrno(PyExc_OSError);
        else
            result = capture_from(m, read_memory, &memory, NULL);
        free(memory.data);
        return result;
    }
    if (!PyUnicode_FSConverter(path, &name))
        return NULL;
    if (see_capture_write_with(PyBytes_AS_STRING(name), &options, &totals) < 0)
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path);
    else
        result = Py_BuildValue("{sKsKsKsd}", "objects", (unsigned long long)totals.objects, "references",
                               (unsigned long long)totals.references, "bytes", (unsigned long long)totals.bytes,
                               "seconds", totals.seconds);
    Py_DECREF(name);
    return result;
}

/* ---- rows ---- */

int capture_object_argument(CaptureObject *c, PyObject *arg, uint32_t *object)
{
    Py_ssize_t i = PyNumber_AsSsize_t(arg, PyExc_IndexError);
    if (i == -1 && PyErr_Occurred())
        return -1;
    if (i < 0 || i >= (Py_ssize_t)c->data.count) {
        PyErr_SetString(PyExc_IndexError, "no object of that number in the capture");
        return -1;
    }
    *object = (uint32_t)i;
    return 0;
}

/* (address, type, size, references, state, length, site, name) */
static PyObject *capture_row(CaptureObject *c, PyObject *arg)
{
    uint32_t i;
    const Loaded *l = &c->data;
    if (capture_object_argument(c, arg, &i) < 0)
        return NULL;
    LoadedText name = loaded_name(l, i);
    uint64_t count = l->references[i];
    return Py_BuildValue("(KNKLiLkN)", (unsigned long long)l->address[i], capture_str_of(l, loaded_type(l, i)->name),
                         (unsigned long long)l->size[i],
                         count == 1 ? -1LL
                         : count    ? (long long)count - 1
                                    : 0LL,
                         (int)l->state[i], (long long)l->length[i] - 1, (unsigned long)l->site[i],
                         name.length ? capture_str_of(l, name) : Py_NewRef(Py_None));
}

static PyObject *capture_find(CaptureObject *c, PyObject *arg)
{
    unsigned long long address = PyLong_AsUnsignedLongLong(arg);
    if (address == (unsigned long long)-1 && PyErr_Occurred())
        return NULL;
    uint32_t i = loaded_find(&c->data, address);
    return PyLong_FromLong(i == NO_OBJECT ? -1 : (long)i);
}

/* Adds a new item to a list; 0 or -1. */
static int add(PyObject *list, PyObject *item)
{
    int result = item ? PyList_Append(list, item) : -1;
    Py_XDECREF(item);
    return result;
}

static PyObject *finished(PyObject *list, int failed)
{
    if (failed)
        Py_CLEAR(list);
    return list;
}

/* [(name, address, live objects, bytes)] by number of the type; 0 are buffers */
static PyObject *capture_types(CaptureObject *c, PyObject *unused)
{
    const Loaded *l = &c->data;
    size_t n = l->types.count ? l->types.count : 1;
    uint64_t(*sums)[2] = calloc(n, sizeof *sums);
    if (sums == NULL)
        return PyErr_NoMemory();
    for (uint32_t i = 0; i < l->count; i++)
        if (!(l->state[i] & CAPTURE_STATIC)) {
            uint64_t *sum = sums[l->type[i] < n ? l->type[i] : 0];
            sum[0]++;
            sum[1] += l->size[i];
        }
    PyObject *list = PyList_New(0);
    int failed = list == NULL;
    for (size_t i = 0; i < n && !failed; i++) {
        LoadedType *type = i ? (LoadedType *)l->types.items + i : NULL;
        failed =
            add(list, Py_BuildValue("(NKKK)", type ? capture_str_of(l, type->name) : PyUnicode_FromString("(buffer)"),
                                    type ? (unsigned long long)type->address : 0, (unsigned long long)sums[i][0],
                                    (unsigned long long)sums[i][1])) < 0;
    }
    free(sums);
    return finished(list, failed);
}

/* The greatest objects of the heap by size, and those of one type if its number is not -1: numbers, greatest first. */
static PyObject *capture_largest(CaptureObject *c, PyObject *args)
{
    const Loaded *l = &c->data;
    Py_ssize_t n;
    long type;
    if (!PyArg_ParseTuple(args, "nl:largest", &n, &type))
        return NULL;
    n = Py_MAX(0, Py_MIN(n, (Py_ssize_t)l->count));
    uint32_t *best = malloc((size_t)(n + 1) * sizeof *best); /* sorted; insertion is rare */
    if (best == NULL)
        return PyErr_NoMemory();
    Py_ssize_t used = 0;
    for (uint32_t i = 0; i < l->count; i++) {
        if ((l->state[i] & CAPTURE_STATIC) || (type >= 0 && l->type[i] != (uint32_t)type))
            continue;
        if (used == n && (n == 0 || l->size[best[n - 1]] >= l->size[i]))
            continue;
        Py_ssize_t at = used < n ? used++ : n - 1;
        for (; at > 0 && l->size[best[at - 1]] < l->size[i]; at--)
            best[at] = best[at - 1];
        best[at] = i;
    }
    PyObject *list = PyList_New(0);
    int failed = list == NULL;
    for (Py_ssize_t i = 0; i < used && !failed; i++)
        failed = add(list, PyLong_FromUnsignedLong(best[i])) < 0;
    free(best);
    return finished(list, failed);
}

static PyObject *capture_select(CaptureObject *c, PyObject *arg)
{
    const Loaded *l = &c->data;
    unsigned long type = PyLong_AsUnsignedLong(arg);
    PyObject *list = PyErr_Occurred() ? NULL : PyList_New(0);
    int failed = list == NULL;
    for (uint32_t i = 0; i < l->count && !failed; i++)
        if (l->type[i] == type)
            failed = add(list, PyLong_FromUnsignedLong(i)) < 0;
    return finished(list, failed);
}

/* ---- references ---- */

PyObject *capture_label_text(CaptureObject *c, uint64_t e)
{
    const Loaded *l = &c->data;
    uint64_t label = l->label[e], number = label >> LABEL_BITS, next = 0;
    PyObject *text = NULL, *result;
    switch (label & ((1 << LABEL_BITS) - 1)) {
    case LABEL_TYPE:
        return PyUnicode_FromString(".__class__");
    case LABEL_NEXT_ITEM:
        for (uint64_t at = e; at > 0 && (l->label[at] & 15) == LABEL_NEXT_ITEM && next < l->edges; at--, next++)
            number = l->label[at - 1] >> LABEL_BITS;
        return PyUnicode_FromFormat("[%zd]", (Py_ssize_t)(number + next));
    case LABEL_ITEM:
        return PyUnicode_FromFormat("[%zd]", (Py_ssize_t)number);
    case LABEL_STACK:
        return PyUnicode_FromFormat("stack[%zd]", (Py_ssize_t)number);
    case LABEL_KEY:
        return PyUnicode_FromFormat("key %zd", (Py_ssize_t)number);
    case LABEL_MEMBER:
        return PyUnicode_FromString("member");
    case LABEL_PLAIN:
        return PyUnicode_FromString("");
    case LABEL_KEYED:
        if (e > 0 && l->target[e - 1] != NO_OBJECT) {
            LoadedText name = loaded_name(l, l->target[e - 1]);
            if (name.length && (text = capture_str_of(l, name)) != NULL) {
                LoadedText type = loaded_type(l, l->target[e - 1])->name;
                int quoted = type.length == 3 && memcmp(loaded_text(l, type), "str", 3) == 0;
                result = PyUnicode_FromFormat(quoted ? "[%R]" : "[%S]", text);
                Py_DECREF(text);
                return result;
            }
            return PyErr_Occurred() ? NULL
                                    : PyUnicode_FromFormat("[key at %p]", (void *)(uintptr_t)l->target_address[e - 1]);
        }
        return PyUnicode_FromString("[...]");
    }
    text = capture_str_of(l, loaded_string(l, number));
    if (text == NULL)
        return NULL;
    switch (label & 15) {
    case LABEL_ATTRIBUTE:
        result = PyUnicode_FromFormat(".%U", text);
        break;
    case LABEL_VALUE:
        result = PyUnicode_FromFormat("[%R]", text);
        break;
    case LABEL_LOCAL:
        result = PyUnicode_FromFormat("local %U", text);
        break;
    case LABEL_WEAK:
        result = PyUnicode_FromFormat("weak %U", text);
        break;
    case LABEL_BUFFER:
        result = PyUnicode_FromFormat("buffer %U", text);
        break;
    default:
        result = Py_NewRef(text);
        break;
    }
    Py_DECREF(text);
    return result;
}

/* [(number of the target or -1, label, kind, address)] */
static PyObject *capture_references(CaptureObject *c, PyObject *arg)
{
    uint32_t i;
    const Loaded *l = &c->data;
    if (capture_object_argument(c, arg, &i) < 0)
        return NULL;
    PyObject *list = PyList_New(0);
    int failed = list == NULL;
    for (uint64_t e = l->start[i]; e < l->start[i + 1] && !failed; e++)
        failed = add(list, Py_BuildValue("(lNiK)", l->target[e] == NO_OBJECT ? -1L : (long)l->target[e],
                                         capture_label_text(c, e), (int)(l->label[e] & 15),
                                         (unsigned long long)l->target_address[e])) < 0;
    return finished(list, failed);
}

int capture_need_back(CaptureObject *c)
{
    const Loaded *l = &c->data;
    if (c->back_start != NULL)
        return 0;
    c->back_start = calloc((size_t)l->count + 2, sizeof *c->back_start);
    c->back_owner = malloc((l->edges + 1) * sizeof *c->back_owner);
    if (c->back_start == NULL || c->back_owner == NULL) {
        free(c->back_start);
        free(c->back_owner);
        c->back_start = NULL;
        c->back_owner = NULL;
        PyErr_NoMemory();
        return -1;
    }
    for (uint64_t e = 0; e < l->edges; e++)
        if (l->target[e] != NO_OBJECT)
            c->back_start[l->target[e] + 2]++;
    for (uint32_t i = 0; i < l->count; i++)
        c->back_start[i + 2] += c->back_start[i + 1];
    for (uint32_t i = 0; i < l->count; i++)
        for (uint64_t e = l->start[i]; e < l->start[i + 1]; e++)
            if (l->target[e] != NO_OBJECT)
                c->back_owner[c->back_start[l->target[e] + 1]++] = i;
    return 0;
}

/* [(number of the owner, label)] */
static PyObject *capture_referrers(CaptureObject *c, PyObject *arg)
{
    uint32_t i;
    const Loaded *l = &c->data;
    if (capture_object_argument(c, arg, &i) < 0 || capture_need_back(c) < 0)
        return NULL;
    PyObject *list = PyList_New(0);
    int failed = list == NULL;
    for (uint64_t b = c->back_start[i]; b < c->back_start[i + 1] && !failed; b++) {
        uint32_t owner = c->back_owner[b];
        if (b > c->back_start[i] && c->back_owner[b - 1] == owner)
            continue; /* all references of one owner come at once */
        for (uint64_t e = l->start[owner]; e < l->start[owner + 1] && !failed; e++)
            if (l->target[e] == i)
                failed = add(list, Py_BuildValue("(lN)", (long)owner, capture_label_text(c, e))) < 0;
    }
    return finished(list, failed);
}

/* ---- tables ---- */

PyObject *capture_root_label(CaptureObject *c, uint64_t label)
{
    const Loaded *l = &c->data;
    uint64_t number = label >> LABEL_BITS;
    unsigned kind = label & 15;
    if (kind == LABEL_PLAIN)
        return PyUnicode_FromString("");
    if (kind == LABEL_STACK || kind == LABEL_ITEM)
        return PyUnicode_FromFormat(kind == LABEL_STACK ? "stack[%zd]" : "[%zd]", (Py_ssize_t)number);
    PyObject *text = capture_str_of(l, loaded_string(l, number));
    if (text != NULL && kind == LABEL_LOCAL)
        Py_SETREF(text, PyUnicode_FromFormat("local %U", text));
    return text;
}

/* [(group, frame or 0, label, number or -1, address)] */
static PyObject *capture_roots(CaptureObject *c, PyObject *unused)
{
    const Loaded *l = &c->data;
    PyObject *list = PyList_New(0);
    int failed = list == NULL;
    for (size_t i = 0; i < l->roots.count && !failed; i++) {
        LoadedRoot *r = (LoadedRoot *)l->roots.items + i;
        uint32_t object = loaded_find(l, r->target);
        failed = add(list, Py_BuildValue("(NKNlK)", capture_str_of(l, loaded_string(l, r->group)),
                                         (unsigned long long)r->frame, capture_root_label(c, r->label),
                                         object == NO_OBJECT ? -1L : (long)object, (unsigned long long)r->target)) < 0;
    }
    return finished(list, failed);
}

/* [(number, thread, depth, function, file, line)] */
static PyObject *capture_frames(CaptureObject *c, PyObject *unused)
{
    const Loaded *l = &c->data;
    PyObject *list = PyList_New(0);
    int failed = list == NULL;
    for (size_t i = 0; i < l->frames.count && !failed; i++) {
        LoadedFrame *f = (LoadedFrame *)l->frames.items + i;
        failed = add(list, Py_BuildValue("(KKKNNK)", (unsigned long long)f->number, (unsigned long long)f->thread,
                                         (unsigned long long)f->depth, capture_str_of(l, f->function),
                                         capture_str_of(l, f->file), (unsigned long long)f->line)) < 0;
    }
    return finished(list, failed);
}

/* [(start, size, resident, permissions, name)] */
static PyObject *capture_segments(CaptureObject *c, PyObject *unused)
{
    const Loaded *l = &c->data;
    PyObject *list = PyList_New(0);
    int failed = list == NULL;
    for (size_t i = 0; i < l->segments.count && !failed; i++) {
        LoadedSegment *s = (LoadedSegment *)l->segments.items + i;
        failed = add(list, Py_BuildValue("(KKKNN)", (unsigned long long)s->start, (unsigned long long)s->size,
                                         (unsigned long long)s->resident, capture_str_of(l, s->permissions),
                                         capture_str_of(l, s->name))) < 0;
    }
    return finished(list, failed);
}

/* [(address, kind, size, capacity, used, first)] */
static PyObject *capture_pools(CaptureObject *c, PyObject *unused)
{
    const Loaded *l = &c->data;
    PyObject *list = PyList_New(0);
    int failed = list == NULL;
    for (size_t i = 0; i < l->pools.count && !failed; i++) {
        LoadedPool *p = (LoadedPool *)l->pools.items + i;
        failed = add(list, Py_BuildValue("(KiKKKK)", (unsigned long long)p->address, p->kind,
                                         (unsigned long long)p->size, (unsigned long long)p->capacity,
                                         (unsigned long long)p->used, (unsigned long long)p->first)) < 0;
    }
    return finished(list, failed);
}

/* ((file, function, line), ...) of a site, innermost first; empty for none */
static PyObject *capture_site(CaptureObject *c, PyObject *arg)
{
    const Loaded *l = &c->data;
    unsigned long number = PyLong_AsUnsignedLong(arg);
    PyObject *list = PyErr_Occurred() ? NULL : PyList_New(0);
    int failed = list == NULL;
    LoadedSite site = number < l->sites.count ? ((LoadedSite *)l->sites.items)[number] : (LoadedSite){0, 0};
    for (uint32_t i = 0; i < site.count && !failed; i++) {
        LoadedPlace *p = (LoadedPlace *)l->places.items + site.first + i;
        failed =
            add(list, Py_BuildValue("(NNK)", capture_str_of(l, loaded_string(l, p->file)),
                                    capture_str_of(l, loaded_string(l, p->function)), (unsigned long long)p->line)) < 0;
    }
    return finished(list, failed);
}

static PyObject *capture_meta(CaptureObject *c, void *unused)
{
    const Loaded *l = &c->data;
    PyObject *dict = PyDict_New();
    for (size_t i = 0; dict && i < l->meta.count; i++) {
        LoadedMeta *m = (LoadedMeta *)l->meta.items + i;
        PyObject *key = capture_str_of(l, m->key), *value = capture_str_of(l, m->value);
        if (!key || !value || PyDict_SetItem(dict, key, value) < 0)
            Py_CLEAR(dict);
        Py_XDECREF(key);
        Py_XDECREF(value);
    }
    return dict;
}

/* ---- the difference of two ---- */

typedef struct {
    uint64_t born, born_bytes, died, died_bytes, stayed;
} Change;

/* Adds what objects of `of` are not in `other` (same address, class and size) to the changes by type, or by site. */
static void count_changes(const Loaded *of, const Loaded *other, Change *changes, size_t n, int by_site, int born)
{
    for (uint32_t i = 0; i < of->count; i++) {
        uint32_t key = by_site ? of->site[i] : of->type[i], there = loaded_find(other, of->address[i]);
        if (of->state[i] & CAPTURE_STATIC)
            continue;
        Change *change = &changes[key < n ? key : 0];
        if (there != NO_OBJECT && loaded_type(of, i)->address == loaded_type(other, there)->address &&
            of->size[i] == other->size[there]) {
            change->stayed += (uint64_t)born;
        } else if (born) {
            change->born++;
            change->born_bytes += of->size[i];
        } else {
            change->died++;
            change->died_bytes += of->size[i];
        }
    }
}

/* changes(other, by_site): what this capture has that `other` has not: [(number of type or site, objects, bytes, in
 * both)] */
static PyObject *capture_changes(CaptureObject *c, PyObject *args)
{
    CaptureObject *other;
    int by_site;
    if (!PyArg_ParseTuple(args, "O!p:changes", Py_TYPE(c), &other, &by_site))
        return NULL;
    size_t n = 1 + (by_site ? c->data.sites.count : c->data.types.count);
    Change *changes = calloc(n, sizeof *changes);
    if (changes == NULL)
        return PyErr_NoMemory();
    count_changes(&c->data, &other->data, changes, n, by_site, 1);
    PyObject *list = PyList_New(0);
    int failed = list == NULL;
    for (size_t i = 0; i < n && !failed; i++)
        if (changes[i].born || changes[i].stayed)
            failed = add(list, Py_BuildValue("(nKKK)", (Py_ssize_t)i, (unsigned long long)changes[i].born,
                                             (unsigned long long)changes[i].born_bytes,
                                             (unsigned long long)changes[i].stayed)) < 0;
    free(changes);
    return finished(list, failed);
}

/* ---- the type ---- */

static PyObject *capture_heapsnapshot(CaptureObject *c, PyObject *path)
{
    PyObject *name;
    if (!PyUnicode_FSConverter(path, &name))
        return NULL;
    int result = capture_write_heapsnapshot(c, PyBytes_AS_STRING(name));
    Py_DECREF(name);
    if (result < 0)
        return NULL;
    Py_RETURN_NONE;
}

static Py_ssize_t capture_len(CaptureObject *c) { return (Py_ssize_t)c->data.count; }
static PyObject *get_edges(CaptureObject *c, void *u) { return PyLong_FromUnsignedLongLong(c->data.edges); }
static PyObject *get_bytes(CaptureObject *c, void *u) { return PyLong_FromUnsignedLongLong(c->data.bytes); }
static PyObject *get_complete(CaptureObject *c, void *u)
{
    return PyBool_FromLong(c->data.complete && !c->data.problem);
}
static PyObject *get_problem(CaptureObject *c, void *u)
{
    return c->data.problem ? PyUnicode_FromString(c->data.problem) : Py_NewRef(Py_None);
}

static PyMethodDef capture_methods[] = {{"row", (PyCFunction)capture_row, METH_O, NULL},
                                        {"find", (PyCFunction)capture_find, METH_O, NULL},
                                        {"types", (PyCFunction)capture_types, METH_NOARGS, NULL},
                                        {"largest", (PyCFunction)capture_largest, METH_VARARGS, NULL},
                                        {"select", (PyCFunction)capture_select, METH_O, NULL},
                                        {"references", (PyCFunction)capture_references, METH_O, NULL},
                                        {"referrers", (PyCFunction)capture_referrers, METH_O, NULL},
                                        {"roots", (PyCFunction)capture_roots, METH_NOARGS, NULL},
                                        {"frames", (PyCFunction)capture_frames, METH_NOARGS, NULL},
                                        {"segments", (PyCFunction)capture_segments, METH_NOARGS, NULL},
                                        {"pools", (PyCFunction)capture_pools, METH_NOARGS, NULL},
                                        {"site", (PyCFunction)capture_site, METH_O, NULL},
                                        {"changes", (PyCFunction)capture_changes, METH_VARARGS, NULL},
                                        {"dominators", (PyCFunction)capture_dominators, METH_VARARGS, NULL},
                                        {"retained", (PyCFunction)capture_retained, METH_O, NULL},
                                        {"tree", (PyCFunction)capture_tree, METH_NOARGS, NULL},
                                        {"by_site", (PyCFunction)capture_by_site, METH_NOARGS, NULL},
                                        {"heapsnapshot", (PyCFunction)capture_heapsnapshot, METH_O, NULL},
                                        {NULL}};

static PyGetSetDef capture_getters[] = {
    {"edges", (getter)get_edges, NULL, NULL},       {"bytes", (getter)get_bytes, NULL, NULL},
    {"complete", (getter)get_complete, NULL, NULL}, {"problem", (getter)get_problem, NULL, NULL},
    {"meta", (getter)capture_meta, NULL, NULL},     {NULL}};

static PyType_Slot capture_slots[] = {{Py_tp_dealloc, capture_dealloc}, {Py_tp_doc, "A capture that has been read."},
                                      {Py_sq_length, capture_len},      {Py_tp_methods, capture_methods},
                                      {Py_tp_getset, capture_getters},  {0, NULL}};
static PyType_Spec capture_spec = {"_see.Capture", sizeof(CaptureObject), 0,
                                   Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, capture_slots};

/* The type Capture of the module, made when it is first needed: new reference. */
static PyTypeObject *capture_type(PyObject *module)
{
    PyObject *type = PyDict_GetItemString(PyModule_GetDict(module), "Capture");
    if (type != NULL)
        return (PyTypeObject *)Py_NewRef(type);
    type = PyType_FromModuleAndSpec(module, &capture_spec, NULL);
    if (type != NULL && PyModule_AddObjectRef(module, "Capture", type) < 0)
        Py_CLEAR(type);
    return (PyTypeObject *)type;
}

PyMethodDef see_capture_methods[] = {
    {"capture_write", see_capture_write_py, METH_VARARGS,
     "capture_write($module, path, compress, values, copies=0, /)\n--\n\nWrite the heap to a file: a dict of totals; with path "
     "None: a Capture in memory."},
    {"capture_read", see_capture_read, METH_O, "capture_read($module, path, /)\n--\n\nRead a capture file: a Capture."},
    {"capture_parse", see_capture_parse, METH_O, "capture_parse($module, data, /)\n--\n\nRead a capture from bytes."},
    {NULL}};
