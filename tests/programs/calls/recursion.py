import sys
def depth(n): return 0 if n == 0 else 1 + depth(n - 1)
print(depth(500), sys.getrecursionlimit())
def forever(n): return forever(n + 1)
try:
    forever(0)
except RecursionError as e:
    print(e)
class R:
    def __getattr__(self, name): return getattr(self, name + 'x')
try:
    R().y
except RecursionError as e:
    print(str(e)[:32])
class Eq:
    def __eq__(self, other): return self == other
try:
    Eq() == 1
except RecursionError as e:
    print(str(e)[:32])
def count(n=0):
    global deepest
    deepest = n
    count(n + 1)
for limit in (60, 200, 1000):
    sys.setrecursionlimit(limit)
    try:
        count()
    except RecursionError:
        print(limit, deepest)
sys.setrecursionlimit(20000)
print(depth(15000))
sys.setrecursionlimit(1000)
try:
    sys.setrecursionlimit(0)
except ValueError as e:
    print(e)
def gen(n):
    if n:
        yield from gen(n - 1)
    yield n
print(sum(gen(300)))
def mutual_a(n): return n and mutual_b(n - 1)
def mutual_b(n): return n and mutual_a(n - 1)
print(mutual_a(800))
class Node:
    def __init__(self, n): self.next = Node(n - 1) if n else None
    def __len__(self): return 1 + (0 if self.next is None else len(self.next))
print(len(Node(150)))
