# Which of __eq__ and __hash__ a class inherits when it defines the other.
class OnlyHash(list):
    def __hash__(self): return 5
class OnlyEq:
    def __eq__(self, other): return True
class OnlyLess(int):
    def __lt__(self, other): return "less"
class NoHash(int):
    __hash__ = None
class Both(tuple):
    def __eq__(self, other): return NotImplemented
    def __hash__(self): return 1
class Sub(OnlyEq):
    pass
class Again(OnlyEq):
    __hash__ = object.__hash__
a, b = OnlyHash([1]), OnlyHash([1])
print(a == b, a != b, a == [1], {a: 1}[b], a < OnlyHash([2]), hash(a))
print(OnlyEq() == 3, OnlyEq() != 3, OnlyEq.__hash__, Sub.__hash__, hash(Again()) is not None)
print(OnlyLess(3) < 2, OnlyLess(3) == 3, OnlyLess(3) > 2, hash(OnlyLess(3)), {OnlyLess(3): 1}[3])
print(NoHash(3) == 3, Both((1,)) == Both((1,)), Both((1,)) == (1,), hash(Both()))
class Hash:
    def __hash__(self): return -1
class Huge:
    def __hash__(self): return 2 ** 100
print(hash(Hash()), hash(Huge()) == hash(2 ** 100), len({Hash(), Hash()}))
class Later: pass
x = Later()
Later.__eq__ = lambda self, other: "eq"
print(x == 1, hash(x) == object.__hash__(x))
Later.__hash__ = None
try:
    hash(x)
except TypeError as e:
    print(e)
del Later.__hash__, Later.__eq__
print(x == 1, hash(x) == object.__hash__(x))
for bad in (NoHash(1), OnlyEq(), Sub()):
    try:
        {bad}
    except TypeError as e:
        print(e)
hash(NoHash(3))
