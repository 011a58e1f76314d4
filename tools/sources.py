#!/usr/bin/env python3
"""Print the C files under src/ (or the folder given), sorted, relative to the project: the build's list of sources."""
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
folder = sys.argv[1] if len(sys.argv) > 1 else "src"
for path, _, names in sorted(os.walk(os.path.join(ROOT, folder))):
    for name in sorted(names):
        if name.endswith(".c"):
            print(os.path.relpath(os.path.join(path, name), ROOT))
