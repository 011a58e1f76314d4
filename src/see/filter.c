/* See filter.h. */
#include "see/filter.h"
#include "see/capture_text.h"
#include "objects/code.h"
#include "vm/frame.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- options ---- */

enum kind { KIND_COUNT, KIND_SIZE, KIND_FLAG, KIND_NAMES, KIND_LINES, KIND_GRAIN };

typedef struct option {
    const char *name;
    enum kind kind;
    size_t offset;
} Option;

static const Option options_table[] = {
#define RECORD_OPTION(name, kind, field, value, help) {#name, KIND_##kind, offsetof(RecordOptions, field)},
#include "see/options.def"
#undef RECORD_OPTION
};
#define OPTION_COUNT (sizeof options_table / sizeof *options_table)

static const Option *find(const char *name, size_t length)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (strlen(options_table[i].name) == length && strncmp(options_table[i].name, name, length) == 0)
            return &options_table[i];
    return NULL;
}

int record_option_known(const char *name, size_t length) { return find(name, length) != NULL; }

static void *field(const RecordOptions *options, const Option *option) { return (char *)options + option->offset; }

void record_options_free(RecordOptions *options)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (options_table[i].kind == KIND_NAMES)
            free(*(char **)field(options, &options_table[i]));
    free(options->program);
    free(options->text);
    memset(options, 0, sizeof *options);
}

static int copy_text(char **text) { return *text != NULL && (*text = strdup(*text)) == NULL ? -1 : 0; }

int record_options_copy(RecordOptions *to, const RecordOptions *from)
{
    int failed = 0;
    *to = *from;
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (options_table[i].kind == KIND_NAMES)
            failed |= copy_text(field(to, &options_table[i]));
    failed |= copy_text(&to->program);
    failed |= copy_text(&to->text);
    if (failed)
        record_options_free(to);
    return failed ? -1 : 0;
}

#define COUNT_MAX UINT32_MAX /* as the message says */

/* A whole number from 1 and what follows it; 0: none, UINT64_MAX: one that is too large for any option. */
static uint64_t number(const char *text, const char **end)
{
    uint64_t value = 0;
    const char *p = text;
    for (; *p >= '0' && *p <= '9'; p++)
        value = value > COUNT_MAX * (uint64_t)1000 ? UINT64_MAX : value * 10 + (uint64_t)(*p - '0');
    *end = p;
    return value;
}

static int wrong(char *message, const Option *option, const char *wanted, const char *value)
{
    snprintf(message, RECORD_MESSAGE, "%s must be %s, not '%.60s'", option->name, wanted, value);
    return -1;
}

/* Bytes, with K, M or G behind the number, or "off". */
static int set_size(uint64_t *bytes, const char *value)
{
    static const char units[] = "KMG";
    const char *end = value;
    uint64_t n = number(value, &end);
    const char *unit = *end ? strchr(units, *end & ~0x20) : NULL;
    int shift = unit ? 10 * (int)(unit - units + 1) : 0;
    if (strcmp(value, "off") == 0)
        n = RECORD_NONE;
    else if (n == 0 || (*end && (unit == NULL || end[1])) || n > (RECORD_NONE - 1) >> shift)
        return -1;
    *bytes = n << shift;
    return 0;
}

/* 17, 10-40 or 10-. */
static int set_lines(uint64_t *lines, const char *value)
{
    const char *end = value;
    uint64_t first = number(value, &end), last = first;
    if (first && *end == '-') {
        const char *from = end + 1;
        last = *from ? number(from, &end) : UINT32_MAX;
        end = *from ? end : from;
    }
    if (!first || *end || last < first)
        return -1;
    lines[0] = first;
    lines[1] = last;
    return 0;
}

static const char *const grain_names[] = {"line", "call", "instruction"};

const char *record_grain_name(const RecordOptions *options) { return grain_names[options->grain]; }

