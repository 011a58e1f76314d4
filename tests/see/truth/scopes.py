# global, nonlocal, shadowed names, builtins replaced
count = 0
len_of = len


def bump(by):
    global count, made
    count += by
    made = [count]
    return made


def shadow(len):
    count = "local"
    len = [len, count]
    return len


def chain():
    a = 1
    def b():
        nonlocal a
        a = [a]
        def c():
            nonlocal a
            a = {"a": a}
            return a
        return c
    d = b()
    e = d()
    return a, e


for i in range(3):
    last = bump(i * 1000)
s = shadow(5)
c = chain()
del made
globals()["written"] = [1]
again = bump(1)
