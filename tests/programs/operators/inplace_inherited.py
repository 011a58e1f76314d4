# What x += y does in a class that inherits from a sequence, a set or a number and defines some operators itself.
import collections
for base, arg, other in ((list, [1], [2]), (bytearray, b"a", b"b"), (collections.deque, [1], [2]), (set, [1], {2}),
                         (str, "a", "b"), (collections.Counter, "a", collections.Counter("b")), (int, 3, 4)):
    for names in (), ("__radd__",), ("__add__",), ("__mul__",), ("__or__",):
        C = type("C", (base,), {n: lambda *a: 5 for n in names})
        for op in "+", "*", "|":
            for how in "x OP= y", "x = x OP y", "x OP= x":
                d = {"x": C(arg), "y": 2 if op == "*" else other}
                try:
                    exec(how.replace("OP", op), d)
                    x = d["x"]
                    print(base.__name__, names, how, op, type(x).__name__, list(x) if not isinstance(x, int) else x)
                except Exception as e:
                    print(base.__name__, names, how, op, type(e).__name__, e)
class C(list):
    def __add__(self, other): return "add"
x = C([1])
C.__iadd__ = lambda self, other: "iadd"
y = x
y += [2]
del C.__iadd__
x += [2]
print(y, x, x + [1])
