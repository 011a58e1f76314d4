from . import circ_b
x = 1
from .circ_b import y
