/* Code for expressions. */
#include "compile/codegen.h"

int cg_binary_operator(operator_ty op, int inplace)
{
    static const unsigned char numbers[] = {
        [Add] = OPC_NB_ADD, [Sub] = OPC_NB_SUBTRACT, [Mult] = OPC_NB_MULTIPLY, [MatMult] = OPC_NB_MATRIX_MULTIPLY,
        [Div] = OPC_NB_TRUE_DIVIDE, [Mod] = OPC_NB_REMAINDER, [Pow] = OPC_NB_POWER, [LShift] = OPC_NB_LSHIFT,
        [RShift] = OPC_NB_RSHIFT, [BitOr] = OPC_NB_OR, [BitXor] = OPC_NB_XOR, [BitAnd] = OPC_NB_AND,
        [FloorDiv] = OPC_NB_FLOOR_DIVIDE};
    return numbers[op] + (inplace ? OPC_NB_INPLACE_ADD : 0);
}

void cg_exprs(Compiler *c, asdl_seq *seq)
{
    for (Py_ssize_t i = 0; i < asdl_len(seq) && !c->failed; i++)
        cg_expr(c, asdl_get(seq, i));
}

PyObject *cg_const_tuple(Compiler *c, asdl_seq *seq, Py_ssize_t begin, Py_ssize_t end)
{
    PyObject *tuple = c->failed ? NULL : cg_keep(c, PyTuple_New(end - begin));
    for (Py_ssize_t i = begin; tuple && i < end; i++)
        PyTuple_SET_ITEM(tuple, i - begin, Py_NewRef(((expr_ty)asdl_get(seq, i))->v.Constant.value));
    return tuple;
}

static int all_const(asdl_seq *seq, Py_ssize_t begin, Py_ssize_t end)
{
    for (Py_ssize_t i = begin; i < end; i++) {
        expr_ty e = asdl_get(seq, i);
        if (!e || e->kind != Constant_kind)
            return 0;
    }
    return 1;
}

/* A member of a chain stands where its name stands when the chain spans lines. */
void cg_attr_start(Compiler *c, expr_ty attr)
{
    AstPos *pos = &c->u->flow.pos;
    if (pos->lineno == attr->end_lineno)
        return;
    Py_ssize_t length = PyUnicode_GET_LENGTH(attr->v.Attribute.attr);
    pos->lineno = attr->end_lineno;
    if (length <= attr->end_col_offset)
        pos->col_offset = attr->end_col_offset - (int)length;
    else {
        pos->col_offset = pos->end_col_offset = -1;
        pos->end_lineno = pos->lineno;
    }
}

/* ---- displays ---- */

typedef struct { int build, add, extend, tuple; } Display;
static const Display list_display = {OPC_BUILD_LIST, OPC_LIST_APPEND, OPC_LIST_EXTEND, 0};
static const Display tuple_display = {OPC_BUILD_LIST, OPC_LIST_APPEND, OPC_LIST_EXTEND, 1};
static const Display set_display = {OPC_BUILD_SET, OPC_SET_ADD, OPC_SET_UPDATE, 0};

static void load_const_display(Compiler *c, asdl_seq *elts, int pushed, const Display *d)
{
    PyObject *folded = cg_const_tuple(c, elts, 0, asdl_len(elts));
    if (folded && d->tuple && !pushed) {
        cg_load_const(c, folded);
        return;
    }
    if (folded && d->add == OPC_SET_ADD)
        folded = cg_keep(c, PyFrozenSet_New(folded));
    cg_op(c, d->build, pushed);
    cg_load_const(c, folded);
    cg_op(c, d->extend, 1);
    if (d->tuple)
        cg_op(c, OPC_LIST_TO_TUPLE, 0);
}

