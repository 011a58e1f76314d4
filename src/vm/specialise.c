/* Filling caches: what a lookup finds, and under which guard it stays found. */
#include "vm/specialise.h"
#include "vm/dunder.h"
#include "memory/memory.h"
#include "objects/dict/dict.h"
#include "objects/instance.h"
#include "objects/names.h"
#include "objects/type/type.h"

#include <string.h>

#define CACHES_MAX 0xffff

/* property and staticmethod keep the getter, the wrapped function, right behind the header. */
typedef struct {
    PyObject_HEAD
    PyObject *function;
} FunctionHolder;
#define HELD_FUNCTION(o) (((FunctionHolder *)(o))->function)

uint32_t cache_new(VmCode *vm)
{
    if (vm->cache_count == vm->cache_room) {
        int room = vm->cache_room ? vm->cache_room * 2 : 8;
        if (room > CACHES_MAX)
            return 0;
        Cache *grown = PyMem_Realloc(vm->caches, (size_t)room * sizeof(Cache));
        if (!grown)
            return 0;
        vm->caches = grown;
        vm->cache_room = room;
        if (!vm->cache_count)
            vm->cache_count = 1; /* index 0 says: no record */
    }
    memset(&vm->caches[vm->cache_count], 0, sizeof(Cache));
    return (uint32_t)vm->cache_count++;
}

/* ---- attributes ---- */

/* The guard under which a class attribute is not hidden by the instance: 1 and where its dict is (see hiding_dict; 0: no
 * dict), or 0. */
static int unhidden(PyTypeObject *type, PyObject *name, uint16_t *offset)
{
    *offset = 0;
    if (instance_is_managed(type)) {
        InstanceShape *shape = instance_shape(type);
        if (!shape || shape_find(shape, name) >= 0 || type->tp_basicsize > 0xfff0)
            return 0;
        *offset = shape->moved ? (uint16_t)type->tp_basicsize | HIDING_MANAGED : 0;
        return 1;
    }
    if (type->tp_dictoffset > 0 && type->tp_dictoffset < 0x10000) {
        *offset = (uint16_t)type->tp_dictoffset;
        return 1;
    }
    return type->tp_dictoffset == 0;
}

/* An attribute of a class. */
static int add_type_attr(AttrEntry *e, PyTypeObject *type, PyObject *name)
{
    if (!dunder_looks_up_by(Py_TYPE(type), type_getattro))
        return 0;
    PyObject *meta = _PyType_Lookup(Py_TYPE(type), name);
    if (meta && Py_TYPE(meta)->tp_descr_set)
        return 0;
    PyObject *value = _PyType_Lookup(type, name);
    unsigned version = type_version(type);
    if (!value || !version)
        return 0;
    if (Py_TYPE(value)->tp_descr_get) {
        if (PyFunction_Check(value))
            ; /* a function stays a function */
        else if (Py_IS_TYPE(value, &PyStaticMethod_Type)) {
            value = HELD_FUNCTION(value);
            if (!value)
                return 0;
        } else {
            return 0;
        }
    }
    e->version = version;
    e->kind = ATTR_TYPE_VALUE;
    e->value = value;
    return 1;
}

