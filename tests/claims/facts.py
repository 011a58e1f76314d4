"""Measure the running interpreter and print what was seen as JSON: sizes, growth, types, sharing, collector, bytecode, messages.

Runs under PYTHONHASHSEED=0 (it executes itself again so).  A section that fails is recorded as {"error": ...} and the rest go on.
check_facts.py compares the result with python3.11's, facts.json.
"""
import os
import sys

if os.environ.get("PYTHONHASHSEED") != "0" or os.environ.get("PYTHONDONTWRITEBYTECODE"):
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "HOME": "/tmp"}
    os.execve(sys.executable, [sys.executable] + sys.argv, env)

import json
import warnings

warnings.simplefilter("ignore")

FACTS = {}


def sizeof(o):
    """An object's size without the collector's header, which belongs to the allocator."""
    return type(o).__sizeof__(o)


def section(f):
    try:
        FACTS[f.__name__] = f()
    except Exception as e:      # an unfinished interpreter: record and go on
        FACTS[f.__name__] = {"error": f"{type(e).__name__}: {e}"}
    return f


SETUP = '''
import sys, types, collections, functools, array, itertools, operator, io, re, datetime, decimal, fractions, weakref, threading, contextvars
def appended(n):
    l = []
    for i in range(n): l.append(i)
    return l
def dict_of(n, key=lambda i: i):
    d = {}
    for i in range(n): d[key(i)] = i
    return d
def set_of(n):
    s = set()
    for i in range(n): s.add(i)
    return s
class Plain: pass
class WithInit:
    def __init__(self): self.a = 1; self.b = 2
class Slots0: __slots__ = ()
class Slots1: __slots__ = ('a',)
class Slots2: __slots__ = ('a', 'b')
class Slots10: __slots__ = tuple('abcdefghij')
class SlotsDict: __slots__ = ('__dict__',)
class SlotsWeak: __slots__ = ('__weakref__',)
class SubInt(int): pass
class SubStr(str): pass
class SubList(list): pass
class SubDict(dict): pass
class SubTuple(tuple): pass
class SubFloat(float): pass
class WithMethods:
    def m(self): pass
    @property
    def p(self): return 1
    @classmethod
    def c(cls): pass
    @staticmethod
    def s(): pass
class Child(WithInit): pass
class Meta(type): pass
class OfMeta(metaclass=Meta): pass
class MyError(Exception): pass
NT = collections.namedtuple('NT', 'a b c')
def f0(): pass
def f1(a, b=1, *args, c: int = 2, **kw) -> str: 'doc'
def outer():
    v = 1
    def inner(): return v
    return inner
def gen():
    yield 1
def gen3(a, b, c):
    x = y = z = 1
    yield x
async def coro(): pass
async def agen():
    yield 1
def frame0(): return sys._getframe()
def frame3():
    a = b = c = 1
    return sys._getframe()
def frame_deep():
    return [sys._getframe(), (1, (2, (3, (4, 5))))][0]
def tb():
    try: 1/0
    except ZeroDivisionError as e: return e.__traceback__
def started(g):
    next(g); return g
def with_attr(o, **kw):
    for k, v in kw.items(): setattr(o, k, v)
    return o
def popped():
    d = dict_of(100)
    for i in range(99): del d[i]
    return d
def cleared():
    l = appended(100); l.clear(); return l
def shrunk():
    l = appended(100)
    while len(l) > 10: l.pop()
    return l
'''

