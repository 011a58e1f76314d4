"""Every iterator of itertools."""
from itertools import *
import operator

print(list(accumulate([1, 2, 3, 4])), list(accumulate([3, 1, 2], max)), list(accumulate([1, 2], initial=10)), list(accumulate([])))
print(list(chain("ab", [1])), list(chain.from_iterable(["xy", "z"])))
print(list(combinations("abcd", 2)), list(combinations("ab", 3)), list(combinations_with_replacement("abc", 2)))
print(list(compress("abcdef", [1, 0, 1, 0, 1])), list(islice(count(5, 3), 4)), list(islice(count(1.5, 0.5), 3)), count(2), count(2, 3))
print(list(islice(cycle("ab"), 5)), list(dropwhile(lambda x: x < 3, [1, 2, 3, 1])), list(takewhile(lambda x: x < 3, [1, 2, 3, 1])))
print(list(filterfalse(lambda x: x % 2, range(6))), list(filterfalse(None, [0, 1, "", 2])))
print([(k, list(g)) for k, g in groupby("aabbbc")], [(k, len(list(g))) for k, g in groupby([1, 1, 2, 3, 3], key=lambda x: x > 2)])
print(list(islice("abcdefg", 2)), list(islice("abcdefg", 2, None)), list(islice("abcdefg", 1, 6, 2)))
print(list(pairwise([1, 2, 3])), len(list(permutations(range(4)))), list(permutations("abc", 2)))
print(list(product("ab", [1, 2])), list(product([0, 1], repeat=3))[3:6], list(product()), list(product("ab", [])))
print(list(repeat(7, 3)), repeat(7, 3), list(starmap(pow, [(2, 5), (3, 2)])), list(map(list, tee([1, 2, 3], 3))))
print(list(zip_longest("abc", [1], fillvalue="-")), list(zip_longest()))
import pickle
for it in (count(3), chain("ab", "cd"), islice("abcdef", 1, 5), combinations("abcd", 2), permutations("abc"), product("ab", "cd"), cycle("ab"), repeat(1, 4),
           accumulate([1, 2, 3]), zip_longest("ab", "c")):
    next(it)
    f, args, *state = it.__reduce__()
    again = f(*args)
    if state and state[0] is not None:
        again.__setstate__(state[0])
    print(type(it).__name__, list(islice(again, 3)))
for bad in (lambda: islice("a", -1), lambda: islice("a", 1, 2, 0), lambda: combinations("a", -1), lambda: count("a"), lambda: tee("a", -1), lambda: permutations("a", 1.5),
            lambda: product("a", repeat=-1), lambda: list(chain(1)), lambda: zip_longest(a=1), lambda: repeat(), lambda: list(starmap(pow, [1]))):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
groupby(5)
