/* select: waiting for descriptors — select(), poll objects, epoll objects. */
#include "Python.h"
#include "modules/posix/posix.h"
#include "objects/hidden.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>

/* A timeout as milliseconds for the system; *deadline for going on after a signal.  None and negative: for ever. */
static int timeout_argument(PyObject *o, _PyTime_t *timeout, int milliseconds)
{
    *timeout = -1;
    if (!o || o == Py_None)
        return 0;
    int status = milliseconds ? _PyTime_FromMillisecondsObject(timeout, o, _PyTime_ROUND_TIMEOUT)
                              : _PyTime_FromSecondsObject(timeout, o, _PyTime_ROUND_TIMEOUT);
    if (status < 0 && PyErr_ExceptionMatches(PyExc_TypeError))
        PyErr_SetString(PyExc_TypeError, milliseconds ? "timeout must be an integer or None" : "timeout must be a float or None");
    return status;
}

static int to_ms(_PyTime_t t, int *ms)
{
    _PyTime_t v = t < 0 ? -1 : _PyTime_AsMilliseconds(t, _PyTime_ROUND_CEILING);
    if (v > INT_MAX) {
        PyErr_SetString(PyExc_OverflowError, "timeout is too large");
        return -1;
    }
    *ms = (int)v;
    return 0;
}

/* Calls a waiting function again after signals, until its time is over.  remaining is the time left when it starts. */
#define WAIT(n, timeout, call) \
    do { \
        _PyTime_t deadline_ = (timeout) >= 0 ? _PyTime_Add(_PyTime_GetMonotonicClock(), timeout) : 0, remaining = timeout; \
        for (;;) { \
            n = UNLOCKED(call); \
            if (n >= 0 || errno != EINTR) \
                break; \
            if (PyErr_CheckSignals() < 0) \
                break; \
            if ((timeout) >= 0 && (remaining = deadline_ - _PyTime_GetMonotonicClock()) < 0) { \
                n = 0; \
                break; \
            } \
        } \
        (void)remaining; \
    } while (0)

/* -- select() -- */

typedef struct watched {
    PyObject *items; /* fast sequence */
    int *fds;
    fd_set set;
} Watched;

static int watch(Watched *w, PyObject *sequence, int *highest)
{
    FD_ZERO(&w->set);
    w->items = PySequence_Fast(sequence, "arguments 1-3 must be sequences");
    if (!w->items)
        return -1;
    Py_ssize_t n = PySequence_Fast_GET_SIZE(w->items);
    w->fds = PyMem_New(int, n + 1);
    if (!w->fds) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(w->items); i++) {
        if (i >= FD_SETSIZE) {
            PyErr_SetString(PyExc_ValueError, "too many file descriptors in select()");
            return -1;
        }
        int fd = PyObject_AsFileDescriptor(PySequence_Fast_GET_ITEM(w->items, i));
        if (fd < 0)
            return -1;
        if (fd >= FD_SETSIZE) {
            PyErr_SetString(PyExc_ValueError, "filedescriptor out of range in select()");
            return -1;
        }
        w->fds[i] = fd;
        FD_SET(fd, &w->set);
        *highest = Py_MAX(*highest, fd);
    }
    return 0;
}

static PyObject *ready(Watched *w, const fd_set *set, int any)
{
    PyObject *list = PyList_New(0);
    Py_ssize_t n = any ? PySequence_Fast_GET_SIZE(w->items) : 0;
    for (Py_ssize_t i = 0; list && i < n; i++)
        if (FD_ISSET(w->fds[i], set) && PyList_Append(list, PySequence_Fast_GET_ITEM(w->items, i)) < 0)
            Py_CLEAR(list);
    return list;
}

