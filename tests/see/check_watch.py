#!/usr/bin/env python3.11
"""--watch: the terminal view, driven through a terminal, and its text where there is none.

usage: check_watch.py --limpid BINARY [-k TEXT] [-v]
"""
import difflib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

from harness import main
from terminal import Terminal

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = """\
def f(n):
    t = 0
    for i in range(n):
        t += i
    return t

a = [1, 2]
b = a
b.append(3)
x = f(2)
print("sum", x)
y = f(3)
print("end", y)
"""
ENVIRONMENT = {"LC_ALL": "C.UTF-8"}


class Watched(Terminal):
    """A program under --watch in a terminal of its own."""

    def __init__(self, limpid, source, *arguments, options=(), command=None, **kwargs):
        self.folder = tempfile.TemporaryDirectory()
        with open(os.path.join(self.folder.name, "prog.py"), "w", encoding="utf-8") as out:
            out.write(source)
        super().__init__(command or [limpid.binary, "--watch", *options, "prog.py", *arguments], cwd=self.folder.name, **kwargs)

    def press(self, keys, wanted, seconds=60):
        self.send(keys)
        return self.wait(wanted, seconds)

    def at(self, step, line):
        return lambda t: re.search(rf"step {step} of .* line {line} ", t.rows[0]) is not None

    def leave(self, keys="q"):
        self.send(keys)
        return self.end(60)

    def close(self):
        super().close()
        self.folder.cleanup()


def text_of(limpid, source, *options, status=0, stdin=b"", name="prog.py", environment=None):
    """What --watch writes where the output is no terminal, standard error in it."""
    with tempfile.TemporaryDirectory() as folder:
        if source is not None:
            with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
                out.write(source)
        env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        env.update(environment or ENVIRONMENT)
        done = subprocess.run([limpid.binary, "--watch", *options, name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, input=stdin,
                              cwd=folder, env=env, timeout=120)
        assert done.returncode == status, (done.returncode, done.stdout[-1500:])
        return done.stdout.decode("utf-8").replace(os.path.realpath(folder) + "/", "")


# ---- as text ----

def check_text(limpid):
    """Where the output is no terminal: each step, what it did, what was written, as committed."""
    source = open(os.path.join(HERE, "watched.py"), encoding="utf-8").read()
    text = text_of(limpid, source, status=3, name="watched.py")
    want = open(os.path.join(HERE, "watched.txt"), encoding="utf-8").read()
    assert text == want, "\n".join(difflib.unified_diff(want.splitlines(), text.splitlines(), "watched.txt", "got", lineterm="", n=1))


def check_statuses(limpid):
    """The exit status is that of the program, as are its messages before the first line."""
    for source, status, wanted in (
            ("raise SystemExit(7)", 7, "with status 7"), ("x = 1 +", 1, "SyntaxError: invalid syntax"), ("", 0, ""),
            ("1 / 0", 1, "ZeroDivisionError: division by zero"), ("import os\nos._exit(5)", 5, "with status 5"),
            ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", -9, "by signal 9"),
            ("raise KeyboardInterrupt", -2, "by signal 2"), ("import sys\nsys.exit('words')", 1, "words")):
        assert wanted in text_of(limpid, source, status=status), source
        yield source
    assert "can't open file" in text_of(limpid, None, status=2)
    yield "no file"


def check_text_limit(limpid):
    """After the steps that --steps asks for the program goes on, and so does what it writes; with more than there are nothing is special."""
    source = "x = 1\ny = 2\nz = 3\nprint('on')\nraise SystemExit(3)\n"
    text = text_of(limpid, source, "--steps=2", status=3)
    assert text.count("prog.py:") == 2 and "these were all the steps that --steps asks for\n" in text and "| on" in text, text
    assert text.endswith("the program ended with status 3\n"), text
    assert text_of(limpid, source, "--steps=50", status=3) == text_of(limpid, source, status=3)


def check_text_interrupt(limpid):
    """SIGINT for the viewer's process alone is the program's; from a terminal, which tells both, it comes once."""
    source = ("import time\nn = 0\ndef wait():\n    global n\n    while True:\n        try:\n            time.sleep(0.02)\n        except KeyboardInterrupt:\n"
              "            n += 1\n            if n == 2:\n                raise SystemExit(n)\n            print('once', flush=True)\nprint('begun', flush=True)\nwait()\n")
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "prog.py"), "w", encoding="utf-8") as out:
            out.write(source)
        run = subprocess.Popen([limpid.binary, "--watch", "--steps=3", "prog.py"], cwd=folder, stdout=subprocess.PIPE, text=True)
        for word in ("begun", "once"):
            while word not in (line := run.stdout.readline()) and line:
                pass
            time.sleep(0.2)
            run.send_signal(signal.SIGINT)
        assert run.wait(60) == 2, run.stdout.read()
        run.stdout.close()


