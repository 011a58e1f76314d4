"""Recordings: what a run did to its frames and objects, step by step (docs/recording.md)."""

import os
import struct
import zlib

MAGIC = b"\x89LMP\r\n\x1a\n"
HEADER = 24  # bytes of a chunk's header
CHUNK_MAX = 64 << 20
OPERATIONS = (
    "STATE", "STEP", "THREAD", "PUSH", "RESUME", "RETURN", "YIELD", "RAISE", "UNWIND", "SUSPENDED", "FORGET", "NAMES", "OBJECT",
    "HOLDS", "SET", "ADD", "CUT", "LENGTH", "COUNT", "VALUE", "DIED", "LEFT", "OUTPUT", "COLLECTED", "HEAP", "END",
    "AT", "INSTRUCTION", "CALL", "BORN", "IN", "RESULT", "INT", "REF", "FLOAT", "CONST", "WIDE",
    "INTERNED", "C_STACK", "LATE",
)
SHORT = ("INT", "REF", "FLOAT", "CONST")  # bytes from 64 on, for each of 16 places
PLACES = 256  # of a frame, and of an object, for which the value before is remembered
VALUES = {"INT", "REF", "FLOAT", "CONST", "WIDE"}
CONSTANTS = {1: ("NoneType", "None"), 2: ("bool", "False"), 3: ("bool", "True")}
STOPS = {"STEP", "RETURN", "YIELD", "RAISE", "UNWIND"}
HOLDING = ("type", "attribute", "field", "item", "key", "value", "member", "local", "stack", "plain", "root")


class Damaged(ValueError):
    """The file is no recording, or not a whole one."""


_WRONG = Damaged, zlib.error, struct.error, IndexError, KeyError, AttributeError, OverflowError, StopIteration


class Reading:
    """with Reading(path): what is wrong with the contents of a file becomes Damaged, with the file's name."""

    def __init__(self, path):
        self.path = path

    def __enter__(self):
        return self

    def __exit__(self, type, error, traceback):
        if isinstance(error, _WRONG):
            name = os.fsdecode(self.path) if self.path else "the recording"
            what = error if isinstance(error, (Damaged, zlib.error)) else "what it tells does not fit together"
            raise Damaged(what if str(what).startswith(name) else f"{name}: {what}") from None


