/* The loop: runs private instructions, frame after frame, without recursion in C for Python calls.
 *
 * Instruction bodies stand in the ops_*.inc files, by subject.  Each is a label; `NEXT()` goes on to the next
 * instruction, `error` raises what is pending at the instruction `f->ip`.
 *
 * LOOP-1  a body that can raise or run other code stores `ip` to f->ip first (RAISES); one that can call Python
 *         through the loop stores `sp` to f->sp.
 * LOOP-2  before every instruction the stack has the depth that the effects in opcodes.def give.
 * LOOP-3  at `error` the stack holds only what an unwinder may drop: bodies remove what they have consumed. */
#pragma GCC optimize("no-gcse", "no-crossjumping")

#include "vm/vm.h"
#include "vm/arith.h"
#include "vm/dunder.h"
#include "vm/record.h"
#include "vm/specialise.h"
#include "vm/iterators.h"
#include "objects/opcodes.h"
#include "memory/stack.h"
#include "objects/exceptions/exceptions.h"
#include "objects/instance.h"
#include "objects/object.h"
#include "objects/str/str.h"
#include "objects/names.h"

#include <assert.h>
#include <string.h>

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#define DISPATCH()                                                                                                     \
    do {                                                                                                               \
        assert(vm_step_holds(f, ip, sp));                                                                              \
        goto *ip->handler;                                                                                             \
    } while (0)
#define NEXT() do { ip++; DISPATCH(); } while (0)
#define RAISES() (f->ip = ip)
#define PUSH(o) (*sp++ = (o))
#define POP() (*--sp)
#define TOP() (sp[-1])
#define SECOND() (sp[-2])
#define PEEK(n) (sp[-(Py_ssize_t)(n)])
#define LOCAL(i) (f->slots[i])
#define NAME(i) PyTuple_GET_ITEM(f->code->co_names, (i))
#define CONST(i) PyTuple_GET_ITEM(f->code->co_consts, (i))
#define JUMP_TO(index) (ip = f->vm->insts + (index))
/* Runs the function (borrowed) on the first n operands (owned); `kind` says what becomes of its value. */
#define ENTER_FUNCTION(method, n, kind)                                                                                \
    do {                                                                                                               \
        function = (method);                                                                                           \
        Py_INCREF(function);                                                                                           \
        count = (n);                                                                                                   \
        then = (kind);                                                                                                 \
        goto enter_function;                                                                                           \
    } while (0)
/* The instruction that ip stands on, without the tracer. */
#define REDISPATCH() goto *(UNLIKELY(f->vm->traced) ? labels[f->vm->ops[ip - f->vm->insts]] : ip->handler)
/* The operator of a BINARY_OP or COMPARE_OP in either translation. */
#define OPERATOR() (UNLIKELY(f->vm->traced) ? ip->a : (int)(ip->c & 0xff))
/* After a jump or a call of C code: ip stands on the instruction to run next. */
#define CHECK_BREAKER()                                                                                                \
    do {                                                                                                               \
        if (UNLIKELY(interp->eval_breaker)) {                                                                          \
            f->ip = ip;                                                                                                \
            f->sp = sp;                                                                                                \
            if (vm_breaker(t) < 0)                                                                                     \
                goto error;                                                                                            \
            ip = f->ip;                                                                                                \
        }                                                                                                              \
    } while (0)

/* May have methods written in Python behind its slots. */
#define IS_INSTANCE(o) UNLIKELY(Py_TYPE(o)->tp_flags & Py_TPFLAGS_HEAPTYPE)

/* Truth of a stack value that is consumed: 1, 0, or -1. */
static inline int take_truth(PyObject *o)
{
    if (o == Py_True || o == Py_False || o == Py_None) {
        Py_DECREF(o);
        return o == Py_True;
    }
    int truth = PyObject_IsTrue(o);
    Py_DECREF(o);
    return truth;
}

static void drop_stack(PyObject **from, PyObject **to)
{
    while (to > from)
        Py_XDECREF(*--to);
}

