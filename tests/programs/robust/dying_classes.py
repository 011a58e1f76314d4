# Classes that die, or are about to, while C code is at work with them or their instances.
import gc
class Base: pass
got = []
class Noisy:
    def __del__(self):
        got.extend(Base.__subclasses__())
noisy = Noisy()
gc.collect(); gc.collect()
def make(k):
    class C(Base):
        n = k
        def f(self): return 1
    C.me = C
    return C
gc.disable()
class Holder: pass
h = Holder(); h.h = h; h.noisy = noisy
make(1)
h.c = [make(i) for i in range(4)]
del noisy, h
gc.enable()
gc.collect(0)
for c in got:
    try:
        x = c(); x.z = 1; x.f(); print('ok')
    except Exception as e: print(type(e))
    c.q = 1
    print(c.__mro__ is None)
print(len(got))

class D:
    def __init__(s, v): s.v = v
    def __lt__(s, o): return s.v < o.v
def run():
    class C:
        def __init__(s, v): s.v = v
        def __lt__(s, o):
            nonlocal done
            if not done:
                done = True
                swap()
            return s.v < o.v
    done = False
    items = [C(i * 7 % 50) for i in range(50)]
    box = list(items)
    def swap():
        nonlocal C
        for i in box: i.__class__ = D
        C = None
        gc.collect()
    items.sort()
    print([i.v for i in items][:10], len(items))
run()

class Evil:
    def __del__(self): self.f()
def run():
    class B:
        __slots__ = ('x', 'y')
    class B2:
        __slots__ = ('x', 'y')
    class C(B): __slots__ = ()
    c = C()
    e = Evil()
    def f():
        nonlocal B
        try: C.__bases__ = (B2,)
        except TypeError as e: print(e)
        B = None
        gc.collect()
    e.f = f
    c.x = e
    c.y = [1]
    del e
    del c
    print('done', C.__bases__[0].__name__)
run()
