/* The verifier of bytecode from outside: nothing that it lets through makes the VM read outside its tables or its stack.
 *
 * VERIFY-1  every instruction is known, its operand is in range, its cache units are there
 * VERIFY-2  jumps and handlers lead to the start of an instruction
 * VERIFY-3  the stack depth at each instruction is the same on every way there, at least what the instruction takes,
 *           and at most co_stacksize
 * VERIFY-4  cells are made, and free variables copied, at the start and nowhere else
 * VERIFY-5  control does not run off the end */
#include "objects/opcodes.h"
#include "objects/code.h"

#define UNSEEN (-1)

enum { INSIDE, CAN_JUMP_TO, ONLY_FALLEN_INTO };

typedef struct {
    PyCodeObject *co;
    const unsigned char *kinds;
    int units;
    int *depth;             /* at each instruction's first unit: stack depth or UNSEEN */
    unsigned char *start;   /* whether an instruction (with its EXTENDED_ARGs) starts here */
    int *todo, ntodo;
} Verifier;

typedef struct {
    int first, op, arg, next;   /* first unit, opcode, operand, unit after the caches */
} Decoded;

static int fail(const char *what, int unit)
{
    PyErr_Format(PyExc_ValueError, "code: %s at offset %d", what, unit * (int)sizeof(_Py_CODEUNIT));
    return -1;
}

/* Decodes the instruction at `unit`: 0, or -1 with ValueError set. */
static int decode(Verifier *v, int unit, Decoded *d)
{
    const _Py_CODEUNIT *code = _PyCode_CODE(v->co);
    unsigned long long arg = 0;
    d->first = unit;
    for (int prefixes = 0;; prefixes++) {
        if (unit >= v->units)
            return fail("instruction cut off", d->first);
        d->op = _Py_OPCODE(code[unit]);
        arg = arg << 8 | _Py_OPARG(code[unit]);
        unit++;
        if (d->op != OPC_EXTENDED_ARG)
            break;
        if (prefixes == 3)
            return fail("too many EXTENDED_ARG", d->first);
    }
    if (!opcode_info[d->op].name || d->op == OPC_CACHE)
        return fail("unknown opcode", d->first);
    if (arg > INT_MAX)
        return fail("operand too large", d->first);
    d->arg = (int)arg;
    d->next = unit + opcode_info[d->op].caches;
    if (d->next > v->units)
        return fail("inline cache cut off", d->first);
    return 0;
}

/* ---- operands ---- */

static int check_variable(Verifier *v, const Decoded *d)
{
    int want_cell = (opcode_info[d->op].flags & OP_FREE) != 0;
    if (d->arg >= v->co->co_nlocalsplus)
        return fail("variable out of range", d->first);
    int is_cell = (v->kinds[d->arg] & (CODE_CELL | CODE_FREE)) != 0;
    if (is_cell != want_cell)
        return fail(want_cell ? "variable is no cell" : "variable is a cell", d->first);
    if (d->op == OPC_LOAD_CLASSDEREF && !(v->kinds[d->arg] & CODE_FREE))
        return fail("variable is not free", d->first);
    return 0;
}

static int check_limits(const Decoded *d)
{
    int limit = INT_MAX;
    switch (d->op) {
    case OPC_COMPARE_OP: limit = Py_GE; break;
    case OPC_BINARY_OP: limit = NB_COUNT - 1; break;
    case OPC_IS_OP:
    case OPC_CONTAINS_OP:
    case OPC_CALL_FUNCTION_EX: limit = 1; break;
    case OPC_RAISE_VARARGS:
    case OPC_RERAISE:
    case OPC_GET_AWAITABLE: limit = 2; break;
    case OPC_FORMAT_VALUE: limit = 7; break;
    case OPC_MAKE_FUNCTION: limit = 15; break;
    case OPC_BUILD_SLICE: limit = 3; break;
    }
    if (d->arg > limit || (d->op == OPC_BUILD_SLICE && d->arg < 2)
        || ((d->op == OPC_SWAP || d->op == OPC_COPY || (d->op >= OPC_LIST_APPEND && d->op <= OPC_MAP_ADD)) && !d->arg))
        return fail("operand out of range", d->first);
    return 0;
}

