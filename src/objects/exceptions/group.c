/* BaseExceptionGroup: a message and a tuple of exceptions; split, subgroup, derive, and what except* needs. */
#include "objects/exceptions/exceptions.h"
#include "objects/names.h"
#include "memory/stack.h"
#include "memory/state.h"

typedef PyBaseExceptionGroupObject Group;

#define IS_GROUP(x) PyObject_TypeCheck(x, (PyTypeObject *)PyExc_BaseExceptionGroup)

static int clear(PyObject *op)
{
    Py_CLEAR(((Group *)op)->msg);
    Py_CLEAR(((Group *)op)->excs);
    return base_exception_clear(op);
}

static int traverse(PyObject *op, visitproc visit, void *arg)
{
    Py_VISIT(((Group *)op)->msg);
    Py_VISIT(((Group *)op)->excs);
    return base_exception_traverse(op, visit, arg);
}

static void dealloc(PyObject *op) { base_exception_dealloc_with(op, clear, dealloc); }

/* 1 if a member is not an Exception, 0 if all are, -1 with ValueError set if one is no exception at all. */
static int has_base_exception(PyObject *excs)
{
    int found = 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(excs); i++) {
        PyObject *e = PyTuple_GET_ITEM(excs, i);
        if (!PyExceptionInstance_Check(e)) {
            PyErr_Format(PyExc_ValueError, "Item %zd of second argument (exceptions) is not an exception", i);
            return -1;
        }
        found |= !PyType_IsSubtype(Py_TYPE(e), (PyTypeObject *)PyExc_Exception);
    }
    return found;
}

/* The type to make for `type` given whether a member is not an Exception; NULL with TypeError set. */
static PyTypeObject *choose_type(PyTypeObject *type, int base_inside)
{
    if ((PyObject *)type == PyExc_BaseExceptionGroup)
        return base_inside ? type : (PyTypeObject *)KEPT(exception_group);
    if (!base_inside || !PyType_IsSubtype(type, (PyTypeObject *)PyExc_Exception))
        return type;
    if ((PyObject *)type == KEPT(exception_group))
        PyErr_SetString(PyExc_TypeError, "Cannot nest BaseExceptions in an ExceptionGroup");
    else
        PyErr_Format(PyExc_TypeError, "Cannot nest BaseExceptions in '%.200s'", type->tp_name);
    return NULL;
}

static PyObject *new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    PyObject *message, *members;
    if (!PyArg_ParseTuple(args, "UO:BaseExceptionGroup.__new__", &message, &members))
        return NULL;
    if (!PySequence_Check(members)) {
        PyErr_SetString(PyExc_TypeError, "second argument (exceptions) must be a sequence");
        return NULL;
    }
    PyObject *excs = PySequence_Tuple(members);
    if (excs == NULL)
        return NULL;
    if (PyTuple_GET_SIZE(excs) == 0) {
        PyErr_SetString(PyExc_ValueError, "second argument (exceptions) must be a non-empty sequence");
        goto fail;
    }
    int base_inside = has_base_exception(excs);
    if (base_inside < 0)
        goto fail;
    type = choose_type(type, base_inside);
    if (type == NULL)
        goto fail;
    Group *self = (Group *)base_exception_new(type, args, kwds);
    if (self == NULL)
        goto fail;
    self->msg = Py_NewRef(message);
    self->excs = excs;
    return (PyObject *)self;
fail:
    Py_DECREF(excs);
    return NULL;
}

static int init(PyObject *self, PyObject *args, PyObject *kwds)
{
    return base_exception_init(self, args, kwds);
}

static PyObject *str(PyObject *op)
{
    Group *self = (Group *)op;
    Py_ssize_t n = PyTuple_GET_SIZE(self->excs);
    return PyUnicode_FromFormat("%S (%zd sub-exception%s)", self->msg, n, n == 1 ? "" : "s");
}

/* ---- derive and the copying of what belongs to the whole ---- */
static PyObject *derive(PyObject *op, PyObject *args)
{
    PyObject *excs;
    if (!PyArg_ParseTuple(args, "O", &excs))
        return NULL;
    PyObject *init_args = PyTuple_Pack(2, ((Group *)op)->msg, excs);
    if (init_args == NULL)
        return NULL;
    PyObject *result = PyObject_CallObject(PyExc_BaseExceptionGroup, init_args);
    Py_DECREF(init_args);
    return result;
}