static int add_instance_attr(AttrEntry *e, PyTypeObject *type, PyObject *name, int method)
{
    unsigned version = type_version(type);
    int hooked = type->tp_getattro == slot_tp_getattr_hook; /* __getattr__ follows an AttributeError */
    if (!version || !dunder_looks_up_by(type, PyObject_GenericGetAttr))
        return 0;
    PyObject *descr = _PyType_Lookup(type, name);
    e->version = version;
    e->value = descr;
    if (descr && Py_TYPE(descr)->tp_descr_set) {
        if (Py_IS_TYPE(descr, &PyMemberDescr_Type)) {
            PyMemberDef *member = ((PyMemberDescrObject *)descr)->d_member;
            if (member->type == T_OBJECT_EX && !(member->flags & READONLY) && member->offset > 0 && member->offset < 0x10000 &&
                PyType_IsSubtype(type, PyDescr_TYPE(descr))) {
                e->kind = ATTR_SLOT;
                e->offset = (uint16_t)member->offset;
                return 1;
            }
        }
        if (Py_IS_TYPE(descr, &PyGetSetDescr_Type) && PyDescr_TYPE(descr) == &PyBaseObject_Type && name == N(__class__)) {
            e->kind = ATTR_CLASS;
            return !method;
        }
        PyObject *getter = Py_IS_TYPE(descr, &PyProperty_Type) ? HELD_FUNCTION(descr) : NULL;
        if (getter && PyFunction_Check(getter) && !method) {
            e->kind = ATTR_PROPERTY;
            e->value = getter;
            return !hooked;
        }
        e->kind = ATTR_GETSET;
        descrgetfunc get = Py_TYPE(descr)->tp_descr_get;
        return get && get != slot_tp_descr_get && !method && !hooked;
    }
    if (instance_is_managed(type)) {
        InstanceShape *shape = instance_shape(type);
        int index = shape ? shape_find(shape, name) : -1;
        Py_ssize_t offset = type->tp_basicsize + index * (Py_ssize_t)sizeof(PyObject *);
        if (index >= 0 && index < shape->reachable && offset < 0x10000) {
            e->kind = shape->moved && index < 2 ? ATTR_INLINE_GUARDED : ATTR_INLINE;
            e->offset = (uint16_t)offset;
            return !method; /* hides a plain class attribute while it is set */
        }
        if (index >= 0)
            return 0;
    }
    if (!descr || !unhidden(type, name, &e->offset))
        return 0;
    if (PyType_HasFeature(Py_TYPE(descr), Py_TPFLAGS_METHOD_DESCRIPTOR)) {
        e->kind = ATTR_METHOD;
        return method;
    }
    if (Py_IS_TYPE(descr, &PyStaticMethod_Type) && HELD_FUNCTION(descr)) {
        e->value = HELD_FUNCTION(descr);
        e->kind = ATTR_CLASS_VALUE;
        return 1;
    }
    e->kind = ATTR_CLASS_VALUE;
    return Py_TYPE(descr)->tp_descr_get == NULL;
}

int cache_add_attr(Cache *cache, PyObject *owner, int method)
{
    AttrEntry e = {0};
    int found = PyType_Check(owner) ? add_type_attr(&e, (PyTypeObject *)owner, cache->name)
                                    : add_instance_attr(&e, Py_TYPE(owner), cache->name, method);
    if (!found)
        return 0;
    /* An entry for a version that is gone is replaced first. */
    int at = cache->count < ATTR_WAYS ? cache->count++ : cache->next++ % ATTR_WAYS;
    cache->entry[at] = e;
    if (at) { /* the newest first */
        AttrEntry other = cache->entry[0];
        cache->entry[0] = e;
        cache->entry[at] = other;
    }
    return 1;
}

/* Turns ip into a site with a record for its name; NULL when there is none to be had. */
static Cache *attr_site(Frame *f, Inst *ip)
{
    PyObject *name = PyTuple_GET_ITEM(f->code->co_names, ip->c);
    uint32_t index = f->vm->traced || !PyUnicode_CHECK_INTERNED(name) ? 0 : cache_new(f->vm);
    if (!index)
        return NULL;
    f->vm->caches[index].name = name;
    return &f->vm->caches[index];
}

static int module_value(Cache *cache, PyObject *module)
{
    PyObject *dict = PyModule_GetDict(module);
    if (dict && dict_own((PyDictObject *)dict) < 0) {
        PyErr_Clear();
        return 0;
    }
    Py_ssize_t ix = dict ? dict_index_of((PyDictObject *)dict, cache->name) : -1;
    uint32_t version = ix >= 0 ? dict_keys_version((PyDictObject *)dict) : 0;
    if (!version)
        return 0;
    PyObject *name = cache->name;
    memset(cache, 0, sizeof *cache);
    cache->global_name = name;
    cache->keys = ((PyDictObject *)dict)->ma_keys;
    cache->version = version;
    cache->slot = &keys_entry(cache->keys, ix)[1];
    return 1;
}

static int is_plain_module(PyObject *o, PyObject *name)
{
    return Py_IS_TYPE(o, &PyModule_Type) && !_PyType_Lookup(&PyModule_Type, name);
}

void specialise_load_attr(Frame *f, Inst *ip, PyObject *owner)
{
    Cache *cache = attr_site(f, ip);
    if (!cache)
        return;
    int local = ip->handler == vm_labels[I_LOAD_ATTR_L];
    uint32_t index = (uint32_t)(cache - f->vm->caches);
    if (is_plain_module(owner, cache->name)) {
        if (local || !module_value(cache, owner))
            goto give_up;
        ip->c = index;
        ip->handler = vm_labels[I_LOAD_ATTR_MODULE];
        return;
    }
    if (!cache_add_attr(cache, owner, 0))
        goto give_up;
    ip->c = index;
    int inline_value = cache->entry[0].kind == ATTR_INLINE;
    ip->handler = vm_labels[local ? (inline_value ? I_LOAD_ATTR_INLINE_L : I_LOAD_ATTR_CACHED_L)
                                  : (inline_value ? I_LOAD_ATTR_INLINE : I_LOAD_ATTR_CACHED)];
    return;
give_up:
    f->vm->cache_count--;
}

