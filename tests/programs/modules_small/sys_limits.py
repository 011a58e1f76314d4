# Limits and counters of sys: recursion, digits, interning, what the threads run.
import sys
import threading


def tell(function, *args, **kwargs):
    try:
        result = function(*args, **kwargs)
    except Exception as error:
        print(function.__name__, type(error).__name__, error)
    else:
        print(function.__name__, type(result).__name__, result if isinstance(result, (int, str)) and function is not str else "")


for limit in 0, -1, "a", 1 << 40, 3, 1000, 2.5:
    tell(sys.setrecursionlimit, limit)
tell(sys.setrecursionlimit)


def deep(n):
    if n:
        return deep(n - 1)
    tell(sys.setrecursionlimit, 30)


deep(40)
for digits in 100, -1, "a", 639, 0:
    tell(sys.set_int_max_str_digits, digits)
    tell(sys.get_int_max_str_digits)
tell(sys.set_int_max_str_digits)
tell(sys.set_int_max_str_digits, maxdigits=640)
for function, value in (int, "1" * 641), (int, "-" + "1" * 641), (int, "1_" * 320 + "1"), (str, 10 ** 641), (repr, -10 ** 641), \
        ("{:d}".format, 10 ** 641), (float, "1" * 641), (hex, 10 ** 641), (int, "f" * 641):
    tell(lambda v, f=function: f(v) and None, value)
tell(sys.set_int_max_str_digits, 4300)


class S(str):
    pass


for value in "abc d", 1, b"a", S("x"), None:
    tell(sys.intern, value)
print(sys.intern("hello wor" + str(1)) is sys.intern("hello wor" + "1"))

ready, go = threading.Event(), threading.Event()


def work():
    try:
        1 / 0
    except ZeroDivisionError:
        ready.set()
        go.wait()


thread = threading.Thread(target=work)
thread.start()
ready.wait()
frames, exceptions, me = sys._current_frames(), sys._current_exceptions(), threading.get_ident()
print(set(frames) == set(exceptions) == {me, thread.ident}, frames[me] is sys._getframe())
print(exceptions[me], exceptions[thread.ident][:2], exceptions[thread.ident][2].tb_frame.f_code.co_name)
frame = frames[thread.ident]
while frame.f_code.co_name != "work":
    frame = frame.f_back
print(frame.f_back.f_code.co_name)
go.set()
thread.join()
tell(sys._current_frames, 1)
tell(sys._current_exceptions, 1)
tell(sys.getallocatedblocks, 1)
before = sys.getallocatedblocks()
kept = [float(i) for i in range(1000)]
print(800 <= sys.getallocatedblocks() - before <= 1200)
