/* Optimisation of the flow graph: the same steps, in the same order, as 3.11's results show.
 *
 * 1. blocks are simplified one by one (constants, jumps to jumps, swaps)
 * 2. jumps to small blocks that leave the function are replaced by copies of them
 * 3. unreachable code goes, NOPs go where no line depends on them, jumps to the next block go
 * 4. blocks without a line that leave the function are copied for each jump to them, so that each has a line */
#include "compile/flow.h"

#define MAX_COPY_SIZE 4
#define VISITED_SWAP (-1)

static int same_line(const Instr *a, const Instr *b) { return a->pos.lineno == b->pos.lineno; }

static Block *skip_empty(Block *b)
{
    while (b && !b->used && b->next)
        b = b->next;
    return b;
}

/* ---- NOPs, empty blocks, redundant jumps ---- */

/* Whether the NOP at index i of b can go; the line of the instruction before is given. */
static int nop_is_needless(Block *b, int i, int previous_line)
{
    int line = b->instrs[i].pos.lineno;
    if (line < 0 || previous_line == line)
        return 1;
    if (i + 1 < b->used) {
        Instr *next = &b->instrs[i + 1];
        if (next->pos.lineno < 0)
            next->pos = b->instrs[i].pos;
        return next->pos.lineno == line;
    }
    Block *next = b->next;
    while (next && !next->used)
        next = next->next;
    return next && next->instrs[0].pos.lineno == line;
}

void flow_clean_block(Block *b, int previous_line)
{
    int kept = 0;
    for (int i = 0; i < b->used; i++) {
        if (b->instrs[i].op == OPC_NOP && nop_is_needless(b, i, previous_line))
            continue;
        previous_line = b->instrs[i].pos.lineno;
        b->instrs[kept++] = b->instrs[i];
    }
    b->used = kept;
}

static void drop_empty_blocks(Flow *flow)
{
    for (Block *b = flow->entry; b; b = b->next) {
        while (b->next && !b->next->used)
            b->next = b->next->next;
        for (int i = 0; i < b->used; i++)
            if (b->instrs[i].target)
                b->instrs[i].target = skip_empty(b->instrs[i].target);
    }
    while (flow->entry && !flow->entry->used && flow->entry->next)
        flow->entry = flow->entry->next;
}

void flow_remove_redundant_jumps(Flow *flow)
{
    int removed = 0;
    for (Block *b = flow->entry; b; b = b->next) {
        Instr *last = block_last(b);
        if (last && (last->op == OPC_JUMP || last->op == OPC_JUMP_NO_INTERRUPT) && last->target == b->next) {
            last->op = OPC_NOP;
            last->target = NULL;
            b->no_fall = 0;
            flow_clean_block(b, -1);
            removed = 1;
        }
    }
    if (removed)
        drop_empty_blocks(flow);
}

static int leaves_without_line(Block *b)
{
    if (!b->exits)
        return 0;
    for (int i = 0; i < b->used; i++)
        if (b->instrs[i].pos.lineno >= 0)
            return 0;
    return 1;
}

/* Copies a small block that leaves the function, and has no line, to a jump to it. */
static int extend_block(Flow *flow, Block *b)
{
    Instr *last = block_last(b);
    if (!last || (last->op != OPC_JUMP && last->op != OPC_JUMP_FORWARD && last->op != OPC_JUMP_BACKWARD))
        return 0;
    Block *exit = last->target;
    if (!leaves_without_line(exit) || exit->used > MAX_COPY_SIZE)
        return 0;
    last->op = OPC_NOP;
    last->target = NULL;
    for (int i = 0; i < exit->used; i++)
        if (block_append(flow, b, &exit->instrs[i]) < 0)
            return -1;
    b->exits = 1;
    return 0;
}

