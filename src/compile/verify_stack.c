/* The verifier's second part: follows every way through the code, with the kinds of the values on the stack.
 *
 * The kinds are a small lattice; where ways meet, a slot has what is true on all of them:
 *
 *     MAYBE ─┬─ NULL
 *            └─ OBJECT ─┬─ PREVIOUS ── EXCEPTION
 *                       ├─ TUPLE ── CELLS + n
 *                       └─ LIST, SET, DICT, CELL, ITERATOR, ASYNC_ITERATOR, LASTI
 *
 * The stack is kept for each target of a jump; in between, one working stack is carried from instruction to
 * instruction.
 *
 * STACK-1  an instruction in the range of a handler leaves the slots that the handler keeps alone until it can no
 * longer raise; so what is there at any raise is what the handler finds STACK-2  a kind only ever rises at a target, at
 * most three steps: following ends */
#include "compile/verify.h"

#include <assert.h>
#include <string.h>

/* Slots kept for all targets together: more is refused, as no compiler's output comes near. */
#define KEPT_MAX (16 << 20)

typedef struct {
    int depth; /* -1: not reached yet */
    int kinds; /* place in kept */
} Target;

typedef struct {
    Verifier *v;
    int *target_of; /* of each unit that is a target: index in targets */
    Target *targets;
    int *todo, todo_count; /* units to follow from */
    uint32_t *kept;        /* stacks of the targets */
    int kept_count, kept_room;
    uint32_t *stack; /* the working stack */
    int depth, room;
    int64_t work, work_max;
} Follower;

/* ---- kinds ---- */

static int is_object(uint32_t kind) { return kind != STACK_NULL && kind != STACK_MAYBE; }

static uint32_t kind_join(uint32_t a, uint32_t b)
{
    if (a == b)
        return a;
    if (!is_object(a) || !is_object(b))
        return STACK_MAYBE;
    if (a >= STACK_TUPLE && b >= STACK_TUPLE)
        return STACK_TUPLE;
    int both_exceptions =
        (a == STACK_EXCEPTION || a == STACK_PREVIOUS) && (b == STACK_EXCEPTION || b == STACK_PREVIOUS);
    return both_exceptions ? STACK_PREVIOUS : STACK_OBJECT;
}

int code_kind_fits(uint32_t have, uint32_t want) { return kind_join(have, want) == want; }

static uint32_t kind_of_constant(PyObject *o)
{
    return PyTuple_CheckExact(o)        ? STACK_TUPLE
           : PyDict_CheckExact(o)       ? STACK_DICT
           : PyList_CheckExact(o)       ? STACK_LIST
           : Py_IS_TYPE(o, &PySet_Type) ? STACK_SET
                                        : STACK_OBJECT;
}

/* ---- the working stack ---- */

static int refuse(const char *what, const Decoded *d)
{
    PyErr_Format(PyExc_ValueError, "code: %s for %s %d at offset %d", what, opcode_info[d->op].name, d->arg,
                 d->first * (int)sizeof(_Py_CODEUNIT));
    return -1;
}

static int no_memory(void)
{
    PyErr_NoMemory();
    return -1;
}

/* Room for n slots. */
static int reserve(Follower *f, int n)
{
    if (n <= f->room)
        return 0;
    int room = n + 32;
    uint32_t *stack = PyMem_Realloc(f->stack, (size_t)room * sizeof *stack);
    if (!stack)
        return no_memory();
    f->stack = stack;
    f->room = room;
    return 0;
}

/* n more slots, all of this kind. */
static int push(Follower *f, const Decoded *d, long long n, uint32_t kind)
{
    if (f->depth + n > f->v->co->co_stacksize)
        return refuse("co_stacksize is too small", d);
    if (reserve(f, f->depth + (int)n) < 0)
        return -1;
    while (n-- > 0)
        f->stack[f->depth++] = kind;
    return 0;
}

/* The slot `place` from the top (1 is the top) must fit the kind. */
static int want(Follower *f, const Decoded *d, long long place, uint32_t kind)
{
    static const char *const names[] = {
        "no object",
        "no NULL",
        "nothing",
        "no exception",
        "no exception or None",
        "no iterator",
        "no asynchronous iterator",
        "no place of a raise",
        "no list",
        "no set",
        "no dict",
        "no cell",
        "no tuple",
        "no tuple of cells that fits",
    };
    if (place > f->depth)
        return refuse("stack too small", d);
    uint32_t have = f->stack[f->depth - place];
    if (kind == STACK_OBJECT ? is_object(have) : code_kind_fits(have, kind))
        return 0;
    char what[64];
    PyOS_snprintf(what, sizeof what, "%s on the stack", names[kind < STACK_CELLS ? kind : STACK_CELLS]);
    return refuse(what, d);
}

