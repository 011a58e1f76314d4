# Instance attributes: order, deletion, __dict__, dynamic names, __class__ assignment.
class P:
    kind = "class"
    def __init__(self, x, y):
        self.x = x
        self.y = y

p = P(1, 2)
print(vars(p), p.kind, P.kind)
p.kind = "own"
print(p.kind, P.kind, vars(p))
del p.kind
print(p.kind)
p.z = 3
del p.x
p.x = 10
print(list(vars(p)), list(vars(p).values()))
d = p.__dict__
d["w"] = 4
print(p.w, "w" in dir(p))
p.v = 5
print(d)
p.__dict__ = {"only": 1}
print(vars(p), hasattr(p, "x"))
del p.__dict__
print(vars(p))
p.again = 1
print(vars(p))

def attempt(f):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)

def f(): p.nothing
attempt(f)
def f(): del p.nothing
attempt(f)
def f(): p.__dict__ = 3
attempt(f)
def f(): setattr(p, 1, 2)
attempt(f)
def f(): getattr(p, 1)
attempt(f)
def f(): object().x = 1
attempt(f)
def f(): del object().x
attempt(f)
def f(): (1).real = 2
attempt(f)
def f(): [].append = 2
attempt(f)
def f(): int.x = 1
attempt(f)
def f(): del int.real
attempt(f)
def f(): P.nothing
attempt(f)
def f(): del P.nothing
attempt(f)
def f(): None.x
attempt(f)

many = P(0, 0)
for i in range(40):
    setattr(many, "a%d" % i, i)
print(len(vars(many)), many.a39, sum(v for k, v in vars(many).items()))

class Q:
    def __init__(self):
        self.b = 1
        self.a = 2
    def late(self):
        self.c = 3

q, r = Q(), Q()
r.late()
q.d = 4
q.late()
print(vars(q), vars(r))

class Base:
    def __init__(self):
        self.base = 1
class Derived(Base):
    def __init__(self):
        self.first = 0
        super().__init__()
        self.last = 2
print(vars(Derived()))

class A1:
    def hello(self): return "A1", self.x
class A2:
    def hello(self): return "A2", self.x
a = A1()
a.x = 7
print(a.hello())
a.__class__ = A2
print(a.hello(), type(a).__name__, vars(a))
class A3:
    __slots__ = ("x",)
def f(): a.__class__ = A3
attempt(f)
def f(): a.__class__ = int
attempt(f)
def f(): a.__class__ = 3
attempt(f)
def f(): del a.__class__
attempt(f)
def f(): (1).__class__ = A1
attempt(f)
print(a.nothing)
