/* The instruction set of 3.11's canonical bytecode, from opcodes.def: numbers, names, cache slots, stack effects.
 *
 * An instruction is one 16-bit code unit (opcode, operand byte), preceded by up to three EXTENDED_ARG units and
 * followed by its inline cache units.  Jump operands count code units from the end of the caches. */
#ifndef LIMPID_OBJECTS_OPCODES_H
#define LIMPID_OBJECTS_OPCODES_H

#include "Python.h"

/* Flags of an instruction. */
enum {
    OP_JUMP = 1,       /* operand is a relative jump */
    OP_BACKWARD = 2,   /* ... that goes backwards */
    OP_CONST = 4,      /* operand indexes co_consts */
    OP_NAME = 8,       /* operand indexes co_names (LOAD_GLOBAL: shifted left by 1) */
    OP_LOCAL = 16,     /* operand indexes the fast locals */
    OP_FREE = 32,      /* operand indexes the fast locals, whose entry is a cell or free variable */
    OP_NO_FALL = 64,   /* control never reaches the next instruction */
    OP_RAISES = 128,   /* may set an exception */
};

enum opcode {
#define OP(name, number, caches, takes, effect, jump_effect, flags) OPC_##name = number,
#include "objects/opcodes.def"
#undef OP
};

enum binary_operator {
#define NB(name, number, symbol) OPC_##name = number,
#include "objects/opcodes.def"
#undef NB
};
#define NB_COUNT 26

#define OP_HAVE_ARGUMENT 90
#define OP_HAS_ARG(op) ((op) >= OP_HAVE_ARGUMENT)

/* Rows are indexed by opcode; name is NULL for numbers that are no instruction. */
typedef struct {
    const char *name;
    uint8_t caches;
    uint16_t flags;
} OpcodeInfo;

extern const OpcodeInfo opcode_info[256];

/* Symbols of the operands of BINARY_OP ("+", ... "^="). */
extern const char *const nb_symbols[NB_COUNT];

#define OPCODE_NO_EFFECT INT_MAX

/* The change of stack depth by `op arg`, or OPCODE_NO_EFFECT for an unknown opcode.  jump: 1 when the jump is taken,
 * 0 when not, -1 for the larger of the two. */
int opcode_stack_effect(int op, int arg, int jump);
/* How many values from the top of the stack `op arg` consumes or replaces; 0 for an unknown opcode. */
long long opcode_taken(int op, long long arg);

#endif
