/* See sites.h.  The tables come from the C library: the tracer's memory is not part of what it traces. */
#include "modules/tracemalloc/sites.h"
#include "memory/roots.h"
#include "memory/state.h"
#include "memory/trace.h"
#include "vm/frame.h"

#include <stdlib.h>

#define FRAME_COUNTED 4                        /* in Frame.complete */
#define NO_FRAME ((const Frame *)(uintptr_t)1) /* not NULL: the thread may have none */
#define KNOWN_SIZE 1024                        /* a power of two */

/* A site of one frame: where an instruction stands under so many frames. */
typedef struct {
    const Inst *ip;
    uint32_t total, number;
} Known;

/* SITES-1  `frame` bears the mark FRAME_COUNTED while it is the call for which `total` was counted: a new call at the same
 * address has none. */
static struct {
    const Frame *frame; /* that asked last, if sites have one frame and it is no generator's: that runs under many callers */
    unsigned total;     /* frames with it */
    int limit; /* frames of a site */
    int paused;
    Site **list; /* by number; 0 is no site */
    uint32_t count, room;
    uint32_t *table; /* open addressing, numbers, 0 is free; a power of two, at most half full */
    uint32_t mask;
    Site *scratch;     /* where the stack is looked at */
    PyObject *unknown; /* "<unknown>" */
    size_t bytes;
    Known known[KNOWN_SIZE];
} sites = {.limit = 1, .frame = NO_FRAME};

void sites_pause(void) { sites.paused++; }
void sites_resume(void) { sites.paused--; }
int sites_limit(void) { return sites.limit; }
const Site *site_get(uint32_t number) { return sites.list[number]; }
size_t sites_overhead(void)
{
    return sites.bytes + sites.room * sizeof *sites.list + (sites.table ? (sites.mask + 1) * sizeof *sites.table : 0);
}

static size_t site_size(int frames) { return sizeof(Site) + (size_t)frames * sizeof(SiteFrame); }

void sites_set_limit(int frames)
{
    sites.limit = frames;
    free(sites.scratch);
    sites.scratch = NULL;
    sites.frame = NO_FRAME;
}

void sites_code_gone(void) { memset(sites.known, 0, sizeof sites.known); }

/* ---- looking at the stack ---- */

static uint32_t mix(uint32_t hash, uintptr_t value)
{
    uint64_t x = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(x >> 32);
}

/* Fills a site from the stack of the running thread; its frames' names are borrowed. */
static void look(Site *s)
{
    unsigned count = 0, total = 0;
    uint32_t hash = 0;
    for (Frame *f = frame_visible(thread_current()->frame); f; f = frame_visible(f->previous)) {
        total += total < MAX_FRAMES;
        if (count == (unsigned)sites.limit)
            continue;
        PyObject *name = f->code->co_filename;
        int line = frame_line(f);
        s->frames[count] =
            (SiteFrame){name && PyUnicode_Check(name) ? name : sites.unknown, line > 0 ? (unsigned)line : 0};
        hash = mix(mix(hash, (uintptr_t)s->frames[count].filename), s->frames[count].line);
        count++;
    }
    if (count == 0) {
        s->frames[0] = (SiteFrame){sites.unknown, 0};
        count = total = 1;
    }
    s->count = (uint16_t)count;
    s->total = (uint16_t)total;
    s->hash = mix(hash, total);
}

/* ---- the table ---- */

static int same(const Site *a, const Site *b)
{
    if (a->hash != b->hash || a->count != b->count || a->total != b->total)
        return 0;
    for (int i = 0; i < a->count; i++)
        if (a->frames[i].filename != b->frames[i].filename || a->frames[i].line != b->frames[i].line)
            return 0;
    return 1;
}

static void enter(uint32_t number)
{
    uint32_t i = sites.list[number]->hash & sites.mask;
    while (sites.table[i])
        i = (i + 1) & sites.mask;
    sites.table[i] = number;
}

/* Room for one more site; 0 or -1. */
static int grow(void)
{
    if (sites.count + 1 >= sites.room) {
        uint32_t room = sites.room ? 2 * sites.room : 1024;
        Site **list = realloc(sites.list, room * sizeof *list);
        if (list == NULL)
            return -1;
        list[0] = NULL;
        sites.list = list;
        sites.room = room;
    }
    if (sites.table == NULL || 2 * (sites.count + 1) > sites.mask) {
        uint32_t size = sites.table ? 2 * (sites.mask + 1) : 4096;
        uint32_t *table = calloc(size, sizeof *table);
        if (table == NULL)
            return -1;
        free(sites.table);
        sites.table = table;
        sites.mask = size - 1;
        for (uint32_t n = 1; n <= sites.count; n++)
            enter(n);
    }
    return 0;
}

