"""The step view: what it shows, forwards and backwards."""

import random

from driver import dump


def same(left, right, what):
    if left != right:
        keys = [key for key in left if left[key] != right[key]]
        raise AssertionError(f"{what}: {keys}\n{dump({key: left[key] for key in keys})[:3000]}\nis not\n{dump({key: right[key] for key in keys})[:3000]}")


def stack_of(picture):
    """The names of functions on the stack, the oldest first."""
    return [frame["name"] for frame in picture["frames"]]


def check_first_picture(bench):
    b = bench.open("alias")
    assert b.step() == 1, b.where()
    picture = b.picture()
    assert stack_of(picture) == ["<module>"] and picture["frames"][0]["top"], dump(picture)
    assert b.run("return document.title").endswith("alias.py")


def check_forth_and_back(bench):
    """Every step looks the same whether it was reached forwards, backwards, by the slider or by a jump."""
    b = bench.open("calls")
    last, seen = b.where()[1], {}
    for step in range(1, last + 1):
        seen[step] = b.picture()
        b.press("ArrowRight")
    assert b.step() == last
    for step in range(last, 0, -1):
        same(b.picture(), seen[step], f"step {step}, backwards")
        b.press("ArrowLeft")
    for step in random.Random(1).sample(range(1, last + 1), 20):
        b.run("location.hash = '#' + arguments[0]", step)
        b.at(step)
        same(b.picture(), seen[step], f"step {step}, by a jump")
    assert len({dump(picture["frames"]) for picture in seen.values()}) > last // 3


def check_objects_stand_still(bench):
    """An object keeps its column and its order as long as nothing that refers to it goes."""
    b = bench.open("calls")
    last, before = b.where()[1], {}
    moved = 0
    for step in range(1, last + 1):
        now = {o["id"]: o["place"] for o in b.picture()["objects"]}
        moved += sum(1 for name in now.keys() & before.keys() if now[name][:2] != before[name][:2])
        before = now
        b.press("ArrowRight")
    assert moved <= last // 4, f"objects moved {moved} times in {last} steps"


def check_aliases_are_one_box(bench):
    b = bench.open("alias")
    b.press("End")
    while "other = names" not in (b.picture()["line"] or ""):
        b.press("ArrowLeft")
    b.press("ArrowRight")
    picture = b.picture()
    lists = [o for o in picture["objects"] if o["text"].startswith("list")]
    assert len(lists) == 1, dump(lists)
    assert sum(arrow.startswith(lists[0]["id"][1:] + " ") for arrow in picture["arrows"]) == 2, picture["arrows"]


def check_arrows_meet_boxes(bench):
    """An arrow ends at the edge of the box of the object it stands for, and begins in the picture."""
    import re
    b = bench.open("calls")
    b.press("End")
    while "print(" not in (b.picture()["line"] or ""):
        b.press("ArrowLeft")
    picture = b.picture()
    boxes = {o["id"]: o["place"] for o in picture["objects"]}
    assert len(picture["arrows"]) >= 5
    for arrow in picture["arrows"]:
        numbers = [float(n) for n in re.findall(r"-?[\d.]+(?:e-?\d+)?", re.search(r"C([^m]*)", arrow)[1])]
        x, y = numbers[-2:]
        left, top, width, height = boxes["o" + arrow.split(" ")[0]]
        assert min(abs(x - left), abs(x - left - width)) <= 3 and top - 1 <= y <= top + height + 1, (arrow, (left, top, width, height))


def check_step_over_and_out(bench):
    b = bench.open("calls")
    while "total(points, 3)" not in (b.picture()["line"] or ""):
        b.press("ArrowRight")
    call = b.step()
    b.press("ArrowRight")
    assert stack_of(b.picture()) == ["<module>", "total"]
    b.press("ArrowLeft", "Shift+ArrowRight")
    assert stack_of(b.picture()) == ["<module>"] and b.step() > call + 4, b.where()
    b.press("Shift+ArrowLeft")
    assert b.step() == call
    b.press("ArrowRight", "ArrowRight", "ArrowRight")
    assert len(stack_of(b.picture())) >= 2
    b.press("o")
    assert stack_of(b.picture())[-1] in ("<module>", "total") and b.step() > call + 3


def check_buttons_and_slider(bench):
    b = bench.open("calls")
    last = b.where()[1]
    b.click("#next")
    assert b.step() == 2
    b.click("#back")
    assert b.step() == 1
    b.click("#last")
    assert b.step() == last
    b.click("#first")
    assert b.step() == 1
    b.run("const s = document.getElementById('slider'); s.value = 20; s.dispatchEvent(new Event('input', { bubbles: true }))")
    b.at(21)
    b.run("document.getElementById('slider').focus()")
    b.press("ArrowRight")
    assert b.step() in (22, 23), "the slider's own keys move it"


def check_play_and_pause(bench):
    b = bench.open("calls")
    b.click("#play")
    b.at(3)
    assert "pause" in b.text("#play").lower() or b.run("return document.getElementById('play').getAttribute('aria-pressed')") == "true"
    b.click("#play")
    step = b.step()
    b.run_later("await new Promise((done) => setTimeout(done, 1200))")
    assert b.step() == step, "it went on after the pause"


