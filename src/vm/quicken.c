/* Translation of a code object's canonical bytecode into the private stream.
 *
 *   code units (opcode, operand byte, caches, EXTENDED_ARG)  ─▶  Inst {handler, operands}, jumps resolved
 *
 * PRECALL, KW_NAMES, NOP and cache units leave no instruction behind; `offsets` leads back from every instruction to
 * the unit it stands for.  The traced translation keeps one instruction per canonical one. */
#include "vm/specialise.h"
#include "vm/vm.h"
#include "memory/log.h"
#include "memory/trace.h"
#include "objects/opcodes.h"
#include "objects/code.h"
#include "vm/record.h"

#include <assert.h>
#include <string.h>

const char *const inst_names[INST_COUNT] = {
#define INST(name) #name,
#include "vm/instructions.def"
#undef INST
};

const void *const *vm_labels;


/* Private number of each canonical opcode; those that leave no instruction count as NOP. */
enum { I_CACHE = I_NOP, I_EXTENDED_ARG = I_NOP, I_PRECALL = I_NOP, I_KW_NAMES = I_NOP };
static const uint16_t inst_of_opcode[256] = {
#define OP(name, number, caches, takes, effect, jump_effect, flags) [number] = I_##name,
#include "objects/opcodes.def"
#undef OP
};

typedef struct {
    PyCodeObject *code;
    const _Py_CODEUNIT *units;
    int unit_count;
    int traced, recorded;
    uint32_t *index_of; /* private instruction of each unit to which something leads, and of the end */
    VmCode *vm;
    struct canonical *items;  /* every canonical instruction that leaves something */
    int item_count;
#ifndef NDEBUG
    int *firsts;        /* first unit of each private instruction, for asserting */
#endif
} Translator;

/* One canonical instruction with its prefixes. */
typedef struct canonical {
    int op;
    uint32_t arg;
    int first;     /* unit of its first prefix */
    int at;        /* unit of the opcode itself */
    int next;      /* unit after its caches */
    int is_target; /* a jump or handler leads here: not fused with what stands before */
    int records;   /* recorded translation: a RECORD belongs to it, of this event + 1; or 0 */
    int line;         /* of a RECORD_LINE */
    uint16_t stores;  /* of a RECORD: RECORD_SLOT bits */
    uint32_t kwnames; /* CALL: constant of the names + 1, or 0 */
} Canonical;

/* Reads the instruction at `unit`; 0, or -1 when it is cut off. */
static inline int canonical_read(const Translator *tr, int unit, Canonical *c)
{
    int first = unit, op = _Py_OPCODE(tr->units[unit]);
    uint32_t arg = _Py_OPARG(tr->units[unit]);
    while (__builtin_expect(op == OPC_EXTENDED_ARG, 0)) {
        if (++unit >= tr->unit_count)
            return -1;
        op = _Py_OPCODE(tr->units[unit]);
        arg = arg << 8 | _Py_OPARG(tr->units[unit]);
    }
    *c = (Canonical){.op = op, .arg = arg, .first = first, .at = unit, .next = unit + 1 + opcode_info[op].caches};
    return 0;
}

/* The fast translation drops what only marks places; a NOP may be all of a line that is recorded. */
static int leaves_nothing(const Translator *tr, int op)
{
    if (tr->traced)
        return 0;
    return (op == OPC_NOP && !tr->recorded) || op == OPC_PRECALL || op == OPC_KW_NAMES || op == OPC_CACHE;
}