static int want_objects(Follower *f, const Decoded *d, long long n)
{
    if (n > f->depth)
        return refuse("stack too small", d);
    for (int i = 1; i <= n; i++)
        if (!is_object(f->stack[f->depth - i]))
            return want(f, d, i, STACK_OBJECT);
    return 0;
}

/* ---- what instructions rely on ---- */

/* MAKE_FUNCTION: code on top, below it closure, annotations, defaults by keyword, defaults, as far as flagged. */
static int want_function_parts(Follower *f, const Decoded *d)
{
    PyObject *code = NULL;
    Decoded load;
    for (int unit = d->first - 1;; unit--) /* the LOAD_CONST that VERIFY-6 found before */
        if (f->v->mark[unit] & UNIT_START) {
            if (verify_decode(f->v, unit, &load) < 0)
                return -1;
            code = PyTuple_GET_ITEM(f->v->co->co_consts, load.arg);
            break;
        }
    int place = 2, free_count = ((PyCodeObject *)code)->co_nfreevars;
    if (((d->arg & 8) != 0) != (free_count != 0))
        return refuse("free variables and closure do not fit", d);
    if (d->arg & 8 && want(f, d, place++, STACK_CELLS + (uint32_t)free_count) < 0)
        return -1;
    if (d->arg & 4) {
        if (place <= f->depth && f->stack[f->depth - place] == STACK_DICT)
            place++;
        else if (want(f, d, place++, STACK_TUPLE) < 0)
            return -1;
    }
    if (d->arg & 2 && want(f, d, place++, STACK_DICT) < 0)
        return -1;
    return d->arg & 1 ? want(f, d, place, STACK_TUPLE) : 0;
}

/* Looks for the kinds that the instruction relies on beyond "an object" in all that it takes. */
static int want_special(Follower *f, const Decoded *d)
{
    switch (d->op) {
    case OPC_PUSH_EXC_INFO:
    case OPC_END_ASYNC_FOR:
        return want(f, d, 1, STACK_EXCEPTION);
    case OPC_POP_EXCEPT:
        return want(f, d, 1, STACK_PREVIOUS);
    case OPC_WITH_EXCEPT_START:
        return want(f, d, 1, STACK_EXCEPTION) < 0 ? -1 : want(f, d, 4, STACK_OBJECT);
    case OPC_RERAISE:
        return d->arg ? want(f, d, d->arg + 1, STACK_OBJECT) : 0;
    case OPC_CHECK_EXC_MATCH:
        return want(f, d, 2, STACK_OBJECT);
    case OPC_GET_LEN:
    case OPC_MATCH_MAPPING:
    case OPC_MATCH_SEQUENCE:
    case OPC_GET_ANEXT:
    case OPC_IMPORT_FROM:
        return want(f, d, 1, STACK_OBJECT);
    case OPC_MATCH_KEYS:
        return want(f, d, 1, STACK_TUPLE) < 0 ? -1 : want(f, d, 2, STACK_OBJECT);
    case OPC_MATCH_CLASS:
        return want(f, d, 1, STACK_TUPLE);
    case OPC_LIST_APPEND:
    case OPC_LIST_EXTEND:
        return want(f, d, d->arg + 1LL, STACK_LIST);
    case OPC_SET_ADD:
    case OPC_SET_UPDATE:
        return want(f, d, d->arg + 1LL, STACK_SET);
    case OPC_MAP_ADD:
        return want(f, d, d->arg + 2LL, STACK_DICT);
    case OPC_DICT_UPDATE:
        return want(f, d, d->arg + 1LL, STACK_DICT);
    case OPC_DICT_MERGE: /* the function is named in its errors */
        return want(f, d, d->arg + 1LL, STACK_DICT) < 0 ? -1 : want(f, d, d->arg + 3LL, STACK_OBJECT);
    case OPC_CALL_FUNCTION_EX:
        if (d->arg && want(f, d, 1, STACK_DICT) < 0)
            return -1;
        return want(f, d, 3 + d->arg, STACK_NULL);
    case OPC_MAKE_FUNCTION:
        return want_function_parts(f, d);
    case OPC_CALL:
        return want(f, d, d->arg + 2LL, STACK_MAYBE);
    }
    return 0;
}

