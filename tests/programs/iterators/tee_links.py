# Values that wait in the links of tee go with the last iterator (the leak count at exit sees them).
import itertools

a, b = itertools.tee(range(1000, 1300))
print(sum(a), next(b))
del b
c, d = itertools.tee(object() for i in range(200))
print(len(list(c)))
