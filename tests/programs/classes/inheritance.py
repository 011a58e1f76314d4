# Method resolution order, super, __bases__, conflicts.
class O: pass
class A(O):
    def m(self): return ["A"]
class B(O):
    def m(self): return ["B"]
class C(A, B):
    def m(self): return ["C"] + super().m()
class X(A):
    def m(self): return ["X"] + super().m()
class Y(B):
    def m(self): return ["Y"] + super().m()
class Z(X, Y):
    def m(self): return ["Z"] + super().m()
print([c.__name__ for c in C.__mro__], C().m())
print([c.__name__ for c in Z.__mro__], Z().m())
print(Z.mro() == list(Z.__mro__), Z.__base__, Z.__bases__)
print(O.__subclasses__(), A.__subclasses__())

def attempt(f):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)

def f():
    class Bad(O, A): pass
attempt(f)
def f():
    class Bad(A, A): pass
attempt(f)
def f():
    class P(A, B): pass
    class Q(B, A): pass
    class Bad(P, Q): pass
attempt(f)
def f():
    class Bad(int, str): pass
attempt(f)
def f():
    class Bad(list, dict): pass
attempt(f)
def f():
    class Bad(bool): pass
attempt(f)
def f():
    class Bad(3): pass
attempt(f)
def f():
    class Bad(type(None)): pass
attempt(f)

class Mixin:
    def m(self): return ["Mixin"]
class D(A): pass
d = D()
print(d.m())
D.__bases__ = (Mixin, A)
print(d.m(), [c.__name__ for c in D.__mro__])
D.__bases__ = (B,)
print(d.m(), D in A.__subclasses__(), D in B.__subclasses__())
def f(): D.__bases__ = ()
attempt(f)
def f(): D.__bases__ = [A]
attempt(f)
def f(): D.__bases__ = (D,)
attempt(f)
def f(): D.__bases__ = (int,)
attempt(f)
def f(): D.__bases__ = (1,)
attempt(f)
def f(): del D.__bases__
attempt(f)
def f(): int.__bases__ = (object,)
attempt(f)

class S:
    def inner(self):
        def g():
            return super()
        return g()
    def one(self):
        return super(S)
def f(): S().inner()
attempt(f)
def f(): super()
attempt(f)
def f(): super(S, 3)
attempt(f)
def f(): super(3, S)
attempt(f)
def f(): super(S, S(), 1)
attempt(f)
def f(): super(S, S()).nothing
attempt(f)
print(S().one(), super(C, C()).m(), super(C, C).m(None))
print(repr(super(A, C()))[:30], super(A, C).__thisclass__, super(A, C()).__self_class__)

class Meth:
    @classmethod
    def make(cls): return cls.__name__
class Sub(Meth):
    @classmethod
    def make(cls): return "sub " + super().make()
print(Sub.make(), Sub().make())
class N: pass
print(N().m())
