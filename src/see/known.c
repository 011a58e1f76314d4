/* See known.h. */
#include "see/known.h"
#include "see/capture_text.h"
#include "see/edges.h"
#include "memory/memory.h"
#include "memory/trace.h"
#include "objects/dict/dict.h"
#include "objects/object.h"

#include <stdlib.h>
#include <string.h>

#define NO_DEPTH 255

/* ---- numbers ---- */

static size_t slot_for(const KnownObjects *k, const void *key)
{
    size_t i = ((uintptr_t)key >> 3) * 0x9e3779b97f4a7c15u >> 20 & k->mask;
    while (k->slots[i].key != NULL && k->slots[i].key != key)
        i = (i + 1) & k->mask;
    return i;
}

static int slots_grow(KnownObjects *k)
{
    size_t mask = k->slots ? 2 * k->mask + 1 : 1023, old = k->mask;
    struct known_slot *slots = k->slots, *bigger = calloc(mask + 1, sizeof *bigger);
    if (bigger == NULL)
        return -1;
    k->slots = bigger;
    k->mask = mask;
    for (size_t i = 0; slots && i <= old; i++)
        if (slots[i].key != NULL)
            k->slots[slot_for(k, slots[i].key)] = slots[i];
    free(slots);
    return 0;
}

/* Takes a key out and moves those behind it up. */
static void slot_remove(KnownObjects *k, const void *key)
{
    size_t i = slot_for(k, key);
    if (k->slots[i].key == NULL)
        return;
    k->filled--;
    for (;;) {
        k->slots[i] = (struct known_slot){NULL, 0};
        for (size_t j = i;;) {
            j = (j + 1) & k->mask;
            if (k->slots[j].key == NULL)
                return;
            size_t home = ((uintptr_t)k->slots[j].key >> 3) * 0x9e3779b97f4a7c15u >> 20 & k->mask;
            if (((j - home) & k->mask) >= ((j - i) & k->mask)) {
                k->slots[i] = k->slots[j];
                i = j;
                break;
            }
        }
    }
}

static uint32_t known_find(const KnownObjects *k, const void *key)
{
    return k->slots ? k->slots[slot_for(k, key)].number : 0;
}

static void *grown(KnownObjects *k, void *array, uint32_t *room, size_t size)
{
    uint32_t wanted = *room ? 2 * *room : 64;
    void *bigger = realloc(array, wanted * size);
    if (bigger == NULL) {
        k->failed = 1;
        return array;
    }
    *room = wanted;
    return bigger;
}

static void rest(KnownObjects *k, KnownObject *item)
{
    free(item->held);
    item->held = NULL;
    item->held_count = item->held_room = 0;
    if (item->place == NOT_LIVING)
        return;
    uint32_t last = k->living[--k->alive];
    k->living[item->place] = last;
    k->items[last].place = item->place;
    item->place = NOT_LIVING;
}

static void died(void *context, uint32_t number)
{
    KnownObjects *k = context;
    if (k->items[number].object == NULL)
        return;
    rest(k, &k->items[number]);
    slot_remove(k, k->items[number].object);
    k->items[number].object = NULL;
    journal_1(k->journal, JOURNAL_DIED, number);
}

void known_init(KnownObjects *k, Journal *journal)
{
    *k = (KnownObjects){.journal = journal, .used = 1, .states = 1, .limit = 20000, .breadth = 100, .depth = 40};
    trace_notices(NULL, NULL); /* those of the process that forked */
    trace_notices(died, k);
}

void known_free(KnownObjects *k)
{
    trace_notices(NULL, NULL);
    for (uint32_t i = 1; i < k->used; i++)
        free(k->items[i].held);
    free(k->items);
    free(k->living);
    free(k->reached);
    free(k->slots);
    free(k->queue);
    free(k->scratch);
}

/* ---- what an object is ---- */

/* A block of the heap, and no part of the program or of an extension module. */
static int on_heap(PyObject *o)
{
    if (arena_contains(o))
        return 1;
    if (object_is_immortal(o) || Py_IS_TYPE(o, &PyModuleDef_Type))
        return 0;
    return !PyType_Check(o) || ((PyTypeObject *)o)->tp_flags & Py_TPFLAGS_HEAPTYPE;
}

/* Objects whose insides are not part of the picture. */
static int is_leaf(PyObject *o)
{
    if (PyType_Check(o))
        return !(((PyTypeObject *)o)->tp_flags & Py_TPFLAGS_HEAPTYPE);
    return PyModule_Check(o) || PyCode_Check(o) || PyCFunction_Check(o) || PyFrame_Check(o) || PyTraceBack_Check(o) ||
           PyUnicode_CheckExact(o) || PyBytes_CheckExact(o);
}

