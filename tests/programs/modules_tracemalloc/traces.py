"""tracemalloc: lines, counts, frames, peaks, snapshots, filters; what is refused."""
import gc
import os
import subprocess
import sys
import tempfile
import tracemalloc


class Point:
    def __init__(self, x):
        self.x = x


def strings(n):
    return [str(i + 100000) for i in range(n)]


def numbers(n):
    result = []
    for i in range(n):
        a = i + 100000
        b = a * 0.5
        result += a, b
    return result


def points(n):
    return {i: Point(i) for i in range(n)}


def large(n):
    return [bytearray(100000) for _ in range(n)]


def nested(depth, make):
    return nested(depth - 1, make) if depth else make()


def where(o):
    traceback = tracemalloc.get_object_traceback(o)
    return traceback and ([f.lineno for f in traceback], traceback.total_nframe)


def summary(snapshot):
    """Lines with hundreds of blocks, and how many hundreds; lines with many bytes.  How many blocks an instance needs is
    the runtime's own business."""
    own = snapshot.filter_traces([tracemalloc.Filter(True, __file__)])
    statistics = own.statistics("lineno")
    print(sorted((s.traceback[0].lineno, round(s.count / 100) if s.traceback[0].lineno < 25 else "many") for s in statistics if s.count >= 100))
    print(sorted(s.traceback[0].lineno for s in statistics if s.size > 500000))


print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory(), tracemalloc.get_traceback_limit())
tracemalloc.start()
kept = strings(1000), numbers(1000), points(1000), large(10)
first = tracemalloc.take_snapshot()
summary(first)
more = strings(2000)
kept = kept[1:]
second = tracemalloc.take_snapshot()
summary(second)
for difference in second.compare_to(first, "lineno"):
    if abs(difference.count_diff) >= 100 and difference.traceback[0].filename == __file__:
        print(difference.traceback[0].lineno, difference.count_diff // 100)
print(where(more), where(more[5]), where(None), where(7), where(type), where(Point))
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "snapshot")
    second.dump(path)
    summary(tracemalloc.Snapshot.load(path))
del kept, more
tracemalloc.clear_traces()
print(tracemalloc.get_traced_memory()[0] < 5000)

tracemalloc.stop()
print(tracemalloc.is_tracing(), tracemalloc.get_object_traceback(first), len(tracemalloc._tracemalloc._get_traces()) if hasattr(tracemalloc, "_tracemalloc") else 0)
tracemalloc.start(4)
print(tracemalloc.get_traceback_limit())
print(where(nested(6, lambda: bytearray(50))), where(nested(1, bytearray)))
before = tracemalloc.get_traced_memory()[0]
block = bytearray(1000000)
now, peak = tracemalloc.get_traced_memory()
print(1000000 <= now - before < 1001000, peak >= now)
del block
now, peak = tracemalloc.get_traced_memory()
print(now - before < 1000, peak - now > 999000)
tracemalloc.reset_peak()
now, peak = tracemalloc.get_traced_memory()
print(peak - now < 1000)
block = bytearray(10)
for _ in range(100):
    block += b"x" * 10000
print(where(block)[0], 1000000 < tracemalloc.get_traced_memory()[0] - before < 1300000)
del block
loop = []
loop.append(loop)
del loop
gc.collect()
print(tracemalloc.get_traced_memory()[0] - before < 2000, tracemalloc.get_tracemalloc_memory() > 0)
tracemalloc.start(7)
print(tracemalloc.get_traceback_limit())
tracemalloc.stop()
for frames in (0, -1, 65536, "a", 2**40):
    try:
        tracemalloc.start(frames)
    except Exception as e:
        print(type(e).__name__, e)


def child(*arguments, **environment):
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=dict(os.environ, **environment))
    print(done.returncode, done.stdout, done.stderr.split("\n")[0])


show = "import tracemalloc as t; print(t.is_tracing(), t.get_traceback_limit())"
child("-X", "tracemalloc", "-c", show)
child("-X", "tracemalloc=5", "-c", show)
child("-X", "tracemalloc=x", "-c", show)
child("-c", show, PYTHONTRACEMALLOC="3")
child("-E", "-c", show, PYTHONTRACEMALLOC="3")
child("-c", show, PYTHONTRACEMALLOC="-1")
with tempfile.TemporaryDirectory() as folder:
    program = os.path.join(folder, "leaks.py")
    with open(program, "w") as f:
        f.write("def f():\n    return open(__file__)\n\nf()\n")
    done = subprocess.run([sys.executable, "-X", "tracemalloc=3", "-W", "always", program], capture_output=True, text=True)
    print(done.stderr.replace(folder + "/", ""))
