# super, diamonds, built-in types extended
class Base:
    def __init__(self, log):
        self.log = log
        log.append("base")


class Left(Base):
    def __init__(self, log):
        log.append("left")
        super().__init__(log)
        self.left = [log]


class Right(Base):
    def __init__(self, log):
        super().__init__(log)
        log.append("right")


class Both(Left, Right):
    pass


class Words(list):
    def __init__(self, text):
        super().__init__(text.split())
        self.text = text


class Table(dict):
    def __missing__(self, key):
        made = [key]
        self[key] = made
        return made


class Name(str):
    pass


class Pair(tuple):
    def __new__(cls, a, b):
        made = super().__new__(cls, (a, b))
        return made


class Metre(float):
    unit = "m"


b = Both([])
w = Words("to be or")
w.append(b)
t = Table(a=1)
x = t["new"]
t[1] = t
n = Name("n" * 5)
n.extra = [n]
p = Pair(w, t)
m = Metre(2.5)
m.of = p
i = type("I", (int,), {})(7000)
