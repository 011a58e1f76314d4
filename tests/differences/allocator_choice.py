"""PYTHONMALLOC is checked but chooses nothing: objects always come from Limpid's pools, which the collector and the views of memory stand on.

With PYTHONMALLOC=malloc python3.11 asks malloc for each object and counts none."""
import os
import subprocess
import sys

for choice in ("pymalloc", "malloc", "debug"):
    done = subprocess.run([sys.executable, "-S", "-c", "import sys; print(sys.getallocatedblocks() > 0)"], capture_output=True, text=True,
                          env={**os.environ, "PYTHONMALLOC": choice})
    print(choice, done.stdout.strip())
