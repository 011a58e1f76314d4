/* Configuration: defaults, environment variables, and the search for the standard library. */
#include "runtime/config.h"
#include "memory/state.h"

#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIBRARY "lib/python3.11"
#define DEFAULT_PREFIX "/usr"

void config_init(Config *config)
{
    memset(config, 0, sizeof *config);
    config->hash_randomization = 1;
    config->int_max_str_digits = -1;
}

static void list_free(StringList *list)
{
    for (int i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    memset(list, 0, sizeof *list);
}

void config_free(Config *config)
{
    StringList *lists[] = {&config->warnoptions, &config->xoptions,    &config->argv,
                           &config->orig_argv,   &config->see_options, &config->module_search_paths};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        list_free(lists[i]);
    char **strings[] = {&config->check_hash_based_pycs,
                        &config->pycache_prefix,
                        &config->stdio_encoding,
                        &config->stdio_errors,
                        &config->json_file,
                        &config->snapshot_file,
                        &config->log_file,
                        &config->record_file,
                        &config->see_file,
                        &config->run_command,
                        &config->run_module,
                        &config->run_filename,
                        &config->program_name,
                        &config->executable,
                        &config->base_executable,
                        &config->prefix,
                        &config->exec_prefix,
                        &config->base_prefix,
                        &config->base_exec_prefix,
                        &config->stdlib_dir,
                        &config->home,
                        &config->pythonpath};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        free(*strings[i]);
        *strings[i] = NULL;
    }
}

int string_list_add(StringList *list, const char *item)
{
    if (list->count == list->room) {
        int room = list->room ? 2 * list->room : 8;
        char **items = realloc(list->items, (size_t)room * sizeof *items);
        if (!items)
            return -1;
        list->items = items;
        list->room = room;
    }
    char *copy = strdup(item);
    if (!copy)
        return -1;
    list->items[list->count++] = copy;
    return 0;
}

const char *config_xoption(const Config *config, const char *name)
{
    size_t length = strlen(name);
    for (int i = config->xoptions.count - 1; i >= 0; i--) {
        const char *option = config->xoptions.items[i];
        if (strncmp(option, name, length) == 0 && (option[length] == 0 || option[length] == '='))
            return option[length] ? option + length + 1 : "";
    }
    return NULL;
}

