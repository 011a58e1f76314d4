/* Asynchronous generators: __anext__, asend, athrow, aclose, and the awaitable of anext() with a default. */
#include "vm/generator.h"
#include "vm/eval.h"
#include "memory/memory.h"
#include "objects/names.h"
#include "structmember.h"

#include <stddef.h>

typedef PyAsyncGenObject Gen;
enum { AWAIT_INIT, AWAIT_ITER, AWAIT_CLOSED };

/* ---- values that an asynchronous generator yields, told apart from what it awaits ---- */

typedef struct {
    PyObject_HEAD
    PyObject *value;
} Wrapped;

static void wrapped_dealloc(Wrapped *w)
{
    PyObject_GC_UnTrack(w);
    Py_CLEAR(w->value);
    PyObject_GC_Del(w);
}
static int wrapped_traverse(Wrapped *w, visitproc visit, void *arg)
{
    Py_VISIT(w->value);
    return 0;
}

PyTypeObject _PyAsyncGenWrappedValue_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "async_generator_wrapped_value",
    .tp_basicsize = sizeof(Wrapped),
    .tp_dealloc = (destructor)wrapped_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = (traverseproc)wrapped_traverse,
};

PyObject *asyncgen_wrap(PyObject *value)
{
    Wrapped *w = PyObject_GC_New(Wrapped, &_PyAsyncGenWrappedValue_Type);
    if (!w)
        return NULL;
    w->value = Py_NewRef(value);
    PyObject_GC_Track(w);
    return (PyObject *)w;
}

static int is_wrapped(PyObject *o) { return Py_IS_TYPE(o, &_PyAsyncGenWrappedValue_Type); }

/* The result of a step: a yielded value ends the await with StopIteration(value), others pass through. */
static PyObject *unwrap(Gen *gen, PyObject *result)
{
    if (!result) {
        if (!PyErr_Occurred())
            PyErr_SetNone(PyExc_StopAsyncIteration);
        if (PyErr_ExceptionMatches(PyExc_StopAsyncIteration) || PyErr_ExceptionMatches(PyExc_GeneratorExit))
            gen->ag_closed = 1;
        gen->ag_running_async = 0;
        return NULL;
    }
    if (!is_wrapped(result))
        return result;
    _PyGen_SetStopIterationValue(((Wrapped *)result)->value);
    Py_DECREF(result);
    gen->ag_running_async = 0;
    return NULL;
}

/* The hooks of sys.set_asyncgen_hooks, at the first use of a generator; 0 or -1. */
static int init_hooks(Gen *gen)
{
    if (gen->ag_hooks_inited)
        return 0;
    gen->ag_hooks_inited = 1;
    PyThreadState *t = tstate_current();
    if (t->async_gen_finalizer)
        gen->ag_origin_or_finalizer = Py_NewRef(t->async_gen_finalizer);
    if (!t->async_gen_firstiter)
        return 0;
    PyObject *hook = Py_NewRef(t->async_gen_firstiter);
    PyObject *result = PyObject_CallOneArg(hook, (PyObject *)gen);
    Py_DECREF(hook);
    Py_XDECREF(result);
    return result ? 0 : -1;
}

/* ---- the awaitable of __anext__() and asend() ---- */

typedef struct {
    PyObject_HEAD
    Gen *gen;
    PyObject *value;  /* asend's argument, or NULL */
    int state;
} ASend;

static PyObject *asend_new(Gen *gen, PyObject *value)
{
    ASend *o = PyObject_GC_New(ASend, &_PyAsyncGenASend_Type);
    if (!o)
        return NULL;
    o->gen = (Gen *)Py_NewRef((PyObject *)gen);
    o->value = Py_XNewRef(value);
    o->state = AWAIT_INIT;
    PyObject_GC_Track(o);
    return (PyObject *)o;
}

static void asend_dealloc(ASend *o)
{
    PyObject_GC_UnTrack(o);
    Py_CLEAR(o->gen);
    Py_CLEAR(o->value);
    PyObject_GC_Del(o);
}
static int asend_traverse(ASend *o, visitproc visit, void *arg)
{
    Py_VISIT(o->gen);
    Py_VISIT(o->value);
    return 0;
}

static PyObject *asend_reused(void)
{
    PyErr_SetString(PyExc_RuntimeError, "cannot reuse already awaited __anext__()/asend()");
    return NULL;
}

