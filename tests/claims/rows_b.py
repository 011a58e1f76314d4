"""Claims of the second text: Python's memory model in short, stack and heap, two programs."""
from rows import both, claim, native, picture, sample, same

ROWS = [
    claim("B01", "the system gives each program virtual memory", both("""
assert status("VmSize") > status("VmRSS") > 0
""")),
    claim("B02", "virtual memory has four segments: code, global, heap, stack", same("A28"), picture("P01")),
    claim("B03", "the code segment holds machine code", native("14", "main: code segment")),
    claim("B04", "the global segment holds globals and constants: of C; Python's are a dict and tuples on the heap", both("""
code = compile("k = 12345678", "s", "exec")
assert on_heap(code.co_consts, globals()) and 12345678 in code.co_consts
""")),
    claim("B05", "the heap serves dynamic allocation", same("A16")),
    claim("B06", "the stack holds local variables and what a call needs", sample("49")),
    claim("B07", "the stack is last in, first out", both("""
order = []
f = lambda n: (order.append(n), n and f(n - 1), order.append(-n))
f(2)
assert order == [2, 1, 0, 0, -1, -2]
"""), picture("P28")),
    claim("B08", "the latest call is on top and its memory is popped on return", sample("46b"), both("""
depth = lambda: len(list(iter_frames()))
def iter_frames():
    frame = sys._getframe(1)
    while frame:
        yield frame
        frame = frame.f_back
before = depth()
(lambda: [depth(), depth()])()
assert depth() == before
"""), picture("P28")),
    claim("B09", "local variables go on the stack: a slot of the frame holds the reference, captured ones are cells", both("""
f = define("def f():\\n v = 1\\n return v\\n", "f")
assert "STORE_FAST" in opnames(f) and "LOAD_FAST" in opnames(f) and f.__code__.co_nlocals == 1
g = define("def g():\\n v = 1\\n return lambda: v\\n", "g")
assert "MAKE_CELL" in opnames(g) and "STORE_DEREF" in opnames(g)
""")),
    claim("B10", "call information: return address and arguments", sample("49")),
    claim("B11", "parameters are passed in the stack: the first slots of the frame", both("""
f = lambda p, q, *r: 0
assert f.__code__.co_varnames[:f.__code__.co_argcount] == ("p", "q")
""")),
    claim("B12", "stack memory is managed automatically", same("A21")),
    claim("B13", "stack memory is limited: frames by the recursion limit, the C stack by the system", sample("22"),
          native("13", "endless recursion ended by: SIGSEGV"), both("""
import resource
assert sys.getrecursionlimit() == 1000
assert resource.getrlimit(resource.RLIMIT_STACK)[0] != 0
""")),
    claim("B14", "add(10, 20) prints 30", sample("01")),
    claim("B15", "add()'s result is on the stack: its slot is, the int is not", both("""
add = define("def add(a, b):\\n result = a + b\\n return result\\n", "add")
assert add.__code__.co_varnames == ("a", "b", "result")
""")),
    claim("B16", "a module's x is on the stack: it is an entry of the module's dict", both("""
assert opnames("x = 10")[2] == "STORE_NAME"
x = 10
assert globals()["x"] is x and on_heap(globals())
""")),
    claim("B17", "a module's y is on the stack: likewise", both("""
y = 20
assert "y" in globals() and globals()["y"] is y
globals()["y"] = 21
assert y == 21
""")),
    claim("B18", "the parameters of the call are on the stack", sample("01")),
    claim("B19", "the heap is a region for dynamic allocation", sample("d12")),
    claim("B20", "the heap is flexible where the stack is not: an object may outlive its call", sample("14"), sample("d17")),
    claim("B21", "lists, dicts and instances go on the heap", both("""
C = type("C", (), {})
assert on_heap([1], {1: 2}, C())
""")),
    claim("B22", "heap memory is allocated at run time", sample("18")),
    claim("B23", "memory is managed by reference counts and the detection of cycles", sample("d03"), sample("d04"), sample("d05")),
    claim("B24", "the heap grows and shrinks", both("""
kept = [bytes(400) for _ in range(20000)]
most = arenas()
del kept
assert arenas() < most / 2
""")),
    claim("B25", "create_person() prints its dict", sample("02")),
    claim("B26", "the dict is on the heap", both("""
person = {"name": "Alice", "age": 30}
assert on_heap(person)
""")),
    claim("B27", "name = \"Alice\" has its reference on the stack, its value on the heap: the reference is in the module's dict", both("""
name = "Alice"
assert on_heap(name) and globals()["name"] is name
""")),
    claim("B28", "age = 30 has its reference on the stack, its value on the heap: the small int is static", both("""
age = 30
assert is_static(age) and globals()["age"] is age
""")),
    claim("B29", "person has its reference on the stack, the object on the heap: the reference is in the module's dict", both("""
person = {"n": 1}
assert on_heap(person) and globals()["person"] is person
""")),
    claim("B30", "the global segment holds globals, constants, references: the module's dict and co_consts do", both("""
assert type(globals()) is dict
assert 1.5 in compile("1.5", "s", "eval").co_consts
""")),
    claim("B31", "globals are in the global symbol table: at run time in the module's dict", sample("d10"), both("""
assert globals() is sys.modules["__main__"].__dict__
""")),
    claim("B32", "the code segment stores the program's bytecode: code objects on the heap do", both("""
code = compile("1", "s", "eval")
assert on_heap(code, code.co_code)
""")),
]
