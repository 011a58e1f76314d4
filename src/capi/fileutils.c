/* Descriptors, files and paths: what the posix and io modules, and extension modules, build on. */
#include "capi/fileutils.h"
#include <fcntl.h>
#include <langinfo.h>
#include <limits.h>
#include <sys/ioctl.h>
#include <sys/random.h>

#define READ_MAX ((size_t)SSIZE_MAX)

static int os_error(void)
{
    PyErr_SetFromErrno(PyExc_OSError);
    return -1;
}

/* -- Status -- */

int _Py_fstat_noraise(int fd, struct stat *status) { return fstat(fd, status); }

int _Py_fstat(int fd, struct stat *status)
{
    int result;
    Py_BEGIN_ALLOW_THREADS
    result = fstat(fd, status);
    Py_END_ALLOW_THREADS
    return result == 0 ? 0 : os_error();
}

int _Py_stat(PyObject *path, struct stat *status)
{
    PyObject *bytes = PyUnicode_EncodeFSDefault(path);
    if (!bytes)
        return -2;
    int result = stat(PyBytes_AS_STRING(bytes), status);
    Py_DECREF(bytes);
    return result;
}

/* -- Opening -- */

int _Py_open_noraise(const char *path, int flags) { return open(path, flags | O_CLOEXEC); }

int _Py_open(const char *path, int flags)
{
    if (PySys_Audit("open", "sOi", path, Py_None, flags) < 0)
        return -1;
    int fd, again;
    do {
        Py_BEGIN_ALLOW_THREADS
        fd = open(path, flags | O_CLOEXEC);
        Py_END_ALLOW_THREADS
        again = fd < 0 && errno == EINTR;
        if (again && PyErr_CheckSignals() < 0)
            return -1;
    } while (again);
    if (fd < 0)
        PyErr_SetFromErrnoWithFilename(PyExc_OSError, path);
    return fd;
}

static FILE *not_inherited(FILE *file)
{
    if (file && fcntl(fileno(file), F_SETFD, FD_CLOEXEC) < 0) {
        fclose(file);
        return NULL;
    }
    return file;
}

/* NULL with errno; PySys_Audit may have set an exception. */
FILE *_Py_wfopen(const wchar_t *path, const wchar_t *mode)
{
    char ascii_mode[10];
    if (PySys_Audit("open", "uui", path, mode, 0) < 0)
        return NULL;
    if (wcstombs(ascii_mode, mode, sizeof ascii_mode) >= sizeof ascii_mode) {
        errno = EINVAL;
        return NULL;
    }
    char *bytes = _Py_EncodeLocaleRaw(path, NULL);
    if (!bytes)
        return NULL;
    FILE *file = not_inherited(fopen(bytes, ascii_mode));
    PyMem_RawFree(bytes);
    return file;
}

/* NULL with an exception. */
FILE *_Py_fopen_obj(PyObject *path, const char *mode)
{
    PyObject *bytes;
    if (!PyUnicode_FSConverter(path, &bytes))
        return NULL;
    FILE *file = NULL;
    if (PySys_Audit("open", "Osi", path, mode, 0) == 0) {
        int again;
        do {
            Py_BEGIN_ALLOW_THREADS
            file = fopen(PyBytes_AS_STRING(bytes), mode);
            Py_END_ALLOW_THREADS
            again = !file && errno == EINTR;
            if (again && PyErr_CheckSignals() < 0)
                break;
        } while (again);
        if (!file && !PyErr_Occurred())
            PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path);
        else if (file && !(file = not_inherited(file)))
            PyErr_SetFromErrno(PyExc_OSError);
    }
    Py_DECREF(bytes);
    return file;
}

/* -- Reading and writing -- */

Py_ssize_t _Py_read(int fd, void *buffer, size_t count)
{
    Py_ssize_t n;
    int error, again;
    count = Py_MIN(count, READ_MAX);
    do {
        Py_BEGIN_ALLOW_THREADS
        errno = 0;
        n = read(fd, buffer, count);
        error = errno;
        Py_END_ALLOW_THREADS
        again = n < 0 && error == EINTR;
        if (again && PyErr_CheckSignals() < 0) {
            errno = error;
            return -1;
        }
    } while (again);
    if (n < 0) {
        errno = error;
        os_error();
        errno = error;
    }
    return n;
}

