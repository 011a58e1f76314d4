/* What every object can be asked: text, hash, comparison, truth, attributes. */
#include "objects/object.h"
#include "objects/type/type.h"
#include "objects/instance.h"
#include "objects/names.h"
#include "memory/state.h"
#include "memory/stack.h"

/* ---- text ---- */

PyObject *PyObject_Repr(PyObject *self)
{
    if (self == NULL)
        return PyUnicode_FromString("<NULL>");
    if (Py_TYPE(self)->tp_repr == NULL)
        return PyUnicode_FromFormat("<%s object at %p>", Py_TYPE(self)->tp_name, self);
    if (c_stack_low() && c_stack_check(" while getting the repr of an object") < 0)
        return NULL;
    PyObject *result = Py_TYPE(self)->tp_repr(self);
    if (result == NULL || PyUnicode_Check(result))
        return result;
    PyErr_Format(PyExc_TypeError, "__repr__ returned non-string (type %.200s)", Py_TYPE(result)->tp_name);
    Py_DECREF(result);
    return NULL;
}

PyObject *PyObject_Str(PyObject *self)
{
    if (self == NULL)
        return PyUnicode_FromString("<NULL>");
    if (PyUnicode_CheckExact(self))
        return Py_NewRef(self);
    if (Py_TYPE(self)->tp_str == NULL)
        return PyObject_Repr(self);
    if (c_stack_low() && c_stack_check(" while getting the str of an object") < 0)
        return NULL;
    PyObject *result = Py_TYPE(self)->tp_str(self);
    if (result == NULL || PyUnicode_Check(result))
        return result;
    PyErr_Format(PyExc_TypeError, "__str__ returned non-string (type %.200s)", Py_TYPE(result)->tp_name);
    Py_DECREF(result);
    return NULL;
}

PyObject *PyObject_ASCII(PyObject *self)
{
    PyObject *repr = PyObject_Repr(self);
    if (repr == NULL || PyUnicode_IS_ASCII(repr))
        return repr;
    PyObject *bytes = _PyUnicode_AsASCIIString(repr, "backslashreplace");
    Py_DECREF(repr);
    if (bytes == NULL)
        return NULL;
    PyObject *result = PyUnicode_DecodeASCII(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes), NULL);
    Py_DECREF(bytes);
    return result;
}

PyObject *PyObject_Bytes(PyObject *self)
{
    if (self == NULL)
        return PyBytes_FromString("<NULL>");
    if (PyBytes_CheckExact(self))
        return Py_NewRef(self);
    PyObject *method = _PyObject_LookupSpecial(self, N(__bytes__));
    if (method == NULL)
        return PyErr_Occurred() ? NULL : PyBytes_FromObject(self);
    PyObject *result = PyObject_CallNoArgs(method);
    Py_DECREF(method);
    if (result != NULL && !PyBytes_Check(result)) {
        PyErr_Format(PyExc_TypeError, "__bytes__ returned non-bytes (type %.200s)", Py_TYPE(result)->tp_name);
        Py_CLEAR(result);
    }
    return result;
}

int PyObject_Print(PyObject *self, FILE *stream, int flags)
{
    if (PyErr_CheckSignals() < 0)
        return -1;
    clearerr(stream);
    PyObject *text = self == NULL ? PyUnicode_FromString("<nil>")
                     : flags & Py_PRINT_RAW ? PyObject_Str(self) : PyObject_Repr(self);
    if (text == NULL)
        return -1;
    PyObject *bytes = PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace");
    Py_DECREF(text);
    if (bytes == NULL)
        return -1;
    fwrite(PyBytes_AS_STRING(bytes), 1, PyBytes_GET_SIZE(bytes), stream);
    Py_DECREF(bytes);
    if (ferror(stream)) {
        PyErr_SetFromErrno(PyExc_OSError);
        clearerr(stream);
        return -1;
    }
    return 0;
}

/* "module.qualname()" of a callable for messages, or its str. */
PyObject *_PyObject_FunctionStr(PyObject *callable)
{
    PyObject *qualname, *module, *result = NULL;
    if (_PyObject_LookupAttr(callable, N(__qualname__), &qualname) < 0)
        return NULL;
    if (qualname == NULL)
        return PyObject_Str(callable);
    if (_PyObject_LookupAttr(callable, N(__module__), &module) >= 0) {
        int named = module != NULL && module != Py_None && PyUnicode_Check(module) && !_PyUnicode_EQ(module, N(builtins));
        result = named ? PyUnicode_FromFormat("%S.%S()", module, qualname) : PyUnicode_FromFormat("%S()", qualname);
        Py_XDECREF(module);
    }
    Py_DECREF(qualname);
    return result;
}

