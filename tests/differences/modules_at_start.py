"""Start-up imports less: without site no codec is looked up and no signal module is made before a program asks for one.

A program that takes such a module from sys.modules without importing it works only where start-up happens to need it.
"""
import subprocess
import sys

code = "import sys; print(*sorted(sys.modules))"
print(subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True).stdout, end="")
