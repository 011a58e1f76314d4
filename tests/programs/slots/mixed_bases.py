"""Slots of classes with several bases: what operators do, for mixins before and behind built-in types, and other orders."""
import hashlib
import itertools
import operator
import re


def mixin(method, answer):
    def function(self, *args):
        return answer(self, *args) if callable(answer) else answer
    return type("With" + method.strip("_"), (), {method: function})


MIXINS = [
    mixin("__eq__", True), mixin("__lt__", False), mixin("__hash__", 7), mixin("__add__", "added"), mixin("__radd__", "radded"),
    mixin("__iadd__", lambda self, other: "iadded"), mixin("__len__", 3), mixin("__iter__", lambda self: iter("xyz")),
    mixin("__next__", "next"), mixin("__call__", "called"), mixin("__getattr__", lambda self, name: "attribute " + name),
    mixin("__str__", "text"), mixin("__repr__", "shown"), mixin("__bool__", False), mixin("__contains__", True),
    mixin("__getitem__", lambda self, key: "abcdef"[key]), mixin("__index__", 5),
    mixin("__neg__", "negative"), mixin("__getattribute__", lambda self, name: "got " + name), mixin("__reversed__", "reversed"),
    type("Unhashable", (), {"__hash__": None}), type("Equal", (), {"__eq__": lambda a, b: True, "__hash__": lambda a: 3}),
]
BASES = [int, str, list, dict, tuple, float, set, bytes]
TESTS = {
    "eq": lambda o: o == 1, "ne": lambda o: o != 1, "lt": lambda o: o < o, "gt": lambda o: o > o, "hash": lambda o: hash(o) if hash(o) < 99 else "hash",
    "add": lambda o: o + o, "radd": lambda o: None + o, "len": len, "iter": lambda o: [*itertools.islice(o, 3)], "next": next,
    "call": lambda o: o(), "attribute": lambda o: o.no_such, "str": str, "repr": repr, "bool": bool, "in": lambda o: 1 in o,
    "item": lambda o: o[0], "index": operator.index, "neg": lambda o: -o, "reversed": lambda o: reversed(o) and "reversed", "float": float,
    "mul": lambda o: o * 2, "mod": lambda o: o % 3, "or": lambda o: o | o,
}


def answers(cls):
    for name, test in TESTS.items():
        try:
            yield re.sub(" at 0x[0-9a-f]+", "", f"{name} {test(cls())!r}")
        except Exception as error:
            yield f"{name} {type(error).__name__} {str(error)[:60]}"


def show(title, classes):
    digest = hashlib.md5()
    for cls in classes:
        digest.update("\n".join(answers(cls)).encode())
    print(title, len(classes), digest.hexdigest())


for base in BASES:
    show(base.__name__ + " last", [type("C", (m, base), {}) for m in MIXINS])
    show(base.__name__ + " first", [type("C", (base, m), {}) for m in MIXINS])
    show(base.__name__ + " two", [type("C", (a, base, b), {}) for a, b in itertools.permutations(MIXINS[::3], 2)])
    show(base.__name__ + " below", [type("D", (type("C", (m, base), {}),), {}) for m in MIXINS])
    show(base.__name__ + " diamond", [type("D", (type("L", (m,), {}), type("R", (base,), {"__len__": lambda o: 9})), {}) for m in MIXINS])
show("no built-in", [type("C", pair, {}) for pair in itertools.permutations(MIXINS, 2)])


class Backwards(type):
    def mro(cls):
        first, *rest = super().mro()
        return [first, *sorted(rest[:-1], key=lambda c: c.__name__, reverse=True), rest[-1]]


class Without(type):
    def mro(cls):
        return [c for c in super().mro() if not c.__name__.startswith("With")]


show("backwards", [Backwards("C", pair, {}) for pair in itertools.permutations(MIXINS, 2)])
show("without", [Without("C", pair, {}) for pair in itertools.permutations(MIXINS, 2)])
show("without below", [Without("D", (type("C", (m, int), {}),), {}) for m in MIXINS])

# bases and methods that change afterwards
classes = [type("C", (m, type("B", (list,), {})), {}) for m in MIXINS]
for cls, m in zip(classes, MIXINS[1:] + MIXINS[:1]):
    cls.__bases__ = (m, cls.__bases__[1])
show("changed bases", classes)
for cls in classes:
    cls.__bases__[0].__len__ = lambda self: 4
    cls.__bases__[1].__neg__ = lambda self: "minus"
show("changed methods", classes)
