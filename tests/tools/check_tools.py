#!/usr/bin/env python3.11
"""The library's command-line tools: exit status and output equal python3.11's, times, addresses and folders aside.

usage: check_tools.py --limpid BINARY [--oracle BINARY] [-v] [-k TEXT]
"""
import argparse
import concurrent.futures
import difflib
import os
import re
import subprocess
import sys
import tempfile

FILES = {
    "prog.py": '''"""Module doc."""
import sys
LIMIT = 3
class Box:
    """A box."""
    size = 1
    def __init__(self, n: int = 2, *rest, key=None, **more) -> None:
        self.n = n
    @property
    def double(self):
        "Twice."
        return self.n * 2
    @staticmethod
    def make(): return Box(5)
def inner(x):
    """Adds.

    >>> inner(1)
    2
    >>> inner("a")
    Traceback (most recent call last):
      ...
    TypeError: can only concatenate str (not "int") to str
    >>> inner(2)
    4
    """
    y = x + 1
    return y
def outer(n):
    total = 0
    for i in range(n):
        total += inner(i)
    return total
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
def gen():
    for i in range(2):
        yield i
async def co(a):
    async with a as b:
        return [x async for x in b]
def closure(a):
    b = 1
    def g():
        nonlocal b
        b += a
        return lambda: (a, b)
    return g
def tricky(a, *b, c=1):
    try:
        with a as q: pass
    except (ValueError, OSError) as e:
        raise RuntimeError from e
    finally:
        print(f"{a!r:>{c}}")
    match b:
        case [1, *z] | {"k": z} if z: return z
    while a and not b or c: a = -a if a < b < c else a[1:2]
    return {k: v for k, v in b}, (x for x in a)
if __name__ == "__main__":
    print(outer(LIMIT), fib(6), list(gen()), Box.make().double)
''',
    "crash.py": "def f(x):\n    z = 10\n    return z / x\nf(0)\n",
    "test_it.py": '''import unittest
class T(unittest.TestCase):
    def setUp(self): self.x = 1
    def test_ok(self): self.assertEqual(self.x, 1)
    def test_bad(self): self.assertEqual({"a": [1, 2]}, {"a": [1, 3]})
    def test_text(self): self.assertEqual("one\\ntwo\\n", "one\\n2\\n")
    def test_error(self): {}["k"]
    @unittest.skip("no")
    def test_skip(self): pass
    @unittest.expectedFailure
    def test_expected(self): self.fail()
    def test_sub(self):
        for i in range(3):
            with self.subTest(i=i): self.assertNotEqual(i, 1)
    def test_raises(self):
        with self.assertRaisesRegex(ValueError, "a.c"): raise ValueError("abc")
        with self.assertLogs("q") as seen:
            import logging; logging.getLogger("q").warning("w %d", 3)
        self.assertEqual(seen.output, ["WARNING:q:w 3"])
class A(unittest.IsolatedAsyncioTestCase):
    async def test_async(self):
        import asyncio; await asyncio.sleep(0); self.assertIn(1, [1])
''',
    "data.json": '{"b": [1, 2.50, null, "\\u00e9"], "a": {}}',
    "bad.json": '{"a": 1,}', "broken.py": "def f(:\n", "app/__main__.py": "import sys, lib\nprint(lib.V, sys.argv[1:], __name__)\n", "app/lib.py": "V = 'zipped'\n",
    "serve.py": '''import subprocess, sys, urllib.request, urllib.error, re
server = subprocess.Popen([sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", "app"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
port = re.search(r"port (\\d+)", server.stdout.readline()).group(1)
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
for path in ("lib.py", "", "none"):
    try:
        with opener.open(f"http://127.0.0.1:{port}/{path}") as r: print(r.status, r.headers["Content-Type"], r.read())
    except urllib.error.HTTPError as e: print(e.code, e.reason)
server.terminate(); server.wait(); print(re.sub(r"\\[.*?\\]", "[]", server.stdout.read()))
''',
    "pack.py": '''import os, subprocess, sys, zipfile
name = "tiny-1.0-py3-none-any.whl"
with zipfile.ZipFile(name, "w") as z:
    z.writestr("tiny/__init__.py", "def main():\\n    print('tiny runs')\\n")
    z.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\nSummary: small\\n")
    z.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    z.writestr("tiny-1.0.dist-info/entry_points.txt", "[console_scripts]\\ntiny = tiny:main\\n")
    z.writestr("tiny-1.0.dist-info/RECORD", "".join(f"tiny{n},,\\n" for n in ("/__init__.py", "-1.0.dist-info/METADATA", "-1.0.dist-info/WHEEL", "-1.0.dist-info/entry_points.txt", "-1.0.dist-info/RECORD")))
def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_NO_INDEX": "1", "PIP_ROOT_USER_ACTION": "ignore"})
    print(done.returncode, done.stdout)
run(sys.executable, "-m", "venv", "env")
python = os.path.join("env", "bin", "python")
run(python, "-c", "import sys; print(sys.prefix != sys.base_prefix, sys.prefix == __import__('os').path.abspath('env'))")
run(python, "-m", "pip", "list", "--format=freeze")
run(python, "-m", "pip", "install", "--no-deps", name)
run(python, "-m", "pip", "show", "-f", "tiny")
run(os.path.join("env", "bin", "tiny"))
run(python, "-m", "pip", "uninstall", "-y", "tiny")
run(python, "-c", "import tiny")
''',
    "walk.py": '''import ast, code, dis, inspect, io, symtable, sys, token, tokenize, prog
source = open("prog.py").read()
print(ast.dump(ast.parse(source), indent=1, include_attributes=True)); print(ast.unparse(ast.parse(source)))
for t in tokenize.generate_tokens(io.StringIO(source).readline): print(t.start, t.end, token.tok_name[t.exact_type], repr(t.string))
def show(t, d=0):
    print(" " * d, t.get_type(), t.get_name(), t.is_optimized(), t.is_nested(), sorted((s.get_name(), s.is_local(), s.is_global(), s.is_free(), s.is_parameter(), s.is_referenced(), s.is_assigned()) for s in t.get_symbols()))
    for c in t.get_children(): show(c, d + 1)
show(symtable.symtable(source, "prog.py", "exec"))
for f in (prog.Box, prog.Box.__init__, prog.outer, prog.co, prog.gen):
    print(inspect.signature(f), inspect.getsourcelines(f)[1], len(inspect.getsource(f)), inspect.getdoc(f), inspect.iscoroutinefunction(f), inspect.isgeneratorfunction(f))
print(inspect.getfullargspec(prog.Box.__init__), inspect.getclosurevars(prog.outer), inspect.getmembers(prog.Box, inspect.isfunction)[0][0], inspect.classify_class_attrs(prog.Box)[-1].name)
g = prog.gen(); next(g); print(inspect.getgeneratorstate(g), inspect.getgeneratorlocals(g), [i.opname for i in dis.get_instructions(prog.fib)][:5], dis.stack_effect(dis.opmap["POP_TOP"]))
c = code.InteractiveConsole({"x": 3}); print([c.push(line) for line in ["x + 1", "def f():", "  return 1/0", "", "for x", "y = 2", "y"]]); sys.stdout.flush(); c.push("f()")
''',
}
PDB = ("l\nb outer\nb prog.py:40, i == 1\nc\np n\na\nn\nn\ns\nw\nu\np i, total\nd\nr\npp locals()\nb\ntbreak inner\nc\nargs\nunt\ndisplay y\nn\nretval\n"
       "commands 1\nsilent\np 'seen'\nend\ncl 2\ny\nwhatis fib\nsource inner\n!total = 5\nj 99\nh where\nll\nexceptions\nq\n")
