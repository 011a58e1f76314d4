# From a text about what Python does with memory.
# section: 2. Local Variable References (Pointers Only)
# adapted: the observation block at the end

def demo():
    # These are just POINTERS on the stack
    x = 42           # Stack: x → heap address
    y = "hello"      # Stack: y → heap address
    z = [1, 2, 3]    # Stack: z → heap address
    
    # The actual INTEGER, STRING, and LIST are on the heap!

# --- added to observe -------------------------------------------------
import sys

def at_return(frame, event, arg):
    if event == 'return' and frame.f_code is demo.__code__:
        for k, v in frame.f_locals.items():
            print(f"{k}: {id(v):#x} -> {v!r}")

sys.setprofile(at_return)
demo()
sys.setprofile(None)
