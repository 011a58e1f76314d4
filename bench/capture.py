"""What a capture of a large heap costs: objects a second (of processor time) and bytes an object, plain and deflated.

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
        best, seconds = None, []
        for _ in range(3):
            start = time.process_time()
            best = limpid.snapshot(path, compress=compress, values=False)
            seconds.append(time.process_time() - start)
        print(f"{'deflated' if compress else 'plain':9} {best.objects:,} objects, {best.references:,} references: "
              f"{best.objects / min(seconds) / 1e6:.1f} million objects a second, {best.bytes / best.objects:.1f} bytes an object")
    start = time.process_time()
    loaded = limpid.load(path)
    print(f"read      {len(loaded) / (time.process_time() - start) / 1e6:.1f} million objects a second")
    os.unlink(path)
    os.rmdir(folder)


main()
