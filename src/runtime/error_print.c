/* Printing exceptions: the chain of causes and contexts, syntax errors, notes, groups; sys.excepthook. */
#include "runtime/traceback.h"
#include "memory/stack.h"
#include "memory/state.h"
#include "objects/names.h"
#include "frameobject.h"
#include "runtime/config.h"

#include <stdlib.h>
#include <string.h>

#define GROUP_WIDTH 15
#define GROUP_DEPTH 10

static int print_chain(Printer *p, PyObject *value);

static int emit(Printer *p, PyObject *text) { return printer_emit(p, text, '|'); }
static int emit_text(Printer *p, const char *text) { return emit(p, PyUnicode_FromString(text)); }

/* str(x), or the given words when that fails; new. */
static PyObject *safe_str(PyObject *x, const char *otherwise)
{
    PyObject *text = PyObject_Str(x);
    if (!text) {
        printer_forgive();
        text = PyUnicode_FromString(otherwise);
    }
    return text;
}

/* ---- one exception ------------------------------------------------------------------------------------------------------------- */

/* module.name, without the module for builtins and __main__; new. */
static PyObject *type_name(PyObject *type)
{
    PyObject *module = PyObject_GetAttr(type, N(__module__)), *name = PyObject_GetAttr(type, N(__qualname__)), *full;
    if (!name || !PyUnicode_Check(name)) {
        printer_forgive();
        Py_XSETREF(name, PyUnicode_FromString("<unknown>"));
    }
    if (!module || !PyUnicode_Check(module)) {
        printer_forgive();
        full = name ? PyUnicode_FromFormat("<unknown>.%U", name) : NULL;
    } else if (_PyUnicode_EqualToASCIIString(module, "builtins") || _PyUnicode_EqualToASCIIString(module, "__main__")) {
        full = Py_XNewRef(name);
    } else {
        full = name ? PyUnicode_FromFormat("%U.%U", module, name) : NULL;
    }
    Py_XDECREF(module);
    Py_XDECREF(name);
    return full;
}

/* An attribute as int; `otherwise` when absent, None or no int. */
static long int_attribute(PyObject *value, PyObject *name, long otherwise)
{
    PyObject *x = PyObject_GetAttr(value, name);
    long n = x && PyLong_Check(x) ? PyLong_AsLong(x) : otherwise;
    if (PyErr_Occurred()) {
        printer_forgive();
        n = otherwise;
    }
    Py_XDECREF(x);
    return n;
}

/* The source text of a SyntaxError and the marks under its place. */
static int print_syntax_text(Printer *p, PyObject *text, long offset, long end_offset, int one_line)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(text), indent = 0;
    while (length > 0 && PyUnicode_READ_CHAR(text, length - 1) == '\n')
        length--;
    for (Py_ssize_t i = length - 1; i >= 0; i--) /* of several lines the last is shown */
        if (PyUnicode_READ_CHAR(text, i) == '\n' && i + 1 < length) {
            indent = offset > i + 1 ? i + 1 : 0;
            break;
        }
    while (indent < length && (PyUnicode_READ_CHAR(text, indent) == ' ' || PyUnicode_READ_CHAR(text, indent) == '\t' ||
                               PyUnicode_READ_CHAR(text, indent) == '\f'))
        indent++;
    PyObject *shown = PyUnicode_Substring(text, indent, length);
    if (emit(p, shown ? PyUnicode_FromFormat("    %U\n", shown) : NULL) < 0) {
        Py_XDECREF(shown);
        return -1;
    }
    if (offset > length + 1)
        offset = length + 1;
    long start = offset - 1 - indent, end = end_offset - 1 - indent;
    int result = 0;
    if (offset >= 1 && start >= 0) {
        if (!one_line || end > length - indent)
            end = length - indent;
        if (end <= start)
            end = start + 1;
        PyObject *marks = PyUnicode_New(4 + end + 1, 127);
        for (long i = 0; marks && i < 4 + end; i++) {
            long at = i - 4;
            Py_UCS4 c = at >= 0 && at < start && at < PyUnicode_GET_LENGTH(shown) ? PyUnicode_READ_CHAR(shown, at) : ' ';
            PyUnicode_WRITE(PyUnicode_KIND(marks), PyUnicode_DATA(marks), i, at >= start ? '^' : c == '\t' ? '\t' : ' ');
        }
        if (marks)
            PyUnicode_WRITE(PyUnicode_KIND(marks), PyUnicode_DATA(marks), 4 + end, '\n');
        result = emit(p, marks);
    }
    Py_DECREF(shown);
    return result;
}

