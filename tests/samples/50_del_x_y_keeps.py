# From a text about what Python does with memory.
# section: Heap & Garbage Collection / Example
# adapted: a print at the end

x = [1, 2, 3]
y = x
del x
# Object still exists because y references it

# --- added to observe -------------------------------------------------
print(y)
