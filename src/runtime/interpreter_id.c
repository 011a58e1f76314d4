/* Interpreters as Python objects: their ids, and data that passes from one to another. */
#include "interpreteridobject.h"
#include "memory/state.h"
#include "objects/names.h"
#include "vm/gil.h"

#include <stdlib.h>

/* ---- references to ids ---------------------------------------------------------------------------------------- */

/* The interpreter of that id; NULL with RuntimeError set. */
PyInterpreterState *_PyInterpreterState_LookUpID(int64_t id)
{
    for (PyInterpreterState *interp = _PyRuntime.interpreters; id >= 0 && interp; interp = interp->next)
        if (interp->id == id)
            return interp;
    if (!PyErr_Occurred())
        PyErr_Format(PyExc_RuntimeError, "unrecognized interpreter ID %lld", (long long)id);
    return NULL;
}

int _PyInterpreterState_IDInitref(PyInterpreterState *interp)
{
    if (interp->id_references < 0)
        interp->id_references = 0;
    return 0;
}

int _PyInterpreterState_IDIncref(PyInterpreterState *interp)
{
    _PyInterpreterState_IDInitref(interp);
    interp->id_references++;
    return 0;
}

/* Where the last id was what kept the interpreter, it ends. */
void _PyInterpreterState_IDDecref(PyInterpreterState *interp)
{
    if (--interp->id_references > 0 || !interp->ends_with_id || !interp->threads)
        return;
    PyThreadState *before = tstate_current();
    gil_swap(interp->threads);
    Py_EndInterpreter(interp->threads);
    gil_swap(before);
}

int _PyInterpreterState_RequiresIDRef(PyInterpreterState *interp) { return interp->ends_with_id; }
void _PyInterpreterState_RequireIDRef(PyInterpreterState *interp, int required)
{
    interp->ends_with_id = required != 0;
}

/* __main__ of another interpreter, new; NULL with RuntimeError set. */
PyObject *_PyInterpreterState_GetMainModule(PyInterpreterState *interp)
{
    if (!interp->modules) {
        PyErr_SetString(PyExc_RuntimeError, "interpreter not initialized");
        return NULL;
    }
    return PyMapping_GetItemString(interp->modules, "__main__");
}

/* ---- the type InterpreterID ------------------------------------------------------------------------------------ */

typedef struct {
    PyObject_HEAD int64_t id;
} InterpreterID;

#define ID(o) (((InterpreterID *)(o))->id)

/* `force`: an id may be made of an interpreter that is not there. */
static PyObject *id_new(PyTypeObject *type, int64_t id, int force)
{
    PyInterpreterState *interp = _PyInterpreterState_LookUpID(id);
    if (interp)
        _PyInterpreterState_IDIncref(interp);
    else if (!force)
        return NULL;
    else
        PyErr_Clear();
    PyObject *self = type->tp_alloc(type, 0);
    if (self)
        ID(self) = id;
    else if (interp)
        _PyInterpreterState_IDDecref(interp);
    return self;
}

static int id_convert(PyObject *o, void *out)
{
    if (PyObject_TypeCheck(o, &_PyInterpreterID_Type)) {
        *(int64_t *)out = ID(o);
        return 1;
    }
    if (!PyIndex_Check(o)) {
        PyErr_Format(PyExc_TypeError, "interpreter ID must be an int, got %.100s", Py_TYPE(o)->tp_name);
        return 0;
    }
    int64_t id = PyLong_AsLongLong(o);
    if (id == -1 && PyErr_Occurred())
        return 0;
    if (id < 0) {
        PyErr_Format(PyExc_ValueError, "interpreter ID must be a non-negative int, got %R", o);
        return 0;
    }
    *(int64_t *)out = id;
    return 1;
}

static PyObject *interpreter_id_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"id", "force", NULL};
    int64_t id;
    int force = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O&|$p:InterpreterID.__init__", names, id_convert, &id, &force))
        return NULL;
    return id_new(type, id, force);
}

