/* Frame objects: how a program sees frames.  Made on demand; they outlive the call (see frame.h). */
#include "vm/vm.h"
#include "memory/memory.h"
#include "frameobject.h"
#include "objects/code.h"
#include "structmember.h"

#include <stddef.h>
#include <string.h>

/* Moves execution to another line, from a trace function; 0, or -1 with ValueError (trace.c). */
int frame_jump(PyFrameObject *o, int line);

static PyFrameObject *frame_object_alloc(PyCodeObject *code)
{
    Py_ssize_t words = FRAME_WORDS + code->co_nlocalsplus + code->co_stacksize + 1;
    PyFrameObject *o = PyObject_GC_NewVar(PyFrameObject, &PyFrame_Type, words);
    if (!o)
        return NULL;
    o->f_back = NULL;
    o->f_frame = NULL;
    o->f_trace = NULL;
    o->f_lineno = 0;
    o->f_trace_lines = 1;
    o->f_trace_opcodes = 0;
    o->f_fast_as_locals = 0;
    return o;
}

PyFrameObject *frame_object(Frame *f)
{
    if (f->object)
        return f->object;
    PyFrameObject *o = frame_object_alloc(f->code);
    if (!o)
        return NULL;
    if (f->object) { /* the allocation collected garbage, and something called then asked for it */
        Py_DECREF(o);
        return f->object;
    }
    o->f_frame = f;
    f->object = o;
    PyObject_GC_Track(o);
    return o;
}

/* A frame that nothing runs: for C code that wants an entry in a traceback. */
PyFrameObject *PyFrame_New(PyThreadState *t, PyCodeObject *code, PyObject *globals, PyObject *locals)
{
    VmCode *vm = vm_code_of(code);
    PyObject *builtins = PyEval_GetBuiltins();
    PyFunctionObject *func = vm && builtins ? function_for_code((PyObject *)code, globals, builtins) : NULL;
    PyFrameObject *o = func ? frame_object_alloc(code) : NULL;
    if (!o) {
        Py_XDECREF(func);
        return NULL;
    }
    Frame *f = o->f_frame = (Frame *)o->f_data;
    memset(f, 0, sizeof(Frame) + (size_t)vm->nlocalsplus * sizeof(PyObject *));
    f->ip = vm->insts;
    f->vm = vm;
    f->func = func;
    f->globals = globals;
    f->code = (PyCodeObject *)Py_NewRef((PyObject *)code);
    f->locals = Py_XNewRef(locals);
    f->owner = FRAME_IN_OBJECT;
    f->complete = 1;
    f->sp = f->slots + vm->nlocalsplus;
    PyObject_GC_Track(o);
    return o;
}

/* ---- life ---- */

static int frame_object_owns(PyFrameObject *o) { return o->f_frame && o->f_frame->owner == FRAME_IN_OBJECT; }

static void frame_dealloc(PyFrameObject *o)
{
    PyObject_GC_UnTrack(o);
    Py_TRASHCAN_BEGIN(o, frame_dealloc)
    if (frame_object_owns(o)) {
        Frame *f = o->f_frame;
        o->f_frame = NULL;
        f->object = NULL;
        frame_clear(NULL, f);
    }
    Py_CLEAR(o->f_back);
    Py_CLEAR(o->f_trace);
    PyObject_GC_Del(o);
    Py_TRASHCAN_END
}

static int frame_object_traverse(PyFrameObject *o, visitproc visit, void *arg)
{
    Py_VISIT(o->f_back);
    Py_VISIT(o->f_trace);
    return frame_object_owns(o) ? frame_traverse(o->f_frame, visit, arg) : 0;
}

/* Drops the values of an ended frame; code and function stay. */
static void frame_drop_values(Frame *f)
{
    PyObject **end = f->sp;
    f->sp = f->slots + f->vm->nlocalsplus;
    for (PyObject **p = f->slots; p < end; p++)
        Py_CLEAR(*p);
    Py_CLEAR(f->locals);
}

