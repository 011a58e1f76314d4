"""Who holds what: reference counts balanced, ways from the roots, retained sizes, what would die.

Every function looks at the whole heap as it is at that moment.  Its own references, and those of the call that asked, are
left out of every figure.  Sizes are bytes of an object's block and of the buffers that belong to it."""

from types import FunctionType

import _see
from limpid import _text
from limpid._look import look
from limpid._name import birth, describe, module_of_dict, type_name
from limpid.process import Record

_TYPE, _ATTRIBUTE, _FIELD, _ITEM, _KEY, _VALUE, _MEMBER, _LOCAL, _STACK, _PLAIN, _ROOT = range(11)
_KINDS = {_TYPE: "class of an instance", _ATTRIBUTE: "attribute", _FIELD: "field", _KEY: "dict key", _VALUE: "dict value",
          _MEMBER: "set member", _LOCAL: "local", _STACK: "value stack", _PLAIN: "field", _ROOT: "C root"}


def _kind_name(holder, kind, label):
    if kind == _ITEM:
        return f"{type_name(type(holder))} slot"
    if kind == _FIELD and label == ".cell_contents":
        return "cell"
    if kind == _VALUE and module_of_dict(holder) is not None:
        return "global"
    return _KINDS[kind]


# ---- ways as text ----

def _bare(label):
    """The name in "['name']" where a program writes it bare, else None."""
    name = label[2:-2]
    return name if label.startswith("['") and name.isidentifier() else None


def _free_name(function, label):
    if type(function) is not FunctionType or label[:1] != "[":
        return None
    names = function.__code__.co_freevars
    at = int(label[1:-1])
    return names[at] if at < len(names) else None


def _way_parts(beginning, steps):
    """What stands between the arrows."""
    if steps and steps[0][0] == _ROOT:
        beginning, steps = steps[0][1], [(-1, "", steps[0][2])] + steps[1:]
    parts, holder, at = [beginning], None, 0
    if steps and steps[0][0] == -1:
        holder, at = steps[0][2], 1
    in_names = beginning.startswith("module ")
    while at < len(steps):
        kind, label, target = steps[at]
        after = steps[at + 1] if at + 1 < len(steps) else None
        if kind == _VALUE and in_names and _bare(label):
            parts.append(_bare(label))
        elif beginning == "sys.modules" and at == 1 and kind == _VALUE:
            parts = [f"module {label[2:-2]}"]
        elif kind == _FIELD and label == ".__dict__" and after and after[0] == _VALUE and _bare(after[1]):
            dot = "" if len(parts) == 1 and parts[0].startswith("module ") else "."
            parts.append(dot + _bare(after[1]))
            at, target = at + 1, after[2]
        elif (kind == _FIELD and label == ".__closure__" and at + 2 < len(steps) and steps[at + 2][1] == ".cell_contents"
              and _free_name(holder, steps[at + 1][1])):
            parts.append(f".<closure {_free_name(holder, steps[at + 1][1])}>")
            at, target = at + 2, steps[at + 2][2]
        elif kind == _LOCAL:
            parts.append(label[7:])
            if after and after[1] == ".cell_contents":
                at, target = at + 1, after[2]
        else:
            parts.append(label.strip())
        in_names = False
        holder = target
        at += 1
    return parts


class Path(Record):
    """A way from a root of the runtime to an object: parts are its beginning and how each object holds the next; ids are the
    addresses of the objects, types their classes' names (there may be more than parts: a dict between is not written)."""

    __slots__ = ("parts", "ids", "types")

    def __str__(self):
        return " → ".join(self.parts)

    __repr__ = __str__


def _path(beginning, steps):
    return Path(_way_parts(beginning, steps), [id(step[2]) for step in steps], [type_name(type(step[2])) for step in steps])


class _Rows(list):
    def json(self, indent=None):
        """The same as to_dict(), as JSON text."""
        import json

        return json.dumps(self.to_dict(), indent=indent)


