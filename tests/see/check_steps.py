#!/usr/bin/env python3.11
"""Recordings as other files: a step as SVG, profiles for speedscope and flame graphs, a trace for Chrome and Perfetto.

usage: check_steps.py --limpid BINARY [-k TEXT] [-v]
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

from harness import main

PROGRAM = """\
class Node:
    def __init__(self, key, left=None):
        self.key, self.left = key, left

def build(n):
    if n == 0:
        return None
    return Node(n * 1000, build(n - 1))

def gen(items):
    for item in items:
        yield item

tree = build(3)
names = ["pear", "<b>&\\u202e\\ud800"]
alias = names
alias.append({"a": (1, 2.5)})
for name in gen(names):
    last = name
try:
    tree.missing
except AttributeError:
    print("not there")
"""
SVG = "{http://www.w3.org/2000/svg}"


class Recorded:
    """A recording of a program, made once, and what `limpid -m limpid` makes of it."""

    def __init__(self, source):
        self.source, self.folder = source, None

    def __call__(self, limpid):
        if self.folder is None:
            self.holder = tempfile.TemporaryDirectory()
            self.folder, self.limpid = self.holder.name, limpid.binary
            with open(os.path.join(self.folder, "prog.py"), "w", encoding="utf-8", errors="surrogatepass") as out:
                out.write(self.source)
            self.run("--record=rec", "prog.py")
        return self

    def run(self, *arguments, status=0):
        done = subprocess.run([self.limpid, *arguments], capture_output=True, text=True, cwd=self.folder, timeout=300)
        assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def export(self, name, *options):
        self.run("-m", "limpid", "export", "rec", name, *options)
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return file.read()

    def steps(self):
        """(number, operation, function, line) of each stop, as the page numbers them."""
        text = self.run("-c", "import limpid\nr = limpid.load('rec')\nat = 0\nfor operation, state in r:\n    if operation == 'UNWIND': continue\n    at += 1\n"
                        "    frame = state.left if operation in ('RETURN', 'YIELD') else state.stack[-1]\n"
                        "    print(at, operation, frame.code.name, frame.line)\nassert at == len(r) and r.complete\n")
        return [(int(at), operation, name, int(line)) for at, operation, name, line in map(str.split, text.splitlines())]


made = Recorded(PROGRAM)


def texts(svg):
    return [e.text for e in ElementTree.fromstring(svg).iter(SVG + "text")]


def check_svg(limpid):
    """Each step is a document without scripts, styles and references; the same each time; source, frames, objects are in it."""
    m = made(limpid)
    steps = m.steps()
    for at in (1, 2, len(steps) // 2, len(steps)):
        svg = m.export("a.svg", f"--step={at}")
        root = ElementTree.fromstring(svg)
        assert {e.tag.removeprefix(SVG) for e in root.iter()} <= {"svg", "title", "rect", "text", "path", "circle"}
        assert not re.search(r"<script|<style|href|url\(|class=", svg) and svg == m.export("b.svg", f"--step={at}")
        assert texts(svg)[0].startswith(f"step {at} of {len(steps)}: {steps[at - 1][2]}, line {steps[at - 1][3]}"), texts(svg)[0]
        width, height = float(root.get("width")), float(root.get("height"))
        for e in root.iter(SVG + "rect"):
            if e.get("x"):
                assert 0 <= float(e.get("x")) and float(e.get("x")) + float(e.get("width")) <= width
                assert 0 <= float(e.get("y")) and float(e.get("y")) + float(e.get("height")) <= height
        yield f"step {at}"


def check_picture(limpid):
    """Boxes, arrows, what is new, what is shared; hostile texts stay texts."""
    m = made(limpid)
    at = next(at for at, operation, name, line in m.steps() if operation == "STEP" and (name, line) == ("gen", 11))
    found = texts(m.export("a.svg", f"--step={at}", "--source=0"))
    assert found.count("Node") == 4 and found.count("list") == 1 and found.count("dict") == found.count("tuple") == 1, found
    assert any(text.startswith('"<b>&\\u202e') for text in found) and "class Node" in found and "3000" in found and "gen" in found, found
    svg = m.export("a.svg", f"--step={at}", "--source=0")
    assert svg.count("<circle") == 9, svg.count("<circle")  # tree, names, alias, the generator, items; 2 left; dict, tuple
    yield "objects"
    ret = next(at for at, operation, name, line in m.steps() if operation == "RETURN" and name == "Node.__init__")
    found = texts(m.export("a.svg", f"--step={ret}"))
    assert "returns None" in found and "self" in found and "self.key, self.left = key, left" in [text.strip() for text in found], found
    yield "a return"
    error = next(at for at, operation, name, line in m.steps() if operation == "RAISE")
    assert any(text.startswith("raises AttributeError") for text in texts(m.export("a.svg", f"--step={error}")))
    assert "not there" in texts(m.export("a.svg"))
    yield "an exception, output"
    dark = m.export("a.svg", "--step=5", "--theme=dark")
    assert '"#1b1c1e"' in dark and '"#ffffff"' not in dark
    every = texts(m.export("a.svg", f"--step={at}", "--every"))
    assert "str" in every and "__name__" in every, every
    yield "options"


def check_more(limpid):
    """What does not fit is counted."""
    m = Recorded("items = list(range(5000))\nx = 1\n")(limpid)
    assert "… 4,970 more" in texts(m.export("a.svg"))


def check_seek(limpid):
    """A late step of a long recording needs only its part of the journal, and is the same."""
    m = Recorded("total = 0\nfor i in range(60000):\n    item = [i, str(i)]\n    total += len(item)\n")(limpid)
    for step in (3, 100_001, 150_000):
        found = texts(m.export("a.svg", f"--step={step}", "--source=0"))
        i = (step - 3) // 3
        assert found[0].startswith(f"step {step:,} of 180,003"), found[0]
        wanted = {3: None, 100_001: (33332, "total += "), 150_000: (49999, "")}[step]
        assert wanted is None or str(wanted[0]) in found, (i, found)
        yield f"step {step}"


def check_speedscope(limpid):
    """Stacks of lines by steps, births and bytes; frames are there, weights add up."""
    m = made(limpid)
    data = json.loads(m.export("a.speedscope.json"))
    assert data["$schema"] == "https://www.speedscope.app/file-format-schema.json"
    frames = data["shared"]["frames"]
    for profile in data["profiles"]:
        assert profile["type"] == "sampled" and profile["unit"] in ("none", "bytes") and profile["startValue"] == 0
        assert len(profile["samples"]) == len(profile["weights"]) and sum(profile["weights"]) == profile["endValue"]
        assert all(0 <= i < len(frames) for sample in profile["samples"] for i in sample)
    steps = [row for row in m.steps() if row[1] == "STEP"]
    assert [p["name"] for p in data["profiles"]] == ["steps", "births", "bytes", "allocated", "live"] and data["profiles"][0]["endValue"] == len(steps)
    assert any(frame["name"] == "build:8" and frame["line"] == 8 and frame["file"].endswith("prog.py") for frame in frames)


def check_collapsed(limpid):
    """One line for each stack."""
    m = made(limpid)
    rows = [line.rpartition(" ") for line in m.export("a.collapsed").splitlines()]
    assert sum(int(n) for _, _, n in rows) == sum(row[1] == "STEP" for row in m.steps())
    assert any(stack.count("build (") == 4 for stack, _, _ in rows)
    born = [line.rpartition(" ") for line in m.export("a.collapsed", "--of=births").splitlines()]
    assert sum(int(n) for stack, _, n in born if "build (" in stack) >= 3, born
    made_by = [line.rpartition(" ") for line in m.export("a.collapsed", "--of=allocated").splitlines()]
    assert sum(int(n) for stack, _, n in made_by if stack.endswith("prog.py:8)")) >= 3 * 48, made_by
    m.run("--record=lean", "--lean", "prog.py")
    assert m.run("-m", "limpid", "export", "lean", "a.collapsed", "--of=live", status=1).startswith("limpid: the recording does not tell of allocations")


def check_trace(limpid):
    """Chrome's trace events: every call begins and ends on its thread, in the order of time."""
    m = made(limpid)
    data = json.loads(m.export("a.trace.json"))
    events, open_, last = data["traceEvents"], {}, 0
    for e in events:
        assert {"ph", "pid", "tid", "ts"} <= set(e) and e["ph"] in "BEMCi" and isinstance(e["ts"], int), e
        assert e["ph"] == "M" or e["ts"] >= last, (e, last)
        last = max(last, e["ts"])
        stack = open_.setdefault(e["tid"], [])
        if e["ph"] == "B":
            stack.append(e["name"])
        elif e["ph"] == "E":
            stack.pop()
        elif e["ph"] == "C":
            assert all(isinstance(value, int) for value in e["args"].values())
        elif e["ph"] == "i":
            assert e["s"] in "gpt"
    assert not any(open_.values()), open_
    assert sum(e["ph"] == "B" and e["name"] == "build" for e in events) == 4
    assert any(e["ph"] == "i" and e["name"] == "AttributeError" for e in events)


