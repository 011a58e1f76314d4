# From a text about what Python does with memory.
# section: Example 3: Dynamic Allocation (Python)
# adapted: the observation block at the end

def python_dynamic():
    lst = []
    for i in range(1000):
        lst.append(i)  # All on heap

# --- added to observe -------------------------------------------------
import sys

python_dynamic()
lst = []
last = sys.getsizeof(lst)
steps = [(0, 0)]
for i in range(1000):
    lst.append(i)
    size = sys.getsizeof(lst)
    if size != last:
        steps.append((len(lst), (size - 56) // 8))
        last = size
print("(length, allocated) at each resize:", steps)
