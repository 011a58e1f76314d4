"""Why memory does not go down: the arenas that cannot go back to the system, and who holds them."""

from _see import pins as _pins

from limpid import _text
from limpid._look import look
from limpid.process import Record

_ARENA = 256 * 1024
_SPARSE = 10        # an arena with less than a tenth of live bytes
_PARTS = 5          # of a way, that make a holder


class PinnedBlock(Record):
    """A live block in a pinned arena: address and size of the block; type: of the object, or of the owner of a buffer, whose
    role says what it is of the owner; way: how a root of the runtime reaches it, as text (None: nothing does, or nobody is
    known to own it)."""

    __slots__ = ("address", "size", "type", "role", "way")

    @property
    def name(self):
        """ "str", "list's items", or "buffer" of nobody known."""
        if self.type is None:
            return self.role or "buffer"
        return f"{self.type}'s {self.role}" if self.role else self.type


class Pin(Record):
    """An arena that cannot go back: its address; pools in use, live blocks, their bytes; what freeing them would return
    (its resident bytes); held_by: the blocks as far as they were asked for, those of the emptiest pools first."""

    __slots__ = ("address", "pools", "blocks", "bytes", "returns", "held_by")


class Holder(Record):
    """Who holds blocks in sparse arenas: the way to them, subscripts left open; how many blocks and bytes, in how many arenas;
    how many of these nobody else holds, and what would go back if this holder let go."""

    __slots__ = ("way", "blocks", "bytes", "arenas", "alone", "returns")


class MallocPins(Record):
    """malloc's side, in bytes: its heaps, of them handed out and free, free at the upper end (this alone can go back of the
    heap by brk); last: the highest block of the runtime's there (PinnedBlock or None), which must go first."""

    __slots__ = ("system", "live", "free", "top", "last")


class Pins(Record):
    """What limpid.pins() returns.

    arenas: list of Pin, the fewest live bytes first; empty: resident bytes of arenas without blocks, which are kept back for
    the next allocation; holders: list of Holder, greatest return first; malloc: MallocPins."""

    __slots__ = ("arenas", "empty", "holders", "malloc")

    @property
    def sparse(self):
        """The arenas with less than a tenth of live bytes."""
        return [pin for pin in self.arenas if pin.bytes * _SPARSE < _ARENA]

    def text(self, width=None, colour=None):
        """Totals, holders, the sparsest arenas, malloc."""
        width = width or _text.width()
        colour = _text.has_colour() if colour is None else colour
        size, count, bold = _text.size, _text.count, lambda text: _text.paint(text, "bold", colour)
        resident, live = sum(p.returns for p in self.arenas), sum(p.bytes for p in self.arenas)
        sparse = self.sparse
        lines = [f"{count(len(self.arenas), 'arena')} cannot go back to the system: {size(resident)} resident, "
                 f"{size(live)} of it live"]
        if sparse:
            lines.append(f"{len(sparse):,} of them {'hold' if len(sparse) > 1 else 'holds'} less than a tenth of live bytes: "
                         f"{size(sum(p.returns for p in sparse))} held by {size(sum(p.bytes for p in sparse))}")
        if self.empty:
            lines.append(f"kept back without any block: {size(self.empty)}")
        lines = [_text.cut(line, width) for line in lines]
        if self.holders:
            rows = [(count(h.blocks, "block"), size(h.bytes), count(h.arenas, "arena"), size(h.returns), h.way)
                    for h in self.holders[:10]]
            lines += ["", bold("who holds the sparse arenas"), *_text.table([("holds", "bytes", "in", "returns", "holder"), *rows],
                                                                            ">>>><", width)]
        rows = []
        for pin in self.arenas[:20]:
            for block in pin.held_by[:1]:
                more = f" and {pin.blocks - 1:,} more" if pin.blocks > 1 else ""
                way = f" ← {block.way}" if block.way else ""
                rows.append((f"{pin.address:#x}", count(pin.blocks, "block"), size(pin.bytes), size(pin.returns),
                             block.name + more + way))
        if rows:
            lines += ["", bold("sparsest arenas"),
                      *_text.table([("arena", "live", "bytes", "returns", "held by"), *rows], "<>>><", width)]
        m = self.malloc
        lines += ["", _text.cut(f"malloc: {size(m.system)} in its heaps, {size(m.live)} handed out, {size(m.free)} free, of it "
                                f"{size(m.top)} at the upper end", width)]
        if m.last:
            lines.append(_text.cut(f"  its last block: {m.last.name}, {size(m.last.size)} at {m.last.address:#x}"
                                   + (f" ← {m.last.way}" if m.last.way else ""), width))
        return "\n".join(lines)

    def __repr__(self):
        return self.text(colour=False)

    def __str__(self):
        return self.text()


def _block(address, size, type, role, way):
    return PinnedBlock(address, size, type, role or None, way and " → ".join(_parts(*way)))


def _parts(beginning, steps, skipped):
    from limpid.graph import _way_parts

    if skipped:
        return [beginning, f"… {_text.count(skipped, 'step')}", *(label.strip() for _, label, _ in steps)]
    return _way_parts(beginning, steps)


def _general(way):
    """The way without subscripts and without its far end: what many blocks have in common."""
    parts = ["[…]" if part.startswith("[") else "key …" if part.startswith("key ") else part for part in way.split(" → ")]
    return " → ".join(parts[:_PARTS] + ["…"] * (len(parts) > _PARTS))


def _holders(arenas):
    """Holder rows for the sparse arenas whose blocks are all told."""
    found = {}
    for pin in arenas:
        if pin.bytes * _SPARSE >= _ARENA or len(pin.held_by) < pin.blocks:
            continue
        ways = {}
        for block in pin.held_by:
            ways.setdefault(_general(block.way) if block.way else f"({block.name}, no way from a root)", []).append(block)
        for way, blocks in ways.items():
            holder = found.setdefault(way, Holder(way, 0, 0, 0, 0, 0))
            holder.blocks += len(blocks)
            holder.bytes += sum(b.size for b in blocks)
            holder.arenas += 1
            if len(ways) == 1:
                holder.alone += 1
                holder.returns += pin.returns
    return sorted(found.values(), key=lambda h: (-h.returns, -h.arenas, h.way))


@look
def pins(arenas=100, blocks=64):
    """For each arena that cannot go back to the system: what holds it, and what freeing that would return.

    arenas: of how many arenas, those with the fewest live bytes, the blocks are told; blocks: how many of each at most.
    Returns a Pins, which prints as text.  An arena goes back as a whole, when its last block is freed; one empty arena is kept.

    Looks at the whole heap (as limpid.paths does) to say who holds the blocks.  Raises MemoryError when there is no memory
    to write all that down, ValueError for negative numbers."""
    if arenas < 0 or blocks < 0:
        raise ValueError("arenas and blocks must not be negative")
    raw = _pins(arenas, blocks)
    rows, empty = [], 0
    for address, pools, live, size, resident, _, held in raw["arenas"]:
        if live:
            rows.append(Pin(address, pools, live, size, resident, [_block(*row) for row in held]))
        else:
            empty += resident
    last = [_block(*row) for row in raw["top"]]
    return Pins(rows, empty, _holders(rows), MallocPins(*raw["malloc"], last[0] if last else None))
