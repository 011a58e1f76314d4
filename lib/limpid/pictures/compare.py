"""Pictures beside C, C++ and Java, and of speed.  What a compiler is needed for is recorded (native.py) and says so."""

import sys
import time

from limpid.pictures import facts, layout, native
from limpid.pictures.canvas import Canvas


def draw_three_values(x=42, y=3.14, z="hello"):
    """P10: the bytes of an int, a float and a str: reference and object here, stack and heap in C++."""
    cpp = {"x": native.SIZES["int"], "y": native.SIZES["double"], "z": native.SIZES["std::string"]}
    rows = [{"name": name, "value": facts.value(o), "slot": 8, "object": facts.size_of(o), "cpp_stack": cpp[name], "cpp_heap": 0}
            for name, o in (("x", x), ("y", y), ("z", z))]
    sums = {key: sum(r[key] for r in rows) for key in ("slot", "object", "cpp_stack", "cpp_heap")}
    python, ratio = sums["slot"] + sums["object"], (sums["slot"] + sums["object"]) / (sums["cpp_stack"] + sums["cpp_heap"])
    canvas = Canvas()
    end = layout.table(canvas, 0, 0, ("", "Python: slot", "Python: object", "C++: stack", "C++: heap"),
                       [(f"{r['name']} = {r['value']}", r["slot"], r["object"], r["cpp_stack"], r["cpp_heap"]) for r in rows]
                       + [("Total", *sums.values())], right=(1, 2, 3, 4))
    canvas.text(0, end, f"Python {python} bytes, C++ {sums['cpp_stack']} bytes ({native.WHERE}), ratio {ratio:.2f}")
    return "three values", {"rows": rows, "sums": sums, "python": python, "ratio": ratio}, canvas


def _loops():
    new, big, n = object, bytes, range(200_000)

    def seed():
        for i in n:
            x = 42

    def empty():
        for i in n:
            pass

    def real(v=1.5):
        for i in n:
            x = v * 2.0

    def items():
        for i in n:
            x = []

    def plain():
        for i in n:
            x = new()

    def large():
        for i in n:
            x = big(600)

    return [("x = 42", seed, "no allocation"), ("empty loop", empty, ""), ("new float", real, "from a pool, or in place"), ("[]", items, "from a pool"),
            ("object()", plain, "a 16-byte block of a pool"), ("bytes(600)", large, "malloc")]


def draw_speed(repeat=3):
    """P13: nanoseconds each of loops that allocate and of some that do not; C++'s as recorded, loops kept by a barrier."""
    rows = [{"what": f"C++ {what} {option}", "ns": ns, "note": "recorded", "live": False} for what, option, ns in native.LOOPS]
    for name, loop, note in _loops():
        best = 1 << 62
        for _ in range(repeat):
            start = time.perf_counter_ns()
            loop()
            best = min(best, time.perf_counter_ns() - start)
        rows.append({"what": f"Python {name}", "ns": best / 200_000, "note": note, "live": True})
    canvas = Canvas()
    canvas.text(0, 0, "nanoseconds each (milliseconds for a million)")
    y = layout.bars(canvas, 0, 1, [(r["what"], r["ns"], f"{r['ns']:.2f}", r["note"]) for r in rows])
    heap, stack = next(r["ns"] for r in rows if "heap" in r["what"]), next(r["ns"] for r in rows if "stack" in r["what"])
    canvas.text(0, y, f"heap / stack in C++, both loops kept: {heap / stack:.0f} times.  25,000 times, as is sometimes said, compares a loop that the")
    canvas.text(0, y + 1, f"compiler has deleted with one that it has not.  {native.WHERE}")
    return "the cost of an allocation", {"rows": rows, "heap_by_stack": heap / stack}, canvas


def draw_instructions():
    """P14: the instructions of an allocation on the stack and of one on the heap, as recorded; the allocating ones are marked."""
    canvas, left, right = Canvas(), native.ON_STACK, native.ON_HEAP
    width = max(map(len, left)) + 22
    canvas.text(0, 0, "512 bytes on the stack", bold=True)
    canvas.text(width, 0, "512 bytes by malloc", bold=True)
    for x, listing, marks in ((0, left, ("sub rsp",)), (width, right, ("malloc", "free"))):
        for y, line in enumerate(listing, 1):
            end = canvas.text(x, y, line)
            if any(m in line for m in marks):
                canvas.arrow((end + 4, y), (end + 1, y))
                canvas.text(end + 6, y, "the allocation" if "sub" in line or "malloc" in line else "and its end")
    canvas.text(0, max(len(left), len(right)) + 1, native.WHERE)
    return "instructions of an allocation", {"on_stack": left, "on_heap": right, "recorded": native.WHERE}, canvas


