#!/usr/bin/env python3
"""The balance of reference counts: in the whole heap of each of eight programs, and at the end of the programs of the suite, every
reference of every object is accounted for, by the references out of objects and by the labelled roots of the runtime.

usage: check_refs.py --limpid BINARY

LISTED says what may be left over: references that C functions hold while they run, and those that extension modules of others keep in
variables of their own.
"""
import concurrent.futures
import os
import subprocess

import harness
import programs

LIBRARY = r"""
import sys
sys.modules["_decimal"] = None   # an extension module with references of its own
import abc, argparse, array, ast, atexit, base64, binascii, calendar, cmath, codecs, collections, configparser, contextlib
import contextvars, copy, csv, dataclasses, datetime, difflib, dis, email.message, enum, errno, fractions, functools, gc, glob
import hashlib, heapq, html.parser, inspect, io, itertools, json, keyword, linecache, locale, logging, marshal, math, operator, os
import pathlib, pickle, posixpath, pprint, queue, random, re, reprlib, select, selectors, shelve, shlex, shutil, signal, socket
import statistics, string, struct, symtable, tempfile, textwrap, threading, time, tokenize, traceback, types, typing
import unicodedata, unittest, urllib.parse, uuid, warnings, weakref, xml.etree.ElementTree as ET, xml.sax, zipfile, zlib
kept = []
keep = kept.append
keep([datetime.datetime.now(datetime.timezone.utc), datetime.timezone(datetime.timedelta(hours=2), "x")])
keep(datetime.time(1, tzinfo=datetime.timezone.utc))
keep(re.compile(r"(?P<a>x)(y)").match("xy").regs)
keep(re.compile("b+").scanner("abb"))
kept += [range(10 ** 30), iter(range(10 ** 30)), zlib.compressobj(), zlib.decompressobj(zdict=b"abc"), struct.Struct("iii")]
kept += [struct.iter_unpack("i", b"12341234"), io.BytesIO(b"abc"), io.StringIO("abc\n"), memoryview(bytearray(b"xx"))[1:]]
kept += [collections.OrderedDict(a=1, b=[2]), collections.defaultdict(list, {1: [2]}), collections.deque([1, [2], 3])]
kept += [collections.Counter("hello"), collections.ChainMap({}, {1: 2}), operator.attrgetter("a.b"), operator.itemgetter(1, 2)]
kept += [operator.methodcaller("foo", 1, x=2), functools.partial(print, 1, sep="")]

@functools.lru_cache(maxsize=10)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

@functools.lru_cache
def one(x, y=1):
    return [x]

fib(20), one(1), one("a", y=2)
keep(fib)
kept += [ET.fromstring('<a x="1">t<b/>u</a>'), ET.XMLParser(), ET.iterparse(io.StringIO("<a><b/></a>"))]
kept[-2].feed("<a><b x='1'>")
keep(array.array("i", [1, 2]))
keep(iter(kept[-1]))
kept += [itertools.count(10 ** 30), itertools.cycle([1, 2]), itertools.chain([1], [2]), itertools.groupby([1, 1, 2])]
kept += [*itertools.tee([1, 2, 3]), itertools.islice([1, 2, 3], 2), itertools.product("ab", repeat=2), itertools.zip_longest([1], [2, 3])]
kept += [itertools.permutations([1, 2, 3]), itertools.accumulate([1, 2]), itertools.starmap(pow, [(1, 2)]), itertools.pairwise([1, 2])]
for it in kept[-12:]:
    next(it, None)
kept += [zip([1], [2]), map(str, [1]), filter(None, [1]), enumerate([1]), reversed([1]), iter("abc"), iter("\xe4b"), iter({1: 2})]
kept += [iter({1: 2}.items()), {1: 2}.keys(), iter({1}), iter(b"ab"), iter(bytearray(b"x")), iter(int, 1), slice(1, [2], 3)]

def generator():
    x = [1, 2]
    try:
        yield x
    finally:
        pass

async def coroutine():
    return 1

async def asynchronous():
    yield 1

g, c = generator(), coroutine()
next(g)
kept += [g, c, asynchronous(), c.__await__(), asynchronous().asend(None), asynchronous().athrow(ValueError), c.cr_frame, g.gi_frame]
for statement in ("1/0", "open('/nonexistent')", r"b'\xff'.decode()", "'\\ud800'.encode()", "compile('a b', 'x', 'exec')", "kept.x",
                  "import nonexistent", "undefined", "raise StopIteration([1])", "raise SystemExit([1])", "{}[[1]]", "{}['k']",
                  "raise ExceptionGroup('x', [ValueError(1)])", "raise KeyError([2]) from ValueError(3)"):
    try:
        exec(statement)
    except BaseException as e:
        keep(e)

class Slots:
    __slots__ = ("a", "b", "__weakref__")

s = Slots()
s.a = [1]
kept += [s, weakref.ref(s, lambda r: 0), weakref.proxy(s), weakref.WeakValueDictionary({1: s})]

class Dict(dict):
    def __init__(self):
        self.x = [1]

class List(list):
    pass

class Tuple(tuple):
    pass

d, l, t = Dict(), List([1, [2]]), Tuple([1, [2]])
d["k"], d[1], l.foo, t.foo = "v", 2, "bar", 1
kept += [d, l, t]

class Meta(type):
    pass

class Class(metaclass=Meta):
    x = property(lambda self: 1, doc="text")
    @classmethod
    def cm(cls): pass
    @staticmethod
    def sm(): pass

kept += [Class.cm, Class().x, typing.List[int], list[int], int | str, typing.Optional[int], typing.TypeVar("T")]
keep(Class())
kept[-1].__dict__["y"] = [1]

@dataclasses.dataclass
class Data:
    a: int = 1
    b: list = dataclasses.field(default_factory=list)

class Colour(enum.Flag):
    RED = 1
    BLUE = 2

kept += [Data(), Colour.RED | Colour.BLUE, collections.namedtuple("P", "x y")(1, [2])]
variable = contextvars.ContextVar("variable", default=[1])
kept += [variable, variable.set([2]), contextvars.copy_context()]
local = threading.local()
local.x = [1]
kept += [local, random.Random(1), fractions.Fraction(1, 3), uuid.uuid4(), csv.reader(["a,b", "c"]), csv.writer(io.StringIO())]
next(kept[-2])
kept += [pickle.Pickler(io.BytesIO()), pickle.Unpickler(io.BytesIO(pickle.dumps([1, 2, [3]])))]
kept[-2].dump([kept[0]])
kept[-1].load()
kept += [ast.parse("x = 1 + y"), symtable.symtable("def f(x): return x", "f", "exec"), hashlib.sha256(b"x"), hashlib.blake2b(b"x")]
kept += [socket.socketpair(), select.epoll(), select.poll(), selectors.DefaultSelector(), os.scandir("/"), next(os.scandir("/"))]
kept[-1].stat()
kept += [os.stat("/"), open("/dev/null"), open("/dev/null", "wb"), open("/dev/null", "rb", 0), os.times(), time.localtime()]
event, ready = threading.Event(), threading.Event()

def wait(a):
    x = [a]
    ready.set()
    event.wait()

thread = threading.Thread(target=wait, args=([5],), daemon=True)
thread.start()
ready.wait()
signal.signal(signal.SIGUSR1, lambda *a: 0)
atexit.register(event.set)
kept += [logging.getLogger("x"), argparse.ArgumentParser(), unicodedata.ucd_3_2_0, sys.version_info, [].append, object().__str__]
kept += [super(Dict, d), sys._getframe(), fib.__wrapped__.__code__.co_positions(), fib.__wrapped__.__code__.co_lines()]
kept += [iter(string.Formatter().parse("{a}{b}")), types.SimpleNamespace(a=[1]), types.MappingProxyType({1: 2}), "x".__str__]
kept += [int.__add__, (1).__add__, dict.fromkeys, print, codecs.lookup("latin-1"), codecs.getincrementaldecoder("utf-8")()]
kept += [tempfile.TemporaryFile(), pathlib.Path("/x"), html.parser.HTMLParser(), marshal.loads(marshal.dumps(fib.__wrapped__.__code__))]
warnings.simplefilter("ignore")
gc.callbacks.append(lambda *a: None)
"""

