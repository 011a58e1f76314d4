# cycles, made, cut, and found by the collector
import gc

gc.disable()


class Node:
    def __init__(self, name):
        self.name = name
        self.peers = []


def ring(n):
    nodes = [Node(f"n{i}") for i in range(n)]
    for i in range(n):
        nodes[i].peers.append(nodes[i - 1])
        nodes[i].next = nodes[(i + 1) % n]
    return nodes[0]


r = ring(3)
s = ring(2)
r.peers.append(s)
me = []
me.append(me)
d = {}
d["d"] = d
s = None
del r.peers[1]
found = gc.collect()
r.next.next.next = None
r = None
me.pop()
del d
found = gc.collect()
left = ring(1)
