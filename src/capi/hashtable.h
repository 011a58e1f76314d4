/* A hash table of C pointers, of the shape that 3.11's own modules use. */
#ifndef LIMPID_CAPI_HASHTABLE_H
#define LIMPID_CAPI_HASHTABLE_H

#include "Python.h"

typedef struct _Py_slist_item_s {
    struct _Py_slist_item_s *next;
} _Py_slist_item_t;

typedef struct {
    _Py_slist_item_t *head;
} _Py_slist_t;

typedef struct {
    _Py_slist_item_t _Py_slist_item;
    Py_uhash_t key_hash;
    void *key, *value;
} _Py_hashtable_entry_t;

struct _Py_hashtable_t;
typedef struct _Py_hashtable_t _Py_hashtable_t;
typedef Py_uhash_t (*_Py_hashtable_hash_func)(const void *key);
typedef int (*_Py_hashtable_compare_func)(const void *a, const void *b); /* nonzero: equal */
typedef void (*_Py_hashtable_destroy_func)(void *key);
typedef _Py_hashtable_entry_t *(*_Py_hashtable_get_entry_func)(_Py_hashtable_t *ht, const void *key);

typedef struct {
    void *(*malloc)(size_t size);
    void (*free)(void *ptr);
} _Py_hashtable_allocator_t;

struct _Py_hashtable_t {
    size_t nentries, nbuckets; /* buckets: a power of two */
    _Py_slist_t *buckets;
    _Py_hashtable_get_entry_func get_entry_func;
    _Py_hashtable_hash_func hash_func;
    _Py_hashtable_compare_func compare_func;
    _Py_hashtable_destroy_func key_destroy_func, value_destroy_func; /* or NULL */
    _Py_hashtable_allocator_t alloc;
};

/* NULL when memory runs out; alloc NULL: PyMem_Malloc. */
_Py_hashtable_t *_Py_hashtable_new(_Py_hashtable_hash_func hash, _Py_hashtable_compare_func compare);
_Py_hashtable_t *_Py_hashtable_new_full(_Py_hashtable_hash_func hash, _Py_hashtable_compare_func compare,
                                        _Py_hashtable_destroy_func key_destroy, _Py_hashtable_destroy_func value_destroy,
                                        _Py_hashtable_allocator_t *alloc);
void _Py_hashtable_destroy(_Py_hashtable_t *ht);
void _Py_hashtable_clear(_Py_hashtable_t *ht);
/* Stops at the first nonzero answer and returns it. */
int _Py_hashtable_foreach(_Py_hashtable_t *ht,
                          int (*visit)(_Py_hashtable_t *, const void *key, const void *value, void *arg), void *arg);
size_t _Py_hashtable_size(const _Py_hashtable_t *ht);
/* The key must be new; 0, or -1 when memory runs out. */
int _Py_hashtable_set(_Py_hashtable_t *ht, const void *key, void *value);
void *_Py_hashtable_get(_Py_hashtable_t *ht, const void *key);   /* NULL: not there */
void *_Py_hashtable_steal(_Py_hashtable_t *ht, const void *key); /* takes it out without destroying */
Py_uhash_t _Py_hashtable_hash_ptr(const void *key);
int _Py_hashtable_compare_direct(const void *a, const void *b);

#endif
