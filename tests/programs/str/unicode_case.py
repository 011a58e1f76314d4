# str: properties and case mappings over all of Unicode, as one number each


def digest(f):
    x = 0
    for cp in range(0, 0x110000, 11):
        text = ascii(f(chr(cp)))
        x = (x * 1000003 + sum(map(ord, text)) * 7 + len(text)) & 0xFFFFFFFFFFFF
    return x


for name in ("upper lower title casefold swapcase capitalize isalpha isalnum isdecimal isdigit isnumeric isprintable "
             "isidentifier isspace isupper islower istitle __repr__ splitlines").split():
    print(name, digest(lambda c: getattr(c, name)()))
print("ΑΣ ΑΣΑ Σ".lower(), "straße ﬁ ŉ".upper(), "ǆ ǅ".title(), "İI".lower().encode("utf-8"))
print("hello wORLD it's".title(), "hELLO".capitalize(), "aBc".swapcase(), "ß".casefold())
"x".upper(1)
