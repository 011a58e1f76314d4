/* _socket: the socket object.
 *
 * With a timeout the descriptor does not block; each call waits for readiness first and goes on until the deadline. */
#define PY_SSIZE_T_CLEAN
#include "modules/socket/socket.h"
#include "capi/fileutils.h"
#include "modules/posix/posix.h"
#include "structmember.h"
#include <poll.h>

_PyTime_t socket_default_timeout = -1;

/* -- Waiting -- */

/* 1: ready; 0: timed out; -1: errno. */
static int wait_ready(Socket *s, int writing, _PyTime_t left)
{
    struct pollfd p = {s->fd, writing ? POLLOUT : POLLIN, 0};
    _PyTime_t ms = left < 0 ? -1 : Py_MIN(_PyTime_AsMilliseconds(left, _PyTime_ROUND_CEILING), INT_MAX);
    return UNLOCKED(poll(&p, 1, (int)ms));
}

/* Runs one call of the system under a timeout; the result, or -1 with an exception. */
#define TRY(result, s, writing, timeout_, call) \
    do { \
        _PyTime_t limit_ = timeout_, deadline_ = limit_ > 0 ? _PyTime_Add(_PyTime_GetMonotonicClock(), limit_) : 0; \
        result = -1; \
        for (;;) { \
            if (limit_ > 0) { \
                _PyTime_t left_ = deadline_ - _PyTime_GetMonotonicClock(); \
                int ready_ = left_ < 0 ? 0 : wait_ready(s, writing, left_); \
                if (ready_ < 0 && errno == EINTR) { \
                    if (PyErr_CheckSignals() < 0) \
                        break; \
                    continue; \
                } \
                if (ready_ < 0) { \
                    posix_error(); \
                    break; \
                } \
                if (ready_ == 0) { \
                    PyErr_SetString(PyExc_TimeoutError, "timed out"); \
                    break; \
                } \
            } \
            result = UNLOCKED(call); \
            if (result >= 0) \
                break; \
            if (errno == EINTR) { \
                if (PyErr_CheckSignals() < 0) \
                    break; \
                continue; \
            } \
            if (limit_ > 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) \
                continue; \
            posix_error(); \
            break; \
        } \
    } while (0)

static int seconds_to_timeout(PyObject *o, _PyTime_t *timeout)
{
    *timeout = -1;
    if (o == Py_None)
        return 0;
    if (_PyTime_FromSecondsObject(timeout, o, _PyTime_ROUND_TIMEOUT) < 0)
        return -1;
    if (*timeout < 0) {
        PyErr_SetString(PyExc_ValueError, "Timeout value out of range");
        return -1;
    }
    return 0;
}

static int set_timeout(Socket *s, _PyTime_t timeout)
{
    s->timeout = timeout;
    return _Py_set_blocking(s->fd, timeout < 0);
}

/* -- Life -- */

static PyObject *raise_errno(void) { return PyErr_SetFromErrno(PyExc_OSError); }

static PyObject *socket_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Socket *s = (Socket *)type->tp_alloc(type, 0);
    if (s) {
        s->fd = -1;
        s->timeout = socket_default_timeout;
        s->error = raise_errno;
    }
    return (PyObject *)s;
}

/* Family, type and protocol of an open descriptor where they are not given. */
static int adopt(Socket *s, PyObject *fileno)
{
    int fd = _PyLong_AsInt(fileno);
    if (fd == -1 && PyErr_Occurred())
        return -1;
    if (PyFloat_Check(fileno) || fd < 0) {
        PyErr_SetString(PyExc_ValueError, "negative file descriptor");
        return -1;
    }
    Address a;
    socklen_t size = sizeof a, n = sizeof(int);
    memset(&a, 0, sizeof a);
    if (getsockname(fd, &a.any, &size) < 0) {
        if (s->family == -1 || errno == EBADF || errno == ENOTSOCK)
            return posix_error(), -1;
    }
    else if (s->family == -1)
        s->family = a.any.sa_family;
    if (s->type == -1 && getsockopt(fd, SOL_SOCKET, SO_TYPE, &s->type, &n) < 0)
        return posix_error(), -1;
    n = sizeof(int);
    if (s->proto == -1 && getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &s->proto, &n) < 0)
        return posix_error(), -1;
    s->fd = fd;
    return 0;
}

