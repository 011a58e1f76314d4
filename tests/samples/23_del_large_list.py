# From a text about what Python does with memory.
# section: Misconception 3: del frees memory immediately
# adapted: the observation block at the end

x = [1, 2, 3] * 1000000  # Large list on heap
del x  # Does this free memory?

# Answer: MAYBE!
# If refcount = 0, yes (immediate)
# If refcount > 0, no (still referenced)

# --- added to observe -------------------------------------------------
import sys
import tracemalloc

tracemalloc.start()
x = [1, 2, 3] * 1000000
print("list of", len(x), "takes", sys.getsizeof(x), "bytes; traced MB:", round(tracemalloc.get_traced_memory()[0] / 1e6))
del x
print("after del, traced MB:", round(tracemalloc.get_traced_memory()[0] / 1e6))
tracemalloc.stop()
try:
    x
except NameError as e:
    print("NameError:", e)
