# The whole of unicodedata's properties, as of 14.0 and of 3.2.0.
import unicodedata
import zlib

for name in "category", "bidirectional", "combining", "mirrored", "east_asian_width":
    for db in unicodedata, unicodedata.ucd_3_2_0:
        get = getattr(db, name)
        print(name, zlib.crc32(repr([get(chr(c)) for c in range(0, 0x30000)]).encode()))
