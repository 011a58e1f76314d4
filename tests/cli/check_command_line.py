#!/usr/bin/env python3.11
"""Command lines, standard input, environment variables and the prompt: exit status, stdout and stderr equal python3.11's.

usage: check_command_line.py --limpid BINARY [--oracle BINARY] [-v] [-k TEXT]
"""
import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

FILES = {
    "hello.py": "import sys\nprint('hello', sys.argv[1:], __name__)\n",
    "fails.py": "def f():\n    1 / 0\nf()\n",
    "exits.py": "import sys\nsys.exit(int(sys.argv[1]) if sys.argv[1].lstrip('-').isdigit() else sys.argv[1])\n",
    "first_line.bat": "@echo not python\nprint('second line')\n1/0\n",
    "warns.py": "import warnings\nwarnings.warn('w')\nwarnings.warn('d', DeprecationWarning)\nwarnings.warn('r', ResourceWarning)\n",
    "bytes_text.py": "print(b'a' == 'a', str(b'a'), b'a' == 97)\n",
    "doc.py": '"""module doc"""\ndef f():\n    "function doc"\n    assert 0, "no"\nprint(f.__doc__, __doc__, __debug__)\nf()\n',
    "syntax.py": "x = 1\nif x\n    pass\n",
    "tabs.py": "if 1:\n\tx = 1\n        y = 2\n",
    "crlf.py": b"print('a')\r\nx = '''l1\r\nl2'''\r\nprint(repr(x))\r\n1/0\r\n",
    "cr.py": b"print('a')\rprint('b')\r",
    "bom.py": b"\xef\xbb\xbfprint('bom')\n",
    "bom_conflict.py": b"\xef\xbb\xbf# coding: latin-1\nprint(1)\n",
    "latin.py": b"# coding: latin-1\nprint(ascii('\xe9'))\n",
    "latin_undeclared.py": b"x = 1\nprint('\xe9')\n",
    "bad_coding.py": b"# coding: nope\nprint(1)\n",
    "null.py": b"print(1)\nx = \0\n",
    "utf16.py": "print(1)\n".encode("utf-16"),
    "empty.py": b"",
    "no_newline.py": b"print('end')",
    "continuation.py": "x = 1 + \\\n    2 +\\\n    ) \nprint(x)\n",
    "continuation2.py": "def f():\n    return \\\n       1 2\n",
    "folder/__main__.py": "import sys\nprint('folder main', __name__, __package__, __spec__.name, sys.argv[1:], sys.path[0] == __file__.rpartition('/')[0])\n",
    "emptyfolder/x.txt": "",
    "pack/__init__.py": "print('pack init')\n",
    "pack/__main__.py": "import sys\nprint('pack main', __name__, __package__, __spec__.name, sys.argv[1:])\n",
    "pack/mod.py": "import sys\nprint('mod', __name__, __package__)\nraise ValueError('in mod')\n",
    "pack/nomain/__init__.py": "",
    "broken_pack/__init__.py": "1/0\n",
    "syntax_mod.py": "def\n",
    "startup.py": "print('startup file')\nfrom_startup = 5\n",
    "startup_bad.py": "print('startup file')\n1/0\n",
    "pipe.py": "import sys\nfor i in range(100000): print(i)\n",
    "interrupt.py": "raise KeyboardInterrupt\n",
    "interrupt_real.py": "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nfor i in range(10**9): pass\n",
    "raises_late.py": "import atexit, sys\natexit.register(lambda: print('at exit'))\natexit.register(lambda: 1/0)\nsys.stdout.write('text')\nraise SystemExit('bye')\n",
    "hook.py": "import sys\ndef h(t, v, tb): print('hook', t.__name__, v); sys.exit(7)\nsys.excepthook = h\n1/0\n",
    "flags.py": "import sys\nprint(sys.flags)\nprint(sorted(sys._xoptions.items()), sys.warnoptions)\n",
    "open_text.py": "open('hello.py').close()\nimport io\nio.TextIOWrapper(io.BytesIO()).close()\nopen('hello.py', encoding='locale').close()\n",
    "streams.py": "import sys\nfor s in sys.stdin, sys.stdout, sys.stderr: print(s.encoding, s.errors, s.line_buffering, s.write_through, s.mode, s.name)\nprint(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors(), sys.flags.utf8_mode)\n",
    "ascii_out.py": "print('\\xe9\\u20ac')\n",
    "many.py": "import sys\nprint('out'); print('err', file=sys.stderr); sys.stdout.flush(); print('out2')\n",
    "input.py": "print(input('prompt> ')); print(input()); input()\n",
    "thread.py": "import threading\ndef f(): 1/0\nt = threading.Thread(target=f, name='T'); t.start(); t.join(); print('after')\n",
    "delete.py": "class A:\n    def __del__(self): 1/0\na = A(); del a; print('after')\nb = A()\n",
    "hash.py": "print(hash('a'), hash(b'abc'), hash(('x', 1)))\n",
    "recursion.py": "def f(): f()\nf()\n",
}

