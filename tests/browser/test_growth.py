"""The view Growth: its figures, the flame graph, what only grows, two steps, who keeps what; of a recording, a log, a snapshot."""

import json
import os
import tempfile

from driver import NARROW
from run import chromium_only

LEAKY = '''
kept = []
class Event:
    def __init__(self, n):
        self.text = "event %d" % n
def leak(n):
    kept.append(Event(n))
def churn(n):
    return len([str(i) for i in range(n)])
def main():
    for n in range(120):
        leak(n)
        churn(n % 10)
main()
last = 1
'''


def open_growth(bench, more=""):
    b = bench.browser
    b.open(bench.pages.of_text(LEAKY, "leaky"), "view=growth&step=600" + more)
    settle(b)
    return b


def settle(b):
    """Waits until the view has drawn what it was asked for."""
    b.run_later("await growth_view.ready; await show_growth();")


def rows(b):
    return {row[0]: row[1:] for row in b.run("return [...document.querySelectorAll('.growth-table tbody tr')].map((tr) => [...tr.children].map((cell) => cell.innerText.trim()))")}


def part(b, name):
    b.click("#growth-to-" + name)
    settle(b)


def check_parts(bench):
    """Each part shows something, by buttons alone."""
    b = bench.browser
    b.open(bench.pages.of_text(LEAKY, "leaky"), "view=growth&step=900")
    b.wait("return [...document.querySelectorAll('.growth-table tbody th')].some((th) => th.innerText.includes(':7 leak'))")
    for name, selector in (("flame", ".icicle-way button"), ("leaks", ".leaks li"), ("difference", "#growth-part p"), ("keepers", ".keepers li")):
        b.click("#growth-to-" + name)
        b.wait("return document.querySelector(arguments[0])?.getClientRects().length > 0", selector)


@chromium_only
def check_table(bench):
    """Lines with what is live at the step; another step has other figures; a head sorts; types and blocks instead."""
    b = open_growth(bench)
    last = b.run("return page.recording.length")
    b.run("go(page.recording.length - 1)")
    settle(b)
    leak = next(name for name in rows(b) if ":7 leak" in name)
    at_end = int(rows(b)[leak][1].replace(",", ""))
    assert 120 <= at_end <= 135, at_end  # the objects, the list
    b.run("go(Math.floor(arguments[0] / 2))", last)
    settle(b)
    half = int(rows(b)[leak][1].replace(",", ""))
    assert at_end * .3 < half < at_end * .7, (half, at_end)
    b.run("document.querySelectorAll('.growth-table thead button')[2].click()")
    settle(b)
    blocks = [int(row[1].replace(",", "")) for row in rows(b).values()]
    assert blocks == sorted(blocks, reverse=True), blocks
    b.run("const by = document.getElementById('growth-by'); by.value = 'type'; by.dispatchEvent(new Event('change'))")
    settle(b)
    events = rows(b)["__main__.Event"]
    assert 55 <= int(events[1].replace(",", "")) <= 65, events


@chromium_only
def check_truth(bench):
    """The figures of the page are those of lib/limpid/growth.py."""
    b = open_growth(bench)
    told = b.run("""
      const { growth } = growth_view, groups = growth.groups("type"), sums = growth.sums(0, growth.until(300)), found = {};
      growth.without_before = false;
      const [born, died] = ["born_bytes", "died_bytes"].map((name) => growth.by_group(sums[name], groups));
      groups.names.forEach((name, i) => { if (born[i] - died[i]) found[name] = born[i] - died[i]; });
      return found;
    """)
    file = os.path.join(bench.pages.folder, "leaky.growth-check")
    bench.pages.run("--record=" + file, os.path.join(bench.pages.folder, "leaky.py"))
    out = bench.pages.run("-c", "import sys, json; from limpid.growth import Growth\n"
                          "print(json.dumps({name: row[1] for name, row in Growth(sys.argv[1]).live('type', stop=300).items() if row[1]}))", file).stdout
    wanted = json.loads(out)
    os.unlink(file)
    for name in ("__main__.Event", "function", "type"):
        assert told[name] == wanted[name], (name, told[name], wanted[name])
    assert abs(sum(told.values()) - sum(wanted.values())) < 0.02 * sum(wanted.values())