EXPRESSIONS = {
    "int": ["0", "1", "-1", "42", "256", "257", "2**15", "2**30-1", "2**30", "-2**30", "2**31", "2**32", "2**60-1", "2**60", "2**63", "2**64",
            "2**90-1", "2**90", "2**1000", "10**9", "10**10", "10**18", "10**19", "10**100", "10**1000", "True", "False", "SubInt(5)"],
    "float, complex": ["0.0", "3.14", "1e308", "float('inf')", "float('nan')", "1j", "1+2j", "SubFloat(1.5)"],
    "str ASCII": ["''", "'a'", "'ab'", "'hello'", "'Alice'", "'hello world!'", "'Hello, World!'", "'x'*10", "'x'*100", "'x'*1000", "'x'*10000", "SubStr('x')"],
    "str latin1": ["'\\xe9'", "'\\xff'", "'\\xe9'*2", "'\\xe9'*10", "'\\xe9'*1000", "'a\\xe9'"],
    "str UCS2": ["'\\u0416'", "'\\u0416'*2", "'\\u0416'*10", "'\\u0416'*1000", "'a\\u0416'", "'\\u20ac'"],
    "str UCS4": ["'\\U0001f40d'", "'\\U0001f40d'*2", "'\\U0001f40d'*10", "'\\U0001f40d'*1000", "'a\\U0001f40d'"],
    "bytes": ["b''", "b'a'", "b'x'*10", "b'x'*100", "b'x'*1000", "bytearray()", "bytearray(b'a')", "bytearray(10)", "bytearray(1000)",
              "memoryview(b'abc')", "array.array('i')", "array.array('i', [1])", "array.array('i', range(10))", "array.array('d', range(1000))"],
    "list": ["[]", "[1]", "[1, 2]", "[1, 2, 3]", "[1, 2, 3, 4, 5]", "[None]*10", "[None]*1000", "list(range(5))", "list(range(10))", "list(range(1000))",
             "list((1, 2, 3, 4, 5))", "[i for i in range(10)]", "[i for i in range(1000)]", "appended(1)", "appended(5)", "appended(10)", "appended(1000)",
             "[1]+[2]", "[1, 2, 3][:]", "[1, 2, 3][:2]", "list('abc')", "sorted([3, 2, 1])", "cleared()", "shrunk()", "SubList()", "[1, 2, 3]*1000000"],
    "tuple": ["()", "(1,)", "(1, 2)", "(10, 20)", "(1, 2, 3)", "tuple(range(10))", "tuple(range(1000))", "SubTuple((1,))", "NT(1, 2, 3)"],
    "dict": ["{}", "dict()", "{'a': 1}", "{1: 1}", "{'a': 1, 'b': 2}", "{i: i for i in range(5)}", "{i: i for i in range(6)}", "{i: i for i in range(10)}", "{i: i for i in range(11)}",
             "{i: i for i in range(100)}", "{i: i for i in range(1000)}", "{str(i): i for i in range(10)}", "{str(i): i for i in range(1000)}", "dict(a=1)", "dict(a=1, b=2, c=3)",
             "dict.fromkeys(range(10))", "dict([(1, 2)])", "{i: i for i in range(10)}.copy()", "popped()", "popped().copy()", "{1: 1, 'a': 2}", "SubDict()", "WithInit().__dict__", "Plain().__dict__",
             "with_attr(Plain(), a=1).__dict__", "collections.OrderedDict()", "collections.OrderedDict(a=1)", "collections.defaultdict(int)", "collections.Counter('abc')", "collections.ChainMap()", "types.MappingProxyType({})",
             "{}.keys()", "{}.values()", "{}.items()", "iter({})"],
    "set": ["set()", "{1}", "{1, 2, 3, 4}", "{1, 2, 3, 4, 5}", "set(range(10))", "set(range(100))", "set(range(1000))", "frozenset()", "frozenset([1])", "frozenset(range(10))", "frozenset(range(1000))"],
    "singletons and small": ["None", "...", "NotImplemented", "object()", "slice(1)", "slice(1, 2, 3)", "range(10)", "range(10**30)", "iter(range(3))", "iter([])", "iter(())", "iter('')", "enumerate([])", "zip()", "map(str, [])", "filter(None, [])", "reversed([])"],
    "functions": ["f0", "f1", "lambda: 0", "outer()", "outer().__closure__", "outer().__closure__[0]", "types.CellType()", "types.CellType(1)", "print", "len", "[].append", "Plain().__init__", "WithMethods().m", "WithMethods.__dict__['p']", "WithMethods.__dict__['c']", "WithMethods.__dict__['s']",
                  "str.upper", "list.__add__", "[].__add__", "object.__init__", "functools.partial(print)", "property()", "operator.itemgetter(1)", "operator.attrgetter('a')"],
    "classes": ["object", "int", "list", "dict", "type", "Plain", "WithInit", "Slots0", "Slots1", "Slots10", "WithMethods", "Child", "Meta", "OfMeta", "MyError", "NT", "super(Child, Child())"],
    "instances": ["Plain()", "WithInit()", "with_attr(Plain(), a=1)", "Child()", "Slots0()", "Slots1()", "Slots2()", "Slots10()", "SlotsDict()", "SlotsWeak()", "OfMeta()", "types.SimpleNamespace()", "types.SimpleNamespace(a=1)", "weakref.ref(Plain)", "weakref.WeakValueDictionary()"],
    "generators": ["gen()", "started(gen())", "gen3(1, 2, 3)", "started(gen3(1, 2, 3))", "(x for x in [])", "agen()"],
    "frames": ["frame0()", "frame3()", "frame_deep()", "gen().gi_frame", "gen3(1, 2, 3).gi_frame", "tb()", "tb().tb_frame"],
    "code": ["f0.__code__", "f1.__code__", "outer.__code__", "gen.__code__", "frame3.__code__", "compile('1', '', 'eval')", "compile('', '', 'exec')",
             "compile('a = 3\\nb = 5\\nc = a + b\\n', '', 'exec')", "compile('print(\"Hello, World!\")', '', 'exec')"],
    "modules": ["sys", "types", "types.ModuleType('m')", "io"],
    "exceptions": ["Exception()", "Exception('m')", "ValueError('m')", "KeyError('k')", "StopIteration(1)", "OSError(2, 'm')", "UnicodeDecodeError('a', b'', 0, 1, 'm')", "ImportError('m')", "SystemExit(1)", "NameError('m', name='x')",
                   "AttributeError('m')", "SyntaxError('m')", "MemoryError()", "RecursionError('m')", "MyError()", "ExceptionGroup('m', [ValueError()])", "BaseException()"],
    "library": ["collections.deque()", "collections.deque([1])", "collections.deque(range(100))", "collections.deque(range(1000))", "datetime.date(2020, 1, 1)", "datetime.datetime(2020, 1, 1)", "datetime.timedelta(1)", "datetime.time()", "datetime.timezone.utc", "decimal.Decimal('1.5')", "fractions.Fraction(1, 2)",
                "io.StringIO()", "io.BytesIO()", "io.BytesIO(b'x'*1000)", "re.compile('a')", "re.match('a', 'a')", "itertools.count()", "itertools.chain()", "threading.Lock()", "threading.RLock()", "contextvars.ContextVar('v')", "contextvars.copy_context()", "random_Random"],
}
NAMESPACE = {}
exec(SETUP, NAMESPACE)
import random
NAMESPACE["random_Random"] = random.Random(1)


def evaluate(expression):
    return eval(expression, NAMESPACE)


def _frame_of(n):
    ns = {"sys": sys}
    exec("def f():\n" + "".join(f"  v{i} = {i}\n" for i in range(n)) + "  return sys._getframe()\n", ns)
    return ns["f"]()


