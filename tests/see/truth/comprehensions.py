# list, dict, set and generator displays, nested and with conditions; a look within them
def see(x):
    return x


rows = [[i * j for j in range(4)] for i in range(3)]
flat = [x for row in rows for x in row if x]
index = {x: [i for i, y in enumerate(flat) if x == y] for x in flat}
members = {(x, x % 2) for x in flat}
lazy = (see(x) for x in flat)
some = [next(lazy) for i in range(4)]
pairs = [see((x, y)) for x in range(3) for y in "ab"]
total = sum(see(len(v)) for v in index.values())
words = {w: w.upper() for w in "to be or not to be".split()}
lengths = {len(w) for w in words}
del rows[1]
matrix = [list(r) for r in zip(*[[1, 2], [3, 4]])]
