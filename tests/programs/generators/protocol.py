# Generators: send, throw, close, yield from to every kind of iterator, attributes, running state, misuse.
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__ + ":", e)
def g():
    try:
        x = yield 1
        print('got', x)
        y = yield x
        print('got', y)
    except KeyError as e: print('key', e); yield 'handled'
    finally: print('fin')
    return 'ret'
i = g(); print(next(i), i.send('a'), i.throw(KeyError('k'))); t(lambda: next(i)); t(lambda: i.send(1)); t(lambda: i.throw(ValueError('late'))); print(i.close())
t(lambda: g().send(1)); t(lambda: g().throw(ValueError('early'))); t(lambda: g().throw(5)); t(lambda: g().throw(ValueError, 'v', 5)); t(lambda: g().throw(ValueError('a'), 'b')); t(lambda: g().throw(int)); t(lambda: g().throw(ValueError, ('a', 'b'))); t(lambda: g().throw()); t(lambda: g().throw(ValueError, None, None)); t(lambda: g().throw(ValueError, KeyError('x')))
def ignore():
    for _ in range(3):
        try: yield
        except GeneratorExit: pass
i = ignore(); next(i); t(lambda: i.close()); t(lambda: list(i))
def rec(): yield next(me)
me = rec(); t(lambda: next(me))
def attr():
    print(a.gi_running, a.gi_frame.f_lineno - a.gi_code.co_firstlineno, a.gi_suspended); yield
a = attr(); print(a.gi_running, a.gi_suspended, a.gi_yieldfrom, a.__name__, a.__qualname__); next(a); print(a.gi_suspended, a.gi_frame is not None); a.close(); print(a.gi_frame, a.gi_suspended); a.__name__ = 'new'; t(lambda: a.__name__); t(lambda: setattr(a, '__name__', 5)); t(lambda: setattr(a, 'x', 5)); t(lambda: setattr(a, 'gi_code', 5)); t(lambda: type(a)()); t(lambda: a < a)
def yf(x):
    r = yield from x
    print('result', r); return r
class It:
    def __iter__(self): return self
    def __next__(self): raise StopIteration('value')
class Full(It):
    def __init__(self): self.n = 0
    def __next__(self): self.n += 1; return self.n
    def send(self, v): print('send', v); return v
    def throw(self, *a): print('throw', a); return 'thrown'
    def close(self): print('close')
print(list(yf([1, 2])), list(yf('ab')), list(yf(g())), list(yf(It())))
i = yf(Full()); print(next(i), i.send(5), i.throw(ValueError), i.gi_yieldfrom.__class__.__name__, i.close())
i = yf([1]); next(i); t(lambda: i.send(5)); i = yf(iter([1, 2])); next(i); t(lambda: i.throw(KeyError('through')))
t(lambda: list(yf(5))); t(lambda: list(yf(None)))
class BadClose(Full):
    def close(self): raise OSError('close')
i = yf(BadClose()); next(i); t(lambda: i.close())
async def co(): pass
c = co(); t(lambda: list(yf(c))); c.close()
def stop(): yield 1; raise StopIteration('s')
t(lambda: list(stop()))
def stop2(): yield next(iter([]))
t(lambda: list(stop2()))
print([*(x for x in range(3))], dict((k, k) for k in 'ab'), sum(x for x in range(4)), max((x for x in [1, 5, 2]), default=0), next((x for x in []), 'none'))
t(lambda: list(x for x in 5)); t(lambda: [1 / y for y in (1, 0)]); t(lambda: (1 / y for y in 5)); e = (1 / y for y in (1, 0)); t(lambda: list(e))
def cleanup():
    try: yield
    finally: print('collected')
i = cleanup(); next(i); del i
def deep(n):
    if n: yield from deep(n - 1)
    yield n
print(sum(deep(200)))
def fin_return():
    try: yield 1
    finally: return 'swallowed'
i = fin_return(); next(i); t(lambda: i.throw(ValueError)); 
next(stop2())
