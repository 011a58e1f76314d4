"""What the options --map, --stats and --json print when a program ends."""

from _see import summary as _summary

from limpid import _text, process

_STDERR = 2


def stats():
    """The figures of --stats as plain data: bytes by part of the resident memory, and the heap."""
    whole = _summary()
    whole["kinds"] = {name: dict(zip(("blocks", "bytes", "large_blocks", "large_bytes"), row))
                      for name, *row in whole["kinds"]}
    whole["types"] = [{"type": name, "blocks": blocks, "bytes": size} for name, blocks, size in whole["types"]]
    return {"heap": whole, "rss": process.rss().to_dict()}


def report(map, statistics, json):
    """The text for stderr or a file; of the statistics only JSON is made here."""
    if not json:
        return process.map().text(_text.width(_STDERR), _text.has_colour(_STDERR)) + "\n"
    from json import dumps

    whole = {}
    if statistics or not map:
        whole["stats"] = stats()
    if map:
        whole["map"] = process.map().to_dict()
    return dumps(whole) + "\n"
