#!/usr/bin/env python3
"""Compare what facts.py measures with python3.11's figures: sizes, growth, types, sharing, collector, bytecode, messages.

usage: check_facts.py --limpid BINARY [--record python3.11]

facts.json holds python3.11's (--record writes it).  meant.txt names the facts that are meant to differ and what Limpid's value is,
"*" where it may be anything else; one that no longer differs, or differs otherwise, is an error.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
# What belongs to a build or a machine, not to the language.
PLACE = ("/sys_info/flags", "/sys_info/hexversion", "/sys_info/version_info", "/sys_info/stdlib_module_names", "/sys_info/builtin_module_names",
         "/sys_info/dont_write_bytecode", "/sys_info/abiflags", "/sys_info/thread_info", "/sys_info/dir(sys)")


def flat(value, path=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{path}/{key}")
    else:
        yield path, value


def measure(interpreter):
    done = subprocess.run([os.path.abspath(interpreter), "facts.py"], capture_output=True, text=True, cwd=HERE)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return json.loads(done.stdout)


def meant():
    """{path: Limpid's value}"""
    rows = {}
    for line in (HERE / "meant.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            path, value = line.split("\t")
            rows[path] = json.loads(value)
    return rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--limpid")
    parser.add_argument("--record")
    options = parser.parse_args()
    if options.record:
        facts = {path: value for path, value in flat(measure(options.record)) if not path.startswith(PLACE)}
        text = ",\n".join(f"{json.dumps(path)}: {json.dumps(value)}" for path, value in facts.items())
        (HERE / "facts.json").write_text("{\n" + text + "\n}\n", encoding="utf-8")
        return 0
    want, own = json.loads((HERE / "facts.json").read_text(encoding="utf-8")), meant()
    got, passed, failed = dict(flat(measure(options.limpid))), 0, 0
    for path, value in want.items():
        seen = got.get(path, "absent")
        if path not in own and seen == value or path in own and seen != value and own[path] in ("*", seen):
            passed += 1
        else:
            failed += 1
            print(f"{path}: {json.dumps(own.get(path, value))[:400]} -> {json.dumps(seen)[:400]}")
    for path in own.keys() - want.keys():
        failed += 1
        print(f"{path}: in meant.txt, but no fact")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
