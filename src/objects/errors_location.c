/* Where a SyntaxError is: PyErr_SyntaxLocation*, PyErr_ProgramText*. */
#include "Python.h"

#include <stdio.h>
#include <string.h>

/* Line `lineno` of an open file as str, or NULL without an exception. */
static PyObject *read_line(FILE *f, int lineno)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n = -1;
    for (int i = 0; i < lineno; i++)
        if ((n = getline(&line, &room, f)) < 0)
            break;
    PyObject *text = n >= 0 ? PyUnicode_DecodeUTF8(line, n, "replace") : NULL;
    free(line);
    if (text == NULL)
        PyErr_Clear();
    return text;
}

PyObject *_PyErr_ProgramDecodedTextObject(PyObject *filename, int lineno, const char *encoding)
{
    PyObject *path;
    if (filename == NULL || lineno <= 0)
        return NULL;
    if (!PyUnicode_FSConverter(filename, &path)) {
        PyErr_Clear();
        return NULL;
    }
    FILE *f = fopen(PyBytes_AS_STRING(path), "rb");
    Py_DECREF(path);
    if (f == NULL)
        return NULL;
    PyObject *text = read_line(f, lineno);
    fclose(f);
    return text;
}

PyObject *PyErr_ProgramTextObject(PyObject *filename, int lineno)
{
    return _PyErr_ProgramDecodedTextObject(filename, lineno, NULL);
}

PyObject *PyErr_ProgramText(const char *filename, int lineno)
{
    PyObject *name = filename ? PyUnicode_DecodeFSDefault(filename) : NULL;
    if (name == NULL) {
        PyErr_Clear();
        return NULL;
    }
    PyObject *text = PyErr_ProgramTextObject(name, lineno);
    Py_DECREF(name);
    return text;
}

/* Sets an attribute to an int, or to None when it is negative or unknown; errors are dropped. */
static void set_number(PyObject *exc, const char *attribute, int known, int number)
{
    PyObject *value = known ? PyLong_FromLong(number) : Py_NewRef(Py_None);
    if (value == NULL || PyObject_SetAttrString(exc, attribute, value) < 0)
        PyErr_Clear();
    Py_XDECREF(value);
}

/* Adds a default for an attribute that the exception does not have. */
static void set_default(PyObject *exc, const char *attribute)
{
    PyObject *value = PyObject_GetAttrString(exc, attribute);
    if (value == NULL) {
        PyErr_Clear();
        set_number(exc, attribute, 0, 0);
    }
    Py_XDECREF(value);
}

void PyErr_RangedSyntaxLocationObject(PyObject *filename, int lineno, int col_offset, int end_lineno, int end_col_offset)
{
    PyObject *type, *exc, *tb;
    PyErr_Fetch(&type, &exc, &tb);
    PyErr_NormalizeException(&type, &exc, &tb);
    set_number(exc, "lineno", 1, lineno);
    set_number(exc, "offset", col_offset >= 0, col_offset);
    set_number(exc, "end_lineno", end_lineno >= 0, end_lineno);
    set_number(exc, "end_offset", end_col_offset >= 0, end_col_offset);
    if (filename) {
        if (PyObject_SetAttrString(exc, "filename", filename) < 0)
            PyErr_Clear();
        PyObject *text = PyErr_ProgramTextObject(filename, lineno);
        if (PyObject_SetAttrString(exc, "text", text ? text : Py_None) < 0)
            PyErr_Clear();
        Py_XDECREF(text);
    }
    if ((PyObject *)Py_TYPE(exc) != PyExc_SyntaxError) {
        set_default(exc, "msg");
        set_default(exc, "print_file_and_line");
    }
    PyErr_Restore(type, exc, tb);
}

void PyErr_SyntaxLocationObject(PyObject *filename, int lineno, int col_offset)
{
    PyErr_RangedSyntaxLocationObject(filename, lineno, col_offset, lineno, -1);
}

void PyErr_SyntaxLocationEx(const char *filename, int lineno, int col_offset)
{
    PyObject *name = filename ? PyUnicode_DecodeFSDefault(filename) : NULL;
    if (name == NULL)
        PyErr_Clear();
    PyErr_SyntaxLocationObject(name, lineno, col_offset);
    Py_XDECREF(name);
}

void PyErr_SyntaxLocation(const char *filename, int lineno) { PyErr_SyntaxLocationEx(filename, lineno, -1); }