class Paths(_Rows):
    """Ways to one object, shortest first; prints one a line."""

    def __str__(self):
        return "\n".join(map(str, self)) or "no way from the roots: only the collector can free it, or the caller alone holds it"

    __repr__ = __str__

    def to_dict(self):
        """The ways as a list of plain data."""
        return [path.to_dict() for path in self]


@look
def paths(obj, limit=5):
    """The shortest ways to obj from the roots of the runtime: for each reference to it the shortest one that ends with it, at
    most `limit`, shortest first, as a list of Path; str() gives "module app → SESSIONS → ['k9'] → .hist → [4]".

    Ways begin at the modules of sys.modules and at the running frames; only what none of these holds is shown from other
    roots of the runtime.  Garbage has no way.  Raises ValueError for an object that is not part of the heap."""
    return Paths(_path(*way) for way in _see.paths(obj, limit))


# ---- references to an object ----

class Reference(Record):
    """One reference: kind ("local", "list slot", "dict value", "C root"...), the holder (None when it is no object), what it is
    called, how it holds ("[4]", ".name", "['k9']"), and whether it is weak: not counted."""

    __slots__ = ("kind", "holder", "where", "label", "weak")

    def to_dict(self):
        """The attributes, without the holder itself."""
        return {name: getattr(self, name) for name in ("kind", "where", "label", "weak")}

    def __str__(self):
        return f"{self.where}{' ' if self.label[:1].isalpha() else ''}{self.label}{' (weak)' if self.weak else ''}"


def _reference(holder, kind, label, weak):
    if type(holder) is str and kind in (_ROOT, _LOCAL, _STACK):
        if kind == _ROOT:
            return Reference(_KINDS[kind], None, label, "", bool(weak))
        return Reference(_KINDS[kind], None, holder, label, bool(weak))
    if type(holder) is str and kind == _FIELD:
        return Reference("frame", None, holder, label, bool(weak))
    name = module_of_dict(holder)
    if kind == _VALUE and name is not None:
        return Reference("global", holder, f"module {name}", label, bool(weak))
    return Reference(_kind_name(holder, kind, label), holder, describe(holder), label, bool(weak))


class Referrers(_Rows):
    """References to one object; prints one a line."""

    def __str__(self):
        return "\n".join(_text.table([(r.kind, r) for r in self], "<<", _text.width())) or "nobody"

    __repr__ = __str__

    def to_dict(self):
        """The references as a list of plain data."""
        return [reference.to_dict() for reference in self]


@look
def referrers(obj, limit=1000):
    """Every reference to obj, counted or weak, as a list of at most `limit` Reference: from other objects, frames, and the tables
    and variables of the runtime.  Not only containers that the collector tracks are asked: strings in code objects or the
    pattern of a match are found.  Raises ValueError for an object that is not part of the heap."""
    return Referrers(_reference(*row) for row in _see.referrers(obj, limit)[2])


