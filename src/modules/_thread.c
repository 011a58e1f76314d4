/* The module _thread: threads, locks, thread-local data. */
#include "Python.h"
#include "memory/roots.h"
#include "memory/state.h"
#include "objects/names.h"
#include "pythread.h"
#include "runtime/state.h"
#include "runtime/traceback.h"
#include "structmember.h"
#include "structseq.h"
#include "objects/hidden.h"

#include <limits.h>
#include <stddef.h>
#include <time.h>

#define TIMEOUT_MAX_SECONDS ((double)(PY_TIMEOUT_MAX / 1000000))

/* ---- taking a lock ------------------------------------------------------------------------------------------------------ */

/* blocking=True, timeout=-1 as microseconds: -1 waits for ever, 0 not at all.  0, or -1 with an exception. */
static int read_timeout(PyObject *args, PyObject *kwargs, PY_TIMEOUT_T *microseconds)
{
    static char *names[] = {"blocking", "timeout", NULL};
    int blocking = 1;
    PyObject *given = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|pO:acquire", names, &blocking, &given))
        return -1;
    double timeout = -1;
    if (given && (timeout = PyFloat_AsDouble(given)) == -1.0 && PyErr_Occurred())
        return -1;
    if (!blocking && timeout != -1) {
        PyErr_SetString(PyExc_ValueError, "can't specify a timeout for a non-blocking call");
        return -1;
    }
    if (timeout < 0 && timeout != -1) {
        PyErr_SetString(PyExc_ValueError, "timeout value must be a non-negative number");
        return -1;
    }
    if (timeout > TIMEOUT_MAX_SECONDS) {
        PyErr_SetString(PyExc_OverflowError, "timeout value is too large");
        return -1;
    }
    *microseconds = !blocking ? 0 : timeout == -1 ? -1 : (PY_TIMEOUT_T)(timeout * 1e6 + 0.999);
    return 0;
}

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Takes the lock without holding up other threads; signal handlers run meanwhile.  PY_LOCK_INTR: one raised. */
static PyLockStatus take(PyThread_type_lock lock, PY_TIMEOUT_T microseconds)
{
    if (PyThread_acquire_lock_timed(lock, 0, 0) == PY_LOCK_ACQUIRED)
        return PY_LOCK_ACQUIRED;
    if (microseconds == 0)
        return PY_LOCK_FAILURE;
    int64_t end = microseconds > 0 ? now() + microseconds : 0;
    for (;;) {
        PyLockStatus status;
        Py_BEGIN_ALLOW_THREADS
        status = PyThread_acquire_lock_timed(lock, microseconds, 1);
        Py_END_ALLOW_THREADS
        if (status != PY_LOCK_INTR)
            return status;
        if (Py_MakePendingCalls() < 0 || PyErr_CheckSignals() < 0)
            return PY_LOCK_INTR;
        if (microseconds > 0 && (microseconds = end - now()) <= 0)
            return PY_LOCK_FAILURE;
    }
}

