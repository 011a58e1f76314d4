def t(f):
    try: print('ok', f())
    except Exception as e: print(type(e).__name__ + ':', e)
s = {1, 2}
t(lambda: s.remove(9)); t(lambda: s.remove({9})); t(lambda: set().pop()); t(lambda: s.add([])); t(lambda: {[]}); t(lambda: s.discard({}))
t(lambda: s | [1]); t(lambda: s & 'ab'); t(lambda: s - 1); t(lambda: s ^ None); t(lambda: s + s); t(lambda: [1] | s)
t(lambda: s < [1]); t(lambda: s == [1, 2]); t(lambda: set(5)); t(lambda: set(1, 2)); t(lambda: set(x=1)); t(lambda: frozenset(1)); t(lambda: frozenset(1, 2)); t(lambda: frozenset(a=1))
t(lambda: hash(s)); t(lambda: s.union(3)); t(lambda: s.update(1)); t(lambda: s.intersection(3)); t(lambda: s.issubset(3)); t(lambda: s.isdisjoint(3))
t(lambda: frozenset().add(1)); t(lambda: s[0]); t(lambda: s.add()); t(lambda: s.add(1, 2)); t(lambda: s.difference([[]])); t(lambda: [] in s); t(lambda: set.add(1, 2))
def grow():
    for x in s: s.add(x + 10)
t(grow)
class E:
    def __hash__(self): return 1
    def __eq__(self, o): raise ValueError('eq')
t(lambda: {E(), E()}); t(lambda: E() in {1}); t(lambda: {1} | {E()}); t(lambda: {1} & {E()}); t(lambda: {E()} == {E()}); t(lambda: {E()} <= {1, 2})
def ior():
    q = {1}
    q |= [2]
t(ior)
s.remove('gone')
