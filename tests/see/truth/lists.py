# lists changed in every way, through several names
a = [1, 2, 3]
b = a
b.append([4])
a.insert(0, b)
a[1:3] = ["x", "y", "z"]
c = a[:]
del a[0]
a.extend(c)
a += [1000, 2000]
b *= 2
a.reverse()
c.remove("y")
last = c.pop()
a.sort(key=str)
d = [[]] * 3
d[0].append(1)
e = [[] for i in range(3)]
e[0].append(d)
for i in range(4):
    e.append(e[i])
    e[i] = i * 1000
del e[::2]
a.clear()
f = [None] * 120
f[3] = f
f.append(a)
