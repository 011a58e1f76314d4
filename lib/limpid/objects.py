"""One object: where it lies, its memory byte by byte, and why two names share it or do not."""

import _see
import struct
from limpid import _text
from limpid._look import look
from limpid._name import birth, describe, type_name
from limpid.process import Record

_bytes = bytes
_HEAD = 64            # bytes remembered by where(), to tell later whether the address has a new tenant
_OWN = 2              # references of a call of where() or bytes(): its argument, and the variable obj


class Buffer(Record):
    """A raw block that belongs to an object: role ("items", "table", "characters"…), address, bytes of the block, and of
    those that hold something."""

    __slots__ = ("role", "address", "size", "used")


class Where(Record):
    """Where an object lies; what does not apply is None.

    address, type     the object
    segment           "arena", "large block", "static data" (of the program or a library: file), "outside"
    arena, pool       addresses; block is the number of the block in its pool
    asked, given      bytes that the type asks for, and of the block (of an arena: its size class)
    pool_used, pool_capacity   blocks of the pool
    kind              "object" (holds nothing that the collector must see), "container", "raw"
    tracked, generation   whether the collector knows it, and 0, 1, 2 or 3 (frozen)
    refcount          references, without those of the call that asked; immortal: they do not count
    shared            why the runtime shares it ("small-integer cache", "interned string"…), or None
    constants         where code has it: ("f", "co_consts", 1, file)
    buffers           its buffers
    born              "file:line" if tracemalloc is tracing, else None
    observer          whether a look at memory made it, so that it is in no picture of the heap"""

    __slots__ = ("address", "type", "segment", "file", "arena", "pool", "block", "asked", "given", "pool_used", "pool_capacity",
                 "kind", "tracked", "generation", "refcount", "immortal", "shared", "constants", "buffers", "born", "observer",
                 "_head")

    def to_dict(self):
        """The attributes as a dict of plain data."""
        plain = Record.to_dict(self)
        del plain["_head"]
        return plain

    def text(self, width=None, colour=None):
        """The attributes as text, a line for each subject."""
        width = width or _text.width()
        colour = _text.has_colour() if colour is None else colour
        count = "immortal" if self.immortal else _text.count(self.refcount, "reference")
        rows = [("segment", self._segment()), ("bytes", self._bytes()), ("collector", self._collector())]
        for buffer in self.buffers:
            rows.append(("buffer", f"{buffer.role}: {buffer.size:,} B at {buffer.address:#x}, {buffer.used:,} in use"))
        if self.shared:
            rows.append(("shared", self.shared))
        for name, part, index, _ in self.constants[:4]:
            rows.append(("in code", f"{part}[{index}] of {name}"))
        if len(self.constants) > 4:
            rows.append(("", f"and {len(self.constants) - 4} more"))
        if self.born:
            rows.append(("born", self.born))
        if self.observer:
            rows.append(("observer", "made by a look at memory: in no picture of the heap"))
        lines = [_text.cut(f"{self.type} at {self.address:#x}, {count}", width)]
        for name, value in rows:
            lines.append("  " + _text.paint(f"{name:10}", "dim", colour) + _text.cut(value, width - 12))
        return "\n".join(lines)

    def _segment(self):
        if self.segment != "arena":
            return self.segment + (f" of {self.file}" if self.file else "")
        return (f"arena {self.arena:#x}, pool {self.pool:#x} ({self.pool_used} of {self.pool_capacity} blocks of "
                f"{self.given} B in use), block {self.block}")

    def _bytes(self):
        if self.given is None:
            return f"{self.asked:,} asked"
        lost = self.given - self.asked
        return f"{self.asked:,} asked, {self.given:,} given" + (f" ({lost} lost)" if lost > 0 else "")

    def _collector(self):
        if self.kind != "container":
            return "does not need to know it"
        if not self.tracked:
            return "does not track it now"
        return "frozen" if self.generation == 3 else f"generation {self.generation}"

    def __repr__(self):
        return self.text(colour=False)

    def __str__(self):
        return self.text()


