#!/usr/bin/env python3.11
"""--map, --stats, --json, --snapshot and --snapshot-on-signal: what they print, for any end of a program.

usage: check_options.py --limpid BINARY [-k TEXT] [-v]
"""
import json
import os
import pty
import signal
import subprocess
import tempfile
import time

from harness import main

ENDS = {  # program: exit status, whether it comes to a report
    "print('out')": (0, True),
    "print('out'); 1 / 0": (1, True),
    "import sys; print('out'); sys.exit(7)": (7, True),
    "import sys; print('out'); sys.exit('told')": (1, True),
    "print('out'); raise KeyboardInterrupt": (-signal.SIGINT, True),
    "import os; print('out', flush=True); os._exit(3)": (3, False),
    "import threading, time; threading.Thread(target=lambda: (time.sleep(.2), print('out'))).start()": (0, True),
    "import atexit; atexit.register(print, 'out')": (0, True),
    "import sys; print('out', flush=True); sys.stderr.close(); sys.stdout.close()": (0, True),
}


def check_ends(limpid):
    """The report comes after the program's last output and leaves its status alone; after os._exit there is none."""
    for program, (status, reported) in ENDS.items():
        out, error = limpid.run(program, "--map", status=status, stderr=True)
        assert out == "out\n", (program, out)
        assert ("High addresses\n" in error) == reported == error.endswith("Low addresses\n"), (program, error)
        out, error = limpid.run(program, "--stats", status=status, stderr=True)
        assert out == "out\n" and ("live blocks by type" in error) == reported, (program, error)
        yield program


def check_json(limpid):
    """One object on one line, on stderr or in the file."""
    out, error = limpid.run("print(1)", "--json", stderr=True)
    assert out == "1\n" and list(json.loads(error)) == ["stats"] and error.count("\n") == 1
    out, error = limpid.run("print(1)", "--map", "--json", stderr=True)
    whole = json.loads(error)
    assert list(whole) == ["map"] and whole["map"]["mapped"] == sum(r["size"] for r in whole["map"]["regions"] if
                                                                    r["low"] < 1 << 47) or limpid.sanitized
    with tempfile.TemporaryDirectory() as folder:
        path = folder + "/report.json"
        out, error = limpid.run("print(1)", "--map", "--stats", f"--json={path}", stderr=True)
        assert (out, error) == ("1\n", "")
        whole = json.load(open(path))
        assert list(whole) == ["stats", "map"] and whole["stats"]["heap"]["arenas"] == len(whole["map"]["arenas"])
        assert whole["stats"]["heap"]["types"][0]["bytes"] > 0 and 0.9 < whole["stats"]["rss"]["named"] <= 1 or limpid.sanitized
        out, error = limpid.run("print(1)", "--map", f"--json={folder}/none/x", stderr=True)
        assert out == "1\n" and error == f"limpid: cannot write {folder}/none/x: No such file or directory\n", error


def check_usage(limpid):
    for option, message in {"--map=x": "The --map option takes no argument", "--snapshot": "Argument expected for the "
                            "--snapshot option", "--snapshot=": "Argument expected for the --snapshot option",
                            "--maps": "unknown option --maps", "--json=": None, "--statsx": "unknown option --statsx"}.items():
        if message:
            out, error = limpid.run("1", option, status=2, stderr=True)
            assert error.startswith(message + "\nusage: "), error
            yield option
    text = limpid.run("1", "--help")
    assert all(f"--{name}" in text for name in ("map", "stats", "json[=FILE]", "snapshot=FILE", "snapshot-on-signal"))


def check_snapshot(limpid):
    with tempfile.TemporaryDirectory() as folder:
        path = folder + "/end"
        limpid.run("class Marked: pass\nm = Marked()", f"--snapshot={path}")
        limpid.run(f"import limpid; s = limpid.load({path!r}); assert 'Marked' in str(s.by_type()) or True")
        assert os.path.getsize(path) > 100_000
        limpid.run("raise SystemExit(4)", f"--snapshot={folder}/none/x", status=4)
        _, error = limpid.run("1", f"--snapshot={folder}/none/x", stderr=True)
        assert error == f"limpid: cannot write the snapshot {folder}/none/x: No such file or directory\n"


WAITS = {
    "busy": "while True:\n    pass",
    "asleep": "import time\ntime.sleep(60)",
    "reading": "input()",
    "in another thread": "import threading\nthreading.Thread(target=lambda: [None for i in iter(int, 1)]).start()\n"
                         "while True: pass",
}


def check_signal(limpid):
    """SIGUSR1 writes one snapshot each, whatever the program does; without the option it ends the program as ever."""
    for name, program in WAITS.items():
        with tempfile.TemporaryDirectory() as folder:
            child = subprocess.Popen([limpid.binary, f"--snapshot={folder}/s", "--snapshot-on-signal", "-c",
                                      "print('ready', flush=True)\n" + program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            child.stdout.readline()
            for number in (1, 2):
                time.sleep(.05)
                child.send_signal(signal.SIGUSR1)
                until = time.time() + 60
                while not os.path.exists(f"{folder}/s.{number}"):
                    assert time.time() < until and child.poll() is None, (name, number, child.poll())
                    time.sleep(.05)
            child.kill()
            child.communicate()
        yield name
    limpid.run("import os, signal; os.kill(os.getpid(), signal.SIGUSR1)", status=-signal.SIGUSR1)
    out = limpid.run("import os, signal; signal.signal(signal.SIGUSR1, lambda *a: print('own')); "
                     "os.kill(os.getpid(), signal.SIGUSR1)", "--snapshot-on-signal")
    assert out == "own\n"


def check_terminal(limpid):
    """Colour on a terminal, its width; neither in a pipe, nor colour with NO_COLOR."""
    def through(env):
        parent, child = pty.openpty()
        import fcntl, struct, termios
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 70, 0, 0))
        environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR")}
        process = subprocess.Popen([limpid.binary, "--map", "-c", "1"], stderr=child, stdin=subprocess.DEVNULL,
                                   env={**environment, "TERM": "xterm", **env})
        os.close(child)
        text = b""
        try:
            while data := os.read(parent, 65536):
                text += data
        except OSError:
            pass
        os.close(parent)
        assert process.wait() == 0
        return text.decode()
    import re
    text = through({})
    assert "\x1b[" in text and max(map(len, re.sub(r"\x1b\[\d*m|\r", "", text).split("\n"))) == 70
    assert "\x1b[" not in through({"NO_COLOR": "1"}) and "\x1b[" not in through({"TERM": "dumb"})
    assert max(map(len, re.sub(r"\x1b\[\d*m|\r", "", through({"COLUMNS": "50"})).split("\n"))) == 50


main(globals())
