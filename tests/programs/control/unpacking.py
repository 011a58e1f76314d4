a, b = 1, 2
a, b = b, a
print(a, b)
(a, b), c = [3, 4], 5
a, *b = range(4); *c, d = 'xyz'; e, *f, g = (1, 2)
print(a, b, c, d, e, f, g)
[x, y] = {'k': 1, 'l': 2}
print(x, y)
def attempt(code):
    try:
        exec(code)
    except Exception as e:
        print(type(e).__name__, e)
for code in ('a, b = 1', 'a, b = 1,', 'a, b = 1, 2, 3', 'a, *b, c = 1,', 'a, b = None', 'a, b = iter([1, 2, 3])', 'a, b, c = "ab"', '*a, = 3',
             'for x, y in [(1,)]: pass', '[*3]', '{**3}', '(*1,)', 'a, b = {1: 2}.items()', '{*[], *3}'):
    attempt(code)
print([*range(3), *'ab'], {**{'a': 1}, 'b': 2, **{'a': 3}}, (*[1], 2), {*[1, 1, 2]})
for i, (p, q) in enumerate([(1, 2), (3, 4)]): print(i, p, q)
def swap3(a, b, c):
    a, b, c = c, a, b
    return a, b, c
print(swap3(1, 2, 3))
x = [1, 2, 3]
i = 0
i, x[i] = 1, 9
print(i, x)
a = b = c = []
a.append(1)
print(b, c)
x = y = 0
x += 1; y -= 1
d = {'n': 1}
d['n'] += 5
l = [1]
l += [2]
l *= 2
class O: pass
o = O(); o.v = 1; o.v <<= 4
print(x, y, d, l, o.v)
if (n := 10) > 5: print(n)
print([y := 1, y + 1], [z for z in range(5) if (w := z) % 2], w)
a, b = iter([1])
