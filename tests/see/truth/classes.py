# instances, class attributes, methods bound and unbound
class Point:
    made = 0
    names = ["x", "y"]

    def __init__(self, x, y):
        self.x = x
        self.y = y
        Point.made += 1

    def add(self, other):
        result = Point(self.x + other.x, self.y + other.y)
        result.parents = (self, other)
        return result

    @classmethod
    def zero(cls):
        made = cls(0, 0)
        return made

    @staticmethod
    def name(i):
        found = Point.names[i]
        return found


p = Point(1, 2.5)
q = Point("a", "b")
z = Point.zero()
r = p.add(z)
bound = r.add
s = bound(p)
n = Point.name(0)
p.x = q
q.y = p
p.made = "own"
del z.x
q.__dict__["new"] = [p]
d = vars(r)
d["more"] = 1
