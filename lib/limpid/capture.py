"""Snapshots of the heap: taken, written to a capture file (docs/capture.md), read, asked and compared.

A snapshot is a copy: what the program does after it does not change it, and it holds no object of the program."""

import _see

from limpid import _text
from limpid._look import look

_GENERATIONS = ("young", "middle", "old", "frozen")
_KINDS = ("buffer", "object", "container", "?")
_STATIC, _LARGE, _TRACKED, _FINALISED = 32, 16, 1, 8


class Rows(list):
    """A list of rows that prints as a table.  Each row is a tuple of what `columns` names, with the same names as attributes."""

    def __init__(self, columns, rows=(), left_out=0):
        super().__init__(rows)
        self.columns = columns
        self.left_out = left_out

    def to_dict(self):
        """The rows as a list of dicts of plain data."""
        return [{name: _plain(value) for name, value in zip(self.columns, row)} for row in self]

    def json(self, indent=None):
        """The same as JSON text."""
        import json

        return json.dumps(self.to_dict(), indent=indent)

    def __str__(self):
        texts = [tuple(_cell(name, value) for name, value in zip(self.columns, row)) for row in self]
        align = "".join(">" if self and isinstance(self[0][i], int) else "<" for i in range(len(self.columns)))
        lines = _text.table([self.columns, *texts], align, _text.width(), align.find("<"))
        if self.left_out:
            lines.append(f"({self.left_out:,} more)")
        return "\n".join(lines)

    __repr__ = __str__


def _cell(name, value):
    if value is None:
        return ""
    if "bytes" in name or name == "size":
        return _text.size(value)
    if name == "address":
        return hex(value)
    return f"{value:,}" if isinstance(value, int) else str(value)


def _plain(value):
    return value.to_dict() if hasattr(value, "to_dict") else list(value) if isinstance(value, tuple) else value


def _row_class(name, *fields):
    """A tuple with names, plain enough to be made a million times."""
    from operator import itemgetter

    body = {field: property(itemgetter(i)) for i, field in enumerate(fields)}
    return type(name, (tuple,), {"__slots__": (), "__module__": __name__, "fields": fields, **body})


TypeRow = _row_class("TypeRow", "type", "objects", "bytes", "average")
Reference = _row_class("Reference", "label", "object", "address")
Root = _row_class("Root", "group", "frame", "label", "object", "address")
Frame = _row_class("Frame", "number", "thread", "depth", "function", "file", "line")
Segment = _row_class("Segment", "start", "bytes", "resident_bytes", "permissions", "name")
Pool = _row_class("Pool", "address", "kind", "size", "blocks", "used")
Change = _row_class("Change", "what", "born", "born_bytes", "died", "died_bytes", "stayed", "grown_bytes")


class Object:
    """An object (or a buffer) as it was: a row of a snapshot, no reference to anything that lives.

    address, type (name of its class; "(buffer)" for raw memory), size (bytes of its block), references (its count; -1: lives
    for ever), length (items or characters; -1: has none), name (of classes, functions, modules, code; text of strings and
    numbers if the snapshot was taken with values; else None), kind, generation (None if not tracked), is_static, is_large."""

    __slots__ = ("snapshot", "number", "address", "type", "size", "references", "_state", "length", "_site", "name")

    def __init__(self, snapshot, number):
        self.snapshot = snapshot
        self.number = number
        (self.address, self.type, self.size, self.references, self._state, self.length, self._site,
         self.name) = snapshot._capture.row(number)
        self.type = self.type or "(buffer)"

    @property
    def kind(self):
        return _KINDS[self._state >> 6]

    @property
    def is_static(self):
        return bool(self._state & _STATIC)

    @property
    def is_large(self):
        return bool(self._state & _LARGE)

    @property
    def generation(self):
        return self._state >> 1 & 3 if self._state & _TRACKED else None

    @property
    def site(self):
        """Where it was allocated: ((file, function, line), ...), innermost first; empty unless allocations were traced."""
        return tuple(self.snapshot._capture.site(self._site)) if self._site else ()

    def refs(self):
        """The references out of it, in the order in which it holds them."""
        rows = self.snapshot._capture.references(self.number)
        return Rows(("label", "object", "address"),
                    [Reference((label, self.snapshot._object(number), address)) for number, label, kind, address in rows])

    def referrers(self):
        """The references into it."""
        rows = self.snapshot._capture.referrers(self.number)
        return Rows(("label", "object", "address"),
                    [Reference((label, owner := self.snapshot._object(number), owner.address)) for number, label in rows])

    def path(self):
        """A shortest path from a root: [(label, Object), ...], the first label naming the root; None if no root leads here."""
        return self.snapshot._path(self.number)

    def retained(self):
        """What it alone kept alive, as limpid.Retained: bytes and objects that would have gone with it, buffers included."""
        from limpid.graph import Retained

        own, size, objects, number, text = self.snapshot._capture.retained(self.number)
        modules = self.snapshot._module_dicts()
        above = text if number < 0 else _told(Object(self.snapshot, number), modules)
        return Retained(_told(self, modules), own, size, objects, above)

    def to_dict(self):
        return {"address": self.address, "type": self.type, "size": self.size, "references": self.references,
                "length": self.length, "name": self.name, "kind": self.kind, "generation": self.generation}

    def __eq__(self, other):
        return isinstance(other, Object) and (self.snapshot, self.number) == (other.snapshot, other.number)

    def __hash__(self):
        return hash((id(self.snapshot), self.number))

    def __repr__(self):
        name = f" {_text.cut(self.name, 40)!r}" if self.name is not None else ""
        items = "" if self.length < 0 else f", {self.length:,} {'characters' if self.type == 'str' else 'items'}"
        return f"<{self.type}{name} at {self.address:#x}, {self.size} B{items}>"


