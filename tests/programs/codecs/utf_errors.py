# codecs: every error handler on broken UTF-8, -16, -32 and -7, with the fields of the exceptions
BAD = [b"a\xff", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xed\xa0\x80", b"\xc0\x80", b"a\x80\x80b", b"\xf5abc", b"\xe0\x80z"]
HANDLERS = ["strict", "ignore", "replace", "backslashreplace", "surrogateescape", "surrogatepass", "xmlcharrefreplace", "nonsense"]


def attempt(f, *args):
    try:
        return ascii(f(*args))
    except UnicodeError as e:
        return "%s %s %d %d %s" % (type(e).__name__, e.encoding, e.start, e.end, e.reason)
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)


for data in BAD:
    for handler in HANDLERS:
        print(data, handler, attempt(data.decode, "utf-8", handler))
for encoding, datas in {"utf-16-le": [b"a", b"\x00\xd8", b"\x00\xd8a\x00", b"\x00\xdc"], "utf-16": [b"\xff\xfea\x00\x00", b"\xfe\xff\x00a"],
                        "utf-32-le": [b"a\0\0", b"\0\xd8\0\0", b"\0\0\x11\0"], "utf-7": [b"+AAA", b"\xff", b"a+AGE-b", b"+2D3eAA-"],
                        "ascii": [b"a\x80b"], "unicode_escape": [b"\\x4", b"\\u12", b"\\N{nope}", b"\\", b"\\U00110000"]}.items():
    for data in datas:
        for handler in HANDLERS[:5]:
            print(encoding, data, handler, attempt(data.decode, encoding, handler))
for text in ["a\udc80b", "\ud800", "é\U0001f600", "\udcff\udcfe"]:
    for encoding in ["utf-8", "ascii", "latin-1", "utf-16", "utf-32-be", "cp1252", "unicode_escape"]:
        for handler in HANDLERS:
            print(ascii(text), encoding, handler, attempt(text.encode, encoding, handler))
b"\xff".decode()
