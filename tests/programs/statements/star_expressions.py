# Stars in displays, calls, subscripts, returns, loops and assignments, and where they may not stand.
a, b = [1, 2], {'x': 1}
print([*a, *a], (*a,), {*a, 3}, {**b, 'y': 2}, {**b, **{'x': 5}}, [*{}, *'', *range(2)], print(*a, *'c', sep='-', **{}), {**{}, **{}})
def r(): return *a, 3
def y(): yield *a, 4
print(r(), list(y()), [x for x in (*a, *a)], *[*a])
class I:
    def __getitem__(self, k): return k
print(I()[*a], I()[*a, 1:2], I()[1, *a], I()[(*a,)])
for q in *a, 9: print(q, end=' ')
x = *a, *a; print(x)
*(u, v), w = 1, 2, 3; print(u, v, w)
*_, = a; print(_)
(*h, t), = [(1, 2, 3)]; print(h, t)
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
t(lambda: [*5]); t(lambda: (*None,)); t(lambda: {*[[]]}); t(lambda: {**5}); t(lambda: {**[1]}); t(lambda: {**None}); t(lambda: print(*5)); t(lambda: print(**5)); t(lambda: I()[*5])
class BadKeys:
    def keys(self): return 5
class Keys:
    def keys(self): return 'ab'
    def __getitem__(self, k): return k * 2
class Raises(Keys):
    def __getitem__(self, k): raise KeyError(k)
t(lambda: {**BadKeys()}); t(lambda: {**Keys()}); t(lambda: dict(**Keys())); t(lambda: {**Raises()}); t(lambda: dict(**Raises())); t(lambda: dict(**BadKeys()))
for src in ('*a', '*a = 1', '*a, *b = c', 'del *a', 'print(*a for a in b)', '[*a for a in b]', '{**a for a in b}', '(*a)', 'x = *a', 'return *a', 'f(**a, *b)', 'f(**a, b)', 'f(a=1, *b)', 'f(a=1, b)', '{*a: 1}', '{1: *a}', '{**a, b}', '{a, **b}', 'x[*a:1]', 'x[**a]', 'if *a: pass', 'lambda *: 1', 'def f(*): pass', 'def f(*, **k): pass', 'def f(**k, a): pass', 'def f(*a, *b): pass', 'a = **b', '[**a]', 'for *a in b: pass', 'for *a, in b: pass', 'with a as *b: pass', '*a += 1', '*a: int', 'f(*)', 'f(**)', 'f(* a, ** b)', 'assert *a', '(*a, b) = c', 'x = (*a) + 1', 'not *a', '*a or b', 'yield *a', 'f"{*a}"', 'f"{*a,}"'):
    try: compile(src, 's', 'exec'); print('fine', repr(src))
    except SyntaxError as e: print(repr(src), e.msg, e.lineno, e.offset, e.end_offset)
{**{'k': 1}, **[('not', 'mapping')]}
