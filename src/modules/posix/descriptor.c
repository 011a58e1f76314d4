/* posix: open files as such — opening, closing, copying, flags, terminals, locks. */
#include "modules/posix/posix.h"
#include "capi/fileutils.h"
#include <pty.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <utmp.h>

static PyObject *posix_open(KWARGS)
{
    KEYWORDS("path", "flags", "mode", "dir_fd");
    Path path = PATH("open", "path", 0, 0);
    int flags, mode = 0777, dir_fd = AT_FDCWD;
    if (!PARSE("O&i|i$O&:open", path_convert, &path, &flags, &mode, dir_fd_convert, &dir_fd))
        return NULL;
    if (!AUDIT("open", "OOi", path.object, Py_None, flags))
        return path_error(&path);
    int fd = RETRY(openat(dir_fd, path.text, flags | O_CLOEXEC, mode));
    if (fd < 0)
        return path_error(&path);
    path_done(&path);
    return PyLong_FromLong(fd);
}

static PyObject *posix_close(KWARGS)
{
    KEYWORDS("fd");
    int fd;
    if (!PARSE("i:close", &fd))
        return NULL;
    int result = UNLOCKED(close(fd)); /* never twice: the number may be another file by then */
    if (result < 0 && errno != EINTR)
        return posix_error();
    Py_RETURN_NONE;
}

static PyObject *posix_closerange(POSARGS)
{
    int low, high;
    if (!PyArg_ParseTuple(args, "ii:closerange", &low, &high))
        return NULL;
    PyThreadState *save = PyEval_SaveThread();
    _Py_closerange(low, high - 1);
    PyEval_RestoreThread(save);
    Py_RETURN_NONE;
}

static int int_argument(PyObject *arg, int *value)
{
    *value = _PyLong_AsInt(arg);
    return *value != -1 || !PyErr_Occurred();
}

static PyObject *posix_dup(ONEARG)
{
    int fd;
    if (!int_argument(arg, &fd))
        return NULL;
    fd = _Py_dup(fd);
    return fd < 0 ? NULL : PyLong_FromLong(fd);
}

static PyObject *posix_dup2(KWARGS)
{
    KEYWORDS("fd", "fd2", "inheritable");
    int fd, fd2, inheritable = 1;
    if (!PARSE("ii|p:dup2", &fd, &fd2, &inheritable))
        return NULL;
    if (fd < 0 || fd2 < 0) {
        errno = EBADF;
        return posix_error();
    }
    int result = inheritable || fd == fd2 ? UNLOCKED(dup2(fd, fd2)) : UNLOCKED(dup3(fd, fd2, O_CLOEXEC));
    if (result < 0)
        return posix_error();
    if (fd == fd2 && _Py_set_inheritable(fd2, inheritable, NULL) < 0)
        return NULL;
    return PyLong_FromLong(result);
}

/* -- Flags -- */

static PyObject *posix_get_inheritable(ONEARG)
{
    int fd;
    if (!int_argument(arg, &fd))
        return NULL;
    int answer = _Py_get_inheritable(fd);
    return answer < 0 ? NULL : PyBool_FromLong(answer);
}

