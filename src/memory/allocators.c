/* The raw allocator families of the C API: PyMem_Raw* (any thread), PyMem_* and PyObject_* (interpreter lock held).
 * PyMem_ and PyObject_ share the pools of raw blocks; their allocators can be replaced or hooked by PyMem_SetAllocator. */
#include "memory/look.h"
#include "memory/memory.h"
#include <wchar.h>

static size_t aligned(size_t size)
{
    return size == 0 ? BLOCK_MIN : (size + BLOCK_ALIGN - 1) & ~(size_t)(BLOCK_ALIGN - 1);
}

static void *small_malloc(void *ctx, size_t size)
{
    return size > PY_SSIZE_T_MAX ? NULL : raw_alloc(aligned(size));
}

static void *small_calloc(void *ctx, size_t n, size_t each)
{
    size_t size;
    if (__builtin_mul_overflow(n, each, &size))
        return NULL;
    void *p = small_malloc(NULL, size);
    if (p != NULL)
        memset(p, 0, size);
    return p;
}

static void small_free(void *ctx, void *p)
{
    if (p != NULL) {
        if (arena_contains(p) && pool_of(p)->kind == KIND_CONTAINER)
            *pool_state(p) = 0;
        block_free(p);
    }
}

static void *small_realloc(void *ctx, void *p, size_t size)
{
    if (p == NULL)
        return small_malloc(NULL, size);
    if (size > PY_SSIZE_T_MAX)
        return NULL;
    size = aligned(size);
    int pooled = arena_contains(p);
    if (!pooled && size > BLOCK_MAX)
        return large_realloc(p, size);
    size_t have = block_size(p);
    /* A smaller block is not worth a copy until a quarter is saved. */
    if (pooled && !TORTURED(move) && size <= have && 4 * size > 3 * have)
        return p;
    BlockKind kind = block_kind(p);
    int side = look_turn_to(p);
    void *moved = size <= BLOCK_MAX ? pool_alloc(kind, class_of(size)) : large_alloc(kind, size);
    look_turn_back(side);
    if (moved == NULL)
        return size <= have ? p : NULL;
    memcpy(moved, p, have < size ? have : size);
    small_free(NULL, p);
    return moved;
}

static void *raw_malloc(void *ctx, size_t size) { return shared_alloc(size ? size : 1, 0); }
static void *raw_calloc(void *ctx, size_t n, size_t each)
{
    size_t size;
    return __builtin_mul_overflow(n, each, &size) ? NULL : shared_alloc(size ? size : 1, 1);
}
static void *raw_realloc(void *ctx, void *p, size_t size) { return shared_realloc(p, size ? size : 1); }
static void raw_free_block(void *ctx, void *p) { shared_free(p); }

static const PyMemAllocatorEx defaults[] = {
    [PYMEM_DOMAIN_RAW] = {NULL, raw_malloc, raw_calloc, raw_realloc, raw_free_block},
    [PYMEM_DOMAIN_MEM] = {NULL, small_malloc, small_calloc, small_realloc, small_free},
    [PYMEM_DOMAIN_OBJ] = {NULL, small_malloc, small_calloc, small_realloc, small_free},
};
static PyMemAllocatorEx installed[] = {
    [PYMEM_DOMAIN_RAW] = {NULL, raw_malloc, raw_calloc, raw_realloc, raw_free_block},
    [PYMEM_DOMAIN_MEM] = {NULL, small_malloc, small_calloc, small_realloc, small_free},
    [PYMEM_DOMAIN_OBJ] = {NULL, small_malloc, small_calloc, small_realloc, small_free},
};
/* Nonzero for a domain whose allocator is not the default: keeps the usual path direct. */
static char hooked[3];

void PyMem_GetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator)
{
    if ((unsigned)domain <= PYMEM_DOMAIN_OBJ)
        *allocator = installed[domain];
    else
        memset(allocator, 0, sizeof *allocator);
}

void PyMem_SetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator)
{
    if ((unsigned)domain > PYMEM_DOMAIN_OBJ)
        return;
    installed[domain] = *allocator;
    hooked[domain] = memcmp(&defaults[domain], allocator, sizeof *allocator) != 0;
}

/* The heap checks itself (heap_check); there are no debug hooks to install. */
void PyMem_SetupDebugHooks(void) {}

int _PyMem_SetDefaultAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *old)
{
    if (old != NULL)
        PyMem_GetAllocator(domain, old);
    PyMem_SetAllocator(domain, (PyMemAllocatorEx *)&defaults[domain]);
    return 0;
}

int _PyMem_SetupAllocators(PyMemAllocatorName allocator)
{
    for (int d = PYMEM_DOMAIN_RAW; d <= PYMEM_DOMAIN_OBJ; d++)
        _PyMem_SetDefaultAllocator(d, NULL);
    return 0;
}

