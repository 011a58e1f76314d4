# Tracing that is switched on and off in the middle, by hooks, in callers, in threads; f_trace set by hand; recursion and
# tracebacks while tracing.
import sys
import threading
import traceback

log = []


def hook(frame, event, arg):
    if frame.f_code.co_filename == __file__:
        log.append((event, frame.f_code.co_name, frame.f_lineno))
    return hook


def show(title):
    sys.settrace(None)
    sys.setprofile(None)
    print(title)
    for entry in log:
        print('   ', *entry)
    log.clear()


def on():
    sys.settrace(hook)
    return 1


def on_above():
    frame = sys._getframe(1)
    while frame:
        frame.f_trace = hook
        frame = frame.f_back
    sys.settrace(hook)


def off():
    sys.settrace(None)


def middle():
    x = 1
    on()
    y = 2
    for i in range(2):
        z = inner(i)
    off()
    y = 3
    return y


def middle_above():
    x = 1
    on_above()
    y = 2
    for i in range(2):
        z = inner(i)
    off()
    y = 3
    return y


def inner(i):
    return [
        i, i + 1]


def generator():
    yield 1
    on_above()
    yield 2
    x = 1
    off()
    yield 3
    x = 2


middle()
show('switched on in the middle')
middle_above()
show('with frames above')
list(generator())
show('in a generator')
for x in generator():
    pass
show('in a generator under for')


def stops_local(frame, event, arg):
    log.append((event, frame.f_code.co_name, frame.f_lineno))
    return None if event == 'line' and frame.f_lineno % 2 else stops_local


sys.settrace(stops_local)
middle_above.__code__ and inner(3)
show('local hook that stops')


def deletes(frame, event, arg):
    log.append((event, frame.f_code.co_name, frame.f_lineno, frame.f_trace is not None))
    if event == 'line':
        del frame.f_trace
    return deletes if event == 'call' else None


sys.settrace(deletes)
inner(1)
show('f_trace deleted')


class Trace:
    def __init__(self):
        self.count = 0

    def __call__(self, frame, event, arg):
        self.count += 1
        log.append((event, frame.f_code.co_name, frame.f_lineno))
        return self.local

    def local(self, frame, event, arg):
        log.append(('local', event, frame.f_code.co_name, frame.f_lineno))


sys.settrace(Trace())
inner(1)
show('callable object')


def profile(frame, event, arg):
    if frame.f_code.co_filename == __file__:
        log.append((event, frame.f_code.co_name, getattr(arg, '__name__', None)))


def profiled():
    sys.setprofile(profile)
    len(())
    ''.join(['a'])
    str.upper('b')
    int('3')
    [].append(1)
    max(*[1, 2], **{'key': abs})
    sorted([2, 1], key=lambda x: -x)
    try:
        [].pop()
    except IndexError:
        pass
    try:
        len(1)
    except TypeError:
        pass
    print(end='')
    isinstance(1, int)
    list(map(inner, [1]))
    sum(x for x in (1, 2))
    sys.setprofile(None)


profiled()
show('profile')


def both():
    sys.settrace(hook)
    sys.setprofile(profile)
    inner(1)
    len(())
    sys.settrace(None)
    inner(2)
    sys.setprofile(None)


both()
show('trace and profile')


def in_thread():
    inner(5)


threading.settrace(hook)
threading.setprofile(profile)
thread = threading.Thread(target=in_thread)
thread.start()
thread.join()
threading.settrace(None)
threading.setprofile(None)
log[:] = [entry for entry in log if entry[1] in ('in_thread', 'inner')]
show('in a thread')


def deep(n):
    return deep(n + 1)


class Deep:
    def __init__(self, n=0):
        self.n = n

    def __add__(self, other):
        return Deep(self.n + 1) + other

    def __getattr__(self, name):
        return getattr(self, name + 'x')

    def __iter__(self):
        return iter(Deep())

    def __bool__(self):
        return not self

    def __len__(self):
        return len(self)

    def __enter__(self):
        with self:
            pass

    def __exit__(self, *args):
        pass

    @property
    def prop(self):
        return self.prop

    def __contains__(self, x):
        return x in self

    def __getitem__(self, x):
        return self[x]

    def __call__(self):
        return self()


def gen(n):
    yield from gen(n + 1)


async def coro():
    await coro()


def with_block():
    with Deep():
        pass


cases = {
    'function': lambda: deep(0), 'add': lambda: Deep() + 1, 'getattr': lambda: Deep().y, 'iter': lambda: iter(Deep()),
    'bool': lambda: bool(Deep()), 'not': lambda: not Deep(), 'len': lambda: len(Deep()), 'with': with_block,
    'property': lambda: Deep().prop, 'contains': lambda: 1 in Deep(), 'getitem': lambda: Deep()[1], 'call': lambda: Deep()(),
    'generator': lambda: list(gen(0)), 'coroutine': lambda: coro().send(None),
}


def quiet(frame, event, arg):
    return quiet


sys.setrecursionlimit(150)
for tracing in None, quiet:
    for name, case in cases.items():
        sys.settrace(tracing)
        try:
            case()
        except RecursionError as e:
            sys.settrace(None)
            entries = traceback.extract_tb(e.__traceback__)
            print(name, bool(tracing), *sorted({entry.name for entry in entries} - {'<lambda>', '<module>'}))
        sys.settrace(None)
