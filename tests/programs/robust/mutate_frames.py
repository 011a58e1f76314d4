# Functions, code and frames that are changed while they run; generators that meet themselves.
import sys, gc, weakref
def run(label, f):
    try:
        print(label, f())
    except BaseException as e:
        print(label, type(e).__name__, e)

def code_change():
    def f(n):
        if n == 2: f.__code__ = (lambda n: 'new').__code__
        return n if n > 4 else f(n + 1)
    return f(0), f(0)
run('code', code_change)
def defaults():
    def f(a, b=[1]):
        f.__defaults__ = None
        f.__kwdefaults__ = None
        return a, b
    return f(1), f(1)
run('defaults', defaults)
def closure():
    def make():
        x = [1, 2]
        def f():
            nonlocal x
            del x
            try: return x
            except NameError as e: return str(e)
        return f
    f = make()
    f.__closure__[0].cell_contents = 5
    return f()
run('closure', closure)
def frame_clear():
    def g():
        f = sys._getframe()
        try: f.clear()
        except RuntimeError as e: yield str(e)
        yield 2
    return list(g())
run('frame clear', frame_clear)
def frame_clear_suspended():
    def g():
        try:
            x = [1]
            yield sys._getframe()
            yield x
        finally: print('finally')
    it = g()
    f = next(it)
    f.clear()
    return list(it)
run('clear suspended', frame_clear_suspended)
def frame_locals():
    def f():
        x = 1
        fr = sys._getframe()
        fr.f_locals['x'] = 2
        fr.f_locals['y'] = 3
        y = 5
        d = fr.f_locals
        del x
        return sorted(k for k in fr.f_locals), d is fr.f_locals
    return f()
run('locals', frame_locals)
def frame_outlives():
    frames = []
    def f(n):
        frames.append(sys._getframe())
        x = [n] * 3
        return f(n - 1) if n else None
    f(5)
    return [sorted(fr.f_locals) for fr in frames][-1], [fr.f_lineno > 0 for fr in frames], frames[-1].f_back is frames[-2]
run('outlives', frame_outlives)
def traceback_frames():
    def f(n):
        x = weakref.WeakSet
        if n == 0: raise ValueError
        f(n - 1)
    try: f(4)
    except ValueError as e:
        tb = e.__traceback__
        n = 0
        while tb:
            tb.tb_frame.clear() if n else None
            tb = tb.tb_next
            n += 1
        return n
run('traceback', traceback_frames)
def gen_self():
    def g():
        yield next(it)
    it = g()
    return next(it)
run('generator itself', gen_self)
def gen_close_self():
    def g():
        try: it.close()
        except ValueError as e: yield str(e)
        try: it.throw(KeyError)
        except ValueError as e: yield str(e)
        try: it.send(1)
        except ValueError as e: yield str(e)
    it = g()
    return list(it)
run('close itself', gen_close_self)
def gen_from_self():
    def g():
        yield 1
        yield from it
    it = g()
    return list(it)
run('yield from itself', gen_from_self)
def gen_del():
    def g():
        try: yield 1
        finally:
            print('closing')
            it2 = g2()
            next(it2)
    def g2():
        try: yield 2
        finally: print('inner')
    it = g()
    next(it)
    del it
    return 'ok'
run('generator del', gen_del)
def gen_resurrect():
    keep = []
    def g():
        try: yield 1
        finally: keep.append(sys._getframe())
    it = g()
    next(it)
    del it
    return keep[0].f_code.co_name, keep[0].f_back
def ignoring():
    def g():
        while True:
            try: yield 1
            except GeneratorExit: pass
    it = g()
    next(it)
    try: it.close()
    except RuntimeError as e: return str(e)
def gen_code():
    def g():
        yield 1
        yield 2
    it = g()
    next(it)
    g.__code__ = (lambda: 5).__code__
    return list(it), g()
run('generator code', gen_code)
def iter_mutual():
    class It:
        def __iter__(self): return self
        def __next__(self):
            global depth
            depth += 1
            if depth > 5: raise StopIteration
            return list(self)
    return It().__next__()
depth = 0
run('reentrant list', iter_mutual)
def zip_self():
    class It:
        z = None
        n = 0
        def __iter__(self): return self
        def __next__(self):
            self.n += 1
            if self.n > 6: raise StopIteration
            return next(self.z, None)
    a = It()
    a.z = zip(a, [1, 2, 3])
    return list(a.z)
run('zip itself', zip_self)
def map_self():
    n = 0
    def f(x):
        nonlocal n
        n += 1
        return (x, next(m, None)) if n < 5 else x
    m = map(f, iter(range(10)))
    return list(m)
run('map itself', map_self)
def enumerate_self():
    class It:
        n = 0
        def __iter__(self): return self
        def __next__(self):
            self.n += 1
            if self.n > 6: raise StopIteration
            return next(e) if self.n % 2 else self.n
    e = enumerate(It())
    return list(e)
run('enumerate itself', enumerate_self)
import itertools
def tee_self():
    class It:
        def __iter__(self): return self
        def __next__(self): return next(b)
    a, b = itertools.tee(It())
    return next(a)
