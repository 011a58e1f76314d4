# tuples: shared, nested, hashed, empty; their counts
t = ()
for i in range(4):
    t = (t, i * 1000)
u = (t, t, (t,))
a, (b, c) = u[0], u[1]
s = t + u
r = t * 3
d = {t: u, (): s}
e = tuple([[1], [2]])
e[0].append(e)
f = e[:1]
g = (*f, *u)
h = tuple(x for x in range(4))
k = [h] * 4
k.pop()
n = h[-1]
m = (1, "a", None, 2.5)


def swap(p):
    x, y = p
    x, y = y, x
    q = (x, y)
    return q


z = swap((t, u))
w = swap(z)