static int socket_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"family", "type", "proto", "fileno", NULL};
    Socket *s = (Socket *)self;
    int family = -1, type = -1, proto = -1;
    PyObject *fileno = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|iiiO:socket", keywords, &family, &type, &proto, &fileno))
        return -1;
    int given = fileno && fileno != Py_None;
    if (!given) {
        family = family == -1 ? AF_INET : family;
        type = type == -1 ? SOCK_STREAM : type;
        proto = proto == -1 ? 0 : proto;
    }
    if (PySys_Audit("socket.__new__", "Oiii", self, family, type, proto) < 0)
        return -1;
    s->family = family;
    s->type = type;
    s->proto = proto;
    s->timeout = socket_default_timeout;
    if (given) {
        if (adopt(s, fileno) < 0)
            return -1;
    }
    else {
        int fd = UNLOCKED(socket(family, type | SOCK_CLOEXEC, proto));
        if (fd < 0)
            return posix_error(), -1;
        s->fd = fd;
    }
    int nonblocking = s->type & SOCK_NONBLOCK;
    s->type &= ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (nonblocking)
        s->timeout = 0;
    else if (s->timeout >= 0 && _Py_set_blocking(s->fd, 0) < 0)
        return -1;
    return 0;
}

static void socket_finalize(PyObject *self)
{
    Socket *s = (Socket *)self;
    if (s->fd < 0)
        return;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (PyErr_ResourceWarning(self, 1, "unclosed %R", self) < 0 && PyErr_ExceptionMatches(PyExc_Warning))
        PyErr_WriteUnraisable(self);
    int fd = s->fd;
    s->fd = -1;
    if (fd >= 0)
        UNLOCKED(close(fd));
    PyErr_Restore(type, value, traceback);
}

static void socket_dealloc(PyObject *self)
{
    if (PyObject_CallFinalizerFromDealloc(self) < 0)
        return;
    Py_TYPE(self)->tp_free(self);
}

static PyObject *socket_repr(PyObject *self)
{
    Socket *s = (Socket *)self;
    return PyUnicode_FromFormat("<socket object, fd=%ld, family=%d, type=%d, proto=%d>", (long)s->fd, s->family, s->type,
                                s->proto);
}

static PyObject *sock_close(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    Socket *s = (Socket *)self;
    int fd = s->fd;
    s->fd = -1;
    if (fd >= 0 && UNLOCKED(close(fd)) < 0 && errno != ECONNRESET)
        return posix_error();
    Py_RETURN_NONE;
}

static PyObject *sock_detach(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    int fd = ((Socket *)self)->fd;
    ((Socket *)self)->fd = -1;
    return PyLong_FromLong(fd);
}

static PyObject *sock_fileno(PyObject *self, PyObject *Py_UNUSED(ignored)) { return PyLong_FromLong(((Socket *)self)->fd); }

/* -- Timeout -- */

