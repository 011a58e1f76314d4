/* _stat: what the bits of st_mode mean. */
#include "Python.h"
#include <sys/stat.h>

/* The argument as mode_t; (mode_t)-1 with an exception. */
static mode_t mode_of(PyObject *arg)
{
    unsigned long v = PyLong_AsUnsignedLong(arg);
    if (v == (unsigned long)-1 && PyErr_Occurred())
        return (mode_t)-1;
    if (v > UINT_MAX) {
        PyErr_SetString(PyExc_OverflowError, "mode out of range");
        return (mode_t)-1;
    }
    return (mode_t)v;
}

/* FORMAT(name, expression of mode): a predicate on a mode */
#define PREDICATES(X) \
    X(S_ISDIR, "directory", S_ISDIR(mode)) X(S_ISCHR, "character special device file", S_ISCHR(mode)) \
    X(S_ISBLK, "block special device file", S_ISBLK(mode)) X(S_ISREG, "regular file", S_ISREG(mode)) \
    X(S_ISFIFO, "FIFO (named pipe)", S_ISFIFO(mode)) X(S_ISLNK, "symbolic link", S_ISLNK(mode)) \
    X(S_ISSOCK, "socket", S_ISSOCK(mode)) X(S_ISDOOR, "door", 0) X(S_ISPORT, "event port", 0) \
    X(S_ISWHT, "whiteout", 0)

#define DEFINE(name, text, test) \
    static PyObject *stat_##name(PyObject *module, PyObject *arg) \
    { \
        mode_t mode = mode_of(arg); \
        if (mode == (mode_t)-1 && PyErr_Occurred()) \
            return NULL; \
        return PyBool_FromLong(test); \
    }
PREDICATES(DEFINE)

static PyObject *stat_S_IMODE(PyObject *module, PyObject *arg)
{
    mode_t mode = mode_of(arg);
    return mode == (mode_t)-1 && PyErr_Occurred() ? NULL : PyLong_FromUnsignedLong(mode & 07777);
}

static PyObject *stat_S_IFMT(PyObject *module, PyObject *arg)
{
    mode_t mode = mode_of(arg);
    return mode == (mode_t)-1 && PyErr_Occurred() ? NULL : PyLong_FromUnsignedLong(mode & S_IFMT);
}

/* One group of rwx; special marks setuid, setgid or sticky. */
static void three(char *out, mode_t bits, int special, char mark)
{
    out[0] = bits & 4 ? 'r' : '-';
    out[1] = bits & 2 ? 'w' : '-';
    out[2] = special ? (bits & 1 ? mark : (char)(mark - 'a' + 'A')) : bits & 1 ? 'x' : '-';
}

static PyObject *stat_filemode(PyObject *module, PyObject *arg)
{
    mode_t mode = mode_of(arg);
    if (mode == (mode_t)-1 && PyErr_Occurred())
        return NULL;
    char text[10];
    text[0] = S_ISREG(mode)    ? '-'
              : S_ISDIR(mode)  ? 'd'
              : S_ISLNK(mode)  ? 'l'
              : S_ISBLK(mode)  ? 'b'
              : S_ISCHR(mode)  ? 'c'
              : S_ISFIFO(mode) ? 'p'
              : S_ISSOCK(mode) ? 's'
                               : '?';
    three(text + 1, mode >> 6 & 7, mode & S_ISUID, 's');
    three(text + 4, mode >> 3 & 7, mode & S_ISGID, 's');
    three(text + 7, mode & 7, mode & S_ISVTX, 't');
    return PyUnicode_FromStringAndSize(text, sizeof text);
}

#define METHOD(name, text, test) {#name, stat_##name, METH_O, #name "(mode) -> bool\n\nWhether mode is from a " text "."},
static PyMethodDef stat_methods[] = {
    PREDICATES(METHOD)
    {"S_IMODE", stat_S_IMODE, METH_O, "The permission bits of a mode, which os.chmod() can set."},
    {"S_IFMT", stat_S_IFMT, METH_O, "The bits of a mode that say which kind of file it is."},
    {"filemode", stat_filemode, METH_O, "A mode as text: '-rwxrwxrwx'."},
    {NULL}};

