#!/usr/bin/env python3
"""Hold include/ against 3.11's binary interface.

usage: check_layouts.py [--cc GCC]

Compiles one assertion for the offset and size of each field in struct_layouts.tsv and for the type of each in the table of the
objects' passports (src/see/fields.def), which must name every public field of its structs; and, where the official headers are
installed, compares every prototype.  Prints what differs and ends with "N passed, N failed"; exit status 1 if any failed.
"""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
INCLUDE = os.path.join(HERE, "..", "..", "include")
OFFICIAL = "/usr/include/python3.11"
CC = sys.argv[sys.argv.index("--cc") + 1] if "--cc" in sys.argv else "gcc"
HEADERS = ["Python.h", "structmember.h", "marshal.h", "frameobject.h", "datetime.h"]
# Not public: the project has its own.
PRIVATE = {"PyGC_Head", "PyInterpreterState", "_PyInterpreterFrame", "_PyRuntimeState", "PyModuleObject",
           "PyFrameObject", "struct _dictkeysobject", "struct _dictvalues"}


def compile_c(source, *flags):
    """Run the compiler over a text; its messages."""
    return subprocess.run([CC, "-std=gnu11", "-fsyntax-only", "-x", "c", "-I" + INCLUDE, *flags, "-"],
                          input=source, text=True, capture_output=True).stderr


def layouts():
    """(fields checked, messages)"""
    lines = [f'#include "{h}"' for h in HEADERS] + ["#define P(s, f, o, n) _Static_assert(offsetof(s, f) == o && "
             "sizeof(((s *)0)->f) == n, #s \".\" #f);"]
    count = 0
    for row in open(os.path.join(HERE, "struct_layouts.tsv")):
        if row.startswith("#"):
            continue
        struct, offset, bit, size, depth, field = row.rstrip("\n").split("\t")[:6]
        if struct in PRIVATE or depth != "1" or bit or not field or not offset or not re.fullmatch(r"\w+", field):
            continue
        lines.append(f"P({struct}, {field}, {offset}, {size})")
        count += 1
    errors = [m for m in compile_c("\n".join(lines) + "\n").splitlines() if "error:" in m]
    return count, errors


FIELDS = os.path.join(HERE, "..", "..", "src", "see", "fields.def")
# Headers, bases, and arrays of items: told by other means.
NOT_FIELDS = {"ob_base", "_base", "ob_item", "ob_digit", "ob_sval", "co_code_adaptive", "ob_array", "gi_iframe", "ob_size"}


def passports():
    """(fields checked, messages) of src/see/fields.def."""
    text = open(FIELDS).read()
    rows = re.findall(r"^FIELD\((\w+), ([\w.]+), ([^,]*(?:\([^)]*\))?[^,]*), (\w+), ", text, re.M)
    named = {(struct, field.split(".")[-1] if "_base" in field else field.split(".")[0]) for struct, field, *_ in rows}
    named |= {(struct, field.split(".")[0]) for struct, field, *_ in rows}
    messages, structs = [], {struct for struct, *_ in rows}
    for line in open(os.path.join(HERE, "struct_layouts.tsv")):
        if line.startswith("#"):
            continue
        struct, offset, bit, size, depth, field = line.rstrip("\n").split("\t")[:6]
        if struct in structs - PRIVATE and depth == "1" and re.fullmatch(r"\w+", field) and field not in NOT_FIELDS:
            if (struct, field) not in named and not (struct == "PyListObject" and field == "ob_item"):
                messages.append(f"fields.def: {struct}.{field} is missing")
    public = [row for row in rows if row[0] != "PyDictKeysObject" and row[2].strip()]
    lines = [f'#include "{h}"' for h in HEADERS]
    lines += [f"_Static_assert(__builtin_types_compatible_p(__typeof__((({struct} *)0)->{field}), {ctype}), "
              f'"{struct}.{field} is no {ctype}");' for struct, field, ctype, kind in public]
    messages += [m for m in compile_c("\n".join(lines) + "\n").splitlines() if "error:" in m]
    return len(rows), messages


def prototypes(include):
    """Declarations of a header set in the compiler's own spelling: {name: text}."""
    with tempfile.NamedTemporaryFile("r", suffix=".txt") as out:
        source = "".join(f'#include "{h}"\n' for h in HEADERS)
        subprocess.run([CC, "-std=gnu11", "-fsyntax-only", "-x", "c", "-I" + include, "-aux-info", out.name, "-"],
                       input=source, text=True, check=True)
        found = {}
        for line in out.read().splitlines():
            match = re.match(r"/\* [^*]*\*/ (extern .*\b(_?Py\w+) \(.*\);)", line)
            if match:
                found[match.group(2)] = match.group(1)
        return found


def main():
    count, errors = layouts()
    failed = list(errors)
    passed = count - len(errors)
    count, errors = passports()
    failed += errors
    passed += count - len(errors)
    if os.path.exists(OFFICIAL + "/Python.h"):
        theirs, ours = prototypes(OFFICIAL), prototypes(INCLUDE)
        for name, text in sorted(ours.items()):
            if name not in theirs:
                failed.append(f"not in 3.11: {text}")
            elif theirs[name] != text:
                failed.append(f"ours: {text}\n   3.11: {theirs[name]}")
            else:
                passed += 1
    for message in failed:
        print(message)
    print(f"{passed} passed, {len(failed)} failed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
