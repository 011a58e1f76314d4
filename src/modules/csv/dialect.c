/* _csv.Dialect: the parameters of a format, checked once. */
#include "modules/csv/csv.h"
#include "structmember.h"

#define D(o) ((Dialect *)(o))

static int complain(const char *format, const char *name, PyObject *value)
{
    PyErr_Format(PyExc_TypeError, format, name, value ? Py_TYPE(value)->tp_name : NULL);
    return -1;
}

/* Each takes what was given, NULL for the default: 0, or -1 with TypeError set. */
static int set_bool(const char *name, char *to, PyObject *value, int normal)
{
    int truth = value ? PyObject_IsTrue(value) : normal;
    *to = (char)(truth > 0);
    return truth < 0 ? -1 : 0;
}

static int set_one_char(const char *name, Py_UCS4 *to, PyObject *value)
{
    if (PyUnicode_GetLength(value) != 1)
        return complain("\"%s\" must be a 1-character string", name, NULL);
    *to = PyUnicode_READ_CHAR(value, 0);
    return 0;
}

static int set_char(const char *name, Py_UCS4 *to, PyObject *value, Py_UCS4 normal)
{
    *to = normal;
    if (!value)
        return 0;
    *to = NO_CHAR;
    if (value == Py_None)
        return 0;
    if (!PyUnicode_Check(value))
        return complain("\"%s\" must be string or None, not %.200s", name, value);
    return set_one_char(name, to, value);
}

static int set_delimiter(Py_UCS4 *to, PyObject *value)
{
    *to = ',';
    if (!value)
        return 0;
    if (!PyUnicode_Check(value))
        return complain("\"%s\" must be string, not %.200s", "delimiter", value);
    return set_one_char("delimiter", to, value);
}

static int set_quoting(int *to, PyObject *value)
{
    *to = QUOTE_MINIMAL;
    if (!value)
        return 0;
    if (!PyLong_CheckExact(value))
        return complain("\"%s\" must be an integer", "quoting", NULL);
    *to = _PyLong_AsInt(value);
    return *to == -1 && PyErr_Occurred() ? -1 : 0;
}

static int set_text(PyObject **to, PyObject *value)
{
    PyObject *text = NULL;
    if (!value) {
        text = PyUnicode_FromString("\r\n");
        if (!text)
            return -1;
    } else if (PyUnicode_Check(value))
        text = Py_NewRef(value);
    else if (value != Py_None)
        return complain("\"%s\" must be a string", "lineterminator", NULL);
    Py_XSETREF(*to, text);
    return 0;
}

enum { DELIMITER, DOUBLEQUOTE, ESCAPECHAR, LINETERMINATOR, QUOTECHAR, QUOTING, SKIPINITIALSPACE, STRICT, N_PARAMETERS };

static int fill(Dialect *d, PyObject *v[N_PARAMETERS])
{
    if (set_delimiter(&d->delimiter, v[DELIMITER]) || set_bool("doublequote", &d->doublequote, v[DOUBLEQUOTE], 1) ||
        set_char("escapechar", &d->escapechar, v[ESCAPECHAR], NO_CHAR) ||
        set_text(&d->lineterminator, v[LINETERMINATOR]) || set_char("quotechar", &d->quotechar, v[QUOTECHAR], '"') ||
        set_quoting(&d->quoting, v[QUOTING]) ||
        set_bool("skipinitialspace", &d->skipinitialspace, v[SKIPINITIALSPACE], 0) ||
        set_bool("strict", &d->strict, v[STRICT], 0))
        return -1;
    if (d->quoting < QUOTE_MINIMAL || d->quoting > QUOTE_NONE)
        return complain("bad \"%s\" value", "quoting", NULL);
    if (v[QUOTECHAR] == Py_None && !v[QUOTING])
        d->quoting = QUOTE_NONE;
    if (d->quoting != QUOTE_NONE && d->quotechar == NO_CHAR)
        return complain("%s must be set if quoting enabled", "quotechar", NULL);
    if (!d->lineterminator)
        return complain("%s must be set", "lineterminator", NULL);
    return 0;
}

