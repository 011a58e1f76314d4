"""What a capture of a large heap costs: objects a second and bytes an object, plain and deflated.

usage: limpid bench/capture.py [MILLIONS OF OBJECTS]"""
import os
import sys
import tempfile
import time

import limpid


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


def main():
    n = int(float(sys.argv[1] if len(sys.argv) > 1 else 3) * 1e6 / 9)  # about nine objects and buffers a round
    kept = []
    for i in range(n):
        kept.append((Point(i, float(i)), {"name": str(i), i: [i, None]}))
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "heap.limpid")
    for compress in (False, True):
        best = min((limpid.snapshot(path, compress=compress, values=False) for _ in range(3)), key=lambda w: w.seconds)
        print(f"{'deflated' if compress else 'plain':9} {best.objects:,} objects, {best.references:,} references: "
              f"{best.objects / best.seconds / 1e6:.1f} million objects a second, {best.bytes / best.objects:.1f} bytes an object")
    start = time.perf_counter()
    loaded = limpid.load(path)
    print(f"read      {len(loaded) / (time.perf_counter() - start) / 1e6:.1f} million objects a second")
    os.unlink(path)
    os.rmdir(folder)


main()
