"""Writes src/modules/unicodedata/tables.inc: category, direction, combining class, width and mirroring of every code point, and
of those that Unicode 3.2.0 sees differently.

Run with the Python 3.11 whose Unicode version (14.0) the tables follow:  python3.11 tools/gen_unicodedata_tables.py > FILE
"""
import unicodedata as u

SHIFT = 7


def main():
    names = {"category": [], "bidi": [], "width": []}
    records, index = {}, []

    def number(kind, name):
        if name not in names[kind]:
            names[kind].append(name)
        return names[kind].index(name)

    for cp in range(0x110000):
        c = chr(cp)
        record = (number("category", u.category(c)), number("bidi", u.bidirectional(c)), u.combining(c),
                  number("width", u.east_asian_width(c)), u.mirrored(c), int(u.ucd_3_2_0.category(c) != "Cn"))
        index.append(records.setdefault(record, len(records)))
    old = u.ucd_3_2_0
    changed = []
    for cp in range(0x110000):
        c = chr(cp)
        if old.category(c) == "Cn":
            continue
        record = (number("category", old.category(c)), number("bidi", old.bidirectional(c)), old.combining(c),
                  number("width", old.east_asian_width(c)), old.mirrored(c), 1)
        now = records.setdefault(record, len(records))
        if now != index[cp]:
            changed.append((cp, now))
    blocks, first = {}, []
    for i in range(0, 0x110000, 1 << SHIFT):
        first.append(blocks.setdefault(tuple(index[i:i + (1 << SHIFT)]), len(blocks)))
    print("/* Made by tools/gen_unicodedata_tables.py from Unicode %s; not edited by hand. */" % u.unidata_version)
    print("#define UCD_SHIFT %d" % SHIFT)
    for kind, values in names.items():
        print("static const char *const %s_names[] = {%s};" % (kind, ", ".join('"%s"' % v for v in values)))
    print("static const struct ucd_record ucd_records[%d] = {" % len(records))
    for r in records:
        print("{%d,%d,%d,%d,%d,%d}," % r)
    print("};")
    table("static const uint8_t ucd_index1" if len(blocks) < 256 else "static const uint16_t ucd_index1", first)
    table("static const uint16_t ucd_index2", [x for b in blocks for x in b])
    print("static const struct ucd_change ucd_changed[%d] = {" % len(changed))
    for i in range(0, len(changed), 10):
        print("".join("{%d,%d}," % pair for pair in changed[i:i + 10]))
    print("};")


def table(decl, values):
    print("%s[%d] = {" % (decl, len(values)))
    for i in range(0, len(values), 32):
        print(",".join(map(str, values[i:i + 32])) + ",")
    print("};")


main()
