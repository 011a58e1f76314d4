# Events of sys.settrace and sys.setprofile in functions with all that Python code can call: (event, function, line, argument).
import sys


class Number:
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        return NotImplemented

    def __radd__(self, other):
        return self.n

    def __lt__(self, other):
        return NotImplemented

    def __gt__(self, other):
        return True

    def __bool__(self):
        return False

    def __len__(self):
        return self.n

    def __contains__(self, x):
        return x == self.n

    def __getitem__(self, i):
        if i == 2:
            raise IndexError
        return i

    def __setitem__(self, i, v):
        pass

    def __delitem__(self, i):
        pass

    def __call__(self, *args, **kwargs):
        return len(args)

    def __getattr__(self, name):
        raise AttributeError(name)

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)

    @property
    def twice(self):
        return self.n * 2

    @twice.setter
    def twice(self, v):
        self.n = v

    def __repr__(self):
        return 'Number'

    def __hash__(self):
        return self.n

    def __eq__(self, other):
        return True

    def __format__(self, spec):
        return spec

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        return True

    def __iter__(self):
        return self

    def __next__(self):
        self.n -= 1
        if self.n < 0:
            raise StopIteration
        return self.n

    def __index__(self):
        return 1

    def __del__(self):
        pass


def dunders():
    a = Number(2)
    1 + a
    a + a if False else 1 < a
    if a:
        pass
    len(a), 2 in a, 3 not in a
    a[0]
    a[0] = 1
    del a[0]
    a(1, *[2], k=3)
    hasattr(a, 'nothing')
    a.n = 3
    a.twice = a.twice
    f'{a} {a!r:>3}', str(a), repr(a), format(a, 'x')
    {a: 1}[a]
    a == 1, a != 1
    [1, 2][a]
    with a as b:
        1 / 0
    for x in a:
        x
    x, *y = Number(2)
    not a
    while a:
        pass
    sorted([Number(1), Number(2)])
    del a, b


def gen(n):
    try:
        got = yield 1
        yield from range(n)
        result = yield from subgen()
        yield result
    except ValueError:
        yield 'caught'
    finally:
        pass
    return 'end'


def subgen():
    yield 'sub'
    return 'subend'


def generators():
    for x in gen(1):
        pass
    g = gen(0)
    next(g)
    g.send(2)
    g.throw(ValueError)
    g.close()
    g = gen(2)
    next(g)
    g.close()
    list(x for x in gen(0))
    [x for x in (1, 2) if x]
    {x: y for x, y in zip('ab', (1, 2))}
    next(gen(0), None)
    next(iter(()), None)
    a, b = (x for x in (1, 2))


def exceptions():
    try:
        try:
            raise ValueError(1)
        except KeyError:
            pass
        finally:
            len('')
    except ValueError as e:
        try:
            raise
        except ValueError:
            pass
    try:
        raise ExceptionGroup('', [ValueError(), TypeError()])
    except* ValueError:
        len('a')
    except* TypeError as e:
        len('b')
    else:
        len('c')
    try:
        int('x')
    except:
        pass
    for i in 1, 2:
        try:
            continue
        finally:
            i
    assert True
    try:
        assert False, 'msg'
    except AssertionError:
        pass
    try:
        undefined
    except NameError:
        pass
    try:
        raises()
    except ZeroDivisionError:
        return 1


def raises():
    1 / 0


def matching(x):
    match x:
        case [1, y]:
            return y
        case {'k': v, **rest}:
            return v
        case str() | int():
            return 's'
        case Number(n=3):
            return 3
        case _ if x:
            return None


def matches():
    for x in ([1, 2], {'k': 1}, 'a', Number(3), 2.5):
        matching(x)


class Async:
    async def __aenter__(self):
        await sleep()
        return self

    async def __aexit__(self, *exc):
        return True

    def __aiter__(self):
        self.n = 2
        return self

    async def __anext__(self):
        self.n -= 1
        if self.n < 0:
            raise StopAsyncIteration
        await sleep()
        return self.n


class Sleep:
    def __await__(self):
        yield 'tick'
        return 'tock'


async def sleep():
    return await Sleep()


async def agen():
    yield 1
    await sleep()
    yield 2


async def main():
    async with Async() as a:
        1 / 0
    async for x in a:
        x
    else:
        pass
    async for x in agen():
        break
    [x async for x in agen()]
    await sleep()
    try:
        await fails()
    except ValueError:
        pass


async def fails():
    await sleep()
    raise ValueError


def asynchronous():
    c = main()
    try:
        while True:
            c.send(None)
    except StopIteration:
        pass


def classes():
    class Meta(type):
        def __call__(cls, *args):
            return super().__call__(*args)

        def __prepare__(name, bases):
            return {}

    class A(metaclass=Meta):
        x = 1

        def __new__(cls, *args):
            return super().__new__(cls)

        def __init__(self, y):
            self.y = y

        def __init_subclass__(cls):
            pass

        def __getattribute__(self, name):
            return object.__getattribute__(self, name)

    class B(A):
        pass
    B(2).y
    @staticmethod
    def decorated():
        pass
    decorated()
    (lambda
     : 1)()


def statements():
    x = [
        1,
        2,
    ]
    if x and \
       len(x):
        y = 1
    elif x:
        y = 2
    else:
        y = 3
    while y:
        y -= 1
        if y:
            continue
        break
    else:
        pass
    for i in range(2): i; i
    global g
    g = 1; del g
    import os.path, sys as s
    from os import path
    x[0] = x[1]; x[:1]
    (z := 3)
    print(*x,
          sep='',
          file=
          sys.stderr if False else
          None, end='')
    return (x if y
            else z)


def describe(arg):
    if isinstance(arg, tuple) and len(arg) == 3 and isinstance(arg[0], type):
        return f'{arg[0].__name__}({type(arg[1]).__name__})' + ('' if arg[2] else ' no traceback')
    return getattr(arg, '__qualname__', None) or type(arg).__name__


def record(func, opcodes=False, lines=True):
    events = []
    bases = {}

    def trace(frame, event, arg):
        if frame.f_code.co_filename != __file__:
            return None
        frame.f_trace_opcodes = opcodes
        frame.f_trace_lines = lines
        lasti = frame.f_lasti if event == 'opcode' else ''
        events.append(f'{event} {frame.f_code.co_name} {frame.f_lineno} {lasti} {describe(arg) if arg is not None else ""}')
        return trace

    def profile(frame, event, arg):
        if frame.f_code.co_filename == __file__:
            events.append(f'{event} {frame.f_code.co_name} {frame.f_lineno} {describe(arg) if arg is not None else ""}')

    if opcodes is None:
        sys.setprofile(profile)
    else:
        sys.settrace(trace)
    func()
    sys.settrace(None)
    sys.setprofile(None)
    print(func.__name__, len(events))
    for event in events:
        print(event.rstrip())


for func in dunders, generators, exceptions, matches, asynchronous, classes, statements:
    record(func)
    record(func, None)
for func in dunders, generators, exceptions, matches, asynchronous, statements:
    record(func, True, False)
