/* The entries of a traceback: file, line, source text, and the marks below it. */
#include "runtime/traceback.h"
#include "memory/state.h"
#include "objects/code.h"
#include "objects/names.h"
#include "frameobject.h"
#include "syntax/parser.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define REPEATS_SHOWN 3
#define DEFAULT_LIMIT 1000

/* ---- output ------------------------------------------------------------------------------------------------------------------- */

static int emit_margin(Printer *p, char margin)
{
    char text[2 * 64 + 4];
    int depth = p->depth > 60 ? 60 : p->depth;
    memset(text, ' ', (size_t)(2 * depth));
    strcpy(text + 2 * depth, depth ? (margin == '+' ? "+ " : "| ") : "");
    return *text ? PyFile_WriteString(text, p->file) : 0;
}

int printer_emit(Printer *p, PyObject *text, char margin)
{
    if (!text)
        return -1;
    int result = 0;
    if (p->depth == 0) {
        result = PyFile_WriteObject(text, p->file, Py_PRINT_RAW);
    } else {
        PyObject *lines = PyUnicode_Splitlines(text, 1);
        for (Py_ssize_t i = 0; lines && result == 0 && i < PyList_GET_SIZE(lines); i++)
            if (emit_margin(p, margin) < 0 || PyFile_WriteObject(PyList_GET_ITEM(lines, i), p->file, Py_PRINT_RAW) < 0)
                result = -1;
        if (!lines)
            result = -1;
        Py_XDECREF(lines);
    }
    Py_DECREF(text);
    return result;
}

void printer_forgive(void)
{
    if (PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_MemoryError))
        fprintf(stderr, "MemoryError: the message below is not complete\n");
    PyErr_Clear();
}

/* ---- source text ---------------------------------------------------------------------------------------------------------------- */

/* Opens the file, or one of the same base name on sys.path. */
static FILE *open_source(PyObject *filename)
{
    PyObject *bytes = PyUnicode_EncodeFSDefault(filename);
    if (!bytes) {
        printer_forgive();
        return NULL;
    }
    const char *name = PyBytes_AS_STRING(bytes);
    FILE *file = *name == '<' ? NULL : fopen(name, "rb");
    PyObject *path = file || *name == '<' ? NULL : PySys_GetObject("path");
    const char *base = strrchr(name, '/');
    base = base ? base + 1 : name;
    for (Py_ssize_t i = 0; path && PyList_Check(path) && !file && i < PyList_GET_SIZE(path); i++) {
        PyObject *item = PyList_GET_ITEM(path, i), *directory = PyUnicode_Check(item) ? PyUnicode_EncodeFSDefault(item) : NULL;
        PyObject *full = directory ? PyBytes_FromFormat("%s/%s", PyBytes_AS_STRING(directory), base) : NULL;
        if (full)
            file = fopen(PyBytes_AS_STRING(full), "rb");
        Py_XDECREF(directory);
        Py_XDECREF(full);
        printer_forgive();
    }
    Py_DECREF(bytes);
    return file;
}

/* The encoding that a line's "coding" comment names, in `name`; 0 when there is none (PEP 263). */
static int find_cookie(const char *line, char *name, size_t room)
{
    const char *at = line + strspn(line, " \t\f");
    if (*at != '#' || !(at = strstr(at, "coding")) || (at[6] != ':' && at[6] != '='))
        return 0;
    at += 7;
    at += strspn(at, " \t");
    size_t n = 0;
    while (n + 1 < room && (isalnum((unsigned char)at[n]) || strchr("-_.", at[n] ? at[n] : ' ')))
        n++;
    memcpy(name, at, n);
    name[n] = 0;
    return n > 0;
}

PyObject *source_line(PyObject *filename, int line)
{
    FILE *file = line > 0 ? open_source(filename) : NULL;
    if (!file)
        Py_RETURN_NONE;
    char *text = NULL, encoding[64] = "utf-8";
    size_t room = 0;
    ssize_t size = -1;
    int first = 1;
    for (int n = 1; n <= line && (size = getline(&text, &room, file)) >= 0; n++) {
        if (n <= 2 && first)
            first = !find_cookie(text, encoding, sizeof encoding) && strchr("#\r\n", text[strspn(text, " \t\f")]) != NULL;
    }
    fclose(file);
    PyObject *result = NULL;
    if (size >= 0) {
        while (size > 0 && strchr("\r\n", text[size - 1]))
            size--;
        const char *start = text;
        if (line == 1 && size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
            start += 3;
            size -= 3;
        }
        result = PyUnicode_Decode(start, size, encoding, "replace");
        if (!result)
            printer_forgive();
    }
    free(text);
    return result ? result : Py_NewRef(Py_None);
}

