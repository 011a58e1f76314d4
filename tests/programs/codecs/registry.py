# codecs: lookups, own handlers and search functions, incremental decoding
import codecs


def attempt(f, *args):
    try:
        return f(*args)
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)


print(codecs.lookup("UTF 8").name, codecs.lookup("Latin-1").name, attempt(codecs.lookup, "nope"), attempt(codecs.lookup_error, "nope"))
print(attempt(codecs.encode, "a", "rot13"), attempt("a".encode, "rot13"), attempt(codecs.decode, "zz", "hex"), attempt(codecs.register, 1))
codecs.register_error("test.here", lambda e: ("<%s:%d-%d>" % (e.reason[:7], e.start, e.end), e.end))
print(b"a\xffb".decode("utf-8", "test.here"), "aéb".encode("ascii", "test.here"), attempt("\ud800".encode, "utf-8", "test.here"))
codecs.register_error("test.bad", lambda e: 3)
codecs.register_error("test.far", lambda e: ("", 99))
for handler in ("test.bad", "test.far"):
    print(attempt(b"\xff".decode, "utf-8", handler), attempt("é".encode, "ascii", handler))
d = codecs.getincrementaldecoder("utf-8")()
print([d.decode(bytes([b])) for b in "é世".encode()], d.getstate(), attempt(d.decode, b"\xc3", True))
d = codecs.getincrementaldecoder("utf-16")()
print([d.decode(bytes([b])) for b in "é世".encode("utf-16")], d.getstate())
print(codecs.charmap_decode(b"ab", "strict", {97: "xy", 98: None}) if 0 else attempt(codecs.charmap_decode, b"ab", "strict", {97: "xy"}))
print(codecs.charmap_encode("ab", "replace", {97: 65, 63: 63}), attempt(codecs.charmap_encode, "a", "strict", {97: 300}))
print("é€".encode("cp1252"), b"\x80\xe9".decode("cp1252"), attempt(b"\x81".decode, "cp1252"), "naïve".encode("iso8859-15"))
print(codecs.escape_encode(b"a\n\xff'"), codecs.escape_decode(b"\\x41\\n\\101"), attempt(codecs.escape_decode, b"\\x4"))
print("é\U0001f600\n".encode("unicode_escape"), b"\\u00e9\\N{SNOWMAN}".decode("unicode_escape"), "é".encode("ascii", "namereplace"))
print("hi there+é".encode("utf-7"), "a".encode("utf-8-sig"), "bücher.de".encode("punycode"))
codecs.lookup("no such codec")
