/* Translation of a code object's canonical bytecode into the private stream.
 *
 *   code units (opcode, operand byte, caches, EXTENDED_ARG)  ─▶  Inst {handler, operands}, jumps resolved
 *
 * PRECALL, KW_NAMES, NOP and cache units leave no instruction behind; `offsets` leads back from every instruction to
 * the unit it stands for.  The traced translation keeps one instruction per canonical one. */
#include "vm/vm.h"
#include "compile/opcodes.h"
#include "objects/code.h"

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
#define OP(name, number, caches, effect, jump_effect, flags) [number] = I_##name,
#include "compile/opcodes.def"
#undef OP
};

typedef struct {
    PyCodeObject *code;
    const _Py_CODEUNIT *units;
    int unit_count;
    int traced;
    uint32_t *index_of; /* private instruction of each unit, one more for the end */
    VmCode *vm;
} Translator;

/* One canonical instruction with its prefixes: the unit after it. */
typedef struct {
    int op;
    uint32_t arg;
    int at;   /* unit of the opcode itself */
    int next; /* unit after its caches */
} Canonical;

static int canonical_read(const Translator *tr, int unit, Canonical *c)
{
    uint32_t arg = 0;
    int op;
    for (;;) {
        if (unit >= tr->unit_count)
            return -1;
        op = _Py_OPCODE(tr->units[unit]);
        arg = arg << 8 | _Py_OPARG(tr->units[unit]);
        if (op != OPC_EXTENDED_ARG)
            break;
        unit++;
    }
    c->op = op;
    c->arg = arg;
    c->at = unit;
    c->next = unit + 1 + opcode_info[op].caches;
    return 0;
}

/* The fast translation drops what only marks places. */
static int leaves_nothing(const Translator *tr, int op)
{
    if (tr->traced)
        return 0;
    return op == OPC_NOP || op == OPC_PRECALL || op == OPC_KW_NAMES || op == OPC_CACHE;
}

/* Numbers the instructions; the count, or -1 when the code is cut off. */
static int number_instructions(Translator *tr)
{
    int count = 0;
    for (int unit = 0; unit < tr->unit_count;) {
        Canonical c;
        if (canonical_read(tr, unit, &c) < 0 || !opcode_info[c.op].name)
            return -1;
        for (int u = unit; u < c.next && u < tr->unit_count; u++)
            tr->index_of[u] = (uint32_t)count;
        if (!leaves_nothing(tr, c.op))
            count++;
        unit = c.next;
    }
    tr->index_of[tr->unit_count] = (uint32_t)count;
    return count;
}

static int jump_target(const Translator *tr, const Canonical *c, uint32_t *target)
{
    int64_t to = opcode_info[c->op].flags & OP_BACKWARD ? (int64_t)c->next - c->arg : (int64_t)c->next + c->arg;
    if (to < 0 || to > tr->unit_count)
        return -1;
    *target = tr->index_of[to];
    return 0;
}

/* Writes the operands of one instruction. */
static int emit(Translator *tr, const Canonical *c, Inst *inst, uint32_t *kwnames)
{
    int number = inst_of_opcode[c->op];
    inst->a = inst->b = 0;
    inst->c = c->arg;
    if (opcode_info[c->op].flags & OP_JUMP) {
        if (jump_target(tr, c, &inst->c) < 0)
            return -1;
    } else if (c->op == OPC_LOAD_CONST) {
        if (c->arg >= (uint32_t)PyTuple_GET_SIZE(tr->code->co_consts))
            return -1;
        inst->object = PyTuple_GET_ITEM(tr->code->co_consts, c->arg);
    } else if (c->op == OPC_CALL) {
        if (c->arg > 0xffff)
            return -1;
        inst->a = (uint16_t)c->arg;
        if (*kwnames) {
            number = I_CALL_KW;
            inst->c = *kwnames - 1;
        } else {
            inst->c = 0;
        }
        *kwnames = 0;
    } else if (c->op == OPC_LOAD_GLOBAL) {
        inst->b = c->arg & 1;
        inst->c = c->arg >> 1;
    } else if (c->op == OPC_BINARY_OP || c->op == OPC_COMPARE_OP || c->op == OPC_IS_OP || c->op == OPC_CONTAINS_OP) {
        inst->a = (uint16_t)c->arg;
        inst->c = 0;
    }
    return number;
}

