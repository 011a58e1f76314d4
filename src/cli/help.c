/* The texts of --help and --version. */
#include "cli/help.h"
#include "Python.h"

#include <stdio.h>

static const char options_text[] =
    "Options:\n"
    "-b     : warn when bytes are compared with, or made into, str (-bb: error)\n"
    "-B     : write no .pyc files; also PYTHONDONTWRITEBYTECODE=x\n"
    "-c cmd : run the text as a program (ends the list of options)\n"
    "-d     : accepted; also PYTHONDEBUG=x\n"
    "-E     : ignore PYTHON* environment variables\n"
    "-h     : print this help and exit (also -? or --help)\n"
    "-i     : prompt after running the program; also PYTHONINSPECT=x\n"
    "-I     : isolate from the user's environment (implies -E, -P and -s)\n"
    "-m mod : run a library module as a script (ends the list of options)\n"
    "-O     : drop assert and __debug__ statements; also PYTHONOPTIMIZE=x\n"
    "-OO    : also drop docstrings\n"
    "-P     : put no unsafe path in front of sys.path; also PYTHONSAFEPATH=x\n"
    "-q     : no version and copyright at the prompt\n"
    "-s     : no user site directory in sys.path; also PYTHONNOUSERSITE=x\n"
    "-S     : do not import site at the start\n"
    "-u     : unbuffered stdout and stderr; also PYTHONUNBUFFERED=x\n"
    "-v     : trace imports; more often, more; also PYTHONVERBOSE=x\n"
    "-V     : print the version and exit (also --version); twice, the build as well\n"
    "-W arg : warning control action:message:category:module:lineno; also PYTHONWARNINGS=arg\n"
    "-x     : skip the first line of the source\n"
    "-X opt : set an implementation-specific option\n"
    "--check-hash-based-pycs always|default|never:\n"
    "         how to validate hash-based .pyc files\n"
    "--map  : print the map of the process, on stderr, when the program ends (not after os._exit)\n"
    "--stats: the same for its memory: segments, arenas, live blocks by type\n"
    "--json[=FILE]: what --map and --stats print as one JSON object, on stderr or in the file\n"
    "--snapshot=FILE: write a snapshot of the heap when the program ends\n"
    "--log=FILE: log every allocation and release with its Python lines to FILE\n"
    "--snapshot-on-signal: write one at each SIGUSR1, to FILE.1, FILE.2... (limpid-PID.1... without --snapshot)\n"
    "--see[=FILE]: record the run, line by line, into a page for the browser (PROGRAM.see.html)\n"
    "--watch: the same, live in the terminal; ? tells the keys; text where the output is no terminal\n"
    "--record=FILE: record the run into a file for limpid.recording\n"
    "--help-see      : options of --see, --record and --watch: what of the run is recorded\n"
    "--max-heap=SIZE: limit of the program's memory in bytes, or with K, M or G; beyond it MemoryError\n"
    "--max-time=SECONDS: limit of its time; beyond it TimeoutError, and 2 seconds later the end, with status 124\n"
    "--max-depth=N: limit of nested Python calls; beyond it RecursionError, whatever sys.setrecursionlimit says\n"
    "--help-env      : help on environment variables\n"
    "--help-xoptions : help on -X options\n"
    "--help-all      : all of it\n"
    "Arguments:\n"
    "file   : the program: a script, a .pyc, a directory or zip file with __main__.py\n"
    "-      : the program comes from standard input (the default; a prompt on a terminal)\n"
    "arg ...: the program's arguments, sys.argv[1:]\n";

static const char environment_text[] =
    "Environment variables that change behaviour:\n"
    "PYTHONSTARTUP   : file that is run before the prompt\n"
    "PYTHONPATH      : ':'-separated directories in front of sys.path\n"
    "PYTHONSAFEPATH  : put no unsafe path in front of sys.path\n"
    "PYTHONHOME      : prefix of the library (or prefix:exec_prefix)\n"
    "PYTHONUTF8      : 1 turns UTF-8 mode on\n"
    "PYTHONIOENCODING: encoding[:errors] of the standard streams\n"
    "PYTHONHASHSEED  : seed of str and bytes hashes: random, or 0 to 4294967295\n"
    "PYTHONINTMAXSTRDIGITS: limit of digits between int and str; 0 is none\n"
    "PYTHONBREAKPOINT: callable that breakpoint() calls; 0 turns it off\n"
    "PYTHONDEVMODE   : development mode\n"
    "PYTHONPYCACHEPREFIX: root of a parallel tree of .pyc files\n"
    "PYTHONWARNDEFAULTENCODING: EncodingWarning for encoding=None\n"
    "PYTHONNODEBUGRANGES: no column positions in code objects and tracebacks\n"
    "PYTHONMALLOC    : the names of CPython's allocators are accepted; there is one, and `debug` adds no checks\n"
    "PYTHONMALLOCSTATS: state of the allocator on stderr, at each new arena and at the end\n"
    "LIMPID_FAIL_ALLOC=n : the nth allocation fails (n+: and all later ones)\n"
    "LIMPID_CHECK=1  : check the heap's invariants\n"
    "LIMPID_LEAKS=1  : list the blocks that live on at the end; a name other than 1 is a file to add the list to\n"
    "With equivalent options: PYTHONDEBUG -d, PYTHONDONTWRITEBYTECODE -B, PYTHONINSPECT -i, PYTHONNOUSERSITE -s,\n"
    "PYTHONOPTIMIZE -O, PYTHONUNBUFFERED -u, PYTHONVERBOSE -v, PYTHONWARNINGS -W\n";

static const char xoptions_text[] =
    "Implementation-specific options:\n"
    "-X dev                 : development mode: default warnings, more checks\n"
    "-X utf8[=0|1]          : UTF-8 mode\n"
    "-X importtime          : show how long each import takes\n"
    "-X int_max_str_digits=n: limit of digits between int and str; 0 is none\n"
    "-X no_debug_ranges     : no column positions in code objects and tracebacks\n"
    "-X pycache_prefix=PATH : root of a parallel tree of .pyc files\n"
    "-X warn_default_encoding: EncodingWarning for encoding=None\n"
    "-X frozen_modules=on|off: whether modules frozen into the program are used\n";

static const struct {
    const char *name, *value, *help;
} recording_options[] = {
#define RECORD_OPTION(name, kind, field, value, help) {#name, value, help},
#include "see/options.def"
#undef RECORD_OPTION
};

static void usage(const char *program)
{
    printf("usage: %s [option] ... [-c cmd | -m mod | file | -] [arg] ...\n", program);
}

void help_print(const char *program)
{
    usage(program);
    fputs(options_text, stdout);
}

void help_print_see(void)
{
    puts("What --see, --record and --watch record; the program's own code, line by line, without these:");
    for (size_t i = 0; i < sizeof recording_options / sizeof *recording_options; i++) {
        char option[64];
        const char *value = recording_options[i].value;
        snprintf(option, sizeof option, "--%s%s%s", recording_options[i].name, value ? "=" : "", value ? value : "");
        printf("%-18s: %s\n", option, recording_options[i].help);
    }
}

void help_print_environment(void) { fputs(environment_text, stdout); }
void help_print_xoptions(void) { fputs(xoptions_text, stdout); }

void help_print_all(const char *program)
{
    help_print(program);
    putchar('\n');
    help_print_see();
    putchar('\n');
    help_print_environment();
    putchar('\n');
    help_print_xoptions();
}

void help_print_version(int verbose) { printf("Python %s\n", verbose ? Py_GetVersion() : PY_VERSION); }
