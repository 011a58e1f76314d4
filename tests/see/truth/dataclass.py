# classes made by dataclasses: fields, defaults, ordering, frozen
from dataclasses import dataclass, field, replace


@dataclass
class Item:
    name: str
    price: float = 1.5
    tags: list = field(default_factory=list)

    def cost(self, n):
        total = self.price * n
        return total


@dataclass(frozen=True, order=True)
class Key:
    a: int
    b: str = "b"


items = [Item("x"), Item("y", 2.0, ["t"])]
for i, item in enumerate(items):
    item.tags.append(i)
    cost = item.cost(i + 1)
keys = sorted([Key(2), Key(1, "z"), Key(1)])
table = {k: item for k, item in zip(keys, items)}
other = replace(items[1], name="w")
other.tags.append(items)
equal = Key(1) == keys[0]
items[0].price += 1
