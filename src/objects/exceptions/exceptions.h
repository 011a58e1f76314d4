/* The exception types: what start-up, the VM and the other exception files need beyond the C API. */
#ifndef LIMPID_OBJECTS_EXCEPTIONS_H
#define LIMPID_OBJECTS_EXCEPTIONS_H

#include "Python.h"
#include "structmember.h"
#include "memory/state.h"

/* Readies all exception types and the ready-made MemoryError of the current thread; 0, or -1 with an exception set. */
int exceptions_init(void);
void exceptions_fini(void);
/* Adds every exception, and the aliases of OSError, to builtins' dict; 0, or -1 with an exception set. */
int exceptions_add_builtins(PyObject *dict);
/* Gives `t` its ready-made MemoryError; 0, or -1 with an exception set. */
int exceptions_thread_init(ThreadState *t);
void exceptions_thread_fini(ThreadState *t);

/* The type ExceptionGroup (borrowed). */
PyObject *exception_group_type(void);
/* A new (Base)ExceptionGroup of `excs`, a sequence; NULL with an exception set. */
PyObject *_PyExc_CreateExceptionGroup(const char *msg, PyObject *excs);
/* What an except* statement raises at its end: `orig` is the exception it handled, `excs` the list of those raised or
 * left over (None entries are ignored).  A new reference to an exception or None; NULL with an exception set. */
PyObject *_PyExc_PrepReraiseStar(PyObject *orig, PyObject *excs);

/* ---- parts of BaseException that its relatives are made of ---- */
PyObject *base_exception_new(PyTypeObject *type, PyObject *args, PyObject *kwds);
int base_exception_init(PyObject *self, PyObject *args, PyObject *kwds);
int base_exception_traverse(PyObject *self, visitproc visit, void *arg);
int base_exception_clear(PyObject *self);
PyObject *base_exception_str(PyObject *self);
/* The whole of tp_dealloc, given the type's own tp_clear. */
void base_exception_dealloc_with(PyObject *self, inquiry clear, destructor again);
/* The part of __reduce__ that is the state: __dict__ (new reference), or NULL without an exception. */
PyObject *base_exception_state(PyObject *self);

extern PyTypeObject _PyExc_BaseException;

/* A family's own functions; see table.c. */
typedef struct exception_kind {
    Py_ssize_t size;
    destructor dealloc;
    traverseproc traverse;
    inquiry clear;
    initproc init;
    newfunc new;
    reprfunc str;
    PyMethodDef *methods;
    PyMemberDef *members;
    PyGetSetDef *getset;
} ExceptionKind;
extern const ExceptionKind system_exit_kind, stop_iteration_kind, import_error_kind, name_error_kind,
    attribute_error_kind, key_error_kind, syntax_error_kind, os_error_kind, unicode_decode_kind, unicode_encode_kind,
    unicode_translate_kind, group_kind;



int group_init(void);

#endif
