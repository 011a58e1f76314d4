# From a text about what Python does with memory.
# section: Misconception 4 / Check/modify limit
# adapted: the observation block at the end

import sys
print(sys.getrecursionlimit())  # 1000
sys.setrecursionlimit(10000)    # Increase (careful!)

# --- added to observe -------------------------------------------------
print(sys.getrecursionlimit())
for bad in (0, -1):
    try:
        sys.setrecursionlimit(bad)
    except ValueError as e:
        print("ValueError:", e)
def depth_now_50(n=50):
    if n:
        return depth_now_50(n - 1)
    try:
        sys.setrecursionlimit(20)
    except RecursionError as e:
        print("RecursionError:", e)
depth_now_50()
