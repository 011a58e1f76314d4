"""What pictures are drawn from, as plain data: frames, names, objects and their places.

No method of the program is called: values are shown for the exact built-in types only, others by their type and address."""

import bisect
import sys
import types
import _see

from limpid import process

_NAME = type.__dict__["__name__"].__get__
_SIMPLE = (int, float, complex, bool, type(None), bytes, type(...))
SEGMENTS = {"data": "static (.data)", "bss": "static (.bss)", "arena": "arena", "heap": "malloc", "malloc": "malloc", "large": "mmap",
            "text": ".text", "rodata": ".rodata", "stack": "C stack"}
ARENA, POOL = 1 << 18, 1 << 12
STATIC = 1 << 32        # counts of static objects begin so high


def type_name(o):
    return _NAME(type(o))


def value(o, room=32, depth=2):
    """A short text for an object."""
    text = _value(o, depth)
    return text if len(text) <= room else text[:room - 1] + "…"


def _value(o, depth):
    kind = type(o)
    if kind is str:
        return _narrow(repr(o if len(o) < 100 else o[:100]))
    if kind is int and o.bit_length() > 400:
        return f"an int of {o.bit_length()} bits"
    if kind in _SIMPLE:
        return repr(o if kind is not bytes or len(o) < 100 else o[:100])
    if kind in (list, tuple, set, frozenset, dict):
        return _container(o, kind, depth)
    if kind is types.FunctionType:
        return f"{o.__name__}()"
    if kind is types.BuiltinFunctionType:
        return f"{o.__name__}()"
    if kind is types.CodeType:
        return f"code of {o.co_name}"
    if kind is types.ModuleType:
        return f"module {_value(object.__getattribute__(o, '__dict__').get('__name__'), 0)}"
    if isinstance(o, type):
        return f"class {_NAME(o)}"
    return f"{_NAME(kind)} object"


def _container(o, kind, depth):
    left, right = {list: "[]", tuple: "()", dict: "{}", set: "{}", frozenset: "{}"}[kind]
    if depth == 0:
        return f"{left}…{right}" if len(o) else left + right
    parts = []
    for item in o:
        if len(parts) == 8:
            parts.append("…")
            break
        parts.append(_value(item, depth - 1) + (f": {_value(dict.__getitem__(o, item), depth - 1)}" if kind is dict and type(item) in (str, int) else ""))
    return left + ", ".join(parts) + ("," if kind is tuple and len(o) == 1 else "") + right


def _narrow(text):
    """Wide and combining characters as escapes, so that columns stay columns."""
    if text.isascii():
        return text
    import unicodedata

    return "".join(c if c.isascii() or unicodedata.east_asian_width(c) not in "WF" and not unicodedata.combining(c) and c.isprintable()
                   else c.encode("ascii", "backslashreplace").decode() for c in text)


def size_of(o):
    """Bytes of the object by its built-in type, as sys.getsizeof says for those."""
    for base in type.mro(type(o)) if type(o) is not type else (type,):
        if not base.__flags__ & 1 << 9:        # not made by a program
            method = base.__dict__.get("__sizeof__")
            if method is not None:
                return method(o)
    return object.__sizeof__(o)


class Places:
    """Which segment an address is in, by one map of the process."""

    def __init__(self):
        self.map = process.map()
        self.regions = self.map.regions
        self.lows = [r.low for r in self.regions]
        self.large = {b.address: b for b in self.map.large}

    def region(self, address):
        at = bisect.bisect_right(self.lows, address) - 1
        return self.regions[at] if at >= 0 and address < self.regions[at].high else None

    def of(self, address):
        """static (.data), arena, malloc, mmap, C stack…, or "?" """
        region = self.region(address)
        return "?" if region is None else SEGMENTS.get(region.kind, region.kind)


def thing(o, places, count=None):
    """An object as plain data; count: its references as read before the picture referred to it."""
    address = id(o)
    place = _see.place(o)
    block = place["size"] if place else places.large[address].size if address in places.large else None
    return {"address": address, "type": type_name(o), "value": value(o), "size": size_of(o), "block": block, "segment": places.of(address),
            "refcount": count, "static": count is not None and count > STATIC, "type_address": id(type(o)),
            "generation": place["generation"] if place and place["generation"] >= 0 else None}


def counted(number):
    """A reference count as text."""
    return "?" if number is None else "static, never freed" if number > STATIC else str(number)


class Slot:
    def __init__(self, name, kind, address, count, held):
        self.name, self.kind, self.address, self.count, self.object = name, kind, address, count, held

    @property
    def bound(self):
        return self.address != 0


class Frame:
    """A frame of the program, as _see.frames() tells."""

    def __init__(self, row):
        self.__dict__.update(row)
        self.name = self.code.co_name
        self.slots = [Slot(*slot) for slot in row["slots"]]

    @property
    def title(self):
        return self.name if self.name[0] == "<" else f"{self.name}()"

    def names(self):
        """Slots of a function; of a module or class the entries of its dict that are not special."""
        if self.slots or self.name != "<module>":
            return self.slots
        return [Slot(label[2:-2], "name", id(held), count, held) for label, held, count, weak in _see.outgoing(self.globals)
                if label[:2] == "['" and label[2:4] != "__" and not weak]


def is_observer(frame):
    return frame["code"].co_filename.startswith("<frozen limpid")


def frames():
    """The program's frames, innermost first; those of the look are left out."""
    rows = _see.frames()
    start = next((i for i, row in enumerate(rows) if not is_observer(row)), len(rows))
    return [Frame(row) for row in rows[start:] if not is_observer(row)]


def frame_data(frame, places):
    """A frame as plain data."""
    return {"function": frame.name, "address": frame.address, "size": frame.size, "line": frame.line, "offset": frame.offset,
            "file": frame.code.co_filename, "previous": frame.previous, "entry": bool(frame.entry), "owner": frame.owner, "object": frame.object,
            "slots": [{"name": s.name, "kind": s.kind, "address": s.address, **({"target": thing(s.object, places, s.count)} if s.bound else {})}
                      for s in frame.slots],
            "value_stack": [address for address, _ in frame.stack]}


def chosen(frame, names=None, most=8):
    """Bound slots of a frame that a picture shows: the named ones, or the first that are no modules, functions or classes."""
    found = [s for s in frame.names() if s.bound and (s.name in names if names else not isinstance(s.object, (types.ModuleType, types.FunctionType, type)))]
    return found[:most]


def interpreter():
    return f"{sys.implementation.name} (Python {sys.version.split()[0]})"