static PyObject *posix_set_inheritable(POSARGS)
{
    int fd, inheritable;
    if (!PyArg_ParseTuple(args, "ii:set_inheritable", &fd, &inheritable) || _Py_set_inheritable(fd, inheritable, NULL) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *posix_get_blocking(ONEARG)
{
    int fd;
    if (!int_argument(arg, &fd))
        return NULL;
    int answer = _Py_get_blocking(fd);
    return answer < 0 ? NULL : PyBool_FromLong(answer);
}

static PyObject *posix_set_blocking(POSARGS)
{
    int fd, blocking;
    if (!PyArg_ParseTuple(args, "ip:set_blocking", &fd, &blocking) || _Py_set_blocking(fd, blocking) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *posix_device_encoding(KWARGS)
{
    KEYWORDS("fd");
    int fd;
    return PARSE("i:device_encoding", &fd) ? _Py_device_encoding(fd) : NULL;
}

/* -- Terminals -- */

static PyObject *posix_isatty(ONEARG)
{
    int fd;
    return int_argument(arg, &fd) ? PyBool_FromLong(isatty(fd)) : NULL;
}

static PyObject *posix_ttyname(ONEARG)
{
    int fd;
    char name[256];
    if (!int_argument(arg, &fd))
        return NULL;
    int error = ttyname_r(fd, name, sizeof name);
    if (error) {
        errno = error;
        return posix_error();
    }
    return PyUnicode_DecodeFSDefault(name);
}

static PyObject *posix_ctermid(NOARGS)
{
    char name[L_ctermid];
    return PyUnicode_DecodeFSDefault(ctermid(name));
}

static PyObject *posix_openpty(NOARGS)
{
    int master, slave;
    if (openpty(&master, &slave, NULL, NULL, NULL) < 0)
        return posix_error();
    if (_Py_set_inheritable(master, 0, NULL) < 0 || _Py_set_inheritable(slave, 0, NULL) < 0) {
        close(master);
        close(slave);
        return NULL;
    }
    return Py_BuildValue("(ii)", master, slave);
}

static PyObject *posix_login_tty(ONEARG)
{
    int fd;
    return fd_convert(arg, &fd) ? posix_done(login_tty(fd)) : NULL;
}

static PyObject *posix_tcgetpgrp(ONEARG)
{
    int fd;
    if (!int_argument(arg, &fd))
        return NULL;
    pid_t group = tcgetpgrp(fd);
    return group < 0 ? posix_error() : PyLong_FromLong(group);
}

static PyObject *posix_tcsetpgrp(POSARGS)
{
    int fd, group;
    return PyArg_ParseTuple(args, "ii:tcsetpgrp", &fd, &group) ? posix_done(tcsetpgrp(fd, group)) : NULL;
}

/* -- Pipes and the like -- */

static PyObject *posix_pipe(NOARGS)
{
    int fds[2];
    return UNLOCKED(pipe2(fds, O_CLOEXEC)) < 0 ? posix_error() : Py_BuildValue("(ii)", fds[0], fds[1]);
}

static PyObject *posix_pipe2(ONEARG)
{
    int fds[2], flags;
    if (!int_argument(arg, &flags))
        return NULL;
    return pipe2(fds, flags) < 0 ? posix_error() : Py_BuildValue("(ii)", fds[0], fds[1]);
}

static PyObject *posix_memfd_create(KWARGS)
{
    KEYWORDS("name", "flags");
    PyObject *name;
    unsigned int flags = MFD_CLOEXEC;
    if (!PARSE("O&|I:memfd_create", PyUnicode_FSConverter, &name, &flags))
        return NULL;
    int fd = UNLOCKED(memfd_create(PyBytes_AS_STRING(name), flags));
    Py_DECREF(name);
    return fd < 0 ? posix_error() : PyLong_FromLong(fd);
}

static int unsigned_convert(PyObject *o, void *value)
{
    if (!PyLong_Check(o)) {
        PyErr_SetString(PyExc_TypeError, "an integer is required");
        return 0;
    }
    unsigned long v = PyLong_AsUnsignedLong(o);
    if (v == (unsigned long)-1 && PyErr_Occurred())
        return 0;
    if (v > UINT_MAX) {
        PyErr_SetString(PyExc_OverflowError, "Python int too large to convert to C unsigned int");
        return 0;
    }
    *(unsigned int *)value = (unsigned int)v;
    return 1;
}

static PyObject *posix_eventfd(KWARGS)
{
    KEYWORDS("initval", "flags");
    unsigned int initial;
    int flags = EFD_CLOEXEC;
    if (!PARSE("O&|i:eventfd", unsigned_convert, &initial, &flags))
        return NULL;
    int fd = UNLOCKED(eventfd(initial, flags));
    return fd < 0 ? posix_error() : PyLong_FromLong(fd);
}

static PyObject *posix_eventfd_read(KWARGS)
{
    KEYWORDS("fd");
    int fd;
    eventfd_t value;
    if (!PARSE("O&:eventfd_read", fd_convert, &fd))
        return NULL;
    return UNLOCKED(eventfd_read(fd, &value)) < 0 ? posix_error() : PyLong_FromUnsignedLongLong(value);
}

static PyObject *posix_eventfd_write(KWARGS)
{
    KEYWORDS("fd", "value");
    int fd;
    PyObject *value;
    if (!PARSE("O&O:eventfd_write", fd_convert, &fd, &value))
        return NULL;
    unsigned long long v = PyLong_AsUnsignedLongLong(value);
    if (v == (unsigned long long)-1 && PyErr_Occurred())
        return NULL;
    return posix_done(UNLOCKED(eventfd_write(fd, v)));
}

/* -- Locks -- */

static PyObject *posix_lockf(POSARGS)
{
    int fd, command;
    off_t length;
    if (!PyArg_ParseTuple(args, "iiO&:lockf", &fd, &command, off_convert, &length) ||
        !AUDIT("os.lockf", "iiL", fd, command, (long long)length))
        return NULL;
    return posix_done(UNLOCKED(lockf(fd, command, length)));
}

PyMethodDef posix_descriptor_methods[] = {
    KW(open, "($module, /, path, flags, mode=511, *, dir_fd=None)", "Opens a file: its descriptor, which children do not inherit.")
    KW(close, "($module, /, fd)", "Closes a descriptor.")
    POS(closerange, "($module, fd_low, fd_high, /)", "Closes the descriptors from fd_low up to fd_high, without it, ignoring errors.")
    ONE(dup, "($module, fd, /)", "A copy of a descriptor, which children do not inherit.")
    KW(dup2, "($module, /, fd, fd2, inheritable=True)", "Makes fd2 a copy of fd.")
    ONE(get_inheritable, "($module, fd, /)", "Whether children inherit a descriptor.")
    POS(set_inheritable, "($module, fd, inheritable, /)", "Says whether children inherit a descriptor.")
    ONE(get_blocking, "($module, fd, /)", "Whether reading and writing wait.")
    POS(set_blocking, "($module, fd, blocking, /)", "Says whether reading and writing wait.")
    KW(device_encoding, "($module, /, fd)", "The encoding of a terminal, None for others.")
    ONE(isatty, "($module, fd, /)", "Whether a descriptor is a terminal.")
    ONE(ttyname, "($module, fd, /)", "The name of a terminal device.")
    NONE(ctermid, "The name of the process's terminal.")
    NONE(openpty, "A new pseudo-terminal: (master, slave).")
    ONE(login_tty, "($module, fd, /)", "Makes a terminal the controlling one and the standard streams.")
    ONE(tcgetpgrp, "($module, fd, /)", "The process group in the foreground of a terminal.")
    POS(tcsetpgrp, "($module, fd, pgid, /)", "Puts a process group in the foreground of a terminal.")
    NONE(pipe, "A new pipe: (read end, write end).")
    ONE(pipe2, "($module, flags, /)", "A new pipe with flags: (read end, write end).")
    KW(memfd_create, "($module, /, name, flags=MFD_CLOEXEC)", "A new anonymous file in memory.")
    KW(eventfd, "($module, /, initval, flags=EFD_CLOEXEC)", "A new descriptor for notification of events.")
    KW(eventfd_read, "($module, /, fd)", "Reads the counter of an eventfd.")
    KW(eventfd_write, "($module, /, fd, value)", "Adds to the counter of an eventfd.")
    POS(lockf, "($module, fd, command, length, /)", "Locks, tests or unlocks a part of an open file.")
    {NULL}};
