import warnings
warnings.warn('careful')
def f():
    warnings.warn('deprecated', DeprecationWarning, stacklevel=2)
f()
warnings.simplefilter('error')
warnings.warn('now an error')
