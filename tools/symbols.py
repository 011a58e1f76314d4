#!/usr/bin/env python3
"""How much of the binary world could load, judged by exported symbols alone?

usage: symbols.py BINARY [--missing N]

Compares the dynamic exports of BINARY with what the modules of lib-dynload need.  A module counts when every symbol that
it needs is exported with the right kind and, for data, exactly 3.11's size (programs copy data symbols).
"""
import collections
import json
import os
import subprocess
import sys

ABI = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "abi")


def reference():
    """{symbol: (kind, size)} as 3.11 exports them."""
    rows = (line.rstrip("\n").split("\t") for line in open(ABI + "/libpython_exports.tsv") if not line.startswith("#"))
    return {row[0]: (row[1], int(row[2])) for row in rows if row[2].isdigit()}


def exports(binary):
    found = {}
    out = subprocess.run(["readelf", "-W", "--dyn-syms", binary], capture_output=True, text=True).stdout
    for line in out.splitlines():
        part = line.split()
        if len(part) >= 8 and part[6] != "UND" and part[4] in ("GLOBAL", "WEAK"):
            found[part[7].split("@")[0]] = ("data" if part[3] == "OBJECT" else "func", int(part[2], 0))
    return found


def main():
    want, got = reference(), exports(sys.argv[1])

    def good(symbol):
        if symbol not in want:
            return True  # another library's
        return symbol in got and got[symbol][0] == want[symbol][0] and \
            (want[symbol][0] == "func" or got[symbol][1] == want[symbol][1])

    needs = json.load(open(ABI + "/libdynload_permodule.json"))
    blocking = collections.Counter(s for symbols in needs.values() for s in symbols if not good(s))
    loadable = sum(all(map(good, symbols)) for symbols in needs.values())
    print(f"lib-dynload: {loadable} of {len(needs)} modules loadable")
    print(f"symbols: {sum(s in got for s in want)} of {len(want)} that 3.11 exports")
    wrong = [s for s in want if s in got and not good(s)]
    if wrong:
        print("wrong kind or size:", " ".join(f"{s} {got[s]} for {want[s]}" for s in sorted(wrong)))
    count = int(sys.argv[sys.argv.index("--missing") + 1]) if "--missing" in sys.argv else 20
    for symbol, users in blocking.most_common(count):
        print(f"{users:4} {symbol}")


main()