void specialise_load_method(Frame *f, Inst *ip, PyObject *owner)
{
    Cache *cache = attr_site(f, ip);
    if (!cache)
        return;
    int local = ip->handler == vm_labels[I_LOAD_METHOD_L];
    uint32_t index = (uint32_t)(cache - f->vm->caches);
    if (is_plain_module(owner, cache->name)) {
        if (local || !module_value(cache, owner))
            goto give_up;
        ip->c = index;
        ip->handler = vm_labels[I_LOAD_METHOD_MODULE];
        return;
    }
    if (!cache_add_attr(cache, owner, 1))
        goto give_up;
    ip->c = index;
    ip->handler = vm_labels[local ? I_LOAD_METHOD_CACHED_L : I_LOAD_METHOD_CACHED];
    return;
give_up:
    f->vm->cache_count--;
}

void specialise_store_attr(Frame *f, Inst *ip, PyObject *owner)
{
    PyTypeObject *type = Py_TYPE(owner);
    Cache *cache = type->tp_setattro == PyObject_GenericSetAttr ? attr_site(f, ip) : NULL;
    if (!cache)
        return;
    AttrEntry e = {0};
    if (!add_instance_attr(&e, type, cache->name, 0) || !attr_in_place(&e)) {
        f->vm->cache_count--;
        return;
    }
    cache->entry[0] = e;
    cache->count = 1;
    ip->c = (uint32_t)(cache - f->vm->caches);
    ip->handler = vm_labels[ip->handler == vm_labels[I_STORE_ATTR_L] ? I_STORE_ATTR_CACHED_L : I_STORE_ATTR_CACHED];
}

/* ---- globals ---- */

/* Fills the record for `name`: 1 for a global, 2 for a builtin, 0 when it cannot be cached. */
static int fill_global(Frame *f, Cache *cache, PyObject *name)
{
    PyObject *builtins = f->func->func_builtins;
    if (!PyUnicode_CHECK_INTERNED(name) || !PyDict_CheckExact(f->globals) || !PyDict_CheckExact(builtins))
        return 0;
    PyDictObject *globals = (PyDictObject *)f->globals, *owner = globals;
    if (dict_own(globals) < 0 || dict_own((PyDictObject *)builtins) < 0) {
        PyErr_Clear();
        return 0;
    }
    Py_ssize_t ix = dict_index_of(globals, name);
    int builtin = ix < 0;
    if (builtin) {
        owner = (PyDictObject *)builtins;
        ix = dict_index_of(owner, name);
    }
    uint32_t version = dict_keys_version(globals), builtin_version = builtin ? dict_keys_version(owner) : 1;
    if (ix < 0 || !version || !builtin_version)
        return 0;
    cache->global_name = name;
    cache->keys = globals->ma_keys;
    cache->version = version;
    cache->builtin_keys = builtin ? owner->ma_keys : NULL;
    cache->builtin_version = builtin_version;
    cache->slot = &keys_entry(owner->ma_keys, ix)[1];
    return builtin + 1;
}

void specialise_load_global(Frame *f, Inst *ip)
{
    uint32_t index = f->vm->traced ? 0 : cache_new(f->vm);
    if (!index)
        return;
    int found = fill_global(f, &f->vm->caches[index], PyTuple_GET_ITEM(f->code->co_names, ip->c));
    if (!found) {
        f->vm->cache_count--;
        return;
    }
    ip->c = index;
    ip->handler = vm_labels[found == 1 ? I_LOAD_GLOBAL_MODULE : I_LOAD_GLOBAL_BUILTIN];
}

void refresh_load_global(Frame *f, Inst *ip)
{
    Cache *cache = &f->vm->caches[ip->c];
    int found = fill_global(f, cache, cache->global_name);
    if (found)
        ip->handler = vm_labels[found == 1 ? I_LOAD_GLOBAL_MODULE : I_LOAD_GLOBAL_BUILTIN];
}

void specialise_name(Frame *f, Inst *ip, int store)
{
    uint32_t index = f->vm->traced || f->locals != f->globals ? 0 : cache_new(f->vm);
    if (!index)
        return;
    int found = fill_global(f, &f->vm->caches[index], PyTuple_GET_ITEM(f->code->co_names, ip->c));
    if (!found || (store && found != 1)) {
        f->vm->cache_count--;
        return;
    }
    ip->c = index;
    ip->handler = vm_labels[store ? I_STORE_NAME_CACHED : found == 1 ? I_LOAD_NAME_CACHED : I_LOAD_NAME_BUILTIN];
}