class Refs(Record):
    """The balance of a reference count: count = sum of kinds' counts + unaccounted.  For an immortal object the count is what it
    has beyond its start, and says little.  references has at most the number that was asked for; others are the rest."""

    __slots__ = ("name", "address", "type", "count", "immortal", "kinds", "references", "others", "weak", "unaccounted")

    def to_dict(self):
        """The balance as plain data."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        plain["references"] = [reference.to_dict() for reference in self.references]
        return plain

    def __str__(self):
        room = _text.width()
        head = f"{self.name}, {'immortal, ' if self.immortal else ''}{_text.count(self.count, 'reference')}"
        rows = [(f"{number:,}", kind, "") for kind, number in self.kinds.items()]
        for at, (_, kind, _) in enumerate(rows):
            held = [str(r) for r in self.references if r.kind == kind and not r.weak]
            rows[at] = (rows[at][0], kind, ", ".join(held[:3]) + (", …" if len(held) > 3 else ""))
        if self.others:
            rows.append((f"{self.others:,}", "not shown", ""))
        rows.append((f"{self.unaccounted:,}", "unaccounted", ""))
        if self.weak:
            rows.append(("", "", f"and {_text.count(self.weak, 'weak reference')}, not counted"))
        return "\n".join([_text.cut(head, room)] + ["  " + line for line in _text.table(rows, "><<", room - 2)])

    __repr__ = __str__


@look
def refs(obj, limit=1000):
    """The balance of obj's reference count, as Refs: how many of its references come from locals, list slots, dict values, cells,
    attributes, labelled roots of the runtime..., each named, and how many nothing accounts for: C code that runs at this
    moment, an extension module, or a leak.  At most `limit` references are listed.  The references of the call itself are
    not counted.  Raises ValueError for an object that is not part of the heap."""
    count, immortal, rows, accounted = _see.referrers(obj, limit)
    references = [_reference(*row) for row in rows]
    kinds = {}
    for reference in references:
        if not reference.weak:
            kinds[reference.kind] = kinds.get(reference.kind, 0) + 1
    kinds = dict(sorted(kinds.items(), key=lambda item: (-item[1], item[0])))
    weak = sum(reference.weak for reference in references)
    others = accounted - (len(references) - weak)
    return Refs(describe(obj), id(obj), type_name(type(obj)), count, bool(immortal), kinds, references, others, weak,
                count - accounted)


# ---- what keeps what ----

class Retained(Record):
    """What would go with an object: its own bytes, the bytes and objects that would be freed with it (itself included), and what
    has to go for it to go: the nearest holder through which every way to it leads, or None when there is no single one."""

    __slots__ = ("name", "own", "bytes", "objects", "dominator")

    def __str__(self):
        by = f", kept by {self.dominator}" if self.dominator else ""
        return (f"{self.name}: {_text.size(self.own)} itself, {_text.size(self.bytes)} with all that it alone keeps"
                f" ({_text.count(self.objects, 'object')}){by}")

    __repr__ = __str__


@look
def retained(obj):
    """What obj alone keeps alive, as Retained: own bytes; bytes and number of the objects that can be reached from the roots
    only through it, itself included; and its dominator.  For garbage: what can be reached from it and from no root."""
    own, size, objects, above = _see.retained(obj)
    name = None if above is None else above if type(above) is str else describe(above)
    return Retained(describe(obj), own, size, objects, name)


class Dominator(Record):
    """An object in the tree of dominators: what it is called, how the one above holds it ("" if only through others), its own bytes,
    bytes and number of objects that it alone keeps, and the largest of those directly below it."""

    __slots__ = ("name", "label", "own", "retained", "objects", "children")

    def _rows(self, level):
        yield ("  " * level + self.name, self.label.strip(), _text.size(self.own), _text.size(self.retained), f"{self.objects:,}")
        for child in self.children:
            yield from child._rows(level + 1)

    def __str__(self):
        head = ("object", "held as", "itself", "retained", "objects")
        return "\n".join(_text.table([head, *self._rows(0)], "<<>>>", _text.width(), flexible=0))

    __repr__ = __str__


def _dominator(row):
    value, is_object, label, own, size, objects, children = row
    name = describe(value) if is_object else "whole heap" if value == "root" else value
    return Dominator(name, label, own, size, objects, [_dominator(child) for child in children])


@look
def dominators(depth=3, width=8, least=1024):
    """The tree of dominators over the whole heap, largest first, as Dominator: below each object those that can be reached from the
    roots only through it, so that its retained bytes are its own and theirs.  `depth` levels (0 to 100) below the root, at
    most `width` children (1 to 64) of each, those that retain at least `least` bytes."""
    return _dominator(_see.dominators(depth, width, least))


# ---- what would be ----

class WhatIf(Record):
    """What would happen if a reference went: objects and bytes that would die at once, by type (name, objects, bytes); how many of
    them have a finaliser or a weak reference with a callback; the objects and bytes that would be left to the collector
    because they are in cycles; addresses of at most 10,000 of the dying."""

    __slots__ = ("objects", "bytes", "types", "finalizers", "callbacks", "left", "left_bytes", "addresses")

    def __str__(self):
        lines = [f"{_text.count(self.objects, 'object')} would die at once, {_text.size(self.bytes)}"]
        rows = [(f"{objects:,}", name, _text.size(size)) for name, objects, size in self.types[:12]]
        lines += ["  " + line for line in _text.table(rows, "><>", _text.width() - 2, flexible=1)]
        if self.finalizers or self.callbacks:
            lines.append(f"  {_text.count(self.finalizers, 'finaliser')} and {_text.count(self.callbacks, 'weak callback')} would run")
        if self.left:
            lines.append(f"{_text.count(self.left, 'object')} would be left to the collector, {_text.size(self.left_bytes)}")
        return "\n".join(lines)

    __repr__ = __str__


@look
def what_if(cut):
    """What would die if one reference went, as WhatIf; nothing is executed or changed: counts are counted down on paper.

    cut=(holder, name) names the reference: an attribute, variable of a module or frame (name), index of a list, tuple or deque, key
    of a dict (with it goes the key), member of a set.  Raises LookupError if the holder has no such reference."""
    if not isinstance(cut, tuple) or len(cut) != 2:
        raise TypeError("cut must be a tuple (holder, name)")
    holder, name = cut
    objects, size, types, finalizers, callbacks, left, left_size, addresses = _see.what_if(holder, name, 10000)
    types = [(type_name(cls), number, total) for cls, number, total in types]
    return WhatIf(objects, size, types, finalizers, callbacks, left, left_size, addresses)


class Cycle(Record):
    """Objects that hold each other and that nothing else holds: their number and bytes, and one way round: name of an object and how it
    holds the next.  born: where the first was made, if that is known (tracemalloc)."""

    __slots__ = ("objects", "bytes", "round", "born", "ids")

    def __str__(self):
        way = " → ".join(f"{name} {label}" if label[:1].isalpha() else f"{name}{label}" for name, label in self.round)
        made = f", made at {self.born}" if self.born else ""
        return f"{way} → {self.round[0][0]}  ({_text.count(self.objects, 'object')}, {_text.size(self.bytes)}{made})"

    __repr__ = __str__


class Cycles(list):
    """Garbage that only the collector can free: the largest cycles; count is how many there are, objects and bytes are those of all
    that hangs on them, too."""

    count = objects = bytes = 0

    def __str__(self):
        head = (f"{_text.count(self.count, 'cycle')}: {_text.count(self.objects, 'object')}, {_text.size(self.bytes)}"
                " that only the collector can free")
        return "\n".join([head] + ["  " + str(cycle) for cycle in self])

    __repr__ = __str__

    def to_dict(self):
        """The cycles as plain data."""
        return {"count": self.count, "objects": self.objects, "bytes": self.bytes, "cycles": [c.to_dict() for c in self]}


def _round_parts(steps):
    """A way round, with an instance's dict left out."""
    parts, at = [], 0
    while at < len(steps):
        value, label, kind = steps[at]
        after = steps[at + 1] if at + 1 < len(steps) else None
        if kind == _FIELD and label == ".__dict__" and after and after[2] == _VALUE and _bare(after[1]):
            label, at = "." + _bare(after[1]), at + 1
        parts.append((describe(value), label.strip() if label.startswith(" ") else label))
        at += 1
    return parts


def _cycles(answer):
    rows, count, objects, size = answer
    found = Cycles(Cycle(objects, size, _round_parts(steps), birth(steps[0][0]), [id(step[0]) for step in steps])
                   for steps, objects, size in rows)
    found.count, found.objects, found.bytes = count, objects, size
    return found


@look
def cycles(limit=20):
    """What only the collector can free, found without collecting: a list of the `limit` largest groups of objects that hold each
    other and cannot be reached from outside, each a Cycle with one way round; its attributes count, objects and bytes are those of
    all garbage."""
    return _cycles(_see.cycles(limit))
