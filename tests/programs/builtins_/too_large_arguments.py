"""An int that fits no C type, as an argument and as an index."""
import collections
import io
import itertools

B = 2 ** 64
for test in (
        lambda: "a".ljust(B), lambda: "a".rjust(-B), lambda: "a".center(B), lambda: "a".zfill(B), lambda: "a".expandtabs(B),
        lambda: b"a".ljust(B), lambda: b"a".center(B), lambda: b"a".zfill(B), lambda: bytearray(b"a").rjust(B),
        lambda: "a".replace("a", "b", B), lambda: b"a".replace(b"a", b"b", B), lambda: "a".split("a", B), lambda: "a".rsplit("a", B),
        lambda: b"a".split(b"a", B), lambda: bytearray(b"a").pop(B), lambda: bytearray(b"a").insert(B, 1), lambda: [1].pop(B),
        lambda: [1].insert(B, 1), lambda: itertools.tee([1], B), lambda: itertools.repeat(1, B), lambda: collections.deque([1], B),
        lambda: collections.deque([1]).rotate(B), lambda: io.BytesIO().seek(B), lambda: io.StringIO().seek(B), lambda: io.BytesIO().read(B),
        lambda: "a" * B, lambda: [1] * B, lambda: [1][B], lambda: "a"[B], lambda: bytes(B), lambda: bytearray(B), lambda: (5).to_bytes(B, "big"),
        lambda: "a".find("a", B), lambda: "a"[B:], lambda: "a".ljust("a"), lambda: "a".split("a", 1.0), lambda: b"a".pop(0)):
    try:
        print(test())
    except Exception as e:
        print(type(e).__name__, e)
b = bytearray(b"ab")
try:
    b += b
except BufferError as e:
    print(e, b)
b += b"c"
b.extend(b)
empty = bytearray()
empty += empty
print(b, empty)
