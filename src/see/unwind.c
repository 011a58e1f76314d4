/* Frames of a C stack by call frame information (DWARF, as .eh_frame has it).
 *
 *     pc ─▶ .eh_frame_hdr: sorted table ─▶ FDE of the function ─▶ CIE
 *                                           │ program: for each pc the rule for the CFA, and where registers were saved
 *     registers of the caller ◀─────────────┘
 *
 * UNWIND-1  each frame's CFA is above the one before it. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "see/unwind.h"

#include <link.h>
#include <stdlib.h>
#include <string.h>

#define REGISTERS 17 /* DWARF's numbers on x86-64: 3 rbx, 6 rbp, 7 rsp, 12 to 15, 16 the return address */
#define RBX 3
#define RBP 6
#define RSP 7
#define RA 16
#define STATES 8 /* depth of remember_state */
#define MAX_FRAMES 10000

/* ---- reading ---------------------------------------------------------------------------------------------------- */

/* A number of 7 bits a byte; how many bits, and the last byte. */
static uint64_t read_leb(const uint8_t **p, int *shift, uint8_t *last)
{
    uint64_t value = 0;
    uint8_t byte;
    *shift = 0;
    do {
        byte = *(*p)++;
        value |= *shift < 64 ? (uint64_t)(byte & 0x7f) << *shift : 0;
        *shift += 7;
    } while (byte & 0x80);
    *last = byte;
    return value;
}

static uint64_t read_uleb(const uint8_t **p)
{
    int shift;
    uint8_t last;
    return read_leb(p, &shift, &last);
}

static int64_t read_sleb(const uint8_t **p)
{
    int shift;
    uint8_t last;
    uint64_t value = read_leb(p, &shift, &last);
    if (shift < 64 && last & 0x40)
        value |= ~(uint64_t)0 << shift;
    return (int64_t)value;
}

static uint64_t read_fixed(const uint8_t **p, unsigned bytes)
{
    uint64_t value = 0;
    memcpy(&value, *p, bytes);
    *p += bytes;
    return value;
}

/* A pointer in one of DW_EH_PE's encodings; 0 for those that nobody uses. */
static uintptr_t read_pointer(const uint8_t **p, uint8_t encoding, uintptr_t data_base)
{
    const uint8_t *at = *p;
    uintptr_t value;
    switch (encoding & 0x0f) {
    case 0x00:
    case 0x04:
    case 0x0c:
        value = read_fixed(p, 8);
        break;
    case 0x02:
        value = read_fixed(p, 2);
        break;
    case 0x03:
        value = read_fixed(p, 4);
        break;
    case 0x0a:
        value = (uintptr_t)(int16_t)read_fixed(p, 2);
        break;
    case 0x0b:
        value = (uintptr_t)(int32_t)read_fixed(p, 4);
        break;
    case 0x01:
        value = read_uleb(p);
        break;
    case 0x09:
        value = (uintptr_t)read_sleb(p);
        break;
    default:
        return 0;
    }
    if ((encoding & 0x70) == 0x10)
        value += (uintptr_t)at;
    else if ((encoding & 0x70) == 0x30)
        value += data_base;
    return value;
}

/* ---- finding the entry of a function ---------------------------------------------------------------------------- */

typedef struct {
    uintptr_t pc;
    const uint8_t *table; /* .eh_frame_hdr */
} TableSearch;

static int find_table(struct dl_phdr_info *info, size_t size, void *arg)
{
    TableSearch *s = arg;
    const uint8_t *table = NULL;
    int inside = 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        uintptr_t low = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
        if (info->dlpi_phdr[i].p_type == PT_GNU_EH_FRAME)
            table = (const uint8_t *)low;
        if (info->dlpi_phdr[i].p_type == PT_LOAD && s->pc >= low && s->pc < low + info->dlpi_phdr[i].p_memsz)
            inside = 1;
    }
    if (inside)
        s->table = table;
    return inside;
}

/* The entry (FDE) that may cover pc: the last that begins at or before it.  NULL where there is no sorted table. */
static const uint8_t *find_entry(uintptr_t pc)
{
    TableSearch s = {pc, NULL};
    dl_iterate_phdr(find_table, &s);
    if (s.table == NULL || s.table[0] != 1 || s.table[3] != 0x3b)
        return NULL;
    uintptr_t base = (uintptr_t)s.table;
    const uint8_t *p = s.table + 4;
    read_pointer(&p, s.table[1], base);
    size_t low = 0, high = read_pointer(&p, s.table[2], base);
    const int32_t *rows = (const int32_t *)(const void *)p;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (base + (uintptr_t)rows[2 * middle] <= pc)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? (const uint8_t *)(base + (uintptr_t)rows[2 * low - 1]) : NULL;
}