def check_text_ends(limpid):
    """When nobody reads any more the program goes on alone, and its status remains."""
    with tempfile.TemporaryDirectory() as folder:
        program = "for i in range(20000):\n    x = i\nopen('done', 'w').close()\nraise SystemExit(4)\n"
        done = subprocess.run(["bash", "-c", '"$0" --watch -c "$1" | head -n 3; exit ${PIPESTATUS[0]}', limpid.binary, program],
                              capture_output=True, text=True, cwd=folder, timeout=120)
        assert done.returncode == 4 and os.path.exists(folder + "/done") and done.stdout.count("\n") == 3, done


def check_text_input(limpid):
    """Standard input is the program's."""
    text = text_of(limpid, "x = input('n? ')\nprint(int(x) + 1)\n", stdin=b"41\n")
    assert re.search(r"\| n\? \n\s+x = '41'\n.*\n      \| 42\n", text), text


def check_text_ascii(limpid):
    """Another encoding than UTF-8: nothing else is written."""
    text = text_of(limpid, "x = '\u00e9'\nraise SystemExit\n", environment={"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"})
    assert text.isascii(), text


# ---- panes ----

def check_steps(limpid):
    """Keys of a debugger: into, over, out, back; the panes show what is so at the step."""
    with Watched(limpid, PROGRAM) as t:
        t.wait(t.at(1, 1)).press("n", t.at(2, 7)).press("nnn", t.at(5, 10))
        assert re.search(r"a = A list of 3", t.text) and re.search(r"b = A list of 3", t.text), t.text
        assert re.search(r"A list of 3 .*← a, b", t.text.replace("\n", "  ")) or "← a, b" in t.text, t.text
        assert "*[2] 3" in t.text, t.text
        t.press("s", t.at(6, 2)).press("s", t.at(7, 3)).press("s", t.at(8, 4))
        assert re.search(r"f +prog.py:4", t.text) and "t = 0" in t.text and "i = 0" in t.text, t.text
        t.press("o", t.at(13, 11)).press("b", "step 12 of 13  past").press("b", "step 11 of 13  past")
        assert "line 3" in t.rows[0] and "i = 1" in t.text, t.text
        t.press("B", "step 10 of 13").press("<", t.at(1, 1)).press("nnnn", t.at(5, 10)).press("n", t.at(13, 11)).press("n", t.at(14, 12))
        assert any(row.startswith("sum 1") for row in t.rows), t.text
        t.press("n", "line 13").press("n", "the program has ended with status 0")
        assert t.leave() == 0
        assert t.text.startswith("sum 1\nend 3"), t.text


def check_breakpoints(limpid):
    """Breakpoints at the cursor, at a line, in a function; forwards, and backwards in what has been."""
    with Watched(limpid, PROGRAM) as t:
        t.wait(t.at(1, 1)).press("\x1b[B" * 3 + "t", "● 4").press("c", "line 4").press("c", t.at(10, 4))
        t.press("D", "no breakpoints").press("T13\r", "stops at line 13").press("Tf\r", "stops in f").press("c", "line 2 ")
        assert "y" not in re.findall(r"(?m)│.(\w) = ", t.text) and "print" in t.text
        t.press("c", "line 13").press("C", t.at(15, 2)).press("C", t.at(6, 2)).press("C", t.at(1, 1)).press("c", t.at(6, 2))
        t.press(">", "line 13").press("c", "ended with status 0")
        assert t.leave() == 0


def check_time(limpid):
    """Who set a name, and steps by number."""
    with Watched(limpid, PROGRAM) as t:
        t.wait(t.at(1, 1)).press("c", "ended").press("wa\r", "at step 4, changes a").wait("line 9")
        t.press("g7\r", "step 7 of").wait("line 3").press(">", "line 13").press("wx\r", "changes x").wait("line 5")
        assert t.leave() == 0


