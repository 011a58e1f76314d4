"""Pictures of the two stacks: the C stack of the runtime's own calls, and the Python frames."""

import os
import sys
import _see

from limpid import _text
from limpid._look import look
from limpid.pictures import facts, layout
from limpid.pictures.canvas import Canvas

LOOP = "vm_run"         # the C function that runs frames


def _thread(places):
    return next(t for t in places.map.threads if t.current)


@look
def _measure():
    thread = _thread(facts.Places())
    return {"frames": len(_see.frames()), "chunks": len(thread.chunks), "frame_bytes": sum(c.in_use for c in thread.chunks), "c_stack": thread.in_use,
            "mapped": thread.high - thread.low}


class _Deep:
    def __init__(self, n, measure):
        self.n, self.measure = n, measure

    def __repr__(self):
        return self.measure() if self.n == 0 else repr(_Deep(self.n - 1, self.measure))


def _at_depth(calls, through_c):
    """The measures at a depth of so many calls, from Python to Python, or through the C function repr()."""
    found = {}

    def here():
        found.update(_measure())
        return ""

    def down(n):
        return here() if n == 0 else down(n - 1)

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, calls + 500))
    try:
        repr(_Deep(calls, here)) if through_c else down(calls)
    finally:
        sys.setrecursionlimit(limit)
    return found


def draw_two_stacks_table(python_calls=10_000, c_calls=1_000):
    """P29: Python's call stack beside C's: six aspects, and both measured now, deep in Python calls, and deep in calls through C."""
    now, deep, through = _measure(), _at_depth(python_calls, False), _at_depth(c_calls, True)
    thread = look(lambda: _thread(facts.Places()))()

    def row(title, m):
        return (title, f"{m['chunks']} chunk(s), {m['frame_bytes']:,} bytes of frames", f"{_text.kib(m['c_stack'] or 0)} in use")

    rows = [("Managed by", "the virtual machine: frames in chunks", "processor and system: stack pointer"),
            ("Data stored", "names, value stack, code, previous frame", "return addresses, saved registers"),
            ("Structure", "linked, and side by side within a chunk; grows up", "one block; grows down"), row("now", now),
            row(f"{python_calls:,} Python calls", deep), row(f"{c_calls:,} calls through C", through),
            ("Overflow", f"RecursionError at {sys.getrecursionlimit()}", f"the system ends a C program at {_text.kib(thread.limit)}; here RecursionError before"),
            ("Visible to Python?", "yes: inspect, traceback", "no; limpid.map() shows it")]
    canvas = Canvas()
    layout.table(canvas, 0, 0, ("Feature", "Python call stack", "C call stack"), rows)
    return "two stacks beside each other", {"rows": [dict(zip(("feature", "python", "c"), r)) for r in rows], "now": now, "python": {"calls": python_calls, **deep},
                                            "through_c": {"calls": c_calls, **through}, "limit": sys.getrecursionlimit(), "c_limit": thread.limit}, canvas


def draw_interpreter():
    """P30: the interpreter as a box, in it the C stack with the loop, and the Python call stack with the current frame's parts."""
    frames, places, canvas = facts.frames(), facts.Places(), Canvas()
    thread, frame = _thread(places), frames[0]
    entries = [f for f in frames if f.entry]
    names = ", ".join(f"{s.name}={facts.value(s.object, 12) if s.bound else '?'}" for s in frame.slots) or "in the module's dict"
    upper = [f"C stack (of the system)  {_text.kib(thread.in_use or 0)} in use of {_text.kib(thread.limit)}, grows down",
             f"  {LOOP}: entered {len(entries)} time(s), runs {len(frames)} Python frames"]
    lower = [f"Python call stack  {len(frames)} frames, {sum(f.size for f in frames):,} bytes, grows up", f"  {frame.title}  {frame.address:#x}",
             f"  f_back      → {' → '.join(f.name for f in frames[1:]) or 'none'}", f"  f_locals    {names}", f"  f_globals   {id(frame.globals):#x}",
             f"  bytecode    offset {frame.offset} of {frame.name}, line {frame.line}"]
    upper, lower = ([line if len(line) < 100 else line[:99] + "…" for line in box] for box in (upper, lower))
    width = max(len(line) for line in upper + lower) + 4
    layout.stacked(canvas, 3, 2, [upper], width)
    canvas.arrow((8, 6), (8, 7))
    canvas.text(11, 6, "the current frame")
    _, _, end = layout.stacked(canvas, 3, 8, [lower], width)
    canvas.box(0, 0, width + 6, end + 1, facts.interpreter())
    return "the interpreter, its C stack and its frames", {"interpreter": facts.interpreter(), "loop": LOOP, "entries": len(entries), "c_stack": thread.in_use, "c_limit": thread.limit,
                                                           "chain": [f.name for f in frames], "frame": facts.frame_data(frame, places)}, canvas


