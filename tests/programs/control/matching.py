class P:
    __match_args__ = ('x', 'y')
    def __init__(self, x, y): self.x, self.y = x, y
def m(v):
    match v:
        case 0 | 1: return 'small'
        case int(n) if n > 100: return f'big {n}'
        case int(): return 'int'
        case str() as s: return 's ' + s
        case []: return 'empty'
        case [x]: return f'one {x}'
        case [1, *rest]: return f'1+{rest}'
        case [a, _, c]: return f'{a} {c}'
        case (x, *mid, y): return f'{x} {mid} {y}'
        case {'k': k, **rest}: return f'k {k} {rest}'
        case {}: return 'map'
        case P(0, y=yy): return f'P0 {yy}'
        case P(x, y): return f'P {x} {y}'
        case None: return 'none'
        case float(f): return f'float {f}'
        case _: return 'other'
for v in (0, 1, 5, 500, 'a', [], [3], [1, 2], [1, 2, 3], [5, 6, 7], (9, 8, 7, 6), {'k': 1, 'z': 2}, {'q': 1}, P(0, 5), P(1, 2), None, 2.5, {1, 2}, b'x'):
    print(m(v))
class Bad1:
    __match_args__ = 3
class Bad2:
    __match_args__ = (3,)
def b(v, n):
    try:
        match n:
            case 1:
                match v:
                    case Bad1(x): pass
            case 2:
                match v:
                    case Bad2(x): pass
            case 3:
                match v:
                    case P(1, 2, 3): pass
            case 4:
                match v:
                    case P(1, x=1): pass
            case 6:
                match v:
                    case len(x): pass
    except TypeError as e:
        print(e)
b(Bad1(), 1); b(Bad2(), 2); b(P(1, 2), 3); b(P(1, 2), 4); b(3, 6)
