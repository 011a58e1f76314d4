/* Generators, and the machinery that coroutines and asynchronous generators share.
 *
 *   | PyGenObject fields | Frame header | locals | value stack |
 *
 * The frame lives in the object.  States: created ─▶ suspended ⇄ executing ─▶ cleared (the frame's contents are gone). */
#include "vm/generator.h"
#include "memory/memory.h"
#include "objects/errors.h"
#include "objects/names.h"
#include "structmember.h"

#include <stddef.h>
#include <string.h>

/* "generator", "coroutine", "async generator" */
static const char *kind_of(PyGenObject *gen)
{
    return PyCoro_CheckExact(gen) ? "coroutine" : PyAsyncGen_CheckExact(gen) ? "async generator" : "generator";
}

/* ---- making ---- */

PyGenObject *generator_of(Frame *f) { return (PyGenObject *)((char *)f - offsetof(PyGenObject, gi_iframe)); }

static PyGenObject *generator_alloc(PyTypeObject *type, PyCodeObject *code, PyFunctionObject *func, int slots)
{
    PyGenObject *gen = PyObject_GC_NewVar(PyGenObject, type, slots);
    if (!gen)
        return NULL;
    gen->gi_code = (PyCodeObject *)Py_NewRef((PyObject *)code);
    gen->gi_weakreflist = NULL;
    gen->gi_name = Py_NewRef(func->func_name);
    gen->gi_qualname = Py_NewRef(func->func_qualname);
    gen->gi_exc_state.exc_value = NULL;
    gen->gi_exc_state.previous_item = NULL;
    gen->gi_origin_or_finalizer = NULL;
    gen->gi_hooks_inited = gen->gi_closed = gen->gi_running_async = 0;
    gen->gi_frame_state = GEN_CREATED;
    return gen;
}

PyObject *generator_make(ThreadState *t, Frame *f)
{
    int flags = f->code->co_flags;
    PyTypeObject *type = flags & CO_COROUTINE ? &PyCoro_Type : flags & CO_ASYNC_GENERATOR ? &PyAsyncGen_Type : &PyGen_Type;
    PyObject *origin = NULL;
    if (type == &PyCoro_Type && t->base.coroutine_origin_tracking_depth > 0) {
        f->complete = 1;
        origin = coroutine_origin(t, t->base.coroutine_origin_tracking_depth);
        f->complete = 0;
        if (!origin)
            return NULL;
    }
    PyGenObject *gen = generator_alloc(type, f->code, f->func, f->vm->size);
    if (!gen) {
        Py_XDECREF(origin);
        return NULL;
    }
    gen->gi_origin_or_finalizer = origin;
    Frame *g = generator_frame(gen);
    frame_copy(g, f);
    g->owner = FRAME_IN_GENERATOR;
    g->complete = 1;
    g->previous = NULL;
    if (g->object)
        g->object->f_frame = g;
    PyObject_GC_Track(gen);
    return (PyObject *)gen;
}

/* A generator from a frame that PyFrame_New made; steals it. */
static PyObject *generator_from_frame_object(PyTypeObject *type, PyFrameObject *o, PyObject *name, PyObject *qualname)
{
    Frame *f = o->f_frame;
    PyGenObject *gen = generator_alloc(type, f->code, f->func, f->vm->size);
    if (!gen) {
        Py_DECREF(o);
        return NULL;
    }
    Frame *g = generator_frame(gen);
    frame_copy(g, f);
    g->owner = FRAME_IN_GENERATOR;
    g->object = o; /* keeps the caller's reference */
    o->f_frame = g;
    if (name)
        Py_SETREF(gen->gi_name, Py_NewRef(name));
    if (qualname)
        Py_SETREF(gen->gi_qualname, Py_NewRef(qualname));
    PyObject_GC_Track(gen);
    return (PyObject *)gen;
}

