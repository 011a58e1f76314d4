#!/usr/bin/env python3
"""Bytecode and marshal data from outside never end in a signal: code objects of real functions are mutated and run.

usage: check_bytecode.py --limpid BINARY [--seeds FIRST:LAST] [--mutants N] [--jobs N]
       check_bytecode.py --limpid BINARY --again SEED:MUTANT

Each seed is one child process (fuzz/bytecode.py) that makes its mutants one after the other, noting in a file which one it is
at; a signal other than that of the time-out fails, and the message says how to make the mutant again.
"""
import argparse
import concurrent.futures
import os
import signal
import subprocess
import sys
import tempfile
import time

CHILD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fuzz", "bytecode.py")
MEGABYTES, TIMED_OUT = 3000, None


def limits(limited):
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if limited:
        resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20, MEGABYTES << 20))


def place(journal):
    try:
        return int(open(journal).read().split()[-1])
    except (OSError, ValueError, IndexError):
        return None


def watch(command, folder, journal, env, sanitized, patience):
    """(exit status, standard error); a child that stays at one mutant for long is killed."""
    patience = patience * 6 if sanitized else patience
    with open(os.path.join(folder, "stderr"), "w+b") as err:
        child = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=err, env=env,
                                 preexec_fn=lambda: limits(not sanitized))
        at, since = None, time.monotonic()
        while True:
            try:
                status = child.wait(0.2)
                break
            except subprocess.TimeoutExpired:
                pass
            if place(journal) != at:
                at, since = place(journal), time.monotonic()
            elif time.monotonic() - since > patience:
                child.kill()
                child.wait()
                status = TIMED_OUT
                break
        err.seek(0)
        return status, err.read()


def run(limpid, child, seed, mutants, sanitized, first=0, patience=5):
    """A message, or None; goes on behind a mutant that ran out of time."""
    with tempfile.TemporaryDirectory() as folder:
        while first < mutants:
            journal = os.path.join(folder, "journal")
            env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
            env.update(ASAN_OPTIONS="detect_leaks=0:allocator_may_return_null=1:abort_on_error=1:max_allocation_size_mb=2000",
                       UBSAN_OPTIONS="halt_on_error=1:abort_on_error=1:print_stacktrace=1")
            command = [limpid, "-S", child, str(seed), str(first), str(mutants), journal]
            status, text = watch(command, folder, journal, env, sanitized, patience)
            if status == 0:
                return None
            at = place(journal) or first
            if status not in (TIMED_OUT, -signal.SIGALRM):
                lines = text.decode(errors="replace").splitlines()
                shown = next((i for i, l in enumerate(lines) if "ERROR: " in l or "runtime error" in l or "Assertion" in l), 0)
                return (f"seed {seed} mutant {at}: exit status {status}\n    " +
                        "\n    ".join(lines[max(0, shown - 1):shown + 24][:24]))
            first = at + 1
    return None


def main(child=CHILD, seeds="1:4", mutants=1500, patience=5):
    parser = argparse.ArgumentParser()
    parser.add_argument("--limpid", required=True)
    parser.add_argument("--seeds", default=seeds)
    parser.add_argument("--mutants", type=int, default=mutants)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--again")
    options = parser.parse_args()
    limpid = os.path.abspath(options.limpid)
    sanitized = b"__asan_init" in open(limpid, "rb").read()
    if options.again:
        seed, mutant = map(int, options.again.split(":"))
        print(run(limpid, child, seed, mutant + 1, sanitized, mutant, patience) or "no signal")
        return 0
    low, high = map(int, options.seeds.split(":"))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for message in pool.map(lambda s: run(limpid, child, s, options.mutants, sanitized, 0, patience), range(low, high)):
            if message:
                failed += 1
                print("FAIL " + message, flush=True)
    print(f"{high - low - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
