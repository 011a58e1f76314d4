/* Types made at run time from a PyType_Spec, and what binds a type to the module that made it. */
#include "objects/type/type.h"
#include "objects/names.h"
#include "structmember.h"
#include <stddef.h>

/* Where each slot id of typeslots.h stands in PyHeapTypeObject; by id. */
static const short slot_offsets[] = {
    0,
#define A(f) offsetof(PyHeapTypeObject, as_async.f)
#define B(f) offsetof(PyHeapTypeObject, as_buffer.f)
#define M(f) offsetof(PyHeapTypeObject, as_mapping.f)
#define NB(f) offsetof(PyHeapTypeObject, as_number.f)
#define S(f) offsetof(PyHeapTypeObject, as_sequence.f)
#define T(f) offsetof(PyTypeObject, f)
    [Py_bf_getbuffer] = B(bf_getbuffer), [Py_bf_releasebuffer] = B(bf_releasebuffer),
    [Py_mp_ass_subscript] = M(mp_ass_subscript), [Py_mp_length] = M(mp_length), [Py_mp_subscript] = M(mp_subscript),
    [Py_nb_absolute] = NB(nb_absolute), [Py_nb_add] = NB(nb_add), [Py_nb_and] = NB(nb_and), [Py_nb_bool] = NB(nb_bool),
    [Py_nb_divmod] = NB(nb_divmod), [Py_nb_float] = NB(nb_float), [Py_nb_floor_divide] = NB(nb_floor_divide),
    [Py_nb_index] = NB(nb_index), [Py_nb_inplace_add] = NB(nb_inplace_add), [Py_nb_inplace_and] = NB(nb_inplace_and),
    [Py_nb_inplace_floor_divide] = NB(nb_inplace_floor_divide), [Py_nb_inplace_lshift] = NB(nb_inplace_lshift),
    [Py_nb_inplace_multiply] = NB(nb_inplace_multiply), [Py_nb_inplace_or] = NB(nb_inplace_or),
    [Py_nb_inplace_power] = NB(nb_inplace_power), [Py_nb_inplace_remainder] = NB(nb_inplace_remainder),
    [Py_nb_inplace_rshift] = NB(nb_inplace_rshift), [Py_nb_inplace_subtract] = NB(nb_inplace_subtract),
    [Py_nb_inplace_true_divide] = NB(nb_inplace_true_divide), [Py_nb_inplace_xor] = NB(nb_inplace_xor),
    [Py_nb_int] = NB(nb_int), [Py_nb_invert] = NB(nb_invert), [Py_nb_lshift] = NB(nb_lshift),
    [Py_nb_multiply] = NB(nb_multiply), [Py_nb_negative] = NB(nb_negative), [Py_nb_or] = NB(nb_or),
    [Py_nb_positive] = NB(nb_positive), [Py_nb_power] = NB(nb_power), [Py_nb_remainder] = NB(nb_remainder),
    [Py_nb_rshift] = NB(nb_rshift), [Py_nb_subtract] = NB(nb_subtract), [Py_nb_true_divide] = NB(nb_true_divide),
    [Py_nb_xor] = NB(nb_xor), [Py_nb_matrix_multiply] = NB(nb_matrix_multiply),
    [Py_nb_inplace_matrix_multiply] = NB(nb_inplace_matrix_multiply),
    [Py_sq_ass_item] = S(sq_ass_item), [Py_sq_concat] = S(sq_concat), [Py_sq_contains] = S(sq_contains),
    [Py_sq_inplace_concat] = S(sq_inplace_concat), [Py_sq_inplace_repeat] = S(sq_inplace_repeat),
    [Py_sq_item] = S(sq_item), [Py_sq_length] = S(sq_length), [Py_sq_repeat] = S(sq_repeat),
    [Py_tp_alloc] = T(tp_alloc), [Py_tp_base] = T(tp_base), [Py_tp_bases] = T(tp_bases), [Py_tp_call] = T(tp_call),
    [Py_tp_clear] = T(tp_clear), [Py_tp_dealloc] = T(tp_dealloc), [Py_tp_del] = T(tp_del),
    [Py_tp_descr_get] = T(tp_descr_get), [Py_tp_descr_set] = T(tp_descr_set), [Py_tp_doc] = T(tp_doc),
    [Py_tp_getattr] = T(tp_getattr), [Py_tp_getattro] = T(tp_getattro), [Py_tp_hash] = T(tp_hash),
    [Py_tp_init] = T(tp_init), [Py_tp_is_gc] = T(tp_is_gc), [Py_tp_iter] = T(tp_iter), [Py_tp_iternext] = T(tp_iternext),
    [Py_tp_methods] = T(tp_methods), [Py_tp_new] = T(tp_new), [Py_tp_repr] = T(tp_repr),
    [Py_tp_richcompare] = T(tp_richcompare), [Py_tp_setattr] = T(tp_setattr), [Py_tp_setattro] = T(tp_setattro),
    [Py_tp_str] = T(tp_str), [Py_tp_traverse] = T(tp_traverse), [Py_tp_members] = T(tp_members),
    [Py_tp_getset] = T(tp_getset), [Py_tp_free] = T(tp_free), [Py_tp_finalize] = T(tp_finalize),
    [Py_am_await] = A(am_await), [Py_am_aiter] = A(am_aiter), [Py_am_anext] = A(am_anext), [Py_am_send] = A(am_send),
#undef A
#undef B
#undef M
#undef NB
#undef S
#undef T
};
#define SLOT_IDS ((int)(sizeof slot_offsets / sizeof slot_offsets[0]))

