/* posix: extended attributes of files. */
#define PY_SSIZE_T_CLEAN
#include "modules/posix/posix.h"
#include <linux/limits.h>
#include <sys/xattr.h>

static PyObject *posix_getxattr(KWARGS)
{
    KEYWORDS("path", "attribute", "follow_symlinks");
    Path path = PATH("getxattr", "path", 0, 1), name = PATH("getxattr", "attribute", 0, 0);
    int follow = 1;
    if (!PARSE("O&O&|$p:getxattr", path_convert, &path, path_convert, &name, &follow))
        return NULL;
    PyObject *value = NULL;
    if (fd_and_follow_clash(&path, follow) || !AUDIT("os.getxattr", "OO", path.object, name.object))
        goto done;
    for (Py_ssize_t room = 128; !value; room = XATTR_SIZE_MAX) {
        value = PyBytes_FromStringAndSize(NULL, room);
        if (!value)
            break;
        char *data = PyBytes_AS_STRING(value);
        ssize_t n = UNLOCKED(path.fd >= 0 ? fgetxattr(path.fd, name.text, data, room)
                             : follow     ? getxattr(path.text, name.text, data, room)
                                          : lgetxattr(path.text, name.text, data, room));
        if (n >= 0) {
            if (n != room)
                _PyBytes_Resize(&value, n);
            break;
        }
        Py_CLEAR(value);
        if (errno != ERANGE || room == XATTR_SIZE_MAX) {
            PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path.object);
            break;
        }
    }
done:
    path_done(&path);
    path_done(&name);
    return value;
}

static PyObject *posix_setxattr(KWARGS)
{
    KEYWORDS("path", "attribute", "value", "flags", "follow_symlinks");
    Path path = PATH("setxattr", "path", 0, 1), name = PATH("setxattr", "attribute", 0, 0);
    Py_buffer value;
    int flags = 0, follow = 1, result = -1;
    if (!PARSE("O&O&y*|i$p:setxattr", path_convert, &path, path_convert, &name, &value, &flags, &follow))
        return NULL;
    if (!fd_and_follow_clash(&path, follow) &&
        AUDIT("os.setxattr", "OOy#i", path.object, name.object, value.buf, value.len, flags))
        result = UNLOCKED(path.fd >= 0 ? fsetxattr(path.fd, name.text, value.buf, value.len, flags)
                          : follow     ? setxattr(path.text, name.text, value.buf, value.len, flags)
                                       : lsetxattr(path.text, name.text, value.buf, value.len, flags));
    PyBuffer_Release(&value);
    path_done(&name);
    return path_result(&path, result);
}

static PyObject *posix_removexattr(KWARGS)
{
    KEYWORDS("path", "attribute", "follow_symlinks");
    Path path = PATH("removexattr", "path", 0, 1), name = PATH("removexattr", "attribute", 0, 0);
    int follow = 1, result = -1;
    if (!PARSE("O&O&|$p:removexattr", path_convert, &path, path_convert, &name, &follow))
        return NULL;
    if (!fd_and_follow_clash(&path, follow) && AUDIT("os.removexattr", "OO", path.object, name.object))
        result = UNLOCKED(path.fd >= 0 ? fremovexattr(path.fd, name.text)
                          : follow     ? removexattr(path.text, name.text)
                                       : lremovexattr(path.text, name.text));
    path_done(&name);
    return path_result(&path, result);
}

/* NUL-terminated names, one after the other, as a list of str. */
static PyObject *split_names(const char *names, ssize_t size)
{
    PyObject *list = PyList_New(0);
    for (const char *p = names; list && p < names + size; p += strlen(p) + 1) {
        PyObject *name = PyUnicode_DecodeFSDefault(p);
        if (!name || PyList_Append(list, name) < 0)
            Py_CLEAR(list);
        Py_XDECREF(name);
    }
    return list;
}

static PyObject *posix_listxattr(KWARGS)
{
    KEYWORDS("path", "follow_symlinks");
    Path path = PATH("listxattr", "path", 1, 1);
    int follow = 1;
    if (!PARSE("|O&$p:listxattr", path_convert, &path, &follow))
        return NULL;
    if (fd_and_follow_clash(&path, follow) || !AUDIT("os.listxattr", "(O)", path.object ? path.object : Py_None))
        return path_error(&path);
    char *names = PyMem_Malloc(XATTR_LIST_MAX);
    if (!names) {
        PyErr_NoMemory();
        return path_error(&path);
    }
    const char *text = path.text ? path.text : ".";
    ssize_t n = UNLOCKED(path.fd >= 0 ? flistxattr(path.fd, names, XATTR_LIST_MAX)
                         : follow     ? listxattr(text, names, XATTR_LIST_MAX)
                                      : llistxattr(text, names, XATTR_LIST_MAX));
    PyObject *result = n < 0 ? PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path.object) : split_names(names, n);
    PyMem_Free(names);
    path_done(&path);
    return result;
}

PyMethodDef posix_attribute_methods[] = {
    KW(getxattr, "($module, /, path, attribute, *, follow_symlinks=True)", "The value of an extended attribute, as bytes.")
    KW(setxattr, "($module, /, path, attribute, value, flags=0, *,\n         follow_symlinks=True)",
       "Sets an extended attribute.")
    KW(removexattr, "($module, /, path, attribute, *, follow_symlinks=True)", "Removes an extended attribute.")
    KW(listxattr, "($module, /, path=None, *, follow_symlinks=True)", "The names of a file's extended attributes.")
    {NULL}};
