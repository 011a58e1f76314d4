/* posix: files by name — links, modes, owners, times, working directory. */
#include "modules/posix/posix.h"
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/sysmacros.h>

#define AT_NOFOLLOW(follow) ((follow) ? 0 : AT_SYMLINK_NOFOLLOW)

/* -- Working directory -- */

static PyObject *posix_chdir(KWARGS)
{
    KEYWORDS("path");
    Path path = PATH("chdir", "path", 0, 1);
    if (!PARSE("O&:chdir", path_convert, &path))
        return NULL;
    if (!AUDIT("os.chdir", "(O)", path.object))
        return path_error(&path);
    return path_result(&path, UNLOCKED(path.text ? chdir(path.text) : fchdir(path.fd)));
}

static PyObject *posix_fchdir(KWARGS)
{
    KEYWORDS("fd");
    int fd;
    if (!PARSE("O&:fchdir", fd_convert, &fd) || !AUDIT("os.chdir", "(i)", fd))
        return NULL;
    return posix_done(RETRY(fchdir(fd)));
}

static PyObject *working_directory(int as_bytes)
{
    char *name = UNLOCKED(getcwd(NULL, 0));
    if (!name)
        return posix_error();
    PyObject *result = as_bytes ? PyBytes_FromString(name) : PyUnicode_DecodeFSDefault(name);
    free(name);
    return result;
}
static PyObject *posix_getcwd(NOARGS) { return working_directory(0); }
static PyObject *posix_getcwdb(NOARGS) { return working_directory(1); }

static PyObject *posix_chroot(KWARGS)
{
    KEYWORDS("path");
    Path path = PATH("chroot", "path", 0, 0);
    if (!PARSE("O&:chroot", path_convert, &path))
        return NULL;
    return path_result(&path, UNLOCKED(chroot(path.text)));
}

/* -- Access, mode, owner -- */

static PyObject *posix_access(KWARGS)
{
    KEYWORDS("path", "mode", "dir_fd", "effective_ids", "follow_symlinks");
    Path path = PATH("access", "path", 0, 0);
    int mode, dir_fd = AT_FDCWD, effective = 0, follow = 1;
    if (!PARSE("O&i|$O&pp:access", path_convert, &path, &mode, dir_fd_convert, &dir_fd, &effective, &follow))
        return NULL;
    int result = UNLOCKED(faccessat(dir_fd, path.text, mode, AT_NOFOLLOW(follow) | (effective ? AT_EACCESS : 0)));
    path_done(&path);
    return PyBool_FromLong(result == 0);
}

static PyObject *posix_chmod(KWARGS)
{
    KEYWORDS("path", "mode", "dir_fd", "follow_symlinks");
    Path path = PATH("chmod", "path", 0, 1);
    int mode, dir_fd = AT_FDCWD, follow = 1;
    if (!PARSE("O&i|$O&p:chmod", path_convert, &path, &mode, dir_fd_convert, &dir_fd, &follow))
        return NULL;
    if (!AUDIT("os.chmod", "Oii", path.object, mode, dir_fd == AT_FDCWD ? -1 : dir_fd))
        return path_error(&path);
    int result = UNLOCKED(path.fd >= 0 ? fchmod(path.fd, mode) : fchmodat(dir_fd, path.text, mode, AT_NOFOLLOW(follow)));
    if (result < 0 && !follow && (errno == EOPNOTSUPP || errno == ENOTSUP)) {
        PyErr_SetString(PyExc_NotImplementedError,
                        dir_fd == AT_FDCWD ? "chmod: follow_symlinks unavailable on this platform"
                                           : "chmod: cannot use dir_fd and follow_symlinks together");
    }
    return path_result(&path, result);
}

static PyObject *posix_fchmod(KWARGS)
{
    KEYWORDS("fd", "mode");
    int fd, mode;
    if (!PARSE("ii:fchmod", &fd, &mode) || !AUDIT("os.chmod", "iii", fd, mode, -1))
        return NULL;
    return posix_done(RETRY(fchmod(fd, mode)));
}

