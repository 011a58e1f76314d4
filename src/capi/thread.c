/* Locks, threads and thread-specific storage on POSIX threads. */
#include "Python.h"
#include "capi/structseq.h"
#include "memory/pool.h"
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>

static size_t new_stack_size; /* 0: the system's default */

void PyThread_init_thread(void) {}

/* -- Locks: a binary semaphore, so that any thread may release -- */

PyThread_type_lock PyThread_allocate_lock(void)
{
    sem_t *lock = PyMem_RawMalloc(sizeof(sem_t));
    if (lock && sem_init(lock, 0, 1) != 0) {
        PyMem_RawFree(lock);
        return NULL;
    }
    return lock;
}

void PyThread_free_lock(PyThread_type_lock lock)
{
    if (lock) {
        sem_destroy(lock);
        PyMem_RawFree(lock);
    }
}

/* us < 0: wait for ever; 0: do not wait.  With intr a signal ends the wait. */
PyLockStatus PyThread_acquire_lock_timed(PyThread_type_lock lock, PY_TIMEOUT_T us, int intr)
{
    struct timespec deadline;
    if (us > 0) {
        clock_gettime(CLOCK_MONOTONIC, &deadline);
        long long ns = deadline.tv_nsec + us % 1000000 * 1000;
        deadline.tv_nsec = ns % 1000000000;
        if (__builtin_add_overflow(deadline.tv_sec, (time_t)(us / 1000000 + ns / 1000000000), &deadline.tv_sec))
            deadline.tv_sec = LONG_MAX;
    }
    int status;
    do
        status = us > 0    ? sem_clockwait(lock, CLOCK_MONOTONIC, &deadline)
                 : us == 0 ? sem_trywait(lock)
                           : sem_wait(lock);
    while (status != 0 && errno == EINTR && !(intr && us != 0));
    if (status == 0)
        return PY_LOCK_ACQUIRED;
    return errno == EINTR ? PY_LOCK_INTR : PY_LOCK_FAILURE;
}

int PyThread_acquire_lock(PyThread_type_lock lock, int wait)
{
    return PyThread_acquire_lock_timed(lock, wait ? -1 : 0, 0) == PY_LOCK_ACQUIRED;
}

void PyThread_release_lock(PyThread_type_lock lock) { sem_post(lock); }

/* After fork in the child: the lock is free, whoever held it.  0, or -1. */
int _PyThread_at_fork_reinit(PyThread_type_lock *lock)
{
    PyThread_type_lock fresh = PyThread_allocate_lock();
    if (!fresh)
        return -1;
    *lock = fresh; /* the old one may be in any state */
    return 0;
}

/* -- Threads -- */

typedef struct start {
    void (*run)(void *);
    void *arg;
} Start;

static void *thread_main(void *p)
{
    Start start = *(Start *)p;
    PyMem_RawFree(p);
    start.run(start.arg);
    return NULL;
}

#define STACK_MIN ((size_t)512 << 10) /* of threads under a limit on memory */

static size_t default_stack(const pthread_attr_t *attributes)
{
    size_t size = 0;
    return pthread_attr_getstacksize(attributes, &size) == 0 ? size : 0;
}

/* The new thread's identifier, or PYTHREAD_INVALID_THREAD_ID. */
unsigned long PyThread_start_new_thread(void (*run)(void *), void *arg)
{
    Start *start = PyMem_RawMalloc(sizeof(Start));
    pthread_attr_t attributes;
    if (!start || pthread_attr_init(&attributes) != 0) {
        PyMem_RawFree(start);
        return PYTHREAD_INVALID_THREAD_ID;
    }
    *start = (Start){run, arg};
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    size_t stack = new_stack_size;
    if (!stack && heap.quota) /* a stack counts as a whole, touched or not */
        stack = heap.quota / 64 < STACK_MIN ? STACK_MIN : heap.quota / 64;
    if (stack && (new_stack_size || stack < default_stack(&attributes)))
        pthread_attr_setstacksize(&attributes, stack & ~(size_t)4095);
    pthread_t thread;
    int status = pthread_create(&thread, &attributes, thread_main, start);
    pthread_attr_destroy(&attributes);
    if (status != 0) {
        PyMem_RawFree(start);
        return PYTHREAD_INVALID_THREAD_ID;
    }
    return (unsigned long)thread;
}

