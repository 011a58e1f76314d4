/* What the parts of the VM say to each other: helpers of the instruction bodies, unwinding, tracing. */
#ifndef LIMPID_VM_VM_H
#define LIMPID_VM_VM_H

#include "vm/frame.h"
#include "objects/opcodes.h"

/* Numbers of the private instructions, in the order of instructions.def. */
enum inst_number {
#define INST(name) I_##name,
#include "vm/instructions.def"
#undef INST
    INST_COUNT
};
extern const char *const inst_names[INST_COUNT];
/* Addresses of the handlers, filled in by the first call of vm_run with a NULL thread. */
extern const void *const *vm_labels;

/* The unit behind an opcode and its caches, which may hold anything. */
static inline int code_unit_after(const _Py_CODEUNIT *units, int unit)
{
    return unit + 1 + opcode_info[_Py_OPCODE(units[unit])].caches;
}

/* ---- calls.c: arguments ---- */

/* Fills f's locals from `args` (nargs positional, then the values of kwnames), which it steals always.  0, or -1 with
 * the TypeError of 3.11 set. */
int bind_arguments(PyFunctionObject *func, PyCodeObject *code, PyObject **locals, PyObject **args, Py_ssize_t nargs,
                   PyObject *kwnames);
/* A frame ready to run for a call of func; steals func and args.  NULL with an exception set. */
Frame *frame_for_call(ThreadState *t, PyFunctionObject *func, PyObject **args, Py_ssize_t nargs, PyObject *kwnames,
                      PyObject *locals);
/* As frame_for_call, from a first argument or NULL (stolen), a tuple, and a dict or NULL (both borrowed). */
Frame *frame_for_call_ex(ThreadState *t, PyFunctionObject *func, PyObject *self, PyObject *tuple, PyObject *dict,
                         PyObject *locals);
/* func(*tuple, **dict) as CALL_FUNCTION_EX needs it: a new tuple and dict or NULL with 3.11's messages. */
PyObject *call_star_tuple(PyObject *func, PyObject *iterable);
int call_star_star_merge(PyObject *func, PyObject *dict, PyObject *mapping);

/* ---- unwind.c ---- */

/* Adds f to the traceback of the pending exception. */
void unwind_traceback(ThreadState *t, Frame *f);
void unwind_traceback_at(ThreadState *t, Frame *f, int unit);
/* The handler that covers the instruction f stands on, or NULL. */
const Handler *unwind_find(const Frame *f);
/* Fetches the pending exception as a normalised instance with its traceback (new). */
PyObject *unwind_take(ThreadState *t);
/* raise [value [from cause]]: sets the exception; 1 when it was a bare re-raise, else 0.  Steals both. */
int unwind_raise(ThreadState *t, PyObject *value, PyObject *cause);
/* 1, 0, -1 for CHECK_EXC_MATCH; also checks that the right side may be caught. */
int unwind_match(PyObject *value, PyObject *type);
/* CHECK_EG_MATCH: splits *value; sets *match (None or group) and *rest; steals nothing; 0 or -1. */
int unwind_group_match(PyObject *value, PyObject *type, PyObject **match, PyObject **rest);

/* ---- helpers.c: bodies of instructions that need no frame of their own ---- */

void op_name_error(PyObject *name);
PyObject *op_join_strings(PyObject **items, int n);
int op_list_extend(PyObject *list, PyObject *iterable);
int op_print_expr(PyObject *v);
PyObject *op_load_name(ThreadState *t, Frame *f, PyObject *name);
PyObject *op_load_global(Frame *f, PyObject *name);
PyObject *op_load_classderef(Frame *f, int index);
int op_delete_name(Frame *f, PyObject *name);
void op_unbound_local(Frame *f, int index);
/* Canonical unit with which private instruction `at` of the frame's code begins. */
int vm_first_unit(const Frame *f, int at);
int vm_code_first_unit(const PyCodeObject *code, const VmCode *vm, int at);
/* The local operand of a fused instruction that has no value: raises, with a traceback entry where it is loaded. */
void op_unbound_operand(ThreadState *t, Frame *f);
void op_unbound_deref(Frame *f, int index);
PyObject *op_binary(int operator, PyObject *a, PyObject *b);
PyObject *op_import_name(ThreadState *t, Frame *f, PyObject *name, PyObject *fromlist, PyObject *level);
PyObject *op_import_from(PyObject *module, PyObject *name);
int op_import_star(PyObject *module, PyObject *locals);
int op_unpack(PyObject *seq, int before, int after, PyObject **top);
PyObject *op_match_keys(PyObject *subject, PyObject *keys);
PyObject *op_match_class(PyObject *subject, PyObject *type, Py_ssize_t npositional, PyObject *names);
PyObject *op_format_value(PyObject *value, PyObject *spec, int which);
int op_setup_annotations(Frame *f);
PyObject *op_special(PyObject *self, PyObject *name);
PyObject *op_get_awaitable(PyObject *o, int oparg);
PyObject *op_get_anext(PyObject *aiter);
PyObject *op_get_aiter(PyObject *o);
PyObject *op_yield_from_iter(PyObject *o, PyCodeObject *code);
PyObject *op_builtins_item(Frame *f, PyObject *name);
/* Looks up a method for a call: returns 1 and an unbound function (new) when self goes in front, 0 and a bound value,
 * -1 with an exception set. */
