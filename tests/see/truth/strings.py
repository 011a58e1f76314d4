# strings: built in place, interned, sliced, of every width, with lone surrogates
s = ""
for i in range(30):
    s += chr(97 + i % 26)
    t = s if i % 10 == 9 else None
u = s + "é"
v = u + "→"
w = v + "😀"
lone = "a\ud800b"
markup = "</script><b>&amp;"
a, b = "name", "na" + "me"
same = a is b


def build(n):
    out = "x" * 3
    for i in range(n):
        out += str(i)
        out += "é" if i == 3 else "-"
    return out


long = build(20)
parts = long.split("-")
joined = "+".join(parts)
up = joined.upper()
empty = up[:0]
one = up[3]
zero = "nul\0byte\n"
f = f"{a!r:>10} {len(parts)} {parts[1]}"
