e = BaseException(1, 'two')
print(repr(e), str(e), e.args, repr(BaseException()), str(BaseException()), repr(BaseException((1,))))
e.args = [3]
print(e.args)
for f in (lambda: delattr(e, 'args'), lambda: setattr(e, '__cause__', 3), lambda: setattr(e, '__context__', 3),
          lambda: setattr(e, '__traceback__', 3), lambda: delattr(e, '__cause__'), lambda: delattr(e, '__context__'),
          lambda: delattr(e, '__traceback__'), lambda: e.add_note(3), lambda: e.__setstate__(3), lambda: Exception(a=1),
          lambda: e.with_traceback(1), lambda: setattr(e, 'args', 3)):
    try:
        f()
    except TypeError as x:
        print(x)
e.add_note('one'); e.add_note('two')
print(e.__notes__)
e.__notes__ = 3
try:
    e.add_note('x')
except TypeError as x:
    print(x)
print(e.__suppress_context__)
e.__cause__ = ValueError()
print(e.__suppress_context__, repr(e.__cause__))
e.x = 1
print(e.__reduce__(), Exception('a').__reduce__())
e.__setstate__({'y': 2, 'z': 3})
print(e.y, e.z, sorted(e.__dict__))
class E(Exception):
    def __init__(self, a, *, b): self.a, self.b = a, b
e = E(1, b=2)
print(e.args, e.a, e.b, repr(e))
