/* _socket: names and numbers of hosts, services, protocols and interfaces; byte order. */
#define PY_SSIZE_T_CLEAN
#include "modules/socket/socket.h"
#include "memory/state.h"
#include "modules/posix/posix.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <net/if.h>

/* -- Hosts -- */

static PyObject *f_gethostname(PyObject *module, PyObject *Py_UNUSED(ignored))
{
    char name[1024];
    if (!AUDIT("socket.gethostname", NULL))
        return NULL;
    if (gethostname(name, sizeof name - 1) < 0)
        return posix_error();
    name[sizeof name - 1] = '\0';
    return PyUnicode_DecodeFSDefault(name);
}

static PyObject *f_sethostname(PyObject *module, PyObject *args)
{
    PyObject *name;
    if (!PyArg_ParseTuple(args, "O&:sethostname", PyUnicode_FSConverter, &name))
        return NULL;
    int result = sethostname(PyBytes_AS_STRING(name), (size_t)PyBytes_GET_SIZE(name));
    Py_DECREF(name);
    return posix_done(result);
}

static PyObject *f_gethostbyname(PyObject *module, PyObject *args)
{
    char *name;
    Address a;
    if (!PyArg_ParseTuple(args, "et:gethostbyname", "idna", &name))
        return NULL;
    PyObject *result = NULL;
    memset(&a, 0, sizeof a);
    if (AUDIT("socket.gethostbyname", "O", PyTuple_GET_ITEM(args, 0)) && resolve_host(name, AF_INET, &a, sizeof a.in) == 0)
        result = numeric_host(&a, sizeof a.in);
    PyMem_Free(name);
    return result;
}

static PyObject *raise_herror(int code)
{
    PyObject *args = Py_BuildValue("(is)", code, hstrerror(code));
    if (args)
        PyErr_SetObject(KEPT(socket_herror), args);
    Py_XDECREF(args);
    return NULL;
}

/* (name, aliases, addresses) */
static PyObject *host_entry(struct hostent *h)
{
    PyObject *aliases = PyList_New(0), *addresses = PyList_New(0);
    for (char **p = h->h_aliases; aliases && p && *p; p++) {
        PyObject *name = PyUnicode_DecodeFSDefault(*p);
        if (!name || PyList_Append(aliases, name) < 0)
            Py_CLEAR(aliases);
        Py_XDECREF(name);
    }
    for (char **p = h->h_addr_list; addresses && p && *p; p++) {
        char text[INET6_ADDRSTRLEN];
        PyObject *address = inet_ntop(h->h_addrtype, *p, text, sizeof text) ? PyUnicode_FromString(text) : NULL;
        if (!address || PyList_Append(addresses, address) < 0)
            Py_CLEAR(addresses);
        Py_XDECREF(address);
    }
    if (!aliases || !addresses) {
        Py_XDECREF(aliases);
        Py_XDECREF(addresses);
        return NULL;
    }
    return Py_BuildValue("(NNN)", PyUnicode_DecodeFSDefault(h->h_name), aliases, addresses);
}

static PyObject *f_gethostbyname_ex(PyObject *module, PyObject *args)
{
    char *name;
    if (!PyArg_ParseTuple(args, "et:gethostbyname_ex", "idna", &name))
        return NULL;
    struct hostent entry, *h = NULL;
    char buffer[16384];
    int code = 0;
    Py_BEGIN_ALLOW_THREADS
    gethostbyname_r(name, &entry, buffer, sizeof buffer, &h, &code);
    Py_END_ALLOW_THREADS
    PyMem_Free(name);
    return h ? host_entry(h) : raise_herror(code);
}