/* "  File …, line …" and the marked source of a SyntaxError; *message gets its msg, new.  1 when it was one with a place,
 * 0 for anything else, -1 on error. */
static int print_syntax_error(Printer *p, PyObject *value, PyObject **message)
{
    PyObject *place;
    if (!PyObject_TypeCheck(value, (PyTypeObject *)PyExc_SyntaxError) ||
        _PyObject_LookupAttr(value, N(print_file_and_line), &place) <= 0) {
        printer_forgive();
        return 0;
    }
    Py_DECREF(place);
    PyObject *number = PyObject_GetAttr(value, N(lineno));
    int placed = number && PyLong_Check(number);
    Py_XDECREF(number);
    if (!placed) {
        printer_forgive();
        return 0;
    }
    PyObject *msg = PyObject_GetAttr(value, N(msg)), *filename = PyObject_GetAttr(value, N(filename));
    PyObject *text = PyObject_GetAttr(value, N(text));
    printer_forgive();
    long line = int_attribute(value, N(lineno), 0), offset = int_attribute(value, N(offset), -1);
    long end_line = int_attribute(value, N(end_lineno), line), end_offset = int_attribute(value, N(end_offset), -1);
    if (end_line <= 0)
        end_line = line;
    int result = 0;
    PyObject *name = filename && filename != Py_None ? safe_str(filename, "<unknown>") : PyUnicode_FromString("<string>");
    if (!name || emit(p, PyUnicode_FromFormat("  File \"%U\", line %ld\n", name, line)) < 0)
        result = -1;
    Py_XDECREF(name);
    if (result == 0 && text && PyUnicode_Check(text)) {
        if (end_offset <= 0 || PyObject_TypeCheck(value, (PyTypeObject *)PyExc_IndentationError))
            end_offset = offset + 1;
        result = print_syntax_text(p, text, offset, end_offset == offset ? offset + 1 : end_offset, end_line == line);
    }
    Py_XDECREF(filename);
    Py_XDECREF(text);
    *message = msg ? msg : Py_NewRef(Py_None);
    return result < 0 ? -1 : 1;
}

/* "Type: message", with a suggestion where there is one. */
static int print_message(Printer *p, PyObject *value, PyObject *message)
{
    PyObject *name = type_name((PyObject *)Py_TYPE(value));
    PyObject *text = message ? PyObject_Str(message) : PyObject_Str(value);
    if (!text) {
        printer_forgive();
        text = PyUnicode_FromString("<exception str() failed>");
    }
    PyObject *suggestion = exception_suggestion(value);
    if (!suggestion) {
        printer_forgive();
        suggestion = PyUnicode_FromString("");
    }
    PyObject *line = NULL;
    if (name && text && suggestion)
        line = PyUnicode_GET_LENGTH(text) || PyUnicode_GET_LENGTH(suggestion)
                   ? PyUnicode_FromFormat("%U: %U%U\n", name, text, suggestion) : PyUnicode_FromFormat("%U\n", name);
    Py_XDECREF(name);
    Py_XDECREF(text);
    Py_XDECREF(suggestion);
    return emit(p, line);
}