static PyObject *select_select(PyObject *module, PyObject *args)
{
    PyObject *lists[3], *timeout_object = NULL, *result = NULL;
    Watched w[3] = {{0}};
    _PyTime_t timeout;
    int highest = -1, n;
    if (!PyArg_UnpackTuple(args, "select", 3, 4, &lists[0], &lists[1], &lists[2], &timeout_object) ||
        timeout_argument(timeout_object, &timeout, 0) < 0)
        return NULL;
    if (timeout_object && timeout_object != Py_None && timeout < 0) {
        PyErr_SetString(PyExc_ValueError, "timeout must be non-negative");
        return NULL;
    }
    for (int i = 0; i < 3; i++)
        if (watch(&w[i], lists[i], &highest) < 0)
            goto done;
    fd_set sets[3];
    struct timeval tv;
    WAIT(n, timeout,
         (memcpy(&sets[0], &w[0].set, sizeof(fd_set)), memcpy(&sets[1], &w[1].set, sizeof(fd_set)),
          memcpy(&sets[2], &w[2].set, sizeof(fd_set)), _PyTime_AsTimeval_clamp(remaining, &tv, _PyTime_ROUND_CEILING),
          select(highest + 1, &sets[0], &sets[1], &sets[2], timeout < 0 ? NULL : &tv)));
    if (n < 0) {
        posix_error();
        goto done;
    }
    result = PyTuple_New(3);
    for (int i = 0; result && i < 3; i++) {
        PyObject *list = ready(&w[i], &sets[i], n > 0);
        if (!list)
            Py_CLEAR(result);
        else
            PyTuple_SET_ITEM(result, i, list);
    }
done:
    for (int i = 0; i < 3; i++) {
        Py_XDECREF(w[i].items);
        PyMem_Free(w[i].fds);
    }
    return result;
}

/* -- poll objects: a dict from descriptors to event masks -- */

typedef struct {
    PyObject_HEAD
    PyObject *dict;
    int running;
} Poll;

static PyTypeObject Poll_Type;

static int unsigned_short(PyObject *o, void *value)
{
    long v = PyLong_AsLong(o);
    if (v == -1 && PyErr_Occurred())
        return 0;
    if (v < 0) {
        PyErr_SetString(PyExc_ValueError, "value must be positive");
        return 0;
    }
    if (v > USHRT_MAX) {
        PyErr_SetString(PyExc_OverflowError, "Python int too large to convert to C unsigned short");
        return 0;
    }
    *(unsigned short *)value = (unsigned short)v;
    return 1;
}

static int store(Poll *p, int fd, unsigned short mask)
{
    PyObject *key = PyLong_FromLong(fd), *value = PyLong_FromLong(mask);
    int status = key && value ? PyDict_SetItem(p->dict, key, value) : -1;
    Py_XDECREF(key);
    Py_XDECREF(value);
    return status;
}