static int check_operand(Verifier *v, const Decoded *d)
{
    int flags = opcode_info[d->op].flags;
    if (flags & OP_CONST) {
        if (d->arg >= PyTuple_GET_SIZE(v->co->co_consts))
            return fail("constant out of range", d->first);
        PyObject *value = PyTuple_GET_ITEM(v->co->co_consts, d->arg);
        if (d->op == OPC_KW_NAMES) {
            if (!PyTuple_CheckExact(value))
                return fail("keyword names are no tuple", d->first);
            for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(value); i++)
                if (!PyUnicode_Check(PyTuple_GET_ITEM(value, i)))
                    return fail("keyword name is no str", d->first);
        }
    }
    if (flags & OP_NAME) {
        int index = d->op == OPC_LOAD_GLOBAL ? d->arg >> 1 : d->arg;
        if (index >= PyTuple_GET_SIZE(v->co->co_names))
            return fail("name out of range", d->first);
    }
    if (flags & (OP_LOCAL | OP_FREE) && check_variable(v, d) < 0)
        return -1;
    return check_limits(d);
}

/* ---- stack ---- */

/* How many values the instruction needs on the stack. */
static int needs(const Decoded *d)
{
    switch (d->op) {
    case OPC_SWAP:
    case OPC_COPY: return d->arg;
    case OPC_LIST_APPEND:
    case OPC_SET_ADD:
    case OPC_LIST_EXTEND:
    case OPC_SET_UPDATE:
    case OPC_DICT_UPDATE: return d->arg + 1;
    case OPC_DICT_MERGE: return d->arg + 3;     /* the function is named in its errors */
    case OPC_MAP_ADD: return d->arg + 2;
    case OPC_PRECALL: return d->arg > INT_MAX - 2 ? INT_MAX : d->arg + 2;
    case OPC_CALL: return 2;    /* the table of effects takes the arguments off at PRECALL */
    case OPC_BUILD_TUPLE:
    case OPC_BUILD_LIST:
    case OPC_BUILD_SET:
    case OPC_BUILD_STRING: return d->arg;
    case OPC_BUILD_MAP: return d->arg > INT_MAX / 2 ? INT_MAX : 2 * d->arg;
    case OPC_BUILD_CONST_KEY_MAP: return d->arg + 1;
    case OPC_BUILD_SLICE: return d->arg;
    case OPC_RAISE_VARARGS: return d->arg;
    case OPC_RERAISE: return d->arg ? d->arg + 1 : 1;
    case OPC_CALL_FUNCTION_EX: return 3 + d->arg;
    case OPC_FORMAT_VALUE: return d->arg & 4 ? 2 : 1;
    case OPC_MAKE_FUNCTION: return 1 - opcode_stack_effect(OPC_MAKE_FUNCTION, d->arg, 0);
    case OPC_MATCH_CLASS: return 3;
    case OPC_WITH_EXCEPT_START: return 4;
    case OPC_BINARY_SUBSCR:
    case OPC_BINARY_OP:
    case OPC_COMPARE_OP:
    case OPC_IS_OP:
    case OPC_CONTAINS_OP:
    case OPC_DELETE_SUBSCR:
    case OPC_STORE_ATTR:
    case OPC_CHECK_EXC_MATCH:
    case OPC_CHECK_EG_MATCH:
    case OPC_MATCH_KEYS:
    case OPC_IMPORT_NAME:
    case OPC_PREP_RERAISE_STAR:
    case OPC_SEND:
    case OPC_END_ASYNC_FOR: return 2;
    case OPC_STORE_SUBSCR: return 3;
    case OPC_PUSH_NULL:
    case OPC_CACHE:
    case OPC_NOP:
    case OPC_LOAD_BUILD_CLASS:
    case OPC_LOAD_ASSERTION_ERROR:
    case OPC_RETURN_GENERATOR:
    case OPC_SETUP_ANNOTATIONS:
    case OPC_LOAD_CONST:
    case OPC_LOAD_NAME:
    case OPC_LOAD_GLOBAL:
    case OPC_LOAD_FAST:
    case OPC_LOAD_CLOSURE:
    case OPC_LOAD_DEREF:
    case OPC_LOAD_CLASSDEREF:
    case OPC_DELETE_NAME:
    case OPC_DELETE_GLOBAL:
    case OPC_DELETE_FAST:
    case OPC_DELETE_DEREF:
    case OPC_MAKE_CELL:
    case OPC_COPY_FREE_VARS:
    case OPC_JUMP_FORWARD:
    case OPC_JUMP_BACKWARD:
    case OPC_JUMP_BACKWARD_NO_INTERRUPT:
    case OPC_EXTENDED_ARG:
    case OPC_RESUME:
    case OPC_KW_NAMES: return 0;
    default: return 1;
    }
}

