# Module objects: creation, attributes, hooks, repr, circular imports.
import sys, types
m = types.ModuleType("m", "its doc")
print(m, m.__doc__, sorted(vars(m)), m.__spec__)
m.x = 1
print(m.x, "x" in dir(m), m.__dict__["x"])
def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
attempt(lambda: m.nothing)
attempt(lambda: types.ModuleType())
attempt(lambda: types.ModuleType(3))
attempt(lambda: delattr(m, "nothing"))
attempt(lambda: setattr(m, "__dict__", {}))
m.__getattr__ = lambda name: "hook " + name
m.__dir__ = lambda: ["z", "a"]
print(m.other, dir(m))
m.__file__ = "/somewhere/m.py"
print(m)
del m.__name__
print(m)
attempt(lambda: m.__annotations__)
m.__annotations__ = {"a": int}
print(m.__annotations__)
del m.__annotations__
class Sub(types.ModuleType):
    @property
    def prop(self): return "prop"
s = Sub("s")
print(s.prop, isinstance(s, types.ModuleType))
n = types.ModuleType("n")
n.__class__ = Sub
print(n.prop)
def f(): n.__class__ = int
attempt(f)
e = types.ModuleType.__new__(types.ModuleType)
print(e.__dict__, hasattr(e, "__name__"))
attempt(lambda: e.zz)
ns = types.SimpleNamespace(a=1, b="two")
ns.c = ns
print(ns, ns == types.SimpleNamespace(a=1), types.SimpleNamespace(a=1) == types.SimpleNamespace(a=1))
attempt(lambda: types.SimpleNamespace(1))
attempt(lambda: ns.d)
attempt(lambda: types.SimpleNamespace(a=1) < types.SimpleNamespace(a=1))
attempt(lambda: hash(ns))
class NS(types.SimpleNamespace): pass
print(NS(q=1), NS(q=1).__reduce__()[1:])
print(sys.nothing)
