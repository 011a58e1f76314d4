"""Hooks that fail: sys.unraisablehook's own exception is reported instead of the first one."""
import sys
import types


class Dying:
    def __repr__(self):
        return "<dying>"

    def __del__(self):
        1 / 0


class Hook:
    def __init__(self, error):
        self.error = error

    def __repr__(self):
        return f"<hook {self.error!r}>"

    def __call__(self, args):
        raise self.error


class Unnamed(Hook):
    def __repr__(self):
        raise ValueError("no name")


sys.stdout = sys.stderr
for hook in Hook(Exception("failed")), Hook(SystemExit(3)), Unnamed(KeyError(1)), 5:
    sys.unraisablehook = hook
    Dying()

# The first instruction of a function stands for no text: its line is shown above an empty one.


def first():
    return sys._getframe()


for frame in first(), (lambda: sys._getframe())():
    trace = types.TracebackType(None, frame, 0, frame.f_code.co_firstlineno)
    sys.__excepthook__(KeyboardInterrupt, KeyboardInterrupt().with_traceback(trace), trace)
