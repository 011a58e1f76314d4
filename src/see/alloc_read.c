/* Reads the log of allocations (alloc_log.h): sums by place, when most bytes were live, how long blocks lived.
 *
 * Two passes over the file: the first finds the moment of the peak, the second also what was live then. */
#include "see/alloc_read.h"
#include "see/capture_object.h"
#include "see/chunks.h"
#include "see/tables.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NUMBERS_MAX (1u << 26)

static uint64_t hash_address(uint64_t address) { return (address >> 3) * 0x9e3779b97f4a7c15u >> 20; }

/* The slot of an address in the table of live blocks: its own, or a free one. */
static size_t live_slot(const AllocReader *r, uint64_t address)
{
    size_t i = hash_address(address) & r->live_mask;
    while (r->live[i].address && r->live[i].address != address)
        i = (i + 1) & r->live_mask;
    return i;
}

static int live_grow(AllocReader *r)
{
    if (r->live && 2 * (r->live_count + 1) <= r->live_mask)
        return 0;
    size_t old_mask = r->live ? r->live_mask : 0, mask = r->live ? 2 * r->live_mask + 1 : 65535;
    LiveBlock *old = r->live, *bigger = calloc(mask + 1, sizeof *bigger);
    if (bigger == NULL)
        return -1;
    r->live = bigger;
    r->live_mask = mask;
    for (size_t i = 0; old && i <= old_mask; i++)
        if (old[i].address)
            bigger[live_slot(r, old[i].address)] = old[i];
    free(old);
    return 0;
}

/* Takes a slot's block out; those behind it close up. */
static void live_remove(AllocReader *r, size_t hole)
{
    r->live_count--;
    for (size_t i = hole;;) {
        r->live[hole].address = 0;
        for (;;) {
            i = (i + 1) & r->live_mask;
            if (r->live[i].address == 0)
                return;
            size_t home = hash_address(r->live[i].address) & r->live_mask;
            if (((i - home) & r->live_mask) >= ((i - hole) & r->live_mask))
                break;
        }
        r->live[hole] = r->live[i];
        hole = i;
    }
}

static void died(AllocReader *r, size_t slot)
{
    LiveBlock block = r->live[slot];
    live_remove(r, slot);
    AllocSum *sum = &r->sums[block.node];
    uint64_t bytes = (uint64_t)block.words * 8;
    r->bytes -= bytes;
    r->blocks--;
    sum->live[0]--;
    sum->live[1] -= bytes;
    if (r->now > block.born)
        sum->lifetime += r->now - block.born;
    if (r->gone)
        r->gone(r, &block);
    if (r->last_birth == block.address && r->last_birth_event + 1 == r->event)
        sum->temporary++;
}

static int take_event(AllocReader *r, uint64_t address, uint64_t words, uint64_t node)
{
    if (address == 0)
        return 0;
    if (live_grow(r) < 0)
        return -1;
    size_t slot = live_slot(r, address);
    if (r->live[slot].address) { /* released, or released unseen and used anew */
        died(r, slot);
        slot = live_slot(r, address);
    }
    if (words == 0)
        return 0;
    if (node >= r->node_count || node >= NUMBERS_MAX)
        node = 0;
    AllocSum *sum = &r->sums[node];
    uint64_t bytes = words * 8;
    r->live[slot] = (LiveBlock){address, r->now, (uint32_t)Py_MIN(words, UINT32_MAX), (uint32_t)node};
    bytes = (uint64_t)r->live[slot].words * 8;
    r->live_count++;
    r->blocks++;
    r->bytes += bytes;
    sum->total[0]++;
    sum->total[1] += bytes;
    sum->live[0]++;
    sum->live[1] += bytes;
    if (sum->live[1] > sum->most[1]) {
        sum->most[0] = sum->live[0];
        sum->most[1] = sum->live[1];
    }
    r->last_birth = address;
    r->last_birth_event = r->event;
    if (r->bytes > r->peak_bytes) {
        r->peak_bytes = r->bytes;
        r->peak_event = r->event;
        r->peak_time = r->now;
    }
    return 0;
}

static void keep_peak(AllocReader *r)
{
    for (size_t i = 0; i < r->node_count; i++)
        memcpy(r->sums[i].peak, r->sums[i].live, sizeof r->sums[i].peak);
}

