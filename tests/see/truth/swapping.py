# values that move between places: locals, cells, items, attributes, defaults, class attributes
class Place:
    at = None


def move(x, keep=[None]):
    old = keep[0]
    keep[0] = x
    def peek():
        return x
    x = old
    return peek, old


a, b = [1], [2]
p = Place()
for i in range(4):
    a, b = b, a
    p.at, Place.at = a, p.at
    peek, old = move(b)
    got = peek()
    move.__defaults__[0].append(got)
    a = [a, i]
Place.at = None
del p.at
c = p.at
move.__defaults__ = ([c],)
peek, old = move(a)
b = None