S = "hello.py"
CASES = [  # arguments, standard input, environment
    ["-c", "print(1)"], ["-c", "import sys; print(sys.argv)", "a", "-b", "--", "c"], ["-cprint(2)"], ["-Ic", "print(3)"], ["-c"], ["-m"], ["-W"], ["-X"], ["-Q"], ["--nope"], ["-z", S],
    ["-c", "1/0"], ["-c", "x = (\n"], ["-c", "  print(1)"], ["-c", "if 1:\n  print(1)\n 2"], ["-c", "print('\u00e9')"], ["-c", ""], ["-c", "import sys; print(sys.orig_argv[1:])", "q"], ["-c", "print(__name__, __spec__, __loader__ and __loader__.__class__)"],
    ["-V"], ["-VV"], ["--version"], ["-h"], ["--help"], ["-?"], ["--help-env"], ["--help-xoptions"],
    [S], [S, "a", "-c", "b"], ["./" + S], ["--", S, "x"], ["nofile.py"], ["nofolder/x.py"], ["emptyfolder"], ["folder", "a"], ["folder/", "b"], ["app.zip", "z"], ["nomain.zip"], ["fails.zip"], ["notzip.zip"], ["/dev/null"], ["-"], ["-", "a", "b"], [], ["folder/__main__.py"],
    ["-I", S, "q"], ["-s", "-E", S], ["-P", "-c", "import sys; print(sys.path[0] != '')"], ["-c", "import sys; print(repr(sys.path[0]))"],
    ["fails.py"], ["exits.py", "3"], ["exits.py", "256"], ["exits.py", "-1"], ["exits.py", "text"], ["exits.py", "99999999999999999999"], ["-c", "raise SystemExit"], ["-c", "raise SystemExit(None)"], ["-c", "raise SystemExit(1.5)"], ["-c", "raise SystemExit((1, 2))"], ["-c", "raise SystemExit('')"], ["-c", "exit(4)"], ["-c", "quit()"], ["-c", "import os; os._exit(5)"], ["-c", "raise SystemExit(True)"],
    ["first_line.bat"], ["-x", "first_line.bat"], ["-x", "-c", "print(1)"],
    ["warns.py"], *[["-W", w, "warns.py"] for w in ("default", "ignore", "error", "always", "once", "module", "error::DeprecationWarning", "ignore:w", "e", "a::UserWarning", "nope", "error:::0", "error::nope", "error::int", "default:::x", "a:b:c:d:e:f", "error::DeprecationWarning:__main__", "ignore:::3", "error::a.b", "")], ["-Wd", "-Wi", "warns.py"], ["-We", "-c", "import warnings; print(warnings.filters[0])"],
    ["-b", "bytes_text.py"], ["-bb", "bytes_text.py"], ["-bbb", "bytes_text.py"],
    ["doc.py"], ["-O", "doc.py"], ["-OO", "doc.py"], ["-OOO", "-c", "import sys; print(sys.flags.optimize)"],
    ["syntax.py"], ["tabs.py"], ["crlf.py"], ["cr.py"], ["bom.py"], ["bom_conflict.py"], ["latin.py"], ["latin_undeclared.py"], ["bad_coding.py"], ["null.py"], ["utf16.py"], ["empty.py"], ["no_newline.py"], ["continuation.py"], ["continuation2.py"],
    ["-m", "hello", "a"], ["-m", "pack", "b"], ["-m", "pack.mod"], ["-m", "pack.nomain"], ["-m", "pack.nope"], ["-m", "nope"], ["-m", "nope.x"], ["-m", "broken_pack"], ["-m", "broken_pack.x"], ["-m", "syntax_mod"], ["-m", "hello.py"], ["-m", "sys"], ["-m", "pack.__main__"], ["-mhello"], ["-m", ".hello"], ["-m", ""], ["-m", "folder"], ["-m", "emptyfolder"], ["-I", "-m", "hello"], ["-m", "timeit", "-h"], ["-m", "this"], ["-m", "calendar", "2020", "1"], ["-m", "json.tool", "--help"], ["-m", "tokenize", "hello.py"], ["-m", "ast", "hello.py"], ["-m", "dis", "hello.py"], ["-m", "py_compile", "syntax.py"], ["-m", "tabnanny", "tabs.py"], ["-m", "base64", "-t"], ["-m", "site", "--help"], ["-m", "platform", "--x"], ["-m", "compileall", "-q", "hello.py"], ["-m", "pdb", "--help"], ["-m", "unittest", "nope"],
    ["flags.py"], *[[f, "flags.py"] for f in ("-b", "-B", "-d", "-E", "-i", "-I", "-O", "-P", "-q", "-R", "-s", "-S", "-u", "-v"[:0] or "-bb", "-Wd", "-X", "-XX", "-bBIOsS")][:-3], ["-X", "dev", "flags.py"], ["-X", "utf8", "flags.py"], ["-X", "utf8=0", "flags.py"], ["-X", "utf8=x", "flags.py"], ["-X", "a=b=c", "-X", "d", "flags.py"], ["-X", "int_max_str_digits=1000", "flags.py"], ["-X", "int_max_str_digits=5", "flags.py"], ["-X", "int_max_str_digits", "flags.py"], ["-X", "int_max_str_digits=0", "-c", "print(len(str(10**5000)))"], ["-c", "str(10**5000)"],
    ["-X", "warn_default_encoding", "flags.py"], ["-X", "warn_default_encoding", "open_text.py"], ["-X", "frozen_modules=off", "flags.py"], ["-X", "frozen_modules=bad", "flags.py"], ["-X", "no_debug_ranges", "fails.py"], ["-X", "no_debug_ranges", "-c", "1/0"], ["-X", "no_debug_ranges", "-c", "print(list((lambda: 1).__code__.co_positions())[1])"], ["-X", "faulthandler", "-c", "import faulthandler; print(faulthandler.is_enabled())"], ["-X", "tracemalloc=x", S], ["-X", "pycache_prefix=pre", "-c", "import sys; print(sys.pycache_prefix)"], ["-X", "dev", "warns.py"], ["-X", "dev", "open_text.py"], ["-X", "showrefcount", S], ["-X", "safe_path", "flags.py"], ["-X", "importtime", "-c", "0"][:0] or [S],
    ["-X", "dev", "-c", "'a'.encode('utf-8', 'nope')"], ["-X", "dev", "-c", "b'a'.decode('utf-8', 'nope')"], ["-X", "dev", "-c", "b''.decode('nope')"], ["-X", "dev", "-c", "str(b'', 'utf-8', 'nope')"], ["-X", "dev", "-c", "open('hello.py', errors='nope')"], ["-c", "b''.decode('nope')"], ["-c", "''.encode('utf-8', 'nope')"], ["-X", "dev", "-c", "import gc; print(__import__('warnings').filters[0])"],
    ["pipe.py"], ["interrupt.py"], ["interrupt_real.py"], ["-c", "raise KeyboardInterrupt('x')"], ["raises_late.py"], ["hook.py"], ["many.py"], ["-u", "many.py"], ["thread.py"], ["delete.py"], ["recursion.py"], ["streams.py"], ["-u", "streams.py"], ["-X", "utf8", "streams.py"], ["-i", "fails.py"], ["-i", "-c", "x = 5"], ["-q", S], ["-i", "exits.py", "3"], ["-d", S], ["-t", S],
]
STDIN = [  # arguments, standard input
    ([], "print(1)\n1/0\nprint(2)\n"), (["-"], "import sys\nprint(sys.argv, __name__, __file__ if '__file__' in globals() else 'none')\n"), (["-", "a"], "import sys; print(sys.argv)"), ([], "x = (\n"), ([], "print('no newline')"), ([], "if 1:\nprint(1)\n"), ([], b"\xff\n"), ([], b"\xef\xbb\xbfprint('bom')\n"), ([], b"# coding: latin-1\nprint(ascii('\xe9'))\n"), ([], "a\0b\n"), ([], "import sys; print(sys.stdin.read())\nrest\n"), ([], "def f():\n    1/0\nf()\n"), (["/dev/stdin"], "print(__name__)\n1/0\n"), (["input.py"], "one\ntwo\n"), (["-c", "print(input())"], "line\n"), (["-c", "input('p')"], ""), (["-m", "hello"], "ignored"), ([], ""), (["-x"], "skipped\nprint(1)\n"),
    *[(["-i", "-q"], s) for s in ("1 + 1\n'a'\nNone\n", "x = 1\nx\n_\n_ + 1\n", "def f():\n    return 5\n\nf()\n", "for i in range(2):\n    print(i)\n\n", "if 1:\n    2\nelse:\n    3\n\n", "1/0\nprint('still here')\n", "x = (\n1\n)\nx\n", "x = '''a\nb'''\nx\n", "a b\nprint(1)\n", "def f(:\nprint(2)\n", "  1\n", "if 1:\nprint(1)\n\n", "raise SystemExit(3)\nprint(1)\n", "exit()\n", "quit(2)\n", "exit\n", "import sys; sys.exit('text')\n", "import sys\nsys.ps1 = 'in: '; sys.ps2 = '... more '\nif 1:\n    4\n\n", "import sys\nsys.ps1\nsys.ps2\n", "import sys\nsys.displayhook = lambda v: print('shown', v)\n5\nNone\n", "import sys\ndel sys.displayhook\n5\n", "import sys\ndel sys.ps1\n1\n", "class P:\n    n = 0\n    def __str__(self): P.n += 1; return f'[{P.n}] '\n\nimport sys; sys.ps1 = P()\n1\n2\n", "raise KeyboardInterrupt\n1\n", "print('no newline at end')", "x = 1; x; x + 1\n", "# comment\n\n\n1\n", "@len\n\n1\n", "class A:\n  def f(self): pass\n\n  def g(self): pass\n\nA\n".replace("A\n", "A.__name__\n"), "lambda: 0 \\\n + 1\n5 \\\n + 1\n", "try:\n  1/0\nexcept E:\n  pass\n\n", "import builtins\nbuiltins._\n3\nbuiltins._\n", "'\\ud800'\n", "def f():\n  return undefined\n\nf()\n", "from __future__ import annotations\ndef f(a: xyz): pass\n\nf.__annotations__\n", "async def f(): pass\n\nawait f()\n", "match 5:\n  case x: x\n\n", "with open('hello.py') as f:\n  f.name\n\n", "help\ncopyright\n"[:5], "import hello\n", "1;\n;\n", "\x0c1\n", "\t1\n", "print(__name__, __doc__)\n", "import sys; sys.last_value\n1/0\nsys.last_value\n", "x: int = 5\n__annotations__\n", "'''\n", "(\n", "if 1:\n", "\\\n", "return 5\n", "\u00e9 = 1\n\u00e9\n", "b'a' == 'a'\n", "...\n", "import sys\nsys.excepthook = lambda *a: print('hooked', a[1])\n1/0\n", "import sys\nsys.stdout = 5\n1\n", "import os; os._exit(9)\n", "f'{1'\n2\n", "0777\n", "x = 5 if\n", "1 if 2\n", "print 1\n", "\"\\N{foo}\"\n", "\"\\d\"\n1 is 1\n")],
    (["-i", "hello.py"], "__name__\n1/0\n"), (["-i", "fails.py"], "f\n"[:0] + "import sys; sys.last_type\n"), (["-i", "-c", "y = 7"], "y\n"), (["-i", "-m", "hello"], "__name__\n"), (["-i", "nofile.py"], "1\n"), (["-i", "syntax.py"], "1\n"), (["-i", "exits.py", "3"], "import sys; sys.last_value\n"), (["-iq", "folder"], "1\n"), (["-i", "-c", "import sys; sys.exit(4)"], "2\n"), (["-i", "-q", "-O"], "assert 0\n"), (["-i", "-q", "-"], "4\n"), (["-iq", "-W", "error"], "'\\d'\n"),
]
ENVIRONMENT = [  # variables, arguments, standard input
    ({"PYTHONSTARTUP": "startup.py"}, ["-i", "-q"], "from_startup\n"), ({"PYTHONSTARTUP": "startup_bad.py"}, ["-i", "-q"], "1\n"), ({"PYTHONSTARTUP": "nofile"}, ["-i", "-q"], "1\n"), ({"PYTHONSTARTUP": "startup.py"}, ["-i", "-q", "-E"], "1\n"), ({"PYTHONSTARTUP": "startup.py"}, ["-i", "-c", "3"], "1\n"), ({"PYTHONSTARTUP": "startup.py"}, [], "1\n"), ({"PYTHONSTARTUP": "syntax.py"}, ["-iq"], "1\n"),
    ({"PYTHONINSPECT": "1"}, [S], "1\n"), ({"PYTHONINSPECT": "1"}, ["-E", S], "1\n"), ({}, ["-c", "import os; os.environ['PYTHONINSPECT'] = '1'"], "5\n"),
    *[({k: v}, ["flags.py"], "") for k, v in (("PYTHONOPTIMIZE", "1"), ("PYTHONOPTIMIZE", "2"), ("PYTHONOPTIMIZE", "x"), ("PYTHONDEBUG", "2"), ("PYTHONDONTWRITEBYTECODE", "1"), ("PYTHONNOUSERSITE", "1"), ("PYTHONVERBOSE", ""), ("PYTHONUTF8", "1"), ("PYTHONUTF8", "0"), ("PYTHONUTF8", "2"), ("PYTHONDEVMODE", "1"), ("PYTHONSAFEPATH", "1"), ("PYTHONHASHSEED", "0"), ("PYTHONHASHSEED", "random"), ("PYTHONHASHSEED", "x"), ("PYTHONHASHSEED", "-1"), ("PYTHONHASHSEED", "4294967296"), ("PYTHONWARNINGS", "error,ignore::UserWarning"), ("PYTHONWARNINGS", "nope"), ("PYTHONINTMAXSTRDIGITS", "700"), ("PYTHONINTMAXSTRDIGITS", "7"), ("PYTHONINTMAXSTRDIGITS", "x"), ("PYTHONWARNDEFAULTENCODING", "1"), ("PYTHONUNBUFFERED", "1"), ("PYTHONNODEBUGRANGES", "1"), ("PYTHONPATH", "/nowhere"), ("PYTHONSAFEPATH", "0"), ("PYTHONDEVMODE", "0"), ("PYTHONNOUSERSITE", "2"), ("PYTHONDONTWRITEBYTECODE", "2"))], *[({}, [o, "flags.py"], "") for o in ("-BB", "-ss", "-SS", "-EE")],
    *[({"LC_ALL": "", **e}, ["-c", "import os, locale; print(sorted((k, v) for k, v in os.environ.items() if k.startswith('L')), locale.setlocale(locale.LC_CTYPE))"], "") for e in ({}, {"LANG": "C"}, {"LC_CTYPE": "POSIX", "PYTHONCOERCECLOCALE": "warn"}, {"LANG": "C", "PYTHONCOERCECLOCALE": "0"}, {"LANG": "nowhere.UTF-8"})], ({"LC_ALL": "C", "PYTHONCOERCECLOCALE": "warn"}, [S], ""), ({"PYTHONIOENCODING": "latin-1:"}, ["streams.py"], ""), ({"LC_ALL": "", "PYTHONIOENCODING": "latin-1:"}, ["streams.py"], ""),
    ({"PYTHONWARNINGS": "error"}, ["warns.py"], ""), ({"PYTHONWARNINGS": "error"}, ["-W", "ignore", "warns.py"], ""), ({"PYTHONWARNINGS": "error"}, ["-E", "warns.py"], ""), ({"PYTHONWARNDEFAULTENCODING": "1"}, ["open_text.py"], ""), ({"PYTHONNODEBUGRANGES": "1"}, ["fails.py"], ""), ({"PYTHONHASHSEED": "5"}, ["hash.py"], ""), ({"PYTHONHASHSEED": "0"}, ["hash.py"], ""), ({"PYTHONHASHSEED": "0"}, ["-R", "flags.py"], ""), ({"PYTHONPATH": "pack"}, ["-c", "import sys; print([p.rsplit('/')[-1] for p in sys.path[:2]]); import mod"], ""), ({"PYTHONSAFEPATH": "1"}, ["-m", "hello"], ""), ({"PYTHONSAFEPATH": "1"}, ["-c", "import hello"], ""),
    *[({"PYTHONIOENCODING": v}, ["streams.py"], "") for v in ("latin-1", "utf-8:replace", ":ignore", "ascii:backslashreplace", "nope", "utf-8:nope")], ({"PYTHONIOENCODING": "ascii"}, ["ascii_out.py"], ""), ({"PYTHONIOENCODING": "latin-1"}, ["ascii_out.py"], ""), ({"LC_ALL": "C"}, ["streams.py"], ""), ({"LC_ALL": "POSIX"}, ["streams.py"], ""), ({"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}, ["streams.py"], ""), ({"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, ["streams.py"], ""), ({"LC_ALL": "", "LANG": "C", "PYTHONCOERCECLOCALE": "warn"}, ["streams.py"], ""), ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, ["-c", "print('\u00e9')"], ""), ({"PYTHONPYCACHEPREFIX": "pre"}, ["-c", "import sys; print(sys.pycache_prefix)"], ""), ({"PYTHONBREAKPOINT": "0"}, ["-c", "breakpoint(); print(1)"], ""), ({"PYTHONBREAKPOINT": "builtins.print"}, ["-c", "breakpoint(1, 2)"], ""), ({"PYTHONBREAKPOINT": "nope.x"}, ["-c", "breakpoint()"], ""), ({"PYTHONBREAKPOINT": "builtins.nope"}, ["-c", "breakpoint()"], ""), ({"PYTHONPLATLIBDIR": "x"}, ["-c", "import sys; print(sys.platlibdir)"], ""), ({"PYTHONEXECUTABLE": "x"}, [S], ""), ({"PYTHONMALLOC": "debug"}, [S], ""), ({"PYTHONMALLOC": "nope"}, [S], ""), ({"PYTHONFAULTHANDLER": "1"}, ["-c", "import faulthandler; print(faulthandler.is_enabled())"], ""), ({"PYTHONTRACEMALLOC": "x"}, [S], ""), ({"PYTHONCASEOK": "1"}, [S], ""),
]