static int take_events(AllocReader *r, Chunk *chunk)
{
    uint64_t start = r->tick, span = r->next_tick > start ? r->next_tick - start : 0;
    for (uint32_t i = 0; i < chunk->rows; i++) {
        uint64_t address = get_place(chunk, 0), words = get_uint(chunk, 1), node = get_uint(chunk, 2);
        if (chunk->broken)
            return 0;
        r->now = start + (uint64_t)((double)span * (i + 1) / chunk->rows);
        r->event++;
        if (r->before && r->before(r) < 0)
            return -1;
        if (take_event(r, address, words, node) < 0)
            return -1;
        if (r->pass == 2 && r->event == r->sought_event)
            keep_peak(r);
        if (r->each && r->each(r, address, words, node) < 0)
            return -1;
    }
    r->tick = r->next_tick;
    return r->after ? r->after(r) : 0;
}

/* A row of an array indexed by a number of the file; NULL when there is no sense in it, or no memory. */
static void *numbered(void **items, size_t *count, size_t *room, size_t each, uint64_t number)
{
    if (number >= NUMBERS_MAX || number > 4 * (*count + 1024))
        return NULL;
    if (number >= *room) {
        size_t more = number * 2 + 1024;
        void *bigger = realloc(*items, more * each);
        if (bigger == NULL)
            return NULL;
        memset((char *)bigger + *room * each, 0, (more - *room) * each);
        *items = bigger;
        *room = more;
    }
    if (number >= *count)
        *count = number + 1;
    return (char *)*items + number * each;
}

static int take_node(AllocReader *r, Chunk *chunk)
{
    uint64_t number = get_uint(chunk, 0), parent = get_uint(chunk, 1);
    size_t sum_count = r->node_count, sum_room = r->node_room;
    void *sum = numbered((void **)&r->sums, &sum_count, &sum_room, sizeof *r->sums, number); /* first: no node without */
    AllocNode *node = sum ? numbered((void **)&r->nodes, &r->node_count, &r->node_room, sizeof *r->nodes, number) : NULL;
    if (node == NULL) {
        chunk->broken = "a number has no sense";
        return 0;
    }
    node->parent = parent < number ? (uint32_t)parent : 0; /* parents come first: no cycles */
    node->function = (uint32_t)get_uint(chunk, 2);
    node->file = (uint32_t)get_uint(chunk, 3);
    node->line = (uint32_t)get_uint(chunk, 4);
    return r->new_node ? r->new_node(r, (uint32_t)number) : 0;
}

static int take_string(AllocReader *r, Chunk *chunk)
{
    size_t length;
    uint64_t number = get_uint(chunk, 0);
    const char *text = get_text(chunk, 1, &length);
    AllocText *t = numbered((void **)&r->texts, &r->text_count, &r->text_room, sizeof *r->texts, number);
    if (t == NULL) {
        chunk->broken = "a number has no sense";
        return 0;
    }
    free(t->text);
    t->text = malloc(length + 1);
    if (t->text == NULL)
        return -1;
    memcpy(t->text, text, length);
    t->text[length] = 0;
    t->length = length;
    return 0;
}

static int take_chunk(AllocReader *r, Chunk *chunk)
{
    int result = 0;
    if (chunk->rows && chunk->known >= 0 && chunk->column[0].at == NULL)
        chunk->broken = "a chunk without its first column";
    if (chunk->known == CHUNK_ALOG && !chunk->broken)
        return take_events(r, chunk);
    for (uint32_t i = 0; i < chunk->rows && !chunk->broken && result == 0; i++)
        switch (chunk->known) {
        case CHUNK_STRS: result = take_string(r, chunk); break;
        case CHUNK_NODE: result = take_node(r, chunk); break;
        case CHUNK_TICK:
            get_uint(chunk, 0);
            r->next_tick = get_uint(chunk, 1);
            break;
        case CHUNK_DONE:
            get_uint(chunk, 0);
            r->complete = 1;
            break;
        default: i = chunk->rows - 1; break;
        }
    return result;
}

static int64_t read_file(void *context, void *data, size_t size)
{
    return (int64_t)fread(data, 1, size, context);
}

