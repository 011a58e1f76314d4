# From a text about what Python does with memory.
# section: .pyc in __pycache__
# adapted: derived (the text states this in prose, without code)
# check: env=nopycacheprefix

# An imported module is cached in __pycache__; the script itself is not.
import importlib.util, os, sys

sys.dont_write_bytecode = False
sys.path.insert(0, os.getcwd())
with open("helper.py", "w") as f:
    f.write("value = 1\n")
import helper
print(helper.value, sorted(os.listdir("__pycache__")))
print("cached name:", os.path.relpath(helper.__cached__), "cache tag:", sys.implementation.cache_tag)
print("the script has none:", globals().get("__cached__"))
stamp = os.stat(helper.__cached__).st_mtime_ns
del sys.modules["helper"]
import helper
print("second import read the cache:", os.stat(helper.__cached__).st_mtime_ns == stamp)
os.utime("helper.py", (1, 1))
del sys.modules["helper"]
import helper
print("a touched source is compiled again:", os.stat(helper.__cached__).st_mtime_ns != stamp)
