/* Code for match statements.
 *
 * While a pattern is tried, the stack holds the subject, what is kept for later, and above the names captured so far;
 * fail_pop[n] is where a failed test jumps that must pop n values first. */
#include "compile/codegen.h"

typedef struct {
    PyObject *stores;       /* list: captured names, in stack order */
    int allow_irrefutable;
    Block **fail_pop;
    Py_ssize_t fail_pops;
    Py_ssize_t on_top;      /* values on the stack above the captured names */
} PatternContext;

static void pattern(Compiler *c, pattern_ty p, PatternContext *pc);

static int is_wildcard(pattern_ty p) { return p->kind == MatchAs_kind && !p->v.MatchAs.name && !p->v.MatchAs.pattern; }
static int is_star_wildcard(pattern_ty p) { return p->kind == MatchStar_kind && !p->v.MatchStar.name; }

/* ---- failing ---- */

static void ensure_fail_pop(Compiler *c, PatternContext *pc, Py_ssize_t n)
{
    if (n < pc->fail_pops || c->failed)
        return;
    Block **blocks = ast_arena_malloc(c->arena, (n + 1) * sizeof *blocks);
    if (!blocks) {
        c->failed = 1;
        return;
    }
    if (pc->fail_pops)
        memcpy(blocks, pc->fail_pop, pc->fail_pops * sizeof *blocks);
    for (; pc->fail_pops <= n; pc->fail_pops++)
        blocks[pc->fail_pops] = cg_block(c);
    pc->fail_pop = blocks;
}

static void jump_to_fail(Compiler *c, PatternContext *pc, int op)
{
    if (c->failed)
        return;
    Py_ssize_t pops = pc->on_top + PyList_GET_SIZE(pc->stores);
    ensure_fail_pop(c, pc, pops);
    if (!c->failed)
        cg_jump(c, op, pc->fail_pop[pops]);
}

static void emit_fail_pops(Compiler *c, PatternContext *pc)
{
    if (!pc->fail_pops || c->failed) {
        cg_use(c, cg_block(c));
        return;
    }
    while (--pc->fail_pops) {
        cg_use(c, pc->fail_pop[pc->fail_pops]);
        cg_op(c, OPC_POP_TOP, 0);
    }
    cg_use(c, pc->fail_pop[0]);
    pc->fail_pop = NULL;
}

/* ---- captures ---- */

/* Moves the top value below count - 1 others. */
static void rotate(Compiler *c, Py_ssize_t count)
{
    for (; count > 1; count--)
        cg_op(c, OPC_SWAP, (int)count);
}

static void duplicate_store(Compiler *c, PyObject *name)
{
    cg_error(c, "multiple assignments to name %R in pattern", name);
}

/* Keeps the top value as the value of a name; NULL drops it. */
static void store_name(Compiler *c, PyObject *name, PatternContext *pc)
{
    if (!name) {
        cg_op(c, OPC_POP_TOP, 0);
        return;
    }
    if (cg_forbidden_name(c, name, Store))
        return;
    int known = PySequence_Contains(pc->stores, name);
    if (known > 0)
        duplicate_store(c, name);
    if (known) {
        c->failed = 1;
        return;
    }
    rotate(c, pc->on_top + PyList_GET_SIZE(pc->stores) + 1);
    if (PyList_Append(pc->stores, name) < 0)
        c->failed = 1;
}

static void subpattern(Compiler *c, pattern_ty p, PatternContext *pc)
{
    int outer = pc->allow_irrefutable;
    pc->allow_irrefutable = 1;
    pattern(c, p, pc);
    pc->allow_irrefutable = outer;
}

static void pattern_as(Compiler *c, pattern_ty p, PatternContext *pc)
{
    PyObject *name = p->v.MatchAs.name;
    if (!p->v.MatchAs.pattern) {
        if (!pc->allow_irrefutable) {
            if (name)
                cg_error(c, "name capture %R makes remaining patterns unreachable", name);
            else
                cg_error(c, "wildcard makes remaining patterns unreachable");
            return;
        }
        store_name(c, name, pc);
        return;
    }
    pc->on_top++;
    cg_op(c, OPC_COPY, 1);
    pattern(c, p->v.MatchAs.pattern, pc);
    pc->on_top--;
    store_name(c, name, pc);
}