static PyObject *sock_settimeout(PyObject *self, PyObject *arg)
{
    _PyTime_t timeout;
    if (seconds_to_timeout(arg, &timeout) < 0 || set_timeout((Socket *)self, timeout) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *sock_gettimeout(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    _PyTime_t t = ((Socket *)self)->timeout;
    if (t < 0)
        Py_RETURN_NONE;
    return PyFloat_FromDouble(_PyTime_AsSecondsDouble(t));
}

static PyObject *sock_setblocking(PyObject *self, PyObject *arg)
{
    int blocking = PyObject_IsTrue(arg);
    if (blocking < 0 || set_timeout((Socket *)self, blocking ? -1 : 0) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *sock_getblocking(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    return PyBool_FromLong(((Socket *)self)->timeout != 0);
}

/* -- Connecting -- */

static PyObject *sock_bind(PyObject *self, PyObject *arg)
{
    Address a;
    socklen_t size;
    if (!address_from((Socket *)self, arg, &a, &size, "bind") || !AUDIT("socket.bind", "OO", self, arg))
        return NULL;
    return posix_done(UNLOCKED(bind(((Socket *)self)->fd, &a.any, size)));
}

static PyObject *sock_listen(PyObject *self, PyObject *args)
{
    int backlog = Py_MIN(SOMAXCONN, 128);
    if (!PyArg_ParseTuple(args, "|i:listen", &backlog))
        return NULL;
    return posix_done(UNLOCKED(listen(((Socket *)self)->fd, Py_MAX(backlog, 0))));
}

static PyObject *sock_accept(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    Socket *s = (Socket *)self;
    Address a;
    socklen_t size = sizeof a;
    int fd;
    TRY(fd, s, 0, s->timeout, accept4(s->fd, &a.any, &size, SOCK_CLOEXEC));
    if (fd < 0)
        return NULL;
    PyObject *address = address_object(&a, size);
    if (!address) {
        close(fd);
        return NULL;
    }
    return Py_BuildValue("(iN)", fd, address);
}

/* 0, or an error number; -1: an exception is set. */
static int connect_to(Socket *s, const Address *a, socklen_t size)
{
    int result = UNLOCKED(connect(s->fd, &a->any, size));
    if (result == 0)
        return 0;
    int error = errno;
    if (error == EINTR && PyErr_CheckSignals() < 0)
        return -1;
    if (!(error == EINTR && s->timeout != 0) && !(error == EINPROGRESS && s->timeout > 0))
        return error;
    _PyTime_t limit = s->timeout, deadline = limit > 0 ? _PyTime_Add(_PyTime_GetMonotonicClock(), limit) : 0;
    for (;;) { /* wait until it is decided */
        _PyTime_t left = limit > 0 ? Py_MAX(deadline - _PyTime_GetMonotonicClock(), 0) : -1;
        int ready = wait_ready(s, 1, left);
        if (ready > 0)
            break;
        if (ready == 0)
            return EWOULDBLOCK;
        if (errno != EINTR)
            return errno;
        if (PyErr_CheckSignals() < 0)
            return -1;
    }
    socklen_t n = sizeof error;
    return getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &n) < 0 ? errno : error == EISCONN ? 0 : error;
}

static PyObject *sock_connect(PyObject *self, PyObject *arg)
{
    Socket *s = (Socket *)self;
    Address a;
    socklen_t size;
    if (!address_from(s, arg, &a, &size, "connect") || !AUDIT("socket.connect", "OO", self, arg))
        return NULL;
    int error = connect_to(s, &a, size);
    if (error > 0) {
        if (error == EWOULDBLOCK && s->timeout > 0)
            PyErr_SetString(PyExc_TimeoutError, "timed out");
        else {
            errno = error;
            posix_error();
        }
    }
    if (error)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *sock_connect_ex(PyObject *self, PyObject *arg)
{
    Address a;
    socklen_t size;
    if (!address_from((Socket *)self, arg, &a, &size, "connect_ex") || !AUDIT("socket.connect", "OO", self, arg))
        return NULL;
    int error = connect_to((Socket *)self, &a, size);
    return error < 0 ? NULL : PyLong_FromLong(error);
}

static PyObject *sock_shutdown(PyObject *self, PyObject *arg)
{
    int how = _PyLong_AsInt(arg);
    return how == -1 && PyErr_Occurred() ? NULL : posix_done(UNLOCKED(shutdown(((Socket *)self)->fd, how)));
}

static PyObject *named(PyObject *self, int (*get)(int, struct sockaddr *, socklen_t *))
{
    Address a;
    socklen_t size = sizeof a;
    memset(&a, 0, sizeof a);
    return get(((Socket *)self)->fd, &a.any, &size) < 0 ? posix_error() : address_object(&a, size);
}
static int my_getsockname(int fd, struct sockaddr *a, socklen_t *n) { return getsockname(fd, a, n); }
static int my_getpeername(int fd, struct sockaddr *a, socklen_t *n) { return getpeername(fd, a, n); }
static PyObject *sock_getsockname(PyObject *self, PyObject *Py_UNUSED(ignored)) { return named(self, my_getsockname); }
static PyObject *sock_getpeername(PyObject *self, PyObject *Py_UNUSED(ignored)) { return named(self, my_getpeername); }

/* -- Receiving -- */

static PyObject *sock_recv(PyObject *self, PyObject *args)
{
    Socket *s = (Socket *)self;
    Py_ssize_t size, n;
    int flags = 0;
    if (!PyArg_ParseTuple(args, "n|i:recv", &size, &flags))
        return NULL;
    if (size < 0) {
        PyErr_SetString(PyExc_ValueError, "negative buffersize in recv");
        return NULL;
    }
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, size);
    if (!bytes)
        return NULL;
    TRY(n, s, 0, s->timeout, recv(s->fd, PyBytes_AS_STRING(bytes), (size_t)size, flags));
    if (n < 0) {
        Py_DECREF(bytes);
        return NULL;
    }
    if (n != size)
        _PyBytes_Resize(&bytes, n);
    return bytes;
}

static PyObject *sock_recvfrom(PyObject *self, PyObject *args)
{
    Socket *s = (Socket *)self;
    Py_ssize_t size, n;
    int flags = 0;
    Address a;
    socklen_t length = sizeof a;
    if (!PyArg_ParseTuple(args, "n|i:recvfrom", &size, &flags))
        return NULL;
    if (size < 0) {
        PyErr_SetString(PyExc_ValueError, "negative buffersize in recvfrom");
        return NULL;
    }
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, size);
    if (!bytes)
        return NULL;
    memset(&a, 0, sizeof a);
    TRY(n, s, 0, s->timeout, (length = sizeof a, recvfrom(s->fd, PyBytes_AS_STRING(bytes), (size_t)size, flags, &a.any, &length)));
    if (n >= 0 && n != size)
        _PyBytes_Resize(&bytes, n);
    PyObject *address = n < 0 || !bytes ? NULL : address_object(&a, length);
    if (!address) {
        Py_XDECREF(bytes);
        return NULL;
    }
    return Py_BuildValue("(NN)", bytes, address);
}

/* The length to read into a buffer, as the argument says it; -1 with an exception. */
static Py_ssize_t length_into(const Py_buffer *view, Py_ssize_t size, const char *name)
{
    if (size < 0)
        PyErr_Format(PyExc_ValueError, "negative buffersize in %s", name);
    else if (size > view->len)
        PyErr_SetString(PyExc_ValueError, "buffer too small for requested bytes");
    else
        return size ? size : view->len;
    return -1;
}

static PyObject *sock_recv_into(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"buffer", "nbytes", "flags", NULL};
    Socket *s = (Socket *)self;
    Py_buffer view;
    Py_ssize_t size = 0, n = -1;
    int flags = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "w*|ni:recv_into", keywords, &view, &size, &flags))
        return NULL;
    if ((size = length_into(&view, size, "recv_into")) >= 0)
        TRY(n, s, 0, s->timeout, recv(s->fd, view.buf, (size_t)size, flags));
    PyBuffer_Release(&view);
    return n < 0 ? NULL : PyLong_FromSsize_t(n);
}

