/* posix: what is known of a file — stat and statvfs, and their results. */
#include "modules/posix/posix.h"
#include "capi/structseq.h"
#include "modules/posix/stat_result.h"
#include "structmember.h"
#include <sys/statvfs.h>

static PyTypeObject StatResult_Type, StatVFSResult_Type;

/* -- stat_result -- */

static PyStructSequence_Field stat_fields[] = {
    {"st_mode", "protection bits"},
    {"st_ino", "inode"},
    {"st_dev", "device"},
    {"st_nlink", "number of hard links"},
    {"st_uid", "user ID of owner"},
    {"st_gid", "group ID of owner"},
    {"st_size", "total size, in bytes"},
    {NULL, "integer time of last access"},
    {NULL, "integer time of last modification"},
    {NULL, "integer time of last change"},
    {"st_atime", "time of last access"},
    {"st_mtime", "time of last modification"},
    {"st_ctime", "time of last change"},
    {"st_atime_ns", "time of last access in nanoseconds"},
    {"st_mtime_ns", "time of last modification in nanoseconds"},
    {"st_ctime_ns", "time of last change in nanoseconds"},
    {"st_blksize", "blocksize for filesystem I/O"},
    {"st_blocks", "number of blocks allocated"},
    {"st_rdev", "device type (if inode device)"},
    {NULL}};
static PyStructSequence_Desc stat_desc = {
    "os.stat_result",
    "stat_result: What stat(), fstat() and lstat() know of a file.\n\n"
    "A tuple of (mode, ino, dev, nlink, uid, gid, size, atime, mtime, ctime), each also an attribute\n"
    "with the prefix st_; times with a fraction, and more fields, are attributes only.",
    stat_fields, 10};

static newfunc structseq_new;

/* Times left out of a tuple that is made a stat_result are those of the visible, whole seconds. */
static PyObject *stat_result_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *result = structseq_new(type, args, kwargs);
    if (!result)
        return NULL;
    PyObject **items = ((PyTupleObject *)result)->ob_item;
    for (int i = 7; i < 10; i++)
        if (items[i + 3] == Py_None)
            Py_SETREF(items[i + 3], Py_NewRef(items[i]));
    return result;
}

/* One time in its three forms. */
static void fill_time(PyObject *s, int i, const struct timespec *ts)
{
    PyStructSequence_SET_ITEM(s, i, PyLong_FromLongLong(ts->tv_sec));
    PyStructSequence_SET_ITEM(s, i + 3, PyFloat_FromDouble((double)ts->tv_sec + 1e-9 * (double)ts->tv_nsec));
    __int128 ns = (__int128)ts->tv_sec * 1000000000 + ts->tv_nsec;
    PyObject *exact = ns == (long long)ns ? PyLong_FromLongLong((long long)ns)
                                          : _PyLong_FromByteArray((unsigned char *)&ns, sizeof ns, 1, 1);
    PyStructSequence_SET_ITEM(s, i + 6, exact);
}

PyObject *stat_result_from(const struct stat *st)
{
    PyObject *s = PyStructSequence_New(&StatResult_Type);
    if (!s)
        return NULL;
    PyStructSequence_SET_ITEM(s, 0, PyLong_FromLong((long)st->st_mode));
    PyStructSequence_SET_ITEM(s, 1, PyLong_FromUnsignedLongLong(st->st_ino));
    PyStructSequence_SET_ITEM(s, 2, PyLong_FromUnsignedLongLong(st->st_dev));
    PyStructSequence_SET_ITEM(s, 3, PyLong_FromLong((long)st->st_nlink));
    PyStructSequence_SET_ITEM(s, 4, uid_object(st->st_uid));
    PyStructSequence_SET_ITEM(s, 5, gid_object(st->st_gid));
    PyStructSequence_SET_ITEM(s, 6, PyLong_FromLongLong(st->st_size));
    fill_time(s, 7, &st->st_atim);
    fill_time(s, 8, &st->st_mtim);
    fill_time(s, 9, &st->st_ctim);
    PyStructSequence_SET_ITEM(s, 16, PyLong_FromLong((long)st->st_blksize));
    PyStructSequence_SET_ITEM(s, 17, PyLong_FromLong((long)st->st_blocks));
    PyStructSequence_SET_ITEM(s, 18, PyLong_FromUnsignedLongLong(st->st_rdev));
    if (PyErr_Occurred())
        Py_CLEAR(s);
    return s;
}

static PyObject *stat_path(Path *path, int dir_fd, int follow)
{
    struct stat st;
    if (path_and_dir_fd_clash(path, dir_fd) || fd_and_follow_clash(path, follow))
        return path_error(path);
    int result = UNLOCKED(path->fd >= 0 ? fstat(path->fd, &st)
                                        : fstatat(dir_fd, path->text, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW));
    if (result < 0)
        return path_error(path);
    path_done(path);
    return stat_result_from(&st);
}

