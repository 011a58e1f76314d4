#!/usr/bin/env python3
"""Write docs/differences.md from the programs in tests/differences: title, reason, program, and where the outputs differ.

usage: differences.py [--check]      --check: compare instead of writing, end with "N passed, N failed"

NAME.py opens with a docstring: its first line is the title, the rest the reason.  NAME.out is Limpid's output (tests/run.py
compares it), NAME.python3.11 that of python3.11; it is missing where python3.11 crashes.
"""
import ast
import difflib
import pathlib
import sys

HOUSE = pathlib.Path(__file__).resolve().parent.parent
FOLDER, PAGE = HOUSE / "tests" / "differences", HOUSE / "docs" / "differences.md"
LONG = 40       # lines of a program that is only linked
HEAD = """# What differs from python3.11 on purpose

Made by `tools/differences.py` from the programs in `tests/differences/`; `make check` runs them and compares this page.
Samples and measured facts that differ in the same ways are listed in `tests/samples/differences.txt` and `tests/claims/meant.txt`,
known differences of the command line in `tests/cli/check_command_line.py`.  What is only missing stands in [status.md](status.md).
"""


def programs():
    return sorted(p for p in FOLDER.glob("*.py") if not p.name.startswith("check_"))


def section(path):
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    title, _, reason = (ast.get_docstring(tree) or path.stem).partition("\n")
    body = "\n".join(source.splitlines()[tree.body[0].end_lineno:]).strip("\n")
    own = path.with_suffix(".out").read_text(encoding="utf-8")
    other = path.with_suffix(".python3.11")
    parts = [f"## {title}"]
    if reason.strip():
        parts.append(reason.strip())
    link = f"[{path.name}](../tests/differences/{path.name})"
    parts.append(f"```python\n{body}\n```" if body.count("\n") < LONG else f"Program: {link}.")
    if other.exists():
        lines = difflib.unified_diff(other.read_text(encoding="utf-8").splitlines(), own.splitlines(), lineterm="", n=0)
        changes = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
        parts.append(f"In {link}, `-` is python3.11 and `+` Limpid:\n\n```diff\n" + "\n".join(changes) + "\n```")
    else:
        parts.append("python3.11 may crash here.")
    return "\n\n".join(parts)


def problems(path):
    own, other = path.with_suffix(".out"), path.with_suffix(".python3.11")
    if not own.exists():
        return "no .out"
    if ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None:
        return "opens without a docstring"
    if other.exists() and other.read_bytes() == own.read_bytes():
        return "no difference any more"
    return None


def main():
    page = "\n\n".join([HEAD.rstrip()] + [section(p) for p in programs()]) + "\n"
    if "--check" not in sys.argv:
        PAGE.write_text(page, encoding="utf-8")
        return 0
    found = [f"{p.name}: {problems(p)}" for p in programs() if problems(p)]
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page:
        found.append("docs/differences.md is not what tools/differences.py writes")
    print("".join(line + "\n" for line in found) + f"{len(programs()) + 1 - len(found)} passed, {len(found)} failed")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
