from .circ_c import w
z = 1