/* How many values the instruction takes (STACK-1), all that it needs of them being there. */
static int take(Follower *f, const Decoded *d, long long *taken)
{
    long long n = opcode_taken(d->op, d->arg), objects = n;
    switch (d->op) {
    case OPC_COPY:
        return d->arg > f->depth ? refuse("stack too small", d) : (*taken = 0);
    case OPC_SWAP:
        *taken = n;
        return d->arg > f->depth ? refuse("stack too small", d) : 0;
    case OPC_PRECALL: /* its values are taken by the CALL that follows */
        *taken = 0;
        return 0;
    case OPC_CALL: /* values, callable or self, NULL or method */
        n = d->arg + 2LL;
        objects = n - 1;
        break;
    case OPC_CALL_FUNCTION_EX:
        objects = n - 1;
        break;
    }
    *taken = n;
    return want_objects(f, d, objects) < 0 ? -1 : want_special(f, d);
}

/* ---- what instructions leave ---- */

static int push_tuple(Follower *f, const Decoded *d)
{
    int all_cells = d->arg > 0;
    for (int i = 1; i <= d->arg; i++)
        all_cells &= f->stack[f->depth - i] == STACK_CELL;
    f->depth -= d->arg;
    return push(f, d, 1, all_cells ? STACK_CELLS + (uint32_t)d->arg : STACK_TUPLE);
}

/* The working stack after an instruction that does not jump. */
static int leave(Follower *f, const Decoded *d, long long taken)
{
    uint32_t *top = f->stack + f->depth;
    switch (d->op) {
    case OPC_SWAP: {
        uint32_t kind = top[-1];
        top[-1] = top[-d->arg];
        top[-d->arg] = kind;
        return 0;
    }
    case OPC_COPY:
        return push(f, d, 1, top[-d->arg]);
    case OPC_PRECALL:
        return 0;
    case OPC_BUILD_TUPLE:
        return push_tuple(f, d);
    case OPC_PUSH_EXC_INFO:
        top[-1] = STACK_PREVIOUS;
        return push(f, d, 1, STACK_EXCEPTION);
    case OPC_LOAD_GLOBAL:
        if (d->arg & 1 && push(f, d, 1, STACK_NULL) < 0)
            return -1;
        return push(f, d, 1, STACK_OBJECT);
    case OPC_LOAD_METHOD:
        top[-1] = STACK_MAYBE;
        return push(f, d, 1, STACK_OBJECT);
    case OPC_FOR_ITER:
        return push(f, d, 1, STACK_OBJECT);
    }
    long long effect = d->op == OPC_CALL ? 1 - taken : opcode_stack_effect(d->op, d->arg, 0);
    f->depth -= (int)taken;
    if (d->op == OPC_RETURN_GENERATOR)
        effect++; /* the resumed generator finds the value sent to it */
    uint32_t kind = STACK_OBJECT;
    switch (d->op) {
    case OPC_LOAD_CONST:
        kind = kind_of_constant(PyTuple_GET_ITEM(f->v->co->co_consts, d->arg));
        break;
    case OPC_PUSH_NULL:
        kind = STACK_NULL;
        break;
    case OPC_LOAD_CLOSURE:
        kind = STACK_CELL;
        break;
    case OPC_GET_ITER:
    case OPC_GET_YIELD_FROM_ITER:
        kind = STACK_ITERATOR;
        break;
    case OPC_GET_AITER:
        kind = STACK_ASYNC_ITERATOR;
        break;
    case OPC_BUILD_LIST:
        kind = STACK_LIST;
        break;
    case OPC_BUILD_SET:
        kind = STACK_SET;
        break;
    case OPC_BUILD_MAP:
    case OPC_BUILD_CONST_KEY_MAP:
        kind = STACK_DICT;
        break;
    case OPC_LIST_TO_TUPLE:
        kind = STACK_TUPLE;
        break;
    }
    return push(f, d, effect + taken, kind);
}

/* ---- ways ---- */

