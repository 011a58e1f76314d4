# exceptions through several frames, generators and finally; what is let go on the way
class Held:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        let_go.append(self.name)


def deep(n):
    h = Held(n)
    if n == 0:
        raise LookupError(n)
    return deep(n - 1)


def guarded(n):
    h = Held(f"g{n}")
    try:
        return deep(n)
    finally:
        let_go.append("finally")


def lazily(n):
    h = Held(f"l{n}")
    for i in range(n):
        yield guarded(i)


let_go, errors = [], []
for i in range(3):
    try:
        guarded(i)
    except LookupError as e:
        errors.append(e.args[0])
try:
    for x in lazily(2):
        pass
except LookupError as e:
    errors.append(e)
count = len(let_go)
errors.clear()
after = len(let_go)
try:
    raise ExceptionGroup("some", [ValueError(1), TypeError([2])])
except* ValueError as group:
    some = group.exceptions
except* TypeError as group:
    others = group.exceptions
