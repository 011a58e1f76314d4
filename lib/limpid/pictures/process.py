"""Pictures of the whole process: the address space, both stacks, the memory map."""

from limpid import _text
from limpid.pictures import facts, layout
from limpid.pictures.canvas import Canvas

_KINDS = {"text": "Code segment: .text", "rodata": "Code segment: .rodata", "relro": "Data segment: .relro", "data": "Data segment: .data",
          "bss": "Data segment: .bss", "heap": "Heap (malloc, brk) ↑"}
_FOUR = {"code": ("text", "rodata"), "global": ("data", "bss", "relro"), "heap": ("heap", "arena", "large", "malloc", "malloc reserve"), "stack": ("stack", "guard")}


def draw_address_space(*objects, four=False):
    """P01: the address space, high addresses on top: kernel, stack, mappings, heap, data, code, with range and size; objects are marked at
    their place.  four: the short form: code, global, heap, stack."""
    places = facts.Places()
    regions, canvas = [r for r in places.regions if r.low < 1 << 47], Canvas()
    marks = [(id(o), f"{facts.type_name(o)} {facts.value(o, 20)} at {id(o):#x}") for o in objects]
    if four:
        return _four(canvas, regions, marks)
    main = next(r for r in reversed(regions) if r.kind == "stack")
    sections, between = [], []
    for r in regions:
        if r.kind in _KINDS:
            if sections and sections[-1]["kind"] == r.kind and sections[-1]["high"] == r.low:
                sections[-1]["high"] = r.high
                sections[-1]["size"] += r.size
            else:
                sections.append({"kind": r.kind, "title": _KINDS[r.kind], "low": r.low, "high": r.high, "size": r.size, "notes": []})
        elif r is not main:
            between.append(r)
    if between:
        kinds = {}
        for r in between:
            kinds[_group(r.kind)] = kinds.get(_group(r.kind), 0) + r.size
        sections.append({"kind": "mappings", "title": "Mappings", "low": between[0].low, "high": between[-1].high, "size": sum(r.size for r in between),
                         "notes": [f"  {kind}: {_text.kib(size)}" for kind, size in kinds.items()], "parts": kinds})
    sections.append({"kind": "stack", "title": "Stack (C stack, main thread) ↓", "low": main.low, "high": main.high, "size": main.size, "notes": [main.holds] if main.holds else []})
    sections.sort(key=lambda s: -s["low"])
    for address, text in marks:
        home = next((s for s in sections if s["low"] <= address < s["high"]), None)
        if home:
            home["notes"].append("  ● " + text)
    boxes, above = [["Kernel space              0xffff800000000000 and up      not mapped for the process"]], 1 << 47
    for s in sections:
        if s["high"] < above:
            boxes.append([f"(free)                    {_text.size(above - s['high'])}"])
        boxes.append([f"{s['title']:25} {s['low']:#x}-{s['high']:#x}  {_text.kib(s['size'])}", *s["notes"]])
        above = s["low"]
    canvas.text(0, 0, "High addresses")
    _, _, y = layout.stacked(canvas, 0, 1, boxes)
    canvas.text(0, y, "Low addresses")
    total = sum(s["size"] for s in sections)
    return "the address space of the process", {"axis": "high addresses on top", "sections": sections, "mapped": total, "vm_size": places.map.mapped,
                                                "kernel": places.map.kernel, "marks": [{"address": a, "text": t} for a, t in marks]}, canvas


def _group(kind):
    return {"arena": "arenas", "large": "large blocks", "stack": "stacks of threads", "guard": "stacks of threads", "observer": "the observer", "file": "mapped files",
            "vdso": "vdso, vvar"}.get(kind, "shared libraries" if kind.startswith("library") else "other mappings")


