"""The process from outside: the map of its address space, and where its resident memory is."""

import sys
from _see import process as _process, rss as _rss

from limpid import _text
from limpid._look import look

_GROWS = {"stack": "down", "heap": "up", "malloc": "up"}
_ARROWS = {"down": " ↓", "up": " ↑", None: ""}
_USER_TOP = 1 << 47


class Record:
    """Plain data with names: attributes in __slots__, equal text and JSON."""

    __slots__ = ()

    def __init__(self, *values):
        for name, value in zip(self.__slots__, values):
            setattr(self, name, value)

    def to_dict(self):
        """The attributes as a dict of plain data."""
        return {name: _plain(getattr(self, name)) for name in self.__slots__}

    def json(self, indent=None):
        """The same as JSON text."""
        import json

        return json.dumps(self.to_dict(), indent=indent)

    def __repr__(self):
        inside = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"{type(self).__name__}({inside})"


def _plain(value):
    if isinstance(value, Record):
        return value.to_dict()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


class Region(Record):
    """A range of the address space with one use."""

    __slots__ = ("low", "high", "permissions", "size", "resident", "kind", "holds", "file", "grows", "thread")


class Thread(Record):
    """A native thread: its stack, as far as it is mapped and used, and the chunks of its Python frames.

    stack_pointer is 0 for a thread that runs at this moment without the interpreter's lock; in_use is None then."""

    __slots__ = ("id", "ident", "name", "current", "low", "high", "limit", "stack_pointer", "in_use", "chunks")


class Chunk(Record):
    """A piece of a thread's data stack, where Python frames lie; grows up."""

    __slots__ = ("address", "size", "in_use")


class Arena(Record):
    """An arena: 64 pools; of them used, their live blocks and the bytes of those, resident bytes."""

    __slots__ = ("address", "pools", "blocks", "bytes", "resident")


class Large(Record):
    """A block above 512 bytes: in malloc's heap ("malloc") or in a mapping of its own ("mmap")."""

    __slots__ = ("address", "size", "kind", "source")


class Malloc(Record):
    """The C library's allocator, in bytes: system (got for its heaps), single (blocks mapped for themselves, with their
    number), live and free in the heaps, top (free at the end, so that it can go back)."""

    __slots__ = ("system", "single", "single_count", "live", "free", "top")


def thread_names():
    """Names that threading knows, by identity."""
    module = sys.modules.get("threading")
    names = {}
    for ident, thread in list(getattr(module, "_active", {}).items()):
        try:
            name = object.__getattribute__(thread, "__dict__").get("_name")
        except AttributeError:
            continue
        if type(name) is str:
            names[ident] = name
    return names


def _threads(rows):
    names = thread_names()
    threads = []
    for native, ident, name, low, high, pointer, limit, current, chunks in rows:
        name = names.get(ident) or ("main" if not threads else name)
        in_use = high - pointer if low <= pointer <= high and pointer else None
        threads.append(Thread(native, ident, name, current, low, high, limit, pointer, in_use,
                              [Chunk(*chunk) for chunk in chunks]))
    return threads


class Map(Record):
    """What limpid.map() returns; print it, or read the attributes.

    regions: list of Region, by address; threads: list of Thread; arenas, large: lists of Arena and Large; malloc: Malloc;
    mapped, resident, peak: bytes as the system counts them; kernel: the lowest address of the kernel's half."""

    __slots__ = ("pid", "program", "regions", "threads", "arenas", "large", "malloc", "mapped", "resident", "peak",
                 "kernel")

    def text(self, width=None, colour=None, detail=False):
        """The map as text, high addresses on top.  detail: a row for each region, nothing put together."""
        width = width or _text.width()
        colour = _text.has_colour() if colour is None else colour
        return "\n".join(_MapText(self, width, colour, detail).lines())

    def __repr__(self):
        return self.text(colour=False)

    def __str__(self):
        return self.text()


