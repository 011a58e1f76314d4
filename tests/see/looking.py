"""What a program sees of itself: look() writes the frames, their variables, and the objects these lead to, with address, count,
value and contents, as the program finds them by id, sys.getrefcount and sys._getframe; check_truth.py compares it with what
the recording of the same run tells.

check_truth.py puts calls of look() between the statements of its programs.  This module lies under site-packages while they run,
so that a recording steps over it.  LOOK_AT names the looks that are wanted, LOOK_FILE the file for what they see.

What a look itself holds is taken away before counts are asked for: the snapshots of locals are emptied, every object is held by
the one list `found`, and nothing else; no code of the program runs."""

import gc
import json
import os
import sys
import threading
import types
from collections import deque

LEVELS, MOST, BREADTH = 5, 400, 100
OWN = ("__main__", "parts_module")
WANTED = {int(n) for n in os.environ.get("LOOK_AT", "").split(",") if n}
HERE = os.path.dirname(os.path.abspath(sys.argv[0])) + os.sep
EXCEPTION = {name: BaseException.__dict__[name] for name in ("args", "__traceback__", "__context__", "__cause__")}
MISSING = object()
BEGINS = 5  # an asynchronous generator that has not begun stands before this place in its bytecode
calls = 0
known = set()  # code objects whose names are learnt
names = {"_name_", "_value_", "_sort_order_", "__objclass__"}  # in the program's code: what its attributes may be called


def own(code):
    file = code.co_filename
    return file.startswith(HERE) and "site-packages" not in file or file.startswith("<made")


def copy(name):
    """Another string: the name itself may be counted."""
    return ascii(name)[1:-1]


def learn(code):
    """Notes the names in a code object and those within it."""
    if id(code) in known:
        return
    known.add(id(code))
    texts = [c for c in code.co_consts if type(c) is str] + [t for c in code.co_consts if type(c) is tuple for t in c if type(t) is str]
    names.update(copy(name) for name in (*code.co_names, *texts) if name.isidentifier())
    for inner in code.co_consts:
        if type(inner) is types.CodeType:
            learn(inner)


def lookup(cls, name):
    for base in type.mro(cls):
        namespace = type.__dict__["__dict__"].__get__(base)
        if name in namespace:
            return namespace[name]
    return MISSING


def attributes(o):
    """(name, value) of an instance: what its __slots__ and its dict give, found without making the dict or running a property.
    What a class has under the same name cannot be told from it: (name, the class)."""
    for name in names:
        found = lookup(type(o), name)
        if found is MISSING or type(found) is types.MemberDescriptorType:
            try:
                yield name, object.__getattribute__(o, name)
            except AttributeError:
                pass
        elif not hasattr(type(found), "__set__"):
            yield name, type(o)


def contents(o, add):
    """What an object holds: [kind, label, address] each."""
    cls = type(o)
    if issubclass(cls, (list, tuple, deque)):
        base = list if issubclass(cls, list) else tuple if issubclass(cls, tuple) else deque
        return [["item", None, add(item)] for item in base.__iter__(o)]
    if issubclass(cls, dict):
        return [["value", add(key), add(value)] for key, value in dict.items(o) if key != "__builtins__"]
    if issubclass(cls, (set, frozenset)):
        base = set if issubclass(cls, set) else frozenset
        return [["member", None, add(item)] for item in base.__iter__(o)]
    if cls is types.FunctionType:
        parts = [("__closure__", o.__closure__), ("__defaults__", o.__defaults__), ("__kwdefaults__", o.__kwdefaults__)]
    elif cls is types.CellType:
        try:
            parts = [("cell_contents", o.cell_contents)]
        except ValueError:
            parts = []
    elif cls is types.MethodType:
        parts = [("__func__", o.__func__), ("__self__", o.__self__)]
    elif issubclass(cls, BaseException):
        parts = [(name, EXCEPTION[name].__get__(o)) for name in EXCEPTION]
    elif issubclass(cls, type) and o.__flags__ & 1 << 9:
        return [["name", add(key), add(value)] for key, value in type.__dict__["__dict__"].__get__(o).items()
                if key not in ("__dict__", "__weakref__")]
    else:
        return []
    return [["field", name, add(value)] for name, value in parts if value is not None]