/* ---- sequences ---- */

static void unpack(Compiler *c, asdl_seq *patterns)
{
    Py_ssize_t n = asdl_len(patterns);
    int seen = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (((pattern_ty)asdl_get(patterns, i))->kind != MatchStar_kind)
            continue;
        if (seen) {
            cg_error(c, "multiple starred expressions in sequence pattern");
            return;
        }
        if (i >= 1 << 8 || n - i - 1 >= INT_MAX >> 8) {
            cg_error(c, "too many expressions in star-unpacking sequence pattern");
            return;
        }
        cg_op(c, OPC_UNPACK_EX, (int)(i + ((n - i - 1) << 8)));
        seen = 1;
    }
    if (!seen)
        cg_op(c, OPC_UNPACK_SEQUENCE, (int)n);
}

static void sequence_unpack(Compiler *c, asdl_seq *patterns, PatternContext *pc)
{
    unpack(c, patterns);
    pc->on_top += asdl_len(patterns);
    for (Py_ssize_t i = 0; i < asdl_len(patterns) && !c->failed; i++) {
        pc->on_top--;
        subpattern(c, asdl_get(patterns, i), pc);
    }
}

/* As sequence_unpack, but indexes what is needed: the starred part is not wanted. */
static void sequence_subscript(Compiler *c, asdl_seq *patterns, Py_ssize_t star, PatternContext *pc)
{
    Py_ssize_t n = asdl_len(patterns);
    pc->on_top++;
    for (Py_ssize_t i = 0; i < n && !c->failed; i++) {
        pattern_ty p = asdl_get(patterns, i);
        if (is_wildcard(p) || i == star)
            continue;
        cg_op(c, OPC_COPY, 1);
        if (i < star)
            cg_load_int(c, (long)i);
        else {
            cg_op(c, OPC_GET_LEN, 0);
            cg_load_int(c, (long)(n - i));
            cg_op(c, OPC_BINARY_OP, OPC_NB_SUBTRACT);
        }
        cg_op(c, OPC_BINARY_SUBSCR, 0);
        subpattern(c, p, pc);
    }
    pc->on_top--;
    cg_op(c, OPC_POP_TOP, 0);
}

static void test_length(Compiler *c, Py_ssize_t n, int comparison, PatternContext *pc)
{
    cg_op(c, OPC_GET_LEN, 0);
    cg_load_int(c, (long)n);
    cg_op(c, OPC_COMPARE_OP, comparison);
    jump_to_fail(c, pc, OPC_POP_JUMP_IF_FALSE);
}

static void pattern_sequence(Compiler *c, pattern_ty p, PatternContext *pc)
{
    asdl_seq *patterns = p->v.MatchSequence.patterns;
    Py_ssize_t n = asdl_len(patterns), star = -1;
    int only_wildcards = 1, star_wildcard = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        pattern_ty item = asdl_get(patterns, i);
        if (item->kind != MatchStar_kind) {
            only_wildcards &= is_wildcard(item);
            continue;
        }
        if (star >= 0) {
            cg_error(c, "multiple starred names in sequence pattern");
            return;
        }
        star_wildcard = is_star_wildcard(item);
        only_wildcards &= star_wildcard;
        star = i;
    }
    pc->on_top++;
    cg_op(c, OPC_MATCH_SEQUENCE, 0);
    jump_to_fail(c, pc, OPC_POP_JUMP_IF_FALSE);
    if (star < 0)
        test_length(c, n, Py_EQ, pc);
    else if (n > 1)
        test_length(c, n - 1, Py_GE, pc);
    pc->on_top--;
    if (only_wildcards)
        cg_op(c, OPC_POP_TOP, 0);
    else if (star_wildcard)
        sequence_subscript(c, patterns, star, pc);
    else
        sequence_unpack(c, patterns, pc);
}

/* ---- mappings ---- */

static void mapping_key(Compiler *c, expr_ty key, PyObject *seen)
{
    if (!key) {
        cg_error(c, "can't use NULL keys in MatchMapping (set 'rest' parameter instead)");
        return;
    }
    if (key->kind == Constant_kind) {
        PyObject *value = key->v.Constant.value;
        int known = PySet_Contains(seen, value);
        if (known > 0)
            cg_error(c, "mapping pattern checks duplicate key (%R)", value);
        if (known || PySet_Add(seen, value) < 0) {
            c->failed = 1;
            return;
        }
    }
    else if (key->kind != Attribute_kind) {
        cg_error(c, "mapping pattern keys may only match literals and attribute lookups");
        return;
    }
    cg_expr(c, key);
}

