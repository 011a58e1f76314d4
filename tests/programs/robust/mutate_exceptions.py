# Exceptions whose arguments and fields change while their text is made.
class R:
    def __init__(s, e, new): s.e, s.new = e, new
    def __repr__(s): s.e.args = s.new; return 'R'
    __str__ = __repr__
for cls in (ValueError, KeyError, SystemExit, ImportError, OSError, SyntaxError, StopIteration, UnicodeError):
    for f in (repr, str):
        e = cls(); e.args = (R(e, ()), object()); 
        try: print(cls.__name__, f(e)[:6])
        except Exception as x: print(type(x))
        e = cls(); e.args = (R(e, ()),)
        try: print(cls.__name__, f(e)[:20])
        except Exception as x: print(type(x))
e = SyntaxError(); e.msg = R(e, ()); print(str(e))
class S(str):
    def __str__(s): e.filename = None; return 'x'
e = SyntaxError('m', ('f', 1, 2, 'text'))
class M:
    def __str__(s): e.filename = e.lineno = e.msg = None; return 'mm'
e.msg = M(); print(str(e))
for b in (BaseException, Exception):
    for c in (ExceptionGroup, BaseExceptionGroup, OSError, SyntaxError, UnicodeDecodeError, KeyError):
        try: print(b.__new__(c))
        except TypeError as x: print(x)
for c in (UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError):
    e = c.__new__(c)
    for f in (str, repr, lambda e: e.start, lambda e: e.object, lambda e: e.__reduce__()):
        try: print(str(f(e))[:60])
        except Exception as x: print(type(x), x)
u = UnicodeDecodeError('a', b'abc', 0, 1, 'r')
class V:
    def __str__(s): u.object = b''; u.encoding = 'q' ; return 'V'
u.reason = V(); 
try: print(str(u))
except Exception as x: print(type(x), x)
u = UnicodeDecodeError('a', b'abc', 0, 1, 'r'); u.start = 10**6; u.end = 10**6 + 1; print(u); u.object = b''; print(u); u.start = -5; print(u)
u = UnicodeEncodeError('a', 'abc', 0, 1, 'r'); u.start = 10**6; u.end = 10**6 + 1; print(u); u.object = ''; print(u); u.start=-5; print(u)