static PyObject *f_gethostbyaddr(PyObject *module, PyObject *args)
{
    char *name;
    Address a;
    if (!PyArg_ParseTuple(args, "et:gethostbyaddr", "idna", &name))
        return NULL;
    memset(&a, 0, sizeof a);
    int status = resolve_host(name, AF_UNSPEC, &a, sizeof a);
    PyMem_Free(name);
    if (status < 0)
        return NULL;
    const void *raw = a.any.sa_family == AF_INET ? (void *)&a.in.sin_addr : (void *)&a.in6.sin6_addr;
    socklen_t size = a.any.sa_family == AF_INET ? sizeof a.in.sin_addr : sizeof a.in6.sin6_addr;
    struct hostent entry, *h = NULL;
    char buffer[16384];
    int code = 0;
    Py_BEGIN_ALLOW_THREADS
    gethostbyaddr_r(raw, size, a.any.sa_family, &entry, buffer, sizeof buffer, &h, &code);
    Py_END_ALLOW_THREADS
    return h ? host_entry(h) : raise_herror(code);
}

static PyObject *f_getaddrinfo(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"host", "port", "family", "type", "proto", "flags", NULL};
    PyObject *host_object, *port_object, *host_bytes = NULL, *port_bytes = NULL, *list = NULL;
    int family = AF_UNSPEC, type = 0, proto = 0, flags = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO|iiii:getaddrinfo", keywords, &host_object, &port_object, &family,
                                     &type, &proto, &flags))
        return NULL;
    if (PyUnicode_Check(host_object))
        host_bytes = PyUnicode_AsEncodedString(host_object, "idna", NULL);
    else if (PyBytes_Check(host_object))
        host_bytes = Py_NewRef(host_object);
    else if (host_object != Py_None) {
        PyErr_SetString(PyExc_TypeError, "getaddrinfo() argument 1 must be string or None");
        return NULL;
    }
    if (host_object != Py_None && !host_bytes)
        return NULL;
    if (PyLong_CheckExact(port_object))
        port_bytes = PyBytes_FromFormat("%ld", PyLong_AsLong(port_object));
    else if (PyUnicode_Check(port_object))
        port_bytes = PyUnicode_AsUTF8String(port_object);
    else if (PyBytes_Check(port_object))
        port_bytes = Py_NewRef(port_object);
    else if (port_object != Py_None)
        PyErr_SetString(PyExc_OSError, "Int or String expected");
    if (PyErr_Occurred() || !AUDIT("socket.getaddrinfo", "OOiii", host_object, port_object, family, type, proto))
        goto done;
    struct addrinfo hints = {.ai_family = family, .ai_socktype = type, .ai_protocol = proto, .ai_flags = flags}, *first = NULL;
    int error;
    Py_BEGIN_ALLOW_THREADS
    error = getaddrinfo(host_bytes ? PyBytes_AS_STRING(host_bytes) : NULL, port_bytes ? PyBytes_AS_STRING(port_bytes) : NULL,
                        &hints, &first);
    Py_END_ALLOW_THREADS
    if (error) {
        raise_gaierror(error);
        goto done;
    }
    list = PyList_New(0);
    for (struct addrinfo *i = first; list && i; i = i->ai_next) {
        Address a;
        memcpy(&a, i->ai_addr, Py_MIN(sizeof a, i->ai_addrlen));
        PyObject *address = address_object(&a, i->ai_addrlen);
        PyObject *item = address ? Py_BuildValue("(iiisN)", i->ai_family, i->ai_socktype, i->ai_protocol,
                                                 i->ai_canonname ? i->ai_canonname : "", address) : NULL;
        if (!item || PyList_Append(list, item) < 0)
            Py_CLEAR(list);
        Py_XDECREF(item);
    }
    freeaddrinfo(first);
done:
    Py_XDECREF(host_bytes);
    Py_XDECREF(port_bytes);
    return list;
}

