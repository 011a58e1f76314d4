# From a text about what Python does with memory.
# section: 6. Python Call Stack vs C Call Stack: visible via inspect
# adapted: derived (the text states this in prose, without code)

import inspect

def outer():
    return inner()

def inner():
    return [(f.function, f.lineno, (f.code_context or ["?"])[0].strip()) for f in inspect.stack()]

for entry in outer():
    print(entry)
f = inspect.currentframe()
print("linked list:", f.f_back)
