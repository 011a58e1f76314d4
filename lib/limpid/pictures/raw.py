"""Pictures of the bytes of objects: fields with offsets, raw bytes and what they mean."""

import _see

from limpid._look import look
from limpid.pictures import facts, layout
from limpid.pictures.canvas import Canvas

_LOOKS = "counts include what this picture itself holds"


def _fields(o, places):
    """Fields of an object: offset, name, raw bytes and meaning; an array of digits one by one."""
    rows, address = [], id(o)
    for offset, size, name, kind_of_c, kind, meaning in _see.fields(o):
        raw = _see.peek(address + offset, size)
        name = name.rpartition("_base.")[2]
        if kind == "data" and type(o) is int:
            rows += [(offset + i, f"ob_digit[{i // 4}]", raw[i:i + 4], _number(raw[i:i + 4]) + (f" x 2**{30 * (i // 4)}" if i else "")) for i in range(0, size, 4)]
        else:
            rows.append((offset, name, raw, _meaning(o, name, kind, raw, meaning, places)))
    return [{"offset": offset, "field": name, "bytes": raw.hex(" "), "size": len(raw), "value": value} for offset, name, raw, value in rows]


def _number(raw, signed=False):
    return str(int.from_bytes(raw, "little", signed=signed))


def _meaning(o, name, kind, raw, meaning, places):
    number = int.from_bytes(raw, "little")
    if kind == "count":
        return "static, never freed" if number > facts.STATIC else str(number)
    if kind == "type":
        return f"{number:#x} = {facts.type_name(o)}"
    if name == "ob_size" and type(o) is int:
        return f"{_number(raw, True)} (digits; the sign is the number's)"
    if name == "state":
        return f"interned={number & 3} kind={number >> 2 & 7} compact={number >> 5 & 1} ascii={number >> 6 & 1} ready={number >> 7 & 1}"
    if kind in ("number", "hash"):
        return _number(raw, True)
    if kind == "real":
        import struct

        return repr(struct.unpack("<d", raw)[0])
    if kind == "data":
        return meaning
    return f"{number:#x}" if len(raw) == 8 else meaning


def _described(o, places):
    t, fields = facts.thing(o, places), _fields(o, places)
    used = fields[-1]["offset"] + fields[-1]["size"]
    buffers = [{"address": row[0], "size": row[1], "used": row[2], "role": row[3]} for row in _see.buffers(o)]
    block = t["block"] or -(-used // 16) * 16
    return {**t, "used": used, "block": block, "fields": fields, "buffers": buffers}


def _draw(objects, title):
    places, canvas, y, found = facts.Places(), Canvas(), 0, []
    for o in objects:
        d = _described(o, places)
        found.append(d)
        canvas.text(0, y, f"{d['type']} {d['value']} at {d['address']:#x}: {d['used']} bytes used of a {d['block']}-byte block; {d['segment']}")
        y = layout.table(canvas, 2, y + 1, ("offset", "field", "bytes (little-endian)", "value"),
                         [(f["offset"], f["field"], f["bytes"] if f["size"] <= 24 else f["bytes"][:71] + "…", f["value"]) for f in d["fields"]], right=(0,))
        y = layout.lines(canvas, 2, y, [f"{b['role']}: {b['used']} of {b['size']} bytes at {b['address']:#x}" for b in d["buffers"]]) + 1
    canvas.text(0, y, _LOOKS)
    return title, {"objects": found, "note": _LOOKS}, canvas


def draw_int_bytes(*objects):
    """P06: the bytes of ints, or of any objects: offset, field, raw bytes, value."""
    return look(_draw)(objects or tuple(map(int, ("42", "-42", "1073741824", "1000"))), "the bytes of objects")


def draw_str_bytes(*texts):
    """P07: the bytes of strings, with the state's bits and the letters in their width."""
    return look(_draw)(texts or tuple("".join(word) for word in ("Alice", "café", "Питон", "\U0001f40d")), "the bytes of strings")


def _parts(o, size):
    kind = type(o)
    if kind is int:
        return f"8 ob_refcnt + 8 ob_type + 8 ob_size + {size - 24} digits"
    if kind is str:
        head = 48 if o.isascii() else 72
        return f"{head} header + {size - head} letters and a zero"
    if kind is float:
        return "16 header + 8 double"
    base = max(16, kind.__basicsize__)
    if kind is _Instance:
        return f"{base} header + {size - base} room for attributes"
    return f"{base} " + ("header" if size == base else f"header + {size - base} items")


class _Instance:
    pass


def draw_small_objects():
    """P08: what the bytes of small objects are: a bar for an int, and for others the sum of their parts."""
    objects = (42, 3.14, "hello", [], (), {}, object(), None, _Instance())
    return look(_small)(objects)


def _small(objects):
    places, canvas, rows = facts.Places(), Canvas(), []
    x = 0
    cells = [(f["field"], f["size"]) for f in _fields(objects[0], places)]
    canvas.text(0, 0, f"int {objects[0]}: {facts.size_of(objects[0])} bytes")
    for name, size in cells:
        width = size * 2 + 1
        canvas.box(x, 1, width + 1, 3)
        canvas.text(x + 1, 2, f"{name} {size}"[:width - 1])
        x += width
    canvas.text(x + 3, 2, f"= {sum(size for _, size in cells)}   C++ int: 4")
    for y, o in enumerate(objects[1:], 5):
        size = facts.size_of(o)
        rows.append({"object": facts.value(o, 20) if facts.type_name(o) in facts.value(o) or o is None else f"{facts.type_name(o)} {facts.value(o, 20)}", "bytes": size, "parts": _parts(o, size)})
        canvas.text(0, y, f"{rows[-1]['object']:28} {size:3} bytes = {rows[-1]['parts']}")
    return "what the bytes of small objects are", {"int": [{"field": n, "bytes": s} for n, s in cells], "rows": rows}, canvas
