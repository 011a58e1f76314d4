"""heapq, bisect and the generator under random."""
import _random, bisect, heapq
h = [5, 3, 8, 1, 9, 2]
heapq.heapify(h)
heapq.heappush(h, 4)
print(h, heapq.heappop(h), heapq.heapreplace(h, 7), heapq.heappushpop(h, 0), h, heapq.nlargest(3, h), heapq.nsmallest(3, h), list(heapq.merge([1, 4], [2, 3])))
l = [1, 3, 3, 5]
print(bisect.bisect(l, 3), bisect.bisect_left(l, 3), bisect.bisect(l, 9, hi=2), bisect.bisect_left(l, -3, key=lambda x: -x))
bisect.insort(l, 4)
bisect.insort_left(l, 3)
print(l)
r = _random.Random(42)
print([r.random() for _ in range(3)], r.getrandbits(100), r.getrandbits(0), r.getrandbits(32))
r.seed(2**200 + 1)
s = r.getstate()
x = r.random()
r.setstate(s)
print(x == r.random(), len(s), s[:3], s[-1])
r.seed("text" == "")
print(r.random())
for bad in (lambda: heapq.heappop([]), lambda: heapq.heappush((), 1), lambda: bisect.bisect([1], 1, -1), lambda: r.getrandbits(-1), lambda: heapq.heapify(5),
            lambda: heapq.heappush([1], "a"), lambda: bisect.insort([1], "a"), lambda: r.setstate(()), lambda: r.setstate(5), lambda: _random.Random(1, 2)):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
heapq.heappop([])