def _buffers(obj):
    return [Buffer(role, address, size, used) for address, size, used, role, kind in _see.buffers(obj)]


def _head(obj, asked):
    """The start of the object's memory without its reference count."""
    return _see.peek(id(obj) + 8, max(8, min(asked, _HEAD) - 8))


def _where(obj, own):
    facts = _see.where(obj)
    facts["refcount"] -= own
    facts["shared"] = _see.shared(obj)
    facts["constants"] = _see.in_code(obj) if id(type(obj)) in _CONSTANTS else []
    facts["buffers"] = _buffers(obj)
    facts["born"] = birth(obj)
    facts["_head"] = _head(obj, facts["asked"])
    return Where(*[facts.get(name) for name in Where.__slots__])


# Classes are compared by address: a metaclass may have an __eq__ of its own.
_CONSTANTS = {id(cls) for cls in (int, float, complex, str, _bytes, tuple, frozenset, type(None), bool, type(...))}
_MUTABLE = {id(cls) for cls in (list, dict, set, bytearray)}


@look
def where(obj):
    """Where obj lies: address, segment, arena, pool and block, bytes asked and given, generation, reference count, buffers,
    and why the runtime may share it.

    Returns a Where; print it, or read its attributes.  The search for code that has it as a constant goes through the whole
    heap; everything else costs nothing that grows with it."""
    return _where(obj, _OWN + 1)


# ---- same ----

class Same(Record):
    """Whether two names stand for one object (true or false as a whole), and why, as sentences."""

    __slots__ = ("same", "reasons")

    def __bool__(self):
        return self.same

    def __repr__(self):
        return self.text()

    def text(self, width=None, colour=None):
        """The answer and its reasons, a line each."""
        width = width or _text.width()
        head = "one object" if self.same else "two objects"
        return "\n".join([head] + [_text.cut("  " + reason, width) for reason in self.reasons])

    def __str__(self):
        return self.text()


def _places(obj):
    """Sentences for the code that has obj among its constants or names."""
    found = _see.in_code(obj) if id(type(obj)) in _CONSTANTS else []
    told = [f"constant of code: {part}[{index}] of {name}" for name, part, index, _ in found if part == "co_consts"]
    told += [f"a name in code: {part}[{index}] of {name}" for name, part, index, _ in found if part != "co_consts"]
    return told[:4] + ([f"and {len(told) - 4} more places in code"] if len(told) > 4 else [])


_SHARED = {
    "small-integer cache": "small-integer cache: there is one object for each int from -5 to 256, in static data",
    "interned string": "interned string: the runtime keeps one object for each text used as a name",
    "singleton": "singleton: there is only one",
}


def _why_same(obj):
    shared = _see.shared(obj)
    reasons = [_SHARED.get(shared, shared)] if shared else []
    if shared in (None, "interned string"):
        reasons += _places(obj)
    if not reasons:
        reasons.append(f"alias: one {type_name(type(obj))}, made once; nothing was copied when the second name was bound")
    return reasons


def _why_not(a, b):
    if type(a) is not type(b):
        return [f"of different types: {type_name(type(a))} at {id(a):#x}, {type_name(type(b))} at {id(b):#x}"]
    reasons = [f"at {id(a):#x} and {id(b):#x}"]
    equal = _see.equal(a, b)
    if equal is False:
        reasons.append("with different values")
    elif equal:
        reasons.append("with equal values; each was made by itself")
        if type(a) is int:
            reasons.append("not shared: the small-integer cache goes from -5 to 256")
        elif type(a) is str:
            which = [name for name, o in (("first", a), ("second", b)) if _see.shared(o)]
            reasons.append(f"not shared: only the {which[0]} is interned" if len(which) == 1 else
                           "not shared: neither is interned" if not which else "not shared")
    elif id(type(a)) in _MUTABLE:
        reasons.append(f"a {type_name(type(a))} can change, so that every one that is made is an object of its own")
    for name, o in (("first", a), ("second", b)):
        places = _places(o)
        if places:
            reasons.append(f"the {name} is a {places[0]}")
    return reasons