static PyObject *asend_send(ASend *o, PyObject *arg)
{
    if (o->state == AWAIT_CLOSED)
        return asend_reused();
    if (o->state == AWAIT_INIT) {
        if (o->gen->ag_running_async) {
            PyErr_SetString(PyExc_RuntimeError, "anext(): asynchronous generator is already running");
            return NULL;
        }
        if (!arg || arg == Py_None)
            arg = o->value;
        o->state = AWAIT_ITER;
    }
    o->gen->ag_running_async = 1;
    PyObject *result = unwrap(o->gen, generator_send_value((PyGenObject *)o->gen, arg ? arg : Py_None, 0, 0));
    if (!result)
        o->state = AWAIT_CLOSED;
    return result;
}
static PyObject *asend_iternext(ASend *o) { return asend_send(o, NULL); }

static PyObject *asend_throw(ASend *o, PyObject *const *args, Py_ssize_t nargs)
{
    if (o->state == AWAIT_CLOSED)
        return asend_reused();
    PyObject *result = unwrap(o->gen, generator_throw_args((PyGenObject *)o->gen, args, nargs));
    if (!result)
        o->state = AWAIT_CLOSED;
    return result;
}
static PyObject *asend_close(ASend *o, PyObject *unused)
{
    o->state = AWAIT_CLOSED;
    Py_RETURN_NONE;
}

static PyMethodDef asend_methods[] = {
    {"send", (PyCFunction)asend_send, METH_O, generator_send_doc},
    {"throw", (PyCFunction)(void (*)(void))asend_throw, METH_FASTCALL, generator_throw_doc},
    {"close", (PyCFunction)asend_close, METH_NOARGS, generator_close_doc},
    {NULL, NULL, 0, NULL},
};
static PyAsyncMethods awaitable_as_async = {.am_await = PyObject_SelfIter};

PyTypeObject _PyAsyncGenASend_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "async_generator_asend",
    .tp_basicsize = sizeof(ASend),
    .tp_dealloc = (destructor)asend_dealloc,
    .tp_as_async = &awaitable_as_async,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = (traverseproc)asend_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = (iternextfunc)asend_iternext,
    .tp_methods = asend_methods,
};

/* ---- the awaitable of athrow() and aclose() ---- */

typedef struct {
    PyObject_HEAD
    Gen *gen;
    PyObject *args;  /* athrow's arguments; NULL for aclose */
    int state;
} AThrow;

static PyObject *athrow_new(Gen *gen, PyObject *args)
{
    AThrow *o = PyObject_GC_New(AThrow, &_PyAsyncGenAThrow_Type);
    if (!o)
        return NULL;
    o->gen = (Gen *)Py_NewRef((PyObject *)gen);
    o->args = Py_XNewRef(args);
    o->state = AWAIT_INIT;
    PyObject_GC_Track(o);
    return (PyObject *)o;
}

static void athrow_dealloc(AThrow *o)
{
    PyObject_GC_UnTrack(o);
    Py_CLEAR(o->gen);
    Py_CLEAR(o->args);
    PyObject_GC_Del(o);
}
static int athrow_traverse(AThrow *o, visitproc visit, void *arg)
{
    Py_VISIT(o->gen);
    Py_VISIT(o->args);
    return 0;
}

static PyObject *athrow_reused(void)
{
    PyErr_SetString(PyExc_RuntimeError, "cannot reuse already awaited aclose()/athrow()");
    return NULL;
}

static PyObject *aclose_ignored(AThrow *o)
{
    o->gen->ag_running_async = 0;
    o->state = AWAIT_CLOSED;
    PyErr_SetString(PyExc_RuntimeError, "async generator ignored GeneratorExit");
    return NULL;
}

/* aclose() is done when the generator has ended. */
static void aclose_ended(AThrow *o)
{
    if (!o->args && (PyErr_ExceptionMatches(PyExc_StopAsyncIteration) || PyErr_ExceptionMatches(PyExc_GeneratorExit))) {
        PyErr_Clear();
        PyErr_SetNone(PyExc_StopIteration);
    }
}

/* What to answer after a step of aclose or athrow. */
static PyObject *athrow_result(AThrow *o, PyObject *result)
{
    if (o->args) {
        result = unwrap(o->gen, result);
    } else if (result && is_wrapped(result)) {
        Py_DECREF(result);
        return aclose_ignored(o);
    }
    if (!result) {
        o->gen->ag_running_async = 0;
        o->state = AWAIT_CLOSED;
        aclose_ended(o);
    }
    return result;
}