static Py_ssize_t write_all(int fd, const void *buffer, size_t count, int has_lock)
{
    Py_ssize_t n;
    int error, again;
    count = Py_MIN(count, READ_MAX);
    do {
        PyThreadState *save = has_lock ? PyEval_SaveThread() : NULL;
        errno = 0;
        n = write(fd, buffer, count);
        error = errno;
        if (save)
            PyEval_RestoreThread(save);
        again = n < 0 && error == EINTR;
        if (again && has_lock && PyErr_CheckSignals() < 0) {
            errno = error;
            return -1;
        }
    } while (again);
    if (n < 0) {
        errno = error;
        if (has_lock)
            os_error();
        errno = error;
    }
    return n;
}

Py_ssize_t _Py_write(int fd, const void *buffer, size_t count) { return write_all(fd, buffer, count, 1); }
Py_ssize_t _Py_write_noraise(int fd, const void *buffer, size_t count) { return write_all(fd, buffer, count, 0); }

/* -- Properties of descriptors -- */

int _Py_dup(int fd)
{
    int copy;
    Py_BEGIN_ALLOW_THREADS
    copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    Py_END_ALLOW_THREADS
    return copy < 0 ? os_error() : copy;
}

int _Py_get_inheritable(int fd)
{
    int flags = fcntl(fd, F_GETFD);
    return flags < 0 ? os_error() : !(flags & FD_CLOEXEC);
}

static int set_inheritable(int fd, int inheritable)
{
    int flags = fcntl(fd, F_GETFD);
    if (flags < 0)
        return -1;
    int wanted = inheritable ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC;
    return wanted == flags ? 0 : fcntl(fd, F_SETFD, wanted);
}

int _Py_set_inheritable(int fd, int inheritable, int *works) { return set_inheritable(fd, inheritable) < 0 ? os_error() : 0; }
int _Py_set_inheritable_async_safe(int fd, int inheritable, int *works) { return set_inheritable(fd, inheritable); }

int _Py_get_blocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 ? os_error() : !(flags & O_NONBLOCK);
}

int _Py_set_blocking(int fd, int blocking)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK) < 0)
        return os_error();
    return 0;
}

/* Closes first … last, whichever are open; needs no interpreter. */
void _Py_closerange(int first, int last)
{
    first = Py_MAX(first, 0);
    if (first > last || close_range((unsigned)first, (unsigned)last, 0) == 0)
        return;
    long most = sysconf(_SC_OPEN_MAX);
    for (int fd = first; fd <= last && (most < 0 || fd < most); fd++)
        close(fd);
}

/* The encoding of a terminal: str, or None if fd is none. */
PyObject *_Py_device_encoding(int fd)
{
    if (fd < 0 || !isatty(fd))
        Py_RETURN_NONE;
    const char *name = nl_langinfo(CODESET);
    return PyUnicode_FromString(name && *name ? name : "UTF-8");
}

/* -- Paths as wchar_t: results by length or pointer, -1 or NULL with errno -- */

int _Py_wreadlink(const wchar_t *path, wchar_t *buffer, size_t size)
{
    char target[PATH_MAX + 1], *bytes = _Py_EncodeLocaleRaw(path, NULL);
    if (!bytes) {
        errno = EINVAL;
        return -1;
    }
    ssize_t n = readlink(bytes, target, PATH_MAX);
    PyMem_RawFree(bytes);
    if (n < 0)
        return -1;
    target[n] = '\0';
    size_t length;
    wchar_t *text = Py_DecodeLocale(target, &length);
    if (!text || length >= size) {
        PyMem_RawFree(text);
        errno = EINVAL;
        return -1;
    }
    wcscpy(buffer, text);
    PyMem_RawFree(text);
    return (int)length;
}

