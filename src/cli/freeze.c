/* limpid --freeze: the modules that importing itself needs, compiled at build time into a table of marshal data. */
#include "cli/freeze.h"
#include <marshal.h>
#include "runtime/compile_source.h"
#include "runtime/lifecycle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static PyObject *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        PyErr_SetFromErrnoWithFilename(PyExc_OSError, path);
        return NULL;
    }
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, size);
    if (bytes && fread(PyBytes_AS_STRING(bytes), 1, (size_t)size, file) != (size_t)size) {
        PyErr_SetString(PyExc_OSError, "short read");
        Py_CLEAR(bytes);
    }
    fclose(file);
    return bytes;
}

/* A line of the list of modules, NAME=ORIGIN=FILE[=package|module], cut into its parts. */
typedef struct {
    const char *name, *origin, *file;
    int package;
} Entry;

/* 0, or -1 when a part is missing. */
static int parse_entry(char *text, Entry *e)
{
    char *origin = strchr(text, '='), *file = origin ? strchr(origin + 1, '=') : NULL;
    if (!file)
        return -1;
    *origin++ = 0;
    *file++ = 0;
    char *kind = strchr(file, '=');
    if (kind)
        *kind++ = 0;
    size_t n = strlen(file);
    *e = (Entry){.name = text, .origin = origin, .file = file};
    e->package = kind ? strcmp(kind, "package") == 0 : n > 11 && strcmp(file + n - 11, "__init__.py") == 0;
    return 0;
}

/* The module's code as marshal data, new. */
static PyObject *compile_module(const Entry *e, const char *library)
{
    char path[4096];
    if (*e->file == '/')
        snprintf(path, sizeof path, "%s", e->file);
    else
        snprintf(path, sizeof path, "%s/%s", library, e->file);
    PyObject *source = *e->file ? read_file(path) : PyBytes_FromStringAndSize("", 0), *data = NULL;
    const char *shown = *e->origin ? e->origin + (*e->origin == '<') : e->name;
    PyObject *filename = PyUnicode_FromFormat("<frozen %s>", shown);
    PyCompilerFlags cf = _PyCompilerFlags_INIT;
    PyObject *code = source && filename ? compile_object(source, "compile", "string", filename, Py_file_input, &cf, 0) : NULL;
    if (code)
        data = PyMarshal_WriteObjectToString(code, Py_MARSHAL_VERSION);
    Py_XDECREF(source);
    Py_XDECREF(filename);
    Py_XDECREF(code);
    return data;
}

static void write_bytes(FILE *out, int index, PyObject *data)
{
    const unsigned char *p = (const unsigned char *)PyBytes_AS_STRING(data);
    fprintf(out, "static const unsigned char module_%d[] = {", index);
    for (Py_ssize_t i = 0; i < PyBytes_GET_SIZE(data); i++)
        fprintf(out, i % 24 ? "%d," : "\n%d,", p[i]);
    fprintf(out, "\n};\n");
}

int freeze_main(int argc, char **argv)
{
    Config config;
    config_init(&config);
    config.use_hash_seed = 1; /* the same input gives the same file */
    if (argc < 2 || runtime_init_core(&config) < 0)
        return 1;
    FILE *out = fopen(argv[0], "w");
    if (!out) {
        perror(argv[0]);
        return 1;
    }
    fprintf(out, "/* Made by limpid --freeze from the standard library; not to be edited. */\n#include \"runtime/import.h\"\n\n");
    int failed = 0, count = 0;
    long sizes[256];
    Entry entries[256];
    for (int i = 2; i < argc && i < 256 && !failed; i++, count++) {
        Entry *e = &entries[count];
        PyObject *data = parse_entry(argv[i], e) == 0 ? compile_module(e, argv[1]) : NULL;
        failed = data == NULL;
        if (failed) {
            fprintf(stderr, "limpid --freeze: %s\n", argv[i]);
            if (PyErr_Occurred())
                PyErr_Print();
            break;
        }
        sizes[count] = PyBytes_GET_SIZE(data);
        write_bytes(out, count, data);
        Py_DECREF(data);
    }
    fprintf(out, "\nconst FrozenModule frozen_modules[] = {\n");
    for (int i = 0; i < count && !failed; i++) {
        const Entry *e = &entries[i];
        const char *quote = *e->origin ? "\"" : "";
        fprintf(out, "    {\"%s\", %s%s%s, module_%d, %ld, %d},\n", e->name, quote, *e->origin ? e->origin : "NULL", quote, i,
                sizes[i], e->package);
    }
    fprintf(out, "    {NULL, NULL, NULL, 0, 0}};\n");
    return fclose(out) || failed ? 1 : 0;
}
