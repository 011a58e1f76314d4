/* The format units of PyArg_Parse and its family (the C API reference, "Parsing arguments and building values"). */
#include "capi/getargs_convert.h"

void conversion_start(Conversion *c, const char *format, va_list va, int clean_sizes)
{
    c->format = format;
    va_copy(c->va, va);
    c->clean_sizes = clean_sizes;
    c->count = 0;
    c->room = (int)Py_ARRAY_LENGTH(c->few);
    c->cleanups = c->few;
    c->message[0] = '\0';
    c->levels[0] = 0;
}

int conversion_end(Conversion *c, int ok)
{
    if (!ok)
        while (c->count > 0) {
            Cleanup *u = &c->cleanups[--c->count];
            u->undo(u->item, u->function);
        }
    if (c->cleanups != c->few)
        PyMem_Free(c->cleanups);
    va_end(c->va);
    return ok;
}

/* -- What is undone on failure -- */

static int cleanup_add(Conversion *c, void *item, void (*undo)(void *, void *), void *function)
{
    if (c->count == c->room) {
        Cleanup *more = PyMem_Malloc(sizeof(Cleanup) * 2 * c->room);
        if (!more) {
            undo(item, function);
            PyErr_NoMemory();
            return -1;
        }
        memcpy(more, c->cleanups, sizeof(Cleanup) * c->count);
        if (c->cleanups != c->few)
            PyMem_Free(c->cleanups);
        c->cleanups = more;
        c->room *= 2;
    }
    c->cleanups[c->count++] = (Cleanup){item, undo, function};
    return 0;
}

static void undo_buffer(void *item, void *function) { PyBuffer_Release(item); }

static void undo_memory(void *item, void *function)
{
    PyMem_Free(*(char **)item);
    *(char **)item = NULL;
}

typedef int (*Converter)(PyObject *, void *);

static void undo_converter(void *item, void *function) { ((Converter)function)(NULL, item); }

/* -- Refusals -- */

