# property, classmethod, staticmethod, functions and methods, getset and member descriptors, method wrappers: every way in and every refusal.
import types, functools
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__ + ':', e)
class C:
    """doc"""
    def __init__(self): self._x = 1
    @property
    def x(self): "the x"; return self._x
    @x.setter
    def x(self, v): self._x = v
    @x.deleter
    def x(self): print('del x')
    ro = property(lambda s: 5)
    wo = property(None, lambda s, v: print('wrote', v))
    nodoc = property(doc='own doc')
    @classmethod
    def cm(cls, *a): "cm doc"; return cls.__name__, a
    @staticmethod
    def sm(*a): return a
    def m(self, *a): return a
    @functools.cached_property
    def cached(self): print('computing'); return 9
    __slots__ = ('_x', 'slot', '__dict__')
c = C()
c.x = 5; print(c.x, C.x.__doc__, C.x.fget.__name__, C.x.fset is not None, C.nodoc.__doc__, type(C.x)); del c.x
print(c.cm(1), C.cm(2), c.sm(1), C.sm(2), c.m(1), C.m(c, 3), C.m(5, 6), c.cached, c.cached, C.cm.__doc__, C.cm.__func__.__name__, C.__dict__['cm'].__wrapped__.__name__, C.__dict__['sm'](4), C.__dict__['cm'].__isabstractmethod__)
t(lambda: setattr(c, 'ro', 1)); t(lambda: delattr(c, 'ro')); t(lambda: c.wo); t(lambda: setattr(c, 'wo', 1)); t(lambda: delattr(c, 'wo')); t(lambda: c.nodoc); t(lambda: C.x.__get__(5)); t(lambda: C.x.__set__(5, 1)); t(lambda: property(1, 2, 3, 4, 5)); t(lambda: property().__get__(1)); t(lambda: property().__set__(1, 2)); t(lambda: C.ro.getter(lambda s: 6).fget(1)); t(lambda: setattr(C.x, 'fget', 1)); t(lambda: property(5).__get__(c)); t(lambda: C.__dict__['cm']()); t(lambda: classmethod()); t(lambda: classmethod(1, 2)); t(lambda: staticmethod(5)()); t(lambda: staticmethod()); t(lambda: classmethod(5).__get__(None, C)())
b = c.m
print(b.__self__ is c, b.__func__ is C.m, b == c.m, b is c.m, hash(b) == hash(c.m), b.__name__, b.__qualname__, b.__doc__, b.__get__(5) is b, types.MethodType(len, [1, 2])(), b != C().m)
t(lambda: types.MethodType(5, 1)); t(lambda: types.MethodType(len, None)); t(lambda: types.MethodType(len)); t(lambda: setattr(b, 'x', 1)); t(lambda: b.nope); t(lambda: C.m()); t(lambda: b(x=1)); t(lambda: b < b); t(lambda: b.__self__.nope); t(lambda: types.MethodType(len, 1, 2)); t(lambda: setattr(b, '__self__', 1))
print(c.slot if hasattr(c, 'slot') else 'unset', C.slot, C.slot.__get__(None, C) is C.slot, type(C.slot)); c.slot = 4; print(C.slot.__get__(c), C.slot.__name__, C.slot.__objclass__)
t(lambda: C.slot.__get__(5)); t(lambda: C.slot.__set__(5, 1)); t(lambda: C.slot.__delete__(C())); t(lambda: C().slot); t(lambda: C.slot.__get__()); t(lambda: setattr(C.slot, '__name__', 1))
g = type.__dict__['__name__'] if '__name__' in type.__dict__ else None; print(type(g), g.__get__(C), types.FunctionType.__dict__['__code__'], types.FunctionType.__code__.__qualname__, types.FunctionType.__globals__)
t(lambda: types.FunctionType.__code__.__get__(5)); t(lambda: types.FunctionType.__globals__.__set__(t, {})); t(lambda: types.FunctionType.__globals__.__get__(5)); t(lambda: types.FunctionType.__code__.__set__(t, 5)); t(lambda: type.__dict__['__name__'].__get__(5)); t(lambda: int.real.__get__('a')); t(lambda: int.real.__set__(5, 5)); t(lambda: int.__dict__['real'].__delete__(5)); t(lambda: complex.real.__get__(1j)); t(lambda: setattr(1j, 'real', 5)); t(lambda: range.start.__get__([])); t(lambda: slice.start.__set__(slice(1), 1))
print(list.append, [].append.__name__, [].append.__self__, list.append.__objclass__, type(list.append), type([].append), [1].__len__, list.__len__, type([].__len__), type(list.__len__), dict.fromkeys.__self__, type(dict.__dict__['fromkeys']), str.maketrans, type(str.__dict__['maketrans'])) if 0 else print(list.append, [].append.__name__, list.append.__objclass__, type(list.append), type([].append), list.__len__, type([].__len__), type(list.__len__), dict.fromkeys.__self__, type(dict.__dict__['fromkeys']), type(str.__dict__['maketrans']))
t(lambda: list.append()); t(lambda: list.append(5)); t(lambda: list.append(5, 1)); t(lambda: list.append([], 1, 2)); t(lambda: list.append([], x=1)); t(lambda: list.__len__(5)); t(lambda: list.__len__()); t(lambda: [].__len__(1)); t(lambda: int.__add__('a', 1)); t(lambda: int.__add__(1)); t(lambda: (1).__add__(1, 2)); t(lambda: (1).__add__('a')); t(lambda: list.append.__get__(5)); t(lambda: list.append.__get__([1])(5)); t(lambda: list.append.__get__(None, list)); t(lambda: dict.__dict__['fromkeys'].__get__(5)); t(lambda: dict.__dict__['fromkeys'].__get__({}, dict)('ab')); t(lambda: dict.__dict__['fromkeys'].__get__(None, int)); t(lambda: dict.__dict__['fromkeys']('a')); t(lambda: [].__getitem__(x=1)); t(lambda: list.__init__([], 1, 2)); t(lambda: object.__init__(1, 2)); t(lambda: object.__new__()); t(lambda: object.__new__(5)); t(lambda: object.__new__(int)); t(lambda: int.__new__(str)); t(lambda: int.__new__()); t(lambda: tuple.__new__(list)); t(lambda: list.__new__(int)); t(lambda: (1).__eq__('a')); t(lambda: (1).__lt__()); t(lambda: [].__iadd__(5)); t(lambda: [].__setattr__('x', 1)); t(lambda: object.__setattr__(1, 'x', 2)); t(lambda: type.__call__(5)); t(lambda: type.__setattr__(int, 'x', 1)); t(lambda: object.__setattr__(int, 'x', 1)); t(lambda: type.__delattr__(C, 'nope')); t(lambda: object.__getattribute__(1)); t(lambda: object.__delattr__(c, 'q')); t(lambda: object().__class__ is object); t(lambda: setattr(object(), '__class__', int)); t(lambda: (1).__hash__(2)); t(lambda: object.__reduce_ex__(c, 'a')); t(lambda: object.__format__(c, 'x')); t(lambda: object.__sizeof__(5)); t(lambda: object.__dir__()); t(lambda: object.__init_subclass__(x=1)); t(lambda: object.__subclasshook__(1)); t(lambda: {}.__contains__([])); t(lambda: ''.__mod__(1)); t(lambda: ''.__rmod__(1)); t(lambda: (2).__pow__(3, 5)); t(lambda: (2).__rpow__(3)); t(lambda: (2).__pow__(1, 2, 3))
class N:
    def __get__(self, o, k): raise AttributeError('from get')
