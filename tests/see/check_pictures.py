#!/usr/bin/env python3.11
"""limpid.draw(): each picture is drawn from live programs, and shows the elements and relations that it is about, in all three forms.

usage: check_pictures.py --limpid BINARY [-k TEXT] [-v]
"""
import pathlib

from harness import main

NAMES = [f"P{number:02}" for number in range(1, 39)]

# Each picture's data is `d`, its text `t`; p() draws it from a program that stands in multiply(), called by add() and main().
PROGRAM = """
import gc, json, sys, xml.etree.ElementTree as ET
import limpid

class Pair:
    def __repr__(self): raise SystemExit("__repr__ was called")
    __str__ = __eq__ = __hash__ = __len__ = __iter__ = __sizeof__ = __repr__
    @property
    def named(self): raise SystemExit("a property was read")

x = 42
y = x
z = [1, 2, 3]
pair = Pair()

def p(name, *args, **options):
    drawn = limpid.draw(name, *args, **options)
    ascii = drawn.text(ascii=True)
    assert ascii.isascii() and len(ascii) == len(drawn.text()), name
    assert str(drawn) == drawn.text() and all(line == line.rstrip() for line in drawn.text().splitlines())
    tree = ET.fromstring(drawn.svg())
    assert tree.tag == "{http://www.w3.org/2000/svg}svg"
    words = " ".join(e.text or "" for e in tree.iter("{http://www.w3.org/2000/svg}text"))
    plain = json.loads(drawn.json())
    assert plain["picture"] == name and plain["title"] and plain["data"]
    return plain["data"], drawn.text(), words

def multiply(a, b):
    look()
    result = a * b
    return result

def add(x, y):
    items = [x, y]
    other = items
    thing = pair
    sum_ = x + y
    product = multiply(sum_, 2)
    return product

def main():
    answer = add(5, 3)
"""


def _in_multiply(body):
    return PROGRAM + "def look():\n" + "\n".join("    " + line for line in body.strip().splitlines()) + "\nmain()\n"


SANITIZERS = ("P01", "P15", "P16", "P29", "P31", "P38")     # malloc, stacks and mappings are the sanitizer's there