#define C(name) {#name, name},
static const struct {
    const char *name;
    long value;
} constants[] = {
    C(S_IFDIR) C(S_IFCHR) C(S_IFBLK) C(S_IFREG) C(S_IFIFO) C(S_IFLNK) C(S_IFSOCK)
    {"S_IFDOOR", 0}, {"S_IFPORT", 0}, {"S_IFWHT", 0},
    C(S_ISUID) C(S_ISGID) C(S_ISVTX) {"S_ENFMT", S_ISGID},
    C(S_IREAD) C(S_IWRITE) C(S_IEXEC) C(S_IRWXU) C(S_IRUSR) C(S_IWUSR) C(S_IXUSR)
    C(S_IRWXG) C(S_IRGRP) C(S_IWGRP) C(S_IXGRP) C(S_IRWXO) C(S_IROTH) C(S_IWOTH) C(S_IXOTH)
    {"UF_NODUMP", 1}, {"UF_IMMUTABLE", 2}, {"UF_APPEND", 4}, {"UF_OPAQUE", 8}, {"UF_NOUNLINK", 0x10},
    {"UF_COMPRESSED", 0x20}, {"UF_HIDDEN", 0x8000}, {"SF_ARCHIVED", 0x10000}, {"SF_IMMUTABLE", 0x20000},
    {"SF_APPEND", 0x40000}, {"SF_NOUNLINK", 0x100000}, {"SF_SNAPSHOT", 0x200000},
    /* fields of the tuple that os.stat() returns */
    {"ST_MODE", 0}, {"ST_INO", 1}, {"ST_DEV", 2}, {"ST_NLINK", 3}, {"ST_UID", 4}, {"ST_GID", 5}, {"ST_SIZE", 6},
    {"ST_ATIME", 7}, {"ST_MTIME", 8}, {"ST_CTIME", 9},
    /* Windows' file attributes */
    {"FILE_ATTRIBUTE_ARCHIVE", 32}, {"FILE_ATTRIBUTE_COMPRESSED", 2048}, {"FILE_ATTRIBUTE_DEVICE", 64},
    {"FILE_ATTRIBUTE_DIRECTORY", 16}, {"FILE_ATTRIBUTE_ENCRYPTED", 16384}, {"FILE_ATTRIBUTE_HIDDEN", 2},
    {"FILE_ATTRIBUTE_INTEGRITY_STREAM", 32768}, {"FILE_ATTRIBUTE_NORMAL", 128},
    {"FILE_ATTRIBUTE_NOT_CONTENT_INDEXED", 8192}, {"FILE_ATTRIBUTE_NO_SCRUB_DATA", 131072},
    {"FILE_ATTRIBUTE_OFFLINE", 4096}, {"FILE_ATTRIBUTE_READONLY", 1}, {"FILE_ATTRIBUTE_REPARSE_POINT", 1024},
    {"FILE_ATTRIBUTE_SPARSE_FILE", 512}, {"FILE_ATTRIBUTE_SYSTEM", 4}, {"FILE_ATTRIBUTE_TEMPORARY", 256},
    {"FILE_ATTRIBUTE_VIRTUAL", 65536}};

static int stat_exec(PyObject *module)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(constants); i++)
        if (PyModule_AddIntConstant(module, constants[i].name, constants[i].value) < 0)
            return -1;
    return 0;
}

PyDoc_STRVAR(stat_doc, "What the bits of a file's st_mode mean: S_IF* kinds, S_IS*() tests, filemode().");

static PyModuleDef_Slot stat_slots[] = {{Py_mod_exec, stat_exec}, {0, NULL}};
static PyModuleDef stat_module = {PyModuleDef_HEAD_INIT, "_stat", stat_doc, 0, stat_methods, stat_slots};

PyMODINIT_FUNC PyInit__stat(void) { return PyModuleDef_Init(&stat_module); }