static PyObject *poll_register(PyObject *self, PyObject *args)
{
    int fd;
    unsigned short mask = POLLIN | POLLPRI | POLLOUT;
    if (!PyArg_ParseTuple(args, "O&|O&:register", fd_convert, &fd, unsigned_short, &mask) || store((Poll *)self, fd, mask) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *poll_modify(PyObject *self, PyObject *args)
{
    int fd;
    unsigned short mask;
    if (!PyArg_ParseTuple(args, "O&O&:modify", fd_convert, &fd, unsigned_short, &mask))
        return NULL;
    PyObject *key = PyLong_FromLong(fd);
    int known = key ? PyDict_Contains(((Poll *)self)->dict, key) : -1;
    Py_XDECREF(key);
    if (known == 0) {
        errno = ENOENT;
        return posix_error();
    }
    if (known < 0 || store((Poll *)self, fd, mask) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *poll_unregister(PyObject *self, PyObject *arg)
{
    int fd = PyObject_AsFileDescriptor(arg);
    PyObject *key = fd < 0 ? NULL : PyLong_FromLong(fd);
    int status = key ? PyDict_DelItem(((Poll *)self)->dict, key) : -1;
    Py_XDECREF(key);
    if (status < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *poll_poll(PyObject *self, PyObject *args)
{
    Poll *p = (Poll *)self;
    PyObject *timeout_object = NULL, *key, *value, *list = NULL;
    _PyTime_t timeout;
    int ms, n;
    if (!PyArg_UnpackTuple(args, "poll", 0, 1, &timeout_object) || timeout_argument(timeout_object, &timeout, 1) < 0 ||
        to_ms(timeout, &ms) < 0)
        return NULL;
    if (p->running) {
        PyErr_SetString(PyExc_RuntimeError, "concurrent poll() invocation");
        return NULL;
    }
    Py_ssize_t count = PyDict_GET_SIZE(p->dict), i = 0, pos = 0;
    struct pollfd *fds = PyMem_New(struct pollfd, count + 1);
    if (!fds)
        return PyErr_NoMemory();
    while (i < count && PyDict_Next(p->dict, &pos, &key, &value))
        fds[i++] = (struct pollfd){(int)PyLong_AsLong(key), (short)PyLong_AsLong(value), 0};
    p->running = 1;
    WAIT(n, timeout, poll(fds, (nfds_t)count, timeout < 0 ? -1 : (int)_PyTime_AsMilliseconds(remaining, _PyTime_ROUND_CEILING)));
    p->running = 0;
    if (n < 0)
        posix_error();
    else
        list = PyList_New(0);
    for (i = 0; list && n > 0 && i < count; i++)
        if (fds[i].revents) {
            PyObject *pair = Py_BuildValue("(ii)", fds[i].fd, fds[i].revents & 0xffff);
            if (!pair || PyList_Append(list, pair) < 0)
                Py_CLEAR(list);
            Py_XDECREF(pair);
        }
    PyMem_Free(fds);
    return list;
}

static void poll_dealloc(PyObject *self)
{
    Py_XDECREF(((Poll *)self)->dict);
    PyObject_Free(self);
}

HIDDEN_FIELDS(select_poll, poll_dealloc, FIELD(Poll, dict));

static PyMethodDef poll_methods[] = {
    {"register", poll_register, METH_VARARGS, "register(fd [, eventmask])\n\nStarts to watch a descriptor."},
    {"modify", poll_modify, METH_VARARGS, "modify($self, fd, eventmask, /)\n--\n\nChanges what is watched of a descriptor."},
    {"unregister", poll_unregister, METH_O, "unregister($self, fd, /)\n--\n\nStops to watch a descriptor."},
    {"poll", poll_poll, METH_VARARGS, "poll($self, timeout=None, /)\n--\n\nWaits: a list of (fd, event) pairs; timeout in milliseconds."},
    {NULL}};
static PyTypeObject Poll_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "select.poll",
    .tp_basicsize = sizeof(Poll),
    .tp_dealloc = poll_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_methods = poll_methods,
};

static PyObject *select_poll(PyObject *module, PyObject *Py_UNUSED(ignored))
{
    Poll *p = PyObject_New(Poll, &Poll_Type);
    if (!p)
        return NULL;
    p->running = 0;
    p->dict = PyDict_New();
    if (!p->dict)
        Py_CLEAR(p);
    return (PyObject *)p;
}

/* -- epoll objects -- */

typedef struct {
    PyObject_HEAD
    int epfd; /* -1: closed */
} Epoll;

static PyTypeObject Epoll_Type;

static PyObject *epoll_from(PyTypeObject *type, int fd)
{
    if (fd < 0)
        return posix_error();
    Epoll *e = (Epoll *)type->tp_alloc(type, 0);
    if (!e) {
        close(fd);
        return NULL;
    }
    e->epfd = fd;
    return (PyObject *)e;
}

static PyObject *epoll_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"sizehint", "flags", NULL};
    int size = -1, flags = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|ii:epoll", keywords, &size, &flags))
        return NULL;
    if (size == -1 ? 0 : size <= 0) {
        PyErr_SetString(PyExc_ValueError, "sizehint must be positive or -1");
        return NULL;
    }
    if (flags && flags != EPOLL_CLOEXEC) {
        PyErr_SetString(PyExc_OSError, "invalid flags");
        return NULL;
    }
    return epoll_from(type, UNLOCKED(epoll_create1(EPOLL_CLOEXEC)));
}

static int is_closed(PyObject *self)
{
    if (((Epoll *)self)->epfd >= 0)
        return 0;
    PyErr_SetString(PyExc_ValueError, "I/O operation on closed epoll object");
    return 1;
}

static int close_epoll(Epoll *e)
{
    int fd = e->epfd;
    e->epfd = -1;
    return fd >= 0 ? UNLOCKED(close(fd)) : 0;
}

static void epoll_dealloc(PyObject *self)
{
    close_epoll((Epoll *)self);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *epoll_close(PyObject *self, PyObject *Py_UNUSED(ignored)) { return posix_done(close_epoll((Epoll *)self)); }
static PyObject *epoll_enter(PyObject *self, PyObject *Py_UNUSED(ignored)) { return is_closed(self) ? NULL : Py_NewRef(self); }
static PyObject *epoll_exit(PyObject *self, PyObject *args) { return epoll_close(self, NULL); }
static PyObject *epoll_fileno(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    return is_closed(self) ? NULL : PyLong_FromLong(((Epoll *)self)->epfd);
}
static PyObject *epoll_get_closed(PyObject *self, void *closure) { return PyBool_FromLong(((Epoll *)self)->epfd < 0); }

static PyObject *epoll_fromfd(PyObject *type, PyObject *arg)
{
    int fd = _PyLong_AsInt(arg);
    return fd == -1 && PyErr_Occurred() ? NULL : epoll_from((PyTypeObject *)type, fd);
}

static PyObject *control(PyObject *self, int operation, int fd, unsigned events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};
    if (is_closed(self))
        return NULL;
    return posix_done(UNLOCKED(epoll_ctl(((Epoll *)self)->epfd, operation, fd, &event)));
}

static PyObject *epoll_register(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"fd", "eventmask", NULL};
    int fd;
    unsigned events = EPOLLIN | EPOLLPRI | EPOLLOUT;
    return PyArg_ParseTupleAndKeywords(args, kwargs, "O&|I:register", keywords, fd_convert, &fd, &events)
               ? control(self, EPOLL_CTL_ADD, fd, events) : NULL;
}

static PyObject *epoll_modify(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"fd", "eventmask", NULL};
    int fd;
    unsigned events;
    return PyArg_ParseTupleAndKeywords(args, kwargs, "O&I:modify", keywords, fd_convert, &fd, &events)
               ? control(self, EPOLL_CTL_MOD, fd, events) : NULL;
}

static PyObject *epoll_unregister(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"fd", NULL};
    int fd;
    return PyArg_ParseTupleAndKeywords(args, kwargs, "O&:unregister", keywords, fd_convert, &fd)
               ? control(self, EPOLL_CTL_DEL, fd, 0) : NULL;
}

