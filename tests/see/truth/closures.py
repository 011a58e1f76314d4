# cells that are shared, rebound, and not bound yet
def counter(start):
    count = start
    steps = []

    def up(by=1):
        nonlocal count
        count += by
        steps.append(count)
        return count

    def down():
        nonlocal count
        count -= 1
        return count

    def late():
        return value
    before = late
    value = [start]
    return up, down, late, before


up, down, late, before = counter(10)
other = counter(1000)
for i in range(3):
    a = up(i)
    b = down()
    c = other[0]()
    kept = late()
same = late is before
makers = [lambda n=i: [n, i] for i in range(3)]
made = [m() for m in makers]
del up
