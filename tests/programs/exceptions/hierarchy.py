def show(c, depth=0):
    print('  ' * depth + c.__name__, c.__doc__.splitlines()[0] if c.__doc__ else None, c.__basicsize__)
    for s in sorted((s for s in c.__subclasses__() if s.__module__ == 'builtins'), key=lambda c: c.__name__):
        show(s, depth + 1)
show(BaseException)
print(IOError is OSError, EnvironmentError is OSError)
print(ExceptionGroup.__mro__)