/* Room for the stack of a target that is reached for the first time. */
static int keep(Follower *f, Target *t, const uint32_t *kinds, int depth)
{
    if (depth > KEPT_MAX - f->kept_count)
        return verify_fail("too many ways with too deep a stack", 0);
    if (f->kept_count + depth >= f->kept_room) {
        int room = f->kept_room * 2 + depth + 64;
        uint32_t *kept = PyMem_Realloc(f->kept, (size_t)room * sizeof *kept);
        if (!kept)
            return no_memory();
        f->kept = kept;
        f->kept_room = room;
    }
    t->depth = depth;
    t->kinds = f->kept_count;
    memcpy(f->kept + f->kept_count, kinds, (size_t)depth * sizeof *kinds);
    f->kept_count += depth;
    return 0;
}

/* Control reaches `unit` with these values: 0, or -1 with an exception set. */
static int reach(Follower *f, int unit, const uint32_t *kinds, int depth)
{
    unsigned char *mark = &f->v->mark[unit];
    Target *t = &f->targets[f->target_of[unit]];
    int changed = 0;
    f->work += depth;
    if (t->depth < 0) {
        if (keep(f, t, kinds, depth) < 0)
            return -1;
        changed = 1;
    } else if (t->depth != depth) {
        return verify_fail("stack depth differs", unit);
    } else {
        for (int i = 0; i < depth; i++) {
            uint32_t *old = &f->kept[t->kinds + i], joined = kind_join(*old, kinds[i]);
            changed |= joined != *old;
            *old = joined;
        }
    }
    if (changed && !(*mark & UNIT_QUEUED)) {
        *mark |= UNIT_QUEUED;
        f->todo[f->todo_count++] = unit;
    }
    return 0;
}

/* As reach, by a jump or an exception. */
static int jump_to(Follower *f, int unit, const uint32_t *kinds, int depth)
{
    int mark = f->v->mark[unit];
    if (!(mark & UNIT_START))
        return verify_fail("jump into an instruction", unit);
    if (mark & UNIT_INSIDE)
        return verify_fail("jump between instructions that belong together", unit);
    if (unit < f->v->prefix_end)
        return verify_fail("jump back to the start", unit);
    return reach(f, unit, kinds, depth);
}

/* The jump of an instruction whose working stack is still the one before it. */
static int follow_jump(Follower *f, const Decoded *d, long long taken)
{
    int target = opcode_info[d->op].flags & OP_BACKWARD ? d->next - d->arg : d->next + d->arg;
    int depth = f->depth + opcode_stack_effect(d->op, d->arg, 1);
    assert(depth >= f->depth - (int)taken);
    if (d->op != OPC_SEND)
        return jump_to(f, target, f->stack, depth);
    uint32_t receiver = f->stack[depth - 1];
    f->stack[depth - 1] = STACK_OBJECT; /* the result takes the receiver's place */
    int result = jump_to(f, target, f->stack, depth);
    f->stack[depth - 1] = receiver;
    return result;
}

/* The handler's stack: the slots that it keeps, where the exception was first raised if it asks, the exception. */
static int follow_raise(Follower *f, const Decoded *d, const VerifiedHandler *h)
{
    int depth = f->depth;
    uint32_t above[2] = {0, 0};
    int count = depth - h->depth < 2 ? depth - h->depth : 2;
    memcpy(above, f->stack + h->depth, (size_t)count * sizeof *above);
    f->depth = h->depth;
    int result = h->lasti ? push(f, d, 1, STACK_LASTI) : 0;
    if (result == 0)
        result = push(f, d, 1, STACK_EXCEPTION);
    if (result == 0)
        result = jump_to(f, h->target, f->stack, f->depth);
    memcpy(f->stack + h->depth, above, (size_t)count * sizeof *above);
    f->depth = depth;
    return result;
}

/* ---- following ---- */

typedef struct {
    const VerifiedHandler *handler, *end;
    const VerifiedHandler *told; /* what it keeps has been passed on, and has not changed since */
} HandlerCursor;

static HandlerCursor cursor_at(const Verifier *v, int unit)
{
    int low = 0, high = v->handler_count;
    while (low < high) {
        int middle = (low + high) / 2;
        if (v->handlers[middle].end <= unit)
            low = middle + 1;
        else
            high = middle;
    }
    return (HandlerCursor){v->handlers + low, v->handlers + v->handler_count, NULL};
}

