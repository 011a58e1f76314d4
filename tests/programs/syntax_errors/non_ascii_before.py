try:
    compile("é = 'ñ' x", 'name', 'exec')
except SyntaxError as e:
    print(e.args)