static int frame_tp_clear(PyFrameObject *o)
{
    Py_CLEAR(o->f_trace);
    if (frame_object_owns(o)) {
        frame_drop_values(o->f_frame);
    }
    return 0;
}

/* ---- locals ---- */

/* The value of local i as f_locals shows it (borrowed), or NULL; *skip: not part of f_locals. */
static PyObject *local_value(Frame *f, int i, int *skip)
{
    char kind = PyBytes_AS_STRING(f->code->co_localspluskinds)[i];
    PyObject *v = f->slots[i];
    *skip = kind & CODE_FREE && !(f->code->co_flags & CO_OPTIMIZED);
    if (kind & (CODE_CELL | CODE_FREE) && v && PyCell_Check(v))
        v = PyCell_GET(v);
    return v;
}

int frame_fast_to_locals(Frame *f)
{
    if (!f->locals && !(f->locals = PyDict_New()))
        return -1;
    for (int i = 0; i < f->code->co_nlocalsplus; i++) {
        int skip;
        PyObject *name = PyTuple_GET_ITEM(f->code->co_localsplusnames, i), *v = local_value(f, i, &skip);
        if (skip)
            continue;
        if (v) {
            if (PyObject_SetItem(f->locals, name, v) < 0)
                return -1;
        } else if (PyObject_DelItem(f->locals, name) < 0) {
            if (!PyErr_ExceptionMatches(PyExc_KeyError))
                return -1;
            PyErr_Clear();
        }
    }
    return 0;
}

void frame_locals_to_fast(Frame *f, int clear)
{
    if (!f->locals || !f->code->co_nlocalsplus)
        return;
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    for (int i = 0; i < f->code->co_nlocalsplus; i++) {
        char kind = PyBytes_AS_STRING(f->code->co_localspluskinds)[i];
        if (kind & CODE_FREE && !(f->code->co_flags & CO_OPTIMIZED))
            continue;
        PyObject *v = PyObject_GetItem(f->locals, PyTuple_GET_ITEM(f->code->co_localsplusnames, i));
        if (!v)
            PyErr_Clear();
        if (!v && !clear)
            continue;
        PyObject *slot = f->slots[i];
        if (kind & (CODE_CELL | CODE_FREE) && slot && PyCell_Check(slot)) {
            if (PyCell_GET(slot) != v)
                PyCell_Set(slot, v);
            Py_XDECREF(v);
        } else if (slot == v) {
            Py_XDECREF(v);
        } else {
            f->slots[i] = v;
            Py_XDECREF(slot);
        }
    }
    PyErr_Restore(type, value, tb);
}

int PyFrame_FastToLocalsWithError(PyFrameObject *o)
{
    if (!o || !o->f_frame) {
        PyErr_BadInternalCall();
        return -1;
    }
    int err = frame_fast_to_locals(o->f_frame);
    if (err == 0)
        o->f_fast_as_locals = 1;
    return err;
}

void PyFrame_FastToLocals(PyFrameObject *o)
{
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    if (PyFrame_FastToLocalsWithError(o) < 0)
        PyErr_Clear();
    PyErr_Restore(type, value, tb);
}

void PyFrame_LocalsToFast(PyFrameObject *o, int clear)
{
    if (o && o->f_fast_as_locals && o->f_frame)
        frame_locals_to_fast(o->f_frame, clear);
}

/* ---- C API ---- */

PyCodeObject *PyFrame_GetCode(PyFrameObject *o) { return (PyCodeObject *)Py_NewRef((PyObject *)o->f_frame->code); }

PyFrameObject *PyFrame_GetBack(PyFrameObject *o)
{
    PyFrameObject *back = o->f_back;
    if (!back) {
        Frame *caller = frame_visible(o->f_frame->previous);
        back = caller ? frame_object(caller) : NULL;
    }
    return (PyFrameObject *)Py_XNewRef((PyObject *)back);
}

