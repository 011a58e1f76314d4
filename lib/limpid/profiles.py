"""Where a recorded run went, line by line, and where its objects came into view, in the formats of other programs."""

import os

from limpid._look import look

FORMATS = {".speedscope.json": "speedscope", ".speedscope": "speedscope", ".collapsed": "collapsed", ".folded": "collapsed",
           ".trace.json": "trace", ".perfetto": "trace", ".jsonl": "jsonl", ".svg": "svg", ".html": "page"}
OF = ("steps", "births", "bytes", "allocated", "live")


def format_of(path, format):
    """The name of a format, by itself or by the ending of path."""
    known = sorted(set(FORMATS.values()))
    if format is None:
        for ending, name in FORMATS.items():
            if os.fspath(path).endswith(ending):
                return name
        raise ValueError(f"no format for {os.fspath(path)!r}: the ending is none of {', '.join(FORMATS)}")
    if format not in known:
        raise ValueError(f"unknown format {format!r}: known are {', '.join(known)}")
    return format


def stacks(recording, of="steps"):
    """exports.Stack for each stack of lines: how many steps it had ("steps"); what came into view by it, as objects ("births") or bytes
    of their blocks ("bytes"); bytes that it allocated, with those that it released at once ("allocated"), or that are live at the end
    ("live"); the last two of a recording that tells of growth.

    An object comes into view when a frame or an object in view first refers to it: what a line made and dropped again is not counted."""
    from limpid.exports import Stack

    if of not in OF:
        raise ValueError(f"of must be one of {', '.join(OF)}, not {of!r}")
    if of in ("allocated", "live"):
        return _allocations(recording.path, of)
    found, seen, last = {}, 0, {}
    for operation, state in recording:
        if of == "steps":
            if operation == "STEP" and state.stack:
                _add(found, _frames(state.stack), 1, 1)
            continue
        newest = max(state.objects, default=0)  # numbers are given in order
        if newest > seen:
            where = last.get(state.thread, (("(start)", "", 0),))
            few = newest - seen <= len(state.objects)
            for number in range(seen + 1, newest + 1) if few else sorted(n for n in state.objects if n > seen):
                object = state.objects.get(number)
                if object is not None and object.size:
                    _add(found, where, 1, object.size)
            seen = newest
        last[state.thread] = _frames(state.stack) or (("(end)", "", 0),)
    result = []
    for frames, (count, size) in found.items():
        result.append(Stack(frames, count, size if of == "bytes" else count))
    return result


def _allocations(path, of):
    from limpid.exports import Stack
    from limpid.growth import Growth
    from limpid.recording import Reading

    growth, sums = Growth(path), {}
    if not growth.intervals:
        raise ValueError("the recording does not tell of allocations (--growth does)")
    with Reading(path):
        for _, _, rows in growth.intervals:
            for account, born, born_bytes, died, died_bytes, passed, passed_bytes in rows:
                row = sums.setdefault(growth.accounts[account][0], [0, 0])
                row[0] += born + passed if of == "allocated" else born - died
                row[1] += born_bytes + passed_bytes if of == "allocated" else born_bytes - died_bytes
        return [Stack(_lines(growth.places, place), *row) for place, row in sorted(sums.items()) if row[1] > 0]


def _lines(places, place):
    """The lines that called, outermost first."""
    frames = []
    while place:
        place, function, file, line = places[place]
        frames.append((function or "?", file, line))
    return tuple(reversed(frames)) or (("(runtime)", "", 0),)


def _frames(stack):
    return tuple((frame.code.name, frame.code.file, frame.line) for frame in stack)


def _add(found, frames, count, size):
    row = found.setdefault(frames, [0, 0])
    row[0] += count
    row[1] += size


@look
def export(recording, path, format=None, **options):
    """Write a recording for another program, by format or the ending of path.

    recording: a file that --record or limpid.see(record=...) wrote, or a limpid.recording.Recording.

    speedscope (.speedscope.json), collapsed (.collapsed): stacks of lines, by of="steps", "births" or "bytes" of what came into view,
    "allocated" or "live" bytes; trace (.trace.json): calls over steps as Chrome's trace events, which Perfetto opens, too, with counters of the heap, exceptions and
    collections; jsonl (.jsonl): names and operations, one a line, as docs/recording.schema.json says; svg (.svg): one step, step=
    and what see_step() takes; page (.html): the page, of a file.  Raises ValueError for a format or option that there is not, OSError."""
    from limpid.recording import Recording

    format = format_of(path, format)
    if format == "page":
        from limpid import page

        page.write(recording.path if isinstance(recording, Recording) else recording, path, **options)
        return
    if not isinstance(recording, Recording):
        recording = Recording(recording)
    if os.path.realpath(path) == os.path.realpath(recording.path):
        raise ValueError(f"{path} is the recording itself")
    from limpid._file import Replaced
    from limpid.recording import Reading

    with Replaced(path) as part, open(part, "w", encoding="utf-8", errors="backslashreplace") as out:
        if format == "svg":  # whose step there may not be
            _WRITERS[format](recording, out, **options)
        else:
            with Reading(recording.path):
                _WRITERS[format](recording, out, **options)


