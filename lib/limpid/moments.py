"""The captures of the heap that a recording holds (docs/recording.md), in plain Python: for programs of some size, slow.

    for capture in limpid.moments.captures(limpid.recording.Recording("run.recording")):
        print(capture.step, capture.reason, len(capture.objects))"""

try:
    from limpid.recording import Column, Damaged, Reading
except ImportError:  # read by another Python
    from recording import Column, Damaged, Reading

_STATIC = 32


def _slot(address):
    return (address >> 3) * 0x9E3779B97F4A7C15 % 2**64 >> 56


class _Rows:
    """Columns of a chunk, read by the encodings of docs/capture.md."""

    def __init__(self, columns):
        self.columns = [Column(data) for data in columns]
        self.places = [0] * len(self.columns)
        self.recent, self.last = [0] * 256, 0

    def uint(self, i):
        return self.columns[i].uint() if i < len(self.columns) else 0

    def place(self, i):
        self.places[i] += self.columns[i].int() * 8
        return self.places[i]

    def byte(self, i):
        column = self.columns[i]
        column.at += 1
        return column.data[column.at - 1] if column.data else 0

    def text(self, i):
        return self.columns[i].text() if i < len(self.columns) else ""

    def bytes(self, i):
        column, size = self.columns[i], self.columns[i].uint()
        column.at += size
        return column.data[column.at - size : column.at]

    def ref(self, i, owner):
        column = self.columns[i]
        at, value = column.at, column.uint()
        tag, rest = value & 3, value >> 2
        if tag == 2:
            self.last = rest * 8
        elif tag == 3:
            self.last = self.recent[rest % 256]
        else:
            self.last = (self.last if tag else owner) + (rest >> 1 ^ -(rest & 1)) * 8
        if tag > 1 or column.at - at > 2:
            self.recent[_slot(self.last)] = self.last
        return self.last


class Block:
    """A block of the heap: address, type ("(buffer)": raw memory), size, references (-1: lives for ever, None: has no count),
    state (docs/capture.md), length (None: has none), and what it holds: (label, address) each."""

    def __init__(self, address, type, size, references, state, length):
        self.address, self.type, self.size, self.state = address, type, size, state
        self.references = None if references == 0 else -1 if references == 1 else references - 1
        self.length = length - 1 if length else None
        self.holds = []

    @property
    def is_static(self):
        return bool(self.state & _STATIC)

    def with_state(self, state):
        other = Block.__new__(Block)
        other.__dict__.update(self.__dict__, state=state or self.state, holds=[])
        return other


class Capture:
    """The heap at a step: step and reason of the capture; stop: how many STEP, RETURN, YIELD and RAISE stand before it; whole: whether
    objects are told, or only sums {class: (objects, bytes)}; objects {address: Block}; pools (address, kind, size, capacity, used,
    first); segments (start, size, resident, permissions, name, kind, thread); copies {address: (layout, bytes)}; names {address: text};
    fields {number of a layout: [(name, C type, offset, size, kind, meaning)]}."""

    def __init__(self, chunks, base=None):
        self.objects, self.pools, self.segments, self.copies, self.names, self.sums, self.fields = {}, [], [], {}, {}, {}, {}
        self.complete = False
        self._types, self._strings = {0: "(buffer)"}, {0: ""}
        self._blocks, self._edges, self._copied = [], [], []
        if base:
            self._types |= base._types
            self._strings |= base._strings
        for kind, rows, columns in chunks:
            take, reader = getattr(self, "_take_" + kind, None), _Rows(columns)
            for _ in range(rows if take else 0):
                take(reader, base)
        self.objects = {block.address: block for block in self._blocks}
        if base:
            self._edges_of(base)
        for owner, label, target in self._edges:
            if owner in self.objects:
                self.objects[owner].holds.append((label, target))

    def _edges_of(self, base):
        """What holds still of the base: the references of blocks that are as they were, and to buffers that are."""
        for before in base.objects.values():
            same = before.address in self._same
            holder = self.objects.get(before.address)
            for label, target in before.holds:
                if holder and (target in self._same if label & 15 == 13 else same):
                    holder.holds.append((label, target))
            if same and before.address in base.names:
                self.names[before.address] = base.names[before.address]

    _same = frozenset()

    def _take_CAPT(self, r, base):
        self.step, self.reason, self.stop, self.based, self.whole = r.uint(0), r.text(1), r.uint(2), r.uint(3), bool(r.byte(4))

    def _take_TYPE(self, r, base):
        number = r.uint(0)
        self._types[number] = r.text(2)

    def _take_STRS(self, r, base):
        number = r.uint(0)
        self._strings[number] = r.text(1)

    def _take_OBJS(self, r, base):
        self._blocks.append(Block(r.place(0), self._types[r.uint(1)], r.uint(2), r.uint(3), r.byte(4), r.uint(5)))

    def _take_SAME(self, r, base):
        first, rows, state = r.uint(0), r.uint(1), r.byte(2)
        for block in base._blocks[first : first + rows]:
            self._blocks.append(block.with_state(state))
            self._same = self._same or set()
            self._same.add(block.address)

    def _take_EDGE(self, r, base):
        owner = r.place(0)
        count = r.uint(1)
        if count > len(r.columns[3].data):
            raise Damaged("an object has more references than bytes")
        for _ in range(count):
            label = r.uint(2)
            self._edges.append((owner, label, r.ref(3, owner)))

    def _take_NAME(self, r, base):
        address = r.place(0)
        self.names[address] = r.text(1)

    def _take_POOL(self, r, base):
        self.pools.append((r.place(0), r.byte(1), r.uint(2), r.uint(3), r.uint(4), r.uint(5)))

    def _take_SEGM(self, r, base):
        self.segments.append((r.place(0), r.uint(1), r.uint(2), r.text(3), r.text(4), r.text(5), r.uint(6)))

    def _take_SUMS(self, r, base):
        self.sums[self._types[r.uint(0)]] = r.uint(1), r.uint(2)

    def _take_FIEL(self, r, base):
        layout, name, type = r.uint(0), r.uint(1), r.uint(2)
        row = self._strings.get(name), self._strings.get(type), r.uint(3), r.uint(4), r.byte(5), self._strings.get(r.uint(6))
        self.fields.setdefault(layout, []).append(row)

    def _take_COPY(self, r, base):
        address, layout = r.place(0), r.uint(1)
        self.copies[address] = layout, r.bytes(2)

    def _take_DONE(self, r, base):
        self.done_objects, self.complete = r.uint(0), True

    def label(self, label):
        """The string of a label that has one."""
        return self._strings.get(label >> 4, "")


def captures(recording):
    """The captures of a recording, in order."""
    base = None
    for chunks in recording.captures:
        with Reading(recording.path):
            capture = Capture(chunks, base)
        base = base or capture
        yield capture
