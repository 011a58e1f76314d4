/* Where the C stack ends, and the error for getting too near. */
#include "memory/stack.h"
#include <pthread.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define STACK_ASSUMED (8 * 1024 * 1024)   /* when the limit is unlimited or unknown */

#define GAP_ASSUMED ((size_t)64 * 1024 * 1024) /* the kernel keeps more than this below the main stack free */

/* The upper end of the main thread's stack, where the kernel puts the name of the program; NULL when the caller is not on it.
 * The C library would read it from /proc/self/maps. */
static char *main_stack_end(char *here, size_t limit)
{
    char *name = (char *)getauxval(AT_EXECFN);
    if (name == NULL || limit > GAP_ASSUMED || syscall(SYS_gettid) != getpid())
        return NULL;
    uintptr_t past = (uintptr_t)name + strlen(name) + 1 + sizeof(void *);
    char *end = name + (((past + 4095) & ~(uintptr_t)4095) - (uintptr_t)name);
    return here < end && (size_t)(end - here) < limit ? end : NULL;
}

static __thread size_t headroom; /* of the calling thread: what making a RecursionError may use below the limit */

void c_stack_measure(ThreadState *t)
{
    pthread_attr_t attributes;
    void *low = NULL;
    size_t size = 0;
    char here;
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) < 0)
        limit.rlim_cur = RLIM_INFINITY;
    char *high = main_stack_end(&here, limit.rlim_cur);
    if (high) {
        size = limit.rlim_cur;
    } else {
        if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
            pthread_attr_getstack(&attributes, &low, &size);
            pthread_attr_destroy(&attributes);
        }
        high = low ? (char *)low + size : &here;
    }
    /* The main thread's stack grows on demand up to the soft limit; an unlimited one is used like the usual 8 MiB. */
    if (size == 0 || size > ((size_t)1 << 30))
        size = limit.rlim_cur < STACK_ASSUMED ? limit.rlim_cur : STACK_ASSUMED;
    size_t reserve = size / 4 < C_STACK_RESERVE ? size / 4 : C_STACK_RESERVE;
    t->c_stack_limit = high - size + reserve;
    headroom = reserve / 2;
    t->stack_owner = (unsigned long)pthread_self();
}

int c_stack_check(const char *where)
{
    ThreadState *t = thread_current();
    char here;
    if (&here >= t->c_stack_limit - (t->c_recursion_headroom ? headroom : 0))
        return 0;
    if (t->c_recursion_headroom && !PyErr_Occurred()) {
        PyErr_Restore(Py_NewRef(PyExc_RecursionError), NULL, NULL);
        return -1;
    }
    if (!PyErr_Occurred()) {
        t->c_recursion_headroom++;
        PyErr_Format(PyExc_RecursionError, "maximum recursion depth exceeded%s", where);
        t->c_recursion_headroom--;
    }
    return -1;
}
