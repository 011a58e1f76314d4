# weak references, weak containers, callbacks
import weakref


class Thing:
    def __init__(self, name):
        self.name = name


log = []
a = Thing("a")
r = weakref.ref(a, lambda ref: log.append("a went"))
b = a
there = r()
del a
del there
alive = r() is b
table = weakref.WeakValueDictionary()
for i in range(4):
    t = Thing(i)
    table[i] = t
    log.append(len(table))
keys = weakref.WeakKeyDictionary()
keys[b] = [1]
p = weakref.proxy(b)
name = p.name
del b
dead = r() is None
left = len(keys)
s = weakref.WeakSet([t])
f = weakref.finalize(t, log.append, "t went")
del t
last = len(s)