/* ---- lock ---------------------------------------------------------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    PyThread_type_lock lock;
    PyObject *weakrefs;
    int locked;
} Lock;

static PyTypeObject LockType;

static Lock *lock_new(void)
{
    Lock *self = PyObject_New(Lock, &LockType);
    if (!self)
        return NULL;
    self->weakrefs = NULL;
    self->locked = 0;
    self->lock = PyThread_allocate_lock();
    if (!self->lock) {
        Py_DECREF(self);
        PyErr_NoMemory();
        return NULL;
    }
    return self;
}

static void lock_dealloc(Lock *self)
{
    if (self->weakrefs)
        PyObject_ClearWeakRefs((PyObject *)self);
    if (self->lock) {
        if (self->locked)
            PyThread_release_lock(self->lock);
        PyThread_free_lock(self->lock);
    }
    PyObject_Free(self);
}

static PyObject *lock_acquire(Lock *self, PyObject *args, PyObject *kwargs)
{
    PY_TIMEOUT_T timeout;
    if (read_timeout(args, kwargs, &timeout) < 0)
        return NULL;
    PyLockStatus status = take(self->lock, timeout);
    if (status == PY_LOCK_INTR)
        return NULL;
    if (status == PY_LOCK_ACQUIRED)
        self->locked = 1;
    return PyBool_FromLong(status == PY_LOCK_ACQUIRED);
}

static PyObject *lock_release(Lock *self, PyObject *unused)
{
    if (!self->locked) {
        PyErr_SetString(PyExc_RuntimeError, "release unlocked lock");
        return NULL;
    }
    self->locked = 0;
    PyThread_release_lock(self->lock);
    Py_RETURN_NONE;
}

static PyObject *lock_exit(Lock *self, PyObject *args) { return lock_release(self, NULL); }
static PyObject *lock_locked(Lock *self, PyObject *unused) { return PyBool_FromLong(self->locked); }

static PyObject *lock_reinit(Lock *self, PyObject *unused)
{
    PyThread_type_lock fresh = PyThread_allocate_lock();
    if (!fresh)
        return PyErr_NoMemory();
    self->lock = fresh; /* the old one may be held by a thread that the fork left behind */
    self->locked = 0;
    Py_RETURN_NONE;
}

static PyObject *lock_repr(Lock *self)
{
    return PyUnicode_FromFormat("<%s %s object at %p>", self->locked ? "locked" : "unlocked", Py_TYPE(self)->tp_name, self);
}

#define KEYS(f) (PyCFunction)(void (*)(void))f, METH_VARARGS | METH_KEYWORDS
#define PLAIN(f) (PyCFunction)(void (*)(void))f

static PyMethodDef lock_methods[] = {
    {"acquire", KEYS(lock_acquire), "acquire(blocking=True, timeout=-1) -> bool\n\nTakes the lock; whether it got it."},
    {"acquire_lock", KEYS(lock_acquire), "acquire(blocking=True, timeout=-1) -> bool\n\nTakes the lock; whether it got it."},
    {"release", PLAIN(lock_release), METH_NOARGS, "release()\n\nReleases the lock; any thread may."},
    {"release_lock", PLAIN(lock_release), METH_NOARGS, "release()\n\nReleases the lock; any thread may."},
    {"locked", PLAIN(lock_locked), METH_NOARGS, "locked() -> bool\n\nWhether the lock is held."},
    {"locked_lock", PLAIN(lock_locked), METH_NOARGS, "locked() -> bool\n\nWhether the lock is held."},
    {"__enter__", KEYS(lock_acquire), "Takes the lock."},
    {"__exit__", PLAIN(lock_exit), METH_VARARGS, "Releases the lock."},
    {"_at_fork_reinit", PLAIN(lock_reinit), METH_NOARGS, "Makes the lock new, in the child after fork."},
    {NULL, NULL, 0, NULL}};

static PyTypeObject LockType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_thread.lock",
    .tp_basicsize = sizeof(Lock),
    .tp_dealloc = (destructor)lock_dealloc,
    .tp_repr = (reprfunc)lock_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "A lock that one thread at a time holds; made by allocate_lock().",
    .tp_weaklistoffset = offsetof(Lock, weakrefs),
    .tp_methods = lock_methods,
};

/* ---- re-entrant lock ------------------------------------------------------------------------------------------------------ */

typedef struct {
    PyObject_HEAD
    PyThread_type_lock lock;
    PyObject *weakrefs;
    unsigned long owner;
    unsigned long count;
} RLock;

static PyTypeObject RLockType;

static PyObject *rlock_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    RLock *self = (RLock *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->lock = PyThread_allocate_lock();
    if (!self->lock) {
        Py_DECREF(self);
        PyErr_NoMemory();
        return NULL;
    }
    return (PyObject *)self;
}

