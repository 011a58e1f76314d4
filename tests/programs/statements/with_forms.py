# with: parenthesised, several items, targets, suppression, errors of the protocol, order of exits.
class M:
    def __init__(self, n, eat=False, fail=''): self.n, self.eat, self.fail = n, eat, fail
    def __enter__(self):
        print('enter', self.n)
        if self.fail == 'enter': raise ValueError(f'enter {self.n}')
        return self.n
    def __exit__(self, t, v, tb):
        print('exit', self.n, t and t.__name__, v, tb is not None)
        if self.fail == 'exit': raise OSError(f'exit {self.n}')
        return self.eat
with (M(1) as a, M(2) as b,): print(a, b)
with (M(1), M(2)): print('no targets')
with (M((1, 2)) as (x, y), M([3]) as [z]): print(x, y, z)
with M(1) as a, M(2, eat=True) as b: raise KeyError('eaten')
with (M(1, eat=True)) as a: 1 / 0
with (M(5)): pass
d = {}
with M('v') as d['k'], M(4) as d[0]: print(d)
class O: pass
o = O()
with M(1) as o.attr, M([1, 2, 3]) as (first, *rest): print(o.attr, first, rest)
def ret():
    with M('r') as m: return m
def brk():
    for i in range(3):
        with M(i):
            if i == 0: continue
            if i == 1: break
    return i
print(ret(), brk())
def t(f):
    try: f(); print('fine')
    except BaseException as e:
        print(type(e).__name__, e, '| context', repr(e.__context__))
def e1():
    with M(1, fail='enter'): pass
def e2():
    with M(1) as a, M(2, fail='enter') as b: pass
def e3():
    with M(1, fail='exit'): raise KeyError('body')
def e4():
    with M(1, eat=True), M(2, fail='exit'): raise KeyError('body')
def e5():
    with M([1]) as (p, q): pass
def e6():
    with 5: pass
class NoExit:
    def __enter__(self): pass
class NoEnter:
    def __exit__(self, *a): pass
class AsyncOnly:
    async def __aenter__(self): pass
    async def __aexit__(self, *a): pass
def e7():
    with NoExit(): pass
def e8():
    with NoEnter(): pass
def e9():
    with AsyncOnly(): pass
class OnInstance: pass
def e10():
    i = OnInstance(); i.__enter__ = lambda: 1; i.__exit__ = lambda *a: 1
    with i: pass
class BadBool:
    def __enter__(self): pass
    def __exit__(self, *a):
        class B:
            def __bool__(self): raise TypeError('bool')
        return B()
def e11():
    with BadBool(): 1 / 0
for f in (e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11): t(f)
def g():
    with M('g') as v:
        yield v
        yield 2
it = g(); print(next(it)); it.close()
it = g(); next(it)
try: it.throw(LookupError('thrown'))
except LookupError as e: print('out', e)
async def co():
    async with AsyncOnly() as x: print('async', x)
    with AsyncOnly(): pass
try: co().send(None)
except TypeError as e: print(e)
async def co2():
    async with M(1): pass
try: co2().send(None)
except TypeError as e: print(e)
with M('last'): raise RuntimeError('seen')
