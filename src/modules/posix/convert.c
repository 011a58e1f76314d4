/* Converters of the posix module's arguments: paths, descriptors, user ids. */
#include "modules/posix/posix.h"

PyObject *posix_error(void) { return PyErr_Occurred() ? NULL : PyErr_SetFromErrno(PyExc_OSError); }

PyObject *posix_done(int result)
{
    if (result < 0)
        return posix_error();
    Py_RETURN_NONE;
}

/* -- Descriptors -- */

static int refuse(PyObject *type, const char *text)
{
    PyErr_SetString(type, text);
    return 0;
}

static int small_fd(PyObject *o, int *fd)
{
    PyObject *index = PyNumber_Index(o);
    if (!index)
        return 0;
    int over;
    long v = PyLong_AsLongAndOverflow(index, &over);
    Py_DECREF(index);
    if (v == -1 && PyErr_Occurred())
        return 0;
    if (over > 0 || v > INT_MAX)
        return refuse(PyExc_OverflowError, "fd is greater than maximum");
    if (over < 0 || v < INT_MIN)
        return refuse(PyExc_OverflowError, "fd is less than minimum");
    *fd = (int)v;
    return 1;
}

int dir_fd_convert(PyObject *o, void *fd)
{
    if (o == Py_None) {
        *(int *)fd = AT_FDCWD;
        return 1;
    }
    if (PyIndex_Check(o))
        return small_fd(o, fd);
    PyErr_Format(PyExc_TypeError, "argument should be integer or None, not %.200s", Py_TYPE(o)->tp_name);
    return 0;
}

int fd_convert(PyObject *o, void *fd)
{
    int n = PyObject_AsFileDescriptor(o);
    if (n < 0)
        return 0;
    *(int *)fd = n;
    return 1;
}

/* -- Paths -- */

void path_done(Path *path)
{
    Py_CLEAR(path->object);
    Py_CLEAR(path->bytes);
}

static const char *what_is_allowed(const Path *path)
{
    return path->allow_fd && path->nullable ? "string, bytes, os.PathLike, integer or None"
           : path->allow_fd                 ? "string, bytes, os.PathLike or integer"
           : path->nullable                 ? "string, bytes, os.PathLike or None"
                                            : "string, bytes or os.PathLike";
}

#define WRONG_PATH "%s: %s should be %s, not %.200s"

static int wrong_path(Path *path, PyObject *o)
{
    PyErr_Format(PyExc_TypeError, WRONG_PATH, path->function, path->argument, what_is_allowed(path), Py_TYPE(o)->tp_name);
    return 0;
}

/* What o stands for, by __fspath__, as str or bytes (or a buffer): new reference or NULL. */
static PyObject *path_object(Path *path, PyObject *o)
{
    if (PyUnicode_Check(o) || PyBytes_Check(o))
        return Py_NewRef(o);
    if (PyObject_CheckBuffer(o)) {
        if (PyErr_WarnFormat(PyExc_DeprecationWarning, 1, WRONG_PATH, path->function, path->argument,
                             what_is_allowed(path), Py_TYPE(o)->tp_name) < 0)
            return NULL;
        return Py_NewRef(o);
    }
    _Py_IDENTIFIER(__fspath__);
    PyObject *method = _PyObject_LookupSpecialId(o, &PyId___fspath__);
    if (!method) {
        if (!PyErr_Occurred())
            wrong_path(path, o);
        return NULL;
    }
    PyObject *result = PyObject_CallNoArgs(method);
    Py_DECREF(method);
    if (result && !PyUnicode_Check(result) && !PyBytes_Check(result)) {
        PyErr_Format(PyExc_TypeError, "expected %.200s.__fspath__() to return str or bytes, not %.200s",
                     Py_TYPE(o)->tp_name, Py_TYPE(result)->tp_name);
        Py_CLEAR(result);
    }
    return result;
}

