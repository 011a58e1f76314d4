#!/usr/bin/env python3.11
"""limpid.see(): blocks and functions that record themselves.

usage: check_see.py --limpid BINARY [-k TEXT] [-v]
"""
import os
import subprocess
import sys
import tempfile

from harness import main

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib", "limpid"))
import recording  # noqa: E402  (plain Python; the package itself needs Limpid)

WORK = """\
import limpid
def inner(n):
    s = 0
    for i in range(n):
        s += i
    return s
"""


def run(limpid, source, *options, status=0, interactive=False):
    """(standard output, standard error, {file: steps as (function, line) or, of a page, its text})."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "prog.py"), "w", encoding="utf-8") as out:
            out.write(source)
        command = [limpid.binary, *options, *(["-i", "-q"] if interactive else ["prog.py"])]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=300, input=source if interactive else None)
        assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
        found = {}
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            if name.endswith(".html"):
                found[name] = open(path, encoding="utf-8").read()
            elif name.endswith(".rec"):
                found[name] = [(s.stack[-1].code.name, s.stack[-1].line) for operation, s in recording.Recording(path) if operation == "STEP"]
        assert not [name for name in os.listdir(folder) if name.endswith((".recording", ".part"))], os.listdir(folder)
        return done.stdout, done.stderr, found


def check_block(limpid):
    """The rest of the block's line, what it calls, its lines; nothing before and after."""
    source = WORK + ("def main():\n    inner(3)\n    a = [1]\n    with limpid.see('o.html', record='o.rec') as seen:\n        a.append(inner(1))\n"
                     "        b = a\n    print(seen.steps, seen.page)\n    inner(3)\nmain()\n")
    out, error, found = run(limpid, source)
    inner = [("inner", line) for line in (3, 4, 5, 4, 6)]
    assert found["o.rec"] == [("main", 10), ("main", 11), *inner, ("main", 12), ("main", 10)], found["o.rec"]
    assert out == "9 o.html\n" and error == "" and 'id="recording"' in found["o.html"]


def check_default(limpid):
    """Without a name the page is PROGRAM.see.html, and standard error says so."""
    out, error, found = run(limpid, "import limpid\nwith limpid.see():\n    x = 1\n")
    assert list(found) == ["prog.see.html"] and error.startswith("limpid: 3 lines, ") and error.endswith("KiB: open prog.see.html\n"), error


def check_function(limpid):
    """A decorated function is recorded as a whole, its recursion in it, at each call; generators and coroutines while they run."""
    source = WORK + "@limpid.see(record='o.rec')\ndef f(n):\n    return 1 if n < 2 else n * f(n - 1)\nprint(f(3), f(2), f.__name__)\n"
    out, _, found = run(limpid, source)
    assert out == "6 2 f\n" and found["o.rec"] == [("f", 9)] * 2, (out, found)
    yield "function"
    source = WORK + "@limpid.see(record='o.rec')\ndef f():\n    yield inner(0)\n    yield 2\nprint(list(f()))\n"
    assert run(limpid, source)[2]["o.rec"] == [("f", 9), ("inner", 3), ("inner", 4), ("inner", 6), ("<module>", 11), ("f", 10), ("<module>", 11)] or \
        [step for step in run(limpid, source)[2]["o.rec"] if step[0] != "<module>"] == [("f", 9), ("inner", 3), ("inner", 4), ("inner", 6), ("f", 10)]
    yield "generator"
    source = ("import asyncio, limpid\nasync def g():\n    await asyncio.sleep(0)\n    return 1\n@limpid.see(record='o.rec')\nasync def f():\n"
              "    a = await g()\n    return a\nprint(asyncio.run(f()))\n")
    out, _, found = run(limpid, source)
    assert out == "1\n" and found["o.rec"][:2] == [("f", 7), ("g", 3)] and found["o.rec"][-1] == ("f", 8), found
    yield "coroutine"


