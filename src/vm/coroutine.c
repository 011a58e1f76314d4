/* Coroutines, and the iterator that their __await__ gives. */
#include "vm/generator.h"
#include "memory/memory.h"
#include "objects/names.h"
#include "structmember.h"

#include <stddef.h>

PyObject *coroutine_origin(ThreadState *t, int depth)
{
    int count = 0;
    /* The coroutine's own frame is not part of it. */
    Frame *first = frame_visible(t->frame ? t->frame->previous : NULL);
    for (Frame *f = first; f && count < depth; f = frame_visible(f->previous))
        count++;
    PyObject *origin = PyTuple_New(count);
    Frame *f = first;
    for (int i = 0; origin && i < count; i++, f = frame_visible(f->previous)) {
        PyObject *entry = Py_BuildValue("OiO", f->code->co_filename, frame_line(f), f->code->co_name);
        if (!entry)
            Py_CLEAR(origin);
        else
            PyTuple_SET_ITEM(origin, i, entry);
    }
    return origin;
}

/* ---- the iterator of __await__ ---- */

typedef struct {
    PyObject_HEAD
    PyGenObject *coroutine;
} CoroutineWrapper;

static void wrapper_dealloc(CoroutineWrapper *w)
{
    PyObject_GC_UnTrack(w);
    Py_CLEAR(w->coroutine);
    PyObject_GC_Del(w);
}
static int wrapper_traverse(CoroutineWrapper *w, visitproc visit, void *arg)
{
    Py_VISIT(w->coroutine);
    return 0;
}
static PyObject *wrapper_iternext(CoroutineWrapper *w) { return generator_iternext(w->coroutine); }
static PyObject *wrapper_send(CoroutineWrapper *w, PyObject *arg) { return generator_send_value(w->coroutine, arg, 0, 0); }
static PyObject *wrapper_throw(CoroutineWrapper *w, PyObject *const *args, Py_ssize_t nargs)
{
    return generator_throw_args(w->coroutine, args, nargs);
}
static PyObject *wrapper_close(CoroutineWrapper *w, PyObject *unused) { return generator_close(w->coroutine); }

static PyMethodDef wrapper_methods[] = {
    {"send", (PyCFunction)wrapper_send, METH_O, "send(arg) -> send 'arg' into coroutine\nreturn next yielded value or raise StopIteration."},
    {"throw", (PyCFunction)(void (*)(void))wrapper_throw, METH_FASTCALL,
     "throw(value)\nthrow(type[,value[,traceback]])\n\nRaise exception in coroutine, return next yielded value or raise\nStopIteration."},
    {"close", (PyCFunction)wrapper_close, METH_NOARGS, "close() -> raise GeneratorExit inside coroutine."},
    {NULL, NULL, 0, NULL},
};

PyTypeObject _PyCoroWrapper_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "coroutine_wrapper",
    .tp_basicsize = sizeof(CoroutineWrapper),
    .tp_dealloc = (destructor)wrapper_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "A wrapper object implementing __await__ for coroutines.",
    .tp_traverse = (traverseproc)wrapper_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = (iternextfunc)wrapper_iternext,
    .tp_methods = wrapper_methods,
};

static PyObject *coroutine_await(PyObject *self)
{
    CoroutineWrapper *w = PyObject_GC_New(CoroutineWrapper, &_PyCoroWrapper_Type);
    if (!w)
        return NULL;
    w->coroutine = (PyGenObject *)Py_NewRef(self);
    PyObject_GC_Track(w);
    return (PyObject *)w;
}

/* ---- the type ---- */

static PyMethodDef coroutine_methods[] = {
    {"send", (PyCFunction)generator_method_send, METH_O, "send(arg) -> send 'arg' into coroutine\nreturn next yielded value or raise StopIteration."},
    {"throw", (PyCFunction)(void (*)(void))generator_method_throw, METH_FASTCALL,
     "throw(value)\nthrow(type[,value[,traceback]])\n\nRaise exception in coroutine, return next yielded value or raise\nStopIteration."},
    {"close", (PyCFunction)generator_method_close, METH_NOARGS, "close() -> raise GeneratorExit inside coroutine."},
    {"__sizeof__", (PyCFunction)generator_method_sizeof, METH_NOARGS, generator_sizeof_doc},
    {NULL, NULL, 0, NULL},
};
static PyGetSetDef coroutine_getset[] = {
    {"__name__", (getter)generator_get_name, (setter)generator_set_name, "name of the coroutine", NULL},
    {"__qualname__", (getter)generator_get_qualname, (setter)generator_set_qualname, "qualified name of the coroutine", NULL},
    {"cr_await", (getter)generator_get_delegate, NULL, "object being awaited on, or None", NULL},
    {"cr_running", (getter)generator_get_running, NULL, NULL, NULL},
    {"cr_frame", (getter)generator_get_frame, NULL, NULL, NULL},
    {"cr_suspended", (getter)generator_get_suspended, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyMemberDef coroutine_members[] = {
    {"cr_code", T_OBJECT, offsetof(PyCoroObject, cr_code), READONLY, NULL},
    {"cr_origin", T_OBJECT, offsetof(PyCoroObject, cr_origin_or_finalizer), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyAsyncMethods coroutine_as_async = {.am_await = coroutine_await, .am_send = generator_am_send};

PyTypeObject PyCoro_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "coroutine",
    .tp_basicsize = GENERATOR_BASIC_SIZE,
    .tp_itemsize = sizeof(PyObject *),
    .tp_dealloc = (destructor)generator_dealloc,
    .tp_as_async = &coroutine_as_async,
    .tp_repr = (reprfunc)generator_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = (traverseproc)generator_traverse,
    .tp_weaklistoffset = offsetof(PyCoroObject, cr_weakreflist),
    .tp_methods = coroutine_methods,
    .tp_members = coroutine_members,
    .tp_getset = coroutine_getset,
    .tp_finalize = _PyGen_Finalize,
};
