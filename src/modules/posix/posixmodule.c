/* posix: the os module's ground — every function of it on Linux, by tables of the files in this folder. */
#include "modules/posix/posix.h"
#include <dlfcn.h>
#include <linux/limits.h>
#include <linux/memfd.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <sysexits.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif
#ifndef SCHED_RESET_ON_FORK
#define SCHED_RESET_ON_FORK 0x40000000
#endif

#define C(name) {#name, (long long)name},
static const struct {
    const char *name;
    long long value;
} constants[] = {
    {"POSIX_SPAWN_OPEN", 0}, {"POSIX_SPAWN_CLOSE", 1}, {"POSIX_SPAWN_DUP2", 2}, {"SCHED_OTHER", SCHED_OTHER},
    C(CLD_CONTINUED) C(CLD_DUMPED) C(CLD_EXITED) C(CLD_KILLED) C(CLD_STOPPED) C(CLD_TRAPPED) C(EFD_CLOEXEC)
    C(EFD_NONBLOCK) C(EFD_SEMAPHORE) C(EX_CANTCREAT) C(EX_CONFIG) C(EX_DATAERR) C(EX_IOERR) C(EX_NOHOST)
    C(EX_NOINPUT) C(EX_NOPERM) C(EX_NOUSER) C(EX_OK) C(EX_OSERR) C(EX_OSFILE) C(EX_PROTOCOL) C(EX_SOFTWARE)
    C(EX_TEMPFAIL) C(EX_UNAVAILABLE) C(EX_USAGE) C(F_LOCK) C(F_OK) C(F_TEST) C(F_TLOCK) C(F_ULOCK) C(GRND_NONBLOCK)
    C(GRND_RANDOM) C(MFD_ALLOW_SEALING) C(MFD_CLOEXEC) C(MFD_HUGETLB) C(MFD_HUGE_16GB) C(MFD_HUGE_16MB)
    C(MFD_HUGE_1GB) C(MFD_HUGE_1MB) C(MFD_HUGE_256MB) C(MFD_HUGE_2GB) C(MFD_HUGE_2MB) C(MFD_HUGE_32MB)
    C(MFD_HUGE_512KB) C(MFD_HUGE_512MB) C(MFD_HUGE_64KB) C(MFD_HUGE_8MB) C(MFD_HUGE_MASK) C(MFD_HUGE_SHIFT)
    C(NGROUPS_MAX) C(O_ACCMODE) C(O_APPEND) C(O_ASYNC) C(O_CLOEXEC) C(O_CREAT) C(O_DIRECT) C(O_DIRECTORY) C(O_DSYNC)
    C(O_EXCL) C(O_FSYNC) C(O_LARGEFILE) C(O_NDELAY) C(O_NOATIME) C(O_NOCTTY) C(O_NOFOLLOW) C(O_NONBLOCK) C(O_PATH)
    C(O_RDONLY) C(O_RDWR) C(O_RSYNC) C(O_SYNC) C(O_TMPFILE) C(O_TRUNC) C(O_WRONLY) C(POSIX_FADV_DONTNEED)
    C(POSIX_FADV_NOREUSE) C(POSIX_FADV_NORMAL) C(POSIX_FADV_RANDOM) C(POSIX_FADV_SEQUENTIAL) C(POSIX_FADV_WILLNEED)
    C(PRIO_PGRP) C(PRIO_PROCESS) C(PRIO_USER) C(P_ALL) C(P_PGID) C(P_PID) C(P_PIDFD) C(RTLD_DEEPBIND) C(RTLD_GLOBAL)
    C(RTLD_LAZY) C(RTLD_LOCAL) C(RTLD_NODELETE) C(RTLD_NOLOAD) C(RTLD_NOW) C(RWF_APPEND) C(RWF_DSYNC) C(RWF_HIPRI)
    C(RWF_NOWAIT) C(RWF_SYNC) C(R_OK) C(SCHED_BATCH) C(SCHED_FIFO) C(SCHED_IDLE) C(SCHED_RESET_ON_FORK) C(SCHED_RR)
    C(SEEK_DATA) C(SEEK_HOLE) C(SPLICE_F_MORE) C(SPLICE_F_MOVE) C(SPLICE_F_NONBLOCK) C(ST_APPEND) C(ST_MANDLOCK)
    C(ST_NOATIME) C(ST_NODEV) C(ST_NODIRATIME) C(ST_NOEXEC) C(ST_NOSUID) C(ST_RDONLY) C(ST_RELATIME)
    C(ST_SYNCHRONOUS) C(ST_WRITE) C(TMP_MAX) C(WCONTINUED) C(WEXITED) C(WNOHANG) C(WNOWAIT) C(WSTOPPED) C(WUNTRACED)
    C(W_OK) C(XATTR_CREATE) C(XATTR_REPLACE) C(XATTR_SIZE_MAX) C(X_OK)
};

