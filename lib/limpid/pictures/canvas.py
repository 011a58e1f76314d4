"""A drawing on a grid of character cells.  Text, its ASCII form and SVG are made of the same marks."""

from limpid import _text

_UP, _DOWN, _LEFT, _RIGHT = 1, 2, 4, 8
_LINES = {1: "│", 2: "│", 3: "│", 4: "─", 8: "─", 12: "─", 10: "┌", 6: "┐", 9: "└", 5: "┘", 11: "├", 7: "┤", 14: "┬", 13: "┴", 15: "┼"}
_HEADS = {(1, 0): "→", (-1, 0): "←", (0, -1): "↑", (0, 1): "↓"}
_ASCII = str.maketrans({**dict.fromkeys("─═", "-"), **dict.fromkeys("│║", "|"), **dict.fromkeys("┌┐└┘├┤┬┴┼╔╗╚╝", "+"), "→": ">", "←": "<",
                        "↑": "^", "↓": "v", "█": "#", "░": ".", "■": "#", "□": "o", "·": ".", "…": "~", "×": "x", "≤": "<", "–": "-"})
CELL_WIDTH, CELL_HEIGHT, MARGIN = 8, 18, 12


class Canvas:
    def __init__(self):
        self.texts, self.lines, self.boxes, self.bars, self.dots = [], [], [], [], []
        self.width = self.height = 0

    def _reach(self, x, y):
        self.width, self.height = max(self.width, x + 1), max(self.height, y + 1)

    def text(self, x, y, text, bold=False):
        """A line of text from a cell on; the column behind it."""
        self.texts.append((x, y, text, bold))
        self._reach(x + len(text) - 1, y)
        return x + len(text)

    def box(self, x, y, width, height, title="", double=False):
        """A box whose border lies on the outer cells; the title stands in the upper one."""
        self.boxes.append((x, y, width, height, double))
        self._reach(x + width - 1, y + height - 1)
        if title:
            self.text(x + 2, y, f" {title} "[:max(0, width - 4)])

    def rule(self, x, y, width):
        """A line across a box, joined to its borders."""
        self.line([(x, y), (x + width - 1, y)])

    def line(self, points, arrow=False):
        """A line of horizontal and vertical parts, with an arrow head at its end or without."""
        self.lines.append((list(points), arrow))
        for x, y in points:
            self._reach(x, y)

    def arrow(self, *points):
        self.line(points, arrow=True)

    def bar(self, x, y, used, spare=0):
        """A bar of so many cells, and spare ones behind it; the column behind both."""
        self.bars.append((x, y, used, spare))
        self._reach(x + used + spare - 1, y)
        return x + used + spare

    def dot_row(self, x, y, states):
        """A cell each: "#" in use, "." free, "-" never used."""
        self.dots.append((x, y, states))
        self._reach(x + len(states) - 1, y)

    # ---- text

    def to_text(self, ascii=False):
        grid = [[" "] * self.width for _ in range(self.height)]
        masks = {}
        for points, _ in self.lines:
            for (ax, ay), (bx, by) in zip(points, points[1:]):
                _join(masks, ax, ay, bx, by)
        for x, y, width, height, double in self.boxes:
            right, bottom = x + width - 1, y + height - 1
            if double:
                self._double(grid, x, y, right, bottom)
                continue
            for ax, ay, bx, by in ((x, y, right, y), (x, bottom, right, bottom), (x, y, x, bottom), (right, y, right, bottom)):
                _join(masks, ax, ay, bx, by)
        for (x, y), mask in masks.items():
            if grid[y][x] == " ":
                grid[y][x] = _LINES[mask]
        for x, y, used, spare in self.bars:
            grid[y][x:x + used + spare] = "█" * used + "░" * spare
        for x, y, states in self.dots:
            grid[y][x:x + len(states)] = states.translate({35: "■", 46: "□", 45: "·"})
        for points, arrow in self.lines:
            if arrow:
                (ax, ay), (bx, by) = points[-2:]
                grid[by][bx] = _HEADS[((bx > ax) - (bx < ax), (by > ay) - (by < ay))]
        for x, y, text, _ in self.texts:
            grid[y][x:x + len(text)] = text
        lines = ["".join(row).rstrip() for row in grid]
        text = "\n".join(lines)
        return text.translate(_ASCII).encode("ascii", "replace").decode() if ascii else text

    @staticmethod
    def _double(grid, x, y, right, bottom):
        for i in range(x, right + 1):
            grid[y][i] = grid[bottom][i] = "═"
        for j in range(y, bottom + 1):
            grid[j][x] = grid[j][right] = "║"
        grid[y][x], grid[y][right], grid[bottom][x], grid[bottom][right] = "╔╗╚╝"

    # ---- SVG

    def to_svg(self, title=""):
        width, height = self.width * CELL_WIDTH + 2 * MARGIN, self.height * CELL_HEIGHT + 2 * MARGIN
        out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
               'font-family="monospace" font-size="13">', f"<title>{_text.markup(title)}</title>",
               '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
               '<path d="M0 0 L8 4 L0 8 z" fill="#0a58a8"/></marker></defs>', f'<rect width="{width}" height="{height}" fill="white"/>']
        for x, y, w, h, double in self.boxes:
            left, top = _centre(x, y)
            right, bottom = _centre(x + w - 1, y + h - 1)
            out.append(f'<rect class="box" x="{left}" y="{top}" width="{right - left}" height="{bottom - top}" rx="3" fill="#f6f8fa" '
                       f'stroke="#57606a" stroke-width="{2 if double else 1}"/>')
        for points, arrow in self.lines:
            path = " ".join(f"{'ML'[i > 0]}{_centre(x, y)[0]} {_centre(x, y)[1]}" for i, (x, y) in enumerate(points))
            out.append(f'<path class="arrow" d="{path}" fill="none" stroke="#0a58a8" marker-end="url(#head)"/>' if arrow else
                       f'<path class="line" d="{path}" fill="none" stroke="#57606a"/>')
        for x, y, used, spare in self.bars:
            for at, count, colour in ((x, used, "#0a58a8"), (x + used, spare, "#b6c9de")):
                out.append(f'<rect class="bar" x="{MARGIN + at * CELL_WIDTH}" y="{MARGIN + y * CELL_HEIGHT + 3}" width="{count * CELL_WIDTH}" '
                           f'height="{CELL_HEIGHT - 6}" fill="{colour}"/>' if count else "")
        for x, y, states in self.dots:
            out += [f'<rect class="block" x="{MARGIN + (x + i) * CELL_WIDTH}" y="{MARGIN + y * CELL_HEIGHT + 4}" width="{CELL_WIDTH - 1}" '
                    f'height="{CELL_HEIGHT - 8}" fill="{ {"#": "#0a58a8", ".": "#ffd9b3"}.get(c, "#eeeeee")}"/>' for i, c in enumerate(states)]
        for x, y, text, bold in self.texts:
            if text.strip():
                start = len(text) - len(text.lstrip())
                at = MARGIN + (x + start) * CELL_WIDTH
                if any(y in (top, top + h - 1) and left < x < left + w for left, top, w, h, _ in self.boxes):  # interrupts the border
                    out.append(f'<rect class="paper" x="{at - 3}" y="{MARGIN + y * CELL_HEIGHT + 4}" width="{len(text.strip()) * CELL_WIDTH + 6}" '
                               'height="10" fill="white"/>')
                out.append(f'<text x="{at}" y="{MARGIN + y * CELL_HEIGHT + 13}" textLength="{len(text.strip()) * CELL_WIDTH}" '
                           f'xml:space="preserve"{" font-weight=" + chr(34) + "bold" + chr(34) if bold else ""}>{_text.markup(text.strip())}</text>')
        return "\n".join(line for line in out if line) + "\n</svg>\n"


def _join(masks, ax, ay, bx, by):
    """Marks the cells of one straight part with the directions in which the line leaves them."""
    if ay == by:
        low, high = min(ax, bx), max(ax, bx)
        for x in range(low, high + 1):
            masks[x, ay] = masks.get((x, ay), 0) | (_LEFT if x > low else 0) | (_RIGHT if x < high else 0)
    else:
        low, high = min(ay, by), max(ay, by)
        for y in range(low, high + 1):
            masks[ax, y] = masks.get((ax, y), 0) | (_UP if y > low else 0) | (_DOWN if y < high else 0)


def _centre(x, y):
    return MARGIN + x * CELL_WIDTH + CELL_WIDTH // 2, MARGIN + y * CELL_HEIGHT + CELL_HEIGHT // 2