_TITLES = {
    "stack": "C stack", "heap": "Heap (malloc, brk)", "text": "Code segment: .text", "rodata": "Code segment: .rodata",
    "relro": "Data segment: .relro", "data": "Data segment: .data", "bss": "Data segment: .bss", "arena": "arenas",
    "large": "large block (malloc, mmap)", "malloc": "malloc heap (threads)", "malloc reserve": "  its reserve",
    "arena table": "arena table", "guard": "guard", "tls": "thread block of main", "file": "file", "shared": "shared", "vdso": "vdso, vvar",
    "observer": "(observer)", "mapped": "mmap object", "anonymous": "anonymous (libraries)",
}
_PROGRAM = {"text", "rodata", "relro", "data", "bss"}


class _MapText:
    """Lays out a Map: segments of the program, heap, mappings, main stack, kernel; gaps between them."""

    def __init__(self, map, width, colour, detail):
        self.map, self.width, self.colour, self.detail = map, width, colour, detail
        self.by_id = {t.id: t for t in map.threads}

    def lines(self):
        m = self.map
        rows = [("Kernel space", f"{m.kernel:#x} and up", "", "", "", "not the process's"), None]
        above = _USER_TOP
        for title, regions in self._sections():
            rows += self._gap(regions[-1].high, above)
            if title:
                rows.append(self._sum(title, regions))
            rows += self._groups(regions, "  " if title else "") + [None]
            above = regions[0].low
        rows += self._gap(0, above)
        cut = _text.cut
        return [cut(f"Process {m.pid}: {m.program}", self.width),
                cut(f"{_text.kib(m.mapped)} mapped, {_text.kib(m.resident)} resident (peak {_text.kib(m.peak)}), "
                    f"{_text.count(len(m.threads), 'thread')}", self.width),
                "High addresses", self._rule(), *self._laid_out(rows), "Low addresses"]

    def _rule(self):
        return _text.paint("─" * self.width, "dim", self.colour)

    def _gap(self, low, high):
        return [("(free)", "", _text.size(high - low), "", "", ""), None] if low < high else []

    def _sections(self):
        """(title or None, regions) from the highest on; the mappings between heap and stack are one section."""
        program, heap, mappings, stack = [], [], [], []
        for r in self.map.regions:
            if r.low >= _USER_TOP:
                continue
            where = program if r.kind in _PROGRAM else heap if r.kind == "heap" else \
                stack if r.kind == "stack" and self.by_id[r.thread] is self.map.threads[0] else mappings
            where.append(r)
        sections = [(None, [r]) for r in stack + heap + program]
        if mappings:
            sections.append(("Mappings", mappings))
        return sorted(sections, key=lambda s: -s[1][0].low)

    def _sum(self, title, regions):
        return (title, f"{regions[0].low:#x}-{regions[-1].high:#x}", _text.kib(sum(r.size for r in regions)),
                _text.kib(sum(r.resident for r in regions)), "", "")

    def _groups(self, regions, indent):
        """Rows, high addresses first; neighbours of one kind and one file are put together."""
        groups = []
        for r in reversed(regions):
            last = groups[-1][-1] if groups else None
            kind = r.kind.split()[0] if r.kind.startswith("library") else r.kind
            same = last and not self.detail and kind == (last.kind.split()[0] if kind == "library" else last.kind)
            if same and (kind == "vdso" or kind == "library" and last.file == r.file or
                         kind in ("arena", "large", "file") and last.file == r.file and last.low == r.high):
                groups[-1].append(r)
            else:
                groups.append([r])
        rows = []
        for group in groups:
            rows += self._group(group, indent)
        return rows

    def _group(self, group, indent):
        top, bottom = group[0], group[-1]
        title, holds = self._title(group)
        permissions = top.permissions if all(r.permissions == top.permissions for r in group) else ""
        row = (indent + title + _ARROWS[top.grows], f"{bottom.low:#x}-{top.high:#x}", _text.kib(sum(r.size for r in group)),
               _text.kib(sum(r.resident for r in group)), permissions, holds)
        return [row] + [(indent + "  " + a, *rest) for a, *rest in self._inside(top)]

    def _title(self, group):
        r = group[0]
        title, holds = _TITLES.get(r.kind, r.kind), r.holds
        name = r.file.rsplit("/", 1)[-1]
        if r.kind.startswith("library"):
            title, holds = (name, f"library, {len(group)} parts") if not self.detail else (name + " ." + r.kind.split()[1], r.holds)
        elif r.kind == "file":
            title, holds = name, "mapped file"
        elif r.kind == "vdso" and self.detail:
            title = r.file
        elif r.kind == "arena":
            title = f"{len(group)} × arena" if len(group) > 1 else "arena"
            low, high = group[-1].low, group[0].high
            inside = [a for a in self.map.arenas if low <= a.address < high]
            held = sum(a.bytes for a in inside)
            holds = f"{_text.count(sum(a.blocks for a in inside), 'block')}, {held * 100 // max(1, r.size * len(group))} % live"
        elif r.kind == "large":
            title = f"{len(group)} × large block" if len(group) > 1 else "large block"
            holds = "mapped by malloc"
        elif r.kind == "stack":
            t = self.by_id[r.thread]
            title = f"C stack, {t.name}"
            used = "" if t.in_use is None else f"{_text.kib(t.in_use)} in use"
            grows = f"may grow to {_text.kib(t.limit)}" if t.limit > t.high - t.low else ""
            holds = ", ".join(filter(None, (used, grows)))
        return title, holds

    def _inside(self, r):
        """Rows for what lies in malloc's heap and can be named: frame chunks, large blocks."""
        if r.kind not in ("heap", "malloc"):
            return []
        rows = []
        for t in self.map.threads:
            for c in t.chunks:
                if r.low <= c.address < r.high:
                    rows.append((f"Python frames, {t.name} ↑",
                                 f"{c.address:#x}-{c.address + c.size:#x}", _text.kib(c.size), "", "",
                                 f"{_text.kib(c.in_use)} in use"))
        inside = [b for b in self.map.large if r.low <= b.address < r.high]
        if inside:
            rows.append((f"{_text.count(len(inside), 'large block')}", "", _text.kib(sum(b.size for b in inside)), "", "",
                         "above 512 bytes"))
        return rows

    def _laid_out(self, rows):
        """Lines of rows (None: a rule), as many columns as there is room for: what lives there goes first, then permissions;
        below 64 columns the range gets a line of its own."""
        wide = self.width
        columns = 6 if wide >= 96 else 5 if wide >= 84 else 4
        cells = [row for row in rows if row]
        widths = [max(len(row[i]) for row in cells) for i in range(6)]
        if wide < 64:
            return self._narrow(cells, widths)
        spare = wide - sum(widths[1:columns]) - 2 * (columns - 1)
        if columns == 6:
            spare += widths[5] - min(widths[5], 28)
        widths[0] = min(widths[0], max(20, spare))
        lines = []
        for row in rows:
            if row is None:
                lines.append(self._rule())
                continue
            line = f"{_text.cut(row[0], widths[0]):{widths[0]}}  {row[1]:{widths[1]}}  {row[2]:>{widths[2]}}  {row[3]:>{widths[3]}}"
            if columns > 4:
                line += f"  {row[4]:{widths[4]}}"
            if columns > 5:
                line += "  " + row[5]
            lines.append(_text.cut(line.rstrip(), wide))
        return lines

    def _narrow(self, cells, widths):
        lines = []
        room = max(8, self.width - widths[2] - widths[3] - 2)
        for row in cells:
            lines.append(f"{_text.cut(row[0], room):{room}} {row[2]:>{widths[2]}} {row[3]:>{widths[3]}}".rstrip())
            if row[1]:
                lines.append(_text.cut(f"    {row[1]} {row[4]}".rstrip(), self.width))
        return lines


