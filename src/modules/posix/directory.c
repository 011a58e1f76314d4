/* posix: the names in a directory — listdir(), and scandir() with its entries. */
#include "modules/posix/posix.h"
#include "memory/state.h"
#include "modules/posix/stat_result.h"
#include "structmember.h"
#include "objects/hidden.h"
#include <dirent.h>

/* The directory as a stream: by name, by a copy of a descriptor, or "." for None.  NULL with errno. */
static DIR *open_directory(const Path *path)
{
    if (path->fd < 0)
        return UNLOCKED(opendir(path->text ? path->text : "."));
    int fd = fcntl(path->fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0)
        return NULL;
    DIR *stream = UNLOCKED(fdopendir(fd));
    if (!stream) {
        int error = errno;
        close(fd);
        errno = error;
    }
    else if (path->fd >= 0)
        rewinddir(stream); /* the copy shares its position */
    return stream;
}

/* The next entry but "." and ".."; NULL at the end or, with errno set, after an error. */
static struct dirent *next_entry(DIR *stream)
{
    for (;;) {
        struct dirent *e = UNLOCKED(readdir(stream));
        if (!e)
            return NULL;
        if (e->d_name[0] != '.' || (e->d_name[1] && (e->d_name[1] != '.' || e->d_name[2])))
            return e;
    }
}

static PyObject *name_object(const char *name, int as_bytes)
{
    return as_bytes ? PyBytes_FromString(name) : PyUnicode_DecodeFSDefault(name);
}

static PyObject *posix_listdir(KWARGS)
{
    KEYWORDS("path");
    Path path = PATH("listdir", "path", 1, 1);
    if (!PARSE("|O&:listdir", path_convert, &path))
        return NULL;
    PyObject *audited = path.object ? path.object : Py_None;
    if (!AUDIT("os.listdir", "O", audited))
        return path_error(&path);
    DIR *stream = open_directory(&path);
    if (!stream)
        return path_error(&path);
    int as_bytes = path_is_bytes(&path);
    PyObject *list = PyList_New(0);
    struct dirent *e = NULL;
    while (list && (e = next_entry(stream))) {
        PyObject *name = name_object(e->d_name, as_bytes);
        if (!name || PyList_Append(list, name) < 0)
            Py_CLEAR(list);
        Py_XDECREF(name);
    }
    if (list && errno) {
        Py_CLEAR(list);
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path.object);
    }
    UNLOCKED(closedir(stream));
    path_done(&path);
    return list;
}

/* -- DirEntry -- */

typedef struct {
    PyObject_HEAD
    PyObject *name, *path, *stat, *lstat; /* the last two: NULL until asked for */
    unsigned char d_type;
    ino64_t d_ino;
    int dir_fd; /* the directory's, which must still be open; -1: use the path */
} DirEntry;


static void entry_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    DirEntry *e = (DirEntry *)self;
    Py_XDECREF(e->name);
    Py_XDECREF(e->path);
    Py_XDECREF(e->stat);
    Py_XDECREF(e->lstat);
    type->tp_free(self);
    Py_DECREF(type);
}

HIDDEN_FIELDS(direntry, entry_dealloc, FIELD(DirEntry, name), FIELD(DirEntry, path), FIELD(DirEntry, stat), FIELD(DirEntry, lstat));

static PyObject *entry_repr(PyObject *self) { return PyUnicode_FromFormat("<DirEntry %R>", ((DirEntry *)self)->name); }

static PyObject *fetch_stat(DirEntry *e, int follow)
{
    PyObject *bytes;
    struct stat st;
    if (!PyUnicode_FSConverter(e->dir_fd >= 0 ? e->name : e->path, &bytes))
        return NULL;
    int result = UNLOCKED(fstatat(e->dir_fd >= 0 ? e->dir_fd : AT_FDCWD, PyBytes_AS_STRING(bytes), &st,
                                  follow ? 0 : AT_SYMLINK_NOFOLLOW));
    Py_DECREF(bytes);
    if (result < 0)
        return PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, e->path);
    return stat_result_from(&st);
}

/* Cached; borrowed. */
static PyObject *entry_stat(DirEntry *e, int follow)
{
    if (follow && e->d_type != DT_LNK && e->d_type != DT_UNKNOWN)
        follow = 0;
    if (!e->lstat && !(e->lstat = fetch_stat(e, 0)))
        return NULL;
    if (!follow)
        return e->lstat;
    if (!e->stat) {
        long mode = PyLong_AsLong(PyStructSequence_GET_ITEM(e->lstat, 0));
        e->stat = S_ISLNK(mode) ? fetch_stat(e, 1) : Py_NewRef(e->lstat);
    }
    return e->stat;
}

