def g():
    yield 1
    raise ValueError('from generator')
print(list(g()))
