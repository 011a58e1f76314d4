import warnings
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter('always')
    compile(r"'\d'", 'name', 'exec')
    compile('1if 2else 3', 'name', 'exec')
    compile('x is 1', 'name', 'exec')
    compile('assert (1, 2)', 'name', 'exec')
    compile('"a" ()', 'name', 'exec')
    for x in w: print(x.category.__name__, x.message, x.filename, x.lineno)
warnings.simplefilter('error')
try: compile(r"'\d'", 'name', 'exec')
except SyntaxError as e: print(e)
