"""Pictures of single objects: lists and their growth, closures, reference counts, a cycle."""

import gc
import _see

from limpid._look import look
from limpid.pictures import facts, layout
from limpid.pictures.canvas import Canvas

_C_INT = 4          # bytes of an int of C++


def draw_list(of=None):
    """P11: a list: header, references with spare room, the objects; and the bytes that std::array<int, N> would take."""
    of = [1, 2, 3, 4, 5] if of is None else of
    if type(of) is not list:
        raise TypeError("draw_list() takes a list")
    return look(_list)(of)


def _list(of):
    places, canvas = facts.Places(), Canvas()
    array = facts.size_of(of) - list.__basicsize__
    where = next((row[0] for row in _see.buffers(of)), None)
    items = [facts.thing(o, places) for o in of]
    distinct = {t["address"]: t for t in items}
    total = facts.size_of(of) + sum(t["size"] for t in distinct.values())
    cells = [f"{t['address']:#x}" for t in items[:6]] + (["…"] if len(items) > 6 else []) + ["free"] * min(3, array // 8 - len(of))
    canvas.text(0, 0, f"list {facts.value(of)} at {id(of):#x} [{places.of(id(of))}]")
    canvas.text(2, 1, f"header   {list.__basicsize__} bytes: ob_refcnt, ob_type, ob_size {len(of)}, ob_item, allocated {array // 8}")
    at = canvas.text(2, 3, f"ob_item  {array} bytes" + (f" at {where:#x}: " if where else ": "))
    x = at
    for i, cell in enumerate(cells):
        canvas.text(x + 2, 3, cell)
        canvas.box(x, 2, len(cell) + 4, 3)
        if i < min(6, len(items)):
            canvas.arrow((x + 4, 5), (x + 4, 6))
            canvas.text(x + 2, 7, facts.value(of[i], 12))
        x += len(cell) + 3
    segments = sorted({t["segment"] for t in items})
    canvas.text(2, 8, f"objects  {sum(t['size'] for t in distinct.values())} bytes in {len(distinct)} objects: {', '.join(segments) or 'none'}")
    native = _C_INT * len(of)
    canvas.text(2, 9, f"total    {total} bytes; C++ std::array<int, {len(of)}>: {native} bytes" + (f"; ratio {total / native:.1f}" if native else ""))
    return "a list and what it holds", {"list": facts.thing(of, places), "length": len(of), "allocated": array // 8, "array_bytes": array, "array_address": where, "items": items, "total": total,
                                        "native": native, "ratio": total / native if native else None}, canvas


def draw_growth(count=70):
    """P12: the room of a list while items are appended: one row for each time that it grows."""
    rows, items, last = [], [], -1
    for n in range(1, count + 1):
        items.append(None)
        room = (facts.size_of(items) - list.__basicsize__) // 8
        if room != last:
            rows.append({"append": n, "length": len(items), "allocated": room, "bytes": room * 8})
            last = room
    canvas = Canvas()
    canvas.text(0, 0, "append  length  allocated  bytes   (█ used, ░ spare)")
    scale = max(1, -(-rows[-1]["allocated"] // 76)) if rows else 1
    for y, row in enumerate(rows, 1):
        canvas.text(0, y, f"{row['append']:6}  {row['length']:6}  {row['allocated']:9}  {row['bytes']:5}")
        used = max(1, row["length"] // scale)
        canvas.bar(34, y, used, max(0, row["allocated"] // scale - used))
    return "the growth of a list", {"rows": rows}, canvas


def _make_counter():
    count = 1000

    def increment():
        nonlocal count
        count += 1
        return count

    return increment


def draw_closure(function=None):
    """P18: a function, its code, its closure, the cells and what they hold, with counts; the call that made them is over."""
    function = _make_counter() if function is None else function
    if not isinstance(function, type(_make_counter)):
        raise TypeError("draw_closure() takes a Python function")
    return look(_closure)(function)


def _closure(function):
    places, code = facts.Places(), function.__code__
    closure = next((o for label, o, _, _ in _see.outgoing(function) if type(o) is tuple and o and all(type(c).__name__ == "cell" for c in o)), ())
    cells = []
    for name, (label, cell, count, _) in zip(code.co_freevars, [e for e in _see.outgoing(closure) if type(e[1]).__name__ == "cell"] if closure else []):
        inside = [(o, n) for _, o, n, weak in _see.outgoing(cell) if not weak]
        cells.append({"name": name, "address": id(cell), "refcount": count, "holds": facts.thing(inside[0][0], places, inside[0][1]) if inside else None})
    nodes = [(f"code {id(code):#x} co_freevars {code.co_freevars}", [])]
    nodes.append((f"closure → tuple {id(closure):#x}", [
        (f"[{i}] {c['name']} → cell {c['address']:#x}, refcount {c['refcount']}",
         [(f"{c['holds']['type']} {c['holds']['value']} at {c['holds']['address']:#x} [{c['holds']['segment']}], refcount {facts.counted(c['holds']['refcount'])}", [])]
         if c["holds"] else [("empty", [])]) for i, c in enumerate(cells)]) if cells else ("no closure: it refers to no names of an outer function", []))
    canvas = Canvas()
    y = layout.tree(canvas, 0, 0, (f"function {function.__qualname__} {id(function):#x}", nodes))
    outer = function.__qualname__.rpartition(".<locals>")[0].rpartition(".")[2]
    running = any(f.name == outer for f in facts.frames())
    if outer:
        canvas.text(0, y, f"{outer}()'s frame: {'there' if running else 'gone'}")
    return "a closure", {"function": function.__qualname__, "address": id(function), "freevars": list(code.co_freevars), "cells": cells,
                         "outer": outer or None, "outer_runs": running}, canvas


def _is_live(address):
    pool = _see.pool(address)
    return pool is not None and pool["live"][pool["index"]] == "#"


@look
def _named(space, address):
    """(names of a dict that lead to an address, count of references to it)"""
    found = [(label[2:-2], count) for label, o, count, weak in _see.outgoing(space) if id(o) == address and label[:2] == "['"]
    return [name for name, _ in found], found[0][1] if found else 0


def draw_refcount(source="x = [1, 2, 3]\ny = x\ndel x\ndel y"):
    """P35: runs statements one by one, and follows the object that the first one names: its names, its count, its end."""
    import ast

    space, address, rows, kind = {"__builtins__": __builtins__}, 0, [], ""
    for statement in ast.parse(source).body:
        text = ast.unparse(statement)
        exec(compile(text, "text", "exec"), space)
        if not address:
            name = next((k for k in space if k != "__builtins__"), None)
            if name is None:
                continue
            address, kind = id(space[name]), facts.type_name(space[name])
        names, count = _named(space, address)
        alive = bool(names) or look(_is_live)(address)
        rows.append({"statement": text, "names": names, "refcount": count, "alive": alive})
    canvas, width = Canvas(), max((len(r["statement"]) for r in rows), default=0)
    for y, r in enumerate(rows):
        canvas.text(0, y, f"{r['statement']:{width}}")
        left = r["names"][0] if r["names"] else ""
        canvas.text(width + 3, y, left)
        if left:
            canvas.arrow((width + 4 + len(left), y), (width + 12, y))
        state = f"{address:#x} {kind}, refcount {facts.counted(r['refcount'])}" if r["names"] else f"{address:#x} " + ("no name left, still held" if r["alive"] else "freed: its block is on the pool's list")
        end = canvas.text(width + 14, y, state)
        for other in r["names"][1:]:
            canvas.arrow((end + 5, y), (end + 1, y))
            end = canvas.text(end + 7, y, other)
    return "the count of one object", {"address": address, "type": kind, "rows": rows}, canvas


CYCLE = "class Node: pass\nn = Node()\nn.me = n\n"


def draw_cycle():
    """P36: an object that refers to itself: its count, its generation, the collector's figures; then without its name, then after a
    collection, which this picture asks for."""
    space = {"__builtins__": __builtins__, "__name__": "picture"}
    gc.collect()
    enabled = gc.isenabled()
    gc.disable()
    try:
        exec(CYCLE, space)
        address = id(space["n"])
        names, count = _named(space, address)
        place = look(_see.place)(space["n"])
        before = {"refcount": count, "generation": place["generation"], "count": gc.get_count(), "threshold": gc.get_threshold()}
        del space["n"]
        lives = look(_is_live)(address)
        found = gc.collect()
        gone = not look(_is_live)(address)
    finally:
        if enabled:
            gc.enable()
    statistics, canvas = gc.get_stats(), Canvas()
    canvas.text(0, 0, "n")
    canvas.arrow((2, 0), (6, 0))
    end = canvas.text(8, 0, f"Node {address:#x}, refcount {before['refcount']}")
    canvas.arrow((end + 1, 0), (end + 8, 0), (end + 8, 2), (10, 2), (10, 1))
    canvas.text(end + 2, 1, ".me")
    layout.lines(canvas, 0, 3, [
        f"collector: generation {before['generation']}, count {before['count']}, threshold {before['threshold']}",
        f"del n: refcount {before['refcount'] - 1}, {'still allocated, unreachable' if lives else 'gone'}",
        f"gc.collect() → {found} found; the node is {'freed' if gone else 'still there'}",
        *(f"generation {i}: {s['collections']} collections, {s['collected']} collected, {s['uncollectable']} uncollectable" for i, s in enumerate(statistics))])
    return "a cycle and the collector", {"address": address, "before": before, "lives_without_name": lives, "found": found, "freed": gone, "statistics": statistics}, canvas
