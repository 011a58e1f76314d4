"""Subclasses of threading.local: each thread has attributes of its own, and the class outlives its instances."""
import threading


class Box(threading.local):
    shared = []

    def __init__(self, start):
        self.items = [start]


for i in range(50):
    Box(i)
box = Box("x")
box.items.append("main")
seen = []


def work(n):
    box.items.append(n)
    seen.append(list(box.items))


threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(box.items, sorted(seen, key=str), Box.__name__)
try:
    threading.local(1)
except TypeError as e:
    print(e)
del box
raise Box("end").missing