/* Reads all instructions into tr->items and finds the jump targets; 0, or -1 when the code is malformed. */
static int read_items(Translator *tr)
{
    uint32_t kwnames = 0;
    uint8_t *target = (uint8_t *)(tr->items + tr->unit_count + 1); /* one byte a unit */
    for (int unit = 0; unit < tr->unit_count;) {
        Canonical *c = &tr->items[tr->item_count];
        if (canonical_read(tr, unit, c) < 0 || !opcode_info[c->op].name)
            return -1;
        if (opcode_info[c->op].flags & OP_JUMP) {
            int64_t to = opcode_info[c->op].flags & OP_BACKWARD ? (int64_t)c->next - c->arg : (int64_t)c->next + c->arg;
            if (to < 0 || to > tr->unit_count)
                return -1;
            target[to] = 1;
        }
        if (c->op == OPC_KW_NAMES)
            kwnames = c->arg + 1;
        if (c->op == OPC_CALL) {
            c->kwnames = kwnames;
            kwnames = 0;
        }
        unit = c->next;
        if (!leaves_nothing(tr, c->op))
            tr->item_count++;
    }
    for (int i = 0; i < tr->vm->handler_count; i++) { /* nothing is fused across the border of a range either */
        const Handler *h = &tr->vm->handlers[i];
        target[h->target] = 1;
        target[h->start] = target[h->end] = 1;
    }
    /* A target on something that leaves nothing is one on what follows. */
    for (int i = 0, unit = 0; i < tr->item_count; i++)
        for (; unit <= tr->items[i].at; unit++)
            tr->items[i].is_target |= target[unit];
    return 0;
}

/* Notes where RECORD instructions go: at lines, at places that are jumped to, and where frames begin, wait and end; or
 * everywhere. */
static void place_records(Translator *tr)
{
    LocationReader reader;
    location_reader_init(&reader, tr->code);
    Canonical *begun = NULL; /* the item whose RECORD was the last one */
    uint16_t aside = 0;      /* stores behind targets that have none: they may follow any RECORD */
    int found = location_reader_next(&reader), last = -1, is_aside = 0;
    for (int i = 0; i < tr->item_count; i++) {
        Canonical *c = &tr->items[i];
        while (found && reader.at.end <= c->at)
            found = location_reader_next(&reader);
        int line = found && reader.at.start <= c->at ? reader.at.line : -1;
        switch (c->op) {
        case OPC_RESUME: c->records = 1 + (c->arg ? RECORD_RESUME : RECORD_CALL); break;
        case OPC_RETURN_VALUE: c->records = 1 + RECORD_RETURN; break;
        case OPC_YIELD_VALUE: c->records = 1 + RECORD_YIELD; break;
        default:
            if (line >= 0 && (line != last || (c->is_target && c->op != OPC_SEND) || tr->recorded > 1) &&
                c->at >= tr->code->_co_firsttraceable)
                c->records = 1 + RECORD_LINE;
        }
        c->line = line;
        if (c->records)
            begun = c;
        is_aside = !c->records && (is_aside || c->is_target);
        if ((c->op == OPC_STORE_FAST || c->op == OPC_DELETE_FAST) && begun)
            begun->stores |= RECORD_SLOT(c->arg);
        if ((c->op == OPC_STORE_FAST || c->op == OPC_DELETE_FAST) && is_aside)
            aside |= RECORD_SLOT(c->arg);
        if (line >= 0)
            last = c->op == OPC_RESUME && !c->arg ? -1 : line; /* a body in the line of its `def` is a line, too */
        c->is_target |= c->records != 0;
    }
    for (int i = 0; i < tr->item_count; i++)
        tr->items[i].stores |= aside;
}

static int jump_target(const Translator *tr, const Canonical *c, uint32_t *target)
{
    int64_t to = opcode_info[c->op].flags & OP_BACKWARD ? (int64_t)c->next - c->arg : (int64_t)c->next + c->arg;
    *target = (uint32_t)to; /* a unit, until all instructions are numbered */
    return 0;
}

