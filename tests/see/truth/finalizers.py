# __del__: run at once, at an exception, in a cycle, and giving the object a new life
import gc


class Noisy:
    def __init__(self, name):
        self.name = name
        self.parts = [name]

    def __del__(self):
        said = ["gone", self.name]
        log.append(said)


class Phoenix:
    def __del__(self):
        saved.append(self)
        self.lives = getattr(self, "lives", 0) + 1


log, saved = [], []
a = Noisy("a")
a = Noisy("b")
b = [Noisy(i) for i in range(3)]
b.pop(0)
b = None
p = Phoenix()
p.held = Noisy("held")
p = None
back = saved.pop()
c = Noisy("c")
c.me = c
del c
found = gc.collect()
del back
count = len(log)


def fails():
    n = Noisy("local")
    raise KeyError(n.name)


try:
    fails()
except KeyError as e:
    why = e.args
after = len(log)
