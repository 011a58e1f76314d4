/* posix: users and groups of the process. */
#include "modules/posix/posix.h"
#include <grp.h>

static PyObject *posix_getuid(NOARGS) { return uid_object(getuid()); }
static PyObject *posix_geteuid(NOARGS) { return uid_object(geteuid()); }
static PyObject *posix_getgid(NOARGS) { return gid_object(getgid()); }
static PyObject *posix_getegid(NOARGS) { return gid_object(getegid()); }

static PyObject *three(const uid_t *id)
{
    return Py_BuildValue("(NNN)", uid_object(id[0]), uid_object(id[1]), uid_object(id[2]));
}

static PyObject *posix_getresuid(NOARGS)
{
    uid_t id[3];
    return getresuid(&id[0], &id[1], &id[2]) < 0 ? posix_error() : three(id);
}

static PyObject *posix_getresgid(NOARGS)
{
    gid_t id[3];
    return getresgid(&id[0], &id[1], &id[2]) < 0 ? posix_error() : three(id);
}

#define SET_ONE(name, convert) \
    static PyObject *posix_##name(ONEARG) \
    { \
        uid_t id; \
        return convert(arg, &id) ? posix_done(name(id)) : NULL; \
    }
SET_ONE(setuid, uid_convert)
SET_ONE(seteuid, uid_convert)
SET_ONE(setgid, gid_convert)
SET_ONE(setegid, gid_convert)

#define SET_TWO(name, convert) \
    static PyObject *posix_##name(POSARGS) \
    { \
        uid_t a, b; \
        return PyArg_ParseTuple(args, "O&O&:" #name, convert, &a, convert, &b) ? posix_done(name(a, b)) : NULL; \
    }
SET_TWO(setreuid, uid_convert)
SET_TWO(setregid, gid_convert)

#define SET_THREE(name, convert) \
    static PyObject *posix_##name(POSARGS) \
    { \
        uid_t a, b, c; \
        return PyArg_ParseTuple(args, "O&O&O&:" #name, convert, &a, convert, &b, convert, &c) ? posix_done(name(a, b, c)) \
                                                                                              : NULL; \
    }
SET_THREE(setresuid, uid_convert)
SET_THREE(setresgid, gid_convert)

static PyObject *group_list(const gid_t *groups, int n)
{
    PyObject *list = PyList_New(n);
    for (int i = 0; list && i < n; i++) {
        PyObject *id = gid_object(groups[i]);
        if (!id)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, i, id);
    }
    return list;
}

static PyObject *posix_getgroups(NOARGS)
{
    int n = getgroups(0, NULL);
    gid_t *groups = n < 0 ? NULL : PyMem_New(gid_t, n + 1);
    if (!groups)
        return n < 0 ? posix_error() : PyErr_NoMemory();
    n = getgroups(n, groups);
    PyObject *list = n < 0 ? posix_error() : group_list(groups, n);
    PyMem_Free(groups);
    return list;
}

static PyObject *posix_setgroups(ONEARG)
{
    if (!PySequence_Check(arg)) {
        PyErr_SetString(PyExc_TypeError, "setgroups argument must be a sequence");
        return NULL;
    }
    Py_ssize_t n = PySequence_Size(arg);
    if (n < 0)
        return NULL;
    if (n > NGROUPS_MAX) {
        PyErr_SetString(PyExc_ValueError, "too many groups");
        return NULL;
    }
    gid_t *groups = PyMem_New(gid_t, n + 1);
    if (!groups)
        return PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *item = PySequence_GetItem(arg, i);
        int ok = item != NULL;
        if (ok && !PyLong_Check(item)) {
            PyErr_SetString(PyExc_TypeError, "groups must be integers");
            ok = 0;
        }
        ok = ok && gid_convert(item, &groups[i]);
        Py_XDECREF(item);
        if (!ok) {
            PyMem_Free(groups);
            return NULL;
        }
    }
    int result = setgroups((size_t)n, groups);
    PyMem_Free(groups);
    return posix_done(result);
}

static PyObject *posix_getgrouplist(POSARGS)
{
    const char *user;
    gid_t base;
    if (!PyArg_ParseTuple(args, "sO&:getgrouplist", &user, gid_convert, &base))
        return NULL;
    for (int room = 64;; room *= 2) {
        gid_t *groups = PyMem_New(gid_t, room);
        if (!groups)
            return PyErr_NoMemory();
        int n = room, status = getgrouplist(user, base, groups, &n);
        PyObject *list = status < 0 ? NULL : group_list(groups, n);
        PyMem_Free(groups);
        if (status >= 0)
            return list;
        if (n <= room)
            return posix_error();
    }
}

static PyObject *posix_initgroups(POSARGS)
{
    PyObject *user;
    gid_t group;
    if (!PyArg_ParseTuple(args, "O&O&:initgroups", PyUnicode_FSConverter, &user, gid_convert, &group))
        return NULL;
    int result = initgroups(PyBytes_AS_STRING(user), group);
    Py_DECREF(user);
    return posix_done(result);
}

static PyObject *posix_getlogin(NOARGS)
{
    errno = 0;
    char *name = getlogin();
    if (!name) {
        if (errno)
            return posix_error();
        PyErr_SetString(PyExc_OSError, "unable to determine login name");
        return NULL;
    }
    return PyUnicode_DecodeFSDefault(name);
}

PyMethodDef posix_user_methods[] = {
    NONE(getuid, "The user id.")
    NONE(geteuid, "The effective user id.")
    NONE(getgid, "The group id.")
    NONE(getegid, "The effective group id.")
    NONE(getresuid, "The real, effective and saved user ids.")
    NONE(getresgid, "The real, effective and saved group ids.")
    ONE(setuid, "($module, uid, /)", "Sets the user id.")
    ONE(seteuid, "($module, euid, /)", "Sets the effective user id.")
    ONE(setgid, "($module, gid, /)", "Sets the group id.")
    ONE(setegid, "($module, egid, /)", "Sets the effective group id.")
    POS(setreuid, "($module, ruid, euid, /)", "Sets the real and effective user ids.")
    POS(setregid, "($module, rgid, egid, /)", "Sets the real and effective group ids.")
    POS(setresuid, "($module, ruid, euid, suid, /)", "Sets the real, effective and saved user ids.")
    POS(setresgid, "($module, rgid, egid, sgid, /)", "Sets the real, effective and saved group ids.")
    NONE(getgroups, "The supplementary groups.")
    ONE(setgroups, "($module, groups, /)", "Sets the supplementary groups.")
    POS(getgrouplist, "($module, user, group, /)", "The groups that a user belongs to.")
    POS(initgroups, "($module, username, gid, /)", "Makes the supplementary groups those of a user.")
    NONE(getlogin, "The name of the user logged in on the terminal.")
    {NULL}};
