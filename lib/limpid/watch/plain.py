"""The view as text, for pipes, logs and screen readers: a line for each step, below it what the step did, and what the
program wrote behind a bar."""

import _signal
import os
import select

from .program import ENDED, RUNNING, STEP, WAITING
from .screen import ASCII, printable, write_all
from .words import Words

PLACE = 14    # columns of file and line
CHANGES = 12  # lines of changes below a step


class Plain:
    def __init__(self, program, sources, keys, wake, reads_terminal, utf8):
        self.program, self.sources, self.wake, self.utf8 = program, sources, wake, utf8
        self.words = Words({})
        self.shown = 0  # steps
        self.output = b""
        self.depth = 0

    def run(self):
        try:
            while self.program.state != ENDED or self.program.output >= 0:
                self._wait()
                if self.program.state == WAITING:
                    self._output()
                    self._step()
                    self.program.go(STEP)
                else:
                    self._output()
                if self.program.state == ENDED:
                    break
            self._end()
        except BrokenPipeError:  # nobody reads any more: the program goes on alone
            self._let_go()
        return self.program.status

    def _wait(self):
        program = self.program
        poll = select.poll()
        for end in program.journal, program.output, self.wake:
            if end >= 0:
                poll.register(end, select.POLLIN)
        poll.poll()
        try:
            numbers = os.read(self.wake, 4096)
        except BlockingIOError:
            numbers = b""
        for number in numbers:
            if number in (_signal.SIGTERM, _signal.SIGHUP):
                program.signal(number)
        program.receive()
        if _signal.SIGCHLD in numbers or program.journal < 0:
            program.reap()

    def _let_go(self):
        program = self.program
        os.close(program.leave)
        if program.journal >= 0:
            os.close(program.journal)
        os.close(program.output)
        os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
        if program.state != ENDED:
            program.status = os.waitstatus_to_exitcode(os.waitpid(program.pid, 0)[1])

    def _write(self, line):
        if not self.utf8:
            line = line.translate(ASCII)
        write_all(1, (line + "\n").encode("utf-8" if self.utf8 else "ascii", "replace"))

    def _output(self):
        """What the program wrote, each line behind a bar; of one without end what there is when the program waits."""
        while part := self.program.read_output():
            self.output += part
        whole = len(self.output) if self.program.state != RUNNING else self.output.rfind(b"\n") + 1
        for line in self.output[:whole].decode("utf-8", "replace").splitlines():
            self._write("      | " + printable(line))
        self.output = self.output[whole:]

    def _changes(self, notes, frame):
        told = self.words.changes(notes, frame)
        for kind, text in told[:CHANGES]:
            self._write(f"{'':10}{'  ' * self.depth}  {printable(text)}")
        if len(told) > CHANGES:
            self._write(f"{'':10}{'  ' * self.depth}  … {len(told) - CHANGES} more")

    def _step(self):
        history = self.program.history
        state = history.to(history.steps)
        self.words.turn_to(state)
        frame = state.stack[-1]
        if self.shown:
            self._changes(history.notes, frame)
        self.shown = history.steps
        self.depth = len(state.stack) - 1
        place = printable(f"{os.path.basename(frame.code.file)}:{frame.line}")
        line = printable(self.sources.line(frame.code.file, frame.line)).strip()
        how = self.words.instruction()
        self._write(f"{self.shown:6}  {place:{PLACE}}{'  ' * self.depth}  {line}{'  — ' if how else ''}{how}".rstrip())

    def _end(self):
        history, program = self.program.history, self.program
        if program.all_told:
            self._write("these were all the steps that --steps asks for")
        if history.steps:
            notes = history.rest()
            self.words.turn_to(history.state)
            self._changes(notes, None)
        if program.status:
            how = f"by signal {-program.status}" if program.status < 0 else f"with status {program.status}"
            self._write(f"the program ended {how}")
