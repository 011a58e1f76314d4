"""The terminal view: panes, keys, and the step of the run that is shown."""

import _signal
import codecs
import os
import select
import time

from . import watch_raw, watch_resize
from .panes import OBJECTS_SHOWN, FramesPane, HeapPane, MapPane, OutputPane, SourcePane, TextPane
from .program import ENDED, FRAME, READING, RUN, RUNNING, STEP, WAITING
from .history import Notes
from .screen import Keys, Screen, write_all
from .words import Words, is_atom, is_named, short_type

WIDE, HIGH = 70, 16    # from this size on the panes stand side by side
PATIENCE = 0.3         # seconds until a program that has not come to a line is shown all the same
ESCAPE = 0.05          # seconds after which an escape is the key
TICK = 0.1             # seconds between two pictures of a program that runs
ALL_TOLD = "no more steps than --steps asks for: the program goes on to its end"
QUEUE = 100            # keys that wait for the program to come to a line
OUTPUT_KEPT = 1 << 16  # bytes of output that are left on the terminal at the end

HELP = """\
While the program waits
  n            next: over calls, to the next line of this function or its caller
  s  →         step into calls
  o  r         out: until this function has returned
  c            continue to a breakpoint or the end
  t            breakpoint at the cursor's line, or none (↑ ↓ in the source)
  T            breakpoint at a line, FILE:LINE or function; D takes all away
Back in time, and forward again: n s o c go through what has been
  b  ←         back one step          B   back over calls
  C            back to a breakpoint   g   go to a step by its number
  <  home      the first step         >  end   the last one
  w            who set it: back to the line that last changed a name
Looking
  p            print a name: a.b[0]['key'], with all that it holds and who holds it
  a            addresses and reference counts, or none
  /  N         search in the pane, and again
  tab  1 … 5   the pane with the focus: source, frames, heap, map, output
  ↑ ↓ pages    move in it
  z            it alone, on the whole screen
While the program runs
  space        stop at the next line
  ctrl-c       interrupt it (KeyboardInterrupt); a second one leaves
  i            type to it; this comes by itself when it reads, escape ends it
q leaves; the program ends with its terminal, if it has not yet.  ctrl-z suspends the view."""