/* Pushes the keys as a tuple. */
static void mapping_keys(Compiler *c, asdl_seq *keys)
{
    PyObject *seen = c->failed ? NULL : cg_keep(c, PySet_New(NULL));
    for (Py_ssize_t i = 0; i < asdl_len(keys) && !c->failed; i++)
        mapping_key(c, asdl_get(keys, i), seen);
    cg_op(c, OPC_BUILD_TUPLE, (int)asdl_len(keys));
}

/* **rest: what the mapping holds besides the keys. */
static void mapping_rest(Compiler *c, Py_ssize_t n, PyObject *rest, PatternContext *pc)
{
    cg_op(c, OPC_BUILD_MAP, 0);
    cg_op(c, OPC_SWAP, 3);
    cg_op(c, OPC_DICT_UPDATE, 2);
    cg_op(c, OPC_UNPACK_SEQUENCE, (int)n);
    for (; n; n--) {
        cg_op(c, OPC_COPY, (int)n + 1);
        cg_op(c, OPC_SWAP, 2);
        cg_op(c, OPC_DELETE_SUBSCR, 0);
    }
    store_name(c, rest, pc);
}

static void pattern_mapping(Compiler *c, pattern_ty p, PatternContext *pc)
{
    asdl_seq *keys = p->v.MatchMapping.keys, *patterns = p->v.MatchMapping.patterns;
    PyObject *rest = p->v.MatchMapping.rest;
    Py_ssize_t n = asdl_len(keys);
    if (n != asdl_len(patterns)) {
        cg_error(c, "keys (%zd) / patterns (%zd) length mismatch in mapping pattern", n, asdl_len(patterns));
        return;
    }
    pc->on_top++;
    cg_op(c, OPC_MATCH_MAPPING, 0);
    jump_to_fail(c, pc, OPC_POP_JUMP_IF_FALSE);
    if (!n && !rest) {
        pc->on_top--;
        cg_op(c, OPC_POP_TOP, 0);
        return;
    }
    if (n)
        test_length(c, n, Py_GE, pc);
    mapping_keys(c, keys);
    cg_op(c, OPC_MATCH_KEYS, 0);
    pc->on_top += 2;
    cg_op(c, OPC_COPY, 1);
    cg_load_const(c, Py_None);
    cg_op(c, OPC_IS_OP, 1);
    jump_to_fail(c, pc, OPC_POP_JUMP_IF_FALSE);
    cg_op(c, OPC_UNPACK_SEQUENCE, (int)n);
    pc->on_top += n - 1;
    for (Py_ssize_t i = 0; i < n && !c->failed; i++) {
        pc->on_top--;
        subpattern(c, asdl_get(patterns, i), pc);
    }
    pc->on_top -= 2;
    if (rest)
        mapping_rest(c, n, rest, pc);
    else {
        cg_op(c, OPC_POP_TOP, 0);
        cg_op(c, OPC_POP_TOP, 0);
    }
}

/* ---- classes ---- */

static void check_attributes(Compiler *c, asdl_seq *attrs, asdl_seq *patterns)
{
    for (Py_ssize_t i = 0; i < asdl_len(attrs) && !c->failed; i++) {
        PyObject *attr = asdl_get(attrs, i);
        SET_LOC(c, (pattern_ty)asdl_get(patterns, i));
        if (cg_forbidden_name(c, attr, Store))
            return;
        for (Py_ssize_t j = i + 1; j < asdl_len(attrs); j++)
            if (PyUnicode_Compare(attr, asdl_get(attrs, j)) == 0) {
                SET_LOC(c, (pattern_ty)asdl_get(patterns, j));
                cg_error(c, "attribute name repeated in class pattern: %U", attr);
                return;
            }
    }
}

