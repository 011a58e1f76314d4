"""The terminal view of a program that runs (limpid --watch): this process shows it, the program is its child (src/cli/watch.c)."""

import _signal
import os

from .program import Program, Sources


def main(pid, journal, go, output, keys, reads_terminal, utf8):
    """Shows the program until the user has seen enough; its exit status, negative if a signal ended it."""
    wake, woken = os.pipe()
    for end in wake, woken:
        os.set_blocking(end, False)
    _signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    for number in _signal.SIGCHLD, _signal.SIGWINCH, _signal.SIGTERM, _signal.SIGHUP:
        _signal.signal(number, lambda number, frame: None)
    program = Program(pid, journal, go, output)
    try:
        if keys < 0:
            from .plain import Plain as Show
        else:
            from .view import View as Show
        return Show(program, Sources(program.history), keys, wake, bool(reads_terminal), bool(utf8)).run()
    finally:
        _signal.set_wakeup_fd(-1)