/* A Python function that nobody has given another way to be called. */
static inline int runs_in_loop(PyObject *o)
{
    return Py_IS_TYPE(o, &PyFunction_Type) && ((PyFunctionObject *)o)->vectorcall == _PyFunction_Vectorcall;
}

/* | NULL | callable |  becomes  | function | self |  for a bound method or an instance whose __call__ is a Python function;
 * the function, or NULL when the callable stays. */
static PyObject *unpack_callable(PyObject **base)
{
    PyObject *callable = base[1];
    if (Py_IS_TYPE(callable, &PyMethod_Type)) {
        base[0] = Py_NewRef(PyMethod_GET_FUNCTION(callable));
        base[1] = Py_NewRef(PyMethod_GET_SELF(callable));
        Py_DECREF(callable);
        return base[0];
    }
    return base[0] = Py_XNewRef((PyObject *)dunder_call(callable));
}

/* Whether an inline value that is unset may be set in place: no dict, and no later value set (SHAPE-2). */
static inline int instance_may_append(PyObject *owner, PyObject **place)
{
    PyTypeObject *type = Py_TYPE(owner);
    if (instance_moved(owner))
        return 0;
    PyObject **end = instance_values(owner) + instance_shape(type)->used;
    while (++place < end)
        if (*place)
            return 0;
    return 1;
}

/* A generator that this loop can run by itself. */
static inline int runs_here(PyObject *o)
{
    PyTypeObject *type = Py_TYPE(o);
    return (type == &PyGen_Type || type == &PyCoro_Type) && ((PyGenObject *)o)->gi_frame_state < GEN_EXECUTING;
}