static KnownKind kind_of(PyObject *o)
{
    if (PyLong_CheckExact(o) || PyFloat_CheckExact(o))
        return KNOWN_NUMBER;
    if (PyUnicode_CheckExact(o) || PyByteArray_CheckExact(o))
        return KNOWN_TEXT;
    if (is_leaf(o) || Py_IS_TYPE(o, &PyTuple_Type))
        return KNOWN_FIXED;
    if (PyDict_CheckExact(o) || PyFunction_Check(o) || PyType_Check(o))
        return KNOWN_VERSIONED;
    return PyList_CheckExact(o) ? KNOWN_LIST : KNOWN_HOLDER;
}

static inline uint64_t version_of(PyObject *o)
{
    if (PyDict_Check(o))
        return ((PyDictObject *)o)->ma_version_tag;
    if (PyFunction_Check(o))
        return (uintptr_t)((PyFunctionObject *)o)->func_defaults ^ (uintptr_t)((PyFunctionObject *)o)->func_kwdefaults
                                                                       << 16;
    return PyType_Check(o) ? ((PyDictObject *)((PyTypeObject *)o)->tp_dict)->ma_version_tag : 0;
}

static uint64_t print_of(PyObject *o)
{
    uint64_t bits = 0;
    if (PyFloat_CheckExact(o))
        memcpy(&bits, &((PyFloatObject *)o)->ob_fval, sizeof bits);
    else if (PyLong_CheckExact(o)) {
        Py_ssize_t size = Py_SIZE(o), n = size < 0 ? -size : size;
        bits = (uint64_t)size << 60;
        if (n > 0)
            bits ^= ((PyLongObject *)o)->ob_digit[0];
        if (n > 1)
            bits ^= (uint64_t)((PyLongObject *)o)->ob_digit[1] << 30;
    } else if (PyUnicode_Check(o)) {
        bits = (uint64_t)((PyASCIIObject *)o)->length;
    } else if (PyByteArray_CheckExact(o)) {
        const unsigned char *p = (unsigned char *)PyByteArray_AS_STRING(o);
        for (Py_ssize_t i = 0; i < Py_SIZE(o) && i < VALUE_TEXT; i++)
            bits = (bits ^ p[i]) * 0x100000001b3u;
        bits ^= (uint64_t)Py_SIZE(o) << 40;
    } else
        bits = version_of(o);
    return bits;
}

static void put_value(KnownObjects *k, PyObject *o)
{
    char text[CAPTURE_TEXT];
    int n = capture_name(o, 1, text);
    journal_text(k->journal, text, n < 0 ? 0 : (size_t)n);
}

static Py_ssize_t shown_count(PyObject *o)
{
    Py_ssize_t count = Py_REFCNT(o);
    return count >= IMMORTAL_FLOOR ? -1 : count;
}

static uint32_t type_number(KnownObjects *k, PyTypeObject *type)
{
    uint32_t number = known_find(k, type);
    if (number == 0 || k->items[number].other == 0) {
        if (type == Py_TYPE(type)) { /* type itself: its row names its own number */
            journal_type(k->journal, ++k->type_count, type);
            return k->type_count;
        }
        number = known_number(k, (PyObject *)type, NO_DEPTH);
        if (number == 0)
            return 0;
    }
    if (k->items[number].other == 0) {
        k->items[number].other = ++k->type_count;
        journal_type(k->journal, k->type_count, type);
    }
    return k->items[number].other;
}

static void tell_object(KnownObjects *k, uint32_t number, uint32_t type)
{
    KnownObject *item = &k->items[number];
    PyObject *o = item->object;
    item->told = k->states;
    journal_2(k->journal, JOURNAL_OBJECT, number, type);
    journal_uint(k->journal, (uintptr_t)o >> 3);
    journal_uint(k->journal, on_heap(o) ? block_size(o) : 0);
    journal_int(k->journal, item->count);
    journal_int(k->journal, item->length);
    put_value(k, o);
}