int flow_normalise(Flow *flow)
{
    for (Block *b = flow->blocks; b; b = b->list)
        for (int i = 0; i < b->used; i++) {
            Instr *instr = &b->instrs[i];
            if (op_is_exit(instr->op))
                b->exits = b->no_fall = 1;
            else if (op_is_goto(instr->op))
                b->no_fall = 1;
            if (op_is_jump(instr->op)) {
                if (i != b->used - 1) {
                    PyErr_SetString(PyExc_SystemError, "malformed control flow graph.");
                    return -1;
                }
                instr->target = skip_empty(instr->target);
            }
        }
    for (Block *b = flow->blocks; b; b = b->list)
        if (extend_block(flow, b) < 0)
            return -1;
    return 0;
}

/* ---- constants ---- */

/* Puts `value` (stolen) among the constants and makes *instr load it; 0 or -1. */
static int load_new_const(Instr *instr, PyObject *value, PyObject *consts, PyObject *cache)
{
    PyObject *key = value ? _PyCode_ConstantKey(value) : NULL;
    PyObject *known = key ? PyDict_SetDefault(cache, key, value) : NULL;
    Py_ssize_t index = -1;
    Py_XDECREF(key);
    if (known) {
        for (index = 0; index < PyList_GET_SIZE(consts); index++)
            if (PyList_GET_ITEM(consts, index) == known)
                break;
        if (index == PyList_GET_SIZE(consts) && PyList_Append(consts, known) < 0)
            index = -1;
    }
    Py_XDECREF(value);
    if (index < 0)
        return -1;
    instr->op = OPC_LOAD_CONST;
    instr->arg = (int)index;
    return 0;
}

/* LOAD_CONST ... BUILD_TUPLE n becomes one LOAD_CONST; 0 or -1. */
static int fold_tuple(Block *b, int i, PyObject *consts, PyObject *cache)
{
    int n = b->instrs[i].arg;
    for (int k = i - n; k < i; k++)
        if (b->instrs[k].op != OPC_LOAD_CONST)
            return 0;
    PyObject *tuple = PyTuple_New(n);
    if (!tuple)
        return -1;
    for (int k = 0; k < n; k++) {
        PyTuple_SET_ITEM(tuple, k, Py_NewRef(PyList_GET_ITEM(consts, b->instrs[i - n + k].arg)));
        b->instrs[i - n + k].op = OPC_NOP;
        b->instrs[i - n + k].arg = 0;
    }
    return load_new_const(&b->instrs[i], tuple, consts, cache);
}

/* LOAD_CONST before a test of it; 0 or -1. */
static int fold_const_test(Block *b, int i, PyObject *consts)
{
    Instr *load = &b->instrs[i], *next = i + 1 < b->used ? load + 1 : NULL;
    if (!next)
        return 0;
    PyObject *value = PyList_GET_ITEM(consts, load->arg);
    int truth;
    switch (next->op) {
    case OPC_POP_JUMP_IF_FALSE:
    case OPC_POP_JUMP_IF_TRUE:
        if ((truth = PyObject_IsTrue(value)) < 0)
            return -1;
        load->op = OPC_NOP;
        if (truth == (next->op == OPC_POP_JUMP_IF_TRUE)) {
            next->op = OPC_JUMP;
            b->no_fall = 1;
        }
        else {
            next->op = OPC_NOP;
            next->target = NULL;
        }
        break;
    case OPC_JUMP_IF_FALSE_OR_POP:
    case OPC_JUMP_IF_TRUE_OR_POP:
        if ((truth = PyObject_IsTrue(value)) < 0)
            return -1;
        if (truth == (next->op == OPC_JUMP_IF_TRUE_OR_POP)) {
            next->op = OPC_JUMP;
            b->no_fall = 1;
        }
        else {
            load->op = next->op = OPC_NOP;
            next->target = NULL;
        }
        break;
    case OPC_IS_OP: {
        Instr *jump = i + 2 < b->used ? load + 2 : NULL;
        if (value != Py_None || !jump || (jump->op != OPC_POP_JUMP_IF_FALSE && jump->op != OPC_POP_JUMP_IF_TRUE))
            return 0;
        int if_none = (jump->op == OPC_POP_JUMP_IF_TRUE) != next->arg;
        load->op = next->op = OPC_NOP;
        jump->op = if_none ? OPC_POP_JUMP_IF_NONE : OPC_POP_JUMP_IF_NOT_NONE;
        break;
    }
    }
    return 0;
}

