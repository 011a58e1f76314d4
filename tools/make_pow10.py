#!/usr/bin/env python3
"""Writes src/objects/float/pow10.h: 10**k for k = -348..347 as 128-bit significands, rounded up, highest bit set."""

LOW, HIGH = -348, 347


def significand(k):
    if k >= 0:
        n = 10**k
        shift = n.bit_length() - 128
        return -(-n >> shift) if shift > 0 else n << -shift
    d = 10**-k
    bits = d.bit_length() + 127
    n = -(-(1 << bits) // d)
    return n if n.bit_length() == 128 else -(-(1 << (bits - 1)) // d) if n.bit_length() > 128 else -(-(1 << (bits + 1)) // d)


print("/* Made by tools/make_pow10.py.  10**k = pow10_table[k - POW10_MIN] * 2**(floor(log2(10**k)) - 127), rounded up. */")
print(f"#include <stdint.h>\n\n#define POW10_MIN ({LOW})\n#define POW10_MAX {HIGH}")
print("static const struct { uint64_t high, low; } pow10_table[] = {")
for k in range(LOW, HIGH + 1):
    g = significand(k)
    assert g.bit_length() == 128
    print(f"    {{0x{g >> 64:016x}, 0x{g & (1 << 64) - 1:016x}}},  /* {k} */")
print("};")
