# Module objects: attributes, repr, __getattr__, __dir__, annotations, __dict__, class change, life after deletion.
import sys, types
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__ + ':', e)
M = types.ModuleType
m = M('m', 'doc of m')
print(m, m.__name__, m.__doc__, m.__package__, m.__loader__, m.__spec__, sorted(m.__dict__), m.__annotations__, '__annotations__' in m.__dict__, dir(m))
m.x = 1; del m.x
t(lambda: m.x); t(lambda: delattr(m, 'x')); t(lambda: setattr(m, '__dict__', {})); t(lambda: delattr(m, '__dict__')); t(lambda: M()); t(lambda: M(5)); t(lambda: M('a', 'b', 'c')); t(lambda: M(name='k', doc=None).__doc__); t(lambda: m()); t(lambda: m < m); t(lambda: len(m)); t(lambda: M.__getattribute__(5, 'x')); t(lambda: M.__repr__(5)); t(lambda: setattr(m, '__annotations__', 5)); t(lambda: m.__annotations__); t(lambda: delattr(m, '__annotations__')); t(lambda: delattr(m, '__annotations__'))
del m.__name__; t(lambda: m.nope); t(lambda: repr(m)); m.__name__ = 5; t(lambda: m.nope); t(lambda: repr(m))
m.__name__ = 'm'; m.__file__ = '/a/b.py'; t(lambda: repr(m)); m.__loader__ = 7; t(lambda: repr(m)); del m.__file__; t(lambda: repr(m))
m.__getattr__ = lambda n: 'got ' + n; print(m.anything, m.__x__, hasattr(m, 'q'), getattr(m, 'z', 1)); m.__getattr__ = 5; t(lambda: m.q)
def ga(n): raise AttributeError('mine ' + n)
m.__getattr__ = ga; t(lambda: m.q); t(lambda: getattr(m, 'q', 'default'))
m.__dir__ = lambda: ['b', 'a']; print(dir(m)); m.__dir__ = lambda: 5; t(lambda: dir(m)); m.__dir__ = 7; t(lambda: dir(m))
class Sub(M):
    @property
    def prop(self): return 'property of a module'
    def __setattr__(self, n, v): print('set', n); super().__setattr__(n, v)
s = Sub('s'); s.a = 1; print(s.prop, s, s.__class__)
m2 = M('m2'); m2.__class__ = Sub; print(m2.prop); t(lambda: setattr(m2, '__class__', int)); t(lambda: setattr(m2, '__class__', M)); print(type(m2).__name__)
t(lambda: M.__new__(M)); e = M.__new__(M); t(lambda: e.x); t(lambda: e.__dict__); t(lambda: repr(e)); t(lambda: dir(e)); e.__init__('late'); print(e)
class S2(M):
    __slots__ = ()
t(lambda: S2('q').__dict__['__name__'])
d = {}; exec('x = 1\ndef f(): return x\n__annotations__', d); print(d['f'](), d['__annotations__'] if '__annotations__' in d else 'none')
f = M('dying'); exec('def g(): return __name__', f.__dict__); g = f.g; del f; print(g())
print(sys.__name__, sys, types.ModuleType.__module__, sys.modules['builtins'], sys.modules[__name__].__name__, __builtins__.__name__, __spec__, __package__, __doc__, __loader__.__class__.__name__, __file__.rsplit('/')[-1], __cached__)
import weakref; w = weakref.ref(M('short')); print(w())
x: int = 1
if False: y: str
print(__annotations__)
sys.modules[__name__].missing
