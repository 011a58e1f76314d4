/* Warnings about code that cannot be meant. */
#include "compile/codegen.h"

/* Whether `is` makes sense with this operand. */
static int may_be_identical(expr_ty e)
{
    PyObject *value = e->kind == Constant_kind ? e->v.Constant.value : Py_None;
    return value == Py_None || value == Py_False || value == Py_True || value == Py_Ellipsis;
}

void cg_check_compare(Compiler *c, expr_ty e)
{
    int left = may_be_identical(e->v.Compare.left);
    for (Py_ssize_t i = 0; i < asdl_len(e->v.Compare.ops); i++) {
        int op = asdl_get_int(e->v.Compare.ops, i), right = may_be_identical(asdl_get(e->v.Compare.comparators, i));
        if ((op == Is || op == IsNot) && (!right || !left)) {
            cg_warn(c, op == Is ? "\"is\" with a literal. Did you mean \"==\"?"
                                : "\"is not\" with a literal. Did you mean \"!=\"?");
            return;
        }
        left = right;
    }
}

/* The type that a display or literal surely has, or NULL. */
static PyTypeObject *known_type(expr_ty e)
{
    switch (e->kind) {
    case Tuple_kind: return &PyTuple_Type;
    case List_kind:
    case ListComp_kind: return &PyList_Type;
    case Dict_kind:
    case DictComp_kind: return &PyDict_Type;
    case Set_kind:
    case SetComp_kind: return &PySet_Type;
    case GeneratorExp_kind: return &PyGen_Type;
    case Lambda_kind: return &PyFunction_Type;
    case JoinedStr_kind:
    case FormattedValue_kind: return &PyUnicode_Type;
    case Constant_kind: return Py_TYPE(e->v.Constant.value);
    default: return NULL;
    }
}

void cg_check_caller(Compiler *c, expr_ty e)
{
    PyTypeObject *type = e->kind == Lambda_kind ? NULL : known_type(e);
    if (type)
        cg_warn(c, "'%.200s' object is not callable; perhaps you missed a comma?", type->tp_name);
}

static int never_subscriptable(expr_ty e)
{
    switch (e->kind) {
    case Constant_kind: {
        PyObject *v = e->v.Constant.value;
        return v == Py_None || v == Py_Ellipsis || PyLong_Check(v) || PyFloat_Check(v) || PyComplex_Check(v)
            || PyAnySet_Check(v);
    }
    case Set_kind:
    case SetComp_kind:
    case GeneratorExp_kind:
    case Lambda_kind: return 1;
    default: return 0;
    }
}

static int is_sequence(expr_ty e)
{
    switch (e->kind) {
    case Constant_kind: {
        PyObject *v = e->v.Constant.value;
        return PyUnicode_Check(v) || PyBytes_Check(v) || PyTuple_Check(v);
    }
    case Tuple_kind:
    case List_kind:
    case ListComp_kind:
    case JoinedStr_kind:
    case FormattedValue_kind: return 1;
    default: return 0;
    }
}

void cg_check_subscript(Compiler *c, expr_ty value, expr_ty slice)
{
    if (never_subscriptable(value))
        cg_warn(c, "'%.200s' object is not subscriptable; perhaps you missed a comma?", known_type(value)->tp_name);
    PyTypeObject *index = known_type(slice);
    if (c->failed || !index || PyType_FastSubclass(index, Py_TPFLAGS_LONG_SUBCLASS) || index == &PySlice_Type)
        return;
    if (is_sequence(value))
        cg_warn(c, "%.200s indices must be integers or slices, not %.200s; perhaps you missed a comma?",
                known_type(value)->tp_name, index->tp_name);
}
