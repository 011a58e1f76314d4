/* The Python callables that stand for slots written in C, as in int.__add__; and __new__ of static types. */
#include "objects/type/wrappers.h"
#include "objects/type/type.h"
#include "objects/names.h"

static int arguments(PyObject *args, Py_ssize_t n)
{
    if (PyTuple_GET_SIZE(args) == n)
        return 1;
    PyErr_Format(PyExc_TypeError, "expected %zd argument%s, got %zd", n, n == 1 ? "" : "s", PyTuple_GET_SIZE(args));
    return 0;
}
#define ARG(i) PyTuple_GET_ITEM(args, i)

static PyObject *none_or_error(int err)
{
    if (err < 0)
        return NULL;
    Py_RETURN_NONE;
}

PyObject *wrap_unary(PyObject *self, PyObject *args, void *wrapped)
{
    return arguments(args, 0) ? ((unaryfunc)wrapped)(self) : NULL;
}

PyObject *wrap_binary(PyObject *self, PyObject *args, void *wrapped)
{
    return arguments(args, 1) ? ((binaryfunc)wrapped)(self, ARG(0)) : NULL;
}

PyObject *wrap_binary_left(PyObject *self, PyObject *args, void *wrapped)
{
    return arguments(args, 1) ? ((binaryfunc)wrapped)(self, ARG(0)) : NULL;
}

PyObject *wrap_binary_right(PyObject *self, PyObject *args, void *wrapped)
{
    return arguments(args, 1) ? ((binaryfunc)wrapped)(ARG(0), self) : NULL;
}

PyObject *wrap_power(PyObject *self, PyObject *args, void *wrapped)
{
    PyObject *other, *modulus = Py_None;
    if (!PyArg_UnpackTuple(args, "", 1, 2, &other, &modulus))
        return NULL;
    return ((ternaryfunc)wrapped)(self, other, modulus);
}

PyObject *wrap_power_right(PyObject *self, PyObject *args, void *wrapped)
{
    PyObject *other, *modulus = Py_None;
    if (!PyArg_UnpackTuple(args, "", 1, 2, &other, &modulus))
        return NULL;
    return ((ternaryfunc)wrapped)(other, self, modulus);
}

PyObject *wrap_inquiry(PyObject *self, PyObject *args, void *wrapped)
{
    if (!arguments(args, 0))
        return NULL;
    int truth = ((inquiry)wrapped)(self);
    return truth == -1 && PyErr_Occurred() ? NULL : PyBool_FromLong(truth);
}

PyObject *wrap_length(PyObject *self, PyObject *args, void *wrapped)
{
    if (!arguments(args, 0))
        return NULL;
    Py_ssize_t length = ((lenfunc)wrapped)(self);
    return length == -1 && PyErr_Occurred() ? NULL : PyLong_FromSsize_t(length);
}

PyObject *wrap_hash(PyObject *self, PyObject *args, void *wrapped)
{
    if (!arguments(args, 0))
        return NULL;
    Py_hash_t hash = ((hashfunc)wrapped)(self);
    return hash == -1 && PyErr_Occurred() ? NULL : PyLong_FromSsize_t(hash);
}

PyObject *wrap_next(PyObject *self, PyObject *args, void *wrapped)
{
    if (!arguments(args, 0))
        return NULL;
    PyObject *result = ((iternextfunc)wrapped)(self);
    if (result == NULL && !PyErr_Occurred())
        PyErr_SetNone(PyExc_StopIteration);
    return result;
}

PyObject *wrap_index_argument(PyObject *self, PyObject *args, void *wrapped)
{
    if (!arguments(args, 1))
        return NULL;
    Py_ssize_t i = PyNumber_AsSsize_t(ARG(0), PyExc_OverflowError);
    return i == -1 && PyErr_Occurred() ? NULL : ((ssizeargfunc)wrapped)(self, i);
}

