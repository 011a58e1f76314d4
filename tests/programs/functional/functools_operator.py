# partial, reduce, lru_cache, cmp_to_key, singledispatch, total_ordering, operator.
import functools, operator, pickle, copy
from functools import partial, reduce, lru_cache, cmp_to_key
def show(*a, **k): return a, k
p = partial(show, 1, 2, x=3)
print(p(4, y=5), p(x=9), p.func is show, p.args, p.keywords, partial(p, 7)(8))
print(repr(partial(print, 1, sep="")).replace(repr(print), "PRINT"))
p.attr = 1
print(p.__dict__, partial(p, 5).func is p, copy.copy(p)(1))
def attempt(f, *args, **kwds):
    try:
        print(f(*args, **kwds))
    except Exception as e:
        print(type(e).__name__, e)
attempt(partial)
attempt(partial, 3)
attempt(p.__setstate__, 1)
attempt(p.__setstate__, (1, 2, 3, 4))
print(reduce(operator.add, [1, 2, 3]), reduce(lambda a, b: a + b, [], "start"))
attempt(reduce, operator.add, [])
attempt(reduce, operator.add, 3)
attempt(reduce, operator.add)
attempt(reduce, operator.truediv, [1, 0])
calls = []
@lru_cache(maxsize=2)
def f(x, *, k=0):
    "doc of f"
    calls.append(x)
    return x * 2
print(f(1), f(1), f(2), f(3), f(1), calls, f.cache_info(), f.__name__, f.__doc__, f.__wrapped__(5))
f.cache_clear()
print(f.cache_info(), f.cache_parameters())
@lru_cache(maxsize=None, typed=True)
def g(x): return type(x).__name__
print(g(1), g(1.0), g(True), g.cache_info())
attempt(g, [])
@lru_cache(maxsize=0)
def h(): return len(calls)
print(h(), h(), h.cache_info())
@functools.cache
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(200), fib.cache_info().hits)
class C:
    @lru_cache
    def m(self, x): return x + 1
    @functools.cached_property
    def cp(self): print("computing"); return 7
c = C()
print(c.m(1), c.m(1), C.m.cache_info().hits, c.cp, c.cp)
attempt(lru_cache, "x")
attempt(lru_cache(3.5), f)
key = cmp_to_key(lambda a, b: (a < b) - (a > b))
print(sorted([3, 1, 2], key=key), key(3).obj, key(1) > key(2), key(1) == key(1))
attempt(lambda: key(1) < 2)
attempt(lambda: hash(key(1)))
attempt(cmp_to_key)
@functools.total_ordering
class O:
    def __init__(self, n): self.n = n
    def __eq__(self, o): return self.n == o.n
    def __lt__(self, o): return self.n < o.n
print(O(1) <= O(1), O(2) > O(1), O(1) >= O(2))
@functools.singledispatch
def kind(x): return "object"
@kind.register
def _(x: int): return "int"
@kind.register(list)
def _(x): return "list"
print(kind(1), kind([]), kind("s"), kind(True))
i, a, m = operator.itemgetter(1, -1), operator.attrgetter("real", "__class__.__name__"), operator.methodcaller("replace", "a", "b")
print(i([1, 2, 3]), a(5), m("banana"), i, a, m, operator.itemgetter("k")({"k": 1}))
print([pickle.loads(pickle.dumps(x))(y) for x, y in ((i, "abc"), (a, 1), (m, "aa"))])
attempt(operator.itemgetter)
attempt(operator.attrgetter, 1)
attempt(operator.methodcaller)
attempt(i, [1])
attempt(operator.attrgetter("a.b"), 1)
attempt(i)
attempt(m, 3)
print(operator.length_hint([1, 2]), operator.length_hint(iter([1, 2, 3])), operator.length_hint(3, 9), operator.countOf([1, 2, 1], 1), operator.indexOf("abc", "c"), operator.concat([1], [2]), operator.contains([1], 1), operator.not_(0), operator.truth([]), operator.index(True), operator.call(show, 1, k=2))
attempt(operator.indexOf, [1], 2)
attempt(operator.concat, 1, 2)
attempt(operator.add, 1)
attempt(operator.add, 1, "x")
attempt(operator.length_hint, 1, "x")
x = [1]
print(operator.iadd(x, [2]) is x, operator.ipow(2, 3), operator.setitem(x, 0, 5), operator.getitem(x, 0), operator.delitem(x, 0), x, operator.matmul.__name__)
import abc
class A(abc.ABC):
    @abc.abstractmethod
    def m(self): pass
    @property
    @abc.abstractmethod
    def p(self): pass
attempt(A)
class B(A):
    def m(self): return 1
attempt(B)
class D(B):
    p = 3
print(D().m(), A.__abstractmethods__ == {"m", "p"}, B.__abstractmethods__)
A.register(int)
print(isinstance(3, A), issubclass(bool, A), issubclass(str, A))
attempt(A.register, 3)
attempt(D.register, A)
class H(abc.ABC):
    @classmethod
    def __subclasshook__(cls, c): return hasattr(c, "quack") or NotImplemented
class Duck:
    def quack(self): pass
print(issubclass(Duck, H), isinstance(Duck(), H), isinstance(3, H))
attempt(issubclass, 3, H)
A()