static PyObject *f_getnameinfo(PyObject *module, PyObject *args)
{
    PyObject *tuple;
    const char *host;
    int flags, port;
    unsigned int flow = 0, scope = 0;
    if (!PyArg_ParseTuple(args, "Oi:getnameinfo", &tuple, &flags))
        return NULL;
    if (!PyTuple_Check(tuple)) {
        PyErr_SetString(PyExc_TypeError, "getnameinfo() argument 1 must be a tuple");
        return NULL;
    }
    if (!PyArg_ParseTuple(tuple, "si|II;getnameinfo(): illegal sockaddr argument", &host, &port, &flow, &scope))
        return NULL;
    if (flow > 0xfffff) {
        PyErr_SetString(PyExc_OverflowError, "getnameinfo(): flowinfo must be 0-1048575.");
        return NULL;
    }
    if (!AUDIT("socket.getnameinfo", "(O)", tuple))
        return NULL;
    char service[NI_MAXSERV], name[NI_MAXHOST];
    PyOS_snprintf(service, sizeof service, "%d", port);
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST}, *found = NULL;
    int error;
    Py_BEGIN_ALLOW_THREADS
    error = getaddrinfo(host, service, &hints, &found);
    Py_END_ALLOW_THREADS
    if (error)
        return raise_gaierror(error);
    PyObject *result = NULL;
    if (found->ai_next)
        PyErr_SetString(PyExc_OSError, "sockaddr resolved to multiple addresses");
    else if (found->ai_family == AF_INET && PyTuple_GET_SIZE(tuple) != 2)
        PyErr_SetString(PyExc_OSError, "IPv4 sockaddr must be 2 tuple");
    else {
        if (found->ai_family == AF_INET6) {
            ((struct sockaddr_in6 *)found->ai_addr)->sin6_flowinfo = htonl(flow);
            ((struct sockaddr_in6 *)found->ai_addr)->sin6_scope_id = scope;
        }
        Py_BEGIN_ALLOW_THREADS
        error = getnameinfo(found->ai_addr, found->ai_addrlen, name, sizeof name, service, sizeof service, flags);
        Py_END_ALLOW_THREADS
        result = error ? raise_gaierror(error) : Py_BuildValue("(ss)", name, service);
    }
    freeaddrinfo(found);
    return result;
}

/* -- Services and protocols -- */

static PyObject *f_getservbyname(PyObject *module, PyObject *args)
{
    const char *name, *proto = NULL;
    if (!PyArg_ParseTuple(args, "s|s:getservbyname", &name, &proto) || !AUDIT("socket.getservbyname", "ss", name, proto ? proto : ""))
        return NULL;
    struct servent *s = getservbyname(name, proto);
    if (s)
        return PyLong_FromLong(ntohs((unsigned short)s->s_port));
    PyErr_SetString(PyExc_OSError, "service/proto not found");
    return NULL;
}

static PyObject *f_getservbyport(PyObject *module, PyObject *args)
{
    int port;
    const char *proto = NULL;
    if (!PyArg_ParseTuple(args, "i|s:getservbyport", &port, &proto))
        return NULL;
    if (port < 0 || port > 0xffff) {
        PyErr_SetString(PyExc_OverflowError, "getservbyport: port must be 0-65535.");
        return NULL;
    }
    if (!AUDIT("socket.getservbyport", "is", port, proto ? proto : ""))
        return NULL;
    struct servent *s = getservbyport(htons((unsigned short)port), proto);
    if (s)
        return PyUnicode_FromString(s->s_name);
    PyErr_SetString(PyExc_OSError, "port/proto not found");
    return NULL;
}

static PyObject *f_getprotobyname(PyObject *module, PyObject *args)
{
    const char *name;
    if (!PyArg_ParseTuple(args, "s:getprotobyname", &name))
        return NULL;
    struct protoent *p = getprotobyname(name);
    if (p)
        return PyLong_FromLong(p->p_proto);
    PyErr_SetString(PyExc_OSError, "protocol not found");
    return NULL;
}

/* -- Byte order -- */

static PyObject *swap16(PyObject *args, const char *format, const char *name)
{
    int v;
    if (!PyArg_ParseTuple(args, format, &v))
        return NULL;
    if (v < 0)
        return PyErr_Format(PyExc_OverflowError, "%s: can't convert negative Python int to C 16-bit unsigned integer", name);
    if (v > 0xffff)
        return PyErr_Format(PyExc_OverflowError, "%s: Python int too large to convert to C 16-bit unsigned integer", name);
    return PyLong_FromUnsignedLong(htons((unsigned short)v));
}
static PyObject *f_htons(PyObject *module, PyObject *args) { return swap16(args, "i:htons", "htons"); }
static PyObject *f_ntohs(PyObject *module, PyObject *args) { return swap16(args, "i:ntohs", "ntohs"); }