/* The first step: raises in the generator. */
static PyObject *athrow_start(AThrow *o, PyObject *arg)
{
    Gen *gen = o->gen;
    if (gen->ag_running_async) {
        o->state = AWAIT_CLOSED;
        PyErr_SetString(PyExc_RuntimeError, o->args ? "athrow(): asynchronous generator is already running"
                                                    : "aclose(): asynchronous generator is already running");
        return NULL;
    }
    if (gen->ag_closed) {
        o->state = AWAIT_CLOSED;
        PyErr_SetNone(PyExc_StopAsyncIteration);
        return NULL;
    }
    if (arg != Py_None) {
        PyErr_SetString(PyExc_RuntimeError, "can't send non-None value to a just-started coroutine");
        return NULL;
    }
    o->state = AWAIT_ITER;
    gen->ag_running_async = 1;
    if (!o->args) {
        gen->ag_closed = 1;
        return athrow_result(o, generator_throw((PyGenObject *)gen, 0, PyExc_GeneratorExit, NULL, NULL));
    }
    PyObject *type, *value = NULL, *tb = NULL;
    if (!PyArg_UnpackTuple(o->args, "athrow", 1, 3, &type, &value, &tb))
        return NULL;
    return athrow_result(o, generator_throw((PyGenObject *)gen, 0, type, value, tb));
}

static PyObject *athrow_send(AThrow *o, PyObject *arg)
{
    if (o->state == AWAIT_CLOSED)
        return athrow_reused();
    if (o->gen->ag_frame_state >= GEN_COMPLETED) {
        o->state = AWAIT_CLOSED;
        PyErr_SetNone(PyExc_StopIteration);
        return NULL;
    }
    if (o->state == AWAIT_INIT)
        return athrow_start(o, arg);
    return athrow_result(o, generator_send_value((PyGenObject *)o->gen, arg, 0, 0));
}
static PyObject *athrow_iternext(AThrow *o) { return athrow_send(o, Py_None); }

static PyObject *athrow_throw(AThrow *o, PyObject *const *args, Py_ssize_t nargs)
{
    if (o->state == AWAIT_CLOSED)
        return athrow_reused();
    return athrow_result(o, generator_throw_args((PyGenObject *)o->gen, args, nargs));
}
static PyObject *athrow_close(AThrow *o, PyObject *unused)
{
    o->state = AWAIT_CLOSED;
    Py_RETURN_NONE;
}

static PyMethodDef athrow_methods[] = {
    {"send", (PyCFunction)athrow_send, METH_O, generator_send_doc},
    {"throw", (PyCFunction)(void (*)(void))athrow_throw, METH_FASTCALL, generator_throw_doc},
    {"close", (PyCFunction)athrow_close, METH_NOARGS, generator_close_doc},
    {NULL, NULL, 0, NULL},
};

PyTypeObject _PyAsyncGenAThrow_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "async_generator_athrow",
    .tp_basicsize = sizeof(AThrow),
    .tp_dealloc = (destructor)athrow_dealloc,
    .tp_as_async = &awaitable_as_async,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = (traverseproc)athrow_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = (iternextfunc)athrow_iternext,
    .tp_methods = athrow_methods,
};

/* ---- the generator ---- */

static PyObject *asyncgen_anext(PyObject *gen) { return init_hooks((Gen *)gen) < 0 ? NULL : asend_new((Gen *)gen, NULL); }
static PyObject *asyncgen_asend(Gen *gen, PyObject *value) { return init_hooks(gen) < 0 ? NULL : asend_new(gen, value); }
static PyObject *asyncgen_athrow(Gen *gen, PyObject *args) { return init_hooks(gen) < 0 ? NULL : athrow_new(gen, args); }
static PyObject *asyncgen_aclose(Gen *gen, PyObject *unused) { return init_hooks(gen) < 0 ? NULL : athrow_new(gen, NULL); }

