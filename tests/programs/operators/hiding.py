class A:
    def __init__(self): self.a=1; self.b=2; self.c=3
    def m(self): return 'class'
    k = 'kc'
def call(o): return o.m(), o.k
def mk():
    o=A()
    return o
x=mk(); y=mk()
print(call(x),call(x),call(x))
y.m = lambda: 'inst'; 
print(call(y), call(x))
y.k = 'own'
print(call(y), call(x), call(mk()))
class B(A):
    pass
def call2(o): return o.m()
b, c = B(), B()
print(call2(b), call2(b), call2(b))
c.m = lambda: 'inst'
print(call2(c), call2(b))
B.m = lambda self: 'sub'
print(call2(c), call2(b), call2(x))
del c.m
print(call2(c))
A.k = 5
del A.m
try:
    call(x)
except AttributeError as e:
    print(e)
call(x)
