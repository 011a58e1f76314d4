/* posix: reading and writing descriptors, and moving data between them. */
#define PY_SSIZE_T_CLEAN
#include "modules/posix/posix.h"
#include "capi/fileutils.h"
#include <sys/sendfile.h>
#include <sys/uio.h>

/* -- One buffer -- */

/* length bytes that fill() puts into a new bytes object, cut to what came. */
#define READ_INTO_BYTES(length, call) \
    if ((length) < 0) { \
        errno = EINVAL; \
        return posix_error(); \
    } \
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, length); \
    if (!bytes) \
        return NULL; \
    char *data = PyBytes_AS_STRING(bytes); \
    Py_ssize_t n = call; \
    if (n < 0) { \
        Py_DECREF(bytes); \
        return posix_error(); \
    } \
    if (n != length) \
        _PyBytes_Resize(&bytes, n); \
    return bytes

static PyObject *posix_read(POSARGS)
{
    int fd;
    Py_ssize_t length;
    if (!PyArg_ParseTuple(args, "in:read", &fd, &length))
        return NULL;
    READ_INTO_BYTES(length, _Py_read(fd, data, (size_t)length));
}

static PyObject *posix_pread(POSARGS)
{
    int fd;
    Py_ssize_t length;
    off_t offset;
    if (!PyArg_ParseTuple(args, "inO&:pread", &fd, &length, off_convert, &offset))
        return NULL;
    READ_INTO_BYTES(length, RETRY(pread(fd, data, (size_t)length, offset)));
}

static PyObject *posix_write(POSARGS)
{
    int fd;
    Py_buffer data;
    if (!PyArg_ParseTuple(args, "iy*:write", &fd, &data))
        return NULL;
    Py_ssize_t n = _Py_write(fd, data.buf, (size_t)data.len);
    PyBuffer_Release(&data);
    return n < 0 ? NULL : PyLong_FromSsize_t(n);
}

static PyObject *posix_pwrite(POSARGS)
{
    int fd;
    Py_buffer data;
    off_t offset;
    if (!PyArg_ParseTuple(args, "iy*O&:pwrite", &fd, &data, off_convert, &offset))
        return NULL;
    Py_ssize_t n = RETRY(pwrite(fd, data.buf, (size_t)data.len, offset));
    PyBuffer_Release(&data);
    return n < 0 ? posix_error() : PyLong_FromSsize_t(n);
}

/* -- Several buffers -- */

typedef struct vectors {
    Py_ssize_t count;
    struct iovec *parts;
    Py_buffer *views;
} Vectors;

static void vectors_done(Vectors *v)
{
    for (Py_ssize_t i = 0; i < v->count; i++)
        PyBuffer_Release(&v->views[i]);
    PyMem_Free(v->views);
    PyMem_Free(v->parts);
}

/* 0, or -1 with an exception. */
static int vectors_from(Vectors *v, PyObject *sequence, int flags, const char *message)
{
    *v = (Vectors){0};
    if (!PySequence_Check(sequence)) {
        PyErr_SetString(PyExc_TypeError, message);
        return -1;
    }
    Py_ssize_t n = PySequence_Size(sequence);
    if (n < 0)
        return -1;
    v->parts = PyMem_New(struct iovec, n);
    v->views = PyMem_New(Py_buffer, n);
    if (!v->parts || !v->views) {
        PyErr_NoMemory();
        vectors_done(v);
        return -1;
    }
    for (; v->count < n; v->count++) {
        PyObject *item = PySequence_GetItem(sequence, v->count);
        int status = item ? PyObject_GetBuffer(item, &v->views[v->count], flags) : -1;
        Py_XDECREF(item);
        if (status < 0) {
            vectors_done(v);
            return -1;
        }
        v->parts[v->count] = (struct iovec){v->views[v->count].buf, (size_t)v->views[v->count].len};
    }
    return 0;
}

static PyObject *vectors_result(Vectors *v, ssize_t n)
{
    vectors_done(v);
    return n < 0 ? posix_error() : PyLong_FromSsize_t(n);
}