/* STACK-1 for one instruction. */
static int follow_handler(Follower *f, const Decoded *d, HandlerCursor *c, long long taken)
{
    while (c->handler < c->end && c->handler->end <= d->at)
        c->handler++;
    if (c->handler == c->end || c->handler->start > d->at)
        return 0;
    long long rest = f->depth - taken;
    if (f->depth < c->handler->depth || (opcode_info[d->op].flags & OP_RAISES && rest < c->handler->depth))
        return refuse("stack too small for the handler", d);
    if (c->told != c->handler && follow_raise(f, d, c->handler) < 0)
        return -1;
    c->told = rest < c->handler->depth ? NULL : c->handler;
    return 0;
}

/* What a plain instruction does to the stack.  Those that only take and leave objects take so many and leave so many. */
enum { STEP_SPECIAL, STEP_OBJECTS, STEP_CONST, STEP_NULL, STEP_GLOBAL, STEP_METHOD, STEP_CALL };
typedef struct {
    uint8_t how, takes, leaves;
} Step;

static const Step *step_of(int op)
{
    enum {
        arg = 0,
#define OP(name, number, caches, takes, effect, jump_effect, flags) TAKES_##name = (takes), LEAVES_##name = (takes) + (effect),
#include "objects/opcodes.def"
#undef OP
    };
#define OBJECTS(name) [OPC_##name] = {STEP_OBJECTS, TAKES_##name, LEAVES_##name}
    static const Step steps[256] = {
        OBJECTS(POP_TOP),         OBJECTS(NOP),           OBJECTS(UNARY_POSITIVE),
        OBJECTS(UNARY_NEGATIVE),  OBJECTS(UNARY_NOT),     OBJECTS(UNARY_INVERT),
        OBJECTS(BINARY_SUBSCR),   OBJECTS(STORE_SUBSCR),  OBJECTS(DELETE_SUBSCR),
        OBJECTS(LOAD_BUILD_CLASS), OBJECTS(STORE_NAME),   OBJECTS(DELETE_NAME),
        OBJECTS(STORE_ATTR),      OBJECTS(STORE_GLOBAL),  OBJECTS(LOAD_NAME),
        OBJECTS(LOAD_ATTR),       OBJECTS(COMPARE_OP),    OBJECTS(IS_OP),
        OBJECTS(CONTAINS_OP),     OBJECTS(IMPORT_NAME),   OBJECTS(LOAD_FAST),
        OBJECTS(STORE_FAST),      OBJECTS(DELETE_FAST),   OBJECTS(LOAD_DEREF),
        OBJECTS(STORE_DEREF),     OBJECTS(BINARY_OP),     OBJECTS(RESUME),
        OBJECTS(MAKE_CELL),       OBJECTS(COPY_FREE_VARS),
        [OPC_LOAD_CONST] = {STEP_CONST, 0, 1},
        [OPC_PUSH_NULL] = {STEP_NULL, 0, 1},
        [OPC_LOAD_GLOBAL] = {STEP_GLOBAL, 0, 1},
        [OPC_LOAD_METHOD] = {STEP_METHOD, 1, 2},
        [OPC_PRECALL] = {STEP_OBJECTS, 0, 0}, /* its values are taken by the CALL that follows */
        [OPC_CALL] = {STEP_CALL, 0, 1},
    };
    return &steps[op];
}

/* Carries the working stack over plain instructions as long as all is in order; the first unit where it is not, or
 * control meets a target.  Anything out of the ordinary is left to the caller, which starts there anew. */
static int follow_plain(Follower *f, int unit, HandlerCursor *c)
{
    const Verifier *v = f->v;
    const _Py_CODEUNIT *code = _PyCode_CODE(v->co);
    int room = f->room < v->co->co_stacksize ? f->room : v->co->co_stacksize, from = unit;
    for (int next; unit < v->units; unit = next) {
        int op = _Py_OPCODE(code[unit]), arg = _Py_OPARG(code[unit]);
        const Step *step = step_of(op);
        int takes = step->takes, leaves = step->leaves;
        if (step->how == STEP_SPECIAL || (unit != from && v->mark[unit] & UNIT_TARGET))
            break;
        if (step->how == STEP_CALL) /* one more may be NULL or anything */
            takes = arg + 1;
        else if (step->how == STEP_GLOBAL)
            leaves += arg & 1;
        int rest = f->depth - takes - (step->how == STEP_CALL);
        if (rest < 0 || rest + leaves > room)
            break;
        while (c->handler < c->end && c->handler->end <= unit)
            c->handler++;
        if (c->handler < c->end && c->handler->start <= unit && (c->told != c->handler || rest < c->handler->depth))
            break;
        uint32_t *top = f->stack + f->depth, *bottom = f->stack + rest;
        int objects = 1;
        for (int i = 1; i <= takes; i++)
            objects &= is_object(top[-i]);
        if (!objects)
            break;
        for (int i = 0; i < leaves; i++)
            bottom[i] = STACK_OBJECT;
        if (step->how == STEP_CONST)
            bottom[0] = kind_of_constant(PyTuple_GET_ITEM(v->co->co_consts, arg));
        else if (step->how == STEP_NULL || (step->how == STEP_GLOBAL && arg & 1))
            bottom[0] = STACK_NULL;
        else if (step->how == STEP_METHOD)
            bottom[0] = STACK_MAYBE;
        f->depth = rest + leaves;
        f->work++;
        next = unit + 1 + opcode_info[op].caches;
    }
    return unit;
}

