print('init', __name__, __package__, __spec__.name, [p.rsplit('/', 1)[-1] for p in __path__])
__all__ = ['one', 'value', '_hidden']
value = 1
_hidden = 2
other = 3
def __getattr__(name):
    if name == 'lazy': return 'made on demand'
    raise AttributeError(f'pk has no {name}')
def __dir__(): return ['one', 'lazy']
