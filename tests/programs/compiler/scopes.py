"""Which names mean what: cells, free variables, class scopes, mangling, comprehensions, :=."""
def outer():
    x = 1
    def inner():
        nonlocal x
        x += 1
        return x
    class C:
        x = 10
        y = [x for _ in range(2)]
        def get(self):
            return x, self.x, __class__.__name__
    return inner(), C().get(), C.y

print(outer())

class Mangled:
    __secret = 1
    def __init__(self):
        self.__value = __name__ = 2
    def names(self):
        import os.path as __p
        return sorted(vars(self)), sorted(k for k in locals() if "_" in k), self.__secret

print(Mangled().names())
print([y := 5, y ** 2], y, [last := i for i in range(3)], last)
print((lambda a, /, b=2, *c, d, e=5, **f: (a, b, c, d, e, f))(1, d=4, g=7))

def counter():
    global total
    total = 0
    def bump(n):
        global total
        total += n
        return total
    return bump

bump = counter()
print(bump(2), bump(3), total)

def late():
    try:
        print(unbound)
    except UnboundLocalError as error:
        print(error)
    unbound = 1
    def f():
        return free
    try:
        f()
    except NameError as error:
        print(error)
    free = 1
    del unbound
    try:
        unbound
    except UnboundLocalError as error:
        print(error)

late()
for source in ("def f(x): global x", "x = 1\ndef f():\n  print(x)\n  global x", "def f():\n  nonlocal q",
               "nonlocal x", "def f(a, a): pass", "def f():\n  from os import *", "[i := 0 for i in x]",
               "class C:\n  [j := 1 for i in x]", "def f(): yield; return [(yield) for x in y]",
               "def f():\n  x: int\n  global x", "f(a=1, a=2)", "return 1", "class C: return 1", "break",
               "for x in y:\n  def f(): continue", "await x", "def f(): await x", "def f(): async with a: pass",
               "async def f():\n  yield 1\n  return 2", "async def f(): yield from x", "__debug__ = 1",
               "def f(__debug__): pass", "*a = 1", "*a, *b = c", "print(*a for a in b)",
               "try: pass\nexcept: pass\nexcept E: pass", "try:\n  pass\nexcept* E:\n  break",
               "from __future__ import braces", "from __future__ import nothing", "x\nfrom __future__ import division"):
    try:
        compile(source, "<source>", "exec")
    except SyntaxError as error:
        print(f"{error.msg} @ {error.lineno}:{error.offset}-{error.end_lineno}:{error.end_offset}")
    else:
        print("compiles:", source)
