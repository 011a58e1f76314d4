"""match statements: every pattern, captures, guards, errors."""
class Point:
    __match_args__ = ("x", "y")
    def __init__(self, x, y):
        self.x, self.y = x, y

def kind(v):
    match v:
        case None | True | False: return "singleton"
        case 0 | 1 as n: return f"small {n}"
        case -1.5 | 2+3j: return "number"
        case "a" "b" | b"ab": return "text"
        case []: return "empty"
        case [x]: return f"one {x}"
        case [1, *rest, 9]: return f"1..9 {rest}"
        case [Point(x=0, y=y), *_]: return f"points {y}"
        case (a, [b, c], *_) if a == c: return f"nested {a}{b}{c}"
        case {"k": 1, "m": [p, *_], **rest}: return f"mapping {p} {rest}"
        case {}: return "some mapping"
        case Point(0, 0): return "origin"
        case Point(x, y) if x == y: return f"diagonal {x}"
        case Point(x=1 | 2 as q, y=z): return f"near {q} {z}"
        case int(i) | float(i): return f"number {i}"
        case str() as s: return f"str {s!r}"
        case kind.missing: return "attribute"
        case _: return "other"

kind.missing = object()
for v in (None, True, 0, 1, -1.5, 2+3j, "ab", b"ab", [], (7,), [1, 2, 3, 9], [Point(0, 5), 1], (4, [5, 4], 6),
          {"k": 1, "m": "no"}, {"k": 1, "m": [8, 9], "z": 0}, {}, Point(0, 0), Point(3, 3), Point(2, 7), Point(8, 9), 12,
          2.5, "text", kind.missing, object):
    print(kind(v))

try:
    match Point(1, 2):
        case Point(1, 2, 3): pass
except TypeError as error:
    print(error)
try:
    match 1:
        case kind(): pass
except TypeError as error:
    print(error)
for source in ("case x: pass\n  case y: pass", "case _: pass\n  case 1: pass", "case [x, x]: pass", "case {'a': 1, 'a': 2}: pass",
               "case [*a, *b]: pass", "case 1 | x | 2: pass", "case (1 as x) | 2: pass", "case C(a=1, a=2): pass"):
    try:
        compile("match v:\n  " + source, "<source>", "exec")
    except SyntaxError as error:
        print(error)
