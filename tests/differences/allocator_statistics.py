"""sys._debugmallocstats shows Limpid's allocator under CPython's labels: arenas of 256 KiB, pools of 4 KiB, classes 8 bytes apart.

A third table splits the heap into buffers, objects and containers, which have pools of their own.
"""
import re
import subprocess
import sys

text = subprocess.run([sys.executable, "-I", "-S", "-c", "import sys; sys._debugmallocstats()"], capture_output=True, text=True).stderr
print(text.splitlines()[0])
print(re.search(r"\* (\d+) bytes/arena", text)[1], re.search(r"pools \* (\d+) bytes", text)[1])
print(re.findall(r"(?m)^(raw|object|container) ", text))