static PyObject *sock_recvfrom_into(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"buffer", "nbytes", "flags", NULL};
    Socket *s = (Socket *)self;
    Py_buffer view;
    Py_ssize_t size = 0, n = -1;
    int flags = 0;
    Address a;
    socklen_t length = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "w*|ni:recvfrom_into", keywords, &view, &size, &flags))
        return NULL;
    memset(&a, 0, sizeof a);
    if ((size = length_into(&view, size, "recvfrom_into")) >= 0)
        TRY(n, s, 0, s->timeout, (length = sizeof a, recvfrom(s->fd, view.buf, (size_t)size, flags, &a.any, &length)));
    PyBuffer_Release(&view);
    PyObject *address = n < 0 ? NULL : address_object(&a, length);
    return address ? Py_BuildValue("(nN)", n, address) : NULL;
}

/* -- Sending -- */

static PyObject *sock_send(PyObject *self, PyObject *args)
{
    Socket *s = (Socket *)self;
    Py_buffer view;
    Py_ssize_t n;
    int flags = 0;
    if (!PyArg_ParseTuple(args, "y*|i:send", &view, &flags))
        return NULL;
    TRY(n, s, 1, s->timeout, send(s->fd, view.buf, (size_t)view.len, flags));
    PyBuffer_Release(&view);
    return n < 0 ? NULL : PyLong_FromSsize_t(n);
}

