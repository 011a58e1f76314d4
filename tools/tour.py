#!/usr/bin/env python3
"""Run the commands that docs/tour.md shows and write their output into it.

usage: tour.py --limpid BINARY [--check]     --check: compare instead of writing, end with "N passed, N failed"

A block opened by ```console holds commands and what they print.  A command starts with "$ " and goes on in lines that start with "> ";
it is run by sh in tests/tour, where `limpid` is the binary.  Addresses are written as 0x….  In a block opened by ```console figures
every number may be another one from run to run and machine to machine: the page shows one run's, and only the words are compared.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HOUSE = pathlib.Path(__file__).resolve().parent.parent
PAGE, FOLDER = HOUSE / "docs" / "tour.md", HOUSE / "tests" / "tour"
BLOCK = re.compile(r"^```console( figures)?\n(.*?)^```$", re.M | re.S)


def run(command, path):
    env = {"PATH": f"{path}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1",
           "ASAN_OPTIONS": "detect_leaks=0", "COLUMNS": "100"}
    done = subprocess.run(["sh", "-c", command], cwd=FOLDER, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120)
    text = "".join(line.rstrip() + "\n" for line in done.stdout.decode("utf-8", "replace").splitlines())
    return re.sub(r"0x[0-9a-f]{5,}", "0x…", text)


def filled(body, path):
    """A block's text with its commands' present output."""
    out, command = [], []
    lines = body.splitlines()
    for i, line in enumerate(lines):
        if not (line.startswith("$ ") or command and line.startswith("> ")):
            continue
        out.append(line)
        command.append(line[2:])
        if i + 1 == len(lines) or not lines[i + 1].startswith("> "):
            out += run("\n".join(command), path).splitlines()
            command = []
    return "\n".join(out) + "\n"


def words(text):
    return re.sub(r"[ \t]+", " ", re.sub(r"\d[\d,.]*", "#", text))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--limpid", required=True)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    passed, failed, page = 0, 0, PAGE.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as path:
        os.symlink(os.path.abspath(options.limpid), os.path.join(path, "limpid"))
        if not options.check:
            PAGE.write_text(BLOCK.sub(lambda m: f"```console{m[1] or ''}\n{filled(m[2], path)}```", page), encoding="utf-8")
            return 0
        for figures, body in BLOCK.findall(page):
            got = filled(body, path)
            same = words(got) == words(body) if figures else got == body
            passed, failed = passed + same, failed + (not same)
            if not same:
                print(f"shown:\n{body}now:\n{got}")
    for link in re.findall(r"\]\((?!http)([^)#]+)", page):
        exists = (PAGE.parent / link).exists()
        passed, failed = passed + exists, failed + (not exists)
        if not exists:
            print(f"no such file: {link}")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
