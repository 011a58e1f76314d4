/* sys.settrace and sys.setprofile: events from frames that run their traced translation.
 *
 * While any thread traces, the eval breaker stays set, so that every frame notices at its first instruction or next
 * back edge and changes to the traced translation; there every instruction passes trace_instruction. */
#include "vm/vm.h"
#include "objects/opcodes.h"
#include "objects/code.h"
#include "frameobject.h"

#include <string.h>

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
    if (!t->base.c_tracefunc || !f->object || !f->object->f_trace)
        return 0;
    PyFrameObject *o = f->object;
    int line = frame_line(f), last = before < 0 ? -1 : PyCode_Addr2Line(f->code, before * 2);
    if (line >= 0 && o->f_trace_lines && (line != last || (unit < before && number != I_SEND)) &&
        call_hook(t, f, t->base.c_tracefunc, t->base.c_traceobj, PyTrace_LINE, NULL) < 0)
        return -1;
    if (o->f_trace_opcodes &&
        call_hook(t, f, t->base.c_tracefunc, t->base.c_traceobj, PyTrace_OPCODE, NULL) < 0)
        return -1;
    if (o->f_lineno) {
        o->f_lineno = 0;
        f->last_unit = frame_lasti(f);
    }
    return 0;
}

/* Whether the profiler hears of calls of this callable. */
static int is_c_function(PyObject *func)
{
    return PyCFunction_Check(func) || Py_IS_TYPE(func, &PyMethodDescr_Type);
}

PyObject *trace_c_call(ThreadState *t, Frame *f, PyObject *func, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    if (!t->base.c_profilefunc || !is_c_function(func) || !trace_wanted(t))
        return PyObject_Vectorcall(func, args, nargsf, kwnames);
    PyObject *shown = Py_NewRef(func);
    if (Py_IS_TYPE(func, &PyMethodDescr_Type) && PyVectorcall_NARGS(nargsf)) {
        PyObject *bound = Py_TYPE(func)->tp_descr_get(func, args[0], (PyObject *)Py_TYPE(args[0]));
        if (bound)
            Py_SETREF(shown, bound);
        else
            PyErr_Clear();
    }
    PyObject *result = NULL;
    if (call_hook(t, f, t->base.c_profilefunc, t->base.c_profileobj, PyTrace_C_CALL, shown) == 0) {
        result = PyObject_Vectorcall(func, args, nargsf, kwnames);
        if (!result)
            call_hook_protected(t, f, t->base.c_profilefunc, t->base.c_profileobj, PyTrace_C_EXCEPTION, shown);
        else if (call_hook(t, f, t->base.c_profilefunc, t->base.c_profileobj, PyTrace_C_RETURN, shown) < 0)
            Py_CLEAR(result);
    }
    Py_DECREF(shown);
    return result;
}

/* ---- changing translation ---- */

/* Canonical unit with which private instruction `at` begins: behind all that the one before stands for. */
static int first_unit(const VmCode *vm, const PyCodeObject *code, int at)
{
    if (!at)
        return 0;
    const _Py_CODEUNIT *units = _PyCode_CODE(code);
    int unit = (int)vm->offsets[at - 1];
    if (_Py_OPCODE(units[unit]) == OPC_BINARY_OP && vm->insts[at - 1].c & 256) /* with its STORE_FAST */
        while (_Py_OPCODE(units[unit]) != OPC_STORE_FAST)
            unit = code_unit_after(units, unit);
    return code_unit_after(units, unit);
}

int trace_switch(Frame *f, int traced, int waiting)
{
    if (f->vm->traced == traced)
        return 0;
    VmCode *to = traced ? vm_code_traced(f->code) : vm_code_of(f->code);
    if (!to)
        return -1;
    int at = (int)(f->ip - f->vm->insts);
    int unit = (int)f->vm->offsets[at];
    if (!waiting && !f->vm->traced)
        unit = first_unit(f->vm, f->code, at);
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
        if (callee->ret == RETURN_TO_C)
            continue;
        f->trace_entered = 1;
        if (trace_switch(f, 1, 1) < 0)
            PyErr_Clear();
    }
    if (t->frame)
        t->frame->trace_entered = 1;
}

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

int _PyEval_SetTrace(PyThreadState *tstate, Py_tracefunc func, PyObject *arg)
{
    if (PySys_Audit("sys.settrace", NULL) < 0)
        return -1;
    int had = tstate->c_tracefunc || tstate->c_profilefunc;
    PyObject *old = tstate->c_traceobj;
    tstate->c_tracefunc = func;
    tstate->c_traceobj = func ? Py_XNewRef(arg) : NULL;
    hooks_changed((ThreadState *)tstate, had);
    Py_XDECREF(old);
    return 0;
}

