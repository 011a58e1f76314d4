"""The watched program: a child process that records itself, and waits where it is told to."""

import os
import select
from _struct import pack, pack_into

from _see import watch_control

from .history import DONE, INPUT, LINE, History

STEP, FRAME, RUN = range(3)  # modes (src/see/live.h)
FILTER_AT, FILTER_BYTES = 16, 128
USED_AT = FILTER_AT + FILTER_BYTES
TABLE_AT = USED_AT + 4
RUNNING, WAITING, READING, ENDED = "running", "waiting", "reading", "ended"


class Program:
    """`state`: RUNNING, WAITING at a line (the last of the history), READING its standard input, ENDED with `status`, which
    is negative for a signal."""

    def __init__(self, pid, journal, go, output):
        self.pid, self.journal, self.leave, self.output = pid, journal, go, output
        self.control = watch_control()
        self.history = History()
        self.state, self.status = RUNNING, None
        self.all_told = False  # there are no more steps than were asked for
        os.set_blocking(journal, False)
        os.set_blocking(output, False)
        self.unsent = b""  # keys for the program
        self.reads_keys = True  # its standard input is where keys come from

    # ---- what comes ----

    def receive(self):
        """Takes what the journal has; whether the state has changed.  At most a few chunks at a time."""
        before = self.state
        for _ in range(16 if self.journal >= 0 else 0):
            try:
                data = os.read(self.journal, 1 << 18)
            except BlockingIOError:
                break
            if not data:
                self.journal = -1
                break
            for event in self.history.feed(data):
                self.all_told |= event == DONE
                self.state = WAITING if event == LINE else READING if event == INPUT and self.reads_keys else RUNNING
        return self.state != before

    def read_output(self):
        """What the program has written, bytes; b"" when there is nothing now."""
        if self.output < 0:
            return b""
        try:
            data = os.read(self.output, 65536)
        except BlockingIOError:
            return b""
        except OSError:  # a terminal that nobody has open any more
            data = None
        if not data and data is None and self.state == ENDED:
            self.output = -1
        return data or b""

    def reap(self):
        """Looks whether the program has ended; if so, what the journal still has is taken."""
        if self.state == ENDED:
            return False
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0:
            return False
        while self.journal >= 0:
            size = self.history.received
            self.receive()
            if self.history.received == size:
                break
        self.state, self.status = ENDED, os.waitstatus_to_exitcode(status)
        return True

    # ---- what goes ----

    def go(self, mode, frame=0):
        """Lets a program that waits go on until the next line (STEP), the next of a frame (FRAME), or a breakpoint."""
        pack_into("II", self.control, 0, mode, frame)
        self.state = RUNNING
        try:
            os.write(self.leave, b"g")
        except BrokenPipeError:
            pass

    def pause(self):
        """To stop at the next line."""
        pack_into("I", self.control, 0, STEP)

    def break_at(self, places):
        """Sets the breakpoints: (file, line), or (function, 0).  Those that there is no room for are left; how many."""
        table, lines, functions, bits, left = b"", 0, 0, bytearray(FILTER_BYTES), 0
        for name, line in places:
            text = name.encode("utf-8", "replace")[:4096]
            row = pack("<IH", line, len(text)) + text
            if TABLE_AT + len(table) + len(row) > len(self.control):
                left += 1
                continue
            table += row
            lines, functions = lines + (line > 0), functions + (line == 0)
            if line:
                bits[line // 8 % FILTER_BYTES] |= 1 << line % 8
        self.control[TABLE_AT : TABLE_AT + len(table)] = table
        self.control[FILTER_AT : FILTER_AT + FILTER_BYTES] = bytes(bits)
        pack_into("II", self.control, 8, lines, functions)
        pack_into("I", self.control, USED_AT, len(table))
        return left

    def type(self, data):
        """Types keys at the program's terminal."""
        self.unsent += data
        try:
            self.unsent = self.unsent[os.write(self.output, self.unsent) :]
        except BlockingIOError:
            pass
        except OSError:
            self.unsent = b""

    def signal(self, number):
        if self.state != ENDED:
            os.kill(self.pid, number)

    def end(self, numbers, patience):
        """Ends a program that still runs: by the signals, one after the other; its status is then known."""
        for number in numbers:
            self.signal(number)
            if self.state == WAITING:
                self.go(RUN)
            for _ in range(int(patience * 50)):
                self.receive()
                self.read_output()
                if self.reap() or self.state == ENDED:
                    return
                select.select([], [], [], 0.02)


class Sources:
    """The lines of source files, as the recording has them."""

    def __init__(self, history):
        self.history, self.files = history, {}

    def lines(self, file):
        """All lines of a file; [] when there are none."""
        found = self.files.get(file)
        if found is None:
            text = self.history.sources.get(file)
            if text is None:
                return []
            found = self.files[file] = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
        return found

    def line(self, file, number):
        lines = self.lines(file)
        return lines[number - 1] if 0 < number <= len(lines) else ""
