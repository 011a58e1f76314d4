/* Which C function stands in a slot (TYPE-3).
 *
 * A slot has one or more dunder names.  If every name resolves, along the MRO, to what it resolves to for the type's base,
 * the slot is the base's.  If all names resolve to wrappers of one C function, that function stands in the slot itself.
 * Otherwise it is the row's function, which looks the method up at each call. */
#include "objects/type/type.h"
#include "memory/roots.h"
#include "objects/type/wrappers.h"
#include "objects/type/slot_calls.h"
#include "objects/names.h"
#include "objects/str/str.h"
#include <stddef.h>

typedef struct wrapperbase Row;

static Row rows[] = {
#define SLOT(member, name, function, wrapper, flags, signature, doc)                                                       \
    {#name, offsetof(PyHeapTypeObject, member), (void *)(function), (wrapperfunc)(wrapper),                               \
     #name signature "\n--\n\n" doc, flags, NULL},
#include "objects/type/slots.def"
#undef SLOT
};
#define ROWS ((int)(sizeof rows / sizeof rows[0]))

/* Rows by the address of their (interned) name: heads of chains through next_row, both -1 terminated. */
#define HASH_SIZE 256
static short name_hash[HASH_SIZE];
static short next_row[ROWS];

static inline unsigned int hash_of(PyObject *name) { return ((unsigned int)((uintptr_t)name >> 3) * 2654435761u) >> 24; }

static int first_row(PyObject *name)
{
    int row = name_hash[hash_of(name)];
    while (row >= 0 && rows[row].name_strobj != name)
        row = next_row[row];
    return row;
}
static int following_row(int row)
{
    PyObject *name = rows[row].name_strobj;
    do
        row = next_row[row];
    while (row >= 0 && rows[row].name_strobj != name);
    return row;
}

int slots_has_name(PyObject *name)
{
    return first_row(name) >= 0;
}

/* Address of each suite of the type less its offset, so that a slot is found by adding its own; NULL for what is not there. */
enum { SUITE_TYPE, SUITE_ASYNC, SUITE_NUMBER, SUITE_MAPPING, SUITE_SEQUENCE, SUITES };
static uint8_t row_suite[ROWS];

static uint8_t suite_of(int offset)
{
    return offset >= (int)offsetof(PyHeapTypeObject, as_sequence)  ? SUITE_SEQUENCE
           : offset >= (int)offsetof(PyHeapTypeObject, as_mapping) ? SUITE_MAPPING
           : offset >= (int)offsetof(PyHeapTypeObject, as_number)  ? SUITE_NUMBER
           : offset >= (int)offsetof(PyHeapTypeObject, as_async)   ? SUITE_ASYNC
                                                                   : SUITE_TYPE;
}

static void suites_of(PyTypeObject *type, uintptr_t start[SUITES])
{
#define START(index, member, offset) start[index] = type->member ? (uintptr_t)type->member - (offset) : 0
    start[SUITE_TYPE] = (uintptr_t)type;
    START(SUITE_ASYNC, tp_as_async, offsetof(PyHeapTypeObject, as_async));
    START(SUITE_NUMBER, tp_as_number, offsetof(PyHeapTypeObject, as_number));
    START(SUITE_MAPPING, tp_as_mapping, offsetof(PyHeapTypeObject, as_mapping));
    START(SUITE_SEQUENCE, tp_as_sequence, offsetof(PyHeapTypeObject, as_sequence));
#undef START
}

int slots_init(void)
{
    if (rows[0].name_strobj != NULL)
        return 0;
    for (int i = 0; i < HASH_SIZE; i++)
        name_hash[i] = -1;
    for (int i = ROWS - 1; i >= 0; i--) {
        PyObject *name = PyUnicode_InternFromString(rows[i].name);
        if (name == NULL)
            return -1;
        rows[i].name_strobj = name;
        row_suite[i] = suite_of(rows[i].offset);
        next_row[i] = name_hash[hash_of(name)];
        name_hash[hash_of(name)] = (short)i;
    }
    return 0;
}

void slots_fini(void)
{
    for (int i = 0; i < ROWS; i++)
        Py_CLEAR(rows[i].name_strobj);
}

void slots_roots(RootVisit visit, void *arg)
{
    for (int i = 0; i < ROWS; i++)
        root_tell(visit, arg, rows[i].name_strobj, "name of a slot", i);
}

/* Address of the slot in the type, or NULL when the type has no such suite. */
static void **slot_pointer(PyTypeObject *type, int offset)
{
    uintptr_t start[SUITES];
    suites_of(type, start);
    uintptr_t suite = start[suite_of(offset)];
    return suite == 0 ? NULL : (void **)(suite + (uintptr_t)offset);
}

/* Of the slots that the name stands for, the only one that the type fills, or NULL. */
static void **only_filled(PyTypeObject *type, PyObject *name)
{
    void **filled = NULL;
    for (int row = first_row(name); row >= 0; row = following_row(row)) {
        void **pointer = slot_pointer(type, rows[row].offset);
        if (pointer == NULL || *pointer == NULL || pointer == filled)
            continue;
        if (filled != NULL)
            return NULL;
        filled = pointer;
    }
    return filled;
}

struct choice {
    void *specific, *generic;
    int use_generic;
};

/* What one name says about its slot. */
static void consider(PyTypeObject *type, Row *row, void **pointer, PyObject *descr, struct choice *choice)
{
    if (Py_IS_TYPE(descr, &PyWrapperDescr_Type)
        && ((PyWrapperDescrObject *)descr)->d_base->name_strobj == row->name_strobj) {
        PyWrapperDescrObject *wrapper = (PyWrapperDescrObject *)descr;
        void **filled = only_filled(type, row->name_strobj);
        if (filled == NULL || filled == pointer)
            choice->generic = row->function;
        if ((choice->specific == NULL || choice->specific == wrapper->d_wrapped) && wrapper->d_base->wrapper == row->wrapper
            && PyType_IsSubtype(type, PyDescr_TYPE(descr)))
            choice->specific = wrapper->d_wrapped;
        else
            choice->use_generic = 1;
    } else if (PyCFunction_Check(descr)
               && ((PyCFunctionObject *)descr)->m_ml->ml_meth == (PyCFunction)(void (*)(void))type_new_wrapper
               && pointer == (void **)&type->tp_new) {
        choice->specific = (void *)((PyTypeObject *)((PyCFunctionObject *)descr)->m_self)->tp_new;
    } else if (descr == Py_None && pointer == (void **)&type->tp_hash) {
        choice->specific = (void *)PyObject_HashNotImplemented;
    } else {
        choice->use_generic = 1;
        choice->generic = row->function;
    }
}

/* Sets the slot of the rows that begin at `first` (all of one offset); the index after them. */
static int update_slot(PyTypeObject *type, int first)
{
    int offset = rows[first].offset, end = first;
    while (end < ROWS && rows[end].offset == offset)
        end++;
    void **pointer = slot_pointer(type, offset);
    PyTypeObject *base = type->tp_base;
    if (pointer == NULL)
        return end;
    struct choice choice = {NULL, NULL, 0};
    void *before = *pointer;
    int as_base = base != NULL;
    for (int i = first; i < end; i++) {
        PyObject *descr = _PyType_Lookup(type, rows[i].name_strobj);
        if (as_base && _PyType_Lookup(base, rows[i].name_strobj) != descr)
            as_base = 0;
        if (descr != NULL)
            consider(type, &rows[i], pointer, descr, &choice);
    }
    if (as_base) {
        void **theirs = slot_pointer(base, offset);
        *pointer = theirs == NULL ? NULL : *theirs;
    } else {
        *pointer = choice.specific != NULL && !choice.use_generic ? choice.specific : choice.generic;
    }
    /* an iterator in use may lose its __next__ */
    if (pointer == (void **)&type->tp_iternext && before != NULL && *pointer == NULL)
        *pointer = (void *)_PyObject_NextNotImplemented;
    return end;
}

static int group_start(int row)
{
    while (row > 0 && rows[row - 1].offset == rows[row].offset)
        row--;
    return row;
}

/* A class that inherits its += from a sequence in C does so before its own __add__ is asked. */
static void prefer_inplace(PyTypeObject *type)
{
    PyNumberMethods *number = type->tp_as_number;
    if (number != NULL && number->nb_inplace_add == NULL && type->tp_as_sequence != NULL)
        number->nb_inplace_add = type->tp_as_sequence->sq_inplace_concat;
}

void slots_update_all(PyTypeObject *type)
{
    for (int i = 0; i < ROWS;)
        i = update_slot(type, i);
    prefer_inplace(type);
}

static void update_name(PyTypeObject *type, PyObject *name)
{
    for (int row = first_row(name); row >= 0; row = following_row(row))
        update_slot(type, group_start(row));
    prefer_inplace(type);
}

/* The rows' own object for a name that a caller of type() put together at run time, or the name itself if no row has it. */
static PyObject *row_name(PyObject *name)
{
    if (PyUnicode_CHECK_INTERNED(name) || PyUnicode_GET_LENGTH(name) < 5 || str_at(name, 0) != '_')
        return name;
    for (int i = 0; i < ROWS; i++)
        if (str_equal(rows[i].name_strobj, name))
            return rows[i].name_strobj;
    return name;
}

static void update_names_of(PyTypeObject *type, PyObject *dict)
{
    PyObject *name, *value;
    Py_ssize_t at = 0;
    while (dict != NULL && PyDict_Next(dict, &at, &name, &value))
        if (PyUnicode_Check(name))
            update_name(type, row_name(name));
}

/* Sets the slots named by the keys of the type's own dict: enough when all else is inherited from one base. */
static void update_own(PyTypeObject *type)
{
    update_names_of(type, type->tp_dict);
    /* comparison and hash are not inherited without their names being asked for */
    if (type->tp_richcompare == NULL || type->tp_hash == NULL) {
        update_name(type, N(__eq__));
        update_name(type, N(__hash__));
    }
}

/* Sets the slots of all rows to the base's. */
static void copy_base(PyTypeObject *type)
{
    uintptr_t mine[SUITES], theirs[SUITES];
    suites_of(type, mine);
    suites_of(type->tp_base, theirs);
    for (int i = 0; i < ROWS; i++) {
        uintptr_t to = mine[row_suite[i]], from = theirs[row_suite[i]];
        if (to != 0)
            *(void **)(to + (uintptr_t)rows[i].offset) = from == 0 ? NULL : *(void **)(from + (uintptr_t)rows[i].offset);
    }
}

int slots_update_mixed(PyTypeObject *type)
{
    PyObject *mro = type->tp_mro, *theirs = type->tp_base->tp_mro;
    Py_ssize_t common = 0, wanted = PyTuple_GET_SIZE(theirs);
    if (PyTuple_GET_SIZE(mro) != wanted + 1) /* what others have in its place has been inherited */
        copy_base(type);
    update_own(type);
    for (Py_ssize_t i = 1; i < PyTuple_GET_SIZE(mro); i++) {
        PyObject *class = PyTuple_GET_ITEM(mro, i);
        if (common < wanted && class == PyTuple_GET_ITEM(theirs, common))
            common++;
        else
            update_names_of(type, ((PyTypeObject *)class)->tp_dict);
    }
    prefer_inplace(type);
    return common == wanted;
}

void slots_update_name(PyTypeObject *type, PyObject *name)
{
    update_name(type, name);
    SubclassList *list = (SubclassList *)type->tp_subclasses;
    for (Py_ssize_t i = 0; list != NULL && i < list->used; i++) {
        PyTypeObject *sub = list->items[i];
        int own = PyDict_Contains(sub->tp_dict, name);
        if (own < 0)
            PyErr_Clear();
        if (own == 0 && type_is_heap(sub))
            slots_update_name(sub, name);
    }
}

int slots_add_wrappers(PyTypeObject *type)
{
    uintptr_t start[SUITES];
    suites_of(type, start);
    for (int i = 0; i < ROWS; i++) {
        uintptr_t suite = start[row_suite[i]];
        if (suite == 0)
            continue;
        Row *row = &rows[i];
        void **pointer = (void **)(suite + (uintptr_t)row->offset);
        if (*pointer == NULL || row->wrapper == NULL)
            continue;
        int has = PyDict_Contains(type->tp_dict, row->name_strobj);
        if (has < 0)
            return -1;
        if (has)
            continue;
        PyObject *descr;
        if (*pointer == (void *)PyObject_HashNotImplemented)
            descr = Py_NewRef(Py_None);
        else
            descr = PyDescr_NewWrapper(type, row, *pointer);
        if (descr == NULL)
            return -1;
        int err = PyDict_SetItem(type->tp_dict, row->name_strobj, descr);
        Py_DECREF(descr);
        if (err < 0)
            return -1;
    }
    return 0;
}

void slots_clear_inherited(PyTypeObject *type)
{
    for (int i = 0, end; i < ROWS; i = end) {
        int wrapped = 0, own = 0;
        for (end = i; end < ROWS && rows[end].offset == rows[i].offset; end++)
            if (rows[end].wrapper != NULL) {
                wrapped = 1;
                own |= PyDict_Contains(type->tp_dict, rows[end].name_strobj) != 0;
            }
        void **pointer = slot_pointer(type, rows[i].offset);
        if (pointer != NULL && wrapped && !own)
            *pointer = NULL;
    }
}
