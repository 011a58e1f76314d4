"""How the views look: screenshots compared with those in pictures/.

`tests/browser/run.py --limpid build/limpid -k looks --renew` makes them anew (all together at most 1 MiB).  What differs from run to run
or from machine to machine, as addresses, is masked with a flat colour in both.  A picture differs when more than SHARE of its points
are off by more than DEPTH of 255 in a colour; the difference is then written beside the pages (--keep).
"""
import io
import os

from PIL import Image, ImageChops

from driver import HERE, NARROW
from run import Skip

DEPTH, SHARE = 40, 0.004
FOLDER = os.path.join(HERE, "pictures")
# name: (program, address, size, look, what is masked)
LOOKS = {
    "step": ("calls", "step=30", (1280, 800), "light", []),
    "step-dark": ("calls", "step=30", (1280, 800), "dark", []),
    "step-narrow": ("calls", "step=30", NARROW, "light", []),
    "step-holders": ("holders", "step=14", (1280, 800), "light", []),
    "step-exception": ("calls", "step=64", (1280, 800), "light", []),
}


def mask(b, selectors):
    """Covers what is not to be compared."""
    b.run("""
      for (const node of document.querySelectorAll(arguments[0].join(", ") || "nothing")) node.style.visibility = "hidden";
      document.activeElement?.blur();
    """, selectors + [".address", "#heap-line"])


def small(image):
    """The picture in few colours, so that the file is small."""
    return image.convert("RGB").quantize(48, dither=Image.Dither.NONE)


def difference(left, right):
    """The share of points that differ."""
    if left.size != right.size:
        return 1.0
    gap = ImageChops.difference(left.convert("RGB"), right.convert("RGB"))
    worst = ImageChops.lighter(ImageChops.lighter(*gap.split()[:2]), gap.split()[2])
    return sum(worst.histogram()[DEPTH:]) / (left.width * left.height)


def look(bench, name):
    program, address, size, colours, masked = LOOKS[name]
    b = bench.browser
    b.size(*size)
    b.colours(colours)
    bench.open(program, address)
    view = address.split("view=")[1].split("&")[0] if "view=" in address else "step"
    if view != "step" and not b.run("return document.getElementById('tab-' + arguments[0]) !== null", view):
        raise Skip(f"no view {view}")
    b.run_later("await document.fonts.ready; await new Promise((done) => setTimeout(done, 300)); await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    mask(b, masked)
    return Image.open(io.BytesIO(b.png()))


def check_looks(bench):
    """Each view as it was."""
    os.makedirs(FOLDER, exist_ok=True)
    wrong = []
    for name in LOOKS:
        path = os.path.join(FOLDER, name + ".png")
        try:
            now = small(look(bench, name))
        except Skip:
            continue
        finally:
            bench.browser.size(1280, 800)
            bench.browser.colours("light")
        if bench.options.renew:
            now.save(path, optimize=True)
            continue
        if not os.path.exists(path):
            wrong.append(f"{name}: no picture; make it with --renew")
            continue
        share = difference(Image.open(path), now)
        if share > SHARE:
            now.save(os.path.join(bench.pages.folder, name + ".png"))
            wrong.append(f"{name}: {100 * share:.2f} % of the points differ")
    size = sum(os.path.getsize(os.path.join(FOLDER, name)) for name in os.listdir(FOLDER))
    if size > 1 << 20:
        wrong.append(f"the pictures weigh {size} bytes together")
    stray = {name[:-4] for name in os.listdir(FOLDER)} - set(LOOKS)
    if stray:
        wrong.append(f"pictures of nothing: {stray}")
    assert not wrong, "\n".join(wrong)


def check_a_change_is_seen(bench):
    """The comparison can fail: a box of another colour and a moved one are differences, the same page again is none."""
    first = small(look(bench, "step-holders"))
    again = small(look(bench, "step-holders"))
    assert difference(first, again) <= SHARE / 4, difference(first, again)
    b = bench.browser
    b.run("document.querySelector('.frame.top').style.background = '#000'")
    assert difference(first, small(Image.open(io.BytesIO(b.png())))) > SHARE
    look(bench, "step-holders")
    b.run("document.querySelector('#canvas').style.marginLeft = '12px'")
    assert difference(first, small(Image.open(io.BytesIO(b.png())))) > SHARE
