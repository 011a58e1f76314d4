# big things let go at once, kept in part, replaced while they are walked
def make(n):
    return {"id": n, "kids": [make(i) for i in range(n)]}


def prune(tree, depth):
    kept = []
    for kid in tree["kids"]:
        if depth:
            prune(kid, depth - 1)
            kept.append(kid)
    tree["kids"] = kept


t = make(3)
part = t["kids"][2]
prune(t, 1)
t = None
part["kids"].append(part["kids"])
d = {i: [i] for i in range(8)}
for k in list(d):
    if k % 3:
        del d[k]
    else:
        d[k * 10] = d[k]
items = [[i] for i in range(6)]
for item in items[:]:
    if item[0] % 2:
        items.remove(item)
grid = [[0] * 3 for i in range(3)]
grid[1] = grid[0]
grid[0][0] = grid
del grid[0]
grid = [items, *grid]
