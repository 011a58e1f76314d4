"""Constants: what is folded is the same value, of the same type, and what raises still raises at run time."""
import dis
def ops(source):
    return [i.opname for i in dis.get_instructions(compile(source, "<s>", "eval")) if i.opname != "RESUME"]

print(ops("1 + 2 * 3"), ops("'a' * 5"), ops("(1, 2)[0]"), ops("x in [1, 2]"), ops("x in {1, 2}"), ops("not x is y"))
print(ops("2 ** 1000"), ops("'a' * 5000"), ops("1 << 200"), ops("1 // 0"), ops("-0.0"), ops("~True"))
print(compile("-0.0, 0.0, 1, 1.0, True, 1j, -1j, (1, 2.0), 'x', b'x'", "<s>", "eval").co_consts)
print(compile("a = 0.0; b = -0.0; c = 0; d = False; e = 0j", "<s>", "exec").co_consts)
for source in ("1 / 0", "'a' + 1", "(1, 2)[5]", "1 << -1", "-'a'", "2 ** -1", "0 ** -1"):
    try:
        print(eval(source))
    except Exception as error:
        print(type(error).__name__, error)
print("%s %r|%5s|%-5s|%.2s|%a%%" % ("a", "b", "c", "d", "efg", "\u00e9"))
try:
    "%s %s" % ("one",)
except TypeError as error:
    print(error)
def documented():
    "text"
def not_documented():
    f"text"
def folded_text():
    "a" + "b"
print(documented.__doc__, not_documented.__doc__, folded_text.__doc__)
def branches():
    if 0: print("never")
    if not 0: print("always")
    while 0: print("never")
    return 1 if () else 2
print(branches(), branches.__code__.co_consts)
