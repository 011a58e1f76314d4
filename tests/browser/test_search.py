"""Questions over the whole run: when did this change, who made it, when did its count drop to zero, stop when it changes."""


def to_line(b, text, way="ArrowRight"):
    """Steps until the current line contains a text."""
    for _ in range(b.where()[1] + 1):
        if text in (b.picture()["line"] or ""):
            return b.step()
        b.press(way)
    raise AssertionError(f"no step at {text!r}")


def line_of(b):
    return b.picture()["line"].split("\n", 1)[1].strip()


def pick(b, text):
    """Picks by keys the first object whose box begins with a text; its number."""
    for _ in range(len(b.picture()["objects"])):
        b.press("ArrowDown")
        if b.text("#heap .picked").startswith(text):
            return b.run("return Number(document.querySelector('#heap .picked').id.slice(1))")
    raise AssertionError(f"no object {text!r}: {[o['text'] for o in b.picture()['objects']]}")


def said(b, word):
    b.wait("return document.getElementById('where').textContent.includes(arguments[0])", word)


def check_a_list_changed_through_an_alias(bench):
    """From a list known by one name, the changes made by other names are found, forwards and backwards."""
    b = bench.open("alias")
    to_line(b, "third = [names, other]")
    pick(b, "list")
    assert [name for name in b.texts("#detail .changes code")][:2] == ["names", "other"], b.text("#detail")
    at = b.step()
    b.press("]")
    b.wait("return page_step() > arguments[0]; function page_step() { return Number(document.getElementById('where').textContent.match(/[\\d,]+/)[0].replace(/,/g, '')); }", at)
    assert line_of(b) == "return items", line_of(b)  # after items.append("three") in extend()
    assert "three" in b.text("#heap .picked")
    first = b.step()
    b.press("]")
    b.wait("return !document.getElementById('where').textContent.startsWith('step ' + arguments[0] + ' ')", first)
    assert line_of(b) == "names = None" and "first" in b.text("#heap .picked"), (line_of(b), b.text("#heap .picked"))
    b.press("[")
    b.at(first)
    rows = b.texts("#changes tr")
    assert any("extend, line 2" in row for row in rows) and any("<module>, line 10" in row for row in rows), rows


def check_who_made_it(bench):
    """From an object, to the step that made it, and the line that did."""
    b = bench.open("calls", "1000")
    b.press("Home")
    to_line(b, "points.append(")
    pick(b, "Point")
    pick(b, "Point")
    number = b.run("return Number(document.querySelector('#heap .picked').id.slice(1))")
    b.press("w")
    made = b.step()
    assert any(o["id"] == f"o{number}" and "born" in o["class"] for o in b.picture()["objects"]), b.picture()["objects"]
    assert "made" in b.text("#detail table") and f"step {made}" in b.text("#detail table").replace("\xa0", " ")
    b.press("ArrowLeft")
    assert not any(o["id"] == f"o{number}" for o in b.picture()["objects"])
    assert "return Point(" in line_of(b) or "start = Point(" in line_of(b) or "self.x = x" in line_of(b), line_of(b)


def check_when_its_count_dropped_to_zero(bench):
    b = bench.open("calls")
    to_line(b, "def __init__" if False else "self.x = x")
    to_line(b, "points = [")
    b.press("End")
    to_line(b, "counter = lambda", "ArrowLeft")
    pick(b, "list")
    number = b.run("return Number(document.querySelector('#heap .picked').id.slice(1))")
    b.press("z")
    died = b.step()
    ghost = [o for o in b.picture()["objects"] if o["id"] == f"o{number}"]
    assert not ghost or "freed" in ghost[0]["class"], ghost
    assert "count at zero" in b.text("#detail table"), b.text("#detail")
    b.press("ArrowLeft")
    assert [o for o in b.picture()["objects"] if o["id"] == f"o{number}" and "freed" not in o["class"]], "it is there one step before"
    assert line_of(b) in ("del points", "table.clear()"), line_of(b)
    assert b.step() == died - 1


def check_no_object_no_answer(bench):
    """Without an object, or when there is no such step, the page says so and stays where it is."""
    b = bench.open("alias", "3")
    for key in ("]", "["):
        b.press(key)
        assert "No object is picked" in b.text("#where")
    b.press("w", "z", "r", "n", "Shift+N")
    assert b.run("return location.hash") is not None


