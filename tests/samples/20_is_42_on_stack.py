# From a text about what Python does with memory.
# section: Misconception 1: Small integers are on the stack
# adapted: the observation block at the end

x = 42  # Is this on the stack?

# Answer: NO!
# Even small integers are heap-allocated PyLongObjects
# The REFERENCE to the object is on the stack

# --- added to observe -------------------------------------------------
y = 40 + int("2")
print("every 42 is one object:", x is y)
print("the reference is in the module's dict:", globals()['x'] is x)
