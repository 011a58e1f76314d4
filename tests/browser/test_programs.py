"""Pages of many programs, and of all ways to record one: each opens, and looks the same forwards, backwards and by a jump."""

import glob
import os
import random

from driver import HERE, dump


TRUTH = sorted(glob.glob(os.path.join(HERE, "..", "see", "truth", "*.py")))
GALLERY = sorted(glob.glob(os.path.join(HERE, "..", "..", "docs", "gallery", "pages", "*.html")))


def forth_and_back(b, what, most=25):
    """A stretch of steps forwards, the same backwards, a few by a jump."""
    last = b.where()[1]
    first = max(1, min(last - most, last // 2))
    b.run("location.hash = '#' + arguments[0]", first)
    b.at(first)
    seen = {}
    for step in range(first, min(last, first + most) + 1):
        seen[step] = b.picture()
        b.press("ArrowRight")
    b.press("End", "Home")
    for step in random.Random(what).sample(sorted(seen), min(5, len(seen))):
        b.run("location.hash = '#' + arguments[0]", step)
        b.at(step)
        now = b.picture()
        assert now == seen[step], f"{what}, step {step}: {[key for key in now if now[key] != seen[step][key]]}\n{dump(now)[:2000]}\nis not\n{dump(seen[step])[:2000]}"
    assert not b.complaints(), f"{what}: {b.complaints()}"


def each(cases):
    """Tries all cases; fails with what went wrong in any."""
    wrong = []
    for name, attempt in cases:
        try:
            attempt()
        except Exception as error:
            wrong.append(f"{name}: {error}")
    assert not wrong, f"{len(wrong)} of {len(cases)}:\n" + "\n".join(text[:600] for text in wrong)


def check_many_programs(bench):
    """Those of tests/see/truth: exceptions, generators, threads, coroutines, metaclasses, weak references, and so on."""
    b, folder = bench.browser, bench.pages.folder

    def attempt(path):
        page = os.path.join(folder, "many.html")
        bench.pages.run(f"--see={page}", path, PYTHONPATH=os.path.join(os.path.dirname(path), "parts"))
        b.open(page)
        assert b.where(), b.text("#where")
        forth_and_back(b, os.path.basename(path), 12)

    assert len(TRUTH) >= 50
    each([(os.path.basename(path), lambda path=path: attempt(path)) for path in TRUTH])


def check_options_of_recording(bench):
    """Every way to record a part or another grain."""
    options = [("--lean",), ("--lean", "--growth"), ("--grain=call",), ("--grain=instruction", "--steps=400"), ("--last=20",), ("--every=5",), ("--from=total",),
               ("--function=moved",), ("--lines=24-27",), ("--depth=1",), ("--breadth=1",), ("--objects=5",), ("--captures=off",), ("--library", "--steps=3000")]
    b = bench.browser

    def attempt(some):
        b.open(bench.pages.of("calls", *some))
        assert b.where() and b.where()[1] >= 3, b.text("#where")
        forth_and_back(b, str(some), 15)
        for tab in b.run("return [...document.querySelectorAll('[role=tab]')].map((tab) => tab.id)"):
            b.run("document.getElementById(arguments[0]).click()", tab)
            b.run_later("await new Promise((done) => setTimeout(done, 150))")
        assert not b.complaints(), b.complaints()

    each([(str(some), lambda some=some: attempt(some)) for some in options])


def check_every_object_and_counts(bench):
    """The same with every object and with counts and addresses shown."""
    b = bench.open("calls")
    for switch in ("#true-mode", "#counts"):
        b.click(switch)
        forth_and_back(b, switch)
    assert "0x" in b.text("#heap") and "refs" in b.text("#heap")


def check_a_program_that_failed(bench):
    """A program that ends by an exception, by sys.exit and by a signal of its own has its page."""
    for name, source, status in (("fails", "x = [1]\ndef f(n):\n    return n / 0\nf(1)\n", 1), ("exits", "import sys\nx = [2]\nsys.exit(3)\n", 3)):
        b = bench.browser
        b.open(bench.pages.of_text(source, name, status=status))
        b.press("End")
        assert b.step() >= 3, b.where()
        if name == "fails":
            assert "ZeroDivisionError" in b.text("#output"), b.text("#output")


def check_a_program_that_was_killed(bench):
    """What a killed program had recorded makes a page that says that it is not complete."""
    pages, b = bench.pages, bench.browser
    with open(pages.folder + "/killed.py", "w", encoding="utf-8") as out:
        out.write("import os, signal\nkept = []\nfor i in range(30000):\n    kept.append([i])\n    if len(kept) > 50:\n        kept.clear()\nos.kill(os.getpid(), signal.SIGKILL)\n")
    recording, page = pages.folder + "/killed.recording", pages.folder + "/killed.html"
    pages.run(f"--record={recording}", "killed.py", status=-9)
    pages.run("-m", "limpid", "page", recording, page)
    b.open(page)
    assert b.where()[1] > 1000 and b.shown("#note"), (b.text("#where"), b.text("#note"))
    b.press("End")
    assert "kept" in b.text("#source") and "not complete" in b.text("#note")


def check_the_gallery(bench):
    """The pages that are in the repository."""
    for path in GALLERY:
        bench.browser.open(os.path.abspath(path))
        assert bench.browser.where(), path
        bench.browser.press("ArrowRight", "ArrowRight", "End")
        assert bench.browser.step() == bench.browser.where()[1]
