"""One step of a recording as an SVG document, in the layout of the page: source, frames, objects in columns, arrows.

Fonts and the widths of texts are fixed, there are no scripts and no style sheet: any program makes the same picture of it."""

from limpid import _text
from limpid._look import look

CHAR, ROW, TITLE, GAP = 7.2, 18, 22, 14  # pixels: a character, a row, a title, between boxes
COLUMN_GAP, MARGIN = 56, 16
NAME, VALUE, ITEMS, ROWS, SHOWN = 16, 28, 10, 16, 120  # characters of names and values, items in a row, rows, objects
LINES, CALLS = 3, 12  # of items; frames of a thread
THEMES = {
    "light": {"paper": "#ffffff", "ink": "#1a1a1a", "soft": "#666666", "line": "#b9b9b9", "box": "#f6f6f4", "now": "#fff3c4", "new": "#0b6e4f",
              "arrow": "#3465a4", "shared": "#7a5195", "mark": "#b3541e"},
    "dark": {"paper": "#1b1c1e", "ink": "#e8e8e6", "soft": "#a0a0a0", "line": "#5a5b5e", "box": "#26282b", "now": "#4a4115", "new": "#58c79b",
             "arrow": "#83aee6", "shared": "#c69be0", "mark": "#f0a26b"},
}
_TEXT = {"int", "float", "bool", "NoneType", "str", "bytes", "complex", "ellipsis", "NotImplementedType", "range", "slice", "range_iterator"}
_NAMED = {"type": "class ", "function": "ƒ ", "builtin_function_or_method": "ƒ ", "module": "module ", "code": "code ", "method_descriptor": "ƒ ",
          "wrapper_descriptor": "ƒ ", "getset_descriptor": "", "member_descriptor": "", "classmethod_descriptor": "ƒ "}
_DULL = {"__name__", "__qualname__", "__module__", "__doc__", "function", "gi_code", "cr_code", "ag_code", "f_code", "__code__", "__globals__",
         "__builtins__", "tb_frame", "d_name", "__objclass__", "__bases__", "__mro__", "__base__"}
_EVENTS = {"RETURN": "returns", "YIELD": "yields", "RAISE": "raises"}


# ---- finding a step ----


def _stop_bytes():
    from limpid.recording import OPERATIONS

    return bytes([*map(OPERATIONS.index, ("STEP", "RETURN", "YIELD", "RAISE")), *range(128, 256)])


def seek(recording, step):
    """(operation, state, what there was at the stop before) at a stop, numbered from 1 as on the page.

    What there was: {key: value} of slots and references, to see what has changed.  Raises IndexError."""
    import copy

    stops, at, chunk = _stop_bytes(), 0, 0
    total = len(recording)
    if not 1 <= step <= total:
        raise IndexError(f"the recording has {total} steps, from 1; there is no step {step}")
    for i, columns in enumerate(recording.journal):
        operations = columns[0]
        here = len(operations) - len(operations.translate(None, stops))
        if at + here >= step - 1:
            chunk = i
            break
        at += here
    if chunk <= 16:  # from the beginning, for what was printed
        chunk = at = 0
    part = copy.copy(recording)
    part.journal = recording.journal[chunk:]
    before = {}
    for operation, state in part:
        if operation == "UNWIND":
            continue
        at += 1
        if at == step - 1:
            before = _contents(state)
        if at == step:
            if operation in ("RETURN", "YIELD"):
                state.stack.append(state.left)
            return operation, state, before


def _contents(state):
    found = {}
    for stack in state.stacks.values():
        for frame in stack:
            found["frame", frame.number] = {slot: _print(state, number) for slot, number in frame.slots.items()}
    for number, object in state.objects.items():
        found[number] = object.text, [_print(state, held[2]) for held in object.holds]
    return found


def _print(state, number):
    """What tells a reference from another one: of values the text."""
    object = state.objects.get(number)
    return object.text if object and number < 0 else number


# ---- what is drawn ----


