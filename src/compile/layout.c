/* After optimisation: stack depth, exception handlers, directions of jumps. */
#include "compile/flow.h"

/* ---- stack depth ---- */

static int push_depth(Block **stack, int *n, Block *b, int depth)
{
    if (b->start_depth >= 0)
        return 0;
    if (depth < 0) {
        PyErr_Format(PyExc_SystemError, "stack underflow in code generation (depth %d)", depth);
        return -1;
    }
    b->start_depth = depth;
    stack[(*n)++] = b;
    return 0;
}

int flow_stack_depth(Flow *flow, int start)
{
    int blocks = 0, n = 0, max = 0;
    for (Block *b = flow->entry; b; b = b->next) {
        b->start_depth = -1;
        blocks++;
    }
    Block **stack = ast_arena_malloc(flow->arena, (blocks + 1) * sizeof *stack);
    if (!stack || push_depth(stack, &n, flow->entry, start) < 0)
        return -1;
    while (n) {
        Block *b = stack[--n], *next = b->next;
        int depth = b->start_depth;
        for (int i = 0; i < b->used; i++) {
            Instr *instr = &b->instrs[i];
            int after = depth + op_effect(instr->op, instr->arg, 0);
            if (after > max)
                max = after;
            if (instr->target) {
                int there = depth + op_effect(instr->op, instr->arg, 1);
                if (there > max)
                    max = there;
                if (push_depth(stack, &n, instr->target, there) < 0)
                    return -1;
            }
            depth = after;
            if (op_is_goto(instr->op) || op_is_exit(instr->op)) {
                next = NULL;
                break;
            }
        }
        if (next && push_depth(stack, &n, next, depth) < 0)
            return -1;
    }
    return max;
}

/* ---- exception handlers ---- */

#define MAX_HANDLERS (CO_MAXBLOCKS + 2)

struct except_stack {
    Block *handlers[MAX_HANDLERS];
    int depth;
};

static struct except_stack *copy_handlers(Flow *flow, const struct except_stack *from)
{
    struct except_stack *copy = ast_arena_malloc(flow->arena, sizeof *copy);
    if (copy && from)
        *copy = *from;
    return copy;
}

static Block *top_handler(struct except_stack *s) { return s->depth ? s->handlers[s->depth - 1] : NULL; }

/* Follows the handlers through a block and hands them on; 0 or -1. */
static int label_block(Flow *flow, Block *b, Block **todo, int *n)
{
    struct except_stack *s = b->handlers;
    Block *handler = top_handler(s);
    b->handlers = NULL;
    for (int i = 0; i < b->used; i++) {
        Instr *instr = &b->instrs[i];
        instr->except = handler;
        if (op_is_setup(instr->op)) {
            instr->except = NULL;
            if (!instr->target->visited) {
                if (!(instr->target->handlers = copy_handlers(flow, s)))
                    return -1;
                instr->target->visited = 1;
                todo[(*n)++] = instr->target;
            }
            if (s->depth == MAX_HANDLERS) {
                PyErr_SetString(PyExc_SystemError, "too many nested exception handlers");
                return -1;
            }
            instr->target->preserve_lasti = instr->op != OPC_SETUP_FINALLY;
            s->handlers[s->depth++] = instr->target;
            handler = top_handler(s);
        }
        else if (instr->op == OPC_POP_BLOCK) {
            if (s->depth)
                s->depth--;
            handler = top_handler(s);
            instr->except = NULL;
        }
        else if (op_is_jump(instr->op) && !instr->target->visited) {
            if (!(instr->target->handlers = copy_handlers(flow, s)))
                return -1;
            instr->target->visited = 1;
            todo[(*n)++] = instr->target;
        }
    }
    if (b->next && !b->no_fall && !b->next->visited) {
        b->next->handlers = s;
        b->next->visited = 1;
        todo[(*n)++] = b->next;
    }
    return 0;
}

int flow_label_handlers(Flow *flow)
{
    int blocks = 0, n = 0;
    for (Block *b = flow->entry; b; b = b->next) {
        b->visited = 0;
        blocks++;
    }
    Block **todo = ast_arena_malloc(flow->arena, (blocks + 1) * sizeof *todo);
    if (!todo || !(flow->entry->handlers = copy_handlers(flow, NULL)))
        return -1;
    flow->entry->visited = 1;
    todo[n++] = flow->entry;
    while (n)
        if (label_block(flow, todo[--n], todo, &n) < 0)
            return -1;
    for (Block *b = flow->entry; b; b = b->next)
        for (int i = 0; i < b->used; i++)
            if (op_is_setup(b->instrs[i].op) || b->instrs[i].op == OPC_POP_BLOCK) {
                b->instrs[i].op = OPC_NOP;
                b->instrs[i].target = NULL;
            }
    return 0;
}

/* ---- directions ---- */

static int conditional(int op, int forward)
{
    switch (op) {
    case OPC_POP_JUMP_IF_FALSE: return forward ? OPC_POP_JUMP_FORWARD_IF_FALSE : OPC_POP_JUMP_BACKWARD_IF_FALSE;
    case OPC_POP_JUMP_IF_TRUE: return forward ? OPC_POP_JUMP_FORWARD_IF_TRUE : OPC_POP_JUMP_BACKWARD_IF_TRUE;
    case OPC_POP_JUMP_IF_NONE: return forward ? OPC_POP_JUMP_FORWARD_IF_NONE : OPC_POP_JUMP_BACKWARD_IF_NONE;
    case OPC_POP_JUMP_IF_NOT_NONE:
        return forward ? OPC_POP_JUMP_FORWARD_IF_NOT_NONE : OPC_POP_JUMP_BACKWARD_IF_NOT_NONE;
    }
    return op;
}

/* JUMP_IF_x_OR_POP goes forwards only: backwards it is COPY 1, POP_JUMP_BACKWARD_IF_x, POP_TOP. */
static int expand_short_circuit(Flow *flow, Block *b)
{
    Instr *last = block_last(b);
    Instr copy = {.op = OPC_COPY, .arg = 1, .except = last->except, .pos = last->pos};
    Instr pop = {.op = OPC_POP_TOP, .except = last->except, .pos = last->pos};
    last->op = last->op == OPC_JUMP_IF_TRUE_OR_POP ? OPC_POP_JUMP_BACKWARD_IF_TRUE : OPC_POP_JUMP_BACKWARD_IF_FALSE;
    return block_insert(flow, b, b->used - 1, &copy) < 0 ? -1 : block_append(flow, b, &pop);
}

int flow_direct_jumps(Flow *flow)
{
    for (Block *b = flow->entry; b; b = b->next)
        b->visited = 0;
    for (Block *b = flow->entry; b; b = b->next) {
        b->visited = 1;
        Instr *last = block_last(b);
        if (!last || !op_is_jump(last->op))
            continue;
        int forward = !last->target->visited;
        if (last->op == OPC_JUMP)
            last->op = forward ? OPC_JUMP_FORWARD : OPC_JUMP_BACKWARD;
        else if (last->op == OPC_JUMP_NO_INTERRUPT)
            last->op = forward ? OPC_JUMP_FORWARD : OPC_JUMP_BACKWARD_NO_INTERRUPT;
        else if ((last->op == OPC_JUMP_IF_TRUE_OR_POP || last->op == OPC_JUMP_IF_FALSE_OR_POP) && !forward) {
            if (expand_short_circuit(flow, b) < 0)
                return -1;
        }
        else
            last->op = conditional(last->op, forward);
    }
    return 0;
}