static PyObject *swap32(PyObject *arg)
{
    if (!PyLong_Check(arg))
        return PyErr_Format(PyExc_TypeError, "expected int, %s found", Py_TYPE(arg)->tp_name);
    unsigned long v = PyLong_AsUnsignedLong(arg);
    if (v == (unsigned long)-1 && PyErr_Occurred())
        return NULL;
    if (v > 0xffffffffUL)
        return PyErr_Format(PyExc_OverflowError, "int larger than 32 bits");
    return PyLong_FromUnsignedLong(htonl((uint32_t)v));
}
static PyObject *f_htonl(PyObject *module, PyObject *arg) { return swap32(arg); }
static PyObject *f_ntohl(PyObject *module, PyObject *arg) { return swap32(arg); }

/* -- Addresses as bytes -- */

static PyObject *f_inet_aton(PyObject *module, PyObject *args)
{
    const char *text;
    struct in_addr a;
    if (!PyArg_ParseTuple(args, "s:inet_aton", &text))
        return NULL;
    if (inet_aton(text, &a))
        return PyBytes_FromStringAndSize((char *)&a, sizeof a);
    PyErr_SetString(PyExc_OSError, "illegal IP address string passed to inet_aton");
    return NULL;
}

static PyObject *f_inet_ntoa(PyObject *module, PyObject *args)
{
    Py_buffer view;
    char text[INET_ADDRSTRLEN];
    if (!PyArg_ParseTuple(args, "y*:inet_ntoa", &view))
        return NULL;
    int right = view.len == 4;
    if (right)
        inet_ntop(AF_INET, view.buf, text, sizeof text);
    PyBuffer_Release(&view);
    if (right)
        return PyUnicode_FromString(text);
    PyErr_SetString(PyExc_OSError, "packed IP wrong length");
    return NULL;
}

static PyObject *f_inet_pton(PyObject *module, PyObject *args)
{
    int family;
    const char *text;
    char raw[16];
    if (!PyArg_ParseTuple(args, "is:inet_pton", &family, &text))
        return NULL;
    int status = inet_pton(family, text, raw);
    if (status < 0)
        return posix_error();
    if (status == 0) {
        PyErr_SetString(PyExc_OSError, "illegal IP address string passed to inet_pton");
        return NULL;
    }
    return PyBytes_FromStringAndSize(raw, family == AF_INET ? 4 : 16);
}

static PyObject *f_inet_ntop(PyObject *module, PyObject *args)
{
    int family;
    Py_buffer view;
    char text[INET6_ADDRSTRLEN];
    if (!PyArg_ParseTuple(args, "iy*:inet_ntop", &family, &view))
        return NULL;
    PyObject *result = NULL;
    if (family != AF_INET && family != AF_INET6)
        PyErr_Format(PyExc_ValueError, "unknown address family %d", family);
    else if (view.len != (family == AF_INET ? 4 : 16))
        PyErr_SetString(PyExc_ValueError, "invalid length of packed IP address string");
    else
        result = inet_ntop(family, view.buf, text, sizeof text) ? PyUnicode_FromString(text) : posix_error();
    PyBuffer_Release(&view);
    return result;
}

/* -- Sockets as descriptors -- */

static PyObject *f_socketpair(PyObject *module, PyObject *args)
{
    int family = AF_UNIX, type = SOCK_STREAM, proto = 0, pair[2];
    if (!PyArg_ParseTuple(args, "|iii:socketpair", &family, &type, &proto))
        return NULL;
    if (UNLOCKED(socketpair(family, type | SOCK_CLOEXEC, proto, pair)) < 0)
        return posix_error();
    PyObject *a = PyObject_CallFunction((PyObject *)&Socket_Type, "iiii", family, type, proto, pair[0]);
    PyObject *b = a ? PyObject_CallFunction((PyObject *)&Socket_Type, "iiii", family, type, proto, pair[1]) : NULL;
    if (!b) {
        if (!a)
            close(pair[0]);
        close(pair[1]);
        Py_XDECREF(a);
        return NULL;
    }
    return Py_BuildValue("(NN)", a, b);
}

