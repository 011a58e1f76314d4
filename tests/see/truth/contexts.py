# with: entered, left, left by an exception, several at once
from contextlib import ExitStack, contextmanager


class Held:
    def __init__(self, name):
        self.name = name
        self.log = []

    def __enter__(self):
        self.log.append("in")
        return self

    def __exit__(self, kind, value, tb):
        self.log.append(kind and kind.__name__)
        return kind is ValueError


@contextmanager
def opened(name):
    box = [name]
    try:
        yield box
    finally:
        box.append("closed")


with Held("a") as a, Held("b") as b:
    both = [a, b]
with a:
    raise ValueError("kept back")
with opened("x") as box:
    box.append(1)
with ExitStack() as stack:
    all = [stack.enter_context(opened(i)) for i in range(3)]
    first = all[0]
for i in range(2):
    with Held(i) as h:
        if i:
            break
