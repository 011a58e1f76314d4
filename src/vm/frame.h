/* Running frames and the private code they run.
 *
 *   thread ─▶ frame ─previous─▶ frame ─previous─▶ ... NULL
 *              │ code ─▶ VmCode: instructions │ canonical offsets │ cache records │ exception handlers
 *              └ slots: locals, cells and free variables │ value stack
 *
 * A frame lives in a chunk of its thread's data stack, inside a generator, or, after its call has ended while somebody
 * still holds the frame object, inside that frame object.
 *
 * FRAME-1  `ip` is the instruction being executed; a frame that waits for a call stands on the calling instruction.
 * FRAME-2  `sp` is valid while the frame waits (call, yield) and NULL slots above it are not read.
 * FRAME-3  slots hold owned references; a local that is unbound is NULL. */
#ifndef LIMPID_VM_FRAME_H
#define LIMPID_VM_FRAME_H

#include "Python.h"
#include "memory/state.h"

/* One private instruction; what the operands mean depends on the handler. */
typedef struct vm_inst {
    const void *handler;
    union {
        struct {
            uint16_t a, b;
            uint32_t c;
        };
        PyObject *object;
    };
} Inst;

typedef struct vm_handler {
    uint32_t start, end; /* canonical code units covered */
    uint32_t target;     /* private instruction */
    uint32_t depth;      /* value stack kept */
    int push_lasti;
} Handler;

struct vm_cache;

/* An instruction that stands aside for TURN (retranslate.c). */
typedef struct vm_patch {
    int at;
    const void *handler;
} VmPatch;

/* A dict display that has made dicts of the same keys so far. */
typedef struct vm_map {
    PyDictKeysObject *keys; /* the shared table; the record is one of its users */
    PyObject *names;        /* BUILD_CONST_KEY_MAP: the tuple of keys, owned; else NULL */
} VmMap;

typedef struct vm_code {
    Inst *insts;
    int count;
    int traced;               /* one instruction per canonical one, each behind a trace step */
    int recorded;             /* with RECORD instructions (record.h): 1 at lines, 2 at every instruction */
    uint32_t *offsets;        /* canonical code unit of each private instruction */
    struct vm_cache *caches;  /* records of specialised sites; index 0 is unused */
    int cache_count, cache_room;
    struct vm_map *maps;      /* of dict displays that share their keys */
    int map_count, map_room;
    Handler *handlers;
    int handler_count;
    int nlocalsplus;
    int size;                 /* slots of a frame */
    int simple_args;          /* argument count when only plain positional arguments are declared, else -1 */
    int *lines;               /* of private instructions for which one was asked, else 0; or NULL */
    int muted;                /* recorded, but no longer the translation of its code: the listener passes over its frames */
    struct vm_code *tracing;  /* the traced translation, or NULL */
    struct vm_code *other;    /* one that the code had before, recorded in another way, or NULL (retranslate.c) */
    VmPatch *patches;         /* instructions that TURN stands for, or NULL */
    int patch_count;
    uint16_t *ops;            /* real instruction numbers (traced translation only) */
#ifndef NDEBUG
    int *depths;              /* stack before each private instruction, -1 where control never comes */
#endif
} VmCode;

enum frame_owner { FRAME_ON_STACK, FRAME_IN_GENERATOR, FRAME_IN_OBJECT };

