/* Reports of a program's memory: at its end, before anything is taken down, and when a signal asks for one.
 *
 * They change neither the program's output on stdout nor its exit status; what fails is told on stderr. */
#include "cli/report.h"
#include "cli/see.h"
#include "memory/look.h"
#include "runtime/config.h"
#include "runtime/lifecycle.h"
#include "runtime/signals.h"
#include "see/alloc_log.h"
#include "see/capture.h"
#include "see/summary.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of the options, from the root on, as the program may change its folder; empty: not asked for. */
static char snapshot_file[4096], json_file[4096];

/* ---- snapshots -------------------------------------------------------------------------------------------------- */

static void write_snapshot(const char *path)
{
    if (see_capture_write(path) < 0)
        fprintf(stderr, "limpid: cannot write the snapshot %s: %s\n", path, strerror(errno));
}

/* The file of --snapshot with a number behind it, or limpid-PID.N. */
static void snapshot_on_signal(void)
{
    static int number;
    char path[4096];
    const char *file = *snapshot_file ? snapshot_file : NULL;
    int length = file ? snprintf(path, sizeof path, "%s.%d", file, ++number)
                      : snprintf(path, sizeof path, "limpid-%d.%d", (int)getpid(), ++number);
    if (length < (int)sizeof path)
        write_snapshot(path);
}

/* ---- the log of allocations ------------------------------------------------------------------------------------- */

static void end_log(void)
{
    if (alloc_log_stop() < 0)
        fprintf(stderr, "limpid: cannot write the log of allocations: %s\n", strerror(errno));
}

static void start_log(const char *path)
{
    if (alloc_log_start(path, 0) < 0)
        fprintf(stderr, "limpid: cannot write the log of allocations %s: %s\n", path, strerror(errno));
}

/* ---- map and statistics ----------------------------------------------------------------------------------------- */

/* The text by limpid._report, new; NULL with an exception. */
static PyObject *report_text(const Config *config)
{
    PyObject *module = PyImport_ImportModule("limpid._report");
    PyObject *text =
        module ? PyObject_CallMethod(module, "report", "iii", config->show_map, config->show_memory, config->show_json)
               : NULL;
    Py_XDECREF(module);
    return text;
}

static void print_report(const Config *config, const char *text)
{
    FILE *out = config->json_file ? fopen(json_file, "w") : stderr;
    if (!out) {
        fprintf(stderr, "limpid: cannot write %s: %s\n", config->json_file, strerror(errno));
        return;
    }
    fputs(text, out);
    if (out == stderr ? fflush(out) : fclose(out))
        fprintf(stderr, "limpid: cannot write %s: %s\n", config->json_file ? config->json_file : "stderr",
                strerror(errno));
}

static void report_at_end(void)
{
    const Config *config = config_current();
    end_log();
    see_end();
    if (*snapshot_file)
        write_snapshot(snapshot_file);
    if (config->show_map || config->show_json) {
        look_enter();
        PyObject *text = report_text(config);
        const char *utf8 = text ? PyUnicode_AsUTF8(text) : NULL;
        if (utf8)
            print_report(config, utf8);
        else
            PyErr_Print();
        Py_XDECREF(text);
        look_leave();
    }
    if (config->show_memory && !config->show_json)
        heap_print_summary(stderr);
}

int report_prepare(void)
{
    const Config *config = config_current();
    int to_file = config->snapshot_file || config->log_file || config->record_file;
    if (config->show_map || config->show_memory || config->show_json || config->show_see || config->show_watch || to_file)
        runtime_at_run_down(report_at_end);
    if (config->snapshot_file)
        see_whole_name(snapshot_file, sizeof snapshot_file, config->snapshot_file);
    if (config->json_file)
        see_whole_name(json_file, sizeof json_file, config->json_file);
    if (config->log_file)
        start_log(config->log_file);
    if (config->snapshot_on_signal)
        signal_set_native(SIGUSR1, snapshot_on_signal);
    return see_begin();
}
