# From a text about what Python does with memory.
# section: 1. How Python stores variables and functions
# adapted: the observation block at the end

x = 42
y = x
z = [1, 2, 3]

# --- added to observe -------------------------------------------------
print("x and y name one object:", x is y, id(x) == id(y))
print("names live in the module's dict:", [k for k in globals() if k in "xyz"])
