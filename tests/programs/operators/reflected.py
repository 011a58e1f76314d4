# Binary operators: reflected methods, subclass priority, NotImplemented, in place.
log = []
class A:
    def __add__(self, o): log.append("A.add"); return NotImplemented
    def __radd__(self, o): log.append("A.radd"); return "A.radd"
    def __sub__(self, o): return "A-"
    def __mul__(self, o): return "A*"
class B(A):
    def __radd__(self, o): log.append("B.radd"); return "B.radd"
    def __rsub__(self, o): return "-B"
class C:
    def __radd__(self, o): log.append("C.radd"); return NotImplemented
    def __rsub__(self, o): return "-C"
    def __rpow__(self, o, m=None): return "rpow", m
def show(f):
    log.clear()
    try:
        result = f()
    except TypeError as e:
        result = e
    print(result, log)
show(lambda: A() + B())
show(lambda: B() + A())
show(lambda: A() + A())
show(lambda: A() + C())
show(lambda: C() + C())
show(lambda: 1 + A())
show(lambda: A() - B())
show(lambda: A() - A())
show(lambda: A() - C())
show(lambda: A() * B())
show(lambda: 2 ** C())
show(lambda: pow(2, C(), 5))
show(lambda: C() ** 2)
for op in ("+", "-", "*", "/", "//", "%", "@", "**", "<<", ">>", "&", "|", "^", "<", ">=", "==", "!="):
    show(lambda: eval("object() %s 1" % op))
for op in ("+=", "-=", "*=", "/=", "//=", "%=", "@=", "**=", "<<=", ">>=", "&=", "|=", "^="):
    def f():
        x = {"o": object()}
        exec("o %s 1" % op, x)
    show(f)
for op in ("-", "+", "~", "abs"):
    show(lambda: eval("%s(object())" % op))
class I:
    def __init__(self): self.v = []
    def __iadd__(self, o): self.v.append(o); return self
    def __imul__(self, o): return NotImplemented
    def __mul__(self, o): return "mul"
i = j = I()
i += 1
i += 2
print(i is j, i.v)
i *= 3
print(i)
class Cmp:
    def __init__(self, n): self.n = n
    def __lt__(self, o): print("lt"); return self.n < o.n
    def __eq__(self, o): print("eq"); return NotImplemented
a, b = Cmp(1), Cmp(2)
print(a < b, a > b, a == b, a != b, a == a)
show(lambda: a <= b)
show(lambda: sorted([Cmp(3), object()]))
class SubCmp(Cmp):
    def __gt__(self, o): print("sub gt"); return "sub"
print(Cmp(1) < SubCmp(1))
print([1] + [2], (1,) * 3, 3 * "ab", [1, 2] * -1)
show(lambda: [1] + (2,))
show(lambda: "a" * 2.0)
show(lambda: [1] * "x")
show(lambda: print >> 3)
show(lambda: 1 + "a")
show(lambda: "a" + 1)
show(lambda: divmod(1, "a"))
class Len:
    def __len__(self): return 0
class Idx:
    def __index__(self): return 3
print(bool(Len()), [10, 20, 30, 40][Idx()], "abcdef"[Idx():], range(Idx()), hex(Idx()), int(Idx()), float(Idx()))
show(lambda: [1][object()])
show(lambda: {}[[]])
show(lambda: object()[1])
class NoIter:
    __iter__ = None
    __contains__ = None
    __reversed__ = None
show(lambda: iter(NoIter()))
show(lambda: 1 in NoIter())
show(lambda: 1 in 3)
show(lambda: reversed(NoIter()))
class Seq:
    def __getitem__(self, i):
        if i > 3: raise IndexError(i)
        return i * i
    def __len__(self): return 4
print(list(Seq()), 9 in Seq(), 5 in Seq(), list(reversed(Seq())), max(Seq()))
A() @ 3