def _four(canvas, regions, marks):
    sizes = {name: sum(r.size for r in regions if r.kind in kinds) for name, kinds in _FOUR.items()}
    boxes = [[f"{name} segment: {_text.kib(sizes[name])}", f"  {', '.join(kinds[:4])}"]
             + [f"  ● {text}" for address, text in marks if any(r.low <= address < r.high and r.kind in kinds for r in regions)]
             for name, kinds in reversed(list(_FOUR.items()))]
    layout.stacked(canvas, 0, 0, boxes)
    return "the four segments", {"axis": "high addresses on top", "segments": sizes, "marks": [{"address": a, "text": t} for a, t in marks]}, canvas


def draw_memory_map():
    """P31: the memory map in boxes with what is inside, and the sum: system and libraries + virtual machine + objects = mapped."""
    import gc
    import os
    import sys
    import _see

    places, canvas = facts.Places(), Canvas()
    m, regions = places.map, [r for r in places.regions if r.low < 1 << 47]
    size = {}
    for r in regions:
        kind = r.kind.split()[0]
        size[kind] = size.get(kind, 0) + r.size
    pools = _see.pools()
    blocks = sum(p[4] for p in pools) + len(m.large)
    tracked = {}
    for o in gc.get_objects():
        name = facts.type_name(o)
        tracked[name] = tracked.get(name, 0) + 1
    libraries = sorted({r.file.rpartition("/")[2] for r in regions if r.kind.startswith("library")})
    frames = sum(c.in_use for t in m.threads for c in t.chunks)
    rounds = [s["collections"] for s in gc.get_stats()]
    most = ", ".join(f"{name} {n:,}" for name, n in sorted(tracked.items(), key=lambda row: -row[1])[:4])
    parts = [(f"Memory-mapped shared libraries {_text.kib(size.get('library', 0))}", [", ".join(libraries)]),
             *[(f"C stack of {t.name} {t.low:#x}-{t.high:#x}", ["one C frame of the loop runs many Python frames"]) for t in m.threads],
             (f"Python frames (data stack) {sum(c.size for t in m.threads for c in t.chunks):,} bytes in chunks", [f"{frames:,} bytes in use"]),
             (f"Heap: malloc {_text.kib(size.get('heap', 0))}; {len(m.arenas)} arenas {_text.kib(size.get('arena', 0))}",
              [f"{blocks:,} blocks in use, {sum(tracked.values()):,} tracked by the collector", most, f"collections of generations 0, 1, 2: {rounds}"]),
             (f".bss {_text.kib(size.get('bss', 0))}", ["globals that begin as zero"]),
             (f".data {_text.kib(size.get('data', 0) + size.get('relro', 0))}", [f"static types (int at {id(int):#x}), None, True, small ints"]),
             (f"Code (.text, .rodata) {_text.kib(size.get('text', 0) + size.get('rodata', 0))}", ["the loop of the virtual machine, built-in functions (print, len, …)"])]
    boxes = [[title, *(f"  - {line}" if len(line) < 90 else f"  - {line[:89]}…" for line in notes)] for title, notes in parts]
    machine = sum(size.get(k, 0) for k in ("text", "rodata", "relro", "data", "bss"))
    objects = sum(size.get(k, 0) for k in ("arena", "heap", "large", "malloc"))
    system = sum(size.values()) - machine - objects
    width = max(len(line) for box in boxes for line in box) + 8
    canvas.box(0, 0, width, 3)
    canvas.text(2, 1, "Kernel space (protected)")
    _, _, end = layout.stacked(canvas, 2, 4, boxes, width - 4)
    canvas.box(0, 2, width, end - 1)
    canvas.text(2, 3, f"User space: {sys.executable}, pid {os.getpid()}"[:width - 4])
    canvas.text(0, end + 1, f"{_text.kib(system)} system and libraries + {_text.kib(machine)} virtual machine + {_text.kib(objects)} objects = {_text.kib(m.mapped)}")
    return "the memory map of the process", {"axis": "high addresses on top", "parts": [{"title": t, "notes": n} for t, n in parts], "libraries": libraries, "tracked": tracked, "blocks": blocks,
                                             "equation": {"system": system, "machine": machine, "objects": objects, "mapped": m.mapped}}, canvas