/* Whether the entry is of a kind: 1, 0, or -1 with an exception. */
static int entry_is(DirEntry *e, int follow, mode_t kind, unsigned char type)
{
    if (e->d_type != DT_UNKNOWN && !(follow && e->d_type == DT_LNK))
        return e->d_type == type;
    PyObject *stat = entry_stat(e, follow);
    if (!stat) {
        if (PyErr_ExceptionMatches(PyExc_FileNotFoundError)) {
            PyErr_Clear();
            return 0; /* gone, or a link to nowhere */
        }
        return -1;
    }
    long mode = PyLong_AsLong(PyStructSequence_GET_ITEM(stat, 0));
    return (mode & S_IFMT) == kind;
}

static PyObject *truth(int answer) { return answer < 0 ? NULL : PyBool_FromLong(answer); }

static PyObject *entry_method_stat(PyObject *self, PyObject *args, PyObject *kwargs)
{
    KEYWORDS("follow_symlinks");
    int follow = 1;
    if (!PARSE("|$p:stat", &follow))
        return NULL;
    return Py_XNewRef(entry_stat((DirEntry *)self, follow));
}

static PyObject *entry_is_dir(PyObject *self, PyObject *args, PyObject *kwargs)
{
    KEYWORDS("follow_symlinks");
    int follow = 1;
    if (!PARSE("|$p:is_dir", &follow))
        return NULL;
    return truth(entry_is((DirEntry *)self, follow, S_IFDIR, DT_DIR));
}

static PyObject *entry_is_file(PyObject *self, PyObject *args, PyObject *kwargs)
{
    KEYWORDS("follow_symlinks");
    int follow = 1;
    if (!PARSE("|$p:is_file", &follow))
        return NULL;
    return truth(entry_is((DirEntry *)self, follow, S_IFREG, DT_REG));
}

static PyObject *entry_is_symlink(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    return truth(entry_is((DirEntry *)self, 0, S_IFLNK, DT_LNK));
}

static PyObject *entry_inode(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    return PyLong_FromUnsignedLongLong(((DirEntry *)self)->d_ino);
}

static PyObject *entry_fspath(PyObject *self, PyObject *Py_UNUSED(ignored)) { return Py_NewRef(((DirEntry *)self)->path); }

#define ENTRY_KW(name, function, doc) \
    {name, (PyCFunction)(void (*)(void))function, METH_VARARGS | METH_KEYWORDS, \
     name "($self, /, *, follow_symlinks=True)\n--\n\n" doc}
static PyMethodDef entry_methods[] = {
    ENTRY_KW("is_dir", entry_is_dir, "Whether the entry is a directory; cached."),
    ENTRY_KW("is_file", entry_is_file, "Whether the entry is a file; cached."),
    {"is_symlink", entry_is_symlink, METH_NOARGS, "is_symlink($self, /)\n--\n\nWhether the entry is a symbolic link; cached."},
    ENTRY_KW("stat", entry_method_stat, "stat_result of the entry; cached."),
    {"inode", entry_inode, METH_NOARGS, "inode($self, /)\n--\n\nInode number of the entry."},
    {"__fspath__", entry_fspath, METH_NOARGS, "__fspath__($self, /)\n--\n\nThe path of the entry."},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, "See PEP 585."},
    {NULL}};
static PyMemberDef entry_members[] = {
    {"name", T_OBJECT_EX, offsetof(DirEntry, name), READONLY, "the base name, as the argument of scandir() was: str or bytes"},
    {"path", T_OBJECT_EX, offsetof(DirEntry, path), READONLY, "the directory's path joined with the name"},
    {NULL}};
static PyType_Slot entry_slots[] = {{Py_tp_dealloc, entry_dealloc}, {Py_tp_repr, entry_repr},
                                    {Py_tp_methods, entry_methods}, {Py_tp_members, entry_members}, {0, NULL}};
static PyType_Spec entry_spec = {"posix.DirEntry", sizeof(DirEntry), 0,
                                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, entry_slots};

/* directory/name of the same type as name; new reference or NULL. */
static PyObject *join(const Path *directory, PyObject *name)
{
    if (!directory->text)
        return directory->fd >= 0 ? Py_NewRef(name)
               : PyBytes_Check(name) ? PyBytes_FromFormat("./%s", PyBytes_AS_STRING(name))
                                     : PyUnicode_FromFormat("./%U", name);
    int slash = directory->length > 0 && directory->text[directory->length - 1] == '/';
    if (PyBytes_Check(name))
        return PyBytes_FromFormat("%s%s%s", directory->text, slash || !directory->length ? "" : "/",
                                  PyBytes_AS_STRING(name));
    return PyUnicode_FromFormat("%U%s%U", directory->object, slash || !directory->length ? "" : "/", name);
}

static PyObject *make_entry(const Path *directory, DIR *stream, const struct dirent *d)
{
    DirEntry *e = PyObject_New(DirEntry, (PyTypeObject *)KEPT(direntry_type));
    if (!e)
        return NULL;
    e->path = e->stat = e->lstat = NULL;
    e->d_type = d->d_type;
    e->d_ino = d->d_ino;
    e->dir_fd = directory->fd;
    e->name = name_object(d->d_name, path_is_bytes(directory));
    e->path = e->name ? join(directory, e->name) : NULL;
    if (!e->path)
        Py_CLEAR(e);
    return (PyObject *)e;
}