/* Writes the operands of one instruction; its private number, or -1. */
static int emit(Translator *tr, const Canonical *c, Inst *inst)
{
    int number = inst_of_opcode[c->op];
    inst->a = inst->b = 0;
    inst->c = c->arg;
    if (opcode_info[c->op].flags & OP_JUMP) {
        inst->a = c->op == OPC_POP_JUMP_FORWARD_IF_TRUE || c->op == OPC_POP_JUMP_BACKWARD_IF_TRUE;
        inst->b = (opcode_info[c->op].flags & OP_BACKWARD) != 0;
        jump_target(tr, c, &inst->c);
        const Canonical *next = c + 1;
        if (c->op == OPC_FOR_ITER) {
            inst->a = inst->b = 0;
            if (!tr->traced && next < tr->items + tr->item_count && next->op == OPC_STORE_FAST && !next->is_target &&
                next->arg <= 0xffff) {
                inst->a = (uint16_t)next->arg;
                inst->b = 1;
            }
        }
    } else if (c->op == OPC_LOAD_CONST) {
        if (c->arg >= (uint32_t)PyTuple_GET_SIZE(tr->code->co_consts))
            return -1;
        inst->object = PyTuple_GET_ITEM(tr->code->co_consts, c->arg);
    } else if (c->op == OPC_CALL) {
        if (c->arg > 0xffff)
            return -1;
        inst->a = (uint16_t)c->arg;
        number = c->kwnames ? I_CALL_KW : I_CALL;
        inst->c = c->kwnames ? c->kwnames - 1 : 0;
    } else if (c->op == OPC_LOAD_GLOBAL) {
        inst->b = c->arg & 1;
        inst->c = c->arg >> 1;
    } else if (c->op == OPC_BINARY_OP || c->op == OPC_COMPARE_OP || c->op == OPC_IS_OP || c->op == OPC_CONTAINS_OP) {
        if (c->op == OPC_BINARY_OP && c->arg >= NB_COUNT)
            return -1;
        inst->a = (uint16_t)c->arg;
        inst->c = 0;
    }
    return number;
}

/* ---- fused instructions ---- */

enum operand_mode { MODE_SS, MODE_SL, MODE_SC, MODE_LL, MODE_LC };
#define MODES(name) {I_##name##_SS, I_##name##_SL, I_##name##_SC, I_##name##_LL, I_##name##_LC}

/* The family of an operator of BINARY_OP. */
static const uint16_t *arith_family(uint32_t op)
{
    static const uint16_t add[] = MODES(ADD), sub[] = MODES(SUB), mul[] = MODES(MUL), div[] = MODES(DIV),
                          floor_div[] = MODES(FLOORDIV), mod[] = MODES(MOD), bits[] = MODES(BITS), any[] = MODES(BINARY);
    switch (op >= OPC_NB_INPLACE_ADD ? op - OPC_NB_INPLACE_ADD : op) {
    case OPC_NB_ADD: return add;
    case OPC_NB_SUBTRACT: return sub;
    case OPC_NB_MULTIPLY: return mul;
    case OPC_NB_TRUE_DIVIDE: return div;
    case OPC_NB_FLOOR_DIVIDE: return floor_div;
    case OPC_NB_REMAINDER: return mod;
    case OPC_NB_AND:
    case OPC_NB_OR:
    case OPC_NB_XOR:
    case OPC_NB_LSHIFT:
    case OPC_NB_RSHIFT: return bits;
    }
    return any;
}

static int is_local(const Canonical *c) { return c->op == OPC_LOAD_FAST && c->arg <= 0xffff; }
static int is_const(const Canonical *c) { return c->op == OPC_LOAD_CONST && c->arg <= 0xffff; }
static int is_conditional_jump(const Canonical *c)
{
    return c->op == OPC_POP_JUMP_FORWARD_IF_FALSE || c->op == OPC_POP_JUMP_FORWARD_IF_TRUE ||
           c->op == OPC_POP_JUMP_BACKWARD_IF_FALSE || c->op == OPC_POP_JUMP_BACKWARD_IF_TRUE;
}

/* Bits of the outcomes (less, equal, greater, unordered) for which a comparison is true. */
static uint32_t outcome_mask(uint32_t compare)
{
    static const uint8_t masks[] = {[Py_LT] = 1, [Py_LE] = 3, [Py_EQ] = 2, [Py_NE] = 13, [Py_GT] = 4, [Py_GE] = 6};
    return compare <= Py_GE ? masks[compare] : 0;
}

/* The operator at items[at], whose operands have mode; fills inst, and says in *taken how many items from `at` it
 * stands for.  0 when there is no fused form. */
