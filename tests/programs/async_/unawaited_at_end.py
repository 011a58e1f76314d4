# Coroutines that nobody awaited, where the library's function is broken or gone, and at the very end.
import sys
import warnings


async def f():
    pass


warnings.simplefilter("always")
real = warnings._warn_unawaited_coroutine
sys.unraisablehook = lambda u: print("unraisable", type(u.object).__name__, repr(u.exc_value))
warnings.showwarning = lambda message, category, *rest: print(category.__name__, message)
warnings._warn_unawaited_coroutine = lambda coroutine: 1 / 0
f()
del warnings._warn_unawaited_coroutine
f()
warnings._warn_unawaited_coroutine = real
warnings.simplefilter("error")
f()
warnings.simplefilter("ignore")
sys.cycle = [f()]
sys.cycle.append(sys.cycle)