/* ---- jumps ---- */

/* Redirects a jump to a jump; 1 when done, so that the instruction is looked at again. */
static int thread_jump(Instr *jump, Instr *target, int op)
{
    if (!same_line(jump, target) || jump->target == target->target)
        return 0;
    jump->target = target->target;
    jump->op = op;
    return 1;
}

/* JUMP_IF_x_OR_POP: 1 to look again. */
static int thread_short_circuit(Instr *jump, Instr *target)
{
    int on_false = jump->op == OPC_JUMP_IF_FALSE_OR_POP;
    int same = on_false ? OPC_JUMP_IF_FALSE_OR_POP : OPC_JUMP_IF_TRUE_OR_POP;
    int other = on_false ? OPC_JUMP_IF_TRUE_OR_POP : OPC_JUMP_IF_FALSE_OR_POP;
    int pop_same = on_false ? OPC_POP_JUMP_IF_FALSE : OPC_POP_JUMP_IF_TRUE;
    int pop_other = on_false ? OPC_POP_JUMP_IF_TRUE : OPC_POP_JUMP_IF_FALSE;
    if (target->op == pop_same)
        return thread_jump(jump, target, pop_same);
    if (target->op == OPC_JUMP || target->op == same)
        return thread_jump(jump, target, same);
    if ((target->op == other || target->op == pop_other) && same_line(jump, target)) {
        jump->op = pop_same;
        jump->target = jump->target->next;
        return 1;
    }
    return 0;
}

/* ---- swaps ---- */

/* The stack permutation that a run of SWAPs (and NOPs) at *at performs, done with as few SWAPs as possible. */
static int join_swaps(Flow *flow, Block *b, int *at)
{
    Instr *run = &b->instrs[*at];
    int limit = b->used - *at, length = 0, depth = run[0].arg, more = 0;
    while (++length < limit) {
        if (run[length].op == OPC_SWAP) {
            if (run[length].arg > depth)
                depth = run[length].arg;
            more = 1;
        }
        else if (run[length].op != OPC_NOP)
            break;
    }
    if (!more)
        return 0;
    int *stack = ast_arena_malloc(flow->arena, depth * sizeof *stack);
    if (!stack)
        return -1;
    for (int i = 0; i < depth; i++)
        stack[i] = i;
    for (int i = 0; i < length; i++)
        if (run[i].op == OPC_SWAP) {
            int n = run[i].arg, top = stack[0];
            stack[0] = stack[n - 1];
            stack[n - 1] = top;
        }
    /* Written backwards: each cycle of the permutation is undone by swaps with the top. */
    int current = length - 1;
    for (int i = 0; i < depth; i++) {
        if (stack[i] == VISITED_SWAP || stack[i] == i)
            continue;
        int j = i;
        for (;;) {
            if (j) {
                run[current].op = OPC_SWAP;
                run[current--].arg = j + 1;
            }
            if (stack[j] == VISITED_SWAP)
                break;
            int next = stack[j];
            stack[j] = VISITED_SWAP;
            j = next;
        }
    }
    for (; current >= 0; current--)
        run[current].op = OPC_NOP;
    *at += length - 1;
    return 0;
}

static int is_swappable(int op) { return op == OPC_STORE_FAST || op == OPC_POP_TOP; }

/* The index of the next swappable instruction after i on the same line, or -1. */
static int next_swappable(Block *b, int i, int line)
{
    while (++i < b->used) {
        if (line >= 0 && b->instrs[i].pos.lineno != line)
            return -1;
        if (b->instrs[i].op != OPC_NOP)
            return is_swappable(b->instrs[i].op) ? i : -1;
    }
    return -1;
}

/* SWAP before stores: exchanges the stores instead, going backwards from i. */
static void apply_swaps(Block *b, int i)
{
    for (; i >= 0; i--) {
        Instr *swap = &b->instrs[i];
        if (swap->op != OPC_SWAP) {
            if (swap->op == OPC_NOP || is_swappable(swap->op))
                continue;
            return;
        }
        int j = next_swappable(b, i, -1);
        if (j < 0)
            return;
        int k = j, line = b->instrs[j].pos.lineno;
        for (int n = swap->arg; n > 1; n--)
            if ((k = next_swappable(b, k, line)) < 0)
                return;
        swap->op = OPC_NOP;
        Instr store = b->instrs[j];
        b->instrs[j] = b->instrs[k];
        b->instrs[k] = store;
    }
}

