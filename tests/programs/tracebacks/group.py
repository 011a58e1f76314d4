def f(x):
    raise x
excs = []
for e in (ValueError(1), TypeError('t')):
    try:
        f(e)
    except Exception as x:
        excs.append(x)
raise ExceptionGroup('several', excs + [ExceptionGroup('inner', [KeyError('k')])])
