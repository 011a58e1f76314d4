# From a text about what Python does with memory.
# section: 3. PVM / stack-based execution
# adapted: a print of the three names at the end

a = 3
b = 5
c = a + b

# --- added to observe -------------------------------------------------
print(a, b, c)
