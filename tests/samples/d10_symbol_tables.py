# From a text about what Python does with memory.
# section: Symbol tables and namespaces
# adapted: derived (the text states this in prose, without code)

# Global and local variables in symbol tables; functions and modules in a namespace.
import symtable

source = "g = 1\ndef f(p):\n    global h\n    v = g + p\n    h = v\n    def inner():\n        return v\n    return inner\n"
def show(t, depth=0):
    print("  " * depth + t.get_type(), t.get_name())
    for s in sorted(t.get_symbols(), key=lambda s: s.get_name()):
        kinds = [k for k in ("global", "local", "free", "parameter", "declared_global") if getattr(s, "is_" + k)()]
        print("  " * depth + "  " + s.get_name(), kinds)
    for child in t.get_children():
        show(child, depth + 1)
show(symtable.symtable(source, "script.py", "exec"))
space = {}
exec(source, space)
f = space["f"]
print("co_varnames", f.__code__.co_varnames, "co_cellvars", f.__code__.co_cellvars, "co_names", f.__code__.co_names)
print("module names:", [k for k in space if not k.startswith("__")])
f(2)
print("after the call:", [k for k in space if not k.startswith("__")], space["h"])
