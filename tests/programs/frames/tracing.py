import sys
events = []
def tracer(frame, event, arg):
    if isinstance(arg, tuple): arg = arg[0].__name__
    events.append((event, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, arg))
    return tracer
def run(f, *a):
    events.clear()
    sys.settrace(tracer)
    try:
        f(*a)
    except Exception as e:
        print('raised', type(e).__name__)
    sys.settrace(None)
    for e in events:
        print(' ', *e)
    print(f.__name__, len(events))
run(lambda: 1)
def loop():
    t = 0
    for i in range(2):
        t += i
    while t < 3: t += 1
    return t
run(loop)
def gen():
    x = yield 1
    yield 2
def use():
    for v in gen():
        pass
run(use)
def fails():
    try:
        1 / 0
    except ZeroDivisionError:
        pass
    raise KeyError
run(fails)
def caller():
    x = helper(3)
    return x
def helper(n):
    if n > 2:
        n -= 1
    return n
run(caller)
def change(frame, event, arg):
    if event == 'line' and frame.f_code.co_name == 'target' and frame.f_locals.get('v') == 1:
        frame.f_locals['v'] = 100
    return change
def target():
    v = 1
    w = 2
    return v + w
sys.settrace(change)
r = target()
sys.settrace(None)
print(r)
def jumper(frame, event, arg):
    if event == 'line' and frame.f_code.co_name == 'jumps' and frame.f_lineno == frame.f_code.co_firstlineno + 2:
        frame.f_lineno = frame.f_code.co_firstlineno + 3
    return jumper
def jumps():
    out = [1]
    out.append(2)
    out.append(3)
    return out
sys.settrace(jumper)
r = jumps()
sys.settrace(None)
print(r)
prof = []
def profiler(frame, event, arg):
    prof.append((event, frame.f_code.co_name, getattr(arg, '__name__', arg)))
def profiled():
    len([1])
    [].append(1)
    try:
        int('x')
    except ValueError:
        pass
    return helper(1)
sys.setprofile(profiler)
profiled()
sys.setprofile(None)
print(*prof, sep='\n')
def only_calls(frame, event, arg):
    calls.append(frame.f_code.co_name)
calls = []
sys.settrace(only_calls)
caller()
sys.settrace(None)
print(calls, sys.gettrace(), sys.getprofile())
