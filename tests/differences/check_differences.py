#!/usr/bin/env python3
"""Is docs/differences.md what tools/differences.py writes, and does every program still differ?  (tests/run.py runs them.)"""
import pathlib
import subprocess
import sys

TOOL = pathlib.Path(__file__).resolve().parents[2] / "tools" / "differences.py"
sys.exit(subprocess.run([sys.executable, TOOL, "--check"]).returncode)