/* Builds a list, tuple or set of `pushed` values on the stack and the items. */
static void build_display(Compiler *c, asdl_seq *elts, int pushed, const Display *d)
{
    int n = (int)asdl_len(elts), big = n + pushed > STACK_USE_GUIDELINE, starred = 0, built = 0;
    if (n > 2 && all_const(elts, 0, n)) {
        load_const_display(c, elts, pushed, d);
        return;
    }
    for (int i = 0; i < n; i++)
        starred |= ((expr_ty)asdl_get(elts, i))->kind == Starred_kind;
    if (!starred && !big) {
        cg_exprs(c, elts);
        cg_op(c, d->tuple ? OPC_BUILD_TUPLE : d->build, n + pushed);
        return;
    }
    if (big) {
        cg_op(c, d->build, pushed);
        built = 1;
    }
    for (int i = 0; i < n && !c->failed; i++) {
        expr_ty elt = asdl_get(elts, i);
        if (elt->kind == Starred_kind) {
            if (!built) {
                cg_op(c, d->build, i + pushed);
                built = 1;
            }
            cg_expr(c, elt->v.Starred.value);
            cg_op(c, d->extend, 1);
        }
        else {
            cg_expr(c, elt);
            if (built)
                cg_op(c, d->add, 1);
        }
    }
    if (d->tuple)
        cg_op(c, OPC_LIST_TO_TUPLE, 0);
}

/* The targets of an unpacking assignment. */
static void unpack(Compiler *c, asdl_seq *elts)
{
    int n = (int)asdl_len(elts), seen = 0;
    for (int i = 0; i < n; i++) {
        if (((expr_ty)asdl_get(elts, i))->kind != Starred_kind)
            continue;
        if (seen) {
            cg_error(c, "multiple starred expressions in assignment");
            return;
        }
        if (i >= 1 << 8 || n - i - 1 >= INT_MAX >> 8) {
            cg_error(c, "too many expressions in star-unpacking assignment");
            return;
        }
        cg_op(c, OPC_UNPACK_EX, i + ((n - i - 1) << 8));
        seen = 1;
    }
    if (!seen)
        cg_op(c, OPC_UNPACK_SEQUENCE, n);
    for (int i = 0; i < n && !c->failed; i++) {
        expr_ty elt = asdl_get(elts, i);
        cg_expr(c, elt->kind == Starred_kind ? elt->v.Starred.value : elt);
    }
}

static void sequence(Compiler *c, asdl_seq *elts, expr_context_ty ctx, const Display *d)
{
    if (ctx == Store)
        unpack(c, elts);
    else if (ctx == Load)
        build_display(c, elts, 0, d);
    else
        cg_exprs(c, elts);
}

static void dict_part(Compiler *c, asdl_seq *keys, asdl_seq *values, int begin, int end)
{
    int n = end - begin, big = n * 2 > STACK_USE_GUIDELINE;
    if (n > 1 && !big && all_const(keys, begin, end)) {
        for (int i = begin; i < end; i++)
            cg_expr(c, asdl_get(values, i));
        cg_load_const(c, cg_const_tuple(c, keys, begin, end));
        cg_op(c, OPC_BUILD_CONST_KEY_MAP, n);
        return;
    }
    if (big)
        cg_op(c, OPC_BUILD_MAP, 0);
    for (int i = begin; i < end && !c->failed; i++) {
        cg_expr(c, asdl_get(keys, i));
        cg_expr(c, asdl_get(values, i));
        if (big)
            cg_op(c, OPC_MAP_ADD, 1);
    }
    if (!big)
        cg_op(c, OPC_BUILD_MAP, n);
}

static void dict_display(Compiler *c, asdl_seq *keys, asdl_seq *values)
{
    int n = (int)asdl_len(values), have = 0, elements = 0;
    for (int i = 0; i < n && !c->failed; i++) {
        int unpacking = asdl_get(keys, i) == NULL;
        if (unpacking) {
            if (elements) {
                dict_part(c, keys, values, i - elements, i);
                if (have)
                    cg_op(c, OPC_DICT_UPDATE, 1);
                have = 1;
                elements = 0;
            }
            if (!have) {
                cg_op(c, OPC_BUILD_MAP, 0);
                have = 1;
            }
            cg_expr(c, asdl_get(values, i));
            cg_op(c, OPC_DICT_UPDATE, 1);
        }
        else if (elements * 2 > STACK_USE_GUIDELINE) {
            dict_part(c, keys, values, i - elements, i + 1);
            if (have)
                cg_op(c, OPC_DICT_UPDATE, 1);
            have = 1;
            elements = 0;
        }
        else
            elements++;
    }
    if (elements) {
        dict_part(c, keys, values, n - elements, n);
        if (have)
            cg_op(c, OPC_DICT_UPDATE, 1);
        have = 1;
    }
    if (!have)
        cg_op(c, OPC_BUILD_MAP, 0);
}

/* ---- operators ---- */