static int set_grain(uint64_t *grain, const char *value)
{
    for (unsigned i = 0; i < sizeof grain_names / sizeof *grain_names; i++)
        if (strcmp(grain_names[i], value) == 0) {
            *grain = i;
            return 0;
        }
    return -1;
}

static int set_names(char **to, const char *value, char *message)
{
    char *text = strdup(value);
    if (text == NULL) {
        snprintf(message, RECORD_MESSAGE, "out of memory");
        return -2;
    }
    free(*to);
    *to = text;
    return 0;
}

int record_option_set(RecordOptions *options, const char *name, size_t length, const char *value,
                      char message[RECORD_MESSAGE])
{
    const Option *option = find(name, length);
    if (option == NULL) {
        snprintf(message, RECORD_MESSAGE, "there is no option %.*s of recordings", (int)(length < 60 ? length : 60),
                 name);
        return -1;
    }
    void *place = field(options, option);
    const char *end = value;
    if (option->kind == KIND_FLAG) {
        if (value != NULL) {
            snprintf(message, RECORD_MESSAGE, "%s takes no value", option->name);
            return -1;
        }
        *(uint64_t *)place = 1;
        return 0;
    }
    if (value == NULL || *value == 0) {
        snprintf(message, RECORD_MESSAGE, "%s needs a value", option->name);
        return -1;
    }
    switch (option->kind) {
    case KIND_COUNT: {
        uint64_t n = number(value, &end);
        if (n == 0 || *end)
            return wrong(message, option, "a whole number from 1", value);
        if (n > COUNT_MAX)
            return wrong(message, option, "at most 4294967295", value);
        *(uint64_t *)place = n;
        return 0;
    }
    case KIND_SIZE:
        return set_size(place, value) < 0 ? wrong(message, option, "a size as 500K or 20M, or off", value) : 0;
    case KIND_LINES:
        return set_lines(place, value) < 0 ? wrong(message, option, "a line or lines as 10-40", value) : 0;
    case KIND_GRAIN:
        return set_grain(place, value) < 0 ? wrong(message, option, "line, call or instruction", value) : 0;
    default:
        return set_names(place, value, message);
    }
}

/* ---- code ---- */

static int contains(const char *text, const char *part) { return strstr(text, part) != NULL; }

static int is_library(const char *file)
{
    return file[0] == '<' ? strncmp(file, "<frozen ", 8) == 0
                          : contains(file, "/python3.11/") || contains(file, "/dist-packages/") ||
                                contains(file, "/site-packages/");
}

#define NESTED_MAX 100

/* Marks the code of a text, with all that is in it, as the program's own. */
static void mark_own(PyCodeObject *code, int depth)
{
    code->co_warmup = CODE_OF_PROGRAM;
    for (Py_ssize_t i = 0; depth < NESTED_MAX && i < PyTuple_GET_SIZE(code->co_consts); i++)
        if (PyCode_Check(PyTuple_GET_ITEM(code->co_consts, i)))
            mark_own((PyCodeObject *)PyTuple_GET_ITEM(code->co_consts, i), depth + 1);
}

/* Whether the code is of a text that recorded code runs: by exec() or eval() of the program, not of a library. */
static int is_own_text(PyCodeObject *code)
{
    if (code->co_warmup == CODE_OF_PROGRAM)
        return 1;
    const Frame *f = thread_current()->frame;
    while (f != NULL && (f->code == code || !f->complete))
        f = f->previous;
    if (code->co_flags & CO_NEWLOCALS || f == NULL || f->vm == NULL || !f->vm->recorded)
        return 0;
    mark_own(code, 0);
    return 1;
}

