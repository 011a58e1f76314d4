#!/usr/bin/env python3
"""Run the commands that the pages of docs/ show and write their output into them.

usage: tour.py --limpid BINARY [--check] [PAGE…]     --check: compare instead of writing, end with "N passed, N failed"

A block opened by ```console holds commands and what they print.  A command starts with "$ " and goes on in lines that start with "> ";
it is run by sh in the page's folder of tests/, where `limpid` is the binary.  Addresses are written as 0x….  In a block opened by ```console figures
every number may be another one from run to run and machine to machine: the page shows one run's, and only the words are compared, not
the length of lines and bars.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HOUSE = pathlib.Path(__file__).resolve().parent.parent
PAGES = ("tour", "model")       # docs/NAME.md, run in tests/NAME
REFUSED = re.compile(r"==\d+==WARNING: AddressSanitizer failed to allocate .*\n")      # MemoryError follows
OWN_PLACES = "print(limpid.map())"      # not shown as it is under the address sanitizer, whose malloc and mappings are its own
BLOCK = re.compile(r"^```console( figures)?\n(.*?)^```$", re.M | re.S)


def run(command, folder, path):
    env = {"PATH": f"{path}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1",
           "ASAN_OPTIONS": "detect_leaks=0", "COLUMNS": "100"}
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120)
    text = "".join(line.rstrip() + "\n" for line in REFUSED.sub("", done.stdout.decode("utf-8", "replace")).splitlines())
    return "".join(map(placeless, text.splitlines(keepends=True)))


def placeless(line):
    """Addresses as 0x…; in drawings they keep their width."""
    drawn = re.search("[│┌└├┐┘┤║╔╚]", line)
    return re.sub(r"0x[0-9a-f]{5,}", lambda m: "0x…".ljust(len(m[0])) if drawn else "0x…", line)


def filled(body, folder, path):
    """A block's text with its commands' present output."""
    out, command = [], []
    lines = body.splitlines()
    for i, line in enumerate(lines):
        if not (line.startswith("$ ") or command and line.startswith("> ")):
            continue
        out.append(line)
        command.append(line[2:])
        if i + 1 == len(lines) or not lines[i + 1].startswith("> "):
            out += run("\n".join(command), folder, path).splitlines()
            command = []
    return "\n".join(out) + "\n"


def words(text):
    text = re.sub(r"\b[0-9a-f]{2}( [0-9a-f]{2})+\b", "#", text)       # bytes
    return re.sub(r"[ \t─═█░■□]+", " ", re.sub(r"\d[\d,.]*", "#", text))


def check(page, folder, path, sanitized):
    """(passed, failed) of one page: its blocks, and the links to files"""
    passed, failed, text = 0, 0, page.read_text(encoding="utf-8")
    for figures, body in BLOCK.findall(text):
        if sanitized and OWN_PLACES in body:
            continue
        got = filled(body, folder, path)
        same = words(got) == words(body) if figures else got == body
        passed, failed = passed + same, failed + (not same)
        if not same:
            print(f"shown:\n{body}now:\n{got}")
    for link in re.findall(r"\]\((?!http)([^)#]+)", text):
        exists = (page.parent / link).exists()
        passed, failed = passed + exists, failed + (not exists)
        if not exists:
            print(f"no such file: {link}")
    return passed, failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--limpid", required=True)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("pages", nargs="*", metavar="PAGE")
    options = parser.parse_args()
    passed = failed = 0
    sanitized = b"__asan_init" in pathlib.Path(options.limpid).read_bytes()
    with tempfile.TemporaryDirectory() as path:
        os.symlink(os.path.abspath(options.limpid), os.path.join(path, "limpid"))
        for name in options.pages or PAGES:
            page, folder = HOUSE / "docs" / f"{name}.md", HOUSE / "tests" / name
            if options.check:
                more, wrong = check(page, folder, path, sanitized)
                passed, failed = passed + more, failed + wrong
            else:
                text = page.read_text(encoding="utf-8")
                text = BLOCK.sub(lambda m: f"```console{m[1] or ''}\n{filled(m[2], folder, path)}```", text)
                page.write_text(text, encoding="utf-8")
    if options.check:
        print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
