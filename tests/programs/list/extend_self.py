# A list of a subclass that is extended by itself.
class C(list):
    def __iter__(self): return iter([7])
class E(list):
    pass
for T in C, E:
    x = T([1]); x.extend(x); print(x)
    x = T([1]); x.extend(T([4])); print(x)
    x = [1]; x.extend(T([5])); print(x); x += T([6]); print(x, list(T([8])), tuple(T([8])), [*T([8])], sorted(T([9])))
    x[1:1] = T([3]); print(x)
    x = T([1, 2]); x[:] = x; print(x); x[1:] = x; print(x); x *= 2; print(x)