/* Begins to watch an object, and tells of it as it is. */
static void awaken(KnownObjects *k, uint32_t number, uint32_t type)
{
    KnownObject *item = &k->items[number];
    PyObject *o = item->object;
    if (k->queue_end == k->queue_room)
        k->queue = grown(k, k->queue, &k->queue_room, sizeof *k->queue);
    if (k->alive == k->living_room)
        k->living = grown(k, k->living, &k->living_room, sizeof *k->living);
    if (k->failed)
        return;
    item->count = shown_count(o);
    item->length = capture_length(o);
    item->print = print_of(o);
    if (item->place == NOT_LIVING && (item->count >= 0 || item->kind > KNOWN_NUMBER)) {
        item->place = k->alive;
        k->living[k->alive++] = number;
    }
    tell_object(k, number, type);
    if (!is_leaf(o) && item->depth < k->depth)
        k->queue[k->queue_end++] = number;
}

uint32_t known_number(KnownObjects *k, PyObject *o, unsigned depth)
{
    if (o == NULL || k->failed)
        return 0;
    uint32_t number = known_find(k, o);
    if (number != 0) {
        if (k->items[number].told != k->states)
            awaken(k, number, type_number(k, Py_TYPE(o)));
        return number;
    }
    if (k->alive >= k->limit && depth != NO_DEPTH)
        return 0;
    if (2 * (k->filled + 1) > k->mask && slots_grow(k) < 0)
        return 0;
    uint32_t type = type_number(k, Py_TYPE(o));
    if ((number = known_find(k, o)) != 0) /* its type refers to it */
        return number;
    if (k->used >= k->room)
        k->items = grown(k, k->items, &k->room, sizeof *k->items);
    if (k->failed || (on_heap(o) && trace_notice(o, k->used) < 0))
        return 0;
    number = k->used++;
    k->items[number] = (KnownObject){
        .object = o, .kind = kind_of(o), .depth = (uint8_t)(depth > 254 ? 254 : depth), .place = NOT_LIVING};
    k->filled++;
    k->slots[slot_for(k, o)] = (struct known_slot){o, number};
    awaken(k, number, type);
    return number;
}

int known_is_in_view(const KnownObjects *k, PyObject *o) { return known_find(k, o) != 0; }

uint32_t known_code(KnownObjects *k, PyCodeObject *code)
{
    uint32_t number = known_number(k, (PyObject *)code, NO_DEPTH);
    if (number != 0 && k->items[number].other == 0) {
        k->items[number].other = ++k->code_count;
        journal_code(k->journal, k->code_count, code);
    }
    return number ? k->items[number].other : 0;
}

/* ---- what it holds ---- */

static int is_name(PyObject *o, const char *name)
{
    return o && PyUnicode_CheckExact(o) && PyUnicode_IS_COMPACT_ASCII(o) &&
           (size_t)PyUnicode_GET_LENGTH(o) == strlen(name) && memcmp(PyUnicode_DATA(o), name, strlen(name)) == 0;
}

static int shows(const SeeEdge *e, PyObject *owner)
{
    if (e->kind == SEE_VALUE && is_name(e->name, "__builtins__"))
        return 0;
    if (e->weak || e->kind == SEE_TYPE || e->kind == SEE_KEY || e->kind == SEE_STACK)
        return 0;
    if (PyFunction_Check(owner)) /* of a function: what it closes over and its defaults */
        return e->kind == SEE_FIELD && e->text && (strstr(e->text, "closure") || strstr(e->text, "defaults"));
    if (PyType_Check(owner))
        return e->kind == SEE_FIELD && e->text && (strstr(e->text, "dict") || strstr(e->text, "bases"));
    return 1;
}

typedef struct {
    KnownObjects *known;
    PyObject *owner;
} Collecting;

static void collect_edge(const SeeEdge *e, void *arg)
{
    Collecting *c = arg;
    KnownObjects *k = c->known;
    if (k->scratch_count >= k->breadth || !shows(e, c->owner))
        return;
    if (k->scratch_count == k->scratch_room)
        k->scratch = grown(k, k->scratch, &k->scratch_room, sizeof *k->scratch);
    if (k->failed)
        return;
    uint64_t label = 0, kind = e->kind;
    switch (e->kind) {
    case SEE_ATTRIBUTE:
        if (e->name == NULL) { /* of __slots__ */
            kind = SEE_FIELD;
            label = (uintptr_t)e->text;
            break;
        }
        /* fall through */
    case SEE_VALUE:
    case SEE_LOCAL:
        label = (uintptr_t)e->name;
        break;
    case SEE_FIELD:
        label = (uintptr_t)e->text;
        break;
    default:
        break;
    }
    k->scratch[k->scratch_count++] = (Held){.label = label << 4 | kind, .target = e->target};
}

