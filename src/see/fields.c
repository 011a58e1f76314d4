/* See fields.h. */
#include "see/fields.h"
#include "objects/dict/dict.h"
#include "objects/instance.h"
#include "objects/object.h"
#include "objects/str/str.h"
#include "objects/type/type.h"
#include "structmember.h"
#include "vm/generator.h"

#include <stddef.h>

typedef struct see_struct {
    const char *ctype;
    Py_ssize_t size;
    const SeeField *fields;
    size_t count;
} SeeStruct;

#define OBJECT_HEAD                                                                                                    \
    {"ob_refcnt", "Py_ssize_t", 0, 8, FIELD_COUNT, "reference count"},                                                 \
        {"ob_type", "PyTypeObject *", 8, 8, FIELD_TYPE, "class"},
#define VAR_OBJECT_HEAD OBJECT_HEAD{"ob_size", "Py_ssize_t", 16, 8, FIELD_NUMBER, "items"},
#define RAW_HEAD

/* An array of fields for each struct, then the table of structs. */
#define STRUCT(id, T, head) static const SeeField fields_##id[] = {head##_HEAD
#define FIELD(T, f, type, kind, meaning) {#f, #type, offsetof(T, f), sizeof(((T *)0)->f), FIELD_##kind, meaning},
#define END(id)                                                                                                        \
    }                                                                                                                  \
    ;
#include "see/fields.def"
#undef STRUCT
#undef FIELD
#undef END

#define STRUCT(id, T, head)                                                                                            \
    static const SeeStruct struct_##id = {#T, sizeof(T), fields_##id, sizeof fields_##id / sizeof(SeeField)};
#define FIELD(T, f, type, kind, meaning)
#define END(id)
#include "see/fields.def"
#undef STRUCT
#undef FIELD
#undef END

static const SeeField head_fields[] = {OBJECT_HEAD};
static const SeeStruct struct_object = {"PyObject", sizeof(PyObject), head_fields, 2};
static const SeeField var_head_fields[] = {VAR_OBJECT_HEAD};
static const SeeStruct struct_var_object = {"PyVarObject", sizeof(PyVarObject), var_head_fields, 3};

/* The C struct that an object begins with, as far as it is known. */
static const SeeStruct *struct_of(PyObject *o)
{
    if (PyUnicode_Check(o))
        return !str_head(o)->state.compact ? &struct_str : str_head(o)->state.ascii ? &struct_ascii : &struct_compact;
    static const struct {
        PyTypeObject *type;
        const SeeStruct *fields;
    } known[] = {
        {&PyLong_Type, &struct_int},
        {&PyFloat_Type, &struct_float},
        {&PyComplex_Type, &struct_complex},
        {&PyBytes_Type, &struct_bytes},
        {&PyByteArray_Type, &struct_bytearray},
        {&PyList_Type, &struct_list},
        {&PyTuple_Type, &struct_tuple},
        {&PyDict_Type, &struct_dict},
        {&PySet_Type, &struct_set},
        {&PyFrozenSet_Type, &struct_set},
        {&PyFunction_Type, &struct_function},
        {&PyMethod_Type, &struct_method},
        {&PyCFunction_Type, &struct_cfunction},
        {&PyCell_Type, &struct_cell},
        {&PySlice_Type, &struct_slice},
        {&_PyWeakref_RefType, &struct_weakref},
        {&PyMemoryView_Type, &struct_memoryview},
        {&PyTraceBack_Type, &struct_traceback},
        {&PyGen_Type, &struct_generator},
        {&PyCoro_Type, &struct_generator},
        {&PyAsyncGen_Type, &struct_generator},
        {&PyCode_Type, &struct_code},
        {&PyType_Type, &struct_type},
    };
    for (PyTypeObject *type = Py_TYPE(o); type != NULL; type = type->tp_base)
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (type == known[i].type)
                return known[i].fields;
    if (PyExceptionInstance_Check(o))
        return &struct_exception;
    return Py_TYPE(o)->tp_itemsize > 0 ? &struct_var_object : &struct_object;
}

/* ---- what follows the struct ---- */

static void tell(SeeFieldVisit visit, void *arg, const char *name, const char *ctype, Py_ssize_t offset,
                 Py_ssize_t size, SeeFieldKind kind, const char *meaning)
{
    SeeField field = {name, ctype, offset, size, kind, meaning};
    if (size > 0)
        visit(&field, arg);
}

static Py_ssize_t str_bytes(PyObject *o) { return (str_len(o) + 1) * str_kind(o); }

