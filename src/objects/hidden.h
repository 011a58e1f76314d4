/* References that an object holds and its tp_traverse does not tell.
 *
 * tp_traverse serves the collector and gc.get_referents(), which must show what 3.11 shows: references that can be part
 * of a cycle.  A type whose objects hold others declares them beside its struct,
 *
 *     HIDDEN_FIELDS(zlib_stream, stream_dealloc, FIELD(Stream, unused_data), FIELD(Stream, zdict));
 *
 * and stands in see/hidden.def.  The key is the destructor: it is shared by exactly the types that share the struct. */
#ifndef LIMPID_OBJECTS_HIDDEN_H
#define LIMPID_OBJECTS_HIDDEN_H

#include "Python.h"
#include <stddef.h>

typedef struct hidden_field {
    const char *name;
    size_t offset; /* of a PyObject * that is owned, or NULL */
} HiddenField;

typedef void (*HiddenVisit)(PyObject *target, const char *name, void *arg);

typedef struct hidden_fields {
    destructor dealloc;
    size_t count;
    const HiddenField *fields;
    void (*visit)(PyObject *self, HiddenVisit visit, void *arg); /* where offsets do not do, or NULL */
    int instead; /* these are all: tp_traverse tells what the object does not own */
} HiddenFields;

#define FIELD(Struct, member)                                                                                          \
    {                                                                                                                  \
#member, offsetof(Struct, member)                                                                              \
    }
#define HIDDEN_LIST(id, destructor_, instead_, ...)                                                                    \
    extern const HiddenFields hidden_##id;                                                                             \
    const HiddenFields hidden_##id = {(destructor)(destructor_),                                                       \
                                      sizeof((HiddenField[]){__VA_ARGS__}) / sizeof(HiddenField),                      \
                                      (const HiddenField[]){__VA_ARGS__}, NULL, instead_}
#define HIDDEN_FIELDS(id, destructor_, ...) HIDDEN_LIST(id, destructor_, 0, __VA_ARGS__)
#define HIDDEN_ALL_FIELDS(id, destructor_, ...) HIDDEN_LIST(id, destructor_, 1, __VA_ARGS__)
#define HIDDEN_VISIT(id, destructor_, function)                                                                        \
    extern const HiddenFields hidden_##id;                                                                             \
    const HiddenFields hidden_##id = {(destructor)(destructor_), 0, NULL, function, 0}

#endif
