x = []
del x[3]
