# A cycle through a thread-local value is found by the collector, in whichever thread it was made.
import gc
import threading
import weakref


class X:
    pass


def cycle():
    x = X()
    x.local = threading.local()
    x.local.x = x
    return weakref.ref(x), x


ref, x = cycle()
gc.collect()
print(ref() is x, x.local.x is x)
del x
gc.collect()
print(ref())

shared, made, done = threading.local(), [], threading.Event()
gate = threading.Event()


def work():
    x = X()
    x.local = shared
    shared.x = x
    made.append(weakref.ref(x))
    del x
    gate.set()
    done.wait()


thread = threading.Thread(target=work)
thread.start()
gate.wait()
gc.collect()
print(type(made[0]()).__name__)
del shared
gc.collect()
print(made[0]())
done.set()
thread.join()


class Counting(threading.local):
    def __init__(self, n):
        self.n = n
        if n < 0:
            raise ValueError(n)


c = Counting(3)
t = threading.Thread(target=lambda: print(c.n, c.__dict__))
t.start()
t.join()
try:
    Counting(-1)
except ValueError as e:
    print("ValueError", e)
