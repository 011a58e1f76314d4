#!/usr/bin/env python3
"""Try every claim that texts make about Python's memory: 385 rows, each with at least one test.

usage: check_claims.py --limpid BINARY [--oracle /usr/bin/python3.11] [--table] [ID…]

The rows stand in rows_a.py … rows_e.py, one file for each text, in the text's order: id, what is claimed (and, behind a colon, what is
so instead), tests.  rows.py says what kinds of tests there are.  With --oracle, what holds of 3.11 in general is run there too; it is
left out where there is no such interpreter.  --table prints the rows and how each is tested.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent
sys.path[:0] = [str(HERE), str(TESTS / "samples"), str(TESTS / "samples_c"), str(TESTS / "see")]
sys.dont_write_bytecode = True
import check_pictures  # noqa: E402
import check_samples  # noqa: E402
import harness  # noqa: E402
import natives  # noqa: E402
import rows_a, rows_b, rows_c, rows_d, rows_e  # noqa: E402

COUNTS = {"A": (28, 2), "B": (32, 2), "C": (184, 3), "D": (66, 2), "E": (75, 2)}      # rows, digits of their numbers
ORACLE = "/usr/bin/python3.11"


def wanted_ids():
    return [f"{letter}{number:0{digits}}" for letter, (count, digits) in COUNTS.items() for number in range(1, count + 1)]


class Trial:
    """Runs tests; each kind is a method that returns what is wrong, or nothing.  A test that several rows name runs once."""

    def __init__(self, limpid, oracle, folder):
        self.limpid, self.oracle, self.folder = limpid, oracle, folder
        self.sanitized = check_samples.sanitized(limpid)
        self.reasons = check_samples.reasons()
        self.done = {}

    def interpreters(self, where):
        return [p for p in (self.limpid, self.oracle if where != "own" else None) if p]

    def code(self, text, where):
        if where == "bare" and self.sanitized:
            return None
        for interpreter in self.interpreters(where):
            env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(HERE), "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0",
                   "ASAN_OPTIONS": "detect_leaks=0", "HOME": self.folder}
            done = subprocess.run([interpreter, "-c", "from ground import *\n" + text.strip()], capture_output=True, text=True, env=env,
                                  timeout=120, cwd=self.folder, stdin=subprocess.DEVNULL)
            if done.returncode:
                error = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
                return f"{os.path.basename(interpreter)}: {error}\n        " + "\n        ".join(text.strip().splitlines())

    def sample(self, name):
        sample, = (TESTS / "samples").glob(name + "_*.py")
        if not (self.sanitized and sample.stem in check_samples.PLAIN_ONLY):
            lines = check_samples.messages(self.limpid, sample, self.sanitized, self.reasons.get(sample.stem))
            return "\n        ".join([sample.name] + lines) if lines else None

    def native(self, name, *wanted):
        output = natives.output(name, self.folder)
        missing = [want for want in wanted if want not in output]
        return f"{name} does not print {missing}, but:\n{output}" if missing else None

    def listing(self, function, without, *wanted):
        lines = "\n".join(natives.instructions(function, self.folder))
        wrong = [w for w in wanted if w not in lines] + [w for w in [without] if w and w in lines]
        return f"{function}: {wrong} in\n{lines}" if wrong else None

    def picture(self, name):
        try:
            check_pictures.picture(harness.Limpid(self.limpid), name)
        except AssertionError as error:
            return f"{name}: {error}"

    def ratio(self, low, high):
        found = float(re.search(r"ratio: (\S+)", natives.output("08", self.folder, "-O2"))[1])
        return None if low < found < high else f"{found} is not between {low} and {high}"

    def run(self, test):
        if test not in self.done:
            kind, *arguments = test
            self.done[test] = getattr(self, kind)(*arguments)
        return self.done[test]


def collected(rows):
    """Rows with same() resolved, and what is wrong with the table itself."""
    table, wrong = {}, []
    for row in rows:
        if row.id in table:
            wrong.append(f"{row.id}: there twice")
        table[row.id] = row
    wrong += [f"{ident}: no row" for ident in wanted_ids() if ident not in table]
    wrong += [f"{ident}: not one of the rows" for ident in table if ident not in wanted_ids()]

    def tests(row, depth=0):
        for test in row.tests:
            if test[0] != "same":
                yield test
            elif depth > 5 or test[1] not in table:
                wrong.append(f"{row.id}: names {test[1]}")
            else:
                yield from tests(table[test[1]], depth + 1)

    flat = {row.id: list(dict.fromkeys(tests(row))) for row in table.values()}
    wrong += [f"{ident}: no test" for ident, found in flat.items() if not found]
    wrong += [f"{row.id}: {len(row.words)} letters" for row in table.values() if not 7 < len(row.words) < 200]
    return table, flat, wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--limpid", required=True)
    parser.add_argument("--oracle", default=ORACLE)
    parser.add_argument("--table", action="store_true")
    parser.add_argument("ids", nargs="*")
    options = parser.parse_args()
    table, flat, wrong = collected([row for module in (rows_a, rows_b, rows_c, rows_d, rows_e) for row in module.ROWS])
    if options.table:
        for ident, row in table.items():
            print(f"{ident:5} {row.words}\n      " + ", ".join(f"{t[0]} {t[2] if t[0] == 'code' else t[1]}" for t in flat[ident]))
        return 0
    for line in wrong:
        print(line)
    chosen = [ident for ident in table if not options.ids or ident in options.ids]
    failed = len(wrong)
    with tempfile.TemporaryDirectory(prefix="claims.") as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        trial = Trial(os.path.abspath(options.limpid), shutil.which(options.oracle), folder)
        distinct = list(dict.fromkeys(test for ident in chosen for test in flat[ident]))
        list(pool.map(trial.run, distinct))
        for ident in chosen:
            messages = [m for m in map(trial.run, flat[ident]) if m]
            failed += bool(messages)
            if messages:
                print("\n    ".join([f"FAIL {ident} {table[ident].words}"] + messages))
    print(f"{len(chosen) - failed + len(wrong)} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
