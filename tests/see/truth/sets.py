# sets: members come and go, algebra, frozen ones
s = set()
for i in range(10):
    s.add(i * 300)
    s.discard((i - 3) * 300)
t = {("a", 1), ("b", 2), "c"}
u = s | t
both = u & s
less = u - t
either = s ^ {300, 1}
t.update(["x", "y"])
t.remove("c")
f = frozenset(t)
held = {f: s, frozenset(): [f]}
taken = both.pop()
s.clear()
s.add(taken)
u -= both
same = f is frozenset(f)
