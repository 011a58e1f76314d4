# From a text about what Python does with memory.
# section: Reuse of small objects
# adapted: derived (the text states this in prose, without code)

# Immutable objects (int, str, tuple) that are reused.
a, b = int("7"), int("7")
print("int:", a is b)
a, b = "hello"[1:2], "bell"[1:2]
print("one-character str:", a is b)
print("empty str, tuple, bytes, frozenset:", "ab"[:0] is "cd"[:0], tuple([]) is tuple({}), bytes(0) is bytes(0), frozenset() is frozenset([]))
def f(): return (1, 2, 3)
print("constant tuple:", f() is f())
print("tuple of a tuple, slice of a tuple:", (t := (1, 2)) is tuple(t), t[:] is t)
print("str of a str, slice of a str:", (s := "abc") is str(s), s[:] is s)
print("built at run time, not shared:", tuple([1, 2]) is tuple([1, 2]), "".join(["a", "b"]) is "".join(["a", "b"]))
