# A trace or profile function cannot be installed from the finaliser of the one that is being replaced.
import sys


def hook(*args):
    pass


for kind in "profile", "trace":
    setter, getter = getattr(sys, "set" + kind), getattr(sys, "get" + kind)

    class Old:
        def __call__(self, *args):
            pass

        def __del__(self):
            try:
                setter(None)
            except RuntimeError as e:
                print(e)

    setter(Old())
    setter(hook)
    found = getter()
    setter(None)
    print(found is hook, getter())

for limit in 1, 0, -1, 1 << 80, -(1 << 80), "x":
    sys.tracebacklimit = limit
    try:
        1 / 0
    except ZeroDivisionError:
        sys.stdout.flush()
        sys.excepthook(*sys.exc_info())
