/* One screen of memory: the segments of the process, the heap's arenas and pools, the live objects by type. */
#include "memory/memory.h"
#include "see/summary.h"
#include "see/tables.h"
#include <stdlib.h>

#define TYPES_SHOWN 15

typedef struct {
    PyTypeObject *type;
    size_t count, bytes;
} TypeRow;

typedef struct {
    TypeRow *rows;      /* open-addressed by type, from malloc: the observer is not in the picture */
    size_t used, room;
} TypeTable;

static TypeRow *table_find(TypeRow *rows, size_t room, PyTypeObject *type)
{
    size_t i = ((uintptr_t)type >> 4) & (room - 1);
    while (rows[i].count != 0 && rows[i].type != type)
        i = (i + 1) & (room - 1);
    return &rows[i];
}

static int table_grow(TypeTable *t)
{
    size_t room = t->room ? t->room * 2 : 256;
    TypeRow *rows = calloc(room, sizeof *rows);
    if (rows == NULL)
        return -1;
    for (size_t i = 0; i < t->room; i++)
        if (t->rows[i].count != 0)
            *table_find(rows, room, t->rows[i].type) = t->rows[i];
    free(t->rows);
    t->rows = rows;
    t->room = room;
    return 0;
}

static int count_block(const HeapBlock *block, void *arg)
{
    TypeTable *t = arg;
    if (2 * t->used >= t->room && table_grow(t) < 0)
        return -1;
    TypeRow *row = table_find(t->rows, t->room, block->type);
    t->used += row->count == 0;
    row->type = block->type;
    row->count++;
    row->bytes += block->size;
    return 0;
}

static int by_bytes(const void *a, const void *b)
{
    size_t x = ((const TypeRow *)a)->bytes, y = ((const TypeRow *)b)->bytes;
    return (x < y) - (x > y);
}

static void print_types(FILE *out, size_t shown)
{
    TypeTable t = {0};
    if (heap_walk(count_block, &t) < 0) {
        free(t.rows);
        return;
    }
    if (t.rows != NULL)
        qsort(t.rows, t.room, sizeof *t.rows, by_bytes);
    fprintf(out, "  %-32s %10s %12s\n", "type", "blocks", "bytes");
    size_t count = 0, bytes = 0;
    for (size_t i = 0; i < t.used; i++) {
        if (i < shown) {
            fprintf(out, "  %-32s %10zu %12zu\n", t.rows[i].type ? t.rows[i].type->tp_name : "(buffers)",
                    t.rows[i].count, t.rows[i].bytes);
        } else {
            count += t.rows[i].count;
            bytes += t.rows[i].bytes;
        }
    }
    if (count)
        fprintf(out, "  %-32s %10zu %12zu\n", "(others)", count, bytes);
    free(t.rows);
}

/* Adds up /proc/self/maps by what the segments are. */
static void print_segments(FILE *out)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    size_t text = 0, data = 0, library = 0, stack = 0, system = 0, anonymous = 0;
    char line[4096], program[4096] = "", permissions[8], path[4096];
    if (maps == NULL)
        return;
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long low, high;
        path[0] = 0;
        if (sscanf(line, "%lx-%lx %7s %*s %*s %*s %4095[^\n]", &low, &high, permissions, path) < 3)
            continue;
        size_t size = high - low;
        if (path[0] == '/' && program[0] == 0)
            memcpy(program, path, sizeof program);
        if (path[0] == '/' && strcmp(path, program) == 0)
            *(permissions[1] == 'w' ? &data : &text) += size;
        else if (path[0] == '/')
            library += size;
        else if (strcmp(path, "[stack]") == 0)
            stack += size;
        else if (strcmp(path, "[heap]") == 0)
            system += size;
        else
            anonymous += size;
    }
    fclose(maps);
    size_t arenas = heap.sides[SIDE_PROGRAM].arena_count * ARENA_SIZE;
    fprintf(out, "process map (KiB)\n");
    fprintf(out, "  program text and constants %8zu\n  program data               %8zu\n", text / 1024, data / 1024);
    fprintf(out, "  libraries                  %8zu\n  C stack                    %8zu\n", library / 1024, stack / 1024);
    fprintf(out, "  system allocator           %8zu\n  arenas                     %8zu\n", system / 1024, arenas / 1024);
    fprintf(out, "  other anonymous            %8zu\n", (anonymous > arenas ? anonymous - arenas : 0) / 1024);
}