/* Copies traceback, context, cause and notes; 0 or -1. */
static int copy_circumstances(PyObject *to, Group *from)
{
    PyBaseExceptionObject *target = (PyBaseExceptionObject *)to;
    if (from->traceback && PyException_SetTraceback(to, from->traceback) < 0)
        return -1;
    if (from->context)
        PyException_SetContext(to, Py_NewRef(from->context));
    if (from->cause)
        PyException_SetCause(to, Py_NewRef(from->cause));
    target->suppress_context = from->suppress_context;
    PyObject *notes;
    if (_PyObject_LookupAttr((PyObject *)from, N(__notes__), &notes) < 0)
        return -1;
    if (notes == NULL)
        return 0;
    int failed = 0;
    if (PySequence_Check(notes)) {   /* a copy, so that a note added to the part is not added to the whole */
        PyObject *copy = PySequence_List(notes);
        failed = copy == NULL || PyObject_SetAttr(to, N(__notes__), copy) < 0;
        Py_XDECREF(copy);
    }
    Py_DECREF(notes);
    return failed ? -1 : 0;
}

/* A group of the members in the list `excs` with self's circumstances; None (new reference) when it is empty. */
static PyObject *subset(Group *self, PyObject *excs)
{
    if (PyList_GET_SIZE(excs) == 0)
        Py_RETURN_NONE;
    PyObject *part = PyObject_CallMethod((PyObject *)self, "derive", "(O)", excs);
    if (part == NULL)
        return NULL;
    if (!IS_GROUP(part)) {
        PyErr_SetString(PyExc_TypeError, "derive must return an instance of BaseExceptionGroup");
        Py_DECREF(part);
        return NULL;
    }
    if (copy_circumstances(part, self) < 0) {
        Py_DECREF(part);
        return NULL;
    }
    return part;
}

/* ---- matching ---- */
enum matcher_kind { BY_TYPE, BY_PREDICATE, BY_IDENTITY };
typedef struct {
    enum matcher_kind kind;
    PyObject *value;   /* type or tuple of types; callable; set of ids of leaves */
    int depth;         /* of nested groups, bounded by the recursion limit */
} Matcher;

static int matcher_from(PyObject *value, Matcher *m)
{
    m->value = value;
    m->depth = 0;
    m->kind = BY_TYPE;
    if (PyFunction_Check(value)) {
        m->kind = BY_PREDICATE;
        return 0;
    }
    if (PyExceptionClass_Check(value))
        return 0;
    if (PyTuple_CheckExact(value)) {
        Py_ssize_t i = 0, n = PyTuple_GET_SIZE(value);
        while (i < n && PyExceptionClass_Check(PyTuple_GET_ITEM(value, i)))
            i++;
        if (i == n)
            return 0;
    }
    PyErr_SetString(PyExc_TypeError, "expected a function, exception type or tuple of exception types");
    return -1;
}

/* 1, 0, or -1 with an exception set. */
static int matches(Matcher *m, PyObject *exc)
{
    PyObject *answer;
    switch (m->kind) {
    case BY_TYPE:
        return PyErr_GivenExceptionMatches(exc, m->value);
    case BY_PREDICATE:
        answer = PyObject_CallOneArg(m->value, exc);
        break;
    default:
        if (IS_GROUP(exc))
            return 0;
        answer = PyLong_FromVoidPtr(exc);
        if (answer == NULL)
            return -1;
        int found = PySet_Contains(m->value, answer);
        Py_DECREF(answer);
        return found;
    }
    if (answer == NULL)
        return -1;
    int truth = PyObject_IsTrue(answer);
    Py_DECREF(answer);
    return truth;
}

typedef struct { PyObject *match, *rest; } Parts;   /* new references, None where empty; rest NULL if not wanted */

static int split_members(Group *self, Matcher *m, int want_rest, PyObject *matching, PyObject *others);

