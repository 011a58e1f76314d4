# match: sequences, mappings, classes, guards, captures
class Shape:
    __match_args__ = ("kind", "size")

    def __init__(self, kind, size):
        self.kind = kind
        self.size = size


def tell(thing):
    match thing:
        case 0 | 1:
            said = "small"
        case int(n) if n < 0:
            said = ["negative", n]
        case [first, *others]:
            said = (first, others)
        case {"k": value, **rest}:
            said = {"value": value, "rest": rest}
        case Shape("box", size=s):
            said = s
        case str() as text:
            said = text * 2
        case _:
            said = None
    return said


told = []
for thing in (0, -5, [1, 2, 3], {"k": [1], "l": 2}, Shape("box", [9]), "ab", 3.5, (4,)):
    told.append(tell(thing))
