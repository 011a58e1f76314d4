"""Random texts of every width through the methods that look at each character: digests of what they give."""
import hashlib
import random

random.seed(11)
ALPHABETS = ["ab ,", "ab\0\x7f\n'\"\\", "aß\xe9\xff \x85,", "aΣσς İıŉ,ﬀ", "Ab\u0416\u4e16, \u2028", "x\U0001f600\U00010400 ,\ue000", "ΑΣ'ͅ ."]


def texts():
    for alphabet in ALPHABETS:
        for size in (0, 1, 2, 3, 7, 8, 9, 16, 40, 200):
            yield "".join(random.choice(alphabet) for _ in range(size))
            yield "a" * size + random.choice(alphabet) + "b" * (size // 3)


def show(name, function):
    digest = hashlib.md5()
    for text in texts():
        try:
            digest.update(ascii(function(text)).encode())
        except Exception as error:
            digest.update(f"{type(error).__name__} {error}".encode())
    print(name, digest.hexdigest())


for method in ("upper", "lower", "casefold", "title", "capitalize", "swapcase", "split", "rsplit", "splitlines", "isupper"):
    show(method, lambda text: getattr(text, method)())
for separator in (" ", ",", "\xe9", "\u4e16", "\U0001f600", "b ", ", "):
    show("split " + ascii(separator), lambda text: [text.split(separator, n) for n in (-1, 0, 1, 2, 5)])
    show("rsplit " + ascii(separator), lambda text: [text.rsplit(separator, n) for n in (-1, 0, 1, 2, 5)])
    show("join " + ascii(separator), lambda text: separator.join(text))
show("index", lambda text: [text[i] for i in range(-len(text), len(text))])
show("repr", lambda text: repr(text) + repr([text, (text, 1)]) + str((text,)))
show("utf-8", lambda text: (text.encode(), text.encode().decode(), text.encode()[:-1].decode(errors="replace")))
show("utf-8 cut", lambda text: text.encode()[1:].decode())
show("percent", lambda text: "%s|%5.2s|%-9s|%r|%a|%c" % (text, text, text, text, text, text[:1] or "x"))
show("format", lambda text: "{} {0[0]}".format(text) if len(text) % 2 else "{:>{}}|{!r:^20}|{a}".format(text, 12, text, a=text))
show("markup", lambda text: ("{" + text + "}").format(1, 2, 3))

numbers = [0, 1, -1, 7, 255, -255, 2**30, -2**30, 2**59, 2**60, -2**60, 2**61, 10**30, True]
for form in "%d %i %u %x %X %o %5d %-5d| %05d %+d %+5x % d %#x %#X %#o %#010x %.5d %.5x %08.3d %s %5s %r %c".split(" "):
    try:
        print(form, [form % n for n in numbers if form != "%c" or 0 <= n < 256])
    except Exception as error:
        print(form, type(error).__name__, error)
floats = [0.0, -0.0, 1.5, -2.25, 1e10, 1e-5, 123456789.125, float("inf"), float("-inf"), float("nan"), 3, 2**70]
for form in "%f %.2f %10.3f %-10.1f| %+.1f %010.2f %+010.2f %e %.3E %g %G %#g %.0f %#.0f %5s %d".split(" "):
    try:
        print(form, [form % x for x in floats if form != "%d" or x == x and abs(x) != float("inf")])
    except Exception as error:
        print(form, type(error).__name__, error)
for form, value in [("%x", 1.5), ("%d", "1"), ("%f", "1"), ("%f", None), ("%y", 1), ("%", 1), ("%5", 1), ("%*d", (5, 3)), ("%.*f", (2, 3)),
                    ("%d %d", (1,)), ("%d", (1, 2)), ("%(a)d %(b).1f", {"a": 1, "b": 2}), ("%c", 0x110000), ("%5c|%-5c|", ("\u4e16", 65))]:
    try:
        print(form, ascii(form % value))
    except Exception as error:
        print(form, type(error).__name__, error)