static void rlock_dealloc(RLock *self)
{
    if (self->weakrefs)
        PyObject_ClearWeakRefs((PyObject *)self);
    if (self->lock) {
        if (self->count)
            PyThread_release_lock(self->lock);
        PyThread_free_lock(self->lock);
    }
    Py_TYPE(self)->tp_free(self);
}

static int rlock_mine(RLock *self) { return self->count > 0 && self->owner == PyThread_get_thread_ident(); }

static PyObject *rlock_acquire(RLock *self, PyObject *args, PyObject *kwargs)
{
    PY_TIMEOUT_T timeout;
    if (read_timeout(args, kwargs, &timeout) < 0)
        return NULL;
    if (rlock_mine(self)) {
        self->count++;
        Py_RETURN_TRUE;
    }
    PyLockStatus status = take(self->lock, timeout);
    if (status == PY_LOCK_INTR)
        return NULL;
    if (status == PY_LOCK_ACQUIRED) {
        self->owner = PyThread_get_thread_ident();
        self->count = 1;
    }
    return PyBool_FromLong(status == PY_LOCK_ACQUIRED);
}

static PyObject *rlock_release(RLock *self, PyObject *unused)
{
    if (!rlock_mine(self)) {
        PyErr_SetString(PyExc_RuntimeError, "cannot release un-acquired lock");
        return NULL;
    }
    if (--self->count == 0) {
        self->owner = 0;
        PyThread_release_lock(self->lock);
    }
    Py_RETURN_NONE;
}

static PyObject *rlock_exit(RLock *self, PyObject *args) { return rlock_release(self, NULL); }
static PyObject *rlock_is_owned(RLock *self, PyObject *u) { return PyBool_FromLong(rlock_mine(self)); }

static PyObject *rlock_release_save(RLock *self, PyObject *u)
{
    if (self->count == 0) {
        PyErr_SetString(PyExc_RuntimeError, "cannot release un-acquired lock");
        return NULL;
    }
    PyObject *state = Py_BuildValue("kk", self->count, self->owner);
    if (state) {
        self->count = 0;
        self->owner = 0;
        PyThread_release_lock(self->lock);
    }
    return state;
}

static PyObject *rlock_acquire_restore(RLock *self, PyObject *args)
{
    unsigned long count, owner;
    if (!PyArg_ParseTuple(args, "(kk):_acquire_restore", &count, &owner))
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    PyThread_acquire_lock(self->lock, 1);
    Py_END_ALLOW_THREADS
    self->owner = owner;
    self->count = count;
    Py_RETURN_NONE;
}

static PyObject *rlock_reinit(RLock *self, PyObject *u)
{
    PyThread_type_lock fresh = PyThread_allocate_lock();
    if (!fresh)
        return PyErr_NoMemory();
    self->lock = fresh;
    self->owner = 0;
    self->count = 0;
    Py_RETURN_NONE;
}

static PyObject *rlock_repr(RLock *self)
{
    return PyUnicode_FromFormat("<%s %s object owner=%lu count=%lu at %p>", self->count ? "locked" : "unlocked",
                                Py_TYPE(self)->tp_name, self->owner, self->count, self);
}

static PyMethodDef rlock_methods[] = {
    {"acquire", KEYS(rlock_acquire), "acquire(blocking=True, timeout=-1) -> bool\n\nTakes the lock, again if this thread holds it."},
    {"release", PLAIN(rlock_release), METH_NOARGS, "release()\n\nReleases the lock as often as it was taken."},
    {"_is_owned", PLAIN(rlock_is_owned), METH_NOARGS, "Whether this thread holds the lock."},
    {"_acquire_restore", PLAIN(rlock_acquire_restore), METH_VARARGS, "Takes the lock with a saved count."},
    {"_release_save", PLAIN(rlock_release_save), METH_NOARGS, "Releases the lock wholly; its count and owner."},
    {"__enter__", KEYS(rlock_acquire), "Takes the lock."},
    {"__exit__", PLAIN(rlock_exit), METH_VARARGS, "Releases the lock."},
    {"_at_fork_reinit", PLAIN(rlock_reinit), METH_NOARGS, "Makes the lock new, in the child after fork."},
    {NULL, NULL, 0, NULL}};