@section
def sizes():
    out = {}
    for group, expressions in EXPRESSIONS.items():
        out[group] = {}
        for e in expressions:
            try:
                out[group][e] = sizeof(evaluate(e))
            except Exception as x:
                out[group][e] = f"{type(x).__name__}: {x}"
    return out


@section
def sizes_by_length():
    s = sizeof
    return {
        "str ascii n=0..40": [s("x" * n) for n in range(41)], "str latin1 n=1..40": [s("\xe9" * n) for n in range(1, 41)],
        "str ucs2 n=1..40": [s("\u0416" * n) for n in range(1, 41)], "str ucs4 n=1..40": [s("\U0001f40d" * n) for n in range(1, 41)],
        "bytes n=0..40": [s(b"x" * n) for n in range(41)], "tuple n=0..40": [s(tuple(range(n))) for n in range(41)],
        "int of n bits, n=1..200": [s(1 << (n - 1)) for n in range(1, 201)],
        "list display [0]*n n=0..40": [s([0] * n) for n in range(41)], "list(range(n)) n=0..40": [s(list(range(n))) for n in range(41)],
        "list(tuple) n=0..40": [s(list(tuple(range(n)))) for n in range(41)],
        "list literal of n constants n=0..40": [s(eval("[" + ",".join(map(str, range(n))) + "]")) for n in range(41)],
        "list literal of n names n=0..40": [s(eval("[" + ",".join(["x"] * n) + "]", {"x": 1})) for n in range(41)],
        "list comprehension n=0..40": [s([i for i in range(n)]) for n in range(41)],
        "list slice l[:n] n=0..40": [s(list(range(50))[:n]) for n in range(41)],
        "bytearray appended n=0..200": (lambda b: [s(b)] + [(b.append(0), s(b))[1] for _ in range(200)])(bytearray()),
        "frame of a function with n locals n=0..12": [s(_frame_of(n)) for n in range(13)],
    }


@section
def list_growth():
    """Allocated slots after each of 0..200 appends, and at each resize up to 100000; and for the other ways to grow or shrink."""
    slots = lambda l: (sizeof(l) - sizeof([])) // 8
    l, after = [], [0]
    for i in range(200):
        l.append(i)
        after.append(slots(l))
    l, steps = [], []
    for i in range(100000):
        before = slots(l)
        l.append(i)
        if slots(l) != before:
            steps.append([len(l), slots(l)])
    shrink, l = [], list(range(200))
    for _ in range(200):
        before = slots(l)
        l.pop()
        if slots(l) != before:
            shrink.append([len(l), slots(l)])
    l, insert = [], []
    for i in range(100):
        before = slots(l)
        l.insert(0, i)
        if slots(l) != before:
            insert.append([len(l), slots(l)])
    extend = []
    for n in range(0, 41):
        l = []
        l.extend(range(n))
        extend.append(slots(l))
    iadd = []
    for n in range(0, 41):
        l = [0]
        l += [0] * n
        iadd.append(slots(l))
    return {"slots after n appends, n=0..200": after, "(length, slots) at each resize by append up to 100000": steps,
            "(length, slots) at each resize by pop from list(range(200))": shrink, "(length, slots) by insert(0)": insert,
            "slots of [].extend(range(n)) n=0..40": extend, "slots of [0] += [0]*n n=0..40": iadd,
            "formula": "new_allocated = (newsize + (newsize >> 3) + 6) & ~3; if newsize - len > new_allocated - newsize: (newsize + 3) & ~3; 0 for 0",
            "formula holds": all(a == b for a, b in steps and [(s, (n + (n >> 3) + 6) & ~3) for n, s in steps])}


@section
def dict_growth():
    def steps(key, limit):
        d, out, last = {}, [[0, sizeof({})]], sizeof({})
        for i in range(limit):
            d[key(i)] = None
            if sizeof(d) != last:
                last = sizeof(d)
                out.append([len(d), last])
        return out

    d = {i: i for i in range(1000)}
    shrink, last = [], sizeof(d)
    for i in range(1000):
        del d[i]
        if sizeof(d) != last:
            last = sizeof(d)
            shrink.append([len(d), last])
    after = []
    d = {i: i for i in range(1000)}
    for i in range(995):
        del d[i]
    for i in range(5000, 5400):
        d[i] = 0
        if not after or after[-1][1] != sizeof(d):
            after.append([len(d), sizeof(d)])

    class Shared:
        pass
    inst = []
    for n in range(0, 34):
        o = Shared()
        for i in range(n):
            setattr(o, f"a{i}", i)
        inst.append(sizeof(o.__dict__))
    return {"int keys: (length, bytes) when it changes": steps(lambda i: i, 100000), "str keys: (length, bytes) when it changes": steps(str, 100000),
            "str keys then one int key at 3": (lambda d: (sizeof(d), d.__setitem__(1, 1), sizeof(d)))({"a": 1, "b": 2, "c": 3})[::2],
            "deletions from 1000 int keys: (length, bytes) when it changes": shrink, "then insertions": after,
            "__dict__ of instance with n attributes n=0..33": inst,
            "dict literal of n int keys n=0..20": [sizeof(eval("{" + ",".join(f"{i}:0" for i in range(n)) + "}")) for n in range(21)],
            "dict literal of n str keys n=0..20": [sizeof(eval("{" + ",".join(f"'{i}':0" for i in range(n)) + "}")) for n in range(21)],
            "dict.fromkeys(range(n)) n=0..20": [sizeof(dict.fromkeys(range(n))) for n in range(21)],
            "usable fraction": "2/3 of the index size: (size << 1) // 3; growth on resize to used*3"}


