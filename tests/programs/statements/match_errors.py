# What match refuses, at compile time and while running.
def c(src):
    try: compile(src, 'm', 'exec'); print('compiled', repr(src))
    except SyntaxError as e: print(e.msg, e.lineno, e.offset, e.end_offset, repr(e.text))
for body in ('x: pass\n case y: pass', '_: pass\n case 1: pass', 'x | 1: pass', '[x, x]: pass', '{"a": x, **x}: pass', '{**r, "a": 1}: pass', '{"a": 1, "a": 2}: pass', '[*a, *b]: pass',
             '1 | x: pass', '[1, x] | [2, y]: pass', 'C(x=1, x=2): pass', 'C(x=1, 2): pass', '1 as 2: pass', '1 as _: pass', '1 as a.b: pass', 'f"x": pass', '1 + 1: pass', '1j + 1: pass',
             '-x: pass', 'x.y.z: pass', '{x: 1}: pass', '{x.y: 1}: pass', '{**_}: pass', '{-1: a, **b}: pass', '(): pass', '(x as y): pass', 'x if: pass', '1, : pass', '*x: pass', '*x, : pass',
             'a.b(): pass', 'a()(): pass', '...: pass', 'not x: pass', '"a" "b" | b"c": pass', 'C(*a): pass', 'C(**a): pass', '1 < 2: pass', '[1, 2: pass', '1 pass', '{1: _, 1.0: _}: pass'):
    c('match v:\n case ' + body)
c('match v:\ncase 1: pass'); c('match v\n case 1: pass'); c('match v:\n pass'); c('match: pass'); c('match v: case 1: pass'); c('match v:\n case: pass'); c('match x y:\n case 1: pass')
def r(v, n):
    class Two: __match_args__ = ['a', 'b']
    class Many: __match_args__ = ('a',); a = 1
    class Dup: __match_args__ = ('a', 'a'); a = 1
    class Inst: pass
    class Num: __match_args__ = (1,)
    three = 3
    try:
        match n, v:
            case 0, three(): pass
            case 0, _: print('?')
            case 1, Two(1): pass
        match n, Two(), Many(), Dup(), Inst(), Num():
            case 1, Two(x), *_: pass
            case 2, _, Many(x, y), *_: pass
            case 3, _, _, Dup(x, y), *_: pass
            case 4, _, _, _, Inst(x), _: pass
            case 5, *_, Num(x): pass
            case 6, _, _, Dup(x, a=y), *_: pass
            case 7, *_, int(x, y): pass
    except Exception as e: print(type(e).__name__, e)
    try:
        match v:
            case int(1, 2): pass
            case str(x, y, z): pass
    except Exception as e: print(type(e).__name__, e)
for n in range(8): r(n if n % 2 else 's', n)
class BadLen(list):
    def __len__(self): raise ZeroDivisionError('len')
try:
    match BadLen():
        case [1]: pass
except ZeroDivisionError as e: print(e)
class BadGet:
    __match_args__ = ('a',)
    @property
    def a(self): raise KeyError('from property')
match BadGet():
    case BadGet(1): pass
