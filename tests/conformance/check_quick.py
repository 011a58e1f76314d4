#!/usr/bin/env python3.11
"""Fast modules of CPython's suite that may not fall back: fails when fewer tests pass than quick.txt says.

usage: check_quick.py --limpid BINARY [--update] [--jobs N]

quick.txt has a line "MODULE COUNT" for each module: how many tests pass.  --update writes there what passes now where that
is more (and for modules that have no count yet).  Without CPython's tests (Debian: libpython3.11-testsuite) nothing is run.
"""
import argparse
import importlib.util
import json
import os
import resource
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
LIST = os.path.join(HERE, "quick.txt")


def limited():
    """For a child process: the address space that conform.py allows unless told otherwise."""
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))


def memory_option(limpid):
    """No limit for a program that cannot start under one: the sanitizers reserve terabytes of addresses."""
    probe = subprocess.run([limpid, "-I", "-S", "-c", "pass"], preexec_fn=limited, stderr=subprocess.DEVNULL)
    return ["--mem", "0"] if probe.returncode else []


def run(limpid, modules, jobs):
    """How many tests of each module pass, and what the run said of those that did not load."""
    with tempfile.NamedTemporaryFile("r", suffix=".json") as results:
        subprocess.run(["/usr/bin/python3.11", os.path.join(HERE, "conform.py"), "--python", limpid, "--json", results.name,
                        "--jobs", str(jobs), "--timeout", "60", "--quiet", *memory_option(limpid), *modules], stdout=subprocess.DEVNULL)
        found = json.load(results)["modules"]
    return {m: (sum(t[0] == "pass" for t in r["tests"].values()), r) for m, r in found.items()}


def unexpected(result):
    """The first tests that did not pass, with what they said."""
    bad = [f"{name}: {t[0]} {t[2]}" for name, t in sorted(result["tests"].items()) if t[0] not in ("pass", "skip")]
    return [result["message"]] * bool(result["message"]) + bad[:5]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--limpid", required=True)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    comment, wanted = [], {}
    for line in open(LIST):
        if line.startswith("#"):
            comment.append(line)
        else:
            module, *count = line.split()
            wanted[module] = int(count[0]) if count else 0
    if not importlib.util.find_spec("test.test_dict"):
        print("CPython's tests are not installed\n0 passed, 0 failed")
        return 0
    results = run(options.limpid, wanted, options.jobs)
    failed = 0
    for module, count in wanted.items():
        passes, result = results.get(module, (0, {"tests": {}, "message": "no result"}))
        must = count
        if passes < count:  # another release of the suite has other tests: what python3.11 passes here is enough
            must = min(count, run("/usr/bin/python3.11", [module], 1)[module][0])
        if passes < must:
            failed += 1
            print(f"FAIL {module}: {passes} pass, {must} must")
            print("".join(f"    {line}\n" for line in unexpected(result)), end="")
        wanted[module] = max(count, passes)
    if options.update:
        with open(LIST, "w") as out:
            out.writelines(comment + [f"{module} {count}\n" for module, count in wanted.items()])
    print(f"{len(wanted) - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