def holds(schema, definitions, value):
    """Whether a value is as the schema says: the part of JSON Schema that tools/schema.py uses."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].removeprefix("#/$defs/")]
    if "const" in schema:
        return value == schema["const"]
    if schema["type"] == "array":
        return isinstance(value, list) and all(holds(schema["items"], definitions, item) for item in value)
    if schema["type"] == "object":
        return (isinstance(value, dict) and set(value) == set(schema["required"]) == set(schema["properties"])
                and all(holds(part, definitions, value[name]) for name, part in schema["properties"].items()))
    return isinstance(value, {"integer": int, "string": str}[schema["type"]]) and bool(re.search(schema.get("pattern", ""), str(value)))


def check_schema(limpid):
    """Rows as JSON are what docs/recording.schema.json says, which is what the lists in src/see say."""
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    subprocess.run([sys.executable, os.path.join(root, "tools", "schema.py"), "--check"], check=True)
    with open(os.path.join(root, "docs", "recording.schema.json"), encoding="utf-8") as file:
        schema = json.load(file)
    m = made(limpid)
    rows = [json.loads(line) for line in m.export("a.jsonl").splitlines()]
    for row in rows:
        name = row.get("op") or row["chunk"]
        assert {"$ref": f"#/$defs/{name}"} in schema["oneOf"] and holds(schema["$defs"][name], schema["$defs"], row), row
    names = [row.get("op") for row in rows]
    assert names.count("STEP") == sum(row[1] == "STEP" for row in m.steps()) and names[-1] == "END" or "END" in names
    assert any(row.get("chunk") == "CODE" and row["name"] == "build" and [slot["slot"] for slot in row["rows"]] == ["n"] for row in rows)
    assert any(row.get("chunk") == "SRCE" and row["text"] == PROGRAM for row in rows)


def check_command(limpid):
    """limpid -m limpid: pages, summaries; mistakes end it with a message."""
    m = made(limpid)
    assert m.run("-m", "limpid", "show", "rec").startswith(f"<Recording of {len(m.steps())} steps in 5 functions of 1 files>")
    assert m.run("-m", "limpid", "page", "rec") == "open rec.html\n"
    assert 'id="recording"' in open(os.path.join(m.folder, "rec.html"), encoding="utf-8").read()
    yield "show, page"
    for arguments, message in ((("export", "rec", "a.svg", "--step=0"), "limpid: the recording has"), (("export", "rec", "a.pdf"), "limpid: no format for 'a.pdf'"),
                               (("export", "rec", "a.svg", "--theme=blue"), "limpid: theme must be one of light, dark"),
                               (("export", "none", "a.svg"), "limpid: [Errno 2]"), (("export", "rec", "a.svg", "x"), "limpid: 'x' is no option")):
        assert m.run("-m", "limpid", *arguments, status=1).startswith(message), arguments
        yield " ".join(arguments)
    assert m.run("-m", "limpid", status=2).startswith("usage: limpid -m limpid show FILE")


main(globals())
