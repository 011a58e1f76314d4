"""The heap block by block: live and free ones, by type, by owner, by size class, and what is wasted."""

import _see
from limpid import _text
from limpid._look import look
from limpid._name import describe
from limpid.process import Record

_CLASSES_SHOWN = 16
_KINDS = {"raw": "buffers", "object": "objects", "container": "containers"}


class RecordRows(list):
    """A list of records that prints as a table, the largest first; `total` is the record of their sums, where that says
    something."""

    def __init__(self, rows, total=None):
        super().__init__(rows)
        self.total = total

    def to_dict(self):
        """The rows as a list of dicts of plain data."""
        return [row.to_dict() for row in self]

    def json(self, indent=None):
        """The same as JSON text."""
        import json

        return json.dumps(self.to_dict(), indent=indent)

    def text(self, width=None, colour=None):
        """A line for each row."""
        width = width or _text.width()
        rows = list(self) + ([self.total] if self.total is not None else [])
        if not rows:
            return "(nothing)"
        names = [name for name in type(rows[0]).__slots__ if not name.startswith("_")]
        numbers = [isinstance(getattr(rows[0], name), int) for name in names]
        texts = [tuple(_cell(name, getattr(row, name)) for name in names) for row in rows]
        head = tuple(name.replace("_", " ") for name in names)
        return "\n".join(_text.table([head] + texts, [">" if n else "<" for n in numbers], width, 0))

    def __repr__(self):
        return self.text(colour=False)

    def __str__(self):
        return self.text()


def _cell(name, value):
    if value is None or (name == "owner" and value == 0):
        return "-"
    if type(value) is bool:
        return "yes" if value else ""
    if name in ("address", "owner") and type(value) is int:
        return f"{value:#x}"
    return f"{value:,}" if isinstance(value, int) else str(value)


class HeapBlock(Record):
    """A block of the heap at the moment of the look.

    address, size     of the block; used: bytes of it that were asked for or hold something
    kind              "object", "container", "raw" (a buffer) or "free"
    large             not in a pool
    type              of the object, "(buffer)", or None
    owner, owner_type  address and type of the object that a buffer belongs to; 0 and None: the runtime
    role              what the buffer is: "items", "table", "characters", "frames of a thread"…
    generation        of a tracked container: 0, 1, 2 or 3 (frozen); else None"""

    __slots__ = ("address", "size", "used", "kind", "large", "type", "owner", "owner_type", "role", "generation")


class SizeClass(Record):
    """The pools of one kind and size class: how many, blocks they have room for, blocks in use, free bytes, and the bytes of
    headers and of what is left over.  occupancy: in use of all blocks, 0 to 1."""

    __slots__ = ("kind", "size", "pools", "blocks", "used", "free_bytes", "header_bytes")

    @property
    def occupancy(self):
        return self.used / self.blocks if self.blocks else 0.0


class Kind(Record):
    """The live blocks of one kind: small ones (in pools) and large ones."""

    __slots__ = ("kind", "blocks", "bytes", "large_blocks", "large_bytes")


