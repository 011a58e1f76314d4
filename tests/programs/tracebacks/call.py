def g(x):
    return x.missing
def f():
    return [g(1), g(2)]
f()
