/* Inside of the posix module: argument converters, error helpers, and what each file adds.
 *
 * Every file defines a table of methods (posix_*_methods) that posixmodule.c adds to the module. */
#ifndef LIMPID_MODULES_POSIX_POSIX_H
#define LIMPID_MODULES_POSIX_POSIX_H

#include "Python.h"
#include <fcntl.h>
#include <sys/stat.h>

extern PyMethodDef posix_file_methods[], posix_stat_methods[], posix_attribute_methods[], posix_directory_methods[],
    posix_descriptor_methods[], posix_io_methods[], posix_process_methods[], posix_exec_methods[], posix_wait_methods[],
    posix_user_methods[], posix_sched_methods[], posix_system_methods[], posix_name_methods[];
/* Types and variables; 0, or -1 with an exception. */
int posix_stat_init(PyObject *module);
int posix_directory_init(PyObject *module);
int posix_wait_init(PyObject *module);
int posix_sched_init(PyObject *module);
int posix_system_init(PyObject *module);
int posix_name_init(PyObject *module);

/* -- Table entries: with keywords, positional only, one argument, none -- */

#define KW(name, signature, doc) \
    {#name, (PyCFunction)(void (*)(void))posix_##name, METH_VARARGS | METH_KEYWORDS, #name signature "\n--\n\n" doc},
#define POS(name, signature, doc) {#name, posix_##name, METH_VARARGS, #name signature "\n--\n\n" doc},
#define ONE(name, signature, doc) {#name, posix_##name, METH_O, #name signature "\n--\n\n" doc},
#define NONE(name, doc) {#name, posix_##name, METH_NOARGS, #name "($module, /)\n--\n\n" doc},

/* Function heads to go with them. */
#define KWARGS PyObject *module, PyObject *args, PyObject *kwargs
#define POSARGS PyObject *module, PyObject *args
#define ONEARG PyObject *module, PyObject *arg
#define NOARGS PyObject *module, PyObject *Py_UNUSED(ignored)
#define KEYWORDS(...) static char *keywords[] = {__VA_ARGS__, NULL}
#define PARSE(format, ...) PyArg_ParseTupleAndKeywords(args, kwargs, format, keywords, __VA_ARGS__)

/* -- Calls of the system -- */

/* The result of a call made without the interpreter lock; errno is the call's. */
#define UNLOCKED(call) __extension__({ \
    PyThreadState *save_ = PyEval_SaveThread(); \
    errno = 0; \
    __auto_type result_ = (call); \
    int errno_ = errno; \
    PyEval_RestoreThread(save_); \
    errno = errno_; \
    result_; \
})
/* The same, again as long as it is interrupted and the signal's handler raises nothing. */
#define RETRY(call) __extension__({ \
    __auto_type answer_ = UNLOCKED(call); \
    while (answer_ < 0 && errno == EINTR && PyErr_CheckSignals() == 0) \
        answer_ = UNLOCKED(call); \
    answer_; \
})

/* NULL with the exception that is already set, or OSError of errno. */
PyObject *posix_error(void);
/* None, or the error of a call that returned negative. */
PyObject *posix_done(int result);
/* Runs an audit hook when the arguments parsed; true to go on. */
#define AUDIT(...) (PySys_Audit(__VA_ARGS__) == 0)

/* -- Converters for the O& format; each leaves its target alone when it fails -- */

typedef struct path {
    const char *function, *argument; /* for messages */
    int nullable, allow_fd;
    const char *text;  /* NULL: a descriptor, or None */
    int fd;            /* -1: none */
    Py_ssize_t length;
    PyObject *object;  /* as passed, after fspath(); owned */
    PyObject *bytes;   /* holds text; owned */
} Path;
#define PATH(function, argument, nullable, allow_fd) {function, argument, nullable, allow_fd, NULL, -1, 0, NULL, NULL}
int path_convert(PyObject *o, void *path);
void path_done(Path *path);
/* Whether names found at the path are to be bytes: it was bytes or a buffer. */
static inline int path_is_bytes(const Path *path) { return path->bytes && !PyUnicode_Check(path->object); }
/* OSError of errno with the path's name (and the second's); frees the paths; NULL. */
PyObject *path_error(Path *path);
PyObject *path_error2(Path *path, Path *other);
/* Frees the path; None, or path_error if the call's result was negative. */
PyObject *path_result(Path *path, int result);

int dir_fd_convert(PyObject *o, void *fd);     /* int *; None: AT_FDCWD */
int fd_convert(PyObject *o, void *fd);         /* int *; an int or what has fileno() */
int uid_convert(PyObject *o, void *uid);       /* uid_t *; -1 is allowed */
int gid_convert(PyObject *o, void *gid);
int dev_convert(PyObject *o, void *dev);
int off_convert(PyObject *o, void *offset);    /* off_t * */
int optional_off_convert(PyObject *o, void *pointer); /* off_t[2]: [1] says whether it was given */
PyObject *uid_object(uid_t uid);               /* -1 for (uid_t)-1 */
PyObject *gid_object(gid_t gid);

/* ValueError "function: …" unless the combination of arguments makes sense; nonzero if refused. */
int path_and_dir_fd_clash(const Path *path, int dir_fd);
int fd_and_follow_clash(const Path *path, int follow);

#endif