/* The index that `key` means in the sequence self: negative ones count from the end. -1 with an exception set. */
static Py_ssize_t index_in(PyObject *self, PyObject *key)
{
    Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_OverflowError);
    if (i == -1 && PyErr_Occurred())
        return -1;
    PySequenceMethods *suite = Py_TYPE(self)->tp_as_sequence;
    if (i < 0 && suite != NULL && suite->sq_length != NULL) {
        Py_ssize_t n = suite->sq_length(self);
        if (n < 0)
            return -1;
        i += n;
    }
    return i;
}

PyObject *wrap_sequence_item(PyObject *self, PyObject *args, void *wrapped)
{
    if (!arguments(args, 1))
        return NULL;
    Py_ssize_t i = index_in(self, ARG(0));
    return i == -1 && PyErr_Occurred() ? NULL : ((ssizeargfunc)wrapped)(self, i);
}

PyObject *wrap_sequence_set_item(PyObject *self, PyObject *args, void *wrapped)
{
    if (!arguments(args, 2))
        return NULL;
    Py_ssize_t i = index_in(self, ARG(0));
    return i == -1 && PyErr_Occurred() ? NULL : none_or_error(((ssizeobjargproc)wrapped)(self, i, ARG(1)));
}

PyObject *wrap_sequence_delete_item(PyObject *self, PyObject *args, void *wrapped)
{
    if (!arguments(args, 1))
        return NULL;
    Py_ssize_t i = index_in(self, ARG(0));
    return i == -1 && PyErr_Occurred() ? NULL : none_or_error(((ssizeobjargproc)wrapped)(self, i, NULL));
}

PyObject *wrap_contains(PyObject *self, PyObject *args, void *wrapped)
{
    if (!arguments(args, 1))
        return NULL;
    int found = ((objobjproc)wrapped)(self, ARG(0));
    return found == -1 && PyErr_Occurred() ? NULL : PyBool_FromLong(found);
}

PyObject *wrap_set_item(PyObject *self, PyObject *args, void *wrapped)
{
    return arguments(args, 2) ? none_or_error(((objobjargproc)wrapped)(self, ARG(0), ARG(1))) : NULL;
}

PyObject *wrap_delete_item(PyObject *self, PyObject *args, void *wrapped)
{
    return arguments(args, 1) ? none_or_error(((objobjargproc)wrapped)(self, ARG(0), NULL)) : NULL;
}

/* object.__setattr__(some_type, ...) would go round the guards of that type: the slot used must be that of the nearest C
 * base of self's class. */
static int check_setattr(PyObject *self, void *wrapped, const char *what)
{
    PyTypeObject *type = Py_TYPE(self);
    while (type != NULL && type_is_heap(type) && type->tp_dealloc == subtype_dealloc)
        type = type->tp_base;
    if (type == NULL || (void *)type->tp_setattro == wrapped || type_is_heap(type))
        return 1;
    PyErr_Format(PyExc_TypeError, "can't apply this %s to %s object", what, Py_TYPE(self)->tp_name);
    return 0;
}

PyObject *wrap_setattr(PyObject *self, PyObject *args, void *wrapped)
{
    if (!arguments(args, 2) || !check_setattr(self, wrapped, "__setattr__"))
        return NULL;
    return none_or_error(((setattrofunc)wrapped)(self, ARG(0), ARG(1)));
}

PyObject *wrap_delattr(PyObject *self, PyObject *args, void *wrapped)
{
    if (!arguments(args, 1) || !check_setattr(self, wrapped, "__delattr__"))
        return NULL;
    return none_or_error(((setattrofunc)wrapped)(self, ARG(0), NULL));
}

#define COMPARE(name, op)                                                                                                  \
    PyObject *wrap_##name(PyObject *self, PyObject *args, void *wrapped)                                                   \
    {                                                                                                                      \
        return arguments(args, 1) ? ((richcmpfunc)wrapped)(self, ARG(0), op) : NULL;                                       \
    }
COMPARE(lt, Py_LT)
COMPARE(le, Py_LE)
COMPARE(eq, Py_EQ)
COMPARE(ne, Py_NE)
COMPARE(gt, Py_GT)
COMPARE(ge, Py_GE)
#undef COMPARE

