#!/usr/bin/env python3
"""Run the project's tests and end with "N passed, N failed[, N skipped]".

usage: run.py --limpid BINARY [--units BUILD_FOLDER] [--torture] [--slow FACTOR] [--jobs N] [--verbose] [NAME…]

Programs:  tests/{programs,differences}/**/NAME.py with NAME.out (stdout and stderr together) beside it, run in
           their own folder; NAME.in, if there is one, is standard input.  After the end no block may live on the heap: the
           runtime counts them (LIMPID_LEAKS), in child processes too.
           With --torture (for a debug build; src/memory/torture.h) each runs four times: under collections and moves at every chance
           with the same output, and three times with allocations failing at random, where it must end by itself without a
           finding of the sanitizers.  tests/torture.txt lists the exceptions, each with its reason.
Packages:  tests/packages/NAME.py, compared in the same way; skipped where a Debian package that packages.txt names for it is
           not installed.
Units:     the unit-* programs of a build folder.
Scripts:   tests/*/check_*.py; called with --limpid BINARY, they end with "N passed, N failed" themselves.
NAME picks the tests whose path contains it.
"""
import argparse
import concurrent.futures
import difflib
import glob
import os
import re
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TIMEOUT = 20
PACKAGE_TIMEOUT = 120
slow = 1        # --slow: the times allowed are so many times longer
REFUSED = re.compile(r"==\d+==WARNING: AddressSanitizer failed to allocate .*\n")  # MemoryError follows
FINDING = 99    # exit status of the sanitizers, set by the debug build
STEADY, GENTLE = "collect:1,move:20", "collect:200,move:2000"
FAILING = tuple(f"fail:{n},seed:{seed},move:1000" for n, seed in ((3000, 1), (500, 2), (100, 3)))


def run(command, folder, source=None, extra=None):
    """(exit status or None, output)"""
    patience = PACKAGE_TIMEOUT if folder == HERE or os.path.basename(folder) == "packages" else TIMEOUT  # HERE: units
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON") and k != "CI"}  # pytest says more under CI
    env.update(LC_ALL="C.UTF-8", PYTHONDONTWRITEBYTECODE="1", **(extra or {}))
    stdin = open(source, "rb") if source else subprocess.DEVNULL
    try:
        done = subprocess.run(command, cwd=folder, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env,
                              timeout=patience * slow)
        return done.returncode, REFUSED.sub("", done.stdout.decode("utf-8", "backslashreplace"))
    except subprocess.TimeoutExpired:
        return None, "timed out"


def placeless(text):
    """Tracebacks name programs by their full path: only the name counts."""
    return re.sub(r'File "[^"\n]*/tests/(?:programs|differences|packages)/(?:[^"\n]*/)?', 'File "', text)


def without_folder(text, name):
    """Tracebacks and warnings tell the program's absolute name: the folder is left out."""
    return re.sub(r'/[^"\s]*/' + re.escape(name), name, text)


def left_blocks(report, path, status):
    """Messages about blocks that lived on after a program.  Each process of it adds a line "N blocks …" when it ends; none
    does if it ends by a signal or by os._exit.  Daemon threads and the variables of extension modules may hold some."""
    text = open(path, encoding="utf-8", errors="replace").read()
    if not report and status is not None and 0 <= status < 128 and "os._exit(" not in text:
        return ["no count of the blocks left at exit"]
    if all(re.match("0 blocks|[0-9]+ blocks left at exit, perhaps held by ", line) for line in report.splitlines()):
        return []
    return report.splitlines()


def program(limpid, path, extra):
    """Messages, empty if the program printed what it should."""
    folder, name = os.path.split(path)
    want = placeless(open(path[:-3] + ".out", encoding="utf-8", errors="backslashreplace", newline="").read())
    source = path[:-3] + ".in"
    with tempfile.NamedTemporaryFile("r", prefix="leaks-") as report:
        status, got = run([limpid, name], folder, source if os.path.exists(source) else None,
                          {**(extra or {}), "LIMPID_LEAKS": report.name})
        leaks = report.read()
    got = placeless(got)
    want, got = without_folder(want, name), without_folder(got, name)
    if got == want:
        return left_blocks(leaks, path, status)
    lines = list(difflib.unified_diff(want.splitlines(), got.splitlines(), "expected", "got", lineterm="", n=1))
    return [f"exit status {status}"] + lines[:12]


