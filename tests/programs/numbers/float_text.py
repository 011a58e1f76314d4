"""repr, parsing, rounding and hexadecimal of floats."""
import struct

values = [0.1, 1 / 3, 2.5, 1e16, 1e15, 123456789012345680.0, 1e22, 1e23, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 9007199254740993.0,
          0.0001, 0.00001, 2.0**-44, 4.35, 0.3, 1e-7, 100.0, 1e100, -0.0]
for v in values:
    print(repr(v), v.hex(), float(repr(v)) == v, "%.3e|%.2f|%g" % (v, v, v), format(v, ".10g"), v.as_integer_ratio()[1] % 1000)
seed = 1
for i in range(2000):
    seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
    v = struct.unpack("<d", seed.to_bytes(8, "little"))[0]
    if v == v and abs(v) != float("inf"):
        assert float(repr(v)) == v and float.fromhex(v.hex()) == v and float("%.17g" % v) == v
for x in (0.5, 1.5, 2.5, -2.5, 2.675, 1234.5678, 1e300, 15.0):
    print([round(x, n) for n in (-2, -1, 0, 1, 2, 3)], round(x))
for text in ("1e5", " 1_000.5 ", "-inf", "NaN", "1e-400", "123456789012345678901234567890", "0.1e1", ".5", "5."):
    print(text, float(text))
print(7.5 // 2, -7.5 // 2, 7.5 % -2, divmod(-7.5, 2), 2.0**0.5, (-8.0) ** 2)
print(float("1e"))