/* ---- comparison ---- */

int _Py_SwappedOp[] = {Py_GT, Py_GE, Py_EQ, Py_NE, Py_LT, Py_LE};
static const char *const op_text[] = {"<", "<=", "==", "!=", ">", ">="};

/* One try; NULL with an exception set, or a new reference that may be NotImplemented. */
static inline PyObject *try_compare(PyObject *a, PyObject *b, int op)
{
    richcmpfunc compare = Py_TYPE(a)->tp_richcompare;
    return compare == NULL ? Py_NewRef(Py_NotImplemented) : compare(a, b, op);
}

PyObject *compare_error(PyObject *a, PyObject *b, int op)
{
    return PyErr_Format(PyExc_TypeError, "'%s' not supported between instances of '%.100s' and '%.100s'", op_text[op],
                        Py_TYPE(a)->tp_name, Py_TYPE(b)->tp_name);
}

PyObject *PyObject_RichCompare(PyObject *a, PyObject *b, int op)
{
    PyObject *result;
    int reflected = 0;
    if (a == NULL || b == NULL) {
        if (!PyErr_Occurred())
            PyErr_BadInternalCall();
        return NULL;
    }
    if (c_stack_low() && c_stack_check(" in comparison") < 0)
        return NULL;
    if (!Py_IS_TYPE(a, Py_TYPE(b)) && PyType_IsSubtype(Py_TYPE(b), Py_TYPE(a)) && Py_TYPE(b)->tp_richcompare != NULL) {
        reflected = 1;
        result = Py_TYPE(b)->tp_richcompare(b, a, _Py_SwappedOp[op]);
        if (result != Py_NotImplemented)
            return result;
        Py_DECREF(result);
    }
    result = try_compare(a, b, op);
    if (result != Py_NotImplemented)
        return result;
    Py_DECREF(result);
    if (!reflected) {
        result = try_compare(b, a, _Py_SwappedOp[op]);
        if (result != Py_NotImplemented)
            return result;
        Py_DECREF(result);
    }
    if (op == Py_EQ)
        return PyBool_FromLong(a == b);
    if (op == Py_NE)
        return PyBool_FromLong(a != b);
    return compare_error(a, b, op);
}

int PyObject_RichCompareBool(PyObject *a, PyObject *b, int op)
{
    if (a == b) {   /* identity implies equality */
        if (op == Py_EQ)
            return 1;
        if (op == Py_NE)
            return 0;
    }
    PyObject *result = PyObject_RichCompare(a, b, op);
    if (result == NULL)
        return -1;
    int truth = PyBool_Check(result) ? result == Py_True : PyObject_IsTrue(result);
    Py_DECREF(result);
    return truth;
}

/* ---- hash, truth ---- */

Py_hash_t PyObject_HashNotImplemented(PyObject *self)
{
    PyErr_Format(PyExc_TypeError, "unhashable type: '%.200s'", Py_TYPE(self)->tp_name);
    return -1;
}

Py_hash_t PyObject_Hash(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    if (c_stack_low() && c_stack_check(" while hashing an object") < 0)
        return -1;
    if (LIKELY(type->tp_hash != NULL))
        return type->tp_hash(self);
    if (type->tp_dict == NULL) {   /* a static type of an extension that was never readied */
        if (PyType_Ready(type) < 0)
            return -1;
        if (type->tp_hash != NULL)
            return type->tp_hash(self);
    }
    return PyObject_HashNotImplemented(self);
}

int PyObject_IsTrue(PyObject *self)
{
    if (self == Py_True)
        return 1;
    if (self == Py_False || self == Py_None)
        return 0;
    PyTypeObject *type = Py_TYPE(self);
    Py_ssize_t result;
    if (type->tp_as_number != NULL && type->tp_as_number->nb_bool != NULL)
        result = type->tp_as_number->nb_bool(self);
    else if (type->tp_as_mapping != NULL && type->tp_as_mapping->mp_length != NULL)
        result = type->tp_as_mapping->mp_length(self);
    else if (type->tp_as_sequence != NULL && type->tp_as_sequence->sq_length != NULL)
        result = type->tp_as_sequence->sq_length(self);
    else
        return 1;
    return result > 0 ? 1 : (int)result;
}

int PyObject_Not(PyObject *self)
{
    int truth = PyObject_IsTrue(self);
    return truth < 0 ? truth : !truth;
}

