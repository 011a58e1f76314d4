"""__class__ is assigned on instances made for a class with fewer attributes."""


class Small:
    def __init__(self):
        self.a = 1


class Large(Small):
    def fill(self):
        self.b, self.c, self.d, self.e, self.f, self.g = 2, 3, 4, 5, 6, 7
        self.h, self.i, self.j, self.k, self.m, self.n = 8, 9, 10, 11, 12, 13
        return self

    def total(self):
        return self.a + self.b + self.c + self.d + self.e + self.f + self.g + self.h + self.n

    def last(self):
        try:
            return self.n
        except AttributeError as e:
            return e.args[0]


class Other(Large):
    pass


native = Large().fill()
for _ in range(3000):
    native.total()
    native.last()
kept = []
for i in range(3000):
    x = Small()
    x.__class__ = Large
    last = x.last()
    x.fill()
    assert x.total() == native.total(), x.total()
    x.__class__ = Other
    assert x.last() == 13
    x.extra = [x]
    kept.append(x)
    if i % 500 == 0:
        del kept[:]
print(last)
print(native.total(), sorted(vars(x)))
x.__class__ = Small
print(x.a, x.b, type(x).__name__)


class Found:
    def __init__(self):
        self.a, self.b, self.c, self.d, self.e = 1, 2, 3, 4, 5


class Lazy(Found):
    def look(self):
        try:
            return self.__look
        except AttributeError:
            self.__look = {self.e}
            return self.__look


for i in range(400):
    y = Found()
    y.__class__ = Lazy
    for _ in range(4):
        assert y.look() == {5}
print(vars(y))