CHECKS = {
    "P01": """
d, t, w = p("P01", z, 42)
assert d["mapped"] == d["vm_size"], (d["mapped"], d["vm_size"])
at = {s["kind"]: s["low"] for s in reversed(d["sections"])}
assert at["text"] < at["data"] < at["bss"] < at["heap"] < at["stack"] < d["kernel"]
lows = [s["low"] for s in d["sections"]]
assert lows == sorted(lows, reverse=True) and t.splitlines()[0] == "High addresses" and t.splitlines()[-1] == "Low addresses"
assert f"list [1, 2, 3] at {id(z):#x}" in t and f"int 42 at {id(42):#x}" in t and "↓" in t and "↑" in t and "Kernel space" in w
d, t, w = p("P01", four=True)
assert list(d["segments"]) == ["code", "global", "heap", "stack"] and all(d["segments"].values())
""",
    "P02": """
d, t, w = p("P02", function="multiply")
frames = d["frames"]
assert [f["function"] for f in frames] == ["<module>", "main", "add", "multiply"]
for a, b in zip(frames, frames[1:]):
    assert b["previous"] == a["address"] and b["address"] == a["address"] + a["size"], (a, b)     # link, and side by side
    assert b["returns_to"] == {"frame": a["address"], "offset": a["offset"]}
assert frames[0]["returns_to"] is None
slots = {s["name"]: s for s in frames[3]["slots"]}
assert slots["a"]["target"]["value"] == "8" and slots["a"]["address"] == id(8) and slots["result"]["address"] == 0
assert "result = ?" in t and f"a → {id(8):#x}" in t and "grows upward" in t
""",
    "P03": """
kept = [bytes(70) for _ in range(2000)]
del kept[::2]
d, t, w = p("P03", kept[700])
assert d["live"].count("#") == d["used"] and len(d["live"]) == d["capacity"] and d["live"][d["index"]] == "#"
assert len(d["free"]) == d["capacity"] - d["used"] > 5 and id(kept[700]) == d["first"] + d["index"] * d["block"]
assert t.count("■") == d["used"] + 1 and t.count("□") == len(d["free"]) + 1
for block in d["free"]:
    assert d["live"][(block - d["first"]) // d["block"]] == "."
assert f"free list: {d['free'][0]:#x} → {d['free'][1]:#x}" in t
""",
    "P04": """
d, t, w = p("P04", function="add")
arrows = {a["from"]: a["to"] for a in d["arrows"]}
objects = {o["address"]: o for o in d["objects"]}
assert arrows["items"] == arrows["other"] and len(objects) == len(set(arrows.values()))
items = objects[arrows["items"]]
assert items["type"] == "list" and items["refcount"] == 2 and items["value"] == "[5, 3]" and items["segment"] == "arena"
assert [h["target"]["address"] for h in items["holds"]] == [id(5), id(3)]
assert objects[arrows["x"]]["static"] and objects[arrows["x"]]["segment"].startswith("static")
assert objects[arrows["thing"]]["value"] == "Pair object" and objects[arrows["thing"]]["address"] == id(pair) and objects[arrows["thing"]]["refcount"] == 2
assert t.count("→│") == len(objects) and "ob_refcnt" in t and "ob_type" in t
""",
    "P05": """
d, t, w = p("P05", function="multiply")
assert [(s["name"], s["address"]) for s in d["slots"]] == [("a", id(8)), ("b", id(2))]
assert f"a: {id(8):#x}" in t and "int 8, 28 bytes, static" in t
""",
    "P06": """
d, t, w = p("P06")
for o, n in zip(d["objects"], (42, -42, 1 << 30, 1000)):
    f = {x["field"]: bytes.fromhex(x["bytes"]) for x in o["fields"]}
    size = int.from_bytes(f["ob_size"], "little", signed=True)
    digits = [int.from_bytes(f[f"ob_digit[{i}]"], "little") for i in range(abs(size))]
    assert sum(v << 30 * i for i, v in enumerate(digits)) * (1 if size > 0 else -1) == n
    assert int.from_bytes(f["ob_type"], "little") == id(int) and [x["offset"] for x in o["fields"]][:4] == [0, 8, 16, 24]
    assert o["used"] == sys.getsizeof(n) and o["block"] >= o["used"]
d, t, w = p("P06", z)
f = {x["field"]: x for x in d["objects"][0]["fields"]}
assert f["ob_size"]["value"] == "3" and int(f["ob_item"]["value"], 16) == d["objects"][0]["buffers"][0]["address"]
""",
    "P07": """
d, t, w = p("P07")
for o, word in zip(d["objects"], ("Alice", "caf\\u00e9", "\\u041f\\u0438\\u0442\\u043e\\u043d", "\\U0001f40d")):
    f = {x["field"]: x for x in o["fields"]}
    raw, kind = bytes.fromhex(f["(characters)"]["bytes"]), {"ascii": 1}.get("", int(f["state"]["value"].split("kind=")[1][0]))
    assert raw.decode({1: "latin-1", 2: "utf-16-le", 4: "utf-32-le"}[kind])[:-1] == word and o["used"] == sys.getsizeof(word)
    assert f["length"]["value"] == str(len(word)) and f["(characters)"]["offset"] == (48 if word.isascii() else 72)
""",
    "P08": """
d, t, w = p("P08")
assert sum(part["bytes"] for part in d["int"]) == 28 == sys.getsizeof(42)
for row in d["rows"]:
    assert sum(int(n) for n in row["parts"].split() if n.isdigit()) == row["bytes"], row
assert "object() " not in t and len(d["rows"]) == 8
""",
    "P09": """
d, t, w = p("P09")
assert [f["function"] for f in d["frames"]][:4] == ["<module>", "main", "add", "multiply"] and d["frames"][-1]["current"]
assert "add() frame" in t and "Current" in t and 'File "<string>", line' in t and all(f["line"] > 0 for f in d["frames"])
""",
    "P10": """
d, t, w = p("P10")
assert d["python"] == 24 + sum(map(sys.getsizeof, (42, 3.14, "hello"))) == 130 and d["sums"]["cpp_stack"] == 44 and abs(d["ratio"] - 130 / 44) < 1e-9
""",
    "P11": """
items = [10 ** 6 + i for i in range(5)]
d, t, w = p("P11", items)
assert [i["address"] for i in d["items"]] == [id(i) for i in items] and d["length"] == 5 <= d["allocated"] and d["native"] == 20
assert d["total"] == sys.getsizeof(items) + sum(map(sys.getsizeof, items)) and d["array_bytes"] == items.__sizeof__() - 40
assert {i["segment"] for i in d["items"]} == {"arena"} and f"{id(items[0]):#x}" in t
d, t, w = p("P11", [])
assert d["total"] == 40 and d["native"] == 0
""",
    "P12": """
d, t, w = p("P12", 200)
grown, last, rows = [], 0, []
for n in range(1, 201):
    grown.append(None)
    room = (grown.__sizeof__() - 40) // 8
    if room != last:
        rows.append((n, room))
        last = room
assert [(r["append"], r["allocated"]) for r in d["rows"]] == rows and "█" in t and "░" in t
""",
    "P13": """
d, t, w = p("P13")
live = [r for r in d["rows"] if r["live"]]
assert len(live) == 6 and all(r["ns"] > 0 for r in d["rows"]) and t.count("recorded") >= 4 and d["heap_by_stack"] > 5
""",
    "P14": """
d, t, w = p("P14")
assert d["on_stack"][0].startswith("sub rsp") and any("malloc" in line for line in d["on_heap"]) and "recorded" in t and "the allocation" in t
""",
    "P15": """
o = object()
d, t, w = p("P15", o)
totals = d["totals"]
assert sum(v for k, v in totals.items() if k != "all arenas") == totals["all arenas"] == len(d["arenas"]) * d["arena_size"]
pools = sum(c["pools"] for c in d["classes"]) + d["unused_pools"]
assert pools * d["pool_size"] == totals["all arenas"] and d["opened"]["block"] == 16
assert f"block {id(o):#x} (16 bytes) in use  ← " in t and "├── " in t and "└── " in t
""",
    "P16": """
d, t, w = p("P16", 40, 512, 513, 200_000)
small, most, large, mapped = d["requests"]
assert small["class"] == 40 and most["class"] == 512 and large["class"] is None and mapped["segment"] == "mmap" and large["segment"] == "malloc"
assert small["pool"] == small["block"] & ~4095 and 0 < small["used"] <= small["capacity"]
""",
    "P17": """
import tracemalloc
try:
    limpid.draw("P17")
    raise SystemExit("drawn without tracing")
except ValueError:
    pass
tracemalloc.start()
kept = [str(i) * 5 for i in range(5000)]
d, t, w = p("P17")
tracemalloc.stop()
assert 0 < d["current"] <= d["peak"] and len(d["rows"]) == 3 and d["rows"][0]["size"] >= d["rows"][1]["size"] and d["rows"][0]["count"] > 4000
""",
    "P18": """
def make():
    held = [1, 2]
    return lambda: held
f = make()
d, t, w = p("P18", f)
cell, = d["cells"]
assert d["freevars"] == ["held"] and cell["address"] == id(f.__closure__[0]) and cell["holds"]["address"] == id(f()) and cell["holds"]["refcount"] == 1
assert not d["outer_runs"] and "make()'s frame: gone" in t
""",
    "P19": """
d, t, w = p("P19")
assert [r["aspect"] for r in d["rows"]] == ["Stack", "Heap", "Control", "Overhead", "Speed", "Flexibility"] and d["sizes"]["int"] == 28 and d["blocks"] > 1000
""",
    "P20": """
d, t, w = p("P20", function="add")
frames = [f for f in limpid.draw("P02").data["frames"]]
assert d["return_to"] == frames[1]["address"] and d["instruction"] == d["frame"]["offset"] > 0 and d["sizes"]["stack"] < d["sizes"]["heap"]
assert "╔" in t and "return to main" in t and "instruction at offset" in t
""",
    "P21": """
d, t, w = p("P21")
assert any("std::string" in line for line in d["stack"]) and any("new int" in line for line in d["heap"]) and "recorded" in t
""",
    "P22": """
import dis
d, t, w = p("P22", "c = a + b")
assert d["tokens"][:5] == list("c=a+b") and d["tree"].startswith("Assign(") and d["bytecode"] == compile("c = a + b", "text", "exec").co_code.hex()
assert [tuple(i) for i in d["instructions"]] == [(i.offset, i.opname, i.argrepr) for i in dis.get_instructions(compile("c = a + b", "t", "exec"))]
assert set(d["nanoseconds"]) == {"tokens", "tree", "code", "marshal"} and all(d["nanoseconds"].values())
""",
    "P23": """
d, t, w = p("P23")
rows = {(r["instruction"], r["argument"]): r for r in d["rows"]}
assert [r["instruction"] for r in d["rows"]] == ["RESUME", "LOAD_CONST", "STORE_NAME", "LOAD_CONST", "STORE_NAME", "LOAD_NAME", "LOAD_NAME", "BINARY_OP", "STORE_NAME", "LOAD_CONST", "RETURN_VALUE"]
assert rows["LOAD_NAME", "b"]["stack"] == ["3", "5"] and rows["BINARY_OP", "+"]["stack"] == ["8"] and rows["STORE_NAME", "c"]["names"] == {"a": "3", "b": "5", "c": "8"}
assert max(len(r["stack"]) for r in d["rows"]) == d["stack_size"] == 2
d, t, w = p("P23", "x = [10 ** 20]\\nx.append(1 / 0)\\n")
assert d["error"] == "ZeroDivisionError"
""",
    "P24": """
d, t, w = p("P24", None, "x", "y", "z")
names = {n["from"]: n["to"] for n in d["names"]}
assert names == {"x": id(x), "y": id(x), "z": id(z)} and d["dict"] == id(globals()) and d["segment"] == "arena" and len(d["objects"]) == 2
""",
    "P25": """
d, t, w = p("P25")
n, items = zip(*[m["arguments"] for m in d["moments"]])
assert [m["when"] for m in d["moments"]] == ["caller, before", "inside, before", "inside, after", "caller, after"]
assert n[0]["address"] == n[1]["address"] == n[3]["address"] != n[2]["address"] and len({i["address"] for i in items}) == 1
assert [i["value"] for i in items] == ["[1, 2, 3]"] * 2 + ["[1, 2, 3, 4]"] * 2
assert [(v["rebound"], v["changed"]) for v in d["verdicts"]] == [(True, False), (False, True)]
""",
    "P26": """
d, t, w = p("P26", "multiply")
assert list(d["parts"])[:6] == ["f_code", "f_locals", "f_globals", "f_builtins", "value stack", "f_back"] and "no frame object" in t
assert f"{id(multiply.__code__):#x} multiply" in d["parts"]["f_code"] and d["parts"]["f_back"].endswith(" add")
frame = sys._getframe(1)
d, t, w = p("P26", "multiply")
assert d["object"] == id(frame)
""",
    "P27": """
d, t, w = p("P27")
inner = [f for f in d["frames"] if f["function"] not in ("look", "p")]
assert [(f["function"], f["return_to"]) for f in inner] == [("multiply", "add"), ("add", "main"), ("main", "<module>"), ("<module>", None)]
assert "Locals: a=8, b=2, result=?" in t and "Locals: answer=?" in t and t.startswith("Top of Stack") and t.endswith("Bottom of Stack")
""",
    "P28": """
d, t, w = p("P28")
events = [(r["event"], r["function"]) for r in d["rows"]]
names = ["<module>", "main", "add", "multiply"]
assert events == [("call", n) for n in names] + [("return", n) for n in reversed(names)]
depths = [len(r["stack"]) for r in d["rows"]]
assert depths == [1, 2, 3, 4, 3, 2, 1, 0] and [r["result"] for r in d["rows"]][4:] == ["16", "16", "None", "None"]
""",
    "P29": """
d, t, w = p("P29")
assert d["python"]["frames"] >= 10_000 and d["python"]["frame_bytes"] > 10_000 * 80 and d["python"]["chunks"] > d["now"]["chunks"]
assert abs(d["python"]["c_stack"] - d["now"]["c_stack"]) < 20_000 and d["through_c"]["c_stack"] > d["now"]["c_stack"] + 100 * 1000
assert len(d["rows"]) == 8 and sys.getrecursionlimit() == d["limit"] == 1000
""",
    "P30": """
d, t, w = p("P30")
assert d["chain"][-3:] == ["add", "main", "<module>"] and d["entries"] == 1 and d["loop"] in t and 0 < d["c_stack"] < d["c_limit"]
""",
    "P31": """
d, t, w = p("P31")
e = d["equation"]
assert e["system"] + e["machine"] + e["objects"] == e["mapped"] and min(e.values()) > 0
assert any("libc.so" in name for name in d["libraries"]) and d["tracked"]["function"] > 100 and d["blocks"] > sum(d["tracked"].values()) and "Kernel space" in t
""",
    "P32": """
class Through:
    def __repr__(self):
        found.append(p("P32"))
        return ""
found = []
repr(Through())
d, t, w = found[0]
frames = {f["address"]: f for f in d["frames"]}
assert sorted(a for g in d["groups"] for a in g) == sorted(frames) and len(d["groups"]) == 2, d["groups"]
assert [frames[g[-1]]["entry"] for g in d["groups"]] == [True, True] and not any(frames[a]["entry"] for g in d["groups"] for a in g[:-1])
assert frames[d["groups"][0][-1]]["function"] == "<module>" and [frames[a]["function"] for a in d["groups"][0]][1:4] == ["multiply", "add", "main"]
loops = [c for c in d["c_frames"] if c["runs"]]
assert [c["function"] for c in loops] == ["vm_run"] * 2 and t.count("→│") == 2 and loops[0]["sp"] > loops[1]["sp"]
sp = [c["sp"] for c in d["c_frames"]]
assert sp == sorted(sp, reverse=True) and d["c_stack"]["low"] < sp[-1] + 1 and sp[0] < d["c_stack"]["high"]
add = next(f for f in d["frames"] if f["function"] == "add")
assert add["locals"]["x"] == id(5) and add["locals"]["product"] == 0
""",
    "P33": """
d, t, w = p("P33")
assert [r["feature"] for r in d["rows"]][:5] == ["Code execution", "Stack", "Heap", "GC", "Interpreter?"]
assert "LOAD_FAST LOAD_FAST BINARY_OP STORE_FAST" in t and f"RecursionError at {sys.getrecursionlimit()}" in t
""",
    "P34": """
d, t, w = p("P34")
import os
assert d["process"]["pid"] == os.getpid() and [page["function"] for page in d["pages"]][-4:] == ["multiply", "add", "main", "<module>"] and t.count("┌") == 4
""",
    "P35": """
d, t, w = p("P35")
assert [(r["statement"], r["names"], r["refcount"], r["alive"]) for r in d["rows"]] == [
    ("x = [1, 2, 3]", ["x"], 1, True), ("y = x", ["x", "y"], 2, True), ("del x", ["y"], 1, True), ("del y", [], 0, False)]
d, t, w = p("P35", "x = {}\\nholder = [x]\\ndel x\\nholder.clear()")
assert [r["alive"] for r in d["rows"]] == [True, True, True, False] and d["rows"][2]["names"] == []
""",
    "P36": """
d, t, w = p("P36")
assert d["before"]["refcount"] == 2 and d["before"]["generation"] == 0 and d["lives_without_name"] and d["freed"] and d["found"] >= 1 and gc.isenabled()
assert len(d["statistics"]) == 3 and d["before"]["threshold"] == [700, 10, 10]
""",
    "P37": """
d, t, w = p("P37", "1000", "'hello world!'", "100", "'hello'")
assert [(r["script"], r["prompt"]) for r in d["rows"]] == [(True, False), (True, False), (True, True), (True, True)]
assert [r["prompt_reason"] for r in d["rows"]] == ["two constants in two code objects"] * 2 + ["static", "interned"]
""",
    "P38": """
d, t, w = p("P38")
depths = [m["depth"] for m in d["moments"]]
assert depths == sorted(depths) and depths[0] < 20 and depths[-1] == d["limit"] - 10 and d["message"].startswith("maximum recursion depth exceeded")
assert d["limit"] - 5 < d["reached"] <= d["limit"] + 1 and d["moments"][-1]["chunks"] > d["moments"][0]["chunks"]
""",
}


