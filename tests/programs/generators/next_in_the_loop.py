# next() of generators and of Python iterators, len() of everything, from sites that have been taken before.
import sys
import traceback


def counter(n):
    for i in range(n):
        got = yield i
        if got is not None:
            print("got", got)
    return "done"


def trace(e):
    return [(f.name, f.line) for f in traceback.extract_tb(e.__traceback__)]


def drain(g):
    out = []
    while True:
        try:
            out.append(next(g))
        except StopIteration as e:
            out.append(("stop", e.value, trace(e)))
            return out
        except Exception as e:
            out.append((type(e).__name__, str(e), type(e.__cause__).__name__, trace(e)))
            return out


def fails():
    yield 1
    raise ValueError("inside")


def stops():
    yield 1
    raise StopIteration("wrong")


def outer(n):
    g = counter(n)
    while True:
        yield next(g)


def returns(value):
    yield 0
    return value


def itself():
    me = yield
    yield next(me)


class Up:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n


for g in (counter(3), fails(), stops(), outer(2), returns((1, 2)), returns(ValueError("v")), returns(None), Up(2), iter([1, 2]), map(str, counter(2))):
    print(drain(g))
for i in range(3):
    g = itself()
    next(g)
    try:
        g.send(g)
    except ValueError as e:
        print(e, trace(e))
for bad in (5, [], Up):
    for i in range(3):
        try:
            next(bad)
        except TypeError as e:
            print(e)


def deep(n):
    yield next(deep(n - 1)) if n else "bottom"


def down(n):
    try:
        return next(deep(n))
    except RecursionError as e:
        return str(e)[:32]


print(down(50), down(900), down(5000))


class Sized:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        if self.n == "raise":
            raise KeyError("len")
        return self.n


class NoLen:
    pass


def lengths(items):
    out = []
    for x in items:
        try:
            out.append(len(x))
        except Exception as e:
            out.append((type(e).__name__, str(e), trace(e)))
    return out


print(lengths([[], (1,), "ab", b"abc", {1: 2}, {1, 2}, range(5), Sized(6), Sized(-1), Sized("x"), Sized(1 << 80), Sized(True), Sized("raise"), NoLen(), 5, None, Sized]))


def renamed():
    global len, next
    out = []
    for i in range(6):
        if i == 3:
            len = next = lambda x: "mine"
        out.append(len((1, 2)))
        out.append(next(iter((3, 4))))
    del len, next
    out.append(len("abc"))
    return out


print(renamed())


def finalised():
    try:
        yield 1
    finally:
        print("closed")


def half():
    g = finalised()
    return next(g)


print(half(), half(), half())


def traced():
    events = []

    def tracer(frame, event, arg):
        events.append((frame.f_code.co_name, event))
        return tracer

    g = counter(2)
    s = Sized(3)
    for i in range(2):
        if i == 1:
            sys.settrace(tracer)
        out = [next(g), len(s)]
    sys.settrace(None)
    return out, events


def starts_tracing():
    """The tracer is set while the callers wait in the loop."""
    events = []

    def tracer(frame, event, arg):
        if frame.f_code.co_name != "tracer":
            events.append((frame.f_code.co_name, event))
        return tracer

    class Sets:
        def __add__(self, other):
            sys.settrace(tracer)
            return 1

        __eq__ = __getitem__ = __contains__ = __add__

        def __len__(self):
            sys.settrace(tracer)
            return 1

        def __bool__(self):
            sys.settrace(tracer)
            return True

        def __next__(self):
            sys.settrace(tracer)
            return 1

        def __iter__(self):
            sys.settrace(tracer)
            return self

    def use(what):
        o = Sets()
        for warm in range(2):
            x = None
            if what == 0:
                x = o + 1
            elif what == 1:
                x = o == 1
            elif what == 2:
                x = o[1]
            elif what == 3:
                x = 1 in o
            elif what == 4:
                x = len(o)
            elif what == 5:
                x = not o
            elif what == 6:
                x = o and 2
            elif what == 7:
                if o:
                    x = 3
            elif what == 8:
                if o == 1:
                    x = 4
            elif what == 9:
                for x in o:
                    break
            elif what == 10:
                x = next(o)
            elif what == 11:
                x = -1 if o < o else 5
            sys.settrace(None)
        return x

    Sets.__lt__ = Sets.__add__
    return [use(i) for i in range(12)], len(events) > 0


print(traced())
print(starts_tracing())
