/* The verifier of bytecode from outside: nothing that it lets through makes the VM read outside its tables or its
 * stack, or take a value for what it is not.
 *
 * VERIFY-1  every instruction is known, its operand is in range, its cache units are there
 * VERIFY-2  jumps and handlers lead to the start of an instruction
 * VERIFY-3  the stack depth at each instruction is the same on every way there, at least what the instruction takes,
 *           and at most co_stacksize; every value has the kind that the instruction relies on (verify_stack.c)
 * VERIFY-4  free variables are copied, cells and the generator made, at the start, and nothing leads back there
 * VERIFY-5  control does not run off the end
 * VERIFY-6  instructions that hand something on beside the stack stand together */
#include "compile/verify.h"

#include <string.h>

int verify_fail(const char *what, int unit)
{
    PyErr_Format(PyExc_ValueError, "code: %s at offset %d", what, unit * (int)sizeof(_Py_CODEUNIT));
    return -1;
}

/* As verify_fail, naming the instruction. */
static int refuse(const char *what, const Decoded *d)
{
    PyErr_Format(PyExc_ValueError, "code: %s: %s %d at offset %d", what, opcode_info[d->op].name, d->arg,
                 d->first * (int)sizeof(_Py_CODEUNIT));
    return -1;
}

int verify_decode_long(const Verifier *v, int unit, Decoded *d)
{
    const _Py_CODEUNIT *code = _PyCode_CODE(v->co);
    uint64_t arg = 0;
    d->first = unit;
    for (int prefixes = 0;; prefixes++) {
        if (unit >= v->units)
            return verify_fail("instruction cut off", d->first);
        d->op = _Py_OPCODE(code[unit]);
        arg = arg << 8 | _Py_OPARG(code[unit]);
        unit++;
        if (d->op != OPC_EXTENDED_ARG)
            break;
        if (prefixes == 3)
            return verify_fail("too many EXTENDED_ARG", d->first);
    }
    if (!opcode_info[d->op].name || d->op == OPC_CACHE)
        return verify_fail("unknown opcode", d->first);
    if (arg > INT_MAX)
        return verify_fail("operand too large", d->first);
    d->arg = (int)arg;
    d->at = unit - 1;
    d->next = unit + opcode_info[d->op].caches;
    if (d->next > v->units)
        return verify_fail("inline cache cut off", d->first);
    return 0;
}

/* ---- operands ---- */

static int check_variable(const Verifier *v, const Decoded *d)
{
    int want_cell = (opcode_info[d->op].flags & OP_FREE) != 0;
    if (d->arg >= v->co->co_nlocalsplus)
        return refuse("variable out of range", d);
    int is_cell = (v->variables[d->arg] & (CODE_CELL | CODE_FREE)) != 0;
    if (is_cell != want_cell)
        return refuse(want_cell ? "variable is no cell" : "variable is a cell", d);
    if (d->op == OPC_LOAD_CLASSDEREF && !(v->variables[d->arg] & CODE_FREE))
        return refuse("variable is not free", d);
    return 0;
}

static int check_limits(const Decoded *d)
{
    int low = 0, high = INT_MAX;
    switch (d->op) {
    case OPC_COMPARE_OP:
        high = Py_GE;
        break;
    case OPC_BINARY_OP:
        high = NB_COUNT - 1;
        break;
    case OPC_IS_OP:
    case OPC_CONTAINS_OP:
    case OPC_CALL_FUNCTION_EX:
        high = 1;
        break;
    case OPC_RAISE_VARARGS:
    case OPC_RERAISE:
    case OPC_GET_AWAITABLE:
        high = 2;
        break;
    case OPC_FORMAT_VALUE:
        high = 7;
        break;
    case OPC_MAKE_FUNCTION:
        high = 15;
        break;
    case OPC_PRECALL:
    case OPC_CALL:
        high = 0xffff;
        break;
    case OPC_BUILD_SLICE:
        low = 2;
        high = 3;
        break;
    case OPC_SWAP:
    case OPC_COPY:
    case OPC_LIST_APPEND:
    case OPC_SET_ADD:
    case OPC_MAP_ADD:
    case OPC_LIST_EXTEND:
    case OPC_SET_UPDATE:
    case OPC_DICT_UPDATE:
    case OPC_DICT_MERGE:
        low = 1;
        break;
    }
    return d->arg < low || d->arg > high ? refuse("operand out of range", d) : 0;
}

