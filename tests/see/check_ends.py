#!/usr/bin/env python3.11
"""How --see ends where there is nothing to show, or where the program does not come to its end; what it says then.

usage: check_ends.py --limpid BINARY [-k TEXT] [-v]
"""
import os
import signal
import subprocess
import tempfile
import textwrap
import time
import zipfile

from harness import main

PROGRAM = "x = 1\ny = [x]\nz = y\n"
NO_STEP = "limpid: no step was recorded, no page is written ("


def see(limpid, folder, *arguments, status=0, source=PROGRAM, stdin=b""):
    """Standard error of --see in a folder."""
    with open(os.path.join(folder, "prog.py"), "w", encoding="utf-8") as out:
        out.write(source)
    done = subprocess.run([limpid.binary, *arguments], cwd=folder, capture_output=True, timeout=300, input=stdin)
    assert done.returncode == status, (arguments, done.returncode, done.stderr)
    return done.stderr.decode()


def text(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return file.read()


def check_nothing(limpid):
    """A program that is not there, cannot be compiled or has no line that is asked for: messages and status as without --see, and the page
    of another time stays."""
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "empty"))
        with open(os.path.join(folder, "bad.py"), "w", encoding="utf-8") as out:
            out.write("x = (\n")
        for arguments, status, said in ((("nosuch.py",), 2, ""), (("empty",), 1, NO_STEP), (("bad.py",), 1, NO_STEP), (("-m", "nosuch"), 1, NO_STEP),
                                        (("--from=nothing", "prog.py"), 0, NO_STEP)):
            for name in ("out.html", "run.rec"):
                with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
                    out.write("older")
            plain = see(limpid, folder, *[a for a in arguments if "from" not in a], status=status)
            error = see(limpid, folder, "--see=out.html", *arguments, status=status)
            assert error.startswith(plain) and error[len(plain):].startswith(said) and (said or error == plain), error
            assert text(folder, "out.html") == "older", arguments
            assert sorted(os.listdir(folder)) == ["bad.py", "empty", "out.html", "prog.py", "run.rec"], os.listdir(folder)
            yield arguments[-1]
        assert see(limpid, folder, "--record=run.rec", "nosuch.py", status=2) == see(limpid, folder, "nosuch.py", status=2)
        assert text(folder, "run.rec") == "older"
        yield "--record"
        error = see(limpid, folder, "-c", "import limpid\nwith limpid.see('out.html', function='nothing'):\n    pass\n")
        assert error == "limpid: no step was recorded, no page is written\n" and text(folder, "out.html") == "older", error
        yield "a block"


def check_signal(limpid):
    """A signal that ends the program leaves the recording, and says where it is and how to make the page."""
    loop = "import time\nprint('begun', flush=True)\nwhile True:\n    time.sleep(0.01)\n"
    block = "import limpid\nwith limpid.see('out.html'):\n" + textwrap.indent(loop, "    ")
    crash = "x = 1\nimport ctypes\nctypes.string_at(0)\n"
    for name, options, source, number in (("SIGTERM", ["--see=out.html"], loop, signal.SIGTERM), ("SIGHUP", ["--see=out.html"], loop, signal.SIGHUP),
                                          ("a block", [], block, signal.SIGTERM), ("a crash", ["--see=out.html"], crash, signal.SIGSEGV)):
        if name == "a crash" and limpid.sanitized:
            continue
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "prog.py"), "w", encoding="utf-8") as out:
                out.write(source)
            run = subprocess.Popen([limpid.binary, *options, "prog.py"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            if source is not crash:
                assert run.stdout.readline() == "begun\n"
                time.sleep(0.05)
                run.send_signal(number)
            error = run.communicate(timeout=60)[1]
            assert run.returncode == -number, (name, run.returncode, error)
            said = error.rstrip("\n").rpartition("\n")[2]
            assert said.startswith("limpid: the program was ended by a signal; what was recorded is in "), error
            command = said.partition(": limpid ")[2].split()
            assert command[:3] == ["-m", "limpid", "page"] and command[3].endswith("out.html.recording"), said
            subprocess.run([limpid.binary, *command[:3], *command[3:]], cwd=folder, check=True, capture_output=True, timeout=100)
            assert 'id="recording"' in text(folder, "out.html")
        yield name


def check_sources(limpid):
    """The program's text where it is in no file of its own: of standard input, in an archive (stored, deflated, behind a first line)."""
    load = "import limpid, sys; print([(f.rpartition('/')[2], t) for f, t in limpid.load(sys.argv[1]).sources.items()])"
    with tempfile.TemporaryDirectory() as folder:
        see(limpid, folder, "--record=run.rec", stdin=PROGRAM.encode())
        assert subprocess.check_output([limpid.binary, "-c", load, "run.rec"], cwd=folder, text=True) == f"{[('<stdin>', PROGRAM)]}\n"
        yield "standard input"
        for how, first in ((zipfile.ZIP_STORED, b""), (zipfile.ZIP_DEFLATED, b"#!/usr/bin/env limpid\n")):
            path = os.path.join(folder, "app.pyz")
            with open(path, "wb") as out:
                out.write(first)
            with zipfile.ZipFile(path, "a", how) as archive:
                archive.writestr("__main__.py", "import inner.part\n" + PROGRAM)
                archive.writestr("inner/__init__.py", "")
                archive.writestr("inner/part.py", PROGRAM * 50)
            see(limpid, folder, "--record=run.rec", "app.pyz")
            out = subprocess.check_output([limpid.binary, "-c", load, "run.rec"], cwd=folder, text=True)
            assert out == f"{[('__main__.py', 'import inner.part' + chr(10) + PROGRAM), ('part.py', PROGRAM * 50)]}\n", out
            yield f"archive, {how}"
        data = bytearray(open(path, "rb").read())
        for at in range(0, len(data), 7):  # damaged: it may not run, but is only read within its bounds
            broken = bytearray(data)
            broken[at] ^= 0xFF
            with open(os.path.join(folder, "broken.pyz"), "wb") as out:
                out.write(broken)
            done = subprocess.run([limpid.binary, "--record=broken.rec", "broken.pyz"], cwd=folder, capture_output=True, timeout=100)
            assert done.returncode in (0, 1), (at, done.returncode, done.stderr)
            if at > 150:
                break
        yield "damaged"


DECORATED = """\
import asyncio, limpid
try:
    @limpid.see("c.html")
    class C:
        pass
except TypeError as error:
    print(error)

class D:
    @limpid.see("s.html")
    @staticmethod
    def alone(x):
        return x + 1
    @limpid.see("k.html")
    @classmethod
    def of(cls, x):
        return cls.__name__, x

print(D.alone(1), D().alone(2), D.of(3))

@limpid.see("g.html")
async def numbers():
    got = yield 1
    try:
        yield got
    except KeyError as error:
        yield error.args[0]

async def use():
    g = numbers()
    print(await anext(g), await g.asend("sent"), await g.athrow(KeyError("thrown")), [x async for x in g], [x async for x in numbers()])
asyncio.run(use())
"""


def check_decorated(limpid):
    """limpid.see() over a class says what to decorate; static and class methods stay such; asynchronous generators are driven as before."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([limpid.binary, "-c", DECORATED], cwd=folder, capture_output=True, text=True, timeout=100)
        assert done.stdout == ("limpid.see() decorates functions, not the class C: decorate its methods\n2 3 ('D', 3)\n1 sent thrown [] [1, None]\n"), done
        assert sorted(os.listdir(folder)) == ["g.html", "k.html", "s.html"], (os.listdir(folder), done.stderr)


if __name__ == "__main__":
    main(globals())
