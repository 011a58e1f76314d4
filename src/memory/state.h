/* State of the process, of an interpreter and of a thread: the one root everything hangs from.
 *
 * PyThreadState has the public layout of 3.11 (cpython/pystate.h); Limpid's own fields follow it in
 * ThreadState, so that (ThreadState *)tstate is always valid.  PyInterpreterState is Limpid's own.
 * Extension modules read the current thread state at a fixed offset of _PyRuntime.
 *
 * A floor that needs room in the interpreter's state adds a field to its own section below. */
#ifndef LIMPID_MEMORY_STATE_H
#define LIMPID_MEMORY_STATE_H

#include "Python.h"
#include "pythread.h"

struct gc_state;       /* src/memory/gc.h */
struct frame_chunk;    /* src/vm/frame.h */

/* Where a thread waits in C, for those who look at its C stack (see/unwind.h): the registers that calls preserve. */
typedef struct c_context {
    uintptr_t pc, sp, bx, bp, r12[4]; /* x86-64; pc 0: not known */
} CContext;

typedef struct thread_state {
    PyThreadState base;
    char *c_stack_limit;        /* lowest address C code may recurse to; see stack.h */
    CContext c_context;         /* of the latest release of the interpreter lock, or the latest wait for it */
    unsigned long stack_owner;  /* the native thread whose stack that is */
    union {                     /* base.cframe points here: binary modules ask whether current_frame is NULL */
        _PyCFrame cframe;
        struct {
            uint8_t use_tracing;
            struct vm_frame *frame; /* innermost running Python frame, or NULL (src/vm/frame.h) */
        };
    };
    PyObject *memory_error;     /* ready-made MemoryError instance (owned), for when nothing can be allocated; NULL while in use */
    int keeps_memory_error;     /* it comes back when its use ends */
    int c_recursion_headroom;   /* >0 while a RecursionError is being raised and handled */
} ThreadState;

/* Objects that a built-in part makes once and finds again; each is owned, and NULL before it is made. */
struct kept_objects {
    PyObject *exception_group;                 /* the type ExceptionGroup */
    PyObject *unsupported_operation;           /* io.UnsupportedOperation */
    PyObject *direntry_type, *scandir_type;    /* posix */
    PyObject *itimer_error;                    /* signal.itimer_error */
    PyObject *locale_error;                    /* locale.Error */
    PyObject *struct_error, *zlib_error;       /* struct.error, zlib.error */
    PyObject *socket_gaierror, *socket_herror; /* socket */
    struct {                                   /* _elementtree; the factories may be NULL */
        PyObject *parse_error, *deepcopy, *element_path, *comment_factory, *pi_factory;
    } elements;
    struct pickle_objects {                    /* _pickle: errors, tables of copyreg, of _compat_pickle, functions */
        PyObject *error, *pickling_error, *unpickling_error;
        PyObject *dispatch_table, *extension_registry, *inverted_registry, *extension_cache;
        PyObject *name_2to3, *import_2to3, *name_3to2, *import_3to2;
        PyObject *encode, *partial, *getattr;
    } pickle;
    PyObject *csv_error_type, *csv_registry;   /* _csv.Error; name -> Dialect */
    PyObject *utc;                             /* datetime.timezone.utc */
    PyObject *memory_error;                    /* MemoryError for threads whose own one is in use */
    PyObject *exit_callbacks;                  /* list of atexit: (function, args, kwargs) */
};

struct _is {
    PyInterpreterState *next;
    PyThreadState *threads;     /* list head, linked by prev/next */
    int64_t id, id_references;  /* of ids as objects; src/runtime/interpreter_id.c */
    int ends_with_id;           /* the interpreter ends with the last of them */
    int isolated;               /* neither threads nor processes may be started */
    int finalizing;

    /* floor 0 */
    struct gc_state *gc;
    volatile int eval_breaker;  /* nonzero: the VM's next check has something to do */

    /* floor 1 */
    PyObject *interned;         /* dict of interned strings */
    PyObject *small_types;      /* reserved for the type cache */

    /* floor 2 */
    struct ast_state *ast;      /* the classes of _ast; src/compile/ast_types.c */

    /* floor 3 */
    int tracing_threads;        /* threads with a trace or profile function: keeps eval_breaker set */
    struct recorder *recorder;  /* hears of lines and calls, or NULL; recorder.h */

    /* floor 4 */
    PyObject *modules;          /* sys.modules */
    PyObject *modules_by_index; /* list */
    PyObject *extensions;       /* dict: (path, name) of a single-phase module -> address of its definition, int */
    PyObject *sysdict;          /* sys.__dict__ */
    PyObject *builtins;         /* builtins.__dict__ */
    PyObject *builtins_copy;
    PyObject *importlib;        /* importlib._bootstrap */
    PyObject *import_func;      /* builtins.__import__ as first set */
    PyObject *codec_search_path, *codec_search_cache, *codec_error_registry;
    PyObject *dict;             /* PyInterpreterState_GetDict */
    PyObject *audit_hooks;
    int int_max_str_digits;
    int recursion_limit;
    int dlopenflags;
    int check_codecs;            /* -X dev: encodings and error handlers are looked up even where none is needed */
    struct warnings_state *warnings;  /* src/runtime/warnings.h */
    struct config *config;            /* src/runtime/config.h */
    void (*eval_frame)(void);
    struct {                    /* recursive; src/modules/_imp.c */
        PyThread_type_lock lock;
        unsigned long owner;
        int depth;
    } import_lock;
    int frozen_override;        /* _imp: -1 off, 1 on, 0 as configured */

    /* floor 5 */
    struct _PyArg_Parser *arg_parsers;  /* those in use; src/capi/getargs_unpack.c */

    /* floor 6 */
    struct {                     /* src/runtime/import_times.c */
        int headed, level;
        int64_t inner;           /* time spent in imports that the current one has made, in nanoseconds */
    } import_times;
    int has_foreign_code;        /* enum foreign_code: which extension modules have been loaded */
    struct kept_objects kept;
    PyObject *fork_before, *fork_after_parent, *fork_after_child; /* lists of os.register_at_fork, or NULL */
};

enum foreign_code { FOREIGN_LOADED = 1, FOREIGN_UNKNOWN = 2 }; /* any; one whose objects may do something when they die */

/* The offset of the current thread state is part of the binary interface of 3.11 (see docs/decisions.md). */
typedef struct pyruntimestate {
    int preinitializing, preinitialized, core_initialized, initialized;
    PyThreadState *finalizing;
    unsigned long main_thread;
    PyInterpreterState *main_interpreter;
    PyInterpreterState *interpreters; /* all, newest first; changed by gil.c */
    int64_t next_interpreter;         /* id */
    const char *holders;   /* who may hold blocks after the end beside the runtime; NULL: nobody */
    char pad[576 - 16 - 8 - 8 - 8 - 8 - 8 - 8];
    PyThreadState *tstate_current;  /* offset 576 */
    char rest[166688 - 584];
} _PyRuntimeState;

extern _PyRuntimeState _PyRuntime;

/* The running thread's state; borrowed, never NULL while the interpreter lock is held. */
static inline PyThreadState *tstate_current(void) { return _PyRuntime.tstate_current; }
static inline ThreadState *thread_current(void) { return (ThreadState *)_PyRuntime.tstate_current; }
static inline PyInterpreterState *interp_current(void) { return tstate_current()->interp; }

/* A kept object of the current interpreter, borrowed; an lvalue. */
#define KEPT(name) (interp_current()->kept.name)

#endif