static PyTypeObject RLockType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_thread.RLock",
    .tp_basicsize = sizeof(RLock),
    .tp_dealloc = (destructor)rlock_dealloc,
    .tp_repr = (reprfunc)rlock_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_weaklistoffset = offsetof(RLock, weakrefs),
    .tp_methods = rlock_methods,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = rlock_new,
};

/* ---- thread-local data --------------------------------------------------------------------------------------
 *
 * A thread's values of a local object stand in a dict, which hangs in a holder in the thread state's dict, under the
 * object's key.  The collector does not look into holders: for it the dicts belong to the local object, so that a cycle
 * through one of its values can be found. */

typedef struct {
    PyObject_HEAD
    PyObject *dict;
} Holder;

static void holder_dealloc(Holder *self)
{
    Py_DECREF(self->dict);
    PyObject_Free(self);
}

HIDDEN_FIELDS(thread_local_holder, holder_dealloc, FIELD(Holder, dict));

static PyTypeObject HolderType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_thread._localdummy",
    .tp_basicsize = sizeof(Holder),
    .tp_dealloc = (destructor)holder_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "Thread-local dummy",
};

typedef struct {
    PyObject_HEAD
    PyObject *key;      /* str, unlike any other's */
    PyObject *args, *kwargs;
    PyObject *weakrefs;
} Local;

static PyTypeObject LocalType;

/* A new dict for the object in the current thread, borrowed; `all` is the thread state's dict. */
static PyObject *local_add_dict(Local *self, PyObject *all)
{
    PyObject *dict = PyDict_New();
    Holder *holder = dict ? PyObject_New(Holder, &HolderType) : NULL;
    if (!holder) {
        Py_XDECREF(dict);
        return NULL;
    }
    holder->dict = dict;
    int failed = PyDict_SetItem(all, self->key, (PyObject *)holder);
    Py_DECREF(holder);
    return failed < 0 ? NULL : dict;
}

static PyObject *local_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (type->tp_init == PyBaseObject_Type.tp_init &&
        ((args && PyTuple_GET_SIZE(args)) || (kwargs && PyDict_GET_SIZE(kwargs)))) {
        PyErr_SetString(PyExc_TypeError, "Initialization arguments are not supported");
        return NULL;
    }
    Local *self = (Local *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->args = Py_XNewRef(args);
    self->kwargs = Py_XNewRef(kwargs);
    self->key = PyUnicode_FromFormat("thread.local.%p", self);
    PyObject *all = self->key ? PyThreadState_GetDict() : NULL;
    if (!all || !local_add_dict(self, all))
        Py_CLEAR(self);
    return (PyObject *)self;
}

/* Takes this object's dict out of every thread. */
static void local_forget(Local *self)
{
    if (!self->key)
        return;
    for (PyThreadState *t = interp_current()->threads; t; t = t->next)
        if (t->dict && PyDict_GetItemWithError(t->dict, self->key) && PyDict_DelItem(t->dict, self->key) < 0)
            PyErr_Clear();
}

static int local_traverse(Local *self, visitproc visit, void *arg)
{
    Py_VISIT(self->args);
    Py_VISIT(self->kwargs);
    for (PyThreadState *t = self->key ? interp_current()->threads : NULL; t; t = t->next) {
        Holder *holder = t->dict ? (Holder *)PyDict_GetItem(t->dict, self->key) : NULL;
        if (holder)
            Py_VISIT(holder->dict);
    }
    return 0;
}

