/* Memory that is held without need: room in lists, tables, byte arrays and blocks, and equal texts. */
#include "memory/memory.h"
#include "objects/dict/dict.h"
#include "objects/set/set.h"
#include "see/fields.h"
#include "see/scratch.h"
#include "see/tables.h"

#include <stdlib.h>

enum waste { WASTE_LIST, WASTE_DICT, WASTE_SET, WASTE_BYTEARRAY, WASTE_PADDING, WASTE_EQUAL, WASTES };
static const char *const names[WASTES] = {"lists", "dicts", "sets", "bytearrays", "padding", "equal texts"};

typedef struct sum {
    size_t objects, bytes;
} Sum;

typedef struct item {
    PyObject *object;
    size_t bytes, copies;
} Item;

/* A text that was seen, and how many objects have it. */
typedef struct text {
    PyObject *first;
    size_t copies, bytes; /* beyond the first */
    uint64_t hash;
} Text;

typedef struct search {
    Sum sums[WASTES];
    Scratch items[WASTES]; /* Item */
    Scratch texts;         /* Text, open-addressed */
    size_t text_room, text_count;
    int failed;
} Search;

static void add(Search *s, enum waste kind, PyObject *o, size_t bytes)
{
    if (bytes == 0)
        return;
    s->sums[kind].objects++;
    s->sums[kind].bytes += bytes;
    if (kind == WASTE_PADDING) /* too many to name */
        return;
    Item *item = scratch_add(&s->items[kind], sizeof *item);
    if (item == NULL)
        s->failed = 1;
    else
        *item = (Item){o, bytes, 1};
}

/* ---- equal texts ---- */

static const void *text_data(PyObject *o, size_t *size)
{
    if (PyBytes_CheckExact(o)) {
        *size = (size_t)PyBytes_GET_SIZE(o);
        return PyBytes_AS_STRING(o);
    }
    *size = (size_t)PyUnicode_GET_LENGTH(o) * (size_t)PyUnicode_KIND(o);
    return PyUnicode_DATA(o);
}

static int same_text(PyObject *a, PyObject *b)
{
    size_t n, m;
    const void *p = text_data(a, &n), *q = text_data(b, &m);
    return Py_TYPE(a) == Py_TYPE(b) && n == m && memcmp(p, q, n) == 0 &&
           (PyBytes_CheckExact(a) || PyUnicode_KIND(a) == PyUnicode_KIND(b));
}

static uint64_t text_hash(PyObject *o)
{
    size_t n;
    const unsigned char *p = text_data(o, &n);
    uint64_t h = 0xcbf29ce484222325u ^ (uintptr_t)Py_TYPE(o);
    for (; n >= 8; n -= 8, p += 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        h = (h ^ word) * 0x9e3779b97f4a7c15u;
        h ^= h >> 29;
    }
    for (; n > 0; n--)
        h = (h ^ *p++) * 0x100000001b3u;
    return h ^ h >> 32;
}

static Text *text_place(Text *texts, size_t room, PyObject *o, uint64_t hash)
{
    size_t i = hash & (room - 1);
    while (texts[i].first != NULL && !(texts[i].hash == hash && same_text(texts[i].first, o)))
        i = (i + 1) & (room - 1);
    return &texts[i];
}

static int texts_grow(Search *s)
{
    size_t room = s->text_room ? 2 * s->text_room : 1024;
    Scratch bigger = {0};
    Text *texts = scratch_add(&bigger, room * sizeof *texts), *old = SCRATCH_ITEMS(&s->texts, Text);
    if (texts == NULL)
        return -1;
    for (size_t i = 0; i < s->text_room; i++)
        if (old[i].first != NULL) {
            size_t at = old[i].hash & (room - 1);
            while (texts[at].first != NULL)
                at = (at + 1) & (room - 1);
            texts[at] = old[i];
        }
    scratch_free(&s->texts);
    s->texts = bigger;
    s->text_room = room;
    return 0;
}

static void note_text(Search *s, PyObject *o, size_t size)
{
    if (PyUnicode_CheckExact(o) && !PyUnicode_IS_READY(o))
        return;
    if (2 * s->text_count >= s->text_room && texts_grow(s) < 0) {
        s->failed = 1;
        return;
    }
    uint64_t hash = text_hash(o);
    Text *text = text_place(SCRATCH_ITEMS(&s->texts, Text), s->text_room, o, hash);
    if (text->first == NULL) {
        *text = (Text){.first = o, .hash = hash};
        s->text_count++;
        return;
    }
    text->copies++;
    text->bytes += size;
}

