# Objects whose repr fails, in messages; numbers out of range.
import struct, types, json, io
def t(f):
    try: print(f())
    except BaseException as e:
        try: print(type(e).__name__, e)
        except BaseException as e2: print('!', type(e).__name__, type(e2).__name__)
class I:
    def __index__(self): return 2**70
for f in "bBhHiIlLqQnN":
    for v in (2**70, -2**70, 300, -1, 2**64, 2**63, 2**31, I(), "a", None, 1.5): t(lambda: struct.pack("<" + f if f not in "nN" else f, v))
t(lambda: types.FunctionType((lambda: 1).__code__, None)); t(lambda: types.FunctionType((lambda: 1).__code__, 5)); t(lambda: types.FunctionType(3, {})); t(lambda: types.FunctionType((lambda: 1).__code__, {}, 3)); t(lambda: types.FunctionType((lambda: 1).__code__, {}, None, 3)); t(lambda: types.FunctionType((lambda: 1).__code__, {}, None, None, 3))
t(lambda: int(bytearray(b"abc"), 3)); t(lambda: int(bytearray(b"abc"))); t(lambda: int(memoryview(b"abc"))); t(lambda: int(memoryview(b"abc"), 3)); t(lambda: float(bytearray(b"abc"))); t(lambda: complex(b"a"))
class R:
    def __repr__(self): return 5
class R2:
    def __repr__(self): raise KeyError("r")
    __str__ = __repr__
import collections
for r in R(), R2():
    t(lambda: collections.deque([1]).remove(r)); t(lambda: collections.deque([1]).index(r)); t(lambda: [].remove(r)); t(lambda: [].index(r)); t(lambda: ().index(r)); t(lambda: int(r)); t(lambda: {}[r]); t(lambda: set().remove(r)); t(lambda: "x" % r); t(lambda: range(3).index(r)); t(lambda: dict([r])); t(lambda: bytes(r)); t(lambda: iter(r)); t(lambda: r()); t(lambda: r + 1); t(lambda: r < 1); t(lambda: open(r)); t(lambda: io.StringIO(r)); t(lambda: getattr(1, r)); t(lambda: __import__(r)); t(lambda: type("T", (r,), {})); t(lambda: isinstance(1, r)); t(lambda: compile("1", r, "exec")); t(lambda: setattr(r, "__class__", r)); t(lambda: super(r)); t(lambda: object.__new__(r)); t(lambda: print(file=r)); t(lambda: hash(r) and 1); t(lambda: sum([r])); t(lambda: type.mro(r)); t(lambda: exec("1", r)); t(lambda: eval("1", {}, r)); t(lambda: (lambda **k: 1)(**{"a": 1}, **r)); t(lambda: {**r}); t(lambda: [*r])
class K(str):
    def __repr__(self): raise KeyError("r")
    __str__ = __repr__
def f(a): pass
t(lambda: f(**{K("b"): 1})); t(lambda: f(**{K("a"): 1, "a": 2})); t(lambda: getattr(1, K("zz"))); t(lambda: eval("zz", {K("q"): 1})); t(lambda: f(**{K("a"): 1}, **{K("a"): 2})); t(lambda: object.__getattribute__(1, K("zz"))); t(lambda: setattr(1, K("zz"), 1)); t(lambda: type("T", (), {K("a"): 1}).zz); t(lambda: type("T", (), {"__slots__": (K("a b"),)})); t(lambda: setattr(f, "__name__", 3)); t(lambda: int(K("zz"))); t(lambda: float(K("zz"))); t(lambda: __import__(K("zz")))
class Dk(dict):
    def items(self): return [(1, 2)]
class D0(dict):
    def __bool__(self): return False
class Dt(dict):
    def __iter__(self): return iter(["a"])
for c in Dk, D0, Dt: t(lambda: json.dumps(c(a=object))); t(lambda: json.dumps(c())); t(lambda: json.dumps([c(a=1)], indent=1))
class Li(list):
    def __iter__(self): return iter([5])
class L0(list):
    def __bool__(self): return False
    def __len__(self): return 0
for c in Li, L0: t(lambda: json.dumps(c([object]))); t(lambda: json.dumps(c([1, 2]))); t(lambda: json.dumps({"a": c([1])}, indent=1))
