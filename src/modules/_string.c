/* _string: the markup of str.format for string.Formatter. */
#include "objects/str/markup.h"
#include "objects/hidden.h"

/* --- formatteriterator: the pieces of a format string --- */

typedef struct {
    PyObject_HEAD
    PyObject *text;
    Markup markup;
} PieceIter;

static void pieces_dealloc(PyObject *self)
{
    Py_XDECREF(((PieceIter *)self)->text);
    PyObject_Free(self);
}

HIDDEN_FIELDS(string_pieces, pieces_dealloc, FIELD(PieceIter, text));

/* (literal, field name, specification, conversion); the last three are None when there is no field. */
static PyObject *pieces_next(PyObject *self)
{
    MarkupPiece p;
    if (markup_next(&((PieceIter *)self)->markup, &p) <= 0)
        return NULL;
    PyObject *literal = span_str(p.literal);
    if (literal == NULL)
        return NULL;
    if (!p.has_field)
        return Py_BuildValue("(NOOO)", literal, Py_None, Py_None, Py_None);
    PyObject *conversion = Py_None;
    Py_INCREF(conversion);
    if (p.conversion)
        Py_SETREF(conversion, PyUnicode_FromOrdinal((int)p.conversion));
    return Py_BuildValue("(NNNN)", literal, span_str(p.name), span_str(p.spec), conversion);
}

static PyTypeObject PieceIter_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "formatteriterator",
    .tp_basicsize = sizeof(PieceIter),
    .tp_dealloc = pieces_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = pieces_next,
};

/* --- fieldnameiterator: the parts of a field name --- */

typedef struct {
    PyObject_HEAD
    PyObject *text;
    FieldName field;
} PartIter;

static void parts_dealloc(PyObject *self)
{
    Py_XDECREF(((PartIter *)self)->text);
    PyObject_Free(self);
}

HIDDEN_FIELDS(string_parts, parts_dealloc, FIELD(PartIter, text));

static PyObject *parts_next(PyObject *self)
{
    Span part;
    int attribute;
    Py_ssize_t index;
    if (field_name_next(&((PartIter *)self)->field, &part, &attribute, &index) <= 0)
        return NULL;
    PyObject *key = index >= 0 && !attribute ? PyLong_FromSsize_t(index) : span_str(part);
    return key ? Py_BuildValue("(NN)", PyBool_FromLong(attribute), key) : NULL;
}

static PyTypeObject PartIter_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "fieldnameiterator",
    .tp_basicsize = sizeof(PartIter),
    .tp_dealloc = parts_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = parts_next,
};

/* --- functions --- */

static int check_str(PyObject *o)
{
    if (PyUnicode_Check(o))
        return PyUnicode_READY(o);
    PyErr_Format(PyExc_TypeError, "expected str, got %s", Py_TYPE(o)->tp_name);
    return -1;
}

static PyObject *formatter_parser(PyObject *m, PyObject *text)
{
    if (check_str(text) < 0)
        return NULL;
    PieceIter *it = PyObject_New(PieceIter, &PieceIter_Type);
    if (it == NULL)
        return NULL;
    Py_INCREF(text);
    it->text = text;
    it->markup.rest = (Span){text, 0, str_len(text)};
    return (PyObject *)it;
}

static PyObject *formatter_field_name_split(PyObject *m, PyObject *text)
{
    FieldName field;
    if (check_str(text) < 0 || field_name_split((Span){text, 0, str_len(text)}, &field) < 0)
        return NULL;
    PartIter *it = PyObject_New(PartIter, &PartIter_Type);
    if (it == NULL)
        return NULL;
    Py_INCREF(text);
    it->text = text;
    it->field = field;
    PyObject *first = field.index >= 0 ? PyLong_FromSsize_t(field.index) : span_str(field.first);
    return Py_BuildValue("(NN)", first, it);
}

static PyMethodDef methods[] = {
    {"formatter_field_name_split", formatter_field_name_split, METH_O, "split the argument as a field name"},
    {"formatter_parser", formatter_parser, METH_O, "parse the argument as a format string"},
    {NULL}
};

static int exec(PyObject *m)
{
    return PyType_Ready(&PieceIter_Type) < 0 || PyType_Ready(&PartIter_Type) < 0 ? -1 : 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, exec}, {0, NULL}};
static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, .m_name = "_string", .m_doc = "string helper module", .m_methods = methods, .m_slots = slots,
};

PyMODINIT_FUNC PyInit__string(void) { return PyModuleDef_Init(&module); }
