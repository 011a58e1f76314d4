"""Methods of bytes and bytearray, side by side."""
for kind in (bytes, bytearray):
    b = kind(b"Hello, World  hello\tx\r\nline2\n")
    print(b.lower(), b.upper(), b.swapcase(), b.title(), b.capitalize())
    print(b.split(), b.split(None, 1), b.rsplit(None, 1), b.split(b"l"), b.rsplit(b"l", 2), b.splitlines(), b.splitlines(True))
    print(b.find(b"o"), b.rfind(b"o"), b.find(b"zz"), b.index(b"World"), b.count(b"l"), b.count(b""), b.find(108, 5), b.find(b"", 100), b.rfind(b"", 3, 5))
    print(b.replace(b"l", b"LL"), b.replace(b"l", b"", 2), b.replace(b"", b"-", 3), b.replace(b"hello", b"bye"), kind(b"").replace(b"", b"x"))
    print(b.strip(), kind(b"xxaxx").strip(b"x"), kind(b"xxaxx").lstrip(b"x"), kind(b"xxaxx").rstrip(b"x"), b.partition(b", "), b.rpartition(b"l"), b.partition(b"!"))
    print(kind(b"42").zfill(5), kind(b"-42").zfill(5), kind(b"a").center(4, b"*"), kind(b"a").ljust(3), kind(b"a").rjust(3, b"."), kind(b"a\tbc\td").expandtabs(4))
    print(b.startswith(b"Hell"), b.endswith((b"x", b"\n")), b.removeprefix(b"Hello"), b.removesuffix(b"\n"), kind(b"abc").translate(bytes.maketrans(b"ab", b"BA"), b"c"))
    print(kind(b"abc").isalpha(), kind(b"a1").isalnum(), kind(b"12").isdigit(), kind(b" \t").isspace(), kind(b"Ab").istitle(), kind(b"\xff").isascii(), kind(b"").isascii())
    print(kind(b"abc").hex(), kind(b"abcdef").hex(":", 2), kind(b"abcdef").hex("_", -4), kind.fromhex("de ad BE ef"), kind(b", ").join([b"a", bytearray(b"b")]))
    print(b[0], b[-1], b[1:5], b[::-3], b * 2 == b + b, b"World" in b, 72 in b, list(kind(b"ab")), b < b"I", b == bytes(b), kind(b"'\"\\\n\x00\xff"))
    print(kind(b"%d-%s-%r-%c-%5.1f-%x-%%") % (5, b"s", "é", 65, 2.25, 255), kind(3), kind([1, 2]), kind("é", "utf-8"), kind(b"abc").decode())
a = bytearray(b"abcdef")
a[1:3] = b"XYZ"
a[::2] = b"1234"
del a[0]
a.insert(2, 33)
a.append(65)
a.extend([66, 67])
a += b"!"
a *= 2
print(a, a.pop(), a.pop(0), len(a))
a.remove(33)
a.reverse()
del a[::3]
print(a, a.copy() == a)
a.clear()
print(a, b"abc".join([b"x"] * 3))
m = memoryview(bytearray(b"abcdefgh"))
m[2:4] = b"ZZ"
print(m.tolist(), m[::2].tobytes(), m.cast("H").tolist(), m.cast("B", (2, 4)).tolist(), m.cast("I").format, m.readonly, m.nbytes, m.shape, m.strides, m[1:3] == b"bZ")
m.release()
b"abc".index(b"z")
