"""Runs the checks of tests/see: functions called check_* in the order in which they stand in their file.

A check gets `limpid`, which runs a program text and returns what it printed; it fails by an exception.  A generator's
items are names of the cases that passed, so that one function may count for several."""

import argparse
import os
import re
import subprocess
import sys
import traceback


class Skip(Exception):
    """What a check needs is not installed; raised before or between its cases."""


class Limpid:
    def __init__(self, binary):
        self.binary = os.path.abspath(binary)

    @property
    def sanitized(self):
        """Whether the binary runs under AddressSanitizer, whose allocator stands in for malloc."""
        if not hasattr(self, "_sanitized"):
            self._sanitized = b"__asan_init" in open(self.binary, "rb").read()
        return self._sanitized

    def run(self, source, *options, env=None, status=0, timeout=300, stderr=False, arguments=()):
        """Standard output (with stderr: and error) of a program; fails when it ends by another status."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON") and k not in ("COLUMNS", "NO_COLOR")}
        environment.update(env or {})
        done = subprocess.run([self.binary, *options, "-c", source, *arguments], capture_output=True, text=True,
                              env=environment, timeout=timeout, stdin=subprocess.DEVNULL)
        assert done.returncode == status, f"status {done.returncode}, not {status}\n{done.stdout[-2000:]}{done.stderr[-3000:]}"
        return (done.stdout, done.stderr) if stderr else done.stdout


def main(namespace):
    parser = argparse.ArgumentParser()
    parser.add_argument("--limpid", required=True)
    parser.add_argument("-k", default="", help="only checks whose name contains this")
    parser.add_argument("-v", action="store_true", help="name the cases that passed")
    options = parser.parse_args()
    limpid = Limpid(options.limpid)
    passed = failed = skipped = 0
    for name, check in list(namespace.items()):
        if not re.match("check_", name) or options.k not in name:
            continue
        try:
            result = check(limpid)
            for case in result if result is not None else [name]:
                passed += 1
                if options.v:
                    print("ok", name, case)
        except Skip as why:
            skipped += 1
            if options.v:
                print("skipped", name, why)
        except Exception as error:
            failed += 1
            print(f"FAIL {name}: {error}")
            if options.v or not isinstance(error, AssertionError):
                traceback.print_exc(file=sys.stdout)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    sys.exit(failed != 0)
