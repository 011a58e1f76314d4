# Special methods whose names are strings put together at run time (or of a subclass of str) fill the slots of a new type.
class Name(str):
    pass


def make(names, kind=str, base=object):
    return type("C", (base,), {kind("_" + f"_{n}__"): (lambda self, *others, n=n: n) for n in names})


class Other:
    def __radd__(self, other):
        return "reflected"


for kind in (str, Name):
    C = make(["add", "radd", "iadd", "call", "getitem", "getattr", "str", "repr"], kind)
    c = C()
    print(c + 1, c + Other(), 1 + c, c + c, c(1), c[2], c.missing, str(c), repr(c))
    c += 1
    print(c)
    C = make(["eq", "lt", "contains", "enter", "exit"], kind)
    print(C() == 1, C() < 2, 3 in C(), C.__hash__)
    try:
        hash(C())
    except TypeError as error:
        print(error)
    D = make(["len"], kind, list)
    try:
        len(D())
    except TypeError as error:
        print(error)
C = make(["sub"])
setattr(C, "".join(["__m", "ul__"]), lambda self, other: "mul")
delattr(C, "".join(["__su", "b__"]))
print(C() * 2)
try:
    C() - 1
except TypeError as error:
    print(error)
