"""Watched by check_watch.py; watched.txt is what it should tell."""


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


def total(numbers):
    result = 0
    for n in numbers:
        result += n
    return result


def squares(n):
    for i in range(n):
        yield i * i


a = [1, 2]
b = a
b.append(300)
b[0] = "first"
del b[1]
p = Point(3, {"k": (a,)})
p.y["l"] = p
p.z = 1.5
del p.x
s = total([1000, 2000])
print("two\nlines", s, end="")
print()
it = squares(2)
for q in it:
    big = {q}
p = q = None
try:
    total("x")
except TypeError as error:
    message = str(error)
t = (1000, 2000, 3000)
f = lambda: t


def counter():
    count = 0

    def step():
        nonlocal count
        count += 1
        return count

    return step


step = counter()
step()
members = {1}
members.add(2)
members.discard(1)
raise SystemExit(3)