GENERATORS = r"""
def walk(n):
    if n:
        yield from walk(n - 1)
    yield [n]

def outer():
    x = [1]
    def inner():
        nonlocal x
        x = x + [2]
        return x
    return inner

kept = []
for i in range(300):
    w = walk(i % 50)
    next(w)
    kept += [w, outer()]
    kept[-1]()

def at_depth(n):
    here = [n]
    return at_depth(n - 1) if n else look()

def look():
    for a in [[1]]:
        with open("/dev/null") as f:
            return f"{balance()}"

look_later = [x for x in map(lambda n: [n], range(10))]
"""

CLASSES = r"""
class Base:
    registry = {}
    def __init_subclass__(cls, **kw):
        Base.registry[cls.__name__] = cls

def make(i):
    class Made(Base):
        __slots__ = ("a", "b") if i % 2 else ()
        value = i
        def method(self):
            return __class__
    return Made

kept = [make(i) for i in range(300)]
objects = [cls() for cls in kept]
for i, o in enumerate(objects):
    if i % 2:
        o.a = o.method
    else:
        o.x, o.y = i, [o]
        if i % 3 == 0:
            o.__dict__
for cls in kept[::5]:
    cls.later = [cls]
    del cls.value
kept[0].__bases__ = (type("Other", (Base,), {}),)
"""

