/* See known.h. */
#include "see/known.h"
#include "see/capture_text.h"
#include "see/edges.h"
#include "memory/memory.h"
#include "memory/stack.h"
#include "objects/dict/dict.h"
#include "objects/instance.h"
#include "objects/object.h"
#include "objects/names.h"

#include <stdlib.h>
#include <string.h>

#define NO_DEPTH 255
#define SHORT_TEXT 40 /* bytes of a string that are told by value */

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

/* ---- what an object is ---- */

/* A block of the heap, and no part of the program or of an extension module. */
static int on_heap(PyObject *o) { return arena_contains(o) || large_contains(o); }

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
    if (PyCell_Check(o))
        return KNOWN_CELL;
    if (PyGen_Check(o) || PyCoro_CheckExact(o) || PyAsyncGen_CheckExact(o))
        return KNOWN_GENERATOR;
    if (see_is_plain_class(Py_TYPE(o)))
        return KNOWN_INSTANCE;
    if (PyDict_CheckExact(o))
        return KNOWN_DICT;
    if (PyFunction_Check(o) || PyType_Check(o))
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

/* Whether capture_name may have something to say. */
static int may_have_text(PyObject *o)
{
    return is_leaf(o) || PyFunction_Check(o) || PyType_Check(o) || PyLong_Check(o) || PyFloat_Check(o) ||
           PyUnicode_Check(o) || PyBytes_Check(o) || PyByteArray_Check(o) || PyComplex_Check(o) || o == Py_None;
}

static const struct known_class *class_of_object(KnownObjects *k, PyObject *o)
{
    PyTypeObject *type = Py_TYPE(o);
    struct known_class *found = &k->classes[((uintptr_t)type >> 4) % KNOWN_CLASSES];
    if (found->type != type) /* kind_of asks the object only whether it is a class of its own */
        *found = (struct known_class){PyType_Check(o) ? NULL : type, (uint8_t)kind_of(o), (uint8_t)may_have_text(o)};
    return found;
}

static void put_value(KnownObjects *k, PyObject *o)
{
    char text[CAPTURE_TEXT];
    if (!class_of_object(k, o)->has_text) {
        journal_text(k->journal, text, 0);
        return;
    }
    if (k->by_value && PyByteArray_Check(o)) { /* what it holds */
        journal_text(k->journal, text, 0);
        return;
    }
    int n = k->by_value && PyUnicode_Check(o) ? (int)capture_cut(o, text, SHORT_TEXT + 3) : capture_name(o, 1, text);
    journal_text(k->journal, text, n < 0 ? 0 : (size_t)n);
}

static Py_ssize_t shown_count(PyObject *o)
{
    Py_ssize_t count = Py_REFCNT(o);
    return count >= IMMORTAL_FLOOR ? -1 : count;
}

/* ---- items ---- */

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
    if (bigger == NULL) {
        k->failed = 1;
        return -1;
    }
    k->slots = bigger;
    k->mask = mask;
    for (size_t i = 0; slots && i <= old; i++)
        if (slots[i].key != NULL)
            k->slots[slot_for(k, slots[i].key)] = slots[i];
    free(slots);
    return 0;
}

uint32_t known_find(const KnownObjects *k, PyObject *o)
{
    if (arena_contains(o) || on_heap(o))
        return trace_noticed(o);
    return k->slots ? k->slots[slot_for(k, o)].index : 0;
}

/* Makes the item findable; 0 or -1. */
static int note_item(KnownObjects *k, PyObject *o, uint32_t index)
{
    if (on_heap(o)) {
        if (trace_notice(o, index) == 0)
            return 0;
        k->failed = 1;
        return -1;
    }
    if (2 * (k->filled + 1) > k->mask && slots_grow(k) < 0)
        return -1;
    k->filled++;
    k->slots[slot_for(k, o)] = (struct known_slot){o, index};
    return 0;
}

/* A new item, without number; 0 without memory. */
static uint32_t new_item(KnownObjects *k, PyObject *o, unsigned depth)
{
    uint32_t index = k->free;
    if (index == 0 && k->used == k->room)
        k->items = grown(k, k->items, &k->room, sizeof *k->items);
    if (k->failed)
        return 0;
    if (index == 0)
        index = k->used;
    if (note_item(k, o, index) < 0)
        return 0;
    if (index == k->used)
        k->used++;
    else
        k->free = k->items[index].other;
    k->items[index] = (KnownObject){.object = o,
                                    .kind = class_of_object(k, o)->kind,
                                    .depth = (uint8_t)(depth > 254 ? 254 : depth),
                                    .place = NOT_LIVING};
    return index;
}