def check_deep_link(bench):
    b = bench.open("calls", "17")
    assert b.step() == 17
    b.press("ArrowRight")
    b.wait("return /^#(step=)?18$/.test(location.hash)")
    b.open(bench.pages.of("calls"), "100000")
    assert b.step() == b.where()[1], "a step behind the last is the last"
    for odd in ("-3", "nonsense", "1e400", "%00", "step=&view=", "view=constructor", "view=__proto__&step=2"):
        b.open(bench.pages.of("calls"), odd)
        assert 1 <= b.step() <= b.where()[1], odd


def check_an_address_that_comes_while_another_is_written(bench):
    """Addresses are written a little later than the steps: one that a person enters meanwhile is not lost."""
    b = bench.open("calls", "5")
    for step in range(6, 10):
        b.run("document.getElementById('next').click(); const end = performance.now() + 150; while (performance.now() < end); location.hash = '#' + arguments[0]", step * 2)
        b.run_later("await new Promise((done) => setTimeout(done, 220))")
        assert b.step() == step * 2, (b.step(), step)


def check_breakpoint_on_a_line(bench):
    b = bench.open("calls")
    line = b.run("return [...document.querySelectorAll('#source .row')].find((row) => row.innerText.includes('return Point(')).dataset.line")
    b.click(f"#source [data-line='{line}'] .number")
    b.press("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight")
    for _ in range(20):
        if "return Point(" in b.picture()["line"]:
            break
        b.press("Shift+ArrowRight")
    else:
        raise AssertionError("stepping over calls passed the breakpoint")


def check_output_grows(bench):
    """Output shows from the step at which it was written, errors apart from the rest."""
    b = bench.open("calls")
    assert b.picture()["output"].strip() == ""
    b.press("End")
    assert b.picture()["output"].split("\n")[:2] == ["sum 13", "to error"], b.picture()["output"]
    assert b.texts("#output .err") and "to error" in b.texts("#output .err")[0]


def check_exception(bench):
    b = bench.open("calls")
    b.press("End")
    for _ in range(b.where()[1]):
        if "raises" in b.picture()["where"]:
            break
        b.press("ArrowLeft")
    picture = b.picture()
    assert "TypeError" in picture["frames"][-1]["text"], dump(picture["frames"])


def check_cut_file_opens(bench):
    """A recording that was cut shows what is whole, and says so."""
    page = bench.pages.of("long")
    b = bench.browser
    b.open(page)
    whole = b.where()[1]
    assert not b.shown("#note")
    b.open(bench.pages.cut(page, 0.6))
    assert b.where() and 1 <= b.where()[1] < whole, b.text("#where")
    assert "not complete" in b.text("#note") and b.shown("#note")
    b.press("End")
    assert b.step() == b.where()[1]


def check_damaged_files_say_so(bench):
    """A recording cut inside its first chunk, empty or scrambled: a message, and no error."""
    page = bench.pages.of("alias")
    for share in (0.0, 0.001, 0.05):
        bench.browser.open(bench.pages.cut(page, share))
        assert bench.browser.where() is None and len(bench.browser.text("#where")) > 5, (share, bench.browser.text("#where"))


C_CALLS = """\
def show(x):
    return [x]

def total():
    return sum(map(lambda x: show(x)[0], [1, 2]))

a = total()
b = 1
"""


def check_c_frames(bench):
    """On demand, between two Python frames, the C frames by which one has called the other, each above the frame that it runs; without them
    in the recording it is said how they get there."""
    b = bench.browser
    b.open(bench.pages.of_text(C_CALLS, "c_calls", "--c-stacks"))
    while stack_of(b.picture()) != ["<module>", "total", "total.<locals>.<lambda>", "show"]:
        b.press("ArrowRight")
    plain = b.picture()
    assert b.texts(".c-frames") == []
    b.press("k")
    outer, inner = [[row.split("\n")[0] for row in b.run("return [...arguments[0].children].map((row) => row.firstChild.textContent)", box)]
                    for box in b.driver.find_elements("css selector", ".c-frames")]
    assert outer[-1] == inner[-1] == "vm_run" and "PyEval_EvalCode" in outer and inner[0].startswith("builtin_sum"), (outer, inner)
    assert "map_next" in inner and "vm_run" not in inner[:-1], inner
    tops = b.run("return [...document.querySelectorAll('.c-frames, .frame')].map((node) => [node.id || 'C', node.getBoundingClientRect().top])")
    assert [name == "C" for name, _ in sorted(tops, key=lambda row: row[1])] == [True, False, False, True, False, False], tops
    b.press("ArrowRight", "ArrowLeft", "k")
    same(b.picture(), plain, "without the C frames again")
    b.open(bench.pages.of_text(C_CALLS, "c_calls"))
    assert not b.shown("#c-frames")
    b.press("k")
    assert "--c-stacks" in b.text("#where")