# built-in objects have docstrings of their own words, so only modules in Python are compared
MODULES = ["prog", "json", "textwrap", "string", "fractions", "pathlib.PurePath", "cmd", "sched", "shlex", "configparser.ConfigParser", "heapq.merge", "inspect.signature", "with", "property", "nothing_there"]
COMMANDS = [
    ("unittest", "-m unittest -v test_it"), ("discover", "-m unittest discover -p test_*.py -k bad -k text -f"), ("unittest one", "-m unittest test_it.T.test_ok test_it.Nope"),
    ("pdb", "-m pdb prog.py", PDB), ("pdb post", "-m pdb crash.py", "c\nw\np x\nu\np z\nq\n"), ("pdb -c", "-m pdb -c c -c q prog.py"),
    ("pdb step", "-m pdb prog.py", "s\n" * 30 + "w\nq\n"), ("pdb until", "-m pdb prog.py", "b fib\nc\nc 2\nignore 1 3\nc\nw\nunt\nr\ncondition 1 n==0\nc\np n\ndisable 1\nalias pn p n*2\npn\nunalias pn\nrestart\nq\n"),
    ("pdb next", "-m pdb prog.py", "n\n" * 20 + "tbreak gen\nc\nn\nn\nn\nr\nj 36\nq\n"),
    ("cProfile", "-m cProfile -s name prog.py"), ("profile", "-m profile -s name prog.py"), ("cProfile -o", "-m cProfile -o out.prof prog.py"),
    ("pstats", "-c import cProfile,pstats,io,prog;p=cProfile.Profile();p.runcall(prog.outer,4);s=io.StringIO();q=pstats.Stats(p,stream=s).strip_dirs().sort_stats('name');q.print_stats();q.print_callers();q.print_callees();print(s.getvalue())"),
    ("trace count", "-m trace --count --missing --summary -C cover prog.py"), ("trace cover", "-c print(open('cover/prog.cover').read())"), ("trace", "-m trace --trace --ignore-dir=/usr/lib prog.py"),
    ("trace funcs", "-m trace --listfuncs prog.py"), ("trace calls", "-m trace --trackcalls prog.py"),
    ("timeit", "-m timeit -n 5 -r 2 -s x=1 x+1"), ("timeit fail", "-m timeit -n 1 1/0"),
    ("dis", "-m dis prog.py"), ("ast", "-m ast prog.py"), ("ast -a", "-m ast -a -i 1 crash.py"), ("tokenize", "-m tokenize prog.py"), ("tokenize -e", "-m tokenize -e crash.py"), ("tokenize bad", "-m tokenize broken.py"),
    ("py_compile", "-m py_compile prog.py broken.py"), ("compileall", "-m compileall -f app broken.py"), ("inspect", "-m inspect --details prog"), ("inspect source", "-m inspect prog:Box"), ("symtable", "-m symtable"),
    ("json", "-m json.tool data.json"), ("json sort", "-m json.tool --sort-keys --no-ensure-ascii --indent 1 data.json"), ("json bad", "-m json.tool bad.json"), ("json lines", "-m json.tool --json-lines --compact", '{"a": 1}\n[2, 3]\n'),
    ("zipapp", "-m zipapp app -o app.pyz -c"), ("zipapp run", "app.pyz a b"), ("zipapp info", "-m zipapp app.pyz --info"), ("zipfile", "-m zipfile -t app.pyz"), ("tarfile", "-m tarfile -c x.tar app"), ("tarfile -l", "-m tarfile -l x.tar"),
    ("doctest", "-m doctest prog.py"), ("doctest -v", "-m doctest -v prog.py"), ("http.server", "serve.py"), ("walk", "walk.py"), ("code", "-m code -q", "x = 1\nx + 1\ndef f():\n    return 1/0\n\nf()\nfor\n"),
    ("sysconfig", "-c import sysconfig as s;p=s.get_paths();print(sorted(p), p['stdlib'], p['platstdlib'], s.get_platform(), s.get_python_version(), s.get_config_vars('EXT_SUFFIX','SOABI','py_version_nodot','MULTIARCH','SIZEOF_VOID_P'), s.get_scheme_names())"),
    ("site", "-m site --user-site"), ("base64", "-m base64 -e prog.py"), ("calendar", "-m calendar 2024 2"), ("this", "-m this"), ("gzip", "-m gzip data.json"), ("platform", "-m platform"), ("uuid shape", "-c import uuid;print(uuid.uuid5(uuid.NAMESPACE_DNS,'a'))"), ("quopri", "-m quopri prog.py"), ("pyclbr", "-m pyclbr prog.py"), ("modulefinder", "-m modulefinder crash.py"), ("tabnanny", "-m tabnanny -v prog.py"), ("sqlite", "-m mimetypes x.html"), ("filecmp", "-m filecmp app app"), ("encodings", "-m encodings.rot_13", "abc\n"),
    ("pip and venv", "pack.py"),
] + [(f"pydoc {m}", f"-m pydoc {m}") for m in MODULES]
# what is lines in no fixed order, or names the interpreter, in a command's output
SORTED = {"trace funcs", "trace calls", "trace count"}