def check_print(limpid):
    """A name in detail, the way to a part of it, and what is not there."""
    with Watched(limpid, "d = {'k': [1, (2, 3)]}\nclass C: pass\nc = C()\nc.d = d\npass\n") as t:
        t.wait("line 1").press("nnnn", "line 5").press("pd['k'][1]\r", "d['k'][1] = ").wait("tuple")
        assert "[1] 3" in t.text and "held by" in t.text and "list of 2[1]" in t.text, t.text
        t.press(" ", "c = ").press("pc.d['x']\r", "there is no c.d['x'] in view").press("pnone\r", "there is no none here")
        t.press("pc\r", ".d ").press(" a", "r1")
        status = t.leave("qq")
        assert status == 129, status


def check_search(limpid):
    """A search in the source moves the cursor, the same again to the next place; in another pane it scrolls."""
    with Watched(limpid, PROGRAM + "z = 1\n" * 40) as t:
        t.wait("line 1").press("/PRINT\rt", "●11").press("Nt", "●13").press("c", "line 11 ").press("c", "line 13 ")
        t.press("/none of it\r", "not found: none of it").press("5/sum\r", "─▸output")
        assert t.leave("qq") == 129


def check_output_and_input(limpid):
    """The program's terminal: output in its pane, input typed to it, its end."""
    source = ("import sys\nname = input('name? ')\nprint('hello', name, file=sys.stderr)\nrest = sys.stdin.read()\n"
              "print(len(rest), sys.stdin.isatty())\nraise SystemExit(len(name))\n")
    with Watched(limpid, source) as t:
        t.wait("line 1").press("n", "line 2").press("n", " reads\n").wait("name?")
        t.wait(lambda t: t.cursor is not None and t.rows[t.cursor[0]].startswith("name?"))
        t.press("Ann\r", "line 3").press("n", "hello Ann").press("n", " reads\n").press("two\r", "two").press("\x04", "line 5")
        assert "rest = 'two\\n'" in t.text, t.text
        t.press("n", "4 True").press("n", "ended with status 3")
        assert t.leave() == 3
        assert "hello Ann" in t.text, t.text


def check_interrupt(limpid):
    """Ctrl-C interrupts a running program as usual; the space bar stops it at a line; a second ctrl-c leaves."""
    source = "try:\n    while True:\n        x = 1\nexcept KeyboardInterrupt:\n    print('caught')\nwhile True:\n    x = 2\n"
    with Watched(limpid, source) as t:
        t.wait("line 1").press("T5\rc", " runs\n").press("\x03", "line 5")
        t.press("n", "caught").press("c", " runs\n").press(" ", " waits\n")
        assert re.search(r"line [67] ", t.rows[0]), t.text
        t.press("\x03", "ctrl-c again leaves")
        assert t.leave("\x03") == 129


def check_ignored_interrupt(limpid):
    """A program that heeds nothing ends with the view."""
    source = "import signal\nfor s in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):\n    signal.signal(s, signal.SIG_IGN)\nwhile True:\n    x = 1\n"
    with Watched(limpid, source) as t:
        t.wait("line 1").press("T5\rc", "line 5").press("D", "no breakpoints").press("c", " runs\n").send("\x03")
        time.sleep(0.3)
        status = t.leave("\x03")
        assert status == 128 + 9, (status, t.text)


def check_statuses_on_screen(limpid):
    """The view's exit status is that of the plain run, and what was written is left on the terminal."""
    for source, status, wanted in (("raise SystemExit(7)", 7, ""), ("1 / 0", 1, "ZeroDivisionError: division by zero"),
                                   ("import os\nos._exit(5)", 5, ""), ("print('x')", 0, "x"), ("raise KeyboardInterrupt", -2, "KeyboardInterrupt")):
        with Watched(limpid, source) as t:
            t.wait("line 1").press("c" if "os." not in source else "nc", "has ended")
            assert t.leave() == status, (source, t.status)
            assert wanted in t.text and t.saved is None and t.cursor is not None, t.text
            yield source
    for source, status, wanted in (("x = 1 +", 1, "SyntaxError"), ("x = (", 1, "was never closed")):
        with Watched(limpid, source) as t:
            assert t.end(60) == status and wanted in t.text and t.saved is None and (limpid.sanitized or b"?1049h" not in t.log), t.log
            yield repr(source)
    with Watched(limpid, "", command=[limpid.binary, "--watch", "none.py"]) as t:
        assert t.end(60) == 2 and "can't open file" in t.text and b"?1049h" not in t.log
        yield "no file"