int PyCallable_Check(PyObject *self) { return self != NULL && Py_TYPE(self)->tp_call != NULL; }
PyObject *PyObject_SelfIter(PyObject *self) { return Py_NewRef(self); }

/* Stands in tp_iternext to say that there is none, where NULL would be taken for inherited. */
PyObject *_PyObject_NextNotImplemented(PyObject *self)
{
    return PyErr_Format(PyExc_TypeError, "'%.200s' object is not iterable", Py_TYPE(self)->tp_name);
}

int _PyObject_IsAbstract(PyObject *self)
{
    PyObject *value;
    if (self == NULL)
        return 0;
    if (c_stack_low() && c_stack_check("") < 0)
        return -1;
    int found = _PyObject_LookupAttr(self, N(__isabstractmethod__), &value);
    if (found > 0) {
        found = PyObject_IsTrue(value);
        Py_DECREF(value);
    }
    return found;
}

/* Writes what can be said of an object, even a broken one, to stderr. */
void _PyObject_Dump(PyObject *self)
{
    if (_PyObject_IsFreed(self)) {
        fprintf(stderr, "<object at %p is freed>\n", (void *)self);
        fflush(stderr);
        return;
    }
    fprintf(stderr, "object address  : %p\n", (void *)self);
    fprintf(stderr, "object refcount : %zd\n", Py_REFCNT(self));
    fprintf(stderr, "object type     : %p\n", (void *)Py_TYPE(self));
    fprintf(stderr, "object type name: %s\n", Py_TYPE(self)->tp_name);
    fprintf(stderr, "object repr     : ");
    fflush(stderr);
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    if (PyObject_Print(self, stderr, 0) < 0)
        PyErr_Clear();
    PyErr_Restore(type, value, trace);
    fprintf(stderr, "\n");
    fflush(stderr);
}

void _Py_NO_RETURN _PyObject_AssertFailed(PyObject *self, const char *expression, const char *message, const char *file,
                                          int line, const char *function)
{
    fprintf(stderr, "%s:%d: ", file, line);
    if (function != NULL)
        fprintf(stderr, "%s: ", function);
    if (expression != NULL)
        fprintf(stderr, "Assertion \"%s\" failed", expression);
    else
        fprintf(stderr, "Assertion failed");
    fprintf(stderr, message != NULL ? ": %s\n" : "\n", message);
    _PyObject_Dump(self);
    Py_FatalError("_PyObject_AssertFailed");
}

/* 1; what is wrong with the object is a fatal error. */
int _PyObject_CheckConsistency(PyObject *self, int check_content)
{
    if (self == NULL || Py_REFCNT(self) < 1 || Py_TYPE(self) == NULL)
        _PyObject_AssertFailed(self, NULL, "object is inconsistent", __FILE__, __LINE__, __func__);
    return 1;
}

int _PyObject_IsFreed(PyObject *self) { return self == NULL || Py_TYPE(self) == NULL; }

#undef Py_Is
int Py_Is(PyObject *x, PyObject *y) { return x == y; }
#undef Py_IsNone
#undef Py_IsTrue
#undef Py_IsFalse
int Py_IsNone(PyObject *x) { return x == Py_None; }
int Py_IsTrue(PyObject *x) { return x == Py_True; }
int Py_IsFalse(PyObject *x) { return x == Py_False; }

/* ---- attributes ---- */

void object_set_error_context(PyObject *self, PyObject *name)
{
    if (!PyErr_ExceptionMatches(PyExc_AttributeError))
        return;
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    if (value != NULL && PyErr_GivenExceptionMatches(value, PyExc_AttributeError)) {
        PyAttributeErrorObject *error = (PyAttributeErrorObject *)value;
        if (error->obj == NULL && error->name == NULL) {
            error->obj = Py_NewRef(self);
            error->name = Py_NewRef(name);
        }
    }
    PyErr_Restore(type, value, trace);
}

static int check_name(PyObject *name)
{
    if (LIKELY(PyUnicode_Check(name)))
        return 0;
    PyErr_Format(PyExc_TypeError, "attribute name must be string, not '%.200s'", Py_TYPE(name)->tp_name);
    return -1;
}

static PyObject *no_attribute(PyObject *self, PyObject *name)
{
    PyErr_Format(PyExc_AttributeError, "'%.100s' object has no attribute '%U'", Py_TYPE(self)->tp_name, name);
    object_set_error_context(self, name);
    return NULL;
}