unsigned long PyThread_get_thread_ident(void) { return (unsigned long)pthread_self(); }
unsigned long PyThread_get_thread_native_id(void) { return (unsigned long)syscall(SYS_gettid); }
void PyThread_exit_thread(void) { pthread_exit(NULL); }

size_t PyThread_get_stacksize(void) { return new_stack_size; }

/* 0; -1: not a valid size. */
int PyThread_set_stacksize(size_t size)
{
    pthread_attr_t attributes;
    if (size) {
        if (size < 32768 || pthread_attr_init(&attributes) != 0)
            return -1;
        int status = pthread_attr_setstacksize(&attributes, size);
        pthread_attr_destroy(&attributes);
        if (status != 0)
            return -1;
    }
    new_stack_size = size;
    return 0;
}

/* -- Thread-specific storage -- */

Py_tss_t *PyThread_tss_alloc(void) { return PyMem_RawCalloc(1, sizeof(Py_tss_t)); }

void PyThread_tss_free(Py_tss_t *key)
{
    if (key) {
        PyThread_tss_delete(key);
        PyMem_RawFree(key);
    }
}

int PyThread_tss_is_created(Py_tss_t *key) { return key->_is_initialized; }

int PyThread_tss_create(Py_tss_t *key)
{
    if (!key->_is_initialized) {
        if (pthread_key_create(&key->_key, NULL) != 0)
            return -1;
        key->_is_initialized = 1;
    }
    return 0;
}

void PyThread_tss_delete(Py_tss_t *key)
{
    if (key->_is_initialized) {
        pthread_key_delete(key->_key);
        key->_is_initialized = 0;
    }
}

int PyThread_tss_set(Py_tss_t *key, void *value) { return pthread_setspecific(key->_key, value) ? -1 : 0; }
void *PyThread_tss_get(Py_tss_t *key) { return pthread_getspecific(key->_key); }

/* The older form, with int keys. */
int PyThread_create_key(void)
{
    pthread_key_t key;
    return pthread_key_create(&key, NULL) == 0 ? (int)key : -1;
}
void PyThread_delete_key(int key) { pthread_key_delete(key); }
int PyThread_set_key_value(int key, void *value) { return pthread_setspecific(key, value) ? -1 : 0; }
void *PyThread_get_key_value(int key) { return pthread_getspecific(key); }
void PyThread_delete_key_value(int key) { pthread_setspecific(key, NULL); }
void PyThread_ReInitTLS(void) {}

/* -- sys.thread_info -- */

static PyTypeObject ThreadInfo_Type;

static PyStructSequence_Field info_fields[] = {{"name", "name of the thread implementation"},
                                               {"lock", "name of the lock implementation"},
                                               {"version", "name and version of the thread library"},
                                               {NULL}};
static PyStructSequence_Desc info_desc = {"sys.thread_info", "How threads are made.", info_fields, 3};

PyObject *PyThread_GetInfo(void)
{
    if (_PyStructSequence_InitType(&ThreadInfo_Type, &info_desc, 0) < 0)
        return NULL;
    PyObject *info = PyStructSequence_New(&ThreadInfo_Type);
    if (!info)
        return NULL;
    char version[64];
    size_t n = confstr(_CS_GNU_LIBPTHREAD_VERSION, version, sizeof version);
    PyStructSequence_SET_ITEM(info, 0, PyUnicode_FromString("pthread"));
    PyStructSequence_SET_ITEM(info, 1, PyUnicode_FromString("semaphore"));
    PyStructSequence_SET_ITEM(info, 2, n > 0 && n < sizeof version ? PyUnicode_FromString(version) : Py_NewRef(Py_None));
    if (PyErr_Occurred())
        Py_CLEAR(info);
    return info;
}