static PyObject *f_close(PyObject *module, PyObject *arg)
{
    int fd = _PyLong_AsInt(arg);
    if (fd == -1 && PyErr_Occurred())
        return NULL;
    if (UNLOCKED(close(fd)) < 0 && errno != ECONNRESET)
        return posix_error();
    Py_RETURN_NONE;
}

static PyObject *f_dup(PyObject *module, PyObject *arg)
{
    int fd = _PyLong_AsInt(arg);
    if (fd == -1 && PyErr_Occurred())
        return NULL;
    fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    return fd < 0 ? posix_error() : PyLong_FromLong(fd);
}

static PyObject *f_getdefaulttimeout(PyObject *module, PyObject *Py_UNUSED(ignored))
{
    if (socket_default_timeout < 0)
        Py_RETURN_NONE;
    return PyFloat_FromDouble(_PyTime_AsSecondsDouble(socket_default_timeout));
}

static PyObject *f_setdefaulttimeout(PyObject *module, PyObject *arg)
{
    _PyTime_t timeout = -1;
    if (arg != Py_None) {
        if (_PyTime_FromSecondsObject(&timeout, arg, _PyTime_ROUND_TIMEOUT) < 0)
            return NULL;
        if (timeout < 0) {
            PyErr_SetString(PyExc_ValueError, "Timeout value out of range");
            return NULL;
        }
    }
    socket_default_timeout = timeout;
    Py_RETURN_NONE;
}

/* -- Interfaces, control messages -- */

static PyObject *f_if_nameindex(PyObject *module, PyObject *Py_UNUSED(ignored))
{
    struct if_nameindex *all = if_nameindex();
    if (!all)
        return posix_error();
    PyObject *list = PyList_New(0);
    for (struct if_nameindex *i = all; list && i->if_index; i++) {
        PyObject *item = Py_BuildValue("(IN)", i->if_index, PyUnicode_DecodeFSDefault(i->if_name));
        if (!item || PyList_Append(list, item) < 0)
            Py_CLEAR(list);
        Py_XDECREF(item);
    }
    if_freenameindex(all);
    return list;
}

static PyObject *f_if_nametoindex(PyObject *module, PyObject *args)
{
    PyObject *name;
    if (!PyArg_ParseTuple(args, "O&:if_nametoindex", PyUnicode_FSConverter, &name))
        return NULL;
    unsigned index = if_nametoindex(PyBytes_AS_STRING(name));
    Py_DECREF(name);
    if (index)
        return PyLong_FromUnsignedLong(index);
    PyErr_SetString(PyExc_OSError, "no interface with this name");
    return NULL;
}

static PyObject *f_if_indextoname(PyObject *module, PyObject *arg)
{
    unsigned long index = PyLong_AsUnsignedLong(arg);
    char name[IF_NAMESIZE + 1];
    if (index == (unsigned long)-1 && PyErr_Occurred())
        return NULL;
    return if_indextoname((unsigned)index, name) ? PyUnicode_DecodeFSDefault(name) : posix_error();
}

static PyObject *space(PyObject *args, const char *format, const char *name, int padded)
{
    Py_ssize_t n;
    if (!PyArg_ParseTuple(args, format, &n))
        return NULL;
    if (n < 0 || n > (Py_ssize_t)(0x7fffffff - (padded ? CMSG_SPACE(1) : CMSG_LEN(0)))) /* what a socklen_t holds */
        return PyErr_Format(PyExc_OverflowError, "%s() argument out of range", name);
    return PyLong_FromSize_t(padded ? CMSG_SPACE((size_t)n) : CMSG_LEN((size_t)n));
}
static PyObject *f_CMSG_LEN(PyObject *module, PyObject *args) { return space(args, "n:CMSG_LEN", "CMSG_LEN", 0); }
static PyObject *f_CMSG_SPACE(PyObject *module, PyObject *args) { return space(args, "n:CMSG_SPACE", "CMSG_SPACE", 1); }