static PyMethodDef asyncgen_methods[] = {
    {"asend", (PyCFunction)asyncgen_asend, METH_O, "asend(v) -> send 'v' in generator."},
    {"athrow", (PyCFunction)asyncgen_athrow, METH_VARARGS, "athrow(typ[,val[,tb]]) -> raise exception in generator."},
    {"aclose", (PyCFunction)asyncgen_aclose, METH_NOARGS, "aclose() -> raise GeneratorExit inside generator."},
    {"__sizeof__", (PyCFunction)generator_method_sizeof, METH_NOARGS, generator_sizeof_doc},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, "See PEP 585"},
    {NULL, NULL, 0, NULL},
};
static PyGetSetDef asyncgen_getset[] = {
    {"__name__", (getter)generator_get_name, (setter)generator_set_name, "name of the async generator", NULL},
    {"__qualname__", (getter)generator_get_qualname, (setter)generator_set_qualname, "qualified name of the async generator", NULL},
    {"ag_await", (getter)generator_get_delegate, NULL, "object being awaited on, or None", NULL},
    {"ag_frame", (getter)generator_get_frame, NULL, NULL, NULL},
    {"ag_suspended", (getter)generator_get_suspended, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyMemberDef asyncgen_members[] = {
    {"ag_code", T_OBJECT, offsetof(PyAsyncGenObject, ag_code), READONLY, NULL},
    {"ag_running", T_BOOL, offsetof(PyAsyncGenObject, ag_running_async), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyAsyncMethods asyncgen_as_async = {
    .am_aiter = PyObject_SelfIter, .am_anext = asyncgen_anext, .am_send = generator_am_send};

PyTypeObject PyAsyncGen_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "async_generator",
    .tp_basicsize = GENERATOR_BASIC_SIZE,
    .tp_itemsize = sizeof(PyObject *),
    .tp_dealloc = (destructor)generator_dealloc,
    .tp_as_async = &asyncgen_as_async,
    .tp_repr = (reprfunc)generator_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = (traverseproc)generator_traverse,
    .tp_weaklistoffset = offsetof(PyAsyncGenObject, ag_weakreflist),
    .tp_methods = asyncgen_methods,
    .tp_members = asyncgen_members,
    .tp_getset = asyncgen_getset,
    .tp_finalize = _PyGen_Finalize,
};

/* ---- anext(iterator, default) ---- */

typedef struct {
    PyObject_HEAD
    PyObject *awaitable, *fallback;
} AnextAwaitable;

PyObject *PyAnextAwaitable_New(PyObject *awaitable, PyObject *fallback)
{
    AnextAwaitable *o = PyObject_GC_New(AnextAwaitable, &PyAnextAwaitable_Type);
    if (!o)
        return NULL;
    o->awaitable = Py_NewRef(awaitable);
    o->fallback = Py_NewRef(fallback);
    PyObject_GC_Track(o);
    return (PyObject *)o;
}

static void anext_dealloc(AnextAwaitable *o)
{
    PyObject_GC_UnTrack(o);
    Py_XDECREF(o->awaitable);
    Py_XDECREF(o->fallback);
    PyObject_GC_Del(o);
}
static int anext_traverse(AnextAwaitable *o, visitproc visit, void *arg)
{
    Py_VISIT(o->awaitable);
    Py_VISIT(o->fallback);
    return 0;
}

/* The iterator behind the awaitable (new). */
static PyObject *anext_iterator(AnextAwaitable *o)
{
    PyObject *iter = _PyCoro_GetAwaitableIter(o->awaitable);
    if (!iter || Py_TYPE(iter)->tp_iternext)
        return iter;
    /* A coroutine: its own iterator is asked. */
    unaryfunc get = Py_TYPE(iter)->tp_as_async->am_await;
    PyObject *inner = get(iter);
    Py_DECREF(iter);
    if (inner && !Py_TYPE(inner)->tp_iternext) {
        PyErr_SetString(PyExc_TypeError, "__await__ must return an iterable");
        Py_CLEAR(inner);
    }
    return inner;
}

/* StopAsyncIteration becomes the default. */
static PyObject *anext_result(AnextAwaitable *o, PyObject *result)
{
    if (!result && PyErr_ExceptionMatches(PyExc_StopAsyncIteration)) {
        PyErr_Clear();
        _PyGen_SetStopIterationValue(o->fallback);
    }
    return result;
}

static PyObject *anext_iternext(AnextAwaitable *o)
{
    PyObject *iter = anext_iterator(o);
    if (!iter)
        return NULL;
    PyObject *result = Py_TYPE(iter)->tp_iternext(iter);
    Py_DECREF(iter);
    return anext_result(o, result);
}

static PyObject *anext_proxy(AnextAwaitable *o, const char *name, PyObject *args)
{
    PyObject *iter = anext_iterator(o);
    PyObject *method = iter ? PyObject_GetAttrString(iter, name) : NULL;
    PyObject *result = method ? PyObject_CallObject(method, args) : NULL;
    int called = method != NULL;
    Py_XDECREF(iter);
    Py_XDECREF(method);
    return called ? anext_result(o, result) : NULL;
}
static PyObject *anext_send(AnextAwaitable *o, PyObject *args) { return anext_proxy(o, "send", args); }
static PyObject *anext_throw(AnextAwaitable *o, PyObject *args) { return anext_proxy(o, "throw", args); }
static PyObject *anext_close(AnextAwaitable *o, PyObject *args) { return anext_proxy(o, "close", args); }

static PyMethodDef anext_methods[] = {
    {"send", (PyCFunction)anext_send, METH_VARARGS, generator_send_doc},
    {"throw", (PyCFunction)anext_throw, METH_VARARGS, generator_throw_doc},
    {"close", (PyCFunction)anext_close, METH_VARARGS, generator_close_doc},
    {NULL, NULL, 0, NULL},
};

PyTypeObject PyAnextAwaitable_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "anext_awaitable",
    .tp_basicsize = sizeof(AnextAwaitable),
    .tp_dealloc = (destructor)anext_dealloc,
    .tp_as_async = &awaitable_as_async,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = (traverseproc)anext_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = (iternextfunc)anext_iternext,
    .tp_methods = anext_methods,
};
