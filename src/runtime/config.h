/* How a run was asked for: what the command line and the environment said, and where the library was found.
 *
 * One Config hangs from the interpreter's state.  All strings are bytes in the file system's encoding and belong to
 * the Config (config_free).  The command line fills it first; config_read_environment adds what PYTHON* variables say
 * where the command line was silent; config_find_library fills the paths. */
#ifndef LIMPID_RUNTIME_CONFIG_H
#define LIMPID_RUNTIME_CONFIG_H

#include "Python.h"

typedef struct string_list {
    int count, room;
    char **items;
} StringList;

typedef struct config {
    /* sys.flags, in its order */
    int debug, inspect, interactive, optimize, dont_write_bytecode, no_user_site, no_site, ignore_environment;
    int verbose, bytes_warning, quiet, hash_randomization, isolated, dev_mode, utf8_mode, warn_default_encoding;
    int safe_path;
    int int_max_str_digits;      /* -1: not set */
    /* more switches */
    int no_signal_handlers; /* SIGINT stays as it is */
    int coerce_locale;      /* a program of our own: the C locale may become one with UTF-8 (PEP 538) */
    int unbuffered, skip_first_line, no_debug_ranges, import_time, tracemalloc, faulthandler, malloc_stats;
    int show_map, show_memory, show_json, snapshot_on_signal; /* cli/report.h */
    int show_see, show_watch;                                 /* --see, --watch */
    char *json_file, *snapshot_file, *log_file, *record_file, *see_file; /* or NULL */
    size_t max_heap;        /* bytes, see memory/limit.h; 0: no limit */
    double max_time;        /* seconds, see runtime/deadline.h; 0: no limit */
    int max_depth;          /* of Python calls; 0: as sys.setrecursionlimit says */
    unsigned long hash_seed;
    int use_hash_seed, random_seed; /* random_seed: -R, whatever PYTHONHASHSEED says */
    char *check_hash_based_pycs; /* "default", "always" or "never" */
    char *pycache_prefix;        /* or NULL */
    char *stdio_encoding, *stdio_errors; /* or NULL */
    StringList warnoptions, xoptions, argv, orig_argv;
    StringList see_options; /* name or name=value, of recordings (see/options.def) */
    /* what to run: at most one is not NULL */
    char *run_command, *run_module, *run_filename;
    /* paths */
    char *program_name, *executable, *base_executable;
    char *prefix, *exec_prefix, *base_prefix, *base_exec_prefix, *stdlib_dir; /* stdlib_dir NULL: none is installed */
    char *home, *pythonpath;
    StringList module_search_paths;
} Config;

/* Sets the defaults. */
void config_init(Config *config);
void config_free(Config *config);
/* 0, or -1 when memory runs out. */
int config_read_environment(Config *config);
int config_find_library(Config *config);
/* Appends a copy; 0, or -1 when memory runs out. */
int string_list_add(StringList *list, const char *item);
/* Value of -X name or -X name=value: "" without a value, NULL when absent; borrowed. */
const char *config_xoption(const Config *config, const char *name);
/* The variable's value, or NULL when unset, empty, or the environment is ignored. */
const char *config_getenv(const Config *config, const char *name);

/* The interpreter's configuration; borrowed. */
const Config *config_current(void);

#endif
