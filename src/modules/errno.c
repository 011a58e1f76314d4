/* errno: the system's error numbers. */
#include "Python.h"

/* EWOULDBLOCK, EDEADLOCK and ENOTSUP share numbers with others; the name that comes last is errorcode's. */
#define CODES(X) \
    X(ENODEV) X(ENOCSI) X(EDESTADDRREQ) X(ENOPKG) X(ECHRNG) X(ENOANO) X(EHOSTUNREACH) X(ENOMSG) X(EUCLEAN) X(EL2NSYNC) X(EL2HLT) X(ENODATA) X(ENOTBLK) X(ENOSYS) \
    X(EPIPE) X(EINVAL) X(EOVERFLOW) X(EADV) X(EINTR) X(EUSERS) X(ENOTEMPTY) X(ENOBUFS) X(EPROTO) X(EREMOTE) \
    X(ENAVAIL) X(ECHILD) X(ELOOP) X(EXDEV) X(E2BIG) X(ESRCH) X(EMSGSIZE) X(EAFNOSUPPORT) X(EBADR) X(EHOSTDOWN) \
    X(EPFNOSUPPORT) X(ENOPROTOOPT) X(EBUSY) X(EWOULDBLOCK) X(EAGAIN) X(EBADFD) X(EDOTDOT) X(EISCONN) X(ENOTCONN) \
    X(ESHUTDOWN) X(ENONET) X(EBADE) X(EBADF) X(EMULTIHOP) X(EIO) X(EUNATCH) X(EPROTOTYPE) X(ENOSPC) X(ENOEXEC) \
    X(EALREADY) X(ENETDOWN) X(ENOTNAM) X(EACCES) X(ELNRNG) X(EILSEQ) X(ENOTDIR) X(ENOTUNIQ) X(EPERM) X(EDOM) \
    X(EXFULL) X(ECONNREFUSED) X(EISDIR) X(EPROTONOSUPPORT) X(EROFS) X(EADDRNOTAVAIL) X(EIDRM) X(ECOMM) X(ESRMNT) \
    X(EREMOTEIO) X(EL3RST) X(EBADMSG) X(ENFILE) X(ELIBMAX) X(ESPIPE) X(ENOLINK) X(ENETRESET) X(ETIMEDOUT) X(ENOENT) \
    X(EEXIST) X(EDQUOT) X(ENOSTR) X(EBADSLT) X(EBADRQC) X(ELIBACC) X(EFAULT) X(EFBIG) X(EDEADLK) X(EDEADLOCK) \
    X(ELIBBAD) X(ELIBSCN) X(ENOLCK) X(EISNAM) X(ECONNABORTED) X(ENETUNREACH) X(ESTALE) X(ENOSR) X(ENOMEM) \
    X(ENOTSOCK) X(ESTRPIPE) X(EMLINK) X(ERANGE) X(ELIBEXEC) X(EL3HLT) X(ECONNRESET) X(EADDRINUSE) X(EOPNOTSUPP) \
    X(EREMCHG) X(ENAMETOOLONG) X(ENOTTY) X(ERESTART) X(ESOCKTNOSUPPORT) X(ETIME) X(EBFONT) X(ETOOMANYREFS) X(EMFILE) \
    X(ETXTBSY) X(EINPROGRESS) X(ENXIO) X(ECANCELED) X(EKEYEXPIRED) X(EKEYREJECTED) X(EKEYREVOKED) X(EMEDIUMTYPE) \
    X(ENOKEY) X(ENOMEDIUM) X(ENOTRECOVERABLE) X(EOWNERDEAD) X(ERFKILL) X(ENOTSUP)

#define ENTRY(code) {#code, code},
static const struct {
    const char *name;
    int code;
} codes[] = {CODES(ENTRY)};

static int errno_exec(PyObject *module)
{
    PyObject *names = PyDict_New();
    if (!names || PyModule_AddObject(module, "errorcode", names) < 0) {
        Py_XDECREF(names);
        return -1;
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(codes); i++) {
        PyObject *number = PyLong_FromLong(codes[i].code), *name = PyUnicode_FromString(codes[i].name);
        int status = number && name ? PyModule_AddObjectRef(module, codes[i].name, number) : -1;
        if (status == 0)
            status = PyDict_SetItem(names, number, name);
        Py_XDECREF(number);
        Py_XDECREF(name);
        if (status < 0)
            return -1;
    }
    return 0;
}

PyDoc_STRVAR(errno_doc, "The system's error numbers by name; errorcode maps the numbers to names.");

static PyModuleDef_Slot errno_slots[] = {{Py_mod_exec, errno_exec}, {0, NULL}};
static PyMethodDef errno_methods[] = {{NULL}};
static PyModuleDef errno_module = {PyModuleDef_HEAD_INIT, "errno", errno_doc, 0, errno_methods, errno_slots};

PyMODINIT_FUNC PyInit_errno(void) { return PyModuleDef_Init(&errno_module); }
