# From a text about what Python does with memory.
# section: The Big Surprise: Almost Everything is on the Heap!
# adapted: the observation block at the end

def function():
    x = 42              # Integer object on HEAP
    name = "Alice"      # String object on HEAP
    items = [1, 2, 3]   # List object on HEAP
    
    # The STACK only stores:
    # - Reference to the integer
    # - Reference to the string
    # - Reference to the list

# --- added to observe -------------------------------------------------
import sys

def at_return(frame, event, arg):
    if event == 'return' and frame.f_code is function.__code__:
        for slot, (k, v) in enumerate(frame.f_locals.items()):
            print(f"slot {slot}: {k} -> {type(v).__name__} {v!r} ({sys.getsizeof(v)} bytes)")

sys.setprofile(at_return)
function()
sys.setprofile(None)
code = function.__code__
print("co_varnames", code.co_varnames, "co_nlocals", code.co_nlocals, "co_stacksize", code.co_stacksize)
print("co_consts", code.co_consts)