static void rest(KnownObjects *k, KnownObject *item)
{
    if (item->place == NOT_LIVING)
        return;
    KnownLiving *gap = &k->living[item->place], *last = &k->living[--k->alive];
    free(gap->held);
    k->items[last->index].place = item->place;
    *gap = *last;
    item->place = NOT_LIVING;
}

static void died(void *context, uint32_t index)
{
    KnownObjects *k = context;
    KnownObject *item = &k->items[index];
    uint32_t number = item->number, other = item->other;
    if (item->object == NULL)
        return;
    if (item->kind == KNOWN_GENERATOR && other && k->gone)
        k->gone(k->context, other);
    if (item->kind == KNOWN_VERSIONED && other != 0) /* a class */
        memset(k->classes, 0, sizeof k->classes);
    k->scene += item->kind == KNOWN_DICT;
    k->code_deaths += item->kind == KNOWN_FIXED && other != 0;
    rest(k, item);
    *item = (KnownObject){.other = k->free, .place = NOT_LIVING};
    k->free = index;
    if (number == 0 || k->ended)
        return;
    k->deaths++;
    k->journal->busy++;
    journal_op(k->journal, JOURNAL_DIED);
    put_uint(&k->journal->ops, COLUMN_DEATHS, journal_signed((int64_t)number - k->last_dead));
    k->journal->busy--;
    k->last_dead = number;
}

void known_init(KnownObjects *k, Journal *journal)
{
    *k = (KnownObjects){.journal = journal,
                        .used = 1,
                        .room = 64,
                        .states = 1,
                        .scene = 1,
                        .searches = 1,
                        .limit = 20000,
                        .breadth = 100,
                        .depth = 40};
    k->items = calloc(k->room, sizeof *k->items);
    k->failed = k->items == NULL;
    trace_notices(NULL, NULL); /* those of the process that forked */
    trace_notices(died, k);
}

void known_free(KnownObjects *k)
{
    trace_notices(NULL, NULL);
    for (uint32_t i = 0; i < k->alive; i++)
        free(k->living[i].held);
    free(k->items);
    free(k->living);
    free(k->reached);
    free(k->slots);
    free(k->queue);
    free(k->scratch);
    free(k->last_address);
    free(k->address_state);
}

/* ---- telling of objects ---- */

static uint32_t type_number(KnownObjects *k, PyTypeObject *type)
{
    if (type == Py_TYPE(type)) { /* type itself: its row names its own number */
        if (k->own_type == 0)
            journal_type(k->journal, k->own_type = ++k->type_count, type);
        return k->own_type;
    }
    uint32_t index = known_find(k, (PyObject *)type);
    if (index == 0 || k->items[index].other == 0) /* metaclasses may have metaclasses without end */
        index = c_stack_low() ? known_quietly(k, (PyObject *)type) : known_item(k, (PyObject *)type, NO_DEPTH);
    if (index == 0)
        return 0;
    if (k->items[index].other == 0) {
        k->items[index].other = ++k->type_count;
        journal_type(k->journal, k->type_count, type);
    }
    return k->items[index].other;
}

/* The difference to where the class's object before in this chunk lies, in words. */
static int64_t address_difference(KnownObjects *k, uint32_t type, PyObject *o)
{
    while (type >= k->address_room) {
        uint32_t room = k->address_room, states_room = room;
        k->last_address = grown(k, k->last_address, &room, sizeof *k->last_address);
        if (!k->failed)
            k->address_state = grown(k, k->address_state, &states_room, sizeof *k->address_state);
        if (k->failed)
            return 0;
        memset(k->address_state + k->address_room, 0, (room - k->address_room) * sizeof *k->address_state);
        k->address_room = room;
    }
    uint64_t place = (uintptr_t)o >> 3, before = k->address_state[type] == k->states ? k->last_address[type] : 0;
    k->address_state[type] = k->states;
    k->last_address[type] = place;
    return (int64_t)(place - before);
}

/* -2: by value, where it is not followed. */
static Py_ssize_t told_count(const KnownObjects *k, const KnownObject *item)
{
    Py_ssize_t count =
        item->place != NOT_LIVING && !k->by_value ? k->living[item->place].count : shown_count(item->object);
    return k->by_value && count >= 0 ? -2 : count;
}