def draw_traced(most=3):
    """P17: what tracemalloc has: current and peak, and the lines with most.  tracemalloc must have been started."""
    import tracemalloc

    if not tracemalloc.is_tracing():
        raise ValueError("tracemalloc is not tracing: tracemalloc.start() first")
    current, peak = tracemalloc.get_traced_memory()
    rows = []
    for s in tracemalloc.take_snapshot().statistics("lineno"):
        frame = s.traceback[0]
        if not frame.filename.startswith("<frozen limpid") and len(rows) < most:
            rows.append({"file": frame.filename, "line": frame.lineno, "size": s.size, "count": s.count})
    canvas = Canvas()
    canvas.text(0, 0, f"Current: {current / 1e6:.2f} MB   Peak: {peak / 1e6:.2f} MB")
    layout.bars(canvas, 0, 1, [(f"{r['file'].rpartition('/')[2]}:{r['line']}", r["size"], f"{r['size'] / 1024:,.0f} KiB", f"{r['count']:,} blocks of {r['size'] / r['count']:.0f} bytes")
                               for r in rows], room=40)
    return "lines that allocated most", {"current": current, "peak": peak, "rows": rows}, canvas


def draw_python_cpp():
    """P19: Python beside C++: six aspects, each with a figure."""
    import _see

    frame = facts.frames()[0]
    blocks = sum(p[4] for p in _see.pools())
    sizes = {name: facts.size_of(o) for name, o in (("object()", object()), ("float", 1.5), ("int", 42), ('""', ""), ("[]", []))}
    rows = [("Stack", f"references only: {len(frame.slots)} slots here, {8 * len(frame.slots)} bytes", f"values or references: {native.SIZES['int'] + native.SIZES['double'] + native.SIZES['std::string']} bytes for three"),
            ("Heap", f"all objects ({blocks:,} blocks), but static ones", "what is asked for (new): nothing for those three"),
            ("Control", "automatic: freed when the count comes to 0", "end of scope (RAII), new and delete"),
            ("Overhead", ", ".join(f"{k} {v}" for k, v in sizes.items()), f"int {native.SIZES['int']}, double {native.SIZES['double']}; new int: {native.NEW_INT}-byte chunk"),
            ("Speed", "see P13", f"stack {native.LOOPS[0][2]} ns, heap {native.LOOPS[2][2]} ns, recorded"),
            ("Flexibility", 'x = 1; x = "s"; x = [x]', "the type is fixed")]
    canvas = Canvas()
    layout.table(canvas, 0, 0, ("Aspect", "Python (live)", "C++"), rows)
    return "Python and C++", {"rows": [dict(zip(("aspect", "python", "cpp"), r)) for r in rows], "sizes": sizes, "blocks": blocks}, canvas


def draw_cpp_model():
    """P21: where C++ keeps an int, a double, a std::string and a new int, as recorded."""
    canvas, s = Canvas(), native.SIZES
    left = ["int x = 42", f"  [42] ({s['int']} bytes)", "double y = 3.14", f"  [3.14] ({s['double']} bytes)", f'std::string z = "hi" ({s["std::string"]} bytes)',
            f"  [pointer to data: z+{native.STRING['data']}]", "  [size: 2]", f"  [capacity: {native.STRING['capacity']}]", "  [\"hi\\0…\"] inside, no allocation"]
    right = ["new int(42)", "  [42]", f"  {native.NEW_INT} bytes of malloc for {s['int']}"]
    width = max(map(len, left)) + 4
    canvas.box(0, 0, width, len(left) + 2, "STACK", double=True)
    layout.lines(canvas, 2, 1, left)
    canvas.box(width + 5, 0, max(map(len, right)) + 8, len(right) + 2, "HEAP (only if needed)", double=True)
    layout.lines(canvas, width + 7, 1, right)
    canvas.text(0, len(left) + 2, native.WHERE)
    return "C++'s memory model", {"stack": left, "heap": right, "sizes": s, "recorded": native.WHERE}, canvas


def draw_languages():
    """P33: C, Java and Python: six aspects; Python's live, the others as recorded."""
    import dis
    import gc

    frames = facts.frames()
    code = compile("def add(a, b):\n    c = a + b\n    return c\n", "text", "exec").co_consts[0]
    names = [i.opname for i in dis.get_instructions(code) if i.opname not in ("RESUME", "RETURN_VALUE")][:4]
    rows = [("Code execution", f"native: {native.ON_STACK[0]}", f"bytecode → JVM → JIT: {native.JAVA_ADD}", f"bytecode → VM: {' '.join(names)}"),
            ("Stack", "C stack only", "JVM stack: multiply, add, main", f"C stack + frames: {', '.join(f.name for f in frames[:4])}"),
            ("Heap", "malloc/free", "managed", "pools + malloc, counts and collector"), ("GC", "manual (free)", "automatic", f"counts + {len(gc.get_threshold())} generations {gc.get_threshold()}"),
            ("Interpreter?", "no", "yes (and JIT)", "yes"), ("endless recursion", "SIGSEGV", "StackOverflowError", f"RecursionError at {sys.getrecursionlimit()}"),
            ("small ints shared", "no (values)", "Integer -128..127", "-5..256")]
    canvas = Canvas()
    layout.table(canvas, 0, 0, ("Feature", "C", "Java (JVM)", facts.interpreter()), rows)
    return "three languages", {"rows": [dict(zip(("feature", "c", "java", "python"), r)) for r in rows]}, canvas
