"""The comparison of compare.py as a test: each file of the standard library is one. --limpid BINARY [--every N]"""
import argparse
import glob
import os
import sys
import sysconfig
import warnings

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import compare


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--limpid", required=True)
    parser.add_argument("--every", type=int, default=8, help="take every Nth file")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    names = sorted(glob.glob(sysconfig.get_path("stdlib") + "/**/*.py", recursive=True))[::options.every]
    passed, failed = 0, []
    for name, ours in compare.limpid_codes(os.path.abspath(options.limpid), names, 0):
        theirs = compare.reference(name, 0)
        if isinstance(ours, str) or isinstance(theirs, str):
            same = ours == theirs
        else:
            same = all(compare.key(getattr(a, f)) == compare.key(getattr(b, f))
                       for a, b in compare.pairs(theirs, ours) for f in compare.FIELDS)
        if same:
            passed += 1
        else:
            failed.append(name)
    failed += names[passed + len(failed):]
    for name in failed:
        print("FAIL compiler", name)
    print(f"{passed} passed, {len(failed)} failed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
