# types.GenericAlias and types.UnionType: making, reading, substituting, comparing, refusing.
import types, typing, collections, sys
from typing import TypeVar, ParamSpec, TypeVarTuple, Unpack
T = TypeVar('T'); U = TypeVar('U'); P = ParamSpec('P'); Ts = TypeVarTuple('Ts')
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__ + ':', e)
g = list[int]
print(g, repr(g), str(g), type(g), g.__origin__, g.__args__, g.__parameters__, g.__mro_entries__((object,)), g.__unpacked__)
print(dict[str, int], tuple[()], tuple[int, ...], tuple[()].__args__, type[int], list['fwd'], list[None], list[...], list[[1]], set[T], collections.deque[T][int], list[list[T]][str])
print(dict[T, U][int, str], dict[T, T][int], dict[T, U].__parameters__, dict[T, list[U]].__parameters__, collections.abc.Callable[[int], str], collections.abc.Callable[P, T][[int], str])
print(g == list[int], g == list[str], hash(g) == hash(list[int]), g is not list[int], {list[int]: 1}[list[int]], g != 5)
print(g(), g('ab'), type(g()), dict[str, int](a=1), g.append, g.__class__, g.__doc__ == list.__doc__, g.__module__, g.__name__, isinstance(g, type), callable(g), dir(g)[:2])
class C(list[int]): pass
print(C.__bases__, C.__orig_bases__, C.__mro__[1])
class G(typing.Generic[T]): pass
print(G[int], list[G[T]][str], list[G[T]].__parameters__)
class K:
    def __class_getitem__(cls, item): return types.GenericAlias(cls, item)
print(K[int].__args__, K[int, str].__args__, K[()].__args__, K[(int,)].__args__)
print(*list[int]); print(next(iter(tuple[int])).__unpacked__, tuple[*tuple[int, str]], tuple[*Ts][int, str], tuple[int, *Ts][str, str], tuple[*Ts].__parameters__)
i = K(); i2 = g(); print(type(i2)); 
class S:
    __slots__ = ()
t(lambda: type(types.GenericAlias(S, int)()).__name__); t(lambda: g.__origin__ is list); t(lambda: isinstance([], g)); t(lambda: issubclass(list, g)); t(lambda: g[str]); t(lambda: g[0]); t(lambda: list[T][int, str]); t(lambda: dict[T, U][int]); t(lambda: dict[T, U][()])
t(lambda: int[str]); t(lambda: str[0]); t(lambda: object[int]); t(lambda: type[int][str]); t(lambda: types.GenericAlias()); t(lambda: types.GenericAlias(int)); t(lambda: types.GenericAlias(int, (int, str), 1)); t(lambda: types.GenericAlias(5, 6)); t(lambda: types.GenericAlias(int, a=1))
t(lambda: setattr(g, '__args__', 1)); t(lambda: setattr(g, 'x', 1)); t(lambda: g.nope); t(lambda: g < g); t(lambda: g + g); t(lambda: len(g)); t(lambda: g.__subclasscheck__(int)); t(lambda: g.__instancecheck__([])); t(lambda: K[int].__reduce__()[1][1]); t(lambda: g.__copy__); t(lambda: sys.getsizeof(g) > 0)
u = int | str
print(u, repr(u), type(u), u.__args__, u.__parameters__, hash(u) == hash(str | int), u == str | int, u == typing.Union[int, str], int | None, None | int, int | int, (int | str) | int, int | list[int] | None, type(int | int))
print((T | int)[str], (list[T] | int).__parameters__, (list[T] | U)[int, str], (int | T)[int], int | T, T | int, 'q' in dir(u), bool(u))
print(isinstance(1, u), isinstance(1.0, u), isinstance(None, int | None), issubclass(bool, u), issubclass(float, u), issubclass(type(None), int | None))
t(lambda: int | 5); t(lambda: 5 | int); t(lambda: int | 'str'); t(lambda: 'str' | int); t(lambda: isinstance(1, int | list[int])); t(lambda: isinstance([], int | list[int])); t(lambda: issubclass(1, u)); t(lambda: issubclass(int, int | list[int])); t(lambda: u()); t(lambda: u[int]); t(lambda: u < u); t(lambda: u.nope); t(lambda: setattr(u, 'x', 1)); t(lambda: types.UnionType()); t(lambda: type('X', (u,), {})); t(lambda: type('Y', (types.UnionType,), {})); t(lambda: int | ...); t(lambda: int | [int]); t(lambda: (T | int)[int, str]); t(lambda: int | K); t(lambda: type(int | typing.Any)); t(lambda: None | None)
class Meta(type):
    def __or__(cls, o): return ('meta or', o)
    def __ror__(cls, o): return ('meta ror', o)
class W(metaclass=Meta): pass
print(W | int, int | W, W | None)
t(lambda: isinstance(1, (int | str, float))); t(lambda: isinstance(1.0, (int | str, (list, float | None)))); t(lambda: issubclass(int, (str | int,)))
isinstance([], list[int])
