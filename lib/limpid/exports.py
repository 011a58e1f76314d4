"""Snapshots and allocation logs in the formats of other programs."""

import os
import sys

from limpid import _text

_ENDINGS = ((".heapsnapshot", "heapsnapshot"), (".jsonl", "jsonl"), (".dot", "dot"), (".svg", "svg"), (".collapsed", "collapsed"),
            (".folded", "collapsed"), (".speedscope.json", "speedscope"), (".speedscope", "speedscope"), (".dhat.json", "dhat"),
            (".dhat", "dhat"), (".heaptrack", "heaptrack"), (".html", "page"))
_DRAWN = 150


class Stack:
    """What one stack of frames asked for: frames are (function, file, line), outermost first.

    total, peak and end are [blocks, bytes]: ever, when most bytes were live, at the end; most is the most that this stack had
    at once; lifetime the sum of the lives of its blocks in microseconds; temporary how many died before anything else was born."""

    __slots__ = ("frames", "total", "peak", "end", "most", "lifetime", "temporary")

    def __init__(self, frames, count=0, size=0):
        self.frames = frames
        self.total = [count, size]
        self.peak = [count, size]
        self.end = [count, size]
        self.most = [count, size]
        self.lifetime = self.temporary = 0


def format_of(path, format):
    """The name of a format, by itself or by the ending of path."""
    known = sorted({name for _, name in _ENDINGS})
    if format is None:
        for ending, name in _ENDINGS:
            if os.fspath(path).endswith(ending):
                return name
        raise ValueError(f"no format for {os.fspath(path)!r}: the ending is none of {', '.join(e for e, _ in _ENDINGS)}")
    if format not in known:
        raise ValueError(f"unknown format {format!r}: known are {', '.join(known)}")
    return format


def write(snapshot, path, format=None, **options):
    """Write a snapshot; see limpid.export()."""
    from limpid._file import Replaced

    format = format_of(path, format)
    if format == "heapsnapshot":
        with Replaced(path) as part:
            snapshot._capture.heapsnapshot(part, **options)
        return
    if format == "page":
        from limpid import page

        if snapshot.source is None:
            raise ValueError("a page is made of a snapshot that is in a file: snapshot(path), load(path)")
        page.write(snapshot.source, path, **options)
        return
    with Replaced(path) as part, open(part, "w", encoding="utf-8", errors="backslashreplace") as out:
        if format in ("jsonl", "dot", "svg"):
            globals()["_write_" + format](snapshot, out, **options)
        else:
            pid = snapshot.meta.get("pid", "")[:9]
            write_stacks(out, format, stacks_of(snapshot, **options), {"pid": int(pid) if pid.isdecimal() else 0})


def write_page_of_now(path, copies=4 << 20):
    """Write the page of the heap as it is, by way of a capture beside it."""
    from limpid import capture, page

    file = f"{os.fspath(path)}.limpid"
    try:
        capture.snapshot(file, copies=copies)
        page.write(file, path)
    finally:
        if os.path.exists(file):
            os.unlink(file)


def stacks_of(snapshot, by=None):
    """Stack of all live bytes: by="sites" by who allocated (the default if known), by="holders" classes below classes."""
    sites = snapshot._capture.by_site()
    if by is None:
        by = "sites" if any(site for site, _, _ in sites) else "holders"
    if by == "sites":
        return [Stack([(function, file, line) for file, function, line in reversed(snapshot._capture.site(site))] if site
                      else [("(not traced)", "", 0)], count, size) for site, count, size in sites]
    if by != "holders":
        raise ValueError(f"by must be 'sites' or 'holders', not {by!r}")
    paths, stacks = [()], []
    for parent, name, count, size in snapshot._capture.tree():
        path = paths[parent] + ((name, "", 0),)
        paths.append(path)
        if count:
            stacks.append(Stack(path, count, size))
    return stacks


# ---- formats of stacks ----


def write_stacks(out, format, stacks, facts=(), **options):
    """Write stacks as collapsed, speedscope, dhat or heaptrack."""
    {"collapsed": _write_collapsed, "speedscope": _write_speedscope, "dhat": _write_dhat,
     "heaptrack": _write_heaptrack}[format](out, stacks, dict(facts), **options)


def _frame_text(frame):
    function, file, line = frame
    text = function or (os.path.basename(file) if file else "?")
    if file:
        text += f" ({file}:{line})" if line else f" ({file})"
    return text