typedef struct {
    uintptr_t begin, end;
    const uint8_t *start[2], *stop[2]; /* programs of the CIE and of the FDE */
    uint64_t code_align;
    int64_t data_align;
    uint64_t ra;
    int signal_frame;
} Entry;

static int read_entry(const uint8_t *fde, Entry *e)
{
    const uint8_t *p = fde;
    uint32_t length = (uint32_t)read_fixed(&p, 4);
    if (length == 0 || length == 0xffffffff)
        return -1;
    const uint8_t *end = p + length, *cie = p - (uint32_t)read_fixed(&(const uint8_t *){p}, 4);
    p += 4;
    /* the CIE */
    uint8_t encoding = 0, has_data = 0;
    const uint8_t *c = cie;
    uint32_t cie_length = (uint32_t)read_fixed(&c, 4);
    const uint8_t *cie_end = c + cie_length;
    c += 4;
    uint8_t version = *c++;
    const char *augmentation = (const char *)c;
    c += strlen(augmentation) + 1;
    e->code_align = read_uleb(&c);
    e->data_align = read_sleb(&c);
    e->ra = version == 1 ? *c++ : read_uleb(&c);
    e->signal_frame = 0;
    for (const char *a = augmentation; *a; a++)
        switch (*a) {
        case 'z':
            has_data = 1;
            read_uleb(&c);
            break;
        case 'R':
            encoding = *c++;
            break;
        case 'P': {
            uint8_t how = *c++;
            read_pointer(&c, how, 0);
            break;
        }
        case 'L':
            c++;
            break;
        case 'S':
            e->signal_frame = 1;
            break;
        default:
            return -1;
        }
    e->start[0] = c;
    e->stop[0] = cie_end;
    /* the rest of the FDE */
    e->begin = read_pointer(&p, encoding, 0);
    e->end = e->begin + read_pointer(&p, encoding & 0x0f, 0);
    if (has_data) {
        uint64_t skip = read_uleb(&p);
        p += skip;
    }
    e->start[1] = p;
    e->stop[1] = end;
    return e->ra == RA ? 0 : -1;
}

/* ---- rules ------------------------------------------------------------------------------------------------------ */

typedef enum { SAME, UNDEFINED, AT_OFFSET, IS_OFFSET, IN_REGISTER, BY_EXPRESSION } RuleKind;

typedef struct {
    struct {
        RuleKind kind;
        int64_t value;
        const uint8_t *expression;
    } rule[REGISTERS];
    uint64_t cfa_register;
    int64_t cfa_offset;
    const uint8_t *cfa_expression; /* or NULL */
} Rules;

static void set_rule(Rules *r, uint64_t reg, RuleKind kind, int64_t value, const uint8_t *expression)
{
    if (reg < REGISTERS) {
        r->rule[reg].kind = kind;
        r->rule[reg].value = value;
        r->rule[reg].expression = expression;
    }
}

static void skip_block(const uint8_t **p)
{
    uint64_t length = read_uleb(p);
    *p += length;
}

