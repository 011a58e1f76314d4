/* A capture as a heap snapshot of Chrome's DevTools: JSON, one array of numbers for the nodes, one for the edges.
 *
 * Node 0 is the root; below it stand the groups of roots, and "(others)" for what no root of the capture leads to.
 * DevTools takes an identifier of an object for the same object in two snapshots: it is made of the address. */
#include "see/capture_object.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    NODE_HIDDEN,
    NODE_ARRAY,
    NODE_STRING,
    NODE_OBJECT,
    NODE_CODE,
    NODE_CLOSURE,
    NODE_REGEXP,
    NODE_NUMBER,
    NODE_NATIVE,
    NODE_SYNTHETIC
};
enum { EDGE_CONTEXT, EDGE_ELEMENT, EDGE_PROPERTY, EDGE_INTERNAL, EDGE_HIDDEN, EDGE_SHORTCUT, EDGE_WEAK };
#define NODE_FIELDS 7

/* Texts and their numbers, each once. */
typedef struct {
    char **items;
    uint32_t *table; /* open addressing; number + 1 */
    size_t count, room, mask;
    int failed;
} Texts;

static uint64_t hash_text(const char *s, size_t n)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)s[i]) * 0x100000001b3u;
    return h ^ h >> 29;
}

static size_t text_slot(const Texts *t, const char *s, size_t n)
{
    size_t i = hash_text(s, n) & t->mask;
    while (t->table[i] && (strlen(t->items[t->table[i] - 1]) != n || memcmp(t->items[t->table[i] - 1], s, n) != 0))
        i = (i + 1) & t->mask;
    return i;
}

static int grow_texts(Texts *t)
{
    size_t size = t->mask ? 2 * (t->mask + 1) : 4096;
    uint32_t *table = calloc(size, sizeof *table);
    char **items = realloc(t->items, size * sizeof *items);
    if (items)
        t->items = items;
    if (!table || !items) {
        free(table);
        return -1;
    }
    free(t->table);
    t->table = table;
    t->mask = size - 1;
    for (size_t i = 0; i < t->count; i++)
        t->table[text_slot(t, t->items[i], strlen(t->items[i]))] = (uint32_t)i + 1;
    return 0;
}

/* The number of a text; a NUL ends it. */
static uint32_t text_number(Texts *t, const char *s, size_t n)
{
    n = strnlen(s, n);
    if (2 * (t->count + 1) > t->mask && grow_texts(t) < 0)
        return t->failed = 1, 0;
    size_t slot = text_slot(t, s, n);
    if (t->table[slot] == 0) {
        char *copy = malloc(n + 1);
        if (copy == NULL)
            return t->failed = 1, 0;
        memcpy(copy, s, n);
        copy[n] = 0;
        t->items[t->count++] = copy;
        t->table[slot] = (uint32_t)t->count;
    }
    return t->table[slot] - 1;
}

typedef struct {
    CaptureObject *capture;
    const Loaded *l;
    FILE *out;
    Texts texts;
    uint8_t *rooted;    /* objects that a root names, or that some object refers to */
    uint32_t groups;    /* synthetic nodes 1..groups */
    uint32_t *group_of; /* group of each root; numbers of nodes */
    uint64_t *group_edges;
    uint32_t *ids; /* those given, plus 1: open addressing, twice as many slots as objects at least */
    unsigned id_shift;
    uint64_t extra, written;
} Export;

static uint32_t first_node(const Export *x) { return 2 + x->groups; } /* root, groups, (others) */

static unsigned node_type(const char *type)
{
    if (strcmp(type, "str") == 0)
        return NODE_STRING;
    if (strcmp(type, "int") == 0 || strcmp(type, "float") == 0)
        return NODE_NUMBER;
    if (strcmp(type, "code") == 0)
        return NODE_CODE;
    return strcmp(type, "function") == 0 ? NODE_CLOSURE : NODE_OBJECT;
}