static void compare_op(Compiler *c, int op)
{
    switch (op) {
    case Lt: cg_op(c, OPC_COMPARE_OP, Py_LT); break;
    case LtE: cg_op(c, OPC_COMPARE_OP, Py_LE); break;
    case Eq: cg_op(c, OPC_COMPARE_OP, Py_EQ); break;
    case NotEq: cg_op(c, OPC_COMPARE_OP, Py_NE); break;
    case Gt: cg_op(c, OPC_COMPARE_OP, Py_GT); break;
    case GtE: cg_op(c, OPC_COMPARE_OP, Py_GE); break;
    case Is: cg_op(c, OPC_IS_OP, 0); break;
    case IsNot: cg_op(c, OPC_IS_OP, 1); break;
    case In: cg_op(c, OPC_CONTAINS_OP, 0); break;
    case NotIn: cg_op(c, OPC_CONTAINS_OP, 1); break;
    }
}

/* All but the last comparison of a chain; each jumps to cleanup with `jump` when it fails. */
static void chain_head(Compiler *c, expr_ty e, Py_ssize_t n, int jump, Block *cleanup)
{
    for (Py_ssize_t i = 0; i < n && !c->failed; i++) {
        cg_expr(c, asdl_get(e->v.Compare.comparators, i));
        cg_op(c, OPC_SWAP, 2);
        cg_op(c, OPC_COPY, 2);
        compare_op(c, asdl_get_int(e->v.Compare.ops, i));
        cg_jump(c, jump, cleanup);
    }
    cg_expr(c, asdl_get(e->v.Compare.comparators, n));
    compare_op(c, asdl_get_int(e->v.Compare.ops, n));
}

static void compare(Compiler *c, expr_ty e)
{
    Py_ssize_t n = asdl_len(e->v.Compare.ops) - 1;
    cg_check_compare(c, e);
    cg_expr(c, e->v.Compare.left);
    if (n == 0) {
        chain_head(c, e, 0, 0, NULL);
        return;
    }
    Block *cleanup = cg_block(c);
    chain_head(c, e, n, OPC_JUMP_IF_FALSE_OR_POP, cleanup);
    Block *end = cg_block(c);
    cg_jump_no_line(c, OPC_JUMP, end);
    cg_use(c, cleanup);
    cg_op(c, OPC_SWAP, 2);
    cg_op(c, OPC_POP_TOP, 0);
    cg_use(c, end);
}

static void bool_op(Compiler *c, expr_ty e)
{
    int jump = e->v.BoolOp.op == And ? OPC_JUMP_IF_FALSE_OR_POP : OPC_JUMP_IF_TRUE_OR_POP;
    Block *end = cg_block(c);
    Py_ssize_t n = asdl_len(e->v.BoolOp.values) - 1;
    for (Py_ssize_t i = 0; i < n && !c->failed; i++) {
        cg_expr(c, asdl_get(e->v.BoolOp.values, i));
        cg_jump(c, jump, end);
    }
    cg_expr(c, asdl_get(e->v.BoolOp.values, n));
    cg_use(c, end);
}

static void if_exp(Compiler *c, expr_ty e)
{
    Block *end = cg_block(c), *next = cg_block(c);
    cg_jump_if(c, e->v.IfExp.test, next, 0);
    cg_expr(c, e->v.IfExp.body);
    cg_jump_no_line(c, OPC_JUMP, end);
    cg_use(c, next);
    cg_expr(c, e->v.IfExp.orelse);
    cg_use(c, end);
}

/* ---- jumps on conditions ---- */

static void jump_if_bool_op(Compiler *c, expr_ty e, Block *next, int cond)
{
    Py_ssize_t n = asdl_len(e->v.BoolOp.values) - 1;
    int inner = e->v.BoolOp.op == Or;
    Block *short_cut = next;
    if (!inner != !cond)
        short_cut = cg_block(c);
    for (Py_ssize_t i = 0; i < n; i++)
        cg_jump_if(c, asdl_get(e->v.BoolOp.values, i), short_cut, inner);
    cg_jump_if(c, asdl_get(e->v.BoolOp.values, n), next, cond);
    if (short_cut != next)
        cg_use(c, short_cut);
}

static void jump_if_exp(Compiler *c, expr_ty e, Block *next, int cond)
{
    Block *end = cg_block(c), *orelse = cg_block(c);
    cg_jump_if(c, e->v.IfExp.test, orelse, 0);
    cg_jump_if(c, e->v.IfExp.body, next, cond);
    cg_jump_no_line(c, OPC_JUMP, end);
    cg_use(c, orelse);
    cg_jump_if(c, e->v.IfExp.orelse, next, cond);
    cg_use(c, end);
}