int alloc_read(AllocReader *r, const char *path)
{
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return -1;
    ChunkReader reader = {.source = read_file, .context = file};
    Chunk *chunk = malloc(sizeof *chunk);
    size_t sums = 0, room = 0;
    int state = -1;
    if (chunk && numbered((void **)&r->sums, &sums, &room, sizeof *r->sums, 0) &&
        numbered((void **)&r->nodes, &r->node_count, &r->node_room, sizeof *r->nodes, 0))
        state = chunks_open(&reader);
    else
        reader.error = ENOMEM;
    int bad = state == 0;
    r->problem = reader.problem;
    while (state > 0 && (state = chunks_next(&reader, chunk)) > 0) {
        if (take_chunk(r, chunk) < 0) {
            reader.error = r->failed ? r->failed : ENOMEM;
            state = -1;
        } else if (chunk->broken) {
            r->problem = chunk->broken;
            state = 0;
        }
    }
    if (state == 0 && !r->problem)
        r->problem = reader.problem ? reader.problem : r->complete ? NULL : "the file ends before its last chunk";
    if (r->pass == 2 && r->sought_event == 0)
        keep_peak(r);
    free(chunk);
    chunks_close(&reader);
    fclose(file);
    errno = reader.error;
    return bad ? -2 : state < 0 ? -1 : 0;
}

void alloc_reader_free(AllocReader *r)
{
    for (size_t i = 0; i < r->text_count; i++)
        free(r->texts[i].text);
    free(r->texts);
    free(r->nodes);
    free(r->sums);
    free(r->live);
}

/* ---- for lib/limpid/log.py ---- */

static PyObject *text_of(const AllocReader *r, uint32_t number)
{
    if (number >= r->text_count || r->texts[number].text == NULL)
        return PyUnicode_FromString("");
    return PyUnicode_DecodeUTF8(r->texts[number].text, (Py_ssize_t)r->texts[number].length, "replace");
}

static int add(PyObject *list, PyObject *item)
{
    int result = item ? PyList_Append(list, item) : -1;
    Py_XDECREF(item);
    return result;
}

/* [(parent, function, file, line, total, bytes, peak.., end.., most.., lifetime in ns, temporary)] by number of the node */
static PyObject *node_rows(const AllocReader *r)
{
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < r->node_count; i++) {
        const AllocNode *n = &r->nodes[i];
        const AllocSum *s = &r->sums[i];
        if (add(list, Py_BuildValue("(INNI(KK)(KK)(KK)(KK)KK)", n->parent, text_of(r, n->function), text_of(r, n->file), n->line,
                                    s->total[0], s->total[1], s->peak[0], s->peak[1], s->live[0], s->live[1], s->most[0],
                                    s->most[1], s->lifetime, s->temporary)) < 0)
            Py_CLEAR(list);
    }
    return list;
}

#define POINTS_MAX 4096

/* [(ns, live bytes, live blocks)], at most POINTS_MAX of them; every other one is dropped when there are too many. */
typedef struct {
    uint64_t points[POINTS_MAX][3];
    size_t count, every, skipped;
} Timeline;

static int add_point(AllocReader *r)
{
    Timeline *t = r->context;
    if (t->skipped++ % t->every)
        return 0;
    if (t->count == POINTS_MAX) {
        for (size_t i = 0; i < POINTS_MAX / 2; i++)
            memcpy(t->points[i], t->points[2 * i], sizeof t->points[i]);
        t->count /= 2;
        t->every *= 2;
    }
    uint64_t point[3] = {r->now, r->bytes, r->blocks};
    memcpy(t->points[t->count++], point, sizeof point);
    return 0;
}

static PyObject *timeline_rows(const Timeline *t)
{
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < t->count; i++)
        if (add(list, Py_BuildValue("(KKK)", t->points[i][0], t->points[i][1], t->points[i][2])) < 0)
            Py_CLEAR(list);
    return list;
}

void alloc_read_raise(int result, const AllocReader *r, PyObject *path)
{
    if (result == -2)
        PyErr_SetString(PyExc_ValueError, r->problem);
    else if (errno == ENOMEM)
        PyErr_NoMemory();
    else
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path);
}

