#!/usr/bin/env python3
"""Exports, each opened by the program that it is for: DevTools of Chromium, heaptrack, valgrind's dh_view, speedscope, dot, xmllint.

usage: check_exports.py --limpid BINARY [-k NAME] [-v]

A reader that is not installed is skipped and counted; `make see-check` installs them (packages.txt).  speedscope is looked for in
build/see/package, where that verb unpacks it.
"""
import contextlib
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

import harness

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SPEEDSCOPE = os.path.join(ROOT, "build", "see", "package", "dist", "release", "index.html")
TEXT = """(() => { let t = ''; const walk = n => { for (const c of n.childNodes) { if (c.nodeType == 3) t += c.data + '\\n';
 else if (c.nodeType == 1 && !['STYLE', 'SCRIPT'].includes(c.tagName)) { if (c.shadowRoot) walk(c.shadowRoot); walk(c); } } };
 walk(document.body); return t; })()"""
DEEP = """(() => { const all = []; const walk = n => { for (const e of n.querySelectorAll('*')) { all.push(e);
 if (e.shadowRoot) walk(e.shadowRoot); } }; walk(document); return all; })()"""

PROGRAM = """
import limpid, sys, os
class Planet:
    def __init__(self, name, moons):
        self.name = name
        self.moons = moons
def discover():
    return [Planet("planet %d" % i, [i, {"radius": i * 1.5}]) for i in range(100)]
folder = sys.argv[1]
with limpid.log(os.path.join(folder, "log")) as log:
    planets = discover()
    for i in range(50):
        scratch = discover()
    del scratch
found = log.load()
for name in ("log.heaptrack", "log.dhat.json", "log.speedscope.json", "log.collapsed"):
    found.export(os.path.join(folder, name))
s = limpid.snapshot()
here = s.at(id(planets[7]))
for name in ("heap.heapsnapshot", "heap.jsonl", "heap.dot", "heap.svg", "heap.collapsed", "heap.speedscope.json", "heap.dhat.json",
             "heap.heaptrack"):
    s.export(os.path.join(folder, name))
s.export(os.path.join(folder, "one.dot"), objects=[here])
s.export(os.path.join(folder, "one.svg"), objects=[id(planets[7])])
limpid.export(os.path.join(folder, "live.heapsnapshot"))
def fails(kind, call):
    try:
        call()
    except kind as e:
        return str(e)
    raise AssertionError("no error")
assert "no format" in fails(ValueError, lambda: s.export(os.path.join(folder, "x.unknown")))
assert "unknown format" in fails(ValueError, lambda: s.export(os.path.join(folder, "x"), "pdf"))
assert "no object" in fails(ValueError, lambda: s.export(os.path.join(folder, "x.dot"), objects=[8]))
fails(OSError, lambda: s.export(os.path.join(folder, "no", "x.dot")))
fails(OSError, lambda: s.export(os.path.join(folder, "no", "x.heapsnapshot")))
rows = {r.type: r for r in s.by_type()}
facts = {"objects": len(s), "planets": rows["__main__.Planet"].objects, "planet_bytes": rows["__main__.Planet"].bytes,
         "live_bytes": sum(r.bytes for r in s.by_type()), "live_blocks": sum(r.objects for r in s.by_type()),
         "total_blocks": sum(k.total[0] for k in found.stacks()), "total_bytes": sum(k.total[1] for k in found.stacks()),
         "end_bytes": found.end_bytes, "peak_bytes": found.peak_bytes, "address": here.address}
import json
print(json.dumps(facts))
with limpid.see(record=os.path.join(folder, "run.rec")):
    again = discover()
for name in ("run.speedscope.json", "run.collapsed"):
    limpid.load(os.path.join(folder, "run.rec")).export(os.path.join(folder, name))
"""


class Made:
    """The exports of one program, made once for all checks."""

    def __init__(self):
        self.folder = None

    def __call__(self, limpid):
        if self.folder is None:
            self.holder = tempfile.TemporaryDirectory()
            self.folder = self.holder.name
            program = os.path.join(self.folder, "planets.py")
            with open(program, "w") as f:
                f.write(PROGRAM)
            done = subprocess.run([limpid.binary, program, self.folder], capture_output=True, text=True, timeout=300)
            assert done.returncode == 0, done.stderr[-3000:]
            self.facts = json.loads(done.stdout)
        return self

    def path(self, name):
        return os.path.join(self.folder, name)

    def text(self, name):
        with open(self.path(name), encoding="utf-8") as f:
            return f.read()


