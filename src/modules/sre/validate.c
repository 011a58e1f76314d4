/* Checks compiled patterns before they run: codes known, distances inside, groups there.
 *
 * re._compiler makes only good ones; this is for what is passed to _sre.compile() by hand. */
#include "modules/sre/sre.h"

static int validate_set(const Code *pc, const Code *end)
{
    while (pc < end) {
        Py_ssize_t left = end - pc - 1;
        switch (*pc++) {
        case OP_NEGATE: break;
        case OP_LITERAL:
            if (left < 1)
                return 0;
            pc++;
            break;
        case OP_CATEGORY:
            if (left < 1 || *pc++ >= CATEGORY_COUNT)
                return 0;
            break;
        case OP_RANGE: case OP_RANGE_UNI_IGNORE:
            if (left < 2)
                return 0;
            pc += 2;
            break;
        case OP_CHARSET:
            if (left < 8)
                return 0;
            pc += 8;
            break;
        case OP_BIGCHARSET: {
            if (left < 65)
                return 0;
            Code blocks = pc[0];
            const unsigned char *numbers = (const unsigned char *)(pc + 1);
            if (blocks > 256 || left < 65 + (Py_ssize_t)blocks * 8)
                return 0;
            for (int i = 0; i < 256; i++)
                if (numbers[i] >= blocks)
                    return 0;
            pc += 65 + blocks * 8;
            break;
        }
        case OP_FAILURE: return pc == end;
        default: return 0;
        }
    }
    return 0;
}

static int validate_info(const Code *pc, const Code *end) /* pc: the flags */
{
    if (end - pc < 3)
        return 0;
    Code flags = pc[0];
    pc += 3;
    if (flags & INFO_PREFIX) {
        if (end - pc < 2 || pc[0] == 0 || pc[0] > (size_t)(end - pc - 2) / 2 || pc[1] > pc[0])
            return 0;
        for (Code i = 0; i < pc[0]; i++)
            if (pc[2 + pc[0] + i] >= pc[0])
                return 0;
        pc += 2 + pc[0] * 2;
    }
    if (flags & INFO_CHARSET)
        return validate_set(pc, end);
    return pc == end;
}

