"""The format mini-language of numbers."""
for spec in ("", "d", "5d", "<5d", "^7d", "=+7d", "07d", "+,", "_", "x", "#x", "#X", "#b", "_b", "#_x", "c", "e", ".3f", "%", "n", "*>8", "*^+9,d"):
    print(repr(spec), [format(v, spec) for v in (65, 1234567)])
for spec in ("", "f", ".2f", "10.3f", "<10.1f", "^10.1f|"[:-1], "=+12.2f", "012.2f", ",", "_.3f", "e", "E", ".0e", "g", "#g", ".3g", "%", ".1%", "z.1f", "+", " "):
    print(repr(spec), [format(v, spec) for v in (3.14159, -1234567.891, 0.0, 1e20)])
for spec in ("", "f", ".2f", "e", "+.1f", ">20", "*^20.1f", ","):
    print(repr(spec), format(1.5 - 2.25j, spec))
print("%5d|%-5d|%05d|%+d|% d|%x|%#o|%e|%.3g" % (42, 42, 42, 42, 42, 255, 8, 1234.5, 0.00012345))
print(format(5, "10.2d"))
