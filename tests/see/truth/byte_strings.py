# bytes, bytearray and memoryview over them
b = b"abc"
c = b + bytes(range(5))
a = bytearray(b"xyz")
a.append(33)
a[0] = 0
m = memoryview(a)
m[1] = 65
s = m[1:3]
n = s.tobytes()
s.release()
m.release()
a += b"more"
del a[:2]
a.extend(c)
kept = [a, a]
for i in range(5):
    a[i] ^= 0xFF
d = bytes(a)
e = a.hex()
f = bytearray(100)
f[50:52] = b"!!"
a.clear()
x = b"'\\\n"