# What is known to differ, and why.  A case that no longer differs fails, so that the list stays true.
OWN_TEXT = "the text is Limpid's own"
KNOWN = {
    "['-VV'] '' {}": OWN_TEXT, "['-h'] '' {}": OWN_TEXT, "['--help'] '' {}": OWN_TEXT, "['-?'] '' {}": OWN_TEXT,
    "['--help-env'] '' {}": OWN_TEXT, "['--help-xoptions'] '' {}": OWN_TEXT,
    "['bom_conflict.py'] '' {}": "the encoding is named as it is written",
    "[] b\"# coding: latin-1\\nprint(ascii('\\xe9'))\\n\" {}": "standard input may declare its encoding",
    "['delete.py'] '' {}": "source lines are still shown when modules are cleared at the end",
    "['-i', '-q'] '@len\\n\\n1\\n' {}": "an empty line after a decorator is read over",
    "['streams.py'] '' {'PYTHONIOENCODING': 'nope'}": "a failed start names the step",
    "['streams.py'] '' {'LC_ALL': 'C', 'PYTHONCOERCECLOCALE': '0', 'PYTHONUTF8': '0'}": "the file system's encoding is always UTF-8",
    "['-c', \"print('\u00e9')\"] '' {'LC_ALL': 'C', 'PYTHONUTF8': '0', 'PYTHONCOERCECLOCALE': '0'}": "the file system's encoding is always UTF-8",
    "['-c', 'import sys; print(sys.platlibdir)'] '' {'PYTHONPLATLIBDIR': 'x'}": "the library's place is not configurable by this variable",
}