static void jump_if_chain(Compiler *c, expr_ty e, Block *next, int cond)
{
    Py_ssize_t n = asdl_len(e->v.Compare.ops) - 1;
    cg_check_compare(c, e);
    Block *cleanup = cg_block(c);
    cg_expr(c, e->v.Compare.left);
    chain_head(c, e, n, OPC_POP_JUMP_IF_FALSE, cleanup);
    cg_jump(c, cond ? OPC_POP_JUMP_IF_TRUE : OPC_POP_JUMP_IF_FALSE, next);
    Block *end = cg_block(c);
    cg_jump_no_line(c, OPC_JUMP, end);
    cg_use(c, cleanup);
    cg_op(c, OPC_POP_TOP, 0);
    if (!cond)
        cg_jump_no_line(c, OPC_JUMP, next);
    cg_use(c, end);
}

void cg_jump_if(Compiler *c, expr_ty e, Block *next, int cond)
{
    if (cg_stop(c))
        return;
    if (e->kind == UnaryOp_kind && e->v.UnaryOp.op == Not)
        cg_jump_if(c, e->v.UnaryOp.operand, next, !cond);
    else if (e->kind == BoolOp_kind)
        jump_if_bool_op(c, e, next, cond);
    else if (e->kind == IfExp_kind)
        jump_if_exp(c, e, next, cond);
    else if (e->kind == Compare_kind && asdl_len(e->v.Compare.ops) > 1) {
        SET_LOC(c, e);
        jump_if_chain(c, e, next, cond);
    }
    else {
        if (e->kind == Compare_kind)
            SET_LOC(c, e);
        cg_expr(c, e);
        cg_jump(c, cond ? OPC_POP_JUMP_IF_TRUE : OPC_POP_JUMP_IF_FALSE, next);
    }
}

/* ---- calls ---- */

static void keyword_values(Compiler *c, asdl_seq *keywords, Py_ssize_t begin, Py_ssize_t end)
{
    for (Py_ssize_t i = begin; i < end && !c->failed; i++)
        cg_expr(c, ((keyword_ty)asdl_get(keywords, i))->value);
}

/* A kept tuple of argument names. */
static PyObject *keyword_names(Compiler *c, asdl_seq *keywords, Py_ssize_t begin, Py_ssize_t end)
{
    PyObject *names = c->failed ? NULL : cg_keep(c, PyTuple_New(end - begin));
    for (Py_ssize_t i = begin; names && i < end; i++)
        PyTuple_SET_ITEM(names, i - begin, Py_NewRef(((keyword_ty)asdl_get(keywords, i))->arg));
    return names;
}

static void check_keywords(Compiler *c, asdl_seq *keywords)
{
    Py_ssize_t n = asdl_len(keywords);
    for (Py_ssize_t i = 0; i < n && !c->failed; i++) {
        keyword_ty key = asdl_get(keywords, i);
        if (!key->arg)
            continue;
        if (cg_forbidden_name(c, key->arg, Store))
            return;
        for (Py_ssize_t j = i + 1; j < n; j++) {
            keyword_ty other = asdl_get(keywords, j);
            if (other->arg && (other->arg == key->arg || PyUnicode_Compare(other->arg, key->arg) == 0)) {
                SET_LOC(c, other);
                cg_error(c, "keyword argument repeated: %U", key->arg);
                return;
            }
        }
    }
}

static void load_keyword_names(Compiler *c, asdl_seq *keywords)
{
    PyObject *names = keyword_names(c, keywords, 0, asdl_len(keywords));
    if (names) {
        int index = cg_const(c, names);
        cg_op(c, OPC_KW_NAMES, index);
    }
}

static int any_starred(asdl_seq *args)
{
    for (Py_ssize_t i = 0; i < asdl_len(args); i++)
        if (((expr_ty)asdl_get(args, i))->kind == Starred_kind)
            return 1;
    return 0;
}

static int any_double_starred(asdl_seq *keywords)
{
    for (Py_ssize_t i = 0; i < asdl_len(keywords); i++)
        if (!((keyword_ty)asdl_get(keywords, i))->arg)
            return 1;
    return 0;
}

