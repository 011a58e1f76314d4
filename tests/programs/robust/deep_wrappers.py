# Wrappers of wrappers: what asks the inner one again and again ends in RecursionError, not at the end of the C stack.
# (python3.11 itself crashes in most of these.)
import types
def t(name, f):
    try:
        f()
        print(name, 'done')
    except RecursionError:
        print(name, 'RecursionError')
def deep(wrap, x):
    for i in range(1000000):
        x = wrap(x)
    return x
g = deep(types.MappingProxyType, {'a': 1})
t('iter', lambda: iter(g))
t('or', lambda: g | {})
t('equal', lambda: g == 1)
t('get', lambda: g.get('a'))
g = deep(lambda x: types.MethodType(x, 1), print)
t('method attribute', lambda: g.__name__)
t('method doc', lambda: g.__doc__)
t('method hash', lambda: hash(g))
g = deep(lambda x: types.GenericAlias(x, int), list)
t('alias call', g)
t('alias attribute', lambda: g.__name__)
t('alias repr', lambda: repr(g))
for f in (classmethod, staticmethod, property):
    g = deep(f, print)
    t('abstract', lambda: g.__isabstractmethod__)
g = deep(classmethod, print)
t('bind', lambda: g.__get__(None, int))
