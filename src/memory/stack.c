/* Where the C stack ends, and the error for getting too near. */
#include "memory/stack.h"
#include <pthread.h>
#include <sys/resource.h>

#define STACK_ASSUMED (8 * 1024 * 1024)   /* when the limit is unlimited or unknown */

void c_stack_measure(ThreadState *t)
{
    pthread_attr_t attributes;
    void *low = NULL;
    size_t size = 0;
    char here;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        pthread_attr_getstack(&attributes, &low, &size);
        pthread_attr_destroy(&attributes);
    }
    char *high = low ? (char *)low + size : &here;
    struct rlimit limit;
    /* The main thread's stack grows on demand up to the soft limit; an unlimited one is used like the usual 8 MiB. */
    if (size == 0 || size > ((size_t)1 << 30)) {
        size = STACK_ASSUMED;
        if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < size)
            size = limit.rlim_cur;
    }
    size_t reserve = size / 4 < C_STACK_RESERVE ? size / 4 : C_STACK_RESERVE;
    t->c_stack_limit = high - size + reserve;
}

int c_stack_check(const char *where)
{
    ThreadState *t = thread_current();
    char here;
    if (&here >= t->c_stack_limit)
        return 0;
    if (!PyErr_Occurred()) {
        t->c_recursion_headroom++;
        PyErr_Format(PyExc_RecursionError, "maximum recursion depth exceeded%s", where);
        t->c_recursion_headroom--;
    }
    return -1;
}