static void keyword_dict(Compiler *c, asdl_seq *keywords, int begin, int end)
{
    int n = end - begin, big = n * 2 > STACK_USE_GUIDELINE;
    if (n > 1 && !big) {
        keyword_values(c, keywords, begin, end);
        cg_load_const(c, keyword_names(c, keywords, begin, end));
        cg_op(c, OPC_BUILD_CONST_KEY_MAP, n);
        return;
    }
    if (big)
        cg_op_no_line(c, OPC_BUILD_MAP, 0);
    for (int i = begin; i < end && !c->failed; i++) {
        cg_load_const(c, ((keyword_ty)asdl_get(keywords, i))->arg);
        keyword_values(c, keywords, i, i + 1);
        if (big)
            cg_op_no_line(c, OPC_MAP_ADD, 1);
    }
    if (!big)
        cg_op(c, OPC_BUILD_MAP, n);
}

/* The call with *args and **kwargs, or with too many arguments for the stack. */
static void call_ex(Compiler *c, int pushed, asdl_seq *args, asdl_seq *keywords)
{
    int n = (int)asdl_len(keywords), have = 0, seen = 0;
    if (pushed == 0 && asdl_len(args) == 1 && any_starred(args))
        cg_expr(c, ((expr_ty)asdl_get(args, 0))->v.Starred.value);
    else
        build_display(c, args, pushed, &tuple_display);
    for (int i = 0; i <= n && n && !c->failed; i++) {
        keyword_ty key = i < n ? asdl_get(keywords, i) : NULL;
        if (key && key->arg) {
            seen++;
            continue;
        }
        if (seen) {
            keyword_dict(c, keywords, i - seen, i);
            if (have)
                cg_op(c, OPC_DICT_MERGE, 1);
            have = 1;
            seen = 0;
        }
        if (key) {
            if (!have) {
                cg_op(c, OPC_BUILD_MAP, 0);
                have = 1;
            }
            cg_expr(c, key->value);
            cg_op(c, OPC_DICT_MERGE, 1);
        }
    }
    cg_op(c, OPC_CALL_FUNCTION_EX, n > 0);
}

void cg_call_arguments(Compiler *c, int pushed, asdl_seq *args, asdl_seq *keywords)
{
    int n = (int)asdl_len(args), nkw = (int)asdl_len(keywords);
    check_keywords(c, keywords);
    if (c->failed)
        return;
    if (n + nkw * 2 > STACK_USE_GUIDELINE || any_starred(args) || any_double_starred(keywords)) {
        call_ex(c, pushed, args, keywords);
        return;
    }
    cg_exprs(c, args);
    if (nkw) {
        keyword_values(c, keywords, 0, nkw);
        load_keyword_names(c, keywords);
    }
    cg_op(c, OPC_PRECALL, pushed + n + nkw);
    cg_op(c, OPC_CALL, pushed + n + nkw);
}

/* Whether e is a name that the module imports: its members are seldom methods. */
static int is_imported(Compiler *c, expr_ty e)
{
    if (e->kind != Name_kind)
        return 0;
    long flags = symtable_flags(c->st.top, e->v.Name.id);
    if (flags < 0)
        c->failed = 1;
    return flags & DEF_IMPORT;
}

/* obj.method(...) without making the bound method; 1 when done. */
static int method_call(Compiler *c, expr_ty e)
{
    expr_ty meth = e->v.Call.func;
    asdl_seq *args = e->v.Call.args, *keywords = e->v.Call.keywords;
    int n = (int)asdl_len(args), nkw = (int)asdl_len(keywords);
    if (meth->kind != Attribute_kind || meth->v.Attribute.ctx != Load || any_starred(args)
        || is_imported(c, meth->v.Attribute.value) || any_double_starred(keywords) || n + nkw + (nkw != 0) >= STACK_USE_GUIDELINE)
        return 0;
    check_keywords(c, keywords);
    if (c->failed)
        return 1;
    cg_expr(c, meth->v.Attribute.value);
    SET_LOC(c, meth);
    cg_attr_start(c, meth);
    cg_op_name(c, OPC_LOAD_METHOD, meth->v.Attribute.attr);
    SET_LOC(c, e);
    cg_exprs(c, args);
    if (nkw) {
        keyword_values(c, keywords, 0, nkw);
        SET_LOC(c, meth);
        cg_attr_start(c, meth);
        load_keyword_names(c, keywords);
    }
    SET_LOC(c, e);
    cg_attr_start(c, meth);
    cg_op(c, OPC_PRECALL, n + nkw);
    cg_op(c, OPC_CALL, n + nkw);
    return 1;
}

