#!/usr/bin/env python3
"""Repeated operations do not grow: neither the heap nor the reference count of what everybody shares.

usage: growth.py --limpid BINARY [--all] [--verbose] [--jobs N] [GROUP…]

Each built-in type × each of its methods × sets of arguments (most of them wrong, so that error paths run), each function and
class of each built-in module, and a list of statements.  A batch of calls runs a few times over; between the rounds the
collector runs, and the live blocks and the reference counts of shared objects are compared.  A batch that grows in each
round is halved until the call that grows stands alone.  Without --all: modules and statements, with fewer sets of arguments;
"type I/N" is the Ith of N parts of the types.
"""
import sys

ROUNDS = 2
REPEAT = 3
ENOUGH = 3      # growth of a round with REPEAT calls that is taken for a leak
EXACT = 50      # calls in a round when one call is looked at alone


# ---- inside the runtime that is tested ----------------------------------------------------------------------------------

class Sink:
    """Takes what is printed."""
    def write(self, text):
        return len(text)

    def flush(self):
        pass


def gen():
    yield 1


async def coro():
    return 1


async def agen():
    yield 1


class Plain:
    def __init__(self):
        self.a = 1

    def meth(self):
        return self


class Broken:
    """Every question about it fails."""
    def fail(self, *args):
        raise ValueError("broken")
    __len__ = __iter__ = __eq__ = __lt__ = __hash__ = __index__ = __float__ = __bool__ = __getitem__ = __add__ = fail
    __radd__ = __call__ = __contains__ = __int__ = __str__ = __repr__ = __fspath__ = __complex__ = fail