/* What becomes of the value a frame returns. */
enum frame_return {
    RETURN_TO_C,        /* the loop that was entered for this frame returns it */
    RETURN_PUSH,        /* pushed on the caller's stack */
    RETURN_INIT,        /* must be None; the caller's stack has the new instance on top */
    RETURN_FOR_ITER,    /* generator under FOR_ITER: yield pushes, return ends the loop */
    RETURN_SEND,        /* generator under SEND: yield pushes, return jumps */
    RETURN_DROP,        /* value is not used */
    /* methods that stand behind a slot; on the caller's stack: */
    RETURN_INPLACE,     /* left, right: __iadd__ and the like; NotImplemented tries __add__ */
    RETURN_FORWARD,     /* left, right: __add__; NotImplemented tries __radd__ of the right one */
    RETURN_REFLECTED,   /* left, right: __radd__; NotImplemented is an error */
    RETURN_COMPARE,     /* left, right: __lt__ ...; NotImplemented asks the right one */
    RETURN_COMPARE_NE,  /* the same by __eq__ for !=: its truth is negated */
    RETURN_COMPARE_REFLECTED,
    RETURN_COMPARE_REFLECTED_NE,
    RETURN_TRUTH,       /* the operand: its place takes True or False, and the instruction runs again */
    RETURN_TRUTH_LENGTH,/* the same by __len__ */
    RETURN_CONTAINS,    /* truth is pushed, negated for `not in` */
    RETURN_ITER,        /* must be an iterator; pushed */
    RETURN_NEXT,        /* iterator: __next__ under FOR_ITER; StopIteration ends the loop */
    RETURN_METHOD,      /* pushed behind a NULL, as LOAD_METHOD does */
    RETURN_LENGTH,      /* must be a length; pushed */
    RETURN_NEXT_CALL,   /* generator under next(): yield takes its place, return raises StopIteration */
};

enum { TRACE_ENTERED = 1, TRACE_YIELDS = 2, TRACE_LISTENS = 4 };

typedef struct vm_frame {
    struct vm_frame *previous;
    Inst *ip;
    PyObject **sp;
    VmCode *vm;
    PyObject *globals;         /* borrowed from func */
    PyFunctionObject *func;    /* owned */
    PyCodeObject *code;        /* owned */
    PyObject *locals;          /* owned; namespace of class bodies and modules, dict of f_locals, or NULL */
    PyFrameObject *object;     /* owned, or NULL when nobody asked */
    uint8_t owner;             /* enum frame_owner */
    uint8_t ret;               /* enum frame_return */
    uint8_t trace_entered;     /* the call event has been sent; and while its hook hears of a line or yield, which of them */
    uint8_t complete;          /* arguments, cells and generator set up: may be shown */
    int last_unit;             /* canonical unit a trace function heard of last, or -1 */
    PyObject *slots[];
} Frame;

#define FRAME_WORDS ((int)(sizeof(Frame) / sizeof(PyObject *)))

struct _frame {
    PyObject_HEAD
    PyFrameObject *f_back;     /* owned, set when the frame has ended */
    Frame *f_frame;
    PyObject *f_trace;
    int f_lineno;              /* line set by a trace function, or 0 */
    char f_trace_lines;
    char f_trace_opcodes;
    char f_fast_as_locals;     /* f_locals was taken: write it back on leaving a trace function */
    PyObject *f_data[];        /* room for the frame when it ends */
};

/* ---- frame storage (frame.c) ---- */

/* Room for a frame of n slots on the thread's data stack; NULL with MemoryError set. */
Frame *frame_alloc_slow(ThreadState *t, int words);
static inline Frame *frame_alloc(ThreadState *t, int slots)
{
    int words = FRAME_WORDS + slots;
    PyObject **top = t->base.datastack_top;
    if (__builtin_expect(t->base.datastack_limit - top > words, 1)) {
        t->base.datastack_top = top + words;
        return (Frame *)top;
    }
    return frame_alloc_slow(t, words);
}
void frame_free_chunk(ThreadState *t, Frame *f);
/* Gives the storage of the innermost frame back; its contents have been cleared. */
static inline void frame_release(ThreadState *t, Frame *f)
{
    if (__builtin_expect((PyObject **)f == &t->base.datastack_chunk->data[0] && t->base.datastack_chunk->previous, 0))
        frame_free_chunk(t, f);
    else
        t->base.datastack_top = (PyObject **)f;
}

/* A frame for func, not yet linked: takes over func, fills the header; locals beyond `from` are unbound. */
Frame *frame_new(ThreadState *t, PyFunctionObject *func, PyCodeObject *code, VmCode *vm, PyObject *locals);
/* As frame_new for a call whose nargs values (taken over) are exactly the declared arguments; takes func over.  NULL, with
 * nothing taken and no exception, when the chunk is full. */
