# Annotations: where they are kept, what is evaluated, and the future import's text.
import typing
def f(a: int, /, b: 'str' = 1, *c: float, d: list[int] = None, **e: dict) -> 'ret': x: undefined
print(f.__annotations__)
class C:
    a: int
    b: str = 'x'
    __p: 'private'
    (c): float = 1
    def m(self: 'C') -> None: self.z: int = 4; return self.z
print(C.__annotations__, C().m(), hasattr(C, 'a'), hasattr(C, 'c'))
class D(C): pass
print(D.__annotations__, C.__annotations__ is D.__annotations__)
ns = {}
exec('from __future__ import annotations\ndef f(a: x + 1, b: lambda: 0, *c: *d, e: "s" = 1) -> (yes if no else {**m, 1: [*n]}): pass\nclass K:\n v: not_there.q[1:2, ...] = 3\nw: f"{a!r:>{b}}" "t" = 1\nz: a < b <= c and not d or -e ** ~g\ny: await_(x for x in y if z)', ns)
print(ns['f'].__annotations__, ns['K'].__annotations__, ns['__annotations__'])
print(typing.get_type_hints(f, {'ret': int}, {}))
f.__annotations__ = {}; print(f.__annotations__); del f.__annotations__; print(f.__annotations__)
def g(x: print('evaluated') = print('default first')): pass
for src in ('x: int: str', '(a, b): int', '[a]: int', 'a, b: int', 'f(): int', 'x: int += 1', 'x: (yield)', 'def f(x: (yield)): pass', 'def f() -> (y := 1): pass', 'lambda x: int: 1', 'for x: int in y: pass', 'x: *a', 'def f(*a: *b): pass', 'def f(a: *b): pass', '1: int', 'x.y: int', 'x[0]: int', 'def f():\n global x\n x: int', 'None: int', 'x: a = yield'):
    try: compile(src, 's', 'exec'); print('fine', repr(src))
    except SyntaxError as e: print(repr(src), e.msg, e.lineno, e.offset)
z: undefined_name = 1