@chromium_only
def check_chart(bench):
    """A click on the chart goes to a step; the arrows are steps there, too; the sum is told in words."""
    b = open_growth(bench)
    b.run("""
      const canvas = document.getElementById("growth-chart"), box = canvas.getBoundingClientRect();
      canvas.setPointerCapture = () => {};
      canvas.dispatchEvent(new PointerEvent("pointerdown", { clientX: box.left + 62 + (box.width - 72) / 2, clientY: box.top + 40, pointerId: 1, bubbles: true }));
    """)
    settle(b)
    middle, steps = b.step(), b.run("return page.recording.length")
    assert .35 < middle / steps < .65, (middle, steps)
    b.run("document.getElementById('growth-chart').focus()")
    b.press("ArrowRight")
    assert b.step() == middle + 1
    assert "live in" in b.text("#growth-words") and "KiB" in b.run("return document.getElementById('growth-chart').getAttribute('aria-label')")


@chromium_only
def check_flame(bench):
    """The flame graph: keys go from call to call and in and out; what is told is the line and its share."""
    b = open_growth(bench)
    part(b, "flame")
    b.run("const which = document.getElementById('growth-which'); which.value = 'all'; which.dispatchEvent(new Event('change'))")
    settle(b)
    b.run("document.querySelector('.icicle').focus()")
    words = [b.text(".flame .words")]
    b.press("ArrowDown")
    while "<module>" not in b.text(".flame .words"):
        b.press("ArrowRight")
    words.append(b.text(".flame .words"))
    b.press("ArrowDown")
    words.append(b.text(".flame .words"))
    assert words[0].startswith("all: ") and "<module>" in words[1] and "main" in words[2] and "%" in words[2], words
    b.press("Enter")
    assert len(b.texts(".icicle-way button")) >= 3
    b.press("Escape")
    b.press("Escape")
    b.press("Escape")
    b.press("Escape")
    assert b.texts(".icicle-way button") == ["all"], b.texts(".icicle-way button")


@chromium_only
def check_leaks(bench):
    """The line that leaks is the first candidate, with its share in words; the line that does not is none."""
    b = open_growth(bench)
    b.run("go(page.recording.length - 10)")
    part(b, "leaks")
    found = b.texts(".leaks li")
    assert len(found) == 2 and all("likely: score" in text and "8 of 8" in text for text in found), found
    assert "Event.__init__" in found[0] and ":7 leak" in found[1], found
    assert not any("churn" in text for text in found), found


@chromium_only
def check_difference(bench):
    """Two marks: what came and went between them, by line and as objects in view; the address keeps them."""
    b = open_growth(bench)
    b.run("go(200)")
    b.press("a")
    b.run("go(700)")
    b.press("b")
    part(b, "difference")
    text = b.text("#growth-part")
    assert "step 201 to step 701" in text and "Objects in view that came" in text, text[:200]
    leak = next(row for name, row in rows(b).items() if ":7 leak" in name)
    assert leak[0].startswith("+") and int(leak[2]) > int(leak[3]), leak
    b.wait("return location.hash.includes('growth-a=201') && location.hash.includes('growth-b=701')")


@chromium_only
def check_keepers(bench):
    """Of a snapshot: the dominators, whose sum is that of the heap; what a name keeps is what limpid.retained() says."""
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, "heap.html")
        out = bench.pages.run("-c", "import limpid, sys\nclass Owner: pass\nowner = Owner()\nowner.items = [[str(i)] for i in range(5000)]\n"
                              "limpid.export(sys.argv[1])\nprint(limpid.retained(owner).bytes)", page).stdout
        b = bench.browser
        b.open(page, "view=growth")
        settle(b)
        b.wait("return !!document.querySelector('.keepers .icicle')")
        kept = b.run("""
          const tree = growth_view.keepers, v = [...tree.order].findIndex((node) => node < tree.n && tree.type(tree.number[node]) === "__main__.Owner");
          return { owner: tree.bytes[v], all: tree.bytes[0], sum: [...tree.capture.size].reduce((sum, size, i) => sum + (tree.capture.state[i] & 32 ? 0 : size), 0), lost: tree.count - tree.total };
        """)
        assert kept["all"] == kept["sum"] and kept["lost"] == 0, kept
        assert abs(kept["owner"] - int(out.split()[-1])) <= 64, (kept, out)
        b.run("document.querySelector('.keepers summary').click()")
        b.wait("return document.querySelectorAll('.keepers .links .links li').length > 1")


