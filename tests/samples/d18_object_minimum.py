# From a text about what Python does with memory.
# section: Memory overhead: ~28 bytes minimum per object
# adapted: derived (the text states this in prose, without code)

# The text says ~28 bytes minimum; the smallest objects are smaller.
import sys

for label, o in (("object()", object()), ("None", None), ("...", ...), ("1.5", 1.5), ("0", 0), ("True", True), ("42", 42),
                 ("b''", b""), ("''", ""), ("()", ()), ("[]", []), ("{}", {})):
    print(label, sys.getsizeof(o))
