/* See watch.h.
 *
 *     viewer (this process, the terminal)      program (the child)
 *     keys, screen  ◀── terminal               its streams ◀──▶ a terminal of its own, the pane "output"
 *                                              journal ──▶ viewer, and where to stop (see/live.h)
 *
 * Only those of the program's streams that are a terminal are led to the new one.  Where standard output is no
 * terminal, or a dumb one, there are no panes but text: standard output, and standard error if it is the same file,
 * become a pipe whose contents the viewer puts between its lines. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "cli/watch.h"
#include "see/live.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define DESCRIPTORS_FROM 200 /* out of the way of those that programs close by number */
#define PIPE_SIZE (1 << 20)

extern char **environ;

static struct {
    int shows, panes, utf8;
    pid_t program;
    int journal, go;    /* the viewer's ends */
    int output;         /* the master of the program's terminal, or the end of its pipe */
    int reads_terminal; /* the program's standard input is its terminal */
    int keys;           /* a terminal, or -1 */
    int killed;         /* the signal that ended the program */
} watch = {.journal = -1, .go = -1, .output = -1, .keys = -1};

static Live live;

struct live *watch_live(void) { return live.control ? &live : NULL; }
int watch_shows(void) { return watch.shows; }

static int fail(const char *what)
{
    fprintf(stderr, "limpid: cannot watch: %s: %s\n", what, strerror(errno));
    return 1;
}

/* ---- the terminal of the viewer ---- */

static struct termios usual;
static volatile sig_atomic_t is_raw;

/* Puts back what terminal_raw and the viewer's screen changed; safe in a signal handler. */
static void terminal_restore(void)
{
    static const char leave[] = "\x1b[0m\x1b[?25h\x1b[?1049l";
    if (!is_raw)
        return;
    is_raw = 0;
    if (write(1, leave, sizeof leave - 1) < 0)
        errno = 0;
    tcsetattr(watch.keys, TCSAFLUSH, &usual);
}

static void crashed(int number)
{
    terminal_restore();
    signal(number, SIG_DFL);
    raise(number);
}

/* Ctrl-C reaches the program by its own terminal, or is for both; who means the viewer's process means the program. */
static void interrupted(int number, siginfo_t *info, void *context)
{
    siginfo_t state;
    int saved = errno;
    if ((watch.panes || info->si_code <= 0) &&
        waitid(P_PID, (id_t)watch.program, &state, WEXITED | WNOHANG | WNOWAIT) == 0)
        kill(watch.program, number);
    errno = saved;
}

static PyObject *watch_raw(PyObject *m, PyObject *on)
{
    int wanted = PyObject_IsTrue(on);
    if (wanted < 0)
        return NULL;
    if (!wanted) {
        terminal_restore();
    } else if (!is_raw) {
        struct termios raw;
        if (tcgetattr(watch.keys, &usual) < 0)
            return PyErr_SetFromErrno(PyExc_OSError);
        raw = usual;
        cfmakeraw(&raw);
        raw.c_oflag = usual.c_oflag;
        if (tcsetattr(watch.keys, TCSADRAIN, &raw) < 0)
            return PyErr_SetFromErrno(PyExc_OSError);
        is_raw = 1;
    }
    Py_RETURN_NONE;
}

static PyObject *watch_resize(PyObject *m, PyObject *args)
{
    int rows, columns;
    if (!PyArg_ParseTuple(args, "ii:watch_resize", &rows, &columns))
        return NULL;
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    if (ioctl(watch.output, TIOCSWINSZ, &size) < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    Py_RETURN_NONE;
}

/* ---- two processes ---- */

static int is_same_file(int a, int b)
{
    struct stat one, other;
    return fstat(a, &one) == 0 && fstat(b, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* The descriptor under a high number, closed when another program is run. */
static int out_of_the_way(int fd)
{
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, DESCRIPTORS_FROM);
    if (moved < 0)
        return fd;
    close(fd);
    return moved;
}

static int make_pipe(int ends[2])
{
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    ends[0] = out_of_the_way(ends[0]);
    ends[1] = out_of_the_way(ends[1]);
    fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE);
    return 0;
}

/* A terminal for the program, as the user's is; its master, and the name of the other end. */
static int make_terminal(char *name, size_t room)
{
    struct termios settings;
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0 || ptsname_r(master, name, room) != 0)
        return -1;
    if (tcgetattr(watch.keys, &settings) == 0)
        tcsetattr(master, TCSANOW, &settings);
    return master;
}

/* The program's streams become those that the viewer reads and writes. */
static int lead_streams(const int *ends, const char *terminal)
{
    int led[3];
    if (watch.panes) {
        setsid();
        int fd = open(terminal, O_RDWR | O_CLOEXEC);
        if (fd < 0)
            return -1;
        for (int i = 0; i < 3; i++)
            led[i] = isatty(i);
        for (int i = 0; i < 3; i++)
            if (led[i] && dup2(fd, i) < 0)
                return -1;
        close(fd);
        return setenv("TERM", "dumb", 1);
    }
    int both = is_same_file(1, 2);
    if (dup2(ends[1], 1) < 0 || (both && dup2(ends[1], 2) < 0))
        return -1;
    return 0;
}