const char *config_getenv(const Config *config, const char *name)
{
    if (config->ignore_environment)
        return NULL;
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

const Config *config_current(void) { return interp_current()->config; }

/* ---- environment ---------------------------------------------------------------------------------------------- */

/* A flag variable: a positive number is that level, any other text is 1; the larger of it and the option holds. */
static void read_flag(const Config *config, const char *name, int *flag)
{
    const char *value = config_getenv(config, name);
    if (!value)
        return;
    char *end;
    long level = strtol(value, &end, 10);
    if (*end || level < 0 || level > INT_MAX)
        level = 1;
    if (*flag < level)
        *flag = (int)level;
}

static int copy_string(char **to, const char *from)
{
    char *copy = strdup(from);
    if (!copy)
        return -1;
    free(*to);
    *to = copy;
    return 0;
}

static int read_warnings(Config *config)
{
    const char *value = config_getenv(config, "PYTHONWARNINGS");
    if (!value)
        return 0;
    StringList merged = {0};
    char *copy = strdup(value), *save = NULL;
    if (!copy)
        return -1;
    int failed = 0;
    for (char *item = strtok_r(copy, ",", &save); item; item = strtok_r(NULL, ",", &save))
        failed |= string_list_add(&merged, item) < 0;
    free(copy);
    for (int i = 0; i < config->warnoptions.count; i++)
        failed |= string_list_add(&merged, config->warnoptions.items[i]) < 0;
    list_free(&config->warnoptions);
    config->warnoptions = merged;
    return failed ? -1 : 0;
}

static int read_io_encoding(Config *config)
{
    const char *value = config_getenv(config, "PYTHONIOENCODING");
    if (!value)
        return 0;
    const char *colon = strchr(value, ':');
    if (colon && colon[1] && copy_string(&config->stdio_errors, colon + 1) < 0)
        return -1;
    if (colon == value)
        return 0;
    if ((!colon || !colon[1]) && copy_string(&config->stdio_errors, "strict") < 0)
        return -1;
    config->stdio_encoding = colon ? strndup(value, (size_t)(colon - value)) : strdup(value);
    return config->stdio_encoding ? 0 : -1;
}

/* Ends the process: a setting makes no sense.  The message is three pieces. */
static void __attribute__((noreturn)) refuse(const char *where, const char *what, const char *why)
{
    fprintf(stderr, "Fatal Python error: %s%s%s\n", where, what, why);
    fprintf(stderr, "Python runtime state: %s\n\n", strncmp(where, "preconfig", 9) == 0 ? "preinitializing" : "preinitialized");
    exit(1);
}

/* PEP 538: a C locale that nothing demands by LC_ALL becomes one with UTF-8, for child processes too.  Whether the
 * environment asked for C. */
static int coerce_locale(Config *config)
{
    static const char *const targets[] = {"C.UTF-8", "C.utf8", "UTF-8"};
    const char *value = config_getenv(config, "PYTHONCOERCECLOCALE"), *all = getenv("LC_ALL");
    int warn = config->coerce_locale && value && strcmp(value, "warn") == 0;
    setlocale(LC_CTYPE, "");
    const char *current = setlocale(LC_CTYPE, NULL);
    if (current && strcmp(current, "C") != 0 && strcmp(current, "POSIX") != 0)
        return 0;
    int wanted = config->coerce_locale && !(value && strcmp(value, "0") == 0) && !(all && *all);
    for (size_t i = 0; wanted && i < sizeof targets / sizeof *targets; i++)
        if (setlocale(LC_CTYPE, targets[i]) && setenv("LC_CTYPE", targets[i], 1) == 0) {
            if (warn)
                fprintf(stderr, "Python detected LC_CTYPE=C: LC_CTYPE coerced to %s (set another locale or "
                                "PYTHONCOERCECLOCALE=0 to disable this locale coercion behavior).\n", targets[i]);
            return 1;
        }
    if (warn)
        fprintf(stderr, "Python runtime initialized with LC_CTYPE=C (a locale with default ASCII encoding), which may cause "
                        "Unicode compatibility problems. Using C.UTF-8, C.utf8, or UTF-8 (if available) as alternative "
                        "Unicode-compatible locales is recommended.\n");
    return 1;
}

/* UTF-8 mode: -X utf8, else PYTHONUTF8, else whether the environment asked for the locale C or POSIX. */
static void read_utf8_mode(Config *config)
{
    int is_c = coerce_locale(config);
    const char *option = config_xoption(config, "utf8"), *variable = config_getenv(config, "PYTHONUTF8");
    const char *value = option ? option : variable;
    if (value) {
        if (strcmp(value, "0") != 0 && strcmp(value, "1") != 0 && !(option && !*option))
            refuse("preconfig_init_utf8_mode: invalid ", option ? "-X utf8 option" : "PYTHONUTF8 environment variable", " value");
        config->utf8_mode = strcmp(value, "0") != 0;
        return;
    }
    config->utf8_mode = is_c;
}

static void check_settings(Config *config)
{
    static const char *const allocators[] = {"default", "debug", "pymalloc", "pymalloc_debug", "malloc", "malloc_debug"};
    const char *frozen = config_xoption(config, "frozen_modules"), *allocator = config_getenv(config, "PYTHONMALLOC");
    if (frozen && *frozen && strcmp(frozen, "on") != 0 && strcmp(frozen, "off") != 0)
        refuse("bad value for option -X frozen_modules (expected \"on\" or \"off\")", "", "");
    int known = !allocator;
    for (size_t i = 0; i < sizeof allocators / sizeof *allocators; i++)
        known |= allocator && strcmp(allocator, allocators[i]) == 0;
    if (!known)
        refuse("preconfig_init_allocator: PYTHONMALLOC: unknown allocator", "", "");
}

static int read_seed(Config *config)
{
    const char *value = config_getenv(config, "PYTHONHASHSEED");
    if (!value || config->random_seed || strcmp(value, "random") == 0)
        return 0;
    char *end;
    unsigned long seed = strtoul(value, &end, 10);
    if (*end || seed > 4294967295UL) {
        refuse("config_init_hash_seed: PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]", "", "");
    }
    config->use_hash_seed = 1;
    config->hash_seed = seed;
    config->hash_randomization = seed != 0;
    return 0;
}

/* The number of frames that allocations are traced with from the start; 0: they are not. */
static int read_tracemalloc(Config *config)
{
    const char *value = config_getenv(config, "PYTHONTRACEMALLOC"), *source = "PYTHONTRACEMALLOC";
    const char *option = config_xoption(config, "tracemalloc");
    if (value == NULL || !*value)
        value = NULL;
    if (option) {
        value = *option ? option : "1";
        source = "-X tracemalloc=NFRAME";
    }
    if (value == NULL)
        return 0;
    char *end;
    long frames = strtol(value, &end, 10);
    if (*end || frames < 0 || frames > INT_MAX)
        refuse("config_init_tracemalloc: ", source, ": invalid number of frames");
    config->tracemalloc = (int)frames;
    return 0;
}

static int read_int_digits(Config *config)
{
    const char *value = config_xoption(config, "int_max_str_digits");
    const char *source = "-X int_max_str_digits";
    if (!value) {
        value = config_getenv(config, "PYTHONINTMAXSTRDIGITS");
        source = "PYTHONINTMAXSTRDIGITS";
    }
    if (!value)
        return 0;
    char *end;
    long digits = strtol(value, &end, 10);
    if (!*value || *end || (digits != 0 && digits < 640) || digits > INT_MAX) {
        refuse("config_init_int_max_str_digits: ", source, ": invalid limit; must be >= 640 or 0 for unlimited.");
    }
    config->int_max_str_digits = (int)digits;
    return 0;
}

int config_read_environment(Config *config)
{
    int *switches[] = {&config->dont_write_bytecode, &config->no_user_site, &config->no_site, &config->ignore_environment};
    struct {
        const char *name;
        int *flag;
    } flags[] = {
        {"PYTHONDEBUG", &config->debug},
        {"PYTHONINSPECT", &config->inspect},
        {"PYTHONOPTIMIZE", &config->optimize},
        {"PYTHONDONTWRITEBYTECODE", &config->dont_write_bytecode},
        {"PYTHONNOUSERSITE", &config->no_user_site},
        {"PYTHONVERBOSE", &config->verbose},
        {"PYTHONUNBUFFERED", &config->unbuffered},
    }, present[] = {
        {"PYTHONSAFEPATH", &config->safe_path},
        {"PYTHONDEVMODE", &config->dev_mode},
        {"PYTHONPROFILEIMPORTTIME", &config->import_time},
        {"PYTHONNODEBUGRANGES", &config->no_debug_ranges},
        {"PYTHONFAULTHANDLER", &config->faulthandler},
        {"PYTHONWARNDEFAULTENCODING", &config->warn_default_encoding},
    };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        read_flag(config, flags[i].name, flags[i].flag);
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++)
        *switches[i] = *switches[i] != 0;
    for (size_t i = 0; i < sizeof present / sizeof *present; i++) /* any text, also 0 */
        *present[i].flag |= config_getenv(config, present[i].name) != NULL;
    if (config_xoption(config, "dev"))
        config->dev_mode = 1;
    if (config_xoption(config, "importtime"))
        config->import_time = 1;
    if (config_xoption(config, "no_debug_ranges"))
        config->no_debug_ranges = 1;
    if (config_xoption(config, "faulthandler"))
        config->faulthandler = 1;
    if (config_xoption(config, "warn_default_encoding"))
        config->warn_default_encoding = 1;
    config->malloc_stats = config_getenv(config, "PYTHONMALLOCSTATS") != NULL;
    read_utf8_mode(config);
    check_settings(config);
    const char *prefix = config_xoption(config, "pycache_prefix");
    if (!prefix)
        prefix = config_getenv(config, "PYTHONPYCACHEPREFIX");
    if (prefix && *prefix && copy_string(&config->pycache_prefix, prefix) < 0)
        return -1;
    if (!config->check_hash_based_pycs && copy_string(&config->check_hash_based_pycs, "default") < 0)
        return -1;
    if (config->dev_mode) {
        config->faulthandler = 1;
    }
    const char *home = config_getenv(config, "PYTHONHOME");
    if (home && !config->home && copy_string(&config->home, home) < 0)
        return -1;
    const char *path = config_getenv(config, "PYTHONPATH");
    if (path && copy_string(&config->pythonpath, path) < 0)
        return -1;
    if (read_warnings(config) < 0 || read_io_encoding(config) < 0 || read_seed(config) < 0 ||
        read_int_digits(config) < 0 || read_tracemalloc(config) < 0)
        return -1;
    if (config->dev_mode) {
        StringList with_default = {0};
        if (string_list_add(&with_default, "default") < 0)
            return -1;
        for (int i = 0; i < config->warnoptions.count; i++)
            if (string_list_add(&with_default, config->warnoptions.items[i]) < 0)
                return -1;
        list_free(&config->warnoptions);
        config->warnoptions = with_default;
    }
    if (config->bytes_warning &&
        string_list_add(&config->warnoptions,
                        config->bytes_warning > 1 ? "error::BytesWarning" : "default::BytesWarning") < 0)
        return -1;
    return 0;
}

