# A coroutine that was never awaited and dies with the interpreter, in a cycle: nobody is left to be warned.
import sys


async def function():
    pass


sys.cycle = [function()]
sys.cycle.append(sys.cycle)
print('end')
