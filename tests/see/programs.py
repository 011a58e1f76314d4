"""Five programs of different kinds whose memory the checks look at; each ends in the variable `kept`."""

NUMBERS = """
kept = [i * 1000003 for i in range(150_000)] + [i / 7 for i in range(150_000)]
big = [1 << 40 * i for i in range(400)]
"""

STRINGS = """
kept = [f"line {i} " + "x" * (i % 90) for i in range(120_000)]
text = "\\n".join(kept)
wide = [chr(0x4e00 + i % 2000) * (i % 40) for i in range(40_000)]
halves = kept[::2]
del kept[1::2]
"""

DICTS = """
kept = {i: {"name": f"n{i}", "value": i, "tags": [i, i + 1]} for i in range(60_000)}
for i in range(0, 60_000, 3):
    del kept[i]
counts = dict.fromkeys(range(200_000), 0)
"""

OBJECTS = """
class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

class Slim:
    __slots__ = ("a", "b")
    def __init__(self, a, b):
        self.a, self.b = a, b

class Node:
    def __init__(self, next):
        self.next, self.me = next, self

kept = [Point(i, str(i)) for i in range(80_000)] + [Slim(i, (i, i)) for i in range(40_000)]
chain = None
for i in range(20_000):
    chain = Node(chain)
del kept[:60_000:2]
"""

THREADS = """
import threading, queue

class Worker(threading.Thread):
    def __init__(self):
        super().__init__(daemon=True)
        self.queue, self.data = queue.Queue(), []
        self.ready = threading.Event()

    def deep(self, n):
        if n:
            return self.deep(n - 1)
        self.data = [bytes(i % 3000) for i in range(4_000)]
        self.ready.set()
        self.queue.get()

    def run(self):
        self.deep(60)

kept = [Worker() for i in range(6)]
for w in kept:
    w.start()
for w in kept:
    w.ready.wait()
"""

PROGRAMS = {"numbers": NUMBERS, "strings": STRINGS, "dicts": DICTS, "objects": OBJECTS, "threads": THREADS}