def picture(limpid, name):
    """Fails if the picture does not show what it should."""
    if not (limpid.sanitized and name in SANITIZERS):
        limpid.run(_in_multiply(CHECKS[name]))


def check_each_picture(limpid):
    """Elements and relations; text, ASCII, SVG that is well-formed XML, JSON."""
    wrong = []
    for name in NAMES:
        try:
            picture(limpid, name)
            yield name
        except AssertionError as error:
            wrong.append(f"{name}: {error}")
    assert not wrong, "\n".join(wrong)


def check_stack_as_in_the_text(limpid):
    """P27 of the text's own program is the text's diagram, as tests/samples has it."""
    samples = pathlib.Path(__file__).resolve().parent.parent / "samples"
    wanted = (samples / "46b_call_stack_at_multiply.expected").read_text(encoding="utf-8").split("multiply() returns")[0]
    source = (samples / "46_multiply_add_main.py").read_text(encoding="utf-8")
    head = "def multiply(a, b):\n"
    assert head in source
    drawn = limpid.run("import limpid\n" + source.replace(head, head + "    print(limpid.draw('P27', addresses=False, format='ascii'))\n"))
    assert drawn.startswith(wanted), drawn


def check_names_and_forms(limpid):
    """Pictures by number and by name; formats as text; what is not there is said."""
    limpid.run(PROGRAM + """
import limpid.pictures
names = limpid.pictures.names()
assert sorted(names) == [f"P{n:02}" for n in range(1, 39)], names
for name, other in names.items():
    assert limpid.pictures.function(name) is limpid.pictures.function(other) is limpid.pictures.function(name.lower())
    assert limpid.pictures.function(name).__doc__.startswith(name + ": "), name
assert limpid.draw("slots", format="ascii").isascii() and limpid.draw("slots", format="svg").startswith("<svg")
assert json.loads(limpid.draw("slots", format="json"))["picture"] == "P05" and isinstance(limpid.draw("slots", format="text"), str)
for wrong in (lambda: limpid.draw("P99"), lambda: limpid.draw("slots", format="gif"), lambda: limpid.draw(7)):
    try:
        wrong()
    except ValueError as error:
        continue
    raise SystemExit("no ValueError")
""")