static PyObject *change_owner(Path *path, uid_t uid, gid_t gid, int dir_fd, int follow)
{
    if (path_and_dir_fd_clash(path, dir_fd) || fd_and_follow_clash(path, follow) ||
        !AUDIT("os.chown", "OIIi", path->object, uid, gid, dir_fd == AT_FDCWD ? -1 : dir_fd))
        return path_error(path);
    return path_result(path, UNLOCKED(path->fd >= 0 ? fchown(path->fd, uid, gid)
                                                    : fchownat(dir_fd, path->text, uid, gid, AT_NOFOLLOW(follow))));
}

static PyObject *posix_chown(KWARGS)
{
    KEYWORDS("path", "uid", "gid", "dir_fd", "follow_symlinks");
    Path path = PATH("chown", "path", 0, 1);
    uid_t uid;
    gid_t gid;
    int dir_fd = AT_FDCWD, follow = 1;
    if (!PARSE("O&O&O&|$O&p:chown", path_convert, &path, uid_convert, &uid, gid_convert, &gid, dir_fd_convert, &dir_fd,
               &follow))
        return NULL;
    return change_owner(&path, uid, gid, dir_fd, follow);
}

static PyObject *posix_lchown(KWARGS)
{
    KEYWORDS("path", "uid", "gid");
    Path path = PATH("lchown", "path", 0, 0);
    uid_t uid;
    gid_t gid;
    if (!PARSE("O&O&O&:lchown", path_convert, &path, uid_convert, &uid, gid_convert, &gid))
        return NULL;
    return change_owner(&path, uid, gid, AT_FDCWD, 0);
}

static PyObject *posix_fchown(KWARGS)
{
    KEYWORDS("fd", "uid", "gid");
    int fd;
    uid_t uid;
    gid_t gid;
    if (!PARSE("iO&O&:fchown", &fd, uid_convert, &uid, gid_convert, &gid) || !AUDIT("os.chown", "iIIi", fd, uid, gid, -1))
        return NULL;
    return posix_done(RETRY(fchown(fd, uid, gid)));
}

/* -- Making and removing names -- */

static PyObject *posix_link(KWARGS)
{
    KEYWORDS("src", "dst", "src_dir_fd", "dst_dir_fd", "follow_symlinks");
    Path src = PATH("link", "src", 0, 0), dst = PATH("link", "dst", 0, 0);
    int src_fd = AT_FDCWD, dst_fd = AT_FDCWD, follow = 1;
    if (!PARSE("O&O&|$O&O&p:link", path_convert, &src, path_convert, &dst, dir_fd_convert, &src_fd, dir_fd_convert, &dst_fd,
               &follow))
        return NULL;
    if (!AUDIT("os.link", "OOii", src.object, dst.object, src_fd == AT_FDCWD ? -1 : src_fd,
               dst_fd == AT_FDCWD ? -1 : dst_fd))
        return path_error2(&src, &dst);
    int flags = src_fd != AT_FDCWD || dst_fd != AT_FDCWD || !follow ? (follow ? AT_SYMLINK_FOLLOW : 0) : 0;
    if (UNLOCKED(linkat(src_fd, src.text, dst_fd, dst.text, flags)) < 0)
        return path_error2(&src, &dst);
    path_done(&src);
    return path_result(&dst, 0);
}

static PyObject *posix_symlink(KWARGS)
{
    KEYWORDS("src", "dst", "target_is_directory", "dir_fd");
    Path src = PATH("symlink", "src", 0, 0), dst = PATH("symlink", "dst", 0, 0);
    int is_directory, dir_fd = AT_FDCWD;
    if (!PARSE("O&O&|p$O&:symlink", path_convert, &src, path_convert, &dst, &is_directory, dir_fd_convert, &dir_fd))
        return NULL;
    if (!AUDIT("os.symlink", "OOi", src.object, dst.object, dir_fd == AT_FDCWD ? -1 : dir_fd) ||
        UNLOCKED(symlinkat(src.text, dir_fd, dst.text)) < 0)
        return path_error2(&src, &dst);
    path_done(&src);
    return path_result(&dst, 0);
}