def check_sizes(limpid):
    """Small and large terminals, and one that changes: every line within it, nothing lost."""
    with Watched(limpid, PROGRAM, columns=40, lines=10) as t:
        t.wait("[source]").press("nnnn", "print").press("3", "[heap]")
        assert "A list of 3" in t.text, t.text
        t.press("\t", "[map]").wait("small").press("5", "[output]").press("2", "[frames]").wait(" a = A list of 3")
        t.resize(100, 30)
        t.wait(lambda t: "source prog.py" in t.text and "heap" in t.text and "map" in t.text)
        t.resize(20, 5)
        t.wait(lambda t: t.rows[0].startswith(" 5/5"))
        t.resize(1, 1)
        time.sleep(0.3)
        t.pump(0.2)
        t.resize(80, 24)
        t.wait(t.at(5, 10))
        status = t.leave("qq")
        assert status == 129, status


def check_wide_characters(limpid):
    """Texts of any script, controls and halves of pairs in them: columns stay, nothing reaches the terminal."""
    source = "x = '\u65e5\u672c\u8a9e' * 30\ny = 'e\\x1b[2J\\x9b31m\\u0301\\ud800\\u202e'\nz = {y: x}\nprint(x, '\\x1b[2J\\x1b]0;t\\x07\\x9b2J')\npass\n"
    with Watched(limpid, source) as t:
        t.wait("line 1").press("nnn", "line 4").press("n", "line 5").press("a", "@").press("3z", "─▸heap").press("5", "─▸output").press("z", "source prog.py")
        assert all(row[40][0] == "│" for row in t.cells[1:23]), t.text
        status = t.leave("qq")
        assert status == 129, status


def check_streams(limpid):
    """Streams that lead elsewhere still do; keys come from the terminal all the same."""
    with Watched(limpid, "x = input()\nprint(int(x) + 1)\nimport sys\nprint('log', file=sys.stderr)\n",
                 command=["/bin/sh", "-c", 'echo 41 | "$0" --watch prog.py 2> log; echo "status $?"', limpid.binary]) as t:
        t.wait("line 1").press("nn", "line 3").wait("42").press("c", "ended with status 0").send("q")
        t.wait("status 0")
        assert open(os.path.join(t.folder.name, "log")).read() == "log\n"
    yield "stdin and stderr"
    with Watched(limpid, "import time\nprint('x')\nwhile True:\n    time.sleep(0.01)\n",
                 command=["/bin/sh", "-c", '"$0" --watch prog.py > out; echo "status $?"', limpid.binary]) as t:
        out = os.path.join(t.folder.name, "out")
        deadline = time.monotonic() + 30
        while not os.path.exists(out) or "time.sleep" not in open(out).read():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        t.send("\x03")
        t.wait("KeyboardInterrupt")
        assert "      | x\n" in open(out).read()
    yield "stdout"


def check_plain_terminals(limpid):
    """Without colour if that is asked for; as text on a terminal that can do nothing else."""
    with Watched(limpid, PROGRAM, env={"NO_COLOR": "1"}) as t:
        t.wait("line 1").press("nnnn", "line 10").leave("qq")
        assert set(re.findall(rb"\x1b\[([0-9;]*)m", t.log)) <= {b"0", b"0;1", b"0;2", b"0;4", b"0;7", b"0;1;7"}
    with Watched(limpid, "x = 1\nprint(x)\n", env={"TERM": "dumb"}) as t:
        assert t.end(60) == 0 and b"\x1b" not in t.log and "      | 1" in t.text, t.log


def check_suspend(limpid):
    """Ctrl-Z gives the terminal back to the shell; fg shows the view again."""
    with Watched(limpid, PROGRAM, command=["/bin/dash", "-i"], env={"PS1": "$ "}) as t:
        t.wait("$").send(f"{limpid.binary} --watch prog.py\r")
        t.wait("line 1 ").press("\x1a", "Stopped").press("fg\r", "source prog.py").press("nnnn", "line 10 ")
        t.send("qq")
        t.wait(lambda t: t.saved is None).press("echo status $?\r", "status 129")