static PyObject *sock_sendall(PyObject *self, PyObject *args)
{
    Socket *s = (Socket *)self;
    Py_buffer view;
    Py_ssize_t n = 0, done = 0;
    int flags = 0;
    if (!PyArg_ParseTuple(args, "y*|i:sendall", &view, &flags))
        return NULL;
    _PyTime_t deadline = s->timeout > 0 ? _PyTime_Add(_PyTime_GetMonotonicClock(), s->timeout) : 0;
    while (done < view.len && n >= 0) {
        _PyTime_t left = s->timeout > 0 ? Py_MAX(deadline - _PyTime_GetMonotonicClock(), 1) : s->timeout;
        TRY(n, s, 1, left, send(s->fd, (char *)view.buf + done, (size_t)(view.len - done), flags));
        done += n;
        if (n >= 0 && PyErr_CheckSignals() < 0)
            n = -1;
    }
    PyBuffer_Release(&view);
    if (n < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *sock_sendto(PyObject *self, PyObject *args)
{
    Socket *s = (Socket *)self;
    Py_buffer view;
    PyObject *address;
    Address a;
    socklen_t size;
    Py_ssize_t n = -1;
    int flags = 0;
    if (PyTuple_GET_SIZE(args) == 2 ? !PyArg_ParseTuple(args, "y*O:sendto", &view, &address)
                                    : !PyArg_ParseTuple(args, "y*iO:sendto", &view, &flags, &address))
        return NULL;
    if (address_from(s, address, &a, &size, "sendto") && AUDIT("socket.sendto", "OO", self, address))
        TRY(n, s, 1, s->timeout, sendto(s->fd, view.buf, (size_t)view.len, flags, &a.any, size));
    PyBuffer_Release(&view);
    return n < 0 ? NULL : PyLong_FromSsize_t(n);
}

/* -- Options -- */

static PyObject *sock_setsockopt(PyObject *self, PyObject *args)
{
    int level, option, value, fd = ((Socket *)self)->fd;
    unsigned int length;
    PyObject *none;
    Py_buffer view;
    if (PyTuple_GET_SIZE(args) == 4) {
        if (!PyArg_ParseTuple(args, "iiO!I:setsockopt", &level, &option, Py_TYPE(Py_None), &none, &length))
            return NULL;
        return posix_done(setsockopt(fd, level, option, NULL, (socklen_t)length));
    }
    if (PyArg_ParseTuple(args, "iii:setsockopt", &level, &option, &value))
        return posix_done(setsockopt(fd, level, option, &value, sizeof value));
    PyErr_Clear();
    if (!PyArg_ParseTuple(args, "iiy*:setsockopt", &level, &option, &view))
        return NULL;
    int result = setsockopt(fd, level, option, view.buf, (socklen_t)view.len);
    PyBuffer_Release(&view);
    return posix_done(result);
}

static PyObject *sock_getsockopt(PyObject *self, PyObject *args)
{
    int level, option, fd = ((Socket *)self)->fd, room = 0, value = 0;
    if (!PyArg_ParseTuple(args, "ii|i:getsockopt", &level, &option, &room))
        return NULL;
    socklen_t size = sizeof value;
    if (room == 0)
        return getsockopt(fd, level, option, &value, &size) < 0 ? posix_error() : PyLong_FromLong(value);
    if (room < 0 || room > 1024) {
        PyErr_SetString(PyExc_OSError, "getsockopt buflen out of range");
        return NULL;
    }
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, room);
    if (!bytes)
        return NULL;
    size = (socklen_t)room;
    if (getsockopt(fd, level, option, PyBytes_AS_STRING(bytes), &size) < 0) {
        Py_DECREF(bytes);
        return posix_error();
    }
    if ((int)size != room)
        _PyBytes_Resize(&bytes, size);
    return bytes;
}

/* -- Messages with control data -- */

/* Control items (level, type, data) into a buffer that the caller frees; 0 or -1. */
static int control_from(PyObject *items, char **buffer, size_t *length)
{
    *buffer = NULL;
    *length = 0;
    PyObject *list = items ? PySequence_Fast(items, "sendmsg() argument 2 must be an iterable") : NULL;
    if (items && !list)
        return -1;
    Py_ssize_t n = list ? PySequence_Fast_GET_SIZE(list) : 0;
    int status = 0;
    for (Py_ssize_t i = 0; status == 0 && i < n; i++) {
        int level, type;
        Py_buffer data;
        if (!PyArg_Parse(PySequence_Fast_GET_ITEM(list, i), "(iiy*):[sendmsg() ancillary data items]", &level, &type, &data)) {
            status = -1;
            break;
        }
        size_t room = CMSG_SPACE((size_t)data.len);
        char *more = PyMem_Realloc(*buffer, *length + room);
        if (!more) {
            PyErr_NoMemory();
            status = -1;
        }
        else {
            struct cmsghdr header = {.cmsg_len = CMSG_LEN((size_t)data.len), .cmsg_level = level, .cmsg_type = type};
            *buffer = more;
            memset(more + *length, 0, room);
            memcpy(more + *length, &header, sizeof header);
            memcpy(more + *length + CMSG_LEN(0), data.buf, (size_t)data.len);
            *length += room;
        }
        PyBuffer_Release(&data);
    }
    Py_XDECREF(list);
    return status;
}

static PyObject *sock_sendmsg(PyObject *self, PyObject *args)
{
    Socket *s = (Socket *)self;
    PyObject *data, *control = NULL, *address = NULL;
    int flags = 0;
    Py_ssize_t n = -1, count = 0;
    Address a;
    socklen_t size = 0;
    struct msghdr message = {0};
    char *buffer = NULL;
    size_t length = 0;
    if (!PyArg_ParseTuple(args, "O|OiO:sendmsg", &data, &control, &flags, &address))
        return NULL;
    PyObject *parts = PySequence_Fast(data, "sendmsg() argument 1 must be an iterable");
    if (!parts)
        return NULL;
    Py_ssize_t total = PySequence_Fast_GET_SIZE(parts);
    Py_buffer *views = PyMem_New(Py_buffer, total + 1);
    struct iovec *vectors = PyMem_New(struct iovec, total + 1);
    if (!views || !vectors) {
        PyErr_NoMemory();
        goto done;
    }
    for (; count < total; count++) {
        if (PyObject_GetBuffer(PySequence_Fast_GET_ITEM(parts, count), &views[count], PyBUF_SIMPLE) < 0)
            goto done;
        vectors[count] = (struct iovec){views[count].buf, (size_t)views[count].len};
    }
    if (control_from(control, &buffer, &length) < 0)
        goto done;
    if (address && address != Py_None) {
        if (!address_from(s, address, &a, &size, "sendmsg"))
            goto done;
        message.msg_name = &a;
        message.msg_namelen = size;
    }
    message.msg_iov = vectors;
    message.msg_iovlen = (size_t)count;
    message.msg_control = buffer;
    message.msg_controllen = length;
    TRY(n, s, 1, s->timeout, sendmsg(s->fd, &message, flags));
done:
    while (count > 0)
        PyBuffer_Release(&views[--count]);
    PyMem_Free(views);
    PyMem_Free(vectors);
    PyMem_Free(buffer);
    Py_DECREF(parts);
    return n < 0 ? NULL : PyLong_FromSsize_t(n);
}

/* The control items of a received message as a list of tuples. */
static PyObject *control_list(struct msghdr *message)
{
    PyObject *list = PyList_New(0);
    for (struct cmsghdr *c = message->msg_controllen ? CMSG_FIRSTHDR(message) : NULL; list && c; c = CMSG_NXTHDR(message, c)) {
        char *end = (char *)message->msg_control + message->msg_controllen, *data = (char *)CMSG_DATA(c);
        Py_ssize_t n = Py_MIN((Py_ssize_t)c->cmsg_len - (Py_ssize_t)CMSG_LEN(0), end - data);
        PyObject *item = Py_BuildValue("(iiN)", c->cmsg_level, c->cmsg_type, PyBytes_FromStringAndSize(data, Py_MAX(n, 0)));
        if (!item || PyList_Append(list, item) < 0)
            Py_CLEAR(list);
        Py_XDECREF(item);
    }
    return list;
}

/* Receives into vectors: (first, control, flags, address), where first is made from the number of bytes. */
static PyObject *receive_message(Socket *s, struct iovec *vectors, size_t count, Py_ssize_t control_size, int flags, PyObject *bytes)
{
    Address a;
    memset(&a, 0, sizeof a);
    if (control_size < 0 || control_size > 0x7fffffff) {
        PyErr_SetString(PyExc_ValueError, "invalid ancillary data buffer length");
        return NULL;
    }
    char *control = control_size ? PyMem_Calloc(1, (size_t)control_size) : NULL;
    if (control_size && !control)
        return PyErr_NoMemory();
    struct msghdr message = {&a, sizeof a, vectors, count, control, (size_t)control_size, 0};
    Py_ssize_t n;
    TRY(n, s, 0, s->timeout, recvmsg(s->fd, &message, flags));
    PyObject *result = NULL;
    if (n >= 0) {
        PyObject *items = control_list(&message), *address = items ? address_object(&a, message.msg_namelen) : NULL;
        PyObject *first = !address ? NULL : bytes ? PyBytes_FromStringAndSize(PyBytes_AS_STRING(bytes), n) : PyLong_FromSsize_t(n);
        if (first)
            result = Py_BuildValue("(NNiN)", first, items, (int)message.msg_flags, address);
        else {
            Py_XDECREF(items);
            Py_XDECREF(address);
        }
    }
    PyMem_Free(control);
    return result;
}

static PyObject *sock_recvmsg(PyObject *self, PyObject *args)
{
    Py_ssize_t size, control = 0;
    int flags = 0;
    if (!PyArg_ParseTuple(args, "n|ni:recvmsg", &size, &control, &flags))
        return NULL;
    if (size < 0) {
        PyErr_SetString(PyExc_ValueError, "negative buffer size in recvmsg()");
        return NULL;
    }
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, size);
    if (!bytes)
        return NULL;
    struct iovec vector = {PyBytes_AS_STRING(bytes), (size_t)size};
    PyObject *result = receive_message((Socket *)self, &vector, 1, control, flags, bytes);
    Py_DECREF(bytes);
    return result;
}