def check_options(limpid):
    """Options are those of the command line, lines also as numbers, functions and modules also as such."""
    for options, steps in (("lines=(4, 5)", [("inner", 4), ("inner", 5), ("inner", 4)]), ("lines=range(4, 6)", [("inner", 4), ("inner", 5), ("inner", 4)]),
                           ("lines=6", [("inner", 6)]), ("function=inner, steps=2", [("inner", 3), ("inner", 4)]),
                           ("start='inner', every=3", [("inner", 3), ("inner", 4)]), ("function=[inner], last=1", [("inner", 6)])):
        source = WORK + f"with limpid.see(record='o.rec', {options}):\n    inner(1)\n"
        found = run(limpid, source)[2]["o.rec"]
        assert found == steps or (options.endswith("last=1") and found[-1:] == steps), (options, found)
        yield options


def check_all_options(limpid):
    """Every option of the command line is an argument, whose type says so."""
    limpid.run("import _see, inspect, limpid\nnames = {name.replace('-', '_') for name, _, _ in _see.record_options()} - {'from'} | {'start', 'page', 'record'}\n"
               "assert names == set(inspect.signature(limpid.see).parameters), names ^ set(inspect.signature(limpid.see).parameters)\n")


def check_million(limpid):
    """A page has at most the first million steps, and says so."""
    source = "n = 0\nwhile n < 520000:\n    n += 1\nprint(n)\n"
    out, error, found = run(limpid, source, "--see=o.html", "--captures=off", "--lean")
    assert out == "520000\n" and error.startswith("limpid: 1000000 lines (the first; --steps, --last or --from records others), "), (out, error)
    out, error, found = run(limpid, source, "--see=o.html", "--captures=off", "--lean", "--steps=1000001")
    assert error.startswith("limpid: 1000001 lines, "), error


def check_errors(limpid):
    """Mistakes are told when they are made; an exception in the block passes, with the page written."""
    source = WORK + """\
def tell(call):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, e)
def enter(*args, **options):
    with limpid.see(*args, **options):
        1 / 0
tell(lambda: limpid.see(colour=1))
tell(lambda: enter("o.html", steps=0))
tell(lambda: enter("/nowhere/o.html"))
tell(lambda: enter("o.html"))
tell(lambda: limpid.see("x.html")(3))
with limpid.see(record="o.rec"):
    tell(lambda: enter("p.html"))
"""
    out, _, found = run(limpid, source)
    lines = out.split("\n")
    assert lines[0] == "TypeError see() got an unexpected keyword argument 'colour'", out
    assert lines[1:] == ["ValueError steps must be a whole number from 1, not '0'", "FileNotFoundError [Errno 2] No such file or directory: "
                         "'/nowhere/o.html.recording'", "ZeroDivisionError division by zero", "TypeError limpid.see() decorates functions, not int",
                         "RuntimeError a recording is already under way", ""], out
    assert "o.html" in found and "p.html" not in found
    yield "in the program"
    out, error, found = run(limpid, "import limpid\nwith limpid.see('p.html'):\n    pass\n", "--see=o.html", status=1)
    assert "RuntimeError: a recording is already under way" in error and list(found) == ["o.html"]
    yield "beside --see"


def check_ends(limpid):
    """A block that the program ends in, by exit or an exception, is complete; so is one that nobody leaves."""
    for line, status in (("raise SystemExit(3)", 3), ("raise KeyError(1)", 1), ("limpid.see(record='o.rec').__enter__()\ninner(0)", 0)):
        source = WORK + (line + "\n" if status == 0 else f"with limpid.see(record='o.rec'):\n    {line}\n")
        found = run(limpid, source, status=status)[2]["o.rec"]
        assert ("<module>", 8) in found if status else found[-1] == ("inner", 6), found
        yield line.split("\n")[0]


