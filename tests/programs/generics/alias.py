# list[int], unions, type variables, __class_getitem__.
from typing import TypeVar, Generic, Union, Optional, Callable, ParamSpec
import types
T, U = TypeVar("T"), TypeVar("U")
a = list[int]
print(a, a.__origin__, a.__args__, a.__parameters__, type(a).__name__, a == list[int], hash(a) == hash(list[int]))
print(dict[str, T], dict[str, T][int], dict[T, U].__parameters__, dict[T, list[U]][int, str], tuple[int, ...], tuple[()])
print(list[T][list[U]], list[list[T]][int], a("12"), isinstance(a([1]), list), a.append, list["fwd"])
print(int | str, int | None, None | int, int | int, (int | str) == (str | int), int | list[int], (int | str).__args__)
print(list[T] | U, (list[T] | U)[int, str], type(int | str).__name__, hash(int | str) == hash(str | int))
print(isinstance(1, int | str), isinstance(1.0, int | str), issubclass(bool, int | None), Optional[int], Union[int, str])
def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
attempt(lambda: isinstance([], list[int]))
attempt(lambda: issubclass(list, list[int]))
attempt(lambda: isinstance([], list[int] | str))
attempt(lambda: list[int][str])
attempt(lambda: dict[T, U][int])
attempt(lambda: list[T][int, str])
attempt(lambda: int[str])
attempt(lambda: (int | str)[int])
attempt(lambda: int | 3)
attempt(lambda: "x" | int)
attempt(lambda: a.nothing)
attempt(lambda: setattr(a, "x", 1))
attempt(lambda: types.GenericAlias(list))
attempt(lambda: types.GenericAlias(list, int))
class Sub(list[int]): pass
print(Sub.__bases__, Sub.__orig_bases__, Sub([1]))
class G(Generic[T]):
    def __init__(self, x): self.x = x
print(G[int], G[int](3).x, G[int](3).__orig_class__, G.__parameters__)
print(*tuple[int, str], [x for x in list[int]])
print(list[int].__class__, list[int].__name__, list[int].__doc__ == list.__doc__, type[int], type(type[int]))
import copy, pickle
print(copy.copy(a), copy.deepcopy(a) == a, pickle.loads(pickle.dumps(a)), pickle.loads(pickle.dumps(int | str)))
print(Callable[[int], str], Callable[[T], U][int, str])
P = ParamSpec("P")
print(Callable[P, T][[int], str], Callable[P, int].__parameters__)
def f(x: int | None, *y: list[str]) -> dict[str, "T"]: pass
print(f.__annotations__)
list[int]()[0]
