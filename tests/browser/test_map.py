"""The view Map: segments, arenas, pools, blocks; zooming with keys; colours; over time."""


def open_map(bench, name="calls", fragment="step=20&view=map"):
    b = bench.open(name, fragment)
    b.wait("return document.getElementById('map-text')?.textContent.includes('pool')")
    return b


def check_process(bench):
    """The parts of the process from high to low addresses, none twice."""
    b = open_map(bench)
    parts = b.texts("#map-segments .segment")
    text = "\n".join(parts)
    for word in ("C stack", "code (.text)", "libc.so", "arena", "data (.data)"):
        assert word in text, (word, text)
    starts = [int(line.split("–")[0], 16) for part in parts for line in part.split("\n") if line.startswith("0x") and "–" in line]
    assert starts == sorted(starts, reverse=True) and len(starts) > 8, starts
    assert all(start < 1 << 47 for start in starts), starts


def check_zoom_by_keys(bench):
    """From all arenas to one, to a pool, to a block and its object; and out again."""
    b = open_map(bench)
    b.press("f")
    assert b.run("return document.activeElement.id") == "map-canvas"
    b.press("Enter")
    assert b.text("#map-path").count("›") == 1, b.text("#map-path")
    b.press("ArrowRight", "ArrowRight", "Enter")
    assert b.text("#map-path").count("›") == 2, b.text("#map-path")
    words = set()
    for _ in range(6):
        b.press("ArrowRight")
        words.add(b.text("#map-text"))
    assert len(words) >= 5 and all("0x" in text for text in words), words
    b.run_later("await new Promise((done) => setTimeout(done, 300))")  # the address is written while the reader rests
    link = b.run("return location.hash")
    assert "at=0x" in link, link
    b.press("Backspace")
    assert b.text("#map-path").count("›") == 1
    b.press("Backspace", "Backspace")
    assert b.text("#map-path").count("›") == 0
    path = link.lstrip("#")
    b.open(bench.pages.of("calls"), path)
    b.wait("return document.getElementById('map-path').textContent.split('›').length === 3")


def check_colours(bench):
    """Each way to colour has a legend in words and numbers; one kind alone can be shown."""
    b = open_map(bench)
    legends = set()
    for way in b.run("return [...document.getElementById('map-by').options].map((option) => option.value)"):
        b.run("const by = document.getElementById('map-by'); by.value = arguments[0]; by.dispatchEvent(new Event('change'))", way)
        b.run_later("await new Promise((done) => setTimeout(done, 300))")
        legend = tuple(b.texts("#map-legend button"))
        assert legend and all(item[0].isdigit() for item in legend), (way, legend)
        legends.add(legend)
    assert len(legends) >= 4, legends
    picture = b.run("return document.getElementById('map-canvas').toDataURL()")
    b.run("document.querySelector('#map-legend button').click()")
    assert b.run("return document.querySelector('#map-legend button').getAttribute('aria-pressed')") == "true"
    assert b.run("return document.getElementById('map-canvas').toDataURL()") != picture


def check_sums(bench):
    """The table of sums adds up to the arenas."""
    b = open_map(bench)
    rows = b.run("return [...document.querySelectorAll('#map-sums tr')].slice(1).map((row) => [...row.cells].map((cell) => cell.innerText))")
    shares = [float(row[2].rstrip(" %")) for row in rows if row[2].strip()]
    assert len(shares) == 4 and 98.5 <= sum(shares) <= 101.5, rows


def check_captures_over_time(bench):
    """Of a program whose heap grows, captures at several steps; stepping shows the one that belongs there."""
    page = bench.pages.of_text("kept = []\nfor i in range(3000):\n    kept.append([str(i) * 5, {i: i}])\nkept = None\npass\n", "grows")
    b = bench.browser
    b.open(page, "view=map")
    b.wait("return document.getElementById('map-text')?.textContent.includes('pool')")
    captures = b.run("return Number(document.getElementById('map-capture').max) + 1")
    assert captures >= 2, captures
    first = b.text("#map-sums caption")
    b.press("End")
    b.wait("return document.querySelector('#map-sums caption').innerText !== arguments[0]", first)
    assert b.text("#map-when").startswith("end") or "step" in b.text("#map-when"), b.text("#map-when")
    b.press("Home")
    b.wait("return document.querySelector('#map-sums caption').innerText === arguments[0]", first)


def check_page_of_a_snapshot(bench):
    """A page of a snapshot alone: no steps, but the map and the objects."""
    pages = bench.pages
    with open(pages.folder + "/shot.py", "w", encoding="utf-8") as out:
        out.write("import limpid, sys\nclass Kept:\n    pass\nkept = [Kept() for i in range(1000)]\nlimpid.snapshot(sys.argv[1])\n")
    snapshot, page = pages.folder + "/shot.limpid", pages.folder + "/shot.html"
    pages.run("shot.py", snapshot)
    pages.run("-c", "import limpid.page, sys; limpid.page.write(sys.argv[1], sys.argv[2])", snapshot, page)
    b = bench.browser
    b.open(page)
    tabs = b.texts("[role=tab]")
    assert "Map" in tabs and "Object" in tabs and "Step" not in tabs, tabs
    b.wait("return document.getElementById('map-text')?.textContent.includes('pool')")
    assert "Kept" in b.text("#map-legend") or b.texts("#map-legend button"), b.text("#map-legend")
    b.press("o")
    for key in ("ArrowRight", "ArrowLeft", "End", "Home", "r", "/", "n", " "):
        b.press(key)
    assert not b.shown("#timeline")
