/* _socket: addresses as Python tuples, and names of hosts. */
#include "modules/socket/socket.h"
#include "memory/state.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <net/if.h>

PyObject *raise_gaierror(int code)
{
    if (code == EAI_SYSTEM)
        return PyErr_SetFromErrno(PyExc_OSError);
    PyObject *args = Py_BuildValue("(is)", code, gai_strerror(code));
    if (args)
        PyErr_SetObject(KEPT(socket_gaierror), args);
    Py_XDECREF(args);
    return NULL;
}

PyObject *numeric_host(const Address *a, socklen_t size)
{
    char host[NI_MAXHOST];
    if (a->any.sa_family == AF_INET6) /* without the scope, which is a field of its own */
        return inet_ntop(AF_INET6, &a->in6.sin6_addr, host, sizeof host) ? PyUnicode_FromString(host)
                                                                         : PyErr_SetFromErrno(PyExc_OSError);
    int error = getnameinfo(&a->any, size, host, sizeof host, NULL, 0, NI_NUMERICHOST);
    return error ? raise_gaierror(error) : PyUnicode_FromString(host);
}

static PyObject *unix_name(const struct sockaddr_un *un, socklen_t size)
{
    Py_ssize_t n = (Py_ssize_t)size - (Py_ssize_t)offsetof(struct sockaddr_un, sun_path);
    if (n <= 0)
        return PyUnicode_FromString("");
    if (un->sun_path[0] == '\0') /* the abstract namespace */
        return PyBytes_FromStringAndSize(un->sun_path, n);
    return PyUnicode_DecodeFSDefaultAndSize(un->sun_path, (Py_ssize_t)strnlen(un->sun_path, n));
}

PyObject *address_object(const Address *a, socklen_t size)
{
    if (size == 0)
        Py_RETURN_NONE;
    PyObject *host;
    switch (a->any.sa_family) {
    case AF_INET:
        host = numeric_host(a, sizeof a->in);
        return host ? Py_BuildValue("(Ni)", host, ntohs(a->in.sin_port)) : NULL;
    case AF_INET6:
        host = numeric_host(a, size);
        return host ? Py_BuildValue("(NiII)", host, ntohs(a->in6.sin6_port), ntohl(a->in6.sin6_flowinfo),
                                    a->in6.sin6_scope_id)
                    : NULL;
    case AF_UNIX:
        return unix_name(&a->un, size);
    default:
        return Py_BuildValue("iN", a->any.sa_family,
                             PyBytes_FromStringAndSize(a->any.sa_data, (Py_ssize_t)sizeof a->any.sa_data));
    }
}

int resolve_host(const char *name, int family, Address *a, size_t size)
{
    if (family == AF_INET && strcmp(name, "<broadcast>") == 0) {
        a->in = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = INADDR_BROADCAST};
        return 0;
    }
    if (family == AF_INET && inet_pton(AF_INET, name, &a->in.sin_addr) > 0) {
        a->in.sin_family = AF_INET;
        return 0;
    }
    struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_DGRAM, .ai_flags = *name ? 0 : AI_PASSIVE}, *list;
    int error;
    Py_BEGIN_ALLOW_THREADS
    error = getaddrinfo(*name ? name : NULL, *name ? NULL : "0", &hints, &list);
    Py_END_ALLOW_THREADS
    if (error) {
        raise_gaierror(error);
        return -1;
    }
    memcpy(a, list->ai_addr, Py_MIN(size, list->ai_addrlen));
    freeaddrinfo(list);
    return 0;
}

