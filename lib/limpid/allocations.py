"""The log of allocations: every block that a program asks for and gives back, with the Python lines that did it."""

import os
import sys

import _see

from limpid import _text
from limpid._look import look
from limpid.capture import Rows, _row_class

LineRow = _row_class("LineRow", "place", "blocks", "bytes", "live_blocks", "live_bytes", "peak_bytes", "lifetime_us")


class Log:
    """A log that is being written; a context manager that ends it.  stop() ends it, load() reads it then."""

    def __init__(self, path):
        self.path = path

    @look
    def stop(self):
        """End the log.  Raises OSError if something could not be written."""
        if _running is self:
            _ended()
            _see.log_stop()

    def load(self):
        """Read what was written: Allocations."""
        return read(self.path)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stop()

    def __repr__(self):
        return f"<log of allocations to {os.fspath(self.path)!r}{', running' if _running is self else ''}>"


_running = None


def _ended():
    global _running
    _running = None


@look
def log(path, *, compress=False):
    """Log every allocation and release to a file from now on, with the stack of Python lines of each: a Log.

        with limpid.log("program.alloc") as log:
            work()
        print(log.load())

    Until the with block ends, or stop() is called, or the program does.  The file is a capture (docs/capture.md); compress
    deflates it.  Blocks are told in the sizes that they have (those asked for, rounded up to a size class).  What stays in its place
    is no event: a float that the interpreter overwrites because nobody else has it.  Left out are what looks allocate and what
    threads do without the interpreter lock; in a child process the log ends with fork.
    Raises RuntimeError if there is a log already, OSError."""
    global _running
    import atexit

    begun = Log(path)
    atexit.register(begun.stop)
    try:
        _see.log_start(path, compress)
    except BaseException:
        atexit.unregister(begun.stop)
        raise
    _running = begun
    return begun


class Allocations:
    """What a log of allocations says.

    events, seconds; peak_bytes and peak_seconds (most that was live, of what was allocated while logged); end_blocks and end_bytes
    (still live at the end); timeline ([(seconds, live bytes, live blocks)]); complete and problem as in Snapshot."""

    def __init__(self, path, data):
        self.path = path
        self.events = data["events"]
        self.seconds = data["nanoseconds"] / 1e9
        self.peak_bytes, peak = data["peak"]
        self.peak_seconds = peak / 1e9
        self.end_blocks, self.end_bytes = data["end_blocks"], data["end_bytes"]
        self.timeline = [(ns / 1e9, size, blocks) for ns, size, blocks in data["timeline"]]
        self.complete, self.problem = data["complete"], data["problem"]
        self._nodes = data["nodes"]

    def stacks(self):
        """One exports.Stack for each stack of lines that allocated, outermost frame first."""
        from limpid.exports import Stack

        paths, found = [()], []
        for number, (parent, function, file, line, total, peak, end, most, lifetime, temporary) in enumerate(self._nodes):
            path = paths[parent] + ((function, file, line),) if number else ()
            if number:
                paths.append(path)
            if total[0]:
                stack = Stack(path or (("(start)", "", 0),))
                stack.total, stack.peak, stack.end, stack.most = map(list, (total, peak, end, most))
                stack.lifetime, stack.temporary = lifetime / 1000, temporary
                found.append(stack)
        return found

    def by_line(self, limit=None):
        """By the line that allocated, most bytes first: rows (place, blocks, bytes, live_blocks, live_bytes at the end, peak_bytes
        at the moment of the peak, lifetime_us: the mean of those that died)."""
        sums = {}
        for stack in self.stacks():
            function, file, line = stack.frames[-1]
            row = sums.setdefault(f"{file}:{line} {function}" if file else function, [0, 0, 0, 0, 0, 0.0])
            for i, value in enumerate((*stack.total, *stack.end, stack.peak[1], stack.lifetime)):
                row[i] += value
        rows = [LineRow((place, *row[:5], int(row[5] / max(1, row[0] - row[2])))) for place, row in sums.items()]
        rows.sort(key=lambda r: (-r.bytes, r.place))
        return Rows(LineRow.fields, rows[:limit], max(0, len(rows) - len(rows[:limit])))

    def export(self, path, format=None, **options):
        """Write it for another program, by format or the ending of path: heaptrack (the whole history), dhat (with lifetimes),
        speedscope, collapsed; for the latter two which= "total", "peak" or "end" picks the bytes that count; page (.html): the view
        Growth for the browser."""
        from limpid import exports
        from limpid._file import Replaced

        format = exports.format_of(path, format)
        command = " ".join(sys.orig_argv)
        if format == "heaptrack":
            with Replaced(path) as part:
                _see.log_heaptrack(self.path, part, command)
            return
        if format == "page":
            from limpid import page

            file = f"{os.fspath(path)}.growth"
            try:
                _see.log_growth(self.path, file)
                page.write(file, path)
            finally:
                if os.path.exists(file):
                    os.unlink(file)
            return
        if format not in ("dhat", "speedscope", "collapsed"):
            raise ValueError(f"a log of allocations cannot be written as {format}")
        with Replaced(path) as part, open(part, "w", encoding="utf-8", errors="backslashreplace") as out:
            facts = {"end": int(self.seconds * 1e6), "peak": int(self.peak_seconds * 1e6), "command": command}
            exports.write_stacks(out, format, self.stacks(), facts, **options)

    def to_dict(self):
        return {"events": self.events, "seconds": self.seconds, "peak_bytes": self.peak_bytes, "peak_seconds": self.peak_seconds,
                "end_blocks": self.end_blocks, "end_bytes": self.end_bytes, "complete": self.complete, "problem": self.problem,
                "by_line": self.by_line().to_dict()}

    def json(self, indent=None):
        """The same as JSON text."""
        import json

        return json.dumps(self.to_dict(), indent=indent)

    def __str__(self):
        cut = "" if self.complete else f"; cut: {self.problem}"
        return (f"{self.events:,} allocations and releases in {self.seconds:.3f} s, at most {_text.size(self.peak_bytes)} live, "
                f"{_text.size(self.end_bytes)} in {_text.count(self.end_blocks, 'block')} at the end{cut}\n{self.by_line(20)}")

    __repr__ = __str__


def read(path):
    """Read a log of allocations."""
    return Allocations(path, _see.log_read(path))
