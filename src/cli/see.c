/* See see.h.  --see records into FILE.recording, makes the page of it and takes it away. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "cli/see.h"
#include "cli/watch.h"
#include "memory/look.h"
#include "runtime/config.h"
#include "runtime/lifecycle.h"
#include "see/last_words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names of files, from the root on, as the program may change its folder; empty: not asked for. */
static char page[4096], recording[4200];
static char shown[4096]; /* the page as the options name it */
static int limited;      /* the page has at most RECORD_PAGE_STEPS */
static int last_only;    /* of the steps only the last are kept */
static const char *grain; /* what a step is: "line", "call" or "instruction" */

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

void see_whole_name(char *out, size_t size, const char *name)
{
    char *folder = *name == '/' ? NULL : getcwd(NULL, 0);
    if (folder == NULL || snprintf(out, size, "%s/%s", folder, name) >= (int)size)
        snprintf(out, size, "%s", name);
    free(folder);
}

/* Whether two names are of one file that is there, or are the same. */
static int same_file(const char *a, const char *b)
{
    struct stat one, other;
    return strcmp(a, b) == 0 ||
           (stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino);
}

/* Why a file must not be written, or NULL. */
static const char *unfit(const char *file, const Config *config, int is_page)
{
    struct stat info;
    size_t length = strlen(file);
    if (is_page && same_file(file, recording))
        return "It is the recording itself";
    if (stat(file, &info) < 0)
        return NULL; /* the system says */
    if (S_ISDIR(info.st_mode))
        return strerror(EISDIR);
    if (is_page && !S_ISREG(info.st_mode))
        return "It is no regular file";
    if ((length > 3 && strcmp(file + length - 3, ".py") == 0) ||
        (S_ISREG(info.st_mode) && config->run_filename && same_file(file, config->run_filename)))
        return "It is a program";
    return NULL;
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

/* Says where the files stand; -1, and why on stderr, if one must not be written. */
static int place_files(const Config *config, const char *asked)
{
    see_whole_name(recording, sizeof recording, asked);
    const char *why = unfit(recording, config, 0);
    if (why != NULL) {
        fprintf(stderr, "limpid: cannot write the recording %s: %s\n", asked, why);
        return -1;
    }
    snprintf(shown, sizeof shown, "%s", page);
    if (*page == 0)
        return 0;
    see_whole_name(page, sizeof page, shown);
    if ((why = unfit(page, config, 1)) == NULL)
        return 0;
    fprintf(stderr, "limpid: cannot write the page %s: %s\n", shown, why);
    return -1;
}

/* Whether there is a program to record; if not, the run says so. */
static int is_program_there(const Config *config)
{
    return config->run_filename == NULL || access(config->run_filename, R_OK) == 0;
}

/* What is said when a signal ends the program. */
static void prepare_words(const char *asked)
{
    char *words = NULL;
    if (asprintf(&words, "limpid: the program was ended by a signal; what was recorded is in %s: "
                         "limpid -m limpid page %s %s\n", asked, asked, shown) >= 0)
        last_words_say(words);
    free(words);
}

int see_begin(void)
{
    const Config *config = config_current();
    if (!config->show_see && !config->record_file && !watch_live())
        return 0;
    if (!watch_live() && !is_program_there(config))
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
    char asked[sizeof recording];
    snprintf(asked, sizeof asked, "%s", recording);
    if (!watch_live() && place_files(config, asked) < 0)
        return -1;
    RecordOptions options;
    if (see_options(&options) < 0)
        return -1;
    limited = *page && !options.steps && !options.last;
    last_only = options.last != 0;
    grain = record_grain_name(&options);
    if (limited)
        options.steps = RECORD_PAGE_STEPS;
    if ((options.live = watch_live()) != NULL) {
        options.last = 0; /* the viewer keeps them all */
        options.captures = RECORD_NONE;
    }
    int started = recorder_start(recording, &options);
    record_options_free(&options);
    if (started == 0) {
        if (*page)
            prepare_words(asked);
        runtime_at_leaving(see_end);
        return 0;
    }
    PyErr_Clear();
    fprintf(stderr, "limpid: cannot write the recording %s: %s\n", asked, strerror(errno));
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

/* Why a file could not be written, from the exception that is set. */
static void tell_failure(const char *what, const char *name, const char *kept)
{
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    PyErr_NormalizeException(&type, &value, &tb);
    PyObject *text = value ? PyObject_Str(value) : NULL;
    const char *why = text ? PyUnicode_AsUTF8(text) : NULL;
    fprintf(stderr, "limpid: cannot write the %s %s: %s%s%s\n", what, name, why && *why ? why : "out of memory",
            *kept ? "; kept: " : "", kept);
    PyErr_Clear();
    Py_XDECREF(text);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(tb);
}

/* What else there is to say of the number of steps. */
static const char *note(long long steps)
{
    if (last_only)
        return " (the last are kept)";
    return limited && steps == RECORD_PAGE_STEPS ? " (the first; --steps, --last or --from records others)" : "";
}

void see_end(void)
{
    if (!recorder_runs())
        return;
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    long long steps = recorder_stop(0), size = 0;
    if (steps > 0 && *page) {
        look_enter();
        size = write_page();
        look_leave();
    }
    if (steps >= 0 && size >= 0 && *page && !config_current()->record_file)
        unlink(recording);
    if (steps < 0 && watch_live())
        PyErr_Clear(); /* nobody watches any more */
    else if (steps < 0)
        tell_failure("recording", recording, "");
    else if (size < 0)
        tell_failure("page", shown, recording);
    else if (*page && steps == 0)
        fprintf(stderr, "limpid: no step was recorded, no page is written (%s)\n",
                config_current()->see_options.count ? "nothing that the options name has run"
                                                    : "--library records the library's code, too");
    else if (*page)
        fprintf(stderr, "limpid: %lld %s%s%s, %lld KiB: open %s\n", steps, grain, steps == 1 ? "" : "s", note(steps),
                (size + 1023) / 1024, shown);
    if (steps >= 0 && size >= 0 && recorder_missed() && !watch_live())
        fprintf(stderr, "limpid: what ran under a function given to sys.settrace or sys.setprofile is not recorded\n");
    PyErr_Restore(type, value, tb);
}
