def f():
    try:
        1 / 0
    except ZeroDivisionError as e:
        raise KeyError('x') from e
try: f()
except KeyError as e: print(repr(e.__cause__), repr(e.__context__), e.__suppress_context__)
try:
    try: 1 / 0
    except ZeroDivisionError: undefined
except NameError as e: print(repr(e.__cause__), repr(e.__context__), e.__suppress_context__)
try:
    try: 1 / 0
    except ZeroDivisionError: raise ValueError from None
except ValueError as e: print(repr(e.__cause__), repr(e.__context__), e.__suppress_context__)
a, b = ValueError('a'), ValueError('b')
try:
    try: raise a
    except ValueError: raise b
except ValueError: pass
try:
    try: raise b
    except ValueError: raise a
except ValueError as e: print(repr(e.__context__), repr(e.__context__.__context__))
try: raise 3
except TypeError as e: print(e)
try: raise ValueError from 3
except TypeError as e: print(e)
try: raise int
except TypeError as e: print(e)
try: raise
except RuntimeError as e: print(e)
class Bad(Exception):
    def __new__(cls): return 3
try: raise Bad
except TypeError as e: print(e)
try:
    try: 1/0
    except 3: pass
except TypeError as e: print(e, repr(e.__context__))
