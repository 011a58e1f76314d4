"""Formatting source, checking it for equivalence, reporting diffs and unparsable input; the command line."""
import textwrap
import inspect
import subprocess
import sys
import tempfile
import os

import black

MESSY = '''
from   a import (b)
def f(a,b = 1,*,c , **kw):
  x = {  'a':1 , "b":[1,2,3]} ; y=0XABC
  if x   and not(  y ) or kw is   not None: return x if a else    b
  return call_with_many_arguments(argument_number_one, argument_number_two=[1,2,3], argument_number_three={"k": "v"})
class  A ( object ) :

    """ Doc   """
    def g( self )->None : pass
    @ property
    def h(self): return lambda : (yield)
match x:
    case [1,2,*rest] if rest: print( "m" )
del (a), (b)
with open("a") as f, open("b") as g: pass
print("hello %s" % 'it\\'s', end = "")
async def k():
    async for i in aiter( ): await i
x = a if b else c; assert x,"y"
for (i, j) in z : continue
'''
print(black.format_str(MESSY, mode=black.Mode(target_versions={black.TargetVersion.PY310})))
print(black.format_str(MESSY, mode=black.Mode(line_length=40, string_normalization=False, magic_trailing_comma=False))[:1200])
source = inspect.getsource(textwrap)
new = black.format_str(source, mode=black.Mode())
print(new[:600], len(new))
black.assert_equivalent(source, new)
black.assert_stable(source, new, mode=black.Mode())
print(black.diff(source, new, "a", "b")[:800])
for bad in ("x = = 1\n", "def f(:\n", "  x\n y\n"):
    try:
        black.format_str(bad, mode=black.Mode())
    except Exception as error:
        print(type(error).__name__, error)
with tempfile.TemporaryDirectory() as folder:
    for name, text in (("good.py", "x = 1\n"), ("messy.py", "x=1\n")):
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)
    for options in (["--check"], ["-q"], ["--check"]):
        done = subprocess.run([sys.executable, "-m", "black", *options, "--workers", "1", "messy.py"], cwd=folder, capture_output=True, text=True, env={**os.environ, "XDG_CACHE_HOME": folder})
        print(done.returncode, done.stdout, done.stderr)