/* Goes on from a target until control leaves or comes to another target. */
static int follow(Follower *f, int unit, CodeStackSeen see, void *arg)
{
    Decoded d;
    const Target *t = &f->targets[f->target_of[unit]];
    HandlerCursor cursor = cursor_at(f->v, unit);
    f->depth = t->depth;
    if (reserve(f, t->depth) < 0)
        return -1;
    memcpy(f->stack, f->kept + t->kinds, (size_t)t->depth * sizeof *f->stack);
    for (;; unit = d.next) {
        long long taken;
        if (!see) {
            int from = unit;
            unit = follow_plain(f, unit, &cursor);
            if (unit != from && unit < f->v->units && f->v->mark[unit] & UNIT_TARGET)
                return reach(f, unit, f->stack, f->depth);
        }
        if (unit >= f->v->units)
            return verify_fail("control leaves the code", unit);
        if (see)
            see(arg, unit, f->depth, f->stack);
        if (++f->work > f->work_max)
            return verify_fail("too many ways", unit);
        if (verify_decode(f->v, unit, &d) < 0 || take(f, &d, &taken) < 0 || follow_handler(f, &d, &cursor, taken) < 0)
            return -1;
        int flags = opcode_info[d.op].flags;
        if (flags & OP_JUMP && follow_jump(f, &d, taken) < 0)
            return -1;
        if (flags & OP_NO_FALL)
            return 0;
        if (leave(f, &d, taken) < 0)
            return -1;
        if (d.next < f->v->units && f->v->mark[d.next] & UNIT_TARGET)
            return reach(f, d.next, f->stack, f->depth);
    }
}

static int follow_all(Follower *f, CodeStackSeen see, void *arg)
{
    uint32_t nothing[1];
    if (reach(f, 0, nothing, 0) < 0)
        return -1;
    while (f->todo_count) {
        int unit = f->todo[--f->todo_count];
        f->v->mark[unit] &= (unsigned char)~UNIT_QUEUED;
        if (follow(f, unit, NULL, NULL) < 0)
            return -1;
    }
    for (int unit = 0; see && unit < f->v->units; unit++)
        if (f->v->mark[unit] & UNIT_TARGET && f->targets[f->target_of[unit]].depth >= 0 &&
            follow(f, unit, see, arg) < 0)
            return -1;
    return 0;
}

int verify_stack(Verifier *v, CodeStackSeen see, void *arg)
{
    int count = 0, units = v->units;
    int small[512];
    for (int unit = 0; unit < units; unit++)
        count += (v->mark[unit] & UNIT_TARGET) != 0;
    size_t ints = (size_t)units + (size_t)count * 3;
    int *memory = ints <= sizeof small / sizeof *small ? small : PyMem_Malloc(ints * sizeof *memory);
    if (!memory)
        return no_memory();
    Follower f = {.v = v,
                  .target_of = memory,
                  .todo = memory + units,
                  .targets = (Target *)(memory + units + count),
                  .work_max = 1000000 + 1000LL * units};
    for (int unit = 0, n = 0; unit < units; unit++)
        if (v->mark[unit] & UNIT_TARGET) {
            f.targets[n].depth = -1;
            f.target_of[unit] = n++;
        }
    int result = reserve(&f, 1) < 0 ? -1 : follow_all(&f, see, arg);
    if (memory != small)
        PyMem_Free(memory);
    PyMem_Free(f.kept);
    PyMem_Free(f.stack);
    return result;
}