def check_folder(limpid):
    """A program, or a block, may change its folder: the files stand where they were asked for."""
    source = "import os\nos.mkdir('sub')\nos.chdir('sub')\nfor i in range(3000):\n    x = [i]\n"
    assert run(limpid, source, "--see", "--last=50")[2].keys() == {"prog.see.html"}
    assert run(limpid, source, "--record=a.rec", "--see=a.html", "--last=50")[2].keys() == {"a.rec", "a.html"}
    block = "import limpid, os\nos.mkdir('sub')\nwith limpid.see('a.html', record='a.rec', last=50):\n    os.chdir('sub')\n    for i in range(3000): x = [i]\n"
    assert run(limpid, block)[2].keys() == {"a.rec", "a.html"}
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "sub"))
        subprocess.run([limpid.binary, "--snapshot=a", "--json=b", "-c", "import os; os.chdir('sub')"], check=True, cwd=folder)
        assert sorted(os.listdir(folder)) == ["a", "b", "sub"]
    with tempfile.TemporaryDirectory() as folder:
        os.symlink("a.html", os.path.join(folder, "link"))
        open(os.path.join(folder, "prog.py"), "w").write("x = 1\n")
        done = subprocess.run([limpid.binary, "--see=link", "prog.py"], capture_output=True, text=True, cwd=folder)
        assert (done.returncode, done.stderr[:16]) == (0, "limpid: 1 line, "), done.stderr
        assert sorted(os.listdir(folder)) == ["a.html", "link", "prog.py"]


def check_unfit(limpid):
    """What is a program, a folder, a device or the recording itself is not written over, and the program does not run."""
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "prog.py")
        open(program, "w").write("print('runs')\n")
        os.mkfifo(os.path.join(folder, "pipe"))

        def told(*command, status=1):
            done = subprocess.run([limpid.binary, *command], capture_output=True, text=True, cwd=folder, timeout=60)
            assert (done.returncode, done.stdout) == (status, ""), (done.returncode, done.stdout, done.stderr)
            return done.stderr

        page, record = "limpid: cannot write the page ", "limpid: cannot write the recording "
        assert told("--see=prog.py", "prog.py") == told("--see=prog.py") == page + "prog.py: It is a program\n"
        assert told("--record=prog.py", "prog.py") == record + "prog.py: It is a program\n"
        assert told("--see=.", "prog.py") == page + ".: Is a directory\n"
        assert told("--record=.", "prog.py") == record + ".: Is a directory\n"
        assert told("--see=pipe", "prog.py") == page + "pipe: It is no regular file\n"
        assert told("--see=a", "--record=a", "prog.py").endswith("It is the recording itself\n")
        assert open(program).read() == "print('runs')\n"
        subprocess.run([limpid.binary, "--record=a.rec", "prog.py"], check=True, stdout=subprocess.DEVNULL, cwd=folder)
        assert told("-m", "limpid", "page", "a.rec", "a.rec").endswith("a.rec is the recording itself\n")
        assert told("-m", "limpid", "show", "prog.py") == "limpid: prog.py: not a capture of Limpid\n"
        assert told("-m", "limpid", "export", "a.rec", "a.svg", "--step=x") == "limpid: step must be a whole number, not 'x'\n"
        assert told("-m", "limpid", "export", "a.rec", "./a.rec", "--format=jsonl") == "limpid: ./a.rec is the recording itself\n"
        calls = "'.'", "'pipe'", "'a.rec', record='a.rec'", "3"
        block = "import limpid\nfor call in CALLS:\n    try:\n        with eval(f'limpid.see({call})'): print('runs')\n    except (OSError, TypeError, ValueError) as e: pass\n"
        assert told("-c", block.replace("CALLS", repr(calls)), status=0) == ""
        assert sorted(os.listdir(folder)) == ["a.rec", "pipe", "prog.py"], os.listdir(folder)


def check_prompt(limpid):
    """At the prompt a block is recorded when it is whole."""
    source = "import limpid\nwith limpid.see('o.html'):\n    a = 1\n    1 / 0\n\nwith limpid.see('p.html'):\n    b = 2\n\nprint(a, b)\n"
    out, error, found = run(limpid, source, interactive=True)
    assert "1 2" in out and "ZeroDivisionError" in error and set(found) == {"o.html", "p.html"}, (out, error)


def check_observer(limpid):
    """After a block the heap is what it was: nothing is left of the recording but pages."""
    source = WORK + """\
import gc, sys
def block():
    with limpid.see(record="o.rec"):
        inner(50)
for i in range(3):
    block()
def figures():
    return sys.getallocatedblocks(), gc.get_count(), len(gc.get_objects())
a = b = None
a = figures()
for i in range(20):
    block()
b = figures()
assert b[2] - a[2] <= 2 and b[0] - a[0] <= 8, (a, b)  # those of a
"""
    run(limpid, source)


main(globals())