static PyObject *posix_readv(POSARGS)
{
    int fd;
    PyObject *buffers;
    Vectors v;
    if (!PyArg_ParseTuple(args, "iO:readv", &fd, &buffers) ||
        vectors_from(&v, buffers, PyBUF_WRITABLE, "readv() arg 2 must be a sequence") < 0)
        return NULL;
    ssize_t n = RETRY(readv(fd, v.parts, (int)v.count));
    return vectors_result(&v, n);
}

static PyObject *posix_writev(POSARGS)
{
    int fd;
    PyObject *buffers;
    Vectors v;
    if (!PyArg_ParseTuple(args, "iO:writev", &fd, &buffers) ||
        vectors_from(&v, buffers, PyBUF_SIMPLE, "writev() arg 2 must be a sequence") < 0)
        return NULL;
    ssize_t n = RETRY(writev(fd, v.parts, (int)v.count));
    return vectors_result(&v, n);
}

static PyObject *posix_preadv(POSARGS)
{
    int fd, flags = 0;
    PyObject *buffers;
    off_t offset;
    Vectors v;
    if (!PyArg_ParseTuple(args, "iOO&|i:preadv", &fd, &buffers, off_convert, &offset, &flags) ||
        vectors_from(&v, buffers, PyBUF_WRITABLE, "preadv2() arg 2 must be a sequence") < 0)
        return NULL;
    ssize_t n = RETRY(preadv2(fd, v.parts, (int)v.count, offset, flags));
    return vectors_result(&v, n);
}

static PyObject *posix_pwritev(POSARGS)
{
    int fd, flags = 0;
    PyObject *buffers;
    off_t offset;
    Vectors v;
    if (!PyArg_ParseTuple(args, "iOO&|i:pwritev", &fd, &buffers, off_convert, &offset, &flags) ||
        vectors_from(&v, buffers, PyBUF_SIMPLE, "pwritev() arg 2 must be a sequence") < 0)
        return NULL;
    ssize_t n = RETRY(pwritev2(fd, v.parts, (int)v.count, offset, flags));
    return vectors_result(&v, n);
}

/* -- Position and storage -- */

static PyObject *posix_lseek(POSARGS)
{
    int fd, how;
    off_t position;
    if (!PyArg_ParseTuple(args, "iO&i:lseek", &fd, off_convert, &position, &how))
        return NULL;
    off_t result = UNLOCKED(lseek(fd, position, how));
    return result < 0 ? posix_error() : PyLong_FromLongLong(result);
}

static PyObject *posix_fsync(KWARGS)
{
    KEYWORDS("fd");
    int fd;
    return PARSE("O&:fsync", fd_convert, &fd) ? posix_done(RETRY(fsync(fd))) : NULL;
}

static PyObject *posix_fdatasync(KWARGS)
{
    KEYWORDS("fd");
    int fd;
    return PARSE("O&:fdatasync", fd_convert, &fd) ? posix_done(RETRY(fdatasync(fd))) : NULL;
}

static PyObject *posix_sync(NOARGS)
{
    Py_BEGIN_ALLOW_THREADS
    sync();
    Py_END_ALLOW_THREADS
    Py_RETURN_NONE;
}

static PyObject *from_error_number(int error)
{
    if (!error)
        Py_RETURN_NONE;
    errno = error;
    return posix_error();
}

static PyObject *posix_posix_fallocate(POSARGS)
{
    int fd;
    off_t offset, length;
    if (!PyArg_ParseTuple(args, "iO&O&:posix_fallocate", &fd, off_convert, &offset, off_convert, &length))
        return NULL;
    return from_error_number(UNLOCKED(posix_fallocate(fd, offset, length)));
}

static PyObject *posix_posix_fadvise(POSARGS)
{
    int fd, advice;
    off_t offset, length;
    if (!PyArg_ParseTuple(args, "iO&O&i:posix_fadvise", &fd, off_convert, &offset, off_convert, &length, &advice))
        return NULL;
    return from_error_number(UNLOCKED(posix_fadvise(fd, offset, length, advice)));
}