static void pattern_class(Compiler *c, pattern_ty p, PatternContext *pc)
{
    asdl_seq *patterns = p->v.MatchClass.patterns, *attrs = p->v.MatchClass.kwd_attrs;
    asdl_seq *kwd_patterns = p->v.MatchClass.kwd_patterns;
    Py_ssize_t nargs = asdl_len(patterns), nattrs = asdl_len(attrs);
    if (nattrs != asdl_len(kwd_patterns)) {
        cg_error(c, "kwd_attrs (%zd) / kwd_patterns (%zd) length mismatch in class pattern", nattrs,
                 asdl_len(kwd_patterns));
        return;
    }
    if (nattrs) {
        check_attributes(c, attrs, kwd_patterns);
        if (c->failed)
            return;
        SET_LOC(c, p);
    }
    cg_expr(c, p->v.MatchClass.cls);
    PyObject *names = c->failed ? NULL : cg_keep(c, PyTuple_New(nattrs));
    for (Py_ssize_t i = 0; names && i < nattrs; i++)
        PyTuple_SET_ITEM(names, i, Py_NewRef(asdl_get(attrs, i)));
    cg_load_const(c, names);
    cg_op(c, OPC_MATCH_CLASS, (int)nargs);
    cg_op(c, OPC_COPY, 1);
    cg_load_const(c, Py_None);
    cg_op(c, OPC_IS_OP, 1);
    pc->on_top++;
    jump_to_fail(c, pc, OPC_POP_JUMP_IF_FALSE);
    cg_op(c, OPC_UNPACK_SEQUENCE, (int)(nargs + nattrs));
    pc->on_top += nargs + nattrs - 1;
    for (Py_ssize_t i = 0; i < nargs + nattrs && !c->failed; i++) {
        pattern_ty item = i < nargs ? asdl_get(patterns, i) : asdl_get(kwd_patterns, i - nargs);
        pc->on_top--;
        if (is_wildcard(item))
            cg_op(c, OPC_POP_TOP, 0);
        else
            subpattern(c, item, pc);
    }
}

/* ---- alternatives ---- */

/* Brings the captures of an alternative into the order of the first one's; 0 when the names differ. */
static int reorder(Compiler *c, PyObject *control, PyObject *stores)
{
    for (Py_ssize_t i = PyList_GET_SIZE(control) - 1; i >= 0 && !c->failed; i--) {
        Py_ssize_t at = PySequence_Index(stores, PyList_GET_ITEM(control, i));
        if (at < 0) {
            PyErr_Clear();
            return 0;
        }
        if (at == i)
            continue;
        PyObject *moved = cg_keep(c, PyList_GetSlice(stores, 0, at + 1));
        if (!moved || PyList_SetSlice(stores, 0, at + 1, NULL) < 0
            || PyList_SetSlice(stores, i - at, i - at, moved) < 0) {
            c->failed = 1;
            return 1;
        }
        for (Py_ssize_t k = at + 1; k; k--)
            rotate(c, i + 1);
    }
    return 1;
}

/* Tries each alternative; the captures in the order of the first one (kept list), or NULL. */
static PyObject *alternatives(Compiler *c, asdl_seq *patterns, PatternContext *pc, int allow_irrefutable, Block *end)
{
    PyObject *control = NULL;
    Py_ssize_t n = asdl_len(patterns);
    for (Py_ssize_t i = 0; i < n && !c->failed; i++) {
        pattern_ty alternative = asdl_get(patterns, i);
        *pc = (PatternContext){.allow_irrefutable = i == n - 1 && allow_irrefutable};
        pc->stores = cg_keep(c, PyList_New(0));
        if (!pc->stores)
            return NULL;
        SET_LOC(c, alternative);
        cg_op(c, OPC_COPY, 1);
        pattern(c, alternative, pc);
        if (c->failed)
            return NULL;
        if (!control)
            control = pc->stores;
        else if (PyList_GET_SIZE(pc->stores) != PyList_GET_SIZE(control) || !reorder(c, control, pc->stores)) {
            cg_error(c, "alternative patterns bind different names");
            return NULL;
        }
        cg_jump(c, OPC_JUMP, end);
        emit_fail_pops(c, pc);
    }
    return c->failed ? NULL : control;
}

