/* sys.settrace and sys.setprofile: events from frames that run their traced translation.
 *
 * While any thread traces, the eval breaker stays set, so that every frame notices at its first instruction or next
 * back edge and changes to the traced translation; there every instruction passes trace_instruction. */
#include "vm/record.h"
#include "vm/vm.h"
#include "objects/opcodes.h"
#include "objects/code.h"
#include "frameobject.h"

#include <string.h>

Py_tracefunc trace_python_function;

/* Calls a trace or profile function; 0, or -1 with an exception set. */
static int call_hook(ThreadState *t, Frame *f, Py_tracefunc func, PyObject *self, int what, PyObject *arg)
{
    if (t->base.tracing || !func)
        return 0;
    PyFrameObject *o = frame_object(f);
    if (!o)
        return -1;
    int outer = t->base.tracing_what;
    t->base.tracing++;
    t->base.tracing_what = what;
    Py_XINCREF(self);
    Py_INCREF(o);
    int err = func(self, o, what, arg ? arg : Py_None);
    if (o->f_fast_as_locals) { /* the hook may have changed f_locals */
        PyFrame_LocalsToFast(o, 1);
        o->f_fast_as_locals = 0;
    }
    Py_DECREF(o);
    Py_XDECREF(self);
    t->base.tracing_what = outer;
    t->base.tracing--;
    return err < 0 ? -1 : 0;
}

/* As call_hook, keeping the pending exception unless the hook fails. */
static int call_hook_protected(ThreadState *t, Frame *f, Py_tracefunc func, PyObject *self, int what, PyObject *arg)
{
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    int err = call_hook(t, f, func, self, what, arg);
    if (err == 0) {
        PyErr_Restore(type, value, tb);
        return 0;
    }
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(tb);
    return err;
}

int trace_call(ThreadState *t, Frame *f)
{
    f->trace_entered = 1;
    f->last_unit = -1;
    if (call_hook(t, f, t->base.c_tracefunc, t->base.c_traceobj, PyTrace_CALL, NULL) < 0)
        return -1;
    return call_hook(t, f, t->base.c_profilefunc, t->base.c_profileobj, PyTrace_CALL, NULL);
}

int trace_return(ThreadState *t, Frame *f, PyObject *value)
{
    if (call_hook_protected(t, f, t->base.c_tracefunc, t->base.c_traceobj, PyTrace_RETURN, value) < 0)
        return -1;
    return call_hook_protected(t, f, t->base.c_profilefunc, t->base.c_profileobj, PyTrace_RETURN, value);
}

int trace_throw(ThreadState *t, Frame *f)
{
    if (trace_switch(f, 1, 1) < 0)
        return -1;
    if (f->trace_entered)
        return 0;
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    int err = trace_call(t, f);
    f->last_unit = frame_lasti(f);
    if (err == 0) {
        PyErr_Restore(type, value, tb);
        return 0;
    }
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(tb);
    return -1;
}

void trace_exception(ThreadState *t, Frame *f)
{
    PyObject *type, *value, *tb;
    if (!t->base.c_tracefunc || t->base.tracing || !f->vm->traced)
        return;
    PyErr_Fetch(&type, &value, &tb);
    PyErr_NormalizeException(&type, &value, &tb);
    PyObject *arg = PyTuple_Pack(3, type, value ? value : Py_None, tb ? tb : Py_None);
    int err = arg ? call_hook(t, f, t->base.c_tracefunc, t->base.c_traceobj, PyTrace_EXCEPTION, arg) : -1;
    Py_XDECREF(arg);
    if (err == 0) {
        PyErr_Restore(type, value, tb);
        return;
    }
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(tb);
}

int trace_instruction(ThreadState *t, Frame *f)
{
    int number = f->vm->ops[f->ip - f->vm->insts], unit = frame_lasti(f);
    if (!f->complete && number != I_RESUME)
        return 0;
    if (number == I_RESUME) {
        f->complete = 1;
        if (!f->trace_entered) {
            int err = trace_call(t, f);
            f->last_unit = f->ip->c ? unit : -1; /* going on in the same line is no new line */
            return err;
        }
        if (f->ip->c == 0)
            return 0;
    }
    int before = f->last_unit;
    f->last_unit = unit;
    PyFrameObject *o = f->object;
    if (!t->base.c_tracefunc || (t->base.c_tracefunc == trace_python_function && (!o || !o->f_trace)))
        return 0;
    if (!o && !(o = frame_object(f)))
        return -1;
    int line = frame_line(f), last = before < 0 ? -1 : PyCode_Addr2Line(f->code, before * 2);
    if (line >= 0 && o->f_trace_lines && (line != last || (unit < before && number != I_SEND))) {
        f->trace_entered |= TRACE_LISTENS;
        int err = call_hook(t, f, t->base.c_tracefunc, t->base.c_traceobj, PyTrace_LINE, NULL);
        f->trace_entered &= (uint8_t)~TRACE_LISTENS;
        if (err < 0)
            return -1;
    }
    if (o->f_trace_opcodes && call_hook(t, f, t->base.c_tracefunc, t->base.c_traceobj, PyTrace_OPCODE, NULL) < 0)
        return -1;
    if (o->f_lineno) {
        o->f_lineno = 0;
        f->last_unit = frame_lasti(f);
    }
    return 0;
}