PROGRAMS = dict(programs.PROGRAMS, library=LIBRARY, generators=GENERATORS, classes=CLASSES)

# The tail of each program: prints what is left over as "type TAB text TAB references TAB accounted".
TAIL = r"""
def balance():
    import _see
    rows, wrong, objects = _see.unbalanced(1000)
    for o, count, accounted in rows:
        print(type(o).__name__, ascii(o)[:100], count, accounted, sep="\t")
    print("objects", objects, wrong)
"""

# type, beginning of its text, references that are left over; why
LISTED = {
    ("code", "<code object <module> ", 1),  # the code that a C function was given to run
    ("tuple", "(", 1),                      # arguments of a C function in which another thread waits
    ("dict", "{", 1),
}


def left_over(output):
    rows = [line.split("\t") for line in output.splitlines() if line.count("\t") == 3]
    return [row for row in rows
            if not any(row[0] == kind and row[1].startswith(text) and int(row[2]) - int(row[3]) == n for kind, text, n in LISTED)]


def check_programs(limpid):
    for name, source in PROGRAMS.items():
        call = "at_depth(20)" if name == "generators" else "balance()"
        output = limpid.run(source + TAIL + call + "\nimport os, sys\nsys.stdout.flush()\nos._exit(0)\n")
        objects, wrong = map(int, output.splitlines()[-1].split()[1:])
        rows = left_over(output)
        assert not rows, f"{name}: {len(rows)} of {objects} objects are not accounted for:\n" + "\n".join(map(str, rows[:20]))
        assert wrong <= 20 and objects > 10_000, f"{name}: {wrong} of {objects} are in the listed set"
        yield name


# Runs a program of the suite, in its folder and silently, and prints what is left over at its end.
AT_THE_END = TAIL + r"""
import os, sys
path = sys.argv[1]
sys.argv = sys.argv[1:]
os.chdir(os.path.dirname(path))
sys.path.insert(0, os.getcwd())
out, null = os.dup(1), os.open(os.devnull, os.O_RDWR)
os.dup2(null, 0), os.dup2(null, 1), os.dup2(null, 2)
def run():
    exec(compile(open(os.path.basename(path), "rb").read(), os.path.basename(path), "exec"), globals())
main = balance, out, os, sys
try:
    run()
except BaseException:
    pass
balance, out, os, sys = main
os.dup2(out, 1)
sys.stdout = os.fdopen(1, "w", closefd=False)
if any(str(getattr(m, "__file__", "")).endswith(".so") for m in list(sys.modules.values())):
    print("extension modules")
else:
    balance()
sys.stdout.flush()
os._exit(0)
"""
EVERY = 8  # the suite is tried in as many parts; LIMPID_EVERY=1 tries all of it


def check_suite(limpid):
    root = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "programs")
    paths = sorted(os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names if name.endswith(".py"))
    paths = [path for path in paths if "embedding" not in path and "faulthandler" not in path]
    every = int(os.environ.get("LIMPID_EVERY", EVERY))

    def try_one(path):
        try:
            done = subprocess.run([limpid.binary, "-c", AT_THE_END, path], capture_output=True, text=True, errors="replace",
                                  timeout=240, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return path, []
        return path, left_over(done.stdout)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, rows in pool.map(try_one, paths[::every]):
            assert not rows, f"{path}: {len(rows)} objects are not accounted for:\n" + "\n".join(map(str, rows[:20]))
            yield os.path.relpath(path, root)


if __name__ == "__main__":
    harness.main(globals())
