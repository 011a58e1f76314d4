"""Both stacks of every thread, side by side: Python frames, and the C frames that run them."""

from _see import stack as _stack

from limpid import _text
from limpid._look import look
from limpid._name import describe
from limpid.process import Chunk, Record, thread_names

_LOOP = "vm_run"            # the C function that runs Python frames
_LOOK = "look_call"         # the one that runs looks
_LOCALS_SHOWN = 12


class Slot(Record):
    """A variable of a frame, or a place of its value stack: name (of the latter its number), kind ("argument", "local", "cell",
    "free", "stack"), address of the object it holds (0: unbound, or a NULL on the value stack), value: a short text of it, made
    without running code of the program; None where there is no object any more."""

    __slots__ = ("name", "kind", "address", "value")

    def __str__(self):
        return f"{self.name}={self.value if self.address else '?'}"


class PythonFrame(Record):
    """A Python frame: address and size of its storage in bytes; where that is ("data stack", "generator", "frame object");
    function, file, line, and offset of the instruction it stands on in its bytecode; entered: C code called it (else a Python
    call, which takes no C frame); object: address of the frame object, 0 if nobody has asked for one; locals and stack: lists
    of Slot."""

    __slots__ = ("address", "size", "storage", "function", "file", "line", "offset", "entered", "object", "locals", "stack")


class CFrame(Record):
    """A C frame: pc, stack pointer, size in bytes; function ("" if its name is not known) and the file it is in; runs: indexes of
    the thread's Python frames that this call of the instruction loop runs, innermost first."""

    __slots__ = ("pc", "sp", "size", "function", "file", "runs")

    @property
    def name(self):
        """The function, or where it is."""
        return self.function or f"({self.file.rsplit('/', 1)[-1] or 'unknown'})"


class ThreadStacks(Record):
    """The stacks of a thread: native id, identity (0: it has run no Python), name, whether it is the current one; low and high end
    and limit of its C stack; stack_pointer of the innermost frame shown, 0 if it is not known; chunks of the data stack; frames
    (list of PythonFrame) and c_frames (list of CFrame), both innermost first."""

    __slots__ = ("id", "ident", "name", "current", "low", "high", "limit", "stack_pointer", "chunks", "frames", "c_frames")

    @property
    def in_use(self):
        """Bytes of the C stack in use, or None."""
        return self.high - self.stack_pointer if self.low <= self.stack_pointer < self.high else None


class Stacks(Record):
    """What limpid.stack() returns: threads, a list of ThreadStacks, the main thread first."""

    __slots__ = ("threads",)

    def text(self, width=None, colour=None):
        """Each thread's stacks: the C stack at the left, outermost function on top; the Python frames, innermost on top, beside
        the call of the loop that runs them.  Below 96 columns one under the other."""
        width = width or _text.width()
        colour = _text.has_colour() if colour is None else colour
        return "\n\n".join("\n".join(_thread_lines(t, width, colour)) for t in self.threads)

    def __repr__(self):
        return self.text(colour=False)

    def __str__(self):
        return self.text()


def _thread_lines(t, width, colour):
    used = f"{_text.size(t.in_use)} in use" if t.in_use is not None else "in use not known"
    head = [_text.paint(_text.cut(f"Thread {t.name}{' (current)' if t.current else ''}, id {t.id}", width), "bold", colour),
            _text.cut(f"C stack {t.low:#x}-{t.high:#x} (grows down), {used}: {_text.count(len(t.c_frames), 'frame')}", width)]
    for c in t.chunks:
        head.append(_text.cut(f"Python data stack: chunk {c.address:#x} (grows up), {c.in_use:,} of {c.size:,} bytes in use: "
                              f"{_text.count(sum(c.address <= f.address < c.address + c.size for f in t.frames), 'frame')}", width))
    if not t.c_frames:
        return head + [_text.cut(line, width) for i in range(len(t.frames)) for line in _frame_lines(t, i)]
    if width < 96:
        for c in reversed(t.c_frames):
            head.append(_text.cut(f"{c.sp:#x}  {c.name}", width))
            head += [_text.cut("    " + line, width) for i in c.runs for line in _frame_lines(t, i)]
        return head
    return head + _side_by_side(t, width)


def _side_by_side(t, width):
    """The outermost C frame on top; an arrow from each call of the loop to the frames that it runs."""
    left = min(max(len(c.name) for c in t.c_frames) + 16, 50)
    lines, beside = [], []

    def put(c_frame, arrow):
        python = beside.pop(0) if beside else ""
        fill = "─" * (left - len(c_frame)) + "─→" if arrow else " " * (left - len(c_frame)) + "  "
        lines.append(_text.cut(f"{c_frame} {fill} {python}".rstrip(), width))

    for c in reversed(t.c_frames):
        if c.runs:
            while beside:
                put("", False)
            beside += [line for i in c.runs for line in _frame_lines(t, i)]
        put(_text.cut(f"{c.sp:#x}  {c.name}", left), bool(c.runs))
    while beside:
        put("", False)
    return lines


