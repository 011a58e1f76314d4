# for and while: else, break, continue, targets, mutation while iterating, errors of the protocol.
for i in range(3):
    if i == 5: break
else: print('else', i)
for i in []: pass
else: print('empty else', i)
while True:
    i += 1
    if i > 5: break
    if i % 2: continue
    print('even', i)
else: print('never')
while i: i -= 1
else: print('done', i)
for x, (y, *z), w in [(1, (2, 3, 4), 5), ('a', 'bcd', 'e')]: print(x, y, z, w)
class T: pass
t = T(); l = [0, 0]; d = {}
for t.a in 'xy': print(t.a, end=' ')
for l[0] in 'xy': print(l, end=' ')
for d['k'], l[1] in [(1, 2)]: print(d, l)
for i in 1, *[2, 3], 4: print(i, end=' ')
print()
for i, in [[1], [2]]: print(i, end=' ')
for [i, *j] in [[1], [2, 3]]: print(i, j, end=' ')
print()
a = [1, 2, 3, 4, 5, 6]
for v in a:
    if v % 2: a.remove(v)
print(a)
a = [1]
for v in a:
    if len(a) < 5: a.append(v + 1)
print(a)
def f():
    for i in range(3):
        try:
            if i == 1: continue
            if i == 2: return 'ret'
        finally: print('fin', i)
print(f())
def g():
    while True:
        try: return 1
        finally: break
    return 2
print(g())
def h():
    for i in 'ab':
        for j in 'cd':
            if j == 'd': break
            print(i + j, end=' ')
        else: print('no')
    else: return 'outer'
print(h())
def e(f):
    try: print(f())
    except Exception as x: print(type(x).__name__ + ':', x)
class NoIter: pass
class Seq:
    def __getitem__(self, i):
        if i > 2: raise IndexError
        return i * i
class BadIter:
    def __iter__(self): return 5
class BadNext:
    def __iter__(self): return self
class NoneIter:
    __iter__ = None
    def __getitem__(self, i): return i
class Raises:
    def __iter__(self): raise KeyError('iter')
class RaisesNext:
    def __iter__(self): return self
    def __next__(self): raise OSError('next')
for o in (5, None, NoIter(), Seq(), BadIter(), BadNext(), NoneIter(), Raises(), RaisesNext(), print, int, ..., lambda: 0):
    def loop():
        r = []
        for i in o: r.append(i)
        return r
    e(loop)
def shrink():
    s = {1: 1, 2: 2}
    for k in s: del s[k]
def grow():
    s = {1}
    for k in s: s.add(k + 1)
def changed():
    s = {1: 1, 2: 2}
    for k in s:
        del s[k]; s[k + 10] = 1
def few():
    for a, b in [(1,)]: pass
def many():
    for a, b in [(1, 2, 3)]: pass
def nostar():
    for a, b, *c in [(1,)]: pass
def notiter():
    for a, b in [3]: pass
for x in shrink, grow, changed, few, many, nostar, notiter: e(x)
def unbound():
    for i in []: pass
    return i
e(unbound)
for i in range(2):
    for j in [1, 0]:
        print(i, 1 // j)
