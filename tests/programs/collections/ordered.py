"""OrderedDict: moving, popping, iterating, updating, pickling, what a subclass's methods see."""
import copy
import pickle
from collections import OrderedDict


def say(f, *args, **kwargs):
    try:
        print(f(*args, **kwargs))
    except Exception as e:
        print(type(e).__name__, e)


def walk(keys, seed=7):
    """Random changes, held against a list of pairs."""
    d, model = OrderedDict(), []
    for i in range(3000):
        seed = seed * 1103515245 + 12345 & 0x7fffffff
        op, last = seed >> 8 & 7, bool(seed >> 11 & 1)
        key = keys[(seed >> 13) % len(keys)]
        at = next((j for j, pair in enumerate(model) if pair[0] == key), None)
        if op < 3:
            d[key] = i
            if at is None:
                model.append((key, i))
            else:
                model[at] = key, i
        elif op == 3 and at is not None:
            assert d.pop(key) == model.pop(at)[1]
        elif op in (4, 5) and model:
            assert d.popitem(last) == model.pop(-1 if last else 0)
        elif at is not None:
            d.move_to_end(key, last)
            model.insert(len(model) - 1 if last else 0, model.pop(at))
        assert list(d.items()) == model and list(reversed(d.items())) == model[::-1]
    return len(d)


walk([1, 2, 3])
walk([str(i) for i in range(30)])
walk([i * 1.5 for i in range(300)])

queue = OrderedDict.fromkeys(range(2000))
for i in range(2000):
    queue.move_to_end(1999, last=False)
    queue.move_to_end(i)
print(list(queue)[:2], list(queue)[-2:])

d = OrderedDict(a=1, b=2, c=3)
it = iter(d)
next(it)
print(it.__reduce__(), reversed(d.items()).__reduce__())
d.move_to_end("a")
say(next, it)
say(next, it, "done")
print(d, d == {"a": 1, "b": 2, "c": 3}, d == OrderedDict(a=1, b=2, c=3), d.keys() & {"a"}, d.values(), d.items())
d.x = [1]
twin = copy.deepcopy(d)
print(twin, twin.x, pickle.loads(pickle.dumps(d)).__dict__, d.copy().__dict__, d.__reduce__()[:4])
d["a"] = d
print(d)
for bad in ([1], ["a"], ["abc"], 3):
    say(OrderedDict, bad)
say(OrderedDict, 1, 2)
say(d.update, 1, 2)
say(OrderedDict().popitem)
say(d.pop, "z")
say(d.pop, "z", default=5)
say(d.move_to_end, "z")
say(lambda: d < d)
say(lambda: OrderedDict(a=1) | {"b": 2})
say(lambda: {"b": 2} | OrderedDict(a=1))
say(lambda: d | 3)
say(OrderedDict.__eq__, d, 3)


class Loud(OrderedDict):
    def __setitem__(self, key, value):
        print("set", key)
        super().__setitem__(key, value)

    def __getitem__(self, key):
        print("get", key)
        return super().__getitem__(key)

    def __contains__(self, key):
        print("contains", key)
        return super().__contains__(key)

    def __missing__(self, key):
        return "missing"


loud = Loud(a=1)
print(loud.setdefault("a", 2), loud.setdefault("b", 3), loud["none"], loud.pop("none", None))
print(loud.copy(), loud | {"c": 1}, loud.popitem(), Loud.fromkeys("x"))
say(loud.pop, "none")


class Items:
    def items(self):
        return [(1, 2)]


print(OrderedDict(Items()))
deep = None
for i in range(100_000):
    deep = OrderedDict(next=deep)
del deep
