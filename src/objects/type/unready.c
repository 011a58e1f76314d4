/* The end of the static types: what PyType_Ready gave them is taken back, so that nothing of them is left on the heap
 * and they can be readied again.
 *
 * The readied types form the tree of tp_subclasses below `object`; leaves go first, so that a type can still compare
 * its slots with its base's.  A slot is the type's own when the dunder name is in its dict; the others were inherited,
 * and readying would take them for own ones. */
#include "objects/type/type.h"
#include "objects/names.h"

/* A suite that was the base's as a whole goes back to it. */
#define GIVE_BACK(suite)                                                                                               \
    do {                                                                                                               \
        if (base != NULL && type->suite == base->suite)                                                                \
            type->suite = NULL;                                                                                        \
    } while (0)

static void disinherit(PyTypeObject *type)
{
    PyTypeObject *base = type->tp_base;
    GIVE_BACK(tp_as_async);
    GIVE_BACK(tp_as_number);
    GIVE_BACK(tp_as_sequence);
    GIVE_BACK(tp_as_mapping);
    GIVE_BACK(tp_as_buffer);
    slots_clear_inherited(type);
    int has = PyDict_Contains(type->tp_dict, N(__new__));
    if (has == 0)
        type->tp_new = NULL;
    else if (has < 0)
        PyErr_Clear();
}

static void unready(PyTypeObject *type)
{
    if (type->tp_dict != NULL && type->tp_flags & Py_TPFLAGS_READY)
        disinherit(type);
    PyType_Modified(type);
    type->tp_flags &= ~(unsigned long)(Py_TPFLAGS_READY | Py_TPFLAGS_VALID_VERSION_TAG);
    for (Py_ssize_t i = 0; type->tp_bases != NULL && i < PyTuple_GET_SIZE(type->tp_bases); i++)
        subclass_remove((PyTypeObject *)PyTuple_GET_ITEM(type->tp_bases, i), type);
    while (type->tp_weaklist != NULL)
        _PyWeakref_ClearRef((PyWeakReference *)type->tp_weaklist);
    Py_CLEAR(type->tp_cache);
    Py_CLEAR(type->tp_dict);
    Py_CLEAR(type->tp_mro);
    Py_CLEAR(type->tp_bases);
}

/* Takes back the static types below `type`, and `type`.  Classes that still live are only taken off the lists: they are
 * no static types, and nobody will ask for them. */
static void unready_tree(PyTypeObject *type)
{
    SubclassList *list;
    while ((list = (SubclassList *)type->tp_subclasses) != NULL) {
        PyTypeObject *sub = list->items[list->used - 1];
        if (!type_is_heap(sub))
            unready_tree(sub);
        subclass_remove(type, sub);
    }
    unready(type);
}

void types_fini(void)
{
    PyType_ClearCache();
    unready_tree(&PyBaseObject_Type);
    slots_fini();
}