/* From which os.py knows what its functions support. */
static const char *const have[] = {
    "HAVE_EVENTFD", "HAVE_FACCESSAT", "HAVE_FCHDIR", "HAVE_FCHMOD", "HAVE_FCHMODAT", "HAVE_FCHOWN", "HAVE_FCHOWNAT",
    "HAVE_FEXECVE", "HAVE_FDOPENDIR", "HAVE_FPATHCONF", "HAVE_FSTATAT", "HAVE_FSTATVFS", "HAVE_FTRUNCATE",
    "HAVE_FUTIMENS", "HAVE_FUTIMES", "HAVE_FUTIMESAT", "HAVE_LINKAT", "HAVE_LCHOWN", "HAVE_LSTAT", "HAVE_LUTIMES",
    "HAVE_MEMFD_CREATE", "HAVE_MKDIRAT", "HAVE_MKFIFOAT", "HAVE_MKNODAT", "HAVE_OPENAT", "HAVE_READLINKAT",
    "HAVE_RENAMEAT", "HAVE_SYMLINKAT", "HAVE_UNLINKAT", "HAVE_UTIMENSAT"};

static PyMethodDef *const tables[] = {posix_file_methods,       posix_stat_methods,      posix_attribute_methods,
                                      posix_directory_methods,  posix_descriptor_methods, posix_io_methods,
                                      posix_process_methods,    posix_exec_methods,      posix_wait_methods,
                                      posix_user_methods,       posix_sched_methods,     posix_system_methods,
                                      posix_name_methods};
static int (*const inits[])(PyObject *) = {posix_stat_init,  posix_directory_init, posix_wait_init,
                                           posix_sched_init, posix_system_init,    posix_name_init};

static int add_have_functions(PyObject *module)
{
    PyObject *list = PyList_New(0);
    int status = list ? 0 : -1;
    for (size_t i = 0; status == 0 && i < Py_ARRAY_LENGTH(have); i++) {
        PyObject *name = PyUnicode_FromString(have[i]);
        status = name ? PyList_Append(list, name) : -1;
        Py_XDECREF(name);
    }
    if (status == 0)
        status = PyModule_AddObjectRef(module, "_have_functions", list);
    Py_XDECREF(list);
    return status;
}

static int posix_exec(PyObject *module)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(tables); i++)
        if (PyModule_AddFunctions(module, tables[i]) < 0)
            return -1;
    for (size_t i = 0; i < Py_ARRAY_LENGTH(inits); i++)
        if (inits[i](module) < 0)
            return -1;
    for (size_t i = 0; i < Py_ARRAY_LENGTH(constants); i++) {
        PyObject *value = PyLong_FromLongLong(constants[i].value);
        int status = PyModule_AddObjectRef(module, constants[i].name, value);
        Py_XDECREF(value);
        if (status < 0)
            return -1;
    }
    return PyModule_AddObjectRef(module, "error", PyExc_OSError) < 0 ? -1 : add_have_functions(module);
}

PyDoc_STRVAR(posix_doc, "What the operating system offers by the C standard and POSIX.\n"
                        "Use it through the module os.");

static PyModuleDef_Slot posix_slots[] = {{Py_mod_exec, posix_exec}, {0, NULL}};
static PyModuleDef posix_module = {PyModuleDef_HEAD_INIT, "posix", posix_doc, 0, NULL, posix_slots};

PyMODINIT_FUNC PyInit_posix(void) { return PyModuleDef_Init(&posix_module); }
