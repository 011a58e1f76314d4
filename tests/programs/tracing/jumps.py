# Every jump by f_lineno, from every line to every line, in functions with all kinds of blocks: what ran, or the error.
import sys


def straight(o):
    o(1)
    o(2)

    o(4)


def loops(o):
    for i in range(2):
        o(i)
    else:
        o(4)
    while True:
        o(6)
        break
    o(8)


def nested_loops(o):
    for i in 1, 2:
        for j in 3, 4:
            o(j)
        o(i)
    o(6)


def handlers(o):
    try:
        o(2)
        1 / 0
    except ZeroDivisionError as e:
        o(5)
    except (KeyError, IndexError):
        o(7)
    except:
        o(9)
    else:
        o(11)
    o(12)


def bare(o):
    try:
        o(2)
    except:
        o(4)
    o(5)


def finals(o):
    try:
        o(2)
        1 / 0
        return
    finally:
        o(6)
        try:
            o(8)
        finally:
            o(10)
        o(11)
    o(12)


def groups(o):
    try:
        raise ExceptionGroup('', [ValueError()])
    except* ValueError:
        o(4)
    except* TypeError:
        o(6)
    o(7)


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, *exc):
        return True


def withs(o):
    with Manager():
        o(2)
        with Manager() as m, Manager():
            o(4)
            1 / 0
    o(6)
    with Manager():
        o(8)


def matches(o):
    match [1, {'a': 2}]:
        case [x, {'b': y}]:
            o(3)
        case [x, {**rest}] if x:
            o(5)
        case _:
            o(7)
    o(8)


def expressions(o):
    o(1,
      2)
    o(4 if
      sys else
      5)
    o(sys
      .version_info[0])


def generator(o):
    o(1)
    yield 2
    for x in 3, 4:
        yield x
    try:
        yield from [6]
    finally:
        o(8)


class AIter:
    def __init__(self):
        self.n = 2

    def __aiter__(self):
        return self

    async def __anext__(self):
        self.n -= 1
        if self.n < 0:
            raise StopAsyncIteration
        return self.n

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        return False


async def asynchronous(o):
    async for i in AIter():
        o(2)
    else:
        o(4)
    async with AIter():
        o(6)
    o([i async for i in AIter()])
    o(8)


def run(func, start, stop, event):
    out = []
    done = False
    base = func.__code__.co_firstlineno

    def trace(frame, what, arg):
        nonlocal done
        if frame.f_code is not func.__code__:
            return None
        if what == event and not done and frame.f_lineno == base + start:
            done = True
            frame.f_lineno = base + stop
        return trace

    def o(*x):
        if len(out) > 30:
            raise SystemExit('runs for ever')
        out.append(x[0] if len(x) == 1 else x)

    sys.settrace(trace)
    try:
        result = func(o)
        if hasattr(result, '__next__'):
            out.append(list(result))
        elif hasattr(result, 'send'):
            try:
                result.send(None)
            except StopIteration as e:
                out.append(e.value)
    except BaseException as e:
        out.append(f'{type(e).__name__}: {e}')
    sys.settrace(None)
    return out if done else None


def lines_of(func):
    return sorted({line - func.__code__.co_firstlineno for _, _, line in func.__code__.co_lines() if line})


# Where 3.11 itself goes astray: bodies of except*, the first line of a generator, `try:` after a yield.
ASTRAY = {groups: ({4}, {4, 5, 6}), generator: ((), {0, 5}), asynchronous: ((), {0})}

for func in (straight, loops, nested_loops, handlers, bare, finals, groups, withs, matches, expressions, generator,
             asynchronous):
    lines = lines_of(func)
    starts, stops = ASTRAY.get(func, ((), ()))
    for event in 'line', 'return', 'exception', 'call':
        for start in lines:
            for stop in range(-1, lines[-1] + 2):
                if start in starts or stop in stops:
                    continue
                result = run(func, start, stop, event)
                if result is None:
                    break
                print(func.__name__, event, start, stop, *result)
