# Classes that change while they are in use.
import sys
def run(label, f):
    try:
        print(label, f())
    except BaseException as e:
        print(label, type(e).__name__, e)

class A:
    def f(self): return 'A.f'
class B:
    def f(self): return 'B.f'
def class_in_call():
    class C(A):
        def f(self):
            self.__class__ = B
            return self.f(), super(C, self) is None
    return C().f()
run('class in call', class_in_call)
def bases_in_call():
    class C(A): pass
    class D(C):
        def f(self):
            C.__bases__ = (B,)
            return super().f()
    d = D()
    return d.f(), d.f(), [c.__name__ for c in D.__mro__]
run('bases in call', bases_in_call)
def bases_in_lookup():
    class Meta(type):
        def mro(cls):
            if hasattr(cls, 'busy') and not cls.busy:
                cls.busy = True
                cls.__bases__ = (A,)
            return type.mro(cls)
    class C(B, metaclass=Meta): busy = False
    C.__bases__ = (B, A)
    return [c.__name__ for c in C.__mro__]
run('mro reenters', bases_in_lookup)
def delete_in_method():
    class C:
        def f(self):
            del C.f
            try: self.f
            except AttributeError as e: return str(e)
    return C().f()
run('delete method', delete_in_method)
def replace_during():
    class C:
        def f(self, n):
            if n == 5: C.f = lambda self, n: 'new'
            return n if n == 0 else self.f(n - 1)
    return C().f(10)
run('replace method', replace_during)
def prop_changes():
    class C:
        @property
        def p(self):
            C.p = 5
            return 1
    c = C()
    return [c.p for i in range(3)]
run('property', prop_changes)
def descr_dies():
    class D:
        def __get__(self, o, t):
            del t.d
            return self
        def __repr__(self): return 'D'
    class C: d = D()
    return repr(C().d)
run('descriptor dies', descr_dies)
def descr_set_dies():
    class D:
        def __set__(self, o, v):
            del type(o).d
            return None
    class C: d = D()
    C().d = 1
    return hasattr(C, 'd')
run('descriptor set dies', descr_set_dies)
def getattr_dies():
    class C:
        def __getattr__(self, name):
            del C.__getattr__
            return getattr(self, name)
    return C().x
run('getattr dies', getattr_dies)
def eq_dies():
    class C:
        def __eq__(self, o):
            del C.__eq__
            return self == o
    return C() == C()
run('eq dies', eq_dies)
def hash_dies():
    class C:
        def __hash__(self):
            C.__hash__ = None
            return 1
    c = C()
    d = {c: 1}
    return d[c]
run('hash dies', hash_dies)
def iter_dies():
    class C:
        def __iter__(self):
            del C.__iter__
            return self
        def __next__(self):
            del C.__next__
            return 1
    for x in C(): print(x)
run('iter dies', iter_dies)
def add_dies():
    class C:
        def __add__(self, o):
            del C.__add__
            return NotImplemented
        def __radd__(self, o):
            del C.__radd__
            return 'r'
    return C() + C()
run('add dies', add_dies)
def sub_add():
    class C: pass
    class D(C):
        def __radd__(self, o):
            del D.__radd__
            C.__add__ = lambda s, o: 'late'
            return NotImplemented
    return C() + D()
run('subclass add', sub_add)
def slots_class():
    class S:
        __slots__ = 'a', 'b'
    class T:
        __slots__ = 'a', 'b'
    s = S()
    s.a = 1
    s.__class__ = T
    return s.a, type(s).__name__
run('slots class', slots_class)
run('slots bad', lambda: setattr(type('S', (), {'__slots__': ('x',)})(), '__class__', A))
run('int class', lambda: setattr(5, '__class__', A))
run('module class', lambda: setattr(sys, '__class__', A))
run('cycle', lambda: setattr(A, '__bases__', (type('X', (A,), {}),)))
run('bases empty', lambda: setattr(A, '__bases__', ()))
run('bases int', lambda: setattr(type('Y', (A,), {}), '__bases__', (int,)))
run('bases not class', lambda: setattr(type('Y', (A,), {}), '__bases__', (1,)))
def new_dies():
    class C:
        def __new__(cls):
            del C.__new__
            return object.__new__(cls)
        def __init__(self):
            del C.__init__
            self.x = 1
    return [C().__dict__, C().__dict__]
run('new dies', new_dies)
def init_class():
    class C:
        def __init__(self):
            self.__class__ = A
    return [type(C()).__name__ for i in range(3)]
