# From a text about what Python does with memory.
# section: 5. Viewing Memory Usage
# adapted: nothing (verbatim)
# check: volatile=tracemalloc

import sys
import tracemalloc

# Start tracking
tracemalloc.start()

# Allocate some memory
x = [i for i in range(100000)]
y = {i: i**2 for i in range(10000)}

# Get current memory usage
current, peak = tracemalloc.get_traced_memory()
print(f"Current: {current / 1024 / 1024:.2f} MB")
print(f"Peak: {peak / 1024 / 1024:.2f} MB")

# Get top allocations
snapshot = tracemalloc.take_snapshot()
top_stats = snapshot.statistics('lineno')

print("\nTop 3 allocations:")
for stat in top_stats[:3]:
    print(stat)

tracemalloc.stop()
