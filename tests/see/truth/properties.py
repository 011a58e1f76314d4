# properties, descriptors, __getattr__: a look runs none of them
FIELDS = ("_width", "_height")


class Positive:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, o, owner=None):
        if o is None:
            return self
        return getattr(o, self.name)

    def __set__(self, o, value):
        kept = abs(value)
        setattr(o, self.name, kept)


class Box:
    width = Positive()
    height = Positive()

    def __init__(self, w, h):
        self.width = w
        self.height = h
        self.log = []

    @property
    def area(self):
        self.log.append("asked")
        return self.width * self.height

    @area.setter
    def area(self, value):
        self.width = value / self.height

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        self.log.append(name)
        return len(self.log)


b = Box(-3, 4)
a = b.area
b.area = 20.5
c = b.unknown
for i in range(3):
    b.height = -i - 1
    d = b.area
e = b.other
