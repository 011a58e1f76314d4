#!/usr/bin/env python3.11
"""A recorded program whose nth allocation fails, or all from the nth on, or whose file can grow no more, ends by itself, and the
file opens or there is none.  (Each allocation of the recorder itself fails in looks.py.)

usage: check_recording_alloc.py --limpid BINARY [--points N] [--jobs N]
"""
import argparse
import concurrent.futures
import os
import resource
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "lib", "limpid"))
import recording  # noqa: E402  (plain Python)

PROGRAM = """\
def f(n):
    x = [n]
    for i in range(n):
        x.append(str(i))
    return x
print(len(f(9)))
try: {}[1]
except KeyError as e: print(repr(e))
"""
MODES = ("--see=page.html",), ("--record=rec",), ("--record=rec", "--lean", "--growth"), ("--record=rec", "--last=5"), ("--record=rec", "--c-stacks")


def run(limpid, mode, fault="0", room=None):
    """(message or None, (status, stdout)): what is wrong with the run or its file."""
    def small():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    env.update(LIMPID_FAIL_ALLOC=fault, PYTHONHASHSEED="0")
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "prog.py"), "w") as out:
            out.write(PROGRAM)
        done = subprocess.run([limpid, "-S", *mode, "prog.py"], stdin=subprocess.DEVNULL, capture_output=True, env=env, timeout=300, cwd=folder,
                              preexec_fn=small if room else None)
        if done.returncode not in (0, 1, 120):
            return f"exit status {done.returncode}: {done.stderr[-300:]}", None
        for name in "rec", "page.html.recording":
            file = os.path.join(folder, name)
            if os.path.exists(file) and os.path.getsize(file) >= 16:
                try:
                    sum(1 for _ in recording.Recording(file))
                except Exception as error:
                    return f"{name}: {error!r}", None
        told = b"emory" in done.stderr or b"too large" in done.stderr
        return None, (done.returncode, done.stdout, told)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--limpid", required=True)
    parser.add_argument("--points", type=int, default=8)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    limpid = os.path.abspath(options.limpid)
    passed = failed = 0
    for mode in MODES:
        expected = run(limpid, mode)[1][:2]
        end = 1024
        while run(limpid, mode, f"{end}+")[1] != (*expected, False) and end < 1 << 20:
            end *= 2
        faults = [(str(n) + plus, None) for n in range(end // options.points // 2, end, max(1, end // options.points)) for plus in ("", "+")]
        faults += [("0", room) for room in (10, 1000, 5000, 20000, 60000)]
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for fault, (message, outcome) in zip(faults, pool.map(lambda f: run(limpid, mode, *f), faults)):
                if message is None and outcome[:2] != expected and not outcome[2]:
                    message = f"{outcome} and no word of it"
                passed += message is None
                failed += message is not None
                if message:
                    print(f"FAIL {' '.join(mode)} with {fault}: {message}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
