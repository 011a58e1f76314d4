# f-strings, format(), str.format: nesting, specs of every type, conversions, and what they refuse.
import datetime, decimal
def t(f):
    try: print(repr(f()))
    except Exception as e: print(type(e).__name__ + ':', e)
w, p, x, s, d = 12, 3, 3.14159265, 'text', {'k': {'j': [1, 2]}}
print(f'{x:{w}.{p}f}|{s:>{w}}|{s:*^{w}}|{s!r:<{w}}|{x!s:.4}|{d["k"]["j"][1]:03}|{"nested " + f"{s:^{len(s) + 2}}"}|{{literal}}|{x=}|{x = :.2f}|{s=!r}|{s = !s:>8}|{1 + 1=}|{lambda_(2) if (lambda_ := lambda y: y * 2) else 0}')
print(f'''{
    s
    }''' f"{'a' 'b'}" rf'\d{s}' fr'{x:.1f}\n' f'{s!a}' f'{"é"!a}' f'{(lambda: 5)()}' f'{ {1: 2}[1] }' f'{[i for i in range(3)]}' f'{s[1:3]}' f'{s:{">"}{8}}' f'{3:{"0"}{"4"}{"x"}}')
print(f'{10:b} {10:#b} {10:#o} {10:#X} {255:#06x} {1234567:,} {1234567:_} {255:_b} {65:c} {-5:+} {5:+} {5: } {5:=+5} {-5:05} {5:e} {5:.2%} {10**20:n} {2**70:,} {-255:#x} {5:^5}|{5:<5}|{5:*>5}')
print(f'{x:e} {x:.2E} {x:g} {1e20:g} {1e-5:g} {0.0001:g} {x:.0f} {x:#.0f} {2.5:.0f} {1e300:.3g} {float("inf"):f} {float("nan"):F} {-0.0:f} {-0.0:z.0f} {-0.001:z.1f} {1234567.891:,.2f} {1234567.891:_.1f} {x:010.2f} {-x:010.2f} {x:+.1f} {x:%} {x!r:>20} {1e16} {1e15} {x:n} {x:15} {x:<15}|{0.1:.20f}')
print(f'{1+2j:.1f} {1+2j:g} {1+2j:>10} {1+2j:+.2e} {complex("nan"):f} {1j:,} {(1+2j):n}')
print(f'{s:.2} {s:10.2}| {s:-^10} {s:s} {"":5}| {"é":>3} {"ab" if 0 else s} {None!s:>6} {[1]!s:>5} {True:>6} {True:d}')
print('{} {}'.format(1, 2), '{1} {0}'.format(1, 2), '{a} {b.real} {c[0]} {c[1]!r}'.format(a=1, b=2j, c=['x', 'y']), '{0[k][j][0]} {0!s:.5}'.format(d), '{:{}.{}}'.format(x, 10, 3), '{:{w}}'.format(5, w=4), '{{}}{}'.format(1), '{0:{1}}'.format(1, '>3'), '{:>{}}'.format('r', 3), '{0.__class__.__name__}'.format(s), '{a[0b]}'.format(a={'0b': 1}), '{a[]]}'.format(a={']': 1}) if 0 else '')
print('{x} {y}'.format_map({'x': 1, 'y': 2}), format(5), format(5, '>3'), format(datetime.date(2020, 1, 2), '%d/%m'), f'{datetime.date(2020, 1, 2):%Y:%m}', format(decimal.Decimal('1.50'), '.1f'), format([1]), format(object)[:6])
class F:
    def __format__(self, spec): return f'<{spec}>'
    def __str__(self): return 'str'
    def __repr__(self): return 'repr'
print(f'{F()} {F():a b} {F()!s} {F()!r:>6} {F():{w}{{}} }'.replace('  ', ' ') if 0 else f'{F()} {F():a b} {F()!s} {F()!r:>6} {F():{w}x}', '{:spec} {!s}'.format(F(), F()), f'{F():%Y-%m}')
class Bad:
    def __format__(self, spec): return 5
class Err:
    def __format__(self, spec): raise KeyError(spec)
    __str__ = __repr__ = __format__
class Dft: pass
for spec in ('q', '5.d', '.3d', ',s', ',x', '_c', '+s', '=5', ' s', '#s', '05', '.s', '.', ',,', ',_', '_,', 'dd', '5.5.5', '<<', '>99999999999999999999', '.99999999999999999999', 'z', 'zd', 'c', '+c', '#c', ',n', '%', 'e', '\0', 'é', '5é', '{', '}', '!r', '=', '^', '<', '0', '-', '.0', '1.', '_', '_b', ',b', 'i', 'zs'):
    for v in (5, 1.5, 's', 1j):
        try: r = format(v, spec)
        except Exception as e: r = f'{type(e).__name__}: {e}'
        print(f'{spec!r:>24} {v!r:>4} {r}')
t(lambda: format(2**31 + 0x110000, 'c')); t(lambda: format(-1, 'c')); t(lambda: format(5, 5)); t(lambda: format()); t(lambda: format(1, 2, 3)); t(lambda: f'{Bad()}'); t(lambda: f'{Err():abc}'); t(lambda: f'{Dft():>5}'); t(lambda: format([], 's')); t(lambda: format(None, '5')); t(lambda: f'{object:x}'); t(lambda: format(True, 's')); t(lambda: f'{5:{"x" * 2}}'); t(lambda: f'{"a":{-5}}'); t(lambda: f'{x:{None}}'); t(lambda: f'{b"b":5}'); t(lambda: f'{(1,):5}'); t(lambda: f'{undefined}'); t(lambda: f'{1/0}')
for f, a in (('{', ()), ('}', ()), ('{0', ()), ('{0!', (1,)), ('{0!}', (1,)), ('{0!x}', (1,)), ('{0!rr}', (1,)), ('{0:', (1,)), ('{0.}', (1,)), ('{0[}', (1,)), ('{0[]}', ([1],)), ('{0[a}', (1,)), ('{0[0]x}', ([1],)), ('{}{1}', (1, 2)), ('{1}{}', (1, 2)), ('{2}', (1,)), ('{}', ()), ('{a}', ()), ('{-1}', (1,)), ('{0.x}', (1,)), ('{0[x]}', ([1],)), ('{0[9]}', ([1],)), ('{0[k]}', ({},)), ('{:{:{}}}', (1, 2, 3)), ('{99999999999999999999}', ()), ('{0[99999999999999999999]}', ([],)), ('{ 0}', (1,)), ('{0 }', (1,)), ('{!r}', (1,)), ('{:{}}', (1,)), ('{a.b}', ()), ('}{', ()), ('{{}', ()), ('{:}}', (1,)), ('{0!r:}', ('a',)), ('{0!é}', ('a',))):
    t(lambda: f.format(*a))
t(lambda: '{x}'.format_map({})); t(lambda: '{}'.format_map({})); t(lambda: '{x}'.format_map()); t(lambda: '{x}'.format_map(5)); t(lambda: str.format()); t(lambda: '{x.a[0].b}'.format(x=1))
print(f'{x:{w}.{p}q}')
