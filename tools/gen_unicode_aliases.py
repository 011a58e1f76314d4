"""Writes src/objects/str/unicode_aliases.inc: the names of characters that are aliases, and the named sequences.

usage: python3.11 tools/gen_unicode_aliases.py NAMES SEQUENCES > FILE
NAMES has pairs of lines "code point in hex, name" (perl's unicore/Name.pl), SEQUENCES is NamedSequences.txt of the Unicode
Character Database.  Kept is what Python 3.11's unicodedata knows.
"""
import re
import sys
import unicodedata as u


def known(name, text):
    try:
        return u.lookup(name) == text
    except KeyError:
        return False


def main():
    pairs = re.findall(r"^([0-9A-F]{4,6})\n(.+)$", open(sys.argv[1], encoding="utf-8").read(), re.M)
    aliases = sorted({(name, chr(int(code, 16))) for code, name in pairs})
    rows = re.findall(r"^([^#;\n]+);([0-9A-F ]+)$", open(sys.argv[2], encoding="utf-8").read(), re.M)
    sequences = sorted((name, "".join(chr(int(code, 16)) for code in codes.split())) for name, codes in rows)
    print("/* Made by tools/gen_unicode_aliases.py from Unicode %s; not edited by hand. */" % u.unidata_version)
    for variable, entries in (("aliases", [(n, t) for n, t in aliases if known(n, t) and u.name(t, None) != n]),
                              ("sequences", [(n, t) for n, t in sequences if known(n, t)])):
        print("static const char %s[] =" % variable)
        for name, text in entries:
            print('    "%s\\000%s\\000"' % (name, " ".join("%X" % ord(c) for c in text)))
        print("    ;")


main()
