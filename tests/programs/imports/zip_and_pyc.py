# Modules from a zip file, from a .pyc without its source, and from stale or broken caches.
import os, sys, zipfile, tempfile, py_compile, importlib, marshal, struct, importlib.util
sys.dont_write_bytecode = True
d = tempfile.mkdtemp(); os.chdir(d)
with zipfile.ZipFile('z.zip', 'w') as z:
    z.writestr('zmod.py', 'value = 1\ndef f(): 1 / 0\n'); z.writestr('zpk/__init__.py', 'inner = __name__\n'); z.writestr('zpk/m.py', 'from . import inner\n'); z.writestr('zbad.py', 'x = (\n')
sys.path.insert(0, 'z.zip')
import zmod, zpk.m
print(zmod.value, zpk.m.inner, os.path.relpath(zmod.__file__), type(zmod.__loader__).__name__, zmod.__loader__.get_source('zmod').splitlines()[0], zmod.__loader__.is_package('zpk'), zmod.__loader__.get_data('zmod.py')[:9])
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__ + ':', str(e).replace(d, 'D'))
t(lambda: __import__('zbad')); t(lambda: __import__('znope')); t(lambda: zmod.f()); t(lambda: zmod.__loader__.get_data('nope'))
import traceback
try: zmod.f()
except ZeroDivisionError: print(traceback.format_exc().splitlines()[-3:][1].strip())
import zipimport
t(lambda: zipimport.zipimporter('nope.zip')); t(lambda: zipimport.zipimporter('')); open('not.zip', 'w').write('x' * 100); t(lambda: zipimport.zipimporter('not.zip'))
sys.path.insert(0, d)
open('only.py', 'w').write('print("only runs", __file__.rsplit("/")[-1], __cached__ and __cached__.rsplit("/")[-1])\nvalue = 3\n')
py_compile.compile('only.py', cfile='only.pyc'); os.remove('only.py'); importlib.invalidate_caches()
import only
print(only.value, type(only.__loader__).__name__)
def pyc(name, data):
    open(name + '.pyc', 'wb').write(data); importlib.invalidate_caches(); t(lambda: __import__(name).ok)
magic = importlib.util.MAGIC_NUMBER; code = marshal.dumps(compile('ok = 7', 'p', 'exec'))
pyc('p1', magic + struct.pack('<III', 0, 0, 0) + code); pyc('p2', b'\0\0\r\n' + bytes(12) + code); pyc('p3', magic + bytes(4)); pyc('p4', magic + bytes(12)); pyc('p5', magic + bytes(12) + code[:20]); pyc('p6', magic + bytes(12) + marshal.dumps(5)); pyc('p7', magic + struct.pack('<III', 8, 0, 0) + code); pyc('p8', b''); pyc('p9', magic + bytes(12) + b'?'); pyc('p10', magic + struct.pack('<III', 1, 0, 0) + code)
sys.dont_write_bytecode = False
open('cachey.py', 'w').write('v = 1\n'); importlib.invalidate_caches(); import cachey
print(cachey.v, len(os.listdir('__pycache__')), os.path.basename(cachey.__cached__) == f'cachey.{sys.implementation.cache_tag}.pyc')
open(cachey.__cached__, 'r+b').write(b'broken!!'); del sys.modules['cachey']; import cachey as again
print(again.v, open(again.__cached__, 'rb').read(4) == magic)
open('cachey.py', 'w').write('v = 22222\n'); importlib.reload(again); print(again.v)
import shutil
os.chdir('/'); shutil.rmtree(d)