/* ---- one block ---- */

static int optimise_build_tuple(Block *b, int i, PyObject *consts, PyObject *cache)
{
    Instr *build = &b->instrs[i], *next = i + 1 < b->used ? build + 1 : NULL;
    if (next && next->op == OPC_UNPACK_SEQUENCE && next->arg == build->arg) {
        switch (build->arg) {
        case 1:
            build->op = next->op = OPC_NOP;
            return 0;
        case 2:
        case 3:
            build->op = OPC_NOP;
            next->op = OPC_SWAP;
            return 0;
        }
    }
    return i >= build->arg ? fold_tuple(b, i, consts, cache) : 0;
}

/* Simplifies the instruction at *at; 0 or -1.  Moves *at back to look at it again, or on when more was done. */
static int optimise_instr(Flow *flow, Block *b, int *at, PyObject *consts, PyObject *cache)
{
    Instr *instr = &b->instrs[*at], *target = NULL;
    if (instr->target && op_is_jump(instr->op)) {
        instr->target = skip_empty(instr->target);
        if (instr->target->used)
            target = &instr->target->instrs[0];
    }
    switch (instr->op) {
    case OPC_LOAD_CONST: return fold_const_test(b, *at, consts);
    case OPC_BUILD_TUPLE: return optimise_build_tuple(b, *at, consts, cache);
    case OPC_JUMP_IF_FALSE_OR_POP:
    case OPC_JUMP_IF_TRUE_OR_POP:
        if (target && thread_short_circuit(instr, target))
            --*at;
        return 0;
    case OPC_POP_JUMP_IF_NOT_NONE:
    case OPC_POP_JUMP_IF_NONE:
    case OPC_POP_JUMP_IF_FALSE:
    case OPC_POP_JUMP_IF_TRUE:
        if (target && target->op == OPC_JUMP && thread_jump(instr, target, instr->op))
            --*at;
        return 0;
    case OPC_JUMP:
        if (target && target->op == OPC_JUMP && thread_jump(instr, target, OPC_JUMP))
            --*at;
        return 0;
    case OPC_SWAP:
        if (instr->arg == 1) {
            instr->op = OPC_NOP;
            return 0;
        }
        if (join_swaps(flow, b, at) < 0)
            return -1;
        apply_swaps(b, *at);
        return 0;
    case OPC_PUSH_NULL:
        if (*at + 1 < b->used && instr[1].op == OPC_LOAD_GLOBAL && !(instr[1].arg & 1)) {
            instr->op = OPC_NOP;
            instr[1].arg |= 1;
        }
        return 0;
    }
    return 0;
}

static int optimise_block(Flow *flow, Block *b, PyObject *consts, PyObject *cache)
{
    for (int i = 0; i < b->used; i++)
        if (optimise_instr(flow, b, &i, consts, cache) < 0)
            return -1;
    return 0;
}

/* ---- the graph ---- */

/* Counts the predecessors of every block that can be reached; 0 or -1. */
static int mark_reachable(Flow *flow)
{
    int n = 0, depth = 0;
    for (Block *b = flow->entry; b; b = b->next) {
        b->visited = 0;
        b->predecessors = 0;
        n++;
    }
    Block **stack = ast_arena_malloc(flow->arena, (n + 1) * sizeof *stack);
    if (!stack)
        return -1;
    flow->entry->predecessors = 1;
    flow->entry->visited = 1;
    stack[depth++] = flow->entry;
    while (depth) {
        Block *b = stack[--depth];
        for (int i = -1; i < b->used; i++) {
            Block *to = i < 0 ? (b->no_fall ? NULL : b->next) : b->instrs[i].target;
            if (!to)
                continue;
            if (!to->visited) {
                to->visited = 1;
                stack[depth++] = to;
            }
            to->predecessors++;
        }
    }
    return 0;
}