class Heap:
    """The heap at one moment: figures, and its blocks.

    Iterating gives a HeapBlock for each, in the order of addresses; len() is their number.  The list was made in the look and lies
    outside of the heap; it names addresses and keeps nothing alive.

    arenas, pools, free_pools   numbers; an arena is arena_size bytes, a pool pool_size
    kinds             a Kind for buffers, objects and containers
    classes           a SizeClass for each kind and size that has pools
    live, live_bytes  blocks and bytes, small and large
    free_bytes, header_bytes   in pools in use: free blocks, and headers with what is left over
    fragmentation     share of the bytes of arenas that are no live block's, 0 to 1"""

    def __init__(self, blocks, totals):
        self._blocks = blocks
        self.kinds = [Kind(*row) for row in totals["kinds"]]
        self.arena_size, self.pool_size = totals["arena_size"], totals["pool_size"]
        self.arenas, self.pools, self.free_pools = totals["arenas"], totals["pools"], totals["free_pools"]
        self.free_bytes, self.header_bytes = totals["free_bytes"], totals["header_bytes"]
        self.classes = [SizeClass(kind, size, pools, room, used, (room - used) * size, pools * self.pool_size - room * size)
                        for kind, size, pools, room, used in totals["classes"]]
        self.live = sum(k.blocks + k.large_blocks for k in self.kinds)
        self.small_bytes = sum(k.bytes for k in self.kinds)
        self.large_bytes = sum(k.large_bytes for k in self.kinds)
        self.live_bytes = self.small_bytes + self.large_bytes
        held = self.arenas * self.arena_size
        self.fragmentation = 1 - self.small_bytes / held if held else 0.0

    def __len__(self):
        return len(self._blocks)

    def __getitem__(self, index):
        return _block(self._blocks, index)

    def __iter__(self):
        return _Blocks(self._blocks)

    def to_dict(self):
        """The figures as plain data, without the blocks."""
        names = ("arenas", "pools", "free_pools", "arena_size", "pool_size", "live", "live_bytes", "small_bytes", "large_bytes",
                 "free_bytes", "header_bytes", "fragmentation")
        whole = {name: getattr(self, name) for name in names}
        whole["kinds"] = [k.to_dict() for k in self.kinds]
        whole["classes"] = [c.to_dict() for c in self.classes]
        return whole

    def json(self, indent=None):
        """The same as JSON text."""
        import json

        return json.dumps(self.to_dict(), indent=indent)

    def text(self, width=None, colour=None, detail=False):
        """The figures, and a line for each size class: of those with the most free bytes, with detail of all."""
        width = width or _text.width()
        colour = _text.has_colour() if colour is None else colour
        lines = [_text.paint(_text.cut(f"{_text.count(self.live, 'live block')}, {_text.size(self.live_bytes)}; "
                                       f"{_text.count(self.arenas, 'arena')} of {_text.size(self.arena_size)}, "
                                       f"{self.fragmentation:.1%} of them no live block's", width), "bold", colour)]
        rows = [("", "small", "bytes", "large", "bytes")]
        for k in self.kinds:
            rows.append((_KINDS[k.kind], f"{k.blocks:,}", f"{k.bytes:,}", f"{k.large_blocks:,}", f"{k.large_bytes:,}"))
        lines += _text.table(rows, "<>>>>", width, 0)
        lines.append(_text.cut(f"pools: {self.pools:,} in use, {self.free_pools:,} free ({_text.size(self.free_pools * self.pool_size)}); "
                               f"free blocks {_text.size(self.free_bytes)}, headers {_text.size(self.header_bytes)}", width))
        rows = [("kind", "size", "pools", "blocks", "in use", "free bytes", "occupancy")]
        bars = max(0, min(20, width - 78))
        shown = self.classes if detail else sorted(self.classes, key=lambda c: -c.free_bytes)[:_CLASSES_SHOWN]
        for c in shown:
            bar = f"{_text.bar(c.occupancy, bars):{bars}} " if bars >= 8 else ""
            rows.append((c.kind, str(c.size), f"{c.pools:,}", f"{c.blocks:,}", f"{c.used:,}", f"{c.free_bytes:,}",
                         f"{bar}{c.occupancy:4.0%}"))
        lines += _text.table(rows, "<>>>>><", width, 0)
        if len(shown) < len(self.classes):
            shown = {id(c) for c in shown}
            rest = [c for c in self.classes if id(c) not in shown]
            lines.append(_text.cut(f"and {len(rest)} more classes, {_text.count(sum(c.pools for c in rest), 'pool')}, "
                                   f"{_text.size(sum(c.free_bytes for c in rest))} free", width))
        return "\n".join(lines)

    def __repr__(self):
        return self.text(colour=False)

    def __str__(self):
        return self.text()


@look
def _block(blocks, index):
    return HeapBlock(*blocks[index])


class _Blocks:
    """Gives the blocks one by one, each in a look of its own."""

    __slots__ = ("_blocks", "_at")

    def __init__(self, blocks):
        self._blocks, self._at = blocks, 0

    def __iter__(self):
        return self

    @look
    def __next__(self):
        at = self._at
        if at >= len(self._blocks):
            raise StopIteration
        self._at = at + 1
        return HeapBlock(*self._blocks[at])


@look
def heap(free=False):
    """All live blocks of the heap (every object, and every buffer with its owner), and with free=True the free ones of pools; with
    a summary.

    Returns a Heap: print it, or iterate over it.  What looks at memory have made is not in it.  Costs one walk over the heap and 80
    bytes for each block, outside of the heap, for as long as the Heap lives."""
    return Heap(_see.heap(False, free), _see.totals())


# ---- tables ----

class TypeRow(Record):
    """A class: its objects, the bytes of their blocks, of what they asked for, and of the buffers that belong to them."""

    __slots__ = ("type", "objects", "bytes", "asked", "buffers", "buffer_bytes", "total")