static int translate(Translator *tr)
{
    VmCode *vm = tr->vm;
    uint32_t kwnames = 0;
    int i = 0;
    for (int unit = 0; unit < tr->unit_count;) {
        Canonical c;
        canonical_read(tr, unit, &c);
        if (c.op == OPC_KW_NAMES)
            kwnames = c.arg + 1;
        if (!leaves_nothing(tr, c.op)) {
            int number = emit(tr, &c, &vm->insts[i], &kwnames);
            if (number < 0)
                return -1;
            vm->offsets[i] = (uint32_t)c.at;
            vm->insts[i].handler = vm_labels[tr->traced ? I_TRACE : number];
            if (tr->traced)
                vm->ops[i] = (uint16_t)number;
            i++;
        }
        unit = c.next;
    }
    vm->insts[i].handler = vm_labels[I_INVALID];
    vm->offsets[i] = tr->unit_count ? (uint32_t)tr->unit_count - 1 : 0;
    return 0;
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
            target >= (uint32_t)tr->unit_count || (int)(depth >> 1) > tr->code->co_stacksize) {
            PyErr_SetString(PyExc_SystemError, "invalid exception table");
            return -1;
        }
        h->end = h->start + size;
        h->target = tr->index_of[target];
        h->depth = depth >> 1;
        h->push_lasti = depth & 1;
        vm->handler_count++;
    }
    return 0;
}

/* ---- making and freeing ---- */

static void vm_code_delete(VmCode *vm)
{
    if (!vm)
        return;
    vm_code_delete(vm->tracing);
    PyMem_Free(vm->insts);
    PyMem_Free(vm->offsets);
    PyMem_Free(vm->caches);
    PyMem_Free(vm->handlers);
    PyMem_Free(vm->ops);
    PyMem_Free(vm);
}

static int simple_argument_count(PyCodeObject *code)
{
    if (code->co_flags & (CO_VARARGS | CO_VARKEYWORDS) || code->co_kwonlyargcount)
        return -1;
    return code->co_argcount;
}

static VmCode *vm_code_build(PyCodeObject *code, int traced)
{
    if (!vm_labels) {
        vm_run(NULL, NULL, 0);
        code_set_private_destructor(vm_code_free);
    }
    Translator tr = {code, _PyCode_CODE(code), (int)Py_SIZE(code), traced, NULL, NULL};
    VmCode *vm = tr.vm = PyMem_Calloc(1, sizeof *vm);
    tr.index_of = PyMem_Malloc(((size_t)tr.unit_count + 1) * sizeof(uint32_t));
    if (!vm || !tr.index_of)
        goto no_memory;
    vm->traced = traced;
    vm->nlocalsplus = code->co_nlocalsplus;
    vm->size = code->co_nlocalsplus + code->co_stacksize + 1;
    vm->simple_args = simple_argument_count(code);
    vm->count = number_instructions(&tr);
    if (vm->count < 0)
        goto invalid;
    vm->insts = PyMem_Malloc(((size_t)vm->count + 1) * sizeof(Inst));
    vm->offsets = PyMem_Malloc(((size_t)vm->count + 1) * sizeof(uint32_t));
    if (traced)
        vm->ops = PyMem_Calloc((size_t)vm->count + 1, sizeof(uint16_t));
    if (!vm->insts || !vm->offsets || (traced && !vm->ops))
        goto no_memory;
    if (translate(&tr) < 0)
        goto invalid;
    if (decode_handlers(&tr) < 0)
        goto error;
    PyMem_Free(tr.index_of);
    return vm;
invalid:
    PyErr_SetString(PyExc_SystemError, "unknown opcode");
    goto error;
no_memory:
    PyErr_NoMemory();
error:
    PyMem_Free(tr.index_of);
    vm_code_delete(vm);
    return NULL;
}

VmCode *vm_code_make(PyCodeObject *code)
{
    VmCode *vm = vm_code_build(code, 0);
    code->_co_linearray = (char *)vm;
    return vm;
}

VmCode *vm_code_traced(PyCodeObject *code)
{
    VmCode *vm = vm_code_of(code);
    if (vm && !vm->tracing)
        vm->tracing = vm_code_build(code, 1);
    return vm ? vm->tracing : NULL;
}

void vm_code_free(PyCodeObject *code)
{
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
