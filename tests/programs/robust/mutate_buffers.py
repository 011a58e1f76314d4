# Buffers whose owner changes while they are exported, and callbacks in the middle of byte operations.
import array, io, struct
def run(label, f):
    try:
        print(label, f())
    except BaseException as e:
        print(label, type(e).__name__, e)

class Index:
    def __init__(self, act, value): self.act, self.value = act, value
    def __index__(self):
        self.act()
        return self.value
class Buf:
    pass
b = bytearray(b'0123456789')
m = memoryview(b)
for label, f in {'append': lambda: b.append(1), 'extend': lambda: b.extend(b'x'), 'clear': lambda: b.clear(), 'pop': lambda: b.pop(),
                 'del': lambda: b.__delitem__(0), 'slice': lambda: b.__setitem__(slice(0, 2), b'xyz'), 'insert': lambda: b.insert(0, 1),
                 'remove': lambda: b.remove(48), 'imul': lambda: b.__imul__(2), 'iadd': lambda: b.__iadd__(b'x'), 'init': lambda: b.__init__(5),
                 'same size': lambda: b.__setitem__(slice(0, 2), b'xy'), 'reverse': lambda: b.reverse(), 'imul1': lambda: b.__imul__(1) is b,
                 'del step': lambda: b.__delitem__(slice(0, 6, 2)), 'iadd empty': lambda: b.__iadd__(b'') is b}.items():
    run('exported ' + label, f)
m.release()
run('released', lambda: b.append(1))
run('use released', lambda: m[0])
run('len released', lambda: len(m))

def make(f, act=lambda b: b.clear()):
    b = bytearray(range(20))
    return lambda: (f(b, lambda: act(b)), len(b))
run('getitem', make(lambda b, a: b[Index(a, 5)]))
run('setitem', make(lambda b, a: b.__setitem__(Index(a, 5), 1)))
run('setitem value', make(lambda b, a: b.__setitem__(5, Index(a, 5))))
run('append', make(lambda b, a: b.append(Index(a, 5))))
run('insert', make(lambda b, a: b.insert(Index(a, 5), 3)))
run('insert value', make(lambda b, a: b.insert(5, Index(a, 3))))
run('pop', make(lambda b, a: b.pop(Index(a, 5))))
run('remove', make(lambda b, a: b.remove(Index(a, 5))))
run('slice', make(lambda b, a: b[Index(a, 5):10]))
run('slice set', make(lambda b, a: b.__setitem__(slice(Index(a, 5), 10), b'abc')))
run('slice del', make(lambda b, a: b.__delitem__(slice(Index(a, 5), 10))))
run('extend', make(lambda b, a: b.extend([1, Index(a, 5), 2])))
run('extend gen', make(lambda b, a: b.extend(a() or i for i in range(5))))
run('extend self', make(lambda b, a: b.extend(b)))
run('slice self', make(lambda b, a: b.__setitem__(slice(3, 5), b)))
run('slice step self', make(lambda b, a: b.__setitem__(slice(None, None, -1), b)))
run('imul', make(lambda b, a: b.__imul__(Index(a, 3)) is b))
run('mul', make(lambda b, a: len(b * Index(a, 3))))
run('find', make(lambda b, a: b.find(b'\x05', Index(a, 0))))
run('find int', make(lambda b, a: b.find(Index(a, 5))))
run('count', make(lambda b, a: b.count(5, Index(a, 0))))
run('in', make(lambda b, a: Index(a, 5) in b))
run('ljust', make(lambda b, a: b.ljust(Index(a, 30))))
run('replace', make(lambda b, a: b.replace(b'\1', b'22', Index(a, 30))))
run('split', make(lambda b, a: b.split(None, Index(a, 30))))
run('expandtabs', make(lambda b, a: b.expandtabs(Index(a, 30))))
run('init', make(lambda b, a: b.__init__(Index(a, 30))))
run('init iter', make(lambda b, a: b.__init__(a() or i for i in range(5))))
class Bytes:
    def __init__(self, act): self.act = act
    def __bytes__(self):
        self.act()
        return b'abc'
def joined():
    s = bytearray(b'--')
    parts = [bytearray(b'x'), bytearray(b'y')]
    return s.join(parts)
run('join2', joined)
class Iter:
    def __init__(self, parts): self.parts = parts
    def __iter__(self):
        self.parts[0].clear()
        return iter(self.parts)
run('join3', lambda: b'-'.join(Iter([bytearray(b'x' * 100), b'y'])))

b = bytearray(b'abcdef')
it = iter(b)
next(it)
b.clear()
run('iter', lambda: list(it))
b.extend(range(100))
run('iter again', lambda: list(it))

def view(f, act=None):
    def g():
        b = bytearray(range(20))
        m = memoryview(b)
        return f(m, lambda: m.release()), len(b)
    return g
run('mv getitem', view(lambda m, a: m[Index(a, 5)]))
run('mv setitem', view(lambda m, a: m.__setitem__(Index(a, 5), 1)))
run('mv value', view(lambda m, a: m.__setitem__(5, Index(a, 1))))
run('mv slice', view(lambda m, a: bytes(m[Index(a, 5):10])))
run('mv slice set', view(lambda m, a: m.__setitem__(slice(Index(a, 5), 8), b'abc')))
run('mv cast', view(lambda m, a: m.cast('i', [Index(a, 5)])))
run('mv in', view(lambda m, a: 77 in m))
run('mv self', view(lambda m, a: m.__setitem__(slice(0, 10), m[5:15])))
class Eq:
    def __init__(self, act): self.act = act
    def __eq__(self, o):
        self.act()
        return False
