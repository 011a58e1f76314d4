"""What the memory of this process holds, at any moment, without having been asked to record.

Each function lives in a module of the package, which is imported when the function is first asked for."""

_HOMES = {
    "map": "process",
    "rss": "process",
    "snapshot": "capture",
    "load": "capture",
    "diff": "capture",
    "export": "capture",
}

__all__ = sorted(_HOMES)


def __getattr__(name):
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'limpid' has no attribute {name!r}")
    module = __import__("limpid." + home, fromlist=[name])
    value = globals()[name] = getattr(module, name)
    return value


def __dir__():
    return sorted({*globals(), *_HOMES})
