# From a text about what Python does with memory.
# section: Conclusions: modules and objects are cached
# adapted: derived (the text states this in prose, without code)

import sys
import json
first = sys.modules["json"]
import json
print("one module object:", json is first)
print("its namespace is a dict:", type(json.__dict__).__name__, json.__dict__ is vars(json), "loads" in json.__dict__)
