/* See see.h.  --see records into FILE.recording, makes the page of it and takes it away. */
#include "cli/see.h"
#include "memory/look.h"
#include "runtime/config.h"
#include "see/recorder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char page[4096], recording[4200]; /* names of files; empty: not asked for */

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

int see_begin(void)
{
    const Config *config = config_current();
    if (!config->show_see && !config->record_file)
        return 0;
    if (config->show_see && config->see_file)
        snprintf(page, sizeof page, "%s", config->see_file);
    else if (config->show_see)
        default_page(config);
    if (config->record_file)
        snprintf(recording, sizeof recording, "%s", config->record_file);
    else
        snprintf(recording, sizeof recording, "%s.recording", page);
    if (recorder_start(recording, NULL) == 0)
        return 0;
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
    long long steps = recorder_stop(), size = 0;
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
        fprintf(stderr, "limpid: %lld steps, %lld KiB: open %s\n", steps, (size + 1023) / 1024, page);
    PyErr_Restore(type, value, tb);
}
