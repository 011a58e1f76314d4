class A:
    def __del__(self):
        raise ValueError('in del')
import sys
sys.unraisablehook = lambda u: print(type(u.exc_value).__name__, u.exc_value, u.err_msg, u.object.__name__)
A()
print('after')
