/* The options of the command line, as those of python3.11, and Limpid's own (--map, --stats…, --freeze). */
#include "cli/options.h"
#include "cli/help.h"
#include "see/filter.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Options that are a plain flag: letter, and where it counts up. */
typedef struct flag_option {
    char letter;
    size_t offset;
} FlagOption;

static const FlagOption flag_options[] = {
    {'b', offsetof(Config, bytes_warning)}, {'B', offsetof(Config, dont_write_bytecode)}, {'d', offsetof(Config, debug)},
    {'E', offsetof(Config, ignore_environment)}, {'i', offsetof(Config, inspect)}, {'O', offsetof(Config, optimize)},
    {'P', offsetof(Config, safe_path)}, {'q', offsetof(Config, quiet)}, {'s', offsetof(Config, no_user_site)},
    {'S', offsetof(Config, no_site)}, {'u', offsetof(Config, unbuffered)}, {'v', offsetof(Config, verbose)},
    {'x', offsetof(Config, skip_first_line)},
};

static int out_of_memory(void)
{
    fprintf(stderr, "limpid: out of memory\n");
    exit(1);
}

static void add(StringList *list, const char *item)
{
    if (string_list_add(list, item) < 0)
        out_of_memory();
}

static char *copy(const char *text)
{
    char *result = strdup(text);
    if (!result)
        out_of_memory();
    return result;
}

static OptionsResult usage_error(const char *program)
{
    fprintf(stderr, "usage: %s [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `python -h' for more information.\n",
            program);
    return OPTIONS_ERROR;
}

static int set_flag(Config *config, char letter)
{
    for (size_t i = 0; i < sizeof flag_options / sizeof *flag_options; i++)
        if (flag_options[i].letter == letter) {
            ++*(int *)((char *)config + flag_options[i].offset);
            if (letter == 'i')
                config->interactive = 1;
            return 1;
        }
    if (letter == 'I') {
        config->isolated = 1;
        config->ignore_environment = 1;
        config->no_user_site = 1;
        config->safe_path = 1;
        return 1;
    }
    if (letter == 'R') {
        config->random_seed = 1;
        return 1;
    }
    return letter == 't'; /* accepted, without effect */
}

/* --map, --stats, --json[=FILE], --snapshot=FILE, --snapshot-on-signal, --log=FILE, --record=FILE, --see[=FILE],
 * --watch;
 * OPTIONS_EXIT: none of them. */
static OptionsResult report_option(Config *config, const char *program, const char *option)
{
    static const struct {
        const char *name;
        size_t flag, file; /* file: offset of its name, or 0 */
        int needs_file;
    } reports[] = {
        {"map", offsetof(Config, show_map), 0, 0},
        {"stats", offsetof(Config, show_memory), 0, 0},
        {"json", offsetof(Config, show_json), offsetof(Config, json_file), 0},
        {"snapshot", 0, offsetof(Config, snapshot_file), 1},
        {"log", 0, offsetof(Config, log_file), 1},
        {"record", 0, offsetof(Config, record_file), 1},
        {"see", offsetof(Config, show_see), offsetof(Config, see_file), 0},
        {"watch", offsetof(Config, show_watch), 0, 0},
        {"snapshot-on-signal", offsetof(Config, snapshot_on_signal), 0, 0},
    };
    size_t length = strcspn(option, "=");
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
        if (strlen(reports[i].name) != length || strncmp(reports[i].name, option, length) != 0)
            continue;
        const char *file = option[length] && option[length + 1] ? option + length + 1 : NULL;
        if (file ? !reports[i].file : option[length] || reports[i].needs_file) {
            fprintf(stderr, file ? "The --%s option takes no argument\n" : "Argument expected for the --%s option\n",
                    reports[i].name);
            return usage_error(program);
        }
        if (reports[i].flag)
            *(int *)((char *)config + reports[i].flag) = 1;
        if (file) {
            char **name = (char **)((char *)config + reports[i].file);
            free(*name);
            *name = copy(file);
        }
        return OPTIONS_RUN;
    }
    return OPTIONS_EXIT;
}

/* A size in bytes with an optional K, M or G, or a number; -1 when the text is neither. */
static double amount(const char *text, int sizes)
{
    char *end;
    double value = strtod(text, &end);
    const char *units = "KMG", *unit = sizes && *end ? strchr(units, *end & ~0x20) : NULL;
    if (end == text || !(value > 0) || (*end && (!unit || end[1])))
        return -1;
    return unit ? value * (double)(1ull << 10 * (unit - units + 1)) : value;
}

/* --max-heap=SIZE, --max-time=SECONDS, --max-depth=N; OPTIONS_EXIT: none of them. */
static OptionsResult limit_option(Config *config, const char *program, const char *option)
{
    if (strncmp(option, "max-", 4) != 0)
        return OPTIONS_EXIT;
    size_t length = strcspn(option, "=");
    int heap = length == 8 && strncmp(option, "max-heap", length) == 0, time = length == 8 && strncmp(option, "max-time", length) == 0;
    if (!heap && !time && !(length == 9 && strncmp(option, "max-depth", length) == 0))
        return OPTIONS_EXIT;
    double value = option[length] ? amount(option + length + 1, heap) : -1;
    if (heap && value >= 1 && value < 1e18) {
        config->max_heap = (size_t)value;
    } else if (time && value > 0 && value < 1e9) {
        config->max_time = value;
    } else if (!heap && !time && value >= 1 && value <= INT_MAX && value == (int)value) {
        config->max_depth = (int)value;
    } else {
        fprintf(stderr, "--%.*s must be %s\n", (int)length, option,
                heap ? "a size in bytes, or with K, M or G" : time ? "a number of seconds" : "a number of calls");
        return usage_error(program);
    }
    return OPTIONS_RUN;
}

