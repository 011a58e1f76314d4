# global, nonlocal, class scopes, comprehensions in classes, closures over loop variables, deletion of cells, exec and locals.
x = 'global'
def outer():
    x = 'outer'
    def read(): return x
    def write():
        nonlocal x; x = 'written'
    def glob():
        global x; x = 'global written'
    class C:
        x = 'class'
        y = x
        def m(self): return x
        z = [x for _ in range(1)]
        w = [i for i in x]
        v = (lambda: x)()
    write(); glob()
    return read(), C.y, C().m(), C.z, C.w[:2], C.v, x
print(outer(), x)
class D:
    x = x + '!'
    nonlocal_ = [x]
    def f(): return __class__
    g = staticmethod(lambda: __name__)
    __private = 1
    def p(self): return self.__private, '_D__private' in dir(self)
    for i in range(3): pass
    del i
    locals()['made'] = 5
    print(sorted(k for k in locals() if not k.startswith('__')))
print(D.x, D.f(), D.g(), D().p(), D.made)
print([f() for f in [lambda: i for i in range(3)]], [f() for f in [lambda i=i: i for i in range(3)]])
def cells():
    v = 1
    def get(): return v
    del v
    try: get()
    except NameError as e: print(type(e).__name__, e)
    try: v
    except NameError as e: print(type(e).__name__, e)
    v = 2
    return get(), get.__closure__[0].cell_contents, get.__code__.co_freevars
print(cells())
def counter():
    n = 0
    def inc(by=1):
        nonlocal n
        n += by
        return n
    return inc
c1, c2 = counter(), counter()
print(c1(), c1(5), c2(), c1.__closure__[0].cell_contents)
def deep():
    a = 1
    def l1():
        def l2():
            nonlocal a
            a += 1
            def l3(): return a
            return l3
        return l2
    return l1()()() , a
print(deep())
def ex():
    y = 1
    exec('y = 2; z = 3')
    return y, locals(), eval('y + 1'), eval('[y for _ in (1,)]', {'y': 7})
print(ex())
def inclass():
    q = 'enclosing'
    class A:
        print(q)
        class B:
            print(q)
inclass()
def inclass2():
    q = 'enclosing'
    class A:
        try: print(q)
        except NameError as e: print(e)
        q = 'own'
        print(q)
inclass2()
class E:
    a = 1
    try: b = [a for _ in range(2)]
    except NameError as e: print(e)
    try: c = list(a for _ in range(a))
    except NameError as e: print(e)
    d = [_ for _ in range(a)]
    print(d)
def c(src):
    try: exec(compile(src, 's', 'exec'), {'__name__': 's'}); print('ran', repr(src))
    except Exception as e: print(type(e).__name__, e, getattr(e, 'lineno', ''), getattr(e, 'offset', ''))
for src in ('nonlocal x', 'def f():\n nonlocal x', 'def f(x):\n nonlocal x', 'def f(x):\n global x', 'def f():\n x = 1\n global x', 'def f():\n print(x)\n global x', 'def f():\n x: int\n global x', 'x = 1\nglobal x',
            'def f():\n global x\n nonlocal x', 'def f():\n x = 1\n def g():\n  x = 2\n  nonlocal x', 'class A:\n nonlocal x', 'class A:\n x = 1\n def f(self):\n  nonlocal x', 'def f():\n class A:\n  nonlocal y',
            'def f():\n import x\n global x', 'def f():\n for x in y: pass\n global x', '[x := 1 for x in y]', '[(x := 1) for y in (x := [])]', 'class A: [x := 1 for y in z]', '[i := 1 for j in range(1) for i in k]',
            'def f(a, a): pass', 'lambda a, a: 1', 'def f(*, a, a): pass', 'def f(a, *a): pass', 'return 1', 'yield 1', 'await x', 'class A: return 1', 'class A: yield', 'break', 'continue', 'if 1: break',
            'for i in x:\n def f(): break', 'while 1:\n class A: continue', 'def f():\n from os import *', 'class A:\n from os import *', 'from __future__ import nope', 'x = 1\nfrom __future__ import annotations',
            'from __future__ import braces', 'from __future__ import annotations, barry_as_FLUFL\n1 != 2', '__debug__ = 1', 'def f(__debug__): pass', 'del __debug__', 'f(__debug__=1)', 'x.__debug__ = 1', 'import a as __debug__',
            'def f():\n return\n yield [(yield 1) for x in y]', '[await x for x in y]', 'async def f(): [await x for x in y]; {(yield x) for x in y}', 'async def f():\n yield 1\n return 2', 'async def f(): yield from x',
            'async def f():\n def g(): await x', 'def f(): async with x: pass', 'def f(): async for x in y: pass', '[x async for x in y]', 'class A:\n def f(): super().x\nA.f()', 'class A:\n def f(self):\n  del self; super()\nA().f()',
            'super()', 'def f(): super()\nf()', 'class A:\n x = super()', 'class A:\n def f(self): return [super() for _ in [1]]\nA().f()'): c(src)
def late():
    print(later)
    later = 1
late()