static Py_ssize_t told_length(const KnownObjects *k, const KnownObject *item)
{
    if (item->place != NOT_LIVING)
        return k->living[item->place].length;
    return k->by_value && item->kind != KNOWN_FIXED && !PyUnicode_CheckExact(item->object)
               ? -1
               : capture_length(item->object);
}

static void tell_object(KnownObjects *k, uint32_t index, uint32_t type)
{
    KnownObject *item = &k->items[index];
    PyObject *o = item->object;
    Journal *j = k->journal;
    uint64_t size = on_heap(o) ? block_size(o) : 0;
    item->told = k->states;
    if (PyUnicode_CheckExact(o))
        item->other = (uint32_t)PyUnicode_GET_LENGTH(o);
    if (item->number == 0) {
        item->number = ++k->newest;
        journal_op(j, JOURNAL_BORN);
        put_uint(&j->ops, COLUMN_TYPES, type);
        put_uint(&j->ops, COLUMN_ADDRESSES, journal_signed(address_difference(k, type, o)));
        put_uint(&j->ops, COLUMN_BIRTHS, size);
        put_uint(&j->ops, COLUMN_BIRTHS, journal_signed(told_count(k, item)));
        put_uint(&j->ops, COLUMN_BIRTHS, journal_signed(told_length(k, item)));
    } else {
        journal_2(j, JOURNAL_OBJECT, item->number, type);
        journal_uint(j, (uintptr_t)o >> 3);
        journal_uint(j, size);
        journal_int(j, told_count(k, item));
        journal_int(j, told_length(k, item));
    }
    put_value(k, o);
    if (!k->by_value && PyUnicode_CheckExact(o) && PyUnicode_CHECK_INTERNED(o))
        journal_op(j, JOURNAL_INTERNED);
}

/* Whether it is watched for changes: by value, only what was asked for less deeply. */
static int is_watched(const KnownObjects *k, const KnownObject *item)
{
    if (k->by_value)
        return item->depth < k->depth && !is_leaf(item->object);
    return !object_is_immortal(item->object) || item->kind > KNOWN_NUMBER || PyTuple_Check(item->object);
}

/* Begins to watch an object; 0 or -1. */
static int watch(KnownObjects *k, uint32_t index)
{
    KnownObject *item = &k->items[index];
    PyObject *o = item->object;
    if (k->queue_end == k->queue_room)
        k->queue = grown(k, k->queue, &k->queue_room, sizeof *k->queue);
    if (k->alive == k->living_room)
        k->living = grown(k, k->living, &k->living_room, sizeof *k->living);
    if (k->failed)
        return -1;
    if (item->place == NOT_LIVING) {
        item->place = k->alive++;
        k->living[item->place] = (KnownLiving){.object = o, .index = index, .kind = item->kind};
    }
    KnownLiving *living = &k->living[item->place];
    living->depth = item->depth;
    living->count = shown_count(o);
    living->length = capture_length(o);
    living->print = print_of(o);
    living->keys = 0;
    if (!is_leaf(o) && item->depth < k->depth)
        k->queue[k->queue_end++] = index;
    return 0;
}

/* Tells of an object as it is, and watches it from now on. */
static void awaken(KnownObjects *k, uint32_t index, uint32_t type)
{
    if (is_watched(k, &k->items[index]) && watch(k, index) < 0)
        return;
    tell_object(k, index, type);
}

uint32_t known_item(KnownObjects *k, PyObject *o, unsigned depth)
{
    if (o == NULL || k->failed)
        return 0;
    uint32_t index = known_find(k, o);
    if (index == 0 && k->alive >= k->limit && depth != NO_DEPTH)
        return 0;
    if (index == 0 || k->items[index].told != k->states) {
        uint32_t type = type_number(k, Py_TYPE(o));
        index = known_find(k, o); /* its type may refer to it */
        if (index == 0 && (index = new_item(k, o, depth)) == 0)
            return 0;
        if (k->items[index].told != k->states) {
            if (depth < k->items[index].depth)
                k->items[index].depth = (uint8_t)depth;
            awaken(k, index, type);
        }
    } else if (depth < k->depth && k->items[index].depth >= k->depth) { /* too far away until now */
        k->items[index].depth = (uint8_t)depth;
        if (is_watched(k, &k->items[index]))
            watch(k, index);
    }
    return k->failed ? 0 : index;
}