def _again(earlier, obj):
    """Whether obj is what stood at earlier.address when where() looked."""
    if earlier.address != id(obj):
        return Same(False, [f"looked at {earlier.address:#x} then; this one is at {id(obj):#x}"])
    facts = _see.where(obj)
    if facts["type"] != earlier.type or facts["asked"] != earlier.asked:
        return Same(False, [f"recycled address: at {earlier.address:#x} there was a {earlier.type} of {earlier.asked} B, which has "
                            f"died; its block was given to this {facts['type']}"])
    if id(type(obj)) in _CONSTANTS and _head(obj, facts["asked"]) != earlier._head:
        return Same(False, [f"recycled address: the {earlier.type} at {earlier.address:#x} had other contents, and a "
                            f"{earlier.type} cannot change"])
    if type(obj) is dict and struct.unpack_from("<Q", _head(obj, 48), 16) < struct.unpack_from("<Q", earlier._head, 16):
        return Same(False, [f"recycled address: the dict at {earlier.address:#x} had a later version"])
    return Same(True, ["same address, type and size" + (" and contents" if id(type(obj)) in _CONSTANTS else
                                                        "; an equal one in a recycled block would look the same")])


@look
def same(a, b):
    """Why two names share an object, or why they do not.

    Returns a Same: true if a is b; its reasons name the small-integer cache, the code that has the object as a constant, the
    table of interned strings, another value that the runtime has only once, or an alias.  For two objects they say what keeps
    them apart.

    a may be what where() returned earlier: then the question is whether b is that object, or another one in a recycled block.
    Contents are compared without running code of the program: only those of int, float, complex, str, bytes, bytearray."""
    if type(a) is Where:
        return _again(a, b)
    return Same(True, _why_same(a)) if a is b else Same(False, _why_not(a, b))


# ---- bytes ----

class Field(Record):
    """A field of memory: offset and size in bytes, name, C type, raw bytes, value as text, meaning."""

    __slots__ = ("offset", "size", "name", "ctype", "raw", "value", "meaning")

    def to_dict(self):
        """The attributes as a dict of plain data; raw in hexadecimal."""
        plain = Record.to_dict(self)
        plain["raw"] = self.raw.hex(" ")
        return plain


class MemoryBlock(Record):
    """A piece of memory: what it is ("object", or the role of a buffer), address, size, and its fields."""

    __slots__ = ("role", "address", "size", "fields")


class Passport(Record):
    """The memory of an object: its type, and its blocks, the object's own first."""

    __slots__ = ("type", "blocks")

    def __getitem__(self, name):
        """The first field of a name."""
        for block in self.blocks:
            for field in block.fields:
                if field.name == name:
                    return field
        raise KeyError(name)

    def text(self, width=None, colour=None):
        """A row for each field: offset, name, bytes, value, meaning."""
        width = width or _text.width()
        colour = _text.has_colour() if colour is None else colour
        lines = []
        for block in self.blocks:
            title = self.type if block.role == "object" else block.role
            lines.append(_text.paint(_text.cut(f"{title} at {block.address:#x}, {_text.size(block.size)}", width), "bold", colour))
            lines += _field_lines(block.fields, width)
        return "\n".join(lines)

    def __repr__(self):
        return self.text(colour=False)

    def __str__(self):
        return self.text()


def _hex(raw):
    return raw.hex(" ") if len(raw) <= 8 else raw[:7].hex(" ") + " …"


def _field_lines(fields, width):
    rows = [(f"+{f.offset}", f.name, _hex(f.raw), f.value, f.meaning) for f in fields]
    align = ("<", "<", "<", "<", "<")
    if width < 100:                                    # narrow: without the bytes
        rows, align = [row[:2] + row[3:] for row in rows], align[1:]
    if width < 70:
        rows, align = [row[:-1] for row in rows], align[1:]
    value = len(align) - 2 if width >= 70 else len(align) - 1
    rows = [tuple(_text.cut(cell, 44) if i == value else cell for i, cell in enumerate(row)) for row in rows]
    return ["  " + line for line in _text.table(rows, align, width - 2)]