int _PyMem_GetAllocatorName(const char *name, PyMemAllocatorName *result)
{
    static const char *const names[] = {"default", "debug", "malloc", "malloc_debug", "pymalloc", "pymalloc_debug"};
    if (name == NULL || *name == 0)
        name = "default";
    for (int i = 0; i < 6; i++)
        if (strcmp(name, names[i]) == 0) {
            *result = (PyMemAllocatorName)(i + 1);
            return 0;
        }
    return -1;
}

const char *_PyMem_GetCurrentAllocatorName(void) { return hooked[1] || hooked[2] ? NULL : "pymalloc"; }

#define HOOK(domain, call) if (LIMPID_UNLIKELY(hooked[domain])) return installed[domain].call

void *PyMem_RawMalloc(size_t size)
{
    HOOK(PYMEM_DOMAIN_RAW, malloc)(installed[PYMEM_DOMAIN_RAW].ctx, size);
    return raw_malloc(NULL, size);
}
void *PyMem_RawCalloc(size_t n, size_t each)
{
    HOOK(PYMEM_DOMAIN_RAW, calloc)(installed[PYMEM_DOMAIN_RAW].ctx, n, each);
    return raw_calloc(NULL, n, each);
}
void *PyMem_RawRealloc(void *p, size_t size)
{
    HOOK(PYMEM_DOMAIN_RAW, realloc)(installed[PYMEM_DOMAIN_RAW].ctx, p, size);
    return raw_realloc(NULL, p, size);
}
void PyMem_RawFree(void *p)
{
    HOOK(PYMEM_DOMAIN_RAW, free)(installed[PYMEM_DOMAIN_RAW].ctx, p);
    shared_free(p);
}

void *PyMem_Malloc(size_t size)
{
    HOOK(PYMEM_DOMAIN_MEM, malloc)(installed[PYMEM_DOMAIN_MEM].ctx, size);
    return small_malloc(NULL, size);
}
void *PyMem_Calloc(size_t n, size_t each)
{
    HOOK(PYMEM_DOMAIN_MEM, calloc)(installed[PYMEM_DOMAIN_MEM].ctx, n, each);
    return small_calloc(NULL, n, each);
}
void *PyMem_Realloc(void *p, size_t size)
{
    HOOK(PYMEM_DOMAIN_MEM, realloc)(installed[PYMEM_DOMAIN_MEM].ctx, p, size);
    return small_realloc(NULL, p, size);
}
void PyMem_Free(void *p)
{
    HOOK(PYMEM_DOMAIN_MEM, free)(installed[PYMEM_DOMAIN_MEM].ctx, p);
    small_free(NULL, p);
}

void *PyObject_Malloc(size_t size)
{
    HOOK(PYMEM_DOMAIN_OBJ, malloc)(installed[PYMEM_DOMAIN_OBJ].ctx, size);
    return small_malloc(NULL, size);
}
void *PyObject_Calloc(size_t n, size_t each)
{
    HOOK(PYMEM_DOMAIN_OBJ, calloc)(installed[PYMEM_DOMAIN_OBJ].ctx, n, each);
    return small_calloc(NULL, n, each);
}
void *PyObject_Realloc(void *p, size_t size)
{
    HOOK(PYMEM_DOMAIN_OBJ, realloc)(installed[PYMEM_DOMAIN_OBJ].ctx, p, size);
    return small_realloc(NULL, p, size);
}
/* A block that came from the pools goes back there, hooked or not: objects are allocated without the hooks. */
void PyObject_Free(void *p)
{
    if (LIMPID_UNLIKELY(hooked[PYMEM_DOMAIN_OBJ]) && p != NULL && !arena_contains(p)) {
        installed[PYMEM_DOMAIN_OBJ].free(installed[PYMEM_DOMAIN_OBJ].ctx, p);
        return;
    }
    small_free(NULL, p);
}

/* ---- copies of strings ---- */

char *_PyMem_RawStrdup(const char *s)
{
    size_t size = strlen(s) + 1;
    char *copy = PyMem_RawMalloc(size);
    return copy ? memcpy(copy, s, size) : NULL;
}

char *_PyMem_Strdup(const char *s)
{
    size_t size = strlen(s) + 1;
    char *copy = PyMem_Malloc(size);
    return copy ? memcpy(copy, s, size) : NULL;
}

wchar_t *_PyMem_RawWcsdup(const wchar_t *s)
{
    size_t size = (wcslen(s) + 1) * sizeof(wchar_t);
    wchar_t *copy = PyMem_RawMalloc(size);
    return copy ? memcpy(copy, s, size) : NULL;
}

/* ---- arenas: the hooks are kept for those who ask; arenas come from mmap, because they must be aligned ---- */

static PyObjectArenaAllocator arena_allocator;
void PyObject_GetArenaAllocator(PyObjectArenaAllocator *allocator) { *allocator = arena_allocator; }
void PyObject_SetArenaAllocator(PyObjectArenaAllocator *allocator) { arena_allocator = *allocator; }