static void gather_texts(Search *s)
{
    Text *text = SCRATCH_ITEMS(&s->texts, Text);
    for (size_t i = 0; i < s->text_room; i++, text++) {
        if (text->copies == 0)
            continue;
        add(s, WASTE_EQUAL, text->first, text->bytes);
        s->sums[WASTE_EQUAL].objects += text->copies - 1;
        if (!s->failed)
            SCRATCH_ITEMS(&s->items[WASTE_EQUAL], Item)
        [SCRATCH_COUNT(&s->items[WASTE_EQUAL], Item) - 1].copies = text->copies;
    }
}

/* ---- the walk ---- */

/* A table is thin when two thirds of its room are free; what an insertion would need soon is no waste. */
static size_t thin(size_t used, size_t room, size_t each) { return 3 * used <= room ? (room - used) * each : 0; }

static int look_at(const HeapBlock *block, void *arg)
{
    Search *s = arg;
    PyObject *o = block->address;
    if (block->type == NULL)
        return 0;
    Py_ssize_t asked = see_asked(o);
    if (asked > 0 && (size_t)asked < block->size)
        add(s, WASTE_PADDING, o, block->size - (size_t)asked);
    if (PyList_Check(o)) {
        PyListObject *list = (PyListObject *)o;
        add(s, WASTE_LIST, o, (size_t)(list->allocated - Py_SIZE(o)) * sizeof(PyObject *));
    } else if (PyDict_Check(o)) {
        PyDictKeysObject *k = ((PyDictObject *)o)->ma_keys;
        if (k != NULL && !k->fixed)
            add(s, WASTE_DICT, o,
                thin((size_t)((PyDictObject *)o)->ma_used, (size_t)k->capacity,
                     (size_t)k->stride * sizeof(PyObject *)));
    } else if (PyAnySet_Check(o)) {
        PySetObject *set = SET(o);
        if (set->table != set->smalltable)
            add(s, WASTE_SET, o, thin((size_t)set->used * 5, ((size_t)set->mask + 1) * 3, sizeof(setentry) / 3));
    } else if (PyByteArray_Check(o)) {
        PyByteArrayObject *b = (PyByteArrayObject *)o;
        if (b->ob_alloc > Py_SIZE(o) + 1)
            add(s, WASTE_BYTEARRAY, o, (size_t)(b->ob_alloc - Py_SIZE(o) - 1));
    } else if (PyUnicode_CheckExact(o) || PyBytes_CheckExact(o)) {
        note_text(s, o, block->size);
    }
    return s->failed ? -1 : 0;
}

static int by_bytes(const void *a, const void *b)
{
    const Item *x = a, *y = b;
    return x->bytes != y->bytes ? (x->bytes < y->bytes) - (x->bytes > y->bytes)
                                : (x->object > y->object) - (x->object < y->object);
}

static PyObject *examples(Scratch *items, Py_ssize_t most)
{
    PyObject *list = PyList_New(0);
    Item *item = SCRATCH_ITEMS(items, Item);
    size_t count = SCRATCH_COUNT(items, Item);
    if (count > 0)
        qsort(item, count, sizeof *item, by_bytes);
    for (size_t i = 0; list != NULL && i < count && (Py_ssize_t)i < most; i++) {
        PyObject *row = Py_BuildValue("(Onn)", item[i].object, (Py_ssize_t)item[i].bytes, (Py_ssize_t)item[i].copies);
        if (row == NULL || PyList_Append(list, row) < 0)
            Py_CLEAR(list);
        Py_XDECREF(row);
    }
    return list;
}

/* {name: (objects, bytes, [(object, bytes, copies)])} */
static PyObject *see_waste(PyObject *m, PyObject *arg)
{
    Py_ssize_t most = PyNumber_AsSsize_t(arg, PyExc_OverflowError);
    if (most == -1 && PyErr_Occurred())
        return NULL;
    Search s = {.failed = 0};
    heap_walk(look_at, &s);
    if (!s.failed)
        gather_texts(&s);
    PyObject *result = s.failed ? PyErr_NoMemory() : PyDict_New();
    for (int kind = 0; kind < WASTES; kind++) {
        PyObject *list = result != NULL ? examples(&s.items[kind], most) : NULL;
        PyObject *row = list != NULL ? Py_BuildValue("(nnN)", s.sums[kind].objects, s.sums[kind].bytes, list) : NULL;
        if (result != NULL && (row == NULL || PyDict_SetItemString(result, names[kind], row) < 0))
            Py_CLEAR(result);
        Py_XDECREF(row);
        scratch_free(&s.items[kind]);
    }
    scratch_free(&s.texts);
    return result;
}

PyMethodDef see_waste_methods[] = {
    {"waste", see_waste, METH_O,
     "waste($module, most, /)\n--\n\n{kind: (objects, bytes, [(object, bytes, copies)] of the worst)}."},
    {NULL}};