def value(o):
    """What can be said of a value in text, or None."""
    cls = type(o)
    if o is None or cls is bool:
        return str(o)
    if issubclass(cls, int):
        return int.__repr__(o)
    if issubclass(cls, float):
        return float.__repr__(o)
    if issubclass(cls, str):
        return ascii(str.__getitem__(o, slice(100)))
    if issubclass(cls, (bytes, bytearray)):
        return repr(bytes(cls.__getitem__(o, slice(100))))
    return repr(o) if cls is complex else None


def length(o):
    for base in (list, tuple, dict, set, frozenset, str, bytes, bytearray):
        if issubclass(type(o), base):
            return base.__len__(o)


def frames_from(frame, add):
    """[function, line, {name: address}] of each frame of the program, the innermost first."""
    told = []
    while frame is not None:
        if own(frame.f_code):
            learn(frame.f_code)
            local = frame.f_locals
            told.append([copy(frame.f_code.co_qualname), frame.f_lineno,
                         {copy(name): add(local[name]) for name in local if name not in ("look", "__builtins__")}])
            if frame.f_code.co_flags & 1:  # a snapshot, which would count
                local.clear()
        frame = frame.f_back
    return told


def running():
    """The program's frames on all stacks."""
    told = []
    for frame in sys._current_frames().values():
        while frame is not None:
            if own(frame.f_code):
                told.append(frame)
            frame = frame.f_back
    return told


def suspended(add):
    """As frames_from, of generators and coroutines that have begun and wait."""
    told, busy = [], running()
    for g in gc.get_objects():
        kind = {types.GeneratorType: "gi", types.CoroutineType: "cr", types.AsyncGeneratorType: "ag"}.get(type(g))
        if kind is None or not own(getattr(g, kind + "_code")):
            continue
        frame = getattr(g, kind + "_frame")
        begun = frame is not None and (getattr(g, kind + "_suspended") if kind != "ag" else frame.f_lasti > BEGINS)
        if begun and frame not in busy:
            told.append(frames_from(frame, add)[0])
    return told


def holds(o, add):
    """Contents and, for instances of the program's classes, attributes."""
    told = contents(o, add)[:BREADTH]
    cls = type(o)
    if cls.__flags__ & 1 << 9 and cls.__module__ in OWN and not issubclass(cls, type):
        told += [["attribute" if v is not cls else "unsure", name, add(v)] for name, v in attributes(o)]
    return told


def count(found, i):
    """References to an object, without that of `found`; None for a string that is a name: the interpreter's own lookups hold those
    for a while, so that a look changes their counts."""
    if type(found[i]) is str and (sys.intern(copy_text(found[i])) is found[i] or copy_text(found[i]) in names):
        return None
    return sys.getrefcount(found[i]) - 2


def copy_text(text):
    return "".join([text[:1], text[1:]])


def see():
    found, place = [], {}

    def add(o):
        if id(o) not in place:
            place[id(o)] = len(found)
            found.append(o)
        return id(o)

    frame = sys._getframe(2)
    here = threading.get_ident()
    threads = [frames_from(f, add) for ident, f in sys._current_frames().items() if ident != here]
    seen = {"frames": frames_from(frame, add), "threads": threads, "suspended": suspended(add)}
    del frame
    held, at = {}, 0
    for _ in range(LEVELS):
        end = len(found)
        while at < end and at < MOST:
            held[id(found[at])] = holds(found[at], add)
            at += 1
    del add
    rows = {}
    for i in range(at):
        o = id(found[i])
        rows[o] = [f"{type(found[i]).__module__}.{type(found[i]).__qualname__}", length(found[i]), value(found[i]), held[o]]
    for i in range(at):
        rows[id(found[i])].append(count(found, i))
    seen["objects"] = rows
    return seen


def look():
    """Sees, if this call is wanted."""
    global calls
    calls = call = calls + 1
    if call not in WANTED:
        return
    enabled = gc.isenabled()
    gc.disable()
    sys.stdout.write(f"\x01look {call}\n")
    seen = see()
    with open(os.environ["LOOK_FILE"], "a", encoding="ascii") as out:
        print(json.dumps({"call": call, **seen}), file=out)
    del seen
    if enabled:
        gc.enable()


def at_end():
    if not WANTED:
        with open(os.environ["LOOK_FILE"], "w", encoding="ascii") as out:
            print(calls, file=out)


import atexit  # noqa: E402

atexit.register(at_end)
sys.setswitchinterval(1000)