struct spec_info {
    PyTypeObject *base;
    PyObject *bases;            /* owned */
    Py_ssize_t nmembers, weaklist, dict, vectorcall;
};

static int count_members(PyType_Slot *slot, struct spec_info *info)
{
    for (PyMemberDef *member = slot->pfunc; member->name != NULL; member++) {
        info->nmembers++;
        if (strcmp(member->name, "__weaklistoffset__") == 0)
            info->weaklist = member->offset;
        else if (strcmp(member->name, "__dictoffset__") == 0)
            info->dict = member->offset;
        else if (strcmp(member->name, "__vectorcalloffset__") == 0)
            info->vectorcall = member->offset;
    }
    return 0;
}

static int find_bases(PyType_Spec *spec, PyObject *bases, struct spec_info *info)
{
    PyTypeObject *base = NULL;
    for (PyType_Slot *slot = spec->slots; slot->slot; slot++) {
        if (slot->slot < 0 || slot->slot >= SLOT_IDS) {
            PyErr_SetString(PyExc_RuntimeError, "invalid slot offset");
            return -1;
        }
        if (slot->slot == Py_tp_base)
            base = slot->pfunc;
        else if (slot->slot == Py_tp_bases && bases == NULL)
            bases = slot->pfunc;
        else if (slot->slot == Py_tp_members)
            count_members(slot, info);
    }
    if (bases == NULL)
        info->bases = PyTuple_Pack(1, base == NULL ? &PyBaseObject_Type : base);
    else
        info->bases = PyTuple_Check(bases) ? Py_NewRef(bases) : PyTuple_Pack(1, bases);
    if (info->bases == NULL || (info->base = type_best_base(info->bases)) == NULL)
        return -1;
    return 0;
}