class Picture:
    def __init__(self, recording, operation, state, before, every):
        self.recording, self.operation, self.state, self.before, self.every = recording, operation, state, before, every
        self.holders, self.depth, self.cut = {}, {}, 0
        self.frames, self.left_out = [], {}  # left_out: frames between two that are shown, by the number of the second
        for thread, stack in state.stacks.items():
            many = len(stack) > CALLS
            for frame in [*stack[:2], *stack[2 - CALLS:]] if many else stack:
                self.frames.append((thread, frame, self.variables(frame)))
            if many:
                self.left_out[stack[2 - CALLS].number] = len(stack) - CALLS
        self.reach()

    def object(self, number):
        return self.state.objects.get(number)

    def held(self, object):
        """[(place, kind, label, number)] of the references that are shown."""
        if object.type == "type" and not self.every:
            names = next((number for kind, label, number in object.holds if kind == "field" and label == "__dict__"), 0)
            object = self.object(names)
            return [row for row in self.held(object) if self._is_class_variable(row)] if object else []
        return [(i, kind, label, number) for i, (kind, label, number) in enumerate(object.holds)
                if self.every or not (kind == "type" or (kind == "field" and label in _DULL))]

    def _is_class_variable(self, row):
        key, value = self.object(row[2]), self.object(row[3])
        return key and value and not _is_dunder(key.text) and value.type not in ("staticmethod", "classmethod", "property") and value.type not in _NAMED

    def has_box(self, object):
        if self.every:
            return object.number > 0
        if object.type in _TEXT:
            return False
        if object.type in ("function", "type"):
            return bool(self.held(object))
        return object.type not in _NAMED

    def variables(self, frame):
        """[(name, number, changed)] of a frame; the names of a module are those of its dict."""
        was = self.before.get(("frame", frame.number), {})
        shown = [(name, number, was.get(i, 0) != _print(self.state, number)) for i, name in enumerate(frame.code.slots)
                 if (number := frame.slots.get(i))]
        names = self.object(frame.names) if frame.names else None
        if names:
            was = self.before.get(names.number, ("", []))[1]
            for i, (kind, label, number) in enumerate(names.holds):
                key = self.object(label) if kind == "value" else None
                if key and (self.every or not _is_dunder(key.text)):
                    shown.append((key.text, number, i >= len(was) or was[i] != _print(self.state, number)))
        stack = [(slot, number) for slot, number in sorted(frame.slots.items()) if slot >= len(frame.code.slots) and number]
        for slot, number in stack:
            object = self.object(number)
            if object and (self.every or self.state.instruction or self.has_box(object) and object.type not in ("function", "type")
                           and not object.type.endswith("iterator")):
                shown.append((f"stack {slot - len(frame.code.slots)}", number, was.get(slot, 0) != number if isinstance(was, dict) else False))
        return shown

    def reach(self):
        """Columns: an object stands one to the right of the first that refers to it, the oldest on top."""
        level = [number for _, _, variables in self.frames for _, number, _ in variables]
        depth = 0
        while level:
            following = []
            for number in level:
                object = self.object(number)
                if object is None or not self.has_box(object):
                    continue
                self.holders[number] = self.holders.get(number, 0) + 1
                if number in self.depth:
                    continue
                if len(self.depth) >= SHOWN:
                    self.cut += 1
                    continue
                self.depth[number] = depth
                following += [row[3] for row in self.held(object)]
            level, depth = following, depth + 1
        self.columns = []
        for number, d in sorted(self.depth.items()):
            while len(self.columns) <= d:
                self.columns.append([])
            self.columns[d].append(number)

    def short(self, object, depth=0):
        if object.type == "str":
            return '"' + _plain(object.text).replace('"', '\\"') + '"' + ("…" if object.length > len(object.text) else "")
        if object.type in _NAMED:
            return _NAMED[object.type] + _plain(object.text.removeprefix("__main__.").partition(" /")[0])
        if object.text:
            return _plain(object.text)
        return _short_type(object) + (f" of {object.length:,}" if object.length >= 0 else "")

    def label(self, kind, label):
        if kind in ("item", "member"):
            return ""
        if kind == "field":
            return label or ""
        name = self.object(label) if label else None
        return kind if name is None else self.short(name) if kind == "value" else _plain(name.text)


def _is_dunder(text):
    return len(text) > 4 and text.startswith("__") and text.endswith("__")


def _short_type(object):
    return _plain(object.type.removeprefix("__main__."))


def _plain(text):
    """Text in which nothing turns direction, breaks a line or hides."""
    return "".join(c if c.isprintable() and not "\ud800" <= c <= "\udfff" else {"\n": "\\n", "\t": "\\t"}.get(c, f"\\u{ord(c):04x}") for c in text)


def _wide(text):
    import unicodedata

    return len(text) if text.isascii() else sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)


def _cut(text, most):
    return text if len(text) <= most else text[:most - 1] + "…"


# ---- drawing ----