int path_convert(PyObject *o, void *p)
{
    Path *path = p;
    if (!o) {
        path_done(path);
        return 1;
    }
    if (path->nullable && o == Py_None)
        return 1;
    if (path->allow_fd && PyIndex_Check(o)) {
        if (!small_fd(o, &path->fd))
            return 0;
        path->object = Py_NewRef(o);
        return Py_CLEANUP_SUPPORTED;
    }
    PyObject *object = path_object(path, o), *bytes = NULL;
    if (!object)
        return 0;
    if (PyBytes_Check(object))
        bytes = Py_NewRef(object);
    else if (!PyUnicode_Check(object))
        bytes = PyBytes_FromObject(object);
    else if (!PyUnicode_FSConverter(object, &bytes))
        bytes = NULL;
    if (bytes && (Py_ssize_t)strlen(PyBytes_AS_STRING(bytes)) != PyBytes_GET_SIZE(bytes)) {
        PyErr_Format(PyExc_ValueError, "%s: embedded null character in %s", path->function, path->argument);
        Py_CLEAR(bytes);
    }
    if (!bytes) {
        Py_DECREF(object);
        return 0;
    }
    path->object = object;
    path->bytes = bytes;
    path->text = PyBytes_AS_STRING(bytes);
    path->length = PyBytes_GET_SIZE(bytes);
    return Py_CLEANUP_SUPPORTED;
}

PyObject *path_error(Path *path)
{
    if (!PyErr_Occurred())
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path->object);
    path_done(path);
    return NULL;
}

PyObject *path_error2(Path *path, Path *other)
{
    if (!PyErr_Occurred())
        PyErr_SetFromErrnoWithFilenameObjects(PyExc_OSError, path->object, other->object);
    path_done(path);
    path_done(other);
    return NULL;
}

PyObject *path_result(Path *path, int result)
{
    if (result < 0)
        return path_error(path);
    path_done(path);
    Py_RETURN_NONE;
}

int path_and_dir_fd_clash(const Path *path, int dir_fd)
{
    if (path->text || dir_fd == AT_FDCWD)
        return 0;
    PyErr_Format(PyExc_ValueError, "%s: can't specify dir_fd without matching path", path->function);
    return 1;
}

int fd_and_follow_clash(const Path *path, int follow)
{
    if (path->fd < 0 || follow)
        return 0;
    PyErr_Format(PyExc_ValueError, "%s: cannot use fd and follow_symlinks together", path->function);
    return 1;
}

/* -- User and group ids: unsigned, with -1 for "leave as it is" -- */

static int id_convert(PyObject *o, unsigned *id, const char *what)
{
    PyObject *index = PyNumber_Index(o);
    if (!index) {
        PyErr_Format(PyExc_TypeError, "%s should be integer, not %.200s", what, Py_TYPE(o)->tp_name);
        return 0;
    }
    int over;
    long v = PyLong_AsLongAndOverflow(index, &over);
    Py_DECREF(index);
    if (over < 0 || (!over && v < -1)) {
        PyErr_Format(PyExc_OverflowError, "%s is less than minimum", what);
        return 0;
    }
    if (over > 0 || v > (long)UINT_MAX) {
        PyErr_Format(PyExc_OverflowError, "%s is greater than maximum", what);
        return 0;
    }
    *id = (unsigned)v;
    return 1;
}

int uid_convert(PyObject *o, void *uid) { return id_convert(o, uid, "uid"); }
int gid_convert(PyObject *o, void *gid) { return id_convert(o, gid, "gid"); }
int _Py_Uid_Converter(PyObject *o, uid_t *uid) { return uid_convert(o, uid); }
int _Py_Gid_Converter(PyObject *o, gid_t *gid) { return gid_convert(o, gid); }

PyObject *uid_object(uid_t uid) { return uid == (uid_t)-1 ? PyLong_FromLong(-1) : PyLong_FromUnsignedLong(uid); }
PyObject *gid_object(gid_t gid) { return uid_object(gid); }
PyObject *_PyLong_FromUid(uid_t uid) { return uid_object(uid); }
PyObject *_PyLong_FromGid(gid_t gid) { return uid_object(gid); }

/* -- Numbers -- */

int dev_convert(PyObject *o, void *dev)
{
    unsigned long long v = PyLong_AsUnsignedLongLong(o);
    if (v == (unsigned long long)-1 && PyErr_Occurred())
        return 0;
    *(dev_t *)dev = v;
    return 1;
}

int off_convert(PyObject *o, void *offset)
{
    long v = PyLong_AsLong(o);
    if (v == -1 && PyErr_Occurred())
        return 0;
    *(off_t *)offset = v;
    return 1;
}

int optional_off_convert(PyObject *o, void *pointer)
{
    off_t *pair = pointer;
    pair[1] = o != Py_None;
    return o == Py_None || off_convert(o, &pair[0]);
}
