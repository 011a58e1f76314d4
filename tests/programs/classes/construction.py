# What object.__new__ and object.__init__ accept.
class Plain:
    pass

class WithInit:
    def __init__(self, a, b=2, *rest, c, **more):
        self.all = a, b, rest, c, more

class WithNew:
    def __new__(cls, *args):
        self = super().__new__(cls)
        self.args = args
        return self

class Both:
    def __new__(cls, a):
        return super().__new__(cls)
    def __init__(self, a):
        self.a = a

class Other:
    def __new__(cls):
        return 42
    def __init__(self):
        print("never called")

class BadInit:
    def __init__(self):
        return 1

print(WithInit(1, c=3).all, WithInit(1, 5, 6, 7, c=8, d=9).all)
print(WithNew(1, 2).args, Both(7).a, Other())

def attempt(f, *args, **kwds):
    try:
        print(f(*args, **kwds))
    except Exception as e:
        print(type(e).__name__, e)

attempt(Plain, 1)
attempt(Plain, a=1)
attempt(WithInit)
attempt(WithInit, 1, 2)
attempt(Both)
attempt(BadInit)
attempt(object, 1)
attempt(object.__new__)
attempt(object.__new__, 1)
attempt(object.__new__, int)
attempt(int.__new__, str)
attempt(object.__new__, Plain, 1)
attempt(object.__init__, Plain(), 1)
attempt(object.__init__, WithInit(1, c=2), 1)
attempt(Plain.__init__, 3)
attempt(type, 1, 2)
attempt(type, 1, (), {})
attempt(type, "X", [], {})
attempt(type, "X", (1,), {})
attempt(type, "X", (bool,), {})
attempt(type, "X\0", (), {})
attempt(type(None), 1)
attempt(type(...), 1)
attempt(type(len))
attempt(type(iter([])))

class Sub(int):
    def __new__(cls, x, note):
        self = super().__new__(cls, x)
        self.note = note
        return self

s = Sub(5, "five")
print(s, s + 1, s.note, type(s + 1), s.__dict__, isinstance(s, int))
attempt(Sub, 5)
Plain(1, 2)
