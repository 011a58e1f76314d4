"""One seed of check_bytecode.py: mutates code objects and marshal data, and runs what is not refused.

usage: bytecode.py SEED FIRST LAST JOURNAL

Every mutant has a random generator of its own, so that any can be made again alone.  What mutants do to the process is
undone as far as it is cheap; what matters is that the process lives.
"""
import marshal
import opcode
import random
import signal
import sys
import types

SOURCE = '''
def plain(a, b=2, *args, c=3, **kw):
    x = [i * a for i in range(b)]
    d = {k: v for k, v in zip("ab", x)}
    s = {y for y in x if y}
    d |= {**d, "z": 1}
    x += [*s, *args]
    x[0:1] = [a]
    return f"{a!r:>{b}} {c} {kw}", x[-1], (a, *x), d, s
def loops(n):
    total = 0
    for i in range(n):
        for j in "abc":
            if j == "b":
                continue
            total += i if i % 2 else -i
        else:
            total -= 1
    while n > 0 and total is not None:
        n -= 1
        if n == 1: break
    return total
def closures(a):
    b = a + 1
    def inner(c=b, *, d: int = 4) -> str:
        nonlocal b
        b += c + a
        return lambda: (a, b, d)
    return inner()()
def tries(a):
    try:
        try:
            return 1 // a
        except ZeroDivisionError as e:
            raise ValueError(a) from e
        finally:
            a = 5
    except (ValueError, TypeError) as e:
        try:
            raise
        except ValueError:
            return str(e), e.__context__
    finally:
        del a
class Manager:
    def __enter__(self): return self
    def __exit__(self, *args): return True
    async def __aenter__(self): return self
    async def __aexit__(self, *args): return True
def withs(m):
    with m as x, m:
        with m:
            raise KeyError(x)
    return 7
def groups():
    try:
        raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
    except* ValueError as e:
        a = e
    except* TypeError:
        a = 3
    return a
def generator(n):
    got = yield n
    try:
        yield from (x * 2 for x in range(n))
        got = yield got
    finally:
        yield 9
    return got
async def coroutine(m):
    async with m as x:
        await other()
    async for y in agen(3):
        if y: continue
    return [z async for z in agen(2)]
async def other(): return 1
async def agen(n):
    for i in range(n):
        yield i
        await other()
def matches(x):
    match x:
        case {"a": 1, **rest}: return rest
        case [a, *b, c] if a: return a, b, c
        case int(y) | str(y): return y
        case Manager(): return 0
        case _: return None
def klass(base):
    class A(base, metaclass=type):
        x: int = 1
        def m(self, a): return super().__init__(), __class__, a
        @property
        def p(self): return self.x
    return A().m(1), A().p
def globs():
    global G
    G = 1
    del G
    import os.path as p
    from sys import path, argv as q
    assert p, "m"
    a, (b, *c) = 1, (2, 3, 4)
    a = b = c
    del a
    return lambda *x, **y: max(*x, **y, key=None)
def chain(a, b):
    return a < b < 3 != a and not b or a is b or a in (b,) or a[b:1:2] or -a or ~b
'''
SPACE = {}
exec(compile(SOURCE, "fuzz", "exec"), SPACE)
MODULE = compile(SOURCE, "fuzz", "exec")
MANAGER = SPACE["Manager"]()


def codes(code, into):
    into.append(code)
    for k in code.co_consts:
        if isinstance(k, types.CodeType):
            codes(k, into)
    return into


CODES = codes(MODULE, [])
OPCODES = sorted(set(opcode.opmap.values()) - {0})
CACHES = opcode._inline_cache_entries
ODD = [None, True, 0, -1, 2 ** 70, "x", "__init__", "self", b"b", (), (1,), ("a",), ("a", "a"), frozenset([1]), ..., 1.5, 1j]
FIELDS = ["co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_nlocals", "co_stacksize", "co_flags", "co_firstlineno",
          "co_consts", "co_names", "co_varnames", "co_freevars", "co_cellvars", "co_linetable", "co_exceptiontable"]


def mutate_bytes(r, data, units=False):
    data = bytearray(data)
    for _ in range(r.choice((1, 1, 1, 2, 3, 8))):
        n = len(data)
        at = r.randrange(n) if n else 0
        if units:
            at &= ~1
        way = r.randrange(8)
        if not n or way == 0:
            data[at:at] = bytes([r.choice(OPCODES), r.choice((0, 1, 2, 3, 255))]) if units else bytes([r.randrange(256)])
        elif way == 1:
            del data[at:at + (2 if units else 1)]
        elif way == 2:
            data[at] = r.choice(OPCODES) if units else r.randrange(256)
        elif way == 3:
            data[min(at + 1, n - 1)] = r.choice((0, 1, 2, 3, 4, 8, 127, 255, r.randrange(256)))
        elif way == 4:
            to = r.randrange(n) & (~1 if units else ~0)
            data[at:at + 2], data[to:to + 2] = data[to:to + 2], data[at:at + 2]
        elif way == 5:
            to = r.randrange(n) & (~1 if units else ~0)
            data[at:at] = data[to:to + r.randrange(2, 12, 2)]
        elif way == 6:
            data[at] ^= 1 << r.randrange(8)
        else:
            data[min(at + 1, n - 1)] = (data[min(at + 1, n - 1)] + r.choice((-1, 1))) & 255
    return bytes(data)