/* What is not given comes from the attributes of `from`, if it has them.  The values become owned. */
static void complete(PyObject *from, PyObject *v[N_PARAMETERS])
{
    PyObject *const attribute[N_PARAMETERS] = {N(delimiter), N(doublequote), N(escapechar),       N(lineterminator),
                                               N(quotechar), N(quoting),     N(skipinitialspace), N(strict)};
    for (int i = 0; i < N_PARAMETERS; i++) {
        if (v[i])
            Py_INCREF(v[i]);
        else if (from && !(v[i] = PyObject_GetAttr(from, attribute[i])))
            PyErr_Clear();
    }
}

static PyObject *dialect_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"dialect",   "delimiter", "doublequote",      "escapechar", "lineterminator",
                            "quotechar", "quoting",   "skipinitialspace", "strict",     NULL};
    PyObject *from = NULL, *v[N_PARAMETERS] = {NULL};
    int any = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OOOOOOOOO", names, &from, &v[0], &v[1], &v[2], &v[3], &v[4], &v[5],
                                     &v[6], &v[7]))
        return NULL;
    for (int i = 0; i < N_PARAMETERS; i++)
        any |= v[i] != NULL;
    if (from && PyUnicode_Check(from))
        from = dialect_registered(from);
    else
        Py_XINCREF(from);
    if (!from && PyErr_Occurred())
        return NULL;
    if (from && !any && type == &Dialect_Type && Py_IS_TYPE(from, type))
        return from;
    complete(from, v);
    PyObject *self = type->tp_alloc(type, 0);
    if (self && fill(D(self), v))
        Py_CLEAR(self);
    for (int i = 0; i < N_PARAMETERS; i++)
        Py_XDECREF(v[i]);
    Py_XDECREF(from);
    return self;
}

Dialect *dialect_make(PyObject *given, PyObject *kwargs)
{
    PyObject *args = given ? PyTuple_Pack(1, given) : PyTuple_New(0);
    PyObject *d = args ? PyObject_Call((PyObject *)&Dialect_Type, args, kwargs) : NULL;
    Py_XDECREF(args);
    return (Dialect *)d;
}

static void dialect_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(D(self)->lineterminator);
    Py_TYPE(self)->tp_free(self);
}
static int dialect_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(D(self)->lineterminator);
    return 0;
}

/* ---- attributes ------------------------------------------------------------------------------------------------- */

static PyObject *character(Py_UCS4 c)
{
    if (c == NO_CHAR)
        Py_RETURN_NONE;
    return PyUnicode_FromOrdinal((int)c);
}
static PyObject *get_delimiter(PyObject *self, void *unused) { return character(D(self)->delimiter); }
static PyObject *get_escapechar(PyObject *self, void *unused) { return character(D(self)->escapechar); }
static PyObject *get_quotechar(PyObject *self, void *unused) { return character(D(self)->quotechar); }
static PyObject *get_quoting(PyObject *self, void *unused) { return PyLong_FromLong(D(self)->quoting); }
static PyObject *get_lineterminator(PyObject *self, void *unused) { return Py_XNewRef(D(self)->lineterminator); }
static PyGetSetDef getset[] = {
    {"delimiter", get_delimiter}, {"escapechar", get_escapechar}, {"lineterminator", get_lineterminator},
    {"quotechar", get_quotechar}, {"quoting", get_quoting},       {NULL}};
static PyMemberDef members[] = {{"skipinitialspace", T_BOOL, offsetof(Dialect, skipinitialspace), READONLY},
                                {"doublequote", T_BOOL, offsetof(Dialect, doublequote), READONLY},
                                {"strict", T_BOOL, offsetof(Dialect, strict), READONLY},
                                {NULL}};

static PyObject *refuse_reduce(PyObject *self, PyObject *args)
{
    return PyErr_Format(PyExc_TypeError, "cannot pickle '%.100s' instances", _PyType_Name(Py_TYPE(self)));
}
static PyMethodDef methods[] = {
    {"__reduce__", refuse_reduce, METH_VARARGS, PyDoc_STR("raises an exception to avoid pickling")},
    {"__reduce_ex__", refuse_reduce, METH_VARARGS, PyDoc_STR("raises an exception to avoid pickling")},
    {NULL},
};

PyTypeObject Dialect_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "_csv.Dialect",
    .tp_basicsize = sizeof(Dialect),
    .tp_dealloc = dialect_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = PyDoc_STR("CSV dialect\n\nThe Dialect type records CSV parsing and generation options.\n"),
    .tp_traverse = dialect_traverse,
    .tp_methods = methods,
    .tp_members = members,
    .tp_getset = getset,
    .tp_new = dialect_new,
};