PyObject *PyGen_New(PyFrameObject *f) { return generator_from_frame_object(&PyGen_Type, f, NULL, NULL); }
PyObject *PyGen_NewWithQualName(PyFrameObject *f, PyObject *name, PyObject *qualname)
{
    return generator_from_frame_object(&PyGen_Type, f, name, qualname);
}
PyObject *PyCoro_New(PyFrameObject *f, PyObject *name, PyObject *qualname)
{
    return generator_from_frame_object(&PyCoro_Type, f, name, qualname);
}
PyObject *PyAsyncGen_New(PyFrameObject *f, PyObject *name, PyObject *qualname)
{
    return generator_from_frame_object(&PyAsyncGen_Type, f, name, qualname);
}

/* ---- running ---- */

void generator_finished(ThreadState *t, PyGenObject *gen)
{
    generator_leave(t, gen);
    gen->gi_frame_state = GEN_CLEARED;
    Py_CLEAR(gen->gi_exc_state.exc_value);
    frame_clear(t, generator_frame(gen));
}

void generator_failed(ThreadState *t, PyGenObject *gen)
{
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    generator_finished(t, gen);
    PyErr_Restore(type, value, tb);
    if (PyErr_ExceptionMatches(PyExc_StopIteration))
        _PyErr_FormatFromCause(PyExc_RuntimeError, "%s raised StopIteration", kind_of(gen));
    else if (PyAsyncGen_CheckExact(gen) && PyErr_ExceptionMatches(PyExc_StopAsyncIteration))
        _PyErr_FormatFromCause(PyExc_RuntimeError, "async generator raised StopAsyncIteration");
}

PySendResult generator_send(PyGenObject *gen, PyObject *arg, PyObject **result, int exc, int closing)
{
    ThreadState *t = thread_current();
    *result = NULL;
    if (gen->gi_frame_state == GEN_CREATED && arg && arg != Py_None) {
        PyErr_Format(PyExc_TypeError, "can't send non-None value to a just-started %s", kind_of(gen));
        return PYGEN_ERROR;
    }
    if (gen->gi_frame_state == GEN_EXECUTING) {
        PyErr_Format(PyExc_ValueError, "%s already executing", kind_of(gen));
        return PYGEN_ERROR;
    }
    if (gen->gi_frame_state >= GEN_COMPLETED) {
        if (PyCoro_CheckExact(gen) && !closing) {
            PyErr_SetString(PyExc_RuntimeError, "cannot reuse already awaited coroutine");
        } else if (arg && !exc) {
            *result = Py_NewRef(Py_None);
            return PYGEN_RETURN;
        }
        return PYGEN_ERROR;
    }
    Frame *g = generator_frame(gen);
    if (!exc)
        *g->sp++ = Py_NewRef(arg ? arg : Py_None);
    gen->gi_frame_state = GEN_EXECUTING;
    gen->gi_exc_state.previous_item = t->base.exc_info;
    t->base.exc_info = &gen->gi_exc_state;
    if (exc && gen->gi_exc_state.exc_value && gen->gi_exc_state.exc_value != Py_None)
        _PyErr_ChainStackItem(NULL); /* what the generator is handling becomes the context */
    g->ret = RETURN_TO_C;
    Py_INCREF(gen);
    *result = vm_run(t, g, exc);
    PySendResult sent = !*result ? PYGEN_ERROR : gen->gi_frame_state == GEN_SUSPENDED ? PYGEN_NEXT : PYGEN_RETURN;
    Py_DECREF(gen);
    return sent;
}

PySendResult generator_am_send(PyObject *gen, PyObject *arg, PyObject **result)
{
    return generator_send((PyGenObject *)gen, arg, result, 0, 0);
}

PyObject *generator_send_value(PyGenObject *gen, PyObject *arg, int exc, int closing)
{
    PyObject *result;
    if (generator_send(gen, arg, &result, exc, closing) != PYGEN_RETURN)
        return result;
    if (PyAsyncGen_CheckExact(gen))
        PyErr_SetNone(PyExc_StopAsyncIteration);
    else if (result == Py_None)
        PyErr_SetNone(PyExc_StopIteration);
    else
        _PyGen_SetStopIterationValue(result);
    Py_DECREF(result);
    return NULL;
}

PyObject *generator_iternext(PyGenObject *gen)
{
    PyObject *result;
    if (generator_send(gen, NULL, &result, 0, 0) != PYGEN_RETURN)
        return result;
    if (result != Py_None)
        _PyGen_SetStopIterationValue(result);
    Py_DECREF(result);
    return NULL;
}

