from .circ_d import z
w = 1