static PyObject *posix_readlink(KWARGS)
{
    KEYWORDS("path", "dir_fd");
    Path path = PATH("readlink", "path", 0, 0);
    int dir_fd = AT_FDCWD;
    char target[PATH_MAX + 1];
    if (!PARSE("O&|$O&:readlink", path_convert, &path, dir_fd_convert, &dir_fd))
        return NULL;
    ssize_t n = UNLOCKED(readlinkat(dir_fd, path.text, target, PATH_MAX));
    if (n < 0)
        return path_error(&path);
    PyObject *result = PyUnicode_Check(path.object) ? PyUnicode_DecodeFSDefaultAndSize(target, n)
                                                    : PyBytes_FromStringAndSize(target, n);
    path_done(&path);
    return result;
}

static PyObject *rename_file(PyObject *args, PyObject *kwargs, const char *function, const char *format)
{
    KEYWORDS("src", "dst", "src_dir_fd", "dst_dir_fd");
    Path src = PATH(function, "src", 0, 0), dst = PATH(function, "dst", 0, 0);
    int src_fd = AT_FDCWD, dst_fd = AT_FDCWD;
    if (!PARSE(format, path_convert, &src, path_convert, &dst, dir_fd_convert, &src_fd, dir_fd_convert, &dst_fd))
        return NULL;
    if (!AUDIT("os.rename", "OOii", src.object, dst.object, src_fd == AT_FDCWD ? -1 : src_fd,
               dst_fd == AT_FDCWD ? -1 : dst_fd) ||
        UNLOCKED(renameat(src_fd, src.text, dst_fd, dst.text)) < 0)
        return path_error2(&src, &dst);
    path_done(&src);
    return path_result(&dst, 0);
}
static PyObject *posix_rename(KWARGS) { return rename_file(args, kwargs, "rename", "O&O&|$O&O&:rename"); }
static PyObject *posix_replace(KWARGS) { return rename_file(args, kwargs, "replace", "O&O&|$O&O&:replace"); }

static PyObject *remove_name(PyObject *args, PyObject *kwargs, const char *function, const char *format, int flags)
{
    KEYWORDS("path", "dir_fd");
    Path path = PATH(function, "path", 0, 0);
    int dir_fd = AT_FDCWD;
    if (!PARSE(format, path_convert, &path, dir_fd_convert, &dir_fd))
        return NULL;
    if (!AUDIT(flags ? "os.rmdir" : "os.remove", "Oi", path.object, dir_fd == AT_FDCWD ? -1 : dir_fd))
        return path_error(&path);
    return path_result(&path, UNLOCKED(unlinkat(dir_fd, path.text, flags)));
}
static PyObject *posix_unlink(KWARGS) { return remove_name(args, kwargs, "unlink", "O&|$O&:unlink", 0); }
static PyObject *posix_remove(KWARGS) { return remove_name(args, kwargs, "remove", "O&|$O&:remove", 0); }
static PyObject *posix_rmdir(KWARGS) { return remove_name(args, kwargs, "rmdir", "O&|$O&:rmdir", AT_REMOVEDIR); }

static PyObject *posix_mkdir(KWARGS)
{
    KEYWORDS("path", "mode", "dir_fd");
    Path path = PATH("mkdir", "path", 0, 0);
    int mode = 0777, dir_fd = AT_FDCWD;
    if (!PARSE("O&|i$O&:mkdir", path_convert, &path, &mode, dir_fd_convert, &dir_fd))
        return NULL;
    if (!AUDIT("os.mkdir", "Oii", path.object, mode, dir_fd == AT_FDCWD ? -1 : dir_fd))
        return path_error(&path);
    return path_result(&path, UNLOCKED(mkdirat(dir_fd, path.text, mode)));
}

static PyObject *posix_mkfifo(KWARGS)
{
    KEYWORDS("path", "mode", "dir_fd");
    Path path = PATH("mkfifo", "path", 0, 0);
    int mode = 0666, dir_fd = AT_FDCWD;
    if (!PARSE("O&|i$O&:mkfifo", path_convert, &path, &mode, dir_fd_convert, &dir_fd))
        return NULL;
    return path_result(&path, RETRY(mkfifoat(dir_fd, path.text, mode)));
}