made = Made()


def needs(*programs):
    for program in programs:
        if not (os.path.isabs(program) and os.path.exists(program)) and not shutil.which(program):
            raise harness.Skip(f"{os.path.basename(program)} is not installed")


def browser():
    """The Chromium of the tests of pages (tests/browser), which may read files from files."""
    needs("chromium")
    sys.path.insert(0, os.path.join(ROOT, "tests", "browser"))
    try:
        import driver
    except ImportError as error:
        raise harness.Skip(f"selenium is not installed ({error})") from None
    return contextlib.closing(driver.Browser("chromium", "--allow-file-access-from-files"))


def output(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def check_heapsnapshot_numbers(limpid):
    m = made(limpid)
    for name in ("heap.heapsnapshot", "live.heapsnapshot"):
        d = json.loads(m.text(name))
        snapshot, nodes, edges, strings = d["snapshot"], d["nodes"], d["edges"], d["strings"]
        assert list(d) == ["snapshot", "nodes", "edges", "trace_function_infos", "trace_tree", "samples", "locations", "strings"]
        assert len(nodes) == 7 * snapshot["node_count"] and len(edges) == 3 * snapshot["edge_count"] == 3 * sum(nodes[4::7])
        assert all(0 <= n < 1 << 32 for n in nodes) and all(0 <= n < 1 << 32 for n in edges)
        assert max(nodes[1::7]) < len(strings) and max(edges[2::3]) < len(nodes) and not any(n % 7 for n in edges[2::3])
        assert len(set(nodes[2::7])) == snapshot["node_count"], "identifiers are not unique"
        names = [strings[n] for n in nodes[1::7]]
        assert names.count("__main__.Planet") == m.facts["planets"] == 100
    assert sum(json.loads(m.text("heap.heapsnapshot"))["nodes"][3::7]) == m.facts["live_bytes"]


def check_devtools(limpid):
    m = made(limpid)
    with browser() as b:
        b.driver.get("devtools://devtools/bundled/devtools_app.html?panel=heap-profiler")
        b.wait(f"return {DEEP}.find(e => e.tagName == 'INPUT' && e.type == 'file')").send_keys(m.path("heap.heapsnapshot"))
        b.wait(f"return (() => {{ const e = {DEEP}.find(e => e.classList.contains('heap-snapshot-sidebar-tree-item'));"
                  " if (!e || !e.textContent.includes('MB')) return false; for (const t of ['mousedown', 'mouseup', 'click'])"
                  " e.dispatchEvent(new MouseEvent(t, {bubbles: true, composed: true})); return true; })()")
        text = b.wait(f"return (t => t.includes('Retained size') && t.includes('wrapper_descriptor') ? t : null)({TEXT})", seconds=120)
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        assert any("objects" in line and "MB" in line for line in lines), lines[:60]
        row = lines.index("dict")
        assert lines[row + 1] == "×" and int(lines[row + 2].replace(",", "")) > 500, lines[row:row + 9]


def check_heaptrack(limpid):
    needs("heaptrack_print")
    m = made(limpid)
    text = output("heaptrack_print", "-f", m.path("log.heaptrack"), "-l", "1", "-M", m.path("massif"))
    assert f"calls to allocation functions: {m.facts['total_blocks']} " in text, text[-800:]
    assert "discover" in text and "planets.py" in text and "(listcomp)" in text
    peak = max(int(line.split("=")[1]) for line in m.text("massif").split("\n") if line.startswith("mem_heap_B="))
    assert peak <= m.facts["peak_bytes"], (peak, m.facts)
    text = output("heaptrack_print", "-f", m.path("heap.heaptrack"))
    assert f"calls to allocation functions: {m.facts['live_blocks']} " in text, text[-800:]
    assert "__main__.Planet" in text


def check_dhat(limpid):
    for name, blocks, size in (("log", "total_blocks", "total_bytes"), ("heap", "live_blocks", "live_bytes")):
        m = made(limpid)
        d = json.loads(m.text(f"{name}.dhat.json"))
        assert sum(p["tbk"] for p in d["pps"]) == m.facts[blocks] and sum(p["tb"] for p in d["pps"]) == m.facts[size]
    d = json.loads(m.text("log.dhat.json"))
    assert sum(p["eb"] for p in d["pps"]) == m.facts["end_bytes"] and sum(p["gb"] for p in d["pps"]) == m.facts["peak_bytes"]
    assert d["bklt"] and sum(p["tl"] for p in d["pps"]) > 0
    yield "numbers"
    viewer = "/usr/libexec/valgrind/dh_view.html"
    needs(viewer)
    with browser() as b:
        for name, total in (("log", "total_bytes"), ("heap", "live_bytes")):
            b.driver.get(f"file://{viewer}")
            b.wait("return document.querySelector('input[type=file]')").send_keys(m.path(f"{name}.dhat.json"))
            text = b.wait("return document.body.innerText.includes('PP 1') && document.body.innerText")
            assert f"{m.facts[total]:,} bytes (100%" in text, text[:1500]
            assert ("avg lifetime" in text) == (name == "log"), text[:1500]
            assert ("discover (" if name == "log" else ": str") in text, text[:3000]
            yield name


def check_speedscope(limpid):
    m = made(limpid)
    for name, which, total in (("log", 0, "end_bytes"), ("log", 1, "peak_bytes"), ("log", 2, "total_bytes"), ("heap", 0, "live_bytes")):
        profile = json.loads(m.text(f"{name}.speedscope.json"))["profiles"][which]
        assert sum(profile["weights"]) == profile["endValue"] == m.facts[total], (name, which)
    yield "numbers"
    needs(SPEEDSCOPE)
    import base64

    with browser() as b:
        for name in ("log.speedscope.json", "heap.speedscope.json", "log.collapsed", "run.speedscope.json", "run.collapsed"):
            script = m.path(name + ".js")
            with open(script, "w") as f:
                data = base64.b64encode(m.text(name).encode()).decode()
                f.write(f'speedscope.loadFileFromBase64("{name}", "{data}")')
            b.driver.get("about:blank")
            b.driver.get(f"file://{SPEEDSCOPE}#localProfilePath={script}")
            shown = "steps" if name == "run.speedscope.json" else "end bytes" if name.endswith("json") else name
            b.wait(f"return document.querySelectorAll('canvas').length > 0 && document.body.innerText.includes('{shown}')")
            yield name


def check_collapsed(limpid):
    m = made(limpid)
    for name, total in (("log", "end_bytes"), ("heap", "live_bytes")):
        lines = m.text(f"{name}.collapsed").splitlines()
        assert sum(int(line.rpartition(" ")[2]) for line in lines) == m.facts[total]
        assert all(part for line in lines for part in line.rpartition(" ")[0].split(";"))
    assert any("discover" in line and line.startswith("<module> (") for line in m.text("log.collapsed").splitlines())


def check_dot(limpid):
    m = made(limpid)
    needs("dot")
    for name in ("heap", "one"):
        svg = output("dot", "-Tsvg", m.path(f"{name}.dot"))
        assert "Planet" in svg and "planets" in (svg if name == "heap" else svg + "planets")
        assert 1 < svg.count("refcount") + svg.count("immortal") <= 150
    assert hex(m.facts["address"]) in m.text("one.dot")
    assert "more objects are not drawn" in m.text("heap.dot")


def check_svg(limpid):
    m = made(limpid)
    needs("xmllint")
    for name in ("heap", "one"):
        output("xmllint", "--noout", m.path(f"{name}.svg"))
        text = m.text(f"{name}.svg")
        assert "<script" not in text and 'role="img"' in text and "prefers-color-scheme: dark" in text
        assert 1 < text.count("<g id=") <= 150 and "Planet" in text
    assert "planets" in m.text("heap.svg")


def check_jsonl(limpid):
    m = made(limpid)
    rows = [json.loads(line) for line in m.text("heap.jsonl").splitlines()]
    assert rows[0]["capture"]["objects"] == m.facts["objects"] == len(rows) - 1
    assert [row["id"] for row in rows[1:]] == list(range(len(rows) - 1))
    planets = [row for row in rows[1:] if row["type"] == "__main__.Planet"]
    assert sum(row["size"] for row in planets) == m.facts["planet_bytes"]
    names = {rows[1 + number].get("name") for row in planets for label, number in row["refs"] if label == ".name"}
    assert names == {f"planet {i}" for i in range(100)}, names


if __name__ == "__main__":
    harness.main(globals())