def makers():
    """{name: function that makes an instance anew}"""
    import _collections, _io, _thread, array, itertools, types, contextvars, weakref, struct, time, zlib, _random, _sre, re
    import functools, operator, string

    def caught():
        try:
            1 / 0
        except ZeroDivisionError as e:
            return e

    cell = (lambda x: lambda: x)(1).__closure__
    pattern = re.compile("(?P<x>a)(b)?")
    table = dict(
        none=lambda: None, int=lambda: 5, big=lambda: 10 ** 40, bool=lambda: True, float=lambda: 2.5, complex=lambda: 1 + 2j,
        str=lambda: "".join(["ab", " ", "c"]), wide=lambda: "".join(["a\xe4", "\u20ac"]), bytes=lambda: bytes([97, 98, 99]),
        bytearray=lambda: bytearray(b"abc"), list=lambda: [3, 1, [2]], tuple=lambda: tuple([1, "x", [2]]),
        dict=lambda: {"a": [1], 2: "b"}, attributes=lambda: Plain().__dict__, keys=lambda: {"a": 1}.keys(), values=lambda: {"a": 1}.values(),
        items=lambda: {"a": 1}.items(), dict_iter=lambda: iter({"a": [1]}.items()), rev_items=lambda: reversed({"a": [1]}.items()),
        rev_keys=lambda: reversed({"a": [1]}), value_iter=lambda: iter({"a": [1]}.values()),
        set=lambda: {1, "a"}, frozenset=lambda: frozenset([1, "a"]), set_iter=lambda: iter({1, 2}), list_iter=lambda: iter([1, 2]),
        list_rev=lambda: reversed([1, 2]), tuple_iter=lambda: iter((1, 2)), str_iter=lambda: iter("ab"), wide_iter=lambda: iter("\u20acb"),
        bytes_iter=lambda: iter(b"ab"), bytearray_iter=lambda: iter(bytearray(b"ab")), range=lambda: range(5), bigrange=lambda: range(10 ** 30),
        range_iter=lambda: iter(range(3)), long_range_iter=lambda: iter(range(10 ** 30)), slice=lambda: slice(1, [2], 3),
        memoryview=lambda: memoryview(bytearray(b"abcd")), mem_iter=lambda: iter(memoryview(b"ab")), function=lambda: lambda x=1, *a, k=2: x,
        method=lambda: Plain().meth, builtin=lambda: [].append, wrapper=lambda: [].__add__, slot=lambda: list.__add__,
        descriptor=lambda: list.append, getset=lambda: type.__dict__["__dict__"], member=lambda: slice.start, classdesc=lambda: dict.__dict__["fromkeys"],
        staticmethod=lambda: staticmethod(len), classmethod=lambda: classmethod(len), property=lambda: property(len),
        super=lambda: super(Plain, Plain()), type=lambda: type("C", (Plain,), {"b": 1}), plain=Plain, object=object, broken=Broken,
        generator=gen, coroutine=coro, agen=agen, agen_asend=lambda: agen().asend(None), agen_athrow=lambda: agen().athrow(ValueError),
        coro_wrap=lambda: coro().__await__(), frame=lambda: sys._getframe(), traceback=lambda: caught().__traceback__, exception=caught,
        group=lambda: ExceptionGroup("g", [ValueError(1), TypeError(2)]), oserror=lambda: OSError(2, "m", "f"), uerror=lambda: UnicodeDecodeError("u", b"x", 0, 1, "r"),
        serror=lambda: SyntaxError("m", ("f", 1, 2, "t")), nameerror=lambda: NameError("m", name="x"), attrerror=lambda: AttributeError("m", name="x", obj=[]),
        stop=lambda: StopIteration([1]), exit=lambda: SystemExit([1]), importerror=lambda: ImportError("m", name="n", path="p"), keyerror=lambda: KeyError("k"),
        code=lambda: compile("def f(x): return x", "n", "exec"), module=lambda: types.ModuleType("m"), mappingproxy=lambda: types.MappingProxyType({"a": 1}),
        namespace=lambda: types.SimpleNamespace(a=1), alias=lambda: list[int], union=lambda: int | str, alias_iter=lambda: iter(list[int]), cell=lambda: cell[0],
        enumerate=lambda: enumerate([1]), zip=lambda: zip([1], [2]), map=lambda: map(str, [1]), filter=lambda: filter(None, [1]), reversed=lambda: reversed(range(3)),
        call_iter=lambda: iter(list, 1), seq_iter=lambda: iter(type("S", (), {"__getitem__": lambda s, i: i})()), lines=lambda: gen.__code__.co_lines(),
        positions=lambda: gen.__code__.co_positions(), deque=lambda: _collections.deque([1, [2]]), deque_iter=lambda: iter(_collections.deque([1])),
        defaultdict=lambda: _collections.defaultdict(list, a=1), ordered=lambda: _collections.OrderedDict(a=[1], b=2), ordered_iter=lambda: iter(_collections.OrderedDict(a=[1]).items()),
        array=lambda: array.array("i", [1, 2]), array_u=lambda: array.array("u", "ab"), bytesio=lambda: _io.BytesIO(b"a\nb"), stringio=lambda: _io.StringIO("a\nb"),
        text=lambda: _io.TextIOWrapper(_io.BytesIO(b"a\nb")), reader=lambda: _io.BufferedReader(_io.BytesIO(b"a\nb")), writer=lambda: _io.BufferedWriter(_io.BytesIO()),
        random_io=lambda: _io.BufferedRandom(_io.BytesIO(b"ab")), pair=lambda: _io.BufferedRWPair(_io.BytesIO(b"ab"), _io.BytesIO()), newline=lambda: _io.IncrementalNewlineDecoder(None, True),
        weak=lambda: weakref.ref(Plain), proxy=lambda: weakref.proxy(Plain), callproxy=lambda: weakref.proxy(gen), contextvar=lambda: contextvars.ContextVar("v", default=[1]),
        context=contextvars.copy_context, lock=_thread.allocate_lock, rlock=_thread.RLock, local=_thread._local,
        struct=lambda: struct.Struct("ii"), time=lambda: time.gmtime(0), stat=lambda: __import__("os").stat("."), version=lambda: sys.version_info,
        pattern=lambda: pattern, match=lambda: pattern.match("abc"), scanner=lambda: pattern.scanner("abab"), compress=lambda: zlib.compressobj(), decompress=lambda: zlib.decompressobj(),
        random=lambda: _random.Random(1), partial=lambda: functools.partial(int, base=2), lru=lambda: functools.lru_cache(2)(lambda x=1: [x]), cached=lambda: functools.lru_cache(None)(lambda x=1: [x]),
        cmpkey=lambda: functools.cmp_to_key(lambda a, b: 0)(1), attrgetter=lambda: operator.attrgetter("a", "b.c"), itemgetter=lambda: operator.itemgetter(1, "a"), methodcaller=lambda: operator.methodcaller("meth", 1, k=2),
        count=lambda: itertools.count(1, 2.5), tee=lambda: itertools.tee([1, 2])[0], groupby=lambda: itertools.groupby([1, 1, 2]), grouper=lambda: next(itertools.groupby([1, 1, 2]))[1],
        product=lambda: itertools.product([1, 2], "ab"), islice=lambda: itertools.islice([1, 2, 3], 1, 3), chain=lambda: itertools.chain([1], [2]), cycle=lambda: itertools.cycle([1, 2]),
        accumulate=lambda: itertools.accumulate([1, 2]), permutations=lambda: itertools.permutations([1, 2]), combinations=lambda: itertools.combinations([1, 2], 1), longest=lambda: itertools.zip_longest([1], [2, 3], fillvalue=0),
        starmap=lambda: itertools.starmap(pow, [(1, 2)]), pairwise=lambda: itertools.pairwise([1, 2, 3]), repeat=lambda: itertools.repeat([1], 2), takewhile=lambda: itertools.takewhile(bool, [1, 0]),
    )
    return table


