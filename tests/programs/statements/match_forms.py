# Every pattern form: literals, values, captures, sequences, mappings, classes, alternatives, guards.
import enum, collections, dataclasses
class C(enum.Enum): RED = 1; BLUE = 2
@dataclasses.dataclass
class Pt: x: int; y: int = 0
class NS: k = 7
def f(v):
    match v:
        case -1: return 'minus one'
        case 1 + 2j: return 'complex'
        case -3.5 - 4j: return 'complex 2'
        case True: return 'true'
        case False: return 'false'
        case None: return 'none'
        case 'a' 'b': return 'joined'
        case b'x': return 'bytes'
        case C.RED | C.BLUE as c: return f'enum {c}'
        case NS.k: return 'value'
        case Pt(0, 0): return 'origin'
        case Pt(x=0): return 'y axis'
        case Pt(x, y) if x == y: return f'diagonal {x}'
        case Pt(): return 'point'
        case str(s) | bytes(s): return f'text {s!r}'
        case [1, [2, *inner], *_]: return f'nested {inner}'
        case [*_, 'end']: return 'ends'
        case ((a,)): return f'alone {a}' if not isinstance(a, tuple) else 'tup'
        case [a, b] if a > b: return f'descending {a} {b}'
        case (a, b): return f'pair {a} {b}'
        case {'op': 'add', 'args': [x, y]}: return x + y
        case {'op': ('neg' | 'not') as op, **kw} if not kw: return op
        case {1: _, 'z': {'w': w}}: return f'deep {w}'
        case {**kw}: return f'mapping {sorted(kw)}'
        case set() | frozenset(): return 'set'
        case int() | float() as n: return f'number {n}'
        case _: return f'other {type(v).__name__}'
for v in (-1, 1+2j, -3.5-4j, True, False, None, 'ab', b'x', C.RED, C.BLUE, 7, Pt(0, 0), Pt(0, 4), Pt(3, 3), Pt(3, 4), 'q', b'q',
          [1, [2, 3, 4], 5], [0, 'end'], ['end'], [9], (9,), [2, 1], (1, 2), {'op': 'add', 'args': (3, 4)}, {'op': 'neg'}, {'op': 'not'},
          {'op': 'neg', 'z': 1}, {1: 2, 'z': {'w': 3}}, {}, collections.OrderedDict(a=1), {3}, frozenset(), 8, 8.5, range(2), collections.deque([5, 6]),
          bytearray(b'ab'), memoryview(b'ab'), iter([1]), object):
    print(repr(v)[:40] if not isinstance(v, (memoryview, type(iter([])))) else type(v).__name__, '->', f(v))
# Names bound by a failed case stay bound.
match [1, 2]:
    case [a, 3]: pass
    case [b, *c]: print(b, c, 'a' in globals())
# The order of tests and lookups.
class Log:
    __match_args__ = ('p', 'q')
    def __getattr__(self, n):
        print('get', n); return n
match Log():
    case Log('p', 'nope'): print('no')
    case Log(p='p', q=('q' | 'x') as z): print('yes', z)
class M(dict):
    def get(self, k, d=None):
        print('get', k); return super().get(k, d)
match M(a=1):
    case {'b': 1}: print('no')
    case {'a': 1, **rest}: print('yes', rest)
match = 1; case = 2; _ = 3; type = 4
match[case:_] if False else print(match, case, _)
print(match, case)
match (case, _):
    case x, y: print(x, y)
match *[1, 2], 3:
    case [*all]: print(all)
