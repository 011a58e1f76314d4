"""A terminal for tests: a program on a pty, and the screen it has drawn with the escape sequences of a VT220."""

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
import unicodedata


class Terminal:
    """`rows` of text, `styles` of each cell, `cursor` (row, column) or None while hidden; `log` is all that was written."""

    def __init__(self, command, columns=80, lines=24, env=None, cwd=None):
        self.columns, self.lines = columns, lines
        self.clear()
        self.saved, self.pending, self.log = None, "", b""
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.status, self.drawing = None, False
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON") and k not in ("COLUMNS", "LINES", "NO_COLOR")}
        environment.update({"TERM": "xterm", "LC_ALL": "C.UTF-8", **(env or {})})
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
                if cwd:
                    os.chdir(cwd)
                os.execve(command[0], command, environment)
            finally:
                os._exit(127)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def clear(self):
        self.cells = [[(" ", "")] * self.columns for _ in range(self.lines)]
        self.row = self.column = 0
        self.style, self.shows_cursor = "", True

    @property
    def rows(self):
        return ["".join(c for c, _ in row).rstrip() for row in self.cells]

    @property
    def text(self):
        return "\n".join(self.rows)

    @property
    def cursor(self):
        return (self.row, self.column) if self.shows_cursor else None

    @property
    def settings(self):
        return termios.tcgetattr(self.fd)

    def resize(self, columns, lines):
        self.columns, self.lines = columns, lines
        self.clear()
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)

    def send(self, keys):
        os.write(self.fd, keys.encode() if isinstance(keys, str) else keys)

    def pump(self, seconds):
        """Takes what comes within a time; False at the end."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.log += data
        self._write(self.decoder.decode(data))
        return bool(data)

    def wait(self, wanted, seconds=20):
        """Until the screen has a text, or a predicate of this terminal is true."""
        deadline = time.monotonic() + seconds
        seen = wanted if callable(wanted) else lambda t: wanted in t.text
        holds = lambda t: not t.drawing and seen(t)
        while not holds(self):
            if not self.pump(max(0.0, deadline - time.monotonic())) or time.monotonic() > deadline:
                if holds(self):
                    break
                raise AssertionError(f"waited for {wanted!r}, the screen is\n{self.text}")
        return self

    def end(self, seconds=20):
        """Waits until the program has ended; its exit status, negative for a signal."""
        deadline = time.monotonic() + seconds
        while self.pump(0.2) and time.monotonic() < deadline:
            pass
        while self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                self.close()
                raise AssertionError(f"it has not ended, the screen is\n{self.text}")
            else:
                time.sleep(0.02)
        self.close()
        return self.status

    def close(self):
        if self.status is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
            except (ProcessLookupError, ChildProcessError):
                pass
            self.status = -9
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    # ---- what is written ----

    def _write(self, text):
        self.pending += text
        while self.pending:
            if self.pending[0] == "\x1b":
                match = re.match(r"\x1b\[([?0-9;]*)([@-~])", self.pending)
                if match is None:
                    if len(self.pending) > 32:
                        raise AssertionError(f"no known escape sequence: {self.pending[:32]!r}")
                    return
                self._sequence(*match.groups())
                self.pending = self.pending[match.end():]
            else:
                self._character(self.pending[0])
                self.pending = self.pending[1:]

    def _sequence(self, parameters, final):
        numbers = [int(n) if n.isdigit() else 0 for n in parameters.lstrip("?").split(";")]
        if final == "H":
            self.row, self.column = max(1, numbers[0]) - 1, max(1, (numbers + [1])[1]) - 1
        elif final == "m":
            self.style = "" if parameters in ("", "0") else parameters
        elif final == "J":
            self.cells = [[(" ", "")] * self.columns for _ in range(self.lines)]
        elif final in "hl" and parameters == "?25":
            self.shows_cursor = final == "h"
        elif final in "hl" and parameters == "?2026":
            self.drawing = final == "h"
        elif final in "hl" and parameters == "?1049":
            if final == "h":
                self.saved = (self.cells, self.row, self.column)
                self.cells = [[(" ", "")] * self.columns for _ in range(self.lines)]
            elif self.saved:
                self.cells, self.row, self.column = self.saved
                self.saved = None
        else:
            raise AssertionError(f"not a sequence that every terminal has: {parameters}{final}")

    def _character(self, c):
        if c == "\r":
            self.column = 0
        elif c == "\n":
            self._line_feed()
        elif c == "\b":
            self.column = max(0, self.column - 1)
        elif c < " ":
            pass
        else:
            wide = 2 if unicodedata.east_asian_width(c) in "WF" else 1
            if self.column + wide > self.columns:
                self.column = 0
                self._line_feed()
            self.cells[self.row][self.column] = (c, self.style)
            if wide == 2:
                self.cells[self.row][self.column + 1] = ("", self.style)
            self.column += wide

    def _line_feed(self):
        if self.row == self.lines - 1:
            self.cells = self.cells[1:] + [[(" ", "")] * self.columns]
        else:
            self.row += 1