/* log_read(path): a dict of all */
static PyObject *see_log_read(PyObject *m, PyObject *path)
{
    PyObject *name, *result = NULL;
    if (!PyUnicode_FSConverter(path, &name))
        return NULL;
    AllocReader first = {.pass = 1}, second = {.pass = 2};
    Timeline *timeline = calloc(1, sizeof *timeline);
    int state = timeline ? alloc_read(&first, PyBytes_AS_STRING(name)) : (errno = ENOMEM, -1);
    if (state == 0) {
        timeline->every = 1;
        second.context = timeline;
        second.after = add_point;
        second.sought_event = first.peak_event;
        state = alloc_read(&second, PyBytes_AS_STRING(name));
    }
    if (state < 0)
        alloc_read_raise(state, state == -2 && second.problem ? &second : &first, path);
    else
        result = Py_BuildValue("{sNsNsNsOsKsKsKsKsz}", "nodes", node_rows(&second), "timeline", timeline_rows(timeline), "peak",
                               Py_BuildValue("(KK)", second.peak_bytes, second.peak_time), "complete",
                               second.complete && !second.problem ? Py_True : Py_False, "events", second.event, "end_bytes",
                               second.bytes, "end_blocks", second.blocks, "nanoseconds", second.tick, "problem", second.problem);
    alloc_reader_free(&first);
    alloc_reader_free(&second);
    free(timeline);
    Py_DECREF(name);
    return result;
}

/* ---- heaptrack: the whole history ---- */

typedef struct {
    FILE *out;
    uint32_t *info; /* open addressing: pairs of (words, node) -> number */
    struct {
        uint64_t words;
        uint32_t node;
    } * infos;
    size_t count, room, mask;
    uint32_t *live_info; /* by slot of a table of its own: addresses */
    uint64_t *live_address;
    size_t live_count, live_mask;
    uint64_t last_time;
    uint32_t strings_told;
    uint8_t *told; /* strings, by number */
    size_t told_room;
    uint32_t *string_of; /* heaptrack's numbers of our strings */
} History;

static uint32_t tell_string(History *h, AllocReader *r, uint32_t number)
{
    if (number >= r->text_count)
        number = 0;
    if (number >= h->told_room) {
        size_t room = r->text_count * 2 + 64;
        uint32_t *bigger = realloc(h->string_of, room * sizeof *bigger);
        if (bigger == NULL)
            return 0;
        memset(bigger + h->told_room, 0, (room - h->told_room) * sizeof *bigger);
        h->string_of = bigger;
        h->told_room = room;
    }
    if (h->string_of[number] == 0) {
        h->string_of[number] = ++h->strings_told;
        fputs("s ", h->out);
        const char *text = number < r->text_count && r->texts[number].text ? r->texts[number].text : "?";
        for (; *text; text++) /* angle brackets would be taken for a template's */
            putc(*text == '<' ? '(' : *text == '>' ? ')' : (unsigned char)*text < 32 ? ' ' : *text, h->out);
        putc('\n', h->out);
    }
    return h->string_of[number];
}

static int tell_node(AllocReader *r, uint32_t number)
{
    History *h = r->context;
    AllocNode *n = &r->nodes[number];
    uint32_t function = tell_string(h, r, n->function), file = tell_string(h, r, n->file);
    while (h->told_room && n->told == 0) {
        n->told = ++r->told;
        fprintf(h->out, "i %x 1 %x %x %x\nt %x %x\n", 0x1000 + n->told * 16, function, file, n->line, n->told,
                r->nodes[n->parent].told);
    }
    return 0;
}

static uint32_t info_number(History *h, uint64_t words, uint32_t node, uint32_t trace)
{
    if (2 * (h->count + 1) > h->mask) {
        size_t mask = h->mask ? 2 * h->mask + 1 : 4095;
        uint32_t *table = calloc(mask + 1, sizeof *table);
        void *infos = realloc(h->infos, (mask + 1) * sizeof *h->infos);
        if (infos)
            h->infos = infos;
        if (!table || !infos) {
            free(table);
            return UINT32_MAX;
        }
        for (size_t n = 0; n < h->count; n++) {
            size_t i = hash_address(h->infos[n].words << 35 ^ (uint64_t)h->infos[n].node << 3) & mask;
            while (table[i])
                i = (i + 1) & mask;
            table[i] = (uint32_t)n + 1;
        }
        free(h->info);
        h->info = table;
        h->mask = mask;
    }
    size_t i = hash_address(words << 35 ^ (uint64_t)node << 3) & h->mask;
    for (; h->info[i]; i = (i + 1) & h->mask)
        if (h->infos[h->info[i] - 1].words == words && h->infos[h->info[i] - 1].node == node)
            return h->info[i] - 1;
    h->infos[h->count].words = words;
    h->infos[h->count].node = node;
    h->info[i] = (uint32_t)++h->count;
    fprintf(h->out, "a %llx %x\n", (unsigned long long)words * 8, trace);
    return (uint32_t)h->count - 1;
}