/* {"arenas": …, "pools_used", "pools_free", "free_bytes", "header_bytes",
 *  "kinds": [(name, blocks, bytes, large blocks, their bytes), …], "types": [(name or None, blocks, bytes), …]} */
static PyObject *see_summary(PyObject *m, PyObject *ignored)
{
    static const char *const names[] = {"raw", "object", "container"};
    HeapTotals t;
    TypeTable table = {0};
    heap_totals(&t);
    if (heap_walk(count_block, &table) < 0) {
        free(table.rows);
        return PyErr_NoMemory();
    }
    if (table.rows != NULL)
        qsort(table.rows, table.room, sizeof *table.rows, by_bytes);
    PyObject *kinds = PyTuple_New(KIND_COUNT), *types = PyTuple_New((Py_ssize_t)table.used);
    for (int k = 0; kinds && k < KIND_COUNT; k++)
        PyTuple_SET_ITEM(kinds, k, Py_BuildValue("(snnnn)", names[k], (Py_ssize_t)t.blocks[k], (Py_ssize_t)t.bytes[k],
                                                 (Py_ssize_t)t.large_blocks[k], (Py_ssize_t)t.large_bytes[k]));
    for (size_t i = 0; types && i < table.used; i++) {
        const TypeRow *row = &table.rows[i];
        PyTuple_SET_ITEM(types, (Py_ssize_t)i, Py_BuildValue("(znn)", row->type ? row->type->tp_name : NULL,
                                                             (Py_ssize_t)row->count, (Py_ssize_t)row->bytes));
    }
    free(table.rows);
    if (PyErr_Occurred()) {
        Py_XDECREF(kinds);
        Py_XDECREF(types);
        return NULL;
    }
    return Py_BuildValue("{snsnsnsnsnsNsN}", "arenas", (Py_ssize_t)t.arenas, "pools_used", (Py_ssize_t)t.pools_used,
                         "pools_free", (Py_ssize_t)t.pools_free, "free_bytes", (Py_ssize_t)t.free_bytes, "header_bytes",
                         (Py_ssize_t)t.header_bytes, "kinds", kinds, "types", types);
}

PyMethodDef see_summary_methods[] = {
    {"summary", see_summary, METH_NOARGS,
     "summary($module, /)\n--\n\nWhat --stats prints of the heap: totals by kind, live blocks by type."},
    {NULL}
};

void heap_print_summary(FILE *out)
{
    static const char *const names[] = {"buffers", "objects", "containers"};
    HeapTotals t;
    heap_totals(&t);
    print_segments(out);
    fprintf(out, "heap\n  %zu arenas of %zu KiB, %zu pools of %zu KiB in use, %zu free\n", t.arenas, ARENA_SIZE / 1024,
            t.pools_used, POOL_SIZE / 1024, t.pools_free);
    for (int k = 0; k < KIND_COUNT; k++)
        fprintf(out, "  %-10s %8zu small blocks %10zu bytes, %6zu large blocks %10zu bytes\n", names[k], t.blocks[k],
                t.bytes[k], t.large_blocks[k], t.large_bytes[k]);
    fprintf(out, "  free in pools %zu bytes, pool headers and collector state %zu bytes, behind the last blocks %zu bytes\n",
            t.free_bytes, t.header_bytes, t.tail_bytes);
    fprintf(out, "live blocks by type\n");
    print_types(out, TYPES_SHOWN);
}
