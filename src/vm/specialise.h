/* Caches of the sites that look names up: attributes, methods, globals, classes that are called.
 *
 * A site begins generic; at its second execution it gets a record, and the handler that reads it.  A record holds up to
 * four entries, each for one version of one type; borrowed pointers in an entry live as long as the version does. */
#ifndef LIMPID_VM_SPECIALISE_H
#define LIMPID_VM_SPECIALISE_H

#include "vm/vm.h"
#include "objects/dict/dict.h"
#include "objects/instance.h"

enum attr_kind {
    ATTR_NONE,
    ATTR_INLINE,        /* inline value at `offset` */
    ATTR_SLOT,          /* __slots__ member at `offset` */
    ATTR_INLINE_GUARDED, /* inline value at `offset` if the instance has not moved to a dict, which may lie there then */
    ATTR_CLASS_VALUE,   /* plain value of the class; the instance has no dict (offset 0) or none is made (offset: where it would be) */
    ATTR_METHOD,        /* as ATTR_CLASS_VALUE, a function or method descriptor to be called with self */
    ATTR_PROPERTY,      /* property whose getter is a Python function (value) */
    ATTR_GETSET,        /* data descriptor: its tp_descr_get is called */
    ATTR_CLASS,         /* __class__ as object gives it: the type */
    ATTR_TYPE_VALUE,    /* attribute of a class: value itself; `version` is the class's own */
};

typedef struct {
    uint32_t version;
    uint16_t kind;
    uint16_t offset;    /* bytes from the object; ATTR_CLASS_VALUE, ATTR_METHOD: see hiding_dict; or 0 */
    PyObject *value;
} AttrEntry;

#define ATTR_WAYS 4

/* The instance's dict that may hide an attribute of the class, borrowed, or NULL.  `offset` is that of the dict's slot, or
 * of the inline values plus HIDING_MANAGED. */
#define HIDING_MANAGED 1
static inline PyObject *hiding_dict(PyObject *owner, unsigned offset)
{
    PyObject **slot = (PyObject **)((char *)owner + (offset & ~7u));
    return !(offset & HIDING_MANAGED) ? *slot : *slot == INSTANCE_MOVED ? slot[1] : NULL;
}
/* Whether the entry says where in the instance the value is stored, without another look. */
static inline int attr_in_place(const AttrEntry *e) { return e->kind == ATTR_INLINE || e->kind == ATTR_SLOT; }

typedef struct vm_cache {
    union {
        struct {
            PyObject *name;          /* borrowed from co_names */
            AttrEntry entry[ATTR_WAYS];
            uint8_t count, next, misses;
        };
        struct {                     /* globals, and attributes of modules */
            PyObject *global_name;
            PyDictKeysObject *keys, *builtin_keys;
            PyObject **slot;         /* the value's place in the table */
            uint32_t version, builtin_version;
            uint8_t global_misses;
        };
        struct {                     /* a class with a Python __init__ */
            PyTypeObject *type;
            PyObject *init;
            uint32_t type_version;
            uint8_t call_misses;
        };
        const PyMethodDef *builtin;  /* len, next */
    };
} Cache;

/* A new zeroed record of the code; its index, or 0 when there is no room (the site stays generic). */
uint32_t cache_new(VmCode *vm);

/* Makes a dict display share the table of the ip->c keys it has now, if they are strings: the keys are in the tuple `names`, or if that is NULL at pairs[0], pairs[2]... */
void specialise_build_map(VmCode *vm, Inst *ip, PyObject *names, PyObject *const *pairs);
/* Frees the records of dict displays. */
void specialise_forget_maps(VmCode *vm);

/* Give the site ip of f a record and a faster handler if that pays; no exceptions. */
void specialise_load_attr(Frame *f, Inst *ip, PyObject *owner);
void specialise_load_method(Frame *f, Inst *ip, PyObject *owner);
void specialise_store_attr(Frame *f, Inst *ip, PyObject *owner);
void specialise_load_global(Frame *f, Inst *ip);
/* The dict behind a global site has changed: fills its record anew if the name is still in the same one. */
void refresh_load_global(Frame *f, Inst *ip);
void specialise_store_global(Frame *f, Inst *ip);
/* A name of module level (locals are the globals). */
void specialise_name(Frame *f, Inst *ip, int store);
/* Fills the record of a site that stores anew. */
void refresh_global(Frame *f, Inst *ip);
void specialise_call(Frame *f, Inst *ip, PyObject *callable);

/* Adds an entry for what attribute `cache->name` of owner is; 0 when it cannot be cached. */
int cache_add_attr(Cache *cache, PyObject *owner, int method);

/* Torture: no record fits any more, as if every class and every namespace had changed. */
void caches_forget(void);

#endif