@look
def map():
    """The process map: every range of the address space with its use.

    Returns a Map.  Its regions (Region: low, high, permissions, size and resident in bytes, kind, holds = what lives there,
    file, grows = "up", "down" or None, thread) are in order of address, do not overlap and add up to the size of the
    process (VmSize of /proc/self/status).  Kinds: text, rodata, relro,
    data, bss (the program's), heap (malloc's, by brk), malloc and malloc reserve (its heaps for threads), large (a large
    block that malloc has mapped for itself), arena table, arena, stack, guard, tls, library text/rodata/data/bss, file, shared, vdso,
    mapped (private, of an mmap object), anonymous (mapped by a library; use unknown), observer (what looks have made: results
    like this one).

    Resident bytes are those of /proc/self/smaps, of a range that is a part of a mapping by /proc/self/pagemap.  A thread's
    stack is in use from its real stack pointer to its end.  print(limpid.map()) draws it, high addresses on top.

    Raises MemoryError when the system does not tell or there is no memory to write it down."""
    import os

    raw = _process()
    resident = {}
    regions = []
    for low, high, permissions, rss, kind, holds, file, thread in raw["regions"]:
        if kind == "arena":
            resident[low] = rss
        regions.append(Region(low, high, permissions, high - low, rss, kind, holds, file, _GROWS.get(kind), thread or None))
    arenas = [Arena(*row, resident.get(row[0], 0)) for row in sorted(raw["arenas"])]
    large = [Large(address, size, kind, "mmap" if single else "malloc") for address, size, kind, single in raw["large"]]
    return Map(os.getpid(), sys.executable, regions, _threads(raw["threads"]), arenas, large, Malloc(*raw["malloc"]),
               raw["mapped"], raw["resident"], raw["peak"], raw["kernel"])


