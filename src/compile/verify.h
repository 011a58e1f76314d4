/* What the two parts of the verifier share: verify.c looks at instructions, verify_stack.c at what is on the stack. */
#ifndef LIMPID_COMPILE_VERIFY_H
#define LIMPID_COMPILE_VERIFY_H

#include "objects/code.h"
#include "objects/opcodes.h"

/* Marks of a code unit. */
enum {
    UNIT_START = 1,  /* an instruction, with its EXTENDED_ARGs, starts here */
    UNIT_TARGET = 2, /* a jump or handler leads here, or it is the first */
    UNIT_INSIDE = 4, /* ... which belongs to the instruction before: only falling into it is allowed */
    UNIT_QUEUED = 8, /* waits to be followed from */
};

typedef struct {
    int first, at, op, arg, next; /* first unit, unit of the opcode, opcode, operand, unit after the caches */
} Decoded;

typedef struct {
    int start, end, target, depth, lasti;
} VerifiedHandler;

typedef struct {
    PyCodeObject *co;
    const unsigned char *variables; /* co_localspluskinds */
    int units;
    unsigned char *mark; /* of each unit */
    VerifiedHandler *handlers;
    int handler_count;
    int prefix_end; /* unit after the instructions that make cells and the generator */
    int is_generator;
} Verifier;

/* Sets ValueError: returns -1. */
int verify_fail(const char *what, int unit);
/* Decodes the instruction at `unit`: 0, or -1 with ValueError set. */
int verify_decode_long(const Verifier *v, int unit, Decoded *d);
static inline int verify_decode(const Verifier *v, int unit, Decoded *d)
{
    if (unit >= v->units)
        return verify_decode_long(v, unit, d);
    _Py_CODEUNIT code = _PyCode_CODE(v->co)[unit];
    int op = _Py_OPCODE(code), next = unit + 1 + opcode_info[op].caches;
    if (op == OPC_EXTENDED_ARG || op == OPC_CACHE || !opcode_info[op].name || next > v->units)
        return verify_decode_long(v, unit, d);
    *d = (Decoded){.first = unit, .at = unit, .op = op, .arg = _Py_OPARG(code), .next = next};
    return 0;
}
/* Follows every way through the code: 0, or -1 with ValueError or MemoryError set.  Then tells `see` (may be NULL) what
 * is on the stack before every instruction that is ever reached. */
int verify_stack(Verifier *v, CodeStackSeen see, void *arg);

#endif