static void collect(KnownObjects *k, PyObject *o)
{
    Collecting c = {k, o};
    k->scratch_count = 0;
    if (PyList_CheckExact(o)) /* which may be long */
        for (Py_ssize_t i = 0; i < Py_SIZE(o) && i < k->breadth && !k->failed; i++)
            collect_edge(&(SeeEdge){.target = PyList_GET_ITEM(o, i), .kind = SEE_ITEM}, &c);
    else
        see_edges(o, 1, collect_edge, &c);
}

/* The label as it stands in the journal: kind, and the number of a name (an object, which may be gone) or a field (a
 * string). */
static uint64_t told_label(KnownObjects *k, uint64_t label)
{
    unsigned kind = label & 15;
    uint64_t number = 0;
    if (kind == SEE_FIELD)
        number = label >> 4 ? journal_string(k->journal, (const char *)(label >> 4)) : 0;
    else if (label >> 4)
        number = known_find(k, (void *)(label >> 4));
    return number << 4 | kind;
}

/* Numbers for what the scratch refers to, before anything is told of the holder itself. */
static void number_scratch(KnownObjects *k, unsigned depth)
{
    for (uint32_t i = 0; i < k->scratch_count; i++) {
        uint64_t label = k->scratch[i].label;
        if ((label & 15) != SEE_FIELD)
            known_number(k, (PyObject *)(label >> 4), (label & 15) == SEE_VALUE ? depth : NO_DEPTH);
        k->scratch[i].number = known_number(k, k->scratch[i].target, depth);
    }
}

static void keep_scratch(KnownObjects *k, uint32_t number)
{
    KnownObject *item = &k->items[number];
    if (item->held_room < k->scratch_count) {
        Held *held = realloc(item->held, k->scratch_count * sizeof *held);
        if (held == NULL) {
            k->failed = 1;
            return;
        }
        item->held = held;
        item->held_room = k->scratch_count;
    }
    if (k->scratch_count)
        memcpy(item->held, k->scratch, k->scratch_count * sizeof *k->scratch);
    item->held_count = k->scratch_count;
}

static void tell_holds(KnownObjects *k, uint32_t number)
{
    journal_2(k->journal, JOURNAL_HOLDS, number, k->items[number].held_count);
    for (uint32_t i = 0; i < k->items[number].held_count; i++) {
        journal_uint(k->journal, told_label(k, k->items[number].held[i].label));
        journal_uint(k->journal, k->items[number].held[i].number);
    }
}

/* Tells how the scratch differs from what was told. */
static void tell_difference(KnownObjects *k, uint32_t number)
{
    const KnownObject *item = &k->items[number];
    uint32_t same = item->held_count < k->scratch_count ? item->held_count : k->scratch_count, differ = 0;
    for (uint32_t i = 0; i < same; i++)
        differ += item->held[i].label != k->scratch[i].label || !known_same(k, &item->held[i], k->scratch[i].target);
    if (differ == 0 && item->held_count == k->scratch_count)
        return;
    number_scratch(k, item->depth + 1u);
    item = &k->items[number];
    if (differ > 4) {
        keep_scratch(k, number);
        tell_holds(k, number);
        return;
    }
    for (uint32_t i = 0; i < same; i++) {
        if (item->held[i].label == k->scratch[i].label && known_same(k, &item->held[i], k->scratch[i].target))
            continue;
        if (item->held[i].label != k->scratch[i].label) {
            keep_scratch(k, number);
            tell_holds(k, number);
            return;
        }
        journal_2(k->journal, JOURNAL_SET, number, i);
        journal_uint(k->journal, k->scratch[i].number);
    }
    if (k->scratch_count < item->held_count)
        journal_2(k->journal, JOURNAL_CUT, number, k->scratch_count);
    for (uint32_t i = same; i < k->scratch_count; i++) {
        journal_2(k->journal, JOURNAL_ADD, number, told_label(k, k->scratch[i].label));
        journal_uint(k->journal, k->scratch[i].number);
    }
    keep_scratch(k, number);
}

/* While an object is freed, what its references lead to goes, too, and a finalizer there may run lines. */
static int is_dying(PyObject *o) { return Py_REFCNT(o) <= 0; }

void known_tell_new(KnownObjects *k)
{
    while (k->queue_at < k->queue_end && !k->failed) {
        uint32_t number = k->queue[k->queue_at++];
        PyObject *o = k->items[number].object;
        if (o == NULL || is_dying(o))
            continue;
        collect(k, o);
        number_scratch(k, k->items[number].depth + 1u);
        keep_scratch(k, number);
        if (k->items[number].held_count)
            tell_holds(k, number);
    }
    k->queue_at = k->queue_end = 0;
}

