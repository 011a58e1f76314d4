"""Finalisers of cyclic garbage run in the order in which the collector meets the objects: by pool and block, not by age.

python3.11 keeps its objects in lists, in the order in which they were made.  The language promises no order.
"""
import gc

order = []


class Node:
    def __init__(self, number):
        self.number, self.me = number, self

    def __del__(self):
        order.append(self.number)


gc.collect()
gc.disable()
nodes = [Node(i) for i in range(1000)]
del nodes
print("found", gc.collect() >= 1000, "all", sorted(order) == list(range(1000)), "oldest first", order == sorted(order))