/* Raises StopIteration(value); -1 when even that failed. */
int _PyGen_SetStopIterationValue(PyObject *value)
{
    if (!value || (!PyTuple_Check(value) && !PyExceptionInstance_Check(value))) {
        PyErr_SetObject(PyExc_StopIteration, value); /* needs no instance yet */
        return 0;
    }
    PyObject *exc = PyObject_CallOneArg(PyExc_StopIteration, value);
    if (!exc)
        return -1;
    PyErr_SetObject(PyExc_StopIteration, exc);
    Py_DECREF(exc);
    return 0;
}

/* When StopIteration (or nothing) is pending: clears it and gives its value (new), 0.  Otherwise -1. */
int _PyGen_FetchStopIterationValue(PyObject **pvalue)
{
    PyObject *value = NULL;
    if (PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_StopIteration)) {
        PyObject *type, *exc, *tb;
        PyErr_Fetch(&type, &exc, &tb);
        if (exc && !PyExceptionInstance_Check(exc) && !PyTuple_Check(exc)) {
            value = exc; /* not made into an instance yet: the value itself */
        } else {
            PyErr_NormalizeException(&type, &exc, &tb);
            if (!exc || !PyObject_TypeCheck(exc, (PyTypeObject *)PyExc_StopIteration)) {
                PyErr_Restore(type, exc, tb);
                return -1;
            }
            value = Py_NewRef(((PyStopIterationObject *)exc)->value);
            Py_DECREF(exc);
        }
        Py_XDECREF(type);
        Py_XDECREF(tb);
    } else if (PyErr_Occurred()) {
        return -1;
    }
    *pvalue = value ? value : Py_NewRef(Py_None);
    return 0;
}

/* ---- delegation, closing, throwing ---- */

PyObject *generator_delegate(PyGenObject *gen)
{
    Frame *g = generator_frame(gen);
    /* Suspended in `yield from` or `await` when the RESUME that follows says so. */
    return gen->gi_frame_state == GEN_SUSPENDED && g->ip[1].c >= 2 ? g->sp[-1] : NULL;
}

/* Closes what a generator delegates to: 0, or -1. */
static int close_delegate(PyObject *iter)
{
    PyObject *result = NULL, *close = NULL;
    if (PyGen_CheckExact(iter) || PyCoro_CheckExact(iter)) {
        result = generator_close((PyGenObject *)iter);
    } else {
        if (_PyObject_LookupAttr(iter, N(close), &close) < 0)
            PyErr_WriteUnraisable(iter);
        if (!close)
            return 0;
        result = PyObject_CallNoArgs(close);
        Py_DECREF(close);
    }
    Py_XDECREF(result);
    return result ? 0 : -1;
}

/* The generator counts as executing while its delegate runs. */
static int close_delegate_of(PyGenObject *gen, PyObject *iter)
{
    Py_INCREF(iter);
    gen->gi_frame_state = GEN_EXECUTING;
    int err = close_delegate(iter);
    gen->gi_frame_state = GEN_SUSPENDED;
    Py_DECREF(iter);
    return err;
}

/* Ends a generator that has never run. */
static void generator_abandon(PyGenObject *gen)
{
    gen->gi_frame_state = GEN_CLEARED;
    frame_clear(thread_current(), generator_frame(gen));
}

PyObject *generator_close(PyGenObject *gen)
{
    if (gen->gi_frame_state == GEN_CREATED && !trace_wanted(thread_current())) { /* a trace function hears of the end */
        generator_abandon(gen);
        Py_RETURN_NONE;
    }
    PyObject *delegate = generator_delegate(gen);
    if (!delegate || close_delegate_of(gen, delegate) == 0)
        PyErr_SetNone(PyExc_GeneratorExit);
    PyObject *value = generator_send_value(gen, Py_None, 1, 1);
    if (value) {
        Py_DECREF(value);
        return PyErr_Format(PyExc_RuntimeError, "%s ignored GeneratorExit", kind_of(gen));
    }
    if (!PyErr_ExceptionMatches(PyExc_StopIteration) && !PyErr_ExceptionMatches(PyExc_GeneratorExit))
        return NULL;
    PyErr_Clear();
    Py_RETURN_NONE;
}