static int fuse_operator(const Translator *tr, int at, enum operand_mode mode, Inst *inst, int *taken)
{
    static const uint16_t compare[] = MODES(COMPARE), compare_jump[] = MODES(COMPARE_JUMP), subscr[] = MODES(SUBSCR),
                          store_subscr[] = MODES(STORE_SUBSCR);
    const Canonical *c = &tr->items[at], *next = at + 1 < tr->item_count ? c + 1 : NULL;
    *taken = 1;
    inst->c = c->arg;
    switch (c->op) {
    case OPC_BINARY_OP:
        if (c->arg >= NB_COUNT)
            return 0;
        if (next && next->op == OPC_STORE_FAST && !next->is_target && next->arg <= 0xffff) {
            inst->c |= 256 | next->arg << 16;
            *taken = 2;
        }
        return arith_family(c->arg)[mode];
    case OPC_COMPARE_OP:
        inst->c = c->arg | outcome_mask(c->arg) << 8;
        return (next && is_conditional_jump(next) && !next->is_target ? compare_jump : compare)[mode];
    case OPC_BINARY_SUBSCR:
        return subscr[mode];
    case OPC_STORE_SUBSCR:
        return store_subscr[mode];
    }
    return 0;
}

/* A fused instruction that begins at items[at]: its number, inst filled in, *taken items; 0 when there is none.
 * *main is the item whose place in the code it shows. */
static int fuse(const Translator *tr, int at, Inst *inst, int *taken, int *main)
{
    const Canonical *c = &tr->items[at];
    int left = tr->item_count - at, number, more;
    int next_free = left > 1 && !c[1].is_target, third_free = left > 2 && next_free && !c[2].is_target;
    inst->a = inst->b = 0;
    if (is_local(c) && third_free && (is_local(&c[1]) || is_const(&c[1])) &&
        (number = fuse_operator(tr, at + 2, is_local(&c[1]) ? MODE_LL : MODE_LC, inst, &more))) {
        inst->a = (uint16_t)c->arg;
        inst->b = (uint16_t)c[1].arg;
        *main = at + 2;
        *taken = 2 + more;
        return number;
    }
    if ((is_local(c) || is_const(c)) && next_free &&
        (number = fuse_operator(tr, at + 1, is_local(c) ? MODE_SL : MODE_SC, inst, &more))) {
        inst->b = (uint16_t)c->arg;
        *main = at + 1;
        *taken = 1 + more;
        return number;
    }
    if (c->op == OPC_BUILD_SLICE && c->arg == 2 && next_free && c[1].op == OPC_BINARY_SUBSCR) {
        *main = at + 1;
        *taken = 2;
        return I_SUBSCR_SLICE;
    }
    if ((number = fuse_operator(tr, at, MODE_SS, inst, &more))) {
        *main = at;
        *taken = more;
        return number;
    }
    if (is_local(c) && next_free && (c[1].op == OPC_LOAD_ATTR || c[1].op == OPC_LOAD_METHOD || c[1].op == OPC_STORE_ATTR)) {
        inst->a = (uint16_t)c->arg;
        inst->c = c[1].arg;
        *main = at + 1;
        *taken = 2;
        return c[1].op == OPC_LOAD_ATTR ? I_LOAD_ATTR_L : c[1].op == OPC_LOAD_METHOD ? I_LOAD_METHOD_L : I_STORE_ATTR_L;
    }
    if (c->op == OPC_LOAD_CONST && next_free && c[1].op == OPC_RETURN_VALUE &&
        c->arg < (uint32_t)PyTuple_GET_SIZE(tr->code->co_consts)) {
        inst->object = PyTuple_GET_ITEM(tr->code->co_consts, c->arg);
        *main = at + 1;
        *taken = 2;
        return I_RETURN_CONST;
    }
    if (is_local(c) && next_free && c[1].op == OPC_RETURN_VALUE) {
        inst->a = (uint16_t)c->arg;
        *main = at + 1;
        *taken = 2;
        return I_RETURN_LOCAL;
    }
    return 0;
}

