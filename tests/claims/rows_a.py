"""Claims of the first text: the segments of a process; the call stack and a stack as a data structure."""
from rows import bare, both, claim, native, picture, sample, same

ROWS = [
    claim("A01", "a process is given an address space of its own", both("""
first, second = (run("-c", "import os; x = []; print(os.getpid(), len(open('/proc/self/maps').readlines()))")[0].split() for _ in "ab")
assert first[0] != second[0] and int(first[1]) > 5 and len(maps()) > 5
""")),
    claim("A02", "the address space is divided into segments", both("""
assert is_static(int) and on_heap([])
assert {"text", "rodata"} <= {segment_of(m.low) for m in maps()[:9]}
""")),
    claim("A03", "picture of a process from high to low: kernel, stack, free, heap, data, code: with the mappings between stack and heap", bare("""
order = [mapping("[stack]").low, mapping("[heap]").low, id(int), next(m.low for m in maps() if "x" in m.permissions)]
assert order == sorted(order, reverse=True)
"""), sample("d02"), picture("P01")),
    claim("A04", "kernel space is on top, out of the process's reach", both("""
assert all(m.high <= 1 << 47 for m in maps() if m.name != "[vsyscall]")
""")),
    claim("A05", "the stack lies below the kernel and grows down: the C stack does, Python frames have memory of their own",
          native("11", "two calls put their local at the same address: yes"), bare("""
class Deep:
    def __init__(self, n): self.n = n
    def __repr__(self): return f"{mapping('[stack]').low} {mapping('[stack]').high}" if self.n == 0 else repr(Deep(self.n - 1))
sys.setrecursionlimit(10**5)
stack = mapping("[stack]")
low, high = map(int, repr(Deep(4000)).split())
assert low < stack.low and high == stack.high and stack.high < 1 << 47
"""), picture("P32")),
    claim("A06", "between stack and heap there is free memory: and the region of mappings", bare("""
stack, heap = mapping("[stack]"), mapping("[heap]")
assert stack.low - heap.high > 1 << 40
assert [m for m in maps() if heap.high <= m.low and m.high <= stack.low]
""")),
    claim("A07", "the heap grows up: the break does, by what malloc is asked for; arenas are mapped", bare("""
end = mapping("[heap]").high
kept = [bytes(600) for _ in range(20000)]
assert mapping("[heap]").high > end and segment(kept[-1]) in HEAP
""")),
    claim("A08", "the data segment holds global and static data: of the C program, such as types, None and small ints", both("""
assert is_static(int, None, 42, True, Ellipsis)
""")),
    claim("A09", "the text segment is lowest and holds the machine code", sample("d02"), native("14", "main: code segment", "code < data: 1"), bare("""
executable = [m for m in maps() if m.name == maps()[0].name]
text = next(m for m in executable if "x" in m.permissions)
assert text.low < id(int) < mapping("[heap]").low
""")),
    claim("A10", "high addresses are drawn at the top, low ones at the bottom", bare("""
order = [mapping("[stack]").low, mapping("[heap]").low, id(int)]
assert order == sorted(order, reverse=True)
"""), picture("P01")),
    claim("A11", "the code segment holds the compiled program", native("14", "main: code segment")),
    claim("A12", "the code segment holds interpreter and bytecode: the interpreter only; bytecode is data in code objects", both("""
import abc
f = lambda: 0
assert on_heap(f.__code__, f.__code__.co_code)
assert segment(abc.abstractmethod.__code__) in ("data", *HEAP)
""")),
    claim("A13", "the code segment is read only: nothing mapped is writable and executable", both("""
assert not [m for m in maps() if "w" in m.permissions and "x" in m.permissions]
""")),
    claim("A14", "the data segment holds global variables: those of C; a module's are in a dict on the heap", both("""
total = []
assert on_heap(globals(), total) and globals()["total"] is total
""")),
    claim("A15", "the data segment has two parts, initialised and not", native("14", ".data: data segment", ".bss: data segment"), both("""
sections = subprocess.run(["readelf", "-SW", os.path.realpath(sys.executable)], capture_output=True, text=True).stdout
assert re.search(r" \\.data +PROGBITS", sections) and re.search(r" \\.bss +NOBITS", sections)
""")),
    claim("A16", "heap memory is allocated while the program runs", both("""
before = sys.getallocatedblocks()
kept = [object() for _ in range(1000)]
assert sys.getallocatedblocks() - before >= 1000
del kept
assert sys.getallocatedblocks() - before < 100
""")),
    claim("A17", "all objects are on the heap: those that a program makes; static ones are in the data segment", both("""
C = type("C", (), {})
assert on_heap([], {}, 10**9 + int("1"), C, C(), lambda: 0, "ab" * 9)
assert is_static(int, None, True, ..., (), -5, 256)
"""), both("""
assert is_static("", b"", "a", chr(255))
""")),
    claim("A18", "a collector or the program itself manages the heap", sample("d03"), sample("d04")),
    claim("A19", "the stack holds the frames of calls", sample("d14"), picture("P27")),
    claim("A20", "a frame holds locals, arguments and where to return to", sample("49"), both("""
frame = (lambda a, b=2: sys._getframe())(1)
assert frame.f_locals == {"a": 1, "b": 2} and frame.f_lasti > 0
assert (lambda: sys._getframe().f_back)() is sys._getframe()
""")),
    claim("A21", "leaving a function cleans its part of the stack", both("""
C = type("C", (), {})
def call():
    local = C()
    return weakref.ref(local)
assert call()() is None
""")),
    claim("A22", "each call pushes one frame on the call stack", both("""
import inspect
depth = lambda: len(inspect.stack(0))
assert (lambda: depth())() == depth() + 1
""")),
    claim("A23", "a stack as a data structure is a list or deque on the heap", sample("d01"), both("""
stack = collections.deque()
assert on_heap([1], stack)
stack.append(1), stack.append(2)
assert stack.pop() == 2
""")),
    claim("A24", "the call stack is managed by system and processor: the C stack is; a Python call does not touch it", sample("d16"), picture("P32")),
    claim("A25", "a stack inside a Python program is an ordinary object", same("A23")),
    claim("A26", "the two have only the name in common: pushing on a list is no call, though both are last in, first out", sample("d01")),
    claim("A27", "the two lie in different places", both("""
stack = mapping("[stack]")
assert not stack.low <= id([]) < stack.high
"""), picture("P01")),
    claim("A28", "four segments: code, data, heap, stack, each with what it holds", sample("d02"), bare("""
table = maps()
kinds = {segment_of(m.low, table) for m in table}
assert {"text", "data", "brk", "stack"} <= kinds
"""), picture("P01")),
]
