"""Type comments (PEP 484) on lines of their own, and async as a name where an older grammar is wanted."""
import ast

samples = [
    'def f(): # type: () -> int\n  # type: () -> str\n  pass\n',
    'def f():\n  # type: () -> int\n  # type: () -> str\n  pass',
    'def f():\n# type: () -> int\n  pass',
    'def f():\n\n  # type: () -> int\n\n  pass',
    'if 1:\n  # type: int\n  pass',
    'def f():\n  # x\n  # type: () -> int\n  pass',
    'def f():\n  # type: () -> int\n  # y\n  pass',
    'x = 1\n# type: int\ny = 2',
    '# type: int\ny = 2',
    'y = 2\n# type: int',
    'y = 2\n# type: int\n',
    'class A:\n  x = 1\n  # type: int\n  y = 2\n',
    'class A:\n  # type: int\n  y = 2\n',
    'f(a,\n  # type: int\n b)\n',
    'x = [\n # type: int\n 1]',
    'def f(a,\n  # type: int\n  b):\n  pass',
    'def f(a,  # type: int\n  b,\n  # type: str\n  ):\n  pass',
    'x = 1 # type: ignore\n# type: ignore\ny=2\n',
    '# type: ignore\n',
    'if 1:\n # type: ignore\n pass\n',
    'def f():\n # type: ignore\n # type: () -> int\n pass\n',
    'async def f():\n  # type: () -> int\n  pass',
    'for x in y:  # type: int\n  # type: str\n  pass',
    'for x in y:\n  # type: str\n  pass',
    'with a as b:\n  # type: int\n  pass',
    'def f():\n    pass\n# type: int\n',
    'def f():\n    pass\n    # type: int\n',
    'def f():\n    pass\n# type: int\nx=1\n',
    'def f(): pass # type: int',
    'def f(): # type: () -> int\npass',
    'with a: # type: int\npass',
    'for a in b: # type: int\npass',
    'def f(): # type: () -> int\n  pass',
    'class A: # type: int\n  pass',
    'while 1: # type: int\n  pass',
    'def f(a, # type: int\n):\n    # type: () -> int\n    pass',
    '\n\n  # type: int\n\nx',
    'x = 12 # type: int # type: ignore',
    'def f():\n\t# type: () -> àç\n\tpass',
]
for source in samples:
    try:
        print(ast.dump(ast.parse(source, type_comments=True)))
    except SyntaxError as error:
        print(repr(source), error, error.lineno, error.offset, repr(error.text))

samples = [
    'async = 12\nawait = 13\n',
    'async def f():\n await = 5',
    'async def f():\n await x\n',
    'def f():\n await x\n',
    'async for x in y: pass',
    '[x async for x in y]',
    'class async: pass',
    'def await(async): pass',
    'import async, await as async',
    'x.await',
    'async x',
    'async',
    'async def f():\n  async def g(): await x\n  await y\nawait = 3\n',
    'async def f():\n  def g():\n    await = 1\n',
    'async\ndef f(): pass',
    'async with a: pass',
    'async def f(): await x\nawait=1',
    'async def f(await): pass',
    '(async for\n for x in y)',
]
for version in 4, 5, 6, 7:
    for source in samples:
        try:
            print(version, ast.dump(ast.parse(source, feature_version=(3, version))))
        except SyntaxError as error:
            print(version, repr(source), error, error.offset)