static void pattern_or(Compiler *c, pattern_ty p, PatternContext *pc)
{
    Block *end = cg_block(c);
    PatternContext outer = *pc;
    PyObject *control = alternatives(c, p->v.MatchOr.patterns, pc, outer.allow_irrefutable, end);
    *pc = outer;
    if (!control)
        return;
    cg_op(c, OPC_POP_TOP, 0);
    jump_to_fail(c, pc, OPC_JUMP);
    cg_use(c, end);
    Py_ssize_t n = PyList_GET_SIZE(control), rotations = n + 1 + pc->on_top + PyList_GET_SIZE(pc->stores);
    for (Py_ssize_t i = 0; i < n && !c->failed; i++) {
        PyObject *name = PyList_GET_ITEM(control, i);
        rotate(c, rotations);
        int known = PySequence_Contains(pc->stores, name);
        if (known > 0)
            duplicate_store(c, name);
        if (known || PyList_Append(pc->stores, name) < 0)
            c->failed = 1;
    }
    cg_op(c, OPC_POP_TOP, 0);
}

/* ---- patterns ---- */

static void pattern_value(Compiler *c, pattern_ty p, PatternContext *pc)
{
    expr_ty value = p->v.MatchValue.value;
    if (value->kind != Constant_kind && value->kind != Attribute_kind) {
        cg_error(c, "patterns may only match literals and attribute lookups");
        return;
    }
    cg_expr(c, value);
    cg_op(c, OPC_COMPARE_OP, Py_EQ);
    jump_to_fail(c, pc, OPC_POP_JUMP_IF_FALSE);
}

static void pattern(Compiler *c, pattern_ty p, PatternContext *pc)
{
    if (cg_stop(c))
        return;
    SET_LOC(c, p);
    switch (p->kind) {
    case MatchValue_kind: pattern_value(c, p, pc); break;
    case MatchSingleton_kind:
        cg_load_const(c, p->v.MatchSingleton.value);
        cg_op(c, OPC_IS_OP, 0);
        jump_to_fail(c, pc, OPC_POP_JUMP_IF_FALSE);
        break;
    case MatchSequence_kind: pattern_sequence(c, p, pc); break;
    case MatchMapping_kind: pattern_mapping(c, p, pc); break;
    case MatchClass_kind: pattern_class(c, p, pc); break;
    case MatchStar_kind: store_name(c, p->v.MatchStar.name, pc); break;
    case MatchAs_kind: pattern_as(c, p, pc); break;
    case MatchOr_kind: pattern_or(c, p, pc); break;
    default: break;
    }
}

/* ---- the statement ---- */

static void match_case(Compiler *c, match_case_ty m, int last, int allow_irrefutable, Block *end)
{
    PatternContext pc = {.allow_irrefutable = allow_irrefutable};
    SET_LOC(c, m->pattern);
    if (!last)
        cg_op(c, OPC_COPY, 1);
    pc.stores = c->failed ? NULL : cg_keep(c, PyList_New(0));
    if (!pc.stores)
        return;
    pattern(c, m->pattern, &pc);
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(pc.stores) && !c->failed; i++)
        cg_name(c, PyList_GET_ITEM(pc.stores, i), Store);
    if (m->guard) {
        ensure_fail_pop(c, &pc, 0);
        if (!c->failed)
            cg_jump_if(c, m->guard, pc.fail_pop[0], 0);
    }
    if (!last)
        cg_op(c, OPC_POP_TOP, 0);
    cg_stmts(c, m->body);
    if (c->failed)
        return;
    cg_jump(c, OPC_JUMP, end);
    SET_LOC(c, m->pattern);
    emit_fail_pops(c, &pc);
}

void cg_match(Compiler *c, stmt_ty s)
{
    asdl_seq *cases = s->v.Match.cases;
    Py_ssize_t n = asdl_len(cases);
    match_case_ty final = asdl_get(cases, n - 1);
    int has_default = is_wildcard(final->pattern) && n > 1;
    Block *end = cg_block(c);
    cg_expr(c, s->v.Match.subject);
    for (Py_ssize_t i = 0; i < n - has_default && !c->failed; i++) {
        match_case_ty m = asdl_get(cases, i);
        match_case(c, m, i == n - has_default - 1, m->guard != NULL || i == n - 1, end);
    }
    if (has_default && !c->failed) {
        SET_LOC(c, final->pattern);
        cg_op(c, OPC_NOP, 0);
        if (final->guard)
            cg_jump_if(c, final->guard, end, 0);
        cg_stmts(c, final->body);
    }
    cg_use(c, end);
}
