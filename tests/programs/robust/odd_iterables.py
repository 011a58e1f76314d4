# What containers, bytes and json say to odd iterables, numbers and comparisons.
import collections, json, unicodedata, operator
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
class I:
    def __index__(self): return 65
class It:
    def __iter__(self): return iter([1, 2])
class St(str):
    def __str__(self): return "q"
class No:
    def __iter__(self): return 5
def f(x):
    b = bytearray(b"abc"); b[0:2] = x; return b
def g(x):
    b = bytearray(b"abc"); b[0:3:2] = x; return b
for h in f, g:
    for x in (I(), It(), No(), 5, "ab", None, [1, 2], [1, 300], [I()], ["a"], range(2), 1.5, b"xy", memoryview(b"xy"), iter([3, 4]), [None]):
        print(h.__name__, type(x).__name__, end=" ")
        t(lambda: h(x))
class S2(set):
    def __init__(self, *a): super().__init__(1, 2, 3)
t(S2)
class F2(frozenset):
    pass
t(lambda: F2(1, 2)); t(lambda: set(1, 2)); t(lambda: frozenset(1, 2)); t(lambda: S2.__init__(set(), 1, 2))
class D2(dict): pass
t(lambda: D2(1, 2)); 
class L2(list): pass
t(lambda: L2(1, 2))
class T2(tuple): pass
t(lambda: T2(1, 2))
print("norm")
t(lambda: unicodedata.normalize("NFD", St("abc")) == "abc"); t(lambda: type(unicodedata.normalize("NFD", St("abc")))); t(lambda: type(unicodedata.normalize("NFC", St("\u1234")))); t(lambda: type(unicodedata.normalize("NFC", St(""))));t(lambda: type(unicodedata.normalize("NFC", St("e\u0301"))))
for s in ("", "a", "\xe9", "\u1234", St("a"), St("\u1234")): t(lambda: type(iter(s)).__name__)
print("deque")
class Eq:
    def __eq__(self, o): raise ValueError
q = collections.deque([1, 2])
t(lambda: q.remove(Eq())); t(lambda: q.index(Eq()))
class Eq2:
    def __eq__(self, o): q.clear(); return True
q = collections.deque([1, 2]); t(lambda: q.remove(Eq2())); q = collections.deque([1, 2]); t(lambda: q.index(Eq2())); q = collections.deque([1, 2]); t(lambda: q.count(Eq2())); q = collections.deque([1, 2]); t(lambda: Eq2() in q)
class Eq3:
    def __eq__(self, o): q.append(1); raise ValueError
q = collections.deque([1, 2]); t(lambda: q.remove(Eq3())); t(lambda: q.index(Eq3())); t(lambda: q.count(Eq3())); t(lambda: Eq3() in q)
class Eq4:
    def __eq__(self, o): q.append(1); return False
q = collections.deque([1, 2]); t(lambda: q.remove(Eq4())); t(lambda: q.index(Eq4())); t(lambda: q.count(Eq4())); t(lambda: Eq4() in q)
print("json")
class Bad(dict):
    def items(self): return None
    def __len__(self): return 2
t(lambda: json.dumps(Bad())); t(lambda: json.dumps(Bad(a=1)))
class Bad2(dict):
    def items(self): return iter([(1, 2)])
t(lambda: json.dumps(Bad2())); t(lambda: json.dumps(Bad2(a=1)))
class Bad3(dict):
    def __bool__(self): return False
t(lambda: json.dumps(Bad3({3:object}))); 
class Bad4(dict):
    def __len__(self): return 0
t(lambda: json.dumps(Bad4({3:object}))); 
class Bad5(list):
    def __len__(self): return 0
    def __iter__(self): return iter([1])
t(lambda: json.dumps(Bad5([object]))); 
print("bytes")
t(lambda: bytearray("x", (1, 2))); t(lambda: bytearray("x", "utf-8", 3)); t(lambda: bytes("x", 3)); t(lambda: bytes("x", "utf-8", 3)); t(lambda: bytes(3, 4)); t(lambda: bytearray(3, 4)); t(lambda: bytearray(b"", encoding=4))
class No:
    def __iter__(self): return 5
class No2:
    def __iter__(self): raise TypeError("mine")
class No3:
    def __iter__(self): raise KeyError("mine")
class No4:
    __iter__ = None
for x in No(), No2(), No3(), No4(), 1.5:
    for f in bytes, bytearray, bytearray(b"abc").extend, b"".join, lambda q: bytearray(b"a").__iadd__(q), list, tuple, set, frozenset, [].extend, {1}.update, dict, memoryview, sum, min, sorted, zip, enumerate, map:
        t(lambda: f(x))