/* Gathers the groups of the roots and the objects that nothing names. */
static int prepare(Export *x)
{
    const Loaded *l = x->l;
    uint32_t *node_of_string = calloc(l->strings.count + 1, sizeof *node_of_string);
    x->rooted = calloc((size_t)l->count + 1, 1);
    x->group_of = calloc(l->roots.count + 1, sizeof *x->group_of);
    x->group_edges = calloc(l->strings.count + 3, sizeof *x->group_edges);
    for (x->id_shift = 63; (size_t)1 << (64 - x->id_shift) < 2 * ((size_t)l->count + 1);)
        x->id_shift--;
    x->ids = calloc((size_t)1 << (64 - x->id_shift), sizeof *x->ids);
    int result = node_of_string && x->rooted && x->group_of && x->group_edges && x->ids ? 0 : -1;
    for (size_t i = 0; result == 0 && i < l->roots.count; i++) {
        const LoadedRoot *r = (LoadedRoot *)l->roots.items + i;
        uint32_t object = loaded_find(l, r->target), group = r->group < l->strings.count ? r->group : 0;
        if (object == NO_OBJECT)
            continue;
        if (node_of_string[group] == 0)
            node_of_string[group] = ++x->groups;
        x->group_of[i] = node_of_string[group];
        x->group_edges[x->group_of[i]]++;
        x->rooted[object] = 1;
    }
    free(node_of_string);
    for (uint64_t e = 0; result == 0 && e < l->edges; e++)
        if (l->target[e] != NO_OBJECT && (l->label[e] & 15) != LABEL_WEAK)
            x->rooted[l->target[e]] = 1;
    for (uint32_t i = 0; result == 0 && i < l->count; i++)
        x->extra += !x->rooted[i];
    return result;
}

static void write_node(Export *x, unsigned type, uint32_t name, uint64_t id, uint64_t size, uint64_t edges)
{
    fprintf(x->out, "%s%u,%u,%llu,%llu,%llu,0,0", x->written++ ? ",\n" : "", type, name, (unsigned long long)id,
            (unsigned long long)Py_MIN(size, 0xffffffffu), (unsigned long long)edges);
}

static uint64_t known_edges(const Loaded *l, uint32_t i)
{
    uint64_t n = 0;
    for (uint64_t e = l->start[i]; e < l->start[i + 1]; e++)
        n += l->target[e] != NO_OBJECT;
    return n;
}

static uint32_t object_name(Export *x, uint32_t i, const LoadedType *type)
{
    const Loaded *l = x->l;
    char name[1300];
    int length;
    LoadedText own = loaded_name(l, i);
    unsigned kind = type->address ? node_type(loaded_text(l, type->name)) : NODE_NATIVE;
    int type_length = (int)Py_MIN(type->name.length, 512);
    if (type->address == 0)
        return text_number(&x->texts, "(buffer)", 8);
    if (own.length && (kind == NODE_STRING || kind == NODE_NUMBER))
        return text_number(&x->texts, loaded_text(l, own), own.length);
    if (own.length)
        length = snprintf(name, sizeof name, "%.*s %.*s", type_length, loaded_text(l, type->name),
                          (int)Py_MIN(own.length, 512), loaded_text(l, own));
    else
        length = snprintf(name, sizeof name, "%.*s", type_length, loaded_text(l, type->name));
    return text_number(&x->texts, name, (size_t)length);
}

/* Identifiers of the objects, each once: the number of the address's 8-byte word, folded into 31 bits (where the fold
 * meets one that is taken, the next free one); odd, as DevTools expects. */
#define IDENTIFIERS 0x3ffffff1u

static uint32_t identifier(Export *x, uintptr_t address)
{
    uint32_t folded = (uint32_t)((address >> 3) % IDENTIFIERS);
    for (;;) {
        size_t slot = folded * 0x9e3779b97f4a7c15u >> x->id_shift;
        while (x->ids[slot] && x->ids[slot] != folded + 1)
            slot = (slot + 1) & (((size_t)1 << (64 - x->id_shift)) - 1);
        if (x->ids[slot] == 0) {
            x->ids[slot] = folded + 1;
            return folded * 2 + 1001;
        }
        folded = (folded + 1) % IDENTIFIERS;
    }
}