@section
def set_growth():
    def steps(make, limit):
        s, out, last = set(), [[0, sizeof(set())]], sizeof(set())
        for i in range(limit):
            s.add(make(i))
            if sizeof(s) != last:
                last = sizeof(s)
                out.append([len(s), last])
        return out
    return {"(length, bytes) when it changes": steps(lambda i: i, 200000),
            "set(range(n)) n=0..20": [sizeof(set(range(n))) for n in range(21)],
            "set literal of n constants n=1..20": [sizeof(eval("{" + ",".join(map(str, range(n))) + "}")) for n in range(1, 21)],
            "frozenset(range(n)) n=0..20": [sizeof(frozenset(range(n))) for n in range(21)],
            "small table slots": 8, "fill limit": "resize when fill*5 >= mask*3; to used*4 (used*2 above 50000)"}


@section
def other_growth():
    import array
    a, out, last = array.array("i"), [], 0
    for i in range(2000):
        a.append(i)
        size = sizeof(a)
        if size != last:
            out.append([len(a), size])
            last = size
    from collections import deque
    d, blocks, last = deque(), [], 0
    for i in range(1000):
        d.append(i)
        if sizeof(d) != last:
            last = sizeof(d)
            blocks.append([len(d), last])
    return {"array('i') (length, bytes)": out, "deque (length, bytes)": blocks}


@section
def types():
    """basicsize, itemsize, dictoffset, weakrefoffset, flags of every type in builtins and of the interpreter's own."""
    import builtins
    import types as t
    found = {k: v for k, v in vars(builtins).items() if isinstance(v, type)}
    for k in ("FunctionType", "CodeType", "FrameType", "CellType", "GeneratorType", "CoroutineType", "AsyncGeneratorType", "MethodType", "BuiltinFunctionType",
              "ModuleType", "TracebackType", "MappingProxyType", "SimpleNamespace", "GetSetDescriptorType", "MemberDescriptorType", "WrapperDescriptorType",
              "MethodWrapperType", "MethodDescriptorType", "ClassMethodDescriptorType", "GenericAlias", "UnionType", "NoneType", "EllipsisType", "NotImplementedType"):
        if hasattr(t, k):
            found["types." + k] = getattr(t, k)
    for e in ("iter([])", "iter(())", "iter('')", "iter('\\u0416')", "iter(b'')", "iter({})", "iter(set())", "iter(range(1))", "{}.keys()", "{}.values()", "{}.items()", "iter({}.values())", "reversed([])", "iter(int, 1)"):
        found["type of " + e] = type(eval(e))
    return {k: {"basicsize": v.__basicsize__, "itemsize": v.__itemsize__, "dictoffset": v.__dictoffset__, "weakrefoffset": v.__weakrefoffset__,
                "flags": hex(v.__flags__ & ~(1 << 19)), "gc": bool(v.__flags__ & (1 << 14)), "heap type": bool(v.__flags__ & (1 << 9)), "immutable": bool(v.__flags__ & (1 << 8)),
                "base": v.__base__.__name__ if v.__base__ else None} for k, v in sorted(found.items())}


@section
def gc_heads():
    """getsizeof minus __sizeof__ is the collector's head: 16 bytes for tracked types, 0 otherwise."""
    return {e: sys.getsizeof(evaluate(e)) - evaluate(e).__sizeof__() for e in ("1", "1.5", "'a'", "b''", "None", "()", "[]", "{}", "set()", "f0", "Plain()", "Slots0()", "Slots1()", "Exception()", "frame0()", "gen()", "types.CellType()", "slice(1)", "range(1)", "outer", "types.ModuleType('m')", "f0.__code__", "weakref.ref(Plain)", "memoryview(b'')", "[].append", "print", "object()", "bytearray()")} | {"type Plain": sizeof(NAMESPACE["Plain"]) - type.__sizeof__(NAMESPACE["Plain"]), "type int": sizeof(int) - type.__sizeof__(int)}


@section
def small_ints():
    same = lambda n: int(str(n)) is int(str(n))
    found = [n for n in range(-300, 600) if same(n)]
    step = {id(b) - id(a) for a, b in zip(map(int, map(str, range(-5, 256))), map(int, map(str, range(-4, 257))))}
    return {"lowest": found[0], "highest": found[-1], "count": len(found), "contiguous": len(found) == found[-1] - found[0] + 1, "address step": sorted(step),
            "results of arithmetic are shared too": (200 + int("50")) is (100 + int("150"))}


@section
def shared_literals():
    """Is a literal one object when compiled apart (interned or a singleton), and when it stands twice in one code object?"""
    out = {}
    for src in ("'hello'", "'hello_world'", "'Hello'", "'hello world!'", "'hello!'", "'a b'", "'a-b'", "'1'", "'123'", "'_'", "''", "'a'", "'!'", "' '", "'\\xe9'", "'\\xff'", "'\\u0416'", "'\\u0416b'",
                "'a'*20", "'a'*21", "'a'*4096", "'a'*4097", "'ab'+'cd'", "'a' 'b'", "'x'.upper()", "f'a{1}'", "f'abc'", "b''", "b'a'", "b'ab'", "()", "(1, 2)", "('a', 'b')", "((),)", "1000", "256", "257", "-5", "-6", "10**3", "2**100", "1.5", "0.0", "-0.0", "1j", "None", "...", "True", "frozenset()", "frozenset({1})", "range(3)", "str()", "int()", "bytes()", "tuple()"):
        a, b = eval(compile(src, "<one>", "eval")), eval(compile(src, "<two>", "eval"))
        ns = {}
        exec(f"a = {src}\nb = {src}\nr = a is b", ns)
        ns2 = {}
        exec(f"def f():\n return {src}\ndef g():\n return {src}\nr = f() is g()", ns2)
        out[src] = {"two compilations": a is b, "one module": ns["r"], "two functions of one module": ns2["r"]}
    return out


