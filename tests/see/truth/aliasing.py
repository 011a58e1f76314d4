# one object under many names: counts go up and down
a = [1000]
b = a
c = (a, a)
d = {"a": a, "again": a}
def f(x):
    y = x
    z = [x, y]
    return z
e = f(a)
del b
g = [a] * 5
del d["a"]
g.pop()
c = None
a.append(g)
e[0] = None
h = i = j = a
h = 0
k = [a for _ in range(3)]
k[1] = k
del a, i
j.clear()
n = 10 ** 10
m = n
p = [n, m, n + 0]