/* ---- changes ---- */

static int list_unchanged(const KnownObjects *k, const KnownObject *item)
{
    PyListObject *list = (PyListObject *)item->object;
    uint32_t shown = Py_SIZE(list) < k->breadth ? (uint32_t)Py_SIZE(list) : k->breadth;
    if (item->held_count != shown)
        return 0;
    for (uint32_t i = 0; i < shown; i++)
        if (!known_same(k, &item->held[i], list->ob_item[i]))
            return 0;
    return 1;
}

static void tell_change(KnownObjects *k, uint32_t number)
{
    KnownObject *item = &k->items[number];
    PyObject *o = item->object;
    uint64_t print = 0;
    int same = 0; /* what it holds */
    switch (item->kind) {
    case KNOWN_FIXED:
        return;
    case KNOWN_NUMBER: /* overwritten where nobody else referred to it; somebody may since */
        if ((print = print_of(o)) != item->print) {
            item->print = print;
            journal_1(k->journal, JOURNAL_VALUE, number);
            put_value(k, o);
        }
        return;
    case KNOWN_TEXT: /* grown where it stands */
        if ((print = print_of(o)) != item->print) {
            item->print = print;
            item->length = capture_length(o);
            tell_object(k, number, type_number(k, Py_TYPE(o)));
        }
        return;
    case KNOWN_VERSIONED:
        if ((print = version_of(o)) == item->print)
            return;
        item->print = print;
        break;
    case KNOWN_LIST:
        same = item->depth >= k->depth || list_unchanged(k, item);
        if (same && item->length == Py_SIZE(o))
            return;
        break;
    case KNOWN_HOLDER:
        break;
    }
    Py_ssize_t length = capture_length(o);
    if (length != item->length) {
        item->length = length;
        journal_1(k->journal, JOURNAL_LENGTH, number);
        journal_int(k->journal, length);
    }
    if (!same && item->depth < k->depth) {
        collect(k, o);
        tell_difference(k, number);
    }
}

void known_tell_changes(KnownObjects *k)
{
    for (uint32_t i = 0; i < k->alive && !k->failed; i++) {
        uint32_t number = k->living[i];
        KnownObject *item = &k->items[number];
        Py_ssize_t count = Py_REFCNT(item->object);
        if (is_dying(item->object))
            continue;
        if (count != item->count && count < IMMORTAL_FLOOR) {
            journal_1(k->journal, JOURNAL_COUNT, number);
            journal_int(k->journal, count - item->count);
            item->count = count;
        }
        if (item->kind != KNOWN_FIXED)
            tell_change(k, number);
    }
    known_tell_new(k);
}

/* ---- what can be reached ---- */

void known_unmark(KnownObjects *k)
{
    for (uint32_t i = 0; i < k->reached_end; i++)
        k->items[k->reached[i]].marked = 0;
    k->reached_end = 0;
}

void known_mark(KnownObjects *k, uint32_t number)
{
    if (number == 0 || k->items[number].marked || k->items[number].object == NULL)
        return;
    if (k->reached_end == k->reached_room)
        k->reached = grown(k, k->reached, &k->reached_room, sizeof *k->reached);
    if (k->failed)
        return;
    k->items[number].marked = 1;
    k->reached[k->reached_end++] = number;
}

void known_reach(KnownObjects *k)
{
    for (uint32_t at = 0; at < k->reached_end && !k->failed; at++) {
        const KnownObject *item = &k->items[k->reached[at]];
        known_mark(k, known_find(k, Py_TYPE(item->object)));
        for (uint32_t i = 0; i < item->held_count; i++) {
            uint64_t label = item->held[i].label;
            if ((label & 15) != SEE_FIELD && label >> 4)
                known_mark(k, known_find(k, (void *)(label >> 4)));
            known_mark(k, item->held[i].number);
        }
    }
    for (uint32_t i = 0; i < k->alive;) {
        KnownObject *item = &k->items[k->living[i]];
        if (item->marked) {
            i++;
        } else {
            item->told = 0;
            rest(k, item); /* another one takes its place */
        }
    }
    k->alive_before = k->alive;
}

void known_tell_reached(KnownObjects *k)
{
    k->states++;
    for (uint32_t i = 0; i < k->reached_end; i++)
        tell_object(k, k->reached[i], type_number(k, Py_TYPE(k->items[k->reached[i]].object)));
    for (uint32_t i = 0; i < k->reached_end; i++)
        if (k->items[k->reached[i]].held_count)
            tell_holds(k, k->reached[i]);
}