/* The number of a site that is not in the table yet; 0 without memory. */
static uint32_t add(const Site *s)
{
    Site *copy = grow() < 0 ? NULL : malloc(site_size(s->count));
    if (copy == NULL)
        return 0;
    memcpy(copy, s, site_size(s->count));
    copy->tuple = NULL;
    for (int i = 0; i < copy->count; i++)
        Py_INCREF(copy->frames[i].filename);
    sites.bytes += site_size(s->count);
    sites.list[++sites.count] = copy;
    enter(sites.count);
    return sites.count;
}

static inline Known *known_at(const Inst *ip, unsigned total)
{
    return &sites.known[((uintptr_t)ip / sizeof(Inst) ^ total * 0x9e3779b1u) & (KNOWN_SIZE - 1)];
}

/* Remembers the site of the running frame. */
static void remember(Frame *f, unsigned total, uint32_t number)
{
    sites.frame = NO_FRAME;
    if (sites.limit != 1 || f == NULL || !f->complete || f->owner == FRAME_IN_GENERATOR)
        return;
    f->complete |= FRAME_COUNTED;
    sites.frame = f;
    sites.total = total;
    *known_at(f->ip, total) = (Known){f->ip, total, number};
}

static uint32_t site_sought(void)
{
    if (sites.paused || tstate_current() == NULL)
        return 0;
    sites_pause(); /* the line of a frame may be remembered in new memory */
    uint32_t number = 0;
    if (sites.unknown == NULL)
        sites.unknown = PyUnicode_InternFromString("<unknown>");
    if (sites.scratch == NULL)
        sites.scratch = malloc(site_size(sites.limit));
    if (sites.scratch && sites.unknown) {
        look(sites.scratch);
        if (sites.table) {
            uint32_t i = sites.scratch->hash & sites.mask;
            while (sites.table[i] && !same(sites.list[sites.table[i]], sites.scratch))
                i = (i + 1) & sites.mask;
            number = sites.table[i];
        }
        if (number == 0)
            number = add(sites.scratch);
        if (number != 0)
            remember(thread_current()->frame, sites.scratch->total, number);
    }
    sites_resume();
    return number;
}

uint32_t site_here(void)
{
    const ThreadState *t = thread_current();
    const Frame *f = t != NULL ? t->frame : NULL;
    if (f == sites.frame && f->complete & FRAME_COUNTED && !sites.paused) {
        const Known *known = known_at(f->ip, sites.total);
        if (known->ip == f->ip && known->total == sites.total)
            return known->number;
    }
    return site_sought();
}

PyObject *site_tuple(uint32_t number)
{
    Site *s = sites.list[number];
    if (s->tuple)
        return s->tuple;
    PyObject *frames = PyTuple_New(s->count);
    for (int i = 0; frames && i < s->count; i++) {
        PyObject *pair = Py_BuildValue("(OI)", s->frames[i].filename, s->frames[i].line);
        if (pair == NULL)
            Py_CLEAR(frames);
        else
            PyTuple_SET_ITEM(frames, i, pair);
    }
    return s->tuple = frames;
}

void sites_clear(void)
{
    sites_pause();
    Py_CLEAR(sites.unknown);
    sites_code_gone();
    uint32_t count = sites.count;
    Site **list = sites.list;
    sites.list = NULL;
    sites.count = sites.room = 0;
    sites.bytes = 0;
    free(sites.table);
    sites.table = NULL;
    for (uint32_t n = 1; n <= count; n++) {
        for (int i = 0; i < list[n]->count; i++)
            Py_DECREF(list[n]->frames[i].filename);
        Py_XDECREF(list[n]->tuple);
        free(list[n]);
    }
    free(list);
    sites_resume();
}

void tracemalloc_roots(RootVisit visit, void *arg)
{
    for (uint32_t n = 1; n <= sites.count; n++) {
        for (int i = 0; i < sites.list[n]->count; i++)
            root_tell(visit, arg, sites.list[n]->frames[i].filename, "tracemalloc: file name", n);
        root_tell(visit, arg, sites.list[n]->tuple, "tracemalloc: traceback", n);
    }
    root_tell(visit, arg, sites.unknown, "tracemalloc: unknown file", -1);
}