@section
def interned_kinds():
    """Which strings a program makes are interned: the same text made twice, apart, is one object."""
    count = [0]

    def name():             # a new text each time, so that nothing has interned it before
        count[0] += 1
        return f"fresh_{count[0]}_name"

    def by_source(template, pick):
        n = name()
        made = []
        for _ in range(2):
            ns = {}
            exec(compile(template.replace("NAME", "".join(list(n))), "".join(list("file_" + n)), "exec"), ns)
            made.append(pick(ns))
        return made[0] is made[1]

    def by_run(make):
        n = name()
        return make("".join(list(n))) is make("".join(list(n)))

    class K:
        pass

    def attribute(n):
        k = K()
        setattr(k, n, 1)
        return list(vars(k))[0]
    return {"identifier-like constant": by_source("v = 'NAME'", lambda ns: ns["v"]), "constant with a space": by_source("v = 'NAME b'", lambda ns: ns["v"]), "constant in a tuple": by_source("v = ('NAME', 1)", lambda ns: ns["v"][0]),
            "variable names": by_source("def f(): NAME = 1", lambda ns: ns["f"].__code__.co_varnames[0]), "global names": by_source("NAME = 1", lambda ns: [k for k in ns if k.startswith("fresh")][0]), "function name": by_source("def NAME(): pass", lambda ns: [v for k, v in ns.items() if k.startswith("fresh")][0].__name__),
            "class name": by_source("class NAME: pass", lambda ns: [v for k, v in ns.items() if k.startswith("fresh")][0].__name__), "attribute name": by_source("class C: NAME = 1", lambda ns: [k for k in vars(ns["C"]) if k.startswith("fresh")][0]), "docstring": by_source("def f(): 'NAME'", lambda ns: ns["f"].__doc__),
            "co_filename": by_source("def f(): pass", lambda ns: ns["f"].__code__.co_filename), "keyword name in a call": by_source("def f(**k): return list(k)[0]\nv = f(NAME=1)", lambda ns: ns["v"]), "keyword name given by ** of a run-time key": by_run(lambda n: (lambda **k: list(k)[0])(**{n: 1})),
            "dict literal key": by_source("v = list({'NAME': 1})[0]", lambda ns: ns["v"]), "dict key made at run time": by_run(lambda n: list({n: 1})[0]), "setattr name made at run time": by_run(attribute), "join": by_run(lambda n: n), "str(int)": by_run(lambda n: str(10**9 + len(n))), "one character of a string": by_run(lambda n: n[0]),
            "split": by_run(lambda n: (n + " b").split()[0]), "f-string": by_run(lambda n: f"{n}"), "concatenation": by_run(lambda n: n + "x"), "getattr name made at run time": by_run(lambda n: (getattr(K, n, 0), n)[1]), "sys.intern": by_run(sys.intern)}


@section
def singletons():
    empty_tuple, empty_str, empty_bytes = (), "", b""
    return {"tuple": tuple([]) is empty_tuple, "str": "".join([]) is empty_str, "bytes": bytes(0) is empty_bytes, "frozenset": frozenset() is frozenset(), "latin1 characters": sum(chr(i) is chr(i) for i in range(300)),
            "one-byte bytes": sum(bytes([i]) is bytes([i]) for i in range(256)), "tuple(t) is t": (lambda t: tuple(t) is t and t[:] is t)((1, 2)), "str(s) is s": (lambda s: str(s) is s and s[:] is s)("ab"), "int(i) is i": (lambda i: int(i) is i)(10**20),
            "float(f) is f": (lambda f: float(f) is f)(1.25), "frozenset(f) is f": (lambda f: frozenset(f) is f)(frozenset([1])), "bytes(b) is b": (lambda b: bytes(b) is b)(b"abc"), "s * 1 is s": (lambda s: s * 1 is s)("ab"), "t + () is t": (lambda t: t + () is t)((1, 2)), "s + '' is s": (lambda s: s + "" is s)("ab")}