/* Runs one program until it passes pc; -1 for an instruction that is not known. */
static int run_program(const Entry *e, int which, uintptr_t pc, Rules *r, const Rules *initial)
{
    const uint8_t *p = e->start[which];
    uintptr_t at = e->begin;
    Rules saved[STATES];
    int depth = 0;
    while (p < e->stop[which] && at <= pc) {
        uint8_t byte = *p++, low = byte & 0x3f;
        const uint8_t *expression;
        uint64_t reg;
        switch (byte & 0xc0) {
        case 0x40:
            at += low * e->code_align;
            continue;
        case 0x80:
            set_rule(r, low, AT_OFFSET, (int64_t)read_uleb(&p) * e->data_align, NULL);
            continue;
        case 0xc0:
            if (low < REGISTERS)
                r->rule[low] = initial->rule[low];
            continue;
        default:
            break;
        }
        switch (byte) {
        case 0x00:
            break;
        case 0x01:
            at = read_fixed(&p, 8);
            break;
        case 0x02:
            at += read_fixed(&p, 1) * e->code_align;
            break;
        case 0x03:
            at += read_fixed(&p, 2) * e->code_align;
            break;
        case 0x04:
            at += read_fixed(&p, 4) * e->code_align;
            break;
        case 0x05:
            reg = read_uleb(&p);
            set_rule(r, reg, AT_OFFSET, (int64_t)read_uleb(&p) * e->data_align, NULL);
            break;
        case 0x06:
            reg = read_uleb(&p);
            if (reg < REGISTERS)
                r->rule[reg] = initial->rule[reg];
            break;
        case 0x07:
            set_rule(r, read_uleb(&p), UNDEFINED, 0, NULL);
            break;
        case 0x08:
            set_rule(r, read_uleb(&p), SAME, 0, NULL);
            break;
        case 0x09:
            reg = read_uleb(&p);
            set_rule(r, reg, IN_REGISTER, (int64_t)read_uleb(&p), NULL);
            break;
        case 0x0a:
            if (depth == STATES)
                return -1;
            saved[depth++] = *r;
            break;
        case 0x0b:
            if (depth == 0)
                return -1;
            *r = saved[--depth];
            break;
        case 0x0c:
            r->cfa_register = read_uleb(&p);
            r->cfa_offset = (int64_t)read_uleb(&p);
            r->cfa_expression = NULL;
            break;
        case 0x0d:
            r->cfa_register = read_uleb(&p);
            r->cfa_expression = NULL;
            break;
        case 0x0e:
            r->cfa_offset = (int64_t)read_uleb(&p);
            break;
        case 0x0f:
            r->cfa_expression = p;
            skip_block(&p);
            break;
        case 0x10:
            reg = read_uleb(&p);
            expression = p;
            skip_block(&p);
            set_rule(r, reg, BY_EXPRESSION, 0, expression);
            break;
        case 0x11:
            reg = read_uleb(&p);
            set_rule(r, reg, AT_OFFSET, read_sleb(&p) * e->data_align, NULL);
            break;
        case 0x12:
            r->cfa_register = read_uleb(&p);
            r->cfa_offset = read_sleb(&p) * e->data_align;
            r->cfa_expression = NULL;
            break;
        case 0x13:
            r->cfa_offset = read_sleb(&p) * e->data_align;
            break;
        case 0x14:
            reg = read_uleb(&p);
            set_rule(r, reg, IS_OFFSET, (int64_t)read_uleb(&p) * e->data_align, NULL);
            break;
        case 0x15:
            reg = read_uleb(&p);
            set_rule(r, reg, IS_OFFSET, read_sleb(&p) * e->data_align, NULL);
            break;
        case 0x2e:
            read_uleb(&p);
            break; /* size of arguments */
        default:
            return -1;
        }
    }
    return 0;
}

/* ---- one step --------------------------------------------------------------------------------------------------- */

typedef struct {
    uintptr_t reg[REGISTERS];
    uintptr_t low, high; /* of the stack */
    int failed;
} State;

static uintptr_t read_stack(State *s, uintptr_t address)
{
    if (address < s->low || address > s->high - sizeof(uintptr_t) || address % sizeof(uintptr_t)) {
        s->failed = 1;
        return 0;
    }
    return *(const uintptr_t *)address;
}

/* The operations that linkers and C libraries use: registers, constants, memory, sums, comparisons. */
static uintptr_t evaluate(State *s, const uint8_t *p, uintptr_t first)
{
    uintptr_t stack[16] = {first};
    int n = 1;
    uint64_t length = read_uleb(&p);
    for (const uint8_t *end = p + length; p < end && !s->failed;) {
        uint8_t op = *p++;
        if (n >= 15 || n < 1) {
            s->failed = 1;
        } else if (op >= 0x70 && op < 0x70 + REGISTERS) {
            stack[n++] = s->reg[op - 0x70] + (uintptr_t)read_sleb(&p);
        } else if (op >= 0x30 && op < 0x50) {
            stack[n++] = op - 0x30u;
        } else if (op == 0x08) {
            stack[n++] = (uintptr_t)read_fixed(&p, 1);
        } else if (op == 0x09) {
            stack[n++] = (uintptr_t)(int8_t)read_fixed(&p, 1);
        } else if (op == 0x06) {
            stack[n - 1] = read_stack(s, stack[n - 1]);
        } else if (op == 0x23) {
            stack[n - 1] += read_uleb(&p);
        } else if (n < 2) {
            s->failed = 1;
        } else {
            uintptr_t b = stack[--n], a = stack[n - 1];
            switch (op) {
            case 0x1a:
                stack[n - 1] = a & b;
                break;
            case 0x1c:
                stack[n - 1] = a - b;
                break;
            case 0x22:
                stack[n - 1] = a + b;
                break;
            case 0x24:
                stack[n - 1] = b < 64 ? a << b : 0;
                break;
            case 0x2a:
                stack[n - 1] = (intptr_t)a >= (intptr_t)b;
                break;
            default:
                s->failed = 1;
            }
        }
    }
    return stack[n - 1];
}

