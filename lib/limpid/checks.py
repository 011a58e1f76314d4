"""Assertions about memory for tests.  They raise AssertionError with a short message that names line and holder."""

import weakref
from types import BuiltinFunctionType, BuiltinMethodType, FunctionType, MethodType

import _see
from limpid import _text
from limpid._look import look
from limpid._name import birth, describe, is_a, type_name
from limpid.graph import _cycles, _path

_FUNCTIONS = (FunctionType, MethodType, BuiltinFunctionType, BuiltinMethodType)


def _made(value):
    where = birth(value)
    return f", made at {where}," if where else ""


def _way(way):
    """Holder and line of a way: "module app → CACHE → ['k']"."""
    return str(_path(*way))


@look
def _why_held(value):
    way = _see.held(value)
    if way is None:
        return None
    if way[0] is not None:
        return f"{describe(value)}{_made(value)} is still held by {_way(way)}"
    for cycle in _cycles(way[1]):
        if id(value) in cycle.ids:
            return f"{describe(value)}{_made(value)} waits for the collector: {cycle}"
    return f"{describe(value)}{_made(value)} waits for the collector: it hangs on garbage in cycles"


def assert_freed(target, /):
    """Assert that an object is freed, or would be as soon as the caller lets go of it.

    target: a weak reference, which must be dead; or a function, which is called without arguments and whose result nobody
    else may hold; or any other object, which nothing may hold but variables of the function that calls (at module level:
    of the module).  The message names what holds it: "Session at 0x… is still held by module app → SESSIONS → ['k9']"."""
    if is_a(target, weakref.ref):
        value, target = target(), None
        if value is None:
            return
    elif any(type(target) is cls for cls in _FUNCTIONS):
        value, target = target(), None
    else:
        value, target = target, None
    message = _why_held(value)
    if message is not None:
        raise AssertionError(message)


@look
def _what_grew(memory, calls):
    types, containers = _see.grown(memory, calls)
    more = None
    if types:
        cls, number, size, example, ways = types[0]
        more = f"{number:,} {type_name(cls)} more"
    if containers:
        value, before, after, ways = containers[0]
        held = f", held by {_way(ways[0])}," if ways else ""
        inside = f"; {more}, {_text.size(size)}{_made(example).rstrip(',')}" if more else ""
        return f"{describe(value)}{held} grew from {before:,} to {after:,} items in {calls} calls{inside}"
    if more:
        held = f" is held by {_way(ways[0])}" if ways else ""
        return f"{more} after {calls} calls, {_text.size(size)}: {describe(example)}{_made(example)}{held}"
    return None


def assert_no_growth(function, /, *args, calls=5, warm_up=3, **kwargs):
    """Assert that calling function(*args, **kwargs) again and again leaves nothing behind that can be reached.

    After `warm_up` calls, in which caches fill, the objects that can be reached from the runtime's roots are noted; after
    `calls` more nothing may have grown by one or more a call: neither the number of objects of a type nor the items of a
    container.  Garbage that waits for the collector is no growth (assert_no_cycles finds it).  The message names what grew
    and what holds it: "25 Session more after 5 calls: Session at 0x… is held by module app → SESSIONS → [31]"."""
    for _ in range(warm_up):
        function(*args, **kwargs)
    memory = _see.remember()
    for _ in range(calls):
        function(*args, **kwargs)
    message = _what_grew(memory, calls)
    if message is not None:
        raise AssertionError(message)


class _NewCycles:
    """Context manager: cycles that are there at its end but were not at its beginning fail."""

    def __enter__(self):
        self.known = _known_cycles()
        return self

    def __exit__(self, kind, value, trace):
        if kind is None:
            _fail_for_cycles(self.known)


@look
def _known_cycles():
    return {address for cycle in _cycles(_see.cycles(1_000_000)) for address in cycle.ids}


@look
def _new_cycles(known):
    found = [cycle for cycle in _cycles(_see.cycles(1_000_000)) if not known.issuperset(cycle.ids)]
    if not found:
        return None
    more = "" if len(found) == 1 else f" and {_text.count(len(found) - 1, 'more cycle')}"
    return f"only the collector can free {found[0]}{more}"


def _fail_for_cycles(known):
    message = _new_cycles(known)
    if message is not None:
        raise AssertionError(message)


def assert_no_cycles(function=None, /, *args, **kwargs):
    """Assert that there is no garbage that only the collector can free.

    Three ways to use it: `assert_no_cycles(function, *args, **kwargs)` calls the function and fails for cycles that it has left
    behind; `with assert_no_cycles():` does the same for a block; and a plain `assert_no_cycles()` fails for any in the
    whole heap.  Nothing is collected, but a collection that the program's own allocations bring about in between takes
    cycles away; switch it off (gc.disable()) where every one counts.  The message shows one way round the largest."""
    if function is not None:
        with _NewCycles():
            function(*args, **kwargs)
        return None
    if not _see.begins_block():
        _fail_for_cycles(frozenset())
    return _NewCycles()
