# Callbacks that change a list while C code is at work in it.
def run(label, f):
    try:
        print(label, f())
    except BaseException as e:
        print(label, type(e).__name__, e)

class Eq:
    def __init__(self, act, result=False): self.act, self.result = act, result
    def __eq__(self, other):
        self.act()
        return self.result
    def __lt__(self, other):
        self.act()
        return self.result
    __hash__ = None
    def __repr__(self): return 'Eq'

def fresh(n, act_of):
    l = []
    for i in range(n):
        l.append(Eq(act_of(l)))
    return l

clear = lambda l: lambda: l.clear()
grow = lambda l: lambda: l.extend([1] * 100)
shrink = lambda l: lambda: l.pop() if l else None
for name, act in ('clear', clear), ('grow', grow), ('shrink', shrink):
    limit = [0]
    def bounded(l, act=act):
        f = act(l)
        def g():
            limit[0] += 1
            if limit[0] < 20:
                f()
        return g
    def again(f):
        def g():
            limit[0] = 0
            l = fresh(5, bounded)
            return f(l), len(l)
        return g
    run(name + ' in', again(lambda l: 3 in l))
    run(name + ' index', again(lambda l: l.index(3)))
    run(name + ' count', again(lambda l: l.count(3)))
    run(name + ' remove', again(lambda l: l.remove(3)))
    run(name + ' ==', again(lambda l: l == [1, 2, 3, 4, 5]))
    run(name + ' <', again(lambda l: l < [1, 2, 3, 4, 5]))
    run(name + ' == self copy', again(lambda l: l == fresh(5, bounded)))
    run(name + ' sort', again(lambda l: l.sort()))
    run(name + ' sort key', again(lambda l: l.sort(key=lambda x: (x.act(), 1)[1])))
    run(name + ' min', again(lambda l: min(l) and 1))
    run(name + ' max', again(lambda l: max(l) and 1))
    run(name + ' tuple in', again(lambda l: 3 in tuple(l)))

class Repr:
    def __init__(self, act): self.act = act
    def __repr__(self):
        self.act()
        return 'R'
    __str__ = __repr__
    def __format__(self, spec):
        self.act()
        return 'F'
l = []
l.extend(Repr(l.clear) for i in range(5))
run('repr clears', lambda: repr(l))
l.extend(Repr(lambda: l.append(1) if len(l) < 20 else None) for i in range(5))
run('repr appends', lambda: len(repr(l)))
l[:] = [Repr(l.clear) for i in range(3)]
run('format', lambda: '{0[0]} {0[1]}'.format(l))
l[:] = [Repr(l.clear), Repr(l.clear)]
run('percent', lambda: '%s %s' % tuple(l))

class Index:
    def __init__(self, act, value): self.act, self.value = act, value
    def __index__(self):
        self.act()
        return self.value
def make(f):
    l = list(range(20))
    return lambda: (f(l), len(l))
run('getitem', make(lambda l: l[Index(l.clear, 5)]))
run('setitem', make(lambda l: l.__setitem__(Index(l.clear, 5), 1)))
run('delitem', make(lambda l: l.__delitem__(Index(l.clear, 5))))
run('slice', make(lambda l: l[Index(l.clear, 5):Index(l.clear, 15)]))
run('slice set', make(lambda l: l.__setitem__(slice(Index(l.clear, 5), Index(l.clear, 15)), [1, 2])))
run('slice set step', make(lambda l: l.__setitem__(slice(Index(l.clear, 5), 15, 2), [1, 2, 3, 4, 5])))
run('slice del', make(lambda l: l.__delitem__(slice(Index(l.clear, 5), Index(l.clear, 15)))))
run('slice del step', make(lambda l: l.__delitem__(slice(0, 15, Index(l.clear, 2)))))
run('insert', make(lambda l: l.insert(Index(l.clear, 5), 1)))
run('pop', make(lambda l: l.pop(Index(l.clear, 5))))
run('mul', make(lambda l: l * Index(l.clear, 3)))
run('imul', make(lambda l: l.__imul__(Index(l.clear, 3))))
run('index bounds', make(lambda l: l.index(3, Index(l.clear, 0), Index(l.clear, 10))))

def clearing(l):
    for i in range(3):
        l.clear()
        yield i
def growing(l):
    for i in range(3):
        l.extend(range(50))
        yield i
for g in clearing, growing:
    run(g.__name__ + ' extend', make(lambda l: l.extend(g(l))))
    run(g.__name__ + ' +=', make(lambda l: l.__iadd__(g(l)) is l))
    run(g.__name__ + ' slice', make(lambda l: l.__setitem__(slice(2, 10), g(l))))
    run(g.__name__ + ' slice step', make(lambda l: l.__setitem__(slice(2, 5), g(l))))
    run(g.__name__ + ' init', make(lambda l: l.__init__(g(l))))
run('extend self', make(lambda l: l.extend(l)))
run('extend iter self', make(lambda l: l.__setitem__(slice(5, 10), l)))
run('step self', make(lambda l: l.__setitem__(slice(None, None, -1), l)))
run('imul self', make(lambda l: [l.__imul__(2) is l, l[-1]]))

class Del:
    def __init__(self, act): self.act = act
    def __del__(self): self.act()
def dels(f, act=lambda l: l.clear()):
    def g():
        l = []
        for i in range(6):
            l.append(Del(lambda: act(l)))
        f(l)
        r = len(l)
        l.clear()
        return r
    return g
for name, act in ('clear', lambda l: l.clear()), ('append', lambda l: l.append(1)), ('pop', lambda l: l and l.pop()):
    run(name + ' del set', dels(lambda l: l.__setitem__(2, 1), act))
    run(name + ' del del', dels(lambda l: l.__delitem__(2), act))
    run(name + ' del slice', dels(lambda l: l.__setitem__(slice(1, 4), []), act))
    run(name + ' del slice step', dels(lambda l: l.__setitem__(slice(0, 6, 2), [1, 2, 3]), act))
    run(name + ' del slice del', dels(lambda l: l.__delitem__(slice(0, 6, 2)), act))
    run(name + ' del clear', dels(lambda l: l.clear(), act))
    run(name + ' del init', dels(lambda l: l.__init__(), act))
    run(name + ' del imul', dels(lambda l: l.__imul__(0), act))
    run(name + ' del pop', dels(lambda l: l.pop(0) and None, act))
    run(name + ' del sort', dels(lambda l: l.sort(key=lambda x: l.append(1) or 1), act))

def sorting():
    l = list(range(50, 0, -1))
    it = iter(l)
    next(it)
    l.sort(key=lambda x: (next(it, None), x)[1])
    return l[:3]
run('iterate while sorting', sorting)
l = [3, 2, 1]
run('sort in sort', lambda: l.sort(key=lambda x: (l.sort(), l.append(x), x)[2]))
print(l)
it = iter([1, 2, 3])
def deep():
    l = list(range(10))
    for x in l:
        l.remove(x)
    return l
run('remove while iterating', deep)
def reverse_iter():
    l = list(range(10))
    out = []
    for x in reversed(l):
        out.append(x)
        if len(l) > 3: del l[2:5]
    return out
run('reversed', reverse_iter)
