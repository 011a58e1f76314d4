# what happens while a class is made
class A:
    x = 1
    items = []
    for i in range(3):
        items.append(i)
        x += i * 1000
    table = {k: [k] for k in "ab"}
    del i

    def f(self, n=x, kept=items):
        total = [n, kept]
        return total

    class Inner:
        y = [1]
        z = y

    if x > 1:
        big = Inner
    else:
        small = Inner
    g = f


class B(A):
    """A class with a docstring."""
    a: int = 5
    b: "list" = [a]
    items = [*A.items, b]


o = B()
v = o.f()
w = B.g(o, 1)
B.items.append(o)
A.late = w
