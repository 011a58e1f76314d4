some_variable = 1
print(some_varable)