#define F(name, flags, doc) {#name, f_##name, flags, doc}
PyMethodDef socket_lookup_methods[] = {
    F(gethostname, METH_NOARGS, "gethostname() -> string\n\nThe name of this host."),
    F(sethostname, METH_VARARGS, "sethostname(name)\n\nSets the name of this host."),
    F(gethostbyname, METH_VARARGS, "gethostbyname(host) -> address\n\nThe address of a host."),
    F(gethostbyname_ex, METH_VARARGS, "gethostbyname_ex(host) -> (name, aliaslist, addresslist)\n\nWhat is known of a host."),
    F(gethostbyaddr, METH_VARARGS, "gethostbyaddr(host) -> (name, aliaslist, addresslist)\n\nWhat is known of an address."),
    {"getaddrinfo", (PyCFunction)(void (*)(void))f_getaddrinfo, METH_VARARGS | METH_KEYWORDS,
     "getaddrinfo(host, port [, family, type, proto, flags]) -> list of (family, type, proto, canonname, sockaddr)\n\n"
     "The addresses of a host and service."},
    F(getnameinfo, METH_VARARGS, "getnameinfo(sockaddr, flags) --> (host, port)\n\nThe names of an address."),
    F(getservbyname, METH_VARARGS, "getservbyname(servicename[, protocolname]) -> integer\n\nThe port of a service."),
    F(getservbyport, METH_VARARGS, "getservbyport(port[, protocolname]) -> string\n\nThe service of a port."),
    F(getprotobyname, METH_VARARGS, "getprotobyname(name) -> integer\n\nThe number of a protocol."),
    F(htons, METH_VARARGS, "htons(integer) -> integer\n\n16 bits from host to network order."),
    F(ntohs, METH_VARARGS, "ntohs(integer) -> integer\n\n16 bits from network to host order."),
    F(htonl, METH_O, "htonl(integer) -> integer\n\n32 bits from host to network order."),
    F(ntohl, METH_O, "ntohl(integer) -> integer\n\n32 bits from network to host order."),
    F(inet_aton, METH_VARARGS, "inet_aton(string) -> bytes giving packed 32-bit IP representation\n\nAn IPv4 address as bytes."),
    F(inet_ntoa, METH_VARARGS, "inet_ntoa(packed_ip) -> ip_address_string\n\nBytes as IPv4 address."),
    F(inet_pton, METH_VARARGS, "inet_pton(af, ip) -> packed IP address string\n\nAn address as bytes."),
    F(inet_ntop, METH_VARARGS, "inet_ntop(af, packed_ip) -> string formatted IP address\n\nBytes as address."),
    F(socketpair, METH_VARARGS, "socketpair([family[, type [, proto]]]) -> (socket object, socket object)\n\nTwo connected sockets."),
    F(close, METH_O, "close(integer) -> None\n\nCloses a socket's descriptor."),
    F(dup, METH_O, "dup(integer) -> integer\n\nA copy of a socket's descriptor."),
    F(getdefaulttimeout, METH_NOARGS, "getdefaulttimeout() -> timeout\n\nThe timeout of new sockets."),
    F(setdefaulttimeout, METH_O, "setdefaulttimeout(timeout)\n\nSets the timeout of new sockets."),
    F(if_nameindex, METH_NOARGS, "if_nameindex()\n\nThe network interfaces: (index, name) pairs."),
    F(if_nametoindex, METH_VARARGS, "if_nametoindex(if_name)\n\nThe index of an interface."),
    F(if_indextoname, METH_O, "if_indextoname(if_index)\n\nThe name of an interface."),
    F(CMSG_LEN, METH_VARARGS, "CMSG_LEN(length) -> control message length\n\nHeader and data of a control message."),
    F(CMSG_SPACE, METH_VARARGS, "CMSG_SPACE(length) -> buffer size\n\nThe same with padding."),
    {NULL}};