/* Two moves in one, where neither belongs to something better. */
static int fuse_moves(const Translator *tr, int at, Inst *inst, int *taken, int *main)
{
    const Canonical *c = &tr->items[at];
    Inst unused;
    int n, m;
    if (c->op == OPC_STORE_FAST && at && c[-1].op == OPC_FOR_ITER) /* FOR_ITER steps over it */
        return 0;
    if (at + 1 >= tr->item_count || c[1].is_target || !is_local(&c[1]) || c->arg > 0xffff ||
        (c->op != OPC_LOAD_FAST && c->op != OPC_STORE_FAST) || fuse(tr, at + 1, &unused, &n, &m))
        return 0;
    inst->a = (uint16_t)c->arg;
    inst->b = (uint16_t)c[1].arg;
    inst->c = 0;
    *main = at + 1;
    *taken = 2;
    return c->op == OPC_LOAD_FAST ? I_LOAD_FAST_2 : I_STORE_LOAD_FAST;
}

/* Opcodes with which a fused instruction may begin. */
static const uint8_t begins_fused[256] = {
    [OPC_LOAD_FAST] = 1, [OPC_LOAD_CONST] = 1, [OPC_STORE_FAST] = 1, [OPC_BINARY_OP] = 1, [OPC_COMPARE_OP] = 1,
    [OPC_BINARY_SUBSCR] = 1, [OPC_STORE_SUBSCR] = 1, [OPC_BUILD_SLICE] = 1,
};

static void write_record(const Translator *tr, const Canonical *c, int n)
{
    VmCode *vm = tr->vm;
    int what = c->records - 1;
    vm->insts[n].handler = vm_labels[I_RECORD];
    vm->insts[n].a = (uint16_t)what;
    vm->insts[n].b = c->stores | (what == RECORD_RETURN || what == RECORD_YIELD ? RECORD_VALUE : 0);
    vm->insts[n].c = (uint32_t)c->line;
    vm->offsets[n] = (uint32_t)(c->op == OPC_RESUME ? c->at : c->first);
#ifndef NDEBUG
    tr->firsts[n] = c->op == OPC_RESUME ? c->next : c->first;
#endif
}

/* Writes the instructions of all items; jumps lead to units still. */
static int write_instructions(Translator *tr)
{
    VmCode *vm = tr->vm;
    int n = 0, unit = 0; /* what stands at unit and later has no number yet */
    for (int i = 0; i < tr->item_count;) {
        const Canonical *item = &tr->items[i];
        int begins = n; /* where jumps to the item lead */
        if (item->records && item->op != OPC_RESUME)
            write_record(tr, item, n++);
        Inst *inst = &vm->insts[n];
        int taken = 1, main = i, number = 0;
        if (!tr->traced && begins_fused[item->op]) {
            number = fuse(tr, i, inst, &taken, &main);
            if (!number)
                number = fuse_moves(tr, i, inst, &taken, &main);
        }
        if (!number)
            number = emit(tr, item, inst);
        if (number < 0)
            return -1;
        inst->handler = vm_labels[tr->traced ? I_TRACE : number];
        if (tr->traced)
            vm->ops[n] = (uint16_t)number;
        vm->offsets[n] = (uint32_t)tr->items[main].at;
#ifndef NDEBUG
        tr->firsts[n] = item->first;
#endif
        for (; item->is_target && unit <= item->at; unit++)
            tr->index_of[unit] = (uint32_t)begins;
        unit = tr->items[i + taken - 1].next;
        i += taken;
        n++;
        if (item->records && item->op == OPC_RESUME)
            write_record(tr, item, n++);
    }
    for (; unit <= tr->unit_count; unit++)
        tr->index_of[unit] = (uint32_t)n;
    vm->count = n;
    vm->insts[n].handler = vm_labels[I_INVALID];
    vm->offsets[n] = tr->unit_count ? (uint32_t)tr->unit_count - 1 : 0;
    return 0;
}


static void resolve_jumps(Translator *tr)
{
    VmCode *vm = tr->vm;
    for (int n = 0; n < vm->count; n++) {
        int op = _Py_OPCODE(tr->units[vm->offsets[n]]);
        if (opcode_info[op].flags & OP_JUMP && vm->insts[n].handler != vm_labels[I_RECORD])
            vm->insts[n].c = tr->index_of[vm->insts[n].c];
    }
    for (int i = 0; i < vm->handler_count; i++)
        vm->handlers[i].target = tr->index_of[vm->handlers[i].target];
}