/* A host as str (by the idna codec unless ASCII), bytes or bytearray: new bytes, or NULL with TypeError. */
static PyObject *host_bytes(PyObject *host)
{
    PyObject *bytes = NULL;
    if (PyUnicode_Check(host))
        bytes = PyUnicode_IS_COMPACT_ASCII(host) ? PyUnicode_AsASCIIString(host)
                                                 : PyUnicode_AsEncodedString(host, "idna", NULL);
    else if (PyBytes_Check(host))
        bytes = Py_NewRef(host);
    else if (PyByteArray_Check(host))
        bytes = PyBytes_FromObject(host);
    else
        PyErr_Format(PyExc_TypeError, "str, bytes or bytearray expected, not %s", Py_TYPE(host)->tp_name);
    if (bytes && strlen(PyBytes_AS_STRING(bytes)) != (size_t)PyBytes_GET_SIZE(bytes)) {
        PyErr_SetString(PyExc_TypeError, "host name must not contain null character");
        Py_CLEAR(bytes);
    }
    return bytes;
}

static int port_in_range(int port, const char *caller)
{
    if (port >= 0 && port <= 0xffff)
        return 1;
    PyErr_Format(PyExc_OverflowError, "%s(): port must be 0-65535.", caller);
    return 0;
}

static int inet_address(PyObject *o, Address *a, socklen_t *size, int family, const char *caller)
{
    PyObject *host;
    int port;
    unsigned int flow = 0, scope = 0;
    if (!PyTuple_Check(o)) {
        PyErr_Format(PyExc_TypeError, "%s(): %s address must be tuple, not %.500s", caller,
                     family == AF_INET ? "AF_INET" : "AF_INET6", Py_TYPE(o)->tp_name);
        return 0;
    }
    if (family == AF_INET ? !PyArg_ParseTuple(o, "Oi;AF_INET address must be a pair (host, port)", &host, &port)
                          : !PyArg_ParseTuple(o, "Oi|II;AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])",
                                              &host, &port, &flow, &scope))
        return 0;
    PyObject *bytes = host_bytes(host);
    if (!bytes)
        return 0;
    *size = family == AF_INET ? sizeof a->in : sizeof a->in6;
    memset(a, 0, sizeof *a);
    int status = resolve_host(PyBytes_AS_STRING(bytes), family, a, *size);
    Py_DECREF(bytes);
    if (status < 0 || !port_in_range(port, caller))
        return 0;
    if (flow > 0xfffff) {
        PyErr_Format(PyExc_OverflowError, "%s(): flowinfo must be 0-1048575.", caller);
        return 0;
    }
    if (family == AF_INET)
        a->in.sin_port = htons((unsigned short)port);
    else {
        a->in6.sin6_port = htons((unsigned short)port);
        a->in6.sin6_flowinfo = htonl(flow);
        if (scope)
            a->in6.sin6_scope_id = scope;
    }
    a->any.sa_family = (sa_family_t)family;
    return 1;
}

static int unix_address(PyObject *o, Address *a, socklen_t *size)
{
    Py_buffer path;
    PyObject *bytes = NULL;
    if (PyUnicode_Check(o)) {
        o = bytes = PyUnicode_EncodeFSDefault(o); /* names of the abstract namespace begin with a NUL */
        if (!bytes)
            return 0;
    }
    int ok = PyArg_Parse(o, "y*", &path);
    if (ok) {
        size_t n = (size_t)path.len;
        const char *text = path.buf;
        memset(a, 0, sizeof *a);
        if (n > sizeof a->un.sun_path || (n == sizeof a->un.sun_path && text[0])) {
            PyErr_SetString(PyExc_OSError, "AF_UNIX path too long");
            ok = 0;
        }
        else {
            a->un.sun_family = AF_UNIX;
            memcpy(a->un.sun_path, text, n);
            *size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + (n == 0 || text[0] ? 1 : 0));
            if (n == 0)
                *size = offsetof(struct sockaddr_un, sun_path);
        }
        PyBuffer_Release(&path);
    }
    Py_XDECREF(bytes);
    return ok;
}

int address_from(Socket *s, PyObject *o, Address *a, socklen_t *size, const char *caller)
{
    switch (s->family) {
    case AF_UNIX: return unix_address(o, a, size);
    case AF_INET: case AF_INET6: return inet_address(o, a, size, s->family, caller);
    default:
        PyErr_Format(PyExc_OSError, "%s(): bad family", caller);
        return 0;
    }
}
