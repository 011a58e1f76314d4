# __getattr__, __getattribute__, __setattr__, __delattr__, __dir__, __init_subclass__, __class_getitem__, __format__.
class G:
    def __init__(self): self.real = 1
    def __getattr__(self, name):
        if name.startswith("x"):
            return name.upper()
        raise AttributeError("no " + name)
g = G()
print(g.real, g.xyz, hasattr(g, "abc"), getattr(g, "abc", "default"))

class GA:
    def __getattribute__(self, name):
        if name == "magic":
            return "pocus"
        return super().__getattribute__(name)
    here = 5
ga = GA()
print(ga.magic, ga.here)

class Two:
    def __getattribute__(self, name):
        raise AttributeError("first " + name)
    def __getattr__(self, name):
        return "second " + name
print(Two().anything)

class Set:
    def __setattr__(self, name, value):
        print("set", name, value)
        super().__setattr__(name, value)
    def __delattr__(self, name):
        print("del", name)
        super().__delattr__(name)
s = Set()
s.a = 1
del s.a
try:
    del s.a
except AttributeError as e:
    print(e)

class Prop:
    @property
    def bad(self):
        raise AttributeError("inside")
    def __getattr__(self, name):
        return "fallback for " + name
print(Prop().bad)

class Base:
    registry = []
    def __init_subclass__(cls, /, tag=None, **kwds):
        super().__init_subclass__(**kwds)
        cls.registry.append((cls.__name__, tag))
class One(Base, tag=1): pass
class Other(Base): pass
print(Base.registry)
try:
    class Wrong(Base, other=2): pass
except TypeError as e:
    print(e)
try:
    class Wrong(object, other=2): pass
except TypeError as e:
    print(e)

class Item:
    def __class_getitem__(cls, key): return cls.__name__, key
print(Item[3], Item[1, 2])
try:
    Base[1]
except TypeError as e:
    print(e)
try:
    Base()[1]
except TypeError as e:
    print(e)

class F:
    def __format__(self, spec): return "<" + spec + ">"
    def __dir__(self): return ["b", "a"]
    def __sizeof__(self): return 100
print(format(F(), "abc"), f"{F():x}", f"{F()}", dir(F()), F().__sizeof__())
try:
    format(Base(), "x")
except TypeError as e:
    print(e)
class BadFormat:
    def __format__(self, spec): return 3
    def __repr__(self): return 3
    def __str__(self): return 4
    def __bytes__(self): return 5
    def __hash__(self): return "x"
    def __bool__(self): return 1
    def __len__(self): return -1
    def __iter__(self): return 1
    def __index__(self): return "1"
for test in (format, repr, str, bytes, hash, bool, len, iter, hex, int, float):
    try:
        print(test(BadFormat()))
    except Exception as e:
        print(test.__name__, type(e).__name__, e)
class Unhashable:
    def __eq__(self, other): return True
print(Unhashable.__hash__)
{Unhashable(): 1}
