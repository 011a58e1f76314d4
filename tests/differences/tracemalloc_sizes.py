"""tracemalloc sees blocks as the allocator has them: steps of 8 bytes, no header before containers, attributes in the instance."""
import tracemalloc


class Empty:
    pass


text, room = "x" * 20, [None] * 10000
tracemalloc.start()
for make in (list, object, Empty, lambda: (1, 2, room), lambda: bytes(20), lambda: bytes(21), lambda: text + "é"):
    before = tracemalloc.get_traced_memory()[0]
    for i in range(10000):
        room[i] = make()
    print(type(room[0]).__name__, round((tracemalloc.get_traced_memory()[0] - before) / 10000))
    for i in range(10000):
        room[i] = None
