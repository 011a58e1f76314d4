# linked structures: a list, a tree, a heap, a graph
import heapq


class Tree:
    def __init__(self, key):
        self.key = key
        self.left = self.right = None

    def insert(self, key):
        at = self
        while True:
            side = "left" if key < at.key else "right"
            below = getattr(at, side)
            if below is None:
                setattr(at, side, Tree(key))
                return at
            at = below


root = Tree(50)
for key in (30, 70, 20, 60):
    parent = root.insert(key)
heap = []
for n in (5, 1, 4):
    heapq.heappush(heap, (n, [n]))
least = heapq.heappop(heap)
graph = {n: set() for n in "abcd"}
for a, b in ("ab", "bc", "cd", "da"):
    graph[a].add(b)
    graph[b].add(a)
order, waiting = [], ["a"]
while waiting:
    n = waiting.pop()
    if n not in order:
        order.append(n)
        waiting.extend(sorted(graph[n]))
root.left = None