static PyObject *posix_mknod(KWARGS)
{
    KEYWORDS("path", "mode", "device", "dir_fd");
    Path path = PATH("mknod", "path", 0, 0);
    int mode = 0600, dir_fd = AT_FDCWD;
    dev_t device = 0;
    if (!PARSE("O&|iO&$O&:mknod", path_convert, &path, &mode, dev_convert, &device, dir_fd_convert, &dir_fd))
        return NULL;
    return path_result(&path, RETRY(mknodat(dir_fd, path.text, mode, device)));
}

/* -- Size and times -- */

static PyObject *posix_truncate(KWARGS)
{
    KEYWORDS("path", "length");
    Path path = PATH("truncate", "path", 0, 1);
    off_t length;
    if (!PARSE("O&O&:truncate", path_convert, &path, off_convert, &length))
        return NULL;
    if (!AUDIT("os.truncate", "On", path.object, (Py_ssize_t)length))
        return path_error(&path);
    return path_result(&path, UNLOCKED(path.fd >= 0 ? ftruncate(path.fd, length) : truncate(path.text, length)));
}

static PyObject *posix_ftruncate(POSARGS)
{
    int fd;
    off_t length;
    if (!PyArg_ParseTuple(args, "iO&:ftruncate", &fd, off_convert, &length) ||
        !AUDIT("os.truncate", "in", fd, (Py_ssize_t)length))
        return NULL;
    return posix_done(RETRY(ftruncate(fd, length)));
}

/* Whole nanoseconds as timespec, by divmod so that any int works. */
static int split_ns(PyObject *ns, struct timespec *ts)
{
    PyObject *billion = PyLong_FromLong(1000000000), *pair = billion ? PyNumber_Divmod(ns, billion) : NULL;
    Py_XDECREF(billion);
    int status = -1;
    if (pair && (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2))
        PyErr_Format(PyExc_TypeError, "%.200s.__divmod__() must return a 2-tuple, not %.200s", Py_TYPE(ns)->tp_name,
                     Py_TYPE(pair)->tp_name);
    else if (pair && _PyTime_ObjectToTime_t(PyTuple_GET_ITEM(pair, 0), &ts->tv_sec, _PyTime_ROUND_FLOOR) == 0) {
        ts->tv_nsec = PyLong_AsLong(PyTuple_GET_ITEM(pair, 1));
        status = PyErr_Occurred() ? -1 : 0;
    }
    Py_XDECREF(pair);
    return status;
}

/* The two times of utime's arguments; 0, or -1 with an exception. */
static int times_argument(PyObject *times, PyObject *ns, struct timespec *ts)
{
    if (times != Py_None && ns) {
        PyErr_SetString(PyExc_ValueError, "utime: you may specify either 'times' or 'ns' but not both");
        return -1;
    }
    if (times == Py_None && !ns) {
        ts[0].tv_nsec = ts[1].tv_nsec = UTIME_NOW;
        return 0;
    }
    PyObject *pair = ns ? ns : times;
    if (!PyTuple_CheckExact(pair) || PyTuple_GET_SIZE(pair) != 2) {
        PyErr_SetString(PyExc_TypeError, ns ? "utime: 'ns' must be a tuple of two ints"
                                            : "utime: 'times' must be either a tuple of two ints or None");
        return -1;
    }
    for (int i = 0; i < 2; i++) {
        PyObject *t = PyTuple_GET_ITEM(pair, i);
        if (ns ? split_ns(t, &ts[i]) < 0
               : _PyTime_ObjectToTimespec(t, &ts[i].tv_sec, &ts[i].tv_nsec, _PyTime_ROUND_FLOOR) < 0)
            return -1;
    }
    return 0;
}

static PyObject *posix_utime(KWARGS)
{
    KEYWORDS("path", "times", "ns", "dir_fd", "follow_symlinks");
    Path path = PATH("utime", "path", 0, 1);
    PyObject *times = Py_None, *ns = NULL;
    int dir_fd = AT_FDCWD, follow = 1;
    struct timespec ts[2] = {{0}};
    if (!PARSE("O&|O$OO&p:utime", path_convert, &path, &times, &ns, dir_fd_convert, &dir_fd, &follow))
        return NULL;
    if (times_argument(times, ns, ts) < 0 || path_and_dir_fd_clash(&path, dir_fd) || fd_and_follow_clash(&path, follow) ||
        !AUDIT("os.utime", "OOOi", path.object, times, ns ? ns : Py_None, dir_fd == AT_FDCWD ? -1 : dir_fd))
        return path_error(&path);
    return path_result(&path, UNLOCKED(path.fd >= 0 ? futimens(path.fd, ts)
                                                    : utimensat(dir_fd, path.text, ts, AT_NOFOLLOW(follow))));
}