def values():
    """Functions that make arguments: fresh ones, so that what is kept of them shows."""
    return [lambda: None, lambda: 1, lambda: -1, lambda: 10 ** 30, lambda: 2.5, lambda: "".join(["a", "b"]), lambda: "a", lambda: "utf-8", lambda: b"ab", lambda: bytearray(b"ab"),
            lambda: (1, [2]), lambda: [3, [1]], lambda: [("a", 1)], lambda: {"a": [1]}, lambda: {1, 2}, gen, Plain, Broken, lambda: Plain, lambda: int, lambda: len, lambda: (lambda *a: [a]),
            lambda: slice(0, 2), lambda: ValueError("x"), lambda: object(), lambda: 1j, lambda: True]


class Calls:
    """Sets of arguments: (), every value alone, some pairs and triples; with --all, every pair."""
    def __init__(self, everything):
        single = values()
        self.sets = [()] + [(v,) for v in single]
        self.written = single if everything else single[:3]
        if everything:
            self.sets += [(v, w) for v in single for w in single]
        every = range(len(single)) if everything else range(0, len(single), 2)
        self.sets += [(single[i], single[(3 * i + 1) % len(single)]) for i in every]
        self.sets += [(single[i], single[(5 * i + 6) % len(single)], single[(7 * i + 2) % len(single)]) for i in every]


# Methods and functions that wait, end the process, or change what the measuring rests on.
SKIP = """
    builtins.breakpoint builtins.input builtins.exit builtins.quit builtins.help builtins.license builtins.credits builtins.copyright builtins.__build_class__ builtins.open
    gc.set_debug gc.disable gc.enable gc.freeze gc.unfreeze gc.set_threshold gc.get_objects gc.get_referrers gc.collect atexit.register atexit._run_exitfuncs
    sys.exit sys.settrace sys.setprofile sys.call_tracing sys.setrecursionlimit sys.setswitchinterval sys.addaudithook sys.intern sys.getallocatedblocks sys._clear_type_cache
    sys.set_int_max_str_digits sys.set_coroutine_origin_tracking_depth sys.set_asyncgen_hooks sys.breakpointhook sys.setdlopenflags sys.__breakpointhook__ sys._setprofileallthreads sys._debugmallocstats
    sys.activate_stack_trampoline
    _thread.start_new_thread _thread.start_new _thread.interrupt_main _thread.exit _thread.exit_thread _thread._set_sentinel _thread.stack_size _thread.lock lock.acquire lock.acquire_lock rlock.acquire lock.__enter__
    time.sleep time.clock_settime time.clock_settime_ns time.tzset time.pthread_getcpuclockid faulthandler.* syslog.* _testinternalcapi.* _posixsubprocess.* fcntl.* _tracemalloc.* _imp.acquire_lock _imp.release_lock
    _imp.create_builtin _imp.create_dynamic _imp.exec_builtin _imp.exec_dynamic _imp.init_frozen _imp.get_frozen_object
    _signal.pause _signal.raise_signal _signal.alarm _signal.setitimer _signal.sigwait _signal.sigwaitinfo _signal.sigtimedwait _signal.signal _signal.pthread_kill _signal.pthread_sigmask _signal.pidfd_send_signal
    _signal.set_wakeup_fd _signal.siginterrupt _signal.default_int_handler
    select.select select.poll select.epoll _socket.gethostbyname _socket.gethostbyname_ex _socket.gethostbyaddr _socket.getaddrinfo _socket.getnameinfo _socket.sethostname _socket.close _socket.dup
    _socket.SocketType _socket.socket itertools.count itertools.cycle itertools.repeat _locale.setlocale _codecs.register _codecs.register_error _codecs.unregister _warnings.filters
    _warnings.warn _warnings.warn_explicit cycle.__reduce_ex__ frame.clear
""".split()
# Endless iterators are not to be used up.
ENDLESS = "count.__contains__ cycle.__contains__ bigrange.__contains__ bigrange.index bigrange.count long_range_iter.__contains__".split()
POSIX = """stat lstat listdir scandir access mkdir rmdir remove unlink rename replace link symlink readlink truncate utime chmod getcwd getcwdb fspath putenv unsetenv strerror times uname
           urandom get_terminal_size getxattr setxattr listxattr removexattr cpu_count sysconf confstr pathconf statvfs WIFEXITED WEXITSTATUS WIFSIGNALED getpid getlogin getgroups getloadavg fstat
           isatty ttyname get_inheritable lseek fsync DirEntry major minor makedev device_encoding cpu_count get_blocking getpgid getsid getpriority sched_getaffinity sched_getparam""".split()


