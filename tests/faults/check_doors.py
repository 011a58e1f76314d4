#!/usr/bin/env python3
"""What reads input never ends in a signal: source text, trees, pickles, struct formats, patterns, format strings, codecs, views.

usage: check_doors.py --limpid BINARY [--seeds FIRST:LAST] [--mutants N] [--jobs N]
       check_doors.py --limpid BINARY --again SEED:MUTANT

As check_bytecode.py; the child is fuzz/doors.py.
"""
import os
import sys

import check_bytecode

if __name__ == "__main__":
    child = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fuzz", "doors.py")
    sys.exit(check_bytecode.main(child, seeds="1:3", mutants=600))
