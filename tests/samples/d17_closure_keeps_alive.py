# From a text about what Python does with memory.
# section: Q7: closures keep captured variables alive
# adapted: derived (the text states this in prose, without code)

import weakref

class Big:
    pass

def make():
    big = Big()
    other = Big()
    def use():
        return big
    return use, weakref.ref(big), weakref.ref(other)

use, big, other = make()
print("captured alive:", big() is not None, "not captured alive:", other() is not None)
print("cell:", type(use.__closure__[0]).__name__, use.__closure__[0].cell_contents is big())
del use
print("closure gone, captured alive:", big() is not None)
