#!/usr/bin/env python3
"""sources.py [FOLDER [ENDING]]: print the C files (or those with another ending) under src/ (or the folder given), sorted,
relative to the project: the build's lists of sources."""
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
folder, ending = (sys.argv[1:] + ["src", ".c"][len(sys.argv) - 1:])[:2]
for path, _, names in sorted(os.walk(os.path.join(ROOT, folder))):
    for name in sorted(names):
        if name.endswith(ending):
            print(os.path.relpath(os.path.join(path, name), ROOT))