static void call(Compiler *c, expr_ty e)
{
    if (method_call(c, e))
        return;
    cg_check_caller(c, e->v.Call.func);
    SET_LOC(c, e->v.Call.func);
    cg_op(c, OPC_PUSH_NULL, 0);
    SET_LOC(c, e);
    cg_expr(c, e->v.Call.func);
    cg_call_arguments(c, 0, e->v.Call.args, e->v.Call.keywords);
}

/* ---- strings ---- */

static void joined_str(Compiler *c, asdl_seq *values)
{
    int n = (int)asdl_len(values);
    if (n <= STACK_USE_GUIDELINE) {
        cg_exprs(c, values);
        if (n != 1)
            cg_op(c, OPC_BUILD_STRING, n);
        return;
    }
    cg_load_const(c, cg_str(c, ""));
    PyObject *join = cg_str(c, "join");
    if (join)
        cg_op_name(c, OPC_LOAD_METHOD, join);
    cg_op(c, OPC_BUILD_LIST, 0);
    for (int i = 0; i < n && !c->failed; i++) {
        cg_expr(c, asdl_get(values, i));
        cg_op(c, OPC_LIST_APPEND, 1);
    }
    cg_op(c, OPC_PRECALL, 1);
    cg_op(c, OPC_CALL, 1);
}

static void formatted_value(Compiler *c, expr_ty e)
{
    int arg = 0;
    cg_expr(c, e->v.FormattedValue.value);
    switch (e->v.FormattedValue.conversion) {
    case 's': arg = 1; break;
    case 'r': arg = 2; break;
    case 'a': arg = 3; break;
    }
    if (e->v.FormattedValue.format_spec) {
        cg_expr(c, e->v.FormattedValue.format_spec);
        arg |= 4;
    }
    cg_op(c, OPC_FORMAT_VALUE, arg);
}

/* ---- await and yield ---- */

void cg_yield_from(Compiler *c, int is_await)
{
    Block *start = cg_block(c), *resume = cg_block(c), *exit = cg_block(c);
    cg_use(c, start);
    cg_jump(c, OPC_SEND, exit);
    cg_use(c, resume);
    cg_op(c, OPC_YIELD_VALUE, 0);
    cg_op(c, OPC_RESUME, is_await ? 3 : 2);
    cg_jump(c, OPC_JUMP_NO_INTERRUPT, start);
    cg_use(c, exit);
}

static void yield_from(Compiler *c, expr_ty e)
{
    if (c->u->scope->kind != FUNCTION_SCOPE)
        cg_error(c, "'yield' outside function");
    else if (c->u->kind == UNIT_ASYNC_FUNCTION)
        cg_error(c, "'yield from' inside async function");
    cg_expr(c, e->v.YieldFrom.value);
    cg_op(c, OPC_GET_YIELD_FROM_ITER, 0);
    cg_load_const(c, Py_None);
    cg_yield_from(c, 0);
}

static void await(Compiler *c, expr_ty e)
{
    if (!cg_top_level_await(c)) {
        if (c->u->scope->kind != FUNCTION_SCOPE)
            cg_error(c, "'await' outside function");
        else if (c->u->kind != UNIT_ASYNC_FUNCTION && c->u->kind != UNIT_COMPREHENSION)
            cg_error(c, "'await' outside async function");
    }
    cg_expr(c, e->v.Await.value);
    cg_op(c, OPC_GET_AWAITABLE, 0);
    cg_load_const(c, Py_None);
    cg_yield_from(c, 1);
}

static void yield(Compiler *c, expr_ty e)
{
    if (c->u->scope->kind != FUNCTION_SCOPE)
        cg_error(c, "'yield' outside function");
    if (e->v.Yield.value)
        cg_expr(c, e->v.Yield.value);
    else
        cg_load_const(c, Py_None);
    if (c->u->scope->generator && c->u->scope->coroutine)
        cg_op(c, OPC_ASYNC_GEN_WRAP, 0);
    cg_op(c, OPC_YIELD_VALUE, 0);
    cg_op(c, OPC_RESUME, 1);
}

/* ---- attributes, subscripts, slices ---- */