uint32_t known_quietly(KnownObjects *k, PyObject *o)
{
    uint32_t index = k->failed ? 0 : known_find(k, o);
    return index || k->failed ? index : new_item(k, o, NO_DEPTH);
}

uint32_t known_code(KnownObjects *k, PyCodeObject *code)
{
    uint32_t index = known_find(k, (PyObject *)code);
    if (index == 0 || k->items[index].other == 0)
        index = known_item(k, (PyObject *)code, NO_DEPTH);
    if (index != 0 && k->items[index].other == 0) {
        k->items[index].other = ++k->code_count;
        journal_code(k->journal, k->code_count, code);
    }
    return index ? k->items[index].other : 0;
}

/* ---- places ---- */

/* The kind and value of what is told by value; SEEN_OBJECT for anything else. */
static inline unsigned value_of(PyObject *o, int64_t *bits)
{
    PyTypeObject *type = Py_TYPE(o);
    if (type == &PyLong_Type) {
        if (!arith_int(o, bits)) /* it is an object like others */
            return SEEN_OBJECT;
        return *bits<INT_LIMIT && * bits> - INT_LIMIT ? SEEN_INT : SEEN_WIDE;
    }
    if (type == &PyFloat_Type) {
        memcpy(bits, &((PyFloatObject *)o)->ob_fval, sizeof *bits);
        return SEEN_FLOAT;
    }
    if (o == Py_None || type == &PyBool_Type) {
        *bits = o == Py_None ? 1 : o == Py_False ? 2 : 3;
        return SEEN_CONST;
    }
    return SEEN_OBJECT;
}

int seen_same_value(const Seen *s, PyObject *target)
{
    int64_t bits = 0;
    unsigned kind = value_of(target, &bits);
    return kind == (s->target & (SEEN_KINDS - 1)) && kind && bits == s->bits;
}

int seen_same(const KnownObjects *k, const Seen *s, PyObject *target)
{
    uintptr_t difference = s->target ^ (uintptr_t)target;
    if (difference == 0)
        return seen_holds(k, s);
    return difference < SEEN_KINDS && seen_same_value(s, target);
}

/* Where the last value told of the place is kept, or BASES; the next one is of a frame again. */
static unsigned take_base(KnownObjects *k, uint32_t place)
{
    unsigned base = place < PLACES_KEPT ? k->base + place : BASES;
    k->base = BASE_FRAME;
    return base;
}

static void tell_in(KnownObjects *k, uint32_t number)
{
    journal_1(k->journal, JOURNAL_IN, number);
    k->base = BASE_OBJECT;
}

static void put_const(KnownObjects *k, uint32_t place, unsigned which)
{
    k->base = BASE_FRAME;
    journal_value(k->journal, JOURNAL_CONST, place);
    put_uint(&k->journal->ops, COLUMN_NUMBERS, which);
}

static void put_by_value(KnownObjects *k, uint32_t place, unsigned kind, int64_t bits)
{
    Journal *j = k->journal;
    unsigned base = take_base(k, place);
    switch (kind) {
    case SEEN_INT:
        journal_value(j, JOURNAL_INT, place);
        put_uint(&j->ops, COLUMN_NUMBERS, journal_signed(bits - (base < BASES ? k->ints[base] : 0)));
        if (base < BASES)
            k->ints[base] = bits;
        break;
    case SEEN_CONST:
        put_const(k, place, (unsigned)bits);
        break;
    default:
        journal_value(j, kind == SEEN_FLOAT ? JOURNAL_FLOAT : JOURNAL_WIDE, place);
        journal_eight(j, bits);
    }
}

static inline unsigned seen_kind(const Seen *s) { return s->target & (SEEN_KINDS - 1); }

/* A string has grown where it stands. */
static void tell_grown(KnownObjects *k, uint32_t index)
{
    PyObject *o = k->items[index].object;
    if (k->items[index].other < SHORT_TEXT) {
        tell_object(k, index, type_number(k, Py_TYPE(o)));
        return;
    }
    k->items[index].other = (uint32_t)PyUnicode_GET_LENGTH(o);
    journal_1(k->journal, JOURNAL_LENGTH, k->items[index].number);
    journal_int(k->journal, PyUnicode_GET_LENGTH(o));
}