/* The items of __notes__, each a line or more. */
static int print_notes(Printer *p, PyObject *value)
{
    PyObject *notes;
    if (!PyExceptionInstance_Check(value))
        return 0;
    if (_PyObject_LookupAttr(value, N(__notes__), &notes) <= 0)
        return PyErr_Occurred() ? -1 : 0;
    int result = 0;
    if (!PySequence_Check(notes) || PyUnicode_Check(notes) || PyBytes_Check(notes)) {
        PyObject *shown = PyObject_Repr(notes);
        if (!shown) {
            printer_forgive();
            shown = PyUnicode_FromString("<__notes__ repr() failed>");
        }
        result = emit(p, shown);
    } else {
        for (Py_ssize_t i = 0; result == 0 && i < PySequence_Size(notes); i++) {
            PyObject *note = PySequence_GetItem(notes, i);
            PyObject *text = note ? safe_str(note, "<note str() failed>") : NULL;
            result = emit(p, text ? PyUnicode_FromFormat("%U\n", text) : NULL);
            Py_XDECREF(note);
            Py_XDECREF(text);
        }
    }
    Py_DECREF(notes);
    return result;
}

static int print_body(Printer *p, PyObject *value)
{
    PyObject *message = NULL;
    int syntax = print_syntax_error(p, value, &message);
    int result = syntax < 0 ? -1 : print_message(p, value, message);
    Py_XDECREF(message);
    return result < 0 ? -1 : print_notes(p, value);
}

static int print_traceback(Printer *p, PyObject *value, const char *heading, char margin)
{
    PyObject *traceback = PyException_GetTraceback(value);
    int result = 0;
    long limit = traceback_limit();
    if (traceback && PyTraceBack_Check(traceback) && limit > 0) {
        result = printer_emit(p, PyUnicode_FromString(heading), margin);
        if (result == 0)
            result = traceback_print_entries(p, traceback, limit);
    }
    Py_XDECREF(traceback);
    return result;
}

/* ---- groups --------------------------------------------------------------------------------------------------------------------------- */

static int write_rule(Printer *p, const char *front, const char *title)
{
    char line[256];
    int indent = 2 * (p->depth > 60 ? 60 : p->depth);
    if (title)
        snprintf(line, sizeof line, "%*s%s+---------------- %s ----------------\n", indent, "", front, title);
    else
        snprintf(line, sizeof line, "%*s+------------------------------------\n", indent, "");
    return PyFile_WriteString(line, p->file);
}

static int print_group(Printer *p, PyObject *value)
{
    if (p->depth > GROUP_DEPTH)
        return emit(p, PyUnicode_FromFormat("... (max_group_depth is %d)\n", GROUP_DEPTH));
    int top = p->depth == 0;
    p->depth += top;
    if (print_traceback(p, value, "Exception Group Traceback (most recent call last):\n", top ? '+' : '|') < 0 || print_body(p, value) < 0)
        return -1;
    PyObject *members = PyObject_GetAttrString(value, "exceptions");
    Py_ssize_t count = members && PyTuple_Check(members) ? PyTuple_GET_SIZE(members) : 0;
    Py_ssize_t shown = count <= GROUP_WIDTH ? count : GROUP_WIDTH + 1;
    int result = members ? 0 : -1;
    p->need_close = 0;
    for (Py_ssize_t i = 0; i < shown && result == 0; i++) {
        int last = i == shown - 1;
        char title[32] = "...";
        if (last)
            p->need_close = 1;
        if (i < GROUP_WIDTH)
            snprintf(title, sizeof title, "%zd", i + 1);
        result = write_rule(p, i == 0 ? "+-" : "  ", title);
        p->depth++;
        if (result == 0 && i < GROUP_WIDTH)
            result = print_chain(p, PyTuple_GET_ITEM(members, i));
        else if (result == 0)
            result = emit(p, PyUnicode_FromFormat("and %zd more exception%s\n", count - GROUP_WIDTH, count - GROUP_WIDTH > 1 ? "s" : ""));
        if (result == 0 && last && p->need_close) {
            result = write_rule(p, "", NULL);
            p->need_close = 0;
        }
        p->depth--;
    }
    Py_XDECREF(members);
    p->depth -= top;
    return result;
}

/* ---- the chain ------------------------------------------------------------------------------------------------------------------------- */

static int print_one(Printer *p, PyObject *value)
{
    if (PyObject_TypeCheck(value, (PyTypeObject *)PyExc_BaseExceptionGroup))
        return print_group(p, value);
    if (PyExceptionInstance_Check(value) &&
        print_traceback(p, value, "Traceback (most recent call last):\n", '|') < 0)
        return -1;
    return print_body(p, value);
}