def instructions(code):
    """[[opcode, operand, caches]…] without prefixes folded"""
    i, out = 0, []
    while i < len(code):
        caches = CACHES[code[i]] if code[i] < len(CACHES) else 0
        out.append([code[i], code[i + 1], caches])
        i += 2 + 2 * caches
    return out


def operand(r, code, op):
    if op in opcode.hasconst:
        return r.randrange(len(code.co_consts) or 1) & 255
    if op in opcode.hasname:
        n = r.randrange(len(code.co_names) or 1) & 127
        return n * 2 + r.randrange(2) if opcode.opname[op] == "LOAD_GLOBAL" else n
    if op in opcode.haslocal or op in opcode.hasfree:
        return r.randrange(len(code.co_varnames + code.co_cellvars + code.co_freevars) or 1) & 255
    return r.choice((0, 1, 1, 2, 2, 3, 4))


def mutate_instructions(r, code):
    """Changes whole instructions; the length stays as often as it can, so that jumps and ranges still fit."""
    all = instructions(code.co_code)
    for _ in range(r.choice((1, 1, 1, 2, 3, 5))):
        at = r.randrange(len(all))
        op, arg, caches = all[at]
        way = r.randrange(7)
        if way == 0:    # another instruction of the same length
            op = r.choice([o for o in OPCODES if CACHES[o] == caches])
            all[at] = [op, operand(r, code, op), caches]
        elif way == 1:  # another operand
            all[at][1] = operand(r, code, op) if r.random() < .7 else (arg + r.choice((-1, 1))) & 255
        elif way == 2:  # two change places
            to = r.choice([i for i, x in enumerate(all) if x[2] == caches])
            all[at], all[to] = all[to], all[at]
        elif way == 3:  # one is left out
            all[at:at + 1] = [[9, 0, 0] for _ in range(1 + caches)]
        elif way == 4:  # in the room of one with caches, some without
            all[at:at + 1] = [[o, operand(r, code, o), 0] for o in
                              (r.choice([o for o in OPCODES if not CACHES[o]]) for _ in range(1 + caches))]
        elif way == 5:  # longer: jumps and ranges no longer fit
            op = r.choice(OPCODES)
            all.insert(at, [op, operand(r, code, op), CACHES[op]])
        else:           # rubbish in the caches
            all[at][2] = -caches
    return b"".join(bytes((op, arg)) + (bytes(2 * n) if n >= 0 else r.randbytes(-2 * n)) for op, arg, n in all)


def mutate_tuple(r, old, fresh):
    new = list(old)
    way = r.randrange(4)
    if way == 0 and new:
        new[r.randrange(len(new))] = fresh()
    elif way == 1 and new:
        del new[r.randrange(len(new))]
    elif way == 2:
        new.insert(r.randrange(len(new) + 1), fresh())
    elif new:
        r.shuffle(new)
    return tuple(new)


def mutate_field(r, code, field):
    old = getattr(code, field)
    if isinstance(old, int):
        return r.choice((0, 1, 2, old + 1, max(old - 1, 0), 255, 2 ** 16, 2 ** 31 - 1, old ^ 1 << r.randrange(10)))
    if isinstance(old, bytes):
        return mutate_bytes(r, old)
    if field == "co_consts":
        return mutate_tuple(r, old, lambda: r.choice(ODD + [[], {}, set(), r.choice(CODES)]))
    return mutate_tuple(r, old, lambda: r.choice(("x", "__class__", "", "a", ".0", "self", "__init__")))


def mutant(r, code):
    changes = {}
    if r.random() < 0.85:
        changes["co_code"] = mutate_instructions(r, code) if r.random() < .8 else mutate_bytes(r, code.co_code, r.random() < .9)
    while r.random() < (0.15 if changes else 1):
        field = r.choice(FIELDS)
        changes[field] = mutate_field(r, code, field)
    if r.random() < 0.5 and "co_stacksize" not in changes:
        changes["co_stacksize"] = code.co_stacksize + r.randrange(1, 30)
    if "co_varnames" in changes and r.random() < 0.9:
        changes["co_nlocals"] = len(changes["co_varnames"])
    if r.random() < 0.5:
        return code.replace(**changes)
    get = lambda name: changes.get(name, getattr(code, name))
    return types.CodeType(*(get("co_" + n) for n in (
        "argcount posonlyargcount kwonlyargcount nlocals stacksize flags code consts names varnames filename name qualname "
        "firstlineno linetable exceptiontable freevars cellvars").split()))


def look(code):
    list(code.co_positions()), list(code.co_lines()), code.co_lnotab, repr(code), hash(code), code == code.replace()
    code.co_varnames, code.co_cellvars, code.co_freevars


