/* _socket: the module — types, exceptions, constants, and a capsule for other C modules. */
#include "modules/socket/socket.h"
#include "memory/state.h"


/* What _ssl takes from the capsule. */
static struct {
    PyTypeObject *type;
    PyObject *error, *timeout;
} api;

#define CONSTANT(name, value) {#name, value},
static const struct {
    const char *name;
    long long value;
} constants[] = {
#include "modules/socket/constants.def"
};

static PyObject *new_error(const char *name, const char *doc) { return PyErr_NewExceptionWithDoc(name, doc, PyExc_OSError, NULL); }

static int socket_exec(PyObject *module)
{
    if (PyType_Ready(&Socket_Type) < 0 || PyModule_AddFunctions(module, socket_lookup_methods) < 0)
        return -1;
    if (!KEPT(socket_herror) && !(KEPT(socket_herror) = new_error("socket.herror", "A host was not found.")))
        return -1;
    if (!KEPT(socket_gaierror) && !(KEPT(socket_gaierror) = new_error("socket.gaierror", "A name was not resolved.")))
        return -1;
    api.type = &Socket_Type;
    api.error = PyExc_OSError;
    api.timeout = PyExc_TimeoutError;
    if (PyModule_AddObjectRef(module, "error", PyExc_OSError) < 0 || PyModule_AddObjectRef(module, "herror", KEPT(socket_herror)) < 0 ||
        PyModule_AddObjectRef(module, "gaierror", KEPT(socket_gaierror)) < 0 ||
        PyModule_AddObjectRef(module, "timeout", PyExc_TimeoutError) < 0 ||
        PyModule_AddObjectRef(module, "SocketType", (PyObject *)&Socket_Type) < 0 ||
        PyModule_AddObjectRef(module, "socket", (PyObject *)&Socket_Type) < 0 ||
        PyModule_AddObjectRef(module, "has_ipv6", Py_True) < 0)
        return -1;
    PyObject *capsule = PyCapsule_New(&api, "_socket.CAPI", NULL);
    int status = PyModule_AddObjectRef(module, "CAPI", capsule);
    Py_XDECREF(capsule);
    for (size_t i = 0; status == 0 && i < Py_ARRAY_LENGTH(constants); i++) {
        PyObject *value = PyLong_FromLongLong(constants[i].value);
        status = PyModule_AddObjectRef(module, constants[i].name, value);
        Py_XDECREF(value);
    }
    return status;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, socket_exec}, {0, NULL}};
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_socket", "What is under the socket module.", 0, NULL, slots};

PyMODINIT_FUNC PyInit__socket(void) { return PyModuleDef_Init(&definition); }
