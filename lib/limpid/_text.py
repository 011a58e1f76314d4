"""Text for people: units, aligned columns, the width of the terminal, colour."""

import os
import sys

DEFAULT_WIDTH = 120
NARROWEST = 40
_UNITS = ("KiB", "MiB", "GiB", "TiB", "PiB")
_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36"}


def _descriptor(stream):
    """The descriptor of a stream (None: sys.stdout; an int is one), or -1."""
    if isinstance(stream, int):
        return stream
    try:
        return (sys.stdout if stream is None else stream).fileno()
    except Exception:
        return -1


def is_terminal(stream=None):
    """Whether stream (sys.stdout) or the descriptor is a terminal."""
    try:
        return os.isatty(_descriptor(stream))
    except OSError:
        return False


def width(stream=None):
    """Columns to write in: COLUMNS, else those of the terminal, else 120."""
    try:
        columns = int(os.environ.get("COLUMNS", ""))
    except ValueError:
        columns = 0
    if columns <= 0 and is_terminal(stream):
        try:
            columns = os.get_terminal_size(_descriptor(stream)).columns
        except OSError:
            columns = 0
    return max(NARROWEST, columns) if columns > 0 else DEFAULT_WIDTH


def has_colour(stream=None):
    """Whether to colour: on a terminal that is not dumb, unless NO_COLOR is set."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text, style, colour):
    """text in a style ("bold", "dim", "red"…) if colour is true."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if colour and text else text


def size(number):
    """Bytes with a unit: 512 B, 16 KiB, 1.5 MiB."""
    sign, number = ("-", -number) if number < 0 else ("", number)
    if number < 1024:
        return f"{sign}{number} B"
    value = number / 1024
    for unit in _UNITS:
        if value < 1023.95 or unit == _UNITS[-1]:
            return f"{sign}{value:,.0f} {unit}" if value >= 100 or value == int(value) else f"{sign}{value:.1f} {unit}"
        value /= 1024


def kib(number):
    """Bytes in KiB with thousands, "1,234 KiB"; below one in bytes, from 1 TiB on as size() has them."""
    if number >= 1 << 40:
        return size(number)
    return f"{number} B" if 0 < number < 1024 else f"{round(number / 1024):,} KiB"


def count(number, one, many=None):
    """ "1 block", "1,234 blocks"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def cut(text, room):
    """text in at most room columns."""
    return text if len(text) <= room else text[:max(0, room - 1)] + "…"


def markup(text):
    """The text as it may stand in XML: what has no place there at all is a question mark."""
    text = "".join(c if c >= " " and c not in "\x7f\ufffe\uffff" and not "\ud800" <= c <= "\udfff" else "?" for c in text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def bar(share, room):
    """A bar of a share (0 to 1) of room columns, to an eighth."""
    eighths = round(max(0.0, min(1.0, share)) * room * 8)
    full, rest = divmod(eighths, 8)
    return "█" * full + ("" if not rest else "▏▎▍▌▋▊▉"[rest - 1])


def table(rows, align, room, flexible=-1, gap="  "):
    """Rows of texts in columns: align has "<" or ">" for each; what is too wide is cut in the flexible column."""
    rows = [tuple(map(str, row)) for row in rows]
    if not rows:
        return []
    widths = [max(len(row[i]) for row in rows) for i in range(len(align))]
    flexible %= len(align)
    over = sum(widths) + len(gap) * (len(widths) - 1) - room
    if over > 0:
        widths[flexible] = max(8, widths[flexible] - over)
    lines = []
    for row in rows:
        cells = [f"{cut(cell, w):{a}{w}}" for cell, w, a in zip(row, widths, align)]
        lines.append(cut(gap.join(cells).rstrip(), room))
    return lines