@section
def garbage_collector():
    import gc
    out = {"enabled": gc.isenabled(), "thresholds": gc.get_threshold(), "debug flags": {k: getattr(gc, k) for k in dir(gc) if k.startswith("DEBUG_")}, "get_debug": gc.get_debug(), "stats keys": [sorted(s) for s in gc.get_stats()],
           "api": [n for n in dir(gc) if not n.startswith("_")]}
    gc.collect()
    gc.disable()
    gc.collect()
    out["get_count right after collect() while disabled"] = gc.get_count()
    before = gc.get_count()[0]
    keep = [[] for _ in range(100)]
    out["count[0] added by 100 lists plus the list of them"] = gc.get_count()[0] - before
    del keep
    gc.collect()
    before = gc.get_count()[0]
    keep = [float(i) for i in range(100)]
    out["count[0] added by 100 floats and one list"] = gc.get_count()[0] - before
    before = gc.get_count()[0]
    keep = [(i, i) for i in range(100)]
    out["count[0] added by 100 tuples and one list"] = gc.get_count()[0] - before
    gc.collect()
    gc.collect(0)
    c1 = gc.get_count()[1]
    gc.collect(0)
    out["count[1] goes up by one with each collect(0)"] = gc.get_count()[1] - c1
    gc.collect(1)
    out["after collect(1): count[1], count[2]"] = gc.get_count()[1:]
    gc.collect()
    out["after collect(2): count[1], count[2]"] = gc.get_count()[1:]
    stats = gc.get_stats()
    gc.enable()
    keep = [[] for _ in range(70000)]
    now = gc.get_stats()
    out["collections run while 70000 lists are made and kept, by generation"] = [b["collections"] - a["collections"] for a, b in zip(stats, now)]
    out["rule"] = "generation 0 when count[0] > 700 (container allocations minus deallocations), 1 when count[1] > 10, 2 when count[2] > 10 and long_lived_pending > long_lived_total / 4"
    out["is_tracked"] = {e: gc.is_tracked(evaluate(e)) for e in ("1", "'a'", "[]", "()", "(1, 2)", "([],)", "{}", "{1: 2}", "{1: []}", "set()", "f0", "Plain()", "Slots0()", "Slots1()", "Plain", "int", "sys", "object()", "None", "f0.__code__", "types.CellType(1)", "Exception()")}
    del keep
    gc.collect()

    class N:
        pass
    n = N()
    n.me = n
    del n
    out["collect() returns, for one instance in a cycle with itself"] = gc.collect()
    l = []
    l.append(l)
    del l
    out["collect() returns, for one list in itself"] = gc.collect()
    a, b = N(), N()
    a.o, b.o = b, a
    del a, b
    out["collect() returns, for a pair"] = gc.collect()

    class D:
        def __del__(self):
            pass
    d = D()
    d.me = d
    del d
    out["collect() returns, for a cycle with __del__"] = gc.collect()
    out["garbage after"] = len(gc.garbage)
    return out


@section
def recursion():
    def depth(f):
        n = [0]
        try:
            f(n)
        except RecursionError as e:
            return [n[0], str(e)]
    def plain(n):
        n[0] += 1
        plain(n)
    def through_lambda(n):
        n[0] += 1
        (lambda: through_lambda(n))()
    class Callable:
        def __call__(self, n):
            n[0] += 1
            self(n)
    class Repr:
        def __init__(self, n):
            self.n = n
        def __repr__(self):
            self.n[0] += 1
            return repr(self)
    def by_map(n):
        n[0] += 1
        list(map(by_map, [n]))
    import subprocess
    code = "n = 0\ndef f():\n global n\n n += 1\n f()\ntry: f()\nexcept RecursionError as e: print(n, e)"
    top = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.split(None, 1)
    out = {"limit": sys.getrecursionlimit(), "calls of f() from the module level before RecursionError": [int(top[0]), top[1].strip()],
           "plain, from here": depth(plain), "through a lambda": depth(through_lambda), "__call__": depth(Callable()), "__repr__": depth(lambda n: repr(Repr(n))), "through map()": depth(by_map)}
    l = []
    for _ in range(100000):
        l = [l]
    try:
        repr(l)
    except RecursionError as e:
        out["repr of a list nested 100000 deep"] = str(e)
    try:
        l == eval("l") or None
        k = []
        for _ in range(100000):
            k = [k]
        l == k
    except RecursionError as e:
        out["comparing two such lists"] = str(e)
    try:
        hash_of = ()
        for _ in range(100000):
            hash_of = (hash_of,)
        out["hash of a tuple nested 100000 deep"] = "needs C stack only; not called"
    except RecursionError as e:
        pass
    try:
        eval("(" * 300 + ")" * 300)
    except Exception as e:
        out["300 nested parentheses"] = f"{type(e).__name__}: {e}"
    try:
        compile("-" * 100000 + "1", "", "eval")
    except Exception as e:
        out["100000 nested unary minus"] = f"{type(e).__name__}: {e}"
    return out


@section
def sys_info():
    structs = {k: {n: getattr(getattr(sys, k), n) for n in dir(getattr(sys, k)) if not n.startswith("_") and n not in ("count", "index")}
               for k in ("int_info", "float_info", "hash_info", "flags", "thread_info", "version_info")}
    structs["flags order"] = list(sys.flags.__match_args__) if hasattr(sys.flags, "__match_args__") else None
    structs["flags names"] = [n for n in dir(sys.flags) if not n.startswith("_") and n not in ("count", "index", "n_fields", "n_sequence_fields", "n_unnamed_fields")]
    structs["flags n_fields"] = sys.flags.n_fields
    structs["flags repr"] = repr(sys.flags)
    for k in ("maxsize", "maxunicode", "byteorder", "hexversion", "api_version", "float_repr_style", "platform", "copyright", "abiflags", "platlibdir", "dont_write_bytecode", "pycache_prefix", "ps1", "ps2"):
        structs[k] = getattr(sys, k, "absent")
    structs["getswitchinterval"] = sys.getswitchinterval()
    structs["getrecursionlimit"] = sys.getrecursionlimit()
    structs["get_int_max_str_digits"] = getattr(sys, "get_int_max_str_digits", lambda: None)()
    structs["implementation"] = {"name": sys.implementation.name, "cache_tag": sys.implementation.cache_tag}
    structs["builtin_module_names"] = sys.builtin_module_names
    structs["stdlib_module_names"] = sorted(sys.stdlib_module_names)
    structs["getdefaultencoding"] = sys.getdefaultencoding()
    structs["dir(sys)"] = [n for n in dir(sys) if n not in ("last_type", "last_value", "last_traceback")]
    return structs


