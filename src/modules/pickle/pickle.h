/* What the files of _pickle share. */
#ifndef LIMPID_MODULES_PICKLE_PICKLE_H
#define LIMPID_MODULES_PICKLE_PICKLE_H

#include "Python.h"
#include "memory/state.h"
#include "objects/names.h"

#include <string.h>

enum opcode {
#define OP(name, byte) name = byte,
#include "modules/pickle/opcodes.def"
#undef OP
};

enum { HIGHEST_PROTOCOL = 5, DEFAULT_PROTOCOL = 4, BATCH_SIZE = 1000, FRAME_TARGET = 64 * 1024 };

/* What the module looks up once: never NULL while the module is there. */
#define pickle_state KEPT(pickle)

/* obj.a.b.c for the name "a.b.c": new reference; *parent, if wanted, the last but one (new).  AttributeError. */
PyObject *pickle_get_dotted(PyObject *obj, PyObject *dotted, PyObject **parent);
/* Is "<locals>" a part of the dotted name?  -1 with an exception. */
int pickle_is_local(PyObject *dotted);
/* Lookup in a dict: borrowed, NULL without exception when it is not there. */
#define pickle_find PyDict_GetItemWithError

/* A hook that a subclass or a caller set: a function, called with `self` first when it was a method of self itself. */
typedef struct {
    PyObject *function; /* owned, or NULL */
    int bound;          /* to the object that holds it, which is not counted */
} Hook;
int pickle_hook_init(Hook *hook, PyObject *self, PyObject *name);
PyObject *pickle_hook_get(Hook *hook, PyObject *self, const char *name);
int pickle_hook_set(Hook *hook, PyObject *value, const char *complaint);
PyObject *pickle_hook_call(Hook *hook, PyObject *self, PyObject *arg);

/* ---- output.c: what has been written, in frames ---- */
typedef struct {
    char *data;
    Py_ssize_t size, room;
    Py_ssize_t frame; /* where the frame's header is, or -1 */
    int framing;
} Output;

/* Room for n bytes at the end, at which the address is: NULL with MemoryError set. */
char *output_reserve_slow(Output *out, Py_ssize_t n);
static inline char *output_reserve(Output *out, Py_ssize_t n)
{
    if (n > out->room - out->size || (out->framing && out->frame < 0))
        return output_reserve_slow(out, n);
    out->size += n;
    return out->data + out->size - n;
}
static inline int output_write(Output *out, const char *bytes, Py_ssize_t n)
{
    char *at = output_reserve(out, n);
    if (!at)
        return -1;
    memcpy(at, bytes, (size_t)n);
    return 0;
}
void output_end_frame(Output *out);

/* ---- objmemo.c: which objects have been written, by address ---- */
typedef struct {
    PyObject *key; /* owned, NULL: free */
    Py_ssize_t index;
} MemoEntry;
typedef struct {
    MemoEntry *entries;
    size_t mask, used;
} Memo;
/* The object's index or -1; no exception. */
Py_ssize_t objmemo_get(const Memo *memo, PyObject *key);
int objmemo_put(Memo *memo, PyObject *key, Py_ssize_t index);
void objmemo_clear(Memo *memo);

/* ---- pickler.c ---- */
typedef struct {
    PyObject_HEAD Output out;
    Memo memo;
    Hook persistent_id;
    PyObject *dispatch_table, *write, *buffer_callback;
    PyObject *reducer_override; /* during dump() */
    PyObject *fast_memo;        /* in fast mode beyond a depth: the ids of what is being written */
    int proto, bin, fast, fast_nesting, fix_imports;
} Pickler;
extern PyTypeObject Pickler_Type, PicklerMemoProxy_Type;
/* buffer_callback and protocol as the arguments say. */
int pickler_configure(Pickler *self, PyObject *protocol, int fix_imports, PyObject *buffer_callback);
int pickler_set_file(Pickler *self, PyObject *file);
int pickler_dump(Pickler *self, PyObject *obj);
int pickler_flush(Pickler *self);
/* Between two instructions: a full frame goes out. */
int pickler_end_frame(Pickler *self);
static inline int pickler_boundary(Pickler *self)
{
    int full = self->out.frame >= 0 && self->out.size - self->out.frame >= FRAME_TARGET + 9;
    return full ? pickler_end_frame(self) : 0;
}
/* header, then data, which when large stays outside of frames; `payload`, if not NULL, is an object of the same bytes.
 */
