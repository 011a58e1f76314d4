# suspended frames, send, throw, close, yield from
def numbers(n):
    got = None
    for i in range(n):
        pair = [i, got]
        got = yield pair


def both(a, b):
    first = yield from a
    second = yield from b
    return [first, second]


def careful(log):
    try:
        while True:
            try:
                x = yield log
                log.append(x)
            except ValueError as error:
                log.append(str(error))
    finally:
        log.append("end")


g = numbers(4)
a = next(g)
b = g.send("hello")
rest = list(g)
h = both(numbers(2), (x * 2 for x in range(2)))
taken = []
for item in h:
    taken.append(item)
log = []
c = careful(log)
next(c)
c.send(1)
c.throw(ValueError("thrown"))
k = careful([])
next(k)
c.close()
del k
waiting = [numbers(i) for i in range(3)]
firsts = [next(w, None) for w in waiting]
