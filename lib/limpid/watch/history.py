"""The recording of a program that still runs: what has come so far, and how it was at any step of it."""

import os
from bisect import bisect_left, bisect_right

from limpid.recording import HEADER, OPERATIONS, Column, Recording, State, chunk

HEAD = 16  # bytes in front of the first chunk
SENT, LINE, INPUT, DONE = range(4)  # events (src/see/live.h)
FIGURES_MAX = 4096

# For skimming: how many operands an operation has in the column of operands, and those that have none and say nothing of frames
OPERANDS = {"STATE": 3, "STEP": 1, "THREAD": 1, "PUSH": 3, "RESUME": 1, "SUSPENDED": 3, "FORGET": 1, "NAMES": 1, "OBJECT": 6, "SET": 3,
            "ADD": 3, "CUT": 2, "LENGTH": 2, "COUNT": 2, "VALUE": 1, "LEFT": 1, "OUTPUT": 1, "COLLECTED": 2, "HEAP": 2, "END": 1, "AT": 2,
            "INSTRUCTION": 3, "IN": 1, "INT": 1, "REF": 1, "FLOAT": 1, "CONST": 1, "WIDE": 1, "LONG": 1, "C_STACK": 1}
SILENT = bytes([*map(OPERATIONS.index, ("BORN", "DIED", "RESULT", "RAISE", "INTERNED")), *range(64, 128)])


def _spool():
    """A file without a name, for reading and writing; -1 when there is no place for one."""
    for folder in (os.environ.get("TMPDIR"), "/tmp", "/var/tmp", "."):
        if folder:
            try:
                path = f"{folder}/limpid-watch-{os.getpid()}-{os.urandom(6).hex()}"
                file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
                os.unlink(path)
                return file
            except OSError:
                pass
    return -1


STEP = OPERATIONS.index("STEP")


class Notes:
    """What happened between two steps: variables and objects with what they were before, objects that came and went, and
    calls, returns and exceptions in order: (operation, frame, value, line of the frame)."""

    def __init__(self):
        self.slots = {}    # (number of the frame, slot): number of the object before
        self.objects = {}  # number: (text, length, holds) before
        self.counts = set()
        self.born, self.died, self.events = set(), [], []


class Figures:
    """The heap at a step: pools in use, bytes in large blocks, pools in use of each arena (None: not told)."""

    def __init__(self, step, pools, large, arenas):
        self.step, self.pools, self.large, self.arenas = step, pools, large, arenas


