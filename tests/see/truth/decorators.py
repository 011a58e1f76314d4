# functions that wrap functions, of functions and of classes
import functools


def counted(f):
    calls = []

    @functools.wraps(f)
    def inner(*args):
        calls.append(args)
        result = f(*args)
        return result
    inner.calls = calls
    return inner


def times(n):
    def wrap(f):
        def inner(*args):
            kept = None
            for i in range(n):
                kept = f(*args)
            return kept
        return inner
    return wrap


@counted
@times(2)
def add(a, b):
    c = [a, b]
    return c


def register(cls):
    known[cls.__name__] = cls
    return cls


known = {}


@register
class A:
    pass


@functools.lru_cache(maxsize=2)
def cached(x):
    made = [x]
    return made


a = add(1, 2)
b = add(a, "b")
first = cached(1)
second = cached(2)
third = cached(1)
fourth = cached(3)