/* Whether the profiler hears of calls of this callable. */
static int is_c_function(PyObject *func) { return PyCFunction_Check(func) || Py_IS_TYPE(func, &PyMethodDescr_Type); }

/* Tells the profiler of a call of a C function: 1, the caller shall call trace_c_end with *shown; 0, nobody listens; or -1
 * with an exception set. */
static int trace_c_begin(ThreadState *t, Frame *f, PyObject *func, PyObject *first, PyObject **shown)
{
    if (!t->base.c_profilefunc || !is_c_function(func) || !trace_wanted(t))
        return 0;
    *shown = Py_NewRef(func);
    if (Py_IS_TYPE(func, &PyMethodDescr_Type) && first) {
        PyObject *bound = Py_TYPE(func)->tp_descr_get(func, first, (PyObject *)Py_TYPE(first));
        if (bound)
            Py_SETREF(*shown, bound);
        else
            PyErr_Clear();
    }
    if (call_hook(t, f, t->base.c_profilefunc, t->base.c_profileobj, PyTrace_C_CALL, *shown) == 0)
        return 1;
    Py_DECREF(*shown);
    return -1;
}

/* Passes the result on; steals it and `shown`. */
static PyObject *trace_c_end(ThreadState *t, Frame *f, PyObject *shown, PyObject *result)
{
    if (!result)
        call_hook_protected(t, f, t->base.c_profilefunc, t->base.c_profileobj, PyTrace_C_EXCEPTION, shown);
    else if (call_hook(t, f, t->base.c_profilefunc, t->base.c_profileobj, PyTrace_C_RETURN, shown) < 0)
        Py_CLEAR(result);
    Py_DECREF(shown);
    return result;
}

PyObject *trace_c_call(ThreadState *t, Frame *f, PyObject *func, PyObject *const *args, size_t nargsf,
                       PyObject *kwnames)
{
    PyObject *shown;
    int told = trace_c_begin(t, f, func, PyVectorcall_NARGS(nargsf) ? args[0] : NULL, &shown);
    if (told < 0)
        return NULL;
    PyObject *result = PyObject_Vectorcall(func, args, nargsf, kwnames);
    return told ? trace_c_end(t, f, shown, result) : result;
}

PyObject *trace_c_call_ex(ThreadState *t, Frame *f, PyObject *func, PyObject *args, PyObject *kwargs)
{
    PyObject *shown;
    int told = trace_c_begin(t, f, func, PyTuple_GET_SIZE(args) ? PyTuple_GET_ITEM(args, 0) : NULL, &shown);
    if (told < 0)
        return NULL;
    PyObject *result = PyObject_Call(func, args, kwargs);
    return told ? trace_c_end(t, f, shown, result) : result;
}

/* ---- changing translation ---- */

int trace_switch(Frame *f, int traced, int waiting)
{
    if (f->vm->traced == traced) {
        if (waiting) /* what ran since tracing was switched off is not known */
            f->last_unit = frame_lasti(f);
        return 0;
    }
    VmCode *to = traced ? vm_code_traced(f->code) : vm_code_of(f->code);
    if (!to)
        return -1;
    int at = (int)(f->ip - f->vm->insts);
    int unit = (int)f->vm->offsets[at];
    if (!waiting && !f->vm->traced)
        unit = vm_first_unit(f, at);
    Inst *ip = vm_inst_at(to, unit);
    if (traced) /* the line that is running is not a new one */
        f->last_unit = waiting ? unit : at ? (int)f->vm->offsets[at - 1] : -1;
    f->vm = to;
    f->ip = ip;
    return 0;
}

/* The frames below the running one that wait inside the loop change now; others when they next check. */
static void switch_waiting_frames(ThreadState *t)
{
    Frame *callee = t->frame;
    for (Frame *f = callee ? callee->previous : NULL; f; callee = f, f = f->previous) {
        if (callee->ret == RETURN_TO_C && !f->vm->traced)
            continue;
        f->trace_entered = 1;
        if (trace_switch(f, 1, 1) < 0)
            PyErr_Clear();
    }
    if (t->frame) {
        t->frame->trace_entered = 1;
        t->frame->last_unit = frame_lasti(t->frame);
    }
}