static int check_constant(const Verifier *v, const Decoded *d)
{
    if (d->arg >= PyTuple_GET_SIZE(v->co->co_consts))
        return refuse("constant out of range", d);
    if (d->op != OPC_KW_NAMES)
        return 0;
    PyObject *names = PyTuple_GET_ITEM(v->co->co_consts, d->arg);
    if (!PyTuple_CheckExact(names))
        return refuse("keyword names are no tuple", d);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); i++)
        if (!PyUnicode_Check(PyTuple_GET_ITEM(names, i)))
            return refuse("keyword name is no str", d);
    return 0;
}

static int check_operand(const Verifier *v, const Decoded *d)
{
    int flags = opcode_info[d->op].flags;
    if (flags & OP_CONST && check_constant(v, d) < 0)
        return -1;
    if (flags & OP_NAME) {
        int index = d->op == OPC_LOAD_GLOBAL ? d->arg >> 1 : d->arg;
        if (index >= PyTuple_GET_SIZE(v->co->co_names))
            return refuse("name out of range", d);
    }
    if (flags & (OP_LOCAL | OP_FREE) && check_variable(v, d) < 0)
        return -1;
    return check_limits(d);
}

/* ---- instructions that belong together ---- */

typedef struct {
    Decoded last;
    int op_before; /* the opcode before that */
} Neighbours;

/* KW_NAMES, PRECALL n, CALL n; LOAD_CONST, MAKE_FUNCTION; and [SEND,] YIELD_VALUE, RESUME, by which the VM knows what a
 * suspended generator waits for. */
static int check_neighbours(const Verifier *v, const Neighbours *n, const Decoded *d)
{
    const Decoded *before = &n->last;
    if (d->op == OPC_MAKE_FUNCTION &&
        (before->op != OPC_LOAD_CONST || !PyCode_Check(PyTuple_GET_ITEM(v->co->co_consts, before->arg))))
        return refuse("no code object before it", d);
    if ((d->op == OPC_CALL) != (before->op == OPC_PRECALL) || (d->op == OPC_CALL && d->arg != before->arg))
        return refuse("PRECALL and CALL do not fit", d);
    if (before->op == OPC_KW_NAMES) {
        if (d->op != OPC_PRECALL || d->arg < PyTuple_GET_SIZE(PyTuple_GET_ITEM(v->co->co_consts, before->arg)))
            return refuse("no fitting PRECALL after KW_NAMES", d);
    }
    if (before->op == OPC_YIELD_VALUE) {
        if (d->op != OPC_RESUME)
            return refuse("no RESUME after YIELD_VALUE", d);
        if ((d->arg >= 2) != (n->op_before == OPC_SEND))
            return refuse("RESUME and SEND do not fit", d);
    }
    return 0;
}

/* Whether a jump to d would part it from what stands before. */
static int belongs_to(const Decoded *before, const Decoded *d)
{
    return d->op == OPC_CALL || d->op == OPC_MAKE_FUNCTION || before->op == OPC_KW_NAMES ||
           before->op == OPC_YIELD_VALUE || (before->op == OPC_SEND && d->op == OPC_YIELD_VALUE);
}

static int mark_jump(Verifier *v, const Decoded *d)
{
    int64_t target = opcode_info[d->op].flags & OP_BACKWARD ? (int64_t)d->next - d->arg : (int64_t)d->next + d->arg;
    if (target < 0 || target >= v->units)
        return refuse("jump out of range", d);
    v->mark[target] |= UNIT_TARGET;
    return 0;
}