/* KW_NAMES, PRECALL n, CALL n stand together: what each leaves for the next is not on the stack.  MAKE_FUNCTION
 * follows the LOAD_CONST of its code object. */
static int check_neighbours(Verifier *v, const Decoded *before, const Decoded *d)
{
    if (d->op == OPC_MAKE_FUNCTION
        && (before->op != OPC_LOAD_CONST || !PyCode_Check(PyTuple_GET_ITEM(v->co->co_consts, before->arg))))
        return fail("MAKE_FUNCTION without code", d->first);
    if ((d->op == OPC_CALL) != (before->op == OPC_PRECALL) || (d->op == OPC_CALL && d->arg != before->arg))
        return fail("CALL without its PRECALL", d->first);
    if (before->op == OPC_KW_NAMES) {
        if (d->op != OPC_PRECALL || d->arg < PyTuple_GET_SIZE(PyTuple_GET_ITEM(v->co->co_consts, before->arg)))
            return fail("KW_NAMES without its PRECALL", d->first);
    }
    return 0;
}

/* Control reaches `unit` with this depth: 0, or -1 with ValueError set. */
static int reach(Verifier *v, int unit, int depth)
{
    if (unit < 0 || unit >= v->units)
        return fail("control leaves the code", unit);
    if (!v->start[unit])
        return fail("jump into an instruction", unit);
    if (depth < 0 || depth > v->co->co_stacksize)
        return fail("stack depth out of range", unit);
    if (v->depth[unit] == depth)
        return 0;
    if (v->depth[unit] != UNSEEN)
        return fail("stack depth differs", unit);
    v->depth[unit] = depth;
    v->todo[v->ntodo++] = unit;
    return 0;
}

static int jump_to(Verifier *v, int unit, int depth)
{
    if (unit >= 0 && unit < v->units && v->start[unit] == ONLY_FALLEN_INTO)
        return fail("jump between instructions that belong together", unit);
    return reach(v, unit, depth);
}

static int run(Verifier *v, int unit)
{
    Decoded d;
    int depth = v->depth[unit];
    if (decode(v, unit, &d) < 0)
        return -1;
    if (needs(&d) > depth)
        return fail("stack too small for the instruction", unit);
    int flags = opcode_info[d.op].flags;
    if (flags & OP_JUMP) {
        int target = flags & OP_BACKWARD ? d.next - d.arg : d.next + d.arg;
        if (d.arg > v->units)
            return fail("jump out of range", unit);
        if (jump_to(v, target, depth + opcode_stack_effect(d.op, d.arg, 1)) < 0)
            return -1;
    }
    if (flags & OP_NO_FALL)
        return 0;
    int after = depth + opcode_stack_effect(d.op, d.arg, 0);
    if (d.op == OPC_RETURN_GENERATOR)
        after++;    /* the resumed generator finds the value sent to it */
    return reach(v, d.next, after);
}

/* ---- the exception table ---- */

static int read_item(const unsigned char **p, const unsigned char *end, int *value)
{
    long long n = 0;
    for (int i = 0; i < 5 && *p < end; i++) {
        int byte = *(*p)++;
        n = n << 6 | (byte & 63);
        if (!(byte & 64)) {
            *value = n > INT_MAX / 2 ? INT_MAX / 2 : (int)n;
            return 0;
        }
    }
    return fail("malformed exception table", 0);
}

