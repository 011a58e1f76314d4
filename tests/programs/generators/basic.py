def g(n):
    for i in range(n):
        got = yield i
        if got: print('got', got)
    return 'done'
it = g(3)
print(next(it), it.send('x'), it.send(None))
try:
    next(it)
except StopIteration as e:
    print('value', e.value)
print(list(g(4)), sum(x * x for x in range(5)))
try:
    g(1).send(1)
except TypeError as e:
    print(e)
def throwing():
    while True:
        try:
            yield 1
        except ValueError as e:
            print('caught', e)
            yield 2
        finally:
            print('finally')
t = throwing()
print(next(t), t.throw(ValueError('v')), next(t))
t.close()
t.close()
try:
    t.throw(KeyError)
except KeyError:
    print('KeyError')
def ignore():
    while True:
        try: yield
        except GeneratorExit: pass
i = ignore(); next(i)
try:
    i.close()
except RuntimeError as e:
    print(e)
pass
try:
    i.throw(KeyError)
except KeyError:
    print('ended')
def stop():
    yield 1
    raise StopIteration(5)
s = stop(); next(s)
try:
    next(s)
except RuntimeError as e:
    print(e, repr(e.__cause__))
def running():
    yield next(me)
me = running()
try:
    next(me)
except ValueError as e:
    print(e)
print(me.gi_frame, me.gi_running, me.gi_code.co_name, type(me).__name__, me.__name__, me.__qualname__)
def delegate():
    r = yield from g(2)
    print('r', r)
    yield from [7, 8]
    yield from 'ab'
print(list(delegate()))
d = delegate(); next(d)
print(type(d.gi_yieldfrom).__name__, d.gi_suspended)
def inner():
    try:
        yield 1
    except KeyError:
        return 'k'
    yield 'no'
def outer():
    x = yield from inner()
    yield x
o = outer(); next(o)
print(o.throw(KeyError), list(o))
class It:
    def __iter__(self): return self
    def __next__(self): raise StopIteration(42)
def y(): return (yield from It())
try:
    next(y())
except StopIteration as e:
    print(e.value)
for bad in [(3,), (ValueError('a'), 1), (ValueError, 1, 2), ()]:
    q = g(1); next(q)
    try:
        q.throw(*bad)
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
def cleanup():
    try:
        yield 1
    finally:
        print('cleaned')
c = cleanup(); next(c); del c
for v in cleanup():
    break
print([x for x in (i for i in range(10) if i % 3 == 0)], {k: v for k, v in zip('ab', range(2))}, {x % 3 for x in range(9)})
def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
f = fib()
print([next(f) for _ in range(15)])
def tree(n):
    if n:
        yield from tree(n - 1)
        yield n
        yield from tree(n - 1)
print(list(tree(4)))
def err():
    yield 1
    1 / 0
for v in err():
    print(v)
