/* What is left on the heap after the end.
 *
 * Each live object's reference count is compared with the references to it from other live containers (tp_traverse).  A
 * block with more is a root of a leak: some C code took a reference and did not give it back.  Objects without such a
 * surplus are held by roots and would go with them; raw buffers belong to objects and are told only when no object is
 * left. */
#include "see/leaks.h"
#include "memory/memory.h"

#include <ctype.h>
#include <stdlib.h>

#define ROOTS_SHOWN 60
#define TEXT_SHOWN 60

typedef struct {
    HeapBlock block;
    Py_ssize_t inside; /* references from other live containers */
} Row;

typedef struct {
    Row *rows; /* open-addressed by address, from malloc: the observer is not in the picture */
    size_t used, room;
    int failed;
} Table;

static Row *find(Row *rows, size_t room, const void *address)
{
    size_t i = ((uintptr_t)address >> 3) * 0x9e3779b97f4a7c15u & (room - 1);
    while (rows[i].block.address != NULL && rows[i].block.address != address)
        i = (i + 1) & (room - 1);
    return &rows[i];
}

static int note_block(const HeapBlock *block, void *arg)
{
    Table *t = arg;
    if (2 * t->used >= t->room) {
        size_t room = t->room ? t->room * 2 : 1024;
        Row *rows = calloc(room, sizeof *rows);
        if (rows == NULL)
            return t->failed = 1;
        for (size_t i = 0; i < t->room; i++)
            if (t->rows[i].block.address != NULL)
                *find(rows, room, t->rows[i].block.address) = t->rows[i];
        free(t->rows);
        t->rows = rows;
        t->room = room;
    }
    find(t->rows, t->room, block->address)->block = *block;
    t->used++;
    return 0;
}

static int count_reference(PyObject *o, void *arg)
{
    Table *t = arg;
    find(t->rows, t->room, o)->inside++; /* no row: the count lands on an empty one, which nobody reads */
    return 0;
}

/* Code objects are no containers, but hold others. */
static void count_of_code(PyCodeObject *code, Table *t)
{
    PyObject *held[] = {code->co_consts,          code->co_names,    code->co_exceptiontable, code->co_localsplusnames,
                        code->co_localspluskinds, code->co_filename, code->co_name,           code->co_qualname,
                        code->co_linetable};
    for (size_t i = 0; i < sizeof held / sizeof *held; i++)
        if (held[i] != NULL)
            count_reference(held[i], t);
}

static void count_references(Table *t)
{
    for (size_t i = 0; i < t->room; i++) {
        HeapBlock *block = &t->rows[i].block;
        if (block->address == NULL || block->kind == KIND_RAW)
            continue;
        if (PyCode_Check((PyObject *)block->address))
            count_of_code(block->address, t);
        else if (block->kind == KIND_CONTAINER && block->type->tp_traverse != NULL)
            block->type->tp_traverse(block->address, count_reference, t);
    }
}

static void print_bytes(FILE *out, const unsigned char *text, size_t length)
{
    fputs("  \"", out);
    for (size_t i = 0; i < length && i < TEXT_SHOWN; i++)
        fputc(isprint(text[i]) ? text[i] : '.', out);
    fputc('"', out);
}

static void print_text(FILE *out, PyObject *o)
{
    if (o != NULL && PyUnicode_Check(o) && PyUnicode_IS_COMPACT_ASCII(o))
        print_bytes(out, (unsigned char *)PyUnicode_DATA(o), (size_t)PyUnicode_GET_LENGTH(o));
}

/* Without asking the object: a name, a text, or the first keys. */
static void print_contents(FILE *out, PyObject *o)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    if (PyType_Check(o)) {
        fprintf(out, "  %s", ((PyTypeObject *)o)->tp_name);
    } else if (PyDict_Check(o)) {
        for (int n = 0; n < 6 && PyDict_Next(o, &at, &key, &value); n++)
            print_text(out, key);
    } else if (PyTuple_Check(o)) {
        fprintf(out, "  of %zd", PyTuple_GET_SIZE(o));
        for (at = 0; at < 3 && at < PyTuple_GET_SIZE(o); at++) {
            key = PyTuple_GET_ITEM(o, at);
            fprintf(out, " %s", key ? Py_TYPE(key)->tp_name : "NULL");
            print_text(out, key);
        }
    } else if (PyFunction_Check(o)) {
        print_text(out, ((PyFunctionObject *)o)->func_qualname);
    } else if (PyCode_Check(o)) {
        print_text(out, ((PyCodeObject *)o)->co_qualname);
    } else if (PyCFunction_Check(o)) {
        fprintf(out, "  %s", ((PyCFunctionObject *)o)->m_ml->ml_name);
    } else if (PyBytes_Check(o)) {
        print_bytes(out, (unsigned char *)PyBytes_AS_STRING(o), (size_t)PyBytes_GET_SIZE(o));
    } else if (PyLong_CheckExact(o)) {
        fprintf(out, "  %zd digits, lowest %u", Py_SIZE(o), (unsigned)((PyLongObject *)o)->ob_digit[0]);
    } else {
        print_text(out, o);
    }
}

static void print_row(FILE *out, const Row *row)
{
    const HeapBlock *b = &row->block;
    if (b->kind == KIND_RAW) {
        fprintf(out, "  %p  buffer of %zu", b->address, b->size);
        print_bytes(out, b->address, b->size);
    } else {
        fprintf(out, "  %p  %s, %zd references, %zd of them from here", b->address, b->type->tp_name,
                Py_REFCNT((PyObject *)b->address), row->inside);
        print_contents(out, b->address);
    }
    fputc('\n', out);
}

/* Prints the rows that are roots, objects or buffers; how many there are. */
static size_t print_roots(FILE *out, const Table *t, int buffers)
{
    size_t n = 0;
    for (size_t i = 0; i < t->room; i++) {
        const Row *row = &t->rows[i];
        if (row->block.address == NULL || (row->block.kind == KIND_RAW) != buffers)
            continue;
        if (!buffers && Py_REFCNT((PyObject *)row->block.address) <= row->inside)
            continue;
        if (n++ < ROOTS_SHOWN)
            print_row(out, row);
    }
    return n;
}

static void print_command(FILE *out)
{
    FILE *file = fopen("/proc/self/cmdline", "r");
    int c;
    while (file != NULL && (c = getc(file)) != EOF)
        fputc(isprint(c) ? c : ' ', out);
    if (file != NULL)
        fclose(file);
    fputc('\n', out);
}

void heap_print_leaks(FILE *out, const char *holders)
{
    Table t = {0};
    heap_walk_all(note_block, &t);
    if (t.failed) {
        fprintf(out, "no memory to count blocks\n");
    } else {
        fprintf(out, "%zu blocks left at exit%s%s\n", t.used, holders ? ", perhaps held by " : "", holders ? holders : "");
        if (t.used > 0 && (!holders || out == stderr)) { /* a file is read by the tests */
            print_command(out);
            count_references(&t);
            size_t roots = print_roots(out, &t, 0);
            if (roots == 0)
                roots = print_roots(out, &t, 1);
            fprintf(out, "  %zu roots\n", roots);
        }
    }
    free(t.rows);
}
