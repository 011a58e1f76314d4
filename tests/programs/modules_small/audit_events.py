# Events of the collector, of classes and of code, and hooks that the collector does not show.
import ast
import gc
import marshal
import sys

on = False


def hook(event, args):
    if on and event != "sys._getframe":
        print(event, [a if isinstance(a, (int, str, tuple, bytes)) else type(a).__name__ for a in args])


tree = ast.parse("1")
sys.addaudithook(hook)
print(any(hook in o for o in gc.get_objects() if type(o) is list))
on = True
gc.get_objects()
gc.get_objects(1)
gc.get_referrers(7, 8)
gc.get_referents(7)


class A:
    pass


A.__name__ = "X"
A.__qualname__ = "X"
A.__module__ = "m"
A.__doc__ = "d"
A.attribute = 1
eval("1")
exec("1")
exec(compile("1", "file", "exec"))
exec(compile(tree, "file", "exec"))
marshal.loads(marshal.dumps(7))
on = False