static PyObject *sock_recvmsg_into(PyObject *self, PyObject *args)
{
    PyObject *buffers, *result = NULL;
    Py_ssize_t control = 0, count = 0;
    int flags = 0;
    if (!PyArg_ParseTuple(args, "O|ni:recvmsg_into", &buffers, &control, &flags))
        return NULL;
    PyObject *parts = PySequence_Fast(buffers, "recvmsg_into() argument 1 must be an iterable");
    if (!parts)
        return NULL;
    Py_ssize_t total = PySequence_Fast_GET_SIZE(parts);
    Py_buffer *views = PyMem_New(Py_buffer, total + 1);
    struct iovec *vectors = PyMem_New(struct iovec, total + 1);
    if (!views || !vectors)
        PyErr_NoMemory();
    else {
        for (; count < total; count++) {
            if (!PyArg_Parse(PySequence_Fast_GET_ITEM(parts, count), "w*;recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers", &views[count]))
                break;
            vectors[count] = (struct iovec){views[count].buf, (size_t)views[count].len};
        }
        if (count == total)
            result = receive_message((Socket *)self, vectors, (size_t)count, control, flags, NULL);
    }
    while (count > 0)
        PyBuffer_Release(&views[--count]);
    PyMem_Free(views);
    PyMem_Free(vectors);
    Py_DECREF(parts);
    return result;
}

