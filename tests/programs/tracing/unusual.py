# Events of generators that never ran, of exit methods that fail, and of deletion while tracing.
import sys

log = []


def hook(frame, event, arg):
    if frame.f_code.co_filename == __file__:
        log.append((event, frame.f_code.co_name, frame.f_lineno))
    return hook


def generator():
    yield 1


async def coroutine():
    pass


async def agenerator():
    yield 1


class Manager:
    def __init__(self, fails):
        self.fails = fails

    def __enter__(self):
        pass

    def __exit__(self, *exc):
        if self.fails:
            raise ValueError
        return True


def managers():
    with Manager(False), Manager(True): raise KeyError


def managers_on_lines():
    with Manager(False):
        with Manager(True):
            raise KeyError


def thrown():
    generator().throw(ValueError)


def closed():
    generator().close()
    coroutine().close()
    try:
        agenerator().aclose().send(None)
    except StopIteration:
        pass


def dropped():
    g = generator()
    next(g)
    del g
    g = generator()
    del g


def filtered():
    return sorted((c for c in range(6) if c % 3 == 1), key=lambda c: -c)


for func in managers, managers_on_lines, thrown, closed, dropped, filtered:
    sys.settrace(hook)
    try:
        func()
    except ValueError:
        pass
    sys.settrace(None)
    print(func.__name__)
    for entry in log:
        print('   ', *entry)
    log.clear()