_INTERNED = ("not interned", "interned", "interned for ever", "interned")


def _state_text(raw):
    """The flags of a str."""
    bits = raw[0]
    parts = [_INTERNED[bits & 3], f"{bits >> 2 & 7} B a character"]
    parts += [name for shift, name in ((5, "compact"), (6, "ascii"), (7, "ready")) if bits >> shift & 1]
    return ", ".join(parts)


def _pointer_text(address):
    if address == 0:
        return "NULL"
    symbol = _see.symbol(address)
    if symbol is None:
        return f"{address:#x}"
    return symbol[1] or f"{address:#x} in {symbol[0]}"


def _value(kind, name, raw):
    number = int.from_bytes(raw, "little")
    if kind in ("number", "hash", "count"):
        number = int.from_bytes(raw, "little", signed=True)
        return "not asked for yet" if kind == "hash" and number == -1 else str(number)
    if kind == "unsigned":
        return str(number)
    if kind == "real":
        return repr(struct.unpack("<d", raw)[0])
    if kind == "flags":
        return _state_text(raw) if name.endswith("state") else f"{number:#x}"
    if kind in ("object", "borrowed", "type"):
        return "NULL" if number == 0 else "→ " + describe(_see.at(number))
    if kind == "buffer":
        return "NULL" if number == 0 else f"→ {number:#x}"
    if kind == "text":
        return "NULL" if number == 0 else repr(_see.c_string(number))
    return _pointer_text(number)


def _data_text(obj, name, raw):
    if name == "ob_digit":
        return ", ".join(str(int.from_bytes(raw[i:i + 4], "little")) for i in range(0, len(raw), 4))
    if name == "co_code_adaptive":
        return f"{len(raw) // 2} units of 2 bytes"
    if isinstance(obj, str):
        return repr(str.__str__(obj)[:60])
    return repr(raw[:60])


def _array(offset, size, name, ctype, kind, meaning, raw, items):
    """Fields for the words of an array, at most `items` of them."""
    n = size // 8
    for i in range(min(n, items)):
        word = raw[8 * i:8 * i + 8]
        yield Field(offset + 8 * i, 8, f"{name}[{i}]", ctype, word, _value(kind, name, word), meaning)
    if n > items:
        yield Field(offset + 8 * items, size - 8 * items, "…", "", b"", f"{n - items:,} more", meaning)


def _fields(table, obj, memory, items):
    """Fields of a table of (offset, size, name, C type, kind, meaning), with what lies between them."""
    end, fields = 0, []
    for offset, size, name, ctype, kind, meaning in sorted(table):
        name = name.replace("_base.", "")
        if offset > end:
            fields.append(_padding(end, memory[end:offset]))
        raw = memory[offset:offset + size]
        end = max(end, offset + size)
        if ctype.endswith("[]") and kind != "data":
            fields += _array(offset, size, name, ctype[:-2].rstrip(), kind, meaning, raw, items)
        elif kind == "data":
            fields.append(Field(offset, size, name, ctype, raw, _data_text(obj, name, raw), meaning))
        elif size > 8:
            fields.append(Field(offset, size, name, ctype, raw, "", meaning))
        else:
            fields.append(Field(offset, size, name, ctype, raw, _value(kind, name, raw), meaning))
    if len(memory) > end:
        fields.append(_padding(end, memory[end:]))
    return fields


def _padding(offset, raw):
    return Field(offset, len(raw), "(padding)", "char []", raw, f"{len(raw)} B", "not used")


_SHARED_TABLE = 2     # in the field `fixed`