/* Instructions of one unit and its caches that neither jump nor belong to a neighbour, by what their operand is. */
enum { OPERAND_SPECIAL, OPERAND_NONE, OPERAND_NAME, OPERAND_CONST, OPERAND_LOCAL };
static const uint8_t operand_kind[256] = {
    [OPC_POP_TOP] = OPERAND_NONE,      [OPC_PUSH_NULL] = OPERAND_NONE,    [OPC_BINARY_SUBSCR] = OPERAND_NONE,
    [OPC_STORE_SUBSCR] = OPERAND_NONE, [OPC_RETURN_VALUE] = OPERAND_NONE, [OPC_LOAD_BUILD_CLASS] = OPERAND_NONE,
    [OPC_BUILD_TUPLE] = OPERAND_NONE,  [OPC_BUILD_LIST] = OPERAND_NONE,   [OPC_BUILD_MAP] = OPERAND_NONE,
    [OPC_STORE_NAME] = OPERAND_NAME,   [OPC_LOAD_NAME] = OPERAND_NAME,    [OPC_LOAD_ATTR] = OPERAND_NAME,
    [OPC_STORE_ATTR] = OPERAND_NAME,   [OPC_LOAD_METHOD] = OPERAND_NAME,  [OPC_IMPORT_NAME] = OPERAND_NAME,
    [OPC_IMPORT_FROM] = OPERAND_NAME,  [OPC_LOAD_CONST] = OPERAND_CONST,  [OPC_LOAD_FAST] = OPERAND_LOCAL,
    [OPC_STORE_FAST] = OPERAND_LOCAL,
};

/* Passes over instructions that need no more than a look at their operand; the first unit that does.  What precedes
 * `unit` needs nothing of it. */
static int skip_plain(Verifier *v, int unit, Neighbours *n)
{
    const _Py_CODEUNIT *code = _PyCode_CODE(v->co);
    int names = (int)PyTuple_GET_SIZE(v->co->co_names), constants = (int)PyTuple_GET_SIZE(v->co->co_consts);
    int first = -1, last = -1;
    for (int next; unit < v->units; unit = next) {
        int op = _Py_OPCODE(code[unit]), arg = _Py_OPARG(code[unit]), kind = operand_kind[op];
        next = unit + 1 + opcode_info[op].caches;
        int bound = kind == OPERAND_NAME ? names : kind == OPERAND_CONST ? constants : v->co->co_nlocalsplus;
        if (kind == OPERAND_SPECIAL || next > v->units || (kind != OPERAND_NONE && arg >= bound) ||
            (kind == OPERAND_LOCAL && v->variables[arg] & (CODE_CELL | CODE_FREE)))
            break;
        v->mark[unit] |= UNIT_START;
        first = last;
        last = unit;
    }
    if (last >= 0) {
        n->op_before = first >= 0 ? _Py_OPCODE(code[first]) : n->last.op;
        verify_decode(v, last, &n->last);
    }
    return unit;
}

/* Looks at every instruction, reachable or not. */
static int check_instructions(Verifier *v)
{
    Decoded d;
    Neighbours n = {.last = {.op = OPC_NOP}, .op_before = OPC_NOP};
    for (int unit = 0; unit < v->units; unit = d.next) {
        int before = n.last.op;
        if (before != OPC_PRECALL && before != OPC_KW_NAMES && before != OPC_YIELD_VALUE &&
            (unit = skip_plain(v, unit, &n)) == v->units)
            break;
        if (verify_decode(v, unit, &d) < 0 || check_operand(v, &d) < 0 || check_neighbours(v, &n, &d) < 0)
            return -1;
        v->mark[unit] |= belongs_to(&n.last, &d) ? UNIT_START | UNIT_INSIDE : UNIT_START;
        if (opcode_info[d.op].flags & OP_JUMP && mark_jump(v, &d) < 0)
            return -1;
        if (d.op == OPC_YIELD_VALUE && !v->is_generator)
            return refuse("no RETURN_GENERATOR at the start", &d);
        if (unit >= v->prefix_end &&
            (d.op == OPC_MAKE_CELL || d.op == OPC_COPY_FREE_VARS || d.op == OPC_RETURN_GENERATOR))
            return refuse("not at the start", &d);
        n.op_before = n.last.op;
        n.last = d;
    }
    int last = n.last.op;
    if (last == OPC_PRECALL || last == OPC_KW_NAMES || last == OPC_YIELD_VALUE)
        return refuse("cut off", &n.last);
    return 0;
}

/* ---- the start ---- */

/* One MAKE_CELL for each cell, beginning at *unit. */
static int check_cells(const Verifier *v, int *unit)
{
    Decoded d;
    unsigned char *seen = PyMem_Calloc((size_t)v->co->co_nlocalsplus + 1, 1);
    if (!seen) {
        PyErr_NoMemory();
        return -1;
    }
    int result = 0;
    for (int made = 0; made < v->co->co_ncellvars && result == 0; made++) {
        result = verify_decode(v, *unit, &d);
        if (result == 0 && (d.op != OPC_MAKE_CELL || d.arg >= v->co->co_nlocalsplus || seen[d.arg] ||
                            !(v->variables[d.arg] & CODE_CELL)))
            result = verify_fail("cells are not made", *unit);
        if (result == 0) {
            seen[d.arg] = 1;
            *unit = d.next;
        }
    }
    PyMem_Free(seen);
    return result;
}