/* -- The type -- */

#define M(name, flags, doc) {#name, sock_##name, flags, doc}
static PyMethodDef methods[] = {
    {"_accept", sock_accept, METH_NOARGS, "_accept() -> (integer, address info)\n\nWaits for a connection: descriptor and address."},
    M(bind, METH_O, "bind(address)\n\nGives the socket an address."),
    M(close, METH_NOARGS, "close()\n\nCloses the socket."),
    M(connect, METH_O, "connect(address)\n\nConnects to an address."),
    M(connect_ex, METH_O, "connect_ex(address) -> errno\n\nConnects; an error is returned as number."),
    M(detach, METH_NOARGS, "detach()\n\nCloses the object but not the descriptor, which is returned."),
    M(fileno, METH_NOARGS, "fileno() -> integer\n\nThe descriptor; -1 when closed."),
    M(getpeername, METH_NOARGS, "getpeername() -> address info\n\nThe address at the other end."),
    M(getsockname, METH_NOARGS, "getsockname() -> address info\n\nThe address of this end."),
    M(getsockopt, METH_VARARGS, "getsockopt(level, option[, buffersize]) -> value\n\nAn option, as int or, with a size, as bytes."),
    M(gettimeout, METH_NOARGS, "gettimeout() -> timeout\n\nThe timeout in seconds, or None."),
    M(getblocking, METH_NOARGS, "getblocking()\n\nWhether calls wait."),
    M(listen, METH_VARARGS, "listen([backlog])\n\nLets others connect."),
    M(recv, METH_VARARGS, "recv(buffersize[, flags]) -> data\n\nReceives bytes; none at the end."),
    {"recv_into", (PyCFunction)(void (*)(void))sock_recv_into, METH_VARARGS | METH_KEYWORDS,
     "recv_into(buffer, [nbytes[, flags]]) -> nbytes_read\n\nReceives into a buffer."},
    M(recvfrom, METH_VARARGS, "recvfrom(buffersize[, flags]) -> (data, address info)\n\nReceives bytes with the sender's address."),
    {"recvfrom_into", (PyCFunction)(void (*)(void))sock_recvfrom_into, METH_VARARGS | METH_KEYWORDS,
     "recvfrom_into(buffer[, nbytes[, flags]]) -> (nbytes, address info)\n\nThe same into a buffer."},
    M(recvmsg, METH_VARARGS, "recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address)\n\nReceives with control data."),
    M(recvmsg_into, METH_VARARGS, "recvmsg_into(buffers[, ancbufsize[, flags]]) -> (nbytes, ancdata, msg_flags, address)\n\nThe same into buffers."),
    M(send, METH_VARARGS, "send(data[, flags]) -> count\n\nSends bytes, perhaps not all."),
    M(sendall, METH_VARARGS, "sendall(data[, flags])\n\nSends all bytes."),
    M(sendto, METH_VARARGS, "sendto(data[, flags], address) -> count\n\nSends to an address."),
    M(sendmsg, METH_VARARGS, "sendmsg(buffers[, ancdata[, flags[, address]]]) -> count\n\nSends with control data."),
    M(setblocking, METH_O, "setblocking(flag)\n\nSays whether calls wait."),
    M(settimeout, METH_O, "settimeout(timeout)\n\nSets how long calls wait: seconds, or None for ever."),
    M(setsockopt, METH_VARARGS, "setsockopt(level, option, value: int | buffer | None[, optlen])\n\nSets an option."),
    M(shutdown, METH_O, "shutdown(flag)\n\nEnds receiving (SHUT_RD), sending (SHUT_WR) or both."),
    {NULL}};
static PyMemberDef members[] = {{"family", T_INT, offsetof(Socket, family), READONLY, "the socket family"},
                                {"type", T_INT, offsetof(Socket, type), READONLY, "the socket type"},
                                {"proto", T_INT, offsetof(Socket, proto), READONLY, "the socket protocol"},
                                {NULL}};
static PyObject *get_timeout(PyObject *self, void *closure) { return sock_gettimeout(self, NULL); }
static PyGetSetDef getset[] = {{"timeout", get_timeout, NULL, "the socket timeout"}, {NULL}};

PyTypeObject Socket_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "_socket.socket",
    .tp_basicsize = sizeof(Socket),
    .tp_dealloc = socket_dealloc,
    .tp_repr = socket_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "socket(family=AF_INET, type=SOCK_STREAM, proto=0, fileno=None)\n\nAn end of a connection.",
    .tp_methods = methods,
    .tp_members = members,
    .tp_getset = getset,
    .tp_init = socket_init,
    .tp_new = socket_new,
    .tp_finalize = socket_finalize,
};