/* 1 when the exception was not seen before (it is now), 0 when it was, -1 on error. */
static int first_seen(Printer *p, PyObject *value)
{
    PyObject *id = PyLong_FromVoidPtr(value);
    int seen = id ? PySet_Contains(p->seen, id) : -1;
    if (seen == 0 && PySet_Add(p->seen, id) < 0)
        seen = -1;
    Py_XDECREF(id);
    return seen < 0 ? -1 : !seen;
}

/* What the exception came from, new: *words gets the sentence between the two; NULL when nothing. */
static PyObject *predecessor(PyObject *value, const char **words)
{
    PyBaseExceptionObject *e = (PyBaseExceptionObject *)value;
    if (!PyExceptionInstance_Check(value))
        return NULL;
    if (e->cause) {
        *words = "\nThe above exception was the direct cause of the following exception:\n\n";
        return Py_NewRef(e->cause);
    }
    if (e->context && !e->suppress_context) {
        *words = "\nDuring handling of the above exception, another exception occurred:\n\n";
        return Py_NewRef(e->context);
    }
    return NULL;
}

/* Prints the oldest first; the chain is gathered in a list, so its length needs no C stack. */
static int print_chain(Printer *p, PyObject *value)
{
    if (c_stack_low())
        return c_stack_check(" while printing an exception");
    PyObject *chain = PyList_New(0), *next = Py_NewRef(value);
    int result = chain ? 0 : -1;
    while (next && result == 0) {
        const char *words;
        int first = first_seen(p, next);
        if (first > 0 || (first == 0 && PyList_GET_SIZE(chain) == 0))
            result = PyList_Append(chain, next);
        else if (first < 0)
            result = -1;
        if (first > 0 && result == 0)
            Py_SETREF(next, predecessor(next, &words));
        else
            Py_CLEAR(next);
    }
    Py_XDECREF(next);
    for (Py_ssize_t i = chain ? PyList_GET_SIZE(chain) - 1 : -1; i >= 0 && result == 0; i--) {
        PyObject *one = PyList_GET_ITEM(chain, i);
        result = print_one(p, one);
        if (i > 0 && result == 0) {
            const char *words = "";
            Py_XDECREF(predecessor(PyList_GET_ITEM(chain, i - 1), &words));
            result = emit_text(p, words);
        }
    }
    Py_XDECREF(chain);
    return result;
}

/* ---- the C API ----------------------------------------------------------------------------------------------------------------------------- */

void _PyErr_Display(PyObject *file, PyObject *type, PyObject *value, PyObject *traceback)
{
    if (!value)
        value = Py_None;
    if (PyExceptionInstance_Check(value) && traceback && PyTraceBack_Check(traceback)) {
        PyObject *have = PyException_GetTraceback(value);
        if (have)
            Py_DECREF(have);
        else
            PyException_SetTraceback(value, traceback);
    }
    Printer p = {.file = file, .seen = PySet_New(NULL)};
    int failed = !p.seen;
    if (!failed && !PyExceptionInstance_Check(value)) {
        PyObject *line = PyUnicode_FromFormat("TypeError: print_exception(): Exception expected for value, %s found\n", Py_TYPE(value)->tp_name);
        failed = emit(&p, line) < 0;
    } else if (!failed) {
        failed = print_chain(&p, value) < 0;
    }
    if (failed) {
        if (PyErr_ExceptionMatches(PyExc_MemoryError)) /* nothing is lost without a word */
            fprintf(stderr, "MemoryError: %s cannot be shown\n", Py_TYPE(value)->tp_name);
        PyErr_Clear();
    }
    Py_XDECREF(p.seen);
    PyObject *flushed = PyObject_CallMethodNoArgs(file, N(flush));
    if (!flushed)
        PyErr_Clear();
    Py_XDECREF(flushed);
}