def build_folder(folder):
    for name, text in FILES.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
    for name, members in {"app.zip": {"__main__.py": "import sys, helper\nprint('zip', __name__, sys.argv[1:], helper.x)\n", "helper.py": "x = 1\n"},
                          "nomain.zip": {"x.py": ""}, "fails.zip": {"__main__.py": "def f():\n    1/0\nf()\n"}}.items():
        with zipfile.ZipFile(os.path.join(folder, name), "w") as z:
            for member, text in members.items():
                z.writestr(member, text)
    with open(os.path.join(folder, "notzip.zip"), "w") as f:
        f.write("print('a script after all')\n")


def run(binary, folder, arguments, source, variables):
    env = {"PATH": "/usr/bin:/bin", "HOME": folder, "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "ASAN_OPTIONS": "detect_leaks=0", "PYTHONHASHSEED": "0", "COLUMNS": "80"}
    env.update(variables)
    if not env["LC_ALL"]:
        del env["LC_ALL"]
    try:
        p = subprocess.run([binary, *arguments], input=source if isinstance(source, bytes) else source.encode(), capture_output=True, cwd=folder,
                           env={k: v for k, v in env.items() if v != ""}, timeout=60)
    except subprocess.TimeoutExpired:
        return "timed out"
    text = f"[status {p.returncode}]\n[stdout]\n{p.stdout.decode('utf-8', 'backslashreplace')}\n[stderr]\n{p.stderr.decode('utf-8', 'backslashreplace')}"
    text = text.replace(binary, "PYTHON").replace(os.path.basename(binary) + ":", "PYTHON:").replace(folder, "FOLDER")
    return re.sub(r"in \d\.\d+s", "in TIME", re.sub(r"0x[0-9a-f]{6,}", "ADDRESS", text))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--limpid", required=True)
    parser.add_argument("--oracle", default="/usr/bin/python3.11")
    parser.add_argument("-v", action="store_true")
    parser.add_argument("-k", default="")
    options = parser.parse_args()
    if not os.path.exists(options.oracle):
        print("python3.11 is not here: nothing compared\n0 passed, 0 failed")
        return 0
    folder = tempfile.mkdtemp(prefix="command-line.")
    build_folder(folder)
    cases = [(a, "", {}) for a in CASES] + [(a, s, {}) for a, s in STDIN] + [(a, s, e) for e, a, s in ENVIRONMENT]
    cases = [c for c in cases if options.k in repr(c)]
    limpid = os.path.abspath(options.limpid)
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for case, want, got in pool.map(lambda c: (c, run(options.oracle, folder, *c), run(limpid, folder, *c)), cases):
            reason = KNOWN.get(" ".join(map(repr, case)))
            ok = (want == got) == (reason is None)
            passed += ok
            failed += not ok
            if not ok:
                print("FAIL", *map(repr, case), "no longer differs" if reason else "")
                if options.v and not reason:
                    import difflib
                    print("\n".join("    " + line for line in list(difflib.unified_diff(want.split("\n"), got.split("\n"), "expected", "got", lineterm="", n=1))[:16]))
    shutil.rmtree(folder, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