def skipped(group, name):
    return f"{group}.{name}" in SKIP or f"{group}.*" in SKIP or f"{group}.{name}" in ENDLESS or group == "posix" and name not in POSIX


def quietly(function, args):
    try:
        return function(*[make() for make in args])
    except BaseException:
        return None


def method_case(make, name, args):
    def case():
        try:
            getattr(make(), name)(*[a() for a in args])
        except BaseException:
            pass
    return case


def function_case(function, args):
    def case():
        try:
            function(*[a() for a in args])
        except BaseException:
            pass
    return case


def attribute_cases(make, name, values):
    def read():
        try:
            return getattr(make(), name)
        except BaseException:
            pass

    def write(value):
        def case():
            try:
                setattr(make(), name, value())
            except BaseException:
                pass
        return case

    def delete():
        try:
            delattr(make(), name)
        except BaseException:
            pass
    return [("read", read), ("delete", delete)] + [(f"write {i}", write(v)) for i, v in enumerate(values)]


# Makers that give the same object each time, or one that stands for another: their attributes are not written.
SHARED = {"none", "version", "pattern", "slot", "descriptor", "getset", "member", "classdesc", "cell", "weak", "proxy", "callproxy", "frame"}


def instance_groups(calls, prefix, name, make):
    """(group name, cases) of an instance: each method; each attribute"""
    o = quietly(make, ())
    for attribute in dir(o):
        if skipped(name, attribute):
            continue
        label = f"{prefix}{name}.{attribute}"
        try:
            method = getattr(o, attribute)
        except BaseException:
            method = None
        cases = []
        if callable(method):
            cases += [(f"({describe(args)})", method_case(make, attribute, args)) for args in calls.sets]
        if name not in SHARED:
            cases += attribute_cases(make, attribute, calls.written)
        yield label, cases


def describe(args):
    out = []
    for a in args:
        value = a()
        out.append(type(value).__name__ if isinstance(value, (Broken, Plain)) or hasattr(value, "gi_frame") or callable(value) else repr(value))
    return ", ".join(out)


def module_groups(calls, name):
    module = __import__(name)
    for attribute in sorted(vars(module)):
        value = vars(module)[attribute]
        if skipped(name, attribute) or not callable(value) or attribute == "__loader__":
            continue
        yield f"{name}.{attribute}", [(f"({describe(args)})", function_case(value, args)) for args in calls.sets]
        if isinstance(value, type) and not issubclass(value, BaseException) and name != "builtins" and name != "_io":
            for args in calls.sets:
                if quietly(value, args) is not None:
                    make = (lambda value, args: lambda: value(*[a() for a in args]))(value, args)
                    yield from instance_groups(calls, name + ":", attribute, make)
                    break