/* COPY_FREE_VARS, one MAKE_CELL for each cell, RETURN_GENERATOR come first, as far as they are there. */
static int check_prefix(Verifier *v)
{
    Decoded d;
    int unit = 0;
    if (verify_decode(v, 0, &d) < 0)
        return -1;
    if (v->co->co_nfreevars) {
        if (d.op != OPC_COPY_FREE_VARS || d.arg != v->co->co_nfreevars)
            return verify_fail("free variables are not copied", 0);
        unit = d.next;
    }
    if (v->co->co_ncellvars && check_cells(v, &unit) < 0)
        return -1;
    if (verify_decode(v, unit, &d) < 0)
        return -1;
    if (d.op == OPC_RETURN_GENERATOR) {
        v->is_generator = 1;
        unit = d.next;
    }
    v->prefix_end = unit;
    return 0;
}

/* ---- the exception table ---- */

/* One number; only the first byte of an entry has bit 7. */
static int read_item(const unsigned char **p, const unsigned char *end, int first, int *value)
{
    int64_t n = 0;
    for (int i = 0; i < 5 && *p < end; i++) {
        int byte = *(*p)++;
        if ((byte >> 7) != (first && i == 0))
            break;
        n = n << 6 | (byte & 63);
        if (!(byte & 64)) {
            *value = n > INT_MAX / 2 ? INT_MAX / 2 : (int)n;
            return 0;
        }
    }
    return verify_fail("malformed exception table", 0);
}

static int read_handler(Verifier *v, const unsigned char **p, const unsigned char *end)
{
    VerifiedHandler *h = &v->handlers[v->handler_count];
    int length;
    if (read_item(p, end, 1, &h->start) < 0 || read_item(p, end, 0, &length) < 0 ||
        read_item(p, end, 0, &h->target) < 0 || read_item(p, end, 0, &h->depth) < 0)
        return -1;
    if (h->start < (v->handler_count ? h[-1].end : v->prefix_end) || length <= 0 || length > v->units - h->start ||
        h->target >= v->units)
        return verify_fail("exception table out of range", h->start);
    h->end = h->start + length;
    h->lasti = h->depth & 1;
    h->depth >>= 1;
    v->mark[h->target] |= UNIT_TARGET;
    v->handler_count++;
    return 0;
}

static int read_handlers(Verifier *v)
{
    const unsigned char *p = (unsigned char *)PyBytes_AS_STRING(v->co->co_exceptiontable);
    Py_ssize_t size = PyBytes_GET_SIZE(v->co->co_exceptiontable);
    if (!size)
        return 0;
    v->handlers = PyMem_Malloc(((size_t)size / 4 + 1) * sizeof *v->handlers);
    if (!v->handlers) {
        PyErr_NoMemory();
        return -1;
    }
    for (const unsigned char *end = p + size; p < end;)
        if (read_handler(v, &p, end) < 0)
            return -1;
    return 0;
}

/* ---- everything ---- */

static int verify(Verifier *v, CodeStackSeen see, void *arg)
{
    if (!v->units)
        return verify_fail("no instructions", 0);
    v->mark[0] |= UNIT_TARGET;
    if (check_prefix(v) < 0 || read_handlers(v) < 0 || check_instructions(v) < 0)
        return -1;
    return verify_stack(v, see, arg);
}

int code_verify_stacks(PyCodeObject *co, CodeStackSeen see, void *arg)
{
    unsigned char small[512] = {0};
    Verifier v = {.co = co,
                  .variables = (unsigned char *)PyBytes_AS_STRING(co->co_localspluskinds),
                  .units = (int)Py_SIZE(co),
                  .mark = small};
    if (v.units > (int)sizeof small)
        v.mark = PyMem_Calloc((size_t)v.units, 1);
    int result = -1;
    if (v.mark)
        result = verify(&v, see, arg);
    else
        PyErr_NoMemory();
    PyMem_Free(v.handlers);
    if (v.mark != small)
        PyMem_Free(v.mark);
    return result;
}

int code_verify(PyCodeObject *co) { return code_verify_stacks(co, NULL, NULL); }
