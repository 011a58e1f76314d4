/* Building objects from C values by a format (the C API reference, "Building values"). */
#include "Python.h"
#include <stdarg.h>

typedef struct build {
    const char *format;
    va_list va;
    int clean_sizes; /* '#' lengths are Py_ssize_t; otherwise '#' is refused */
} Build;

static PyObject *build_one(Build *b);

static PyObject *fail(const char *text)
{
    PyErr_SetString(PyExc_SystemError, text);
    return NULL;
}

/* Values up to the closing mark (0: the end) at this depth; -1 with SystemError if brackets do not match. */
static Py_ssize_t count_values(const char *format, char close)
{
    Py_ssize_t count = 0;
    int level = 0;
    for (const char *f = format; level > 0 || *f != close; f++) {
        switch (*f) {
        case '\0':
            fail("unmatched paren in format");
            return -1;
        case '(': case '[': case '{':
            count += level++ == 0;
            break;
        case ')': case ']': case '}':
            level--;
            break;
        case '#': case '&': case ',': case ':': case ' ': case '\t':
            break;
        default:
            count += level == 0;
        }
        if (level < 0) {
            fail("unmatched paren in format");
            return -1;
        }
    }
    return count;
}

/* Consumes values that nobody will see: 'N' references must go even after an error, which stays set. */
static void discard(Build *b, Py_ssize_t n)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    while (n-- > 0) {
        Py_XDECREF(build_one(b));
        PyErr_Clear();
    }
    PyErr_Restore(type, value, traceback);
}

static int close_bracket(Build *b, char close)
{
    while (*b->format == ',' || *b->format == ' ' || *b->format == '\t' || *b->format == ':')
        b->format++;
    if (*b->format != close) {
        fail("Unmatched paren in format");
        return -1;
    }
    if (close)
        b->format++;
    return 0;
}

/* n values into items (new references); 0, or -1 with an exception, everything consumed. */
static int build_many(Build *b, PyObject **items, Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < n; i++) {
        items[i] = build_one(b);
        if (!items[i]) {
            discard(b, n - i - 1);
            while (i-- > 0)
                Py_CLEAR(items[i]);
            return -1;
        }
    }
    return 0;
}

static PyObject *build_sequence(Build *b, char close, Py_ssize_t n, int is_list)
{
    PyObject *result = is_list ? PyList_New(n) : PyTuple_New(n);
    if (!result) {
        discard(b, n);
        return NULL;
    }
    PyObject **items = is_list ? ((PyListObject *)result)->ob_item : ((PyTupleObject *)result)->ob_item;
    if (build_many(b, items, n) < 0 || close_bracket(b, close) < 0)
        Py_CLEAR(result);
    return result;
}

static PyObject *build_dict(Build *b, Py_ssize_t n)
{
    if (n % 2) {
        discard(b, n);
        return fail("Bad dict format");
    }
    PyObject *result = PyDict_New();
    for (Py_ssize_t i = 0; result && i < n; i += 2) {
        PyObject *pair[2];
        int status = build_many(b, pair, 2);
        if (status == 0) {
            status = PyDict_SetItem(result, pair[0], pair[1]);
            Py_DECREF(pair[0]);
            Py_DECREF(pair[1]);
        }
        if (status < 0) {
            discard(b, n - i - 2);
            Py_CLEAR(result);
        }
    }
    if (result && close_bracket(b, '}') < 0)
        Py_CLEAR(result);
    return result;
}

/* -- Single values -- */

/* The length after '#', or -1; refuses '#' with int lengths by returning -2. */
static Py_ssize_t given_size(Build *b)
{
    if (*b->format != '#')
        return -1;
    b->format++;
    if (b->clean_sizes)
        return va_arg(b->va, Py_ssize_t);
    (void)va_arg(b->va, int);
    fail("PY_SSIZE_T_CLEAN macro must be defined for '#' formats");
    return -2;
}

static PyObject *build_text(Build *b, char unit)
{
    const void *text = va_arg(b->va, const void *);
    Py_ssize_t size = given_size(b);
    if (size == -2)
        return NULL;
    if (!text)
        Py_RETURN_NONE;
    if (unit == 'u')
        return PyUnicode_FromWideChar(text, size < 0 ? (Py_ssize_t)wcslen(text) : size);
    if (size < 0)
        size = (Py_ssize_t)strlen(text);
    return unit == 'y' ? PyBytes_FromStringAndSize(text, size) : PyUnicode_FromStringAndSize(text, size);
}

static PyObject *build_object(Build *b, char unit)
{
    if (*b->format == '&') {
        b->format++;
        PyObject *(*make)(void *) = va_arg(b->va, PyObject * (*)(void *));
        return make(va_arg(b->va, void *));
    }
    PyObject *o = va_arg(b->va, PyObject *);
    if (!o)
        return PyErr_Occurred() ? NULL : fail("NULL object passed to Py_BuildValue");
    return unit == 'N' ? o : Py_NewRef(o);
}

