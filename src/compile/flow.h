/* The flow graph of one body of code: blocks of instructions, between code generation and assembly.
 *
 *     entry --next--> block --next--> ...        (the order in which they will be laid out)
 *       instr.target: jumps, and the handler of a SETUP_*      instr.except: the handler that covers the instruction
 *
 * FLOW-1  a jump, or an instruction after which control does not go on, is the last of its block.
 * FLOW-2  everything lives in the arena; an error is sticky in Flow.failed, and then nothing is added any more. */
#ifndef LIMPID_COMPILE_FLOW_H
#define LIMPID_COMPILE_FLOW_H

#include "objects/opcodes.h"
#include "syntax/ast.h"

/* Instructions that exist only before assembly. */
enum pseudo_opcode {
    OPC_SETUP_FINALLY = 256, OPC_SETUP_CLEANUP, OPC_SETUP_WITH, OPC_POP_BLOCK, OPC_JUMP, OPC_JUMP_NO_INTERRUPT,
    OPC_POP_JUMP_IF_FALSE, OPC_POP_JUMP_IF_TRUE, OPC_POP_JUMP_IF_NONE, OPC_POP_JUMP_IF_NOT_NONE
};

#define NO_PLACE ((AstPos){-1, -1, -1, -1})

typedef struct block Block;

typedef struct {
    int op, arg;
    Block *target;
    Block *except;
    AstPos pos;         /* lineno -1: none */
} Instr;

struct block {
    Block *list;        /* the block made before this one */
    Block *next;        /* the block laid out after this one */
    Instr *instrs;
    int used, room;
    int predecessors;
    int start_depth;    /* stack depth at entry, -1 unknown */
    int offset;         /* code unit, at assembly */
    struct except_stack *handlers;
    unsigned exits : 1, no_fall : 1, visited : 1, preserve_lasti : 1;
};

typedef struct {
    AstArena *arena;
    Block *entry, *current, *blocks;
    AstPos pos;         /* of the instructions being added */
    int failed;
    int lines_only;     /* the location table gets no columns */
} Flow;

/* A new, empty block; NULL and flow->failed when out of memory. */
Block *flow_new_block(Flow *flow);
/* Lays `block` out after the current one and makes it current. */
void flow_use(Flow *flow, Block *block);
/* Add an instruction at flow->pos. */
void flow_add(Flow *flow, int op, int arg);
void flow_add_jump(Flow *flow, int op, Block *target);
/* Adds an instruction to any block; -1 and flow->failed when out of memory. */
int block_append(Flow *flow, Block *block, const Instr *instr);
int block_insert(Flow *flow, Block *block, int at, const Instr *instr);

static inline Instr *block_last(Block *b) { return b->used ? &b->instrs[b->used - 1] : NULL; }
int op_is_setup(int op);
int op_is_jump(int op);
int op_is_exit(int op);     /* returns or raises: the last of its block */
int op_is_goto(int op);     /* unconditional jump */
int op_effect(int op, int arg, int jump);

/* Optimises the graph; consts is the list of constants, which may grow and shrink.  0 or -1. */
int flow_optimise(Flow *flow, PyObject *consts, PyObject *const_cache, int firstlineno);
void flow_clean_block(Block *block, int previous_line);
void flow_remove_redundant_jumps(Flow *flow);

/* Marks blocks that leave the function, and those that do not go on, and copies small exits to jumps to them; 0, or -1
 * with SystemError set. */
int flow_normalise(Flow *flow);

/* The largest stack depth, or -1 with an exception set; sets start_depth. */
int flow_stack_depth(Flow *flow, int start);
/* Sets `except` of every instruction and turns SETUP_* and POP_BLOCK into NOP; 0 or -1. */
int flow_label_handlers(Flow *flow);
/* Gives every jump its direction; 0 or -1. */
int flow_direct_jumps(Flow *flow);

/* The bytes of a code object (new references). */
typedef struct {
    PyObject *code, *linetable, *exceptiontable;
} Assembled;
int flow_assemble(Flow *flow, int firstlineno, Assembled *out);

#endif
