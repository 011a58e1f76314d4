"""Compares limpid's code objects with this interpreter's (run it with /usr/bin/python3.11).

    compare.py LIMPID [--level N] [--show N] [FILE...]

Without files: the whole standard library.  Every field of every code object is compared: instructions, constants,
names, exception table, places, stack size, flags.  Prints how many are identical, the kinds of difference, and the
errors that differ; the exit status says whether all are identical.
"""
import argparse
import collections
import difflib
import dis
import glob
import marshal
import os
import subprocess
import sys
import sysconfig
import types
import warnings

FIELDS = ("co_code co_consts co_names co_varnames co_cellvars co_freevars co_exceptiontable co_linetable co_stacksize"
          " co_flags co_argcount co_posonlyargcount co_kwonlyargcount co_nlocals co_firstlineno co_name co_qualname"
          " co_filename").split()


def key(value):
    """What makes two constants the same: type and value, all the way down; code objects by name."""
    if isinstance(value, types.CodeType):
        return "code", value.co_name
    if isinstance(value, tuple):
        return "tuple", tuple(map(key, value))
    if isinstance(value, frozenset):
        return "frozenset", frozenset(map(key, value))
    return type(value), repr(value)


def pairs(a, b):
    """All pairs of code objects, outer first."""
    yield a, b
    inner = [[c for c in code.co_consts if isinstance(c, types.CodeType)] for code in (a, b)]
    for x, y in zip(*inner):
        yield from pairs(x, y)


def limpid_codes(limpid, names, level):
    """Yields (name, code object or error text) for each file."""
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "dump.py")
    data = subprocess.run([limpid, script, str(level)], input="\n".join(names).encode(), stdout=subprocess.PIPE).stdout
    at = 0
    while at < len(data):
        end = data.index(b"\n", at)
        size, name = data[at:end].decode().split(" ", 1)
        at = end + 1
        if size == "0":
            end = data.index(b"\n", at)
            yield name, data[at:end].decode()
            at = end + 1
        else:
            yield name, marshal.loads(data[at:at + int(size)])
            at += int(size)


def reference(name, level):
    with open(name, "rb") as file:
        source = file.read()
    try:
        return compile(source, name, "exec", dont_inherit=True, optimize=level)
    except Exception as error:
        return f"{type(error).__name__}: {error}".replace("\n", " ")


def listing(code):
    return [f"{i.opname} {i.argrepr or i.arg} {tuple(i.positions)}" for i in dis.get_instructions(code)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("limpid")
    parser.add_argument("files", nargs="*")
    parser.add_argument("--level", type=int, default=0)
    parser.add_argument("--show", type=int, default=3)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    names = options.files or sorted(glob.glob(sysconfig.get_path("stdlib") + "/**/*.py", recursive=True))
    total = same = errors = seen = 0
    kinds = collections.Counter()
    for name, ours in limpid_codes(options.limpid, names, options.level):
        seen += 1
        theirs = reference(name, options.level)
        if isinstance(ours, str) or isinstance(theirs, str):
            if ours != theirs:
                errors += 1
                print(f"{name}:\n  python3.11: {theirs}\n  limpid:     {ours}")
            continue
        for a, b in pairs(theirs, ours):
            total += 1
            different = [f for f in FIELDS if key(getattr(a, f)) != key(getattr(b, f))]
            if not different:
                same += 1
                continue
            kinds[", ".join(different)] += 1
            if kinds.total() <= options.show:
                print(f"{name}: {a.co_qualname}, line {a.co_firstlineno}: {different}")
                print("\n".join(list(difflib.unified_diff(listing(a), listing(b), lineterm="", n=2))[:30]))
    print(f"{seen} of {len(names)} files; identical code objects: {same} of {total}"
          f" ({100 * same / max(total, 1):.2f} %); errors that differ: {errors}")
    for kind, n in kinds.most_common():
        print(f"{n:6} {kind}")
    return not (seen == len(names) and same == total and not errors)


if __name__ == "__main__":
    sys.exit(main())
