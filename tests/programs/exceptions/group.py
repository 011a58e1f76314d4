eg = ExceptionGroup('m', [ValueError(1), TypeError('t'), ExceptionGroup('n', [KeyError('k'), ValueError(2)])])
print(eg, repr(eg), eg.message, eg.exceptions)
m, r = eg.split(ValueError)
print(repr(m)); print(repr(r))
print(eg.split(OSError), eg.subgroup(KeyError))
print(repr(eg.subgroup(lambda e: isinstance(e, TypeError))))
print(eg.split((ValueError, TypeError)))
eg.add_note('note'); eg.__cause__ = OSError()
m, r = eg.split(KeyError)
print(m.__notes__, r.__notes__, repr(m.__cause__), m.__notes__ is eg.__notes__)
print(type(BaseExceptionGroup('a', [ValueError()])), type(BaseExceptionGroup('a', [KeyboardInterrupt()])))
class E(ExceptionGroup):
    def derive(self, excs): return E(self.message + '!', excs)
print(repr(E('x', [ValueError(), TypeError()]).split(TypeError)))
class F(ExceptionGroup):
    def derive(self, excs): return 3
for f in (lambda: ExceptionGroup('a'), lambda: ExceptionGroup(1, []), lambda: ExceptionGroup('a', []), lambda: ExceptionGroup('a', 3),
          lambda: ExceptionGroup('a', [1]), lambda: ExceptionGroup('a', [KeyboardInterrupt()]), lambda: E('a', [SystemExit()]),
          lambda: eg.split(3), lambda: F('a', [ValueError(), KeyError()]).split(KeyError), lambda: eg.split(), lambda: eg.derive()):
    try: f()
    except (TypeError, ValueError) as e: print(type(e).__name__, e)
print(ExceptionGroup[int], eg.args)