int _PyEval_SetProfile(PyThreadState *tstate, Py_tracefunc func, PyObject *arg)
{
    if (PySys_Audit("sys.setprofile", NULL) < 0)
        return -1;
    int had = tstate->c_tracefunc || tstate->c_profilefunc;
    PyObject *old = tstate->c_profileobj;
    tstate->c_profilefunc = func;
    tstate->c_profileobj = func ? Py_XNewRef(arg) : NULL;
    hooks_changed((ThreadState *)tstate, had);
    Py_XDECREF(old);
    return 0;
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

/* A search for where to jump: the first line at or after the wanted one that has code behind the instructions that make
 * cells and the generator, and the stacks there and here. */
struct jump {
    Frame *frame;
    int from, line;         /* private instruction that waits, line wanted */
    int *starts;            /* by private instruction: its line if a line begins there, else -1 */
    int best, target, want, have;
    uint32_t *want_kinds, *have_kinds; /* room for co_stacksize each */
};

static void see_stack(void *arg, int unit, int depth, const uint32_t *kinds)
{
    struct jump *j = arg;
    int at = (int)(vm_inst_at(j->frame->vm, unit) - j->frame->vm->insts), line = j->starts[at];
    if (at == j->from) {
        j->have = depth;
        memcpy(j->have_kinds, kinds, (size_t)depth * sizeof *kinds);
    }
    if (unit >= j->frame->code->_co_firsttraceable && line >= j->line &&
        (line < j->best || (line == j->best && at < j->target))) {
        j->best = line;
        j->target = at;
        j->want = depth;
        memcpy(j->want_kinds, kinds, (size_t)depth * sizeof *kinds);
    }
}

/* Notes where lines begin, and looks at the stack of every instruction; 0, or -1 with an exception set. */
static int find_jump(struct jump *j)
{
    VmCode *vm = j->frame->vm;
    LocationReader reader;
    for (int i = 0; i <= vm->count; i++)
        j->starts[i] = -1;
    location_reader_init(&reader, j->frame->code);
    while (location_reader_next(&reader) && reader.at.start < Py_SIZE(j->frame->code)) {
        int *start = &j->starts[vm_inst_at(vm, reader.at.start) - vm->insts];
        if (*start < 0)
            *start = reader.at.line;
    }
    return code_verify_stacks(j->frame->code, see_stack, j);
}

/* Whether the values there are may stand where the target's stack has its own; the NULL below a callable may not. */
static int stacks_fit(const struct jump *j)
{
    if (j->want > j->have)
        return 0;
    for (int k = 0; k < j->want; k++)
        if (!j->frame->slots[j->frame->vm->nlocalsplus + k] || !code_kind_fits(j->have_kinds[k], j->want_kinds[k]))
            return 0;
    return 1;
}

int frame_jump(PyFrameObject *o, int line)
{
    Frame *f = o->f_frame;
    VmCode *vm = f->vm;
    struct jump j = {.frame = f, .from = (int)(f->ip - vm->insts), .line = line, .best = INT_MAX, .target = -1};
    if (line < f->code->co_firstlineno) {
        PyErr_Format(PyExc_ValueError, "line %d comes before the current code block", line);
        return -1;
    }
    if (!vm->traced) {
        PyErr_SetString(PyExc_ValueError, "f_lineno can only be set in a trace function");
        return -1;
    }
    size_t room = (size_t)vm->count + 1 + 2 * (size_t)f->code->co_stacksize;
    int err = -1;
    if (!(j.starts = PyMem_Malloc(room * sizeof *j.starts))) {
        PyErr_NoMemory();
    } else {
        j.want_kinds = (uint32_t *)j.starts + vm->count + 1;
        j.have_kinds = j.want_kinds + f->code->co_stacksize;
        err = find_jump(&j);
        if (err == 0 && j.target < 0) {
            PyErr_Format(PyExc_ValueError, "line %d comes after the current code block", line);
            err = -1;
        } else if (err == 0 && !stacks_fit(&j)) {
            PyErr_SetString(PyExc_ValueError, "incompatible stacks");
            err = -1;
        }
        PyMem_Free(j.starts);
    }
    if (err < 0)
        return -1;
    for (; j.have > j.want; j.have--)
        Py_XDECREF(*--f->sp);
    f->ip = vm->insts + j.target;
    o->f_lineno = line;
    return 0;
}