def _which(stack, which):
    if which not in ("total", "peak", "end"):
        raise ValueError(f"which must be 'total', 'peak' or 'end', not {which!r}")
    return getattr(stack, which)[1]


def _write_collapsed(out, stacks, facts, which="end"):
    for stack in stacks:
        if _which(stack, which):
            line = ";".join(_frame_text(f).replace(";", ":").replace("\n", " ") for f in stack.frames)
            out.write(f"{line} {_which(stack, which)}\n")


def _write_speedscope(out, stacks, facts, which=None):
    import json

    frames, profiles = {}, []
    for name in (which,) if which else ("end", "peak", "total"):
        samples, weights = [], []
        for stack in stacks:
            if _which(stack, name):
                samples.append([frames.setdefault(f, len(frames)) for f in stack.frames])
                weights.append(_which(stack, name))
        profiles.append({"type": "sampled", "name": f"{name} bytes", "unit": "bytes", "startValue": 0, "endValue": sum(weights),
                         "samples": samples, "weights": weights})
    shared = [{"name": _frame_text((function, "", 0)) if function else _frame_text((function, file, line)),
               **({"file": file, "line": line} if file else {})} for function, file, line in frames]
    json.dump({"$schema": "https://www.speedscope.app/file-format-schema.json", "exporter": "limpid", "name": facts.get("name", "heap"),
               "activeProfileIndex": 0, "shared": {"frames": shared}, "profiles": profiles}, out)
    out.write("\n")


def _write_dhat(out, stacks, facts):
    import json

    table, points = {"[root]": 0}, []
    lives = any(stack.lifetime for stack in stacks)
    for stack in stacks:
        point = {"tb": stack.total[1], "tbk": stack.total[0], "mb": stack.most[1], "mbk": stack.most[0], "gb": stack.peak[1],
                 "gbk": stack.peak[0], "eb": stack.end[1], "ebk": stack.end[0],
                 "fs": [table.setdefault(_frame_text(f), len(table)) for f in reversed(stack.frames)]}
        if lives:
            point["tl"] = int(stack.lifetime)
        points.append(point)
    json.dump({"dhatFileVersion": 2, "mode": "heap", "verb": "Allocated", "bklt": lives, "bkacc": False, "tu": "µs", "Mtu": "s",
               "tuth": 10, "cmd": facts.get("command", " ".join(sys.orig_argv)), "pid": facts.get("pid", os.getpid()),
               "te": facts.get("end", 0), "tg": facts.get("peak", facts.get("end", 0)), "pps": points, "ftbl": list(table)}, out)
    out.write("\n")


class _Heaptrack:
    """The tables of a heaptrack file: lines of hexadecimal numbers, each thing numbered from 1 before it is used."""

    def __init__(self, out, command):
        self.out = out
        self.strings, self.frames, self.traces, self.infos = {}, {}, {}, {}
        out.write(f"v 10400 2\nX {command or 'limpid'}\nI 1000 {os.sysconf('SC_PHYS_PAGES'):x}\n")

    def string(self, text):
        number = self.strings.get(text)
        if number is None:
            number = self.strings[text] = len(self.strings) + 1
            # angle brackets would be taken for a template's
            self.out.write(f"s {text.replace('<', '(').replace('>', ')') or '?'}\n".replace("\n", " ").rstrip() + "\n")
        return number

    def frame(self, frame):
        number = self.frames.get(frame)
        if number is None:
            function, file, line = frame
            module, name = self.string("python"), self.string(function or os.path.basename(file) or "?")
            place = self.string(file or "?")
            number = self.frames[frame] = len(self.frames) + 1
            self.out.write(f"i {0x1000 + number * 16:x} {module:x} {name:x} {place:x} {line:x}\n")
        return number

    def trace(self, frames):
        parent = 0
        for frame in frames:
            key = self.frame(frame), parent
            number = self.traces.get(key)
            if number is None:
                number = self.traces[key] = len(self.traces) + 1
                self.out.write(f"t {key[0]:x} {parent:x}\n")
            parent = number
        return parent

    def info(self, size, trace):
        key = size, trace
        number = self.infos.get(key)
        if number is None:
            number = self.infos[key] = len(self.infos)
            self.out.write(f"a {size:x} {trace:x}\n")
        return number


def _write_heaptrack(out, stacks, facts):
    """One allocation for each stack, of all its bytes: a sum, not a history."""
    file = _Heaptrack(out, facts.get("command", ""))
    out.write("c 0\n")
    for stack in stacks:
        blocks, size = stack.end
        if blocks:
            trace, each = file.trace(stack.frames), size // blocks
            first, rest = file.info(each + size % blocks, trace), file.info(each, trace)
            out.write(f"+ {first:x}\n" + f"+ {rest:x}\n" * (blocks - 1))
    out.write("c 1\n")