class Drawing:
    def __init__(self, theme):
        self.colours, self.parts, self.width, self.height = THEMES[theme], [], 0, 0

    def text(self, x, y, text, colour="ink", bold=False, size=12, end=False):
        if not text:
            return
        across = _wide(text) * CHAR * size / 12
        at = x - across if end else x
        self.reach(at + across, y + 4)
        self.parts.append(f'<text x="{at:.1f}" y="{y:.1f}" textLength="{across:.1f}" lengthAdjust="spacingAndGlyphs" fill="{self.colours[colour]}"'
                          f'{" font-weight=" + chr(34) + "bold" + chr(34) if bold else ""}{f" font-size={chr(34)}{size}{chr(34)}" if size != 12 else ""} '
                          f'xml:space="preserve">{_text.markup(text)}</text>')

    def rect(self, x, y, width, height, fill="box", line="line", thick=1, round=4):
        self.reach(x + width, y + height)
        stroke = f' stroke="{self.colours[line]}" stroke-width="{thick}"' if line else ""
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{round}" '
                          f'fill="{self.colours[fill] if fill else "none"}"{stroke}/>')

    def line(self, x1, y1, x2, y2, colour="line", thick=1):
        self.parts.append(f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{self.colours[colour]}" stroke-width="{thick}" fill="none"/>')

    def dot(self, x, y):
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" fill="{self.colours["arrow"]}"/>')

    def arrow(self, x1, y1, x2, y2, backwards):
        bend = max(24, abs(x2 - x1) / 2) * (-1 if backwards else 1)
        self.reach(max(x1, x2) + (abs(bend) * 0.75 if backwards else 0), 0)
        end = x2 + (7 if backwards else -7)
        self.parts.append(f'<path d="M{x1:.1f} {y1:.1f}C{x1 + abs(bend):.1f} {y1:.1f} {end - bend:.1f} {y2:.1f} {end:.1f} {y2:.1f}" '
                          f'stroke="{self.colours["arrow"]}" stroke-width="1.3" fill="none"/>')
        tip = -7 if backwards else 7
        self.parts.append(f'<path d="M{end + tip:.1f} {y2:.1f}l{-tip} -3.5v7z" fill="{self.colours["arrow"]}"/>')

    def reach(self, x, y):
        self.width, self.height = max(self.width, x), max(self.height, y)

    def document(self, title):
        width, height = round(self.width + MARGIN), round(self.height + MARGIN)
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
                f'aria-label="{_text.markup(title)}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="12">\n<title>{_text.markup(title)}</title>\n'
                f'<rect width="{width}" height="{height}" fill="{self.colours["paper"]}"/>\n' + "\n".join(self.parts) + "\n</svg>\n")


