# From a text about what Python does with memory.
# section: 2. Bytecode Compilation / Example
# adapted: nothing (verbatim)

print("Hello, World!")
