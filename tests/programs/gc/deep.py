# long chains are freed without deep recursion
def chain(make, n=200000):
    c = None
    for _ in range(n): c = make(c)
    return c
class Node:
    __slots__ = ('next',)
class Plain: pass
def slot(c): o = Node(); o.next = c; return o
def plain(c): o = Plain(); o.next = c; return o
for make in (lambda c: [c], lambda c: (c,), lambda c: {'k': c}, lambda c: {1: c}, slot, plain, lambda c: iter([c]), lambda c: map(None, [c]), lambda c: (lambda: c)):
    x = chain(make); del x
print('freed')
import gc
x = chain(lambda c: [c]); y = [x]; y.append(y); del x, y; gc.collect(); print('collected')
for make in (lambda c: [c], lambda c: (c,), lambda c: {'k': c}):
    x, y = chain(make), chain(make)
    for f in (repr, lambda v: v == y):
        try: f(x); print('fine')
        except RecursionError: print('RecursionError')
