def f(a: int, b: 'str' = 1, *, c: float = 2.5) -> list:
    "doc"
    return [a, b, c]
print(f.__name__, f.__qualname__, f.__doc__, f.__module__, f.__defaults__, f.__kwdefaults__, f.__annotations__, f.__closure__)
f.x = 1
print(f.__dict__, f.x)
del f.x
for name, value in [('__code__', 3), ('__defaults__', 3), ('__kwdefaults__', 3), ('__name__', 3), ('__qualname__', None),
                    ('__annotations__', 3), ('__closure__', ()), ('__globals__', {}), ('__dict__', 3)]:
    try:
        setattr(f, name, value)
        print(name, 'set')
    except (TypeError, AttributeError) as e:
        print(name, type(e).__name__, e)
try:
    del f.__name__
except TypeError as e:
    print(e)
import types
def outer(x):
    def inner(): return x
    return inner
i = outer(7)
print(i.__closure__[0].cell_contents, i.__code__.co_freevars, i.__qualname__)
copy = types.FunctionType(i.__code__, globals(), 'copy', None, i.__closure__)
print(copy(), copy.__name__)
for args in [(3, {}), (f.__code__, 3), (f.__code__, {}, 3), (f.__code__, {}, None, 3), (i.__code__, {}), (i.__code__, {}, None, None, ()),
             (i.__code__, {}, None, None, (3,)), (f.__code__, {}, None, None, (types.CellType(),))]:
    try:
        types.FunctionType(*args)
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
m = [].append
class C:
    def method(self): "md"
    cm = classmethod(lambda cls: cls.__name__)
    sm = staticmethod(lambda: 'static')
c = C()
bm = c.method
print(bm.__func__ is C.method, bm.__self__ is c, bm.__doc__, bm == c.method, hash(bm) == hash(c.method), bm.__name__)
print(C.cm(), c.cm(), C.sm(), c.sm())
try:
    bm.attr = 1
except AttributeError as e:
    print(e)
try:
    types.MethodType(3, 4)
except TypeError as e:
    print(e)
cell = types.CellType(5)
print(cell.cell_contents, types.CellType(1) < cell, cell == types.CellType(5))
try:
    types.CellType().cell_contents
except ValueError as e:
    print(e)
del f.__defaults__
try:
    f(1)
except TypeError as e:
    print(e)
print(f.__get__(None, int) is f, type(f.__get__(3)).__name__)
