def counter():
    n = 0
    def inc(by=1):
        nonlocal n
        n += by
        return n
    return inc
a, b = counter(), counter()
print(a(), a(), b(), a(5))
fs = [lambda: i for i in range(3)]
print([f() for f in fs])
fs = [lambda i=i: i for i in range(3)]
print([f() for f in fs])
def late():
    def use(): return x
    try:
        use()
    except NameError as e:
        print(type(e).__name__, e)
    x = 1
    print(use())
    del x
    try:
        use()
    except NameError as e:
        print(type(e).__name__, e)
    try:
        x
    except UnboundLocalError as e:
        print(type(e).__name__, e)
late()
def unbound():
    print(v)
    v = 1
try:
    unbound()
except UnboundLocalError as e:
    print(e)
def unbound2(flag):
    if flag:
        w = 1
    return w + 1
print(unbound2(1))
try:
    unbound2(0)
except UnboundLocalError as e:
    print(e)
try:
    undefined_name
except NameError as e:
    print(e, e.name)
class Scope:
    x = 1
    def get(self): return __class__.__name__
    y = [x for _ in range(2)]
print(Scope().get(), Scope.y)
x = 'global'
def shadow():
    x = 'local'
    class A:
        y = x
        x = 'class'
        z = x
    return A.y, A.z
print(shadow())
def args_cell(a, *b, k=1, **kw):
    return lambda: (a, b, k, kw)
print(args_cell(1, 2, 3, k=4, z=5)())
def compose(*fs):
    def run(x):
        for f in fs:
            x = f(x)
        return x
    return run
print(compose(lambda x: x + 1, lambda x: x * 2)(5))
def deep(n):
    return (lambda: n) if n == 0 else (lambda: deep(n - 1)() + n)
print(deep(20)())
print(undefined_again)
