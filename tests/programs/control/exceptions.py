def order(exc):
    out = []
    try:
        try:
            out.append('try')
            if exc: raise exc
        except KeyError as e:
            out.append('key')
            raise ValueError('from key') from e
        else:
            out.append('else')
        finally:
            out.append('finally')
    except Exception as e:
        out.append((type(e).__name__, repr(e.__cause__), repr(e.__context__)))
    return out
print(order(None), order(KeyError(1)), order(OSError('o')), sep='\n')
def ret():
    try:
        return 'try'
    finally:
        print('finally')
print(ret())
def override():
    try:
        1 / 0
    finally:
        return 'swallowed'
print(override())
def loop():
    for i in range(5):
        try:
            if i == 1: continue
            if i == 3: break
            print(i)
        finally:
            print('f', i)
loop()
class CM:
    def __init__(self, n, swallow=False): self.n, self.swallow = n, swallow
    def __enter__(self): print('enter', self.n); return self.n
    def __exit__(self, t, v, tb): print('exit', self.n, t and t.__name__, v); return self.swallow
with CM(1) as a, CM(2, True) as b:
    print(a, b)
    raise KeyError('k')
print('after')
for bad in ('with 3: pass', 'raise 3', 'raise ValueError from 3'):
    try:
        exec(bad)
    except TypeError as e:
        print(e)
class NoExit:
    def __enter__(self): pass
try:
    with NoExit(): pass
except TypeError as e:
    print(e)
try:
    try:
        1 / 0
    except 3:
        pass
except TypeError as e:
    print(e)
try:
    raise
except RuntimeError as e:
    print(e)
def nested():
    try:
        raise ValueError(1)
    except ValueError:
        try:
            raise KeyError(2)
        except KeyError:
            raise
try:
    nested()
except KeyError as e:
    print(repr(e), repr(e.__context__))
import sys
def handled():
    print(sys.exc_info()[0])
    try:
        raise ValueError
    except ValueError:
        print(sys.exc_info()[0])
        def g():
            yield sys.exc_info()[0]
            try:
                raise KeyError
            except KeyError:
                yield sys.exc_info()[0]
            yield sys.exc_info()[0]
        print(list(g()), sys.exc_info()[0])
    print(sys.exc_info()[0])
handled()
try:
    raise ExceptionGroup('g', [ValueError(1), KeyError(2), ExceptionGroup('h', [ValueError(3), OSError(4)])])
except* ValueError as e:
    print('V', e.exceptions)
except* OSError as e:
    print('O', e.exceptions)
except* KeyError as e:
    print('K', e.exceptions)
try:
    try:
        raise ExceptionGroup('g', [ValueError(1), KeyError(2)])
    except* ValueError:
        raise TypeError('t')
except ExceptionGroup as e:
    print(e, e.exceptions)
try:
    raise ValueError('plain')
except* ValueError as e:
    print(repr(e))
try:
    try:
        raise ValueError
    except* ExceptionGroup:
        pass
except TypeError as e:
    print(e)
def f():
    e = 1
    try:
        raise KeyError
    except KeyError as e:
        pass
    try:
        e
    except UnboundLocalError as x:
        print(x)
f()
assert 1
try:
    assert 0, 'message'
except AssertionError as e:
    print(repr(e))
class E(Exception):
    def __init__(self, a, b): super().__init__(a); self.b = b
try:
    raise E(1, 2)
except (KeyError, E) as e:
    print(e.args, e.b)
nested()
