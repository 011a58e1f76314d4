# From a text about what Python does with memory.
# section: Q5, Q8: NumPy stores primitive types without the PyObject wrapper
# adapted: derived (the text states this in prose, without code)

# NumPy is outside the standard library; array.array shows the same saving.
import sys
from array import array

n = 100000
l, a = list(range(n)), array("i", range(n))
boxed = sys.getsizeof(l) + sum(map(sys.getsizeof, l))
flat = sys.getsizeof(a) - sys.getsizeof(array("i"))
print("array item bytes:", a.itemsize, "buffer about 4 bytes an element:", 4 * n <= flat < 4.7 * n)
print("boxed / flat about 9:", round(boxed / (4 * n), 1))
