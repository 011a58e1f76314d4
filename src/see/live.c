/* See live.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "see/live.h"
#include "see/capture_text.h"
#include "see/tables.h"
#include "memory/memory.h"
#include "objects/code.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

LiveControl *live_watched;

LiveControl *live_control_new(void)
{
    void *page = mmap(NULL, LIVE_CONTROL_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? NULL : page;
}

void live_open(Live *l, Journal *j) { table_open(&l->news, &j->out, CHUNK_LIVE); }

void live_close(Live *l)
{
    table_close(&l->news);
    if (l->go >= 0)
        close(l->go);
    l->go = -1;
}

/* ---- breakpoints ---- */

/* Whether a path is the text, or ends with it behind a slash. */
static int is_file(const char *path, size_t length, const char *text, size_t size)
{
    return size <= length && memcmp(path + length - size, text, size) == 0 &&
           (size == length || path[length - size - 1] == '/');
}

/* Whether there is one at the line of a file, or with line 0 for a function. */
static int find(const LiveControl *c, uint32_t line, const char *text, size_t length)
{
    size_t room = LIVE_CONTROL_SIZE - sizeof *c, used = c->used < room ? c->used : room;
    for (size_t at = 0; at + 6 <= used;) {
        uint32_t wanted;
        uint16_t size;
        memcpy(&wanted, c->breakpoints + at, 4);
        memcpy(&size, c->breakpoints + at + 4, 2);
        const char *name = (const char *)c->breakpoints + at + 6;
        if ((at += 6 + (size_t)size) > used)
            break;
        if (wanted == line &&
            (line ? is_file(text, length, name, size) : size == length && memcmp(text, name, size) == 0))
            return 1;
    }
    return 0;
}

int live_has_breakpoint(const Live *l, PyCodeObject *code, int line)
{
    char path[4096];
    return find(l->control, (uint32_t)line, path, capture_cut(code->co_filename, path, sizeof path));
}

void live_enters(Live *l, PyCodeObject *code)
{
    char name[CAPTURE_TEXT];
    LiveControl *c = l->control;
    if (!c->functions || c->mode == LIVE_STEP)
        return;
    if (find(c, 0, name, capture_str(code->co_name, name)) || find(c, 0, name, capture_str(code->co_qualname, name)))
        c->mode = LIVE_STEP;
}

/* ---- telling ---- */

/* The figures of the program's heap, and how many pools of each arena are in use. */
static void put_news(Live *l, enum live_event event, uint64_t step)
{
    const HeapSide *side = &heap.sides[SIDE_PROGRAM];
    ChunkTable *t = &l->news;
    uint64_t arenas = 0;
    put_byte(t, 0, (uint8_t)event);
    put_uint(t, 1, step);
    put_uint(t, 2, side->pools_in_use);
    put_uint(t, 3, side->large_bytes);
    for (const Arena *a = heap.arenas; event != LIVE_SENT && a; a = a->all_next)
        if (a->observer == SIDE_PROGRAM) {
            put_byte(t, 5, (uint8_t)(POOLS_PER_ARENA - (unsigned)__builtin_popcountll(a->free_pools)));
            arenas++;
        }
    put_uint(t, 4, arenas);
    t->inner += (uint32_t)arenas;
    t->rows++;
}

/* Waits for leave to go on.  A signal is noted by its handler, and heeded afterwards. */
static void wait_to_go(Live *l)
{
    char byte;
    ssize_t n;
    while ((n = read(l->go, &byte, 1)) < 0 && errno == EINTR)
        ;
    if (n > 0)
        return;
    l->alone = 1;
    l->control->mode = LIVE_RUN;
    l->control->lines = l->control->functions = 0;
}

void live_tell(Live *l, Journal *j, enum live_event event, uint64_t step)
{
    if (l->alone)
        return;
    put_news(l, event, step);
    journal_send(j);
    table_flush(&l->news);
    if (event == LIVE_LINE)
        wait_to_go(l);
}

/* ---- the viewer's side ---- */

static PyObject *watch_control(PyObject *m, PyObject *ignored)
{
    if (live_watched == NULL)
        Py_RETURN_NONE;
    return PyMemoryView_FromMemory((char *)live_watched, (Py_ssize_t)LIVE_CONTROL_SIZE, PyBUF_WRITE);
}

PyMethodDef see_live_methods[] = {
    {"watch_control", watch_control, METH_NOARGS,
     "watch_control($module, /)\n--\n\nThe page that says where the watched program stops (see/live.h), a memoryview; "
     "or None."},
    {NULL}};
