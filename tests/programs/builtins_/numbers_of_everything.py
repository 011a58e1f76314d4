# Built-in functions on good and bad arguments: what they give and what they say.
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__ + ":", e)
import sys
class L:
    def __len__(self): return 3
    def __getitem__(self, i):
        if i > 2: raise IndexError
        return i
    def __index__(self): return 7
    def __abs__(self): return 'abs'
    def __round__(self, n=None): return ('round', n)
    def __divmod__(self, o): return ('divmod', o)
    def __rdivmod__(self, o): return ('rdivmod', o)
    def __pow__(self, o, m=None): return ('pow', o, m)
    def __reversed__(self): return iter('rev')
    def __dir__(self): return ['z', 'a']
    def __hash__(self): return 2**70
    def __int__(self): return 9
    def __float__(self): return 2.5
    def __complex__(self): return 3j
    def __bytes__(self): return b'bytes'
    def __contains__(self, x): return x == 'in'
    def __trunc__(self): return 11
    def __floor__(self): return 'floor'
    def __ceil__(self): return 'ceil'
    def __length_hint__(self): return 5
l = L()
import math, operator
for e in ('len(l)', 'list(l)', 'bin(l)', 'oct(l)', 'hex(l)', 'chr(l)', 'abs(l)', 'round(l)', 'round(l, 2)', 'divmod(l, 1)', 'divmod(1, l)', 'pow(l, 2)', 'pow(l, 2, 3)', 'list(reversed(l))', 'dir(l)', 'hash(l)', 'int(l)', 'float(l)', 'complex(l)', 'bytes(l)', '"in" in l', '1 in l', 'math.trunc(l)', 'math.floor(l)', 'math.ceil(l)', 'operator.length_hint(l)', 'min(l)', 'max(l, key=lambda x: -x)', 'sum(l)', 'sorted(l, reverse=True)', 'tuple(enumerate(l, 5))', 'list(zip(l, "ab"))', 'any(l)', 'all(l)', 'range(20)[l]', '"x" * l',
          'abs(-5)', 'abs(-2.5)', 'abs(3+4j)', 'abs(True)', 'round(2.5)', 'round(3.5)', 'round(-2.5)', 'round(1234, -2)', 'round(1.005, 2)', 'round(2.675, 2)', 'round(1e22, 2)', 'round(5, 1)', 'round(15, -1)', 'round(25, -1)', 'round(float("nan"))', 'round(float("inf"))', 'round(1.5, None)', 'round(10**30, -29)', 'divmod(-7, 3)', 'divmod(7, -3)', 'divmod(-7.5, 2)', 'divmod(1, 0)', 'divmod(1.0, 0)', 'pow(2, -1)', 'pow(2, -1, 7)', 'pow(2, -1, 4)', 'pow(2, 3, 0)', 'pow(2.0, 3, 5)', 'pow(0, -1)', 'pow(0.0, -1)', 'pow(-8, 1/3)', 'pow(2, 10, -7)', 'pow("a", 1)', '(-1) ** 0.5', '0 ** 0', '0.0 ** 0', 'int("12", 3)', 'int("0x1f", 0)', 'int("z", 36)', 'int("1_000")', 'int("1__0")', 'int(" 5 ")', 'int("")', 'int("5.0")', 'int("12", 1)', 'int("12", 37)', 'int(5, 10)', 'int("9" * 5000)', 'int(1e400)', 'int(float("nan"))', 'int(b"12")', 'int("\u0663")', 'int("0b2", 0)', 'int("012", 0)', 'float("1_0.5")', 'float("x")', 'float(" inf ")', 'float("nan")', 'float("1e400")', 'float("1e-400")', 'float(10**400)', 'float("\u0663.5")', 'float(b"1.5")', 'float([])', 'complex("1+2j")', 'complex("1 + 2j")', 'complex("(1j)")', 'complex(1, 2j)', 'complex("x")', 'complex(1, "2")', 'complex([])', 'chr(-1)', 'chr(0x110000)', 'chr(2**40)', 'ord("")', 'ord("ab")', 'ord(b"a")', 'ord(5)', 'bin(1.0)', 'hex("a")', 'oct(-8)', 'bin(-5)', 'hash(1.0) == hash(1)', 'hash(2**61 - 1)', 'hash(-1)', 'hash(float("inf"))', 'hash(1j)', 'hash(())', 'hash({})', 'hash((1, []))', 'len(5)', 'len({1: 2})', 'sum([1, "a"])', 'sum(["a"], "")', 'sum([b"a"], b"")', 'sum([[1], [2]], [])', 'sum([0.1] * 3)', 'sum((1, 2.5, 3j))', 'sum([bytearray()], bytearray())', 'min([])', 'min(5)', 'max([], default=3)', 'max(1, 2, default=3)', 'min("b", "a", key=ord)', 'max([1, "a"])', 'max(1, 2, key=5)', 'sorted([3, "a"])', 'sorted(5)', 'sorted([1, 2], key=lambda: 0)', 'sorted("bca", key=str.upper, reverse=1)', 'sorted([1], reverse="a")', 'list(map(lambda a, b: a + b, [1, 2], [3]))', 'list(map(None, [1]))', 'list(filter(None, [0, 1, ""]))', 'list(filter(5, [1]))', 'list(zip())', 'list(zip("ab", "c", strict=True))', 'list(zip("a", "bc", strict=True))', 'list(zip("a", "b", "cd", strict=True))', 'list(enumerate("ab", -1))', 'list(enumerate("ab", 2**70))', 'enumerate(5)', 'enumerate("a", "b")', 'next(iter([]))', 'next(iter([]), 5)', 'list(iter(lambda: 1, 1))', 'iter(5, 6)', 'reversed({1})', 'reversed(5)', 'list(reversed({1: 2, 3: 4}))', 'isinstance(1, (int, (str, [])))', 'isinstance(1, 5)', 'isinstance("a", (int, 5))', 'issubclass(1, int)', 'issubclass(int, 5)', 'issubclass(bool, (str, (float, int)))', 'callable(l)', 'getattr(l, "zz")', 'getattr(l, "zz", 4)', 'getattr(l, 5)', 'getattr(l, 5, 6)', 'hasattr(l, "a\\ud800")', 'setattr(l, 5, 1)', 'setattr(5, "a", 1)', 'delattr(l, "zz")', 'delattr(5, "real")', 'vars(5)', 'vars(l)', 'dir(5)[:2]', 'type("A", (), {})', 'type(5, (), {})', 'type("A", 5, {})', 'type("A", (), 5)', 'type("A\\0", (), {})', 'type("A", (5,), {})', 'type("A", (bool,), {})', 'type("A", (), {}, x=1)', 'type.mro(int)', 'type(l).__name__', 'ascii("\xe9\u20ac\U0001f600\\n")', 'repr("\x00\x7f\xa0\u200b\ud800")', "repr('it\\'s \"q\"')", 'format(5, "x")', 'eval("1 +")', 'eval("1", 5)', 'eval("a", {}, {"a": 3})', 'eval("x = 1")', 'eval(b"1+1")', 'eval(" 1")', 'eval("")', 'eval("\\0")', 'exec("1", 5)', 'exec("x", {}, 5)', 'compile("1", "f", "eval", flags=1 << 30)', 'compile("1", "f", "exec", optimize=5)', 'compile("1", 5, "exec")', 'compile(5, "f", "exec")', 'globals() is locals()', 'print(1, sep=5)', 'print(1, end=5)', 'print(1, file=5)', 'print("a", "b", sep="-", end="!\\n", flush=True)', 'print(sep="")', 'open("nope")', 'open("nope", "q")', 'open("nope", "rw")', 'open("nope", "rb", encoding="u8")', 'open("nope", buffering=0)', 'open("nope\\0")', 'open([])', 'open("nope", "U")', 'open("nope", newline="x")', 'open(-1)', 'open("nope", closefd=False)', 'input.__name__', '__import__("sys") is sys', 'breakpoint.__name__', 'id(None) == id(None)', 'staticmethod(5)', 'memoryview(b"ab")[0]', 'bytes([256])', 'bytes([-1])', 'bytes(-1)', 'bytes("a", "ascii")', 'bytes("\xe9", "ascii")', 'bytes(5.0)', 'bytes(["a"])', 'bytes(b"a", "ascii")', 'bytearray(3)', 'bytearray("a", "nope")', 'bytearray([300])', 'str(b"a", "ascii")', 'str(b"\\xff", "ascii")', 'str(b"\\xff", errors="replace")', 'str(5, "ascii")', 'str("a", "ascii")', 'str(object=5)', 'set([[]])', 'set(5)', 'frozenset([1]) == {1}', 'dict([1])', 'dict([(1, 2, 3)])', 'dict(["ab"])', 'dict([[]])', 'dict(a=1, **{"b": 2})', 'dict({"a": 1}, a=2)', 'dict([("a", 1)], a=3)', 'dict(5)', 'dict([5])', 'list(5)', 'tuple({1: 2})', 'list("ab")', 'copyright.__class__.__name__', 'Ellipsis', '__debug__', 'NotImplemented'):
    print(ascii(e), '->', end=' '); t(lambda: ascii(eval(e)))
eval('sum(map(int, "12x"))')
