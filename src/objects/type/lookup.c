/* Attribute lookup along the MRO, with version tags and the method cache.
 *
 * A version tag names one state of a type and all its bases; changing any of them takes the tag away from the type and
 * from every subclass (PyType_Modified).  The cache maps (version, name) to the attribute, so an entry needs no
 * invalidation: its version is never given again.  Cache and counter are process-wide, as static types are. */
#include "objects/type/type.h"
#include "objects/names.h"
#include "memory/state.h"
#include "memory/look.h"
#include "memory/memory.h"
#include "memory/roots.h"

#define CACHE_BITS 10
#define CACHE_SIZE (1u << CACHE_BITS)
#define CACHE_NAME_MAX 100   /* longer names are not worth an entry */

struct cache_entry {
    unsigned int version;
    PyObject *name;     /* owned: its address may not be used again */
    PyObject *value;    /* borrowed, kept by the type; NULL: no such attribute */
};
static struct cache_entry cache[CACHE_SIZE];
static unsigned int next_version = 1;

static inline struct cache_entry *cache_slot(unsigned int version, PyObject *name)
{
    return &cache[(version ^ (unsigned int)((uintptr_t)name >> 4)) & (CACHE_SIZE - 1)];
}

static void cache_clear(void)
{
    for (unsigned int i = 0; i < CACHE_SIZE; i++) {
        cache[i].version = 0;
        cache[i].value = NULL;
        Py_CLEAR(cache[i].name);
    }
}

unsigned int PyType_ClearCache(void)
{
    cache_clear();
    return next_version - 1;
}

unsigned int type_version(PyTypeObject *type)
{
    if (type->tp_flags & Py_TPFLAGS_VALID_VERSION_TAG)
        return type->tp_version_tag;
    if (!(type->tp_flags & Py_TPFLAGS_READY) || type->tp_mro == NULL || next_version == 0)
        return 0;
    PyObject *bases = type->tp_bases;
    for (Py_ssize_t i = 0; bases != NULL && i < PyTuple_GET_SIZE(bases); i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(bases, i);
        if (type_version(base) == 0)
            return 0;
    }
    type->tp_version_tag = next_version++;
    type->tp_flags |= Py_TPFLAGS_VALID_VERSION_TAG;
    return type->tp_version_tag;
}

static void drop_version(PyTypeObject *type)
{
    if (!(type->tp_flags & Py_TPFLAGS_VALID_VERSION_TAG))
        return;   /* TYPE-1: then no subclass has one */
    type->tp_flags &= ~Py_TPFLAGS_VALID_VERSION_TAG;
    type->tp_version_tag = 0;
    SubclassList *list = (SubclassList *)type->tp_subclasses;
    for (Py_ssize_t i = 0; list != NULL && i < list->used; i++)
        drop_version(list->items[i]);
}

void type_forget_versions(void) { drop_version(&PyBaseObject_Type); }

/* An attribute cached for a class holds by the class's version alone, so a changed metaclass ends them all. */
void PyType_Modified(PyTypeObject *type)
{
    if (type->tp_flags & Py_TPFLAGS_TYPE_SUBCLASS && type->tp_flags & Py_TPFLAGS_VALID_VERSION_TAG)
        type_forget_versions();
    else
        drop_version(type);
}

/* Looks through the dicts of the MRO; borrowed, or NULL without exception. */
static PyObject *lookup_mro(PyTypeObject *type, PyObject *name)
{
    PyObject *mro = type->tp_mro;
    if (mro == NULL)
        return NULL;
    Py_hash_t hash = PyObject_Hash(name);
    if (hash == -1) {
        PyErr_Clear();
        return NULL;
    }
    Py_INCREF(mro);
    PyObject *found = NULL;
    for (Py_ssize_t i = 0, n = PyTuple_GET_SIZE(mro); i < n; i++) {
        PyObject *dict = ((PyTypeObject *)PyTuple_GET_ITEM(mro, i))->tp_dict;
        if (dict == NULL)
            continue;
        found = _PyDict_GetItem_KnownHash(dict, name, hash);
        if (found != NULL)
            break;
        if (PyErr_Occurred())
            PyErr_Clear();
    }
    Py_DECREF(mro);
    return found;
}

