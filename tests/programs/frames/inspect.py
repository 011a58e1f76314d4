import sys
def f(a, b=2):
    c = a + b
    fr = sys._getframe()
    print(fr.f_code.co_name, sorted(k for k in fr.f_locals if k != 'fr'), fr.f_lineno, fr.f_back.f_code.co_name, fr.f_back.f_lineno)
    return fr
fr = f(1)
print(fr.f_locals['c'], fr.f_globals is globals(), fr.f_builtins is __builtins__.__dict__, fr.f_back is sys._getframe(), fr.f_trace, fr.f_lasti > 0)
fr.clear()
print(fr.f_locals)
try:
    sys._getframe().clear()
except RuntimeError as e:
    print(e)
try:
    sys._getframe(100)
except ValueError as e:
    print(e)
def outer():
    x = 1
    def inner():
        y = x
        return sorted(sys._getframe().f_locals.items()), sorted(sys._getframe(1).f_locals)
    return inner()
print(outer())
class C:
    z = 5
    names = sorted(n for n in sys._getframe().f_locals if not n.startswith('__'))
print(C.names)
def loc():
    a = 1
    d = locals()
    b = 2
    locals()
    return d
print(loc())
def gen():
    q = 1
    yield sys._getframe()
    q = 2
    yield
g = gen()
gf = next(g)
print(gf is g.gi_frame, gf.f_locals, gf.f_back)
next(g)
print(gf.f_locals['q'], gf.f_lineno)
g.close()
print(g.gi_frame, gf.f_locals)
def tb():
    try:
        1 / 0
    except ZeroDivisionError as e:
        return e.__traceback__
t = tb()
print(t.tb_lineno, t.tb_frame.f_code.co_name, t.tb_next, t.tb_frame.f_locals.keys() <= {'e'})
def a(): b()
def b(): raise ValueError('x')
try:
    a()
except ValueError as e:
    t = e.__traceback__
    lines = []
    while t:
        lines.append((t.tb_frame.f_code.co_name, t.tb_lineno))
        t = t.tb_next
    print(lines)
try:
    fr.f_lineno = 3
except ValueError as e:
    print('ValueError')
try:
    t0 = tb()
    t0.tb_next = t0
except ValueError as e:
    print(e)
exec("import sys; z = sys._getframe().f_locals is locals(); print(z)", {})
print(eval("[v for v in (1, 2) if locals()]"))
a()
