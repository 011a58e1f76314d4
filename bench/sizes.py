"""Sizes of the programs of suite/ with which they are quick enough to be measured by slow means."""

import os
import subprocess
import time


def run(command):
    """(processor seconds, seconds) of a process that must succeed."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit status {process.returncode}")
    return used.ru_utime + used.ru_stime, wall


def sizes(path):
    """Sizes from the usual one down to the small one."""
    text = open(path, encoding="utf-8").read()
    small = next(int(line.split(":")[1]) for line in text.split("\n") if line.startswith("# small:"))
    usual = next(int(line.split("else")[1].split("#")[0].strip(" )\n").replace("_", "")) for line in text.split("\n") if "sys.argv" in line and "else" in line)
    steps = 24
    if usual < 60:  # a depth or a level: the time grows with its powers
        return list(range(usual, small, -1)) + [small]
    return [round(usual * (small / usual) ** (i / steps)) for i in range(steps + 1)]


def choose(limpid, path, seconds):
    """The largest size that is quick enough."""
    found = sizes(path)
    low, high = 0, len(found) - 1
    while low < high:
        middle = (low + high) // 2
        if run([limpid, path, str(found[middle])])[0] <= seconds:
            high = middle
        else:
            low = middle + 1
    return str(found[low])
