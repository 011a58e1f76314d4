/* fcntl: fcntl(), ioctl() and file locks. */
#define PY_SSIZE_T_CLEAN
#include "Python.h"
#include "modules/posix/posix.h"
#include <sys/file.h>
#include <sys/ioctl.h>
#include <linux/fs.h>

#define ROOM 1024

/* The argument is an int, or bytes that are copied in and out: the result is of the same kind. */
static PyObject *fcntl_fcntl(PyObject *module, PyObject *args)
{
    int fd, code;
    PyObject *arg = NULL;
    if (!PyArg_ParseTuple(args, "O&i|O:fcntl", fd_convert, &fd, &code, &arg) ||
        !AUDIT("fcntl.fcntl", "iiO", fd, code, arg ? arg : Py_None))
        return NULL;
    char *data;
    Py_ssize_t size;
    if (arg && PyArg_Parse(arg, "s#", &data, &size)) {
        char buffer[ROOM];
        if (size > ROOM) {
            PyErr_SetString(PyExc_ValueError, "fcntl string arg too long");
            return NULL;
        }
        memcpy(buffer, data, (size_t)size);
        int result = RETRY(fcntl(fd, code, buffer));
        return result < 0 ? posix_error() : PyBytes_FromStringAndSize(buffer, size);
    }
    PyErr_Clear();
    unsigned int value = 0;
    if (arg && !PyArg_Parse(arg, "I;fcntl requires a file or file descriptor, an integer and optionally a third integer or a string", &value))
        return NULL;
    int result = RETRY(fcntl(fd, code, (int)value));
    return result < 0 ? posix_error() : PyLong_FromLong(result);
}

static PyObject *fcntl_ioctl(PyObject *module, PyObject *args)
{
    int fd, change = 1;
    unsigned int code, value = 0;
    PyObject *arg = NULL;
    Py_buffer view;
    if (!PyArg_ParseTuple(args, "O&I|Op:ioctl", fd_convert, &fd, &code, &arg, &change) ||
        !AUDIT("fcntl.ioctl", "iIO", fd, code, arg ? arg : Py_None))
        return NULL;
    if (arg && PyArg_Parse(arg, "w*:ioctl", &view)) {
        char buffer[ROOM + 1], *p = view.buf;
        int copy = view.len <= ROOM; /* the call must not see memory that Python code may free meanwhile */
        if (!change && !copy) {
            PyBuffer_Release(&view);
            PyErr_SetString(PyExc_ValueError, "ioctl string arg too long");
            return NULL;
        }
        if (copy) {
            memcpy(buffer, view.buf, (size_t)view.len);
            buffer[view.len] = '\0';
            p = buffer;
        }
        int result = UNLOCKED(ioctl(fd, code, p));
        if (change && copy)
            memcpy(view.buf, buffer, (size_t)view.len);
        Py_ssize_t size = view.len;
        PyBuffer_Release(&view);
        if (result < 0)
            return posix_error();
        return change ? PyLong_FromLong(result) : PyBytes_FromStringAndSize(buffer, size);
    }
    PyErr_Clear();
    if (arg && PyArg_Parse(arg, "s*:ioctl", &view)) {
        char buffer[ROOM + 1];
        Py_ssize_t size = view.len;
        if (size > ROOM) {
            PyBuffer_Release(&view);
            PyErr_SetString(PyExc_ValueError, "ioctl string arg too long");
            return NULL;
        }
        memcpy(buffer, view.buf, (size_t)size);
        buffer[size] = '\0';
        PyBuffer_Release(&view);
        int result = UNLOCKED(ioctl(fd, code, buffer));
        return result < 0 ? posix_error() : PyBytes_FromStringAndSize(buffer, size);
    }
    PyErr_Clear();
    if (arg && !PyArg_Parse(arg, "I;ioctl requires a file or file descriptor, an integer and optionally an integer or buffer argument", &value))
        return NULL;
    int result = UNLOCKED(ioctl(fd, code, (int)value));
    return result < 0 ? posix_error() : PyLong_FromLong(result);
}

static PyObject *fcntl_flock(PyObject *module, PyObject *args)
{
    int fd, operation;
    if (!PyArg_ParseTuple(args, "O&i:flock", fd_convert, &fd, &operation) || !AUDIT("fcntl.flock", "ii", fd, operation))
        return NULL;
    return posix_done(RETRY(flock(fd, operation)));
}