/* -- Between descriptors -- */

static PyObject *moved(ssize_t n) { return n < 0 ? posix_error() : PyLong_FromSsize_t(n); }

static PyObject *posix_sendfile(KWARGS)
{
    KEYWORDS("out_fd", "in_fd", "offset", "count");
    int out, in;
    off_t offset[2] = {0, 0};
    Py_ssize_t count;
    if (!PARSE("iiO&n:sendfile", &out, &in, optional_off_convert, offset, &count))
        return NULL;
    return moved(RETRY(sendfile(out, in, offset[1] ? &offset[0] : NULL, (size_t)count)));
}

static PyObject *posix_copy_file_range(KWARGS)
{
    KEYWORDS("src", "dst", "count", "offset_src", "offset_dst");
    int src, dst;
    Py_ssize_t count;
    off_t from[2] = {0, 0}, to[2] = {0, 0};
    if (!PARSE("iin|O&O&:copy_file_range", &src, &dst, &count, optional_off_convert, from, optional_off_convert, to))
        return NULL;
    if (count < 0) {
        PyErr_SetString(PyExc_ValueError, "negative value for 'count' not allowed");
        return NULL;
    }
    return moved(RETRY(copy_file_range(src, from[1] ? &from[0] : NULL, dst, to[1] ? &to[0] : NULL, (size_t)count, 0)));
}

static PyObject *posix_splice(KWARGS)
{
    KEYWORDS("src", "dst", "count", "offset_src", "offset_dst", "flags");
    int src, dst;
    Py_ssize_t count;
    unsigned int flags = 0;
    off_t from[2] = {0, 0}, to[2] = {0, 0};
    if (!PARSE("iin|O&O&I:splice", &src, &dst, &count, optional_off_convert, from, optional_off_convert, to, &flags))
        return NULL;
    if (count < 0) {
        PyErr_SetString(PyExc_ValueError, "negative value for 'count' not allowed");
        return NULL;
    }
    return moved(RETRY(splice(src, from[1] ? &from[0] : NULL, dst, to[1] ? &to[0] : NULL, (size_t)count, flags)));
}

PyMethodDef posix_io_methods[] = {
    POS(read, "($module, fd, length, /)", "At most length bytes of a descriptor.")
    POS(write, "($module, fd, data, /)", "Writes bytes: how many went out.")
    POS(pread, "($module, fd, length, offset, /)", "At most length bytes at an offset, without moving the position.")
    POS(pwrite, "($module, fd, buffer, offset, /)", "Writes bytes at an offset, without moving the position.")
    POS(readv, "($module, fd, buffers, /)", "Reads into several buffers in turn: how many bytes came.")
    POS(writev, "($module, fd, buffers, /)", "Writes several buffers in turn: how many bytes went out.")
    POS(preadv, "($module, fd, buffers, offset, flags=0, /)", "Reads at an offset into several buffers in turn.")
    POS(pwritev, "($module, fd, buffers, offset, flags=0, /)", "Writes at an offset several buffers in turn.")
    POS(lseek, "($module, fd, position, how, /)", "Moves the position of a descriptor: the new one.")
    KW(fsync, "($module, /, fd)", "Brings what was written to the disk.")
    KW(fdatasync, "($module, /, fd)", "Brings the data that was written to the disk.")
    NONE(sync, "Brings everything to the disk.")
    POS(posix_fallocate, "($module, fd, offset, length, /)", "Makes sure that there is room for a part of a file.")
    POS(posix_fadvise, "($module, fd, offset, length, advice, /)", "Says how a part of a file will be used.")
    KW(sendfile, "($module, /, out_fd, in_fd, offset, count)", "Copies bytes from in_fd to out_fd.")
    KW(copy_file_range, "($module, /, src, dst, count, offset_src=None,\n                offset_dst=None)",
       "Copies bytes from one file to another inside the kernel.")
    KW(splice, "($module, /, src, dst, count, offset_src=None, offset_dst=None,\n       flags=0)",
       "Moves bytes from or to a pipe inside the kernel.")
    {NULL}};