/* ---- paths ---------------------------------------------------------------------------------------------------- */

static char *join(const char *directory, const char *name)
{
    size_t a = strlen(directory), b = strlen(name);
    char *path = malloc(a + b + 2);
    if (!path)
        return NULL;
    memcpy(path, directory, a);
    if (a && path[a - 1] != '/')
        path[a++] = '/';
    memcpy(path + a, name, b + 1);
    return path;
}

static int is_file(const char *directory, const char *name)
{
    char *path = join(directory, name);
    struct stat info;
    int found = path && stat(path, &info) == 0 && S_ISREG(info.st_mode);
    free(path);
    return found;
}

/* The directory part of path, new; "" when there is none; NULL without memory. */
static char *parent(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return strdup("");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* The absolute name of the running program, as the shell found it (links are not followed); new. */
static char *find_executable(const char *program)
{
    if (strchr(program, '/')) {
        if (program[0] == '/')
            return strdup(program);
        char cwd[PATH_MAX];
        if (!getcwd(cwd, sizeof cwd))
            return strdup("");
        while (program[0] == '.' && program[1] == '/')
            program += 2;
        return join(cwd, program);
    }
    const char *path = getenv("PATH");
    if (!path)
        path = "/usr/local/bin:/usr/bin:/bin";
    while (*path) {
        size_t length = strcspn(path, ":");
        char *directory = length ? strndup(path, length) : strdup(".");
        char *candidate = directory ? join(directory, program) : NULL;
        free(directory);
        struct stat info;
        if (candidate && stat(candidate, &info) == 0 && S_ISREG(info.st_mode) && access(candidate, X_OK) == 0)
            return candidate;
        free(candidate);
        path += length + (path[length] == ':');
    }
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    return n > 0 ? strndup(self, (size_t)n) : strdup("");
}

/* The value of "home" in DIR/pyvenv.cfg or DIR/../pyvenv.cfg, new; *prefix gets that directory, new.  NULL: no venv. */
static char *read_venv(const char *bin, char **prefix)
{
    char *up = parent(bin);
    const char *places[] = {bin, up};
    char *home = NULL;
    for (int i = 0; i < 2 && !home; i++) {
        if (!places[i] || !*places[i] || !is_file(places[i], "pyvenv.cfg"))
            continue;
        char *name = join(places[i], "pyvenv.cfg");
        FILE *file = name ? fopen(name, "r") : NULL;
        free(name);
        if (!file)
            continue;
        char line[PATH_MAX + 32];
        while (!home && fgets(line, sizeof line, file)) {
            char *equals = strchr(line, '=');
            if (!equals)
                continue;
            *equals = 0;
            char *key = line + strspn(line, " \t");
            key[strcspn(key, " \t")] = 0;
            if (strcmp(key, "home") == 0) {
                char *value = equals + 1 + strspn(equals + 1, " \t");
                value[strcspn(value, "\r\n")] = 0;
                home = strdup(value);
                *prefix = up && places[i] == bin ? strdup(up) : strdup(places[i]);
            }
        }
        fclose(file);
    }
    free(up);
    return home;
}

/* The nearest ancestor of `directory` that holds the library, new, or NULL. */
static char *search_up(const char *directory)
{
    char *at = strdup(directory);
    while (at && *at) {
        char *library = join(at, LIBRARY);
        int found = library && is_file(library, "os.py");
        free(library);
        if (strcmp(at, "/") == 0) /* where /lib is a link to /usr/lib, /usr is the prefix */
            break;
        if (found)
            return at;
        char *up = parent(at);
        free(at);
        at = up;
    }
    free(at);
    return NULL;
}

static int add_search_paths(Config *config)
{
    StringList *list = &config->module_search_paths;
    if (config->pythonpath) {
        const char *at = config->pythonpath;
        for (;;) {
            size_t length = strcspn(at, ":");
            char *item = strndup(at, length);
            if (!item || string_list_add(list, item) < 0)
                return -1;
            free(item);
            if (!at[length])
                break;
            at += length + 1;
        }
    }
    char *zip = join(config->base_prefix, "lib/python311.zip");
    char *library = join(config->base_prefix, LIBRARY);
    char *dynload = join(config->base_exec_prefix, LIBRARY "/lib-dynload");
    int failed = !zip || !library || !dynload || string_list_add(list, zip) < 0 || string_list_add(list, library) < 0 ||
                 string_list_add(list, dynload) < 0;
    free(zip);
    free(dynload);
    if (!failed && is_file(library, "os.py"))
        config->stdlib_dir = library;
    else
        free(library);
    return failed ? -1 : 0;
}

static int set_prefixes(Config *config, const char *base, const char *exec, const char *venv)
{
    if (copy_string(&config->base_prefix, base) < 0 || copy_string(&config->base_exec_prefix, exec) < 0)
        return -1;
    return copy_string(&config->prefix, venv ? venv : base) < 0 ||
                   copy_string(&config->exec_prefix, venv ? venv : exec) < 0
               ? -1
               : 0;
}

int config_find_library(Config *config)
{
    if (!config->executable &&
        !(config->executable = find_executable(config->program_name ? config->program_name : "")))
        return -1;
    char real[PATH_MAX];
    char *bin = parent(config->executable);
    char *venv = NULL, *venv_home = bin ? read_venv(bin, &venv) : NULL;
    char *base = NULL, *exec = NULL;
    if (config->home) {
        size_t length = strcspn(config->home, ":");
        base = strndup(config->home, length);
        exec = strdup(config->home[length] ? config->home + length + 1 : base);
    } else {
        if (venv_home)
            base = search_up(venv_home);
        if (!base && realpath(config->executable, real)) {
            char *directory = parent(real);
            base = directory ? search_up(directory) : NULL;
            free(directory);
        }
        if (!base)
            base = strdup(DEFAULT_PREFIX);
        exec = base ? strdup(base) : NULL;
    }
    int failed = !base || !exec || set_prefixes(config, base, exec, venv) < 0;
    if (!failed && !config->base_executable) {
        if (venv_home) {
            const char *slash = strrchr(config->executable, '/');
            config->base_executable = realpath(config->executable, real)
                                          ? strdup(real)
                                          : join(venv_home, slash ? slash + 1 : config->executable);
        } else {
            config->base_executable = strdup(config->executable);
        }
    }
    free(bin);
    free(venv);
    free(venv_home);
    free(base);
    free(exec);
    return failed || add_search_paths(config) < 0 ? -1 : 0;
}
