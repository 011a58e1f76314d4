"""Tools that read source: pyflakes, pycodestyle, mccabe, isort, pylint and lib2to3 over one untidy module."""
import io
import os
import subprocess
import sys
import tempfile

SOURCE = '''import sys, os
from collections import *
import os.path
import re
def f(x, y = 1, unused=2):
    l = 1
    if x == None: return y
    for i in range(10):
        try: print i2
        except: pass
    return undefined_name
class a:
    def g(): return f"{1}"
    def g(self):
        global q
        return lambda x: self
def deep(a, b):
    if a:
        for c in b:
            while c:
                if c > 1 and a or b: break
    elif b: return 1
    else: raise NotImplemented
'''.replace("print i2", "print(i2)")
with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "untidy.py"), "w") as file:
        file.write(SOURCE)
    for command in (["pyflakes"], ["pycodestyle", "--statistics"], ["mccabe", "--min", "2"], ["isort", "--diff", "--stdout"], ["isort", "--check-only"],
                    ["pylint", "--disable=R0801", "--score=n", "--persistent=n"], ["lib2to3", "-f", "ne", "-f", "except"]):
        done = subprocess.run([sys.executable, "-W", "ignore", "-m", *command, "untidy.py"], cwd=folder, capture_output=True, text=True, env={**os.environ, "PYLINTHOME": folder, "HOME": folder})
        lines = [line.split("\t")[0] for line in done.stdout.replace(folder, "FOLDER").splitlines()]
        print(command, done.returncode, *lines, done.stderr.replace(folder, "FOLDER")[-600:], sep="\n")