def draw_dual_stack():
    """P32: left the C stack of this thread, right its Python frames; each entry of the loop with the frames that it runs."""
    frames, places, canvas = facts.frames(), facts.Places(), Canvas()
    thread = _thread(places)
    groups, group = [], []
    for f in reversed(frames):              # oldest first: an entry frame begins a group
        if f.entry and group:
            groups.append(group)
            group = []
        group.append(f)
    groups.append(group)
    right, left, firsts, row = [], [], [], 1
    for number, group in enumerate(groups, 1):
        left.append((row, f"{LOOP}  entry {number} → {len(group)} frame(s)"))
        firsts.append(row)
        for f in group:
            names = ", ".join(f"{s.name}={facts.value(s.object, 10) if s.bound else '?'}" for s in f.slots)
            made = f"object {f.object:#x}" if f.object else "no object"
            right.append([f"{f.address:#x}  {f.title}  {f.size // 8} words  {'entry' if f.entry else '     '}  {made}", f"   {names}"[:80] if names else "   names in a dict"])
        row += 3 * len(group)
    head = [f"{thread.high:#x}  top of the C stack", "   the program's start, calls of C functions"]
    width = max([len(line) for line in head] + [len(text) for _, text in left]) + 6
    canvas.text(0, 0, f"C stack of {thread.name}, grows down")
    x = width + 12
    canvas.text(x, 0, "Python frames, oldest first; the data stack grows up")
    layout.lines(canvas, 2, 2, head)
    shift = 5
    _, rows, end = layout.stacked(canvas, x, 1, right)
    bottom = max(end, shift + 2 + len(left) + 3)
    at = 0
    for number, ((_, text), group) in enumerate(zip(left, groups)):
        y = max(shift, rows[at])
        canvas.text(2, y, text)
        canvas.arrow((width, y), (x - 5, y), (x - 5, rows[at]), (x - 1, rows[at])) if y != rows[at] else canvas.arrow((width, y), (x - 1, y))
        shift, at = y + 1, at + len(group)
    low = thread.high - (thread.in_use or 0)
    canvas.text(2, max(bottom - 2, shift), f"{low:#x}  stack pointer of this look")
    canvas.box(0, 1, width, max(bottom, shift + 2) - 1)
    y = canvas.height
    canvas.text(0, y, f"C stack {thread.in_use or 0:,} bytes in use (this look included); {len(frames)} Python frames {sum(f.size for f in frames):,} bytes, "
                f"{sum(1 for f in frames if f.object)} frame object(s)")
    return "two stacks", {"thread": thread.name, "c_stack": {"high": thread.high, "low": thread.low, "in_use": thread.in_use, "limit": thread.limit},
                          "groups": [[f.address for f in g] for g in groups], "frames": [facts.frame_data(f, places) for f in frames]}, canvas


def draw_theatre():
    """P34: a play within a play: the process, in it the interpreter, in it the loop, in it the diary of frames; and the props."""
    import gc

    frames, places, canvas = facts.frames(), facts.Places(), Canvas()
    m, thread = places.map, _thread(places)
    blocks = sum(p[4] for p in _see.pools()) + len(m.large)
    room = sum(c.size - c.in_use for c in thread.chunks)
    pages = [f"page {f.address:#x}  {f.title:16} {f.size:5} bytes" for f in frames]
    props = [f"props: {blocks:,} blocks in use, {len(gc.get_objects()):,} tracked objects", "old pages leave at return, by their counts; cycles by the collector"]
    titles = [f"outer theatre: process {os.getpid()}, {_text.kib(m.mapped)} mapped, {_text.kib(m.resident)} resident",
              f"inner play: {facts.interpreter()}, {len(m.threads)} thread(s)", f"stage manager: the C stack; {LOOP} runs these {len(frames)} pages",
              f"diary: frame chunks, {room:,} bytes free"]
    inner = max(map(len, pages + props + titles)) + 10
    for depth, title in enumerate(titles):
        height = len(pages) + 2 + 2 * (3 - depth) + (len(props) if depth < 2 else 0)
        canvas.box(2 * depth, depth, inner + 4 * (3 - depth), height, title)
    layout.lines(canvas, 8, 4, pages)
    layout.lines(canvas, 4, len(pages) + 6, props)
    return "a play within a play", {"process": {"pid": os.getpid(), "mapped": m.mapped, "resident": m.resident, "mappings": len(m.regions)}, "interpreter": facts.interpreter(),
                                    "threads": len(m.threads), "pages": [{"address": f.address, "function": f.name, "size": f.size} for f in frames], "blocks": blocks, "free": room}, canvas