@chromium_only
def check_log(bench):
    """The page of a log of allocations: time instead of steps, arrows on the chart, no types."""
    with tempfile.TemporaryDirectory() as folder:
        log, page = os.path.join(folder, "log"), os.path.join(folder, "log.html")
        bench.pages.run("--log=" + log, "-c", LEAKY)
        bench.pages.run("-m", "limpid", "page", log, page)
        b = bench.browser
        b.open(page)
        settle(b)
        assert "log" in b.text("#where") and any("leak" in name for name in rows(b))
        before = b.text("#growth-words")
        b.run("document.getElementById('growth-chart').focus()")
        b.press("Home")
        settle(b)
        assert b.text("#growth-words") != before
        assert b.run("return [...document.getElementById('growth-by').options].map((o) => o.value)") == ["line", "function", "file"]
        part(b, "leaks")
        part(b, "flame")


@chromium_only
def check_narrow(bench):
    """Every part at 390 pixels: nothing makes the page wider."""
    b = bench.browser
    b.size(*NARROW)
    open_growth(bench)
    for name in ("table", "flame", "leaks", "difference", "keepers"):
        part(b, name)
        b.wait("return !document.getElementById('growth-part').textContent.startsWith('Looking')")
        wide = b.run("return Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)")
        assert wide <= 390, (name, wide)


@chromium_only
def check_hostile(bench):
    """Names of lines, functions and types that look like markup stay text."""
    source = ("exec(compile('''\\nkept = []\\nfor i in range(50):\\n    kept.append([i] * 100)\\n''', '<img src=x onerror=alert(1)>', 'exec'))\n"
              "T = type('<script>alert(2)</script>', (), {})\nmany = [T() for i in range(100)]\nlast = 1\n")
    b = bench.browser
    b.open(bench.pages.of_text(source, "hostile_growth", "--library"), "view=growth")
    settle(b)
    b.run("go(page.recording.length - 1)")
    for name in ("table", "flame", "leaks", "difference", "keepers"):
        part(b, name)
    b.run("const by = document.getElementById('growth-by'); by.value = 'type'; by.dispatchEvent(new Event('change'))")
    part(b, "table")
    assert any("<script>alert(2)" in name for name in rows(b)), list(rows(b))[:5]
    assert b.run("return document.querySelectorAll('#views img, #views script').length") == 0


@chromium_only
def check_keepers_in_pieces(bench):
    """Who keeps what of a larger heap is found in pieces: meanwhile the page answers and tells how far it is."""
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, "heap.html")
        bench.pages.run("-c", "import limpid, sys\nitems = [[i] for i in range(150_000)]\nlimpid.export(sys.argv[1])\n", page)
        b = bench.browser
        b.open(page, "view=map")
        told = b.run_later("""
          await page.captures[0].open_references();
          const told = [], box = document.getElementById("view-growth"), look = () => { const wait = document.getElementById("keepers-wait"); if (wait) told.push(wait.textContent); };
          new MutationObserver(look).observe(box, { childList: true, subtree: true, characterData: true });
          let answers = 0;
          open_view("growth");
          for (; answers < 10000 && !document.querySelector(".keepers .icicle"); answers++) await new Promise((done) => setTimeout(done));
          return { told, answers, shares: told.map((text) => parseInt(text.split("… ")[1])).filter((share) => share >= 0) };
        """)
        assert told["answers"] >= 3 and len(told["shares"]) >= 3 and told["shares"] == sorted(told["shares"]), told