def check_text_is_searched(bench):
    """The search finds a variable by name, an object by value and class, and a line of the source; Enter goes from hit to hit."""
    b = bench.open("calls")
    b.press("/")
    b.type("points")
    b.wait("return document.querySelectorAll('#search-hits li').length > 3")
    kinds = set(b.texts("#search-hits small"))
    assert {"variable", "line"} <= kinds, kinds
    b.press("Enter")
    b.wait("return document.querySelector('#search-hits .now')")
    first = b.step()
    b.press("Enter")
    b.wait("return !document.getElementById('where').textContent.startsWith('step ' + arguments[0] + ' ')", first)
    assert b.step() > first
    b.press("Shift+Enter")
    b.at(first)
    b.press("Escape")
    assert not b.shown("#search")
    b.press("n")
    assert b.step() > first
    b.press("Shift+N")
    b.at(first)


def check_values_are_searched(bench):
    b = bench.open("alias")
    b.press("/")
    b.type("first")
    hits = b.wait("const all = [...document.querySelectorAll('#search-hits li')].map((node) => node.innerText); return all.some((text) => /object|variable/.test(text)) && all")
    assert any("step" in hit for hit in hits), hits
    b.press("Escape", "/")
    b.type("nowhere to be found")
    b.wait("return document.getElementById('search-count').textContent.startsWith('0 ')")
    assert b.texts("#search-hits li") == []
    b.press("Enter")
    said(b, "not found")


def check_run_to_a_line(bench):
    """A breakpoint set with the keyboard on a line stops a run, both ways; a second press takes it away."""
    b = bench.open("calls")
    to_line(b, "return Point(")
    here = b.step()
    b.press("b")
    assert b.run("return document.querySelectorAll('#source .number.stop').length") == 1
    b.press("Home", "r")
    assert b.step() == here
    b.press("r")
    second = b.step()
    assert second > here and "return Point(" in line_of(b)
    b.press("Shift+R")
    assert b.step() == here
    b.press("b", "r")
    assert b.step() == b.where()[1]
    said(b, "No breakpoint is set")


def check_run_to_a_change_of_an_object(bench):
    b = bench.open("alias")
    to_line(b, "third = [names, other]")
    pick(b, "list")
    b.press("b")
    b.wait("return /stops here/.test(document.getElementById('detail').innerText)")
    b.run_later("await new Promise((done) => setTimeout(done, 300))")
    b.press("r")
    assert line_of(b) == "return items", line_of(b)
    b.press("r")
    assert line_of(b) == "names = None", line_of(b)


def check_a_cycle_and_the_collector(bench):
    """A cycle that nothing refers to stays in the picture, marked, until the step at which the collector frees it."""
    b = bench.open("cycle")
    to_line(b, "del two")
    nodes = [o for o in b.picture()["objects"] if o["text"].startswith("Node")]
    assert len(nodes) == 2, nodes
    ids = {o["id"][1:] for o in nodes}
    ways = {(o, arrow.split(" ")[0]) for o in ids for arrow in b.run("return [...document.querySelectorAll(`#arrows g[data-from=o${arguments[0]}] path`)].map((path) => path.dataset.to + ' ')", o)}
    assert {(a, c) for a, c in ways if c in ids} >= {tuple(sorted(ids)), tuple(sorted(ids))[::-1]}, ways
    to_line(b, 'print("unreachable")')
    lost = [o for o in b.picture()["objects"] if "lost" in o["class"] and o["text"].startswith("Node")]
    assert len(lost) == 2 and all("out of reach" in o["text"] for o in lost), b.picture()["objects"]
    to_line(b, "gc.collect()")
    assert len([o for o in b.picture()["objects"] if o["text"].startswith("Node") and "freed" not in o["class"]]) == 2
    b.press("ArrowRight")
    gone = [o for o in b.picture()["objects"] if o["text"].startswith("Node") and "freed" not in o["class"]]
    assert gone == [], gone
    assert "collector" in b.text("#detail") and "found" in b.text("#detail"), b.text("#detail")
    b.press("ArrowLeft")
    assert len([o for o in b.picture()["objects"] if "lost" in o["class"] and o["text"].startswith("Node")]) == 2
