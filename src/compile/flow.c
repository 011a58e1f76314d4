/* Building the flow graph. */
#include "compile/flow.h"

int op_is_setup(int op) { return op >= OPC_SETUP_FINALLY && op <= OPC_SETUP_WITH; }

int op_is_jump(int op)
{
    if (op < 256)
        return (opcode_info[op].flags & OP_JUMP) != 0;
    return op >= OPC_JUMP && op <= OPC_POP_JUMP_IF_NOT_NONE;
}

int op_is_exit(int op) { return op == OPC_RETURN_VALUE || op == OPC_RAISE_VARARGS || op == OPC_RERAISE; }

int op_is_goto(int op)
{
    return op == OPC_JUMP || op == OPC_JUMP_NO_INTERRUPT || op == OPC_JUMP_FORWARD || op == OPC_JUMP_BACKWARD
        || op == OPC_JUMP_BACKWARD_NO_INTERRUPT;
}

int op_effect(int op, int arg, int jump)
{
    switch (op) {
    case OPC_SETUP_FINALLY:
    case OPC_SETUP_WITH: return jump ? 1 : 0;
    case OPC_SETUP_CLEANUP: return jump ? 2 : 0;
    case OPC_POP_BLOCK:
    case OPC_JUMP:
    case OPC_JUMP_NO_INTERRUPT: return 0;
    case OPC_POP_JUMP_IF_FALSE:
    case OPC_POP_JUMP_IF_TRUE:
    case OPC_POP_JUMP_IF_NONE:
    case OPC_POP_JUMP_IF_NOT_NONE: return -1;
    }
    return opcode_stack_effect(op, arg, jump);
}

Block *flow_new_block(Flow *flow)
{
    Block *b = flow->failed ? NULL : ast_arena_malloc(flow->arena, sizeof *b);
    if (!b) {
        flow->failed = 1;
        return NULL;
    }
    b->list = flow->blocks;
    b->start_depth = -1;
    flow->blocks = b;
    return b;
}

void flow_use(Flow *flow, Block *block)
{
    if (flow->failed)
        return;
    if (flow->current)
        flow->current->next = block;
    else
        flow->entry = block;
    flow->current = block;
}

static int make_room(Flow *flow, Block *b)
{
    if (b->used < b->room)
        return 0;
    int room = b->room ? b->room * 2 : 8;
    Instr *instrs = ast_arena_malloc(flow->arena, room * sizeof *instrs);
    if (!instrs) {
        flow->failed = 1;
        return -1;
    }
    if (b->used)
        memcpy(instrs, b->instrs, b->used * sizeof *instrs);
    b->instrs = instrs;
    b->room = room;
    return 0;
}

int block_append(Flow *flow, Block *block, const Instr *instr)
{
    Instr copy = *instr;
    if (make_room(flow, block) < 0)
        return -1;
    block->instrs[block->used++] = copy;
    return 0;
}

int block_insert(Flow *flow, Block *block, int at, const Instr *instr)
{
    Instr copy = *instr;
    if (make_room(flow, block) < 0)
        return -1;
    memmove(block->instrs + at + 1, block->instrs + at, (block->used - at) * sizeof *instr);
    block->instrs[at] = copy;
    block->used++;
    return 0;
}

static void add(Flow *flow, int op, int arg, Block *target)
{
    if (flow->failed)
        return;
    Instr *last = block_last(flow->current);
    if (last && (op_is_jump(last->op) || op_is_exit(last->op)))
        flow_use(flow, flow_new_block(flow));
    if (flow->failed)
        return;
    block_append(flow, flow->current, &(Instr){.op = op, .arg = arg, .target = target, .pos = flow->pos});
}

void flow_add(Flow *flow, int op, int arg) { add(flow, op, arg, NULL); }
void flow_add_jump(Flow *flow, int op, Block *target) { add(flow, op, 0, target); }
