"""Claims of the third text, the guide to stack and heap: fundamentals, model, frames, comparison with C++, speed, errors, questions."""
from rows import bare, both, claim, listing, native, own, picture, ratio, sample, same

ROWS = [
    # 1. fundamentals
    claim("C001", "what is on the stack, what on the heap, and how C++ differs", sample("03"), native("05", "Stack: 44 bytes", "Heap: 0 bytes")),
    claim("C002", "contents: fundamentals, model, stack, heap, frames, C++, speed, misconceptions, advanced, questions: rows of all ten", both("""
import rows_c
words = " ".join(row.words for row in rows_c.ROWS)
topics = "stack heap frame C++ int object benchmark misconception interned question recursion tracemalloc closure arena".split()
assert not [t for t in topics if t not in words] and len(rows_c.ROWS) == 184
""")),
    claim("C003", "the stack stores locals (of C++), call information, return addresses, parameters", native("05", "int x: 4 bytes, stack"), sample("49")),
    claim("C004", "the stack is fast: allocation moves a pointer", native("10", "42 42"), same("C125")),
    claim("C005", "the stack frees by itself when the function returns", sample("d17"), same("A21")),
    claim("C006", "the stack is limited, typically to 1 to 8 MB: whatever the system says", both("""
import resource
limit = resource.getrlimit(resource.RLIMIT_STACK)[0]
assert limit == resource.RLIM_INFINITY or limit >= 1 << 20
"""), native("13", "stack limit: ")),
    claim("C007", "last in, first out, like plates", sample("d01"), same("B07"), picture("P28")),
    claim("C008", "picture of the stack of calls A, B, C growing down: the C stack does; Python frames of a chunk go up",
          same("A05"), picture("P02"), picture("P32")),
    claim("C009", "the heap is a region for dynamic allocation", sample("d12")),
    claim("C010", "the heap is for objects whose lifetime is not known ahead", sample("14")),
    claim("C011", "the heap is for data structures of variable size", sample("18")),
    claim("C012", "the heap is for what must outlive a call", sample("d17")),
    claim("C013", "the heap is slower, free space must be found: pools take the head of a list, no search", same("C085"), native("08", "kept heap: "), picture("P16")),
    claim("C014", "the heap is managed by hand or by a collector", sample("d03"), sample("d04")),
    claim("C015", "the heap is limited by memory only: and by address space, rlimits and overcommit", sample("30")),
    claim("C016", "the heap is fragmented: it may have holes", both("""
kept = [bytes(70) for _ in range(4000)]
full = blocks(103)
del kept[::2]
assert blocks(103)[2] - full[2] > 1500 and blocks(103)[0] == full[0]
"""), picture("P03")),
    claim("C017", "picture of the heap: objects and holes in rows", both("""
kept = [bytes(70) for _ in range(4000)]
addresses = sorted(map(id, kept))
del kept[::2]
again = [bytes(70) for _ in range(1000)]
assert sum(id(o) in addresses for o in again) > 900
"""), picture("P03")),
    # 2. Python's model
    claim("C018", "almost everything is on the heap: what a program makes; static objects are the exception", both("""
assert on_heap([], object(), {}, set(), 1.5 * len("ab"))
assert is_static(None, int, 7)
""")),
    claim("C019", "the stack stores references, not objects", sample("05"), sample("06")),
    claim("C020", "almost all objects live on the heap", sample("03")),
    claim("C021", "even ints and small strings are on the heap: -5 to 256 and strings of one latin-1 letter are static", both("""
assert on_heap(257 + int("0"), "ab" + str(1))
assert is_static(42, "a")
""")),
    claim("C022", "function() with x, name, items: the stack holds three references", sample("03"), both("""
f = define("def f():\\n x = 42\\n name = 'Alice'\\n items = [1, 2, 3]\\n return x\\n", "f")
assert f.__code__.co_nlocals == 3 and f.__code__.co_varnames == ("x", "name", "items")
""")),
    claim("C023", "picture of the frame with three pointers and three objects", both("""
def f():
    x, name, items = 42, "Alice", [1, 2, 3]
    found = sys._getframe().f_locals
    return [found[key] is value for key, value in (("x", x), ("name", name), ("items", items))]
assert f() == [True] * 3
"""), picture("P04")),
    claim("C024", "an int 42 has count 1: a static one is shared by the whole process and begins near 10**9", sample("07b"), both("""
assert sys.getrefcount(42) > 999_999_000
""")),
    claim("C025", "the string Alice has count 1: constants hold it too", sample("08b"), both("""
def f():
    name = "Alice"
    return sys.getrefcount(name)
assert f() > 2 and "Alice" in f.__code__.co_consts
""")),
    claim("C026", "the list [1, 2, 3] has count 1, a type and ob_item", both("""
x = [1, 2, 3]
assert sys.getrefcount(x) - 1 == 1 and list.__basicsize__ == 40 and x.__sizeof__() > 40
""")),
    claim("C027", "that frame is on the C call stack: it is in memory of the VM", sample("d16"), picture("P04")),
    claim("C028", "the stack holds pointers, the heap holds objects", sample("05")),
    # 3. what is on the stack
    claim("C029", "sys._getframe() gives the frame of each function", sample("04")),
    claim("C030", "its output names lines 4 and 10: they are 5 and 11", sample("04")),
    claim("C031", "on the stack are pointers to frame objects: to frames; an object is made on demand", sample("d14"), same("E04")),
    claim("C032", "on the stack are return addresses", both("""
def inner(): return sys._getframe().f_back
def outer(): return inner()
caller = outer()
assert caller.f_code.co_name == "outer" and opnames(outer)[[i.offset for i in dis.get_instructions(outer)].index(caller.f_lasti)] in ("CALL", "RETURN_VALUE")
"""), picture("P02"), picture("P32")),
    claim("C033", "on the stack are instruction pointers", both("""
def lasti(): return sys._getframe().f_lasti
offsets = [i.offset for i in dis.get_instructions(lasti)]
assert lasti() in offsets and lasti() > 0
""")),
    claim("C034", "demo()'s x, y, z are pointers only", sample("05")),
    claim("C035", "picture of the slots with their addresses: an address has twelve hexadecimal digits, or lies in the data segment", both("""
x, y, z = 42, "hello", [1]
assert len({id(x), id(y), id(z)}) == 3 and all(0 < id(o) < 1 << 47 for o in (x, y, z))
assert is_static(x) and on_heap(y, z)
"""), picture("P05")),
    claim("C036", "process(x, lst) passes references, not copies", sample("06")),
    claim("C037", "the C stack has C frames, C locals, return addresses, registers", native("01", "&v in stack", "&result in stack"), picture("P32")),
    claim("C038", "PyNumber_Add: v, w and result are on the C stack, the object on the heap", native("01", "&v in stack", "*result in heap")),
    # 4. what is on the heap
    claim("C039", "every object is on the heap: None is static", both("""
assert is_static(None) and on_heap(object())
""")),
    claim("C040", "an int is ob_refcnt, ob_type, ob_size, ob_digit", sample("07"), sample("07b"),
          native("03", "text's PyLongObject: sizeof 32, ob_digit at 24")),
    claim("C041", "ob_size is unsigned: it is signed, -42 has -1", sample("07b")),
    claim("C042", "ob_digit holds the digits, 30 bits each", both("""
assert (sys.int_info.bits_per_digit, sys.int_info.sizeof_digit) == (30, 4)
assert [sys.getsizeof(2 ** n) for n in (0, 29, 30, 59, 60)] == [28, 28, 32, 32, 36]
""")),
    claim("C043", "a str is count, type, length, hash, data: the letters follow the header, there is no data pointer", sample("08"), sample("08b"),
          native("03", "text's PyUnicodeObject: sizeof 40, data at 32")),
    claim("C044", "list, tuple and dict are objects on the heap", sample("09")),
    claim("C045", "functions and classes are objects on the heap", sample("10"), both("""
def f(): pass
class C: pass
assert on_heap(f, C) and is_static(int)
""")),
    claim("C046", "a large list: header, array and ints are on the heap", sample("11"), both("""
assert sys.getsizeof([None] * 1000) - sys.getsizeof([]) == 8000 and on_heap([None] * 1000)
""")),
    claim("C047", "a large string is header and buffer apart: it is one block", sample("11"), bare("""
assert sys.getsizeof("x" * 10000) == 48 + 10001
before = sys.getallocatedblocks()
kept = ["x" * n for n in range(100, 200)]
assert sys.getallocatedblocks() - before <= 105
""")),
    claim("C048", "an object begins with count and type, 8 bytes each", native("02", "ob_refcnt at 0, 8 bytes", "ob_type at 8, 8 bytes", "header 16 bytes"), both("""
assert object.__basicsize__ == 16 == sys.getsizeof(object())
""")),
    claim("C049", "sys.getsizeof(42) is 28 = 8 + 8 + 8 + 4", sample("12"), sample("07"), picture("P08")),
    claim("C050", "an int of C++ takes 4 bytes", native("02", "int x = 42 in C: 4 bytes")),
    # 5. frames
    claim("C051", "a frame's name, file, line, locals and globals", sample("13")),
    claim("C052", "its output: line 5 and <frame object at ...>: line 8 and <frame at ...>", sample("13"), both("""
assert repr(sys._getframe()).startswith("<frame at 0x")
""")),
    claim("C053", "a frame object outlives its call", sample("14")),
    claim("C054", "C++ destroys frames on return", native("11", "two calls put their local at the same address: yes")),
    claim("C055", "func_a, func_b, func_c and traceback.print_stack()", sample("15")),
    claim("C056", "its lines are 15, 3, 7, 11: they are 14, 3, 7, 12", sample("15"), picture("P09")),
    claim("C057", "picture of the frames, module first, current last", both("""
import inspect
def a(): return b()
def b(): return [f.function for f in inspect.stack(0)]
assert a() == ["b", "a", "<module>"]
"""), picture("P09")),
    # 6. comparison with C++
    claim("C058", "the int 42: 28 bytes", sample("16")),
    claim("C059", "the float 3.14: 24 bytes", both("""
assert sys.getsizeof(3.14) == 24 == float.__basicsize__
""")),
    claim("C060", "the string hello: 54 bytes", both("""
assert sys.getsizeof("hello") == 54 == 48 + 5 + 1
""")),
    claim("C061", "three pointers on the stack: 24 bytes", sample("16"), both("""
three = (lambda a, b, c: sys._getframe())(1, 2, 3)
none = (lambda: sys._getframe())()
assert three.__sizeof__() - none.__sizeof__() == 24 and three.f_code.co_nlocals == 3
""")),
    claim("C062", "Python: 24 on the stack, 106 on the heap, 130 in all", sample("16"), both("""
assert 3 * 8 + sum(map(sys.getsizeof, (42, 3.14, "hello"))) == 130
"""), picture("P10")),
    claim("C063", "C++: int 4, double 8, std::string 32, all on the stack", native("05", "int x: 4 bytes, stack", "double y: 8 bytes, stack",
          "std::string z: 32 bytes, stack; its characters: stack")),
    claim("C064", "C++: 44 bytes on the stack, none on the heap", native("05", "Stack: 44 bytes", "Heap: 0 bytes in 0 allocations")),
    claim("C065", "C++: 44 bytes in all", native("05", "Total: 44 bytes"), picture("P10")),
    claim("C066", "C++ is three times more economical for simple values", sample("16"), native("05", "Total: 44 bytes"), both("""
assert 2.9 < (24 + sum(map(sys.getsizeof, (42, 3.14, "hello")))) / 44 < 3
""")),
    claim("C067", "a list of five ints: more than 200 bytes", sample("17")),
    claim("C068", "header 64, array 40, ints 140, total 244: no collector head before a list, so its header is 40; the array has 6 slots", sample("17"), both("""
assert list.__basicsize__ == 40 and [1, 2, 3, 4, 5].__sizeof__() == 40 + 6 * 8 and 5 * sys.getsizeof(1) == 140
assert sys.getsizeof([]) == (40 if LIMPID else 56)
"""), picture("P11")),
    claim("C069", "std::array<int, 5> is on the stack, 20 bytes", native("06", "5 integers contiguous: 20 bytes, stack", "heap allocations: 0")),
    claim("C070", "C++: five ints side by side, 20 bytes", native("06", "20 bytes, stack, last at +16"), picture("P11")),
    claim("C071", "Python uses twelve times more", sample("17"), both("""
x = [1, 2, 3, 4, 5]
assert 11 < (sys.getsizeof(x) + sum(map(sys.getsizeof, x))) / 20 < 13
""")),
    claim("C072", "a thousand appends: all dynamic, all on the heap", sample("18"), both("""
x, sizes = [], set()
for i in range(1000):
    x.append(i)
    sizes.add(x.__sizeof__())
assert 15 < len(sizes) < 40 and on_heap(x, x[999])
"""), picture("P12")),
    claim("C073", "C++: std::array of 1000 on the stack, a vector's elements on the heap", native("07", "stack_arr: 4000 bytes, stack",
          "heap_vec: header 24 bytes, stack; elements 4000 bytes, heap (brk); 1 allocation(s)", "without reserve: 11 allocations")),
    claim("C074", "C++ lets one choose, Python does not", sample("03"), native("07", "stack_arr: 4000 bytes, stack", "elements 4000 bytes, heap")),
    # 7. speed
    claim("C075", "the benchmark's x = 42 allocates, but from a cache: it is a constant, nothing is allocated", sample("19"), both("""
def loop():
    before = sys.getallocatedblocks()
    for i in range(100):
        x = 42
    return sys.getallocatedblocks() - before
assert loop() <= 4 and 42 in loop.__code__.co_consts
""")),
    claim("C076", "it takes 50 to 100 ms: the machine decides", sample("19")),
    claim("C077", "the same benchmark in C++, stack and heap", native("08", "C++ stack: ", "C++ heap: ")),
    claim("C078", "C++: 2 microseconds and 50 ms: an optimised loop beside another that is not", native("08", "C++ stack: ", "kept stack: ")),
    claim("C079", "C++ stack: 2 microseconds: only when the compiler deletes the loop", native("08", "kept stack: ")),
    claim("C080", "the heap is 25,000 times slower: some 10 to 1000 times, loops kept", ratio(5, 2000)),
    claim("C081", "Python takes 50 to 100 ms since all is on the heap: the machine decides", sample("19")),
    claim("C082", "a stack allocation is mov rsp, -8: it is sub rsp, N, one instruction", listing("on_stack", "sub rsp,", without="call")),
    claim("C083", "a heap allocation calls malloc: block, bookkeeping, alignment, perhaps the system", listing("on_heap", "call", "malloc", "free"), picture("P16")),
    claim("C084", "the stack is O(1), a pointer is incremented: the C stack's is decremented", same("C082")),
    claim("C085", "the heap is O(log n) or worse: the head of a free list is taken, whatever the heap holds", both("""
import timeit
few = min(timeit.repeat("bytes(40)", number=20000, repeat=5))
kept = [bytes(40) for _ in range(300000)]
many = min(timeit.repeat("bytes(40)", number=20000, repeat=5))
assert many < few * 5
"""), picture("P16")),
    # 8. misconceptions
    claim("C086", "misconception: small ints are on the stack; they are on the heap: neither, they are static", sample("20"), both("""
assert segment(42) not in ("stack", *HEAP)
""")),
    claim("C087", "the reference is on the stack: a module's is in its dict", sample("20")),
    claim("C088", "proof: 28 bytes, an address on the heap, type int", sample("21"), both("""
assert on_heap([], 10 ** 6 + int("1")) and sys.getsizeof(42) == 28
""")),
    claim("C089", "misconception: Python has no stack; recursive(10000) raises RecursionError", sample("22")),
    claim("C090", "that is a stack overflow: it is the interpreter's own limit", sample("22"), both("""
f = lambda n: 0 if n == 0 else f(n - 1)
assert "maximum recursion depth exceeded" in raises(RecursionError, lambda: f(10000))
sys.setrecursionlimit(20000)
assert f(10000) == 0
"""), picture("P38")),
    claim("C091", "the stack is for frames, return addresses, references of locals", sample("49")),
    claim("C092", "misconception: del frees at once; perhaps: a large list goes back to the system", sample("23"), both("""
big = list(range(3_000_000))
most = status("VmRSS")
del big
assert most - status("VmRSS") > 20_000
""")),
    claim("C093", "del lowers the count; at zero the memory is free: to its pool, or the system", sample("24"), both("""
x = bytes(70)
address = id(x)
del x
assert id(bytes(70)) == address
""")),
    claim("C094", "while the count is above zero nothing is freed", sample("24")),
    claim("C095", "two names for a list: the first del frees nothing", sample("24"), both("""
class List(list): pass
x = List([1])
y, gone = x, weakref.ref(x)
del x
assert gone() is y
del y
assert gone() is None
"""), picture("P35")),
    claim("C096", "misconception: deep_recursion(1000) is fine: it raises, the greatest is 998", sample("25"), sample("25b")),
    claim("C097", "deep_recursion(10000) raises RecursionError", sample("25b")),
    claim("C098", "each call adds a frame", both("""
def depth():
    frame, n = sys._getframe(), 0
    while frame:
        frame, n = frame.f_back, n + 1
    return n
def down(n): return [depth()] + (down(n - 1) if n else [])
found = down(5)
assert [b - a for a, b in zip(found, found[1:])] == [1] * 5
"""), picture("P38")),
    claim("C099", "the recursion limit is 1000", sample("26"), sample("47")),
    claim("C100", "getrecursionlimit and setrecursionlimit", sample("26"), both("""
sys.setrecursionlimit(10000)
assert sys.getrecursionlimit() == 10000 and raises(ValueError, lambda: sys.setrecursionlimit(0))
""")),
    # 9. advanced
    claim("C101", "ints from -5 to 256 are cached", sample("27c")),
    claim("C102", "a = 100, b = 100: the same object", sample("27"), sample("27b")),
    claim("C103", "a = 1000, b = 1000: different objects: at a prompt; one code object has one constant", sample("27"), sample("27b")),
    claim("C104", "small ints are cached because they are frequent", sample("27c"), both("""
functions = [f for m in list(sys.modules.values()) for f in vars(m).values() if type(f) is type(lambda: 0)]
numbers = [c for f in functions for c in f.__code__.co_consts if type(c) is int]
assert sum(-5 <= c <= 256 for c in numbers) > 0.75 * len(numbers) > 50
""")),
    claim("C105", "some strings are interned: names, and constants that look like names", sample("28c")),
    claim("C106", "\"hello\" is \"hello\": interned", sample("28"), sample("28b")),
    claim("C107", "\"hello world!\" is \"hello world!\": not interned, so False: at a prompt; a script has one constant", sample("28"), sample("28b")),
    claim("C108", "sys.intern gives one object for equal strings", sample("28"), both("""
a, b = (sys.intern("hello " + word) for word in ("world!", "world!"))
assert a is b and "hello " + "".join(["world!"]) is not a
""")),
    claim("C109", "pools serve less than 512 bytes: 512 too", sample("d12"), same("C151")),
    claim("C110", "an arena is 256 KB: it is on Limpid; 1 MiB in 3.11", both("""
assert ARENA == (262144 if LIMPID else 1048576) and f"{ARENA} bytes/arena" in statistics()
""")),
    claim("C111", "a pool is 4 KB: it is on Limpid; 16 KiB in 3.11", both("""
assert POOL == (4096 if LIMPID else 16384) and f"pools * {POOL} bytes" in statistics()
""")),
    claim("C112", "there are pools of 8-byte blocks: 16 bytes is the smallest, as an object's header needs them", both("""
assert min(classes()) == 16
assert f"in {63 if LIMPID else 32} size classes" in statistics() and not any(size % (8 if LIMPID else 16) for size in classes())
""")),
    claim("C113", "there are pools of 16-byte blocks", both("""
kept = [object() for _ in range(5000)]
pools, used, free = classes()[16]
assert (used + free) // pools == (POOL - POOL_HEADER) // 16
""")),
    claim("C114", "picture of arena, pools and blocks as a tree", both("""
table = classes()
assert sum(pools for pools, used, free in table.values()) * POOL < arenas() * ARENA
assert all(used + free == 0 or pools * POOL >= (used + free) * size for size, (pools, used, free) in table.items())
"""), picture("P15")),
    claim("C115", "pools save a call of malloc", sample("d12"), bare("""
kept = [None] * 20000
end = mapping("[heap]").high
for i in range(20000):
    kept[i] = bytes(100)
assert mapping("[heap]").high == end
"""), picture("P16")),
    claim("C116", "pools reduce fragmentation: what is lost is counted", both("""
text = statistics()
lost = [figure(rf"# {what} += +([\\d,]+)", text) for what in ("bytes lost to quantization", "bytes in available blocks", "bytes lost to pool headers")]
assert all(lost) and sum(lost) < figure(r"bytes/arena += +([\\d,]+)", text)
""")),
    claim("C117", "pools keep blocks of a size together", both("""
kept = [object() for _ in range(2000)]
at = sorted(map(id, kept))
apart = sorted(b - a for a, b in zip(at, at[1:]))
assert apart[len(apart) // 2] == 16
""")),
    claim("C118", "infinite recursion raises RecursionError", sample("29")),
    claim("C119", "a list that grows without end raises MemoryError", sample("30")),
    claim("C120", "tracemalloc gives current and peak", sample("31"), both("""
import tracemalloc
tracemalloc.start()
kept = bytes(10 ** 6)
current, peak = tracemalloc.get_traced_memory()
assert 10 ** 6 < current <= peak < 2 * 10 ** 6
tracemalloc.stop()
assert tracemalloc.get_traced_memory() == (0, 0)
""")),
    claim("C121", "a snapshot of tracemalloc has statistics by line", sample("31"), picture("P17")),
    claim("C122", "tracemalloc.stop() ends the tracking", both("""
import tracemalloc
tracemalloc.start()
assert tracemalloc.is_tracing()
tracemalloc.stop()
assert not tracemalloc.is_tracing()
""")),
    # 10. questions
    claim("C123", "question 1: frames and references on the stack, objects on the heap", sample("32")),
    claim("C124", "this makes dynamic types and counting uniform, and costs memory", both("""
values = (1, "", [], None, print, int)
assert all(sys.getrefcount(o) > 0 and type(o).__basicsize__ >= 16 for o in values)
""")),
    claim("C125", "question 2: a stack allocation moves a pointer, one instruction", listing("on_stack", "sub rsp,", without="call")),
    claim("C126", "heap allocation 1: search for a block: pools do not search", both("""
kept = [bytes(70) for _ in range(1000)]
address = id(kept.pop())
assert id(bytes(70)) == address
"""), picture("P16")),
    claim("C127", "heap allocation 2: update the bookkeeping", both("""
before = blocks(103)
kept = [bytes(70) for _ in range(500)]
after = blocks(103)
assert after[1] - before[1] >= 500 and 0.8 * POOL < 104 * (after[1] + after[2]) / after[0] <= POOL
"""), picture("P16")),
    claim("C128", "heap allocation 3: merge or split blocks: pools never do; a pool has one size", both("""
kept = [bytes(70) for _ in range(500)]
address = {id(o) & ~(POOL - 1) for o in kept}
del kept
other = [bytes(300) for _ in range(20)]
again = [bytes(70) for _ in range(500)]
pools = {id(o) & ~(POOL - 1) for o in other} & {id(o) & ~(POOL - 1) for o in again}
assert not pools
"""), picture("P16")),
    claim("C129", "heap allocation 4: ask the system for more: a new arena", both("""
before, mapped = arenas(), anonymous()
kept = [bytes(100) for _ in range(100000)]
more = arenas() - before
assert more > 5 and anonymous() - mapped >= more * ARENA * 0.9
""")),
    claim("C130", "measured: 25,000 times faster", same("C080")),
    claim("C131", "pools cannot be switched off: PYTHONMALLOC does in 3.11; Limpid accepts its values and keeps its pools", both("""
assert [run("-c", "print(1)", PYTHONMALLOC=kind) for kind in ("malloc", "pymalloc", "debug")] == [("1\\n", "")] * 3
assert "unknown allocator" in run("-c", "print(1)", PYTHONMALLOC="nonsense")[1]
""")),
    claim("C132", "question 3: recursive(1000000) raises RecursionError", sample("33")),
    claim("C133", "the limit is 1000 and can be set", sample("26")),
    claim("C134", "the limit protects the C stack: Python calls need none; what recurses through C is bounded too", sample("d16"), both("""
sys.setrecursionlimit(10 ** 7)
f = lambda n: 0 if n == 0 else f(n - 1)
assert f(300000) == 0
"""), own("""
class Deep:
    def __repr__(self): return repr(self)
sys.setrecursionlimit(10 ** 7)
assert raises(RecursionError, lambda: repr(Deep()))
""")),
    claim("C135", "many objects do not overflow the stack: freeing a deep nest does not recurse", sample("30"), both("""
nest = []
for _ in range(1000000):
    nest = [nest]
del nest
""")),
    claim("C136", "question 4: -5 to 256 are made once and shared", sample("27c")),
    claim("C137", "100 is 100, 1000 is not 1000: at a prompt", sample("34"), sample("34b")),
    claim("C138", "that saves memory and time", both("""
before = sys.getallocatedblocks()
kept = [int("7") for _ in range(1000)]
assert sys.getallocatedblocks() - before < 100
kept = [int("7777") for _ in range(1000)]
assert sys.getallocatedblocks() - before > 1000
""")),
    claim("C139", "the cached ints are made at start and stay: they are part of the program's data, 32 bytes apart", both("""
assert is_static(*range(-5, 257)) and not is_static(257 + int("0"))
small = [int(c) for c in "012345678"]
assert {id(b) - id(a) for a, b in zip(small, small[1:])} == {32}
""")),
    claim("C140", "the cache is like interning, but automatic", sample("28c")),
    claim("C141", "question 5: an object's overhead is its header: 28 bytes for 42", sample("35")),
    claim("C142", "8 for the count, 8 for the type, 8 for the size, 4 a digit", sample("07")),
    claim("C143", "an int of C++ is 4 bytes", native("02", "header 16 bytes; int x = 42 in C: 4 bytes")),
    claim("C144", "numbers without wrappers: array and buffers", sample("d19")),
    claim("C145", "question 6: pools are for less than 512 bytes: 512 too", sample("d12"), same("C151")),
    claim("C146", "arenas are 256 KB pieces from the system", sample("d12"), same("C110")),
    claim("C147", "pools are 4 KB pieces of arenas", sample("d12"), same("C111")),
    claim("C148", "blocks are the fixed-size pieces of a pool", sample("d12"), same("C113"), picture("P03")),
    claim("C149", "a small object takes a block of a pool that fits; no malloc", same("C127"), same("C115"), picture("P16")),
    claim("C150", "so it is faster than malloc, less fragmented, more local", same("C117"), both("""
import timeit
small = min(timeit.repeat("bytes(100)", number=50000, repeat=5))
large = min(timeit.repeat("bytes(100000)", number=500, repeat=5)) * 100
assert small < large
"""), picture("P13")),
    claim("C151", "from 512 bytes on the system allocator serves: from 513 on", sample("d12"), both("""
def pooled(n):
    before = sum(used for pools, used, free in classes().values())
    kept = [bytes(n - 33) for _ in range(1000)]
    return sum(used for pools, used, free in classes().values()) - before > 900
assert pooled(512) and not pooled(513)
""")),
    claim("C152", "two tiers: fast for the small, simple for the large", same("C151"), picture("P16")),
    claim("C153", "question 7: closures keep objects alive", sample("36"), both("""
make = define("def make():\\n count = 0\\n def add():\\n  nonlocal count\\n  count += 1\\n  return count\\n return add\\n", "make")
assert {"MAKE_CELL", "LOAD_CLOSURE"} <= set(opnames(make)) and {"LOAD_DEREF", "STORE_DEREF", "COPY_FREE_VARS"} <= set(opnames(make()))
"""), picture("P18")),
    claim("C154", "count = 0 would be freed on return: the 0 is static, the cell is kept", sample("d17")),
    claim("C155", "the closure holds a reference to what it captured", sample("d17")),
    claim("C156", "__closure__ shows cells", sample("37")),
    claim("C157", "closures can leak: a holder can be found", sample("d17"), both("""
big = [1]
f = (lambda b: (lambda: b))(big)
assert any(type(r).__name__ == "cell" for r in gc.get_referrers(big))
""")),
    claim("C158", "question 8: a million ints: 64 bytes, 8 MB, 28 MB: by getsizeof 36.4 MB, by blocks 40 MB", sample("38"), bare("""
before = status("VmRSS")
numbers = [i for i in range(1_000_000)]
grown = status("VmRSS") - before
assert 36_000 < (sys.getsizeof(numbers) + sum(map(sys.getsizeof, numbers))) / 1000 < 37_000 and 38_000 < grown < 44_000
""")),
    claim("C159", "std::vector of a million: 24 bytes and 4 MB", native("09", "Vector object: 24 bytes", "Integer array: 4000000 bytes in 1 allocation")),
    claim("C160", "Python uses nine times more", sample("38"), sample("d19")),
    claim("C161", "for every int is an object, a list holds pointers, all on the heap", both("""
x = [10 ** 6 + i for i in range(5)]
assert on_heap(x, *x) and len(set(map(id, x))) == 5 and x.__sizeof__() < sum(map(sys.getsizeof, x))
"""), picture("P11")),
    claim("C162", "arrays of plain numbers match C++", sample("d19")),
    # summary
    claim("C163", "summary: the stack has references and frames", sample("03")),
    claim("C164", "summary: the heap has all objects: but static ones", sample("03"), same("A17")),
    claim("C165", "summary: everything is an object", both("""
assert all(isinstance(o, object) for o in (1, int, len, None, sys)) and (5).bit_length() == 3
""")),
    claim("C166", "summary: counts decide how long an object lives", sample("d03")),
    claim("C167", "summary: the collector handles cycles", sample("d04")),
    claim("C168", "at least 28 bytes an object: 16 at least, 28 for an int", sample("d18")),
    claim("C169", "allocation is slower than on the stack: about as much as the loop around it costs", both("""
import timeit
loop = min(timeit.repeat("x = 42", number=200000, repeat=5))
new = min(timeit.repeat("object()", number=200000, repeat=5))
assert loop < new < 40 * loop
"""), picture("P13")),
    claim("C170", "pools optimise small objects", sample("d12")),
    claim("C171", "small ints and strings are shared", sample("d06")),
    claim("C172", "table: stack: references in Python, values or references in C++", sample("05"), native("12", "int x = 42 (4 bytes), stack"), picture("P19")),
    claim("C173", "table: heap: all objects in Python, explicit in C++", same("A17"), native("12", "new int(42): [42], heap"), picture("P19")),
    claim("C174", "table: control: automatic in Python, by scope or hand in C++", same("C095"), native("11", "yes"), picture("P19")),
    claim("C175", "table: overhead: 28 bytes and more in Python, 0 to 8 in C++: a new int takes a 32-byte chunk", sample("d18"),
          native("12", "usable 24 bytes of a 32-byte malloc chunk for 4"), picture("P19")),
    claim("C176", "table: speed: Python slower, C++ faster", native("08", "kept heap: "), same("C080"), picture("P13")),
    claim("C177", "table: flexibility: high in Python", both("""
x = 1
x = "s"
x = [x]
assert x == ["s"] and type(x) is list
""")),
    claim("C178", "picture of Python's memory: small stack, large heap, arrows", same("C023"), same("C018"), picture("P20")),
    claim("C179", "its stack box holds return addresses and instruction pointers too", same("C032"), same("C033"), picture("P20")),
    claim("C180", "picture of C++'s memory: values on the stack, new int on the heap", native("12", "int x = 42 (4 bytes), stack", "double y = 3.14 (8 bytes), stack",
          "new int(42): [42], heap"), picture("P21")),
    claim("C181", "std::string z: pointer, size 2, capacity 15, letters inside", native("12", "[ptr to data: z+16] [size: 2] [capacity: 15] (SSO: stack)")),
    claim("C182", "Python's stack is small, its heap large", both("""
stack = mapping("[stack]")
f = lambda n: mapping("[stack]") if n == 0 else f(n - 1)
assert f(500).high - f(500).low <= stack.high - stack.low + 65536
assert arenas() * ARENA > stack.high - stack.low
"""), picture("P20")),
    claim("C183", "links to the documentation: the names of the C API's memory functions exist", own("""
import ground
house = os.path.join(os.path.dirname(ground.__file__), "..", "..")
header = open(os.path.join(house, "include", "pymem.h")).read()
assert "PyMem_Malloc" in header and "PyMem_RawMalloc" in header
""")),
    claim("C184", "the stack is for references, the heap for objects", sample("03")),
]
