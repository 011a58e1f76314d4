"""Pictures of the heap: arenas, pools, blocks and holes; the way of a request."""

import _see

from limpid.pictures import facts, layout
from limpid.pictures.canvas import Canvas

_ROW = 64


def draw_heap_holes(of=None, size=None):
    """P03: the blocks of one pool, in order of address: in use or free, and the free ones in the order in which they are handed out.
    of: an object in the pool; or size: of the blocks, for the pool with most holes of that size; by default of all."""
    if of is not None:
        address = id(of)
    else:
        pools = [p for p in _see.pools() if p[2] != "free" and (size is None or p[3] == size)]
        if not pools:
            raise ValueError(f"no pool of {size}-byte blocks")
        address = max(pools, key=lambda p: (min(p[4], p[5] - p[4]), p[1]))[1]
    pool = _see.pool(address)
    if pool is None:
        raise ValueError("that object is in no pool: static, or larger than 512 bytes")
    canvas, live, holes = Canvas(), pool["live"], pool["live"].count(".")
    canvas.text(0, 0, f"Pool {pool['address']:#x}: {pool['capacity']} blocks of {pool['block']} bytes ({pool['kind']}), {pool['used']} in use, {holes} free")
    rows = [live[i:i + _ROW] for i in range(0, len(live), _ROW)]
    canvas.box(0, 1, min(_ROW, len(live)) + 4, len(rows) + 2)
    for y, row in enumerate(rows, 2):
        canvas.dot_row(2, y, row)
    y = len(rows) + 3
    canvas.dot_row(0, y, "#")
    canvas.text(2, y, "block in use")
    canvas.dot_row(17, y, ".")
    canvas.text(19, y, "free block, on the pool's list")
    if of is not None:
        canvas.text(0, y + 1, f"{facts.type_name(of)} {facts.value(of)} is block {pool['index']} at {id(of):#x}")
        y += 1
    order = [f"{a:#x}" for a in pool["free"][:4]]
    canvas.text(0, y + 1, "free list: " + " → ".join(order + (["…"] if len(pool["free"]) > 4 else [])) if order else "free list: empty")
    return "one pool and its holes", {**pool, "object": id(of) if of is not None else None}, canvas


def draw_arenas(of=None, classes=6):
    """P15: arenas, pools by block size, and one pool with its blocks.  of: an object whose pool is opened; classes: how many sizes."""
    pools, canvas = _see.pools(), Canvas()
    arenas = sorted({p[0] for p in pools})
    sizes = {}
    for _, address, kind, size, used, capacity in pools:
        if kind != "free":
            row = sizes.setdefault(size, {"size": size, "pools": 0, "used": 0, "free": 0, "kinds": {}})
            row["pools"] += 1
            row["used"] += used
            row["free"] += capacity - used
            row["kinds"][kind] = row["kinds"].get(kind, 0) + 1
    opened = _see.pool(id(of)) if of is not None else _see.pool(next(p[1] for p in pools if p[2] == "object"))
    if opened is None:
        raise ValueError("that object is in no pool: static, or larger than 512 bytes")
    shown = sorted(sorted(sizes, key=lambda s: -sizes[s]["pools"])[:classes] + ([opened["block"]] if opened["block"] not in sizes else []))
    if opened["block"] not in shown:
        shown = sorted([opened["block"], *shown])
    nodes = []
    for size in shown:
        row = sizes[size]
        inside = []
        if size == opened["block"]:
            inside = [(f"pool {opened['address']:#x}: {opened['kind']}, {opened['used']} of {opened['capacity']} blocks in use", [
                (f"block {opened['first'] + i * size:#x} ({size} bytes) {'in use' if c == '#' else 'free'}"
                 + (f"  ← {facts.type_name(of)} {facts.value(of)}" if of is not None and i == opened["index"] else ""), [])
                for i, c in _around(opened["live"], opened["index"] if of is not None else 0)] + [("…", [])])]
        nodes.append((f"{row['pools']} pool(s) of {size}-byte blocks: {row['used']} in use, {row['free']} free", inside))
    rest = len(sizes) - len(shown)
    unused = sum(p[2] == "free" for p in pools)
    nodes += ([(f"… {rest} more sizes", [])] if rest > 0 else []) + [(f"{unused} unused pools", [])]
    pool_size, arena_size = facts.POOL, facts.ARENA
    y = layout.tree(canvas, 0, 0, (f"{len(arenas)} arenas of {arena_size:,} bytes, each 64 pools of {pool_size:,}", nodes))
    live, free = sum(r["used"] * s for s, r in sizes.items()), sum(r["free"] * s for s, r in sizes.items())
    lost = len(arenas) * arena_size - live - free - unused * pool_size
    totals = [("bytes in blocks in use", live), ("bytes in free blocks", free), ("bytes in unused pools", unused * pool_size),
              ("headers and ends of pools", lost), ("all arenas", len(arenas) * arena_size)]
    layout.table(canvas, 0, y + 1, None, [(name, f"{amount:,}") for name, amount in totals], right=(1,))
    return "arenas, pools, blocks", {"arenas": arenas, "arena_size": arena_size, "pool_size": pool_size, "classes": [sizes[s] for s in sorted(sizes)],
                                     "unused_pools": unused, "opened": opened, "totals": dict(totals)}, canvas


def _around(live, index, most=4):
    start = max(0, min(index - 1, len(live) - most))
    return list(enumerate(live))[start:start + most]


def draw_request(*sizes):
    """P16: for requests of these sizes: the pool or the allocator that serves them, and the block.  It asks for them, as a bytes object."""
    from limpid._look import look

    sizes = sizes or (40, 100, 512, 513, 5000, 200_000)
    if min(sizes) < 33:
        raise ValueError("a request is at least 33 bytes: the smallest bytes object")
    rows, kept = [], []
    for size in sizes:
        kept.append(bytes(size - 33))
        rows.append(look(_one_request)(size, kept[-1]))
    canvas = Canvas()
    layout.lines(canvas, 0, 0, [row["text"] for row in rows])
    return "the way of a request", {"requests": rows}, canvas


def _one_request(size, o):
    place = _see.place(o)
    if place:
        text = (f"request {size} → {place['size']}-byte blocks ({place['kind']}) → pool {place['pool']:#x} → block {id(o):#x}; "
                f"{place['used']} of {place['capacity']} in use")
        return {"request": size, "class": place["size"], "pool": place["pool"], "block": id(o), "used": place["used"], "capacity": place["capacity"], "text": text}
    segment = facts.Places().of(id(o))
    return {"request": size, "class": None, "pool": None, "block": id(o), "segment": segment,
            "text": f"request {size} → larger than 512 → malloc → {id(o):#x} [{segment}]"}
