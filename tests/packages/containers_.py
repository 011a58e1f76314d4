"""more-itertools, sortedcontainers, cachetools, toolbox of attrs: structures under load."""
import random

import attr
import cachetools
import more_itertools as mi
import sortedcontainers as sc

print(list(mi.chunked(range(7), 3)), list(mi.windowed(range(5), 3, step=2)), mi.first_true([0, 3], pred=lambda x: x > 1), list(mi.roundrobin("ab", "c")), list(mi.flatten([[1], [2]])))
print(mi.consume(iter([1])), list(mi.interleave_longest([1, 2], [3])), list(mi.split_at("a,b,c", lambda c: c == ",")), list(mi.collapse([1, [2, [3, (4,)]]])), mi.partition(str.isdigit, "a1b2")[1].__class__.__name__)
p = mi.peekable(range(5))
print(p.peek(), next(p), p[1:3], list(p), list(mi.distinct_permutations("aab"))[:4], list(mi.set_partitions("abc", 2)), mi.ilen(mi.powerset(range(8))), mi.bucket("abBA", key=str.lower)["a"].__class__.__name__)
print(dict(mi.map_reduce("one two three".split(), len)), list(mi.run_length.encode("aabccc")), list(mi.locate([0, 1, 1])), mi.nth_product(7, "ab", "cd", "ef"), list(mi.pairwise("abc")), mi.all_equal([1, 1]))
rng = random.Random(5)
s = sc.SortedList(rng.randrange(10**6) for _ in range(5000))
reference = sorted(s)
for _ in range(2000):
    v = rng.randrange(10**6)
    if rng.random() < 0.5:
        s.add(v)
        reference.append(v)
    else:
        x = s.pop(rng.randrange(len(s)))
        reference.remove(x)
reference.sort()
print(list(s) == reference, s[len(s) // 2], s.bisect_left(500000), list(s.irange(1000, 2000)), s.index(s[100]))
d = sc.SortedDict(b=1, a=2, c=0)
d["aa"] = 9
print(d, d.peekitem(0), list(d.irange("aa", "b")), d.keys()[1:3], sc.SortedSet("hello") | {"z"}, sc.SortedKeyList([3, -1, 2], key=abs))
lru, ttl, lfu, rr = cachetools.LRUCache(2), cachetools.TTLCache(9, 10, timer=lambda: clock), cachetools.LFUCache(2), cachetools.FIFOCache(2)
clock = 0
for cache in (lru, ttl, lfu, rr):
    cache["a"] = 1
    cache["b"] = 2
    cache.get("a")
    cache["c"] = 3
clock = 11
print(lru, list(ttl), sorted(lfu), sorted(rr), ttl.currsize)


@cachetools.cached(cache={}, key=lambda n: cachetools.keys.hashkey(n))
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


@attr.s(auto_attribs=True, slots=True, frozen=True, order=True)
class Point:
    x: int = attr.ib(converter=int)
    y: float = attr.ib(default=0.0, validator=attr.validators.instance_of(float))
    tags: list = attr.ib(factory=list, repr=False, eq=False, order=False)


@attr.define
class Shape:
    name: str
    corners: list[Point] = attr.field(factory=list)
    area: float = attr.field(init=False)

    @area.default
    def _area(self):
        return float(len(self.corners))


print(fib(80), Point("3"), Point(1) < Point(2), hash(Point(1)) == hash(Point(1)), attr.evolve(Point(1), y=2.0), attr.asdict(Shape("s", [Point(1)])), attr.fields(Point).x)
for bad in (lambda: Point(1, 2), lambda: setattr(Point(1), "x", 2), lambda: Point("q"), lambda: Shape(), lambda: setattr(Shape("a"), "zz", 1)):
    try:
        bad()
    except Exception as error:
        print(type(error).__name__, str(error)[:120])