int op_load_method(PyObject *self, PyObject *name, PyObject **method);

/* ---- quicken.c, retranslate.c ---- */

/* A translation of the code, new; NULL with an exception set. */
VmCode *vm_code_build(PyCodeObject *code, int traced, int recorded);
void vm_code_delete(VmCode *vm);
/* The frame, about to run an instruction for which TURN stands, goes on in its code's translation of now. */
void vm_turn(Frame *f);

/* ---- generator.c ---- */

/* The generator, coroutine or asynchronous generator that takes the running frame f over; new, or NULL. */
PyObject *generator_make(ThreadState *t, Frame *f);
PyGenObject *generator_of(Frame *f);
/* The frame has ended by exception: finishes the generator and converts StopIteration to RuntimeError. */
void generator_failed(ThreadState *t, PyGenObject *gen);
/* The frame has returned: finishes the generator. */
void generator_finished(ThreadState *t, PyGenObject *gen);
/* Makes gen run under the current frame; the value sent (stolen) is on its stack. */
static inline Frame *generator_frame(PyGenObject *gen) { return (Frame *)gen->gi_iframe; }
PyObject *_PyCoro_GetAwaitableIter(PyObject *o);
PyObject *asyncgen_wrap(PyObject *value);
int generator_first_iteration(ThreadState *t, PyObject *o);

enum { GEN_CREATED = -2, GEN_SUSPENDED = -1, GEN_EXECUTING = 0, GEN_COMPLETED = 1, GEN_CLEARED = 4 };

static inline void generator_enter(ThreadState *t, PyGenObject *gen, PyObject *value_stolen, int ret)
{
    Frame *g = generator_frame(gen);
    *g->sp++ = value_stolen;
    gen->gi_frame_state = GEN_EXECUTING;
    gen->gi_exc_state.previous_item = t->base.exc_info;
    t->base.exc_info = &gen->gi_exc_state;
    g->previous = t->frame;
    g->ret = (uint8_t)ret;
    t->frame = g;
}
/* Undoes generator_enter when the frame yields. */
static inline void generator_leave(ThreadState *t, PyGenObject *gen)
{
    t->base.exc_info = gen->gi_exc_state.previous_item;
    gen->gi_exc_state.previous_item = NULL;
}

/* ---- trace.c ---- */
/* The trace function that serves those of Python code: it has no line events for frames without f_trace. */
extern Py_tracefunc trace_python_function;

/* Nonzero while the thread wants events. */
static inline int trace_wanted(ThreadState *t)
{
    return (t->base.c_tracefunc || t->base.c_profilefunc) && !t->base.tracing;
}
/* Before an instruction of a traced frame: line and opcode events.  May move f->ip.  0 or -1. */
int trace_instruction(ThreadState *t, Frame *f);
int trace_call(ThreadState *t, Frame *f);
/* A generator is entered by throwing the pending exception into it. */
int trace_throw(ThreadState *t, Frame *f);
/* Return event; value may be NULL (exception).  -1 when the trace function raised. */
int trace_return(ThreadState *t, Frame *f, PyObject *value);
void trace_exception(ThreadState *t, Frame *f);
/* A C function call with c_call, c_return and c_exception events for the profiler. */
PyObject *trace_c_call(ThreadState *t, Frame *f, PyObject *func, PyObject *const *args, size_t nargsf,
                       PyObject *kwnames);
/* The same with a tuple, and a dict or NULL. */
PyObject *trace_c_call_ex(ThreadState *t, Frame *f, PyObject *func, PyObject *args, PyObject *kwargs);
/* Moves a frame to its traced or fast translation. */
int trace_switch(Frame *f, int traced, int waiting);

/* ---- function.c ---- */
PyFunctionObject *function_new(PyObject *code, PyObject *globals, PyObject *qualname);
PyFunctionObject *function_for_code(PyObject *code, PyObject *globals, PyObject *builtins);
/* The builtins dict that belongs to globals (borrowed), or NULL with an exception set. */
PyObject *function_builtins(PyObject *globals);
uint32_t function_version(PyFunctionObject *f);

PyObject *traceback_new(PyObject *next, PyFrameObject *frame, int lasti, int line);

#endif