static int local_clear(Local *self)
{
    Py_CLEAR(self->args);
    Py_CLEAR(self->kwargs);
    local_forget(self);
    return 0;
}

static void local_dealloc(Local *self)
{
    PyObject_GC_UnTrack(self);
    if (self->weakrefs)
        PyObject_ClearWeakRefs((PyObject *)self);
    local_clear(self);
    Py_CLEAR(self->key);
    Py_TYPE(self)->tp_free(self); /* a subclass's own deallocator gives up the type */
}

HIDDEN_ALL_FIELDS(thread_local, local_dealloc, FIELD(Local, args), FIELD(Local, kwargs), FIELD(Local, key));

/* This thread's dict, borrowed; made, with __init__ called, at first use. */
static PyObject *local_dict(Local *self)
{
    PyObject *all = PyThreadState_GetDict();
    if (!all) {
        PyErr_SetString(PyExc_SystemError, "Couldn't get thread-state dictionary");
        return NULL;
    }
    Holder *holder = (Holder *)PyDict_GetItemWithError(all, self->key);
    if (holder || PyErr_Occurred())
        return holder ? holder->dict : NULL;
    PyObject *dict = local_add_dict(self, all);
    if (!dict)
        return NULL;
    if (Py_TYPE(self)->tp_init != PyBaseObject_Type.tp_init &&
        Py_TYPE(self)->tp_init((PyObject *)self, self->args, self->kwargs) < 0) {
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        if (PyDict_DelItem(all, self->key) < 0)
            PyErr_Clear();
        PyErr_Restore(type, value, traceback);
        return NULL;
    }
    return dict;
}

static PyObject *local_getattro(Local *self, PyObject *name)
{
    PyObject *dict = local_dict(self);
    if (!dict)
        return NULL;
    Py_INCREF(dict);
    PyObject *value = PyUnicode_Check(name) && _PyUnicode_EqualToASCIIString(name, "__dict__")
                          ? Py_NewRef(dict) : _PyObject_GenericGetAttrWithDict((PyObject *)self, name, dict, 0);
    Py_DECREF(dict);
    return value;
}

static int local_setattro(Local *self, PyObject *name, PyObject *value)
{
    PyObject *dict = local_dict(self);
    if (!dict)
        return -1;
    if (PyUnicode_Check(name) && _PyUnicode_EqualToASCIIString(name, "__dict__")) {
        PyErr_Format(PyExc_AttributeError, "'%.100s' object attribute '%U' is read-only", Py_TYPE(self)->tp_name, name);
        return -1;
    }
    Py_INCREF(dict);
    int result = _PyObject_GenericSetAttrWithDict((PyObject *)self, name, value, dict);
    Py_DECREF(dict);
    return result;
}

static PyTypeObject LocalType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_thread._local",
    .tp_basicsize = sizeof(Local),
    .tp_dealloc = (destructor)local_dealloc,
    .tp_getattro = (getattrofunc)local_getattro,
    .tp_setattro = (setattrofunc)local_setattro,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "Thread-local data",
    .tp_traverse = (traverseproc)local_traverse,
    .tp_clear = (inquiry)local_clear,
    .tp_weaklistoffset = offsetof(Local, weakrefs),
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = local_new,
};

/* ---- threads ----------------------------------------------------------------------------------------------------------------- */

/* What a new thread is to call: owned until it has returned. */
typedef struct start {
    PyThreadState *thread;
    PyObject *function, *args, *kwargs;
    struct start *next, **link; /* in the list of all, guarded by the interpreter lock */
} Start;

static Start *starts;
static long thread_count;

static void start_link(Start *start)
{
    start->next = starts;
    start->link = &starts;
    if (starts != NULL)
        starts->link = &start->next;
    starts = start;
}

/* Gives up what it holds. */
static void start_free(Start *start)
{
    *start->link = start->next;
    if (start->next != NULL)
        start->next->link = start->link;
    Py_DECREF(start->function);
    Py_DECREF(start->args);
    Py_XDECREF(start->kwargs);
    PyMem_RawFree(start);
}