/* Codes from pc to end exactly; 1 or 0. */
static int validate(const Code *pc, const Code *end, Py_ssize_t groups)
{
    if (Py_EnterRecursiveCall(" while checking a pattern"))
        return 0;
    int good = 1;
#define NEED(n) \
    if (end - pc < (n)) \
        goto bad
#define DISTANCE(cell) ((size_t)pc[cell] <= (size_t)(end - (pc + (cell))) && pc[cell] >= 1)
    while (pc < end) {
        switch (*pc) {
        case OP_ANY: case OP_ANY_ALL: case OP_FAILURE: case OP_SUCCESS:
            pc++;
            break;
        case OP_MARK:
            NEED(2);
            if (pc[1] > (size_t)(2 * groups + 1) || pc[1] >= (size_t)(2 * groups))
                goto bad;
            pc += 2;
            break;
        case OP_LITERAL: case OP_NOT_LITERAL: case OP_LITERAL_IGNORE: case OP_NOT_LITERAL_IGNORE:
        case OP_LITERAL_UNI_IGNORE: case OP_NOT_LITERAL_UNI_IGNORE: case OP_LITERAL_LOC_IGNORE:
        case OP_NOT_LITERAL_LOC_IGNORE:
            NEED(2);
            pc += 2;
            break;
        case OP_AT:
            NEED(2);
            if (pc[1] >= AT_COUNT)
                goto bad;
            pc += 2;
            break;
        case OP_CATEGORY:
            NEED(2);
            if (pc[1] >= CATEGORY_COUNT)
                goto bad;
            pc += 2;
            break;
        case OP_GROUPREF: case OP_GROUPREF_IGNORE: case OP_GROUPREF_UNI_IGNORE: case OP_GROUPREF_LOC_IGNORE:
            NEED(2);
            if (pc[1] >= (size_t)groups)
                goto bad;
            pc += 2;
            break;
        case OP_IN: case OP_IN_IGNORE: case OP_IN_UNI_IGNORE: case OP_IN_LOC_IGNORE:
            NEED(2);
            if (!DISTANCE(1) || !validate_set(pc + 2, pc + 1 + pc[1]))
                goto bad;
            pc += 1 + pc[1];
            break;
        case OP_INFO:
            NEED(5);
            if (!DISTANCE(1) || !validate_info(pc + 2, pc + 1 + pc[1]))
                goto bad;
            pc += 1 + pc[1];
            break;
        case OP_BRANCH: {
            const Code *target = NULL;
            pc++;
            for (;;) {
                NEED(1);
                if (*pc == 0)
                    break;
                if (*pc < 3 || *pc >= (size_t)(end - pc))
                    goto bad;
                const Code *jump = pc + *pc - 2;
                if (jump[0] != OP_JUMP || jump[1] < 1 || jump[1] > (size_t)(end - (jump + 1)) ||
                    (target && jump + 1 + jump[1] != target) || !validate(pc + 1, jump, groups))
                    goto bad;
                target = jump + 1 + jump[1];
                pc += *pc;
            }
            pc++;
            if (target && target != pc)
                goto bad;
            break;
        }
        case OP_REPEAT_ONE: case OP_MIN_REPEAT_ONE: case OP_POSSESSIVE_REPEAT_ONE:
            NEED(5);
            if (!DISTANCE(1) || pc[1] < 5 || pc[2] > pc[3] || pc[pc[1]] != OP_SUCCESS ||
                !validate(pc + 4, pc + pc[1], groups))
                goto bad;
            pc += 1 + pc[1];
            break;
        case OP_REPEAT: case OP_POSSESSIVE_REPEAT: {
            NEED(5);
            if (!DISTANCE(1) || pc[1] < 3 || pc[2] > pc[3] || pc + 1 + pc[1] >= end ||
                !validate(pc + 4, pc + 1 + pc[1], groups))
                goto bad;
            Code last = pc[1 + pc[1]];
            if (pc[0] == OP_REPEAT ? last != OP_MAX_UNTIL && last != OP_MIN_UNTIL : last != OP_SUCCESS)
                goto bad;
            pc += 2 + pc[1];
            break;
        }
        case OP_ATOMIC_GROUP:
            NEED(3);
            if (!DISTANCE(1) || pc[1] < 2 || pc[pc[1]] != OP_SUCCESS || !validate(pc + 2, pc + pc[1], groups))
                goto bad;
            pc += 1 + pc[1];
            break;
        case OP_ASSERT: case OP_ASSERT_NOT:
            NEED(4);
            if (!DISTANCE(1) || pc[1] < 3 || pc[2] & 0x80000000 || pc[pc[1]] != OP_SUCCESS ||
                !validate(pc + 3, pc + pc[1], groups))
                goto bad;
            pc += 1 + pc[1];
            break;
        case OP_GROUPREF_EXISTS: { /* group skip yes [JUMP distance no] */
            NEED(3);
            if (pc[1] >= (size_t)groups || pc[2] < 2 || pc[2] > (size_t)(end - (pc + 1)))
                goto bad;
            const Code *no = pc + 1 + pc[2];
            if (no - (pc + 3) >= 2 && no[-2] == OP_JUMP && no[-1] >= 1 && no[-1] <= (size_t)(end - (no - 1)) &&
                validate(pc + 3, no - 2, groups)) {
                if (!validate(no, no - 1 + no[-1], groups))
                    goto bad;
                pc = no - 1 + no[-1];
            }
            else {
                if (!validate(pc + 3, no, groups))
                    goto bad;
                pc = no;
            }
            break;
        }
        default:
            goto bad;
        }
    }
    good = pc == end;
    goto done;
bad:
    good = 0;
done:
    Py_LeaveRecursiveCall();
    return good;
#undef NEED
#undef DISTANCE
}

int sre_validate(const Pattern *p)
{
    const Code *end = p->code + p->codesize;
    if (p->groups >= 0 && p->groups <= MAXGROUPS && p->codesize >= 1 && end[-1] == OP_SUCCESS &&
        validate(p->code, end - 1, p->groups))
        return 0;
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_RuntimeError, "invalid SRE code");
    return -1;
}