/* ---- the marks --------------------------------------------------------------------------------------------------------------------- */

typedef struct marks {
    int start, end;           /* in characters of the line */
    int left, right;          /* the part with ^ when the rest has ~; -1: all ^ */
} Marks;

/* Bytes to characters within UTF-8 text. */
static int characters(const char *utf8, Py_ssize_t bytes, Py_ssize_t size)
{
    int n = 0;
    for (Py_ssize_t i = 0; i < bytes && i < size; i++)
        n += (utf8[i] & 0xc0) != 0x80;
    return n;
}

/* Where the operator of a binary operation, or the brackets of a subscript, stand in the segment: bytes.  0 when neither. */
static int find_operator(const char *segment, Py_ssize_t size, int *left, int *right)
{
    AstArena *arena = ast_arena_new();
    PyObject *filename = PyUnicode_FromString("<segment>");
    char *copy = strndup(segment, (size_t)size);
    PyCompilerFlags flags = {.cf_flags = PyCF_IGNORE_COOKIE, .cf_feature_version = PY_MINOR_VERSION};
    mod_ty tree = arena && filename && copy ? parse_source(copy, (size_t)size, filename, Py_file_input, &flags, arena) : NULL;
    int found = 0;
    if (tree && asdl_len(tree->v.Module.body) == 1) {
        stmt_ty statement = asdl_get(tree->v.Module.body, 0);
        expr_ty e = statement->kind == Expr_kind ? statement->v.Expr.value : NULL;
        if (e && e->kind == BinOp_kind) {
            int at = e->v.BinOp.left->end_col_offset, end = e->v.BinOp.right->col_offset;
            while (at < end && strchr(" \t\f)", segment[at]))
                at++;
            *left = at;
            *right = at + 1;
            if (at + 1 < end && !isspace((unsigned char)segment[at + 1]))
                ++*right;
            found = 1;
        } else if (e && e->kind == Subscript_kind) {
            *left = e->v.Subscript.value->end_col_offset;
            *right = e->v.Subscript.slice->end_col_offset + 1;
            while (*left < size && segment[*left] != '[')
                ++*left;
            while (*right < size && segment[*right - 1] != ']')
                ++*right;
            found = *right <= size;
        }
    }
    printer_forgive();
    free(copy);
    Py_XDECREF(filename);
    if (arena)
        ast_arena_free(arena);
    return found;
}

/* What to mark of the source line at an instruction; 0 when nothing is known or the whole line would be marked. */
static int find_marks(PyObject *source, PyCodeObject *code, int lasti, int line, Marks *m)
{
    int start_line, start, end_line, end;
    Py_ssize_t size;
    const char *utf8 = PyUnicode_AsUTF8AndSize(source, &size);
    if (!utf8) {
        printer_forgive();
        return 0;
    }
    if (!PyCode_Addr2Location(code, lasti, &start_line, &start, &end_line, &end) || start_line != line || start_line < 0 ||
        end_line < 0 || start < 0 || end < 0 || start > size)
        return 0;
    Py_ssize_t stripped_end = size, indent = 0;
    while (stripped_end > 0 && isspace((unsigned char)utf8[stripped_end - 1]))
        stripped_end--;
    while (indent < stripped_end && strchr(" \t\f", utf8[indent]))
        indent++;
    m->left = m->right = -1;
    if (end_line != start_line)
        end = (int)stripped_end;
    else if (end <= size && find_operator(utf8 + start, end - start, &m->left, &m->right)) {
        m->left = characters(utf8, start + m->left, size);
        m->right = characters(utf8, start + m->right, size);
    }
    if (end > size)
        end = (int)size;
    if (m->left < 0 && end - start >= stripped_end - indent)
        return 0;
    m->start = characters(utf8, start, size);
    m->end = characters(utf8, end, size);
    return m->end >= m->start;
}

/* The line of marks; without marks, as at a function's first instruction, it is a blank one. */
static PyObject *marks_text(const Marks *m, int indent)
{
    int width = Py_MAX(4 + m->end - indent, 0);
    char *text = PyMem_Malloc((size_t)width + 2);
    if (!text)
        return PyErr_NoMemory();
    for (int i = 0; i < width; i++) {
        int at = i - 4 + indent;
        text[i] = at < m->start || i < 4 ? ' ' : m->left < 0 || (at >= m->left && at < m->right) ? '^' : '~';
    }
    text[width] = '\n';
    PyObject *result = PyUnicode_FromStringAndSize(text, width + 1);
    PyMem_Free(text);
    return result;
}