def check_nothing_changes(limpid):
    """Drawing a picture of the state leaves counts, blocks and collections as they were."""
    limpid.run(PROGRAM + """
import limpid.pictures
state = ["P01", "P02", "P04", "P05", "P09", "P15", "P20", "P24", "P26", "P27", "P30", "P31", "P32", "P34"]
def run():
    marker = []
    for name in state:
        limpid.draw(name)
    blocks, rest = [0] * 4, [None] * 4
    for i in range(4):
        for name in state:
            limpid.draw(name)
        rest[i] = sys.getrefcount(marker), sys.getrefcount(pair), [s["collections"] for s in gc.get_stats()]
        blocks[i] = sys.getallocatedblocks()
    return blocks, rest
blocks, rest = run()
assert rest[1] == rest[2] == rest[3], rest
one_round = 10      # what this test itself keeps of a round: lists of small ints, their numbers
assert blocks[3] - blocks[2] <= one_round and blocks[2] - blocks[1] <= one_round, blocks
""")


def check_hostile_text(limpid):
    """Markup, control characters and wide letters in a program's strings."""
    limpid.run(PROGRAM + """
def f():
    a = "<&>\\x00\\x1b[31m"
    b = "\\U0001f40d\\u4e2d\\u0301"
    c = "x" * 1000
    d = {"<k>": "\\ud800"}
    for name in ("P04", "P05", "P20", "P27", "P30", "P32"):
        p(name)
        assert max(map(len, str(limpid.draw(name)).splitlines())) < 200
f()
""")


if __name__ == "__main__":
    main(globals())