/* Splits `exc`, group or leaf, into what matches and what does not; 0 or -1 with an exception set. */
static int split(PyObject *exc, Matcher *m, int want_rest, Parts *parts)
{
    parts->match = parts->rest = NULL;
    int yes = matches(m, exc);
    if (yes < 0)
        return -1;
    if (yes || !IS_GROUP(exc)) {
        parts->match = Py_NewRef(yes ? exc : Py_None);
        if (want_rest)
            parts->rest = Py_NewRef(yes ? Py_None : exc);
        return 0;
    }
    if (c_stack_low())
        return c_stack_check(" in exceptiongroup_split_recursive");
    if (m->depth++ > Py_GetRecursionLimit()) {
        PyErr_SetString(PyExc_RecursionError, "maximum recursion depth exceeded in exceptiongroup_split_recursive");
        return -1;
    }
    PyObject *matching = PyList_New(0), *others = PyList_New(0);
    if (matching && others && split_members((Group *)exc, m, want_rest, matching, others) == 0) {
        parts->match = subset((Group *)exc, matching);
        if (parts->match && want_rest) {
            parts->rest = subset((Group *)exc, others);
            if (parts->rest == NULL)
                Py_CLEAR(parts->match);
        }
    }
    m->depth--;
    Py_XDECREF(matching);
    Py_XDECREF(others);
    return parts->match ? 0 : -1;
}

static int append_unless_none(PyObject *list, PyObject *item)
{
    return item && item != Py_None ? PyList_Append(list, item) : 0;
}

static int split_members(Group *self, Matcher *m, int want_rest, PyObject *matching, PyObject *others)
{
    PyObject *excs = Py_NewRef(self->excs);
    int failed = 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(excs) && !failed; i++) {
        Parts parts;
        if (split(PyTuple_GET_ITEM(excs, i), m, want_rest, &parts) < 0) {
            failed = 1;
            break;
        }
        failed = append_unless_none(matching, parts.match) < 0 || append_unless_none(others, parts.rest) < 0;
        Py_DECREF(parts.match);
        Py_XDECREF(parts.rest);
    }
    Py_DECREF(excs);
    return failed ? -1 : 0;
}

static PyObject *group_split(PyObject *op, PyObject *args)
{
    PyObject *value;
    Matcher m;
    Parts parts;
    if (!PyArg_UnpackTuple(args, "split", 1, 1, &value) || matcher_from(value, &m) < 0 || split(op, &m, 1, &parts) < 0)
        return NULL;
    PyObject *result = PyTuple_Pack(2, parts.match, parts.rest);
    Py_DECREF(parts.match);
    Py_DECREF(parts.rest);
    return result;
}

static PyObject *group_subgroup(PyObject *op, PyObject *args)
{
    PyObject *value;
    Matcher m;
    Parts parts;
    if (!PyArg_UnpackTuple(args, "subgroup", 1, 1, &value) || matcher_from(value, &m) < 0 || split(op, &m, 0, &parts) < 0)
        return NULL;
    return parts.match;
}

/* ---- except* ---- */
PyObject *_PyExc_CreateExceptionGroup(const char *msg, PyObject *excs)
{
    return PyObject_CallFunction(PyExc_BaseExceptionGroup, "sO", msg, excs);
}

static int collect_leaf_ids(PyObject *exc, PyObject *ids)
{
    if (IS_GROUP(exc)) {
        if (c_stack_low())
            return c_stack_check(" in exception group traversal");
        PyObject *excs = ((Group *)exc)->excs;
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(excs); i++)
            if (collect_leaf_ids(PyTuple_GET_ITEM(excs, i), ids) < 0)
                return -1;
        return 0;
    }
    PyObject *id = PyLong_FromVoidPtr(exc);
    int failed = id == NULL || PySet_Add(ids, id) < 0;
    Py_XDECREF(id);
    return failed ? -1 : 0;
}

/* Whether two exceptions share their circumstances: then `e` is a part of `orig` that nobody re-raised. */
static int same_circumstances(PyObject *e, PyObject *orig)
{
    PyBaseExceptionObject *a = (PyBaseExceptionObject *)e, *b = (PyBaseExceptionObject *)orig;
    return a->notes == b->notes && a->traceback == b->traceback && a->cause == b->cause && a->context == b->context;
}

