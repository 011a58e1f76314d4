#!/usr/bin/env python3
"""List the symbols that the objects of a build folder need and nothing defines, with the files that need them.

usage: missing.py BUILD_FOLDER
"""
import collections
import glob
import re
import subprocess
import sys


def symbols(files, *flags):
    """(file, symbol) for each line of nm."""
    out = subprocess.run(["nm", "-A", *flags, *files], capture_output=True, text=True).stdout
    for line in out.splitlines():
        match = re.match(r"(\S+?):.* (\S+)$", line)
        if match:
            yield match.group(1), match.group(2)


def main():
    objects = glob.glob(sys.argv[1] + "/*.p/*.o")
    defined = {s for _, s in symbols(objects, "--defined-only")}
    libraries = subprocess.run(["ldd", sys.argv[1] + "/limpid-bootstrap"], capture_output=True, text=True).stdout
    folder = "/usr/lib/x86_64-linux-gnu/"
    shared = re.findall(r"=> (/\S+)", libraries) or [folder + name for name in ("libc.so.6", "libm.so.6", "libunistring.so.2")]
    for _, symbol in symbols(shared, "-D", "--defined-only"):
        defined.add(symbol.split("@")[0])
    users = collections.defaultdict(set)
    for path, symbol in symbols(objects, "-u"):
        if symbol not in defined and symbol != "_GLOBAL_OFFSET_TABLE_":
            users[symbol].add(re.sub(r".*/src_|\.o$", "", path).replace("_", "/", 1))
    for symbol, names in sorted(users.items(), key=lambda item: (-len(item[1]), item[0])):
        print(f"{len(names):3} {symbol:45} {' '.join(sorted(names)[:4])}")
    print(f"{len(users)} missing")


main()
