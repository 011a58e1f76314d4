import sys


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def moved(self, dx):
        return Point(self.x + dx, self.y)


def total(points, depth):
    if depth == 0:
        return sum(p.x for p in points)
    return total(points, depth - 1)


def squares(n):
    for i in range(n):
        yield i * i


start = Point(1, 2)
points = [start, start.moved(3)]
points.append(points[1].moved(4))
table = {"first": points[0], "rest": points[1:]}
print("sum", total(points, 3))
listed = list(squares(3))
print("to error", file=sys.stderr)
try:
    total(None, 1)
except TypeError as problem:
    kept = type(problem)
counter = lambda: table
del points
table.clear()