void seen_tell(KnownObjects *k, Seen *s, PyObject *target, uint32_t place, unsigned depth)
{
    unsigned kind = SEEN_OBJECT, was = seen_kind(s);
    int64_t bits;
    if (target == NULL) {
        put_const(k, place, 0);
        *s = (Seen){0};
    } else if (k->by_value && (kind = value_of(target, &bits)) != SEEN_OBJECT) {
        if (kind != was || bits != s->bits)
            put_by_value(k, place, kind, bits);
        *s = (Seen){.target = (uintptr_t)target | kind, .bits = bits};
    } else {
        uint32_t index = known_item(k, target, depth), number = k->items[index].number;
        if (k->by_value && index && PyUnicode_CheckExact(target) &&
            k->items[index].other != (uint32_t)PyUnicode_GET_LENGTH(target))
            tell_grown(k, index);
        if (number)
            known_tell_reference(k, place, number);
        else
            put_const(k, place, 4);
        *s = (Seen){.target = (uintptr_t)target, .number = number, .index = index};
    }
}

void seen_tell_again(KnownObjects *k, const Seen *s, uint32_t place)
{
    unsigned kind = seen_kind(s);
    if (kind)
        put_by_value(k, place, kind, s->bits);
    else if (s->number && seen_holds(k, s))
        known_tell_reference(k, place, s->number);
    else if (s->target)
        put_const(k, place, 4);
}

