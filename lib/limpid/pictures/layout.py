"""Shapes that several pictures use: boxes below each other, tables, trees, names with arrows to objects."""


def lines(canvas, x, y, rows):
    """Plain lines; the row behind them."""
    for row in rows:
        canvas.text(x, y, row)
        y += 1
    return y


def stacked(canvas, x, y, boxes, width=0, double=False):
    """Boxes below each other that share their borders; each is a list of lines.  Returns (width, the rows where the
    boxes' first lines are, the row behind)."""
    width = max([width, *(len(line) + 4 for box in boxes for line in box)])
    top, firsts = y, []
    for box in boxes:
        firsts.append(y + 1)
        lines(canvas, x + 2, y + 1, box)
        y += len(box) + 1
    canvas.box(x, top, width, y - top + 1, double=double)
    for row in firsts[1:]:
        canvas.rule(x, row - 1, width)
    return width, firsts, y + 1


def table(canvas, x, y, header, rows, right=()):
    """Columns between rules; `right` names those that are aligned to the right.  The row behind."""
    cells = [tuple(map(str, row)) for row in ([header] if header else []) + list(rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    for n, row in enumerate(cells):
        at = x
        for i, (cell, width) in enumerate(zip(row, widths)):
            canvas.text(at + (width - len(cell) if i in right and (n or not header) else 0), y, cell, bold=bool(header) and n == 0)
            at += width + 3
        y += 1
        if header and n == 0:
            canvas.line([(x, y), (at - 4, y)])
            y += 1
    at = x
    for width in widths[:-1]:
        at += width + 3
        canvas.line([(at - 2, y - len(cells) - bool(header)), (at - 2, y - 1)])
    return y


def tree(canvas, x, y, node):
    """(label, [nodes]) with lines from parent to children; the row behind."""
    label, children = node
    canvas.text(x, y, label)
    at = y + 1
    for child in children:
        canvas.line([(x, y), (x, at), (x + 2, at)])
        at = tree(canvas, x + 4, at, child)
    return at


def linked(canvas, x, y, title, names, objects, links, between=10, object_title="", double=False, footer=()):
    """Names on the left, objects on the right, an arrow from each name to the first line of its object.

    names: lines; objects: lists of lines; links: {number of name: number of object}.  Two names may lead to one object.
    The name of an object stands on its row where that is free, so that most arrows are straight.  The row behind."""
    width = max([len(title) + 6, *(len(n) + 4 for n in names), *(len(f) + 4 for f in footer)])
    first, rows = [], y + 1
    for box in objects:
        first.append(rows)
        rows += len(box) + 1
    at, used = {}, set()
    for name, target in sorted(links.items(), key=lambda link: link[1]):
        row = first[target]
        while row in used:
            row += 1
        at[name] = row
        used.add(row)
    row = y + 1
    for name in range(len(names)):
        if name not in at:
            while row in used:
                row += 1
            at[name] = row
            used.add(row)
    bottom = max([rows, *(r + 1 for r in used)]) + len(footer)
    canvas.box(x, y, width, bottom - y + 1, title, double=double)
    for name, row in at.items():
        canvas.text(x + 2, row, names[name])
    lines(canvas, x + 2, bottom - len(footer), footer)
    right = x + width + between
    if objects:
        inner = max(len(line) + 4 for box in objects for line in box)
        canvas.box(right, y, max(inner, len(object_title) + 6), bottom - y + 1, object_title, double=double)
    for number, box in enumerate(objects):
        lines(canvas, right + 2, first[number], box)
    for turn, (name, target) in enumerate(sorted(links.items())):
        start, end = at[name], first[target]
        if start == end:
            canvas.arrow((x + width, start), (right - 1, end))
        else:
            bend = right - 3 - turn % max(1, between - 5)
            canvas.arrow((x + width, start), (bend, start), (bend, end), (right - 1, end))
    return bottom + 1


def bars(canvas, x, y, rows, room=60):
    """Rows (label, value, text of the value, note) with a bar each, the longest `room` cells; the row behind."""
    if not rows:
        return y
    most = max(value for _, value, *_ in rows) or 1
    names, values = max(len(r[0]) for r in rows), max(len(r[2]) for r in rows)
    for label, value, text, note in rows:
        canvas.text(x, y, f"{label:{names}} {text:>{values}}  ")
        end = canvas.bar(x + names + values + 3, y, max(1, round(value / most * room)))
        if note:
            canvas.text(end + 2, y, note)
        y += 1
    return y