# ---- objects ----


def _write_jsonl(snapshot, out):
    import json

    capture = snapshot._capture
    meta = {"objects": len(snapshot), "references": snapshot.references, "complete": snapshot.complete, **snapshot.meta}
    out.write(json.dumps({"capture": meta}) + "\n")
    for o in snapshot.objects():
        row = {"id": o.number, "address": o.address, "type": o.type, "size": o.size, "refcount": o.references, "kind": o.kind}
        if o.length >= 0:
            row["length"] = o.length
        if o.name is not None:
            row["name"] = o.name
        if o.generation is not None:
            row["generation"] = o.generation
        row["refs"] = [[label, number] for number, label, _, _ in capture.references(o.number) if number >= 0]
        out.write(json.dumps(row, ensure_ascii=False) + "\n")


_HIDDEN = {"module", "type", "function", "builtin_function_or_method", "code", "frame"}


def _neighbourhood(snapshot, objects, limit, everything):
    """Objects in columns by distance from the variables of frames, or of the addresses `objects`; references; how many were cut.

    ([[Object...], ...], [(from number, label, to number)], [(label, number)], cut)"""
    capture = snapshot._capture
    if objects is None:
        starts = [(f"{frame}: {label}" if frame > 1 else label, number) for group, frame, label, number, _ in capture.roots()
                  if frame and number >= 0 and label.startswith("local ")]
        if not starts:
            starts = [(label, number) for group, frame, label, number, _ in capture.roots() if frame and number >= 0]
        starts = [start for frame in starts for start in _variables(snapshot, *frame)]
    else:
        starts = [("", o.number if hasattr(o, "number") else capture.find(o)) for o in objects]
        if any(number < 0 for _, number in starts):
            raise ValueError("no object of the snapshot at this address")
    columns, edges, seen, cut = [], [], {}, 0
    level = list(dict.fromkeys(number for _, number in starts))
    while level:
        column = []
        for number in level:
            o = snapshot._object(number)
            if len(seen) >= limit or (columns and not everything and o.type in _HIDDEN):
                cut += 1
            else:
                seen[number] = o
                column.append(o)
        if not column:
            break
        columns.append(column)
        following = {}
        for o in column:
            if o.type in _HIDDEN and not everything:
                continue
            for number, label, kind, _ in capture.references(o.number):
                if number >= 0 and label != ".__class__" and not label.startswith("key "):
                    edges.append((o.number, label, number))
                    if number not in seen:
                        following[number] = True
        level = list(following)
    return columns, [e for e in edges if e[2] in seen], [s for s in starts if s[1] in seen], cut


def _variables(snapshot, label, number):
    """A frame's variable; for a module's namespace the variables in it that a program made."""
    o = snapshot._object(number)
    if o.type != "dict" or label.startswith("local "):
        return [(label.removeprefix("local "), number)]
    found = []
    for target, text, kind, _ in snapshot._capture.references(number):
        if text.startswith("['") and not text.startswith("['__") and target >= 0:
            if snapshot._object(target).type not in _HIDDEN:
                found.append((text[2:-2], target))
    return found


def _caption(o):
    lines = [o.type + (f" {o.name[:24]!r}" if o.type == "str" and o.name is not None else f" {o.name[:24]}" if o.name else "")]
    detail = f"{o.size} B" + (f", {o.length} items" if o.length >= 0 and o.type != "str" else "")
    lines.append(detail + (f", refcount {o.references}" if o.references >= 0 else ", immortal"))
    return lines


def _write_dot(snapshot, out, objects=None, limit=_DRAWN, everything=False):
    columns, edges, starts, cut = _neighbourhood(snapshot, objects, limit, everything)

    def quote(text):
        return '"' + "".join(c if c >= " " else " " for c in text).replace("\\", "\\\\").replace('"', '\\"') + '"'

    out.write("digraph heap {\n  rankdir=LR;\n  node [shape=box, fontname=monospace, fontsize=10];\n"
              "  edge [fontname=monospace, fontsize=9];\n")
    for i, (label, number) in enumerate(starts):
        if label:
            out.write(f"  v{i} [shape=plaintext, label={quote(label)}];\n  v{i} -> o{number};\n")
    for column in columns:
        for o in column:
            head, detail = map(quote, _caption(o))
            text = head[:-1] + "\\n" + detail[1:]
            out.write(f"  o{o.number} [label={text}, tooltip=\"{o.address:#x}\"];\n")
    for source, label, target in edges:
        out.write(f"  o{source} -> o{target} [label={quote(label)}];\n")
    if cut:
        out.write(f"  cut [shape=plaintext, label=\"{cut} more objects are not drawn\"];\n")
    out.write("}\n")