STATEMENTS = r'''
exec("x = 1", {})
exec("def f(x, *a, y=1, **k): return [z for z in x]\nf([1])", {})
exec("class A:\n    x: int = 1\n    def m(self): return super().x\nA()", {})
exec("x = (", {})
exec("return", {})
exec("x = f'{1!r:>{5}}'", {})
exec("import nowhere", {})
exec("from os import nowhere", {})
exec("from os import *", {})
exec("match [1, {'a': 2}]:\n case [x, {'a': y, **r}]: pass\n case str(a): pass", {})
exec("try:\n    raise ExceptionGroup('g', [ValueError(1), TypeError(2)])\nexcept* ValueError as e: pass", {})
exec("async def f():\n    async with g() as x:\n        async for y in x: yield y\nf()", {})
exec("with open('nofile') as f: pass", {})
exec("global x\nx = 1\ndel x\nx", {})
exec("a, *b, c = 1, 2, 3, 4\na, b = 1", {})
exec("lambda: (yield)", {})
exec(b"\xff", {})
exec("# coding: nowhere\nx", {})
exec("# coding: latin-1\nx = 1".encode(), {})
exec("x = 1\n  y = 2", {})
exec("'\\N{nothing}'", {})
exec("\0", {})
exec(compile("x = 1", "n", "exec"), {})
eval("[1, {2: (3, 4)}][0]")
eval("1 +")
compile("a.b[c:d] = lambda x: x", "n", "exec", 0x400)
compile(compile("x = [1, *y, {**z}]", "n", "exec", 0x400), "n", "exec")
compile("x = 1", "n", "single", 0x200)
compile("1", "n", "nothing")
print("a", 1, sep="-", end="", file=out)
print(1, file=1)
"%s %r %(x)s" % (1, 2)
"%(x)5.2f %(y)s" % {"x": 1.5, "y": [1]}
"%d" % "x"
"{} {0}".format(1)
"{0.a[1]:{1}}".format(P(), 5)
"{x!r:>10}".format(x=[1])
"{x.y}".format(x=1)
f"{[1]!r:>{10}} {P()!s}"
f"{1:nonsense}"
format(1.5, ">10.3f"); format("a", "^9"); format(P(), "x")
__import__("json"); __import__("nowhere"); __import__("os.nowhere")
import importlib; importlib.reload(importlib.import_module("keyword"))
[1, 2][P()]
{}[P()]
P() < P()
1 < "a"
[1] + (1,)
[1] * 3; (1,) * 3; "a" * 3; [1] * "a"
x = [1]; x += (2, 3); x *= 2; x[1:3] = [7]; del x[0]; x[5]
x = {"a": 1}; x |= {"b": 2}; x | [1]
-"a"; ~1.5; +[]; not B()
1 in 5; "a" in [B()]; [1] in {1}
class X(P): __slots__ = ("a", "b")
class X(P): x = property(len); y = classmethod(len)
class X(int, str): pass
class X(metaclass=len): pass
class M(type): pass\nclass X(metaclass=M): pass
class X(P, k=1): pass
def f(x): yield from x\nlist(f([1, 2])); next(f(1))
def f():\n try: yield 1\n finally: raise ValueError\ng = f(); next(g); g.close()
async def f(): return [1]\nc = f(); c.send(None)
async def f():\n async for x in A(): pass\nc = f(); c.send(None)
async def f():\n async with P() as x: pass\nc = f(); c.send(None)
for x in zip([1], [2], strict=True): break
with P() as x: pass
try: raise ValueError from KeyError(1)\nexcept ValueError as e: e.__traceback__
try: 1 / 0\nexcept TypeError: pass
try: raise P
except: pass
assert 0, [1]
def f(a, /, b, *, c): pass\nf(1, 2, c=3); f(1, 2)
def f(a, /, b, *, c): pass\nf(a=1)
def f(**k): return k\nf(**{"a": 1}, **{"a": 2})
def f(*a): return a\nf(*[1, 2], *(3,)); f(*1)
len(1, 2, x=3)
x = lambda: x\ndel x\nx
def f(): nonlocal_ = 1; return lambda: nonlocal_\nf()()
P().nothing
P().a.b.c
P.x = 1; del P.x; del P.x
sorted([3, 1, "a"]); sorted([1, 2], key=P); min([]); max([1], key=P); sum([[1], [2]], []); sum(["a"])
isinstance(1, (int, (str, [])))
int("x"); int("1" * 5000); float("y"); complex("z"); bytes([300]); bytes("a"); str(b"a", "nocodec"); "a".encode("nocodec")
b"\xff".decode(); b"\xff".decode(errors="replace"); "\ud800".encode(); "\xe4".encode("ascii", "xmlcharrefreplace"); "\xe4".encode("ascii", "nohandler")
pickle.dumps([1, P(), {"a": (1, 2)}, {1}]); pickle.loads(pickle.dumps(P())); pickle.loads(b"garbage"); pickle.dumps(len(gen for gen in []))
pickle.dumps(lambda: 1)
copy.deepcopy([1, P(), {"a": [1]}]); copy.copy(P())
json.loads('{"a": [1, 2.5, null, "x"]}'); json.dumps({"a": [1, 2.5, None, P()]}); json.loads("[1,")
re.sub("(a)(b)?", r"\2\1", "ab ac"); re.findall("(a)(b)?", "ab ac"); re.split("(x)", "axb"); re.sub("a", lambda m: m[0] * 2, "aa"); re.sub("a", len, "aa")
struct.pack("iq5s", 1, 2, b"a"); struct.unpack("i", b"a"); struct.pack("i", "a"); list(struct.iter_unpack("h", b"abcd"))
datetime.datetime(2020, 1, 1).isoformat(); datetime.datetime(2020, 13, 1); datetime.datetime.now().strftime("%Y %z"); datetime.datetime.strptime("2020", "%Y") - datetime.datetime(2019, 1, 1)
pickle.loads(pickle.dumps(datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)))
list(csv.reader(["a,b", '"c', 'd"'])); csv.writer(out).writerow([1, "a", None]); csv.writer(1)
collections.namedtuple("N", "a b")(1, 2)._replace(a=3)
dataclasses.make_dataclass("D", ["a", "b"])(1, 2)
enum.Enum("E", "A B").A
typing.Optional[typing.List[int]]; typing.get_type_hints(P)
io.StringIO("a\nb").readlines(); io.TextIOWrapper(io.BytesIO(b"\xff")).read(); list(io.BytesIO(b"a\nb"))
open("file", "w").write("x"); open("file").read(); open("nofile"); open("file", "zz"); open(P())
threading.Thread(target=len, args=([],)).start()
t = threading.Thread(target=lambda: threading.local().__dict__); t.start(); t.join()
weakref.ref(P(), lambda r: 1 / 0); weakref.WeakValueDictionary(a=P()); x = P(); weakref.finalize(x, len, [])
contextvars.copy_context().run(lambda: contextvars.ContextVar("x").set([1]))
v = contextvars.ContextVar("x"); t = v.set(1); v.reset(t); v.reset(t)
asyncio.run(asyncio.sleep(0)); asyncio.run(asyncio.wait_for(asyncio.sleep(1), 0))
array.array("d", [1.5]) + array.array("d"); array.array("d", "x"); array.array("z")
memoryview(b"abcdef").cast("B", (2, 3)).tolist(); memoryview(1); m = memoryview(bytearray(b"ab")); m[0] = 1; m[0] = "x"; m.release(); m[0]
itertools.tee(gen()); list(itertools.groupby([1, 1, 2])); list(itertools.product([1, 2], repeat=2)); next(itertools.islice(gen(), 5, None))
functools.reduce(lambda a, b: [a, b], [1, 2, 3]); functools.lru_cache(1)(P)(); functools.partial(P, 1)(); functools.singledispatch(len)(1)
type("T", (), {"__del__": lambda s: 1 / 0})()
sys.exc_info(); sys._getframe().f_locals; sys.getsizeof([]); sys.audit("x", [1]); sys.displayhook([1]); sys.excepthook(ValueError, ValueError(1), None)
warnings.warn("x", DeprecationWarning); warnings.warn_explicit("x", UserWarning, "f", 1, registry={})
traceback.format_exception(ValueError(1)); traceback.extract_stack()
tokenize.generate_tokens(iter(["x = 1\n"]).__next__); ast.literal_eval("[1, {2: 3}]"); ast.parse("x ="); ast.dump(ast.parse("def f(x: int) -> [1]: pass")); ast.unparse(ast.parse("x = y[1:2]"))
inspect.signature(P); inspect.signature(len); dis.dis(P, file=out); symtable.symtable("def f(x): y = x", "n", "exec")
xml.etree.ElementTree.fromstring("<a b='1'><c>t</c></a>").find("c").text; xml.etree.ElementTree.fromstring("<a>")
decimal.Decimal("1.5") / 3; fractions.Fraction(1, 3) + 1; random.Random(1).sample(range(9), 3); statistics.mean([1, 2])
zlib.decompress(zlib.compress(b"abc")); zlib.decompress(b"x"); hashlib.sha256(b"x").hexdigest(); hashlib.new("nothing"); base64.b64decode("x"); binascii.unhexlify("abc")
marshal.loads(marshal.dumps([1, (2, {3: b"x"}), gen.__code__])); marshal.loads(b"x"); marshal.dumps(P())
heapq.merge([1], [2]); heapq.heappush([1, "a"], 2); bisect.insort([1], "a"); operator.itemgetter(1)([1])
socket.socketpair(); socket.socket().connect(("x",)); select.select([], [], [], 0); subprocess.list2cmdline(["a b"])
time.strftime("%Y", (1,)); time.strptime("x", "%Y"); locale.localeconv(); unicodedata.normalize("NFD", "\xe4"); unicodedata.lookup("nothing"); string.Template("$a").substitute(a=1)
'''


