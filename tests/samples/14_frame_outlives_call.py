# From a text about what Python does with memory.
# section: Frame Objects are Heap-Allocated!
# adapted: 'import sys' added; the observation block at the end

import sys

def get_frame():
    return sys._getframe()

frame = get_frame()
# Frame object persists even after function returns!
# It's on the HEAP, not the stack

print(frame.f_code.co_name)  # 'get_frame'

# --- added to observe -------------------------------------------------
print("f_back after the return:", frame.f_back)
print("f_lineno after the return:", frame.f_lineno)

def keeps_locals():
    kept = ["alive", "after", "the", "call"]
    return sys._getframe()

f = keeps_locals()
print(f.f_locals)
f.clear()
print(f.f_locals)
