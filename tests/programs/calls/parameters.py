# Parameters of every kind, positional-only, keyword-only, defaults, star arguments, and each message of a bad call.
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__ + ":", e)
def f(a, b=2, /, c=3, *args, d, e=5, **kw): return a, b, c, args, d, e, kw
print(f(1, d=4), f(1, 2, 3, 4, 5, d=6, e=7, a=8, z=9), f(*[1, 2], **{'d': 3}), f(*'ab', *'cd', d=1, **{'x': 1}, **{'y': 2}))
def po(a, b, /): return a, b
def ko(*, a, b=1): return a, b
def mixed(a, b): return a, b
def va(*a): return a
def kw(**k): return k
def none(): return None
def df(a, b=1): return a, b
for call in ('po()', 'po(1)', 'po(1, 2, 3)', 'po(1, b=2)', 'po(a=1, b=2)', 'po(1, 2, c=3)', 'ko()', 'ko(1)', 'ko(a=1, c=2)', 'ko(1, a=2)', 'ko(1, 2, a=3)', 'ko(b=1)', 'mixed()', 'mixed(1)', 'mixed(b=1)', 'mixed(1, a=1)', 'mixed(1, 2, 3)', 'mixed(1, 2, c=3)', 'mixed(1, 2, 3, c=4)', 'mixed(c=1)', 'mixed(1, b=2, a=3)', 'va(a=1)', 'kw(1)', 'kw(1, a=2)', 'none(1)', 'none(a=1)', 'none(1, 2)', 'df()', 'df(1, 2, 3)', 'df(b=1)', 'f()', 'f(1)', 'f(b=1, d=2)', 'mixed(*5)', 'mixed(**5)', 'mixed(*[1], **{1: 2})', 'mixed(**{"a": 1}, **{"a": 2})', 'mixed(1, **{"a": 1})', 'mixed(*[1, 2], *[3])', 'kw(**{"a": 1}, **{"a": 2})', 'kw(a=1, **{"a": 2})', 'kw(**{1: 2})', 'va(*None)', 'va(*1, *2)', 'kw(**None)', 'kw(**[("a", 1)])', 'len()', 'len(1, 2)', 'len(obj=1)', 'len(*[])', 'print(1, foo=2)', 'int(1, 2, 3)', 'int(x=1)', 'sorted()', 'sorted([1], 1)', 'sorted([1], foo=1)', 'dict(1, 2)', 'dict(1)', 'object(1)', 'str(1, 2, 3, 4)', 'list(a=1)', '[].append(a=1)', '"".join()', '"".split(foo=1)', '"".split(1, 2, 3)', 'max()', 'max(1, foo=2)', 'isinstance(1)', 'getattr(1)', 'divmod(1)', 'pow(1)', 'sum()', 'sum([], 1, 2)', 'zip(1)', 'zip([], foo=1)', '[*zip([1], [], strict=True)]', '[*zip([], [1], strict=True)]', 'map()', 'map(1)', 'filter(1)', 'enumerate()', 'enumerate([], 1, 2)', 'reversed()', 'range(a=1)', 'ord()', 'chr("a")', '(lambda: 1)(2)', '(lambda a, /: 1)(a=2)', '5()', '"s"()', 'None()', '[1]()', '(1)(2)', 'type(1, 2)', 'type()', 'int.from_bytes()', 'int.from_bytes(b"a", "x")', '"%s %s" % 1', 'open()', 'super(1, 2, 3)', 'property(foo=1)', 'complex("1", 2)', 'float(1, 2)', 'bytes(1, 2)', 'bytes("a")', 'bytearray("a")', 'hash([])', 'iter(1)', 'iter(1, 2)', 'next(1)', 'abs("a")', 'round("a")', 'round(1.5, "a")', 'any(1)', 'all()', 'callable()', 'vars(1)', 'dir(1, 2)', 'id()', 'input(1, 2)', 'eval(1)', 'exec(1)', 'compile(1)', 'compile("a", "b", "c")', 'setattr(1, 2, 3)', 'hasattr(1, 2)', 'format(1, 2)', 'memoryview(1)', 'slice()', 'set(1, 2)', 'frozenset(a=1)', 'tuple(1)', 'classmethod()', '__build_class__()', '__build_class__(1, 2)', '__build_class__(lambda: 0, 1)'):
    print(call, '->', end=' '); t(lambda: eval(call))
class C:
    def m(self, a): return a
    @classmethod
    def c(cls): return 1
    @staticmethod
    def s(): return 1
    def __init__(self, q=1): pass
    def __call__(self, z): return z
for call in ('C().m()', 'C.m()', 'C().m(1, 2)', 'C.m(1)', 'C().c(1)', 'C.s(1)', 'C(1, 2)', 'C(z=1)', 'C()()', 'C()(1, 2)', 'C()(y=1)', 'C().nope()', 'C.__init__()', 'C().m(b=1)', 'C.m(C(), C(), 1)'):
    print(call, '->', end=' '); t(lambda: eval(call))
def outer():
    def inner(x): pass
    class K:
        def meth(self): pass
    t(lambda: inner()); t(lambda: K().meth(1)); t(lambda: (lambda y: 1)())
outer()
f.__name__ = 'renamed'; t(lambda: f()); f.__qualname__ = 'qual.name'; t(lambda: f())
def many(a, b, c, d, e): pass
t(lambda: many()); t(lambda: many(1)); t(lambda: many(1, 2)); t(lambda: many(1, 2, 3)); t(lambda: many(1, 2, 3, 4)); t(lambda: many(e=1, a=2))
def kmany(*, a, b, c): pass
t(lambda: kmany()); t(lambda: kmany(a=1)); t(lambda: kmany(a=1, b=2)); t(lambda: kmany(1, 2, a=1, b=2, c=3)); t(lambda: kmany(1)); t(lambda: f(1, 2, *[3, 4], d=1, *[5])); t(lambda: po(*[1], *[2], **{})); mixed(1, 2, 3)