class View:
    def __init__(self, program, sources, keys, wake, reads_terminal, utf8):
        self.program, self.sources, self.tty, self.wake = program, sources, keys, wake
        program.reads_keys = reads_terminal
        self.utf8, self.keys, self.screen = utf8, Keys(), None
        self.words, self.state, self.notes = Words({}), None, Notes()
        self.step = 0
        self.breakpoints = []  # (file, line) or (function, 0)
        self.source, self.frames, self.heap, self.map, self.output = SourcePane(), FramesPane(), HeapPane(), MapPane(), OutputPane()
        self.panes = [self.source, self.frames, self.heap, self.map, self.output]
        self.focus, self.alone, self.over = self.source, False, None
        self.message, self.prompt, self.wanted = "", None, []
        self.addresses = self.types = self.dirty = False
        self.interrupts, self.leaving, self.asked_to_leave = 0, False, False
        self.all_told, self.searched = False, ""
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.written = bytearray()  # the last bytes of output
        self.size = None

    # ---- the loop ----

    def run(self):
        try:
            self._await_screen()
            if self.program.state != ENDED or self.program.history.steps:
                self._loop()
        finally:
            self._close()
        return self._status()

    def _await_screen(self):
        """A program that ends before its first line needs no screen."""
        deadline = time.monotonic() + PATIENCE
        while self.program.state == RUNNING and not self.leaving and (left := deadline - time.monotonic()) > 0:
            self._poll(left, keys=False)
        if self.program.state == ENDED and not self.program.history.steps:
            return
        watch_raw(True)
        write_all(1, b"\x1b[?1049h")
        self.screen = Screen(1, self.utf8, not os.environ.get("NO_COLOR"))
        self._resized()
        self._arrived()

    def _loop(self):
        drawn = 0.0
        while not self.leaving:
            self._work()
            runs, now = self.program.state == RUNNING, time.monotonic()
            if (self.dirty and not runs) or now - drawn > TICK:  # while it runs, not for each line it writes
                drawn = now
                self._draw()
            self._poll(ESCAPE if self.keys.pending else TICK if runs else None)

    def _poll(self, timeout, keys=True):
        program, before = self.program, self.program.state
        poll = select.poll()
        ends = [program.journal, program.output, self.wake, *([self.tty] if keys else [])]
        for end in ends:
            if end >= 0:
                poll.register(end, select.POLLIN)
        if program.unsent and program.output >= 0:
            poll.register(program.output, select.POLLIN | select.POLLOUT)
        ready = {end for end, _ in poll.poll(None if timeout is None else timeout * 1000)}
        if program.unsent:
            program.type(b"")
        self._signals()
        changed = program.receive() if program.journal in ready else False
        if program.output in ready or changed:
            self._take_output()
        if self.tty in ready and keys:
            self._take_keys()
        elif self.keys.pending and keys:
            self._press(self.keys.feed(b"", complete=True))
        if program.journal < 0 or not ready:
            self._reap()
        if program.all_told and program.state == RUNNING and not self.all_told:
            self.all_told = self.dirty = True
            self.message = ALL_TOLD
        if self.screen and (changed or program.state != before):
            self._arrived()

    def _signals(self):
        try:
            numbers = os.read(self.wake, 4096)
        except BlockingIOError:
            return
        for number in numbers:
            if number == _signal.SIGWINCH and self.screen:
                self._resized()
            elif number == _signal.SIGCHLD:
                self._reap()
            elif number in (_signal.SIGTERM, _signal.SIGHUP):
                self.leaving = True

    def _reap(self):
        if self.program.reap():
            self._take_output()
            if self.screen:
                self._arrived()

    def _take_output(self):
        while data := self.program.read_output():
            self.written += data
            if len(self.written) > 2 * OUTPUT_KEPT:
                del self.written[:-OUTPUT_KEPT]
            self.output.feed(self.decoder.decode(data))
            self.dirty = True
            if len(data) > 4096:
                break

    def _close(self):
        watch_raw(False)
        self.screen = None
        if self.program.state != ENDED:
            self.program.end((_signal.SIGHUP, _signal.SIGKILL), 1)
            self.ended_by_us = True
        self._take_output()
        if self.written:
            try:
                write_all(1, bytes(self.written).replace(b"\r\n", b"\n")[-OUTPUT_KEPT:])
            except OSError:
                pass

    ended_by_us = False

    def _status(self):
        status = self.program.status
        return 128 - status if self.ended_by_us and status < 0 else status

    # ---- where it stands ----

    def _arrived(self):
        """The program's state has changed."""
        program = self.program
        if program.state in (WAITING, READING, ENDED):
            self.interrupts = 0
        if program.state == WAITING:
            self.types = False
            self._show(program.history.steps)
        elif program.state == READING:
            self._show(program.history.steps)
            self.types, self.wanted, self.message = True, [], ""
        elif program.state == ENDED:
            self.types, self.wanted = False, []
            self.leaving = self.leaving or not program.history.steps  # there is nothing to see
            how = f"by signal {-program.status}" if program.status < 0 else f"with status {program.status}"
            if program.history.steps:
                how += self._last_words()
                self._show(program.history.steps, again=True)
            self.message = f"the program has ended {how}; b goes back, q leaves"
        self.dirty = True

    def _last_words(self):
        """An exception that ended the program, in words."""
        notes = self.program.history.rest()
        self.words.turn_to(self.program.history.state)
        raised = [text for kind, text in self.words.changes(notes, None) if kind == "raise"]
        return f": {raised[0]}" if raised else ""

    def _show(self, step, again=False):
        """Shows a step that has come."""
        history = self.program.history
        step = max(1, min(step, history.steps))
        if history.steps == 0 or (step == self.step and not again and self.state is not None and history.at_step == step):
            return
        self.state = history.to(step)
        self.notes, self.step = history.notes, step
        self.words.turn_to(self.state)
        self.turned = {}
        self.seen = None
        stack = self.stack()
        if stack:
            self.source.turn_to(stack[-1].code.file, stack[-1].line)
        self.frames.top = self.heap.top = 0
        self.dirty = True

    def stack(self):
        return self.state.stack if self.state is not None else []

    def is_new(self, frame, name):
        """Whether the step before gave a name another object."""
        slot = frame.code.slots.index(name) if name in frame.code.slots else -1
        if (frame.number, slot) in self.notes.slots:
            return self.notes.slots[frame.number, slot] != frame.slots.get(slot, 0)
        cell = self.state.objects.get(frame.slots.get(slot, 0))
        if cell is not None and cell.type == "cell" and cell.number in self.notes.objects:
            return True
        number = self.words.names(frame).get(name, 0)
        if number in self.notes.objects and self.notes.objects[number][0] != getattr(self.state.objects.get(number), "text", ""):
            return True
        if frame.names in self.notes.objects:
            for place, (kind, key, held) in enumerate(self.notes.objects[frame.names][2]):
                if key in self.state.objects and self.state.objects[key].text == name:
                    return held != number
            return frame.names in self.state.objects
        return False

    def value(self, number):
        """A value as pieces: its label stands out, the same for the same object."""
        object = self.state.objects.get(number)
        if object is None:
            return [("…", "dim")]
        text = self.words.describe(object, plain=True)
        pieces = []
        if not is_atom(object) and not is_named(object):
            label = self.words.label(number)
            pieces = [(label, f"label{self._place(label) % 6}"), (" ", "")]
        if self.addresses:
            text += f" @{object.address & 0xFFFFFF:x}" + (f" r{object.count}" if object.count >= 0 else " r∞")
        return [*pieces, (text, "dim" if is_named(object) else "")]

    @staticmethod
    def _place(label):
        n = 0
        for c in label:
            n = n * 26 + ord(c) - 64
        return n - 1

    def in_view(self):
        """Numbers of the objects to show, in the order in which they are reached; who holds them goes to held_by."""
        if self.seen is not None:
            return self.seen
        self.held_by, self.seen = {}, []
        objects, known = self.state.objects, set()
        tables = {frame.names for frame in self.words.frames()}
        queue = []
        for depth, frame in enumerate(self.words.frames()):
            if depth > 50:
                break
            for name, number in self.words.names(frame).items():
                queue.append((number, name))
        at = 0
        while at < len(queue) and len(self.seen) < OBJECTS_SHOWN:
            number, way = queue[at]
            at += 1
            object = objects.get(number)
            if object is None or is_atom(object) or is_named(object) or number in tables:
                continue
            held = self.held_by.setdefault(number, [])
            if way not in held:
                held.append(way)
            if number in known:
                continue
            known.add(number)
            if object.type != "cell":
                self.seen.append(number)
            label = self.words.label(number)
            for place, (kind, key, target) in enumerate(object.holds):
                if target and kind != "type":
                    queue.append((target, label + self.words.key(kind, key, place, object)))
        return self.seen

    def is_alone(self, pane):
        return self.alone or self._narrow()

    # ---- drawing ----

    def _narrow(self):
        return self.screen is None or self.screen.columns < WIDE or self.screen.rows < HIGH

    def _resized(self):
        self.screen.resize()
        self.size = None
        self.dirty = True

    def _tell_size(self, rows, columns):
        """The program's terminal is as large as its pane."""
        if self.size != (rows, columns) and rows > 0 and columns > 0:
            self.size = (rows, columns)
            try:
                watch_resize(rows, columns)
            except OSError:
                pass

    def lines_of(self, pane, width):
        """The lines of a pane, made once for a picture."""
        if (pane, width) not in self.made:
            self.made[pane, width] = pane.lines(self, width)
        return self.made[pane, width]

    def _layout(self):
        """(pane, row, column, rows, columns) of what is on the screen."""
        rows, columns = self.screen.rows - 2, self.screen.columns
        if self._narrow() or self.alone:
            pane = self.output if self.types else self.focus
            return [(pane, 1, 0, rows, columns)]
        left = min(100, columns // 2)
        upper = rows * 5 // 8
        right = columns - left - 1
        frames = len(self.lines_of(self.frames, right)) + 1
        frames = max(4, min(frames, rows * 2 // 5))
        return [(self.source, 1, 0, upper, left), (self.output, 1 + upper, 0, rows - upper, left),
                (self.frames, 1, left + 1, frames, right), (self.heap, 1 + frames, left + 1, rows - frames - 4, right),
                (self.map, 1 + rows - 4, left + 1, 4, right)]

    def _draw(self):
        self.dirty, self.made = False, {}
        screen = self.screen
        screen.clear()
        self._title()
        if self.over is not None:
            self.over.draw(self, 1, 0, screen.rows - 2, screen.columns)
        else:
            layout = self._layout()
            for pane, row, column, rows, columns in layout:
                pane.draw(self, row, column, rows, columns)
                if column:
                    for i in range(row, row + rows):
                        screen.put(i, column - 1, "│", "dim")
                if pane is self.output and self.types:
                    at = row + 1 + pane.at[0] - pane.top
                    if row < at < row + rows:
                        screen.cursor = (at, column + pane.at[1])
            output = next((part for part in layout if part[0] is self.output), (None, 0, 0, screen.rows - 3, screen.columns))
            self._tell_size(output[3] - 1, output[4])
        self._bottom()
        screen.show()

    def _title(self):
        screen, program = self.screen, self.program
        stack = self.stack()
        where = f"{stack[-1].code.name} line {stack[-1].line}  {self.words.instruction()}" if stack else ""
        past = "" if self.step == program.history.steps else "  past"
        state = {WAITING: "waits", READING: "reads", RUNNING: "runs", ENDED: "ended"}[program.state]
        text = f" limpid  step {self.step:,} of {program.history.steps:,}{past}  {where}"
        if self._narrow() and self.over is None:
            text = f" {self.step:,}/{program.history.steps:,}{past} " + " ".join(
                f"[{p.name}]" if p is self.focus else str(i) for i, p in enumerate(self.panes, 1))
        screen.put(0, 0, text)
        screen.put(0, max(0, screen.columns - len(state) - 2), f" {state} ")
        screen.fill(0, 0, screen.columns, "title")

    def _bottom(self):
        screen, row = self.screen, self.screen.rows - 1
        if self.prompt is not None:
            question, text, _ = self.prompt
            end = screen.put(row, 0, question + " ", "bold")
            end = screen.put(row, end, text[-max(1, screen.columns - end - 2) :])
            screen.cursor = (row, min(end, screen.columns - 1))
        elif self.message:
            screen.put(row, 0, self.message, "bold")
        elif self.types:
            screen.put(row, 0, "the program reads what you type; escape: keys are commands again", "dim")
        elif self.program.state == RUNNING:
            screen.put(row, 0, "the program runs; space stops it, ctrl-c interrupts it, i types to it", "dim")
        else:
            screen.put(row, 0, "n next  s into  o out  b back  c continue  t break  p print  ? help  q quit", "dim")

    # ---- keys ----

    def _take_keys(self):
        try:
            data = os.read(self.tty, 4096)
        except OSError:
            data = b""
        if not data:  # the terminal is gone
            self.leaving = True
        elif self.types and data != b"\x1b" and self.prompt is None:
            self._type(data)
        else:
            self._press(self.keys.feed(data))

    def _type(self, data):
        """To the program, as if this were its terminal."""
        if b"\x03" in data:
            self.interrupts += 1
            if self.interrupts > 1:
                self.leaving = True
        self.program.type(data)

    def _press(self, keys):
        for key in keys:
            self.dirty = True
            self.asked_to_leave = self.asked_to_leave and key == "q"
            if self.types and key == "escape":
                self.types, self.message = False, ""
            elif self.prompt is not None:
                self._edit(key)
            else:
                self.message = "" if self.program.state != ENDED else self.message
                self._command(key)

    def _edit(self, key):
        question, text, done = self.prompt
        if key == "enter":
            self.prompt = None
            if text.strip():
                done(text.strip())
        elif key in ("escape", "ctrl-c"):
            self.prompt = None
        elif key == "backspace":
            self.prompt = (question, text[:-1], done) if text else None
        elif key == "ctrl-u":
            self.prompt = (question, "", done)
        elif len(key) == 1:
            self.prompt = (question, text + key, done)

    def _ask(self, question, done):
        self.prompt = (question, "", done)

    def _command(self, key):
        if self.over is not None and key not in ("ctrl-c", "ctrl-z", "ctrl-l"):
            if key in ("up", "down", "page up", "page down"):
                self._scroll(self.over, key)
            else:
                self.over = None
            return
        if key in MOVES:
            if self.program.state == RUNNING:
                if len(self.wanted) < QUEUE:
                    self.wanted.append(key)
            else:
                self._move(MOVES[key])
        elif key in ("up", "down", "page up", "page down"):
            self._scroll(self.focus, key)
        elif key in ("1", "2", "3", "4", "5"):
            self.focus = self.panes[int(key) - 1]
        elif key in ("tab", "backtab"):
            at = self.panes.index(self.focus)
            self.focus = self.panes[(at + (1 if key == "tab" else -1)) % len(self.panes)]
        elif key in COMMANDS:
            COMMANDS[key](self)
        elif key:
            self.message = "? tells the keys"

    def _scroll(self, pane, key):
        pane.move(self, {"up": -1, "down": 1, "page up": -pane.page(), "page down": pane.page()}[key])

    def _help(self):
        self.over = TextPane("help  (any key: back)", HELP.split("\n"))

    def _leave(self):
        if self.program.state == ENDED or self.asked_to_leave:
            self.leaving = True
            return
        self.message, self.asked_to_leave = "the program has not ended: q again ends it, any other key stays", True

    def _interrupt(self):
        self.wanted = []
        self.interrupts += 1
        if self.program.state == ENDED or self.interrupts > 1:
            self.leaving = True
        elif self.program.state == RUNNING:
            self.program.type(b"\x03")
            self.message = "interrupted; ctrl-c again leaves"
        else:
            self.message = "ctrl-c again leaves"

    def _pause(self):
        if self.program.all_told:
            self.message = ALL_TOLD
        elif self.program.state == RUNNING:
            self.program.pause()
            self.message = "stops at the next line"

    def _suspend(self):
        watch_raw(False)
        os.kill(os.getpid(), _signal.SIGSTOP)
        watch_raw(True)
        write_all(1, b"\x1b[?1049h")
        self._resized()

    # ---- moving ----

    def _work(self):
        """Carries out the moves that were asked for while the program ran."""
        while self.wanted and self.program.state != RUNNING:
            self._move(MOVES[self.wanted.pop(0)])

    def _move(self, how):
        program = self.program
        if how in ("next", "step", "out", "continue"):
            if self.step < program.history.steps:
                self._forward(how)
            elif program.state == WAITING:
                self._go(how)
            elif program.state == READING:
                self.message = "the program waits for input: i types to it"
        elif self.step > 0:
            self._backward(how)

    def _go(self, how):
        """Lets the program go on from the last step."""
        if self.program.history.at_step != self.program.history.steps:
            self._show(self.program.history.steps, again=True)
        stack = self.stack()
        if how == "step" or not stack:
            self.program.go(STEP)
        elif how == "next":
            self.program.go(FRAME, stack[-1].number)
        elif how == "out" and len(stack) > 1:
            self.program.go(FRAME, stack[-2].number)
        else:
            self.program.go(RUN)
        self.dirty = True
        # most steps are short: it is not said that the program runs when it soon waits again
        ready = select.poll()
        if self.program.journal >= 0:
            ready.register(self.program.journal, select.POLLIN)
            if ready.poll(20) and self.program.receive():
                self._take_output()
                self._arrived()

    def _forward(self, how):
        """Through steps that have been."""
        history, last = self.program.history, self.program.history.steps
        self._show(self.step, again=True)
        below = [frame.number for frame in self.stack()]
        if how == "out":
            below = below[:-1]

        def wanted(stack):
            if self._breaks(stack):
                return True
            if how == "continue" or not below:
                return False
            there = [frame[0] for frame in stack if frame[0] in below]  # the others have ended
            return not there or stack[-1][0] == there[-1]

        step = self.step + 1 if how == "step" else history.find(self.step, wanted, self._asked)
        self._show(step or last, again=True)

    def _backward(self, how):
        history = self.program.history
        if how == "first":
            self._show(1)
        elif how == "last":
            self._show(history.steps)
        elif how == "back":
            if self.step > 1:
                self._show(self.step - 1)
        elif how == "back over":
            self._show(self.step, again=True)
            numbers = {frame.number for frame in self.stack()}
            self._show(history.find_back(self.step, lambda stack: stack[-1][0] in numbers) or 1, again=True)
        else:
            found = history.find_back(self.step, self._breaks)
            self._show(found or 1, again=True)
            if not found:
                self.message = "no breakpoint before: this is the first step"

    def _asked(self):
        """Whether a key was pressed meanwhile."""
        poll = select.poll()
        poll.register(self.tty, select.POLLIN)
        return bool(poll.poll(0))

    def _to_step(self):
        def go(text):
            if text.isdigit():
                self._show(int(text))
            else:
                self.message = "a number is wanted"

        self._ask("step:", go)

    # ---- breakpoints ----

    def has_breakpoint(self, file, line):
        return any(line == at and line and (file == name or file.endswith("/" + name)) for name, at in self.breakpoints)

    def _breaks(self, stack):
        """Whether a step (History.skim) is at a breakpoint."""
        _, code, line, first = stack[-1]
        for name, at in self.breakpoints:
            if at == line and at and (name == code.file or code.file.endswith("/" + name)):
                return True
            if not at and first and name in (code.name, code.name.rpartition(".")[2]):
                return True
        return False

    def _toggle(self):
        place = (self.source.file, self.source.cursor)
        if not place[0]:
            return
        if self.has_breakpoint(*place):
            self.breakpoints = [(f, n) for f, n in self.breakpoints if not (n == place[1] and (f == place[0] or place[0].endswith("/" + f)))]
        else:
            self.breakpoints.append(place)
        self._set_breakpoints()

    def _set_breakpoints(self):
        if self.program.break_at(self.breakpoints):
            self.message = "there is no room for more breakpoints"
        self.dirty = True

    def _break_at(self):
        def add(text):
            file, _, line = text.rpartition(":")
            if text.isdigit():
                place = (self.source.file, int(text))
            elif line.isdigit() and file:
                place = (file, int(line))
            else:
                place = (text, 0)
            if place not in self.breakpoints:
                self.breakpoints.append(place)
            self._set_breakpoints()
            self.message = f"stops in {text}" if not place[1] else f"stops at line {place[1]} of {os.path.basename(place[0])}"

        self._ask("break at (line, file:line, function):", add)

    def _clear_breakpoints(self):
        self.breakpoints = []
        self._set_breakpoints()
        self.message = "no breakpoints"

    # ---- looking ----

    def _print(self):
        def tell(text):
            if self.state is None:
                return
            self._show(self.step, again=True)
            found = self.words.find(text)
            if isinstance(found, str):
                self.message = found
            else:
                self.over = TextPane(f"{text}  (any key: back)", self._details(text, found))

        self._ask("print:", tell)

    def _details(self, text, number):
        object, words = self.state.objects[number], self.words
        lines = [[(text, "bold"), (" = ", ""), *self.value(number)]]
        facts = [f"  {short_type(object)} at {object.address:#x}"]
        facts.append(f"{object.size} bytes" if object.size else "not on the heap")
        facts.append("lives as long as the program" if object.count < 0 else f"{object.count} reference{'s' if object.count != 1 else ''}")
        lines.append(", ".join(facts))
        for place, (kind, label, held) in enumerate(object.holds):
            if held:
                key = words.key(kind, label, place, object) if kind != "member" else ""
                lines.append([("    ", ""), (key + " " if key else "", "dim"), *self.value(held)])
        if object.length > len(object.holds) and object.holds:
            lines.append(f"    … {object.length - len(object.holds):,} more")
        holders = words.holders(number)
        lines.append("  held by" if holders else "  held by nothing in view")
        return lines + ["    " + holder for holder in holders]

    def _who_set(self):
        def seek(text):
            if self.state is None:
                return
            self._show(self.step, again=True)
            number = self.words.find(text)
            frame = next((f for f in self.words.frames() if text in self.words.names(f)), None)
            if isinstance(number, str):
                self.message = number
                return
            slot = frame.code.slots.index(text) if frame is not None and text in frame.code.slots else -1

            def wanted(state, notes):
                if number in notes.objects or (number in notes.born and number in state.objects):
                    return True
                if frame is None:
                    return False
                if slot >= 0:
                    return (frame.number, slot) in notes.slots or frame.slots.get(slot, 0) in notes.objects
                if frame.names in notes.objects and frame.names in state.objects:
                    def held(holds):
                        return next((n for kind, key, n in holds if key in state.objects and state.objects[key].text == text), 0)

                    return held(notes.objects[frame.names][2]) != held(state.objects[frame.names].holds)
                return False

            self.message = "searching; any key stops"
            self._draw()
            found = self.program.history.back_to(self.step + 1, wanted, self._asked)
            if found < 0:
                self._show(self.step, again=True)
                self.message = "the search was stopped"
            elif found > 1:
                self._show(found - 1, again=True)
                self.message = f"this line, at step {found - 1:,}, changes {text}"
            else:
                self._show(self.step, again=True)
                self.message = f"{text} is as it was at the first step"

        self._ask("who set (name):", seek)

    def _search(self):
        def seek(text):
            self.searched = text
            self._search_on(0)

        self._ask("search:", seek)

    def _search_again(self):
        if self.searched:
            self._search_on(1)

    def _search_on(self, skip):
        pane = self.focus
        if pane is self.source:
            texts, at = self.sources.lines(pane.file), pane.cursor - 1
        else:
            texts = ["".join(text for text, _ in line) for line in pane.lines(self, self.screen.columns)]
            at = pane.top
        for i in range(len(texts)):
            place = (at + skip + i) % len(texts)
            if self.searched.lower() in texts[place].lower():
                if pane is self.source:
                    pane.cursor = place + 1
                else:
                    pane.top = place
                    self.output.follows = pane is not self.output
                return
        self.message = f"not found: {self.searched}"

    def _show_addresses(self):
        self.addresses = not self.addresses

    def _show_alone(self):
        self.alone = not self.alone

    def _type_to(self):
        if self.program.state == ENDED:
            return
        self.types, self.focus = True, self.output

    def _redraw(self):
        self._resized()


MOVES = {"n": "next", "s": "step", "right": "step", "o": "out", "r": "out", "c": "continue", "b": "back", "left": "back", "B": "back over",
         "C": "breakpoint", "<": "first", "home": "first", ">": "last", "end": "last"}
COMMANDS = {"?": View._help, "h": View._help, "q": View._leave, "ctrl-c": View._interrupt, " ": View._pause, "ctrl-z": View._suspend,
            "t": View._toggle, "T": View._break_at, "D": View._clear_breakpoints, "p": View._print, "w": View._who_set,
            "/": View._search, "N": View._search_again, "a": View._show_addresses, "z": View._show_alone, "i": View._type_to,
            "g": View._to_step, "ctrl-l": View._redraw}
