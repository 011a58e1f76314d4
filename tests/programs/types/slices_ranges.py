# slice and range objects, Ellipsis, NotImplemented, None, bool: their methods and what they refuse.
def t(f):
    try: print(repr(f()))
    except Exception as e: print(type(e).__name__ + ':', e)
s = slice(1, 10, 2)
print(s, s.start, s.stop, s.step, s.indices(5), s.indices(100), slice(None), slice(3), slice(-3, None).indices(10), slice(None, None, -1).indices(4), slice(10, -10, -3).indices(5))
print(s == slice(1, 10, 2), s < slice(1, 11), slice(1) != slice(2), slice('a', [], {}), s.__reduce__(), slice(1, 2) > slice(1, None) if False else '')
t(lambda: hash(s)); t(lambda: slice()); t(lambda: slice(1, 2, 3, 4)); t(lambda: slice(a=1)); t(lambda: s.indices(-1)); t(lambda: s.indices('a')); t(lambda: s.indices()); t(lambda: slice('a').indices(5)); t(lambda: slice(0, 5, 0).indices(5)); t(lambda: slice(1.0).indices(5)); t(lambda: setattr(s, 'start', 1)); t(lambda: type('S', (slice,), {})); t(lambda: slice(1) < slice('a')); t(lambda: s[0]); t(lambda: len(s)); t(lambda: slice(2**70, None, 2**80).indices(2**90))
r = range(3, 30, 4)
print(r, list(r), len(r), r[1], r[-1], r[1:4], r[::-1], r[5:2], r.index(11), r.count(11), r.count(5), 11 in r, 12 in r, 11.0 in r, 'a' in r, r.start, r.stop, r.step, bool(range(0)))
print(range(5) == range(0, 5, 1), range(0) == range(2, 1), hash(range(0)) == hash(range(3, 3, 9)), range(0, 3, 2) == range(0, 4, 2), range(5) != range(6), {range(2): 1}, r.__reduce__())
print(list(reversed(r)), list(range(5, 0, -2)), range(10)[-3:], range(2**70, 2**70 + 3)[1], len(range(-2**62, 2**62 - 1)), 2**70 in range(2**80), range(True, 5), range(0, 2**100, 2**99)[-1], list(range(2**64, 2**64 + 2)))
it = iter(range(5)); next(it); print(it.__length_hint__(), it.__reduce__(), list(it)); it.__setstate__(1); big = iter(range(2**70, 2**70 + 2)); print(next(big), big.__length_hint__(), type(big).__name__, type(iter(range(1))).__name__)
t(lambda: range()); t(lambda: range(1, 2, 3, 4)); t(lambda: range(1, 2, 0)); t(lambda: range('a')); t(lambda: range(1.0)); t(lambda: range(None)); t(lambda: range(a=1)); t(lambda: r[7]); t(lambda: r[-8]); t(lambda: r['a']); t(lambda: r[1.0]); t(lambda: r[::0]); t(lambda: r.index(12)); t(lambda: r.index('x')); t(lambda: r.count()); t(lambda: r.__setitem__); t(lambda: r + r); t(lambda: r < r); t(lambda: r * 2); t(lambda: setattr(r, 'start', 1)); t(lambda: setattr(r, 'x', 1)); t(lambda: type('R', (range,), {})); t(lambda: len(range(2**63))); t(lambda: len(range(2**100))); t(lambda: r['a':]); t(lambda: range(2**70)[2**71]); t(lambda: range(10)[2**70:]); t(lambda: next(iter(range(0)))); t(lambda: iter(r).__setstate__('a'))
class I:
    def __index__(self): return 4
class Bad:
    def __index__(self): return 'x'
class Raise:
    def __index__(self): raise OSError('index')
t(lambda: range(I(), 10, I())); t(lambda: range(Bad())); t(lambda: range(Raise())); t(lambda: [1, 2, 3, 4, 5][I()]); t(lambda: 'abcde'[I():]); t(lambda: [1][Bad()]); t(lambda: (1,)[Raise()]); t(lambda: [1, 2][Bad():]); t(lambda: b'ab'[:Raise()]); t(lambda: [0] * I()); t(lambda: 'a' * Bad()); t(lambda: r[I()]); t(lambda: slice(I(), None).indices(I()))
print(Ellipsis, ..., type(...)(), ....__reduce__(), type(...).__name__, bool(...), NotImplemented, type(NotImplemented)(), None, type(None)(), type(None).__name__, NotImplemented.__reduce__())
t(lambda: type(...)(1)); t(lambda: type(None)(1)); t(lambda: type(NotImplemented)(x=1)); t(lambda: setattr(..., 'x', 1)); t(lambda: setattr(None, 'x', 1)); t(lambda: None.x); t(lambda: ....x); t(lambda: NotImplemented.x); t(lambda: type('N', (type(None),), {})); t(lambda: type('E', (type(...),), {})); t(lambda: None < None); t(lambda: None + 1); t(lambda: None()); t(lambda: None[0]); t(lambda: len(None)); t(lambda: iter(None)); t(lambda: ... < ...); t(lambda: -None); t(lambda: ~...)
import warnings
warnings.simplefilter('error'); t(lambda: bool(NotImplemented)); t(lambda: not NotImplemented); t(lambda: 1 if NotImplemented else 2)
print(True + True, True & False, True | 1, True ^ True, ~True, -True, True / 2, bool('False'), bool([]), bool(0.0), bool(-0.0), bool(0j), True == 1, hash(True), int(True), f'{True}', f'{True:d}', f'{True:5}', f'{False!r:>7}', True.real, True.bit_length(), isinstance(True, int), str(True), bool.from_bytes(b'\1', 'big'), {True: 'a', 1: 'b'}, [10, 20][True], True is (1 == 1), bool.__mro__)
t(lambda: bool(1, 2)); t(lambda: bool(x=1)); t(lambda: type('B', (bool,), {})); t(lambda: True.x); t(lambda: setattr(True, 'x', 1)); t(lambda: f'{True:s}'); t(lambda: bool.__new__(int)); t(lambda: True << -1)
class NB:
    def __bool__(self): return 1
class NL:
    def __len__(self): return -1
class NX:
    def __len__(self): return 'a'
class NH:
    def __len__(self): return 2**70
t(lambda: bool(NB())); t(lambda: bool(NL())); t(lambda: bool(NX())); t(lambda: bool(NH())); t(lambda: len(NH())); t(lambda: len(NL())); t(lambda: not NB()); t(lambda: 1 if NL() else 0); t(lambda: NB() and 1); t(lambda: len(NX()))
while NB(): pass
