/* See see.h.  --see records into FILE.recording, makes the page of it and takes it away. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "cli/see.h"
#include "cli/watch.h"
#include "memory/look.h"
#include "runtime/config.h"
#include "runtime/lifecycle.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char page[4096], recording[4200]; /* names of files; empty: not asked for */
static int limited; /* the page has at most RECORD_PAGE_STEPS */

/* PROGRAM.see.html for PROGRAM.py, in the current folder. */
static void default_page(const Config *config)
{
    const char *run = config->run_filename ? config->run_filename : config->run_module ? config->run_module : "limpid";
    const char *name = strrchr(run, '/') ? strrchr(run, '/') + 1 : run;
    size_t length = strlen(name);
    if (length > 3 && strcmp(name + length - 3, ".py") == 0)
        length -= 3;
    snprintf(page, sizeof page, "%.*s.see.html", (int)length, name);
}

/* The program's own file as its code names it: "" for a module run by name, whose file is not known yet. */
static char *program_file(const Config *config)
{
    if (config->run_command || config->run_module)
        return strdup(config->run_command ? "<string>" : "");
    if (!config->run_filename)
        return strdup("<stdin>");
    char *folder = config->run_filename[0] == '/' ? NULL : getcwd(NULL, 0), *whole = NULL;
    if (folder && asprintf(&whole, "%s/%s", folder, config->run_filename) < 0)
        whole = NULL;
    free(folder);
    return whole ? whole : strdup(config->run_filename);
}

int see_options(RecordOptions *options)
{
    const Config *config = config_current();
    memset(options, 0, sizeof *options);
    for (int i = 0; i < config->see_options.count; i++) {
        char message[RECORD_MESSAGE];
        const char *option = config->see_options.items[i];
        size_t length = strcspn(option, "=");
        if (record_option_set(options, option, length, option[length] ? option + length + 1 : NULL, message) < 0) {
            fprintf(stderr, "limpid: --%s\n", message);
            record_options_free(options);
            return -1;
        }
    }
    options->program = program_file(config);
    options->text = config->run_command ? strdup(config->run_command) : NULL;
    return 0;
}

int see_begin(void)
{
    const Config *config = config_current();
    if (!config->show_see && !config->record_file && !watch_live())
        return 0;
    if (config->show_see && config->see_file)
        snprintf(page, sizeof page, "%s", config->see_file);
    else if (config->show_see)
        default_page(config);
    if (watch_live())
        snprintf(recording, sizeof recording, "for the viewer");
    else if (config->record_file)
        snprintf(recording, sizeof recording, "%s", config->record_file);
    else
        snprintf(recording, sizeof recording, "%s.recording", page);
    RecordOptions options;
    if (see_options(&options) < 0)
        return -1;
    limited = *page && !options.steps && !options.last;
    if (limited)
        options.steps = RECORD_PAGE_STEPS;
    if ((options.live = watch_live()) != NULL) {
        options.last = 0; /* the viewer keeps them all */
        options.captures = RECORD_NONE;
    }
    int started = recorder_start(recording, &options);
    record_options_free(&options);
    if (started == 0) {
        runtime_at_leaving(see_end);
        return 0;
    }
    PyErr_Clear();
    fprintf(stderr, "limpid: cannot write the recording %s: %s\n", recording, strerror(errno));
    return -1;
}

/* limpid.page.write(recording, page); the number of bytes, or -1 with an exception set. */
static long long write_page(void)
{
    PyObject *module = PyImport_ImportModule("limpid.page");
    PyObject *size = module ? PyObject_CallMethod(module, "write", "ss", recording, page) : NULL;
    long long n = size ? PyLong_AsLongLong(size) : -1;
    Py_XDECREF(module);
    Py_XDECREF(size);
    return n;
}

void see_end(void)
{
    if (!recorder_runs())
        return;
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    long long steps = recorder_stop(0), size = 0;
    if (steps >= 0 && *page) {
        look_enter();
        size = write_page();
        look_leave();
        if (!config_current()->record_file)
            unlink(recording);
    }
    if (steps < 0 || size < 0)
        PyErr_Print();
    else if (*page)
        fprintf(stderr, "limpid: %lld steps%s, %lld KiB: open %s\n", steps,
                steps == 0                                ? " (of the library only? --library records it)"
                : limited && steps == RECORD_PAGE_STEPS ? " (the first; --steps, --last or --from records others)"
                                                          : "",
                (size + 1023) / 1024, page);
    PyErr_Restore(type, value, tb);
}