def normal(text, folder, binary):
    text = text.replace(folder, "FOLDER").replace(os.path.realpath(binary), "PYTHON").replace(binary, "PYTHON")
    text = re.sub(r"0x[0-9a-f]{6,}", "ADDRESS", text)
    text = re.sub(r"\b\d+\.\d+ seconds|\b\d+\.\d+s\b|\d+(\.\d+)? [num]?sec", "TIME", text)
    text = re.sub(r"(cpython|limpid)-311", "TAG", text)
    text = re.sub(r"(?m)^:0: UserWarning: The test results are likely unreliable.*\n", "", text)
    text = re.sub(r"(?m)^( +\d+(?:/\d+)?)( +\d+\.\d+){4} ", r"\1 TIMES ", text)
    text = re.sub(r"(?m)( +\d+(?:/\d+)?)( +\d+\.\d+){2}  ", r"\1 TIMES ", text)
    return re.sub(r"ncalls +tottime.*|( {8,}tottime.*)", "HEAD", text)


def run(binary, case):
    name, command, *source = case
    arguments = command.split(" ", 1) if command.startswith("-c ") else command.split(" ")
    with tempfile.TemporaryDirectory(prefix="tools-") as folder:
        folder = os.path.realpath(folder)
        for path, text in FILES.items():
            os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
            with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
                file.write(text)
        env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        env.update(LC_ALL="C.UTF-8", HOME=folder, COLUMNS="80", PAGER="cat", TERM="dumb", PYTHONDONTWRITEBYTECODE="1")
        for first in {"trace cover": [COMMANDS_OF["trace count"]], "zipapp run": [COMMANDS_OF["zipapp"]], "zipapp info": [COMMANDS_OF["zipapp"]],
                      "zipfile": [COMMANDS_OF["zipapp"]], "tarfile -l": [COMMANDS_OF["tarfile"]]}.get(name, []):
            subprocess.run([binary, *first.split(" ")], cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
        try:
            done = subprocess.run([binary, *arguments], cwd=folder, env=env, input=source[0] if source else "", stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, encoding="utf-8", errors="backslashreplace", timeout=240)
        except subprocess.TimeoutExpired:
            return "timed out"
        text = normal(done.stdout, folder, binary)
        if name in SORTED:
            text = "\n".join(sorted(text.splitlines()))
        return f"{done.returncode}\n{text}"


COMMANDS_OF = {case[0]: case[1] for case in COMMANDS}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--limpid", required=True)
    parser.add_argument("--oracle", default="/usr/bin/python3.11")
    parser.add_argument("-v", action="store_true")
    parser.add_argument("-k", default="")
    options = parser.parse_args()
    cases = [case for case in COMMANDS if options.k in case[0]]
    if subprocess.run([options.oracle, "-c", "import ensurepip"], stderr=subprocess.DEVNULL).returncode:
        cases = [case for case in cases if case[0] != "pip and venv"]  # python3-venv is not installed
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        binaries = options.oracle, os.path.abspath(options.limpid)
        for case, want, got in zip(cases, *(pool.map(lambda case, b=b: run(b, case), cases) for b in binaries)):
            passed += want == got
            failed += want != got
            if want != got:
                print("FAIL", case[0])
                lines = list(difflib.unified_diff(want.splitlines(), got.splitlines(), "python3.11", "limpid", lineterm="", n=1))
                print("\n".join("    " + line for line in (lines if options.v else lines[:12])))
            elif options.v:
                print("ok", case[0], len(got))
    print(f"{passed} passed, {failed} failed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
