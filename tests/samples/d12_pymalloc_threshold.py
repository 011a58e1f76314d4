# From a text about what Python does with memory.
# section: Memory pools: up to 512 bytes
# adapted: derived (the text states this in prose, without code)

# Requests of up to and including 512 bytes come from pymalloc's pools, larger ones from malloc.
# sys._debugmallocstats() prints the pools to the C stderr; it is read back through a file.
import os
import re
import sys
import tempfile

def blocks_in_use():
    with tempfile.TemporaryFile() as f:
        saved = os.dup(2)
        os.dup2(f.fileno(), 2)
        try:
            sys._debugmallocstats()
        finally:
            os.dup2(saved, 2)
            os.close(saved)
        f.seek(0)
        text = f.read().decode()
    return text, {int(m[1]): int(m[2]) for m in re.finditer(r"(?m)^ +\d+ +(\d+) +\d+ +(\d+) +\d+$", text)}

text, _ = blocks_in_use()
print(text.splitlines()[0])
print(re.search(r"\* (\d+) bytes/arena", text)[1], "bytes an arena;", re.search(r"pools \* (\d+) bytes", text)[1], "bytes a pool")
for n in (40, 64, 256, 496, 511, 512, 513, 528, 1024):
    size_class = -(-n // 16) * 16
    before = blocks_in_use()[1].get(size_class, 0)
    keep = [bytes(n - 33) for _ in range(500)]      # one block of n bytes each: 33 bytes of header and NUL
    after = blocks_in_use()[1].get(size_class, 0)
    print(n, "bytes:", f"pool of {size_class}-byte blocks" if after - before >= 400 else "malloc")
    del keep