static void write_nodes(Export *x)
{
    const Loaded *l = x->l;
    uint32_t group_names = 0;
    fputs("\"nodes\":[", x->out);
    write_node(x, NODE_SYNTHETIC, text_number(&x->texts, "", 0), 1, 0, x->groups + 1);
    for (uint32_t g = 1; g <= x->groups; g++) {
        char name[600] = "(";
        for (size_t i = 0; i < l->roots.count; i++)
            if (x->group_of[i] == g) {
                LoadedText text = loaded_string(l, ((LoadedRoot *)l->roots.items + i)->group);
                snprintf(name, sizeof name, "(%.*s)", (int)Py_MIN(text.length, 500), loaded_text(l, text));
                break;
            }
        write_node(x, NODE_SYNTHETIC, text_number(&x->texts, name, sizeof name), 3 + 2 * (uint64_t)group_names++, 0,
                   x->group_edges[g]);
    }
    write_node(x, NODE_SYNTHETIC, text_number(&x->texts, "(others)", 8), 3 + 2 * (uint64_t)group_names, 0, x->extra);
    for (uint32_t i = 0; i < l->count && !x->texts.failed; i++) {
        const LoadedType *type = loaded_type(l, i);
        uint32_t id = identifier(x, l->address[i]);
        unsigned kind = type->address ? node_type(loaded_text(l, type->name)) : NODE_NATIVE;
        write_node(x, kind, object_name(x, i, type), id, l->state[i] & CAPTURE_STATIC ? 0 : l->size[i],
                   known_edges(l, i));
    }
    fputs("],\n", x->out);
}

static void write_edge(Export *x, unsigned type, uint64_t name, uint64_t node)
{
    fprintf(x->out, "%s%u,%llu,%llu", x->written++ ? ",\n" : "", type, (unsigned long long)name,
            (unsigned long long)(node * NODE_FIELDS));
}

static void write_object_edge(Export *x, uint64_t e, uint64_t *index)
{
    const Loaded *l = x->l;
    uint64_t number = l->label[e] >> LABEL_BITS, node = first_node(x) + l->target[e];
    unsigned kind = l->label[e] & 15;
    LoadedText text = {0, 0};
    *index = kind == LABEL_NEXT_ITEM ? *index + 1 : number;
    if (kind == LABEL_ITEM || kind == LABEL_NEXT_ITEM) {
        write_edge(x, EDGE_ELEMENT, *index, node);
        return;
    }
    char plain[64];
    if (kind == LABEL_KEYED && e > 0 && l->target[e - 1] != NO_OBJECT)
        text = loaded_name(l, l->target[e - 1]);
    else if (kind == LABEL_ATTRIBUTE || kind == LABEL_FIELD || kind == LABEL_VALUE || kind == LABEL_LOCAL ||
             kind == LABEL_WEAK || kind == LABEL_BUFFER || kind == LABEL_ROOT)
        text = loaded_string(l, number);
    if (text.length == 0) {
        static const char *const names[16] = {
            [LABEL_TYPE] = "__class__", [LABEL_KEY] = "key",     [LABEL_KEYED] = "value",  [LABEL_WEAK] = "weak",
            [LABEL_MEMBER] = "member",  [LABEL_STACK] = "stack", [LABEL_BUFFER] = "buffer"};
        snprintf(plain, sizeof plain, kind == LABEL_KEY ? "%s %llu" : "%s", names[kind] ? names[kind] : "reference",
                 (unsigned long long)number);
    }
    uint32_t name = text.length ? text_number(&x->texts, loaded_text(l, text), text.length)
                                : text_number(&x->texts, plain, strlen(plain));
    unsigned type = kind == LABEL_WEAK ? EDGE_WEAK
                    : kind == LABEL_ATTRIBUTE || kind == LABEL_VALUE || kind == LABEL_KEYED || kind == LABEL_LOCAL
                        ? EDGE_PROPERTY
                        : EDGE_INTERNAL;
    write_edge(x, type, name, node);
}