class _Layout:
    def __init__(self, picture, drawing):
        self.picture, self.drawing, self.arrows, self.tops = picture, drawing, [], {}

    def source(self, x, y, lines):
        """The lines around the one that runs, and what was printed last; the right end."""
        picture, d = self.picture, self.drawing
        frame = picture.state.stack[-1]
        text = picture.recording.sources.get(frame.code.file)
        rows = text.split("\n") if text is not None else []
        while rows and not rows[-1].strip():
            rows.pop()
        first = max(0, min(frame.line - 1 - lines // 2, len(rows) - lines))
        shown = [_cut(_plain(row.replace("\t", "    ")), 72) for row in rows[first:first + lines]]
        width = max([_wide(row) for row in shown] + [20]) * CHAR + 44
        for i, row in enumerate(shown):
            at = y + i * ROW
            if first + i + 1 == frame.line:
                d.rect(x, at, width, ROW, "now", None, round=2)
            d.text(x + 30, at + 13, str(first + i + 1), "soft", end=True)
            d.text(x + 38, at + 13, row)
        y += len(shown) * ROW
        if not shown:
            d.text(x, y + 13, "(no source text)", "soft")
            y += ROW
        printed = "".join(text for _, text in picture.state.output).rstrip("\n").split("\n")
        if printed != [""]:
            y += GAP
            d.text(x, y + 12, "printed", "soft", size=11)
            for i, row in enumerate(printed[-5:]):
                d.text(x + 8, y + 13 + (i + 1) * ROW, _cut(_plain(row), 60))
        return x + width

    def value(self, x, y, number, room):
        """A value that ends at x, or a dot with an arrow; dots are drawn where they stand."""
        object = self.picture.object(number)
        if number and number in self.picture.depth:
            self.drawing.dot(x - 4, y - 4)
            self.arrows.append((x - 4, y - 4, number))
        else:
            self.drawing.text(x, y, _cut(self.picture.short(object), room) if object else "…", end=True)

    def width_of(self, number):
        object = self.picture.object(number)
        return 1 if number in self.picture.depth or object is None else min(VALUE, _wide(self.picture.short(object)))

    def row(self, x, y, width, name, number, changed):
        d = self.drawing
        if changed:
            d.rect(x + 1.5, y + 1, width - 3, ROW - 2, None, "new", 1.5, 2)
        d.text(x + 8, y + 13, _cut(_plain(name), NAME), "soft")
        self.value(x + width - 8, y + 13, number, VALUE)

    def frames(self, x, y):
        """Frames, the running one below; the right end."""
        picture, d = self.picture, self.drawing
        top = picture.state.stack[-1]
        rows = [(min(NAME, _wide(name)) + 3 + self.width_of(number)) for _, _, variables in picture.frames for name, number, _ in variables]
        heads = [_wide(frame.code.name) + len(f"  line {frame.line}") for _, frame, _ in picture.frames]
        event = self.event()
        width = max(rows + heads + [_wide(event), 18]) * CHAR + 20
        several = len({thread for thread, _, _ in picture.frames}) > 1
        last = None
        for thread, frame, variables in picture.frames:
            if several and thread != last:
                d.text(x, y + 12, f"thread {thread}", "soft")
                y += ROW
            last = thread
            if frame.number in picture.left_out:
                d.text(x + 8, y + 12, f"… {picture.left_out[frame.number]:,} more calls", "soft")
                y += ROW + GAP / 2
            is_top = frame is top
            height = TITLE + len(variables) * ROW + (ROW if is_top and event else 0) + 4
            d.rect(x, y, width, height, "box", "ink" if is_top else "line", 2 if is_top else 1)
            d.text(x + 8, y + 15, _plain(frame.code.name), bold=True)
            d.text(x + width - 8, y + 15, f"line {frame.line}", "soft", end=True)
            d.line(x, y + TITLE, x + width, y + TITLE)
            for i, (name, number, changed) in enumerate(variables):
                self.row(x, y + TITLE + 2 + i * ROW, width, name, number, changed)
            if is_top and event:
                d.text(x + 8, y + TITLE + 2 + len(variables) * ROW + 13, event, "mark")
            y += height + GAP
        return x + width

    def event(self):
        if self.picture.operation == "STEP":
            instruction = self.picture.state.instruction
            return f"{instruction[1]} {instruction[2]}" if instruction else ""
        object = self.picture.object(self.picture.state.value)
        what = ""
        if object:
            what = (_short_type(object) + " " if self.picture.operation == "RAISE" and object.text else "") + self.picture.short(object)
        return _cut(f"{_EVENTS[self.picture.operation]} {what}", 48)

    def box(self, x, y, number, width):
        """An object; its height."""
        picture, d = self.picture, self.drawing
        object = picture.object(number)
        was = picture.before.get(number)
        held = picture.held(object)
        born, shared = bool(picture.before) and was is None, picture.holders.get(number, 0) > 1
        items = bool(held) and held[0][1] in ("item", "member")
        shown = held[:LINES * ITEMS if items else ROWS]
        height = self.box_height(object, held, items, shown)
        self.tops[number] = x, y, width
        d.rect(x, y, width, height, "box", "new" if born else "line", 2 if born else 1)
        d.text(x + 8, y + 15, self.title(object), bold=True)
        if shared:
            d.line(x + 8, y + 18.5, x + 8 + _wide(self.title(object)) * CHAR, y + 18.5, "shared", 2)
        d.text(x + width - 8, y + 15, self.facts(object, born), "new" if born else "soft", size=10, end=True)
        d.line(x, y + TITLE, x + width, y + TITLE)
        at = y + TITLE + 2
        if items:
            each = self.item_width(shown)
            across = self.across(shown, width, each)
            for i, (place, _, _, target) in enumerate(shown):
                left, upper = x + 4 + i % across * each, at + i // across * 30
                if was and (place >= len(was[1]) or was[1][place] != _print(picture.state, target)):
                    d.rect(left + 1, upper, each - 2, 28, None, "new", 1.5, 2)
                d.text(left + each / 2 - CHAR * len(str(i)) * 0.375, upper + 10, str(i) if held[0][1] == "item" else "", "soft", size=9)
                self.value(left + each / 2 + self.width_of(target) * CHAR / 2 if target not in picture.depth else left + each / 2 + 4, upper + 24, target, VALUE)
                if i % across:
                    d.line(left, upper + 1, left, upper + 28)
            at += -(-len(shown) // across) * 30
        else:
            for place, kind, label, target in shown:
                changed = was and (place >= len(was[1]) or was[1][place] != _print(picture.state, target))
                self.row(x, at, width, picture.label(kind, label), target, changed)
                at += ROW
            if not held and object.text:
                d.text(x + 8, at + 13, _cut(picture.short(object), VALUE))
                at += ROW
        more = self.more(object, held, shown)
        if more:
            d.text(x + 8, at + 13, f"… {more:,} more", "soft")
        return height

    @staticmethod
    def more(object, held, shown):
        whole = object.length if held and held[0][1] in ("item", "member", "value") else len(held)
        return max(0, max(whole, len(held)) - len(shown))

    def box_height(self, object, held, items, shown):
        rows = 0
        if items:
            each = self.item_width(shown)
            rows = -(-len(shown) // self.across(shown, self.column_width, each)) * 30
        elif shown:
            rows = len(shown) * ROW
        elif object.text:
            rows = ROW
        return TITLE + rows + (ROW if self.more(object, held, shown) else 0) + 6

    def title(self, object):
        name = self.picture.short(object) if object.type in _NAMED else _short_type(object)
        return _cut(name, VALUE)

    @staticmethod
    def facts(object, born):
        return "  ".join(["new"] * born + [f"len {object.length:,}"] * (object.length >= 0))

    def item_width(self, shown):
        return (max([self.width_of(row[3]) for row in shown] + [2]) + 1) * CHAR + 4

    @staticmethod
    def across(shown, width, each):
        return max(1, min(len(shown), ITEMS, int((width - 8) / each)))

    def wanted(self, number):
        object = self.picture.object(number)
        held = self.picture.held(object)
        width = (_wide(self.title(object)) + 3) * CHAR + _wide(self.facts(object, True)) * 6 + 16
        if held and held[0][1] in ("item", "member"):
            shown = held[:LINES * ITEMS]
            return max(width, min(len(shown), ITEMS) * self.item_width(shown) + 8)
        rows = [min(NAME, _wide(self.picture.label(kind, label))) + 3 + self.width_of(target) for _, kind, label, target in held[:ROWS]]
        return max([width] + [row * CHAR + 20 for row in rows] + ([_wide(_cut(self.picture.short(object), VALUE)) * CHAR + 16] if not held else []))

    def heap(self, x, y):
        for column in self.picture.columns:
            self.column_width = max([self.wanted(number) for number in column] + [70])
            at = y
            for number in column:
                at += self.box(x, at, number, self.column_width) + GAP
            x += self.column_width + COLUMN_GAP
        if self.picture.cut:
            self.drawing.text(x - COLUMN_GAP + 8, y + 13, f"… {self.picture.cut:,} more", "soft")

    def connect(self):
        for x, y, number in self.arrows:
            left, top, width = self.tops[number]
            backwards = left < x
            self.drawing.arrow(x + 4, y, left + width if backwards else left, top + 11, backwards)


def _document(picture, drawing, number, total, source):
    layout, frame = _Layout(picture, drawing), picture.state.stack[-1]
    title = f"step {number:,} of {total:,}: {_plain(frame.code.name)}, line {frame.line}"
    title += f", {_EVENTS[picture.operation]}" if picture.operation != "STEP" else ""
    drawing.text(MARGIN, MARGIN + 10, title, "soft")
    x, y = MARGIN, MARGIN + 26
    if source:
        x = layout.source(x, y, source) + 32
    x = layout.frames(x, y) + COLUMN_GAP
    layout.heap(x, y)
    layout.connect()
    return drawing.document(title)


@look
def see_step(recording, step, *, every=False, source=20, theme="light"):
    """One step of a recording as the text of an SVG document: source, frames, objects, arrows, as on the page.

    recording: a file that --record or limpid.see(record=...) wrote, or a limpid.recording.Recording.  step: the number that the page
    shows, from 1; below 0 it counts from the end.  every: a box for each object, numbers and strings, too.  source: lines of the source
    to show, 0 for none.  theme: "light" or "dark".

    Raises IndexError for a step that there is not, ValueError for an unknown theme or a file that is no recording, OSError."""
    from limpid.recording import Reading, Recording

    if theme not in THEMES:
        raise ValueError(f"theme must be one of {', '.join(THEMES)}, not {theme!r}")
    for name, value in ("step", step), ("source", source):
        if not isinstance(value, int):
            raise TypeError(f"{name} must be a whole number, not {value!r}")
    if not isinstance(recording, Recording):
        recording = Recording(recording)
    total = len(recording)
    number = total + 1 + step if step < 0 else step
    operation, state, before = seek(recording, number)
    with Reading(recording.path):
        return _document(Picture(recording, operation, state, before, every), Drawing(theme), number, total, source)