static int become_program(Config *config, const int *ends, const char *terminal)
{
    prctl(PR_SET_PDEATHSIG, SIGHUP); /* the program does not outlive its viewer */
    close(watch.journal);
    close(watch.go);
    close(watch.output);
    if (lead_streams(ends, terminal) < 0)
        return fail("streams");
    if (!watch.panes) {
        close(ends[1]);
        config->unbuffered = 1; /* so that output stands where it was written */
    }
    return 0;
}

/* The viewer heeds none of the options and variables that are for the program. */
static int become_viewer(Config *config)
{
    watch.shows = 1;
    for (char **variable = environ; *variable;)
        if (strncmp(*variable, "LIMPID_", 7) == 0) {
            char name[256];
            snprintf(name, sizeof name, "%.*s", (int)strcspn(*variable, "="), *variable);
            unsetenv(name);
        } else
            variable++;
    Config own;
    config_init(&own);
    own.coerce_locale = own.isolated = own.ignore_environment = own.no_user_site = own.safe_path = own.no_site = 1;
    own.dont_write_bytecode = 1;
    own.argv = config->argv;
    own.orig_argv = config->orig_argv;
    own.program_name = config->program_name;
    config->argv = config->orig_argv = (StringList){0};
    config->program_name = NULL;
    config_free(config);
    *config = own;
    return 0;
}

static int split(Config *config)
{
    char terminal[128] = "";
    int journal[2], go[2], output[2] = {-1, -1};
    if (make_pipe(journal) < 0 || make_pipe(go) < 0)
        return fail("pipe");
    if (watch.panes ? (output[0] = make_terminal(terminal, sizeof terminal)) < 0 : make_pipe(output) < 0)
        return fail("terminal");
    LiveControl *control = live_control_new();
    if (control == NULL)
        return fail("memory");
    watch.journal = journal[0];
    watch.go = go[1];
    watch.output = output[0];
    pid_t child = fork();
    if (child < 0)
        return fail("fork");
    if (child == 0) {
        live = (Live){.control = control, .journal = journal[1], .go = go[0]};
        return become_program(config, output, terminal);
    }
    watch.program = child;
    live_watched = control;
    close(journal[1]);
    close(go[0]);
    if (output[1] >= 0)
        close(output[1]);
    return become_viewer(config);
}

/* Whether there is a terminal to draw on and one to read keys from. */
static int has_panes(void)
{
    const char *term = getenv("TERM");
    if (!isatty(1) || !term || !*term || strcmp(term, "dumb") == 0)
        return 0;
    watch.keys = isatty(0) ? 0 : open("/dev/tty", O_RDWR | O_CLOEXEC);
    return watch.keys >= 0;
}

int watch_split(Config *config)
{
    if (!config->show_watch)
        return 0;
    if (config->show_see || config->record_file) {
        fprintf(stderr, "limpid: --watch goes without --see and --record\n");
        return 2;
    }
    if (!config->run_command && !config->run_module && !config->run_filename && isatty(0)) {
        fprintf(stderr, "limpid: --watch needs a program\n");
        return 2;
    }
    setlocale(LC_CTYPE, "");
    watch.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    setlocale(LC_CTYPE, "C");
    watch.panes = has_panes();
    watch.reads_terminal = watch.panes && isatty(0);
    return split(config);
}

/* ---- showing ---- */

static PyMethodDef methods[] = {
    {"watch_raw", watch_raw, METH_O,
     "watch_raw($module, on, /)\n--\n\nKeys come one by one, or as usual, on the usual screen."},
    {"watch_resize", watch_resize, METH_VARARGS,
     "watch_resize($module, rows, columns, /)\n--\n\nThe size of the program's terminal."},
    {NULL}};

/* The viewer's functions stand in its own module: nobody else can use them. */
static PyObject *viewer(void)
{
    PyObject *module = PyImport_ImportModule("limpid.watch");
    if (module && PyModule_AddFunctions(module, methods) < 0)
        Py_CLEAR(module);
    return module;
}

int watch_main(void)
{
    static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        signal(fatal[i], crashed);
    struct sigaction interrupt = {.sa_sigaction = interrupted, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigemptyset(&interrupt.sa_mask);
    sigaction(SIGINT, &interrupt, NULL);
    PyObject *module = viewer();
    PyObject *result = module
                           ? PyObject_CallMethod(module, "main", "iiiiiii", (int)watch.program, watch.journal, watch.go,
                                                 watch.output, watch.keys, watch.reads_terminal, watch.utf8)
                           : NULL;
    terminal_restore();
    long status = result ? PyLong_AsLong(result) : -1;
    Py_XDECREF(module);
    Py_XDECREF(result);
    if (PyErr_Occurred()) {
        PyErr_Print();
        kill(watch.program, SIGHUP);
        return 1;
    }
    if (status < 0)
        watch.killed = (int)-status;
    return (int)status & 0xff;
}

void watch_end(void)
{
    if (!watch.killed)
        return;
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none); /* the program has written one, if any */
    signal(watch.killed, SIG_DFL);
    raise(watch.killed);
}
