x = 'abc'
print(x[1:'a'])