static PyObject *fcntl_lockf(PyObject *module, PyObject *args)
{
    int fd, operation, whence = 0;
    PyObject *length = NULL, *start = NULL;
    if (!PyArg_ParseTuple(args, "O&i|OOi:lockf", fd_convert, &fd, &operation, &length, &start, &whence) ||
        !AUDIT("fcntl.lockf", "iiOOi", fd, operation, length ? length : Py_None, start ? start : Py_None, whence))
        return NULL;
    struct flock lock = {.l_whence = (short)whence};
    if (operation == LOCK_UN)
        lock.l_type = F_UNLCK;
    else if (operation & LOCK_SH)
        lock.l_type = F_RDLCK;
    else if (operation & LOCK_EX)
        lock.l_type = F_WRLCK;
    else {
        PyErr_SetString(PyExc_ValueError, "unrecognized lockf argument");
        return NULL;
    }
    if ((start && !off_convert(start, &lock.l_start)) || (length && !off_convert(length, &lock.l_len)))
        return NULL;
    return posix_done(RETRY(fcntl(fd, operation & LOCK_NB ? F_SETLK : F_SETLKW, &lock)));
}

static PyMethodDef methods[] = {
    {"fcntl", fcntl_fcntl, METH_VARARGS, "fcntl($module, fd, cmd, arg=0, /)\n--\n\nControls a descriptor."},
    {"ioctl", fcntl_ioctl, METH_VARARGS, "ioctl($module, fd, request, arg=0, mutate_flag=True, /)\n--\n\nControls a device."},
    {"flock", fcntl_flock, METH_VARARGS, "flock($module, fd, operation, /)\n--\n\nLocks or unlocks an open file."},
    {"lockf", fcntl_lockf, METH_VARARGS,
     "lockf($module, fd, cmd, len=0, start=0, whence=0, /)\n--\n\nLocks or unlocks a part of a file."},
    {NULL}};

#define C(name) {#name, name},
static const struct {
    const char *name;
    long value;
} constants[] = {
    C(LOCK_SH) C(LOCK_EX) C(LOCK_NB) C(LOCK_UN) C(LOCK_MAND) C(LOCK_READ) C(LOCK_WRITE) C(LOCK_RW) C(F_DUPFD)
    C(F_DUPFD_CLOEXEC) C(F_GETFD) C(F_SETFD) C(F_GETFL) C(F_SETFL) C(F_GETLK) C(F_SETLK) C(F_SETLKW) C(F_OFD_GETLK)
    C(F_OFD_SETLK) C(F_OFD_SETLKW) C(F_GETOWN) C(F_SETOWN) C(F_GETSIG) C(F_SETSIG) C(F_RDLCK) C(F_WRLCK) C(F_UNLCK)
    C(F_EXLCK) C(F_SHLCK) {"F_GETLK64", F_GETLK}, {"F_SETLK64", F_SETLK}, {"F_SETLKW64", F_SETLKW}, C(FASYNC)
    C(F_SETLEASE) C(F_GETLEASE) C(F_NOTIFY) C(DN_ACCESS) C(DN_MODIFY) C(DN_CREATE) C(DN_DELETE) C(DN_RENAME)
    C(DN_ATTRIB) C(DN_MULTISHOT) C(F_SETPIPE_SZ) C(F_GETPIPE_SZ) C(FD_CLOEXEC) C(F_ADD_SEALS) C(F_GET_SEALS)
    C(F_SEAL_SEAL) C(F_SEAL_SHRINK) C(F_SEAL_GROW) C(F_SEAL_WRITE) C(FICLONE) C(FICLONERANGE)
    {"I_STR", 0x5308}, {"I_NREAD", 0x5301}, {"I_PUSH", 0x5302}, {"I_POP", 0x5303}, {"I_LOOK", 0x5304},
    {"I_FLUSH", 0x5305}, {"I_SRDOPT", 0x5306}, {"I_GRDOPT", 0x5307}, {"I_SETSIG", 0x5309}, {"I_GETSIG", 0x530a},
    {"I_FIND", 0x530b}, {"I_LINK", 0x530c}, {"I_UNLINK", 0x530d}, {"I_PEEK", 0x530f}, {"I_FDINSERT", 0x5310},
    {"I_SENDFD", 0x5311}, {"I_RECVFD", 0x530e}, {"I_SWROPT", 0x5313}, {"I_GWROPT", 0x5314}, {"I_LIST", 0x5315},
    {"I_PLINK", 0x5316}, {"I_PUNLINK", 0x5317}, {"I_FLUSHBAND", 0x531c}, {"I_CKBAND", 0x531d}, {"I_GETBAND", 0x531e},
    {"I_ATMARK", 0x531f}, {"I_SETCLTIME", 0x5320}, {"I_GETCLTIME", 0x5321}, {"I_CANPUT", 0x5322}};

static int fcntl_exec(PyObject *module)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(constants); i++)
        if (PyModule_AddIntConstant(module, constants[i].name, constants[i].value) < 0)
            return -1;
    return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, fcntl_exec}, {0, NULL}};
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "fcntl", "Control of files and devices by descriptor.", 0, methods, slots};

PyMODINIT_FUNC PyInit_fcntl(void) { return PyModuleDef_Init(&definition); }