static int set_names(PyTypeObject *type, const char *name)
{
    const char *dot = strrchr(name, '.');
    HEAP(type)->ht_name = PyUnicode_FromString(dot == NULL ? name : dot + 1);
    if (HEAP(type)->ht_name == NULL)
        return -1;
    HEAP(type)->ht_qualname = Py_NewRef(HEAP(type)->ht_name);
    size_t size = strlen(name) + 1;
    HEAP(type)->_ht_tpname = PyMem_Malloc(size);
    if (HEAP(type)->_ht_tpname == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    type->tp_name = memcpy(HEAP(type)->_ht_tpname, name, size);
    return 0;
}

static int copy_doc(PyTypeObject *type, const char *doc)
{
    if (doc == NULL)
        return 0;
    size_t size = strlen(doc) + 1;
    char *copy = PyObject_Malloc(size);
    if (copy == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    type->tp_doc = memcpy(copy, doc, size);
    return 0;
}

static int fill_slots(PyTypeObject *type, PyType_Spec *spec, struct spec_info *info)
{
    type->tp_as_async = &HEAP(type)->as_async;
    type->tp_as_sequence = &HEAP(type)->as_sequence;
    type->tp_as_number = &HEAP(type)->as_number;
    type->tp_as_mapping = &HEAP(type)->as_mapping;
    type->tp_as_buffer = &HEAP(type)->as_buffer;
    type->tp_basicsize = spec->basicsize;
    type->tp_itemsize = spec->itemsize;
    for (PyType_Slot *slot = spec->slots; slot->slot; slot++) {
        if (slot->slot == Py_tp_base || slot->slot == Py_tp_bases)
            continue;
        if (slot->slot == Py_tp_doc) {
            if (copy_doc(type, slot->pfunc) < 0)
                return -1;
        } else if (slot->slot == Py_tp_members) {
            PyMemberDef *own = (PyMemberDef *)((char *)type + Py_TYPE(type)->tp_basicsize);
            memcpy(own, slot->pfunc, info->nmembers * sizeof *own);
            type->tp_members = own;
        } else {
            *(void **)((char *)type + slot_offsets[slot->slot]) = slot->pfunc;
        }
    }
    if (type->tp_dealloc == NULL)
        type->tp_dealloc = subtype_dealloc;
    if (info->vectorcall)
        type->tp_vectorcall_offset = info->vectorcall;
    if (info->weaklist)
        type->tp_weaklistoffset = info->weaklist;
    if (info->dict)
        type->tp_dictoffset = info->dict;
    return 0;
}

/* __module__ from the dotted name, and without the offsets that were given as members. */
static int finish_dict(PyTypeObject *type, const char *name, struct spec_info *info)
{
    const char *hidden[] = {"__weaklistoffset__", "__dictoffset__", "__vectorcalloffset__"};
    Py_ssize_t offsets[] = {info->weaklist, info->dict, info->vectorcall};
    for (int i = 0; i < 3; i++)
        if (offsets[i] && PyDict_DelItemString(type->tp_dict, hidden[i]) < 0)
            PyErr_Clear();
    const char *dot = strrchr(name, '.');
    if (dot == NULL)
        return PyErr_WarnFormat(PyExc_DeprecationWarning, 1, "builtin type %.200s has no __module__ attribute", name);
    PyObject *module = PyUnicode_FromStringAndSize(name, dot - name);
    if (module == NULL)
        return -1;
    int err = PyDict_SetItem(type->tp_dict, N(__module__), module);
    Py_DECREF(module);
    return err;
}

PyObject *PyType_FromModuleAndSpec(PyObject *module, PyType_Spec *spec, PyObject *bases)
{
    struct spec_info info = {0};
    PyTypeObject *type = NULL;
    if (find_bases(spec, bases, &info) < 0)
        goto fail;
    type = (PyTypeObject *)PyType_GenericAlloc(&PyType_Type, info.nmembers);
    if (type == NULL)
        goto fail;
    type->tp_flags = (spec->flags & ~Py_TPFLAGS_READY) | Py_TPFLAGS_HEAPTYPE;
    type->tp_base = (PyTypeObject *)Py_NewRef(info.base);
    type->tp_bases = Py_NewRef(info.bases);
    HEAP(type)->ht_module = Py_XNewRef(module);
    if (set_names(type, spec->name) < 0 || fill_slots(type, spec, &info) < 0 || PyType_Ready(type) < 0
        || finish_dict(type, spec->name, &info) < 0)
        goto fail;
    Py_DECREF(info.bases);
    return (PyObject *)type;
fail:
    Py_XDECREF(info.bases);
    Py_XDECREF(type);
    return NULL;
}

PyObject *PyType_FromSpecWithBases(PyType_Spec *spec, PyObject *bases) { return PyType_FromModuleAndSpec(NULL, spec, bases); }
PyObject *PyType_FromSpec(PyType_Spec *spec) { return PyType_FromModuleAndSpec(NULL, spec, NULL); }

void *PyType_GetSlot(PyTypeObject *type, int slot)
{
    if (slot <= 0 || slot >= SLOT_IDS) {
        PyErr_BadInternalCall();
        return NULL;
    }
    int offset = slot_offsets[slot];
    char *suite = (char *)type;
    if (offset >= (int)offsetof(PyHeapTypeObject, as_buffer))
        suite = (char *)type->tp_as_buffer, offset -= offsetof(PyHeapTypeObject, as_buffer);
    else if (offset >= (int)offsetof(PyHeapTypeObject, as_sequence))
        suite = (char *)type->tp_as_sequence, offset -= offsetof(PyHeapTypeObject, as_sequence);
    else if (offset >= (int)offsetof(PyHeapTypeObject, as_mapping))
        suite = (char *)type->tp_as_mapping, offset -= offsetof(PyHeapTypeObject, as_mapping);
    else if (offset >= (int)offsetof(PyHeapTypeObject, as_number))
        suite = (char *)type->tp_as_number, offset -= offsetof(PyHeapTypeObject, as_number);
    else if (offset >= (int)offsetof(PyHeapTypeObject, as_async))
        suite = (char *)type->tp_as_async, offset -= offsetof(PyHeapTypeObject, as_async);
    return suite == NULL ? NULL : *(void **)(suite + offset);
}

/* ---- the module of a type ---- */

PyObject *PyType_GetModule(PyTypeObject *type)
{
    if (!type_is_heap(type))
        return PyErr_Format(PyExc_TypeError, "PyType_GetModule: Type '%s' is not a heap type", type->tp_name);
    PyObject *module = HEAP(type)->ht_module;
    if (module == NULL)
        PyErr_Format(PyExc_TypeError, "PyType_GetModule: Type '%s' has no associated module", type->tp_name);
    return module;
}

void *PyType_GetModuleState(PyTypeObject *type)
{
    PyObject *module = PyType_GetModule(type);
    return module == NULL ? NULL : PyModule_GetState(module);
}

PyObject *PyType_GetModuleByDef(PyTypeObject *type, PyModuleDef *def)
{
    PyObject *mro = type->tp_mro;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(mro); i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(mro, i);
        if (!type_is_heap(base))
            continue;
        PyObject *module = HEAP(base)->ht_module;
        if (module != NULL && PyModule_GetDef(module) == def)
            return module;
    }
    PyErr_Format(PyExc_TypeError, "PyType_GetModuleByDef: No superclass of '%s' has the given module", type->tp_name);
    return NULL;
}

/* ---- doc strings that begin with a signature: name(...)\n--\n\ntext ---- */

/* The "(" of the signature, or NULL. */
static const char *find_signature(const char *name, const char *doc)
{
    const char *dot = strrchr(name, '.');
    if (dot != NULL)
        name = dot + 1;
    size_t n = strlen(name);
    return doc != NULL && strncmp(doc, name, n) == 0 && doc[n] == '(' ? doc + n : NULL;
}

/* What follows ")\n--\n\n", or NULL. */
static const char *skip_signature(const char *doc)
{
    for (; *doc; doc++) {
        if (doc[0] == ')' && strncmp(doc, ")\n--\n\n", 6) == 0)
            return doc + 6;
        if (doc[0] == '\n' && doc[1] == '\n')
            return NULL;
    }
    return NULL;
}

PyObject *_PyType_GetDocFromInternalDoc(const char *name, const char *internal)
{
    const char *text = internal, *signature = find_signature(name, internal);
    if (signature != NULL && (text = skip_signature(signature)) == NULL)
        text = internal;
    if (text == NULL || *text == '\0')
        Py_RETURN_NONE;
    return PyUnicode_FromString(text);
}

PyObject *_PyType_GetTextSignatureFromInternalDoc(const char *name, const char *internal)
{
    const char *start = find_signature(name, internal), *end = start == NULL ? NULL : skip_signature(start);
    if (end == NULL)
        Py_RETURN_NONE;
    return PyUnicode_FromStringAndSize(start, end - 5 - start);
}