/* -- The iterator -- */

typedef struct {
    PyObject_HEAD
    Path path;
    DIR *stream; /* NULL: closed */
} Scan;


static void scan_close(Scan *scan)
{
    DIR *stream = scan->stream;
    scan->stream = NULL;
    if (stream) {
        if (scan->path.fd >= 0)
            rewinddir(stream);
        UNLOCKED(closedir(stream));
    }
}

static PyObject *scan_next(PyObject *self)
{
    Scan *scan = (Scan *)self;
    if (!scan->stream)
        return NULL;
    struct dirent *d = next_entry(scan->stream);
    if (d) {
        PyObject *entry = make_entry(&scan->path, scan->stream, d);
        if (!entry)
            scan_close(scan);
        return entry;
    }
    if (errno)
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, scan->path.object);
    scan_close(scan);
    return NULL;
}

static PyObject *scan_method_close(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    scan_close((Scan *)self);
    Py_RETURN_NONE;
}

static PyObject *scan_enter(PyObject *self, PyObject *Py_UNUSED(ignored)) { return Py_NewRef(self); }

static PyObject *scan_exit(PyObject *self, PyObject *args)
{
    scan_close((Scan *)self);
    Py_RETURN_NONE;
}

/* An iterator that was left open says so, then closes. */
static void scan_finalize(PyObject *self)
{
    Scan *scan = (Scan *)self;
    if (!scan->stream)
        return;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (PyErr_ResourceWarning(self, 1, "unclosed scandir iterator %R", self) < 0 &&
        PyErr_ExceptionMatches(PyExc_Warning))
        PyErr_WriteUnraisable(self);
    scan_close(scan);
    PyErr_Restore(type, value, traceback);
}

static int scan_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    return 0;
}

static void scan_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    if (PyObject_CallFinalizerFromDealloc(self) < 0)
        return;
    PyObject_GC_UnTrack(self);
    path_done(&((Scan *)self)->path);
    type->tp_free(self);
    Py_DECREF(type);
}

HIDDEN_FIELDS(scandir, scan_dealloc, FIELD(Scan, path.object), FIELD(Scan, path.bytes));

static PyMethodDef scan_methods[] = {{"__enter__", scan_enter, METH_NOARGS, NULL},
                                     {"__exit__", scan_exit, METH_VARARGS, NULL},
                                     {"close", scan_method_close, METH_NOARGS, NULL},
                                     {NULL}};
/* Containers, so that those that are open at the end are found (runtime/observers.h). */
static PyType_Slot scan_slots[] = {{Py_tp_dealloc, scan_dealloc}, {Py_tp_finalize, scan_finalize},
                                   {Py_tp_traverse, scan_traverse},
                                   {Py_tp_iter, PyObject_SelfIter}, {Py_tp_iternext, scan_next},
                                   {Py_tp_methods, scan_methods}, {0, NULL}};
static PyType_Spec scan_spec = {"posix.ScandirIterator", sizeof(Scan), 0,
                                Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_HAVE_GC, scan_slots};

static PyObject *posix_scandir(KWARGS)
{
    KEYWORDS("path");
    Path path = PATH("scandir", "path", 1, 1);
    if (!PARSE("|O&:scandir", path_convert, &path))
        return NULL;
    if (!AUDIT("os.scandir", "O", path.object ? path.object : Py_None))
        return path_error(&path);
    DIR *stream = open_directory(&path);
    if (!stream)
        return path_error(&path);
    Scan *scan = PyObject_GC_New(Scan, (PyTypeObject *)KEPT(scandir_type));
    if (!scan) {
        UNLOCKED(closedir(stream));
        path_done(&path);
        return NULL;
    }
    scan->path = path;
    scan->stream = stream;
    PyObject_GC_Track(scan);
    return (PyObject *)scan;
}

PyMethodDef posix_directory_methods[] = {
    KW(listdir, "($module, /, path=None)",
       "The names in a directory, in no order and without '.' and '..'; bytes if path is bytes, else str.")
    KW(scandir, "($module, /, path=None)", "An iterator of DirEntry objects of a directory; also a context manager.")
    {NULL}};

int posix_directory_init(PyObject *module)
{
    if (!KEPT(direntry_type) && !(KEPT(direntry_type) = PyType_FromModuleAndSpec(module, &entry_spec, NULL)))
        return -1;
    if (!KEPT(scandir_type) && !(KEPT(scandir_type) = PyType_FromModuleAndSpec(module, &scan_spec, NULL)))
        return -1;
    return PyModule_AddObjectRef(module, "DirEntry", KEPT(direntry_type));
}
