/* Inside of the _socket module. */
#ifndef LIMPID_MODULES_SOCKET_SOCKET_H
#define LIMPID_MODULES_SOCKET_SOCKET_H

#include "Python.h"
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <netinet/in.h>

/* _ssl reads fd, the error function and the timeout through the capsule _socket.CAPI: the layout is 3.11's. */
typedef struct {
    PyObject_HEAD
    int fd; /* -1: closed */
    int family, type, proto;
    PyObject *(*error)(void); /* raises OSError from errno; NULL */
    _PyTime_t timeout; /* ns; -1: wait for ever; 0: do not wait */
} Socket;
_Static_assert(offsetof(Socket, timeout) == 40, "the timeout stands where _ssl reads it");

typedef union address {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_un un;
    struct sockaddr_storage storage;
} Address;

extern PyTypeObject Socket_Type;
extern _PyTime_t socket_default_timeout;
extern PyMethodDef socket_lookup_methods[];

/* address.c: between addresses and Python's tuples. */
PyObject *address_object(const Address *a, socklen_t size);
/* 1, or 0 with an exception. */
int address_from(Socket *s, PyObject *o, Address *a, socklen_t *size, const char *caller);
/* Resolves a host name for a family; 0, or -1 with an exception. */
int resolve_host(const char *name, int family, Address *a, size_t size);
PyObject *numeric_host(const Address *a, socklen_t size);
PyObject *raise_gaierror(int code);

#endif
