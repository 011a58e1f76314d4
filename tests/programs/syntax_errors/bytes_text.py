try:
    compile("x = b'é'", 'name', 'exec')
except SyntaxError as e:
    print(e.args)