run('mv eq', view(lambda m, a: Eq(a) in m))
run('mv hex', view(lambda m, a: m.hex(Bytes(a))))
run('mv float', lambda: memoryview(bytearray(8)).cast('d').__setitem__(0, type('F', (), {'__float__': lambda s: 1.5})()))
def float_release():
    m = memoryview(bytearray(8)).cast('d')
    class F:
        def __float__(self):
            m.release()
            return 1.5
    m[0] = F()
run('mv float release', float_release)
def chain():
    m = memoryview(bytearray(100))
    for i in range(50): m = m[1:]
    b = m.obj
    del m
    b.append(1)
    return len(b)
run('mv chain', chain)
def context():
    b = bytearray(4)
    with memoryview(b) as m:
        with m[1:] as n:
            m.release()
            return n[0]
run('mv with', context)

a = array.array('i', range(10))
m = memoryview(a)
run('array append', lambda: a.append(1))
run('array del', lambda: a.__delitem__(0))
m.release()
def amake(f):
    a = array.array('i', range(10))
    return lambda: (f(a, lambda: a.__delitem__(slice(None))), len(a))
run('array getitem', amake(lambda a, c: a[Index(c, 5)]))
run('array setitem', amake(lambda a, c: a.__setitem__(5, Index(c, 5))))
run('array insert', amake(lambda a, c: a.insert(3, Index(c, 5))))
run('array extend', amake(lambda a, c: a.extend(c() or i for i in range(3))))
run('array extend self', amake(lambda a, c: a.extend(a)))
run('array index', amake(lambda a, c: a.index(Eq(c))))
run('array count', amake(lambda a, c: a.count(Eq(c))))
run('array remove', amake(lambda a, c: a.remove(Eq(c))))
run('array fromlist', amake(lambda a, c: a.fromlist([1, Index(c, 3)])))
def al():
    a = array.array('i')
    l = [1, 2, 3]
    l[1] = Index(l.clear, 2)
    a.fromlist(l)
    return a
run('array fromlist2', al)
run('array eq', amake(lambda a, c: a == array.array('d', range(10))))
run('array slice', amake(lambda a, c: a.__setitem__(slice(Index(c, 2), 5), array.array('i', [1]))))
bio = io.BytesIO(b'abcdef')
v = bio.getbuffer()
run('bio write', lambda: bio.write(b'x' * 100))
run('bio truncate', lambda: bio.truncate(0))
run('bio close', lambda: bio.close())
run('bio init', lambda: bio.__init__(b'new'))
v.release()
run('bio write2', lambda: bio.write(b'x' * 100))
run('bio writelines', lambda: bio.writelines(bio.truncate(0) and b'' or b'q' for i in range(3)))
class Closer:
    def __init__(self, f): self.f = f
    def __buffer__(self): pass
    def __index__(self):
        self.f.close()
        return 2
bio = io.BytesIO(b'abcdef')
run('bio read close', lambda: bio.read(Closer(bio)))
bio = io.BytesIO(b'abcdef')
run('bio seek close', lambda: bio.seek(Closer(bio)))
sio = io.StringIO('abcdef\nxyz')
run('sio read close', lambda: sio.read(Closer(sio)))
sio = io.StringIO('abcdef\nxyz')
run('sio truncate close', lambda: sio.truncate(Closer(sio)))
class Raw(io.RawIOBase):
    def readable(self): return True
    def writable(self): return True
    def seekable(self): return True
    def __init__(self, act): self.act = act
    def readinto(self, b):
        self.act(self, b)
        return min(3, len(b)) if self.n else 0
    n = 5
    def write(self, b):
        self.act(self, b)
        return len(b)
    def seek(self, *a): return 0
    def tell(self): return 0
kept = []
def keep(self, b):
    kept.append(b)
    self.n -= 1
def reenter(self, b):
    self.n -= 1
    r.read(1)
r = io.BufferedReader(Raw(reenter))
run('buffered reenter', lambda: r.read(10))
def detach(self, b):
    self.n -= 1
    r.detach()
def too_much(self, b): pass
class Lie(Raw):
    def readinto(self, b): return 10**6
r = io.BufferedReader(Lie(too_much))
run('buffered lie', lambda: r.read(10))
class Lie2(Raw):
    def readinto(self, b): return -5
r = io.BufferedReader(Lie2(too_much))
run('buffered lie2', lambda: r.read(10))
class LieW(Raw):
    def write(self, b): return 10**6
w = io.BufferedWriter(LieW(too_much))
run('writer lie', lambda: (w.write(b'x' * 10000), w.flush()))
w.raw.write = None
run('struct', lambda: struct.pack('10s%dx' % 2**40, b'x') and None)
run('pack_into', lambda: struct.pack_into('i', bytearray(3), 0, 1))
run('pack_into neg', lambda: struct.pack_into('i', bytearray(8), -20, 1))
run('unpack_from', lambda: struct.unpack_from('i', b'abc', 2**62))
def pack_clear():
    b = bytearray(100)
    m = memoryview(b)
    struct.pack_into('ii', b, 0, Index(m.release, 1), Index(b.clear, 2))
    return len(b)
run('pack clear', pack_clear)
