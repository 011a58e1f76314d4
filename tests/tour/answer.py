x = 41
print(1 + x)
