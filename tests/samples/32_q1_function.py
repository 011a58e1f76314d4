# From a text about what Python does with memory.
# section: Q1: What's stored on the stack vs heap in Python?
# adapted: the observation block at the end

def function():
    x = 42  # Reference on stack, PyLongObject on heap

# --- added to observe -------------------------------------------------
import dis

function()
dis.dis(function)
