# dicts: grown, shrunk, copied, merged, with keys of many kinds
d = {}
for i in range(12):
    d[i] = [i]
    d[str(i)] = d[i]
for i in range(0, 12, 2):
    del d[i]
d[(1, 2)] = d
d[1.5] = d.pop("3")
e = d.copy()
e.update(a=1, b=[2])
f = e | {"c": e}
f.setdefault("new", []).append(f)
first = f.popitem()
keys, values = list(d), list(d.values())
d.clear()
d["again"] = keys
counts = {}
for letter in "abracadabra":
    counts[letter] = counts.get(letter, 0) + 1
    counts["last"] = [letter]
view = counts.items()
g = dict.fromkeys("xyz", keys)
g["x"] = 1000
g["x"] += 1
