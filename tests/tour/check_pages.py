#!/usr/bin/env python3
"""Do the commands in the pages of docs/ still print what is shown?  usage: check_pages.py --limpid BINARY"""
import pathlib
import subprocess
import sys

TOOL = pathlib.Path(__file__).resolve().parents[2] / "tools" / "tour.py"
sys.exit(subprocess.run([sys.executable, TOOL, "--check", *sys.argv[1:]]).returncode)
