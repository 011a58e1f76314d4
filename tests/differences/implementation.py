"""Limpid says who it is: platform and cache files must not be taken for CPython's.

The magic number of cache files is 3.11's: the code in them is the same, and each reads the other's under its own name.
"""
import importlib.util
import platform
import sys

print(sys.implementation.name, sys.implementation.cache_tag, platform.python_implementation())
print(importlib.util.cache_from_source("m.py"), importlib.util.MAGIC_NUMBER)
print(sys.version_info[:2], sys.copyright.splitlines()[0])