PyObject *vm_run(ThreadState *t, Frame *f, int throwing)
{
    static const void *const labels[INST_COUNT] = {
#define INST(name) &&op_##name,
#include "vm/instructions.def"
#undef INST
    };
    if (!t) {
        vm_labels = labels;
        return NULL;
    }
    PyInterpreterState *interp = t->base.interp;
    Inst *ip;
    PyObject **sp;
    PyObject *result, *left, *right;
    PyFunctionObject *function; /* about to be entered, with the first `count` operands (enter_function) */
    PyObject *operands[4];
    int count, then;            /* then: what becomes of a frame's value (enum frame_return) */
    Step step;

    if (UNLIKELY(c_stack_low())) {
        c_stack_check(" while calling a Python object");
        goto refused;
    }
    if (UNLIKELY(vm_enter(t) < 0)) {
        vm_leave(t);
        goto refused;
    }
    f->previous = t->frame;
    t->frame = f;
    sp = f->sp;
    ip = f->ip;
    if (throwing) {
        f->complete = 1;
        if (UNLIKELY(trace_wanted(t)))
            trace_throw(t, f);
        goto error;
    }
    if (f->owner == FRAME_IN_GENERATOR)
        ip++;
    DISPATCH();

/* A new frame on top of the current one: `callee`, linked, waiting at its first instruction. */
    Frame *callee;
enter_frame:
    callee->previous = f;
    f->sp = sp;
    if (UNLIKELY(--t->base.recursion_remaining < 0) &&
        vm_recursion_overflow(t, callee->ret == RETURN_INIT ? " while calling a Python object" : "") < 0) {
        vm_leave(t);
        frame_discard(t, callee);
        goto error;
    }
    t->frame = f = callee;
    sp = f->sp;
    ip = f->ip;
    DISPATCH();

#include "vm/ops_stack.inc"
#include "vm/ops_arith.inc"
#include "vm/ops_names.inc"
#include "vm/ops_attr.inc"
#include "vm/ops_fused.inc"
#include "vm/ops_cache.inc"
#include "vm/ops_container.inc"
#include "vm/ops_control.inc"
#include "vm/ops_call.inc"
#include "vm/ops_generator.inc"
#include "vm/ops_exception.inc"
#include "vm/ops_slots.inc"

/* ---- leaving a frame ---- */

leave_frame: { /* with `result` */
    if (UNLIKELY(f->vm->traced)) {
        f->ip = ip;
        f->sp = sp;
        if (trace_return(t, f, result) < 0) {
            Py_DECREF(result);
            goto unwound;
        }
    }
    Frame *done = f;
    then = done->ret;
    f = done->previous;
    t->frame = f;
    done->sp = sp;
    vm_leave(t);
    if (UNLIKELY(done->owner == FRAME_IN_GENERATOR)) {
        generator_finished(t, generator_of(done));
    } else if (LIKELY(!done->object && !done->locals)) {
        PyObject **p = done->slots;
        while (p < sp) {
            PyObject *v = *p++;
            if (v)
                Py_DECREF(v);
        }
        Py_DECREF(done->code);
        Py_DECREF(done->func);
        frame_release(t, done);
    } else {
        done->ip = ip;      /* its frame object shows the line that returned */
        frame_clear(t, done);
        frame_release(t, done);
    }
    goto returned;
}

/* ---- exceptions ---- */

error: /* an exception is pending, raised by f->ip */
    assert(PyErr_Occurred());
    ip = f->ip;
    if (f->complete)
        unwind_traceback(t, f);
    if (UNLIKELY(t->base.c_tracefunc || t->base.c_profilefunc)) {
        f->sp = sp;
        trace_exception(t, f);
    }
    if (UNLIKELY(f->vm->recorded)) {
        f->sp = sp;
        PyObject *raised = t->base.curexc_value; /* without the exception itself, as long as nobody has asked for it */
        record_event(t, f, RECORD_RAISE, raised && PyExceptionInstance_Check(raised) ? raised : t->base.curexc_type);
    }
unwind: { /* as error, without a traceback entry; the handler is looked up for `ip` */
    Inst *named = f->ip;
    f->ip = ip;
    const Handler *handler = unwind_find(f);
    f->ip = named;
    if (!handler)
        goto unwound_frame;
    drop_stack(f->slots + f->vm->nlocalsplus + handler->depth, sp);
    sp = f->slots + f->vm->nlocalsplus + handler->depth;
    if (handler->push_lasti) {
        PyObject *lasti = PyLong_FromLong(frame_lasti(f));
        PUSH(lasti ? lasti : Py_NewRef(Py_None)); /* then MemoryError has taken the exception's place */
    }
    PUSH(unwind_take(t));
    JUMP_TO(handler->target);
    DISPATCH();
}
unwound_frame:
    drop_stack(f->slots + f->vm->nlocalsplus, sp);
    sp = f->slots + f->vm->nlocalsplus;
    f->sp = sp;
    if (UNLIKELY(f->vm->traced))
        trace_return(t, f, NULL);
    if (UNLIKELY(f->vm->recorded))
        record_event(t, f, RECORD_UNWIND, t->base.curexc_value ? t->base.curexc_value : t->base.curexc_type);
unwound: { /* the frame ends with the pending exception */
    Frame *done = f;
    int ret = done->ret;
    f = done->previous;
    t->frame = f;
    done->sp = sp;
    vm_leave(t);
    if (done->owner == FRAME_IN_GENERATOR) {
        generator_failed(t, generator_of(done));
    } else {
        PyObject *type, *value, *tb;
        PyErr_Fetch(&type, &value, &tb);
        frame_clear(t, done);
        PyErr_Restore(type, value, tb);
        frame_release(t, done);
    }
    if (ret == RETURN_TO_C)
        return NULL;
    sp = f->sp;
    if (UNLIKELY(ret == RETURN_NEXT) && PyErr_ExceptionMatches(PyExc_StopIteration)) { /* the loop is at its end */
        if (UNLIKELY(f->vm->traced))
            trace_exception(t, f);
        PyErr_Clear();
        ip = f->ip;
        left = POP();
        Py_DECREF(left);
        JUMP_TO(ip->c);
        DISPATCH();
    }
    goto error;
}

refused: /* the frame could not start: it never ran */
    if (f->owner == FRAME_IN_GENERATOR) {
        t->frame = f->previous;
        generator_failed(t, generator_of(f));
    } else {
        PyObject *type, *value, *tb;
        PyErr_Fetch(&type, &value, &tb);
        frame_clear(t, f);
        PyErr_Restore(type, value, tb);
        frame_release(t, f);
    }
    return NULL;
}
