"""Claims of the fourth text: memory management, how code runs, bytecode, the virtual machine, arguments."""
from rows import bare, both, claim, native, own, picture, sample, same

ROWS = [
    claim("D01", "memory management is automatic", sample("d03")),
    claim("D02", "mechanism 1: reference counting", sample("d03"), same("D06")),
    claim("D03", "mechanism 2: a garbage collector", sample("d04")),
    claim("D04", "mechanism 3: pools and rent (object pooling): the word meant is arena; free lists of whole objects are another thing",
          sample("d12"), sample("d21")),
    claim("D05", "mechanism 4: small objects are merged and used again", sample("d06"), sample("28c")),
    claim("D06", "each object counts its references, one more for each new one", sample("d03"), both("""
x = []
count = sys.getrefcount(x)
y = x
assert sys.getrefcount(x) == count + 1
""")),
    claim("D07", "one less when a reference goes", both("""
x = []
y = x
count = sys.getrefcount(x)
del y
assert sys.getrefcount(x) == count - 1
""")),
    claim("D08", "at zero the object is deleted", sample("d03"), sample("24"), same("C095")),
    claim("D09", "counting cannot handle cycles", sample("d04"), both("""
gc.disable()
class Node: pass
n = Node()
n.me, gone = n, weakref.ref(n)
del n
assert gone() is not None
gc.collect()
assert gone() is None
"""), picture("P36")),
    claim("D10", "the gc module finds cycles", sample("d04"), sample("d05"), both("""
assert len([n for n in dir(gc) if n[0] != "_"]) == 25
a = []
a.append(a)
del a
assert gc.collect() >= 1
""")),
    claim("D11", "pools and arenas serve small objects", sample("d12")),
    claim("D12", "that avoids fragmentation: it reduces it", same("C116"), same("C128"), picture("P03")),
    claim("D13", "that avoids frequent malloc and free", same("C115")),
    claim("D14", "objects up to 512 bytes come from pools", sample("d12"), same("C151")),
    claim("D15", "larger ones come from malloc", sample("d12"), same("C151")),
    claim("D16", "unused memory does not go back at once: while an arena holds a block", bare("""
kept = [bytes(100) for _ in range(200000)]
few = kept[::1000]
most = status("VmRSS")
del kept
assert status("VmRSS") > most * 0.6 and figure(r"(\\d+) unused pools") > 50
del few
gc.collect()
assert status("VmRSS") < most * 0.6
""")),
    claim("D17", "immutable objects are often used again", sample("d06")),
    claim("D18", "conclusion 1: nothing is freed by hand", sample("d03")),
    claim("D19", "conclusion 2: counting is the main means and does not solve cycles", sample("d04"), same("D09")),
    claim("D20", "conclusion 3: the collector has generations", sample("d05"), both("""
assert gc.get_threshold() == (700, 10, 10) and len(gc.get_count()) == len(gc.get_stats()) == 3
""")),
    claim("D21", "conclusion 4: pools optimise small objects and prevent fragmentation", same("D12")),
    claim("D22", "conclusion 5: caching is fast but not always obvious", sample("27"), sample("28c")),
    claim("D23", "four stages: start, compile, execute, manage memory: the last is during the third", sample("d07"), both("""
steps = []
tree = compile("a = [1]", "s", "exec", __import__("ast").PyCF_ONLY_AST)
code = compile(tree, "s", "exec")
before = sys.getallocatedblocks()
exec(code, {"__builtins__": {}})
assert type(code).__name__ == "code" and "STORE_NAME" in opnames(code)
"""), picture("P22")),
    claim("D24", "the system makes a process", both("""
assert os.getpid() > 1 and run("-c", "import os; print(os.getpid())")[0].strip() != str(os.getpid())
""")),
    claim("D25", "the interpreter is loaded and reads the file", sample("39")),
    claim("D26", "without arguments it prompts", sample("d20"), both("""
assert run("-i", "-q", text="1+1\\n_+1\\n")[0].split() == ["2", "3"]
""")),
    claim("D27", "code is compiled to bytecode first", sample("d07")),
    claim("D28", "the file's syntax is analysed", sample("d07"), both("""
try:
    compile("f(", "s", "exec")
    raise AssertionError
except SyntaxError as error:
    assert error.msg == "'(' was never closed"
""")),
    claim("D29", "it becomes a tree", sample("d07"), both("""
import ast
assert ast.dump(ast.parse("c = a + b").body[0].value) == "BinOp(left=Name(id='a', ctx=Load()), op=Add(), right=Name(id='b', ctx=Load()))"
""")),
    claim("D30", "bytecode is made of it", sample("d07"), both("""
import importlib.util
assert int.from_bytes(importlib.util.MAGIC_NUMBER[:2], "little") == 3495
""")),
    claim("D31", "print(\"Hello, World!\")", sample("39")),
    claim("D32", "its listing: LOAD_GLOBAL, LOAD_CONST, CALL_FUNCTION, POP_TOP: in 3.11 LOAD_NAME, PRECALL and CALL", sample("40")),
    claim("D33", "LOAD_GLOBAL at module level: LOAD_NAME; LOAD_GLOBAL in functions", sample("40"), both("""
assert "LOAD_NAME" in opnames("print(1)") and "LOAD_GLOBAL" not in opnames("print(1)")
assert "LOAD_GLOBAL" in opnames(lambda: print(1))
""")),
    claim("D34", "CALL_FUNCTION 1: PRECALL 1, CALL 1", sample("40"), both("""
assert [(i.opname, i.arg) for i in dis.get_instructions("print(1)") if "CALL" in i.opname] == [("PRECALL", 1), ("CALL", 1)]
""")),
    claim("D35", "the listing has no beginning and no end: RESUME and RETURN_VALUE", sample("40"), both("""
names = opnames(compile("print(1)", "s", "exec"))
assert names[0] == "RESUME" and names[-2:] == ["LOAD_CONST", "RETURN_VALUE"]
""")),
    claim("D36", "bytecode is kept in __pycache__: of imported modules", sample("d08")),
    claim("D37", "py_compile.compile() writes it", sample("41")),
    claim("D38", "dis.dis() shows it", sample("42")),
    claim("D39", "the virtual machine executes it", sample("43")),
    claim("D40", "step by step", both("""
events = []
def trace(frame, event, argument):
    frame.f_trace_opcodes = True
    events.append(event)
    return trace
sys.settrace(trace)
(lambda: 1 + len("ab"))()
sys.settrace(None)
assert events.count("opcode") >= 5
""")),
    claim("D41", "a = 3, b = 5, c = a + b on a stack", sample("43")),
    claim("D42", "its listing has BINARY_ADD: in 3.11 RESUME and BINARY_OP", sample("44"), picture("P23")),
    claim("D43", "each instruction loads to or stores from the stack", sample("44"), both("""
depth, deepest = 0, 0
for i in dis.get_instructions("a = 3\\nb = 5\\nc = a + b\\n"):
    depth += dis.stack_effect(i.opcode, i.arg)
    deepest = max(deepest, depth)
assert depth == 0 and deepest == 2 == compile("a = 3\\nb = 5\\nc = a + b\\n", "s", "exec").co_stacksize
"""), picture("P23")),
    claim("D44", "the machine reads instruction by instruction", sample("44"), same("D40")),
    claim("D45", "while it runs, objects are made", sample("18")),
    claim("D46", "memory is managed by counting and the collector", sample("d03"), sample("d04")),
    claim("D47", "globals and locals are in symbol tables: when compiling; locals then are slots", sample("d10")),
    claim("D48", "functions and modules are loaded into a namespace", sample("d09"), sample("d10")),
    claim("D49", "Python compiles before it interprets", sample("d07")),
    claim("D50", "bytecode runs in the machine, which manages stack and memory", same("D43"), own("""
import _see
code = compile("c = 1 + len('ab')", "s", "exec")
exec(code)
assert _see.instructions(code)
"""), picture("P30")),
    claim("D51", "memory is managed by counting and collector", sample("d03")),
    claim("D52", "modules and objects are cached: modules across runs, objects within one", sample("d08"), sample("d09")),
    claim("D53", "two areas: the stack for references, the heap for objects", sample("03"), picture("P20")),
    claim("D54", "numbers, strings, lists, dicts, functions are on the heap", both("""
assert on_heap(10 ** 6 + int("0"), "ab" * 9, [], {}, lambda: 0)
""")),
    claim("D55", "variables are on the stack, values on the heap: local variables", sample("45")),
    claim("D56", "functions and classes are on the heap, references to them on the stack: in the module's dict", sample("10")),
    claim("D57", "globals and modules are in a special area: in dicts on the heap", both("""
assert on_heap(globals(), sys.modules, sys.modules["__main__"])
""")),
    claim("D58", "x = 42, y = x, z = [1, 2, 3]", sample("45"), picture("P24")),
    claim("D59", "the number 42 is made on the heap: it is static", both("""
x = 42
assert is_static(x)
""")),
    claim("D60", "x is on the stack: in the module's dict", sample("45"), same("B16")),
    claim("D61", "y has the same reference", sample("45"), both("""
x = 42
y = x
assert x is y and id(x) == id(y)
""")),
    claim("D62", "the list is on the heap, z on the stack: z is in the module's dict", sample("45"), picture("P24")),
    claim("D63", "arguments are passed by reference, with a nuance: a parameter is a new name", sample("d11"), sample("06"), picture("P25")),
    claim("D64", "immutable arguments: a change makes a new object", sample("d11"), both("""
def f(n):
    before = id(n)
    n += 1
    return before == id(n)
n = 10 ** 6
assert not f(n) and n == 10 ** 6
""")),
    claim("D65", "mutable arguments: a change is seen by the caller", sample("d11"), both("""
def f(items):
    items.append(4)
    items = []
items = [1]
f(items)
assert items == [1, 4]
""")),
    claim("D66", "identifiers and comments may be Russian", sample("44"), both("""
имя = "Питон"
assert имя[0] == "П" and len(имя.encode()) == 10 and "имя" in globals()
""")),
]
