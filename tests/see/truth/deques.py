# deque, Counter, defaultdict, OrderedDict, ChainMap, namedtuple
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque, namedtuple

q = deque([1, 2, 3], maxlen=4)
for i in range(4):
    q.append([i])
    q.appendleft(str(i))
q.rotate(1)
left = q.popleft()
c = Counter("abca")
c.update("aab")
c["z"] -= 1
groups = defaultdict(list)
for word in ("one", "two", "three", "four"):
    groups[len(word)].append(word)
o = OrderedDict(a=[1], b=2)
o["c"] = 3
o.move_to_end("a")
first = o.popitem(last=False)
P = namedtuple("P", "x y")
p = P([1], 2)
r = p._replace(y=p)
m = ChainMap({}, {"k": p})
m["k"] = r
top = m.maps[0]