static PyStructSequence_Field hook_fields[] = {{"exc_type", "Exception type"}, {"exc_value", "Exception value"},
                                               {"exc_traceback", "Exception traceback"}, {"thread", "Thread object"}, {NULL, NULL}};
static PyStructSequence_Desc hook_desc = {"_thread._ExceptHookArgs", "What threading.excepthook is called with.", hook_fields, 4};
static PyTypeObject HookArgsType;

/* Runs in the new thread. */
static void thread_main(void *argument)
{
    Start *start = argument;
    PyThreadState *t = start->thread;
    thread_bind(t);
    PyEval_AcquireThread(t);
    thread_count++;
    PyObject *result = PyObject_Call(start->function, start->args, start->kwargs);
    if (!result) {
        if (PyErr_ExceptionMatches(PyExc_SystemExit))
            PyErr_Clear();
        else
            _PyErr_WriteUnraisableMsg("in thread started by", start->function);
    }
    Py_XDECREF(result);
    start_free(start);
    thread_count--;
    PyThreadState_Clear(t);
    PyThreadState_DeleteCurrent();
}

static PyObject *m_start_new_thread(PyObject *m, PyObject *args)
{
    PyObject *function, *arguments, *kwargs = NULL;
    if (!PyArg_UnpackTuple(args, "start_new_thread", 2, 3, &function, &arguments, &kwargs))
        return NULL;
    const char *wrong = !PyCallable_Check(function) ? "first arg must be callable"
                        : !PyTuple_Check(arguments) ? "2nd arg must be a tuple"
                        : kwargs && !PyDict_Check(kwargs) ? "optional 3rd arg must be a dictionary" : NULL;
    if (wrong) {
        PyErr_SetString(PyExc_TypeError, wrong);
        return NULL;
    }
    if (interp_current()->isolated) {
        PyErr_SetString(PyExc_RuntimeError, "thread is not supported for isolated subinterpreters");
        return NULL;
    }
    if (PySys_Audit("_thread.start_new_thread", "OOO", function, arguments, kwargs ? kwargs : Py_None) < 0)
        return NULL;
    Start *start = PyMem_RawMalloc(sizeof *start);
    if (!start || !(start->thread = PyThreadState_New(interp_current()))) {
        PyMem_RawFree(start);
        return PyErr_NoMemory();
    }
    start->function = Py_NewRef(function);
    start->args = Py_NewRef(arguments);
    start->kwargs = Py_XNewRef(kwargs);
    start_link(start);
    unsigned long id = PyThread_start_new_thread(thread_main, start);
    if (id == PYTHREAD_INVALID_THREAD_ID) {
        PyErr_SetString(PyExc_RuntimeError, "can't start new thread");
        PyThreadState_Clear(start->thread);
        PyThreadState_Delete(start->thread);
        start_free(start);
        return NULL;
    }
    return PyLong_FromUnsignedLong(id);
}

static PyObject *m_allocate_lock(PyObject *m, PyObject *u) { return (PyObject *)lock_new(); }
static PyObject *m_get_ident(PyObject *m, PyObject *u) { return PyLong_FromUnsignedLong(PyThread_get_thread_ident()); }
static PyObject *m_get_native_id(PyObject *m, PyObject *u) { return PyLong_FromUnsignedLong(PyThread_get_thread_native_id()); }
static PyObject *m_count(PyObject *m, PyObject *u) { return PyLong_FromLong(thread_count); }

static PyObject *m_exit(PyObject *m, PyObject *u)
{
    PyErr_SetNone(PyExc_SystemExit);
    return NULL;
}