static void id_dealloc(PyObject *self)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyInterpreterState *interp = _PyInterpreterState_LookUpID(ID(self));
    if (interp)
        _PyInterpreterState_IDDecref(interp);
    else
        PyErr_Clear();
    PyErr_Restore(type, value, traceback);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *id_repr(PyObject *self)
{
    return PyUnicode_FromFormat("%s(%lld)", _PyType_Name(Py_TYPE(self)), (long long)ID(self));
}
static PyObject *id_str(PyObject *self) { return PyUnicode_FromFormat("%lld", (long long)ID(self)); }
static PyObject *id_int(PyObject *self) { return PyLong_FromLongLong(ID(self)); }

static Py_hash_t id_hash(PyObject *self)
{
    PyObject *number = id_int(self);
    Py_hash_t hash = number ? PyObject_Hash(number) : -1;
    Py_XDECREF(number);
    return hash;
}

/* Equal to ids and to numbers of the same value. */
static PyObject *id_richcompare(PyObject *self, PyObject *other, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !PyObject_TypeCheck(self, &_PyInterpreterID_Type))
        Py_RETURN_NOTIMPLEMENTED;
    if (PyObject_TypeCheck(other, &_PyInterpreterID_Type))
        return PyBool_FromLong((ID(self) == ID(other)) == (op == Py_EQ));
    if (!PyNumber_Check(other))
        Py_RETURN_NOTIMPLEMENTED;
    PyObject *number = id_int(self), *result = number ? PyObject_RichCompare(number, other, op) : NULL;
    Py_XDECREF(number);
    return result;
}

static PyNumberMethods as_number = {.nb_int = id_int, .nb_index = id_int};

PyTypeObject _PyInterpreterID_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0).tp_name = "InterpreterID",
    .tp_basicsize = sizeof(InterpreterID),
    .tp_dealloc = id_dealloc,
    .tp_repr = id_repr,
    .tp_as_number = &as_number,
    .tp_hash = id_hash,
    .tp_str = id_str,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = PyDoc_STR("A interpreter ID identifies a interpreter and may be used as an int."),
    .tp_richcompare = id_richcompare,
    .tp_new = interpreter_id_new,
};

PyObject *_PyInterpreterID_New(int64_t id)
{
    return PyType_Ready(&_PyInterpreterID_Type) < 0 ? NULL : id_new(&_PyInterpreterID_Type, id, 0);
}

PyObject *_PyInterpreterState_GetIDObject(PyInterpreterState *interp) { return _PyInterpreterID_New(interp->id); }

PyInterpreterState *_PyInterpreterID_LookUp(PyObject *o)
{
    int64_t id;
    return id_convert(o, &id) ? _PyInterpreterState_LookUpID(id) : NULL;
}

/* ---- data that passes between interpreters -------------------------------------------------------------------------
 */

typedef struct registered {
    struct registered *next;
    PyTypeObject *type; /* owned */
    crossinterpdatafunc get;
} Registered;

static Registered *registry; /* of the process, guarded by the interpreter lock */

int _PyCrossInterpreterData_RegisterClass(PyTypeObject *type, crossinterpdatafunc get)
{
    if (!PyType_Check(type) || !get) {
        PyErr_Format(PyExc_ValueError,
                     PyType_Check(type) ? "missing 'getdata' func" : "only classes may be registered");
        return -1;
    }
    Registered *entry = malloc(sizeof *entry);
    if (!entry) {
        PyErr_NoMemory();
        return -1;
    }
    *entry = (Registered){registry, (PyTypeObject *)Py_NewRef(type), get};
    registry = entry;
    return 0;
}