PyObject *PyFrame_GetLocals(PyFrameObject *o)
{
    return PyFrame_FastToLocalsWithError(o) < 0 ? NULL : Py_NewRef(o->f_frame->locals);
}
PyObject *PyFrame_GetGlobals(PyFrameObject *o) { return Py_NewRef(o->f_frame->func->func_globals); }
PyObject *PyFrame_GetBuiltins(PyFrameObject *o) { return Py_NewRef(o->f_frame->func->func_builtins); }
PyObject *PyFrame_GetGenerator(PyFrameObject *o)
{
    return o->f_frame->owner == FRAME_IN_GENERATOR ? Py_NewRef((PyObject *)generator_of(o->f_frame)) : NULL;
}
int PyFrame_GetLasti(PyFrameObject *o)
{
    Frame *f = o->f_frame;
    if (f->owner == FRAME_IN_OBJECT && f->ip == f->vm->insts)
        return -1; /* of PyFrame_New: never ran */
    return frame_lasti(f) * (int)sizeof(_Py_CODEUNIT);
}
int PyFrame_GetLineNumber(PyFrameObject *o) { return o->f_lineno ? o->f_lineno : frame_line(o->f_frame); }
int _PyFrame_IsEntryFrame(PyFrameObject *o) { return o->f_frame->ret == RETURN_TO_C; }

/* ---- attributes ---- */

static PyObject *get_locals(PyFrameObject *o, void *unused)
{
    if (PySys_Audit("object.__getattr__", "Os", o, "f_locals") < 0)
        return NULL;
    return PyFrame_GetLocals(o);
}
static PyObject *get_globals(PyFrameObject *o, void *unused) { return PyFrame_GetGlobals(o); }
static PyObject *get_builtins(PyFrameObject *o, void *unused) { return PyFrame_GetBuiltins(o); }
static PyObject *get_code(PyFrameObject *o, void *unused) { return (PyObject *)PyFrame_GetCode(o); }
static PyObject *get_lasti(PyFrameObject *o, void *unused) { return PyLong_FromLong(PyFrame_GetLasti(o)); }
static PyObject *get_back(PyFrameObject *o, void *unused)
{
    PyObject *back = (PyObject *)PyFrame_GetBack(o);
    return back ? back : Py_NewRef(Py_None);
}
static PyObject *get_lineno(PyFrameObject *o, void *unused)
{
    int line = PyFrame_GetLineNumber(o);
    return line < 0 ? Py_NewRef(Py_None) : PyLong_FromLong(line);
}
static PyObject *get_trace(PyFrameObject *o, void *unused) { return Py_NewRef(o->f_trace ? o->f_trace : Py_None); }
static int set_trace(PyFrameObject *o, PyObject *v, void *unused)
{
    if (v == Py_None)
        v = NULL;
    Py_XSETREF(o->f_trace, Py_XNewRef(v));
    return 0;
}
static PyObject *get_trace_opcodes(PyFrameObject *o, void *unused) { return PyBool_FromLong(o->f_trace_opcodes); }
static int set_trace_opcodes(PyFrameObject *o, PyObject *v, void *unused)
{
    if (!v || !PyBool_Check(v)) {
        PyErr_SetString(PyExc_TypeError, "attribute value type must be bool");
        return -1;
    }
    o->f_trace_opcodes = v == Py_True;
    return 0;
}