def _known(recording):
    from limpid.growth import Growth

    return OF if Growth(recording.path).intervals else OF[:3]


def _write_speedscope(recording, out, of=None):
    """One profile for each of OF, as exports.py writes those of the heap."""
    import json

    frames, profiles = {}, []
    for name in (of,) if of else _known(recording):
        samples, weights = [], []
        for stack in stacks(recording, name):
            samples.append([frames.setdefault(f, len(frames)) for f in stack.frames])
            weights.append(stack.end[1])
        profiles.append({"type": "sampled", "name": name, "unit": "none" if name in ("steps", "births") else "bytes", "startValue": 0,
                         "endValue": sum(weights), "samples": samples, "weights": weights})
    shared = [{"name": f"{function}:{line}" if file else function, **({"file": file, "line": line} if file else {})}
              for function, file, line in frames]
    json.dump({"$schema": "https://www.speedscope.app/file-format-schema.json", "exporter": "limpid", "name": "recording",
               "activeProfileIndex": 0, "shared": {"frames": shared}, "profiles": profiles}, out)
    out.write("\n")


def _write_collapsed(recording, out, of="steps"):
    from limpid.exports import write_stacks

    write_stacks(out, "collapsed", stacks(recording, of))


def _write_svg(recording, out, step=-1, **options):
    from limpid.steps import see_step

    out.write(see_step(recording, step, **options))


def _write_trace(recording, out):
    """Chrome's trace events; a microsecond stands for a step."""
    trace = _Trace(out)
    for operation, state in recording:
        trace.stop(operation, state)
    trace.end()


class _Trace:
    """Calls as pairs of B and E events, a track for each thread."""

    def __init__(self, out):
        import json

        self.out, self.dumps, self.first = out, json.dumps, True
        self.open, self.at, self.heap, self.collections = {}, 0, None, 0
        out.write('{"displayTimeUnit": "ns", "otherData": {"unit": "a microsecond stands for a step"}, "traceEvents": [\n')
        self.event("M", 0, name="process_name", args={"name": "recording"})

    def event(self, phase, thread, **more):
        self.out.write(("" if self.first else ",\n") + self.dumps({"ph": phase, "pid": 1, "tid": thread, "ts": self.at, **more}))
        self.first = False

    def sync(self, thread, frames):
        """Ends and begins calls so that these are open."""
        now = self.open.get(thread)
        if now is None:
            now = self.open[thread] = []
            self.event("M", thread, name="thread_name", args={"name": f"thread {thread}"})
        same = 0
        while same < len(now) and same < len(frames) and now[same] == frames[same].number:
            same += 1
        for _ in range(len(now) - same):
            now.pop()
            self.event("E", thread)
        for frame in frames[same:]:
            now.append(frame.number)
            self.event("B", thread, name=frame.code.name, cat="call", args={"file": frame.code.file, "line": frame.code.line})

    def stop(self, operation, state):
        if operation == "STEP":
            self.at = max(self.at, state.step - 1)
        self.sync(state.thread, state.stack)
        if operation == "STEP":
            self.at += 1
        if operation == "RAISE":
            object = state.objects.get(state.value)
            self.event("i", state.thread, name=object.type if object else "exception", cat="exception", s="t",
                       args={"text": object.text if object else ""})
        if len(state.collections) > self.collections:
            for generation, found in state.collections[self.collections:]:
                self.event("i", state.thread, name=f"collection of generation {generation}", cat="collector", s="p", args={"found": found})
            self.collections = len(state.collections)
        heap = state.pools, state.large, len(state.objects)
        if heap != self.heap:
            self.heap = heap
            self.event("C", 0, name="heap", args={"pools": heap[0], "large bytes": heap[1]})
            self.event("C", 0, name="objects in view", args={"objects": heap[2]})

    def end(self):
        for thread in list(self.open):
            self.sync(thread, [])
        self.out.write("\n]}\n")


def _write_jsonl(recording, out):
    """Names and operations as they stand in the file (docs/recording.schema.json)."""
    import json

    from limpid.operations import rows

    for row in rows(recording.path):
        out.write(json.dumps(row, ensure_ascii=False) + "\n")


_WRITERS = {"jsonl": _write_jsonl, "speedscope": _write_speedscope, "collapsed": _write_collapsed, "svg": _write_svg, "trace": _write_trace}
