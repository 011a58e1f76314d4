/* A hash table with chained buckets; it grows when there are more entries than half its buckets. */
#include "capi/hashtable.h"

#define MIN_BUCKETS 16
#define FIRST(bucket) ((_Py_hashtable_entry_t *)(bucket).head)
#define NEXT(entry) ((_Py_hashtable_entry_t *)(entry)->_Py_slist_item.next)

Py_uhash_t _Py_hashtable_hash_ptr(const void *key) { return (Py_uhash_t)_Py_HashPointerRaw(key); }
int _Py_hashtable_compare_direct(const void *a, const void *b) { return a == b; }
size_t _Py_hashtable_size(const _Py_hashtable_t *ht)
{
    return sizeof *ht + ht->nbuckets * sizeof(_Py_slist_t) + ht->nentries * sizeof(_Py_hashtable_entry_t);
}

static _Py_hashtable_entry_t *get_entry(_Py_hashtable_t *ht, const void *key)
{
    Py_uhash_t hash = ht->hash_func(key);
    _Py_hashtable_entry_t *e = FIRST(ht->buckets[hash & (ht->nbuckets - 1)]);
    while (e && !(e->key_hash == hash && ht->compare_func(key, e->key)))
        e = NEXT(e);
    return e;
}

static void push(_Py_hashtable_t *ht, _Py_hashtable_entry_t *e)
{
    _Py_slist_t *bucket = &ht->buckets[e->key_hash & (ht->nbuckets - 1)];
    e->_Py_slist_item.next = bucket->head;
    bucket->head = &e->_Py_slist_item;
}

/* 0, or -1 when memory runs out: the table is as it was. */
static int resize(_Py_hashtable_t *ht, size_t n)
{
    _Py_slist_t *old = ht->buckets, *fresh = ht->alloc.malloc(n * sizeof(_Py_slist_t));
    size_t count = ht->nbuckets;
    if (!fresh)
        return -1;
    memset(fresh, 0, n * sizeof(_Py_slist_t));
    ht->buckets = fresh;
    ht->nbuckets = n;
    for (size_t i = 0; i < count; i++)
        for (_Py_hashtable_entry_t *e = FIRST(old[i]), *next; e; e = next) {
            next = NEXT(e);
            push(ht, e);
        }
    ht->alloc.free(old);
    return 0;
}

_Py_hashtable_t *_Py_hashtable_new_full(_Py_hashtable_hash_func hash, _Py_hashtable_compare_func compare,
                                        _Py_hashtable_destroy_func key_destroy, _Py_hashtable_destroy_func value_destroy,
                                        _Py_hashtable_allocator_t *alloc)
{
    _Py_hashtable_allocator_t own = {PyMem_Malloc, PyMem_Free};
    if (!alloc)
        alloc = &own;
    _Py_hashtable_t *ht = alloc->malloc(sizeof *ht);
    if (!ht)
        return NULL;
    *ht = (_Py_hashtable_t){.nbuckets = MIN_BUCKETS,
                            .buckets = alloc->malloc(MIN_BUCKETS * sizeof(_Py_slist_t)),
                            .get_entry_func = get_entry,
                            .hash_func = hash,
                            .compare_func = compare,
                            .key_destroy_func = key_destroy,
                            .value_destroy_func = value_destroy,
                            .alloc = *alloc};
    if (!ht->buckets) {
        alloc->free(ht);
        return NULL;
    }
    memset(ht->buckets, 0, MIN_BUCKETS * sizeof(_Py_slist_t));
    return ht;
}

_Py_hashtable_t *_Py_hashtable_new(_Py_hashtable_hash_func hash, _Py_hashtable_compare_func compare)
{
    return _Py_hashtable_new_full(hash, compare, NULL, NULL, NULL);
}

int _Py_hashtable_set(_Py_hashtable_t *ht, const void *key, void *value)
{
    assert(!get_entry(ht, key));
    _Py_hashtable_entry_t *e = ht->alloc.malloc(sizeof *e);
    if (!e)
        return -1;
    if (ht->nentries + 1 > ht->nbuckets / 2 && resize(ht, ht->nbuckets * 2) < 0) {
        ht->alloc.free(e);
        return -1;
    }
    *e = (_Py_hashtable_entry_t){.key_hash = ht->hash_func(key), .key = (void *)key, .value = value};
    push(ht, e);
    ht->nentries++;
    return 0;
}

void *_Py_hashtable_get(_Py_hashtable_t *ht, const void *key)
{
    _Py_hashtable_entry_t *e = get_entry(ht, key);
    return e ? e->value : NULL;
}

void *_Py_hashtable_steal(_Py_hashtable_t *ht, const void *key)
{
    _Py_hashtable_entry_t *e = get_entry(ht, key);
    if (!e)
        return NULL;
    _Py_slist_item_t **link = &ht->buckets[e->key_hash & (ht->nbuckets - 1)].head;
    while (*link != &e->_Py_slist_item)
        link = &(*link)->next;
    *link = e->_Py_slist_item.next;
    void *value = e->value;
    ht->alloc.free(e);
    ht->nentries--;
    return value;
}

int _Py_hashtable_foreach(_Py_hashtable_t *ht,
                          int (*visit)(_Py_hashtable_t *, const void *key, const void *value, void *arg), void *arg)
{
    for (size_t i = 0; i < ht->nbuckets; i++)
        for (_Py_hashtable_entry_t *e = FIRST(ht->buckets[i]); e; e = NEXT(e)) {
            int answer = visit(ht, e->key, e->value, arg);
            if (answer)
                return answer;
        }
    return 0;
}

void _Py_hashtable_clear(_Py_hashtable_t *ht)
{
    for (size_t i = 0; i < ht->nbuckets; i++) {
        _Py_hashtable_entry_t *e = FIRST(ht->buckets[i]), *next;
        ht->buckets[i].head = NULL;
        for (; e; e = next) {
            next = NEXT(e);
            if (ht->key_destroy_func)
                ht->key_destroy_func(e->key);
            if (ht->value_destroy_func)
                ht->value_destroy_func(e->value);
            ht->alloc.free(e);
        }
    }
    ht->nentries = 0;
}

void _Py_hashtable_destroy(_Py_hashtable_t *ht)
{
    _Py_hashtable_clear(ht);
    ht->alloc.free(ht->buckets);
    ht->alloc.free(ht);
}