PyObject *wrap_descr_get(PyObject *self, PyObject *args, void *wrapped)
{
    PyObject *instance, *owner = NULL;
    if (!PyArg_UnpackTuple(args, "", 1, 2, &instance, &owner))
        return NULL;
    if (instance == Py_None)
        instance = NULL;
    if (owner == Py_None)
        owner = NULL;
    if (owner == NULL && instance == NULL) {
        PyErr_SetString(PyExc_TypeError, "__get__(None, None) is invalid");
        return NULL;
    }
    return ((descrgetfunc)wrapped)(self, instance, owner);
}

PyObject *wrap_descr_set(PyObject *self, PyObject *args, void *wrapped)
{
    return arguments(args, 2) ? none_or_error(((descrsetfunc)wrapped)(self, ARG(0), ARG(1))) : NULL;
}

PyObject *wrap_descr_delete(PyObject *self, PyObject *args, void *wrapped)
{
    return arguments(args, 1) ? none_or_error(((descrsetfunc)wrapped)(self, ARG(0), NULL)) : NULL;
}

PyObject *wrap_del(PyObject *self, PyObject *args, void *wrapped)
{
    if (!arguments(args, 0))
        return NULL;
    ((destructor)wrapped)(self);
    Py_RETURN_NONE;
}

PyObject *wrap_call(PyObject *self, PyObject *args, void *wrapped, PyObject *kwds)
{
    return ((ternaryfunc)wrapped)(self, args, kwds);
}

PyObject *wrap_init(PyObject *self, PyObject *args, void *wrapped, PyObject *kwds)
{
    return none_or_error(((initproc)wrapped)(self, args, kwds));
}

/* ---- __new__ ---- */

/* T.__new__(S, ...) for a T written in C: S must be a subclass whose instances T's tp_new can make. */
PyObject *type_new_wrapper(PyObject *self, PyObject *args, PyObject *kwds)
{
    PyTypeObject *type = (PyTypeObject *)self;
    if (PyTuple_GET_SIZE(args) < 1)
        return PyErr_Format(PyExc_TypeError, "%s.__new__(): not enough arguments", type->tp_name);
    PyObject *first = ARG(0);
    if (!PyType_Check(first))
        return PyErr_Format(PyExc_TypeError, "%s.__new__(X): X is not a type object (%s)", type->tp_name,
                            Py_TYPE(first)->tp_name);
    PyTypeObject *sub = (PyTypeObject *)first, *nearest = sub;
    if (!PyType_IsSubtype(sub, type))
        return PyErr_Format(PyExc_TypeError, "%s.__new__(%s): %s is not a subtype of %s", type->tp_name, sub->tp_name,
                            sub->tp_name, type->tp_name);
    while (nearest != NULL && nearest->tp_new == slot_tp_new)
        nearest = nearest->tp_base;
    if (nearest != NULL && nearest->tp_new != type->tp_new)
        return PyErr_Format(PyExc_TypeError, "%s.__new__(%s) is not safe, use %s.__new__()", type->tp_name, sub->tp_name,
                            nearest->tp_name);
    PyObject *rest = PyTuple_GetSlice(args, 1, PyTuple_GET_SIZE(args));
    if (rest == NULL)
        return NULL;
    PyObject *result = type->tp_new(sub, rest, kwds);
    Py_DECREF(rest);
    return result;
}

static PyMethodDef new_method = {
    "__new__", _PyCFunction_CAST(type_new_wrapper), METH_VARARGS | METH_KEYWORDS,
    "__new__($type, *args, **kwargs)\n--\n\nCreate and return a new object.  See help(type) for accurate signature."};

int slots_add_new(PyTypeObject *type)
{
    PyObject *function = PyCFunction_NewEx(&new_method, (PyObject *)type, NULL);
    if (function == NULL)
        return -1;
    int err = PyDict_SetItem(type->tp_dict, N(__new__), function);
    Py_DECREF(function);
    return err;
}
