# a module of the program's own, its names, reloaded and replaced
import parts_module
from parts_module import Shared, register

names = register("main")
s = Shared(names)
t = parts_module.make(s)
parts_module.table["main"] = t
other = parts_module.Shared
parts_module.counter += 1
count = parts_module.counter
import importlib

again = importlib.import_module("parts_module")
same = again is parts_module
fresh = importlib.reload(parts_module)
new = Shared is parts_module.Shared
u = parts_module.make(s)
del parts_module.table
left = hasattr(fresh, "table")