_WIDE, _HIGH, _GAP_X, _GAP_Y = 190, 38, 110, 14
_STYLE = """<style>
svg { --ink: #1f2328; --line: #57606a; --box: #f6f8fa; --paper: #ffffff; --mark: #0550ae; }
@media (prefers-color-scheme: dark) { svg { --ink: #e6edf3; --line: #8b949e; --box: #161b22; --paper: #0d1117; --mark: #79c0ff; } }
text { font: 11px monospace; fill: var(--ink); } .label { font-size: 9px; fill: var(--mark); } .detail { font-size: 9px; fill: var(--line); }
rect.box { fill: var(--box); stroke: var(--line); } path { fill: none; stroke: var(--line); } .paper { fill: var(--paper); }
</style>"""


def _write_svg(snapshot, out, objects=None, limit=_DRAWN, everything=False):
    """Columns of boxes by distance from the variables; the place of a box depends only on the order of references."""
    columns, edges, starts, cut = _neighbourhood(snapshot, objects, limit, everything)
    left = 20 + (140 if any(label for label, _ in starts) else 0)
    place = {o.number: (left + x * (_WIDE + _GAP_X), 30 + y * (_HIGH + _GAP_Y)) for x, column in enumerate(columns)
             for y, o in enumerate(column)}
    width = max((x for x, _ in place.values()), default=left) + _WIDE + 40
    height = max([y for _, y in place.values()] + [30 + 18 * len(starts)], default=30) + _HIGH + 40
    out.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
              f'aria-labelledby="title">\n<title id="title">{len(place)} objects and {len(edges)} references</title>\n{_STYLE}\n'
              '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
              '<path d="M0 0 L8 4 L0 8 z" style="fill: var(--line)"/></marker></defs>\n'
              f'<rect class="paper" width="{width}" height="{height}"/>\n')
    for i, (label, number) in enumerate(starts):
        x, y = place[number]
        if label:
            own = 44 + 18 * i
            out.write(f'<text x="12" y="{own}">{_text.markup(label[:20])}</text>'
                      f'<path d="M{20 + 7 * min(20, len(label))} {own - 4} C{left - 40} {own - 4} {left - 40} {y + 12} {x} {y + 12}" '
                      'marker-end="url(#tip)"/>\n')
    leaving, left_by = {}, {}
    for source, _, _ in edges:
        leaving[source] = leaving.get(source, 0) + 1
    for source, label, target in edges:
        (x1, y1), (x2, y2) = place[source], place[target]
        left_by[source] = left_by.get(source, 0) + 1
        y1, y2 = y1 + round((left_by[source] - 0.5) * (_HIGH - 4) / leaving[source]) + 2, y2 + _HIGH // 2
        x1 += _WIDE
        if x2 <= x1 - _WIDE:   # backwards or in the same column: around the right side
            d = f"M{x1} {y1} C{x1 + 60} {y1} {x2 + _WIDE + 60} {y2} {x2 + _WIDE} {y2 + 8}"
        else:
            d = f"M{x1} {y1} C{x1 + _GAP_X // 2} {y1} {x2 - _GAP_X // 2} {y2} {x2} {y2}"
        out.write(f'<path d="{d}" marker-end="url(#tip)"><title>{_text.markup(label)}</title></path>'
                  f'<text class="label" x="{x1 + 4}" y="{y1 - 2}">{_text.markup(label[:16])}</text>\n')
    for column in columns:
        for o in column:
            x, y = place[o.number]
            head, detail = _caption(o)
            out.write(f'<g id="o{o.number}"><rect class="box" x="{x}" y="{y}" width="{_WIDE}" height="{_HIGH}" rx="4"/>'
                      f'<text x="{x + 6}" y="{y + 15}">{_text.markup(head[:27])}</text><text class="detail" x="{x + 6}" y="{y + 30}">'
                      f'{_text.markup(detail)}</text><title>{_text.markup(head)} at {o.address:#x}</title></g>\n')
    if cut:
        out.write(f'<text x="20" y="{height - 12}">{cut} more objects are not drawn</text>\n')
    out.write("</svg>\n")
