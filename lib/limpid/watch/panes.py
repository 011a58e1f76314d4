"""The panes of the terminal view: each makes its lines, of pieces (text, style), for a width; what does not fit is scrolled."""

import os
import re

from limpid._text import size

from .screen import columns_of, printable
from .words import BRACKETS, is_atom, is_named, short_type

LINES_SHORT = 4     # of one object, unless the pane is alone on the screen
OBJECTS_SHOWN = 300
FRAMES_SHORT, FRAMES_LONG = 40, 400  # of a thread; the latter in a pane that is alone
POOL = 4096
POOLS_PER_ARENA = 64
LEVELS = "▁▂▃▄▅▆▇█"
OUTPUT_LINES = 2000
PIECE = re.compile("[^\x00-\x1f\x7f]+|[\x00-\x1f\x7f]")
TAB = 8


def width_of(text):
    return len(text) if text.isascii() else sum(map(columns_of, text))


def wrapped(pieces, width, indent):
    """Lines of at most width columns; those after the first begin with indent spaces.  Pieces are broken between, if they
    fit on a line."""
    lines, line, used = [], [], 0
    for text, style in pieces:
        text = printable(text)
        wide = width_of(text)
        if used and used + wide > width >= wide + indent:
            lines.append(line)
            line, used = [(" " * indent, "")], indent
            text = text.lstrip(" ")
        while used + width_of(text) > width > indent:
            room = width - used
            while width_of(text[:room]) > width - used:
                room -= 1
            if room <= 0 and used == indent:
                room = 1  # a wide character on a line for half of it
            line.append((text[: max(0, room)], style))
            lines.append(line)
            text, line, used = text[max(0, room) :], [(" " * indent, "")], indent
        line.append((text, style))
        used += width_of(text)
    return [*lines, line]


class Lines:
    """Lines that are made when they are shown, of as many texts."""

    def __init__(self, texts, make):
        self.texts, self.make = texts, make

    def __len__(self):
        return len(self.texts)

    def __getitem__(self, part):
        return [self.make(i + 1, self.texts[i]) for i in range(*part.indices(len(self.texts)))]


class Pane:
    """`lines(view, width)` gives the pane's lines; `top` is the first that is shown."""

    name = title = ""

    def __init__(self):
        self.top = 0

    def draw(self, view, row, column, rows, columns):
        """Draws into a part of the screen, whose first row is the pane's head."""
        screen, focused = view.screen, view.focus is self
        head = f"─{'▸' if focused else '─'}{self.head(view)} "
        end = screen.put(row, column, head, "focus" if focused else "dim", columns)
        screen.put(row, end, "─" * (column + columns - end), "dim", column + columns - end)
        room = rows - 1
        lines = view.lines_of(self, columns)
        self.top = max(0, min(self.top, len(lines) - room))
        self.follow(view, lines, room)
        self.room = room
        for i, line in enumerate(lines[self.top : self.top + room]):
            at = column
            for text, style in line:
                at = screen.put(row + 1 + i, at, text, style, column + columns - at)
        more = len(lines) - self.top - room
        if more > 0 and room > 1:
            text = f" {more} more"
            screen.put(row + rows - 1, column + columns - len(text), text, "dim", len(text))

    def head(self, view):
        return self.title

    def follow(self, view, lines, room):
        """Scrolls so that what matters is seen."""

    def move(self, view, by):
        self.top = max(0, self.top + by)

    def page(self):
        return max(1, getattr(self, "room", 10) - 1)