def _first(n):
    """A number of rows: all for None."""
    if n is None:
        return None
    if not hasattr(n, "__index__"):
        raise TypeError(f"the number of rows must be an int or None, not {type(n).__name__}")
    if n < 0:
        raise ValueError("the number of rows must not be negative")
    return n


@look
def by_type(n=None):
    """Live objects and their memory by class, most bytes first; the first n.

    Returns RecordRows of TypeRow; the type "(buffer)" stands for the blocks of the runtime itself.  `total` is the sum of all, n or not;
    its bytes and buffer_bytes together are heap().live_bytes."""
    rows = [TypeRow(*row, row[2] + row[5]) for row in _see.by_type()]
    rows.sort(key=lambda row: (-row.total, row.type))
    total = TypeRow("all", *(sum(getattr(row, name) for row in rows) for name in TypeRow.__slots__[1:]))
    return RecordRows(rows[:_first(n)], total)


class OwnerRow(Record):
    """Buffers of one role that belong to objects of one class; owner None: to the runtime.  used: bytes that hold something."""

    __slots__ = ("owner", "role", "blocks", "bytes", "used")


@look
def by_owner(n=None):
    """The buffers of the heap by the class of their owners and what they are, most bytes first; the first n.

    Returns RecordRows of OwnerRow: ("dict", "table", …), ("list", "items", …), (None, "frames of a thread", …).  What memory of an
    extension module's own holds on to has the role None."""
    rows = [OwnerRow(owner, role, *sums) for (owner, role), sums in _see.by_owner().items()]
    rows.sort(key=lambda row: (-row.bytes, row.owner or "", row.role or ""))
    total = OwnerRow("all", "", *(sum(getattr(row, name) for row in rows) for name in OwnerRow.__slots__[2:]))
    return RecordRows(rows[:_first(n)], total)


@look
def largest(n=10):
    """The n largest live blocks (None: all), as RecordRows of HeapBlock."""
    n = _first(n)
    blocks = _see.heap(True, False)
    return RecordRows([HeapBlock(*blocks[i]) for i in range(len(blocks) if n is None else min(n, len(blocks)))])


# ---- waste ----

class Example(Record):
    """An object that wastes: what it is, its address, bytes; copies: how many others are equal to a text."""

    __slots__ = ("what", "address", "bytes", "copies")


class Wasted(Record):
    """One kind of waste: objects that have it, bytes, what would help, and the worst of them."""

    __slots__ = ("kind", "objects", "bytes", "why", "examples")


_WHY = {
    "lists": "room for items to come; list(x) or tuple(x) has none",
    "dicts": "tables at most a third full; dict(x) makes a new one",
    "sets": "tables at most a third full; set(x) makes a new one",
    "bytearrays": "room for bytes to come; bytes(x) has none",
    "padding": "between what an object asked for and its block",
    "equal texts": "copies of equal str and bytes; sys.intern(x) keeps one",
}


class Waste(Record):
    """What is held without need: kinds, each a Wasted; bytes: their sum."""

    __slots__ = ("bytes", "kinds")

    def __getitem__(self, kind):
        for wasted in self.kinds:
            if wasted.kind == kind:
                return wasted
        raise KeyError(kind)

    def text(self, width=None, colour=None):
        """A line for each kind, with its worst examples."""
        width = width or _text.width()
        colour = _text.has_colour() if colour is None else colour
        lines = [_text.paint(f"{_text.size(self.bytes)} held without need", "bold", colour)]
        for w in self.kinds:
            lines.append(_text.cut(f"{w.kind:12} {_text.size(w.bytes):>9}  {_text.count(w.objects, 'object'):>14}  {w.why}", width))
            for e in w.examples:
                copies = f", {e.copies:,} more like it" if w.kind == "equal texts" else ""
                lines.append(_text.cut(f"{'':12} {_text.size(e.bytes):>9}  {e.what}{copies}", width))
        return "\n".join(lines)

    def __repr__(self):
        return self.text(colour=False)

    def __str__(self):
        return self.text()


@look
def waste(n=3):
    """Over-allocated lists and bytearrays, thin dicts and sets, padding of blocks, and equal strings; of each kind the n worst.

    Returns a Waste.  Bytes of equal texts are those of the copies beyond the first."""
    kinds = []
    for kind, (objects, size, worst) in _see.waste(n).items():
        examples = [Example(describe(o), id(o), lost, copies) for o, lost, copies in worst]
        kinds.append(Wasted(kind, objects, size, _WHY[kind], examples))
    kinds.sort(key=lambda w: -w.bytes)
    return Waste(sum(w.bytes for w in kinds), kinds)
