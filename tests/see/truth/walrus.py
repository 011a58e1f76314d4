# names bound within expressions, then used further on in the same line
def use(x):
    return x


def f(n):
    total = (a := [n]) + use(a) + (b := [len(a)])
    while (n := n - 1) > 0:
        if any((found := x) == 1000 for x in a):
            total.append(found)
        c = [last := use(n), last]
    return total, b, c


out = [f(3), f(1000 - 997)]
(y := [1]).append(use(y))
data = [z := use(2), z * 2, use(z := 5)]
text = f"{(w := 10 ** 6):>5} {use(w)}"
if (m := use(len(text))) > 3:
    kept = m
use((k := {"k": use(y)}))