void PyErr_Display(PyObject *type, PyObject *value, PyObject *traceback)
{
    PyObject *file = PySys_GetObject("stderr");
    if (!file) { /* too early or too late for streams */
        PyObject *text = value ? PyObject_Str(value) : NULL;
        const char *utf8 = text ? PyUnicode_AsUTF8(text) : NULL;
        fprintf(stderr, "%s: %s\n", value ? Py_TYPE(value)->tp_name : "error", utf8 ? utf8 : "?");
        for (PyTracebackObject *tb = (PyTracebackObject *)traceback; tb && tb != (void *)Py_None; tb = tb->tb_next) {
            PyCodeObject *code = PyFrame_GetCode(tb->tb_frame);
            fprintf(stderr, "  line %d in %s\n", PyCode_Addr2Line(code, tb->tb_lasti), PyUnicode_AsUTF8(code->co_name));
            Py_DECREF(code);
        }
        PyErr_Clear();
        Py_XDECREF(text);
        PyObject *cause = value && PyExceptionInstance_Check(value) ? PyException_GetCause(value) : NULL;
        if (cause)
            fprintf(stderr, "  because of %s\n", Py_TYPE(cause)->tp_name);
        Py_XDECREF(cause);
        return;
    }
    if (file == Py_None)
        return;
    Py_INCREF(file);
    _PyErr_Display(file, type, value, traceback);
    Py_DECREF(file);
}

/* sys.last_type, last_value, last_traceback. */
static void remember(PyObject *type, PyObject *value, PyObject *traceback)
{
    if (PySys_SetObject("last_type", type) < 0 || PySys_SetObject("last_value", value) < 0 ||
        PySys_SetObject("last_traceback", traceback ? traceback : Py_None) < 0)
        PyErr_Clear();
}

/* sys.excepthook is gone or has failed: says so, and prints plainly. */
static void hook_failed(PyObject *type, PyObject *value, PyObject *traceback)
{
    PyObject *type2, *value2, *traceback2;
    PyErr_Fetch(&type2, &value2, &traceback2);
    PyErr_NormalizeException(&type2, &value2, &traceback2);
    fflush(stdout);
    PySys_WriteStderr("Error in sys.excepthook:\n");
    PyErr_Display(type2, value2, traceback2);
    PySys_WriteStderr("\nOriginal exception was:\n");
    PyErr_Display(type, value, traceback);
    Py_XDECREF(type2);
    Py_XDECREF(value2);
    Py_XDECREF(traceback2);
}

/* Ends the process when the pending exception is SystemExit, unless a prompt is to follow (-i). */
static void exit_if_asked(void)
{
    if (!PyErr_ExceptionMatches(PyExc_SystemExit) || config_current()->inspect)
        return;
    PyObject *type, *value, *traceback, *code = NULL;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    int status = 0;
    if (value && _PyObject_LookupAttr(value, N(code), &code) < 0)
        PyErr_Clear();
    if (code && PyLong_Check(code)) {
        status = (int)PyLong_AsLong(code);
    } else if (code && code != Py_None) {
        PyObject *file = PySys_GetObject("stderr");
        if (file && file != Py_None)
            PyFile_WriteObject(code, file, Py_PRINT_RAW);
        PySys_WriteStderr("\n");
        status = 1;
    }
    Py_XDECREF(code);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    Py_Exit(status);
}

void PyErr_PrintEx(int set_last)
{
    exit_if_asked();
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (!type)
        return;
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback && value && PyExceptionInstance_Check(value))
        PyException_SetTraceback(value, traceback);
    if (set_last)
        remember(type, value, traceback);
    PyObject *hook = PySys_GetObject("excepthook");
    if (hook && hook != Py_None) {
        Py_INCREF(hook);
        PyObject *result = PySys_Audit("sys.excepthook", "OOOO", hook, type, value, traceback ? traceback : Py_None) < 0 ? NULL
                           : PyObject_CallFunctionObjArgs(hook, type, value ? value : Py_None, traceback ? traceback : Py_None, NULL);
        Py_DECREF(hook);
        if (!result) {
            exit_if_asked();
            hook_failed(type, value, traceback);
        }
        Py_XDECREF(result);
    } else {
        PySys_WriteStderr("sys.excepthook is missing\n");
        PyErr_Display(type, value, traceback);
    }
    PyErr_Clear();
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
}

void PyErr_Print(void) { PyErr_PrintEx(1); }