def statement_groups():
    import importlib
    space = {"P": Plain, "B": Broken, "gen": gen, "A": agen, "out": Sink()}
    cases = []
    for line in STATEMENTS.strip().splitlines():
        line = line.replace("\\n", "\n") if not line.startswith("exec(") else line
        parts = line.split("; ") if "\n" not in line and not line.startswith(("exec", "x ", "m ", "t ", "v ", "import")) else [line]
        for part in parts:
            for name in ("pickle copy json re struct datetime csv collections dataclasses enum typing io threading weakref contextvars asyncio array itertools functools warnings traceback "
                         "tokenize ast inspect dis symtable decimal fractions random statistics zlib hashlib base64 binascii marshal heapq bisect operator socket select subprocess time "
                         "locale unicodedata string").split():
                if name + "." in part and name not in space:
                    space[name] = importlib.import_module(name)
            if "xml." in part:
                import xml.etree.ElementTree
                space["xml"] = xml
            try:
                code = compile(part, "statement", "exec")
            except SyntaxError:
                continue

            def case(code=code):
                try:
                    exec(code, dict(space))
                except BaseException:
                    pass
            yield part, [("", case)]


def shared():
    """Objects that live on, whose reference counts must not move."""
    small = [None, True, False, Ellipsis, NotImplemented, (), "", b"", frozenset(), 0, 1, -1, 2, 3, 5, 100, "a", "b", b"a", "utf-8", "__name__", "__dict__"]
    kinds = [object, type, int, str, bytes, list, tuple, dict, set, frozenset, float, complex, bool, bytearray, slice, range, memoryview, type(None), Plain, Broken,
             type(gen), type(gen()), type(len), ValueError, TypeError, KeyError, AttributeError, IndexError, StopIteration, OSError, OverflowError, len, gen, sys, sys.modules]
    return small + kinds


