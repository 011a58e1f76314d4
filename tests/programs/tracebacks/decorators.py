def deco(f):
    def wrapper(*a):
        return f(*a)
    return wrapper
@deco
def f(x):
    return 1 / x
f(0)
