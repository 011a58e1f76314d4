# del of names, items, attributes, slices, globals and locals
class C:
    def __del__(self):
        gone.append(self.n)


def f(n):
    a = [n]
    b = a
    del a
    try:
        a
    except NameError as e:
        b.append(str(e))
    a = b
    del b, a
    global g
    g = [n]
    del g
    c = C()
    c.n = n
    held = [c]
    del c
    del held[0]
    return gone


gone = []
for i in range(3):
    out = f(i)
x = [1, 2, 3, 4, 5]
del x[1:3], x[0]
o = C()
o.n = 99
o.list = x
del o.list
del o
del out