static PyObject *posix_stat(KWARGS)
{
    KEYWORDS("path", "dir_fd", "follow_symlinks");
    Path path = PATH("stat", "path", 0, 1);
    int dir_fd = AT_FDCWD, follow = 1;
    if (!PARSE("O&|$O&p:stat", path_convert, &path, dir_fd_convert, &dir_fd, &follow))
        return NULL;
    return stat_path(&path, dir_fd, follow);
}

static PyObject *posix_lstat(KWARGS)
{
    KEYWORDS("path", "dir_fd");
    Path path = PATH("lstat", "path", 0, 0);
    int dir_fd = AT_FDCWD;
    if (!PARSE("O&|$O&:lstat", path_convert, &path, dir_fd_convert, &dir_fd))
        return NULL;
    return stat_path(&path, dir_fd, 0);
}

static PyObject *posix_fstat(KWARGS)
{
    KEYWORDS("fd");
    int fd;
    struct stat st;
    if (!PARSE("i:fstat", &fd))
        return NULL;
    if (RETRY(fstat(fd, &st)) < 0)
        return posix_error();
    return stat_result_from(&st);
}

/* -- statvfs_result -- */

static PyStructSequence_Field statvfs_fields[] = {{"f_bsize"}, {"f_frsize"}, {"f_blocks"}, {"f_bfree"},  {"f_bavail"},
                                                  {"f_files"}, {"f_ffree"},  {"f_favail"}, {"f_flag"},   {"f_namemax"},
                                                  {"f_fsid"},  {NULL}};
static PyStructSequence_Desc statvfs_desc = {
    "os.statvfs_result",
    "statvfs_result: What statvfs() and fstatvfs() know of a file system.\n\n"
    "A tuple of (bsize, frsize, blocks, bfree, bavail, files, ffree, favail, flag, namemax), each also an\n"
    "attribute with the prefix f_.",
    statvfs_fields, 10};

static PyObject *statvfs_result(const struct statvfs *st)
{
    PyObject *s = PyStructSequence_New(&StatVFSResult_Type);
    if (!s)
        return NULL;
    const unsigned long values[] = {st->f_bsize, st->f_frsize, st->f_blocks, st->f_bfree, st->f_bavail, st->f_files,
                                    st->f_ffree, st->f_favail, st->f_flag, st->f_namemax, st->f_fsid};
    for (int i = 0; i < (int)Py_ARRAY_LENGTH(values); i++)
        PyStructSequence_SET_ITEM(s, i, PyLong_FromUnsignedLong(values[i]));
    if (PyErr_Occurred())
        Py_CLEAR(s);
    return s;
}

static PyObject *posix_statvfs(KWARGS)
{
    KEYWORDS("path");
    Path path = PATH("statvfs", "path", 0, 1);
    struct statvfs st;
    if (!PARSE("O&:statvfs", path_convert, &path))
        return NULL;
    if (UNLOCKED(path.fd >= 0 ? fstatvfs(path.fd, &st) : statvfs(path.text, &st)) < 0)
        return path_error(&path);
    path_done(&path);
    return statvfs_result(&st);
}

static PyObject *posix_fstatvfs(ONEARG)
{
    struct statvfs st;
    int fd = _PyLong_AsInt(arg);
    if (fd == -1 && PyErr_Occurred())
        return NULL;
    if (RETRY(fstatvfs(fd, &st)) < 0)
        return posix_error();
    return statvfs_result(&st);
}

PyMethodDef posix_stat_methods[] = {
    KW(stat, "($module, /, path, *, dir_fd=None, follow_symlinks=True)",
       "What is known of a file, as stat_result; path may be a descriptor.")
    KW(lstat, "($module, /, path, *, dir_fd=None)", "The same without following symbolic links.")
    KW(fstat, "($module, /, fd)", "The same of an open file.")
    KW(statvfs, "($module, /, path)", "What is known of the file system that path is on, as statvfs_result.")
    ONE(fstatvfs, "($module, fd, /)", "The same by an open file.")
    {NULL}};

int posix_stat_init(PyObject *module)
{
    for (int i = 7; i < 10; i++)
        stat_fields[i].name = PyStructSequence_UnnamedField;
    if (!(StatResult_Type.tp_flags & Py_TPFLAGS_READY)) {
        if (PyStructSequence_InitType2(&StatResult_Type, &stat_desc) < 0)
            return -1;
        structseq_new = StatResult_Type.tp_new;
        StatResult_Type.tp_new = stat_result_new;
    }
    if (PyStructSequence_InitType2(&StatVFSResult_Type, &statvfs_desc) < 0)
        return -1;
    return PyModule_AddObjectRef(module, "stat_result", (PyObject *)&StatResult_Type) < 0 ||
                   PyModule_AddObjectRef(module, "statvfs_result", (PyObject *)&StatVFSResult_Type) < 0
               ? -1
               : 0;
}