/* Raises type, value, tb as `raise` would; 0 or -1 with TypeError for what is no exception. */
static int set_thrown(PyObject *type, PyObject *value, PyObject *tb)
{
    if (tb == Py_None)
        tb = NULL;
    if (tb && !PyTraceBack_Check(tb)) {
        PyErr_SetString(PyExc_TypeError, "throw() third argument must be a traceback object");
        return -1;
    }
    Py_INCREF(type);
    Py_XINCREF(value);
    Py_XINCREF(tb);
    if (PyExceptionClass_Check(type)) {
        PyErr_NormalizeException(&type, &value, &tb);
    } else if (PyExceptionInstance_Check(type)) {
        if (value && value != Py_None) {
            PyErr_SetString(PyExc_TypeError, "instance exception may not have a separate value");
            goto fail;
        }
        Py_XDECREF(value);
        value = type;
        type = Py_NewRef((PyObject *)Py_TYPE(value));
        if (!tb)
            tb = PyException_GetTraceback(value);
    } else {
        PyErr_Format(PyExc_TypeError, "exceptions must be classes or instances deriving from BaseException, not %s",
                     Py_TYPE(type)->tp_name);
        goto fail;
    }
    PyErr_Restore(type, value, tb);
    return 0;
fail:
    Py_DECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(tb);
    return -1;
}

/* The delegate has ended: its StopIteration value, or its exception, goes on in the generator itself. */
static PyObject *resume_after_delegate(PyGenObject *gen)
{
    Frame *g = generator_frame(gen);
    PyObject *delegate = *--g->sp, *value, *result;
    gen->gi_frame_state = GEN_SUSPENDED;
    const Inst *send = g->ip - 1 - (g->vm->recorded != 0); /* before the YIELD_VALUE and its RECORD */
    g->ip = g->vm->insts + send->c - 1;                    /* behind the SEND loop */
    Py_DECREF(delegate);
    if (_PyGen_FetchStopIterationValue(&value) < 0)
        return generator_send_value(gen, Py_None, 1, 0);
    result = generator_send_value(gen, value, 0, 0);
    Py_DECREF(value);
    return result;
}

PyObject *generator_throw(PyGenObject *gen, int close_on_exit, PyObject *type, PyObject *value, PyObject *tb)
{
    PyObject *delegate = generator_delegate(gen), *throw = NULL;
    if (!delegate)
        goto here;
    if (close_on_exit && PyErr_GivenExceptionMatches(type, PyExc_GeneratorExit)) {
        if (close_delegate_of(gen, delegate) < 0)
            return generator_send_value(gen, Py_None, 1, 0);
        goto here;
    }
    PyObject *result;
    Py_INCREF(delegate);
    if (PyGen_CheckExact(delegate) || PyCoro_CheckExact(delegate)) {
        ThreadState *t = thread_current();
        Frame *g = generator_frame(gen);
        gen->gi_frame_state = GEN_EXECUTING;
        g->previous = t->frame; /* so that tracebacks and f_back see the delegating frame */
        t->frame = g;
        result = generator_throw((PyGenObject *)delegate, close_on_exit, type, value, tb);
        t->frame = g->previous;
        g->previous = NULL;
    } else {
        int found = _PyObject_LookupAttr(delegate, N(throw), &throw);
        if (found <= 0 || generator_delegate(gen) != delegate) { /* looking it up may have run the generator on */
            Py_XDECREF(throw);
            Py_DECREF(delegate);
            if (found < 0)
                return NULL;
            goto here;
        }
        gen->gi_frame_state = GEN_EXECUTING;
        result = PyObject_CallFunctionObjArgs(throw, type, value, tb, NULL);
        Py_DECREF(throw);
    }
    gen->gi_frame_state = GEN_SUSPENDED;
    Py_DECREF(delegate);
    return result ? result : resume_after_delegate(gen);
here:
    return set_thrown(type, value, tb) < 0 ? NULL : generator_send_value(gen, Py_None, 1, 0);
}