class SourcePane(Pane):
    """The lines of the file in which the program is; the cursor stands on one."""

    name = title = "source"

    def __init__(self):
        super().__init__()
        self.file, self.cursor, self.followed = "", 1, None

    def turn_to(self, file, line):
        self.file, self.cursor = file, line

    def head(self, view):
        return f"source {os.path.basename(self.file)}"

    def lines(self, view, width):
        here = {frame.line: i for i, frame in reversed(list(enumerate(reversed(view.stack())))) if frame.code.file == self.file}
        source = view.sources.lines(self.file)
        gutter = len(str(len(source)))
        if not source:
            return [[("there is no source of this" if self.file else "nothing has run yet", "dim")]]

        def line(number, text):
            mark = "●" if view.has_breakpoint(self.file, number) else " "
            at = here.get(number)
            arrow = "▶" if at == 0 else "│" if at is not None else " "
            style = "here" if at == 0 else "note" if number == self.cursor and view.focus is self else ""
            return [(mark, "mark"), (f"{number:{gutter}}{arrow}", "bold" if at == 0 else "dim"), (text.expandtabs(4) or " ", style)]

        return Lines(source, line)

    def follow(self, view, lines, room):
        if self.cursor - 1 < self.top or self.cursor > self.top + room:
            self.top = max(0, min(self.cursor - 1 - room // 3, len(lines) - room))

    def move(self, view, by):
        self.cursor = max(1, min(self.cursor + by, len(view.sources.lines(self.file))))


class FramesPane(Pane):
    """The frames, the innermost first, with their variables; other threads and waiting generators behind."""

    name = title = "frames"

    def lines(self, view, width):
        lines, state = [], view.state
        if state is None:
            return lines
        for thread, stack in sorted(state.stacks.items(), key=lambda item: item[0] != state.thread):
            if thread != state.thread and stack:
                lines.append([(f"thread {thread}", "note")])
            shown = FRAMES_LONG if view.is_alone(self) else FRAMES_SHORT
            if len(stack) > shown:
                lines.append([(f"{len(stack):,} frames, the outer {len(stack) - shown:,} are not shown", "dim")])
            for place, frame in enumerate(reversed(stack[-shown:])):
                lines += self._frame(view, frame, width, place == 0 and thread == state.thread, "")
        for frame in state.suspended.values():
            lines += self._frame(view, frame, width, False, "  waits")
        return lines

    def _frame(self, view, frame, width, inner, how):
        words = view.words
        lines = [[(frame.code.name, "bold" if inner else ""), (f"  {os.path.basename(frame.code.file)}:{frame.line}{how}", "dim")]]
        named = []
        for name, number in words.names(frame).items():
            object = view.state.objects.get(number)
            if object is not None and is_named(object) and not view.is_new(frame, name):
                named.append(name)
                continue
            new = view.is_new(frame, name)
            pieces = [("*" if new else " ", "changed"), (name, "changed" if new else ""), (" = ", "dim"), *view.value(number)]
            lines += wrapped(pieces, width, 3)[:2]
        if named:
            lines += wrapped([(" also ", "dim"), *((name + " ", "dim") for name in named)], width, 6)[:2]
        return lines


class HeapPane(Pane):
    """The objects that the frames lead to: those nearest to the innermost frame first."""

    name = title = "heap"

    def lines(self, view, width):
        lines, words = [], view.words
        if view.state is None:
            return lines
        short = not view.is_alone(self)
        for number in view.in_view():
            object = view.state.objects[number]
            new = "+" if number in view.notes.born else "*" if number in view.notes.objects else " "
            pieces = [(new, "changed"), *view.value(number)]
            facts = [f"  {object.size} B" if object.size else "  shared" if object.count < 0 else ""]
            if object.count >= 0:
                facts.append(f"  {object.count} ref{'s' if object.count != 1 else ''}")
            if view.addresses:
                facts.append(f"  at {object.address:#x}")
            held = view.held_by[number]
            facts.append(f"  ← {held[0]}")
            facts += [f", {way}" for way in held[1:4]] + (["…"] if len(held) > 4 else [])
            lines += wrapped([*pieces, *((fact, "dim") for fact in facts)], width, 4)[: 2 if short else None]
            parts = wrapped(list(self.parts(view, object)), width, 4)
            if len(parts) > LINES_SHORT and short:
                parts = parts[:LINES_SHORT]
                parts[-1] = [*parts[-1][:-1], (" …", "dim")]
            lines += parts if object.holds else []
        if view.notes.died:
            gone = [f"{words.labels.get(o.number, '')} {short_type(o)}".strip() for o in view.notes.died if not is_atom(o) and o.type != "cell"]
            if gone:
                lines += wrapped([("- freed: ", "changed"), *((text + "  ", "dim") for text in gone[:20])], width, 4)
        return lines

    @staticmethod
    def parts(view, object):
        """What an object holds, as pieces of one line."""
        before = {}
        if object.number in view.notes.objects and object.number not in view.notes.born:
            before = dict(enumerate(view.notes.objects[object.number][2]))
            new = lambda place: before.get(place) != object.holds[place]
        else:
            new = lambda place: False
        yield "  ", ""
        shown = 0
        for place, (kind, label, number) in enumerate(object.holds):
            if not number:
                continue
            key = view.words.key(kind, label, place, object) if kind != "member" else ""
            if kind == "item" and object.type != "list":
                key = f"[{place}]"
            changed = "changed" if new(place) else ""
            yield f"{'*' if changed else ''}{key}{' ' if key else ''}", changed or "dim"
            pieces = view.value(number)
            yield from pieces[:-1]
            yield pieces[-1][0] + "  ", pieces[-1][1]
            shown += 1
        if object.length > shown and object.type in BRACKETS:
            yield f"… {object.length - shown:,} more", "dim"


class MapPane(Pane):
    """The heap as a whole: what lies in its arenas now, and how large it was over time."""

    name = title = "map"

    def lines(self, view, width):
        if view.state is None:
            return []
        last, full = view.program.history.figures_at(view.step)
        pools, large = view.state.pools, view.state.large
        lines = [[(f"small {size(pools * POOL)}  large {size(large)}  {pools:,} pools  {len(view.state.objects):,} followed", "")]]
        if full is not None and full.arenas:
            arenas = full.arenas
            room = max(4, width - 24)
            bars = [LEVELS[min(7, used * 8 // (POOLS_PER_ARENA + 1))] for used in arenas]
            share = sum(arenas) / (len(arenas) * POOLS_PER_ARENA)
            when = "" if full.step == view.step else f" at step {full.step}"
            shown = bars[: room - 1] + ["…"] if len(bars) > room else bars
            lines.append([("arenas ", "dim"), ("".join(shown), "label0"), (f" {len(arenas)}, {share:.0%} used{when}", "")])
        lines.append(self._time(view, width))
        return lines

    @staticmethod
    def _time(view, width):
        """The heap's bytes over the steps, the largest of each column; the step shown stands out."""
        figures, room, steps = view.program.history.figures, max(4, width - 18), max(1, view.program.history.steps)
        columns = [None] * min(room, steps)
        for f in figures:
            at = min(len(columns) - 1, (f.step - 1) * len(columns) // steps) if f.step else 0
            columns[at] = max(columns[at] or 0, f.pools * POOL + f.large)
        known = [n for n in columns if n is not None]
        low, high, last = min(known, default=0), max(known, default=0), 0
        pieces, here = [("time   ", "dim")], (view.step - 1) * len(columns) // steps
        for i, n in enumerate(columns):
            last = n if n is not None else last
            level = LEVELS[0] if high == low else LEVELS[(last - low) * 7 // (high - low)]
            pieces.append((level, "here" if i == here else "label1"))
        return [*pieces, (f" {size(high)}", "")]


class OutputPane(Pane):
    """What the program writes: lines as a plain terminal would show them."""

    name = title = "output"

    def __init__(self):
        super().__init__()
        self.rows, self.column, self.row, self.follows = [[]], 0, 0, True
        self.escape = ""

    def feed(self, text):
        for c in PIECE.findall(text):
            if self.escape:
                for single in c:
                    if self.escape:
                        self._escaped(single)
                    else:
                        self._write(single)
            elif c == "\n":
                self.rows[-1] = "".join(self.rows[-1])
                self.rows.append([])
                self.column = 0
            elif c == "\r":
                self.column = 0
            elif c == "\b":
                self.column = max(0, self.column - 1)
            elif c == "\t":
                self._write(" " * (TAB - self.column % TAB))
            elif c == "\x1b":
                self.escape = c
            elif c >= " " and c[0] != "\x7f":
                self._write(c)
        del self.rows[:-OUTPUT_LINES]
        self.follows = True

    def _write(self, text):
        row = self.rows[-1]
        if self.column == len(row):
            row += text
            self.column += len(text)
            return
        for c in text:
            if self.column >= len(row):
                row += " " * (self.column - len(row)) + c
            else:
                row[self.column] = c
            self.column += 1

    def _escaped(self, c):
        """A sequence that moves in the line or erases a part of it is carried out, others are left out."""
        self.escape += c
        if self.escape[1:2] == "]":  # a title, up to BEL or ST
            if c in "\a" or self.escape.endswith("\x1b\\"):
                self.escape = ""
            elif len(self.escape) > 4096:
                self.escape = ""
            return
        if len(self.escape) == 2 and c in "[]":
            return
        if self.escape[1] == "[" and not "@" <= c <= "~":
            return
        if self.escape[1] == "[":
            digits, row = self.escape[2:-1], self.rows[-1]
            count = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 5 else 1
            if c == "C":
                self.column += count
            elif c == "D":
                self.column = max(0, self.column - count)
            elif c == "G":
                self.column = count - 1
            elif c == "K":
                del row[self.column if digits in ("", "0") else 0 :]
            elif c == "P":
                del row[self.column : self.column + count]
            elif c == "@":
                row[self.column : self.column] = " " * count
        self.escape = ""

    def lines(self, view, width):
        lines, self.at = [], (0, 0)
        for number, row in enumerate(self.rows):
            text = "".join(row)
            pieces, column, start = [], 0, 0
            if text.isascii():
                start = max(0, len(text) - 1) // width * width
                pieces = [text[i : i + width] for i in range(0, start, width)]
            else:
                for i, c in enumerate(text):
                    wide = columns_of(c)
                    if column + wide > width:
                        pieces.append(text[start:i])
                        start, column = i, 0
                    column += wide
            pieces.append(text[start:])
            if number == len(self.rows) - 1:
                self.at = (len(lines) + self.column // width, self.column % width)
            lines += [[(piece, "")] for piece in pieces]
        while lines and len(lines) > 1 and not lines[-1][0][0] and self.at[0] < len(lines) - 1:
            lines.pop()
        return lines

    def follow(self, view, lines, room):
        if self.follows:
            empty = not lines[-1][0][0] and not view.types
            self.top = max(0, len(lines) - room - (1 if empty and len(lines) > room else 0))

    def move(self, view, by):
        self.follows = False
        super().move(view, by)


class TextPane(Pane):
    """A text over the others: help, an object in detail."""

    name = "text"

    def __init__(self, title, text):
        super().__init__()
        self.title, self.text = title, text

    def lines(self, view, width):
        lines = []
        for line in self.text:
            pieces = line if isinstance(line, list) else [(line, "")]
            lines += wrapped(pieces, width, 4)
        return lines
