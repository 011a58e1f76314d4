# f-strings, __format__, __str__, __repr__ of the program's own
class Money:
    def __init__(self, n):
        self.n = n

    def __format__(self, spec):
        text = f"{self.n:{spec or '.2f'}}"
        return text

    def __str__(self):
        said = "m" * self.n
        return said

    def __repr__(self):
        told = f"Money({self.n!r})"
        return told


m = Money(3)
lines = []
for width in range(4, 7):
    line = f"{m:>{width}} {m!s} {m!r} {m}"
    lines.append(line)
text = "%s %r %d" % (m, m, m.n)
other = "{0} {0!r} {name}".format(m, name=text)
nested = f"{f'{m}' + f'{lines[0]}'}"
joined = str([m, {m: m}])
table = str.maketrans({"m": "M", "o": None})
up = joined.translate(table)