static PyObject *m_interrupt_main(PyObject *m, PyObject *args)
{
    int number = 2;
    if (!PyArg_ParseTuple(args, "|i:signum", &number))
        return NULL;
    if (PyErr_SetInterruptEx(number) < 0) {
        PyErr_SetString(PyExc_ValueError, "signal number out of range");
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *m_stack_size(PyObject *m, PyObject *args)
{
    Py_ssize_t size = 0;
    if (!PyArg_ParseTuple(args, "|n:stack_size", &size))
        return NULL;
    if (size < 0) {
        PyErr_SetString(PyExc_ValueError, "size must be 0 or a positive value");
        return NULL;
    }
    size_t old = PyThread_get_stacksize();
    if (PyThread_set_stacksize((size_t)size) < 0) {
        PyErr_Format(PyExc_ValueError, "size not valid: %zd bytes", size);
        return NULL;
    }
    return PyLong_FromSize_t(old);
}

/* Called when a thread's state is cleared: lets go the lock that threading waits on. */
static void release_sentinel(void *reference)
{
    PyObject *lock = PyWeakref_GetObject(reference);
    if (lock != Py_None && ((Lock *)lock)->locked) {
        ((Lock *)lock)->locked = 0;
        PyThread_release_lock(((Lock *)lock)->lock);
    }
    Py_DECREF((PyObject *)reference);
}

void thread_roots(RootVisit visit, void *arg)
{
    for (Start *s = starts; s != NULL; s = s->next) {
        root_tell(visit, arg, s->function, "thread: function", (Py_ssize_t)s->thread->id);
        root_tell(visit, arg, s->args, "thread: arguments", (Py_ssize_t)s->thread->id);
        root_tell(visit, arg, s->kwargs, "thread: keyword arguments", (Py_ssize_t)s->thread->id);
    }
    for (PyThreadState *t = interp_current()->threads; t != NULL; t = t->next)
        if (t->on_delete == release_sentinel)
            root_tell(visit, arg, t->on_delete_data, "thread: lock to release at its end", (Py_ssize_t)t->id);
}

static PyObject *m_set_sentinel(PyObject *m, PyObject *u)
{
    PyThreadState *t = tstate_current();
    if (t->on_delete) {
        t->on_delete = NULL;
        Py_DECREF((PyObject *)t->on_delete_data);
    }
    Lock *lock = lock_new();
    PyObject *reference = lock ? PyWeakref_NewRef((PyObject *)lock, NULL) : NULL;
    if (!reference) {
        Py_XDECREF(lock);
        return NULL;
    }
    t->on_delete_data = reference;
    t->on_delete = release_sentinel;
    return (PyObject *)lock;
}

/* threading.excepthook's default: names the thread, prints the traceback; SystemExit passes silently. */
static PyObject *m_excepthook(PyObject *m, PyObject *args)
{
    if (Py_TYPE(args) != &HookArgsType) {
        PyErr_SetString(PyExc_TypeError, "_thread._excepthook argument type must be _ExceptHookArgs");
        return NULL;
    }
    PyObject *type = PyStructSequence_GET_ITEM(args, 0), *thread = PyStructSequence_GET_ITEM(args, 3);
    if (type == PyExc_SystemExit)
        Py_RETURN_NONE;
    PyObject *file = PySys_GetObject("stderr"), *name = NULL;
    if (!file || file == Py_None) {
        if (thread == Py_None)
            Py_RETURN_NONE;
        file = PyObject_GetAttrString(thread, "_stderr");
        if (!file)
            return NULL;
        if (file == Py_None)
            return file;
    } else {
        Py_INCREF(file);
    }
    if (thread != Py_None && _PyObject_LookupAttr(thread, N(name), &name) < 0)
        PyErr_Clear();
    int failed = PyFile_WriteString("Exception in thread ", file) < 0;
    if (!failed && name) {
        failed = PyFile_WriteObject(name, file, Py_PRINT_RAW) < 0;
    } else if (!failed) {
        char text[32];
        snprintf(text, sizeof text, "%lu", PyThread_get_thread_ident());
        failed = PyFile_WriteString(text, file) < 0;
    }
    failed = failed || PyFile_WriteString(":\n", file) < 0;
    Py_XDECREF(name);
    if (!failed)
        _PyErr_Display(file, type, PyStructSequence_GET_ITEM(args, 1), PyStructSequence_GET_ITEM(args, 2));
    PyObject *flushed = failed ? NULL : PyObject_CallMethodNoArgs(file, N(flush));
    Py_DECREF(file);
    if (!flushed)
        return NULL;
    Py_DECREF(flushed);
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"start_new_thread", m_start_new_thread, METH_VARARGS, "start_new_thread(function, args[, kwargs])\n\nStarts a thread that calls the function; its identifier."},
    {"start_new", m_start_new_thread, METH_VARARGS, "start_new_thread(function, args[, kwargs])\n\nStarts a thread that calls the function; its identifier."},
    {"allocate_lock", m_allocate_lock, METH_NOARGS, "allocate_lock() -> lock object\n\nMakes a lock."},
    {"allocate", m_allocate_lock, METH_NOARGS, "allocate_lock() -> lock object\n\nMakes a lock."},
    {"exit", m_exit, METH_NOARGS, "exit()\n\nEnds this thread by raising SystemExit."},
    {"exit_thread", m_exit, METH_NOARGS, "exit()\n\nEnds this thread by raising SystemExit."},
    {"interrupt_main", m_interrupt_main, METH_VARARGS, "interrupt_main(signum=signal.SIGINT, /)\n\nActs as if the signal had arrived in the main thread."},
    {"get_ident", m_get_ident, METH_NOARGS, "get_ident() -> integer\n\nThe identifier of this thread, unique among those alive."},
    {"get_native_id", m_get_native_id, METH_NOARGS, "get_native_id() -> integer\n\nThe kernel's identifier of this thread."},
    {"_count", m_count, METH_NOARGS, "_count() -> integer\n\nThe number of threads that start_new_thread() made and that run."},
    {"stack_size", m_stack_size, METH_VARARGS, "stack_size([size]) -> size\n\nThe stack size of new threads in bytes; sets it when given."},
    {"_set_sentinel", m_set_sentinel, METH_NOARGS, "_set_sentinel() -> lock\n\nA lock that is released when this thread's state goes."},
    {"_excepthook", m_excepthook, METH_O, "excepthook(exc_type, exc_value, exc_traceback, thread)\n\nPrints the exception that ended a thread."},
    {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "_thread", .m_size = -1, .m_methods = functions,
                                        .m_doc = "Threads and locks of the system (library reference, \"_thread\")."};

PyMODINIT_FUNC PyInit__thread(void)
{
    if (PyType_Ready(&LockType) < 0 || PyType_Ready(&RLockType) < 0 || PyType_Ready(&LocalType) < 0 ||
        PyType_Ready(&HolderType) < 0 || PyStructSequence_InitType2(&HookArgsType, &hook_desc) < 0)
        return NULL;
    PyObject *m = PyModule_Create(&definition);
    PyObject *max = PyFloat_FromDouble(TIMEOUT_MAX_SECONDS);
    if (!m || !max || PyModule_AddObjectRef(m, "LockType", (PyObject *)&LockType) < 0 ||
        PyModule_AddObjectRef(m, "RLock", (PyObject *)&RLockType) < 0 ||
        PyModule_AddObjectRef(m, "_local", (PyObject *)&LocalType) < 0 ||
        PyModule_AddObjectRef(m, "_ExceptHookArgs", (PyObject *)&HookArgsType) < 0 ||
        PyModule_AddObjectRef(m, "error", PyExc_RuntimeError) < 0 || PyModule_AddObjectRef(m, "TIMEOUT_MAX", max) < 0)
        Py_CLEAR(m);
    Py_XDECREF(max);
    return m;
}