int pickler_write_bytes(Pickler *self, const char *header, Py_ssize_t nheader, const char *data, Py_ssize_t n,
                        PyObject *payload);
PyObject *pickler_new(void);

/* ---- save.c, save_reduce.c ---- */
int save(Pickler *self, PyObject *obj, int with_persistent_id);
int save_bytes_data(Pickler *self, PyObject *obj, const char *data, Py_ssize_t n);
int save_bytearray_data(Pickler *self, PyObject *obj, const char *data, Py_ssize_t n);
int save_global(Pickler *self, PyObject *obj, PyObject *name);
/* The tuple of a __reduce__; obj NULL: not to be memoised. */
int save_reduce(Pickler *self, PyObject *reduced, PyObject *obj);
/* As above, of a reduction that is made here: steals `args`, which may be NULL with an exception set. */
int save_call(Pickler *self, PyObject *callable, PyObject *args, PyObject *obj);
int save_put(Pickler *self, PyObject *obj);
int save_get(Pickler *self, PyObject *obj, Py_ssize_t index);
int save_list_items(Pickler *self, PyObject *iterator);
int save_dict_items(Pickler *self, PyObject *iterator);

static inline int write_op(Pickler *self, enum opcode op)
{
    Output *out = &self->out;
    if (out->size < out->room && (out->frame >= 0 || !out->framing)) {
        out->data[out->size++] = (char)op;
        return 0;
    }
    char c = (char)op;
    return output_write(out, &c, 1);
}

/* ---- input.c: where a pickle is read from ---- */
typedef struct {
    const char *start, *at, *end;                /* what is at hand */
    Py_buffer view;                              /* and what holds it */
    int has_view, peeked;                        /* peeked: the file stands still at `start` */
    PyObject *read, *readline, *readinto, *peek; /* of the file; NULL: all is at hand */
} Input;
/* n bytes, valid until the next call: NULL with an exception set. */
const char *input_more(Input *in, Py_ssize_t n);
/* A line with its newline, valid until the next call: NULL with an exception set. */
const char *input_line(Input *in, Py_ssize_t *n);
int input_into(Input *in, char *to, Py_ssize_t n);
/* Moves the file on to what was not used of what was peeked. */
int input_skip(Input *in);
int input_set_file(Input *in, PyObject *file);
int input_set_bytes(Input *in, PyObject *bytes);
void input_close(Input *in);
static inline const char *input_read(Input *in, Py_ssize_t n)
{
    if (in->end - in->at < n)
        return input_more(in, n);
    in->at += n;
    return in->at - n;
}

/* ---- unpickler.c ---- */
typedef struct {
    PyObject_HEAD Input in;
    PyObject **stack;             /* size owned items */
    Py_ssize_t size, room, fence; /* below the fence is what the last mark hides */
    Py_ssize_t *marks, nmarks, marks_room;
    PyObject **memo; /* owned, NULL: not set */
    Py_ssize_t memo_room, memo_used;
    Hook persistent_load;
    PyObject *buffers; /* an iterator, or NULL */
    char *encoding, *errors;
    int proto, fix_imports;
} Unpickler;
extern PyTypeObject Unpickler_Type, UnpicklerMemoProxy_Type;
PyObject *unpickler_new(void);
int unpickler_configure(Unpickler *self, const char *encoding, const char *errors, PyObject *buffers, int fix_imports);
PyObject *unpickler_find_class(Unpickler *self, PyObject *module, PyObject *name);
int unpickler_memo_put(Unpickler *self, size_t index, PyObject *value);
/* ---- load.c ---- */
PyObject *unpickler_load(Unpickler *self);

#endif