static int copy_exits(Flow *flow)
{
    for (Block *b = flow->blocks; b; b = b->list) {
        Instr *last = block_last(b);
        if (!last || !op_is_jump(last->op))
            continue;
        Block *target = last->target = skip_empty(last->target);
        if (!leaves_without_line(target) || target->predecessors < 2)
            continue;
        Block *copy = flow_new_block(flow);
        if (!copy)
            return -1;
        for (int i = 0; i < target->used; i++)
            if (block_append(flow, copy, &target->instrs[i]) < 0)
                return -1;
        copy->exits = copy->no_fall = 1;
        copy->instrs[0].pos = last->pos;
        last->target = copy;
        target->predecessors--;
        copy->predecessors = 1;
        copy->next = target->next;
        target->next = copy;
    }
    drop_empty_blocks(flow);
    for (Block *b = flow->entry; b; b = b->next)
        if (b->used && !b->no_fall && b->next && b->next->used && leaves_without_line(b->next))
            b->next->instrs[0].pos = block_last(b)->pos;
    return 0;
}

static void propagate_lines(Flow *flow)
{
    for (Block *b = flow->entry; b; b = b->next) {
        AstPos previous = NO_PLACE;
        if (!b->used)
            continue;
        for (int i = 0; i < b->used; i++) {
            if (b->instrs[i].pos.lineno < 0)
                b->instrs[i].pos = previous;
            else
                previous = b->instrs[i].pos;
        }
        if (!b->no_fall && b->next && b->next->predecessors == 1 && b->next->used
            && b->next->instrs[0].pos.lineno < 0)
            b->next->instrs[0].pos = previous;
        Instr *last = block_last(b);
        if (op_is_jump(last->op) && last->target->predecessors == 1 && last->target->used
            && last->target->instrs[0].pos.lineno < 0)
            last->target->instrs[0].pos = previous;
    }
}

/* A return always has a line, so that a tracer sees it. */
static void give_exits_lines(Flow *flow, int line)
{
    for (Block *b = flow->entry; b; b = b->next) {
        Instr *last = block_last(b);
        if (!last)
            continue;
        if (last->pos.lineno >= 0)
            line = last->pos.lineno;
        else if (last->op == OPC_RETURN_VALUE)
            for (int i = 0; i < b->used; i++)
                b->instrs[i].pos.lineno = line;
    }
}

/* Drops constants behind the last one that is loaded. */
static int trim_consts(Flow *flow, PyObject *consts)
{
    Py_ssize_t last = 0;
    for (Block *b = flow->entry; b; b = b->next)
        for (int i = 0; i < b->used; i++)
            if ((b->instrs[i].op == OPC_LOAD_CONST || b->instrs[i].op == OPC_KW_NAMES) && b->instrs[i].arg > last)
                last = b->instrs[i].arg;
    if (last + 1 < PyList_GET_SIZE(consts))
        return PyList_SetSlice(consts, last + 1, PyList_GET_SIZE(consts), NULL);
    return 0;
}

int flow_optimise(Flow *flow, PyObject *consts, PyObject *cache, int firstlineno)
{
    for (Block *b = flow->entry; b; b = b->next) {
        if (optimise_block(flow, b, consts, cache) < 0)
            return -1;
        flow_clean_block(b, -1);
    }
    for (Block *b = flow->blocks; b; b = b->list)
        if (extend_block(flow, b) < 0)
            return -1;
    if (mark_reachable(flow) < 0)
        return -1;
    for (Block *b = flow->entry; b; b = b->next)
        if (!b->predecessors) {
            b->used = 0;
            b->no_fall = 0;
        }
    for (Block *b = flow->entry; b; b = b->next)
        flow_clean_block(b, -1);
    drop_empty_blocks(flow);
    flow_remove_redundant_jumps(flow);
    if (copy_exits(flow) < 0 || trim_consts(flow, consts) < 0)
        return -1;
    propagate_lines(flow);
    give_exits_lines(flow, firstlineno);
    return 0;
}
