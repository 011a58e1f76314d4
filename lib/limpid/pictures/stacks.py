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


def _python_box(f):
    names = ", ".join(str(slot) for slot in f.locals) or "names in the module's dict"
    made = f"object {f.object:#x}" if f.object else "no object"
    title = f.function.rpartition("<locals>.")[2]
    return [f"{f.address:#x}  {title if title[0] == '<' else title + '()'}  {f.size // 8} words  {'entered from C  ' if f.entered else ''}{made}",
            "   " + (names if len(names) < 60 else names[:59] + "…")]


def draw_dual_stack():
    """P32: left the C stack of this thread, outermost function on top; right its Python frames, beside the call of the loop that runs them, the
    innermost of each call on top.  One C frame of the loop runs many Python frames."""
    from limpid import stacks

    t, canvas = next(t for t in stacks.stack().threads if t.current), Canvas()
    c_frames = list(reversed(t.c_frames))
    boxes, starts = [], {}
    for number, c in enumerate(c_frames):
        if c.runs:
            starts[number] = len(boxes)
            boxes += [_python_box(t.frames[i]) for i in c.runs]
    lines = [f"{c.sp:#x}  {c.name}" for c in c_frames]
    width = max(map(len, lines), default=20) + 4
    x = width + 10
    canvas.text(0, 0, f"C stack of {t.name}, grows down")
    canvas.text(x, 0, "Python frames (the data stack grows up)")
    first = next((n for n in starts), 0)
    top = first + 1                     # the first box stands beside the call that runs it
    _, rows, end = layout.stacked(canvas, x, top, boxes) if boxes else (0, [], top)
    y = 2
    for number, line in enumerate(lines):
        if number in starts:
            row = rows[starts[number]]
            y = max(y, row)
            canvas.arrow((width, y), (x - 4, y), (x - 4, row), (x - 1, row)) if y != row else canvas.arrow((width, y), (x - 1, y))
        canvas.text(2, y, line)
        y += 1
    canvas.box(0, 1, width, max(y, end) - 0)
    total = sum(f.size for f in t.frames)
    canvas.text(0, max(y, end) + 1, f"{len(c_frames)} C frames, {t.in_use or 0:,} bytes; {len(t.frames)} Python frames, {total:,} bytes, {sum(1 for f in t.frames if f.object)} frame object(s)")
    return "two stacks", {"thread": t.name, "c_stack": {"high": t.high, "low": t.stack_pointer, "in_use": t.in_use, "limit": t.limit},
                          "c_frames": [{"function": c.function, "sp": c.sp, "size": c.size, "runs": list(c.runs)} for c in c_frames],
                          "groups": [[t.frames[i].address for i in c.runs] for c in c_frames if c.runs],
                          "frames": [{"function": f.function, "address": f.address, "size": f.size, "entry": f.entered, "object": f.object, "line": f.line, "offset": f.offset,
                                      "locals": {s.name: s.address for s in f.locals}} for f in t.frames]}, canvas


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
