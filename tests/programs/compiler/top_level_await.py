"""Which code is a coroutine where await may stand at the top level."""
import ast
for m in 'single','exec':
    for s in ('await x','async for i in a:\n  b = 1\n\n','async with a as l:\n  pass\n\n','[x async for x in y]','{x async for x in y}','(x async for x in y)','a = [await s async for x in y][1]','[await x for x in y]','f"{await x}"', 'lambda: await_', 'x = 1', 'class A:\n  [x async for x in y]\n\n'):
        try: print(m, repr(s), compile(s,'?',m,flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT).co_flags)
        except SyntaxError as e: print(m, repr(s), e)
