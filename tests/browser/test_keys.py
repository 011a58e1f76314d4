"""Without a mouse, without seeing, on a narrow window, in the dark, on paper."""

import re
import subprocess
import tempfile

from driver import NARROW, dump
from run import chromium_only

# Everything that can be worked: [selector-like name, how far from the top, whether Tab can reach it].
CONTROLS = """
  const able = "button, input, select, textarea, a[href], summary, [tabindex], [role=button], [role=tab], [onclick]";
  return [...document.querySelectorAll(able)].filter((node) => node.getClientRects().length && !node.disabled && getComputedStyle(node).visibility !== "hidden")
    .map((node) => ({ name: node.id || node.getAttribute("aria-label") || node.innerText.slice(0, 30), tag: node.tagName, role: node.getAttribute("role"), tab: node.tabIndex }));
"""
FOCUS = """
  const node = document.activeElement, style = getComputedStyle(node), box = node.getBoundingClientRect();
  const outline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  return { name: node.id || node.getAttribute("aria-label") || node.innerText?.slice(0, 30), tag: node.tagName, body: node === document.body,
    marked: outline || style.boxShadow !== "none", inside: box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth };
"""
# Every text with the colours it is drawn in, as far as plain backgrounds tell: [text, contrast].
CONTRAST = """
  const parse = (text) => { const m = text.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
  const light = ([r, g, b]) => { const c = [r, g, b].map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]; };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const back = (node) => {
    if (!node) return [255, 255, 255, 1];
    const colour = parse(getComputedStyle(node).backgroundColor);
    return colour[3] === 1 ? colour : over(colour, back(node.parentElement));
  };
  const low = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = walk.nextNode());) {
    const node = text.parentElement, style = getComputedStyle(node);
    if (!text.data.trim() || !node.getClientRects().length || ["SCRIPT", "STYLE"].includes(node.tagName) || style.visibility === "hidden" || node.closest("[disabled], [aria-disabled=true]")) continue;
    const under = back(node), ink = over(parse(style.color), under), [a, b] = [light(ink), light(under)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) low.push([text.data.trim().slice(0, 40), node.className || node.tagName, Math.round(contrast * 100) / 100]);
  }
  return low;
"""


def views(b):
    """The names of the views that can be opened."""
    return b.run("return [...document.querySelectorAll('[role=tab]')].filter((tab) => tab.getClientRects().length && !tab.disabled && tab.getAttribute('aria-disabled') !== 'true').map((tab) => tab.id)")