/* ---- exception table ---- */

static const uint8_t *read_varint(const uint8_t *p, const uint8_t *end, uint32_t *value)
{
    uint32_t v = 0;
    while (p < end) {
        uint8_t byte = *p++;
        v = v << 6 | (byte & 63);
        if (!(byte & 64)) {
            *value = v;
            return p;
        }
    }
    return NULL;
}

static int decode_handlers(Translator *tr)
{
    VmCode *vm = tr->vm;
    PyObject *table = tr->code->co_exceptiontable;
    const uint8_t *p = (const uint8_t *)PyBytes_AS_STRING(table), *end = p + PyBytes_GET_SIZE(table);
    int count = 0;
    for (const uint8_t *q = p; q < end; q++)
        count += (*q & 128) != 0;
    if (!count)
        return 0;
    vm->handlers = PyMem_Malloc((size_t)count * sizeof *vm->handlers);
    if (!vm->handlers) {
        PyErr_NoMemory();
        return -1;
    }
    while (p < end) {
        Handler *h = &vm->handlers[vm->handler_count];
        uint32_t size, target, depth;
        if (vm->handler_count == count || !(p = read_varint(p, end, &h->start)) || !(p = read_varint(p, end, &size)) ||
            !(p = read_varint(p, end, &target)) || !(p = read_varint(p, end, &depth)) ||
            target >= (uint32_t)tr->unit_count || (int)(depth >> 1) > tr->code->co_stacksize ||
            h->start > (uint32_t)tr->unit_count || size > (uint32_t)tr->unit_count - h->start) {
            PyErr_SetString(PyExc_SystemError, "invalid exception table");
            return -1;
        }
        h->end = h->start + size;
        h->target = target; /* a unit, until all instructions are numbered */
        h->depth = depth >> 1;
        h->push_lasti = depth & 1;
        vm->handler_count++;
    }
    return 0;
}

/* ---- making and freeing ---- */

void vm_code_delete(VmCode *vm)
{
    if (!vm)
        return;
    vm_code_delete(vm->tracing);
    vm_code_delete(vm->other);
    PyMem_Free(vm->patches);
    specialise_forget_maps(vm);
    PyMem_Free(vm->insts);
    PyMem_Free(vm->offsets);
    PyMem_Free(vm->caches);
    PyMem_Free(vm->handlers);
    PyMem_Free(vm->ops);
    PyMem_Free(vm->lines);
#ifndef NDEBUG
    PyMem_Free(vm->depths);
#endif
    PyMem_Free(vm);
}

static int simple_argument_count(PyCodeObject *code)
{
    if (code->co_flags & (CO_VARARGS | CO_VARKEYWORDS) || code->co_kwonlyargcount || !(code->co_flags & CO_OPTIMIZED))
        return -1;
    return code->co_argcount;
}

#ifndef NDEBUG
/* ---- stack depths, for asserting ---- */

/* One canonical instruction: the private one that begins there, if one does. */
static void see_depth(void *arg, int unit, int depth, const uint32_t *kinds)
{
    const Translator *tr = arg;
    int low = 0, high = tr->vm->count;
    while (low < high) {
        int middle = (low + high) / 2;
        if (tr->firsts[middle] < unit)
            low = middle + 1;
        else
            high = middle;
    }
    assert(depth <= tr->code->co_stacksize);
    for (; low < tr->vm->count && tr->firsts[low] == unit; low++)
        tr->vm->depths[low] = depth;
}

/* Fills vm->depths: the stack before each private instruction, -1 where control never comes. */
static int note_depths(Translator *tr)
{
    for (int i = 0; i <= tr->vm->count; i++)
        tr->vm->depths[i] = -1;
    return code_verify_stacks(tr->code, see_depth, tr);
}