/* Code that a library made as it ran, of a text that nobody can look up: of data classes, named tuples. */
static int is_made(const RecordOptions *options, PyCodeObject *code, const char *file)
{
    size_t length = strlen(file);
    if (!options->program || strcmp(file, options->program) == 0 || strcmp(file, "<stdin>") == 0)
        return 0;
    if (strcmp(file, "<string>") == 0)
        return !is_own_text(code);
    return (file[0] != '<' && !(length > 3 && strcmp(file + length - 3, ".py") == 0) && access(file, R_OK) < 0);
}

/* Whether `test` holds for one of the names between commas. */
static int any_name(const char *names, int (*test)(const char *name, size_t length, const void *arg), const void *arg)
{
    while (*names) {
        size_t length = strcspn(names, ",");
        if (length > 0 && test(names, length, arg))
            return 1;
        names += length + (names[length] == ',');
    }
    return 0;
}

/* Whether text ends with the name, behind a dot or as a whole. */
static int is_function(const char *name, size_t length, const void *text)
{
    size_t whole = strlen(text);
    const char *tail = (const char *)text + (whole - length);
    return whole >= length && strncmp(tail, name, length) == 0 && (whole == length || tail[-1] == '.');
}

static int named(const char *names, PyCodeObject *code)
{
    char text[CAPTURE_TEXT];
    text[capture_cut(code->co_qualname, text, sizeof text - 1)] = 0;
    return any_name(names, is_function, text);
}

typedef struct {
    const char *path, *program;
} File;

/* Whether what begins at the folder's name, of this length, is a package. */
static int is_package(const char *path, size_t length)
{
    char init[4096];
    int n = snprintf(init, sizeof init, "%.*s/__init__.py", (int)length, path);
    return n > 0 && n < (int)sizeof init && access(init, R_OK) == 0;
}

/* A file by its name, or a module or package by its own. */
static int is_file(const char *name, size_t length, const void *arg)
{
    const File *file = arg;
    char part[512];
    size_t whole = strlen(file->path);
    if (length + 2 > sizeof part)
        return 0;
    if (length == 8 && strncmp(name, "__main__", 8) == 0 && file->program)
        return strcmp(file->path, file->program) == 0;
    if (memchr(name, '/', length) || (length > 3 && strncmp(name + length - 3, ".py", 3) == 0) || name[0] == '<')
        return whole >= length && strncmp(file->path + whole - length, name, length) == 0 &&
               (whole == length || name[0] == '/' || file->path[whole - length - 1] == '/');
    part[0] = '/';
    for (size_t i = 0; i < length; i++)
        part[i + 1] = name[i] == '.' ? '/' : name[i];
    part[length + 1] = 0;
    for (const char *p = file->path; (p = strstr(p, part)) != NULL; p++) {
        const char *rest = p + length + 1;
        if (strcmp(rest, ".py") == 0 || (*rest == '/' && is_package(file->path, (size_t)(rest - file->path))))
            return 1;
    }
    return 0;
}

/* Whether one of the code's lines is among those that were asked for. */
static int has_line(const RecordOptions *options, PyCodeObject *code)
{
    LocationReader reader;
    location_reader_init(&reader, code);
    while (location_reader_next(&reader))
        if (filter_line(options, reader.at.line))
            return 1;
    return 0;
}

int filter_code(const RecordOptions *options, PyCodeObject *code, char *path, size_t room)
{
    if (capture_is_own(code))
        return 0;
    path[capture_cut(code->co_filename, path, room - 1)] = 0;
    if (options->module) {
        if (!any_name(options->module, is_file, &(File){path, options->program}))
            return 0;
    } else if (!options->library && (is_library(path) || is_made(options, code, path)))
        return 0;
    if (options->function && !named(options->function, code))
        return 0;
    if (options->lines[1] != 0) {
        if (!options->module && options->program && *options->program && strcmp(path, options->program) != 0)
            return 0;
        if (!has_line(options, code))
            return 0;
    }
    return options->grain == GRAIN_INSTRUCTION ? 2 : 1;
}

int filter_from(const RecordOptions *options, PyCodeObject *code) { return named(options->from, code); }