/* The part of `orig` whose leaves occur in one of the groups of the list `keep`; new reference (maybe None). */
static PyObject *projection(PyObject *orig, PyObject *keep)
{
    Matcher m = {BY_IDENTITY, PySet_New(NULL), 0};
    if (m.value == NULL)
        return NULL;
    Parts parts = {NULL, NULL};
    Py_ssize_t i = 0, n = PyList_GET_SIZE(keep);
    while (i < n && collect_leaf_ids(PyList_GET_ITEM(keep, i), m.value) == 0)
        i++;
    if (i == n && split(orig, &m, 0, &parts) < 0)
        parts.match = NULL;
    Py_DECREF(m.value);
    return parts.match;
}

/* Sorts the members of `excs` into raised ones and unhandled parts of `orig`. */
static int sort_raised(PyObject *orig, PyObject *excs, PyObject *raised, PyObject *unhandled)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(excs); i++) {
        PyObject *e = PyList_GET_ITEM(excs, i);
        if (e != Py_None && PyList_Append(same_circumstances(e, orig) ? unhandled : raised, e) < 0)
            return -1;
    }
    return 0;
}

/* Whether these are an exception, and a list of exceptions and None: split() may have been overridden. */
static int reraise_arguments_fit(PyObject *orig, PyObject *excs)
{
    int fit = PyExceptionInstance_Check(orig) && PyList_CheckExact(excs);
    for (Py_ssize_t i = 0; fit && i < PyList_GET_SIZE(excs); i++) {
        PyObject *e = PyList_GET_ITEM(excs, i);
        fit = e == Py_None || PyExceptionInstance_Check(e);
    }
    if (!fit)
        PyErr_SetString(PyExc_TypeError, "except* found something that is no exception");
    return fit;
}

PyObject *_PyExc_PrepReraiseStar(PyObject *orig, PyObject *excs)
{
    if (!reraise_arguments_fit(orig, excs))
        return NULL;
    if (!IS_GROUP(orig)) {   /* a naked exception was wrapped for matching: at most one clause saw it */
        for (Py_ssize_t i = 0; i < PyList_GET_SIZE(excs); i++)
            if (PyList_GET_ITEM(excs, i) != Py_None)
                return Py_NewRef(PyList_GET_ITEM(excs, i));
        Py_RETURN_NONE;
    }
    PyObject *raised = PyList_New(0), *unhandled = PyList_New(0), *result = NULL, *rest = NULL;
    if (raised == NULL || unhandled == NULL || sort_raised(orig, excs, raised, unhandled) < 0)
        goto done;
    rest = projection(orig, unhandled);
    if (rest == NULL)
        goto done;
    if (PyList_GET_SIZE(raised) == 0) {
        result = Py_NewRef(rest);
        goto done;
    }
    if (rest != Py_None && PyList_Append(raised, rest) < 0)
        goto done;
    result = _PyExc_CreateExceptionGroup("", raised);
done:
    Py_XDECREF(raised);
    Py_XDECREF(unhandled);
    Py_XDECREF(rest);
    return result;
}

static PyMemberDef members[] = {
    {"message", T_OBJECT, offsetof(Group, msg), READONLY, "exception message"},
    {"exceptions", T_OBJECT, offsetof(Group, excs), READONLY, "nested exceptions"},
    {NULL}};
static PyMethodDef methods[] = {
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, "See PEP 585"},
    {"derive", derive, METH_VARARGS, NULL},
    {"split", group_split, METH_VARARGS, NULL},
    {"subgroup", group_subgroup, METH_VARARGS, NULL},
    {NULL}};
const ExceptionKind group_kind = {.size = sizeof(Group), .dealloc = dealloc, .traverse = traverse, .clear = clear,
                                  .init = init, .new = new, .str = str, .methods = methods, .members = members};

PyObject *exception_group_type(void) { return KEPT(exception_group); }

int group_init(void)
{
    PyObject *bases = PyTuple_Pack(2, PyExc_BaseExceptionGroup, PyExc_Exception);
    if (bases == NULL)
        return -1;
    KEPT(exception_group) = PyErr_NewException("builtins.ExceptionGroup", bases, NULL);
    Py_DECREF(bases);
    return KEPT(exception_group) ? 0 : -1;
}
