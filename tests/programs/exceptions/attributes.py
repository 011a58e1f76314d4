e = StopIteration(3, 4); print(e.value, e.args); print(StopIteration().value)
def g():
    return 5
    yield
try: next(g())
except StopIteration as e: print(e.value, repr(e))
print(SystemExit().code, SystemExit(1).code, SystemExit(1, 2).code)
e = ImportError('m', name='n', path='p'); print(e, e.msg, e.name, e.path, e.__reduce__())
print(ImportError().msg, ImportError(1, 2).msg, ImportError(1, 2), ModuleNotFoundError('x', name='y').name)
for f in (lambda: ImportError(foo=1), lambda: NameError('a', nam=1), lambda: AttributeError(x=1)):
    try: f()
    except TypeError as x: print(x)
try: undefined
except NameError as e: print(e, e.name)
try: (1).x
except AttributeError as e: print(e, e.name, e.obj)
print(KeyError('a'), KeyError(), KeyError(1, 2), repr(KeyError('x')), KeyError(''))
try: {}['k', 1]
except KeyError as e: print(e, e.args)
try: import nonexistent_module
except ImportError as e: print(repr(e), e.name, e.path)
try: from os import nonexistent
except ImportError as e: print(type(e).__name__, e.name, str(e)[:40])