/* Prints "    source" and the marks; nothing when the line is not to be had. */
static int print_source(Printer *p, PyCodeObject *code, int lasti, int line)
{
    PyObject *source = source_line(code->co_filename, line);
    if (!source || source == Py_None) {
        Py_XDECREF(source);
        return source ? 0 : -1;
    }
    Py_ssize_t length = PyUnicode_GET_LENGTH(source), indent = 0, end = length;
    while (indent < length && strchr(" \t\f", (int)(PyUnicode_READ_CHAR(source, indent) < 128 ? PyUnicode_READ_CHAR(source, indent) : 'x')))
        indent++;
    while (end > indent && PyUnicode_READ_CHAR(source, end - 1) == '\n')
        end--;
    PyObject *stripped = PyUnicode_Substring(source, indent, end);
    int result = printer_emit(p, stripped ? PyUnicode_FromFormat("    %U\n", stripped) : NULL, '|');
    Py_XDECREF(stripped);
    Marks marks;
    if (result == 0 && lasti >= 0 && find_marks(source, code, lasti, line, &marks))
        result = printer_emit(p, marks_text(&marks, (int)indent), '|');
    Py_DECREF(source);
    return result;
}

/* ---- entries ------------------------------------------------------------------------------------------------------------------------ */

static int print_entry(Printer *p, PyCodeObject *code, int lasti, int line)
{
    PyObject *text = PyUnicode_FromFormat("  File \"%U\", line %d, in %U\n", code->co_filename, line, code->co_name);
    return printer_emit(p, text, '|') < 0 ? -1 : print_source(p, code, lasti, line);
}

static int print_repeated(Printer *p, long count)
{
    count -= REPEATS_SHOWN;
    return printer_emit(p, PyUnicode_FromFormat("  [Previous line repeated %ld more time%s]\n", count, count > 1 ? "s" : ""), '|');
}

static int entry_line(PyTracebackObject *tb, PyCodeObject *code)
{
    return tb->tb_lineno > 0 ? tb->tb_lineno : PyCode_Addr2Line(code, tb->tb_lasti);
}

int traceback_print_entries(Printer *p, PyObject *traceback, long limit)
{
    PyTracebackObject *tb = (PyTracebackObject *)traceback;
    PyObject *last_file = NULL, *last_name = NULL;
    int last_line = -1, result = 0;
    long depth = 0, count = 0;
    for (PyTracebackObject *t = tb; t; t = t->tb_next)
        depth++;
    for (; tb && depth > limit; depth--)
        tb = tb->tb_next;
    for (; tb && result == 0; tb = tb->tb_next) {
        PyCodeObject *code = PyFrame_GetCode(tb->tb_frame);
        int line = entry_line(tb, code);
        if (code->co_filename != last_file || line != last_line || code->co_name != last_name) {
            if (count > REPEATS_SHOWN)
                result = print_repeated(p, count);
            last_file = code->co_filename;
            last_line = line;
            last_name = code->co_name;
            count = 0;
        }
        if (result == 0 && ++count <= REPEATS_SHOWN) {
            result = print_entry(p, code, tb->tb_lasti, line);
            if (result == 0)
                result = PyErr_CheckSignals();
        }
        Py_DECREF(code);
    }
    if (result == 0 && count > REPEATS_SHOWN)
        result = print_repeated(p, count);
    return result;
}

long traceback_limit(void)
{
    PyObject *value = PySys_GetObject("tracebacklimit");
    if (!value || !PyLong_Check(value))
        return DEFAULT_LIMIT;
    int overflow;
    long limit = PyLong_AsLongAndOverflow(value, &overflow);
    return overflow > 0 ? LONG_MAX : overflow < 0 || limit < 0 ? 0 : limit;
}

/* Prints a traceback with its heading to a file; 0 or -1. */
int PyTraceBack_Print(PyObject *traceback, PyObject *file)
{
    if (!traceback)
        return 0;
    if (!PyTraceBack_Check(traceback)) {
        PyErr_BadInternalCall();
        return -1;
    }
    Printer p = {.file = file};
    long limit = traceback_limit();
    if (limit <= 0)
        return 0;
    if (PyFile_WriteString("Traceback (most recent call last):\n", file) < 0)
        return -1;
    return traceback_print_entries(&p, traceback, limit);
}
