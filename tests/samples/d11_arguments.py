# From a text about what Python does with memory.
# section: 2. How arguments are passed
# adapted: derived (the text states this in prose, without code)

# Immutable: a change makes a new object. Mutable: a change shows in the caller.
def grow_int(n):
    before = id(n)
    n += 1
    return before != id(n)

def grow_str(s):
    before = id(s)
    s += "!"
    return before != id(s)

def grow_tuple(t):
    before = id(t)
    t += (4,)
    return before != id(t)

def grow_list(l):
    before = id(l)
    l += [4]
    return before == id(l)

def grow_dict(d):
    d["k"] = "v"

def grow_set(s):
    s.add(1)

def rebind(l):
    l = ["new"]

n, s, t, l, d, e = 1000, "str", (1, 2, 3), [1, 2, 3], {}, set()
print("new int:", grow_int(n), n, "new str:", grow_str(s), s, "new tuple:", grow_tuple(t), t)
print("same list:", grow_list(l), l)
grow_dict(d)
grow_set(e)
print(d, e)
rebind(l)
print("rebinding the parameter does not reach the caller:", l)
