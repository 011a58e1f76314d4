# str: subclasses, interning, hashing, pickling helpers, format of subclasses
import sys


class S(str):
    def __str__(self):
        return "S:" + super().__str__()


s = S("héllo")
print(s, repr(s), len(s), s == "héllo", hash(s) == hash("héllo"), type(s + ""), type(s[:]), type(s.upper()))
print(f"{s}", f"{s:>8}", "{}".format(s), "%s" % s, s.__getnewargs__(), {s: 1}["héllo"])
a = sys.intern("".join(["ab", "cd"]))
print(a is sys.intern("abcd"), sys.getrefcount(chr(65)) > 1, chr(233) is chr(233), "" is "abc"[3:])
print(str(b"caf\xc3\xa9", "utf-8"), str(b"\xff", "latin-1"), str(object=5), str())
print(S(b"x", "ascii") if True else 0, S(), isinstance(S(), str), S.maketrans("a", "b"))
it = iter("añ")
print(next(it), it.__length_hint__(), list(it), list(it))
try:
    sys.intern(s)
except TypeError as e:
    print("TypeError:", e)
s[7]