static PyObject *new_none(_PyCrossInterpreterData *data) { return Py_NewRef(data->obj); }
static PyObject *new_int(_PyCrossInterpreterData *data) { return PyLong_FromSsize_t((Py_ssize_t)data->data); }
static PyObject *new_bytes(_PyCrossInterpreterData *data)
{
    return PyBytes_FromStringAndSize(PyBytes_AS_STRING(data->obj), PyBytes_GET_SIZE(data->obj));
}
static PyObject *new_str(_PyCrossInterpreterData *data)
{
    return PyUnicode_FromKindAndData((int)PyUnicode_KIND(data->obj), PyUnicode_DATA(data->obj),
                                     PyUnicode_GET_LENGTH(data->obj));
}

static int share_object(PyObject *o, _PyCrossInterpreterData *data, PyObject *(*new)(_PyCrossInterpreterData *))
{
    data->obj = Py_NewRef(o);
    data->data = NULL;
    data->new_object = new;
    data->free = NULL;
    return 0;
}

static int share_none(PyObject *o, _PyCrossInterpreterData *data) { return share_object(o, data, new_none); }
static int share_bytes(PyObject *o, _PyCrossInterpreterData *data) { return share_object(o, data, new_bytes); }
static int share_str(PyObject *o, _PyCrossInterpreterData *data) { return share_object(o, data, new_str); }

static int share_int(PyObject *o, _PyCrossInterpreterData *data)
{
    Py_ssize_t number = PyLong_AsSsize_t(o);
    if (number == -1 && PyErr_Occurred()) {
        if (PyErr_ExceptionMatches(PyExc_OverflowError))
            PyErr_SetString(PyExc_OverflowError, "try sending as bytes");
        return -1;
    }
    data->data = (void *)number;
    data->obj = NULL;
    data->new_object = new_int;
    data->free = NULL;
    return 0;
}

/* How an object of that exact type is taken apart; NULL when it cannot be. */
crossinterpdatafunc _PyCrossInterpreterData_Lookup(PyObject *o)
{
    PyTypeObject *type = Py_TYPE(o);
    for (Registered *entry = registry; entry; entry = entry->next)
        if (entry->type == type)
            return entry->get;
    return o == Py_None              ? share_none
           : type == &PyLong_Type    ? share_int
           : type == &PyBytes_Type   ? share_bytes
           : type == &PyUnicode_Type ? share_str
                                     : NULL;
}

static int cannot_share(PyObject *o)
{
    if (!PyErr_Occurred())
        PyErr_Format(PyExc_ValueError, "%S does not support cross-interpreter data", o);
    return -1;
}

int _PyObject_CheckCrossInterpreterData(PyObject *o) { return _PyCrossInterpreterData_Lookup(o) ? 0 : cannot_share(o); }

int _PyObject_GetCrossInterpreterData(PyObject *o, _PyCrossInterpreterData *data)
{
    *data = (_PyCrossInterpreterData){.interp = -1};
    crossinterpdatafunc get = _PyCrossInterpreterData_Lookup(o);
    if (!get)
        return cannot_share(o);
    PyObject *kept = Py_NewRef(o);
    int result = get(kept, data);
    Py_DECREF(kept);
    if (result != 0)
        return -1;
    data->interp = interp_current()->id;
    if (!data->new_object) {
        _PyCrossInterpreterData_Release(data);
        PyErr_SetString(PyExc_SystemError, "missing new_object func");
        return -1;
    }
    return 0;
}

PyObject *_PyCrossInterpreterData_NewObject(_PyCrossInterpreterData *data) { return data->new_object(data); }

/* What belongs to the data is given back in the interpreter that it came from; if that has ended, it is lost. */
void _PyCrossInterpreterData_Release(_PyCrossInterpreterData *data)
{
    if (!data->data && !data->obj)
        return;
    PyInterpreterState *interp = _PyInterpreterState_LookUpID(data->interp);
    if (!interp) {
        PyErr_Clear();
        return;
    }
    PyThreadState *before = tstate_current(), *owner = interp->threads;
    int elsewhere = interp != before->interp && owner;
    if (elsewhere)
        gil_swap(owner);
    if (data->free)
        data->free(data->data);
    Py_CLEAR(data->obj);
    data->data = NULL;
    if (elsewhere)
        gil_swap(before);
}
