#!/usr/bin/env python3
"""Damaged and forged snapshots, logs and recordings: what reads them refuses them by an error that names the file, or tells what
there is; it neither ends in a signal, nor hangs, nor takes a gigabyte for a small file.

usage: check_readers.py --limpid BINARY [--seeds FIRST:LAST] [--mutants N] [--jobs N]
       check_readers.py --limpid BINARY --again SEED:MUTANT

As check_bytecode.py; the child is fuzz/readers.py.
"""
import os
import sys

import check_bytecode

if __name__ == "__main__":
    child = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fuzz", "readers.py")
    sys.exit(check_bytecode.main(child, seeds="1:3", mutants=25, patience=120))
