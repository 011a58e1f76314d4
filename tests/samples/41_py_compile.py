# From a text about what Python does with memory.
# section: 2. Bytecode Compilation / by hand
# adapted: script.py is written first; the written file is examined after
# check: env=nopycacheprefix

with open("script.py", "w") as f:
    f.write('print("Hello, World!")\n')

import py_compile

py_compile.compile("script.py")

# --- added to observe -------------------------------------------------
import importlib.util, marshal, os, struct

path = importlib.util.cache_from_source("script.py")
print(path)
data = open(path, "rb").read()
magic, flags, mtime, size = struct.unpack("<4sIII", data[:16])
print("magic", magic, "ours:", magic == importlib.util.MAGIC_NUMBER, "flags", flags)
print("mtime matches:", mtime == int(os.stat("script.py").st_mtime), "source size", size)
code = marshal.loads(data[16:])
print(type(code).__name__, code.co_filename, code.co_name, code.co_consts)
exec(code)