def measure(cases, repeat, watched, rounds=ROUNDS):
    """(least growth of blocks in a round, [(object, least movement of its count)])"""
    import array, gc
    rounds = [array.array("q", [0]) * (len(watched) + 1) for _ in range(rounds + 2)]    # the measuring allocates nothing
    for n, counts in enumerate(rounds):
        for _ in range(repeat if n else 2):
            for _, case in cases:
                case()
        gc.collect()
        gc.collect()
        for i, o in enumerate(watched):
            counts[i] = sys.getrefcount(o)
        counts[-1] = sys.getallocatedblocks()
    steps = [[b[i] - a[i] for a, b in zip(rounds[1:], rounds[2:])] for i in range(len(watched) + 1)]
    moved = [(o, min(s, key=abs)) for o, s in zip(watched, steps) if min(s) > 0 or max(s) < 0]
    return min(steps[-1]), moved


def grows(cases, watched):
    grown, moved = measure(cases, REPEAT, watched)
    return grown >= ENOUGH or any(abs(n) >= ENOUGH for _, n in moved)


def search(cases, watched, found):
    """Reports the cases that grow: twice, since caches fill at first."""
    if not grows(cases, watched) or not grows(cases, watched):
        return
    if len(cases) > 1:
        before = len(found)
        middle = len(cases) // 2
        search(cases[:middle], watched, found)
        if len(found) - before < 3:
            search(cases[middle:], watched, found)
        return
    grown, moved = measure(cases, EXACT, watched, 6)
    if grown >= EXACT - 2:
        found.append((cases[0][0], f"{grown / EXACT:.1f} blocks a call"))
    for o, n in moved:
        if abs(n) >= EXACT - 2:
            found.append((cases[0][0], f"{n / EXACT:+.1f} references to {type(o).__name__} {str(o)[:40]} a call"))


