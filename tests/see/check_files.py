#!/usr/bin/env python3.11
"""Files that are written: they take the place of others when they are whole, and not before; those that are read and are damaged.

usage: check_files.py --limpid BINARY [-k TEXT] [-v]
"""
import os
import subprocess
import tempfile

from harness import main

PROGRAM = "kept = []\nfor i in range(300):\n    kept.append(str(i) * 3)\nlast = kept[5]\n"
# Writes each form over an older file, with no more room on the disk than so many bytes.
WRITE = """
import limpid, os, resource, sys
recording, snapshot, log = limpid.load("run.rec"), limpid.load("heap.limpid"), limpid.load("log.limpid")
forms = [(recording.export, "run" + ending) for ending in (".svg", ".speedscope.json", ".collapsed", ".trace.json", ".jsonl", ".html")]
forms += [(snapshot.export, "heap" + ending) for ending in (".heapsnapshot", ".dot", ".svg", ".jsonl", ".speedscope.json", ".collapsed", ".dhat.json", ".heaptrack", ".html")]
forms += [(log.export, "log" + ending) for ending in (".heaptrack", ".dhat.json", ".speedscope.json", ".collapsed", ".html")]
forms += [(limpid.snapshot, "now.limpid"), (limpid.export, "now.html")]
room = int(sys.argv[1])
for write, name in forms:
    with open(name, "w") as out:
        out.write("older")
    os.chmod(name, 0o640)
    if room:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    try:
        write(name)
    except OSError as error:
        print(name, error.strerror, error.filename)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    with open(name, "rb") as file:
        text = file.read(6)
    assert (text == b"older") == bool(room), (name, text)
    assert os.stat(name).st_mode & 0o777 == 0o640, name
left = [name for name in os.listdir() if name.endswith((".part", ".growth"))]
assert not left, left
print(len(forms))
"""


def run(limpid, folder, *arguments, status=0, **more):
    done = subprocess.run([limpid.binary, *arguments], cwd=folder, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL, **more)
    assert done.returncode == status, (arguments[:3], done.returncode, done.stdout[-500:], done.stderr[-2000:])
    return done


def made(limpid, folder):
    """A recording, a snapshot and a log in the folder."""
    with open(os.path.join(folder, "prog.py"), "w", encoding="utf-8") as out:
        out.write(PROGRAM)
    run(limpid, folder, "--record=run.rec", "--snapshot=heap.limpid", "--log=log.limpid", "prog.py")


def check_replaced(limpid):
    """Every export, page and snapshot leaves an older file as it was when there is no room, and nothing beside it; else it has its place."""
    with tempfile.TemporaryDirectory() as folder:
        made(limpid, folder)
        out = run(limpid, folder, "-c", WRITE, "100").stdout.splitlines()
        assert out[-1] == "22" and len(out) == 23, out
        assert all("File too large" in line for line in out[:-1]), out
        yield "no room"
        assert run(limpid, folder, "-c", WRITE, "0").stdout == "22\n"
        yield "room"


def check_refused(limpid):
    """What cannot be made leaves the older file; a name in no folder is told as it was given."""
    with tempfile.TemporaryDirectory() as folder:
        made(limpid, folder)
        for name, option in (("a.svg", "--step=999999"), ("b.svg", "--theme=purple"), ("c.collapsed", "--of=nothing"), ("d.jsonl", "--nothing=1")):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
                out.write("older")
            assert run(limpid, folder, "-m", "limpid", "export", "run.rec", name, option, status=1).stderr.startswith("limpid: ")
            assert open(os.path.join(folder, name), encoding="utf-8").read() == "older", name
        for form in ("run.svg", "run.html"):
            error = run(limpid, folder, "-m", "limpid", "export", "run.rec", "nowhere/" + form, status=1).stderr
            assert error.startswith("limpid: [Errno 2] No such file or directory: ") and error.endswith(f": 'nowhere/{form}'\n"), error
        error = run(limpid, folder, "-c", "import limpid\ntry: limpid.snapshot('nowhere/x')\nexcept OSError as e: print(e)").stdout
        assert error == "[Errno 2] No such file or directory: 'nowhere/x'\n", error


def check_links(limpid):
    """A link stays one, what it leads to is replaced; pipes and devices are written themselves."""
    with tempfile.TemporaryDirectory() as folder:
        made(limpid, folder)
        os.mkdir(os.path.join(folder, "there"))
        for form in ("x.collapsed", "x.html", "x.limpid"):
            os.symlink(os.path.join("there", form), os.path.join(folder, form))
        run(limpid, folder, "-c", "import limpid\nr = limpid.load('run.rec')\nfor i in range(2):\n"
            "    r.export('x.collapsed'); r.export('x.html'); limpid.snapshot('x.limpid')\n")
        assert sorted(os.listdir(os.path.join(folder, "there"))) == ["x.collapsed", "x.html", "x.limpid"]
        assert all(os.path.islink(os.path.join(folder, form)) for form in ("x.collapsed", "x.html", "x.limpid"))
        out = run(limpid, folder, "-m", "limpid", "export", "run.rec", "/dev/stdout", "--format=collapsed").stdout
        assert "prog.py" in out, out
        done = subprocess.run([limpid.binary, "-c", "import limpid; limpid.snapshot('/dev/stdout')"], capture_output=True, timeout=100)
        assert done.returncode == 0 and done.stdout.startswith(b"\x89LMP"), done.stderr


def check_damaged(limpid):
    """What is damaged is told with the name of the file."""
    with tempfile.TemporaryDirectory() as folder:
        made(limpid, folder)
        path = os.path.join(folder, "run.rec")
        data = bytearray(open(path, "rb").read())
        at = data.rindex(b"JRNL") + 30
        data[at] ^= 255
        with open(path, "wb") as out:
            out.write(data)
        for command in (["show", "run.rec"], ["export", "run.rec", "out.svg"], ["export", "run.rec", "out.jsonl"]):
            error = run(limpid, folder, "-m", "limpid", *command, status=1).stderr
            assert error.startswith("limpid: run.rec: the chunk at byte ") and error.endswith(" is damaged\n"), (command, error)
        error = run(limpid, folder, "-c", "from limpid.growth import Growth\ntry: Growth('run.rec')\nexcept ValueError as e: print(e)").stdout
        assert error.startswith("run.rec: the chunk at byte "), error
        for name in ("heap.limpid", "log.limpid"):
            with open(os.path.join(folder, name), "wb") as out:
                out.write(b"no capture at all, only words")
            error = run(limpid, folder, "-m", "limpid", "show", name, status=1).stderr
            assert error.startswith(f"limpid: {name}: "), error


if __name__ == "__main__":
    main(globals())
