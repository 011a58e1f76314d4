def run(exc):
    try:
        try:
            raise exc
        except* ValueError as e:
            print('value', repr(e))
        except* (TypeError, KeyError) as e:
            print('type', repr(e))
            raise
        else:
            print('else')
        finally:
            print('finally')
    except BaseException as e:
        print('left', repr(e), repr(e.__context__))
run(ValueError(1)); run(TypeError(2)); run(OSError(3))
run(ExceptionGroup('g', [ValueError(1), TypeError(2), OSError(3)]))
run(ExceptionGroup('g', [ValueError(1), ExceptionGroup('h', [ValueError(4), OSError()])]))
try:
    try:
        raise ExceptionGroup('g', [ValueError(1), OSError(2)])
    except* ValueError:
        raise KeyError('new')
except ExceptionGroup as e:
    print(repr(e))
try:
    try: raise ValueError
    except* 3: pass
except TypeError as e: print(e)
try:
    try: raise ValueError
    except* ExceptionGroup: pass
except TypeError as e: print(e)