class History(Recording):
    """A recording that grows by feed().  Its journal is kept in a file; to(step) is the state before that step's line, and
    `notes` what the step before did.  `steps` is the last step that has come."""

    def __init__(self):
        super().__init__()
        self.file, self.size = _spool(), 0
        self.places = []            # of the journal's chunks: (offset, size); chunks that are not in the file
        self.wholes, self.whole_steps = [], []  # those that begin with a state, and its step
        self.begins = True          # the next one does
        self.pending, self.headless = bytearray(), True
        self.received = 0
        self.steps = 0
        self.figures = []
        self.noting = False
        self._restart(0)

    # ---- what comes ----

    def feed(self, data):
        """Takes bytes of the journal; the events among them, in order."""
        pending, events = self.pending, []
        pending += data
        self.received += len(data)
        if self.headless and len(pending) >= HEAD:
            del pending[:HEAD]
            self.headless = False
        at = 0
        while not self.headless and len(pending) - at >= HEADER:
            size = HEADER + int.from_bytes(pending[at + 12 : at + 16], "little")
            if len(pending) - at < size:
                break
            self._chunk(bytes(pending[at : at + size]), events)
            at += size
        del pending[:at]
        return events

    def _chunk(self, data, events):
        if data[:4] == b"JRNL":
            if self.begins:
                self.wholes.append(len(self.places))
                self.whole_steps.append(self.steps)
                self.begins = False
            self._keep(data)
            return
        kind, rows, columns = chunk(data[:HEADER], data[HEADER:])
        if kind != "LIVE":
            self.take(kind, rows, columns)
            return
        parts, used = [Column(c) for c in columns], 0
        for row in range(rows):
            event = columns[0][row] if columns[0] else SENT
            step, pools, large, arenas = (parts[i].uint() for i in range(1, 5))
            occupancy = list(columns[5][used : used + arenas]) or [0] * arenas
            used += arenas
            self._figures(Figures(step, pools, large, occupancy if event != SENT else None))
            self.steps = max(self.steps, step)
            self.begins = event == SENT
            events.append(event)

    def _figures(self, figures):
        if self.figures and self.figures[-1].step == figures.step:
            if figures.arenas is not None:
                self.figures[-1] = figures
            return
        self.figures.append(figures)
        if len(self.figures) > FIGURES_MAX:  # every other one is left
            del self.figures[:-2:2]

    def figures_at(self, step):
        """The last figures up to a step, and the last of these that tell of arenas; None without."""
        at = bisect_right(self.figures, step, key=lambda f: f.step)
        last = self.figures[at - 1] if at else None
        while at and self.figures[at - 1].arenas is None:
            at -= 1
        return last, self.figures[at - 1] if at else None

    def _keep(self, data):
        """Puts a chunk into the file; into memory where there is no room for it."""
        try:
            done = 0
            while done < len(data):
                done += os.pwrite(self.file, data[done:], self.size + done)
            self.places.append((self.size, len(data)))
            self.size += len(data)
        except OSError:
            self.places.append(data)

    def _columns(self, block):
        data = self.places[block]
        if isinstance(data, tuple):
            offset, size = data
            data = os.pread(self.file, size, offset)
        return chunk(data[:HEADER], data[HEADER:])[2]

    # ---- moving ----

    def _whole_before(self, step):
        """The last state of a step below this one: its place among the wholes."""
        return max(0, bisect_left(self.whole_steps, step) - 1)

    def _restart(self, whole):
        self.state, self.notes, self.noting = State(), Notes(), False
        self.block = self.wholes[whole] - 1 if self.wholes else -1
        self.stops, self.at_step = iter(()), -1

    def _next_stop(self):
        """The operation of the next stop in the journal, or None."""
        while True:
            for operation, _ in self.stops:
                self.noting = True
                return operation
            if self.block + 1 >= len(self.places):
                return None
            self.block += 1
            self.stops = self.play(self.state, self._columns(self.block))

    def forward(self):
        """To the next step; False when it has not come yet: then all that is known since has happened."""
        if self.at_step >= 0:
            self.notes = Notes()
        while (operation := self._next_stop()) is not None:
            if operation == "STEP":
                self.at_step = self.state.step
                return True
        return False

    def to(self, step):
        """The state at a step, 1 to steps."""
        if self.at_step == step:
            return self.state
        if self.at_step != step - 1 or step == 1:
            whole = self._whole_before(step - 1)
            if not 0 <= self.at_step < step or self.block < self.wholes[whole]:
                self._restart(whole)
        while self.at_step < step and self.forward():
            pass
        return self.state

    def rest(self):
        """What happened after the last step: its notes.  The state is that of the end."""
        self.to(self.steps)
        self.forward()
        self.at_step = -1
        return self.notes

    # ---- skimming: steps by their frames and lines alone ----

    def skim(self, whole):
        """(step, stack) at each step from a state on, up to the next state; the stack is the running thread's, of lists
        [number, code, line, whether it is the frame's first step]."""
        stacks, waiting, stack, at, step, frames = {}, {}, [], None, 0, 0
        end = self.wholes[whole + 1] if whole + 1 < len(self.wholes) else len(self.places)
        for block in range(self.wholes[whole], end):
            columns = self._columns(block)
            n, codes = Column(columns[1]), Column(columns[10])
            for byte in columns[0].translate(None, SILENT):
                if byte >= 128 or byte == STEP:
                    step += 1
                    frame = stack[-1]
                    frame[2] += byte - 192 if byte >= 128 else n.int()
                    yield step, stack
                    frame[3] = False
                    continue
                operation = OPERATIONS[byte]
                if operation == "CALL":
                    frames += 1
                    stack.append([frames, self.codes[codes.uint()], codes.uint(), True])
                elif operation in ("RETURN", "UNWIND"):
                    stack.pop()
                elif operation == "YIELD":
                    frame = stack.pop()
                    waiting[frame[0]] = frame
                elif operation in ("PUSH", "SUSPENDED"):
                    frame = [n.uint(), self.codes[n.uint()], n.uint(), False]
                    if operation == "PUSH":
                        stack.append(frame)
                    else:
                        waiting[frame[0]] = frame
                elif operation == "RESUME":
                    stack.append(waiting.pop(n.uint()))
                elif operation == "THREAD":
                    stack = stacks.setdefault(n.uint(), [])
                elif operation == "STATE":
                    stacks, waiting = {}, {}
                    stack = stacks.setdefault(1, [])
                    step, _, frames = n.uint(), n.uint(), n.uint()
                elif operation == "AT":
                    number, line = n.uint(), n.uint()
                    for frame in stack:
                        if frame[0] == number:
                            frame[2] = line
                elif operation == "HOLDS":
                    n.uint()
                    n.skip(2 * n.uint())
                else:
                    n.skip(OPERANDS.get(operation, 0))

    def find(self, step, wanted, asked=lambda: False):
        """The first step above this one for which wanted(stack) is true, or 0 (or where the user asked to stop)."""
        for whole in range(self._whole_before(step + 1), len(self.wholes)):
            for at, stack in self.skim(whole):
                if at > step and stack and wanted(stack):
                    return at
            if asked():
                return at
        return 0

    def find_back(self, step, wanted):
        """The last step below this one for which wanted(stack) is true, or 0."""
        for whole in range(self._whole_before(step), -1, -1):
            found = 0
            for at, stack in self.skim(whole):
                if at >= step:
                    break
                if wanted(stack):
                    found = at
            if found:
                return found
        return 0

    def back_to(self, step, wanted, asked=lambda: False):
        """The last step below a step for which wanted(state, notes) is true, or 0 (-1: the user asked to stop).  The notes are those of what its line
        is told to have done before it; wanted is asked at each step."""
        if step <= 1 or not self.wholes:
            return 0
        whole = self._whole_before(step)
        while True:
            found = 0
            self._restart(whole)
            unsure = self.whole_steps[whole] + 1 if whole else 0  # a step with notes that stand in the chunk before
            while self.forward() and self.at_step < step:
                if self.at_step != unsure and wanted(self.state, self.notes):
                    found = self.at_step
            if found or whole == 0 or asked():
                return found or -(whole > 0)
            step = unsure + 1
            whole -= 1

    # ---- notes ----

    def _touch(self, state, number):
        object = state.objects.get(number)
        if object is not None and number not in self.notes.objects:
            self.notes.objects[number] = (object.text, object.length, list(object.holds))

    def _STATE(self, state, n, t):
        super()._STATE(state, n, t)
        self.noting = False

    def _event(self, operation, state, value):
        if self.noting and state.stack:
            self.notes.events.append((operation, state.stack[-1], state.objects.get(value), state.stack[-1].line))

    def _PUSH(self, state, n, t):
        super()._PUSH(state, n, t)
        self._event("PUSH", state, 0)

    def _RESUME(self, state, n, t):
        super()._RESUME(state, n, t)
        self._event("RESUME", state, 0)

    def _leaving(self, operation, state, n, t, leave):
        frame = state.stack[-1] if state.stack else None
        leave(state, n, t)
        if self.noting and frame is not None:
            self.notes.events.append((operation, frame, state.objects.get(state.value), frame.line))

    def _RETURN(self, state, n, t):
        self._leaving("RETURN", state, n, t, super()._RETURN)

    def _UNWIND(self, state, n, t):
        self._leaving("UNWIND", state, n, t, super()._UNWIND)

    def _YIELD(self, state, n, t):
        self._leaving("YIELD", state, n, t, super()._YIELD)

    def _RAISE(self, state, n, t):
        super()._RAISE(state, n, t)
        self._event("RAISE", state, state.value)

    def _SLOT(self, state, n, t):
        if self.noting:
            frame, slot = state.last or state.stack[-1], n.ahead()
            self.notes.slots.setdefault((frame.number, slot), frame.slots.get(slot, 0))
        super()._SLOT(state, n, t)

    def _OBJECT(self, state, n, t):
        super()._OBJECT(state, n, t)
        if self.noting:
            self.notes.born.add(next(reversed(state.objects)))

    def _changed(operation):
        carry_out = getattr(Recording, operation)

        def change(self, state, n, t):
            if self.noting:
                self._touch(state, n.ahead())
            carry_out(self, state, n, t)

        return change

    _HOLDS, _SET, _ADD, _CUT, _LENGTH, _VALUE = map(_changed, ("_HOLDS", "_SET", "_ADD", "_CUT", "_LENGTH", "_VALUE"))
    del _changed

    def _COUNT(self, state, n, t):
        if self.noting:
            self.notes.counts.add(n.ahead())
        super()._COUNT(state, n, t)

    def _DIED(self, state, n, t):
        object = state.objects.get(n.ahead())
        if self.noting and object is not None:
            self.notes.died.append(object)
        super()._DIED(state, n, t)

    def _OUTPUT(self, state, n, t):  # the viewer reads it from the program itself
        super()._OUTPUT(state, n, t)
        state.output.clear()

    def _COLLECTED(self, state, n, t):
        super()._COLLECTED(state, n, t)
        if self.noting:
            self.notes.events.append(("COLLECTED", None, state.collections[-1], 0))
        state.collections.clear()