class Column:
    """Numbers and texts of one column of a chunk, in order."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def uint(self):
        data, at = self.data, self.at
        if not data:  # a column of zeros
            return 0
        value = shift = 0
        while True:
            if at >= len(data):
                raise Damaged("a column ends too early")
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                self.at = at
                return value
            shift += 7
            if shift > 63:
                raise Damaged("a number is too long")

    def ahead(self):
        """The next number, which stays."""
        at = self.at
        value = self.uint()
        self.at = at
        return value

    def skip(self, count):
        """Passes over numbers."""
        data, at = self.data, self.at
        while count and data:
            count -= data[at] < 128
            at += 1
        self.at = at

    def int(self):
        value = self.uint()
        return value >> 1 ^ -(value & 1)

    def byte(self):
        self.at += 1
        return self.data[self.at - 1] if self.data else 0

    def eight(self):
        self.at += 8
        return bytes(self.data[self.at - 8 : self.at])

    def text(self):
        if not self.data:
            raise Damaged("a column ends too early")
        size = self.uint()
        if self.at + size > len(self.data):
            raise Damaged("a text ends too early")
        self.at += size
        return self.data[self.at - size : self.at].decode("utf-8", "replace")


class Given:
    """Operands that are known, to be read as from a column."""

    def __init__(self, *operands):
        self.operands = list(operands)

    def uint(self):
        return self.operands.pop(0)

    int = uint

    def ahead(self):
        return self.operands[0]


class Columns:
    """The columns of a chunk, each bytes.  They stay as they are stored: in a file of few bytes they may be very long."""

    def __init__(self, stored, plain):
        self._stored, self._plain = stored, plain

    def __iter__(self):
        payload, at, columns = self._stored, 1, []
        if self._plain >= 0:
            payload = zlib.decompressobj().decompress(payload, self._plain + 1)
            if len(payload) != self._plain:
                raise Damaged("a chunk is damaged")
        at += 4 * payload[0]
        for i in range(payload[0]):
            size = int.from_bytes(payload[1 + 4 * i : 5 + 4 * i], "little")
            columns.append(payload[at : at + size])
            at += size
        if at > len(payload):
            raise Damaged("a chunk has no room for its columns")
        return iter(columns)

    def __getitem__(self, i):
        return list(self)[i]


def chunk(header, payload):
    """(kind, rows, columns) of a chunk."""
    rows, _, plain, checksum = (int.from_bytes(header[i : i + 4], "little") for i in (8, 12, 16, 20))
    if zlib.crc32(payload, zlib.crc32(header[:20])) != checksum or plain > CHUNK_MAX:
        raise Damaged("a chunk is damaged")
    columns = Columns(payload, plain if header[4] else -1)
    if rows > 1 and header[:4] != b"JRNL" and rows > max(map(len, columns), default=0):
        raise Damaged("a chunk has more rows than bytes")
    return header[:4].decode("ascii", "replace"), rows, columns


def chunks(path):
    """(kind, rows, columns) of each whole chunk of a file."""
    with open(path, "rb") as file:
        if file.read(8) != MAGIC:
            raise Damaged(f"{os.fsdecode(path)} is no capture or recording")
        file.read(8)
        at = 16
        while len(header := file.read(HEADER)) == HEADER:
            size = int.from_bytes(header[12:16], "little")
            payload = file.read(min(size, CHUNK_MAX))
            if len(payload) < size:
                return
            try:
                part = chunk(header, payload)
            except (Damaged, zlib.error, IndexError):
                raise Damaged(f"{os.fsdecode(path)}: the chunk at byte {at:,} is damaged") from None
            yield part
            at += HEADER + size


def is_recording(path):
    """Whether a file of chunks has a journal."""
    with open(path, "rb") as file:
        if file.read(16)[:8] != MAGIC:
            return False
        while len(header := file.read(24)) == 24:
            if header[:4] == b"JRNL":
                return True
            file.seek(int.from_bytes(header[12:16], "little"), 1)
    return False


class Code:
    """A code object: name, file, first line, names of its slots, and their kinds (0x20 local, 0x40 cell, 0x80 free)."""

    def __init__(self, name, file, line, slots, kinds):
        self.name, self.file, self.line, self.slots, self.kinds = name, file, line, slots, kinds


class Object:
    """An object in view: number, type, address, size of its block in bytes (0: not on the heap), reference count (-1: immortal,
    -2: not followed), length (-1: none), text of its value or name, and what it holds: (kind, label, number) each.  Numbers below
    0 are of values that were told without an object: they have no address.  interned: whether it is the string that all equal ones share."""

    interned = False

    def __init__(self, number, type, address, size, count, length, text):
        self.number, self.type, self.address, self.size = number, type, address, size
        self.count, self.length, self.text = count, length, text
        self.holds = []


class Frame:
    """A frame: number, code, line, its slots (numbers of objects by index), the object that is its dict of names, and the C stack
    on which its last line ran (Recording.c_frames; 0: not recorded)."""

    def __init__(self, number, code, line):
        self.number, self.code, self.line = number, code, line
        self.slots = {}
        self.names = self.c_stack = 0

    def variables(self):
        """{name: number of the object} of locals, cells and free variables."""
        return {name: self.slots[i] for i, name in enumerate(self.code.slots) if self.slots.get(i)}


class State:
    """What there is between two operations of the journal: stacks of frames by thread (the last is the innermost), suspended
    frames, objects by number, output, and the number of the step."""

    def __init__(self):
        self.step = 0
        self.reset()
        self.output = []
        self.collections = []
        self.value = 0

    def reset(self):
        self.stacks, self.suspended, self.objects = {}, {}, {}
        self.thread = 1
        self.pools = self.large = 0
        self.late = 0  # steps by which objects far from the running line may be told of too late
        self.left = None  # the frame that has returned or waits, at a stop that says so
        self.last = None  # the frame that is told of, if it is not the top one
        self.instruction = None  # with --grain=instruction: (offset in code units, name, argument) of the step
        self.newest = self.frames = self.values = self.last_dead = 0  # numbers; those of values count down
        self.ints, self.references, self.addresses = {}, {}, {}  # what was told last, by place, by class

    @property
    def stack(self):
        return self.stacks.setdefault(self.thread, [])


class Recording:
    """A recording, read from a file.  Iterating over it gives (operation, state) at each stop: STEP before a line runs, RETURN,
    YIELD, RAISE and UNWIND when that happens; the state is one object that goes on changing."""

    def __init__(self, path=None):
        self.path = path
        self.types, self.codes, self.strings, self.sources, self.journal = {}, {}, {}, {}, []
        self.c_functions, self.c_stacks = {}, {}  # (name, file); (stack below, function, bytes)
        self.captures = []  # lists of chunks, for limpid.moments
        self.within = None  # a capture
        for part in chunks(path) if path else ():
            with Reading(path):
                self.take(*part)

    def take(self, kind, rows, columns):
        """Adds what a chunk tells."""
        if kind == "CAPT":
            self.within = []
        if self.within is not None:
            self.within.append((kind, rows, columns))
            if kind == "DONE":
                self.captures.append(self.within)
                self.within = None
            return
        parts = [Column(c) for c in columns]
        if kind == "JTYP":
            for _ in range(rows):
                self.types[parts[0].uint()] = parts[1].text()
        elif kind == "STRS":
            for _ in range(rows):
                self.strings[parts[0].uint()] = parts[1].text()
        elif kind == "CODE":
            for _ in range(rows):
                number, name, file, line, slots = (
                    parts[0].uint(), parts[1].text(), parts[2].text(), parts[3].uint(), parts[4].uint())
                names = [parts[5].text() for _ in range(slots)]
                self.codes[number] = Code(name, file, line, names, [parts[6].byte() for _ in range(slots)])
        elif kind == "SRCE":
            for _ in range(rows):
                self.sources[parts[0].text()] = parts[1].text()
        elif kind == "CFUN":
            for _ in range(rows):
                self.c_functions[parts[0].uint()] = parts[1].text(), parts[2].text()
        elif kind == "CSTK":
            for _ in range(rows):
                self.c_stacks[parts[0].uint()] = parts[1].uint(), parts[2].uint(), parts[3].uint()
        elif kind == "JRNL":
            self.journal.append(columns)

    def c_frames(self, stack):
        """The C frames of a stack (Frame.c_stack), innermost first: (function or "", file, bytes).  The first runs Python frames."""
        found = []
        while stack in self.c_stacks and len(found) < len(self.c_stacks):
            stack, function, size = self.c_stacks[stack]
            found.append((*self.c_functions.get(function, ("", "")), size))
        return found

    def play(self, state, columns):
        """Carries out the operations of a JRNL chunk on a state; (operation, state) at each stop."""
        with Reading(self.path):
            columns = list(columns)
            player = _Player(self, state, columns)
            for byte in columns[0]:
                operation = player.perform(byte)
                if operation in STOPS:
                    yield operation, state

    def __len__(self):
        """How many stops there are, as the page numbers them: steps, returns, yields, exceptions."""
        stops = bytes([*map(OPERATIONS.index, ("STEP", "RETURN", "YIELD", "RAISE")), *range(128, 256)])
        with Reading(self.path):
            operations = (columns[0] for columns in self.journal)
            return sum(len(column) - len(column.translate(None, stops)) for column in operations)

    @property
    def complete(self):
        """Whether the recording came to its end."""
        with Reading(self.path):
            return bool(self.journal) and self.journal[-1][0][-1:] == bytes([OPERATIONS.index("END")])

    def export(self, path, format=None, **options):
        """Write it for another program: limpid.profiles.export()."""
        from limpid.profiles import export

        export(self, path, format, **options)

    def __repr__(self):
        functions = {code.name for code in self.codes.values()}
        cut = "" if self.complete else ", cut"
        return f"<Recording of {len(self):,} steps in {len(functions)} functions of {len(self.sources)} files{cut}>"

    def __iter__(self):
        state = State()
        for columns in self.journal:
            yield from self.play(state, columns)

    def _STATE(self, state, n, t):
        state.step = n.uint()
        state.reset()

    def _STEP(self, state, n, t):
        state.stack[-1].line += n.int()
        state.step += 1

    def _THREAD(self, state, n, t):
        state.thread = n.uint()
        state.last = None

    def _frame(self, n):
        number, code, line = n.uint(), n.uint(), n.uint()
        return Frame(number, self.codes[code], line)

    def _PUSH(self, state, n, t):
        state.stack.append(self._frame(n))

    def _RESUME(self, state, n, t):
        state.stack.append(state.suspended.pop(n.uint()))

    def _RETURN(self, state, n, t):
        state.value = n.uint()
        state.left = state.stack.pop()

    _UNWIND = _RETURN

    def _YIELD(self, state, n, t):
        state.value = n.uint()
        frame = state.left = state.stack.pop()
        state.suspended[frame.number] = frame

    def _RAISE(self, state, n, t):
        state.value = n.uint()

    def _SUSPENDED(self, state, n, t):
        frame = state.last = self._frame(n)
        state.suspended[frame.number] = frame

    def _SLOT(self, state, n, t):
        slot, number = n.uint(), n.uint()
        (state.last or state.stack[-1]).slots[slot] = number

    def _FORGET(self, state, n, t):
        state.suspended.pop(n.uint())

    def _NAMES(self, state, n, t):
        (state.last or state.stack[-1]).names = n.uint()

    def _C_STACK(self, state, n, t):
        (state.last or state.stack[-1]).c_stack = n.uint()

    def _OBJECT(self, state, n, t):
        number, type, address, size, count, length = n.uint(), n.uint(), n.uint() * 8, n.uint(), n.int(), n.int()
        state.told = Object(number, self.types.get(type, "?"), address, size, count, length, t.text())
        state.objects[number] = state.told

    def _INTERNED(self, state, n, t):
        state.told.interned = True

    def _label(self, label):
        kind = HOLDING[label & 15]
        return kind, self.strings.get(label >> 4) if kind == "field" else label >> 4

    def _HOLDS(self, state, n, t):
        object = state.objects[n.uint()]
        object.holds = [(*self._label(n.uint()), n.uint()) for _ in range(n.uint())]

    def _SET(self, state, n, t):
        object, place, target = state.objects[n.uint()], n.uint(), n.uint()
        object.holds[place] = (*object.holds[place][:2], target)

    def _ADD(self, state, n, t):
        object = state.objects[n.uint()]
        object.holds.append((*self._label(n.uint()), n.uint()))

    def _CUT(self, state, n, t):
        object = state.objects[n.uint()]
        del object.holds[n.uint() :]

    def _LENGTH(self, state, n, t):
        object = state.objects[n.uint()]
        object.length = n.int()

    def _COUNT(self, state, n, t):
        object = state.objects[n.uint()]
        object.count += n.int()

    def _VALUE(self, state, n, t):
        state.objects[n.uint()].text = t.text()

    def _DIED(self, state, n, t):
        state.objects.pop(n.uint(), None)

    _LEFT = _DIED

    def _OUTPUT(self, state, n, t):
        state.output.append((n.uint(), t.text()))

    def _COLLECTED(self, state, n, t):
        state.collections.append((n.uint(), n.uint()))

    def _HEAP(self, state, n, t):
        state.pools = n.uint()
        state.large += n.int()

    def _LATE(self, state, n, t):
        state.late = n.uint()

    def _AT(self, state, n, t):
        number = n.uint()
        frame = state.last = next(frame for frame in reversed(state.stack) if frame.number == number)
        frame.line = n.uint()

    def _INSTRUCTION(self, state, n, t):
        state.instruction = n.uint(), self.strings.get(n.uint(), "?"), n.uint()

    def _END(self, state, n, t):
        n.uint()


class _Player:
    """Carries out the operations of a chunk: those that tell of more than one thing, or of it by a difference, as others."""

    def __init__(self, recording, state, columns):
        self.recording, self.state = recording, state
        columns = [Column(c) for c in [*columns, *[b""] * (11 - len(columns))]]
        (_, self.n, self.t, self.numbers, self.references, self.floats, self.types, self.addresses, self.births, self.deaths,
         self.codes) = columns
        self.holder = None  # of the value that follows: the number of an object, 0 for a result, None for the frame
        self.result = 0
        self.left = ()  # what the frame held that has ended at the last stop

    def perform(self, byte):
        """Carries out an operation; its name."""
        if self.left:
            self._forget(self.left)
            self.left = ()
        if byte >= 128:
            self.recording._STEP(self.state, Given(byte - 192), self.t)
            return "STEP"
        if byte >= 64:
            operation = SHORT[byte // 16 - 4]
            self._value(operation, byte % 16)
        elif (operation := OPERATIONS[byte]) in VALUES:
            self._value(operation, self.n.uint())
        else:
            getattr(self, "_" + operation, self._plain)(operation)
        return operation

    def _plain(self, operation, *operands):
        getattr(self.recording, "_" + operation)(self.state, Given(*operands) if operands else self.n, self.t)

    def _STATE(self, operation):
        step, newest, frames = self.n.uint(), self.n.uint(), self.n.uint()
        self._plain(operation, step)
        self.state.newest, self.state.frames = newest, frames

    def _CALL(self, operation):
        self.state.frames += 1
        self._plain("PUSH", self.state.frames, self.codes.uint(), self.codes.uint())

    def _end_of_frame(self, operation):
        frame = self.state.stack[-1]
        self._plain(operation, self.result)
        self.result = 0
        if operation != "YIELD":
            self.left = frame.slots.values()

    _RETURN = _YIELD = _UNWIND = _end_of_frame

    def _RAISE(self, operation):
        self._plain(operation, self.result)
        self.result = 0

    def _FORGET(self, operation):
        number = self.n.uint()
        self._forget(self.state.suspended[number].slots.values())
        self._plain(operation, number)

    def _BORN(self, operation):
        state, type = self.state, self.types.uint()
        state.newest += 1
        address = state.addresses[type] = state.addresses.get(type, 0) + self.addresses.int()
        self._plain("OBJECT", state.newest, type, address, self.births.uint(), self.births.int(), self.births.int())

    def _DIED(self, operation):
        self.state.last_dead += self.deaths.int()
        self._drop_held(self.state.last_dead)
        self._plain(operation, self.state.last_dead)

    def _HOLDS(self, operation):
        self._drop_held(self.n.ahead())
        self._plain(operation)

    def _CUT(self, operation):
        object, count = self.n.uint(), self.n.uint()
        self._drop_held(object, count)
        self._plain(operation, object, count)

    def _IN(self, operation):
        self.holder = self.n.uint()

    def _RESULT(self, operation):
        self.holder = 0

    # ---- values ----

    def _value(self, operation, place):
        """What is at a place, as an object."""
        state, holder = self.state, self.holder
        self.holder = None
        number = self._number(operation, None if place >= PLACES else place if holder is None else PLACES + place if holder else 2 * PLACES)
        if holder == 0:
            self.result = number
        elif holder:
            self._forget([state.objects[holder].holds[place][2]])
            self._plain("SET", holder, place, number)
        else:
            frame = state.last or state.stack[-1]
            self._forget([frame.slots.get(place, 0)])
            self._plain("SLOT", place, number)

    def _number(self, operation, base):
        state = self.state
        if operation == "REF":
            number = (state.references.get(base) or state.newest) + self.references.int()
            if base is not None:
                state.references[base] = number
            return number
        if operation == "INT":
            value = state.ints.get(base, 0) + self.numbers.int()
            if base is not None:
                state.ints[base] = value
            return self._object("int", str(value))
        if operation == "FLOAT":
            return self._object("float", repr(struct.unpack("<d", self.floats.eight())[0]))
        if operation == "WIDE":
            return self._object("int", str(int.from_bytes(self.floats.eight(), "little", signed=True)))
        which = self.numbers.uint()
        return self._object(*CONSTANTS[which]) if which in CONSTANTS else 0

    def _object(self, type, text):
        state = self.state
        state.values -= 1
        state.objects[state.values] = Object(state.values, type, 0, 0, -2, -1, text)
        return state.values

    def _forget(self, numbers):
        for number in numbers:
            if number < 0:
                self.state.objects.pop(number, None)

    def _drop_held(self, number, first=0):
        object = self.state.objects.get(number)
        if object:
            self._forget([target for _, _, target in object.holds[first:]])
