"""Writes src/objects/str/unicode_tables.inc: the properties of every code point that str needs.

Run with the Python 3.11 whose Unicode version (14.0) the tables follow:  python3.11 tools/gen_unicode_tables.py > FILE
Every code point maps, through a two-level index, to one of a few hundred records.
"""
import unicodedata

SHIFT = 7
FLAGS = ["ALPHA", "DECIMAL", "DIGIT", "NUMERIC", "LOWER", "UPPER", "TITLE", "PRINTABLE", "SPACE", "LINEBREAK",
         "XID_START", "XID_CONTINUE", "CASE_IGNORABLE", "SPECIAL"]
BIT = {name: 1 << i for i, name in enumerate(FLAGS)}


def flags_of(c):
    ignorable = ("A" + c + "\u03a3").lower()[-1] == "\u03c2" and (c + "\u03a3").lower()[-1] == "\u03c3"
    tests = {"ALPHA": c.isalpha(), "DECIMAL": c.isdecimal(), "DIGIT": c.isdigit(), "NUMERIC": c.isnumeric(),
             "LOWER": c.islower(), "UPPER": c.isupper() and unicodedata.category(c) != "Lt",
             "TITLE": unicodedata.category(c) == "Lt", "PRINTABLE": c.isprintable(), "SPACE": c.isspace(),
             "LINEBREAK": len(("a" + c + "a").splitlines()) > 1, "XID_START": c != "_" and c.isidentifier(),
             "XID_CONTINUE": ("a" + c).isidentifier(), "CASE_IGNORABLE": ignorable}
    return sum(BIT[k] for k, v in tests.items() if v)


def simple(full, other, c):
    return full if len(full) == 1 else other if len(other) == 1 else c


def main():
    records, index, extra, numerics = {}, [], [], []
    extra_at = {}
    for cp in range(0x110000):
        c = chr(cp)
        flags = flags_of(c)
        full = [c.lower(), c.upper(), c.title(), c.casefold()]
        simples = ["i" if cp == 0x130 else simple(full[0], c, c), simple(full[1], full[2], c), simple(full[2], c, c)]
        special = 0
        if [len(f) for f in full] != [1] * 4 or full[3] != full[0]:
            flags |= BIT["SPECIAL"]
            key = tuple(full)
            if key not in extra_at:
                extra_at[key] = len(extra)
                extra.append(key)
            special = extra_at[key]
        digit = unicodedata.digit(c, 255)
        rec = (flags, digit, ord(simples[0]) - cp, ord(simples[1]) - cp, ord(simples[2]) - cp, special)
        index.append(records.setdefault(rec, len(records)))
        if flags & BIT["NUMERIC"]:
            numerics.append((cp, unicodedata.numeric(c)))
    blocks, first = {}, []
    for i in range(0, 0x110000, 1 << SHIFT):
        first.append(blocks.setdefault(tuple(index[i:i + (1 << SHIFT)]), len(blocks)))
    print("/* Made by tools/gen_unicode_tables.py from Unicode %s; not edited by hand. */" % unicodedata.unidata_version)
    for i, name in enumerate(FLAGS):
        print("#define UP_%s 0x%x" % (name, 1 << i))
    print("#define UNICODE_SHIFT %d" % SHIFT)
    print("static const struct unicode_record unicode_records[%d] = {" % len(records))
    for r in records:
        print("{%d,%d,%d,%d,%d,%d}," % r)
    print("};")
    table("static const uint16_t unicode_index1", first)
    table("static const uint16_t unicode_index2", [x for b in blocks for x in b])
    print("static const struct unicode_special unicode_specials[%d] = {" % len(extra))
    for key in extra:
        print("{{%s}}," % ",".join("{%s}" % ",".join(str(ord(ch)) for ch in s) for s in key))
    print("};")
    print("static const struct unicode_numeric unicode_numerics[%d] = {" % len(numerics))
    for cp, value in numerics:
        print("{%d,%r}," % (cp, value))
    print("};")


def table(decl, values):
    print("%s[%d] = {" % (decl, len(values)))
    for i in range(0, len(values), 32):
        print(",".join(map(str, values[i:i + 32])) + ",")
    print("};")


main()