void specialise_store_global(Frame *f, Inst *ip)
{
    uint32_t index = f->vm->traced ? 0 : cache_new(f->vm);
    if (!index)
        return;
    if (fill_global(f, &f->vm->caches[index], PyTuple_GET_ITEM(f->code->co_names, ip->c)) != 1) {
        f->vm->cache_count--;
        return;
    }
    ip->c = index;
    ip->handler = vm_labels[I_STORE_GLOBAL_CACHED];
}

void refresh_global(Frame *f, Inst *ip)
{
    Cache *cache = &f->vm->caches[ip->c];
    if (cache->global_misses < 100) {
        cache->global_misses++;
        fill_global(f, cache, cache->global_name);
    }
}

/* ---- calls ---- */

/* len and next of one argument, which may call a method in Python or run a generator. */
static void specialise_builtin(Frame *f, Inst *ip, PyObject *callable)
{
    PyCFunctionObject *function = (PyCFunctionObject *)callable;
    const char *name = function->m_ml->ml_name;
    int number = strcmp(name, "len") == 0 ? I_CALL_LEN : strcmp(name, "next") == 0 ? I_CALL_NEXT : 0;
    if (!number || ip->a != 1 || !function->m_module || !PyUnicode_Check(function->m_module) ||
        !_PyUnicode_EqualToASCIIString(function->m_module, "builtins"))
        return;
    uint32_t index = cache_new(f->vm);
    if (!index)
        return;
    f->vm->caches[index].builtin = function->m_ml;
    ip->c = index;
    ip->handler = vm_labels[number];
}

void specialise_call(Frame *f, Inst *ip, PyObject *callable)
{
    if (f->vm->traced)
        return;
    if (Py_IS_TYPE(callable, &PyCFunction_Type)) {
        specialise_builtin(f, ip, callable);
        return;
    }
    if (!PyType_Check(callable) || Py_TYPE(callable) != &PyType_Type)
        return;
    PyTypeObject *type = (PyTypeObject *)callable;
    PyObject *init = _PyType_Lookup(type, N(__init__));
    if (!(type->tp_flags & Py_TPFLAGS_HEAPTYPE) || type->tp_flags & Py_TPFLAGS_IS_ABSTRACT || type->tp_new != object_new ||
        !init || !PyFunction_Check(init) || ((PyFunctionObject *)init)->vectorcall != _PyFunction_Vectorcall)
        return;
    unsigned version = type_version(type);
    uint32_t index = version ? cache_new(f->vm) : 0;
    if (!index)
        return;
    Cache *cache = &f->vm->caches[index];
    cache->type = type;
    cache->init = init;
    cache->type_version = version;
    ip->c = index;
    ip->handler = vm_labels[I_CALL_CLASS];
}

/* ---- dict displays ---- */

void specialise_build_map(VmCode *vm, Inst *ip, PyObject *names, PyObject *const *pairs)
{
    if (vm->traced)
        return;
    if (vm->map_count == vm->map_room) {
        int room = vm->map_room ? vm->map_room * 2 : 2;
        VmMap *grown = PyMem_Realloc(vm->maps, (size_t)room * sizeof(VmMap));
        if (!grown)
            return;
        vm->maps = grown;
        vm->map_room = room;
    }
    PyDictKeysObject *keys = keys_share(names ? &PyTuple_GET_ITEM(names, 0) : pairs, names ? 1 : 2, (Py_ssize_t)ip->c);
    if (!keys)
        return;
    ip->c = (uint32_t)vm->map_count;
    ip->handler = vm_labels[names ? I_BUILD_CONST_KEY_MAP_SHARED : I_BUILD_MAP_SHARED];
    vm->maps[vm->map_count++] = (VmMap){keys, Py_XNewRef(names)};
}

void specialise_forget_maps(VmCode *vm)
{
    for (int i = 0; i < vm->map_count; i++) {
        keys_release(vm->maps[i].keys);
        Py_XDECREF(vm->maps[i].names);
    }
    PyMem_Free(vm->maps);
}

#if LIMPID_TORTURE
static int forget_keys(PyObject *o, void *arg)
{
    if (PyDict_Check(o))
        ((PyDictObject *)o)->ma_keys->version = 0;
    return 0;
}

void caches_forget(void)
{
    PyType_Modified(&PyBaseObject_Type);
    gc_walk(7 | GC_OBSERVER, forget_keys, NULL);
}
#endif
