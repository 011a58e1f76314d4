"""What a program made to break the page: its texts are shown as text, run nowhere, fetch nothing."""

import contextlib
import http.server
import threading

from run import chromium_only

BAIT = """<img src=x onerror="window.owned=1"><script>window.owned=1</script></script><script>window.owned=1</script><!--<script>-->]]>{{owned}}"""


@contextlib.contextmanager
def listener():
    """A server on this machine; the list of paths that anybody asked for, and its address."""
    hits = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            hits.append(self.path)
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hits, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def walk(b, at_most=40):
    """Looks at all there is: every step (some of many), every view, every object of a picture opened."""
    last = b.where()[1]
    for step in sorted({1 + (last - 1) * i // at_most for i in range(at_most + 1)}):
        b.run("location.hash = '#' + arguments[0]", step)
        b.at(step)
    for node in b.run("return [...document.querySelectorAll('#heap .object')].map((node) => node.id)")[:15]:
        b.run("document.getElementById(arguments[0])?.click()", node)
        b.run("[...document.querySelectorAll('#detail button')].find((button) => button.textContent === 'bytes')?.click()")
        b.run_later("await new Promise((done) => setTimeout(done, 30))")
        b.run("document.getElementById('tab-step')?.click()")
    for tab in b.run("return [...document.querySelectorAll('[role=tab]')].map((tab) => tab.id)"):
        b.run("document.getElementById(arguments[0]).click()", tab)
        b.run_later("await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")
    b.run("document.querySelector('[role=tab]')?.click()")


def hostile(bench, source, name="hostile", at_most=40):
    """Opens and walks the page of a program; fails if anything of it ran or was fetched.  The texts of its last step."""
    with listener() as (hits, address):
        page = bench.pages.of_text(source.replace("@ADDRESS@", address), name)
        b = bench.browser
        b.open(page)
        assert b.where(), b.text("#where")
        walk(b, at_most)
        b.press("End")
        assert b.run("return window.owned === undefined && !document.querySelector('main img, main iframe, main object, main script, main link, main style')"), "it ran, or became markup"
        assert hits == [], hits
        fetched = b.run("return performance.getEntriesByType('resource').map((entry) => entry.name).filter((name) => !/^(data|blob):/.test(name))")
        assert fetched == [], fetched
        return b.run("return document.body.textContent")


def check_markup_in_strings(bench):
    source = f"BAIT = {BAIT!r}\nlink = '<img src=@ADDRESS@/img><link rel=stylesheet href=@ADDRESS@/css><iframe src=@ADDRESS@/frame>'\n" \
             "held = [BAIT, link, {BAIT: link}, {link}, (BAIT,)]\ndata = BAIT.encode()\nprint(BAIT, link)\npass\n"
    text = hostile(bench, source)
    assert 'onerror=' in text and "@ADDRESS@" not in text


def check_markup_in_names(bench):
    """Names of attributes, variables, functions, classes and modules."""
    source = f"""
BAIT = {BAIT!r}
class C: pass
c = C()
setattr(c, BAIT, [1])
globals()[BAIT] = [2]
D = type(BAIT, (), {{BAIT: [3]}})
d = D()
def f(): return [4]
f.__name__ = f.__qualname__ = BAIT
D.f = f
exec(compile("def g(x):\\n    return [x]\\nh = g(1)\\n", "<img src=x onerror=window.owned=1>", "exec"), globals())
code = f.__code__.replace(co_name=BAIT, co_qualname=BAIT, co_filename=BAIT, co_varnames=())
f.__code__ = code
r = f()
import sys
sys.modules[BAIT] = D
try:
    raise type("</script>" + BAIT, (Exception,), {{}})(BAIT)
except Exception as e:
    kept = e
pass
"""
    hostile(bench, source)


def check_markup_in_the_source(bench):
    source = f"# {BAIT}\ntext = '''</textarea></style></title>{BAIT}'''\n# <!-- --> <!--recording--> /*script*/ \nrecorded = '<!--recording-->'\nmark = '/*script*/ /*style.css*/'\npass\n"
    text = hostile(bench, source)
    assert "/*style.css*/" in text and "<!--recording-->" in text


def check_markup_in_the_file_name(bench):
    for name in ("<img src=x onerror=window.owned=1>", "a&amp;b'\"`<script>window.owned=1<", "<!--", "${owned}#1&view=map", "naïve ☃ \u202e.gnp"):
        text = hostile(bench, "x = [1]\npass\n", name)
        assert name in text, name


def check_lone_surrogates_and_controls(bench):
    source = r"""
high, low, both = "a\ud800b", "\udc80", "\udbff\ud800"
nul, controls, bidi = "a\0b", "".join(map(chr, range(32))), "\u202e\u2066x\u2069\u200f"
big, joined = "\U0010ffff\U000fffff", "e" + "\u0301" * 2000
held = [high, low, both, {high: low}, nul, controls, bidi, big, joined]
raw = bytes(range(256))
setattr(type("C", (), {}), high, 1)
globals()[low] = [1]
line = "\u2028\u2029\r\n\x85\x0b\x0c"
pass
"""
    hostile(bench, source)


def check_huge(bench):
    """Huge strings, numbers, containers and depths are cut, and the page stays quick."""
    source = """
text = "<b>" * 20_000_000
number = 7 ** 100_000
data = bytes(30_000_000)
numbers = list(range(1_000_000))
table = {i: str(i) for i in range(100_000)}
deep = []
for i in range(3000):
    deep = [deep]
names = ["x" * 5000 + str(i) for i in range(50)]
setattr(type("C", (), {}), "y" * 100_000, 1)
print("z" * 200_000)
pass
"""
    b = bench.browser
    text = hostile(bench, source, at_most=10)
    assert len(text) < 3_000_000, len(text)
    began = b.run("return performance.now()")
    b.press("ArrowLeft", "ArrowLeft", "ArrowRight", "ArrowRight")
    took = b.run("return performance.now()") - began
    assert took < 4000, f"four steps took {took:.0f} ms"
    assert "more" in b.text("#heap") or "…" in b.text("#heap")


def check_raising_objects(bench):
    """No __repr__, __hash__, __eq__ or property of the program is called: it would end the process."""
    source = """
import os
class Trap:
    __slots__ = ("x",)
    def trap(self, *a): os._exit(7)
    __repr__ = __str__ = __eq__ = __hash__ = __len__ = __iter__ = __bool__ = __getattr__ = __del__ = __class_getitem__ = trap
class Meta(type):
    def __repr__(self): os._exit(8)
    __name__ = property(lambda self: os._exit(9))
    def __getattribute__(self, name): os._exit(10)
class Child(list, metaclass=Meta):
    def __repr__(self): return repr(self)
    __len__ = __iter__ = __getitem__ = lambda *a: os._exit(11)
t = [Trap(), Child()]
me = []
me.append(me)
d = {}
d["d"] = d
pass
import sys
sys.stdout.flush()
Trap.__del__ = Meta.__repr__ = None
os._exit(0) if False else None
del Trap.__del__
"""
    hostile(bench, source)


@chromium_only
def check_the_policy_is_strict(bench):
    """The page's own policy refuses what a hostile script would need, were there a way in."""
    b = bench.open("alias")
    with listener() as (hits, address):
        refused = b.run_later("""
          const address = arguments[0], refused = [];
          try { await fetch(address + "/fetch"); } catch { refused.push("fetch"); }
          try { new WebSocket(address.replace("http", "ws")); } catch { refused.push("socket"); }
          setTimeout("window.owned = 4");
          const image = new Image();
          image.onerror = () => refused.push("img");
          image.src = address + "/img";
          const frame = document.createElement("iframe");
          frame.src = address + "/frame";
          document.body.append(frame);
          navigator.sendBeacon?.(address + "/beacon");
          const form = document.createElement("form");
          form.action = address + "/form";
          document.body.append(form);
          const link = document.createElement("link");
          link.rel = "stylesheet"; link.href = address + "/css";
          document.head.append(link);
          const script = document.createElement("script");
          script.src = address + "/script";
          document.head.append(script);
          const base = document.createElement("base");
          base.href = address + "/base/";
          document.head.append(base);
          const inline = document.createElement("script");
          inline.textContent = "window.owned = 1";
          document.body.append(inline);
          const handler = document.createElement("div");
          handler.innerHTML = "<button onclick='window.owned = 2'></button><a href='javascript:window.owned=3'>x</a>";
          document.body.append(handler);
          for (const node of handler.children) node.click();
          if (document.baseURI.startsWith(address)) refused.push("BASE CHANGED"); 
          await new Promise((done) => setTimeout(done, 300));
          form.submit();
          await new Promise((done) => setTimeout(done, 500));
          return refused;
        """, address)
        assert hits == [], f"the policy let through: {hits}"
        assert b.run("return window.owned === undefined"), "a script that is not the page's own ran"
        assert {"fetch", "img"} <= set(refused) and "BASE CHANGED" not in refused, refused


check_the_policy_is_strict.complains = True