/* bytes (may be NULL) as wide text in a buffer of a size. */
static wchar_t *store_wide(const char *bytes, wchar_t *buffer, size_t size)
{
    size_t length;
    wchar_t *text = bytes ? Py_DecodeLocale(bytes, &length) : NULL;
    if (!text || length >= size) {
        if (bytes)
            errno = EINVAL;
        PyMem_RawFree(text);
        return NULL;
    }
    wcscpy(buffer, text);
    PyMem_RawFree(text);
    return buffer;
}

wchar_t *_Py_wrealpath(const wchar_t *path, wchar_t *resolved, size_t size)
{
    char target[PATH_MAX], *bytes = _Py_EncodeLocaleRaw(path, NULL);
    if (!bytes) {
        errno = EINVAL;
        return NULL;
    }
    wchar_t *result = store_wide(realpath(bytes, target), resolved, size);
    PyMem_RawFree(bytes);
    return result;
}

wchar_t *_Py_wgetcwd(wchar_t *buffer, size_t size)
{
    char name[PATH_MAX];
    return store_wide(getcwd(name, sizeof name), buffer, size);
}

Py_ssize_t fileutils_normalise(wchar_t *path, Py_ssize_t size)
{
    const wchar_t *in = path, *end = path + size;
    wchar_t *out = path, *root;
    if (size == 0)
        return 0;
    int slashes = 0;
    while (in < end && *in == L'/') {
        slashes++;
        in++;
    }
    for (int keep = slashes == 2 ? 2 : slashes > 0; keep > 0; keep--)
        *out++ = L'/'; /* exactly two leading slashes mean something of their own to POSIX */
    root = out;
    wchar_t *floor = root; /* ".." cannot go below */
    while (in < end) {
        const wchar_t *part = in;
        while (in < end && *in != L'/')
            in++;
        size_t n = (size_t)(in - part);
        while (in < end && *in == L'/')
            in++;
        if (n == 0 || (n == 1 && part[0] == L'.'))
            continue;
        if (n == 2 && part[0] == L'.' && part[1] == L'.') {
            if (out > floor) {
                while (out > floor && out[-1] != L'/')
                    out--;
                if (out > floor)
                    out--;
                continue;
            }
            if (slashes)
                continue;
        }
        if (out > root)
            *out++ = L'/';
        wmemmove(out, part, n);
        out += n;
        if (n == 2 && part[0] == L'.' && part[1] == L'.')
            floor = out;
    }
    if (out == path)
        *out++ = L'.';
    return out - path;
}

/* As fileutils_normalise (size -1: up to the path's NUL), ending what became shorter with a NUL; returns the path. */
wchar_t *_Py_normpath(wchar_t *path, Py_ssize_t size)
{
    Py_ssize_t all = size < 0 ? (Py_ssize_t)wcslen(path) : size, left = fileutils_normalise(path, all);
    if (left < all)
        path[left] = L'\0';
    return path;
}

/* -- Randomness -- */

static int urandom(void *buffer, Py_ssize_t size, unsigned flags, int raise)
{
    if (size < 0) {
        if (raise)
            PyErr_SetString(PyExc_ValueError, "negative argument not allowed");
        return -1;
    }
    char *p = buffer;
    while (size > 0) {
        ssize_t n = getrandom(p, (size_t)Py_MIN(size, 1 << 20), flags);
        if (n < 0 && errno == EINTR) {
            if (raise && PyErr_CheckSignals() < 0)
                return -1;
            continue;
        }
        if (n < 0 && errno == EAGAIN) { /* the pool is not ready yet: take what there is */
            flags = GRND_INSECURE;
            continue;
        }
        if (n < 0)
            return raise ? os_error() : -1;
        p += n;
        size -= n;
    }
    return 0;
}

int _PyOS_URandom(void *buffer, Py_ssize_t size) { return urandom(buffer, size, 0, 1); }
int _PyOS_URandomNonblock(void *buffer, Py_ssize_t size) { return urandom(buffer, size, GRND_NONBLOCK, 1); }