int record_was_traced;

/* Marks in tracing_what that a hook is being installed: the one before must not install another as it goes. */
enum { INSTALLS_TRACE = 0x100, INSTALLS_PROFILE = 0x200 };

static void hooks_changed(ThreadState *t, int had)
{
    PyInterpreterState *interp = t->base.interp;
    int has = t->base.c_tracefunc || t->base.c_profilefunc;
    interp->tracing_threads += has - had;
    interp->eval_breaker = 1;
    t->base.cframe->use_tracing = has ? 255 : 0;
    if (has && !had)
        switch_waiting_frames(t);
}

static void put_hook(PyThreadState *t, Py_tracefunc *place, PyObject **self, Py_tracefunc func, PyObject *arg)
{
    int had = t->c_tracefunc || t->c_profilefunc;
    PyObject *old = *self;
    *place = func;
    *self = Py_XNewRef(arg);
    if (func && t->interp->recorder)
        record_was_traced = 1;
    hooks_changed((ThreadState *)t, had);
    Py_XDECREF(old);
}

static int install_hook(PyThreadState *t, int mark, Py_tracefunc *place, PyObject **self, Py_tracefunc func,
                        PyObject *arg)
{
    if (t->tracing_what & mark) {
        const char *kind = mark == INSTALLS_TRACE ? "trace" : "profile";
        t->tracing_what &= ~mark;
        PyErr_Format(PyExc_RuntimeError, "Cannot install a %s function while another %s function is being installed",
                     kind, kind);
        return -1;
    }
    t->tracing_what |= mark;
    put_hook(t, place, self, NULL, NULL); /* what is dropped here may run code, which is not traced */
    put_hook(t, place, self, func, func ? arg : NULL);
    t->tracing_what &= ~mark;
    return 0;
}

int _PyEval_SetTrace(PyThreadState *t, Py_tracefunc func, PyObject *arg)
{
    if (PySys_Audit("sys.settrace", NULL) < 0)
        return -1;
    return install_hook(t, INSTALLS_TRACE, &t->c_tracefunc, &t->c_traceobj, func, arg);
}

int _PyEval_SetProfile(PyThreadState *t, Py_tracefunc func, PyObject *arg)
{
    if (PySys_Audit("sys.setprofile", NULL) < 0)
        return -1;
    return install_hook(t, INSTALLS_PROFILE, &t->c_profilefunc, &t->c_profileobj, func, arg);
}

void PyEval_SetTrace(Py_tracefunc func, PyObject *arg)
{
    if (_PyEval_SetTrace(tstate_current(), func, arg) < 0)
        PyErr_WriteUnraisable(NULL);
}
void PyEval_SetProfile(Py_tracefunc func, PyObject *arg)
{
    if (_PyEval_SetProfile(tstate_current(), func, arg) < 0)
        PyErr_WriteUnraisable(NULL);
}

/* ---- jumping to another line ---- */

/* A search for where to jump: among the places where the first line at or after the wanted one begins, behind the
 * instructions that make cells and the generator, the one with the deepest stack that the values there are may stand
 * on. */
struct jump {
    Frame *frame;
    int from;               /* private instruction that waits */
    int line;               /* to begin there; INT_MAX when no line is left */
    int yields;             /* the frame has yielded: a value will be sent to it */
    int *starts;            /* by private instruction: its line if a line begins there, else -1 */
    int target, want, have; /* private instruction, depths there and here */
    int refused;            /* another target's stack did not fit, its top value being of this kind; or -1 */
    uint32_t *have_kinds;   /* room for co_stacksize */
};

static void see_source(void *arg, int unit, int depth, const uint32_t *kinds)
{
    struct jump *j = arg;
    if (vm_inst_at(j->frame->vm, unit) - j->frame->vm->insts != j->from)
        return;
    j->have = depth;
    memcpy(j->have_kinds, kinds, (size_t)depth * sizeof *kinds);
}

static void see_target(void *arg, int unit, int depth, const uint32_t *kinds)
{
    struct jump *j = arg;
    int at = (int)(vm_inst_at(j->frame->vm, unit) - j->frame->vm->insts);
    if (j->starts[at] != j->line)
        return;
    int fits = depth <= j->have;
    for (int k = 0; fits && k < depth; k++)
        fits = code_kind_fits(j->have_kinds[k], kinds[k]);
    if (!fits) {
        j->refused = depth ? (int)kinds[depth - 1] : STACK_OBJECT;
    } else if (depth > j->want) {
        j->want = depth;
        j->target = at;
    }
}

