/* The matcher's state: the string that is looked at, marks, stack. */
#include "modules/sre/sre.h"

/* -- The string -- */

/* Fills in data, size and width; 0, or -1 with TypeError. */
static int open_string(State *s, Pattern *p, PyObject *string, Py_ssize_t *length)
{
    s->buffer.buf = NULL;
    if (PyUnicode_Check(string)) {
        if (PyUnicode_READY(string) < 0)
            return -1;
        *length = PyUnicode_GET_LENGTH(string);
        s->kind = PyUnicode_KIND(string);
        s->isbytes = 0;
        s->beginning = PyUnicode_DATA(string);
    }
    else {
        if (PyObject_GetBuffer(string, &s->buffer, PyBUF_SIMPLE) < 0) {
            PyErr_Format(PyExc_TypeError, "expected string or bytes-like object, got '%.200s'", Py_TYPE(string)->tp_name);
            return -1;
        }
        *length = s->buffer.len;
        s->kind = 1;
        s->isbytes = 1;
        s->beginning = s->buffer.buf;
        if (!s->beginning) {
            PyErr_SetString(PyExc_ValueError, "Buffer is NULL");
            return -1;
        }
    }
    if (p->isbytes >= 0 && p->isbytes != s->isbytes) {
        PyErr_SetString(PyExc_TypeError, s->isbytes ? "cannot use a string pattern on a bytes-like object"
                                                    : "cannot use a bytes pattern on a string-like object");
        return -1;
    }
    return 0;
}

int state_init(State *s, Pattern *p, PyObject *string, Py_ssize_t pos, Py_ssize_t endpos)
{
    Py_ssize_t length;
    memset(s, 0, sizeof *s);
    s->lastmark = s->lastindex = -1;
    if (open_string(s, p, string, &length) < 0) {
        if (s->buffer.buf)
            PyBuffer_Release(&s->buffer);
        return -1;
    }
    s->marks = PyMem_Calloc(p->groups * 2 + 1, sizeof(void *));
    if (!s->marks) {
        PyErr_NoMemory();
        if (s->buffer.buf)
            PyBuffer_Release(&s->buffer);
        return -1;
    }
    s->pos = pos < 0 ? 0 : Py_MIN(pos, length);
    s->endpos = endpos < 0 ? 0 : Py_MIN(endpos, length);
    s->start = s->ptr = (const char *)s->beginning + s->pos * s->kind;
    s->end = (const char *)s->beginning + s->endpos * s->kind;
    s->string = Py_NewRef(string);
    return 0;
}

void state_fini(State *s)
{
    if (s->buffer.buf)
        PyBuffer_Release(&s->buffer);
    s->buffer.buf = NULL;
    Py_CLEAR(s->string);
    PyMem_Free(s->marks);
    PyMem_Free(s->stack);
    PyMem_Free(s->reps);
    s->marks = NULL;
    s->stack = NULL;
    s->reps = NULL;
}

void state_reset(State *s) { s->lastmark = s->lastindex = -1; }

/* -- Growing -- */

Entry *state_grow(State *s)
{
    Py_ssize_t room = s->room ? s->room * 2 : 8;
    Entry *stack = PyMem_Realloc(s->stack, room * sizeof(Entry));
    if (!stack) {
        PyErr_NoMemory();
        return NULL;
    }
    s->stack = stack;
    s->room = room;
    return &stack[s->depth];
}

int state_new_repeat(State *s)
{
    if (s->nreps == s->reps_room) {
        int room = s->reps_room ? s->reps_room * 2 : 8;
        Repeat *reps = room > 0 ? PyMem_Realloc(s->reps, room * sizeof(Repeat)) : NULL;
        if (!reps) {
            PyErr_NoMemory();
            return -1;
        }
        s->reps = reps;
        s->reps_room = room;
    }
    return s->nreps++;
}

/* -- Running -- */

int state_match(State *s, const Code *code)
{
    return s->kind == 1 ? sre_match1(s, code) : s->kind == 2 ? sre_match2(s, code) : sre_match4(s, code);
}

int state_search(State *s, const Code *code)
{
    return s->kind == 1 ? sre_search1(s, code) : s->kind == 2 ? sre_search2(s, code) : sre_search4(s, code);
}

/* -- Parts -- */

PyObject *slice_of(int isbytes, const void *data, PyObject *string, Py_ssize_t start, Py_ssize_t end)
{
    if (!isbytes)
        return PyUnicode_Substring(string, start, end);
    if (PyBytes_CheckExact(string) && start == 0 && end == PyBytes_GET_SIZE(string))
        return Py_NewRef(string);
    return PyBytes_FromStringAndSize((const char *)data + start, end - start);
}

PyObject *state_group(State *s, Py_ssize_t i, PyObject *otherwise)
{
    const char *base = s->beginning;
    if (i * 2 >= s->lastmark || !s->marks[i * 2] || !s->marks[i * 2 + 1])
        return Py_NewRef(otherwise);
    return slice_of(s->isbytes, base, s->string, ((const char *)s->marks[i * 2] - base) / s->kind,
                    ((const char *)s->marks[i * 2 + 1] - base) / s->kind);
}