PyObject *PyObject_GetAttr(PyObject *self, PyObject *name)
{
    PyTypeObject *type = Py_TYPE(self);
    if (check_name(name) < 0)
        return NULL;
    PyObject *result = NULL;
    if (LIKELY(type->tp_getattro != NULL)) {
        result = type->tp_getattro(self, name);
    } else if (type->tp_getattr != NULL) {
        const char *text = PyUnicode_AsUTF8(name);
        if (text != NULL)
            result = type->tp_getattr(self, (char *)text);
    } else {
        return no_attribute(self, name);
    }
    if (result == NULL)
        object_set_error_context(self, name);
    return result;
}

/* Returns NULL without exception (suppress) or with AttributeError when there is no such attribute. */
PyObject *_PyObject_GenericGetAttrWithDict(PyObject *self, PyObject *name, PyObject *dict, int suppress)
{
    PyTypeObject *type = Py_TYPE(self);
    if (check_name(name) < 0)
        return NULL;
    if (UNLIKELY(type->tp_dict == NULL) && PyType_Ready(type) < 0)
        return NULL;
    PyObject *result = NULL, *descr = _PyType_Lookup(type, name);
    descrgetfunc get = NULL;
    Py_INCREF(name);
    if (descr != NULL) {
        Py_INCREF(descr);
        get = Py_TYPE(descr)->tp_descr_get;
        if (get != NULL && Py_TYPE(descr)->tp_descr_set != NULL) {
            result = get(descr, self, (PyObject *)type);
            if (result == NULL && suppress && PyErr_ExceptionMatches(PyExc_AttributeError))
                PyErr_Clear();
            goto done;
        }
    }
    if (dict == NULL) {
        result = instance_lookup(self, name);
    } else {
        Py_INCREF(dict);
        result = PyDict_GetItemWithError(dict, name);
        Py_XINCREF(result);
        Py_DECREF(dict);
    }
    if (result != NULL)
        goto done;
    if (UNLIKELY(PyErr_Occurred() != NULL)) {
        if (suppress && PyErr_ExceptionMatches(PyExc_AttributeError))
            PyErr_Clear();
        goto done;
    }
    if (get != NULL) {
        result = get(descr, self, (PyObject *)Py_TYPE(self));
        if (result == NULL && suppress && PyErr_ExceptionMatches(PyExc_AttributeError))
            PyErr_Clear();
    } else if (descr != NULL) {
        result = descr;
        descr = NULL;
    } else if (!suppress) {
        no_attribute(self, name);
    }
done:
    Py_XDECREF(descr);
    Py_DECREF(name);
    return result;
}

PyObject *PyObject_GenericGetAttr(PyObject *self, PyObject *name)
{
    return _PyObject_GenericGetAttrWithDict(self, name, NULL, 0);
}

/* 1: found, 0: no such attribute, -1: another exception is set. */
int _PyObject_LookupAttr(PyObject *self, PyObject *name, PyObject **result)
{
    PyTypeObject *type = Py_TYPE(self);
    *result = NULL;
    if (check_name(name) < 0)
        return -1;
    if (type->tp_getattro == PyObject_GenericGetAttr) {
        *result = _PyObject_GenericGetAttrWithDict(self, name, NULL, 1);
        return *result != NULL ? 1 : PyErr_Occurred() ? -1 : 0;
    }
    *result = PyObject_GetAttr(self, name);
    if (*result != NULL)
        return 1;
    if (!PyErr_ExceptionMatches(PyExc_AttributeError))
        return -1;
    PyErr_Clear();
    return 0;
}

int _PyObject_LookupAttrId(PyObject *self, _Py_Identifier *id, PyObject **result)
{
    PyObject *name = _PyUnicode_FromId(id);
    *result = NULL;
    return name == NULL ? -1 : _PyObject_LookupAttr(self, name, result);
}

int PyObject_HasAttr(PyObject *self, PyObject *name)
{
    PyObject *value;
    int found = _PyObject_LookupAttr(self, name, &value);
    if (found < 0) {
        PyErr_Clear();
        return 0;
    }
    Py_XDECREF(value);
    return found;
}

/* For calls: *method is the function and 1 is returned when self is still to be given; else *method is the attribute, or
 * NULL with an exception set, and 0 is returned. */