static void tell_items(PyObject *o, SeeFieldVisit visit, void *arg)
{
    Py_ssize_t n = Py_TYPE(o)->tp_itemsize > 0 ? Py_ABS(Py_SIZE(o)) : 0, word = sizeof(PyObject *);
    if (PyUnicode_Check(o)) {
        if (str_head(o)->state.compact)
            tell(visit, arg, "(characters)", "char []", (char *)str_data(o) - (char *)o, str_bytes(o), FIELD_DATA,
                 "the characters, and a zero");
    } else if (PyLong_Check(o)) {
        tell(visit, arg, "ob_digit", "digit []", offsetof(PyLongObject, ob_digit),
             (n ? n : 1) * (Py_ssize_t)sizeof(digit), FIELD_DATA,
             "digits of 30 bits, the lowest first; the sign of ob_size is that of the number");
    } else if (PyBytes_Check(o)) {
        tell(visit, arg, "ob_sval", "char []", offsetof(PyBytesObject, ob_sval), n + 1, FIELD_DATA,
             "the bytes, and a zero");
    } else if (PyTuple_Check(o)) {
        tell(visit, arg, "ob_item", "PyObject *[]", offsetof(PyTupleObject, ob_item), n * word, FIELD_OBJECT, "item");
    } else if (PyMemoryView_Check(o)) {
        tell(visit, arg, "ob_array", "Py_ssize_t []", offsetof(PyMemoryViewObject, ob_array), n * word, FIELD_NUMBER,
             "shape, strides, suboffsets");
    } else if (PyCode_Check(o)) {
        tell(visit, arg, "co_code_adaptive", "_Py_CODEUNIT []", offsetof(PyCodeObject, co_code_adaptive),
             n * (Py_ssize_t)sizeof(_Py_CODEUNIT), FIELD_DATA, "the bytecode");
    }
}

/* The offset of a member that __slots__ made is that of a field. */
static void tell_slots(PyTypeObject *type, SeeFieldVisit visit, void *arg)
{
    if (type == NULL || !type_is_heap(type))
        return;
    tell_slots(type->tp_base, visit, arg);
    for (PyMemberDef *m = type->tp_members; m != NULL && m->name != NULL; m++)
        if (m->type == T_OBJECT_EX || m->type == T_OBJECT)
            tell(visit, arg, m->name, "PyObject *", m->offset, sizeof(PyObject *), FIELD_OBJECT, "__slots__ member");
}

static void tell_attributes(PyObject *o, SeeFieldVisit visit, void *arg)
{
    PyTypeObject *type = Py_TYPE(o);
    if (type->tp_weaklistoffset >= struct_of(o)->size)
        tell(visit, arg, "(weak references)", "PyObject *", type->tp_weaklistoffset, sizeof(PyObject *), FIELD_BORROWED,
             "weak references to it");
    InstanceShape *shape = instance_is_managed(type) ? instance_shape(type) : NULL;
    if (shape == NULL) {
        if (type->tp_dictoffset > 0 && struct_of(o)->size <= type->tp_dictoffset)
            tell(visit, arg, "(dict)", "PyObject *", type->tp_dictoffset, sizeof(PyObject *), FIELD_OBJECT,
                 "__dict__, NULL until it is asked for");
        return;
    }
    int moved = instance_moved(o);
    if (moved) {
        tell(visit, arg, "(moved)", "PyObject *", (char *)instance_values(o) - (char *)o, sizeof(PyObject *),
             FIELD_POINTER, "1: the attributes are in a dict");
        tell(visit, arg, "(dict)", "PyObject *", (char *)instance_dict_slot(o) - (char *)o, sizeof(PyObject *),
             FIELD_OBJECT, "__dict__");
    }
    for (int i = moved ? 2 : 0; i < shape->reachable && i < shape->capacity; i++) {
        const char *name = i < shape->used && !moved ? PyUnicode_AsUTF8(shape->names[i]) : "(room)";
        if (name == NULL) {
            PyErr_Clear();
            name = "(attribute)";
        }
        tell(visit, arg, name, "PyObject *", (char *)(instance_values(o) + i) - (char *)o, sizeof(PyObject *),
             FIELD_OBJECT, "inline attribute");
    }
}

void see_fields(PyObject *o, SeeFieldVisit visit, void *arg)
{
    const SeeStruct *s = struct_of(o);
    for (size_t i = 0; i < s->count; i++)
        visit(&s->fields[i], arg);
    tell_items(o, visit, arg);
    tell_slots(Py_TYPE(o), visit, arg);
    tell_attributes(o, visit, arg);
}

void see_table_fields(SeeFieldVisit visit, void *arg)
{
    for (size_t i = 0; i < struct_dict_table.count; i++)
        visit(&struct_dict_table.fields[i], arg);
}

Py_ssize_t see_asked(PyObject *o)
{
    PyTypeObject *type = Py_TYPE(o);
    if (PyUnicode_Check(o) && str_head(o)->state.compact)
        return (char *)str_data(o) - (char *)o + str_bytes(o);
    if (instance_is_managed(type) && instance_shape(type) != NULL)
        return instance_size(type, 0);
    if (PyType_Check(o) && !type_is_heap((PyTypeObject *)o))
        return sizeof(PyTypeObject);
    if (type->tp_itemsize == 0)
        return type->tp_basicsize;
    Py_ssize_t n = Py_ABS(Py_SIZE(o));
    if (PyLong_Check(o) && n == 0)
        n = 1;
    return type->tp_basicsize + n * type->tp_itemsize;
}
