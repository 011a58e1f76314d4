from . import circ_a
print('partial', hasattr(circ_a, 'x'))
y = 2