int _PyObject_GetMethod(PyObject *self, PyObject *name, PyObject **method)
{
    PyTypeObject *type = Py_TYPE(self);
    *method = NULL;
    if (type->tp_getattro != PyObject_GenericGetAttr || !PyUnicode_Check(name)) {
        *method = PyObject_GetAttr(self, name);
        return 0;
    }
    PyObject *descr = _PyType_Lookup(type, name);
    descrgetfunc get = NULL;
    int is_method = 0;
    if (descr != NULL) {
        Py_INCREF(descr);
        if (PyType_HasFeature(Py_TYPE(descr), Py_TPFLAGS_METHOD_DESCRIPTOR)) {
            is_method = 1;
        } else {
            get = Py_TYPE(descr)->tp_descr_get;
            if (get != NULL && Py_TYPE(descr)->tp_descr_set != NULL) {
                *method = get(descr, self, (PyObject *)type);
                Py_DECREF(descr);
                return 0;
            }
        }
    }
    PyObject *own = instance_lookup(self, name);
    if (own != NULL || PyErr_Occurred()) {
        *method = own;
        Py_XDECREF(descr);
        return 0;
    }
    if (is_method) {
        *method = descr;
        return 1;
    }
    if (get != NULL) {
        *method = get(descr, self, (PyObject *)Py_TYPE(self));
        Py_DECREF(descr);
        return 0;
    }
    if (descr != NULL)
        *method = descr;
    else
        no_attribute(self, name);
    return 0;
}

int PyObject_SetAttr(PyObject *self, PyObject *name, PyObject *value)
{
    PyTypeObject *type = Py_TYPE(self);
    if (check_name(name) < 0)
        return -1;
    Py_INCREF(name);
    if (PyUnicode_CheckExact(name) && !PyUnicode_CHECK_INTERNED(name))
        PyUnicode_InternInPlace(&name);
    int err = -1;
    if (LIKELY(type->tp_setattro != NULL)) {
        err = type->tp_setattro(self, name, value);
    } else if (type->tp_setattr != NULL) {
        const char *text = PyUnicode_AsUTF8(name);
        if (text != NULL)
            err = type->tp_setattr(self, (char *)text, value);
    } else {
        int readable = type->tp_getattr != NULL || type->tp_getattro != NULL;
        PyErr_Format(PyExc_TypeError, "'%.100s' object has %s attributes (%s .%U)", type->tp_name,
                     readable ? "only read-only" : "no", value == NULL ? "del" : "assign to", name);
    }
    Py_DECREF(name);
    return err;
}

int _PyObject_GenericSetAttrWithDict(PyObject *self, PyObject *name, PyObject *value, PyObject *dict)
{
    PyTypeObject *type = Py_TYPE(self);
    if (check_name(name) < 0)
        return -1;
    if (UNLIKELY(type->tp_dict == NULL) && PyType_Ready(type) < 0)
        return -1;
    PyObject *descr = _PyType_Lookup(type, name);
    Py_INCREF(name);
    Py_INCREF(type);
    int err;
    if (descr != NULL && Py_TYPE(descr)->tp_descr_set != NULL) {
        Py_INCREF(descr);
        err = Py_TYPE(descr)->tp_descr_set(descr, self, value);
        Py_DECREF(descr);
        goto done;
    }
    if (dict != NULL) {
        Py_INCREF(dict);
        err = value == NULL ? PyDict_DelItem(dict, name) : PyDict_SetItem(dict, name, value);
        Py_DECREF(dict);
        if (err < 0 && PyErr_ExceptionMatches(PyExc_KeyError)) {
            PyErr_Clear();
            err = 1;
        }
    } else {
        err = instance_store(self, name, value);
    }
    if (err == 2 && descr != NULL)
        PyErr_Format(PyExc_AttributeError, "'%.100s' object attribute '%U' is read-only", type->tp_name, name);
    else if (err > 0 && PyType_Check(self))
        PyErr_Format(PyExc_AttributeError, "type object '%.100s' has no attribute '%U'",
                     ((PyTypeObject *)self)->tp_name, name);
    else if (err > 0)
        PyErr_Format(PyExc_AttributeError, "'%.100s' object has no attribute '%U'", type->tp_name, name);
    if (err > 0) {
        object_set_error_context(self, name);
        err = -1;
    }
done:
    Py_DECREF(type);
    Py_DECREF(name);
    return err;
}

int PyObject_GenericSetAttr(PyObject *self, PyObject *name, PyObject *value)
{
    return _PyObject_GenericSetAttrWithDict(self, name, value, NULL);
}

