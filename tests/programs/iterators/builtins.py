print(list(enumerate('abc')), list(enumerate('ab', 5)), list(enumerate(iterable='x', start=-1)), list(enumerate([], 3)))
e = enumerate('ab', 2**63 - 2); print(list(e)); print(list(enumerate('ab', 10**20)))
e = enumerate('xyz'); a = next(e); b = next(e); print(a, b, e.__reduce__()[1][1])
print(list(zip()), list(zip('abc')), list(zip('abc', [1, 2])), list(zip('ab', 'cd', 'ef')), list(zip([1], [2], strict=True)))
z = zip('ab', 'cd'); p = next(z); q = next(z); print(p, q, list(z))
print(list(map(str, [1, 2])), list(map(lambda a, b: a + b, [1, 2, 3], [10, 20])), list(map(None.__class__, [])), list(map(max, *[[1, 5], [3, 2], [2, 9], [0, 0], [4, 4], [1, 10]])))
print(list(filter(None, [0, 1, '', 'a', None])), list(filter(lambda x: x > 1, [1, 2, 3])), list(filter(bool, [0, 2])))
print(list(reversed('abc')), list(reversed(range(3))), list(reversed([1])), list(reversed((1, 2))), list(reversed({'a': 1})))
class Seq:
    def __len__(self): return 3
    def __getitem__(self, i):
        if i >= 3: raise IndexError
        return i * i
print(list(Seq()), list(reversed(Seq())), 4 in Seq(), iter(Seq()).__length_hint__(), reversed(Seq()).__length_hint__())
class Rev:
    def __reversed__(self): return iter('custom')
print(list(reversed(Rev())))
n = iter([1, 2, 3, 0, 5]); print(list(iter(lambda: next(n), 0)), list(n))
def stop():
    raise StopIteration
print(list(iter(stop, 1)))
def t(f):
    try: print('ok', f())
    except Exception as e: print(type(e).__name__ + ':', e)
t(lambda: enumerate()); t(lambda: enumerate(1)); t(lambda: enumerate([], 'x')); t(lambda: enumerate([], bad=1))
t(lambda: zip(1)); t(lambda: zip([], 1)); t(lambda: list(zip('a', 'bc', strict=True))); t(lambda: list(zip('ab', 'c', strict=True))); t(lambda: list(zip('ab', 'cd', 'e', strict=True))); t(lambda: list(zip('a', 'b', 'ef', strict=True))); t(lambda: zip(foo=1))
t(lambda: map()); t(lambda: map(str)); t(lambda: map(str, 1)); t(lambda: list(map(1, [1]))); t(lambda: map(str, [], x=1))
t(lambda: filter(None)); t(lambda: filter(None, 1)); t(lambda: list(filter(1, [1]))); t(lambda: filter(a=1))
t(lambda: reversed(1)); t(lambda: reversed({1})); t(lambda: reversed()); t(lambda: reversed(iter([])))
class NoRev:
    __reversed__ = None
t(lambda: reversed(NoRev())); t(lambda: iter(1)); t(lambda: iter(1, 2)); t(lambda: next(1)); t(lambda: next(iter([]))); t(lambda: next(iter([]), 'd'))
class BadSeq:
    def __getitem__(self, i): raise KeyError(i)
t(lambda: list(BadSeq())); t(lambda: list(iter(lambda: 1 / 0, 1)))
class BadIter:
    def __iter__(self): return 5
t(lambda: list(BadIter())); t(lambda: [*BadIter()])
m = map(lambda x: 10 // x, [5, 0, 2]); print(next(m))
try: next(m)
except ZeroDivisionError as x: print(x)
print(next(m), list(m))
import copy
print(next(copy.copy(iter([7, 8]))), list(copy.copy(enumerate('ab'))))
list(map(lambda x: 1 // x, [0]))
