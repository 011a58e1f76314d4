"""Claims of the fifth text: the call stack, frames, the memory map of the process, C and Java beside Python."""
from rows import bare, both, claim, listing, native, own, picture, sample, same

ROWS = [
    claim("E01", "the text's arrows and apostrophes are broken: UTF-8 read as Mac Roman", both("""
assert "\\u201a\\u00dc\\u00ed".encode("mac_roman").decode("utf-8") == "\\u2192"
""")),
    claim("E02", "source is compiled into .pyc: of imported modules", sample("d07"), sample("d08")),
    claim("E03", "the virtual machine executes bytecode", sample("43")),
    claim("E04", "each call makes a frame object: only when one is asked for", sample("14"), both("""
count = sys.getallocatedblocks
plain = lambda: (None, count())[1]
asked = lambda: (sys._getframe(), count())[1]
x = plain(); x = asked(); x = plain(); x = plain(); y = asked()
assert y - x == 1
"""), picture("P26")),
    claim("E05", "frames are in a call stack that Python manages", sample("d14")),
    claim("E06", "Python is a C program, so there is a C call stack", both("""
stack = mapping("[stack]")
assert stack.high > stack.low and [m for m in maps() if m.name == os.path.realpath(sys.executable) and "x" in m.permissions]
"""), picture("P32")),
    claim("E07", "a frame object has all that a call needs: it has the frame, which has it", native("04", "text's PyFrameObject: sizeof 40"), sample("49"), picture("P26")),
    claim("E08", "table of its parts: code, locals, globals, builtins, operand stack, back", sample("49"), picture("P26")),
    claim("E09", "f_code: the bytecode: the code object, and more", sample("49")),
    claim("E10", "f_locals: a dict: a copy in functions, to which writing changes nothing", sample("49"), both("""
def f():
    a = 1
    sys._getframe().f_locals["a"] = 2
    return a
assert f() == 1
""")),
    claim("E11", "f_globals", sample("49")),
    claim("E12", "f_builtins", sample("49")),
    claim("E13", "f_stacktop, the operand stack: no attribute", both("""
assert not hasattr(sys._getframe(), "f_stacktop") and (lambda a, b: a + b * 2).__code__.co_stacksize == 3
"""), sample("44"), picture("P23")),
    claim("E14", "f_back: the frame before", sample("d14")),
    claim("E15", "multiply, add, main print 16", sample("46")),
    claim("E16", "picture of the stack at multiply()", sample("46b"), picture("P27")),
    claim("E17", "there: multiply() with a=8, b=2, back to add()", sample("46b")),
    claim("E18", "there: add() with x=5, y=3, sum_=8, back to main()", sample("46b")),
    claim("E19", "there: main() with answer unbound", sample("46b")),
    claim("E20", "there: the module at the bottom", sample("46b")),
    claim("E21", "frames are removed in reverse order", sample("46b"), both("""
order = []
def trace(frame, event, argument):
    if event in ("call", "return"):
        order.append((event, frame.f_code.co_name))
    return trace
def multiply(a, b): return a * b
def add(x, y): return multiply(x + y, 2)
def main(): return add(5, 3)
sys.settrace(trace)
main()
sys.settrace(None)
assert [name for event, name in order] == ["main", "add", "multiply", "multiply", "add", "main"]
"""), picture("P28")),
    claim("E22", "Python protects itself against a stack without end", sample("48")),
    claim("E23", "sys.getrecursionlimit() is 1000", sample("47")),
    claim("E24", "recurse() raises RecursionError", sample("48")),
    claim("E25", "that is Python's limit, not the system's", sample("25b"), same("C090")),
    claim("E26", "the limit prevents an overflow of the C stack: Python calls do not use it; C recursion is bounded by the stack itself", sample("d16"),
          same("C134")),
    claim("E27", "table: Python's call stack beside C's", sample("d16"), native("13", "endless recursion ended by: SIGSEGV"), picture("P29")),
    claim("E28", "managed by: the virtual machine; processor and system", sample("d16"), picture("P29")),
    claim("E29", "data: locals, bytecode, f_back; return address, registers: a frame refers to its code", sample("d14"), listing("on_heap", "push", "pop"), both("""
def f(): return sys._getframe()
assert f().f_code is f.__code__ is f().f_code
"""), picture("P29")),
    claim("E30", "structure: linked frames; one block: frames are both, within a chunk", sample("d14"), both("""
sys.setrecursionlimit(10 ** 6)
size = lambda n: status("VmData") if n == 0 else size(n - 1)
size(10)
first = size(1)
assert size(100000) - first > 100000 * 80 // 1024
"""), picture("P02")),
    claim("E31", "overflow: RecursionError; segmentation fault", sample("48"), native("13", "endless recursion ended by: SIGSEGV (segmentation fault)")),
    claim("E32", "visible to Python: yes, by inspect; no", sample("d13")),
    claim("E33", "picture: interpreter, C stack that runs the loop, Python call stack", sample("49"), sample("46b"), picture("P30")),
    claim("E34", "in it the C stack calls the loop: one C frame for many Python frames", sample("d16"), picture("P30")),
    claim("E35", "in it a list of frame objects: of frames", sample("d14"), same("E04"), picture("P30")),
    claim("E36", "summary: each call makes a frame object with a link back: a frame; the object on demand", sample("d14"), same("E04")),
    claim("E37", "summary: below is a C stack, protected by the limit", sample("d16")),
    claim("E38", "summary: too many frames give RecursionError, not a crash", sample("48"), same("C134")),
    claim("E39", "the system loads a process", both("""
assert os.path.samefile("/proc/self/exe", sys.executable)
""")),
    claim("E40", "it has .text, .data, heap and stack like any other", sample("d02"), native("14", "main: code segment", ".data: data segment", "malloc(16): heap (brk)"), picture("P31")),
    claim("E41", "the interpreter is a C program", both("""
assert open(os.path.realpath(sys.executable), "rb").read(4) == b"\\x7fELF"
""")),
    claim("E42", "process memory = layout of the system + virtual machine + objects", both("""
table, size, parts = maps(), status("VmSize"), collections.Counter()
for m in table:
    if m.name != "[vsyscall]":
        kind = "system" if m.name.startswith("/") and m.name != table[0].name else "machine" if m.name else "objects"
        parts[kind] += m.high - m.low
assert abs(sum(parts.values()) / 1024 - size) < 300 and len(parts) == 3
"""), picture("P31")),
    claim("E43", "picture of the memory map, kernel to libraries: libraries lie between heap and stack", bare("""
library = next(m for m in maps() if "libc.so" in m.name)
assert mapping("[heap]").high < library.low < mapping("[stack]").low
"""), picture("P31")),
    claim("E44", "in it the kernel, protected", same("A04"), picture("P31")),
    claim("E45", "in it .text: the loop and the built-in functions: their objects are on the heap", both("""
assert on_heap(print, len) and [m for m in maps() if m.name == maps()[0].name and m.permissions == "r-xp"]
"""), picture("P31")),
    claim("E46", "in it .data: static C variables", both("""
assert is_static(int, None)
""")),
    claim("E47", "in it .bss", native("14", ".bss: data segment")),
    claim("E48", "in it the heap: objects, classes, what the collector manages", both("""
C = type("C", (), {})
assert on_heap(C, C()) and len(gc.get_objects()) > 100 and gc.is_tracked(C)
"""), picture("P31")),
    claim("E49", "in it a stack for each thread, each C frame with a frame object: one C frame runs many Python frames", sample("d15"), sample("d16")),
    claim("E50", "in it the libraries, the standard library too: that one is Python, its code objects are on the heap", both("""
assert [m for m in maps() if "libc.so" in m.name]
import textwrap
assert on_heap(textwrap.wrap.__code__) and not [m for m in maps() if "textwrap" in m.name]
"""), picture("P31")),
    claim("E51", "a Python call uses two stacks: a call from Python to Python only the second", sample("d16"), picture("P32")),
    claim("E52", "the first is C's, as the interpreter is written in C", same("E41"), same("E06"), picture("P32")),
    claim("E53", "each call pushes a C frame: not from Python to Python", sample("d16"), picture("P32")),
    claim("E54", "a C function PyEval_EvalFrameEx runs it: the name remains as a function of the C API", both("""
import ctypes
assert ctypes.pythonapi.PyEval_EvalFrameEx and ctypes.pythonapi.PyEval_EvalCode
""")),
    claim("E55", "Python's stack is memory of the heap", same("E30"), sample("d16"), picture("P02")),
    claim("E56", "a frame object has five fields: back, frame, trace, line; the frame itself the others", native("04", "f_back       at  32, 8 bytes"), sample("49")),
    claim("E57", "picture of both stacks", sample("49"), sample("46b"), picture("P32")),
    claim("E58", "in it a=2, b=3, x=10: of another program than the text's", sample("49")),
    claim("E59", "all objects are on the heap: but static ones", sample("03"), same("A17")),
    claim("E60", "managed by counting", sample("d03")),
    claim("E61", "managed by a collector with generations", sample("d05")),
    claim("E62", "allocated by Python's own allocator", sample("d12"), both("""
assert "size classes" in run("-c", "pass", PYTHONMALLOCSTATS="1")[1] and run("-c", "pass")[1] == ""
""")),
    claim("E63", "y keeps the list that x named", sample("50"), picture("P35")),
    claim("E64", "table: memory of C, Java and Python", sample("d04"), native("13", "endless recursion ended by: SIGSEGV"), picture("P33")),
    claim("E65", "code: machine code; bytecode and a JIT; bytecode and a machine", listing("on_stack", "sub rsp,"), both("""
add = define("def add(a, b):\\n c = a + b\\n return c\\n", "add")
assert opnames(add)[1:5] == ["LOAD_FAST", "LOAD_FAST", "BINARY_OP", "STORE_FAST"]
"""), picture("P33")),
    claim("E66", "stack: C's; the JVM's; C's and Python's frames", sample("d16"), native("11", "yes"), picture("P33")),
    claim("E67", "heap: malloc and free; managed; with a collector", native("14", "malloc(16): heap (brk)"), sample("d04"), picture("P33")),
    claim("E68", "collector: none; automatic; counts and cycles", sample("d04"), picture("P33")),
    claim("E69", "interpreter: no; yes; yes", native("14", "main: code segment"), same("D43"), picture("P33")),
    claim("E70", "story: a play within a play", same("E39"), same("E41"), sample("d14"), picture("P34")),
    claim("E71", "the outer theatre is the process", both("""
assert status("Pid") == os.getpid() and status("VmSize") > 0 and len(maps()) > 10
"""), picture("P34")),
    claim("E72", "the inner play is the interpreter, in C", same("E41"), both("""
assert status("Threads") == 1 and sys.version_info[:2] == (3, 11)
"""), picture("P34")),
    claim("E73", "each call writes a page, a frame object on the heap: a frame; an object on demand", same("E04"), picture("P34")),
    claim("E74", "the C stack is the stage manager: one for many pages", sample("d16"), picture("P34"), picture("P32")),
    claim("E75", "old pages are removed by counting and collector", both("""
C = type("C", (), {})
gone = []
def f():
    o = C()
    gone.append(weakref.ref(o))
    frame = sys._getframe()
gc.disable()
f()
assert gone[0]() is not None
gc.collect()
assert gone[0]() is None
""")),
]