/* Those of recordings (see/options.def); OPTIONS_EXIT: none of them. */
static OptionsResult recording_option(Config *config, const char *program, const char *option)
{
    size_t length = strcspn(option, "=");
    RecordOptions checked = {0};
    char message[RECORD_MESSAGE];
    if (!record_option_known(option, length))
        return OPTIONS_EXIT;
    int error = record_option_set(&checked, option, length, option[length] ? option + length + 1 : NULL, message);
    record_options_free(&checked);
    if (error < 0) {
        fprintf(stderr, "--%s\n", message);
        return usage_error(program);
    }
    add(&config->see_options, option);
    return OPTIONS_RUN;
}

/* Options of recordings without a recording are a mistake. */
static OptionsResult check_recording(const Config *config, const char *program)
{
    if (config->see_options.count == 0 || config->show_see || config->record_file || config->show_watch)
        return OPTIONS_RUN;
    const char *option = config->see_options.items[0];
    fprintf(stderr, "--%.*s needs --see, --record or --watch\n", (int)strcspn(option, "="), option);
    return usage_error(program);
}

/* Options that begin with two dashes.  *used gets the number of arguments taken. */
static OptionsResult long_option(Config *config, const char *program, const char *name, const char *value, int *used)
{
    *used = 1;
    if (strcmp(name, "help") == 0)
        return help_print(program), OPTIONS_EXIT;
    if (strcmp(name, "help-env") == 0)
        return help_print_environment(), OPTIONS_EXIT;
    if (strcmp(name, "help-see") == 0)
        return help_print_see(), OPTIONS_EXIT;
    if (strcmp(name, "help-xoptions") == 0)
        return help_print_xoptions(), OPTIONS_EXIT;
    if (strcmp(name, "help-all") == 0)
        return help_print_all(program), OPTIONS_EXIT;
    if (strcmp(name, "version") == 0)
        return help_print_version(0), OPTIONS_EXIT;
    OptionsResult known = report_option(config, program, name);
    if (known == OPTIONS_EXIT)
        known = limit_option(config, program, name);
    if (known == OPTIONS_EXIT)
        known = recording_option(config, program, name);
    if (known != OPTIONS_EXIT)
        return known;
    if (strcmp(name, "check-hash-based-pycs") == 0) {
        if (!value || (strcmp(value, "always") && strcmp(value, "never") && strcmp(value, "default"))) {
            if (!value)
                fprintf(stderr, "Argument expected for the --%s option\n", name);
            else
                fprintf(stderr, "--check-hash-based-pycs must be one of 'default', 'always', or 'never'\n");
            return usage_error(program);
        }
        free(config->check_hash_based_pycs);
        config->check_hash_based_pycs = copy(value);
        *used = 2;
        return OPTIONS_RUN;
    }
    fprintf(stderr, "unknown option --%s\n", name);
    return usage_error(program);
}

/* What remains of argv after the program's name or command becomes sys.argv[1:]. */
static void take_arguments(Config *config, const char *first, int argc, char **argv, int from)
{
    add(&config->argv, first);
    for (int i = from; i < argc; i++)
        add(&config->argv, argv[i]);
}

OptionsResult options_read(Config *config, int argc, char **argv)
{
    const char *program = argc > 0 ? argv[0] : "limpid";
    int versions = 0, at = 1;
    config->program_name = copy(program);
    for (int i = 0; i < argc; i++)
        add(&config->orig_argv, argv[i]);
    while (at < argc && argv[at][0] == '-' && argv[at][1]) {
        const char *argument = argv[at];
        if (argument[1] == '-') {
            if (!argument[2]) {
                at++;
                break;
            }
            int used;
            OptionsResult result = long_option(config, program, argument + 2, at + 1 < argc ? argv[at + 1] : NULL, &used);
            if (result != OPTIONS_RUN)
                return result;
            at += used;
            continue;
        }
        for (const char *letter = argument + 1; *letter; letter++) {
            if (strchr("cmWX", *letter)) {
                const char *value = letter[1] ? letter + 1 : ++at < argc ? argv[at] : NULL;
                if (!value) {
                    fprintf(stderr, "Argument expected for the -%c option\n", *letter);
                    return usage_error(program);
                }
                if (*letter == 'c' || *letter == 'm') {
                    if (*letter == 'c')
                        config->run_command = copy(value);
                    else
                        config->run_module = copy(value);
                    take_arguments(config, *letter == 'c' ? "-c" : "-m", argc, argv, at + 1);
                    return versions ? (help_print_version(versions > 1), OPTIONS_EXIT)
                                    : check_recording(config, program);
                }
                add(*letter == 'W' ? &config->warnoptions : &config->xoptions, value);
                break;
            }
            if (*letter == 'h' || *letter == '?')
                return help_print(program), OPTIONS_EXIT;
            if (*letter == 'V')
                versions++;
            else if (!set_flag(config, *letter)) {
                fprintf(stderr, "Unknown option: -%c\n", *letter);
                return usage_error(program);
            }
        }
        at++;
    }
    if (versions)
        return help_print_version(versions > 1), OPTIONS_EXIT;
    if (at < argc && strcmp(argv[at], "-") != 0)
        config->run_filename = copy(argv[at]);
    take_arguments(config, at < argc ? argv[at] : "", argc, argv, at + 1);
    return check_recording(config, program);
}
