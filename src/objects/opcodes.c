/* The tables that opcodes.def describes. */
#include "objects/opcodes.h"

const OpcodeInfo opcode_info[256] = {
#define OP(name, number, caches, takes, effect, jump_effect, flags) [number] = {#name, caches, flags},
#include "objects/opcodes.def"
#undef OP
};

const char *const nb_symbols[NB_COUNT] = {
#define NB(name, number, symbol) [number] = symbol,
#include "objects/opcodes.def"
#undef NB
};

int opcode_stack_effect(int op, int arg, int jump)
{
    switch (op) {
#define OP(name, number, caches, takes, effect, jump_effect, flags)                                     \
    case number: {                                                                               \
        int stay = (effect), go = (jump_effect);                                                 \
        return jump > 0 ? go : jump == 0 ? stay : go > stay ? go : stay;                         \
    }
#include "objects/opcodes.def"
#undef OP
    }
    return OPCODE_NO_EFFECT;
}

long long opcode_taken(int op, long long arg)
{
    switch (op) {
#define OP(name, number, caches, takes, effect, jump_effect, flags)                                                    \
    case number: return (takes);
#include "objects/opcodes.def"
#undef OP
    }
    return 0;
}

/* The stack effect as a C API function. */
int PyCompile_OpcodeStackEffectWithJump(int opcode, int oparg, int jump)
{
    int effect = opcode_stack_effect(opcode, oparg, jump);
    return effect == OPCODE_NO_EFFECT ? PY_INVALID_STACK_EFFECT : effect;
}

int PyCompile_OpcodeStackEffect(int opcode, int oparg)
{
    return PyCompile_OpcodeStackEffectWithJump(opcode, oparg, -1);
}