class Part(Record):
    """A part of the resident memory: name, bytes, share of the whole (0 to 1), and what it is."""

    __slots__ = ("name", "bytes", "share", "what")


class Rss(Record):
    """What limpid.rss() returns: parts (list of Part), total (their sum in bytes), resident (what the system says), named (the
    share of `resident` that has a name: all but the part "the rest").

    rss["live objects"] is the bytes of a part."""

    __slots__ = ("parts", "total", "resident", "named")

    def __getitem__(self, name):
        for part in self.parts:
            if part.name == name:
                return part.bytes
        raise KeyError(name)

    def text(self, width=None, colour=None):
        """The parts as a waterfall: bytes, share, bar."""
        width = width or _text.width()
        colour = _text.has_colour() if colour is None else colour
        rows = [(p.name, _text.kib(p.bytes), f"{p.share:.1%}", p.what) for p in self.parts if p.bytes]
        names, sizes = max(len(r[0]) for r in rows), max(len(r[1]) for r in rows)
        room = width - names - sizes - 12
        bars = min(24, max(0, room - 2)) if room < 70 else 24
        lines = [_text.cut(f"Resident memory: {_text.kib(self.resident)}, {self.named:.1%} of it named", width)]
        at = 0.0
        for (name, size, share, what), part in zip(rows, (p for p in self.parts if p.bytes)):
            start = round(at * bars)
            at += part.share
            bar = (" " * start + ("█" * max(1, round(at * bars) - start)))[:bars] if bars >= 8 else ""
            line = f"{name:{names}}  {size:>{sizes}}  {share:>6}"
            if bar:
                line += "  " + _text.paint(f"{bar:{bars}}", "green", colour)
            if room - bars - 4 >= 30:
                line += "  " + _text.cut(what, room - bars - 4)
            lines.append(line.rstrip())
        return "\n".join(lines)

    def __repr__(self):
        return self.text(colour=False)

    def __str__(self):
        return self.text()


@look
def rss():
    """Where the resident memory is.

    Returns an Rss, whose parts add up to the resident pages of the process: live objects, live buffers, padding, free
    blocks, free pools, pool headers (these six in arenas); large blocks, frame chunks, bookkeeping; what others hold in malloc
    and what malloc keeps free; program code and data; C stacks in use, and below; libraries; files; observer; the rest.

    A page counts when it is resident, what shares it goes by bytes.  Raises MemoryError as limpid.map() does."""
    raw = _rss()
    total = sum(row[2] for row in raw["parts"])
    resident = raw["resident"] or raw["regions"]
    parts = [Part(name, size, size / total if total else 0.0, what) for name, what, size in raw["parts"]]
    rest = parts[-1].bytes
    return Rss(parts, total, resident, min(1.0, (total - rest) / resident) if resident else 0.0)