@section
def hashes():
    """With PYTHONHASHSEED=0."""
    return {e: hash(evaluate(e)) for e in ("0", "1", "-1", "-2", "42", "2**61-1", "2**61", "2**61-2", "2**64", "-2**61", "10**100", "0.0", "-0.0", "1.0", "1.5", "3.14", "-1.5", "1e300", "float('inf')", "-float('inf')", "1j", "1+2j", "True",
                                              "''", "'a'", "'hello'", "'Alice'", "'hello world!'", "'\\u0416'", "'\\U0001f40d'", "'x'*100", "b''", "b'a'", "b'hello'", "()", "(1,)", "(1, 2)", "(10, 20)", "('a', 'b')", "((), ())", "frozenset()", "frozenset([1])", "frozenset([1, 2, 3])", "range(10)", "fractions.Fraction(1, 3)", "decimal.Decimal('1.5')", "datetime.date(2020, 1, 1)")}


@section
def refcounts():
    g = sys.getrefcount
    l, d, s, f, o = [1], {1: 2}, {1}, 1.5 * float("2"), object()
    import io
    def two(a):
        return g(a)
    x = ["held"]
    return {"fresh list in a local (less the argument)": g(l) - 1, "fresh dict": g(d) - 1, "fresh set": g(s) - 1, "fresh float": g(f) - 1, "fresh object": g(o) - 1, "a parameter, called with a local": two(x) - 1,
            "a temporary": g([]) - 1 + 0, "42 is static, refcount starts at 999999999": g(42) >= 999999999 or g(42), "'' starts there too": g("") >= 999999999, "() too": g(()) >= 999999999, "b'' too": g(b"") >= 999999999, "'a' too": g("a") >= 999999999, "None": "counted, some thousands" if g(None) < 999999999 else "immortal", "True": "counted" if g(True) < 999999999 else "immortal"}


CODE_SAMPLES = {
    "D hello": 'print("Hello, World!")\n', "D dis.dis": "print('Hello')", "D abc": "a = 3\nb = 5\nc = a + b\n", "D xyz": "x = 42\ny = x\nz = [1, 2, 3]\n",
    "E multiply": "def multiply(a, b):\n    result = a * b\n    return result\n\ndef add(x, y):\n    sum_ = x + y\n    product = multiply(sum_, 2)\n    return product\n\ndef main():\n    answer = add(5, 3)\n    print(answer)\n\nmain()\n",
    "E recurse": "def recurse():\n    recurse()\n\nrecurse()\n", "E del": "x = [1, 2, 3]\ny = x\ndel x\n",
    "B add": "def add(a, b):\n    result = a + b\n    return result\n\nx = 10\ny = 20\nprint(add(x, y))\n", "B create_person": "def create_person(name, age):\n    person = {\"name\": name, \"age\": age}\n    return person\n\nname = \"Alice\"\nage = 30\nperson = create_person(name, age)\nprint(person)\n",
    "C function": "def function():\n    x = 42\n    name = \"Alice\"\n    items = [1, 2, 3]\n", "C frames": "import sys\n\ndef function_a():\n    frame = sys._getframe()\n    print(f\"Frame: {frame}\")\n    print(f\"Function name: {frame.f_code.co_name}\")\n    function_b()\n\ndef function_b():\n    frame = sys._getframe()\n    print(f\"Frame: {frame}\")\n    print(f\"Function name: {frame.f_code.co_name}\")\n\nfunction_a()\n",
    "C python_array": "def python_array():\n    arr = [1, 2, 3, 4, 5]\n", "C python_dynamic": "def python_dynamic():\n    lst = []\n    for i in range(1000):\n        lst.append(i)\n", "C benchmark loop": "def benchmark():\n    for i in range(1000000):\n        x = 42\n",
    "C recursive": "def recursive(n):\n    if n == 0:\n        return\n    recursive(n - 1)\n\nrecursive(10000)\n", "C small ints": "a = 100\nb = 100\nprint(a is b)\nprint(id(a) == id(b))\n", "C closure": "def make_counter():\n    count = 0\n    \n    def increment():\n        nonlocal count\n        count += 1\n        return count\n    \n    return increment\n\ncounter = make_counter()\n",
    "C comprehension": "x = [i for i in range(100000)]\ny = {i: i**2 for i in range(10000)}\n", "C out of memory": "huge_list = []\nfor i in range(10**10):\n    huge_list.append([0] * 1000000)\n", "C show_frame": "import sys\n\ndef show_frame():\n    frame = sys._getframe()\n    \n    print(f\"Local variables: {frame.f_locals}\")\n    print(f\"Global variables: {list(frame.f_globals.keys())[:5]}\")\n    \nshow_frame()\n",
}


def describe(code, depth=0):
    import dis
    import io
    text = io.StringIO()
    dis.dis(code, file=text, depth=0)
    simple = [c if not hasattr(c, "co_code") else f"<code {c.co_name}>" for c in code.co_consts]
    import re
    listing = re.sub(r" at 0x[0-9a-f]+", " at 0xADDR", text.getvalue())
    out = {"dis": listing, "co_code": code.co_code.hex(), "co_consts": [re.sub(r" at 0x[0-9a-f]+", " at 0xADDR", repr(c)) for c in simple], "co_names": code.co_names, "co_varnames": code.co_varnames, "co_cellvars": code.co_cellvars, "co_freevars": code.co_freevars,
           "co_stacksize": code.co_stacksize, "co_flags": hex(code.co_flags), "co_nlocals": code.co_nlocals, "co_firstlineno": code.co_firstlineno, "co_linetable": code.co_linetable.hex(), "co_exceptiontable": code.co_exceptiontable.hex(), "getsizeof": sizeof(code)}
    inner = {c.co_qualname: describe(c) for c in code.co_consts if hasattr(c, "co_code")}
    if inner:
        out["inner"] = inner
    return out


