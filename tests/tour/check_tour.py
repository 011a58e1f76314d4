#!/usr/bin/env python3
"""Do the commands in docs/tour.md still print what it shows?  usage: check_tour.py --limpid BINARY"""
import pathlib
import subprocess
import sys

TOOL = pathlib.Path(__file__).resolve().parents[2] / "tools" / "tour.py"
sys.exit(subprocess.run([sys.executable, TOOL, "--check", *sys.argv[1:]]).returncode)