/* The caller's answer when arg is of a wrong type. */
static int expected(Conversion *c, const char *what, PyObject *arg)
{
    PyOS_snprintf(c->message, sizeof c->message, what[0] == '(' ? "%.100s" : "must be %.50s, not %.50s", what,
                  arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
    return -1;
}

static int overflow(const char *text)
{
    PyErr_SetString(PyExc_OverflowError, text);
    return -1;
}

void conversion_error(Conversion *c, int index, const char *fname, const char *custom)
{
    if (PyErr_Occurred())
        return;
    char text[512];
    if (!custom) {
        int n = 0;
        if (fname)
            n = PyOS_snprintf(text, sizeof text, "%.200s() ", fname);
        if (index) {
            n += PyOS_snprintf(text + n, sizeof text - n, "argument %d", index);
            for (int i = 0; i < 32 && c->levels[i] > 0 && n < 220; i++)
                n += PyOS_snprintf(text + n, sizeof text - n, ", item %d", c->levels[i] - 1);
        }
        else
            n += PyOS_snprintf(text + n, sizeof text - n, "argument");
        PyOS_snprintf(text + n, sizeof text - n, " %.256s", c->message);
        custom = text;
    }
    PyErr_SetString(c->message[0] == '(' ? PyExc_SystemError : PyExc_TypeError, custom);
}

/* -- Numbers -- */

static int ranged_long(PyObject *arg, long low, long high, const char *too_low, const char *too_high, long *result)
{
    long v = PyLong_AsLong(arg);
    if (v == -1 && PyErr_Occurred())
        return -1;
    if (v < low)
        return overflow(too_low);
    if (v > high)
        return overflow(too_high);
    *result = v;
    return 0;
}

static int convert_integer(Conversion *c, char unit, PyObject *arg)
{
    void *p = va_arg(c->va, void *);
    long v;
    if (!arg)
        return 0;
    switch (unit) {
    case 'b':
        if (ranged_long(arg, 0, UCHAR_MAX, "unsigned byte integer is less than minimum",
                        "unsigned byte integer is greater than maximum", &v) < 0)
            return -1;
        *(unsigned char *)p = (unsigned char)v;
        return 0;
    case 'h':
        if (ranged_long(arg, SHRT_MIN, SHRT_MAX, "signed short integer is less than minimum",
                        "signed short integer is greater than maximum", &v) < 0)
            return -1;
        *(short *)p = (short)v;
        return 0;
    case 'i':
        if (ranged_long(arg, INT_MIN, INT_MAX, "signed integer is less than minimum",
                        "signed integer is greater than maximum", &v) < 0)
            return -1;
        *(int *)p = (int)v;
        return 0;
    case 'l':
        if (ranged_long(arg, LONG_MIN, LONG_MAX, "", "", &v) < 0)
            return -1;
        *(long *)p = v;
        return 0;
    case 'B': case 'H': case 'I': {
        unsigned long u = PyLong_AsUnsignedLongMask(arg);
        if (u == (unsigned long)-1 && PyErr_Occurred())
            return -1;
        if (unit == 'B')
            *(unsigned char *)p = (unsigned char)u;
        else if (unit == 'H')
            *(unsigned short *)p = (unsigned short)u;
        else
            *(unsigned int *)p = (unsigned int)u;
        return 0;
    }
    case 'n': {
        PyObject *index = PyNumber_Index(arg);
        Py_ssize_t n = index ? PyLong_AsSsize_t(index) : -1;
        Py_XDECREF(index);
        if (n == -1 && PyErr_Occurred())
            return -1;
        *(Py_ssize_t *)p = n;
        return 0;
    }
    case 'k':
        if (!PyLong_Check(arg))
            return expected(c, "int", arg);
        *(unsigned long *)p = PyLong_AsUnsignedLongMask(arg);
        return 0;
    case 'K':
        if (!PyLong_Check(arg))
            return expected(c, "int", arg);
        *(unsigned long long *)p = PyLong_AsUnsignedLongLongMask(arg);
        return 0;
    default: { /* 'L' */
        long long n = PyLong_AsLongLong(arg);
        if (n == -1 && PyErr_Occurred())
            return -1;
        *(long long *)p = n;
        return 0;
    }
    }
}

static int convert_real(Conversion *c, char unit, PyObject *arg)
{
    void *p = va_arg(c->va, void *);
    if (!arg)
        return 0;
    if (unit == 'D') {
        Py_complex v = PyComplex_AsCComplex(arg);
        if (PyErr_Occurred())
            return -1;
        *(Py_complex *)p = v;
        return 0;
    }
    double v = PyFloat_AsDouble(arg);
    if (v == -1.0 && PyErr_Occurred())
        return -1;
    if (unit == 'f')
        *(float *)p = (float)v;
    else
        *(double *)p = v;
    return 0;
}

static int convert_character(Conversion *c, char unit, PyObject *arg)
{
    void *p = va_arg(c->va, void *);
    if (!arg)
        return 0;
    if (unit == 'C') {
        if (!PyUnicode_Check(arg) || PyUnicode_READY(arg) < 0 || PyUnicode_GET_LENGTH(arg) != 1)
            return expected(c, "a unicode character", arg);
        *(int *)p = (int)PyUnicode_READ_CHAR(arg, 0);
        return 0;
    }
    if (PyBytes_Check(arg) && PyBytes_GET_SIZE(arg) == 1)
        *(char *)p = PyBytes_AS_STRING(arg)[0];
    else if (PyByteArray_Check(arg) && PyByteArray_GET_SIZE(arg) == 1)
        *(char *)p = PyByteArray_AS_STRING(arg)[0];
    else
        return expected(c, "a byte string of length 1", arg);
    return 0;
}

static int convert_truth(Conversion *c, PyObject *arg)
{
    int *p = va_arg(c->va, int *);
    if (!arg)
        return 0;
    int v = PyObject_IsTrue(arg);
    if (v < 0)
        return -1;
    *p = v;
    return 0;
}

/* -- Text and bytes -- */

/* A contiguous view that is released on failure. */
static int view_of(Conversion *c, PyObject *arg, Py_buffer *view, int flags, const char *what)
{
    if (PyObject_GetBuffer(arg, view, flags) != 0) {
        if (flags & PyBUF_WRITABLE)
            PyErr_Clear();
        return expected(c, what, arg);
    }
    if (!PyBuffer_IsContiguous(view, 'C')) {
        PyBuffer_Release(view);
        return expected(c, "contiguous buffer", arg);
    }
    return 0;
}

/* Bytes that stay where they are without holding a view. */
static int plain_bytes(Conversion *c, PyObject *arg, const char **data, Py_ssize_t *size)
{
    PyBufferProcs *slots = Py_TYPE(arg)->tp_as_buffer;
    if (slots && slots->bf_getbuffer && slots->bf_releasebuffer)
        return expected(c, "read-only bytes-like object", arg);
    Py_buffer view;
    if (view_of(c, arg, &view, PyBUF_SIMPLE, "bytes-like object") < 0)
        return -1;
    *data = view.buf;
    *size = view.len;
    PyBuffer_Release(&view);
    return 0;
}

/* s* z* y* */
static int convert_view(Conversion *c, char unit, PyObject *arg)
{
    Py_buffer *p = va_arg(c->va, Py_buffer *);
    if (!arg)
        return 0;
    if (unit == 'z' && arg == Py_None)
        PyBuffer_FillInfo(p, NULL, NULL, 0, 1, 0);
    else if (unit != 'y' && PyUnicode_Check(arg)) {
        Py_ssize_t size;
        const char *text = PyUnicode_AsUTF8AndSize(arg, &size);
        if (!text)
            return -1;
        PyBuffer_FillInfo(p, arg, (void *)text, size, 1, 0);
    }
    else if (view_of(c, arg, p, PyBUF_SIMPLE, "bytes-like object") < 0)
        return -1;
    return cleanup_add(c, p, undo_buffer, NULL);
}

/* s# z# y# */
static int convert_sized(Conversion *c, char unit, PyObject *arg)
{
    const char **p = va_arg(c->va, const char **);
    Py_ssize_t *size = va_arg(c->va, Py_ssize_t *);
    if (!arg)
        return 0;
    if (!c->clean_sizes) {
        PyErr_SetString(PyExc_SystemError, "PY_SSIZE_T_CLEAN macro must be defined for '#' formats");
        return -1;
    }
    if (unit == 'z' && arg == Py_None) {
        *p = NULL;
        *size = 0;
        return 0;
    }
    if (unit != 'y' && PyUnicode_Check(arg)) {
        *p = PyUnicode_AsUTF8AndSize(arg, size);
        return *p ? 0 : -1;
    }
    return plain_bytes(c, arg, p, size);
}

/* s z y: NUL-terminated, and no NUL inside */
static int convert_string(Conversion *c, char unit, PyObject *arg)
{
    const char **p = va_arg(c->va, const char **);
    Py_ssize_t size;
    if (!arg)
        return 0;
    if (unit == 'y') {
        if (plain_bytes(c, arg, p, &size) < 0)
            return -1;
        if ((Py_ssize_t)strlen(*p) != size) {
            PyErr_SetString(PyExc_ValueError, "embedded null byte");
            return -1;
        }
        return 0;
    }
    if (unit == 'z' && arg == Py_None) {
        *p = NULL;
        return 0;
    }
    if (!PyUnicode_Check(arg))
        return expected(c, unit == 'z' ? "str or None" : "str", arg);
    *p = PyUnicode_AsUTF8AndSize(arg, &size);
    if (!*p)
        return -1;
    if ((Py_ssize_t)strlen(*p) != size) {
        PyErr_SetString(PyExc_ValueError, "embedded null character");
        return -1;
    }
    return 0;
}

/* u u# Z Z#: wchar_t */
static int convert_wide(Conversion *c, char unit, int sized, PyObject *arg)
{
    const Py_UNICODE **p = va_arg(c->va, const Py_UNICODE **);
    Py_ssize_t *size_out = sized ? va_arg(c->va, Py_ssize_t *) : NULL, size;
    if (!arg)
        return 0;
    if (PyErr_WarnFormat(PyExc_DeprecationWarning, 1, "getargs: The '%c%s' format is deprecated. Use 'U' instead.", unit,
                         sized ? "#" : "") < 0)
        return -1;
    if (unit == 'Z' && arg == Py_None) {
        *p = NULL;
        size = 0;
    }
    else {
        if (!PyUnicode_Check(arg))
            return expected(c, unit == 'Z' ? "str or None" : "str", arg);
        *p = PyUnicode_AsUnicodeAndSize(arg, &size);
        if (!*p)
            return -1;
        if (!sized && wcslen(*p) != (size_t)size) {
            PyErr_SetString(PyExc_ValueError, "embedded null character");
            return -1;
        }
    }
    if (size_out)
        *size_out = size;
    return 0;
}

/* The bytes of arg for es and et: owned bytes object, or NULL. */
static PyObject *encoded_bytes(Conversion *c, int pass_bytes, const char *encoding, PyObject *arg)
{
    if (pass_bytes && (PyBytes_Check(arg) || PyByteArray_Check(arg)))
        return PyBytes_Check(arg) ? Py_NewRef(arg)
                                  : PyBytes_FromStringAndSize(PyByteArray_AS_STRING(arg), PyByteArray_GET_SIZE(arg));
    if (!PyUnicode_Check(arg)) {
        expected(c, pass_bytes ? "str, bytes or bytearray" : "str", arg);
        return NULL;
    }
    return PyUnicode_AsEncodedString(arg, encoding ? encoding : "utf-8", NULL);
}

/* es et es# et# */
static int convert_encoded(Conversion *c, int pass_bytes, int sized, PyObject *arg)
{
    const char *encoding = va_arg(c->va, const char *);
    char **p = va_arg(c->va, char **);
    Py_ssize_t *size_out = sized ? va_arg(c->va, Py_ssize_t *) : NULL;
    if (!arg)
        return 0;
    if (!p)
        return expected(c, "(buffer is NULL)", arg);
    if (sized && !size_out)
        return expected(c, "(buffer_len is NULL)", arg);
    if (sized && !c->clean_sizes) {
        PyErr_SetString(PyExc_SystemError, "PY_SSIZE_T_CLEAN macro must be defined for '#' formats");
        return -1;
    }
    PyObject *bytes = encoded_bytes(c, pass_bytes, encoding, arg);
    if (!bytes)
        return -1;
    const char *data = PyBytes_AS_STRING(bytes);
    Py_ssize_t size = PyBytes_GET_SIZE(bytes);
    int mine = !sized || !*p, status = 0;
    if (!sized && (Py_ssize_t)strlen(data) != size) {
        status = expected(c, "encoded string without null bytes", arg);
    }
    else if (mine) {
        *p = PyMem_Malloc(size + 1);
        if (!*p) {
            PyErr_NoMemory();
            status = -1;
        }
    }
    else if (size + 1 > *size_out) {
        PyErr_Format(PyExc_ValueError, "encoded string too long (%zd, maximum length %zd)", size, *size_out - 1);
        status = -1;
    }
    if (status == 0) {
        memcpy(*p, data, size + 1);
        if (size_out)
            *size_out = size;
    }
    Py_DECREF(bytes);
    return status == 0 && mine ? cleanup_add(c, p, undo_memory, NULL) : status;
}

static int convert_writable(Conversion *c, PyObject *arg)
{
    Py_buffer *p = va_arg(c->va, Py_buffer *);
    if (!arg)
        return 0;
    if (view_of(c, arg, p, PyBUF_WRITABLE, "read-write bytes-like object") < 0)
        return -1;
    return cleanup_add(c, p, undo_buffer, NULL);
}

/* -- Objects -- */

/* U S Y: an object of a type, borrowed */
static int convert_typed(Conversion *c, char unit, PyObject *arg)
{
    PyObject **p = va_arg(c->va, PyObject **);
    if (!arg)
        return 0;
    if (unit == 'U' ? !PyUnicode_Check(arg) : unit == 'S' ? !PyBytes_Check(arg) : !PyByteArray_Check(arg))
        return expected(c, unit == 'U' ? "str" : unit == 'S' ? "bytes" : "bytearray", arg);
    if (unit == 'U' && PyUnicode_READY(arg) < 0)
        return -1;
    *p = arg;
    return 0;
}

/* O O! O& */
static int convert_object(Conversion *c, PyObject *arg)
{
    if (*c->format == '!') {
        c->format++;
        PyTypeObject *type = va_arg(c->va, PyTypeObject *);
        PyObject **p = va_arg(c->va, PyObject **);
        if (!arg)
            return 0;
        if (!PyObject_TypeCheck(arg, type))
            return expected(c, type->tp_name, arg);
        *p = arg;
        return 0;
    }
    if (*c->format == '&') {
        c->format++;
        Converter converter = va_arg(c->va, Converter);
        void *p = va_arg(c->va, void *);
        if (!arg)
            return 0;
        int answer = converter(arg, p);
        if (answer == 0)
            return expected(c, "(unspecified)", arg);
        return answer == Py_CLEANUP_SUPPORTED ? cleanup_add(c, p, undo_converter, (void *)converter) : 0;
    }
    PyObject **p = va_arg(c->va, PyObject **);
    if (arg)
        *p = arg;
    return 0;
}

/* -- The units -- */

static int suffix(Conversion *c, char mark)
{
    if (*c->format != mark)
        return 0;
    c->format++;
    return 1;
}

static int convert_unit(Conversion *c, PyObject *arg)
{
    char unit = *c->format++;
    switch (unit) {
    case 'b': case 'B': case 'h': case 'H': case 'i': case 'I': case 'l': case 'k': case 'L': case 'K': case 'n':
        return convert_integer(c, unit, arg);
    case 'f': case 'd': case 'D':
        return convert_real(c, unit, arg);
    case 'c': case 'C':
        return convert_character(c, unit, arg);
    case 'p':
        return convert_truth(c, arg);
    case 's': case 'z': case 'y':
        if (suffix(c, '*'))
            return convert_view(c, unit, arg);
        return suffix(c, '#') ? convert_sized(c, unit, arg) : convert_string(c, unit, arg);
    case 'u': case 'Z':
        return convert_wide(c, unit, suffix(c, '#'), arg);
    case 'e': {
        char kind = *c->format;
        if (kind != 's' && kind != 't')
            return expected(c, "(unknown parser marker combination)", arg ? arg : Py_None);
        c->format++;
        return convert_encoded(c, kind == 't', suffix(c, '#'), arg);
    }
    case 'U': case 'S': case 'Y':
        return convert_typed(c, unit, arg);
    case 'O':
        return convert_object(c, arg);
    case 'w':
        if (suffix(c, '*'))
            return convert_writable(c, arg);
        return expected(c, "(invalid use of 'w' format character)", arg ? arg : Py_None);
    default:
        PyErr_Format(PyExc_SystemError, "impossible<bad format char>: '%c'", unit);
        return -1;
    }
}

/* '(' was read: the items of a sequence, to ')'. */
static int convert_sequence(Conversion *c, PyObject *arg, int depth)
{
    int wanted = 0, level = 0;
    for (const char *f = c->format; level >= 0 && !format_at_end(f); f++) {
        if (*f == '(')
            wanted += level++ == 0;
        else if (*f == ')')
            level--;
        else if (level == 0 && Py_ISALPHA(*f) && *f != 'e')
            wanted++;
    }
    c->levels[depth] = 0;
    if (arg && (!PySequence_Check(arg) || PyBytes_Check(arg))) {
        PyOS_snprintf(c->message, sizeof c->message, "must be %d-item sequence, not %.50s", wanted,
                      arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
        return -1;
    }
    Py_ssize_t size = arg ? PySequence_Size(arg) : wanted;
    if (size != wanted) {
        if (size >= 0)
            PyOS_snprintf(c->message, sizeof c->message, "must be sequence of length %d, not %zd", wanted, size);
        return -1;
    }
    for (int i = 0; i < wanted; i++) {
        PyObject *item = arg ? PySequence_GetItem(arg, i) : NULL;
        if (arg && !item)
            return -1;
        if (depth < 30) {
            c->levels[depth] = i + 1;
            c->levels[depth + 1] = 0;
        }
        int status = *c->format == '(' ? (c->format++, convert_sequence(c, item, Py_MIN(depth + 1, 30)))
                                       : convert_unit(c, item);
        Py_XDECREF(item); /* the sequence keeps it */
        if (status < 0)
            return -1;
    }
    c->levels[depth] = 0;
    if (*c->format != ')') {
        PyErr_SetString(PyExc_SystemError, "missing ')' in getargs format");
        return -1;
    }
    c->format++;
    return 0;
}

int convert_item(Conversion *c, PyObject *arg)
{
    c->levels[0] = 0;
    if (*c->format == '(') {
        c->format++;
        return convert_sequence(c, arg, 0);
    }
    return convert_unit(c, arg);
}