run('tee itself', tee_self)
def chain_self():
    l = []
    c = itertools.chain.from_iterable(l)
    l.append(c)
    return list(c)
def groupby_self():
    class K:
        def __eq__(self, o):
            next(g, None)
            return True
    n = 0
    g = itertools.groupby([K(), K(), K(), K()])
    return [len(list(v)) for k, v in g]
def product_mutate():
    p = itertools.product([1, 2], repeat=2)
    return [next(p), list(p)]
run('product', product_mutate)
def islice_self():
    class It:
        n = 0
        def __iter__(self): return self
        def __next__(self):
            self.n += 1
            return next(s, 'end')
    s = itertools.islice(It(), 3)
    return list(s)
def accumulate_self():
    n = 0
    def f(a, b):
        nonlocal n
        n += 1
        if n < 3: next(acc)
        return a + b
    acc = itertools.accumulate(range(10), f)
    return list(acc)
run('accumulate itself', accumulate_self)
def weak_resurrect():
    class A: pass
    keep = []
    a = A()
    r = weakref.ref(a, lambda r: keep.append((r, r())))
    del a
    return keep[0][1]
run('weak callback', weak_resurrect)
def weak_new_in_callback():
    class A: pass
    out = []
    a = A()
    def cb(r):
        out.append(r())
        out.append(len(d))
    d = weakref.WeakKeyDictionary()
    d[a] = 1
    rs = [weakref.ref(a, cb) for i in range(5)]
    rs2 = rs[2]
    rs[0] = weakref.ref(a, lambda r: rs.clear())
    del a
    return out, len(rs)
run('weak callbacks', weak_new_in_callback)
def del_resurrect():
    keep = []
    class A:
        def __del__(self):
            keep.append(self)
            self.r = weakref.ref(self)
    a = A()
    r = weakref.ref(a)
    del a
    k = keep.pop()
    return r(), k.r() is k
def del_new_weak():
    class A:
        def __del__(self):
            global wr
            wr = weakref.ref(self)
    A()
    return wr()
run('weak from del', del_new_weak)
def cycle_weak():
    out = []
    class A:
        def __del__(self): out.append('del')
    a, b = A(), A()
    a.b, b.a = b, a
    r = weakref.ref(a, lambda r: out.append(r()))
    del a, b
    gc.collect()
    return out
run('cycle weak', cycle_weak)
def cycle_resurrect():
    keep = []
    class A:
        def __del__(self): keep.append(self)
    a = A()
    a.me = a
    a.l = [1, 2]
    del a
    gc.collect()
    k = keep.pop()
    n = k.l
    del k
    gc.collect()
    return n, keep
run('cycle resurrect', cycle_resurrect)
def trace_changes():
    out = []
    def tracer(frame, event, arg):
        out.append(event)
        if len(out) == 3: sys.settrace(None)
        if event == 'line': frame.f_trace = None
        return tracer
    def f():
        x = 1
        y = 2
        return x + y
    sys.settrace(tracer)
    f()
    f()
    sys.settrace(None)
    return out
run('trace', trace_changes)
def trace_del():
    def tracer(frame, event, arg):
        frame.f_locals.clear()
        return tracer
    def f():
        x = 1
        y = x + 1
        return y
    sys.settrace(tracer)
    try: r = f()
    finally: sys.settrace(None)
    return r
run('trace locals', trace_del)
def profile_raises():
    def prof(frame, event, arg): raise KeyError(event)
    def f(): return 1
    sys.setprofile(prof)
    try: f()
    finally: sys.setprofile(None)
run('profile', profile_raises)
def exc_cycle():
    a, b = ValueError(1), ValueError(2)
    a.__context__ = b
    b.__context__ = a
    try: raise a
    except ValueError as e:
        try: raise b
        except ValueError as e: return repr(e), repr(e.__context__)
run('context cycle', exc_cycle)
def exc_args():
    e = ValueError(1, 2)
    class S:
        def __str__(self):
            e.args = ()
            return 'S'
    e.args = (S(), 3)
    return str(e), e.args
def unpack_change():
    l = [1, 2, 3]
    class It:
        def __iter__(self):
            for x in l:
                l.clear()
                yield x
    a, *b = It()
    return a, b
run('unpack', unpack_change)
def star_call():
    l = [1, 2, 3]
    class It:
        def __iter__(self):
            yield from l
            l.clear()
    return (lambda *a, **k: a)(*l, *It(), *l)
run('star call', star_call)
def kw_change():
    d = {'a': 1, 'b': 2}
    class K:
        def keys(self):
            d.clear()
            return ['c']
        def __getitem__(self, k): return d
    return (lambda **k: sorted(k))(**d, **K())
run('kw', kw_change)
def locals_cell():
    def f():
        c = 1
        def g(): return c
        del c
        try: return g()
        except NameError as e: return type(e).__name__
    return f()
run('cell', locals_cell)
def overwrite_local():
    class D:
        def __del__(self):
            fr = sys._getframe(1)
            fr.f_locals
            seen.append(sorted(fr.f_locals))
    seen = []
    def f():
        x = D()
        x = D()
        del x
        y = 1
    f()
    return seen
run('local del', overwrite_local)