PyObject *generator_throw_args(PyGenObject *gen, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("throw", nargs, 1, 3))
        return NULL;
    return generator_throw(gen, 1, args[0], nargs > 1 ? args[1] : NULL, nargs > 2 ? args[2] : NULL);
}

/* ---- death ---- */

void _PyGen_Finalize(PyObject *self)
{
    PyGenObject *gen = (PyGenObject *)self;
    PyObject *type, *value, *tb, *result = NULL;
    if (gen->gi_frame_state >= GEN_COMPLETED)
        return;
    PyErr_Fetch(&type, &value, &tb);
    PyObject *finalizer = PyAsyncGen_CheckExact(gen) ? gen->gi_origin_or_finalizer : NULL;
    if (finalizer && !gen->gi_closed) {
        result = PyObject_CallOneArg(finalizer, self);
    } else if (gen->gi_frame_state == GEN_CREATED && gen->gi_code->co_flags & CO_COROUTINE) {
        _PyErr_WarnUnawaitedCoroutine(self);
        result = Py_NewRef(Py_None);
    } else {
        result = generator_close(gen);
    }
    if (!result && PyErr_Occurred())
        PyErr_WriteUnraisable(self);
    Py_XDECREF(result);
    PyErr_Restore(type, value, tb);
}

static void generator_free(PyGenObject *gen)
{
    if (gen->gi_weakreflist)
        PyObject_ClearWeakRefs((PyObject *)gen);
    if (gen->gi_frame_state < GEN_COMPLETED) {
        PyObject_GC_Track(gen);
        if (PyObject_CallFinalizerFromDealloc((PyObject *)gen))
            return; /* resurrected */
        PyObject_GC_UnTrack(gen);
    }
    if (gen->gi_frame_state != GEN_CLEARED) {
        gen->gi_frame_state = GEN_CLEARED;
        generator_frame(gen)->previous = NULL;
        frame_clear(thread_current(), generator_frame(gen));
    }
    Py_XDECREF(gen->gi_origin_or_finalizer);
    Py_XDECREF(gen->gi_exc_state.exc_value);
    Py_DECREF(gen->gi_code);
    Py_DECREF(gen->gi_name);
    Py_DECREF(gen->gi_qualname);
    PyObject_GC_Del(gen);
}

/* A generator that holds a generator that holds … is taken apart piece by piece, not by recursion. */
void generator_dealloc(PyGenObject *gen)
{
    PyObject_GC_UnTrack(gen);
    Py_TRASHCAN_SAFE_BEGIN(gen)
    generator_free(gen);
    Py_TRASHCAN_SAFE_END(gen)
}

int generator_traverse(PyGenObject *gen, visitproc visit, void *arg)
{
    Py_VISIT(gen->gi_code);
    Py_VISIT(gen->gi_name);
    Py_VISIT(gen->gi_qualname);
    Py_VISIT(gen->gi_origin_or_finalizer);
    Py_VISIT(gen->gi_exc_state.exc_value);
    if (gen->gi_frame_state == GEN_CREATED || gen->gi_frame_state == GEN_SUSPENDED)
        return frame_traverse(generator_frame(gen), visit, arg);
    return 0;
}

/* ---- attributes and methods ---- */

PyObject *generator_repr(PyGenObject *gen)
{
    const char *kind = PyAsyncGen_CheckExact(gen) ? "async_generator" : kind_of(gen);
    return PyUnicode_FromFormat("<%s object %S at %p>", kind, gen->gi_qualname, gen);
}
PyObject *generator_get_name(PyGenObject *gen, void *unused) { return Py_NewRef(gen->gi_name); }
PyObject *generator_get_qualname(PyGenObject *gen, void *unused) { return Py_NewRef(gen->gi_qualname); }
int generator_set_name(PyGenObject *gen, PyObject *value, void *unused)
{
    if (!value || !PyUnicode_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "__name__ must be set to a string object");
        return -1;
    }
    Py_SETREF(gen->gi_name, Py_NewRef(value));
    return 0;
}
int generator_set_qualname(PyGenObject *gen, PyObject *value, void *unused)
{
    if (!value || !PyUnicode_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "__qualname__ must be set to a string object");
        return -1;
    }
    Py_SETREF(gen->gi_qualname, Py_NewRef(value));
    return 0;
}
PyObject *generator_get_delegate(PyGenObject *gen, void *unused)
{
    PyObject *delegate = generator_delegate(gen);
    return Py_NewRef(delegate ? delegate : Py_None);
}
PyObject *generator_get_running(PyGenObject *gen, void *unused)
{
    return PyBool_FromLong(gen->gi_frame_state == GEN_EXECUTING);
}
PyObject *generator_get_suspended(PyGenObject *gen, void *unused)
{
    return PyBool_FromLong(gen->gi_frame_state == GEN_SUSPENDED);
}
PyObject *generator_get_frame(PyGenObject *gen, void *unused)
{
    if (gen->gi_frame_state == GEN_CLEARED)
        Py_RETURN_NONE;
    return Py_XNewRef((PyObject *)frame_object(generator_frame(gen)));
}