def look_at_frames(tb):
    while tb:
        tb.tb_lineno, tb.tb_lasti, tb.tb_frame.f_lineno, tb.tb_frame.f_locals
        tb = tb.tb_next


def tracer(lines):
    def trace(frame, event, arg):
        nonlocal lines
        lines += 1
        if lines > 300:
            raise KeyboardInterrupt
        frame.f_lineno, frame.f_locals, frame.f_lasti
        if lines % 7 == 3 and event == "line":
            try:
                frame.f_lineno = frame.f_lineno + (lines * 5 % 9) - 4
            except ValueError:
                pass
        frame.f_trace_opcodes = True
        return trace
    return trace


def drive(r, value):
    """Runs what a call gave: generators and coroutines get values and exceptions."""
    kind = type(value).__name__
    if kind in ("generator", "coroutine"):
        for i in range(6):
            way = r.randrange(8)
            if way == 0:
                value.throw(ValueError(i))
            elif way == 1:
                value.close()
            else:
                value.send(None if i == 0 or way < 5 else i)
            getattr(value, "gi_yieldfrom", None), getattr(value, "cr_await", None)
            frame = getattr(value, "gi_frame", None) or getattr(value, "cr_frame", None)
            if frame:
                frame.f_locals, frame.f_lineno
    elif kind == "async_generator":
        for i in range(4):
            drive(r, r.choice((value.asend(None), value.asend(i), value.athrow(ValueError(i)), value.aclose())).__await__())
    elif kind == "function":
        value()


def run(r, code):
    look(code)
    space = {"__builtins__": BUILTINS, "__name__": "fuzz", **{k: v for k, v in SPACE.items() if k != "__builtins__"}}
    way = r.randrange(10)
    if way == 0 or (code.co_name == '<module>' and way < 8):
        exec(code, space)
        return
    if way == 1:
        target = SPACE[r.choice(("plain", "loops", "tries", "generator"))]
        function = types.FunctionType(target.__code__, space)
        function.__code__ = code
    else:
        cells = tuple(types.CellType(r.choice((1, MANAGER, int))) if r.random() < .9 else types.CellType() for _ in code.co_freevars)
        function = types.FunctionType(code, space, None, r.choice((None, (1, 2))), cells or None)
    args = [r.choice((1, 0, 2, MANAGER, [1, 2], "ab", {"a": 1}, object, iter((1, 2)), None)) for _ in range(code.co_argcount)]
    kw = {n: 1 for n in code.co_varnames[code.co_argcount:code.co_argcount + code.co_kwonlyargcount]} if r.random() < .8 else {}
    for _ in range(r.choice((1, 1, 4))): # several times: caches fill
        drive(r, function(*args, **kw))


BUILTINS = {k: v for k, v in vars(__builtins__).items() if k not in (
    "input", "open", "exit", "quit", "breakpoint", "print", "__import__", "help", "memoryview")}
BUILTINS["__import__"] = lambda name, *a: __import__(name, *a) if name in ("os.path", "sys", "os") else None


class TimeOut(BaseException):
    pass


def time_out(number, frame):
    """Again and again: what catches it does not go on for long."""
    global alarms
    alarms += 1
    if alarms > 5:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.raise_signal(signal.SIGALRM)
    raise TimeOut


def one(seed, number):
    r = random.Random(seed * 1000003 + number)
    code = r.choice(CODES)
    tracing = r.random() < 0.1
    global alarms
    alarms = 0
    signal.setitimer(signal.ITIMER_REAL, 0.2, 0.1)
    try:
        way = r.random()
        if way < 0.15:
            data = mutate_bytes(r, marshal.dumps(r.choice((code, MODULE, ODD, {1: ODD}, code.co_consts))))
            if r.random() < 0.2:
                data = data[:r.randrange(len(data))]
            value = marshal.loads(data)
            if not isinstance(value, types.CodeType):
                repr(value)
                return
            code = value
        else:
            code = mutant(r, code)
            if r.random() < 0.2:
                code = marshal.loads(marshal.dumps(code))
            elif r.random() < 0.1:
                consts = list(MODULE.co_consts)
                consts[r.randrange(len(consts))] = code
                code = MODULE.replace(co_consts=tuple(consts))
        if tracing:
            sys.settrace(tracer(r.randrange(50)))
        run(r, code)
    except BaseException as e:
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.settrace(None)
        look_at_frames(e.__traceback__)
        del e
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.settrace(None)


def main():
    seed, first, last, journal = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    signal.signal(signal.SIGALRM, time_out)
    sys.setrecursionlimit(150)
    with open(journal, "w") as file:
        for number in range(first, last):
            file.seek(0)
            file.write(f"{number:9d}")
            file.flush()
            while True:
                try:
                    one(seed, number)
                    signal.setitimer(signal.ITIMER_REAL, 0)
                    break
                except BaseException:
                    signal.setitimer(signal.ITIMER_REAL, 0)
                    break


main()