def _frame_lines(t, index):
    f = t.frames[index]
    name = f.function.rpartition("<locals>.")[2]
    title = name if name.startswith("<") else name + "()"
    marks = [f"{f.size // 8} words"] + ["entered from C"] * f.entered + [f"in a {f.storage}"] * (f.storage != "data stack") \
        + [f"frame object {f.object:#x}"] * bool(f.object)
    lines = [f"{f.address:#x}  {title}  {', '.join(marks)}",
             f"    {f.file.rsplit('/', 1)[-1]}:{f.line}, at offset {f.offset}"]
    for slot in f.locals[:_LOCALS_SHOWN]:
        kind = "" if slot.kind in ("argument", "local") else f" ({slot.kind})"
        value = (slot.value or "").removesuffix(f" at {slot.address:#x}")
        lines.append(f"    {slot.name}{kind} " + (f"→ {slot.address:#x} {value}" if slot.address else "?"))
    if len(f.locals) > _LOCALS_SHOWN:
        lines.append(f"    … {len(f.locals) - _LOCALS_SHOWN} more")
    if f.stack:
        lines.append("    value stack: " + ", ".join(s.value if s.value is not None else f"{s.address:#x}" if s.address else "NULL"
                                                      for s in f.stack))
    return lines


def _value(value, kind):
    """A short text; of a variable that is a cell, of what is in it."""
    if kind in ("cell", "free") and type(value).__name__ == "cell":
        try:
            return f"cell: {describe(value.cell_contents)}"
        except ValueError:
            return "cell: empty"
    return describe(value)


def _frame(row):
    address, size, entered, storage, function, file, line, offset, object, _, locals, stack = row
    variables = [Slot(name, kind, at, _value(value, kind) if at else None) for name, kind, at, value in locals]
    operands = [Slot(str(i), "stack", at, describe(value) if known else None) for i, (at, known, value) in enumerate(stack)]
    return PythonFrame(address, size, storage, function, file, line, offset, bool(entered), object, variables, operands)


def _without_look(frames, c_frames):
    """Frames of this package on top, and the C frames that run them, are the observer's."""
    calls = 0
    while frames and frames[0][9]:
        calls += frames[0][2]
        frames = frames[1:]
    while c_frames and calls:
        calls -= c_frames[0][3].startswith(_LOOP)
        c_frames = c_frames[1:]
    if frames and frames[0][11][-1:] and type(frames[0][11][-1][2]).__name__ == "look":
        frames = [frames[0][:11] + (frames[0][11][:-2],), *frames[1:]]    # what it calls: NULL, look
    for i, row in enumerate(c_frames[:6]):
        if row[3] == _LOOK:
            return frames, c_frames[i + 1:]
        if row[3].startswith(_LOOP):
            break
    return frames, c_frames


def _thread(row, names, main):
    native, ident, name, low, high, pointer, limit, current, chunks, frames, c_frames = row
    if current:
        frames, c_frames = _without_look(frames, c_frames)
    if c_frames:
        pointer = c_frames[0][1]
    groups, group = [], []
    for i, frame in enumerate(frames):
        group.append(i)
        if frame[2]:
            groups.append(group)
            group = []
    shown = []
    for pc, sp, size, function, file in c_frames:
        runs = groups.pop(0) if function.startswith(_LOOP) and groups else []
        shown.append(CFrame(pc, sp, size, function, file, runs))
    return ThreadStacks(native, ident, names.get(ident) or ("main" if main else name), bool(current), low, high, limit, pointer,
                        [Chunk(*chunk) for chunk in chunks], [_frame(frame) for frame in frames], shown)


@look
def stack():
    """Both stacks of every thread: the Python frames with their variables, cells, value stack and place, and the C frames beneath.

    Returns a Stacks; its threads have frames (PythonFrame) and c_frames (CFrame), innermost first, without those of this call.
    The C frames of a thread that waits for the interpreter's lock, or runs or waits in C code that has given it up, begin at
    that place; below it only the innermost function that waits in the system is known.  Names come from the symbol tables of the
    loaded files.  On other processors than x86-64 c_frames holds at most that one.

    Values are told by short texts of built-in scalars, others by type and address: no __repr__ of the program runs.  Raises
    MemoryError as limpid.map() does."""
    names = thread_names()
    return Stacks([_thread(row, names, i == 0) for i, row in enumerate(_stack())])
