"""A jump to the line of `def` goes to the first line that runs.

python3.11 makes the generator and its cells again, and crashes.
"""
import sys
def trace(frame, event, arg):
    global n
    if event == 'line' and frame.f_code.co_name in ('g', '<genexpr>', 'h'):
        n += 1
        if n < 4:
            try: frame.f_lineno = frame.f_code.co_firstlineno; print('jumped')
            except ValueError as e: print(e)
    return trace
def g(a):
    x = lambda: a
    yield a
    yield x
def h(a):
    b = lambda: a
    return b()
for what in (lambda: list(g(1)), lambda: list(y for y in (1, 2)), lambda: h(3)):
    n = 0
    sys.settrace(trace)
    r = what()
    sys.settrace(None)
    print(len(r) if isinstance(r, list) else r)
