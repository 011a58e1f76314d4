/* The program limpid, but for main(): reads options, starts the runtime, runs, ends. */
#include "cli/freeze.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/run.h"
#include "cli/watch.h"
#include "memory/limit.h"
#include "memory/memory.h"
#include "runtime/deadline.h"
#include "runtime/lifecycle.h"
#include "runtime/state.h"
#include "see/leaks.h"
#include "vm/eval.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef NDEBUG
#define ALWAYS_FREE 0
#else
#define ALWAYS_FREE 1
#endif

/* LIMPID_LEAKS says where to tell what is left: 1 is stderr, else the file of that name, at whose end it is added. */
static void report_leaks(const char *where)
{
    FILE *out = strcmp(where, "1") == 0 ? stderr : fopen(where, "a");
    if (!out)
        return;
    heap_print_leaks(out, _PyRuntime.holders);
    if (out != stderr)
        fclose(out);
}

/* What start-up takes is over: from here on everything is the program's. */
static int set_limits(const Config *config)
{
    if (config->max_heap)
        heap_set_limit(config->max_heap);
    if (config->max_depth)
        vm_cap_recursion(config->max_depth);
    if (config->max_time > 0 && deadline_start(config->max_time) < 0) {
        fprintf(stderr, "limpid: cannot watch the time\n");
        return -1;
    }
    return 0;
}

int run_command_line(int argc, char **argv, int process_ends)
{
    Config config;
    config_init(&config);
    config.coerce_locale = 1;
    if (argc > 2 && strcmp(argv[1], "--freeze") == 0)
        return freeze_main(argc - 2, argv + 2);
    switch (options_read(&config, argc, argv)) {
    case OPTIONS_EXIT:
        return 0;
    case OPTIONS_ERROR:
        return 2;
    case OPTIONS_RUN:
        break;
    }
    int refused = watch_split(&config);
    if (refused)
        return refused;
    if (config_read_environment(&config) < 0 || config_find_library(&config) < 0) {
        fprintf(stderr, "limpid: out of memory\n");
        return 1;
    }
    heap.tells_arenas = config.malloc_stats;
    if (runtime_init(&config) < 0)
        return 1;
    if (report_prepare() < 0 || set_limits(config_current()) < 0)
        return 1;
    int status = watch_shows() ? watch_main() : run_main();
    if (config_current()->malloc_stats) {
        flush_std_files();
        _PyObject_DebugMallocStats(stderr);
    }
    const char *leaks = getenv("LIMPID_LEAKS");
    int tell_leaks = leaks && *leaks && strcmp(leaks, "0") != 0;
    if (process_ends && !tell_leaks && !ALWAYS_FREE)
        runtime_ends_with_process();
    if (runtime_fini() < 0)
        status = 120;
    if (tell_leaks)
        report_leaks(leaks);
    if (status == 128 + SIGINT)
        raise(SIGINT);
    watch_end();
    return status & 0xff;
}

/* For programs that embed the runtime, and may start it again. */
int Py_BytesMain(int argc, char **argv) { return run_command_line(argc, argv, 0); }