/* Checks every entry's range, and makes its handler reachable. */
static int check_handlers(Verifier *v)
{
    const unsigned char *p = (unsigned char *)PyBytes_AS_STRING(v->co->co_exceptiontable);
    const unsigned char *end = p + PyBytes_GET_SIZE(v->co->co_exceptiontable);
    int last = 0;
    while (p < end) {
        int start, length, target, depth;
        if (read_item(&p, end, &start) < 0 || read_item(&p, end, &length) < 0 || read_item(&p, end, &target) < 0
            || read_item(&p, end, &depth) < 0)
            return -1;
        if (start < last || length <= 0 || length > v->units - start)
            return fail("exception table out of range", start);
        last = start + length;
        int lasti = depth & 1;
        depth >>= 1;
        for (int i = start; i < last; i++)
            if (v->start[i] && v->depth[i] != UNSEEN && v->depth[i] < depth)
                return fail("stack too small for the handler", i);
        if (jump_to(v, target, depth + lasti + 1) < 0)
            return -1;
    }
    return 0;
}

/* ---- cells ---- */

/* COPY_FREE_VARS and one MAKE_CELL for each cell come first, and nowhere else. */
static int check_prefix(Verifier *v)
{
    Decoded d;
    int unit = 0, made = 0;
    if (v->co->co_nfreevars) {
        if (decode(v, 0, &d) < 0)
            return -1;
        if (d.op != OPC_COPY_FREE_VARS || d.arg != v->co->co_nfreevars)
            return fail("free variables are not copied", 0);
        unit = d.next;
    }
    unsigned char *seen = PyMem_Calloc(v->co->co_nlocalsplus + 1, 1);
    if (!seen) {
        PyErr_NoMemory();
        return -1;
    }
    int result = 0;
    while (made < v->co->co_ncellvars && result == 0) {
        result = decode(v, unit, &d);
        if (result == 0 && (d.op != OPC_MAKE_CELL || d.arg >= v->co->co_nlocalsplus || seen[d.arg]
                            || !(v->kinds[d.arg] & CODE_CELL)))
            result = fail("cells are not made", unit);
        if (result == 0) {
            seen[d.arg] = 1;
            made++;
            unit = d.next;
        }
    }
    PyMem_Free(seen);
    while (result == 0 && unit < v->units) {
        result = decode(v, unit, &d);
        if (result == 0 && (d.op == OPC_MAKE_CELL || d.op == OPC_COPY_FREE_VARS))
            result = fail("cell made after the start", unit);
        unit = d.next;
    }
    return result;
}

/* ---- everything ---- */

static int verify(Verifier *v)
{
    Decoded d;
    if (!v->units)
        return fail("no instructions", 0);
    Decoded before = {.op = OPC_NOP};
    for (int unit = 0; unit < v->units; unit = d.next) {
        if (decode(v, unit, &d) < 0 || check_operand(v, &d) < 0 || check_neighbours(v, &before, &d) < 0)
            return -1;
        v->start[unit] = d.op == OPC_CALL || d.op == OPC_MAKE_FUNCTION ? ONLY_FALLEN_INTO : CAN_JUMP_TO;
        before = d;
    }
    if (before.op == OPC_PRECALL || before.op == OPC_KW_NAMES)
        return fail("call cut off", before.first);
    for (int i = 0; i < v->units; i++)
        v->depth[i] = UNSEEN;
    if (check_prefix(v) < 0 || reach(v, 0, 0) < 0)
        return -1;
    do {
        while (v->ntodo)
            if (run(v, v->todo[--v->ntodo]) < 0)
                return -1;
        if (check_handlers(v) < 0)
            return -1;
    } while (v->ntodo);
    return 0;
}

int code_verify(PyCodeObject *co)
{
    Verifier v = {.co = co, .kinds = (unsigned char *)PyBytes_AS_STRING(co->co_localspluskinds),
                  .units = (int)Py_SIZE(co)};
    v.depth = PyMem_Calloc(v.units + 1, sizeof *v.depth);
    v.todo = PyMem_Calloc(v.units + 1, sizeof *v.todo);
    v.start = PyMem_Calloc(v.units + 1, 1);
    int result = -1;
    if (v.depth && v.todo && v.start)
        result = verify(&v);
    else
        PyErr_NoMemory();
    PyMem_Free(v.depth);
    PyMem_Free(v.todo);
    PyMem_Free(v.start);
    return result;
}