static PyObject *build_character(Build *b, char unit)
{
    int c = va_arg(b->va, int);
    if (unit == 'C')
        return PyUnicode_FromOrdinal(c);
    char byte = (char)c;
    return PyBytes_FromStringAndSize(&byte, 1);
}

static PyObject *build_bracket(Build *b, char open)
{
    char close = open == '(' ? ')' : open == '[' ? ']' : '}';
    Py_ssize_t n = count_values(b->format, close);
    if (n < 0)
        return NULL;
    return open == '{' ? build_dict(b, n) : build_sequence(b, close, n, open == '[');
}

static PyObject *build_one(Build *b)
{
    for (;;) {
        char unit = *b->format++;
        switch (unit) {
        case '(': case '[': case '{': return build_bracket(b, unit);
        case 'b': case 'B': case 'h': case 'i': return PyLong_FromLong(va_arg(b->va, int));
        case 'H': return PyLong_FromLong(va_arg(b->va, unsigned int));
        case 'I': return PyLong_FromUnsignedLong(va_arg(b->va, unsigned int));
        case 'n': return PyLong_FromSsize_t(va_arg(b->va, Py_ssize_t));
        case 'l': return PyLong_FromLong(va_arg(b->va, long));
        case 'k': return PyLong_FromUnsignedLong(va_arg(b->va, unsigned long));
        case 'L': return PyLong_FromLongLong(va_arg(b->va, long long));
        case 'K': return PyLong_FromUnsignedLongLong(va_arg(b->va, unsigned long long));
        case 'f': case 'd': return PyFloat_FromDouble(va_arg(b->va, double));
        case 'D': return PyComplex_FromCComplex(*va_arg(b->va, Py_complex *));
        case 'c': case 'C': return build_character(b, unit);
        case 's': case 'z': case 'U': case 'u': case 'y': return build_text(b, unit);
        case 'N': case 'S': case 'O': return build_object(b, unit);
        case ':': case ',': case ' ': case '\t': continue;
        default:
            if (!unit)
                b->format--;
            return fail("bad format char passed to Py_BuildValue");
        }
    }
}

static PyObject *build_value(const char *format, va_list va, int clean_sizes)
{
    Py_ssize_t n = count_values(format, '\0');
    if (n < 0)
        return NULL;
    if (n == 0)
        Py_RETURN_NONE;
    Build b = {.format = format, .clean_sizes = clean_sizes};
    va_copy(b.va, va);
    PyObject *result = n == 1 ? build_one(&b) : build_sequence(&b, '\0', n, 0);
    va_end(b.va);
    return result;
}

static PyObject **build_stack(PyObject **small, Py_ssize_t room, const char *format, va_list va, Py_ssize_t *count,
                              int clean_sizes)
{
    Py_ssize_t n = count_values(format, '\0');
    if (n < 0)
        return NULL;
    PyObject **stack = n <= room ? small : PyMem_New(PyObject *, n);
    if (!stack) {
        PyErr_NoMemory();
        return NULL;
    }
    Build b = {.format = format, .clean_sizes = clean_sizes};
    va_copy(b.va, va);
    int status = build_many(&b, stack, n);
    va_end(b.va);
    if (status < 0) {
        if (stack != small)
            PyMem_Free(stack);
        return NULL;
    }
    *count = n;
    return stack;
}

/* -- The API, in two forms -- */

PyObject *Py_VaBuildValue(const char *format, va_list va) { return build_value(format, va, 0); }
PyObject *_Py_VaBuildValue_SizeT(const char *format, va_list va) { return build_value(format, va, 1); }

PyObject *Py_BuildValue(const char *format, ...)
{
    va_list va;
    va_start(va, format);
    PyObject *result = build_value(format, va, 0);
    va_end(va);
    return result;
}

PyObject *_Py_BuildValue_SizeT(const char *format, ...)
{
    va_list va;
    va_start(va, format);
    PyObject *result = build_value(format, va, 1);
    va_end(va);
    return result;
}

/* The values of a format as an array of new references: small if they fit, or to be freed with PyMem_Free. */
PyObject **_Py_VaBuildStack(PyObject **small, Py_ssize_t room, const char *format, va_list va, Py_ssize_t *count)
{
    return build_stack(small, room, format, va, count, 0);
}
PyObject **_Py_VaBuildStack_SizeT(PyObject **small, Py_ssize_t room, const char *format, va_list va, Py_ssize_t *count)
{
    return build_stack(small, room, format, va, count, 1);
}
