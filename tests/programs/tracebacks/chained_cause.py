def f():
    try:
        {}['x']
    except KeyError as e:
        raise ValueError('bad') from e
f()
