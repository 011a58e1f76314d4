# From a text about what Python does with memory.
# section: Benchmark: Stack vs Heap Allocation (Python)
# adapted: nothing (verbatim)
# check: volatile=timing

import time

def benchmark_allocation():
    start = time.perf_counter()
    for i in range(1000000):
        x = 42  # Heap allocation (but cached by CPython!)
    end = time.perf_counter()
    print(f"Python: {(end - start) * 1000:.2f} ms")

benchmark_allocation()
