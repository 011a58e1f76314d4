# imported by importing.py
counter = 0
table = {}


class Shared:
    made = []

    def __init__(self, names):
        self.names = names
        self.made.append(self)


def register(name):
    global counter
    counter += 1000
    table[name] = [counter]
    return table[name]


def make(other):
    o = Shared([other])
    pair = (o, other)
    return pair