PyObject *generator_method_send(PyGenObject *gen, PyObject *arg) { return generator_send_value(gen, arg, 0, 0); }
PyObject *generator_method_throw(PyGenObject *gen, PyObject *const *args, Py_ssize_t nargs)
{
    return generator_throw_args(gen, args, nargs);
}
PyObject *generator_method_close(PyGenObject *gen, PyObject *unused) { return generator_close(gen); }

const char generator_send_doc[] = "send(arg) -> send 'arg' into generator,\nreturn next yielded value or raise StopIteration.";
const char generator_throw_doc[] = "throw(value)\nthrow(type[,value[,tb]])\n\nRaise exception in generator, return next "
                                   "yielded value or raise\nStopIteration.";
const char generator_close_doc[] = "close() -> raise GeneratorExit inside generator.";
const char generator_sizeof_doc[] = "gen.__sizeof__() -> size of gen in memory, in bytes";

/* The generator and the frame in it. */
PyObject *generator_method_sizeof(PyGenObject *gen, PyObject *unused)
{
    Py_ssize_t slots = gen->gi_code->co_nlocalsplus + gen->gi_code->co_stacksize + 1;
    return PyLong_FromSsize_t(GENERATOR_BASIC_SIZE + slots * (Py_ssize_t)sizeof(PyObject *));
}

static PyMethodDef gen_methods[] = {
    {"send", (PyCFunction)generator_method_send, METH_O, generator_send_doc},
    {"throw", (PyCFunction)(void (*)(void))generator_method_throw, METH_FASTCALL, generator_throw_doc},
    {"close", (PyCFunction)generator_method_close, METH_NOARGS, generator_close_doc},
    {"__sizeof__", (PyCFunction)generator_method_sizeof, METH_NOARGS, generator_sizeof_doc},
    {NULL, NULL, 0, NULL},
};
static PyGetSetDef gen_getset[] = {
    {"__name__", (getter)generator_get_name, (setter)generator_set_name, "name of the generator", NULL},
    {"__qualname__", (getter)generator_get_qualname, (setter)generator_set_qualname, "qualified name of the generator", NULL},
    {"gi_yieldfrom", (getter)generator_get_delegate, NULL, "object being iterated by yield from, or None", NULL},
    {"gi_running", (getter)generator_get_running, NULL, NULL, NULL},
    {"gi_frame", (getter)generator_get_frame, NULL, NULL, NULL},
    {"gi_suspended", (getter)generator_get_suspended, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyMemberDef gen_members[] = {
    {"gi_code", T_OBJECT, offsetof(PyGenObject, gi_code), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyAsyncMethods gen_as_async = {.am_send = generator_am_send};

PyTypeObject PyGen_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "generator",
    .tp_basicsize = GENERATOR_BASIC_SIZE,
    .tp_itemsize = sizeof(PyObject *),
    .tp_dealloc = (destructor)generator_dealloc,
    .tp_as_async = &gen_as_async,
    .tp_repr = (reprfunc)generator_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = (traverseproc)generator_traverse,
    .tp_weaklistoffset = offsetof(PyGenObject, gi_weakreflist),
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = (iternextfunc)generator_iternext,
    .tp_methods = gen_methods,
    .tp_members = gen_members, .tp_getset = gen_getset,
    .tp_finalize = _PyGen_Finalize,
};
