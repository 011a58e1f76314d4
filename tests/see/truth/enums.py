# Enum, Flag, members as keys
from enum import Enum, Flag, IntEnum, auto


class Colour(Enum):
    RED = 1
    GREEN = (2, "g")

    def label(self):
        text = self.name.lower()
        return text


class Level(IntEnum):
    LOW = 10
    HIGH = 20


class Mode(Flag):
    R = auto()
    W = auto()


count = {}
for c in Colour:
    count[c] = c.label()
    count.setdefault(Level.LOW, []).append(c)
found = Colour(1)
level = Level["HIGH"]
above = level + 1
both = Mode.R | Mode.W
only = both & Mode.W
names = [m.name for m in Level]
pair = (found, level)