run('init class', init_class)
def dict_change():
    class C: pass
    c = C()
    c.a = 1
    class V:
        def __init__(s, d): s.d = d
        def __del__(s): s.d.__dict__ = {'z': 1}
    c.b = V(c)
    c.b = 2
    return c.__dict__
run('dict replaced', dict_change)
def dict_clear():
    class C: pass
    c = C()
    class V:
        def __del__(s): c.__dict__.clear()
    for i in range(4): setattr(c, 'v%d' % i, V())
    c.v2 = 0
    del c.v3
    return c.__dict__
run('dict cleared', dict_clear)
def setattr_del():
    class C: pass
    class V:
        def __del__(s):
            for k in list(vars(c)): delattr(c, k)
    c = C()
    c.x = V()
    c.x = V()
    return vars(c)
run('setattr del', setattr_del)
def slot_del():
    class C: __slots__ = ('x', 'y')
    class V:
        def __del__(s):
            try: del c.x
            except AttributeError as e: print('gone', e)
            c.y = 5
    c = C()
    c.x = V()
    c.x = 1
    c.x = V()
    del c.x
    return c.y
run('slot del', slot_del)
def class_attr_del():
    class V:
        def __del__(s):
            C.z = V2()
            del C.z
    class V2:
        def __del__(s): C.w = 1
    class C: x = V()
    C.x = 1
    C.x = V()
    del C.x
    return C.w
run('class attribute del', class_attr_del)
def deep_isinstance():
    t = int
    for i in range(20000): t = (t,)
    return isinstance('', t)
def deep_except():
    t = ValueError
    for i in range(20000): t = (t,)
    try: 1 / 0
    except t: pass
run('except', deep_except)
def instancecheck():
    class M(type):
        def __instancecheck__(c, o):
            del M.__instancecheck__
            return isinstance(o, c)
    class C(metaclass=M): pass
    return isinstance(5, C)
run('instancecheck', instancecheck)
def bases_prop():
    class X:
        @property
        def __bases__(self): return (self,)
    return issubclass(X(), int)
def bases_deep():
    class X:
        n = 0
        @property
        def __bases__(self):
            return (X(), X())[:1]
    return isinstance(1, X())
run('bases deep', bases_deep)
def name_del():
    class C: pass
    class S(str):
        def __del__(s): C.__name__ = 'other'
    C.__qualname__ = 'q'
    C.__doc__ = S('d')
    C.__doc__ = None
    return C.__name__
run('name', name_del)
def set_name():
    class D:
        def __set_name__(s, o, n):
            o.extra = 1
            try: del o.other
            except AttributeError: pass
    class C:
        a = D()
        other = D()
        b = D()
    return sorted(k for k in vars(C) if not k.startswith('__'))
run('set name', set_name)
def subclasses_change():
    class Base:
        def __init_subclass__(cls):
            for s in Base.__subclasses__():
                s.seen = getattr(s, 'seen', 0) + 1
    class P(Base): pass
    class Q(Base): pass
    Base.x = 1
    return P.seen, Q.seen
run('init subclass', subclasses_change)
def type_in_type_del():
    import gc
    class M(type):
        def __del__(cls): print('class gone', cls.__name__)
    C = M('C', (), {})
    C.self = C
    del C
    gc.collect()
    return 1
run('class del', type_in_type_del)
def abstract():
    class C: pass
    C.__abstractmethods__ = {'f'}
    try: C()
    except TypeError as e: print(e)
    del C.__abstractmethods__
    return type(C()).__name__
run('abstract', abstract)
def attr_cache():
    class C: x = 1
    class D(C): pass
    d = D()
    out = []
    for i in range(60):
        if i % 7 == 0: C.x = i
        if i % 11 == 0: D.x = -i
        if i % 13 == 0 and 'x' in vars(D): del D.x
        if i % 17 == 0: d.x = 'i'
        if i % 19 == 0: vars(d).clear()
        out.append(d.x)
    return out
run('caches', attr_cache)
def global_cache():
    ns = {}
    exec('''
def g(i):
    return len if i < 0 else v
def h():
    return len
''', ns)
    out = []
    for i in range(30):
        ns['v'] = i
        if i == 10: ns['len'] = 'mine'
        if i == 20: del ns['len']
        if i == 25: ns.clear(); ns['v'] = 'c'; ns['__builtins__'] = {'len': 'x'}
        if i == 0: g, h = ns['g'], ns['h']
        out.append((g(i), h() if isinstance(h(), str) else 'len'))
    return out[8:12], out[18:22], out[24:]
run('globals', global_cache)