class W:
    def __set__(self, o, v): raise TypeError('from set')
class S:
    def __get__(self, o, k): return 'nondata'
class X:
    n, w, s = N(), W(), S()
    def __getattr__(self, a): return 'fallback ' + a
i = X(); i.__dict__.update(n=1, w=2, s=3); print(i.n, i.w, i.s, X.s)
t(lambda: X.n); t(lambda: setattr(i, 'w', 1)); t(lambda: delattr(i, 'w')); t(lambda: X().n); t(lambda: X().w.__class__.__name__)
f = lambda a, b=1, *, k=2: a
print(f.__defaults__, f.__kwdefaults__, f.__closure__, f.__get__(5).__self__, f.__get__(None, int) is f, f.__builtins__ is __builtins__.__dict__)
t(lambda: f.__get__(None));  t(lambda: setattr(f, '__defaults__', 5)); t(lambda: setattr(f, '__kwdefaults__', 5)); t(lambda: setattr(f, '__name__', 5)); t(lambda: setattr(f, '__qualname__', 5)); t(lambda: setattr(f, '__code__', 5)); t(lambda: setattr(f, '__dict__', 5)); t(lambda: delattr(f, '__code__')); t(lambda: delattr(f, '__dict__')); t(lambda: setattr(f, '__closure__', ())); t(lambda: setattr(f, '__annotations__', 5)); t(lambda: types.FunctionType(5, {})); t(lambda: types.FunctionType(f.__code__, 5)); t(lambda: types.FunctionType(f.__code__, {}, 5)); t(lambda: types.FunctionType(f.__code__, {}, 'n', 5)); t(lambda: types.FunctionType(f.__code__, {}, 'n', (), 5)); t(lambda: types.FunctionType(f.__code__, {}, closure=(1,)));  t(lambda: types.FunctionType(f.__code__, {}, 'nm')(3)); t(lambda: types.FunctionType()); t(lambda: type('F', (types.FunctionType,), {})); t(lambda: types.CellType().cell_contents); t(lambda: types.CellType(1, 2)); t(lambda: types.CellType(5) < types.CellType(6)); t(lambda: types.CellType() == types.CellType())
C.slot.__get__(5)