/* -- Device numbers -- */

static PyObject *posix_major(ONEARG)
{
    dev_t device;
    return dev_convert(arg, &device) ? PyLong_FromLong((long)major(device)) : NULL;
}

static PyObject *posix_minor(ONEARG)
{
    dev_t device;
    return dev_convert(arg, &device) ? PyLong_FromLong((long)minor(device)) : NULL;
}

static PyObject *posix_makedev(POSARGS)
{
    int major, minor;
    if (!PyArg_ParseTuple(args, "ii:makedev", &major, &minor))
        return NULL;
    return PyLong_FromUnsignedLongLong(makedev(major, minor));
}

PyMethodDef posix_file_methods[] = {
    KW(chdir, "($module, /, path)", "Changes the working directory; path may be a descriptor.")
    KW(fchdir, "($module, /, fd)", "Changes the working directory to an open one.")
    NONE(getcwd, "The working directory as str.")
    NONE(getcwdb, "The working directory as bytes.")
    KW(chroot, "($module, /, path)", "Changes the root directory of the process.")
    KW(access, "($module, /, path, mode, *, dir_fd=None, effective_ids=False,\n       follow_symlinks=True)",
       "Whether the real (or effective) user may use a path in a way: F_OK, or R_OK, W_OK and X_OK together.")
    KW(chmod, "($module, /, path, mode, *, dir_fd=None, follow_symlinks=True)", "Changes the permissions of a file.")
    KW(fchmod, "($module, /, fd, mode)", "Changes the permissions of an open file.")
    KW(chown, "($module, /, path, uid, gid, *, dir_fd=None, follow_symlinks=True)",
       "Changes the owner and group of a file; -1 leaves one as it is.")
    KW(fchown, "($module, /, fd, uid, gid)", "Changes the owner and group of an open file.")
    KW(lchown, "($module, /, path, uid, gid)", "Changes the owner and group of a path without following links.")
    KW(link, "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None,\n     follow_symlinks=True)", "Makes a hard link.")
    KW(symlink, "($module, /, src, dst, target_is_directory=False, *, dir_fd=None)",
       "Makes a symbolic link named dst that points to src.")
    KW(readlink, "($module, /, path, *, dir_fd=None)", "What a symbolic link points to, of the type of the argument.")
    KW(rename, "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)", "Renames a file or directory.")
    KW(replace, "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)",
       "Renames a file or directory, over what is there.")
    KW(unlink, "($module, /, path, *, dir_fd=None)", "Removes a file.")
    KW(remove, "($module, /, path, *, dir_fd=None)", "Removes a file.")
    KW(rmdir, "($module, /, path, *, dir_fd=None)", "Removes an empty directory.")
    KW(mkdir, "($module, /, path, mode=511, *, dir_fd=None)", "Makes a directory.")
    KW(mkfifo, "($module, /, path, mode=438, *, dir_fd=None)", "Makes a named pipe.")
    KW(mknod, "($module, /, path, mode=384, device=0, *, dir_fd=None)", "Makes a file, device node or named pipe.")
    KW(truncate, "($module, /, path, length)", "Cuts a file to at most a length.")
    POS(ftruncate, "($module, fd, length, /)", "Cuts an open file to a length.")
    KW(utime, "($module, /, path, times=None, *, ns=<unrepresentable>,\n      dir_fd=None, follow_symlinks=True)",
       "Sets the times of access and modification: seconds, nanoseconds (ns), or now.")
    ONE(major, "($module, device, /)", "The major number of a device.")
    ONE(minor, "($module, device, /)", "The minor number of a device.")
    POS(makedev, "($module, major, minor, /)", "A device number of its two parts.")
    {NULL}};
