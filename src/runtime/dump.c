/* See dump.h.  The format is that of 3.11's faulthandler. */
#include "runtime/dump.h"

#include "memory/pool.h"
#include "memory/state.h"
#include "vm/frame.h"

#include <unistd.h>

#define MAX_TEXT 500 /* characters of a name */
#define MAX_FRAMES 100
#define MAX_THREADS 100

/* ---- writing: gathered, because system calls are slow and lines should stay together ---- */

typedef struct {
    int fd;
    unsigned used;
    char data[1000];
} Out;

static void out_flush(Out *o)
{
    for (unsigned done = 0; done < o->used;) {
        ssize_t n = write(o->fd, o->data + done, o->used - done);
        if (n <= 0)
            break;
        done += (unsigned)n;
    }
    o->used = 0;
}

static void put_char(Out *o, char c)
{
    if (o->used == sizeof o->data)
        out_flush(o);
    o->data[o->used++] = c;
}

static void put(Out *o, const char *s)
{
    while (*s)
        put_char(o, *s++);
}

static void put_hex(Out *o, unsigned long value, int digits)
{
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
        put_char(o, "0123456789abcdef"[value >> shift & 15]);
}

static void put_number(Out *o, unsigned long value)
{
    char digits[24];
    int n = 0;
    do
        digits[n++] = (char)('0' + value % 10);
    while (value /= 10);
    while (n)
        put_char(o, digits[--n]);
}

/* A str with escapes for all but printable ASCII. */
static void put_str(Out *o, PyObject *s)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(s);
    for (Py_ssize_t i = 0; i < size && i < MAX_TEXT; i++) {
        Py_UCS4 c = PyUnicode_READ(PyUnicode_KIND(s), PyUnicode_DATA(s), i);
        if (c >= ' ' && c < 127) {
            put_char(o, (char)c);
            continue;
        }
        put(o, c < 0x100 ? "\\x" : c < 0x10000 ? "\\u" : "\\U");
        put_hex(o, c, c < 0x100 ? 2 : c < 0x10000 ? 4 : 8);
    }
    if (size > MAX_TEXT)
        put(o, "...");
}

void dump_text(int fd, const char *text)
{
    Out o = {fd};
    put(&o, text);
    out_flush(&o);
}

/* ---- frames ---- */

static void put_name(Out *o, PyObject *name, const char *quote)
{
    if (name == NULL || !PyUnicode_Check(name)) {
        put(o, "???");
        return;
    }
    put(o, quote);
    put_str(o, name);
    put(o, quote);
}

static void put_frame(Out *o, const Frame *f)
{
    put(o, "  File ");
    put_name(o, f->code->co_filename, "\"");
    int line = PyCode_Addr2Line(f->code, frame_lasti(f) * (int)sizeof(_Py_CODEUNIT));
    put(o, ", line ");
    if (line >= 0)
        put_number(o, (unsigned long)line);
    else
        put(o, "???");
    put(o, " in ");
    put_name(o, f->code->co_name, "");
    put(o, "\n");
}

static void put_frames(Out *o, PyThreadState *t)
{
    Frame *f = t ? frame_visible(((ThreadState *)t)->frame) : NULL;
    if (f == NULL)
        put(o, "  <no Python frame>\n");
    for (int n = 0; f; f = frame_visible(f->previous), n++) {
        if (n == MAX_FRAMES) {
            put(o, "  ...\n");
            break;
        }
        put_frame(o, f);
    }
}

void dump_thread(int fd, PyThreadState *t)
{
    Out o = {fd};
    put(&o, "Stack (most recent call first):\n");
    put_frames(&o, t);
    out_flush(&o);
}

void dump_threads(int fd, PyInterpreterState *interp, PyThreadState *current)
{
    Out o = {fd};
    int n = 0;
    for (PyThreadState *t = interp ? interp->threads : NULL; t; t = t->next, n++) {
        if (n)
            put(&o, "\n");
        if (n == MAX_THREADS) {
            put(&o, "...\n");
            break;
        }
        put(&o, t == current ? "Current thread 0x" : "Thread 0x");
        put_hex(&o, t->thread_id, 16);
        put(&o, " (most recent call first):\n");
        if (t == current && heap.gc.collecting)
            put(&o, "  Garbage-collecting\n");
        put_frames(&o, t);
    }
    out_flush(&o);
}

/* ---- modules ---- */

/* Whether a set holds a name; looks at every entry, because hashing might run code. */
static int set_has(PyObject *set, PyObject *name)
{
    PyObject *item;
    Py_ssize_t pos = 0;
    Py_hash_t hash;
    while (set && PyAnySet_Check(set) && _PySet_NextEntry(set, &pos, &item, &hash))
        if (PyUnicode_Check(item) && PyUnicode_Compare(item, name) == 0)
            return 1;
    return 0;
}

void dump_extension_modules(int fd, PyInterpreterState *interp)
{
    PyObject *name, *module, *library = NULL;
    Py_ssize_t pos = 0;
    unsigned long total = 0;
    if (interp == NULL || interp->modules == NULL || !PyDict_Check(interp->modules))
        return;
    while (interp->sysdict && PyDict_Next(interp->sysdict, &pos, &name, &module))
        if (PyUnicode_Check(name) && PyUnicode_CompareWithASCIIString(name, "stdlib_module_names") == 0)
            library = module;
    Out o = {fd};
    pos = 0;
    while (PyDict_Next(interp->modules, &pos, &name, &module)) {
        if (!PyUnicode_Check(name) || !PyModule_Check(module) || PyModule_GetDef(module) == NULL ||
            set_has(library, name))
            continue;
        put(&o, total++ ? ", " : "\nExtension modules: ");
        put_str(&o, name);
    }
    if (total) {
        put(&o, " (total: ");
        put_number(&o, total);
        put(&o, ")\n");
    }
    out_flush(&o);
}
