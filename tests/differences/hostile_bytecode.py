"""Malformed bytecode is refused with a ValueError when it first runs.

python3.11 runs any bytecode, and may crash.
"""
from opcode import opmap, _inline_cache_entries
from types import CellType, FunctionType


def template(a, b):
    return a


def assemble(*pairs):
    out = bytearray()
    for name, arg in pairs:
        op = opmap[name]
        out += bytes((op, arg)) + bytes(2 * _inline_cache_entries[op])
    return bytes(out)


def attempt(what, *pairs, **fields):
    try:
        code = template.__code__.replace(co_code=assemble(("RESUME", 0), *pairs, ("RETURN_VALUE", 0)), co_stacksize=8,
                                         **{"co_consts": (None, 1, ("k",), template.__code__), "co_names": ("n",), **fields})
        print(what, "->", FunctionType(code, {}, "f", None, tuple(CellType() for _ in code.co_freevars) or None)(1, 2))
    except Exception as e:
        print(what, "->", type(e).__name__, e)


attempt("fine", ("LOAD_FAST", 0))
attempt("empty stack", ("POP_TOP", 0))
attempt("NULL returned", ("PUSH_NULL", 0))
attempt("append to no list", ("LOAD_FAST", 0), ("LOAD_FAST", 1), ("LIST_APPEND", 1), ("LOAD_CONST", 0))
attempt("add to no set", ("BUILD_LIST", 0), ("LOAD_FAST", 1), ("SET_ADD", 1))
attempt("no exception", ("LOAD_FAST", 0), ("PUSH_EXC_INFO", 0), ("POP_TOP", 0), ("POP_EXCEPT", 0), ("LOAD_CONST", 0))
attempt("nothing to restore", ("LOAD_FAST", 0), ("POP_EXCEPT", 0), ("LOAD_CONST", 0))
attempt("raised again", ("LOAD_CONST", 0), ("RERAISE", 0), ("LOAD_CONST", 0))
attempt("defaults", ("LOAD_FAST", 0), ("LOAD_CONST", 3), ("MAKE_FUNCTION", 1))
attempt("closure", ("BUILD_TUPLE", 0), ("LOAD_CONST", 3), ("MAKE_FUNCTION", 8))
attempt("no code", ("LOAD_FAST", 0), ("MAKE_FUNCTION", 0))
attempt("keys", ("LOAD_FAST", 0), ("LOAD_FAST", 1), ("MATCH_KEYS", 0))
attempt("yield in a function", ("LOAD_FAST", 0), ("YIELD_VALUE", 0), ("RESUME", 1))
attempt("late generator", ("RETURN_GENERATOR", 0), ("POP_TOP", 0), ("LOAD_FAST", 0))
attempt("late cell", ("MAKE_CELL", 0), ("LOAD_FAST", 0))
attempt("variable", ("LOAD_FAST", 2))
attempt("constant", ("LOAD_CONST", 4))
attempt("name", ("LOAD_NAME", 1))
attempt("into a cache", ("LOAD_FAST", 0), ("JUMP_FORWARD", 1), ("LOAD_ATTR", 0))
attempt("out of the code", ("JUMP_FORWARD", 9), ("LOAD_FAST", 0))
attempt("depths that differ", ("LOAD_FAST", 0), ("POP_JUMP_FORWARD_IF_TRUE", 1), ("LOAD_FAST", 0), ("LOAD_FAST", 1))
attempt("two kinds", ("LOAD_FAST", 0), ("POP_JUMP_FORWARD_IF_TRUE", 2), ("BUILD_LIST", 0), ("JUMP_FORWARD", 1), ("LOAD_FAST", 0),
        ("LOAD_FAST", 1), ("LIST_APPEND", 1))
attempt("no PRECALL", ("PUSH_NULL", 0), ("LOAD_FAST", 0), ("CALL", 0))
attempt("keywords without call", ("KW_NAMES", 2), ("LOAD_FAST", 0))
attempt("call without NULL", ("LOAD_FAST", 0), ("LOAD_FAST", 0), ("LOAD_CONST", 2), ("CALL_FUNCTION_EX", 0))
attempt("free variable not copied", ("LOAD_FAST", 0), co_freevars=("x",))
attempt("handler's stack", ("LOAD_FAST", 0), ("LOAD_FAST", 1), ("BINARY_OP", 0), co_exceptiontable=bytes((128 | 3, 2, 1, 4)))
attempt("handler in an instruction", ("LOAD_FAST", 0), ("LOAD_FAST", 1), ("BINARY_OP", 0),
        co_exceptiontable=bytes((128 | 1, 1, 4, 0)))
attempt("deep", *[("LOAD_FAST", 0)] * 9)
try:
    exec(template.__code__.replace(co_stacksize=2 ** 31 - 1, co_argcount=0))
except Exception as e:
    print(type(e).__name__, e)