/* Replaces the registers by the caller's; -1 at the end of the stack. */
static int step(State *s, uintptr_t begin, const Rules *r, CFrame *frame)
{
    uintptr_t cfa = r->cfa_expression             ? evaluate(s, r->cfa_expression, 0)
                    : r->cfa_register < REGISTERS ? s->reg[r->cfa_register] + (uintptr_t)r->cfa_offset
                                                  : 0;
    frame->cfa = cfa;
    frame->function = begin;
    if (s->failed || cfa <= s->reg[RSP] || cfa > s->high || r->rule[RA].kind == UNDEFINED)
        return -1; /* UNWIND-1 */
    State caller = *s;
    for (int i = 0; i < REGISTERS; i++)
        switch (r->rule[i].kind) {
        case AT_OFFSET:
            caller.reg[i] = read_stack(s, cfa + (uintptr_t)r->rule[i].value);
            break;
        case IS_OFFSET:
            caller.reg[i] = cfa + (uintptr_t)r->rule[i].value;
            break;
        case IN_REGISTER:
            caller.reg[i] = r->rule[i].value < REGISTERS ? s->reg[r->rule[i].value] : 0;
            break;
        case BY_EXPRESSION:
            caller.reg[i] = read_stack(s, evaluate(s, r->rule[i].expression, cfa));
            break;
        default:
            break;
        }
    if (s->failed)
        return -1;
    if (r->rule[RSP].kind == SAME)
        caller.reg[RSP] = cfa;
    *s = caller;
    return s->reg[RA] ? 0 : -1;
}

#define CACHE_SIZE 512 /* a power of two */

/* What holds at a place in the code. */
typedef struct {
    uintptr_t pc, begin; /* begin: of the function */
    int known, signal_frame;
    Rules rules;
} PlaceRules;

struct unwind_cache {
    PlaceRules places[CACHE_SIZE];
};

UnwindCache *unwind_cache_new(void) { return calloc(1, sizeof(UnwindCache)); }
void unwind_cache_free(UnwindCache *cache) { free(cache); }

static void find_rules(uintptr_t pc, PlaceRules *place)
{
    const uint8_t *fde = find_entry(pc);
    Entry e;
    Rules initial = {.cfa_register = REGISTERS};
    *place = (PlaceRules){.pc = pc};
    if (fde == NULL || read_entry(fde, &e) < 0 || pc < e.begin || pc >= e.end ||
        run_program(&e, 0, UINTPTR_MAX, &initial, &initial) < 0)
        return;
    place->rules = initial;
    place->begin = e.begin;
    place->signal_frame = e.signal_frame;
    place->known = run_program(&e, 1, pc, &place->rules, &initial) == 0;
}

static const PlaceRules *rules_at(uintptr_t pc, UnwindCache *cache, PlaceRules *scratch)
{
    PlaceRules *place = cache ? &cache->places[(pc * 0x9e3779b97f4a7c15u >> 40) & (CACHE_SIZE - 1)] : scratch;
    if (cache == NULL || place->pc != pc)
        find_rules(pc, place);
    return place;
}

int unwind_frames(const CContext *from, uintptr_t low, uintptr_t high, UnwindCache *cache,
                  int (*visit)(const CFrame *, void *), void *arg)
{
    State s = {.low = low, .high = high};
    PlaceRules scratch;
    int count = 0, after_call = 1;
    s.reg[RA] = from->pc;
    s.reg[RSP] = from->sp;
    s.reg[RBX] = from->bx;
    s.reg[RBP] = from->bp;
    for (int i = 0; i < 4; i++)
        s.reg[12 + i] = from->r12[i];
    while (count < MAX_FRAMES && s.reg[RSP] >= low && s.reg[RSP] < high) {
        CFrame frame = {.pc = s.reg[RA], .sp = s.reg[RSP]};
        uintptr_t pc = frame.pc - (uintptr_t)after_call; /* a call may be the last instruction of its function */
        const PlaceRules *place = rules_at(pc, cache, &scratch);
        int more = place->known && step(&s, place->begin, &place->rules, &frame) == 0;
        count++;
        if (visit(&frame, arg) || !more)
            break;
        after_call = !place->signal_frame;
    }
    return count;
}