int vm_step_holds(const Frame *f, const Inst *ip, PyObject *const *sp)
{
    ptrdiff_t at = ip - f->vm->insts;
    return at >= 0 && at < f->vm->count && sp - (f->slots + f->vm->nlocalsplus) == f->vm->depths[at];
}
#endif

VmCode *vm_code_build(PyCodeObject *code, int traced, int recorded)
{
    if (!vm_labels) {
        vm_run(NULL, NULL, 0);
        code_set_private_destructor(vm_code_free);
    }
    Translator tr = {.code = code, .units = _PyCode_CODE(code), .unit_count = (int)Py_SIZE(code), .traced = traced, .recorded = recorded};
    VmCode *vm = tr.vm = PyMem_Calloc(1, sizeof *vm);
    size_t units = (size_t)tr.unit_count + 1;
    tr.index_of = PyMem_Malloc(units * sizeof(uint32_t));
    tr.items = PyMem_Malloc(units * (sizeof *tr.items + 1));
    if (!vm || !tr.index_of || !tr.items)
        goto no_memory;
    memset(tr.items + units, 0, units); /* read_items notes targets there */
    vm->traced = traced;
    vm->recorded = recorded;
    vm->nlocalsplus = code->co_nlocalsplus;
    vm->size = code->co_nlocalsplus + code->co_stacksize + 1;
    vm->simple_args = simple_argument_count(code);
    if (decode_handlers(&tr) < 0)
        goto error;
    if (read_items(&tr) < 0)
        goto invalid;
    size_t count = (size_t)tr.item_count + 1;
    if (recorded) {
        place_records(&tr);
        count += (size_t)tr.item_count;
    }
    vm->insts = PyMem_Malloc(count * sizeof(Inst));
    vm->offsets = PyMem_Malloc(count * sizeof(uint32_t));
    if (traced)
        vm->ops = PyMem_Calloc((size_t)tr.item_count + 1, sizeof(uint16_t));
    if (!vm->insts || !vm->offsets || (traced && !vm->ops))
        goto no_memory;
#ifndef NDEBUG
    tr.firsts = PyMem_Calloc(count, sizeof *tr.firsts);
    vm->depths = PyMem_Calloc(count, sizeof *vm->depths);
    if (!tr.firsts || !vm->depths)
        goto no_memory;
#endif
    if (write_instructions(&tr) < 0)
        goto invalid;
    resolve_jumps(&tr);
#ifndef NDEBUG
    if (note_depths(&tr) < 0)
        goto error;
    PyMem_Free(tr.firsts);
#endif
    PyMem_Free(tr.items);
    PyMem_Free(tr.index_of);
    return vm;
invalid:
    PyErr_SetString(PyExc_SystemError, "unknown opcode");
    goto error;
no_memory:
    PyErr_NoMemory();
error:
#ifndef NDEBUG
    PyMem_Free(tr.firsts);
#endif
    PyMem_Free(tr.items);
    PyMem_Free(tr.index_of);
    vm_code_delete(vm);
    return NULL;
}

VmCode *vm_code_make(PyCodeObject *code)
{
    if (code_check(code) < 0)
        return NULL;
    VmCode *vm = vm_code_build(code, 0, record_wants(code));
    code->_co_linearray = (char *)vm;
    return vm;
}

VmCode *vm_code_traced(PyCodeObject *code)
{
    VmCode *vm = vm_code_of(code);
    if (vm && !vm->tracing)
        vm->tracing = vm_code_build(code, 1, 0);
    return vm ? vm->tracing : NULL;
}

void vm_code_free(PyCodeObject *code)
{
    if (heap.watching & (WATCH_LOGS | WATCH_LEDGER))
        allocation_log.code_gone(code);
    if (heap.watching & WATCH_TRACES)
        trace_code_gone();
    vm_code_delete((VmCode *)code->_co_linearray);
    code->_co_linearray = NULL;
}

Inst *vm_inst_at(VmCode *vm, int unit)
{
    int low = 0, high = vm->count;
    while (low < high) {
        int middle = (low + high) / 2;
        if ((int)vm->offsets[middle] < unit)
            low = middle + 1;
        else
            high = middle;
    }
    return vm->insts + low;
}