def tortured(limpid, path, gentle):
    """Messages about a program under the modes of torture."""
    messages = []
    mode = GENTLE if gentle else STEADY
    messages += [f"{mode}: {m}" for m in program(limpid, path, {"LIMPID_TORTURE": mode})]
    folder, name = os.path.split(path)
    source = path[:-3] + ".in"
    for mode in FAILING:
        status, got = run([limpid, name], folder, source if os.path.exists(source) else None, {"LIMPID_TORTURE": mode})
        if status is None or status < 0 and -status != signal.SIGINT or status == FINDING:
            found = [line for line in got.splitlines() if "ERROR" in line or "runtime error" in line or "ssertion" in line or "    #" in line]
            messages += [f"{mode}: exit status {status}"] + found[:10]
    return messages


def exceptions():
    """{program: "out" or "gentle"} from tests/torture.txt"""
    with open(os.path.join(HERE, "torture.txt"), encoding="utf-8") as lines:
        rows = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    return {path: how.rstrip(":") for path, how, *reason in rows}


def installed(package):
    return any(os.path.exists(f"/var/lib/dpkg/info/{package}{suffix}.list") for suffix in ("", ":amd64"))


def packages():
    """{program: packages it needs that are not installed} from tests/packages/packages.txt"""
    with open(os.path.join(HERE, "packages", "packages.txt"), encoding="utf-8") as lines:
        rows = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    return {f"packages/{name}.py": [p for p in needed if not installed(p)] for name, *needed in rows}


def unit(path, extra):
    status, got = run([path], HERE, None, extra)
    return [] if status == 0 else [f"exit status {status}"] + got.splitlines()[-12:]


def main():
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it, and what they start
    parser = argparse.ArgumentParser()
    parser.add_argument("--limpid", required=True)
    parser.add_argument("--units")
    parser.add_argument("--torture", action="store_true")
    parser.add_argument("--slow", type=int)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    limpid = os.path.abspath(options.limpid)
    global slow
    slow = options.slow or (10 if options.torture else 1)
    extra = {"LIMPID_TORTURE": STEADY} if options.torture else None
    special = exceptions() if options.torture else {}

    def wanted(path):
        return not options.names or any(n in path for n in options.names)

    jobs, skipped = [], 0
    missing = packages()
    for group in ("programs", "differences") + (() if options.torture else ("packages",)):
        for path in sorted(glob.glob(f"{HERE}/{group}/**/*.py", recursive=True)):
            how = special.get(os.path.relpath(path, HERE))
            if missing.get(os.path.relpath(path, HERE)) and wanted(path):
                print(f"skip {os.path.relpath(path, HERE)}: needs {' '.join(missing[os.path.relpath(path, HERE)])}")
                skipped += 1
                continue
            if not os.path.exists(path[:-3] + ".out") or not wanted(path) or how == "out":
                continue
            jobs.append((path, tortured, (limpid, path, how)) if options.torture else (path, program, (limpid, path, None)))
    if options.units:
        for path in sorted(glob.glob(os.path.abspath(options.units) + "/unit-*")):
            if os.path.isfile(path) and os.access(path, os.X_OK) and wanted(path):
                jobs.append((path, unit, (path, extra)))
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        results = [(path, pool.submit(function, *args)) for path, function, args in jobs]
        for path, result in results:
            messages = result.result()
            passed += not messages
            failed += bool(messages)
            if messages:
                print(f"FAIL {os.path.relpath(path, HERE)}")
                for message in messages if options.verbose or options.names else messages[:4]:
                    print("    " + message)
    for path in sorted(glob.glob(f"{HERE}/*/check_*.py")):
        if not wanted(path) or options.torture:
            continue
        done = subprocess.run([sys.executable, path, "--limpid", limpid], capture_output=True, text=True)
        match = re.search(r"(\d+) passed, (\d+) failed(?:, \d+ skipped)?\s*$", done.stdout)
        passed += int(match.group(1)) if match else 0
        failed += int(match.group(2)) if match else 1
        if not match or int(match.group(2)):
            print(f"FAIL {os.path.relpath(path, HERE)}")
            print("\n".join("    " + m for m in (done.stdout + done.stderr).splitlines()[-20:]))
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