PyObject *PyObject_GetAttrString(PyObject *self, const char *text)
{
    if (Py_TYPE(self)->tp_getattr != NULL)
        return Py_TYPE(self)->tp_getattr(self, (char *)text);
    PyObject *name = PyUnicode_FromString(text);
    if (name == NULL)
        return NULL;
    PyObject *result = PyObject_GetAttr(self, name);
    Py_DECREF(name);
    return result;
}

int PyObject_HasAttrString(PyObject *self, const char *text)
{
    PyObject *value = PyObject_GetAttrString(self, text);
    if (value == NULL) {
        PyErr_Clear();
        return 0;
    }
    Py_DECREF(value);
    return 1;
}

int PyObject_SetAttrString(PyObject *self, const char *text, PyObject *value)
{
    if (Py_TYPE(self)->tp_setattr != NULL)
        return Py_TYPE(self)->tp_setattr(self, (char *)text, value);
    PyObject *name = PyUnicode_InternFromString(text);
    if (name == NULL)
        return -1;
    int err = PyObject_SetAttr(self, name, value);
    Py_DECREF(name);
    return err;
}

PyObject *_PyObject_GetAttrId(PyObject *self, _Py_Identifier *id)
{
    PyObject *name = _PyUnicode_FromId(id);
    return name == NULL ? NULL : PyObject_GetAttr(self, name);
}

int _PyObject_SetAttrId(PyObject *self, _Py_Identifier *id, PyObject *value)
{
    PyObject *name = _PyUnicode_FromId(id);
    return name == NULL ? -1 : PyObject_SetAttr(self, name, value);
}

/* ---- dir() ---- */

static PyObject *dir_of_locals(void)
{
    PyObject *locals = PyEval_GetLocals();
    if (locals == NULL)
        return NULL;
    PyObject *names = PyMapping_Keys(locals);
    if (names != NULL && !PyList_Check(names)) {
        PyErr_Format(PyExc_TypeError, "dir(): expected keys() of locals to be a list, not '%.200s'", Py_TYPE(names)->tp_name);
        Py_CLEAR(names);
    }
    if (names != NULL && PyList_Sort(names) < 0)
        Py_CLEAR(names);
    return names;
}

PyObject *PyObject_Dir(PyObject *self)
{
    if (self == NULL)
        return dir_of_locals();
    PyObject *method = _PyObject_LookupSpecial(self, N(__dir__));
    if (method == NULL) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "object does not provide __dir__");
        return NULL;
    }
    PyObject *names = PyObject_CallNoArgs(method);
    Py_DECREF(method);
    if (names == NULL)
        return NULL;
    PyObject *list = PySequence_List(names);
    Py_DECREF(names);
    if (list != NULL && PyList_Sort(list) < 0)
        Py_CLEAR(list);
    return list;
}

/* ---- recursive containers ---- */

/* The objects of this thread whose repr is being made, in a list in the thread's dict.  1: already there, 0: entered,
 * -1 with an exception set. */
/* Deep nesting makes this search quadratic, so it takes four at a time. */
static int is_among(PyObject *o, PyObject *const *items, Py_ssize_t n)
{
    for (; n >= 4; items += 4, n -= 4)
        if ((items[0] == o) | (items[1] == o) | (items[2] == o) | (items[3] == o))
            return 1;
    while (n > 0)
        if (items[--n] == o)
            return 1;
    return 0;
}

int Py_ReprEnter(PyObject *self)
{
    PyObject *dict = PyThreadState_GetDict();
    if (dict == NULL)
        return 0;
    PyObject *list = PyDict_GetItemWithError(dict, N(Py_Repr));
    if (list == NULL) {
        if (PyErr_Occurred() || (list = PyList_New(0)) == NULL)
            return -1;
        int err = PyDict_SetItem(dict, N(Py_Repr), list);
        Py_DECREF(list);
        if (err < 0)
            return -1;
    }
    if (PyList_GET_SIZE(list) > 0 && is_among(self, &PyList_GET_ITEM(list, 0), PyList_GET_SIZE(list)))
        return 1;
    return PyList_Append(list, self);
}

void Py_ReprLeave(PyObject *self)
{
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    PyObject *dict = PyThreadState_GetDict();
    PyObject *list = dict == NULL ? NULL : PyDict_GetItemWithError(dict, N(Py_Repr));
    for (Py_ssize_t i = list == NULL ? 0 : PyList_GET_SIZE(list); i-- > 0;)
        if (PyList_GET_ITEM(list, i) == self) {
            PyList_SetSlice(list, i, i + 1, NULL);
            break;
        }
    PyErr_Restore(type, value, trace);
}