def check_terminal_is_restored(limpid):
    """However it ends: settings, cursor and screen are as before."""
    for how in ("q", "SIGTERM", "SIGSEGV", "SIGHUP"):
        with Watched(limpid, PROGRAM) as t:
            before = t.settings
            t.wait("line 1")
            raw = t.settings
            t.send("qq") if how == "q" else os.kill(t.pid, getattr(signal, how))
            deadline = time.monotonic() + 20
            while t.settings != before and time.monotonic() < deadline and t.pump(0.05):
                pass
            after = t.settings
            t.end(60)
            assert raw != before == after and t.saved is None and t.cursor is not None, how
            yield how


def check_processes(limpid):
    """Nothing of the program is left when the view goes, however it goes."""
    source = "import os\nopen('pid', 'w').write(str(os.getpid()))\nwhile True:\n    x = 1\n"
    for how in ("qq", signal.SIGKILL):
        with Watched(limpid, source) as t:
            t.wait("line 1").press("nn", "line 3")
            pid = int(open(os.path.join(t.folder.name, "pid")).read())
            t.press("c", " runs\n")
            t.send(how) if isinstance(how, str) else os.kill(t.pid, how)
            t.end(60)
            deadline = time.monotonic() + 20
            while os.path.exists(f"/proc/{pid}") and time.monotonic() < deadline:
                time.sleep(0.05)
            assert not os.path.exists(f"/proc/{pid}")
            yield str(how)


def check_threads_and_generators(limpid):
    """Frames of other threads and of generators that wait are shown."""
    source = ("import threading\ndef g():\n    yield 1\n    yield 2\ndef work():\n    e.wait()\n    z = 1\ne = threading.Event()\nt = threading.Thread(target=work)\n"
              "t.start()\nh = g()\nnext(h)\ne.set()\nt.join()\n")
    with Watched(limpid, source, lines=40, columns=120) as t:
        t.wait("line 1").press("T13\rc", "line 13").wait("waits")
        assert re.search(r"thread \d", t.text) and re.search(r"work +prog.py:6", t.text) and re.search(r"g +prog.py:3 +waits", t.text), t.text
        t.press("c", "ended with status 0")
        assert t.leave() == 0


def check_coroutines(limpid):
    """Over an await: to the next line of the same coroutine, whatever runs meanwhile."""
    source = ("import asyncio\nasync def child(n):\n    await asyncio.sleep(0.01)\n    return n\nasync def main():\n    a = asyncio.create_task(child(1))\n"
              "    b = await child(2)\n    c = await a\n    return b + c\nasyncio.run(main())\n")
    with Watched(limpid, source) as t:
        t.wait("line 1").press("T6\rc", "line 6").press("n", "line 7").press("n", "line 8").press("n", "line 9")
        assert "b = 2" in t.text and "c = 1" in t.text, t.text
        t.press("c", "ended with status 0")
        assert t.leave() == 0


def check_running_is_fast(limpid):
    """To a breakpoint behind 300,000 steps in seconds; back over them, too."""
    with Watched(limpid, "def f():\n    for i in range(150000):\n        x = i\nf()\ny = 1\npass\n") as t:
        t.wait("line 1").press("n", "line 4")
        begun = time.monotonic()
        t.press("T5\rc", "line 5", 120)
        took = time.monotonic() - begun
        assert took < (60 if limpid.sanitized else 5), took
        t.press("B", "line 4", 120).press("n", "line 5", 120)
        status = t.leave("qq")
        assert status == 129, status


def check_crash(limpid):
    """A program that crashes: the view tells, and shows the last line it came to when it stopped."""
    with Watched(limpid, "import os, signal\nx = 1\nos.kill(os.getpid(), signal.SIGSEGV)\n") as t:
        t.wait("line 1").press("nn", "line 3").press("n", "ended by signal 11" if not limpid.sanitized else "has ended")
        status = t.leave()
        assert limpid.sanitized or status == -11, status


def check_help(limpid):
    """? tells the keys; the options say what they refuse."""
    with Watched(limpid, PROGRAM) as t:
        t.wait("line 1").press("?", "next: over calls").press("\x1b[6~", "q leaves").press("x", "source prog.py")
        status = t.leave("qq")
        assert status == 129, status
    assert "--watch" in subprocess.run([limpid.binary, "--help"], capture_output=True, text=True).stdout
    done = subprocess.run([limpid.binary, "--watch", "--see", "-c", "1"], capture_output=True, text=True)
    assert done.returncode == 2 and "goes without" in done.stderr, done


main(globals())
