/* Code objects: what a compiled body of code is (see docs of `types.CodeType`), in 3.11's public layout.
 *
 *     | header | fields of PyCodeObject | co_code_adaptive: code units |
 *
 * CODE-1  the code units are the canonical bytecode and never change.
 * CODE-2  localsplus = arguments, other locals, cells that are no arguments, free variables; co_localspluskinds has one
 *         byte of CODE_LOCAL/CODE_CELL/CODE_FREE for each.
 * CODE-3  _co_linearray belongs to the VM (its private stream); code_set_private_destructor says how to free it. */
#ifndef LIMPID_OBJECTS_CODE_H
#define LIMPID_OBJECTS_CODE_H

#include "Python.h"

enum { CODE_LOCAL = 0x20, CODE_CELL = 0x40, CODE_FREE = 0x80 };

/* What a new code object is made of.  All pointers are borrowed. */
typedef struct {
    PyObject *filename, *name, *qualname;
    int flags, firstlineno;
    PyObject *code, *linetable, *exceptiontable;    /* bytes */
    PyObject *consts, *names;                       /* tuples */
    PyObject *localsplusnames, *localspluskinds;    /* tuple of str, bytes */
    int argcount, posonlyargcount, kwonlyargcount, stacksize;
} CodeParts;

/* A new code object; NULL with an exception set.  Interns the names, and the constants that look like names. */
PyCodeObject *code_new(const CodeParts *parts);

/* Verifies the bytecode of code from outside (compile/verify.c): 0, or -1 with ValueError set. */
int code_verify(PyCodeObject *code);

/* Kinds of values on the stack, as far as an instruction relies on them. */
enum stack_kind {
    STACK_OBJECT,
    STACK_NULL,          /* of PUSH_NULL or LOAD_GLOBAL */
    STACK_MAYBE,         /* NULL or an object: of LOAD_METHOD */
    STACK_EXCEPTION,
    STACK_PREVIOUS,      /* the exception that was handled before, or None */
    STACK_ITERATOR,
    STACK_ASYNC_ITERATOR,
    STACK_LASTI,         /* where the exception above was raised first */
    STACK_LIST,
    STACK_SET,
    STACK_DICT,
    STACK_CELL,
    STACK_TUPLE,
    STACK_CELLS,         /* STACK_CELLS + n: a tuple of n cells */
};

/* Hears of the stack before one instruction. */
typedef void (*CodeStackSeen)(void *arg, int unit, int depth, const uint32_t *kinds);
/* Verifies, and then tells the stack before each instruction that can be reached, by its first unit, in no order. */
int code_verify_stacks(PyCodeObject *code, CodeStackSeen see, void *arg);
/* Whether a value of kind `have` may stand where `want` was seen. */
int code_kind_fits(uint32_t have, uint32_t want);

/* In co_warmup: code of a text that recorded code runs (see/filter.c). */
#define CODE_OF_PROGRAM 1
/* Marks code from outside (marshal, CodeType(), replace()): it is verified before it first runs. */
void code_distrust(PyCodeObject *code);
/* Verifies what is marked, once; the VM asks before it first runs a code object.  0, or -1 with ValueError set. */
int code_check(PyCodeObject *code);

/* Who frees _co_linearray when a code object dies; called with the code object. */
void code_set_private_destructor(void (*destroy)(PyCodeObject *));

/* One entry of the location table: code units [start, end) and their place; -1 for what is unknown. */
typedef struct {
    int start, end;
    int line, end_line, col, end_col;
} CodeLocation;

typedef struct {
    const unsigned char *next, *limit;
    int line;           /* running line, also across entries without one */
    CodeLocation at;
} LocationReader;

void location_reader_init(LocationReader *r, PyCodeObject *code);
/* Whether code objects are to know lines only (-X no_debug_ranges); set at start-up. */
extern int code_lines_only;
/* Takes the columns out of a code object's location table; 0 or -1. */
int code_drop_columns(PyCodeObject *code);
/* 1 and the next entry in r->at, or 0 at the end of the table. */
int location_reader_next(LocationReader *r);
/* The entry that covers a code unit: 1 and *at, or 0 when there is none. */
int code_location_of(PyCodeObject *code, int unit, CodeLocation *at);

/* The iterators of co_lines() and co_positions(), and the value of co_lnotab; new references. */
PyObject *code_lines_iterator(PyCodeObject *code);
PyObject *code_positions_iterator(PyCodeObject *code);
PyObject *code_lnotab(PyCodeObject *code);

extern PyTypeObject PyCodeLines_Type, PyCodePositions_Type;

#endif