def _told(o, modules={}):
    """What an object of a snapshot is called in a tree; modules: names by number of their dicts."""
    if o.number in modules:
        return f"module {modules[o.number]}.__dict__"
    if o.name is not None and o.type not in ("function", "code"):
        return f"{o.type} {_text.cut(o.name, 40)}"
    items = f" of {o.length:,}" if o.length >= 0 and o.name is None else ""
    return f"{o.type}{items}{'' if o.name is None else ' ' + o.name} at {o.address:#x}"


class Snapshot:
    """The heap as it was at one moment.  Made by snapshot() and load().

    complete is true if the whole capture was read, else problem says what is missing; meta is a dict of texts that says where
    and when it was taken."""

    def __init__(self, capture, source=None):
        self._capture = capture
        self.source = source
        self.complete = capture.complete
        self.problem = capture.problem
        self.meta = capture.meta

    def __len__(self):
        return len(self._capture)

    @property
    def references(self):
        """How many references there are between objects."""
        return self._capture.edges

    def _object(self, number):
        return None if number < 0 else Object(self, number)

    def objects(self, type=None):
        """An iterator over all objects, in the order of memory; with type (a name), those of that class."""
        if type is None:
            return (Object(self, number) for number in range(len(self)))
        return (Object(self, number) for kind in self._type_numbers(type) for number in self._capture.select(kind))

    def _type_numbers(self, name):
        return [number for number, row in enumerate(self._capture.types()) if row[0] == name]

    def at(self, address):
        """The object at an address, or None."""
        return self._object(self._capture.find(address))

    def by_type(self, limit=None):
        """Live objects and their bytes by class, most bytes first: rows (type, objects, bytes, average)."""
        sums = {}
        for name, _, count, size in self._capture.types():
            if count:
                old = sums.get(name, (0, 0))
                sums[name] = old[0] + count, old[1] + size
        rows = sorted(((name, n, size, size // n) for name, (n, size) in sums.items()), key=lambda row: (-row[2], row[0]))
        return Rows(("type", "objects", "bytes", "average"), map(TypeRow, rows[:limit]), max(0, len(rows) - len(rows[:limit])))

    def by_site(self, limit=None):
        """The same by the line that allocated: rows (site, objects, bytes); known for what was allocated while traced."""
        row_class = _row_class("SiteRow", "site", "objects", "bytes")
        rows = sorted(self._capture.by_site(), key=lambda row: -row[2])
        return Rows(("site", "objects", "bytes"), [row_class((self._site_text(site), n, size)) for site, n, size in rows[:limit]],
                    max(0, len(rows) - len(rows[:limit])))

    def _site_text(self, site):
        frames = self._capture.site(site) if site else ()
        return f"{frames[0][0]}:{frames[0][2]}" if frames else "(not traced)"

    def largest(self, count=20, type=None):
        """The objects with the largest blocks, greatest first; with type (a name), of that class."""
        numbers = [-1] if type is None else self._type_numbers(type)
        found = [number for kind in numbers for number in self._capture.largest(count, kind)]
        objects = sorted((Object(self, number) for number in found), key=lambda o: -o.size)[:count]
        row_class = _row_class("LargeRow", "object", "size", "address")
        return Rows(("object", "size", "address"), [row_class((o, o.size, o.address)) for o in objects])

    def roots(self):
        """What the runtime holds: rows (group, frame, label, object, address); frame is a number of frames() or 0."""
        return Rows(("group", "frame", "label", "object", "address"),
                    [Root((group, frame, label, self._object(number), address))
                     for group, frame, label, number, address in self._capture.roots()])

    def frames(self):
        """The running frames of all threads, innermost first: rows (number, thread, depth, function, file, line)."""
        return Rows(("number", "thread", "depth", "function", "file", "line"), map(Frame, self._capture.frames()))

    def segments(self):
        """The address space: rows (start, bytes, resident_bytes, permissions, name)."""
        return Rows(("start", "bytes", "resident_bytes", "permissions", "name"), map(Segment, self._capture.segments()))

    def pools(self):
        """The pools of the heap: rows (address, kind, size of a block, blocks, used); kind "free": without blocks."""
        return Rows(("address", "kind", "size", "blocks", "used"),
                    [Pool((address, _KINDS[kind] if kind < 3 else "free", size, capacity, used))
                     for address, kind, size, capacity, used, first in self._capture.pools()])

    def _module_dicts(self):
        """Names of modules by the numbers of their dicts."""
        return {number: module.name for module in self.objects("module") if module.name
                for number, label, *_ in self._capture.references(module.number) if label == "__dict__"}

    def dominators(self, depth=3, width=8, least=1024):
        """The tree of dominators as of that moment, as limpid.Dominator: see limpid.dominators()."""
        from limpid.graph import Dominator

        modules = self._module_dicts()

        def node(row):
            number, text, label, own, retained, objects, children = row
            name = _told(Object(self, number), modules) if number >= 0 else text
            return Dominator(name, label, own, retained, objects, [node(child) for child in children])

        return node(self._capture.dominators(depth, width, least))

    def _path(self, number):
        rooted = {}
        for group, frame, label, target, address in self._capture.roots():
            if target >= 0:
                rooted.setdefault(target, f"{group} {label}".strip() if not frame else f"frame {frame} {label}".strip())
        seen, level = {number: None}, [number]
        while level:
            for here in level:
                if here in rooted:
                    return self._steps(here, rooted[here], seen)
            following = []
            for here in level:
                for owner, label in self._capture.referrers(here):
                    if owner not in seen and not label.startswith("weak"):
                        seen[owner] = here, label
                        following.append(owner)
            level = following
        return None

    def _steps(self, here, label, seen):
        steps = [(label, Object(self, here))]
        while seen[here] is not None:
            here, label = seen[here]
            steps.append((label, Object(self, here)))
        return steps

    def export(self, path, format=None, **options):
        """Write the snapshot for another program, by format or the ending of path.  See limpid.export()."""
        from limpid import exports

        exports.write(self, path, format, **options)

    def to_dict(self):
        return {"objects": len(self), "references": self.references, "complete": self.complete, "problem": self.problem,
                "meta": self.meta, "by_type": self.by_type().to_dict()}

    def json(self, indent=None):
        """A summary as JSON text."""
        import json

        return json.dumps(self.to_dict(), indent=indent)

    def __repr__(self):
        cut = "" if self.complete else f", cut: {self.problem}"
        return f"<Snapshot of {len(self):,} objects with {self.references:,} references{cut}>"

    def __str__(self):
        return f"{self!r}\n{self.by_type(20)}"


class Written:
    """What snapshot(path) wrote: path, objects, references, bytes, seconds."""

    __slots__ = ("path", "objects", "references", "bytes", "seconds")

    def __init__(self, path, totals):
        self.path = path
        for name, value in totals.items():
            setattr(self, name, value)

    def load(self):
        """Read it: a Snapshot."""
        return load(self.path)

    def to_dict(self):
        return {name: getattr(self, name) for name in self.__slots__}

    def __repr__(self):
        return (f"<{self.path}: {self.objects:,} objects, {self.references:,} references, {_text.size(self.bytes)}, "
                f"{self.seconds:.3f} s>")


class Difference:
    """What changed from one snapshot to another.  See diff().

    by_type and by_site are Rows of (what, born, born_bytes, died, died_bytes, stayed, grown_bytes); exact says whether objects
    were told apart by address (two snapshots of one process); between processes only totals are compared and stayed is 0."""

    def __init__(self, by_type, by_site, exact):
        self.by_type = by_type
        self.by_site = by_site
        self.exact = exact

    def to_dict(self):
        return {"exact": self.exact, "by_type": self.by_type.to_dict(), "by_site": self.by_site.to_dict()}

    def json(self, indent=None):
        """The same as JSON text."""
        import json

        return json.dumps(self.to_dict(), indent=indent)

    def __str__(self):
        parts = [str(self.by_type)]
        if any(row.what != "(not traced)" for row in self.by_site):
            parts.append(str(self.by_site))
        return "\n\n".join(parts)

    __repr__ = __str__


@look
def snapshot(path=None, *, compress=True, values=True, copies=0):
    """Take a snapshot of the heap.

    Without path: a Snapshot in memory.  With path: the capture is written to that file as it is taken, and what is returned
    says how many objects, references, bytes and seconds it took (a Written; its load() reads it).  compress deflates the file
    (to about a seventh, at two thirds of the speed); values keeps the text of strings and numbers (up to 80 characters),
    without them a capture has only names of classes, functions, modules, attributes and interned keys; copies is how many bytes of
    the blocks themselves to keep, for the page (the first 512 of each, of 1,000 objects of a class).
    Raises OSError, MemoryError."""
    result = _see.capture_write(path, compress and path is not None, values, copies)
    return Snapshot(result) if path is None else Written(path, result)


@look
def load(path):
    """Read a capture file, made by any Limpid: a Snapshot, Allocations for a log of allocations (log()), or a Recording
    (limpid.recording) for one of --record or see().

    A file that is cut or damaged opens up to there: complete is false then, and problem says why.  What is no capture, or of
    an unknown version, raises ValueError; an empty file EOFError; OSError as open() does."""
    import os

    path = os.fspath(path)
    if os.stat(path).st_size == 0:
        raise EOFError(f"{path!r} is empty")
    from limpid import recording

    if recording.is_recording(path):
        return recording.Recording(path)
    try:
        capture = _see.capture_read(path)
    except ValueError as error:
        raise ValueError(f"{os.fsdecode(path)}: {error}") from None
    if capture.meta.get("content") == "log":
        from limpid.allocations import read

        return read(path)
    return Snapshot(capture, path)


def _snapshot_of(x):
    return x if isinstance(x, Snapshot) else load(x)


@look
def diff(a, b):
    """Compare two snapshots or capture files, a the earlier one: a Difference.

    An object is the same in both if its address, class and size are: one that was freed and made anew at the same place counts
    as stayed.  Snapshots of different processes are compared by totals."""
    a, b = _snapshot_of(a), _snapshot_of(b)
    exact = bool(a.meta.get("process")) and a.meta.get("process") == b.meta.get("process")
    names = [[row[0] for row in s._capture.types()] for s in (a, b)]
    by_type = _changes(a, b, exact, False, lambda s, number: names[s is b][number] if number < len(names[s is b]) else "?")
    by_site = _changes(a, b, exact, True, lambda s, number: s._site_text(number))
    return Difference(by_type, by_site, exact)


def _changes(a, b, exact, by_site, name):
    rows = {}

    def row(what):
        return rows.setdefault(what, [0, 0, 0, 0, 0])

    if exact:
        for number, born, size, stayed in b._capture.changes(a._capture, by_site):
            found = row(name(b, number))
            found[0] += born
            found[1] += size
            found[4] += stayed
        for number, died, size, stayed in a._capture.changes(b._capture, by_site):
            found = row(name(a, number))
            found[2] += died
            found[3] += size
    else:
        for s, sign in ((a, -1), (b, 1)):
            table = s._capture.by_site() if by_site else [(i, row[2], row[3]) for i, row in enumerate(s._capture.types())]
            for number, count, size in table:
                found = row(name(s, number))
                found[0] += sign * count
                found[1] += sign * size
        for found in rows.values():
            if found[1] < 0 or (found[1] == 0 and found[0] < 0):
                found[:4] = [0, 0, -found[0], -found[1]]
    changed = [Change((what, *found, found[1] - found[3])) for what, found in rows.items() if any(found[:4])]
    changed.sort(key=lambda r: (-abs(r.grown_bytes), -r.born_bytes, r.what))
    return Rows(("what", "born", "born_bytes", "died", "died_bytes", "stayed", "grown_bytes"), changed)


@look
def export(path, format=None, **options):
    """Write the heap as it is now for another program: snapshot().export(path, format, **options).

    The format, or the ending of path:

      heapsnapshot   .heapsnapshot            Chrome's DevTools (Memory, Load profile), memlab
      jsonl          .jsonl                   one object a line: number, address, type, size, references, refs
      dot, svg       .dot, .svg               a picture of the objects around `objects` (addresses; the frames' variables), at most
                                              limit=150 of them
      collapsed      .collapsed, .folded      flamegraph.pl, inferno: bytes by allocating stack if allocations were traced, else
                                              by holders (classes below classes)
      speedscope     .speedscope.json         speedscope.app, the same
      dhat           .dhat.json, .dhat        valgrind's dh_view.html, the same
      heaptrack      .heaptrack               heaptrack_print, heaptrack_gui, the same
      page           .html                    the page for the browser: the map, each object; of a snapshot that is in a file

    Raises ValueError for an unknown format, OSError."""
    from limpid import exports

    if exports.format_of(path, format) == "page":
        exports.write_page_of_now(path)
    else:
        snapshot().export(path, format, **options)