/* After the reader has taken the event: its table of live blocks tells what is live. */
static int tell_event(AllocReader *r, uint64_t address, uint64_t words, uint64_t node)
{
    History *h = r->context;
    if (address == 0)
        return 0;
    if (r->now / 1000000 > h->last_time / 1000000)
        fprintf(h->out, "c %llx\n", (unsigned long long)(h->last_time = r->now) / 1000000);
    if (2 * (h->live_count + 1) > h->live_mask) {
        size_t mask = h->live_mask ? 2 * h->live_mask + 1 : 65535;
        uint64_t *addresses = calloc(mask + 1, sizeof *addresses);
        uint32_t *infos = calloc(mask + 1, sizeof *infos);
        if (!addresses || !infos) {
            free(addresses);
            free(infos);
            return -1;
        }
        h->live_count = 0;
        for (size_t i = 0; h->live_mask && i <= h->live_mask; i++)
            if (h->live_address[i] && h->live_info[i]) { /* those that died are left behind */
                size_t slot = hash_address(h->live_address[i]) & mask;
                while (addresses[slot])
                    slot = (slot + 1) & mask;
                addresses[slot] = h->live_address[i];
                infos[slot] = h->live_info[i];
                h->live_count++;
            }
        free(h->live_address);
        free(h->live_info);
        h->live_address = addresses;
        h->live_info = infos;
        h->live_mask = mask;
    }
    size_t slot = hash_address(address) & h->live_mask;
    while (h->live_address[slot] && h->live_address[slot] != address)
        slot = (slot + 1) & h->live_mask;
    if (h->live_address[slot] == 0 && words == 0)
        return 0;
    if (h->live_address[slot] == 0)
        h->live_count++;
    if (h->live_info[slot])
        fprintf(h->out, "- %x\n", h->live_info[slot] - 1);
    h->live_address[slot] = address;
    h->live_info[slot] = 0;
    if (words) {
        uint32_t number = node < r->node_count ? (uint32_t)node : 0, info = info_number(h, words, number, r->nodes[number].told);
        if (info == UINT32_MAX)
            return -1;
        fprintf(h->out, "+ %x\n", info);
        h->live_info[slot] = info + 1;
    }
    return 0;
}

static PyObject *see_log_heaptrack(PyObject *m, PyObject *args)
{
    PyObject *in, *out, *from = NULL, *to = NULL;
    const char *command;
    if (!PyArg_ParseTuple(args, "OOs:log_heaptrack", &in, &out, &command) || !PyUnicode_FSConverter(in, &from))
        return NULL;
    if (!PyUnicode_FSConverter(out, &to)) {
        Py_DECREF(from);
        return NULL;
    }
    History h = {.out = fopen(PyBytes_AS_STRING(to), "we")};
    AllocReader r = {.pass = 1, .context = &h, .each = tell_event, .new_node = tell_node};
    if (h.out == NULL) {
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, out);
    } else {
        fprintf(h.out, "v 10400 2\nX %s\nI %lx %lx\ns python\n", command, sysconf(_SC_PAGESIZE), sysconf(_SC_PHYS_PAGES));
        h.strings_told = 1;
        int state = alloc_read(&r, PyBytes_AS_STRING(from));
        fprintf(h.out, "c %llx\n", (unsigned long long)r.tick / 1000000 + 1);
        int error = ferror(h.out);
        error |= fclose(h.out) != 0;
        if (state < 0)
            alloc_read_raise(state, &r, in);
        else if (error)
            PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, out);
    }
    void *all[] = {h.info, h.infos, h.live_info, h.live_address, h.told, h.string_of};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    alloc_reader_free(&r);
    Py_DECREF(from);
    Py_DECREF(to);
    return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

PyMethodDef see_alloc_read_methods[] = {
    {"log_read", see_log_read, METH_O, "log_read($module, path, /)\n--\n\nSums of a log of allocations: a dict."},
    {"log_heaptrack", see_log_heaptrack, METH_VARARGS,
     "log_heaptrack($module, path, out, command, /)\n--\n\nWrite a log of allocations for heaptrack."},
    {NULL}};
