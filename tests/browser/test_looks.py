"""How the views look: screenshots compared with those in pictures/.

`tests/browser/run.py --limpid build/limpid -k looks --renew` makes them anew (all together at most 1 MiB).  What differs from run to run
or from machine to machine, as addresses, is masked with a flat colour in both.  A picture differs when more than SHARE of its points
are off by more than DEPTH of 255 in a colour; the difference is then written beside the pages (--keep).
"""
import io
import os

from PIL import Image, ImageChops

from driver import HERE, NARROW, WIDE
from run import Skip, chromium_only

DEPTH, SHARE = 40, 0.004
LOOSE = 0.04  # where bytes of the heap are drawn, which differ a little from run to run: a view that draws nothing is off by far more
CANVASES = {"map", "map-dark", "map-narrow", "growth", "growth-dark", "growth-narrow", "growth-flame"}
FOLDER = os.path.join(HERE, "pictures")
MAP_MASKS = ["#map-segments code", "#map-segments small", "#map-segments .bar", "#map-canvas@120", "#map-text", "#map-legend small", "#map-sums td", "#map-sums caption", "#map-classes td", "#map-changes"]
# name: (program, address, keys, size, look, what is masked: selectors, @120 for the left 120 pixels alone)
LOOKS = {
    "step": ("calls", "step=30", [], WIDE, "light", []),
    "step-dark": ("calls", "step=30", [], WIDE, "dark", []),
    "step-narrow": ("calls", "step=30", [], NARROW, "light", []),
    "step-holders": ("holders", "step=27", [], WIDE, "light", []),
    "step-picked": ("alias", "step=8", ["ArrowDown"], WIDE, "light", ["#detail > table td"]),
    "step-cycle": ("cycle", "step=21", [], WIDE, "light", []),
    "step-keys": ("alias", "step=8", ["?"], WIDE, "light", []),
    "map": ("calls", "view=map&step=30", [], WIDE, "light", MAP_MASKS),
    "map-dark": ("calls", "view=map&step=30", [], WIDE, "dark", MAP_MASKS),
    "map-narrow": ("calls", "view=map&step=30", [], NARROW, "light", MAP_MASKS),
    "object": ("calls", "view=object&step=30", [], WIDE, "light", ["#object-memory ul ~ ul"]),
    "growth": ("grown", "view=growth&step=900", [], WIDE, "light", ["#growth-words"]),
    "growth-dark": ("grown", "view=growth&step=900", [], WIDE, "dark", ["#growth-words"]),
    "growth-narrow": ("grown", "view=growth&step=900", [], NARROW, "light", ["#growth-words"]),
    "growth-flame": ("grown", "view=growth&step=900&growth-part=flame", [], WIDE, "light", ["#growth-words", ".words"]),
}


def masked(b, image, selectors):
    """The picture with what is not to be compared painted over."""
    places = b.run("""
      return arguments[0].flatMap((text) => {
        const [selector, left] = text.split("@");
        return [...document.querySelectorAll(selector)].map((node) => {
          const box = node.getBoundingClientRect();
          return [box.left, box.top, left ? box.left + Number(left) : box.right, box.bottom].map(Math.round);
        }).filter(([x1, y1, x2, y2]) => x2 > x1 && y2 > y1);
      });
    """, [*selectors, "#heap-line"])
    image = image.convert("RGB")
    for left, top, right, bottom in places:
        if left < image.width and top < image.height and right > 0 and bottom > 0:
            image.paste((127, 127, 127), (max(0, left), max(0, top), min(image.width, right), min(image.height, bottom)))
    return image


def small(image):
    """The picture in few colours, so that the file is small."""
    return image.convert("RGB").quantize(128, dither=Image.Dither.NONE)


def difference(left, right):
    """The share of points that differ."""
    if left.size != right.size:
        return 1.0
    gap = ImageChops.difference(left.convert("RGB"), right.convert("RGB"))
    worst = ImageChops.lighter(ImageChops.lighter(*gap.split()[:2]), gap.split()[2])
    return sum(worst.histogram()[DEPTH:]) / (left.width * left.height)


def look(bench, name):
    program, address, keys, size, colours, masks = LOOKS[name]
    b = bench.browser
    b.size(*size)
    b.colours(colours)
    bench.open(program, address)
    view = address.split("view=")[1].split("&")[0] if "view=" in address else "step"
    if view != "step" and not b.run("return document.getElementById('tab-' + arguments[0]) !== null", view):
        raise Skip(f"no view {view}")
    b.run_later("await document.fonts.ready; await new Promise((done) => setTimeout(done, 500))")
    b.press(*keys)
    b.run("document.activeElement?.blur()")
    settled = "await new Promise((done) => setTimeout(done, 200)); await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    b.run_later(settled)
    return masked(b, Image.open(io.BytesIO(b.png())), masks)


@chromium_only
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
        if share > (LOOSE if name in CANVASES else SHARE):
            now.save(os.path.join(bench.pages.folder, name + ".png"))
            wrong.append(f"{name}: {100 * share:.2f} % of the points differ")
    size = sum(os.path.getsize(os.path.join(FOLDER, name)) for name in os.listdir(FOLDER))
    if size > 1 << 20:
        wrong.append(f"the pictures weigh {size} bytes together")
    stray = {name[:-4] for name in os.listdir(FOLDER)} - set(LOOKS)
    if stray:
        wrong.append(f"pictures of nothing: {stray}")
    assert not wrong, "\n".join(wrong)


@chromium_only
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