void known_tell_result(KnownObjects *k, PyObject *value, unsigned depth)
{
    Seen seen = {0};
    if (value == NULL)
        return;
    if (!k->by_value) /* before the operation that says what it is: objects may come into view */
        known_item(k, value, depth);
    else if (value_of(value, &seen.bits) == SEEN_OBJECT)
        known_item(k, value, depth);
    seen.bits = 0;
    journal_op(k->journal, JOURNAL_RESULT);
    k->base = BASE_RESULT;
    seen_tell(k, &seen, value, 0, depth);
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
    k->scratch[k->scratch_count++] = (Held){.label = label << 4 | kind, .seen.target = (uintptr_t)e->target};
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
static uint64_t told_label(KnownObjects *k, const Held *held)
{
    unsigned kind = held->label & 15;
    uint64_t number = 0;
    if (kind == SEE_FIELD)
        number = held->label >> 4 ? journal_string(k->journal, (const char *)(held->label >> 4)) : 0;
    else if (held->label_index && k->items[held->label_index].object == (PyObject *)(held->label >> 4))
        number = k->items[held->label_index].number;
    return number << 4 | kind;
}

static void number_label(KnownObjects *k, Held *held, unsigned depth)
{
    if ((held->label & 15) != SEE_FIELD)
        held->label_index =
            known_item(k, (PyObject *)(held->label >> 4), (held->label & 15) == SEE_VALUE ? depth : NO_DEPTH);
}

/* What a place refers to, before anything is told of its holder: the number is needed in the journal's list, and by
 * value a number has none. */
static void number_target(KnownObjects *k, Seen *s, unsigned depth)
{
    PyObject *target = (PyObject *)s->target;
    int64_t bits;
    unsigned kind = k->by_value ? value_of(target, &bits) : SEEN_OBJECT;
    if (kind) {
        *s = (Seen){.target = (uintptr_t)target | kind, .bits = bits};
    } else {
        s->index = known_item(k, target, depth);
        s->number = k->items[s->index].number;
    }
}

static void number_scratch(KnownObjects *k, unsigned depth)
{
    for (uint32_t i = 0; i < k->scratch_count && !k->failed; i++) {
        number_label(k, &k->scratch[i], depth);
        number_target(k, &k->scratch[i].seen, depth);
    }
}

static void keep_scratch(KnownObjects *k, KnownLiving *item)
{
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
    item->keys = 0;
}

static uint32_t number_seen(const Seen *s) { return seen_kind(s) ? 0 : s->number; }

/* At one place of an object, what is told by value and so not in its list. */
static void tell_value_in(KnownObjects *k, uint32_t number, const Seen *s, uint32_t place)
{
    if (!seen_kind(s))
        return;
    tell_in(k, number);
    seen_tell_again(k, s, place);
}

static void tell_holds(KnownObjects *k, const KnownLiving *item)
{
    uint32_t number = k->items[item->index].number;
    journal_2(k->journal, JOURNAL_HOLDS, number, item->held_count);
    for (uint32_t i = 0; i < item->held_count; i++) {
        journal_uint(k->journal, told_label(k, &item->held[i]));
        journal_uint(k->journal, number_seen(&item->held[i].seen));
    }
    for (uint32_t i = 0; i < item->held_count; i++)
        tell_value_in(k, number, &item->held[i].seen, i);
}

/* Another reference at a place, the label being the same. */
static void tell_place(KnownObjects *k, uint32_t number, Seen *old, PyObject *target, uint32_t place, unsigned depth)
{
    Seen now = {.target = (uintptr_t)target};
    number_target(k, &now, depth);
    if (seen_kind(&now) && seen_kind(&now) == seen_kind(old) && now.bits == old->bits) {
        /* another object of the same value */
    } else if (k->by_value) {
        tell_in(k, number);
        if (seen_kind(&now) || seen_kind(old) || now.number == 0) {
            seen_tell(k, old, target, place, depth);
            return;
        }
        known_tell_reference(k, place, now.number);
    } else {
        journal_2(k->journal, JOURNAL_SET, number, place);
        journal_uint(k->journal, now.number);
    }
    *old = now;
}

/* Tells how the scratch differs from what was told. */
static void tell_difference(KnownObjects *k, uint32_t index)
{
    const KnownLiving *item = &k->living[k->items[index].place];
    uint32_t same = item->held_count < k->scratch_count ? item->held_count : k->scratch_count, differ = 0, other = 0;
    for (uint32_t i = 0; i < same; i++) {
        other += item->held[i].label != k->scratch[i].label;
        differ += !seen_same(k, &item->held[i].seen, (PyObject *)k->scratch[i].seen.target);
    }
    if (other + differ == 0 && item->held_count == k->scratch_count)
        return;
    unsigned depth = item->depth + 1u;
    if (other || differ > 4) {
        number_scratch(k, depth);
        keep_scratch(k, &k->living[k->items[index].place]);
        tell_holds(k, &k->living[k->items[index].place]);
        return;
    }
    uint32_t number = k->items[index].number;
    for (uint32_t i = 0; i < same && !k->failed; i++) {
        Held *scratch = &k->scratch[i];
        PyObject *target = (PyObject *)scratch->seen.target;
        item = &k->living[k->items[index].place]; /* what comes into view moves the array */
        *scratch = item->held[i];
        if (!seen_same(k, &scratch->seen, target))
            tell_place(k, number, &scratch->seen, target, i, depth);
    }
    item = &k->living[k->items[index].place];
    if (k->scratch_count < item->held_count)
        journal_2(k->journal, JOURNAL_CUT, number, k->scratch_count);
    for (uint32_t i = same; i < k->scratch_count && !k->failed; i++) {
        Held *scratch = &k->scratch[i];
        number_label(k, scratch, depth);
        number_target(k, &scratch->seen, depth);
        journal_2(k->journal, JOURNAL_ADD, number, told_label(k, scratch));
        journal_uint(k->journal, number_seen(&scratch->seen));
        tell_value_in(k, number, &scratch->seen, i);
    }
    keep_scratch(k, &k->living[k->items[index].place]);
}

/* While an object is freed, what its references lead to goes, too, and a finalizer there may run lines. */
static int is_dying(PyObject *o) { return Py_REFCNT(o) <= 0; }

void known_tell_new(KnownObjects *k)
{
    while (k->queue_at < k->queue_end && !k->failed) {
        uint32_t index = k->queue[k->queue_at++];
        PyObject *o = k->items[index].object;
        if (o == NULL || is_dying(o) || k->items[index].place == NOT_LIVING)
            continue;
        collect(k, o);
        number_scratch(k, k->items[index].depth + 1u);
        keep_scratch(k, &k->living[k->items[index].place]);
        if (k->scratch_count)
            tell_holds(k, &k->living[k->items[index].place]);
    }
    k->queue_at = k->queue_end = 0;
}

/* ---- changes ---- */

static int list_unchanged(const KnownObjects *k, const KnownLiving *item)
{
    PyListObject *list = (PyListObject *)item->object;
    uint32_t shown = Py_SIZE(list) < k->breadth ? (uint32_t)Py_SIZE(list) : k->breadth;
    if (item->held_count != shown)
        return 0;
    for (uint32_t i = 0; i < shown; i++)
        if (!seen_same(k, &item->held[i].seen, list->ob_item[i]))
            return 0;
    return 1;
}

static int cell_unchanged(const KnownObjects *k, const KnownLiving *item)
{
    PyObject *now = PyCell_GET(item->object);
    return item->held_count == (now != NULL) && (now == NULL || seen_same(k, &item->held[0].seen, now));
}

/* Inline attributes, or the dict that an instance has instead. */
static int instance_unchanged(const KnownObjects *k, const KnownLiving *item)
{
    PyObject *o = item->object;
    const InstanceShape *shape = instance_shape(Py_TYPE(o));
    uint32_t place = 0;
    if (!instance_is_managed(Py_TYPE(o)) || shape == NULL || instance_moved(o))
        return 0;
    for (int i = 0; i < shape->capacity && place < k->breadth; i++) {
        PyObject *value = instance_values(o)[i];
        if (value == NULL)
            continue;
        const Held *held = &item->held[place];
        if (place++ == item->held_count || held->label >> 4 != (uintptr_t)shape->names[i] ||
            !seen_same(k, &held->seen, value))
            return 0;
    }
    return place == item->held_count;
}

/* At a place of a dict's list, another value of the same key; whether it is another. */
static inline int tell_value_at(KnownObjects *k, uint32_t index, uint32_t place, PyObject *value)
{
    const KnownLiving *item = &k->living[k->items[index].place];
    Seen seen = item->held[place].seen;
    int64_t bits;
    if (seen.target == ((uintptr_t)value | SEEN_INT)
            ? Py_IS_TYPE(value, &PyLong_Type) && known_small_int(value, &bits) && bits == seen.bits
            : seen_same(k, &seen, value))
        return 0;
    tell_place(k, k->items[index].number, &seen, value, place, item->depth + 1u);
    if (!k->failed) /* what comes into view moves the array */
        k->living[k->items[index].place].held[place].seen = seen;
    return 1;
}

/* The same where the keys are those of the last time, after at most so many changes: the latest keys first. */
static void tell_changed_values(KnownObjects *k, uint32_t index, uint64_t changes)
{
    PyDictObject *d = (PyDictObject *)k->items[index].object;
    uint32_t place = k->living[k->items[index].place].held_count;
    while (place-- > 0 && changes > 0 && !k->failed) {
        uint32_t entry = k->living[k->items[index].place].held[place].entry;
        changes -= (uint64_t)tell_value_at(k, index, place, dict_value_at(d, entry));
    }
}

/* Tells other values of the same keys; 0 if the keys are others, and then nothing may have been told of the rest. */
static int tell_values(KnownObjects *k, uint32_t index)
{
    PyDictObject *d = (PyDictObject *)k->items[index].object;
    uint32_t place = 0, same = k->living[k->items[index].place].held_count;
    k->living[k->items[index].place].keys = 0;
    for (Py_ssize_t i = 0; i < d->ma_keys->used && place < k->breadth; i++) {
        PyObject *key = dict_key_at(d, i), *value = key ? dict_value_at(d, i) : NULL;
        const KnownLiving *item = &k->living[k->items[index].place];
        if (value == NULL || key == N(__builtins__))
            continue;
        if (place >= same || item->held[place].label != ((uint64_t)(uintptr_t)key << 4 | SEE_VALUE))
            return 0;
        item->held[place].entry = (uint32_t)i;
        tell_value_at(k, index, place++, value);
        if (k->failed)
            return 1;
    }
    if (place == same && d->ma_values == NULL)
        k->living[k->items[index].place].keys = dict_keys_version_peek(d);
    return place == same;
}

static void tell_change(KnownObjects *k, KnownLiving *item)
{
    PyObject *o = item->object;
    uint32_t index = item->index;
    uint64_t print = 0;
    int same = 0; /* what it holds */
    switch (item->kind) {
    case KNOWN_FIXED:
        return;
    case KNOWN_NUMBER: /* overwritten where nobody else referred to it; somebody may since */
        if ((print = print_of(o)) != item->print) {
            item->print = print;
            journal_1(k->journal, JOURNAL_VALUE, k->items[index].number);
            put_value(k, o);
        }
        return;
    case KNOWN_TEXT: /* grown where it stands */
        if ((print = print_of(o)) != item->print) {
            item->print = print;
            item->length = capture_length(o);
            tell_object(k, index, type_number(k, Py_TYPE(o)));
        }
        return;
    case KNOWN_DICT:
        if ((print = ((PyDictObject *)o)->ma_version_tag) == item->print)
            return;
        if (item->keys && item->keys == dict_keys_version_peek((PyDictObject *)o)) {
            print -= item->print; /* each change of a value takes a version (dict_modified) */
            item->print += print;
            tell_changed_values(k, index, print);
            return;
        }
        item->print = print;
        break;
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
    case KNOWN_CELL:
        if (cell_unchanged(k, item))
            return;
        if (item->held_count == 1 && PyCell_GET(o) && item->depth < k->depth) {
            Seen seen = item->held[0].seen;
            tell_place(k, k->items[index].number, &seen, PyCell_GET(o), 0, item->depth + 1u);
            k->living[k->items[index].place].held[0].seen = seen;
            return;
        }
        break;
    case KNOWN_INSTANCE:
        if (item->depth >= k->depth || instance_unchanged(k, item))
            return;
        break;
    default:
        break;
    }
    Py_ssize_t length = capture_length(o);
    if (length != item->length) {
        item->length = length;
        journal_1(k->journal, JOURNAL_LENGTH, k->items[index].number);
        journal_int(k->journal, length);
    }
    if (same || item->depth >= k->depth || (k->items[index].kind == KNOWN_DICT && tell_values(k, index)))
        return;
    collect(k, o);
    tell_difference(k, index);
}

void known_tell_change(KnownObjects *k, uint32_t index)
{
    const KnownObject *item = &k->items[index];
    if (item->place != NOT_LIVING && !is_dying(item->object))
        tell_change(k, &k->living[item->place]);
}

static inline void look(KnownObjects *k, uint32_t place)
{
    KnownLiving *item = &k->living[place];
    Py_ssize_t count = Py_REFCNT(item->object);
    if (count <= 0) /* is_dying */
        return;
    if (count != item->count && count < IMMORTAL_FLOOR) {
        journal_1(k->journal, JOURNAL_COUNT, k->items[item->index].number);
        journal_int(k->journal, count - item->count);
        item->count = count;
    }
    if (item->kind != KNOWN_FIXED)
        tell_change(k, item);
}

void known_look(KnownObjects *k, uint32_t place) { look(k, place); }

void known_tell_changes(KnownObjects *k)
{
    for (uint32_t i = 0; i < k->alive && !k->failed; i++)
        look(k, i);
    known_tell_new(k);
}

/* ---- what is in reach ---- */

void known_unmark(KnownObjects *k)
{
    k->searches++;
    k->reached_end = 0;
}

void known_mark(KnownObjects *k, uint32_t index)
{
    KnownObject *item = &k->items[index];
    if (index == 0 || item->marked == k->searches || item->number == 0 || k->failed)
        return;
    if (k->reached_end == k->reached_room)
        k->reached = grown(k, k->reached, &k->reached_room, sizeof *k->reached);
    if (k->failed)
        return;
    item->marked = k->searches;
    k->reached[k->reached_end++] = index;
}

static void mark_held(KnownObjects *k, const KnownLiving *item)
{
    for (uint32_t i = 0; i < item->held_count; i++) {
        const Held *held = &item->held[i];
        if (held->label_index && k->items[held->label_index].object == (PyObject *)(held->label >> 4))
            known_mark(k, held->label_index);
        known_mark_seen(k, &held->seen);
    }
}

void known_reach(KnownObjects *k)
{
    for (uint32_t at = 0; at < k->reached_end && !k->failed; at++) {
        const KnownObject *item = &k->items[k->reached[at]];
        known_mark(k, known_find(k, (PyObject *)Py_TYPE(item->object)));
        if (item->place != NOT_LIVING)
            mark_held(k, &k->living[item->place]);
    }
    for (uint32_t i = 0; i < k->alive;) {
        KnownObject *item = &k->items[k->living[i].index];
        if (item->marked == k->searches) {
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
    k->scene++;
    k->last_dead = 0;
    memset(k->ints, 0, sizeof k->ints);
    memset(k->references, 0, sizeof k->references);
    for (uint32_t i = 0; i < k->reached_end; i++)
        tell_object(k, k->reached[i], type_number(k, Py_TYPE(k->items[k->reached[i]].object)));
    for (uint32_t i = 0; i < k->reached_end; i++) {
        const KnownObject *item = &k->items[k->reached[i]];
        if (item->place != NOT_LIVING && k->living[item->place].held_count)
            tell_holds(k, &k->living[item->place]);
    }
}
