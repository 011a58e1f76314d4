# try: all clauses, the names they bind, nesting, return in finally, exception state after each, bad except values.
import sys
def f(n):
    r = []
    try:
        r.append('try')
        if n == 1: raise KeyError('k')
        if n == 2: raise ValueError('v')
        if n == 3: return r + ['returned']
        if n == 4: raise SystemExit(3)
    except KeyError as e: r.append(repr(e))
    except (ValueError, TypeError) as e:
        r.append(type(e).__name__); raise RuntimeError('again') from e
    else: r.append('else')
    finally:
        r.append('finally'); print(r)
    return r
for n in range(5):
    try: print(f(n))
    except BaseException as e: print('out', repr(e), repr(e.__cause__), e.__suppress_context__)
try: 1 / 0
except ZeroDivisionError as e: pass
print('e' in globals(), sys.exc_info())
def swallow():
    try: raise ValueError
    finally: return 'swallowed'
print(swallow())
def loops():
    for i in range(3):
        try: raise KeyError(i)
        except KeyError: continue
        finally: print('f', i, sys.exc_info()[0])
loops()
def nested():
    try:
        try: raise KeyError('inner')
        finally:
            try: raise ValueError('in finally')
            except ValueError as e: print(repr(e.__context__))
            print(sys.exc_info()[1])
    except KeyError as e: print('got', e, sys.exc_info()[1] is e)
    print(sys.exc_info()[1])
nested()
def rebind():
    try: raise KeyError(1)
    except KeyError as e:
        e = 5; print(e)
    try: print(e)
    except UnboundLocalError as x: print(x)
rebind()
def deleted():
    try: raise KeyError(1)
    except KeyError as e: del e
    print('fine')
deleted()
def t(src):
    try: exec(src, {})
    except BaseException as x: print(type(x).__name__, x, '| ctx', repr(x.__context__), '| cause', repr(x.__cause__))
for src in ('raise', 'raise 5', 'raise "text"', 'raise int', 'raise None', 'raise KeyError from 5', 'raise KeyError from None', 'raise KeyError from ValueError', 'raise KeyError from ValueError("x")',
            'try: 1/0\nexcept 5: pass', 'try: 1/0\nexcept "x": pass', 'try: 1/0\nexcept (KeyError, 5): pass', 'try: 1/0\nexcept [ZeroDivisionError]: pass', 'try: 1/0\nexcept undefined: pass',
            'try: 1/0\nexcept int: pass', 'try: 1/0\nexcept (): pass', 'try: 1/0\nexcept: raise', 'try: 1/0\nexcept Exception as e: raise e', 'try: 1/0\nexcept Exception as e: raise e from e',
            'try: 1/0\nfinally: undefined', 'try: 1/0\nexcept: raise KeyError("new")', 'try:\n try: 1/0\n except: raise KeyError("new")\nexcept KeyError as e: raise e.__context__',
            'class E(Exception):\n def __new__(c): return 5\nraise E', 'class E(Exception):\n def __init__(s): raise OSError("init")\nraise E', 'class E(BaseException): pass\nraise E(1, 2)',
            'raise (KeyError, ValueError)', 'raise KeyError, 1', 'assert 0', 'assert 0, "msg"', 'assert 0, (1, 2)', 'assert ()', 'assert 0, undefined', 'raise StopIteration(4)', 'raise SystemExit',
            'def g():\n yield 1\n raise StopIteration(2)\nlist(g())', 'raise ExceptionGroup("g", [1])', 'raise ExceptionGroup("g", [])', 'raise ExceptionGroup("g", [KeyError(1)])',
            'try: raise ExceptionGroup("g", [KeyError(1), OSError(2)])\nexcept* KeyError: pass', 'try: raise KeyError(1)\nexcept* KeyError as e: raise ValueError(e.exceptions)',
            'try: raise KeyError(1)\nexcept* (OSError, KeyError) as e: print(repr(e))', 'try: 1/0\nexcept* ExceptionGroup: pass', 'try: 1/0\nexcept* 5: pass'): t(src)
def chain():
    try: raise KeyError('first')
    except KeyError:
        try: raise ValueError('second')
        except ValueError: raise TypeError('third')
try:
    chain()
finally:
    print('before the traceback')