static int set_lineno(PyFrameObject *o, PyObject *v, void *unused)
{
    if (!v) {
        PyErr_SetString(PyExc_AttributeError, "cannot delete attribute");
        return -1;
    }
    if (!PyLong_CheckExact(v)) {
        PyErr_SetString(PyExc_ValueError, "lineno must be an integer");
        return -1;
    }
    PyThreadState *t = tstate_current();
    if (!t->tracing || o->f_frame->owner == FRAME_IN_OBJECT) {
        PyErr_Format(PyExc_ValueError, o->f_frame->owner == FRAME_IN_OBJECT
                                           ? "f_lineno can only be set in a trace function"
                                           : "f_lineno can only be set by a trace function");
        return -1;
    }
    if (!(o->f_frame->trace_entered & (TRACE_LISTENS | TRACE_YIELDS))) {
        PyErr_SetString(PyExc_ValueError, t->tracing_what == PyTrace_CALL
                                              ? "can't jump from the 'call' trace event of a new frame"
                                              : "can only jump from a 'line' trace event");
        return -1;
    }
    int overflow;
    long line = PyLong_AsLongAndOverflow(v, &overflow);
    if (overflow || line != (int)line) {
        PyErr_SetString(PyExc_ValueError, "lineno out of range");
        return -1;
    }
    return frame_jump(o, (int)line);
}

static PyGetSetDef frame_getset[] = {
    {"f_back", (getter)get_back, NULL, NULL, NULL},
    {"f_locals", (getter)get_locals, NULL, NULL, NULL},
    {"f_lineno", (getter)get_lineno, (setter)set_lineno, NULL, NULL},
    {"f_trace", (getter)get_trace, (setter)set_trace, NULL, NULL},
    {"f_lasti", (getter)get_lasti, NULL, NULL, NULL},
    {"f_globals", (getter)get_globals, NULL, NULL, NULL},
    {"f_builtins", (getter)get_builtins, NULL, NULL, NULL},
    {"f_code", (getter)get_code, NULL, NULL, NULL},
    {"f_trace_opcodes", (getter)get_trace_opcodes, (setter)set_trace_opcodes, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyMemberDef frame_members[] = {
    {"f_trace_lines", T_BOOL, offsetof(PyFrameObject, f_trace_lines), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyObject *frame_method_clear(PyFrameObject *o, PyObject *unused)
{
    Frame *f = o->f_frame;
    if (f->owner == FRAME_IN_GENERATOR) {
        PyGenObject *gen = generator_of(f);
        if (gen->gi_frame_state == GEN_EXECUTING)
            goto running;
        Py_INCREF(gen); /* closing runs code that may drop it */
        _PyGen_Finalize((PyObject *)gen);
        Py_DECREF(gen);
    } else if (f->owner == FRAME_ON_STACK) {
        goto running;
    } else {
        frame_drop_values(f);
        Py_CLEAR(o->f_trace);
    }
    Py_RETURN_NONE;
running:
    PyErr_SetString(PyExc_RuntimeError, "cannot clear an executing frame");
    return NULL;
}

static PyObject *frame_sizeof(PyFrameObject *o, PyObject *unused)
{
    PyCodeObject *code = o->f_frame->code;
    return PyLong_FromSsize_t((Py_ssize_t)sizeof(PyFrameObject) +
                              (FRAME_WORDS + code->co_nlocalsplus + code->co_stacksize) * (Py_ssize_t)sizeof(PyObject *));
}

static PyObject *frame_repr(PyFrameObject *o)
{
    return PyUnicode_FromFormat("<frame at %p, file %R, line %d, code %S>", o, o->f_frame->code->co_filename,
                                PyFrame_GetLineNumber(o), o->f_frame->code->co_name);
}

static PyMethodDef frame_methods[] = {
    {"clear", (PyCFunction)frame_method_clear, METH_NOARGS, "F.clear(): clear most references held by the frame"},
    {"__sizeof__", (PyCFunction)frame_sizeof, METH_NOARGS, "F.__sizeof__() -> size of F in memory, in bytes"},
    {NULL, NULL, 0, NULL},
};

PyTypeObject PyFrame_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "frame",
    .tp_basicsize = offsetof(PyFrameObject, f_data),
    .tp_itemsize = sizeof(PyObject *),
    .tp_dealloc = (destructor)frame_dealloc,
    .tp_repr = (reprfunc)frame_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = (traverseproc)frame_object_traverse,
    .tp_clear = (inquiry)frame_tp_clear,
    .tp_methods = frame_methods,
    .tp_members = frame_members,
    .tp_getset = frame_getset,
};