static PyObject *epoll_poll(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"timeout", "maxevents", NULL};
    PyObject *timeout_object = NULL;
    _PyTime_t timeout;
    int most = -1, ms, n;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|Oi:poll", keywords, &timeout_object, &most) || is_closed(self) ||
        timeout_argument(timeout_object, &timeout, 0) < 0 || to_ms(timeout, &ms) < 0)
        return NULL;
    if (most == -1)
        most = FD_SETSIZE - 1;
    if (most < 1)
        return PyErr_Format(PyExc_ValueError, "maxevents must be greater than 0, got %d", most);
    struct epoll_event *events = PyMem_New(struct epoll_event, most);
    if (!events)
        return PyErr_NoMemory();
    WAIT(n, timeout, epoll_wait(((Epoll *)self)->epfd, events, most,
                                timeout < 0 ? -1 : (int)_PyTime_AsMilliseconds(remaining, _PyTime_ROUND_CEILING)));
    PyObject *list = n < 0 ? posix_error() : PyList_New(n);
    for (int i = 0; list && i < n; i++) {
        PyObject *pair = Py_BuildValue("(iI)", events[i].data.fd, events[i].events);
        if (!pair)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, i, pair);
    }
    PyMem_Free(events);
    return list;
}

#define EKW(f) (PyCFunction)(void (*)(void))f, METH_VARARGS | METH_KEYWORDS
static PyMethodDef epoll_methods[] = {
    {"fromfd", epoll_fromfd, METH_O | METH_CLASS, "fromfd($type, fd, /)\n--\n\nAn epoll object of an open descriptor."},
    {"close", epoll_close, METH_NOARGS, "close($self, /)\n--\n\nCloses the descriptor."},
    {"fileno", epoll_fileno, METH_NOARGS, "fileno($self, /)\n--\n\nThe descriptor."},
    {"register", EKW(epoll_register), "register($self, /, fd, eventmask=EPOLLIN | EPOLLPRI | EPOLLOUT)\n--\n\nStarts to watch a descriptor."},
    {"modify", EKW(epoll_modify), "modify($self, /, fd, eventmask)\n--\n\nChanges what is watched of a descriptor."},
    {"unregister", EKW(epoll_unregister), "unregister($self, /, fd)\n--\n\nStops to watch a descriptor."},
    {"poll", EKW(epoll_poll), "poll($self, /, timeout=None, maxevents=-1)\n--\n\nWaits: a list of (fd, events) pairs; timeout in seconds."},
    {"__enter__", epoll_enter, METH_NOARGS, NULL},
    {"__exit__", epoll_exit, METH_VARARGS, NULL},
    {NULL}};