PyObject *_PyType_Lookup(PyTypeObject *type, PyObject *name)
{
    unsigned int version = type->tp_version_tag;
    if (type->tp_flags & Py_TPFLAGS_VALID_VERSION_TAG) {
        struct cache_entry *entry = cache_slot(version, name);
        if (entry->version == version && entry->name == name)
            return entry->value;
    }
    PyObject *found = lookup_mro(type, name);
    if (!PyUnicode_CheckExact(name) || PyUnicode_GET_LENGTH(name) > CACHE_NAME_MAX || (version = type_version(type)) == 0)
        return found;
    struct cache_entry *entry = cache_slot(version, name);
    if (look_lasts() && entry->name != NULL)
        return found; /* a look lets nothing go that the program's lookups have left */
    PyObject *old = entry->name;
    entry->version = version;
    entry->name = Py_NewRef(name);
    entry->value = found;
    Py_XDECREF(old);
    return found;
}

PyObject *_PyType_LookupId(PyTypeObject *type, _Py_Identifier *id)
{
    PyObject *name = _PyUnicode_FromId(id);
    return name == NULL ? NULL : _PyType_Lookup(type, name);
}

PyObject *type_lookup_method(PyObject *self, PyObject *name, int *unbound)
{
    PyObject *found = _PyType_Lookup(Py_TYPE(self), name);
    *unbound = 0;
    if (found == NULL)
        return NULL;
    if (PyType_HasFeature(Py_TYPE(found), Py_TPFLAGS_METHOD_DESCRIPTOR)) {
        *unbound = 1;
        return Py_NewRef(found);
    }
    descrgetfunc get = Py_TYPE(found)->tp_descr_get;
    if (get == NULL)
        return Py_NewRef(found);
    Py_INCREF(found);
    PyObject *bound = get(found, self, (PyObject *)Py_TYPE(self));
    Py_DECREF(found);
    return bound;
}

PyObject *_PyObject_LookupSpecial(PyObject *self, PyObject *name)
{
    PyObject *found = _PyType_Lookup(Py_TYPE(self), name);
    if (found == NULL)
        return NULL;
    descrgetfunc get = Py_TYPE(found)->tp_descr_get;
    if (get == NULL)
        return Py_NewRef(found);
    Py_INCREF(found);
    PyObject *bound = get(found, self, (PyObject *)Py_TYPE(self));
    Py_DECREF(found);
    return bound;
}

PyObject *_PyObject_LookupSpecialId(PyObject *self, _Py_Identifier *id)
{
    PyObject *name = _PyUnicode_FromId(id);
    return name == NULL ? NULL : _PyObject_LookupSpecial(self, name);
}

/* ---- subclass lists (TYPE-2) ---- */

int subclass_add(PyTypeObject *base, PyTypeObject *type)
{
    SubclassList *list = (SubclassList *)base->tp_subclasses;
    for (Py_ssize_t i = list == NULL ? 0 : list->used; i-- > 0;)
        if (list->items[i] == type)
            return 0;
        else if (list->used - i > 8 && !type_is_heap(type))
            break;   /* static types are readied once; no need to search far */
    if (list == NULL || list->used == list->room) {
        Py_ssize_t room = list == NULL ? 4 : list->room * 2;
        SubclassList *bigger = PyMem_Realloc(list, sizeof *list + room * sizeof list->items[0]);
        if (bigger == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        if (list == NULL)
            bigger->used = 0;
        bigger->room = room;
        base->tp_subclasses = (PyObject *)bigger;
        list = bigger;
    }
    list->items[list->used++] = type;
    return 0;
}

void subclass_remove(PyTypeObject *base, PyTypeObject *type)
{
    SubclassList *list = (SubclassList *)base->tp_subclasses;
    for (Py_ssize_t i = list == NULL ? 0 : list->used; i-- > 0;) {
        if (list->items[i] != type)
            continue;
        memmove(&list->items[i], &list->items[i + 1], (list->used - i - 1) * sizeof list->items[0]);
        list->used--;
        break;
    }
    if (list != NULL && list->used == 0) {
        base->tp_subclasses = NULL;
        PyMem_Free(list);
    }
}

/* ---- roots ---- */

static void static_type_roots(PyTypeObject *type, RootVisit visit, void *arg)
{
    visit((PyObject *)type, "static type", -1, NULL, arg);
    SubclassList *list = (SubclassList *)type->tp_subclasses;
    for (Py_ssize_t i = 0; list != NULL && i < list->used; i++)
        if (!type_is_heap(list->items[i]))
            static_type_roots(list->items[i], visit, arg); /* as deep as static types are derived from each other */
}

/* Static types live for ever, and the method cache holds the names that it has seen. */
void types_roots(RootVisit visit, void *arg)
{
    static_type_roots(&PyBaseObject_Type, visit, arg);
    for (unsigned int i = 0; i < CACHE_SIZE; i++)
        root_tell(visit, arg, cache[i].name, "method cache", -1);
}
