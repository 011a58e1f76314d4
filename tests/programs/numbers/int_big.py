"""Large ints: identities that kernels of every size must keep."""
import sys
sys.set_int_max_str_digits(0)
seed = 12345


def rnd(bits):
    global seed
    v = 0
    while v.bit_length() < bits:
        seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
        v = v << 64 | seed
    return v >> (v.bit_length() - bits)


for bits in (1, 29, 30, 31, 59, 60, 61, 63, 64, 65, 90, 120, 240, 450, 1000, 4000, 20000):
    a, b = rnd(bits), rnd(bits * 2 // 3 + 1)
    for x in (a, -a):
        for y in (b, -b):
            q, r = divmod(x, y)
            assert q * y + r == x and (r == 0 or (r < 0) == (y < 0)) and abs(r) < abs(y), (x, y)
            assert (x + y) * (x - y) == x * x - y * y
            assert x & y == ~(~x | ~y) and x ^ y == (x | y) - (x & y)
            assert (x << 37) >> 37 == x and x >> 7 == x // 128
    assert int(str(a)) == a and int(hex(a), 16) == a and int(oct(a), 0) == a and int(bin(a), 2) == a
    assert int.from_bytes(a.to_bytes(bits // 8 + 1, "big"), "big") == a
    assert int.from_bytes((-a).to_bytes(bits // 8 + 2, "little", signed=True), "little", signed=True) == -a
    assert pow(a, 3, b) == a * a * a % b
    assert hash(a) == a % (2**61 - 1) and hash(-a) == (-hash(a) if hash(a) != 1 else -2)
    print(bits, hash(a), a.bit_count(), str(a)[:10], str(a)[-10:], a % 97, round(a, -3) % 1000)
print(10**30 // 7, -10**30 // 7, 2**200 % -1000)
print((2**1000 + 1) / 2**999, 3**400 / 7**200, 1 / 10**320)
print(float(2**70 + 1), int(1e30), int(-1.5e300) % 10**9)
print(pow(3, -1, 7), pow(-3, 10**20, 1000), pow(2, 10**5, 10**9 + 7))
