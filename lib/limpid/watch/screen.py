"""A terminal as a grid of cells: what differs from what it shows is written, keys are read one by one.

The few escape sequences used are those that every terminal since the VT220 has, so that no description of the terminal
is needed.  Nothing of the program reaches the terminal but as printable characters."""

import os
import unicodedata

STYLES = {"": "", "bold": "1", "dim": "2", "title": "7", "focus": "1", "changed": "1;31", "here": "1;7", "mark": "1;31", "note": "4",
          "label0": "36", "label1": "32", "label2": "35", "label3": "34", "label4": "1;36", "label5": "1;35"}
PLAIN_STYLES = {**STYLES, "changed": "1", "mark": "1", **{f"label{i}": "" for i in range(6)}}
KEYS = {b"A": "up", b"B": "down", b"C": "right", b"D": "left", b"H": "home", b"F": "end", b"Z": "backtab", b"1~": "home", b"3~": "delete",
        b"4~": "end", b"5~": "page up", b"6~": "page down", b"7~": "home", b"8~": "end"}
CONTROLS = {9: "tab", 10: "enter", 13: "enter", 8: "backspace", 127: "backspace"}
ASCII = str.maketrans("─│┼●▶▸…→←↑↓·×—∞▁▂▃▄▅▆▇█", "-|+*>>~><^v.x-~12345678")


def columns_of(character):
    """How many columns a printable character takes."""
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def printable(text):
    """Text without control characters, marks that join what is before them, and halves of pairs."""
    if text.isascii() and text.isprintable():
        return text
    out = []
    for c in text:
        if c == "\t":
            out.append(" ")
        elif unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn", "Me"):
            out.append("·" if unicodedata.category(c) in ("Mn", "Me") else "�")
        else:
            out.append(c)
    return "".join(out)


class Screen:
    """Cells of a terminal: put() draws, show() brings the terminal up to date."""

    def __init__(self, out, utf8, colour):
        self.out, self.utf8 = out, utf8
        self.styles = STYLES if colour else PLAIN_STYLES
        self.shown = None
        self.cursor = None
        self.resize()

    def resize(self):
        """Takes the terminal's size; everything is drawn anew."""
        try:
            self.columns, self.rows = os.get_terminal_size(self.out)
        except OSError:
            self.columns = self.rows = 0
        if self.columns < 1 or self.rows < 1:
            self.columns, self.rows = 80, 24
        self.shown = None
        self.clear()

    def clear(self):
        self.cells = [[(" ", "")] * self.columns for _ in range(self.rows)]
        self.cursor = None

    def put(self, row, column, text, style="", room=None):
        """Draws text in at most `room` columns (up to the edge); the column after it."""
        end = self.columns if room is None else min(self.columns, column + room)
        if not 0 <= row < self.rows:
            return column
        text, cells = printable(text), self.cells[row]
        if not self.utf8:
            text = text.translate(ASCII).encode("ascii", "replace").decode()
        for c in text:
            wide = 1 if c.isascii() else columns_of(c)
            if column + wide > end:
                break
            cells[column] = (c, style)
            if wide == 2:
                cells[column + 1] = ("", style)
            column += wide
        return column

    def fill(self, row, column, end, style):
        """Gives a part of a row a style."""
        if 0 <= row < self.rows:
            for i in range(column, min(end, self.columns)):
                self.cells[row][i] = (self.cells[row][i][0], style)

    def show(self):
        """Writes what differs."""
        out, before = [], self.shown
        out.append("\x1b[?2026h\x1b[?25l")  # terminals that know it show the picture when it is whole
        if before is None:
            out.append("\x1b[0m\x1b[2J")
            before = [[(" ", "")] * self.columns for _ in range(self.rows)]
        for row, (cells, old) in enumerate(zip(self.cells, before)):
            if cells == old:
                continue
            first = next(i for i in range(self.columns) if cells[i] != old[i])
            last = next(i for i in range(self.columns - 1, -1, -1) if cells[i] != old[i])
            while first and not cells[first][0]:
                first -= 1
            if row == self.rows - 1 and last == self.columns - 1 and self.columns > 1:
                last -= 1  # the last cell of all would scroll some terminals
            out.append(f"\x1b[{row + 1};{first + 1}H")
            style = ""
            for c, wanted in cells[first : last + 1]:
                if wanted != style:
                    out.append(f"\x1b[0;{self.styles[wanted]}m" if self.styles[wanted] else "\x1b[0m")
                    style = wanted
                out.append(c)
            if style:
                out.append("\x1b[0m")
        if self.cursor is not None:
            out.append(f"\x1b[{self.cursor[0] + 1};{self.cursor[1] + 1}H\x1b[?25h")
        out.append("\x1b[?2026l")
        self.shown = self.cells
        write_all(self.out, "".join(out).encode("utf-8", "replace"))


def write_all(out, data):
    while data:
        data = data[os.write(out, data) :]


class Keys:
    """Bytes of a terminal as names of keys; a text that was typed comes as its characters."""

    def __init__(self):
        self.pending = b""

    def feed(self, data, complete=False):
        """The keys in data; complete: what is pending is all there is (a lone escape)."""
        self.pending += data
        keys = []
        while self.pending:
            size, key = self._next(complete)
            if size == 0:
                break
            self.pending = self.pending[size:]
            if key:
                keys.append(key)
        return keys

    def _next(self, complete):
        """(bytes of the first key, its name); (0, None): not all of it has come."""
        data = self.pending
        first = data[0]
        if first == 27:
            return self._escape(data, complete)
        if first in CONTROLS:
            return 1, CONTROLS[first]
        if first < 32:
            return 1, "ctrl-" + chr(first + 96)
        if first < 128:
            return 1, chr(first)
        size = 2 if first < 0xE0 else 3 if first < 0xF0 else 4
        if first < 0xC0 or size <= len(data):
            return (1, "") if first < 0xC0 else (size, data[:size].decode("utf-8", "replace"))
        return (1, "") if complete else (0, None)

    def _escape(self, data, complete):
        if len(data) == 1:
            return (1, "escape") if complete else (0, None)
        if data[1:2] not in b"[O":
            return 1, "escape"
        end = 2
        while end < len(data) and not 0x40 <= data[end] <= 0x7E:
            end += 1
        if end == len(data):
            return (end, "") if complete else (0, None)
        return end + 1, KEYS.get(data[2 : end + 1]) or KEYS.get(data[end : end + 1], "")
