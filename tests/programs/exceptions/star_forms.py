# except*: splitting, nesting, raising inside, bare raise, names, rest of the group, and what is refused.
def run(exc, *handlers):
    try:
        try: raise exc
        except* (KeyError, IndexError) as e: print('lookup', repr(e)); handlers and handlers[0](e)
        except* ValueError as e: print('value', repr(e), e.__context__ is None); len(handlers) > 1 and handlers[1](e)
        else: print('else')
        finally: print('finally')
    except BaseException as e: print('out', repr(e), repr(e.__cause__), repr(e.__context__))
G = ExceptionGroup
def reraise(e): raise
def new(e): raise OSError('new')
def frm(e): raise OSError('from') from e
def same(e): raise e
for exc in (KeyError(1), TypeError(2), G('a', [KeyError(1), ValueError(2)]), G('b', [KeyError(1), TypeError(2)]), G('c', [G('d', [KeyError(1), TypeError(3)]), ValueError(2)]), KeyboardInterrupt('k'), BaseExceptionGroup('e', [KeyboardInterrupt(), KeyError(1)])):
    run(exc)
    for h in reraise, new, frm, same: run(exc, h)
    run(exc, new, new)
def none():
    try: pass
    except* KeyError: print('never')
    else: print('else')
none()
def name():
    try: raise KeyError
    except* KeyError as e: pass
    try: return e
    except UnboundLocalError as x: return x
print(name())
g = G('m', [ValueError(1), G('n', [KeyError(2)])])
print(g.split(KeyError), g.subgroup(lambda e: isinstance(e, ValueError)), g.derive([KeyError(5)]), g.message, g.exceptions)
def c(src):
    try: compile(src, 's', 'exec'); print('fine')
    except SyntaxError as e: print(e.msg, e.lineno, e.offset)
for s in ('try: pass\nexcept* : pass', 'try: pass\nexcept* A: pass\nexcept B: pass', 'try: pass\nexcept A: pass\nexcept* B: pass', 'for i in x:\n try: pass\n except* A: break', 'for i in x:\n try: pass\n except* A: continue', 'def f():\n try: pass\n except* A: return', 'try: pass\nexcept* A, B: pass', 'try: pass\nexcept *A as a.b: pass', 'for i in x:\n try: pass\n except* A:\n  for j in y: break'): c(s)
for bad in (5, ExceptionGroup, (KeyError, ExceptionGroup), 'x'):
    try:
        try: raise KeyError(1)
        except* bad: pass
    except BaseException as e: print(repr(e))
try: raise G('last', [KeyError('k'), G('inner', [TypeError('t'), OSError(2, 'os')])])
except* TypeError: raise ValueError('while handling')