static void write_edges(Export *x)
{
    const Loaded *l = x->l;
    fputs("\"edges\":[", x->out);
    x->written = 0;
    for (uint32_t g = 1; g <= x->groups + 1; g++)
        write_edge(x, EDGE_ELEMENT, g, g);
    for (uint32_t g = 1; g <= x->groups; g++)
        for (size_t i = 0, n = 0; i < l->roots.count; i++)
            if (x->group_of[i] == g)
                write_edge(x, EDGE_ELEMENT, n++,
                           first_node(x) + loaded_find(l, ((LoadedRoot *)l->roots.items + i)->target));
    for (uint32_t i = 0, n = 0; i < l->count; i++)
        if (!x->rooted[i])
            write_edge(x, EDGE_ELEMENT, n++, first_node(x) + i);
    for (uint32_t i = 0; i < l->count && !x->texts.failed; i++) {
        uint64_t index = 0;
        for (uint64_t e = l->start[i]; e < l->start[i + 1]; e++)
            if (l->target[e] != NO_OBJECT)
                write_object_edge(x, e, &index);
            else
                index = (l->label[e] & 15) == LABEL_NEXT_ITEM ? index + 1 : l->label[e] >> LABEL_BITS;
    }
    fputs("],\n", x->out);
}

static void write_json_text(FILE *out, const char *s)
{
    putc('"', out);
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < 32 || c == 127)
            fprintf(out, "\\u%04x", c);
        else
            putc(c, out);
    }
    putc('"', out);
}

static uint64_t all_edges(const Export *x)
{
    uint64_t n = x->groups + 1 + x->extra;
    for (uint32_t g = 1; g <= x->groups; g++)
        n += x->group_edges[g];
    for (uint64_t e = 0; e < x->l->edges; e++)
        n += x->l->target[e] != NO_OBJECT;
    return n;
}

static void write_file(Export *x)
{
    fprintf(x->out,
            "{\"snapshot\":{\"meta\":{\"node_fields\":[\"type\",\"name\",\"id\",\"self_size\",\"edge_count\",\"trace_"
            "node_id\","
            "\"detachedness\"],\"node_types\":[[\"hidden\",\"array\",\"string\",\"object\",\"code\",\"closure\","
            "\"regexp\",\"number\","
            "\"native\",\"synthetic\",\"concatenated string\",\"sliced "
            "string\",\"symbol\",\"bigint\"],\"string\",\"number\",\"number\","
            "\"number\",\"number\",\"number\"],\"edge_fields\":[\"type\",\"name_or_index\",\"to_node\"],\"edge_types\":"
            "[[\"context\","
            "\"element\",\"property\",\"internal\",\"hidden\",\"shortcut\",\"weak\"],\"string_or_number\",\"node\"],"
            "\"trace_function_info_fields\":[],\"trace_node_fields\":[],\"sample_fields\":[],\"location_fields\":[]},"
            "\"node_count\":%llu,\"edge_count\":%llu,\"trace_function_count\":0},\n",
            (unsigned long long)x->l->count + first_node(x), (unsigned long long)all_edges(x));
    write_nodes(x);
    write_edges(x);
    fputs("\"trace_function_infos\":[],\"trace_tree\":[],\"samples\":[],\"locations\":[],\n\"strings\":[", x->out);
    for (size_t i = 0; i < x->texts.count; i++) {
        if (i)
            fputs(",\n", x->out);
        write_json_text(x->out, x->texts.items[i]);
    }
    fputs("]}\n", x->out);
}

int capture_write_heapsnapshot(CaptureObject *c, const char *path)
{
    Export x = {.capture = c, .l = &c->data};
    int failed = prepare(&x) < 0;
    x.out = failed ? NULL : fopen(path, "w");
    if (failed)
        PyErr_NoMemory();
    else if (x.out == NULL)
        PyErr_SetFromErrnoWithFilename(PyExc_OSError, path);
    if (x.out != NULL) {
        write_file(&x);
        int error = ferror(x.out);
        if (fclose(x.out) != 0 || error)
            PyErr_SetFromErrnoWithFilename(PyExc_OSError, path);
        else if (x.texts.failed)
            PyErr_NoMemory();
    }
    for (size_t i = 0; i < x.texts.count; i++)
        free(x.texts.items[i]);
    free(x.texts.items);
    free(x.texts.table);
    free(x.ids);
    free(x.rooted);
    free(x.group_of);
    free(x.group_edges);
    return PyErr_Occurred() ? -1 : 0;
}
