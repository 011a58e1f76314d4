# Packages, relative imports, __all__, module __getattr__, circular imports, namespace packages, what fails and how.
import sys
sys.dont_write_bytecode = True
import pk
import pk.one as o, pk.sub.two
from pk import *
print(value, _hidden, one is o, 'other' in globals(), o.two_name, o.two is pk.sub.two, pk.sub.up, pk.sub.self_name)
from pk import lazy, other as ot
print(lazy, ot, dir(pk), pk.lazy)
import ns.part
print(ns.part.where, ns.__file__ if hasattr(ns, '__file__') else 'no file', type(ns.__path__).__name__, ns.__spec__.origin, type(ns.__loader__).__name__, repr(ns).split('(')[0])
import pk.circ_a as ca
print(ca.x, ca.y, ca.circ_b.y)
def t(src, g=None):
    try: exec(src, g if g is not None else {'__name__': 'prog'}); print('ok', src)
    except BaseException as e:
        text = str(e).replace(sys.path[0], 'HERE')
        print(src, '->', type(e).__name__ + ':', text, '| name', getattr(e, 'name', None))
for src in ('import nope', 'import pk.nope', 'import pk.nope.x', 'from pk import nope', 'from pk.nope import x', 'from nope import x', 'import pk.one.two', 'import sys.x', 'import ns.nope', 'from ns import nope', 'import pk.circ_c', 'import pk.broken', 'import pk.broken',
            'import pk.badsyntax', 'import pk.toofar', 'from . import x', 'from .. import x', 'from .a import b', 'from sys import nope', 'from sys import *', 'import ns as n, pk as p', 'from pk.sub import two as t, up', 'import pk.__main__', '__import__("pk", fromlist=[1])', '__import__("")', '__import__("pk.sub.two").value',
            '__import__("pk.sub", fromlist=["two"]).two.name', '__import__(5)', '__import__("x", level=-1)', '__import__("pk", fromlist=["zzz"])', '__import__()', '__import__("two", {"__package__": "pk.sub"}, {}, ["name"], 1).name', '__import__("os", level=1)', 'from os import path as path, nope'): t(src)
t('from . import x', {'__name__': 'a.b', '__package__': 'a'}); t('from .x import y', {'__name__': '__main__', '__package__': None}); t('from . import x', {'__package__': 5, '__name__': 'x'}); t('from . import sub', {'__name__': 'pk', '__path__': []}); t('from . import one', {'__name__': 'pk.zzz'}); t('from . import x', {}); t('from ... import x', {'__package__': 'pk.sub', '__name__': 'pk.sub.q'})
print('pk.broken' in sys.modules, 'pk.badsyntax' in sys.modules, sorted(m for m in sys.modules if m.startswith('pk')))
sys.modules['blocked'] = None; t('import blocked'); t('from blocked import x'); sys.modules['odd'] = 5; t('import odd'); t('from odd import real'); t('from odd import nope'); t('import odd.x')
class All: pass
for a in (['x', 'missing'], [1], 5, 'xy', ()):
    import types
    m = types.ModuleType('made'); m.__all__ = a; m.x = 1; m.y = 2; sys.modules['made'] = m
    g = {}; t('from made import *', g); print(sorted(k for k in g if k != '__builtins__'))
m = types.ModuleType('made'); m.__dict__[5] = 1; m.ok = 2; sys.modules['made'] = m; t('from made import *')
import importlib
print(importlib.reload(pk.sub.two) is pk.sub.two, importlib.import_module('..two', 'pk.sub.x').name if 0 else importlib.import_module('.two', 'pk.sub').name)
class Finder:
    def find_spec(self, name, path, target=None):
        if name.startswith('virtual'):
            return importlib.machinery.ModuleSpec(name, self, is_package=name == 'virtual')
    def create_module(self, spec): print('create', spec.name)
    def exec_module(self, module): module.answer = 42; print('exec', module.__name__, module.__package__, module.__spec__.parent)
import importlib.machinery
sys.meta_path.append(Finder())
import virtual.inner
print(virtual.answer, virtual.inner.answer, repr(virtual)[:17])
def hook(*a, **k): return 'hooked'
t('import anything\nassert anything == "hooked"', {'__builtins__': {'__import__': lambda *a: 'hooked'}}); t('import x', {'__builtins__': {}}); t('from x import y', {'__builtins__': {'__import__': lambda *a: 5}})
import pk.nothing_there
