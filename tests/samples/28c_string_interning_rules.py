# From a text about what Python does with memory.
# section: 2. String Interning (some strings)
# adapted: which strings are shared, by compiling each literal twice apart

def shared(src):
    a = eval(compile(src, "<one>", "eval"))
    b = eval(compile(src, "<two>", "eval"))
    return a is b

for src in ("'hello'", "'hello_world'", "'hello world!'", "'hello!'", "'a b'", "''", "'a'", "'!'", "'\\xe9'", "'\\u0416'",
            "'a' * 20", "'a' * 4096", "'a' * 4097", "'ab' + 'cd'", "'123'", "'x' * 1", "b'a'", "b''", "b'ab'",
            "()", "(1, 2)", "1000", "256", "-5", "-6", "1.5", "0.0", "None", "...", "frozenset()", "'%s' % 'x'"):
    print(f"{src:14} {shared(src)}")
n = "hel"
print("built at run time:", (n + "lo") is "".join(["hello"]), "identical text interned:", __import__('sys').intern(n + "lo") is "hello")