def _dict_fields(memory, used, items):
    """The table of a dict: header, index, entries."""
    table = _see.table_fields()
    header = max(row[0] + row[1] for row in table)
    fields = _fields(table, None, memory[:header], items)
    log2, width, stride = memory[4], memory[5], memory[6]
    capacity, made = struct.unpack_from("<qq", memory, 8)
    at = header
    if log2:
        size = width << log2
        fields.append(Field(at, size, "(index)", "int8_t []", memory[at:at + size], f"{1 << log2} slots of {width} B",
                            "numbers of entries by hash; -1 free, -2 deleted"))
        at += size
    names = ("hash", "key", "value")[3 - stride:]
    for i in range(min(made, items)):
        for name in names:
            word = memory[at:at + 8]
            kind = "hash" if name == "hash" else "object"
            fields.append(Field(at, 8, f"entry[{i}].{name}", "Py_hash_t" if name == "hash" else "PyObject *", word,
                                _value(kind, name, word), "deleted" if name == "key" and word == b"\0" * 8 else name))
            at += 8
    left = (made - min(made, items)) * 8 * stride
    if left:
        fields.append(Field(at, left, "…", "", b"", f"{made - items:,} more entries", ""))
        at += left
    if memory[7] == _SHARED_TABLE:
        fields.append(Field(at, 8, "(users)", "Py_ssize_t", memory[at:at + 8], _value("number", "", memory[at:at + 8]),
                            "dicts and places in code that use it"))
        at += 8
    room = (capacity - made) * 8 * stride
    if room:
        fields.append(Field(at, room, "(room)", "", b"", f"{capacity - made:,} entries", "for entries to come"))
        at += room
    if len(memory) > at:
        fields.append(_padding(at, memory[at:]))
    return fields


def _set_fields(memory, items):
    fields, told = [], 0
    for at in range(0, len(memory) - 15, 16):
        key = memory[at:at + 8]
        if key == b"\0" * 8:
            continue
        if told == items:
            fields.append(Field(at, len(memory) - at, "…", "", b"", "more slots", ""))
            return fields
        told += 1
        hash_ = memory[at + 8:at + 16]
        deleted = hash_ == b"\xff" * 8
        text = "deleted" if deleted else _value("object", "key", key)
        fields.append(Field(at, 8, f"slot[{at // 16}].key", "PyObject *", key, text, "member"))
        fields.append(Field(at + 8, 8, f"slot[{at // 16}].hash", "Py_hash_t", hash_, _value("hash", "", hash_), "its hash"))
    return fields


def _buffer_fields(obj, memory, used, role, kind, items):
    if kind == "dict":
        return _dict_fields(memory, used, items)
    if kind == "set":
        return _set_fields(memory, items)
    if kind == "objects" and role in ("items", "values"):
        fields = list(_array(0, used, role[:-1], "PyObject *", "object", role[:-1], memory, items))
        if len(memory) > used:
            fields.append(Field(used, len(memory) - used, "(room)", "", b"", f"{(len(memory) - used) // 8:,} items", "for items to come"))
        return fields
    if kind == "words":
        return [Field(i, 8, f"word[{i // 8}]", "", memory[i:i + 8], f"{int.from_bytes(memory[i:i + 8], 'little'):#x}", "")
                for i in range(0, min(len(memory) - 7, 8 * items), 8)]
    return [Field(0, used, role, "char []", memory[:used], repr(memory[:min(used, 60)]), "")]


@look
def bytes(obj, items=16):
    """The raw memory of obj with the names of its fields: its block, and the buffers that belong to it.

    Returns a Passport: blocks of fields with offset, size, name, C type, raw bytes, value and meaning; passport["ob_refcnt"] is a
    field.  Of arrays the first `items` are shown.  The reference count is that without this call's own references.  Fields of
    extension types and of types private to a module, behind the header, are shown as "(padding)"."""
    facts = _see.where(obj)
    size = facts.get("given") or facts["asked"]
    count = facts["refcount"] - _OWN
    memory = _bytes(struct.pack("<q", count)) + _see.peek(id(obj) + 8, size - 8)
    blocks = [MemoryBlock("object", id(obj), size, _fields(_see.fields(obj), obj, memory, items))]
    for address, size, used, role, kind in _see.buffers(obj):
        memory = _see.peek(address, size)
        blocks.append(MemoryBlock(role, address, size, _buffer_fields(obj, memory, used, role, kind, items)))
    return Passport(facts["type"], blocks)
