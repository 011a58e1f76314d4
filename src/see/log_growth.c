/* Sums up a log of allocations as growth data: the chunks GSTR, GNOD, GACC and GROW that a recording has (accounts.h),
 * in a file of their own for the page.  A log says no types: each line has one account, of no type. */
#include "Python.h"
#include "see/alloc_read.h"
#include "see/chunks.h"
#include "see/tables.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define INTERVALS 1000

typedef struct {
    uint64_t bytes[3];
    uint32_t blocks[3]; /* born, died, passed */
} Sums;
enum { BORN, DIED, PASSED };

typedef struct {
    ChunkWriter out;
    ChunkTable growth;
    Sums *sums; /* of the interval, by node */
    uint32_t *touched;
    size_t room, touched_count;
    uint64_t length, begun; /* nanoseconds; events up to the interval */
    int failed;
} Books;

static int write_file(void *file, const void *data, size_t size)
{
    return fwrite(data, 1, size, file) == size ? 0 : -1;
}

static int make_room(Books *b, size_t nodes)
{
    if (nodes <= b->room)
        return 0;
    size_t room = nodes * 2 + 1024;
    Sums *sums = realloc(b->sums, room * sizeof *sums);
    if (sums)
        b->sums = sums;
    uint32_t *touched = realloc(b->touched, room * sizeof *touched);
    if (touched)
        b->touched = touched;
    if (!sums || !touched)
        return -1;
    memset(sums + b->room, 0, (room - b->room) * sizeof *sums);
    b->room = room;
    return 0;
}

static void book(Books *b, uint32_t node, int what, uint64_t words)
{
    Sums *s = &b->sums[node];
    if (s->blocks[BORN] + s->blocks[DIED] + s->blocks[PASSED] == 0)
        b->touched[b->touched_count++] = node;
    s->blocks[what]++;
    s->bytes[what] += words * 8;
}

static void end_interval(Books *b, uint64_t now)
{
    if (b->touched_count == 0)
        return;
    put_uint(&b->growth, 0, 0);
    put_uint(&b->growth, 1, now);
    put_uint(&b->growth, 2, b->touched_count);
    for (size_t i = 0; i < b->touched_count; i++) {
        Sums *s = &b->sums[b->touched[i]];
        put_uint(&b->growth, 3, b->touched[i] + 1);
        for (int what = 0; what < 3; what++) {
            put_uint(&b->growth, 4 + 2 * what, s->blocks[what]);
            put_uint(&b->growth, 5 + 2 * what, s->bytes[what]);
        }
        b->growth.inner++;
        *s = (Sums){0};
    }
    b->growth.rows++;
    b->touched_count = 0;
}

static int before_event(AllocReader *r)
{
    Books *b = r->context;
    if (b->length && r->now / b->length != b->begun / b->length)
        end_interval(b, b->begun);
    b->begun = r->now;
    return make_room(b, r->node_count + 1);
}

/* A block that was born in this interval is no longer one that outlives it. */
static void take_death(AllocReader *r, const LiveBlock *block)
{
    Books *b = r->context;
    Sums *s = &b->sums[block->node];
    if (s->blocks[BORN] && b->length && block->born / b->length == r->now / b->length) {
        s->blocks[BORN]--;
        s->bytes[BORN] -= (uint64_t)block->words * 8;
        s->blocks[PASSED]++;
        s->bytes[PASSED] += (uint64_t)block->words * 8;
    } else {
        book(b, block->node, DIED, block->words);
    }
}

static int take_birth(AllocReader *r, uint64_t address, uint64_t words, uint64_t node)
{
    if (words != 0 && address != 0)
        book(r->context, node < r->node_count ? (uint32_t)node : 0, BORN, words > UINT32_MAX ? UINT32_MAX : words);
    return 0;
}

/* The names, which stand before what is numbered by them. */
static void write_names(const AllocReader *r, Books *b)
{
    ChunkTable strings, nodes, accounts;
    table_open(&strings, &b->out, CHUNK_GSTR);
    table_open(&nodes, &b->out, CHUNK_GNOD);
    table_open(&accounts, &b->out, CHUNK_GACC);
    for (size_t i = 1; i < r->text_count; i++) {
        put_uint(&strings, 0, i);
        put_text(&strings, 1, r->texts[i].text ? r->texts[i].text : "", r->texts[i].length);
        strings.rows++;
    }
    for (size_t i = 0; i < r->node_count; i++) {
        const AllocNode *n = &r->nodes[i];
        const uint64_t values[] = {i, n->parent, n->function, n->file, n->line};
        for (int c = 0; i > 0 && c < 5; c++)
            put_uint(&nodes, c, values[c]);
        nodes.rows += i > 0;
        put_uint(&accounts, 0, i + 1);
        put_uint(&accounts, 1, i);
        put_uint(&accounts, 2, 0);
        accounts.rows++;
    }
    ChunkTable *all[] = {&strings, &nodes, &accounts};
    for (int i = 0; i < 3; i++) {
        table_flush(all[i]);
        table_close(all[i]);
    }
}

/* Two passes: the first says how long it is. */
static int write_growth(AllocReader *first, AllocReader *r, Books *b, const char *path)
{
    int state = alloc_read(first, path);
    if (state == 0) {
        b->length = first->tick / INTERVALS + 1;
        chunks_begin(&b->out);
        table_open(&b->growth, &b->out, CHUNK_GROW);
        state = alloc_read(r, path);
    }
    if (state == 0) {
        end_interval(b, r->tick);
        write_names(r, b);
        table_flush(&b->growth);
    }
    if (b->growth.writer)
        table_close(&b->growth);
    chunks_end(&b->out);
    return state;
}

static PyObject *see_log_growth(PyObject *m, PyObject *args)
{
    PyObject *in, *out, *from = NULL, *to = NULL;
    if (!PyArg_ParseTuple(args, "OO:log_growth", &in, &out) || !PyUnicode_FSConverter(in, &from))
        return NULL;
    if (!PyUnicode_FSConverter(out, &to)) {
        Py_DECREF(from);
        return NULL;
    }
    FILE *file = fopen(PyBytes_AS_STRING(to), "we");
    Books b = {.out = {.sink = write_file, .context = file, .compress = 1}};
    AllocReader first = {.pass = 1},
                r = {.pass = 1, .context = &b, .before = before_event, .gone = take_death, .each = take_birth};
    if (file == NULL) {
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, out);
    } else {
        int state = write_growth(&first, &r, &b, PyBytes_AS_STRING(from));
        int error = fclose(file) != 0 || b.out.failed;
        if (state < 0)
            alloc_read_raise(state, first.problem ? &first : &r, in);
        else if (error)
            PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, out);
    }
    free(b.sums);
    free(b.touched);
    alloc_reader_free(&first);
    alloc_reader_free(&r);
    Py_DECREF(from);
    Py_DECREF(to);
    return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

PyMethodDef see_log_growth_methods[] = {{"log_growth", see_log_growth, METH_VARARGS,
                                         "log_growth($module, path, out, /)\n--\n\nWrite a log of allocations as "
                                         "growth data, for the page."},
                                        {NULL}};