/* Notes where lines begin, and which is the first at or after the wanted one. */
static void find_line(struct jump *j, int wanted)
{
    VmCode *vm = j->frame->vm;
    LocationReader reader;
    int last = -1, behind = j->frame->code->_co_firsttraceable;
    for (int i = 0; i <= vm->count; i++)
        j->starts[i] = -1;
    location_reader_init(&reader, j->frame->code);
    while (location_reader_next(&reader) && reader.at.start < Py_SIZE(j->frame->code)) {
        int line = reader.at.line;
        if (reader.at.end <= behind || line < 0 || line == last)
            continue;
        last = line;
        j->starts[vm_inst_at(vm, reader.at.start < behind ? behind : reader.at.start) - vm->insts] = line;
        if (line >= wanted && line < j->line)
            j->line = line;
    }
}

static int jump_refused(const struct jump *j)
{
    const char *why = "incompatible stacks";
    switch (j->refused) {
    case -1:
        why = "can't jump into an exception handler, or code may be unreachable";
        break;
    case STACK_EXCEPTION:
    case STACK_PREVIOUS:
        why = "can't jump into an 'except' block as there's no exception";
        break;
    case STACK_LASTI:
        why = "can't jump into a re-raising block as there's no location";
        break;
    case STACK_ITERATOR:
    case STACK_ASYNC_ITERATOR:
        why = "can't jump into the body of a for loop";
        break;
    }
    PyErr_SetString(PyExc_ValueError, why);
    return -1;
}

static int find_target(struct jump *j, int wanted)
{
    PyCodeObject *code = j->frame->code;
    find_line(j, wanted);
    if (j->line == INT_MAX) {
        PyErr_Format(PyExc_ValueError, "line %d comes after the current code block", wanted);
        return -1;
    }
    if (code_verify_stacks(code, see_source, j) < 0 || code_verify_stacks(code, see_target, j) < 0)
        return -1;
    return j->target < 0 ? jump_refused(j) : 0;
}

/* Goes to the private instruction `at`, and then drops what the target does not want: that may run code, which sees the
 * frame as it will go on.  Leaving an except block, the exception handled before is handled again. */
static void go(struct jump *j, int at)
{
    Frame *f = j->frame;
    _PyErr_StackItem *info = thread_current()->base.exc_info;
    int depth = j->have - j->yields;
    PyObject **end = f->sp, **p = depth > j->want ? end - (depth - j->want) : end;
    f->ip = f->vm->insts + at;
    f->sp = p;
    f->object->f_lineno = j->line;
    for (PyObject **q = end; q > p;) {
        q--;
        if (j->have_kinds[--depth] == STACK_PREVIOUS) {
            PyObject *handled = info->exc_value;
            info->exc_value = *q;
            *q = handled;
        }
    }
    while (p < end) {
        PyObject *v = *p++;
        Py_XDECREF(v);
    }
}

/* The instruction to go on with in a frame that has yielded, to which the value sent is pushed before the instruction
 * behind is run: that value is among those wanted, or stands for what the first instruction of the line pushes. */
static int resume_point(struct jump *j)
{
    if (j->want == j->have)
        return j->target - 1;
    const VmCode *vm = j->frame->vm;
    switch (vm->ops[j->target]) {
    case I_LOAD_GLOBAL:
        if (vm->insts[j->target].b)
            break;
        return j->target;
    case I_PUSH_NULL:
    case I_LOAD_CONST:
    case I_LOAD_FAST:
    case I_LOAD_DEREF:
    case I_LOAD_NAME:
        return j->target;
    }
    j->refused = STACK_OBJECT;
    return jump_refused(j);
}

int frame_jump(PyFrameObject *o, int line)
{
    Frame *f = o->f_frame;
    VmCode *vm = f->vm;
    struct jump j = {
        .frame = f, .from = (int)(f->ip - vm->insts), .line = INT_MAX, .target = -1, .want = -1, .refused = -1};
    if (line < f->code->co_firstlineno) {
        PyErr_Format(PyExc_ValueError, "line %d comes before the current code block", line);
        return -1;
    }
    if (!vm->traced) {
        PyErr_SetString(PyExc_ValueError, "f_lineno can only be set in a trace function");
        return -1;
    }
    j.yields = (f->trace_entered & TRACE_YIELDS) != 0;
    j.starts = PyMem_Malloc(((size_t)vm->count + 1 + (size_t)f->code->co_stacksize) * sizeof *j.starts);
    if (!j.starts) {
        PyErr_NoMemory();
        return -1;
    }
    j.have_kinds = (uint32_t *)j.starts + vm->count + 1;
    int at = find_target(&j, line);
    if (at == 0)
        at = j.yields ? resume_point(&j) : j.target;
    if (at >= 0)
        go(&j, at);
    PyMem_Free(j.starts);
    return at < 0 ? -1 : 0;
}