static void attribute(Compiler *c, expr_ty e)
{
    expr_context_ty ctx = e->v.Attribute.ctx;
    cg_expr(c, e->v.Attribute.value);
    cg_attr_start(c, e);
    if (cg_forbidden_name(c, e->v.Attribute.attr, ctx))
        return;
    cg_op_name(c, ctx == Load ? OPC_LOAD_ATTR : ctx == Store ? OPC_STORE_ATTR : OPC_DELETE_ATTR, e->v.Attribute.attr);
}

static void subscript(Compiler *c, expr_ty e)
{
    expr_context_ty ctx = e->v.Subscript.ctx;
    if (ctx == Load)
        cg_check_subscript(c, e->v.Subscript.value, e->v.Subscript.slice);
    cg_expr(c, e->v.Subscript.value);
    cg_expr(c, e->v.Subscript.slice);
    cg_op(c, ctx == Load ? OPC_BINARY_SUBSCR : ctx == Store ? OPC_STORE_SUBSCR : OPC_DELETE_SUBSCR, 0);
}

static void expr_or_none(Compiler *c, expr_ty e)
{
    if (e)
        cg_expr(c, e);
    else
        cg_load_const(c, Py_None);
}

static void slice(Compiler *c, expr_ty e)
{
    expr_or_none(c, e->v.Slice.lower);
    expr_or_none(c, e->v.Slice.upper);
    if (e->v.Slice.step)
        cg_expr(c, e->v.Slice.step);
    cg_op(c, OPC_BUILD_SLICE, e->v.Slice.step ? 3 : 2);
}

static void unary(Compiler *c, expr_ty e)
{
    static const unsigned char ops[] = {
        [Invert] = OPC_UNARY_INVERT, [Not] = OPC_UNARY_NOT, [UAdd] = OPC_UNARY_POSITIVE, [USub] = OPC_UNARY_NEGATIVE};
    cg_expr(c, e->v.UnaryOp.operand);
    cg_op(c, ops[e->v.UnaryOp.op], 0);
}

static void expr_kind(Compiler *c, expr_ty e)
{
    switch (e->kind) {
    case NamedExpr_kind:
        cg_expr(c, e->v.NamedExpr.value);
        cg_op(c, OPC_COPY, 1);
        cg_expr(c, e->v.NamedExpr.target);
        break;
    case BoolOp_kind: bool_op(c, e); break;
    case BinOp_kind:
        cg_expr(c, e->v.BinOp.left);
        cg_expr(c, e->v.BinOp.right);
        cg_op(c, OPC_BINARY_OP, cg_binary_operator(e->v.BinOp.op, 0));
        break;
    case UnaryOp_kind: unary(c, e); break;
    case Lambda_kind: cg_lambda(c, e); break;
    case IfExp_kind: if_exp(c, e); break;
    case Dict_kind: dict_display(c, e->v.Dict.keys, e->v.Dict.values); break;
    case Set_kind: build_display(c, e->v.Set.elts, 0, &set_display); break;
    case GeneratorExp_kind:
    case ListComp_kind:
    case SetComp_kind:
    case DictComp_kind: cg_comprehension(c, e); break;
    case Yield_kind: yield(c, e); break;
    case YieldFrom_kind: yield_from(c, e); break;
    case Await_kind: await(c, e); break;
    case Compare_kind: compare(c, e); break;
    case Call_kind: call(c, e); break;
    case Constant_kind: cg_load_const(c, e->v.Constant.value); break;
    case JoinedStr_kind: joined_str(c, e->v.JoinedStr.values); break;
    case FormattedValue_kind: formatted_value(c, e); break;
    case Attribute_kind: attribute(c, e); break;
    case Subscript_kind: subscript(c, e); break;
    case Starred_kind:
        cg_error(c, e->v.Starred.ctx == Store ? "starred assignment target must be in a list or tuple"
                                              : "can't use starred expression here");
        break;
    case Slice_kind: slice(c, e); break;
    case Name_kind: cg_name(c, e->v.Name.id, e->v.Name.ctx); break;
    case List_kind: sequence(c, e->v.List.elts, e->v.List.ctx, &list_display); break;
    case Tuple_kind: sequence(c, e->v.Tuple.elts, e->v.Tuple.ctx, &tuple_display); break;
    default: break;
    }
}

void cg_expr(Compiler *c, expr_ty e)
{
    if (cg_stop(c))
        return;
    AstPos outer = c->u->flow.pos;
    SET_LOC(c, e);
    expr_kind(c, e);
    cg_at(c, outer);
}