static PyGetSetDef epoll_getset[] = {{"closed", epoll_get_closed, NULL, "whether close() was called"}, {NULL}};
static PyTypeObject Epoll_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "select.epoll",
    .tp_basicsize = sizeof(Epoll),
    .tp_dealloc = epoll_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "epoll(sizehint=-1, flags=0)\n--\n\nWatches descriptors.",
    .tp_methods = epoll_methods,
    .tp_getset = epoll_getset,
    .tp_new = epoll_new,
};

/* -- Module -- */

static PyMethodDef methods[] = {
    {"select", select_select, METH_VARARGS,
     "select($module, rlist, wlist, xlist, timeout=None, /)\n--\n\nWaits until descriptors are ready: three lists."},
    {"poll", select_poll, METH_NOARGS, "poll($module, /)\n--\n\nA new poll object."},
    {NULL}};

#define C(name) {#name, name},
static const struct {
    const char *name;
    long value;
} constants[] = {C(POLLIN) C(POLLPRI) C(POLLOUT) C(POLLERR) C(POLLHUP) C(POLLNVAL) C(POLLRDNORM) C(POLLRDBAND)
                 C(POLLWRNORM) C(POLLWRBAND) C(POLLMSG) C(POLLRDHUP) C(EPOLLIN) C(EPOLLOUT) C(EPOLLPRI) C(EPOLLERR)
                 C(EPOLLHUP) C(EPOLLRDHUP) C(EPOLLET) C(EPOLLONESHOT) C(EPOLLEXCLUSIVE) C(EPOLLRDNORM) C(EPOLLRDBAND)
                 C(EPOLLWRNORM) C(EPOLLWRBAND) C(EPOLLMSG) C(EPOLL_CLOEXEC) {"PIPE_BUF", 4096}};

static int select_exec(PyObject *module)
{
    if (PyType_Ready(&Poll_Type) < 0 || PyType_Ready(&Epoll_Type) < 0)
        return -1;
    for (size_t i = 0; i < Py_ARRAY_LENGTH(constants); i++)
        if (PyModule_AddIntConstant(module, constants[i].name, constants[i].value) < 0)
            return -1;
    return PyModule_AddObjectRef(module, "error", PyExc_OSError) < 0 ||
                   PyModule_AddObjectRef(module, "epoll", (PyObject *)&Epoll_Type) < 0
               ? -1 : 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, select_exec}, {0, NULL}};
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "select", "Waiting until descriptors are ready.", 0, methods, slots};

PyMODINIT_FUNC PyInit_select(void) { return PyModuleDef_Init(&definition); }