static inline Frame *frame_new_exact(ThreadState *t, PyFunctionObject *func, VmCode *vm, PyObject **args, Py_ssize_t nargs)
{
    PyObject **top = t->base.datastack_top;
    int words = FRAME_WORDS + vm->size;
    if (__builtin_expect(t->base.datastack_limit - top <= words, 0))
        return NULL;
    t->base.datastack_top = top + words;
    Frame *f = (Frame *)top;
    f->ip = vm->insts;
    f->vm = vm;
    f->globals = func->func_globals;
    f->func = func;
    Py_INCREF(func->func_code);
    f->code = (PyCodeObject *)func->func_code;
    f->locals = NULL;
    f->object = NULL;
    f->owner = FRAME_ON_STACK;
    f->ret = RETURN_PUSH;
    f->trace_entered = 0;
    f->complete = 0;
    f->last_unit = -1;
    PyObject **p = f->slots, **end = p + vm->nlocalsplus;
    while (nargs-- > 0)
        *p++ = *args++;
    while (p < end)
        *p++ = NULL;
    f->sp = end;
    return f;
}
/* Drops everything the frame holds, or moves it into its frame object if that is held elsewhere. */
void frame_clear(ThreadState *t, Frame *f);
/* Clears and releases the innermost frame, with an exception pending that stays. */
void frame_discard(ThreadState *t, Frame *f);
/* The frame object (borrowed), made on demand; NULL with MemoryError set. */
PyFrameObject *frame_object(Frame *f);
/* The innermost frame that may be shown, starting with f itself. */
static inline Frame *frame_visible(Frame *f)
{
    while (f && !f->complete)
        f = f->previous;
    return f;
}
/* Canonical code unit of the instruction being executed. */
static inline int frame_lasti(const Frame *f) { return (int)f->vm->offsets[f->ip - f->vm->insts]; }
int frame_line(Frame *f);
/* New frame data in an object, shared with generators. */
void frame_copy(Frame *to, Frame *from);
int frame_traverse(Frame *f, visitproc visit, void *arg);

/* Copies locals into the mapping f->locals (made if needed); 0 or -1 with an exception set. */
int frame_fast_to_locals(Frame *f);
void frame_locals_to_fast(Frame *f, int clear);

/* ---- private code (quicken.c) ---- */

/* The code's private translation, made at first use; NULL with MemoryError or SystemError set. */
VmCode *vm_code_make(PyCodeObject *code);
static inline VmCode *vm_code_of(PyCodeObject *code)
{
    VmCode *vm = (VmCode *)code->_co_linearray;
    return __builtin_expect(vm != NULL, 1) ? vm : vm_code_make(code);
}
/* The one-to-one translation whose every instruction passes through the tracer. */
VmCode *vm_code_traced(PyCodeObject *code);
/* Gives the code, which has run before, the translation that is recorded in this way (VmCode.recorded).  Frames that run
 * one that is not recorded go on in it at their next instruction; 0, or -1 with an exception set. */
int vm_code_turn(PyCodeObject *code, int recorded);
/* Called when a code object dies. */
void vm_code_free(PyCodeObject *code);
/* Whether a frame that is about to run ip has the stack that opcodes.def's effects say; for asserting (debug builds). */
int vm_step_holds(const Frame *f, const Inst *ip, PyObject *const *sp);
/* Private instruction for a canonical unit (the first at or after it). */
Inst *vm_inst_at(VmCode *vm, int unit);

/* ---- running (loop.c, calls.c, unwind.c) ---- */

/* Runs a frame whose `ret` is RETURN_TO_C (taking it over) to its end or yield; throwing: starts by raising the
 * pending exception.  The value (new), or NULL with an exception set. */
PyObject *vm_run(ThreadState *t, Frame *f, int throwing);

/* RecursionError when no Python frame may be added: 0 or -1.  Counts one level; vm_leave gives it back. */
int vm_recursion_overflow(ThreadState *t, const char *where);
static inline int vm_enter(ThreadState *t)
{
    return __builtin_expect(--t->base.recursion_remaining < 0, 0) ? vm_recursion_overflow(t, "") : 0;
}
static inline void vm_leave(ThreadState *t) { t->base.recursion_remaining++; }

/* What an eval-breaker check found; 0 or -1 with an exception set. */
int vm_breaker(ThreadState *t);
/* Of that only the last: changes the running frame to its traced or fast translation.  0 or -1. */
int vm_follow_tracing(ThreadState *t);

#endif