def inside(group, report, everything, verbose):
    import os, warnings
    out = open(report, "a", buffering=1)
    sys.stdout = sys.stderr = sys.__stderr__ = Sink()
    sys.unraisablehook = sys.excepthook = lambda *a: None
    warnings.simplefilter("ignore")
    import threading
    threading.excepthook = lambda *a: None
    calls = Calls(everything)
    watched = shared()
    if group == "statements":
        groups = list(statement_groups())
    elif group.startswith("type "):
        table = makers()
        names = sorted(table)
        part, parts = map(int, group.split()[1].split("/"))
        groups = [g for name in names[part::parts] for g in instance_groups(calls, "", name, table[name])]
    else:
        groups = list(module_groups(calls, group))
    batch = 1 if everything or group == "statements" else 60
    for i in range(0, len(groups), batch):
        cases = [(label + text, case) for label, cases in groups[i:i + batch] for text, case in cases]
        if verbose:
            out.write(f"at {groups[i][0]}\n")
        found = []
        search(cases, watched, found)
        for where, what in found:
            out.write(f"leak {where}: {what}\n")
    out.write(f"done {len(groups)}\n")
    out.close()
    os._exit(0)


# ---- outside ---------------------------------------------------------------------------------------------------------------

def outside():
    import argparse
    import concurrent.futures
    import os
    import subprocess
    import tempfile

    parser = argparse.ArgumentParser()
    parser.add_argument("--limpid", required=True)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--timeout", type=int, default=0)
    parser.add_argument("groups", nargs="*")
    options = parser.parse_args()
    limpid = os.path.abspath(options.limpid)
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    env.update(PYTHONDONTWRITEBYTECODE="1", PYTHONHASHSEED="0", LC_ALL="C.UTF-8")
    modules = subprocess.run([limpid, "-c", "import sys; print(*sys.builtin_module_names)"], env=env, capture_output=True, text=True).stdout.split()
    parts = 32
    groups = options.groups or ["statements", *(f"type {i}/{parts}" for i in range(parts) if options.all), *modules]
    timeout = options.timeout or (1200 if options.all else 300)

    def check(group):
        with tempfile.TemporaryDirectory() as folder:
            report = os.path.join(folder, "report")
            work = os.path.join(folder, "work")
            os.mkdir(work)
            command = [limpid, os.path.abspath(__file__), "--inside", group, report, str(int(options.all)), "1"]
            try:
                done = subprocess.run(command, cwd=work, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout)
                end = f"exit status {done.returncode} " + done.stderr.decode(errors="replace")[-1500:]
            except subprocess.TimeoutExpired:
                end = "timed out"
            try:
                with open(report) as file:
                    lines = file.read().splitlines()
            except FileNotFoundError:
                lines = []
            messages = [line for line in lines if line.startswith("leak")]
            if not lines or not lines[-1].startswith("done"):
                messages.append(f"{end}{' ' + lines[-1] if lines else ''}")
            return messages

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for group, messages in zip(groups, pool.map(check, groups)):
            failed += bool(messages)
            for message in messages:
                print(f"{group}: {message}", flush=True)
    print(f"{len(groups) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if sys.argv[1] == "--inside":
        inside(sys.argv[2], sys.argv[3], sys.argv[4] == "1", sys.argv[5] == "1")
    else:
        sys.exit(outside())