def each_view(b):
    """Opens one view after the other; their names."""
    for tab in views(b) or [None]:
        if tab:
            b.run("document.getElementById(arguments[0]).click()", tab)
            b.wait("return document.getElementById(arguments[0]).getAttribute('aria-selected') === 'true'", tab)
            b.run_later("await new Promise((done) => setTimeout(done, 200)); await new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        yield tab or "step"


def check_tab_reaches_everything(bench):
    """Tab goes through all that can be worked, in the order of the page, with a visible mark; and comes back."""
    b = bench.open("holders", "12")
    for view in views(b):
        bench.open("holders", "step=12&view=" + view.replace("tab-", ""))  # after the last one Tab goes to the browser's own parts
        b.run_later("await new Promise((done) => setTimeout(done, 300))")
        wanted = [c for c in b.run(CONTROLS) if c["tab"] >= 0]
        seen = []
        for _ in range(len(wanted) + 5):
            b.press("Tab")
            focus = b.run(FOCUS)
            if focus["body"] or seen and focus["name"] == seen[0]["name"]:
                break
            seen.append(focus)
        missed = {c["name"] for c in wanted} - {f["name"] for f in seen}
        assert not missed, f"{view}: Tab misses {missed}; it met {[f['name'] for f in seen]}"
        unmarked = [f["name"] for f in seen if not f["marked"]]
        assert not unmarked, f"{view}: no visible focus: {unmarked}"
        outside = [f["name"] for f in seen if not f["inside"]]
        assert not outside, f"{view}: focus outside the window: {outside}"


def check_nothing_needs_a_mouse(bench):
    """What reacts to a click can be focused, or stands in something that can be."""
    b = bench.open("holders", "12")
    for view in each_view(b):
        lost = b.run("""
          return [...document.querySelectorAll("*")].filter((node) => node.getClientRects().length && getComputedStyle(node).cursor === "pointer"
            && !node.closest("button, a[href], input, select, label, summary, [tabindex], svg")).map((node) => node.className + ": " + node.innerText.slice(0, 30)).slice(0, 5);
        """)
        assert not lost, f"{view}: {lost}"


def check_an_object_by_keys(bench):
    """Down goes from object to object, each is told of; Escape lets it go."""
    b = bench.open("holders", "14")
    picked = set()
    for _ in range(len(b.picture()["objects"])):
        b.press("ArrowDown")
        picked.add(b.run("return document.querySelector('#heap .object.picked').id"))
        assert b.run("return document.querySelectorAll('#heap .object.picked').length") == 1
        assert "#" + b.run("return document.querySelector('#heap .object.picked').id.slice(1)") in b.text("#detail h3")
    assert picked == {o["id"] for o in b.picture()["objects"]}, picked
    b.press("ArrowUp", "Escape")
    assert b.run("return document.querySelectorAll('#heap .object.picked').length") == 0


def check_the_sheet_of_keys(bench):
    """? lists the keys of the page and of the open view; each of them can be pressed, in each view, without harm."""
    b = bench.open("holders", "14")
    for tab in views(b):
        view = tab.replace("tab-", "")
        bench.open("holders", "step=14&view=" + view)
        b.run_later("await new Promise((done) => setTimeout(done, 300))")
        b.press("?")
        assert b.shown("#help") and b.run("return document.getElementById('help').contains(document.activeElement)")
        keys = b.texts("#help kbd")
        b.press("Escape")
        assert not b.shown("#help")
        assert len(keys) >= 15, keys
        for key in keys:
            if key in ("/", "?"):
                continue
            key = {"→": "ArrowRight", "←": "ArrowLeft", "↑": "ArrowUp", "↓": "ArrowDown", "space": " ", "Esc": "Escape"}.get(key, key)
            *held, last = key.split(" ") if key != " " else [" "]
            last = {"→": "ArrowRight", "←": "ArrowLeft"}.get(last, last)
            b.press("+".join([*held, last]) if held else last)
            if b.run("return document.querySelector('[role=tab][aria-selected=true]').id") != tab:
                bench.open("holders", "step=14&view=" + view)
        assert b.text("#where"), view
        if b.chromium:
            assert not b.complaints(), (view, b.complaints())


def check_views_by_keys(bench):
    """Each view has a key, and the arrows go from tab to tab."""
    b = bench.open("holders", "14")
    keys = b.run("return [...document.querySelectorAll('[role=tab]')].map((tab) => [tab.id, tab.getAttribute('aria-keyshortcuts')])")
    assert len({key for _, key in keys}) == len(keys) >= 4, keys
    for tab, key in keys:
        b.press(key)
        assert b.run("return document.getElementById(arguments[0]).getAttribute('aria-selected')", tab) == "true", (tab, key)
    b.run("document.querySelector('[role=tab][aria-selected=true]').focus()")
    for tab, _ in keys:
        b.press("ArrowRight")
        assert b.run("return document.activeElement.id") == tab and b.run("return document.activeElement.getAttribute('aria-selected')") == "true", tab


@chromium_only
def check_roles_and_names(bench):
    """A screen reader finds the parts by role, and every control has a name."""
    b = bench.open("holders", "12")
    for view in each_view(b):
        tree = b.tree()
        roles = {role for role, _ in tree}
        nameless = [role for role, name in tree if role in ("button", "checkbox", "slider", "textbox", "searchbox", "combobox", "tab", "link", "radio", "image", "img", "Canvas", "switch", "spinbutton") and not name.strip()]
        assert not nameless, f"{view}: without a name: {nameless}"
        assert {"heading", "slider", "status"} <= roles, (view, roles)
    for tab in b.run("return [...document.querySelectorAll('[role=tab]')].map((tab) => [tab.getAttribute('aria-controls'), tab.getAttribute('aria-selected'), tab.parentElement.closest('[role=tablist]') !== null])"):
        assert tab[0] and b.run("return document.getElementById(arguments[0]) !== null", tab[0]) and tab[1] in ("true", "false") and tab[2], tab
    for name in b.run("return [...document.querySelectorAll('[aria-labelledby], [aria-controls], [aria-describedby]')].flatMap((node) => ['aria-labelledby', 'aria-controls', 'aria-describedby'].map((key) => node.getAttribute(key)).filter(Boolean).join(' ').split(' '))"):
        assert b.run("return document.getElementById(arguments[0]) !== null", name), f"no element {name}"
    assert b.run("return document.documentElement.lang")


def check_status_is_told(bench):
    """The line that says where the page is, is announced when it changes."""
    b = bench.open("alias")
    assert b.run("const node = document.getElementById('where'); return node.getAttribute('role') === 'status' || node.getAttribute('aria-live') === 'polite'")


@chromium_only
def check_arrows_have_words(bench):
    """What the arrows say, a screen reader gets in words: a slot with an arrow names what it refers to."""
    b = bench.open("holders", "14")
    silent = b.run("""
      return [...document.querySelectorAll("#picture .dot")].filter((dot) => !dot.closest("[aria-label]").getAttribute("aria-label").includes("refers to number " + dot.dataset.object)).length;
    """)
    assert silent == 0, f"{silent} arrows without words"
    for role, name in b.tree():
        if role == "group" and name.startswith("list number"):
            break
    else:
        raise AssertionError("the lists are not in the accessibility tree")


def check_narrow(bench):
    """At 390 pixels nothing makes the page wider than the window, and all controls are inside."""
    b = bench.open("calls", "30")
    if b.chromium:
        b.size(*NARROW)
    else:
        b.size(500, 844)  # Firefox's narrowest window
    b.open(bench.pages.of("calls"), "30")
    width = b.run("return innerWidth")
    for view in each_view(b):
        wide = b.run("return Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)")
        assert wide <= width, f"{view}: {wide} pixels wide in a window of {width}"
        outside = b.run("""
          return [...document.querySelectorAll("button, input, select, [role=tab]")].filter((node) => {
            const box = node.getBoundingClientRect();
            const scrolls = (part) => part && part !== document.documentElement && (part.scrollWidth > part.clientWidth && /auto|scroll/.test(getComputedStyle(part).overflowX) || scrolls(part.parentElement));
            return box.width && !scrolls(node.parentElement) && (box.left < 0 || box.right > innerWidth);
          }).map((node) => node.id || node.innerText);
        """)
        assert not outside, f"{view}: outside: {outside}"
        small = b.run("""
          return [...document.querySelectorAll("button:not(.link), select, [role=tab]")].filter((node) => { const box = node.getBoundingClientRect(); return box.width && (box.width < 24 || box.height < 24); })
            .map((node) => node.id || node.innerText);
        """)
        assert not small, f"{view}: too small to touch: {small}"


@chromium_only
def check_light_and_dark(bench):
    """Both looks have readable contrasts (4.5 to 1), and differ."""
    grounds = set()
    for scheme in ("light", "dark"):
        bench.browser.colours(scheme)
        b = bench.open("holders", "14")
        for view in each_view(b):
            low = b.run(CONTRAST)
            assert not low, f"{scheme}, {view}: {low[:8]}"
        grounds.add(b.run("return getComputedStyle(document.body).backgroundColor"))
    assert len(grounds) == 2, grounds


def check_zoom_and_big_text(bench):
    """At 200 % (640 pixels of a window of 1280) nothing is lost sideways."""
    bench.browser.size(640, 400)
    b = bench.open("calls", "30")
    wide = b.run("return document.documentElement.scrollWidth")
    assert wide <= 640, wide


@chromium_only
def check_print(bench):
    """On paper: the picture with its arrows, the source and the output, without the controls."""
    b = bench.open("holders", "14")
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        import base64
        file.write(base64.b64decode(b.cdp("Page.printToPDF", printBackground=False, preferCSSPageSize=True)["data"]))
        file.flush()
        text = subprocess.run(["pdftotext", "-layout", file.name, "-"], capture_output=True, text=True, check=True).stdout
        info = subprocess.run(["pdfinfo", file.name], capture_output=True, text=True, check=True).stdout
        svg = subprocess.run(["pdftocairo", "-svg", "-f", "1", "-l", "1", file.name, "-"], capture_output=True, text=True, check=True).stdout
    words = re.sub(r"\s+", " ", text)
    for word in ("<module>", "target", "in_list", "list", "tuple", "Box", "target = [1, 2, 3]", "line"):
        assert word in words, f"no {word!r} on paper:\n{text[:2000]}"
    pages = int(re.search(r"Pages:\s+(\d+)", info)[1])
    assert pages <= 2, f"{pages} pages"
    assert len(re.findall(r'd="M [^"]*C ', svg)) >= 5, "no arrows on paper"
    assert not b.run("return [...document.styleSheets].length === 0")
    picture = b.picture()
    b.cdp("Emulation.setEmulatedMedia", media="print")
    for selector in ("#slider", "#play", "[role=tablist]"):
        assert not b.shown(selector), f"{selector} is printed"
    b.cdp("Emulation.setEmulatedMedia", media="")
    b.wait("return document.getElementById('slider').getClientRects().length > 0")
    assert b.picture()["frames"] == picture["frames"], dump(picture)
