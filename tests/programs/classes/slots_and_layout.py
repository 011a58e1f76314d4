# __slots__, __dict__, __weakref__, class assignment, layouts that do not go together, names that clash.
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__ + ":", e)
class A: __slots__ = ('a', '_b', '__c')
a = A(); a.a = 1; print(a.a, sorted(n for n in dir(A) if 'c' in n and not n.startswith('__')), hasattr(a, '__dict__')); t(lambda: a._b); t(lambda: setattr(a, 'z', 1)); t(lambda: delattr(a, '_b')); del a.a; t(lambda: a.a)
class B(A): pass
class C(A): __slots__ = ('a',)
class D(A): __slots__ = {'doc': 'documented', 'e': None}
class E: __slots__ = 'single'
class F: __slots__ = ()
class G(A, F): __slots__ = ('g',)
b = B(); b.z = 1; print(b.__dict__, C.a is not A.a, D.doc.__doc__, D.__slots__, E.__slots__, E.single, G.__mro__[2].__name__)
for src in ("type('X', (), {'__slots__': ('1a',)})", "type('X', (), {'__slots__': (5,)})", "type('X', (), {'__slots__': 5})", "type('X', (), {'__slots__': ('',)})", "type('X', (), {'__slots__': ('a', 'a')})", "type('X', (), {'__slots__': ('__dict__', '__dict__')})", "type('X', (B,), {'__slots__': ('__dict__',)})", "type('X', (A,), {'__slots__': ('__dict__', '__weakref__')})", "type('X', (int,), {'__slots__': ('a',)})", "type('X', (tuple,), {'__slots__': ('a',)})", "type('X', (tuple,), {'__slots__': ()})", "type('X', (str,), {'__slots__': ('a',)})", "type('X', (bytes,), {'__slots__': ('a',)})", "type('X', (list,), {'__slots__': ('a',)})", "type('X', (type,), {'__slots__': ('a',)})", "type('X', (), {'__slots__': ('a',), 'a': 1})", "type('X', (A, E), {})", "type('X', (A, E), {'__slots__': ()})", "type('X', (A, int), {})", "type('X', (A, dict), {})", "type('X', (B, int), {})", "type('X', (B, type('Y', (), {})), {})", "type('X', (), {'__slots__': b'a'})", "type('X', (), {'__slots__': iter(['q'])}).q", "type('X', (), {'__slots__': ('__class__',)})", "type('X', (), {'__slots__': ('__slots__',)})", "type('X', (), {'__slots__': ('__doc__',), '__doc__': 'd'})", "type('X', (), {'__slots__': ['__module__']})", "type('X', (), {'__slots__': ('__qualname__',)})", "type('X', (object, A), {})", "type('X', (A, A), {})", "type('X', (type(None),), {})", "type('X', (bool,), {})", "type('X', (type(...),), {})", "type('X', (range,), {})", "type('X', (slice,), {})", "type('X', (type(len),), {})", "type('X', (type(lambda: 0),), {})", "type('X', (memoryview,), {})", "type('X', (Exception, OSError), {})", "type('X', (OSError, KeyError), {})", "type('X', (OSError, SyntaxError), {})", "type('X', (dict, list), {})", "type('X', (float, int), {})", "type('X', (complex,), {})(1j)", "type('X', (frozenset,), {})([1])", "type('X', (Exception,), {'__slots__': ('s',)})"):
    print(src, '->', end=' '); t(lambda: str(eval(src)).split(' at ')[0])
def cls(o, c): o.__class__ = c; return type(o).__name__
class P: pass
class Q: pass
class S1: __slots__ = ('x',)
class S2: __slots__ = ('x',)
class S3: __slots__ = ('y',)
class I(int): pass
class J(int): pass
t(lambda: cls(P(), Q)); t(lambda: cls(S1(), S2)); t(lambda: cls(S1(), S3)); t(lambda: cls(P(), S1)); t(lambda: cls(I(5), J)); t(lambda: cls(I(5), P)); t(lambda: cls(P(), int)); t(lambda: cls(5, I)); t(lambda: cls(P(), 5)); t(lambda: delattr(P(), '__class__')); t(lambda: cls([], list)); t(lambda: cls(A(), B))
p = P(); p.__dict__ = {'x': 1}; print(p.x); t(lambda: setattr(p, '__dict__', 5)); t(lambda: delattr(p, '__dict__')); p.y = 2; print(vars(p)); t(lambda: setattr(P, '__dict__', {})); t(lambda: setattr(P, '__bases__', ())); t(lambda: setattr(P, '__bases__', (P,))); t(lambda: setattr(P, '__bases__', 5)); t(lambda: setattr(P, '__bases__', (int,))); t(lambda: setattr(P, '__mro__', ())); t(lambda: setattr(P, '__name__', 5)); t(lambda: setattr(P, '__name__', 'a\0b')); t(lambda: setattr(P, '__qualname__', 5)); t(lambda: delattr(P, '__name__')); t(lambda: delattr(P, '__module__')); t(lambda: setattr(int, '__name__', 'x')); t(lambda: setattr(P, '__abstractmethods__', {'m'}) or P()); t(lambda: P.__abstractmethods__); t(lambda: int.__abstractmethods__); t(lambda: setattr(P, '__doc__', 'new') or P.__doc__); t(lambda: setattr(int, '__doc__', 'x')); t(lambda: setattr(int, 'x', 1)); t(lambda: delattr(int, 'real'))
class Base1: pass
class Base2: x = 'two'
class K(Base1): pass
k = K(); K.__bases__ = (Base2,); print(k.x, K.__mro__[1].__name__, Base1.__subclasses__(), [c.__name__ for c in Base2.__subclasses__()])
A().nothing = 1
