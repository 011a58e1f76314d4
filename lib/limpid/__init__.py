"""What the memory of this process holds, at any moment, without having been asked to record.

Each function lives in a module of the package, which is imported when the function is first asked for."""

from limpid._look import look as _look

_HOMES = {
    "assert_freed": "checks",
    "assert_no_cycles": "checks",
    "assert_no_growth": "checks",
    "by_owner": "blocks",
    "by_type": "blocks",
    "bytes": "objects",
    "cycles": "graph",
    "counted": "limits",
    "diff": "capture",
    "dominators": "graph",
    "draw": "pictures",
    "export": "capture",
    "heap": "blocks",
    "largest": "blocks",
    "limit": "limits",
    "load": "capture",
    "log": "allocations",
    "map": "process",
    "paths": "graph",
    "pins": "pinned",
    "referrers": "graph",
    "refs": "graph",
    "retained": "graph",
    "rss": "process",
    "same": "objects",
    "see": "seeing",
    "see_step": "steps",
    "snapshot": "capture",
    "stack": "stacks",
    "waste": "blocks",
    "what_if": "graph",
    "where": "objects",
}

__all__ = sorted(_HOMES)


@_look
def __getattr__(name):
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'limpid' has no attribute {name!r}")
    module = __import__("limpid." + home, fromlist=[name])
    value = globals()[name] = getattr(module, name)
    return value


def __dir__():
    return sorted({*globals(), *_HOMES})
