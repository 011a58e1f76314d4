# Generators that are resumed, closed and dropped while somebody throws into them or clears their frames; builtins that
# are no dict under a warm global.
import builtins, gc, types
def run(label, f):
    try:
        print(label, f())
    except BaseException as e:
        print(label, type(e).__name__, e)

def closed_while_throw_is_looked_up():
    class D:
        def __iter__(self): return self
        def __next__(self): return 1
        def __getattr__(self, name):
            if name == 'throw' and not done:
                done.append(1)
                it.close()
            raise AttributeError(name)
    done = []
    def g():
        yield from D()
    it = g()
    next(it)
    return it.throw(KeyError)
run('closed', closed_while_throw_is_looked_up)

def ended_while_throw_is_looked_up():
    class D:
        n = 0
        def __iter__(self): return self
        def __next__(self):
            self.n += 1
            if self.n > 1: raise StopIteration
            return 1
        def __getattr__(self, name):
            if name == 'throw' and not done:
                done.append(1)
                print(next(it, 'end'))
            raise AttributeError(name)
    done = []
    def g():
        print('after', (yield from D()))
    it = g()
    next(it)
    return it.throw(KeyError)
run('ended', ended_while_throw_is_looked_up)

def dropped_by_clear():
    class D:
        def __iter__(self): return self
        def __next__(self): return 1
        def close(self):
            holder.clear()
            gc.collect()
    def g():
        try: yield from D()
        finally: print('finally')
    holder = [g()]
    next(holder[0])
    keep = holder[0] # the frame alone would be too little for python3.11
    f = keep.gi_frame
    f.clear()
    return f.f_lineno > 0
run('dropped', dropped_by_clear)

def builtins_of_any_type():
    g = {'__builtins__': builtins.__dict__}
    exec('def f():\n return len', g)
    for i in range(50): g['f']()
    class M:
        def __getitem__(self, name): return 'M' + name
    out = []
    for b in 5, M(), [1], {'len': 3}, types.MappingProxyType({'len': 4}):
        g['__builtins__'] = b
        h = types.FunctionType(g['f'].__code__, g)
        try: out.append([h() for i in range(5)][0])
        except TypeError as e: out.append(str(e))
    return out
run('builtins', builtins_of_any_type)

def module_without_dict():
    m = types.ModuleType.__new__(types.ModuleType)
    full = types.ModuleType('full')
    full.y = int
    def load(m): return m.y
    def call(m): return m.y()
    for i in range(20): load(full), call(full)
    for f in load, call:
        try: f(m)
        except AttributeError as e: print(e)
run('module', module_without_dict)