@section
def bytecode():
    import dis
    import importlib.util
    import opcode
    out = {"magic number": int.from_bytes(importlib.util.MAGIC_NUMBER[:2], "little"), "magic bytes": importlib.util.MAGIC_NUMBER.hex(), "pyc header": "4 magic, 4 flags, 4 mtime, 4 source size (flags 0), or 8 siphash of the source (flags 1 or 3)",
           "opmap": opcode.opmap, "HAVE_ARGUMENT": opcode.HAVE_ARGUMENT, "inline cache entries": {opcode.opname[i]: n for i, n in enumerate(getattr(opcode, "_inline_cache_entries", [])) if n}, "binary ops": [n for n, _ in getattr(opcode, "_nb_ops", [])], "cmp_op": opcode.cmp_op,
           "hasconst": opcode.hasconst, "hasname": opcode.hasname, "hasjrel": opcode.hasjrel, "hasjabs": opcode.hasjabs, "haslocal": opcode.haslocal, "hasfree": opcode.hasfree, "specializations": getattr(opcode, "_specializations", None), "stack effects": {}}
    for name, op in opcode.opmap.items():
        try:
            out["stack effects"][name] = dis.stack_effect(op, 1 if op >= opcode.HAVE_ARGUMENT else None)
        except ValueError:
            pass
    return out


@section
def disassembly():
    return {name: {"source": src, **describe(compile(src, "script.py", "eval" if name == "D dis.dis" and False else "exec"))} for name, src in CODE_SAMPLES.items()}


@section
def specialised():
    """The adaptive interpreter: what a hot function's instructions become (dis with adaptive=True)."""
    import dis
    out = {}
    for name, src, call in (("add", "def f(a, b):\n    result = a + b\n    return result\n", "f(1, 2)"), ("loop", "def f():\n    for i in range(100):\n        x = 42\n", "f()"), ("call", "def g(n):\n    return n\ndef f(a, b):\n    return g(a)\n", "f(1, 2)"),
                            ("append", "def f():\n    lst = []\n    for i in range(10):\n        lst.append(i)\n", "f()"), ("attr", "class C:\n    def __init__(self): self.v = 1\no = C()\ndef f():\n    return o.v\n", "f()")):
        ns = {}
        exec(compile(src, "script.py", "exec"), ns)
        for _ in range(100):
            eval(call, ns)
        out[name] = [i.opname for i in dis.get_instructions(ns["f"], adaptive=True)]
    return out


@section
def names_and_messages():
    def message(src):
        try:
            exec(src, {})
        except BaseException as e:
            return f"{type(e).__name__}: {e}"
    return {s: message(s) for s in ("x", "def f():\n print(v)\n v = 1\nf()", "1/0", "[][0]", "{}['k']", "None.x", "'a' + 1", "1 + 'a'", "int('x')", "def f(a): pass\nf()", "def f(a): pass\nf(1, 2)", "import nosuchmodule", "del nothing",
                                     "def f():\n f()\nf()", "[0] * 10**18", "'x' * 10**18", "bytes(10**18)", "import sys\nsys.setrecursionlimit(0)", "(1).__setattr__('a', 1)", "class C: __slots__ = ()\nC().a = 1", "raise Exception", "assert 0, 'm'", "f(", "a b", "def f():\nx")}


@section
def repl():
    """The interactive loop fed through a pipe with -i: prompts and banner go to stderr, values to stdout."""
    import re
    import subprocess
    text = "1 + 1\n_\nx = 5\nx\nNone\nfor i in range(2):\n    i\n\ndef f():\n    return 'r'\n\nf()\n1/0\n(\n2\n)\nx y\n"
    p = subprocess.run([sys.executable, "-i"], input=text, capture_output=True, text=True)
    err = re.sub(r"Python 3\S+ \(.*?\) \[.*?\] on \w+", "Python <version> (<build>) [<compiler>] on <platform>", p.stderr)
    q = subprocess.run([sys.executable, "-i", "-q"], input="exit(3)\n", capture_output=True, text=True)
    r = subprocess.run([sys.executable, "-q"], input="1 + 1\n", capture_output=True, text=True)
    return {"input": text, "stdout": p.stdout, "stderr": err, "exit status at end of input": p.returncode, "exit(3)": q.returncode, "without -i and with a pipe, '1 + 1' prints": r.stdout,
            "status of an uncaught exception": subprocess.run([sys.executable, "-c", "1/0"], capture_output=True).returncode, "of sys.exit('text')": subprocess.run([sys.executable, "-c", "import sys; sys.exit('text')"], capture_output=True).returncode,
            "of a SyntaxError": subprocess.run([sys.executable, "-c", "("], capture_output=True).returncode, "of a missing file": subprocess.run([sys.executable, "/no/such/file.py"], capture_output=True).returncode}


def plain(o):
    if isinstance(o, dict):
        return {str(k): plain(v) for k, v in o.items()}
    if isinstance(o, (list, tuple, set, frozenset)):
        return [plain(v) for v in (sorted(o) if isinstance(o, (set, frozenset)) else o)]
    if isinstance(o, (str, int, float, bool, type(None))):
        return o
    return repr(o)


if __name__ == "__main__":
    json.dump(plain(FACTS), sys.stdout, indent=1, ensure_ascii=True)
    print()
